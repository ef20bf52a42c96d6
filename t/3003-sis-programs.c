/* SPDX-License-Identifier: MIT */
/*
 * Random programs (t/model/seq.pl --sis) by sis, the simulator of an ERC32 in gdb's sources, as third oracle, by the
 * reference interpreter and by the engine: all leave the same registers of all windows, trap log and memory.
 * What sis does otherwise is left out of them, and shown one by one after them (t/model/sis-classes.pl):
 * vonk goes by the manual there. VONK_SIS_INSNS instructions at least (a hundred thousand, a million in make test).
 */
#include "t/seq-rig.h"
#include "t/tier.h"

#define RAM 0x2020000u
#define MEC 0x1f80000u
#define GENERATE "perl t/model/seq.pl --seed %u --blocks 10 --nwin 8 --sis%s --rounds %u"
#define REGIONS "0x3f8:4 0x400:0x400 0x4000:0xc000 0x10000:0x10000 0x2020000:0x2020"
#define SIS "perl t/model/sis-run.pl $(t/peers/build --where sis) %s %s"

/* A V8 with FPU and 8 windows, without MMU; what an ERC32 has in PSR.impl and ver. */
static const struct cpu_model erc32 = {
	.name = "ERC32", .psr = 0x11, .nwindows = 8, .fsmuld = true
};

struct erc32 {
	struct cpu cpu;
	struct code_cache code;
	struct clock clock;
	struct bus bus;
	u8 rom[MEM], ram[0x4000], mec[0x1000];
	u64 insns;
};

static bool run_erc32(struct erc32 *e, const char *image, size_t len, enum mode mode, u64 max)
{
	struct cpu_state s;
	bool in_time;

	memset(e, 0, sizeof(*e));
	bus_init(&e->bus);
	clock_init(&e->clock, 4);
	if (bus_map_mem(&e->bus, "rom", 0, MEM, e->rom, false) ||
	    bus_map_mem(&e->bus, "ram", RAM, sizeof(e->ram), e->ram, false) ||
	    bus_map_mem(&e->bus, "mec", MEC, sizeof(e->mec), e->mec, false) ||
	    code_init(&e->code, 64) || cpu_init(&e->cpu, &erc32, 0, &e->bus, &e->clock, &e->code))
		return false;
	memcpy(e->rom + ENTRY, image, len);
	cpu_reset(&e->cpu);
	cpu_get_state(&e->cpu, &s);
	s.mmu[MMU_CTRL] = 0;
	s.pc = ENTRY;
	s.npc = ENTRY + 4;
	cpu_set_state(&e->cpu, &s);
	in_time = run(&e->cpu, mode, max) && e->cpu.error_mode;
	e->insns = e->cpu.icount;
	cpu_release(&e->cpu);
	code_release(&e->code);
	bus_release(&e->bus);
	return in_time;
}

static void print_erc32(struct erc32 *e, char *text)
{
	FILE *f = fmemopen(text, TEXT_MAX, "w");

	print_mem(f, e->rom, 0x3f8, 4);
	print_mem(f, e->rom, 0x400, 0x400);
	print_mem(f, e->rom, 0x4000, 0xc000);
	print_mem(f, e->rom, 0x10000, 0x10000);
	print_bytes(f, e->ram, RAM, 0x2020);
	fclose(f);
}

/* What sis has in these regions after it ran the image, as print_erc32() prints it. */
static bool by_sis(const char *image, size_t len, const char *regions, char *text)
{
	char file[] = "/tmp/vonk-sis-XXXXXX", command[512];
	int fd = mkstemp(file);
	bool written = fd >= 0 && write(fd, image, len) == (ssize_t)len;

	if (fd < 0)
		return false;
	close(fd);
	snprintf(command, sizeof(command), SIS, file, regions);
	text[written ? read_command(command, text, TEXT_MAX - 1) : 0] = '\0';
	unlink(file);
	return text[0] != '\0';
}

static u64 program(struct erc32 *e, unsigned seed, unsigned rounds, char *image, char *want,
		   char *got)
{
	char command[512];
	bool same = true;
	size_t len;

	snprintf(command, sizeof(command), GENERATE, seed, seed & 1 ? "" : " --fpu", rounds);
	len = read_command(command, image, MEM - ENTRY);
	if (!ok(len > 0x1000 && by_sis(image, len, REGIONS, want), "program %u runs by sis", seed))
		return 0;
	for (enum mode mode = REF; mode < NR_MODES; mode++) {
		got[0] = '\0';
		if (run_erc32(e, image, len, mode, MAX_INSNS))
			print_erc32(e, got);
		same &= same_text(got, want, "sis", seed, mode_name[mode]);
	}
	return same ? e->insns : 0;
}

static void programs(struct erc32 *e, char *image, char *want, char *got)
{
	const char *more = getenv("VONK_SIS_INSNS");
	u64 goal = more ? strtoull(more, NULL, 0) : by_tier(100000, 1000000, 100000000);
	u64 total = 0, insns = 1;
	unsigned rounds = by_tier(10, 20, 500), seed = 1;

	while (insns && total < goal) {
		insns = program(e, seed++, rounds, image, want, got);
		total += insns;
	}
	ok(total >= goal, "%llu instructions of %u programs as sis runs them",
	   (unsigned long long)total, seed - 1);
}

static size_t unhex(const char *hex, char *to)
{
	size_t n = 0;
	unsigned byte;

	while (sscanf(hex + 2 * n, "%2x", &byte) == 1)
		to[n++] = (char)byte;
	return n;
}

/* One line of sis-classes.pl: `name|clause|eight words|image`. */
static void class(struct erc32 *e, char *line, bool sis, char *image, char *text)
{
	char *name = strtok(line, "|"), *clause = strtok(NULL, "|"), *want = strtok(NULL, "|"), *at;
	size_t len = unhex(strtok(NULL, "|\n"), image);
	char got[65];

	for (enum mode mode = REF; mode < NR_MODES; mode++) {
		memset(got, 0, sizeof(got));
		if (run_erc32(e, image, len, mode, 10000))
			for (unsigned i = 0; i < 32; i++)
				snprintf(got + 2 * i, 3, "%02x", e->rom[0x400 + i]);
		if (!ok(!strcmp(got, want), "%s (%s), %s", name, clause, mode_name[mode]))
			diag("%s, want %s", got, want);
	}
	if (!sis || !by_sis(image, len, "0x400:32", text))
		return;
	for (at = text, got[0] = '\0'; *at; at += strcspn(at, "\n") + 1)
		snprintf(got + strlen(got), 33, "%.32s", at + 10);
	diag("sis: %s", strcmp(got, want) ? got : "the same");
}

static void classes(struct erc32 *e, bool sis, char *image, char *text)
{
	FILE *f = popen("perl t/model/sis-classes.pl", "r");
	char *line = malloc(TEXT_MAX);
	unsigned n = 0;

	while (f && line && fgets(line, TEXT_MAX, f)) {
		class(e, line, sis, image, text);
		n++;
	}
	ok(f && !pclose(f) && n == 30, "%u kinds of difference", n);
	free(line);
}

int main(void)
{
	char *image = malloc(MEM), *want = malloc(TEXT_MAX), *got = malloc(TEXT_MAX);
	struct erc32 *e = malloc(sizeof(*e));
	bool sis;

	if (!image || !want || !got || !e) {
		printf("Bail out! no memory\n");
		return 1;
	}
	sis = !system("t/peers/build --where sis >/dev/null 2>&1");
	if (sis)
		programs(e, image, want, got);
	else
		printf("ok %d # SKIP sis is not built: t/peers/build sis\n", ++tap_count);
	classes(e, sis, image, want);
	free(image);
	free(want);
	free(got);
	free(e);
	return tap_done();
}
