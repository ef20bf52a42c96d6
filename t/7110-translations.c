/* SPDX-License-Identifier: MIT */
/*
 * What the MMU has cached is not in a snapshot. A guest that flushes what it changes, as V8 appendix H.4 asks for, does
 * not see that: it runs as one that was never restored, whatever it reads of its own tables, referenced and modified bits
 * included.
 */
#include "arch/sparc/asi.h"
#include "t/snap-rig.h"

#define CONTEXTS 0x8000u
#define TABLE1 0x10000u
#define TABLE2 0x11000u
#define TABLE3 0x20000u
#define FRAMES 0x40000u
#define PROGRAM 0x4000u
#define PAGES 0x01000000u /* where the sixteen pages of TABLE3 are seen */

enum { G0, G1, G2, G3, G4, G5, G6, G7, O0, O1, O2, O3, O4, L0 = 16 };
enum { ADD = 0x00, AND = 0x01, SLL = 0x25, LD = 0x00, ST = 0x04, STA = 0x14 };

static u32 *at;

static void emit(u32 insn)
{
	be32_put((u8 *)at++, insn);
}

static void op(unsigned op3, unsigned rs1, unsigned rs2, unsigned rd)
{
	emit(2u << 30 | rd << 25 | op3 << 19 | rs1 << 14 | rs2);
}

static void opi(unsigned op3, unsigned rs1, unsigned imm, unsigned rd)
{
	emit(2u << 30 | rd << 25 | op3 << 19 | rs1 << 14 | 1u << 13 | imm);
}

static void mem(unsigned op3, unsigned rs1, unsigned rs2, unsigned rd)
{
	emit(3u << 30 | rd << 25 | op3 << 19 | rs1 << 14 | rs2);
}

/*
 * For ever: let one of the pages be another frame, add what its entry was to a sum, flush if `flush`, read, add and
 * write there, and read another page.
 */
static void write_program(struct machine *m, bool flush)
{
	at = (u32 *)(void *)(m->ram + PROGRAM);
	opi(ADD, G2, 1, G2);
	opi(AND, G2, 15, G5);
	opi(SLL, G5, 2, G6);
	op(ADD, G2, G2, G7);
	op(ADD, G7, G2, G7);
	opi(AND, G7, 31, G7);
	opi(SLL, G7, 8, G7);
	op(ADD, G7, L0, G7);
	mem(LD, G1, G6, O0);
	op(ADD, G4, O0, G4);
	mem(ST, G1, G6, G7);
	opi(SLL, G5, 12, O1);
	op(ADD, O1, G3, O1);
	if (flush)
		mem(STA, O1, 3 << 5, G0); /* ASI 3, the page */
	mem(LD, O1, G0, O2);
	op(ADD, G4, O2, G4);
	op(ADD, O2, G2, O2);
	mem(ST, O1, G0, O2);
	opi(ADD, G2, 5, O3);
	opi(AND, O3, 15, O3);
	opi(SLL, O3, 12, O3);
	op(ADD, O3, G3, O3);
	mem(LD, O3, G0, O4);
	op(ADD, G4, O4, G4);
	emit(0x10800000 | ((u32)(-(at - (u32 *)(void *)(m->ram + PROGRAM))) & 0x3fffff)); /* ba */
	emit(0x01000000);
}

static u32 ptd(u32 pa)
{
	return pa >> 4 | 1;
}

static u32 pte(u32 pa)
{
	return pa >> 4 | 3 << 2 | 2;
}

static void start(struct rig *r, char **args, bool flush)
{
	struct cpu *cpu;
	struct cpu_state st;

	rig_open(r, args);
	memset(r->m->ram, 0, r->config.ram_size);
	write_program(r->m, flush);
	be32_put(r->m->ram + CONTEXTS, ptd(TABLE1));
	be32_put(r->m->ram + TABLE1, pte(0));
	be32_put(r->m->ram + TABLE1 + 4, ptd(TABLE2));
	be32_put(r->m->ram + TABLE2, ptd(TABLE3));
	for (u32 i = 0; i < 16; i++)
		be32_put(r->m->ram + TABLE3 + 4 * i, pte(FRAMES + 4096 * i));
	code_flush(&r->m->code);
	cpu = r->m->cpu[0];
	cpu_get_state(cpu, &st);
	st.mmu[MMU_CTRL] = (st.mmu[MMU_CTRL] & ~cpu->model->mmu_bm) | MMU_CTRL_E;
	st.mmu[MMU_CTPR] = CONTEXTS >> 4;
	st.globals[G1] = TABLE3;
	st.globals[G3] = PAGES;
	st.win[st.psr & 31][L0 - 16] = pte(FRAMES);
	st.pc = PROGRAM;
	st.npc = PROGRAM + 4;
	cpu_set_state(cpu, &st);
	reboot_note(r->m);
}

/* At how many of these instants a machine that is restored there goes another way. */
static unsigned cut(char **args, bool flush, unsigned instants)
{
	unsigned other = 0;
	struct rig r;

	start(&r, args, flush);
	rig_run(r.m, 1000);
	for (unsigned i = 0; i < instants; i++) {
		struct stream s;
		struct machine *copy;
		int status;
		u64 more = 100 + rnd() % 2000;

		rig_run(r.m, 1 + rnd() % 300);
		s = rig_save(r.m, i & 1);
		copy = rig_load(s.p, s.n, &status);
		free(s.p);
		if (!copy) {
			diag("%s", rig_err);
			return instants;
		}
		rig_run(r.m, more);
		rig_run(copy, more);
		other += machine_hash(r.m) != machine_hash(copy) ||
			 machine_insns(r.m) != machine_insns(copy);
		machine_free(copy);
	}
	/* It has not run into something else meanwhile. */
	ok(machine_insns(r.m) > 1000ull * instants / 2 && !r.m->cpu[0]->error_mode &&
		   r.m->cpu[0]->r[G4],
	   "%s: the guest has worked", args[4]);
	rig_close(&r);
	return other;
}

int main(void)
{
	static char *ss5[] = { "vonk", "-m", "1", "-M", "SS-5", "-vga", "none", NULL };
	static char *ss20[] = { "vonk", "-m", "1", "-M", "SS-20", "-vga", "none", NULL };
	unsigned instants = rig_all() ? 5000 : 300;

	is(cut(ss5, true, instants), 0, "SS-5: a guest that flushes: the same run from %u instants",
	   instants);
	is(cut(ss20, true, instants), 0, "SS-20: the same");
	diag("without flushes %u of %u runs are others", cut(ss5, false, instants), instants);
	return tap_done();
}
