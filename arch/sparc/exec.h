/* SPDX-License-Identifier: MIT */
/*
 * The shape of the engine's handlers. One handler is one instruction in one form of its
 * operands; it ends in a jump to the next op's handler, with the machine's hot values in the
 * same six argument registers throughout:
 *
 *	cpu	the processor, its current window first
 *	op	the op that runs; pc = cpu->bias + (op >> 2)
 *	ca, cb	icc as a difference, see below
 *	x	x + op = 16 * (instructions executed - cpu->soft), so that counting costs
 *		nothing and the sign is the event test
 *	tp	the data TLB of the current mode
 *
 * Every handler exists a second time, NAME_slot, for an op that is the delay instruction of a
 * taken transfer. There tp is the op to go to and x is 16 * (executed after this one - soft).
 * A target outside the page is reached by way of cpu->far_op, an op that looks cpu->far_pc up.
 *
 * icc is kept as two operands: Z and N^V come from comparing their low words, C from comparing
 * all 64 bits, N from the low words' difference.
 *	SUBcc a, b	(a, b)
 *	logic result r	(r, 0)
 *	ADDcc a, b	(a, -b), with bit 32 set in one of them so that the unsigned order shows C
 * No pair shows Z together with N or V: such icc are left to cpu_step() (cpu_can_run()).
 *
 * Whatever a handler does not want to do, it leaves, with nothing changed, to cpu_step().
 */
#ifndef ARCH_SPARC_EXEC_H
#define ARCH_SPARC_EXEC_H

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"

/* Elements of a row of fusion.list at most; CODE_BACK must not be less. */
#define EXEC_FUSE_MAX 8
/* Instructions of a line of loops.list at most, as MAX_ELEMENTS of tools/mkloop.c; CODE_BACK must not be less either. */
#define LOOP_MAX 24

/* Elsewhere six arguments do not all travel in registers, which sibling calls want. */
#if !defined(__OPTIMIZE__) || !(defined(__x86_64__) || defined(__aarch64__))
#define VONK_LOOP 1 /* no sibling calls: a loop calls the handlers */
#endif

#if defined(__clang__)
#define TAIL __attribute__((musttail))
#else
#define TAIL
#endif

/*
 * Six arguments leave a handler three registers that it need not save. With this convention, which nothing but
 * handlers has, it saves none but rbp and has fourteen in all; gcc does the same by the Makefile's CALL_USED.
 */
#if defined(__clang__) && defined(__x86_64__) && !defined(VONK_LOOP)
#if __has_attribute(preserve_none)
#define __handler __attribute__((preserve_none))
#endif
#endif
#ifndef __handler
#define __handler
#endif

#define ARGS                                                                                       \
	struct cpu *cpu __maybe_unused, const struct op *op __maybe_unused, u64 ca __maybe_unused, \
		u64 cb __maybe_unused, s64 x __maybe_unused, uintptr_t tp __maybe_unused

typedef __handler void exec_fn(ARGS);

#ifdef VONK_LOOP
#define JUMP(fn_, op_, ca_, cb_, x_, tp_)                                                          \
	do {                                                                                       \
		cpu->loop.fn = (u32)(uintptr_t)(fn_);                                              \
		cpu->loop.op = (op_);                                                              \
		cpu->loop.ca = (ca_);                                                              \
		cpu->loop.cb = (cb_);                                                              \
		cpu->loop.x = (x_);                                                                \
		cpu->loop.tp = (tp_);                                                              \
		return;                                                                            \
	} while (0)
#else
#define JUMP(fn_, op_, ca_, cb_, x_, tp_)                                                          \
	TAIL return ((exec_fn *)(uintptr_t)(fn_))(cpu, op_, ca_, cb_, x_, tp_)
#endif

/* For functions of the same shape that are known: slow paths. */
#define CALL(fn_) TAIL return fn_(cpu, op, ca, cb, x, tp)

/*
 * exec-cover.c is the engine once more with VONK_COVER: every transfer is told to cpu->cover, nothing
 * is fused, and the ops at breakpoints are left to cpu_step(), so that their pages are not. It is one
 * file there, and its functions are its own.
 */
#ifdef VONK_COVER
#define EXEC_SHARED static
#define COVER(va) cover_at(cpu->cover, va)
#define COVERING true
#else
#define EXEC_SHARED
#define COVER(va) (void)0
#define COVERING false
#endif

/* icc (N Z V C) as a difference of two operands; odd: no difference shows it. */
struct exec_icc_pair {
	u64 a, b;
	bool odd;
};
extern const struct exec_icc_pair exec_icc_pair[16]; /* exec.c */

/* --- exec.c: the slow ways; _slot: for delay instructions of taken transfers --- */

EXEC_SHARED exec_fn exec_leave_event; /* something is due: look around before op */
EXEC_SHARED exec_fn exec_leave_slow, exec_leave_slow_slot; /* cpu_step() is to do op */
EXEC_SHARED exec_fn exec_leave_far; /* to cpu->far_pc, which the run loop looks up */
EXEC_SHARED exec_fn exec_take_trap, exec_take_trap_slot; /* op traps with cpu->trap_type */
EXEC_SHARED exec_fn exec_miss_load, exec_miss_load_slot, exec_miss_store, exec_miss_store_slot;
EXEC_SHARED exec_fn exec_far; /* to cpu->far_pc */
EXEC_SHARED exec_fn exec_page_end;
EXEC_SHARED exec_fn exec_ta, exec_wrpsr_rr, exec_wrpsr_ri, exec_jmpl_rett;

/* --- exec-decode.c --- */

EXEC_SHARED exec_fn exec_undecoded;
EXEC_SHARED void exec_decode(struct cpu *cpu, struct op *op);

/* --- exec-loop.c --- */

struct exec_loop {
	exec_fn *fn;
	u32 key, len; /* in loop_key[] */
	u16 row; /* 1 + its line among those of loops.list */
	u8 n; /* instructions, up to the delay instruction of the last branch back */
};
/* The loop that begins with word i of its page, at mem; NULL: none that has a handler. */
const struct exec_loop *exec_loop_at(const struct cpu *cpu, unsigned i, const u8 *mem);

/* --- exec-count.c --- */

/* op was decoded: count what it does, row - 1 of fusion.list or, 0, one instruction. */
void exec_count_op(struct cpu *cpu, struct op *op, unsigned row);

/* --- exec-part.c: the handlers --- */

#include "arch/sparc/exec-ops.h"

#define KIND(name, form, W, D) K_##name,
#define CTI_KINDS(X)                                                                               \
	X(be)                                                                                      \
	X(ble)                                                                                     \
	X(bl) X(bleu) X(bcs) X(bneg) X(bvs) X(ba) X(bne) X(bg) X(bge) X(bgu) X(bcc) X(bpos) X(bvc)
#define CTI_KIND(name)                                                                             \
	K_##name, K_##name##_s, K_##name##_a, K_##name##_x, K_##name##_k, K_##name##_e,
#define CTI_FORMS 6
/*
 * Plain instructions; branches within the page: nop behind, other slot, annulled, then those that
 * skip one instruction (see mkfuse.c); calls within the page and out of it; jumps.
 */
enum kind {
	EXEC_OPS(KIND) K_PLAIN,
	K_BRANCH = K_PLAIN - 1,
	CTI_KINDS(CTI_KIND) K_call,
	K_call_f,
	K_jmpl_ri,
	K_OTHER
};

/* All handlers. */
struct exec_part {
	exec_fn *plain[K_PLAIN][2]; /* in line, as a delay instruction */
	/* Conditions 0..15: near with a nop, near, near annulled, far, far annulled. */
	exec_fn *branch[16][5];
	exec_fn *fbranch[5];
	exec_fn *call, *call_f, *jmpl_rr, *jmpl_ri, *spin;
	exec_fn *const *fused; /* by row */
	exec_fn *const *fused_same; /* its twin for accesses in one page, or NULL */
};
#ifndef VONK_COVER
extern const struct exec_part exec_part;
#endif

/* Operands of w, which is no control transfer; what has no handler of its own is K_slow. In exec-decode.c. */
EXEC_SHARED enum kind exec_operands(const struct cpu *cpu, struct op *op, u32 w);
/* Is the instruction at mem a control transfer? */
EXEC_SHARED bool exec_is_cti(const u8 *mem);

#endif
