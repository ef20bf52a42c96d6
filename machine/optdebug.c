/* SPDX-License-Identifier: MIT */
/* The handlers of the options for tests and for debugging. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/optvalue.h"

/* sis: -tlim 300 s */
int opt_tlim(struct optctx *c, char *arg)
{
	static const struct {
		const char *name;
		u64 ns;
	} unit[] = { { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	size_t digits = strspn(arg, "0123456789");
	const char *word = arg + digits;
	char text[24];
	u64 n;

	if (!*word && *c->rest) {
		word = *c->rest;
		c->took = 1;
	}
	snprintf(text, sizeof(text), "%.*s", (int)digits, arg);
	for (unsigned i = 0; i < ARRAY_SIZE(unit); i++) {
		if (strcmp(word, unit[i].name))
			continue;
		if (digits >= sizeof(text) || opt_number(text, UINT64_MAX / unit[i].ns, &n) || !n)
			return opt_fail(c, "'%s' is not a number above 0", arg);
		c->o->limit_ns = n * unit[i].ns;
		return 0;
	}
	return opt_fail(c, "needs a number and its unit, us, ms or s: -tlim 300 s");
}

static int add_pattern(struct optctx *c, const char *text, bool fail)
{
	struct options *o = c->o;

	if (!*text)
		return opt_fail(c, "needs a regular expression that is not empty");
	if (o->nr_patterns == OPT_PATTERNS)
		return opt_fail(c, "more than %d patterns", OPT_PATTERNS);
	o->pattern[o->nr_patterns++] = (struct opt_pattern){ text, fail };
	return 0;
}

int opt_expect(struct optctx *c, char *arg)
{
	return add_pattern(c, arg, false);
}

int opt_fail_on(struct optctx *c, char *arg)
{
	return add_pattern(c, arg, true);
}

int opt_report(struct optctx *c, char *arg)
{
	struct options *o = c->o;
	struct optpart p;
	size_t n;

	o->report = opt_first_word(&arg);
	n = strlen(o->report);
	if (!n)
		return opt_fail(c, "needs a file");
	o->report_junit = n > 4 && !strcmp(o->report + n - 4, ".xml");
	while (opt_part(&arg, &p)) {
		if (!p.val || strcmp(p.key, "format") ||
		    (strcmp(p.val, "tap") && strcmp(p.val, "junit")))
			return opt_fail(c, "'%s' is not format=tap or format=junit", p.key);
		o->report_junit = *p.val == 'j';
	}
	return 0;
}

int options_gdb(const char *arg, char *spec, size_t size)
{
	bool socket = !strncmp(arg, "tcp:", 4) || !strncmp(arg, "unix:", 5);
	int n = snprintf(spec, size, "%s%s", arg, socket ? ",server=on,wait=off" : "");

	return n < 0 || (size_t)n >= size ? -EINVAL : 0;
}

int opt_gdb(struct optctx *c, char *arg)
{
	struct options *o = c->o;

	if (options_gdb(arg, o->gdb_spec, sizeof(o->gdb_spec)))
		return opt_fail(c, "is too long");
	return opt_chr(c, &o->gdb, o->gdb_spec);
}

int opt_s(struct optctx *c, __maybe_unused char *arg)
{
	char tcp[] = "tcp::1234";

	return opt_gdb(c, tcp);
}

const struct opt_log_item opt_log_items[] = {
	{ "in_asm", OPT_LOG_IN_ASM, "each instruction when it is first executed (slow)" },
	{ "exec", OPT_LOG_EXEC, "every instruction (very slow)" },
	{ "cpu", OPT_LOG_CPU, "the registers before every instruction (very slow)" },
	{ "int", OPT_LOG_INT, "traps and interrupts" },
	{ "mmu", OPT_LOG_MMU, "faults, and writes to the MMU's registers" },
	{ "guest_errors", OPT_LOG_GUEST_ERRORS, "bus errors, traps while traps are disabled" },
	{ "unimp", OPT_LOG_UNIMP, "use of hardware that is not modelled" },
	{ "dev", OPT_LOG_DEV, "accesses to chips' registers; dev:NAME: to those of one chip" },
	{ "fusion", OPT_LOG_FUSION, "at the end: the engine's sequences, how often each ran" },
	{ "ref", OPT_LOG_REF, "no log: run the reference interpreter only (slow)" },
	{ NULL },
};

/* dev:NAME */
static bool add_log_chip(struct opt_logged *log, const char *word)
{
	if (strncmp(word, "dev:", 4) || !word[4] || strlen(word + 4) >= sizeof(log->chip[0]) ||
	    log->nr_chips == OPT_LOG_CHIPS)
		return false;
	strcpy(log->chip[log->nr_chips++], word + 4);
	log->items |= OPT_LOG_DEV;
	return true;
}

static int no_item(const char *word, char *err, size_t errlen)
{
	struct opt_near near;
	char all[160] = "";

	opt_near_begin(&near, word);
	for (const struct opt_log_item *i = opt_log_items; i->name; i++) {
		size_t n = strlen(all);

		opt_near_try(&near, i->name);
		snprintf(all + n, sizeof(all) - n, "%s%s%s", n ? ", " : "", i->name,
			 i->bit == OPT_LOG_DEV ? ", dev:CHIP" : "");
	}
	snprintf(err, errlen, "'%s' is none of %s%s%s%s", word, all,
		 near.best ? "; did you mean " : "", near.best ? near.best : "",
		 near.best ? "?" : "");
	return -EINVAL;
}

int options_log(char *text, struct opt_logged *log, bool *help, char *err, size_t errlen)
{
	struct optpart p;

	*log = (struct opt_logged){ .items = 0 };
	while (opt_part(&text, &p)) {
		const struct opt_log_item *i = opt_log_items;

		while (i->name && (p.val || strcmp(p.key, i->name)))
			i++;
		log->items |= i->bit;
		if (i->name || (!p.val && add_log_chip(log, p.key)))
			continue;
		if (p.val || (strcmp(p.key, "help") && strcmp(p.key, "?")))
			return no_item(p.key, err, errlen);
		*help = true;
	}
	return 0;
}

int opt_log(struct optctx *c, char *arg)
{
	char err[256];

	if (options_log(arg, &c->o->log, &c->o->log_help, err, sizeof(err)))
		return opt_fail(c, "%s", err);
	return 0;
}

/* A..B, A+N, A-N */
static bool read_range(const char *text, struct opt_range *r)
{
	char *p;
	unsigned long long a = strtoull(text, &p, 0), b;
	char op = *p;
	char *digits = p + (op == '.' ? 2 : 1);

	if (p == text || !op || !strchr(".+-", op) || (op == '.' && p[1] != '.') || !*digits)
		return false;
	b = strtoull(digits, &p, 0);
	if (*p || p == digits || a > UINT32_MAX || b > UINT32_MAX || (op != '.' && !b))
		return false;
	r->first = (u32)(op == '-' ? a - (b - 1) : a);
	r->last = (u32)(op == '.' ? b : op == '+' ? a + (b - 1) : a);
	return r->first <= r->last;
}

int opt_dfilter(struct optctx *c, char *arg)
{
	struct options *o = c->o;
	struct optpart p;

	o->nr_log_ranges = 0;
	while (opt_part(&arg, &p)) {
		if (o->nr_log_ranges == OPT_LOG_RANGES)
			return opt_fail(c, "more than %d ranges", OPT_LOG_RANGES);
		if (p.val || !read_range(p.key, &o->log_range[o->nr_log_ranges++]))
			return opt_fail(c, "'%s' is not like 0x4000..0x4fff or 0x4000+0x1000",
					p.key);
	}
	return 0;
}

int opt_symbols(struct optctx *c, char *arg)
{
	struct options *o = c->o;
	struct opt_symbols *s = &o->symbols[o->nr_symbols];
	struct optpart p;
	u64 base;

	if (o->nr_symbols == OPT_SYMBOLS)
		return opt_fail(c, "more than %d files", OPT_SYMBOLS);
	*s = (struct opt_symbols){ .file = opt_first_word(&arg) };
	if (!*s->file)
		return opt_fail(c, "needs a FILE");
	while (opt_part(&arg, &p)) {
		if (strcmp(p.key, "base") || !p.val || opt_number(p.val, UINT32_MAX, &base) ||
		    base & 3)
			return opt_fail(c, "'%s' is not base=ADDRESS", p.key);
		s->base = (u32)base;
	}
	o->nr_symbols++;
	return 0;
}

int opt_profile(struct optctx *c, char *arg)
{
	struct options *o = c->o;
	struct optpart p;

	o->profile = opt_first_word(&arg);
	o->profile_every = 10000;
	if (!*o->profile)
		return opt_fail(c, "needs a FILE");
	while (opt_part(&arg, &p))
		if (strcmp(p.key, "every") || !p.val ||
		    opt_number(p.val, UINT32_MAX, &o->profile_every) || !o->profile_every)
			return opt_fail(c, "'%s' is not every=INSTRUCTIONS", p.key);
	return 0;
}
