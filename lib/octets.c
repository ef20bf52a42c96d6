/* SPDX-License-Identifier: MIT */
#include "lib/octets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

u8 *octets_room(struct octets *o, u64 n)
{
	u64 room = o->len + n + o->len / 2 + 256;
	u8 *more;

	if (o->err)
		return NULL;
	if (o->p && n <= o->room - o->len)
		return o->p + o->len;
	more = realloc(o->p, room);
	if (!more) {
		o->err = -ENOMEM;
		return NULL;
	}
	o->p = more;
	o->room = room;
	return o->p + o->len;
}

void octets_add(struct octets *o, const void *p, u64 n)
{
	u8 *at = n ? octets_room(o, n) : NULL;

	if (!at)
		return;
	memcpy(at, p, n);
	o->len += n;
}
