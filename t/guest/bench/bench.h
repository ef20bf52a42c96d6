/* SPDX-License-Identifier: MIT */
/*
 * A benchmark kernel is a file that defines NAME, LOOPS (for some 10^8 to 10^9
 * instructions; -DLOOPS=n overrides) and SUM, the checksum that many loops give, then
 * includes this and defines bench(). The checksum depends on nothing else: it is the
 * same on every machine and with every compiler. Time is taken by whoever runs it.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t bench(unsigned loops);

int main(void)
{
	uint32_t sum = bench(LOOPS);

	printf("%s %u %08x\n", NAME, (unsigned)LOOPS, (unsigned)sum);
#ifdef SUM
	if (sum != SUM) {
		printf("%s: wrong, not %08x\n", NAME, (unsigned)SUM);
		return 1;
	}
#endif
	return 0;
}

#define NOINLINE __attribute__((noinline))

/* A small generator of our own: the same numbers everywhere. */
static inline uint32_t next_random(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

static inline uint32_t mix(uint32_t sum, uint32_t v)
{
	return ((sum << 5 | sum >> 27) ^ v) * 0x9e3779b1u;
}

/* The bits of a double as a checksum's food. */
static inline uint32_t double_sum(uint32_t sum, double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	return mix(mix(sum, (uint32_t)(v >> 32)), (uint32_t)v);
}

#endif
