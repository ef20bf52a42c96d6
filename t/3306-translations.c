/* SPDX-License-Identifier: MIT */
/*
 * What the MMU keeps of a walk, and what a large page is: flushes reach what the user has used, a flush of
 * everything reaches more translations than are listed one by one, and of an entry above level 3 only the bits
 * of the physical address count that are above its page (V8 H.3). t/3301 has the manual's tables.
 */
#include "t/cpu-rig.h"

#define CONTEXTS 0x30000u
#define TABLE1 0x31000u
#define TABLE2 0x32000u
#define TABLE3 0x33000u
#define NEXT3 0x33100u /* the table behind it */
#define PAGE 0x20040000u /* VA of TABLE3's first entry */
#define ELSEWHERE 0x40000u

/* VA 0 to 16 MiB is physical and open to all, 20040000 the test's. */
static void mmu_on(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	rig_put(r, CONTEXTS, ptd(TABLE1));
	rig_put(r, TABLE1, pte(0, 3));
	rig_put(r, TABLE1 + 4 * 0x20, ptd(TABLE2));
	rig_put(r, TABLE2 + 4, ptd(TABLE3));
	rig_put(r, TABLE2 + 8, ptd(NEXT3));
	rig_put(r, TABLE3, pte(DATA, 3));
	r->start.mmu[MMU_CTRL] |= MMU_CTRL_E;
	r->start.mmu[MMU_CTPR] = CONTEXTS >> 4;
}

/* A supervisor's service for the user, "ta 20": the entry of PAGE becomes O1, and what O2 says is flushed. */
static void emit_service(struct rig *r)
{
	u32 keep = r->at;

	r->at = VECTORS + 16 * 0xa0;
	emit(r, a_bicc(BA, false, (s32)(VECTORS + 0x4000 - r->at)));
	emit(r, NOP);
	r->at = VECTORS + 0x4000;
	emit_set(r, L4, TABLE3);
	emit(r, m_imm(ST, I1, L4, 0));
	emit(r, m_asi(ST, G0, I2, G0, ASI_MMU_FLUSH_PROBE));
	emit(r, a_imm(JMPL, G0, L2, 0));
	emit(r, a_imm(RETT, 0, L2, 4));
	r->at = keep;
}

/* The user's loads, stores and fetches go to the new page after a flush of each type. */
static void users_flush(struct rig *r, u32 type)
{
	mmu_on(r);
	emit_service(r);
	for (unsigned i = 0; i < 2; i++) {
		u32 at = i ? ELSEWHERE : DATA;

		rig_put(r, at, a_imm(JMPL, G0, O7, 8));
		rig_put(r, at + 4, a_imm(OR, G5, G0, i ? 0x40 : 0x80));
		rig_put(r, at + 0x100, i ? 0x4444 : 0x8888);
	}
	r->start.psr &= ~0xc0u;
	r->start.globals[1] = PAGE;
	emit_set(r, O1, pte(ELSEWHERE, 3));
	emit_set(r, O2, PAGE | type << 8);
	for (unsigned pass = 0; pass < 2; pass++) {
		emit(r, m_imm(LD, pass ? L1 : L0, G1, 0x100));
		emit(r, a_imm(OR, G3, G0, pass ? 0x22 : 0x11));
		emit(r, m_imm(ST, G3, G1, 0x104));
		emit(r, a_imm(JMPL, O7, G1, 0));
		emit(r, NOP);
		emit(r, a_imm(OR, pass ? L3 : L2, G5, 0));
		if (!pass)
			emit(r, a_ta(0x20));
	}
	emit_end(r);
	if (!rig_all(r, 100, "the user's page, flush type %u", type))
		return;
	is(log_count(r), 0, "  no other traps");
	is(r->end.psr & 0x80, 0, "  still the user");
	is(rig_end(r, L0), 0x8888, "  load before");
	is(rig_end(r, L1), 0x4444, "  load after");
	is(rig_end(r, L2), 0x80, "  call before");
	is(rig_end(r, L3), 0x40, "  call after");
	is(rig_word(r, DATA + 0x104), 0x11, "  store before");
	is(rig_word(r, ELSEWHERE + 0x104), 0x22, "  store after");
}

#define PAGES 96

/* A loop over all pages: what is 8 behind PAGE, or its like in the others, goes to `to` behind it. O3 is 0x1000. */
static void emit_sweep(struct rig *r, bool up, s32 to)
{
	u32 loop;

	emit_set(r, G1, up ? PAGE : PAGE + 0x1000 * (PAGES - 1));
	emit(r, a_imm(OR, G2, G0, PAGES));
	loop = r->at;
	emit(r, m_imm(LD, G3, G1, 8));
	emit(r, m_imm(ST, G3, G1, to));
	emit(r, a_imm(SUBCC, G2, G2, 1));
	emit(r, a_bicc(BNE, false, (s32)(loop - r->at)));
	emit(r, a_reg(up ? ADD : SUB, G1, G1, O3));
}

/*
 * PAGES are used; then their entries name the pages in the opposite order, and how = 0 a flush of type 4,
 * 1 a context switch there and back, makes all of them seen, whatever number of translations was held.
 */
static void many(struct rig *r, unsigned how)
{
	u32 loop, bad = 0;

	mmu_on(r);
	rig_put(r, CONTEXTS + 4, ptd(TABLE1));
	for (u32 i = 0; i < PAGES; i++) {
		rig_put(r, TABLE3 + 4 * i, pte(DATA + 0x1000 * i, 3));
		rig_put(r, DATA + 0x1000 * i + 8, 0x100 + i);
	}
	emit_set(r, O3, 0x1000);
	emit_sweep(r, true, 12);
	emit_set(r, O0, TABLE3);
	emit_set(r, O1, pte(DATA + 0x1000 * (PAGES - 1), 3));
	emit(r, a_imm(OR, G2, G0, PAGES));
	loop = r->at;
	emit(r, m_imm(ST, O1, O0, 0));
	emit(r, a_imm(ADD, O0, O0, 4));
	emit(r, a_imm(SUBCC, G2, G2, 1));
	emit(r, a_bicc(BNE, false, (s32)(loop - r->at)));
	emit(r, a_imm(SUB, O1, O1, 0x100));
	emit_set(r, O0, how ? 0x200 : PAGE | 0x400);
	emit(r, a_imm(OR, O1, G0, 1));
	emit(r, m_asi(ST, how ? O1 : G0, O0, G0, how ? ASI_MMU_REGS : ASI_MMU_FLUSH_PROBE));
	emit(r, m_asi(ST, G0, O0, G0, how ? ASI_MMU_REGS : ASI_MMU_FLUSH_PROBE));
	/* From the last down: the first half of them is what was used last. */
	emit_sweep(r, false, 16);
	emit_end(r);
	if (!rig_all(r, 2100, "%u pages, %s", PAGES, how ? "another context and back" : "a flush"))
		return;
	is(log_count(r), 0, "  no traps");
	is(rig_end(r, G2), 0, "  to the end");
	is(rig_end(r, G3), 0x100 + PAGES - 1, "  the first is what was the last");
	for (u32 i = 0; i < PAGES; i++) {
		bad += rig_word(r, DATA + 0x1000 * i + 12) != 0x100 + i;
		bad += rig_word(r, DATA + 0x1000 * i + 16) != 0x100 + i;
	}
	is(bad, 0, "  every load and store at its page, before and after");
}

/* Large pages: where the entry's bits below the page are not 0, they are the address's all the same. */
static void large(struct rig *r)
{
	static const struct {
		const char *name;
		u32 root, region, segment, va;
		u64 pa; /* 0: nothing is there */
	} one[] = {
		{ "level 2", 0, 0, 0x00080000 + 0x35000, 0x20040124, DATA + 0x124 },
		{ "level 1", 0, 0x00fc3000, 0, 0x20080124, DATA + 0x124 },
		{ "level 1, its first page", 0, 0x00001000, 0, 0x20000124, 0x124 },
		{ "level 0", 0x00345000, 0, 0, DATA + 0x124, DATA + 0x124 },
		{ "level 0, the upper half", 0x00345000, 0, 0, 0x80080124, 0 },
		{ "level 0, the top", 0, 0, 0, 0xfffff124, 0 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
		u64 val = 0;
		u32 want = one[i].pa ? 0xbeef0000 + i : 0;
		bool root = !one[i].region && !one[i].segment;

		mmu_on(r);
		if (root)
			rig_put(r, CONTEXTS, pte(one[i].root, 3));
		if (one[i].region)
			rig_put(r, TABLE1 + 4 * 0x20, pte(one[i].region, 3));
		if (one[i].segment)
			rig_put(r, TABLE2 + 4, pte(one[i].segment, 3));
		if (one[i].pa)
			rig_put(r, (u32)one[i].pa, want);
		go_live(r);
		is_tt(cpu_load_asi(&r->cpu, ASI_SUPER_DATA, one[i].va, 4, &val),
		      one[i].pa ? 0 : TT_DATA_ERROR, "large page, %s", one[i].name);
		is(val, want, "  the word");
	}
	/* Level 0 has the four bits above the address's 32. */
	mmu_on(r);
	rig_put(r, CONTEXTS, pte(0xd12345000, 3));
	go_live(r);
	be32_put(r->high + HIGH_SIZE + 0x48, 0xcafe);
	u64 val = 0;
	is_tt(cpu_load_asi(&r->cpu, ASI_SUPER_DATA, 0x48, 4, &val), 0,
	      "large page, level 0 above 4 GiB");
	is(val, 0xcafe, "  the word");
}

/* Instructions that the engine leaves to the reference, at addresses that differ in all bits an index may have. */
static void slow_code(struct rig *r, u32 va)
{
	mmu_on(r);
	rig_put(r, TABLE2 + 4 * (va >> 18 & 63), ptd(TABLE3));
	rig_put(r, DATA, m_asi(LD, L1, G0, G0, ASI_MMU_REGS));
	rig_put(r, DATA + 4, a_imm(SUBCC, L0, L0, 1));
	rig_put(r, DATA + 8, a_bicc(BNE, false, -8));
	rig_put(r, DATA + 12, NOP);
	rig_put(r, DATA + 16, a_imm(JMPL, G0, O7, 8));
	rig_put(r, DATA + 20, NOP);
	emit_set(r, L0, 20);
	emit_set(r, G1, va);
	emit(r, a_imm(JMPL, O7, G1, 0));
	emit(r, NOP);
	emit_end(r);
	if (!rig_all(r, 120, "slow instructions at %x", va))
		return;
	is(log_count(r), 0, "  no traps");
	is(rig_end(r, L0), 0, "  to the end");
}

int main(void)
{
	struct rig *r = rig_new("Fujitsu MB86904");

	for (u32 type = 0; type < 5; type++)
		users_flush(r, type);
	for (u32 i = 0; i < 4; i++)
		slow_code(r, 0x20000000 + i * 0x100000);
	many(r, 0);
	many(r, 1);
	large(r);
	rig_free(r);
	return tap_done();
}
