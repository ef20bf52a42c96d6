/* SPDX-License-Identifier: MIT */
/*
 * printf and its family on the serial console: d i u o x X c s p n % with flags,
 * width, precision and the h, l, ll, z, t, j sizes. Doubles print in fixed notation
 * whatever is asked, %g without trailing zeros, to at most 9 decimals. Files: stdout and stderr only.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"

static FILE console;
FILE *stdin = &console, *stdout = &console, *stderr = &console;

/* Where characters go: memory (what does not fit is counted) or the console. */
struct sink {
	char *p;
	size_t room;
	size_t count;
};

struct spec {
	bool minus, plus, space, alt, zero, upper;
	int width, prec, size;
};

static void emit(struct sink *s, int c)
{
	s->count++;
	if (!s->p) {
		console_putc(c);
	} else if (s->room > 1) {
		*s->p++ = (char)c;
		s->room--;
	}
}

static void fill(struct sink *s, int c, int n)
{
	while (n-- > 0)
		emit(s, c);
}

/* The sign or base mark, then at least `digits` digits, in `width` columns. */
static void field(struct sink *s, const struct spec *f, const char *mark, const char *body, int len,
		  int zeros)
{
	int marks = (int)strlen(mark), pad = f->width - marks - zeros - len;

	if (f->zero && !f->minus && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!f->minus)
		fill(s, ' ', pad);
	while (*mark)
		emit(s, *mark++);
	fill(s, '0', zeros);
	while (len-- > 0)
		emit(s, *body++);
	if (f->minus)
		fill(s, ' ', pad);
}

static int digits(char *end, uint64_t v, unsigned base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char *p = end;

	/* Most numbers fit a word: spare them the long division. */
	for (; v >> 32; v /= base)
		*--p = set[v % base];
	for (uint32_t w = (uint32_t)v; w; w /= base)
		*--p = set[w % base];
	return (int)(end - p);
}

static void number(struct sink *s, struct spec *f, uint64_t v, unsigned base, bool neg, bool sign)
{
	const char *mark = "";
	char buf[24];
	int len = digits(buf + sizeof(buf), v, base, f->upper);
	int zeros = f->prec >= 0 ? f->prec - len : 1 - len;

	if (f->prec >= 0)
		f->zero = false;
	if (sign)
		mark = neg ? "-" : f->plus ? "+" : f->space ? " " : "";
	else if (f->alt && base == 16 && v)
		mark = f->upper ? "0X" : "0x";
	if (f->alt && base == 8 && zeros < 1)
		zeros = 1;
	field(s, f, mark, buf + sizeof(buf) - len, len, zeros > 0 ? zeros : 0);
}

#ifndef GUEST_NO_FLOAT
static uint64_t double_bits(double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

/* Fixed notation of a finite value below 2^63 in size; others by name. */
static void fixed(struct sink *s, struct spec *f, double d, bool strip)
{
	bool neg = double_bits(d) >> 63;
	const char *mark = neg ? "-" : f->plus ? "+" : f->space ? " " : "";
	uint64_t scale = 1, whole, part;
	char buf[48];
	int prec = f->prec < 0 ? 6 : f->prec > 9 ? 9 : f->prec, len, i;

	if (neg)
		d = -d;
	if (!(d < 9.2e18)) {
		f->zero = false;
		field(s, f, mark, d != d ? "nan" : "inf", 3, 0);
		return;
	}
	for (i = 0; i < prec; i++)
		scale *= 10;
	whole = (uint64_t)d;
	part = (uint64_t)((d - (double)whole) * (double)scale + 0.5);
	if (part >= scale) {
		part -= scale;
		whole++;
	}
	for (; strip && prec && part % 10 == 0; prec--)
		part /= 10;
	len = 0;
	if (prec) {
		len = digits(buf + sizeof(buf), part, 10, false);
		while (len < prec)
			buf[sizeof(buf) - (size_t)++len] = '0';
		buf[sizeof(buf) - (size_t)++len] = '.';
	}
	i = digits(buf + sizeof(buf) - len, whole, 10, false);
	if (!i)
		buf[sizeof(buf) - (size_t)len - (size_t)++i] = '0';
	len += i;
	field(s, f, mark, buf + sizeof(buf) - len, len, 0);
}

#endif

static uint64_t get_unsigned(va_list *ap, int size)
{
	if (size >= 2)
		return va_arg(*ap, unsigned long long);
	if (size == -1)
		return (unsigned short)va_arg(*ap, unsigned);
	if (size == -2)
		return (unsigned char)va_arg(*ap, unsigned);
	return va_arg(*ap, unsigned);
}

static int64_t get_signed(va_list *ap, int size)
{
	if (size >= 2)
		return va_arg(*ap, long long);
	if (size == -1)
		return (short)va_arg(*ap, int);
	if (size == -2)
		return (signed char)va_arg(*ap, int);
	return va_arg(*ap, int);
}

static const char *parse(struct spec *f, const char *p, va_list *ap)
{
	memset(f, 0, sizeof(*f));
	f->prec = -1;
	for (;; p++) {
		if (*p == '-')
			f->minus = true;
		else if (*p == '+')
			f->plus = true;
		else if (*p == ' ')
			f->space = true;
		else if (*p == '#')
			f->alt = true;
		else if (*p == '0')
			f->zero = true;
		else
			break;
	}
	if (*p == '*') {
		f->width = va_arg(*ap, int);
		if (f->width < 0) {
			f->minus = true;
			f->width = -f->width;
		}
		p++;
	}
	for (; (unsigned)*p - '0' < 10; p++)
		f->width = f->width * 10 + (*p - '0');
	if (*p == '.') {
		f->prec = 0;
		if (*++p == '*') {
			f->prec = va_arg(*ap, int);
			p++;
		}
		for (; (unsigned)*p - '0' < 10; p++)
			f->prec = f->prec * 10 + (*p - '0');
	}
	for (;; p++) {
		if (*p == 'h')
			f->size--;
		else if (*p == 'l')
			f->size++;
		else if (*p == 'j' || *p == 'q')
			f->size = 2;
		else if (*p != 'z' && *p != 't' && *p != 'L')
			return p;
	}
}

static void convert(struct sink *s, struct spec *f, int c, va_list *ap)
{
	const char *str;
	char ch;
	int64_t v;

	switch (c) {
	case 'd':
	case 'i':
		v = get_signed(ap, f->size);
		number(s, f, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, v < 0, true);
		break;
	case 'u':
		number(s, f, get_unsigned(ap, f->size), 10, false, false);
		break;
	case 'o':
		number(s, f, get_unsigned(ap, f->size), 8, false, false);
		break;
	case 'X':
		f->upper = true;
		/* fall through */
	case 'x':
		number(s, f, get_unsigned(ap, f->size), 16, false, false);
		break;
	case 'p':
		f->alt = true;
		number(s, f, (uintptr_t)va_arg(*ap, void *), 16, false, false);
		break;
	case 'c':
		ch = (char)va_arg(*ap, int);
		f->zero = false;
		field(s, f, "", &ch, 1, 0);
		break;
	case 's':
		str = va_arg(*ap, const char *);
		if (!str)
			str = "(null)";
		f->zero = false;
		field(s, f, "", str,
		      (int)(f->prec < 0 ? strlen(str) : strnlen(str, (size_t)f->prec)), 0);
		break;
	case 'n':
		*va_arg(*ap, int *) = (int)s->count;
		break;
#ifndef GUEST_NO_FLOAT
	case 'f':
	case 'F':
	case 'e':
	case 'E':
	case 'g':
	case 'G':
	case 'a':
		fixed(s, f, va_arg(*ap, double), (c | 32) == 'g');
		break;
#endif
	default:
		emit(s, c);
	}
}

static int format(struct sink *s, const char *p, va_list ap0)
{
	struct spec f;
	va_list ap;

	va_copy(ap, ap0);
	for (; *p; p++) {
		if (*p != '%') {
			emit(s, *p);
			continue;
		}
		p = parse(&f, p + 1, &ap);
		if (!*p)
			break;
		convert(s, &f, *p, &ap);
	}
	va_end(ap);
	return (int)s->count;
}

int vprintf(const char *fmt, va_list ap)
{
	struct sink s = { NULL, 0, 0 };

	return format(&s, fmt, ap);
}

int vsnprintf(char *buf, size_t n, const char *fmt, va_list ap)
{
	char none[1];
	struct sink s = { n ? buf : none, n ? n : 1, 0 };
	int r = format(&s, fmt, ap);

	*s.p = 0;
	return r;
}

int vsprintf(char *buf, const char *fmt, va_list ap)
{
	return vsnprintf(buf, INT32_MAX, fmt, ap);
}

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	(void)f;
	return vprintf(fmt, ap);
}

int printf(const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vprintf(fmt, ap);
	va_end(ap);
	return r;
}

int fprintf(FILE *f, const char *fmt, ...)
{
	va_list ap;
	int r;

	(void)f;
	va_start(ap, fmt);
	r = vprintf(fmt, ap);
	va_end(ap);
	return r;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsprintf(buf, fmt, ap);
	va_end(ap);
	return r;
}

int snprintf(char *buf, size_t n, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsnprintf(buf, n, fmt, ap);
	va_end(ap);
	return r;
}

int putchar(int c)
{
	console_putc(c);
	return (unsigned char)c;
}

int fputc(int c, FILE *f)
{
	(void)f;
	return putchar(c);
}

int putc(int c, FILE *f)
{
	return fputc(c, f);
}

int fputs(const char *s, FILE *f)
{
	(void)f;
	while (*s)
		console_putc(*s++);
	return 0;
}

int puts(const char *s)
{
	fputs(s, stdout);
	console_putc('\n');
	return 0;
}

size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
	const char *c = p;

	(void)f;
	for (size_t i = 0; i < size * n; i++)
		console_putc(c[i]);
	return n;
}

int fflush(FILE *f)
{
	(void)f;
	return 0;
}

int fputs_unlocked(const char *s, FILE *f)
{
	return fputs(s, f);
}

int fprintf_unlocked(FILE *f, const char *fmt, ...)
{
	va_list ap;
	int r;

	(void)f;
	va_start(ap, fmt);
	r = vprintf(fmt, ap);
	va_end(ap);
	return r;
}

int printf_unlocked(const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vprintf(fmt, ap);
	va_end(ap);
	return r;
}

int putchar_unlocked(int c)
{
	return putchar(c);
}

int puts_unlocked(const char *s)
{
	return puts(s);
}

int fputc_unlocked(int c, FILE *f)
{
	return fputc(c, f);
}

size_t fwrite_unlocked(const void *p, size_t size, size_t n, FILE *f)
{
	return fwrite(p, size, n, f);
}
