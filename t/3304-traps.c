/* SPDX-License-Identifier: MIT */
/*
 * Traps as chapter 7 of the SPARC V8 manual describes them: entry and return in every window,
 * interrupts at every instruction, error mode, the pc and nPC that a handler gets wherever the
 * instruction stood, code that changes while it runs, and instruction counts.
 */
#include "arch/sparc/cover.h"
#include "t/cpu-rig.h"

#define UNIMP 0x00000000u

static u32 pattern(u32 w, u32 n)
{
	return 0xa0000000 + w * 0x10000 + n;
}

static void fill_windows(struct rig *r, struct cpu_state *s)
{
	for (u32 n = 1; n < 8; n++)
		s->globals[n] = pattern(15, n);
	for (u32 w = 0; w < r->nwin; w++)
		for (u32 n = 0; n < 16; n++)
			s->win[w][n] = pattern(w, n);
}

/* Trap entry from window w (7.5): WIM is not looked at, two locals change, nothing else. */
static void entry(struct rig *r, u32 w, u32 psr)
{
	u32 to = (w + r->nwin - 1) % r->nwin;
	struct cpu_state want;

	rig_clear(r);
	fill_windows(r, &r->start);
	r->start.psr = (r->start.psr & 0xff000000) | psr | w | 0x20;
	r->start.wim = (1u << r->nwin) - 1;
	r->start.tbr = VECTORS | 0x550;
	r->start.npc = 0x5678 & ~3u;
	emit(r, a_ta(0x13));
	r->at = VECTORS + 0x930;
	emit_end(r);
	want = r->start;
	if (!rig_same_spin(r, 5) || !rig_same(r, 1)) {
		ok(false, "a trap from window %u, PSR %x: all ways end alike", w, psr);
		return;
	}
	want.psr = (psr & ~0x60u) | (r->start.psr & 0xff000000) | 0x80 | (psr & 0x80) >> 1 | to;
	want.tbr = VECTORS | 0x930;
	want.pc = want.tbr;
	want.npc = want.tbr + 4;
	want.win[to][1] = CODE;
	want.win[to][2] = r->start.npc;
	want.icount = r->end.icount;
	ok(!memcmp(&want, &r->end, sizeof(want)), "a trap from window %u of %u, PSR %x", w, r->nwin,
	   psr);
}

/* At 6000 and 7000: one instruction, should the other follow, or a loop. */
static void emit_landings(struct rig *r)
{
	for (r->at = 0x6000; r->at < 0x8000; r->at += 0x1000 - 16) {
		emit(r, a_imm(ADD, G7, G7, 1));
		emit(r, a_imm(ADD, G7, G7, 2));
		emit_end(r);
	}
}

/* And back: JMPL, RETT, in the window above, with what PS held as S. */
static void back(struct rig *r, u32 w, u32 ps, u32 skip)
{
	u32 from = (w + r->nwin - 1) % r->nwin;
	struct cpu_state want;

	rig_clear(r);
	fill_windows(r, &r->start);
	r->start.psr = (r->start.psr & 0xff000000) | 0xa01080 | ps << 6 | from;
	r->start.wim = 1u << from;
	r->start.win[from][1] = 0x6000;
	r->start.win[from][2] = 0x7000;
	emit(r, a_imm(JMPL, 0, skip ? L2 : L1, 0));
	emit(r, a_imm(RETT, 0, L2, skip ? 4 : 0));
	emit_landings(r);
	want = r->start;
	if (!rig_same_spin(r, 6) || !rig_same(r, 2)) {
		ok(false, "back to window %u: all ways end alike", w);
		return;
	}
	want.psr = (r->start.psr & ~0xffu) | ps << 7 | ps << 6 | 0x20 | w;
	want.pc = skip ? 0x7000 : 0x6000;
	want.npc = skip ? 0x7004 : 0x7000;
	want.icount = 2;
	ok(!memcmp(&want, &r->end, sizeof(want)), "back to window %u of %u, PS %u, %s", w, r->nwin,
	   ps, skip ? "behind" : "again");
}

static void every_window(const char *model)
{
	static const u32 psrs[] = { 0x80, 0xc0, 0x00, 0x40, 0xf01fc0, 0x501e80, 0xa00100 };
	struct rig *r = rig_new(model);

	for (u32 w = 0; w < r->nwin; w++) {
		for (unsigned i = 0; i < ARRAY_SIZE(psrs); i++)
			entry(r, w, psrs[i]);
		for (unsigned i = 0; i < 4; i++)
			back(r, w, i & 1, i >> 1);
	}
	rig_free(r);
}

/* WRTBR leaves tt as it is; the program reads it back. */
static void trap_base(struct rig *r)
{
	rig_clear(r);
	r->start.tbr = VECTORS | 0xab0;
	emit(r, a_imm(SUB, G1, G0, 1));
	emit(r, a_imm(WRTBR, 0, G1, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_reg(RDTBR, G2, 0, 0));
	emit(r, a_imm(WRTBR, 0, G0, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_reg(RDTBR, G3, 0, 0));
	emit_end(r);
	if (!rig_all(r, 20, "WRTBR"))
		return;
	is(rig_end(r, G2), 0xfffffab0, "  the base alone");
	is(rig_end(r, G3), 0x00000ab0, "  the base alone");
}

/* State registers that there are not; STBAR is the one of them with a meaning, for rd = 0 alone. */
static void no_such_register(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	r->start.globals[2] = 0x22;
	emit(r, a_reg(RDY, 0, 15, 0));
	for (u32 n = 1; n < 32; n++)
		emit(r, a_reg(RDY, G2, n, 0));
	for (u32 n = 1; n < 31; n++)
		emit(r, a_imm(WRY, n, G0, 5));
	emit_end(r);
	if (!rig_all(r, 1500, "state registers that there are not"))
		return;
	is(log_count(r), 31 + 30, "  trap");
	for (u32 i = 0; i < 61; i++) {
		is_tt(log_entry(r, i).tt, TT_ILLEGAL, "  %sASR %u: illegal_instruction",
		      i < 31 ? "RD" : "WR", i < 31 ? i + 1 : i - 30);
		is(log_entry(r, i).pc, CODE + 4 + 4 * i, "  pc");
	}
	is(rig_end(r, G2), 0x22, "  rd as it was");
}

/* ASR 31 is a chip's own, which takes what a supervisor stores: the user has none. */
static void users_asr31(struct rig *r)
{
	for (unsigned super = 0; super < 2; super++) {
		rig_clear(r);
		emit_logger(r);
		if (!super)
			r->start.psr &= ~0xc0u;
		emit(r, a_imm(WRY, 31, G0, 5));
		emit(r, a_reg(RDY, G2, 0, 0));
		emit_end(r);
		if (!rig_all(r, 60, "WRASR 31, S %u", super))
			continue;
		is(log_count(r), !super, "  traps");
		if (!super)
			is_tt(log_entry(r, 0).tt, TT_ILLEGAL, "  the user's");
		is(rig_end(r, G2), 0, "  Y as it was");
	}
}

/* EC is not there: every instruction of the coprocessor's traps, before anything else is wrong. */
static void no_coprocessor(struct rig *r)
{
	const u32 insns[] = { 0x01c00002, 0x11c00002, 0x21c00002, 0x81b00000,
			      0x81b80000, 0xc1802001, 0xc1882000, 0xc1982004,
			      0xc1a02001, 0xc1a82000, 0xc1b82004 };

	rig_clear(r);
	emit_logger(r);
	for (u32 i = 0; i < ARRAY_SIZE(insns); i++)
		emit(r, insns[i]);
	emit_end(r);
	if (!rig_all(r, 400, "coprocessor instructions"))
		return;
	is(log_count(r), ARRAY_SIZE(insns), "  all trap");
	for (u32 i = 0; i < ARRAY_SIZE(insns); i++) {
		is_tt(log_entry(r, i).tt, TT_CP_DISABLED, "  %08x: cp_disabled", insns[i]);
		is(log_entry(r, i).pc, CODE + 4 * i, "  pc");
	}
}

/* --- error mode --- */

static void error_mode(struct rig *r)
{
	static const struct {
		const char *name;
		u32 insn, tt;
	} one[] = {
		{ "ta", 0x91d02005, 0x85 },
		{ "unimp", UNIMP, TT_ILLEGAL },
		{ "ld [%g0 + 1]", 0xc4002001, TT_NOT_ALIGNED },
		{ "ld from nowhere", 0xc4006000, TT_DATA_ERROR },
		{ "save", 0x81e00000, TT_WINDOW_OVERFLOW },
		{ "restore", 0x81e80000, TT_WINDOW_UNDERFLOW },
		{ "udiv by 0", 0x80700000, TT_DIVISION_BY_ZERO },
		{ "taddcctv", 0x81106001, TT_TAG_OVERFLOW },
		{ "jmpl to 1", 0x81c02001, TT_NOT_ALIGNED },
		{ "rett, no window", 0x81c82000, TT_WINDOW_UNDERFLOW },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
		struct cpu_state want;

		rig_clear(r);
		fill_windows(r, &r->start);
		r->start.psr &= ~0x20u;
		r->start.wim = 0xff;
		r->start.globals[1] = NOWHERE;
		if (!strcmp(one[i].name, "taddcctv"))
			r->start.globals[1] = 0x7ffffffc;
		emit(r, NOP);
		emit(r, one[i].insn);
		emit(r, NOP);
		want = r->start;
		if (!rig_same_spin(r, 5)) {
			ok(false, "error mode, %s: all ways end alike", one[i].name);
			continue;
		}
		ok(r->end.error_mode, "error mode, %s", one[i].name);
		is(r->end.pc, CODE + 4, "  pc");
		is(r->end.npc, CODE + 8, "  nPC");
		is(r->end.psr, want.psr, "  PSR");
		ok(!memcmp(r->end.win, want.win, sizeof(want.win)), "  no window was touched");
		ok(!memcmp(r->end.globals, want.globals, sizeof(want.globals)), "  no globals");
		if (one[i].insn >> 19 == 0x1039) /* RETT says why */
			is_tt(r->end.tbr >> 4 & 0xff, one[i].tt, "  tt");
	}
	/* It is for ever. */
	rig_clear(r);
	r->start.psr &= ~0x20u;
	emit(r, UNIMP);
	rig_run(r, 10, COLD);
	is(cpu_run(&r->cpu, 1000), CPU_ERROR, "error mode stays");
	cpu_irq(&r->cpu, 15, true);
	is(cpu_run(&r->cpu, 1000), CPU_ERROR, "  interrupts or not");
	is(r->cpu.pc, CODE, "  where it happened");
}

/* RETT: which trap, or which error. */
static void rett(struct rig *r)
{
	static const struct {
		const char *name;
		u32 psr, wim, target;
		unsigned tt; /* 0: it returns */
		bool error;
	} one[] = {
		{ "ET 1, supervisor", 0xe0, 0, 0x6000, TT_ILLEGAL, false },
		{ "ET 1, user", 0x20, 0, 0x6000, TT_PRIVILEGED, false },
		{ "ET 1, supervisor, no window, misaligned", 0xe0, 0xff, 0x6001, TT_ILLEGAL,
		  false },
		{ "ET 0, user", 0x00, 0, 0x6000, TT_PRIVILEGED, true },
		{ "ET 0, user, no window", 0x00, 0xff, 0x6000, TT_PRIVILEGED, true },
		{ "ET 0, no window", 0xc0, 2, 0x6000, TT_WINDOW_UNDERFLOW, true },
		{ "ET 0, no window, misaligned", 0xc0, 2, 0x6002, TT_WINDOW_UNDERFLOW, true },
		{ "ET 0, misaligned", 0xc0, 0, 0x6002, TT_NOT_ALIGNED, true },
		{ "ET 0, another window missing", 0xc0, 0xfd, 0x6000, 0, false },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
		rig_clear(r);
		r->start.psr = (r->start.psr & ~0xe0u) | one[i].psr;
		r->start.wim = one[i].wim;
		r->start.globals[1] = one[i].target;
		r->start.globals[2] = 0x7000;
		emit(r, a_imm(JMPL, 0, G2, 0));
		emit(r, a_imm(RETT, 0, G1, 0));
		emit_landings(r);
		for (u32 tt = 0; tt < 0x80; tt++) {
			r->at = VECTORS + 16 * tt;
			emit_end(r);
		}
		if (!rig_same_spin(r, 10) || !rig_same(r, 2)) {
			ok(false, "RETT, %s: all ways end alike", one[i].name);
			continue;
		}
		is(r->end.error_mode, one[i].error, "RETT, %s", one[i].name);
		if (one[i].error) {
			is_tt(r->end.tbr >> 4 & 0xff, one[i].tt, "  tt");
			is(r->end.pc, CODE + 4, "  pc");
		} else if (one[i].tt) {
			is_tt(r->end.tbr >> 4 & 0xff, one[i].tt, "  tt");
			is(r->end.win[r->nwin - 1][1], CODE + 4, "  pc");
			is(r->end.win[r->nwin - 1][2], 0x7000, "  nPC is where the JMPL goes");
		} else {
			is(r->end.pc, 0x7000, "  pc");
			is(r->end.npc, 0x6000, "  nPC");
			is(r->end.psr & 0x3f, 0x21, "  ET 1, window 1");
		}
	}
}

/* --- Ticc --- */

/* The conditions of B.27 by icc, as N Z V C. */
/* RETT has the JMPL's rd as an operand: the JMPL is done by then. */
static void rett_by_jmpl(struct rig *r, bool second)
{
	rig_clear(r);
	r->start.psr = (r->start.psr & ~0xe0u) | 0xc0;
	r->start.globals[1] = 0x6000;
	r->start.globals[2] = 0x7000;
	r->start.globals[3] = 0x100;
	emit(r, a_imm(JMPL, G2, G1, 0));
	emit(r, second ? a_reg(RETT, 0, G3, G2) : a_imm(RETT, 0, G2, 0x100));
	emit_landings(r);
	r->at = CODE + 0x100;
	emit_end(r);
	if (!rig_same_spin(r, 10) || !rig_same(r, 2)) {
		ok(false, "RETT, its rs%d is the JMPL's rd: all ways end alike", second + 1);
		return;
	}
	is(r->end.npc, CODE + 0x100, "RETT, its rs%d is the JMPL's rd: nPC", second + 1);
}

static bool condition(unsigned cond, unsigned icc)
{
	bool n = icc & 8, z = icc & 4, v = icc & 2, c = icc & 1;

	switch (cond) {
	case BN:
		return false;
	case BE:
		return z;
	case BLE:
		return z || n != v;
	case BL:
		return n != v;
	case BLEU:
		return c || z;
	case BCS:
		return c;
	case BNEG:
		return n;
	case BVS:
		return v;
	case BA:
		return true;
	case BNE:
		return !z;
	case BG:
		return !z && n == v;
	case BGE:
		return n == v;
	case BGU:
		return !c && !z;
	case BCC:
		return !c;
	case BPOS:
		return !n;
	default:
		return !v;
	}
}

static void ticc(struct rig *r)
{
	for (unsigned icc = 0; icc < 16; icc++) {
		unsigned n = 0;

		rig_clear(r);
		emit_logger(r);
		r->start.psr |= icc << 20;
		r->start.globals[1] = 0x1234567;
		for (unsigned cond = 0; cond < 16; cond++) {
			emit(r, a_imm(TICC, cond, G1, (s32)cond));
			emit(r, a_imm(TICC, cond, G1, -0x60));
			emit(r, a_reg(TICC, cond, G1, G1));
		}
		emit_end(r);
		if (!rig_all(r, 1500, "Ticc, icc %x", icc))
			continue;
		for (unsigned k = 0; k < 48; k++) {
			u32 add = k % 3 == 0 ? k / 3 : k % 3 == 1 ? (u32)-0x60 : 0x1234567;
			struct logged l;

			if (!condition(k / 3, icc))
				continue;
			l = log_entry(r, n++);
			is_tt(l.tt, 0x80 + ((0x1234567 + add) & 0x7f), "  tt");
			is(l.pc, CODE + 4 * k, "  pc");
			is(l.npc, CODE + 4 * k + 4, "  nPC");
			is(l.psr >> 20 & 15, icc, "  icc");
		}
		is(log_count(r), n, "  no other traps");
	}
}

/* --- slots --- */

/* What stands before the slot, and where it goes: taken, and whether the slot is annulled. */
static const struct {
	const char *name;
	unsigned kind; /* 0 Bicc, 1 CALL, 2 JMPL, 3 FBfcc */
	unsigned cond;
	bool annul, taken, skipped;
} transfers[] = {
	{ "ba", 0, BA, false, true, false },
	{ "ba,a", 0, BA, true, true, true },
	{ "bn", 0, BN, false, false, false },
	{ "bn,a", 0, BN, true, false, true },
	{ "be taken", 0, BE, false, true, false },
	{ "be,a taken", 0, BE, true, true, false },
	{ "bne not taken", 0, BNE, false, false, false },
	{ "bne,a not taken", 0, BNE, true, false, true },
	{ "bleu taken", 0, BLEU, false, true, false },
	{ "bg,a not taken", 0, BG, true, false, true },
	{ "bl not taken", 0, BL, false, false, false },
	{ "bvs,a taken", 0, BVS, true, false, true },
	{ "call", 1, 0, false, true, false },
	{ "jmpl", 2, 0, false, true, false },
	{ "fba", 3, 8, false, true, false },
	{ "fba,a", 3, 8, true, true, true },
	{ "fbn,a", 3, 0, true, false, true },
	{ "fbe,a taken", 3, 9, true, true, false },
	{ "fbne not taken", 3, 1, false, false, false },
	{ "fbne,a not taken", 3, 1, true, false, true },
};

static u32 transfer(unsigned i, s32 disp)
{
	switch (transfers[i].kind) {
	case 0:
		return a_bicc(transfers[i].cond, transfers[i].annul, disp);
	case 1:
		return a_call(disp);
	case 2:
		return a_imm(JMPL, O7, G2, 0);
	default:
		return a_fbfcc(transfers[i].cond, transfers[i].annul, disp);
	}
}

/* Instructions that trap in the slot, each in its way. */
static const struct {
	u32 insn;
	unsigned tt;
} faults[] = {
	{ UNIMP, TT_ILLEGAL },
	{ 0xc6006001, TT_NOT_ALIGNED }, /* ld [%g1 + 1], %g3 */
	{ 0xc6206002, TT_NOT_ALIGNED },
	{ 0x91d02003, 0x83 }, /* st %g3, [%g1 + 2]; ta 3 */
	{ 0x86704000, TT_DIVISION_BY_ZERO }, /* udiv %g1, %g0, %g3 */
	{ 0xc6010000, TT_DATA_ERROR },
	{ 0xc6210000, TT_DATA_ERROR }, /* ld and st at [%g4] */
	{ 0x81e00000, TT_WINDOW_OVERFLOW },
};

/* at: where the transfer stands; far: in how many bytes its target lies. */
static void one_slot(struct rig *r, unsigned t, unsigned f, u32 at, s32 far)
{
	u32 target = at + (u32)far;
	bool ran = !transfers[t].skipped;
	struct logged l;

	rig_clear(r);
	emit_logger(r);
	r->start.psr |= 4 << 20; /* Z */
	r->start.globals[1] = DATA;
	r->start.globals[2] = target;
	r->start.globals[4] = NOWHERE;
	r->start.wim = 0xfe; /* the logger needs no window */
	r->start.pc = at - 8;
	r->start.npc = at - 4;
	r->at = at - 8;
	emit(r, a_imm(OR, G5, G0, 0));
	emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, transfer(t, far));
	emit(r, faults[f].insn);
	emit(r, a_imm(ADD, G5, G5, 2));
	emit(r, a_imm(ADD, G5, G5, 4));
	emit_end(r);
	r->at = target;
	emit(r, a_imm(ADD, G5, G5, 0x10));
	emit(r, a_imm(ADD, G5, G5, 0x20));
	emit_end(r);
	if (!rig_same_spin(r, 60)) {
		ok(false, "%s, %08x in its slot at %x: all ways end alike", transfers[t].name,
		   faults[f].insn, at);
		return;
	}
	is(log_count(r), ran, "%s at %x to %x, then %08x: traps", transfers[t].name, at, target,
	   faults[f].insn);
	is(rig_end(r, G5), transfers[t].taken ? 0x31 : 7, "  goes on");
	if (!ran)
		return;
	l = log_entry(r, 0);
	is_tt(l.tt, faults[f].tt, "  tt");
	is(l.pc, at + 4, "  pc");
	is(l.npc, transfers[t].taken ? target : at + 8, "  nPC");
	is(rig_word(r, DATA), 0, "  memory as it was");
}

static void slots(struct rig *r)
{
	/* In a page, at its end with the slot on the next, over its end, and far away. */
	static const struct {
		u32 at;
		s32 far;
	} places[] = { { 0x5100, 0x40 }, { 0x5ffc, 0x40 },   { 0x5ffc, -0x80 }, { 0x5ff8, 0x40 },
		       { 0x5ff4, 0x3c }, { 0x5100, 0x2000 }, { 0x5ffc, 0x2004 } };

	for (unsigned p = 0; p < ARRAY_SIZE(places); p++)
		for (unsigned t = 0; t < ARRAY_SIZE(transfers); t++)
			for (unsigned f = 0; f < ARRAY_SIZE(faults); f++)
				one_slot(r, t, f, places[p].at, places[p].far);
}

/* V8 5.3, "DCTI couples": a transfer in a transfer's slot. */
static void couples(struct rig *r)
{
	static const struct {
		const char *name;
		u32 first, second; /* at 5000 and 5004; targets 5040 and 5080 */
		u32 want; /* 1: 5008, 10: 5040, 20: 5044, 100: 5080 and on */
	} one[] = {
		{ "ba; ba", 0x10800010, 0x1080001f, 0x110 },
		{ "ba; ba,a", 0x10800010, 0x3080001f, 0x100 },
		{ "ba; call", 0x10800010, 0x4000001f, 0x110 },
		{ "call; ba", 0x40000010, 0x1080001f, 0x110 },
		{ "call; call", 0x40000010, 0x4000001f, 0x110 },
		{ "ba; bn", 0x10800010, 0x0080001f, 0x30 },
		{ "ba; bn,a", 0x10800010, 0x2080001f, 0x20 },
		{ "be taken; ba", 0x02800010, 0x1080001f, 0x110 },
		{ "be,a taken; ba", 0x22800010, 0x1080001f, 0x110 },
		{ "ba,a; ba", 0x30800010, 0x1080001f, 0x30 },
		{ "bne,a not taken; ba", 0x32800010, 0x1080001f, 0x01 },
		{ "bne not taken; ba", 0x12800010, 0x1080001f, 0x101 },
		{ "jmpl; jmpl", 0x81c06040, 0x81c06080, 0x110 },
		{ "jmpl; ba", 0x81c06040, 0x1080001f, 0x110 },
		{ "ba; jmpl", 0x10800010, 0x81c06080, 0x110 },
		{ "jmpl; bn,a", 0x81c06040, 0x2080001f, 0x20 },
	};

	for (unsigned at = 0x5000; at <= 0x5ffc; at += 0xffc)
		for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
			rig_clear(r);
			emit_logger(r);
			r->start.psr |= 4 << 20;
			r->start.globals[1] = at;
			r->start.pc = at - 4;
			r->start.npc = at;
			r->at = at - 4;
			emit(r, NOP);
			emit(r, one[i].first);
			emit(r, one[i].second);
			emit(r, a_imm(ADD, G5, G5, 1));
			emit_end(r);
			r->at = at + 0x40;
			emit(r, a_imm(ADD, G5, G5, 0x10));
			emit(r, a_imm(ADD, G5, G5, 0x20));
			emit_end(r);
			r->at = at + 0x80;
			emit(r, a_imm(ADD, G5, G5, 0x100));
			emit_end(r);
			if (!rig_all(r, 30, "%s at %x", one[i].name, at))
				continue;
			is(rig_end(r, G5), one[i].want, "  the way it goes");
			is(log_count(r), 0, "  no traps");
		}
}

/* --- a program of everything that transfers control --- */

/* Ends in a loop; leaves sums in globals 2 to 5. */
static void everything(struct rig *r, u32 rounds)
{
	u32 loop, fix, sub = 0x6ff0;

	rig_clear(r);
	emit_logger(r);
	r->start.globals[1] = DATA;
	emit(r, a_imm(OR, G2, G0, (s32)rounds));
	loop = r->at;
	emit(r, a_imm(ADD, G3, G3, 1));
	emit(r, a_imm(SUBCC, G0, G2, 3));
	emit(r, a_bicc(BE, true, 12)); /* annulled but once */
	emit(r, a_imm(ADD, G3, G3, 0x100));
	emit(r, m_imm(ST, G3, G1, 4));
	emit(r, m_imm(LD, G4, G1, 4));
	emit(r, a_call((s32)(sub - r->at)));
	emit(r, a_imm(ADD, G4, G4, 7));
	emit(r, a_bicc(BN, true, 8));
	emit(r, UNIMP);
	emit(r, a_bicc(BA, true, 8));
	emit(r, UNIMP);
	emit(r, a_ta(4)); /* logged, and over it */
	emit(r, a_bicc(BA, false, 12)); /* a couple */
	emit(r, a_bicc(BA, false, 16));
	emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, a_imm(ADD, G5, G5, 2)); /* the couple's first target */
	emit(r, NOP);
	emit(r, a_imm(SAVE, O0, G4, 1)); /* the second's */
	emit(r, a_reg(FLUSH, 0, G1, 0));
	emit(r, a_imm(RESTORE, O1, I0, 1));
	emit(r, m_imm(LD, G4, G1, 2)); /* misaligned: logged, and over it */
	emit(r, m_imm(STB, G2, G1, 9));
	emit(r, a_imm(SUBCC, G2, G2, 1));
	fix = r->at;
	emit(r, a_bicc(BNE, false, (s32)(loop - fix)));
	emit(r, m_imm(LDUB, G7, G1, 9));
	emit(r, a_fbfcc(9, true, 12)); /* taken */
	emit(r, a_imm(ADD, G5, G5, 0x40));
	emit(r, UNIMP);
	emit(r, a_bicc(BA, false, 8));
	emit(r, a_ta(5)); /* in a slot */
	emit_end(r);
	/* Over a page's end, and back from its slot. */
	r->at = sub;
	emit(r, a_imm(SUBCC, G0, G2, 2));
	emit(r, a_bicc(BLE, false, 16)); /* slot in this page, target in the next */
	emit(r, a_imm(ADD, G5, G5, 0x1000 >> 4));
	emit(r, a_bicc(BA, false, 8)); /* slot in the next page */
	emit(r, a_imm(ADD, G5, G5, 0x2000 >> 4));
	emit(r, a_imm(JMPL, 0, O7, 8));
	emit(r, a_imm(ADD, G5, G5, 0x4000 >> 4));
}

#define LONG 2700u /* instructions of ROUNDS rounds, and less */
#define ROUNDS 60

static void small_caches(void)
{
	for (unsigned pages = 1; pages < 5; pages++) {
		struct rig *r = rig_new_pages("Fujitsu MB86904", pages);

		everything(r, 5);
		rig_all(r, 3000, "room for %u pages of code", pages);
		/* A call into each of 40 pages, over and over. */
		rig_clear(r);
		for (u32 i = 0; i < 40; i++) {
			emit(r, a_call((s32)(0x40ffc + 0x1000 * i - r->at)));
			emit(r, a_imm(ADD, G2, G2, 1));
		}
		emit(r, a_bicc(BA, false, (s32)(CODE - r->at)));
		emit(r, a_imm(ADD, G3, G3, 1));
		for (u32 i = 0; i < 40; i++) {
			/* The slot is in the next page. */
			r->at = 0x40ffc + 0x1000 * i;
			emit(r, a_imm(JMPL, 0, O7, 8));
			emit(r, a_imm(ADD, G4, G4, 2));
		}
		if (ok(rig_same(r, 162 * 5), "room for %u, 40 are needed", pages)) {
			is(rig_end(r, G2), 200, "  calls");
			is(rig_end(r, G3), 5, "  rounds");
			is(rig_end(r, G4), 400, "  slots");
		}
		rig_free(r);
	}
}

/* Every limit: as far as that and no further, from any point. */
static void limits(struct rig *r, u32 wim)
{
	struct cpu_state *at = calloc(LONG + 1, sizeof(*at));
	unsigned bad = 0;

	if (!at)
		return;
	everything(r, ROUNDS);
	r->start.wim = wim;
	ok(rig_same_spin(r, 2 * LONG), "all kinds of transfers: all ways to run it end alike");
	rig_run(r, 0, REF);
	for (u32 n = 0; n <= LONG; n++) {
		cpu_run(&r->cpu, n);
		cpu_get_state(&r->cpu, &at[n]);
		bad += at[n].icount != n;
	}
	is(bad, 0, "the reference stops at every count");
	for (enum mode mode = COLD; mode <= WARM; mode++) {
		bad = 0;
		/* 1 to 300, and where there is room to run freely first. */
		for (u32 n = 1; n <= LONG; n += n == 300 ? 1700 : 1) {
			rig_run(r, n, mode);
			bad += memcmp(&at[n], &r->end, sizeof(r->end)) != 0;
		}
		is(bad, 0, "%s: the state at every count", rig_mode_name[mode]);
	}
	/* In two pieces, of any length. */
	for (u32 first = 1; first < 60; first += 7) {
		bad = 0;
		for (u32 n = 1; n <= LONG - 60; n += n == 60 ? 2400 : 1) {
			struct cpu_state now;

			rig_run(r, first, WARM);
			cpu_run(&r->cpu, first + n);
			cpu_get_state(&r->cpu, &now);
			bad += memcmp(&at[first + n], &now, sizeof(now)) != 0;
		}
		is(bad, 0, "every count after the first %u", first);
	}
	/* A limit that is there already. */
	rig_run(r, 17, COLD);
	is(cpu_run(&r->cpu, 17), CPU_LIMIT, "nothing is left to do");
	is(r->cpu.icount, 17, "  and nothing is done");
	free(at);
}

/* --- interrupts --- */

/* A handler that takes the request back; logged like any other trap. */
static void emit_interrupts(struct rig *r)
{
	u32 keep = r->at;

	for (u32 level = 1; level < 16; level++) {
		r->at = VECTORS + 16 * (0x10 + level);
		emit(r, a_imm(OR, L4, G0, (s32)level));
		emit(r, a_bicc(BA, false, (s32)(VECTORS + 0x3000 - r->at)));
		emit(r, a_reg(RDPSR, L0, 0, 0));
	}
	r->at = VECTORS + 0x3000;
	emit_set(r, L5, CHIP_PA + CHIP_ACK);
	emit(r, m_imm(ST, L4, L5, 0));
	emit(r, a_imm(ADD, L3, L4, 0x10));
	emit(r, m_imm(ST, L3, G6, 0));
	emit(r, m_imm(ST, L1, G6, 4));
	emit(r, m_imm(ST, L2, G6, 8));
	emit(r, m_imm(ST, L0, G6, 20));
	emit(r, a_imm(ADD, G6, G6, LOG_SIZE));
	emit(r, a_reg(WRPSR, 0, L0, 0));
	emit(r, a_imm(JMPL, 0, L1, 0));
	emit(r, a_imm(RETT, 0, L2, 0));
	r->at = keep;
}

static void levels(struct rig *r)
{
	for (u32 pil = 0; pil < 16; pil++) {
		unsigned bad = 0, same = 0;

		for (u32 level = 1; level < 16; level++) {
			bool taken = level == 15 || level > pil;

			rig_clear(r);
			emit_logger(r);
			emit_interrupts(r);
			r->start.psr |= pil << 8;
			r->before = rig_interrupt;
			r->level = level;
			r->when = 3;
			for (unsigned i = 0; i < 6; i++)
				emit(r, a_imm(ADD, G5, G5, 1));
			emit_end(r);
			same += rig_same_spin(r, 40);
			if (log_count(r) != taken || rig_end(r, G5) != 6)
				bad++;
			if (!taken)
				continue;
			is_tt(log_entry(r, 0).tt, 0x10 + level, "PIL %u, level %u", pil, level);
			bad += log_entry(r, 0).pc != CODE + 12;
			bad += log_entry(r, 0).npc != CODE + 16;
			bad += (log_entry(r, 0).psr & 0xf60) != (pil << 8 | 0x40);
		}
		is(same, 15, "PIL %u: all ways end alike", pil);
		is(bad, 0, "PIL %u: taken when above it, or 15", pil);
	}
}

/* The highest first; the next when that one is done with. */
static u64 several(struct rig *r, u64 icount)
{
	if (icount >= r->when && !r->happened) {
		r->happened = true;
		cpu_irq(&r->cpu, 4, true);
		cpu_irq(&r->cpu, 11, true);
		cpu_irq(&r->cpu, 7, true);
		cpu_irq(&r->cpu, 15, true);
	}
	return icount < r->when ? r->when : UINT64_MAX;
}

static void together(struct rig *r)
{
	static const u8 order[] = { 15, 11, 7, 4 };

	rig_clear(r);
	emit_logger(r);
	emit_interrupts(r);
	r->before = several;
	r->when = 2;
	for (unsigned i = 0; i < 6; i++)
		emit(r, a_imm(ADD, G5, G5, 1));
	emit_end(r);
	if (!rig_all(r, 100, "four at once"))
		return;
	is(log_count(r), 4, "  all are taken");
	for (unsigned i = 0; i < 4; i++) {
		is_tt(log_entry(r, i).tt, 0x10u + order[i], "  in their order");
		is(log_entry(r, i).pc, CODE + 8, "  before anything else runs");
	}
	is(rig_end(r, G5), 6, "  and the program goes on");
}

/* Held while ET is 0 or PIL too high; taken when WRPSR lets it, V8 gives it three instructions. */
static void held(struct rig *r, u32 clear, u32 set)
{
	rig_clear(r);
	emit_logger(r);
	emit_interrupts(r);
	r->start.psr = (r->start.psr & ~clear) | set;
	r->before = rig_interrupt;
	r->level = 9;
	r->when = 1;
	for (unsigned i = 0; i < 5; i++)
		emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, a_reg(RDPSR, G2, 0, 0));
	emit_set(r, G3, clear | set);
	emit(r, a_reg(WRPSR, 0, G2, G3));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_imm(ADD, G5, G5, 0x10));
	emit_end(r);
	if (!rig_all(r, 60, "held, %x", clear | set))
		return;
	is(log_count(r), 1, "  one trap");
	is_tt(log_entry(r, 0).tt, 0x19, "  tt");
	ok(log_entry(r, 0).pc >= CODE + 0x24 && log_entry(r, 0).pc <= CODE + 0x30,
	   "  after the WRPSR, at %x", log_entry(r, 0).pc);
	is(rig_end(r, G5), 0x15, "  and the program goes on");
}

/*
 * At every instruction of a program with every kind of transfer: the handler gets the pc and nPC
 * that the program had, and the program ends as if nothing had been.
 */
static void everywhere(struct rig *r)
{
	u32 sums[8], bad = 0, same = 0, taken = 0, n;

	everything(r, 5);
	rig_run(r, 600, REF);
	memcpy(sums, r->end.globals, sizeof(sums));
	for (n = 0; n < 250; n++) {
		struct cpu_state was;
		struct logged l = { 0 };

		everything(r, 5);
		emit_interrupts(r);
		r->before = NULL;
		rig_run(r, n, REF);
		was = r->end;
		r->before = rig_interrupt;
		r->level = 12;
		r->when = n;
		same += rig_same_spin(r, 600);
		for (unsigned i = 0; i < log_count(r); i++)
			if (log_entry(r, i).tt == 0x1c)
				l = log_entry(r, i);
		taken += l.tt == 0x1c;
		/* Traps are off in the logger: there it waits for the RETT. */
		if (was.psr & 0x20)
			bad += l.pc != was.pc || l.npc != was.npc ||
			       (l.psr & 0xf00000) != (was.psr & 0xf00000);
		else
			bad += l.pc >= VECTORS;
		for (unsigned g = 2; g < 6; g++)
			bad += sums[g] != r->end.globals[g];
	}
	is(same, n, "an interrupt at every instruction: all ways end alike");
	is(taken, n, "  is taken");
	is(bad, 0, "  at its place, and the program notices nothing");
}

/* One that is requested and withdrawn while traps are off is not remembered. */
static u64 withdraw(struct rig *r, u64 icount)
{
	if (icount < 2)
		return 2;
	if (icount < 4) {
		cpu_irq(&r->cpu, 9, true);
		return 4;
	}
	cpu_irq(&r->cpu, 9, false);
	return UINT64_MAX;
}

static void withdrawn(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	emit_interrupts(r);
	r->before = withdraw;
	r->start.psr &= ~0x20u;
	for (unsigned i = 0; i < 6; i++)
		emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, a_reg(RDPSR, G2, 0, 0));
	emit(r, a_imm(WRPSR, 0, G2, 0x20));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, NOP);
	emit_end(r);
	if (rig_all(r, 40, "withdrawn"))
		is(log_count(r), 0, "  levels are not remembered");
}

/* A synchronous trap and an interrupt: the instruction's own first, if it has begun. */
static void with_traps(struct rig *r)
{
	for (u32 when = 0; when < 6; when++) {
		unsigned first;

		rig_clear(r);
		emit_logger(r);
		emit_interrupts(r);
		r->before = rig_interrupt;
		r->level = 14;
		r->when = when;
		emit(r, NOP);
		emit(r, NOP);
		emit(r, a_ta(1));
		emit(r, NOP);
		emit_end(r);
		if (!rig_all(r, 80, "an interrupt at %u, a trap at 2", when))
			continue;
		is(log_count(r), 2, "  both are taken");
		first = when <= 2 ? 0x1e : 0x81;
		is_tt(log_entry(r, 0).tt, first, "  the first");
		is_tt(log_entry(r, 1).tt, first ^ 0x1e ^ 0x81, "  the second");
		is(log_entry(r, when <= 2 ? 0 : 1).pc, CODE + 4 * (when <= 2 ? when : 3),
		   "  the interrupt's pc");
	}
}

/* A store to a chip that requests an interrupt: it is taken before the next instruction. */
static void raised(struct rig *r)
{
	for (unsigned how = 0; how < 3; how++) {
		u32 pc, npc;

		rig_clear(r);
		emit_logger(r);
		emit_interrupts(r);
		r->start.globals[1] = CHIP_PA + CHIP_RAISE;
		r->start.globals[2] = 6;
		emit(r, a_imm(ADD, G5, G5, 1));
		emit(r, a_bicc(how == 1 ? BA : BN, how == 0, 12));
		if (how == 0)
			emit(r, NOP);
		emit(r, m_imm(how == 2 ? SWAP : ST, G2, G1, 0));
		pc = how == 1 ? r->at + 4 : r->at;
		npc = pc + 4;
		emit(r, a_imm(ADD, G5, G5, how == 1 ? 0 : 2));
		emit(r, a_imm(ADD, G5, G5, 4));
		emit_end(r);
		if (!rig_all(r, 60, "a chip requests an interrupt, %u", how))
			continue;
		is(log_count(r), 1, "  one trap");
		is_tt(log_entry(r, 0).tt, 0x16, "  tt");
		is(log_entry(r, 0).pc, pc, "  pc");
		is(log_entry(r, 0).npc, npc, "  nPC");
		is(rig_end(r, G5), how == 1 ? 5 : 7, "  goes on");
	}
}

/* LEON powers down by a store to asr19, until an interrupt is requested, deliverable or not. */
static void power_down(void)
{
	struct rig *r = rig_new("LEON3");

	for (unsigned pil = 0; pil < 16; pil += 15)
		for (enum mode mode = REF; mode < NR_MODES; mode++) {
			rig_clear(r);
			emit_logger(r);
			emit_interrupts(r);
			r->start.psr |= pil << 8;
			emit(r, a_imm(ADD, G5, G5, 1));
			emit(r, a_imm(0x30, 19, G0, 0));
			emit(r, a_imm(ADD, G5, G5, 1));
			emit_end(r);
			rig_run(r, 2, mode);
			is(cpu_run(&r->cpu, 100), CPU_IDLE, "power down, PIL %u, %s", pil,
			   rig_mode_name[mode]);
			is(r->cpu.icount, 2, "  after two instructions");
			cpu_irq(&r->cpu, 5, true);
			is(cpu_run(&r->cpu, 60), CPU_LIMIT, "  and on");
			cpu_get_state(&r->cpu, &r->end);
			is(log_count(r), pil ? 0 : 1, "  the interrupt");
			is(rig_end(r, G5), 2, "  goes on");
		}
	rig_free(r);
}

/* --- code in odd places --- */

/* Code that is no memory is fetched from its chip, each word when it is executed. */
static void code_in_chip(struct rig *r)
{
	const u32 code[] = { a_imm(ADD, G5, G5, 1),  a_imm(SUBCC, G0, G5, 3),
			     a_bicc(BNE, false, -8), NOP,
			     a_imm(JMPL, 0, O7, 8),  a_imm(ADD, G5, G5, 4) };

	rig_clear(r);
	emit_set(r, G1, CHIP_PA);
	for (u32 i = 0; i < ARRAY_SIZE(code); i++) {
		emit_set(r, G2, code[i]);
		emit(r, m_imm(ST, G2, G1, (s32)(4 * i)));
	}
	emit(r, a_imm(JMPL, O7, G1, 0));
	emit(r, NOP);
	emit_end(r);
	if (!rig_all(r, 100, "code in a chip"))
		return;
	is(rig_end(r, G5), 7, "  runs");
	is(r->chip_reads, 14, "  word by word");
}

static void end_of_memory(struct rig *r)
{
	rig_clear(r);
	emit_logger(r);
	emit_set(r, G1, RAM_SIZE - 8);
	emit(r, a_imm(JMPL, O7, G1, 0));
	emit(r, NOP);
	emit(r, a_imm(ADD, G5, G5, 4));
	emit_end(r);
	r->at = RAM_SIZE - 8;
	emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, a_imm(ADD, G5, G5, 2));
	if (!rig_all(r, 60, "over the end of memory"))
		return;
	is(log_count(r), 1, "  one trap");
	is_tt(log_entry(r, 0).tt, TT_INSTRUCTION_ERROR, "  instruction_access_error");
	is(log_entry(r, 0).pc, RAM_SIZE, "  pc");
	is(log_entry(r, 0).npc, RAM_SIZE + 4, "  nPC");
	is(rig_end(r, G5), 7, "  goes on");
}

/* --- code that changes --- */

/*
 * Another processor writes into code that this one has decoded, after it has written there
 * before it was code: by ordinary stores, around the MMU, and atomically.
 */
static void two_processors(struct rig *r)
{
	static const struct {
		unsigned op3, asi;
	} ways[] = { { ST, 0 }, { ST, ASI_BYPASS }, { SWAP, 0 }, { SWAP, ASI_BYPASS }, { STB, 0 } };
	struct cpu *other = calloc(1, sizeof(*other));
	u32 page = 0x8000, writer = 0x9000;

	if (!other || cpu_init(other, r->cpu.model, 1, &r->bus, &r->clock, &r->code)) {
		ok(false, "a second processor");
		return;
	}
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(ways); i++) {
		unsigned op3 = ways[i / 2].op3, asi = ways[i / 2].asi;
		struct cpu_state s;

		rig_clear(r);
		s = r->start;
		r->start.pc = page;
		r->start.npc = page + 4;
		r->at = page;
		emit(r, a_imm(ADD, G5, G5, 1));
		emit(r, a_bicc(BA, false, -4));
		emit(r, NOP);
		r->at = writer;
		/* The first goes elsewhere in the page, so that it is in the writer's TLB. */
		emit(r, asi ? m_asi(op3, G4, G3, G0, asi) : m_imm(op3, G4, G3, 0));
		emit(r, asi ? m_asi(op3, G2, G1, G0, asi) : m_imm(op3, G2, G1, 0));
		emit_end(r);
		s.pc = writer;
		s.npc = writer + 4;
		s.globals[1] = op3 == STB ? page + 3 : page;
		s.globals[2] = op3 == STB ? 0x10 : a_imm(ADD, G5, G5, 0x10);
		s.globals[3] = page + 0x100;
		rig_run(r, 0, i & 1 ? REF : COLD);
		cpu_set_state(other, &s);
		other->ref = r->cpu.ref;
		cpu_run(other, 1);
		cpu_run(&r->cpu, 3 * 1000);
		is(cpu_get_reg(&r->cpu, 0, G5), 1000, "op3 %02x, ASI %02x: before", op3, asi);
		cpu_run(other, 400);
		cpu_run(&r->cpu, 3 * 2000);
		is(cpu_get_reg(&r->cpu, 0, G5), 1000 + 1000 * 0x10, "  what the other wrote");
	}
	cpu_release(other);
	free(other);
}

/* A loop that changes itself so often that decoding does not pay. */
static void restless(struct rig *r)
{
	u32 loop;

	rig_clear(r);
	r->start.globals[1] = CODE + 0x20;
	loop = r->at;
	emit(r, a_imm(ADD, G2, G2, 1));
	emit(r, a_imm(AND, G3, G2, 0x7f));
	emit_set(r, G4, a_imm(ADD, G5, G5, 0));
	emit(r, a_reg(OR, G4, G4, G3));
	emit(r, m_imm(ST, G4, G1, 0));
	emit(r, NOP);
	emit(r, NOP);
	emit(r, a_imm(ADD, G5, G5, 0)); /* CODE + 20 */
	emit(r, a_bicc(BA, false, (s32)(loop - r->at)));
	emit(r, NOP);
	if (ok(rig_same(r, 11 * 1280), "a loop that is never the same"))
		is(rig_end(r, G5), 10 * (127 * 128 / 2), "  adds 0 to 127 ten times");
}

/* A store, then nops, then what it changed, `gap` instructions behind the store. */
static void store_ahead(struct rig *r, unsigned op3, unsigned gap, bool flush, bool page_end)
{
	u32 old = a_imm(ADD, G5, G5, 1), new = a_imm(ADD, G5, G5, 0x10), at, loop;

	rig_clear(r);
	emit_logger(r);
	r->at = page_end ? 0x6000 - 4 * gap - 8 : CODE;
	r->start.pc = r->at;
	r->start.npc = r->at + 4;
	r->start.globals[2] = op3 == STB || op3 == LDSTUB ? 0x10
			      : op3 == STH		  ? 0x6010 & 0xffff
							  : new;
	if (op3 == STH)
		r->start.globals[2] = new & 0xffff;
	r->start.globals[3] = NOP;
	r->start.f[2] = new;
	r->start.f[3] = NOP;
	loop = r->at;
	emit(r, NOP); /* the second time round all this has been decoded */
	at = loop + 8 + 4 * gap;
	r->start.globals[1] = at;
	emit(r, m_imm(op3, 2, G1, op3 == STB ? 3 : op3 == STH ? 2 : 0));
	for (unsigned i = 0; i < gap; i++)
		emit(r, flush && i == 0 ? a_reg(FLUSH, 0, G1, 0) : a_imm(ADD, G4, G4, 1));
	emit(r, old);
	emit(r, NOP);
	/* Put the old one back, and once more. */
	emit(r, a_imm(SUBCC, G0, G7, 1));
	emit_set(r, O0, old);
	emit(r, m_imm(ST, O0, G1, 0));
	if (op3 == SWAP)
		emit_set(r, G2, new);
	emit(r, a_bicc(BNE, false, (s32)(loop - r->at)));
	emit(r, a_imm(ADD, G7, G7, 1));
	emit_end(r);
	if (!rig_same_spin(r, 100)) {
		ok(false, "op3 %02x, %u ahead: all ways end alike", op3, gap);
		return;
	}
	is(rig_end(r, G5), 0x20, "op3 %02x changes code %u ahead%s%s", op3, gap,
	   flush ? ", flushed" : "", page_end ? ", in the next page" : "");
}

static void stores_ahead(struct rig *r)
{
	static const u8 ops[] = { ST, STB, STH, STD, SWAP, STF, STDF };

	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
		for (unsigned gap = 0; gap < 8; gap++) {
			if ((ops[i] == STD || ops[i] == STDF) && (gap & 1))
				continue;
			store_ahead(r, ops[i], gap, false, false);
			store_ahead(r, ops[i], gap, false, true);
			if (gap)
				store_ahead(r, ops[i], gap, true, false);
		}
}

/* The delay instruction, changed by the store before the branch, in its slot, and by itself. */
static void store_slot(struct rig *r)
{
	u32 at;

	/* The slot of the branch right behind the store. */
	rig_clear(r);
	r->start.globals[1] = CODE + 12;
	r->start.globals[2] = a_imm(ADD, G5, G5, 0x10);
	emit(r, NOP);
	emit(r, m_imm(ST, G2, G1, 0));
	emit(r, a_bicc(BA, false, 12));
	emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, UNIMP);
	emit_end(r);
	if (rig_all(r, 20, "a store, a branch, its slot"))
		is(rig_end(r, G5), 0x10, "  the new one runs");

	/* A store in the slot changes the branch's target. */
	rig_clear(r);
	r->start.globals[1] = CODE + 0x20;
	r->start.globals[2] = a_imm(ADD, G5, G5, 0x10);
	emit(r, a_bicc(BA, false, 0x20));
	emit(r, m_imm(ST, G2, G1, 0));
	r->at = CODE + 0x20;
	emit(r, a_imm(ADD, G5, G5, 1));
	emit_end(r);
	if (rig_all(r, 20, "a store in the slot, to the target"))
		is(rig_end(r, G5), 0x10, "  the new one runs");

	/* A store in the slot over itself: it has been fetched. The next time it is something else. */
	rig_clear(r);
	at = r->at;
	r->start.globals[1] = at + 12;
	r->start.globals[2] = a_imm(ADD, G5, G5, 0x10);
	emit(r, a_imm(ADD, G3, G3, 1));
	emit(r, a_imm(SUBCC, G0, G3, 4));
	emit(r, a_bicc(BNE, false, -8));
	emit(r, m_imm(ST, G2, G1, 0));
	emit_end(r);
	if (rig_all(r, 30, "a store in the slot, over itself"))
		is(rig_end(r, G5), 0x30, "  three times the new one");

	/* A store in the slot over the branch that it belongs to: a loop that ends itself. */
	rig_clear(r);
	at = r->at;
	r->start.globals[1] = at + 8;
	r->start.globals[2] = NOP;
	emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, a_imm(SUBCC, G0, G5, 100));
	emit(r, a_bicc(BNE, false, -8));
	emit(r, m_imm(ST, G2, G1, 0));
	emit_end(r);
	if (rig_all(r, 40, "a store in the slot, over the branch"))
		is(rig_end(r, G5), 2, "  the loop ends");

	/* Over the compare before the branch, over the branch after it has been seen. */
	for (unsigned which = 0; which < 4; which++) {
		rig_clear(r);
		at = r->at;
		r->start.globals[1] = at + 4 * which;
		r->start.globals[2] = which == 2   ? a_bicc(BA, true, 16)
				      : which == 1 ? a_imm(SUBCC, G0, G3, 6)
						   : a_imm(ADD, G3, G3, 2);
		emit(r, a_imm(ADD, G3, G3, 1));
		emit(r, a_imm(SUBCC, G0, G3, 5));
		emit(r, a_bicc(BE, false, 16));
		emit(r, a_imm(ADD, G4, G4, 1));
		emit(r, a_bicc(BA, false, -16));
		emit(r, m_imm(ST, G2, G1, 0));
		emit_end(r);
		if (!rig_all(r, 80, "a loop that changes its instruction %u", which))
			continue;
		/* 0: 1, 3, 5; 1: up to 6; 2: once; 3: 1, 4, 7, ... of which 3 * i - 2 = 5 never. */
		if (which < 3)
			is(rig_end(r, G3), which == 0 ? 5 : which == 1 ? 6 : 2, "  ends");
	}
}

/* The engine has WRPSR do the nops behind it as well: as long as they are some, and up to the page's end. */
static void behind_wrpsr(struct rig *r, unsigned which, u32 at)
{
	u32 loop;

	rig_clear(r);
	r->at = at - 4;
	r->start.pc = r->at;
	r->start.npc = at;
	r->start.globals[1] = at + 4 + 4 * which;
	r->start.globals[2] = a_imm(ADD, G5, G5, 0x10);
	emit(r, a_imm(RDPSR, L0, 0, 0));
	loop = r->at;
	emit(r, a_imm(WRPSR, 0, L0, 0));
	for (unsigned i = 0; i < 3; i++)
		emit(r, NOP);
	emit(r, a_imm(ADD, G5, G5, 1));
	emit(r, m_imm(ST, G2, G1, 0));
	emit(r, a_imm(SUBCC, G0, G7, 1));
	emit(r, a_bicc(BNE, false, (s32)(loop - r->at)));
	emit(r, a_imm(ADD, G7, G7, 1));
	emit_end(r);
	if (rig_all(r, 60, "nop %u behind WRPSR at %x is changed", which, at))
		is(rig_end(r, G5), 0x12, "  and runs");
}

/* A breakpoint at each of the words behind WRPSR is one, with coverage as without. */
static void stop_behind_wrpsr(struct rig *r, unsigned which, bool covered)
{
	static u8 map[1024];
	struct cover cover = { .map = map, .shift = 22, .first = 0, .size = 0xffffffff };
	u32 stop = CODE + 8 + 4 * which;

	rig_clear(r);
	emit(r, a_imm(RDPSR, L0, 0, 0));
	emit(r, a_imm(WRPSR, 0, L0, 0));
	for (unsigned i = 0; i < 4; i++)
		emit(r, NOP);
	emit_end(r);
	rig_restore(r);
	r->cpu.ref = false;
	cpu_set_state(&r->cpu, &r->start);
	cpu_set_cover(&r->cpu, covered ? &cover : NULL);
	cpu_set_breakpoints(&r->cpu, &stop, 1);
	ok(cpu_run(&r->cpu, 5000) == CPU_BREAKPOINT, "a breakpoint %u words behind WRPSR%s",
	   which + 1, covered ? ", with coverage" : "");
	is(r->cpu.pc, stop, "  stops there");
	cpu_set_breakpoints(&r->cpu, NULL, 0);
	cpu_set_cover(&r->cpu, NULL);
}

/*
 * Accesses at one register: the engine asks the TLB once where they are in one page. Here the second is in the next
 * one, or misaligned, or there is no memory.
 */
static void by_one_register(struct rig *r, unsigned op3, u32 at, s32 step, unsigned tt)
{
	bool pair = op3 == LDD || op3 == STD, store = op3 == ST || op3 == STD;
	u32 first = pattern(at, 0), second = pattern(at, 1), loop;

	rig_clear(r);
	emit_logger(r);
	r->start.globals[1] = at;
	rig_put(r, at, first);
	if (!tt)
		rig_put(r, at + (u32)step, second);
	emit_set(r, L2, store ? ~first : 0);
	emit_set(r, L4, store ? ~second : 0);
	loop = r->at;
	emit(r, m_imm(op3, L2, G1, 0));
	emit(r, m_imm(op3, L4, G1, step));
	emit(r, a_imm(SUBCC, G0, G7, 3));
	emit(r, a_bicc(BNE, false, (s32)(loop - r->at)));
	emit(r, a_imm(ADD, G7, G7, 1));
	emit_end(r);
	if (!rig_all(r, 200, "op3 %02x at %x and %d behind it", op3, at, step))
		return;
	is(log_count(r), tt ? 4 : 0, "  the second one %s", tt ? "traps" : "does not trap");
	if (tt)
		is_tt(log_entry(r, 3).tt, tt, "  as it should");
	is(store ? rig_word(r, at) : rig_end(r, L2), store ? ~first : first,
	   "  the first one is done");
	if (!tt)
		is(store ? rig_word(r, at + (u32)step) : rig_end(r, L4), store ? ~second : second,
		   "  and so is the second%s", pair ? ", of two words" : "");
}

static void by_one_register_all(struct rig *r)
{
	static const u8 ops[] = { LD, ST, LDD, STD };

	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
		s32 size = ops[i] == LDD || ops[i] == STD ? 8 : 4;

		by_one_register(r, ops[i], DATA, size, 0);
		by_one_register(r, ops[i], DATA + 0x1000 - (u32)size, size, 0);
		by_one_register(r, ops[i], DATA + 0x1000, -size, 0);
		by_one_register(r, ops[i], DATA, size + 2, TT_NOT_ALIGNED);
		by_one_register(r, ops[i], DATA + 0x1000 - (u32)size, size + 2, TT_NOT_ALIGNED);
		by_one_register(r, ops[i], RAM_SIZE - (u32)size, size, TT_DATA_ERROR);
	}
}

/* Memory written by a chip between two instructions. */
static u64 dma(struct rig *r, u64 icount)
{
	u8 word[8];

	if (r->happened)
		return UINT64_MAX;
	if (icount < r->when)
		return r->when;
	r->happened = true;
	be32_put(word, a_imm(ADD, G5, G5, 0x100));
	be32_put(word + 4, a_imm(ADD, G5, G5, 0x100));
	bus_copy_to(&r->bus, CODE + 4, word, 8);
	return UINT64_MAX;
}

static void dma_to_code(struct rig *r)
{
	for (u32 when = 0; when < 40; when++) {
		/* Five instructions a round, 200 rounds. */
		u32 next = when % 5, round = when / 5, old = 2 * round, want;

		rig_clear(r);
		r->before = dma;
		r->when = when;
		emit(r, a_imm(ADD, G3, G3, 1));
		emit(r, a_imm(ADD, G5, G5, 1));
		emit(r, a_imm(ADD, G5, G5, 1));
		emit(r, a_bicc(BA, false, -12));
		emit(r, a_imm(ADD, G4, G4, 1));
		old += next == 2 ? 1 : next > 2 ? 2 : 0;
		want = old + (400 - old) * 0x100;
		if (!rig_same(r, 5 * 200)) {
			ok(false, "DMA at %u: all ways end alike", when);
			continue;
		}
		is(rig_end(r, G5), want, "DMA into the loop at %u", when);
	}
}

/* Random programs that write into themselves: all ways must agree. */
static u32 random_of(u32 *s, u32 n)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s % n;
}

static u32 random_alu(u32 *s, u32 rd, u32 rs)
{
	static const u8 op3[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				  0x0a, 0x0b, 0x0c, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
				  0x16, 0x17, 0x18, 0x1a, 0x1b, 0x1c, 0x20, 0x21, 0x24,
				  0x25, 0x26, 0x27, 0x0e, 0x0f, 0x1e, 0x1f, 0x22, 0x30 };
	u32 op = op3[random_of(s, sizeof(op3))];

	if (op == WRY)
		return random_of(s, 2) ? a_imm(WRY, 0, rs, 1) : a_reg(RDY, rd, 0, 0);
	if (random_of(s, 3))
		return a_imm(op, rd, rs, (s32)random_of(s, 512) - 256);
	return a_reg(op, rd, rs, 2 + random_of(s, 4));
}

static u32 random_memory(u32 *s, u32 rd)
{
	static const u8 op3[] = { LD,  LD,  ST,	 ST,	 LDUB, LDUH, LDSB, LDSH, STB,
				  STH, LDD, STD, LDSTUB, SWAP, LDF,  LDDF, STF,	 STDF };
	u32 op = op3[random_of(s, sizeof(op3))], size = 4;

	if (op == LDD || op == STD || op == LDDF || op == STDF)
		size = 8;
	else if (op == LDUB || op == STB || op == LDSB || op == LDSTUB)
		size = 1;
	else if (op == LDUH || op == STH || op == LDSH)
		size = 2;
	if (!random_of(s, 40))
		size = 1; /* now and then misaligned */
	return m_imm(op, size == 8 ? rd & ~1u : rd, G7, (s32)(size * random_of(s, 64 / size)));
}

static u32 random_fp(u32 *s)
{
	static const u16 opf[] = { 0x01, 0x05, 0x09, 0x41, 0x42, 0x45, 0x46, 0x49, 0x4a,
				   0x4d, 0x4e, 0xc4, 0xc6, 0xc8, 0xc9, 0xd1, 0xd2 };
	u32 a = random_of(s, 16), b = random_of(s, 16), c = random_of(s, 16);

	if (!random_of(s, 4))
		return a_fp(FPOP2, 0x51 + random_of(s, 2) + 4 * random_of(s, 2), 0, a, b);
	return a_fp(FPOP1, opf[random_of(s, ARRAY_SIZE(opf))], c, a, b);
}

static u32 random_insn(u32 *s, u32 at, u32 first, u32 words)
{
	u32 to = random_of(s, words), rd = 2 + random_of(s, 4), rs = 2 + random_of(s, 4);
	s32 disp = (s32)(first + 4 * to) - (s32)at;

	switch (random_of(s, 18)) {
	case 0:
		return a_bicc(random_of(s, 16), random_of(s, 2), disp);
	case 1:
		return a_bicc(random_of(s, 16), false, 8 + 4 * (s32)random_of(s, 4));
	case 2:
	case 3:
		return m_imm(ST, 16 + random_of(s, 16), G1, (s32)(4 * to)); /* an instruction */
	case 4:
		return a_imm(SUBCC, random_of(s, 2) ? 0 : rd, rs, (s32)random_of(s, 16));
	case 5:
		return a_sethi(rd, random_of(s, 0xffff) << 12);
	case 6:
		return a_imm(ANDCC, 0, rs, (s32)random_of(s, 64));
	case 7:
	case 8:
		return random_of(s, 8) ? NOP : a_ta(random_of(s, 64));
	case 9:
		return random_of(s, 2) ? a_fbfcc(random_of(s, 16), random_of(s, 2), disp)
				       : random_fp(s);
	case 10:
		return random_fp(s);
	case 11:
		return random_of(s, 4) ? a_call(disp) : a_imm(JMPL, O7, G1, (s32)(4 * to));
	case 12:
	case 13:
	case 14:
		return random_memory(s, rd);
	default:
		return random_alu(s, rd, rs);
	}
}

static void random_program(struct rig *r, u32 seed, bool page_end)
{
	u32 s = seed * 0x9e3779b9u + 1, words = 24, first = page_end ? 0x5fd0 : CODE;

	rig_clear(r);
	emit_logger(r);
	r->start.pc = first;
	r->start.npc = first + 4;
	r->at = first;
	for (u32 i = 0; i < words; i++)
		emit(r, random_insn(&s, r->at, first, words));
	emit(r, a_bicc(BA, false, -4 * (s32)words));
	emit(r, a_imm(ADD, G2, G2, 1));
	r->start.globals[1] = first;
	r->start.globals[7] = DATA;
	/* Instructions to store, for wherever they come to lie. */
	for (u32 i = 0; i < 16; i++)
		r->start.win[0][i] =
			random_insn(&s, first + 4 * random_of(&s, words), first, words);
	if (!rig_same(r, 6000)) {
		ok(false, "random program %u%s", seed, page_end ? " at a page's end" : "");
		return;
	}
}

static void random_programs(struct rig *r)
{
	const char *full = getenv("VONK_FULL");
	u32 programs = full && *full ? 20000 : 400;
	int before = tap_failed;

	for (u32 seed = 1; seed <= programs; seed++)
		random_program(r, seed, seed & 1);
	is((unsigned)(tap_failed - before), 0, "%u random programs that write into themselves",
	   programs);
}

int main(void)
{
	struct rig *r = rig_new("Fujitsu MB86904");

	every_window("Fujitsu MB86904");
	every_window("TI MicroSparc I");
	trap_base(r);
	no_such_register(r);
	users_asr31(r);
	no_coprocessor(r);
	error_mode(r);
	rett(r);
	rett_by_jmpl(r, false);
	rett_by_jmpl(r, true);
	ticc(r);
	slots(r);
	couples(r);
	limits(r, 0);
	limits(r, 0x80); /* SAVE traps */
	limits(r, 0x02); /* RESTORE traps */
	small_caches();
	levels(r);
	together(r);
	held(r, 0x20, 0);
	held(r, 0, 0xf00);
	held(r, 0, 0x900);
	everywhere(r);
	withdrawn(r);
	with_traps(r);
	raised(r);
	power_down();
	code_in_chip(r);
	end_of_memory(r);
	two_processors(r);
	restless(r);
	stores_ahead(r);
	store_slot(r);
	for (unsigned which = 0; which < 3; which++)
		for (u32 at = 0x5fec; at <= 0x5ffc; at += 4)
			behind_wrpsr(r, which, at);
	for (unsigned which = 0; which < 4; which++) {
		stop_behind_wrpsr(r, which, false);
		stop_behind_wrpsr(r, which, true);
	}
	by_one_register_all(r);
	dma_to_code(r);
	random_programs(r);
	rig_free(r);
	return tap_done();
}
