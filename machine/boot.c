/* SPDX-License-Identifier: MIT */
/* What stands in memory, NVRAM and the firmware configuration device when the CPU starts. */
#include "machine/boot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dev/fw-cfg.h"
#include "dev/m48t08.h"
#include "lib/host-load.h"
#include "machine/demo/demo-image.h"
#include "machine/load.h"
#include "machine/optvalue.h"
#include "machine/prom/prom.h"

/* Keys of the firmware configuration device. */
enum {
	CFG_SIGNATURE = 0x00,
	CFG_ID = 0x01,
	CFG_UUID = 0x02,
	CFG_RAM_SIZE = 0x03,
	CFG_NOGRAPHIC = 0x04,
	CFG_NB_CPUS = 0x05,
	CFG_MACHINE_ID = 0x06,
	CFG_KERNEL_ADDR = 0x07,
	CFG_KERNEL_SIZE = 0x08,
	CFG_CMDLINE_ADDR = 0x09,
	CFG_INITRD_ADDR = 0x0a,
	CFG_INITRD_SIZE = 0x0b,
	CFG_BOOT_DEVICE = 0x0c,
	CFG_MAX_CPUS = 0x0f,
	CFG_CMDLINE_SIZE = 0x14,
	CFG_CMDLINE_DATA = 0x15,
	CFG_DEPTH = 0x8000,
	CFG_WIDTH = 0x8001,
	CFG_HEIGHT = 0x8002,
};

/* What the demonstration makes use of. */
#define DEMO_RAM (256u << 20)

static __printf(3, 4) int fail(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int no_such(const char *what, const char *name, const char *option, const char *nearest,
		   char *err, size_t errlen)
{
	if (nearest)
		return fail(err, errlen,
			    "no %s is called '%s'; did you mean '%s'? %s help lists them", what,
			    name, nearest, option);
	return fail(err, errlen, "no %s is called '%s': %s help lists them", what, name, option);
}

static int no_board(const char *name, char *err, size_t errlen)
{
	struct opt_near near;

	opt_near_begin(&near, name);
	for (const struct board *b = boards; b->name; b++)
		opt_near_try(&near, b->name);
	return no_such("machine", name, "-M", near.best, err, errlen);
}

static int no_cpu(const char *name, char *err, size_t errlen)
{
	struct opt_near near;

	opt_near_begin(&near, name);
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		opt_near_try(&near, m->name);
	return no_such("CPU", name, "-cpu", near.best, err, errlen);
}

int boot_config(const struct options *o, struct machine_config *c, char *err, size_t errlen)
{
	const struct board *b = o->board ? board_find(o->board) : boards;
	const char *cpu;

	memset(c, 0, sizeof(*c));
	if (!b)
		return no_board(o->board, err, errlen);
	cpu = o->cpu ? o->cpu : b->cpu;
	c->board = b;
	c->cpu = cpu_model_find(cpu);
	if (!c->cpu)
		return no_cpu(cpu, err, errlen);
	c->nr_cpus = o->smp ? o->smp : 1;
	if (c->nr_cpus > 1)
		return fail(err, errlen, "-smp %u: this version runs one CPU", o->smp);
	c->ram_size = o->mem == OPT_MEM_DEFAULT ? b->default_ram : o->mem;
	if (c->ram_size < b->min_ram || c->ram_size > b->max_ram)
		return fail(err, errlen, "-m: %s takes from %u to %u MiB of memory", b->name,
			    (unsigned)(b->min_ram >> 20), (unsigned)(b->max_ram >> 20));
	if (c->ram_size & 0xfff)
		return fail(err, errlen, "-m: memory comes in multiples of 4 KiB");
	c->shift = o->icount_shift;
	c->ref = o->log.items & OPT_LOG_REF;
	return 0;
}

int boot_nvram_file(struct machine *m, const struct options *o, const struct nvram *n, char *err,
		    size_t errlen)
{
	void *chip = machine_chip(m, "nvram");
	int ret = nvram_fill(n, chip, m->config.board->idprom_type,
			     o->nic.has_mac ? o->nic.mac : NULL, o->prom_env, o->nr_prom_env, err,
			     errlen);

	m48t08_set_time(chip, o->rtc_base);
	return ret;
}

int boot_nvram(struct machine *m, const struct options *o, char *err, size_t errlen)
{
	static const struct nvram none;

	return boot_nvram_file(m, o, &none, err, errlen);
}

static void add_int(void *cfg, u16 key, u64 val, u32 len)
{
	int ret = fw_cfg_add_int(cfg, key, val, len);

	BUG_ON(ret); /* there is room for every key of ours */
}

static void add_bytes(void *cfg, u16 key, const void *bytes, size_t len)
{
	int ret = fw_cfg_add(cfg, key, bytes, (u32)len);

	BUG_ON(ret);
}

static void tell_firmware(struct machine *m, const struct options *o, const struct loaded *kernel,
			  const struct loaded_initrd *initrd, const char *cmdline)
{
	void *cfg = machine_chip(m, "fw-cfg");

	add_bytes(cfg, CFG_SIGNATURE, "QEMU", 4);
	add_int(cfg, CFG_ID, 1, 4);
	add_bytes(cfg, CFG_UUID, o->uuid, sizeof(o->uuid));
	add_int(cfg, CFG_RAM_SIZE, m->config.ram_size, 8);
	/* Nobody sees a screen unless it was asked for. */
	add_int(cfg, CFG_NOGRAPHIC, o->nographic || o->display == OPT_DISPLAY_UNSET, 2);
	add_int(cfg, CFG_NB_CPUS, m->config.nr_cpus, 2);
	add_int(cfg, CFG_MAX_CPUS, m->config.board->max_cpus, 2);
	add_int(cfg, CFG_MACHINE_ID, m->config.board->machine_id, 2);
	add_int(cfg, CFG_KERNEL_ADDR, LOAD_KERNEL, 4);
	add_int(cfg, CFG_KERNEL_SIZE, kernel->end ? kernel->end - LOAD_KERNEL : 0, 4);
	add_int(cfg, CFG_CMDLINE_ADDR, LOAD_APPEND, 4);
	add_int(cfg, CFG_INITRD_ADDR, initrd->pa, 4);
	add_int(cfg, CFG_INITRD_SIZE, initrd->size, 4);
	add_int(cfg, CFG_BOOT_DEVICE, (u8)(o->boot ? o->boot : 'c'), 2);
	add_int(cfg, CFG_CMDLINE_SIZE, strlen(cmdline) + 1, 4);
	add_bytes(cfg, CFG_CMDLINE_DATA, cmdline, strlen(cmdline) + 1);
	add_int(cfg, CFG_DEPTH, o->depth, 2);
	add_int(cfg, CFG_WIDTH, o->width, 2);
	add_int(cfg, CFG_HEIGHT, o->height, 2);
}

/* A program without a PROM: supervisor, traps and MMU off, a stack, two windows to work with. */
static void start_program(struct machine *m, u64 entry, u64 ram)
{
	struct cpu *cpu = m->cpu[0];
	u32 top = (u32)(ram < 0xfffff000 ? ram : 0xfffff000);

	cpu->mmu[MMU_CTRL] &= ~m->config.cpu->mmu_bm;
	cpu->pc = (u32)entry;
	cpu->npc = cpu->pc + 4;
	cpu->wim = 2;
	cpu->r[14] = cpu->r[30] = top - 0x100;
	cpu_flush_tlb(cpu);
}

static int load_demo(struct machine *m, char *err, size_t errlen)
{
	if (m->config.ram_size < DEMO_IMAGE_LOAD + demo_image_size + (256u << 10))
		return fail(err, errlen, "-m: too little memory for the demonstration");
	memcpy(m->ram + DEMO_IMAGE_LOAD, demo_image, demo_image_size);
	code_written(&m->code, DEMO_IMAGE_LOAD, demo_image_size);
	/* It maps no more than 256 MiB. */
	start_program(m, DEMO_IMAGE_ENTRY,
		      m->config.ram_size < DEMO_RAM ? m->config.ram_size : DEMO_RAM);
	return 0;
}

static int find_bios(const struct options *o, char *path, size_t len, char *err, size_t errlen)
{
	return host_find_file(o->libdir, o->nr_libdirs, o->bios, path, len, err, errlen);
}

const char *boot_file(const struct options *o, unsigned n, char *path, size_t len)
{
	const char *name = n == 0 ? o->image : n == 1 ? o->kernel : o->bios;
	char why[256];

	if (!name)
		return NULL;
	if (n == BOOT_FILES - 1)
		return find_bios(o, path, len, why, sizeof(why)) ? NULL : name;
	return (size_t)snprintf(path, len, "%s", name) < len ? name : NULL;
}

static int load_bios(struct machine *m, const struct options *o, char *err, size_t errlen)
{
	const struct load_mem rom = { "the PROM", m->prom, m->config.board->prom_pa,
				      MACHINE_PROM_SIZE };
	struct loaded prom;
	char path[4096];
	int ret;

	ret = find_bios(o, path, sizeof(path), err, errlen);
	return ret ? ret : load_prom(path, &rom, &prom, err, errlen);
}

/* The machine's own PROM, for a kernel: which is a program with a header that it can trust. */
static int load_prom_of_ours(struct machine *m, const char *path, const struct loaded *kernel,
			     char *err, size_t errlen)
{
	int ret = prom_install(m, err, errlen);

	if (ret)
		return ret;
	if (kernel->format != IMAGE_ELF && kernel->format != IMAGE_AOUT)
		return fail(err, errlen, "%s: not a kernel: neither ELF nor a.out", path);
	if (kernel->start > LOAD_KERNEL || kernel->end <= LOAD_KERNEL)
		return fail(err, errlen, "%s: not a kernel: nothing of it goes to physical 0x%x",
			    path, LOAD_KERNEL);
	return 0;
}

int boot_load(struct machine *m, const struct options *o, bool batch, char *err, size_t errlen)
{
	const struct load_mem ram = { "RAM", m->ram, 0, m->config.ram_size,
				      o->bios ? 0 : PROM_SIZE };
	const char *kernel_path = o->kernel, *cmdline = o->append ? o->append : "";
	struct loaded_initrd initrd = { .size = 0 };
	struct loaded kernel = { .end = 0 };
	bool program = false;
	int ret = 0;

	if (o->image && (o->bios || o->kernel)) {
		if (o->kernel)
			return fail(err, errlen, "%s: there is a -kernel already", o->image);
		kernel_path = o->image;
	} else if (o->image) {
		ret = load_program(o->image, &ram, LOAD_KERNEL, &kernel, err, errlen);
		if (ret)
			return ret;
		program = !kernel.kernel;
		if (!program)
			kernel_path = o->image;
	}
	if (kernel_path) {
		ret = load_kernel(kernel_path, &ram, &kernel, err, errlen);
		if (!ret && o->initrd)
			ret = load_initrd(o->initrd, &ram, &initrd, err, errlen);
		if (!ret)
			ret = load_append(cmdline, &ram, err, errlen);
	} else if (o->initrd) {
		return fail(err, errlen, "-initrd: there is no -kernel to go with it");
	}
	if (ret)
		return ret;
	code_flush(&m->code);
	if (program) {
		start_program(m, kernel.entry_pa, m->config.ram_size);
		kernel.end = 0;
	} else if (kernel_path && !o->bios) {
		ret = load_prom_of_ours(m, kernel_path, &kernel, err, errlen);
	} else if (o->bios) {
		ret = load_bios(m, o, err, errlen);
	} else {
		ret = load_demo(m, err, errlen);
		if (!o->append && batch)
			cmdline = "selftest";
	}
	if (!ret)
		tell_firmware(m, o, &kernel, &initrd, cmdline);
	return ret;
}
