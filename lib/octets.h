/* SPDX-License-Identifier: MIT */
/* Bytes in memory, as many as are added. */
#ifndef LIB_OCTETS_H
#define LIB_OCTETS_H

#include "lib/types.h"

/* All zero at first; `p` is its user's to free. After an error nothing is added any more. */
struct octets {
	u8 *p;
	u64 len, room;
	int err; /* 0 or -ENOMEM */
};

/* Room for n bytes at the end, which count once len has grown by them; NULL: there is none. */
u8 *octets_room(struct octets *o, u64 n);
void octets_add(struct octets *o, const void *p, u64 n);

#endif
