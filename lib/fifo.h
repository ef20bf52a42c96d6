/* SPDX-License-Identifier: MIT */
/*
 * The one bounded byte queue. It can neither over- nor under-run: a push into a
 * full queue and a pop from an empty one are refused and say so.
 * It is plain state: it belongs in a chip's state struct, with its FIFO() field row.
 */
#ifndef LIB_FIFO_H
#define LIB_FIFO_H

#include "lib/types.h"

#define FIFO_MAX 256

struct fifo {
	u16 size; /* capacity, 1..FIFO_MAX; set once by fifo_init */
	u16 num; /* bytes held, 0..size */
	u8 data[FIFO_MAX]; /* data[0] is the oldest; bytes from num on are 0 */
};

void fifo_init(struct fifo *f, unsigned size);
void fifo_clear(struct fifo *f);
bool fifo_push(struct fifo *f, u8 c); /* false: full, nothing changed */
bool fifo_pop(struct fifo *f, u8 *c); /* false: empty, *c = 0 */

static inline unsigned fifo_room(const struct fifo *f)
{
	return (unsigned)f->size - f->num;
}

#endif
