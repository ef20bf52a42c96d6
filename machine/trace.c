/* SPDX-License-Identifier: MIT */
#include "machine/trace.h"

#include <inttypes.h>

#include "arch/sparc/disas.h"

void tracer_add(struct cpu *cpu, struct cpu_tracer *t)
{
	t->next = cpu->tracer;
	cpu->tracer = t;
}

void tracer_remove(struct cpu *cpu, const struct cpu_tracer *t)
{
	struct cpu_tracer **at = &cpu->tracer;

	while (*at && *at != t)
		at = &(*at)->next;
	if (*at)
		*at = t->next;
}

/* Where the current window's register n, above %g7, is kept: outs are the ins of the window below. */
static u32 *kept(struct cpu_state *k, const struct cpu *cpu, unsigned n)
{
	return n < 16 ? &k->win[cpu->win_below[cpu->cwp]][n] : &k->win[cpu->cwp][n - 16];
}

static void print_changed(FILE *out, const char *name, u32 *old, u32 val)
{
	if (*old != val && out)
		fprintf(out, " %s=%08x", name, val);
	*old = val;
}

/* What has changed, to `out` where that is not NULL, and is remembered. */
static void print_changes(FILE *out, struct cpu_state *k, const struct cpu *cpu)
{
	static const char bank[] = "goli";

	for (unsigned n = 1; n < 32; n++) {
		char name[4] = { '%', bank[n / 8], (char)('0' + n % 8) };

		print_changed(out, name, n < 8 ? &k->globals[n] : kept(k, cpu, n), cpu->r[n]);
	}
	print_changed(out, "y", &k->y, cpu->y);
	print_changed(out, "psr", &k->psr, cpu_get_psr(cpu));
	print_changed(out, "wim", &k->wim, cpu->wim);
	print_changed(out, "tbr", &k->tbr, cpu->tbr);
	print_changed(out, "fsr", &k->fsr, cpu->fsr);
	for (unsigned n = 0; n < 32; n += 2) {
		u32 even = cpu_get_f(cpu, n), odd = cpu_get_f(cpu, n + 1);

		if ((k->f[n] != even || k->f[n + 1] != odd) && out)
			fprintf(out, " %%f%u=%08x%08x", n, even, odd);
		k->f[n] = even;
		k->f[n + 1] = odd;
	}
}

static void stepped(void *arg, const struct cpu *cpu, u32 pc, u32 word, unsigned tt)
{
	struct trace *t = arg;
	struct cpu_state *k = &t->regs[cpu->id];
	char text[SPARC_DISAS_MAX];
	FILE *out = opt_in_ranges(t->range, t->nr_ranges, pc) ? t->out : NULL;

	if (out) {
		sparc_disas(word, pc, text, sizeof(text));
		if (t->m->config.nr_cpus > 1)
			fprintf(out, "cpu%u ", cpu->id);
		fprintf(out, "%" PRIu64 " %08x: %08x  %-28s", cpu->icount, pc, word, text);
		if (tt)
			fprintf(out, " trap=%02x", tt);
	}
	print_changes(out, k, cpu);
	if (out)
		fputc('\n', out);
}

void trace_begin(struct trace *t, struct machine *m, const struct opt_range *range,
		 unsigned nr_ranges, FILE *out)
{
	*t = (struct trace){ .out = out, .m = m, .range = range, .nr_ranges = nr_ranges };
	for (unsigned i = 0; i < m->config.nr_cpus; i++) {
		cpu_get_state(m->cpu[i], &t->regs[i]);
		t->tracer[i] = (struct cpu_tracer){ .stepped = stepped, .arg = t };
		tracer_add(m->cpu[i], &t->tracer[i]);
	}
}

void trace_end(struct trace *t)
{
	if (!t->m)
		return;
	for (unsigned i = 0; i < t->m->config.nr_cpus; i++)
		tracer_remove(t->m->cpu[i], &t->tracer[i]);
	t->m = NULL;
}
