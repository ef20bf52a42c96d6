/* SPDX-License-Identifier: MIT */
/*
 * Frame buffer TCX of the SPARCstation 4 (8 bits a pixel), and as the S24 card 24 bits.
 *
 * Part: SUNW,tcx (SBus). No manual was ever published: the registers are known from the FCode
 * and from the drivers of Linux, NetBSD and X11. Regions: enum TCX_* of dev/fb.h.
 * Memory: DFB8, one byte a pixel; S24 also DFB24 (32-bit words 00BBGGRR) and RDFB32, whose
 * bits 25:24 choose, pixel by pixel, what is shown: 0 the palette's colour of DFB8, else DFB24.
 *
 * What software relies on:
 *  - DAC: 0 colour index in bits 31:24, which restarts at red; 4 red, green, blue in turn in bits
 *    31:24, then the next index; c the same for the 4 overlay colours. Words only.
 *  - THC 818: misc; bit 10 lets the picture be seen. 8fc: cursor position, x:y as signed halves;
 *    900.. and 980..: 32 rows of cursor mask and data, leftmost pixel in bit 31. Where the mask is 1
 *    overlay colour 3 or 2 is seen, as data says. An emulated or real FCode leaves the picture on.
 *  - Everything in the drawing spaces is a pair of words, at 8 bytes a pixel. The first is a latch:
 *    raster operation (31:28, X11's numbers: 3 copies), control bits (25:24), colour.
 *    STIP: the second word's ones are the pixels of 32 that get the colour, bit 31 first.
 *    BLIT: bits 28:24 pixels less 1, 23:0 pixel to copy from; ffffff fills with the colour.
 *    RSTIP and RBLIT do the control plane, too. On 8 bits they are STIP and BLIT again.
 *  - NetBSD leaves the raster operation out (0) where it copies a remainder: 0 copies.
 *  - DHC, ALT and TEC read 0 and ignore writes.
 * Not modelled: vertical interrupt, video timing, the DAC's control registers, 2 MiB of memory.
 */
#include <string.h>

#include "dev/fb.h"
#include "lib/be.h"

#define COLOURS 256u
#define OVERLAY COLOURS /* the 4 entries that follow */

#define MISC_ALWAYS 0x02000000u
#define MISC_VIDEO 0x00000400u
#define CURSOR_ROWS 32u
#define CONTROL_DIRECT 0x03000000u
#define BLIT_FILL 0xffffffu

enum { ROP_COPY_TOO = 0, ROP_COPY = 3 };

struct tcx_state {
	u8 colour[COLOURS + 4][3];
	u8 index, component; /* the DAC's next access */
	u8 pad[2];
	u32 latch; /* first word of a pair */
	u32 misc;
	u32 cursor; /* position */
	u32 mask[CURSOR_ROWS], bits[CURSOR_ROWS];
};

static const struct field tcx_fields[] = {
	F_BYTES(tcx_state, colour),
	F_UINT(tcx_state, index),
	F_RANGE(tcx_state, component, 0, 2),
	F_PAD(tcx_state, pad),
	F_UINT(tcx_state, latch),
	F_UINT(tcx_state, misc),
	F_UINT(tcx_state, cursor),
	F_ARRAY(tcx_state, mask),
	F_ARRAY(tcx_state, bits),
	F_END,
};

struct tcx {
	struct fb fb;
	struct tcx_state s;
	_Alignas(16) u8 dfb8[FB_PIXELS];
	u8 dfb24[FB_PIXELS * 4];
	u8 control[FB_PIXELS * 4];
};

enum { OFF_DFB8 = 0x0800000, OFF_DFB24 = 0x2000000, OFF_RDFB32 = 0xa000000 };

bool tcx_vram(void *chip, unsigned n, struct fb_mem *mem);

bool tcx_vram(void *chip, unsigned n, struct fb_mem *mem)
{
	struct tcx *c = chip;

	switch (n < 1 || c->fb.depth == 24 ? n : 3) {
	case 0:
		*mem = (struct fb_mem){ c->dfb8, OFF_DFB8, sizeof(c->dfb8), "tcx-dfb8" };
		return true;
	case 1:
		*mem = (struct fb_mem){ c->dfb24, OFF_DFB24, sizeof(c->dfb24), "tcx-dfb24" };
		return true;
	case 2:
		*mem = (struct fb_mem){ c->control, OFF_RDFB32, sizeof(c->control), "tcx-rdfb32" };
		return true;
	default:
		return false;
	}
}

/* --- the DAC --- */

/* The entry and component of the next access through register `off`, which moves on. */
static u8 *dac_next(struct tcx *c, u32 off)
{
	unsigned entry = off == 0xc ? OVERLAY + (c->s.index & 3) : c->s.index;
	u8 *p = &c->s.colour[entry][c->s.component];

	if (++c->s.component == 3) {
		c->s.component = 0;
		c->s.index++;
	}
	return p;
}

static u32 dac_read(void *chip, u32 off, unsigned size)
{
	(void)size;
	return (u32)*dac_next(chip, off) << 24;
}

static void dac_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct tcx *c = chip;

	(void)size;
	switch (off) {
	case 0x0:
		c->s.index = (u8)(val >> 24);
		c->s.component = 0;
		break;
	case 0x4:
	case 0xc:
		*dac_next(c, off) = (u8)(val >> 24);
		break;
	}
}

/* --- registers --- */

static u32 zero_read(void *chip, u32 off, unsigned size)
{
	(void)chip;
	(void)off;
	(void)size;
	return 0;
}

static u32 thc_read(void *chip, u32 off, unsigned size)
{
	const struct tcx *c = chip;

	(void)size;
	return (off & 0xfff) == 0x818 ? c->s.misc | MISC_ALWAYS : 0;
}

static void thc_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct tcx *c = chip;

	(void)size;
	off &= 0xfff;
	if (off == 0x818)
		c->s.misc = val;
	else if (off == 0x8fc)
		c->s.cursor = val;
	else if (off >= 0x900 && off < 0x980)
		c->s.mask[(off - 0x900) / 4] = val;
	else if (off >= 0x980 && off < 0xa00)
		c->s.bits[(off - 0x980) / 4] = val;
}

/* --- drawing --- */

static u32 raster(unsigned op, u32 src, u32 dst)
{
	u32 out = 0;

	if (op == ROP_COPY_TOO || op == ROP_COPY)
		return src;
	if (op & 1)
		out |= src & dst;
	if (op & 2)
		out |= src & ~dst;
	if (op & 4)
		out |= ~src & dst;
	if (op & 8)
		out |= ~src & ~dst;
	return out;
}

/* A pixel as all planes have it. */
struct pixel {
	u8 index;
	u32 direct, control;
};

static struct pixel pixel_get(const struct tcx *c, u32 at)
{
	struct pixel p = { .index = c->dfb8[at] };

	if (c->fb.depth == 24) {
		p.direct = be32_get(&c->dfb24[at * 4]);
		p.control = be32_get(&c->control[at * 4]);
	}
	return p;
}

static void pixel_put(struct tcx *c, u32 at, struct pixel p, bool raw)
{
	unsigned op = c->s.latch >> 28;

	c->dfb8[at] = (u8)raster(op, p.index, c->dfb8[at]);
	if (c->fb.depth != 24)
		return;
	be32_put(&c->dfb24[at * 4], raster(op, p.direct, be32_get(&c->dfb24[at * 4])) & 0xffffff);
	if (raw)
		be32_put(&c->control[at * 4], p.control);
}

static void draws(const struct tcx *c, u32 at, u32 n, bool raw)
{
	const struct fb *fb = &c->fb;

	if (!fb->draws || !n)
		return;
	fb->draws(fb->watcher, OFF_DFB8 + (u64)at, n);
	if (fb->depth != 24)
		return;
	fb->draws(fb->watcher, OFF_DFB24 + (u64)at * 4, (u64)n * 4);
	if (raw)
		fb->draws(fb->watcher, OFF_RDFB32 + (u64)at * 4, (u64)n * 4);
}

static struct pixel latched(const struct tcx *c)
{
	u32 latch = c->s.latch;

	return (struct pixel){ (u8)latch, latch & 0xffffff, latch & 0x03ffffff };
}

/* How many of n pixels from `at` on there are. */
static u32 clip(u32 at, u32 n)
{
	if (at >= FB_PIXELS)
		return 0;
	return n < FB_PIXELS - at ? n : FB_PIXELS - at;
}

static void stipple(struct tcx *c, u32 at, u32 ones, bool raw)
{
	u32 i, n = clip(at, 32);

	draws(c, at, n, raw);
	for (i = 0; i < n; i++)
		if (ones << i & 0x80000000u)
			pixel_put(c, at + i, latched(c), raw);
}

static void blit(struct tcx *c, u32 at, u32 how, bool raw)
{
	u32 i, n = clip(at, (how >> 24 & 31) + 1), from = how & 0xffffff;
	struct pixel line[32];

	if (from != BLIT_FILL)
		n = clip(from, n);
	for (i = 0; i < n; i++)
		line[i] = from == BLIT_FILL ? latched(c) : pixel_get(c, from + i);
	draws(c, at, n, raw);
	for (i = 0; i < n; i++)
		pixel_put(c, at + i, line[i], raw);
}

static void draw(struct tcx *c, u32 off, u32 val, bool blits, bool raw)
{
	u32 at = off >> 3 & (FB_PIXELS - 1);

	if (!(off & 4))
		c->s.latch = val;
	else if (blits)
		blit(c, at, val, raw);
	else
		stipple(c, at, val, raw);
}

static void stip_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)size;
	draw(chip, off, val, false, false);
}

static void blit_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)size;
	draw(chip, off, val, true, false);
}

static void rstip_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)size;
	draw(chip, off, val, false, true);
}

static void rblit_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)size;
	draw(chip, off, val, true, true);
}

/* --- the picture --- */

static u32 pixel_colour(const struct tcx *c, const u32 *palette, u32 at)
{
	u32 bgr;

	if (c->fb.depth != 24 || !(be32_get(&c->control[at * 4]) & CONTROL_DIRECT))
		return palette[c->dfb8[at]];
	bgr = be32_get(&c->dfb24[at * 4]);
	return (bgr & 0xff) << 16 | (bgr & 0xff00) | (bgr >> 16 & 0xff);
}

static void draw_cursor(const struct tcx *c, u32 *xrgb, size_t stride)
{
	s32 x0 = (s16)(c->s.cursor >> 16), y0 = (s16)(c->s.cursor & 0xffff), x, y;

	for (y = y0; y < y0 + 32; y++) {
		if (y < 0 || y >= (s32)c->fb.height)
			continue;
		for (x = x0; x < x0 + 32; x++) {
			u32 bit = 0x80000000u >> (x - x0);
			bool data = c->s.bits[y - y0] & bit;

			if (x < 0 || x >= (s32)c->fb.width || !(c->s.mask[y - y0] & bit))
				continue;
			xrgb[(size_t)y * stride + (size_t)x] =
				fb_rgb(c->s.colour[OVERLAY + (data ? 3 : 2)]);
		}
	}
}

static void tcx_render(const void *chip, u32 *xrgb, size_t stride)
{
	const struct tcx *c = chip;
	u32 palette[COLOURS], at = 0;
	unsigned x, y, i;

	for (i = 0; i < COLOURS; i++)
		palette[i] = fb_rgb(c->s.colour[i]);
	for (y = 0; y < c->fb.height; y++)
		for (x = 0; x < c->fb.width; x++, at++)
			xrgb[y * stride + x] =
				c->s.misc & MISC_VIDEO ? pixel_colour(c, palette, at) : 0;
	if (c->s.misc & MISC_VIDEO)
		draw_cursor(c, xrgb, stride);
}

/* --- the class --- */

static int tcx_init(void *chip)
{
	fb_init(chip, tcx_render);
	return 0;
}

static void tcx_reset(void *chip)
{
	struct tcx *c = chip;

	memset(&c->s, 0, sizeof(c->s));
	memset(c->s.colour[255], 0xff, 3);
	memset(c->s.colour[OVERLAY], 0xff, 3);
	memset(c->s.colour[OVERLAY + 2], 0xff, 3);
	c->s.misc = MISC_VIDEO;
}

const struct dev_class tcx_class = {
	.name = "tcx",
	DEV_STATE(tcx, tcx_fields),
	.region =
		{
			[TCX_ROM] = {"tcx-rom", FB_ROM_SIZE, ACC_ANY, fb_rom_read, fb_ignore},
			[TCX_DAC] = {"tcx-dac", 0x10, ACC_4, dac_read, dac_write},
			[TCX_DHC] = {"tcx-dhc", 0x4000, ACC_ANY, zero_read, fb_ignore},
			[TCX_ALT] = {"tcx-alt", 0x8000, ACC_ANY, zero_read, fb_ignore},
			[TCX_THC] = {"tcx-thc", 0x2000, ACC_4 | ACC_8, thc_read, thc_write},
			[TCX_TEC] = {"tcx-tec", 0x2000, ACC_ANY, zero_read, fb_ignore},
			[TCX_STIP] = {"tcx-stip", 0x800000, ACC_4 | ACC_8, zero_read, stip_write},
			[TCX_BLIT] = {"tcx-blit", 0x800000, ACC_4 | ACC_8, zero_read, blit_write},
			[TCX_RSTIP] = {"tcx-rstip", 0x800000, ACC_4 | ACC_8, zero_read,
				       rstip_write},
			[TCX_RBLIT] = {"tcx-rblit", 0x800000, ACC_4 | ACC_8, zero_read,
				       rblit_write},
		},
	.init = tcx_init,
	.reset = tcx_reset,
};
