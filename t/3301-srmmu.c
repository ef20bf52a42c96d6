/* SPDX-License-Identifier: MIT */
/*
 * The reference MMU as appendix H of the SPARC V8 manual describes it: permissions, fault status
 * and address, referenced and modified bits, walks that go wrong, probes and flushes of each type,
 * no-fault and boot mode, and what the chips' registers hold.
 *
 * Programs run in every way that a processor can be run (t/cpu-rig.h).
 */
#include "t/cpu-rig.h"

/* Page tables in memory. Context 0 has all kinds of entries, context 1 is the test's. */
#define CONTEXTS 0x30000u
#define TABLE1 0x31000u
#define TABLE2 0x32000u
#define TABLE3 0x33000u
#define OTHER1 0x34000u
#define OTHER2 0x35000u
#define OTHER3 0x36000u

/* Where the page at DATA is seen, by the level of its entry. */
#define VA1 0x10080000u
#define VA2 0x20000000u
#define VA3 0x20040000u
static const u32 va_of[4] = { DATA, VA1, VA2, VA3 };
static const u32 entry_of[4] = { CONTEXTS + 4, TABLE1 + 4 * 0x10, TABLE2, TABLE3 };

enum { PTE_R = 0x20, PTE_M = 0x40 };

/* Table "fault type" of H.5: FT by access type and ACC. */
static const u8 ft_of[8][8] = {
	{ 0, 0, 0, 0, 2, 0, 3, 3 }, { 0, 0, 0, 0, 2, 0, 0, 0 }, { 2, 2, 0, 0, 0, 2, 3, 3 },
	{ 2, 2, 0, 0, 0, 2, 0, 0 }, { 2, 0, 2, 0, 2, 2, 3, 3 }, { 2, 0, 2, 0, 2, 0, 2, 0 },
	{ 2, 2, 2, 0, 2, 2, 3, 3 }, { 2, 2, 2, 0, 2, 2, 2, 0 },
};

static u32 sfsr(unsigned level, unsigned at, unsigned ft)
{
	return level << 8 | at << 5 | ft << 2 | SFSR_FAV;
}

/* The MMU on in context 0: VA 0 to 16 MiB is physical and open to all. */
static void mmu_on(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	rig_put(r, CONTEXTS, ptd(TABLE1));
	rig_put(r, CONTEXTS + 4, ptd(OTHER1));
	rig_put(r, TABLE1, pte(0, 3));
	rig_put(r, TABLE1 + 4 * 0x10, pte(0, 3));
	rig_put(r, TABLE1 + 4 * 0x20, ptd(TABLE2));
	rig_put(r, TABLE2, pte(DATA, 3));
	rig_put(r, TABLE2 + 4, ptd(TABLE3));
	rig_put(r, TABLE3, pte(DATA, 3));
	rig_put(r, OTHER1, pte(0, 3));
	r->start.mmu[MMU_CTRL] |= MMU_CTRL_E;
	r->start.mmu[MMU_CTPR] = CONTEXTS >> 4;
	r->start.mmu[MMU_CXR] = 0;
}

static unsigned direct(struct rig *r, unsigned at, u32 va, unsigned size)
{
	static const u8 asi[8] = { 10, 11, 8, 9, 10, 11, 8, 9 };
	u64 val = 0;

	if (at & AT_STORE)
		return cpu_store_asi(&r->cpu, asi[at], va, size, 0x5a);
	return cpu_load_asi(&r->cpu, asi[at], va, size, &val);
}

static void one_permission(struct rig *r, unsigned level, unsigned acc, unsigned at)
{
	u32 va = va_of[level] + 0x124, ft = ft_of[at][acc], used;
	u32 entry = level == 0 ? pte(0, acc) : pte(level == 1 ? 0 : DATA, acc);
	unsigned tt;

	mmu_on(r);
	r->start.mmu[MMU_CXR] = level == 0;
	rig_put(r, entry_of[level], entry);
	go_live(r);
	tt = direct(r, at, va, 4);
	used = ft ? entry : entry | PTE_R | (at & AT_STORE ? PTE_M : 0);
	is_tt(tt, ft ? TT_DATA_ACCESS : 0, "level %u, ACC %u, AT %u: trap type", level, acc, at);
	is(r->cpu.mmu[MMU_SFSR], ft ? sfsr(level, at, ft) : 0, "  SFSR");
	if (ft)
		is(r->cpu.mmu[MMU_SFAR], va, "  SFAR");
	is(rig_word(r, entry_of[level]), used, "  the entry");
	is(rig_word(r, DATA + 0x124), !ft && (at & AT_STORE) ? 0x5a : 0, "  the word");
}

static void permissions_direct(struct rig *r)
{
	for (unsigned level = 0; level < 4; level++)
		for (unsigned acc = 0; acc < 8; acc++)
			for (unsigned at = 0; at < 8; at++)
				one_permission(r, level, acc, at);
}

/* One round of accesses to the page at %g1. */
static void emit_accesses(struct rig *r)
{
	emit(r, m_imm(LD, G2, G1, 0x104));
	emit(r, a_imm(JMPL, O7, G1, 0));
	emit(r, NOP);
	emit(r, m_imm(ST, G3, G1, 0x108));
	emit(r, m_imm(LDSTUB, G4, G1, 0x10d));
	emit(r, m_imm(SWAP, G4, G1, 0x110));
}

static const struct {
	unsigned insn, off, kind; /* kind: 0 load, 2 fetch, 4 store */
} touches[] = { { 0, 0x104, 0 }, { 1, 0, 2 }, { 3, 0x108, 4 }, { 4, 0x10d, 4 }, { 5, 0x110, 4 } };

static void expect_round(struct rig *r, unsigned *n, u32 code, unsigned level, unsigned acc,
			 unsigned super)
{
	for (unsigned i = 0; i < ARRAY_SIZE(touches); i++) {
		unsigned at = touches[i].kind | super, ft = ft_of[at][acc];
		struct logged l;
		u32 pc;

		if (!ft)
			continue;
		l = log_entry(r, (*n)++);
		pc = touches[i].kind == 2 ? va_of[level] : code + 4 * touches[i].insn;
		is_tt(l.tt, touches[i].kind == 2 ? TT_INSTRUCTION_ACCESS : TT_DATA_ACCESS,
		      "level %u, ACC %u, AT %u: tt", level, acc, at);
		is(l.pc, pc, "  pc");
		is(l.npc, pc + 4, "  nPC");
		is(l.sfsr, sfsr(level, at, ft), "  SFSR");
		is(l.sfar, va_of[level] + touches[i].off, "  SFAR");
	}
}

/* Twice, so that whatever was allowed the first time is in the TLB the second time. */
static void permission_program(struct rig *r, unsigned level, unsigned acc, unsigned super)
{
	u32 entry = pte(level == 1 ? 0 : DATA, acc), want = entry, loop;
	unsigned n = 0;

	mmu_on(r);
	rig_put(r, entry_of[level], entry);
	rig_put(r, DATA, a_imm(JMPL, G0, O7, 8));
	rig_put(r, DATA + 4, NOP);
	if (!super)
		r->start.psr &= ~0xc0u;
	r->start.globals[1] = va_of[level];
	loop = r->at;
	emit_accesses(r);
	emit_accesses(r);
	emit_end(r);
	if (!rig_all(r, 400, "level %u, ACC %u, S %u", level, acc, super))
		return;
	expect_round(r, &n, loop, level, acc, super);
	expect_round(r, &n, loop + 24, level, acc, super);
	is(log_count(r), n, "  no other traps");
	for (unsigned kind = 0; kind < 6; kind += 2)
		if (!ft_of[kind | super][acc])
			want |= kind == 4 ? PTE_R | PTE_M : PTE_R;
	is(rig_word(r, entry_of[level]), want, "  R and M");
}

/* H.5: what loads and stores at once is a store in SFSR.AT, whether the load would have been allowed or not. */
static void atomic_faults(struct rig *r)
{
	static const struct {
		const char *name;
		unsigned op3, asi, at;
	} one[] = {
		{ "SWAP", SWAP, 0, 5 },	     { "LDSTUB", LDSTUB, 0, 5 },
		{ "SWAPA a", SWAP, 0xa, 4 }, { "LDSTUBA a", LDSTUB, 0xa, 4 },
		{ "SWAPA b", SWAP, 0xb, 5 }, { "LDSTUBA b", LDSTUB, 0xb, 5 },
	};
	static const struct {
		const char *name;
		u32 entry;
		unsigned ft;
	} page[] = { { "read-only", (DATA >> 4) | 0 << 2 | 2, 2 }, { "invalid", 0, 1 } };

	for (unsigned p = 0; p < ARRAY_SIZE(page); p++) {
		mmu_on(r);
		rig_put(r, TABLE3, page[p].entry);
		rig_put(r, DATA + 8, 0x11223344);
		r->start.globals[1] = VA3 + 8;
		r->start.globals[2] = 0x55667788;
		for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
			emit(r, one[i].asi ? m_asi(one[i].op3, G2, G1, G0, one[i].asi)
					   : m_imm(one[i].op3, G2, G1, 0));
		emit_end(r);
		if (!rig_all(r, 300, "atomic, %s page", page[p].name))
			continue;
		is(log_count(r), ARRAY_SIZE(one), "  all trap");
		for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
			struct logged l = log_entry(r, i);

			is_tt(l.tt, TT_DATA_ACCESS, "  %s: tt", one[i].name);
			is(l.sfsr, sfsr(3, one[i].at, page[p].ft), "  %s: SFSR, a store's AT",
			   one[i].name);
			is(l.sfar, VA3 + 8, "  %s: SFAR", one[i].name);
		}
		is(rig_end(r, G2), 0x55667788, "  rd as it was");
		is(rig_word(r, DATA + 8), 0x11223344, "  memory as it was");
		is(rig_word(r, TABLE3), page[p].entry, "  neither R nor M");
	}
}

static void permission_programs(struct rig *r)
{
	for (unsigned level = 1; level < 4; level++)
		for (unsigned acc = 0; acc < 8; acc++)
			for (unsigned super = 0; super < 2; super++)
				permission_program(r, level, acc, super);
}

/* What a walk for VA3 meets, and the fault that it ends in. */
static const struct {
	const char *name;
	u32 at, word;
	unsigned level, ft;
} walks[] = {
	{ "invalid at level 0", CONTEXTS, 0, 0, 1 },
	{ "invalid at level 1", TABLE1 + 4 * 0x20, 0xfffffffc, 1, 1 },
	{ "invalid at level 2", TABLE2 + 4, 0, 2, 1 },
	{ "invalid at level 3", TABLE3, 0x0000801c, 3, 1 },
	{ "ET 3 at level 0", CONTEXTS, (TABLE1 >> 4) | 3, 0, 4 },
	{ "ET 3 at level 1", TABLE1 + 4 * 0x20, (TABLE2 >> 4) | 3, 1, 4 },
	{ "ET 3 at level 2", TABLE2 + 4, (TABLE3 >> 4) | 3, 2, 4 },
	{ "ET 3 at level 3", TABLE3, (DATA >> 4) | 0xf, 3, 4 },
	{ "PTD at level 3", TABLE3, (DATA >> 4) | 1, 3, 4 },
	/* L is the level of the table that holds the entry that could not be fetched. */
	{ "PTD to nowhere at level 0", CONTEXTS, (NOWHERE >> 4) | 1, 1, 4 },
	{ "PTD to nowhere at level 1", TABLE1 + 4 * 0x20, (NOWHERE >> 4) | 1, 2, 4 },
	{ "PTD to nowhere at level 2", TABLE2 + 4, (NOWHERE >> 4) | 1, 3, 4 },
};

static void walk_errors(struct rig *r)
{
	for (unsigned w = 0; w < ARRAY_SIZE(walks); w++)
		for (unsigned at = 0; at < 8; at++) {
			mmu_on(r);
			rig_put(r, walks[w].at, walks[w].word);
			go_live(r);
			is_tt(direct(r, at, VA3 + 0x120, 8), TT_DATA_ACCESS, "%s, AT %u: trap",
			      walks[w].name, at);
			is(r->cpu.mmu[MMU_SFSR], sfsr(walks[w].level, at, walks[w].ft), "  SFSR");
			is(r->cpu.mmu[MMU_SFAR], VA3 + 0x120, "  SFAR");
			is(rig_word(r, walks[w].at), walks[w].word, "  the entry as it was");
		}
	mmu_on(r);
	r->start.mmu[MMU_CTPR] = NOWHERE >> 4;
	go_live(r);
	is_tt(direct(r, 0, VA3, 4), TT_DATA_ACCESS, "context table nowhere: trap");
	is(r->cpu.mmu[MMU_SFSR], sfsr(0, 0, 4), "  SFSR");
}

/* The same met by a program, fetches among them. */
static void walk_error_programs(struct rig *r)
{
	for (unsigned w = 0; w < ARRAY_SIZE(walks); w++) {
		u32 s;

		mmu_on(r);
		if (walks[w].level == 0 || walks[w].at == CONTEXTS)
			continue;
		rig_put(r, walks[w].at, walks[w].word);
		r->start.globals[1] = VA3;
		emit_accesses(r);
		emit_end(r);
		if (!rig_all(r, 200, "%s", walks[w].name))
			continue;
		is(log_count(r), ARRAY_SIZE(touches), "  every access traps");
		for (unsigned i = 0; i < ARRAY_SIZE(touches); i++) {
			s = sfsr(walks[w].level, touches[i].kind | 1, walks[w].ft);
			is_tt(log_entry(r, i).tt, touches[i].kind == 2 ? 1 : 9, "  tt");
			is(log_entry(r, i).sfsr, s, "  SFSR");
			is(log_entry(r, i).sfar, VA3 + touches[i].off, "  SFAR");
		}
	}
}

/* Tables and pages above 4 GiB. */
static void high_tables(struct rig *r)
{
	mmu_on(r);
	rig_put(r, TABLE2 + 4, ptd(0x100000000));
	go_live(r);
	be32_put(r->high, pte(0xd00000000, 3));
	be32_put(r->high + HIGH_SIZE + 0x48, 0xcafe);
	u64 v = 0;
	is_tt(cpu_load_at(&r->cpu, VA3 + 0x48, 4, AT_LOAD_SUPER, &v), 0,
	      "table and page above 4 GiB");
	is(v, 0xcafe, "  the word");
	is(be32_get(r->high), pte(0xd00000000, 3) | PTE_R, "  R");
}

/* The level 3 table in a chip that counts. */
static void referenced_modified(struct rig *r)
{
	static const struct {
		unsigned at, before, after, writes;
	} steps[] = {
		{ 1, 0, PTE_R, 1 },
		{ 1, PTE_R, PTE_R, 0 },
		{ 0, PTE_R | PTE_M, PTE_R | PTE_M, 0 },
		{ 3, 0, PTE_R, 1 },
		{ 3, PTE_R, PTE_R, 0 },
		{ 5, 0, PTE_R | PTE_M, 1 },
		{ 5, PTE_R, PTE_R | PTE_M, 1 },
		{ 5, PTE_M, PTE_R | PTE_M, 1 },
		{ 5, PTE_R | PTE_M, PTE_R | PTE_M, 0 },
		{ 4, PTE_R, PTE_R | PTE_M, 1 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(steps); i++) {
		mmu_on(r);
		rig_put(r, TABLE2 + 4, ptd(CHIP_PA));
		go_live(r);
		r->chip[0] = pte(DATA, 3) | steps[i].before;
		is_tt(direct(r, steps[i].at, VA3, 4), 0, "AT %u with R, M %x", steps[i].at,
		      steps[i].before);
		is(r->chip[0], pte(DATA, 3) | steps[i].after, "  the entry");
		is(r->chip_writes, steps[i].writes, "  written");
	}
	/* A fault sets neither. */
	mmu_on(r);
	rig_put(r, TABLE2 + 4, ptd(CHIP_PA));
	go_live(r);
	r->chip[0] = pte(DATA, 0);
	is_tt(direct(r, 5, VA3, 4), TT_DATA_ACCESS, "a store that is not allowed");
	is(r->chip_writes, 0, "  writes no entry");
}

/* A load makes the translation known; the store after it must still set M. */
static void load_then_store(struct rig *r)
{
	for (unsigned level = 1; level < 4; level++) {
		mmu_on(r);
		r->start.globals[1] = va_of[level];
		emit(r, m_imm(LD, G2, G1, 0x100));
		emit(r, m_imm(LD, G2, G1, 0x100));
		emit_set(r, O0, entry_of[level]);
		emit(r, m_imm(LD, O1, O0, 0));
		emit(r, m_imm(ST, G1, G1, 0x100));
		emit(r, m_imm(LD, O2, O0, 0));
		emit(r, m_imm(ST, G0, G1, 0x104));
		emit_end(r);
		if (!rig_all(r, 40, "a store after a load, level %u", level))
			continue;
		is(rig_end(r, O1) & 0x60, PTE_R, "  R after the load");
		is(rig_end(r, O2) & 0x60, PTE_R | PTE_M, "  R and M after the store");
		is(rig_word(r, DATA + 0x100), va_of[level], "  the word");
	}
}

static void emit_mmu_write(struct rig *r, u32 reg, unsigned rs)
{
	emit_set(r, O5, reg);
	emit(r, m_asi(ST, rs, O5, G0, ASI_MMU_REGS));
}

static void emit_mmu_read(struct rig *r, unsigned rd, u32 reg)
{
	emit_set(r, O5, reg);
	emit(r, m_asi(LD, rd, O5, G0, ASI_MMU_REGS));
}

/* MMU control with NF as told. */
static void emit_no_fault(struct rig *r, bool on)
{
	emit_mmu_read(r, O4, 0);
	emit(r, on ? a_imm(OR, O4, O4, 2) : a_imm(0x05 /* ANDN */, O4, O4, 2));
	emit(r, m_asi(ST, O4, O5, G0, ASI_MMU_REGS));
}

#define BAD 0x55555550u /* nothing mapped in its region */

static void fault_registers(struct rig *r)
{
	u32 want = sfsr(1, AT_LOAD_SUPER, 1);

	mmu_on(r);
	r->start.globals[1] = BAD;
	emit_no_fault(r, true);
	emit(r, m_imm(LD, G2, G1, 4));
	emit_no_fault(r, false);
	emit_mmu_read(r, L0, 0x1300);
	emit_mmu_write(r, 0x300, G1); /* ignored */
	emit_mmu_write(r, 0x400, G1);
	emit_mmu_read(r, L1, 0x1300);
	emit_mmu_read(r, L2, 0x1400);
	emit_mmu_read(r, L3, 0x400);
	emit_mmu_read(r, L4, 0x300);
	emit_mmu_read(r, L5, 0x300);
	emit_mmu_read(r, L6, 0x1300);
	emit_mmu_read(r, L7, 0x400);
	emit(r, a_imm(SUB, G3, G0, 1));
	emit_mmu_write(r, 0x1300, G3);
	emit_mmu_write(r, 0x1400, G1);
	emit_mmu_read(r, I0, 0x1300);
	emit_mmu_read(r, I1, 0x1400);
	emit_mmu_read(r, I2, 0x400);
	emit_mmu_read(r, I3, 0x300);
	emit_mmu_read(r, I4, 0x300);
	emit_end(r);
	if (!rig_all(r, 150, "fault registers"))
		return;
	is(log_count(r), 0, "  no trap");
	is(rig_end(r, L0), want, "  1300 after a fault");
	is(rig_end(r, L1), want, "  1300 does not clear, 300 is not written");
	is(rig_end(r, L2), BAD + 4, "  1400, not written by way of 400");
	is(rig_end(r, L3), BAD + 4, "  400 too");
	is(rig_end(r, L4), want, "  300");
	is(rig_end(r, L5), 0, "  300 clears");
	is(rig_end(r, L6), 0, "  1300 then too");
	is(rig_end(r, L7), BAD + 4, "  but not 400");
	is(rig_end(r, I0), 0x16fff, "  1300 takes the bits that there are");
	is(rig_end(r, I1), BAD, "  1400 can be written");
	is(rig_end(r, I2), BAD, "  and read as 400");
	is(rig_end(r, I3), 0x16fff, "  300 reads what 1300 wrote");
	is(rig_end(r, I4), 0, "  once");
}

/*
 * H.5, OW: written more than once by faults of one class since it was read. A fault of a data
 * access replaces that of a fetch, never the other way round.
 */
static void overwrite(struct rig *r)
{
	struct cpu *cpu = &r->cpu;
	u32 insn;
	u64 v;

	mmu_on(r);
	go_live(r);
	is_tt(cpu_load_at(cpu, BAD, 4, AT_LOAD_SUPER, &v), 9, "a load faults");
	is(cpu->mmu[MMU_SFSR], sfsr(1, 1, 1), "  no OW");
	rig_put(r, TABLE3, pte(DATA, 0));
	rig_restore(r);
	is_tt(cpu_store_at(cpu, VA3 + 8, 4, AT_STORE_USER, 0), 9, "then a store");
	is(cpu->mmu[MMU_SFSR], sfsr(3, 4, 2) | SFSR_OW, "  the later one, and OW");
	is(cpu->mmu[MMU_SFAR], VA3 + 8, "  its address");
	is_tt(cpu_store_at(cpu, BAD + 16, 4, AT_STORE_SUPER, 0), 9, "then another");
	is(cpu->mmu[MMU_SFSR], sfsr(1, 5, 1) | SFSR_OW, "  the last one, and OW");
	is(srmmu_read_reg(cpu, 0x300), sfsr(1, 5, 1) | SFSR_OW, "  as it is read");
	is_tt(cpu_load_at(cpu, BAD, 4, AT_LOAD_USER, &v), 9, "a load after that");
	is(cpu->mmu[MMU_SFSR], sfsr(1, 0, 1), "  no OW");

	go_live(r);
	is_tt(cpu_fetch(cpu, BAD, &insn), 1, "a fetch faults");
	is(cpu->mmu[MMU_SFSR], sfsr(1, 3, 1), "  no OW");
	is_tt(cpu_fetch(cpu, BAD + 8, &insn), 1, "then another");
	is(cpu->mmu[MMU_SFSR], sfsr(1, 3, 1) | SFSR_OW, "  OW");
	go_live(r);
	is_tt(cpu_fetch(cpu, BAD, &insn), 1, "a fetch faults");
	is_tt(cpu_load_at(cpu, VA1, 4, AT_LOAD_SUPER, &v), 0, "a good load");
	is(cpu->mmu[MMU_SFSR], sfsr(1, 3, 1), "  changes nothing");
	is_tt(cpu_load_at(cpu, BAD + 4, 4, AT_LOAD_SUPER, &v), 9, "a load faults after the fetch");
	is(cpu->mmu[MMU_SFSR] & ~SFSR_OW, sfsr(1, 1, 1), "  the load's status");
	is(cpu->mmu[MMU_SFAR], BAD + 4, "  and address");
	is_tt(cpu_fetch(cpu, BAD + 12, &insn), 1, "and a fetch after that");
	is(cpu->mmu[MMU_SFSR] & ~SFSR_OW, sfsr(1, 1, 1), "  the load's status stays");
	is(cpu->mmu[MMU_SFAR], BAD + 4, "  and its address");
}

/* H.4, NF: recorded, but no trap, except for ASI 9; and nothing happens to memory. */
static void no_fault(struct rig *r)
{
	static const struct {
		const char *name;
		unsigned op3, at, off;
	} one[] = {
		{ "ld", LD, 1, 4 },	 { "ldub", LDUB, 1, 7 }, { "ldsh", LDSH, 1, 6 },
		{ "ldd", LDD, 1, 8 },	 { "st", ST, 5, 4 },	 { "stb", STB, 5, 1 },
		{ "sth", STH, 5, 2 },	 { "std", STD, 5, 8 },	 { "ldstub", LDSTUB, 5, 3 },
		{ "swap", SWAP, 5, 12 }, { "ldf", LDF, 1, 4 },	 { "lddf", LDDF, 1, 8 },
		{ "stf", STF, 5, 4 },	 { "stdf", STDF, 5, 8 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
		for (unsigned kind = 0; kind < 3; kind++) {
			/* Nothing there, not allowed, a bus error. */
			unsigned level = kind ? 3 : 1, ft = kind == 0 ? 1 : kind == 1 ? 2 : 5;
			u32 va = kind ? VA3 : BAD;

			mmu_on(r);
			rig_put(r, TABLE3, pte(kind == 1 ? DATA : NOWHERE, kind == 1 ? 4 : 7));
			r->start.globals[1] = va;
			r->start.globals[2] = 0x22222222;
			r->start.globals[3] = 0x33333333;
			emit_no_fault(r, true);
			emit(r, m_imm(one[i].op3, G2, G1, (s32)one[i].off));
			emit_mmu_read(r, L0, 0x400);
			emit_mmu_read(r, L1, 0x300);
			emit_no_fault(r, false);
			emit(r, m_imm(one[i].op3, G2, G1, (s32)one[i].off));
			emit_end(r);
			if (!rig_all(r, 100, "no-fault %s, FT %u", one[i].name, ft))
				continue;
			is(rig_end(r, L0), va + one[i].off, "  SFAR");
			/* L means nothing in a bus error. */
			is(rig_end(r, L1) | (ft == 5 ? 0x300 : 0),
			   sfsr(ft == 5 ? 3 : level, one[i].at, ft), "  SFSR, one fault");
			is(log_count(r), 1, "  no trap until NF is off");
			is_tt(log_entry(r, 0).tt, ft == 5 ? 0x29 : 9, "  and then at once");
			is(rig_word(r, DATA + 4), 0, "  memory as it was");
			is(rig_word(r, DATA), 0, "  memory as it was");
			is(rig_word(r, DATA + 12), 0, "  memory as it was");
		}
}

static void no_fault_traps(struct rig *r)
{
	mmu_on(r);
	r->start.globals[1] = BAD;
	emit_no_fault(r, true);
	emit(r, m_asi(LD, G2, G1, G0, ASI_SUPER_TEXT));
	emit(r, m_asi(LD, G2, G1, G0, ASI_USER_DATA));
	emit_mmu_read(r, L0, 0x300);
	emit(r, a_imm(JMPL, O7, G1, 0));
	emit(r, NOP);
	emit_end(r);
	if (!rig_all(r, 100, "no-fault mode, ASI 9 and fetches"))
		return;
	is(log_count(r), 2, "  trap");
	is_tt(log_entry(r, 0).tt, 9, "  ASI 9");
	is(log_entry(r, 0).sfsr, sfsr(1, 3, 1), "  SFSR");
	is(rig_end(r, L0), sfsr(1, 0, 1), "  ASI a does not");
	is_tt(log_entry(r, 1).tt, 1, "  a supervisor's fetch does");
	is(log_entry(r, 1).pc, BAD, "  at its address");
}

/* MMU off, boot mode on: fetches come from the ROM whatever the address, data is physical. */
static void boot_mode(struct rig *r)
{
	u32 keep;

	rig_clear(r);
	memset(r->rom, 0, ROM_SIZE);
	r->start.mmu[MMU_CTRL] |= r->cpu.model->mmu_bm;
	r->start.pc = 0;
	r->start.npc = 4;
	rig_put(r, DATA, 0xdada0001);
	r->at = 0;
	emit_set(r, G1, DATA);
	emit(r, m_imm(LD, G2, G1, 0)); /* RAM, not ROM */
	emit_set(r, G3, ROM_PA + 0x200);
	emit(r, m_imm(LD, G3, G3, 0)); /* the ROM as data */
	emit_set(r, G4, 0xffd00204);
	emit(r, m_asi(LD, G4, G4, G0, ASI_SUPER_TEXT)); /* the ROM by way of fetches */
	emit_set(r, G5, 0xffd00200);
	emit(r, a_imm(JMPL, G0, G5, 0x10));
	emit(r, m_imm(ST, G2, G1, 4));
	r->at = 0x200;
	emit(r, 0x11110200);
	emit(r, 0x11110204);
	r->at = 0x210; /* ffd00210 */
	emit_set(r, G7, 0x12300000 + 0x7fffc); /* 512 KiB repeat */
	emit(r, a_imm(JMPL, G0, G7, 0));
	emit(r, NOP);
	memcpy(r->rom, r->image, 0x1000);
	memset(r->image, 0, 0x1000);
	keep = r->at = CODE;
	/* 1237fffc, then 12380000 is the ROM's beginning again: jump to CODE from there. */
	be32_put(r->rom + 0x7fffc, a_bicc(BA, true, 0x3000 + 4));
	r->at = 0x3000;
	emit_set(r, L0, CODE);
	emit(r, a_imm(JMPL, G0, L0, 0));
	emit(r, NOP);
	memcpy(r->rom + 0x3000, r->image + 0x3000, 16);
	r->at = keep;
	/* Boot mode ends here: ROM and RAM hold the same, and then not. */
	emit_mmu_read(r, O4, 0);
	emit_set(r, O3, ~r->cpu.model->mmu_bm);
	emit(r, a_reg(AND, O4, O4, O3));
	emit(r, m_asi(ST, O4, O5, G0, ASI_MMU_REGS));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	memcpy(r->rom + CODE, r->image + CODE, 0x100);
	be32_put(r->rom + r->at, a_imm(OR, L1, G0, 1));
	emit(r, a_imm(OR, L1, G0, 2));
	emit_end(r);
	memcpy(r->rom + r->at - 8, r->image + r->at - 8, 8);
	if (!rig_all(r, 60, "boot mode"))
		return;
	is(rig_end(r, G2), 0xdada0001, "  data is physical");
	is(rig_end(r, G3), 0x11110200, "  the ROM at its physical address");
	is(rig_end(r, G4), 0x11110204, "  ASI 9 reads as fetches do");
	is(rig_word(r, DATA + 4), 0xdada0001, "  a store, in a slot");
	is(rig_end(r, L0), CODE, "  512 KiB repeat");
	is(rig_end(r, L1), 2, "  without BM fetches are physical");
	memset(r->rom, 0, ROM_SIZE);
}

/* MMU off: addresses are physical, nobody is kept out, but somebody must be there. */
static void mmu_off(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	r->start.psr &= ~0xc0u; /* user */
	r->start.globals[1] = DATA;
	r->start.globals[3] = NOWHERE;
	r->start.globals[4] = CHIP_PA;
	emit(r, m_imm(ST, G1, G1, 4));
	emit(r, m_imm(LD, G2, G1, 4));
	emit(r, m_imm(LD, O0, G3, 8));
	emit(r, m_imm(STH, O0, G3, 2));
	emit(r, a_imm(JMPL, O7, G3, 0));
	emit(r, NOP);
	emit(r, m_imm(LDUB, O0, G4, 1));
	emit(r, m_imm(ST, G1, G4, 4));
	emit_end(r);
	if (!rig_all(r, 150, "MMU off"))
		return;
	is(rig_end(r, G2), DATA, "  a word");
	is(r->chip[1], DATA, "  a chip");
	is(log_count(r), 4, "  bus errors");
	is_tt(log_entry(r, 0).tt, 0x29, "  of a load");
	is(log_entry(r, 0).sfar, NOWHERE + 8, "  with its address");
	is(log_entry(r, 0).sfsr & ~0x300u, sfsr(0, 0, 5), "  and status");
	is_tt(log_entry(r, 1).tt, 0x29, "  of a store");
	is(log_entry(r, 1).sfsr & ~0x300u, sfsr(0, 4, 5), "  with its status");
	is_tt(log_entry(r, 2).tt, 0x21, "  of a fetch");
	is(log_entry(r, 2).pc, NOWHERE, "  at its address");
	is_tt(log_entry(r, 3).tt, 0x29, "  of a width that the chip has not");
}

static void bus_errors(struct rig *r)
{
	static const struct {
		unsigned op3, off, kind;
	} one[] = { { LD, 4, 0 },  { LDUB, 3, 0 }, { LDD, 8, 0 },    { ST, 12, 4 },
		    { STH, 6, 4 }, { STD, 16, 4 }, { LDSTUB, 5, 4 }, { SWAP, 20, 4 } };

	for (unsigned super = 0; super < 2; super++) {
		mmu_on(r);
		rig_put(r, TABLE3, pte(NOWHERE, 3));
		r->start.globals[1] = VA3;
		if (!super)
			r->start.psr &= ~0xc0u;
		for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
			emit(r, m_imm(one[i].op3, G2, G1, (s32)one[i].off));
		emit(r, a_imm(JMPL, O7, G1, 0x40));
		emit(r, NOP);
		emit_end(r);
		if (!rig_all(r, 300, "bus errors, S %u", super))
			continue;
		is(log_count(r), ARRAY_SIZE(one) + 1, "  all trap");
		for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
			struct logged l = log_entry(r, i);

			is_tt(l.tt, TT_DATA_ERROR, "  op3 %02x: data_access_error", one[i].op3);
			is(l.pc, CODE + 4 * i, "  pc");
			is(l.sfsr & ~0x300u, sfsr(0, one[i].kind | super, 5), "  SFSR");
			is(l.sfar, VA3 + one[i].off, "  SFAR: the virtual address");
		}
		is_tt(log_entry(r, ARRAY_SIZE(one)).tt, TT_INSTRUCTION_ERROR, "  fetch");
		is(log_entry(r, ARRAY_SIZE(one)).pc, VA3 + 0x40, "  pc");
		is(log_entry(r, ARRAY_SIZE(one)).sfsr & ~0x300u, sfsr(0, 2 | super, 5), "  SFSR");
	}
	/* A chip behind the MMU: words only. */
	mmu_on(r);
	rig_put(r, TABLE3, pte(CHIP_PA, 7));
	r->start.globals[1] = VA3;
	r->start.globals[2] = 0x1234;
	emit(r, m_imm(ST, G2, G1, 8));
	emit(r, m_imm(SWAP, G2, G1, 12));
	emit(r, m_imm(LD, G3, G1, 8));
	emit(r, m_imm(LDUB, G4, G1, 9));
	emit(r, m_imm(LDSTUB, G4, G1, 9));
	emit_end(r);
	if (!rig_all(r, 100, "a chip"))
		return;
	is(rig_end(r, G2), 0, "  swap reads");
	is(r->chip[3], 0x1234, "  and writes");
	is(rig_end(r, G3), 0x1234, "  ld");
	is(log_count(r), 2, "  no bytes");
	is_tt(log_entry(r, 0).tt, 0x29, "  to read");
	is_tt(log_entry(r, 1).tt, 0x29, "  or set");
	is(r->chip_writes, 2, "  nothing else was written");
}

/*
 * H.3, table H-4: by type and the level at which the walk for VA3 meets a PTE, an
 * invalid or a reserved entry, or (level 4) its full depth.
 */
enum { NEXT_PTD, IS_PTE, IS_INVALID, IS_RESERVED, IS_NOWHERE };

static void one_probe(struct rig *r, unsigned level, unsigned what, unsigned type)
{
	static const u32 at[] = { CONTEXTS, TABLE1 + 4 * 0x20, TABLE2 + 4, TABLE3 };
	static const u32 word[] = { 0, (0x40000 >> 4) | 0x1e, 0x08abcdf0, (DATA >> 4) | 0x1f,
				    (NOWHERE >> 4) | 1 };
	unsigned wanted = type == 4 ? 0 : 3 - type;
	u64 got = ~0ull;
	u32 want = 0;

	mmu_on(r);
	if (what != NEXT_PTD)
		rig_put(r, at[level], word[what]);
	go_live(r);
	is(cpu_load_asi(&r->cpu, ASI_MMU_FLUSH_PROBE, (VA3 & ~0xfffu) | type << 8 | 0x18, 4, &got),
	   0, "probe type %u, %u at level %u: no trap", type, what, level);
	if (type > 4)
		return;
	if (type == 4) {
		want = what == IS_PTE ? word[what] : what == NEXT_PTD ? pte(DATA, 3) : 0;
	} else if (what == NEXT_PTD || wanted < level) {
		want = be32_get(r->image + at[wanted]);
	} else if (what == IS_NOWHERE) {
		/* The PTD itself can be probed, what it points to cannot. */
		want = wanted == level ? word[what] : 0;
	} else if (wanted == level) {
		want = what == IS_RESERVED ? 0 : word[what];
	}
	/* A probe of the entire walk may set R. */
	is(got & ~(u64)PTE_R, want & ~(u32)PTE_R, "  result");
}

static void probes(struct rig *r)
{
	for (unsigned type = 0; type < 16; type++) {
		for (unsigned level = 0; level < 4; level++)
			for (unsigned what = IS_PTE; what <= IS_NOWHERE; what++)
				if (level < 3 || what != IS_NOWHERE)
					one_probe(r, level, what, type);
		one_probe(r, 3, NEXT_PTD, type);
	}
	/* By a program that goes on to use the page: probes change no translation. */
	mmu_on(r);
	r->start.globals[1] = VA3;
	emit(r, m_imm(LD, G2, G1, 0));
	for (s32 type = 0; type < 16; type++) {
		emit(r, a_imm(ADD, G3, G1, type << 8));
		emit(r, m_asi(LD, G4, G3, G0, ASI_MMU_FLUSH_PROBE));
	}
	emit(r, m_imm(ST, G1, G1, 4));
	emit_end(r);
	if (rig_all(r, 100, "probes by a program")) {
		is(log_count(r), 0, "  no traps");
		is(rig_word(r, DATA + 4), VA3, "  the store after them");
	}
}

/*
 * Load, store and call at a page, move it by its entry, flush, and again. Flushes reach entries
 * of these levels at least: page 3; segment 2, 3; region 1 to 3; context and entire all.
 */
static void one_flush(struct rig *r, unsigned level, unsigned type)
{
	u32 to = 0x40000; /* the entry's new page */
	u32 va = va_of[level];

	/* A level 1 page cannot move within memory: it becomes a table. */
	if (level == 1)
		va = 0x10040000;
	mmu_on(r);
	rig_put(r, 0x40000, a_imm(JMPL, G0, O7, 8));
	rig_put(r, 0x40004, a_imm(OR, G5, G0, 0x40));
	rig_put(r, 0x40100, 0x40);
	rig_put(r, DATA, a_imm(JMPL, G0, O7, 8));
	rig_put(r, DATA + 4, a_imm(OR, G5, G0, 0x80));
	rig_put(r, DATA + 0x100, 0x80);
	r->start.globals[1] = va;
	r->start.globals[3] = 0x333;
	for (unsigned pass = 0; pass < 2; pass++) {
		emit(r, m_imm(LD, pass ? L1 : L0, G1, 0x100));
		emit(r, m_imm(ST, G3, G1, 0x104));
		emit(r, a_imm(JMPL, O7, G1, 0));
		emit(r, NOP);
		emit(r, a_imm(OR, pass ? L3 : L2, G5, 0));
		if (pass)
			break;
		emit(r, a_imm(ADD, G3, G3, 1));
		emit_set(r, O0, level == 1 ? TABLE1 + 4 * 0x10 : entry_of[level]);
		emit_set(r, O1, level == 1 ? ptd(OTHER2) : pte(to, 3));
		emit(r, m_imm(ST, O1, O0, 0));
		emit_set(r, O2, (va & ~0xfffu) | type << 8 | 0x50);
		emit(r, m_asi(ST, G0, O2, G0, ASI_MMU_FLUSH_PROBE));
		emit(r, NOP);
	}
	rig_put(r, OTHER2 + 4, pte(DATA, 3));
	emit_end(r);
	if (!rig_all(r, 100, "flush type %u, page of level %u", type, level))
		return;
	is(log_count(r), 0, "  no traps");
	is(rig_end(r, L0), level == 1 ? 0x40 : 0x80, "  load before");
	is(rig_end(r, L2), level == 1 ? 0x40 : 0x80, "  call before");
	is(rig_end(r, L1), level == 1 ? 0x80 : 0x40, "  load after");
	is(rig_end(r, L3), level == 1 ? 0x80 : 0x40, "  call after");
	is(rig_word(r, DATA + 0x104), level == 1 ? 0x334 : 0x333, "  stores");
	is(rig_word(r, 0x40104), level == 1 ? 0x333 : 0x334, "  stores");
}

static void flushes(struct rig *r)
{
	static const unsigned lowest[5] = { 3, 2, 1, 1, 1 };

	for (unsigned type = 0; type < 5; type++)
		for (unsigned level = lowest[type]; level < 4; level++)
			one_flush(r, level, type);
	/* Types that mean nothing do nothing. */
	mmu_on(r);
	r->start.globals[1] = VA3;
	for (s32 type = 5; type < 16; type++) {
		emit(r, a_imm(ADD, G2, G1, type << 8));
		emit(r, m_asi(ST, G0, G2, G0, ASI_MMU_FLUSH_PROBE));
	}
	emit_end(r);
	if (rig_all(r, 60, "flushes of no type"))
		is(log_count(r), 0, "  no traps");
}

/* A page that is taken away, or some of its permissions, and flushed. */
/*
 * A TLB holds what a walk found, and only what it found valid: an entry that becomes valid needs no flush.
 * Where one that was valid changes, H.3 asks for a flush; without it a chip has the old one until it needs the
 * place. So has this: until the guest flushes, changes context or switches the MMU, the translation stays as
 * long as its place in the TLB does, by the engine as by the reference.
 */
static void unflushed(struct rig *r)
{
	mmu_on(r);
	rig_put(r, TABLE3, 0);
	r->start.globals[1] = VA3;
	r->start.globals[2] = TABLE3;
	r->start.globals[3] = pte(DATA, 3);
	r->start.globals[4] = 0x77;
	emit(r, m_imm(LD, O0, G1, 0)); /* invalid: a trap */
	emit(r, m_imm(ST, G3, G2, 0));
	emit(r, m_imm(ST, G4, G1, 0));
	emit(r, m_imm(LD, O1, G1, 0));
	/* A flush of another page, then of this one. */
	emit(r, m_imm(ST, G0, G2, 0));
	emit_set(r, O5, VA3 + 0x1000);
	emit(r, m_asi(ST, G0, O5, G0, ASI_MMU_FLUSH_PROBE));
	emit(r, m_imm(LD, O2, G1, 0));
	emit(r, m_asi(ST, G0, G1, G0, ASI_MMU_FLUSH_PROBE));
	emit(r, m_imm(LD, O3, G1, 0));
	emit_end(r);
	if (!rig_all(r, 200, "an entry that changes without a flush"))
		return;
	is(rig_end(r, O1), 0x77, "  valid now: seen at once");
	is(rig_end(r, O2), 0x77, "  invalid now: the translation stays");
	is(log_count(r), 2, "  traps while there was none, and after the flush");
	is(log_entry(r, 0).sfsr, sfsr(3, 1, FT_INVALID), "  SFSR of the first");
	is(log_entry(r, 1).sfsr, sfsr(3, 1, FT_INVALID), "  and of the second");
}

static void permission_changes(struct rig *r)
{
	for (unsigned acc = 0; acc < 9; acc++) {
		u32 entry = acc == 8 ? 0 : pte(DATA, acc);
		unsigned n = 0;

		mmu_on(r);
		rig_put(r, DATA, a_imm(JMPL, G0, O7, 8));
		rig_put(r, DATA + 4, NOP);
		r->start.globals[1] = VA3;
		emit_accesses(r);
		emit_set(r, O0, TABLE3);
		emit_set(r, O1, entry);
		emit(r, m_imm(ST, O1, O0, 0));
		emit(r, m_asi(ST, G0, G1, G0, ASI_MMU_FLUSH_PROBE));
		emit_accesses(r);
		/* And back again. */
		emit_set(r, O1, pte(DATA, 3));
		emit(r, m_imm(ST, O1, O0, 0));
		emit(r, m_asi(ST, G0, G1, G0, ASI_MMU_FLUSH_PROBE));
		emit_accesses(r);
		emit_end(r);
		if (!rig_all(r, 300, "from ACC 3 to %u and back", acc))
			continue;
		for (unsigned i = 0; i < ARRAY_SIZE(touches); i++) {
			unsigned at = touches[i].kind | 1;
			unsigned ft = acc == 8 ? FT_INVALID : ft_of[at][acc];

			if (ft)
				is(log_entry(r, n++).sfsr, sfsr(3, at, ft), "  SFSR, AT %u", at);
		}
		is(log_count(r), n, "  no other traps");
	}
}

/* Context switches are seen by the next access, for data and code. */
static void contexts(struct rig *r)
{
	static const u32 phys[2] = { DATA, 0x40000 };

	mmu_on(r);
	rig_put(r, OTHER1 + 4 * 0x20, ptd(OTHER2));
	rig_put(r, OTHER2 + 4, ptd(OTHER3));
	rig_put(r, OTHER3, pte(0x40000, 3));
	for (u32 c = 0; c < 2; c++) {
		rig_put(r, phys[c], a_imm(JMPL, G0, O7, 8));
		rig_put(r, phys[c] + 4, a_imm(ADD, G5, G5, c ? 0x100 : 1));
	}
	r->start.globals[1] = VA3;
	emit_mmu_read(r, O0, 0x200);
	for (unsigned i = 0; i < 6; i++) {
		emit(r, m_imm(LD, G2, G1, 0x100));
		emit(r, a_imm(ADD, G2, G2, i < 4 ? 1 : 0x10));
		emit(r, m_imm(ST, G2, G1, 0x100));
		emit(r, a_imm(JMPL, O7, G1, 0));
		emit(r, NOP);
		emit(r, a_imm(XOR, O0, O0, 1));
		emit_mmu_write(r, 0x200, O0);
	}
	emit_mmu_read(r, O1, 0x200);
	emit_end(r);
	if (!rig_all(r, 120, "contexts"))
		return;
	is(log_count(r), 0, "  no traps");
	is(rig_word(r, DATA + 0x100), 0x12, "  data of context 0");
	is(rig_word(r, 0x40100), 0x12, "  data of context 1");
	is(rig_end(r, G5), 0x303, "  code of both");
	is(rig_end(r, O1), 0, "  the register");
}

/* Another context table, and a flush of everything. */
static void context_tables(struct rig *r)
{
	u32 second = 0x37000;

	mmu_on(r);
	rig_put(r, second, ptd(OTHER1));
	rig_put(r, OTHER1 + 4 * 0x20, ptd(OTHER2));
	rig_put(r, OTHER2 + 4, pte(0x40000, 3));
	rig_put(r, DATA + 8, 1);
	rig_put(r, 0x40008, 2);
	r->start.globals[1] = VA3;
	emit(r, m_imm(LD, L0, G1, 8));
	emit_set(r, O0, second >> 4);
	emit_mmu_write(r, 0x100, O0);
	emit(r, a_imm(OR, O1, G0, 0x400));
	emit(r, m_asi(ST, G0, O1, G0, ASI_MMU_FLUSH_PROBE));
	emit(r, m_imm(LD, L1, G1, 8));
	emit_mmu_read(r, L2, 0x100);
	emit_end(r);
	if (!rig_all(r, 40, "another context table"))
		return;
	is(rig_end(r, L0), 1, "  before");
	is(rig_end(r, L1), 2, "  after");
	is(rig_end(r, L2), second >> 4, "  the register");
}

/* Code that moves its own page: how = 0 by its entry and a flush, 1 by a context switch. */
static void moving_code(struct rig *r, unsigned how)
{
	u32 here = DATA, there = 0x40000, at;

	mmu_on(r);
	rig_put(r, OTHER1 + 4 * 0x20, ptd(OTHER2));
	rig_put(r, OTHER2 + 4, pte(there, 3));
	r->start.globals[1] = VA3;
	emit(r, a_imm(JMPL, G0, G1, 0));
	emit(r, NOP);
	r->at = here;
	if (how == 0) {
		emit_set(r, O0, TABLE3);
		emit_set(r, O1, pte(there, 3));
		emit(r, m_imm(ST, O1, O0, 0));
		emit(r, m_asi(ST, G0, G1, G0, ASI_MMU_FLUSH_PROBE));
	} else {
		emit(r, a_imm(OR, O0, G0, 1));
		emit_mmu_write(r, 0x200, O0);
	}
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	memcpy(r->image + there, r->image + here, 0x100);
	at = r->at;
	for (u32 i = 0; i < 2; i++) {
		r->at = i ? there + (at - here) : at;
		emit(r, a_imm(ADD, G5, G5, i ? 2 : 1));
		emit(r, a_bicc(BA, false, 12));
		emit(r, a_imm(ADD, G5, G5, i ? 0x20 : 0x10));
		emit(r, NOP);
		emit(r, a_imm(ADD, G5, G5, i ? 0x200 : 0x100));
		emit_end(r);
	}
	if (rig_all(r, 60, "code that moves itself, %s", how ? "context" : "entry"))
		is(rig_end(r, G5), 0x222, "  goes on where it is now");
}

/* E off and on again: the next data access is physical, and then virtual again. */
static void enable(struct rig *r)
{
	mmu_on(r);
	rig_put(r, TABLE1 + 4 * 0x30, ptd(OTHER2));
	rig_put(r, OTHER2, ptd(OTHER3));
	rig_put(r, OTHER3, pte(DATA, 3));
	rig_put(r, DATA, 0x1111);
	r->start.globals[1] = CHIP_PA; /* physical: the chip; virtual: DATA */
	emit(r, a_imm(OR, G2, G0, 0x777));
	emit_mmu_read(r, O4, 0);
	emit(r, m_imm(LD, L0, G1, 0));
	emit(r, m_imm(ST, G2, G1, 4));
	emit(r, a_imm(XOR, O4, O4, 1));
	emit_mmu_write(r, 0, O4);
	emit(r, m_imm(ST, G2, G1, 0));
	emit(r, m_imm(LD, L1, G1, 0));
	emit(r, a_imm(XOR, O4, O4, 1));
	emit_mmu_write(r, 0, O4);
	emit(r, m_imm(LD, L2, G1, 4));
	emit(r, m_imm(LD, L3, G1, 0));
	emit_end(r);
	if (!rig_all(r, 60, "E off and on"))
		return;
	is(rig_end(r, L0), 0x1111, "  translated");
	is(rig_end(r, L1), 0x777, "  physical");
	is(r->chip[0], 0x777, "  the chip");
	is(rig_end(r, L2), 0x777, "  translated again");
	is(rig_end(r, L3), 0x1111, "  translated again");
	is(log_count(r), 0, "  no traps");
}

/* The supervisor's pages after RETT to the user, and after a trap. */
static void user_and_supervisor(struct rig *r)
{
	for (unsigned acc = 5; acc < 8; acc++) {
		unsigned n = 0;
		u32 user;

		mmu_on(r);
		rig_put(r, TABLE3, pte(DATA, acc));
		r->start.globals[1] = VA3;
		r->start.psr &= ~0x40u; /* PS = 0 */
		emit(r, m_imm(LD, G2, G1, 0x10));
		emit(r, m_imm(ST, G2, G1, 0x14));
		emit(r, m_imm(LD, G2, G1, 0x10));
		/* ET off, then RETT into the next window as the user. */
		emit(r, a_imm(RDPSR, O0, 0, 0));
		emit(r, a_imm(0x05, O0, O0, 0x60));
		emit(r, a_imm(WRPSR, 0, O0, 0));
		emit(r, NOP);
		emit(r, NOP);
		emit(r, NOP);
		user = r->at + 16;
		emit_set(r, O1, user);
		emit(r, a_imm(JMPL, G0, O1, 0));
		emit(r, a_imm(RETT, 0, O1, 4));
		emit(r, m_imm(LD, G2, G1, 0x10));
		emit(r, m_imm(ST, G2, G1, 0x14));
		emit(r, m_imm(LD, G2, G1, 0x10));
		emit_end(r);
		/* The supervisor touches the page in the trap handler, too. */
		if (!rig_all(r, 200, "ACC %u: supervisor, then user", acc))
			continue;
		if (acc == 6)
			is(log_entry(r, n++).sfsr, sfsr(3, 5, 2), "  the supervisor's store");
		if (acc != 5)
			is(log_entry(r, n++).sfsr, sfsr(3, 0, 3), "  the user's load");
		is(log_entry(r, n++).sfsr, sfsr(3, 4, acc == 5 ? 2 : 3), "  the user's store");
		if (acc != 5)
			is(log_entry(r, n++).sfsr, sfsr(3, 0, 3), "  the user's second load");
		is(log_count(r), n, "  no other traps");
		is(r->end.psr & 0x80, 0, "  ends as the user");
	}
}

/* Many addresses of one page, alike in their low 20 bits, and of many pages by turns. */
static void aliases(struct rig *r)
{
	u32 loop, sum = 0;

	mmu_on(r);
	for (u32 i = 0; i < 8; i++)
		rig_put(r, TABLE1 + 4 * (0x40 + i), pte(0, 3));
	/* 16 MiB apart: the same page; a store by one is seen by all others. */
	r->start.globals[1] = 0x40000000 + DATA;
	r->start.globals[3] = 0x41000000 + DATA;
	r->start.globals[5] = 0x47000000 + DATA;
	r->start.globals[7] = 0x42100000 - 0x1000; /* another page */
	loop = r->at;
	emit(r, a_imm(ADD, G2, G2, 1));
	emit(r, m_imm(ST, G2, G1, 0));
	emit(r, m_imm(LD, G4, G3, 0));
	emit(r, a_reg(ADD, L0, L0, G4));
	emit(r, m_imm(ST, G4, G3, 4));
	emit(r, m_imm(LD, G4, G5, 4));
	emit(r, a_reg(ADD, L0, L0, G4));
	emit(r, m_imm(ST, L0, G7, 0));
	emit(r, m_imm(LD, L1, G7, 0));
	emit(r, m_imm(SWAP, G4, G5, 8));
	emit(r, a_imm(SUBCC, G0, G2, 9));
	emit(r, a_bicc(BNE, false, (s32)(loop - r->at)));
	emit(r, m_imm(STB, G2, G3, 12));
	emit_end(r);
	for (u32 i = 1; i < 10; i++)
		sum += 2 * i;
	if (!rig_all(r, 150, "many addresses of a page"))
		return;
	is(rig_end(r, L0), sum, "  the sum of what was read");
	is(rig_word(r, 0xff000), sum, "  another page");
	is(rig_word(r, DATA + 8), 9, "  swapped");
	is(rig_word(r, DATA + 12), 9u << 24, "  a byte");
}

/* The last word of the address space is followed by the first. */
static void wrap(struct rig *r)
{
	u32 last = 0x90000;

	mmu_on(r);
	rig_put(r, TABLE1 + 4 * 0xff, ptd(OTHER2));
	rig_put(r, OTHER2 + 4 * 63, ptd(OTHER3));
	rig_put(r, OTHER3 + 4 * 63, pte(last, 7));
	r->start.globals[1] = 0xfffffffc;
	/* Straight over the end. */
	emit(r, a_imm(JMPL, G0, G1, -4));
	emit(r, NOP);
	r->at = last + 0xff8;
	emit(r, a_imm(ADD, G2, G2, 1)); /* fffffff8 */
	emit(r, a_imm(ADD, G2, G2, 2)); /* fffffffc */
	r->at = 0;
	emit(r, a_imm(ADD, G2, G2, 4)); /* 0 */
	emit(r, m_imm(LD, G3, G1, 0x20)); /* 1c */
	emit(r, m_imm(LD, G4, G0, -8)); /* fffffff8 */
	emit(r, a_imm(SUBCC, G0, G2, 14)); /* second time? */
	emit(r, a_bicc(BE, false, 0x20 - 0x10));
	emit(r, a_imm(ADD, G2, G2, 0)); /* slot */
	emit(r, a_bicc(BA, false, -8 - 0x18)); /* back over the end to fffffff8 */
	emit(r, a_imm(ADD, G2, G2, 0)); /* 1c */
	r->at = 0x20;
	/* A call at the very end, its slot at 0. */
	emit(r, a_bicc(BA, false, 0x100 - 0x20));
	emit(r, NOP);
	r->at = 0x100;
	emit(r, m_imm(ST, G5, G1, 0)); /* fffffffc: call 200 */
	emit(r, a_imm(JMPL, G0, G1, 0));
	emit(r, NOP);
	r->start.globals[5] = a_call(0x204);
	r->at = 0x200;
	emit(r, a_imm(ADD, L0, O7, 0));
	emit_end(r);
	if (!rig_all(r, 60, "over the end of the address space"))
		return;
	is(log_count(r), 0, "  no traps");
	is(rig_end(r, G2), 18, "  sums");
	is(rig_end(r, G3), a_imm(ADD, G2, G2, 0), "  data behind the end");
	is(rig_end(r, G4), a_imm(ADD, G2, G2, 1), "  data before 0");
	is(rig_end(r, L0), 0xfffffffc, "  the call");
}

/* Code that runs into a page that is not there. */
static void page_ends(struct rig *r)
{
	for (unsigned how = 0; how < 6; how++) {
		struct logged l;

		mmu_on(r);
		rig_put(r, TABLE3 + 4, 0);
		r->start.globals[1] = VA3 + 0xff8;
		emit(r, a_imm(JMPL, O7, G1, 0));
		emit(r, NOP);
		emit(r, a_imm(OR, G5, G0, 5));
		emit_end(r);
		r->at = DATA + 0xff8;
		/* ldd at the page's end is one access, whatever follows. */
		emit(r, how == 5 ? m_imm(LDD, G2, G1, 0) : a_imm(SUBCC, G0, G0, 1));
		emit(r, how == 0   ? a_bicc(BA, false, -0x40)
			: how == 1 ? a_bicc(BE, false, -0x40)
			: how == 2 ? a_bicc(BNE, true, -0x40)
			: how == 3 ? a_call(-0x40)
			: how == 4 ? NOP
				   : a_imm(OR, G4, G0, 4));
		/* The call puts its own address where the handler goes back to: no end to that. */
		if (!ok(how == 3 ? rig_same(r, 3000) : rig_same_spin(r, 80),
			"the page's end, %u: all ways to run it end alike", how))
			continue;
		ok(log_count(r) == 1 || how == 3, "  one trap");
		l = log_entry(r, 0);
		is_tt(l.tt, 1, "  tt");
		is(l.pc, VA3 + 0x1000, "  pc");
		is(l.npc, how == 0 || how == 2 || how == 3 ? VA3 + 0xffc - 0x40 : VA3 + 0x1004,
		   "  nPC");
		is(l.sfsr, sfsr(3, 3, 1), "  SFSR");
		is(l.sfar, VA3 + 0x1000, "  SFAR");
		is(rig_end(r, G5), how == 3 ? 0 : 5, "  went on");
	}
}

/* Alignment goes before the MMU, and leaves its registers alone. */
static void priorities(struct rig *r)
{
	static const struct {
		unsigned op3, off;
	} one[] = { { LD, 1 },	 { LD, 2 },  { LDUH, 1 }, { LDSH, 3 },	{ LDD, 4 },
		    { ST, 3 },	 { STH, 1 }, { STD, 4 },  { SWAP, 2 },	{ LDF, 2 },
		    { LDDF, 4 }, { STF, 1 }, { STDF, 4 }, { LDFSR, 2 }, { STFSR, 2 } };

	mmu_on(r);
	r->start.globals[1] = BAD;
	for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
		emit(r, m_imm(one[i].op3, G2, G1, (s32)one[i].off));
	emit_end(r);
	if (!rig_all(r, 500, "misaligned, and nothing there"))
		return;
	is(log_count(r), ARRAY_SIZE(one), "  all trap");
	for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
		is_tt(log_entry(r, i).tt, TT_NOT_ALIGNED, "  op3 %02x, %u off", one[i].op3,
		      one[i].off);
		is(log_entry(r, i).pc, CODE + 4 * i, "  pc");
		is(log_entry(r, i).sfsr, 0, "  SFSR");
		is(log_entry(r, i).sfar, 0, "  SFAR");
	}
}

/* The last eight bytes of a page before nothing, and registers after LDD and STD that fault. */
static void doubles(struct rig *r)
{
	mmu_on(r);
	rig_put(r, DATA + 0xff8, 0xaaaa);
	rig_put(r, DATA + 0xffc, 0xbbbb);
	r->start.globals[1] = VA3;
	r->start.globals[2] = 2;
	r->start.globals[3] = 3;
	emit(r, m_imm(LDD, L0, G1, 0xff8));
	emit(r, m_imm(STD, L0, G1, 0xff0));
	emit_set(r, G4, VA3 + 0x1000);
	emit(r, m_imm(LDD, G2, G4, 0));
	emit(r, m_imm(STD, G2, G4, 0));
	/* rd = rs1: the address is read before */
	emit(r, m_imm(LDD, G4, G4, -8));
	emit_end(r);
	if (!rig_all(r, 100, "doubles"))
		return;
	is(rig_end(r, L0), 0xaaaa, "  ldd");
	is(rig_end(r, L1), 0xbbbb, "  ldd");
	is(rig_word(r, DATA + 0xff4), 0xbbbb, "  std");
	is(log_count(r), 2, "  two faults");
	is(rig_end(r, G2), 2, "  leave the registers");
	is(rig_end(r, G3), 3, "  leave the registers");
	is(rig_end(r, G4), 0xaaaa, "  over its own address");
	is(rig_end(r, G5), 0xbbbb, "  over its own address");
}

/* The table of the chips: the control register and the bits that stick elsewhere. */
static const struct {
	const char *name;
	u32 ctrl, wired, bm, writable; /* control: at reset, bits that are fixed, bits that stick */
	u32 ctpr, cxr, sfsr, trcr;
} chips[] = {
	{ "Fujitsu MB86904", 0x04000000, 0xff000000, 0x4000, 0x00fbff83, 0x00ffffc0, 0xff, 0x16fff,
	  0x00ffffff },
	{ "Fujitsu MB86907", 0x05000000, 0xff000000, 0x4000, 0x001e7f07, 0xffffffc0, 0xff, 0x16fff,
	  0xffffffff },
	{ "TI MicroSparc I", 0x41000000, 0xff000000, 0x4000, 0x00f3df03, 0x007ffff0, 0x3f, 0x16fff,
	  0x3f },
	{ "TI MicroSparc II", 0x02000000, 0xff000000, 0x4000, 0x00fbff83, 0x00ffffc0, 0xff, 0x16fff,
	  0x00ffffff },
	{ "TI MicroSparc IIep", 0x04000000, 0xff000000, 0x4000, 0x00fbff83, 0x00ffffc0, 0xff,
	  0x16bff, 0x00ffffff },
	{ "TI SuperSparc 40", 0x00000800, 0xff000800, 0x2000, 0x0001f783, 0xffffffc0, 0xffff,
	  0xffffffff, 0xffffffff },
	{ "TI SuperSparc 50", 0x01000800, 0xff000800, 0x2000, 0x0001f783, 0xffffffc0, 0xffff,
	  0xffffffff, 0xffffffff },
	{ "TI SuperSparc 51", 0x01000000, 0xff000800, 0x2000, 0x0001f783, 0xffffffc0, 0xffff,
	  0xffffffff, 0xffffffff },
	{ "TI SuperSparc 60", 0x01000800, 0xff000800, 0x2000, 0x0001f783, 0xffffffc0, 0xffff,
	  0xffffffff, 0xffffffff },
	{ "TI SuperSparc 61", 0x01000000, 0xff000800, 0x2000, 0x0001f783, 0xffffffc0, 0xffff,
	  0xffffffff, 0xffffffff },
	{ "TI SuperSparc II", 0x08000000, 0xff000800, 0x2000, 0x0001f783, 0xffffffc0, 0xffff,
	  0xffffffff, 0xffffffff },
	{ "LEON2", 0xf2000000, 0xff000000, 0x4000, 0x3, 0x007ffff0, 0x3f, 0xffffffff, 0xffffffff },
	{ "LEON3", 0xf3000000, 0xff000000, 0, 0x3, 0xfffffffc, 0xff, 0xffffffff, 0xffffffff },
};

static u32 reg_after(struct cpu *cpu, u32 reg, u32 val)
{
	unsigned asi = cpu->model->leon ? 0x19 : ASI_MMU_REGS;
	u64 got = 0;

	if (cpu_store_asi(cpu, asi, reg, 4, val) || cpu_load_asi(cpu, asi, reg, 4, &got))
		return ~val;
	return (u32)got;
}

static void one_chip(unsigned i)
{
	struct rig *r = rig_new(chips[i].name);
	struct cpu *cpu = &r->cpu;
	u64 v = 0;

	cpu_reset(cpu);
	is(cpu->mmu[MMU_CTRL], chips[i].ctrl | chips[i].bm, "%s: control at reset", chips[i].name);
	is(cpu_load_asi(cpu, cpu->model->leon ? 0x19 : 4, 0, 4, &v), 0, "  can be read");
	is(v, chips[i].ctrl | chips[i].bm, "  as it is");
	is(reg_after(cpu, 0, 0), chips[i].ctrl, "  0 leaves what is wired");
	v = reg_after(cpu, 0, 0xffffffff);
	is(v & chips[i].wired, chips[i].ctrl, "  as do 1s");
	is(v & chips[i].writable, chips[i].writable, "  the other bits stick");
	is(reg_after(cpu, 0x100, 0xffffffff), chips[i].ctpr, "  context table pointer");
	is(reg_after(cpu, 0x200, 0xffffffff), chips[i].cxr, "  context");
	is(reg_after(cpu, 0x1000, 0xffffffff), chips[i].trcr, "  TLB replacement");
	is(reg_after(cpu, 0x1300, 0xffffffff), chips[i].sfsr, "  fault status");
	is(reg_after(cpu, 0x1400, 0xffffffff), 0xffffffff, "  fault address");
	is(reg_after(cpu, 0x100, 0), 0, "  and 0 everywhere");
	is(reg_after(cpu, 0x200, 0), 0, "  and 0 everywhere");
	is(reg_after(cpu, 0x1000, 0), 0, "  and 0 everywhere");
	/* The register number is in bits 12:8 alone. */
	is(reg_after(cpu, 0x200, 0x2a), 0x2a, "  context 2a");
	is(cpu_load_asi(cpu, cpu->model->leon ? 0x19 : 4, 0xabcde2f4, 4, &v), 0, "  its alias");
	is(v, 0x2a, "  reads the same");
	rig_free(r);
}

static void every_chip(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(chips); i++)
		one_chip(i);
	while (cpu_models[n].name && !cpu_models[n].no_fpu)
		n++;
	is(n, ARRAY_SIZE(chips), "every model with an FPU was looked at");
}

int main(void)
{
	struct rig *r = rig_new("Fujitsu MB86904");

	permissions_direct(r);
	permission_programs(r);
	atomic_faults(r);
	walk_errors(r);
	walk_error_programs(r);
	high_tables(r);
	referenced_modified(r);
	load_then_store(r);
	fault_registers(r);
	overwrite(r);
	no_fault(r);
	no_fault_traps(r);
	boot_mode(r);
	mmu_off(r);
	bus_errors(r);
	probes(r);
	flushes(r);
	permission_changes(r);
	unflushed(r);
	contexts(r);
	context_tables(r);
	moving_code(r, 0);
	moving_code(r, 1);
	enable(r);
	user_and_supervisor(r);
	aliases(r);
	wrap(r);
	page_ends(r);
	priorities(r);
	doubles(r);
	rig_free(r);
	every_chip();
	return tap_done();
}
