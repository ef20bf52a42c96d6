/* SPDX-License-Identifier: MIT */
/* 64-bit sums, products, shifts and quotients: carries and library calls. */
#define NAME "arith64"
#ifndef LOOPS
#define LOOPS 500000
#define SUM 0x33ff0142u
#endif
#include "bench.h"

static NOINLINE uint64_t power(uint64_t base, unsigned e, uint32_t m)
{
	uint64_t r = 1;

	for (base %= m; e; e >>= 1, base = base * base % m)
		if (e & 1)
			r = r * base % m;
	return r;
}

static uint32_t bench(unsigned loops)
{
	uint64_t a = 0x0123456789abcdef, b = 1;
	int64_t s = -1;
	uint32_t sum = 0;

	while (loops--) {
		a = a * 6364136223846793005 + 1442695040888963407;
		b += a >> 33;
		b ^= a << 7;
		s = (int64_t)b / ((int64_t)(a >> 20) | 1) - s;
		if (!(loops & 15))
			sum = mix(sum, (uint32_t)power(b, 65537, 1000000007));
		sum = mix(sum, (uint32_t)(b >> 32) ^ (uint32_t)s);
	}
	return sum;
}
