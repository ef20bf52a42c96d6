/* SPDX-License-Identifier: MIT */
/* DMA2: one SBus DMA channel, for the ESP or the LANCE. */
#ifndef DEV_SPARC32_DMA_H
#define DEV_SPARC32_DMA_H

#include "dev/device.h"

/* dev.param */
enum { DMA2_ESP, DMA2_LANCE };

/* Outputs, and the one input: the device's interrupt. */
enum {
	DMA2_IRQ, /* to the interrupt controller */
	DMA2_RESET, /* to the device: held in reset */
	DMA2_ENABLED, /* to the device: transfers may go on */
};
enum { DMA2_IN_IRQ };

struct sparc32_dma_state {
	u32 csr; /* all bits but those that are derived */
	u32 addr;
	u32 count;
	u32 base; /* ledma: bits 31..24 of every address; espdma: test */
	bool in_irq;
	u8 pad[3];
};

struct sparc32_dma {
	struct dev dev;
	struct sparc32_dma_state s;
};

/*
 * The device's way into memory through this channel.
 * espdma: the address comes from the channel and advances, the device's own is ignored.
 * ledma: the device's 24-bit address ORed with the base register.
 * -EFAULT: memory did not answer, ERR is set, the transfer is stopped until the driver
 * clears that. Also while the channel is not enabled.
 */
struct dma sparc32_dma_port(struct sparc32_dma *d);

#endif
