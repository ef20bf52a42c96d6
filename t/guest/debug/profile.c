/* SPDX-License-Identifier: MIT */
/* What a profiler is tried on: two loops of known weight, turns that have a rhythm, recursion, calls without a frame. */
#include <stdio.h>

volatile unsigned sink;

/* Four instructions a turn. */
#define LOOP(n)                                                                                    \
	__asm__ volatile("1:	subcc %0, 1, %0\n"                                                    \
			 "	nop\n"                                                                  \
			 "	bne 1b\n"                                                               \
			 "	nop\n"                                                                  \
			 : "+r"(n)                                                                 \
			 :                                                                         \
			 : "cc")

__attribute__((noinline)) static void heavy(unsigned n)
{
	LOOP(n);
	sink = n;
}

__attribute__((noinline)) static void light(unsigned n)
{
	LOOP(n);
	sink = n;
}

__attribute__((noinline)) static void tick(unsigned n)
{
	LOOP(n);
	sink = n;
}

__attribute__((noinline)) static void tock(unsigned n)
{
	LOOP(n);
	sink = n;
}

__attribute__((noinline)) static void middle(void)
{
	heavy(300000);
	light(100000);
	__asm__ volatile("" : : : "memory");
}

__attribute__((noinline)) static unsigned down(unsigned n)
{
	unsigned got = n ? down(n - 1) : (heavy(100000), 1);

	__asm__ volatile("" : : : "memory");
	return got + n;
}

int main(void)
{
	middle();
	/* Twice as long as the mean distance of samples in the test. */
	for (unsigned i = 0; i < 2000; i++) {
		tick(50);
		tock(50);
	}
	printf("%u\n", down(20));
	return 0;
}
