/* SPDX-License-Identifier: MIT */
/* The audio chip. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "audio")
