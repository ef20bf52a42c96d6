/* SPDX-License-Identifier: MIT */
/* The controlling terminal: raw while the machine runs, as it was at every other time. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "lib/host-chr.h"
#include "lib/host-signal.h"

/* A background job that changes its terminal is stopped for it. */
static bool foreground(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

static int set_raw(struct host_tty *tty)
{
	struct termios t = tty->saved;

	t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
	if (!tty->signals)
		t.c_lflag &= ~(tcflag_t)ISIG;
	t.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	t.c_cflag |= CS8;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tcsetattr(tty->fd, TCSANOW, &t);
}

static void enter(struct host_tty *tty)
{
	if (tty->fd < 0 || tty->raw || !foreground(tty->fd) || tcgetattr(tty->fd, &tty->saved))
		return;
	/* Before the change, so that a signal in between restores what was. */
	tty->raw = true;
	if (set_raw(tty))
		tty->raw = false;
}

int host_tty_raw(struct host_tty *tty, int fd, bool signals)
{
	if (!isatty(fd))
		return -ENOTTY;
	tty->fd = fd;
	tty->signals = signals;
	enter(tty);
	return 0;
}

void host_tty_restore(struct host *host)
{
	if (host->tty.fd < 0 || !host->tty.raw)
		return;
	tcsetattr(host->tty.fd, TCSANOW, &host->tty.saved);
	host->tty.raw = false;
}

void host_tty_resume(struct host *host)
{
	enter(&host->tty);
}

void host_suspend(struct host *host)
{
	host_tty_restore(host);
	raise(SIGSTOP);
	host_tty_resume(host);
}

/* SIGSTOP gives no warning: the shell changed the terminal. What is put back at the end stays what it was. */
static void after_cont(struct host_tty *tty)
{
	if (!tty->raw)
		enter(tty);
	else if (foreground(tty->fd))
		set_raw(tty);
}

void host_tty_signals(struct host *host)
{
	if (host_signals.tstp) {
		host_signals.tstp = 0;
		host_suspend(host);
	}
	if (host_signals.cont) {
		host_signals.cont = 0;
		after_cont(&host->tty);
	}
}
