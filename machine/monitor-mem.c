/* SPDX-License-Identifier: MIT */
/* The monitor's eyes on memory. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/disas.h"
#include "machine/journal.h"
#include "machine/monitor.h"
#include "machine/peek.h"

#define UNITS 65536 /* in one command */

struct fmt {
	unsigned long count;
	char form; /* x d u o c i */
	unsigned size; /* bytes: 1 2 4 8 */
};

/* "/16xb" at *p, in any order after the count. False, and the reason was printed. */
static bool read_fmt(struct monitor *mon, const char **p, struct fmt *f)
{
	static const char letters[] = "bhwg";
	const char *at;

	*f = (struct fmt){ 1, 'x', 4 };
	*p += strspn(*p, " \t");
	if (**p != '/')
		return true;
	++*p;
	if (isdigit((unsigned char)**p)) {
		char *end;

		f->count = strtoul(*p, &end, 10);
		*p = end;
	}
	for (; **p && **p != ' ' && **p != '\t'; ++*p) {
		at = strchr(letters, **p);
		if (at)
			f->size = 1u << (at - letters);
		else if (strchr("xduoci", **p))
			f->form = **p;
		else {
			mon_printf(
				mon,
				"unknown format letter '%c'; there are x d u o c i and b h w g\n",
				**p);
			return false;
		}
	}
	if (f->form == 'i')
		f->size = 4;
	if (f->form == 'c')
		f->size = 1;
	if (f->count > UNITS) {
		mon_printf(mon, "the count is above %d\n", UNITS);
		return false;
	}
	return true;
}

static u64 join_bytes(const u8 *b, unsigned size)
{
	u64 val = 0;

	while (size--)
		val = val << 8 | *b++;
	return val;
}

/* Of a chip only what it decodes: aligned and of one of its widths. */
static bool read_phys(struct machine *m, u64 pa, unsigned size, u64 *val)
{
	const struct bus_range *range = bus_find(&m->bus, pa);
	u8 b[8];

	if (!range || (!range->mem && pa % size))
		return false;
	if (!range->mem) {
		journal_add(m->journal, JOURNAL_READ, size, pa, NULL, 0);
		return !bus_read(&m->bus, pa, size, val);
	}
	if (bus_copy_from(&m->bus, pa, b, size))
		return false;
	*val = join_bytes(b, size);
	return true;
}

static bool read_virt(struct machine *m, u32 va, const struct fmt *f, u64 *val)
{
	const struct cpu *cpu = m->cpu[m->running];
	struct peek_page page;
	u8 b[8];

	if (peek_read(cpu, va, f->form == 'i', b, f->size)) {
		*val = join_bytes(b, f->size);
		return true;
	}
	return va % f->size == 0 && peek_translate(cpu, va, f->form == 'i', &page) &&
	       read_phys(m, page.pa, f->size, val);
}

static s64 sign_extend(u64 val, unsigned size)
{
	unsigned shift = 64 - 8 * size;

	return (s64)(val << shift) >> shift;
}

static void print_value(struct monitor *mon, u64 val, char form, unsigned size)
{
	switch (form) {
	case 'd':
		mon_printf(mon, "%" PRId64, sign_extend(val, size));
		break;
	case 'u':
		mon_printf(mon, "%" PRIu64, val);
		break;
	case 'o':
		mon_printf(mon, "0%" PRIo64, val);
		break;
	case 'c':
		val &= 0xff;
		if (val >= ' ' && val < 0x7f)
			mon_printf(mon, val == '\'' || val == '\\' ? "'\\%c'" : "'%c'", (int)val);
		else
			mon_printf(mon, "'\\x%02x'", (unsigned)val);
		break;
	default:
		mon_printf(mon, "0x%0*" PRIx64, (int)(2 * size), val);
	}
}

static void dump(struct monitor *mon, const char *args, bool phys)
{
	struct machine *m = mon->c->m;
	unsigned a_line;
	struct fmt f;
	u64 at, val;

	if (!read_fmt(mon, &args, &f) || !mon_expr(mon, &args, &at))
		return;
	if (*args) {
		mon_printf(mon, "one address is enough: '%.32s'\n", args);
		return;
	}
	a_line = f.form == 'i' ? 1 : f.form == 'c' ? 8 : 16 / f.size;
	for (unsigned long n = 0; n < f.count; n++, at += f.size) {
		if (!phys)
			at = (u32)at;
		if (n % a_line == 0)
			mon_printf(mon, "%s%0*" PRIx64 ":", n ? "\n" : "", phys ? 9 : 8, at);
		if (phys ? !read_phys(m, at, f.size, &val) : !read_virt(m, (u32)at, &f, &val)) {
			mon_printf(mon, " nothing answers there\n");
			return;
		}
		if (f.form == 'i') {
			char text[SPARC_DISAS_MAX];

			sparc_disas((u32)val, (u32)at, text, sizeof(text));
			mon_printf(mon, " %08" PRIx32 "  %s", (u32)val, text);
		} else {
			mon_printf(mon, " ");
			print_value(mon, val, f.form, f.size);
		}
	}
	if (f.count)
		mon_printf(mon, "\n");
}

void mon_x(struct monitor *mon, const char *args)
{
	dump(mon, args, false);
}

void mon_xp(struct monitor *mon, const char *args)
{
	dump(mon, args, true);
}

void mon_print(struct monitor *mon, const char *args)
{
	struct fmt f;
	u64 val;

	if (!read_fmt(mon, &args, &f) || !mon_expr(mon, &args, &val))
		return;
	if (*args) {
		mon_printf(mon, "an operator is missing at '%.32s'\n", args);
		return;
	}
	if (f.form == 'x')
		mon_printf(mon, "0x%" PRIx64, val);
	else
		print_value(mon, val, f.form == 'i' ? 'x' : f.form, 8);
	mon_printf(mon, "\n");
}
