/* SPDX-License-Identifier: MIT */
/*
 * -d: what a processor does, a line each. Every line bears the number of instructions that were over
 * when it happened, so that logs of repeated runs are the same, line for line.
 */
#ifndef MACHINE_LOG_H
#define MACHINE_LOG_H

#include <stdio.h>

#include "machine/machine.h"
#include "machine/options.h"

#define LOG_SEEN 65536

struct log {
	FILE *out;
	struct machine *m;
	unsigned items; /* OPT_LOG_* */
	struct cpu_log hooks;
	const struct opt_range *range; /* instructions elsewhere are not shown */
	unsigned nr_ranges; /* 0: all are */
	u64 *seen; /* in_asm: address and word of what was printed lately; NULL: nothing yet */
};

/* Nothing is logged yet. `out` is the caller's and must outlive the log. */
void log_init(struct log *log, struct machine *m, FILE *out);
/* From now on, log these items. 0 or -ENOMEM. */
int log_set(struct log *log, unsigned items);
void log_release(struct log *log);

#endif
