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

/* Elsewhere six arguments do not all travel in registers, which sibling calls want. */
#if !defined(__OPTIMIZE__) || !(defined(__x86_64__) || defined(__aarch64__))
#define VONK_LOOP 1 /* no sibling calls: a loop calls the handlers */
#endif

#if defined(__clang__)
#define TAIL __attribute__((musttail))
#else
#define TAIL
#endif

#define ARGS                                                                                       \
	struct cpu *cpu __maybe_unused, const struct op *op __maybe_unused, u64 ca __maybe_unused, \
		u64 cb __maybe_unused, s64 x __maybe_unused, uintptr_t tp __maybe_unused

typedef void exec_fn(ARGS);

#ifdef VONK_LOOP
#define JUMP(fn_, op_, ca_, cb_, x_, tp_)                                                          \
	do {                                                                                       \
		cpu->loop.fn = (fn_);                                                              \
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

#endif
