/* SPDX-License-Identifier: MIT */
/*
 * A SPARC V8 processor with its reference MMU. The CPU knows a bus, a clock and
 * its interrupt level, and nothing of any board.
 *
 * Two interpreters work on one state: cpu_step() decodes every instruction
 * afresh and keeps pc, nPC and icc explicit (step.c: the reference), exec.c runs
 * pre-decoded pages. Whatever exec.c does not do, it leaves to cpu_step().
 */
#ifndef ARCH_SPARC_CPU_H
#define ARCH_SPARC_CPU_H

#include <string.h>

#include "arch/sparc/asi.h"
#include "arch/sparc/code.h"
#include "arch/sparc/model.h"
#include "lib/bus.h"
#include "lib/clock.h"
#include "snap/field.h"

#define MAX_WINDOWS 8
#define R_SINK 32 /* where writes to %g0 go */

/* icc as a nibble, in the order of PSR[23:20]. */
enum { ICC_C = 1, ICC_V = 2, ICC_Z = 4, ICC_N = 8 };

/* Trap types (V8 table 7-1). */
enum trap_type {
	TT_RESET = 0x00, /* no trap, where a function returns one */
	TT_INSTRUCTION_ACCESS = 0x01,
	TT_ILLEGAL = 0x02,
	TT_PRIVILEGED = 0x03,
	TT_FP_DISABLED = 0x04,
	TT_WINDOW_OVERFLOW = 0x05,
	TT_WINDOW_UNDERFLOW = 0x06,
	TT_NOT_ALIGNED = 0x07,
	TT_FP_EXCEPTION = 0x08,
	TT_DATA_ACCESS = 0x09,
	TT_TAG_OVERFLOW = 0x0a,
	TT_INTERRUPT = 0x10, /* + level */
	TT_INSTRUCTION_ERROR = 0x21,
	TT_CP_DISABLED = 0x24,
	TT_DATA_ERROR = 0x29,
	TT_DIVISION_BY_ZERO = 0x2a,
	TT_SOFTWARE = 0x80, /* + 0..127 */
};

enum fsr_bits {
	FSR_RD_SHIFT = 30,
	FSR_TEM_SHIFT = 23,
	FSR_VER_SHIFT = 17,
	FSR_FTT_SHIFT = 14,
	FSR_QNE = 1 << 13,
	FSR_FCC_SHIFT = 10,
	FSR_AEXC_SHIFT = 5,
};

/* The FPU's states (V8 L.3): an unimplemented FPop is reported at the next FP instruction. */
enum ftt { FTT_NONE, FTT_IEEE, FTT_UNFINISHED, FTT_UNIMPLEMENTED, FTT_SEQUENCE };

enum fp_state { FP_EXECUTE, FP_PENDING, FP_EXCEPTION };

enum cpu_exit {
	CPU_LIMIT, /* the instruction count reached the limit */
	CPU_EVENT, /* somebody kicked, or the clock's queue changed: look again */
	CPU_IDLE, /* powered down until an interrupt */
	CPU_ERROR, /* error mode: a trap while traps were disabled */
	CPU_BREAKPOINT, /* in front of one; see cpu_set_breakpoints() */
	CPU_WATCHPOINT, /* behind an access to one; cpu->watched tells */
	CPU_EXIT, /* firmware asked for the end: `ta 0`, ET = 0, %g1 = 1; see exit_status */
};

/*
 * Software TLB: one compare covers page and alignment; a tag with bit 11 set never matches.
 * Loads and stores have entries of their own, so that copying from a page to another with the
 * same index does not miss. Data that is walked over at random is 4 MiB before it misses; code never
 * is as much at once, nor what goes around the MMU.
 */
#define TLB_SIZE 1024
#define BYPASS_SIZE 64
#define FETCH_SIZE 256
#define TLB_INVALID 0x800u
#define TLB_CLEAN 0x400u /* in a store's tag: the bus's memory wants to know of the first one */
struct tlb_entry {
	u32 tag; /* virtual page, or TLB_INVALID */
	uintptr_t addend; /* host address = addend + virtual address */
};

struct tlb {
	struct tlb_entry load[TLB_SIZE], store[TLB_SIZE];
};
struct tlb_bypass {
	struct tlb_entry load[BYPASS_SIZE], store[BYPASS_SIZE];
};

/* What the table walk for a page found, for the slow ways: registers are never in the TLBs. */
#define WALK_SIZE 64
struct walk_entry {
	u32 tag; /* virtual page, or TLB_INVALID */
	u32 pte; /* with R set */
	u64 pa; /* of the page */
	u8 level;
};

enum { TLB_USER, TLB_SUPER, TLB_BYPASS, TLB_NR };

#define FILLED_MAX 1024

struct fetch_entry {
	u32 tag; /* virtual page, or TLB_INVALID */
	struct code_page *page;
};

struct cpu;

/* Virtual addresses whose accesses stop cpu_run(). */
enum cpu_watch_kind { CPU_WATCH_LOAD = 1, CPU_WATCH_STORE = 2 };
struct cpu_watch {
	u32 first, last;
	unsigned kinds;
};

/* An access to one of them, by the last instruction. */
struct cpu_watched {
	bool hit, store;
	unsigned n; /* which watch */
	u32 va; /* of the access */
	unsigned size; /* bytes */
	u64 old, val; /* what was there, and what is there now or was loaded */
};

/*
 * Somebody who is told what happens; each may be NULL. Instruction counts are right in all of
 * them: of instructions that are over, a trapping one included.
 */
struct cpu_log {
	/* Before an instruction; every one only while cpu->ref is set, else some. */
	void (*insn)(void *arg, const struct cpu *cpu, u32 pc, u32 word);
	/* Before trap tt is entered, pc and npc where it will return to. */
	void (*trap)(void *arg, const struct cpu *cpu, unsigned tt);
	/* An access faulted, the MMU's registers tell; l_ft: L and FT as in SFSR. */
	void (*fault)(void *arg, const struct cpu *cpu, u32 va, enum access_type at, u32 l_ft);
	/* The MMU's register n was written and has this value now. */
	void (*mmu_reg)(void *arg, const struct cpu *cpu, unsigned n, u32 val);
	/* A register of a chip was read or written; val: 0 where nobody answered. */
	void (*chip)(void *arg, const struct cpu *cpu, u64 pa, unsigned size, bool store, u64 val);
	void *arg;
};

/*
 * Somebody who is told what every instruction did; while there is one, the engine does not run. word was at pc;
 * tt: it trapped, and the trap has been entered.
 */
struct cpu_tracer {
	void (*stepped)(void *arg, const struct cpu *cpu, u32 pc, u32 word, unsigned tt);
	void *arg;
	struct cpu_tracer *next;
};

struct cpu {
	/* Hot: the current window, %g0 in r[0], written only as r[R_SINK]. */
	u32 r[R_SINK + 1];
	u32 y;
	u32 bias; /* pc of an op of the current page = bias + (address of the op >> 2) */
	u32 far_pc; /* where far_op leads */
	struct op far_op; /* a target outside the page, for delay instructions to go to */
	u64 soft; /* the engine leaves at taken branches from this count on */
	struct tlb *tlb_data; /* of the current mode */
	u8 trap_type; /* what a handler traps with */
	struct fetch_entry *fetch_mode;
	u8 win_below[MAX_WINDOWS], win_above[MAX_WINDOWS]; /* the window after SAVE, RESTORE */
	bool fp_ok; /* EF set and no FP exception pending */
	u64 fd[16]; /* f registers: even number in the upper half */
	u32 win[MAX_WINDOWS][16]; /* locals and ins of every window but the current one */
	struct tlb tlb[TLB_BYPASS]; /* by mode */
	struct tlb_bypass bypass;
	bool been_user; /* the user's TLB is in use: firmware alone never comes to need it */
	struct fetch_entry fetch[2][FETCH_SIZE]; /* user, supervisor */
	struct fetch_entry
		fetch_near[FETCH_SIZE]; /* near a limit: one page at a time, see cpu_run() */
	struct walk_entry walk[WALK_SIZE];
	u32 *filled
		[FILLED_MAX]; /* tags in tlb, fetch and walk that were set since all were flushed */
	u32 nr_filled; /* above FILLED_MAX: more than these */

	/* State. */
	u32 pc, npc;
	u8 icc, cwp, pil;
	bool et, s, ps, ef;
	u32 wim, tbr, fsr;
	u8 fp_state;
	u32 fq_pc, fq_insn; /* the FP queue's one entry */
	u32 mmu[MMU_NR]; /* reference MMU registers; [MMU_SFSR_RW] and [MMU_SFAR_RW] stay 0 */
	u64 mxcc_data[4], mxcc_src, mxcc_dst, mxcc_ctrl, mxcc_error;
	u64 breakpoint[4]; /* MMU breakpoint registers */
	u64 emu_temp[2], counter[4];
	u32 asr19; /* last value written (LEON) */
	bool halted; /* until an interrupt */
	bool error_mode;
	u64 icount; /* instructions executed */
	u16 irq_lines; /* bit n: level n is requested, 1..15 */

	/* Wires and configuration. */
	const struct cpu_model *model;
	unsigned id; /* MBus module number - 8 */
	struct bus *bus;
	struct clock *clock;
	struct code_cache *code;
	u64 prom_pa; /* boot mode fetches from here */
	u64 clock_bias; /* clock->insns = icount + clock_bias */
	bool kick; /* leave cpu_run() at the next instruction boundary */
	bool ref; /* never use the engine */
	bool step_next; /* the engine met an instruction that it leaves to cpu_step() */
	bool near; /* the engine is not to go on in another page by itself */
	const u32 *breakpoints; /* ascending */
	u32 nr_breakpoints;
	const struct cpu_watch *watches;
	u32 nr_watches;
	struct cpu_watched watched;
	u32 pass_pc; /* no breakpoint here while the count is pass_icount */
	u64 pass_icount;
	u64 hold_icount; /* no interrupt is taken while the count is this: cpu_hold_irqs() */
	bool exit_asked;
	bool can_exit; /* honour firmware's exit convention */
	/*
	 * Optional: a supervisor's UNIMP at pc, whose const22 is `code`; pc and npc have moved on.
	 * True: it was done, and the CPU may have been changed in any way; false: it traps.
	 */
	bool (*service)(void *arg, struct cpu *cpu, u32 code, u32 pc);
	void *service_arg;
	u32 exit_status;
	u64 limit;
	const struct cpu_log *log; /* NULL: nobody */
	struct cpu_tracer *tracer; /* the first of a list, NULL: nobody */
	struct cover *cover; /* cover.h; NULL: nobody */
	/* The engine's registers between two handlers where it cannot run threaded. */
	struct {
		u32 fn;
		const struct op *op;
		u64 ca, cb;
		s64 x;
		uintptr_t tp;
	} loop;
};

/*
 * The state that is architecture, as it is saved: everything else in struct cpu is
 * wires or can be derived.
 */
struct cpu_state {
	u32 globals[8];
	u32 win[MAX_WINDOWS][16]; /* locals, ins; windows that do not exist are 0 */
	u32 y, psr, wim, tbr, pc, npc, fsr;
	u32 f[32];
	u32 fq_pc, fq_insn;
	u32 mmu[MMU_NR];
	u32 asr19;
	u8 fp_state;
	bool halted, error_mode;
	u8 pad[5];
	u64 mxcc_data[4], mxcc_src, mxcc_dst, mxcc_ctrl, mxcc_error;
	u64 breakpoint[4];
	u64 emu_temp[2], counter[4];
	u64 icount;
};

extern const struct field cpu_fields[];

/*
 * A zeroed struct cpu becomes a processor. The bus, clock and code cache belong to the
 * caller and outlive it. 0 or -ENOMEM.
 */
int cpu_init(struct cpu *cpu, const struct cpu_model *model, unsigned id, struct bus *bus,
	     struct clock *clock, struct code_cache *code);
void cpu_release(struct cpu *cpu);
void cpu_reset(struct cpu *cpu);

/* Run until the instruction count is `limit` or something else needs the machine. */
enum cpu_exit cpu_run(struct cpu *cpu, u64 limit);
/* One instruction (or the trap that it takes), decoded afresh; the caller looks at interrupts. */
void cpu_step(struct cpu *cpu);
/*
 * cpu_run() is to stop in front of the instructions at these n virtual addresses, ascending; the array
 * stays the caller's. Only pages that hold one are slower: they are run by cpu_step().
 */
void cpu_set_breakpoints(struct cpu *cpu, const u32 *va, u32 n);
/* The instruction at pc is executed the next time, breakpoint or not. */
void cpu_pass_breakpoint(struct cpu *cpu);
/*
 * cpu_run() is to stop behind loads or stores that touch these, a trapping access excepted; the array stays
 * the caller's. Accesses to their pages are made by cpu_step(), all others are as quick as ever.
 */
/* The next instruction is executed before any interrupt. */
void cpu_hold_irqs(struct cpu *cpu);
void cpu_set_watches(struct cpu *cpu, const struct cpu_watch *watches, u32 n);
/* Is there a breakpoint in first..last? */
bool cpu_has_breakpoint(const struct cpu *cpu, u32 first, u32 last);
/* An interrupt request line: level 1..15. */
void cpu_irq(void *cpu, unsigned level, bool on);
/* Would the CPU take an interrupt now? */
bool cpu_irq_pending(const struct cpu *cpu);

void cpu_get_state(const struct cpu *cpu, struct cpu_state *state);
void cpu_set_state(struct cpu *cpu, const struct cpu_state *state);
/* Is it one that the CPU can reach? */
bool cpu_check_state(const struct cpu *cpu, const struct cpu_state *state);

/* PSR with these icc, and with the CPU's own. */
static inline u32 cpu_psr_with(const struct cpu *cpu, unsigned icc)
{
	return (u32)cpu->model->psr << 24 | icc << 20 | (u32)cpu->ef << 12 | (u32)cpu->pil << 8 |
	       (u32)cpu->s << 7 | (u32)cpu->ps << 6 | (u32)cpu->et << 5 | cpu->cwp;
}
static inline u32 cpu_get_psr(const struct cpu *cpu)
{
	return cpu_psr_with(cpu, cpu->icc);
}
/* All of PSR but impl and ver; cwp must be below the number of windows. */
void cpu_set_psr(struct cpu *cpu, u32 psr);
void cpu_set_psr_in_mode(struct cpu *cpu, u32 psr); /* S is what it was */
/* Register n (0..31) as window w sees it. */
u32 cpu_get_reg(const struct cpu *cpu, unsigned w, unsigned n);
void cpu_set_reg(struct cpu *cpu, unsigned w, unsigned n, u32 val);

/* --- between the files of arch/sparc/ --- */

/* cpu.c: change the current window without looking at WIM. */
void cpu_set_cwp(struct cpu *cpu, unsigned cwp);
/* The same to the window that SAVE and traps go to, and to that of RESTORE and RETT. */
static inline void cpu_window_down(struct cpu *cpu)
{
	unsigned w = cpu->cwp, below = cpu->win_below[w];

	memcpy(cpu->win[w], &cpu->r[16], 64);
	memcpy(&cpu->r[24], &cpu->r[8], 32);
	memcpy(&cpu->r[16], cpu->win[below], 32);
	memcpy(&cpu->r[8], &cpu->win[cpu->win_below[below]][8], 32);
	cpu->cwp = (u8)below;
}

static inline void cpu_window_up(struct cpu *cpu)
{
	unsigned w = cpu->cwp, above = cpu->win_above[w];

	memcpy(cpu->win[w], &cpu->r[16], 32);
	memcpy(&cpu->win[cpu->win_below[w]][8], &cpu->r[8], 32);
	memcpy(&cpu->r[8], &cpu->r[24], 32);
	memcpy(&cpu->r[16], cpu->win[above], 64);
	cpu->cwp = (u8)above;
}
/* trap.c: enter trap tt at pc, npc; error mode while traps are disabled. */
void cpu_trap(struct cpu *cpu, unsigned tt);
/* S or the MMU changed: point at the right TLB, or forget all translations. */
void cpu_mode_changed(struct cpu *cpu);
/* Where a virtual address stands in fetch[] of a mode and in fetch_near[]. */
static inline unsigned cpu_fetch_index(u32 va)
{
	return va >> 12 & (FETCH_SIZE - 1);
}
void cpu_init_user_tlb(struct cpu *cpu);
void cpu_flush_tlb(struct cpu *cpu);
static inline void cpu_note_fill(struct cpu *cpu, u32 *tag)
{
	if (cpu->nr_filled < FILLED_MAX)
		cpu->filled[cpu->nr_filled] = tag;
	if (cpu->nr_filled <= FILLED_MAX)
		cpu->nr_filled++;
}
void cpu_flush_tlb_page(struct cpu *cpu, u32 va);
/* Writes to the page at pa must be seen: drop write tags that point there. */
void cpu_protect_page(struct cpu *cpu, const u8 *mem);
/* No page has been written to, for now: the next store to any is told to its memory's past. */
void cpu_clean_pages(struct cpu *cpu);

/* mem.c: normal accesses in the CPU's own mode. Each returns a trap type, 0 if none. */
unsigned cpu_load(struct cpu *cpu, u32 va, unsigned size, u64 *val);
unsigned cpu_store(struct cpu *cpu, u32 va, unsigned size, u64 val);
unsigned cpu_fetch(struct cpu *cpu, u32 va, u32 *insn);
/* The same with an explicit access type (for alternate spaces). */
unsigned cpu_load_at(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u64 *val);
unsigned cpu_store_at(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u64 val);
/* Atomically: *old = memory, memory = val. */
unsigned cpu_swap_at(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u32 val,
		     u64 *old);
/* Physical, with the CPU's clock synchronised; a bus error is reported as access type `at` at va. */
unsigned cpu_load_phys(struct cpu *cpu, u64 pa, unsigned size, u32 va, enum access_type at,
		       u64 *val);
unsigned cpu_store_phys(struct cpu *cpu, u64 pa, unsigned size, u32 va, enum access_type at,
			u64 val);
unsigned cpu_swap_phys(struct cpu *cpu, u64 pa, unsigned size, u32 va, enum access_type at, u32 val,
		       u64 *old);
/* Make va's translation quick if it can be; false: leave it to the slow way. */
bool cpu_fill_tlb(struct cpu *cpu, unsigned tlb, u32 va, bool store);

/* watch.c: would an access to the page of va have to be looked at? */
bool cpu_page_watched(const struct cpu *cpu, u32 va, unsigned kinds);
/* An access has been made: is it one that somebody waits for? `old` counts for stores. */
void cpu_look_at(struct cpu *cpu, u32 va, unsigned size, bool store, u64 old, u64 val);
/* What is at va before it is stored to. */
u64 cpu_watch_old(struct cpu *cpu, u64 pa, unsigned size);

/* asi.c: alternate spaces, S = 1 and alignment already checked. */
unsigned cpu_load_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size, u64 *val);
/* Does the model ignore aligned stores of a supervisor to this space? */
bool cpu_asi_is_inert(const struct cpu *cpu, unsigned asi);
unsigned cpu_store_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size, u64 val);
unsigned cpu_swap_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size, u32 val, u64 *old);

/* srmmu.c */
struct translation {
	u64 pa;
	u32 pte; /* 0 where no table was walked */
};
/* Returns 0, or the SFSR's L and FT fields (without AT). Updates R and M. */
u32 srmmu_translate(struct cpu *cpu, u32 va, enum access_type at, struct translation *tr);
u32 srmmu_probe(struct cpu *cpu, u32 va);
void srmmu_flush(struct cpu *cpu, u32 va);
u32 srmmu_read_reg(struct cpu *cpu, u32 va);
void srmmu_write_reg(struct cpu *cpu, u32 va, u32 val);
/* Record a fault; returns the trap type, or 0 in no-fault mode. */
unsigned srmmu_fault(struct cpu *cpu, u32 va, enum access_type at, u32 l_ft);
void srmmu_reset(struct cpu *cpu);

/*
 * fpop.c: cpu_fp_access() is what every FP instruction asks first (a store may run while
 * an exception is being handled); cpu_fpop() is FPop1 and FPop2. Each returns a trap type or 0.
 */
unsigned cpu_fp_access(struct cpu *cpu, bool store);
unsigned cpu_fpop(struct cpu *cpu, u32 insn, u32 pc);
void cpu_set_fsr(struct cpu *cpu, u32 val);
/* STDFQ: the queue's front entry leaves; false if there is none. */
bool cpu_pop_fq(struct cpu *cpu, u64 *val);
/* fp_exception with this ftt. */
unsigned cpu_fp_exception(struct cpu *cpu, unsigned ftt);

/* The f registers: singles live in the halves of doubles. */
static inline u32 cpu_get_f(const struct cpu *cpu, unsigned n)
{
	return (u32)(cpu->fd[n >> 1] >> (n & 1 ? 0 : 32));
}

static inline void cpu_set_f(struct cpu *cpu, unsigned n, u32 v)
{
	unsigned shift = n & 1 ? 0 : 32;

	cpu->fd[n >> 1] = (cpu->fd[n >> 1] & ~((u64)0xffffffff << shift)) | (u64)v << shift;
}

/* Can the engine go on from here? Not with icc that no difference shows. */
static inline bool cpu_can_run(const struct cpu *cpu)
{
	return !cpu->ref && !((cpu->icc & ICC_Z) && (cpu->icc & (ICC_N | ICC_V)));
}

/* exec.c: run pre-decoded code from op, which is at cpu->pc, until something is to be looked at. */
void exec_enter(struct cpu *cpu, struct op *op);
/* The same for a cpu->cover. */
void exec_cover_enter(struct cpu *cpu, struct op *op);

#endif
