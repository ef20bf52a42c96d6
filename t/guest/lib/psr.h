/* SPDX-License-Identifier: MIT */
/* PSR and trap numbers of the SPARC V8 manual, for assembly and C. */
#ifndef GUEST_PSR_H
#define GUEST_PSR_H

#define PSR_CWP 0x1f
#define PSR_ET 0x20
#define PSR_PS 0x40
#define PSR_S 0x80
#define PSR_PIL 0xf00
#define PSR_EF 0x1000
#define PSR_ICC 0xf00000

#define TT_INSN_ACCESS 0x01
#define TT_ILLEGAL 0x02
#define TT_PRIVILEGED 0x03
#define TT_FP_DISABLED 0x04
#define TT_WIN_OVERFLOW 0x05
#define TT_WIN_UNDERFLOW 0x06
#define TT_UNALIGNED 0x07
#define TT_FP_EXCEPTION 0x08
#define TT_DATA_ACCESS 0x09
#define TT_TAG_OVERFLOW 0x0a
#define TT_IRQ(level) (0x10 + (level))
#define TT_CP_DISABLED 0x24
#define TT_DATA_ERROR 0x29
#define TT_DIV_ZERO 0x2a
#define TT_SOFT(n) (0x80 + (n))

/* struct trap_regs, as the save path lays it out: 80 octets above the 96 of a frame. */
#define REGS_PSR 0
#define REGS_PC 4
#define REGS_NPC 8
#define REGS_Y 12
#define REGS_G 16
#define REGS_O 48
#define REGS_SIZE 80
#define FRAME 96

/* What the ROM starter leaves in %o0; vonk enters images with 0 there. */
#define BOOT_ROM 0x524f4d21

#endif
