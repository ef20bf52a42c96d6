/* SPDX-License-Identifier: MIT */
/* CRC-32 by table: loads with a computed index. */
#define NAME "crctab"
#ifndef LOOPS
#define LOOPS 400
#define SUM 0xcc3aee69u
#endif
#include "bench.h"

static uint8_t data[65536];
static uint32_t table[256];

static NOINLINE uint32_t crc(const uint8_t *p, unsigned n)
{
	uint32_t c = ~0u;

	while (n--)
		c = c >> 8 ^ table[(c ^ *p++) & 0xff];
	return ~c;
}

static uint32_t bench(unsigned loops)
{
	uint32_t seed = 1, sum = 0, c;
	unsigned i, bit;

	for (i = 0; i < 256; i++) {
		for (c = i, bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
		table[i] = c;
	}
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)next_random(&seed);
	while (loops--)
		sum = mix(sum, crc(data, sizeof(data) - loops % 16));
	return sum;
}
