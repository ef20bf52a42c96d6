/* SPDX-License-Identifier: MIT */
/* The plain frame buffer. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_CG3, "cg3")
