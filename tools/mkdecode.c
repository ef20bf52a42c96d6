/* SPDX-License-Identifier: MIT */
/*
 * mkdecode: insns.decode -> decode.h, at build time.
 *
 * The language is described at the head of arch/sparc/insns.decode. A table is refused, with
 * FILE:LINE: MESSAGE on standard error and exit status 1, unless every one of the 2^32 words
 * belongs to exactly one row. The output depends on the input alone.
 *
 * insn_decode() of the output is two look-ups without a branch. The first is indexed by the bits
 * that %index names and gives a slice of the second table, together with the run of bits that
 * selects in it; runs are as short as the rows that meet there allow, none at all in most places.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/types.h"

#define MAX_NAME 24
#define MAX_SYNTAX 64
#define MAX_L1_BITS 12
#define MAX_L2_BITS 10
#define MAX_L2 65536

struct field {
	char name[MAX_NAME];
	unsigned hi, lo, shift;
	bool sign, span;
};

struct flag {
	char name[MAX_NAME];
	char what[80];
};

struct operand {
	char name[MAX_NAME];
	unsigned field[4];
	unsigned nfields;
};

struct insn {
	char name[MAX_NAME];
	char syntax[MAX_SYNTAX];
	unsigned line;
	u32 flags;
	bool rest; /* `else` */
};

/* Of a word, the bits in mask have the value; have are the bits that lie in named fields. */
struct pattern {
	u32 mask, value, have;
	unsigned insn, line;
	bool used; /* an `else` pattern that got words */
};

/* The words of insn with (w & mask) == value, and rd equal to the five bits at eq. */
struct alias {
	u32 mask, value;
	unsigned insn, eq;
	char syntax[MAX_SYNTAX];
};

struct l1 {
	unsigned base, shift, mask;
};

static const char *file;
static unsigned line, errors;

static struct field fields[32];
static struct flag flags[16];
static struct operand operands[31];
static struct insn insns[256];
static struct pattern patterns[512];
static struct alias aliases[128];
static unsigned nfields, nflags, noperands, ninsns, npatterns, naliases;

static struct {
	unsigned hi, lo;
} idx[4];
static unsigned nidx, idx_bits;
static u32 idx_mask;

static struct l1 l1[1u << MAX_L1_BITS];
static u8 l2[MAX_L2];
static unsigned nl2;

__printf(2, 3) static void error_at(unsigned at, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", file, at);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	errors++;
}

#define error(...) error_at(line, __VA_ARGS__)

static u32 bit_run(unsigned hi, unsigned lo)
{
	return (u32)((((u64)2 << (hi - lo)) - 1) << lo);
}

/* ---- words of a line ---- */

/* The next word of *p, ended in place, or NULL. A string is one word and keeps its first quote. */
static char *next_word(char **p)
{
	char *s = *p + strspn(*p, " \t"), *e;

	if (!*s) {
		*p = s;
		return NULL;
	}
	if (*s == '"') {
		e = strchr(s + 1, '"');
		if (!e) {
			error("a string without its end");
			return NULL;
		}
	} else {
		e = s + strcspn(s, " \t");
	}
	*p = *e ? e + 1 : e;
	*e = '\0';
	return s;
}

static bool good_name(const char *s)
{
	if (strlen(s) >= MAX_NAME || !islower((unsigned char)*s))
		return false;
	while (islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

/* HI:LO within a word. */
static bool get_range(const char *s, unsigned *hi, unsigned *lo)
{
	char junk;

	if (s && sscanf(s, "%2u:%2u%c", hi, lo, &junk) == 2 && *hi < 32 && *lo <= *hi)
		return true;
	error("bad bit range '%s'", s ? s : "");
	return false;
}

static struct field *find_field(const char *name)
{
	for (unsigned i = 0; i < nfields; i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

static int find_operand(const char *name)
{
	for (unsigned i = 0; i < noperands; i++)
		if (!strcmp(operands[i].name, name))
			return (int)i;
	return -1;
}

static int find_flag(const char *name)
{
	for (unsigned i = 0; i < nflags; i++)
		if (!strcmp(flags[i].name, name))
			return (int)i;
	return -1;
}

static bool table_full(unsigned n, size_t max, const char *what)
{
	if (n < max)
		return false;
	error("too many %s", what);
	return true;
}

/* ---- declarations ---- */

static void parse_index(char *p)
{
	char *w;

	if (nidx) {
		error("a second %%index");
		return;
	}
	while ((w = next_word(&p))) {
		unsigned hi, lo;

		if (table_full(nidx, ARRAY_SIZE(idx), "runs in %index") || !get_range(w, &hi, &lo))
			return;
		if (idx_mask & bit_run(hi, lo)) {
			error("%%index names a bit twice");
			return;
		}
		idx_mask |= bit_run(hi, lo);
		idx_bits += hi - lo + 1;
		idx[nidx].hi = hi;
		idx[nidx++].lo = lo;
	}
	if (!nidx || idx_bits > MAX_L1_BITS)
		error("%%index wants 1 to %d bits", MAX_L1_BITS);
}

static void parse_field(char *p, bool span)
{
	char *w = next_word(&p);
	struct field *f = &fields[nfields];

	if (table_full(nfields, ARRAY_SIZE(fields), "fields"))
		return;
	memset(f, 0, sizeof(*f));
	if (!w || !good_name(w)) {
		error("bad field name '%s'", w ? w : "");
		return;
	}
	if (find_field(w)) {
		error("field '%s' is there already", w);
		return;
	}
	strcpy(f->name, w);
	f->span = span;
	if (!get_range(next_word(&p), &f->hi, &f->lo))
		return;
	while ((w = next_word(&p))) {
		char junk;

		if (!strcmp(w, "signed")) {
			f->sign = true;
		} else if (sscanf(w, "<<%2u%c", &f->shift, &junk) != 1 ||
			   f->shift > f->lo + 31 - f->hi) {
			error("bad property '%s' of field '%s'", w, f->name);
			return;
		}
	}
	nfields++;
}

static void parse_flag(char *p)
{
	char *w = next_word(&p), *what = next_word(&p);
	struct flag *f = &flags[nflags];

	if (table_full(nflags, ARRAY_SIZE(flags), "flags"))
		return;
	if (!w || strlen(w) >= MAX_NAME || w[strspn(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] ||
	    find_flag(w) >= 0) {
		error("bad or repeated flag '%s'", w ? w : "");
		return;
	}
	if (!what || *what != '"' || strlen(what) > sizeof(f->what)) {
		error("flag '%s' wants its meaning as a string", w);
		return;
	}
	strcpy(f->name, w);
	strcpy(f->what, what + 1);
	nflags++;
}

static void parse_operand(char *p)
{
	char *w = next_word(&p);
	struct operand *o = &operands[noperands];

	if (table_full(noperands, ARRAY_SIZE(operands), "operands"))
		return;
	if (!w || !good_name(w) || find_operand(w) >= 0) {
		error("bad or repeated operand '%s'", w ? w : "");
		return;
	}
	strcpy(o->name, w);
	o->nfields = 0;
	while ((w = next_word(&p))) {
		struct field *f = find_field(w);

		if (!f) {
			error("no field '%s'", w);
			return;
		}
		if (table_full(o->nfields, ARRAY_SIZE(o->field), "fields in an operand"))
			return;
		o->field[o->nfields++] = (unsigned)(f - fields);
	}
	noperands++;
}

/* ---- rows ---- */

/* Translate {NAME} to the operand's number + 1; every field it needs must be in have. */
static bool parse_syntax(char *out, const char *s, u32 have)
{
	size_t n = 0;

	for (s++; *s; s++) {
		char name[MAX_NAME] = "", close = 0;
		int o;

		if (n + 1 >= MAX_SYNTAX) {
			error("the syntax is too long");
			return false;
		}
		if (*s != '{') {
			out[n++] = *s;
			continue;
		}
		if (sscanf(s, "{%23[a-z0-9_]%c", name, &close) != 2 || close != '}' ||
		    (o = find_operand(name)) < 0) {
			error("no operand '%s'", name);
			return false;
		}
		for (unsigned i = 0; i < operands[o].nfields; i++) {
			const struct field *f = &fields[operands[o].field[i]];

			if (bit_run(f->hi, f->lo) & ~have) {
				error("operand '%s' needs field '%s', which the pattern has not",
				      name, f->name);
				return false;
			}
		}
		out[n++] = (char)(o + 1);
		s += strlen(name) + 1;
	}
	out[n] = '\0';
	return true;
}

/* A run of 0, 1 and - that ends below bit *top. */
static bool add_bits(struct pattern *pt, const char *s, unsigned *top)
{
	for (; *s; s++) {
		if (!*top) {
			error("the pattern is longer than 32 bits");
			return false;
		}
		--*top;
		if (*s == '-')
			continue;
		pt->mask |= 1u << *top;
		if (*s == '1')
			pt->value |= 1u << *top;
	}
	return true;
}

/* NAME or NAME:BITS, whose place must be the next below bit *top. */
static bool add_field(struct pattern *pt, char *w, unsigned *top)
{
	char *sub = strchr(w, ':');
	const struct field *f;

	if (sub)
		*sub++ = '\0';
	f = find_field(w);
	if (!f) {
		error("no field '%s'", w);
		return false;
	}
	if (f->hi + 1 != *top) {
		error("field '%s' begins at bit %u, but stands at bit %d", w, f->hi, (int)*top - 1);
		return false;
	}
	pt->have |= bit_run(f->hi, f->lo);
	if (!sub) {
		*top = f->lo;
		return true;
	}
	if (strlen(sub) != f->hi - f->lo + 1 || sub[strspn(sub, "01-")]) {
		error("field '%s' wants %u bits, not '%s'", w, f->hi - f->lo + 1, sub);
		return false;
	}
	return add_bits(pt, sub, top);
}

/* Read a pattern; the word after it is left in *after. */
static bool parse_pattern(char *w, char **p, unsigned insn, char **after)
{
	struct pattern *pt = &patterns[npatterns];
	unsigned top = 32;

	if (table_full(npatterns, ARRAY_SIZE(patterns), "patterns"))
		return false;
	*pt = (struct pattern){ .insn = insn, .line = line };
	for (; w && *w != '"' && !isupper((unsigned char)*w); w = next_word(p))
		if (w[strspn(w, "01-")] ? !add_field(pt, w, &top) : !add_bits(pt, w, &top))
			return false;
	*after = w;
	if (top) {
		error("the pattern is %u bits short", top);
		return false;
	}
	npatterns++;
	return true;
}

static void parse_row(char *name, char *p)
{
	struct insn *in = &insns[ninsns];
	char *w = next_word(&p);

	if (table_full(ninsns, ARRAY_SIZE(insns), "rows"))
		return;
	*in = (struct insn){ .line = line };
	if (!good_name(name)) {
		error("bad name '%s'", name);
		return;
	}
	for (unsigned i = 0; i < ninsns; i++) {
		if (!strcmp(insns[i].name, name)) {
			error("'%s' is there already, at line %u", name, insns[i].line);
			return;
		}
	}
	strcpy(in->name, name);
	if (w && !strcmp(w, "else")) {
		in->rest = true;
		w = next_word(&p);
	}
	if (!parse_pattern(w, &p, ninsns, &w))
		return;
	for (; w && *w != '"'; w = next_word(&p)) {
		int f = find_flag(w);

		if (f < 0) {
			error("no flag '%s'", w);
			return;
		}
		in->flags |= 1u << f;
	}
	if (w && !parse_syntax(in->syntax, w, patterns[npatterns - 1].have))
		return;
	if (w && (w = next_word(&p))) {
		error("unexpected '%s'", w);
		return;
	}
	ninsns++;
}

static void parse_more(char *p)
{
	char *w = next_word(&p);

	if (!ninsns) {
		error("'|' without a row");
		return;
	}
	if (parse_pattern(w, &p, ninsns - 1, &w) && w)
		error("unexpected '%s'", w);
}

/* FIELD=VALUE or FIELD=FIELD. */
static bool add_constraint(struct alias *a, char *w)
{
	char *eq = strchr(w, '=');
	const struct field *f, *g;
	unsigned long v;
	char *end;
	u32 run;

	if (eq)
		*eq++ = '\0';
	f = find_field(w);
	if (!eq || !f) {
		error("no field '%s'", w);
		return false;
	}
	run = bit_run(f->hi, f->lo);
	g = find_field(eq);
	if (g) {
		if (strcmp(eq, "rd") || f->hi - f->lo != 4 || a->eq != g->lo) {
			error("only one field of five bits may equal rd");
			return false;
		}
		a->eq = f->lo;
		return true;
	}
	v = strtoul(eq, &end, 0);
	if (!*eq || *end || v > run >> f->lo || a->mask & run) {
		error("bad value '%s' of field '%s'", eq, w);
		return false;
	}
	a->mask |= run;
	a->value |= (u32)v << f->lo;
	return true;
}

static void parse_alias(char *p)
{
	struct alias *a = &aliases[naliases];
	const struct field *rd = find_field("rd");
	const struct pattern *pt;
	char *w;

	if (!ninsns || !rd) {
		error("'>' without a row or without a field rd");
		return;
	}
	if (table_full(naliases, ARRAY_SIZE(aliases), "spellings"))
		return;
	pt = &patterns[npatterns - 1];
	*a = (struct alias){ .insn = ninsns - 1, .eq = rd->lo };
	for (w = next_word(&p); w && *w != '"'; w = next_word(&p))
		if (!add_constraint(a, w))
			return;
	if (a->mask & ~pt->have) {
		error("a spelling may only look at the fields of its row");
		return;
	}
	if (!w) {
		error("a spelling without a syntax");
		return;
	}
	if (parse_syntax(a->syntax, w, pt->have))
		naliases++;
}

static void parse_line(char *p)
{
	char *w;

	if (*p == '#')
		return;
	w = next_word(&p);
	if (!w)
		return;
	if (!strcmp(w, "%index"))
		parse_index(p);
	else if (!strcmp(w, "%field"))
		parse_field(p, false);
	else if (!strcmp(w, "%span"))
		parse_field(p, true);
	else if (!strcmp(w, "%flag"))
		parse_flag(p);
	else if (!strcmp(w, "%operand"))
		parse_operand(p);
	else if (*w == '%')
		error("unknown directive '%s'", w);
	else if (!strcmp(w, "|"))
		parse_more(p);
	else if (!strcmp(w, ">"))
		parse_alias(p);
	else
		parse_row(w, p);
}

static bool parse_file(void)
{
	static char buf[512];
	FILE *f = fopen(file, "r");

	if (!f) {
		perror(file);
		return false;
	}
	for (line = 1; fgets(buf, sizeof(buf), f); line++) {
		size_t n = strlen(buf);

		if (n == sizeof(buf) - 1 && buf[n - 1] != '\n') {
			error("the line is too long");
			break;
		}
		while (n && isspace((unsigned char)buf[n - 1]))
			buf[--n] = '\0';
		parse_line(buf);
	}
	fclose(f);
	if (!errors && !nidx)
		error("no %%index");
	return !errors;
}

/* ---- the proof ---- */

static bool disjoint(const struct pattern *a, const struct pattern *b)
{
	return (a->value ^ b->value) & a->mask & b->mask;
}

/* Two patterns may share words only where one of them is an `else` and the other is not. */
static void check_overlaps(void)
{
	for (unsigned j = 1; j < npatterns; j++) {
		for (unsigned i = 0; i < j; i++) {
			const struct pattern *a = &patterns[i], *b = &patterns[j];

			if (disjoint(a, b) || insns[a->insn].rest != insns[b->insn].rest)
				continue;
			error_at(b->line, "'%s' overlaps '%s' of line %u at 0x%08x",
				 insns[b->insn].name, insns[a->insn].name, a->line,
				 a->value | b->value);
		}
	}
}

/*
 * Given the words with (w & mask) == value and the patterns that meet them, find the first word
 * that has no row: split on a bit that some pattern fixes until a pattern covers all or none is
 * left. Patterns of `else` rows that cover words which nothing else wants get marked.
 */
static bool find_gap(struct pattern **set, unsigned n, u32 mask, u32 value, u32 *gap)
{
	struct pattern *part[ARRAY_SIZE(patterns)], *rest = NULL;
	u32 want = 0, bit;

	for (unsigned i = 0; i < n; i++) {
		bool whole = !(set[i]->mask & ~mask);

		if (whole && !insns[set[i]->insn].rest)
			return false;
		if (whole)
			rest = set[i];
		want |= set[i]->mask & ~mask;
	}
	if (!want) {
		if (rest)
			rest->used = true;
		*gap = value;
		return !rest;
	}
	bit = 1u << (31 - __builtin_clz(want));
	for (u32 v = 0;; v = bit) {
		unsigned m = 0;

		for (unsigned i = 0; i < n; i++)
			if (!(set[i]->mask & bit) || (set[i]->value & bit) == v)
				part[m++] = set[i];
		if (find_gap(part, m, mask | bit, value | v, gap))
			return true;
		if (v)
			return false;
	}
}

static void check_gaps(void)
{
	struct pattern *set[ARRAY_SIZE(patterns)];
	u32 gap;

	for (unsigned i = 0; i < npatterns; i++)
		set[i] = &patterns[i];
	if (find_gap(set, npatterns, 0, 0, &gap)) {
		error_at(line - 1, "no row for 0x%08x", gap);
		return;
	}
	for (unsigned i = 0; i < npatterns; i++)
		if (insns[patterns[i].insn].rest && !patterns[i].used)
			error_at(patterns[i].line, "nothing is left for '%s'",
				 insns[patterns[i].insn].name);
}

/* ---- the look-up tables ---- */

static unsigned insn_of(u32 w)
{
	unsigned rest = 0;

	for (unsigned i = 0; i < npatterns; i++) {
		if ((w & patterns[i].mask) != patterns[i].value)
			continue;
		if (!insns[patterns[i].insn].rest)
			return patterns[i].insn;
		rest = patterns[i].insn;
	}
	return rest;
}

/* The word whose %index bits make up the number key, all others being 0. */
static u32 key_word(unsigned key)
{
	u32 w = 0;

	for (unsigned i = nidx; i-- > 0;) {
		unsigned width = idx[i].hi - idx[i].lo + 1;

		w |= (key & bit_run(width - 1, 0)) << idx[i].lo;
		key >>= width;
	}
	return w;
}

/* The bits outside %index that decide among the patterns that meet the words of a key. */
static u32 deciding_bits(u32 word)
{
	u32 want = 0;

	for (unsigned i = 0; i < npatterns; i++)
		if (!((patterns[i].value ^ word) & patterns[i].mask & idx_mask))
			want |= patterns[i].mask & ~idx_mask;
	return want;
}

/* Where the slice of n entries is already in the second table, or its new place at the end. */
static unsigned place_slice(const u8 *slice, unsigned n)
{
	unsigned at;

	for (at = 0; at + n <= nl2; at++)
		if (!memcmp(l2 + at, slice, n))
			return at;
	if (nl2 + n > MAX_L2) {
		error_at(line - 1, "the tables are too big");
		return 0;
	}
	memcpy(l2 + nl2, slice, n);
	at = nl2;
	nl2 += n;
	return at;
}

static void build_tables(void)
{
	for (unsigned key = 0; key < 1u << idx_bits; key++) {
		u32 word = key_word(key), want = deciding_bits(word);
		unsigned lo = 0, width = 0, bad;
		u8 slice[1u << MAX_L2_BITS];

		if (want) {
			lo = (unsigned)__builtin_ctz(want);
			width = 32 - (unsigned)__builtin_clz(want) - lo;
		}
		bad = insn_of(word);
		if (width > MAX_L2_BITS || (want && idx_mask & bit_run(lo + width - 1, lo))) {
			error_at(insns[bad].line,
				 "the rows around '%s' differ in bits too far apart (0x%08x)",
				 insns[bad].name, want);
			return;
		}
		for (u32 v = 0; v < 1u << width; v++)
			slice[v] = (u8)insn_of(word | v << lo);
		l1[key].base = place_slice(slice, 1u << width);
		l1[key].shift = lo;
		l1[key].mask = (1u << width) - 1;
	}
}

/* ---- output ---- */

/* A C string; the only control characters are operands, always as three digits. */
static void print_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s < ' ')
			printf("\\%03o", (unsigned)*s);
		else if (*s == '\\')
			printf("\\\\");
		else
			putchar(*s);
	}
	putchar('"');
}

/* Bits hi..lo of w as an expression. */
static void print_bits(unsigned hi, unsigned lo)
{
	if (lo)
		printf("w >> %u & 0x%x", lo, bit_run(hi - lo, 0));
	else
		printf("w & 0x%x", bit_run(hi, 0));
}

static void print_field(const struct field *f)
{
	unsigned left = 31 - f->hi, right = left + f->lo;

	if (f->span)
		return;
	printf("\nstatic inline %s f_%s(u32 w)\n{\n\treturn ", f->sign ? "s32" : "u32", f->name);
	if (f->sign && f->shift) {
		printf("(s32)((u32)((s32)(w << %u) >> %u) << %u)", left, right, f->shift);
	} else if (f->sign) {
		printf("(s32)(w << %u) >> %u", left, right);
	} else if (f->shift) {
		printf("(");
		print_bits(f->hi, f->lo);
		printf(") << %u", f->shift);
	} else {
		print_bits(f->hi, f->lo);
	}
	printf(";\n}\n");
}

static void print_enums(void)
{
	printf("enum insn {\n");
	for (unsigned i = 0; i < ninsns; i++)
		printf("\tinsn_%s,\n", insns[i].name);
	printf("\tINSN_COUNT\n};\n\n");
	for (unsigned i = 0; i < nflags; i++)
		printf("#define INSN_%s 0x%04xu /* %s */\n", flags[i].name, 1u << i, flags[i].what);
}

static void print_tables(void)
{
	printf("\nstruct insn_slice {\n\tu16 base, mask;\n\tu8 shift;\n};\n");
	printf("\nstatic const struct insn_slice insn_l1[%u] = {", 1u << idx_bits);
	for (unsigned i = 0; i < 1u << idx_bits; i++)
		printf("%s{ %u, %u, %u },", i % 4 ? " " : "\n\t", l1[i].base, l1[i].mask,
		       l1[i].shift);
	printf("\n};\n\nstatic const u8 insn_l2[%u] = {", nl2);
	for (unsigned i = 0; i < nl2; i++)
		printf("%s%u,", i % 16 ? " " : "\n\t", l2[i]);
	printf("\n};\n");
}

static void print_decode(void)
{
	unsigned below = idx_bits;

	printf("\n/* The row that the word w belongs to; every word has one. */\n");
	printf("static inline enum insn insn_decode(u32 w)\n{\n");
	printf("\tconst struct insn_slice *s = &insn_l1[");
	for (unsigned i = 0; i < nidx; i++) {
		below -= idx[i].hi - idx[i].lo + 1;
		printf("%s(", i ? " | " : "");
		print_bits(idx[i].hi, idx[i].lo);
		if (below)
			printf(") << %u", below);
		else
			printf(")");
	}
	printf("];\n\n\treturn (enum insn)insn_l2[s->base + (w >> s->shift & s->mask)];\n}\n");
}

static void print_flags(void)
{
	printf("\nstatic const u16 insn_flags[INSN_COUNT] = {\n");
	for (unsigned i = 0; i < ninsns; i++)
		if (insns[i].flags)
			printf("\t[insn_%s] = 0x%04x,\n", insns[i].name, insns[i].flags);
	printf("};\n\n#endif\n");
}

static void print_names(void)
{
	printf("\n#if defined(INSN_WANT_NAMES) && !defined(GEN_DECODE_NAMES)\n");
	printf("#define GEN_DECODE_NAMES\nstatic const char *const insn_name[INSN_COUNT] = {\n");
	for (unsigned i = 0; i < ninsns; i++)
		printf("\t\"%s\",\n", insns[i].name);
	printf("};\n#endif\n");
}

static void print_syntax(void)
{
	printf("\n#if defined(INSN_WANT_SYNTAX) && !defined(GEN_DECODE_SYNTAX)\n");
	printf("#define GEN_DECODE_SYNTAX\n");
	printf("/* In a syntax the characters 1 to 31 stand for operands. */\nenum insn_operand "
	       "{\n");
	for (unsigned i = 0; i < noperands; i++)
		printf("\toperand_%s = %u,\n", operands[i].name, i + 1);
	printf("};\n\nstatic const char *const insn_syntax[INSN_COUNT] = {\n");
	for (unsigned i = 0; i < ninsns; i++) {
		printf("\t");
		print_string(insns[i].syntax);
		printf(",\n");
	}
	printf("};\n\n");
	printf("/* Another spelling of insn if (w & mask) == value and rd is the same as bits "
	       "eq+4:eq. */\n");
	printf("static const struct insn_alias {\n\tu32 mask, value;\n\tu8 insn, eq;\n");
	printf("\tconst char *syntax;\n} insn_aliases[%u] = {\n", naliases);
	for (unsigned i = 0; i < naliases; i++) {
		const struct alias *a = &aliases[i];

		printf("\t{ 0x%08x, 0x%08x, insn_%s, %u, ", a->mask, a->value, insns[a->insn].name,
		       a->eq);
		print_string(a->syntax);
		printf(" },\n");
	}
	printf("};\n#endif\n");
}

static void print_header(void)
{
	const char *base = strrchr(file, '/');

	printf("/* SPDX-License-Identifier: MIT */\n");
	printf("/*\n * Generated by mkdecode from %s: the instruction set.\n *\n",
	       base ? base + 1 : file);
	printf(" * Before the include, INSN_WANT_FLAGS, INSN_WANT_NAMES and INSN_WANT_SYNTAX ask "
	       "for the\n");
	printf(" * tables of those names.\n */\n");
	printf("#ifndef GEN_DECODE_H\n#define GEN_DECODE_H\n\n#include \"lib/types.h\"\n\n");
	print_enums();
	for (unsigned i = 0; i < nfields; i++)
		print_field(&fields[i]);
	print_tables();
	print_decode();
	print_flags();
	print_names();
	print_syntax();
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: mkdecode FILE\n");
		return 2;
	}
	file = argv[1];
	if (!parse_file())
		return 1;
	check_overlaps();
	if (!errors)
		check_gaps();
	if (!errors)
		build_tables();
	if (errors)
		return 1;
	print_header();
	return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
