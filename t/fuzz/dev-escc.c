/* SPDX-License-Identifier: MIT */
/* The serial chips, the keyboard and the mouse. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "kbdmouse", "serial", "keyboard", "mouse")
