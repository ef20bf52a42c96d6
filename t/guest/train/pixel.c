/* SPDX-License-Identifier: MIT */
/* Pictures: a cosine transform of 8 points, blending, clamping, dithering, fractions in fixed point. */
#include "train.h"

static short block[64];
static unsigned char image[64 * 64], other[64 * 64];
static uint32_t colour[256];

static NOINLINE void dct(short *d, int stride)
{
	int a = d[0] + d[7 * stride], b = d[stride] + d[6 * stride];
	int c = d[2 * stride] + d[5 * stride], e = d[3 * stride] + d[4 * stride];
	int f = d[0] - d[7 * stride], g = d[stride] - d[6 * stride];

	d[0] = (short)((a + b + c + e) >> 1);
	d[4 * stride] = (short)((a - b - c + e) >> 1);
	d[2 * stride] = (short)(((a - e) * 473 + (b - c) * 196) >> 10);
	d[6 * stride] = (short)(((a - e) * 196 - (b - c) * 473) >> 10);
	d[stride] = (short)((f * 502 + g * 426) >> 10);
	d[3 * stride] = (short)((f * 426 - g * 100) >> 10);
}

static int clamp(int v)
{
	return v < 0 ? 0 : v > 255 ? 255 : v;
}

static NOINLINE void blend(int alpha)
{
	for (int i = 0; i < 64 * 64; i++)
		image[i] = (unsigned char)clamp(
			(image[i] * alpha + other[i] * (256 - alpha) + 128) >> 8);
}

static NOINLINE uint32_t dither(void)
{
	uint32_t ones = 0;
	int error = 0;

	for (int y = 0; y < 64; y++)
		for (int x = 0; x < 64; x++) {
			int v = image[y * 64 + x] + error, on = v > 127;

			error = v - (on ? 255 : 0);
			ones += (uint32_t)on;
			if (error > 200)
				error = 200;
		}
	return ones;
}

static NOINLINE int depth(int cx, int cy)
{
	int x = 0, y = 0, n = 0;

	while (n < 60) {
		int xx = (x >> 6) * (x >> 6), yy = (y >> 6) * (y >> 6);

		if (xx + yy > 4 << 12)
			break;
		y = (((x >> 6) * (y >> 6)) >> 5) + cy;
		x = (xx - yy) + cx;
		n++;
	}
	return n;
}

static uint32_t work(unsigned round)
{
	uint32_t s = round, sum = 0;

	for (int i = 0; i < 64 * 64; i++) {
		image[i] = (unsigned char)(i * 3 + round);
		other[i] = (unsigned char)roll(&s);
	}
	for (int i = 0; i < 64; i++)
		block[i] = (short)(image[i] - 128);
	for (int i = 0; i < 8; i++)
		dct(block + 8 * i, 1);
	for (int i = 0; i < 8; i++)
		dct(block + i, 8);
	blend((int)(round & 255));
	for (int i = 0; i < 256; i++)
		colour[i] = (uint32_t)(i << 16 | (255 - i) << 8 | i / 2);
	for (int i = 0; i < 200; i++)
		sum += (uint32_t)depth((int)(roll(&s) % 12000) - 8000,
				       (int)(roll(&s) % 8000) - 4000);
	return sum + dither() + (uint32_t)block[9] + colour[sum & 255];
}
