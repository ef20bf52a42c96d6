/* SPDX-License-Identifier: MIT */
/*
 * DMA2, the SBus DMA channel in front of the ESP (espdma) and the LANCE (ledma).
 *
 * Part of STP2000 (NCR89C100); registers as in its manual and, in other words, in the
 * headers of SunOS and NetBSD (LSI 64854). dev.param chooses the variant. Facts that software relies on:
 *  - device id a in CSR bits 31..28 is "DMA revision 2";
 *  - INTR is the device's interrupt as it is now; the system sees INTR or ERR, gated by INTEN;
 *  - RESET is a level: it holds the device in reset and clears what is pending;
 *  - ERR stops the channel until INVALIDATE or RESET;
 *  - the address register counts up with espdma's transfers; with ledma it plays no part;
 *  - ledma's base register is ff000000 after reset: Solaris never writes it. Byte 20 after
 *    ledma's first register aliases its address register, which SunOS 5.7 to 5.9 touch
 *    (region "alias").
 * Not modelled: the FIFO (DRAIN and DRAINING read as done), burst sizes, chained
 * addresses (EN_NEXT), the direction bit (the device decides), slave errors.
 */
#include "dev/sparc32-dma.h"

#include <string.h>

#define CSR_INTR 0x00000001u
#define CSR_ERR 0x00000002u
#define CSR_INTEN 0x00000010u
#define CSR_INVALIDATE 0x00000020u
#define CSR_RESET 0x00000080u
#define CSR_EN 0x00000200u
#define CSR_EN_COUNT 0x00002000u
#define CSR_TC 0x00004000u
#define CSR_NO_TC_IRQ 0x00800000u
#define CSR_LOADED 0x04000000u
#define CSR_ID 0xa0000000u
#define CSR_WRITABLE 0x01ffbf90u /* storage: neither pulses nor status */

#define BASE_MASK 0xff000000u
#define COUNT_MASK 0x00ffffffu

static const struct field sparc32_dma_fields[] = {
	F_UINT(sparc32_dma_state, csr),
	F_UINT(sparc32_dma_state, addr),
	F_RANGE(sparc32_dma_state, count, 0, COUNT_MASK),
	F_UINT(sparc32_dma_state, base),
	F_BOOL(sparc32_dma_state, in_irq),
	F_PAD(sparc32_dma_state, pad),
	F_END,
};

static bool pending(const struct sparc32_dma *d)
{
	u32 csr = d->s.csr;

	return d->s.in_irq || csr & CSR_ERR || (csr & CSR_TC && !(csr & CSR_NO_TC_IRQ));
}

static bool running(const struct sparc32_dma *d)
{
	return (d->s.csr & (CSR_EN | CSR_ERR | CSR_RESET)) == CSR_EN;
}

/* Reset goes out first: it may take the device's interrupt back. */
static void drive(struct sparc32_dma *d)
{
	irq_set(&d->dev.irq[DMA2_RESET], d->s.csr & CSR_RESET);
	irq_set(&d->dev.irq[DMA2_ENABLED], running(d));
	irq_set(&d->dev.irq[DMA2_IRQ], pending(d) && d->s.csr & CSR_INTEN);
}

static void write_csr(struct sparc32_dma *d, u32 val)
{
	u32 kept = CSR_ERR | CSR_TC | CSR_LOADED;

	if (val & (CSR_INVALIDATE | CSR_RESET))
		kept = 0;
	d->s.csr = CSR_ID | (d->s.csr & kept) | (val & CSR_WRITABLE);
	drive(d);
}

static u32 sparc32_dma_read(void *chip, u32 off, unsigned size)
{
	struct sparc32_dma *d = chip;

	(void)size;
	switch (off >> 2) {
	case 0:
		return d->s.csr | (d->s.in_irq ? CSR_INTR : 0);
	case 1:
		return d->s.addr;
	case 2:
		return d->s.count;
	default:
		return d->s.base;
	}
}

static void sparc32_dma_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct sparc32_dma *d = chip;

	(void)size;
	switch (off >> 2) {
	case 0:
		write_csr(d, val);
		break;
	case 1:
		d->s.addr = val;
		d->s.csr |= CSR_LOADED;
		break;
	case 2:
		d->s.count = val & COUNT_MASK;
		break;
	default:
		d->s.base = d->dev.param == DMA2_LANCE ? val & BASE_MASK : val;
	}
}

static u32 alias_read(void *chip, u32 off, unsigned size)
{
	return sparc32_dma_read(chip, 4 + off, size);
}

static void alias_write(void *chip, u32 off, u32 val, unsigned size)
{
	sparc32_dma_write(chip, 4 + off, val, size);
}

static void sparc32_dma_irq_in(void *chip, unsigned n, bool level)
{
	struct sparc32_dma *d = chip;

	if (n != DMA2_IN_IRQ || d->s.in_irq == level)
		return;
	d->s.in_irq = level;
	irq_set(&d->dev.irq[DMA2_IRQ], pending(d) && d->s.csr & CSR_INTEN);
}

/* The memory's answer: n bytes went through, or it was an error. */
static int transferred(struct sparc32_dma *d, u32 n, int err)
{
	if (err) {
		d->s.csr |= CSR_ERR;
		drive(d);
		return -EFAULT;
	}
	if (d->dev.param == DMA2_LANCE)
		return 0;
	d->s.addr += n;
	if (d->s.csr & CSR_EN_COUNT) {
		if (n >= d->s.count && d->s.count)
			d->s.csr |= CSR_TC;
		d->s.count = (d->s.count - n) & COUNT_MASK;
		drive(d);
	}
	return 0;
}

static u32 address(const struct sparc32_dma *d, u32 va)
{
	return d->dev.param == DMA2_LANCE ? d->s.base | (va & ~BASE_MASK) : d->s.addr;
}

static int port_read(void *far, u32 va, void *buf, u32 n)
{
	struct sparc32_dma *d = far;

	if (d->dev.param == DMA2_ESP && !running(d))
		return -EFAULT;
	return transferred(d, n, dma_read(&d->dev.dma, address(d, va), buf, n));
}

static int port_write(void *far, u32 va, const void *buf, u32 n)
{
	struct sparc32_dma *d = far;

	if (d->dev.param == DMA2_ESP && !running(d))
		return -EFAULT;
	return transferred(d, n, dma_write(&d->dev.dma, address(d, va), buf, n));
}

struct dma sparc32_dma_port(struct sparc32_dma *d)
{
	return (struct dma){ .read = port_read, .write = port_write, .far = d };
}

static void sparc32_dma_reset(void *chip)
{
	struct sparc32_dma *d = chip;
	bool in_irq = d->s.in_irq;

	memset(&d->s, 0, sizeof(d->s));
	d->s.csr = CSR_ID;
	d->s.base = d->dev.param == DMA2_LANCE ? BASE_MASK : 0;
	d->s.in_irq = in_irq;
	drive(d);
}

static void sparc32_dma_loaded(void *chip)
{
	drive(chip);
}

static bool sparc32_dma_check(const void *chip)
{
	const struct sparc32_dma *d = chip;
	u32 csr = d->s.csr;

	if ((csr & ~(CSR_WRITABLE | CSR_ERR | CSR_TC | CSR_LOADED)) != CSR_ID)
		return false;
	return d->dev.param != DMA2_LANCE || !(d->s.base & ~BASE_MASK);
}

const struct dev_class sparc32_dma_class = {
	.name = "sparc32-dma",
	DEV_STATE(sparc32_dma, sparc32_dma_fields),
	.region =
		{
			{"regs", 0x10, ACC_4 | ACC_8, sparc32_dma_read, sparc32_dma_write},
			{"alias", 4, ACC_4, alias_read, alias_write},
		},
	.irq_in = sparc32_dma_irq_in,
	.reset = sparc32_dma_reset,
	.loaded = sparc32_dma_loaded,
	.check = sparc32_dma_check,
};
