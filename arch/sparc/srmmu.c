/* SPDX-License-Identifier: MIT */
/* The reference MMU (V8 appendix H) with the control registers of the sun4m chips. */
#include <string.h>

#include "arch/sparc/cpu.h"
#include "lib/bits.h"

enum { ET_INVALID, ET_PTD, ET_PTE };

#define PTE_M 0x40u
#define PTE_R 0x20u

/* V8 H.5: what each access type (row) may do with each ACC (column). */
static const u8 access_fault[8][8] = {
	[AT_LOAD_USER] = { 0, 0, 0, 0, 2, 0, 3, 3 },
	[AT_LOAD_SUPER] = { 0, 0, 0, 0, 2, 0, 0, 0 },
	[AT_FETCH_USER] = { 2, 2, 0, 0, 0, 2, 3, 3 },
	[AT_FETCH_SUPER] = { 2, 2, 0, 0, 0, 2, 0, 0 },
	[AT_STORE_USER] = { 2, 0, 2, 0, 2, 2, 3, 3 },
	[AT_STORE_SUPER] = { 2, 0, 2, 0, 2, 0, 2, 0 },
	[AT_STORE_USER_TEXT] = { 2, 2, 2, 0, 2, 2, 3, 3 },
	[AT_STORE_SUPER_TEXT] = { 2, 2, 2, 0, 2, 2, 2, 0 },
};

/* Bytes that an entry of each level maps: 4 GiB, 16 MiB, 256 KiB, 4 KiB. */
static const u32 level_mask[4] = { 0xffffffff, 0xffffff, 0x3ffff, 0xfff };

static u32 fault(unsigned level, enum fault_type ft)
{
	return level << SFSR_L_SHIFT | (u32)ft << SFSR_FT_SHIFT;
}

/* Physical address of va's entry in the table at `table` of the given level. */
static u64 entry_pa(const struct cpu *cpu, u64 table, unsigned level, u32 va)
{
	switch (level) {
	case 0:
		return table + cpu->mmu[MMU_CXR] * 4ull;
	case 1:
		return table + (va >> 24) * 4;
	case 2:
		return table + bits(va, 23, 18) * 4;
	default:
		return table + bits(va, 17, 12) * 4;
	}
}

struct walk {
	u64 pa; /* of the last entry read */
	u32 entry;
	unsigned level;
};

/* Follow the tables down to `deepest` or the first entry that is no PTD; false on a bus error. */
static bool walk(struct cpu *cpu, u32 va, unsigned deepest, struct walk *w)
{
	u64 table = (u64)cpu->mmu[MMU_CTPR] << 4, val;

	for (w->level = 0;; w->level++) {
		w->pa = entry_pa(cpu, table, w->level, va);
		if (bus_read(cpu->bus, w->pa, 4, &val))
			return false;
		w->entry = (u32)val;
		if ((w->entry & 3) != ET_PTD || w->level == deepest)
			return true;
		table = (u64)(w->entry & ~3u) << 4;
	}
}

static bool fetch_at(enum access_type at)
{
	return at == AT_FETCH_USER || at == AT_FETCH_SUPER;
}

/* Walk, check, and set R and M in the table. */
static u32 translate(struct cpu *cpu, u32 va, enum access_type at, struct walk_entry *e)
{
	struct walk w;
	u32 ft, used;

	if (!walk(cpu, va, 3, &w))
		return fault(w.level, FT_TRANSLATION);
	if ((w.entry & 3) == ET_INVALID)
		return fault(w.level, FT_INVALID);
	if ((w.entry & 3) != ET_PTE)
		return fault(w.level, FT_TRANSLATION);
	ft = access_fault[at][bits(w.entry, 4, 2)];
	if (ft)
		return fault(w.level, ft);
	used = w.entry | PTE_R | (at & AT_STORE ? PTE_M : 0);
	if (used != w.entry && bus_write(cpu->bus, w.pa, 4, used))
		return fault(w.level, FT_TRANSLATION);
	e->tag = va & ~0xfffu;
	cpu_note_fill(cpu, &e->tag);
	e->pte = used;
	e->level = (u8)w.level;
	e->pa = ((u64)(used & 0xffffff00) << 4 & ~(u64)level_mask[w.level]) |
		(va & level_mask[w.level] & ~0xfffu);
	return 0;
}

u32 srmmu_translate(struct cpu *cpu, u32 va, enum access_type at, struct translation *tr)
{
	struct walk_entry *e = &cpu->walk[va >> 12 & (WALK_SIZE - 1)];
	u32 ctrl = cpu->mmu[MMU_CTRL], ft;

	tr->pte = 0;
	if (!(ctrl & MMU_CTRL_E)) {
		tr->pa = va;
		if (fetch_at(at) && (ctrl & cpu->model->mmu_bm))
			tr->pa = cpu->prom_pa | (va & 0x7ffff);
		return 0;
	}
	if (e->tag != (va & ~0xfffu) || (at & AT_STORE && !(e->pte & PTE_M))) {
		ft = translate(cpu, va, at, e);
		if (ft)
			return ft;
	} else {
		ft = access_fault[at][bits(e->pte, 4, 2)];
		if (ft)
			return fault(e->level, ft);
	}
	tr->pte = e->pte;
	tr->pa = e->pa | (va & 0xfff);
	return 0;
}

/* V8 table H-4: the entry at the level asked for, whatever it is; an entry that ends the walk above it gives 0. */
u32 srmmu_probe(struct cpu *cpu, u32 va)
{
	unsigned type = bits(va, 11, 8);
	struct walk w;

	if (type > 4)
		return 0;
	if (!walk(cpu, va, type == 4 ? 3 : 3 - type, &w) || (w.entry & 3) == 3)
		return 0;
	if (type == 4)
		return (w.entry & 3) == ET_PTE ? w.entry : 0;
	return w.level == 3 - type ? w.entry : 0;
}

/* Translations are cached by page only, so a flush of more than one page forgets all. */
void srmmu_flush(struct cpu *cpu, u32 va)
{
	unsigned type = bits(va, 11, 8);

	if (type == 0)
		cpu_flush_tlb_page(cpu, va);
	else if (type <= 4)
		cpu_flush_tlb(cpu);
}

u32 srmmu_read_reg(struct cpu *cpu, u32 va)
{
	unsigned n = bits(va, 12, 8);
	u32 val = cpu->mmu[n];

	switch (n) {
	case MMU_SFSR:
		cpu->mmu[MMU_SFSR] = 0;
		return val;
	case MMU_SFSR_RW:
		return cpu->mmu[MMU_SFSR];
	case MMU_SFAR_RW:
		return cpu->mmu[MMU_SFAR];
	default:
		return val;
	}
}

/* Bits of the control register that do not change: impl, ver, and SuperSPARC's MBus mode. */
static u32 wired(const struct cpu_model *m)
{
	return 0xff000000 | (m->mmu_bm == 0x2000 ? 0x800 : 0);
}

void srmmu_write_reg(struct cpu *cpu, u32 va, u32 val)
{
	const struct cpu_model *m = cpu->model;
	unsigned n = bits(va, 12, 8);
	u32 old = cpu->mmu[n];

	switch (n) {
	case MMU_CTRL:
		val = (val & ~wired(m)) | m->mmu_ctrl;
		cpu->mmu[n] = val;
		/* NF is about faults, and only what does not fault is held: Linux sets it for each spill. */
		if ((val ^ old) & (MMU_CTRL_E | m->mmu_bm))
			cpu_flush_tlb(cpu);
		break;
	case MMU_CTPR:
		cpu->mmu[n] = val & m->ctpr_mask;
		cpu_flush_tlb(cpu);
		break;
	case MMU_CXR:
		cpu->mmu[n] = val & m->cxr_mask;
		if (cpu->mmu[n] != old)
			cpu_flush_tlb(cpu);
		break;
	case MMU_SFSR:
	case MMU_SFAR:
		break;
	case MMU_SFSR_RW:
		cpu->mmu[MMU_SFSR] = val & m->sfsr_mask;
		break;
	case MMU_SFAR_RW:
		cpu->mmu[MMU_SFAR] = val;
		break;
	case MMU_TRCR:
		cpu->mmu[n] = val & m->trcr_mask;
		break;
	default:
		cpu->mmu[n] = val;
	}
	if (unlikely(cpu->log) && cpu->log->mmu_reg)
		cpu->log->mmu_reg(cpu->log->arg, cpu, n, cpu->mmu[n]);
}

/*
 * V8 H.5: a fault that finds an unread one of its own class, fetch or data, sets OW; a fetch's
 * never replaces a data access's. In no-fault mode all is recorded, but only fetches in
 * supervisor space trap.
 */
unsigned srmmu_fault(struct cpu *cpu, u32 va, enum access_type at, u32 l_ft)
{
	u32 old = cpu->mmu[MMU_SFSR];
	bool bus = (l_ft >> SFSR_FT_SHIFT & 7) == FT_BUS, unread = old & 7u << SFSR_FT_SHIFT;
	bool old_fetch = fetch_at(old >> SFSR_AT_SHIFT & 7);

	if (!unread || old_fetch || !fetch_at(at)) {
		old = unread && old_fetch == fetch_at(at) ? SFSR_OW : 0;
		old |= l_ft | (u32)at << SFSR_AT_SHIFT | SFSR_FAV;
		cpu->mmu[MMU_SFSR] = old & cpu->model->sfsr_mask;
		cpu->mmu[MMU_SFAR] = va;
	}
	if (unlikely(cpu->log) && cpu->log->fault)
		cpu->log->fault(cpu->log->arg, cpu, va, at, l_ft);
	if ((cpu->mmu[MMU_CTRL] & MMU_CTRL_NF) && at != AT_FETCH_SUPER)
		return 0;
	if (fetch_at(at))
		return bus ? TT_INSTRUCTION_ERROR : TT_INSTRUCTION_ACCESS;
	return bus ? TT_DATA_ERROR : TT_DATA_ACCESS;
}

void srmmu_reset(struct cpu *cpu)
{
	memset(cpu->mmu, 0, sizeof(cpu->mmu));
	cpu->mmu[MMU_CTRL] = cpu->model->mmu_ctrl | cpu->model->mmu_bm;
	cpu_flush_tlb(cpu);
}
