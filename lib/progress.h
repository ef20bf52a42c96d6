/* SPDX-License-Identifier: MIT */
/* How far long work has come, for whoever wants to see it. */
#ifndef LIB_PROGRESS_H
#define LIB_PROGRESS_H

#include "lib/types.h"

struct progress {
	/* `part` of the work (NULL: the work itself) has come to `done` of `all` bytes; 0: nobody knows how many. */
	void (*at)(struct progress *p, const char *part, u64 done, u64 all);
};

/* p is NULL where nobody looks. */
static inline void progress_at(struct progress *p, const char *part, u64 done, u64 all)
{
	if (p)
		p->at(p, part, done, all);
}

#endif
