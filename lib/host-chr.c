/* SPDX-License-Identifier: MIT */
/*
 * Moving bytes between a struct chr and descriptors. Descriptors are shared with other
 * processes as often as not, so O_NONBLOCK is never set on one that we did not open:
 * sockets are used with MSG_DONTWAIT, terminals and pipes opened anew (host-open.c), and where
 * that fails only as much is written as poll(2) vouches for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/host-chr.h"
#include "lib/host-signal.h"

#define ESCAPE 1 /* Ctrl-A */

/* --- buffers --- */

static u32 buf_room(const struct host_buf *b)
{
	return HOST_BUF - b->num;
}

/* The longest stretch that can be filled, or taken, without going round the end. */
static u8 *buf_tail(struct host_buf *b, u32 *n)
{
	u32 at = (b->head + b->num) % HOST_BUF;

	*n = HOST_BUF - at < buf_room(b) ? HOST_BUF - at : buf_room(b);
	return b->data + at;
}

static u8 *buf_head(struct host_buf *b, u32 *n)
{
	*n = HOST_BUF - b->head < b->num ? HOST_BUF - b->head : b->num;
	return b->data + b->head;
}

static void buf_drop(struct host_buf *b, u32 n)
{
	b->num -= n;
	b->head = b->num ? (b->head + n) % HOST_BUF : 0;
}

static void buf_put(struct host_buf *b, const void *data, u32 len)
{
	const u8 *p = data;
	u32 n;
	u8 *to;

	for (; len && buf_room(b); len -= n, p += n, b->num += n) {
		to = buf_tail(b, &n);
		if (n > len)
			n = len;
		memcpy(to, p, n);
	}
}

/* --- who is there --- */

bool host_chr_connected(const struct host *host, const struct chr *chr)
{
	unsigned i;

	for (i = 0; i < HOST_CHRS; i++)
		if (host->chr[i] && host->chr[i]->chr == chr)
			return host->chr[i]->out >= 0 && !host->chr[i]->hup;
	return false;
}

u32 host_chr_clients(const struct host *host, const struct chr *chr)
{
	unsigned i;

	for (i = 0; i < HOST_CHRS; i++)
		if (host->chr[i] && host->chr[i]->chr == chr)
			return host->chr[i]->clients;
	return 0;
}

bool host_chr_possible(const struct host_chr *hc)
{
	if (hc->listen >= 0 || hc->pty || hc->breaks)
		return true;
	if (hc->input[TO_CHR].num || hc->input[TO_MONITOR].num)
		return true;
	return hc->in >= 0 && !hc->eof;
}

static void close_in(struct host_chr *hc)
{
	if (hc->in >= 0 && hc->own_in && hc->in != hc->out)
		close(hc->in);
	hc->in = -1;
}

/* Nobody takes output any more: what is queued goes nowhere. */
static void close_out(struct host_chr *hc)
{
	hc->output.num = hc->output.head = 0;
	if (hc->pty)
		return;
	if (hc->out >= 0 && hc->own_out && hc->out != hc->in)
		close(hc->out);
	hc->out = -1;
}

static void disconnect(struct host_chr *hc)
{
	int fd = hc->in >= 0 ? hc->in : hc->out;

	hc->output.num = hc->output.head = 0;
	if (fd >= 0 && hc->own_in)
		close(fd);
	hc->in = hc->out = -1;
}

static void pty_hup(struct host_chr *hc)
{
	hc->hup = true;
	hc->look_ns = host_now_ns() + PTY_LOOK_NS;
	hc->output.num = hc->output.head = 0;
}

/* The end of input. A socket's peer may have closed one direction only, and still be listening. */
static void input_end(struct host_chr *hc)
{
	if (hc->pty)
		pty_hup(hc);
	else if (hc->sock)
		hc->eof = true;
	else
		close_in(hc);
}

static void output_error(struct host_chr *hc, int err)
{
	if (hc->pty)
		pty_hup(hc);
	else if (hc->sock)
		disconnect(hc);
	else {
		if (err != EPIPE && err != EIO)
			fprintf(stderr, "vonk: serial output lost from here on: %s\n",
				strerror(err));
		close_out(hc);
	}
}

/* --- output --- */

/* Guest output to the buffer, up to `limit` bytes in it; with nobody there, to nowhere. */
static void collect_one(struct host_chr *hc, struct chr *chr, u32 limit)
{
	u8 tmp[512];
	u32 n, max;

	for (;;) {
		max = sizeof(tmp);
		if (hc->out >= 0 && !hc->hup && max > limit - hc->output.num)
			max = limit - hc->output.num;
		n = max ? chr_take(chr, tmp, max) : 0;
		if (!n)
			return;
		if (hc->out >= 0 && !hc->hup)
			buf_put(&hc->output, tmp, n);
	}
}

static void collect(struct host_chr *hc, u32 limit)
{
	if (limit < hc->output.num)
		limit = hc->output.num;
	collect_one(hc, hc->chr, limit);
	if (hc->mux && hc->host->monitor)
		collect_one(hc, hc->host->monitor, limit);
}

static ssize_t write_some(struct host_chr *hc, const u8 *p, u32 n)
{
	struct pollfd pfd = { .fd = hc->out, .events = POLLOUT };

	if (hc->sock)
		return send(hc->out, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (hc->careful) {
		if (poll(&pfd, 1, 0) <= 0) {
			errno = EAGAIN;
			return -1;
		}
		n = n > 64 ? 64 : n;
	}
	return write(hc->out, p, n);
}

/* True while more might go. */
static bool push(struct host_chr *hc)
{
	u32 n;
	u8 *p = buf_head(&hc->output, &n);
	ssize_t done;

	if (!n || hc->out < 0)
		return false;
	done = write_some(hc, p, n);
	if (done > 0) {
		buf_drop(&hc->output, (u32)done);
		return true;
	}
	if (done < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		output_error(hc, errno);
	return false;
}

void host_chr_output(struct host_chr *hc)
{
	do
		collect(hc, HOST_OUT_SOFT);
	while (push(hc));
}

static bool queues_empty(const struct host_chr *hc)
{
	return !hc->chr->out.num && (!hc->mux || !hc->host->monitor || !hc->host->monitor->out.num);
}

bool host_chr_idle(const struct host_chr *hc)
{
	return !hc->output.num && queues_empty(hc);
}

static bool queues_full(const struct host_chr *hc)
{
	return hc->chr->out.num == CHR_QUEUE ||
	       (hc->mux && hc->host->monitor && hc->host->monitor->out.num == CHR_QUEUE);
}

static void discard(struct host_chr *hc)
{
	struct host_buf *b = &hc->output;

	b->num = b->head = 0;
	collect(hc, HOST_BUF);
	b->num = b->head = 0;
}

static bool urgent(void)
{
	return host_signals.save || host_signals.restore;
}

static bool read_input(struct host_chr *hc);

/* Wait until the output moves, still hearing the escape keys. */
static void flush_wait(struct host_chr *hc)
{
	struct pollfd fds[2] = { { .fd = hc->out, .events = POLLOUT }, { .fd = -1 } };
	s64 step = 1000000000;

	if (hc->mux && hc->in >= 0 && !hc->eof && buf_room(&hc->input[TO_CHR]) &&
	    buf_room(&hc->input[TO_MONITOR]))
		fds[1] = (struct pollfd){ .fd = hc->in, .events = POLLIN };
	/* A signal served later leaves `any` set, and then the wait would not be one. */
	if (host_signals.any) {
		poll(fds, 2, 10);
	} else if (host_signals_poll(fds, 2, step) < 0) {
		return;
	}
	if (fds[1].revents)
		read_input(hc);
}

void host_chr_flush(void *arg)
{
	struct host_chr *hc = arg;

	for (;;) {
		host_chr_output(hc);
		if (!queues_full(hc))
			return;
		if (hc->host->quit || host_signals.stop) {
			discard(hc);
			return;
		}
		/* The machine cannot save before it gets on: let it, as long as there is memory. */
		if (urgent()) {
			collect(hc, HOST_BUF);
			if (!queues_full(hc))
				return;
		}
		host_tty_signals(hc->host);
		flush_wait(hc);
	}
}

/* --- input --- */

static void say(struct host_chr *hc, const char *text)
{
	buf_put(&hc->output, text, (u32)strlen(text));
}

static void help(struct host_chr *hc)
{
	say(hc, "\r\n"
		"Ctrl-A h       this list\r\n"
		"Ctrl-A x       quit\r\n"
		"Ctrl-A c       switch between the console and the monitor\r\n"
		"Ctrl-A b       send a BREAK\r\n"
		"Ctrl-A Ctrl-A  send Ctrl-A\r\n");
}

static void input_byte(struct host_chr *hc, u8 c)
{
	buf_put(&hc->input[hc->focus ? TO_MONITOR : TO_CHR], &c, 1);
}

static void toggle_focus(struct host_chr *hc)
{
	if (!hc->host->monitor) {
		say(hc, "\r\nThere is no monitor here.\r\n");
		return;
	}
	hc->focus = !hc->focus;
	hc->focus_changed = true;
}

static void escape_command(struct host_chr *hc, u8 c)
{
	switch (c) {
	case ESCAPE:
		input_byte(hc, c);
		break;
	case 'x':
		hc->host->quit = true;
		break;
	case 'c':
		toggle_focus(hc);
		break;
	case 'b':
		hc->breaks++;
		break;
	case 'h':
	case '?':
		help(hc);
		break;
	default:
		break;
	}
}

static void mux_byte(struct host_chr *hc, u8 c)
{
	if (hc->escape) {
		hc->escape = false;
		escape_command(hc, c);
	} else if (c == ESCAPE) {
		hc->escape = true;
	} else {
		input_byte(hc, c);
	}
}

/* How much may be read now; a stream without escape keys is read only as its last bytes were fed. */
static u32 input_room(const struct host_chr *hc)
{
	u32 a, b;

	if (!hc->mux)
		return hc->input[TO_CHR].num ? 0 : CHR_QUEUE;
	a = buf_room(&hc->input[TO_CHR]);
	b = buf_room(&hc->input[TO_MONITOR]);
	return a < b ? a : b;
}

static bool read_input(struct host_chr *hc)
{
	u32 i, room = input_room(hc);
	u8 tmp[CHR_QUEUE];
	ssize_t n;

	if (hc->in < 0 || hc->eof || !room)
		return false;
	room = room < sizeof(tmp) ? room : sizeof(tmp);
	n = hc->sock ? recv(hc->in, tmp, room, MSG_DONTWAIT) : read(hc->in, tmp, room);
	if (n > 0 && !hc->mux)
		buf_put(&hc->input[TO_CHR], tmp, (u32)n);
	for (i = 0; n > 0 && hc->mux && i < (u32)n; i++)
		mux_byte(hc, tmp[i]);
	if (!n || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		input_end(hc);
	return true;
}

static bool feed_one(struct host_buf *b, struct chr *chr)
{
	u32 n, room;
	bool some = false;
	u8 *p;

	/* Twice: once to the end of the ring, once from its start. */
	while (b->num && (room = chr_in_room(chr))) {
		p = buf_head(b, &n);
		if (n > room)
			n = room;
		chr_feed(chr, p, n);
		buf_drop(b, n);
		some = true;
	}
	return some;
}

static bool feed_monitor(struct host_chr *hc)
{
	struct host *host = hc->host;

	if (!host->monitor) {
		hc->input[TO_MONITOR].num = hc->input[TO_MONITOR].head = 0;
		return false;
	}
	return feed_one(&hc->input[TO_MONITOR], host->monitor);
}

static bool feed_focus(struct host_chr *hc)
{
	struct host *host = hc->host;

	if (!hc->focus_changed)
		return false;
	hc->focus_changed = false;
	if (host->focus)
		host->focus(host->focus_arg, hc->focus);
	return true;
}

bool host_chr_feed(struct host_chr *hc)
{
	bool some = false;

	while (hc->breaks) {
		hc->breaks--;
		chr_feed_break(hc->chr);
		some = true;
	}
	some |= feed_one(&hc->input[TO_CHR], hc->chr);
	if (hc->mux) {
		some |= feed_focus(hc);
		some |= feed_monitor(hc);
	}
	return some;
}

/* --- the loop's calls --- */

unsigned host_chr_pollfds(struct host_chr *hc, struct pollfd *fds)
{
	bool want_in = hc->in >= 0 && !hc->eof && !hc->hup && input_room(hc);
	bool want_out = hc->out >= 0 && !hc->hup && hc->output.num;
	unsigned n = 0;

	if (want_in)
		fds[n++] = (struct pollfd){ .fd = hc->in, .events = POLLIN };
	/* A peer that only listens is watched for its end: no events, but POLLHUP comes anyway. */
	else if (hc->sock && hc->eof && hc->in >= 0 && !want_out)
		fds[n++] = (struct pollfd){ .fd = hc->in, .events = 0 };
	if (want_out)
		fds[n++] = (struct pollfd){ .fd = hc->out, .events = POLLOUT };
	if (hc->listen >= 0 && (hc->in < 0 || hc->eof))
		fds[n++] = (struct pollfd){ .fd = hc->listen, .events = POLLIN };
	return n;
}

bool host_chr_ready(struct host_chr *hc, const struct pollfd *pfd)
{
	int fd;

	if (pfd->fd == hc->listen) {
		fd = accept(hc->listen, NULL, NULL);
		if (fd >= 0)
			host_chr_attach(hc, fd);
		return fd >= 0;
	}
	if (pfd->events & POLLOUT) {
		host_chr_output(hc);
		return true;
	}
	if (pfd->fd != hc->in)
		return false;
	if (pfd->events & POLLIN)
		return read_input(hc);
	disconnect(hc);
	return true;
}

/* A pty shows POLLHUP for as long as nobody has it open, and no event tells when somebody does. */
bool host_chr_look(struct host_chr *hc)
{
	struct pollfd pfd = { .fd = hc->in, .events = POLLIN };
	u64 now = host_now_ns();

	if (now < hc->look_ns)
		return false;
	hc->look_ns = now + PTY_LOOK_NS;
	if (poll(&pfd, 1, 0) < 0 || ((pfd.revents & POLLHUP) && !(pfd.revents & POLLIN)))
		return false;
	hc->hup = false;
	return true;
}
