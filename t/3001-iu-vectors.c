/* SPDX-License-Identifier: MIT */
/*
 * The integer unit against vectors that t/model/mkvectors.pl writes from a model of its own
 * (t/model/iu.pl); the format is described there.
 *
 * Every vector runs four times: by cpu_step(), by the engine on pages not decoded yet, on
 * pages decoded before, and by the engine one instruction at a time. All that the CPU
 * remembers and all memory must be as the vector says. Near its limit the engine leaves single
 * instructions to cpu_step(), so that two more runs go on in a loop where the vector ends.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#include "lib/be.h"
#include "t/tap.h"

#define MEM 0x20000u
#define MIN_VECTORS 4000
#define MAX_TOUCHED 64
#define SHOWN 5

#define FAR_INSNS 2500u /* more than the engine's margin before a limit */

enum mode { REF, COLD, WARM, SINGLE, FAR, FAR_WARM, NR_MODES };

static const char *const mode_name[NR_MODES] = { "reference",	   "engine",
						 "engine, warm",   "engine, single",
						 "engine, and on", "engine, warm, and on" };

/* One processor with nothing but memory around it. */
struct lab {
	struct bus bus;
	struct clock clock;
	struct code_cache code;
	struct cpu cpu;
	struct cpu_state base;
	unsigned nwin;
	u8 *mem;
};

struct vector {
	char name[64], *setup, *code, *expect;
	unsigned nwin, n, annulled;
};

/* A block of memory that the vector changed. */
struct touched {
	u32 at, len;
};

struct result {
	char group[32];
	unsigned ran, bad;
};

struct test {
	struct lab lab[2]; /* 7 and 8 windows */
	u8 *start, *want; /* the memory before, and as it is expected after */
	struct touched touched[MAX_TOUCHED];
	unsigned nr_touched;
	bool want_error;
	u32 error_tt;
	struct result result[256], *result_now;
	unsigned nr_results, nr_vectors, nr_far;
};

static u8 fill(u32 a)
{
	return (u8)(a * 0x3b + (a >> 8) * 0x11 + 5);
}

static void fill_mem(u8 *mem, u32 at, u32 len)
{
	for (u32 a = at; a < at + len; a++)
		mem[a] = fill(a);
}

static u32 *window_reg(struct lab *lab, struct cpu_state *s, unsigned w, unsigned n)
{
	/* The outs of a window are the ins of the next one down. */
	return n >= 16 ? &s->win[w][n - 16] : &s->win[(w + lab->nwin - 1) % lab->nwin][n];
}

/* A thing's name up to '=': where it lives in the state, NULL if it does not. */
static u32 *find(struct lab *lab, struct cpu_state *s, const char *name)
{
	unsigned w, n;

	if (sscanf(name, "g%u", &n) == 1 && n >= 1 && n < 8)
		return &s->globals[n];
	if (sscanf(name, "w%u.%u", &w, &n) == 2 && w < lab->nwin && n >= 8 && n < 24)
		return window_reg(lab, s, w, n);
	if (!strncmp(name, "psr=", 4))
		return &s->psr;
	if (!strncmp(name, "wim=", 4))
		return &s->wim;
	if (!strncmp(name, "tbr=", 4))
		return &s->tbr;
	if (!strncmp(name, "npc=", 4))
		return &s->npc;
	if (!strncmp(name, "pc=", 3))
		return &s->pc;
	if (!strncmp(name, "y=", 2))
		return &s->y;
	return NULL;
}

static bool touch(struct test *t, u32 at, u32 len)
{
	if (at > MEM || len > MEM - at || t->nr_touched == MAX_TOUCHED)
		return false;
	t->touched[t->nr_touched++] = (struct touched){ at, len };
	return true;
}

/* mADDR=BYTES */
static bool put_bytes(struct test *t, u8 *mem, const char *thing)
{
	char *hex;
	u32 at = (u32)strtoul(thing + 1, &hex, 16);
	u32 len = (u32)strlen(++hex) / 2;
	unsigned byte;

	if (!len || !touch(t, at, len))
		return false;
	for (u32 i = 0; i < len; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return false;
		mem[at + i] = (u8)byte;
	}
	return true;
}

static bool apply(struct test *t, struct lab *lab, struct cpu_state *s, u8 *mem, char *things)
{
	char *save, *thing;
	u32 *where;

	for (thing = strtok_r(things, " ", &save); thing; thing = strtok_r(NULL, " ", &save)) {
		if (*thing == 'm') {
			if (!put_bytes(t, mem, thing))
				return false;
			continue;
		}
		if (!strncmp(thing, "err=", 4)) {
			t->want_error = true;
			t->error_tt = (u32)strtoul(thing + 4, NULL, 16);
			continue;
		}
		where = find(lab, s, thing);
		if (!where)
			return false;
		*where = (u32)strtoul(strchr(thing, '=') + 1, NULL, 16);
	}
	return true;
}

static bool put_code(struct test *t, u8 *mem, char *blocks)
{
	char *save, *block, *p;
	u32 start, at;

	for (block = strtok_r(blocks, " ", &save); block; block = strtok_r(NULL, " ", &save)) {
		start = at = (u32)strtoul(block, &p, 16);
		while (*p == ':' || *p == ',') {
			if (at > MEM - 4)
				return false;
			be32_put(mem + at, (u32)strtoul(p + 1, &p, 16));
			at += 4;
		}
		if (*p || !touch(t, start, at - start))
			return false;
	}
	return true;
}

static bool lab_init(struct lab *lab, const char *model)
{
	lab->mem = malloc(MEM);
	if (!lab->mem)
		return false;
	fill_mem(lab->mem, 0, MEM);
	bus_init(&lab->bus);
	clock_init(&lab->clock, 4);
	if (bus_map_mem(&lab->bus, "ram", 0, MEM, lab->mem, false) || code_init(&lab->code, 64))
		return false;
	if (cpu_init(&lab->cpu, cpu_model_find(model), 0, &lab->bus, &lab->clock, &lab->code))
		return false;
	cpu_reset(&lab->cpu);
	lab->nwin = lab->cpu.model->nwindows;
	cpu_get_state(&lab->cpu, &lab->base);
	/* The MMU and boot mode off: an address is where it says. */
	lab->base.mmu[MMU_CTRL] &= ~(lab->cpu.model->mmu_bm | MMU_CTRL_E);
	lab->base.psr = (u32)lab->cpu.model->psr << 24 | 0xa0;
	lab->base.tbr = 0x10000;
	lab->base.pc = 0x4000;
	lab->base.npc = 0x4004;
	lab->base.y = lab->base.wim = 0;
	for (u32 n = 1; n < 8; n++)
		lab->base.globals[n] = n * 0x9e3779b9u;
	for (u32 w = 0; w < lab->nwin; w++)
		for (u32 n = 8; n < 24; n++)
			*window_reg(lab, &lab->base, w, n) = (16 * w + n) * 0x9e3779b9u;
	return true;
}

static void lab_release(struct lab *lab)
{
	cpu_release(&lab->cpu);
	code_release(&lab->code);
	bus_release(&lab->bus);
	free(lab->mem);
}

static void run_engine(struct lab *lab, u64 n, bool single)
{
	struct cpu *cpu = &lab->cpu;
	u64 end = cpu->icount + n;

	/* Somebody else's events may end a run early, but not for ever. */
	for (unsigned tries = 0; cpu->icount < end && !cpu->error_mode && tries < 4 * n + 4;
	     tries++)
		cpu_run(cpu, single ? cpu->icount + 1 : end);
}

static void run(struct lab *lab, u64 n, enum mode mode)
{
	lab->clock.insns = lab->cpu.icount;
	if (mode == REF) {
		for (u64 i = 0; i < n; i++)
			cpu_step(&lab->cpu);
		return;
	}
	run_engine(lab, n, mode == SINGLE);
}

static unsigned differ(const char *what, unsigned n, u32 got, u32 want, bool show)
{
	if (got == want)
		return 0;
	if (show)
		diag("    %s%u: 0x%08x, want 0x%08x", what, n, got, want);
	return 1;
}

static unsigned compare_mem(struct lab *lab, const struct test *t, bool show)
{
	unsigned bad = 0;

	if (!memcmp(lab->mem, t->want, MEM))
		return 0;
	for (u32 a = 0; a < MEM; a++)
		bad += differ("byte ", a, lab->mem[a], t->want[a], show && bad < SHOWN);
	return bad;
}

/* What the vectors do not name: FPU, MMU and the rest may not have moved. */
static unsigned compare_rest(const struct cpu_state *got, const struct cpu_state *want, bool show)
{
	struct cpu_state rest = *want;

	rest.pc = got->pc;
	rest.npc = got->npc;
	rest.psr = got->psr;
	rest.wim = got->wim;
	rest.tbr = got->tbr;
	rest.y = got->y;
	rest.error_mode = got->error_mode;
	rest.icount = got->icount;
	memcpy(rest.globals, got->globals, sizeof(rest.globals));
	memcpy(rest.win, got->win, sizeof(rest.win));
	return differ("rest", 0, (u32) !!memcmp(&rest, got, sizeof(rest)), 0, show);
}

/*
 * Only RETT is said to set tt on its way into error mode (V8 B.26); for other instructions
 * appendix C leaves it, and chips that set it tell their debugger more.
 */
static u32 want_tbr(const struct test *t, u32 got, u32 want)
{
	u32 with_tt = (want & 0xfffff000) | t->error_tt << 4;

	return t->want_error && got == with_tt ? got : want;
}

/* How many things differ; they are told if `show`. */
static unsigned compare(struct lab *lab, const struct test *t, const struct cpu_state *got,
			const struct cpu_state *want, bool show)
{
	unsigned bad = 0;

	bad += differ("pc", 0, got->pc, want->pc, show);
	bad += differ("npc", 0, got->npc, want->npc, show);
	bad += differ("psr", 0, got->psr, want->psr, show);
	bad += differ("wim", 0, got->wim, want->wim, show);
	bad += differ("tbr", 0, got->tbr, want_tbr(t, got->tbr, want->tbr), show);
	bad += differ("y", 0, got->y, want->y, show);
	bad += differ("error", 0, got->error_mode, t->want_error, show);
	/* Whether the instruction that ends in error mode is counted is not V8's business. */
	if (!t->want_error)
		bad += differ("icount", 0, (u32)got->icount, (u32)want->icount, show);
	for (unsigned n = 0; n < 8; n++)
		bad += differ("g", n, got->globals[n], want->globals[n], show);
	for (unsigned n = 0; n < 16 * MAX_WINDOWS; n++)
		bad += differ(n & 8 ? "ins, window*16+" : "locals, window*16+", n,
			      got->win[n / 16][n % 16], want->win[n / 16][n % 16], show);
	bad += compare_mem(lab, t, show);
	return bad + compare_rest(got, want, show);
}

/* The memory of the lab goes back to what `from` says, wherever the vector touched it. */
static void restore(struct test *t, struct lab *lab, const u8 *from)
{
	for (unsigned i = 0; i < t->nr_touched; i++) {
		struct touched *b = &t->touched[i];

		memcpy(lab->mem + b->at, from + b->at, b->len);
		code_written(&lab->code, b->at, b->len);
	}
}

static bool run_mode(struct test *t, struct lab *lab, const struct vector *v, enum mode mode,
		     const struct cpu_state *before, const struct cpu_state *want)
{
	struct cpu_state got;
	unsigned bad;

	if (mode == COLD || mode == FAR)
		code_flush(&lab->code);
	cpu_set_state(&lab->cpu, before);
	run(lab, mode >= FAR ? v->n + FAR_INSNS : v->n, mode);
	cpu_get_state(&lab->cpu, &got);
	if (mode >= FAR && !got.error_mode) {
		got.pc = want->pc;
		got.npc = want->npc;
		got.icount = want->icount;
	}
	bad = compare(lab, t, &got, want, false);
	if (bad && t->result_now->bad < SHOWN) {
		diag("%s, %s:", v->name, mode_name[mode]);
		compare(lab, t, &got, want, true);
	}
	return bad != 0;
}

static bool untouched(const struct test *t, u32 at, u32 len)
{
	for (unsigned i = 0; i < t->nr_touched; i++) {
		const struct touched *b = &t->touched[i];

		if (at < b->at + b->len && b->at < at + len)
			return false;
	}
	return !(at & 3) && at <= MEM - len;
}

/* A loop where the vector ends, if there is nothing yet: what it left stays. */
static bool put_loop(struct test *t, const struct cpu_state *end)
{
	u32 loop = end->npc == end->pc + 4 ? end->pc : end->npc;

	if (t->want_error)
		return true;
	if (!untouched(t, loop, 8) || !untouched(t, end->pc, 4) || !touch(t, loop, 8) ||
	    !touch(t, end->pc, 4))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		u8 *mem = i ? t->want : t->start;

		be32_put(mem + end->pc, 0x01000000); /* nop */
		be32_put(mem + loop, 0x10800000); /* ba . */
		be32_put(mem + loop + 4, 0x01000000);
	}
	return true;
}

/* Back to the base state's memory; a stray store shall not make later vectors suffer. */
static void clean_up(struct test *t, struct lab *lab)
{
	for (unsigned i = 0; i < t->nr_touched; i++) {
		fill_mem(t->start, t->touched[i].at, t->touched[i].len);
		fill_mem(t->want, t->touched[i].at, t->touched[i].len);
	}
	restore(t, lab, t->start);
	if (memcmp(lab->mem, t->start, MEM)) {
		memcpy(lab->mem, t->start, MEM);
		code_flush(&lab->code);
	}
}

/* In how many modes it went wrong; negative: the line makes no sense. */
static int run_vector(struct test *t, struct vector *v)
{
	struct lab *lab = &t->lab[v->nwin == 8];
	struct cpu_state before = lab->base, want;
	int bad = 0;

	t->nr_touched = 0;
	t->want_error = false;
	if (!apply(t, lab, &before, t->start, v->setup) || !put_code(t, t->start, v->code))
		return -1;
	for (unsigned i = 0; i < t->nr_touched; i++)
		memcpy(t->want + t->touched[i].at, t->start + t->touched[i].at, t->touched[i].len);
	want = before;
	if (!apply(t, lab, &want, t->want, v->expect))
		return -1;
	want.icount += v->n;
	for (enum mode mode = REF; mode < NR_MODES; mode++) {
		if (mode == FAR && !put_loop(t, &want))
			break;
		restore(t, lab, t->start);
		bad += run_mode(t, lab, v, mode, &before, &want);
		t->nr_far += mode == FAR;
	}
	clean_up(t, lab);
	return bad;
}

static bool parse(char *line, struct vector *v)
{
	line[strcspn(line, "\n")] = '\0';
	v->setup = strchr(line, '|');
	v->code = v->setup ? strchr(v->setup + 1, '|') : NULL;
	v->expect = v->code ? strchr(v->code + 1, '|') : NULL;
	if (!v->expect)
		return false;
	*v->setup++ = *v->code++ = *v->expect++ = '\0';
	return sscanf(line, "%63s %u %u %u", v->name, &v->nwin, &v->n, &v->annulled) == 4 &&
	       (v->nwin == 7 || v->nwin == 8) && v->n > 0;
}

/* Results are kept by group: what precedes the dot. NULL if there is no room for one more. */
static struct result *group_of(struct test *t, const char *name)
{
	size_t len = strcspn(name, ".");
	struct result *r;

	for (r = t->result; r < t->result + t->nr_results; r++)
		if (strlen(r->group) == len && !strncmp(r->group, name, len))
			return r;
	if (t->nr_results == ARRAY_SIZE(t->result) || len >= sizeof(r->group))
		return NULL;
	t->nr_results++;
	memcpy(r->group, name, len);
	return r;
}

static bool one_line(struct test *t, char *line)
{
	struct vector v;
	int bad;

	if (!parse(line, &v))
		return false;
	t->result_now = group_of(t, v.name);
	bad = t->result_now ? run_vector(t, &v) : -1;
	if (bad < 0)
		return false;
	t->result_now->ran++;
	t->result_now->bad += bad > 0;
	t->nr_vectors++;
	return true;
}

/* Returns the count that the last line tells, 0 if there is none. */
static unsigned run_file(struct test *t, FILE *f)
{
	unsigned told = 0;
	char *line = NULL;
	size_t size = 0;

	while (!told && getline(&line, &size, f) > 0) {
		if (*line == '#' || sscanf(line, "end %u", &told) == 1)
			continue;
		if (!one_line(t, line)) {
			ok(false, "a vector that can be read: %.60s", line);
			break;
		}
	}
	free(line);
	return told;
}

static int report(struct test *t, unsigned told)
{
	for (unsigned i = 0; i < t->nr_results; i++) {
		struct result *r = &t->result[i];

		ok(!r->bad, "%s: %u of %u vectors", r->group, r->ran - r->bad, r->ran);
	}
	is(t->nr_vectors, told, "as many vectors as were written");
	ok(t->nr_far > t->nr_vectors / 2, "%u of them by the engine and on", t->nr_far);
	ok(t->nr_vectors >= MIN_VECTORS, "at least %u vectors", MIN_VECTORS);
	return tap_done();
}

static bool set_up(struct test *t)
{
	t->start = malloc(MEM);
	t->want = malloc(MEM);
	if (!t->start || !t->want)
		return false;
	fill_mem(t->start, 0, MEM);
	fill_mem(t->want, 0, MEM);
	return lab_init(&t->lab[0], "TI MicroSparc I") && lab_init(&t->lab[1], "Fujitsu MB86904");
}

static void tear_down(struct test *t)
{
	lab_release(&t->lab[0]);
	lab_release(&t->lab[1]);
	free(t->start);
	free(t->want);
	free(t);
}

/* With an argument: the vectors of that file instead. */
int main(int argc, char **argv)
{
	struct test *t = calloc(1, sizeof(*t));
	FILE *f = argc > 1 ? fopen(argv[1], "r") : popen("perl t/model/mkvectors.pl", "r");
	unsigned told;
	int status;

	if (!t || !f || !set_up(t)) {
		printf("Bail out! cannot set up\n");
		return 1;
	}
	told = run_file(t, f);
	if (argc > 1)
		fclose(f);
	else
		ok(!pclose(f), "the vectors were written");
	status = report(t, told);
	tear_down(t);
	return status;
}
