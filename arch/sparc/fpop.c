/* SPDX-License-Identifier: MIT */
/*
 * The FPU as the integer unit sees it (V8 4.4, L.3): FPops, the FSR, and the queue.
 *
 * IEEE exceptions are precise: PC is the FPop, the queue stays empty. An FPop that the
 * hardware lacks is deferred, as real chips do and as systems expect that emulate it
 * from the queue: it goes into the queue, and the next FP instruction traps.
 */
#include "arch/sparc/cpu.h"
#include "arch/sparc/fpu-fast.h"
#include "decode.h"
#include "lib/bits.h"

#define FSR_WRITABLE 0xcfc00fffu /* RD, TEM, NS, fcc, aexc, cexc */

static void set_ftt(struct cpu *cpu, unsigned ftt)
{
	cpu->fsr = (cpu->fsr & ~(7u << FSR_FTT_SHIFT)) | ftt << FSR_FTT_SHIFT;
}

static void set_state(struct cpu *cpu, enum fp_state state)
{
	cpu->fp_state = (u8)state;
	cpu->fp_ok = cpu->ef && state == FP_EXECUTE;
}

unsigned cpu_fp_exception(struct cpu *cpu, unsigned ftt)
{
	set_ftt(cpu, ftt);
	return TT_FP_EXCEPTION;
}

unsigned cpu_fp_access(struct cpu *cpu, bool store)
{
	if (!cpu->ef)
		return TT_FP_DISABLED;
	if (cpu->fp_state == FP_EXECUTE)
		return 0;
	if (cpu->fp_state == FP_PENDING) {
		set_state(cpu, FP_EXCEPTION);
		return TT_FP_EXCEPTION;
	}
	return store ? 0 : cpu_fp_exception(cpu, FTT_SEQUENCE);
}

void cpu_set_fsr(struct cpu *cpu, u32 val)
{
	cpu->fsr = (cpu->fsr & ~FSR_WRITABLE) | (val & FSR_WRITABLE);
}

bool cpu_pop_fq(struct cpu *cpu, u64 *val)
{
	if (!(cpu->fsr & FSR_QNE))
		return false;
	*val = (u64)cpu->fq_pc << 32 | cpu->fq_insn;
	cpu->fq_pc = cpu->fq_insn = 0;
	cpu->fsr &= ~(u32)FSR_QNE;
	set_state(cpu, FP_EXECUTE);
	return true;
}

static unsigned unimplemented(struct cpu *cpu, u32 insn, u32 pc)
{
	cpu->fq_pc = pc;
	cpu->fq_insn = insn;
	set_ftt(cpu, FTT_UNIMPLEMENTED);
	cpu->fsr |= FSR_QNE;
	set_state(cpu, FP_PENDING);
	return 0;
}

static u64 get_d(const struct cpu *cpu, unsigned n)
{
	return cpu->fd[n >> 1];
}

/*
 * What an FPop does to the FSR. True if it completes: the caller writes its result. A
 * trapping one leaves rd, fcc and aexc alone and shows in cexc what trapped (V8 4.4, N.3).
 */
static bool finish(struct cpu *cpu, unsigned exc)
{
	unsigned tem = bits(cpu->fsr, 27, 23), cexc;
	bool trap;

	cexc = fpu_cexc(exc, tem, &trap);
	cpu->fsr = (cpu->fsr & ~0x1fu) | cexc;
	set_ftt(cpu, trap ? FTT_IEEE : FTT_NONE);
	if (!trap)
		cpu->fsr |= cexc << FSR_AEXC_SHIFT;
	return !trap;
}

static unsigned finish_s(struct cpu *cpu, unsigned rd, u32 result, unsigned exc)
{
	if (!finish(cpu, exc))
		return TT_FP_EXCEPTION;
	cpu_set_f(cpu, rd, result);
	return 0;
}

static unsigned finish_d(struct cpu *cpu, unsigned rd, u64 result, unsigned exc)
{
	if (!finish(cpu, exc))
		return TT_FP_EXCEPTION;
	cpu->fd[rd >> 1] = result;
	return 0;
}

static unsigned finish_cmp(struct cpu *cpu, unsigned fcc, unsigned exc)
{
	if (!finish(cpu, exc))
		return TT_FP_EXCEPTION;
	cpu->fsr = (cpu->fsr & ~(3u << FSR_FCC_SHIFT)) | fcc << FSR_FCC_SHIFT;
	return 0;
}

unsigned cpu_fpop(struct cpu *cpu, u32 w, u32 pc)
{
	unsigned rd = f_rd(w), mode = cpu->fsr >> FSR_RD_SHIFT, exc = 0;
	u32 s1 = cpu_get_f(cpu, f_rs1(w)), s2 = cpu_get_f(cpu, f_rs2(w)), s;
	u64 d1 = get_d(cpu, f_rs1(w)), d2 = get_d(cpu, f_rs2(w)), d;

	switch (insn_decode(w)) {
	case insn_fmovs:
		return finish_s(cpu, rd, s2, 0);
	case insn_fnegs:
		return finish_s(cpu, rd, s2 ^ 0x80000000, 0);
	case insn_fabss:
		return finish_s(cpu, rd, s2 & 0x7fffffff, 0);
	case insn_fsqrts:
		s = fpu_fast_sqrts(s2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fsqrtd:
		d = fpu_fast_sqrtd(d2, mode, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fadds:
		s = fpu_fast_adds(s1, s2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_faddd:
		d = fpu_fast_addd(d1, d2, mode, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fsubs:
		s = fpu_fast_subs(s1, s2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fsubd:
		d = fpu_fast_subd(d1, d2, mode, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fmuls:
		s = fpu_fast_muls(s1, s2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fmuld:
		d = fpu_fast_muld(d1, d2, mode, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fdivs:
		s = fpu_fast_divs(s1, s2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fdivd:
		d = fpu_fast_divd(d1, d2, mode, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fsmuld:
		if (!cpu->model->fsmuld)
			return unimplemented(cpu, w, pc);
		d = fpu_fast_smuld(s1, s2, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fitos:
		s = fpu_fast_itos(s2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fitod:
		return finish_d(cpu, rd, fpu_itod(s2), 0);
	case insn_fdtos:
		s = fpu_fast_dtos(d2, mode, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fstod:
		d = fpu_fast_stod(s2, &exc);
		return finish_d(cpu, rd, d, exc);
	case insn_fstoi:
		s = fpu_fast_stoi(s2, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fdtoi:
		s = fpu_fast_dtoi(d2, &exc);
		return finish_s(cpu, rd, s, exc);
	case insn_fcmps:
		s = fpu_fast_cmps(s1, s2, &exc);
		return finish_cmp(cpu, s, exc);
	case insn_fcmpes:
		s = fpu_fast_cmpes(s1, s2, &exc);
		return finish_cmp(cpu, s, exc);
	case insn_fcmpd:
		s = fpu_fast_cmpd(d1, d2, &exc);
		return finish_cmp(cpu, s, exc);
	case insn_fcmped:
		s = fpu_fast_cmped(d1, d2, &exc);
		return finish_cmp(cpu, s, exc);
	default: /* quad, and every undefined opf */
		return unimplemented(cpu, w, pc);
	}
}
