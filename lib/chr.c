/* SPDX-License-Identifier: MIT */
#include "lib/chr.h"

#include <string.h>

void chr_init(struct chr *chr)
{
	memset(chr, 0, sizeof(*chr));
}

static bool queue_put(struct chr_queue *q, u8 c)
{
	if (q->num >= CHR_QUEUE)
		return false;
	q->data[(q->head + q->num++) % CHR_QUEUE] = c;
	return true;
}

static bool queue_get(struct chr_queue *q, u8 *c)
{
	*c = 0;
	if (!q->num)
		return false;
	*c = q->data[q->head];
	q->head = (q->head + 1) % CHR_QUEUE;
	q->num--;
	return true;
}

bool chr_get(struct chr *chr, u8 *c)
{
	return queue_get(&chr->in, c);
}

bool chr_peek(const struct chr *chr)
{
	return chr->in.num != 0;
}

void chr_put(struct chr *chr, u8 c)
{
	if (chr->mute)
		return;
	if (!queue_put(&chr->out, c)) {
		if (chr->flush)
			chr->flush(chr->host);
		queue_put(&chr->out, c);
	}
	chr->moved++;
	if (chr->told)
		chr->told(chr->told_arg, c);
	if (chr->sent)
		chr->sent(chr->host);
}

bool chr_get_break(struct chr *chr)
{
	if (!chr->breaks)
		return false;
	chr->breaks--;
	return true;
}

u32 chr_in_room(const struct chr *chr)
{
	return chr->deaf ? 0 : CHR_QUEUE - chr->in.num;
}

static void chr_wake(struct chr *chr)
{
	if (chr->wake)
		chr->wake(chr->chip);
}

void chr_feed(struct chr *chr, const u8 *buf, u32 n)
{
	BUG_ON(n > chr_in_room(chr));
	if (!n)
		return;
	if (chr->fed)
		chr->fed(chr->fed_arg, chr, buf, n);
	chr->moved += n;
	while (n--)
		queue_put(&chr->in, *buf++);
	chr_wake(chr);
}

void chr_feed_break(struct chr *chr)
{
	if (chr->deaf)
		return;
	if (chr->fed)
		chr->fed(chr->fed_arg, chr, NULL, 0);
	if (chr->breaks != UINT32_MAX)
		chr->breaks++;
	chr_wake(chr);
}

u32 chr_take(struct chr *chr, u8 *buf, u32 max)
{
	u32 n = 0;

	while (n < max && queue_get(&chr->out, &buf[n]))
		n++;
	return n;
}
