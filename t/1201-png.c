/* SPDX-License-Identifier: MIT */
/* lib/png: a picture comes back whole through a reader written from the PNG specification. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/be.h"
#include "lib/png.h"
#include "t/tap.h"

struct png {
	u32 width, height;
	u8 *idat;
	size_t idat_len;
	unsigned chunks;
	bool good; /* signature, order, lengths and every CRC */
};

/* The CRC of the PNG specification, bit by bit. */
static u32 slow_crc(const u8 *p, size_t n)
{
	u32 c = 0xffffffff;

	while (n--) {
		c ^= *p++;
		for (int i = 0; i < 8; i++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return ~c;
}

static struct png png_read(u8 *p, size_t len)
{
	static const u8 sig[8] = { 137, 80, 78, 71, 13, 10, 26, 10 };
	struct png png = { .good = len > 8 && !memcmp(p, sig, 8) };
	size_t at = 8;
	bool end = false;

	while (png.good && at < len) {
		u32 n;

		if (end || len - at < 12 || (n = be32_get(p + at)) > len - at - 12) {
			png.good = false;
			break;
		}
		png.good = slow_crc(p + at + 4, n + 4) == be32_get(p + at + 8 + n);
		if (!memcmp(p + at + 4, "IHDR", 4)) {
			static const u8 format[5] = { 8, 2, 0, 0, 0 };

			png.good = png.good && !png.chunks && n == 13 &&
				   !memcmp(p + at + 16, format, 5);
			png.width = be32_get(p + at + 8);
			png.height = be32_get(p + at + 12);
		} else if (!memcmp(p + at + 4, "IDAT", 4)) {
			png.idat = p + at + 8;
			png.idat_len = n;
		} else if (!memcmp(p + at + 4, "IEND", 4)) {
			png.good = png.good && n == 0;
			end = true;
		}
		png.chunks++;
		at += 12 + n;
	}
	png.good = png.good && end;
	return png;
}

static u8 paeth(int a, int b, int c)
{
	int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

	if (pa <= pb && pa <= pc)
		return (u8)a;
	return (u8)(pb <= pc ? b : c);
}

/* All five filters, whichever the writer chose. */
static bool unfilter(u8 *raw, u32 w, u32 h)
{
	size_t row = 1 + 3 * (size_t)w;

	for (u32 y = 0; y < h; y++) {
		u8 *p = raw + y * row + 1, *up = y ? p - row : NULL;

		for (u32 i = 0; i < 3 * w; i++) {
			u8 a = i >= 3 ? p[i - 3] : 0, b = up ? up[i] : 0,
			   c = up && i >= 3 ? up[i - 3] : 0;

			switch (p[-1]) {
			case 0:
				break;
			case 1:
				p[i] = (u8)(p[i] + a);
				break;
			case 2:
				p[i] = (u8)(p[i] + b);
				break;
			case 3:
				p[i] = (u8)(p[i] + (a + b) / 2);
				break;
			case 4:
				p[i] = (u8)(p[i] + paeth(a, b, c));
				break;
			default:
				return false;
			}
		}
	}
	return true;
}

static bool same_picture(const struct png *png, const u32 *xrgb, size_t stride)
{
	size_t row = 1 + 3 * (size_t)png->width;
	uLongf n = row * png->height;
	u8 *raw = malloc(n + 1);
	bool same = uncompress(raw, &n, png->idat, png->idat_len) == Z_OK &&
		    n == row * png->height && unfilter(raw, png->width, png->height);

	for (u32 y = 0; same && y < png->height; y++)
		for (u32 x = 0; same && x < png->width; x++) {
			const u8 *p = raw + y * row + 1 + 3 * x;

			same = ((u32)p[0] << 16 | p[1] << 8 | p[2]) ==
			       (xrgb[y * stride + x] & 0xffffff);
		}
	free(raw);
	return same;
}

static void test_size(unsigned w, unsigned h, size_t stride, int kind)
{
	u32 *xrgb = malloc(stride * h * sizeof(*xrgb)), seed = 1;
	u8 *out, *again;
	size_t len, len2;
	struct png png;

	for (size_t i = 0; i < stride * h; i++) {
		seed = seed * 1664525 + 1013904223;
		xrgb[i] = kind == 0 ? 0xff000000 | seed >> 8 : (u32)(i % stride / 16 * 0x203040);
	}
	is(png_write(xrgb, w, h, stride, &out, &len), 0, "%ux%u is written", w, h);
	png = png_read(out, len);
	ok(png.good && png.chunks == 3, "%ux%u: three chunks with good CRCs", w, h);
	ok(png.width == w && png.height == h, "%ux%u: its size", w, h);
	ok(same_picture(&png, xrgb, stride), "%ux%u: its pixels", w, h);
	png_write(xrgb, w, h, stride, &again, &len2);
	ok(len == len2 && !memcmp(out, again, len), "%ux%u: the same bytes again", w, h);
	if (kind)
		ok(len < (size_t)w * h / 50, "%ux%u: stripes become small (%zu bytes)", w, h, len);
	free(out);
	free(again);
	free(xrgb);
}

int main(void)
{
	u32 dot = 0x123456;
	u8 *out;
	size_t len;

	test_size(1, 1, 1, 0);
	test_size(3, 5, 7, 0);
	test_size(257, 129, 300, 0);
	test_size(1152, 900, 1152, 1);
	is(-png_write(&dot, 0, 1, 1, &out, &len), EINVAL, "no width is refused");
	is(-png_write(&dot, 1, 0, 1, &out, &len), EINVAL, "no height is refused");
	is(-png_write(&dot, PNG_MAX + 1, 1, 1, &out, &len), EINVAL, "so is too much");
	ok(!out && !len, "and gives nothing");
	png_write(&dot, 1, 1, 1, &out, &len);
	out[len / 2] ^= 1;
	ok(!png_read(out, len).good ||
		   !same_picture(&(struct png){ 1, 1, out + 41, len - 57, 3, true }, &dot, 1),
	   "the reader notices a flipped bit");
	free(out);
	return tap_done();
}
