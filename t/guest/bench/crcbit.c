/* SPDX-License-Identifier: MIT */
/* CRC-32 bit by bit: dependent shifts and a branch on data. */
#define NAME "crcbit"
#ifndef LOOPS
#define LOOPS 60
#define SUM 0x505fc020u
#endif
#include "bench.h"

static uint8_t data[65536];

static NOINLINE uint32_t crc(const uint8_t *p, unsigned n)
{
	uint32_t c = ~0u;
	unsigned bit;

	while (n--) {
		c ^= *p++;
		for (bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
	}
	return ~c;
}

static uint32_t bench(unsigned loops)
{
	uint32_t seed = 1, sum = 0;
	unsigned i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)next_random(&seed);
	while (loops--)
		sum = mix(sum, crc(data, sizeof(data) - loops % 16));
	return sum;
}
