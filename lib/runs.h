/* SPDX-License-Identifier: MIT */
/* Sets of numbered things that mostly lie side by side: pages of a memory, units of a disk. */
#ifndef LIB_RUNS_H
#define LIB_RUNS_H

#include "lib/types.h"

struct span {
	u32 first, nr; /* nr >= 1 */
};

/* Ascending runs, as long as they can be. */
struct runs {
	struct span *run;
	u32 nr, max;
	u64 things; /* in all of them */
};

/* nr >= 1 things that lie above all those that are in already. 0 or -ENOMEM. */
int runs_add(struct runs *runs, u32 first, u32 nr);
void runs_release(struct runs *runs);

/* The things one after the other. */
struct runs_at {
	const struct runs *runs;
	u32 run, in;
};

/* The next one; UINT32_MAX, which is in no set, after the last. */
static inline u32 runs_peek(const struct runs_at *at)
{
	return at->run < at->runs->nr ? at->runs->run[at->run].first + at->in : UINT32_MAX;
}

static inline void runs_drop(struct runs_at *at)
{
	if (++at->in == at->runs->run[at->run].nr) {
		at->run++;
		at->in = 0;
	}
}

/* As many as lie side by side from the next one on, `most` at most: past them. How many they were. */
static inline u32 runs_together(struct runs_at *at, u32 most)
{
	u32 left = at->runs->run[at->run].nr - at->in;

	if (left > most) {
		at->in += most;
		return most;
	}
	at->run++;
	at->in = 0;
	return left;
}

#endif
