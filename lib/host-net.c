/* SPDX-License-Identifier: MIT */
/*
 * Streams, taps, and nothing at all. Descriptors that were inherited are never switched to
 * O_NONBLOCK, which their other owners would notice: sockets are used with MSG_DONTWAIT, taps
 * asked with poll(2) before every frame.
 */
#define _GNU_SOURCE
#include "lib/host-net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/be.h"

#define HEADER 4
#define SKIP_MAX 0x20000 /* a longer frame there cannot be: the peer has lost its place */
#define FLUSH_MS 100
#define CONNECT_MS 10000
#define READS 512 /* system calls in one go */

union any_addr {
	struct sockaddr any;
	struct sockaddr_un un;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct host_net {
	struct host *host;
	struct net_port *port;
	enum host_net_kind kind;
	union any_addr addr;
	socklen_t addr_len;
	u32 reconnect_ms;
	char *path; /* to be removed */
	int fd, listen, timer; /* -1: none */
	short events; /* fd is watched for these; 0: not at all */
	bool connecting; /* fd's connect(2) has not ended yet */
	bool stalled; /* the peer did not take what we waited for: wait no more until it does */
	/* A frame on its way out: tx_len bytes, of which tx_off are gone. */
	u32 tx_off, tx_len;
	u8 tx[HEADER + NET_FRAME_MAX];
	/* A frame on its way in. Once the header is whole: how many bytes follow, how many came. */
	u32 head_got, body_len, body_got;
	u8 head[HEADER], body[NET_FRAME_MAX];
	u64 skipped, dropped;
};

struct failure {
	char *err;
	size_t len;
};

__printf(3, 4) static int fail(struct failure *f, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->err, f->len, fmt, ap);
	va_end(ap);
	return code;
}

static void update(struct host_net *n);
static void disconnect(struct host_net *n);
static void retry_later(struct host_net *n);

/* --- output --- */

static void discard(struct host_net *n)
{
	for (; net_out(n->port); n->dropped++)
		net_out_done(n->port);
}

static bool tx_pending(const struct host_net *n)
{
	return n->tx_off < n->tx_len || net_out(n->port);
}

/*
 * What of a frame goes to a stream's peer: an IPv4 packet without the padding that brought it to
 * Ethernet's 60 bytes. Early passt takes padding for the packet's data, which ends a connection.
 */
static u32 unpadded(const struct net_frame *f)
{
	u32 packet = 14 + be16_get(f->data + 16);

	if (f->len != 60 || be16_get(f->data + 12) != 0x0800 || packet < 14 + 20 || packet > 60)
		return f->len;
	return packet;
}

/* The next frame into `tx`; false: there is none. */
static bool tx_load(struct host_net *n)
{
	const struct net_frame *f = net_out(n->port);
	u32 header = n->kind == HOST_NET_STREAM ? HEADER : 0, len;

	if (!f)
		return false;
	len = header ? unpadded(f) : f->len;
	be32_put(n->tx, len);
	memcpy(n->tx + header, f->data, len);
	n->tx_len = header + len;
	n->tx_off = 0;
	net_out_done(n->port);
	return true;
}

static bool again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
}

static bool can(int fd, short events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, ms) > 0;
}

/* What is left of `tx`. False: not now, or never. */
static bool tx_some(struct host_net *n)
{
	const u8 *p = n->tx + n->tx_off;
	u32 left = n->tx_len - n->tx_off;
	ssize_t done;

	if (n->kind == HOST_NET_TAP) {
		if (!can(n->fd, POLLOUT, 0))
			return false;
		done = write(n->fd, p, left);
		if (done < 0 && again())
			return false;
		n->dropped += done < 0;
		n->tx_off = n->tx_len;
		return true;
	}
	done = send(n->fd, p, left, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (done < 0 && !again())
		disconnect(n);
	if (done <= 0)
		return false;
	n->tx_off += (u32)done;
	n->stalled = false;
	return true;
}

static void push(struct host_net *n)
{
	while (n->fd >= 0 && !n->connecting) {
		if (n->tx_off == n->tx_len && !tx_load(n))
			return;
		if (!tx_some(n))
			return;
	}
	if (n->fd < 0)
		discard(n);
}

/* The port's callbacks. They run in the guest's time: output may leave, input must not come. */
static void port_sent(void *arg)
{
	struct host_net *n = arg;

	push(n);
	update(n);
}

static void port_flush(void *arg)
{
	struct host_net *n = arg;

	push(n);
	if (n->port->out.num == NET_QUEUE && !n->stalled && !n->connecting) {
		n->stalled = !can(n->fd, POLLOUT, FLUSH_MS);
		push(n);
	}
	if (n->connecting)
		discard(n);
}

static void port_taken(void *arg)
{
	update(arg);
}

/* --- input --- */

static void rx_reset(struct host_net *n)
{
	n->head_got = n->body_len = n->body_got = 0;
}

static bool in_body(const struct host_net *n)
{
	return n->head_got == HEADER && n->body_got < n->body_len;
}

/* A whole frame came. */
static void rx_frame(struct host_net *n)
{
	if (n->body_len > NET_FRAME_MAX || !net_feed(n->port, n->body, n->body_len))
		n->skipped++;
	rx_reset(n);
}

/*
 * The rest of a frame and the header of the next, so that nothing but a header is ever held
 * outside the port: what waits, waits in the socket, and poll(2) tells of it.
 */
static ssize_t rx_some(struct host_net *n)
{
	u8 scrap[4096];
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 1 };
	u32 left = n->body_len - n->body_got;

	iov[0] = (struct iovec){ n->head + n->head_got, HEADER - n->head_got };
	if (in_body(n) && n->body_len <= NET_FRAME_MAX) {
		iov[0] = (struct iovec){ n->body + n->body_got, left };
		iov[1] = (struct iovec){ n->head, HEADER };
		msg.msg_iovlen = 2;
	} else if (in_body(n)) {
		iov[0] = (struct iovec){ scrap, left < sizeof(scrap) ? left : sizeof(scrap) };
	}
	return recvmsg(n->fd, &msg, MSG_DONTWAIT);
}

/* Headers without a body are done with at once. False: this is no frame's length. */
static bool rx_header(struct host_net *n)
{
	if (n->head_got < HEADER)
		return true;
	n->body_len = be32_get(n->head);
	n->body_got = 0;
	if (n->body_len > SKIP_MAX)
		return false;
	if (!n->body_len) {
		n->skipped++;
		rx_reset(n);
	}
	return true;
}

/* `got` bytes went where rx_some() had them put. */
static bool rx_account(struct host_net *n, u32 got)
{
	u32 left = n->body_len - n->body_got, extra = 0;

	if (!in_body(n)) {
		n->head_got += got;
		return rx_header(n);
	}
	if (got > left) {
		extra = got - left;
		got = left;
	}
	n->body_got += got;
	if (n->body_got < n->body_len)
		return true;
	rx_frame(n);
	n->head_got = extra;
	return rx_header(n);
}

static void pull_stream(struct host_net *n)
{
	ssize_t got;
	u32 i;

	for (i = 0; i < READS && net_in_room(n->port); i++) {
		got = rx_some(n);
		if (got < 0 && again())
			return;
		if (got > 0 && rx_account(n, (u32)got))
			continue;
		if (got > 0)
			fprintf(stderr, "vonk: network: a frame of %u bytes: connection closed\n",
				n->body_len);
		disconnect(n);
		return;
	}
}

static void pull_tap(struct host_net *n)
{
	u8 buf[NET_FRAME_MAX + 1];
	ssize_t got;
	u32 i;

	for (i = 0; i < READS && net_in_room(n->port) && can(n->fd, POLLIN, 0); i++) {
		got = read(n->fd, buf, sizeof(buf));
		if (got < 0 && again())
			return;
		if (got <= 0) {
			disconnect(n);
			return;
		}
		if (!net_feed(n->port, buf, (u32)got))
			n->skipped++;
	}
}

/* --- connections --- */

/* Nothing of an old connection may reach a new one. */
static void start_over(struct host_net *n)
{
	n->connecting = n->stalled = false;
	n->tx_off = n->tx_len = 0;
	rx_reset(n);
	discard(n);
}

static void connect_ended(struct host_net *n)
{
	int e = 0;
	socklen_t len = sizeof(e);

	if (getsockopt(n->fd, SOL_SOCKET, SO_ERROR, &e, &len) || e) {
		disconnect(n);
		return;
	}
	start_over(n);
	n->port->peer = true;
}

static void ready(void *arg, short revents)
{
	struct host_net *n = arg;

	if (n->connecting)
		connect_ended(n);
	else if (revents & POLLOUT)
		push(n);
	if (n->fd >= 0 && !n->connecting && revents & ~POLLOUT) {
		if (n->kind == HOST_NET_TAP)
			pull_tap(n);
		else
			pull_stream(n);
	}
	update(n);
}

/* Watch for what would be served now, and for nothing else. */
static void update(struct host_net *n)
{
	short events = 0;

	if (n->fd < 0)
		return;
	if (n->connecting || tx_pending(n))
		events |= POLLOUT;
	if (!n->connecting && net_in_room(n->port))
		events |= POLLIN;
	if (events == n->events)
		return;
	host_unwatch(n->host, n->fd);
	n->events = 0;
	if (events && !host_watch(n->host, n->fd, events, ready, n))
		n->events = events;
}

static void use(struct host_net *n, int fd)
{
	int on = 1;

	n->fd = fd;
	n->events = 0;
	if (n->addr.any.sa_family == AF_INET || n->addr.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	start_over(n);
	n->port->peer = true;
}

static void accept_ready(void *arg, short revents)
{
	struct host_net *n = arg;
	int fd = accept4(n->listen, NULL, NULL, SOCK_CLOEXEC);

	(void)revents;
	if (fd < 0)
		return;
	host_unwatch(n->host, n->listen);
	use(n, fd);
	update(n);
}

static void disconnect(struct host_net *n)
{
	if (n->fd < 0)
		return;
	host_unwatch(n->host, n->fd);
	close(n->fd);
	n->fd = -1;
	n->events = 0;
	n->port->peer = false;
	start_over(n);
	if (n->listen >= 0)
		host_watch(n->host, n->listen, POLLIN, accept_ready, n);
	else
		retry_later(n);
}

/* 0: connected or on the way; else -errno. */
static int try_connect(struct host_net *n)
{
	int fd = socket(n->addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret;

	if (fd < 0)
		return -errno;
	if (connect(fd, &n->addr.any, n->addr_len) && errno != EINPROGRESS) {
		ret = -errno;
		close(fd);
		return ret;
	}
	use(n, fd);
	n->connecting = !can(fd, POLLOUT, 0);
	n->port->peer = !n->connecting;
	if (!n->connecting)
		connect_ended(n);
	return 0;
}

static void retry_ready(void *arg, short revents)
{
	struct host_net *n = arg;
	u64 times;

	(void)revents;
	if (read(n->timer, &times, sizeof(times)) != sizeof(times) || n->fd >= 0)
		return;
	if (try_connect(n))
		retry_later(n);
	update(n);
}

static void retry_later(struct host_net *n)
{
	struct itimerspec when = {
		.it_value = { n->reconnect_ms / 1000, (long)(n->reconnect_ms % 1000) * 1000000 },
	};

	if (n->timer >= 0)
		timerfd_settime(n->timer, 0, &when, NULL);
}

/* --- opening --- */

static int set_unix(struct host_net *n, const char *path, struct failure *f)
{
	size_t len = path ? strlen(path) : 0;

	if (!len)
		return fail(f, -EINVAL, "network: a socket's path is missing");
	if (len >= sizeof(n->addr.un.sun_path))
		return fail(f, -ENAMETOOLONG, "network: a socket's path has at most %zu bytes: %s",
			    sizeof(n->addr.un.sun_path) - 1, path);
	n->addr.un.sun_family = AF_UNIX;
	memcpy(n->addr.un.sun_path, path, len);
	n->addr_len = sizeof(n->addr.un);
	return 0;
}

static int set_inet(struct host_net *n, const struct host_net_config *c, struct failure *f)
{
	const char *host = c->host;

	if (c->server && (!host || !*host))
		host = "0.0.0.0";
	else if (!host || !*host || !strcmp(host, "localhost"))
		host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &n->addr.in.sin_addr) == 1) {
		n->addr.in.sin_family = AF_INET;
		n->addr.in.sin_port = htons(c->port);
		n->addr_len = sizeof(n->addr.in);
	} else if (inet_pton(AF_INET6, host, &n->addr.in6.sin6_addr) == 1) {
		n->addr.in6.sin6_family = AF_INET6;
		n->addr.in6.sin6_port = htons(c->port);
		n->addr_len = sizeof(n->addr.in6);
	} else {
		return fail(f, -EINVAL,
			    "network: %s: names are not looked up: give a numeric address or "
			    "localhost",
			    host);
	}
	return 0;
}

/* How messages name the other end. */
static const char *who(const struct host_net_config *c)
{
	if (c->kind == HOST_NET_TAP)
		return c->ifname ? c->ifname : "tap";
	return c->addr == HOST_NET_UNIX ? c->path : c->host && *c->host ? c->host : "socket";
}

static int fail_errno(struct failure *f, const struct host_net_config *c, int code)
{
	return fail(f, code, "network: %s: %s", who(c), strerror(-code));
}

static int serve(struct host_net *n, const struct host_net_config *c, struct failure *f)
{
	struct stat st;
	int on = 1;

	n->listen = socket(n->addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->listen < 0)
		return fail_errno(f, c, -errno);
	if (c->addr == HOST_NET_INET)
		setsockopt(n->listen, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else if (!lstat(c->path, &st) && S_ISSOCK(st.st_mode))
		unlink(c->path);
	if (bind(n->listen, &n->addr.any, n->addr_len))
		return fail_errno(f, c, -errno);
	if (c->addr == HOST_NET_UNIX)
		n->path = strdup(c->path);
	if (listen(n->listen, 1))
		return fail_errno(f, c, -errno);
	if (host_watch(n->host, n->listen, POLLIN, accept_ready, n))
		return fail_errno(f, c, -ENOSPC);
	if (c->addr == HOST_NET_INET && !c->port)
		fprintf(stderr, "vonk: network: listening on port %u\n", host_net_listens(n));
	return 0;
}

static int first_connect(struct host_net *n, const struct host_net_config *c, struct failure *f)
{
	int ret = try_connect(n);

	if (c->reconnect_ms) {
		if (ret)
			retry_later(n);
		return 0;
	}
	if (!ret && n->connecting && can(n->fd, POLLOUT, CONNECT_MS))
		connect_ended(n);
	if (ret || n->fd < 0 || n->connecting)
		return fail_errno(f, c, ret ? ret : n->fd < 0 ? -ECONNREFUSED : -ETIMEDOUT);
	return 0;
}

static int connect_out(struct host_net *n, const struct host_net_config *c, struct failure *f)
{
	n->reconnect_ms = c->reconnect_ms;
	if (n->reconnect_ms) {
		n->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
		if (n->timer < 0 || host_watch(n->host, n->timer, POLLIN, retry_ready, n))
			return fail_errno(f, c, n->timer < 0 ? -errno : -ENOSPC);
	}
	return first_connect(n, c, f);
}

static int open_stream(struct host_net *n, const struct host_net_config *c, struct failure *f)
{
	int ret, type = 0;
	socklen_t len = sizeof(type);

	if (c->addr == HOST_NET_FD) {
		if (getsockopt(c->fd, SOL_SOCKET, SO_TYPE, &type, &len) || type != SOCK_STREAM)
			return fail(f, -EINVAL, "network: descriptor %d is no stream socket",
				    c->fd);
		use(n, c->fd);
		return 0;
	}
	ret = c->addr == HOST_NET_UNIX ? set_unix(n, c->path, f) : set_inet(n, c, f);
	if (ret)
		return ret;
	return c->server ? serve(n, c, f) : connect_out(n, c, f);
}

static int open_tap(struct host_net *n, const struct host_net_config *c, struct failure *f)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int ret, fd = c->fd;

	if (fd < 0 && (!c->ifname || strlen(c->ifname) >= sizeof(ifr.ifr_name)))
		return fail(f, -EINVAL, "network: tap: no interface's name: %s",
			    c->ifname ? c->ifname : "");
	if (fd < 0) {
		fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return fail(f, -errno, "network: /dev/net/tun: %s", strerror(errno));
		memcpy(ifr.ifr_name, c->ifname, strlen(c->ifname));
		if (ioctl(fd, TUNSETIFF, &ifr)) {
			ret = -errno;
			close(fd);
			return fail_errno(f, c, ret);
		}
	}
	use(n, fd);
	return 0;
}

int host_net_open(struct host *host, const struct host_net_config *c, struct net_port *port,
		  struct host_net **out, char *err, size_t errlen)
{
	struct host_net *n = calloc(1, sizeof(*n));
	struct failure f = { err, errlen };
	int ret = 0;

	*out = NULL;
	if (!n)
		return fail(&f, -ENOMEM, "network: no memory");
	n->host = host;
	n->port = port;
	n->kind = c->kind;
	n->fd = n->listen = n->timer = -1;
	if (c->kind == HOST_NET_STREAM)
		ret = open_stream(n, c, &f);
	else if (c->kind == HOST_NET_TAP)
		ret = open_tap(n, c, &f);
	if (ret) {
		host_net_close(n);
		return ret;
	}
	port->host = n;
	port->sent = port_sent;
	port->flush = port_flush;
	port->taken = port_taken;
	update(n);
	net_set_link(port, c->kind != HOST_NET_NONE);
	*out = n;
	return 0;
}

static void close_watched(struct host_net *n, int fd)
{
	if (fd < 0)
		return;
	host_unwatch(n->host, fd);
	close(fd);
}

void host_net_close(struct host_net *n)
{
	if (!n)
		return;
	close_watched(n, n->fd);
	close_watched(n, n->listen);
	close_watched(n, n->timer);
	if (n->path)
		unlink(n->path);
	if (n->port->host == n) {
		n->port->host = NULL;
		n->port->sent = n->port->flush = n->port->taken = NULL;
		n->port->peer = false;
		net_set_link(n->port, false);
	}
	free(n->path);
	free(n);
}

bool host_net_connected(const struct host_net *n)
{
	return n->fd >= 0 && !n->connecting;
}

u16 host_net_listens(const struct host_net *n)
{
	union any_addr a;
	socklen_t len = sizeof(a);

	if (n->listen < 0 || getsockname(n->listen, &a.any, &len) || a.any.sa_family == AF_UNIX)
		return 0;
	return ntohs(a.any.sa_family == AF_INET6 ? a.in6.sin6_port : a.in.sin_port);
}

u64 host_net_skipped(const struct host_net *n)
{
	return n->skipped;
}

u64 host_net_dropped(const struct host_net *n)
{
	return n->dropped + n->port->lost;
}
