/* SPDX-License-Identifier: MIT */
/* Saving: which records a machine has, and what stands in them. */
#include "machine/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fb.h"
#include "dev/fw-cfg.h"
#include "lib/be.h"
#include "machine/reboot.h"
#include "machine/snaprec.h"

const struct field machine_fields[] = {
	F_UINT(machine_state, insns),
	F_UINT(machine_state, base_ns),
	F_UINT(machine_state, base_insns),
	F_RANGE(machine_state, running, 0, CODE_MAX_CPUS - 1),
	F_BOOL(machine_state, polled),
	F_PAD(machine_state, pad),
	F_END,
};

const char *const snapshot_chr_name[CHR_NR] = {
	[CHR_SERIAL_A] = "serial-a",
	[CHR_SERIAL_B] = "serial-b",
	[CHR_KEYBOARD] = "keyboard",
	[CHR_MOUSE] = "mouse",
};

const char *const snapshot_vga_name[] = {
	[VGA_NONE] = "none",
	[VGA_TCX] = "tcx",
	[VGA_CG3] = "cg3",
};

u64 snapshot_layout(void)
{
	u8 digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_init(&sha);
	field_layout(machine_fields, &sha);
	field_layout(cpu_fields, &sha);
	for (unsigned i = 0; dev_classes[i]; i++) {
		sha256_add(&sha, dev_classes[i]->name, strlen(dev_classes[i]->name) + 1);
		field_layout(dev_classes[i]->fields, &sha);
	}
	sha256_end(&sha, digest);
	return be64_get(digest);
}

bool snapshot_memory(struct machine *m, unsigned n, struct snapshot_memory *mem)
{
	struct fb_mem fb;

	if (n == 0) {
		*mem = (struct snapshot_memory){ "ram", m->ram, m->config.ram_size };
		return true;
	}
	if (n == 1) {
		*mem = (struct snapshot_memory){ "prom", m->prom, MACHINE_PROM_SIZE };
		return true;
	}
	if (!m->fb)
		return false;
	if (n == 2) {
		struct fb *chip = (struct fb *)m->fb;

		*mem = (struct snapshot_memory){ "display-rom", chip->rom, FB_ROM_SIZE };
		return true;
	}
	if (!fb_vram(m->fb, n - 3, &fb))
		return false;
	*mem = (struct snapshot_memory){ fb.name, fb.mem, fb.size };
	return true;
}

/* --- records as octets --- */

static void add16(struct octets *o, u16 v)
{
	u8 b[2];

	be16_put(b, v);
	octets_add(o, b, sizeof(b));
}

static void add32(struct octets *o, u32 v)
{
	u8 b[4];

	be32_put(b, v);
	octets_add(o, b, sizeof(b));
}

static void add_fields(struct octets *o, const struct field *fields, const void *state)
{
	u64 n = field_stream_size(fields);
	u8 *at = octets_room(o, n);

	if (!at)
		return;
	field_save(fields, state, at);
	o->len += n;
}

void snapshot_put_config(struct octets *o, const struct machine_config *c)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "cpu=%s%csmp=%u%cshift=%u%cvga=%s%cgeometry=%ux%ux%u",
			 c->cpu->name, 0, c->nr_cpus, 0, c->shift, 0, snapshot_vga_name[c->vga], 0,
			 c->width, c->height, c->depth);

	octets_add(o, text, (u64)n + 1);
}

void machine_get_state(const struct machine *m, struct machine_state *s)
{
	*s = (struct machine_state){
		.insns = m->clock.insns,
		.base_ns = m->clock.base_ns,
		.base_insns = m->clock.base_insns,
		.running = m->running,
		.polled = m->polled,
	};
}

void snapshot_put_machine(struct octets *o, const struct machine *m)
{
	struct machine_state s;

	machine_get_state(m, &s);
	add_fields(o, machine_fields, &s);
}

void snapshot_put_firmware(struct octets *o, struct machine *m)
{
	const void *chip = machine_chip(m, "fw-cfg");
	const u8 *bytes;
	u32 n = 0, len;
	u16 key;

	while (chip && fw_cfg_item(chip, n, &key, &bytes, &len))
		n++;
	add32(o, n);
	for (u32 i = 0; i < n; i++) {
		fw_cfg_item(chip, i, &key, &bytes, &len);
		add16(o, key);
		add16(o, 0);
		add32(o, len);
		octets_add(o, bytes, len);
	}
}

void snapshot_put_cpu(struct octets *o, const struct cpu *cpu)
{
	struct cpu_state s;

	cpu_get_state(cpu, &s);
	add_fields(o, cpu_fields, &s);
}

void snapshot_put_chip(struct octets *o, struct dev *chip)
{
	add_fields(o, chip->cls->fields, dev_state(chip));
}

void snapshot_put_chr(struct octets *o, const struct chr *chr)
{
	add32(o, chr->breaks);
	add32(o, chr->in.num);
	for (u32 i = 0; i < chr->in.num; i++)
		octets_add(o, &chr->in.data[(chr->in.head + i) % CHR_QUEUE], 1);
}

void snapshot_put_net(struct octets *o, const struct net_port *net)
{
	u32 num = net ? net->in.num : 0;

	add32(o, num);
	for (u32 i = 0; i < num; i++) {
		const struct net_frame *f = &net->in.frame[(net->in.head + i) % NET_QUEUE];

		add32(o, f->len);
		octets_add(o, f->data, f->len);
	}
}

/* --- a stream --- */

enum { MEMORIES = 16 };

/* A record that is ready to be written. */
struct record {
	const char *type, *name;
	u32 instance;
	struct octets head; /* what stands in front, or all of it */
	struct snap_pages *pages; /* then this memory, NULL: none */
	struct snap_disk *disk; /* or this disk */
};

struct plan {
	struct record rec[SNAP_RECORDS];
	u32 nr;
	struct snap_pages pages[MEMORIES];
	struct snap_pages boot;
	struct snap_disk *disk[SNAPSHOT_DRIVES];
	struct snap_header head;
	int err;
};

static struct octets *add(struct plan *p, const char *type, u32 instance, const char *name)
{
	struct record *r = &p->rec[p->nr++];

	BUG_ON(p->nr >= SNAP_RECORDS);
	*r = (struct record){ .type = type, .instance = instance, .name = name };
	return &r->head;
}

static void add_memories(struct plan *p, struct machine *m, const struct snapshot_options *opt)
{
	struct snapshot_memory mem;

	for (unsigned n = 0; !p->err && snapshot_memory(m, n, &mem); n++) {
		BUG_ON(n == MEMORIES);
		p->err = snap_pages_init(&p->pages[n], mem.mem, mem.size, opt->raw, NULL,
					 opt->progress);
		add(p, "MEM", n, mem.name);
		p->rec[p->nr - 1].pages = &p->pages[n];
	}
}

/* Pages that a reset loads: those that RAM has unchanged are named only. */
static int split_boot(const struct machine *m, struct runs *kept, struct runs *held)
{
	const struct reboot *r = m->reboot;
	int ret = 0;

	for (u32 i = 0; i < r->runs.nr; i++) {
		for (u32 k = 0; !ret && k < r->runs.run[i].nr; k++) {
			u32 page = r->runs.run[i].first + k;
			u64 off = (u64)page * SNAP_PAGE;
			bool same = keep_is_live(&r->ram, page) ||
				    !memcmp(r->ram.copy + off, m->ram + off, SNAP_PAGE);

			ret = runs_add(same ? kept : held, page, 1);
		}
	}
	return ret;
}

static void add_boot(struct plan *p, const struct machine *m, bool raw)
{
	struct runs kept = { .nr = 0 }, held = { .nr = 0 };
	struct octets *o = add(p, "BOOT", 0, "boot");

	if (!p->err)
		p->err = split_boot(m, &kept, &held);
	add_fields(o, cpu_fields, &m->reboot->start);
	add32(o, kept.nr);
	for (u32 i = 0; i < kept.nr; i++) {
		add32(o, kept.run[i].first);
		add32(o, kept.run[i].nr);
	}
	if (!p->err)
		p->err = snap_pages_init(&p->boot, m->reboot->ram.copy, m->config.ram_size, raw,
					 &held, NULL);
	p->rec[p->nr - 1].pages = &p->boot;
	runs_release(&kept);
	runs_release(&held);
}

static int fill_disk(struct snap_disk *d, const struct machine_config *c, unsigned n,
		     struct snapshot_drive *drive, struct progress *progress)
{
	struct block *block = snapshot_medium(c, n);
	int ret = 0;

	d->media = SNAP_FLOPPY;
	if (n != SNAPSHOT_FLOPPY) {
		d->media = c->scsi[n].cdrom ? SNAP_CDROM : SNAP_DISK;
		d->target = n;
	}
	d->protected = block && block->read_only;
	if (block && drive->path)
		snprintf(d->path, sizeof(d->path), "%s", drive->path);
	if (block && drive->overlay)
		snprintf(d->overlay, sizeof(d->overlay), "%s", drive->overlay);
	if (block && (block_is_overlay(block) || block->read_only)) {
		if (!drive->digested)
			ret = block_digest(block_base(block), drive->digest, progress, d->path);
		drive->digested = !ret;
		memcpy(d->digest, drive->digest, sizeof(d->digest));
	}
	return ret ? ret : snap_disk_scan(d, block, progress);
}

static void add_disks(struct plan *p, const struct machine_config *c, struct snapshot_options *opt)
{
	u32 instance = 0;

	for (unsigned n = 0; !p->err && n < SNAPSHOT_DRIVES; n++) {
		if (!snapshot_has_drive(c, n))
			continue;
		p->disk[n] = calloc(1, sizeof(*p->disk[n]));
		p->err = p->disk[n] ? fill_disk(p->disk[n], c, n, &opt->drive[n], opt->progress)
				    : -ENOMEM;
		add(p, "DISK", instance++, snapshot_drive_name(n));
		p->rec[p->nr - 1].disk = p->disk[n];
	}
}

static void plan(struct plan *p, struct machine *m, struct snapshot_options *opt)
{
	static const char *const cpu_name[CODE_MAX_CPUS] = { "cpu0", "cpu1", "cpu2", "cpu3" };

	snapshot_put_config(add(p, "CONF", 0, "config"), &m->config);
	snapshot_put_machine(add(p, "BUS", 0, "machine"), m);
	snapshot_put_firmware(add(p, "FWCF", 0, "firmware"), m);
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		snapshot_put_cpu(add(p, "CPU", i, cpu_name[i]), m->cpu[i]);
	for (unsigned i = 0; i < m->nr_devs; i++)
		snapshot_put_chip(add(p, "DEV", i, m->dev[i].row->name), m->dev[i].chip);
	for (unsigned i = 0; i < CHR_NR; i++)
		snapshot_put_chr(add(p, "CHR", i, snapshot_chr_name[i]), &m->chr[i]);
	snapshot_put_net(add(p, "NET", 0, "net"), m->config.net);
	add_memories(p, m, opt);
	add_boot(p, m, opt->raw);
	add_disks(p, &m->config, opt);
	for (u32 i = 0; i < p->nr; i++)
		if (p->rec[i].head.err && !p->err)
			p->err = p->rec[i].head.err;
}

static u64 payload_size(const struct record *r, u64 off)
{
	if (r->pages)
		return r->head.len + snap_pages_size(r->pages, off + r->head.len);
	return r->disk ? snap_disk_size(r->disk) : r->head.len;
}

/* Every record's length is known: so is that of the whole. */
static void measure(struct plan *p, const struct machine *m)
{
	u64 off = SNAP_HEADER;

	for (u32 i = 0; i < p->nr; i++)
		off += snap_record_size(payload_size(&p->rec[i], off + SNAP_FRAME));
	p->head.version = SNAP_VERSION;
	p->head.records = p->nr + 1;
	p->head.length = off + SNAP_END_SIZE;
	p->head.layout = snapshot_layout();
	p->head.ram_size = m->config.ram_size;
	snprintf(p->head.board, sizeof(p->head.board), "%s", m->config.board->name);
	snprintf(p->head.producer, sizeof(p->head.producer), "vonk");
	snprintf(p->head.producer_version, sizeof(p->head.producer_version), "%s", VONK_VERSION);
	host_build_id(p->head.build);
}

static void put_record(struct snap_writer *w, const struct record *r)
{
	snap_record(w, r->type, r->instance, r->name, payload_size(r, w->off + SNAP_FRAME));
	snap_put(w, r->head.p, r->head.len);
	if (r->pages)
		snap_pages_put(w, r->pages);
	if (r->disk)
		snap_disk_put(w, r->disk);
	snap_record_end(w);
}

static void plan_release(struct plan *p)
{
	for (u32 i = 0; i < p->nr; i++)
		free(p->rec[i].head.p);
	for (unsigned i = 0; i < MEMORIES; i++)
		snap_pages_release(&p->pages[i]);
	snap_pages_release(&p->boot);
	for (unsigned i = 0; i < SNAPSHOT_DRIVES; i++) {
		if (p->disk[i])
			snap_disk_release(p->disk[i]);
		free(p->disk[i]);
	}
	free(p);
}

int snapshot_save(struct machine *m, struct snapshot_options *opt,
		  int (*write)(void *arg, const void *buf, size_t n), void *arg, u64 *bytes)
{
	struct snap_writer w = { .write = write, .arg = arg, .progress = opt->progress };
	struct plan *p = calloc(1, sizeof(*p));
	int ret;

	BUG_ON(!m->reboot);
	if (!p)
		return -ENOMEM;
	plan(p, m, opt);
	ret = p->err;
	if (!ret) {
		measure(p, m);
		snap_begin(&w, &p->head);
		for (u32 i = 0; i < p->nr; i++)
			put_record(&w, &p->rec[i]);
		ret = snap_finish(&w);
		BUG_ON(!ret && w.off != p->head.length);
		*bytes = w.off;
	}
	plan_release(p);
	return ret;
}
