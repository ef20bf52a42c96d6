/* SPDX-License-Identifier: MIT */
#include "train.h"

static const uint32_t k[8] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
			       0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5 };

static uint32_t ror(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static NOINLINE void block(uint32_t h[8], const unsigned char *p)
{
	uint32_t w[64], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6],
			z = h[7];

	for (int i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       w[i - 7] + (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	for (int i = 0; i < 64; i++) {
		uint32_t t = z + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & f) ^ (~e & g)) +
			     k[i & 7] + w[i];
		uint32_t u = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

		z = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
	}
	h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += z;
}

static uint32_t work(unsigned round)
{
	static unsigned char buf[64];
	uint32_t h[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	for (int i = 0; i < 64; i++)
		buf[i] = (unsigned char)(round * 7 + i);
	block(h, buf);
	return h[0] ^ h[7];
}
