/* SPDX-License-Identifier: MIT */
/* A peer that others wrote: passt answers a DHCP discover through a stream. Skipped without passt. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/be.h"
#include "lib/host-net.h"
#include "t/tap.h"

#define XID 0x12345678u
#define FRAME 342 /* Ethernet 14, IP 20, UDP 8, BOOTP 300 */
static const u8 mac[6] = { 0x08, 0x00, 0x20, 0x11, 0x22, 0x33 };

static pid_t start_passt(const char *path)
{
	pid_t pid = fork();
	int null;

	if (pid)
		return pid;
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execlp("passt", "passt", "-f", "-1", "-s", path, (char *)NULL);
	_exit(127);
}

static u16 ip_checksum(const u8 *p)
{
	u32 sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += be16_get(p + i);
	sum = (sum & 0xffff) + (sum >> 16);
	return (u16) ~((sum & 0xffff) + (sum >> 16));
}

static void discover(u8 *f)
{
	static const u8 options[] = { 99, 130, 83, 99, 53, 1, 1, 55, 2, 1, 3, 255 };
	u8 *ip = f + 14, *udp = ip + 20, *bootp = udp + 8;

	memset(f, 0, FRAME);
	memset(f, 0xff, 6);
	memcpy(f + 6, mac, 6);
	be16_put(f + 12, 0x0800);
	ip[0] = 0x45;
	be16_put(ip + 2, FRAME - 14);
	ip[8] = 64;
	ip[9] = 17;
	memset(ip + 16, 0xff, 4);
	be16_put(ip + 10, ip_checksum(ip));
	be16_put(udp, 68);
	be16_put(udp + 2, 67);
	be16_put(udp + 4, FRAME - 34);
	bootp[0] = bootp[1] = 1;
	bootp[2] = 6;
	be32_put(bootp + 4, XID);
	memcpy(bootp + 28, mac, 6);
	memcpy(bootp + 236, options, sizeof(options));
}

static bool is_offer(const struct net_frame *f)
{
	const u8 *bootp = f->data + 42;

	return f->len >= 14 + 20 + 8 + 244 && be16_get(f->data + 12) == 0x0800 &&
	       f->data[23] == 17 && be16_get(f->data + 34) == 67 && bootp[0] == 2 &&
	       be32_get(bootp + 4) == XID && !memcmp(bootp + 28, mac, 6) && be32_get(bootp + 16);
}

/* Frames until an offer came, or `ns` passed. */
static bool offered(struct host *host, struct net_port *port, u64 ns)
{
	u64 end = host_now_ns() + ns;
	bool offer = false;

	while (!offer && host_now_ns() < end) {
		host_poll(host, 10000000);
		while (net_peek(port)) {
			offer |= is_offer(net_peek(port));
			net_taken(port);
		}
	}
	return offer;
}

static void talk(struct host *host, const char *path)
{
	struct host_net_config c = {
		.kind = HOST_NET_STREAM, .addr = HOST_NET_UNIX, .path = path, .reconnect_ms = 20
	};
	static struct net_port port;
	struct host_net *net;
	u8 frame[FRAME];
	char err[256];
	bool offer = false;

	net_init(&port);
	if (host_net_open(host, &c, &port, &net, err, sizeof(err))) {
		ok(false, "%s", err);
		return;
	}
	for (u64 end = host_now_ns() + 5000000000u;
	     !host_net_connected(net) && host_now_ns() < end;)
		host_poll(host, 10000000);
	if (!host_net_connected(net)) {
		ok(true, "passt # SKIP it does not start here");
		host_net_close(net);
		return;
	}
	discover(frame);
	for (int i = 0; i < 3 && !offer; i++) {
		net_send(&port, frame, sizeof(frame));
		offer = offered(host, &port, 2000000000u);
	}
	ok(offer, "a DHCP discover is answered by an offer");
	ok(host_net_connected(net) && !host_net_skipped(net), "and both keep their place");
	host_net_close(net);
}

int main(void)
{
	char dir[] = "/tmp/vonk-passt-XXXXXX", path[64];
	static struct host host;
	pid_t pid;

	/* It gives up being root before it makes its socket. */
	if (!mkdtemp(dir) || chmod(dir, 0777))
		return 1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	pid = start_passt(path);
	usleep(200000);
	if (waitpid(pid, NULL, WNOHANG) == pid) {
		ok(true, "passt # SKIP not installed, or not allowed here");
	} else {
		host_init(&host);
		talk(&host, path);
		host_release(&host);
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	unlink(path);
	rmdir(dir);
	return tap_done();
}
