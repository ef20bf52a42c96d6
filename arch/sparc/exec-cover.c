/* SPDX-License-Identifier: MIT */
/* The engine with coverage: handlers of their own, so that a run without it loses nothing. */
#define VONK_COVER 1

#include "arch/sparc/exec-part.c"

#include "arch/sparc/exec-decode.c"

#include "arch/sparc/exec.c"
