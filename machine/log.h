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
#include "machine/symbols.h"

#define LOG_SEEN 65536
#define LOG_NO_PC 1u

struct log {
	FILE *out;
	struct machine *m;
	struct opt_logged set;
	struct cpu_log hooks;
	const struct opt_range *range; /* instructions elsewhere are not shown */
	unsigned nr_ranges; /* 0: all are */
	const struct symbols *symbols; /* names for addresses, NULL: none */
	u32 insn_pc; /* the last instruction that was told; LOG_NO_PC: none yet */
	u64 insn_icount; /* and when */
	u64 *seen; /* in_asm: address and word of what was printed lately; NULL: nothing yet */
};

/* Nothing is logged yet. `out` is the caller's and must outlive the log. */
void log_init(struct log *log, struct machine *m, FILE *out);
/*
 * From now on, log this. 0 or -errno with one line in err, which begins with `who`: no memory, or there is no
 * such chip.
 */
int log_set(struct log *log, const struct opt_logged *set, const char *who, char *err,
	    size_t errlen);
void log_release(struct log *log);

#endif
