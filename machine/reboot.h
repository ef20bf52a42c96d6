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
	u8 *ram; /* zero but for the pages in runs */
	u64 size; /* bytes of RAM */
	struct runs runs;
};

/* Note memory and processor as they are, before the first instruction. 0 or -ENOMEM. */
int reboot_note(struct machine *m);
/* After machine_reset(): load all that again. */
void reboot_load(struct machine *m);
/* An empty one for a memory of so many bytes; NULL: no memory. */
struct reboot *reboot_new(u64 ram_size);
void reboot_free(struct reboot *r); /* NULL is allowed */

#endif
