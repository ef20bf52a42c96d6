/* SPDX-License-Identifier: MIT */
/*
 * The line tables of a 32-bit big-endian ELF file (DWARF versions 2 to 5, .debug_line): which source line each
 * stretch of instructions comes from. Sections are taken as they are: of a linked program, uncompressed.
 */
#ifndef LIB_DWARF_LINE_H
#define LIB_DWARF_LINE_H

#include "lib/types.h"

struct dwarf_line_sink {
	/*
	 * A source file; what it returns is handed to `line`. The name may be relative to dir, that to base (the
	 * compilation's directory, where the tables tell it); each of these two may be empty.
	 */
	u32 (*file)(void *arg, const char *base, const char *dir, const char *name);
	/* Addresses first..end - 1 come from that line. End is above first. */
	void (*line)(void *arg, u32 file, u32 line, u32 first, u32 end);
	void *arg;
};

/*
 * Nothing in the file is trusted: the work is bounded by its length, and strings are shorter than 4096 bytes.
 * 0; -ENOENT: it has no such tables;
 * -EINVAL: they are damaged, and the sink was told what stands before the damage; -ENOMEM.
 */
int dwarf_lines(const u8 *elf, size_t len, const struct dwarf_line_sink *sink);

#endif
