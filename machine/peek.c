/* SPDX-License-Identifier: MIT */
#include "machine/peek.h"

#include "lib/be.h"
#include "lib/bits.h"

enum { ET_PTD = 1, ET_PTE = 2 };

#define PTE_C 0x80u

/* Bytes - 1 that an entry of each level maps, and how many entries a table of it has. */
static const u32 level_mask[4] = { 0xffffffff, 0xffffff, 0x3ffff, 0xfff };
static const unsigned level_bits[4] = { 0, 24, 18, 12 };
static const unsigned level_nr[4] = { 1, 256, 64, 64 };

static bool read_entry(const struct cpu *cpu, u64 pa, u32 *entry)
{
	u8 b[4];

	if (bus_copy_from(cpu->bus, pa, b, sizeof(b)))
		return false;
	*entry = be32_get(b);
	return true;
}

static u64 root_pa(const struct cpu *cpu)
{
	return ((u64)cpu->mmu[MMU_CTPR] << 4) + cpu->mmu[MMU_CXR] * 4ull;
}

static u64 table_pa(u32 entry)
{
	return (u64)(entry & ~3u) << 4;
}

static u64 page_pa(u32 entry, unsigned level, u32 va)
{
	return ((u64)(entry & 0xffffff00) << 4 & ~(u64)level_mask[level]) |
	       (va & level_mask[level]);
}

bool peek_translate(const struct cpu *cpu, u32 va, bool fetch, struct peek_page *page)
{
	u32 ctrl = cpu->mmu[MMU_CTRL];
	u64 at = root_pa(cpu);

	*page = (struct peek_page){ .pa = va };
	if (!(ctrl & MMU_CTRL_E)) {
		if (fetch && (ctrl & cpu->model->mmu_bm))
			page->pa = cpu->prom_pa | (va & 0x7ffff);
		return true;
	}
	for (;;) {
		if (!read_entry(cpu, at, &page->entry))
			return false;
		if ((page->entry & 3) == ET_PTE) {
			page->pa = page_pa(page->entry, page->level, va);
			return true;
		}
		if ((page->entry & 3) != ET_PTD || page->level == 3)
			return false;
		page->level++;
		at = table_pa(page->entry) +
		     4 * (va >> level_bits[page->level] & (level_nr[page->level] - 1));
	}
}

/* Joins pages into spans. */
struct joiner {
	const struct cpu *cpu;
	bool (*visit)(void *arg, const struct peek_span *span);
	void *arg;
	struct peek_span span;
	bool some, stop;
};

static void hand_over(struct joiner *j)
{
	if (j->some && !j->stop)
		j->stop = !j->visit(j->arg, &j->span);
	j->some = false;
}

static void join(struct joiner *j, u32 va, u32 entry, unsigned level)
{
	struct peek_span s = { .va = va,
			       .last = va | level_mask[level],
			       .pa = page_pa(entry, level, va),
			       .acc = bits(entry, 4, 2),
			       .cacheable = entry & PTE_C };
	struct peek_span *old = &j->span;

	if (j->some && old->last + 1 == s.va && old->pa + (s.va - old->va) == s.pa &&
	    old->acc == s.acc && old->cacheable == s.cacheable) {
		old->last = s.last;
		return;
	}
	hand_over(j);
	*old = s;
	j->some = true;
}

/* The entry at pa, which maps va; at most three levels deep. */
static void each_entry(struct joiner *j, u64 pa, u32 va, unsigned level)
{
	u32 entry;

	if (j->stop || !read_entry(j->cpu, pa, &entry))
		return;
	if ((entry & 3) == ET_PTE) {
		join(j, va, entry, level);
		return;
	}
	if ((entry & 3) != ET_PTD || level == 3)
		return;
	level++;
	for (u32 n = 0; n < level_nr[level]; n++)
		each_entry(j, table_pa(entry) + 4 * n, va + (n << level_bits[level]), level);
}

void peek_each(const struct cpu *cpu, bool (*visit)(void *arg, const struct peek_span *span),
	       void *arg)
{
	struct joiner j = { .cpu = cpu, .visit = visit, .arg = arg };

	if (!(cpu->mmu[MMU_CTRL] & MMU_CTRL_E))
		return;
	each_entry(&j, root_pa(cpu), 0, 0);
	hand_over(&j);
}

/* What of n bytes at va lies in their first page, at *pa; 0: nothing is there. */
static u32 first_piece(const struct cpu *cpu, u32 va, bool fetch, u32 n, u64 *pa)
{
	u32 here = 0x1000 - (va & 0xfff);
	struct peek_page page;

	if (!peek_translate(cpu, va, fetch, &page))
		return 0;
	*pa = page.pa;
	return here < n ? here : n;
}

bool peek_read(const struct cpu *cpu, u32 va, bool fetch, void *buf, u32 n)
{
	u8 *to = buf;
	u64 pa;

	while (n) {
		u32 here = first_piece(cpu, va, fetch, n, &pa);

		if (!here || bus_copy_from(cpu->bus, pa, to, here))
			return false;
		to += here;
		va += here;
		n -= here;
	}
	return true;
}

bool peek_write(const struct cpu *cpu, u32 va, const void *buf, u32 n)
{
	const u8 *from = buf;
	u64 pa;

	while (n) {
		u32 here = first_piece(cpu, va, false, n, &pa);

		if (!here || bus_copy_to(cpu->bus, pa, from, here))
			return false;
		from += here;
		va += here;
		n -= here;
	}
	return true;
}
