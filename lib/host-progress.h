/* SPDX-License-Identifier: MIT */
/* Progress on a terminal, of work that takes longer than a moment; elsewhere nothing is said. */
#ifndef LIB_HOST_PROGRESS_H
#define LIB_HOST_PROGRESS_H

#include "lib/progress.h"

#define HOST_PROGRESS_FD 2 /* stderr */
#define HOST_PROGRESS_AFTER UINT64_C(1000000000) /* ns before the first word */

struct host_progress {
	struct progress p;
	char work[96]; /* "saving a.snap" */
	bool alone, shown;
	int fd;
	u64 next, wait; /* when something is to be said, and how long after that again */
};

/*
 * What is being done, on fd, which may be no terminal; `after` ns of silence come first. `alone`: nobody else writes there
 * meanwhile, so that one line changes and goes away in the end. Else whole lines, ever fewer. Returns
 * what the work is to be told of, or NULL.
 */
struct progress *host_progress_begin(struct host_progress *hp, int fd, bool alone, u64 after,
				     const char *verb, const char *name);
/* The work is over; harmless where it never began, if *hp is zero. */
void host_progress_end(struct host_progress *hp);

#endif
