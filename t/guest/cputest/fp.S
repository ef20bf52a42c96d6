/* SPDX-License-Identifier: MIT */
/*
 * The FPU from its registers' side: pairs, loads and stores, FSR's bits, comparisons
 * and the branch on them, rounding modes, exceptions flagged and trapped.
 */
#include "check.h"

#define FSR(value)                                                                               \
	set	value, %g5;                                                                      \
	st	%g5, [MEM + 32];                                                                 \
	ld	[MEM + 32], %fsr

#define GET_FSR(reg)                                                                             \
	st	%fsr, [MEM + 32];                                                                \
	ld	[MEM + 32], reg

#define MEM %i0

	/* A word of the test data into an FP register. */
	.macro	LOADS bits, freg
	set	\bits, %g5
	st	%g5, [MEM]
	ld	[MEM], \freg
	.endm

	.macro	LOADD hi, lo, freg
	set	\hi, %g5
	st	%g5, [MEM]
	set	\lo, %g5
	st	%g5, [MEM + 4]
	ldd	[MEM], \freg
	.endm

	.macro	IS_S freg, bits
	st	\freg, [MEM + 8]
	ld	[MEM + 8], %l7
	EQ(%l7, \bits)
	.endm

	.macro	IS_D freg, hi, lo
	std	\freg, [MEM + 8]
	ld	[MEM + 8], %l7
	EQ(%l7, \hi)
	ld	[MEM + 12], %l7
	EQ(%l7, \lo)
	.endm

	/* fcc after a comparison of two singles. */
	.macro	COMPARE a, b, fcc, flags
	LOADS	\a, %f0
	LOADS	\b, %f1
	FSR(0)
	fcmps	%f0, %f1
	GET_FSR(%l6)
	srl	%l6, 10, %l7
	and	%l7, 3, %l7
	EQ(%l7, \fcc)
	and	%l6, 0x3ff, %l7
	EQ(%l7, \flags)
	fstod	%f0, %f4
	fstod	%f1, %f6
	FSR(0)
	fcmpd	%f4, %f6
	GET_FSR(%l6)
	srl	%l6, 10, %l7
	and	%l7, 3, %l7
	EQ(%l7, \fcc)
	.endm

	/* x op y in singles under rounding mode rd: result and cexc. */
	.macro	OP op, rd, x, y, want, cexc
	LOADS	\x, %f0
	LOADS	\y, %f1
	FSR(\rd << 30)
	\op	%f0, %f1, %f2
	IS_S	%f2, \want
	GET_FSR(%l7)
	and	%l7, 0x1f, %l7
	EQ(%l7, \cexc)
	.endm

BEGIN
	set	data, MEM
	FSR(0)

	/* 32 registers, doubles are even-odd pairs with the high word first. */
	.irp	n, 0, 1, 2, 3, 7, 8, 15, 16, 30, 31
	LOADS	(0x40000000 | \n), %f\n
	.endr
	.irp	n, 0, 1, 2, 3, 7, 8, 15, 16, 30, 31
	IS_S	%f\n, (0x40000000 | \n)
	.endr
	IS_D	%f0, 0x40000000, 0x40000001
	IS_D	%f30, 0x4000001e, 0x4000001f
	LOADD	0x3ff00000, 0x12345678, %f10
	IS_S	%f10, 0x3ff00000
	IS_S	%f11, 0x12345678
	/* Moves of singles touch nothing else, also for a NaN that signals. */
	LOADS	0x7f800001, %f0
	FSR(0)
	fmovs	%f0, %f3
	IS_S	%f3, 0x7f800001
	fnegs	%f0, %f3
	IS_S	%f3, 0xff800001
	fabss	%f3, %f2
	IS_S	%f2, 0x7f800001
	GET_FSR(%l7)
	and	%l7, 0x3ff, %l7
	EQ(%l7, 0)

	/* FSR: RD, TEM, NS, fcc, aexc, cexc are written; ver, ftt, qne are not. */
	FSR(0)
	GET_FSR(%l1)
	set	0x000e0000, %l2
	andncc	%l1, %l2, %l3
	EQ(%l3, 0)
	FSR(0xc0000fff)
	GET_FSR(%l3)
	xor	%l3, %l1, %l3
	EQ(%l3, 0xc0000fff)
	FSR(0x0f800000)
	GET_FSR(%l3)
	xor	%l3, %l1, %l3
	EQ(%l3, 0x0f800000)
	FSR(0x300ff000 & ~0xc0000fff)
	GET_FSR(%l3)
	SAME(%l3, %l1)

	/* 0 equal, 1 less, 2 greater, 3 unordered; a signalling NaN is invalid (NV: 10, 200). */
	COMPARE	0x3f800000, 0x3f800000, 0, 0
	COMPARE	0x00000000, 0x80000000, 0, 0
	COMPARE	0x3f800000, 0x40000000, 1, 0
	COMPARE	0xff800000, 0x7f800000, 1, 0
	COMPARE	0x00000001, 0x80000001, 2, 0
	COMPARE	0x7fc00000, 0x3f800000, 3, 0
	COMPARE	0x7f800001, 0x3f800000, 3, 0x210
	/* FCMPE minds quiet ones too. */
	LOADS	0x7fc00000, %f0
	FSR(0)
	fcmpes	%f0, %f1
	GET_FSR(%l7)
	and	%l7, 0x3ff, %l7
	EQ(%l7, 0x210)

	/* 1 + 2^-24: halfway, in the four modes (nearest even, zero, +inf, -inf). */
	OP	fadds, 0, 0x3f800000, 0x33800000, 0x3f800000, 1
	OP	fadds, 1, 0x3f800000, 0x33800000, 0x3f800000, 1
	OP	fadds, 2, 0x3f800000, 0x33800000, 0x3f800001, 1
	OP	fadds, 3, 0x3f800000, 0x33800000, 0x3f800000, 1
	OP	fadds, 0, 0x3f800001, 0x33800000, 0x3f800002, 1
	OP	fsubs, 0, 0xbf800000, 0x33800000, 0xbf800000, 1
	OP	fsubs, 3, 0xbf800000, 0x33800000, 0xbf800001, 1
	OP	fsubs, 2, 0xbf800000, 0x33800000, 0xbf800000, 1
	/* x - x is +0, but -0 towards minus infinity. */
	OP	fsubs, 0, 0x40490fdb, 0x40490fdb, 0x00000000, 0
	OP	fsubs, 3, 0x40490fdb, 0x40490fdb, 0x80000000, 0
	/* Overflow (OF 8 with NX 1): infinity or the greatest number, by mode. */
	OP	fmuls, 0, 0x7f7fffff, 0x40000000, 0x7f800000, 9
	OP	fmuls, 1, 0x7f7fffff, 0x40000000, 0x7f7fffff, 9
	OP	fmuls, 2, 0xff7fffff, 0x40000000, 0xff7fffff, 9
	OP	fmuls, 3, 0xff7fffff, 0x40000000, 0xff800000, 9
	/* Underflow (UF 4): tiny and inexact; exact and tiny is no exception. */
	OP	fmuls, 0, 0x00800001, 0x3f000000, 0x00400000, 5
	OP	fmuls, 0, 0x00800000, 0x3f000000, 0x00400000, 0
	/* Division by zero (DZ 2), invalid (NV 10). */
	OP	fdivs, 0, 0xbf800000, 0x00000000, 0xff800000, 2
	OP	fdivs, 0, 0x00000000, 0x80000000, 0x7fffffff, 0x10
	OP	fdivs, 0, 0x3f800000, 0x40400000, 0x3eaaaaab, 1
	OP	fdivs, 1, 0x3f800000, 0x40400000, 0x3eaaaaaa, 1
	OP	fsubs, 0, 0x7f800000, 0x7f800000, 0x7fffffff, 0x10
	OP	fmuls, 0, 0x7f800000, 0x00000000, 0x7fffffff, 0x10
	/* A NaN goes through quiet; the signalling one wins over the quiet. */
	OP	fadds, 0, 0x7fc12345, 0x3f800000, 0x7fc12345, 0
	OP	fadds, 0, 0x3f800000, 0xffc12345, 0xffc12345, 0
	OP	fadds, 0, 0x7f812345, 0x3f800000, 0x7fc12345, 0x10

	/* Conversions: towards zero whatever the mode; what does not fit is invalid. */
	.macro	TOI bits, want, cexc
	LOADS	\bits, %f0
	FSR(2 << 30)
	fstoi	%f0, %f1
	GET_FSR(%l6)
	IS_S	%f1, \want
	and	%l6, 0x1f, %l7
	EQ(%l7, \cexc)
	.endm
	TOI	0x3fe66666, 1, 1
	TOI	0xbfe66666, 0xffffffff, 1
	TOI	0xc0400000, 0xfffffffd, 0
	TOI	0x4f000000, 0x7fffffff, 0x10
	TOI	0xcf000000, 0x80000000, 0
	TOI	0xcf000001, 0x80000000, 0x10
	TOI	0x7f800000, 0x7fffffff, 0x10
	LOADS	0x7fffffff, %f0
	FSR(0)
	fitod	%f0, %f2
	IS_D	%f2, 0x41dfffff, 0xffc00000
	fitos	%f0, %f4
	IS_S	%f4, 0x4f000000
	FSR(1 << 30)
	fitos	%f0, %f4
	IS_S	%f4, 0x4effffff
	FSR(0)
	LOADS	0x80000000, %f0
	fitod	%f0, %f2
	IS_D	%f2, 0xc1e00000, 0
	fdtoi	%f2, %f0
	IS_S	%f0, 0x80000000
	LOADS	0x40490fdb, %f0
	fstod	%f0, %f2
	IS_D	%f2, 0x400921fb, 0x60000000
	LOADD	0x400921fb, 0x54442d18, %f2
	fdtos	%f2, %f0
	IS_S	%f0, 0x40490fdb

	/* Doubles. */
	LOADD	0x3ff00000, 0, %f0
	LOADD	0x40080000, 0, %f2
	fdivd	%f0, %f2, %f4
	IS_D	%f4, 0x3fd55555, 0x55555555
	fmuld	%f4, %f2, %f6
	IS_D	%f6, 0x3ff00000, 0
	fsubd	%f0, %f4, %f6
	IS_D	%f6, 0x3fe55555, 0x55555556
	faddd	%f2, %f4, %f6
	IS_D	%f6, 0x400aaaaa, 0xaaaaaaab
	LOADD	0x40000000, 0, %f0
	fsqrtd	%f0, %f2
	IS_D	%f2, 0x3ff6a09e, 0x667f3bcd
	LOADS	0x40000000, %f0
	fsqrts	%f0, %f2
	IS_S	%f2, 0x3fb504f3
	LOADS	0xbf800000, %f0
	FSR(0)
	fsqrts	%f0, %f2
	IS_S	%f2, 0x7fffffff
	GET_FSR(%l7)
	and	%l7, 0x1f, %l7
	EQ(%l7, 0x10)
	LOADS	0x80000000, %f0
	fsqrts	%f0, %f2
	IS_S	%f2, 0x80000000

	/* aexc gathers, cexc is the last operation's. */
	LOADS	0x3f800000, %f0
	LOADS	0x00000000, %f1
	LOADS	0x40400000, %f3
	FSR(0)
	fdivs	%f0, %f1, %f2
	fdivs	%f0, %f3, %f2
	fadds	%f0, %f0, %f2
	GET_FSR(%l7)
	and	%l7, 0x3ff, %l7
	EQ(%l7, 0x60)

	/*
	 * An exception that is enabled traps: IEEE_754_exception, nothing is written, the
	 * accrued bits stay. The trap comes at the operation or at a later FP instruction.
	 */
	VECTOR(TT_FP_EXCEPTION, on_fp)
	LOADS	0x12345678, %f2
	FSR(0x02 << 23)			/* DZM */
	mov	0, %g4
	fdivs	%f0, %f1, %f2
	fmovs	%f2, %f4
	EQ(%g4, TT_FP_EXCEPTION)
	srl	%g3, 14, %l7
	and	%l7, 7, %l7
	EQ(%l7, 1)
	and	%g3, 0x3ff, %l7
	EQ(%l7, 2)
	FSR(0)
	IS_S	%f2, 0x12345678
	/* Not enabled: no trap. */
	FSR(0x1d << 23)
	mov	0, %g4
	fdivs	%f0, %f1, %f2
	fmovs	%f2, %f4
	EQ(%g4, 0)
	FSR(0)
	IS_S	%f4, 0x7f800000
END("fp")

	.section ".text", "ax"
	/* FSR is kept in %g3; the trapped instruction is given up. */
on_fp:
	mov	%l3, %g4
	set	data, %l4
	st	%fsr, [%l4 + 40]
	ld	[%l4 + 40], %g3
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	.section ".bss", "aw"
	.align	8
data:	.skip	64
