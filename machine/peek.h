/* SPDX-License-Identifier: MIT */
/*
 * Memory as people who look at a machine from outside see it: without setting a bit in a page table,
 * recording a fault, or filling a TLB.
 */
#ifndef MACHINE_PEEK_H
#define MACHINE_PEEK_H

#include "arch/sparc/cpu.h"

struct peek_page {
	u64 pa; /* of the address asked for */
	u32 entry; /* its page table entry, 0 where the MMU is off */
	unsigned level; /* 0..3: where in the tables it stands */
};

/* Translate va in the CPU's current context; false: not mapped. `fetch`: as an instruction. */
bool peek_translate(const struct cpu *cpu, u32 va, bool fetch, struct peek_page *page);

/* A stretch of virtual addresses that is mapped evenly. */
struct peek_span {
	u32 va, last; /* first and last address */
	u64 pa;
	unsigned acc; /* ACC of the entries */
	bool cacheable;
};
/* All that the current context maps, ascending; `visit` returns false to stop. Nothing while the MMU is off. */
void peek_each(const struct cpu *cpu, bool (*visit)(void *arg, const struct peek_span *span),
	       void *arg);

/*
 * n bytes at a virtual address: memory, and of chips nothing. False: part of it is not mapped or no
 * memory.
 */
bool peek_read(const struct cpu *cpu, u32 va, bool fetch, void *buf, u32 n);
/* The same, written; what stands before the part that cannot be is. */
bool peek_write(const struct cpu *cpu, u32 va, const void *buf, u32 n);

#endif
