/* SPDX-License-Identifier: MIT */
#include "lib/net.h"

#include <string.h>

void net_init(struct net_port *port)
{
	memset(port, 0, sizeof(*port));
}

void net_watch_add(struct net_port *port, struct net_watch *watch)
{
	watch->next = port->watches;
	port->watches = watch;
}

void net_watch_remove(struct net_port *port, struct net_watch *watch)
{
	struct net_watch **p;

	for (p = &port->watches; *p; p = &(*p)->next) {
		if (*p == watch) {
			*p = watch->next;
			return;
		}
	}
}

static void show(const struct net_port *port, const u8 *data, u32 len, bool sent)
{
	const struct net_watch *w;

	for (w = port->watches; w; w = w->next)
		w->saw(w->arg, data, len, sent);
}

static bool queue_put(struct net_queue *q, const u8 *data, u32 len)
{
	struct net_frame *f;

	if (q->num >= NET_QUEUE)
		return false;
	f = &q->frame[(q->head + q->num++) % NET_QUEUE];
	f->len = (u16)len;
	memcpy(f->data, data, len);
	return true;
}

static const struct net_frame *queue_first(const struct net_queue *q)
{
	return q->num ? &q->frame[q->head] : NULL;
}

static void queue_drop(struct net_queue *q)
{
	if (!q->num)
		return;
	q->head = (q->head + 1) % NET_QUEUE;
	q->num--;
}

static bool possible(u32 len)
{
	return len >= NET_FRAME_MIN && len <= NET_FRAME_MAX;
}

const struct net_frame *net_peek(const struct net_port *port)
{
	return queue_first(&port->in);
}

void net_taken(struct net_port *port)
{
	const struct net_frame *f = queue_first(&port->in);

	if (!f)
		return;
	show(port, f->data, f->len, false);
	queue_drop(&port->in);
	if (port->taken)
		port->taken(port->host);
}

void net_send(struct net_port *port, const u8 *data, u32 len)
{
	if (!possible(len) || port->mute)
		return;
	show(port, data, len, true);
	if (!queue_put(&port->out, data, len)) {
		if (port->flush)
			port->flush(port->host);
		if (!queue_put(&port->out, data, len))
			port->lost++;
	}
	if (port->sent)
		port->sent(port->host);
}

u32 net_in_room(const struct net_port *port)
{
	return port->deaf ? 0 : NET_QUEUE - port->in.num;
}

bool net_feed(struct net_port *port, const u8 *data, u32 len)
{
	if (!possible(len) || !net_in_room(port))
		return false;
	if (port->fed)
		port->fed(port->fed_arg, data, len);
	queue_put(&port->in, data, len);
	if (port->wake)
		port->wake(port->chip);
	return true;
}

const struct net_frame *net_out(const struct net_port *port)
{
	return queue_first(&port->out);
}

void net_out_done(struct net_port *port)
{
	queue_drop(&port->out);
}

void net_set_link(struct net_port *port, bool link)
{
	port->link_then = link;
	if (port->deaf || port->link == link)
		return;
	if (port->linked)
		port->linked(port->fed_arg, link);
	port->link = link;
	if (port->wake)
		port->wake(port->chip);
}

void net_deaf(struct net_port *port, bool deaf)
{
	if (port->deaf == deaf)
		return;
	port->deaf = deaf;
	if (deaf)
		port->link_then = port->link;
	else
		net_set_link(port, port->link_then);
}
