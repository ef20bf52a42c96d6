/* SPDX-License-Identifier: MIT */
/* The engine: threaded handlers over pre-decoded ops. exec.h tells how they work together. */
#include <string.h>

#include "arch/sparc/alu.h"
#include "arch/sparc/exec.h"
#define INSN_WANT_FLAGS
#include "decode.h"
#include "lib/be.h"

/* icc (N Z V C) as a difference of two operands. */
#define C1 (1ull << 32)
static const struct {
	u64 a, b;
	bool odd;
} icc_pair[16] = {
	[0] = { 1 | C1, 0, false },
	[1] = { 1, 0 | C1, false },
	[2] = { 0x80000000 | C1, 1, false },
	[3] = { 0x80000000, 1 | C1, false },
	[4] = { 0, 0, false },
	[5] = { 0, 0 | C1, false },
	[6] = { 0, 0, true },
	[7] = { 0, 0, true },
	[8] = { 0 | C1, 1, false },
	[9] = { 0, 1 | C1, false },
	[10] = { 0x7fffffff | C1, 0xffffffff, false },
	[11] = { 0x7fffffff, 0xffffffff | C1, false },
	[12] = { 0, 0, true },
	[13] = { 0, 0, true },
	[14] = { 0, 0, true },
	[15] = { 0, 0, true },
};

static unsigned icc_of(u64 ca, u64 cb)
{
	u32 r = (u32)ca - (u32)cb;
	bool less = (s32)ca < (s32)cb;

	return alu_nz(r) | ((r >> 31) != less ? ALU_V : 0) | (ca < cb ? ALU_C : 0);
}

/* --- ways out --- */

static u32 pc_of(const struct cpu *cpu, const struct op *op)
{
	return cpu->bias + (u32)((uintptr_t)op >> 2);
}

static void leave_at(struct cpu *cpu, u32 pc, u32 npc, s64 count, u64 ca, u64 cb)
{
	cpu->pc = pc;
	cpu->npc = npc;
	cpu->icount = cpu->soft + (u64)(count >> 4);
	cpu->icc = (u8)icc_of(ca, cb);
}

/* Something is due: look around before op. */
static __cold void leave_event(ARGS)
{
	u32 pc = pc_of(cpu, op);

	leave_at(cpu, pc, pc + 4, x + (s64)op, ca, cb);
}

/* cpu_step() is to do op. */
static __cold void leave_slow(ARGS)
{
	u32 pc = pc_of(cpu, op);

	leave_at(cpu, pc, pc + 4, x + (s64)op, ca, cb);
	cpu->step_next = true;
}

static __cold void leave_slow_slot(ARGS)
{
	const struct op *target = (const struct op *)tp;

	leave_at(cpu, pc_of(cpu, op), target == &cpu->far_op ? cpu->far_pc : pc_of(cpu, target),
		 x - 16, ca, cb);
	cpu->step_next = true;
}

static void decode(struct cpu *cpu, struct op *op);

/* Into the threads at op, which is at cpu->pc; as a delay instruction where npc says so. */
static void enter(struct cpu *cpu, struct op *op)
{
	u64 ca = icc_pair[cpu->icc].a, cb = icc_pair[cpu->icc].b;
	s64 t = (s64)(cpu->icount - cpu->soft) * 16;

	if (cpu->npc == cpu->pc + 4)
		JUMP(op->fn, op, ca, cb, t - (s64)op, (uintptr_t)cpu->tlb_data);
	if (!op->slot_fn)
		decode(cpu, op);
	cpu->far_pc = cpu->npc;
	JUMP(op->slot_fn, op, ca, cb, t + 16, (uintptr_t)&cpu->far_op);
}

/*
 * The CPU's state is complete in struct cpu, as after cpu_step(): go on from there at once,
 * unless something wants to be looked at first.
 */
static void resume(struct cpu *cpu)
{
	struct op *op;

	if (!cpu_can_run(cpu) || cpu->icount + 2 >= cpu->soft || cpu->kick || cpu_irq_pending(cpu))
		return;
	op = code_lookup(cpu, cpu->pc);
	if (!op)
		return;
	TAIL return enter(cpu, op);
}

/* op traps with cpu->trap_type. */
static __cold void take_trap(ARGS)
{
	u32 pc = pc_of(cpu, op);

	leave_at(cpu, pc, pc + 4, x + (s64)op + 16, ca, cb);
	cpu_trap(cpu, cpu->trap_type);
	TAIL return resume(cpu);
}

static __cold void take_trap_slot(ARGS)
{
	const struct op *target = (const struct op *)tp;

	leave_at(cpu, pc_of(cpu, op), target == &cpu->far_op ? cpu->far_pc : pc_of(cpu, target), x,
		 ca, cb);
	cpu_trap(cpu, cpu->trap_type);
	TAIL return resume(cpu);
}

/*
 * The TLB has not got cpu->miss_va: fetch it and do op again. What is in it after all is
 * misaligned, and what cannot be fetched is no plain memory: both are cpu_step()'s.
 */
static bool refill(struct cpu *cpu, const struct tlb_entry *e, bool store)
{
	u32 va = cpu->miss_va;
	unsigned tlb = cpu->s ? TLB_SUPER : TLB_USER;

	return e->tag != (va & ~0xfffu) && cpu_fill_tlb(cpu, tlb, va, store) &&
	       e->tag == (va & ~0xfffu);
}

#define MISS_ENTRY(side) &cpu->tlb_data->side[cpu->miss_va >> 12 & (TLB_SIZE - 1)]

static __cold void miss_load(ARGS)
{
	if (!refill(cpu, MISS_ENTRY(load), false))
		CALL(leave_slow);
	JUMP(op->fn, op, ca, cb, x, tp);
}

static __cold void miss_store(ARGS)
{
	if (!refill(cpu, MISS_ENTRY(store), true))
		CALL(leave_slow);
	JUMP(op->fn, op, ca, cb, x, tp);
}

static __cold void miss_load_slot(ARGS)
{
	if (!refill(cpu, MISS_ENTRY(load), false))
		CALL(leave_slow_slot);
	JUMP(op->slot_fn, op, ca, cb, x, tp);
}

static __cold void miss_store_slot(ARGS)
{
	if (!refill(cpu, MISS_ENTRY(store), true))
		CALL(leave_slow_slot);
	JUMP(op->slot_fn, op, ca, cb, x, tp);
}

/* Where far_pc is not at hand, or at a page's end: the run loop looks it up. */
static __cold void leave_far(ARGS)
{
	leave_at(cpu, cpu->far_pc, cpu->far_pc + 4, x + (s64)op, ca, cb);
}

/* --- handlers that fall through, in both forms --- */

#define OP(name) static void op_##name(ARGS)
#define NEXT(ca_, cb_) JUMP(op[1].fn, op + 1, ca_, cb_, x, tp)
#define SLOW() CALL(leave_slow)
#define MISS(side) CALL(miss_##side)
#define TRAP(tt)                                                                                   \
	do {                                                                                       \
		cpu->trap_type = tt;                                                               \
		CALL(take_trap);                                                                   \
	} while (0)
#define TLB_BASE tp
#include "arch/sparc/exec-ops.h"
#undef OP
#undef NEXT
#undef SLOW
#undef MISS
#undef TRAP
#undef TLB_BASE

#define OP(name) static void op_##name##_slot(ARGS)
#define NEXT(ca_, cb_)                                                                             \
	JUMP(((const struct op *)tp)->fn, (const struct op *)tp, ca_, cb_, x - (s64)tp,            \
	     (uintptr_t)cpu->tlb_data)
#define SLOW() CALL(leave_slow_slot)
#define MISS(side) CALL(miss_##side##_slot)
#define TRAP(tt)                                                                                   \
	do {                                                                                       \
		cpu->trap_type = tt;                                                               \
		CALL(take_trap_slot);                                                              \
	} while (0)
#define TLB_BASE ((uintptr_t)cpu->tlb_data)
#include "arch/sparc/exec-ops.h"

/* --- control transfers --- */

#define TARGET ((const struct op *)((const char *)op + op->imm)) /* near: imm in bytes of ops */
#define FAR_TARGET (pc_of(cpu, op) + (u32)op->imm)

/* The instructions executed once the transfer and n - 1 more are; leaves if an event is due by then. */
#define COUNT(n)                                                                                   \
	s64 t = x + (s64)op + 16 * (n);                                                            \
	if (unlikely(t >= 0))                                                                      \
	CALL(leave_event)
/* Taken: to the target at once, or by way of the delay instruction. */
#define GO(target) JUMP((target)->fn, target, ca, cb, t - (s64)(target), tp)
#define GO_SLOT(target) JUMP(op[1].slot_fn, op + 1, ca, cb, t, (uintptr_t)(target))

#define IN_LINE() JUMP(op[1].fn, op + 1, ca, cb, x, tp)
#define SKIP_NOP() JUMP(op[2].fn, op + 2, ca, cb, x, tp)
#define SKIP_ANNULLED() JUMP(op[2].fn, op + 2, ca, cb, x - 16, tp)

/* name: in the page with a nop behind it; _s: with any delay instruction; _a: annulled if untaken; _f, _fa: far. */
#define BRANCH(name, cond)                                                                         \
	static void op_##name(ARGS)                                                                \
	{                                                                                          \
		if (!(cond))                                                                       \
			SKIP_NOP();                                                                \
		COUNT(2);                                                                          \
		GO(TARGET);                                                                        \
	}                                                                                          \
	static void op_##name##_s(ARGS)                                                            \
	{                                                                                          \
		if (!(cond))                                                                       \
			IN_LINE();                                                                 \
		COUNT(2);                                                                          \
		GO_SLOT(TARGET);                                                                   \
	}                                                                                          \
	static void op_##name##_a(ARGS)                                                            \
	{                                                                                          \
		if (!(cond))                                                                       \
			SKIP_ANNULLED();                                                           \
		COUNT(2);                                                                          \
		GO_SLOT(TARGET);                                                                   \
	}                                                                                          \
	static void op_##name##_f(ARGS)                                                            \
	{                                                                                          \
		if (!(cond))                                                                       \
			IN_LINE();                                                                 \
		COUNT(2);                                                                          \
		cpu->far_pc = FAR_TARGET;                                                          \
		GO_SLOT(&cpu->far_op);                                                             \
	}                                                                                          \
	static void op_##name##_fa(ARGS)                                                           \
	{                                                                                          \
		if (!(cond))                                                                       \
			SKIP_ANNULLED();                                                           \
		COUNT(2);                                                                          \
		cpu->far_pc = FAR_TARGET;                                                          \
		GO_SLOT(&cpu->far_op);                                                             \
	}

#define N_ ((s32)((u32)ca - (u32)cb) < 0)
#define L_ ((s32)ca < (s32)cb)

BRANCH(be, (u32)ca == (u32)cb)
BRANCH(ble, (s32)ca <= (s32)cb)
BRANCH(bl, L_)
BRANCH(bleu, ca <= cb)
BRANCH(bcs, ca < cb)
BRANCH(bneg, N_)
BRANCH(bvs, N_ != L_)
BRANCH(bne, (u32)ca != (u32)cb)
BRANCH(bg, (s32)ca > (s32)cb)
BRANCH(bge, !L_)
BRANCH(bgu, ca > cb)
BRANCH(bcc, ca >= cb)
BRANCH(bpos, !N_)
BRANCH(bvc, N_ == L_)

/* An FBfcc that finds the FPU off or busy goes the slow way. */
#define FB(form, untaken, target)                                                                  \
	static void op_fb##form(ARGS)                                                              \
	{                                                                                          \
		if (unlikely(!cpu->fp_ok))                                                         \
			CALL(leave_slow);                                                          \
		if (!alu_fcond(op->aux, cpu->fsr >> FSR_FCC_SHIFT & 3))                            \
			untaken();                                                                 \
		COUNT(2);                                                                          \
		target;                                                                            \
	}

FB(_s, IN_LINE, GO_SLOT(TARGET))
FB(_a, SKIP_ANNULLED, GO_SLOT(TARGET))
FB(_f, IN_LINE, cpu->far_pc = FAR_TARGET; GO_SLOT(&cpu->far_op))
FB(_fa, SKIP_ANNULLED, cpu->far_pc = FAR_TARGET; GO_SLOT(&cpu->far_op))

static void op_ba(ARGS) /* a nop behind it */
{
	COUNT(2);
	GO(TARGET);
}

static void op_ba_s(ARGS)
{
	COUNT(2);
	GO_SLOT(TARGET);
}

static void op_ba_a(ARGS) /* the delay instruction is annulled, always */
{
	COUNT(1);
	GO(TARGET);
}

static void op_ba_f(ARGS)
{
	COUNT(2);
	cpu->far_pc = FAR_TARGET;
	GO_SLOT(&cpu->far_op);
}

static void op_ba_fa(ARGS)
{
	COUNT(1);
	cpu->far_pc = FAR_TARGET;
	GO(&cpu->far_op);
}

static void op_bn_a(ARGS)
{
	SKIP_ANNULLED();
}

static void op_call(ARGS) /* within the page */
{
	COUNT(2);
	cpu->r[15] = pc_of(cpu, op);
	GO_SLOT(TARGET);
}

static void op_call_f(ARGS)
{
	u32 pc = pc_of(cpu, op);

	COUNT(2);
	cpu->r[15] = pc;
	cpu->far_pc = pc + (u32)op->imm;
	GO_SLOT(&cpu->far_op);
}

#define JMPL(form, operand2)                                                                       \
	static void op_jmpl_##form(ARGS)                                                           \
	{                                                                                          \
		u32 target = cpu->r[op->rs1] + operand2;                                           \
		COUNT(2);                                                                          \
		if (unlikely(target & 3))                                                          \
			CALL(leave_slow);                                                          \
		cpu->r[op->rd] = pc_of(cpu, op);                                                   \
		cpu->far_pc = target;                                                              \
		GO_SLOT(&cpu->far_op);                                                             \
	}

JMPL(rr, cpu->r[op->rs2])
JMPL(ri, (u32)op->imm)

/* JMPL with RETT behind it, as traps end: both at once. */
static __noinline void op_jmpl_rett(ARGS)
{
	u32 pc = pc_of(cpu, op), w = (u32)op[1].imm;
	u32 to = cpu->r[op->rs1] + (op->aux ? (u32)op->imm : cpu->r[op->rs2]);
	u32 then = cpu->r[f_rs1(w)] + (f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)]);
	unsigned above = cpu->win_above[cpu->cwp];

	COUNT(2);
	if (!cpu->s || cpu->et || (cpu->wim >> above & 1) || ((to | then) & 3))
		CALL(leave_slow);
	leave_at(cpu, to, then, x + (s64)op + 32, ca, cb);
	cpu->r[op->rd] = pc;
	cpu->et = true;
	cpu_set_cwp(cpu, above);
	cpu->s = cpu->ps;
	cpu_mode_changed(cpu);
	TAIL return resume(cpu);
}

/* WRPSR: may change windows, mode and what interrupts. */
#define WRPSR(form, operand2)                                                                      \
	static __noinline void op_wrpsr_##form(ARGS)                                               \
	{                                                                                          \
		u32 pc = pc_of(cpu, op), val = cpu->r[op->rs1] ^ operand2;                         \
		if (!cpu->s || (val & 31) >= cpu->model->nwindows)                                 \
			CALL(leave_slow);                                                          \
		leave_at(cpu, pc + 4, pc + 8, x + (s64)op + 16, ca, cb);                           \
		cpu_set_psr(cpu, val);                                                             \
		TAIL return resume(cpu);                                                           \
	}

WRPSR(rr, cpu->r[op->rs2])
WRPSR(ri, (u32)op->imm)

/* TA: imm or registers as they come. */
static __noinline void op_ta(ARGS)
{
	u32 w = (u32)op->imm, n = cpu->r[f_rs1(w)] + (f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)]);

	if (!cpu->et)
		CALL(leave_slow);
	cpu->trap_type = (u8)(TT_SOFTWARE + (n & 0x7f));
	CALL(take_trap);
}

/* --- ops that are no instruction --- */

/* To cpu->far_pc, wherever that is. */
static void op_far(ARGS)
{
	u32 va = cpu->far_pc;
	const struct fetch_entry *e = &cpu->fetch_mode[va >> 12 & (TLB_SIZE - 1)];
	const struct op *to;

	if (unlikely(e->tag != (va & ~0xfffu)))
		CALL(leave_far);
	to = &e->page->op[va >> 2 & (CODE_PAGE_OPS - 1)];
	cpu->bias = va - (u32)((uintptr_t)to >> 2);
	JUMP(to->fn, to, ca, cb, x + (s64)op - (s64)to, tp);
}

/* In line off the end of a page: an event may be due, since no branch looked. */
static void op_page_end(ARGS)
{
	cpu->far_pc = pc_of(cpu, op);
	if (unlikely(x + (s64)op >= 0))
		CALL(leave_event);
	CALL(op_far);
}

static void op_undecoded(ARGS)
{
	decode(cpu, (struct op *)(uintptr_t)op);
	JUMP(op->fn, op, ca, cb, x, tp);
}

/* --- decoding --- */

#define FN(name) ((u32)(uintptr_t)op_##name)
#define BOTH(name)                                                                                 \
	{                                                                                          \
		&op_##name, &op_##name##_slot                                                      \
	}
#define FORMS(name)                                                                                \
	{                                                                                          \
		BOTH(name##_rr), BOTH(name##_ri)                                                   \
	}

/* Handlers in line and in a slot, with a register and with an immediate. */
static const struct {
	exec_fn *fn[2][2];
} plain[INSN_COUNT] = {
	[insn_add] = { FORMS(add) },	     [insn_and] = { FORMS(and) },
	[insn_or] = { FORMS(or) },	     [insn_xor] = { FORMS(xor) },
	[insn_sll] = { FORMS(sll) },	     [insn_srl] = { FORMS(srl) },
	[insn_sra] = { FORMS(sra) },	     [insn_addx] = { FORMS(addx) },
	[insn_subx] = { FORMS(subx) },	     [insn_subcc] = { FORMS(subcc) },
	[insn_andcc] = { FORMS(andcc) },     [insn_orcc] = { FORMS(orcc) },
	[insn_xorcc] = { FORMS(xorcc) },     [insn_addcc] = { FORMS(addcc) },
	[insn_addxcc] = { FORMS(addxcc) },   [insn_subxcc] = { FORMS(subxcc) },
	[insn_mulscc] = { FORMS(mulscc) },   [insn_umul] = { FORMS(umul) },
	[insn_smul] = { FORMS(smul) },	     [insn_umulcc] = { FORMS(umulcc) },
	[insn_smulcc] = { FORMS(smulcc) },   [insn_udiv] = { FORMS(udiv) },
	[insn_sdiv] = { FORMS(sdiv) },	     [insn_ld] = { FORMS(ld) },
	[insn_ldub] = { FORMS(ldub) },	     [insn_lduh] = { FORMS(lduh) },
	[insn_ldsb] = { FORMS(ldsb) },	     [insn_ldsh] = { FORMS(ldsh) },
	[insn_ldd] = { FORMS(ldd) },	     [insn_st] = { FORMS(st) },
	[insn_stb] = { FORMS(stb) },	     [insn_sth] = { FORMS(sth) },
	[insn_std] = { FORMS(std) },	     [insn_ldstub] = { FORMS(ldstub) },
	[insn_swap] = { FORMS(swap) },	     [insn_ldf] = { FORMS(ldf) },
	[insn_lddf] = { FORMS(lddf) },	     [insn_stf] = { FORMS(stf) },
	[insn_stdf] = { FORMS(stdf) },	     [insn_save] = { FORMS(save) },
	[insn_restore] = { FORMS(restore) },	[insn_wrwim] = { FORMS(wrwim) },
	[insn_wrtbr] = { FORMS(wrtbr) },
};

/* No immediate form: it is the other instruction's with the immediate turned over. */
static const struct {
	exec_fn *fn[2];
	enum insn imm_as;
	bool negate;
} turned[INSN_COUNT] = {
	[insn_sub] = { BOTH(sub_rr), insn_add, true },
	[insn_andn] = { BOTH(andn_rr), insn_and, false },
	[insn_orn] = { BOTH(orn_rr), insn_or, false },
	[insn_xnor] = { BOTH(xnor_rr), insn_xor, false },
	[insn_andncc] = { BOTH(andncc_rr), insn_andcc, false },
	[insn_orncc] = { BOTH(orncc_rr), insn_orcc, false },
	[insn_xnorcc] = { BOTH(xnorcc_rr), insn_xorcc, false },
};

/* Conditions 0..15, near with a nop, near, near annulled, far, far annulled. */
#define BRANCH_ROW(name)                                                                           \
	{                                                                                          \
		&op_##name, &op_##name##_s, &op_##name##_a, &op_##name##_f, &op_##name##_fa        \
	}
static exec_fn *const branch_fn[16][5] = {
	{ &op_nop, &op_nop, &op_bn_a, &op_nop, &op_bn_a },
	BRANCH_ROW(be),
	BRANCH_ROW(ble),
	BRANCH_ROW(bl),
	BRANCH_ROW(bleu),
	BRANCH_ROW(bcs),
	BRANCH_ROW(bneg),
	BRANCH_ROW(bvs),
	{ &op_ba, &op_ba_s, &op_ba_a, &op_ba_f, &op_ba_fa },
	BRANCH_ROW(bne),
	BRANCH_ROW(bg),
	BRANCH_ROW(bge),
	BRANCH_ROW(bgu),
	BRANCH_ROW(bcc),
	BRANCH_ROW(bpos),
	BRANCH_ROW(bvc),
};
static exec_fn *const fbranch_fn[5] = { &op_fb_s, &op_fb_s, &op_fb_a, &op_fb_f, &op_fb_fa };

static void set_fn(struct op *op, exec_fn *fn, exec_fn *slot_fn)
{
	op->fn = (u32)(uintptr_t)fn;
	op->slot_fn = (u32)(uintptr_t)slot_fn;
}

static void set_both(struct op *op, exec_fn *const fn[2])
{
	set_fn(op, fn[0], fn[1]);
}

/* What has a better form when a register is %g0. */
static bool decode_special(struct op *op, enum insn insn, u32 w)
{
	bool imm = f_i(w);

	if (insn == insn_or && f_rs1(w) == 0) {
		if (imm)
			set_fn(op, op_mov_i, op_mov_i_slot);
		else
			set_fn(op, op_mov_r, op_mov_r_slot);
		return true;
	}
	if (f_rd(w) != 0)
		return false;
	if (insn == insn_subcc) {
		if (imm)
			set_fn(op, op_cmp_ri, op_cmp_ri_slot);
		else
			set_fn(op, op_cmp_rr, op_cmp_rr_slot);
		return true;
	}
	if (insn == insn_andcc) {
		if (imm)
			set_fn(op, op_btst_ri, op_btst_ri_slot);
		else
			set_fn(op, op_btst_rr, op_btst_rr_slot);
		return true;
	}
	return false;
}

/* Everything that is no control transfer; what has no handler of its own gets op_slow. */
static void decode_plain(struct cpu *cpu, struct op *op, u32 w)
{
	enum insn insn = insn_decode(w);
	bool imm = f_i(w);

	op->rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
	op->rs1 = (u8)f_rs1(w);
	op->rs2 = (u8)f_rs2(w);
	op->aux = 0;
	op->imm = f_simm13(w);
	set_fn(op, op_slow, op_slow_slot);

	switch (insn) {
	case insn_sethi:
		op->imm = (s32)f_imm22(w);
		if (f_rd(w))
			set_fn(op, op_mov_i, op_mov_i_slot);
		else
			set_fn(op, op_nop, op_nop_slot);
		return;
	case insn_rdasr:
		if (f_rs1(w) == 0)
			set_fn(op, op_rdy, op_rdy_slot);
		return;
	case insn_wrasr:
		if (f_rd(w) == 0 && imm)
			set_fn(op, op_wry_ri, op_wry_ri_slot);
		else if (f_rd(w) == 0)
			set_fn(op, op_wry_rr, op_wry_rr_slot);
		return;
	case insn_flush:
		set_fn(op, op_nop, op_nop_slot);
		return;
	case insn_rdpsr:
		set_fn(op, op_rdpsr, op_rdpsr_slot);
		return;
	case insn_rdwim:
		set_fn(op, op_rdwim, op_rdwim_slot);
		return;
	case insn_rdtbr:
		set_fn(op, op_rdtbr, op_rdtbr_slot);
		return;
	case insn_wrpsr:
		set_fn(op, imm ? op_wrpsr_ri : op_wrpsr_rr, op_slow_slot);
		return;
	case insn_ticc:
		if (f_cond(w) == 8) {
			op->imm = (s32)w;
			set_fn(op, op_ta, op_slow_slot);
		}
		return;
	case insn_lda:
		if (f_asi(w) == ASI_BYPASS)
			set_fn(op, op_lda_bypass_rr, op_lda_bypass_rr_slot);
		return;
	case insn_sta:
		op->rd = (u8)f_rd(w);
		if (f_asi(w) == ASI_BYPASS)
			set_fn(op, op_sta_bypass_rr, op_sta_bypass_rr_slot);
		return;
	case insn_ldd:
	case insn_std:
		if (f_rd(w) & 1)
			return;
		op->aux = (u8)(f_rd(w) + 1);
		if (insn == insn_std)
			op->rd = (u8)f_rd(w);
		break;
	case insn_st:
	case insn_stb:
	case insn_sth:
	case insn_ldf:
	case insn_stf:
		op->rd = (u8)f_rd(w);
		break;
	case insn_lddf:
	case insn_stdf:
		op->rd = (u8)(f_rd(w) >> 1);
		break;
	case insn_swap:
		op->aux = (u8)f_rd(w);
		break;
	case insn_fsmuld:
		if (!cpu->model->fsmuld)
			return;
		/* fall through */
	case insn_fmovs ... insn_fabss:
	case insn_fsqrts:
	case insn_fsqrtd:
	case insn_fadds:
	case insn_faddd:
	case insn_fsubs:
	case insn_fsubd:
	case insn_fmuls:
	case insn_fmuld:
	case insn_fdivs:
	case insn_fdivd:
	case insn_fitos:
	case insn_fdtos:
	case insn_fitod:
	case insn_fstod:
	case insn_fstoi:
	case insn_fdtoi:
	case insn_fcmps:
	case insn_fcmpd:
	case insn_fcmpes:
	case insn_fcmped:
		op->imm = (s32)w;
		set_fn(op, op_fpop, op_fpop_slot);
		return;
	default:
		break;
	}
	if (decode_special(op, insn, w))
		return;
	if (turned[insn].fn[0] && imm) {
		op->imm = turned[insn].negate ? (s32)(0 - (u32)op->imm) : ~op->imm;
		set_both(op, plain[turned[insn].imm_as].fn[1]);
	} else if (turned[insn].fn[0]) {
		set_both(op, turned[insn].fn);
	} else if (plain[insn].fn[0][0]) {
		set_both(op, plain[insn].fn[imm]);
	}
}

/* The transfer at index i of its page, displacement in bytes of code: sets imm, tells whether it stays in the page. */
static bool decode_target(struct op *op, unsigned i, s32 disp)
{
	s64 to = (s64)i * 4 + disp;

	if (to < 0 || to >= (s64)CODE_PAGE_OPS * 4) {
		op->imm = disp;
		return false;
	}
	op->imm = disp * (s32)(sizeof(*op) / 4);
	return true;
}

static void decode_cti(struct op *op, unsigned i, u32 w)
{
	unsigned form;
	bool near;

	switch (insn_decode(w)) {
	case insn_bicc:
	case insn_fbfcc:
		near = decode_target(op, i, f_disp22(w));
		if (near)
			form = f_a(w) ? 2 : op[1].fn == FN(nop) ? 0 : 1;
		else
			form = f_a(w) ? 4 : 3;
		op->aux = (u8)f_cond(w);
		if (insn_decode(w) == insn_bicc)
			op->fn = (u32)(uintptr_t)branch_fn[f_cond(w)][form];
		else if (f_cond(w) & 7) /* FBA and FBN: rare enough */
			op->fn = (u32)(uintptr_t)fbranch_fn[form];
		break;
	case insn_call:
		near = decode_target(op, i, f_disp30(w));
		op->fn = near ? FN(call) : FN(call_f);
		break;
	case insn_jmpl:
		op->rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
		op->rs1 = (u8)f_rs1(w);
		op->rs2 = (u8)f_rs2(w);
		op->imm = f_simm13(w);
		op->fn = f_i(w) ? FN(jmpl_ri) : FN(jmpl_rr);
		break;
	default: /* RETT, CBccc */
		break;
	}
}

static __cold void decode(struct cpu *cpu, struct op *op)
{
	u32 pc = pc_of(cpu, op);
	unsigned i = pc >> 2 & (CODE_PAGE_OPS - 1);
	const u8 *mem = code_page_of(op, pc)->mem + i * 4;
	u32 w = be32_get(mem), slot;

	if (!(insn_flags[insn_decode(w)] & INSN_CTI)) {
		decode_plain(cpu, op, w);
		return;
	}
	set_fn(op, op_slow, op_slow_slot);
	if (i == CODE_PAGE_OPS - 1)
		return; /* the delay instruction is in another page */
	slot = be32_get(mem + 4);
	if (insn_decode(w) == insn_jmpl && insn_decode(slot) == insn_rett) {
		decode_cti(op, i, w);
		op->aux = f_i(w);
		op->fn = FN(jmpl_rett);
		op[1].imm = (s32)slot;
		set_fn(op + 1, op_slow, op_slow_slot);
		return;
	}
	if (insn_flags[insn_decode(slot)] & INSN_CTI)
		return; /* a couple of transfers */
	decode_plain(cpu, op + 1, slot);
	decode_cti(op, i, w);
}

struct op exec_op(enum exec_op kind)
{
	static exec_fn *const fn[] = {
		[EXEC_UNDECODED] = op_undecoded,
		[EXEC_PAGE_END] = op_page_end,
		[EXEC_FAR] = op_far,
	};
	struct op op = { .fn = (u32)(uintptr_t)fn[kind] };

	return op;
}

void exec_enter(struct cpu *cpu, struct op *op)
{
#ifdef VONK_LOOP
	enter(cpu, op);
	while (cpu->loop.fn) {
		exec_fn *fn = (exec_fn *)(uintptr_t)cpu->loop.fn;

		cpu->loop.fn = 0;
		fn(cpu, cpu->loop.op, cpu->loop.ca, cpu->loop.cb, cpu->loop.x, cpu->loop.tp);
	}
#else
	enter(cpu, op);
#endif
}
