/* SPDX-License-Identifier: MIT */
/* Instruction words to text, in the syntax of the GNU assembler. */
#ifndef ARCH_SPARC_DISAS_H
#define ARCH_SPARC_DISAS_H

#include <stddef.h>

#include "lib/types.h"

/* More than the longest text, with its terminator. */
#define SPARC_DISAS_MAX 64

/*
 * Write the text of the instruction word at address pc to buf, which has room for len characters (0
 * is allowed, buf may then be NULL): cut short if need be, always terminated. Synthetic
 * instructions (mov, cmp, ret, ...) are preferred; targets of branches and calls are absolute.
 *
 * Returns the length of the whole text without its terminator, like snprintf().
 */
size_t sparc_disas(u32 word, u32 pc, char *buf, size_t len);

#endif
