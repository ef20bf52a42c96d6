/* SPDX-License-Identifier: MIT */
/*
 * Delayed control transfers: couples in each other's slots (V8 manual, table of
 * section 5: which addresses run), what a slot sees of the transfer, annulled
 * instructions that would trap. %l0 gathers a bit for each place passed.
 */
#include "check.h"

#define PASS(n) or %l0, 1 << (n), %l0

BEGIN
	/* Two unconditional transfers: one instruction at the first target, then the second. */
	mov	0, %l0
	ba	1f
	ba	2f
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	PASS(3)
2:	PASS(4)
3:	EQ(%l0, 1 << 1 | 1 << 4)

	/* The second conditional and not taken, no annul: on at the first target. */
	mov	0, %l0
	cmp	%g0, %g0
	ba	1f
	bne	2f
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	nop
2:	PASS(3)
3:	EQ(%l0, 1 << 1 | 1 << 2)

	/* Not taken with annul: what it annuls is the first target's instruction. */
	mov	0, %l0
	cmp	%g0, %g0
	ba	1f
	bne,a	2f
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	nop
2:	PASS(3)
3:	EQ(%l0, 1 << 2)

	/* ba,a in the slot annuls it too, and goes. */
	mov	0, %l0
	ba	1f
	ba,a	2f
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	nop
2:	PASS(3)
3:	EQ(%l0, 1 << 3)

	/* ba,a first: its slot, a transfer, never runs. */
	mov	0, %l0
	ba,a	1f
	ba	2f
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	nop
2:	PASS(3)
3:	EQ(%l0, 1 << 1 | 1 << 2)

	/* bn,a annuls the one instruction, a transfer too. */
	mov	0, %l0
	bn,a	2f
	ba	2f
	PASS(0)
	ba	3f
	PASS(1)
2:	PASS(3)
3:	EQ(%l0, 1 << 0 | 1 << 1)

	/* JMPL in the slot of JMPL, the standard way out of a trap without RETT. */
	mov	0, %l0
	set	1f, %l1
	set	2f, %l2
	jmp	%l1
	jmp	%l2
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	nop
2:	PASS(3)
	ba	3f
	PASS(4)
	PASS(5)
3:	EQ(%l0, 1 << 1 | 1 << 3 | 1 << 4)

	/* Three in a row: each target runs one instruction, the last goes on. */
	mov	0, %l0
	ba	1f
	ba	2f
	PASS(0)
1:	ba	4f
	PASS(1)
2:	PASS(2)
	ba	3f
	nop
4:	PASS(4)
3:	EQ(%l0, 1 << 2 | 1 << 4)

	/* CALL in a slot: %o7 is the address of the CALL, the return runs on after its slot's target. */
	mov	0, %l0
	ba	1f
5:	call	2f
	PASS(0)
1:	PASS(1)
	PASS(2)
	ba	3f
	nop
2:	mov	%o7, %l4
	PASS(3)
3:	EQ(%l0, 1 << 1 | 1 << 3)
	EQ(%l4, 5b)

	/* CALL and JMPL leave their own address, before the slot runs. */
4:	call	1f
	mov	%o7, %l1
1:	EQ(%l1, 4b)
	EQ(%o7, 4b)
	set	1f, %l2
4:	jmpl	%l2, %l2
	mov	%l2, %l1
	mov	0, %l1
1:	EQ(%l1, 4b)

	/* The target is taken before the slot changes its register; the condition too. */
	set	1f, %l2
	jmp	%l2
	mov	0, %l2
	mov	99, %l2
1:	EQ(%l2, 0)
	mov	0, %l0
	cmp	%g0, 1
	bne	1f
	cmp	%g0, %g0
	PASS(0)
1:	be	2f
	PASS(1)
	PASS(2)
2:	EQ(%l0, 1 << 1)

	/* SAVE and RESTORE in a slot. */
	mov	7, %o0
	call	1f
	save	%sp, -FRAME, %sp
1:	mov	%i0, %l3
	ba	2f
	restore	%l3, 1, %o1
	nop
2:	EQ(%o1, 8)

	/* An annulled instruction has no effect and no trap. */
	cmp	%g0, %g0
	mov	1, %l1
	bne,a	1f
	unimp	0
1:	bne,a	1f
	ld	[%g0 + 1], %l1
1:	bne,a	1f
	udiv	%g0, %g0, %l1
1:	bne,a	1f
	ta	0x55
1:	bne,a	1f
	mov	2, %l1
1:	ba,a	1f
	unimp	0
1:	ba,a	1f
	st	%g0, [%g0 + 2]
1:	bn,a	1f
	unimp	0
1:	fba,a	1f
	unimp	0
1:	fbn,a	1f
	unimp	0
1:	EQ(%l1, 1)

	/* A loop whose slot runs only while it goes round. */
	mov	10, %l1
	mov	0, %l2
1:	deccc	%l1
	bne,a	1b
	inc	%l2
	EQ(%l2, 9)
	mov	10, %l1
	mov	0, %l2
1:	deccc	%l1
	bne	1b
	inc	%l2
	EQ(%l2, 10)

	/* A branch to itself, left by its slot, which runs once more when it is not taken. */
	mov	5, %l1
	cmp	%g0, 1
1:	bne	1b
	deccc	%l1
	EQ(%l1, -1)
END("slots")
