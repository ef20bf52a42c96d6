/* SPDX-License-Identifier: MIT */
/*
 * Signals as flags. They are the process's, not a machine's, so this is the one place
 * with process-wide state. The handler only stores.
 *
 * Whoever serves them clears `any` first and then looks at the others, so that a signal
 * which comes meanwhile sets `any` again:
 *
 *	if (host_signals.any) {
 *		host_signals.any = 0;
 *		if (host_signals.save) {
 *			host_signals.save = 0;
 *			...
 *
 * SIGUSR1 sets save, SIGUSR2 restore; SIGTERM, SIGHUP and SIGINT count up stop. SIGTSTP
 * and SIGCONT are served by host_poll(). SIGPIPE and SIGXFSZ are ignored. SIGQUIT, SIGALRM, SIGVTALRM, SIGPROF
 * and SIGXCPU end the process as they do by default, after `tidy`. These, SIGHUP, SIGINT and SIGTSTP stay
 * ignored where the process inherited them so (nohup, background jobs).
 */
#ifndef LIB_HOST_SIGNAL_H
#define LIB_HOST_SIGNAL_H

#include <poll.h>
#include <signal.h>

#include "lib/types.h"

struct host_signals {
	volatile sig_atomic_t any;
	volatile sig_atomic_t save, restore;
	volatile sig_atomic_t stop; /* how often, saturating at 100 */
	volatile sig_atomic_t tstp, cont;
	/* Called by the handler at the second stop; async-signal-safe; NULL: just count. */
	void (*volatile again)(int sig);
	/* Called by the handler of what ends the process; async-signal-safe; or NULL. */
	void (*volatile tidy)(void);
};

extern struct host_signals host_signals;

void host_signals_init(void);

/*
 * poll(2) that a signal ends even if it came just before: while `any` is set it does not wait.
 * timeout_ns below 0 waits for ever. Returns as poll does, 0 for EINTR, or -errno.
 */
int host_signals_poll(struct pollfd *fds, unsigned nr, s64 timeout_ns);

#endif
