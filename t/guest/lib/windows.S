/* SPDX-License-Identifier: MIT */
/* Register windows to the stack, and the non-local jumps that need it. */
#include "psr.h"

	.section ".text", "ax"
	/* void flush_windows(void): every older frame is on its stack afterwards. */
	.globl	flush_windows
flush_windows:
	sethi	%hi(windows_less_1), %g1
	ld	[%g1 + %lo(windows_less_1)], %g2
	mov	%g2, %g1
1:	deccc	%g1
	bne	1b
	save	%sp, -FRAME, %sp
2:	deccc	%g2
	bne	2b
	restore
	retl
	nop

	/* int setjmp(jmp_buf): %sp and the return address; all else is on the stack. */
	.globl	setjmp, _setjmp, longjmp
setjmp:
_setjmp:
	st	%sp, [%o0]
	st	%o7, [%o0 + 4]
	ta	3
	retl
	mov	0, %o0

	/* After the flush the window above is invalid: RESTORE fills it from where %fp says. */
longjmp:
	ta	3
	ld	[%o0 + 4], %g1
	ld	[%o0], %fp
	orcc	%g0, %o1, %g2
	be,a	1f
	mov	1, %g2
1:	restore
	mov	%g1, %o7
	retl
	mov	%g2, %o0

	.section ".note.GNU-stack", ""
