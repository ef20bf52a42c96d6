/* SPDX-License-Identifier: MIT */
/*
 * Edge coverage of the guest's control transfers, as fuzzers want it.
 *
 * A place is where a transfer leads: the target of a taken one, the address behind the delay
 * instruction of an untaken branch. Its number is a hash of its virtual address; the counter of
 * the edge is the one at this number XOR half of that of the place before. Counters skip 0 when
 * they wrap.
 *
 * What is counted is architecture, the same whichever interpreter runs: BN is no transfer, RETT
 * is none, nor is a JMPL while traps are disabled (trap handlers return so, to wherever an
 * interrupt came). Traps but for windows' and interrupts are places, too, and begin anew.
 */
#ifndef ARCH_SPARC_COVER_H
#define ARCH_SPARC_COVER_H

#include "arch/sparc/cpu.h"

#define COVER_MIN_BITS 10u
#define COVER_MAX_BITS 24u

struct cover {
	u8 *map; /* 1 << bits counters */
	unsigned shift; /* 32 - bits */
	u32 prev;
	u32 first, size; /* only places in first..first + size */
	u32 stop[8]; /* bit tt: this trap stops the machine, behind its entry */
	bool trapped; /* one did: */
	u8 tt;
	u32 pc;
};

/* The CPU tells c from now on, which stays the caller's; NULL: nobody. */
void cpu_set_cover(struct cpu *cpu, struct cover *c);

/* --- for the interpreters --- */

static inline void cover_at(struct cover *c, u32 va)
{
	u32 place = (va >> 2) * 0x9e3779b1u >> c->shift;
	u8 *n = &c->map[place ^ c->prev];

	if (unlikely(va - c->first > c->size))
		return;
	*n = (u8)(*n + 1 + (*n == 0xff));
	c->prev = place >> 1;
}

/* Instruction w at pc has been executed, and did not trap. */
void cover_step(struct cpu *cpu, u32 w, u32 pc);
/* Trap tt is about to be entered, pc and npc where it returns to. */
void cover_trap(struct cpu *cpu, unsigned tt);

#endif
