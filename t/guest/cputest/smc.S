/* SPDX-License-Identifier: MIT */
/*
 * Code that is written while it runs. After FLUSH and five instructions the new
 * instruction is what runs (V8 manual, FLUSH): in a loop, in a slot, as a branch, at
 * both sides of a page's end, written by words, octets and pairs.
 */
#include "check.h"

#define FLUSHED(reg) flush reg; nop; nop; nop; nop; nop

BEGIN
	/* A loop that rewrites its own next instruction each time round. */
	set	patch1, %l1
	mov	0, %l3
	set	0xa4102000, %l2			/* mov 0, %l2 */
	mov	%l2, %l4
1:	st	%l4, [%l1]
	FLUSHED(%l1)
patch1:	mov	99, %l2
	SAME(%l2, %l3)
	inc	%l3
	inc	%l4
	cmp	%l3, 200
	bne	1b
	nop

	/* Hot first, changed afterwards. */
	set	patch2, %l1
	mov	0, %l0
	set	1000, %l3
2:	deccc	%l3
patch2:	inc	1, %l0
	bne	2b
	nop
	cmp	%l0, 1000
	bne	3f
	nop
	set	0xa0042003, %l2			/* add %l0, 3, %l0 */
	st	%l2, [%l1]
	FLUSHED(%l1)
	set	1000, %l3
	ba	2b
	nop
3:	EQ(%l0, 4000)

	/* The slot of a branch, then the branch itself. */
	set	patch3, %l1
	mov	0, %l0
	mov	0, %l3
4:
patch3:	ba	5f
	inc	1, %l0
	inc	16, %l0
5:	inccc	%l3
	cmp	%l3, 2
	be	6f
	set	0x01000000, %l2			/* nop for the branch */
	bg	7f
	set	0xa0042008, %l2			/* add %l0, 8, %l0 for the slot */
	st	%l2, [%l1 + 4]
	flush	%l1 + 4
	nop
	nop
	nop
	ba	4b
	nop
6:	st	%l2, [%l1]
	FLUSHED(%l1)
	ba	4b
	nop
7:	EQ(%l0, 1 + 8 + 8 + 16)

	/* The displacement of a call, by one octet. */
	mov	0, %l0
	set	patch4, %l1
patch4:	call	first
	nop
	cmp	%l0, 1
	bne	8f
	nop
	ldub	[%l1 + 3], %l2
	inc	(second - first) / 4, %l2
	stb	%l2, [%l1 + 3]
	FLUSHED(%l1)
	ba	patch4
	nop
8:	EQ(%l0, 2)

	/* Two instructions by one STD, also at the two sides of a page's end. */
	set	area + 8192, %l1
	andn	%l1, 0xfff, %l1
	dec	8, %l1
	mov	0, %l3
page:	set	0x90102000, %o2			/* mov n, %o0 */
	set	0x81c3e008, %o3			/* retl */
	or	%o2, %l3, %o2
	std	%o2, [%l1]
	set	0x90022001, %o4			/* inc %o0, the slot, on the next page */
	st	%o4, [%l1 + 8]
	flush	%l1
	flush	%l1 + 4
	flush	%l1 + 8
	nop
	nop
	nop
	nop
	nop
	call	%l1
	nop
	inc	%l3
	SAME(%o0, %l3)
	cmp	%l3, 50
	bne	page
	nop
	/* Only the slot, beyond the page's end, changes. */
	set	0x90022010, %o4
	st	%o4, [%l1 + 8]
	FLUSHED(%l1 + 8)
	call	%l1
	nop
	EQ(%o0, 49 + 16)

	/* A function copied elsewhere by octets, run, and copied over by another. */
	set	area, %l1
	set	first, %l2
	call	copy
	nop
	mov	0, %l0
	call	%l1
	nop
	EQ(%l0, 1)
	set	second, %l2
	call	copy
	nop
	call	%l1
	nop
	EQ(%l0, 2)
	/* What stood in a page before code ran there and after is data all the same. */
	set	0x12345678, %l2
	st	%l2, [%l1 + 64]
	ld	[%l1 + 64], %l3
	SAME(%l2, %l3)
	ldstub	[%l1 + 67], %l3
	EQ(%l3, 0x78)
	swap	[%l1 + 64], %l3
	EQ(%l3, 0x123456ff)
	mov	0, %l0
	call	%l1
	nop
	EQ(%l0, 2)

	/* An instruction that becomes illegal, and legal again. */
	VECTOR(TT_ILLEGAL, skip)
	set	patch5, %l1
	ld	[%l1], %l2
	mov	0, %g4
	st	%g0, [%l1]
	FLUSHED(%l1)
patch5:	mov	7, %l0
	EQ(%g4, TT_ILLEGAL)
	EQ(%l0, 2)
	st	%l2, [%l1]
	flush	%l1
	nop
	nop
	mov	0, %g4
	ba	1f
	nop
1:	set	patch5, %l3
	set	1f, %l4
	jmp	%l3
	jmp	%l4
	nop
1:	EQ(%g4, 0)
	EQ(%l0, 7)
END("smc")

	.section ".text", "ax"
	.align	256			/* the two are within one octet of displacement */
first:	retl
	mov	1, %l0
second:	retl
	mov	2, %l0

	/* Two instructions from %l2 to %l1. */
copy:	mov	7, %o1
1:	ldub	[%l2 + %o1], %o2
	stb	%o2, [%l1 + %o1]
	deccc	%o1
	bpos	1b
	nop
	flush	%l1
	flush	%l1 + 4
	nop
	nop
	nop
	retl
	nop

skip:
	mov	%l3, %g4
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	.section ".bss", "aw"
	.align	8
area:	.skip	16384
