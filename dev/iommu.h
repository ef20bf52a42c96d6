/* SPDX-License-Identifier: MIT */
/* The I/O MMU's ways: what it needs, and what it offers to the chips behind it. */
#ifndef DEV_IOMMU_H
#define DEV_IOMMU_H

#include "lib/dma.h"

/* dev.backend is the struct bus; dev.param the implementation and version, bits 31:24 of control. */

enum { IOMMU_REGS, IOMMU_AFX };

/* The way to RAM for a chip behind this IOMMU: for its dev.dma. Valid as long as the IOMMU is. */
struct dma iommu_dma(void *iommu);

#endif
