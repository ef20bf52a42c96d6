/* SPDX-License-Identifier: MIT */
/*
 * Frame buffers, seen from the board and from whoever shows the picture. Every function takes
 * the instance of a class that begins with struct fb: tcx or cg3.
 *
 * Pixels are memory, not registers: the board maps what fb_vram() lists as plain memory at the
 * slot's base + off, and saves it with the machine's memory. Who shows the picture finds out
 * by itself what has changed.
 */
#ifndef DEV_FB_H
#define DEV_FB_H

#include "dev/device.h"

#define FB_ROM_SIZE 0x10000u
#define FB_PIXELS 0x100000u /* of video memory, shown or not */

/* Regions, in the order of each class. */
enum {
	TCX_ROM, /* at slot + 0000000 */
	TCX_DAC, /* 0200000 */
	TCX_DHC, /* 0240000 */
	TCX_ALT, /* 0280000 */
	TCX_THC, /* 0300000 and, the same again, 0301000 */
	TCX_TEC, /* 0700000 */
	TCX_STIP, /* 4000000 */
	TCX_BLIT, /* 6000000 */
	TCX_RSTIP, /* c000000 */
	TCX_RBLIT, /* e000000 */
};
enum {
	CG3_ROM, /* at slot + 000000 */
	CG3_REGS, /* 400000 */
};

/* What the classes have in common; private to them. */
struct fb {
	struct dev dev;
	unsigned width, height, depth;
	void (*render)(const void *chip, u32 *xrgb, size_t stride);
	void (*draws)(void *watcher, u64 off, u64 n);
	void *watcher;
	size_t rom_size; /* bytes of it that were set */
	u8 rom[FB_ROM_SIZE];
};

/* One stretch of video memory; it belongs to the chip and lives as long. */
struct fb_mem {
	u8 *mem;
	u64 off; /* bytes from the slot's base */
	u32 size; /* bytes, a multiple of 4096 */
	const char *name;
};

/*
 * Before init: the picture's size in pixels and its depth, 8 or (tcx) 24. The default is
 * 1024 x 768 x 8. A line takes exactly `width` pixels of memory. -EINVAL: it cannot be.
 */
int fb_set_geometry(void *chip, unsigned width, unsigned height, unsigned depth);
/* The FCode ROM, copied; without one the region reads 0. -EFBIG if it has more than FB_ROM_SIZE bytes. */
int fb_set_rom(void *chip, const u8 *bytes, size_t len);
/*
 * Optional: the chip's own drawing engine is about to write bytes off..off+n-1, counted as in struct
 * fb_mem. For whoever keeps something derived from memory, or what it was.
 */
void fb_watch(void *chip, void (*draws)(void *watcher, u64 off, u64 n), void *watcher);

/* After init: the n-th stretch; false: there is none. */
bool fb_vram(void *chip, unsigned n, struct fb_mem *mem);
void fb_size(const void *chip, unsigned *width, unsigned *height);
/* The picture as it is now, hardware cursor included: 0x00RRGGBB each, lines `stride` pixels apart. */
void fb_render(const void *chip, u32 *xrgb, size_t stride);

/* For the classes: defaults at init, and the ROM region's handlers. */
void fb_init(struct fb *fb, void (*render)(const void *chip, u32 *xrgb, size_t stride));
u32 fb_rom_read(void *chip, u32 off, unsigned size);
void fb_ignore(void *chip, u32 off, u32 val, unsigned size);

static inline u32 fb_rgb(const u8 c[3])
{
	return (u32)c[0] << 16 | (u32)c[1] << 8 | c[2];
}

#endif
