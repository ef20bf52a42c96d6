/* SPDX-License-Identifier: MIT */
/* The state registers: which bits are there, which can be written, and that WRxxx is an XOR. */
#include "check.h"

BEGIN
	/* Y: all 32 bits. */
	set	0xa5a5a5a5, %l0
	set	0x12345678, %l1
	wr	%l0, %l1, %y
	rd	%y, %l2
	xor	%l0, %l1, %l3
	SAME(%l2, %l3)
	wr	%l0, -1, %y
	rd	%y, %l2
	EQ(%l2, 0x5a5a5a5a)
	wr	%g0, %y
	rd	%y, %l2
	EQ(%l2, 0)

	/* PSR: impl and ver stay, the reserved bits and EC read 0, the codes and PIL are kept. */
	rd	%psr, %l0
	srl	%l0, 24, %l1
	set	0xff0fc000 | 0x2000, %l2
	wr	%l0, %l2, %psr
	NOP3
	rd	%psr, %l3
	SAME(%l3, %l0)
	.irp	icc, 0, 1, 2, 4, 8, 15
	mov	\icc, %l4
	SET_ICC(%l4)
	GET_ICC(%l5)
	SAME(%l4, %l5)
	.endr
	.irp	pil, 0, 5, 10, 15
	rd	%psr, %l0
	or	%l0, PSR_PIL, %l0
	wr	%l0, (15 - \pil) << 8, %psr
	NOP3
	rd	%psr, %l3
	srl	%l3, 8, %l3
	and	%l3, 15, %l3
	EQ(%l3, \pil)
	.endr
	/* PS is storage while no trap is taken; EF too. */
	rd	%psr, %l0
	wr	%l0, PSR_PS, %psr
	NOP3
	rd	%psr, %l1
	xor	%l0, %l1, %l2
	EQ(%l2, PSR_PS)
	set	PSR_EF, %l3
	wr	%l1, %l3, %psr
	NOP3
	rd	%psr, %l2
	xor	%l2, %l1, %l2
	SAME(%l2, %l3)
	wr	%l0, %psr
	NOP3

	/* TBR: the base is written, tt and the low four bits are not. */
	VECTOR(TT_SOFT(0x2b), skip)
	ta	0x2b
	rd	%tbr, %l0
	set	trap_table, %l1
	set	TT_SOFT(0x2b) << 4, %l2
	or	%l1, %l2, %l2
	SAME(%l0, %l2)
	set	0xfffff000, %l3
	rd	%psr, %l5
	wr	%l5, PSR_ET, %psr		/* no traps while the table is elsewhere */
	NOP3
	wr	%l3, 0xfff, %tbr
	NOP3
	rd	%tbr, %l4
	wr	%l1, %tbr
	NOP3
	wr	%l5, %psr
	NOP3
	set	0xfffff000 | TT_SOFT(0x2b) << 4, %l3
	SAME(%l4, %l3)

	/* Each trap leaves its own tt. */
	.irp	n, 0x01, 0x40, 0x55, 0x7f
	VECTOR(TT_SOFT(\n), skip)
	ta	\n
	rd	%tbr, %l0
	srl	%l0, 4, %l0
	and	%l0, 0xff, %l0
	EQ(%l0, TT_SOFT(\n))
	.endr

	/* ASR 15 is STBAR, without an effect one can see. */
	stbar

	/* PIL in force: a level is taken when it is above, at once when PIL falls. */
	call	board_ready
	nop
	mov	%o0, %l6			/* the per-CPU interrupt registers */
	VECTOR(TT_IRQ(6), on_irq)
	set	on_irq_ack, %g1
	st	%l6, [%g1]
	mov	0, %g4
	rd	%psr, %l0
	andn	%l0, PSR_PIL, %l0
	wr	%l0, 6 << 8, %psr
	NOP3
	mov	%l6, %o0
	call	raise
	mov	6, %o1
	EQ(%g4, 0)
	wr	%l0, 5 << 8, %psr
	NOP3
	EQ(%g4, TT_IRQ(6))
	wr	%l0, 15 << 8, %psr
	NOP3
	/* And held while ET is 0. */
	mov	0, %g4
	andn	%l0, PSR_ET, %l1
	wr	%l1, %psr
	NOP3
	mov	%l6, %o0
	call	raise
	mov	6, %o1
	mov	%g4, %l2
	wr	%l0, %psr
	NOP3
	mov	%g4, %l3
	wr	%l0, 15 << 8, %psr
	NOP3
	EQ(%l2, 0)
	EQ(%l3, TT_IRQ(6))
END("psr")

	.section ".text", "ax"
	/* The interrupt controller's registers for this CPU, physical, in space f or 0. */
board_ready:
	save	%sp, -FRAME, %sp
	call	board_init
	nop
	set	board, %l0
	ld	[%l0], %l0
	ld	[%l0], %l1			/* board->high */
	set	high, %l2
	st	%l1, [%l2]
	ld	[%l0 + 16], %i0			/* board->intctl */
	set	0x80000000, %o1
	set	0x10008, %o0			/* the system half: all sources on */
	call	io_write32
	add	%i0, %o0, %o0
	set	0xfffe8000, %o1
	call	io_write32
	add	%i0, 4, %o0
	ret
	restore

	/* A software interrupt of level %o1; a leaf, for it is called with traps off. */
raise:
	set	0x10000, %o2
	sll	%o2, %o1, %o2
	add	%o0, 8, %o0
	set	high, %o3
	ld	[%o3], %o3
	tst	%o3
	bne	1f
	nop
	sta	%o2, [%o0] 0x20
	retl
	lda	[%o0] 0x20, %g0
1:	sta	%o2, [%o0] 0x2f
	retl
	lda	[%o0] 0x2f, %g0

skip:
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	/* Acknowledges, and goes back to the same instruction. */
on_irq:
	mov	%l3, %g4
	set	on_irq_ack, %l5
	ld	[%l5], %l5
	add	%l5, 4, %l5
	set	0x10000 << 6, %l6
	set	high, %l7
	ld	[%l7], %l7
	tst	%l7
	bne	1f
	nop
	sta	%l6, [%l5] 0x20
	ba	2f
	lda	[%l5] 0x20, %g0
1:	sta	%l6, [%l5] 0x2f
	lda	[%l5] 0x2f, %g0
2:	wr	%l0, %psr
	NOP3
	jmp	%l1
	rett	%l2

	.section ".bss", "aw"
	.align	4
high:	.skip	4
on_irq_ack:
	.skip	4
