/* SPDX-License-Identifier: MIT */
/* The device tree as rows: see build.c, which reads them. */
#ifndef MACHINE_PROM_TABLES_H
#define MACHINE_PROM_TABLES_H

#include "machine/prom/parts.h"

#define MAX_REGS 13
#define MAX_PROPS 12
#define MAX_CELLS 4
#define SLOT_SIZE 0x10000000u /* of an SBus slot */
#define OBIO_OFFSET 0x1000000u /* from the PROM's address to the slave I/O chips */
#define OBIO_SIZE 0x1000000u
#define CONSOLE_PATH "/obio/zs@0,100000:a"
#define TREE_HZ 170000000u /* the processor clock that is claimed */

/* How the children of a node count addresses. */
enum tree_bus { BUS_ROOT, BUS_SBUS, BUS_OBIO };

/* What no row can say. */
enum tree_more {
	MORE_NOTHING,
	MORE_ROOT,
	MORE_OPTIONS,
	MORE_MEMORY,
	MORE_VIRTUAL,
	MORE_SBUS,
	MORE_OBIO,
	MORE_DISPLAY,
	MORE_DISKS,
};

/* `size` bytes at a region of a board's row + off; without a row at the physical address off. */
struct tree_reg {
	const char *dev;
	u8 region;
	u32 off, size; /* size 0 ends the list */
};

/* A text, or nr cells (none: an empty property). */
struct tree_prop {
	const char *name, *text;
	u32 cell[MAX_CELLS];
	unsigned nr;
};

struct tree_node {
	u8 depth; /* 0: the root; the parent is the last row one less deep */
	const char *name;
	const char *dev; /* the node is there where the machine has this chip; NULL: always */
	struct tree_reg reg[MAX_REGS];
	bool address; /* mapped, and where */
	enum tree_bus bus;
	enum tree_more more;
	struct tree_prop prop[MAX_PROPS];
};

struct tree_alias {
	const char *name, *path;
};

struct tree_board {
	enum board_id id;
	const char *name, *model;
};

struct tree_cache {
	u32 line, lines, ways; /* line 0: there is none */
};

struct tree_cpu {
	const char *model; /* how the names begin */
	const char *name;
	struct tree_cache d, i, e;
	u32 mask_rev;
};

extern const struct tree_node tree_nodes[]; /* ends without a name and more */
extern const struct tree_alias tree_aliases[];
extern const struct tree_cache tree_mxcc_cache;
const struct tree_board *tree_board(enum board_id id);
const struct tree_cpu *tree_cpu(const struct cpu_model *model);

#endif
