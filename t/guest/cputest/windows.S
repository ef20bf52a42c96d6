/* SPDX-License-Identifier: MIT */
/*
 * Register windows: which registers two neighbours share, SAVE and RESTORE as sums
 * across them, the traps for every window and every WIM bit, CWP by WRPSR. All windows
 * are used up, so the caller's are put on the stack first and fetched back at the end.
 */
#include "check.h"

/* A check that may run in any window, with any %sp. */
#define W_SAME(reg, want)                                                                        \
	inc	%g7;                                                                             \
	mov	reg, %g6;                                                                        \
	mov	want, %g5;                                                                       \
	cmp	%g6, %g5;                                                                        \
	bne	bad;                                                                             \
	mov	__LINE__, %g3

#define W_EQ(reg, number)                                                                        \
	set	number, %g5;                                                                     \
	W_SAME(reg, %g5)

	.macro	NUMBER base
	add	%g1, \base + 0, %l0
	add	%g1, \base + 1, %l1
	add	%g1, \base + 2, %l2
	add	%g1, \base + 3, %l3
	add	%g1, \base + 4, %l4
	add	%g1, \base + 5, %l5
	add	%g1, \base + 6, %l6
	add	%g1, \base + 7, %l7
	add	%g1, \base + 8, %i0
	add	%g1, \base + 9, %i1
	add	%g1, \base + 10, %i2
	add	%g1, \base + 11, %i3
	add	%g1, \base + 12, %i4
	add	%g1, \base + 13, %i5
	add	%g1, \base + 14, %i6
	add	%g1, \base + 15, %i7
	.endm

	/* A register against %g4 + n. */
	.macro	IS reg, n
	add	%g4, \n, %g2
	W_SAME(\reg, %g2)
	.endm

	/* This window's locals and ins against %g1, its outs against %g4, their owner's number. */
	.macro	NUMBERED
	mov	%g4, %g3
	mov	%g1, %g4
	st	%g3, [%g0 + 0x800]
	IS	%l0, 0
	IS	%l1, 1
	IS	%l2, 2
	IS	%l3, 3
	IS	%l4, 4
	IS	%l5, 5
	IS	%l6, 6
	IS	%l7, 7
	IS	%i0, 8
	IS	%i1, 9
	IS	%i2, 10
	IS	%i3, 11
	IS	%i4, 12
	IS	%i5, 13
	IS	%i6, 14
	IS	%i7, 15
	ld	[%g0 + 0x800], %g4
	IS	%o0, 8
	IS	%o1, 9
	IS	%o2, 10
	IS	%o3, 11
	IS	%o4, 12
	IS	%o5, 13
	IS	%o6, 14
	IS	%o7, 15
	.endm

	/* CWP into a register. */
	.macro	CWP reg
	rd	%psr, \reg
	and	\reg, PSR_CWP, \reg
	.endm

BEGIN
	VECTOR(TT_WIN_OVERFLOW, skip)
	VECTOR(TT_WIN_UNDERFLOW, skip)
	VECTOR(TT_SOFT(0x42), skip)
	/* The window traps were the runtime's: nothing may need them until the end. */
	std	%l0, [%sp]
	std	%l2, [%sp + 8]
	std	%l4, [%sp + 16]
	std	%l6, [%sp + 24]
	std	%i0, [%sp + 32]
	std	%i2, [%sp + 40]
	std	%i4, [%sp + 48]
	std	%i6, [%sp + 56]
	set	saved, %g1
	st	%sp, [%g1]
	rd	%psr, %g2
	st	%g2, [%g1 + 4]
	rd	%wim, %g2
	st	%g2, [%g1 + 8]
	set	windows_less_1, %g2
	ld	[%g2], %g2
	sll	%g2, 8, %g2
	set	last_number, %g3
	st	%g2, [%g3]
	wr	%g0, %wim
	NOP3

	/* Down through all of them, numbering; back at the first. */
	set	windows_less_1, %g2
	ld	[%g2], %g2
	sll	%g2, 8, %g1
	CWP	%g4
1:	NUMBER	0
	save
	subcc	%g1, 0x100, %g1
	bpos	1b
	nop
	CWP	%g2
	W_SAME(%g2, %g4)

	/* Down again: each has its own, and its outs are the ins of the next. */
	set	windows_less_1, %g2
	ld	[%g2], %g2
	sll	%g2, 8, %g1
2:	subcc	%g1, 0x100, %g4
	bneg,a	3f
	sethi	%hi(last_number), %g4
3:	bneg,a	4f
	ld	[%g4 + %lo(last_number)], %g4
4:	NUMBERED
	save
	subcc	%g1, 0x100, %g1
	bpos	2b
	nop

	/* And up: RESTORE leads to the window that SAVE came from. */
	mov	0, %g1
	restore
5:	subcc	%g1, 0x100, %g4
	bneg,a	6f
	sethi	%hi(last_number), %g4
6:	bneg,a	7f
	ld	[%g4 + %lo(last_number)], %g4
7:	NUMBERED
	restore
	set	windows_less_1, %g2
	ld	[%g2], %g2
	sll	%g2, 8, %g2
	add	%g1, 0x100, %g1
	cmp	%g1, %g2
	bleu	5b
	nop
	save

	/* Operands from the old window, the sum into the new one. */
	mov	5, %o0
	mov	7, %l0
	mov	100, %i3
	save	%o0, %l0, %l0
	W_EQ(%l0, 12)
	mov	1000, %l0
	mov	1, %i3
	restore	%l0, %i3, %i3
	W_EQ(%i3, 1001)
	W_EQ(%l0, 7)
	W_EQ(%o3, 1)
	save	%l0, -8, %g1
	restore
	W_EQ(%g1, -1)
	mov	33, %o1
	save	%o1, 1, %i1
	W_EQ(%i1, 34)
	restore	%i1, 1, %o1
	W_EQ(%o1, 35)
	/* The codes are left alone. */
	subcc	%g0, 1, %g0
	save	%g0, %g0, %g0
	bcs	1f
	rd	%psr, %g2
	mov	0, %g2
1:	restore	%g0, %g0, %g0
	srl	%g2, 20, %g2
	and	%g2, 15, %g2
	W_EQ(%g2, 9)

	/*
	 * Every CWP against every single WIM bit: SAVE and RESTORE trap exactly when
	 * they would enter that window, and are then not done.
	 */
	mov	0, %g1				/* the CWP << 8 | the invalid window */
next:	set	0x100, %g2
	srl	%g1, 8, %g3
	rd	%psr, %g4
	andn	%g4, PSR_CWP, %g4
	wr	%g4, %g3, %psr
	NOP3
	mov	1, %g2
	sll	%g2, %g1, %g2
	wr	%g2, %wim
	NOP3
	mov	-1, %g4
	set	1f, %l7
1:	save	%g1, %g0, %l6
	/* %g3 = expected new window */
	srl	%g1, 8, %g3
	deccc	%g3
	set	windows_less_1, %g5
	bneg,a	2f
	ld	[%g5], %g3
2:	and	%g1, 0xff, %g5
	cmp	%g3, %g5
	bne	3f
	nop
	W_EQ(%g4, TT_WIN_OVERFLOW)
	set	1b, %g4
	W_SAME(%g2, %g4)
	srl	%g1, 8, %g3
	ba	4f
	nop
3:	W_EQ(%g4, -1)
	W_SAME(%l6, %g1)
	srl	%g1, 8, %g3
	deccc	%g3
	set	windows_less_1, %g5
	bneg,a	4f
	ld	[%g5], %g3
4:	CWP	%g2
	W_SAME(%g2, %g3)
	/* The same upwards. */
	srl	%g1, 8, %g3
	rd	%psr, %g4
	andn	%g4, PSR_CWP, %g4
	wr	%g4, %g3, %psr
	NOP3
	mov	-1, %g4
1:	restore	%g1, %g0, %l6
	srl	%g1, 8, %g3
	set	windows_less_1, %g5
	ld	[%g5], %g5
	cmp	%g3, %g5
	be	2f
	inc	%g3
	ba,a	3f
2:	mov	0, %g3
3:	and	%g1, 0xff, %g5
	cmp	%g3, %g5
	bne	4f
	nop
	W_EQ(%g4, TT_WIN_UNDERFLOW)
	set	1b, %g4
	W_SAME(%g2, %g4)
	srl	%g1, 8, %g3
	ba	5f
	nop
4:	W_EQ(%g4, -1)
	W_SAME(%l6, %g1)
	srl	%g1, 8, %g3
	set	windows_less_1, %g5
	ld	[%g5], %g5
	cmp	%g3, %g5
	be,a	5f
	mov	-1, %g3
5:	tst	%g4
	bpos	6f			/* it trapped: %g4 holds an address */
	nop
	inc	%g3
6:	CWP	%g2
	W_SAME(%g2, %g3)
	/* The next pair. */
	set	windows_less_1, %g5
	ld	[%g5], %g5
	and	%g1, 0xff, %g2
	cmp	%g2, %g5
	bne,a	next
	inc	%g1
	andn	%g1, 0xff, %g1
	srl	%g1, 8, %g2
	cmp	%g2, %g5
	bne,a	next
	add	%g1, 0x100, %g1

	/* Trap entry looks at no WIM bit. */
	wr	%g0, -1, %wim
	NOP3
	rd	%wim, %g1
	set	windows_less_1, %g5
	ld	[%g5], %g5
	inc	%g5
	mov	1, %g2
	sll	%g2, %g5, %g2
	dec	%g2
	W_SAME(%g1, %g2)		/* bits only where windows are */
	wr	%g0, %wim
	NOP3
	rd	%psr, %g1
	andn	%g1, PSR_CWP, %g1
	wr	%g1, 3, %psr
	NOP3
	wr	%g0, 1 << 2, %wim
	NOP3
	mov	-1, %g4
	ta	0x42
	W_EQ(%g4, TT_SOFT(0x42))
	CWP	%g2
	W_EQ(%g2, 3)

	call	recover
	nop
END("windows")

	.section ".text", "ax"
skip:
	mov	%l1, %g2
	mov	%l3, %g4
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	/* The windows as they were; %o7 is where to go on, in whatever window that was. */
recover:
	mov	%o7, %g4
	set	saved, %g1
	ld	[%g1 + 4], %g2
	wr	%g2, %psr
	NOP3
	ld	[%g1 + 8], %g2
	wr	%g2, %wim
	NOP3
	ld	[%g1], %sp
	ldd	[%sp], %l0
	ldd	[%sp + 8], %l2
	ldd	[%sp + 16], %l4
	ldd	[%sp + 24], %l6
	ldd	[%sp + 32], %i0
	ldd	[%sp + 40], %i2
	ldd	[%sp + 48], %i4
	ldd	[%sp + 56], %i6
	mov	%g4, %l7
	set	window_overflow, %o1
	call	window_vector
	mov	TT_WIN_OVERFLOW, %o0
	set	window_underflow, %o1
	call	window_vector
	mov	TT_WIN_UNDERFLOW, %o0
	jmp	%l7 + 8
	nop

	/* A leaf, as windows cannot turn yet: the runtime's vectors want WIM in %l3. */
window_vector:
	set	trap_table, %o2
	sll	%o0, 4, %o0
	add	%o2, %o0, %o2
	srl	%o1, 10, %o3
	sethi	%hi(0x29000000), %o4
	or	%o3, %o4, %o3
	st	%o3, [%o2]
	and	%o1, 0x3ff, %o3
	set	0x81c52000, %o4
	or	%o3, %o4, %o3
	st	%o3, [%o2 + 4]
	set	0xa7500000, %o3		/* rd %wim, %l3 */
	st	%o3, [%o2 + 8]
	flush	%o2
	flush	%o2 + 8
	retl
	nop

bad:
	set	saved, %g1
	st	%g3, [%g1 + 16]
	call	recover
	nop
	set	saved, %g1
	ld	[%g1 + 16], %o0
	mov	%g6, %o1
	mov	%g5, %o2
	call	check_failed
	mov	%g7, %o3

	.section ".bss", "aw"
	.align	8
saved:	.skip	24
	.globl	last_number
last_number:
	.skip	4
