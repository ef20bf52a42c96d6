/* SPDX-License-Identifier: MIT */
#include "arch/sparc/cover.h"

#include "arch/sparc/branch.h"
#include "arch/sparc/code.h"

void cpu_set_cover(struct cpu *cpu, struct cover *c)
{
	struct op (*op)(enum exec_op) = c ? exec_cover_op : exec_op;

	cpu->cover = c;
	cpu->far_op = op(EXEC_FAR);
	cpu->code->undecoded = op(EXEC_UNDECODED);
	cpu->code->page_end = op(EXEC_PAGE_END);
	code_flush(cpu->code);
}

void cover_step(struct cpu *cpu, u32 w, u32 pc)
{
	struct cover *c = cpu->cover;

	switch (insn_decode(w)) {
	case insn_bicc:
	case insn_fbfcc:
		if (!f_cond(w))
			break;
		cover_at(c, pc + (branch_is_taken(cpu, w) ? (u32)f_disp22(w) : 8));
		break;
	case insn_call:
		cover_at(c, pc + (u32)f_disp30(w));
		break;
	case insn_jmpl:
		if (cpu->et)
			cover_at(c, cpu->npc);
		break;
	default:
		break;
	}
}

static bool is_quiet(unsigned tt)
{
	return tt == TT_WINDOW_OVERFLOW || tt == TT_WINDOW_UNDERFLOW ||
	       (tt > TT_INTERRUPT && tt < TT_INTERRUPT + 16);
}

void cover_trap(struct cpu *cpu, unsigned tt)
{
	struct cover *c = cpu->cover;
	u8 *n = &c->map[(0x40000000u + tt) * 0x9e3779b1u >> c->shift];

	if (!c->trapped && (c->stop[tt >> 5] >> (tt & 31) & 1)) {
		c->trapped = true;
		c->tt = (u8)tt;
		c->pc = cpu->pc;
		cpu->kick = true;
	}
	if (is_quiet(tt))
		return;
	*n = (u8)(*n + 1 + (*n == 0xff));
	c->prev = 0;
}
