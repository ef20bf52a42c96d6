/* SPDX-License-Identifier: MIT */
/*
 * Programs that arch/sparc/fusion.list is chosen from (t/fusion-profile.c). They have nothing in
 * common with t/guest/bench, which is what gets reported. Each defines work(), which returns a sum.
 */
#ifndef TRAIN_H
#define TRAIN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

static uint32_t work(unsigned round);

int main(void)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < 1000000; i++)
		sum += work(i);
	printf("%08x\n", (unsigned)sum);
	return 0;
}

static inline uint32_t roll(uint32_t *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 8;
}

#endif
