/* SPDX-License-Identifier: MIT */
/* The processor as a whole: birth, reset, windows, PSR, saved state, and the loop that runs it. */
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cover.h"
#include "arch/sparc/cpu.h"
#include "lib/bits.h"

int cpu_init(struct cpu *cpu, const struct cpu_model *model, unsigned id, struct bus *bus,
	     struct clock *clock, struct code_cache *code)
{
	cpu->model = model;
	cpu->id = id;
	cpu->bus = bus;
	cpu->clock = clock;
	cpu->code = code;
	for (unsigned w = 0; w < model->nwindows; w++) {
		cpu->win_above[w] = (u8)((w + 1) % model->nwindows);
		cpu->win_below[(w + 1) % model->nwindows] = (u8)w;
	}
	cpu->far_op = exec_op(EXEC_FAR);
	cpu->nr_filled = FILLED_MAX + 1; /* no tag is one yet */
	cpu->hold_icount = UINT64_MAX;
	for (unsigned i = 0; i < FETCH_SIZE; i++)
		cpu->fetch_near[i].tag = TLB_INVALID;
	code_attach(code, cpu);
	cpu_reset(cpu);
	return 0;
}

void cpu_release(struct cpu *cpu)
{
	code_detach(cpu->code, cpu);
}

/*
 * V8 leaves most registers undefined at reset; zero makes runs repeat. PSR.S = 1,
 * ET = 0 are architecture. WIM = 1 as the firmware of these boards finds it.
 */
void cpu_reset(struct cpu *cpu)
{
	memset(cpu->r, 0, sizeof(cpu->r));
	memset(cpu->win, 0, sizeof(cpu->win));
	memset(cpu->fd, 0, sizeof(cpu->fd));
	cpu->y = 0;
	cpu->pc = 0;
	cpu->npc = 4;
	cpu->icc = cpu->cwp = cpu->pil = 0;
	cpu->et = cpu->ef = false;
	cpu->s = cpu->ps = true;
	cpu->wim = 1;
	cpu->tbr = 0;
	cpu->fsr = (u32)cpu->model->fsr_ver << FSR_VER_SHIFT;
	cpu->fp_state = FP_EXECUTE;
	cpu->fp_ok = false;
	cpu->fq_pc = cpu->fq_insn = 0;
	memset(cpu->mxcc_data, 0, sizeof(cpu->mxcc_data));
	cpu->mxcc_src = cpu->mxcc_dst = cpu->mxcc_ctrl = cpu->mxcc_error = 0;
	memset(cpu->breakpoint, 0, sizeof(cpu->breakpoint));
	memset(cpu->emu_temp, 0, sizeof(cpu->emu_temp));
	memset(cpu->counter, 0, sizeof(cpu->counter));
	cpu->asr19 = 0;
	cpu->halted = cpu->error_mode = false;
	srmmu_reset(cpu);
	cpu_mode_changed(cpu);
}

/*
 * The current window lives in r[8..31]. Its outs are the ins of the window below
 * (cwp - 1), whose copy in win[] is stale meanwhile, as is win[cwp].
 */
static void window_put(struct cpu *cpu)
{
	unsigned below = cpu->win_below[cpu->cwp];

	memcpy(cpu->win[cpu->cwp], &cpu->r[16], sizeof(cpu->win[0]));
	memcpy(&cpu->win[below][8], &cpu->r[8], 8 * sizeof(u32));
}

static void window_get(struct cpu *cpu)
{
	unsigned below = cpu->win_below[cpu->cwp];

	memcpy(&cpu->r[16], cpu->win[cpu->cwp], sizeof(cpu->win[0]));
	memcpy(&cpu->r[8], &cpu->win[below][8], 8 * sizeof(u32));
}

void cpu_set_cwp(struct cpu *cpu, unsigned cwp)
{
	window_put(cpu);
	cpu->cwp = (u8)cwp;
	window_get(cpu);
}

u32 cpu_get_reg(const struct cpu *cpu, unsigned w, unsigned n)
{
	unsigned below = cpu->win_below[cpu->cwp];

	if (n >= 8 && n < 16) { /* outs are the ins of the window below */
		w = cpu->win_below[w];
		n += 16;
	}
	if (n < 8)
		return cpu->r[n];
	if (w == below && n >= 24)
		return cpu->r[n - 16];
	return w == cpu->cwp ? cpu->r[n] : cpu->win[w][n - 16];
}

void cpu_set_reg(struct cpu *cpu, unsigned w, unsigned n, u32 val)
{
	unsigned here = cpu->cwp;

	if (!n)
		return;
	cpu_set_cwp(cpu, w);
	cpu->r[n] = val;
	cpu_set_cwp(cpu, here);
}

void cpu_set_psr_in_mode(struct cpu *cpu, u32 psr)
{
	cpu->icc = psr >> 20 & 15;
	cpu->ef = psr >> 12 & 1 && !cpu->model->no_fpu;
	cpu->pil = psr >> 8 & 15;
	cpu->ps = psr >> 6 & 1;
	cpu->et = psr >> 5 & 1;
	cpu->fp_ok = cpu->ef && cpu->fp_state == FP_EXECUTE;
	if ((psr & 31) != cpu->cwp)
		cpu_set_cwp(cpu, psr & 31);
}

void cpu_set_psr(struct cpu *cpu, u32 psr)
{
	cpu_set_psr_in_mode(cpu, psr);
	cpu->s = psr >> 7 & 1;
	cpu_mode_changed(cpu);
}

/* Point the quick paths at what the mode allows. */
void cpu_mode_changed(struct cpu *cpu)
{
	if (unlikely(!cpu->been_user) && !cpu->s)
		cpu_init_user_tlb(cpu);
	cpu->tlb_data = &cpu->tlb[cpu->s ? TLB_SUPER : TLB_USER];
	cpu->fetch_mode = cpu->fetch[cpu->s];
	cpu->fp_ok = cpu->ef && cpu->fp_state == FP_EXECUTE;
}

void cpu_irq(void *arg, unsigned level, bool on)
{
	struct cpu *cpu = arg;

	cpu->irq_lines = (u16)(on ? cpu->irq_lines | BIT(level) : cpu->irq_lines & ~BIT(level));
}

static unsigned irq_level(const struct cpu *cpu)
{
	return cpu->irq_lines ? 31u - (unsigned)__builtin_clz(cpu->irq_lines) : 0;
}

bool cpu_irq_pending(const struct cpu *cpu)
{
	unsigned level = irq_level(cpu);

	return cpu->et && (level == 15 || level > cpu->pil);
}

/* The engine gets at a page by way of fetch[] only. */
void cpu_set_breakpoints(struct cpu *cpu, const u32 *va, u32 n)
{
	cpu->breakpoints = va;
	cpu->nr_breakpoints = n;
	for (unsigned s = 0; s < 2; s++)
		for (unsigned i = 0; i < FETCH_SIZE; i++)
			cpu->fetch[s][i].tag = TLB_INVALID;
	if (cpu->cover) /* its ops know them */
		code_flush(cpu->code);
}

/* An access gets by watch.c only where no TLB has its page. */
void cpu_set_watches(struct cpu *cpu, const struct cpu_watch *watches, u32 n)
{
	cpu->watches = watches;
	cpu->nr_watches = n;
	cpu->watched.hit = false;
	cpu_flush_tlb(cpu);
}

void cpu_hold_irqs(struct cpu *cpu)
{
	cpu->hold_icount = cpu->icount;
}

void cpu_pass_breakpoint(struct cpu *cpu)
{
	cpu->pass_pc = cpu->pc;
	cpu->pass_icount = cpu->icount;
}

bool cpu_has_breakpoint(const struct cpu *cpu, u32 first, u32 last)
{
	u32 low = 0, high = cpu->nr_breakpoints;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (cpu->breakpoints[mid] < first)
			low = mid + 1;
		else
			high = mid;
	}
	return low < cpu->nr_breakpoints && cpu->breakpoints[low] <= last;
}

static bool at_breakpoint(const struct cpu *cpu)
{
	if (cpu->pass_pc == cpu->pc && cpu->pass_icount == cpu->icount)
		return false;
	return cpu_has_breakpoint(cpu, cpu->pc, cpu->pc);
}

/* The engine's handlers may be compiled to save no register at all (see the Makefile). */
#ifdef __x86_64__
#define KEEP_REGISTERS() __asm__ volatile("" : : : "rbx", "r12", "r13", "r14", "r15", "memory")
#else
#define KEEP_REGISTERS() (void)0
#endif

static __noinline void enter_engine(struct cpu *cpu, struct op *op)
{
	KEEP_REGISTERS();
	if (unlikely(cpu->cover))
		exec_cover_enter(cpu, op);
	else
		exec_enter(cpu, op);
	KEEP_REGISTERS();
}

/* How far from the limit a whole page of straight-line code still fits. */
#define MARGIN (CODE_PAGE_OPS + 8)
/* What a transfer and its delay instruction take. */
#define TRANSFER 2

/*
 * Near the limit the engine stays in one page, whose longest straight line is known: it looks at
 * the count at every taken transfer, so that it may go on until that line would not fit any more.
 */
static void run_near(struct cpu *cpu, struct op *op, u64 soft)
{
	struct fetch_entry *e = &cpu->fetch_near[cpu_fetch_index(cpu->pc)];

	*e = cpu->fetch[cpu->s][cpu_fetch_index(cpu->pc)];
	cpu->soft = soft;
	cpu->near = true;
	cpu->fetch_mode = cpu->fetch_near;
	enter_engine(cpu, op);
	cpu->near = false;
	e->tag = TLB_INVALID;
	cpu_mode_changed(cpu);
}

/*
 * Run from here in the engine if it can be done without passing the limit; else
 * false, and one instruction is to be stepped.
 */
static bool run_engine(struct cpu *cpu)
{
	u64 left = cpu->limit - cpu->icount;
	struct op *op;
	unsigned n;

	if (!cpu_can_run(cpu) || cpu->tracer)
		return false;
	op = code_lookup(cpu, cpu->pc);
	if (!op)
		return false;
	if (left > 2 * MARGIN) {
		cpu->soft = cpu->limit - MARGIN;
		enter_engine(cpu, op);
		return true;
	}
	n = code_longest(cpu, op);
	if (left > n + 4 * TRANSFER) {
		run_near(cpu, op, cpu->limit - n - TRANSFER);
		return true;
	}
	/* Only as far as the next taken transfer. */
	n = code_straight(cpu, op, (unsigned)left + 1);
	if (n < 2 || n > left || cpu->npc != cpu->pc + 4)
		return false;
	run_near(cpu, op, cpu->icount);
	return true;
}

enum cpu_exit cpu_run(struct cpu *cpu, u64 limit)
{
	cpu->limit = limit;
	cpu->kick = false;
	cpu->watched.hit = false;
	for (;;) {
		if (cpu->error_mode)
			return CPU_ERROR;
		/* A request wakes the CPU even where PIL or ET keep it from trapping: Linux halts so. */
		if (cpu->irq_lines)
			cpu->halted = false;
		if (unlikely(cpu->hold_icount == cpu->icount))
			cpu->step_next = true;
		else if (cpu_irq_pending(cpu) && cpu->icount < limit)
			cpu_trap(cpu, TT_INTERRUPT + irq_level(cpu));
		if (cpu->kick || cpu->clock->changed)
			return CPU_EVENT;
		if (cpu->icount >= limit)
			return CPU_LIMIT;
		if (cpu->halted)
			return CPU_IDLE;
		if (unlikely(cpu->nr_breakpoints) && at_breakpoint(cpu))
			return CPU_BREAKPOINT;
		if (!cpu->step_next && run_engine(cpu))
			continue;
		cpu->step_next = false;
		cpu_step(cpu);
		if (unlikely(cpu->exit_asked)) {
			cpu->exit_asked = false;
			return CPU_EXIT;
		}
		if (unlikely(cpu->watched.hit))
			return CPU_WATCHPOINT;
	}
}

void cpu_get_state(const struct cpu *cpu, struct cpu_state *st)
{
	memset(st, 0, sizeof(*st));
	memcpy(st->globals, cpu->r, sizeof(st->globals));
	for (unsigned w = 0; w < cpu->model->nwindows; w++)
		for (unsigned n = 0; n < 16; n++)
			st->win[w][n] = cpu_get_reg(cpu, w, n + 16);
	st->y = cpu->y;
	st->psr = cpu_get_psr(cpu);
	st->wim = cpu->wim;
	st->tbr = cpu->tbr;
	st->pc = cpu->pc;
	st->npc = cpu->npc;
	st->fsr = cpu->fsr;
	for (unsigned n = 0; n < 32; n++)
		st->f[n] = cpu_get_f(cpu, n);
	st->fq_pc = cpu->fq_pc;
	st->fq_insn = cpu->fq_insn;
	memcpy(st->mmu, cpu->mmu, sizeof(st->mmu));
	st->asr19 = cpu->asr19;
	st->fp_state = cpu->fp_state;
	st->halted = cpu->halted;
	st->error_mode = cpu->error_mode;
	memcpy(st->mxcc_data, cpu->mxcc_data, sizeof(st->mxcc_data));
	st->mxcc_src = cpu->mxcc_src;
	st->mxcc_dst = cpu->mxcc_dst;
	st->mxcc_ctrl = cpu->mxcc_ctrl;
	st->mxcc_error = cpu->mxcc_error;
	memcpy(st->breakpoint, cpu->breakpoint, sizeof(st->breakpoint));
	memcpy(st->emu_temp, cpu->emu_temp, sizeof(st->emu_temp));
	memcpy(st->counter, cpu->counter, sizeof(st->counter));
	st->icount = cpu->icount;
}

void cpu_set_state(struct cpu *cpu, const struct cpu_state *st)
{
	cpu->hold_icount = UINT64_MAX;
	memcpy(cpu->r, st->globals, sizeof(st->globals));
	memcpy(cpu->win, st->win, sizeof(cpu->win));
	cpu->cwp = st->psr & 31;
	window_get(cpu);
	cpu->y = st->y;
	cpu->wim = st->wim;
	cpu->tbr = st->tbr;
	cpu->pc = st->pc;
	cpu->npc = st->npc;
	cpu->fsr = st->fsr;
	for (unsigned n = 0; n < 32; n++)
		cpu_set_f(cpu, n, st->f[n]);
	cpu->fq_pc = st->fq_pc;
	cpu->fq_insn = st->fq_insn;
	memcpy(cpu->mmu, st->mmu, sizeof(cpu->mmu));
	cpu->asr19 = st->asr19;
	cpu->fp_state = st->fp_state;
	cpu->halted = st->halted;
	cpu->error_mode = st->error_mode;
	memcpy(cpu->mxcc_data, st->mxcc_data, sizeof(cpu->mxcc_data));
	cpu->mxcc_src = st->mxcc_src;
	cpu->mxcc_dst = st->mxcc_dst;
	cpu->mxcc_ctrl = st->mxcc_ctrl;
	cpu->mxcc_error = st->mxcc_error;
	memcpy(cpu->breakpoint, st->breakpoint, sizeof(cpu->breakpoint));
	memcpy(cpu->emu_temp, st->emu_temp, sizeof(cpu->emu_temp));
	memcpy(cpu->counter, st->counter, sizeof(cpu->counter));
	cpu->icount = st->icount;
	cpu_set_psr(cpu, st->psr);
	cpu_flush_tlb(cpu);
}

bool cpu_check_state(const struct cpu *cpu, const struct cpu_state *st)
{
	const struct cpu_model *m = cpu->model;

	return st->globals[0] == 0 && st->psr >> 24 == m->psr && (st->psr & 0x000fe000) == 0 &&
	       !(m->no_fpu && st->psr >> 12 & 1) && (st->psr & 31) < m->nwindows &&
	       st->wim >> m->nwindows == 0 && (st->tbr & 15) == 0 &&
	       ((st->pc | st->npc) & 3) == 0 && (st->fsr >> FSR_VER_SHIFT & 7) == m->fsr_ver &&
	       !(st->fsr & 0x30301000) && st->pad[0] == 0 && st->mmu[MMU_SFSR_RW] == 0 &&
	       st->mmu[MMU_SFAR_RW] == 0;
}

const struct field cpu_fields[] = {
	F_ARRAY(cpu_state, globals),
	{ .name = "win",
	  .off = offsetof(struct cpu_state, win),
	  .size = 4,
	  .count = MAX_WINDOWS * 16,
	  .type = FIELD_UINT,
	  .max = UINT32_MAX },
	F_UINT(cpu_state, y),
	F_UINT(cpu_state, psr),
	F_RANGE(cpu_state, wim, 0, 255),
	F_UINT(cpu_state, tbr),
	F_UINT(cpu_state, pc),
	F_UINT(cpu_state, npc),
	F_UINT(cpu_state, fsr),
	F_ARRAY(cpu_state, f),
	F_UINT(cpu_state, fq_pc),
	F_UINT(cpu_state, fq_insn),
	F_ARRAY(cpu_state, mmu),
	F_UINT(cpu_state, asr19),
	F_RANGE(cpu_state, fp_state, FP_EXECUTE, FP_EXCEPTION),
	F_BOOL(cpu_state, halted),
	F_BOOL(cpu_state, error_mode),
	F_PAD(cpu_state, pad),
	F_ARRAY(cpu_state, mxcc_data),
	F_UINT(cpu_state, mxcc_src),
	F_UINT(cpu_state, mxcc_dst),
	F_UINT(cpu_state, mxcc_ctrl),
	F_UINT(cpu_state, mxcc_error),
	F_ARRAY(cpu_state, breakpoint),
	F_ARRAY(cpu_state, emu_temp),
	F_ARRAY(cpu_state, counter),
	F_UINT(cpu_state, icount),
	F_END,
};
