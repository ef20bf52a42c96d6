/* SPDX-License-Identifier: MIT */
/* Trap entry (V8 7.5). */
#include "arch/sparc/cover.h"
#include "arch/sparc/cpu.h"

static __cold void tell(const struct cpu *cpu, unsigned tt)
{
	if (cpu->log->trap)
		cpu->log->trap(cpu->log->arg, cpu, tt);
}

/*
 * WIM is not looked at: the new window may be an invalid one. A reset trap (tt 0)
 * would leave TBR.tt alone, but reset does not come through here.
 */
void cpu_trap(struct cpu *cpu, unsigned tt)
{
	if (unlikely(cpu->log))
		tell(cpu, tt);
	if (unlikely(cpu->cover))
		cover_trap(cpu, tt);
	if (!cpu->et) {
		cpu->error_mode = true;
		cpu->tbr = (cpu->tbr & ~0xff0u) | tt << 4;
		return;
	}
	cpu->et = false;
	cpu->ps = cpu->s;
	cpu->s = true;
	cpu_set_cwp(cpu, cpu->win_below[cpu->cwp]);
	cpu->r[17] = cpu->pc;
	cpu->r[18] = cpu->npc;
	cpu->tbr = (cpu->tbr & ~0xff0u) | tt << 4;
	cpu->pc = cpu->tbr;
	cpu->npc = cpu->tbr + 4;
	cpu_mode_changed(cpu);
}
