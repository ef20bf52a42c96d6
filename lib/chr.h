/* SPDX-License-Identifier: MIT */
/*
 * A byte stream between a serial chip and the outside. The chip sees this
 * struct only; lib/host-chr.c stands behind it with files, terminals and sockets,
 * tests with buffers.
 *
 * Nothing is ever lost: output is queued in `out`, and a full queue stops the
 * machine (not the guest's time) until the host took it; input is fetched
 * from the host only while `in` has room.
 * Input reaches `in` at quantum edges only, so that a run is a function of what came when.
 */
#ifndef LIB_CHR_H
#define LIB_CHR_H

#include "lib/types.h"

#define CHR_QUEUE 4096

struct chr_queue {
	u32 head, num; /* head < CHR_QUEUE, num <= CHR_QUEUE */
	u8 data[CHR_QUEUE];
};

struct chr {
	u64 moved; /* bytes that went in and out so far */
	bool deaf; /* there is no room for input, whatever `in` says */
	bool mute; /* output is thrown away */
	u32 breaks; /* BREAK conditions received and not yet taken by the chip */
	/* The chip's end: called after input or a break arrived. */
	void (*wake)(void *chip);
	void *chip;
	/* The host's end: called when `out` is full, must make room or discard; NULL discards. */
	void (*flush)(void *host);
	/* And after every byte put; NULL where the host looks by itself. */
	void (*sent)(void *host);
	void *host;
	/* Somebody who is told of input before it goes in; n = 0: a BREAK. NULL: nobody. */
	void (*fed)(void *arg, struct chr *chr, const u8 *buf, u32 n);
	void *fed_arg;
	/* Somebody who is told of every byte that is put and not muted. NULL: nobody. */
	void (*told)(void *arg, u8 c);
	void *told_arg;
	struct chr_queue in, out; /* last, for they are large */
};

void chr_init(struct chr *chr);

/* The chip's side. */
bool chr_get(struct chr *chr, u8 *c); /* next input byte; false: none */
bool chr_peek(const struct chr *chr);
void chr_put(struct chr *chr, u8 c); /* never fails, never drops while a host is there */
bool chr_get_break(struct chr *chr);

/* The host's side. */
u32 chr_in_room(const struct chr *chr);
void chr_feed(struct chr *chr, const u8 *buf, u32 n); /* n <= chr_in_room(); wakes the chip */
void chr_feed_break(struct chr *chr);
u32 chr_take(struct chr *chr, u8 *buf, u32 max); /* queued output; returns how much */

#endif
