/* SPDX-License-Identifier: MIT */
/*
 * A chip's way into memory. It reaches RAM only, by way of whatever translation
 * the board puts there (IOMMU); anything else is an error for the chip to report.
 */
#ifndef LIB_DMA_H
#define LIB_DMA_H

#include "lib/types.h"

struct dma {
	/* n bytes at the chip's own (virtual) address va; 0, or -EFAULT and nothing moved beyond the faulting page. */
	int (*read)(void *far, u32 va, void *buf, u32 n);
	int (*write)(void *far, u32 va, const void *buf, u32 n);
	void *far;
};

static inline int dma_read(const struct dma *dma, u32 va, void *buf, u32 n)
{
	return dma->read(dma->far, va, buf, n);
}

static inline int dma_write(const struct dma *dma, u32 va, const void *buf, u32 n)
{
	return dma->write(dma->far, va, buf, n);
}

#endif
