/* SPDX-License-Identifier: MIT */
/*
 * Going back in memory: for stepping backwards, and for fuzzing.
 *
 *	struct capture *c;
 *
 *	capture_take(m, &c);		// between two calls of machine_run()
 *	...				// feed it, run it, look at it
 *	capture_go_back(m, c);		// as often as wanted
 *	capture_drop(m, c);
 *
 * A capture is the machine at one instant: processors, chips, time, memory, what its disks hold, and
 * input that no chip has taken yet. Going back gives the same machine_hash(), and the same run from
 * there if the same input comes.
 *
 * Any number of captures may be held, in any order of time: one can go back from a capture to a
 * later one, too, and take new ones from there. Pages that two captures have in common are kept
 * once. None of them costs the guest's stores anything but the first one to each page after a
 * capture was taken or gone back to; without captures there is no cost at all. Decoded instructions stay
 * where their bytes do not change.
 *
 * What it costs: to take one, the chips' registers and a word for every 256 KiB of memory and of
 * disks that were written; to go back to the one that the machine came from, those and a copy of each
 * page that was touched since. capture_bytes() tells what all of them hold. t/7010 prints times.
 *
 * Not part of a capture, so that whoever goes back sees to them: what the guest has sent stays
 * sent (chr.out and net.out are left alone: connect a flush that discards while the same
 * instructions run again); breakpoints, limits and logs are the debugger's; what
 * a reset loads again. Disks are written in place as ever: going back writes the old contents again,
 * and to an overlay none at all where there were none.
 * A snapshot that is restored into the machine (SIGUSR2) leaves captures valid.
 */
#ifndef MACHINE_CAPTURE_H
#define MACHINE_CAPTURE_H

#include "machine/machine.h"

struct capture;

/* 0, or -ENOMEM and nothing has changed. */
int capture_take(struct machine *m, struct capture **out);
/*
 * 0; -errno if a page could not be kept when it was written to, or if a disk cannot be read or
 * written: the machine is of no more use then.
 */
int capture_go_back(struct machine *m, const struct capture *c);
void capture_drop(struct machine *m, struct capture *c);

/* The instant at which it was taken. */
u64 capture_insns(const struct capture *c);
/* What the machine's captures hold, in bytes. */
u64 capture_bytes(const struct machine *m);

/* --- for machine.c and restore.c --- */

/* The machine ends: all captures end, too. */
void captures_free(struct machine *m);
/* All memory is about to be written, in ways that nobody else tells of. */
void captures_touch_memory(struct machine *m);
/* m->ram is another one. */
void captures_ram_moved(struct machine *m);

#endif
