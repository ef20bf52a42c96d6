/* SPDX-License-Identifier: MIT */
/* Square roots, quotients and conversions, single and double. */
#define NAME "fsqrt"
#ifndef LOOPS
#define LOOPS 6000000
#define SUM 0x2c5b465fu
#endif
#include "bench.h"

static inline double root(double x)
{
#ifdef __sparc__
	double r;

	__asm__("fsqrtd %1, %0" : "=e"(r) : "e"(x));
	return r;
#else
	return __builtin_sqrt(x);
#endif
}

static uint32_t bench(unsigned loops)
{
	uint32_t seed = 1, sum = 0;
	double d = 1, total = 0;
	float f = 1;

	while (loops--) {
		d = root((double)(next_random(&seed) >> 1) + d);
		f = f / 3 + (float)d;
		total += d / (f + 1);
		if (total > 1e6)
			total -= (int)total;
		sum += (uint32_t)(int)(total * 16);
	}
	return double_sum(sum, total + f);
}
