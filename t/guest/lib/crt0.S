/* SPDX-License-Identifier: MIT */
/*
 * Start, window traps, trap save path and exit of a bare program. Entered at
 * _start with S=1 in any window, MMU off or mapping RAM one to one; %sp is the
 * top of the stack, or 0 for guest_stack, the 16 MiB mark unless the link says otherwise.
 *
 * Exit: `ta 0` with traps disabled, %g1 = 1 and the status in %o0.
 */
#include "psr.h"

	.macro	TRAP tt
	rd	%psr, %l0
	sethi	%hi(trap_common), %l4
	jmp	%l4 + %lo(trap_common)
	mov	\tt, %l3
	.endm

	.macro	WINDOW handler
	sethi	%hi(\handler), %l4
	jmp	%l4 + %lo(\handler)
	rd	%wim, %l3
	nop
	.endm

	.macro	NOP3
	nop
	nop
	nop
	.endm

	.macro	SPILL
	std	%l0, [%sp + 0]
	std	%l2, [%sp + 8]
	std	%l4, [%sp + 16]
	std	%l6, [%sp + 24]
	std	%i0, [%sp + 32]
	std	%i2, [%sp + 40]
	std	%i4, [%sp + 48]
	std	%i6, [%sp + 56]
	.endm

	.macro	FILL
	ldd	[%sp + 0], %l0
	ldd	[%sp + 8], %l2
	ldd	[%sp + 16], %l4
	ldd	[%sp + 24], %l6
	ldd	[%sp + 32], %i0
	ldd	[%sp + 40], %i2
	ldd	[%sp + 48], %i4
	ldd	[%sp + 56], %i6
	.endm

	.section ".text.traps", "ax"
	.globl	_start, trap_table
	.align	4096
	/* Vector 0 is reset: the table is the entry point too. */
_start:
trap_table:
	ba	start
	nop
	nop
	nop
	.set	tt, 1
	.rept	4
	TRAP	tt
	.set	tt, tt + 1
	.endr
	WINDOW	window_overflow
	WINDOW	window_underflow
	.set	tt, 7
	.rept	24
	TRAP	tt
	.set	tt, tt + 1
	.endr
	rd	%psr, %l0
	sethi	%hi(nmi), %l4
	jmp	%l4 + %lo(nmi)
	mov	tt, %l3
	.set	tt, tt + 1
	.rept	224
	TRAP	tt
	.set	tt, tt + 1
	.endr

	.section ".text", "ax"
	.align	8
start:
	mov	%sp, %g2
	mov	%o0, %g3
	/* Window 0, traps off, interrupts off, FPU on. */
	set	PSR_S | PSR_PS | PSR_PIL | PSR_EF, %g1
	wr	%g1, %psr
	NOP3
	/* Only the windows that exist have a WIM bit. */
	wr	%g0, -1, %wim
	NOP3
	rd	%wim, %g4
	mov	0, %g5
1:	srl	%g4, 1, %g4
	tst	%g4
	bne,a	1b
	inc	%g5			/* becomes windows - 1 */
	wr	%g0, 2, %wim
	set	trap_table, %g1
	wr	%g1, %tbr
	NOP3

	set	__bss_start, %g1
	set	__bss_end, %g4
2:	cmp	%g1, %g4
	bgeu	3f
	nop
	st	%g0, [%g1]
	st	%g0, [%g1 + 4]
	ba	2b
	add	%g1, 8, %g1
3:
	tst	%g2
	bne	4f
	nop
	sethi	%hi(guest_stack), %g2
4:	andn	%g2, 7, %g2
	sub	%g2, FRAME, %sp
	mov	0, %fp
	mov	0, %i7
	set	boot_kind, %g1
	st	%g3, [%g1]
	set	windows_less_1, %g1
	st	%g5, [%g1]
	set	stack_top, %g1
	st	%g2, [%g1]
	set	zero_word, %g1
	ld	[%g1], %fsr
	rd	%psr, %g1
	wr	%g1, PSR_ET, %psr
	NOP3
	mov	0, %o0
	mov	0, %o1
	call	main
	mov	0, %o2
	call	_exit
	nop

	/* void guest_halt(int status): never returns. */
	.globl	guest_halt
guest_halt:
	rd	%psr, %g2
	andn	%g2, PSR_ET, %g2
	wr	%g2, %psr
	NOP3
	mov	1, %g1
	ta	0
	ba	guest_halt
	nop

	/*
	 * In the window that is not valid yet; %l3 = WIM. The one below holds the
	 * oldest frame: put it on its stack and make it the invalid one.
	 */
	.globl	window_overflow, window_underflow
window_overflow:
	mov	%g1, %l7
	sethi	%hi(windows_less_1), %l4
	ld	[%l4 + %lo(windows_less_1)], %l4
	srl	%l3, 1, %g1
	sll	%l3, %l4, %l4
	or	%l4, %g1, %g1
	save
	wr	%g1, %wim
	NOP3
	SPILL
	restore
	mov	%l7, %g1
	jmp	%l1
	rett	%l2

	/* Two below the invalid window, which is to be filled from its stack. */
window_underflow:
	sethi	%hi(windows_less_1), %l4
	ld	[%l4 + %lo(windows_less_1)], %l4
	sll	%l3, 1, %l5
	srl	%l3, %l4, %l4
	or	%l4, %l5, %l5
	wr	%l5, %wim
	NOP3
	restore
	restore
	FILL
	save
	save
	jmp	%l1
	rett	%l2

	/*
	 * No PIL holds level 15 back, so it has to go before traps are on again:
	 * acknowledged at nmi_ack (0: treat it like any trap) and counted, in locals.
	 */
nmi:
	sethi	%hi(nmi_ack), %l4
	ld	[%l4 + %lo(nmi_ack)], %l5
	tst	%l5
	be	trap_common
	sethi	%hi(nmi_high), %l4
	ld	[%l4 + %lo(nmi_high)], %l4
	set	0x80008000, %l6		/* the software interrupt, and the latch of the others */
	tst	%l4
	bne	1f
	nop
	sta	%l6, [%l5] 0x20
	ba	2f
	lda	[%l5] 0x20, %g0
1:	sta	%l6, [%l5] 0x2f
	lda	[%l5] 0x2f, %g0
2:	sethi	%hi(nmi_count), %l4
	ld	[%l4 + %lo(nmi_count)], %l5
	inc	%l5
	st	%l5, [%l4 + %lo(nmi_count)]
	wr	%l0, %psr
	NOP3
	jmp	%l1
	rett	%l2

	/* %l0 = PSR, %l1 = PC, %l2 = nPC, %l3 = tt. */
trap_common:
	rd	%wim, %l4
	mov	1, %l6
	sll	%l6, %l0, %l6		/* shifts count modulo 32: by CWP */
	andcc	%l6, %l4, %g0
	be	1f
	nop
	mov	%g1, %l7
	sethi	%hi(windows_less_1), %l5
	ld	[%l5 + %lo(windows_less_1)], %l5
	srl	%l4, 1, %g1
	sll	%l4, %l5, %l5
	or	%l5, %g1, %g1
	save
	wr	%g1, %wim
	NOP3
	SPILL
	restore
	mov	%l7, %g1
1:
	sub	%fp, FRAME + REGS_SIZE, %sp
	std	%l0, [%sp + FRAME + REGS_PSR]
	rd	%y, %l4
	st	%l2, [%sp + FRAME + REGS_NPC]
	st	%l4, [%sp + FRAME + REGS_Y]
	st	%l3, [%sp + FRAME + REGS_G]
	st	%g1, [%sp + FRAME + REGS_G + 4]
	std	%g2, [%sp + FRAME + REGS_G + 8]
	std	%g4, [%sp + FRAME + REGS_G + 16]
	std	%g6, [%sp + FRAME + REGS_G + 24]
	std	%i0, [%sp + FRAME + REGS_O]
	std	%i2, [%sp + FRAME + REGS_O + 8]
	std	%i4, [%sp + FRAME + REGS_O + 16]
	std	%i6, [%sp + FRAME + REGS_O + 24]
	or	%l0, PSR_PIL, %l4
	wr	%l4, PSR_ET, %psr
	NOP3
	call	trap_dispatch
	add	%sp, FRAME, %o0

	/* The handler may have changed everything but CWP and the window it came from. */
	ldd	[%sp + FRAME + REGS_PSR], %l0
	rd	%psr, %l4
	and	%l4, PSR_CWP, %l4
	andn	%l0, PSR_CWP | PSR_ET, %l0
	or	%l0, %l4, %l0
	wr	%l0, %psr
	NOP3
	/* RETT goes to the window above: it has to be there. */
	sethi	%hi(windows_less_1), %l5
	ld	[%l5 + %lo(windows_less_1)], %l5
	mov	1, %l6
	sll	%l6, %l4, %l6
	srl	%l6, %l5, %l3
	sll	%l6, 1, %l6
	or	%l6, %l3, %l6
	rd	%wim, %l4
	andcc	%l6, %l4, %g0
	be	2f
	nop
	sll	%l4, 1, %l6
	srl	%l4, %l5, %l5
	wr	%l6, %l5, %wim		/* disjoint bits: XOR is OR */
	NOP3
	restore
	FILL
	save
2:
	ld	[%sp + FRAME + REGS_Y], %l4
	wr	%l4, %y
	ld	[%sp + FRAME + REGS_NPC], %l2
	ld	[%sp + FRAME + REGS_G + 4], %g1
	ldd	[%sp + FRAME + REGS_G + 8], %g2
	ldd	[%sp + FRAME + REGS_G + 16], %g4
	ldd	[%sp + FRAME + REGS_G + 24], %g6
	ldd	[%sp + FRAME + REGS_O], %i0
	ldd	[%sp + FRAME + REGS_O + 8], %i2
	ldd	[%sp + FRAME + REGS_O + 16], %i4
	ldd	[%sp + FRAME + REGS_O + 24], %i6
	wr	%l0, %psr
	NOP3
	jmp	%l1
	rett	%l2

	.section ".data", "aw"
	.align	4
zero_word:
	.word	0
	.globl	boot_kind, windows_less_1, stack_top
boot_kind:
	.word	0
windows_less_1:
	.word	7
stack_top:
	.word	0
	.globl	nmi_ack, nmi_high, nmi_count
nmi_ack:
	.word	0
nmi_high:
	.word	0
nmi_count:
	.word	0

	.section ".note.GNU-stack", ""
