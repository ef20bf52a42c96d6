/* SPDX-License-Identifier: MIT */
/*
 * Random programs (t/model/seq.pl) by the reference interpreter, by the engine, by the engine
 * in uneven pieces, and by the model of t/model/iu.pl: all end alike, with the same trap log,
 * scratch memory and registers in every window.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#include "t/tap.h"

#define MEM 0x40000u
#define ENTRY 0x4000u
#define EXIT 0x4008u
#define PROGRAMS 8
#define MAX_INSNS 1000000u
#define TEXT_MAX (1u << 20)
#define GENERATE "perl t/model/seq.pl --seed %u --blocks 10 --nwin %u"
#define MODEL                                                                                      \
	" | perl t/model/iu.pl /dev/stdin --nwin %u --iuver %u --mem 0x3f8:4 --mem 0x400:0x400"    \
	" --mem 0x4000:0xc000 --mem 0x10000:0x10000 --mem 0x20000:0x2020 2>/dev/null"

enum mode { REF, WHOLE, PIECES, NR_MODES };

static const char *const mode_name[NR_MODES] = { "reference", "engine", "engine in pieces" };

static size_t read_command(const char *command, char *to, size_t max)
{
	FILE *f = popen(command, "r");
	size_t n = f ? fread(to, 1, max, f) : 0;

	return f && !pclose(f) ? n : 0;
}

/* Until the program's end; false if the CPU ever runs past a limit. */
static bool run(struct cpu *cpu, enum mode mode)
{
	u32 step = 1;
	u64 limit;

	while (!cpu->error_mode && cpu->icount < MAX_INSNS) {
		if (mode == REF) {
			cpu_step(cpu);
			continue;
		}
		/* 1..64, no two alike in a row */
		step = (step * 29 + 7) % 64;
		limit = mode == WHOLE ? MAX_INSNS : cpu->icount + 1 + step;
		cpu_run(cpu, limit);
		if (cpu->icount > limit)
			return false;
	}
	return true;
}

static void print_mem(FILE *f, const u8 *mem, u32 at, u32 len)
{
	static const u8 zero[16];

	for (u32 o = 0; o < len; o += 16) {
		u32 n = len - o < 16 ? len - o : 16;

		if (!memcmp(mem + at + o, zero, n))
			continue;
		fprintf(f, "m%08x ", at + o);
		for (u32 i = 0; i < n; i++)
			fprintf(f, "%02x", mem[at + o + i]);
		fputc('\n', f);
	}
}

/* As iu.pl prints it. TBR.tt in error mode is not compared: the program has left TBR in memory. */
static void print_state(FILE *f, const struct cpu *cpu, const u8 *mem)
{
	fprintf(f, "pc %08x\nnpc %08x\npsr %08x\nwim %08x\n", cpu->pc, cpu->npc, cpu_get_psr(cpu),
		cpu->wim);
	fprintf(f, "y %08x\n", cpu->y);
	for (unsigned n = 0; n < 8; n++)
		fprintf(f, "g%u %08x\n", n, cpu_get_reg(cpu, 0, n));
	for (unsigned w = 0; w < cpu->model->nwindows; w++)
		for (unsigned n = 8; n < 24; n++)
			fprintf(f, "w%u.%u %08x\n", w, n, cpu_get_reg(cpu, w, n));
	print_mem(f, mem, 0x3f8, 4);
	print_mem(f, mem, 0x400, 0x400);
	print_mem(f, mem, 0x4000, 0xc000);
	print_mem(f, mem, 0x10000, 0x10000);
	print_mem(f, mem, 0x20000, 0x2020);
}

/* Runs the image and leaves the final state in text; false if the machine cannot be made. */
static bool run_image(const char *model, const char *image, size_t len, enum mode mode, char *text)
{
	struct cpu *cpu = calloc(1, sizeof(*cpu));
	u8 *mem = calloc(1, MEM);
	struct code_cache code;
	struct cpu_state s;
	struct clock clock;
	struct bus bus;
	FILE *f = fmemopen(text, TEXT_MAX, "w");

	bus_init(&bus);
	clock_init(&clock, 4);
	if (!cpu || !mem || !f || bus_map_mem(&bus, "ram", 0, MEM, mem, false) ||
	    code_init(&code, 64) || cpu_init(cpu, cpu_model_find(model), 0, &bus, &clock, &code))
		return false;
	memcpy(mem + ENTRY, image, len);
	cpu_reset(cpu);
	cpu_get_state(cpu, &s);
	s.mmu[MMU_CTRL] &= ~(cpu->model->mmu_bm | MMU_CTRL_E);
	s.pc = ENTRY;
	s.npc = ENTRY + 4;
	cpu_set_state(cpu, &s);
	if (!run(cpu, mode))
		fprintf(f, "an instruction too many before the %llu.\n",
			(unsigned long long)cpu->icount);
	print_state(f, cpu, mem);
	fclose(f);
	cpu_release(cpu);
	code_release(&code);
	bus_release(&bus);
	free(mem);
	free(cpu);
	return true;
}

/* Takes out the line that begins with `name`. */
static void drop_line(char *text, const char *name)
{
	char *at = strstr(text, name), *end = at ? strchr(at, '\n') : NULL;

	if (end)
		memmove(at, end + 1, strlen(end + 1) + 1);
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

static void one_program(unsigned seed, char *image, char *want, char *got)
{
	unsigned nwin = seed & 1 ? 8 : 7;
	const char *model = nwin == 8 ? "Fujitsu MB86904" : "TI MicroSparc I";
	char command[512];
	size_t len, n;

	snprintf(command, sizeof(command), GENERATE, seed, nwin);
	len = read_command(command, image, MEM - ENTRY);
	snprintf(command, sizeof(command), GENERATE MODEL, seed, nwin, nwin, nwin == 8 ? 4 : 0x41);
	n = read_command(command, want, TEXT_MAX - 1);
	want[n] = '\0';
	drop_line(want, "tbr ");
	if (!ok(len > 0x1000 && strstr(want, "pc 00004008\n"), "program %u comes to its end", seed))
		return;
	for (enum mode mode = REF; mode < NR_MODES; mode++) {
		bool same = run_image(model, image, len, mode, got) && !strcmp(got, want);

		if (!ok(same, "program %u, %s", seed, mode_name[mode]))
			show_difference(got, want);
	}
}

int main(void)
{
	char *image = malloc(MEM), *want = malloc(TEXT_MAX), *got = malloc(TEXT_MAX);

	if (!image || !want || !got) {
		printf("Bail out! no memory\n");
		return 1;
	}
	for (unsigned seed = 1; seed <= PROGRAMS; seed++)
		one_program(seed, image, want, got);
	free(image);
	free(want);
	free(got);
	return tap_done();
}
