/* SPDX-License-Identifier: MIT */
/*
 * Code without end: programs that run 256 MiB of it, page after page. Pre-decoded pages stay bounded, what
 * was evicted is decoded again as it was, and a later round needs no more handlers than the first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/boot.h"
#include "t/tap.h"

/* MiB that a process may take beside the guest's RAM. A sanitizer's shadow and red zones are not the machine's. */
#define ABOVE (WITH_ASAN ? 24 : 8)

/*
 * At 0:
 *		sethi %hi(END), %g2
 *	round:	mov 0x1000 as sethi, %g1
 *	page:	jmpl %g1, %o7; add %g4, 1, %g4
 *		sethi %hi(0x1000), %g5; add %g1, %g5, %g1
 *		cmp %g1, %g2; bne page; nop
 *		subcc %g6, 1, %g6; bne round; nop
 *		mov 42, %o0; mov 1, %g1; ta 0
 */
static const u32 driver[] = {
	0x05000000, 0x03000004, 0x9fc04000, 0x88012001, 0x0b000004,
	0x82004005, 0x80a04002, 0x12bffffb, 0x01000000, 0x8ca1a001,
	0x12bffff7, 0x01000000, 0x9010202a, 0x82102001, 0x91d02000,
};

static void put(u8 *p, u32 w)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (u8)(w >> (24 - 8 * i));
}

static struct machine *build(struct options *o, char *mib)
{
	char *argv[] = { "vonk", "-m", mib, "-serial", "null", "-vga", "none" };
	struct machine_config config;
	struct machine *m;
	char err[512];

	if (options_parse(o, 7, argv, err, sizeof(err)) ||
	    boot_config(o, &config, err, sizeof(err)) ||
	    machine_new(&m, &config, err, sizeof(err))) {
		diag("%s", err);
		return NULL;
	}
	return m;
}

/* Pages that each add what they find in their first word's immediate, %g3 being the sum. */
static void fill(struct machine *m, u32 pages, u32 rounds)
{
	struct cpu *cpu = m->cpu[0];

	for (size_t i = 0; i < ARRAY_SIZE(driver); i++)
		put(m->ram + 4 * i, driver[i]);
	put(m->ram, driver[0] | pages << 2);
	for (u32 n = 1; n < pages; n++) {
		u8 *p = m->ram + (size_t)n * 4096;

		put(p, 0x8600e000 | (n & 0xfff)); /* add %g3, n, %g3 */
		for (unsigned i = 1; i < 12; i++) /* what no row has: one handler each, or not */
			put(p + 4 * i, i & 1 ? 0x9402a001 : 0x961ae003);
		put(p + 48, 0x81c3e008); /* retl */
		put(p + 52, 0x01000000);
	}
	cpu->mmu[MMU_CTRL] = cpu->model->mmu_ctrl; /* no boot mode, and the MMU is off */
	cpu->pc = 0;
	cpu->npc = 4;
	cpu->can_exit = true;
	cpu_set_reg(cpu, cpu->cwp, 6, rounds);
}

static u32 expected(u32 pages, u32 rounds)
{
	u32 sum = 0;

	for (u32 n = 1; n < pages; n++)
		sum += n & 0xfff;
	return sum * rounds;
}

/* KiB that are resident. */
static unsigned long resident(void)
{
	unsigned long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%lu %lu", &size, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return pages * 4;
}

static enum machine_stop run(struct machine *m)
{
	enum machine_stop why;

	do
		why = machine_run(m, 100000000);
	while (why == MACHINE_QUANTUM_END);
	return why;
}

static void memory(void)
{
	struct options o;
	struct machine *m = build(&o, "256");
	unsigned long before, after;
	enum machine_stop why;
	u32 pages = 65536;

	if (!ok(m, "a machine of 256 MiB"))
		return;
	fill(m, pages, 2);
	before = resident();
	why = run(m);
	after = resident();
	is(why, MACHINE_EXIT, "it runs through all of it twice");
	is(cpu_get_reg(m->cpu[0], m->cpu[0]->cwp, 3), expected(pages, 2),
	   "every page did what it is to do, evicted meanwhile or not");
	is(cpu_get_reg(m->cpu[0], m->cpu[0]->cwp, 4), 2 * (pages - 1), "and as often");
	ok(m->code.nr <= MACHINE_CODE_PAGES, "%u pre-decoded pages are held, of %u at most",
	   m->code.nr, MACHINE_CODE_PAGES);
	ok(!before || after < before + 1024 * ABOVE, "%lu KiB are resident, %lu were", after,
	   before);
	machine_free(m);
	options_release(&o);
}

/* Handlers for `pages` of code and so many rounds. */
static u64 handlers(u32 pages, u32 rounds, u64 *insns)
{
	struct options o;
	struct machine *m = build(&o, "16");
	struct code_count c;
	u64 sum = 0;

	if (!m || code_count(&m->code, true))
		return 0;
	fill(m, pages, rounds);
	run(m);
	for (unsigned n = 0; (n = code_counted(&m->code, n, &c));)
		sum += c.count;
	*insns = machine_insns(m);
	machine_free(m);
	options_release(&o);
	return sum;
}

static void rounds(void)
{
	u64 insns[3] = { 0 }, once = handlers(2048, 1, &insns[0]),
	    twice = handlers(2048, 2, &insns[1]), often = handlers(2048, 10, &insns[2]);

	ok(once && insns[0], "%llu handlers did %llu instructions", (unsigned long long)once,
	   (unsigned long long)insns[0]);
	is(insns[2] - insns[1], 8 * (insns[1] - insns[0]), "rounds are of the same instructions");
	is(often - twice, 8 * (twice - once), "and of the same handlers, however many there were");
}

int main(void)
{
	memory();
	rounds();
	return tap_done();
}
