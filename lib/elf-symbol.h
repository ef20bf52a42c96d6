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

/* A name of code. Nothing of it is to be trusted to be a C string but `name`. */
struct elf_function {
	const char *name;
	u32 va, size; /* size 0: not told */
	bool global, function; /* its binding, and whether it is said to be one */
	u32 section; /* where its code is: addresses section..section_end - 1, and bytes of the file */
	u32 section_end;
	const u8 *code; /* of the whole section */
};
/* Each name in the executable sections of such a file; `visit` returns false to stop. */
void elf_functions(const u8 *file, size_t len,
		   bool (*visit)(void *arg, const struct elf_function *f), void *arg);

#endif
