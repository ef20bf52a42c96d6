/* SPDX-License-Identifier: MIT */
/*
 * Memories in a snapshot: runs of pages that are not all zero, deflated or raw
 * (snap/FORMAT, MEM).
 */
#ifndef SNAP_RAM_H
#define SNAP_RAM_H

#include "lib/octets.h"
#include "lib/progress.h"
#include "lib/runs.h"
#include "snap/image.h"

#define SNAP_GROUP 64u /* pages that are deflated together */

/* r runs from the record, within 0..pages-1, added to empty `runs`. */
bool snap_runs_get(struct snap_cursor *c, struct runs *runs, u32 r, u64 pages);
void snap_runs_put(struct snap_writer *w, const struct runs *runs);

/* A memory ready to be written. It points at `mem`, which has to stay as it is until then. */
struct snap_pages {
	const u8 *mem;
	u64 size; /* bytes, a multiple of SNAP_PAGE, below 2^44 */
	struct runs runs;
	bool raw;
	struct octets packed; /* if not raw */
};

/*
 * Take mem's pages, all that are not zero, or with `only` just those (of which none may be zero).
 * 0 or -ENOMEM; snap_pages_release() is due in any case.
 */
int snap_pages_init(struct snap_pages *p, const u8 *mem, u64 size, bool raw,
		    const struct runs *only, struct progress *progress);
void snap_pages_release(struct snap_pages *p);
/* Bytes that it takes at `off` of the stream. */
u64 snap_pages_size(const struct snap_pages *p, u64 off);
void snap_pages_put(struct snap_writer *w, const struct snap_pages *p);

/*
 * The pages into mem, `size` bytes, all zero before. Which ones they were goes to `runs` if that is
 * not NULL: it is to be released in any case. False: refused, mem is of no use.
 */
bool snap_pages_get(struct snap_cursor *c, u8 *mem, u64 size, struct runs *runs);

#endif
