/* SPDX-License-Identifier: MIT */
/*
 * Precise traps: tt, PC and nPC for an instruction in line, in the slot of a transfer
 * taken, not taken and indirect, at a target; nothing written by it; what trap entry
 * does to PSR, TBR and the new window; both ways back.
 */
#include "check.h"

/* One trap since the last look; the handler left PC in %g2, nPC in %g3, tt in %g4. */
#define CAUGHT(tt, pc, npc)                                                                      \
	EQ(%g4, tt);                                                                             \
	EQ(%g2, pc);                                                                             \
	EQ(%g3, npc);                                                                            \
	mov	-1, %g4

	/* Straight, in the slot of a taken branch, of an untaken one, of JMPL, of CALL, at a target. */
	.macro	PLACES tt, insn
	/* in line */
1:	\insn
2:	CAUGHT(\tt, 1b, 2b)
	/* slot of a taken branch */
	ba	2f
1:	\insn
	nop
2:	CAUGHT(\tt, 1b, 2b)
	/* slot of an untaken branch: SET_ICC'd so that Z is clear */
	cmp	%g0, 1
	be	3f
1:	\insn
2:	CAUGHT(\tt, 1b, 2b)
3:	/* slot of an untaken branch that would annul, taken */
	cmp	%g0, 1
	bne,a	2f
1:	\insn
	nop
2:	CAUGHT(\tt, 1b, 2b)
	/* slot of JMPL */
	set	2f, %l7
	jmp	%l7
1:	\insn
	nop
2:	CAUGHT(\tt, 1b, 2b)
	/* slot of CALL */
	call	2f
1:	\insn
	nop
2:	CAUGHT(\tt, 1b, 2b)
	/* at a branch's target */
	ba	1f
	nop
	nop
1:	\insn
2:	CAUGHT(\tt, 1b, 2b)
	/* the one instruction at the first target of a couple */
	ba	1f
	ba	2f
	nop
1:	\insn
	nop
2:	CAUGHT(\tt, 1b, 2b)
	.endm

BEGIN
	mov	-1, %g4
	set	handlers, %l0
1:	lduh	[%l0], %o0
	tst	%o0
	be	2f
	set	skip, %o1
	call	vector_set
	inc	2, %l0
	ba,a	1b
2:	set	0x40000001, %l0		/* not aligned for anything; tag bits set */
	wr	%g0, %y

	PLACES	TT_ILLEGAL, "unimp 0x123"
	PLACES	TT_ILLEGAL, ".word 0x9e480000 | 9 << 19"	/* op3 09 */
	PLACES	TT_UNALIGNED, "ld [%l0], %g1"
	PLACES	TT_UNALIGNED, "lduh [%l0], %g1"
	PLACES	TT_UNALIGNED, "ldsh [%l0], %g1"
	PLACES	TT_UNALIGNED, "ldd [%l0 + 3], %g2"
	PLACES	TT_UNALIGNED, "st %g0, [%l0]"
	PLACES	TT_UNALIGNED, "sth %g0, [%l0]"
	PLACES	TT_UNALIGNED, "std %g2, [%l0 + 3]"
	PLACES	TT_UNALIGNED, "swap [%l0 + 1], %g1"
	PLACES	TT_UNALIGNED, "ld [%l0], %f0"
	PLACES	TT_UNALIGNED, "st %f0, [%l0]"
	PLACES	TT_UNALIGNED, "ld [%l0], %fsr"
	PLACES	TT_UNALIGNED, "jmpl %l0, %g1"
	PLACES	TT_TAG_OVERFLOW, "taddcctv %l0, %g0, %g1"
	PLACES	TT_TAG_OVERFLOW, "tsubcctv %g0, %l0, %g1"
	PLACES	TT_DIV_ZERO, "udiv %l0, %g0, %g1"
	PLACES	TT_DIV_ZERO, "sdiv %l0, %g0, %g1"
	PLACES	TT_DIV_ZERO, "udivcc %l0, %g0, %g1"
	PLACES	TT_DIV_ZERO, "sdivcc %l0, 0, %g1"
	PLACES	TT_SOFT(0), "ta 0"
	PLACES	TT_SOFT(0x7f), "ta 0x7f"
	PLACES	TT_CP_DISABLED, ".word 0x81b00000"	/* CPop1 */
	PLACES	TT_CP_DISABLED, ".word 0x81b80000"	/* CPop2 */

	/* The software trap number is modulo 128 and may come from registers. */
	mov	0x30, %l1
	mov	0x1c5, %l2
1:	ta	%l1 + %l2
2:	CAUGHT(TT_SOFT((0x30 + 0x1c5) & 0x7f), 1b, 2b)

	/* FPU off: every kind of floating-point instruction. */
	rd	%psr, %l1
	set	PSR_EF, %l2
	wr	%l1, %l2, %psr
	NOP3
	PLACES	TT_FP_DISABLED, "fmovs %f0, %f1"
	PLACES	TT_FP_DISABLED, "faddd %f0, %f2, %f4"
	PLACES	TT_FP_DISABLED, "fcmps %f0, %f1"
	PLACES	TT_FP_DISABLED, "ld [%sp], %f0"
	PLACES	TT_FP_DISABLED, "std %f0, [%sp]"
	PLACES	TT_FP_DISABLED, "st %fsr, [%sp]"
	PLACES	TT_FP_DISABLED, "ld [%l0], %f0"
1:	fba,a	3f
	nop
2:	CAUGHT(TT_FP_DISABLED, 1b, 1b + 4)
3:	wr	%l1, %psr
	NOP3

	/* Nothing is written by what trapped: destination, Y, codes, memory. */
	set	0x01234567, %l3
	wr	%l3, %y
	mov	0xb, %l4
	SET_ICC(%l4)
	mov	%l3, %l5
	ld	[%l0], %l5
	taddcctv %l0, 1, %l5
	udivcc	%l3, %g0, %l5
	sdivcc	%l3, %g0, %l5
	swap	[%sp + FRAME + 1], %l5
	jmpl	%l0, %l5
	nop
	GET_ICC(%l6)
	rd	%y, %l7
	SAME(%l5, %l3)
	EQ(%l6, 0xb)
	SAME(%l7, %l3)
	set	0x11111111, %l5
	st	%l5, [%sp + FRAME]
	st	%l5, [%sp + FRAME + 4]
	add	%sp, FRAME, %l6
	st	%g0, [%l6 + 1]
	sth	%g0, [%l6 + 1]
	std	%g0, [%l6 + 4]
	ld	[%l6], %l7
	SAME(%l7, %l5)

	/* PSR and the new window: ET 0, S 1, PS the old S, CWP one less, the rest as it was. */
	VECTOR(TT_SOFT(0x40), inspect)
	save	%sp, -FRAME, %sp
	set	0x10101010, %l0
	set	0x13131313, %l3
	set	0x15151515, %l5
	set	0x16161616, %l6
	set	0x17171717, %l7
	restore
	mov	0x6, %l4
	SET_ICC(%l4)
	rd	%psr, %l1
	mov	1, %l2
	mov	2, %l3
	mov	0x11, %o0
	mov	0x22, %o5
	ta	0x40
	rd	%psr, %l4
	SAME(%l4, %l1)
	EQ(%l2, 1)
	EQ(%l3, 2)
	/* %g2 = PSR in the handler, %g3 = TBR, %g4 = %i0 << 8 | %i5, memory = the other locals */
	and	%g2, PSR_ET | PSR_S | PSR_PS, %l4
	EQ(%l4, PSR_S | PSR_PS)
	srl	%l1, 8, %l4
	srl	%g2, 8, %l5
	SAME(%l4, %l5)
	and	%l1, PSR_CWP, %l4
	deccc	%l4
	set	windows_less_1, %l5
	bneg,a	1f
	ld	[%l5], %l4
1:	and	%g2, PSR_CWP, %l5
	SAME(%l4, %l5)
	set	trap_table + TT_SOFT(0x40) * 16, %l4
	SAME(%g3, %l4)
	EQ(%g4, 0x1122)
	set	seen, %l6
	ld	[%l6], %l4
	EQ(%l4, 0x16161616)
	ld	[%l6 + 4], %l4
	EQ(%l4, 0x17171717)
	ld	[%l6 + 8], %l4
	EQ(%l4, 0x15151515)

	/* Back to the same instruction once its cause is gone. */
	VECTOR(TT_TAG_OVERFLOW, retry)
	set	0x101, %g1
	taddcctv %g1, 4, %l2
	EQ(%l2, 0x104)
	set	0x101, %g1
	ba	1f
	taddcctv %g1, 8, %l2
	mov	0, %l2
1:	EQ(%l2, 0x108)

	/* RETT with traps on is illegal; without privilege it and the state registers are privileged. */
	VECTOR(TT_ILLEGAL, skip)
	VECTOR(TT_PRIVILEGED, skip_super)
	VECTOR(TT_SOFT(0x41), to_user)
	mov	-1, %g4
1:	rett	%g0
2:	CAUGHT(TT_ILLEGAL, 1b, 2b)

	.macro	USER insn
	ta	0x41
1:	\insn
2:	CAUGHT(TT_PRIVILEGED, 1b, 2b)
	.endm
	USER	"rett %g0"
	USER	"rd %psr, %l0"
	USER	"rd %wim, %l0"
	USER	"rd %tbr, %l0"
	USER	"wr %g0, %psr"
	USER	"wr %g0, %wim"
	USER	"wr %g0, %tbr"
	USER	"lda [%sp] 0x0b, %l0"
	USER	"sta %g0, [%sp] 0x0b"
	USER	"ldstuba [%sp] 0x0b, %l0"
	USER	"swapa [%sp] 0x20, %l0"
	USER	"ldda [%sp] 0x0a, %l0"
	/* Y is not privileged. */
	ta	0x41
	wr	%g0, 0x77, %y
	rd	%y, %l0
1:	rd	%psr, %l1
	EQ(%l0, 0x77)
	EQ(%g2, 1b)

	/* WRPSR of a window that does not exist changes nothing. */
	mov	-1, %g4
	rd	%psr, %l1
1:	wr	%l1, 0x1f, %psr
2:	rd	%psr, %l2
	CAUGHT(TT_ILLEGAL, 1b, 2b)
	SAME(%l1, %l2)
END("traps")

	.section ".text", "ax"
skip:
	mov	%l1, %g2
	mov	%l2, %g3
	mov	%l3, %g4
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	/* The same, from user mode to supervisor. */
skip_super:
	mov	%l1, %g2
	mov	%l2, %g3
	mov	%l3, %g4
	or	%l0, PSR_PS, %l0
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

to_user:
	andn	%l0, PSR_PS, %l0
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

retry:
	andn	%g1, 3, %g1
	dec	%g1
	inc	%g1
	wr	%l0, %psr
	NOP3
	jmp	%l1
	rett	%l2

inspect:
	rd	%psr, %g2
	rd	%tbr, %g3
	sll	%i0, 8, %g4
	or	%g4, %i5, %g4
	sethi	%hi(seen), %l4
	or	%l4, %lo(seen), %l4
	st	%l6, [%l4]
	st	%l7, [%l4 + 4]
	st	%l5, [%l4 + 8]
	wr	%l0, %psr
	NOP3
	jmp	%l2
	rett	%l2 + 4

	.section ".rodata", "a"
	.align	2
handlers:
	.half	TT_ILLEGAL, TT_UNALIGNED, TT_TAG_OVERFLOW, TT_DIV_ZERO, TT_SOFT(0), TT_SOFT(0x7f)
	.half	TT_CP_DISABLED, TT_FP_DISABLED, TT_SOFT(0x75), 0

	.section ".bss", "aw"
	.align	4
seen:
	.skip	12
