/* SPDX-License-Identifier: MIT */
/* Between the files of the gdb stub: packets, and who is asked about. */
#ifndef MACHINE_GDBSTUB_PACKET_H
#define MACHINE_GDBSTUB_PACKET_H

#include "machine/gdbstub.h"

/* --- gdbstub-packet.c --- */

extern const char gdb_digits[];

/* An answer: what does not fit is cut, no answer is longer than a packet. */
void gdb_begin(struct gdbstub *g);
void gdb_put_char(struct gdbstub *g, char c);
void gdb_put_text(struct gdbstub *g, const char *text);
void gdb_put_byte(struct gdbstub *g, u8 b);
void gdb_put_word(struct gdbstub *g, u32 val);
/* As binary data: what the framing uses is escaped. */
void gdb_put_binary(struct gdbstub *g, char c);
void gdb_end(struct gdbstub *g);
/* The last answer once more. */
void gdb_transmit(struct gdbstub *g);
void gdb_reply(struct gdbstub *g, const char *text);
void gdb_reply_ok(struct gdbstub *g, bool ok);

/* Pieces of a packet, from *p on, which moves behind them. */

/* -1: it is none. */
int gdb_digit(char c);
/* A number of at most 8 hexadecimal digits; false: there is none, or it is too long. */
bool gdb_number(const char **p, u32 *val);
bool gdb_expect(const char **p, char c);
/* Exactly n bytes as digits, and nothing after them. */
bool gdb_hex_bytes(const char *p, u8 *buf, u32 n);
bool gdb_address_and_length(const char **p, u32 *va, u32 *n);
/* What follows the prefix, NULL: text does not begin so. */
const char *gdb_after(const char *text, const char *prefix);

/* --- gdbstub-query.c --- */

/* The processor that gdb has chosen. */
struct cpu *gdb_cpu(const struct gdbstub *g);
/* -1: all, 0: any. */
bool gdb_thread_number(const struct gdbstub *g, const char **p, s32 *n);
/* q and Q packets. */
void gdb_query(struct gdbstub *g, const char *p);
/* What a monitor command prints goes out as it comes. */
void gdb_send_output(void *stub);

#endif
