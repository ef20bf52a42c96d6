/* SPDX-License-Identifier: MIT */
/*
 * An Ethernet cable between a network chip and the outside. The chip sees this struct only;
 * lib/host-net.c stands behind it with sockets and taps, tests with arrays of frames.
 *
 * Frames are without preamble and checksum. Input reaches `in` at quantum edges only, so
 * that a run is a function of what came when; it is fetched from the host only while there is room.
 * Output is queued in `out`, and a full queue stops the machine (not the guest's time) until the
 * host took some of it. What a chip cannot take, or no host, is lost as it is on a real cable.
 */
#ifndef LIB_NET_H
#define LIB_NET_H

#include "lib/types.h"

#define NET_FRAME_MIN 14 /* bytes: the header alone */
#define NET_FRAME_MAX 1518 /* 1500 of data, header, VLAN tag */
#define NET_QUEUE 64

struct net_frame {
	u16 len; /* bytes */
	u8 data[NET_FRAME_MAX];
};

struct net_queue {
	u32 head, num; /* head < NET_QUEUE, num <= NET_QUEUE */
	struct net_frame frame[NET_QUEUE];
};

/* Somebody who looks at every frame that the chip sends or takes, when it does. */
struct net_watch {
	void (*saw)(void *arg, const u8 *data, u32 len, bool sent);
	void *arg;
	struct net_watch *next;
};

struct net_port {
	struct net_queue in, out;
	bool link; /* is there a cable? */
	bool peer; /* is somebody at its other end now? */
	bool listens; /* the chip takes frames: set by the chip */
	bool deaf; /* there is no room for input, and the cable stays as it is */
	bool mute; /* output is thrown away */
	bool link_then; /* what net_set_link() has said meanwhile */
	u64 lost; /* frames that found `out` full */
	struct net_watch *watches;
	/* The chip's end: called after input arrived or the link changed. */
	void (*wake)(void *chip);
	void *chip;
	/* The host's end, each may be NULL: `out` is full, make room; a frame was queued; one was taken. */
	void (*flush)(void *host);
	void (*sent)(void *host);
	void (*taken)(void *host);
	void *host;
	/* Somebody who is told of input and of the cable before it counts; NULL: nobody. */
	void (*fed)(void *arg, const u8 *data, u32 len);
	void (*linked)(void *arg, bool link);
	void *fed_arg;
};

void net_init(struct net_port *port);
void net_watch_add(struct net_port *port, struct net_watch *watch);
void net_watch_remove(struct net_port *port, struct net_watch *watch);

/* The chip's side. */
const struct net_frame *net_peek(const struct net_port *port); /* the next input; NULL: none */
void net_taken(struct net_port *port); /* done with it */
/* Lengths outside NET_FRAME_MIN..NET_FRAME_MAX go nowhere. */
void net_send(struct net_port *port, const u8 *data, u32 len);

/* The host's side. */
u32 net_in_room(const struct net_port *port); /* frames */
/* False: no room, or no frame of a possible length; nothing was queued. */
bool net_feed(struct net_port *port, const u8 *data, u32 len);
const struct net_frame *net_out(const struct net_port *port); /* the oldest output; NULL: none */
void net_out_done(struct net_port *port); /* it went */
void net_set_link(struct net_port *port, bool link);
/* From now on take no input; or take it again, with the cable as it is by then. */
void net_deaf(struct net_port *port, bool deaf);

#endif
