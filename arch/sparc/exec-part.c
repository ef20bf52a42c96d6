/* SPDX-License-Identifier: MIT */
/* The handlers: of single instructions, and of several at once. */
#include "arch/sparc/exec-step.h"

#define HANDLER(name, form, W, D)                                                                  \
	static __handler void op_##name(ARGS)                                                      \
	{                                                                                          \
		ROW_APART;                                                                         \
		STEP(name, W, op, A_##form(op), B_##form(op), D_##D(op), v);                       \
		JUMP(op[1].fn, op + 1, ca, cb, x, tp);                                             \
	}                                                                                          \
	static __handler void op_##name##_slot(ARGS)                                               \
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
	CALL(exec_leave_event)
/* Taken: to the target at once, or by way of the delay instruction. */
#define GO(target) JUMP((target)->fn, target, ca, cb, t - (s64)(target), tp)
#define GO_SLOT(target) JUMP(op[1].slot_fn, op + 1, ca, cb, t, (uintptr_t)(target))
#define UNTAKEN() COVER(pc_of(cpu, op) + 8)

#define IN_LINE() JUMP(op[1].fn, op + 1, ca, cb, x, tp)
#define SKIP_NOP() JUMP(op[2].fn, op + 2, ca, cb, x, tp)
#define SKIP_ANNULLED() JUMP(op[2].fn, op + 2, ca, cb, x - 16, tp)

#define TO_NEAR() COVER(pc_of(cpu, TARGET))
#define TO_FAR()                                                                                   \
	do {                                                                                       \
		cpu->far_pc = FAR_TARGET;                                                          \
		COVER(cpu->far_pc);                                                                \
	} while (0)

#define BRANCH_FORM(name, cond, PASS, TO, TAKE)                                                    \
	static __handler void op_##name(ARGS)                                                      \
	{                                                                                          \
		if (!(cond)) {                                                                     \
			UNTAKEN();                                                                 \
			PASS();                                                                    \
		}                                                                                  \
		COUNT(2);                                                                          \
		TO();                                                                              \
		TAKE;                                                                              \
	}

/* name: in the page with a nop behind it; _s: with any delay instruction; _a: annulled if untaken; _f, _fa: far. */
#define BRANCH(name, cond)                                                                         \
	BRANCH_FORM(name, cond, SKIP_NOP, TO_NEAR, GO(TARGET))                                     \
	BRANCH_FORM(name##_s, cond, IN_LINE, TO_NEAR, GO_SLOT(TARGET))                             \
	BRANCH_FORM(name##_a, cond, SKIP_ANNULLED, TO_NEAR, GO_SLOT(TARGET))                       \
	BRANCH_FORM(name##_f, cond, IN_LINE, TO_FAR, GO_SLOT(&cpu->far_op))                        \
	BRANCH_FORM(name##_fa, cond, SKIP_ANNULLED, TO_FAR, GO_SLOT(&cpu->far_op))

BRANCH(be, COND_be)
BRANCH(ble, COND_ble)
BRANCH(bl, COND_bl)
BRANCH(bleu, COND_bleu)
BRANCH(bcs, COND_bcs)
BRANCH(bneg, COND_bneg)
BRANCH(bvs, COND_bvs)
BRANCH(bne, COND_bne)
BRANCH(bg, COND_bg)
BRANCH(bge, COND_bge)
BRANCH(bgu, COND_bgu)
BRANCH(bcc, COND_bcc)
BRANCH(bpos, COND_bpos)
BRANCH(bvc, COND_bvc)

/*
 * BNE to itself with a SUBcc of 1 in its delay slot, as delay loops are: as many turns at once as
 * an event and the register leave, and one in full.
 */
static __handler void op_spin(ARGS)
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
	static __handler void op_fb##form(ARGS)                                                    \
	{                                                                                          \
		if (unlikely(!cpu->fp_ok))                                                         \
			CALL(exec_leave_slow);                                                     \
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

static __handler void op_ba(ARGS) /* a nop behind it */
{
	COUNT(2);
	COVER(pc_of(cpu, TARGET));
	GO(TARGET);
}

static __handler void op_ba_s(ARGS)
{
	COUNT(2);
	COVER(pc_of(cpu, TARGET));
	GO_SLOT(TARGET);
}

static __handler void op_ba_a(ARGS) /* the delay instruction is annulled, always */
{
	COUNT(1);
	COVER(pc_of(cpu, TARGET));
	GO(TARGET);
}

static __handler void op_ba_f(ARGS)
{
	COUNT(2);
	cpu->far_pc = FAR_TARGET;
	COVER(cpu->far_pc);
	GO_SLOT(&cpu->far_op);
}

static __handler void op_ba_fa(ARGS)
{
	COUNT(1);
	cpu->far_pc = FAR_TARGET;
	COVER(cpu->far_pc);
	GO(&cpu->far_op);
}

static __handler void op_bn_a(ARGS)
{
	SKIP_ANNULLED();
}

static __handler void op_call(ARGS) /* within the page */
{
	COUNT(2);
	cpu->r[15] = pc_of(cpu, op);
	COVER(pc_of(cpu, TARGET));
	GO_SLOT(TARGET);
}

static __handler void op_call_f(ARGS)
{
	u32 pc = pc_of(cpu, op);

	COUNT(2);
	cpu->r[15] = pc;
	cpu->far_pc = pc + (u32)op->imm;
	COVER(cpu->far_pc);
	GO_SLOT(&cpu->far_op);
}

#define JMPL(form, operand2)                                                                       \
	static __handler void op_jmpl_##form(ARGS)                                                 \
	{                                                                                          \
		u32 target = cpu->r[op->rs1] + operand2;                                           \
		COUNT(2);                                                                          \
		if (unlikely(target & 3))                                                          \
			CALL(exec_leave_slow);                                                     \
		cpu->r[op->rd] = pc_of(cpu, op);                                                   \
		cpu->far_pc = target;                                                              \
		if (cpu->et)                                                                       \
			COVER(target);                                                             \
		GO_SLOT(&cpu->far_op);                                                             \
	}

JMPL(rr, cpu->r[op->rs2])
JMPL(ri, (u32)op->imm)

/* --- several instructions at once --- */

#if defined(VONK_COVER) || defined(EXEC_PLAIN) /* t/3401 compiles those alone */
static exec_fn *const fused_fn[1], *const fused_same_fn[1];
#else
#define FUSED_HANDLERS
#include "fusion.h"
#undef FUSED_HANDLERS
#endif

/* --- the table of them --- */

#define FNS(name, form, W, D) { &op_##name, &op_##name##_slot },
#define BRANCH_ROW(name)                                                                           \
	{                                                                                          \
		&op_##name, &op_##name##_s, &op_##name##_a, &op_##name##_f, &op_##name##_fa        \
	}

EXEC_SHARED const struct exec_part exec_part = {
	.plain = { EXEC_OPS(FNS) },
	.branch = {
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
	},
	.fbranch = { &op_fb_s, &op_fb_s, &op_fb_a, &op_fb_f, &op_fb_fa },
	.call = op_call,
	.call_f = op_call_f,
	.jmpl_rr = op_jmpl_rr,
	.jmpl_ri = op_jmpl_ri,
	.spin = op_spin,
	.fused = fused_fn,
	.fused_same = fused_same_fn,
};
