/* SPDX-License-Identifier: MIT */
/* From the text of a -serial option to open descriptors. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/host-chr.h"
#include "lib/host-signal.h"

/* Where messages go, and what is being opened. */
struct request {
	struct host_chr *hc;
	char spec[512]; /* without its options once they are taken off */
	bool server, wait, append, nodelay;
	char *err;
	size_t errlen;
};

__printf(3, 4) static int fail(struct request *rq, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rq->err, rq->errlen, fmt, ap);
	va_end(ap);
	return code;
}

static int fail_errno(struct request *rq, const char *what)
{
	int e = errno;

	return fail(rq, -e, "%s: %s", what, strerror(e));
}

/* --- options --- */

struct option {
	const char *name;
	bool *val;
	bool bare; /* what the name alone means */
};

static bool option_set(const struct option *o, const char *text)
{
	size_t n = strlen(o->name);

	if (strncmp(text, o->name, n))
		return false;
	if (!text[n])
		*o->val = o->bare;
	else if (!strcmp(text + n, "=on"))
		*o->val = true;
	else if (!strcmp(text + n, "=off"))
		*o->val = false;
	else
		return false;
	return true;
}

/* Takes the options off rq->spec; `known` ends at a NULL name. */
static int options(struct request *rq, const struct option *known, const char *usage)
{
	char *text = strchr(rq->spec, ','), *next;
	const struct option *o;

	for (; text; text = next) {
		*text++ = 0;
		next = strchr(text, ',');
		if (next)
			*next = 0;
		for (o = known; o->name; o++)
			if (option_set(o, text))
				break;
		if (!o->name)
			return fail(rq, -EINVAL, "%s: unknown option '%s' (%s)", rq->spec, text,
				    usage);
	}
	return 0;
}

static int socket_options(struct request *rq)
{
	bool nowait = false;
	const struct option known[] = { { "server", &rq->server, true },
					{ "wait", &rq->wait, true },
					{ "nowait", &nowait, true },
					{ "nodelay", &rq->nodelay, true },
					{ NULL, NULL, false } };
	int ret;

	rq->wait = true;
	ret = options(rq, known, "known: server=on|off, wait=on|off, nodelay=on|off");
	if (nowait)
		rq->wait = false;
	return ret;
}

/* --- descriptors --- */

/*
 * An open file of our own behind an inherited descriptor, so that O_NONBLOCK is ours too. Only
 * for terminals and pipes; -1 if it cannot be had (no /proc, or no permission).
 */
static int reopen(int fd, int flags)
{
	char path[32];
	struct stat st;

	if (fstat(fd, &st) || !(S_ISFIFO(st.st_mode) || isatty(fd)))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool is_socket(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISSOCK(st.st_mode);
}

static bool may_block(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd));
}

static void use_in(struct host_chr *hc, int fd)
{
	int own = reopen(fd, O_RDONLY);

	hc->in = own >= 0 ? own : fd;
	hc->own_in = own >= 0;
}

static void use_out(struct host_chr *hc, int fd)
{
	int own = reopen(fd, O_WRONLY);

	hc->out = own >= 0 ? own : fd;
	hc->own_out = own >= 0;
	hc->careful = own < 0 && may_block(fd);
}

/* One descriptor, both ways. */
static void use_fd(struct host_chr *hc, int fd)
{
	int mode = fcntl(fd, F_GETFL) & O_ACCMODE;

	if (is_socket(fd)) {
		hc->in = hc->out = fd;
		hc->sock = true;
		return;
	}
	if (mode != O_WRONLY)
		use_in(hc, fd);
	if (mode != O_RDONLY)
		use_out(hc, fd);
}

static int open_stdio(struct request *rq)
{
	struct host_chr *hc = rq->hc;
	struct host *host = hc->host;
	bool in = fcntl(0, F_GETFL) >= 0, out = fcntl(1, F_GETFL) >= 0;

	if (rq->spec[strlen("stdio")])
		return fail(rq, -EINVAL, "%s: stdio takes no options", rq->spec);
	if (host->stdio_taken)
		return fail(rq, -EBUSY, "stdio is in use by an earlier option");
	/* A socket as standard input may be another than the one that is standard output. */
	if (in && out && is_socket(0) && is_socket(1)) {
		hc->in = 0;
		hc->out = 1;
		hc->sock = true;
	} else {
		if (in)
			use_in(hc, 0);
		if (out)
			use_out(hc, 1);
	}
	host->stdio_taken = hc->is_stdio = true;
	if (in)
		host_tty_raw(&host->tty, 0, !hc->mux);
	return 0;
}

/* For those who send and do not listen: the terminal, if it is one, stays as it is. */
static int open_stdout(struct request *rq)
{
	if (rq->hc->host->stdio_taken)
		return fail(rq, -EBUSY, "stdio is in use by an earlier option");
	rq->hc->host->stdio_taken = true;
	use_out(rq->hc, 1);
	return 0;
}

static int open_fd(struct request *rq)
{
	char *end;
	long fd = strtol(rq->spec + 3, &end, 10);

	if (end == rq->spec + 3 || *end || fd < 0 || fd > 0xffff)
		return fail(rq, -EINVAL, "%s: not a descriptor number", rq->spec);
	if (fcntl((int)fd, F_GETFD) < 0)
		return fail_errno(rq, rq->spec);
	use_fd(rq->hc, (int)fd);
	return 0;
}

static int open_file(struct request *rq)
{
	const struct option known[] = { { "append", &rq->append, true }, { NULL, NULL, false } };
	int ret = options(rq, known, "known: append=on|off");

	if (ret)
		return ret;
	rq->hc->out =
		open(rq->spec + 5,
		     O_WRONLY | O_CREAT | O_CLOEXEC | (rq->append ? O_APPEND : O_TRUNC), 0666);
	if (rq->hc->out < 0)
		return fail_errno(rq, rq->spec + 5);
	rq->hc->own_out = true;
	return 0;
}

/* O_RDWR: a FIFO so opened neither waits for its peer nor ends when the peer goes. */
static int open_fifo(const char *path, const char *suffix)
{
	char name[600];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	fd = open(name, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode)) {
		close(fd);
		errno = ESPIPE;
		return -1;
	}
	return fd;
}

static int open_pipe(struct request *rq)
{
	struct host_chr *hc = rq->hc;
	const char *path = rq->spec + 5;

	hc->in = open_fifo(path, ".in");
	hc->out = open_fifo(path, ".out");
	hc->own_in = hc->own_out = true;
	if (hc->in >= 0 && hc->out >= 0)
		return 0;
	if (hc->in >= 0)
		close(hc->in);
	if (hc->out >= 0)
		close(hc->out);
	hc->in = hc->out = open_fifo(path, "");
	if (hc->in < 0)
		return fail(rq, -errno, "%s: %s (and no %s.in with %s.out)", path, strerror(errno),
			    path, path);
	return 0;
}

static int open_pty(struct request *rq)
{
	struct host_chr *hc = rq->hc;
	int fd = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios t;
	const char *name;

	if (fd < 0)
		return fail_errno(rq, "pty");
	hc->in = hc->out = fd;
	hc->own_in = hc->own_out = true;
	hc->pty = hc->hup = true;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	if (grantpt(fd) || unlockpt(fd) || !(name = ptsname(fd)))
		return fail_errno(rq, "pty");
	/* Opened once and closed, the other end reads as hung up until somebody comes. */
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return fail_errno(rq, name);
	if (!tcgetattr(slave, &t)) {
		cfmakeraw(&t);
		tcsetattr(slave, TCSANOW, &t);
	}
	close(slave);
	fprintf(stderr, "char device redirected to %s\n", name);
	return 0;
}

/* --- sockets --- */

union any_addr {
	struct sockaddr any;
	struct sockaddr_un un;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

void host_chr_attach(struct host_chr *hc, int fd)
{
	int on = 1;

	if (hc->in >= 0)
		close(hc->in);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (hc->tcp && hc->nodelay)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	hc->in = hc->out = fd;
	hc->own_in = hc->own_out = true;
	hc->sock = true;
	hc->eof = false;
	hc->clients++;
	hc->output.num = hc->output.head = 0;
}

static int first_client(struct request *rq)
{
	struct pollfd pfd = { .fd = rq->hc->listen, .events = POLLIN };
	int fd;

	fprintf(stderr, "vonk: waiting for connection on: %s,server=on\n", rq->spec);
	for (;;) {
		if (host_signals.stop)
			return fail(rq, -EINTR, "%s: stopped while waiting for a client", rq->spec);
		if (host_signals.any)
			poll(&pfd, 1, 10);
		else
			host_signals_poll(&pfd, 1, 1000000000);
		if (!pfd.revents)
			continue;
		fd = accept(rq->hc->listen, NULL, NULL);
		if (fd < 0)
			continue;
		host_chr_attach(rq->hc, fd);
		return 0;
	}
}

/* Port 0 was chosen by the system: say which it is. */
static void tell_port(int fd)
{
	union any_addr a;
	socklen_t len = sizeof(a);

	if (!getsockname(fd, &a.any, &len))
		fprintf(stderr, "vonk: listening on port %u\n",
			ntohs(a.any.sa_family == AF_INET6 ? a.in6.sin6_port : a.in.sin_port));
}

static int serve(struct request *rq, int fd, const union any_addr *a, socklen_t len)
{
	struct host_chr *hc = rq->hc;
	struct stat st;
	int on = 1;

	if (hc->tcp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else if (!lstat(a->un.sun_path, &st) && S_ISSOCK(st.st_mode))
		unlink(a->un.sun_path);
	if (bind(fd, &a->any, len))
		return fail_errno(rq, rq->spec);
	if (!hc->tcp)
		hc->path = strdup(a->un.sun_path);
	/* A client that has gone again before it is accepted must not stop us. */
	fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	if (listen(fd, 1))
		return fail_errno(rq, rq->spec);
	if (hc->tcp && !a->in.sin_port)
		tell_port(fd);
	return rq->wait ? first_client(rq) : 0;
}

static int open_socket(struct request *rq, const union any_addr *a, socklen_t len)
{
	struct host_chr *hc = rq->hc;
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail_errno(rq, rq->spec);
	hc->tcp = a->any.sa_family != AF_UNIX;
	hc->nodelay = rq->nodelay;
	if (rq->server) {
		hc->listen = fd;
		return serve(rq, fd, a, len);
	}
	if (connect(fd, &a->any, len)) {
		int ret = fail_errno(rq, rq->spec);

		close(fd);
		return ret;
	}
	host_chr_attach(hc, fd);
	return 0;
}

static int open_unix(struct request *rq)
{
	union any_addr a = { .un.sun_family = AF_UNIX };
	int ret = socket_options(rq);

	if (ret)
		return ret;
	if (!rq->spec[5])
		return fail(rq, -EINVAL, "unix: a path is missing: unix:PATH[,server=on,wait=off]");
	if (strlen(rq->spec + 5) >= sizeof(a.un.sun_path))
		return fail(rq, -ENAMETOOLONG, "a socket's path has at most %zu bytes: %s",
			    sizeof(a.un.sun_path) - 1, rq->spec + 5);
	memcpy(a.un.sun_path, rq->spec + 5, strlen(rq->spec + 5));
	return open_socket(rq, &a, sizeof(a.un));
}

static bool tcp_port(const char *text, u16 *port)
{
	char *end;
	long v = strtol(text, &end, 10);

	*port = htons((u16)v);
	return *text && !*end && v >= 0 && v <= 65535;
}

/* host: between "tcp:" and the last colon, without brackets; "" is any address, or here for a client. */
static socklen_t tcp_addr(union any_addr *a, const char *host, bool server, u16 port)
{
	memset(a, 0, sizeof(*a));
	if (!*host && server)
		host = "0.0.0.0";
	else if (!*host || !strcmp(host, "localhost"))
		host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &a->in.sin_addr) == 1) {
		a->in.sin_family = AF_INET;
		a->in.sin_port = port;
		return sizeof(a->in);
	}
	if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) == 1) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = port;
		return sizeof(a->in6);
	}
	return 0;
}

static int open_tcp(struct request *rq)
{
	char host[sizeof(rq->spec)];
	union any_addr a;
	socklen_t len;
	size_t n;
	char *colon;
	u16 port;
	int ret;

	rq->nodelay = true;
	ret = socket_options(rq);
	if (ret)
		return ret;
	colon = strrchr(rq->spec + 4, ':');
	if (!colon || !tcp_port(colon + 1, &port))
		return fail(rq, -EINVAL, "%s: not tcp:HOST:PORT", rq->spec);
	n = (size_t)(colon - (rq->spec + 4));
	memcpy(host, rq->spec + 4, n);
	host[n] = 0;
	if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = 0;
	}
	len = tcp_addr(&a, host, rq->server, port);
	if (!len)
		return fail(rq, -EINVAL,
			    "%s: names are not looked up: give a numeric address or localhost",
			    host);
	return open_socket(rq, &a, len);
}

/* --- the table --- */

static int open_null(struct request *rq)
{
	(void)rq;
	return 0;
}

static const struct {
	const char *prefix; /* a whole word, or up to its colon */
	int (*open)(struct request *rq);
} kinds[] = {
	{ "stdio", open_stdio },   { "null", open_null },  { "none", open_null },
	{ "pty", open_pty },	   { "file:", open_file }, { "pipe:", open_pipe },
	{ "unix:", open_unix },	   { "tcp:", open_tcp },   { "fd:", open_fd },
	{ "stdout", open_stdout },
};

static int open_kind(struct request *rq)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i].prefix);
		bool word = kinds[i].prefix[n - 1] != ':';

		if (strncmp(rq->spec, kinds[i].prefix, n))
			continue;
		if (word && rq->spec[n] && rq->spec[n] != ',')
			continue;
		return kinds[i].open(rq);
	}
	return fail(rq, -EINVAL,
		    "'%s': not one of stdio, null, pty, file:, pipe:, unix:, tcp:, fd:, or mon: "
		    "before one of them",
		    rq->spec);
}

int host_chr_connect(struct host_chr *hc, const char *spec, char *err, size_t errlen)
{
	struct request rq = { .hc = hc, .err = err, .errlen = errlen };

	if (!strncmp(spec, "mon:", 4)) {
		hc->mux = true;
		spec += 4;
	}
	if (strlen(spec) >= sizeof(rq.spec))
		return fail(&rq, -ENAMETOOLONG, "character device: longer than %zu bytes",
			    sizeof(rq.spec) - 1);
	memcpy(rq.spec, spec, strlen(spec) + 1);
	return open_kind(&rq);
}

void host_chr_free(struct host_chr *hc)
{
	if (hc->is_stdio) {
		host_tty_restore(hc->host);
		hc->host->tty.fd = -1;
		hc->host->stdio_taken = false;
	}
	if (hc->out >= 0 && hc->own_out && hc->out != hc->in)
		close(hc->out);
	if (hc->in >= 0 && hc->own_in)
		close(hc->in);
	if (hc->listen >= 0)
		close(hc->listen);
	if (hc->path)
		unlink(hc->path);
	free(hc->path);
	free(hc);
}

static struct host_chr **slot_of(struct host *host, const struct chr *chr)
{
	unsigned i;

	for (i = 0; i < HOST_CHRS; i++)
		if (chr ? host->chr[i] && host->chr[i]->chr == chr : !host->chr[i])
			return &host->chr[i];
	return NULL;
}

/* Its buffers are large, and most of them never used: their data are not cleared, and so not touched. */
static struct host_chr *new_chr(void)
{
	struct host_chr *hc = malloc(sizeof(*hc));

	if (!hc)
		return NULL;
	memset(hc, 0, offsetof(struct host_chr, data));
	hc->input[TO_CHR].data = hc->data[0];
	hc->input[TO_MONITOR].data = hc->data[1];
	hc->output.data = hc->data[2];
	return hc;
}

int host_chr_open(struct host *host, const char *spec, struct chr *chr, char *err, size_t errlen)
{
	struct host_chr **slot = slot_of(host, NULL);
	struct host_chr *hc;
	int ret;

	if (!slot || !(hc = new_chr())) {
		snprintf(err, errlen, "%s: too many character devices", spec);
		return slot ? -ENOMEM : -ENOSPC;
	}
	hc->host = host;
	hc->chr = chr;
	hc->in = hc->out = hc->listen = -1;
	ret = host_chr_connect(hc, spec, err, errlen);
	if (ret) {
		host_chr_free(hc);
		return ret;
	}
	chr->flush = host_chr_flush;
	chr->host = hc;
	*slot = hc;
	if (hc->mux && host->monitor)
		host_set_monitor(host, host->monitor);
	return 0;
}

void host_set_monitor(struct host *host, struct chr *monitor)
{
	unsigned i;

	if (host->monitor && host->monitor != monitor) {
		host->monitor->flush = NULL;
		host->monitor->host = NULL;
	}
	host->monitor = monitor;
	for (i = 0; monitor && i < HOST_CHRS; i++) {
		if (!host->chr[i] || !host->chr[i]->mux)
			continue;
		monitor->flush = host_chr_flush;
		monitor->host = host->chr[i];
		return;
	}
}

void host_chr_close(struct host *host, struct chr *chr)
{
	struct host_chr **slot = slot_of(host, chr);

	if (!chr || !slot)
		return;
	if (host->monitor && host->monitor->host == *slot) {
		host->monitor->flush = NULL;
		host->monitor->host = NULL;
	}
	chr->flush = NULL;
	chr->host = NULL;
	host_chr_free(*slot);
	*slot = NULL;
}
