/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/host-chr.h"
#include "lib/host-signal.h"

u64 host_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

void host_std_fds(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void host_init(struct host *host)
{
	unsigned i;

	memset(host, 0, sizeof(*host));
	host->tty.fd = -1;
	for (i = 0; i < HOST_WATCHES; i++)
		host->watch[i].fd = -1;
	signal(SIGPIPE, SIG_IGN);
}

void host_release(struct host *host)
{
	unsigned i;

	host_tty_restore(host);
	for (i = 0; i < HOST_CHRS; i++)
		if (host->chr[i])
			host_chr_close(host, host->chr[i]->chr);
	host->tty.fd = -1;
}

static struct host_watch *watch_find(struct host *host, int fd)
{
	unsigned i;

	for (i = 0; i < HOST_WATCHES; i++)
		if (host->watch[i].fd == fd)
			return &host->watch[i];
	return NULL;
}

int host_watch(struct host *host, int fd, short events, void (*ready)(void *arg, short revents),
	       void *arg)
{
	struct host_watch *w;

	if (fd < 0)
		return -EBADF;
	if (watch_find(host, fd))
		return -EEXIST;
	w = watch_find(host, -1);
	if (!w)
		return -ENOSPC;
	*w = (struct host_watch){ .fd = fd, .events = events, .ready = ready, .arg = arg };
	return 0;
}

void host_unwatch(struct host *host, int fd)
{
	struct host_watch *w = fd < 0 ? NULL : watch_find(host, fd);

	if (w)
		*w = (struct host_watch){ .fd = -1 };
}

bool host_input_possible(const struct host *host)
{
	unsigned i;

	for (i = 0; i < HOST_CHRS; i++)
		if (host->chr[i] && host_chr_possible(host->chr[i]))
			return true;
	for (i = 0; i < HOST_WATCHES; i++)
		if (host->watch[i].fd >= 0)
			return true;
	return false;
}

/* One set of descriptors, and whose they are: streams first, then watches. */
struct poll_set {
	struct pollfd fd[3 * HOST_CHRS + HOST_WATCHES];
	struct host_chr *chr[3 * HOST_CHRS];
	unsigned nr_chr, nr;
};

static void gather(struct host *host, struct poll_set *set)
{
	unsigned i, n;

	set->nr = 0;
	for (i = 0; i < HOST_CHRS; i++) {
		if (!host->chr[i])
			continue;
		for (n = host_chr_pollfds(host->chr[i], &set->fd[set->nr]); n; n--)
			set->chr[set->nr++] = host->chr[i];
	}
	set->nr_chr = set->nr;
	for (i = 0; i < HOST_WATCHES; i++) {
		if (host->watch[i].fd < 0)
			continue;
		set->fd[set->nr++] =
			(struct pollfd){ .fd = host->watch[i].fd, .events = host->watch[i].events };
	}
}

static bool still_open(const struct host *host, const struct host_chr *hc)
{
	unsigned i;

	for (i = 0; i < HOST_CHRS; i++)
		if (host->chr[i] == hc)
			return true;
	return false;
}

static int dispatch(struct host *host, const struct poll_set *set)
{
	struct host_watch *w;
	unsigned i;
	int n = 0;

	for (i = 0; i < set->nr; i++) {
		if (!set->fd[i].revents)
			continue;
		if (i < set->nr_chr) {
			if (still_open(host, set->chr[i]))
				n += host_chr_ready(set->chr[i], &set->fd[i]);
			continue;
		}
		w = watch_find(host, set->fd[i].fd);
		if (w) {
			w->ready(w->arg, set->fd[i].revents);
			n++;
		}
	}
	return n;
}

/* What needs no descriptor: output that waits, input that waits, a pty that somebody opened. */
static int housekeeping(struct host *host, s64 *timeout_ns)
{
	unsigned i;
	int n = 0;

	for (i = 0; i < HOST_CHRS; i++) {
		struct host_chr *hc = host->chr[i];

		if (!hc)
			continue;
		host_chr_output(hc);
		n += host_chr_feed(hc);
		if (host->chr[i] != hc || !hc->pty || !hc->hup)
			continue;
		n += host_chr_look(hc);
		if (*timeout_ns < 0 || *timeout_ns > PTY_LOOK_NS)
			*timeout_ns = PTY_LOOK_NS;
	}
	return n;
}

static int feed_all(struct host *host)
{
	unsigned i;
	int n = 0;

	for (i = 0; i < HOST_CHRS; i++)
		if (host->chr[i])
			n += host_chr_feed(host->chr[i]);
	return n;
}

int host_poll(struct host *host, s64 timeout_ns)
{
	struct poll_set set;
	int n;

	host_tty_signals(host);
	n = housekeeping(host, &timeout_ns);
	gather(host, &set);
	if (host_signals_poll(set.fd, set.nr, n || host->quit ? 0 : timeout_ns) > 0) {
		n += dispatch(host, &set);
		n += feed_all(host);
	}
	host_tty_signals(host);
	return n;
}

static bool drained(struct host *host)
{
	bool done = true;
	unsigned i;

	for (i = 0; i < HOST_CHRS; i++) {
		if (!host->chr[i])
			continue;
		host_chr_output(host->chr[i]);
		done &= host_chr_idle(host->chr[i]);
	}
	return done;
}

bool host_drain(struct host *host, s64 timeout_ns)
{
	u64 end = host_now_ns() + (u64)(timeout_ns > 0 ? timeout_ns : 0);
	struct poll_set set;
	unsigned i;
	u64 now;

	while (!drained(host)) {
		now = host_now_ns();
		if (now >= end)
			return false;
		gather(host, &set);
		for (i = 0; i < set.nr; i++)
			if (!(set.fd[i].events & POLLOUT))
				set.fd[i].fd = -1;
		/* The flags that ask for this may still be set: a plain poll, in small steps. */
		poll(set.fd, set.nr, end - now > 10000000 ? 10 : 1);
	}
	return true;
}
