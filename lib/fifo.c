/* SPDX-License-Identifier: MIT */
#include "lib/fifo.h"

#include <string.h>

void fifo_init(struct fifo *f, unsigned size)
{
	BUG_ON(size < 1 || size > FIFO_MAX);
	memset(f, 0, sizeof(*f));
	f->size = (u16)size;
}

void fifo_clear(struct fifo *f)
{
	f->num = 0;
	memset(f->data, 0, sizeof(f->data));
}

bool fifo_push(struct fifo *f, u8 c)
{
	if (f->num >= f->size || f->num >= FIFO_MAX)
		return false;
	f->data[f->num++] = c;
	return true;
}

bool fifo_pop(struct fifo *f, u8 *c)
{
	*c = 0;
	if (!f->num || f->num > FIFO_MAX)
		return false;
	*c = f->data[0];
	f->num--;
	memmove(f->data, f->data + 1, f->num);
	f->data[f->num] = 0;
	return true;
}
