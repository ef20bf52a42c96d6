/* SPDX-License-Identifier: MIT */
/*
 * An ESP behind its DMA channel with RAM on the one side and targets on the other, wired as a board does,
 * and a small driver that goes through the phases of a command as real ones do.
 */
#ifndef T_SCSI_RIG_H
#define T_SCSI_RIG_H

#include <stdlib.h>
#include <string.h>

#include "dev/esp.h"
#include "dev/scsi.h"
#include "dev/sparc32-dma.h"
#include "lib/be.h"
#include "t/tap.h"

extern const struct dev_class esp_class, sparc32_dma_class, scsi_disk_class, scsi_cdrom_class;

#define RIG_RAM 0x100000u
#define RIG_BUF 0x40000u /* where the driver puts data */

/* ESP registers by number. */
enum {
	R_TCL,
	R_TCM,
	R_FIFO,
	R_CMD,
	R_STAT,
	R_INTR,
	R_STEP,
	R_FLAGS,
	R_CFG1,
	R_CCF,
	R_TEST,
	R_CFG2,
	R_CFG3,
	R_CFG4,
	R_TCH
};
/* DMA registers by offset, and CSR bits. */
enum { D_CSR = 0, D_ADDR = 4, D_COUNT = 8, D_BASE = 12 };
#define CSR_INTR 1u
#define CSR_ERR 2u
#define CSR_INTEN 0x10u
#define CSR_INV 0x20u
#define CSR_RESET 0x80u
#define CSR_WRITE 0x100u
#define CSR_EN 0x200u

struct rig {
	struct clock clock;
	struct sparc32_dma dma;
	struct esp esp;
	struct scsi_bus bus;
	struct scsi_target target[SCSI_IDS];
	bool irq; /* what the interrupt controller sees */
	unsigned rises;
	u8 ram[RIG_RAM];
};

static int rig_ram_read(void *far, u32 va, void *buf, u32 n)
{
	struct rig *r = far;

	if (va >= RIG_RAM || n > RIG_RAM - va)
		return -EFAULT;
	memcpy(buf, r->ram + va, n);
	return 0;
}

static int rig_ram_write(void *far, u32 va, const void *buf, u32 n)
{
	struct rig *r = far;

	if (va >= RIG_RAM || n > RIG_RAM - va)
		return -EFAULT;
	memcpy(r->ram + va, buf, n);
	return 0;
}

static void rig_irq(void *sink, unsigned n, bool level)
{
	struct rig *r = sink;

	(void)n;
	r->rises += level && !r->irq;
	r->irq = level;
}

static void rig_open(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	clock_init(&r->clock, 0);
	r->dma.dev =
		(struct dev){ .cls = &sparc32_dma_class, .name = "espdma", .clock = &r->clock };
	r->dma.dev.dma = (struct dma){ .read = rig_ram_read, .write = rig_ram_write, .far = r };
	r->dma.dev.irq[DMA2_IRQ] = (struct irq){ .set = rig_irq, .sink = r };
	r->dma.dev.irq[DMA2_RESET] =
		(struct irq){ .set = esp_class.irq_in, .sink = &r->esp, .n = ESP_IN_RESET };
	r->dma.dev.irq[DMA2_ENABLED] =
		(struct irq){ .set = esp_class.irq_in, .sink = &r->esp, .n = ESP_IN_DMA };
	r->esp.dev = (struct dev){ .cls = &esp_class, .name = "esp", .clock = &r->clock };
	r->esp.dev.irq[ESP_IRQ] =
		(struct irq){ .set = sparc32_dma_class.irq_in, .sink = &r->dma, .n = DMA2_IN_IRQ };
	r->esp.dev.dma = sparc32_dma_port(&r->dma);
	r->esp.dev.backend = &r->bus;
	esp_class.init(&r->esp);
	sparc32_dma_class.reset(&r->dma);
	esp_class.reset(&r->esp);
}

/* Before anything is selected. */
__attribute__((unused)) static struct scsi_target *
rig_attach(struct rig *r, unsigned id, const struct dev_class *cls, struct block *medium, u32 param)
{
	struct scsi_target *t = &r->target[id];

	t->dev = (struct dev){ .cls = cls, .name = "disk0", .clock = &r->clock };
	t->dev.backend = medium;
	t->dev.param = param;
	if (cls->init(t))
		return NULL;
	cls->reset(t);
	r->bus.target[id] = t;
	return t;
}

static void w(struct rig *r, u32 reg, u8 val)
{
	esp_class.region[0].write(&r->esp, reg * 4, val, 1);
}

static u8 rd(struct rig *r, u32 reg)
{
	return (u8)esp_class.region[0].read(&r->esp, reg * 4, 1);
}

static void dw(struct rig *r, u32 off, u32 val)
{
	sparc32_dma_class.region[0].write(&r->dma, off, val, 4);
}

static u32 drd(struct rig *r, u32 off)
{
	return sparc32_dma_class.region[0].read(&r->dma, off, 4);
}

/* Virtual time goes on until the interrupt or until nothing more is going to happen. */
static bool rig_wait(struct rig *r)
{
	for (unsigned n = 0; n < 2000 && !(drd(r, D_CSR) & CSR_INTR); n++) {
		u64 at = clock_next(&r->clock);

		if (at == CLOCK_NEVER)
			return false;
		if (at > r->clock.insns)
			r->clock.insns = at;
		clock_run(&r->clock);
	}
	return drd(r, D_CSR) & CSR_INTR;
}

static void set_tc(struct rig *r, u32 n)
{
	w(r, R_TCL, (u8)n);
	w(r, R_TCM, (u8)(n >> 8));
}

/* What a driver reads at an interrupt, in the order in which it must: status, step, interrupt. */
struct seen {
	u8 status, step, intr;
};

__attribute__((unused)) static struct seen see(struct rig *r)
{
	struct seen s;

	rig_wait(r);
	s.status = rd(r, R_STAT);
	s.step = rd(r, R_STEP) & 7;
	s.intr = rd(r, R_INTR);
	return s;
}

__attribute__((unused)) static void is_seen(struct rig *r, u8 status, u8 intr, u8 step,
					    const char *what)
{
	struct seen s = see(r);

	if (!ok(s.status == status && s.intr == intr && s.step == step,
		"%s: status %02x, interrupt %02x, step %d", what, status, intr, step))
		diag("got %02x %02x %d", s.status, s.intr, s.step);
}

/* IDENTIFY and a CDB through memory at 0x1000: command c2. */
__attribute__((unused)) static void select_dma(struct rig *r, u8 id, const u8 *cdb, u8 n)
{
	r->ram[0x1000] = 0x80;
	memcpy(r->ram + 0x1001, cdb, n);
	w(r, R_STAT, id);
	set_tc(r, n + 1u);
	dw(r, D_ADDR, 0x1000);
	dw(r, D_CSR, CSR_INTEN | CSR_EN);
	w(r, R_CMD, 0xc2);
}

/* A transfer of n bytes between the bus and memory at va: command 90. */
__attribute__((unused)) static void transfer_dma(struct rig *r, u32 va, u32 n, bool in)
{
	set_tc(r, n);
	dw(r, D_ADDR, va);
	dw(r, D_CSR, CSR_INTEN | CSR_EN | (in ? CSR_WRITE : 0));
	w(r, R_CMD, 0x90);
}

/* What a whole command came to. */
struct result {
	int status; /* the target's, -1: selection failed, -2: stuck */
	u32 moved; /* data bytes */
};

/*
 * One command from selection to bus free with at most n bytes of data at RIG_BUF.
 * What the target wants beyond that is padded away.
 */
__attribute__((unused)) static struct result command_lun(struct rig *r, u8 id, u8 lun,
							 const u8 *cdb, u8 len, u32 n)
{
	struct result res = { .status = -2 };
	struct seen s;

	r->ram[0x1000] = 0x80 | lun;
	memcpy(r->ram + 0x1001, cdb, len);
	w(r, R_CMD, 0x01);
	w(r, R_STAT, id);
	set_tc(r, len + 1u);
	dw(r, D_ADDR, 0x1000);
	dw(r, D_CSR, CSR_INTEN | CSR_EN);
	w(r, R_CMD, 0xc2);
	s = see(r);
	if (s.intr & 0x20) {
		res.status = -1;
		return res;
	}
	while ((s.status & 7) < 2 && s.intr) {
		u32 piece = n - res.moved < 0x8000 ? n - res.moved : 0x8000;

		if (piece) {
			transfer_dma(r, RIG_BUF + res.moved, piece, s.status & 1);
			s = see(r);
			res.moved +=
				piece - (s.status & 0x10 ? 0 : rd(r, R_TCL) | rd(r, R_TCM) << 8);
		} else {
			set_tc(r, 0);
			w(r, R_CMD, 0x98);
			s = see(r);
		}
	}
	if ((s.status & 7) != 3)
		return res;
	w(r, R_CMD, 0x01);
	w(r, R_CMD, 0x11);
	s = see(r);
	if (s.intr != 0x08 || rd(r, R_FLAGS) != 2)
		return res;
	res.status = rd(r, R_FIFO);
	if (rd(r, R_FIFO) != 0)
		res.status = -2;
	w(r, R_CMD, 0x12);
	s = see(r);
	if (s.intr != 0x20)
		res.status = -2;
	return res;
}

__attribute__((unused)) static struct result command(struct rig *r, u8 id, const u8 *cdb, u8 len,
						     u32 n)
{
	return command_lun(r, id, 0, cdb, len, n);
}

/* REQUEST SENSE, as key << 16 | ASC << 8 | ASCQ. */
__attribute__((unused)) static u32 sense(struct rig *r, u8 id)
{
	const u8 cdb[6] = { 0x03, 0, 0, 0, 18, 0 };
	const u8 *p = r->ram + RIG_BUF;

	if (command(r, id, cdb, 6, 18).status != 0)
		return UINT32_MAX;
	return (p[2] & 0xfu) << 16 | (u32)p[12] << 8 | p[13];
}

#endif
