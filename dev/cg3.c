/* SPDX-License-Identifier: MIT */
/*
 * Frame buffer CG3: 8 bits a pixel through a palette, nothing else.
 *
 * Part: "cgthree" SBus card (501-1718 and others), palette and DAC a Brooktree Bt458.
 * Regions: enum CG3_* of dev/fb.h. Memory: one byte a pixel at slot + 800000.
 *
 * What software relies on:
 *  - 0 colour index, in the low byte of a word or as a byte; 4 colours: each byte of a word or a
 *    single byte is the next of red, green, blue, then the next index. Drivers write 4 entries as 3 words.
 *  - 10 control: bit 7 vertical interrupt, bit 6 video on. 11 status: bit 7 interrupt pending,
 *    the rest says which monitor there is; any write takes the interrupt back.
 *  - 12..1f: video timing, bytes that read as they were written.
 *  - The interrupt comes at each vertical retrace, 76 a second. FCode leaves the picture on.
 * Not modelled: video timing, the Bt458's other registers.
 */
#include <string.h>

#include "dev/fb.h"

#define CTRL_INT 0x80u
#define CTRL_VIDEO 0x40u
#define STATUS_PENDING 0x80u
#define STATUS_MONITOR 0x61u /* 1152 x 900 at 76 Hz, colour */
#define FRAME_NS (1000000000u / 76)

enum { REG_CTRL = 0x10, REG_STATUS, REG_TIMING };

struct cg3_state {
	u64 deadline; /* ns of the retrace to tell of; CLOCK_NEVER if no matter */
	u8 colour[256][3];
	u8 index, component;
	u8 ctrl;
	bool pending;
	u8 timing[14];
	u8 pad[6];
};

static const struct field cg3_fields[] = {
	F_UINT(cg3_state, deadline),	     F_BYTES(cg3_state, colour), F_UINT(cg3_state, index),
	F_RANGE(cg3_state, component, 0, 2), F_UINT(cg3_state, ctrl),	 F_BOOL(cg3_state, pending),
	F_BYTES(cg3_state, timing),	     F_PAD(cg3_state, pad),	 F_END,
};

struct cg3 {
	struct fb fb;
	struct cg3_state s;
	struct timer retrace;
	_Alignas(16) u8 vram[FB_PIXELS];
};

bool cg3_vram(void *chip, unsigned n, struct fb_mem *mem);

bool cg3_vram(void *chip, unsigned n, struct fb_mem *mem)
{
	struct cg3 *c = chip;

	if (n)
		return false;
	*mem = (struct fb_mem){ c->vram, 0x800000, sizeof(c->vram), "cg3-vram" };
	return true;
}

static bool waiting(const struct cg3 *c)
{
	return c->s.ctrl & CTRL_INT && !c->s.pending;
}

static void drive(struct cg3 *c)
{
	irq_set(&c->fb.dev.irq[0], c->s.pending && c->s.ctrl & CTRL_INT);
	timer_set(&c->retrace, c->s.deadline);
}

/* Retraces fall on multiples of the frame time, whenever somebody starts to look. */
static void schedule(struct cg3 *c)
{
	u64 now = clock_now(c->fb.dev.clock);

	if (!waiting(c) || now > CLOCK_NEVER - 2 * FRAME_NS)
		c->s.deadline = CLOCK_NEVER;
	else if (c->s.deadline == CLOCK_NEVER)
		c->s.deadline = (now / FRAME_NS + 1) * FRAME_NS;
	drive(c);
}

static void retrace(void *arg)
{
	struct cg3 *c = arg;

	c->s.pending = true;
	schedule(c);
}

static u8 *dac_next(struct cg3 *c)
{
	u8 *p = &c->s.colour[c->s.index][c->s.component];

	if (++c->s.component == 3) {
		c->s.component = 0;
		c->s.index++;
	}
	return p;
}

static u8 byte_read(const struct cg3 *c, u32 off)
{
	if (off == REG_CTRL)
		return c->s.ctrl;
	if (off == REG_STATUS)
		return (u8)((c->s.pending ? STATUS_PENDING : 0) | STATUS_MONITOR);
	return off >= REG_TIMING ? c->s.timing[off - REG_TIMING] : 0;
}

static void byte_write(struct cg3 *c, u32 off, u8 val)
{
	if (off == REG_CTRL) {
		c->s.ctrl = val;
		schedule(c);
	} else if (off == REG_STATUS) {
		c->s.pending = false;
		schedule(c);
	} else if (off >= REG_TIMING) {
		c->s.timing[off - REG_TIMING] = val;
	}
}

static u32 regs_read(void *chip, u32 off, unsigned size)
{
	struct cg3 *c = chip;
	u32 val = 0;

	if (off < 4)
		return c->s.index;
	while (size--) {
		val <<= 8;
		if (off >= 4 && off < 8)
			val |= *dac_next(c);
		else
			val |= byte_read(c, off++);
	}
	return val;
}

static void regs_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct cg3 *c = chip;

	if (off < 4) {
		c->s.index = (u8)val;
		c->s.component = 0;
		return;
	}
	while (size--) {
		u8 byte = (u8)(val >> 8 * size);

		if (off < 8)
			*dac_next(c) = byte;
		else
			byte_write(c, off++, byte);
	}
}

static void cg3_render(const void *chip, u32 *xrgb, size_t stride)
{
	const struct cg3 *c = chip;
	u32 palette[256];
	unsigned x, y, i;
	size_t at = 0;

	for (i = 0; i < 256; i++)
		palette[i] = c->s.ctrl & CTRL_VIDEO ? fb_rgb(c->s.colour[i]) : 0;
	for (y = 0; y < c->fb.height; y++)
		for (x = 0; x < c->fb.width; x++)
			xrgb[y * stride + x] = palette[c->vram[at++]];
}

static int cg3_init(void *chip)
{
	struct cg3 *c = chip;

	fb_init(&c->fb, cg3_render);
	timer_init(&c->retrace, c->fb.dev.clock, retrace, c);
	return 0;
}

static void cg3_reset(void *chip)
{
	struct cg3 *c = chip;

	memset(&c->s, 0, sizeof(c->s));
	c->s.ctrl = CTRL_VIDEO;
	c->s.deadline = CLOCK_NEVER;
	drive(c);
}

static void cg3_loaded(void *chip)
{
	drive(chip);
}

static bool cg3_check(const void *chip)
{
	const struct cg3 *c = chip;

	if (!waiting(c))
		return c->s.deadline == CLOCK_NEVER;
	return c->s.deadline == CLOCK_NEVER || c->s.deadline % FRAME_NS == 0;
}

static void cg3_release(void *chip)
{
	struct cg3 *c = chip;

	timer_set(&c->retrace, CLOCK_NEVER);
}

const struct dev_class cg3_class = {
	.name = "cg3",
	DEV_STATE(cg3, cg3_fields),
	.region =
		{
			[CG3_ROM] = {"cg3-rom", FB_ROM_SIZE, ACC_ANY, fb_rom_read, fb_ignore},
			[CG3_REGS] = {"cg3-regs", 0x20, ACC_1 | ACC_2 | ACC_4, regs_read,
				      regs_write},
		},
	.init = cg3_init,
	.reset = cg3_reset,
	.loaded = cg3_loaded,
	.check = cg3_check,
	.release = cg3_release,
};
