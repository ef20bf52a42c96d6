/* SPDX-License-Identifier: MIT */
/* Where a guest spends its instructions, for the programs that choose what has handlers. */
#ifndef T_SAMPLE_H
#define T_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/boot.h"
#include "machine/plug.h"

/* How far to run, and of how many instructions one is looked at; 0: of 7, or 61 where the run is long. */
struct sample_of {
	u64 insns;
	unsigned every;
};

/* A run with these options: how often each word of RAM was at the pc. */
struct sample {
	struct machine *m;
	u32 *count; /* by word */
	u64 words, total;
};

static inline void sample_run(struct sample *s, int argc, char **argv, struct sample_of of)
{
	struct machine_config c;
	struct options o;
	char err[512];

	if (options_parse(&o, argc, argv, err, sizeof(err)) ||
	    boot_config(&o, &c, err, sizeof(err)) || plug_open(&o, &c, err, sizeof(err)) ||
	    machine_new(&s->m, &c, err, sizeof(err)) || boot_nvram(s->m, &o, err, sizeof(err)) ||
	    boot_load(s->m, &o, true, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	s->words = c.ram_size / 4;
	s->count = calloc(s->words, sizeof(*s->count));
	s->total = 0;
	/* Primes, so that loops are not hit at one place only. */
	if (!of.every)
		of.every = of.insns > 50000000 ? 61 : 7;
	while (machine_insns(s->m) < of.insns) {
		struct translation tr;
		struct cpu *cpu = s->m->cpu[0];
		enum machine_stop why = machine_run(s->m, of.every);

		if (why == MACHINE_IDLE && machine_next_event(s->m) != CLOCK_NEVER)
			machine_skip(s->m, machine_next_event(s->m));
		else if (why != MACHINE_QUANTUM_END && why != MACHINE_IDLE)
			break;
		if (why == MACHINE_QUANTUM_END &&
		    !srmmu_translate(cpu, cpu->pc, cpu->s ? AT_FETCH_SUPER : AT_FETCH_USER, &tr) &&
		    tr.pa < c.ram_size) {
			s->count[tr.pa / 4]++;
			s->total++;
		}
	}
}

static inline void sample_free(struct sample *s)
{
	free(s->count);
	machine_free(s->m);
}

/* [INSNS[/EVERY]] OPTIONS..., -- between: each to run(), with `insns` where it says no number of its own. argv[0] is the program. */
static inline void sample_each(int argc, char **argv, u64 insns,
			       void (*run)(int, char **, struct sample_of))
{
	char *program = argv[0];

	for (int first = 0, i = 1; i <= argc; i++)
		if (i == argc || !strcmp(argv[i], "--")) {
			struct sample_of of = { insns, 0 };
			char *end;

			if (i > first + 1 && argv[first + 1][0] >= '0' &&
			    argv[first + 1][0] <= '9') {
				of.insns = strtoull(argv[++first], &end, 0);
				of.every = *end == '/' ? (unsigned)atoi(end + 1) : 0;
			}
			argv[first] = program;
			run(i - first, argv + first, of);
			first = i;
		}
}

#endif
