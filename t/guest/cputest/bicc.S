/* SPDX-License-Identifier: MIT */
/*
 * Every condition of Bicc, Ticc and FBfcc, for every state of the codes, with and
 * without annul: what is taken, and whether the delay instruction runs. A mask has
 * bit n set for condition codes n (NZVC, or fcc), from the V8 manual's tables.
 */
#include "check.h"

	/* %l2 gathers where the branch was taken, %l3 where the slot ran. */
	.macro	BICC branch, taken, slot
	mov	0, %l0
	mov	0, %l2
	mov	0, %l3
1:	SET_ICC(%l0)
	mov	1, %l4
	mov	0, %l5
	\branch	2f
	mov	1, %l5
	mov	0, %l4
2:	sll	%l4, %l0, %l4
	sll	%l5, %l0, %l5
	or	%l2, %l4, %l2
	or	%l3, %l5, %l3
	inc	%l0
	cmp	%l0, 16
	bne	1b
	nop
	EQ(%l2, \taken)
	EQ(%l3, \slot)
	.endm

	.macro	COND name, mask
	BICC	b\name, \mask, 0xffff
	BICC	"b\name,a", \mask, \mask
	.endm

	.macro	TICC name, mask
	mov	0, %l0
	mov	0, %l2
1:	SET_ICC(%l0)
	mov	0, %g4
	t\name	0x11
	sll	%g4, %l0, %l4
	or	%l2, %l4, %l2
	inc	%l0
	cmp	%l0, 16
	bne	1b
	nop
	EQ(%l2, \mask)
	.endm

	.macro	FBFCC branch, taken, slot
	mov	0, %l0
	mov	0, %l2
	mov	0, %l3
1:	sll	%l0, 10, %l4
	st	%l4, [%sp + FRAME]
	ld	[%sp + FRAME], %fsr
	mov	1, %l4
	mov	0, %l5
	nop
	\branch	2f
	mov	1, %l5
	mov	0, %l4
2:	sll	%l4, %l0, %l4
	sll	%l5, %l0, %l5
	or	%l2, %l4, %l2
	or	%l3, %l5, %l3
	inc	%l0
	cmp	%l0, 4
	bne	1b
	nop
	EQ(%l2, \taken)
	EQ(%l3, \slot)
	.endm

	.macro	FCOND name, mask
	FBFCC	fb\name, \mask, 0xf
	FBFCC	"fb\name,a", \mask, \mask
	.endm

BEGIN
	BICC	bn, 0, 0xffff
	BICC	"bn,a", 0, 0
	BICC	ba, 0xffff, 0xffff
	BICC	"ba,a", 0xffff, 0
	COND	e, 0xf0f0
	COND	le, 0xf3fc
	COND	l, 0x33cc
	COND	leu, 0xfafa
	COND	cs, 0xaaaa
	COND	neg, 0xff00
	COND	vs, 0xcccc
	COND	ne, 0x0f0f
	COND	g, 0x0c03
	COND	ge, 0xcc33
	COND	gu, 0x0505
	COND	cc, 0x5555
	COND	pos, 0x00ff
	COND	vc, 0x3333

	VECTOR(TT_SOFT(0x11), trapped)
	TICC	n, 0
	TICC	a, 0xffff
	TICC	e, 0xf0f0
	TICC	le, 0xf3fc
	TICC	l, 0x33cc
	TICC	leu, 0xfafa
	TICC	cs, 0xaaaa
	TICC	neg, 0xff00
	TICC	vs, 0xcccc
	TICC	ne, 0x0f0f
	TICC	g, 0x0c03
	TICC	ge, 0xcc33
	TICC	gu, 0x0505
	TICC	cc, 0x5555
	TICC	pos, 0x00ff
	TICC	vc, 0x3333

	/* fcc: 0 equal, 1 less, 2 greater, 3 unordered. */
	FBFCC	fbn, 0, 0xf
	FBFCC	"fbn,a", 0, 0
	FBFCC	fba, 0xf, 0xf
	FBFCC	"fba,a", 0xf, 0
	FCOND	u, 0x8
	FCOND	g, 0x4
	FCOND	ug, 0xc
	FCOND	l, 0x2
	FCOND	ul, 0xa
	FCOND	lg, 0x6
	FCOND	ne, 0xe
	FCOND	e, 0x1
	FCOND	ue, 0x9
	FCOND	ge, 0x5
	FCOND	uge, 0xd
	FCOND	le, 0x3
	FCOND	ule, 0xb
	FCOND	o, 0x7
END("bicc")

	.section ".text", "ax"
trapped:
	mov	1, %g4
	jmp	%l2
	rett	%l2 + 4
