/* SPDX-License-Identifier: MIT */
/* Memory as the CPU sees it: software TLB, slow accesses, and bus errors. */
#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#include "lib/be.h"

static unsigned index_of(u32 va)
{
	return va >> 12 & (TLB_SIZE - 1);
}

/* The *n entries of a TLB for loads or stores: none of the user's before it was in use. */
static struct tlb_entry *entries(struct cpu *cpu, unsigned tlb, bool store, unsigned *n)
{
	if (tlb == TLB_BYPASS) {
		*n = BYPASS_SIZE;
		return store ? cpu->bypass.store : cpu->bypass.load;
	}
	*n = tlb == TLB_USER && !cpu->been_user ? 0 : TLB_SIZE;
	return store ? cpu->tlb[tlb].store : cpu->tlb[tlb].load;
}

static void invalidate(struct cpu *cpu, unsigned tlb)
{
	for (unsigned store = 0; store < 2; store++) {
		unsigned n;
		struct tlb_entry *e = entries(cpu, tlb, store, &n);

		for (unsigned i = 0; i < n; i++)
			e[i].tag = TLB_INVALID;
	}
}

void cpu_init_user_tlb(struct cpu *cpu)
{
	cpu->been_user = true;
	invalidate(cpu, TLB_USER);
}

/* Software that flushes all at every page fault has filled little since the flush before. */
void cpu_flush_tlb(struct cpu *cpu)
{
	u32 n = cpu->nr_filled;

	cpu->nr_filled = 0;
	if (n <= FILLED_MAX) {
		while (n--)
			*cpu->filled[n] = TLB_INVALID;
		return;
	}
	for (unsigned t = 0; t < TLB_NR; t++)
		invalidate(cpu, t);
	for (unsigned s = 0; s < 2; s++)
		for (unsigned i = 0; i < FETCH_SIZE; i++)
			cpu->fetch[s][i].tag = TLB_INVALID;
	for (unsigned i = 0; i < WALK_SIZE; i++)
		cpu->walk[i].tag = TLB_INVALID;
}

/* The page of an entry's tag, TLB_INVALID kept. */
static u32 page_of(const struct tlb_entry *e)
{
	return e->tag & ~TLB_CLEAN;
}

void cpu_flush_tlb_page(struct cpu *cpu, u32 va)
{
	unsigned i = index_of(va);

	va &= ~0xfffu;
	if (cpu->walk[i % WALK_SIZE].tag == va)
		cpu->walk[i % WALK_SIZE].tag = TLB_INVALID;
	for (unsigned t = TLB_USER; t <= TLB_SUPER; t++) {
		struct fetch_entry *f = &cpu->fetch[t][cpu_fetch_index(va)];

		if (cpu->tlb[t].load[i].tag == va)
			cpu->tlb[t].load[i].tag = TLB_INVALID;
		if (page_of(&cpu->tlb[t].store[i]) == va)
			cpu->tlb[t].store[i].tag = TLB_INVALID;
		if (f->tag == va)
			f->tag = TLB_INVALID;
	}
}

void cpu_protect_page(struct cpu *cpu, const u8 *mem)
{
	struct tlb_entry *e;
	unsigned n;

	for (unsigned t = 0; t < TLB_NR; t++)
		for (e = entries(cpu, t, true, &n); n; n--, e++)
			if (e->tag != TLB_INVALID && e->addend + page_of(e) == (uintptr_t)mem)
				e->tag = TLB_INVALID;
}

void cpu_clean_pages(struct cpu *cpu)
{
	struct tlb_entry *e;
	unsigned n;

	for (unsigned t = 0; t < TLB_NR; t++)
		for (e = entries(cpu, t, true, &n); n; n--, e++)
			if (e->tag != TLB_INVALID)
				e->tag |= TLB_CLEAN;
}

/* A store to a page that is clean, and otherwise known. */
static void soil(struct cpu *cpu, struct tlb_entry *e)
{
	uintptr_t mem = e->addend + page_of(e);

	for (unsigned i = 0; i < cpu->bus->nr; i++) {
		const struct bus_range *r = &cpu->bus->range[i];

		if (r->past && mem - (uintptr_t)r->mem < r->size)
			past_touch(r->past, mem - (uintptr_t)r->mem, PAST_PAGE);
	}
	e->tag &= ~TLB_CLEAN;
}

bool cpu_fill_tlb(struct cpu *cpu, unsigned tlb, u32 va, bool store)
{
	enum access_type at = (tlb == TLB_SUPER ? AT_SUPER : 0) | (store ? AT_STORE : 0);
	unsigned n;
	struct tlb_entry *e = entries(cpu, tlb, store, &n);
	const struct bus_range *range;
	struct translation tr = { .pa = va };

	e += va >> 12 & (n - 1);
	if (unlikely(cpu->nr_watches) && tlb != TLB_BYPASS &&
	    cpu_page_watched(cpu, va, CPU_WATCH_LOAD | (store ? CPU_WATCH_STORE : 0)))
		return false;
	if (store && e->tag == ((va & ~0xfffu) | TLB_CLEAN)) {
		soil(cpu, e);
		return true;
	}
	if (tlb != TLB_BYPASS && srmmu_translate(cpu, va, at, &tr))
		return false;
	tr.pa &= ~(u64)0xfff;
	range = bus_find(cpu->bus, tr.pa);
	if (!range || !range->mem)
		return false;
	if (store && (range->rom || code_find(cpu->code, tr.pa)))
		return false;
	if (store)
		bus_range_touch(range, tr.pa - range->pa, PAST_PAGE);
	va &= ~0xfffu;
	e->addend = (uintptr_t)(range->mem + (tr.pa - range->pa)) - va;
	e->tag = va;
	cpu_note_fill(cpu, &e->tag);
	return true;
}

/* A chip is about to be spoken to. */
static void at_chip(struct cpu *cpu)
{
	cpu->clock->insns = cpu->icount + cpu->clock_bias;
}

/* It was. */
static void tell_chip(struct cpu *cpu, u64 pa, unsigned size, bool store, u64 val)
{
	if (unlikely(cpu->log) && cpu->log->chip)
		cpu->log->chip(cpu->log->arg, cpu, pa, size, store, val);
}

static bool is_fetch(enum access_type at)
{
	return at == AT_FETCH_USER || at == AT_FETCH_SUPER;
}

/* False on a bus error. */
static bool phys_read(struct cpu *cpu, u64 pa, unsigned size, u64 *val)
{
	const struct bus_range *range = bus_find(cpu->bus, pa);
	bool ok;

	if (range && range->mem) {
		*val = be_get(range->mem + (pa - range->pa), size);
		return true;
	}
	at_chip(cpu);
	ok = range && !bus_read(cpu->bus, pa, size, val);
	if (!ok)
		*val = 0;
	tell_chip(cpu, pa, size, false, *val);
	return ok;
}

unsigned cpu_load_phys(struct cpu *cpu, u64 pa, unsigned size, u32 va, enum access_type at,
		       u64 *val)
{
	if (phys_read(cpu, pa, size, val))
		return 0;
	return srmmu_fault(cpu, va, at, FT_BUS << SFSR_FT_SHIFT);
}

unsigned cpu_store_phys(struct cpu *cpu, u64 pa, unsigned size, u32 va, enum access_type at,
			u64 val)
{
	const struct bus_range *range = bus_find(cpu->bus, pa);
	bool ok;

	if (range && range->mem) {
		if (range->rom)
			return 0;
		bus_range_touch(range, pa - range->pa, size);
		be_put(range->mem + (pa - range->pa), size, val);
		code_written(cpu->code, pa, size);
		return 0;
	}
	at_chip(cpu);
	ok = range && !bus_write(cpu->bus, pa, size, val);
	tell_chip(cpu, pa, size, true, val);
	if (ok)
		return 0;
	return srmmu_fault(cpu, va, at, FT_BUS << SFSR_FT_SHIFT);
}

unsigned cpu_load_at(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u64 *val)
{
	struct translation tr;
	u32 l_ft = srmmu_translate(cpu, va, at, &tr);
	unsigned tt;

	*val = 0;
	if (l_ft)
		return srmmu_fault(cpu, va, at, l_ft);
	tt = cpu_load_phys(cpu, tr.pa, size, va, at, val);
	if (unlikely(cpu->nr_watches) && !tt && !is_fetch(at))
		cpu_look_at(cpu, va, size, false, 0, *val);
	return tt;
}

unsigned cpu_store_at(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u64 val)
{
	struct translation tr;
	u32 l_ft = srmmu_translate(cpu, va, at, &tr);
	unsigned tt;
	u64 old = 0;

	if (l_ft)
		return srmmu_fault(cpu, va, at, l_ft);
	if (unlikely(cpu->nr_watches))
		old = cpu_watch_old(cpu, tr.pa, size);
	tt = cpu_store_phys(cpu, tr.pa, size, va, at, val);
	if (unlikely(cpu->nr_watches) && !tt)
		cpu_look_at(cpu, va, size, true, old, val);
	return tt;
}

unsigned cpu_swap_phys(struct cpu *cpu, u64 pa, unsigned size, u32 va, enum access_type at, u32 val,
		       u64 *old)
{
	/* One access, one fault: in no-fault mode nothing is stored where nothing was read. */
	if (!phys_read(cpu, pa, size, old))
		return srmmu_fault(cpu, va, at, FT_BUS << SFSR_FT_SHIFT);
	return cpu_store_phys(cpu, pa, size, va, at, val);
}

unsigned cpu_swap_at(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u32 val, u64 *old)
{
	struct translation tr;
	u32 l_ft = srmmu_translate(cpu, va, at, &tr);
	unsigned tt;

	*old = 0;
	if (l_ft)
		return srmmu_fault(cpu, va, at, l_ft);
	tt = cpu_swap_phys(cpu, tr.pa, size, va, at, val, old);
	if (unlikely(cpu->nr_watches) && !tt) {
		cpu_look_at(cpu, va, size, true, *old, val);
		cpu_look_at(cpu, va, size, false, 0, *old);
	}
	return tt;
}

unsigned cpu_load(struct cpu *cpu, u32 va, unsigned size, u64 *val)
{
	const struct tlb_entry *e = &cpu->tlb_data->load[index_of(va)];

	if (e->tag == (va & ~0xfffu)) {
		*val = be_get((const u8 *)(e->addend + va), size);
		return 0;
	}
	cpu_fill_tlb(cpu, cpu->s ? TLB_SUPER : TLB_USER, va, false);
	return cpu_load_at(cpu, va, size, cpu->s ? AT_LOAD_SUPER : AT_LOAD_USER, val);
}

unsigned cpu_store(struct cpu *cpu, u32 va, unsigned size, u64 val)
{
	const struct tlb_entry *e = &cpu->tlb_data->store[index_of(va)];

	if (e->tag == (va & ~0xfffu)) {
		be_put((u8 *)(e->addend + va), size, val);
		return 0;
	}
	cpu_fill_tlb(cpu, cpu->s ? TLB_SUPER : TLB_USER, va, true);
	return cpu_store_at(cpu, va, size, cpu->s ? AT_STORE_SUPER : AT_STORE_USER, val);
}

unsigned cpu_fetch(struct cpu *cpu, u32 va, u32 *insn)
{
	const struct fetch_entry *e = &cpu->fetch[cpu->s][cpu_fetch_index(va)];
	unsigned tt;
	u64 val;

	if (e->tag == (va & ~0xfffu)) {
		*insn = be32_get(e->page->mem + (va & 0xffc));
		return 0;
	}
	tt = cpu_load_at(cpu, va, 4, cpu->s ? AT_FETCH_SUPER : AT_FETCH_USER, &val);
	*insn = (u32)val;
	return tt;
}
