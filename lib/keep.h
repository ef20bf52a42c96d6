/* SPDX-License-Identifier: MIT */
/*
 * Some pages of a memory as they were at one instant. A page is copied when it is about to be
 * written for the first time; until then it is the memory's own.
 *
 * Whoever writes calls keep_touch() before. A TLB that lets writes pass must have been emptied when
 * pages are noted.
 */
#ifndef LIB_KEEP_H
#define LIB_KEEP_H

#include "lib/types.h"

#define KEEP_PAGE 4096u

struct keep {
	u8 *mem; /* the memory */
	u8 *copy; /* as large, and only there where pages were copied */
	u64 size; /* bytes, a multiple of KEEP_PAGE */
	u64 *live; /* a bit for every page that was noted and that nobody has written since */
};

/* No page is noted. False: there is no memory; keep_release() is due in any case. */
bool keep_init(struct keep *k, u8 *mem, u64 size);
void keep_release(struct keep *k);

/* The page is as it shall be kept. */
void keep_note(struct keep *k, u64 page);

static inline bool keep_is_live(const struct keep *k, u64 page)
{
	return k->live[page / 64] >> page % 64 & 1;
}

/* The contents of a page that was noted, or whose contents were put into copy. */
static inline const u8 *keep_page(const struct keep *k, u64 page)
{
	return (keep_is_live(k, page) ? k->mem : k->copy) + page * KEEP_PAGE;
}

void keep_touch_slow(struct keep *k, u64 first, u64 last);

/* n > 0 bytes at off are about to be written; k may be NULL. */
static inline void keep_touch(struct keep *k, u64 off, u64 n)
{
	if (k)
		keep_touch_slow(k, off / KEEP_PAGE, (off + n - 1) / KEEP_PAGE);
}

#endif
