/* SPDX-License-Identifier: MIT */
/*
 * The engine: threaded handlers over pre-decoded ops. exec.h tells how they work together. Here are
 * the ways in and out, and what is too rare or too big for a handler.
 */
#include "arch/sparc/exec-step.h"
#include "decode.h"

#ifndef VONK_COVER
#define C1 (1ull << 32)
const struct exec_icc_pair exec_icc_pair[16] = {
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
#endif

/* --- ways out --- */

static void leave_at(struct cpu *cpu, u32 pc, u32 npc, s64 count, u64 ca, u64 cb)
{
	cpu->pc = pc;
	cpu->npc = npc;
	cpu->icount = cpu->soft + (u64)(count >> 4);
	cpu->icc = (u8)icc_of(ca, cb);
}

/* Something is due: look around before op. */
EXEC_SHARED __cold void exec_leave_event(ARGS)
{
	u32 pc = pc_of(cpu, op);

	leave_at(cpu, pc, pc + 4, x + (s64)op, ca, cb);
}

/* cpu_step() is to do op. */
EXEC_SHARED __cold void exec_leave_slow(ARGS)
{
	u32 pc = pc_of(cpu, op);

	leave_at(cpu, pc, pc + 4, x + (s64)op, ca, cb);
	cpu->step_next = true;
}

EXEC_SHARED __cold void exec_leave_slow_slot(ARGS)
{
	const struct op *target = (const struct op *)tp;

	leave_at(cpu, pc_of(cpu, op), target == &cpu->far_op ? cpu->far_pc : pc_of(cpu, target),
		 x - 16, ca, cb);
	cpu->step_next = true;
}

/* Into the threads at op, which is at cpu->pc; as a delay instruction where npc says so. */
static __handler void enter(ARGS)
{
	s64 t = (s64)(cpu->icount - cpu->soft) * 16;

	ca = exec_icc_pair[cpu->icc].a;
	cb = exec_icc_pair[cpu->icc].b;

	if (cpu->npc == cpu->pc + 4)
		JUMP(op->fn, op, ca, cb, t - (s64)op, (uintptr_t)cpu->tlb_data);
	if (!op->slot_fn)
		exec_decode(cpu, (struct op *)(uintptr_t)op);
	cpu->far_pc = cpu->npc;
	JUMP(op->slot_fn, op, ca, cb, t + 16, (uintptr_t)&cpu->far_op);
}

/*
 * The CPU's state is complete in struct cpu, as after cpu_step(): go on from there at once,
 * unless something wants to be looked at first.
 */
static __handler void resume(ARGS)
{
	if (!cpu_can_run(cpu) || cpu->icount + 2 >= cpu->soft || cpu->kick || cpu->near ||
	    cpu->error_mode || cpu_irq_pending(cpu))
		return;
	op = code_lookup(cpu, cpu->pc);
	if (!op)
		return;
	CALL(enter);
}

/* Nothing but the next op is to be looked at: there is no log, it is not near the limit, which t counts up to. */
static inline bool undisturbed(const struct cpu *cpu, s64 t)
{
	return likely(t + 32 < 0 && !cpu->near && !cpu->kick && !cpu->log && !cpu->cover);
}

/* On at va in this mode, whose entry e has it, the count being t. */
#define GO_ON(mode_, e_, va_)                                                                      \
	do {                                                                                       \
		cpu->tlb_data = &cpu->tlb[(mode_) ? TLB_SUPER : TLB_USER];                         \
		cpu->fetch_mode = cpu->fetch[mode_];                                               \
		op = &(e_)->page->op[(va_) >> 2 & (CODE_PAGE_OPS - 1)];                            \
		cpu->bias = (va_) - (u32)((uintptr_t)op >> 2);                                     \
		JUMP(op->fn, op, ca, cb, t - (s64)op, (uintptr_t)cpu->tlb_data);                   \
	} while (0)

/* A trap of type cpu->trap_type, the count being t with it. */
#define TAKE_TRAP(pc_, npc_, t_)                                                                   \
	do {                                                                                       \
		u32 pc = (pc_), npc = (npc_), to = (cpu->tbr & ~0xff0u) | cpu->trap_type << 4;     \
		const struct fetch_entry *e = &cpu->fetch[true][cpu_fetch_index(to)];              \
		s64 t = (t_);                                                                      \
		if (!undisturbed(cpu, t) || unlikely(!cpu->et || e->tag != (to & ~0xfffu))) {      \
			leave_at(cpu, pc, npc, t, ca, cb);                                         \
			cpu_trap(cpu, cpu->trap_type);                                             \
			CALL(resume);                                                              \
		}                                                                                  \
		cpu->et = false;                                                                   \
		cpu->ps = cpu->s;                                                                  \
		cpu->s = true;                                                                     \
		cpu->tbr = to;                                                                     \
		cpu_window_down(cpu);                                                              \
		cpu->r[17] = pc;                                                                   \
		cpu->r[18] = npc;                                                                  \
		GO_ON(true, e, to);                                                                \
	} while (0)

/* op traps with cpu->trap_type. */
EXEC_SHARED void exec_take_trap(ARGS)
{
	TAKE_TRAP(pc_of(cpu, op), pc + 4, x + (s64)op + 16);
}

EXEC_SHARED void exec_take_trap_slot(ARGS)
{
	const struct op *target = (const struct op *)tp;

	TAKE_TRAP(pc_of(cpu, op), target == &cpu->far_op ? cpu->far_pc : pc_of(cpu, target), x);
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

EXEC_SHARED __cold void exec_miss_load(ARGS)
{
	if (!refill(cpu, op, false))
		CALL(exec_leave_slow);
	JUMP(op->fn, op, ca, cb, x, tp);
}

EXEC_SHARED __cold void exec_miss_store(ARGS)
{
	if (!refill(cpu, op, true))
		CALL(exec_leave_slow);
	JUMP(op->fn, op, ca, cb, x, tp);
}

EXEC_SHARED __cold void exec_miss_load_slot(ARGS)
{
	if (!refill(cpu, op, false))
		CALL(exec_leave_slow_slot);
	JUMP(op->slot_fn, op, ca, cb, x, tp);
}

EXEC_SHARED __cold void exec_miss_store_slot(ARGS)
{
	if (!refill(cpu, op, true))
		CALL(exec_leave_slow_slot);
	JUMP(op->slot_fn, op, ca, cb, x, tp);
}

/* Where far_pc is not at hand, or at a page's end: the run loop looks it up. */
EXEC_SHARED __cold void exec_leave_far(ARGS)
{
	leave_at(cpu, cpu->far_pc, cpu->far_pc + 4, x + (s64)op, ca, cb);
}

/* JMPL with RETT behind it, as traps end: both at once. */
EXEC_SHARED void exec_jmpl_rett(ARGS)
{
	u32 pc = pc_of(cpu, op), w = (u32)op[1].imm;
	u32 to = cpu->r[op->rs1] + (op->aux ? (u32)op->imm : cpu->r[op->rs2]);
	u32 then = cpu->r[f_rs1(w)] + (f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)]);
	bool mode = cpu->ps;
	const struct fetch_entry *e = &cpu->fetch[mode][cpu_fetch_index(to)];
	s64 t = x + (s64)op + 32;

	if (unlikely(t >= 0))
		CALL(exec_leave_event);
	if (unlikely(!cpu->s || cpu->et || (cpu->wim >> cpu->win_above[cpu->cwp] & 1) ||
		     ((to | then) & 3)))
		CALL(exec_leave_slow);
	cpu->r[op->rd] = pc;
	cpu->et = true;
	cpu->s = mode;
	cpu_window_up(cpu);
	if (!undisturbed(cpu, t) || unlikely(e->tag != (to & ~0xfffu) || then != to + 4 ||
					     cpu->irq_lines || !(mode || cpu->been_user))) {
		leave_at(cpu, to, then, t, ca, cb);
		cpu_mode_changed(cpu);
		CALL(resume);
	}
	GO_ON(mode, e, to);
}

/* WRPSR that changes more than what follows in line can do with; tp is the value. */
static __handler void write_psr(ARGS)
{
	u32 val = (u32)tp, pc = pc_of(cpu, op);

	if ((val & 0x80) && !exec_icc_pair[val >> 20 & 15].odd && !cpu->irq_lines) {
		cpu_set_psr_in_mode(cpu, val);
		ca = exec_icc_pair[val >> 20 & 15].a;
		cb = exec_icc_pair[val >> 20 & 15].b;
		op += 1 + op->aux;
		JUMP(op->fn, op, ca, cb, x, (uintptr_t)cpu->tlb_data);
	}
	leave_at(cpu, pc + 4, pc + 8, x + (s64)op + 16, ca, cb);
	cpu_set_psr(cpu, val);
	CALL(resume);
}

/*
 * WRPSR: may change windows, mode and what interrupts. As long as nothing interrupts and the mode stays, what
 * is in line behind it goes on as behind any other instruction; of that aux are nops.
 */
#define WRPSR(form, operand2)                                                                      \
	EXEC_SHARED void exec_wrpsr_##form(ARGS)                                                   \
	{                                                                                          \
		u32 val = cpu->r[op->rs1] ^ operand2;                                              \
		const struct exec_icc_pair *icc = &exec_icc_pair[val >> 20 & 15];                  \
		if (unlikely(!cpu->s || (val & 31) >= cpu->model->nwindows))                       \
			CALL(exec_leave_slow);                                                     \
		if (unlikely((val & 0x109f) != (0x80u | (u32)cpu->ef << 12 | cpu->cwp) ||          \
			     icc->odd || cpu->irq_lines)) {                                        \
			tp = val;                                                                  \
			CALL(write_psr);                                                           \
		}                                                                                  \
		cpu->pil = val >> 8 & 15;                                                          \
		cpu->ps = (val & 0x40) != 0;                                                       \
		cpu->et = (val & 0x20) != 0;                                                       \
		ca = icc->a;                                                                       \
		cb = icc->b;                                                                       \
		op += 1 + op->aux;                                                                 \
		JUMP(op->fn, op, ca, cb, x, tp);                                                   \
	}

WRPSR(rr, cpu->r[op->rs2])
WRPSR(ri, (u32)op->imm)

/* TA: imm or registers as they come. */
EXEC_SHARED void exec_ta(ARGS)
{
	u32 w = (u32)op->imm, n = cpu->r[f_rs1(w)] + (f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)]);

	if (!cpu->et)
		CALL(exec_leave_slow);
	cpu->trap_type = (u8)(TT_SOFTWARE + (n & 0x7f));
	CALL(exec_take_trap);
}

/* --- ops that are no instruction --- */

/* To cpu->far_pc, wherever that is. */
EXEC_SHARED void exec_far(ARGS)
{
	u32 va = cpu->far_pc;
	const struct fetch_entry *e = &cpu->fetch_mode[cpu_fetch_index(va)];
	const struct op *to;

	if (unlikely(e->tag != (va & ~0xfffu)))
		CALL(exec_leave_far);
	to = &e->page->op[va >> 2 & (CODE_PAGE_OPS - 1)];
	cpu->bias = va - (u32)((uintptr_t)to >> 2);
	JUMP(to->fn, to, ca, cb, x + (s64)op - (s64)to, tp);
}

/* In line off the end of a page: an event may be due, since no branch looked. */
EXEC_SHARED void exec_page_end(ARGS)
{
	cpu->far_pc = pc_of(cpu, op);
	if (unlikely(x + (s64)op >= 0))
		CALL(exec_leave_event);
	CALL(exec_far);
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
		[EXEC_UNDECODED] = exec_undecoded,
		[EXEC_PAGE_END] = exec_page_end,
		[EXEC_FAR] = exec_far,
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
