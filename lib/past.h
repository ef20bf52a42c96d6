/* SPDX-License-Identifier: MIT */
/*
 * Earlier contents of a memory or a disk, in pages of 4096 bytes.
 *
 * A point is the contents at one instant. Any number of them may be held, and the contents can be
 * turned into those of any point, earlier or later, as often as wanted. Nothing is copied when a
 * point is made: the first write to a page after that copies the page, once for all points that
 * share it. So a point costs what was written since the one before it, and returning to the point
 * that one came from costs what was written since.
 *
 * Whoever writes calls past_touch() before. Only one hand may write at a time.
 */
#ifndef LIB_PAST_H
#define LIB_PAST_H

#include "lib/types.h"

#define PAST_PAGE 4096u

struct block;
struct past_leaf;

struct past_point {
	u32 refs;
	struct past_leaf **leaf;
	struct past_point *next; /* of all that are held */
};

struct past {
	u8 *mem; /* the memory, or NULL */
	struct block *block; /* the disk */
	u64 size; /* bytes */
	u64 nr_leaves;
	struct past_point *base; /* the contents are those of this point, but for dirty pages */
	struct past_point *points;
	u64 *dirty; /* a bit for every page that was touched since base */
	u32 *list; /* these pages, in no order */
	u32 nr_dirty;
	u64 bytes; /* held in copies and tables */
	int err; /* a page could not be kept: no point can be returned to any more */
};

/* A memory whose size is a multiple of 4096, or a disk. NULL: there is no memory. */
struct past *past_new_mem(u8 *mem, u64 size);
struct past *past_new_block(struct block *b);
/* Points that are still held end with it. NULL is allowed. */
void past_free(struct past *p);

/* The point of now; NULL: there is no memory. */
struct past_point *past_mark(struct past *p);
void past_forget(struct past *p, struct past_point *point);
/*
 * The contents become those of the point. Of memory, `changed` is told before a page gets its new
 * contents. 0, or -errno: -ENOMEM or what reading said if pages could not be kept, or what writing
 * the disk said; the contents are unspecified then.
 */
int past_return(struct past *p, struct past_point *to,
		void (*changed)(void *arg, u64 off, const u8 *old, const u8 *new), void *arg);

void past_touch_slow(struct past *p, u64 off, u64 n);

/* n > 0 bytes at off are about to be written; p may be NULL. */
static inline void past_touch(struct past *p, u64 off, u64 n)
{
	u64 page = off / PAST_PAGE;

	if (likely(!p))
		return;
	if (page == (off + n - 1) / PAST_PAGE && p->dirty[page / 64] >> page % 64 & 1)
		return;
	past_touch_slow(p, off, n);
}

#endif
