/* SPDX-License-Identifier: MIT */
/*
 * Any bytes from the peer of a network stream, in pieces of any size; and the chip's end that takes
 * frames or does not. What arrives is a frame of a possible length.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "lib/host-net.h"
#include "t/fuzz/machine.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct host_net_config c = { .kind = HOST_NET_STREAM, .addr = HOST_NET_FD };
	static struct net_port port;
	static struct host host;
	struct fuzz_in in = { data, len };
	struct host_net *net;
	char err[256];
	u8 trash[4096];
	int fd[2];

	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd));
	host_init(&host);
	net_init(&port);
	c.fd = fd[0];
	FUZZ_CHECK(!host_net_open(&host, &c, &port, &net, err, sizeof(err)), "%s", err);
	while (in.n) {
		u8 how = in8(&in);
		size_t n = how & 63;

		n = n < in.n ? n : in.n;
		if (n && write(fd[1], in.p, n) != (ssize_t)n)
			break;
		in.p += n;
		in.n -= n;
		if (how & 64)
			net_send(&port, trash, NET_FRAME_MIN + how);
		host_poll(&host, 0);
		for (const struct net_frame *frame; !(how & 128) && (frame = net_peek(&port));) {
			FUZZ_CHECK(frame->len >= NET_FRAME_MIN && frame->len <= NET_FRAME_MAX);
			net_taken(&port);
		}
		if (read(fd[1], trash, sizeof(trash)) < 0)
			continue;
	}
	close(fd[1]);
	host_poll(&host, 0);
	host_net_close(net);
	host_release(&host);
	return 0;
}
