/* SPDX-License-Identifier: MIT */
/*
 * Self tests of the reference MMU (V8 appendix H): tables of our own, RAM mapped
 * one to one by 16 MiB entries, one 256 KiB segment of single pages to try
 * permissions, faults, probes, flushes and contexts on. The MMU is off again after.
 */
#include "demo.h"

#include <stdio.h>
#include <string.h>

enum { MMU_CTRL = 0, MMU_CTPR = 0x100, MMU_CXR = 0x200, MMU_SFSR = 0x300, MMU_SFAR = 0x400 };
enum { CTRL_E = 1, CTRL_NF = 2 };
enum { PTD = 1, PTE = 2, PTE_R = 0x20, PTE_M = 0x40, PAGE = 0x1000 };
enum { ACC_RX = 2, ACC_RWX = 3, ACC_SUPER = 7 };
enum { FT_INVALID = 1, FT_PROTECTION = 2, FT_PRIVILEGE = 3, FT_BUS = 5 };
enum { AT_LOAD_USER = 0, AT_LOAD = 1, AT_STORE = 5, SFSR_FAV = 2 };

static const uint32_t VA = 0x40000000; /* the pages under test */
static const uint32_t HOLE = 0x50000000; /* nothing in the level 1 table */

static uint32_t contexts[256] __attribute__((aligned(1024)));
static uint32_t level1[2][256] __attribute__((aligned(1024)));
static uint32_t level2[2][64] __attribute__((aligned(256)));
static volatile uint32_t level3[2][64] __attribute__((aligned(256)));
static volatile uint32_t page[2][PAGE / 4] __attribute__((aligned(4096)));

uint32_t mmu_read(uint32_t reg)
{
	uint32_t v;

	__asm__ volatile("lda [%1] 4, %0" : "=r"(v) : "r"(reg) : "memory");
	return v;
}

void mmu_write(uint32_t reg, uint32_t v)
{
	__asm__ volatile("sta %1, [%0] 4\n\tnop\n\tnop\n\tnop" : : "r"(reg), "r"(v) : "memory");
}

static uint32_t probe(uint32_t va)
{
	uint32_t v;

	__asm__ volatile("lda [%1] 3, %0" : "=r"(v) : "r"((va & -PAGE) | 0x400) : "memory");
	return v;
}

static void flush_page(uint32_t va)
{
	__asm__ volatile("sta %%g0, [%0] 3" : : "r"(va & -PAGE) : "memory");
}

static void flush_all(void)
{
	__asm__ volatile("sta %%g0, [%0] 3" : : "r"(0x400) : "memory");
}

static uint32_t entry(volatile const void *p, unsigned low)
{
	return (uint32_t)(uintptr_t)p >> 4 | low;
}

static void build(void)
{
	unsigned i, c;

	for (c = 0; c < 2; c++) {
		contexts[c] = entry(level1[c], PTD);
		for (i = 0; i < 16; i++)
			level1[c][i] = i << 20 | ACC_RWX << 2 | PTE;
		level1[c][VA >> 24] = entry(level2[c], PTD);
		level2[c][0] = entry((const void *)level3[c], PTD);
		level3[c][0] = entry(page[c], ACC_RWX << 2 | PTE);
		level3[c][1] = entry(page[0], ACC_RX << 2 | PTE);
		level3[c][2] = 0;
		level3[c][3] = entry(page[0], ACC_SUPER << 2 | PTE);
		/* SBus slot 0: nobody there. */
		level3[c][4] = (board->high ? 0xe0000000 : 0x02000000) | ACC_SUPER << 2 | PTE;
	}
	page[0][0] = 0x600dda7a;
	page[1][0] = 0x07e4da7a;
}

static uint32_t load(uint32_t va)
{
	uint32_t v = 0;

	__asm__ volatile("ld [%1], %0" : "+r"(v) : "r"(va) : "memory");
	return v;
}

static void store(uint32_t va, uint32_t v)
{
	__asm__ volatile("st %1, [%0]" : : "r"(va), "r"(v) : "memory");
}

/* Back from user mode, at the instruction after the fault. */
static void to_supervisor(struct trap_regs *regs)
{
	caught.count++;
	caught.tt = regs->g[0];
	regs->psr |= PSR_PS;
	trap_skip(regs);
}

/* User mode for one load; TT_SOFT(0x20) is the way there. */
static void user_load(uint32_t va)
{
	trap_set(TT_DATA_ACCESS, to_supervisor);
	__asm__ volatile("ta 0x20\n\tld [%0], %%g2\n\tnop" : : "r"(va) : "g2", "memory");
	catch_trap(TT_DATA_ACCESS);
}

/* One fault since the last look, as described; the level counts for invalid entries only. */
static bool faulted(unsigned tt, unsigned ft, unsigned at, unsigned level, uint32_t va)
{
	uint32_t far = mmu_read(MMU_SFAR), sr = mmu_read(MMU_SFSR);
	bool ok = caught.count == 1 && caught.tt == tt && (sr >> 2 & 7) == ft && (sr & SFSR_FAV);

	caught.count = 0;
	if (ft == FT_INVALID && (sr >> 8 & 3) != level)
		ok = false;
	/* What a bus error leaves in SFAR is the chip's business. */
	if (ft != FT_BUS && ((sr >> 5 & 7) != at || (far ^ va) >> 12))
		ok = false;
	return ok && !mmu_read(MMU_SFSR);
}

static const char *try_mapping(void)
{
	if (load(VA) != page[0][0])
		return "wrong page";
	if ((level3[0][0] & (PTE_R | PTE_M)) != PTE_R)
		return "R after a load";
	store(VA + 4, 0x12345678);
	if (page[0][1] != 0x12345678)
		return "store went elsewhere";
	if ((level3[0][0] & (PTE_R | PTE_M)) != (PTE_R | PTE_M))
		return "M after a store";
	if ((probe(VA) ^ level3[0][0]) & ~(uint32_t)(PTE_R | PTE_M) || probe(VA + 2 * PAGE))
		return "probe";
	level3[0][0] = entry(page[1], ACC_RWX << 2 | PTE);
	flush_page(VA);
	if (load(VA) != page[1][0])
		return "flush of a page";
	level3[0][0] = entry(page[0], ACC_RWX << 2 | PTE);
	flush_all();
	if (load(VA) != page[0][0])
		return "flush of all";
	mmu_write(MMU_CXR, 1);
	if (load(VA) != page[1][0])
		return "context 1";
	mmu_write(MMU_CXR, 0);
	return load(VA) == page[0][0] ? NULL : "context 0 again";
}

static const char *try_faults(void)
{
	caught.count = 0;
	store(VA + PAGE, 0);
	if (!faulted(TT_DATA_ACCESS, FT_PROTECTION, AT_STORE, 0, VA + PAGE) ||
	    page[0][0] != 0x600dda7a || level3[0][1] & PTE_M)
		return "store to a read-only page";
	if (load(VA + PAGE) != page[0][0] || caught.count)
		return "load from a read-only page";
	load(VA + 2 * PAGE);
	if (!faulted(TT_DATA_ACCESS, FT_INVALID, AT_LOAD, 3, VA + 2 * PAGE))
		return "invalid page";
	load(HOLE);
	if (!faulted(TT_DATA_ACCESS, FT_INVALID, AT_LOAD, 1, HOLE))
		return "invalid region";
	user_load(VA + 3 * PAGE);
	if (!faulted(TT_DATA_ACCESS, FT_PRIVILEGE, AT_LOAD_USER, 0, VA + 3 * PAGE))
		return "user load of a supervisor page";
	if (load(VA + 3 * PAGE) != page[0][0] || caught.count)
		return "supervisor load";
	load(VA + 4 * PAGE);
	if (!faulted(TT_DATA_ERROR, FT_BUS, AT_LOAD, 0, VA + 4 * PAGE))
		return "bus error";
	mmu_write(MMU_CTRL, mmu_read(MMU_CTRL) | CTRL_NF);
	load(VA + 2 * PAGE);
	mmu_write(MMU_CTRL, mmu_read(MMU_CTRL) & ~(uint32_t)CTRL_NF);
	if (caught.count || !(mmu_read(MMU_SFSR) & SFSR_FAV))
		return "no-fault mode";
	return NULL;
}

static void mmu_switch(bool on)
{
	uint32_t ctrl = mmu_read(MMU_CTRL) & ~(uint32_t)(CTRL_E | CTRL_NF);

	mmu_write(MMU_CTPR, (uint32_t)(uintptr_t)contexts >> 4);
	mmu_write(MMU_CXR, 0);
	flush_all();
	mmu_write(MMU_CTRL, on ? ctrl | CTRL_E : ctrl);
	mmu_read(MMU_SFSR);
}

static const char *test_mapping(char *info)
{
	const char *w;

	(void)info;
	build();
	catch_trap(TT_DATA_ACCESS);
	catch_trap(TT_DATA_ERROR);
	mmu_switch(true);
	w = try_mapping();
	mmu_switch(false);
	return w;
}

static const char *test_faults(char *info)
{
	const char *w;

	(void)info;
	build();
	mmu_switch(true);
	w = try_faults();
	mmu_switch(false);
	return w;
}

const struct test mmu_tests[] = {
	{ "MMU mapping", test_mapping, 0 },
	{ "MMU faults", test_faults, 0 },
	{ NULL, NULL, 0 },
};
