/* SPDX-License-Identifier: MIT */
#include "machine/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/elf-symbol.h"
#include "lib/host-load.h"
#include "machine/load.h"
#include "machine/peek.h"

enum { RANK_GLOBAL = 1, RANK_FUNCTION = 2 };
enum { UNTOLD = 4096 }; /* bytes that a name whose size is not told stands for, at most */
enum { COMPARED = 16 }; /* bytes of code from pc on that must be the file's */

/* --- files --- */

struct adding {
	struct symbol_file *file;
	u32 room;
	bool failed;
};

static bool add(void *arg, const struct elf_function *f)
{
	struct adding *a = arg;
	struct symbol_file *file = a->file;

	if (file->nr == a->room) {
		u32 room = a->room ? 2 * a->room : 256;
		struct symbol *more = realloc(file->symbol, room * sizeof(*more));

		a->failed = !more;
		if (!more)
			return false;
		file->symbol = more;
		a->room = room;
	}
	file->symbol[file->nr++] = (struct symbol){
		.name = f->name,
		.va = f->va + file->base,
		.end = f->size && f->size < f->section_end - f->va ? f->va + f->size + file->base
								   : 0,
		.section = f->section + file->base,
		.section_end = f->section_end + file->base,
		.code = f->code,
		.rank = (u8)((f->function ? RANK_FUNCTION : 0) + (f->global ? RANK_GLOBAL : 0))
	};
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->va != y->va)
		return x->va < y->va ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* One name a place, no label inside a function, and no name for more than the code up to the next one. */
static void tidy(struct symbol_file *file)
{
	u32 n = 0, inside = 0;

	if (!file->nr)
		return;
	qsort(file->symbol, file->nr, sizeof(*file->symbol), by_place);
	for (u32 i = 0; i < file->nr; i++) {
		const struct symbol *s = &file->symbol[i];

		if (n && (s->va == file->symbol[n - 1].va ||
			  (s->rank < RANK_FUNCTION && s->va < inside)))
			continue;
		if (s->rank >= RANK_FUNCTION && s->end)
			inside = s->end;
		file->symbol[n++] = *s;
	}
	file->nr = n;
	for (u32 i = 0; i < file->nr; i++) {
		struct symbol *s = &file->symbol[i];
		u32 next = i + 1 < file->nr ? s[1].va : s->section_end;

		if (next > s->section_end || next < s->va)
			next = s->section_end;
		if (!s->end && next - s->va > UNTOLD)
			next = s->va + UNTOLD;
		if (!s->end || s->end > next)
			s->end = next;
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int symbols_add(struct symbols *s, const char *name, u8 *buf, size_t len, u32 base)
{
	struct symbol_file *file = &s->file[s->nr++];
	struct adding a = { .file = file };
	struct image im;
	char why[512];

	*file = (struct symbol_file){ .name = base_name(name), .buf = buf, .base = base };
	/* Unpacks it. Whether the machine could load it is no question here. */
	image_parse(&im, name, buf, len, LOAD_FILE_MAX, why, sizeof(why));
	file->own = im.own;
	im.own = NULL;
	elf_functions(im.buf, im.len, add, &a);
	image_release(&im);
	if (a.failed)
		return -ENOMEM;
	tidy(file);
	return 0;
}

/* `name` is the options' own. */
static int add_file(struct symbols *s, const char *name, const char *path, u32 base, char *err,
		    size_t errlen)
{
	size_t len;
	u8 *buf;
	int ret = host_read_file(path, LOAD_FILE_MAX, &buf, &len, err, errlen);

	if (!ret) {
		ret = symbols_add(s, name, buf, len, base);
		if (ret)
			snprintf(err, errlen, "%s: out of memory", path);
	}
	return ret;
}

static int add_named(struct symbols *s, const struct opt_symbols *o, char *err, size_t errlen)
{
	char why[512];
	int ret = add_file(s, o->file, o->file, o->base, why, sizeof(why));

	if (!ret && !s->file[s->nr - 1].nr) {
		snprintf(why, sizeof(why), "%s: no ELF file with names of code in it", o->file);
		ret = -EINVAL;
	}
	if (ret)
		snprintf(err, errlen, "-symbols: %s", why);
	return ret;
}

/* The machine takes it or complains about it; here it has names or it has none. */
static void add_given(struct symbols *s, const struct options *o, unsigned n)
{
	char err[512], path[4096];
	const char *name = boot_file(o, n, path, sizeof(path));

	if (name)
		add_file(s, name, path, 0, err, sizeof(err));
}

int symbols_open(struct symbols *s, const struct options *o, char *err, size_t errlen)
{
	int ret = 0;

	*s = (struct symbols){ .nr = 0 };
	for (unsigned i = 0; i < o->nr_symbols && !ret; i++)
		ret = add_named(s, &o->symbols[i], err, errlen);
	if (ret)
		return ret;
	for (unsigned n = 0; n < BOOT_FILES; n++)
		add_given(s, o, n);
	return 0;
}

void symbols_release(struct symbols *s)
{
	for (unsigned i = 0; i < s->nr; i++) {
		free(s->file[i].symbol);
		free(s->file[i].own);
		free(s->file[i].buf);
	}
	s->nr = 0;
}

/* --- places --- */

const struct symbol *symbols_in(const struct symbol_file *file, u32 va)
{
	u32 low = 0, high = file->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (file->symbol[mid].va <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low && va < file->symbol[low - 1].end ? &file->symbol[low - 1] : NULL;
}

static bool is_in_memory(const struct cpu *cpu, const struct symbol *symbol, u32 pc)
{
	u32 n = symbol->section_end - pc;
	u8 here[COMPARED];

	if (n > COMPARED)
		n = COMPARED;
	return peek_read(cpu, pc, true, here, n) &&
	       !memcmp(here, symbol->code + (pc - symbol->section), n);
}

const struct symbol_file *symbols_file_at(const struct symbols *s, const struct cpu *cpu, u32 pc)
{
	const struct symbol_file *other = NULL;

	for (unsigned i = 0; i < s->nr; i++) {
		const struct symbol *symbol = symbols_in(&s->file[i], pc);

		if (symbol && is_in_memory(cpu, symbol, pc))
			return &s->file[i];
		if (symbol && !other)
			other = &s->file[i];
	}
	return cpu->s ? other : NULL;
}

char *symbols_clean(char *text)
{
	for (char *p = text; *p; p++)
		if ((u8)*p <= ' ' || (u8)*p >= 0x7f || *p == ';')
			*p = '_';
	return text;
}

const char *symbols_text(const struct symbols *s, const struct cpu *cpu, u32 pc,
			 char text[SYMBOLS_TEXT])
{
	const struct symbol_file *file = s->nr ? symbols_file_at(s, cpu, pc) : NULL;
	const struct symbol *symbol = file ? symbols_in(file, pc) : NULL;

	*text = '\0';
	if (symbol)
		snprintf(text, SYMBOLS_TEXT, "%.80s+0x%x", symbol->name, pc - symbol->va);
	return symbols_clean(text);
}

/* 0, which is UNIMP: outside the function. */
static u32 insn_at(const struct symbol *symbol, u32 va)
{
	return va >= symbol->va && va < symbol->end && symbol->end - va >= 4
		       ? be32_get(symbol->code + (va - symbol->section))
		       : 0;
}

static bool is_op3(u32 insn, unsigned op3)
{
	return (insn & 0xc1f80000) == (2u << 30 | op3 << 19);
}

bool symbols_has_frame(const struct symbol *symbol, u32 pc)
{
	enum { SAVE = 0x3c, RESTORE = 0x3d, RETL = 0x81c3e008, RETL_STRUCT = 0x81c3e00c };

	/* RESTORE, then RETL and its delay instruction. */
	for (u32 back = 4; back <= 8; back += 4) {
		u32 next = insn_at(symbol, pc - back + 4);

		if (is_op3(insn_at(symbol, pc - back), RESTORE) &&
		    (next == RETL || next == RETL_STRUCT))
			return false;
	}
	for (u32 va = symbol->va; va < pc; va += 4)
		if (is_op3(insn_at(symbol, va), SAVE))
			return true;
	return false;
}
