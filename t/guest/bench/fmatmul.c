/* SPDX-License-Identifier: MIT */
/* Matrix product in double precision, 80 by 80. */
#define NAME "fmatmul"
#ifndef LOOPS
#define LOOPS 80
#define SUM 0xcb6d9009u
#endif
#include "bench.h"

enum { N = 80 };

static double a[N][N], b[N][N], c[N][N];

static NOINLINE void multiply(void)
{
	unsigned i, j, k;
	double s;

	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++) {
			for (s = 0, k = 0; k < N; k++)
				s += a[i][k] * b[k][j];
			c[i][j] = s;
		}
}

static uint32_t bench(unsigned loops)
{
	uint32_t seed = 1, sum = 0;
	unsigned i, j;

	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++) {
			a[i][j] = (int16_t)next_random(&seed) / 32768.0;
			b[i][j] = (int16_t)next_random(&seed) / 32768.0;
		}
	while (loops--) {
		multiply();
		for (i = 0; i < N; i++)
			sum = double_sum(sum, c[i][(i + loops) % N]);
		a[loops % N][0] += 0.5;
	}
	return sum;
}
