/* SPDX-License-Identifier: MIT */
/*
 * What the engine's handlers do and how often (-d fusion). While it is asked for, every op is given
 * to one of two handlers that count and go on to the op's own, which code_page.counted remembers.
 * Others call what is here, so that it is compiled as they are, unlike the handlers proper.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/exec-step.h"
#define FUSED_NAMES
#include "fusion.h"

struct counted {
	u32 fn, slot_fn; /* the op's own */
	u32 row; /* 1 + that of fusion.list, 0: one instruction */
};

static struct counted *counted_of(struct cpu *cpu, const struct op *op)
{
	u32 pc = pc_of(cpu, op);

	return &code_page_of((struct op *)(uintptr_t)op, pc)
			->counted[pc >> 2 & (CODE_PAGE_OPS - 1)];
}

static void counted(ARGS)
{
	const struct counted *c = counted_of(cpu, op);

	cpu->code->counts[c->row]++;
	JUMP(c->fn, op, ca, cb, x, tp);
}

static void counted_slot(ARGS)
{
	cpu->code->counts[0]++;
	JUMP(counted_of(cpu, op)->slot_fn, op, ca, cb, x, tp);
}

void exec_count_op(struct cpu *cpu, struct op *op, unsigned row)
{
	u32 pc = pc_of(cpu, op), fn = (u32)(uintptr_t)counted,
	    slot_fn = (u32)(uintptr_t)counted_slot;
	struct code_page *page = code_page_of(op, pc);
	struct counted *c;

	if (!page->counted)
		page->counted = calloc(CODE_PAGE_OPS, sizeof(*page->counted));
	if (!page->counted) /* then it is not counted */
		return;
	c = counted_of(cpu, op);
	if (op->fn != fn && op->fn != cpu->code->undecoded.fn) {
		c->fn = op->fn;
		c->row = row;
		op->fn = fn;
	}
	if (op->slot_fn != slot_fn && op->slot_fn) {
		c->slot_fn = op->slot_fn;
		op->slot_fn = slot_fn;
	}
}

int code_count(struct code_cache *cache, bool on)
{
	u64 *counts = on ? calloc(FUSED_ROWS + 1, sizeof(*counts)) : NULL;

	if (on && !counts)
		return -ENOMEM;
	free(cache->counts);
	cache->counts = counts;
	code_flush(cache);
	return 0;
}

unsigned code_counted(const struct code_cache *cache, unsigned n, struct code_count *c)
{
	if (n > FUSED_ROWS || !cache->counts)
		return 0;
	*c = (struct code_count){ n ? fused_name[n - 1] : "", cache->counts[n],
				  n ? fused_insns[n - 1] : 1u };
	return n + 1;
}
