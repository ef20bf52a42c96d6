/* SPDX-License-Identifier: MIT */
/* Copying 16 MiB, comparing, filling and searching strings. */
#define NAME "strings"
#ifndef LOOPS
#define LOOPS 2
#define SUM 0xce67b17cu
#endif
#include "bench.h"

enum { SIZE = 16 << 20 };

static NOINLINE uint32_t words(char *p, unsigned n)
{
	uint32_t sum = 0;
	char *q;

	p[n - 1] = 0;
	for (q = p; (q = strchr(q, ' ')); q++)
		sum += (uint32_t)(q - p);
	return sum;
}

static uint32_t bench(unsigned loops)
{
	char *a = malloc(SIZE), *b = malloc(SIZE);
	uint32_t seed = 1, sum = 0;
	unsigned i;

	if (!a || !b)
		return 0;
	for (i = 0; i < SIZE; i += 256)
		memset(a + i, (int)(next_random(&seed) >> 8 & 0x3f) + ' ', 256);
	while (loops--) {
		memcpy(b, a, SIZE);
		sum = mix(sum, (uint32_t)(memcmp(a, b, SIZE) == 0));
		b[SIZE / 2 + loops] ^= 1;
		sum = mix(sum, (uint32_t)(memcmp(a, b, SIZE) > 0));
		memmove(b + 3, b, SIZE / 8);
		sum = mix(sum, words(b, SIZE / 4));
		sum = mix(sum, (uint32_t)strlen(b + loops));
		memcpy(a, b, SIZE / 16);
	}
	return sum;
}
