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
#define LOOP_NAMES
#include "loops.h"

struct counted {
	u32 fn, slot_fn; /* the op's own */
	u32 row; /* 1 + that of fusion.list, or of loops.list behind it; 0: one instruction */
};

#define ROWS (1 + FUSED_ROWS + LOOPS)
struct counts {
	u64 count[ROWS];
	/* What loops took, known when the next handler runs: instructions until `since` were told. */
	u64 insns[ROWS], since;
	const struct cpu *cpu; /* whose `since` is */
	u32 loop; /* that ran last, 0: it was no loop */
};

static struct counted *counted_of(struct cpu *cpu, const struct op *op)
{
	u32 pc = pc_of(cpu, op);

	return &code_page_of((struct op *)(uintptr_t)op, pc)
			->counted[pc >> 2 & (CODE_PAGE_OPS - 1)];
}

static __handler void counted(ARGS)
{
	const struct counted *c = counted_of(cpu, op);
	struct counts *counts = cpu->code->counts;
	u64 now = cpu->soft + (u64)((x + (s64)op) >> 4);

	/* Another processor's count is another one, and one that went back is less. */
	if (counts->loop && counts->cpu == cpu && now > counts->since)
		counts->insns[counts->loop] += now - counts->since;
	counts->since = now;
	counts->cpu = cpu;
	counts->loop = c->row > FUSED_ROWS ? c->row : 0;
	counts->count[c->row]++;
	JUMP(c->fn, op, ca, cb, x, tp);
}

static __handler void counted_slot(ARGS)
{
	cpu->code->counts->count[0]++;
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
	struct counts *counts = on ? calloc(1, sizeof(*counts)) : NULL;

	if (on && !counts)
		return -ENOMEM;
	free(cache->counts);
	cache->counts = counts;
	code_flush(cache);
	return 0;
}

unsigned code_counted(const struct code_cache *cache, unsigned n, struct code_count *c)
{
	const struct counts *counts = cache->counts;

	if (n >= ROWS || !counts)
		return 0;
	c->count = counts->count[n];
	if (n > FUSED_ROWS) {
		c->name = loop_name[n - FUSED_ROWS - 1];
		c->insns = counts->insns[n];
	} else {
		c->name = n ? fused_name[n - 1] : "";
		c->insns = counts->count[n] * (n ? fused_insns[n - 1] : 1u);
	}
	return n + 1;
}
