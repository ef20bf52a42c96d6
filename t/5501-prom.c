/* SPDX-License-Identifier: MIT */
/*
 * The machine's own PROM as a kernel finds it at its first instruction: registers, page tables,
 * trap table, romvec; and what it is not: a service for anybody else's UNIMP.
 */
#include <errno.h>
#include <string.h>

#include "lib/be.h"
#include "machine/prom/prom.h"
#include "t/tap.h"

static struct machine *m;

static bool build(const char *board, u64 mib, const char *cpu)
{
	struct machine_config c = { .nr_cpus = 1 };
	char err[256];

	c.board = board_find(board);
	c.cpu = cpu_model_find(cpu ? cpu : c.board->cpu);
	c.ram_size = mib << 20;
	if (machine_new(&m, &c, err, sizeof(err))) {
		diag("%s", err);
		return false;
	}
	return true;
}

/* A kernel that stays where it is, and the PROM run until it is entered. */
static void enter(void)
{
	char err[256];

	be32_put(m->ram + 0x4000, 0x10800000); /* ba . */
	be32_put(m->ram + 0x4004, 0x01000000);
	memcpy(m->ram + 0x7ff000, "first second", 13);
	is(prom_install(m, err, sizeof(err)), 0, "%s: installed", m->config.board->name);
	cpu_step(m->cpu[0]);
}

static u64 seen_at(u32 va, enum access_type at)
{
	struct translation tr;

	return srmmu_translate(m->cpu[0], va, at, &tr) ? UINT64_MAX : tr.pa;
}

static u32 word(u32 va)
{
	u64 pa = seen_at(va, AT_LOAD_SUPER), val;

	return bus_read(&m->bus, pa, 4, &val) ? 0 : (u32)val;
}

static u32 phys(u64 pa)
{
	u64 val;

	return bus_read(&m->bus, pa, 4, &val) ? 0 : (u32)val;
}

static bool text_is(u32 va, const char *want)
{
	char text[64];

	return !bus_copy_from(&m->bus, seen_at(va, AT_LOAD_SUPER), text, sizeof(text)) &&
	       !strcmp(text, want);
}

static void check_registers(void)
{
	const struct cpu *cpu = m->cpu[0];

	is(cpu->pc, 0x4000, "pc");
	is(cpu->npc, 0x4004, "npc");
	is(cpu_get_psr(cpu) & 0xfe0, 0xde0, "PSR: level 13, supervisor, traps on");
	is(cpu->ef, 1, "the FPU is on");
	is(cpu->mmu[MMU_CTRL] & 1, 1, "the MMU is on");
	is(cpu->mmu[MMU_CTRL] & cpu->model->mmu_bm, 0, "boot mode is off");
	is(cpu->mmu[MMU_CXR], 0, "context 0");
	is(cpu->mmu[MMU_CTPR] & ~cpu->model->ctpr_mask, 0,
	   "a context table where the chip can find it");
	is(cpu->r[14] & 7, 0, "a stack");
	ok(seen_at(cpu->r[14], AT_STORE_SUPER) < m->config.ram_size, "in memory");
	ok(cpu->wim && !(cpu->wim & (cpu->wim - 1)) && !(cpu->wim & BIT(cpu->cwp)),
	   "WIM: one window, not this");
}

static void check_mapping(void)
{
	u64 l1, top = m->config.ram_size - PROM_SIZE, low = top < 0x1000000 ? top : 0x1000000;

	l1 = (u64)(phys((u64)m->cpu[0]->mmu[MMU_CTPR] << 4) & ~3u) << 4;
	is(phys((u64)m->cpu[0]->mmu[MMU_CTPR] << 4) & 3, 1, "context 0 has a table");
	ok((phys(l1) & 3) == 1 || (phys(l1) & 3) == 2, "its entry 0 describes the first 16 MiB");
	is(seen_at(0x4000, AT_FETCH_SUPER), 0x4000, "the kernel is where it was loaded");
	is(seen_at((u32)low - 1, AT_STORE_SUPER), low - 1, "and so is all of the first 16 MiB");
	is(seen_at(0, AT_LOAD_SUPER), UINT64_MAX, "but page 0");
	is(seen_at(0x4000, AT_LOAD_USER), UINT64_MAX, "not for users");
	is(seen_at(0xffd00000, AT_STORE_SUPER), top, "the PROM's share of RAM");
	is(seen_at(0xffee0000, AT_FETCH_SUPER), m->config.board->prom_pa, "and of ROM");
	is(seen_at(0xfef00000, AT_LOAD_SUPER), UINT64_MAX, "nothing in the kernel's windows");
	is(seen_at(0xfff00000, AT_LOAD_SUPER), UINT64_MAX, "nor behind the PROM");
}

static void check_romvec(void)
{
	static const u16 calls[] = { 0x50, 0x54, 0x58, 0x5c,  0x60,  0x64,  0x68, 0x6c, 0x74,
				     0x7c, 0x98, 0x9c, 0xa0,  0xa4,  0xa8,  0xac, 0xb0, 0xb4,
				     0xb8, 0xbc, 0xc8, 0x108, 0x10c, 0x110, 0x114 };
	u32 v = m->cpu[0]->r[8], ops, bad = 0;

	is(word(v), 0x10010407, "romvec: magic");
	is(word(v + 0x04), 3, "version");
	is(word(v + 0x0c) >> 16, 2, "print revision 2.x");
	ops = word(v + 0x1c);
	for (unsigned i = 0; i < 6; i++)
		bad += seen_at(word(ops + 4 * i), AT_FETCH_SUPER) == UINT64_MAX;
	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++)
		bad += seen_at(word(v + calls[i]), AT_FETCH_SUPER) == UINT64_MAX;
	is(bad, 0, "all entries lead to code");
	is(word(word(word(v + 0x10)) + 8), (u32)m->config.ram_size, "the list of all memory");
	is(word(word(word(v + 0x18)) + 8), (u32)m->config.ram_size - PROM_SIZE, "of what is free");
	is(word(word(word(v + 0x14)) + 4), (u32)m->config.ram_size - PROM_SIZE, "of the PROM's");
	ok(text_is(word(word(v + 0x8c)), "first second"), "boot arguments");
	ok(text_is(word(word(word(v + 0x80)) + 4), "first second"), "and those of version 0");
	is(word(word(v + 0x90)), word(word(v + 0x94)), "one handle for stdin and stdout");
	ok(word(word(v + 0x90)), "which is one");
}

static void check_traps(void)
{
	u32 tbr = m->cpu[0]->tbr, l14 = tbr + 0x1e0, target;

	is(tbr & 0xfff, 0, "a trap table");
	ok(seen_at(tbr + 0xff0, AT_STORE_SUPER) < m->config.ram_size, "in RAM, all of it");
	is(word(l14) & 0xffc00000, 0x27000000, "level 14: sethi, wherever the vector is copied");
	target = word(l14) << 10 | (word(l14 + 4) & 0x3ff);
	is(seen_at(target, AT_FETCH_SUPER) & ~0xfffull, m->config.board->prom_pa,
	   "of a stub in ROM");
	is(word(target) >> 22, 0, "which is an UNIMP");
}

static void check_foreign(void)
{
	struct cpu *cpu = m->cpu[0];
	u32 stub = word(word(cpu->r[8] + 0x1c)), code = word(stub);
	struct cpu_state st;

	is(code >> 22, 0, "nextnode is an UNIMP");
	cpu_get_state(cpu, &st);
	be32_put(m->ram + 0x4000, code);
	code_written(&m->code, 0x4000, 4);
	cpu_step(cpu);
	is(cpu->tbr >> 4 & 0xff, TT_ILLEGAL, "the same instruction elsewhere is illegal");
	cpu_set_state(cpu, &st);
	cpu->pc = stub;
	cpu->npc = stub + 4;
	cpu->r[8] = 0;
	cpu_step(cpu);
	is(cpu->pc, stub + 4, "in its place it is not");
	ok(cpu->r[8] >= 0xffd00000, "and gives the root");
	cpu_set_state(cpu, &st);
	cpu->pc = stub;
	cpu->npc = stub + 4;
	memset(m->prom, 0, MACHINE_PROM_SIZE);
	be32_put(m->prom + (stub & 0xfff), code);
	code_flush(&m->code);
	cpu_step(cpu);
	is(cpu->tbr >> 4 & 0xff, TT_ILLEGAL, "but in another PROM it is");
	cpu_set_state(cpu, &st);
}

static void check_board(const char *board, u64 mib, const char *cpu)
{
	if (!ok(build(board, mib, cpu), "%s, %u MiB", board, (unsigned)mib))
		return;
	enter();
	check_registers();
	check_mapping();
	check_romvec();
	check_traps();
	check_foreign();
	machine_free(m);
}

static void check_small(void)
{
	char err[256] = "";

	if (!ok(build("SS-5", 8, NULL), "8 MiB"))
		return;
	is(prom_install(m, err, sizeof(err)), (u64)-EINVAL, "are too little");
	ok(strstr(err, "16 MiB") && !strchr(err, '\n'), "as one line says");
	machine_free(m);
}

int main(void)
{
	for (const struct board *b = boards; b->name; b++)
		check_board(b->name, 64, NULL);
	check_board("SS-5", 16, "TI MicroSparc II");
	check_board("SS-5", 256, "Fujitsu MB86907");
	check_board("SS-20", 2048, "TI SuperSparc 61");
	check_board("SS-10", 40, "TI SuperSparc 50");
	check_small();
	return tap_done();
}
