/* SPDX-License-Identifier: MIT */
/* The floppy controller. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "fdc", "misc")
