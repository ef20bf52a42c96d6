/* SPDX-License-Identifier: MIT */
/*
 * What the handlers of whole loops are made of, see tools/mkloop.c. The registers are locals. What a handler
 * does not want to do it leaves at the op concerned, with everything before it done.
 */
#ifndef ARCH_SPARC_EXEC_LOOP_H
#define ARCH_SPARC_EXEC_LOOP_H

#include "arch/sparc/exec-step.h"

/* The TLB's entry that an access had in the turn before. */
struct turn_seen {
	u32 tag;
	uintptr_t addend;
};
#define SEEN_NOTHING                                                                               \
	{                                                                                          \
		0xffffffff, 0                                                                      \
	}

#undef BODY
#undef FIND
#define BODY(name)                                                                                 \
	static inline __attribute__((always_inline)) enum exec_exit turn_##name(                   \
		struct cpu *cpu __maybe_unused, const struct op *o __maybe_unused,                 \
		u32 a __maybe_unused, u32 b __maybe_unused, const u32 *d __maybe_unused,           \
		u64 *ca __maybe_unused, u64 *cb __maybe_unused,                                    \
		const struct tlb *tlb __maybe_unused, u32 *v __maybe_unused,                       \
		struct turn_seen *seen __maybe_unused)
#define FIND(tlb_, side, size, va, p, miss)                                                        \
	if (unlikely((va & (0xfffff000u | ((size)-1))) != seen->tag)) {                            \
		const struct tlb_entry *e = ENTRY(tlb_, side, va);                                 \
		if (unlikely((va & (0xfffff000u | ((size)-1))) != e->tag))                         \
			return miss;                                                               \
		seen->tag = e->tag;                                                                \
		seen->addend = e->addend;                                                          \
	}                                                                                          \
	p = (u8 *)(seen->addend + va)

#include "arch/sparc/exec-bodies.h"

/* Pairs of registers, which are locals, too. */
static inline __attribute__((always_inline)) bool
turn_pair(u32 a, u32 b, const struct tlb *tlb, bool store, u32 *hi, u32 *lo, struct turn_seen *seen)
{
	u32 va = a + b;
	u8 *p;
	u64 w;

	if (store) {
		FIND(tlb, store, 8, va, p, false);
		be64_put(p, (u64)*hi << 32 | *lo);
	} else {
		FIND(tlb, load, 8, va, p, false);
		w = be64_get(p);
		*hi = (u32)(w >> 32);
		*lo = (u32)w;
	}
	return true;
}

#define OUT(k)                                                                                     \
	do {                                                                                       \
		to = op + (k);                                                                     \
		goto out;                                                                          \
	} while (0)
/* Element k; left at `where`: that is the branch if k is its delay instruction. */
#define LOOP_STEP(where, k, name, a, b, d, set)                                                    \
	do {                                                                                       \
		u32 val = 0;                                                                       \
		if (unlikely(turn_##name(cpu, op + (k), a, b, d, &ca, &cb, (const struct tlb *)tp, \
					 &val, &seen[k])))                                         \
			OUT(where);                                                                \
		set;                                                                               \
	} while (0)
#define LOOP_PAIR(where, k, store, a, b, hi, lo)                                                   \
	do {                                                                                       \
		if (unlikely(!turn_pair(a, b, (const struct tlb *)tp, store, &hi, &lo, &seen[k]))) \
			OUT(where);                                                                \
	} while (0)
/* The branch at element k is taken, which with its delay instruction is n instructions. */
#define LOOP_TAKEN(k, n)                                                                           \
	do {                                                                                       \
		if (unlikely(x + (s64)op + 16 * ((k) + (n)) >= 0))                                 \
			OUT(k);                                                                    \
	} while (0)

#endif
