/* SPDX-License-Identifier: MIT */
/*
 * What a struct net_port is plugged into on the host, and recording what goes through it.
 *
 * A stream carries each frame as its length, 4 bytes big-endian, and then that many bytes: passt,
 * gvproxy, QEMU and other vonks speak it. Frames longer than NET_FRAME_MAX are skipped whole.
 * A peer that is away has the guest's frames thrown away; a server takes one client at a time.
 * Input enters the port in host_poll() only, and is not fetched while the port has no room.
 */
#ifndef LIB_HOST_NET_H
#define LIB_HOST_NET_H

#include "lib/clock.h"
#include "lib/host.h"
#include "lib/net.h"

enum host_net_kind {
	HOST_NET_NONE, /* no cable */
	HOST_NET_STREAM,
	HOST_NET_TAP, /* a network interface of the host */
};
enum host_net_addr { HOST_NET_UNIX, HOST_NET_INET, HOST_NET_FD };

struct host_net_config {
	enum host_net_kind kind;
	enum host_net_addr addr; /* stream */
	bool server;
	const char *path; /* HOST_NET_UNIX; a server's is made, and removed at the end */
	const char *
		host; /* HOST_NET_INET: numeric or localhost; "": every address, as a client here */
	u16 port; /* 0: a server lets the system choose */
	int fd; /* HOST_NET_FD: a connected stream socket; tap: an open one, or -1. Taken over */
	u32 reconnect_ms; /* client: try again that long after a failure or the peer's end; 0: never */
	const char *ifname; /* tap without fd */
};

struct host_net;

/*
 * Plugs the port in; its owner has initialised it. A client that may not try again fails here if nobody
 * is there, after 10 s at most. 0, or -errno and one line without newline in err.
 */
int host_net_open(struct host *host, const struct host_net_config *config, struct net_port *port,
		  struct host_net **out, char *err, size_t errlen);
/* Pulls the plug. NULL is fine. */
void host_net_close(struct host_net *net);

bool host_net_connected(const struct host_net *net);
u16 host_net_listens(const struct host_net *net); /* a server's TCP port, 0: none */
/* Frames that were skipped: too long, too short; ours that were thrown away. */
u64 host_net_skipped(const struct host_net *net);
u64 host_net_dropped(const struct host_net *net);

/* A pcap file of all frames of one port. */
struct host_pcap;

/*
 * Time stamps are the clock's, counted from `epoch` seconds after 1970; of each frame at most `maxlen` bytes
 * are kept. The clock and the port must outlive the recording. 0, or -errno and one line in err.
 */
int host_pcap_open(struct host_pcap **out, const char *path, u32 maxlen, struct net_port *port,
		   const struct clock *clock, s64 epoch, char *err, size_t errlen);
/* -errno if not everything could be written. NULL is fine. */
int host_pcap_close(struct host_pcap *pcap);

#endif
