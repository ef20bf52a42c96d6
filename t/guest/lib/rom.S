/* SPDX-License-Identifier: MIT */
/*
 * A ROM that carries a program: runs at the reset vector in boot mode, copies
 * what follows its 256 octets to RAM at 4000, leaves boot mode and enters there
 * with %sp = top of RAM. Used to start bare programs through -bios.
 *
 * While boot mode lasts fetches come from the ROM and data does not: the ROM is
 * read as instruction space (ASI 9). This code copies itself to the same low
 * addresses in RAM, so that the fetch after the switch finds itself there. It does
 * so running at ALIAS, where the boot window shows the ROM again: an emulator that
 * keeps one translation a page would mix up fetches and stores at address 0.
 */
#include "psr.h"

#define ALIAS 0x100000

	.section ".text", "ax"
	.globl	_start
_start:
	set	ALIAS + (1f - _start), %g1
	jmp	%g1
	nop
	nop
	.globl	rom_size
rom_size:
	.word	0			/* of the program in octets, filled in by mkrom */
	.word	0x4000
1:	set	PSR_S | PSR_PS | PSR_PIL, %g1
	wr	%g1, %psr
	nop
	nop
	nop
	mov	0, %g1
	set	ALIAS, %g5
2:	lda	[%g1 + %g5] 0x09, %g2
	sta	%g2, [%g1] 0x20
	inc	4, %g1
	cmp	%g1, 0x100
	blu	2b
	nop
	mov	rom_size - _start, %g3
	lda	[%g3 + %g5] 0x09, %g3
	mov	0x100, %g1
	set	0x4000, %g4
3:	lda	[%g1 + %g5] 0x09, %g2
	sta	%g2, [%g4] 0x20
	inc	4, %g1
	inc	4, %g4
	subcc	%g3, 4, %g3
	bg	3b
	nop
	/* The RAM size is item 3 of the firmware configuration, low octet first. */
	set	0x510, %g1
	mov	3, %g2
	stha	%g2, [%g1] 0x2d
	inc	2, %g1
	lduba	[%g1] 0x2d, %g2
	lduba	[%g1] 0x2d, %g3
	sll	%g3, 8, %g3
	or	%g2, %g3, %g2
	lduba	[%g1] 0x2d, %g3
	sll	%g3, 16, %g3
	or	%g2, %g3, %g2
	lduba	[%g1] 0x2d, %g3
	sll	%g3, 24, %g3
	or	%g2, %g3, %sp
	set	BOOT_ROM, %o0
	set	0x4000, %g1
	jmp	4f - _start
	nop
4:	sta	%g0, [%g0] 0x04
	nop
	nop
	nop
	jmp	%g1
	nop
	.org	0x100

	.section ".note.GNU-stack", ""
