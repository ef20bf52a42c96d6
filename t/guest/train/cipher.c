/* SPDX-License-Identifier: MIT */
/* Ciphers and numbers of many words. */
#include "train.h"

static uint32_t key[4] = { 0x3c6ef372, 0x0f1e2d3c, 0x89abcdef, 17 };
static unsigned char box[256];
static uint32_t big[3][16];

static NOINLINE void feistel(uint32_t *v)
{
	uint32_t a = v[0], b = v[1], s = 0;

	for (int i = 0; i < 32; i++) {
		a += (((b << 4) ^ (b >> 5)) + b) ^ (s + key[s & 3]);
		s += 0x9e3779b9;
		b += (((a << 4) ^ (a >> 5)) + a) ^ (s + key[s >> 11 & 3]);
	}
	v[0] = a;
	v[1] = b;
}

static NOINLINE void swap_box(const unsigned char *k, int n)
{
	unsigned j = 0;

	for (int i = 0; i < 256; i++)
		box[i] = (unsigned char)i;
	for (int i = 0; i < 256; i++) {
		unsigned char t = box[i];

		j = (j + t + k[i % n]) & 255;
		box[i] = box[j];
		box[j] = t;
	}
}

static NOINLINE uint32_t double_mod(unsigned char *p, int n)
{
	uint32_t carry = 0;

	for (int i = n - 1; i >= 0; i--) {
		uint32_t v = p[i] * 2u + carry;

		carry = v >> 8;
		p[i] = (unsigned char)v;
	}
	if (carry)
		p[n - 1] ^= 0x1b;
	return carry;
}

static NOINLINE void multiply(uint32_t *r, const uint32_t *a, const uint32_t *b, int n)
{
	memset(r, 0, (size_t)n * 4);
	for (int i = 0; i < n; i++) {
		uint32_t carry = 0;

		for (int j = 0; i + j < n; j++) {
			uint32_t lo = (a[i] & 0xffff) * (b[j] & 0xffff);
			uint32_t v = r[i + j] + lo;

			carry += v < lo;
			r[i + j] = v + carry;
			carry = r[i + j] < carry;
		}
	}
}

static uint32_t work(unsigned round)
{
	uint32_t v[2] = { round, ~round };
	unsigned char b[16];

	for (int i = 0; i < 4; i++)
		feistel(v);
	for (int i = 0; i < 16; i++) {
		b[i] = (unsigned char)(v[i & 1] >> i);
		big[0][i] = v[0] ^ (uint32_t)i;
		big[1][i] = v[1] + (uint32_t)i;
	}
	swap_box(b, 16);
	for (int i = 0; i < 10; i++)
		v[0] += double_mod(b, 16);
	multiply(big[2], big[0], big[1], 16);
	return v[0] + box[v[1] & 255] + big[2][7];
}
