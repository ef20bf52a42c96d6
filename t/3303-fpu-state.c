/* SPDX-License-Identifier: MIT */
/*
 * The floating-point unit as the integer unit sees it: when its instructions trap and with what,
 * what the FSR says before and after, the queue of an FPop that is left to software, branches
 * and comparisons. What the FPops compute is the business of t/3101 to t/3104.
 */
#include "t/cpu-rig.h"

enum {
	FMOVS = 0x01,
	FNEGS = 0x05,
	FABSS = 0x09,
	FSQRTS = 0x29,
	FSQRTD = 0x2a,
	FADDS = 0x41,
	FADDD = 0x42,
	FADDQ = 0x43,
	FSUBS = 0x45,
	FSUBD = 0x46,
	FMULS = 0x49,
	FMULD = 0x4a,
	FDIVS = 0x4d,
	FDIVD = 0x4e,
	FSMULD = 0x69,
	FITOS = 0xc4,
	FDTOS = 0xc6,
	FSTOD = 0xc9,
	FSTOI = 0xd1,
	FCMPS = 0x51,
	FCMPD = 0x52,
	FCMPQ = 0x53,
	FCMPES = 0x55,
	FCMPED = 0x56,
	FCMPEQ = 0x57
};

/* FSR: ftt, qne, fcc, and the five exceptions as cexc, aexc and TEM have them. */
#define FTT(fsr) ((fsr) >> 14 & 7)
#define QNE(fsr) ((fsr) >> 13 & 1)
#define FCC(fsr) ((fsr) >> 10 & 3)
#define AEXC(fsr) ((fsr) >> 5 & 31)
#define CEXC(fsr) ((fsr)&31)
enum { NX = 1, DZ = 2, UF = 4, OF = 8, NV = 16 };

#define ONE 0x3f800000u
#define TWO 0x40000000u
#define THREE 0x40400000u
#define INF 0x7f800000u
#define QNAN 0x7fc00001u
#define SNAN 0x7f800001u

static void start(struct rig *r, u32 fsr)
{
	rig_clear(r);
	emit_logger(r);
	r->start.fsr = (r->start.fsr & 0xe0000) | fsr;
	r->start.globals[1] = DATA;
}

/* STFSR to the next word at %g5, which starts at DATA + 0x800. */
static void emit_fsr(struct rig *r)
{
	r->start.globals[5] = DATA + 0x800;
	emit(r, m_imm(STFSR, 0, G5, 0));
	emit(r, a_imm(ADD, G5, G5, 4));
}

static u32 fsr_at(struct rig *r, u32 n)
{
	return rig_word(r, DATA + 0x800 + 4 * n);
}

static void disabled(struct rig *r)
{
	const u32 insns[] = {
		a_fp(FPOP1, FMOVS, 0, 0, 1),  a_fp(FPOP1, FADDD, 0, 2, 4),
		a_fp(FPOP1, FADDQ, 0, 4, 8),  a_fp(FPOP1, 0x1ff, 0, 0, 0),
		a_fp(FPOP1, 0x000, 0, 0, 0),  a_fp(FPOP2, FCMPS, 0, 0, 1),
		a_fp(FPOP2, FCMPEQ, 0, 0, 4), a_fp(FPOP2, 0x1ff, 0, 0, 0),
		a_fbfcc(0, false, 8),	      a_fbfcc(0, true, 8),
		a_fbfcc(8, false, 8),	      a_fbfcc(8, true, 8),
		a_fbfcc(1, false, 8),	      m_imm(LDF, 0, G1, 0),
		m_imm(LDF, 0, G1, 1),	      m_imm(LDDF, 0, G1, 0),
		m_imm(LDDF, 0, G1, 4),	      m_imm(LDFSR, 0, G1, 0),
		m_imm(LDFSR, 0, G1, 2),	      m_imm(STF, 0, G1, 0),
		m_imm(STF, 0, G1, 3),	      m_imm(STDF, 0, G1, 0),
		m_imm(STDF, 0, G1, 4),	      m_imm(STFSR, 0, G1, 0),
		m_imm(STFSR, 0, G1, 1),	      m_imm(STDFQ, 0, G1, 0),
		m_imm(STDFQ, 0, G1, 4),
	};

	for (unsigned super = 0; super < 2; super++) {
		start(r, 0);
		r->start.psr &= ~0x1000u;
		if (!super)
			r->start.psr &= ~0xc0u;
		for (unsigned i = 0; i < ARRAY_SIZE(insns); i++)
			emit(r, insns[i]);
		emit_end(r);
		if (!rig_all(r, 1000, "EF 0, S %u", super))
			continue;
		is(log_count(r), ARRAY_SIZE(insns), "  all trap");
		for (unsigned i = 0; i < ARRAY_SIZE(insns); i++) {
			bool fq = (insns[i] & 0xc1f80000) == 0xc1300000;

			is_tt(log_entry(r, i).tt, fq && !super ? TT_PRIVILEGED : TT_FP_DISABLED,
			      "  %08x: %s", insns[i],
			      fq && !super ? "privileged_instruction" : "fp_disabled");
			is(log_entry(r, i).pc, CODE + 4 * i, "  pc");
		}
		is(rig_word(r, DATA), 0, "  memory as it was");
	}
	/* EF on and off again. */
	start(r, 0);
	r->start.f[1] = ONE;
	emit(r, a_fp(FPOP1, FMOVS, 2, 0, 1));
	emit(r, a_reg(RDPSR, G2, 0, 0));
	emit_set(r, G3, 0x1000);
	emit(r, a_reg(XOR, G2, G2, G3));
	emit(r, a_reg(WRPSR, 0, G2, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_fp(FPOP1, FMOVS, 3, 0, 1));
	emit(r, a_reg(RDPSR, G2, 0, 0));
	emit(r, a_reg(OR, G2, G2, G3));
	emit(r, a_reg(WRPSR, 0, G2, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_fp(FPOP1, FMOVS, 4, 0, 1));
	emit_end(r);
	if (!rig_all(r, 80, "EF off and on"))
		return;
	is(log_count(r), 1, "  one trap");
	is(r->end.f[2], ONE, "  before");
	is(r->end.f[3], 0, "  off");
	is(r->end.f[4], ONE, "  on");
}

static void fsr_mask(void)
{
	for (unsigned i = 0; cpu_models[i].name && !cpu_models[i].no_fpu; i++) {
		const struct cpu_model *m = &cpu_models[i];
		struct rig *r = rig_new(m->name);
		/* Fujitsu, microSPARC and LEON have a Meiko (4), SuperSPARC its own (0). */
		u32 ver = strstr(m->name, "SuperSparc") ? 0 : 4u << 17;

		start(r, 0);
		rig_put(r, DATA, 0xffffffff);
		emit(r, m_imm(STFSR, 0, G1, 8));
		emit(r, m_imm(LDFSR, 0, G1, 0));
		emit(r, m_imm(STFSR, 0, G1, 4));
		emit(r, m_imm(LDFSR, 0, G1, 12));
		emit(r, m_imm(STFSR, 0, G1, 16));
		emit_end(r);
		if (rig_all(r, 20, "%s: FSR.ver", m->name)) {
			is(rig_word(r, DATA + 8), ver, "  at reset");
			is(rig_word(r, DATA + 4), 0xcfc00fff | ver, "  the bits that stick");
			is(rig_word(r, DATA + 16), ver, "  and those that do not go");
		}
		rig_free(r);
	}
}

/* Operands of FPops that raise each exception, single and in another format. */
static const struct {
	const char *name;
	unsigned opf, a, b; /* f2, f4 */
	unsigned exc, exc_trapped; /* exceptions; with all of them enabled */
} raise[] = {
	{ "0 / 0", FDIVS, 0, 0, NV, NV },
	{ "inf - inf", FSUBS, INF, INF, NV, NV },
	{ "signalling NaN", FADDS, ONE, SNAN, NV, NV },
	{ "sqrt -1", FSQRTS, 0, 0xbf800000, NV, NV },
	{ "inf to integer", FSTOI, 0, INF, NV, NV },
	{ "1 / 0", FDIVS, ONE, 0, DZ, DZ },
	{ "max * max", FMULS, 0x7f7fffff, 0x7f7fffff, OF | NX, OF },
	{ "min / 3", FDIVS, 0x00800000, THREE, UF | NX, UF },
	{ "1 / 3", FDIVS, ONE, THREE, NX, NX },
	{ "2^24 + 1 from integer", FITOS, 0, 0x01000001, NX, NX },
	{ "min / 2, exact", FDIVS, 0x00800000, TWO, 0, UF },
	{ "1 + 1", FADDS, ONE, ONE, 0, 0 },
	{ "quiet NaN", FADDS, ONE, QNAN, 0, 0 },
};

/* What cexc shows when enabled exceptions trap: one alone, overflow and underflow first. */
static unsigned trapping(unsigned exc, unsigned exact_uf, unsigned tem)
{
	if (tem & exact_uf & UF)
		return UF;
	if (exc & tem & (OF | UF | DZ | NV))
		return exc & tem & (OF | UF | DZ | NV);
	return exc & tem & NX;
}

static void exceptions(struct rig *r)
{
	for (unsigned i = 0; i < ARRAY_SIZE(raise); i++)
		for (unsigned tem = 0; tem < 32; tem++) {
			unsigned want = trapping(raise[i].exc, raise[i].exc_trapped, tem);
			u32 pc;

			/* aexc starts with DZ, cexc with everything, fcc with 2. */
			start(r, tem << 23 | 2 << 10 | DZ << 5 | 31);
			r->start.f[2] = raise[i].a;
			r->start.f[4] = raise[i].b;
			r->start.f[6] = 0x12345678;
			pc = r->at;
			emit(r, a_fp(FPOP1, raise[i].opf, 6, 2, 4));
			emit(r, NOP);
			emit_fsr(r);
			emit(r, a_fp(FPOP1, FMOVS, 8, 0, 2));
			emit_fsr(r);
			emit_end(r);
			if (!rig_same_spin(r, 60)) {
				ok(false, "%s, TEM %02x: all ways to run it end alike",
				   raise[i].name, tem);
				continue;
			}
			is(log_count(r), want ? 1 : 0, "%s, TEM %02x: traps", raise[i].name, tem);
			is(FCC(fsr_at(r, 0)), 2, "  fcc");
			is(CEXC(fsr_at(r, 0)), want ? want : raise[i].exc, "  cexc");
			is(AEXC(fsr_at(r, 0)), want ? DZ : DZ | raise[i].exc, "  aexc");
			is(FTT(fsr_at(r, 0)), want ? FTT_IEEE : FTT_NONE, "  ftt");
			is(QNE(fsr_at(r, 0)), 0, "  qne");
			is(CEXC(fsr_at(r, 1)), 0, "  cexc after FMOVs");
			is(FTT(fsr_at(r, 1)), 0, "  ftt after FMOVs");
			is(AEXC(fsr_at(r, 1)), want ? DZ : DZ | raise[i].exc, "  aexc after FMOVs");
			if (!want) {
				ok(r->end.f[6] != 0x12345678, "  rd is written");
				continue;
			}
			is(r->end.f[6], 0x12345678, "  rd as it was");
			is_tt(log_entry(r, 0).tt, TT_FP_EXCEPTION, "  tt");
			is(log_entry(r, 0).pc, pc, "  pc");
			is(log_entry(r, 0).npc, pc + 4, "  nPC");
		}
}

/*
 * Results of two words: a trap leaves both as they were, and with UFM a result that is tiny underflows
 * though it is exact (4.4, N.5). ftt stays until an STFSR or another FPop (4.4).
 */
static void doubles(struct rig *r)
{
	static const struct {
		const char *name;
		unsigned opf, exc;
		u32 a, b; /* the upper words */
	} op[] = {
		{ "max + max", FADDD, OF, 0x7fe00000, 0x7fe00000 },
		{ "1 - SNaN", FSUBD, NV, 0x3ff00000, 0x7ff40000 },
		{ "1 / 0", FDIVD, DZ, 0x3ff00000, 0 },
		{ "1 / 3", FDIVD, NX, 0x3ff00000, 0x40080000 },
		{ "2^-1022 / 2", FDIVD, UF, 0x00100000, 0x40000000 },
		{ "2^-1000 * 2^-1000", FMULD, UF, 0x01700000, 0x01700000 },
		{ "sqrt 2", FSQRTD, NX, 0, 0x40000000 },
		{ "sqrt -1", FSQRTD, NV, 0, 0xbff00000 },
		{ "single SNaN as a double", FSTOD, NV, 0, SNAN },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(op); i++) {
		start(r, op[i].exc << 23);
		r->start.f[2] = op[i].a;
		r->start.f[4] = op[i].b;
		r->start.f[6] = 0x12345678;
		r->start.f[7] = 0x9abcdef0;
		emit(r, a_fp(FPOP1, op[i].opf, 6, 2, 4));
		emit(r, NOP);
		emit_fsr(r);
		emit_fsr(r);
		emit_end(r);
		if (!rig_all(r, 60, "%s", op[i].name))
			continue;
		is(log_count(r), 1, "  it traps");
		is_tt(log_entry(r, 0).tt, TT_FP_EXCEPTION, "  fp_exception");
		is(r->end.f[6], 0x12345678, "  a double rd as it was");
		is(r->end.f[7], 0x9abcdef0, "  and its other half");
		is(CEXC(fsr_at(r, 0)), op[i].exc, "  cexc%s",
		   op[i].exc == UF ? " of a trapped underflow" : "");
		is(FTT(fsr_at(r, 0)), FTT_IEEE, "  IEEE_754_exception");
		is(FTT(fsr_at(r, 1)), FTT_NONE, "  not after an STFSR");
	}
}

/* 4.4: an FPop that completes makes ftt 0, whether or not anybody has stored the FSR since the trap. */
static void ftt_goes(struct rig *r)
{
	const u32 next[] = { a_fp(FPOP1, FMOVS, 8, 0, 2),   a_fp(FPOP1, FNEGS, 8, 0, 2),
			     a_fp(FPOP1, FADDS, 8, 2, 2),   a_fp(FPOP1, FADDD, 8, 12, 12),
			     a_fp(FPOP1, FSQRTD, 8, 0, 12), a_fp(FPOP1, FDTOS, 8, 0, 12),
			     a_fp(FPOP1, FITOS, 8, 0, 12),  a_fp(FPOP2, FCMPS, 0, 2, 2),
			     a_fp(FPOP2, FCMPD, 0, 12, 12), a_fp(FPOP2, FCMPED, 0, 12, 12) };

	for (unsigned i = 0; i < ARRAY_SIZE(next); i++)
		for (unsigned off = 0; off < 2; off++) {
			/* Division by zero traps; with `off` nothing is enabled any more, and the FSR's load leaves ftt. */
			start(r, DZ << 23);
			r->start.f[2] = ONE;
			emit(r, a_fp(FPOP1, FDIVS, 6, 2, 3));
			if (off)
				emit(r, m_imm(LDFSR, 0, G1, 0));
			emit(r, next[i]);
			emit_fsr(r);
			emit_end(r);
			if (!rig_all(r, 60, "ftt after a trap, then %08x, %u", next[i], off))
				continue;
			is(log_count(r), 1, "  one trap");
			is(FTT(fsr_at(r, 0)), FTT_NONE, "  none");
		}
	start(r, DZ << 23);
	r->start.f[2] = ONE;
	emit(r, a_fp(FPOP1, FDIVS, 6, 2, 3));
	emit(r, m_imm(LDFSR, 0, G1, 0));
	emit(r, m_imm(STF, 2, G1, 8));
	emit(r, m_imm(LDF, 9, G1, 8));
	emit_fsr(r);
	emit_end(r);
	if (rig_all(r, 60, "ftt after a trap, then loads and stores"))
		is(FTT(fsr_at(r, 0)), FTT_IEEE, "  stays");
}

/* cexc is of the last FPop alone, aexc gathers. */

static void accumulation(struct rig *r)
{
	static const u8 order[] = { 11, 8, 5, 11, 7, 6, 0, 12 };
	unsigned all = 0;

	start(r, 0);
	for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
		r->start.f[2 * i] = raise[order[i]].a;
		r->start.f[2 * i + 1] = raise[order[i]].b;
		emit(r, a_fp(FPOP1, raise[order[i]].opf, 31, 2 * i, 2 * i + 1));
		emit_fsr(r);
	}
	emit_end(r);
	if (!rig_all(r, 60, "exceptions one after the other"))
		return;
	for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
		all |= raise[order[i]].exc;
		is(CEXC(fsr_at(r, i)), raise[order[i]].exc, "  cexc after %s",
		   raise[order[i]].name);
		is(AEXC(fsr_at(r, i)), all, "  aexc");
	}
	/* FMOVs, FNEGs and FABSs raise nothing whatever they move. */
	start(r, 31 << 23 | 31);
	r->start.f[1] = SNAN;
	emit(r, a_fp(FPOP1, FMOVS, 2, 0, 1));
	emit_fsr(r);
	emit(r, a_fp(FPOP1, FNEGS, 3, 0, 1));
	emit(r, a_fp(FPOP1, FABSS, 4, 0, 3));
	emit_fsr(r);
	emit_end(r);
	if (!rig_all(r, 40, "moves of a signalling NaN"))
		return;
	is(r->end.f[2], SNAN, "  FMOVs");
	is(r->end.f[3], SNAN | 0x80000000, "  FNEGs");
	is(r->end.f[4], SNAN, "  FABSs");
	is(fsr_at(r, 0) & 0x1ffff, 0, "  no exceptions, ftt, fcc");
	is(fsr_at(r, 1) & 0x1ffff, 0, "  no exceptions, ftt, fcc");
	is(log_count(r), 0, "  no traps");
}

/* Bit 31 alone says the sign, of whatever a single holds (V8 B.33); FSR is not looked at. */
static void sign_moves(struct rig *r)
{
	static const u32 value[] = { 0,	   0x80000000,	     1,	   0x80000001,
				     ONE,  ONE | 0x80000000, INF,  INF | 0x80000000,
				     QNAN, 0xffffffff,	     SNAN, 0xff800001 };

	for (unsigned i = 0; i < ARRAY_SIZE(value); i++) {
		u32 v = value[i], mag = v & 0x7fffffff;

		start(r, 31 << 23);
		r->start.f[1] = v;
		emit(r, a_fp(FPOP1, FMOVS, 2, 0, 1));
		emit(r, a_fp(FPOP1, FNEGS, 3, 0, 1));
		emit(r, a_fp(FPOP1, FABSS, 4, 0, 1));
		emit(r, a_fp(FPOP1, FNEGS, 1, 0, 1));
		emit_end(r);
		if (!rig_all(r, 40, "the sign of %x", v))
			continue;
		is(r->end.f[2], v, "  FMOVs");
		is(r->end.f[3], v == mag ? v | 0x80000000 : mag, "  FNEGs");
		is(r->end.f[4], mag, "  FABSs");
		is(r->end.f[1], r->end.f[3], "  FNEGs in place");
		is(log_count(r), 0, "  no traps");
	}
}

static void comparisons(struct rig *r)
{
	/* Singles whose doubles are told beside them. */
	static const struct {
		u32 a, b;
		u64 da, db;
		unsigned fcc, nv, nve;
	} one[] = {
		{ ONE, ONE, 0x3ff0000000000000, 0x3ff0000000000000, 0, 0, 0 },
		{ ONE, TWO, 0x3ff0000000000000, 0x4000000000000000, 1, 0, 0 },
		{ TWO, ONE, 0x4000000000000000, 0x3ff0000000000000, 2, 0, 0 },
		{ 0, 0x80000000, 0, 0x8000000000000000, 0, 0, 0 },
		{ 0xbf800000, 0xc0000000, 0xbff0000000000000, 0xc000000000000000, 2, 0, 0 },
		{ 0xff800000, INF, 0xfff0000000000000, 0x7ff0000000000000, 1, 0, 0 },
		{ INF, INF, 0x7ff0000000000000, 0x7ff0000000000000, 0, 0, 0 },
		{ 1, 0, 1, 0, 2, 0, 0 },
		{ ONE, QNAN, 0x3ff0000000000000, 0x7ff8000000000001, 3, 0, 1 },
		{ QNAN, QNAN, 0x7ff8000000000001, 0x7ff8000000000001, 3, 0, 1 },
		{ SNAN, ONE, 0x7ff0000000000001, 0x3ff0000000000000, 3, 1, 1 },
		{ QNAN, SNAN, 0xfff8000000000001, 0x7ff0000000000001, 3, 1, 1 },
	};
	static const u16 opf[] = { FCMPS, FCMPD, FCMPES, FCMPED };

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
		for (unsigned k = 0; k < 4; k++)
			for (unsigned tem = 0; tem < 32; tem += NV) {
				unsigned nv = k < 2 ? one[i].nv : one[i].nve;
				bool trap = nv && tem;

				start(r, tem << 23 | (one[i].fcc ^ 1) << 10);
				r->start.f[2] = k & 1 ? (u32)(one[i].da >> 32) : one[i].a;
				r->start.f[3] = (u32)one[i].da;
				r->start.f[4] = k & 1 ? (u32)(one[i].db >> 32) : one[i].b;
				r->start.f[5] = (u32)one[i].db;
				emit(r, a_fp(FPOP2, opf[k], 0, 2, 4));
				emit(r, NOP);
				emit_fsr(r);
				emit_end(r);
				if (!rig_same_spin(r, 40)) {
					ok(false, "comparison %u: all ways end alike", i);
					continue;
				}
				is(FCC(fsr_at(r, 0)), trap ? one[i].fcc ^ 1 : one[i].fcc,
				   "comparison %u, opf %02x, TEM %02x: fcc", i, opf[k], tem);
				is(CEXC(fsr_at(r, 0)), nv ? NV : 0, "  cexc");
				is(AEXC(fsr_at(r, 0)), nv && !trap ? NV : 0, "  aexc");
				is(log_count(r), trap, "  traps");
			}
}

/* V8 table 5-? FBfcc: the relations each condition is true for: bit 0 E, 1 L, 2 G, 3 U. */
static const u8 fbfcc[16] = { 0, 14, 6, 10, 2, 12, 4, 8, 15, 1, 9, 5, 13, 3, 11, 7 };

static void branches(struct rig *r)
{
	for (unsigned fcc = 0; fcc < 4; fcc++)
		for (unsigned how = 0; how < 2; how++) {
			/* fcc by LDFSR, or by FCMPs. */
			static const u32 rs1[4] = { ONE, ONE, TWO, QNAN };

			start(r, how ? 0 : fcc << 10);
			r->start.f[1] = rs1[fcc];
			r->start.f[2] = fcc == 1 ? TWO : ONE;
			if (how)
				emit(r, a_fp(FPOP2, FCMPS, 0, 1, 2));
			emit(r, NOP);
			for (unsigned k = 0; k < 32; k++) {
				emit(r, a_imm(OR, G2, G0, 0));
				emit(r, a_fbfcc(k & 15, k >> 4, 12));
				emit(r, a_imm(ADD, G2, G2, 1)); /* slot */
				emit(r, a_imm(ADD, G2, G2, 2)); /* not taken */
				emit(r, m_imm(STB, G2, G1, (s32)k));
			}
			emit_end(r);
			if (!rig_all(r, 200, "FBfcc, fcc %u", fcc))
				continue;
			for (unsigned k = 0; k < 32; k++) {
				unsigned cond = k & 15, annul = k >> 4;
				bool taken = fbfcc[cond] >> fcc & 1;
				unsigned want = taken ? !(annul && cond == 8) : 2 + !annul;

				is(r->ram[DATA + k], want, "  condition %x, a = %u", cond, annul);
			}
		}
}

/*
 * An exception handler that reads the queue: FSR, FSR after the queue was read, the queue's entry,
 * pc and nPC at %g6; then the instruction that trapped runs again.
 */
struct queued {
	u32 fsr, after, q_pc, q_insn, pc, npc;
};

static void emit_queue_handler(struct rig *r)
{
	u32 keep = r->at;

	r->at = VECTORS + 0x10 * TT_FP_EXCEPTION;
	emit(r, a_bicc(BA, false, 0x2000 - 0x80));
	emit(r, NOP);
	r->at = VECTORS + 0x2000;
	emit(r, a_reg(RDPSR, L0, 0, 0));
	emit(r, m_imm(STFSR, 0, G6, 0));
	emit(r, m_imm(STDFQ, 0, G6, 8));
	emit(r, m_imm(STFSR, 0, G6, 4));
	emit(r, m_imm(ST, L1, G6, 16));
	emit(r, m_imm(ST, L2, G6, 20));
	emit(r, a_imm(ADD, G6, G6, 24));
	emit(r, a_reg(WRPSR, 0, L0, 0));
	emit(r, a_imm(JMPL, 0, L1, 0));
	emit(r, a_imm(RETT, 0, L2, 0));
	r->at = keep;
}

static struct queued queue_entry(struct rig *r, unsigned n)
{
	u32 at = LOG + 24 * n;

	return (struct queued){ rig_word(r, at),      rig_word(r, at + 4),  rig_word(r, at + 8),
				rig_word(r, at + 12), rig_word(r, at + 16), rig_word(r, at + 20) };
}

static void one_unimplemented(struct rig *r, u32 insn)
{
	u32 a, b;

	start(r, 2 << 10 | DZ << 5);
	emit_queue_handler(r);
	for (u32 f = 0; f < 32; f++)
		r->start.f[f] = 0x3f800000 + f;
	a = r->at;
	emit(r, insn);
	emit(r, a_imm(ADD, G2, G0, 5));
	emit(r, m_imm(ST, G2, G1, 0));
	b = r->at;
	emit(r, a_fp(FPOP1, FADDS, 20, 1, 2));
	emit_fsr(r);
	emit_end(r);
	if (!rig_all(r, 60, "%08x: unimplemented_FPop of a %s", insn, r->cpu.model->name))
		return;
	is(log_count(r), 1, "  one trap");
	is(queue_entry(r, 0).pc, b, "  at the next FP instruction");
	is(queue_entry(r, 0).npc, b + 4, "  and its nPC");
	is(FTT(queue_entry(r, 0).fsr), FTT_UNIMPLEMENTED, "  ftt");
	is(QNE(queue_entry(r, 0).fsr), 1, "  qne");
	is(FCC(queue_entry(r, 0).fsr), 2, "  fcc");
	is(AEXC(queue_entry(r, 0).fsr), DZ, "  aexc");
	is(queue_entry(r, 0).q_pc, a, "  the queue's address");
	is(queue_entry(r, 0).q_insn, insn, "  and instruction");
	is(QNE(queue_entry(r, 0).after), 0, "  then it is empty");
	is(rig_word(r, DATA), 5, "  what lies between has run");
	is(FTT(fsr_at(r, 0)), 0, "  and then the one that trapped");
	for (u32 f = 0; f < 32; f++)
		if (f == 20 ? r->end.f[f] == 0x3f800000 + f : r->end.f[f] != 0x3f800000 + f)
			ok(false, "  f%u", f);
}

static void unimplemented(struct rig *r)
{
	static const u16 quads[] = { 0x2b, 0x43, 0x47, 0x4b, 0x4f, 0x6e,
				     0xc7, 0xcb, 0xcc, 0xcd, 0xce, 0xd3 };
	/* None of V8's: some became V9's. */
	static const u16 nothing[] = { 0x00, 0x02, 0x03, 0x06, 0x07, 0x0a,  0x0b,  0x2c, 0x40,
				       0x51, 0x81, 0x84, 0xc0, 0xd0, 0x100, 0x141, 0x1ff };
	static const u16 compare_nothing[] = {
		0x00, 0x01, 0x41, 0x50, 0x53, 0x54, 0x57, 0x58, 0x1ff
	};

	for (unsigned i = 0; i < ARRAY_SIZE(quads); i++)
		one_unimplemented(r, a_fp(FPOP1, quads[i], 8, 4, 12));
	for (unsigned i = 0; i < ARRAY_SIZE(nothing); i++)
		one_unimplemented(r, a_fp(FPOP1, nothing[i], 8, 4, 12));
	for (unsigned i = 0; i < ARRAY_SIZE(compare_nothing); i++)
		one_unimplemented(r, a_fp(FPOP2, compare_nothing[i], 0, 4, 12));
}

/* FsMULd: not in microSPARC I. */
static void fsmuld(struct rig *r)
{
	struct rig *one = rig_new("TI MicroSparc I");

	one_unimplemented(one, a_fp(FPOP1, FSMULD, 8, 4, 12));
	rig_free(one);
	start(r, 0);
	r->start.f[1] = TWO;
	r->start.f[2] = THREE;
	emit(r, a_fp(FPOP1, FSMULD, 4, 1, 2));
	emit_fsr(r);
	emit_end(r);
	if (!rig_all(r, 20, "FsMULd"))
		return;
	is(r->end.f[4], 0x40180000, "  2 * 3");
	is(r->end.f[5], 0, "  2 * 3");
}

/* Whatever FP instruction comes next, it traps, and then runs. */
static void pending(struct rig *r)
{
	const u32 next[] = {
		a_fp(FPOP1, FMOVS, 1, 0, 2), a_fp(FPOP1, FADDD, 2, 4, 6),
		a_fp(FPOP2, FCMPS, 0, 2, 3), m_imm(LDF, 1, G1, 0),
		m_imm(LDDF, 2, G1, 0),	     m_imm(LDFSR, 0, G1, 0),
		m_imm(STF, 1, G1, 8),	     m_imm(STDF, 2, G1, 8),
		m_imm(STFSR, 0, G1, 8),	     a_fbfcc(8, false, 12),
		a_fbfcc(0, false, 12),	     a_fbfcc(9, true, 12),
	};

	for (unsigned i = 0; i < ARRAY_SIZE(next); i++) {
		u32 a, b;

		start(r, 0);
		emit_queue_handler(r);
		a = r->at;
		emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
		emit(r, NOP);
		b = r->at;
		emit(r, next[i]);
		emit(r, NOP);
		emit(r, NOP);
		emit(r, NOP);
		emit_end(r);
		if (!rig_all(r, 60, "pending, then %08x", next[i]))
			continue;
		is(log_count(r), 1, "  one trap");
		is(queue_entry(r, 0).pc, b, "  at its pc");
		is(queue_entry(r, 0).q_pc, a, "  for the other");
		ok(r->end.pc > b + 4, "  and goes on");
	}
	/* The next one directly behind, in a branch's slot, and while EF is 0. */
	start(r, 0);
	emit_queue_handler(r);
	emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
	emit(r, a_fp(FPOP1, FADDQ, 0, 4, 8));
	emit(r, a_bicc(BA, false, 16));
	emit(r, a_fp(FPOP1, FMOVS, 1, 0, 2));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_imm(OR, G2, G0, 7));
	emit_end(r);
	if (rig_all(r, 60, "one unimplemented FPop after the other")) {
		is(log_count(r), 2, "  two traps");
		is(queue_entry(r, 0).q_pc, CODE, "  for the first");
		is(queue_entry(r, 0).pc, CODE + 4, "  at the second");
		is(queue_entry(r, 1).q_pc, CODE + 4, "  for the second");
		is(queue_entry(r, 1).pc, CODE + 12, "  in the slot");
		is(queue_entry(r, 1).npc, CODE + 24, "  on the way to the target");
		is(rig_end(r, G2), 7, "  which is reached");
	}
	start(r, 0);
	emit_queue_handler(r);
	emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
	emit(r, a_reg(RDPSR, G2, 0, 0));
	emit_set(r, G3, 0x1000);
	emit(r, a_reg(XOR, G4, G2, G3));
	emit(r, a_reg(WRPSR, 0, G4, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_fp(FPOP1, FMOVS, 1, 0, 2));
	emit(r, a_reg(WRPSR, 0, G2, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_fp(FPOP1, FMOVS, 1, 0, 2));
	emit_end(r);
	if (rig_all(r, 80, "pending, and EF 0")) {
		is(log_count(r), 2, "  two traps");
		is_tt(log_entry(r, 0).tt, TT_FP_DISABLED, "  fp_disabled first");
		is(queue_entry(r, 1).q_pc, CODE, "  then fp_exception");
		is(queue_entry(r, 1).pc, CODE + 0x38, "  where EF is 1 again");
	}
	/* Alignment has priority 10, fp_exception 11. */
	start(r, 0);
	emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
	emit(r, m_imm(LDDF, 0, G1, 4));
	emit(r, m_imm(STF, 0, G1, 2));
	emit(r, m_imm(LDF, 0, G1, 0));
	emit_end(r);
	if (rig_all(r, 100, "pending, and misaligned")) {
		is(log_count(r), 3, "  three traps");
		is_tt(log_entry(r, 0).tt, TT_NOT_ALIGNED, "  lddf");
		is_tt(log_entry(r, 1).tt, TT_NOT_ALIGNED, "  stf");
		is_tt(log_entry(r, 2).tt, TT_FP_EXCEPTION, "  ldf");
	}
}

/*
 * In the exception state stores work, and all else is a sequence error. The logging handler does
 * not read the queue, so the state stays.
 */
static void exception_state(struct rig *r)
{
	const u32 wrong[] = { a_fp(FPOP1, FMOVS, 1, 0, 2), a_fp(FPOP1, FADDQ, 0, 4, 8),
			      a_fp(FPOP2, FCMPS, 0, 2, 3), a_fbfcc(8, false, 8),
			      m_imm(LDF, 1, G1, 0),	   m_imm(LDDF, 2, G1, 0),
			      m_imm(LDFSR, 0, G1, 0) };
	unsigned n = 0;

	start(r, 0);
	r->start.f[2] = 0xabcd;
	r->start.f[3] = 0xef01;
	emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
	emit(r, a_fp(FPOP1, FMOVS, 1, 0, 2)); /* traps */
	emit_fsr(r);
	emit(r, m_imm(STF, 3, G1, 0x10));
	emit(r, m_imm(STDF, 2, G1, 0x18));
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		emit(r, wrong[i]);
		emit_fsr(r);
	}
	emit(r, m_imm(STDFQ, 0, G1, 0x20));
	emit_fsr(r);
	emit(r, a_fp(FPOP1, FMOVS, 1, 0, 2));
	emit_fsr(r);
	emit(r, m_imm(STDFQ, 0, G1, 0x28)); /* empty */
	emit_fsr(r);
	emit(r, a_fp(FPOP1, FMOVS, 5, 0, 2));
	emit_fsr(r);
	emit_end(r);
	if (!rig_all(r, 400, "exception state"))
		return;
	is(log_count(r), 2 + ARRAY_SIZE(wrong), "  traps");
	is_tt(log_entry(r, 0).tt, TT_FP_EXCEPTION, "  the first");
	is(FTT(fsr_at(r, 0)), FTT_UNIMPLEMENTED, "  STFSR: ftt");
	is(QNE(fsr_at(r, 0)), 1, "  qne");
	is(rig_word(r, DATA + 0x10), 0xef01, "  STF");
	is(rig_word(r, DATA + 0x18), 0xabcd, "  STDF");
	is(rig_word(r, DATA + 0x1c), 0xef01, "  STDF");
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		is_tt(log_entry(r, 1 + i).tt, TT_FP_EXCEPTION, "  %08x", wrong[i]);
		is(log_entry(r, 1 + i).pc, CODE + 24 + 12 * i, "  at once");
		is(FTT(fsr_at(r, 1 + i)), FTT_SEQUENCE, "  sequence_error");
		is(QNE(fsr_at(r, 1 + i)), 1, "  the queue stays");
	}
	n = 1 + ARRAY_SIZE(wrong);
	is(rig_word(r, DATA + 0x20), CODE, "  STDFQ: address");
	is(rig_word(r, DATA + 0x24), a_fp(FPOP1, FADDQ, 8, 12, 16), "  instruction");
	is(QNE(fsr_at(r, n)), 0, "  empty");
	is(r->end.f[1], 0xabcd, "  FPops again");
	is(FTT(fsr_at(r, n + 1)), 0, "  ftt");
	is_tt(log_entry(r, n).tt, TT_FP_EXCEPTION, "  STDFQ of an empty queue traps");
	is(log_entry(r, n).pc, CODE + 24 + 12 * ARRAY_SIZE(wrong) + 24, "  itself");
	is(FTT(fsr_at(r, n + 2)), FTT_SEQUENCE, "  sequence_error");
	is(QNE(fsr_at(r, n + 2)), 0, "  qne");
	is(rig_word(r, DATA + 0x28), 0, "  and stores nothing");
	is(r->end.f[5], 0xabcd, "  FPops go on");
	is(FTT(fsr_at(r, n + 3)), 0, "  ftt");
}

static void queue_access(struct rig *r)
{
	/* The user may not, not even in the exception state; alignment goes before an empty queue. */
	start(r, 0);
	r->start.psr &= ~0xc0u;
	emit(r, m_imm(STDFQ, 0, G1, 0));
	emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
	emit(r, m_imm(STDFQ, 0, G1, 0));
	emit(r, m_imm(STDFQ, 0, G1, 4));
	emit(r, m_imm(STF, 0, G1, 0));
	emit(r, m_imm(STDFQ, 0, G1, 0));
	emit_end(r);
	if (rig_all(r, 150, "STDFQ as the user")) {
		is(log_count(r), 5, "  traps");
		for (unsigned i = 0; i < 5; i++)
			is_tt(log_entry(r, i).tt, i == 3 ? TT_FP_EXCEPTION : TT_PRIVILEGED, "  tt");
	}
	start(r, 0);
	emit(r, m_imm(STDFQ, 0, G1, 4));
	emit(r, m_imm(STDFQ, 0, G1, 0));
	emit_end(r);
	if (!rig_all(r, 60, "STDFQ, misaligned"))
		return;
	is_tt(log_entry(r, 0).tt, TT_NOT_ALIGNED, "  mem_address_not_aligned");
	is_tt(log_entry(r, 1).tt, TT_FP_EXCEPTION, "  fp_exception");
}

/* STDFQ to where nothing can be stored: the queue must not lose its entry. */
static void queue_fault(struct rig *r)
{
	start(r, 0);
	r->start.globals[2] = NOWHERE;
	emit(r, a_fp(FPOP1, FADDQ, 8, 12, 16));
	emit(r, m_imm(STF, 0, G1, 0));
	emit(r, m_imm(STDFQ, 0, G2, 0));
	emit_fsr(r);
	emit(r, m_imm(STDFQ, 0, G1, 8));
	emit_end(r);
	if (!rig_all(r, 100, "STDFQ to nowhere"))
		return;
	is(log_count(r), 2, "  traps");
	is_tt(log_entry(r, 1).tt, TT_DATA_ERROR, "  data_access_error");
	is(QNE(fsr_at(r, 0)), 1, "  qne");
	is(rig_word(r, DATA + 8), CODE, "  the entry is still there");
}

static void loads_and_stores(struct rig *r)
{
	/* Alignment. */
	static const struct {
		unsigned op3, off;
		bool traps;
	} one[] = { { LDF, 0, 0 },   { LDF, 1, 1 },   { LDF, 2, 1 },  { LDF, 4, 0 },
		    { LDDF, 0, 0 },  { LDDF, 4, 1 },  { LDDF, 1, 1 }, { LDDF, 8, 0 },
		    { LDFSR, 0, 0 }, { LDFSR, 2, 1 }, { STF, 0, 0 },  { STF, 3, 1 },
		    { STF, 4, 0 },   { STDF, 0, 0 },  { STDF, 4, 1 }, { STDF, 2, 1 },
		    { STDF, 8, 0 },  { STFSR, 4, 0 }, { STFSR, 6, 1 } };
	unsigned n = 0;

	start(r, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
		emit(r, m_imm(one[i].op3, 0, G1, (s32)one[i].off));
	emit_end(r);
	if (rig_all(r, 400, "FP loads and stores, alignment")) {
		for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
			if (!one[i].traps)
				continue;
			is_tt(log_entry(r, n).tt, TT_NOT_ALIGNED, "  op3 %02x, %u off", one[i].op3,
			      one[i].off);
			is(log_entry(r, n++).pc, CODE + 4 * i, "  pc");
		}
		is(log_count(r), n, "  no other traps");
	}

	/* Halves of doubles; odd numbers of doubles mean the pair. */
	start(r, 0);
	rig_put(r, DATA, 0x01234567);
	rig_put(r, DATA + 4, 0x89abcdef);
	for (u32 f = 0; f < 32; f++)
		r->start.f[f] = 0xf0f0f000 + f;
	emit(r, m_imm(LDF, 3, G1, 0));
	emit(r, m_imm(LDF, 4, G1, 4));
	emit(r, m_imm(LDDF, 6, G1, 0));
	emit(r, m_imm(LDDF, 9, G1, 0));
	emit(r, m_imm(STF, 2, G1, 8));
	emit(r, m_imm(STF, 7, G1, 12));
	emit(r, m_imm(STDF, 6, G1, 16));
	emit(r, m_imm(STDF, 5, G1, 24));
	emit(r, m_imm(LDDF, 30, G1, 0));
	emit(r, m_imm(STDF, 30, G1, 32));
	emit_end(r);
	if (!rig_all(r, 60, "singles and doubles"))
		return;
	is(log_count(r), 0, "  no traps");
	is(r->end.f[2], 0xf0f0f002, "  f2");
	is(r->end.f[3], 0x01234567, "  f3");
	is(r->end.f[4], 0x89abcdef, "  f4");
	is(r->end.f[5], 0xf0f0f005, "  f5");
	is(r->end.f[6], 0x01234567, "  f6");
	is(r->end.f[7], 0x89abcdef, "  f7");
	is(r->end.f[8], 0x01234567, "  f8");
	is(r->end.f[9], 0x89abcdef, "  f9");
	is(r->end.f[10], 0xf0f0f00a, "  f10");
	is(rig_word(r, DATA + 8), 0xf0f0f002, "  stf");
	is(rig_word(r, DATA + 12), 0x89abcdef, "  stf");
	is(rig_word(r, DATA + 16), 0x01234567, "  stdf");
	is(rig_word(r, DATA + 20), 0x89abcdef, "  stdf");
	is(rig_word(r, DATA + 24), 0x89abcdef, "  stdf of f5");
	is(rig_word(r, DATA + 28), 0xf0f0f005, "  stdf of f5");
	is(rig_word(r, DATA + 36), 0x89abcdef, "  stdf of f30");

	/* 3 + 1 in doubles, by odd numbers. */
	start(r, 0);
	r->start.f[2] = 0x40080000;
	r->start.f[4] = 0x3ff00000;
	emit(r, a_fp(FPOP1, FADDD, 7, 3, 5));
	emit(r, a_fp(FPOP1, FDTOS, 8, 0, 7));
	emit(r, a_fp(FPOP2, FCMPD, 0, 3, 5));
	emit_fsr(r);
	emit_end(r);
	if (!rig_all(r, 30, "doubles by odd numbers"))
		return;
	is(r->end.f[6], 0x40100000, "  FADDd");
	is(r->end.f[7], 0, "  FADDd");
	is(r->end.f[8], 0x40800000, "  FdTOs");
	is(FCC(fsr_at(r, 0)), 2, "  FCMPd");
}

/* Loads that fault leave the registers. */
static void faulting_loads(struct rig *r)
{
	start(r, 3 << 10);
	r->start.globals[2] = NOWHERE;
	r->start.f[4] = 0x44;
	r->start.f[5] = 0x55;
	emit(r, m_imm(LDF, 4, G2, 0));
	emit(r, m_imm(LDDF, 4, G2, 0));
	emit(r, m_imm(LDFSR, 0, G2, 0));
	emit(r, m_imm(STF, 4, G2, 0));
	emit(r, m_imm(STDF, 4, G2, 0));
	emit(r, m_imm(STFSR, 0, G2, 0));
	emit_fsr(r);
	emit_end(r);
	if (!rig_all(r, 200, "FP loads and stores that fault"))
		return;
	is(log_count(r), 6, "  all trap");
	for (unsigned i = 0; i < 6; i++)
		is_tt(log_entry(r, i).tt, TT_DATA_ERROR, "  tt");
	is(r->end.f[4], 0x44, "  f4");
	is(r->end.f[5], 0x55, "  f5");
	is(FCC(fsr_at(r, 0)), 3, "  FSR");
}

/* An IEEE trap in the slot of a branch that is taken, not taken, and annulled. */
static void slots(struct rig *r)
{
	for (unsigned how = 0; how < 3; how++) {
		start(r, DZ << 23);
		r->start.f[2] = ONE;
		emit(r, a_bicc(how == 0 ? BA : BN, how == 2, 12));
		emit(r, a_fp(FPOP1, FDIVS, 4, 2, 3));
		emit(r, a_imm(ADD, G2, G2, 1));
		emit(r, a_imm(ADD, G2, G2, 2));
		emit_end(r);
		if (!rig_all(r, 60, "a trap in a slot, %u", how))
			continue;
		is(log_count(r), how < 2, "  traps");
		if (how < 2) {
			is_tt(log_entry(r, 0).tt, TT_FP_EXCEPTION, "  tt");
			is(log_entry(r, 0).pc, CODE + 4, "  pc");
			is(log_entry(r, 0).npc, how ? CODE + 8 : CODE + 12, "  nPC");
		}
		is(rig_end(r, G2), how ? 3 : 2, "  goes on");
	}
}

int main(void)
{
	struct rig *r = rig_new("Fujitsu MB86904");

	disabled(r);
	fsr_mask();
	exceptions(r);
	doubles(r);
	ftt_goes(r);
	accumulation(r);
	sign_moves(r);
	comparisons(r);
	branches(r);
	unimplemented(r);
	fsmuld(r);
	pending(r);
	exception_state(r);
	queue_access(r);
	queue_fault(r);
	loads_and_stores(r);
	faulting_loads(r);
	slots(r);
	rig_free(r);
	return tap_done();
}
