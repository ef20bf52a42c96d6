/* SPDX-License-Identifier: MIT */
/* What -fuzz takes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/elf-symbol.h"
#include "lib/host-load.h"
#include "machine/fuzz.h"
#include "machine/load.h"
#include "machine/optvalue.h"

struct reading {
	struct fuzz_spec *s;
	const char *image;
	u8 *file; /* its contents, once a symbol was asked for */
	size_t len;
	char *err;
	size_t errlen;
};

static int fail(struct reading *r, const char *fmt, ...) __printf(2, 3);
static int fail(struct reading *r, const char *fmt, ...)
{
	int n = snprintf(r->err, r->errlen, "-fuzz: ");
	va_list ap;

	va_start(ap, fmt);
	if (n > 0 && (size_t)n < r->errlen)
		vsnprintf(r->err + n, r->errlen - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* A number, or a symbol of the image. */
static int address(struct reading *r, const char *text, u32 *va)
{
	u64 v;
	int ret;

	if (!*text)
		return fail(r, "an address is missing");
	if (!opt_number(text, UINT32_MAX, &v)) {
		*va = (u32)v;
		return 0;
	}
	if (!r->image)
		return fail(r, "'%s' is no address, and no image was given that has symbols", text);
	if (!r->file) {
		ret = host_read_file(r->image, LOAD_FILE_MAX, &r->file, &r->len, r->err, r->errlen);
		if (ret)
			return ret;
	}
	if (!elf_symbol(r->file, r->len, text, va))
		return fail(r, "'%s' is no address, nor a symbol of %s", text, r->image);
	return 0;
}

/* %g0..%i7 -> 0..31; -1: it is none. */
static int register_number(const char *text)
{
	static const char sets[] = "goli";
	const char *set = text[0] == '%' && text[1] ? strchr(sets, text[1]) : NULL;

	if (!set || text[2] < '0' || text[2] > '7' || text[3])
		return -1;
	return (int)(8 * (set - sets) + (text[2] - '0'));
}

static int place(struct reading *r, const char *text, struct fuzz_place *p)
{
	int reg = register_number(text);

	p->given = true;
	p->is_reg = reg >= 0;
	if (!p->is_reg)
		return address(r, text, &p->at);
	p->at = (u32)reg;
	return 0;
}

static int instruction(struct reading *r, const char *text, u32 *va)
{
	int ret = address(r, text, va);

	return !ret && (*va & 3) ? fail(r, "'%s' is no instruction's address", text) : ret;
}

static int read_start(struct reading *r, const char *text)
{
	u32 va = 0;
	int ret;

	if (!strcmp(text, "idle")) {
		r->s->start = FUZZ_AT_IDLE;
		return 0;
	}
	ret = instruction(r, text, &va);
	r->s->start = FUZZ_AT_PC;
	r->s->start_at = va;
	return ret;
}

static int read_point(struct reading *r, const char *text, u32 *list, unsigned *nr)
{
	if (*nr == FUZZ_POINTS)
		return fail(r, "more than %d addresses of one kind", FUZZ_POINTS);
	return instruction(r, text, &list[(*nr)++]);
}

static int read_done(struct reading *r, const char *text)
{
	if (strcmp(text, "return"))
		return read_point(r, text, r->s->done, &r->s->nr_done);
	r->s->done_return = true;
	return 0;
}

/* Numbers with '+' in between, or none. */
static int read_traps(struct reading *r, char *text)
{
	memset(r->s->traps, 0, sizeof(r->s->traps));
	if (!strcmp(text, "none"))
		return 0;
	while (text) {
		char *next = strchr(text, '+');
		u64 tt;

		if (next)
			*next++ = '\0';
		if (opt_number(text, 255, &tt))
			return fail(r, "traps: '%s' is not a trap type, 0 to 0xff", text);
		r->s->traps[tt >> 5] |= 1u << (tt & 31);
		text = next;
	}
	return 0;
}

static int read_range(struct reading *r, char *text)
{
	char *to = strstr(text, "..");
	int ret;

	if (!to)
		return fail(r, "cover: '%s' is not like FIRST..LAST", text);
	*to = '\0';
	ret = address(r, text, &r->s->first);
	if (!ret)
		ret = address(r, to + 2, &r->s->last);
	if (!ret && r->s->first > r->s->last)
		ret = fail(r, "cover: FIRST is above LAST");
	return ret;
}

static int read_number(struct reading *r, const char *key, const char *text, u64 max, u64 *v)
{
	if (opt_number(text, max, v) || !*v)
		return fail(r, "%s: '%s' is not a number from 1 to %llu", key, text,
			    (unsigned long long)max);
	return 0;
}

static int read_map(struct reading *r, const char *text)
{
	u64 v = 0;
	int ret = read_number(r, "map", text, 1u << COVER_MAX_BITS, &v);

	if (!ret && ((v & (v - 1)) || v < 1u << COVER_MIN_BITS))
		ret = fail(r, "map: a power of 2 from %u to %u", 1u << COVER_MIN_BITS,
			   1u << COVER_MAX_BITS);
	r->s->map_size = (u32)v;
	return ret;
}

/* UNIT:BLOCK */
static int read_scsi(struct reading *r, char *text)
{
	char *colon = strchr(text, ':');
	u64 unit, block;

	if (colon)
		*colon = '\0';
	if (!colon || opt_number(text, SCSI_IDS - 2, &unit) ||
	    opt_number(colon + 1, UINT32_MAX, &block))
		return fail(r, "scsi: it is not like UNIT:BLOCK, and UNIT 0 to %d", SCSI_IDS - 2);
	r->s->scsi = (unsigned)unit + 1;
	r->s->block = block;
	return 0;
}

static int read_serial(struct reading *r, const char *text)
{
	if (text && strcmp(text, "a") && strcmp(text, "b"))
		return fail(r, "serial: '%s' is neither a nor b", text);
	r->s->serial = 1 + (text && *text == 'b' ? CHR_SERIAL_B : CHR_SERIAL_A);
	return 0;
}

/* Keys that take a number. */
static int read_count(struct reading *r, const struct optpart *p, bool *known)
{
	struct fuzz_spec *s = r->s;
	u64 v = 0;
	int ret;

	*known = true;
	if (!strcmp(p->key, "max")) {
		ret = read_number(r, p->key, p->val, 1u << 20, &v);
		s->max = (u32)v;
	} else if (!strcmp(p->key, "insns")) {
		ret = read_number(r, p->key, p->val, UINT64_MAX / 2, &s->insns);
	} else if (!strcmp(p->key, "repeat")) {
		ret = read_number(r, p->key, p->val, 1000000000, &v);
		s->repeat = (u32)v;
	} else if (!strcmp(p->key, "start-insns")) {
		s->start = FUZZ_AT_INSNS;
		ret = read_number(r, p->key, p->val, UINT64_MAX / 2, &s->start_at);
	} else if (!strcmp(p->key, "protocol")) {
		ret = opt_number(p->val, 1, &v) ? fail(r, "protocol: 0 or 1") : 0;
		s->protocol = (unsigned)v;
	} else {
		*known = false;
		ret = 0;
	}
	return ret;
}

static int no_key(struct reading *r, const char *key)
{
	const char *near = opt_nearest(key, "fuzz");

	return fail(r, "no key '%s='; %s%s%s-fuzz help lists them", key,
		    near ? "did you mean " : "", near ? near : "", near ? "? " : "");
}

static int read_part(struct reading *r, struct optpart *p)
{
	struct fuzz_spec *s = r->s;
	bool known;
	int ret;

	if (!strcmp(p->key, "serial"))
		return read_serial(r, p->val);
	if (!strcmp(p->key, "net") && !p->val) {
		s->net = true;
		return 0;
	}
	if (!p->val)
		return fail(r, "'%s' wants a value, or is none of its keys", p->key);
	ret = read_count(r, p, &known);
	if (known)
		return ret;
	if (!strcmp(p->key, "mem"))
		return place(r, p->val, &s->mem);
	if (!strcmp(p->key, "scsi"))
		return read_scsi(r, p->val);
	if (!strcmp(p->key, "len"))
		return place(r, p->val, &s->len);
	if (!strcmp(p->key, "start"))
		return read_start(r, p->val);
	if (!strcmp(p->key, "done"))
		return read_done(r, p->val);
	if (!strcmp(p->key, "fail"))
		return read_point(r, p->val, s->fail, &s->nr_fail);
	if (!strcmp(p->key, "traps"))
		return read_traps(r, p->val);
	if (!strcmp(p->key, "cover"))
		return read_range(r, p->val);
	if (!strcmp(p->key, "map"))
		return read_map(r, p->val);
	if (!strcmp(p->key, "exit")) {
		s->exit_fails = !strcmp(p->val, "fail");
		return s->exit_fails || !strcmp(p->val, "pass") ? 0 : fail(r, "exit: fail or pass");
	}
	return no_key(r, p->key);
}

static int check(struct reading *r)
{
	struct fuzz_spec *s = r->s;

	if (s->mem.given + !!s->serial + !!s->scsi + s->net != 1)
		return fail(r, "one of mem=, serial, scsi= and net says where an input goes");
	if (s->len.given && !s->mem.given)
		return fail(r, "len= goes with mem=");
	if (s->done_return && s->start != FUZZ_AT_PC)
		return fail(r, "done=return goes with start=FUNCTION");
	if ((s->serial || s->net) && s->start == FUZZ_AT_ONCE)
		s->start = FUZZ_AT_IDLE;
	return 0;
}

int fuzz_parse(struct fuzz_spec *spec, const char *text, const char *image, char *err,
	       size_t errlen)
{
	struct reading r = { .s = spec, .image = image, .err = err, .errlen = errlen };
	char *copy = strdup(text), *rest = copy;
	struct optpart part;
	int ret = copy ? 0 : fail(&r, "out of memory");

	/* What firmware in order does not do. */
	*spec = (struct fuzz_spec){
		.max = 4096,
		.insns = 10000000,
		.map_size = 65536,
		.last = UINT32_MAX,
		.repeat = 1,
		.traps = { 1u << TT_INSTRUCTION_ACCESS | 1u << TT_ILLEGAL | 1u << TT_PRIVILEGED |
				   1u << TT_NOT_ALIGNED | 1u << TT_DATA_ACCESS,
			   1u << (TT_INSTRUCTION_ERROR - 32) | 1u << (TT_DATA_ERROR - 32) |
				   1u << (TT_DIVISION_BY_ZERO - 32) },
	};
	while (!ret && opt_part(&rest, &part))
		ret = read_part(&r, &part);
	if (!ret)
		ret = check(&r);
	free(r.file);
	free(copy);
	return ret;
}
