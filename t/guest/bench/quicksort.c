/* SPDX-License-Identifier: MIT */
/* Quick sort of words: unpredictable branches. */
#define NAME "quicksort"
#ifndef LOOPS
#define LOOPS 60
#define SUM 0x91bf74e5u
#endif
#include "bench.h"

static uint32_t v[32768];

static NOINLINE void sort(uint32_t *lo, uint32_t *hi)
{
	uint32_t *i, *j, pivot, t;

	while (hi - lo > 12) {
		pivot = lo[(hi - lo) / 2];
		i = lo;
		j = hi - 1;
		for (;;) {
			while (*i < pivot)
				i++;
			while (*j > pivot)
				j--;
			if (i >= j)
				break;
			t = *i;
			*i++ = *j;
			*j-- = t;
		}
		if (i - lo < hi - i) {
			sort(lo, i);
			lo = i;
		} else {
			sort(i, hi);
			hi = i;
		}
	}
	for (i = lo + 1; i < hi; i++) {
		t = *i;
		for (j = i; j > lo && j[-1] > t; j--)
			*j = j[-1];
		*j = t;
	}
}

static uint32_t bench(unsigned loops)
{
	const unsigned n = sizeof(v) / sizeof(v[0]);
	uint32_t seed = 1, sum = 0;
	unsigned i;

	while (loops--) {
		for (i = 0; i < n; i++)
			v[i] = next_random(&seed);
		sort(v, v + n);
		for (i = 1; i < n; i++)
			sum += v[i - 1] > v[i];
		for (i = 0; i < n; i += 64)
			sum = mix(sum, v[i]);
	}
	return sum;
}
