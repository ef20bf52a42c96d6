/* SPDX-License-Identifier: MIT */
/* What a debugger is tried on: stores of every size, atomics, frames beyond the windows, odd branches. */
#include <stdio.h>

volatile unsigned char bytes[8];
volatile unsigned short half;
volatile unsigned word;
volatile unsigned long long pair;
volatile unsigned lock, other;

__attribute__((noinline)) static void stores(void)
{
	unsigned new = 0x77;

	bytes[3] = 0x11;
	half = 0x2222;
	word = 0x33333333;
	pair = 0x4444444455555555ull;
	__asm__ volatile("ldstub [%0], %%g0" : : "r"(&bytes[5]) : "memory");
	__asm__ volatile("swap [%1], %0" : "+r"(new) : "r"(&lock) : "memory");
	other = word + half + bytes[3] + (unsigned)pair;
}

__attribute__((noinline)) static int leaf(int n)
{
	word = (unsigned)n;
	return n;
}

__attribute__((noinline)) static int deep(int n)
{
	int got = n ? deep(n - 1) : leaf(1);

	__asm__ volatile("" : : : "memory");
	return got + n;
}

/* An annulled delay slot, one that is executed, and a place that is patched. */
__attribute__((noinline)) static int branches(int n)
{
	int r;

	__asm__ volatile("	cmp %1, 0\n"
			 "	bne,a 1f\n"
			 "	.globl annulled_slot\n"
			 "annulled_slot:	mov 7, %0\n"
			 "	mov 1, %0\n"
			 "1:	ba 2f\n"
			 "	.globl taken_slot\n"
			 "taken_slot:	add %0, 1, %0\n"
			 "	mov 99, %0\n"
			 "2:	.globl patched\n"
			 "patched:	add %0, 0, %0\n"
			 : "=&r"(r)
			 : "r"(n)
			 : "cc");
	return r;
}

extern unsigned patched[];

int main(void)
{
	stores();
	printf("deep: %d\n", deep(30));
	printf("branches: %d %d\n", branches(0), branches(1));
	patched[0] += 16; /* add %0, 16, %0 */
	__asm__ volatile("flush %0" : : "r"(patched) : "memory");
	printf("patched: %d\n", branches(1));
	return 0;
}
