/* SPDX-License-Identifier: MIT */
/* The IOMMU under those that use it. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "iommu", "espdma", "ledma", "esp", "le", "scsi3")
