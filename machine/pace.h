/* SPDX-License-Identifier: MIT */
/*
 * The guest's time beside the host's. With virtual time, pace decides how long the host waits while
 * the guest has nothing to do, never what the guest sees. With -clock host, the guest's
 * time is the host's since the start (or since the machine stood still): where it lags behind it
 * jumps, deadline by deadline, so that no timer's tick is lost; where it is ahead the host waits.
 */
#ifndef MACHINE_PACE_H
#define MACHINE_PACE_H

#include "lib/host.h"
#include "machine/machine.h"

struct pace {
	struct host *host;
	bool host_clock; /* the guest's time is the host's */
	bool real; /* sleep as long as the guest asked; else jump ahead */
	u64 host_ns, guest_ns; /* a pair of instants that belong together */
	/* Instruction counts: when it last came to a deadline by a jump, when no interrupt waited, and when one did. */
	u64 came, quiet, waited;
	u64 looked; /* and when it was last seen whether one does */
	u64 idle_ns; /* guest time jumped over since anything came in or went out */
	u64 io; /* what `idle_ns` was last compared with */
};

void pace_init(struct pace *pace, struct host *host, bool real);
/* From now on, the guest's time is the host's. */
void pace_host_clock(struct pace *pace, const struct machine *m);
/* The machine stood still, or its time was replaced: go on from here. */
void pace_again(struct pace *pace, const struct machine *m);
/* Before the machine runs: how many instructions it may until this is called again. */
u64 pace_quantum(struct pace *pace, struct machine *m);
/* The machine is idle: wait for its next event or for input, and let its time pass. */
void pace_idle(struct pace *pace, struct machine *m);

#endif
