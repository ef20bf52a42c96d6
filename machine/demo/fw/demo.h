/* SPDX-License-Identifier: MIT */
/* The demonstration firmware's own pieces. */
#ifndef DEMO_H
#define DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest.h"

/*
 * One self test: NULL when all is well, else what is wrong. `info` may get a word or
 * two; `dots` of the line are the test's own output.
 */
struct test {
	const char *name;
	const char *(*run)(char info[32]);
	unsigned dots;
};

extern const struct test cpu_tests[], mmu_tests[], dev_tests[]; /* each ends with a NULL name */

/* Every test, a line each; the number of failures. */
unsigned selftest(void);
void prompt(void) __attribute__((noreturn));

/* The last trap that catch_trap() was given, and how many so far. */
struct caught {
	unsigned count, tt, pc, npc;
};

extern volatile struct caught caught;

/* From here on traps `tt` are noted and the instruction is skipped. */
void catch_trap(unsigned tt);

/* The processor's counter: 500 ns a tick, 31 bits less 9, wraps. */
enum { TICKS_PER_MS = 2000, TICK_MASK = 0x3fffff };
unsigned ticks(void);

/* The clock of the prompt: a level-14 interrupt each 10 ms. */
void clock_start(unsigned limit_ticks);
void clock_stop(void);
extern volatile unsigned clock_count, system_count;

uint32_t mmu_read(uint32_t reg);
void mmu_write(uint32_t reg, uint32_t v);

/* PA of the interrupt controller's and the timers' system halves. */
enum { SYSTEM_HALF = 0x10000 };

/* A fixed piece of integer work: the same result on every machine. */
uint32_t work(uint32_t x, unsigned loops);

#endif
