/* SPDX-License-Identifier: MIT */
#include "machine/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/disas.h"

#define D(name) extern const struct dev_class name##_class;
#include "dev/all.h"
#undef D

/* What shows single instructions: the engine does not stop at each, the reference interpreter does. */
#define LOG_EACH (OPT_LOG_IN_ASM | OPT_LOG_EXEC | OPT_LOG_CPU)

/* " <main+0x10>", or nothing. */
static void print_symbol(struct log *log, const struct cpu *cpu, u32 pc)
{
	char text[SYMBOLS_TEXT];

	if (log->symbols && *symbols_text(log->symbols, cpu, pc, text))
		fprintf(log->out, " <%s>", text);
}

/* Of the instruction that is being executed, whose count is not over yet; else of the next one. */
static void print_pc(struct log *log, const struct cpu *cpu)
{
	u32 pc = log->insn_pc != LOG_NO_PC && log->insn_icount == cpu->icount ? log->insn_pc
									      : cpu->pc;

	fprintf(log->out, " pc %08x", pc);
	print_symbol(log, cpu, pc);
}

static void print_end(struct log *log, const struct cpu *cpu)
{
	fprintf(log->out, ", after %" PRIu64 " instructions\n", cpu->icount);
}

/* --- instructions --- */

/* Was it not printed lately? Then it is now. */
static bool is_new(struct log *log, u32 pc, u32 word)
{
	u64 key = (u64)pc << 32 | word, *slot = &log->seen[pc / 4 % LOG_SEEN];

	if (*slot == key)
		return false;
	*slot = key;
	return true;
}

static void print_regs(struct log *log, const struct cpu *cpu)
{
	static const char bank[] = "goli";

	fprintf(log->out, "cpu: pc %08x npc %08x psr %08x wim %02x tbr %08x y %08x", cpu->pc,
		cpu->npc, cpu_get_psr(cpu), cpu->wim, cpu->tbr, cpu->y);
	print_end(log, cpu);
	for (unsigned n = 0; n < 32; n++)
		fprintf(log->out, "%s%c%u %08x%s", n % 8 ? " " : "cpu: ", bank[n / 8], n % 8,
			cpu->r[n], n % 8 == 7 ? "\n" : "");
}

static void log_insn(void *arg, const struct cpu *cpu, u32 pc, u32 word)
{
	char text[SPARC_DISAS_MAX];
	struct log *log = arg;

	log->insn_pc = pc;
	log->insn_icount = cpu->icount;
	if (!(log->set.items & LOG_EACH) || !opt_in_ranges(log->range, log->nr_ranges, pc))
		return;
	if (log->set.items & OPT_LOG_CPU)
		print_regs(log, cpu);
	sparc_disas(word, pc, text, sizeof(text));
	if (log->set.items & OPT_LOG_IN_ASM && is_new(log, pc, word)) {
		fprintf(log->out, "in_asm: %08x: %08x  %s", pc, word, text);
		print_symbol(log, cpu, pc);
		fputc('\n', log->out);
	}
	if (log->set.items & OPT_LOG_EXEC) {
		fprintf(log->out, "exec: %" PRIu64 " %08x: %08x  %s", cpu->icount, pc, word, text);
		print_symbol(log, cpu, pc);
		fputc('\n', log->out);
	}
}

/* --- traps and faults --- */

static const char *trap_name(unsigned tt)
{
	static const char *const name[] = {
		[TT_RESET] = "reset",
		[TT_INSTRUCTION_ACCESS] = "instruction access exception",
		[TT_ILLEGAL] = "illegal instruction",
		[TT_PRIVILEGED] = "privileged instruction",
		[TT_FP_DISABLED] = "fp disabled",
		[TT_WINDOW_OVERFLOW] = "window overflow",
		[TT_WINDOW_UNDERFLOW] = "window underflow",
		[TT_NOT_ALIGNED] = "mem address not aligned",
		[TT_FP_EXCEPTION] = "fp exception",
		[TT_DATA_ACCESS] = "data access exception",
		[TT_TAG_OVERFLOW] = "tag overflow",
		[TT_INSTRUCTION_ERROR] = "instruction access error",
		[TT_CP_DISABLED] = "cp disabled",
		[TT_DATA_ERROR] = "data access error",
		[TT_DIVISION_BY_ZERO] = "division by zero",
	};

	if (tt >= TT_SOFTWARE)
		return "trap instruction";
	if (tt > TT_INTERRUPT && tt < TT_INTERRUPT + 16)
		return "interrupt";
	return tt < ARRAY_SIZE(name) && name[tt] ? name[tt] : "?";
}

static void log_fpop(struct log *log, const struct cpu *cpu)
{
	char text[SPARC_DISAS_MAX];

	sparc_disas(cpu->fq_insn, cpu->fq_pc, text, sizeof(text));
	fprintf(log->out, "unimp: FPop %08x (%s), this FPU has not got it, pc %08x", cpu->fq_insn,
		text, cpu->fq_pc);
	print_symbol(log, cpu, cpu->fq_pc);
	print_end(log, cpu);
}

static void log_trap(void *arg, const struct cpu *cpu, unsigned tt)
{
	struct log *log = arg;

	if (log->set.items & OPT_LOG_INT) {
		fprintf(log->out, "int: tt 0x%02x %s,", tt, trap_name(tt));
		print_pc(log, cpu);
		fprintf(log->out, " npc %08x psr %08x", cpu->npc, cpu_get_psr(cpu));
		print_end(log, cpu);
	}
	if (log->set.items & OPT_LOG_GUEST_ERRORS && !cpu->et) {
		fprintf(log->out, "guest_errors: trap 0x%02x %s at", tt, trap_name(tt));
		print_pc(log, cpu);
		fprintf(log->out, " while traps are disabled");
		print_end(log, cpu);
	}
	if (log->set.items & OPT_LOG_UNIMP && tt == TT_FP_EXCEPTION &&
	    (cpu->fsr >> FSR_FTT_SHIFT & 7) == FTT_UNIMPLEMENTED)
		log_fpop(log, cpu);
}

static void log_fault(void *arg, const struct cpu *cpu, u32 va, enum access_type at, u32 l_ft)
{
	static const char *const access[] = { "load", "fetch", "store", "store to text" };
	static const char *const why[] = {
		[FT_NONE] = "no fault",
		[FT_INVALID] = "invalid address",
		[FT_PROTECTION] = "protection",
		[FT_PRIVILEGE] = "privilege violation",
		[FT_TRANSLATION] = "translation error",
		[FT_BUS] = "bus error",
		[FT_INTERNAL] = "internal error",
		[7] = "?",
	};
	unsigned ft = l_ft >> SFSR_FT_SHIFT & 7;
	struct log *log = arg;

	if (!(log->set.items & OPT_LOG_MMU) &&
	    !(log->set.items & OPT_LOG_GUEST_ERRORS && ft == FT_BUS))
		return;
	fprintf(log->out, "%s: %s, %s %s at %08x, level %u, SFSR %08x,",
		log->set.items & OPT_LOG_MMU ? "mmu" : "guest_errors", why[ft],
		at & AT_SUPER ? "supervisor" : "user", access[at >> 1 & 3], va,
		l_ft >> SFSR_L_SHIFT & 3, cpu->mmu[MMU_SFSR]);
	print_pc(log, cpu);
	print_end(log, cpu);
}

static void log_mmu_reg(void *arg, const struct cpu *cpu, unsigned n, u32 val)
{
	static const char *const name[MMU_NR] = {
		[MMU_CTRL] = "control",
		[MMU_CTPR] = "context table pointer",
		[MMU_CXR] = "context",
		[MMU_SFSR] = "fault status",
		[MMU_SFAR] = "fault address",
		[MMU_TRCR] = "TLB replacement",
		[MMU_SFSR_RW] = "fault status, writable",
		[MMU_SFAR_RW] = "fault address, writable",
	};
	struct log *log = arg;

	if (!(log->set.items & OPT_LOG_MMU))
		return;
	fprintf(log->out, "mmu: register 0x%02x (%s) is %08x", n, name[n] ? name[n] : "?", val);
	print_end(log, cpu);
}

/* --- chips --- */

static bool is_wanted_chip(const struct log *log, const char *name)
{
	for (unsigned i = 0; i < log->set.nr_chips; i++)
		if (!strcmp(log->set.chip[i], name))
			return true;
	return !log->set.nr_chips;
}

static void log_register(struct log *log, const struct cpu *cpu, const struct bus_range *range,
			 u64 pa, unsigned size, bool store, u64 val)
{
	const struct dev *chip = range->chip;

	if (!is_wanted_chip(log, chip->name))
		return;
	fprintf(log->out, "dev: %s: %s of %u byte%s at 0x%02" PRIx64 " (%s): %0*" PRIx64 ",",
		chip->name, store ? "store" : "load", size, size == 1 ? "" : "s", pa - range->pa,
		range->io->name, (int)size * 2, val);
	print_pc(log, cpu);
	print_end(log, cpu);
}

static void log_chip(void *arg, const struct cpu *cpu, u64 pa, unsigned size, bool store, u64 val)
{
	struct log *log = arg;
	const struct bus_range *range;

	if (!(log->set.items & (OPT_LOG_UNIMP | OPT_LOG_DEV)))
		return;
	range = bus_find(&log->m->bus, pa);
	if (!range)
		return;
	if (log->set.items & OPT_LOG_DEV && range->chip)
		log_register(log, cpu, range, pa, size, store, val);
	if (!(log->set.items & OPT_LOG_UNIMP) || range->io != &empty_class.region[0])
		return;
	fprintf(log->out,
		"unimp: %s of %u byte%s at %09" PRIx64 " (%s): %0*" PRIx64
		", hardware without a model,",
		store ? "store" : "load", size, size == 1 ? "" : "s", pa,
		range->chip ? ((const struct dev *)range->chip)->name : "absent memory",
		(int)size * 2, val);
	print_pc(log, cpu);
	print_end(log, cpu);
}

/* --- */

void log_init(struct log *log, struct machine *m, FILE *out)
{
	*log = (struct log){ .out = out, .m = m, .insn_pc = LOG_NO_PC };
	log->hooks = (struct cpu_log){ .insn = log_insn,
				       .trap = log_trap,
				       .fault = log_fault,
				       .mmu_reg = log_mmu_reg,
				       .chip = log_chip,
				       .arg = log };
}

/* --- what the engine did --- */

/* The one that ran most often of those not printed yet, by its number + 1; 0: there is none. */
static unsigned most_often(const struct code_cache *code, const bool *printed,
			   struct code_count *best)
{
	struct code_count c;
	unsigned which = 0, next;

	best->count = 0;
	for (unsigned n = 0; (next = code_counted(code, n, &c)); n = next)
		if (c.count > best->count && !printed[n]) {
			*best = c;
			which = next;
		}
	return which;
}

/* The rows that ran, most often first. */
static void log_fusion(struct log *log)
{
	const struct code_cache *code = log->m->cpu[0]->code;
	u64 dispatches = 0, insns = 0;
	struct code_count c;
	unsigned nr = 0;
	bool *printed;

	for (unsigned n = 0; (n = code_counted(code, n, &c)); nr++) {
		dispatches += c.count;
		insns += c.insns;
	}
	fprintf(log->out, "fusion: %" PRIu64 " instructions in %" PRIu64 " handlers", insns,
		dispatches);
	print_end(log, log->m->cpu[0]);
	printed = calloc(nr, sizeof(*printed));
	for (unsigned n; printed && (n = most_often(code, printed, &c)); printed[n - 1] = true)
		fprintf(log->out, "fusion: %12" PRIu64 " %5.1f%% %s\n", c.count,
			100.0 * (double)c.insns / (double)insns, *c.name ? c.name : "(one by one)");
	free(printed);
}

static int no_chip(const struct log *log, const char *name, const char *who, char *err,
		   size_t errlen)
{
	size_t n = (size_t)snprintf(err, errlen, "%sdev:%s: this board's chips are", who, name);

	for (unsigned i = 0; i < log->m->nr_devs && n < errlen; i++)
		n += (size_t)snprintf(err + n, errlen - n, "%s %s", i ? "," : "",
				      log->m->dev[i].row->name);
	return -EINVAL;
}

int log_set(struct log *log, const struct opt_logged *set, const char *who, char *err,
	    size_t errlen)
{
	for (unsigned i = 0; i < set->nr_chips; i++)
		if (!machine_chip(log->m, set->chip[i]))
			return no_chip(log, set->chip[i], who, err, errlen);
	if (log->set.items & ~set->items & OPT_LOG_FUSION)
		log_fusion(log);
	if ((log->set.items ^ set->items) & OPT_LOG_FUSION &&
	    code_count(log->m->cpu[0]->code, set->items & OPT_LOG_FUSION)) {
		snprintf(err, errlen, "%sout of memory", who);
		return -ENOMEM;
	}
	if (set->items & OPT_LOG_IN_ASM && !log->seen) {
		log->seen = malloc(LOG_SEEN * sizeof(*log->seen));
		if (!log->seen) {
			snprintf(err, errlen, "%sout of memory", who);
			return -ENOMEM;
		}
		memset(log->seen, 0xff, LOG_SEEN * sizeof(*log->seen));
	}
	log->set = *set;
	for (unsigned i = 0; i < log->m->config.nr_cpus; i++) {
		struct cpu *cpu = log->m->cpu[i];

		cpu->log =
			set->items & ~(unsigned)(OPT_LOG_REF | OPT_LOG_FUSION) ? &log->hooks : NULL;
		cpu->ref = log->m->config.ref || set->items & LOG_EACH;
	}
	fflush(log->out);
	return 0;
}

void log_release(struct log *log)
{
	if (!log->m)
		return;
	log_set(log, &(struct opt_logged){ .items = 0 }, "", NULL, 0);
	free(log->seen);
	log->seen = NULL;
	log->m = NULL;
}
