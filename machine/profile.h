/* SPDX-License-Identifier: MIT */
/*
 * -profile: where a guest spends its instructions. Its stack is looked at after so many instructions, on average: the
 * distances are random, so that no loop keeps step with them, and the same in each run. The machine does not
 * notice.
 */
#ifndef MACHINE_PROFILE_H
#define MACHINE_PROFILE_H

#include <stdio.h>

#include "machine/machine.h"
#include "machine/symbols.h"

#define PROFILE_DEPTH 64 /* frames of a stack, at most */
#define PROFILE_NODES                                                                              \
	(1u << 20) /* of the tree, at most: what goes beyond is counted where it leaves */

/* One function, called from where its parent is; children are found through the table. */
struct profile_node {
	u64 key; /* what it is: profile.c */
	u32 parent, self; /* self: samples that ended here */
};

struct profile {
	struct machine *m;
	const struct symbols *symbols;
	u64 every, random, samples, first;
	struct profile_node *node; /* [0]: the root */
	u32 nr, room;
	u32 *table; /* by parent and key: number of a node, 0: none */
	u32 table_size; /* a power of two, 0: no memory */
};

/* From now on. 0 or -ENOMEM. */
int profile_begin(struct profile *p, struct machine *m, const struct symbols *symbols, u64 every);
/* The machine stands at another instant now. */
void profile_moved(struct profile *p);
/* What has come out: by functions; and the stacks, a line each. 0 or -errno; 0 where it has not begun. */
int profile_write(const struct profile *p, FILE *flat, FILE *folded);
void profile_release(struct profile *p);

/* profile-stack.c: the frames of the running processor, innermost first; how many. */
struct profile_stack {
	unsigned nr;
	u32 pc[PROFILE_DEPTH];
	const struct symbol_file *file[PROFILE_DEPTH]; /* NULL: unknown */
	bool super; /* the processor's mode */
	bool kernel; /* in code that no user may run */
	u32 context;
};
void profile_stack(struct profile_stack *st, const struct cpu *cpu, const struct symbols *s);

#endif
