/* SPDX-License-Identifier: MIT */
/* What all frame buffers have in common. */
#include "dev/fb.h"

#include <string.h>

extern const struct dev_class tcx_class;
bool tcx_vram(void *chip, unsigned n, struct fb_mem *mem);
bool cg3_vram(void *chip, unsigned n, struct fb_mem *mem);

static bool is_tcx(const struct fb *fb)
{
	return fb->dev.cls == &tcx_class;
}

int fb_set_geometry(void *chip, unsigned width, unsigned height, unsigned depth)
{
	struct fb *fb = chip;

	if (depth != 8 && !(depth == 24 && is_tcx(fb)))
		return -EINVAL;
	if (!width || !height || width > 4096 || height > 4096 || width * height > FB_PIXELS)
		return -EINVAL;
	fb->width = width;
	fb->height = height;
	fb->depth = depth;
	return 0;
}

int fb_set_rom(void *chip, const u8 *bytes, size_t len)
{
	struct fb *fb = chip;

	if (len > sizeof(fb->rom))
		return -EFBIG;
	memset(fb->rom, 0, fb->rom_size);
	memcpy(fb->rom, bytes, len);
	fb->rom_size = len;
	return 0;
}

void fb_watch(void *chip, void (*draws)(void *watcher, u64 off, u64 n), void *watcher)
{
	struct fb *fb = chip;

	fb->draws = draws;
	fb->watcher = watcher;
}

bool fb_vram(void *chip, unsigned n, struct fb_mem *mem)
{
	return is_tcx(chip) ? tcx_vram(chip, n, mem) : cg3_vram(chip, n, mem);
}

void fb_size(const void *chip, unsigned *width, unsigned *height)
{
	const struct fb *fb = chip;

	*width = fb->width;
	*height = fb->height;
}

void fb_render(const void *chip, u32 *xrgb, size_t stride)
{
	const struct fb *fb = chip;

	fb->render(chip, xrgb, stride);
}

void fb_init(struct fb *fb, void (*render)(const void *chip, u32 *xrgb, size_t stride))
{
	fb->render = render;
	if (fb->width)
		return;
	fb->width = 1024;
	fb->height = 768;
	fb->depth = 8;
}

u32 fb_rom_read(void *chip, u32 off, unsigned size)
{
	const struct fb *fb = chip;
	u32 val = 0;

	while (size--)
		val = val << 8 | fb->rom[off++];
	return val;
}

void fb_ignore(void *chip, u32 off, u32 val, unsigned size)
{
	(void)chip;
	(void)off;
	(void)val;
	(void)size;
}
