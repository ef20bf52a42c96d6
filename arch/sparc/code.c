/* SPDX-License-Identifier: MIT */
/* The cache of pre-decoded pages: look-up, eviction, and what a store to code undoes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#define INSN_WANT_FLAGS
#include "decode.h"
#include "lib/be.h"

/* A page that was stored to so often is data for now: drop its ops, give stores their speed back. */
#define WRITES_MAX 256

static unsigned hash_of(u64 pa)
{
	return (unsigned)(pa >> 12) % CODE_HASH;
}

int code_init(struct code_cache *cache, unsigned max_pages)
{
	memset(cache, 0, sizeof(*cache));
	cache->page = calloc(max_pages, sizeof(*cache->page));
	cache->max = max_pages;
	cache->undecoded = exec_op(EXEC_UNDECODED);
	cache->page_end = exec_op(EXEC_PAGE_END);
	return cache->page ? 0 : -ENOMEM;
}

void code_release(struct code_cache *cache)
{
	for (unsigned i = 0; i < cache->nr; i++) {
		free(cache->page[i]->counted);
		free(cache->page[i]->run);
		free(cache->page[i]);
	}
	free(cache->counts);
	free(cache->page);
}

void code_attach(struct code_cache *cache, struct cpu *cpu)
{
	BUG_ON(cache->nr_cpus == CODE_MAX_CPUS);
	cache->cpu[cache->nr_cpus++] = cpu;
}

void code_detach(struct code_cache *cache, struct cpu *cpu)
{
	for (unsigned i = 0; i < cache->nr_cpus; i++)
		if (cache->cpu[i] == cpu)
			cache->cpu[i] = cache->cpu[--cache->nr_cpus];
}

struct code_page *code_find(struct code_cache *cache, u64 pa)
{
	struct code_page *p = cache->hash[hash_of(pa)];

	pa &= ~(u64)0xfff;
	while (p && p->pa != pa)
		p = p->next;
	return p;
}

static void forget_fetches(struct code_cache *cache, const struct code_page *page)
{
	for (unsigned c = 0; c < cache->nr_cpus; c++)
		for (unsigned s = 0; s < 2; s++)
			for (unsigned i = 0; i < FETCH_SIZE; i++)
				if (cache->cpu[c]->fetch[s][i].page == page)
					cache->cpu[c]->fetch[s][i].tag = TLB_INVALID;
}

static void drop(struct code_cache *cache, struct code_page *page)
{
	struct code_page **p = &cache->hash[hash_of(page->pa)];

	while (*p != page)
		p = &(*p)->next;
	*p = page->next;
	page->mem = NULL;
	forget_fetches(cache, page);
}

/*
 * The oldest, but what was entered again since it had its turn has another round, so that what is
 * in use all the time outlasts what runs once.
 */
static struct code_page *victim(struct code_cache *cache)
{
	for (;;) {
		struct code_page *page = cache->page[cache->victim];

		cache->victim = (cache->victim + 1) % cache->nr;
		if (!page->mem || !page->again)
			return page;
		page->again = false;
		forget_fetches(cache, page);
	}
}

/* A page that is free to be filled: a new one, or one that is given up. */
static struct code_page *take(struct code_cache *cache)
{
	struct code_page *page;

	if (cache->nr < cache->max) {
		page = calloc(1, sizeof(*page));
		if (page)
			return cache->page[cache->nr++] = page;
		if (!cache->nr)
			return NULL;
	}
	page = victim(cache);
	if (page->mem)
		drop(cache, page);
	return page;
}

static struct code_page *make(struct code_cache *cache, u64 pa, const u8 *mem)
{
	struct code_page *page = take(cache);

	if (!page)
		return NULL;
	for (unsigned i = 0; i < CODE_PAGE_OPS; i++)
		page->op[i] = cache->undecoded;
	page->op[CODE_PAGE_OPS] = page->op[CODE_PAGE_OPS + 1] = cache->page_end;
	page->pa = pa;
	page->mem = mem;
	page->writes = 0;
	page->again = false;
	page->longest = 0;
	page->next = cache->hash[hash_of(pa)];
	cache->hash[hash_of(pa)] = page;
	for (unsigned c = 0; c < cache->nr_cpus; c++)
		cpu_protect_page(cache->cpu[c], mem);
	return page;
}

static struct code_page *fetch_page(struct cpu *cpu, u32 va)
{
	struct fetch_entry *e = &cpu->fetch[cpu->s][cpu_fetch_index(va)];
	const struct bus_range *range;
	struct code_page *page;
	struct translation tr;

	if (likely(e->tag == (va & ~0xfffu)))
		return e->page;
	if (unlikely(cpu->nr_breakpoints) && !cpu->cover &&
	    cpu_has_breakpoint(cpu, va & ~0xfffu, va | 0xfff))
		return NULL;
	if (srmmu_translate(cpu, va, cpu->s ? AT_FETCH_SUPER : AT_FETCH_USER, &tr))
		return NULL;
	tr.pa &= ~(u64)0xfff;
	range = bus_find(cpu->bus, tr.pa);
	if (!range || !range->mem)
		return NULL;
	page = code_find(cpu->code, tr.pa);
	if (page)
		page->again = true;
	else
		page = make(cpu->code, tr.pa, range->mem + (tr.pa - range->pa));
	if (!page)
		return NULL;
	e->tag = va & ~0xfffu;
	cpu_note_fill(cpu, &e->tag);
	e->page = page;
	return page;
}

struct op *code_lookup(struct cpu *cpu, u32 va)
{
	struct code_page *page = fetch_page(cpu, va);

	if (!page)
		return NULL;
	cpu->bias = (va & ~0xfffu) - (u32)((uintptr_t)page->op >> 2);
	return &page->op[va >> 2 & (CODE_PAGE_OPS - 1)];
}

struct code_page *code_page_of(struct op *op, u32 va)
{
	return container_of(op - (va >> 2 & (CODE_PAGE_OPS - 1)), struct code_page, op[0]);
}

/* Does the word end a straight line for certain? An untaken branch does not; UNIMP traps. */
static bool ends_line(u32 w)
{
	enum insn insn = insn_decode(w);
	unsigned flags = insn_flags[insn];

	return insn == insn_unimp ||
	       ((flags & INSN_CTI) && (!(flags & INSN_BRANCH) || f_cond(w) == 8));
}

/* May the word before this one annul it, which then ends nothing? */
static bool may_be_annulled(const struct code_page *page, unsigned i)
{
	u32 before = i ? be32_get(page->mem + i * 4 - 4) : 0;

	return f_a(before) && (insn_flags[insn_decode(before)] & INSN_BRANCH);
}

static void find_runs(struct code_page *page)
{
	unsigned n = 0, longest = 1;

	if (!page->run)
		page->run = malloc(CODE_PAGE_OPS);
	if (!page->run) {
		page->longest = CODE_PAGE_OPS;
		return;
	}
	for (unsigned i = CODE_PAGE_OPS; i-- > 0;) {
		bool end = ends_line(be32_get(page->mem + i * 4));

		n = end && !may_be_annulled(page, i) ? 0 : n + 1;
		page->run[i] = (u8)(n < RUN_LONG ? n : RUN_LONG);
		if (n > longest)
			longest = n;
	}
	page->longest = (u16)longest;
}

unsigned code_longest(struct cpu *cpu, struct op *op)
{
	struct code_page *page = code_page_of(op, cpu->pc);

	if (!page->longest)
		find_runs(page);
	return page->longest;
}

unsigned code_straight(struct cpu *cpu, struct op *op, unsigned max)
{
	struct code_page *page = code_page_of(op, cpu->pc);
	unsigned first = cpu->pc >> 2 & (CODE_PAGE_OPS - 1), n;

	if (insn_flags[insn_decode(be32_get(page->mem + first * 4))] & INSN_CTI)
		return 0;
	n = code_longest(cpu, op);
	if (page->run && page->run[first] < RUN_LONG)
		n = page->run[first];
	return n < max ? n : max;
}

/*
 * Words first..last have changed. The ops before may have looked at them: they are decoded
 * again when they are reached, but stay what they are as delay instructions, since the
 * branch in front of them may look no further than that.
 */
static void undo(const struct code_cache *cache, struct code_page *page, unsigned first,
		 unsigned last)
{
	for (unsigned i = first > CODE_BACK ? first - CODE_BACK : 0; i < first; i++)
		page->op[i].fn = cache->undecoded.fn;
	for (unsigned i = first; i <= last; i++)
		page->op[i] = cache->undecoded;
	page->longest = 0;
}

void code_written(struct code_cache *cache, u64 pa, u64 n)
{
	u64 end = pa + n;

	while (pa < end) {
		u64 next = (pa | 0xfff) + 1;
		struct code_page *page = code_find(cache, pa);

		if (next > end)
			next = end;
		if (page && ++page->writes > WRITES_MAX)
			drop(cache, page);
		else if (page)
			undo(cache, page, (unsigned)(pa & 0xfff) / 4,
			     (unsigned)((next - 1) & 0xfff) / 4);
		pa = next;
	}
}

void code_replaced(struct code_cache *cache, u64 pa, const u8 *old, const u8 *new)
{
	enum { LINE = 16 };
	struct code_page *page = code_find(cache, pa);

	for (unsigned i = 0; page && i < CODE_PAGE_OPS; i += LINE) {
		if (!memcmp(old + 4 * i, new + 4 * i, 4 * LINE))
			continue;
		for (unsigned k = i; k < i + LINE; k++)
			if (memcmp(old + 4 * k, new + 4 * k, 4))
				undo(cache, page, k, k);
	}
}

void code_flush(struct code_cache *cache)
{
	for (unsigned i = 0; i < cache->nr; i++)
		if (cache->page[i]->mem)
			drop(cache, cache->page[i]);
}
