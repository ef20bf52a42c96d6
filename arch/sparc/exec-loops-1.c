/* SPDX-License-Identifier: MIT */
/* Some of the handlers of whole loops. */
#include "arch/sparc/exec-loop.h"

#define LOOP_PART 1
#include "loops.h"
