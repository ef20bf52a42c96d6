/* SPDX-License-Identifier: MIT */
/*
 * A board as rows of data: which chips stand where, and what is wired to what.
 * machine.c reads the rows and knows no chip of its own but by its name here.
 */
#ifndef MACHINE_BOARD_H
#define MACHINE_BOARD_H

#include "dev/device.h"

#define BOARD_WIRES 6

/* Output `out` of the row's chip drives input `in` of the row named `to`; NULL ends the list. */
struct board_wire {
	const char *to; /* a row's name, or one of the sinks below */
	u8 out, in;
};

/* Sinks that are no chips. SINK_CPUS: all outputs, number 16 * cpu + level, to the CPUs. */
#define SINK_CPUS "cpus"
#define SINK_MACHINE "machine"
enum { MACHINE_IN_POWEROFF, MACHINE_IN_RESET, MACHINE_IN_IDLE, MACHINE_IN_POLL };

struct board_dev {
	const char *name; /* the instance */
	const struct dev_class *cls;
	u64 at[DEV_REGIONS]; /* physical address of each region; 0: not mapped */
	u64 part; /* map only that many bytes of region 0; 0: all of it */
	u32 param;
	u32 boards; /* bit set of enum board_id; 0: every board of the family */
	unsigned per_cpu; /* regions from 0 on that exist once a CPU */
	unsigned chrs; /* first of the machine's byte streams + 1, two of them; 0: none */
	const char *dma; /* the row whose way to RAM it uses */
	struct board_wire wire[BOARD_WIRES];
};

enum board_id {
	BOARD_SS4,
	BOARD_SS5,
	BOARD_SS10,
	BOARD_SS20,
	BOARD_SS600MP,
	BOARD_LX,
	BOARD_CLASSIC,
	BOARD_VOYAGER,
	BOARD_SPARCBOOK,
};

struct board {
	enum board_id id;
	const char *name; /* as -M takes it */
	const char *desc;
	const char *cpu; /* default model */
	u8 machine_id; /* as firmware is told by fw_cfg */
	u8 idprom_type;
	unsigned max_cpus;
	u64 min_ram, max_ram, default_ram; /* bytes */
	u64 prom_pa; /* 1 MiB of PROM */
	bool empty_ram; /* absent RAM up to max_ram reads 0; else it is a bus error */
	const struct board_dev *dev; /* ends at a NULL name */
};

/* All boards, ending with a NULL name; the first is the default. */
extern const struct board boards[];

/* By name, ignoring case; NULL if unknown. */
const struct board *board_find(const char *name);

/* Does the row belong to the board? */
static inline bool board_has(const struct board *board, const struct board_dev *row)
{
	return !row->boards || (row->boards & BIT(board->id));
}

#endif
