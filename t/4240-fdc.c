/* SPDX-License-Identifier: MIT */
/* The floppy controller: probing as boot PROMs and drivers do it, sectors both ways, and what goes wrong. */
#include "lib/be.h"
#include "lib/block.h"
#include "t/chip.h"

extern const struct dev_class fdc_class;

#define SIZE (80 * 2 * 18 * 512u)

static struct bench b;
static struct block *disk;

static u8 get(u32 reg)
{
	return (u8)bench_get(&b, 0, reg, 1);
}

static void put(u32 reg, u8 v)
{
	bench_put(&b, 0, reg, 1, v);
}

static void open_fdc(u64 size)
{
	struct dev *dev = bench_open(&b, &fdc_class);

	disk = size ? block_mem_new(size) : NULL;
	for (u64 i = 0; disk && i < size / 512; i++) {
		u8 v[4];

		be32_put(v, (u32)i);
		block_write(disk, i * 512, v, 4);
		block_write(disk, i * 512 + 508, v, 4);
	}
	dev->backend = disk;
	bench_start(&b);
}

static void close_fdc(void)
{
	bench_close(&b);
	block_close(disk);
}

/* To the next deadline. */
static void later(void)
{
	u64 at = clock_next(&b.clock);

	if (at != CLOCK_NEVER)
		bench_time(&b, at);
}

static void send(const u8 *p, unsigned n)
{
	while (n--) {
		if ((get(4) & 0xc0) != 0x80)
			ok(false, "MSR %02x: no command byte can be sent", get(4));
		put(5, *p++);
	}
}

#define SEND(...) send((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

/* The result phase: n bytes, no more. */
static void result(const u8 *want, unsigned n, const char *what)
{
	u8 got[16];
	unsigned i = 0;

	while (i < sizeof(got) && (get(4) & 0xf0) == 0xd0)
		got[i++] = get(5);
	if (!ok(i == n && !memcmp(got, want, n) && get(4) == 0x80, "%s", what)) {
		for (unsigned k = 0; k < i; k++)
			diag("byte %u: %02x, want %02x", k, got[k], k < n ? want[k] : 0);
		diag("%u bytes, MSR %02x", i, get(4));
	}
}

#define RESULT(what, ...)                                                                          \
	result((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }), what)

static void sense(u8 st0, u8 track, const char *what)
{
	SEND(0x08);
	RESULT(what, st0, track);
}

static void ready(void)
{
	put(2, 0x00);
	put(2, 0x0c);
	for (unsigned i = 0; i < 4; i++) {
		put(5, 0x08);
		get(5);
		get(5);
	}
	put(7, 0);
	SEND(0x13, 0, 0x1a, 0);
	SEND(0x03, 0xc1, 0x11);
	put(2, 0x1c);
}

/* What OpenBIOS does. */
static void test_probe(void)
{
	open_fdc(0);
	is(get(4), 0, "in reset: not ready");
	put(5, 0x10);
	is(get(4), 0, "a command is not taken");
	put(2, 0x00);
	put(2, 0x04);
	is(get(4), 0x80, "out of reset: ready");
	ok(b.line[0], "the polling interrupts");
	SEND(0x0e);
	RESULT("DUMPREG", 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0);
	SEND(0x13, 0x00, 0x1a, 0x00);
	is(get(4), 0x80, "CONFIGURE has no result");
	SEND(0x12, 0x00);
	is(get(4), 0x80, "PERPENDICULAR neither");
	SEND(0x14);
	RESULT("UNLOCK", 0);
	SEND(0x18);
	RESULT("PART ID: no 82078", 0x80);
	put(4, 0x83);
	put(7, 0x00);
	ok(b.line[0], "reset by DSR interrupts");
	for (u8 i = 0; i < 4; i++) {
		SEND(0x08);
		RESULT("SENSE INTERRUPT after a reset", 0xc0 | i, 0);
		ok(!b.line[0], "the interrupt is gone");
	}
	SEND(0x08);
	RESULT("a fifth one is invalid", 0x80);
	SEND(0x13, 0x00, 0x1a, 0x00);
	SEND(0x03, 0xc1, 0x11);
	put(2, 0x14);
	SEND(0x07, 0x00);
	ok(b.line[0], "RECALIBRATE at track 0: there at once");
	is(get(4), 0x80, "ready");
	sense(0x20, 0, "RECALIBRATE without a disk");
	ok(!b.line[0], "the interrupt is gone");
	is(get(7), 0x80, "no disk: DIR says changed");
	SEND(0x10);
	RESULT("VERSION", 0x90);
	SEND(0x94);
	RESULT("LOCK", 0x10);
	SEND(0x04, 0x00);
	RESULT("SENSE DRIVE", 0x38);
	SEND(0x0e);
	RESULT("DUMPREG", 0, 0, 0, 0, 0xc1, 0x11, 0, 0x80, 0x1a, 0);
	put(4, 0x80);
	SEND(0x0e);
	RESULT("locked: CONFIGURE survives a software reset", 0, 0, 0, 0, 0xc1, 0x11, 0, 0x80, 0x0a,
	       0);
	for (u8 i = 0; i < 4; i++)
		sense(0xc0 | i, 0, "the reset's");
	SEND(0x4a, 0x00);
	later();
	RESULT("READ ID without a disk: not ready", 0x48, 0x01, 0, 0, 0, 0, 2);
	SEND(0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
	later();
	RESULT("READ without a disk", 0x48, 0x01, 0, 0, 0, 1, 2);
	SEND(0x07, 0x01);
	later();
	sense(0x71, 0, "RECALIBRATE of a drive that is not there");
	close_fdc();
}

static u32 read_sector(void)
{
	u8 buf[512];

	for (u32 i = 0; i < 512; i++) {
		if (get(4) != 0xf0 || !b.line[0]) {
			ok(false, "byte %u: MSR %02x, interrupt %d", i, get(4), b.line[0]);
			return 0;
		}
		buf[i] = get(5);
	}
	return be32_get(buf) == be32_get(buf + 508) ? be32_get(buf) : UINT32_MAX;
}

static void write_sector(u8 fill)
{
	for (u32 i = 0; i < 512; i++) {
		if (get(4) != 0xb0 || !b.line[0]) {
			ok(false, "byte %u: MSR %02x, interrupt %d", i, get(4), b.line[0]);
			return;
		}
		put(5, fill);
	}
}

static void tc(void)
{
	b.cls->irq_in(b.chip, 0, true);
	b.cls->irq_in(b.chip, 0, false);
}

static void test_read(void)
{
	open_fdc(SIZE);
	ready();
	is(get(7), 0x80, "a disk was put in");
	SEND(0x0f, 0x00, 5);
	is(get(4), 0x81, "unit 0 seeks");
	ok(!b.line[0], "not there yet");
	later();
	ok(b.line[0], "there");
	is(get(4), 0x80, "done");
	sense(0x20, 5, "SEEK");
	is(get(7), 0, "seen by the seek");
	/* One sector, ended by terminal count as drivers do. */
	SEND(0x66, 0x00, 5, 0, 3, 2, 18, 0x1b, 0xff);
	is(get(4), 0x30, "busy");
	later();
	is(read_sector(), (5 * 2 + 0) * 18 + 2, "track 5, head 0, sector 3");
	is(get(4), 0x30, "the gap");
	ok(!b.line[0], "no interrupt in it");
	tc();
	ok(b.line[0], "terminal count: the result interrupts");
	RESULT("ends normally, the next sector is 4", 0, 0, 0, 5, 0, 4, 2);
	ok(!b.line[0], "until it is read");
	/* Terminal count within a sector. */
	SEND(0x66, 0x04, 5, 1, 18, 2, 18, 0x1b, 0xff);
	later();
	is(get(5), 0, "first byte");
	tc();
	RESULT("terminal count within the last sector", 4, 0, 0, 6, 1, 1, 2);
	/* Terminal count right after the end of the track. */
	SEND(0x66, 0x00, 5, 0, 18, 2, 18, 0x1b, 0xff);
	later();
	is(read_sector(), 5 * 36 + 17, "the last sector of head 0");
	tc();
	RESULT("ends normally", 0, 0, 0, 6, 0, 1, 2);
	/* No terminal count. */
	SEND(0x66, 0x00, 5, 0, 17, 2, 18, 0x1b, 0xff);
	later();
	is(read_sector(), 5 * 36 + 16, "sector 17");
	later();
	is(read_sector(), 5 * 36 + 17, "sector 18");
	later();
	RESULT("end of track", 0x40, 0x80, 0, 6, 0, 1, 2);
	/* Both sides. */
	SEND(0xe6, 0x00, 5, 0, 18, 2, 18, 0x1b, 0xff);
	later();
	is(read_sector(), 5 * 36 + 17, "multi-track: head 0");
	later();
	is(read_sector(), 5 * 36 + 18, "then head 1");
	tc();
	RESULT("ends on head 1", 4, 0, 0, 5, 1, 2, 2);
	/* READ ID goes round. */
	SEND(0x4a, 0x00);
	later();
	RESULT("READ ID", 0, 0, 0, 5, 0, 1, 2);
	SEND(0x4a, 0x04);
	later();
	RESULT("READ ID", 4, 0, 0, 5, 1, 2, 2);
	/* What is not there. */
	SEND(0x66, 0x00, 6, 0, 3, 2, 18, 0x1b, 0xff);
	later();
	RESULT("another cylinder", 0x40, 0x04, 0x10, 6, 0, 3, 2);
	SEND(0x66, 0x00, 5, 0, 19, 2, 18, 0x1b, 0xff);
	later();
	RESULT("sector 19", 0x40, 0x04, 0, 5, 0, 19, 2);
	SEND(0x66, 0x00, 5, 0, 0, 2, 18, 0x1b, 0xff);
	later();
	RESULT("sector 0", 0x40, 0x04, 0, 5, 0, 0, 2);
	SEND(0x66, 0x00, 5, 1, 3, 2, 18, 0x1b, 0xff);
	RESULT("an ID of the other head", 0x40, 0x04, 0, 5, 1, 3, 2);
	SEND(0x66, 0x00, 5, 0, 3, 3, 18, 0x1b, 0xff);
	later();
	RESULT("another sector size", 0x40, 0x04, 0, 5, 0, 3, 2);
	put(7, 2);
	SEND(0x4a, 0x00);
	later();
	RESULT("another data rate", 0x40, 0x01, 0, 0, 0, 0, 2);
	put(7, 0);
	/* Beyond the end of the track number: EOT smaller than R. */
	SEND(0x66, 0x00, 5, 0, 3, 2, 1, 0x1b, 0xff);
	for (unsigned i = 0; i < 16; i++) {
		later();
		if (read_sector() != 5 * 36u + 2 + i)
			ok(false, "sector %u", i + 3);
	}
	later();
	RESULT("EOT before R: stops where sectors end", 0x40, 0x04, 0, 5, 0, 19, 2);
	/* VERIFY */
	SEND(0x56, 0x00, 5, 0, 1, 2, 18, 0x1b, 0xff);
	later();
	RESULT("VERIFY", 0, 0, 0, 6, 0, 1, 2);
	SEND(0xd6, 0x80, 5, 0, 1, 2, 18, 0x1b, 0x04);
	later();
	RESULT("VERIFY of 4 sectors", 0, 0, 0, 5, 0, 5, 2);
	close_fdc();
}

static u32 disk_word(u32 sector)
{
	u8 v[4];

	block_read(disk, sector * 512u + 508, v, 4);
	return be32_get(v);
}

static void test_write(void)
{
	open_fdc(SIZE);
	ready();
	SEND(0x0f, 0x00, 79);
	later();
	sense(0x20, 79, "SEEK");
	SEND(0x45, 0x04, 79, 1, 18, 2, 18, 0x1b, 0xff);
	later();
	write_sector(0x99);
	is(disk_word(SIZE / 512 - 1), 0x99999999, "the last sector of the disk");
	tc();
	RESULT("ends normally", 4, 0, 0, 80, 1, 1, 2);
	SEND(0x45, 0x00, 79, 0, 1, 2, 18, 0x1b, 0xff);
	later();
	write_sector(0x77);
	later();
	put(5, 0x66);
	tc();
	RESULT("terminal count within the second sector", 0, 0, 0, 79, 0, 3, 2);
	is(disk_word(79 * 36), 0x77777777, "the first is written");
	is(disk_word(79 * 36 + 1), 0, "the second filled with zeros");
	is(disk_word(79 * 36 + 2), 79 * 36 + 2, "and no other");
	/* FORMAT */
	SEND(0x4d, 0x04, 2, 18, 0x54, 0xf6);
	later();
	for (u8 i = 1; i <= 18; i++) {
		SEND(79, 1, i, 2);
		later();
	}
	RESULT("FORMAT", 4, 0, 0, 79, 1, 18, 2);
	is(disk_word(79 * 36 + 18), 0xf6f6f6f6, "first sector");
	is(disk_word(79 * 36 + 35), 0xf6f6f6f6, "last sector");
	is(disk_word(79 * 36 + 17), 79 * 36 + 17, "the other side as it was");
	/* SCAN */
	SEND(0x51, 0x04, 79, 1, 2, 2, 18, 0x1b, 0x01);
	later();
	write_sector(0xf6);
	RESULT("SCAN EQUAL: hit", 4, 0, 0x08, 79, 1, 2, 2);
	SEND(0x51, 0x04, 79, 1, 18, 2, 18, 0x1b, 0x01);
	later();
	write_sector(0x12);
	later();
	RESULT("SCAN EQUAL: not found", 0x44, 0x80, 0x04, 80, 1, 1, 2);
	disk->read_only = true;
	SEND(0x45, 0x00, 79, 0, 1, 2, 18, 0x1b, 0xff);
	later();
	RESULT("write-protected", 0x40, 0x02, 0, 79, 0, 1, 2);
	SEND(0x4d, 0x04, 2, 18, 0x54, 0xf6);
	later();
	RESULT("FORMAT: write-protected", 0x44, 0x02, 0, 79, 1, 1, 2);
	SEND(0x04, 0x00);
	RESULT("SENSE DRIVE says so", 0x68);
	close_fdc();

	open_fdc(720 * 1024);
	ready();
	put(7, 2);
	SEND(0x46, 0x00, 0, 0, 9, 2, 9, 0x1b, 0xff);
	later();
	is(read_sector(), 8, "720 KB: nine sectors a track, 250 kbit/s");
	later();
	RESULT("end of track", 0x40, 0x80, 0, 1, 0, 1, 2);
	close_fdc();
	open_fdc(1000 * 512);
	ready();
	SEND(0x8f, 0x00, 5);
	SEND(0x0f, 0x00, 60);
	later();
	sense(0x20, 60, "SEEK");
	SEND(0x66, 0x00, 60, 0, 1, 2, 18, 0x1b, 0xff);
	later();
	RESULT("an image cut off: a data error where it has no more", 0x40, 0x20, 0x20, 60, 0, 1,
	       2);
	SEND(0xcf, 0x00, 3);
	later();
	sense(0x20, 63, "RELATIVE SEEK inwards");
	SEND(0x8f, 0x00, 200);
	later();
	sense(0x20, 0, "and outwards, no further than track 0");
	close_fdc();
}

static void test_reset(void)
{
	open_fdc(SIZE);
	ready();
	SEND(0x66, 0x00, 0, 0, 3, 2, 18, 0x1b, 0xff);
	later();
	get(5);
	put(2, 0x18);
	is(get(4), 0, "reset in the middle of a sector");
	ok(!b.line[0], "no interrupt");
	is(get(5), 0, "no byte");
	put(2, 0x1c);
	ok(b.line[0], "afterwards the polling interrupts");
	sense(0xc0, 0, "unit 0");
	SEND(0x07, 0x00);
	put(4, 0x80);
	later();
	sense(0xc0, 0, "a seek is forgotten");
	ok(bench_reload(&b), "restored");
	SEND(0x66, 0x00, 0, 0, 3, 2, 18, 0x1b, 0xff);
	ok(bench_reload(&b), "restored before a sector");
	later();
	get(5);
	ok(bench_reload(&b), "restored within one");
	ok(b.line[0], "the interrupt is driven again");
	for (u32 i = 1; i < 512; i++)
		get(5);
	tc();
	RESULT("and goes on", 0, 0, 0, 0, 0, 4, 2);
	close_fdc();
}

int main(void)
{
	test_probe();
	test_read();
	test_write();
	test_reset();
	return tap_done();
}
