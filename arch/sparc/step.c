/* SPDX-License-Identifier: MIT */
/*
 * The reference interpreter: one instruction, decoded afresh, with pc, nPC and icc
 * explicit (V8 chapter 5 and appendices B and C). Every instruction is here; the
 * engine (exec.c) has its own form of the frequent ones and must agree with this.
 *
 * A handler returns a trap type, or 0 after it wrote its results; nothing is written
 * when it traps.
 */
#include "arch/sparc/alu.h"
#include "arch/sparc/cover.h"
#include "arch/sparc/cpu.h"
#define INSN_WANT_FLAGS
#include "decode.h"

static void set_rd(struct cpu *cpu, unsigned rd, u32 val)
{
	cpu->r[rd ? rd : R_SINK] = val;
}

static u32 operand2(const struct cpu *cpu, u32 w)
{
	return f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)];
}

/* --- control transfer: pc and npc have already moved on to the delay instruction --- */

static void branch(struct cpu *cpu, u32 w, u32 pc, bool taken, bool always)
{
	bool annul = f_a(w);

	if (taken)
		cpu->npc = pc + (u32)f_disp22(w);
	/* BA,a annuls when taken, the others when not. */
	if (annul && (!taken || always)) {
		cpu->pc = cpu->npc;
		cpu->npc += 4;
	}
}

static unsigned jmpl(struct cpu *cpu, u32 w, u32 pc)
{
	u32 target = cpu->r[f_rs1(w)] + operand2(cpu, w);

	if (target & 3)
		return TT_NOT_ALIGNED;
	cpu->npc = target;
	set_rd(cpu, f_rd(w), pc);
	return 0;
}

/* V8 B.26. With ET = 0 a trap is the way into error mode. */
static unsigned rett(struct cpu *cpu, u32 w)
{
	u32 target = cpu->r[f_rs1(w)] + operand2(cpu, w);
	unsigned cwp = cpu->win_above[cpu->cwp];

	if (!cpu->s)
		return TT_PRIVILEGED;
	if (cpu->et)
		return TT_ILLEGAL;
	if (cpu->wim >> cwp & 1)
		return TT_WINDOW_UNDERFLOW;
	if (target & 3)
		return TT_NOT_ALIGNED;
	cpu->npc = target;
	cpu->et = true;
	cpu_set_cwp(cpu, cwp);
	cpu->s = cpu->ps;
	cpu_mode_changed(cpu);
	return 0;
}

static unsigned ticc(struct cpu *cpu, u32 w)
{
	u32 n = cpu->r[f_rs1(w)] + operand2(cpu, w);

	if (!alu_cond(f_cond(w), cpu->icc))
		return 0;
	if (!cpu->et && !(n & 0x7f) && cpu->can_exit && cpu->r[1] == 1) {
		cpu->exit_asked = true;
		cpu->exit_status = cpu->r[8];
		return 0;
	}
	return TT_SOFTWARE + (n & 0x7f);
}

/* SAVE and RESTORE: operands from the old window, rd in the new one. */
static unsigned rotate(struct cpu *cpu, u32 w, bool save)
{
	unsigned cwp = (save ? cpu->win_below : cpu->win_above)[cpu->cwp];
	u32 sum = cpu->r[f_rs1(w)] + operand2(cpu, w);

	if (cpu->wim >> cwp & 1)
		return save ? TT_WINDOW_OVERFLOW : TT_WINDOW_UNDERFLOW;
	cpu_set_cwp(cpu, cwp);
	set_rd(cpu, f_rd(w), sum);
	return 0;
}

/* --- state registers --- */

static unsigned rdasr(struct cpu *cpu, u32 w)
{
	unsigned asr = f_rs1(w), rd = f_rd(w);

	if (asr == 0)
		set_rd(cpu, rd, cpu->y);
	else if (asr == 15 && rd == 0)
		; /* STBAR: stores are in order here */
	else if (asr == 17 && cpu->model->leon)
		set_rd(cpu, rd, (u32)cpu->id << 28 | 1u << 8 | (cpu->model->nwindows - 1u));
	else
		return TT_ILLEGAL;
	return 0;
}

static unsigned wrasr(struct cpu *cpu, u32 w)
{
	u32 val = cpu->r[f_rs1(w)] ^ operand2(cpu, w);

	if (f_rd(w) == 0) {
		cpu->y = val;
	} else if (f_rd(w) == 19 && cpu->model->leon) {
		if (!cpu->s)
			return TT_PRIVILEGED;
		cpu->asr19 = val;
		cpu->halted = true;
	} else if (f_rd(w) == 31 && cpu->s) {
		; /* HyperSPARC's instruction cache control: no cache, no effect */
	} else {
		return TT_ILLEGAL;
	}
	return 0;
}

static unsigned wrpsr(struct cpu *cpu, u32 w)
{
	u32 val = cpu->r[f_rs1(w)] ^ operand2(cpu, w);

	if ((val & 31) >= cpu->model->nwindows)
		return TT_ILLEGAL;
	cpu_set_psr(cpu, val);
	return 0;
}

/* --- arithmetic --- */

static unsigned divide(struct cpu *cpu, u32 w, u32 a, u32 b, bool is_signed, bool cc)
{
	u64 dividend = (u64)cpu->y << 32 | a;
	bool overflow;
	u32 q;

	if (!b)
		return TT_DIVISION_BY_ZERO;
	q = is_signed ? alu_sdiv(dividend, b, &overflow) : alu_udiv(dividend, b, &overflow);
	set_rd(cpu, f_rd(w), q);
	if (cc)
		cpu->icc = (u8)(alu_nz(q) | (overflow ? ICC_V : 0));
	return 0;
}

static unsigned multiply(struct cpu *cpu, u32 w, u64 product, bool cc)
{
	cpu->y = (u32)(product >> 32);
	set_rd(cpu, f_rd(w), (u32)product);
	if (cc)
		cpu->icc = (u8)alu_nz((u32)product);
	return 0;
}

static unsigned logic(struct cpu *cpu, u32 w, u32 r, bool cc)
{
	set_rd(cpu, f_rd(w), r);
	if (cc)
		cpu->icc = (u8)alu_nz(r);
	return 0;
}

static unsigned add(struct cpu *cpu, u32 w, u32 a, u32 b, u32 carry, bool cc)
{
	u32 r = a + b + carry;

	set_rd(cpu, f_rd(w), r);
	if (cc)
		cpu->icc = (u8)alu_add_icc(a, b, r);
	return 0;
}

static unsigned sub(struct cpu *cpu, u32 w, u32 a, u32 b, u32 borrow, bool cc)
{
	u32 r = a - b - borrow;

	set_rd(cpu, f_rd(w), r);
	if (cc)
		cpu->icc = (u8)alu_sub_icc(a, b, r);
	return 0;
}

static unsigned tagged(struct cpu *cpu, u32 w, u32 r, unsigned icc, bool trap)
{
	if (trap && (icc & ICC_V))
		return TT_TAG_OVERFLOW;
	set_rd(cpu, f_rd(w), r);
	cpu->icc = (u8)icc;
	return 0;
}

static unsigned mulscc(struct cpu *cpu, u32 w, u32 a, u32 b)
{
	unsigned icc;
	u32 r = alu_mulscc(a, b, cpu->icc, &cpu->y, &icc);

	set_rd(cpu, f_rd(w), r);
	cpu->icc = (u8)icc;
	return 0;
}

/* --- memory --- */

struct access {
	u8 size;
	bool sign;
};

static struct access access_of(enum insn insn)
{
	switch (insn) {
	case insn_ldub:
	case insn_lduba:
	case insn_stb:
	case insn_stba:
	case insn_ldstub:
	case insn_ldstuba:
		return (struct access){ 1, false };
	case insn_ldsb:
	case insn_ldsba:
		return (struct access){ 1, true };
	case insn_lduh:
	case insn_lduha:
	case insn_sth:
	case insn_stha:
		return (struct access){ 2, false };
	case insn_ldsh:
	case insn_ldsha:
		return (struct access){ 2, true };
	case insn_ldd:
	case insn_ldda:
	case insn_std:
	case insn_stda:
	case insn_lddf:
	case insn_stdf:
	case insn_stdfq:
		return (struct access){ 8, false };
	default:
		return (struct access){ 4, false };
	}
}

static unsigned load(struct cpu *cpu, u32 w, enum insn insn, u32 va)
{
	struct access a = access_of(insn);
	unsigned rd = f_rd(w), tt;
	u64 val;

	if (a.size == 8 && (rd & 1))
		return TT_ILLEGAL;
	if (va & (a.size - 1u))
		return TT_NOT_ALIGNED;
	if (insn_flags[insn] & INSN_ALT)
		tt = cpu_load_asi(cpu, f_asi(w), va, a.size, &val);
	else
		tt = cpu_load(cpu, va, a.size, &val);
	if (tt)
		return tt;
	if (a.size == 8) {
		set_rd(cpu, rd, (u32)(val >> 32));
		cpu->r[rd + 1] = (u32)val;
	} else if (a.sign) {
		set_rd(cpu, rd, a.size == 1 ? (u32)(s8)val : (u32)(s16)val);
	} else {
		set_rd(cpu, rd, (u32)val);
	}
	return 0;
}

static unsigned store(struct cpu *cpu, u32 w, enum insn insn, u32 va)
{
	struct access a = access_of(insn);
	unsigned rd = f_rd(w);
	u64 val = cpu->r[rd];

	if (a.size == 8) {
		if (rd & 1)
			return TT_ILLEGAL;
		val = val << 32 | cpu->r[rd + 1];
	}
	if (va & (a.size - 1u))
		return TT_NOT_ALIGNED;
	if (insn_flags[insn] & INSN_ALT)
		return cpu_store_asi(cpu, f_asi(w), va, a.size, val);
	return cpu_store(cpu, va, a.size, val);
}

/* LDSTUB, SWAP and their alternate forms: a store for protection purposes. */
static unsigned atomic(struct cpu *cpu, u32 w, enum insn insn, u32 va)
{
	bool byte = insn == insn_ldstub || insn == insn_ldstuba;
	enum access_type at = cpu->s ? AT_STORE_SUPER : AT_STORE_USER;
	unsigned size = byte ? 1 : 4, tt;
	u32 new = byte ? 0xff : cpu->r[f_rd(w)];
	u64 old;

	if (va & (size - 1))
		return TT_NOT_ALIGNED;
	if (insn_flags[insn] & INSN_ALT)
		tt = cpu_swap_asi(cpu, f_asi(w), va, size, new, &old);
	else
		tt = cpu_swap_at(cpu, va, size, at, new, &old);
	if (!tt)
		set_rd(cpu, f_rd(w), (u32)old);
	return tt;
}

/* LEON's compare and swap, privileged but for ASI 0xa: rd is stored where memory equals rs2. */
static unsigned casa(struct cpu *cpu, u32 w)
{
	u32 va = cpu->r[f_rs1(w)];
	unsigned asi = f_asi(w), tt;
	enum access_type at = asi == ASI_USER_DATA ? AT_STORE_USER : AT_STORE_SUPER;
	u64 old;

	if (!cpu->model->leon)
		return TT_ILLEGAL;
	if (!cpu->s && asi != ASI_USER_DATA)
		return TT_PRIVILEGED;
	if (va & 3)
		return TT_NOT_ALIGNED;
	tt = cpu_load_at(cpu, va, 4, at, &old);
	if (tt)
		return tt;
	if ((u32)old == cpu->r[f_rs2(w)]) {
		tt = cpu_store_at(cpu, va, 4, at, cpu->r[f_rd(w)]);
		if (tt)
			return tt;
	}
	set_rd(cpu, f_rd(w), (u32)old);
	return 0;
}

/* What an FP load or store traps with before it gets to memory, in the order of V8 table 7-1. */
static unsigned fp_before(struct cpu *cpu, u32 va, unsigned size, bool store)
{
	if (cpu->ef && (va & (size - 1)))
		return TT_NOT_ALIGNED;
	return cpu_fp_access(cpu, store);
}

static unsigned fp_load(struct cpu *cpu, u32 w, enum insn insn, u32 va)
{
	struct access a = access_of(insn);
	unsigned tt = fp_before(cpu, va, a.size, false);
	u64 val;

	if (tt)
		return tt;
	tt = cpu_load(cpu, va, a.size, &val);
	if (tt)
		return tt;
	if (insn == insn_ldfsr)
		cpu_set_fsr(cpu, (u32)val);
	else if (insn == insn_lddf)
		cpu->fd[f_rd(w) >> 1] = val;
	else
		cpu_set_f(cpu, f_rd(w), (u32)val);
	return 0;
}

static unsigned fp_store(struct cpu *cpu, u32 w, enum insn insn, u32 va)
{
	struct access a = access_of(insn);
	unsigned tt = fp_before(cpu, va, a.size, true);
	u64 val;

	if (tt)
		return tt;
	if (insn == insn_stfsr)
		val = cpu->fsr;
	else if (insn == insn_stdf)
		val = cpu->fd[f_rd(w) >> 1];
	else
		val = cpu_get_f(cpu, f_rd(w));
	tt = cpu_store(cpu, va, a.size, val);
	/*
	 * V8 4.4, B.5: STFSR may clear ftt, and does here. But not while the queue holds what ftt
	 * tells about: Linux stores the FSR, drains the queue, stores the FSR again, and goes by
	 * the second.
	 */
	if (!tt && insn == insn_stfsr && !(cpu->fsr & FSR_QNE))
		cpu->fsr &= ~(7u << FSR_FTT_SHIFT);
	return tt;
}

/* An empty queue is a sequence_error of STDFQ itself. */
static unsigned stdfq(struct cpu *cpu, u32 va)
{
	unsigned tt = fp_before(cpu, va, 8, true);
	u64 val;

	if (tt)
		return tt;
	if (!(cpu->fsr & FSR_QNE))
		return cpu_fp_exception(cpu, FTT_SEQUENCE);
	tt = cpu_store(cpu, va, 8, (u64)cpu->fq_pc << 32 | cpu->fq_insn);
	if (!tt)
		cpu_pop_fq(cpu, &val);
	return tt;
}

/* --- the lot --- */

/* An alternate-space form with i = 1 is illegal, but in user mode it is privileged first. */
static unsigned illegal(const struct cpu *cpu, u32 w)
{
	unsigned op3 = w >> 19 & 63;

	if (w >> 30 == 3 && f_i(w) && !cpu->s && op3 >= 0x10 && op3 < 0x20 &&
	    (insn_flags[insn_decode(w & ~(1u << 13))] & INSN_ALT))
		return TT_PRIVILEGED;
	return TT_ILLEGAL;
}

static unsigned execute(struct cpu *cpu, u32 w, u32 pc)
{
	enum insn insn = insn_decode(w);
	unsigned flags = insn_flags[insn], tt;
	u32 a = cpu->r[f_rs1(w)], b = operand2(cpu, w);

	if ((flags & INSN_PRIV) && insn != insn_rett && insn != insn_casa && !cpu->s)
		return TT_PRIVILEGED;
	if (flags & INSN_CP)
		return TT_CP_DISABLED;

	switch (insn) {
	case insn_illegal:
		return illegal(cpu, w);
	case insn_unimp:
		if (cpu->s && cpu->service && cpu->service(cpu->service_arg, cpu, w & 0x3fffff, pc))
			return 0;
		return TT_ILLEGAL;
	case insn_sethi:
		set_rd(cpu, f_rd(w), f_imm22(w));
		return 0;
	case insn_bicc:
		branch(cpu, w, pc, alu_cond(f_cond(w), cpu->icc), f_cond(w) == 8);
		return 0;
	case insn_fbfcc:
		tt = cpu_fp_access(cpu, false);
		if (!tt)
			branch(cpu, w, pc, alu_fcond(f_cond(w), cpu->fsr >> FSR_FCC_SHIFT & 3),
			       f_cond(w) == 8);
		return tt;
	case insn_call:
		cpu->r[15] = pc;
		cpu->npc = pc + (u32)f_disp30(w);
		return 0;
	case insn_jmpl:
		return jmpl(cpu, w, pc);
	case insn_rett:
		return rett(cpu, w);
	case insn_ticc:
		return ticc(cpu, w);
	case insn_save:
		return rotate(cpu, w, true);
	case insn_restore:
		return rotate(cpu, w, false);
	case insn_flush: /* stores to code are seen at once */
		return 0;

	case insn_add:
	case insn_addcc:
		return add(cpu, w, a, b, 0, flags & INSN_CC);
	case insn_addx:
	case insn_addxcc:
		return add(cpu, w, a, b, cpu->icc & ICC_C, flags & INSN_CC);
	case insn_sub:
	case insn_subcc:
		return sub(cpu, w, a, b, 0, flags & INSN_CC);
	case insn_subx:
	case insn_subxcc:
		return sub(cpu, w, a, b, cpu->icc & ICC_C, flags & INSN_CC);
	case insn_and:
	case insn_andcc:
		return logic(cpu, w, a & b, flags & INSN_CC);
	case insn_or:
	case insn_orcc:
		return logic(cpu, w, a | b, flags & INSN_CC);
	case insn_xor:
	case insn_xorcc:
		return logic(cpu, w, a ^ b, flags & INSN_CC);
	case insn_andn:
	case insn_andncc:
		return logic(cpu, w, a & ~b, flags & INSN_CC);
	case insn_orn:
	case insn_orncc:
		return logic(cpu, w, a | ~b, flags & INSN_CC);
	case insn_xnor:
	case insn_xnorcc:
		return logic(cpu, w, a ^ ~b, flags & INSN_CC);
	case insn_sll:
		return logic(cpu, w, a << (b & 31), false);
	case insn_srl:
		return logic(cpu, w, a >> (b & 31), false);
	case insn_sra:
		return logic(cpu, w, (u32)((s32)a >> (b & 31)), false);
	case insn_umul:
	case insn_umulcc:
		return multiply(cpu, w, (u64)a * b, flags & INSN_CC);
	case insn_smul:
	case insn_smulcc:
		return multiply(cpu, w, (u64)((s64)(s32)a * (s32)b), flags & INSN_CC);
	case insn_udiv:
	case insn_udivcc:
		return divide(cpu, w, a, b, false, flags & INSN_CC);
	case insn_sdiv:
	case insn_sdivcc:
		return divide(cpu, w, a, b, true, flags & INSN_CC);
	case insn_taddcc:
	case insn_taddcctv:
		return tagged(cpu, w, a + b, alu_add_icc(a, b, a + b) | alu_tag(a, b),
			      insn == insn_taddcctv);
	case insn_tsubcc:
	case insn_tsubcctv:
		return tagged(cpu, w, a - b, alu_sub_icc(a, b, a - b) | alu_tag(a, b),
			      insn == insn_tsubcctv);
	case insn_mulscc:
		return mulscc(cpu, w, a, b);

	case insn_rdasr:
		return rdasr(cpu, w);
	case insn_rdpsr:
		set_rd(cpu, f_rd(w), cpu_get_psr(cpu));
		return 0;
	case insn_rdwim:
		set_rd(cpu, f_rd(w), cpu->wim);
		return 0;
	case insn_rdtbr:
		set_rd(cpu, f_rd(w), cpu->tbr);
		return 0;
	case insn_wrasr:
		return wrasr(cpu, w);
	case insn_wrpsr:
		return wrpsr(cpu, w);
	case insn_wrwim:
		cpu->wim = (a ^ b) & ((1u << cpu->model->nwindows) - 1);
		return 0;
	case insn_wrtbr:
		cpu->tbr = ((a ^ b) & ~0xfffu) | (cpu->tbr & 0xff0);
		return 0;

	case insn_ldf:
	case insn_ldfsr:
	case insn_lddf:
		return fp_load(cpu, w, insn, a + b);
	case insn_stf:
	case insn_stfsr:
	case insn_stdf:
		return fp_store(cpu, w, insn, a + b);
	case insn_stdfq:
		return stdfq(cpu, a + b);
	case insn_casa:
		return casa(cpu, w);
	default:
		break;
	}

	if (flags & INSN_ALT) /* i = 0: b is r[rs2] */
		b = cpu->r[f_rs2(w)];
	switch (flags & (INSN_LOAD | INSN_STORE)) {
	case INSN_LOAD:
		return load(cpu, w, insn, a + b);
	case INSN_STORE:
		return store(cpu, w, insn, a + b);
	case INSN_LOAD | INSN_STORE:
		return atomic(cpu, w, insn, a + b);
	default: /* FPop1, FPop2 */
		tt = cpu_fp_access(cpu, false);
		return tt ? tt : cpu_fpop(cpu, w, pc);
	}
}

static __cold void tell(const struct cpu *cpu, u32 pc, u32 w)
{
	if (cpu->log->insn)
		cpu->log->insn(cpu->log->arg, cpu, pc, w);
}

static __cold void tell_tracers(const struct cpu *cpu, u32 pc, u32 w, unsigned tt)
{
	for (const struct cpu_tracer *t = cpu->tracer; t; t = t->next)
		t->stepped(t->arg, cpu, pc, w, tt);
}

void cpu_step(struct cpu *cpu)
{
	u32 pc = cpu->pc, npc = cpu->npc, w;
	unsigned tt = cpu_fetch(cpu, pc, &w);
	bool fetched = !tt;

	if (!tt) {
		if (unlikely(cpu->log))
			tell(cpu, pc, w);
		cpu->pc = npc;
		cpu->npc = npc + 4;
		tt = execute(cpu, w, pc);
	}
	cpu->icount++;
	if (unlikely(cpu->cover) && !tt)
		cover_step(cpu, w, pc);
	if (tt) {
		cpu->pc = pc;
		cpu->npc = npc;
		cpu_trap(cpu, tt);
	}
	if (unlikely(cpu->tracer) && fetched)
		tell_tracers(cpu, pc, w, tt);
}
