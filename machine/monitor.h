/* SPDX-License-Identifier: MIT */
/*
 * The monitor: a line of text in, an answer out, at QEMU's names. It lives at the chip's end of a byte
 * stream; a machine may have several. Commands run at quantum edges, between two instructions.
 *
 * Looking at memory and state changes nothing, except where a chip's register is read (xp, x): that
 * is a read like the processor's.
 */
#ifndef MACHINE_MONITOR_H
#define MACHINE_MONITOR_H

#include "machine/log.h"
#include "machine/network.h"

#define MONITOR_LINE 256 /* bytes of a command */
#define MONITOR_HISTORY 16

/* What the monitors of a machine see, and what they ask its owner for. */
struct control {
	struct machine *m;
	const struct options *o;
	const struct network *net;
	struct log *log;
	bool stopped; /* the machine is to stand still */
	bool quit, reset; /* asked for */
	/* A snapshot to, or from, `path`; NULL: the usual one. 0, or not and one line in err. */
	int (*save)(void *arg, const char *path, char *err, size_t errlen);
	int (*load)(void *arg, const char *path, char *err, size_t errlen);
	/* Wait for gdb there, `none`: not at all. 0, or not and one line in err. */
	int (*gdbserver)(void *arg, const char *spec, char *err, size_t errlen);
	void *arg;
	struct timeline *timeline; /* for going back, NULL: nobody can */
	struct journal *journal;
	u64 history; /* bytes of memory for that */
	bool recording; /* the journal is one that is being played */
};

struct monitor {
	struct control *c;
	unsigned len; /* of line */
	unsigned nr_history, at_history; /* lines so far; which of them is shown */
	unsigned escape; /* how far into an escape sequence of a key */
	bool skip_lf; /* the last character was CR */
	bool greeted;
	u64 who; /* is there; 0: nobody */
	struct chr chr; /* what the host is to connect */
	char line[MONITOR_LINE]; /* what is being typed, no terminator */
	char history[MONITOR_HISTORY][MONITOR_LINE];
};

/* *mon is zero: most of it is never used, and shall not be touched for nothing. */
void monitor_init(struct monitor *mon, struct control *c);
/* Somebody is there now: greet, or show the prompt again. */
void monitor_greet(struct monitor *mon);
/* Who is at a stream of its own, 0: nobody. Who comes anew is greeted, and who went leaves nothing. */
void monitor_present(struct monitor *mon, u64 who);
/* They turn to something else on the same stream. */
void monitor_leave(struct monitor *mon);
/* Run one command as if it had been typed; neither echo nor prompt. */
void monitor_command(struct monitor *mon, const char *line);
/* Take what was typed, and run what is complete. */
void monitor_poll(struct monitor *mon);

/* --- between the files of the monitor --- */

/* At most 1023 bytes a call. "\n" becomes CR LF. */
void mon_printf(struct monitor *mon, const char *fmt, ...) __printf(2, 3);
/* The next word at *p, cut to size - 1 characters; false: there is none. */
bool mon_word(const char **p, char *word, size_t size);

/* monitor-expr.c: 1 + 2 * ($pc & ~3). False, and the reason was printed. *p moves on behind it. */
bool mon_expr(struct monitor *mon, const char **p, u64 *val);

/* monitor-mem.c: commands with their arguments. */
void mon_x(struct monitor *mon, const char *args);
void mon_xp(struct monitor *mon, const char *args);
void mon_print(struct monitor *mon, const char *args);

/* monitor-info.c */
void mon_info(struct monitor *mon, const char *args);

/* monitor-debug.c */
void mon_asi(struct monitor *mon, const char *args);
void mon_gdbserver(struct monitor *mon, const char *args);

/* monitor-keys.c */
void mon_sendkey(struct monitor *mon, const char *args);

#endif
