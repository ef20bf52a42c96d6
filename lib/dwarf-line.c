/* SPDX-License-Identifier: MIT */
/* The line number program of DWARF (version 5, section 6.2; version 4, the same section). */
#include "lib/dwarf-line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/elf-symbol.h"

enum {
	LNS_COPY = 1,
	LNS_ADVANCE_PC,
	LNS_ADVANCE_LINE,
	LNS_SET_FILE,
	LNS_SET_COLUMN,
	LNS_NEGATE_STMT,
	LNS_SET_BASIC_BLOCK,
	LNS_CONST_ADD_PC,
	LNS_FIXED_ADVANCE_PC,
	LNS_NR = 13, /* those that versions 2 to 5 know, and 0 */
	LNE_END_SEQUENCE = 1,
	LNE_SET_ADDRESS = 2,
	LNCT_PATH = 1,
	LNCT_DIRECTORY_INDEX = 2,
	FORM_BLOCK = 0x09,
	FORM_DATA1 = 0x0b,
	FORM_DATA2 = 0x05,
	FORM_DATA4 = 0x06,
	FORM_DATA8 = 0x07,
	FORM_DATA16 = 0x1e,
	FORM_STRING = 0x08,
	FORM_STRP = 0x0e,
	FORM_LINE_STRP = 0x1f,
	FORM_UDATA = 0x0f,
	NAME_MAX_LEN = 4096,
};

/* Bytes that are taken one after the other; `bad` once there were not enough. */
struct cursor {
	const u8 *p, *end;
	bool bad;
};

struct name {
	const char *text;
	u32 dir; /* of a file: index of its directory */
	u32 id; /* what the sink calls it */
	bool told;
};

/* Names grow with the bytes that they are read from: none takes less than one. */
struct names {
	struct name *at;
	u32 nr, room;
};

struct unit {
	const struct dwarf_line_sink *sink;
	struct elf_span strings, line_strings;
	struct names dirs, files;
	unsigned version;
	u8 min_length, line_range, opcode_base;
	s8 line_base;
	const u8 *lengths; /* operands of standard opcodes, from opcode 1 on */
};

static const u8 *take(struct cursor *c, u64 n)
{
	const u8 *p = c->p;

	if (c->bad || n > (u64)(c->end - c->p)) {
		c->bad = true;
		return NULL;
	}
	c->p += n;
	return p;
}

static u32 take_uint(struct cursor *c, unsigned n)
{
	const u8 *p = take(c, n);
	u32 v = 0;

	for (unsigned i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

/* LEB128, its low 32 bits. */
static u32 take_leb(struct cursor *c, bool sign)
{
	unsigned shift = 0;
	const u8 *p;
	u32 v = 0;

	do {
		p = take(c, 1);
		if (!p)
			return 0;
		if (shift < 32)
			v |= (u32)(*p & 0x7f) << shift;
		shift += 7;
	} while (*p & 0x80);
	if (sign && shift < 32 && *p & 0x40)
		v |= 0xffffffffu << shift;
	return v;
}

/* A string among n bytes; longer ones than any path are not looked through again and again. */
static const u8 *string_end(const u8 *p, u64 n)
{
	return memchr(p, 0, n < NAME_MAX_LEN ? n : NAME_MAX_LEN);
}

static const char *take_string(struct cursor *c)
{
	const u8 *end = c->bad ? NULL : string_end(c->p, (u64)(c->end - c->p));

	if (!end) {
		c->bad = true;
		return NULL;
	}
	return (const char *)take(c, (u64)(end - c->p) + 1);
}

static const char *string_at(const struct elf_span *s, u32 off)
{
	return off < s->n && string_end(s->p + off, s->n - off) ? (const char *)s->p + off : NULL;
}

static int add_name(struct names *n, const char *text, u32 dir)
{
	if (n->nr == n->room) {
		u32 room = n->room ? 2 * n->room : 64;
		struct name *at = realloc(n->at, room * sizeof(*at));

		if (!at)
			return -ENOMEM;
		n->at = at;
		n->room = room;
	}
	n->at[n->nr++] = (struct name){ .text = text, .dir = dir };
	return 0;
}

/* --- tables of names --- */

/* Versions 2 to 4: strings up to an empty one. File numbers begin with 1. */
static int read_old_names(struct unit *u, struct cursor *c)
{
	int ret = add_name(&u->dirs, "", 0);

	while (!ret && !c->bad) {
		const char *s = take_string(c);

		if (!s || !*s)
			break;
		ret = add_name(&u->dirs, s, 0);
	}
	if (!ret)
		ret = add_name(&u->files, "", 0);
	while (!ret && !c->bad) {
		const char *s = take_string(c);
		u32 dir;

		if (!s || !*s)
			break;
		dir = take_leb(c, false);
		take_leb(c, false);
		take_leb(c, false);
		ret = add_name(&u->files, s, dir);
	}
	return ret;
}

/* One value in a form: a string to *text or a number to *num. */
static void take_form(const struct unit *u, struct cursor *c, u32 form, const char **text, u32 *num)
{
	switch (form) {
	case FORM_STRING:
		*text = take_string(c);
		break;
	case FORM_STRP:
		*text = string_at(&u->strings, take_uint(c, 4));
		break;
	case FORM_LINE_STRP:
		*text = string_at(&u->line_strings, take_uint(c, 4));
		break;
	case FORM_UDATA:
		*num = take_leb(c, false);
		break;
	case FORM_DATA1:
		*num = take_uint(c, 1);
		break;
	case FORM_DATA2:
		*num = take_uint(c, 2);
		break;
	case FORM_DATA4:
		*num = take_uint(c, 4);
		break;
	case FORM_DATA8:
		take(c, 8);
		break;
	case FORM_DATA16:
		take(c, 16);
		break;
	case FORM_BLOCK:
		take(c, take_leb(c, false));
		break;
	default:
		c->bad = true;
	}
}

/* Version 5: entries of a described form. Numbers begin with 0. */
static int read_new_names(struct unit *u, struct cursor *c, struct names *names)
{
	unsigned nr = take_uint(c, 1);
	struct cursor format = *c;
	u32 count;
	int ret = 0;

	for (unsigned i = 0; i < nr; i++) {
		take_leb(c, false);
		take_leb(c, false);
	}
	count = take_leb(c, false);
	if (count && !nr)
		c->bad = true;
	for (; count && !c->bad && !ret; count--) {
		const u8 *before = c->p;
		struct cursor f = format;
		const char *path = NULL;
		u32 dir = 0;

		for (unsigned i = 0; i < nr && !c->bad; i++) {
			u32 type = take_leb(&f, false), form = take_leb(&f, false), num = 0;
			const char *text = NULL;

			take_form(u, c, form, &text, &num);
			if (type == LNCT_PATH)
				path = text;
			else if (type == LNCT_DIRECTORY_INDEX)
				dir = num;
		}
		if (c->bad || c->p == before)
			c->bad = true;
		else
			ret = add_name(names, path ? path : "", dir);
	}
	return ret;
}

/* --- the program --- */

struct row {
	u32 address, line, file;
};

static void tell_row(struct unit *u, const struct row *from, u32 end)
{
	struct name *f = from->file < u->files.nr ? &u->files.at[from->file] : NULL;

	if (!f || !*f->text || end <= from->address || !from->line)
		return;
	if (!f->told) {
		const char *dir = f->dir < u->dirs.nr ? u->dirs.at[f->dir].text : "";
		const char *base =
			u->version == 5 && f->dir && u->dirs.nr ? u->dirs.at[0].text : "";

		f->id = u->sink->file(u->sink->arg, base, dir, f->text);
		f->told = true;
	}
	u->sink->line(u->sink->arg, f->id, from->line, from->address, end);
}

struct machine_regs {
	struct row now, last; /* `last` was told to begin where it says */
	bool some; /* last is one */
};

static void emit(struct unit *u, struct machine_regs *r, bool end)
{
	if (r->some)
		tell_row(u, &r->last, r->now.address);
	r->last = r->now;
	r->some = !end;
	if (end)
		r->now = (struct row){ .line = 1, .file = 1 };
}

static void extended(struct unit *u, struct cursor *c, struct machine_regs *r)
{
	u32 len = take_leb(c, false);
	const u8 *p = take(c, len);

	if (!p || !len) {
		c->bad = true;
		return;
	}
	if (*p == LNE_END_SEQUENCE)
		emit(u, r, true);
	else if (*p == LNE_SET_ADDRESS && len == 5)
		r->now.address = be32_get(p + 1);
}

static void standard(struct unit *u, struct cursor *c, u8 op, struct machine_regs *r)
{
	switch (op) {
	case LNS_COPY:
		emit(u, r, false);
		break;
	case LNS_ADVANCE_PC:
		r->now.address += take_leb(c, false) * u->min_length;
		break;
	case LNS_ADVANCE_LINE:
		r->now.line += take_leb(c, true);
		break;
	case LNS_SET_FILE:
		r->now.file = take_leb(c, false);
		break;
	case LNS_CONST_ADD_PC:
		r->now.address += (255u - u->opcode_base) / u->line_range * u->min_length;
		break;
	case LNS_FIXED_ADVANCE_PC:
		r->now.address += take_uint(c, 2);
		break;
	default:
		for (unsigned i = 0; i < u->lengths[op - 1]; i++)
			take_leb(c, false);
	}
}

static void run_program(struct unit *u, struct cursor *c)
{
	struct machine_regs r = { .now = { .line = 1, .file = 1 } };

	while (c->p < c->end && !c->bad) {
		u8 op = (u8)take_uint(c, 1);

		if (op >= u->opcode_base) {
			unsigned n = op - u->opcode_base;

			r.now.address += n / u->line_range * u->min_length;
			r.now.line += (u32)(u->line_base + (int)(n % u->line_range));
			emit(u, &r, false);
		} else if (op) {
			standard(u, c, op, &r);
		} else {
			extended(u, c, &r);
		}
	}
}

/* One compilation unit's; c is all of it behind its length. */
static int read_unit(struct unit *u, struct cursor *c)
{
	struct cursor head;
	u32 n;
	int ret;

	u->version = take_uint(c, 2);
	if (u->version < 2 || u->version > 5)
		return 0; /* of another kind; the next one may be known */
	if (u->version == 5 && take_uint(c, 2) != 0x0400) /* addresses of 4 bytes, no segments */
		return -EINVAL;
	n = take_uint(c, 4);
	head = *c;
	if (!take(c, n))
		return -EINVAL;
	head.end = c->p;
	u->min_length = (u8)take_uint(&head, 1);
	if (u->version >= 4)
		take_uint(&head, 1); /* operations in an instruction: this is no VLIW */
	take_uint(&head, 1); /* default_is_stmt */
	u->line_base = (s8)take_uint(&head, 1);
	u->line_range = (u8)take_uint(&head, 1);
	u->opcode_base = (u8)take_uint(&head, 1);
	if (!u->line_range || !u->opcode_base)
		return -EINVAL;
	u->lengths = take(&head, u->opcode_base - 1u);
	if (u->version < 5) {
		ret = read_old_names(u, &head);
	} else {
		ret = read_new_names(u, &head, &u->dirs);
		if (!ret)
			ret = read_new_names(u, &head, &u->files);
	}
	if (ret || head.bad)
		return ret ? ret : -EINVAL;
	run_program(u, c);
	return c->bad ? -EINVAL : 0;
}

int dwarf_lines(const u8 *elf, size_t len, const struct dwarf_line_sink *sink)
{
	struct elf_span lines, strings = { NULL, 0 }, line_strings = { NULL, 0 };
	struct cursor all;
	int ret = 0;

	if (!elf_section(elf, len, ".debug_line", &lines))
		return -ENOENT;
	elf_section(elf, len, ".debug_str", &strings);
	elf_section(elf, len, ".debug_line_str", &line_strings);
	all = (struct cursor){ lines.p, lines.p + lines.n, false };
	while (!ret && all.p < all.end) {
		struct unit u = { .sink = sink, .strings = strings, .line_strings = line_strings };
		u32 n = take_uint(&all, 4);
		const u8 *p = take(&all, n); /* 0xffffffff, of 64-bit DWARF, is too much */
		struct cursor c = { p, p ? p + n : NULL, !p };

		ret = p ? read_unit(&u, &c) : -EINVAL;
		free(u.dirs.at);
		free(u.files.at);
	}
	return ret;
}
