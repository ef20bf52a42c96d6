/* SPDX-License-Identifier: MIT */
/*
 * The console, which is ttya. Output goes straight to the line, so that it comes out whatever
 * a kernel has programmed into the serial chip; input is taken from the chip, which is the one
 * that fetches it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine/prom/parts.h"

/* Channel A of the serial chip: byte offsets of its registers. */
enum { ZS_CONTROL = 4, ZS_DATA = 6 };
#define RR0_RX 1u

#define PRINTF_MAX 4096u /* characters that one printf gives at most */
#define PRINTF_ARGS 5u /* that come in registers */

static u64 zs(const struct prom *p)
{
	return prom_row(p, "serial")->at[0];
}

/* 9600 baud, 8 bits, no parity, both directions on. */
void console_init(const struct prom *p)
{
	static const u8 program[] = {
		9, 0x80, /* reset channel A */
		4, 0x44, /* 16 clocks a bit, 1 stop bit */
		3, 0xc0, 5, 0x62, 11, 0x50, 12, 14, 13, 0, 14, 0x01, 3, 0xc1, /* receiver on */
		5, 0xea, /* transmitter on, DTR, RTS */
	};

	for (unsigned i = 0; i < sizeof(program); i++)
		bus_write(&p->m->bus, zs(p) + ZS_CONTROL, 1, program[i]);
}

void console_put(const struct prom *p, u8 c)
{
	chr_put(&p->m->chr[CHR_SERIAL_A], c);
}

int console_get(const struct prom *p)
{
	u64 val;

	if (bus_read(&p->m->bus, zs(p) + ZS_CONTROL, 1, &val) || !(val & RR0_RX) ||
	    bus_read(&p->m->bus, zs(p) + ZS_DATA, 1, &val))
		return -1;
	return (int)(val & 0xff);
}

static void put_text(const struct prom *p, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			console_put(p, '\r');
		console_put(p, (u8)*text);
	}
}

void console_say(const struct prom *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_text(p, text);
}

/* --- printf, as programs call it --- */

struct printing {
	const struct prom *p;
	const u32 *arg;
	unsigned used; /* arguments */
	u32 put; /* characters */
};

static void put(struct printing *s, u8 c)
{
	if (s->put++ < PRINTF_MAX)
		console_put(s->p, c);
}

/* Registers first, the others where the compiler puts them on the stack. */
static u32 next_arg(struct printing *s)
{
	unsigned n = s->used++;
	u8 word[4];

	if (n < PRINTF_ARGS)
		return s->arg[n];
	if (n > 64 || !guest_read(s->p, s->p->cpu->r[14] + 0x5c + 4 * (n - PRINTF_ARGS), word, 4))
		return 0;
	return be32_get(word);
}

static void put_number(struct printing *s, u32 val, unsigned base, bool minus, unsigned width,
		       char pad)
{
	char digits[34];
	unsigned n = 0;

	do
		digits[n++] = "0123456789abcdef"[val % base];
	while (val /= base);
	if (minus && pad == '0')
		put(s, '-');
	for (unsigned i = n + minus; i < width; i++)
		put(s, (u8)pad);
	if (minus && pad != '0')
		put(s, '-');
	while (n)
		put(s, (u8)digits[--n]);
}

static void put_guest_string(struct printing *s, u32 va)
{
	u8 c;

	for (u32 i = 0; i < PRINTF_MAX && guest_read(s->p, va + i, &c, 1) && c; i++)
		put(s, c);
}

static void convert(struct printing *s, u8 kind, unsigned width, char pad)
{
	u32 val = kind == '%' ? 0 : next_arg(s);
	bool minus = (kind == 'd' || kind == 'i') && val >> 31;

	switch (kind) {
	case 'd':
	case 'i':
		put_number(s, minus ? -val : val, 10, minus, width, pad);
		break;
	case 'u':
		put_number(s, val, 10, false, width, pad);
		break;
	case 'x':
	case 'X':
	case 'p':
		put_number(s, val, 16, false, width, pad);
		break;
	case 'o':
		put_number(s, val, 8, false, width, pad);
		break;
	case 'c':
		put(s, (u8)val);
		break;
	case 's':
		put_guest_string(s, val);
		break;
	default:
		put(s, kind);
	}
}

u32 console_printf(const struct prom *p, u32 format, const u32 *arg)
{
	struct printing s = { .p = p, .arg = arg };
	u8 c;

	for (u32 i = 0; i < PRINTF_MAX && guest_read(p, format + i, &c, 1) && c; i++) {
		unsigned width = 0;
		char pad = ' ';

		if (c != '%') {
			if (c == '\n')
				put(&s, '\r');
			put(&s, c);
			continue;
		}
		do {
			if (!guest_read(p, format + ++i, &c, 1))
				return s.put;
			if (c == '0' && !width)
				pad = '0';
			else if (c >= '0' && c <= '9')
				width = (width * 10 + c - '0') % 256;
		} while (i < PRINTF_MAX &&
			 (c == '-' || c == 'l' || c == '.' || (c >= '0' && c <= '9')));
		if (!c)
			break;
		convert(&s, c, width, pad);
	}
	return s.put;
}
