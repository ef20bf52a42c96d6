/* SPDX-License-Identifier: MIT */
/* The other end of the machine's Ethernet cable, and recordings of what goes through it. */
#ifndef MACHINE_NETWORK_H
#define MACHINE_NETWORK_H

#include "lib/host-net.h"
#include "machine/options.h"

struct network {
	const struct opt_net *opt; /* NULL: no cable */
	struct host_net *net;
	struct host_pcap *dump[OPT_DUMPS];
};

/* The network that the options plug the machine into, NULL: none. */
const struct opt_net *network_choose(const struct options *o);
/*
 * Plug the port in and start the recordings; time stamps count from `epoch` seconds after 1970. The
 * port and the clock must outlive it. 0 or -errno with one line in err; network_close() is due after any result.
 */
int network_open(struct network *n, struct host *host, const struct options *o,
		 struct net_port *port, const struct clock *clock, s64 epoch, char *err,
		 size_t errlen);
/* False, with one line in err: a recording is not complete. */
bool network_close(struct network *n, char *err, size_t errlen);

#endif
