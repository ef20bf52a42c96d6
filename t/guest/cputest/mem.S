/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores: octet order, sign extension, pairs, %g0, address forms,
 * LDSTUB and SWAP at every place, alternate spaces, odd pairs.
 */
#include "check.h"

#define MEM %i0

	.macro	PATTERN
	set	0x8091a2b3, %o0
	set	0xc4d5e6f7, %o1
	std	%o0, [MEM]
	.endm

	.macro	WORDS first, second
	ld	[MEM], %l6
	ld	[MEM + 4], %l7
	EQ(%l6, \first)
	EQ(%l7, \second)
	.endm

BEGIN
	set	buffer, MEM
	mov	-1, %g4
	PATTERN
	WORDS	0x8091a2b3, 0xc4d5e6f7

	ldub	[MEM], %l0
	EQ(%l0, 0x80)
	ldub	[MEM + 3], %l0
	EQ(%l0, 0xb3)
	ldsb	[MEM], %l0
	EQ(%l0, 0xffffff80)
	ldsb	[MEM + 7], %l0
	EQ(%l0, 0xfffffff7)
	lduh	[MEM + 2], %l0
	EQ(%l0, 0xa2b3)
	ldsh	[MEM], %l0
	EQ(%l0, 0xffff8091)
	ldsh	[MEM + 6], %l0
	EQ(%l0, 0xffffe6f7)
	mov	0x12, %l1
	stb	%l1, [MEM + 8]
	ldsb	[MEM + 8], %l0
	EQ(%l0, 0x12)
	set	0x7fff, %l1
	sth	%l1, [MEM + 8]
	ldsh	[MEM + 8], %l0
	EQ(%l0, 0x7fff)

	/* A store writes its own octets alone, the low part of the register. */
	set	0x11223344, %l1
	stb	%l1, [MEM + 1]
	WORDS	0x8044a2b3, 0xc4d5e6f7
	sth	%l1, [MEM + 2]
	WORDS	0x80443344, 0xc4d5e6f7
	sth	%l1, [MEM + 4]
	WORDS	0x80443344, 0x3344e6f7
	stb	%l1, [MEM + 7]
	WORDS	0x80443344, 0x3344e644
	st	%l1, [MEM + 4]
	WORDS	0x80443344, 0x11223344

	/* Address forms: two registers, a negative offset, the widest offsets. */
	PATTERN
	mov	4, %l1
	ld	[MEM + %l1], %l0
	EQ(%l0, 0xc4d5e6f7)
	add	MEM, 4, %l2
	ld	[%l2 - 4], %l0
	EQ(%l0, 0x8091a2b3)
	add	MEM, 4095, %l2
	ldub	[%l2 - 4095], %l0
	EQ(%l0, 0x80)
	set	4096, %l2
	add	MEM, %l2, %l2
	ldub	[%l2 - 4096], %l0
	EQ(%l0, 0x80)
	/* The sum wraps at 32 bits. */
	set	0xf0000000, %l1
	sub	MEM, %l1, %l2
	ld	[%l1 + %l2], %l0
	EQ(%l0, 0x8091a2b3)

	/* The loaded register may be the address. */
	mov	MEM, %l1
	ld	[%l1], %l1
	EQ(%l1, 0x8091a2b3)
	mov	MEM, %l2
	ldd	[%l2], %l2
	EQ(%l2, 0x8091a2b3)
	EQ(%l3, 0xc4d5e6f7)
	add	MEM, 0, %l3
	ldd	[%l3], %l2
	EQ(%l2, 0x8091a2b3)
	EQ(%l3, 0xc4d5e6f7)

	/* %g0: LDD loads %g1 alone, STD stores a zero first; a load to %g0 still traps. */
	mov	0, %g1
	ldd	[MEM], %g0
	EQ(%g1, 0xc4d5e6f7)
	EQ(%g0, 0)
	set	0x5a5a5a5a, %g1
	std	%g0, [MEM]
	WORDS	0, 0x5a5a5a5a
	PATTERN
	ld	[MEM], %g0
	ldstub	[MEM], %g0
	WORDS	0xff91a2b3, 0xc4d5e6f7
	swap	[MEM], %g0
	WORDS	0, 0xc4d5e6f7

	/* LDSTUB in each octet, SWAP in each word. */
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	PATTERN
	ldub	[MEM + \n], %l1
	ldstub	[MEM + \n], %l0
	SAME(%l0, %l1)
	ldub	[MEM + \n], %l0
	EQ(%l0, 0xff)
	ldub	[MEM + (\n ^ 1)], %l1
	mov	\n ^ 1, %l2
	srl	%l2, 2, %l3
	sll	%l3, 2, %l3
	add	MEM, %l3, %l3
	and	%l2, 3, %l2
	xor	%l2, 3, %l2
	sll	%l2, 3, %l2
	ld	[%l3], %l3
	srl	%l3, %l2, %l3
	and	%l3, 0xff, %l3
	SAME(%l1, %l3)
	.endr
	PATTERN
	ldstub	[MEM + 5], %l0
	WORDS	0x8091a2b3, 0xc4ffe6f7
	set	0x01020304, %l0
	swap	[MEM + 4], %l0
	EQ(%l0, 0xc4ffe6f7)
	WORDS	0x8091a2b3, 0x01020304
	mov	MEM, %l0
	swap	[%l0], %l0
	EQ(%l0, 0x8091a2b3)
	ld	[MEM], %l1
	SAME(%l1, MEM)

	/* Alternate spaces: supervisor data (0b) is what plain loads see with S = 1. */
	PATTERN
	lda	[MEM] 0x0b, %l0
	EQ(%l0, 0x8091a2b3)
	lduba	[MEM + %g0] 0x0b, %l0
	EQ(%l0, 0x80)
	ldsba	[MEM] 0x0b, %l0
	EQ(%l0, 0xffffff80)
	lduha	[MEM] 0x0b, %l0
	EQ(%l0, 0x8091)
	ldsha	[MEM] 0x0b, %l0
	EQ(%l0, 0xffff8091)
	ldda	[MEM] 0x0b, %l0
	EQ(%l0, 0x8091a2b3)
	EQ(%l1, 0xc4d5e6f7)
	set	0x01234567, %l0
	sta	%l0, [MEM] 0x0b
	stba	%l0, [MEM] 0x0b
	mov	6, %l1
	stha	%l0, [MEM + %l1] 0x0b
	WORDS	0x67234567, 0xc4d54567
	set	0x89abcdef, %l1
	stda	%l0, [MEM] 0x0b
	WORDS	0x01234567, 0x89abcdef
	ldstuba	[MEM] 0x0b, %l0
	EQ(%l0, 1)
	swapa	[MEM] 0x0b, %l1
	EQ(%l1, 0xff234567)
	WORDS	0x89abcdef, 0x89abcdef
	/* The MMU is off: physical space (20) is the same memory. */
	PATTERN
	lda	[MEM] 0x20, %l0
	EQ(%l0, 0x8091a2b3)
	sta	%g0, [MEM] 0x20
	ld	[MEM], %l0
	EQ(%l0, 0)

	/* An odd register in a pair is illegal; so is an ASI with an immediate. */
	VECTOR(TT_ILLEGAL, skip)
	PATTERN
	.macro	BAD insn
	mov	-1, %g4
1:	.word	\insn
	EQ(%g4, TT_ILLEGAL)
	EQ(%g2, 1b)
	.endm
	BAD	0xe21e0000		/* ldd [%i0], %l1 */
	BAD	0xe23e0000		/* std %l1, [%i0] */
	BAD	0xe29e0160		/* ldda [%i0] 0x0b, %l1 */
	BAD	0xe2be0160		/* stda %l1, [%i0] 0x0b */
	WORDS	0x8091a2b3, 0xc4d5e6f7

	/* Across a page's end, a word at a time. */
	set	buffer + 8192, %l0
	andn	%l0, 0xfff, %l0
	set	0x31415926, %l1
	st	%l1, [%l0 - 4]
	st	%l1, [%l0]
	ldub	[%l0 - 1], %l2
	ldub	[%l0], %l3
	EQ(%l2, 0x26)
	EQ(%l3, 0x31)
END("mem")

	.section ".text", "ax"
skip:
	mov	%l1, %g2
	mov	%l3, %g4
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	.section ".bss", "aw"
	.align	8
buffer:	.skip	12288
