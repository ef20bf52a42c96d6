/* SPDX-License-Identifier: MIT */
/*
 * gdb's remote protocol, at the chip's end of a byte stream. Packets are looked at at quantum edges,
 * between two instructions. Processor n is thread n + 1; all of them run, or all stand.
 *
 * Nothing that comes down the stream can do more than gdb can: a packet that is wrong is refused
 * with an error, and one that is too long is thrown away.
 */
#ifndef MACHINE_GDBSTUB_H
#define MACHINE_GDBSTUB_H

#include "machine/monitor.h"

#define GDB_PACKET 8192 /* bytes between $ and #, at most */
#define GDB_BREAKPOINTS 65536
#define GDB_WATCHES 1024

struct gdbstub {
	struct control *c;
	u64 who; /* is there; 0: nobody */
	u32 in_len;
	u8 state, in_sum, want_sum; /* of the packet that is coming in */
	bool too_long;
	u32 out_len;
	bool no_ack;
	bool waiting; /* gdb waits to be told that the machine has stopped */
	bool stepping;
	bool step_irqs; /* a single step takes interrupts */
	bool physical; /* addresses of memory are */
	unsigned signal; /* why it stands */
	u64 step_icount; /* when the step began */
	const char *history; /* it stands at its "begin" or "end"; NULL: at neither */
	unsigned watched; /* it stands behind an access to a watch of these kinds */
	u32 watched_va; /* here */
	unsigned thread; /* the processor that gdb has chosen */
	u32 *breakpoint; /* ascending */
	u32 nr_breakpoints;
	struct cpu_watch *watch;
	u32 nr_watches;
	struct monitor mon; /* runs gdb's `monitor` */
	struct chr chr; /* what the host is to connect */
	char in[GDB_PACKET + 1];
	char out[2 * GDB_PACKET + 8]; /* the answer under way; the last one, for gdb to ask again */
};

/* *g is zero, as for monitor_init(). */
void gdbstub_init(struct gdbstub *g, struct control *c);
void gdbstub_release(struct gdbstub *g);
/* Do what has come. `who` is at the stream, 0: nobody. */
void gdbstub_poll(struct gdbstub *g, u64 who);
/* How many instructions of so many are to be run at once. */
u64 gdbstub_quantum(const struct gdbstub *g, u64 insns);
/* machine_run() has returned this; true: gdb is told, and the machine stands. */
bool gdbstub_ran(struct gdbstub *g, enum machine_stop why);

/* What lies behind the machine has been run through once more, and it stands at the present. */
void gdbstub_present(struct gdbstub *g);

/* --- gdbstub-stop.c: false: there is no room, or it cannot be --- */

bool gdb_insert_breakpoint(struct gdbstub *g, u32 va);
void gdb_remove_breakpoint(struct gdbstub *g, u32 va);
bool gdb_insert_watch(struct gdbstub *g, const struct cpu_watch *w);
void gdb_remove_watch(struct gdbstub *g, const struct cpu_watch *w);
void gdb_clear_stops(struct gdbstub *g);

/* --- gdbstub-state.c: registers and memory --- */

enum { GDB_REG_PC = 68, GDB_REG_NPC };
#define GDB_REGS 72 /* of gdb's own; ancillary state and the MMU's follow */
#define GDB_ALL_REGS (GDB_REGS + 10)

u32 gdb_get_reg(const struct cpu *cpu, unsigned n);
/* False: it cannot have that value. */
bool gdb_set_reg(struct cpu *cpu, unsigned n, u32 val);
/* The target description, cut to size - 1 bytes; its length. */
u32 gdb_describe(char *buf, u32 size);
/*
 * The memory map. Addresses are virtual: all of it is RAM but for the PROM, and that only while
 * the MMU is off.
 */
u32 gdb_describe_memory(const struct cpu *cpu, char *buf, u32 size);
/* n bytes as gdb sees memory. False: part of it is none, or, of writes, does not take them. */
bool gdb_read_mem(const struct cpu *cpu, bool physical, u32 va, u8 *buf, u32 n);
bool gdb_write_mem(struct cpu *cpu, bool physical, u32 va, const u8 *buf, u32 n);

#endif
