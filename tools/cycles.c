/* SPDX-License-Identifier: MIT */
/*
 * The cycles that this processor does in a second of CPU time: each addition waits for the one before,
 * and that takes one cycle. For machines whose counters nobody may read. tools/bench builds and calls it.
 */
#include <stdio.h>
#include <time.h>

#define TURNS 10000000

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* The compiler must not know what it adds, nor that it may add otherwise. */
#define ADD                                                                                        \
	__asm__ volatile("" : "+r"(sum), "+r"(one));                                               \
	sum += one;
#define ADD8 ADD ADD ADD ADD ADD ADD ADD ADD

int main(void)
{
	unsigned long sum = 0, one = 1;
	double start = seconds();

	for (int i = 0; i < TURNS; i++) {
		ADD8 ADD8
	}
	printf("%.0f\n", 16.0 * TURNS / (seconds() - start));
	return sum != 16UL * TURNS;
}
