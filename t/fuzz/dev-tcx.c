/* SPDX-License-Identifier: MIT */
/* The accelerated frame buffer. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_TCX, "tcx")
