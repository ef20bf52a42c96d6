/* SPDX-License-Identifier: MIT */
/*
 * What a reset of the board loads again: programs that were put into memory before the first
 * instruction, and where the processor starts. It is noted once and is part of every snapshot,
 * so that a restored machine can be reset without the files that it was started from.
 */
#ifndef MACHINE_REBOOT_H
#define MACHINE_REBOOT_H

#include "machine/machine.h"
#include "snap/ram.h"

struct reboot {
	struct cpu_state start; /* of CPU 0, its icount without meaning */
	struct keep ram; /* the pages in runs */
	struct runs runs;
};

/* Note memory and processor as they are, before the first instruction. 0 or -ENOMEM. */
int reboot_note(struct machine *m);
/* The same where nothing was put into memory. */
int reboot_note_blank(struct machine *m);
/* After machine_reset(): load all that again. */
void reboot_load(struct machine *m);
/* An empty one for the machine's memory, which does not know of it yet; NULL: no memory. */
struct reboot *reboot_new(struct machine *m);
/* From now on this one is the machine's, and its memory's; whatever it had is freed. */
void reboot_set(struct machine *m, struct reboot *r);
void reboot_free(struct reboot *r); /* NULL is allowed */

#endif
