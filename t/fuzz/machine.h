/* SPDX-License-Identifier: MIT */
/*
 * For fuzzing: a board that is built once, with every chip, a disk in each drive and a cable in the
 * network port, and put back to that state by copying whenever another input comes.
 *
 * RAM is 1 MiB. The IOMMU's window is its last 16 MiB (ff000000..ffffffff), which show RAM again and
 * again, so that nearly every DMA address means something; its table is in RAM, where DMA can reach it.
 *
 * What DMA moves is counted, so that one access that works without end shows.
 */
#ifndef T_FUZZ_MACHINE_H
#define T_FUZZ_MACHINE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fb.h"
#include "dev/iommu.h"
#include "lib/be.h"
#include "lib/block.h"
#include "machine/machine.h"
#include "t/fuzz/check.h"
#include "t/fuzz/octets.h"

#define D(name) extern const struct dev_class name##_class;
#include "dev/all.h"
#undef D

#define FUZZ_RAM 0x100000u
#define FUZZ_TABLE 0x40000u
#define FUZZ_WINDOW 0xff000000u
#define FUZZ_PAGE 4096u
#define FUZZ_DIRTY 512

struct fuzz_dma {
	struct dma real;
	struct fuzz_machine *f;
};

struct fuzz_machine {
	struct machine *m;
	struct net_port net;
	struct block *disk, *disc, *floppy;
	struct fuzz_dma dma[MACHINE_DEVS];
	u32 dma_calls, dma_bytes; /* since fuzz_budget() */
	/* As it was when it was new. */
	void *chip[MACHINE_DEVS];
	struct clock clock;
	struct cpu *cpu;
	u8 *ram;
	/* Pages of memory that have changed since. */
	struct {
		u8 *at;
		const u8 *was; /* NULL: zero */
	} dirty[FUZZ_DIRTY];
	unsigned nr_dirty;
};

static void fuzz_dirty(struct fuzz_machine *f, u8 *at, const u8 *was)
{
	for (unsigned i = f->nr_dirty; i-- > 0;)
		if (f->dirty[i].at == at)
			return;
	if (f->nr_dirty < FUZZ_DIRTY) {
		f->dirty[f->nr_dirty].at = at;
		f->dirty[f->nr_dirty].was = was;
	}
	f->nr_dirty++;
}

/* Memory was written through the bus: by DMA, or by an access of the input. */
static void fuzz_wrote(void *arg, u64 pa, u64 n)
{
	struct fuzz_machine *f = arg;
	const struct bus_range *r = bus_find(&f->m->bus, pa);

	code_written(&f->m->code, pa, n);
	for (u64 at = pa & ~(u64)(FUZZ_PAGE - 1); at < pa + n; at += FUZZ_PAGE)
		if (r && r->mem && at - r->pa < r->size)
			fuzz_dirty(f, r->mem + (at - r->pa), pa < FUZZ_RAM ? f->ram + at : NULL);
}

static void fuzz_painted(void *arg, u64 off, u64 n)
{
	struct fuzz_machine *f = arg;

	fuzz_wrote(f, f->m->fb_pa + off, n);
}

static int fuzz_dma_read(void *far, u32 va, void *buf, u32 n)
{
	struct fuzz_dma *d = far;

	d->f->dma_calls++;
	d->f->dma_bytes += n;
	return dma_read(&d->real, va, buf, n);
}

static int fuzz_dma_write(void *far, u32 va, const void *buf, u32 n)
{
	struct fuzz_dma *d = far;

	d->f->dma_calls++;
	d->f->dma_bytes += n;
	return dma_write(&d->real, va, buf, n);
}

/* No single access, and no deadline that comes, may move more than this. */
static inline void fuzz_budget(struct fuzz_machine *f)
{
	FUZZ_CHECK(f->dma_calls <= 4096 && f->dma_bytes <= 256 * 1024, "%u calls, %u bytes",
		   f->dma_calls, f->dma_bytes);
	f->dma_calls = f->dma_bytes = 0;
}

static void fuzz_iommu(struct machine *m)
{
	void *iommu = machine_chip(m, "iommu");
	const struct region *regs = &iommu_class.region[IOMMU_REGS];

	for (u32 i = 0; i < 4096; i++)
		be32_put(m->ram + FUZZ_TABLE + 4 * i, (i & 255) << 8 | 6);
	regs->write(iommu, 4, FUZZ_TABLE >> 4, 4);
	regs->write(iommu, 0, 1, 4);
}

static struct block *fuzz_block(u64 size, bool rom)
{
	struct block *b = block_mem_new(size);

	FUZZ_CHECK(b);
	for (u64 off = 0; off < size; off += 512) {
		u8 head[8];

		be64_put(head, off ^ 0x5a5a5a5a);
		block_write(b, off, head, sizeof(head));
	}
	if (!rom)
		b = block_overlay_new(b);
	b->read_only = rom;
	return b;
}

/* Of a chip all but video memory, which stands at its end and is cleaned by the page. */
static size_t fuzz_size(struct machine *m, const struct dev *chip)
{
	struct fb_mem mem;

	if (chip != m->fb || !fb_vram(m->fb, 0, &mem))
		return chip->cls->size;
	return (size_t)(mem.mem - (const u8 *)chip);
}

static inline struct fuzz_machine *fuzz_machine_new(const char *board, enum machine_vga vga)
{
	struct machine_config c = { .board = board_find(board),
				    .nr_cpus = 1,
				    .ram_size = FUZZ_RAM };
	struct fuzz_machine *f = calloc(1, sizeof(*f));
	char err[256];

	FUZZ_CHECK(f && c.board);
	f->disk = fuzz_block(600 * 512, false);
	f->disc = fuzz_block(100 * 2048, true);
	f->floppy = fuzz_block(1440 * 1024, false);
	net_init(&f->net);
	f->net.link = true;
	c.cpu = cpu_model_find(c.board->cpu);
	c.scsi[3].present = c.scsi[4].present = c.scsi[6].present = true;
	c.scsi[4].cdrom = c.scsi[6].cdrom = true;
	c.scsi[3].medium = f->disk;
	c.scsi[6].medium = f->disc;
	c.floppy = f->floppy;
	c.net = &f->net;
	c.vga = vga;
	c.width = 1024;
	c.height = 768;
	c.depth = 8;
	FUZZ_CHECK(!machine_new(&f->m, &c, err, sizeof(err)), "%s", err);
	fuzz_iommu(f->m);
	f->m->bus.wrote = fuzz_wrote;
	f->m->bus.watcher = f;
	if (f->m->fb)
		fb_watch(f->m->fb, fuzz_painted, f);
	for (unsigned i = 0; i < f->m->nr_devs; i++) {
		struct dev *chip = f->m->dev[i].chip;

		if (chip->dma.read) {
			f->dma[i] = (struct fuzz_dma){ chip->dma, f };
			chip->dma = (struct dma){ fuzz_dma_read, fuzz_dma_write, &f->dma[i] };
		}
		f->chip[i] = malloc(fuzz_size(f->m, chip));
		FUZZ_CHECK(f->chip[i]);
		memcpy(f->chip[i], chip, fuzz_size(f->m, chip));
	}
	f->clock = f->m->clock;
	f->cpu = malloc(sizeof(*f->cpu));
	f->ram = malloc(FUZZ_RAM);
	FUZZ_CHECK(f->cpu && f->ram);
	memcpy(f->cpu, f->m->cpu[0], sizeof(*f->cpu));
	memcpy(f->ram, f->m->ram, FUZZ_RAM);
	return f;
}

static inline void fuzz_clean_memory(struct fuzz_machine *f)
{
	struct machine *m = f->m;
	struct fb_mem mem;

	if (f->nr_dirty > FUZZ_DIRTY) {
		memcpy(m->ram, f->ram, FUZZ_RAM);
		for (unsigned i = 0; m->fb && fb_vram(m->fb, i, &mem); i++)
			memset(mem.mem, 0, mem.size);
		f->nr_dirty = 0;
	}
	for (unsigned i = 0; i < f->nr_dirty; i++)
		if (f->dirty[i].was)
			memcpy(f->dirty[i].at, f->dirty[i].was, FUZZ_PAGE);
		else
			memset(f->dirty[i].at, 0, FUZZ_PAGE);
	f->nr_dirty = 0;
}

static inline void fuzz_machine_again(struct fuzz_machine *f)
{
	struct machine *m = f->m;

	for (unsigned i = 0; i < m->nr_devs; i++)
		memcpy(m->dev[i].chip, f->chip[i], fuzz_size(m, m->dev[i].chip));
	m->clock = f->clock;
	memcpy(m->cpu[0], f->cpu, sizeof(*f->cpu));
	fuzz_clean_memory(f);
	for (unsigned i = 0; i < CHR_NR; i++) {
		struct chr *chr = &m->chr[i];

		chr->in.head = chr->in.num = chr->out.head = chr->out.num = 0;
		chr->moved = chr->breaks = 0;
	}
	f->net.in.head = f->net.in.num = f->net.out.head = f->net.out.num = 0;
	f->net.lost = 0;
	f->net.link = true;
	block_revert(f->disk);
	block_revert(f->floppy);
	m->want_poweroff = m->want_reset = m->polled = false;
	f->dma_calls = f->dma_bytes = 0;
}

#endif
