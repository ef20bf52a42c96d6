/* SPDX-License-Identifier: MIT */
/*
 * -report: what became of a run, as TAP or JUnit's XML, for those who collect results. One test is the
 * run itself, which ends with status 0 or not; the others are the patterns of -expect and -fail. Nothing
 * of the host is in it, no date and no duration: a run that repeats writes the same file.
 */
#ifndef MACHINE_REPORT_H
#define MACHINE_REPORT_H

#include <stdio.h>

#include "machine/verdict.h"

struct report {
	const char *name; /* of what was run */
	const char *reason; /* why it ended */
	int status;
	bool started; /* else there is nothing to tell but the reason */
	u64 insns, ns, hash;
	const struct verdict *verdict;
};

void report_write(const struct report *r, bool junit, FILE *out);

#endif
