/* SPDX-License-Identifier: MIT */
/*
 * -expect and -fail: what serial line A says is looked at line by line, and decides how the run ends. The
 * machine stops at the instruction behind the one that sent the deciding line's end, so a run that repeats
 * ends at the same instruction count.
 *
 * A line without its end is looked at when the guest idles (a prompt) and when the run is over. Carriage
 * returns at a line's end and NULs do not count; a line longer than VERDICT_LINE is looked at in pieces.
 */
#ifndef MACHINE_VERDICT_H
#define MACHINE_VERDICT_H

#include "lib/host-match.h"
#include "machine/machine.h"
#include "machine/options.h"

#define VERDICT_LINE 4096
#define VERDICT_TAIL (1u << 20) /* bytes of output that are kept for a report */

struct verdict_row {
	const char *pattern;
	bool fail; /* it is a -fail */
	bool seen;
	u64 insns; /* when it was */
	struct host_match *match;
};

struct verdict {
	struct machine *m;
	struct verdict_row row[OPT_PATTERNS];
	unsigned nr, expected, left; /* patterns; of them -expect, and those not seen yet */
	const struct verdict_row *failed; /* the -fail that was seen */
	char line[VERDICT_LINE + 1];
	u32 len, looked; /* bytes of the line, and how many when it was looked at last */
	u8 *tail; /* the last bytes of the output, a ring; NULL: not kept */
	u64 sent; /* bytes that were put there */
};

/* From now on watch line A; `keep`: for a report. 0 or -errno with one line in err. */
int verdict_begin(struct verdict *v, struct machine *m, const struct options *o, bool keep,
		  char *err, size_t errlen);
void verdict_release(struct verdict *v);
/* The guest idles; true: that decides it. */
bool verdict_idles(struct verdict *v);
/* The run has ended with this status, by itself or by the verdict: the status that it ends with now. */
int verdict_status(struct verdict *v, int status);
/* The n-th byte of what is kept. */
static inline u64 verdict_kept(const struct verdict *v)
{
	return v->sent < VERDICT_TAIL ? v->sent : VERDICT_TAIL;
}
static inline u8 verdict_byte(const struct verdict *v, u64 n)
{
	return v->tail[(v->sent - verdict_kept(v) + n) % VERDICT_TAIL];
}

/* Exit statuses that it gives or changes. */
enum { VERDICT_PASSED = 0, VERDICT_FAILED = 2, VERDICT_LIMIT = 124 };

#endif
