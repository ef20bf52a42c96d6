/* SPDX-License-Identifier: MIT */
/*
 * ECC memory controller of the MBus machines.
 *
 * Parts: MCC (SS-600MP), EMC (SS-10), SMC (SS-20); Sun-4M System Architecture
 * (950-1373-01), "ECC Memory Controller". dev.param is the implementation and version in
 * bits 31:24: 00, 10, 20. Output: irq[0], an ECC error. Region 1 exists in SS-600MP.
 *
 * What software relies on: the implementation in the enable register, reset values, and that
 * what it writes reads back. A write of the fault status takes the interrupt away.
 * Not modelled: errors, since this memory makes none; the delays and counters are stored only.
 */
#include <string.h>

#include "dev/device.h"

#define MER_ID 0xff000000u
#define MER_WRITE_MCC 0x00000103u
#define MER_WRITE 0x00000bffu
#define MDR_WRITE 0x7fffffffu

enum { MER, MDR, MFSR, VCR, MFAR0, MFAR1, DR, ECR0, ECR1, NR_REGS };

struct eccmem_state {
	u32 reg[NR_REGS];
	u8 diag[4];
};

static const struct field eccmem_fields[] = {
	F_ARRAY(eccmem_state, reg),
	F_BYTES(eccmem_state, diag),
	F_END,
};

struct eccmem {
	struct dev dev;
	struct eccmem_state s;
};

static u32 mer_mask(const struct eccmem *c)
{
	return c->dev.param & MER_ID ? MER_WRITE : MER_WRITE_MCC;
}

static u32 eccmem_read(void *chip, u32 off, unsigned size)
{
	const struct eccmem *c = chip;

	(void)size;
	return c->s.reg[off / 4];
}

static void eccmem_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct eccmem *c = chip;
	u32 *reg = &c->s.reg[off / 4];

	(void)size;
	switch (off / 4) {
	case MER:
		*reg = (*reg & MER_ID) | (val & mer_mask(c));
		break;
	case MDR:
		*reg = val & MDR_WRITE;
		break;
	case MFSR:
		*reg = val;
		irq_set(&c->dev.irq[0], false);
		break;
	case MFAR0:
	case MFAR1:
		break;
	default:
		*reg = val;
	}
}

static u32 diag_read(void *chip, u32 off, unsigned size)
{
	(void)size;
	return ((struct eccmem *)chip)->s.diag[off];
}

static void diag_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)size;
	((struct eccmem *)chip)->s.diag[off] = (u8)val;
}

static void eccmem_reset(void *chip)
{
	struct eccmem *c = chip;

	memset(&c->s, 0, sizeof(c->s));
	c->s.reg[MER] = c->dev.param & MER_ID;
	c->s.reg[MDR] = 0x20;
	c->s.reg[MFAR0] = 0x07c00000;
	irq_set(&c->dev.irq[0], false);
}

static void eccmem_loaded(void *chip)
{
	irq_set(&((struct eccmem *)chip)->dev.irq[0], false);
}

static bool eccmem_check(const void *chip)
{
	const struct eccmem *c = chip;

	return (c->s.reg[MER] & ~mer_mask(c)) == (c->dev.param & MER_ID) &&
	       !(c->s.reg[MDR] & ~MDR_WRITE);
}

const struct dev_class eccmem_class = {
	.name = "eccmem",
	DEV_STATE(eccmem, eccmem_fields),
	.region =
		{
			{"eccmem", 4 * NR_REGS, ACC_4, eccmem_read, eccmem_write},
			{"eccmem-diag", 4, ACC_1, diag_read, diag_write},
		},
	.reset = eccmem_reset,
	.loaded = eccmem_loaded,
	.check = eccmem_check,
};
