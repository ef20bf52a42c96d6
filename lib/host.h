/* SPDX-License-Identifier: MIT */
/*
 * The host's side of every byte stream: one event loop, no threads, nothing global
 * but the signal flags of lib/host-signal.h.
 *
 * Bytes enter a struct chr in host_poll() only, which its caller runs at quantum edges. Output leaves
 * whenever the host takes it, at the latest when the guest's queue is full: then the machine
 * stands still in chr->flush() until there is room, or until a stop is requested,
 * which throws the queue away. Saving and restoring are not held up: see host-signal.h.
 *
 * A peer that went away has its output thrown away until another comes; no descriptor that has
 * nothing to say is polled, so a lost peer never makes the loop spin.
 */
#ifndef LIB_HOST_H
#define LIB_HOST_H

#include <termios.h>

#include "lib/chr.h"
#include "lib/types.h"

#define HOST_CHRS 16
#define HOST_WATCHES 32

struct host_chr;

/* The one terminal that is switched to raw mode. */
struct host_tty {
	int fd; /* -1: none */
	bool signals; /* the terminal's own keys still make signals */
	bool raw; /* `saved` is what to go back to */
	struct termios saved;
};

struct host_watch {
	int fd; /* -1: a free slot */
	short events;
	void (*ready)(void *arg, short revents);
	void *arg;
};

struct host {
	struct host_chr *chr[HOST_CHRS];
	struct host_watch watch[HOST_WATCHES];
	struct host_tty tty;
	bool stdio_taken;
	bool quit; /* Ctrl-A x was typed: the run is to end as by SIGTERM */
	struct chr *monitor; /* shares the mon: stream; see host_set_monitor() */
	/* Called in host_poll() when Ctrl-A c gave the keys to the monitor or took them; may be NULL. */
	void (*focus)(void *arg, bool monitor);
	void *focus_arg;
};

/* Ignores SIGPIPE for the whole process. */
void host_init(struct host *host);
/*
 * Descriptors 0 to 2 that were closed become ones that fail as closed ones do, so that no other file gets
 * these numbers, and with them what is printed.
 */
void host_std_fds(void);
/* Restores the terminal, closes everything, removes its sockets. Output still queued is lost: drain first. */
void host_release(struct host *host);

/*
 * Connect chr, which its owner has initialised, to the host. `spec` is what -serial takes:
 *
 *	stdio			terminal or pipes; Ctrl-C of a terminal still stops the process
 *	stdout			output only
 *	null, none
 *	file:PATH[,append=on]	output only
 *	pipe:PATH		PATH.in and PATH.out if both exist, else PATH
 *	pty			its name goes to stderr
 *	unix:PATH[,server=on|off][,wait=on|off]
 *	tcp:[HOST]:PORT[,server=on|off][,wait=on|off][,nodelay=on|off]
 *	fd:N			an inherited descriptor, both ways
 *	mon:SPEC		any of these shared with the monitor: Ctrl-A is the escape key
 *
 * HOST is numeric, [numeric IPv6], or localhost; TCP port 0 lets the system choose and says on stderr.
 * A server with wait=on (the default) blocks here until its first client or a stop signal.
 * Returns 0, or -errno and one line without newline in err.
 */
int host_chr_open(struct host *host, const char *spec, struct chr *chr, char *err, size_t errlen);
/* Drops what is queued. */
void host_chr_close(struct host *host, struct chr *chr);
/* Who gets the keys after Ctrl-A c, and whose output joins the mon: stream's; NULL: nobody. Call it in any order. */
void host_set_monitor(struct host *host, struct chr *monitor);
/* Is somebody there who takes output and may give input? */
bool host_chr_connected(const struct host *host, const struct chr *chr);
/* How many clients of a socket have come so far; between two of them it may never have been unconnected. */
u32 host_chr_clients(const struct host *host, const struct chr *chr);

/*
 * Call ready(arg, revents) in host_poll() when fd has one of the poll(2) events. Returns 0,
 * -ENOSPC, or -EEXIST. The loop does not own fd; unwatch it before closing it.
 */
int host_watch(struct host *host, int fd, short events, void (*ready)(void *arg, short revents),
	       void *arg);
void host_unwatch(struct host *host, int fd);

/*
 * Move input in and output out; wait up to timeout_ns (0: not at all; below 0: for ever) while there
 * is nothing to do. Returns how many streams or watches had something, 0 after a time-out. A signal
 * ends the wait, and so may a moment of housekeeping: callers look at host_now_ns(). Input wakes chips,
 * which may arm timers: what was the soonest deadline before need not be so after.
 */
int host_poll(struct host *host, s64 timeout_ns);

/* Wait up to timeout_ns until all queued output was taken; true if it was. */
bool host_drain(struct host *host, s64 timeout_ns);

/* Can any stream or watch still deliver something, now or later? */
bool host_input_possible(const struct host *host);

/* Monotonic time in ns. */
u64 host_now_ns(void);

/* Back to the terminal's own modes, and to raw mode again. Restoring is async-signal-safe. */
void host_tty_restore(struct host *host);
void host_tty_resume(struct host *host);

#endif
