/* SPDX-License-Identifier: MIT */
/* lib/host-net: frames through sockets whole and in order, whatever the peer does; pcap files. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/be.h"
#include "lib/host-net.h"
#include "t/tap.h"

static struct host host;
static struct net_port port_a, port_b;
static char err[256], dir[] = "/tmp/vonk-net-XXXXXX", path[64];

static void polls(unsigned n)
{
	while (n--)
		host_poll(&host, 0);
}

/* Until the condition holds, 5 s at most. */
#define WAIT(cond)                                                                                 \
	for (u64 end_ = host_now_ns() + 5000000000u; !(cond) && host_now_ns() < end_;)             \
	host_poll(&host, 1000000)

static struct host_net *plug(const struct host_net_config *c, struct net_port *port)
{
	struct host_net *n;

	net_init(port);
	err[0] = 0;
	if (host_net_open(&host, c, port, &n, err, sizeof(err)))
		diag("%s", err);
	return n;
}

static struct host_net *plug_fd(int fd, struct net_port *port)
{
	return plug(
		&(struct host_net_config){ .kind = HOST_NET_STREAM, .addr = HOST_NET_FD, .fd = fd },
		port);
}

static int refused(const struct host_net_config *c)
{
	struct host_net *n;
	int ret;

	net_init(&port_a);
	err[0] = 0;
	ret = host_net_open(&host, c, &port_a, &n, err, sizeof(err));
	host_net_close(n);
	return -ret;
}

/* Frame number `k` of `len` bytes: every byte tells where it belongs. */
static void make(u8 *p, u32 k, u32 len)
{
	for (u32 i = 0; i < len; i++)
		p[i] = (u8)(k * 31 + i * 7 + (i >> 8));
}

static bool is_frame(const struct net_frame *f, u32 k, u32 len)
{
	u8 want[NET_FRAME_MAX];

	make(want, k, len);
	return f && f->len == len && !memcmp(f->data, want, len);
}

static void send_frame(struct net_port *port, u32 k, u32 len)
{
	u8 p[NET_FRAME_MAX];

	make(p, k, len);
	net_send(port, p, len);
}

/* Take the next frame; was it this one? */
static bool took(struct net_port *port, u32 k, u32 len)
{
	bool good = is_frame(net_peek(port), k, len);

	net_taken(port);
	return good;
}

static size_t put_raw(u8 *p, u32 k, u32 len)
{
	be32_put(p, len);
	make(p + 4, k, len);
	return 4 + len;
}

static void write_all(int fd, const u8 *p, size_t n)
{
	while (n) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (done < 0 && errno == EAGAIN) {
			polls(1);
			continue;
		}
		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

static void test_pair(void)
{
	struct host_net *a, *b;
	u32 k, bad = 0;
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	a = plug_fd(sv[0], &port_a);
	b = plug_fd(sv[1], &port_b);
	ok(a && b && port_a.link && port_a.peer && host_net_connected(a),
	   "two back ends are joined");
	for (k = 14; k <= 1518; k++) {
		send_frame(&port_a, k, k);
		send_frame(&port_b, k + 1, k);
		WAIT(net_peek(&port_a) && net_peek(&port_b));
		bad += !took(&port_b, k, k) + !took(&port_a, k + 1, k);
	}
	is(bad, 0, "frames of all lengths cross both ways");
	for (k = 0; k < 60; k++)
		send_frame(&port_a, k, 1000);
	WAIT(port_b.in.num == 60);
	for (k = 0; k < 60; k++)
		bad += !took(&port_b, k, 1000);
	is(bad, 0, "60 at once keep their order");
	send_frame(&port_a, 0, 13);
	send_frame(&port_a, 1, 14);
	WAIT(net_peek(&port_b));
	ok(took(&port_b, 1, 14), "what is no frame is not sent");
	host_net_close(b);
	ok(!port_b.link && !port_b.sent, "closing pulls the plug");
	WAIT(!host_net_connected(a));
	ok(!host_net_connected(a) && !port_a.peer, "the other end notices");
	for (k = 0; k < 200; k++)
		send_frame(&port_a, k, 100);
	is(host_net_dropped(a), 200, "and throws frames away");
	ok(port_a.link, "the cable is still there");
	ok(!host_input_possible(&host), "nobody is waited for");
	host_net_close(a);
}

/* Frames good and bad; returns the stream's length, and in *good how many are real ones. */
static size_t raw_stream(u8 *p)
{
	static const u32 lens[] = { 60,	   14, 0, 13, 1518,    1519, 1, 64,  9000,
				    65550, 70, 0, 0,  0x20000, 71,   5, 1514 };
	size_t n = 0;

	for (u32 i = 0; i < ARRAY_SIZE(lens); i++)
		n += put_raw(p + n, i, lens[i]);
	return n;
}

static bool raw_frames_came(void)
{
	return took(&port_a, 0, 60) && took(&port_a, 1, 14) && took(&port_a, 4, 1518) &&
	       took(&port_a, 7, 64) && took(&port_a, 10, 70) && took(&port_a, 14, 71) &&
	       took(&port_a, 16, 1514) && !net_peek(&port_a);
}

static void test_fragments(void)
{
	u8 *raw = malloc(400000);
	struct host_net *a;
	unsigned bad = 0;
	size_t n, cut;
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	a = plug_fd(sv[0], &port_a);
	n = raw_stream(raw);
	write_all(sv[1], raw, n);
	WAIT(port_a.in.num == 7);
	ok(raw_frames_came(), "a stream with frames of all kinds");
	is(host_net_skipped(a), 10, "the impossible ones are skipped, each whole");
	/* Byte by byte, the long ones excepted. */
	n = put_raw(raw, 1, 60);
	n += put_raw(raw + n, 2, 0);
	n += put_raw(raw + n, 3, 1519);
	n += put_raw(raw + n, 4, 14);
	for (size_t i = 0; i < n; i++) {
		write_all(sv[1], raw + i, 1);
		host_poll(&host, 0);
	}
	ok(took(&port_a, 1, 60) && took(&port_a, 4, 14), "byte by byte");
	/* Cut in two at every byte. */
	n = put_raw(raw, 1, 60);
	n += put_raw(raw + n, 2, 1600);
	n += put_raw(raw + n, 3, 0);
	n += put_raw(raw + n, 4, 333);
	for (cut = 1; cut < n; cut++) {
		write_all(sv[1], raw, cut);
		polls(2);
		write_all(sv[1], raw + cut, n - cut);
		WAIT(port_a.in.num == 2);
		bad += !took(&port_a, 1, 60) + !took(&port_a, 4, 333);
	}
	is(bad, 0, "cut in two at every byte");
	be32_put(raw, 0x20001);
	write_all(sv[1], raw, 4);
	WAIT(!host_net_connected(a));
	ok(!host_net_connected(a), "a length that cannot be ends the connection");
	is(recv(sv[1], raw, 1, 0), 0, "as the peer sees");
	close(sv[1]);
	host_net_close(a);
	free(raw);
}

/* An IPv4 packet of `total` bytes in a frame of `len`; the length that a stream's peer sees. */
static u32 sent_as(struct net_port *port, int fd, u32 type, u32 total, u32 len)
{
	u8 p[NET_FRAME_MAX], got[4 + NET_FRAME_MAX];
	ssize_t n = 0;

	make(p, 1, len);
	be16_put(p + 12, (u16)type);
	be16_put(p + 16, (u16)total);
	net_send(port, p, len);
	WAIT((n = recv(fd, got, sizeof(got), MSG_DONTWAIT)) > 0);
	return n >= 4 && be32_get(got) == (u32)n - 4 && !memcmp(got + 4, p, (size_t)n - 4)
		       ? (u32)n - 4
		       : 0;
}

static void test_padding(void)
{
	int fd[2];
	struct host_net *n;

	ok(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "a socket pair");
	n = plug_fd(fd[0], &port_a);
	is(sent_as(&port_a, fd[1], 0x0800, 40, 60), 54, "a padded TCP acknowledgement as it was");
	is(sent_as(&port_a, fd[1], 0x0800, 20, 60), 34, "the shortest IPv4 packet");
	is(sent_as(&port_a, fd[1], 0x0800, 46, 60), 60, "one that fills the frame");
	is(sent_as(&port_a, fd[1], 0x0800, 19, 60), 60, "a length that is no packet's");
	is(sent_as(&port_a, fd[1], 0x0800, 47, 60), 60, "a length beyond the frame");
	is(sent_as(&port_a, fd[1], 0x0806, 40, 60), 60, "ARP keeps its padding");
	is(sent_as(&port_a, fd[1], 0x0800, 40, 61), 61, "so does what was no minimum frame");
	host_net_close(n);
	close(fd[1]);
}

static void test_back_pressure(void)
{
	u8 raw[2000];
	struct host_net *a;
	u32 k, bad = 0;
	int sv[2], served;

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	a = plug_fd(sv[0], &port_a);
	for (k = 0; k < 100; k++)
		write_all(sv[1], raw, put_raw(raw, k, 200 + k));
	polls(20);
	is(port_a.in.num, NET_QUEUE, "a guest that takes nothing: the queue is full");
	served = host_poll(&host, 0);
	is(served, 0, "and the socket is left alone");
	for (k = 0; k < 100; k++) {
		WAIT(net_peek(&port_a));
		bad += !took(&port_a, k, 200 + k);
	}
	is(bad, 0, "then all 100 come, in order");
	close(sv[1]);
	WAIT(!host_net_connected(a));
	ok(!host_net_connected(a), "and the end is noticed");
	host_net_close(a);
}

/* The peer reads nothing for long, then everything: what comes must be whole frames. */
static void test_slow_peer(void)
{
	static u8 buf[4 << 20];
	struct host_net *a;
	u64 start = host_now_ns();
	size_t n = 0, at = 0;
	u32 k, last = 0, frames = 0, bad = 0;
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	a = plug_fd(sv[0], &port_a);
	for (k = 1; k <= 3000; k++) {
		u8 p[600] = { 0 };

		be32_put(p + 100, k);
		net_send(&port_a, p, 600);
	}
	ok(host_now_ns() - start < 3000000000u, "a peer that does not read stops us for a moment");
	ok(port_a.lost > 100, "then frames are lost (%u)", (unsigned)port_a.lost);
	for (u64 end = host_now_ns() + 5000000000u; host_now_ns() < end;) {
		ssize_t got = recv(sv[1], buf + n, sizeof(buf) - n, MSG_DONTWAIT);

		if (got > 0)
			n += (size_t)got;
		else if (!net_out(&port_a) && !host_poll(&host, 1000000))
			break;
		host_poll(&host, 0);
	}
	for (; n - at >= 604; at += 604, frames++) {
		k = be32_get(buf + at + 104);
		bad += be32_get(buf + at) != 600 || k <= last;
		last = k;
	}
	ok(at == n && !bad, "what it gets are whole frames in order (%u)", frames);
	is(frames + port_a.lost, 3000, "the rest is accounted for");
	start = frames;
	send_frame(&port_a, 1, 60);
	polls(3);
	is(recv(sv[1], buf, sizeof(buf), MSG_DONTWAIT), 64, "and it goes on");
	close(sv[1]);
	host_net_close(a);
}

static int dial(const char *to)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(un.sun_path, to, strlen(to) + 1);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void test_server(void)
{
	struct host_net_config c = {
		.kind = HOST_NET_STREAM, .addr = HOST_NET_UNIX, .server = true, .path = path
	};
	u8 raw[2000];
	struct host_net *a;
	size_t n;
	int one, two;

	a = plug(&c, &port_a);
	ok(a && !access(path, F_OK), "a server makes its socket");
	send_frame(&port_a, 1, 60);
	is(host_net_dropped(a), 1, "without a client frames go nowhere");
	one = dial(path);
	WAIT(host_net_connected(a));
	send_frame(&port_a, 2, 60);
	is(recv(one, raw, sizeof(raw), 0), 64, "the first client gets the next");
	ok(be32_get(raw) == 60, "and nothing old");
	two = dial(path);
	write_all(two, raw, put_raw(raw, 9, 90));
	polls(10);
	ok(!net_peek(&port_a), "a second client has to wait");
	n = put_raw(raw, 3, 100);
	write_all(one, raw, n - 10);
	polls(3);
	close(one);
	WAIT(net_peek(&port_a));
	ok(took(&port_a, 9, 90), "until the first dies, in the middle of a frame");
	for (int i = 0; i < 30; i++) {
		close(two);
		two = dial(path);
		WAIT(host_net_connected(a));
		polls(3);
	}
	write_all(two, raw, put_raw(raw, 5, 77));
	WAIT(net_peek(&port_a));
	ok(took(&port_a, 5, 77), "thirty clients later it still works");
	close(two);
	host_net_close(a);
	ok(access(path, F_OK), "closing removes the socket");
}

static void test_client(void)
{
	struct host_net_config c = {
		.kind = HOST_NET_STREAM, .addr = HOST_NET_UNIX, .path = path, .reconnect_ms = 20
	};
	struct host_net_config s = c;
	struct host_net *a, *b;

	c.reconnect_ms = 0;
	is(refused(&c), ENOENT, "nobody there is an error");
	ok(strstr(err, path) && strstr(err, "No such file"), "which says who: %s", err);
	c.reconnect_ms = 20;
	a = plug(&c, &port_a);
	ok(a && !host_net_connected(a) && !port_a.peer, "unless it may try again");
	ok(host_input_possible(&host), "which can still bring something");
	s.server = true;
	for (int i = 0; i < 3; i++) {
		b = plug(&s, &port_b);
		WAIT(host_net_connected(a) && host_net_connected(b));
		send_frame(&port_a, 1, 60);
		send_frame(&port_b, 2, 61);
		WAIT(net_peek(&port_b) && net_peek(&port_a));
		ok(took(&port_b, 1, 60) && took(&port_a, 2, 61), "server %d is found", i + 1);
		host_net_close(b);
		WAIT(!host_net_connected(a));
		send_frame(&port_a, 1, 60);
	}
	host_net_close(a);
}

static void test_inet(void)
{
	struct host_net_config c = { .kind = HOST_NET_STREAM,
				     .addr = HOST_NET_INET,
				     .host = "localhost" };
	struct host_net_config s = c;
	struct host_net *a, *b;

	s.server = true;
	s.host = "127.0.0.1";
	s.port = 0;
	b = plug(&s, &port_b);
	c.port = host_net_listens(b);
	ok(c.port, "a TCP server listens somewhere");
	a = plug(&c, &port_a);
	WAIT(host_net_connected(b));
	ok(a && host_net_connected(a) && host_net_connected(b) && port_a.peer && port_b.peer,
	   "and is reached");
	for (u32 k = 0; k < 20; k++)
		send_frame(&port_a, k, 1518);
	WAIT(port_b.in.num == 20);
	ok(took(&port_b, 0, 1518) && took(&port_b, 1, 1518), "frames cross");
	host_net_close(a);
	host_net_close(b);
	is(refused(&c), ECONNREFUSED, "when it is gone it refuses");
	c.host = "example.org";
	is(refused(&c), EINVAL, "names are not looked up");
	c.host = "::1";
	s.host = "::1";
	s.server = true;
	b = plug(&s, &port_b);
	if (b) {
		c.port = host_net_listens(b);
		a = plug(&c, &port_a);
		WAIT(host_net_connected(b));
		ok(a && host_net_connected(b), "IPv6, too");
		host_net_close(a);
		host_net_close(b);
	}
}

static void test_refusals(void)
{
	struct host_net_config c = { .kind = HOST_NET_STREAM, .addr = HOST_NET_FD };
	char deep[200];
	int fds[2];

	is(pipe(fds), 0, "(a pipe)");
	c.fd = fds[0];
	is(refused(&c), EINVAL, "a pipe is no network");
	ok(fcntl(fds[0], F_GETFD) >= 0, "and stays its owner's");
	c.fd = 999;
	is(refused(&c), EINVAL, "nor is nothing");
	memset(deep, 'x', sizeof(deep));
	deep[199] = 0;
	c = (struct host_net_config){ .kind = HOST_NET_STREAM,
				      .addr = HOST_NET_UNIX,
				      .path = deep };
	is(refused(&c), ENAMETOOLONG, "a long path");
	c = (struct host_net_config){ .kind = HOST_NET_TAP, .fd = -1, .ifname = deep };
	is(refused(&c), EINVAL, "a long interface name");
	close(fds[0]);
	close(fds[1]);
}

static void test_none(void)
{
	struct host_net *a = plug(&(struct host_net_config){ .kind = HOST_NET_NONE }, &port_a);

	ok(a && !port_a.link, "none: there is no cable");
	send_frame(&port_a, 1, 60);
	ok(!net_out(&port_a), "frames go nowhere");
	host_net_close(a);
}

/* A tap is packets on a descriptor: a datagram socket behaves alike. */
static void test_tap(void)
{
	u8 p[2048];
	struct host_net *a;
	int sv[2];

	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv);
	a = plug(&(struct host_net_config){ .kind = HOST_NET_TAP, .fd = sv[0] }, &port_a);
	make(p, 3, 70);
	is(send(sv[1], p, 70, 0), 70, "(a packet)");
	make(p, 4, 1519);
	is(send(sv[1], p, 1519, 0), 1519, "(one that is too long)");
	make(p, 5, 80);
	is(send(sv[1], p, 80, 0), 80, "(another)");
	WAIT(port_a.in.num == 2);
	ok(took(&port_a, 3, 70) && took(&port_a, 5, 80), "tap: a read is a frame");
	is(host_net_skipped(a), 1, "a long one is skipped");
	send_frame(&port_a, 6, 90);
	is(recv(sv[1], p, sizeof(p), 0), 90, "a frame is a write");
	ok(!(fcntl(sv[0], F_GETFL) & O_NONBLOCK), "an inherited descriptor keeps its mode");
	host_net_close(a);
	close(sv[1]);
	if (geteuid() || access("/dev/net/tun", R_OK | W_OK)) {
		ok(true, "a real tap # SKIP needs root and /dev/net/tun");
		return;
	}
	a = plug(&(struct host_net_config){ .kind = HOST_NET_TAP, .fd = -1, .ifname = "vonktest0" },
		 &port_a);
	if (!a)
		ok(true, "a real tap # SKIP %s", err);
	else
		ok(host_net_connected(a) && !access("/sys/class/net/vonktest0", F_OK),
		   "a real tap");
	host_net_close(a);
}

static u32 le32(const u8 *p)
{
	return (u32)p[3] << 24 | (u32)p[2] << 16 | (u32)p[1] << 8 | p[0];
}

static void test_pcap(void)
{
	static u8 f[8000];
	struct host_pcap *pcap;
	struct clock clock;
	u8 frame[1518];
	ssize_t n;
	int fd;

	clock_init(&clock, 0);
	net_init(&port_a);
	is(host_pcap_open(&pcap, path, 128, &port_a, &clock, 1000, err, sizeof(err)), 0,
	   "a recording is begun");
	clock.insns = 2345678901;
	make(frame, 1, 60);
	net_send(&port_a, frame, 60);
	make(frame, 2, 1518);
	net_feed(&port_a, frame, 1518);
	clock.insns = 5000000999;
	net_taken(&port_a);
	is(host_pcap_close(pcap), 0, "and ended");
	net_send(&port_a, frame, 60);
	fd = open(path, O_RDONLY);
	n = read(fd, f, sizeof(f));
	close(fd);
	unlink(path);
	is(n, 24 + 16 + 60 + 16 + 128, "its size");
	ok(le32(f) == 0xa1b2c3d4 && le32(f + 4) == 0x00040002 && le32(f + 16) == 128 &&
		   le32(f + 20) == 1,
	   "the header: microseconds, version 2.4, Ethernet");
	ok(le32(f + 24) == 1002 && le32(f + 28) == 345678, "the time is virtual");
	ok(le32(f + 32) == 60 && le32(f + 36) == 60, "a whole frame");
	ok(le32(f + 100) == 1005 && le32(f + 104) == 0, "input is stamped when it is taken");
	ok(le32(f + 108) == 128 && le32(f + 112) == 1518 && !memcmp(f + 116, frame, 128),
	   "a long one is cut");
	is(-host_pcap_open(&pcap, "/proc/nonexistent/x", 128, &port_a, &clock, 0, err, sizeof(err)),
	   ENOENT, "a file that cannot be made");
	ok(!strncmp(err, "/proc/nonexistent/x: ", 21), "is named");
	host_pcap_close(pcap);
	host_net_close(NULL);
	is(host_pcap_open(&pcap, "/dev/full", 128, &port_a, &clock, 0, err, sizeof(err)), 0,
	   "(a full disk)");
	ok(host_pcap_close(pcap) == -ENOSPC, "is told at the end");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	host_init(&host);
	test_pair();
	test_fragments();
	test_padding();
	test_back_pressure();
	test_slow_peer();
	test_server();
	test_client();
	test_inet();
	test_refusals();
	test_none();
	test_tap();
	test_pcap();
	for (unsigned i = 0; i < HOST_WATCHES; i++)
		if (host.watch[i].fd >= 0)
			ok(false, "watch %u was left", i);
	host_release(&host);
	rmdir(dir);
	return tap_done();
}
