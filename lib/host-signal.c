/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lib/host-signal.h"

#include <errno.h>
#include <time.h>

struct host_signals host_signals;

static const int handled[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT };

/* What ends a process unless it is handled: the terminal is put back before. */
static const int fatal[] = { SIGQUIT, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU };

static void stop(int sig)
{
	if (host_signals.stop < 100)
		host_signals.stop++;
	if (host_signals.stop > 1 && host_signals.again)
		host_signals.again(sig);
}

static void handler(int sig)
{
	switch (sig) {
	case SIGUSR1:
		host_signals.save = 1;
		break;
	case SIGUSR2:
		host_signals.restore = 1;
		break;
	case SIGTSTP:
		host_signals.tstp = 1;
		break;
	case SIGCONT:
		host_signals.cont = 1;
		break;
	default:
		stop(sig);
		break;
	}
	host_signals.any = 1;
}

static void fatal_handler(int sig)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	if (host_signals.tidy)
		host_signals.tidy();
	sigaction(sig, &sa, NULL);
	raise(sig); /* once this returns */
}

static bool is_ignored(int sig)
{
	struct sigaction old;

	return !sigaction(sig, NULL, &old) && old.sa_handler == SIG_IGN;
}

/* nohup and background jobs ignore these on purpose. */
static bool keep_ignored(int sig)
{
	return (sig == SIGHUP || sig == SIGINT || sig == SIGTSTP) && is_ignored(sig);
}

void host_signals_init(void)
{
	struct sigaction sa = { .sa_handler = handler };
	sigset_t set;
	unsigned i;

	sigemptyset(&set);
	sigfillset(&sa.sa_mask);
	for (i = 0; i < ARRAY_SIZE(handled); i++) {
		sigaddset(&set, handled[i]);
		if (!keep_ignored(handled[i]))
			sigaction(handled[i], &sa, NULL);
	}
	sa.sa_handler = fatal_handler;
	for (i = 0; i < ARRAY_SIZE(fatal); i++)
		if (!is_ignored(fatal[i]))
			sigaction(fatal[i], &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
	/* How children end has to be known: a parent may have ignored it. */
	sa.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &sa, NULL);
	/* A parent may have left them blocked. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int host_signals_poll(struct pollfd *fds, unsigned nr, s64 timeout_ns)
{
	struct timespec ts = { 0 };
	sigset_t all, old;
	int n, e;

	if (!timeout_ns) {
		n = poll(fds, nr, 0);
		return n < 0 ? (errno == EINTR ? 0 : -errno) : n;
	}
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (timeout_ns > 0 && !host_signals.any) {
		ts.tv_sec = timeout_ns / 1000000000;
		ts.tv_nsec = timeout_ns % 1000000000;
	}
	n = ppoll(fds, nr, timeout_ns < 0 && !host_signals.any ? NULL : &ts, &old);
	e = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return n < 0 ? (e == EINTR ? 0 : -e) : n;
}
