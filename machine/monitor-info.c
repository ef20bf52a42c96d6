/* SPDX-License-Identifier: MIT */
/* The monitor's `info`: what there is, and in which state. */
#include <inttypes.h>
#include <string.h>

#include "dev/m48t08.h"
#include "machine/fields.h"
#include "machine/monitor.h"
#include "machine/peek.h"
#include "machine/snapshot.h"

#define SPANS 4096 /* lines of info tlb */

static const struct cpu *the_cpu(const struct monitor *mon)
{
	return mon->c->m->cpu[mon->c->m->running];
}

/* --- processors --- */

static void print_bank(struct monitor *mon, const struct cpu *cpu, unsigned first)
{
	static const char bank[] = "goli";

	mon_printf(mon, "%%%c0-7:", bank[first / 8]);
	for (unsigned n = 0; n < 8; n++)
		mon_printf(mon, "%s%08x", n == 4 ? "  " : " ", cpu->r[first + n]);
	mon_printf(mon, "\n");
}

static void info_registers(struct monitor *mon, __maybe_unused const char *args)
{
	const struct cpu *cpu = the_cpu(mon);

	mon_printf(mon, "pc: %08x  npc: %08x  y: %08x\n", cpu->pc, cpu->npc, cpu->y);
	for (unsigned n = 0; n < 32; n += 8)
		print_bank(mon, cpu, n);
	for (unsigned n = 0; n < 32; n++)
		mon_printf(mon, "%s%%f%02u: %08x%s", n % 4 ? "  " : "", n, cpu_get_f(cpu, n),
			   n % 4 == 3 ? "\n" : "");
	mon_printf(mon,
		   "psr: %08x (icc: %c%c%c%c, ef: %u, pil: %u, s: %u, ps: %u, et: %u, cwp: %u)\n",
		   cpu_get_psr(cpu), cpu->icc & ICC_N ? 'N' : '-', cpu->icc & ICC_Z ? 'Z' : '-',
		   cpu->icc & ICC_V ? 'V' : '-', cpu->icc & ICC_C ? 'C' : '-', cpu->ef, cpu->pil,
		   cpu->s, cpu->ps, cpu->et, cpu->cwp);
	mon_printf(mon, "wim: %02x  tbr: %08x  fsr: %08x  fq: %08x at %08x\n", cpu->wim, cpu->tbr,
		   cpu->fsr, cpu->fp_state == FP_EXECUTE ? 0 : cpu->fq_insn, cpu->fq_pc);
	mon_printf(mon, "mmu control: %08x  table: %08x  context: %x  sfsr: %08x  sfar: %08x\n",
		   cpu->mmu[MMU_CTRL], cpu->mmu[MMU_CTPR], cpu->mmu[MMU_CXR], cpu->mmu[MMU_SFSR],
		   cpu->mmu[MMU_SFAR]);
	mon_printf(mon, "interrupt lines: %04x  instructions: %" PRIu64 "\n", cpu->irq_lines,
		   cpu->icount);
}

/* All of them, from the current one up: callers' callers come last. */
static void info_windows(struct monitor *mon, __maybe_unused const char *args)
{
	const struct cpu *cpu = the_cpu(mon);
	unsigned w = cpu->cwp;

	do {
		mon_printf(mon, "%c%c%u: pc %08x sp %08x fp %08x i7 %08x\n",
			   w == cpu->cwp ? '*' : ' ', cpu->wim >> w & 1 ? '!' : ' ', w,
			   w == cpu->cwp ? cpu->pc : cpu_get_reg(cpu, cpu->win_below[w], 31),
			   cpu_get_reg(cpu, w, 14), cpu_get_reg(cpu, w, 30),
			   cpu_get_reg(cpu, w, 31));
		mon_printf(mon, "     l0-7:");
		for (unsigned n = 16; n < 24; n++)
			mon_printf(mon, " %08x", cpu_get_reg(cpu, w, n));
		mon_printf(mon, "\n     i0-7:");
		for (unsigned n = 24; n < 32; n++)
			mon_printf(mon, " %08x", cpu_get_reg(cpu, w, n));
		mon_printf(mon, "\n");
		w = cpu->win_above[w];
	} while (w != cpu->cwp);
}

static void info_cpus(struct monitor *mon, __maybe_unused const char *args)
{
	const struct machine *m = mon->c->m;

	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		mon_printf(mon, "%c CPU %u: %s, pc=%08x%s%s\n", i == m->running ? '*' : ' ', i,
			   m->cpu[i]->model->name, m->cpu[i]->pc,
			   m->cpu[i]->halted ? " (waits for an interrupt)" : "",
			   m->cpu[i]->error_mode ? " (error mode)" : "");
}

struct spans {
	struct monitor *mon;
	unsigned nr;
};

static bool print_span(void *arg, const struct peek_span *span)
{
	/* For a user, for a supervisor: V8 table H-3. */
	static const char *const acc[8] = { "r-- r--", "rw- rw-", "r-x r-x", "rwx rwx",
					    "--x --x", "r-- rw-", "--- r-x", "--- rwx" };
	struct spans *s = arg;

	if (s->nr++ == SPANS) {
		mon_printf(s->mon, "... and more\n");
		return false;
	}
	mon_printf(s->mon, "%08x-%08x -> %09" PRIx64 " %s%s\n", span->va, span->last, span->pa,
		   acc[span->acc], span->cacheable ? " cacheable" : "");
	return true;
}

static void info_tlb(struct monitor *mon, __maybe_unused const char *args)
{
	const struct cpu *cpu = the_cpu(mon);
	struct spans s = { .mon = mon };

	if (!(cpu->mmu[MMU_CTRL] & MMU_CTRL_E)) {
		mon_printf(mon, "The MMU is off.\n");
		return;
	}
	mon_printf(mon, "context %x; rights of user and supervisor:\n", cpu->mmu[MMU_CXR]);
	peek_each(cpu, print_span, &s);
}

/* --- the board --- */

static void info_mtree(struct monitor *mon, __maybe_unused const char *args)
{
	const struct bus *bus = &mon->c->m->bus;

	for (unsigned i = 0; i < bus->nr; i++) {
		const struct bus_range *r = &bus->range[i];
		const struct dev *chip = r->chip;

		mon_printf(mon, "%09" PRIx64 "-%09" PRIx64 " %s ", r->pa, r->pa + r->size - 1,
			   r->mem ? r->rom ? "rom" : "mem" : "i/o");
		if (r->mem)
			mon_printf(mon, "%s\n", r->name);
		else if (chip)
			mon_printf(mon, "%s: %s (%s)\n", chip->name, r->name, chip->cls->name);
		else
			mon_printf(mon, "absent memory\n");
	}
}

static bool is_bytes(const struct field *f)
{
	return f->type == FIELD_BYTES;
}

static void print_field(void *arg, const char *path, const struct field *f, const void *at)
{
	struct monitor *mon = arg;
	u32 a_line = is_bytes(f) ? 16 : f->size == 8 ? 4 : 8;

	mon_printf(mon, "  %s%s", path, f->count > 1 ? ":" : " =");
	if (f->type == FIELD_FIFO) {
		mon_printf(mon, " %" PRIu64 " bytes wait\n", field_value(f, at, 0));
		return;
	}
	for (u32 i = 0; i < f->count; i++) {
		if (f->count > a_line && i % a_line == 0)
			mon_printf(mon, "\n    %04x:", i);
		mon_printf(mon, " %0*" PRIx64, f->type == FIELD_BOOL ? 1 : (int)(2 * f->size),
			   field_value(f, at, i));
	}
	mon_printf(mon, "\n");
}

static void print_chip(struct monitor *mon, struct dev *chip)
{
	mon_printf(mon, "%s (%s):\n", chip->name, chip->cls->name);
	fields_each(chip->cls->fields, dev_state(chip), print_field, mon);
}

static void info_chip(struct monitor *mon, const char *args)
{
	const struct machine *m = mon->c->m;
	char name[32];
	struct dev *chip;

	if (!mon_word(&args, name, sizeof(name))) {
		for (unsigned i = 0; i < m->nr_devs; i++)
			mon_printf(mon, "%-12s %s\n", m->dev[i].row->name,
				   m->dev[i].row->cls->name);
		return;
	}
	chip = machine_chip(mon->c->m, name);
	if (chip)
		print_chip(mon, chip);
	else
		mon_printf(mon, "unknown chip: '%s'; 'info chip' lists them\n", name);
}

static void info_pic(struct monitor *mon, __maybe_unused const char *args)
{
	const struct machine *m = mon->c->m;

	print_chip(mon, machine_chip(mon->c->m, "intctl"));
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		mon_printf(mon, "CPU %u: lines %04x, pil %u, et %u\n", i, m->cpu[i]->irq_lines,
			   m->cpu[i]->pil, m->cpu[i]->et);
}

/* What is due and when, then what the counters hold. */
static void info_timers(struct monitor *mon, __maybe_unused const char *args)
{
	const struct machine *m = mon->c->m;
	u64 now = clock_now(&m->clock);

	mon_printf(mon, "now: %" PRIu64 " ns\n", now);
	for (const struct timer *t = m->clock.head; t; t = t->next)
		for (unsigned i = 0; i < m->nr_devs; i++)
			if ((const char *)t->arg >= (const char *)m->dev[i].chip &&
			    (const char *)t->arg <
				    (const char *)m->dev[i].chip + m->dev[i].row->cls->size)
				mon_printf(mon, "%s: in %" PRIu64 " ns\n", m->dev[i].row->name,
					   t->at > now ? t->at - now : 0);
	print_chip(mon, machine_chip(mon->c->m, "timer"));
}

/* --- what is plugged in --- */

static void print_block(struct monitor *mon, const struct opt_drive *d, const struct block *b)
{
	char name[16];

	if (d->iface == OPT_IF_FLOPPY)
		snprintf(name, sizeof(name), "floppy");
	else
		snprintf(name, sizeof(name), "scsi%d-%s", d->unit,
			 d->media == OPT_MEDIA_CDROM ? "cd" : "hd");
	mon_printf(mon, "%s: %s (raw%s%s), %" PRIu64 " bytes%s%s\n", name, d->file,
		   d->readonly ? ", read-only" : "",
		   d->snapshot && !d->readonly ? ", snapshot" : "", b ? b->size : 0,
		   d->overlay ? ", changes in " : "", d->overlay ? d->overlay : "");
	if (b && b->broken)
		mon_printf(mon, "    writes may be lost: %s\n", strerror(-b->broken));
}

static void info_block(struct monitor *mon, __maybe_unused const char *args)
{
	const struct machine_config *config = &mon->c->m->config;
	const struct options *o = mon->c->o;

	for (unsigned i = 0; i < o->nr_drives; i++)
		print_block(mon, &o->drive[i],
			    o->drive[i].iface == OPT_IF_FLOPPY
				    ? config->floppy
				    : config->scsi[o->drive[i].unit].medium);
	if (!o->nr_drives)
		mon_printf(mon, "There are no drives.\n");
}

static void print_net(struct monitor *mon, const struct opt_net *n)
{
	static const char *const kind[] = { "none", "stream", "socket", "tap" };

	mon_printf(mon, "%s: %s", n->id ? n->id : "net", kind[n->kind]);
	if (n->kind == OPT_NET_TAP)
		mon_printf(mon, " %s", n->ifname ? n->ifname : "by descriptor");
	else if (n->addr == OPT_ADDR_UNIX)
		mon_printf(mon, " %s %s", n->server ? "at" : "to", n->path);
	else if (n->addr == OPT_ADDR_INET)
		mon_printf(mon, " %s %s:%u", n->server ? "at" : "to", n->host, n->port);
	mon_printf(mon, "\n");
}

static void info_network(struct monitor *mon, __maybe_unused const char *args)
{
	const struct network *n = mon->c->net;
	const struct net_port *port = mon->c->m->config.net;
	const u8 *mac = m48t08_nvram(machine_chip(mon->c->m, "nvram")) + M48T08_IDPROM + 2;

	mon_printf(mon, "le: lance, idprom %02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1], mac[2],
		   mac[3], mac[4], mac[5]);
	if (!n || !n->net || !port) {
		mon_printf(mon, "There is no cable.\n");
		return;
	}
	print_net(mon, n->opt);
	mon_printf(mon,
		   "    %s, %u frames wait for the guest, %" PRIu64 " skipped, %" PRIu64
		   " thrown away\n",
		   host_net_connected(n->net) ? "connected" : "nobody is there", port->in.num,
		   host_net_skipped(n->net), host_net_dropped(n->net));
	for (unsigned i = 0; i < mon->c->o->nr_dumps; i++)
		mon_printf(mon, "    recorded in %s\n", mon->c->o->dump[i].file);
}

static void info_snapshots(struct monitor *mon, __maybe_unused const char *args)
{
	const char *path = mon->c->o->snap;
	struct snapshot s;
	char err[512];

	if (!mon->c->save)
		mon_printf(mon, "There are no snapshots.\n");
	else if (snapshot_open(&s, path, true, err, sizeof(err)))
		mon_printf(mon, "%s\n", err);
	else
		mon_printf(mon,
			   "%s: %s, %" PRIu64 " MiB of memory, %" PRIu64
			   " bytes, written by %s %s\n",
			   path, s.img.head.board, s.img.head.ram_size >> 20, s.img.head.length,
			   s.img.head.producer, s.img.head.producer_version);
	if (mon->c->save)
		snapshot_close(&s);
}

/* --- the run --- */

static void info_status(struct monitor *mon, __maybe_unused const char *args)
{
	const struct machine *m = mon->c->m;
	u64 ns = clock_now(&m->clock);

	mon_printf(mon, "VM status: %s\n", mon->c->stopped ? "paused" : "running");
	mon_printf(mon, "%" PRIu64 " instructions, %" PRIu64 ".%09" PRIu64 " s of virtual time\n",
		   machine_insns(m), ns / 1000000000, ns % 1000000000);
}

static void info_version(struct monitor *mon, __maybe_unused const char *args)
{
	mon_printf(mon, "%s\n", VONK_VERSION);
}

static void info_name(struct monitor *mon, __maybe_unused const char *args)
{
	mon_printf(mon, "%s\n", mon->c->o->name ? mon->c->o->name : "");
}

static void info_uuid(struct monitor *mon, __maybe_unused const char *args)
{
	const u8 *u = mon->c->o->uuid;

	for (unsigned i = 0; i < 16; i++)
		mon_printf(mon, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", u[i]);
	mon_printf(mon, "\n");
}

static const struct topic {
	const char *name, *help;
	void (*print)(struct monitor *mon, const char *args);
} topics[] = {
	{ "block", "drives and their images", info_block },
	{ "chip", "[NAME]: the chips, or all that one of them remembers", info_chip },
	{ "cpus", "the processors", info_cpus },
	{ "mtree", "the physical address space", info_mtree },
	{ "name", "what -name said", info_name },
	{ "network", "the Ethernet cable", info_network },
	{ "pic", "the interrupt controller", info_pic },
	{ "registers", "the processor's", info_registers },
	{ "snapshots", "the file that savevm and SIGUSR1 write", info_snapshots },
	{ "status", "running or not, and since when", info_status },
	{ "timers", "deadlines, and the timers' registers", info_timers },
	{ "tlb", "what the current context maps", info_tlb },
	{ "uuid", "what -uuid said", info_uuid },
	{ "version", "of this program", info_version },
	{ "windows", "the register windows; * is current, ! invalid by WIM", info_windows },
};

void mon_info(struct monitor *mon, const char *args)
{
	char name[32];

	if (!mon_word(&args, name, sizeof(name))) {
		for (unsigned i = 0; i < ARRAY_SIZE(topics); i++)
			mon_printf(mon, "info %-12s %s\n", topics[i].name, topics[i].help);
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(topics); i++)
		if (!strcmp(topics[i].name, name)) {
			topics[i].print(mon, args);
			return;
		}
	mon_printf(mon, "unknown: 'info %s'; 'info' lists them\n", name);
}
