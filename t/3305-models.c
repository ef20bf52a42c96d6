/* SPDX-License-Identifier: MIT */
/* The processors that there are, against a table of their own, and how they may be spelled. */
#include <string.h>

#include "t/cpu-rig.h"

static const struct {
	const char *name, *other, *third; /* two more spellings */
	u32 psr, ver, nwin, ctrl, bm, ctpr, cxr, sfsr, trcr;
	bool fsmuld, mxcc, leon;
} want[] = {
	{ "Fujitsu MB86904", "fujitsu-mb86904", "FUJITSUMB86904", 0x04, 4, 8, 0x04000000, 0x4000,
	  0x00ffffc0, 0xff, 0x16fff, 0x00ffffff, true, false, false },
	{ "Fujitsu MB86907", "Fujitsu-MB86907", "fujitsu mb 86907", 0x05, 4, 8, 0x05000000, 0x4000,
	  0xffffffc0, 0xff, 0x16fff, 0xffffffff, true, false, false },
	{ "TI MicroSparc I", "TI-MicroSparc-I", "timicrosparci", 0x41, 4, 7, 0x41000000, 0x4000,
	  0x007ffff0, 0x3f, 0x16fff, 0x3f, false, false, false },
	{ "TI MicroSparc II", "ti-microsparc-ii", "TI MICROSPARC II", 0x42, 4, 8, 0x02000000,
	  0x4000, 0x00ffffc0, 0xff, 0x16fff, 0x00ffffff, true, false, false },
	{ "TI MicroSparc IIep", "ti-microsparc-iiep", "TIMicroSparcIIEP", 0x42, 4, 8, 0x04000000,
	  0x4000, 0x00ffffc0, 0xff, 0x16bff, 0x00ffffff, true, false, false },
	{ "TI SuperSparc 40", "TI-SuperSparc-40", "tisupersparc40", 0x41, 0, 8, 0x00000800, 0x2000,
	  0xffffffc0, 0xffff, 0xffffffff, 0xffffffff, true, false, false },
	{ "TI SuperSparc 50", "TI-SuperSparc-50", "ti supersparc50", 0x40, 0, 8, 0x01000800, 0x2000,
	  0xffffffc0, 0xffff, 0xffffffff, 0xffffffff, true, false, false },
	{ "TI SuperSparc 51", "TI-SuperSparc-51", "ti-supersparc 51", 0x40, 0, 8, 0x01000000,
	  0x2000, 0xffffffc0, 0xffff, 0xffffffff, 0xffffffff, true, true, false },
	{ "TI SuperSparc 60", "TI-SuperSparc-60", "TI SUPERSPARC 60", 0x40, 0, 8, 0x01000800,
	  0x2000, 0xffffffc0, 0xffff, 0xffffffff, 0xffffffff, true, false, false },
	{ "TI SuperSparc 61", "TI-SuperSparc-61", "Ti-Super-Sparc-61", 0x44, 0, 8, 0x01000000,
	  0x2000, 0xffffffc0, 0xffff, 0xffffffff, 0xffffffff, true, true, false },
	{ "TI SuperSparc II", "TI-SuperSparc-II", "tisupersparcii", 0x40, 0, 8, 0x08000000, 0x2000,
	  0xffffffc0, 0xffff, 0xffffffff, 0xffffffff, true, true, false },
	{ "LEON2", "leon2", "Leon-2", 0xf2, 4, 8, 0xf2000000, 0x4000, 0x007ffff0, 0x3f, 0xffffffff,
	  0xffffffff, true, false, true },
	{ "LEON3", "leon3", "LEON 3", 0xf3, 4, 8, 0xf3000000, 0, 0xfffffffc, 0xff, 0xffffffff,
	  0xffffffff, true, false, true },
};

static void table(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		const struct cpu_model *m = cpu_model_find(want[i].name);

		if (!ok(m != NULL, "%s", want[i].name))
			continue;
		ok(!strcmp(m->name, want[i].name), "  is its name");
		is(m->psr, want[i].psr, "  PSR.impl, ver");
		is(m->fsr_ver, want[i].ver, "  FSR.ver");
		is(m->nwindows, want[i].nwin, "  windows");
		is(m->fsmuld, want[i].fsmuld, "  FsMULd");
		is(m->mxcc, want[i].mxcc, "  cache controller");
		is(m->leon, want[i].leon, "  a LEON");
		is(m->mmu_ctrl, want[i].ctrl, "  MMU control");
		is(m->mmu_bm, want[i].bm, "  boot mode");
		is(m->ctpr_mask, want[i].ctpr, "  CTPR");
		is(m->cxr_mask, want[i].cxr, "  CXR");
		is(m->sfsr_mask, want[i].sfsr, "  SFSR");
		is(m->trcr_mask, want[i].trcr, "  TRCR");
		ok(cpu_model_find(want[i].other) == m, "  %s is the same", want[i].other);
		ok(cpu_model_find(want[i].third) == m, "  %s is the same", want[i].third);
	}
	while (cpu_models[n].name)
		n++;
	is(n, 2 * ARRAY_SIZE(want), "no others, but each without its FPU");
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < i; k++)
			ok(cpu_model_find(cpu_models[i].name) != cpu_model_find(cpu_models[k].name),
			   "%s is not %s", cpu_models[i].name, cpu_models[k].name);
}

static void unknown(void)
{
	static const char *const names[] = { "",
					     " ",
					     "-",
					     "LEON",
					     "LEON4",
					     "LEON33",
					     "TI",
					     "TI SuperSparc",
					     "TI SuperSparc 4",
					     "TI SuperSparc 400",
					     "TI MicroSparc III",
					     "MicroSparc II",
					     "Fujitsu MB86904x",
					     "Fujitsu_MB86904",
					     "Fujitsu MB86905",
					     "SuperSparc 50 TI",
					     "LEON3,float",
					     "LEON3,+float",
					     "LEON3,-FLOAT",
					     "LEON3,",
					     "LEON3-float",
					     "LEON3,-float,-float" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		ok(!cpu_model_find(names[i]), "there is no \"%s\"", names[i]);
}

/* What a guest sees of it: PSR, WIM, FSR and the MMU's control register after reset. */
static void seen(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		struct rig *r = rig_new(want[i].name);
		unsigned asi = want[i].leon ? 0x19 : ASI_MMU_REGS;

		cpu_reset(&r->cpu);
		is(r->cpu.mmu[MMU_CTRL], want[i].ctrl | want[i].bm, "%s: MMU control at reset",
		   want[i].name);
		is(cpu_get_psr(&r->cpu) & 0xa0, 0x80, "  supervisor, traps off");
		is(r->cpu.pc, 0, "  pc");
		is(r->cpu.npc, 4, "  nPC");
		rig_clear(r);
		r->start.globals[1] = DATA;
		emit(r, a_reg(RDPSR, G2, 0, 0));
		emit(r, a_imm(SUB, G3, G0, 1));
		emit(r, a_imm(WRWIM, 0, G3, 0));
		emit(r, NOP);
		emit(r, NOP);
		emit(r, NOP);
		emit(r, a_reg(RDWIM, G4, 0, 0));
		emit(r, a_imm(WRWIM, 0, G0, 0));
		emit(r, NOP);
		emit(r, NOP);
		emit(r, NOP);
		emit(r, m_imm(STFSR, 0, G1, 0));
		emit(r, m_asi(LD, G5, G0, G0, asi));
		emit(r, a_imm(SAVE, 0, 0, 0));
		emit(r, a_reg(RDPSR, G7, 0, 0)); /* windows go round at their number */
		emit_end(r);
		if (rig_all(r, 30, "%s", want[i].name)) {
			is(rig_end(r, G2) >> 24, want[i].psr, "  PSR.impl, ver");
			is(rig_end(r, G4), (1u << want[i].nwin) - 1, "  WIM has a bit a window");
			is(rig_word(r, DATA) >> 17 & 7, want[i].ver, "  FSR.ver");
			is(rig_end(r, G5), want[i].ctrl, "  MMU control, boot mode off");
			is(rig_end(r, G7) & 31, want[i].nwin - 1, "  SAVE from window 0");
		}
		/* A window that is not there. */
		rig_clear(r);
		emit_logger(r);
		emit(r, a_reg(RDPSR, G2, 0, 0));
		emit(r, a_imm(OR, G3, G2, (s32)want[i].nwin));
		emit(r, a_reg(WRPSR, 0, G3, G0));
		emit_end(r);
		if (rig_all(r, 60, "  WRPSR")) {
			is(log_count(r), 1, "  traps");
			is_tt(log_entry(r, 0).tt, TT_ILLEGAL, "  illegal_instruction");
			is(r->end.psr, rig_end(r, G2), "  PSR as it was");
		}
		rig_free(r);
	}
}

/*
 * Without an FPU (-cpu NAME,-float) EF reads as 0 and cannot be set (4.2), and every FP instruction is
 * fp_disabled (appendix B); for the rest it is the same processor.
 */
static void no_fpu(void)
{
	const u32 fp[] = { a_fp(FPOP1, 0x01, 2, 0, 4),	a_fp(FPOP1, 0x42, 2, 4, 6),
			   a_fp(FPOP1, 0x43, 4, 8, 12), a_fp(FPOP1, 0x1ff, 0, 0, 0),
			   a_fp(FPOP2, 0x51, 0, 0, 1),	a_fbfcc(BA, false, 8),
			   a_fbfcc(BN, true, 8),	m_imm(LDF, 0, G1, 0),
			   m_imm(LDDF, 0, G1, 0),	m_imm(LDFSR, 0, G1, 0),
			   m_imm(STF, 0, G1, 0),	m_imm(STDF, 0, G1, 0),
			   m_imm(STFSR, 0, G1, 0),	m_imm(STDFQ, 0, G1, 0),
			   m_imm(STDF, 0, G1, 4) };
	char name[64];

	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		struct rig *r;
		unsigned good = 0;

		snprintf(name, sizeof(name), "%s,-float", want[i].other);
		ok(cpu_model_find(name) && cpu_model_find(name)->no_fpu, "%s: without an FPU",
		   name);
		ok(!cpu_model_find(want[i].name)->no_fpu, "  which %s has", want[i].name);
		r = rig_new(name);
		rig_clear(r);
		emit_logger(r);
		r->start.globals[1] = DATA;
		emit_set(r, G3, 0x1000);
		emit(r, a_reg(RDPSR, G2, 0, 0));
		emit(r, a_reg(OR, G3, G2, G3));
		emit(r, a_reg(WRPSR, 0, G3, G0));
		emit(r, NOP);
		emit(r, NOP);
		emit(r, NOP);
		emit(r, a_reg(RDPSR, G4, 0, 0));
		for (unsigned k = 0; k < ARRAY_SIZE(fp); k++)
			emit(r, fp[k]);
		emit_end(r);
		if (!rig_all(r, 600, "  EF, and every kind of FP instruction"))
			continue;
		is(rig_end(r, G4), rig_end(r, G2) & ~0x1000u, "  EF stays 0");
		is(rig_end(r, G4) >> 24, want[i].psr, "  PSR.impl, ver are the chip's");
		is(log_count(r), ARRAY_SIZE(fp), "  each traps");
		for (unsigned k = 0; k < log_count(r); k++)
			good += log_entry(r, k).tt == TT_FP_DISABLED;
		is(good, ARRAY_SIZE(fp), "  by fp_disabled");
		is(rig_word(r, DATA), be32_get(r->image + DATA), "  and stores nothing");
		r->start.psr |= 0x1000;
		ok(!cpu_check_state(&r->cpu, &r->start), "  a state with EF is none of its");
		rig_free(r);
	}
}

int main(void)
{
	table();
	unknown();
	seen();
	no_fpu();
	return tap_done();
}
