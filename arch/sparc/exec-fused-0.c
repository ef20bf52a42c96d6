/* SPDX-License-Identifier: MIT */
/* Some of the handlers of several instructions: they compile at once. */
#include "arch/sparc/exec-step.h"

#define FUSED_PART 0
#include "fusion.h"
