/* SPDX-License-Identifier: MIT */
/*
 * Random programs (t/model/seq.pl) by the reference interpreter, by the engine, by the engine
 * in uneven pieces, and by the model of t/model/iu.pl: all end alike, with the same trap log,
 * scratch memory and registers in every window. Then longer ones by QEMU, where it is installed, as the
 * second oracle: VONK_QEMU_INSNS instructions at least (a million). What QEMU is known to
 * get wrong is left out of these (see t/model/qemu-run.pl). And systems' programs (t/model/seq-sys.pl), with the FPU
 * and trap enables, the MMU, contexts and alternate spaces: with nothing left out by the engine and the reference, on
 * every model with an FPU, VONK_SYSTEM_PROGRAMS of them; and VONK_QEMU_SYSTEM_INSNS instructions (a million) of
 * others by QEMU too. VONK_QEMU_SEED is for the hand: only what QEMU runs, from that program on, VONK_QEMU_ROUNDS
 * times over.
 */
#include "t/seq-rig.h"

#define EXIT 0x4008u
#define PROGRAMS 8
#define GENERATE "perl t/model/seq.pl --seed %u --blocks 10 --nwin %u"
#define MODEL                                                                                      \
	" | perl t/model/iu.pl /dev/stdin --nwin %u --iuver %u --mem 0x3f8:4 --mem 0x400:0x400"    \
	" --mem 0x4000:0xc000 --mem 0x10000:0x10000 --mem 0x20000:0x2020 2>/dev/null"

#define QEMU_GENERATE "perl t/model/seq.pl --seed %u --blocks %u --nwin %u --qemu --rounds %u%s"
#define SYSTEM_GENERATE "perl t/model/seq.pl --seed %u --blocks 5 --nwin %u --system --rounds 3"
#define SYSTEM_PROGRAMS 12
#define QEMU                                                                                       \
	" >%s && perl t/model/qemu-run.pl %s --nwin %u --timeout 300 --mem 0x3f8:4"                \
	" --mem 0x400:0x400 --mem 0x4000:0xc000 --mem 0x10000:0x10000 --mem 0x20000:0x2020"        \
	" --mem 0x30000:0x2000 2>&1; rm -f %s"
#define FIRST_QEMU_SEED 1000u

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
	print_mem(f, mem, 0x30000, 0x2000);
}

/* Runs the image and leaves the final state in text; false if the machine cannot be made. */
static bool run_image(const char *model, const char *image, size_t len, enum mode mode, char *text,
		      u64 *insns)
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
	if (!run(cpu, mode, MAX_INSNS))
		fprintf(f, "an instruction too many before the %llu.\n",
			(unsigned long long)cpu->icount);
	print_state(f, cpu, mem);
	fclose(f);
	*insns = cpu->icount;
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

/* Runs the image every way; tells how many instructions the oracle was compared for. */
static u64 all_modes(unsigned seed, unsigned nwin, const char *image, size_t len, char *want,
		     char *got, const char *oracle)
{
	const char *model = nwin == 8 ? "Fujitsu MB86904" : "TI MicroSparc I";
	bool same = true;
	u64 insns = 0;

	drop_line(want, "tbr ");
	if (!ok(len > 0x1000 && strstr(want, "pc 00004008\n"), "program %u comes to its end by %s",
		seed, oracle)) {
		diag("%.200s", want);
		return 0;
	}
	for (enum mode mode = REF; mode < NR_MODES; mode++) {
		if (!run_image(model, image, len, mode, got, &insns))
			got[0] = '\0';
		same &= same_text(got, want, oracle, seed, mode_name[mode]);
	}
	return same ? insns : 0;
}

static void by_model(unsigned seed, char *image, char *want, char *got)
{
	unsigned nwin = seed & 1 ? 8 : 7;
	char command[512];
	size_t len, n;

	snprintf(command, sizeof(command), GENERATE, seed, nwin);
	len = read_command(command, image, MEM - ENTRY);
	snprintf(command, sizeof(command), GENERATE MODEL, seed, nwin, nwin, nwin == 8 ? 4 : 0x41);
	n = read_command(command, want, TEXT_MAX - 1);
	want[n] = '\0';
	all_modes(seed, nwin, image, len, want, got, "the model");
}

static u64 by_qemu(unsigned seed, unsigned rounds, bool sys, char *image, char *want, char *got)
{
	unsigned nwin = seed & 1 ? 8 : 7, blocks = sys ? 5 : 10;
	const char *more = sys ? " --system" : "";
	char file[] = "/tmp/vonk-seq-XXXXXX", command[1024];
	int fd = mkstemp(file);
	size_t len, n;

	if (fd < 0)
		return 0;
	close(fd);
	snprintf(command, sizeof(command), QEMU_GENERATE, seed, blocks, nwin, rounds, more);
	len = read_command(command, image, MEM - ENTRY);
	snprintf(command, sizeof(command), QEMU_GENERATE QEMU, seed, blocks, nwin, rounds, more,
		 file, file, nwin, file);
	n = read_command(command, want, TEXT_MAX - 1);
	want[n] = '\0';
	return all_modes(seed, nwin, image, len, want, got, "QEMU");
}

static u64 number(const char *name, u64 otherwise)
{
	const char *env = getenv(name);

	return env ? strtoull(env, NULL, 0) : otherwise;
}

/*
 * Stops at the first program that differs: its seed is in the test's name.
 */
static void against_qemu(bool sys, char *image, char *want, char *got)
{
	u64 goal = number(sys ? "VONK_QEMU_SYSTEM_INSNS" : "VONK_QEMU_INSNS", 1000000);
	unsigned rounds = (unsigned)number("VONK_QEMU_ROUNDS", goal > 10000000 ? 500 : 50);
	unsigned first = (unsigned)number("VONK_QEMU_SEED", FIRST_QEMU_SEED), seed = first;
	u64 total = 0, insns = 1;

	while (insns && total < goal) {
		insns = by_qemu(seed++, rounds, sys, image, want, got);
		total += insns;
	}
	ok(total >= goal, "%llu instructions of %u %s as QEMU runs them", (unsigned long long)total,
	   seed - first, sys ? "systems" : "programs");
}

/* Systems' programs, with nothing left out: the engine as the reference has it. */
static void by_reference(unsigned seed, char *image, char *want, char *got)
{
	const struct cpu_model *model = cpu_models;
	char command[256];
	u64 insns = 0;
	size_t len;

	/* The programs begin with loads of f registers. */
	for (unsigned n = seed; n--;)
		do
			model = model[1].name ? model + 1 : cpu_models;
		while (model->no_fpu);
	snprintf(command, sizeof(command), SYSTEM_GENERATE, seed, model->nwindows);
	len = read_command(command, image, MEM - ENTRY);
	if (!ok(len && run_image(model->name, image, len, REF, want, &insns) &&
			strstr(want, "pc 00004008\n"),
		"system %u on a %s comes to its end", seed, model->name))
		diag("%.60s", want);
	for (enum mode mode = WHOLE; mode < NR_MODES; mode++) {
		if (!run_image(model->name, image, len, mode, got, &insns))
			got[0] = '\0';
		same_text(got, want, "the reference", seed, mode_name[mode]);
	}
}

int main(void)
{
	const char *more = getenv("VONK_SYSTEM_PROGRAMS");
	unsigned systems = more ? (unsigned)strtoul(more, NULL, 0) : SYSTEM_PROGRAMS;
	char *image = malloc(MEM), *want = malloc(TEXT_MAX), *got = malloc(TEXT_MAX);

	if (!image || !want || !got) {
		printf("Bail out! no memory\n");
		return 1;
	}
	for (unsigned seed = 1; seed <= PROGRAMS && !getenv("VONK_QEMU_SEED"); seed++)
		by_model(seed, image, want, got);
	for (unsigned seed = 1; seed <= systems; seed++)
		by_reference(seed, image, want, got);
	if (system("command -v \"${QEMU:-qemu-system-sparc}\" >/dev/null 2>&1")) {
		printf("ok %d # SKIP no qemu-system-sparc\n", ++tap_count);
	} else {
		against_qemu(false, image, want, got);
		against_qemu(true, image, want, got);
	}
	free(image);
	free(want);
	free(got);
	return tap_done();
}
