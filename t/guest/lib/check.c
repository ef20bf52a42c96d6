/* SPDX-License-Identifier: MIT */
/* What the processor tests in assembly call. */
#include <stdio.h>
#include <stdlib.h>

#include "guest.h"

void check_failed(unsigned line, uint32_t got, uint32_t want, unsigned nr)
	__attribute__((noreturn));
void checks_passed(const char *name, unsigned count);
void vector_set(unsigned tt, void (*handler)(void));

void check_failed(unsigned line, uint32_t got, uint32_t want, unsigned nr)
{
	printf("check %u, line %u: got %08x, want %08x\n", nr, line, (unsigned)got, (unsigned)want);
	_exit(1);
}

void checks_passed(const char *name, unsigned count)
{
	printf("%s: %u checks passed\n", name, count);
}

/*
 * Trap `tt` goes straight to `handler`, in assembly: %l0 = PSR, %l1 = PC, %l2 = nPC,
 * %l3 = tt, traps off.
 */
void vector_set(unsigned tt, void (*handler)(void))
{
	volatile uint32_t *v = (volatile uint32_t *)((uintptr_t)trap_table + tt * 16);
	uint32_t h = (uint32_t)(uintptr_t)handler;

	v[0] = 0xa1480000; /* rd %psr, %l0 */
	v[1] = 0x29000000 | h >> 10; /* sethi %hi(h), %l4 */
	v[2] = 0x81c52000 | (h & 0x3ff); /* jmp %l4 + %lo(h) */
	v[3] = 0xa6102000 | tt; /* mov tt, %l3 */
	__asm__ volatile("flush %0\n\tflush %0 + 8\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop"
			 :
			 : "r"(v)
			 : "memory");
}
