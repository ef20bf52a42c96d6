/* SPDX-License-Identifier: MIT */
/*
 * Program files: ELF, a.out, S-records, raw and gzip taken apart, hostile ones
 * refused with a line that names the field, and all of them put where they belong.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/be.h"
#include "lib/host-load.h"
#include "machine/load.h"
#include "t/tap.h"

static char err[512];

/* A hand-made ELF: header, n program headers, then bytes. */
enum { EH = 52, PH = 32, ELF_SIZE = 0x200 };

static void put_ph(u8 *f, unsigned n, u32 off, u32 va, u32 pa, u32 filesz, u32 memsz)
{
	u8 *p = f + EH + n * PH;

	be32_put(p, 1); /* PT_LOAD */
	be32_put(p + 4, off);
	be32_put(p + 8, va);
	be32_put(p + 12, pa);
	be32_put(p + 16, filesz);
	be32_put(p + 20, memsz);
	be32_put(p + 24, 7);
	be32_put(p + 28, 4);
}

/* One text segment of 0x80 bytes at va with 0x40 bytes of bss, entered at its start. */
static void make_elf(u8 *f, u32 va)
{
	static const u8 ident[16] = { 0x7f, 'E', 'L', 'F', 1, 2, 1 };

	memset(f, 0, ELF_SIZE);
	memcpy(f, ident, sizeof(ident));
	be16_put(f + 16, 2); /* ET_EXEC */
	be16_put(f + 18, 2); /* EM_SPARC */
	be32_put(f + 20, 1);
	be32_put(f + 24, va);
	be32_put(f + 28, EH);
	be16_put(f + 40, EH);
	be16_put(f + 42, PH);
	be16_put(f + 44, 1);
	put_ph(f, 0, 0x100, va, va, 0x80, 0xc0);
	for (unsigned i = 0x100; i < ELF_SIZE; i++)
		f[i] = (u8)i;
}

static int parse(struct image *im, const u8 *f, size_t len)
{
	err[0] = '\0';
	return image_parse(im, "a.out", f, len, 1 << 20, err, sizeof(err));
}

/* Refused, and the reason is one line that begins with the file's name and has `part` in it. */
static void refused(const u8 *f, size_t len, const char *part)
{
	struct image im;
	int rc = parse(&im, f, len);
	bool told = !strncmp(err, "a.out: ", 7) && strstr(err, part) && !strchr(err, '\n');

	if (!ok(rc < 0 && told, "refused: %s", part))
		diag("rc %d: %s", rc, err);
	image_release(&im);
}

/* What image.h promises of every image that is taken. */
static bool sound(const struct image *im)
{
	u64 end = 0;
	bool entered = im->format == IMAGE_RAW;

	for (unsigned i = 0; i < im->nr; i++) {
		const struct image_segment *s = &im->seg[i];
		volatile u8 sum = 0;

		if (s->va < end || !s->memsz || s->filesz > s->memsz)
			return false;
		end = (u64)s->va + s->memsz;
		for (u32 n = 0; n < s->filesz; n++)
			sum = (u8)(sum + s->data[n]);
		entered |= im->entry >= s->va && im->entry < end;
		if (end > UINT64_C(1) << 32 || (u64)s->pa + s->memsz > UINT64_C(1) << 32)
			return false;
		for (unsigned j = 0; j < i; j++) {
			const struct image_segment *t = &im->seg[j];

			if (s->pa < (u64)t->pa + t->memsz && t->pa < (u64)s->pa + s->memsz)
				return false;
		}
	}
	return im->nr && entered && im->lowest == im->seg[0].va && im->highest == end;
}

static void test_elf(void)
{
	u8 f[ELF_SIZE];
	struct image im;

	make_elf(f, 0xf0004000);
	is(parse(&im, f, sizeof(f)), 0, "an ELF file");
	ok(im.format == IMAGE_ELF && im.nr == 1 && im.entry == 0xf0004000 && sound(&im),
	   "one segment");
	ok(im.seg[0].va == 0xf0004000 && im.seg[0].filesz == 0x80 && im.seg[0].memsz == 0xc0 &&
		   im.seg[0].data == f + 0x100,
	   "its address, sizes and bytes");
	ok(im.lowest == 0xf0004000 && im.highest == 0xf00040c0, "its extent");
	image_release(&im);

	/* Out of order, an empty one, one that is not PT_LOAD, one up to the last byte. */
	make_elf(f, 0x8000);
	be16_put(f + 44, 4);
	put_ph(f, 0, 0x100, 0xffffff00, 0x100, 0x80, 0x100);
	put_ph(f, 1, 0x1ffff, 0x9000, 0x9000, 0, 0);
	put_ph(f, 2, 0x180, 0x8000, 0x8000, 0x80, 0x80);
	memset(f + EH + 3 * PH, 0xff, PH);
	is(parse(&im, f, sizeof(f)), 0, "four headers");
	ok(im.nr == 2 && im.seg[0].va == 0x8000 && im.seg[1].va == 0xffffff00 && sound(&im),
	   "two segments in order");
	is(im.highest, UINT64_C(1) << 32, "up to the last byte");
	image_release(&im);
	image_release(&im);
}

static void test_elf_refused(void)
{
	u8 f[ELF_SIZE], good[ELF_SIZE];

	make_elf(good, 0xf0004000);
#define WITH(change, part)                                                                         \
	do {                                                                                       \
		memcpy(f, good, sizeof(f));                                                        \
		change;                                                                            \
		refused(f, sizeof(f), part);                                                       \
	} while (0)
	WITH(f[4] = 2, "64-bit ELF");
	WITH((f[4] = 2, f[19] = 43), "SPARC V9");
	WITH(f[4] = 3, "EI_CLASS is 3");
	WITH((f[5] = 1, f[18] = 3, f[19] = 0), "little-endian ELF (machine 3)");
	WITH(f[5] = 0, "EI_DATA is 0");
	WITH(f[19] = 18, "SPARC32PLUS");
	WITH(f[19] = 8, "e_machine is 8, not SPARC");
	WITH(f[17] = 1, "e_type is 1 (a relocatable object");
	WITH(f[17] = 3, "e_type is 3 (a shared object");
	WITH(f[17] = 4, "e_type is 4 (a core dump");
	WITH(f[17] = 99, "e_type is 99 (unknown");
	WITH(f[23] = 2, "e_version is 2");
	WITH(f[45] = 0, "e_phnum is 0");
	WITH(be16_put(f + 44, 0xffff), "e_phnum is 65535");
	WITH(be16_put(f + 44, 100), "e_phoff 0x34 + 100 program headers");
	WITH(be32_put(f + 28, 0xfffffff0), "e_phoff 0xfffffff0");
	WITH(f[43] = 56, "e_phentsize is 56");
	WITH(be32_put(f + EH, 6), "nothing to load");
	WITH(put_ph(f, 0, 0xffffff00, 0xf0004000, 0, 0x80, 0x80), "p_offset 0xffffff00");
	WITH(put_ph(f, 0, 0x100, 0xf0004000, 0, 0x101, 0x200), "p_filesz 0x101 is beyond");
	WITH(put_ph(f, 0, 0x100, 0xf0004000, 0, 0x81, 0x80), "more than p_memsz");
	WITH(put_ph(f, 0, 0x100, 0xf0004000, 0, 0x80, 0xffffffff), "pass the end of memory");
	WITH(put_ph(f, 0, 0x100, 0xf0004000, 0xffffffff, 0x80, 0x80), "pass the end of memory");
	WITH(be32_put(f + 24, 0xf0004080), "entry 0xf0004080 lies outside"); /* bss */
	WITH(be32_put(f + 24, 0), "entry 0x0 lies outside");
	WITH(be32_put(f + 24, 0xf0004002), "not a multiple of 4");
	WITH((be16_put(f + 44, 2), put_ph(f, 1, 0x100, 0xf00040bf, 0, 4, 4)),
	     "and 0xf00040bf overlap");
	WITH((be16_put(f + 44, 2), put_ph(f, 1, 0x100, 0xf0005000, 0xf0004000, 4, 4)),
	     "physical 0xf0004000 and 0xf0004000 overlap");
#undef WITH
}

/* Every length and every damaged byte: taken or refused, but never believed. */
static void damage(const char *what, const u8 *good, size_t len, size_t head)
{
	u8 *f = malloc(len);
	struct image im;
	unsigned unsound = 0;

	for (size_t n = 0; n < len; n++) {
		/* Exactly n bytes on the heap, so that a read past them is seen. */
		u8 *cut = malloc(n ? n : 1);

		memcpy(cut, good, n);
		if (!parse(&im, cut, n))
			unsound += !sound(&im);
		else
			unsound += !*err;
		image_release(&im);
		free(cut);
	}
	is(unsound, 0, "%s: every length", what);
	for (size_t n = 0; n < head; n++) {
		static const u8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

		for (unsigned v = 0; v < sizeof(values); v++) {
			memcpy(f, good, len);
			f[n] = values[v];
			if (!parse(&im, f, len))
				unsound += !sound(&im);
			else
				unsound += !*err;
			image_release(&im);
		}
	}
	is(unsound, 0, "%s: every byte of the first %zu damaged", what, head);
	free(f);
}

static void make_aout(u8 *f, u32 magic, u32 text, u32 data, u32 bss, u32 entry)
{
	memset(f, 0, 32);
	be32_put(f, magic);
	be32_put(f + 4, text);
	be32_put(f + 8, data);
	be32_put(f + 12, bss);
	be32_put(f + 20, entry);
}

static void test_aout(void)
{
	static u8 f[0x3000];
	struct image im;

	/* SunOS boot program: OMAGIC linked at 4000, text at byte 32, data right behind it. */
	make_aout(f, 0x01030107, 0x100, 0x40, 0x20, 0x4000);
	is(parse(&im, f, 32 + 0x140), 0, "OMAGIC of SunOS");
	ok(im.format == IMAGE_AOUT && im.nr == 2 && im.entry == 0x4000 && !im.header && sound(&im),
	   "two segments, no header in memory");
	ok(im.seg[0].va == 0x4000 && im.seg[0].data == f + 32 && im.seg[0].memsz == 0x100, "text");
	ok(im.seg[1].va == 0x4100 && im.seg[1].data == f + 0x120 && im.seg[1].filesz == 0x40 &&
		   im.seg[1].memsz == 0x60,
	   "data and bss");
	image_release(&im);

	/* NetBSD/sparc kernel: ZMAGIC, the header is the text's first 32 bytes. */
	make_aout(f, 0x008a010b, 0x1000, 0x800, 0x3000, 0xf0004020);
	is(parse(&im, f, 0x1800), 0, "ZMAGIC of NetBSD");
	ok(im.entry == 0xf0004020 && im.header == 32 && sound(&im), "the header is in memory");
	ok(im.seg[0].va == 0xf0004000 && im.seg[0].data == f, "text from the file's first byte");
	ok(im.seg[1].va == 0xf0006000 && im.seg[1].data == f + 0x1000 && im.seg[1].memsz == 0x3800,
	   "data at the next 8 KiB");
	image_release(&im);

	make_aout(f, 0x01030108, 0x2004, 4, 0, 0x4000);
	is(parse(&im, f, sizeof(f)), 0, "NMAGIC");
	ok(im.seg[1].va == 0x8000 && im.seg[1].data == f + 32 + 0x2004, "data on its own 8 KiB");
	image_release(&im);

	make_aout(f, 0x01020107, 0x100, 0, 0, 0x4000);
	refused(f, 0x200, "68020 (Sun-3)");
	make_aout(f, 0x81030107, 0x100, 0, 0, 0x4000);
	refused(f, 0x200, "dynamically linked");
	make_aout(f, 0x01030107, 0x100, 0x40, 0, 0x4000);
	refused(f, 20, "header cut off at 20 of 32");
	refused(f, 0x11f, "a_text 0x100 is beyond");
	refused(f, 0x15f, "a_data 0x40 is beyond");
	make_aout(f, 0x01030107, 0x100, 0, 0xffffffff, 0x4000);
	refused(f, 0x200, "a_bss 0xffffffff");
	make_aout(f, 0x01030107, 0xffffffff, 0xffffffff, 0, 0x4000);
	refused(f, 0x200, "a_text 0xffffffff");
	make_aout(f, 0x01030107, 0, 0x100, 0, 0x4000);
	refused(f, 0x200, "no code");
	make_aout(f, 0x01030107, 0x100, 0, 0, 0x4102);
	refused(f, 0x200, "entry 0x4102");
	make_aout(f, 0x01030107, 0x100, 0x40, 0x20, 0x4000);
	damage("a.out", f, 0x160, 32);
}

/* The well-known example of the format: 70 bytes at 0 in four records, entered at 0. */
static const char hello[] = "S00F000068656C6C6F202020202000003C\n"
			    "S11F00007C0802A6900100049421FFF07C6C1B787C8C23783C6000003863000026\n"
			    "S11F001C4BFFFFE5398000007D83637880010014382100107C0803A64E800020E9\n"
			    "S111003848656C6C6F20776F726C642E0A0042\n"
			    "S5030003F9\n"
			    "S9030000FC\n";

static void refused_text(const char *text, const char *part)
{
	refused((const u8 *)text, strlen(text), part);
}

static void test_srec(void)
{
	/* Two pieces out of order, 4- and 3-byte addresses, CR LF, entry 00012340. */
	static const char three[] = "S309000123400100000091\r\n"
				    "S207001000010203E2\r\n"
				    "S7050001234096\r\n";
	struct image im;

	is(parse(&im, (const u8 *)hello, sizeof(hello) - 1), 0, "the example");
	ok(im.format == IMAGE_SREC && im.nr == 1 && im.seg[0].va == 0 && im.seg[0].memsz == 70 &&
		   !im.entry && sound(&im),
	   "one segment of 70 bytes");
	ok(!memcmp(im.seg[0].data + 56, "Hello world.\n", 14), "its text");
	image_release(&im);

	is(parse(&im, (const u8 *)three, sizeof(three) - 1), 0, "S3, S2, S7");
	ok(im.nr == 2 && im.seg[0].va == 0x1000 && im.seg[0].memsz == 3 && im.seg[0].data[2] == 3,
	   "the lower piece first");
	ok(im.nr == 2 && im.seg[1].va == 0x12340 && im.seg[1].memsz == 4 && im.seg[1].data[0] == 1,
	   "the higher piece");
	is(im.entry, 0x12340, "entry");
	image_release(&im);

	is(parse(&im, (const u8 *)"S107010001020304ED", 18), 0, "no end record");
	is(im.entry, 0x100, "it starts at its lowest address");
	image_release(&im);

	refused_text("S107010001020304EF\n", "line 1: wrong checksum");
	refused_text("S107010001020304\n", "line 1: 7 bytes announced, 6 there");
	refused_text("S107010001020304ED\nhello\n", "line 2: not an S-record");
	refused_text("S107010001020304ED\n\nS40301F\n", "line 3: not an S-record");
	refused_text("S1030000FC\nS102FFFE\n", "line 2: too short");
	refused_text("S107010001020304ED\nS5030002FA\n", "2 data records announced, 1 there");
	refused_text("S107010001020304ED\nS9030100FB\nS107010001020304ED\n",
		     "after the end record");
	refused_text("S107010001020304ED\nS107010201020304EB\n", "0x100 and 0x102 overlap");
	refused_text("S00600004844521B\n", "nothing to load");
	refused_text("S107010001020304ED\nS9030200FA\n", "entry 0x200 lies outside");
	refused_text("S309FFFFFFFE01020304F1\n", "pass the end of memory");
	damage("S-records", (const u8 *)hello, sizeof(hello) - 1, 60);
}

/* gzip by zlib's own hand. */
static size_t pack(const void *in, size_t n, u8 *out, size_t max)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n };

	deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	z.next_out = out;
	z.avail_out = (uInt)max;
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return z.total_out;
}

static void test_raw_and_gzip(void)
{
	u8 *big = calloc(1, (1 << 20) + 1), gz[4096], elf[ELF_SIZE];
	struct image im;
	size_t n;

	is(parse(&im, (const u8 *)"\x01\x00\x00\x00", 4), 0, "four bytes of anything");
	ok(im.format == IMAGE_RAW && im.nr == 1 && !im.seg[0].va && im.seg[0].memsz == 4 &&
		   sound(&im),
	   "raw");
	image_release(&im);
	refused(elf, 0, "empty");

	make_elf(elf, 0x4000);
	n = pack(elf, sizeof(elf), gz, sizeof(gz));
	is(parse(&im, gz, n), 0, "ELF in gzip");
	ok(im.format == IMAGE_ELF && sound(&im) && !memcmp(im.seg[0].data, elf + 0x100, 0x80),
	   "its bytes");
	image_release(&im);
	refused(gz, n - 1, "gzip: cut off");
	refused(gz, 12, "gzip: cut off");
	gz[n - 8] ^= 1; /* CRC */
	refused(gz, n, "gzip: damaged");
	gz[n - 8] ^= 1;
	damage("gzip", gz, n, n);

	n = pack(hello, sizeof(hello) - 1, gz, sizeof(gz));
	is(parse(&im, gz, n), 0, "S-records in gzip");
	ok(im.format == IMAGE_SREC && im.seg[0].memsz == 70 && sound(&im), "unpacked and decoded");
	image_release(&im);

	n = pack(big, 1 << 20, gz, sizeof(gz));
	is(parse(&im, gz, n), 0, "gzip up to the limit");
	is(im.highest, 1 << 20, "all of it");
	image_release(&im);
	n = pack(big, (1 << 20) + 1, gz, sizeof(gz));
	refused(gz, n, "unpacks to more than 1048576 bytes");
	n = pack("", 0, gz, sizeof(gz));
	refused(gz, n, "empty");
	free(big);
}

/*
 * Files on disk and memory.
 */
static char dir[] = "/tmp/vonk-5202-XXXXXX";

static const char *put_file(const char *name, const void *data, size_t n)
{
	static char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, n, f) != n || fclose(f))
		diag("cannot write %s", path);
	return path;
}

static void test_host(void)
{
	const char *dirs[] = { "/proc/nonexistent", dir };
	char path[64], found[64], tight[8];
	size_t len;
	u8 *buf;

	put_file("rom", "\1\2\3", 3);
	snprintf(path, sizeof(path), "%s/rom", dir);
	is(host_read_file(path, 3, &buf, &len, err, sizeof(err)), 0, "a file that just fits");
	ok(len == 3 && buf[2] == 3, "its bytes");
	free(buf);
	ok(host_read_file(path, 2, &buf, &len, err, sizeof(err)) == -EFBIG && !buf &&
		   strstr(err, "3 bytes are too many, at most 2"),
	   "too large: %s", err);
	ok(host_read_file(dir, 2, &buf, &len, err, sizeof(err)) == -EISDIR &&
		   strstr(err, "is a directory"),
	   "directory: %s", err);
	ok(host_read_file("/dev/null", 2, &buf, &len, err, sizeof(err)) == -EINVAL &&
		   strstr(err, "not a regular file"),
	   "device: %s", err);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	mkfifo(path, 0600);
	ok(host_read_file(path, 2, &buf, &len, err, sizeof(err)) == -EINVAL, "pipe: %s", err);
	unlink(path);
	snprintf(path, sizeof(path), "%s/none", dir);
	ok(host_read_file(path, 2, &buf, &len, err, sizeof(err)) == -ENOENT &&
		   !strncmp(err, path, strlen(path)),
	   "missing: %s", err);

	ok(!host_find_file(dirs, 2, "rom", found, sizeof(found), err, sizeof(err)) &&
		   strstr(found, "/rom") && !strncmp(found, dir, strlen(dir)),
	   "found in the second directory");
	snprintf(path, sizeof(path), "%s/rom", dir);
	ok(!host_find_file(NULL, 0, path, found, sizeof(found), err, sizeof(err)) &&
		   !strcmp(found, path),
	   "a path is itself");
	ok(host_find_file(NULL, 0, "/", found, sizeof(found), err, sizeof(err)) == -EISDIR &&
		   !strcmp(err, "/: Is a directory"),
	   "a path to a directory: %s", err);
	ok(host_find_file(dirs, 2, "/proc/nonexistent/rom", found, sizeof(found), err,
			  sizeof(err)) == -ENOENT &&
		   !strcmp(err, "/proc/nonexistent/rom: No such file or directory"),
	   "a path to nothing: %s", err);
	ok(host_find_file(dirs, 2, "no-such-rom", found, sizeof(found), err, sizeof(err)) ==
			   -ENOENT &&
		   strstr(err, "/proc/nonexistent, ") && strstr(err, "/usr/share/openbios") &&
		   !strstr(err, "apt-get") && strstr(err, "-L DIR"),
	   "not found: %s", err);
	ok(host_find_file(dirs, 2, "rom", tight, sizeof(tight), err, sizeof(err)) == -ENAMETOOLONG,
	   "path too long: %s", err);
	if (access("/usr/share/qemu/openbios-sparc32", R_OK))
		ok(host_find_file(dirs, 2, "openbios-sparc32", found, sizeof(found), err,
				  sizeof(err)) == -ENOENT &&
			   strstr(err, "apt-get install openbios-sparc"),
		   "the package is named: %s", err);
	else
		ok(!host_find_file(dirs, 2, "openbios-sparc32", found, sizeof(found), err,
				   sizeof(err)),
		   "OpenBIOS is found");
}

enum { RAM_SIZE = 32 << 20 };

static void test_prom(void)
{
	static u8 rom_mem[1 << 20];
	struct load_mem rom = { "PROM", rom_mem, 0x70000000, sizeof(rom_mem) };
	struct loaded out;
	u8 elf[ELF_SIZE];

	make_elf(elf, 0xffd00000);
	/* More bss than there is ROM: it is not ROM's business. */
	put_ph(elf, 0, 0x100, 0xffd00000, 0xffd00000, 0x80, 0x200000);
	be16_put(elf + 44, 2);
	put_ph(elf, 1, 0, 0x1000, 0x1000, 0, 0x100);
	memset(rom_mem, 0xee, sizeof(rom_mem));
	is(load_prom(put_file("prom", elf, sizeof(elf)), &rom, &out, err, sizeof(err)), 0, "PROM");
	ok(!memcmp(rom_mem, elf + 0x100, 0x80) && rom_mem[0x80] == 0xee,
	   "its first byte is ROM's first");
	ok(out.start == 0x70000000 && out.end == 0x70000080 && out.entry == 0xffd00000 &&
		   out.entry_pa == 0x70000000,
	   "its place");

	rom.pa = 0xff0000000;
	is(load_prom(put_file("prom", "\x10\x80\x00\x01more", 8), &rom, &out, err, sizeof(err)), 0,
	   "raw PROM");
	ok(out.entry_pa == 0xff0000000 && !memcmp(rom_mem + 4, "more", 4), "in a 36-bit place");

	make_elf(elf, 0xf0004000);
	ok(load_prom(put_file("prom", elf, sizeof(elf)), &rom, &out, err, sizeof(err)) == -EINVAL &&
		   strstr(err, "0xf0004000 is below 0xffd00000"),
	   "a kernel is no PROM: %s", err);
	make_elf(elf, 0xffdfffc0);
	ok(load_prom(put_file("prom", elf, sizeof(elf)), &rom, &out, err, sizeof(err)) == -EFBIG &&
		   strstr(err, "do not fit into PROM, which ends at 0xff0100000"),
	   "beyond its end: %s", err);
}

static void test_openbios(void)
{
	static u8 rom_mem[1 << 20];
	struct load_mem rom = { "PROM", rom_mem, 0x70000000, sizeof(rom_mem) };
	const char *path = "/usr/share/qemu/openbios-sparc32";
	struct loaded out;

	if (access(path, R_OK)) {
		ok(true, "OpenBIOS # SKIP it is not installed");
		return;
	}
	is(load_prom(path, &rom, &out, err, sizeof(err)), 0, "OpenBIOS");
	ok(out.entry == 0xffd00000 && out.entry_pa == 0x70000000, "entered at its first byte");
	ok(out.end - out.start > 0x40000 && out.end - out.start < 0x100000, "of a likely size");
	/* Vector 0 is a branch always. */
	ok((be32_get(rom_mem) & 0xffc00000) == 0x10800000, "its trap table begins with a branch");
}

static void test_kernel(u8 *mem)
{
	static u8 f[0x9000];
	struct load_mem ram = { "RAM", mem, 0, RAM_SIZE };
	struct loaded out;
	u8 elf[ELF_SIZE];

	make_elf(elf, 0xf0004000);
	memset(mem + 0x4000, 0xee, 0x200);
	is(load_kernel(put_file("k", elf, sizeof(elf)), &ram, &out, err, sizeof(err)), 0,
	   "ELF kernel");
	ok(!memcmp(mem + 0x4000, elf + 0x100, 0x80), "at 4000");
	ok(!mem[0x4080] && !mem[0x40bf] && mem[0x40c0] == 0xee, "its bss is cleared, and no more");
	ok(out.kernel && out.start == 0x4000 && out.end == 0x40c0 && out.entry_pa == 0x4000,
	   "its place");

	is(load_kernel(put_file("k", "\x01\x00\x00\x00raw!", 8), &ram, &out, err, sizeof(err)), 0,
	   "raw kernel");
	ok(!memcmp(mem + 0x4004, "raw!", 4) && out.start == 0x4000 && out.entry_pa == 0x4000,
	   "at 4000");

	memset(f, 0x11, sizeof(f));
	make_aout(f, 0x008a010b, 0x1000, 0x800, 0x100, 0xf8004020);
	is(load_kernel(put_file("k", f, 0x1800), &ram, &out, err, sizeof(err)), 0, "ZMAGIC kernel");
	ok(out.start == 0x4000 && out.entry_pa == 0x4020 && out.end == 0x6900, "at 4000");
	ok(be32_get(mem + 0x4000) == 0x10800008 && be32_get(mem + 0x4004) == 0x01000000,
	   "a branch over its header");
	is(be32_get(mem + 0x4020), 0x11111111, "its code");

	make_elf(elf, 0x4000);
	ok(load_kernel(put_file("k", elf, sizeof(elf)), &ram, &out, err, sizeof(err)) == -EINVAL &&
		   strstr(err, "0x4000 is below 0xf0000000"),
	   "linked too low: %s", err);
	make_elf(elf, 0xf07fef80);
	ok(load_kernel(put_file("k", elf, sizeof(elf)), &ram, &out, err, sizeof(err)) == -EFBIG &&
		   strstr(err, "ends at 0x7ff000"),
	   "into the command line: %s", err);
	ram.size = 0x4080;
	make_elf(elf, 0xf0004000);
	ok(load_kernel(put_file("k", elf, sizeof(elf)), &ram, &out, err, sizeof(err)) == -EFBIG &&
		   strstr(err, "do not fit into RAM, which ends at 0x4080"),
	   "larger than memory: %s", err);
}

static void test_program(u8 *mem)
{
	struct load_mem ram = { "RAM", mem, 0, RAM_SIZE };
	struct loaded out;
	u8 elf[ELF_SIZE];

	make_elf(elf, 0x8000);
	put_ph(elf, 0, 0x100, 0x8000, 0x20000, 0x80, 0x80);
	is(load_program(put_file("p", elf, sizeof(elf)), &ram, 0, &out, err, sizeof(err)), 0,
	   "firmware");
	ok(!memcmp(mem + 0x20000, elf + 0x100, 0x80) && out.entry == 0x8000 &&
		   out.entry_pa == 0x20000,
	   "at its load address, which is not where it runs");
	ok(!out.kernel, "not a kernel");

	is(load_program(put_file("p", "\x01\x00\x00\x00", 4), &ram, 0x5000, &out, err, sizeof(err)),
	   0, "raw");
	ok(out.start == 0x5000 && out.end == 0x5004 && out.entry == 0x5000 &&
		   out.entry_pa == 0x5000,
	   "where the caller wants it");

	make_elf(elf, 0xf0004000);
	is(load_program(put_file("p", elf, sizeof(elf)), &ram, 0, &out, err, sizeof(err)), 0,
	   "a kernel");
	ok(out.kernel && out.entry_pa == 0x4000, "is placed as one");

	is(load_program(put_file("p", hello, sizeof(hello) - 1), &ram, 0, &out, err, sizeof(err)),
	   0, "S-records");
	ok(!memcmp(mem + 56, "Hello world.\n", 14), "at their addresses");

	make_elf(elf, 0x40000000);
	ok(load_program(put_file("p", elf, sizeof(elf)), &ram, 0, &out, err, sizeof(err)) ==
			   -EFBIG &&
		   strstr(err, "ends at 0x2000000"),
	   "outside of RAM: %s", err);
}

static void test_initrd(u8 *mem)
{
	struct load_mem ram = { "RAM", mem, 0, RAM_SIZE };
	size_t room = RAM_SIZE - (16 << 20) - 0x800000;
	struct loaded_initrd rd;
	u8 *big = calloc(1, room + 1);

	memset(mem, 0, 0x60000);
	is(load_initrd(put_file("rd", "disk", 4), &ram, &rd, err, sizeof(err)), 0, "RAM disk");
	ok(rd.pa == 0x800000 && rd.size == 4 && !rd.told && !memcmp(mem + 0x800000, "disk", 4),
	   "at 800000, and nobody to tell");

	memcpy(mem + 0x6000, "HdrS", 4);
	load_initrd(put_file("rd", "disk", 4), &ram, &rd, err, sizeof(err));
	ok(rd.told && be32_get(mem + 0x6010) == 0x800000 && be32_get(mem + 0x6014) == 4,
	   "told in the third page");
	memset(mem + 0x6000, 0, 32);
	memcpy(mem + 0x4000 + 63 * 0x1000, "HdrS", 4);
	load_initrd(put_file("rd", "disk", 4), &ram, &rd, err, sizeof(err));
	ok(rd.told, "told in the 64th page");
	memset(mem + 0x4000 + 63 * 0x1000, 0, 32);
	memcpy(mem + 0x4000 + 64 * 0x1000, "HdrS", 4);
	load_initrd(put_file("rd", "disk", 4), &ram, &rd, err, sizeof(err));
	ok(!rd.told, "not in the 65th");

	is(load_initrd(put_file("rd", big, room), &ram, &rd, err, sizeof(err)), 0,
	   "one that just fits");
	ok(load_initrd(put_file("rd", big, room + 1), &ram, &rd, err, sizeof(err)) == -EFBIG &&
		   strstr(err, "-m") && !rd.size,
	   "one byte more: %s", err);
	ok(load_initrd(put_file("rd", "", 0), &ram, &rd, err, sizeof(err)) == -EINVAL, "empty: %s",
	   err);
	ram.size = 16 << 20;
	ok(load_initrd(put_file("rd", "x", 1), &ram, &rd, err, sizeof(err)) == -EFBIG,
	   "small RAM: %s", err);
	free(big);
}

static void test_append(u8 *mem)
{
	struct load_mem ram = { "RAM", mem, 0, RAM_SIZE };
	char text[4097];

	is(load_append("console=ttyS0", &ram, err, sizeof(err)), 0, "command line");
	ok(!strcmp((char *)mem + 0x7ff000, "console=ttyS0"), "at 7ff000 with its NUL");
	memset(text, 'x', sizeof(text));
	text[4095] = '\0';
	is(load_append(text, &ram, err, sizeof(err)), 0, "4095 characters");
	text[4095] = 'x';
	text[4096] = '\0';
	ok(load_append(text, &ram, err, sizeof(err)) == -EINVAL, "4096: %s", err);
	ram.size = 0x7ff004;
	ok(load_append("four", &ram, err, sizeof(err)) == -EFBIG, "small RAM: %s", err);
}

int main(void)
{
	u8 *mem = calloc(1, RAM_SIZE), elf[ELF_SIZE];
	static const char *const names[] = { "rom", "prom", "k", "p", "rd" };
	char path[64];

	if (!mem || !mkdtemp(dir))
		return 1;
	test_elf();
	test_elf_refused();
	make_elf(elf, 0xf0004000);
	damage("ELF", elf, sizeof(elf), EH + PH);
	test_aout();
	test_srec();
	test_raw_and_gzip();
	test_host();
	test_prom();
	test_openbios();
	test_kernel(mem);
	test_program(mem);
	test_initrd(mem);
	test_append(mem);
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	free(mem);
	return tap_done();
}
