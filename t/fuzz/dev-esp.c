/* SPDX-License-Identifier: MIT */
/* The SCSI chip with its DMA channel, a disk, a CD-ROM and an empty drive. */
#include "t/fuzz/device.h"

FUZZ_DEVICE("SS-5", VGA_NONE, "espdma", "esp", "iommu", "scsi3", "scsi4", "scsi6")
