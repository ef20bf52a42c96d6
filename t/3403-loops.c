/* SPDX-License-Identifier: MIT */
/*
 * Every loop of arch/sparc/loops.list, as instructions that this file encodes by itself, with registers, operands and
 * memory at random: the engine in pieces ends each piece as the reference interpreter does, and the handler of the
 * whole loop was what ran. Accesses cross pages, miss, are misaligned or hit the loop itself, which may be the last of its
 * page and branch out of it; with and without the MMU, an FPU and privileges, watchpoints, breakpoints, pages that
 * have become clean, and code that others change. VONK_LOOPS: how often each (4; VONK_FULL=1: 200); VONK_SEED.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#include "lib/be.h"
#include "lib/bits.h"
#include "t/tap.h"

#define MEM 0x40000u
#define TRAPS 0x1000u
#define CODE 0x3000u
#define CODE_END 0x8000u
#define DATA 0x8000u /* and eight pages from there */
#define TABLES 0x20000u
#define LOOP_MAX 24
#define NOP 0x01000000u

static u64 rnd_state;

static u32 rnd(u32 n)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return (u32)((rnd_state >> 32) * n >> 32);
}

/* Names as EXEC_OPS has them without _rr and _ri: op and op3, and what the manual says of operands. */
static const struct insn {
	const char *name;
	u32 word; /* op and op3, asi, or opf */
	bool no_rs1, no_rd;
	u32 align; /* of accesses */
	bool pair;
} insns[] = {
	{ "nop", NOP, true, true },
	{ "mov", 2u << 30 | 0x02 << 19, true },
	{ "add", 2u << 30 | 0x00 << 19 },
	{ "sub", 2u << 30 | 0x04 << 19 },
	{ "and", 2u << 30 | 0x01 << 19 },
	{ "or", 2u << 30 | 0x02 << 19 },
	{ "xor", 2u << 30 | 0x03 << 19 },
	{ "andn", 2u << 30 | 0x05 << 19 },
	{ "orn", 2u << 30 | 0x06 << 19 },
	{ "xnor", 2u << 30 | 0x07 << 19 },
	{ "sll", 2u << 30 | 0x25 << 19 },
	{ "srl", 2u << 30 | 0x26 << 19 },
	{ "sra", 2u << 30 | 0x27 << 19 },
	{ "addx", 2u << 30 | 0x08 << 19 },
	{ "subx", 2u << 30 | 0x0c << 19 },
	{ "cmp", 2u << 30 | 0x14 << 19, false, true },
	{ "btst", 2u << 30 | 0x11 << 19, false, true },
	{ "subcc", 2u << 30 | 0x14 << 19 },
	{ "addcc", 2u << 30 | 0x10 << 19 },
	{ "andcc", 2u << 30 | 0x11 << 19 },
	{ "orcc", 2u << 30 | 0x12 << 19 },
	{ "xorcc", 2u << 30 | 0x13 << 19 },
	{ "andncc", 2u << 30 | 0x15 << 19 },
	{ "orncc", 2u << 30 | 0x16 << 19 },
	{ "xnorcc", 2u << 30 | 0x17 << 19 },
	{ "addxcc", 2u << 30 | 0x18 << 19 },
	{ "subxcc", 2u << 30 | 0x1c << 19 },
	{ "mulscc", 2u << 30 | 0x24 << 19 },
	{ "umul", 2u << 30 | 0x0a << 19 },
	{ "smul", 2u << 30 | 0x0b << 19 },
	{ "umulcc", 2u << 30 | 0x1a << 19 },
	{ "smulcc", 2u << 30 | 0x1b << 19 },
	{ "udiv", 2u << 30 | 0x0e << 19 },
	{ "sdiv", 2u << 30 | 0x0f << 19 },
	{ "rdy", 2u << 30 | 0x28 << 19, true },
	{ "wry", 2u << 30 | 0x30 << 19, false, true },
	{ "ld", 3u << 30 | 0x00 << 19, .align = 4 },
	{ "ldub", 3u << 30 | 0x01 << 19, .align = 1 },
	{ "lduh", 3u << 30 | 0x02 << 19, .align = 2 },
	{ "ldsb", 3u << 30 | 0x09 << 19, .align = 1 },
	{ "ldsh", 3u << 30 | 0x0a << 19, .align = 2 },
	{ "ldd", 3u << 30 | 0x03 << 19, .align = 8, .pair = true },
	{ "st", 3u << 30 | 0x04 << 19, .align = 4 },
	{ "stb", 3u << 30 | 0x05 << 19, .align = 1 },
	{ "sth", 3u << 30 | 0x06 << 19, .align = 2 },
	{ "std", 3u << 30 | 0x07 << 19, .align = 8, .pair = true },
	{ "ldstub", 3u << 30 | 0x0d << 19, .align = 1 },
	{ "ldf", 3u << 30 | 0x20 << 19, false, true, 4 },
	{ "lddf", 3u << 30 | 0x23 << 19, false, true, 8 },
	{ "stf", 3u << 30 | 0x24 << 19, false, true, 4 },
	{ "stdf", 3u << 30 | 0x27 << 19, false, true, 8 },
	{ "lda_bypass", 3u << 30 | 0x10 << 19 | 0x20 << 5, .align = 4 },
	{ "sta_bypass", 3u << 30 | 0x14 << 19 | 0x20 << 5, .align = 4 },
	{ "sta_inert", 3u << 30 | 0x14 << 19 | 0x36 << 5, false, false, 4 },
	{ "faddd", 2u << 30 | 0x34 << 19 | 0x42 << 5, true, true },
	{ "fsubd", 2u << 30 | 0x34 << 19 | 0x46 << 5, true, true },
	{ "fmuld", 2u << 30 | 0x34 << 19 | 0x4a << 5, true, true },
	{ "fdivd", 2u << 30 | 0x34 << 19 | 0x4e << 5, true, true },
	{ "fsqrtd", 2u << 30 | 0x34 << 19 | 0x2a << 5, true, true },
	{ "fadds", 2u << 30 | 0x34 << 19 | 0x41 << 5, true, true },
	{ "fsubs", 2u << 30 | 0x34 << 19 | 0x45 << 5, true, true },
	{ "fmuls", 2u << 30 | 0x34 << 19 | 0x49 << 5, true, true },
	{ "fdivs", 2u << 30 | 0x34 << 19 | 0x4d << 5, true, true },
	{ "fmovs", 2u << 30 | 0x34 << 19 | 0x01 << 5, true, true },
	{ "fcmpd", 2u << 30 | 0x35 << 19 | 0x52 << 5, true, true },
	{ "fcmped", 2u << 30 | 0x35 << 19 | 0x56 << 5, true, true },
};

static const char *const conds[16] = { "bn", "be",  "ble", "bl",  "bleu", "bcs", "bneg", "bvs",
				       "ba", "bne", "bg",  "bge", "bgu",  "bcc", "bpos", "bvc" };

/* A line's word taken apart. */
struct word {
	const struct insn *insn; /* NULL: a branch */
	unsigned cond, annul, to;
	char letter
		[4]; /* rs1, operand 2, rd, odd register as far as there are such; # what is nowhere written */
	unsigned nr;
};

static bool split(char *text, struct word *w)
{
	char *target = strchr(text, '>'), *comma = strchr(text, ',');
	size_t n;

	memset(w, 0, sizeof(*w));
	if (target) {
		*target++ = 0;
		n = strlen(text);
		/* "ba" is no annulled "b". */
		w->annul = n > 2 && text[n - 1] == 'a';
		if (w->annul)
			text[n - 1] = 0;
		while (w->cond < 16 && strcmp(conds[w->cond], text))
			w->cond++;
		w->to = strcmp(target, "out") ? (unsigned)atoi(target) : 99;
		return w->cond < 16;
	}
	for (; comma; comma = comma[2] ? comma + 2 : NULL) {
		w->letter[w->nr++] = comma[1];
		*comma = 0;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(insns); i++)
		if (!strcmp(insns[i].name, text))
			w->insn = &insns[i];
	return w->insn;
}

struct program {
	u32 code[LOOP_MAX + 3], r[32];
	unsigned n;
	u32 at, out; /* where it begins, and where it branches out to */
	bool mmu;
};

/* Registers for the letters: those of pairs first. What is fixed gets what is left. */
struct regs {
	u8 of[128];
	bool used[32];
};

static void give_registers(const struct word *w, unsigned n, struct regs *regs)
{
	memset(regs, 0, sizeof(*regs));
	regs->used[0] = true;
	for (unsigned k = 0; k < n; k++) {
		const char *pair = w[k].letter + w[k].nr - 2;
		u8 hi;

		if (!w[k].insn || !w[k].insn->pair || pair[1] == '#' || regs->of[(u8)pair[0]])
			continue;
		do
			hi = (u8)(rnd(16) * 2);
		while (regs->used[hi] || regs->used[hi + 1]);
		regs->of[(u8)pair[0]] = hi;
		regs->of[(u8)pair[1]] = hi + 1;
		regs->used[hi] = regs->used[hi + 1] = true;
	}
	for (unsigned k = 0; k < n; k++)
		for (unsigned i = 0; i < w[k].nr; i++) {
			u8 *r = &regs->of[(u8)w[k].letter[i]];

			if (*r || w[k].letter[i] == '#')
				continue;
			do
				*r = (u8)rnd(32);
			while (regs->used[*r]);
			regs->used[*r] = true;
		}
}

/* With an immediate operand, or %g0, these are another instruction. */
static bool only_registers(const struct insn *insn)
{
	static const char *const names[] = { "sub",    "andn",	"orn",	 "xnor",
					     "andncc", "orncc", "xnorcc" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(insn->name, names[i]))
			return true;
	return strchr(insn->name, '_');
}

/* Even: of a pair. */
static u32 reg_of(const struct regs *regs, char letter, bool even)
{
	u32 r;

	if (letter != '#')
		return regs->of[(u8)letter];
	do
		r = even ? rnd(16) * 2 : rnd(32);
	while (r && (regs->used[r] || (even && regs->used[r + 1])));
	return r;
}

/* A number as they occur: small, near a power of two, an address or anything. */
static u32 value(void)
{
	switch (rnd(6)) {
	case 0:
		return rnd(40);
	case 1:
		return (1u << rnd(32)) - rnd(2);
	case 2:
		return 0 - rnd(40);
	case 3:
		return DATA + rnd(0x8000);
	default:
		return rnd(0xffffffff);
	}
}

static u32 fp_word(const struct insn *insn)
{
	return insn->word | rnd(8) * 2 << 25 | rnd(8) * 2 << 14 | rnd(8) * 2;
}

static bool may_exchange(const struct insn *insn)
{
	static const char *const not [] = { "sub",   "andn",   "orn",	 "sll",	  "srl",
					    "sra",   "subx",   "cmp",	 "subcc", "andncc",
					    "orncc", "subxcc", "mulscc", "udiv",  "sdiv" };

	for (unsigned i = 0; i < ARRAY_SIZE(not ); i++)
		if (!strcmp(insn->name, not [i]))
			return false;
	return insn->word >> 5 != (3u << 25 | 0x14 << 14 | 0x20) && !strchr(insn->name, '_');
}

/* An access: mostly where there is memory, and aligned. */
static u32 address(struct program *p, u32 base, u32 align)
{
	u32 imm = rnd(4) ? rnd(8) * align : rnd(0x400) * align;

	p->r[base] = rnd(16) ? DATA + rnd(0x8000) / 8 * 8 : p->at + rnd(20) * 8 - 64;
	return imm < 0x1000 ? imm : 8;
}

/* A register or an immediate operand where it is fixed. */
static u32 operands(struct program *p, const struct word *w, const struct regs *regs)
{
	const struct insn *insn = w->insn;
	const char *letter = w->letter;
	u32 imm = rnd(3) ? rnd(9) : 0 - rnd(9), word = 0, rs1 = 0, rs2;

	if (!insn->no_rs1) {
		rs1 = reg_of(regs, *letter++, false);
		if (insn->align && rnd(10))
			imm = address(p, rs1, insn->align);
	}
	if (*letter == '#' && rnd(2) && !only_registers(insn)) {
		if (insn->word == (2u << 30 | 0x14 << 19) && rnd(2))
			imm = value() & 0xfff;
		word |= rs1 << 14 | 1 << 13 | (imm & 0x1fff);
		letter++;
	} else {
		do
			rs2 = reg_of(regs, *letter, false);
		while (!rs2 && only_registers(insn));
		letter++;
		if (insn->align && rnd(10))
			p->r[rs2] = rnd(0x200) * 8;
		word |= may_exchange(insn) && !insn->no_rs1 && rnd(2) ? rs2 << 14 | rs1
								      : rs1 << 14 | rs2;
	}
	if (!insn->no_rd)
		word |= reg_of(regs, *letter, insn->pair) << 25;
	else if (insn->word >> 30 == 3)
		word |= rnd(8) << 26;
	return word;
}

/* Anywhere in a page, often at its start or end; out of the loop is behind it or, unless it is to stay there, in another page. */
static void place(struct program *p, bool stay)
{
	p->at = CODE;
	if (rnd(3))
		p->at += rnd(2) ? 0x1000 - 4 * p->n - 4 * rnd(3) : 4 * rnd(1024 - LOOP_MAX);
	p->out = stay || rnd(2) ? p->at + 4 * p->n + 4 * rnd(5) : 0x6000 + 4 * rnd(1024);
	p->mmu = rnd(2);
}

static void encode(const struct word *w, unsigned n, struct program *p, bool stay)
{
	struct regs regs;

	give_registers(w, n, &regs);
	for (unsigned i = 0; i < 32; i++)
		p->r[i] = value();
	p->n = n;
	place(p, stay);
	for (unsigned k = 0; k < n; k++) {
		const struct insn *insn = w[k].insn;

		if (!insn) {
			u32 disp = w[k].to == 99 ? (p->out - p->at) / 4 - k : w[k].to - k;

			p->code[k] =
				0x00800000 | w[k].annul << 29 | w[k].cond << 25 | (disp & 0x3fffff);
		} else if (!strcmp(insn->name, "rdy")) {
			p->code[k] = insn->word | reg_of(&regs, w[k].letter[0], false) << 25;
		} else if (!w[k].nr && insn->word >> 30 == 2) {
			p->code[k] = fp_word(insn);
		} else {
			p->code[k] = insn->word | (w[k].nr ? operands(p, &w[k], &regs) : 0);
		}
	}
}

/* --- a processor with its memory --- */

struct rig {
	struct cpu *cpu;
	u8 *mem;
	struct code_cache code;
	struct clock clock;
	struct bus bus;
};

static bool rig_init(struct rig *rig)
{
	rig->cpu = calloc(1, sizeof(*rig->cpu));
	rig->mem = calloc(1, MEM);
	bus_init(&rig->bus);
	clock_init(&rig->clock, 4);
	return rig->cpu && rig->mem && !bus_map_mem(&rig->bus, "ram", 0, MEM, rig->mem, false) &&
	       !code_init(&rig->code, 64) &&
	       !cpu_init(rig->cpu, cpu_model_find("Fujitsu-MB86904"), 0, &rig->bus, &rig->clock,
			 &rig->code);
}

/* Pages are where they are, but some of the data: not there, not allowed, or another page, of code as well. */
static void load_tables(struct rig *rig, u32 seed)
{
	be32_put(rig->mem + TABLES, (TABLES + 0x400) >> 4 | 1);
	be32_put(rig->mem + TABLES + 0x400, (TABLES + 0x800) >> 4 | 1);
	be32_put(rig->mem + TABLES + 0x800, (TABLES + 0x900) >> 4 | 1);
	for (u32 i = 0; i < 64; i++) {
		u32 acc = i == TRAPS >> 12 ? 7 : 3, page = i, x = seed * (2 * i + 1) >> 7, pte;

		if (i >= DATA >> 12 && i < 16) {
			acc = x % 4 ? 3 : x >> 8 & 7;
			page = x % 7 == 0 ? 8 + (x >> 12 & 7) : x % 13 == 0 ? CODE >> 12 : i;
		}
		pte = page << 8 | acc << 2 | 2;
		be32_put(rig->mem + TABLES + 0x900 + 4 * i,
			 page == i && x % 11 == 0 && acc != 7 && i >= 8 ? 0 : pte);
	}
}

/* Trap handlers that go on behind the instruction; the program; data. */
static void rig_load(struct rig *rig, const struct program *p, u32 seed, u32 psr)
{
	struct cpu_state s;

	for (u32 i = 0; i < 256; i++) {
		be32_put(rig->mem + TRAPS + 16 * i, 0x81c48000); /* jmp %l2 */
		be32_put(rig->mem + TRAPS + 16 * i + 4, 0x81cca004); /* rett %l2 + 4 */
	}
	for (u32 i = 0; i < (CODE_END - CODE) / 4; i++) /* nop; ba .; inc %g1 */
		be32_put(rig->mem + CODE + 4 * i, i % 8 < 5    ? NOP
						  : i % 8 == 5 ? 0x10800000
							       : 0x82006001);
	for (u32 i = 0; i < p->n; i++)
		be32_put(rig->mem + p->at + 4 * i, p->code[i]);
	load_tables(rig, seed);
	for (u32 i = 0; i < 0x8000; i += 4)
		be32_put(rig->mem + DATA + i, seed = seed * 1664525 + 1013904223);
	code_flush(&rig->code);
	cpu_reset(rig->cpu);
	cpu_get_state(rig->cpu, &s);
	s.mmu[MMU_CTRL] &= ~(rig->cpu->model->mmu_bm | MMU_CTRL_E);
	if (p->mmu) {
		s.mmu[MMU_CTRL] |= MMU_CTRL_E;
		s.mmu[MMU_CTPR] = TABLES >> 4;
	}
	s.pc = p->at;
	s.npc = p->at + 4;
	s.tbr = TRAPS;
	s.wim = 0;
	s.psr = psr;
	s.y = seed;
	for (unsigned i = 0; i < 32; i++)
		s.f[i] = i % 2 ? seed * i : 0x3ff00000 + (seed >> 8) * i % 0x100000;
	cpu_set_state(rig->cpu, &s);
	for (unsigned i = 1; i < 32; i++)
		cpu_set_reg(rig->cpu, psr & 31, i, p->r[i]);
}

static bool same(const struct rig *a, const struct rig *b)
{
	struct cpu_state sa, sb;

	cpu_get_state(a->cpu, &sa);
	cpu_get_state(b->cpu, &sb);
	return !memcmp(&sa, &sb, sizeof(sa)) && !memcmp(a->mem, b->mem, MEM);
}

static void show(const char *line, const struct program *p, const struct rig *a,
		 const struct rig *b)
{
	diag("%s", line);
	for (unsigned k = 0; k < p->n; k++)
		diag("  %08x", p->code[k]);
	diag("insns %llu %llu, pc %08x %08x, psr %08x %08x, y %08x %08x",
	     (unsigned long long)a->cpu->icount, (unsigned long long)b->cpu->icount, a->cpu->pc,
	     b->cpu->pc, cpu_get_psr(a->cpu), cpu_get_psr(b->cpu), a->cpu->y, b->cpu->y);
	for (unsigned i = 1; i < 32; i++)
		if (a->cpu->r[i] != b->cpu->r[i])
			diag("r%u: %08x %08x", i, a->cpu->r[i], b->cpu->r[i]);
}

static struct rig engine, ref;
static u64 ran_insns;
#define EACH 1500 /* instructions of a program */

/* What cpu_run() stops at, and how often the two have. */
static struct cpu_watch watch;
static u32 breakpoint;
static unsigned stopped, should_stop;

static void set_stops(const struct program *p, bool some)
{
	watch.first = DATA + rnd(0x8000);
	watch.last = watch.first + rnd(0x300);
	watch.kinds = 1 + rnd(3);
	breakpoint = p->at + 4 * rnd(p->n + 4);
	some = some && !rnd(4);
	cpu_set_watches(engine.cpu, &watch, some);
	cpu_set_watches(ref.cpu, &watch, some);
	cpu_set_breakpoints(engine.cpu, &breakpoint, some && rnd(2));
}

/* A device stores an instruction of the loop where another one is; branches stay. */
static void change_code(const struct program *p)
{
	u32 at = p->at + 4 * rnd(p->n), w = rnd(2) ? p->code[rnd(p->n)] : NOP;

	if ((w >> 30 == 0 && w != NOP) || be32_get(engine.mem + at) >> 30 == 0)
		return;
	be32_put(engine.mem + at, w);
	be32_put(ref.mem + at, w);
	code_written(&engine.code, at, 4);
	code_written(&ref.code, at, 4);
}

/* To where the engine is. */
static void follow(void)
{
	while (ref.cpu->icount < engine.cpu->icount && !ref.cpu->error_mode) {
		ref.cpu->watched.hit = false;
		cpu_step(ref.cpu);
		should_stop += ref.cpu->watched.hit;
	}
}

/* counted: so that the engine begins at the loop's start, and not a few instructions before a limit. */
static bool run(const char *line, const struct program *p, bool counted)
{
	u32 seed = rnd(0xffffffff), psr = rnd(16) << 20 | rnd(8),
	    most = counted ? 1000 : 1u << (1 + rnd(9));
	u64 start = engine.cpu->icount;

	psr |= (rnd(8) ? 0x1020 : 0x20) | (rnd(3) ? 0x80 : 0);
	rig_load(&engine, p, seed, psr);
	rig_load(&ref, p, seed, psr);
	set_stops(p, !counted);
	while (engine.cpu->icount < start + EACH && !engine.cpu->error_mode) {
		u64 limit = engine.cpu->icount + (counted ? 500 : 1) + rnd(most);

		enum cpu_exit why = cpu_run(engine.cpu, limit);

		stopped += why == CPU_WATCHPOINT;
		follow();
		if (engine.cpu->icount > limit || stopped != should_stop || !same(&engine, &ref)) {
			show(line, p, &engine, &ref);
			return false;
		}
		if (why == CPU_BREAKPOINT)
			cpu_pass_breakpoint(engine.cpu);
		if (!rnd(10))
			change_code(p);
		if (!rnd(6))
			cpu_clean_pages(engine.cpu);
	}
	ran_insns += engine.cpu->icount - start;
	return true;
}

/* How often the handler of this line ran; *has: there is one, which builds that are to be small have for some only. */
static u64 times_ran(const char *line, bool *has)
{
	struct code_count c;

	for (unsigned n = 0; (n = code_counted(&engine.code, n, &c));)
		if (!strcmp(c.name, line))
			return c.count;
	*has = false;
	return 0;
}

static bool try_line(const char *line, unsigned times)
{
	char buf[1024], *save = NULL;
	struct word w[LOOP_MAX];
	struct program p;
	unsigned n = 0;
	bool has = true;
	u64 ran = 0;

	snprintf(buf, sizeof(buf), "%s", line);
	for (char *t = strtok_r(buf, " ", &save); t; t = strtok_r(NULL, " ", &save))
		if (n == LOOP_MAX || !split(t, &w[n++])) {
			diag("%s: what is '%s'?", line, t);
			return false;
		}
	/* Once counted; most of them not, as guests run. */
	for (unsigned i = 0; i < times; i++) {
		bool count = i == 0 || (!ran && has && i < 20);

		code_count(&engine.code, count);
		encode(w, n, &p, count);
		if (!run(line, &p, count))
			return false;
		ran += count ? times_ran(line, &has) : 0;
		if (!ran && has && i + 1 == times && times < 20)
			times++;
	}
	if (!ran && has)
		diag("never ran: %s", line);
	return ran || !has;
}

int main(void)
{
	const char *env = getenv("VONK_LOOPS"), *seed = getenv("VONK_SEED"),
		   *full = getenv("VONK_FULL");
	unsigned times = env ? (unsigned)atoi(env) : full && *full ? 200 : 4, lines = 0, bad = 0;
	FILE *f = fopen("arch/sparc/loops.list", "r");
	char line[1024];

	rnd_state = 0x2545f4914f6cdd1d * (seed ? strtoull(seed, NULL, 0) | 1 : 1);
	if (!ok(f && rig_init(&engine) && rig_init(&ref), "a list, and two processors"))
		return tap_done();
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (!*line || *line == '#')
			continue;
		lines++;
		bad += !try_line(line, times);
	}
	fclose(f);
	is(bad, 0,
	   "%u loops, %u times each, %llu instructions: as the reference runs them, by their "
	   "handlers",
	   lines, times, (unsigned long long)ran_insns);
	return tap_done();
}
