/* SPDX-License-Identifier: MIT */
/* NVRAM with its clock, and what firmware asks for its configuration. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "nvram", "fw-cfg")
