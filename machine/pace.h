/* SPDX-License-Identifier: MIT */
/*
 * The guest's time beside the host's: what happens while a guest has nothing to do. Pace
 * decides how long the host waits, never what the guest sees.
 */
#ifndef MACHINE_PACE_H
#define MACHINE_PACE_H

#include "lib/host.h"
#include "machine/machine.h"

struct pace {
	struct host *host;
	bool real; /* sleep as long as the guest asked; else jump ahead */
	u64 host_ns, guest_ns; /* a pair of instants that belong together */
	u64 idle_ns; /* guest time jumped over since anything came in or went out */
	u64 io; /* what `idle_ns` was last compared with */
};

void pace_init(struct pace *pace, struct host *host, bool real);
/* The machine is idle: wait for its next event or for input, and let its time pass. */
void pace_idle(struct pace *pace, struct machine *m);

#endif
