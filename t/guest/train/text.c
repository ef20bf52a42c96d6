/* SPDX-License-Identifier: MIT */
/* Numbers to text and back, base 64, a glob matcher, and words counted. */
#include "train.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static NOINLINE char *decimal(char *p, int v)
{
	char tmp[12];
	int n = 0;
	unsigned u = v < 0 ? -(unsigned)v : (unsigned)v;

	do
		tmp[n++] = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*p++ = '-';
	while (n)
		*p++ = tmp[--n];
	*p = 0;
	return p;
}

static NOINLINE int number(const char **s)
{
	const char *p = *s;
	int sign = 1, v = 0;

	while (*p == ' ' || *p == ',')
		p++;
	if (*p == '-')
		sign = -1, p++;
	while (*p >= '0' && *p <= '9')
		v = v * 10 + (*p++ - '0');
	*s = p;
	return sign * v;
}

static NOINLINE char *base64(char *o, const unsigned char *p, int n)
{
	for (; n >= 3; n -= 3, p += 3) {
		unsigned v = (unsigned)p[0] << 16 | p[1] << 8 | p[2];

		*o++ = digits[v >> 18];
		*o++ = digits[v >> 12 & 63];
		*o++ = digits[v >> 6 & 63];
		*o++ = digits[v & 63];
	}
	*o = 0;
	return o;
}

static NOINLINE int glob(const char *p, const char *s)
{
	for (; *p; p++, s++) {
		if (*p == '*') {
			while (*s) {
				if (glob(p + 1, s))
					return 1;
				s++;
			}
			return !p[1];
		}
		if (!*s || (*p != '?' && (*p | 32) != (*s | 32)))
			return 0;
	}
	return !*s;
}

static NOINLINE int words(const char *s)
{
	int n = 0, in = 0;

	for (; *s; s++) {
		int c = *s;
		int is = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (is && !in)
			n++;
		in = is;
	}
	return n;
}

static uint32_t work(unsigned round)
{
	char line[512], code[700], *p = line;
	const char *q = line;
	uint32_t s = round, sum = 0;

	for (int i = 0; i < 30; i++) {
		p = decimal(p, (int)(roll(&s) << 8) >> (round & 7));
		*p++ = i & 3 ? ',' : ' ';
	}
	*p = 0;
	for (int i = 0; i < 30; i++)
		sum += (uint32_t)number(&q);
	base64(code, (const unsigned char *)line, (int)(p - line));
	sum += (uint32_t)words(code) + (uint32_t)glob("*a?b*", code) + (uint32_t)glob("*zz", code);
	return sum;
}
