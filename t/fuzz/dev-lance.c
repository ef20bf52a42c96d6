/* SPDX-License-Identifier: MIT */
/* The Ethernet chip with its DMA channel. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "ledma", "le", "iommu")
