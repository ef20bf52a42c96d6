/* SPDX-License-Identifier: MIT */
/* A fast Fourier transform of 1024 complex points, forth and back. */
#define NAME "fft"
#ifndef LOOPS
#define LOOPS 300
#define SUM 0xd4f7b346u
#endif
#include "bench.h"

enum { N = 1024 };

static double re[N], im[N], wr[N / 2], wi[N / 2];

/* Sine for small angles by its series: no library, the same everywhere. */
static double sine(double x)
{
	double term = x, s = x;
	unsigned k;

	for (k = 1; k < 12; k++) {
		term *= -x * x / ((2 * k) * (2 * k + 1));
		s += term;
	}
	return s;
}

static NOINLINE void transform(int back)
{
	unsigned i, j, k, half, step;
	double t, ur, ui, c, s;

	for (i = 1, j = 0; i < N; i++) {
		for (k = N / 2; j & k; k >>= 1)
			j ^= k;
		j ^= k;
		if (i < j) {
			t = re[i], re[i] = re[j], re[j] = t;
			t = im[i], im[i] = im[j], im[j] = t;
		}
	}
	for (half = 1; half < N; half *= 2) {
		step = N / 2 / half;
		for (i = 0; i < N; i += 2 * half)
			for (j = i, k = 0; j < i + half; j++, k += step) {
				c = wr[k];
				s = back ? wi[k] : -wi[k];
				ur = re[j + half] * c - im[j + half] * s;
				ui = re[j + half] * s + im[j + half] * c;
				re[j + half] = re[j] - ur;
				im[j + half] = im[j] - ui;
				re[j] += ur;
				im[j] += ui;
			}
	}
	if (back)
		for (i = 0; i < N; i++) {
			re[i] /= N;
			im[i] /= N;
		}
}

static uint32_t bench(unsigned loops)
{
	const double pi = 3.14159265358979323846;
	uint32_t seed = 1, sum = 0;
	unsigned i;

	for (i = 0; i < N / 2; i++) {
		wi[i] = sine(2 * pi * (i <= N / 4 ? i : N / 2 - i) / N);
		wr[i] = i <= N / 4 ? sine(pi / 2 - 2 * pi * i / N) : -sine(2 * pi * i / N - pi / 2);
	}
	for (i = 0; i < N; i++)
		re[i] = (int16_t)next_random(&seed);
	while (loops--) {
		transform(0);
		sum = double_sum(sum, re[loops % N]);
		transform(1);
		sum = double_sum(sum, im[loops % N]);
	}
	return sum;
}
