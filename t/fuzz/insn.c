/* SPDX-License-Identifier: MIT */
/*
 * The engine against the reference interpreter: a processor's state and a program from the input, run in both;
 * registers and memory must end alike. An octet of the input says what kind of instruction comes, the next ones
 * its operation and registers: every opcode is met, most addresses are near DATA, branches stay in the
 * program. Some words are any. Traps go on behind the instruction that trapped.
 */
#define RAM_SIZE 0x20000u
#define DATA 0x18000u
#include "t/cpu-rig.h"
#include "t/fuzz/check.h"
#include "t/fuzz/octets.h"

#define TABLES 0x14000u /* of the MMU: contexts, then levels 1, 2 and 3 */
#define PAGES (DATA >> 12)
#define INSNS 96

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static const char *const models[] = { "Fujitsu MB86904", "TI SuperSparc II", "LEON3",
				      "TI MicroSparc I" };

/*
 * As at its own address, all rights for all; from 1000000 on DATA again, a page with each of the eight kinds of
 * rights; the rest of that segment and all else is invalid.
 */
static void map(struct rig *r)
{
	rig_put(r, TABLES, ptd(TABLES + 0x400));
	rig_put(r, TABLES + 0x400, pte(0, 3));
	rig_put(r, TABLES + 0x404, ptd(TABLES + 0x800));
	rig_put(r, TABLES + 0x800, ptd(TABLES + 0x900));
	for (unsigned i = 0; i < 8; i++)
		rig_put(r, TABLES + 0x900 + 4 * i, pte(DATA + (i << 12), i));
	r->start.mmu[MMU_CTRL] |= MMU_CTRL_E;
	r->start.mmu[MMU_CTPR] = TABLES >> 4;
}

static u32 pointer(struct fuzz_in *in, bool mapped)
{
	u16 w = in16(in);
	u32 base = w & 0x8000 && mapped ? 0x1000000 : DATA;

	return base + (w & 0x7fff) - (w & 1 ? 0 : w & 7);
}

/* How the processor begins; returns how many instructions it runs beyond those that there are. */
static unsigned state(struct rig *r, struct fuzz_in *in)
{
	struct cpu_state *s = &r->start;
	u32 flags = in32(in), n = in8(in);
	bool mapped = flags & 0x80;

	rig_clear(r);
	if (mapped)
		map(r);
	s->psr = (s->psr & ~0xf00080u) | (flags & 0xf00000) | (flags & 0x1f) % r->nwin;
	s->psr |= flags & 0x20 ? 0 : 0x80;
	s->psr &= flags & 0x40 ? ~0x1000u : ~0u;
	s->wim = flags & 0x10000 ? flags >> 8 & ((1u << r->nwin) - 1) : BIT((flags >> 8) % r->nwin);
	s->fsr = (flags & 0x80000000 ? flags & 0xf800000 : 0) | (flags & 0x60000000) << 1;
	s->y = in8(in) * 0x1010101u;
	/* Even registers point to memory, odd ones are small numbers or near an end of all numbers. */
	for (unsigned i = 1; i < 8; i++)
		s->globals[i] = i & 1 ? in8(in) - 64u : pointer(in, mapped);
	for (unsigned i = 0; i < 16; i++)
		s->win[s->psr & 31][i] = i & 1 ? (u32)in8(in) << (i & 24) : pointer(in, mapped);
	for (unsigned i = 0; i < 32; i++)
		s->f[i] = i % 4 ? i * 0x11111111 : (u32)in8(in) << 23;
	for (u32 i = 0; i < 0x1000; i += 16) {
		rig_put(r, VECTORS + i, a_imm(ADD, L3, L3, 1));
		rig_put(r, VECTORS + i + 4, a_imm(JMPL, G0, L2, 0));
		rig_put(r, VECTORS + i + 8, a_imm(RETT, 0, L2, 4));
	}
	if (flags & 0x20000) {
		r->before = rig_interrupt;
		r->level = 1 + (flags >> 8) % 15;
		r->when = flags >> 12 & 15;
	}
	return n % 64;
}

/* The second operand: a register, or an immediate of which most are small. */
static u32 operand(struct fuzz_in *in)
{
	u8 how = in8(in);

	if (how & 0x80)
		return how & 31;
	if (how & 0x40)
		return 0x2000 | (((u32)how << 8 | in8(in)) & 0x1fff);
	return 0x2000 | (u32)(how & 31) << (how & 0x20 ? 3 : 0);
}

/* The registers: the first one from one octet, the other one from the next. */
static u32 registers(struct fuzz_in *in)
{
	u32 rd = in8(in) & 31, rs1 = in8(in) & 31;

	return rd << 25 | rs1 << 14;
}

static u32 arithmetic(struct fuzz_in *in)
{
	u32 op3 = in8(in) % 0x28;

	return 0x80000000 | op3 << 19 | registers(in) | operand(in);
}

/* All that reads and writes state, changes windows, traps, jumps or comes back. */
static u32 control(struct fuzz_in *in)
{
	static const u8 op3[] = { RDY,	RDPSR, RDWIM, RDTBR, WRY,  WRPSR,   WRWIM, WRTBR,
				  JMPL, RETT,  TICC,  FLUSH, SAVE, RESTORE, SAVE,  RESTORE };
	u32 how = in8(in), w = 0x80000000 | (u32)op3[how % ARRAY_SIZE(op3)] << 19 | registers(in);

	/* Where it jumps to: the program, if it is lucky. */
	if (how & 0x40 && op3[how % ARRAY_SIZE(op3)] == JMPL)
		return (w & ~0x7c000u) | 0x2000 | (CODE % 0x1000 + 4u * in8(in));
	return w | operand(in);
}

/* Even registers of pointers are taken, unless the input insists. */
static u32 memory(struct fuzz_in *in)
{
	static const u8 op3[] = { LD,	  LDUB, LDUH, LDD,   ST,   STB, STH,   STD,   LDSB, LDSH,
				  LDSTUB, SWAP, LDF,  LDFSR, LDDF, STF, STFSR, STDFQ, STDF, LD };
	u32 how = in8(in), w = registers(in);

	w &= how & 0x80 ? ~0u : ~0x4000u;
	return 0xc0000000 | (u32)op3[how % ARRAY_SIZE(op3)] << 19 | w | operand(in);
}

/* Alternate spaces: registers of the MMU, flushes and probes, memory past the MMU, diagnostics. */
static u32 alternate(struct fuzz_in *in)
{
	static const u8 op3[] = {
		LD, LDUB, LDUH, LDD, ST, STB, STH, STD, LDSB, LDSH, LDSTUB, SWAP
	};
	static const u8 asi[] = { 0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,
				  0x0f, 0x10, 0x11, 0x14, 0x17, 0x18, 0x19, 0x1c, 0x1f, 0x20, 0x2f,
				  0x30, 0x36, 0x38, 0x39, 0x40, 0x49, 0x4a, 0x4b, 0x4c, 0x05 };
	u32 how = in8(in), space = in8(in), w = registers(in), rs2 = in8(in) & 31;

	space = space & 0x80 ? asi[space % ARRAY_SIZE(asi)] : space;
	return 0xc0000000 | (u32)(op3[how % ARRAY_SIZE(op3)] | ALT) << 19 | w | space << 5 | rs2;
}

static u32 floating(struct fuzz_in *in)
{
	static const u8 opf[] = { 0x01, 0x05, 0x09, 0x29, 0x2a, 0x2b, 0x41, 0x42, 0x43, 0x45, 0x46,
				  0x47, 0x49, 0x4a, 0x4b, 0x4d, 0x4e, 0x4f, 0x69, 0x6e, 0xc4, 0xc6,
				  0xc7, 0xc8, 0xc9, 0xcb, 0xcc, 0xcd, 0xce, 0xd1, 0xd2, 0xd3 };
	static const u8 compare[] = { 0x51, 0x52, 0x53, 0x55, 0x56, 0x57 };
	u32 how = in8(in), w = registers(in), rs2 = in8(in) & 31;

	if (how >= 0xc0)
		return 0x80000000 | FPOP2 << 19 | w | (u32)compare[how % 6] << 5 | rs2;
	return 0x80000000 | FPOP1 << 19 | w | (u32)opf[how % ARRAY_SIZE(opf)] << 5 | rs2;
}

/* At most 16 words back, 15 on. */
static u32 branch(struct fuzz_in *in)
{
	u8 how = in8(in), where = in8(in);
	u32 disp = ((u32)(where & 31) - 16) & 0x3fffff;

	if (where >= 0xe0)
		return 0x40000000 | (((u32)(where & 31) - 16) & 0x3fffffff);
	return (u32)(how & 31) << 25 | (how & 0x60 ? 0x00800000u : 0x01800000u) | disp;
}

static u32 instruction(struct fuzz_in *in)
{
	u8 kind = in8(in);

	switch (kind & 15) {
	case 0:
		return in32(in);
	case 1:
		return 0x01000000 | (u32)(kind >> 4 | 16) << 25 | (DATA + in16(in) * 4u) >> 10;
	case 2:
	case 3:
		return branch(in);
	case 4:
	case 5:
		return control(in);
	case 6:
		return alternate(in);
	case 7:
	case 8:
		return floating(in);
	case 9:
	case 10:
	case 11:
		return arithmetic(in);
	default:
		return memory(in);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct rig *rigs[ARRAY_SIZE(models)];
	struct fuzz_in in = { data, len };
	unsigned n = in8(&in) % ARRAY_SIZE(models), more;
	struct rig *r;

	if (!rigs[n])
		rigs[n] = rig_new_pages(models[n], 16);
	r = rigs[n];
	more = state(r, &in);
	for (unsigned i = 0; i < INSNS && in.n; i++)
		emit(r, instruction(&in));
	emit_end(r);
	FUZZ_CHECK(rig_same(r, (r->at - CODE) / 4 + more), "%s", models[n]);
	return 0;
}
