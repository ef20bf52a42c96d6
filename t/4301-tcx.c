/* SPDX-License-Identifier: MIT */
/* dev/tcx: palette, cursor, drawing spaces, planes. */
#include "dev/fb.h"
#include "lib/be.h"
#include "t/chip.h"

extern const struct dev_class tcx_class;

#define W 1024
#define H 768
static u32 picture[1152 * 900];

static struct fb_mem vram(struct bench *b, unsigned n)
{
	struct fb_mem mem = { 0 };

	fb_vram(b->chip, n, &mem);
	return mem;
}

static u32 shown(struct bench *b, unsigned x, unsigned y)
{
	unsigned w, h;

	fb_size(b->chip, &w, &h);
	fb_render(b->chip, picture, w);
	return picture[y * w + x];
}

static void colour(struct bench *b, u32 reg, u8 index, u32 rgb)
{
	put32(b, TCX_DAC, 0, (u32)index << 24);
	put32(b, TCX_DAC, reg, rgb >> 16 << 24);
	put32(b, TCX_DAC, reg, rgb >> 8 << 24);
	put32(b, TCX_DAC, reg, rgb << 24);
}

/* One command: the latch, then what to do. */
static void pair(struct bench *b, unsigned space, u32 pixel, u32 first, u32 second)
{
	bench_put(b, space, pixel * 8, 8, (u64)first << 32 | second);
}

static void test_rom(void)
{
	static const u8 fcode[5] = { 0xf1, 0x08, 0x1c, 0x02, 0x99 };
	u8 *big = calloc(1, FB_ROM_SIZE + 1);
	struct bench b;

	bench_open(&b, &tcx_class);
	bench_start(&b);
	is(get32(&b, TCX_ROM, 0), 0, "without a ROM there is no FCode");
	is(fb_set_rom(b.chip, fcode, 5), 0, "a ROM is taken");
	is(bench_get(&b, TCX_ROM, 0, 1), 0xf1, "its first byte");
	is(get32(&b, TCX_ROM, 0), 0xf1081c02, "its first word");
	is(get32(&b, TCX_ROM, 4), 0x99000000, "zeros follow");
	is(get32(&b, TCX_ROM, FB_ROM_SIZE - 4), 0, "to the end");
	put32(&b, TCX_ROM, 0, 0);
	is(bench_get(&b, TCX_ROM, 0, 2), 0xf108, "it cannot be written");
	is(-fb_set_rom(b.chip, big, FB_ROM_SIZE + 1), EFBIG, "65537 bytes are too many");
	is(fb_set_rom(b.chip, big, FB_ROM_SIZE), 0, "65536 are not");
	free(big);
	bench_close(&b);
}

static void test_geometry(void)
{
	struct bench b;
	unsigned w, h;

	bench_open(&b, &tcx_class);
	is(-fb_set_geometry(b.chip, 1024, 768, 16), EINVAL, "16 bits there are not");
	is(-fb_set_geometry(b.chip, 0, 768, 8), EINVAL, "no width");
	is(-fb_set_geometry(b.chip, 1280, 1024, 8), EINVAL, "more than 1 MiB");
	is(-fb_set_geometry(b.chip, 0x10000, 0x10000, 8), EINVAL, "far more");
	is(fb_set_geometry(b.chip, 1152, 900, 24), 0, "1152 x 900 x 24");
	bench_start(&b);
	fb_size(b.chip, &w, &h);
	ok(w == 1152 && h == 900, "is what it has");
	is(vram(&b, 0).off, 0x800000, "DFB8 at 800000");
	is(vram(&b, 0).size, 0x100000, "of 1 MiB");
	is(vram(&b, 1).off, 0x2000000, "DFB24 at 2000000");
	is(vram(&b, 1).size, 0x400000, "of 4 MiB");
	is(vram(&b, 2).off, 0xa000000, "RDFB32 at a000000");
	ok(!vram(&b, 3).mem, "nothing more");
	bench_close(&b);

	bench_open(&b, &tcx_class);
	bench_start(&b);
	fb_size(b.chip, &w, &h);
	ok(w == 1024 && h == 768, "the default is 1024 x 768");
	ok(vram(&b, 0).mem && !vram(&b, 1).mem && !vram(&b, 2).mem, "8 bits have DFB8 only");
	bench_close(&b);
}

static void test_palette(struct bench *b)
{
	u64 val;

	is(shown(b, 0, 0), 0, "reset: colour 0 is black");
	vram(b, 0).mem[1] = 255;
	is(shown(b, 1, 0), 0xffffff, "colour 255 white");
	put32(b, TCX_DAC, 0, 7u << 24);
	put32(b, TCX_DAC, 4, 0x12ffffff);
	put32(b, TCX_DAC, 4, 0x34000000);
	put32(b, TCX_DAC, 4, 0x56000000);
	put32(b, TCX_DAC, 4, 0x9a000000);
	vram(b, 0).mem[W] = 7;
	vram(b, 0).mem[W + 1] = 8;
	is(shown(b, 0, 1), 0x123456, "red, green, blue in the top byte");
	is(shown(b, 1, 1), 0x9a0000, "then the next colour");
	put32(b, TCX_DAC, 0, 7u << 24);
	is(get32(b, TCX_DAC, 4), 0x12000000, "red reads back");
	is(get32(b, TCX_DAC, 4), 0x34000000, "green");
	is(get32(b, TCX_DAC, 4), 0x56000000, "blue");
	is(get32(b, TCX_DAC, 4), 0x9a000000, "the next red");
	ok(bus_read(&b->bus, bench_at(TCX_DAC), 1, &val), "no bytes");
	ok(bus_write(&b->bus, bench_at(TCX_DAC) + 8, 8, 0), "nor doublewords");
	colour(b, 4, 255, 0xabcdef);
	put32(b, TCX_DAC, 4, 0x11000000);
	is(shown(b, 0, 0), 0x110000, "after 255 comes 0");
	colour(b, 4, 0, 0);
}

static void test_thc(struct bench *b)
{
	is(get32(b, TCX_THC, 0x818) & 0x02000000, 0x02000000, "misc has bit 25 set");
	put32(b, TCX_THC, 0x818, 0x000004c0);
	is(get32(b, TCX_THC, 0x818), 0x020004c0, "and keeps what is written");
	is(get32(b, TCX_THC, 0x1818), 0x020004c0, "both pages are the same registers");
	is(get32(b, TCX_THC, 0x0), 0, "others read 0");
	put32(b, TCX_TEC, 0x1000, ~0u);
	put32(b, TCX_DHC, 0x10, ~0u);
	put32(b, TCX_ALT, 0x7ffc, ~0u);
	is(get32(b, TCX_TEC, 0x1000) | get32(b, TCX_DHC, 0x10) | get32(b, TCX_ALT, 0x7ffc), 0,
	   "TEC, DHC and ALT read 0");
	vram(b, 0).mem[5] = 255;
	put32(b, TCX_THC, 0x818, 0);
	is(shown(b, 5, 0), 0, "without video all is black");
	put32(b, TCX_THC, 0x818, 0x400);
	is(shown(b, 5, 0), 0xabcdef, "and back");
	vram(b, 0).mem[5] = 0;
}

static void test_cursor(struct bench *b)
{
	colour(b, 0xc, 2, 0x00ff00);
	colour(b, 0xc, 3, 0xff0000);
	for (u32 row = 0; row < 32; row++) {
		put32(b, TCX_THC, 0x900 + 4 * row, 0xc0000001);
		put32(b, TCX_THC, 0x980 + 4 * row, 0x40000000);
	}
	put32(b, TCX_THC, 0x8fc, 100u << 16 | 200);
	is(shown(b, 100, 200), 0x00ff00, "cursor: mask without data is overlay 2");
	is(picture[200 * W + 101], 0xff0000, "with data overlay 3");
	is(picture[200 * W + 102], 0, "without mask the picture");
	is(picture[200 * W + 131], 0x00ff00, "32 wide");
	is(picture[231 * W + 131], 0x00ff00, "and high");
	is(picture[232 * W + 131], 0, "no more");
	is(picture[199 * W + 100], 0, "nor above");
	put32(b, TCX_THC, 0x8fc, 0xffff0000 | 0xfff0);
	is(shown(b, 0, 0), 0xff0000, "-1,-16: the second column is at the edge");
	is(picture[15 * W + 30], 0x00ff00, "the last one inside");
	is(picture[16 * W + 30], 0, "16 rows are left");
	put32(b, TCX_THC, 0x8fc, (W - 1) << 16 | (H - 1));
	is(shown(b, W - 1, H - 1), 0x00ff00, "one pixel in the last corner");
	put32(b, TCX_THC, 0x8fc, 0x7fff7fff);
	is(shown(b, W - 1, H - 1), 0, "far away it is not seen");
}

static void test_stipple(struct bench *b)
{
	u8 *p = vram(b, 0).mem;

	memset(p, 1, 0x100000);
	pair(b, TCX_STIP, 64, 0x30000042, 0x80000001);
	ok(p[63] == 1 && p[64] == 0x42 && p[65] == 1, "STIP: bit 31 is the first pixel");
	ok(p[94] == 1 && p[95] == 0x42 && p[96] == 1, "bit 0 the last");
	put32(b, TCX_STIP, 128 * 8, 0x30000007);
	is(p[128], 1, "the latch alone draws nothing");
	put32(b, TCX_STIP, 256 * 8 + 4, 0xffffffff);
	ok(p[128] == 1 && p[256] == 7 && p[287] == 7 && p[288] == 1, "and may be used elsewhere");
	is(get32(b, TCX_STIP, 256 * 8), 0, "the space reads 0");
	memset(p, 0x0f, 32);
	pair(b, TCX_STIP, 0, 0x60000033, 0xff000000);
	is(p[0], 0x3c, "raster operation 6 is exclusive or");
	pair(b, TCX_STIP, 8, 0xc0000033, 0xff000000 >> 8);
	is(p[16], 0xcc, "12 the inverted source");
	pair(b, TCX_STIP, 0xfffff, 0x30000055, 0xffffffff);
	ok(p[0xfffff] == 0x55 && p[0] == 0x3c, "the end of memory is the end");
}

static void test_blit(struct bench *b)
{
	u8 *p = vram(b, 0).mem;
	u32 i;

	for (i = 0; i < 0x1000; i++)
		p[i] = (u8)i;
	pair(b, TCX_BLIT, 0x2000, 0x30000000, 9u << 24 | 0x123);
	ok(!memcmp(p + 0x2000, p + 0x123, 10), "BLIT copies length + 1 pixels");
	is(p[0x200a], 1, "and no more");
	pair(b, TCX_BLIT, 0x41, 0x30000000, 31u << 24 | 0x40);
	ok(p[0x41] == 0x40 && p[0x60] == 0x5f, "an overlapping copy reads before it writes");
	pair(b, TCX_BLIT, 0x3000, 0x300000aa, 31u << 24 | 0xffffff);
	ok(p[0x3000] == 0xaa && p[0x301f] == 0xaa && p[0x3020] == 1, "source ffffff fills");
	pair(b, TCX_BLIT, 0x3040, 0, 3u << 24 | 0x100);
	ok(!memcmp(p + 0x3040, p + 0x100, 4), "operation 0 copies, too");
	p[0x500] = 0xee;
	pair(b, TCX_BLIT, 0x500, 0x30000000, 31u << 24 | 0xfffff0);
	is(p[0x500], 0xee, "a source outside memory does nothing");
	pair(b, TCX_BLIT, 0xffff8, 0x30000099, 31u << 24 | 0xffffff);
	is(p[0xfffff], 0x99, "filling stops at the end");
	pair(b, TCX_RBLIT, 0x3080, 0x300000bb, 31u << 24 | 0xffffff);
	is(p[0x3080], 0xbb, "8 bits: RBLIT is BLIT");
	pair(b, TCX_RSTIP, 0x30a0, 0x300000bc, 0x80000000);
	is(p[0x30a0], 0xbc, "RSTIP is STIP");
}

static u64 watched, watched_end;

static void watcher(void *arg, u64 off, u64 n)
{
	(void)arg;
	watched |= 1ull << (off >> 24);
	if (off + n > watched_end)
		watched_end = off + n;
}

static void test_24(void)
{
	struct bench b;
	u8 *p8, *p24, *ctl;

	bench_open(&b, &tcx_class);
	fb_set_geometry(b.chip, W, H, 24);
	bench_start(&b);
	p8 = vram(&b, 0).mem;
	p24 = vram(&b, 1).mem;
	ctl = vram(&b, 2).mem;
	colour(&b, 4, 5, 0x010203);
	p8[0] = p8[1] = p8[2] = p8[3] = 5;
	be32_put(p24 + 4, 0x00aabbcc);
	be32_put(ctl + 4, 0x02000000);
	be32_put(p24 + 8, 0x00aabbcc);
	be32_put(ctl + 8, 0xfc000000);
	be32_put(ctl + 12, 0x01000000);
	is(shown(&b, 0, 0), 0x010203, "24 bits: control 0 shows the palette");
	is(picture[1], 0xccbbaa, "control 2 blue, green, red");
	is(picture[2], 0x010203, "other bits do not count");
	is(picture[3], 0, "control 1 does");
	pair(&b, TCX_STIP, 32, 0x33112233, 0x80000000);
	is(be32_get(p24 + 128), 0x112233, "STIP writes 24 bits");
	is(p8[32], 0x33, "and 8");
	is(be32_get(ctl + 128), 0, "not the control plane");
	pair(&b, TCX_RSTIP, 32, 0x33112233, 0x80000000);
	is(be32_get(ctl + 128) >> 24, 3, "RSTIP that, too");
	fb_watch(b.chip, watcher, NULL);
	pair(&b, TCX_RBLIT, 64, 0x30000000, 31u << 24 | 32);
	ok(be32_get(p24 + 256) == 0x112233 && be32_get(ctl + 256) >> 24 == 3 && p8[64] == 0x33,
	   "RBLIT copies all planes");
	ok(watched == (1 << 0 | 1 << 2 | 1 << 10) && watched_end == 0xa000000 + 96 * 4,
	   "the engine's writes are told of");
	pair(&b, TCX_BLIT, 96, 0x30000000, 31u << 24 | 32);
	is(be32_get(ctl + 384), 0, "BLIT leaves the control plane");
	pair(&b, TCX_BLIT, 0xffff0, 0x30ffffff, 31u << 24 | 0xffffff);
	pair(&b, TCX_RBLIT, 0, 0x30000000, 31u << 24 | 0xffff0);
	is(be32_get(p24 + 60), 0xffffff, "16 pixels to the end are copied");
	is(p8[16], 0, "16 more are not there");
	bench_close(&b);
}

int main(void)
{
	struct bench b;

	test_rom();
	test_geometry();
	bench_open(&b, &tcx_class);
	bench_start(&b);
	test_palette(&b);
	test_thc(&b);
	test_cursor(&b);
	put32(&b, TCX_DAC, 0, 9u << 24);
	put32(&b, TCX_DAC, 4, 9u << 24);
	put32(&b, TCX_STIP, 0, 0x30000077);
	ok(bench_reload(&b), "its state is saved whole");
	put32(&b, TCX_DAC, 4, 8u << 24);
	put32(&b, TCX_DAC, 0, 9u << 24);
	is(get32(&b, TCX_DAC, 4), 9u << 24, "the DAC goes on in the middle of a colour");
	is(get32(&b, TCX_DAC, 4), 8u << 24, "with green");
	put32(&b, TCX_STIP, 4, 0x80000000);
	is(vram(&b, 0).mem[0], 0x77, "and a pair with its second half");
	test_stipple(&b);
	test_blit(&b);
	b.cls->reset(b.chip);
	is(shown(&b, 0x41 % W, 0), 0, "reset: the palette is black again");
	bench_close(&b);
	test_24();
	return tap_done();
}
