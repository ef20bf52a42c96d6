/* SPDX-License-Identifier: MIT */
/*
 * Names of code: what begins like an ELF file is taken as one; all else is put in one, as a section of code, and
 * as names of it, eight bytes each. Whatever comes of it, each name has a place of its own in its section.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/elf-symbol.h"
#include "machine/symbols.h"
#include "t/fuzz/check.h"

enum { EHDR = 52, SHDR = 40, SYM = 16, SECTIONS = 4, TEXT = 0x4000, COMPACT = 8 };
enum { PROGBITS = 1, SYMTAB = 2, STRTAB = 3, EXECINSTR = 4 };

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

struct file {
	const u8 *p;
	size_t n;
	unsigned nr; /* names */
};

static void put_section(u8 *elf, unsigned n, u32 type, u32 flags, u32 off, u32 size)
{
	u8 *head = elf + EHDR + n * SHDR;

	be32_put(head + 4, type);
	be32_put(head + 8, flags);
	be32_put(head + 12, n == 1 ? TEXT : 0);
	be32_put(head + 16, off);
	be32_put(head + 20, size);
	be32_put(head + 24, n == 2 ? 3 : 0);
}

/* Where its name begins, where it lies, how large it is, what kind of name, in which section. */
static void put_symbol(u8 *sym, const u8 *from)
{
	be32_put(sym, from[0]);
	be32_put(sym + 4, TEXT + be16_get(from + 1));
	be32_put(sym + 8, be16_get(from + 3));
	sym[12] = from[5];
	be16_put(sym + 14, from[6] & 0x80 ? from[6] : 1);
}

static u8 *wrap(const u8 *data, size_t len, size_t *total)
{
	u32 n = (u32)len, symbols = n / COMPACT, at = EHDR + SECTIONS * SHDR;
	u8 *elf;

	*total = at + symbols * SYM + len;
	elf = calloc(1, *total);
	FUZZ_CHECK(elf);
	memcpy(elf, "\177ELF\1\2", 6);
	be32_put(elf + 32, EHDR);
	be16_put(elf + 46, SHDR);
	be16_put(elf + 48, SECTIONS);
	put_section(elf, 1, PROGBITS, EXECINSTR, at + symbols * SYM, n & ~3u);
	put_section(elf, 2, SYMTAB, 0, at, symbols * SYM);
	put_section(elf, 3, STRTAB, 0, at + symbols * SYM, n);
	for (u32 i = 0; i < symbols; i++)
		put_symbol(elf + at + i * SYM, data + i * COMPACT);
	if (len)
		memcpy(elf + at + symbols * SYM, data, len);
	return elf;
}

static bool lies_in(const struct file *f, const void *p, size_t n)
{
	size_t off = (size_t)((const u8 *)p - f->p);

	return off <= f->n && n <= f->n - off;
}

static bool on_function(void *arg, const struct elf_function *fn)
{
	struct file *f = arg;
	u32 value;

	FUZZ_CHECK(*fn->name && lies_in(f, fn->name, strlen(fn->name) + 1));
	FUZZ_CHECK(fn->section < fn->section_end && fn->va >= fn->section &&
		   fn->va < fn->section_end && !(fn->va & 3));
	FUZZ_CHECK(lies_in(f, fn->code, fn->section_end - fn->section));
	FUZZ_CHECK(f->nr++ >= 16 || elf_symbol(f->p, f->n, fn->name, &value));
	return true;
}

static void check_symbol(const struct symbol_file *file, u32 i)
{
	const struct symbol *s = &file->symbol[i];

	FUZZ_CHECK(s->va < s->end && s->va >= s->section && s->end <= s->section_end);
	FUZZ_CHECK(i + 1 == file->nr || s->end <= s[1].va || s->section_end < s[1].va ||
		   s->section != s[1].section);
	FUZZ_CHECK(i + 1 == file->nr || s->va < s[1].va);
	FUZZ_CHECK(symbols_in(file, s->va) == s && symbols_in(file, s->end - 1));
	symbols_has_frame(s, s->end & ~3u);
	symbols_has_frame(s, s->va);
}

/* Moved, names may go beyond the end of all addresses; what is looked at stays in the file. */
static void check_moved(const u8 *elf, size_t n, u32 base)
{
	struct symbols s = { .nr = 0 };
	u8 *copy = malloc(n ? n : 1);

	FUZZ_CHECK(copy);
	memcpy(copy, elf, n);
	FUZZ_CHECK(!symbols_add(&s, "input", copy, n, base));
	for (u32 i = 0; i < s.file[0].nr; i++) {
		const struct symbol *symbol = symbols_in(&s.file[0], s.file[0].symbol[i].va);
		const struct file f = { copy, n, 0 };

		if (!symbol)
			continue;
		FUZZ_CHECK(lies_in(&f, symbol->code + (symbol->end - 1 - symbol->section), 1));
		symbols_has_frame(symbol, symbol->end & ~3u);
	}
	symbols_release(&s);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct symbols s = { .nr = 0 };
	size_t total = len;
	struct file f;
	u8 *elf;

	if (len >= 4 && !memcmp(data, "\177ELF", 4)) {
		elf = malloc(len);
		FUZZ_CHECK(elf);
		memcpy(elf, data, len);
	} else {
		elf = wrap(data, len, &total);
	}
	f = (struct file){ elf, total, 0 };
	elf_functions(elf, total, on_function, &f);
	check_moved(elf, total, 0xffffb000);
	FUZZ_CHECK(!symbols_add(&s, "dir/input", elf, total, 0));
	FUZZ_CHECK(!strcmp(s.file[0].name, "input"));
	for (u32 i = 0; i < s.file[0].nr; i++)
		check_symbol(&s.file[0], i);
	symbols_in(&s.file[0], 0);
	symbols_in(&s.file[0], UINT32_MAX);
	symbols_release(&s);
	return 0;
}
