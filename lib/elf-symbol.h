/* SPDX-License-Identifier: MIT */
#ifndef LIB_ELF_SYMBOL_H
#define LIB_ELF_SYMBOL_H

#include "lib/types.h"

/* The value of a defined symbol of a 32-bit big-endian ELF file of len bytes; false: it has none of that name. */
bool elf_symbol(const u8 *file, size_t len, const char *name, u32 *value);

struct elf_span {
	const u8 *p;
	u32 n;
};

/* The bytes of the section of that name, in such a file; false: it has none, or not in plain form. */
bool elf_section(const u8 *file, size_t len, const char *name, struct elf_span *body);

#endif
