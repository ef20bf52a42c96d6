/* SPDX-License-Identifier: MIT */
/* Watchpoints. */
#include "arch/sparc/cpu.h"

bool cpu_page_watched(const struct cpu *cpu, u32 va, unsigned kinds)
{
	for (u32 i = 0; i < cpu->nr_watches; i++) {
		const struct cpu_watch *w = &cpu->watches[i];

		if (w->kinds & kinds && w->first <= (va | 0xfff) && w->last >= (va & ~0xfffu))
			return true;
	}
	return false;
}

/* The first that fits; the first access of an instruction counts. */
void cpu_look_at(struct cpu *cpu, u32 va, unsigned size, bool store, u64 old, u64 val)
{
	unsigned kind = store ? CPU_WATCH_STORE : CPU_WATCH_LOAD;

	for (u32 i = 0; i < cpu->nr_watches && !cpu->watched.hit; i++) {
		const struct cpu_watch *w = &cpu->watches[i];

		if (!(w->kinds & kind) || va > w->last || va + (size - 1) < w->first)
			continue;
		cpu->watched = (struct cpu_watched){
			.hit = true, .store = store, .n = i, .va = va, .size = size
		};
		cpu->watched.old = store ? old : val;
		cpu->watched.val = val;
	}
}

/* Of chips nothing: to read them would change them. */
u64 cpu_watch_old(struct cpu *cpu, u64 pa, unsigned size)
{
	const struct bus_range *range = bus_find(cpu->bus, pa);
	u64 val = 0;

	if (range && range->mem)
		for (unsigned i = 0; i < size; i++)
			val = val << 8 | range->mem[pa - range->pa + i];
	return val;
}
