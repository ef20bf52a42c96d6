/* SPDX-License-Identifier: MIT */
/* Symbols and sections by name, and the names of code (System V ABI, chapter 4). Nothing in the file is trusted. */
#include "lib/elf-symbol.h"

#include <string.h>

#include "lib/be.h"

enum {
	E_SHOFF = 32,
	E_SHENTSIZE = 46,
	E_SHNUM = 48,
	E_SHSTRNDX = 50,
	EHDR_SIZE = 52,
	SHDR_SIZE = 40,
	SH_TYPE = 4,
	SH_FLAGS = 8,
	SH_ADDR = 12,
	SH_OFFSET = 16,
	SH_SIZE = 20,
	SH_LINK = 24,
	SHT_PROGBITS = 1,
	SHT_SYMTAB = 2,
	SHT_NOBITS = 8,
	SHF_EXECINSTR = 4,
	SHF_COMPRESSED = 0x800,
	SYM_SIZE = 16,
	ST_VALUE = 4,
	ST_SIZE = 8,
	ST_INFO = 12,
	ST_SHNDX = 14,
	STT_NOTYPE = 0,
	STT_FUNC = 2,
	STT_FILE = 4,
};

static bool get(const u8 *file, size_t len, u64 off, u64 n, struct elf_span *out)
{
	if (off > len || n > len - off)
		return false;
	*out = (struct elf_span){ file + off, (u32)n };
	return true;
}

static bool section(const u8 *file, size_t len, u32 n, struct elf_span *head, struct elf_span *body)
{
	return n < be16_get(file + E_SHNUM) &&
	       get(file, len, be32_get(file + E_SHOFF) + (u64)n * SHDR_SIZE, SHDR_SIZE, head) &&
	       get(file, len, be32_get(head->p + SH_OFFSET), be32_get(head->p + SH_SIZE), body);
}

static bool is_name(const struct elf_span *strings, u32 off, const char *name)
{
	size_t n = strlen(name) + 1;

	return off <= strings->n && n <= strings->n - off && !memcmp(strings->p + off, name, n);
}

static bool look(const struct elf_span *symbols, const struct elf_span *strings, const char *name,
		 u32 *value)
{
	for (u32 at = 0; symbols->n - at >= SYM_SIZE; at += SYM_SIZE) {
		const u8 *s = symbols->p + at;

		if (!be16_get(s + ST_SHNDX) || (s[ST_INFO] & 15) == STT_FILE ||
		    !is_name(strings, be32_get(s), name))
			continue;
		*value = be32_get(s + ST_VALUE);
		return true;
	}
	return false;
}

static bool has_sections(const u8 *file, size_t len)
{
	return len >= EHDR_SIZE && !memcmp(file, "\177ELF\1\2", 6) &&
	       be16_get(file + E_SHENTSIZE) == SHDR_SIZE;
}

/* The symbol table in section *n or behind it, and its names; *n: where to look on. */
static bool next_symbols(const u8 *file, size_t len, u32 *n, struct elf_span *symbols,
			 struct elf_span *strings)
{
	struct elf_span head, strhead;

	if (!has_sections(file, len))
		return false;
	while (*n < be16_get(file + E_SHNUM))
		if (section(file, len, (*n)++, &head, symbols) &&
		    be32_get(head.p + SH_TYPE) == SHT_SYMTAB &&
		    section(file, len, be32_get(head.p + SH_LINK), &strhead, strings))
			return true;
	return false;
}

bool elf_symbol(const u8 *file, size_t len, const char *name, u32 *value)
{
	struct elf_span symbols, strings;
	u32 n = 0;

	while (next_symbols(file, len, &n, &symbols, &strings))
		if (look(&symbols, &strings, name, value))
			return true;
	return false;
}

bool elf_section(const u8 *file, size_t len, const char *name, struct elf_span *body)
{
	struct elf_span head, strings;

	if (!has_sections(file, len) ||
	    !section(file, len, be16_get(file + E_SHSTRNDX), &head, &strings))
		return false;
	for (u32 n = 0; n < be16_get(file + E_SHNUM); n++)
		if (section(file, len, n, &head, body) &&
		    be32_get(head.p + SH_TYPE) != SHT_NOBITS &&
		    !(be32_get(head.p + SH_FLAGS) & SHF_COMPRESSED) &&
		    is_name(&strings, be32_get(head.p), name))
			return true;
	return false;
}

/* A section of code that the file has the bytes of. */
static bool code_section(const u8 *file, size_t len, u32 n, struct elf_function *f)
{
	struct elf_span head, body;

	if (!n || !section(file, len, n, &head, &body) ||
	    be32_get(head.p + SH_TYPE) != SHT_PROGBITS ||
	    !(be32_get(head.p + SH_FLAGS) & SHF_EXECINSTR))
		return false;
	f->section = be32_get(head.p + SH_ADDR);
	f->section_end = f->section + body.n;
	f->code = body.p;
	return !(f->section & 3) && f->section_end > f->section;
}

static const char *string(const struct elf_span *strings, u32 off)
{
	return off < strings->n && memchr(strings->p + off, 0, strings->n - off)
		       ? (const char *)strings->p + off
		       : NULL;
}

static bool visit_functions(const u8 *file, size_t len, const struct elf_span *symbols,
			    const struct elf_span *strings,
			    bool (*visit)(void *arg, const struct elf_function *f), void *arg)
{
	for (u32 at = 0; symbols->n - at >= SYM_SIZE; at += SYM_SIZE) {
		const u8 *s = symbols->p + at;
		u8 type = s[ST_INFO] & 15;
		struct elf_function f = { .name = string(strings, be32_get(s)),
					  .va = be32_get(s + ST_VALUE),
					  .size = be32_get(s + ST_SIZE),
					  .global = s[ST_INFO] >> 4,
					  .function = type == STT_FUNC };

		if ((type != STT_FUNC && type != STT_NOTYPE) || !f.name || !*f.name ||
		    !code_section(file, len, be16_get(s + ST_SHNDX), &f) || f.va & 3 ||
		    f.va < f.section || f.va >= f.section_end)
			continue;
		if (!visit(arg, &f))
			return false;
	}
	return true;
}

void elf_functions(const u8 *file, size_t len,
		   bool (*visit)(void *arg, const struct elf_function *f), void *arg)
{
	struct elf_span symbols, strings;
	u32 n = 0;

	while (next_symbols(file, len, &n, &symbols, &strings))
		if (!visit_functions(file, len, &symbols, &strings, visit, arg))
			return;
}
