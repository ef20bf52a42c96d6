/* SPDX-License-Identifier: MIT */
/*
 * Running backwards: captures of the machine in memory, dense near the present and ever thinner in
 * the past, and the journal of what came from outside since the oldest. An earlier instant is
 * reached by going back to the capture before it and running forwards again; nobody outside
 * sees or hears that.
 */
#ifndef MACHINE_TIMELINE_H
#define MACHINE_TIMELINE_H

#include "machine/capture.h"
#include "machine/journal.h"

#define TIMELINE_POINTS 128
#define TIMELINE_STEP 10000000u /* instructions between captures, near the present */

struct timeline {
	struct machine *m;
	struct journal *j;
	u64 max_bytes;
	struct {
		struct capture *c;
		u64 insns;
		u32 next; /* the journal's */
	} point[TIMELINE_POINTS]; /* ascending */
	unsigned nr;
	u64 live; /* the latest instant that was reached */
	bool on, past; /* it runs; the machine stands before `live` */
	bool deaf; /* the journal is a recording: nobody is heard anyway */
};

/* Where a run backwards has ended. */
struct timeline_stop {
	bool begin; /* at the oldest capture: nothing else was met */
	struct cpu_watched watched; /* .hit: in front of this access */
};

/* From now on it can be gone back to this instant. `recording`: the journal is one that is being played. 0 or -errno. */
int timeline_begin(struct timeline *t, struct machine *m, struct journal *j, u64 max_bytes,
		   bool recording);
void timeline_end(struct timeline *t);
/* Between two calls of machine_run(): take a capture where one is due; true: the present is reached again. */
bool timeline_poll(struct timeline *t);
/* How many instructions may run until then. */
u64 timeline_quantum(const struct timeline *t, u64 quantum);
/* Somebody changes the machine: what was the future is no more. */
void timeline_changed(struct timeline *t);

/*
 * Go to an instant between the oldest and the latest: false, and the machine is of no more use: the host
 * has failed, or the run was another one.
 */
bool timeline_go(struct timeline *t, u64 insns);
/* Backwards to the last breakpoint or watchpoint before this instant. False as above. */
bool timeline_reverse(struct timeline *t, struct timeline_stop *stop);

#endif
