/* SPDX-License-Identifier: MIT */
/* dev/cs4231: recognition, calibration, and DMA at the speed of the samples. */
#include "t/chip.h"

extern const struct dev_class cs4231_class;

#define MS 1000000ull
enum { CSR = 0x10, CVA = 0x20, CC = 0x24, CNVA = 0x28, CNC = 0x2c };
enum { PVA = 0x30, PC = 0x34, PNVA = 0x38, PNC = 0x3c };

#define PI 0x400000
#define CI 0x200000
#define EI 0x100000
#define PMI 0x8000
#define PM 0x4000
#define PD 0x2000

static u8 ram[0x10000];
static u32 read_bytes, last_read;

static int ram_read(void *far, u32 va, void *buf, u32 n)
{
	(void)far;
	read_bytes += n;
	last_read = va + n;
	if ((u64)va + n > sizeof(ram))
		return -EFAULT;
	memcpy(buf, ram + va, n);
	return 0;
}

static int ram_write(void *far, u32 va, const void *buf, u32 n)
{
	(void)far;
	if ((u64)va + n > sizeof(ram))
		return -EFAULT;
	memcpy(ram + va, buf, n);
	return 0;
}

static u8 codec(struct bench *b, u8 index)
{
	bench_put(b, 0, 0, 1, index);
	return (u8)bench_get(b, 0, 4, 1);
}

static void codec_set(struct bench *b, u8 index, u8 val)
{
	bench_put(b, 0, 0, 1, index);
	bench_put(b, 0, 4, 1, val);
}

static void format(struct bench *b, u8 reg, u8 val)
{
	codec_set(b, 0x40 | 9, codec(b, 0x40 | 9) & ~0x18);
	codec_set(b, 0x40 | reg, val);
	bench_put(b, 0, 0, 1, 0);
}

static void open_chip(struct bench *b)
{
	struct dev *dev = bench_open(b, &cs4231_class);

	dev->dma = (struct dma){ .read = ram_read, .write = ram_write };
	bench_start(b);
	codec_set(b, 0x40 | 12, 0x40);
	read_bytes = 0;
}

static void test_codec(struct bench *b)
{
	u64 t;

	ok(!(bench_get(b, 0, 0, 1) & 0x80), "not busy after reset");
	is(codec(b, 12), 0xca, "index 12: revision a, mode 2");
	is(codec(b, 25), 0xa0, "index 25: a CS4231A");
	codec_set(b, 25, 0x12);
	is(codec(b, 25), 0xa0, "which cannot be written");
	codec_set(b, 6, 0x3f);
	is(codec(b, 6), 0x3f, "volumes are storage");
	codec_set(b, 8, 0x5b);
	is(codec(b, 8), 0, "no format without MCE");
	codec_set(b, 0x40 | 8, 0x5b);
	is(codec(b, 0x40 | 8), 0x5b, "but with it");
	bench_put(b, 0, 0, 1, 11);
	t = b->clock.insns;
	is(bench_get(b, 0, 4, 1), 0x20, "clearing MCE calibrates");
	bench_time(b, t + 168 * 1000000000ull / 44100 - 1000);
	is(codec(b, 11), 0x20, "for 168 samples");
	bench_time(b, t + 168 * 1000000000ull / 44100 + 1000);
	is(codec(b, 11), 0, "and is done");
	codec_set(b, 12, 0);
	is(codec(b, 9 + 16), codec(b, 9), "mode 1 has 16 registers");
	codec_set(b, 12, 0x40);
	put32(b, 0, CSR, 1);
	put32(b, 0, CSR, 0);
	is(codec(b, 12), 0x8a, "the APC's reset reaches the codec");
	codec_set(b, 12, 0x40);
}

/* As Linux starts it: GO, two buffers, then the codec's enable. */
static void play(struct bench *b, u32 a, u32 na, u32 second, u32 ns)
{
	put32(b, 0, CSR, get32(b, 0, CSR) | 0x000d1000 | PI | EI);
	put32(b, 0, CSR, get32(b, 0, CSR) | 8);
	put32(b, 0, PNVA, a);
	put32(b, 0, PNC, na);
	if (ns) {
		put32(b, 0, PNVA, second);
		put32(b, 0, PNC, ns);
	}
	codec_set(b, 9, codec(b, 9) | 1);
}

static void test_play(struct bench *b)
{
	u64 t;

	format(b, 8, 0xdb); /* 44100 Hz, 16 bits, stereo: 176400 bytes a second */
	ok(get32(b, 0, CSR) & PD, "a next buffer is wanted from the start");
	play(b, 0x100, 17640, 0x8000, 1764);
	t = b->clock.insns;
	is(get32(b, 0, PVA), 0x100, "the first buffer is in use");
	ok(!(get32(b, 0, CSR) & (PD | PM)), "the second waits");
	ok(!b->line[0], "nothing to tell");
	bench_time(b, t + 50 * MS);
	is(get32(b, 0, PC), 8820, "half of it after 50 ms");
	is(get32(b, 0, PVA), 0x100 + 8820, "the address counts up");
	is(bench_get(b, 0, 8, 1) & 1, 1, "the codec has counted samples");
	bench_put(b, 0, 8, 1, 0);
	is(bench_get(b, 0, 8, 1) & 1, 0, "a write clears that");
	ok(bench_reload(b), "its state is saved whole, in the middle");
	bench_time(b, t + 100 * MS - 1);
	ok(!b->line[0], "100 ms less 1 ns: not finished");
	bench_time(b, t + 100 * MS);
	ok(b->line[0], "100 ms: interrupt");
	is(get32(b, 0, CSR) & (PI | PD | PMI | PM), PI | PD, "a buffer is done, another wanted");
	is(get32(b, 0, PVA), 0x8000, "the second is in use");
	is(read_bytes, 17640, "every byte was fetched once");
	put32(b, 0, CSR, get32(b, 0, CSR));
	ok(!b->line[0], "writing it back acknowledges");
	bench_time(b, t + 110 * MS);
	is(get32(b, 0, CSR) & (PI | PD | PMI | PM), PI | PD | PMI | PM, "then the pipe is empty");
	put32(b, 0, CSR, get32(b, 0, CSR));
	put32(b, 0, PNVA, 0x200);
	put32(b, 0, PNC, 100);
	is(get32(b, 0, CSR) & (PD | PM), PD, "a new buffer starts at once");
	put32(b, 0, PNVA, 0x300);
	put32(b, 0, PNC, 100);
	put32(b, 0, CSR, get32(b, 0, CSR) | 0x80);
	bench_time(b, t + 111 * MS);
	is(get32(b, 0, CSR) & (PD | PM), PM, "pause lets the current one end");
	is(get32(b, 0, PVA), 0x200 + 100, "and takes no other");
	put32(b, 0, CSR, get32(b, 0, CSR) & ~0x80u);
	is(get32(b, 0, PVA), 0x300, "until it ends");
}

static void test_counts(struct bench *b)
{
	u64 t;

	format(b, 8, 0x00); /* 8000 Hz, 8 bits */
	codec_set(b, 15, 79);
	codec_set(b, 14, 0);
	play(b, 0, 0x8000, 0, 0);
	t = b->clock.insns;
	bench_time(b, t + 9 * MS);
	is(codec(b, 24), 0, "base count 79: nothing after 72 samples");
	bench_time(b, t + 15 * MS);
	is(codec(b, 24), 0x10, "80 samples raise the flag");
	codec_set(b, 24, 0);
	is(codec(b, 24), 0, "a zero clears it");
	bench_time(b, t + 19 * MS);
	is(codec(b, 24), 0, "152 samples: not yet");
	bench_time(b, t + 20 * MS);
	is(codec(b, 24), 0x10, "every 80");
	bench_time(b, t + 1000 * MS);
	is(get32(b, 0, PC), 0x8000 - 8000, "8000 bytes in a second");
	format(b, 8, 0x01); /* 5512.5 Hz */
	t = b->clock.insns;
	bench_time(b, t + 2000 * MS);
	is(get32(b, 0, PC), 0x8000 - 8000 - 11025, "5512.5 in the next ones");
}

static void test_errors(struct bench *b)
{
	u64 t = b->clock.insns;

	format(b, 8, 0x00);
	play(b, 0xffff, 8, 0xfffffff0, 0xffffffff);
	bench_time(b, t + 2 * MS);
	ok(get32(b, 0, CSR) & EI, "memory that does not answer is an error");
	ok(b->line[0], "with an interrupt");
	bench_time(b, t + 100 * MS);
	ok(get32(b, 0, PC) < 0xffffffff, "it goes on all the same");
}

static void test_capture(struct bench *b)
{
	u64 t;

	memset(ram, 0x11, sizeof(ram));
	format(b, 8, 0x20);
	format(b, 28, 0x20); /* mu-law */
	put32(b, 0, CSR, 0xa0004);
	put32(b, 0, CNVA, 0x1000);
	put32(b, 0, CNC, 80);
	codec_set(b, 9, 2);
	t = b->clock.insns;
	bench_time(b, t + 10 * MS);
	ok(b->line[0] && get32(b, 0, CSR) & CI, "capture ends with an interrupt");
	ok(ram[0xfff] == 0x11 && ram[0x1000] == 0xff && ram[0x104f] == 0xff && ram[0x1050] == 0x11,
	   "80 samples of silence");
	codec_set(b, 9, 0);
	is(clock_next(&b->clock), CLOCK_NEVER, "a disabled codec needs no timer");
}

static void fresh(void (*test)(struct bench *))
{
	struct bench b;

	open_chip(&b);
	test(&b);
	bench_close(&b);
}

int main(void)
{
	fresh(test_codec);
	fresh(test_play);
	fresh(test_counts);
	fresh(test_errors);
	fresh(test_capture);
	return tap_done();
}
