/* SPDX-License-Identifier: MIT */
/*
 * -trace: every instruction as text, a line each, with the registers that it changed. -cov: where they were;
 * coverage.h.
 */
#ifndef MACHINE_TRACE_H
#define MACHINE_TRACE_H

#include <stdio.h>

#include "machine/machine.h"
#include "machine/options.h"

struct trace {
	FILE *out;
	struct machine *m;
	const struct opt_range *range; /* instructions elsewhere are not shown */
	unsigned nr_ranges; /* 0: all are */
	struct cpu_state regs[OPT_MAX_CPUS]; /* as the last line left them */
	struct cpu_tracer tracer[OPT_MAX_CPUS];
};

/* From now on, to `out`, which stays the caller's; so do the ranges. */
void trace_begin(struct trace *t, struct machine *m, const struct opt_range *range,
		 unsigned nr_ranges, FILE *out);
void trace_end(struct trace *t);

/* Puts a tracer at a processor, and takes it away again. */
void tracer_add(struct cpu *cpu, struct cpu_tracer *t);
void tracer_remove(struct cpu *cpu, const struct cpu_tracer *t);

#endif
