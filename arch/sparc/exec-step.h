/* SPDX-License-Identifier: MIT */
/* What handlers are made of. exec.h tells how they work together. */
#ifndef ARCH_SPARC_EXEC_STEP_H
#define ARCH_SPARC_EXEC_STEP_H

#include <string.h>

#include "arch/sparc/alu.h"
#include "arch/sparc/cover.h"
#include "arch/sparc/exec.h"
#include "arch/sparc/fpu-fast.h"
#include "lib/be.h"

static inline unsigned icc_of(u64 ca, u64 cb)
{
	u32 r = (u32)ca - (u32)cb;
	bool less = (s32)ca < (s32)cb;

	return alu_nz(r) | ((r >> 31) != less ? ALU_V : 0) | (ca < cb ? ALU_C : 0);
}

static inline u32 pc_of(const struct cpu *cpu, const struct op *op)
{
	return cpu->bias + (u32)((uintptr_t)op >> 2);
}

/* --- one instruction --- */

/* The TLB's entries that accesses of a row have had so far; NULL where it is not likely that others want the same. */
struct seen {
	u32 load_tag, store_tag;
	uintptr_t load_addend, store_addend;
};
#define ROW_APART struct seen *seen __maybe_unused = NULL
#define ROW_SAME                                                                                   \
	struct seen seen_ __maybe_unused = { 0xffffffff, 0xffffffff, 0, 0 };                       \
	struct seen *seen __maybe_unused = &seen_

#define BODY(name)                                                                                 \
	static inline __attribute__((always_inline)) enum exec_exit do_##name(                     \
		struct cpu *cpu __maybe_unused, const struct op *o __maybe_unused,                 \
		u32 a __maybe_unused, u32 b __maybe_unused, const u32 *d __maybe_unused,           \
		u64 *ca __maybe_unused, u64 *cb __maybe_unused,                                    \
		const struct tlb *tlb __maybe_unused, u32 *v __maybe_unused,                       \
		struct seen *seen __maybe_unused)
#define ENTRY(tlb_, side, va)                                                                      \
	((const struct tlb_entry *)((const char *)(tlb_)->side +                                   \
				    ((va) >> 8 & (ARRAY_SIZE((tlb_)->side) - 1) << 4)))
#define FIND(tlb_, side, size, va, p, miss)                                                        \
	const struct tlb_entry *e = ENTRY(tlb_, side, va);                                         \
	if (!seen || unlikely((va & (0xfffff000u | ((size)-1))) != seen->side##_tag)) {            \
		if (unlikely((va & (0xfffff000u | ((size)-1))) != e->tag))                         \
			return miss;                                                               \
		if (seen) {                                                                        \
			seen->side##_tag = e->tag;                                                 \
			seen->side##_addend = e->addend;                                           \
		}                                                                                  \
	}                                                                                          \
	p = (u8 *)((seen ? seen->side##_addend : e->addend) + va)

#include "arch/sparc/exec-bodies.h"

/* Operands by form: a, b; and r[rd] where it is read. */
#define A_N(o) 0
#define A_R(o) cpu->r[(o)->rs1]
#define A_I(o) cpu->r[(o)->rs1]
#define B_N(o) 0
#define B_R(o) cpu->r[(o)->rs2]
#define B_I(o) (u32)(o)->imm
#define D_0(o) NULL
#define D_1(o) &cpu->r[(o)->rd]

/* `why` is known when this is compiled: one of the cases stays. */
#define LEAVE(o, why, slot)                                                                        \
	do {                                                                                       \
		op = (o);                                                                          \
		if ((why) == EXIT_SLOW)                                                            \
			CALL(exec_leave_slow##slot);                                               \
		if ((why) == EXIT_MISS_LOAD)                                                       \
			CALL(exec_miss_load##slot);                                                \
		if ((why) == EXIT_MISS_STORE)                                                      \
			CALL(exec_miss_store##slot);                                               \
		cpu->trap_type =                                                                   \
			(why) == EXIT_OVERFLOW ? TT_WINDOW_OVERFLOW : TT_WINDOW_UNDERFLOW;         \
		CALL(exec_take_trap##slot);                                                        \
	} while (0)

/* One instruction with its operands; the result goes to r[rd] and stays in val. */
#define STEP(name, W, o, a, b, d, val)                                                             \
	u32 val = 0;                                                                               \
	do {                                                                                       \
		enum exec_exit why_ =                                                              \
			do_##name(cpu, o, a, b, d, &ca, &cb, (const struct tlb *)tp, &val, seen);  \
		if (unlikely(why_))                                                                \
			LEAVE(o, why_, );                                                          \
		if (W)                                                                             \
			cpu->r[(o)->rd] = val;                                                     \
	} while (0)
/* The same as the delay instruction of a row's transfer, to `target` with the count t; only the ways out have them in x and tp. */
#define STEP_LAST(name, W, o, a, b, d, target)                                                     \
	do {                                                                                       \
		u32 val_ = 0;                                                                      \
		enum exec_exit why_ =                                                              \
			do_##name(cpu, o, a, b, d, &ca, &cb, (const struct tlb *)tp, &val_, seen); \
		if (unlikely(why_)) {                                                              \
			x = t;                                                                     \
			tp = (uintptr_t)(target);                                                  \
			LEAVE(o, why_, _slot);                                                     \
		}                                                                                  \
		if (W)                                                                             \
			cpu->r[(o)->rd] = val_;                                                    \
	} while (0)
/* The same as a delay instruction: x and tp are as for _slot handlers. */
#define STEP_SLOT(name, W, o, a, b, d)                                                             \
	do {                                                                                       \
		u32 val_ = 0;                                                                      \
		enum exec_exit why_ =                                                              \
			do_##name(cpu, o, a, b, d, &ca, &cb, cpu->tlb_data, &val_, NULL);          \
		if (unlikely(why_))                                                                \
			LEAVE(o, why_, _slot);                                                     \
		if (W)                                                                             \
			cpu->r[(o)->rd] = val_;                                                    \
	} while (0)

#define N_ ((s32)((u32)ca - (u32)cb) < 0)
#define L_ ((s32)ca < (s32)cb)

/* --- several instructions at once: generated from fusion.list --- */

/* Transfers with their delay instruction, as the last elements. o is the transfer's op, n its length. */
#define TARGET_OF(o) ((const struct op *)((const char *)(o) + (o)->imm))
#define FUSED_COUNT(o, n)                                                                          \
	s64 t = x + (s64)(o) + 16 * (n);                                                           \
	if (unlikely(t >= 0)) {                                                                    \
		op = (o);                                                                          \
		CALL(exec_leave_event);                                                            \
	}
#define FUSED_GO(to) JUMP((to)->fn, to, ca, cb, t - (s64)(to), tp)
/* A nop behind it. */
#define END_BRANCH(o, cond)                                                                        \
	if (cond) {                                                                                \
		FUSED_COUNT(o, 2);                                                                 \
		const struct op *to = TARGET_OF(o);                                                \
		JUMP(to->fn, to, ca, cb, t - (s64)to, tp);                                         \
	}                                                                                          \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x, tp)
/* Annulled if untaken. */
#define END_BRANCH_A(o, cond)                                                                      \
	if (cond) {                                                                                \
		FUSED_COUNT(o, 2);                                                                 \
		JUMP((o)[1].slot_fn, (o) + 1, ca, cb, t, (uintptr_t)TARGET_OF(o));                 \
	}                                                                                          \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x - 16, tp)
/* Taken, with the delay instruction. */
#define TAKE_WITH_SLOT(o, cond, name, form, W, D)                                                  \
	if (cond) {                                                                                \
		FUSED_COUNT(o, 2);                                                                 \
		const struct op *to = TARGET_OF(o);                                                \
		STEP_LAST(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1),  \
			  to);                                                                     \
		FUSED_GO(to);                                                                      \
	}
/* Annulled if untaken, with the delay instruction. */
#define END_BRANCH_AS(o, cond, name, form, W, D)                                                   \
	TAKE_WITH_SLOT(o, cond, name, form, W, D)                                                  \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x - 16, tp)
/* With the delay instruction: once where the branch is taken, once where it is not. */
#define END_BRANCH_S(o, cond, name, form, W, D)                                                    \
	TAKE_WITH_SLOT(o, cond, name, form, W, D)                                                  \
	STEP(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1), v_slot);      \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x, tp)
/* Out of the page, or who knows where to: each has its own jump, which is predicted by itself. */
#define FUSED_FAR()                                                                                \
	do {                                                                                       \
		u32 va = cpu->far_pc;                                                              \
		const struct fetch_entry *e = &cpu->fetch_mode[cpu_fetch_index(va)];               \
		const struct op *far;                                                              \
		if (unlikely(e->tag != (va & ~0xfffu))) {                                          \
			op = &cpu->far_op;                                                         \
			x = t - (s64)op;                                                           \
			CALL(exec_leave_far);                                                      \
		}                                                                                  \
		far = &e->page->op[va >> 2 & (CODE_PAGE_OPS - 1)];                                 \
		cpu->bias = va - (u32)((uintptr_t)far >> 2);                                       \
		JUMP(far->fn, far, ca, cb, t - (s64)far, tp);                                      \
	} while (0)
#define FUSED_SLOT(o, name, form, W, D)                                                            \
	STEP_LAST(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1),          \
		  &cpu->far_op)
#define END_call(o, name, form, W, D)                                                              \
	FUSED_COUNT(o, 2);                                                                         \
	const struct op *to = TARGET_OF(o);                                                        \
	cpu->r[15] = pc_of(cpu, o);                                                                \
	STEP_LAST(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1), to);     \
	FUSED_GO(to)
#define END_call_f(o, name, form, W, D)                                                            \
	FUSED_COUNT(o, 2);                                                                         \
	u32 pc = pc_of(cpu, o);                                                                    \
	cpu->r[15] = pc;                                                                           \
	cpu->far_pc = pc + (u32)(o)->imm;                                                          \
	FUSED_SLOT(o, name, form, W, D);                                                           \
	FUSED_FAR()
#define END_jmpl_ri(o, name, form, W, D)                                                           \
	FUSED_COUNT(o, 2);                                                                         \
	u32 to = cpu->r[(o)->rs1] + (u32)(o)->imm;                                                 \
	if (unlikely(to & 3)) {                                                                    \
		op = (o);                                                                          \
		CALL(exec_leave_slow);                                                             \
	}                                                                                          \
	cpu->r[(o)->rd] = pc_of(cpu, o);                                                           \
	cpu->far_pc = to;                                                                          \
	FUSED_SLOT(o, name, form, W, D);                                                           \
	FUSED_FAR()

#define COND_be ((u32)ca == (u32)cb)
#define COND_ble ((s32)ca <= (s32)cb)
#define COND_bl L_
#define COND_bleu (ca <= cb)
#define COND_bcs (ca < cb)
#define COND_bneg N_
#define COND_bvs (N_ != L_)
#define COND_bne ((u32)ca != (u32)cb)
#define COND_bg ((s32)ca > (s32)cb)
#define COND_bge (!L_)
#define COND_bgu (ca > cb)
#define COND_bcc (ca >= cb)
#define COND_bpos (!N_)
#define COND_bvc (N_ == L_)
#define COND_ba true

/*
 * What a branch skips unless c. An instruction that can only write r[rd] is done in any case and
 * its result chosen, so that there is nothing to predict.
 */
#define STEP_PURE_IF(c, name, W, o, a, b, d, val)                                                  \
	u32 val = 0;                                                                               \
	do {                                                                                       \
		(void)do_##name(cpu, o, a, b, d, &ca, &cb, (const struct tlb *)tp, &val, seen);    \
		if (W) {                                                                           \
			u32 is_ = cpu->r[(o)->rd];                                                 \
			val = (c) ? val : is_;                                                     \
			cpu->r[(o)->rd] = val;                                                     \
		}                                                                                  \
	} while (0)
#define STEP_IF(c, name, W, o, a, b, d, val)                                                       \
	do {                                                                                       \
		if (c) {                                                                           \
			STEP(name, W, o, a, b, d, val);                                            \
		}                                                                                  \
	} while (0)

#endif
