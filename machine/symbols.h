/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses of code, out of the symbol tables of the ELF files that the machine was given, and of those
 * that -symbols names.
 *
 * Several files may have code at one address, as programs of an operating system do: a file
 * counts where the machine's memory holds its bytes. A supervisor's code may have been patched, so there
 * the first file that has the address counts if no bytes agree.
 */
#ifndef MACHINE_SYMBOLS_H
#define MACHINE_SYMBOLS_H

#include "arch/sparc/cpu.h"
#include "machine/boot.h"

#define SYMBOLS_FILES (OPT_SYMBOLS + BOOT_FILES)

struct symbol {
	const char *name;
	u32 va, end; /* end: of the code that is called so */
	u32 section, section_end; /* around it */
	const u8 *code; /* of that section, in the file */
	u8 rank; /* of several names for a place, the highest is taken */
};

struct symbol_file {
	const char *name; /* without its directories */
	u8 *buf; /* what was read; symbols point into it, or into own */
	u8 *own; /* unpacked */
	u32 base; /* was added to all addresses */
	struct symbol *symbol; /* ascending */
	u32 nr;
};

struct symbols {
	struct symbol_file file[SYMBOLS_FILES];
	unsigned nr;
};

/*
 * Of IMAGE, -kernel and -bios, as far as they have some, and of all -symbols, which must have. 0 or -errno with
 * one line in err. To be released after any result.
 */
int symbols_open(struct symbols *s, const struct options *o, char *err, size_t errlen);
/* One more file, of so many bytes; buf is s's own from now on, name is not. There is room for SYMBOLS_FILES. 0 or -ENOMEM. */
int symbols_add(struct symbols *s, const char *name, u8 *buf, size_t len, u32 base);
void symbols_release(struct symbols *s);

/* What a file calls the code at va; NULL: nothing. */
const struct symbol *symbols_in(const struct symbol_file *file, u32 va);
/* Where the instruction at pc comes from, in the mode that the processor is in; NULL: from none of them. */
const struct symbol_file *symbols_file_at(const struct symbols *s, const struct cpu *cpu, u32 pc);
/* A file may call its code what it likes: what separates names in our files, and what no terminal should see, goes. */
char *symbols_clean(char *text);
/* "name+0x10", or an empty text; returns text. */
#define SYMBOLS_TEXT 96
const char *symbols_text(const struct symbols *s, const struct cpu *cpu, u32 pc,
			 char text[SYMBOLS_TEXT]);
/* Where the instruction that makes a function's frame lies in front of pc: is the frame there by then? */
bool symbols_has_frame(const struct symbol *symbol, u32 pc);

#endif
