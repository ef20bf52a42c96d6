/* SPDX-License-Identifier: MIT */
/*
 * The reference MMU (V8 manual, appendix H): every access permission against every kind
 * of access from both modes, at each level of the tables; what SFSR and SFAR say; R and
 * M; probes and flushes of each kind; contexts; faults in window traps' company.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

enum { CTRL = 0, CTPR = 0x100, CXR = 0x200, SFSR = 0x300, SFAR = 0x400 };
enum { PTD = 1, PTE = 2, R = 0x20, M = 0x40 };
enum { PAGE = 0x1000, SEGMENT = 0x40000, REGION = 0x1000000 };
enum { USER_TRAP = 0x20, SUPER_TRAP = 0x21 };

/* Kinds of access, numbered as SFSR.AT does. */
enum { LOAD_USER, LOAD_SUPER, EXEC_USER, EXEC_SUPER, STORE_USER, STORE_SUPER, KINDS };

/* Where the page under test appears, by the level of its entry. */
static const uint32_t va[4] = { 0, 0x40000000, 0x50040000, 0x60041000 };

static uint32_t contexts[256] __attribute__((aligned(1024)));
static volatile uint32_t level1[2][256] __attribute__((aligned(1024)));
static volatile uint32_t level2[2][64] __attribute__((aligned(256)));
static volatile uint32_t level3[2][64] __attribute__((aligned(256)));
/* 16 MiB from here up is what the level 1 entry maps: the page is at its beginning. */
static volatile uint32_t *const page = (volatile uint32_t *)REGION;

static unsigned checks;
static volatile unsigned trap_tt, trap_sfsr, trap_sfar, trap_count;

static void check(bool pass, const char *what, unsigned a, unsigned b, unsigned got)
{
	checks++;
	if (pass)
		return;
	printf("%s, case %x %x: got %08x\n", what, a, b, got);
	exit(1);
}

static uint32_t mmu_read(uint32_t reg)
{
	uint32_t v;

	__asm__ volatile("lda [%1] 4, %0" : "=r"(v) : "r"(reg) : "memory");
	return v;
}

static void mmu_write(uint32_t reg, uint32_t v)
{
	__asm__ volatile("sta %1, [%0] 4\n\tnop\n\tnop\n\tnop" : : "r"(reg), "r"(v) : "memory");
}

static uint32_t probe(uint32_t addr, unsigned type)
{
	uint32_t v;

	__asm__ volatile("lda [%1] 3, %0" : "=r"(v) : "r"((addr & ~0xfffu) | type << 8) : "memory");
	return v;
}

static void flush(uint32_t addr, unsigned type)
{
	__asm__ volatile("sta %%g0, [%0] 3" : : "r"((addr & ~0xfffu) | type << 8) : "memory");
}

static void note(struct trap_regs *regs)
{
	trap_count++;
	trap_tt = regs->g[0];
	trap_sfar = mmu_read(SFAR);
	trap_sfsr = mmu_read(SFSR);
}

static void on_data(struct trap_regs *regs)
{
	note(regs);
	trap_skip(regs);
}

/* A call that found nothing to run: back to the caller. */
static void on_fetch(struct trap_regs *regs)
{
	note(regs);
	regs->pc = regs->o[7] + 8;
	regs->npc = regs->pc + 4;
}

static void to_user(struct trap_regs *regs)
{
	regs->psr &= ~(uint32_t)PSR_PS;
	trap_skip(regs);
}

static void to_super(struct trap_regs *regs)
{
	regs->psr |= PSR_PS;
	trap_skip(regs);
}

/* One access; `store` 1 is ST, 2 LDSTUB, 3 SWAP. */
static void access(unsigned kind, uint32_t addr, unsigned store)
{
	bool user = kind == LOAD_USER || kind == EXEC_USER || kind == STORE_USER;

	trap_count = 0;
	if (user)
		__asm__ volatile("ta 0x20" : : : "memory");
	if (kind == LOAD_USER || kind == LOAD_SUPER)
		__asm__ volatile("ld [%0], %%g2" : : "r"(addr) : "g2", "memory");
	else if (kind == EXEC_USER || kind == EXEC_SUPER)
		__asm__ volatile("call %0\n\tnop" : : "r"(addr) : "o7", "memory");
	else if (store == 1)
		__asm__ volatile("st %1, [%0]" : : "r"(addr), "r"(0x81c3e008) : "memory");
	else if (store == 2)
		__asm__ volatile("ldstub [%0 + 8], %%g2" : : "r"(addr) : "g2", "memory");
	else
		__asm__ volatile("mov 1, %%g2\n\tswap [%0 + 8], %%g2"
				 :
				 : "r"(addr)
				 : "g2", "memory");
	if (user)
		__asm__ volatile("ta 0x21" : : : "memory");
}

static volatile uint32_t *entry_of(unsigned level)
{
	return level == 1   ? &level1[0][va[1] >> 24]
	       : level == 2 ? &level2[0][va[2] >> 18 & 63]
			    : &level3[0][va[3] >> 12 & 63];
}

static uint32_t pte(unsigned acc)
{
	return (uint32_t)(uintptr_t)page >> 4 | acc << 2 | PTE;
}

static void build(void)
{
	unsigned c, i;

	for (c = 0; c < 2; c++) {
		contexts[c] = (uint32_t)(uintptr_t)level1[c] >> 4 | PTD;
		for (i = 0; i < 16; i++)
			level1[c][i] = i << 20 | 3 << 2 | PTE;
	}
	level1[0][va[2] >> 24] = (uint32_t)(uintptr_t)level2[0] >> 4 | PTD;
	level1[0][va[3] >> 24] = (uint32_t)(uintptr_t)level2[1] >> 4 | PTD;
	level2[1][va[3] >> 18 & 63] = (uint32_t)(uintptr_t)level3[0] >> 4 | PTD;
	page[0] = 0x81c3e008; /* retl; nop */
	page[1] = 0x01000000;
}

/* SFSR.FT for each kind of access and ACC, 0 where it is allowed. */
static const uint8_t fault[KINDS][8] = {
	[LOAD_USER] = { 0, 0, 0, 0, 2, 0, 3, 3 },  [LOAD_SUPER] = { 0, 0, 0, 0, 2, 0, 0, 0 },
	[EXEC_USER] = { 2, 2, 0, 0, 0, 2, 3, 3 },  [EXEC_SUPER] = { 2, 2, 0, 0, 0, 2, 0, 0 },
	[STORE_USER] = { 2, 0, 2, 0, 2, 2, 3, 3 }, [STORE_SUPER] = { 2, 0, 2, 0, 2, 0, 2, 0 },
};

static void one(unsigned level, unsigned kind, unsigned acc, unsigned store)
{
	bool is_store = kind == STORE_USER || kind == STORE_SUPER;
	bool is_exec = kind == EXEC_USER || kind == EXEC_SUPER;
	unsigned ft = fault[kind][acc], id = level << 12 | kind << 8 | acc << 4 | store;
	volatile uint32_t *e = entry_of(level);

	*e = pte(acc);
	flush(0, 4);
	access(kind, va[level], store);
	if (!ft) {
		check(!trap_count, "an access that is allowed", id, 0, trap_sfsr);
		check((*e & (R | M)) == (is_store ? R | M : R), "R and M", id, 0, *e);
		check(!mmu_read(SFSR), "SFSR without a fault", id, 0, 0);
		return;
	}
	check(trap_count == 1, "number of traps", id, ft, trap_count);
	check(trap_tt == (is_exec ? TT_INSN_ACCESS : TT_DATA_ACCESS), "tt", id, ft, trap_tt);
	check((trap_sfsr >> 2 & 7) == ft, "SFSR.FT", id, ft, trap_sfsr);
	check((trap_sfsr >> 5 & 7) == kind, "SFSR.AT", id, ft, trap_sfsr);
	check(!(trap_sfsr & 1), "SFSR.OW", id, ft, trap_sfsr);
	/* SFAR is for data faults; its page is what handlers go by. */
	if (!is_exec) {
		check(trap_sfsr & 2, "SFSR.FAV", id, ft, trap_sfsr);
		check(!((trap_sfar ^ va[level]) >> 12), "SFAR", id, ft, trap_sfar);
	}
	if (boot_kind != BOOT_ROM)
		check((trap_sfsr >> 8 & 3) == level, "SFSR.L", id, ft, trap_sfsr);
	check(!(*e & (R | M)), "R and M after a fault", id, ft, *e);
}

static void permissions(void)
{
	/* The second opinion faults an atomic as a load first, and leaves out SFSR.L. */
	bool quirks = boot_kind == BOOT_ROM;
	unsigned level, kind, acc, store;

	for (level = 1; level <= 3; level++)
		for (kind = 0; kind < KINDS; kind++)
			for (acc = 0; acc < 8; acc++)
				for (store = 1; store <= (kind < STORE_USER || quirks ? 1 : 3);
				     store++)
					one(level, kind, acc, store);
}

/* An invalid entry at each level, and what the offset within a large page does. */
static void levels(void)
{
	unsigned level;
	volatile uint32_t *e;

	for (level = 1; level <= 3; level++) {
		e = entry_of(level);
		*e = 0;
		flush(0, 4);
		access(LOAD_SUPER, va[level], 0);
		check(trap_count == 1 && (trap_sfsr & 0x3fe) == (level << 8 | 1 << 5 | 1 << 2 | 2),
		      "invalid entry", level, 0, trap_sfsr);
		access(STORE_USER, va[level], 1);
		check(trap_count == 1 && (trap_sfsr & 0x3fe) == (level << 8 | 4 << 5 | 1 << 2 | 2),
		      "invalid entry, user store", level, 0, trap_sfsr);
		*e = pte(3);
		flush(0, 4);
	}
	page[PAGE / 4 - 1] = 0x11110001;
	page[SEGMENT / 4 - 1] = 0x11110002;
	page[REGION / 4 - 1] = 0x11110003;
	check(*(volatile uint32_t *)(va[3] + PAGE - 4) == 0x11110001, "page offset", 3, 0, 0);
	check(*(volatile uint32_t *)(va[2] + SEGMENT - 4) == 0x11110002, "segment offset", 2, 0, 0);
	check(*(volatile uint32_t *)(va[1] + REGION - 4) == 0x11110003, "region offset", 1, 0, 0);
}

/*
 * Probes: a level's entry when the walk gets there; the whole walk's with type 4; zero
 * for what is not there, and never a trap.
 */
static void probes(void)
{
	const uint32_t mask = ~(uint32_t)(R | M);
	unsigned level, type;

	trap_count = 0;
	for (level = 1; level <= 3; level++)
		check((probe(va[level], 4) & mask) == pte(3), "probe of all", level, 4,
		      probe(va[level], 4));
	check((probe(va[3], 0) & mask) == pte(3), "page probe", 3, 0, probe(va[3], 0));
	check(probe(va[3], 1) == level2[1][va[3] >> 18 & 63], "segment probe", 3, 1, 0);
	check(probe(va[3], 2) == level1[0][va[3] >> 24], "region probe", 3, 2, 0);
	check(probe(va[3], 3) == contexts[0], "context probe", 3, 3, 0);
	check((probe(va[2], 1) & mask) == pte(3), "segment probe", 2, 1, 0);
	check((probe(va[1], 2) & mask) == pte(3), "region probe", 1, 2, 0);
	for (type = 0; type <= 4; type++)
		if (type != 3)
			check(!probe(0x70000000, type), "probe of nothing", type, 0,
			      probe(0x70000000, type));
	check(!probe(va[3] + PAGE, 4) && !probe(va[3] + PAGE, 0), "probe of no page", 3, 0, 0);
	check(!trap_count, "probes trap", 0, 0, trap_tt);
	mmu_read(SFSR);
}

/* After a change of tables the flush that covers it makes it seen. */
static void flushes(void)
{
	volatile uint32_t *other = page + PAGE / 4;
	volatile uint32_t *p = (volatile uint32_t *)va[3] + 16;
	unsigned type;

	page[16] = 1;
	other[16] = 2;
	for (type = 0; type <= 4; type++) {
		*entry_of(3) = pte(3);
		flush(0, 4);
		check(*p == 1, "before the flush", type, 0, *p);
		*entry_of(3) = pte(3) + (PAGE >> 4);
		flush(va[3], type);
		check(*p == 2, "after the flush", type, 0, *p);
	}
	/* The change of a table above, by the flush of its level. */
	level3[1][va[3] >> 12 & 63] = pte(3);
	level2[1][va[3] >> 18 & 63] = (uint32_t)(uintptr_t)level3[1] >> 4 | PTD;
	flush(va[3], 1);
	check(*p == 1, "another level 3 table", 1, 0, *p);
	level2[1][va[3] >> 18 & 63] = (uint32_t)(uintptr_t)level3[0] >> 4 | PTD;
	flush(va[3], 2);
	check(*p == 2, "the first level 3 table", 2, 0, *p);
	*entry_of(3) = pte(3);
	flush(0, 4);
}

static void more_contexts(void)
{
	volatile uint32_t *p = (volatile uint32_t *)va[1] + 16;

	/* The same address, 256 MiB apart in tables, neighbours in memory. */
	level1[0][va[1] >> 24] = pte(3);
	level1[1][va[1] >> 24] = pte(3) + (REGION >> 4);
	flush(0, 4);
	page[16] = 10;
	page[REGION / 4 + 16] = 20;
	mmu_write(CXR, 1);
	check(*p == 20, "context 1", 1, 0, *p);
	*p = 21;
	mmu_write(CXR, 0);
	check(*p == 10, "context 0", 0, 0, *p);
	check(page[REGION / 4 + 16] == 21, "a store in context 1", 1, 0, page[REGION / 4 + 16]);
	access(LOAD_SUPER, va[2], 0);
	check(!trap_count, "context 0 has it", 0, 0, trap_sfsr);
	mmu_write(CXR, 1);
	access(LOAD_SUPER, va[2], 0);
	mmu_write(CXR, 0);
	check(trap_count == 1 && (trap_sfsr >> 8 & 3) == 1, "context 1 has it not", 1, 0,
	      trap_sfsr);
	/* A context without tables: not even code is there, so look by a probe. */
	contexts[2] = 0;
	mmu_write(CTPR, (uint32_t)(uintptr_t)contexts >> 4);
	check(mmu_read(CXR) == 0, "context register", 0, 0, mmu_read(CXR));
}

/* SFSR is cleared by reading it; a second fault before that sets OW. */
static void fault_status(void)
{
	mmu_write(CTRL, mmu_read(CTRL) | 2);
	access(LOAD_SUPER, 0x70000000, 0);
	check(!trap_count, "no fault with NF", 0, 0, trap_tt);
	access(LOAD_SUPER, 0x71000000, 0);
	mmu_write(CTRL, mmu_read(CTRL) & ~2u);
	check((mmu_read(SFAR) >> 12) == 0x71000, "SFAR with NF", 0, 0, mmu_read(SFAR));
	trap_sfsr = mmu_read(SFSR);
	check((trap_sfsr & 0x3ff) == (1 << 8 | 1 << 5 | 1 << 2 | 2 | 1), "SFSR with OW", 0, 0,
	      trap_sfsr);
	check(!mmu_read(SFSR), "read once", 0, 0, 0);
}

static __attribute__((noinline)) unsigned deep(unsigned n, unsigned a)
{
	unsigned keep = a * 3 + n;

	if (!n) {
		access(LOAD_SUPER, 0x70000000, 0);
		return trap_count;
	}
	a = deep(n - 1, keep);
	return a + keep;
}

int main(void)
{
	unsigned want = 1, a = 5, n, keep[31];

	trap_set(TT_DATA_ACCESS, on_data);
	trap_set(TT_INSN_ACCESS, on_fetch);
	trap_set(TT_SOFT(USER_TRAP), to_user);
	trap_set(TT_SOFT(SUPER_TRAP), to_super);
	build();
	mmu_write(CTPR, (uint32_t)(uintptr_t)contexts >> 4);
	mmu_write(CXR, 0);
	flush(0, 4);
	mmu_read(SFSR);
	mmu_write(CTRL, mmu_read(CTRL) | 1);
	permissions();
	levels();
	probes();
	flushes();
	more_contexts();
	fault_status();
	/* A fault while the windows are all in use. */
	for (n = 30; n; n--)
		a = keep[n] = a * 3 + n;
	for (n = 1; n <= 30; n++)
		want += keep[n];
	check(deep(30, 5) == want, "registers across a fault", 0, 0, 0);
	mmu_write(CTRL, mmu_read(CTRL) & ~1u);
	printf("mmu: %u checks passed\n", checks);
	return 0;
}
