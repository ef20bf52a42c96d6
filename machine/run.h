/* SPDX-License-Identifier: MIT */
/*
 * One run of a machine, and what the host lends it for that: main.c has its life, run-output.c
 * the files that options ask for, run-fuzz.c a life as a fuzzer's target.
 */
#ifndef MACHINE_RUN_H
#define MACHINE_RUN_H

#include <stdio.h>

#include "lib/host.h"
#include "machine/coverage.h"
#include "machine/gdbstub.h"
#include "machine/monitor.h"
#include "machine/network.h"
#include "machine/nvram.h"
#include "machine/pace.h"
#include "machine/plug.h"
#include "machine/profile.h"
#include "machine/replay.h"
#include "machine/report.h"
#include "machine/snapctl.h"
#include "machine/timeline.h"
#include "machine/trace.h"

/* Exit statuses that the guest has not chosen. */
enum {
	EXIT_OFF = 0,
	EXIT_USAGE = 1,
	EXIT_REFUSED = 3,
	EXIT_ERROR_MODE = 4,
	EXIT_DIFFERS,
	EXIT_LIMIT = 124,
	EXIT_CRASH = 134 /* as a shell sees an abort() */
};

struct run {
	struct options o;
	struct machine_config config;
	struct machine *m;
	struct host host;
	struct pace pace;
	struct snapshot restored; /* what the machine was made from, if it was */
	struct snapctl snap;
	char snap_path[MONITOR_LINE]; /* as the monitor has named it */
	struct nvram nvram;
	struct network net;
	struct log log;
	FILE *logfile; /* NULL: stderr */
	struct trace trace;
	FILE *tracefile;
	struct coverage coverage;
	struct symbols symbols;
	struct profile profile;
	FILE *flat, *folded; /* of the profile, NULL: none */
	struct control control;
	struct monitor mux, monitor; /* on a mon: stream; on one of its own */
	struct gdbstub gdb;
	struct journal journal;
	struct timeline timeline;
	struct record record;
	FILE *record_file; /* NULL: none */
	struct recording recording;
	bool replaying; /* the journal is a recording, and nobody else is heard */
	u64 idle_insns, idle_ns; /* when it idled last, while replaying */
	bool batch; /* nobody at a terminal */
	bool sandboxed;
	u64 start_ns;
	struct verdict verdict;
	FILE *report; /* NULL: none */
	const char *why; /* the run has ended */
	bool started;
};

/* Tells `text` as vonk's one line; returns EXIT_USAGE. */
int run_complain(const char *text);

/*
 * A machine as the options describe it, with its disks open and its program loaded. Returns 0, or
 * -errno with one line in err.
 */
int run_power_on(struct run *r, char *err, size_t errlen);

/* Does -sandbox ask for one? missing: why there can be none, NULL: it can. 1, 0, or -errno with one line in err. */
int run_wants_sandbox(const struct run *r, const char *missing, char *err, size_t errlen);

/*
 * The files of -D, -profile, -trace and -cov, and -report. Opening returns 0, or -errno with one line
 * in err; what an option did not ask for is not opened. Closing tells what could not be written,
 * and makes *status EXIT_USAGE then.
 */
int run_open_log(struct run *r, char *err, size_t errlen);
void run_close_log(struct run *r, int *status);
int run_open_profile(struct run *r, char *err, size_t errlen);
void run_close_profile(struct run *r, int *status);
int run_open_traces(struct run *r, char *err, size_t errlen);
void run_close_traces(struct run *r, int *status);
int run_open_report(struct run *r, char *err, size_t errlen);
/* err: why the machine has not even started. */
void run_close_report(struct run *r, const char *err, int *status);

/* -fuzz and -fuzz-replay, instead of a life of its own; out: how a replay ended. Returns the exit status. */
int run_fuzz(struct run *r, FILE *out);

#endif
