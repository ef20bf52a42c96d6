/* SPDX-License-Identifier: MIT */
/* Integer matrix product, 96 by 96. */
#define NAME "matmul"
#ifndef LOOPS
#define LOOPS 50
#define SUM 0x3ed9e655u
#endif
#include "bench.h"

enum { N = 96 };

static int32_t a[N][N], b[N][N], c[N][N];

static NOINLINE void multiply(void)
{
	unsigned i, j, k;
	int32_t s;

	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++) {
			for (s = 0, k = 0; k < N; k++)
				s = (int32_t)((uint32_t)s + (uint32_t)a[i][k] * (uint32_t)b[k][j]);
			c[i][j] = s;
		}
}

static uint32_t bench(unsigned loops)
{
	uint32_t seed = 1, sum = 0;
	unsigned i, j;

	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++) {
			a[i][j] = (int16_t)next_random(&seed);
			b[i][j] = (int16_t)next_random(&seed);
		}
	while (loops--) {
		multiply();
		for (i = 0; i < N; i++)
			sum = mix(sum, (uint32_t)c[i][(i + loops) % N]);
		a[loops % N][0]++;
	}
	return sum;
}
