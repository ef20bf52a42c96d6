/* SPDX-License-Identifier: MIT */
/*
 * Pre-decoded instructions, one array of ops per physical page.
 *
 * Every op starts undecoded and is decoded when it is first executed. A page that
 * holds ops is kept out of the write tags of all data TLBs, so that stores to it come
 * by code_written(), which puts the ops concerned back to undecoded: self-modifying
 * code and DMA into code are seen at once and cost other stores nothing.
 */
#ifndef ARCH_SPARC_CODE_H
#define ARCH_SPARC_CODE_H

#include "lib/types.h"

#define CODE_PAGE_OPS 1024u
#define CODE_MAX_CPUS 4
#define CODE_HASH 1024u
/* How many ops before a word may have looked at it when they were decoded. */
#define CODE_BACK 24u

struct cpu;

/* One instruction with its operands resolved; what they mean is the handler's affair. */
struct op {
	u32 fn; /* handler when reached in line; code lies below 4 GiB */
	u32 slot_fn; /* handler when it is a taken transfer's delay instruction */
	u8 rd, rs1, rs2, aux;
	s32 imm;
};

struct code_page {
	struct op op[CODE_PAGE_OPS + 2]; /* then two that lead to the next page */
	u64 pa;
	const u8 *mem;
	struct code_page *next; /* in the hash chain */
	u32 writes; /* stores that hit the page since it was made */
	bool again; /* looked up since it was made, or had its turn to be given up */
	struct counted *counted; /* exec-count.c, while it counts */
	/*
	 * How many words from each on run in line for certain before a transfer that is always taken or
	 * the page's end, RUN_LONG: that many or more; and the most of them. Known while longest != 0.
	 */
	u16 longest;
	u8 *run; /* CODE_PAGE_OPS of them; NULL: never asked for, or there was no memory */
};
#define RUN_LONG 255u

struct code_cache {
	struct code_page *hash[CODE_HASH];
	struct code_page **page; /* all that were ever allocated, in use or not */
	unsigned nr, max, victim;
	struct op undecoded, page_end; /* what fresh pages are filled with */
	struct cpu *cpu[CODE_MAX_CPUS];
	unsigned nr_cpus;
	struct counts *counts; /* exec-count.c, while it counts */
};

/* At most max_pages pages of 16 KiB are held. 0 or -ENOMEM. */
int code_init(struct code_cache *cache, unsigned max_pages);
void code_release(struct code_cache *cache);
void code_attach(struct code_cache *cache, struct cpu *cpu);
void code_detach(struct code_cache *cache, struct cpu *cpu);

/* The op at virtual address va, with cpu->bias set for its page; NULL where fetching faults or hits no memory. */
struct op *code_lookup(struct cpu *cpu, u32 va);
/* Does the page at pa hold ops? */
struct code_page *code_find(struct code_cache *cache, u64 pa);
/* n bytes of memory at pa have changed. */
void code_written(struct code_cache *cache, u64 pa, u64 n);
/* The page of memory at pa is about to get these bytes instead of the old ones. */
void code_replaced(struct code_cache *cache, u64 pa, const u8 *old, const u8 *new);
/* Forget everything. */
void code_flush(struct code_cache *cache);

/* The page of an op, given the op's virtual address. */
struct code_page *code_page_of(struct op *op, u32 va);
/*
 * At most how many instructions run from op, the one at cpu->pc, before a transfer is taken
 * or the page ends: 0 where op itself is a control transfer, never more than max.
 */
unsigned code_straight(struct cpu *cpu, struct op *op, unsigned max);
/* The most that code_straight() could say of any op of the page that holds op, at cpu->pc; 1 at least. */
unsigned code_longest(struct cpu *cpu, struct op *op);

/* exec-count.c: count what handlers do, from 0, or stop it. 0 or -ENOMEM. */
int code_count(struct code_cache *cache, bool on);
struct code_count {
	const char *name; /* a row of fusion.list or loops.list, "": all that is done one by one */
	u64 count;
	u64 insns; /* that they took together, what a branch of a row skips included */
};
/* The counts one by one: n = 0 first, then what was returned, until that is 0. */
unsigned code_counted(const struct code_cache *cache, unsigned n, struct code_count *c);

/* exec.c: ops that are no instruction. */
enum exec_op { EXEC_UNDECODED, EXEC_PAGE_END, EXEC_FAR };
struct op exec_op(enum exec_op kind);
struct op exec_cover_op(enum exec_op kind);

#endif
