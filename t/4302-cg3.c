/* SPDX-License-Identifier: MIT */
/* dev/cg3: palette, registers, vertical interrupt. */
#include "dev/fb.h"
#include "t/chip.h"

extern const struct dev_class cg3_class;

#define FRAME (1000000000 / 76)
static u32 picture[1152 * 900];

static u32 shown(struct bench *b, unsigned x, unsigned y)
{
	unsigned w, h;

	fb_size(b->chip, &w, &h);
	fb_render(b->chip, picture, w);
	return picture[y * w + x];
}

static void test_palette(struct bench *b)
{
	struct fb_mem mem;
	u32 i;

	ok(fb_vram(b->chip, 0, &mem) && mem.off == 0x800000 && mem.size == 0x100000,
	   "1 MiB of memory at 800000");
	ok(!fb_vram(b->chip, 1, &mem), "and no other");
	fb_vram(b->chip, 0, &mem);
	for (i = 0; i < 4; i++)
		mem.mem[1152 + i] = (u8)(0x40 + i);
	/* Four entries as three words, the index as a word, as Linux and NetBSD do. */
	put32(b, CG3_REGS, 0, 0x40);
	put32(b, CG3_REGS, 4, 0x01020304);
	put32(b, CG3_REGS, 4, 0x05060708);
	put32(b, CG3_REGS, 4, 0x090a0b0c);
	is(shown(b, 0, 1), 0x010203, "three words: the first colour");
	is(picture[1153], 0x040506, "the second");
	is(picture[1154], 0x070809, "the third");
	is(picture[1155], 0x0a0b0c, "the fourth");
	bench_put(b, CG3_REGS, 3, 1, 0x41);
	bench_put(b, CG3_REGS, 4, 1, 0x99);
	bench_put(b, CG3_REGS, 4, 1, 0x88);
	bench_put(b, CG3_REGS, 4, 1, 0x77);
	is(shown(b, 1, 1), 0x998877, "single bytes");
	is(get32(b, CG3_REGS, 0), 0x42, "the index has moved on");
	put32(b, CG3_REGS, 0, 0x41);
	is(get32(b, CG3_REGS, 4), 0x99887707, "colours read back");
	bench_put(b, CG3_REGS, 0x10, 1, 0);
	is(shown(b, 1, 1), 0, "without video all is black");
	bench_put(b, CG3_REGS, 0x10, 1, 0x40);
	is(shown(b, 1, 1), 0x998877, "and back");
}

static void test_timing(struct bench *b)
{
	for (u32 i = 0x12; i < 0x20; i++)
		bench_put(b, CG3_REGS, i, 1, i + 0x80);
	is(get32(b, CG3_REGS, 0x14), 0x94959697, "timing registers are storage");
	is(bench_get(b, CG3_REGS, 0x1f, 1), 0x9f, "to the last");
	is(bench_get(b, CG3_REGS, 0x11, 1), 0x61, "the monitor is a colour one, 1152 x 900");
	ok(bus_write(&b->bus, bench_at(CG3_REGS) + 0x20, 1, 0), "nothing lies behind them");
}

static void test_interrupt(struct bench *b)
{
	u64 first;

	bench_time(b, 5 * FRAME + 10);
	ok(!b->rises[0], "no interrupt unless it is enabled");
	bench_put(b, CG3_REGS, 0x10, 1, 0xc0);
	bench_time(b, 6ull * FRAME - 1);
	ok(!b->line[0], "not before the retrace");
	bench_time(b, 6ull * FRAME);
	ok(b->line[0], "but then");
	is(bench_get(b, CG3_REGS, 0x11, 1), 0xe1, "the status says so");
	bench_time(b, 8ull * FRAME);
	is(b->rises[0], 1, "once until it is served");
	ok(bench_reload(b) && b->line[0], "a restored chip holds its line");
	bench_put(b, CG3_REGS, 0x11, 1, 0);
	ok(!b->line[0] && bench_get(b, CG3_REGS, 0x11, 1) == 0x61, "a write to status ends it");
	ok(bench_reload(b), "and waits on");
	first = b->rises[0];
	for (int i = 0; i < 76; i++) {
		bench_time(b, b->clock.insns + FRAME);
		bench_put(b, CG3_REGS, 0x11, 1, 0);
	}
	is(b->rises[0] - first, 76, "76 a second");
	bench_put(b, CG3_REGS, 0x10, 1, 0x40);
	bench_time(b, b->clock.insns + 3 * FRAME);
	is(b->rises[0] - first, 76, "none after it is disabled");
	is(clock_next(&b->clock), CLOCK_NEVER, "nor any timer");
	bench_put(b, CG3_REGS, 0x10, 1, 0x80);
	bench_time(b, b->clock.insns + FRAME);
	b->cls->reset(b->chip);
	ok(!b->line[0], "reset takes it back");
}

int main(void)
{
	static const u8 fcode[2] = { 0xf1, 0x08 };
	struct bench b;

	bench_open(&b, &cg3_class);
	is(-fb_set_geometry(b.chip, 1152, 900, 24), EINVAL, "24 bits there are not");
	is(fb_set_geometry(b.chip, 1152, 900, 8), 0, "1152 x 900");
	bench_start(&b);
	is(get32(&b, CG3_ROM, 0), 0, "without a ROM there is no FCode");
	fb_set_rom(b.chip, fcode, 2);
	is(bench_get(&b, CG3_ROM, 0, 1), 0xf1, "with one there is");
	test_palette(&b);
	test_timing(&b);
	test_interrupt(&b);
	bench_close(&b);
	return tap_done();
}
