/* SPDX-License-Identifier: MIT */
/*
 * Processor tests in assembly. A file defines main between BEGIN and END(name). %g5
 * and the condition codes are lost by EQ, and %g7 counts the checks. A check that
 * fails reports its line with what it found, and the program exits with status 1.
 */
#ifndef CPUTEST_CHECK_H
#define CPUTEST_CHECK_H

#include "psr.h"

/* clang-format off */
#define EQ(reg, want)                                                                            \
	set	want, %g5;                                                                       \
	SAME(reg, %g5)

#define SAME(reg, want)                                                                          \
	inc	%g7;                                                                             \
	cmp	reg, want;                                                                       \
	be	9f;                                                                              \
	nop;                                                                                     \
	mov	want, %g5;                                                                       \
	mov	reg, %o1;                                                                        \
	mov	%g5, %o2;                                                                        \
	mov	%g7, %o3;                                                                       \
	set	__LINE__, %o0;                                                                   \
	call	check_failed;                                                                    \
	nop;                                                                                     \
9:

#define NOP3 nop; nop; nop

/* Trap tt goes to an assembly handler from here on; the outs are lost. */
#define VECTOR(tt, handler)                                                                      \
	mov	tt, %o0;                                                                         \
	set	handler, %o1;                                                                    \
	call	vector_set;                                                                      \
	nop

/* The condition codes from a number 0-15 (NZVC) in a register; %g5 is lost. */
#define SET_ICC(reg)                                                                             \
	rd	%psr, %g5;                                                                       \
	srl	%g5, 24, %g6;                                                                    \
	sll	%g6, 24, %g6;                                                                    \
	sll	%g5, 12, %g5;                                                                    \
	srl	%g5, 12, %g5;                                                                    \
	or	%g5, %g6, %g5;                                                                   \
	sll	reg, 20, %g6;                                                                    \
	wr	%g5, %g6, %psr;                                                                  \
	NOP3

/* And back into a register. */
#define GET_ICC(reg)                                                                             \
	rd	%psr, reg;                                                                       \
	srl	reg, 20, reg;                                                                    \
	and	reg, 15, reg

#define BEGIN                                                                                    \
	.section ".text", "ax";                                                                  \
	.globl	main;                                                                            \
	.align	8;                                                                               \
main:                                                                                            \
	save	%sp, -FRAME - 32, %sp;                                                           \
	mov	0, %g7

#define END(name)                                                                                \
	set	1f, %o0;                                                                         \
	call	checks_passed;                                                                   \
	mov	%g7, %o1;                                                                        \
	ret;                                                                                     \
	restore	%g0, 0, %o0;                                                                     \
	.section ".rodata", "a";                                                                 \
1:	.asciz	name;                                                                            \
	.section ".note.GNU-stack", ""
/* clang-format on */

#endif
