/* SPDX-License-Identifier: MIT */
/*
 * Page tables of the reference MMU (SPARC V8, appendix H), and which pages of RAM are free.
 * One bit for every page, set while it is free; the memory lists of both kinds of interface are
 * made from that.
 */
#include <string.h>

#include "machine/prom/parts.h"

enum {
	ET_MASK = 3,
	ET_PTD = 1,
	ET_PTE = 2,
	PTE_CACHED = 0x80,
	PTE_RWX_SUPER = 7 << 2, /* all rights for the supervisor, none for users */
	PTE_SEEN = 0x20,
	TABLE_SIZE = 256, /* levels 2 and 3 */
	TABLE_ENTRIES = 64,
};

#define REGION 0x1000000u /* an entry of level 1 */
#define SEGMENT 0x40000u /* of level 2 */
#define PICK_LOW 0xf0000000u /* where the PROM looks for room of its own choice... */
#define PICK_HIGH PROM_VA /* ...downwards from here */

static u32 pte(u64 pa, bool cached)
{
	return (u32)(pa >> 4 & 0xffffff00) | (cached ? PTE_CACHED : 0) | PTE_RWX_SUPER | PTE_SEEN |
	       ET_PTE;
}

/* The offset of the table that the entry at `entry` points to, 0: to none of ours. */
static u32 table_at(const struct prom *p, u32 entry)
{
	u64 pa = (u64)(prom_get(p, entry) & ~(u32)ET_MASK) << 4;
	u32 off = (u32)(pa - p->base);

	if ((prom_get(p, entry) & ET_MASK) != ET_PTD || pa < p->base)
		return 0;
	return off >= OFF_TABLES && off <= OFF_TABLES_END - TABLE_SIZE && !(off % TABLE_SIZE) ? off
											      : 0;
}

static u32 new_table(const struct prom *p)
{
	u32 off = prom_get(p, VAR_TABLES);

	if (off < OFF_TABLES || off > OFF_TABLES_END - TABLE_SIZE || off % TABLE_SIZE)
		return 0;
	prom_put(p, VAR_TABLES, off + TABLE_SIZE);
	prom_fill(p, off, 0, TABLE_SIZE);
	return off;
}

/*
 * The table behind an entry, made where there is none. A page table entry for the whole
 * becomes a table of such for its parts, each of `part` bytes.
 */
static u32 descend(const struct prom *p, u32 entry, u32 part)
{
	u32 old = prom_get(p, entry), off = table_at(p, entry);

	if (off)
		return off;
	off = new_table(p);
	if (!off)
		return 0;
	if ((old & ET_MASK) == ET_PTE)
		for (u32 i = 0; i < TABLE_ENTRIES; i++)
			prom_put(p, off + 4 * i, old + (i * part >> 4));
	prom_put(p, entry, (u32)((p->base + off) >> 4) | ET_PTD);
	return off;
}

static u32 level1_of(u32 va)
{
	return OFF_LEVEL1 + va / REGION * 4;
}

static u32 level2_of(u32 table, u32 va)
{
	return table + va % REGION / SEGMENT * 4;
}

static u32 level3_of(u32 table, u32 va)
{
	return table + va % SEGMENT / PAGE * 4;
}

/* The page's entry, 0: no memory for tables. */
static u32 make_entry(const struct prom *p, u32 va)
{
	u32 table = descend(p, level1_of(va), SEGMENT);

	if (table)
		table = descend(p, level2_of(table, va), PAGE);
	return table ? level3_of(table, va) : 0;
}

/* What maps the page, of whatever level, 0: nothing does; and the size of all that is mapped by that, or not. */
static u32 look_up_size(const struct prom *p, u32 va, u32 *size)
{
	u32 entry = level1_of(va), table = table_at(p, entry);

	*size = REGION;
	if (table) {
		*size = SEGMENT;
		entry = level2_of(table, va);
		table = table_at(p, entry);
	}
	if (table) {
		*size = PAGE;
		entry = level3_of(table, va);
	}
	entry = prom_get(p, entry);
	return (entry & ET_MASK) == ET_PTE ? entry : 0;
}

/* The same, and how many bytes from va on are alike. */
static u32 look_up(const struct prom *p, u32 va, u32 *left)
{
	u32 entry = look_up_size(p, va, left);

	*left -= va & (*left - 1);
	return entry;
}

static void forget_translations(const struct prom *p)
{
	for (unsigned i = 0; i < p->m->config.nr_cpus; i++)
		cpu_flush_tlb(p->m->cpu[i]);
}

bool map_range(const struct prom *p, u32 va, u64 pa, u32 size, bool cached)
{
	u32 entry = 0;

	for (u32 off = 0; off < size; off += PAGE) {
		bool next = entry && (va + off) % SEGMENT;

		entry = next ? entry + 4 : make_entry(p, va + off);
		if (!entry)
			return false;
		prom_put(p, entry, pte(pa + off, cached));
	}
	forget_translations(p);
	return true;
}

bool map_page(const struct prom *p, u32 va, u64 pa, bool cached)
{
	return map_range(p, va, pa, PAGE, cached);
}

void unmap_range(const struct prom *p, u32 va, u32 size)
{
	for (u32 off = 0, left; off < size; off += left < size - off ? left : size - off) {
		u32 entry = look_up(p, va + off, &left) ? make_entry(p, va + off) : 0;

		if (entry)
			prom_put(p, entry, 0);
		if (entry)
			left = PAGE;
	}
	forget_translations(p);
}

/* RAM from 0 on at its own address, in the largest pieces, but for page 0. */
static void map_low(const struct prom *p)
{
	u32 end = p->base < PROM_LOW_MAP ? (u32)p->base : PROM_LOW_MAP;

	for (u32 va = 0; va < end; va += SEGMENT) {
		u32 table = descend(p, level1_of(va), SEGMENT);

		if (end - va >= SEGMENT && va)
			prom_put(p, level2_of(table, va), pte(va, true));
		else
			map_range(p, va, va, end - va < SEGMENT ? end - va : SEGMENT, true);
	}
	unmap_range(p, 0, PAGE);
}

/* --- free pages --- */

static u32 ram_pages(const struct prom *p)
{
	u64 n = p->base / PAGE;

	return n < (OFF_HANDLES - OFF_FREE) * 8 ? (u32)n : (OFF_HANDLES - OFF_FREE) * 8;
}

static bool is_free(const struct prom *p, u32 page)
{
	return prom_bytes(p, OFF_FREE, OFF_HANDLES - OFF_FREE)[page / 8] >> page % 8 & 1;
}

static void set_free(const struct prom *p, u32 page, bool free)
{
	u8 b = prom_bytes(p, OFF_FREE, OFF_HANDLES - OFF_FREE)[page / 8];

	b = (u8)(free ? b | BIT(page % 8) : b & ~BIT(page % 8));
	prom_put_bytes(p, OFF_FREE + page / 8, &b, 1);
}

void map_init(const struct prom *p)
{
	u32 pages = ram_pages(p);

	prom_fill(p, OFF_CONTEXTS, 0, OFF_HANDLES - OFF_CONTEXTS);
	prom_put(p, VAR_TABLES, OFF_TABLES);
	prom_put(p, OFF_CONTEXTS, (u32)((p->base + OFF_LEVEL1) >> 4) | ET_PTD);
	prom_fill(p, OFF_FREE, 0xff, pages / 8);
	for (u32 i = pages & ~7u; i < pages; i++)
		set_free(p, i, true);
	map_low(p);
	map_range(p, PROM_VA, p->base, PROM_SIZE, true);
	map_page(p, PROM_ROM_VA, p->m->config.board->prom_pa, true);
}

/* A list for the oldest interface, at the element `at`; the pointer to it goes to `var`. */
static void put_list(const struct prom *p, u32 var, u32 at, const u32 (*range)[2], u32 nr)
{
	prom_put(p, var, nr ? PROM_VA + at : 0);
	for (u32 i = 0; i < nr; i++, at += 12) {
		prom_put(p, at, i + 1 < nr ? PROM_VA + at + 12 : 0);
		prom_put(p, at + 4, range[i][0]);
		prom_put(p, at + 8, range[i][1]);
	}
}

/* The first page from i on that is free, or is not; octets without one are passed over. */
static u32 next_page(const struct prom *p, u32 i, bool free)
{
	const u8 *bits = prom_bytes(p, OFF_FREE, OFF_HANDLES - OFF_FREE);
	u32 pages = ram_pages(p);

	while (i < pages && is_free(p, i) != free)
		i += i % 8 || bits[i / 8] != (free ? 0 : 0xff) ? 1 : 8;
	return i < pages ? i : pages;
}

/* The ranges of free pages; returns how many, at most MEM_RANGES. */
static u32 free_ranges(const struct prom *p, u32 (*range)[2])
{
	u32 pages = ram_pages(p), nr = 0;

	for (u32 i = next_page(p, 0, true), end; i < pages && nr < MEM_RANGES; nr++) {
		end = next_page(p, i, false);
		range[nr][0] = i * PAGE;
		range[nr][1] = (end - i) * PAGE;
		i = next_page(p, end, true);
	}
	return nr;
}

void map_publish(const struct prom *p)
{
	u32 range[MEM_RANGES][2], cells[MEM_RANGES][3], nr = free_ranges(p, range);
	u32 total[1][2] = { { 0, (u32)(p->base + PROM_SIZE) } };
	u32 prom[1][2] = { { (u32)p->base, PROM_SIZE } };

	for (u32 i = 0; i < nr; i++) {
		cells[i][0] = 0;
		cells[i][1] = range[i][0];
		cells[i][2] = range[i][1];
	}
	tree_set_cells(p, prom_get(p, VAR_MEMORY), "available", cells[0], 3 * nr);
	put_list(p, VAR_MEM_TOTAL, VAR_LISTS, total, 1);
	put_list(p, VAR_MEM_PROM, VAR_LISTS + 12, prom, 1);
	put_list(p, VAR_MEM_FREE, VAR_LISTS + 24, range, nr);
}

/* The highest run of free pages of that size and alignment; UINT32_MAX: none. */
static u32 find_pages(const struct prom *p, u32 nr, u32 align)
{
	u32 run = 0;

	for (u32 i = ram_pages(p); i-- > 0;) {
		run = is_free(p, i) ? run + 1 : 0;
		if (run >= nr && !(i % align))
			return i;
	}
	return UINT32_MAX;
}

/* The highest room of that size, where the caller has no wish; 0: none. */
static u32 find_va(const struct prom *p, u32 size, u32 align)
{
	u32 end = PICK_HIGH, some;

	for (u32 low = PICK_HIGH; low > PICK_LOW;) {
		bool taken = look_up_size(p, low - PAGE, &some);
		u32 va = (end - size) & ~(align - 1);

		low = (low - PAGE) & ~(some - 1);
		if (taken)
			end = low;
		else if (size <= end - low && va >= low)
			return va;
	}
	return 0;
}

/* Whole pages, and nothing that wraps around or touches the PROM's own; false: no. */
static bool sane(u32 *va, u32 *size)
{
	u64 end = (u64)*va + *size;

	if (!*size || end > UINT32_MAX)
		return false;
	end = (end + PAGE - 1) & ~(u64)(PAGE - 1);
	*va &= ~(PAGE - 1);
	*size = (u32)(end - *va);
	return end <= PROM_VA || (*va >= PROM_END_VA && end <= UINT32_MAX);
}

u32 mem_alloc(const struct prom *p, u32 va, u32 size, u32 align)
{
	u32 want = va, page;

	if (align < PAGE || align & (align - 1))
		align = PAGE;
	if (!sane(&va, &size) || size / PAGE > ram_pages(p))
		return 0;
	if (!want)
		va = find_va(p, size, align);
	page = find_pages(p, size / PAGE, align / PAGE);
	if (!va || page == UINT32_MAX || !map_range(p, va, (u64)page * PAGE, size, true))
		return 0;
	for (u32 i = 0; i < size / PAGE; i++)
		set_free(p, page + i, false);
	map_publish(p);
	return want ? want : va;
}

void mem_free(const struct prom *p, u32 va, u32 size)
{
	if (!sane(&va, &size))
		return;
	for (u32 off = 0, left; off < size; off += left < size - off ? left : size - off) {
		u32 entry = look_up(p, va + off, &left);
		u64 page = (entry & 0xffffff00) / (PAGE >> 4);

		if (entry && page < ram_pages(p))
			set_free(p, (u32)page, true);
	}
	unmap_range(p, va, size);
	map_publish(p);
}

u32 mem_map(const struct prom *p, u32 va, u32 space, u32 pa, u32 size)
{
	u32 want = va, low = pa & (PAGE - 1);
	u64 phys = (u64)(space & 15) << 32 | (pa & ~(PAGE - 1));

	if (size > UINT32_MAX - low)
		return 0;
	size += low;
	if (!sane(&va, &size) || size > 0x10000000)
		return 0;
	if (!want)
		va = find_va(p, size, PAGE);
	if (!va || !map_range(p, va, phys, size, !space && phys < p->base))
		return 0;
	return (want ? want & ~(PAGE - 1) : va) + low;
}

void mem_unmap(const struct prom *p, u32 va, u32 size)
{
	if (sane(&va, &size))
		unmap_range(p, va, size);
}
