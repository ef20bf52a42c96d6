/* SPDX-License-Identifier: MIT */
/*
 * I/O MMU and SBus controller: translates the addresses of DMA (DVMA) by a page table in RAM.
 *
 * Part: in microSPARC-II the CPU chip itself, else the MBus-SBus interface (MSI); Sun-4M
 * System Architecture (950-1373-01), "IOMMU"; microSPARC-II User's Manual, 5.7.
 * Wires: dev/iommu.h. Output: irq[0], a translation fault (level 15).
 *
 * What software relies on:
 *  - Control: implementation and version read-only, range 4:2, enable 0. The window is the top
 *    16 MiB << range of the 32-bit space. Base: bits of the table's address >> 4.
 *  - A table entry: 31:8 physical page, 4 writable, 2 valid. It is read at each transfer, so the
 *    two flush registers have nothing to do.
 *  - While not enabled addresses pass untranslated.
 *  - An address outside the window, an invalid entry, a write through one that is not writable,
 *    or a page that is not memory: the chip gets an error, AFSR and AFAR (the page) tell about the
 *    first until it is seen, ME that there were more. Reading or writing either drops the interrupt.
 *  - MASK_ID (3018) identifies the microSPARC-II revision to its drivers.
 * region[1] is the word at the AFX bus: plain storage.
 * Not modelled: the TLB, its diagnostic windows and the memory fault registers; the MID of the
 * asking CPU (always 8); arbitration and slot configuration are stored only.
 */
#include "dev/iommu.h"

#include <string.h>

#include "dev/device.h"
#include "lib/be.h"

#define CTRL_ID 0xff000000u
#define CTRL_WRITE 0x0000001du
#define CTRL_ENABLE 1u

#define AFSR_ERR 0x80000000u
#define AFSR_LE 0x40000000u /* translation */
#define AFSR_TO 0x20000000u /* nobody answered */
#define AFSR_RESV 0x00800000u
#define AFSR_ME 0x00080000u
#define AFSR_RD 0x00040000u
#define AFSR_FAV 0x00020000u
#define AFSR_WRITE 0xff0fffffu

#define AER_WRITE 0x801f000fu
#define AER_FIXED 1u
#define SBCFG_WRITE 0x00010003u
#define ARBEN_WRITE 0x001f0000u
#define ARBEN_MID 8u
#define MASK_ID 0x23000000u

#define PTE_WRITABLE 4u
#define PTE_VALID 2u

#define PAGE 4096u

struct iommu_state {
	u32 ctrl, base, afsr, afar, aer, sbcfg[4], arben;
	u32 afx;
	bool fault; /* the interrupt: an error that nobody has seen yet */
	u8 pad[3];
};

static const struct field iommu_fields[] = {
	F_UINT(iommu_state, ctrl),
	F_UINT(iommu_state, base),
	F_UINT(iommu_state, afsr),
	F_UINT(iommu_state, afar),
	F_UINT(iommu_state, aer),
	F_ARRAY(iommu_state, sbcfg),
	F_UINT(iommu_state, arben),
	F_UINT(iommu_state, afx),
	F_BOOL(iommu_state, fault),
	F_PAD(iommu_state, pad),
	F_END,
};

struct iommu {
	struct dev dev;
	struct iommu_state s;
};

static void set_fault(struct iommu *c, bool fault)
{
	c->s.fault = fault;
	irq_set(&c->dev.irq[0], fault);
}

/* microSPARC-II has the bits of a 31-bit address only. */
static u32 base_mask(const struct iommu *c)
{
	u32 ver = c->dev.param >> 24;

	return ver == 4 || ver == 5 ? 0x07fffc00u : 0xfffffc00u;
}

static int dma_fault(struct iommu *c, u32 va, bool write, u32 why)
{
	if (c->s.fault) {
		c->s.afsr |= AFSR_ME;
		return -EFAULT;
	}
	c->s.afsr = AFSR_ERR | why | AFSR_RESV | AFSR_FAV | (write ? 0 : AFSR_RD);
	c->s.afar = va & ~(PAGE - 1);
	set_fault(c, true);
	return -EFAULT;
}

/* The physical address of va, or -EFAULT and a fault. */
static int translate(struct iommu *c, u32 va, bool write, u64 *pa)
{
	u32 range = c->s.ctrl >> 2 & 7;
	u32 start = 0u - (0x1000000u << range);
	u8 raw[4];
	u32 pte;

	if (!(c->s.ctrl & CTRL_ENABLE)) {
		*pa = va;
		return 0;
	}
	if (va < start)
		return dma_fault(c, va, write, AFSR_LE);
	if (bus_copy_from(c->dev.backend, ((u64)c->s.base << 4) + ((va - start) >> 12) * 4ull, raw,
			  sizeof(raw)))
		return dma_fault(c, va, write, AFSR_TO);
	pte = be32_get(raw);
	if (!(pte & PTE_VALID) || (write && !(pte & PTE_WRITABLE)))
		return dma_fault(c, va, write, AFSR_LE);
	*pa = (u64)(pte & ~0xffu) << 4 | (va & (PAGE - 1));
	return 0;
}

/* One piece inside one page. */
static int dma_piece(struct iommu *c, u32 va, u8 *to, const u8 *from, u32 n)
{
	bool write = from != NULL;
	u64 pa;
	int err;

	if (!c->dev.backend)
		return -EFAULT;
	err = translate(c, va, write, &pa);
	if (err)
		return err;
	if (write)
		err = bus_copy_to(c->dev.backend, pa, from, n);
	else
		err = bus_copy_from(c->dev.backend, pa, to, n);
	return err ? dma_fault(c, va, write, AFSR_TO) : 0;
}

static int iommu_transfer(struct iommu *c, u32 va, u8 *to, const u8 *from, u32 n)
{
	while (n) {
		u32 piece = PAGE - (va & (PAGE - 1));
		int err;

		if (piece > n)
			piece = n;
		err = dma_piece(c, va, to, from, piece);
		if (err)
			return err;
		if (to)
			to += piece;
		if (from)
			from += piece;
		va += piece;
		n -= piece;
		if (!va && n)
			return dma_fault(c, va, from != NULL, AFSR_LE);
	}
	return 0;
}

static int iommu_dma_read(void *far, u32 va, void *buf, u32 n)
{
	return iommu_transfer(far, va, buf, NULL, n);
}

static int iommu_dma_write(void *far, u32 va, const void *buf, u32 n)
{
	return iommu_transfer(far, va, NULL, buf, n);
}

struct dma iommu_dma(void *iommu)
{
	return (struct dma){ .read = iommu_dma_read, .write = iommu_dma_write, .far = iommu };
}

static u32 iommu_read(void *chip, u32 off, unsigned size)
{
	struct iommu *c = chip;

	(void)size;
	switch (off) {
	case 0x0000:
		return c->s.ctrl;
	case 0x0004:
		return c->s.base;
	case 0x1000:
		set_fault(c, false);
		return c->s.afsr;
	case 0x1004:
		set_fault(c, false);
		return c->s.afar;
	case 0x1008:
		return c->s.aer;
	case 0x1010:
	case 0x1014:
	case 0x1018:
	case 0x101c:
		return c->s.sbcfg[(off - 0x1010) / 4];
	case 0x2000:
		return c->s.arben;
	case 0x3018:
		return MASK_ID;
	default:
		return 0;
	}
}

static void iommu_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct iommu *c = chip;

	(void)size;
	switch (off) {
	case 0x0000:
		c->s.ctrl = (c->s.ctrl & CTRL_ID) | (val & CTRL_WRITE);
		break;
	case 0x0004:
		c->s.base = val & base_mask(c);
		break;
	case 0x1000:
		c->s.afsr = (val & AFSR_WRITE) | AFSR_RESV;
		set_fault(c, false);
		break;
	case 0x1004:
		c->s.afar = val;
		set_fault(c, false);
		break;
	case 0x1008:
		c->s.aer = (val & AER_WRITE) | AER_FIXED;
		break;
	case 0x1010:
	case 0x1014:
	case 0x1018:
	case 0x101c:
		c->s.sbcfg[(off - 0x1010) / 4] = val & SBCFG_WRITE;
		break;
	case 0x2000:
		c->s.arben = (val & ARBEN_WRITE) | ARBEN_MID;
		break;
	}
}

static u32 afx_read(void *chip, u32 off, unsigned size)
{
	const struct iommu *c = chip;

	return c->s.afx >> 8 * (4 - off - size);
}

static void afx_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct iommu *c = chip;
	unsigned shift = 8 * (4 - off - size);
	u32 mask = (UINT32_MAX >> (32 - 8 * size)) << shift;

	c->s.afx = (c->s.afx & ~mask) | (val << shift & mask);
}

static void iommu_reset(void *chip)
{
	struct iommu *c = chip;

	memset(&c->s, 0, sizeof(c->s));
	c->s.ctrl = c->dev.param & CTRL_ID;
	c->s.afsr = AFSR_RESV;
	c->s.aer = 3;
	c->s.arben = ARBEN_MID;
	set_fault(c, false);
}

static void iommu_loaded(void *chip)
{
	struct iommu *c = chip;

	irq_set(&c->dev.irq[0], c->s.fault);
}

static bool iommu_check(const void *chip)
{
	const struct iommu *c = chip;
	const struct iommu_state *s = &c->s;
	unsigned i;

	for (i = 0; i < 4; i++)
		if (s->sbcfg[i] & ~SBCFG_WRITE)
			return false;
	if ((s->ctrl & ~CTRL_WRITE) != (c->dev.param & CTRL_ID) || (s->base & ~base_mask(c)))
		return false;
	if ((s->afsr & ~AFSR_WRITE) != AFSR_RESV || (s->fault && !(s->afsr & AFSR_ERR)))
		return false;
	if ((s->aer & ~AER_WRITE) || !(s->aer & AER_FIXED))
		return false;
	return (s->arben & ~ARBEN_WRITE) == ARBEN_MID;
}

const struct dev_class iommu_class = {
	.name = "iommu",
	DEV_STATE(iommu, iommu_fields),
	.region =
		{
			[IOMMU_REGS] = {"iommu", 0x4000, ACC_4, iommu_read, iommu_write},
			[IOMMU_AFX] = {"afx", 4, ACC_1 | ACC_2 | ACC_4, afx_read, afx_write},
		},
	.reset = iommu_reset,
	.loaded = iommu_loaded,
	.check = iommu_check,
};
