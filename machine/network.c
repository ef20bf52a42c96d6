/* SPDX-License-Identifier: MIT */
#include "machine/network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct opt_net *network_choose(const struct options *o)
{
	for (unsigned i = 0; i < o->nr_nets; i++)
		if (!o->nic.netdev || (o->net[i].id && !strcmp(o->net[i].id, o->nic.netdev)))
			return &o->net[i];
	return NULL;
}

static struct host_net_config config_of(const struct opt_net *o)
{
	static const enum host_net_kind kind[] = { [OPT_NET_NONE] = HOST_NET_NONE,
						   [OPT_NET_STREAM] = HOST_NET_STREAM,
						   [OPT_NET_SOCKET] = HOST_NET_STREAM,
						   [OPT_NET_TAP] = HOST_NET_TAP };
	static const enum host_net_addr addr[] = { [OPT_ADDR_UNIX] = HOST_NET_UNIX,
						   [OPT_ADDR_INET] = HOST_NET_INET,
						   [OPT_ADDR_FD] = HOST_NET_FD };

	return (struct host_net_config){ .kind = kind[o->kind],
					 .addr = addr[o->addr],
					 .server = o->server,
					 .path = o->path,
					 .host = o->host ? o->host : "",
					 .port = o->port,
					 .fd = o->fd,
					 .reconnect_ms = o->reconnect_ms,
					 .ifname = o->ifname };
}

static int open_dumps(struct network *n, const struct options *o, struct net_port *port,
		      const struct clock *clock, s64 epoch, char *err, size_t errlen)
{
	for (unsigned i = 0; i < o->nr_dumps; i++) {
		const struct opt_dump *d = &o->dump[i];
		int ret;

		if (!n->opt || !n->opt->id || strcmp(d->netdev, n->opt->id)) {
			snprintf(err, errlen, "-object: the machine is not plugged into '%s'",
				 d->netdev);
			return -EINVAL;
		}
		ret = host_pcap_open(&n->dump[i], d->file, d->maxlen, port, clock, epoch, err,
				     errlen);
		if (ret)
			return ret;
	}
	return 0;
}

int network_open(struct network *n, struct host *host, const struct options *o,
		 struct net_port *port, const struct clock *clock, s64 epoch, char *err,
		 size_t errlen)
{
	struct host_net_config config;
	int ret;

	memset(n, 0, sizeof(*n));
	if (!port)
		return 0;
	n->opt = network_choose(o);
	ret = open_dumps(n, o, port, clock, epoch, err, errlen);
	if (ret || !n->opt)
		return ret;
	config = config_of(n->opt);
	return host_net_open(host, &config, port, &n->net, err, errlen);
}

bool network_close(struct network *n, char *err, size_t errlen)
{
	bool good = true;

	host_net_close(n->net);
	n->net = NULL;
	for (unsigned i = 0; i < OPT_DUMPS; i++) {
		int ret = host_pcap_close(n->dump[i]);

		n->dump[i] = NULL;
		if (!ret)
			continue;
		snprintf(err, errlen, "a recording of the network is not complete: %s",
			 strerror(-ret));
		good = false;
	}
	return good;
}
