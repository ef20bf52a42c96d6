/* SPDX-License-Identifier: MIT */
/*
 * Alternate spaces: who may use them, every size through each that is memory, what the chips'
 * own spaces keep, and what becomes of spaces that no chip has.
 */
#include "t/cpu-rig.h"

#define CONTEXTS 0x30000u
#define TABLE1 0x31000u
#define TABLE2 0x32000u
#define TABLE3 0x33000u
#define PAGE 0x20000000u /* maps DATA */
#define BAD 0x55555550u

static void mmu_on(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	rig_put(r, CONTEXTS, TABLE1 >> 4 | 1);
	rig_put(r, TABLE1, pte(0, 7));
	rig_put(r, TABLE1 + 4 * 0x20, TABLE2 >> 4 | 1);
	rig_put(r, TABLE2, TABLE3 >> 4 | 1);
	rig_put(r, TABLE3, pte(DATA, 3));
	r->start.mmu[MMU_CTRL] |= MMU_CTRL_E;
	r->start.mmu[MMU_CTPR] = CONTEXTS >> 4;
}

/* Every load of [%g1] and its neighbours into locals and ins. */
static void emit_loads(struct rig *r, unsigned asi)
{
	emit(r, m_asi(LDUB, L0, G1, G0, asi));
	emit(r, m_asi(LDSB, L1, G1, G0, asi));
	emit(r, m_asi(LDUH, L2, G1, G0, asi));
	emit(r, m_asi(LDSH, L3, G1, G0, asi));
	emit(r, m_asi(LD, L4, G1, G0, asi));
	emit(r, m_asi(LDD, L6, G1, G0, asi));
	emit(r, a_imm(OR, O5, G0, 3));
	emit(r, m_asi(LDUB, I0, G1, O5, asi));
	emit(r, a_imm(OR, O5, G0, 2));
	emit(r, m_asi(LDSH, I1, G1, O5, asi));
	emit(r, a_imm(OR, O5, G0, 4));
	emit(r, m_asi(LD, I2, G1, O5, asi));
}

static void expect_loads(struct rig *r, const char *name)
{
	/* 8192a3b4 c5d6e7f8 */
	is(rig_end(r, L0), 0x81, "%s: lduba", name);
	is(rig_end(r, L1), 0xffffff81, "  ldsba");
	is(rig_end(r, L2), 0x8192, "  lduha");
	is(rig_end(r, L3), 0xffff8192, "  ldsha");
	is(rig_end(r, L4), 0x8192a3b4, "  lda");
	is(rig_end(r, L6), 0x8192a3b4, "  ldda");
	is(rig_end(r, L7), 0xc5d6e7f8, "  ldda");
	is(rig_end(r, I0), 0xb4, "  lduba + 3");
	is(rig_end(r, I1), 0xffffa3b4, "  ldsha + 2");
	is(rig_end(r, I2), 0xc5d6e7f8, "  lda + 4");
	is(log_count(r), 0, "  no traps");
}

/* Stores of each size into 32 bytes at %g1; values in %g2, %g3. */
static void emit_stores(struct rig *r, unsigned asi)
{
	static const struct {
		unsigned op3, off;
	} one[] = { { ST, 0 }, { STB, 5 }, { STH, 10 }, { STD, 16 }, { STB, 24 }, { STH, 28 } };

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
		emit(r, a_imm(OR, O5, G0, (s32)one[i].off));
		emit(r, m_asi(one[i].op3, G2, G1, O5, asi));
	}
}

static void expect_stores(const u8 *mem, const char *name)
{
	static const u32 want[] = { 0x11223344, 0x00440000, 0x00003344, 0,
				    0x11223344, 0x55667788, 0x44000000, 0x33440000 };

	for (unsigned i = 0; i < 8; i++)
		is(be32_get(mem + 4 * i), want[i], "%s: word %u", name, i);
}

/*
 * A space that is memory: loads, stores, loads and stores again by what is in the TLB now,
 * and the atomics.
 */
static void memory_space(struct rig *r, unsigned asi, u32 va, const u8 *mem, const char *name)
{
	u32 at;

	r->start.globals[1] = va;
	r->start.globals[2] = 0x11223344;
	r->start.globals[3] = 0x55667788;
	r->start.globals[4] = 0x8192a3b4;
	r->start.globals[5] = 0xc5d6e7f8;
	emit(r, m_asi(STD, G4, G1, G0, asi));
	emit_loads(r, asi);
	emit(r, m_asi(STD, O2, G1, G0, asi));
	emit_stores(r, asi);
	emit_stores(r, asi);
	at = r->at;
	emit_end(r);
	if (!rig_all(r, 80, "%s", name))
		return;
	is(r->end.pc & ~4u, at, "  to the end");
	expect_loads(r, name);
	expect_stores(mem, name);
}

static void atomics(struct rig *r, unsigned asi, u32 va, const u8 *mem, const char *name)
{
	r->start.globals[1] = va;
	r->start.globals[2] = 0x8192a3b4;
	r->start.globals[3] = 0x13579bdf;
	emit(r, m_asi(ST, G2, G1, G0, asi));
	emit(r, a_imm(OR, O5, G0, 1));
	emit(r, m_asi(LDSTUB, L0, G1, O5, asi));
	emit(r, m_asi(LDSTUB, L1, G1, O5, asi));
	emit(r, m_asi(SWAP, G3, G1, G0, asi));
	emit(r, a_imm(OR, O5, G0, 2));
	emit(r, m_asi(SWAP, G4, G1, O5, asi)); /* misaligned */
	emit_end(r);
	if (!rig_all(r, 60, "%s: atomics", name))
		return;
	is(rig_end(r, L0), 0x92, "  ldstuba");
	is(rig_end(r, L1), 0xff, "  again");
	is(rig_end(r, G3), 0x81ffa3b4, "  swapa");
	is(be32_get(mem), 0x13579bdf, "  the word");
	is(log_count(r), 1, "  a trap");
	is_tt(log_entry(r, 0).tt, TT_NOT_ALIGNED, "  misaligned");
	is(log_entry(r, 0).sfsr, 0, "  SFSR");
}

static void memory_spaces(struct rig *r)
{
	static const struct {
		unsigned asi;
		u32 va;
		int high; /* -1: RAM at DATA */
	} spaces[] = {
		{ 0x08, PAGE, -1 }, { 0x09, PAGE, -1 }, { 0x0a, PAGE, -1 }, { 0x0b, PAGE, -1 },
		{ 0x20, DATA, -1 }, { 0x21, 0x40, 0 },	{ 0x2d, 0xfc0, 1 }, { 0x2f, 0x800, 2 },
	};
	char name[32];

	for (unsigned i = 0; i < ARRAY_SIZE(spaces); i++) {
		const u8 *mem = r->ram + DATA;

		if (spaces[i].high >= 0)
			mem = r->high + (unsigned)spaces[i].high * HIGH_SIZE + spaces[i].va;
		snprintf(name, sizeof(name), "ASI %02x", spaces[i].asi);
		mmu_on(r);
		memory_space(r, spaces[i].asi, spaces[i].va, mem, name);
		mmu_on(r);
		atomics(r, spaces[i].asi, spaces[i].va, mem, name);
	}
	/* With the MMU off the virtual spaces are physical. */
	for (unsigned asi = 8; asi < 12; asi++) {
		snprintf(name, sizeof(name), "ASI %02x, MMU off", asi);
		mmu_on(r);
		r->start.mmu[MMU_CTRL] &= ~MMU_CTRL_E;
		memory_space(r, asi, DATA, r->ram + DATA, name);
	}
}

static void bypass_elsewhere(struct rig *r)
{
	mmu_on(r);
	be32_put(r->rom + 0x7fff8, 0x8192a3b4);
	be32_put(r->rom + 0x7fffc, 0xc5d6e7f8);
	r->start.globals[1] = ROM_PA + 0x7fff8;
	r->start.globals[2] = 0x11223344;
	emit_loads(r, 0x20);
	emit(r, m_asi(ST, G2, G1, G0, 0x20)); /* a ROM takes no notice */
	emit(r, m_asi(STD, G2, G1, G0, 0x20));
	emit_loads(r, 0x20);
	emit_end(r);
	if (rig_all(r, 60, "ROM"))
		expect_loads(r, "ROM by ASI 20");

	mmu_on(r);
	r->start.globals[1] = CHIP_PA + 8;
	r->start.globals[2] = 0x99;
	emit(r, m_asi(ST, G2, G1, G0, 0x20));
	emit(r, m_asi(LD, L0, G1, G0, 0x20));
	emit(r, m_asi(SWAP, G2, G1, G0, 0x20));
	emit(r, m_asi(LDUB, L1, G1, G0, 0x20)); /* words only */
	emit_end(r);
	if (rig_all(r, 60, "a chip by ASI 20")) {
		is(rig_end(r, L0), 0x99, "  lda");
		is(r->chip_writes, 2, "  sta and swapa");
		is(r->chip_reads, 2, "  lda and swapa");
		is(log_count(r), 1, "  one trap");
		is_tt(log_entry(r, 0).tt, TT_DATA_ERROR, "  no bytes");
	}

	mmu_on(r);
	r->start.globals[1] = NOWHERE + 0x128;
	for (unsigned asi = 0x20; asi < 0x30; asi++) {
		emit(r, m_asi(LD, G2, G1, G0, asi));
		emit(r, m_asi(STD, G2, G1, G0, asi));
		emit(r, m_asi(LDSTUB, G2, G1, G0, asi));
	}
	emit_end(r);
	if (!rig_all(r, 1500, "bypass to nowhere"))
		return;
	is(log_count(r), 48, "  all trap");
	for (unsigned i = 0; i < 48; i++) {
		is_tt(log_entry(r, i).tt, TT_DATA_ERROR, "  tt");
		is(log_entry(r, i).sfsr & 0x1f, FT_BUS << 2 | SFSR_FAV, "  SFSR");
		is(log_entry(r, i).sfsr >> 5 & 7, i % 3 ? 5 : 1, "  AT");
		is(log_entry(r, i).sfar, NOWHERE + 0x128, "  SFAR");
	}
}

/* All loads and stores of op3 10..1f; what the rig's processors have not is illegal. */
static const struct {
	unsigned op3;
	bool two;
} alternates[] = { { LD, 0 },  { LDUB, 0 }, { LDUH, 0 }, { LDD, 1 },  { ST, 0 },     { STB, 0 },
		   { STH, 0 }, { STD, 1 },  { LDSB, 0 }, { LDSH, 0 }, { LDSTUB, 0 }, { SWAP, 0 } };

static void privileges(struct rig *r)
{
	static const unsigned asis[] = { 0x03, 0x04, 0x08, 0x0a, 0x0b, 0x20, 0x2f, 0xff };
	unsigned n = 0;

	/* The user may not, whatever else is wrong; misaligned, i = 1, rd odd. */
	mmu_on(r);
	rig_put(r, TABLE1, pte(0, 3));
	r->start.psr &= ~0xc0u;
	r->start.globals[1] = BAD + 1;
	for (unsigned i = 0; i < ARRAY_SIZE(alternates); i++) {
		for (unsigned a = 0; a < ARRAY_SIZE(asis); a++)
			emit(r, m_asi(alternates[i].op3, G2, G1, G0, asis[a]));
		emit(r, m_imm(alternates[i].op3 | ALT, G2, G1, 0));
		emit(r, m_asi(alternates[i].op3, G3, G1, G0, 0x0a));
	}
	emit_end(r);
	if (rig_all(r, 3000, "alternate spaces as the user")) {
		is(log_count(r), ARRAY_SIZE(alternates) * (ARRAY_SIZE(asis) + 2), "  all trap");
		for (unsigned i = 0; i < log_count(r); i++)
			is_tt(log_entry(r, i).tt, TT_PRIVILEGED, "  op3 %u: privileged_instruction",
			      i / (unsigned)(ARRAY_SIZE(asis) + 2));
	}

	/* The supervisor: i = 1 and odd rd are illegal before anything else; then alignment. */
	mmu_on(r);
	r->start.globals[1] = BAD + 1;
	for (unsigned i = 0; i < ARRAY_SIZE(alternates); i++) {
		unsigned op3 = alternates[i].op3;

		emit(r, m_imm(op3 | ALT, G2, G1, 0));
		emit(r, m_asi(op3, G3, G1, G0, 0x0a));
		emit(r, m_asi(op3, G2, G1, G0, 0xff));
	}
	emit_end(r);
	if (!rig_all(r, 1500, "alternate spaces and what is wrong with them"))
		return;
	is(log_count(r), 3 * ARRAY_SIZE(alternates), "  all trap");
	for (unsigned i = 0; i < ARRAY_SIZE(alternates); i++) {
		unsigned op3 = alternates[i].op3;
		bool byte = op3 == LDUB || op3 == LDSB || op3 == STB || op3 == LDSTUB;
		unsigned tt;

		is_tt(log_entry(r, n++).tt, TT_ILLEGAL, "  op3 %02x: i = 1 is illegal", op3);
		tt = alternates[i].two ? TT_ILLEGAL : byte ? TT_DATA_ACCESS : TT_NOT_ALIGNED;
		is_tt(log_entry(r, n++).tt, tt, "  odd rd, misaligned");
		tt = log_entry(r, n++).tt;
		if (byte)
			ok(tt == TT_DATA_ACCESS || tt == TT_DATA_ERROR, "  no such space");
		else
			is_tt(tt, TT_NOT_ALIGNED, "  misaligned goes before no such space");
	}
}

/* FT by access type and ACC (V8 H.5). */
static const u8 ft_of[8][8] = {
	{ 0, 0, 0, 0, 2, 0, 3, 3 }, { 0, 0, 0, 0, 2, 0, 0, 0 }, { 2, 2, 0, 0, 0, 2, 3, 3 },
	{ 2, 2, 0, 0, 0, 2, 0, 0 }, { 2, 0, 2, 0, 2, 2, 3, 3 }, { 2, 0, 2, 0, 2, 0, 2, 0 },
	{ 2, 2, 2, 0, 2, 2, 3, 3 }, { 2, 2, 2, 0, 2, 2, 2, 0 },
};

/* The four virtual spaces are their access types: their faults are data_access_exceptions. */
static void virtual_permissions(struct rig *r)
{
	static const u8 load_at[] = { 2, 3, 0, 1 }, store_at[] = { 6, 7, 4, 5 };
	static const u8 ops[] = { LDUB, LDD, STB, ST, LDSTUB, SWAP };

	for (unsigned acc = 0; acc < 8; acc++) {
		unsigned n = 0;

		mmu_on(r);
		rig_put(r, TABLE3, pte(DATA, acc));
		r->start.globals[1] = PAGE + 0x18;
		for (unsigned pass = 0; pass < 2; pass++)
			for (unsigned asi = 8; asi < 12; asi++)
				for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
					emit(r, m_asi(ops[i], G2, G1, G0, asi));
		/* And the ordinary ones after all that. */
		emit(r, m_imm(LD, G2, G1, 0));
		emit(r, m_imm(ST, G2, G1, 0));
		emit_end(r);
		if (!rig_all(r, 1500, "ASI 8 to b, ACC %u", acc))
			continue;
		for (unsigned k = 0; k < 2 * 4 * ARRAY_SIZE(ops); k++) {
			unsigned i = k % ARRAY_SIZE(ops), asi = k / ARRAY_SIZE(ops) % 4;
			unsigned at = i < 2 ? load_at[asi] : store_at[asi], ft = ft_of[at][acc];
			struct logged l;

			if (!ft)
				continue;
			l = log_entry(r, n++);
			is(l.pc, CODE + 4 * k, "  ASI %x, op3 %02x", asi + 8, ops[i]);
			is_tt(l.tt, TT_DATA_ACCESS, "  tt");
			is(l.sfsr, 3u << 8 | at << 5 | ft << 2 | 2, "  SFSR");
			is(l.sfar, PAGE + 0x18, "  SFAR");
		}
		n += (ft_of[1][acc] ? 1u : 0u) + (ft_of[5][acc] ? 1u : 0u);
		is(log_count(r), n, "  no other traps");
	}
	/* Bus errors by way of them. */
	mmu_on(r);
	rig_put(r, TABLE3, pte(NOWHERE, 3));
	r->start.globals[1] = PAGE + 0x18;
	for (unsigned asi = 8; asi < 12; asi++) {
		emit(r, m_asi(LD, G2, G1, G0, asi));
		emit(r, m_asi(ST, G2, G1, G0, asi));
		emit(r, m_asi(SWAP, G2, G1, G0, asi));
	}
	emit_end(r);
	if (!rig_all(r, 500, "ASI 8 to b, bus errors"))
		return;
	is(log_count(r), 12, "  all trap");
	for (unsigned i = 0; i < 12; i++) {
		unsigned at = i % 3 ? store_at[i / 3] : load_at[i / 3];

		is_tt(log_entry(r, i).tt, TT_DATA_ERROR, "  tt");
		is(log_entry(r, i).sfsr & ~0x300u, at << 5 | 5 << 2 | 2, "  SFSR");
		is(log_entry(r, i).sfar, PAGE + 0x18, "  SFAR");
	}
}

static void blocks(struct rig *r)
{
	mmu_on(r);
	for (u32 i = 0; i < 32; i++)
		rig_put(r, DATA + 4 * i, 0xabcd0000 + i);
	r->start.globals[1] = PAGE + 0x100;
	r->start.globals[2] = PAGE + 0x20;
	r->start.globals[3] = PAGE + 0x200;
	r->start.globals[4] = 0x01020304;
	r->start.globals[5] = 0x05060708;
	emit(r, m_asi(ST, G2, G1, G0, 0x17)); /* from %g2 to %g1 */
	emit(r, m_asi(STD, G4, G3, G0, 0x1f));
	/* The low five bits of either address are none of a block's. */
	emit(r, a_imm(ADD, O1, G1, 0x40 + 0x1c));
	emit(r, a_imm(ADD, O2, G2, 0x18));
	emit(r, m_asi(ST, O2, O1, G0, 0x17));
	emit(r, a_imm(ADD, O1, G3, 0x40 + 0x18));
	emit(r, m_asi(STD, G4, O1, G0, 0x1f));
	/* Bad destination, bad source. */
	emit_set(r, O0, BAD & ~31u);
	emit(r, m_asi(ST, G2, O0, G0, 0x17));
	emit(r, m_asi(ST, O0, G1, G0, 0x17));
	emit(r, m_asi(STD, G4, O0, G0, 0x1f));
	emit_end(r);
	if (!rig_all(r, 200, "blocks"))
		return;
	for (u32 i = 0; i < 8; i++) {
		is(rig_word(r, DATA + 0x100 + 4 * i), 0xabcd0008 + i, "  copied");
		is(rig_word(r, DATA + 0x200 + 4 * i), i & 1 ? 0x05060708 : 0x01020304, "  filled");
		is(rig_word(r, DATA + 0x140 + 4 * i), 0xabcd0008 + i, "  copied from the middle");
		is(rig_word(r, DATA + 0x240 + 4 * i), i & 1 ? 0x05060708 : 0x01020304,
		   "  filled from the middle");
	}
	is(rig_word(r, DATA + 0x120), 0, "  no more copied than 32 bytes");
	is(rig_word(r, DATA + 0x220), 0, "  no more filled than 32 bytes");
	is(rig_word(r, DATA + 0x1fc), 0, "  nor less far up");
	is(log_count(r), 3, "  three faults");
	is(log_entry(r, 0).sfsr, 1u << 8 | 5 << 5 | 1 << 2 | 2, "  destination: a store");
	is(log_entry(r, 1).sfsr, 1u << 8 | 1 << 5 | 1 << 2 | 2, "  source: a load");
	is(log_entry(r, 2).sfsr, 1u << 8 | 5 << 5 | 1 << 2 | 2, "  fill: a store");
}

/* Instructions written in every way that there is, over ones that were executed. */
static void written_code(struct rig *r)
{
	static const struct {
		const char *name;
		unsigned op3, asi;
	} ways[] = { { "ASI 8", ST, 0x08 },
		     { "ASI 9", ST, 0x09 },
		     { "ASI a", ST, 0x0a },
		     { "ASI b", STD, 0x0b },
		     { "bypass", ST, 0x20 },
		     { "block copy", ST, 0x17 },
		     { "block fill", STD, 0x1f },
		     { "swapa", SWAP, 0x0b },
		     { "swapa 20", SWAP, 0x20 },
		     { "another address", ST, 0x100 },
		     { "another address", STD, 0x100 } };

	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		u32 sub = 0x8000, old = a_imm(ADD, G7, G7, 1), new = a_imm(ADD, G7, G7, 0x100);

		mmu_on(r);
		rig_put(r, TABLE3, pte(sub, 3));
		for (u32 k = 0; k < 8; k++) {
			rig_put(r, sub + 4 * k, old);
			rig_put(r, DATA + 4 * k, k < 2 || ways[i].op3 == STD ? new : old);
		}
		rig_put(r, sub + 32, a_imm(JMPL, G0, O7, 8));
		rig_put(r, sub + 36, NOP);
		r->start.globals[1] = ways[i].asi == 0x20 ? sub : PAGE;
		r->start.globals[2] = ways[i].asi == 0x17 ? DATA : new;
		r->start.globals[3] = new;
		for (unsigned pass = 0; pass < 3; pass++) {
			emit(r, a_call((s32)(sub - r->at)));
			emit(r, NOP);
			if (pass == 1)
				emit(r, ways[i].asi == 0x100
						? m_imm(ways[i].op3, G2, G1, 0)
						: m_asi(ways[i].op3, G2, G1, G0, ways[i].asi));
		}
		emit_end(r);
		if (!rig_all(r, 100, "code written by %s", ways[i].name))
			continue;
		is(log_count(r), 0, "  no traps");
		if (ways[i].asi == 0x1f)
			is(rig_end(r, G7), 16 + 0x800, "  seen");
		else if (ways[i].asi == 0x17 || ways[i].op3 == STD)
			is(rig_end(r, G7), 16 + 6 + 0x200, "  seen");
		else
			is(rig_end(r, G7), 16 + 7 + 0x100, "  seen");
	}
}

/* Spaces that keep nothing: they read as 0 and take stores, on every chip. */
static void inert(struct rig *r)
{
	static const u8 asis[] = { 0x05, 0x06, 0x07, 0x0c, 0x0d, 0x0e, 0x0f, 0x10,
				   0x11, 0x12, 0x13, 0x14, 0x18, 0x19, 0x1a, 0x1b,
				   0x1c, 0x30, 0x31, 0x32, 0x36, 0x37, 0x39 };

	mmu_on(r);
	r->start.globals[1] = 0x1238;
	r->start.globals[2] = 0x77777777;
	emit(r, a_imm(OR, G4, G0, 0));
	for (unsigned i = 0; i < ARRAY_SIZE(asis); i++) {
		emit(r, m_asi(ST, G2, G1, G0, asis[i]));
		if (asis[i] >= 0x10 && asis[i] <= 0x1c)
			continue;
		emit(r, m_asi(LD, G3, G1, G0, asis[i]));
		emit(r, a_reg(OR, G4, G4, G3));
	}
	emit_end(r);
	if (!rig_all(r, 200, "spaces without a memory"))
		return;
	is(log_count(r), 0, "  no traps");
	is(rig_end(r, G4), 0, "  read as 0");
	is(rig_word(r, 0x1238), 0, "  memory as it was");
}

static void kept(struct rig *r)
{
	static const struct {
		u8 asi;
		u32 va;
	} regs[] = { { 0x38, 0 }, { 0x38, 0x100 }, { 0x38, 0x200 }, { 0x38, 0x300 }, { 0x40, 0 },
		     { 0x41, 0 }, { 0x49, 0 },	   { 0x4a, 0 },	    { 0x4b, 0 },     { 0x4c, 0 } };

	mmu_on(r);
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++) {
		emit_set(r, O0, regs[i].va);
		emit_set(r, G2, 0x11110000 + i);
		emit_set(r, G3, 0x22220000 + i);
		emit(r, m_asi(STD, G2, O0, G0, regs[i].asi));
	}
	emit_set(r, O1, DATA);
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++) {
		emit_set(r, O0, regs[i].va);
		emit(r, m_asi(LDD, G2, O0, G0, regs[i].asi));
		emit(r, m_imm(STD, G2, O1, (s32)(8 * i)));
	}
	emit_end(r);
	if (!rig_all(r, 300, "spaces with a memory"))
		return;
	is(log_count(r), 0, "  no traps");
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++) {
		is(rig_word(r, DATA + 8 * i), 0x11110000 + i, "  ASI %x", regs[i].asi);
		is(rig_word(r, DATA + 8 * i + 4), 0x22220000 + i, "  ASI %x", regs[i].asi);
	}
}

/* The upper word of each of them is at the even address, the lower one 4 behind it. */
static void kept_words(struct rig *r)
{
	static const struct {
		u8 asi;
		u32 va;
	} regs[] = { { 0x38, 0x100 }, { 0x40, 0 },	    { 0x49, 0 },
		     { 0x4c, 0 },     { 0x02, 0x01c00018 }, { 0x02, 0x01c00a00 } };

	mmu_on(r);
	emit_set(r, O1, DATA);
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++) {
		emit_set(r, O0, regs[i].va);
		emit(r, a_imm(ADD, O2, O0, 4));
		emit_set(r, G2, 0x11110000 + i);
		emit_set(r, G4, 0x44440000 + i);
		emit(r, m_asi(STD, G2, O0, G0, regs[i].asi));
		emit(r, m_asi(ST, G4, O2, G0, regs[i].asi)); /* the lower */
		emit(r, m_asi(LDD, L0, O0, G0, regs[i].asi));
		emit(r, m_imm(STD, L0, O1, (s32)(32 * i)));
		emit(r, a_imm(ADD, G4, G4, 0x111));
		emit(r, m_asi(ST, G4, O0, G0, regs[i].asi)); /* the upper */
		emit(r, m_asi(LD, L0, O0, G0, regs[i].asi));
		emit(r, m_asi(LD, L1, O2, G0, regs[i].asi));
		emit(r, m_imm(STD, L0, O1, (s32)(32 * i + 8)));
	}
	emit_end(r);
	if (!rig_all(r, 400, "spaces with a memory, by words"))
		return;
	is(log_count(r), 0, "  no traps");
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++) {
		is(rig_word(r, DATA + 32 * i), 0x11110000 + i, "  ASI %x: the upper stays",
		   regs[i].asi);
		is(rig_word(r, DATA + 32 * i + 4), 0x44440000 + i, "  the lower is stored");
		is(rig_word(r, DATA + 32 * i + 8), 0x44440111 + i, "  then the upper");
		is(rig_word(r, DATA + 32 * i + 12), 0x44440000 + i, "  and the lower stays");
	}
}

static bool has_space(unsigned asi)
{
	return (asi >= 0x02 && asi <= 0x14) || asi == 0x17 || (asi >= 0x18 && asi <= 0x1c) ||
	       asi == 0x1f || (asi >= 0x20 && asi <= 0x32) || asi == 0x36 || asi == 0x37 ||
	       asi == 0x38 || asi == 0x39 || asi == 0x40 || asi == 0x41 ||
	       (asi >= 0x49 && asi <= 0x4c);
}

/* A space that there is not: a trap, and CS in the fault status. */
static void undefined(struct rig *r)
{
	unsigned n = 0;

	for (unsigned asi = 0; asi < 256; asi++) {
		if (has_space(asi))
			continue;
		n++;
		mmu_on(r);
		r->start.globals[1] = PAGE + 0x10;
		r->start.globals[2] = 0x42;
		emit(r, m_asi(LD, G2, G1, G0, asi));
		emit(r, m_asi(ST, G2, G1, G0, asi));
		emit(r, m_asi(LDSTUB, G3, G1, G0, asi));
		emit_end(r);
		if (!rig_same_spin(r, 120)) {
			ok(false, "ASI %02x: all ways to run it end alike", asi);
			continue;
		}
		is(log_count(r), 3, "ASI %02x, which is nowhere: traps", asi);
		for (unsigned i = 0; i < 3; i++) {
			struct logged l = log_entry(r, i);

			ok(l.tt == TT_DATA_ACCESS || l.tt == TT_DATA_ERROR, "  tt %x", l.tt);
			is(l.sfsr & SFSR_CS, SFSR_CS, "  CS");
			is(l.sfsr >> 5 & 7, i ? 5 : 1, "  AT");
			is(l.sfar, PAGE + 0x10, "  SFAR");
		}
		is(rig_end(r, G2), 0x42, "  %%g2 as it was");
		is(rig_word(r, DATA + 0x10), 0, "  memory as it was");
	}
	is(n, 256 - 0x13 - 1 - 5 - 1 - 0x13 - 4 - 2 - 4, "as many as there should be");
}

/* SuperSPARC's cache controller, physical streams among it, and the port that all answer. */
static void mxcc(void)
{
	for (unsigned i = 0; cpu_models[i].name && !cpu_models[i].no_fpu; i++) {
		const struct cpu_model *m = &cpu_models[i];
		struct rig *r = rig_new(m->name);

		rig_clear(r);
		emit_logger(r);
		r->cpu.id = i % 4;
		for (u32 k = 0; k < 8; k++)
			rig_put(r, DATA + 0x40 + 4 * k, 0xfeed0000 + k);
		emit_set(r, O0, 0x01c00f00);
		emit(r, m_asi(LDD, L0, O0, G0, 2));
		emit(r, a_imm(ADD, O1, O0, 4));
		emit(r, m_asi(LD, L2, O1, G0, 2));
		emit_set(r, O0, 0x01c00100); /* source */
		emit(r, a_imm(OR, G2, G0, 0));
		emit_set(r, G3, DATA + 0x40);
		emit(r, m_asi(STD, G2, O0, G0, 2));
		emit_set(r, O0, 0x01c00200); /* destination */
		emit_set(r, G3, DATA + 0x80);
		emit(r, m_asi(STD, G2, O0, G0, 2));
		emit_set(r, O0, 0x01c00010); /* a doubleword of the data */
		emit(r, m_asi(LDD, L4, O0, G0, 2));
		emit(r, m_asi(STD, O0, O0, G0, 2));
		emit_set(r, O0, 0x01c00200);
		emit_set(r, G3, DATA + 0xc0);
		emit(r, m_asi(STD, G2, O0, G0, 2));
		emit_set(r, O0, 0x01c00a00); /* control */
		emit_set(r, G3, 0x1c);
		emit(r, m_asi(STD, G2, O0, G0, 2));
		emit(r, m_asi(LDD, L6, O0, G0, 2));
		emit_end(r);
		if (rig_all(r, 100, "%s: cache controller", m->name)) {
			is(log_count(r), 0, "  no traps");
			is(rig_end(r, L0), m->mxcc ? 0x104 : 0, "  version");
			is(rig_end(r, L1), (i % 4 + 8) << 24, "  module number");
			is(rig_end(r, L2), (i % 4 + 8) << 24, "  as a word");
			for (u32 k = 0; k < 8; k++)
				is(rig_word(r, DATA + 0x80 + 4 * k), 0xfeed0000 + k, "  streamed");
			is(rig_end(r, L4), 0xfeed0004, "  stream data");
			is(rig_end(r, L5), 0xfeed0005, "  stream data");
			is(rig_word(r, DATA + 0xc8), 0xfeed0002, "  streamed again");
			is(rig_word(r, DATA + 0xd0), 0x01c00010, "  with a word changed");
			is(rig_end(r, L7), 0x1c, "  control");
		}
		rig_free(r);
	}
}

/* The streams' addresses have 36 bits, of which the low five do not count. */
static void mxcc_high(void)
{
	struct rig *r = rig_new("TI SuperSparc 61");

	rig_clear(r);
	emit_logger(r);
	for (u32 k = 0; k < 8; k++)
		rig_put(r, DATA + 0x40 + 4 * k, 0xfeed0000 + k);
	emit_set(r, O0, 0x01c00100);
	emit_set(r, O1, 0x01c00200);
	emit(r, a_imm(OR, G2, G0, 0));
	emit_set(r, G3, DATA + 0x58);
	emit(r, m_asi(STD, G2, O0, G0, 2));
	emit(r, a_imm(OR, G2, G0, 0xd));
	emit(r, a_imm(OR, G3, G0, 0x128));
	emit(r, m_asi(STD, G2, O1, G0, 2));
	emit(r, m_asi(STD, G2, O0, G0, 2)); /* and back */
	emit(r, a_imm(OR, G2, G0, 0));
	emit_set(r, G3, DATA + 0x80);
	emit(r, m_asi(STD, G2, O1, G0, 2));
	emit_end(r);
	if (rig_all(r, 60, "cache controller: streams above 4 GiB")) {
		is(log_count(r), 0, "  no traps");
		for (u32 k = 0; k < 8; k++) {
			is(be32_get(r->high + HIGH_SIZE + 0x120 + 4 * k), 0xfeed0000 + k,
			   "  to above 4 GiB");
			is(rig_word(r, DATA + 0x80 + 4 * k), 0xfeed0000 + k, "  and from there");
		}
	}
	rig_free(r);
}

/* LEON has the MMU in ASI 18 and 19, memory itself in 1c, and CASA, for the user too. */
static void leon(void)
{
	struct rig *r = rig_new("LEON3");

	rig_clear(r);
	emit_logger(r);
	rig_put(r, CONTEXTS, TABLE1 >> 4 | 1);
	rig_put(r, TABLE1, pte(0, 3));
	rig_put(r, TABLE1 + 4 * 0x20, pte(0, 3));
	rig_put(r, DATA, 0x1234);
	r->start.globals[1] = 0x20000000 + DATA;
	r->start.globals[2] = DATA;
	emit_set(r, O0, CONTEXTS >> 4);
	emit(r, a_imm(OR, O1, G0, 0x100));
	emit(r, m_asi(ST, O0, O1, G0, 0x19));
	emit(r, a_imm(OR, O0, G0, 1));
	emit(r, m_asi(ST, O0, G0, G0, 0x19));
	emit(r, m_imm(LD, L0, G1, 0));
	emit(r, m_asi(LD, L1, G2, G0, 0x1c));
	emit_set(r, O0, 0x20000400);
	emit(r, m_asi(LD, L2, O0, G0, 0x18));
	emit(r, m_asi(ST, G0, O0, G0, 0x18));
	emit(r, m_asi(LD, L3, O1, G0, 0x19));
	emit(r, m_asi(LD, L4, O1, G0, 0x04)); /* not here */
	emit_end(r);
	if (rig_all(r, 100, "LEON's MMU spaces")) {
		is(rig_end(r, L0), 0x1234, "  the MMU is on");
		is(rig_end(r, L1), 0x1234, "  around it");
		is(rig_end(r, L2) & ~0x20u, pte(0, 3), "  a probe");
		is(rig_end(r, L3), CONTEXTS >> 4, "  context table pointer");
	}
	/* casa [%g1] a, %g2, %g3: if the word is %g2, %g3 goes there; %g3 = the word. */
	rig_clear(r);
	emit_logger(r);
	r->start.psr &= ~0xc0u;
	rig_put(r, DATA, 5);
	r->start.globals[1] = DATA;
	r->start.globals[2] = 5;
	r->start.globals[3] = 6;
	r->start.globals[4] = 7;
	emit(r, m_reg(0x3c, G3, G1, G2) | 0xa << 5); /* is 5, becomes 6 */
	emit(r, m_reg(0x3c, G4, G1, G2) | 0xa << 5); /* is 6, stays */
	emit(r, m_reg(0x3c, G5, G1, G2) | 0xb << 5); /* the supervisor's */
	emit(r, a_imm(ADD, G1, G1, 2));
	emit(r, m_reg(0x3c, G4, G1, G2) | 0xa << 5);
	emit(r, a_reg(RDY, L0, 17,
		      0)); /* ASR 17: the number of windows less 1, and of the processor */
	emit_end(r);
	if (rig_all(r, 60, "CASA")) {
		is(rig_end(r, G3), 5, "  swapped");
		is(rig_end(r, G4), 6, "  not swapped");
		is(rig_word(r, DATA), 6, "  memory");
		is(log_count(r), 2, "  two traps");
		is_tt(log_entry(r, 0).tt, TT_PRIVILEGED, "  ASI b is not the user's");
		is_tt(log_entry(r, 1).tt, TT_NOT_ALIGNED, "  misaligned");
		is(rig_end(r, L0) & 0xf000001f, 7, "  ASR 17: eight windows, processor 0");
	}
	rig_free(r);
}

/* V8 has no CASA, and no loads and stores of the FPU in alternate spaces: op3 3c, and 30 to 37. */
static void not_there(struct rig *r)
{
	mmu_on(r);
	r->start.globals[1] = DATA;
	emit(r, m_reg(0x3c, G3, G1, G2) | 0xb << 5);
	for (unsigned op3 = 0x30; op3 < 0x38; op3++)
		emit(r, m_reg(op3, G2, G1, G0) | 0xb << 5);
	emit_end(r);
	if (!rig_all(r, 300, "op3 3c and 30 to 37"))
		return;
	is(log_count(r), 9, "  trap");
	is_tt(log_entry(r, 0).tt, TT_ILLEGAL, "  CASA: illegal");
	for (unsigned op3 = 0x30; op3 < 0x38; op3++)
		is_tt(log_entry(r, 1 + op3 - 0x30).tt, op3 == 0x32 ? TT_ILLEGAL : TT_CP_DISABLED,
		      "  op3 %x: %s", op3, op3 == 0x32 ? "illegal" : "the coprocessor's");
}

int main(void)
{
	struct rig *r = rig_new("Fujitsu MB86904");

	memory_spaces(r);
	bypass_elsewhere(r);
	privileges(r);
	virtual_permissions(r);
	blocks(r);
	written_code(r);
	inert(r);
	kept(r);
	kept_words(r);
	undefined(r);
	not_there(r);
	rig_free(r);
	mxcc();
	mxcc_high();
	leon();
	return tap_done();
}
