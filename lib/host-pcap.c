/* SPDX-License-Identifier: MIT */
/* Frames as a pcap file, version 2.4, little-endian on every host. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/host-net.h"

#define PCAP_MAGIC 0xa1b2c3d4u /* microseconds */
#define PCAP_ETHERNET 1

struct host_pcap {
	struct net_watch watch;
	struct net_port *port;
	const struct clock *clock;
	s64 epoch;
	u32 maxlen;
	int fd, err;
};

static u8 *put_le(u8 *p, u32 val, unsigned n)
{
	for (; n; n--, val >>= 8)
		*p++ = (u8)val;
	return p;
}

/* A frame that is half in the file would spoil the rest: the first error ends the recording. */
static void put(struct host_pcap *pcap, const u8 *p, size_t n)
{
	while (n && !pcap->err) {
		ssize_t done = write(pcap->fd, p, n);

		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (done == 0 || errno != EINTR) {
			pcap->err = done ? -errno : -EIO;
			fprintf(stderr, "vonk: recording of frames ends here: %s\n",
				strerror(-pcap->err));
		}
	}
}

static void saw(void *arg, const u8 *data, u32 len, bool sent)
{
	struct host_pcap *pcap = arg;
	u64 us = clock_now(pcap->clock) / 1000;
	u32 kept = len < pcap->maxlen ? len : pcap->maxlen;
	u8 record[16 + NET_FRAME_MAX], *p = record;

	(void)sent;
	p = put_le(p, (u32)((u64)pcap->epoch + us / 1000000), 4);
	p = put_le(p, (u32)(us % 1000000), 4);
	p = put_le(p, kept, 4);
	p = put_le(p, len, 4);
	memcpy(p, data, kept);
	put(pcap, record, 16 + kept);
}

static void put_header(struct host_pcap *pcap)
{
	u8 header[24], *p = header;

	p = put_le(p, PCAP_MAGIC, 4);
	p = put_le(p, 2, 2);
	p = put_le(p, 4, 2);
	p = put_le(p, 0, 4); /* time zone */
	p = put_le(p, 0, 4); /* accuracy */
	p = put_le(p, pcap->maxlen, 4);
	put_le(p, PCAP_ETHERNET, 4);
	put(pcap, header, sizeof(header));
}

int host_pcap_open(struct host_pcap **out, const char *path, u32 maxlen, struct net_port *port,
		   const struct clock *clock, s64 epoch, char *err, size_t errlen)
{
	struct host_pcap *pcap = calloc(1, sizeof(*pcap));
	int ret = pcap ? 0 : -ENOMEM;

	*out = NULL;
	if (pcap) {
		pcap->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		ret = pcap->fd < 0 ? -errno : 0;
	}
	if (ret) {
		snprintf(err, errlen, "%s: %s", path, strerror(-ret));
		free(pcap);
		return ret;
	}
	pcap->port = port;
	pcap->clock = clock;
	pcap->epoch = epoch;
	pcap->maxlen = maxlen < NET_FRAME_MAX ? maxlen : NET_FRAME_MAX;
	pcap->watch = (struct net_watch){ .saw = saw, .arg = pcap };
	put_header(pcap);
	net_watch_add(port, &pcap->watch);
	*out = pcap;
	return 0;
}

int host_pcap_close(struct host_pcap *pcap)
{
	int ret;

	if (!pcap)
		return 0;
	net_watch_remove(pcap->port, &pcap->watch);
	ret = pcap->err;
	if (close(pcap->fd) && !ret)
		ret = -errno;
	free(pcap);
	return ret;
}
