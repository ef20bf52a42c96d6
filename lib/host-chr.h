/* SPDX-License-Identifier: MIT */
/* Between the files of the host layer: what stands behind one struct chr. */
#ifndef LIB_HOST_CHR_H
#define LIB_HOST_CHR_H

#include <poll.h>

#include "lib/host.h"

#define HOST_BUF 65536
#define PTY_LOOK_NS 50000000

struct host_buf {
	u32 head, num;
	u8 *data; /* HOST_BUF of them */
};

enum { TO_CHR, TO_MONITOR };

struct host_chr {
	struct host *host;
	struct chr *chr;
	int in, out; /* -1: nobody there; may be the same */
	int listen; /* a server's socket, -1: none */
	bool own_in, own_out; /* close them */
	bool sock; /* send and recv with flags instead of a non-blocking descriptor */
	bool tcp, nodelay;
	bool careful; /* `out` may block: write a little at a time */
	bool pty, hup; /* nobody has the other end open */
	bool eof; /* nothing will ever come from `in` */
	bool is_stdio;
	bool mux;
	bool escape; /* Ctrl-A came: the next byte is a command */
	bool focus; /* keys go to the monitor */
	bool focus_changed;
	u32 clients; /* that have come so far */
	u32 breaks; /* typed, not yet fed */
	u64 look_ns; /* when to look again whether a pty was opened */
	char *path; /* to be unlinked */
	struct host_buf input[2]; /* by TO_*: read, not yet fed */
	struct host_buf output;
	u8 data[3][HOST_BUF]; /* of these three */
};

/* How many bytes `output` holds before the guest is made to wait. */
#define HOST_OUT_SOFT 4096

int host_chr_connect(struct host_chr *hc, const char *spec, char *err, size_t errlen);
void host_chr_attach(struct host_chr *hc, int fd); /* a client came */
void host_chr_free(struct host_chr *hc);

/* Each adds the descriptors it waits for; returns how many, at most 3. */
unsigned host_chr_pollfds(struct host_chr *hc, struct pollfd *fds);
/* Serves one of them; returns whether something happened. */
bool host_chr_ready(struct host_chr *hc, const struct pollfd *pfd);
bool host_chr_feed(struct host_chr *hc); /* input to the guest; true: some went */
void host_chr_output(struct host_chr *hc); /* as much as the host takes */
bool host_chr_idle(const struct host_chr *hc); /* no output is left */
bool host_chr_look(struct host_chr *hc); /* has a pty been opened? */
bool host_chr_possible(const struct host_chr *hc);
void host_chr_flush(void *arg); /* struct chr's flush */

int host_tty_raw(struct host_tty *tty, int fd, bool signals);
void host_suspend(struct host *host);
void host_tty_signals(struct host *host);

#endif
