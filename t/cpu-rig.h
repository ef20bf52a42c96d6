/* SPDX-License-Identifier: MIT */
/*
 * A bare processor for tests: RAM, a boot ROM, memory above 4 GiB and one chip that takes words,
 * and an assembler of one function per instruction format.
 *
 * A test writes its program into the image, sets the start state and calls rig_all(): the program
 * runs by the reference interpreter, by the engine on fresh and on decoded pages, and one
 * instruction at a time. All must end alike; what they end in is then the test's to judge.
 * rig_same() runs an exact number of instructions.
 */
#ifndef T_CPU_RIG_H
#define T_CPU_RIG_H

#include <stdlib.h>
#include <string.h>

#include "arch/sparc/code.h"
#include "arch/sparc/cpu.h"
#include "lib/be.h"
#include "t/tap.h"

#ifndef RAM_SIZE
#define RAM_SIZE 0x100000u
#endif
#define ROM_PA 0x70000000u
#define ROM_SIZE 0x80000u
#define HIGH_SIZE 0x1000u /* at 1, d and f times 4 GiB */
#define CHIP_PA 0x30000000u
#define CHIP_ACK 0xffcu /* a level stored there is no longer requested, */
#define CHIP_RAISE 0xff8u /* and one stored there is */
#define NOWHERE 0x40000000u /* no bus address from here to ROM_PA */
#define CODE 0x4000u
#define VECTORS 0x10000u
#define LOG 0x20000u
#ifndef DATA
#define DATA 0x80000u
#endif

enum mode { REF, COLD, WARM, SINGLE, NR_MODES };
static const char *const rig_mode_name[NR_MODES] = { "reference", "engine", "engine, warm",
						     "engine, single" };

struct rig {
	struct bus bus;
	struct clock clock;
	struct code_cache code;
	struct cpu cpu;
	struct cpu_state start, end;
	unsigned nwin;
	u8 *ram, *image, *first, *rom, *high;
	u32 at; /* where the next instruction goes */
	u32 chip[1024];
	unsigned chip_reads, chip_writes;
	enum mode mode;
	/* Optional: before each piece of a run; returns up to where the next piece may go. */
	u64 (*before)(struct rig *rig, u64 icount);
	/* For it: something happens once, at this count. */
	u64 when;
	bool happened;
	unsigned level;
};

static u32 rig_chip_read(void *chip, u32 off, unsigned size __maybe_unused)
{
	struct rig *r = chip;

	r->chip_reads++;
	return r->chip[off / 4];
}

static void rig_chip_write(void *chip, u32 off, u32 val, unsigned size __maybe_unused)
{
	struct rig *r = chip;

	r->chip_writes++;
	r->chip[off / 4] = val;
	if (off == CHIP_ACK)
		cpu_irq(&r->cpu, val & 15, false);
	if (off == CHIP_RAISE)
		cpu_irq(&r->cpu, val & 15, true);
}

static const struct region rig_chip_region = { "chip", 0x1000, ACC_4, rig_chip_read,
					       rig_chip_write };

static void rig_wrote(void *watcher, u64 pa, u64 n)
{
	struct rig *r = watcher;

	code_written(&r->code, pa, n);
}

/* An empty image and a state that runs it at CODE: supervisor, traps on, MMU off, FPU on. */
static __maybe_unused void rig_clear(struct rig *r)
{
	struct cpu_state *s = &r->start;

	memset(r->image, 0, RAM_SIZE);
	cpu_reset(&r->cpu);
	cpu_get_state(&r->cpu, s);
	s->mmu[MMU_CTRL] &= ~(r->cpu.model->mmu_bm | MMU_CTRL_E);
	s->psr = (u32)r->cpu.model->psr << 24 | 0x10e0; /* EF, PIL 0, S, PS, ET, window 0 */
	s->tbr = VECTORS;
	s->wim = s->y = 0;
	s->pc = CODE;
	s->npc = CODE + 4;
	s->icount = 0;
	memset(s->globals, 0, sizeof(s->globals));
	memset(s->win, 0, sizeof(s->win));
	memset(s->f, 0, sizeof(s->f));
	r->at = CODE;
	r->before = NULL;
	r->when = 0;
	r->level = 0;
}

/* For r->before: request interrupt r->level at count r->when. */
static __maybe_unused u64 rig_interrupt(struct rig *r, u64 icount)
{
	if (r->happened)
		return UINT64_MAX;
	if (icount < r->when)
		return r->when;
	r->happened = true;
	cpu_irq(&r->cpu, r->level, true);
	return UINT64_MAX;
}

/* With room for so many pages of decoded code. */
static __maybe_unused struct rig *rig_new_pages(const char *model, unsigned pages)
{
	static const u64 high[] = { 0x100000000, 0xd00000000, 0xf00000000 };
	const struct cpu_model *m = cpu_model_find(model);
	struct rig *r = calloc(1, sizeof(*r));

	if (!r || !m)
		goto fail;
	r->ram = calloc(1, RAM_SIZE);
	r->image = calloc(1, RAM_SIZE);
	r->first = calloc(1, RAM_SIZE);
	r->rom = calloc(1, ROM_SIZE);
	r->high = calloc(ARRAY_SIZE(high), HIGH_SIZE);
	bus_init(&r->bus);
	r->bus.wrote = rig_wrote;
	r->bus.watcher = r;
	clock_init(&r->clock, 4);
	if (!r->ram || !r->image || !r->first || !r->rom || !r->high ||
	    bus_map_mem(&r->bus, "ram", 0, RAM_SIZE, r->ram, false) ||
	    bus_map_mem(&r->bus, "rom", ROM_PA, ROM_SIZE, r->rom, true) ||
	    bus_map_io(&r->bus, CHIP_PA, &rig_chip_region, r) || code_init(&r->code, pages) ||
	    cpu_init(&r->cpu, m, 0, &r->bus, &r->clock, &r->code))
		goto fail;
	for (unsigned i = 0; i < ARRAY_SIZE(high); i++)
		if (bus_map_mem(&r->bus, "high", high[i], HIGH_SIZE, r->high + i * HIGH_SIZE,
				false))
			goto fail;
	r->cpu.prom_pa = ROM_PA;
	r->nwin = m->nwindows;
	rig_clear(r);
	return r;
fail:
	printf("Bail out! no rig for %s\n", model);
	exit(1);
}

static __maybe_unused struct rig *rig_new(const char *model)
{
	return rig_new_pages(model, 128);
}

static __maybe_unused void rig_free(struct rig *r)
{
	cpu_release(&r->cpu);
	code_release(&r->code);
	bus_release(&r->bus);
	free(r->ram);
	free(r->image);
	free(r->first);
	free(r->rom);
	free(r->high);
	free(r);
}

static __maybe_unused void rig_restore(struct rig *r)
{
	for (u32 a = 0; a < RAM_SIZE; a += 0x1000) {
		if (!memcmp(r->ram + a, r->image + a, 0x1000))
			continue;
		memcpy(r->ram + a, r->image + a, 0x1000);
		code_written(&r->code, a, 0x1000);
	}
	memset(r->high, 0, 3 * HIGH_SIZE);
	memset(r->chip, 0, sizeof(r->chip));
	r->chip_reads = r->chip_writes = 0;
	r->happened = false;
}

/* The start state for n instructions (a trap counts as one); the state after it in r->end. */
static __maybe_unused void rig_run(struct rig *r, u64 n, enum mode mode)
{
	struct cpu *cpu = &r->cpu;

	rig_restore(r);
	if (mode != WARM)
		code_flush(&r->code);
	cpu->ref = mode == REF;
	r->mode = mode;
	cpu_irq(cpu, 15, false);
	for (unsigned level = 1; level < 15; level++)
		cpu_irq(cpu, level, false);
	cpu_set_state(cpu, &r->start);
	r->clock.insns = 0;
	for (u64 tries = 0; cpu->icount < n && !cpu->error_mode && tries < 4 * n + 4; tries++) {
		u64 limit = mode == SINGLE ? cpu->icount + 1 : n, next;

		if (r->before) {
			next = r->before(r, cpu->icount);
			limit = next < limit ? next : limit;
		}
		cpu_run(cpu, limit);
	}
	cpu_get_state(cpu, &r->end);
}

/* Register n as window w sees it in a state. */
static __maybe_unused u32 *rig_reg(struct rig *r, struct cpu_state *s, unsigned w, unsigned n)
{
	if (n < 8)
		return &s->globals[n];
	return n >= 16 ? &s->win[w][n - 16] : &s->win[(w + r->nwin - 1) % r->nwin][n];
}

/* Register n of the window that the run ended in. */
static __maybe_unused u32 rig_end(struct rig *r, unsigned n)
{
	return *rig_reg(r, &r->end, r->end.psr & 31, n);
}

static __maybe_unused void rig_diff(struct rig *r, const struct cpu_state *want)
{
	const u8 *a = (const u8 *)&r->end, *b = (const u8 *)want;

	diag("%s: pc %08x npc %08x psr %08x tbr %08x sfsr %08x insns %llu error %d",
	     rig_mode_name[r->mode], r->end.pc, r->end.npc, r->end.psr, r->end.tbr,
	     r->end.mmu[MMU_SFSR], (unsigned long long)r->end.icount, r->end.error_mode);
	diag("reference: pc %08x npc %08x psr %08x tbr %08x sfsr %08x insns %llu error %d",
	     want->pc, want->npc, want->psr, want->tbr, want->mmu[MMU_SFSR],
	     (unsigned long long)want->icount, want->error_mode);
	for (size_t i = 0; i < sizeof(*want); i++)
		if (a[i] != b[i]) {
			diag("first difference at byte %zu of the state", i);
			break;
		}
	for (u32 i = 0; i < RAM_SIZE; i++)
		if (r->ram[i] != r->first[i]) {
			diag("first difference at byte %x of memory: %02x, reference %02x", i,
			     r->ram[i], r->first[i]);
			break;
		}
}

/*
 * All modes; true if they end alike. Says nothing but why they do not. The whole engine is given
 * `spin` instructions more, an even number, for a program that is in its emit_end() by then: near
 * a limit the engine goes one step at a time.
 */
static __maybe_unused bool rig_compare(struct rig *r, u64 n, u64 spin)
{
	struct cpu_state want;
	unsigned reads, writes;

	rig_run(r, n, REF);
	want = r->end;
	reads = r->chip_reads;
	writes = r->chip_writes;
	memcpy(r->first, r->ram, RAM_SIZE);
	for (enum mode mode = COLD; mode < NR_MODES; mode++) {
		rig_run(r, mode == SINGLE ? n : n + spin, mode);
		if (mode != SINGLE && !r->end.error_mode)
			r->end.icount -= spin;
		if (!memcmp(&want, &r->end, sizeof(want)) && !memcmp(r->first, r->ram, RAM_SIZE) &&
		    reads == r->chip_reads && writes == r->chip_writes)
			continue;
		rig_diff(r, &want);
		return false;
	}
	return true;
}

static __maybe_unused bool rig_same(struct rig *r, u64 n)
{
	return rig_compare(r, n, 0);
}

static __maybe_unused bool rig_same_spin(struct rig *r, u64 n)
{
	return rig_compare(r, n, 5000);
}

/* And as a test: the caller judges what comes after it only where it passes. */
#define rig_all(r, n, fmt, ...)                                                                    \
	ok(rig_same_spin(r, n), fmt ": all ways to run it end alike", ##__VA_ARGS__)

/* A trap type as it should be; the check's name says which, and tools/exactness counts it by that. */
#define is_tt(got, want, fmt, ...) is(got, want, fmt ", tt %02x", ##__VA_ARGS__, want)

/* The start state and image go live, for tests that call the MMU itself. */
static __maybe_unused void go_live(struct rig *r)
{
	r->cpu.ref = true;
	rig_restore(r);
	cpu_set_state(&r->cpu, &r->start);
}

/* Entries of the MMU's tables: of a page, with its access permissions, and of another table. */
static __maybe_unused u32 pte(u64 pa, unsigned acc)
{
	return (u32)(pa >> 4) | acc << 2 | 2;
}

static __maybe_unused u32 ptd(u64 pa)
{
	return (u32)(pa >> 4) | 1;
}

static __maybe_unused u32 rig_word(struct rig *r, u32 at)
{
	return be32_get(r->ram + at);
}

static __maybe_unused void rig_put(struct rig *r, u32 at, u32 word)
{
	be32_put(r->image + at, word);
}

/* --- the assembler --- */

enum {
	G0,
	G1,
	G2,
	G3,
	G4,
	G5,
	G6,
	G7,
	O0,
	O1,
	O2,
	O3,
	O4,
	O5,
	O6,
	O7,
	L0,
	L1,
	L2,
	L3,
	L4,
	L5,
	L6,
	L7,
	I0,
	I1,
	I2,
	I3,
	I4,
	I5,
	I6,
	I7
};

enum {
	ADD = 0x00,
	AND = 0x01,
	OR = 0x02,
	XOR = 0x03,
	SUB = 0x04,
	ADDCC = 0x10,
	ANDCC = 0x11,
	ORCC = 0x12,
	SUBCC = 0x14,
	UDIV = 0x0e,
	TADDCCTV = 0x22,
	SLL = 0x25,
	SRL = 0x26,
	RDY = 0x28,
	RDPSR = 0x29,
	RDWIM = 0x2a,
	RDTBR = 0x2b,
	WRY = 0x30,
	WRPSR = 0x31,
	WRWIM = 0x32,
	WRTBR = 0x33,
	FPOP1 = 0x34,
	FPOP2 = 0x35,
	JMPL = 0x38,
	RETT = 0x39,
	TICC = 0x3a,
	FLUSH = 0x3b,
	SAVE = 0x3c,
	RESTORE = 0x3d
};

enum {
	LD = 0x00,
	LDUB = 0x01,
	LDUH = 0x02,
	LDD = 0x03,
	ST = 0x04,
	STB = 0x05,
	STH = 0x06,
	STD = 0x07,
	LDSB = 0x09,
	LDSH = 0x0a,
	LDSTUB = 0x0d,
	SWAP = 0x0f,
	ALT = 0x10,
	LDF = 0x20,
	LDFSR = 0x21,
	LDDF = 0x23,
	STF = 0x24,
	STFSR = 0x25,
	STDFQ = 0x26,
	STDF = 0x27
};

enum { BN, BE, BLE, BL, BLEU, BCS, BNEG, BVS, BA, BNE, BG, BGE, BGU, BCC, BPOS, BVC };
#define NOP 0x01000000u

static __maybe_unused u32 a_imm(unsigned op3, unsigned rd, unsigned rs1, s32 imm)
{
	return 0x80002000 | rd << 25 | op3 << 19 | rs1 << 14 | ((u32)imm & 0x1fff);
}

static __maybe_unused u32 a_reg(unsigned op3, unsigned rd, unsigned rs1, unsigned rs2)
{
	return 0x80000000 | rd << 25 | op3 << 19 | rs1 << 14 | rs2;
}

static __maybe_unused u32 m_imm(unsigned op3, unsigned rd, unsigned rs1, s32 imm)
{
	return 0x40000000 | a_imm(op3, rd, rs1, imm);
}

static __maybe_unused u32 m_reg(unsigned op3, unsigned rd, unsigned rs1, unsigned rs2)
{
	return 0x40000000 | a_reg(op3, rd, rs1, rs2);
}

/* To or from [rs1] in an alternate space: op3 as without it. */
static __maybe_unused u32 m_asi(unsigned op3, unsigned rd, unsigned rs1, unsigned rs2, unsigned asi)
{
	return m_reg(op3 | ALT, rd, rs1, rs2) | asi << 5;
}

static __maybe_unused u32 a_fp(unsigned op3, unsigned opf, unsigned rd, unsigned rs1, unsigned rs2)
{
	return a_reg(op3, rd, rs1, rs2) | opf << 5;
}

/* Displacements in bytes. */
static __maybe_unused u32 a_bicc(unsigned cond, bool annul, s32 disp)
{
	return 0x00800000 | (u32)annul << 29 | cond << 25 | ((u32)(disp / 4) & 0x3fffff);
}

static __maybe_unused u32 a_fbfcc(unsigned cond, bool annul, s32 disp)
{
	return a_bicc(cond, annul, disp) | 0x01000000;
}

static __maybe_unused u32 a_call(s32 disp)
{
	return 0x40000000 | ((u32)(disp / 4) & 0x3fffffff);
}

static __maybe_unused u32 a_sethi(unsigned rd, u32 val)
{
	return 0x01000000 | rd << 25 | val >> 10;
}

static __maybe_unused u32 a_ta(unsigned n)
{
	return a_imm(TICC, BA, G0, (s32)n);
}

static __maybe_unused void emit(struct rig *r, u32 insn)
{
	rig_put(r, r->at, insn);
	r->at += 4;
}

/* rd = val: always two instructions. */
static __maybe_unused void emit_set(struct rig *r, unsigned rd, u32 val)
{
	emit(r, a_sethi(rd, val));
	emit(r, a_imm(OR, rd, rd, (s32)(val & 0x3ff)));
}

/* The program's end: it stays there. */
static __maybe_unused void emit_end(struct rig *r)
{
	emit(r, a_bicc(BA, false, 0));
	emit(r, NOP);
}

/*
 * A trap table whose every entry logs tt, pc, nPC, SFSR, SFAR and PSR at %g6 (which starts at LOG)
 * and goes on behind the instruction that trapped; where a fetch faulted, at %o7 + 8.
 */
struct logged {
	u32 tt, pc, npc, sfsr, sfar, psr;
};

#define LOG_SIZE 24u

static __maybe_unused void emit_logger(struct rig *r)
{
	u32 keep = r->at, handler = VECTORS + 0x1000;

	for (u32 tt = 0; tt < 256; tt++) {
		r->at = VECTORS + 16 * tt;
		emit(r, a_reg(RDTBR, L3, 0, 0));
		emit(r, a_bicc(BA, false, (s32)(handler - r->at)));
		emit(r, a_reg(RDPSR, L0, 0, 0));
		emit(r, NOP);
	}
	r->at = handler;
	emit(r, a_imm(SRL, L3, L3, 4));
	emit(r, a_imm(AND, L3, L3, 0xff));
	emit(r, m_imm(ST, L3, G6, 0));
	emit(r, m_imm(ST, L1, G6, 4));
	emit(r, m_imm(ST, L2, G6, 8));
	emit(r, a_imm(OR, L4, G0, 0x400));
	emit(r, m_asi(LD, L5, L4, G0, r->cpu.model->leon ? 0x19 : ASI_MMU_REGS));
	emit(r, m_imm(ST, L5, G6, 16));
	emit(r, a_imm(OR, L4, G0, 0x300));
	emit(r, m_asi(LD, L5, L4, G0, r->cpu.model->leon ? 0x19 : ASI_MMU_REGS));
	emit(r, m_imm(ST, L5, G6, 12));
	emit(r, m_imm(ST, L0, G6, 20));
	emit(r, a_imm(ADD, G6, G6, LOG_SIZE));
	/* tt 1 and 21: (tt & ~20) == 1 */
	emit(r, a_imm(AND, L3, L3, 0xdf));
	emit(r, a_imm(SUBCC, G0, L3, 1));
	emit(r, a_bicc(BE, false, 20));
	emit(r, NOP);
	emit(r, a_reg(WRPSR, 0, L0, G0));
	emit(r, a_imm(JMPL, G0, L2, 0));
	emit(r, a_imm(RETT, 0, L2, 4));
	emit(r, a_reg(WRPSR, 0, L0, G0));
	emit(r, a_imm(JMPL, G0, I7, 8));
	emit(r, a_imm(RETT, 0, I7, 12));
	r->start.globals[6] = LOG;
	r->at = keep;
}

static __maybe_unused unsigned log_count(struct rig *r)
{
	return (r->end.globals[6] - LOG) / LOG_SIZE;
}

static __maybe_unused struct logged log_entry(struct rig *r, unsigned n)
{
	u32 at = LOG + n * LOG_SIZE;

	return (struct logged){ rig_word(r, at),      rig_word(r, at + 4),  rig_word(r, at + 8),
				rig_word(r, at + 12), rig_word(r, at + 16), rig_word(r, at + 20) };
}

#endif
