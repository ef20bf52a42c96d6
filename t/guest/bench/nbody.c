/* SPDX-License-Identifier: MIT */
/* Five bodies under gravity: divisions and square roots. */
#define NAME "nbody"
#ifndef LOOPS
#define LOOPS 300000
#define SUM 0xc0a71abdu
#endif
#include "bench.h"

enum { BODIES = 5 };

static struct body {
	double x[3], v[3], mass;
} body[BODIES];

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

static NOINLINE void advance(double dt)
{
	double d[3], d2, f;
	unsigned i, j, k;

	for (i = 0; i < BODIES; i++)
		for (j = i + 1; j < BODIES; j++) {
			for (d2 = 0.01, k = 0; k < 3; k++) {
				d[k] = body[i].x[k] - body[j].x[k];
				d2 += d[k] * d[k];
			}
			f = dt / (d2 * root(d2));
			for (k = 0; k < 3; k++) {
				body[i].v[k] -= d[k] * body[j].mass * f;
				body[j].v[k] += d[k] * body[i].mass * f;
			}
		}
	for (i = 0; i < BODIES; i++)
		for (k = 0; k < 3; k++)
			body[i].x[k] += dt * body[i].v[k];
}

static uint32_t bench(unsigned loops)
{
	uint32_t seed = 1, sum = 0;
	unsigned i, k;

	for (i = 0; i < BODIES; i++) {
		for (k = 0; k < 3; k++) {
			body[i].x[k] = (int16_t)next_random(&seed) / 4096.0;
			body[i].v[k] = (int16_t)next_random(&seed) / 65536.0;
		}
		body[i].mass = 1.0 + i;
	}
	while (loops--)
		advance(1.0 / 256);
	for (i = 0; i < BODIES; i++)
		for (k = 0; k < 3; k++)
			sum = double_sum(sum, body[i].x[k]);
	return sum;
}
