/* SPDX-License-Identifier: MIT */
/*
 * The device tree of a board, made from rows: tables.c says which nodes there can be, the board which
 * of their chips it has and at which addresses, the machine what is plugged in.
 */
#include <stdio.h>
#include <string.h>

#include "dev/fb.h"
#include "dev/m48t08.h"
#include "machine/prom/tables.h"

#define DEPTH_MAX 8
#define NVRAM_SYSTEM 0x70 /* signature of the partition with variables */

struct build {
	const struct prom *p;
	const struct machine_config *c;
	bool micro; /* the board family around a microSPARC */
	u32 io_va; /* the next page for registers */
	u32 parent[DEPTH_MAX];
	enum tree_bus bus[DEPTH_MAX];
};

static void set_text(const struct build *b, u32 node, const char *name, const char *text)
{
	tree_set(b->p, node, name, text, (u32)strlen(text) + 1);
}

static void set_cell(const struct build *b, u32 node, const char *name, u32 val)
{
	tree_set_cells(b->p, node, name, &val, 1);
}

/* --- addresses --- */

/* Where SBus slots are: `n` counts them; false: no more. */
static bool slot(const struct build *b, unsigned n, u32 *number, u64 *pa)
{
	if (b->micro) {
		*number = n;
		*pa = 0x20000000 + (u64)n * SLOT_SIZE;
		return n < 6;
	}
	*number = n < 4 ? n : 15;
	*pa = 0xe00000000 + (u64)*number * SLOT_SIZE;
	return n < 5;
}

/* A physical address as the bus of a node's parent counts: the first two cells of "reg". */
static bool bus_address(const struct build *b, enum tree_bus bus, u64 pa, u32 cell[2])
{
	u64 start = b->c->board->prom_pa + OBIO_OFFSET;
	u32 number;

	if (bus == BUS_ROOT) {
		cell[0] = (u32)(pa >> 32);
		cell[1] = (u32)pa;
		return true;
	}
	if (bus == BUS_OBIO) {
		cell[0] = 0;
		cell[1] = (u32)(pa - start);
		return pa >= start && pa - start < OBIO_SIZE;
	}
	for (unsigned n = 0; slot(b, n, &number, &start); n++)
		if (pa >= start && pa - start < SLOT_SIZE) {
			cell[0] = number;
			cell[1] = (u32)(pa - start);
			return true;
		}
	return false;
}

struct regs {
	u32 cell[MAX_REGS][3], va[MAX_REGS];
	unsigned nr;
};

/* Registers seen at an address of the PROM's choice, which kernels go on to use. */
static u32 map_registers(struct build *b, u64 pa, u32 size)
{
	u32 low = (u32)pa & (PAGE - 1), pages = (low + size + PAGE - 1) / PAGE;
	u32 va = b->io_va;

	if (pages * PAGE > PROM_ROM_VA - va || !map_range(b->p, va, pa - low, pages * PAGE, false))
		return 0;
	b->io_va += pages * PAGE;
	return va + low;
}

static void add_reg(struct build *b, const struct tree_node *t, enum tree_bus bus, u64 pa, u32 size,
		    struct regs *r)
{
	if (r->nr == MAX_REGS || !bus_address(b, bus, pa, r->cell[r->nr]))
		return;
	r->cell[r->nr][2] = size;
	if (t->address)
		r->va[r->nr] = map_registers(b, pa, size);
	r->nr++;
}

static void add_regs(struct build *b, const struct tree_node *t, enum tree_bus bus, struct regs *r)
{
	const struct board_dev *row;

	for (const struct tree_reg *reg = t->reg; reg < t->reg + MAX_REGS && reg->size; reg++) {
		row = reg->dev ? prom_row(b->p, reg->dev) : NULL;
		if (!reg->dev)
			add_reg(b, t, bus, reg->off, reg->size, r);
		else if (row && row->at[reg->region])
			add_reg(b, t, bus, row->at[reg->region] + reg->off, reg->size, r);
		else if (row && reg->region && reg->region < row->per_cpu && !b->micro)
			add_reg(b, t, bus, row->at[0] + (u64)PAGE * reg->region, reg->size, r);
	}
}

static void set_regs(const struct build *b, const struct tree_node *t, u32 node,
		     const struct regs *r)
{
	if (!r->nr)
		return;
	tree_set_cells(b->p, node, "reg", r->cell[0], 3 * r->nr);
	if (t->address)
		tree_set_cells(b->p, node, "address", r->va, r->nr);
}

/* --- nodes that need more than a row --- */

static void set_root(const struct build *b, u32 node)
{
	const struct board *board = b->c->board;
	const struct tree_board *t = tree_board(board->id);
	const u8 *nvram = m48t08_nvram(machine_chip(b->p->m, "nvram"));

	set_text(b, node, "name", t->name);
	set_text(b, node, "model", t->model);
	set_text(b, node, "banner-name", board->desc);
	tree_set(b->p, node, "idprom", nvram + M48T08_IDPROM, 32);
	set_text(b, node, "stdout-path", CONSOLE_PATH);
	set_text(b, node, "stdin-path", CONSOLE_PATH);
}

/* The variables in NVRAM, "name=value" each, from the partition at its start; they beat the rows. */
static void set_options(const struct build *b, u32 node)
{
	const u8 *nvram = m48t08_nvram(machine_chip(b->p->m, "nvram"));
	u32 end = be16_get(nvram + 2) * 16u, at = 16;

	if (nvram[0] != NVRAM_SYSTEM)
		return;
	if (end > M48T08_IDPROM)
		end = M48T08_IDPROM;
	while (at < end && nvram[at]) {
		const char *text = (const char *)nvram + at;
		const char *stop = memchr(text, 0, end - at);
		const char *is = stop ? strchr(text, '=') : NULL;
		char name[TREE_NAME];

		if (!stop)
			return;
		at += (u32)(stop - text) + 1;
		if (!is || is == text || is - text >= TREE_NAME)
			continue;
		memcpy(name, text, (size_t)(is - text));
		name[is - text] = 0;
		set_text(b, node, name, is + 1);
	}
}

/* As memory modules: all of one size, the last one perhaps smaller. */
static void set_memory(const struct build *b, u32 node)
{
	u32 cells[64][3], module = b->micro ? 0x2000000 : 0x4000000, nr = 0;
	u64 size = b->c->ram_size;

	while (size / module >= ARRAY_SIZE(cells))
		module *= 2;
	for (u64 at = 0; at < size; at += module) {
		cells[nr][0] = 0;
		cells[nr][1] = (u32)at;
		cells[nr++][2] = (u32)(size - at < module ? size - at : module);
	}
	tree_set_cells(b->p, node, "reg", cells[0], 3 * nr);
	prom_put(b->p, VAR_MEMORY, node);
}

static void set_virtual(const struct build *b, u32 node)
{
	static const u32 halves[] = { 0, 0, 0x80000000, 0, 0x80000000, 0x80000000 };
	const u32 free[] = { 0, PROM_LOW_MAP, PROM_VA - PROM_LOW_MAP,
			     0, PROM_END_VA,  UINT32_MAX - PROM_END_VA - PAGE + 1 };

	tree_set_cells(b->p, node, "reg", halves, ARRAY_SIZE(halves));
	tree_set_cells(b->p, node, "available", free, ARRAY_SIZE(free));
}

static void set_sbus_ranges(const struct build *b, u32 node)
{
	u32 cells[6][5], number;
	unsigned n;
	u64 pa;

	for (n = 0; n < ARRAY_SIZE(cells) && slot(b, n, &number, &pa); n++) {
		cells[n][0] = number;
		cells[n][1] = 0;
		cells[n][2] = (u32)(pa >> 32);
		cells[n][3] = (u32)pa;
		cells[n][4] = SLOT_SIZE;
	}
	tree_set_cells(b->p, node, "ranges", cells[0], 5 * n);
}

static void set_obio_ranges(const struct build *b, u32 node)
{
	u64 pa = b->c->board->prom_pa + OBIO_OFFSET;
	const u32 cells[] = { 0, 0, (u32)(pa >> 32), (u32)pa, OBIO_SIZE };

	tree_set_cells(b->p, node, "ranges", cells, ARRAY_SIZE(cells));
}

static void set_display(const struct build *b, u32 node)
{
	const struct fb *fb = (const struct fb *)b->p->m->fb;

	set_cell(b, node, "width", fb->width);
	set_cell(b, node, "height", fb->height);
	set_cell(b, node, "depth", fb->depth);
	set_cell(b, node, "linebytes", fb->width);
	if (b->c->vga == VGA_TCX && fb->depth == 8)
		set_text(b, node, "tcx-8-bit", "true");
}

static void add_disks(const struct build *b, u32 parent)
{
	for (u32 id = 0; id < ARRAY_SIZE(b->c->scsi); id++) {
		const u32 reg[] = { id, 0, 0 };
		u32 node;

		if (!b->c->scsi[id].present)
			continue;
		node = tree_new(b->p, parent, "sd");
		set_text(b, node, "device_type", "block");
		tree_set_cells(b->p, node, "reg", reg, ARRAY_SIZE(reg));
	}
}

static void set_alias(const struct build *b, u32 node, const char *name, const char *path)
{
	if (tree_find(b->p, path, (char[64]){ 0 }, 64))
		set_text(b, node, name, path);
}

static void set_aliases(const struct build *b, u32 node)
{
	static const char esp[] = "/iommu/sbus/espdma/esp";
	bool disk = false, cdrom = false;
	char path[64], name[16];

	for (u32 id = 0; id < ARRAY_SIZE(b->c->scsi); id++) {
		bool *known = b->c->scsi[id].cdrom ? &cdrom : &disk;

		if (!b->c->scsi[id].present)
			continue;
		snprintf(path, sizeof(path), "%s/sd@%x,0", esp, id);
		snprintf(name, sizeof(name), "%s%u", b->c->scsi[id].cdrom ? "cdrom" : "disk", id);
		set_text(b, node, name, path);
		if (!*known)
			set_text(b, node, b->c->scsi[id].cdrom ? "cdrom" : "disk", path);
		*known = true;
	}
	for (const struct tree_alias *a = tree_aliases; a->name; a++)
		set_alias(b, node, a->name, a->path);
}

/* --- processors --- */

static void set_cache(const struct build *b, u32 node, const char *kind, const struct tree_cache *c)
{
	char name[TREE_NAME];

	if (!c->line)
		return;
	snprintf(name, sizeof(name), "%scache-line-size", kind);
	set_cell(b, node, name, c->line);
	snprintf(name, sizeof(name), "%scache-nlines", kind);
	set_cell(b, node, name, c->lines);
	snprintf(name, sizeof(name), "%scache-associativity", kind);
	set_cell(b, node, name, c->ways);
}

static void add_cpu(const struct build *b, u32 root, unsigned n)
{
	const struct cpu_model *m = b->c->cpu;
	const struct tree_cpu *t = tree_cpu(m);
	/* A module's control space: one slot of 16 MiB each, at the end of the bus. */
	const u32 reg[] = { 15, 0xf8fffffc + (n << 24), 4 };
	u32 node = tree_new(b->p, root, t->name);

	set_text(b, node, "device_type", "cpu");
	set_cell(b, node, "psr-implementation", m->psr >> 4);
	set_cell(b, node, "psr-version", m->psr & 15u);
	set_cell(b, node, "implementation", m->mmu_ctrl >> 28);
	set_cell(b, node, "version", m->mmu_ctrl >> 24 & 15);
	set_cell(b, node, "page-size", PAGE);
	set_cell(b, node, "sparc-version", 8);
	set_cell(b, node, "mmu-nctx", m->cxr_mask + 1);
	set_cell(b, node, "ncaches", 2);
	set_cache(b, node, "d", &t->d);
	set_cache(b, node, "i", &t->i);
	if (m->mxcc || t->e.line)
		set_cache(b, node, "e", m->mxcc ? &tree_mxcc_cache : &t->e);
	/* The cache of a module as a whole, for kernels that know only one. */
	set_cell(b, node, "cache-line-size", t->i.line);
	set_cell(b, node, "cache-nlines", t->i.lines);
	set_text(b, node, "cache-coherence?", "");
	set_cell(b, node, "clock-frequency", TREE_HZ);
	set_cell(b, node, "mid", b->micro ? 0 : 8 + n);
	if (b->micro) {
		set_cell(b, node, "mask_rev", t->mask_rev);
		return;
	}
	tree_set_cells(b->p, node, "reg", reg, ARRAY_SIZE(reg));
	set_text(b, node, "cache-physical?", "");
	if (m->mxcc) {
		set_text(b, node, "ecache-parity?", "");
		set_text(b, node, "bfill?", "");
		set_text(b, node, "bcopy?", "");
	}
}

/* --- all of it --- */

static void set_more(const struct build *b, enum tree_more more, u32 node)
{
	switch (more) {
	case MORE_ROOT:
		set_root(b, node);
		break;
	case MORE_OPTIONS:
		set_options(b, node);
		break;
	case MORE_MEMORY:
		set_memory(b, node);
		break;
	case MORE_VIRTUAL:
		set_virtual(b, node);
		break;
	case MORE_SBUS:
		set_sbus_ranges(b, node);
		break;
	case MORE_OBIO:
		set_obio_ranges(b, node);
		break;
	case MORE_DISPLAY:
		set_display(b, node);
		break;
	case MORE_DISKS:
		add_disks(b, node);
		break;
	case MORE_NOTHING:
		break;
	}
}

static void set_props(const struct build *b, const struct tree_node *t, u32 node)
{
	for (const struct tree_prop *q = t->prop; q < t->prop + MAX_PROPS && q->name; q++) {
		if (q->text)
			set_text(b, node, q->name, q->text);
		else
			tree_set_cells(b->p, node, q->name, q->cell, q->nr);
	}
}

/* Is the chip that the node stands for on the board? */
static bool wanted(const struct build *b, const struct tree_node *t)
{
	const struct board_dev *row;

	if (!t->dev)
		return true;
	row = machine_chip(b->p->m, t->dev) ? prom_row(b->p, t->dev) : NULL;
	return row && (!t->reg[0].dev || row->at[t->reg[0].region]);
}

static void add_node(struct build *b, const struct tree_node *t)
{
	struct regs regs = { .nr = 0 };
	u32 node;

	add_regs(b, t, t->depth ? b->bus[t->depth - 1] : BUS_ROOT, &regs);
	if (t->reg[0].size && !regs.nr) /* not on this bus of this board */
		return;
	node = tree_new(b->p, t->depth ? b->parent[t->depth - 1] : 0, t->name);
	b->parent[t->depth] = node;
	b->bus[t->depth] = t->bus;
	set_props(b, t, node);
	set_regs(b, t, node, &regs);
	set_more(b, t->more, node);
}

void build_tree(const struct prom *p)
{
	struct build b = {
		.p = p,
		.c = &p->m->config,
		.micro = p->m->config.board->empty_ram,
		.io_va = PROM_IO_VA,
	};
	u32 root;

	for (const struct tree_node *t = tree_nodes; t->name || t->more; t++)
		if (wanted(&b, t))
			add_node(&b, t);
	root = prom_get(p, VAR_ROOT);
	for (unsigned n = 0; n < b.c->nr_cpus; n++)
		add_cpu(&b, root, n);
	set_aliases(&b, tree_find(p, "/aliases", (char[8]){ 0 }, 8));
}
