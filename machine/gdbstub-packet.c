/* SPDX-License-Identifier: MIT */
/* What packets are made of: answers, and the pieces of what has come. */
#include <string.h>

#include "machine/gdbstub-packet.h"

const char gdb_digits[] = "0123456789abcdef";

/* --- answers --- */

void gdb_begin(struct gdbstub *g)
{
	g->out[0] = '$';
	g->out_len = 1;
}

/* What does not fit is cut: no answer is longer than a packet. */
void gdb_put_char(struct gdbstub *g, char c)
{
	if (g->out_len < sizeof(g->out) - 4)
		g->out[g->out_len++] = c;
}

void gdb_put_text(struct gdbstub *g, const char *text)
{
	while (*text)
		gdb_put_char(g, *text++);
}

void gdb_put_byte(struct gdbstub *g, u8 b)
{
	gdb_put_char(g, gdb_digits[b >> 4]);
	gdb_put_char(g, gdb_digits[b & 15]);
}

void gdb_put_word(struct gdbstub *g, u32 val)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		gdb_put_byte(g, (u8)(val >> shift));
}

/* As binary data: what the framing uses is escaped. */
void gdb_put_binary(struct gdbstub *g, char c)
{
	if (strchr("#$}*", c) && c) {
		gdb_put_char(g, '}');
		c ^= 0x20;
	}
	gdb_put_char(g, c);
}

void gdb_transmit(struct gdbstub *g)
{
	for (u32 i = 0; i < g->out_len; i++)
		chr_put(&g->chr, (u8)g->out[i]);
}

void gdb_end(struct gdbstub *g)
{
	u8 sum = 0;

	for (u32 i = 1; i < g->out_len; i++)
		sum = (u8)(sum + (u8)g->out[i]);
	g->out[g->out_len++] = '#';
	g->out[g->out_len++] = gdb_digits[sum >> 4];
	g->out[g->out_len++] = gdb_digits[sum & 15];
	gdb_transmit(g);
}

void gdb_reply(struct gdbstub *g, const char *text)
{
	gdb_begin(g);
	gdb_put_text(g, text);
	gdb_end(g);
}

void gdb_reply_ok(struct gdbstub *g, bool ok)
{
	gdb_reply(g, ok ? "OK" : "E16");
}

/* --- reading packets --- */

int gdb_digit(char c)
{
	const char *p = c ? strchr(gdb_digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return p ? (int)(p - gdb_digits) : -1;
}

/* A number of at most 8 hexadecimal digits; false: there is none, or it is too long. */
bool gdb_number(const char **p, u32 *val)
{
	unsigned n = 0;

	for (*val = 0; gdb_digit(**p) >= 0; (*p)++, n++)
		*val = *val << 4 | (u32)gdb_digit(**p);
	return n && n <= 8;
}

bool gdb_expect(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Exactly n bytes as digits, and nothing after them. */
bool gdb_hex_bytes(const char *p, u8 *buf, u32 n)
{
	for (u32 i = 0; i < n; i++, p += 2) {
		if (gdb_digit(p[0]) < 0 || gdb_digit(p[1]) < 0)
			return false;
		buf[i] = (u8)(gdb_digit(p[0]) << 4 | gdb_digit(p[1]));
	}
	return !*p;
}

bool gdb_address_and_length(const char **p, u32 *va, u32 *n)
{
	return gdb_number(p, va) && gdb_expect(p, ',') && gdb_number(p, n);
}

const char *gdb_after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) ? NULL : text + n;
}
