/* SPDX-License-Identifier: MIT */
/* The engine: threaded handlers over pre-decoded ops. exec.h tells how they work together. */
#include <string.h>

#include "arch/sparc/alu.h"
#include "arch/sparc/cover.h"
#include "arch/sparc/exec.h"
#include "arch/sparc/fpu-fast.h"
#include "decode.h"
#include "lib/be.h"

/*
 * exec-cover.c is this file once more with VONK_COVER: every transfer is told to cpu->cover, nothing
 * is fused, and the ops at breakpoints are left to cpu_step(), so that their pages are not.
 */
#ifdef VONK_COVER
#define COVER(va) cover_at(cpu->cover, va)
#define COVERING true
#else
#define COVER(va) (void)0
#define COVERING false
#endif

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
static void enter(ARGS)
{
	s64 t = (s64)(cpu->icount - cpu->soft) * 16;

	ca = icc_pair[cpu->icc].a;
	cb = icc_pair[cpu->icc].b;

	if (cpu->npc == cpu->pc + 4)
		JUMP(op->fn, op, ca, cb, t - (s64)op, (uintptr_t)cpu->tlb_data);
	if (!op->slot_fn)
		decode(cpu, (struct op *)(uintptr_t)op);
	cpu->far_pc = cpu->npc;
	JUMP(op->slot_fn, op, ca, cb, t + 16, (uintptr_t)&cpu->far_op);
}

/*
 * The CPU's state is complete in struct cpu, as after cpu_step(): go on from there at once,
 * unless something wants to be looked at first.
 */
static void resume(ARGS)
{
	if (!cpu_can_run(cpu) || cpu->icount + 2 >= cpu->soft || cpu->kick || cpu->near ||
	    cpu->error_mode || cpu_irq_pending(cpu))
		return;
	op = code_lookup(cpu, cpu->pc);
	if (!op)
		return;
	CALL(enter);
}

/* op traps with cpu->trap_type. */
static __cold void take_trap(ARGS)
{
	u32 pc = pc_of(cpu, op);

	leave_at(cpu, pc, pc + 4, x + (s64)op + 16, ca, cb);
	cpu_trap(cpu, cpu->trap_type);
	CALL(resume);
}

static __cold void take_trap_slot(ARGS)
{
	const struct op *target = (const struct op *)tp;

	leave_at(cpu, pc_of(cpu, op), target == &cpu->far_op ? cpu->far_pc : pc_of(cpu, target), x,
		 ca, cb);
	cpu_trap(cpu, cpu->trap_type);
	CALL(resume);
}

/* Bytes that the load or store w moves. */
static u32 access_size(u32 w)
{
	static const u8 size[2][16] = {
		{ 4, 1, 2, 8, 4, 1, 2, 8, 1, 1, 2, 1, 1, 1, 1, 4 },
		{ 4, 4, 4, 8, 4, 4, 8, 8, 4, 4, 4, 4, 4, 4, 4, 4 },
	};

	return size[f_op3(w) >> 5 & 1][f_op3(w) & 15];
}

/*
 * The TLB has not got what op accesses: fetch it and do op again. What is misaligned must not be
 * looked up, for that would set R and M; what cannot be fetched is no plain memory: both are
 * cpu_step()'s.
 */
static bool refill(struct cpu *cpu, const struct op *op, bool store)
{
	u32 pc = pc_of(cpu, op);
	const struct code_page *page = code_page_of((struct op *)(uintptr_t)op, pc);
	u32 w = be32_get(page->mem + (pc & 0xffc));
	u32 va = cpu->r[f_rs1(w)] + (f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)]);
	unsigned i = va >> 12 & (TLB_SIZE - 1);
	const struct tlb_entry *e = store ? &cpu->tlb_data->store[i] : &cpu->tlb_data->load[i];

	return e->tag != (va & ~0xfffu) && !(va & (access_size(w) - 1)) &&
	       cpu_fill_tlb(cpu, cpu->s ? TLB_SUPER : TLB_USER, va, store);
}

static __cold void miss_load(ARGS)
{
	if (!refill(cpu, op, false))
		CALL(leave_slow);
	JUMP(op->fn, op, ca, cb, x, tp);
}

static __cold void miss_store(ARGS)
{
	if (!refill(cpu, op, true))
		CALL(leave_slow);
	JUMP(op->fn, op, ca, cb, x, tp);
}

static __cold void miss_load_slot(ARGS)
{
	if (!refill(cpu, op, false))
		CALL(leave_slow_slot);
	JUMP(op->slot_fn, op, ca, cb, x, tp);
}

static __cold void miss_store_slot(ARGS)
{
	if (!refill(cpu, op, true))
		CALL(leave_slow_slot);
	JUMP(op->slot_fn, op, ca, cb, x, tp);
}

/* Where far_pc is not at hand, or at a page's end: the run loop looks it up. */
static __cold void leave_far(ARGS)
{
	leave_at(cpu, cpu->far_pc, cpu->far_pc + 4, x + (s64)op, ca, cb);
}

/* --- plain handlers, in line and as delay instructions --- */

#include "arch/sparc/exec-ops.h"

/* Operands by form: a, b; and r[rd] where it is read. */
#define A_N(o) 0
#define A_R(o) cpu->r[(o)->rs1]
#define A_I(o) cpu->r[(o)->rs1]
#define B_N(o) 0
#define B_R(o) cpu->r[(o)->rs2]
#define B_I(o) (u32)(o)->imm
#define D_0(o) NULL
#define D_1(o) &cpu->r[(o)->rd]

/* `why` is known when this is compiled: one of the cases stays. */
#define LEAVE(o, why, slot)                                                                        \
	do {                                                                                       \
		op = (o);                                                                          \
		if ((why) == EXIT_SLOW)                                                            \
			CALL(leave_slow##slot);                                                    \
		if ((why) == EXIT_MISS_LOAD)                                                       \
			CALL(miss_load##slot);                                                     \
		if ((why) == EXIT_MISS_STORE)                                                      \
			CALL(miss_store##slot);                                                    \
		cpu->trap_type =                                                                   \
			(why) == EXIT_OVERFLOW ? TT_WINDOW_OVERFLOW : TT_WINDOW_UNDERFLOW;         \
		CALL(take_trap##slot);                                                             \
	} while (0)

/* One instruction with its operands; the result goes to r[rd] and stays in val. */
#define STEP(name, W, o, a, b, d, val)                                                             \
	u32 val = 0;                                                                               \
	do {                                                                                       \
		enum exec_exit why_ =                                                              \
			do_##name(cpu, o, a, b, d, &ca, &cb, (const struct tlb *)tp, &val);        \
		if (unlikely(why_))                                                                \
			LEAVE(o, why_, );                                                          \
		if (W)                                                                             \
			cpu->r[(o)->rd] = val;                                                     \
	} while (0)
/* The same as a delay instruction: x and tp are as for _slot handlers. */
#define STEP_SLOT(name, W, o, a, b, d)                                                             \
	do {                                                                                       \
		u32 val_ = 0;                                                                      \
		enum exec_exit why_ = do_##name(cpu, o, a, b, d, &ca, &cb, cpu->tlb_data, &val_);  \
		if (unlikely(why_))                                                                \
			LEAVE(o, why_, _slot);                                                     \
		if (W)                                                                             \
			cpu->r[(o)->rd] = val_;                                                    \
	} while (0)

#define HANDLER(name, form, W, D)                                                                  \
	static void op_##name(ARGS)                                                                \
	{                                                                                          \
		STEP(name, W, op, A_##form(op), B_##form(op), D_##D(op), v);                       \
		JUMP(op[1].fn, op + 1, ca, cb, x, tp);                                             \
	}                                                                                          \
	static void op_##name##_slot(ARGS)                                                         \
	{                                                                                          \
		STEP_SLOT(name, W, op, A_##form(op), B_##form(op), D_##D(op));                     \
		JUMP(((const struct op *)tp)->fn, (const struct op *)tp, ca, cb, x - (s64)tp,      \
		     (uintptr_t)cpu->tlb_data);                                                    \
	}
EXEC_OPS(HANDLER)

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
#define UNTAKEN() COVER(pc_of(cpu, op) + 8)

#define IN_LINE() JUMP(op[1].fn, op + 1, ca, cb, x, tp)
#define SKIP_NOP() JUMP(op[2].fn, op + 2, ca, cb, x, tp)
#define SKIP_ANNULLED() JUMP(op[2].fn, op + 2, ca, cb, x - 16, tp)

/* name: in the page with a nop behind it; _s: with any delay instruction; _a: annulled if untaken; _f, _fa: far. */
#define BRANCH(name, cond)                                                                         \
	static void op_##name(ARGS)                                                                \
	{                                                                                          \
		if (!(cond)) {                                                                     \
			UNTAKEN();                                                                 \
			SKIP_NOP();                                                                \
		}                                                                                  \
		COUNT(2);                                                                          \
		COVER(pc_of(cpu, TARGET));                                                         \
		GO(TARGET);                                                                        \
	}                                                                                          \
	static void op_##name##_s(ARGS)                                                            \
	{                                                                                          \
		if (!(cond)) {                                                                     \
			UNTAKEN();                                                                 \
			IN_LINE();                                                                 \
		}                                                                                  \
		COUNT(2);                                                                          \
		COVER(pc_of(cpu, TARGET));                                                         \
		GO_SLOT(TARGET);                                                                   \
	}                                                                                          \
	static void op_##name##_a(ARGS)                                                            \
	{                                                                                          \
		if (!(cond)) {                                                                     \
			UNTAKEN();                                                                 \
			SKIP_ANNULLED();                                                           \
		}                                                                                  \
		COUNT(2);                                                                          \
		COVER(pc_of(cpu, TARGET));                                                         \
		GO_SLOT(TARGET);                                                                   \
	}                                                                                          \
	static void op_##name##_f(ARGS)                                                            \
	{                                                                                          \
		if (!(cond)) {                                                                     \
			UNTAKEN();                                                                 \
			IN_LINE();                                                                 \
		}                                                                                  \
		COUNT(2);                                                                          \
		cpu->far_pc = FAR_TARGET;                                                          \
		COVER(cpu->far_pc);                                                                \
		GO_SLOT(&cpu->far_op);                                                             \
	}                                                                                          \
	static void op_##name##_fa(ARGS)                                                           \
	{                                                                                          \
		if (!(cond)) {                                                                     \
			UNTAKEN();                                                                 \
			SKIP_ANNULLED();                                                           \
		}                                                                                  \
		COUNT(2);                                                                          \
		cpu->far_pc = FAR_TARGET;                                                          \
		COVER(cpu->far_pc);                                                                \
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

/*
 * BNE to itself with a SUBcc of 1 in its delay slot, as delay loops are: as many turns at once as
 * an event and the register leave, and one in full.
 */
static void op_spin(ARGS)
{
	s64 room = -(x + (s64)op) - 1;
	u32 r = cpu->r[op[1].rd], n;

	if ((u32)ca != (u32)cb && r > 1 && room >= 32) {
		n = room / 32 < r - 1 ? (u32)(room / 32) : r - 1;
		cpu->r[op[1].rd] = r - n;
		ca = r - n + 1;
		cb = 1;
		x += 32 * (s64)n;
	}
	CALL(op_bne_s);
}

/* An FBfcc that finds the FPU off or busy goes the slow way. */
#define FB(form, untaken, target)                                                                  \
	static void op_fb##form(ARGS)                                                              \
	{                                                                                          \
		if (unlikely(!cpu->fp_ok))                                                         \
			CALL(leave_slow);                                                          \
		if (!alu_fcond(op->aux, cpu->fsr >> FSR_FCC_SHIFT & 3)) {                          \
			UNTAKEN();                                                                 \
			untaken();                                                                 \
		}                                                                                  \
		COUNT(2);                                                                          \
		target;                                                                            \
	}

FB(_s, IN_LINE, COVER(pc_of(cpu, TARGET)); GO_SLOT(TARGET))
FB(_a, SKIP_ANNULLED, COVER(pc_of(cpu, TARGET)); GO_SLOT(TARGET))
FB(_f, IN_LINE, cpu->far_pc = FAR_TARGET; COVER(cpu->far_pc); GO_SLOT(&cpu->far_op))
FB(_fa, SKIP_ANNULLED, cpu->far_pc = FAR_TARGET; COVER(cpu->far_pc); GO_SLOT(&cpu->far_op))

static void op_ba(ARGS) /* a nop behind it */
{
	COUNT(2);
	COVER(pc_of(cpu, TARGET));
	GO(TARGET);
}

static void op_ba_s(ARGS)
{
	COUNT(2);
	COVER(pc_of(cpu, TARGET));
	GO_SLOT(TARGET);
}

static void op_ba_a(ARGS) /* the delay instruction is annulled, always */
{
	COUNT(1);
	COVER(pc_of(cpu, TARGET));
	GO(TARGET);
}

static void op_ba_f(ARGS)
{
	COUNT(2);
	cpu->far_pc = FAR_TARGET;
	COVER(cpu->far_pc);
	GO_SLOT(&cpu->far_op);
}

static void op_ba_fa(ARGS)
{
	COUNT(1);
	cpu->far_pc = FAR_TARGET;
	COVER(cpu->far_pc);
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
	COVER(pc_of(cpu, TARGET));
	GO_SLOT(TARGET);
}

static void op_call_f(ARGS)
{
	u32 pc = pc_of(cpu, op);

	COUNT(2);
	cpu->r[15] = pc;
	cpu->far_pc = pc + (u32)op->imm;
	COVER(cpu->far_pc);
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
		if (cpu->et)                                                                       \
			COVER(target);                                                             \
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
	CALL(resume);
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
		CALL(resume);                                                                      \
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

/* --- several instructions at once: generated from fusion.list --- */

/* Transfers with their delay instruction, as the last elements. o is the transfer's op, n its length. */
#define TARGET_OF(o) ((const struct op *)((const char *)(o) + (o)->imm))
#define FUSED_COUNT(o, n)                                                                          \
	s64 t = x + (s64)(o) + 16 * (n);                                                           \
	if (unlikely(t >= 0)) {                                                                    \
		op = (o);                                                                          \
		CALL(leave_event);                                                                 \
	}
#define FUSED_GO(to) JUMP((to)->fn, to, ca, cb, t - (s64)(to), (uintptr_t)cpu->tlb_data)
/* A nop behind it. */
#define END_BRANCH(o, cond)                                                                        \
	if (cond) {                                                                                \
		FUSED_COUNT(o, 2);                                                                 \
		const struct op *to = TARGET_OF(o);                                                \
		JUMP(to->fn, to, ca, cb, t - (s64)to, tp);                                         \
	}                                                                                          \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x, tp)
/* Annulled if untaken. */
#define END_BRANCH_A(o, cond)                                                                      \
	if (cond) {                                                                                \
		FUSED_COUNT(o, 2);                                                                 \
		JUMP((o)[1].slot_fn, (o) + 1, ca, cb, t, (uintptr_t)TARGET_OF(o));                 \
	}                                                                                          \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x - 16, tp)
/* With the delay instruction: once where the branch is taken, once where it is not. */
#define END_BRANCH_S(o, cond, name, form, W, D)                                                    \
	if (cond) {                                                                                \
		FUSED_COUNT(o, 2);                                                                 \
		const struct op *to = TARGET_OF(o);                                                \
		x = t;                                                                             \
		tp = (uintptr_t)to;                                                                \
		STEP_SLOT(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1)); \
		FUSED_GO(to);                                                                      \
	}                                                                                          \
	STEP(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1), v_slot);      \
	JUMP((o)[2].fn, (o) + 2, ca, cb, x, tp)
/* Out of the page, or who knows where to. */
static void op_far(ARGS);
#define FUSED_FAR()                                                                                \
	op = &cpu->far_op;                                                                         \
	x = t - (s64)op;                                                                           \
	tp = (uintptr_t)cpu->tlb_data;                                                             \
	CALL(op_far)
#define FUSED_SLOT(o, name, form, W, D)                                                            \
	x = t;                                                                                     \
	tp = (uintptr_t)&cpu->far_op;                                                              \
	STEP_SLOT(name, W, (o) + 1, A_##form((o) + 1), B_##form((o) + 1), D_##D((o) + 1))
#define END_CALL_F(o, name, form, W, D)                                                            \
	FUSED_COUNT(o, 2);                                                                         \
	u32 pc = pc_of(cpu, o);                                                                    \
	cpu->r[15] = pc;                                                                           \
	cpu->far_pc = pc + (u32)(o)->imm;                                                          \
	FUSED_SLOT(o, name, form, W, D);                                                           \
	FUSED_FAR()
#define END_JMPL_RI(o, name, form, W, D)                                                           \
	FUSED_COUNT(o, 2);                                                                         \
	u32 to = cpu->r[(o)->rs1] + (u32)(o)->imm;                                                 \
	if (unlikely(to & 3)) {                                                                    \
		op = (o);                                                                          \
		CALL(leave_slow);                                                                  \
	}                                                                                          \
	cpu->r[(o)->rd] = pc_of(cpu, o);                                                           \
	cpu->far_pc = to;                                                                          \
	FUSED_SLOT(o, name, form, W, D);                                                           \
	FUSED_FAR()

#define COND_be ((u32)ca == (u32)cb)
#define COND_ble ((s32)ca <= (s32)cb)
#define COND_bl L_
#define COND_bleu (ca <= cb)
#define COND_bcs (ca < cb)
#define COND_bneg N_
#define COND_bvs (N_ != L_)
#define COND_bne ((u32)ca != (u32)cb)
#define COND_bg ((s32)ca > (s32)cb)
#define COND_bge (!L_)
#define COND_bgu (ca > cb)
#define COND_bcc (ca >= cb)
#define COND_bpos (!N_)
#define COND_bvc (N_ == L_)
#define COND_ba true

#define KIND(name, form, W, D) K_##name,
#define CTI_KINDS(X)                                                                               \
	X(be)                                                                                      \
	X(ble)                                                                                     \
	X(bl) X(bleu) X(bcs) X(bneg) X(bvs) X(ba) X(bne) X(bg) X(bge) X(bgu) X(bcc) X(bpos) X(bvc)
#define CTI_KIND(name) K_##name, K_##name##_s, K_##name##_a,
/* Plain instructions; branches within the page: nop behind, other slot, annulled; far calls, jumps. */
enum kind {
	EXEC_OPS(KIND) K_PLAIN,
	K_BRANCH = K_PLAIN - 1,
	CTI_KINDS(CTI_KIND) K_call_f,
	K_jmpl_ri,
	K_OTHER
};

struct fused {
	exec_fn *fn;
	u8 n; /* elements: the delay instruction is one */
	u8 kind[EXEC_FUSE_MAX];
	u8 forward[EXEC_FUSE_MAX]; /* 1, 2, 4: rs1, rs2, rd of a store are the result before */
};
#ifdef VONK_COVER
static const struct fused fused[1];
static const u16 fused_first[2];
#else
#include "fusion.h"
#endif

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

#define FNS(name, form, W, D) { &op_##name, &op_##name##_slot },
static exec_fn *const kind_fn[K_PLAIN][2] = { EXEC_OPS(FNS) };

/* Instructions with a register and an immediate form; K_slow: it has none. */
#define FORMS(name)                                                                                \
	{                                                                                          \
		K_##name##_rr, K_##name##_ri                                                       \
	}
static const struct {
	u8 rr, ri;
} plain[INSN_COUNT] = {
	[insn_add] = FORMS(add),
	[insn_and] = FORMS(and),
	[insn_or] = FORMS(or),
	[insn_xor] = FORMS(xor),
	[insn_sll] = FORMS(sll),
	[insn_srl] = FORMS(srl),
	[insn_sra] = FORMS(sra),
	[insn_addx] = FORMS(addx),
	[insn_subx] = FORMS(subx),
	[insn_subcc] = FORMS(subcc),
	[insn_andcc] = FORMS(andcc),
	[insn_orcc] = FORMS(orcc),
	[insn_xorcc] = FORMS(xorcc),
	[insn_addcc] = FORMS(addcc),
	[insn_addxcc] = FORMS(addxcc),
	[insn_subxcc] = FORMS(subxcc),
	[insn_mulscc] = FORMS(mulscc),
	[insn_umul] = FORMS(umul),
	[insn_smul] = FORMS(smul),
	[insn_umulcc] = FORMS(umulcc),
	[insn_smulcc] = FORMS(smulcc),
	[insn_udiv] = FORMS(udiv),
	[insn_sdiv] = FORMS(sdiv),
	[insn_ld] = FORMS(ld),
	[insn_ldub] = FORMS(ldub),
	[insn_lduh] = FORMS(lduh),
	[insn_ldsb] = FORMS(ldsb),
	[insn_ldsh] = FORMS(ldsh),
	[insn_ldd] = FORMS(ldd),
	[insn_st] = FORMS(st),
	[insn_stb] = FORMS(stb),
	[insn_sth] = FORMS(sth),
	[insn_std] = FORMS(std),
	[insn_ldstub] = FORMS(ldstub),
	[insn_swap] = FORMS(swap),
	[insn_ldf] = FORMS(ldf),
	[insn_lddf] = FORMS(lddf),
	[insn_stf] = FORMS(stf),
	[insn_stdf] = FORMS(stdf),
	[insn_save] = FORMS(save),
	[insn_restore] = FORMS(restore),
	[insn_wrwim] = FORMS(wrwim),
	[insn_wrtbr] = FORMS(wrtbr),
	/* These turn their immediate over and are the other instruction. */
	[insn_sub] = { K_sub_rr, K_add_ri },
	[insn_andn] = { K_andn_rr, K_and_ri },
	[insn_orn] = { K_orn_rr, K_or_ri },
	[insn_xnor] = { K_xnor_rr, K_xor_ri },
	[insn_andncc] = { K_andncc_rr, K_andcc_ri },
	[insn_orncc] = { K_orncc_rr, K_orcc_ri },
	[insn_xnorcc] = { K_xnorcc_rr, K_xorcc_ri },
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

/* FPops with a handler of their own: their registers by number, doubles by pair. */
static enum kind decode_fpop(struct op *op, enum insn insn, u32 w)
{
	bool dbl = true;
	enum kind kind;

	switch (insn) {
	case insn_faddd:
		kind = K_faddd;
		break;
	case insn_fsubd:
		kind = K_fsubd;
		break;
	case insn_fmuld:
		kind = K_fmuld;
		break;
	case insn_fdivd:
		kind = K_fdivd;
		break;
	case insn_fsqrtd:
		kind = K_fsqrtd;
		break;
	case insn_fcmpd:
		kind = K_fcmpd;
		break;
	case insn_fcmped:
		kind = K_fcmped;
		break;
	default:
		dbl = false;
		kind = insn == insn_fadds   ? K_fadds
		       : insn == insn_fsubs ? K_fsubs
		       : insn == insn_fmuls ? K_fmuls
		       : insn == insn_fdivs ? K_fdivs
		       : insn == insn_fmovs ? K_fmovs
					    : K_fpop;
	}
	op->imm = (s32)w;
	op->rd = (u8)(f_rd(w) >> dbl);
	op->rs1 = (u8)(f_rs1(w) >> dbl);
	op->rs2 = (u8)(f_rs2(w) >> dbl);
	return kind;
}

/* Operands of everything that is no control transfer; what has no handler of its own is K_slow. */
static enum kind decode_operands(const struct cpu *cpu, struct op *op, u32 w)
{
	enum insn insn = insn_decode(w);
	bool imm = f_i(w);

	op->rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
	op->rs1 = (u8)f_rs1(w);
	op->rs2 = (u8)f_rs2(w);
	op->aux = 0;
	op->imm = f_simm13(w);

	switch (insn) {
	case insn_sethi:
		op->imm = (s32)f_imm22(w);
		return f_rd(w) ? K_mov_i : K_nop;
	case insn_or:
		if (f_rs1(w) == 0)
			return imm ? K_mov_i : K_mov_r;
		break;
	case insn_subcc:
		if (f_rd(w) == 0)
			return imm ? K_cmp_ri : K_cmp_rr;
		break;
	case insn_andcc:
		if (f_rd(w) == 0)
			return imm ? K_btst_ri : K_btst_rr;
		break;
	case insn_sub:
		if (imm)
			op->imm = (s32)(0 - (u32)op->imm);
		break;
	case insn_andn:
	case insn_orn:
	case insn_xnor:
	case insn_andncc:
	case insn_orncc:
	case insn_xnorcc:
		if (imm)
			op->imm = ~op->imm;
		break;
	case insn_flush:
		return K_nop;
	case insn_rdasr:
		return f_rs1(w) == 0 ? K_rdy : K_slow;
	case insn_wrasr:
		return f_rd(w) ? K_slow : imm ? K_wry_ri : K_wry_rr;
	case insn_rdpsr:
		return K_rdpsr;
	case insn_rdwim:
		return K_rdwim;
	case insn_rdtbr:
		return K_rdtbr;
	case insn_lda:
		return f_asi(w) == ASI_BYPASS ? K_lda_bypass : K_slow;
	case insn_sta:
		op->rd = (u8)f_rd(w);
		if (cpu_asi_is_inert(cpu, f_asi(w)))
			return K_sta_inert;
		return f_asi(w) == ASI_BYPASS ? K_sta_bypass : K_slow;
	case insn_ldd:
	case insn_std:
		if (f_rd(w) & 1)
			return K_slow;
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
			return K_slow;
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
		return decode_fpop(op, insn, w);
	default:
		break;
	}
	if (!plain[insn].rr)
		return K_slow;
	return imm ? plain[insn].ri : plain[insn].rr;
}

static enum kind decode_plain(struct cpu *cpu, struct op *op, u32 w)
{
	enum kind kind = decode_operands(cpu, op, w);

	set_fn(op, kind_fn[kind][0], kind_fn[kind][1]);
	if (insn_decode(w) == insn_wrpsr) {
		op->fn = f_i(w) ? FN(wrpsr_ri) : FN(wrpsr_rr);
	} else if (insn_decode(w) == insn_ticc && f_cond(w) == 8) {
		op->imm = (s32)w;
		op->fn = FN(ta);
	}
	return kind;
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

/* The branch kinds stand in the order of CTI_KINDS, which is that of cond but for 0. */
static enum kind branch_kind(const struct op *op, u32 w, bool near, bool nop)
{
	if (insn_decode(w) != insn_bicc || !near || f_cond(w) == 0)
		return K_OTHER;
	(void)op;
	return K_be + 3 * (f_cond(w) - 1) + (f_a(w) ? 2u : nop ? 0u : 1u);
}

/* The kind of the transfer w at index i with `slot` behind it, its operands set in op. */
static enum kind decode_cti_kind(struct cpu *cpu, struct op *op, unsigned i, u32 w, u32 slot)
{
	struct op delay;
	bool nop = decode_operands(cpu, &delay, slot) == K_nop, near;

	switch (insn_decode(w)) {
	case insn_bicc:
		near = decode_target(op, i, f_disp22(w));
		if (f_cond(w) == 8 && f_a(w)) /* nothing behind it is executed */
			return K_OTHER;
		return branch_kind(op, w, near, nop);
	case insn_call:
		return decode_target(op, i, f_disp30(w)) ? K_OTHER : K_call_f;
	case insn_jmpl:
		return f_i(w) ? K_jmpl_ri : K_OTHER;
	default:
		return K_OTHER;
	}
}

/* One op alone. */
static void decode_single(struct cpu *cpu, struct op *op, unsigned i, const u8 *mem)
{
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

static bool is_spin(u32 w, u32 slot)
{
	return w == 0x12800000 && insn_decode(slot) == insn_subcc && f_i(slot) &&
	       f_simm13(slot) == 1 && f_rd(slot) && f_rd(slot) == f_rs1(slot);
}

/* What stands at op and behind it, as far as one handler may reach: kinds, and ops with operands. */
static unsigned look_ahead(struct cpu *cpu, unsigned i, const u8 *mem, u8 *kind, struct op *ahead)
{
	unsigned n = 0;

	while (n < EXEC_FUSE_MAX && i + n < CODE_PAGE_OPS) {
		u32 w = be32_get(mem + 4 * n);
		enum kind k;

		if (!(insn_flags[insn_decode(w)] & INSN_CTI)) {
			kind[n] = (u8)decode_operands(cpu, &ahead[n], w);
			n++;
			continue;
		}
		if (i + n + 1 >= CODE_PAGE_OPS || n + 1 >= EXEC_FUSE_MAX ||
		    (insn_flags[insn_decode(be32_get(mem + 4 * n + 4))] & INSN_CTI))
			break;
		k = decode_cti_kind(cpu, &ahead[n], i + n, w, be32_get(mem + 4 * n + 4));
		if (k == K_OTHER)
			break;
		ahead[n].rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
		ahead[n].rs1 = (u8)f_rs1(w);
		if (k == K_jmpl_ri)
			ahead[n].imm = f_simm13(w);
		kind[n++] = (u8)k;
		kind[n] = (u8)decode_operands(cpu, &ahead[n], be32_get(mem + 4 * n));
		return n + 1;
	}
	return n;
}

static bool fits(const struct fused *f, unsigned n, const u8 *kind, const struct op *ahead)
{
	if (f->n > n)
		return false;
	for (unsigned k = 0; k < f->n; k++) {
		unsigned last = k ? ahead[k - 1].rd : 0;

		if (f->kind[k] != kind[k] || ((f->forward[k] & 1) && ahead[k].rs1 != last) ||
		    ((f->forward[k] & 2) && ahead[k].rs2 != last) ||
		    ((f->forward[k] & 4) && ahead[k].rd != last))
			return false;
	}
	return true;
}

static unsigned forwards(const struct fused *f)
{
	unsigned n = 0;

	for (unsigned k = 0; k < f->n; k++)
		n += f->forward[k] != 0;
	return n;
}

/* The longest row that begins here, of equals the one that passes most values on; NULL: none. */
static const struct fused *best_fused(unsigned n, const u8 *kind, const struct op *ahead)
{
	const struct fused *best = NULL;

	if (!n || kind[0] >= ARRAY_SIZE(fused_first) - 1)
		return NULL;
	for (unsigned i = fused_first[kind[0]]; i < fused_first[kind[0] + 1]; i++) {
		const struct fused *f = &fused[i];

		if (fits(f, n, kind, ahead) &&
		    (!best || f->n > best->n || (f->n == best->n && forwards(f) > forwards(best))))
			best = f;
	}
	return best;
}

/* May there be a breakpoint? The page may have other virtual addresses, too. */
static bool is_stop(const struct cpu *cpu, u32 pc)
{
	for (u32 i = 0; i < cpu->nr_breakpoints; i++)
		if (!((cpu->breakpoints[i] ^ pc) & 0xfff))
			return true;
	return false;
}

/* Only the first op's handler is another one: those behind it stay as they were, but have operands. */
static __cold void decode(struct cpu *cpu, struct op *op)
{
	u32 pc = pc_of(cpu, op);
	unsigned i = pc >> 2 & (CODE_PAGE_OPS - 1), n;
	const u8 *mem = code_page_of(op, pc)->mem + i * 4;
	struct op ahead[EXEC_FUSE_MAX];
	u8 kind[EXEC_FUSE_MAX];
	const struct fused *f;

	if (COVERING && (is_stop(cpu, pc) || is_stop(cpu, pc + 4))) {
		set_fn(op, op_slow, op_slow_slot);
		return;
	}
	decode_single(cpu, op, i, mem);
	if (!COVERING && i + 1 < CODE_PAGE_OPS && is_spin(be32_get(mem), be32_get(mem + 4))) {
		op->fn = FN(spin);
		return;
	}
	n = look_ahead(cpu, i, mem, kind, ahead);
	f = best_fused(n, kind, ahead);
	if (!f)
		return;
	for (unsigned k = 1; k < f->n; k++) {
		u32 fn = op[k].fn;

		decode_single(cpu, &op[k], i + k, mem + 4 * k);
		op[k].fn = fn;
	}
	op->fn = (u32)(uintptr_t)f->fn;
}

#ifdef VONK_COVER
#define EXEC_OP exec_cover_op
#define EXEC_ENTER exec_cover_enter
#else
#define EXEC_OP exec_op
#define EXEC_ENTER exec_enter
#endif

struct op EXEC_OP(enum exec_op kind) {
	static exec_fn *const fn[] = {
		[EXEC_UNDECODED] = op_undecoded,
		[EXEC_PAGE_END] = op_page_end,
		[EXEC_FAR] = op_far,
	};
	struct op op = { .fn = (u32)(uintptr_t)fn[kind] };

	return op;
}

void EXEC_ENTER(struct cpu *cpu, struct op *op)
{
#ifdef VONK_LOOP
	enter(cpu, op, 0, 0, 0, 0);
	while (cpu->loop.fn) {
		exec_fn *fn = (exec_fn *)(uintptr_t)cpu->loop.fn;

		cpu->loop.fn = 0;
		fn(cpu, cpu->loop.op, cpu->loop.ca, cpu->loop.cb, cpu->loop.x, cpu->loop.tp);
	}
#else
	enter(cpu, op, 0, 0, 0, 0);
#endif
}
