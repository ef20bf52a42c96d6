/* SPDX-License-Identifier: MIT */
/* Fibonacci and Ackermann: calls, returns, register window traps. */
#define NAME "recurse"
#ifndef LOOPS
#define LOOPS 3
#define SUM 0x73ef8506u
#endif
#include "bench.h"

static NOINLINE unsigned fib(unsigned n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static NOINLINE unsigned ackermann(unsigned m, unsigned n)
{
	if (!m)
		return n + 1;
	if (!n)
		return ackermann(m - 1, 1);
	return ackermann(m - 1, ackermann(m, n - 1));
}

static NOINLINE unsigned hanoi(unsigned n, unsigned from, unsigned to, unsigned *moves)
{
	if (!n)
		return from;
	hanoi(n - 1, from, 6 - from - to, moves);
	++*moves;
	return hanoi(n - 1, 6 - from - to, to, moves);
}

static uint32_t bench(unsigned loops)
{
	uint32_t sum = 0;
	unsigned moves;

	while (loops--) {
		sum = mix(sum, fib(30));
		sum = mix(sum, ackermann(3, 7));
		moves = 0;
		sum = mix(sum, hanoi(18, 1, 3, &moves));
		sum = mix(sum, moves);
	}
	return sum;
}
