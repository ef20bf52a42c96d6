/* SPDX-License-Identifier: MIT */
/* The interrupt controller, the timers, the miscellaneous registers: of a board for four processors. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-20", VGA_NONE, "intctl", "timer", "misc", "eccmem")
