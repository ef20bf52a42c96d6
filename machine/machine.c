/* SPDX-License-Identifier: MIT */
/* Building a board from its rows, and running it. */
#include "machine/machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/cover.h"
#include "dev/fb.h"
#include "dev/iommu.h"
#include "dev/sparc32-dma.h"
#include "lib/hash64.h"
#include "lib/host-mem.h"
#include "machine/capture.h"
#include "machine/journal.h"
#include "machine/prom/prom.h"
#include "machine/reboot.h"

#define D(name) extern const struct dev_class name##_class;
#include "dev/all.h"
#undef D

/* --- wiring --- */

static void machine_irq(void *arg, unsigned n, bool level)
{
	struct machine *m = arg;
	struct cpu *cpu = m->cpu[m->running];

	if (!level)
		return;
	switch (n) {
	case MACHINE_IN_POWEROFF:
		m->want_poweroff = true;
		break;
	case MACHINE_IN_RESET:
		m->want_reset = true;
		break;
	case MACHINE_IN_IDLE:
		cpu->halted = !cpu->irq_lines;
		break;
	default:
		m->polled = true;
	}
	cpu->kick = true;
}

void *machine_chip(struct machine *m, const char *name)
{
	for (unsigned i = 0; i < m->nr_devs; i++)
		if (!strcmp(m->dev[i].row->name, name))
			return m->dev[i].chip;
	return NULL;
}

static void wire(struct machine *m, struct dev *chip, const struct board_wire *w)
{
	struct dev *to;

	if (!strcmp(w->to, SINK_MACHINE)) {
		chip->irq[w->out] = (struct irq){ machine_irq, m, w->in };
		return;
	}
	if (!strcmp(w->to, SINK_CPUS)) {
		for (unsigned c = 0; c < m->config.nr_cpus; c++)
			for (unsigned level = 1; level < 16; level++)
				chip->irq[16 * c + level] =
					(struct irq){ cpu_irq, m->cpu[c], level };
		return;
	}
	to = machine_chip(m, w->to);
	if (to && to->cls->irq_in)
		chip->irq[w->out] = (struct irq){ to->cls->irq_in, to, w->in };
}

static int map(struct machine *m, const struct board_dev *row, struct dev *chip)
{
	for (unsigned i = 0; i < DEV_REGIONS && row->cls->region[i].name; i++) {
		const struct region *r = &row->cls->region[i];
		u64 pa = row->at[i];
		int ret;

		if (i < row->per_cpu) {
			/* A slice for every CPU that the board takes, plugged in or not. */
			if (i >= m->config.board->max_cpus)
				continue;
			pa = row->at[0] + 0x1000 * i;
		}
		if (!pa || pa < m->config.ram_size) /* RAM hides what is behind it */
			continue;
		ret = row->part ? bus_map_part(&m->bus, pa, (u32)row->part, r, chip)
				: bus_map_io(&m->bus, pa, r, chip);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_chip(struct machine *m, const struct board_dev *row)
{
	struct dev *chip = calloc(1, row->cls->size);

	if (!chip)
		return -ENOMEM;
	BUG_ON(m->nr_devs == MACHINE_DEVS);
	chip->cls = row->cls;
	chip->name = row->name;
	chip->clock = &m->clock;
	chip->param = row->param;
	if (row->chrs)
		for (unsigned i = 0; i < DEV_CHRS && row->chrs - 1 + i < CHR_NR; i++)
			chip->chr[i] = &m->chr[row->chrs - 1 + i];
	m->dev[m->nr_devs].row = row;
	m->dev[m->nr_devs++].chip = chip;
	return map(m, row, chip);
}

static struct dma way_to_ram(struct dev *provider)
{
	if (provider->cls == &iommu_class)
		return iommu_dma(provider);
	return sparc32_dma_port((struct sparc32_dma *)provider);
}

/* The chip's place on the board, and what is plugged into it. */
static void plug(struct machine *m, const struct board_dev *row, struct dev *chip)
{
	const struct machine_config *c = &m->config;

	for (const struct board_wire *w = row->wire; w < row->wire + BOARD_WIRES && w->to; w++)
		wire(m, chip, w);
	if (row->dma)
		chip->dma = way_to_ram(machine_chip(m, row->dma));
	if (row->cls == &iommu_class)
		chip->backend = &m->bus;
	else if (row->cls == &esp_class)
		chip->backend = &m->scsi;
	else if (row->cls == &fdc_class)
		chip->backend = c->floppy;
	else if (row->cls == &lance_class)
		chip->backend = c->net;
}

/* SCSI targets are no part of the board: rows made to order, one for each ID. */
#define TARGETS(cls)                                                                               \
	{                                                                                          \
		{ "scsi0", cls }, { "scsi1", cls }, { "scsi2", cls }, { "scsi3", cls },            \
			{ "scsi4", cls }, { "scsi5", cls },                                        \
		{                                                                                  \
			"scsi6", cls                                                               \
		}                                                                                  \
	}
static const struct board_dev target_rows[2][SCSI_IDS - 1] = {
	TARGETS(&scsi_disk_class),
	TARGETS(&scsi_cdrom_class),
};

static int add_targets(struct machine *m)
{
	for (unsigned id = 0; id < SCSI_IDS - 1; id++) {
		const struct board_dev *row = &target_rows[m->config.scsi[id].cdrom][id];
		int ret;

		if (!m->config.scsi[id].present)
			continue;
		ret = add_chip(m, row);
		if (ret)
			return ret;
		m->scsi.target[id] = machine_chip(m, row->name);
		m->scsi.target[id]->dev.backend = m->config.scsi[id].medium;
	}
	return 0;
}

/* Is this display, if it is one, the one that was asked for? */
static bool wanted(const struct machine *m, const struct board_dev *row)
{
	if (row->cls == &tcx_class)
		return m->config.vga == VGA_TCX;
	if (row->cls == &cg3_class)
		return m->config.vga == VGA_CG3;
	return true;
}

static void fb_draws(void *arg, u64 off, u64 n)
{
	struct machine *m = arg;

	bus_touch(&m->bus, m->fb_pa + off, n);
}

/* Before init: its geometry and ROM. */
static int setup_display(struct machine *m, struct dev *chip)
{
	const struct machine_config *c = &m->config;
	int ret = fb_set_geometry(chip, c->width, c->height, c->depth);

	m->fb = chip;
	fb_watch(chip, fb_draws, m);
	if (!ret && c->fb_rom)
		ret = fb_set_rom(chip, c->fb_rom, c->fb_rom_size);
	return ret;
}

/* After init: its pixels, as memory. */
static int map_display(struct machine *m, u64 slot)
{
	struct fb_mem mem;

	m->fb_pa = slot;
	for (unsigned i = 0; fb_vram(m->fb, i, &mem); i++) {
		int ret = bus_map_mem(&m->bus, mem.name, slot + mem.off, mem.size, mem.mem, false);

		if (ret)
			return ret;
	}
	return 0;
}

static int start_chip(struct machine *m, const struct board_dev *row, struct dev *chip)
{
	bool display = row->cls == &tcx_class || row->cls == &cg3_class;
	int ret = display ? setup_display(m, chip) : 0;

	plug(m, row, chip);
	if (!ret && row->cls->init)
		ret = row->cls->init(chip);
	if (ret)
		return ret;
	m->nr_started++;
	if (display)
		ret = map_display(m, row->at[0]);
	return ret;
}

static int add_chips(struct machine *m)
{
	const struct board *board = m->config.board;
	int ret = 0;

	for (const struct board_dev *row = board->dev; row->name && !ret; row++)
		if (board_has(board, row) && wanted(m, row))
			ret = add_chip(m, row);
	if (!ret)
		ret = add_targets(m);
	for (unsigned i = 0; i < m->nr_devs && !ret; i++)
		ret = start_chip(m, m->dev[i].row, m->dev[i].chip);
	return ret;
}

/* --- life --- */

static void written(void *arg, u64 pa, u64 n)
{
	code_written(arg, pa, n);
}

static int add_memory(struct machine *m)
{
	const struct machine_config *c = &m->config;
	int ret;

	m->ram = host_mem_new(c->ram_size);
	m->prom = calloc(1, MACHINE_PROM_SIZE);
	if (!m->ram || !m->prom)
		return -ENOMEM;
	ret = bus_map_mem(&m->bus, "ram", 0, c->ram_size, m->ram, false);
	if (!ret)
		ret = bus_map_mem(&m->bus, "prom", c->board->prom_pa, MACHINE_PROM_SIZE, m->prom,
				  true);
	return ret;
}

static int add_cpus(struct machine *m)
{
	for (unsigned i = 0; i < m->config.nr_cpus; i++) {
		struct cpu *cpu = host_mem_small(sizeof(*cpu));
		int ret;

		if (!cpu)
			return -ENOMEM;
		m->cpu[i] = cpu;
		cpu->ref = m->config.ref;
		cpu->prom_pa = m->config.board->prom_pa;
		cpu->can_exit = true;
		cpu->service = prom_service;
		cpu->service_arg = m;
		ret = cpu_init(cpu, m->config.cpu, i, &m->bus, &m->clock, &m->code);
		if (ret)
			return ret;
	}
	return 0;
}

/* The absent rest of RAM, on the boards where it reads 0. */
static int add_hole(struct machine *m)
{
	const struct board *b = m->config.board;

	if (!b->empty_ram || m->config.ram_size == b->max_ram)
		return 0;
	return bus_map_part(&m->bus, m->config.ram_size, (u32)(b->max_ram - m->config.ram_size),
			    &empty_class.region[0], NULL);
}

int machine_new(struct machine **out, const struct machine_config *config, char *err, size_t errlen)
{
	struct machine *m = host_mem_small(sizeof(*m));
	int ret = -ENOMEM;

	*out = NULL;
	if (!m)
		goto fail;
	m->config = *config;
	m->limit_insns = m->limit_ns = m->look_at = UINT64_MAX;
	bus_init(&m->bus);
	clock_init(&m->clock, config->shift);
	/* The character devices are zero, as chr_init() makes them: their queues need not be touched. */
	ret = code_init(&m->code, MACHINE_CODE_PAGES);
	if (!ret)
		ret = add_memory(m);
	if (!ret)
		ret = add_cpus(m);
	if (!ret)
		ret = add_chips(m);
	if (!ret)
		ret = add_hole(m);
	if (ret)
		goto fail;
	m->bus.wrote = written;
	m->bus.watcher = &m->code;
	machine_reset(m);
	*out = m;
	return 0;
fail:
	snprintf(err, errlen, "cannot build the machine: %s", strerror(-ret));
	machine_free(m);
	return ret;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	captures_free(m);
	/* A chip that lets go of its timer passes those of the others: none is freed before all are released. */
	for (unsigned i = 0; i < m->nr_started; i++)
		if (m->dev[i].chip->cls->release)
			m->dev[i].chip->cls->release(m->dev[i].chip);
	for (unsigned i = 0; i < m->nr_devs; i++)
		free(m->dev[i].chip);
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		if (m->cpu[i]) {
			cpu_release(m->cpu[i]);
			host_mem_small_free(m->cpu[i], sizeof(*m->cpu[i]));
		}
	code_release(&m->code);
	bus_release(&m->bus);
	reboot_free(m->reboot);
	free(m->fw_items);
	host_mem_free(m->ram, m->config.ram_size);
	free(m->prom);
	host_mem_small_free(m, sizeof(*m));
}

void machine_reset(struct machine *m)
{
	for (unsigned i = 0; i < m->nr_devs; i++)
		if (m->dev[i].chip->cls->reset)
			m->dev[i].chip->cls->reset(m->dev[i].chip);
	for (unsigned i = 0; i < m->config.nr_cpus; i++) {
		cpu_reset(m->cpu[i]);
		m->cpu[i]->halted = i > 0; /* until CPU 0's firmware interrupts it */
	}
	m->want_poweroff = m->want_reset = m->polled = false;
	m->running = 0;
}

u64 machine_insns(const struct machine *m)
{
	return m->clock.insns;
}

/* --- running --- */

u64 machine_next_event(struct machine *m)
{
	u64 next = clock_next(&m->clock);

	return next < m->limit_ns ? next : m->limit_ns;
}

void machine_skip(struct machine *m, u64 ns)
{
	journal_add(m->journal, JOURNAL_SKIP, 0, ns, NULL, 0);
	clock_skip_to(&m->clock, ns);
	clock_run(&m->clock);
}

static u64 min64(u64 a, u64 b)
{
	return a < b ? a : b;
}

enum machine_stop machine_run(struct machine *m, u64 insns)
{
	struct cpu *cpu = m->cpu[0];
	u64 end = cpu->icount + insns;

	for (;;) {
		u64 limit =
			min64(min64(min64(end, m->limit_insns), m->look_at),
			      clock_insns_at(&m->clock, min64(clock_next(&m->clock), m->limit_ns)));
		enum cpu_exit why = cpu_run(cpu, limit);

		m->clock.insns = cpu->icount;
		clock_run(&m->clock);
		if (unlikely(cpu->icount >= m->look_at))
			m->look(m->look_arg);
		if (m->want_poweroff)
			return MACHINE_POWEROFF;
		if (m->want_reset) {
			machine_reset(m);
			return MACHINE_RESET;
		}
		if (m->want_stop) {
			m->want_stop = false;
			return MACHINE_ASKED;
		}
		if (why == CPU_ERROR)
			return MACHINE_ERROR;
		if (unlikely(cpu->cover) && cpu->cover->trapped)
			return MACHINE_TRAP;
		if (why == CPU_BREAKPOINT)
			return MACHINE_BREAKPOINT;
		if (why == CPU_WATCHPOINT)
			return MACHINE_WATCHPOINT;
		if (why == CPU_EXIT) {
			m->exit_status = cpu->exit_status;
			return MACHINE_EXIT;
		}
		if (cpu->icount >= m->limit_insns || clock_now(&m->clock) >= m->limit_ns)
			return MACHINE_LIMIT;
		if (why == CPU_IDLE || m->polled) {
			m->polled = false;
			if (cpu->halted ? !cpu->irq_lines : !cpu_irq_pending(cpu))
				return MACHINE_IDLE;
		}
		if (cpu->icount >= end)
			return MACHINE_QUANTUM_END;
	}
}

/* --- digest --- */

static u64 hash_memory(u64 h, const u8 *mem, u64 size)
{
	static const u8 zero[4096];

	for (u64 off = 0; off < size; off += sizeof(zero)) {
		if (!memcmp(mem + off, zero, sizeof(zero)))
			continue;
		h = hash64_word(h, off);
		h = hash64(h, mem + off, sizeof(zero));
	}
	return h;
}

static u64 hash_fields(u64 h, const struct field *fields, const void *state)
{
	u64 n = field_stream_size(fields);
	u8 *buf = malloc(n ? n : 1);

	if (!buf)
		return 0;
	field_save(fields, state, buf);
	h = hash64(h, buf, n);
	free(buf);
	return h;
}

static u64 hash_display(u64 h, struct dev *fb)
{
	struct fb_mem mem;

	for (unsigned i = 0; fb_vram(fb, i, &mem); i++)
		h = hash_memory(h, mem.mem, mem.size);
	return h;
}

u64 machine_hash(struct machine *m)
{
	u64 h = hash64(1, m->config.board->name, strlen(m->config.board->name));

	h = hash_memory(h, m->ram, m->config.ram_size);
	h = hash_memory(h, m->prom, MACHINE_PROM_SIZE);
	for (unsigned i = 0; i < m->config.nr_cpus; i++) {
		struct cpu_state st;

		cpu_get_state(m->cpu[i], &st);
		h = hash_fields(h, cpu_fields, &st);
	}
	if (m->fb)
		h = hash_display(h, m->fb);
	for (unsigned i = 0; i < m->nr_devs; i++) {
		struct dev *chip = m->dev[i].chip;

		h = hash_fields(h, chip->cls->fields, dev_state(chip));
	}
	return hash64_word(h, clock_now(&m->clock));
}
