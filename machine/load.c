/* SPDX-License-Identifier: MIT */
/* Program files into memory: which rule for which file, and that they fit. */
#include "machine/load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/host-load.h"

/* Linux's header for boot loaders: at the start of one of the kernel's first pages. */
enum {
	HDRS_MAGIC = 0x48647253, /* "HdrS" */
	HDRS_RAMDISK = 16,
	HDRS_RAMDISK_SIZE = 20,
	HDRS_SIZE = 24,
	HDRS_PAGES = 64,
	PAGE = 0x1000,
};

static int fail(char *err, size_t errlen, int rc, const char *fmt, ...) __printf(4, 5);
static int fail(char *err, size_t errlen, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return rc;
}

/* Where n bytes at physical pa are in host memory, or NULL. */
static u8 *mem_at(const struct load_mem *mem, u64 pa, u64 n)
{
	u64 off = pa - mem->pa;

	return pa >= mem->pa && off <= mem->size && n <= mem->size - off ? mem->mem + off : NULL;
}

static u64 min64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static int load_segment(const struct image *im, const struct image_segment *s,
			const struct load_mem *mem, const struct load_rule *rule,
			struct loaded *out, char *err, size_t errlen)
{
	u32 linked = rule->by_pa ? s->pa : s->va;
	u32 size = rule->file_only ? s->filesz : s->memsz;
	u64 pa = linked + (u64)rule->bias;
	u8 *to = mem_at(mem, pa, size);

	if (!size)
		return 0;
	if ((s64)linked + rule->bias < (s64)rule->lowest)
		return fail(err, errlen, -EINVAL,
			    "%s: segment at 0x%x is below 0x%" PRIx64 ", where such a file begins",
			    im->name, linked, rule->lowest - (u64)rule->bias);
	if (!to || pa + size > rule->limit)
		return fail(err, errlen, -EFBIG,
			    "%s: segment at 0x%x: 0x%x bytes at physical 0x%" PRIx64
			    " do not fit into %s, which ends at 0x%" PRIx64,
			    im->name, linked, size, pa, mem->name,
			    min64(rule->limit, mem->pa + mem->size));
	if (s->filesz)
		memcpy(to, s->data, s->filesz);
	memset(to + s->filesz, 0, size - s->filesz);
	out->start = min64(out->start, pa);
	if (pa + size > out->end)
		out->end = pa + size;
	if (im->entry >= s->va && im->entry - s->va < s->memsz)
		out->entry_pa = pa + (im->entry - s->va);
	return 0;
}

int load_segments(const struct image *im, const struct load_mem *mem, const struct load_rule *rule,
		  struct loaded *out, char *err, size_t errlen)
{
	*out = (struct loaded){ .format = im->format, .start = UINT64_MAX, .entry = im->entry };
	for (unsigned i = 0; i < im->nr; i++) {
		int rc = load_segment(im, &im->seg[i], mem, rule, out, err, errlen);

		if (rc)
			return rc;
	}
	if (im->format == IMAGE_RAW)
		out->entry = (u32)out->entry_pa;
	return 0;
}

/* A program file while it is being loaded. */
struct file {
	struct image im;
	u8 *buf;
};

static int open_image(struct file *f, const char *path, char *err, size_t errlen)
{
	size_t len;
	int rc;

	memset(f, 0, sizeof(*f));
	rc = host_read_file(path, LOAD_FILE_MAX, &f->buf, &len, err, errlen);
	return rc ? rc : image_parse(&f->im, path, f->buf, len, LOAD_FILE_MAX, err, errlen);
}

static void close_image(struct file *f)
{
	image_release(&f->im);
	free(f->buf);
}

static int place_prom(const struct image *im, const struct load_mem *rom, struct loaded *out,
		      char *err, size_t errlen)
{
	struct load_rule rule = {
		.bias = (s64)rom->pa - (im->format == IMAGE_RAW ? 0 : (s64)LOAD_PROM_VA),
		.file_only = true,
		.lowest = rom->pa,
		.limit = rom->pa + rom->size,
	};

	return load_segments(im, rom, &rule, out, err, errlen);
}

int load_prom(const char *path, const struct load_mem *rom, struct loaded *out, char *err,
	      size_t errlen)
{
	struct file f;
	int rc = open_image(&f, path, err, errlen);

	if (!rc)
		rc = place_prom(&f.im, rom, out, err, errlen);
	close_image(&f);
	return rc;
}

/*
 * The PROM enters every kernel at LOAD_KERNEL. Where an a.out header stands there, which
 * is of no use any more, a branch to the entry takes its place.
 */
static void skip_header(const struct image *im, const struct load_mem *ram, struct loaded *out)
{
	u8 *p = mem_at(ram, LOAD_KERNEL, 8);

	if (!im->header || !p || out->entry_pa <= LOAD_KERNEL || out->entry_pa & 3)
		return;
	be32_put(p, 0x10800000 | (u32)(out->entry_pa - LOAD_KERNEL) >> 2); /* ba entry */
	be32_put(p + 4, 0x01000000); /* nop */
}

static int place_kernel(const struct image *im, const struct load_mem *ram, struct loaded *out,
			char *err, size_t errlen)
{
	struct load_rule rule = { .bias = -(s64)LOAD_KERNEL_VA, .limit = LOAD_APPEND };
	int rc;

	if (im->format == IMAGE_RAW || im->format == IMAGE_AOUT)
		rule.bias = (s64)LOAD_KERNEL - im->lowest;
	rc = load_segments(im, ram, &rule, out, err, errlen);
	if (rc)
		return rc;
	out->kernel = true;
	skip_header(im, ram, out);
	return 0;
}

int load_kernel(const char *path, const struct load_mem *ram, struct loaded *out, char *err,
		size_t errlen)
{
	struct file f;
	int rc = open_image(&f, path, err, errlen);

	if (!rc)
		rc = place_kernel(&f.im, ram, out, err, errlen);
	close_image(&f);
	return rc;
}

static int place_program(const struct image *im, const struct load_mem *ram, u64 raw_at,
			 struct loaded *out, char *err, size_t errlen)
{
	struct load_rule rule = { .by_pa = true, .lowest = ram->pa, .limit = ram->pa + ram->size };

	if (im->lowest >= LOAD_KERNEL_VA && im->lowest < LOAD_PROM_VA)
		return place_kernel(im, ram, out, err, errlen);
	if (im->format == IMAGE_RAW)
		rule.bias = (s64)raw_at;
	return load_segments(im, ram, &rule, out, err, errlen);
}

int load_program(const char *path, const struct load_mem *ram, u64 raw_at, struct loaded *out,
		 char *err, size_t errlen)
{
	struct file f;
	int rc = open_image(&f, path, err, errlen);

	if (!rc)
		rc = place_program(&f.im, ram, raw_at, out, err, errlen);
	close_image(&f);
	return rc;
}

/* Writes the RAM disk's place into the kernel's header; false: there is no header. */
static bool tell_kernel(const struct load_mem *ram, u32 pa, u32 size)
{
	for (unsigned n = 0; n < HDRS_PAGES; n++) {
		u8 *p = mem_at(ram, LOAD_KERNEL + n * PAGE, HDRS_SIZE);

		if (!p || be32_get(p) != HDRS_MAGIC)
			continue;
		be32_put(p + HDRS_RAMDISK, pa);
		be32_put(p + HDRS_RAMDISK_SIZE, size);
		return true;
	}
	return false;
}

int load_initrd(const char *path, const struct load_mem *ram, struct loaded_initrd *out, char *err,
		size_t errlen)
{
	u64 prom = ram->prom ? ram->prom : LOAD_PROM_RAM;
	u64 end = ram->pa + ram->size, room;
	size_t len;
	u8 *buf, *to;
	int rc;

	memset(out, 0, sizeof(*out));
	room = end > LOAD_INITRD + prom ? end - LOAD_INITRD - prom : 0;
	rc = host_read_file(path, UINT32_MAX, &buf, &len, err, errlen);
	if (rc)
		return rc;
	to = len > room ? NULL : mem_at(ram, LOAD_INITRD, len);
	if (!len) {
		rc = fail(err, errlen, -EINVAL, "%s: the file is empty", path);
	} else if (!to) {
		rc = fail(err, errlen, -EFBIG,
			  "%s: %zu bytes at physical 0x%x do not fit, %s has %" PRIu64
			  " bytes for it; give the machine more memory with -m",
			  path, len, LOAD_INITRD, ram->name, room);
	} else {
		memcpy(to, buf, len);
		out->pa = LOAD_INITRD;
		out->size = (u32)len;
		out->told = tell_kernel(ram, out->pa, out->size);
	}
	free(buf);
	return rc;
}

int load_append(const char *text, const struct load_mem *ram, char *err, size_t errlen)
{
	size_t n = strlen(text) + 1;
	u8 *p = mem_at(ram, LOAD_APPEND, n);

	if (n > LOAD_INITRD - LOAD_APPEND)
		return fail(err, errlen, -EINVAL,
			    "-append: %zu characters are too many, at most %u fit", n - 1,
			    LOAD_INITRD - LOAD_APPEND - 1);
	if (!p)
		return fail(err, errlen, -EFBIG, "-append: %s is too small to hold it at 0x%x",
			    ram->name, LOAD_APPEND);
	memcpy(p, text, n);
	return 0;
}
