/* SPDX-License-Identifier: MIT */
/*
 * Random programs (t/model/seq.pl) on a bare processor, and what is left of one as text that is compared
 * with what an oracle prints.
 */
#ifndef T_SEQ_RIG_H
#define T_SEQ_RIG_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#include "t/tap.h"

#define MEM 0x40000u
#define ENTRY 0x4000u
#define MAX_INSNS 100000000u
#define TEXT_MAX (1u << 20)

enum mode { REF, WHOLE, PIECES, NR_MODES };

static const char *const mode_name[NR_MODES] = { "reference", "engine", "engine in pieces" };

static size_t read_command(const char *command, char *to, size_t max)
{
	FILE *f = popen(command, "r");
	size_t n = f ? fread(to, 1, max, f) : 0;

	return f && !pclose(f) ? n : 0;
}

/* Until the program's end, or max instructions; false if the CPU ever runs past a limit. */
static bool run(struct cpu *cpu, enum mode mode, u64 max)
{
	u32 step = 1;
	u64 limit;

	while (!cpu->error_mode && cpu->icount < max) {
		if (mode == REF) {
			cpu_step(cpu);
			continue;
		}
		/* 1..64, no two alike in a row */
		step = (step * 29 + 7) % 64;
		limit = mode == WHOLE ? max : cpu->icount + 1 + step;
		cpu_run(cpu, limit);
		if (cpu->icount > limit)
			return false;
	}
	return true;
}

/* len bytes that the program knows as those at `at`. */
static void print_bytes(FILE *f, const u8 *bytes, u32 at, u32 len)
{
	static const u8 zero[16];

	for (u32 o = 0; o < len; o += 16) {
		u32 n = len - o < 16 ? len - o : 16;

		if (!memcmp(bytes + o, zero, n))
			continue;
		fprintf(f, "m%08x ", at + o);
		for (u32 i = 0; i < n; i++)
			fprintf(f, "%02x", bytes[o + i]);
		fputc('\n', f);
	}
}

static void print_mem(FILE *f, const u8 *mem, u32 at, u32 len)
{
	print_bytes(f, mem + at, at, len);
}

static void show_difference(const char *got, const char *want)
{
	for (unsigned shown = 0; *got && *want && shown < 8;) {
		size_t g = strcspn(got, "\n"), w = strcspn(want, "\n");

		if (g != w || memcmp(got, want, g)) {
			diag("    %.*s, want %.*s", (int)g, got, (int)w, want);
			shown++;
		}
		got += g + (got[g] != '\0');
		want += w + (want[w] != '\0');
	}
}

static bool same_text(const char *got, const char *want, const char *oracle, unsigned seed,
		      const char *mode)
{
	bool same = !strcmp(got, want);

	if (!ok(same, "program %u, %s: as %s has it", seed, mode, oracle))
		show_difference(got, want);
	return same;
}

#endif
