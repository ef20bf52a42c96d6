/* SPDX-License-Identifier: MIT */
/*
 * All that reaches a machine from outside, with the instruction count at which it did: input of
 * serial lines and keyboards, frames, time that an idle machine jumped over, what monitor and gdb change.
 * Played back at the same counts into the same state, it makes the same run.
 */
#ifndef MACHINE_JOURNAL_H
#define MACHINE_JOURNAL_H

#include "machine/machine.h"

enum journal_kind {
	JOURNAL_CHR, /* a: which stream; the bytes */
	JOURNAL_BREAK, /* a: which stream */
	JOURNAL_FRAME, /* the frame */
	JOURNAL_LINK, /* a: is there a cable? */
	JOURNAL_SKIP, /* b: the instant in ns */
	JOURNAL_RESET,
	JOURNAL_POWERDOWN, /* the button */
	JOURNAL_REG, /* a: CPU << 16 | gdb's number; b: the value */
	JOURNAL_MEM, /* a: 1 physical; b: the address; the bytes */
	JOURNAL_LOAD_ASI, /* a: CPU << 16 | ASI << 8 | size; b: the address */
	JOURNAL_STORE_ASI, /* the same; the value as 8 bytes */
	JOURNAL_READ, /* of a chip: a: size; b: the address */
	JOURNAL_HOLD, /* the next instruction comes before any interrupt */
	JOURNAL_MARK, /* b: machine_hash() */
	JOURNAL_END, /* a: exit status; b: machine_hash() */
	JOURNAL_KINDS
};

struct journal_event {
	u64 insns, b, off;
	u32 kind, a, len; /* len bytes of data at off */
};

struct journal {
	struct machine *m;
	struct journal_event *ev;
	u32 nr, max;
	u8 *data;
	u64 len, max_len;
	u32 next; /* the first that is not in the machine's past */
	bool on; /* what comes is noted */
	bool busy; /* it comes from here */
	bool lost; /* no memory: no longer complete */
	/* The first that did not fit when it was played. */
	bool differs;
	u64 differs_at;
	const char *why;
};

void journal_init(struct journal *j, struct machine *m);
void journal_release(struct journal *j);
/* From now on note what comes, or not. */
void journal_note(struct journal *j, bool on);
/* Something has come, or is about to; nothing where j is NULL, off, or busy. */
void journal_add(struct journal *j, enum journal_kind kind, u32 a, u64 b, const void *data,
		 u32 len);
/* An event at the end, whoever says so. False: no memory. */
bool journal_append(struct journal *j, const struct journal_event *e, const void *data);
/* Forget what lies behind `next`. */
void journal_cut(struct journal *j);

/* Nobody from outside is heard. */
void journal_deaf(struct journal *j, bool deaf);
/* What the machine sends goes nowhere. */
void journal_mute(struct journal *j, bool mute);

/* Do what is due at the machine's instruction count. */
void journal_play(struct journal *j);
/* How many instructions there are to the next event; UINT64_MAX: there is none. */
u64 journal_left(const struct journal *j);

/* Press the power button. */
void journal_power_button(struct machine *m);

#endif
