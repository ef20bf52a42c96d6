/* SPDX-License-Identifier: MIT */
/*
 * A kernel as a PROM starts it: linked for f0000000 and up, entered at virtual 4000 with the MMU on
 * and the romvec in %o0. It makes itself seen where it was linked, as kernels do: the level 1 entry
 * of address 0 in context 0 is copied to that of f0000000.
 */
	.section .text.start, "ax"
	.global	start
start:
	set	0x100, %g1
	lda	[%g1] 4, %g2		/* context table pointer */
	sll	%g2, 4, %g2
	lda	[%g2] 0x20, %g2		/* context 0 */
	srl	%g2, 4, %g2		/* without its type */
	sll	%g2, 8, %g2
	lda	[%g2] 0x20, %g3		/* level 1, entry 0 */
	add	%g2, 0xf0 * 4, %g2
	sta	%g3, [%g2] 0x20
	set	0x400, %g1
	sta	%g0, [%g1] 3		/* flush all */
	set	main, %g1
	jmpl	%g1, %g0
	mov	0, %g4

/* u32 start_tt(void): trap base register */
	.global	read_tbr
read_tbr:
	retl
	rd	%tbr, %o0

	.global	read_psr
read_psr:
	retl
	rd	%psr, %o0

	.section .note.GNU-stack, "", @progbits
