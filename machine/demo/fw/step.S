/* SPDX-License-Identifier: MIT */
	.section ".text", "ax"

	/*
	 * unsigned step_multiply(unsigned a, unsigned b, unsigned *high): MULScc treats
	 * the multiplicand as signed; b's weight is added to the high word afterwards
	 * where its top bit is set.
	 */
	.globl	step_multiply
step_multiply:
	wr	%o0, %y
	nop
	nop
	andcc	%g0, %g0, %o4		/* a zero partial product, N and V clear */
	.rept	32
	mulscc	%o4, %o1, %o4
	.endr
	mulscc	%o4, %g0, %o4		/* the last shift */
	tst	%o1
	bge	1f
	nop
	add	%o4, %o0, %o4
1:	st	%o4, [%o2]
	retl
	rd	%y, %o0

	.section ".note.GNU-stack", ""
