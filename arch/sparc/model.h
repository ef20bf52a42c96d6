/* SPDX-License-Identifier: MIT */
/* What distinguishes one SPARC V8 processor from another. */
#ifndef ARCH_SPARC_MODEL_H
#define ARCH_SPARC_MODEL_H

#include "lib/types.h"

struct cpu_model {
	const char *name; /* as -cpu takes it */
	u8 psr; /* PSR[31:24]: impl, ver */
	u8 fsr_ver; /* FSR[19:17] */
	u8 nwindows; /* 7 or 8 */
	bool no_fpu; /* PSR.EF is 0 and stays so: V8 4.2 */
	bool fsmuld; /* FsMULd in hardware */
	bool mxcc; /* SuperSPARC with its external cache controller */
	bool leon; /* asr17, asr19, CASA, other MMU ASIs */
	u32 mmu_ctrl; /* control register at reset, without boot mode */
	u32 mmu_bm; /* its boot-mode bit, 0 if there is none */
	u32 ctpr_mask, cxr_mask, sfsr_mask, trcr_mask; /* the bits that stick */
};

/* All models, ending with a NULL name. */
extern const struct cpu_model cpu_models[];

/* By name, NULL if unknown. The comparison ignores case, spaces and hyphens up to a comma. */
const struct cpu_model *cpu_model_find(const char *name);

#endif
