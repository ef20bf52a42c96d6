/* SPDX-License-Identifier: MIT */
/*
 * The processors of the sun4m machines and their relatives. Values that software
 * can see come from the chips' own registers: PSR[31:24], FSR.ver, the MMU control
 * register, and which bits of the MMU registers exist.
 */
#include <string.h>

#include "arch/sparc/model.h"

#define ALL 0xffffffffu
#define MICRO .fsr_ver = 4, .nwindows = 8, .fsmuld = true, .mmu_bm = 0x4000
#define SUPER                                                                                      \
	.fsr_ver = 0, .nwindows = 8, .fsmuld = true, .mmu_bm = 0x2000, .ctpr_mask = 0xffffffc0,    \
	.cxr_mask = 0xffff, .sfsr_mask = ALL, .trcr_mask = ALL

#define MODELS(X)                                                                                  \
	X("Fujitsu MB86904", .psr = 0x04, MICRO, .mmu_ctrl = 0x04000000, .ctpr_mask = 0x00ffffc0,  \
	  .cxr_mask = 0xff, .sfsr_mask = 0x16fff, .trcr_mask = 0xffffff)                           \
	X("Fujitsu MB86907", .psr = 0x05, MICRO, .mmu_ctrl = 0x05000000, .ctpr_mask = 0xffffffc0,  \
	  .cxr_mask = 0xff, .sfsr_mask = 0x16fff, .trcr_mask = ALL)                                \
	X("TI MicroSparc I", .psr = 0x41, .fsr_ver = 4, .nwindows = 7, .mmu_bm = 0x4000,           \
	  .mmu_ctrl = 0x41000000, .ctpr_mask = 0x007ffff0, .cxr_mask = 0x3f, .sfsr_mask = 0x16fff, \
	  .trcr_mask = 0x3f)                                                                       \
	X("TI MicroSparc II", .psr = 0x42, MICRO, .mmu_ctrl = 0x02000000, .ctpr_mask = 0x00ffffc0, \
	  .cxr_mask = 0xff, .sfsr_mask = 0x16fff, .trcr_mask = 0xffffff)                           \
	X("TI MicroSparc IIep", .psr = 0x42, MICRO, .mmu_ctrl = 0x04000000,                        \
	  .ctpr_mask = 0x00ffffc0, .cxr_mask = 0xff, .sfsr_mask = 0x16bff, .trcr_mask = 0xffffff)  \
	X("TI SuperSparc 40", .psr = 0x41, SUPER, .mmu_ctrl = 0x00000800)                          \
	X("TI SuperSparc 50", .psr = 0x40, SUPER, .mmu_ctrl = 0x01000800)                          \
	X("TI SuperSparc 51", .psr = 0x40, SUPER, .mmu_ctrl = 0x01000000, .mxcc = true)            \
	X("TI SuperSparc 60", .psr = 0x40, SUPER, .mmu_ctrl = 0x01000800)                          \
	X("TI SuperSparc 61", .psr = 0x44, SUPER, .mmu_ctrl = 0x01000000, .mxcc = true)            \
	X("TI SuperSparc II", .psr = 0x40, SUPER, .mmu_ctrl = 0x08000000, .mxcc = true)            \
	X("LEON2", .psr = 0xf2, .fsr_ver = 4, .nwindows = 8, .fsmuld = true, .leon = true,         \
	  .mmu_ctrl = 0xf2000000, .mmu_bm = 0x4000, .ctpr_mask = 0x007ffff0, .cxr_mask = 0x3f,     \
	  .sfsr_mask = ALL, .trcr_mask = ALL)                                                      \
	X("LEON3", .psr = 0xf3, .fsr_ver = 4, .nwindows = 8, .fsmuld = true, .leon = true,         \
	  .mmu_ctrl = 0xf3000000, .ctpr_mask = 0xfffffffc, .cxr_mask = 0xff, .sfsr_mask = ALL,     \
	  .trcr_mask = ALL)

#define WITH_FPU(n, ...) { .name = n, __VA_ARGS__ },
#define NO_FPU(n, ...) { .name = n ",-float", .no_fpu = true, __VA_ARGS__ },

const struct cpu_model cpu_models[] = { MODELS(WITH_FPU) MODELS(NO_FPU){ .name = NULL } };

/* The next character that counts, in lower case. */
static char next_char(const char **s)
{
	while (**s == ' ' || **s == '-')
		(*s)++;
	if (!**s)
		return 0;
	char c = *(*s)++;
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool same_name(const char *a, const char *b)
{
	char c;

	do {
		c = next_char(&a);
		if (c != next_char(&b))
			return false;
	} while (c && c != ',');
	return !c || !strcmp(a, b);
}

const struct cpu_model *cpu_model_find(const char *name)
{
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		if (same_name(m->name, name))
			return m;
	return NULL;
}
