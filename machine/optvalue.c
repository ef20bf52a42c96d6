/* SPDX-License-Identifier: MIT */
/* Numbers, sizes, dates and addresses as people write them on a command line. */
#include "machine/optvalue.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int opt_fail(struct optctx *c, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(c->err, c->errlen, "%s: ", c->opt);

	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < c->errlen)
		vsnprintf(c->err + n, c->errlen - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

bool opt_part(char **rest, struct optpart *part)
{
	char *in = *rest, *out = in;

	if (!in)
		return false;
	part->key = in;
	part->val = NULL;
	*rest = NULL;
	for (; *in; in++) {
		if (*in == ',' && *++in != ',') {
			*rest = in;
			break;
		}
		if (*in == '=' && !part->val) {
			*out++ = '\0';
			part->val = out;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Digits of the number at *text, which moves on to what follows them. */
static int number(const char **text, u64 *val)
{
	const char *p = *text;
	unsigned base = 10;
	u64 v = 0;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	if ((unsigned)digit(*p) >= base)
		return -EINVAL;
	for (; (unsigned)digit(*p) < base; p++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (unsigned)digit(*p), &v))
			return -EINVAL;
	*text = p;
	*val = v;
	return 0;
}

int opt_number(const char *text, u64 max, u64 *val)
{
	u64 v;

	if (!text || number(&text, &v) || *text || v > max)
		return -EINVAL;
	*val = v;
	return 0;
}

int options_size(const char *text, u64 unit, u64 *bytes)
{
	static const char suffix[] = "bkmgt";
	u64 v;

	if (number(&text, &v))
		return -EINVAL;
	if (*text) {
		const char *s = strchr(suffix, *text | 0x20);

		if (!s || text[1])
			return -EINVAL;
		unit = UINT64_C(1) << 10 * (s - suffix);
	}
	return __builtin_mul_overflow(v, unit, bytes) ? -EINVAL : 0;
}

int opt_bool(const char *text, bool *val)
{
	*val = !text || !strcmp(text, "on") || !strcmp(text, "yes") || !strcmp(text, "true");
	return *val || !strcmp(text, "off") || !strcmp(text, "no") || !strcmp(text, "false")
		       ? 0
		       : -EINVAL;
}

int opt_seconds(const char *text, u64 *ns)
{
	u64 v = 0, unit = 1000000000;

	if (*text != '.' && (digit(*text) > 9 || (text[1] | 0x20) == 'x' || number(&text, &v)))
		return -EINVAL;
	if (__builtin_mul_overflow(v, unit, &v))
		return -EINVAL;
	if (*text == '.') {
		if (digit(*++text) > 9)
			return -EINVAL;
		/* Digits beyond the nanoseconds are dropped. */
		for (; digit(*text) <= 9; text++) {
			unit /= 10;
			if (__builtin_add_overflow(v, (u64)digit(*text) * unit, &v))
				return -EINVAL;
		}
	}
	*ns = v;
	return *text || !v ? -EINVAL : 0;
}

/* Exactly n decimal digits. */
static int digits(const char **text, unsigned n, unsigned *val)
{
	for (*val = 0; n; n--, ++*text) {
		if (digit(**text) > 9)
			return -EINVAL;
		*val = *val * 10 + (unsigned)digit(**text);
	}
	return 0;
}

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static s64 days_since_1970(unsigned year, unsigned month, unsigned day)
{
	static const u16 before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	s64 past = (s64)year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] +
	       (month > 2 && is_leap(year)) + day - 1;
}

int opt_date(const char *text, s64 *seconds)
{
	static const u8 length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day, hour = 0, min = 0, sec = 0;

	if (digits(&text, 4, &year) || *text++ != '-' || digits(&text, 2, &month) ||
	    *text++ != '-' || digits(&text, 2, &day))
		return -EINVAL;
	if (*text == 'T') {
		text++;
		if (digits(&text, 2, &hour) || *text++ != ':' || digits(&text, 2, &min))
			return -EINVAL;
		if (*text == ':') {
			text++;
			if (digits(&text, 2, &sec))
				return -EINVAL;
		}
	}
	if (*text || !year || month < 1 || month > 12 || day < 1 ||
	    day > length[month - 1] + (unsigned)(month == 2 && is_leap(year)) || hour > 23 ||
	    min > 59 || sec > 59)
		return -EINVAL;
	*seconds = days_since_1970(year, month, day) * 86400 + hour * 3600 + min * 60 + sec;
	return 0;
}

/* Exactly two hex digits. */
static int hex_byte(const char **text, u8 *val)
{
	unsigned v = 0;

	for (int i = 0; i < 2; i++, ++*text) {
		if (digit(**text) > 15)
			return -EINVAL;
		v = v << 4 | (unsigned)digit(**text);
	}
	*val = (u8)v;
	return 0;
}

int opt_mac(const char *text, u8 mac[6])
{
	static const u8 nobody[6];

	for (int i = 0; i < 6; i++) {
		if (i && *text != ':' && *text != '-')
			return -EINVAL;
		text += i != 0;
		if (hex_byte(&text, &mac[i]))
			return -EINVAL;
	}
	return *text || mac[0] & 1 || !memcmp(mac, nobody, 6) ? -EINVAL : 0;
}

int opt_uuid(const char *text, u8 uuid[16])
{
	for (int i = 0; i < 16; i++) {
		if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-')
			return -EINVAL;
		if (hex_byte(&text, &uuid[i]))
			return -EINVAL;
	}
	return *text ? -EINVAL : 0;
}

int opt_hostport(char *text, const char **host, u16 *port)
{
	char *colon = strrchr(text, ':');
	u64 v;

	if (!colon || opt_number(colon + 1, 65535, &v) || !v)
		return -EINVAL;
	*colon = '\0';
	*port = (u16)v;
	*host = text;
	if (*text == '[') {
		if (colon[-1] != ']')
			return -EINVAL;
		colon[-1] = '\0';
		*host = text + 1;
	}
	return 0;
}

static unsigned min2(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned opt_distance(const char *a, const char *b)
{
	enum { MAX = 32 };
	unsigned row[3][MAX + 1], *old = row[0], *last = row[1], *now = row[2];
	size_t na = strlen(a), nb = strlen(b);

	if (na > MAX || nb > MAX)
		return MAX;
	for (unsigned j = 0; j <= nb; j++)
		last[j] = j;
	for (unsigned i = 1; i <= na; i++) {
		unsigned *spare = old;

		now[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			now[j] = min2(last[j - 1] + (a[i - 1] != b[j - 1]),
				      min2(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = min2(now[j], old[j - 2] + 1);
		}
		old = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

/* Is text this word alone, or, where the word ends in a colon, this word and more? */
static bool chr_is(const char *text, const char *word)
{
	size_t n = strlen(word);

	return word[n - 1] == ':' ? !strncmp(text, word, n) && text[n] : !strcmp(text, word);
}

int opt_chr(struct optctx *c, struct opt_chr *chr, const char *text)
{
	static const char *const words[] = {
		"null", "pty", "file:", "pipe:", "unix:", "tcp:", "fd:"
	};
	static const char *const foreign[] = {
		"vc", "vc:", "chardev:", "serial:", "tty:", "msmouse"
	};
	const char *near;

	*chr = (struct opt_chr){ .kind = OPT_CHR_OTHER, .spec = text };
	if (!strncmp(text, "mon:", 4)) {
		chr->mux = true;
		text += 4;
	}
	if (!strcmp(text, "none") || !strcmp(text, "stdio")) {
		chr->kind = *text == 'n' ? OPT_CHR_NONE : OPT_CHR_STDIO;
		return 0;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (chr_is(text, words[i]))
			return 0;
	if (chr_is(text, "telnet:") || chr_is(text, "websocket:") || chr_is(text, "udp:"))
		return opt_fail(c, "'%s' is not supported; the nearest is tcp:HOST:PORT", text);
	for (unsigned i = 0; i < ARRAY_SIZE(foreign); i++)
		if (*text == '/' || chr_is(text, foreign[i]))
			return opt_fail(c, "'%s' is not supported; the nearest is pty", text);
	near = opt_nearest(text, "serial");
	return opt_fail(c,
			"'%s' is none of stdio, null, none, pty, file:P, pipe:P, unix:P, tcp:H:P, "
			"fd:N, or mon: and one of these%s%s%s",
			text, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

char *opt_first_word(char **arg)
{
	struct optpart p;

	opt_part(arg, &p);
	if (p.val)
		p.val[-1] = '=';
	return p.key;
}
