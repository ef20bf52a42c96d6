/* SPDX-License-Identifier: MIT */
#include "machine/journal.h"

#include <stdlib.h>
#include <string.h>

#include "dev/slavio-misc.h"
#include "lib/be.h"
#include "machine/gdbstub.h"
#include "machine/reboot.h"

/* --- noting --- */

static bool more_events(struct journal *j)
{
	u32 max = j->max ? 2 * j->max : 256;
	struct journal_event *ev;

	if (j->nr < j->max)
		return true;
	ev = max > j->max ? realloc(j->ev, max * sizeof(*ev)) : NULL;
	if (!ev)
		return false;
	j->ev = ev;
	j->max = max;
	return true;
}

static bool more_data(struct journal *j, u32 n)
{
	u64 max = 2 * (j->len + n) + 4096;
	u8 *data;

	if (n <= j->max_len - j->len)
		return true;
	data = realloc(j->data, max);
	if (!data)
		return false;
	j->data = data;
	j->max_len = max;
	return true;
}

bool journal_append(struct journal *j, const struct journal_event *e, const void *data)
{
	struct journal_event *to;

	if (!more_events(j) || !more_data(j, e->len))
		return false;
	to = &j->ev[j->nr++];
	*to = *e;
	to->off = j->len;
	if (e->len)
		memcpy(j->data + j->len, data, e->len);
	j->len += e->len;
	return true;
}

void journal_add(struct journal *j, enum journal_kind kind, u32 a, u64 b, const void *data, u32 len)
{
	const struct journal_event e = {
		.kind = kind, .a = a, .b = b, .len = len, .insns = j ? machine_insns(j->m) : 0
	};

	if (!j || !j->on || j->busy || j->lost)
		return;
	if (j->next < j->nr) /* a past that is changed has another future */
		journal_cut(j);
	if (journal_append(j, &e, data))
		j->next = j->nr;
	else
		j->lost = true;
}

void journal_cut(struct journal *j)
{
	if (j->next < j->nr)
		j->len = j->ev[j->next].off;
	j->nr = j->next;
}

static void fed(void *arg, struct chr *chr, const u8 *buf, u32 n)
{
	struct journal *j = arg;
	u32 i = (u32)(chr - j->m->chr);

	journal_add(j, n ? JOURNAL_CHR : JOURNAL_BREAK, i, 0, buf, n);
}

static void fed_frame(void *arg, const u8 *data, u32 len)
{
	journal_add(arg, JOURNAL_FRAME, 0, 0, data, len);
}

static void linked(void *arg, bool link)
{
	journal_add(arg, JOURNAL_LINK, link, 0, NULL, 0);
}

void journal_init(struct journal *j, struct machine *m)
{
	*j = (struct journal){ .m = m };
}

void journal_release(struct journal *j)
{
	if (!j->m)
		return;
	journal_note(j, false);
	journal_mute(j, false);
	free(j->ev);
	free(j->data);
	*j = (struct journal){ 0 };
}

void journal_note(struct journal *j, bool on)
{
	struct net_port *net = j->m->config.net;

	j->on = on;
	j->m->journal = on ? j : NULL;
	for (unsigned i = 0; i < CHR_NR; i++) {
		j->m->chr[i].fed = on ? fed : NULL;
		j->m->chr[i].fed_arg = j;
	}
	if (!net)
		return;
	net->fed = on ? fed_frame : NULL;
	net->linked = on ? linked : NULL;
	net->fed_arg = j;
}

void journal_deaf(struct journal *j, bool deaf)
{
	for (unsigned i = 0; i < CHR_NR; i++)
		j->m->chr[i].deaf = deaf;
	if (j->m->config.net)
		net_deaf(j->m->config.net, deaf);
}

void journal_mute(struct journal *j, bool mute)
{
	for (unsigned i = 0; i < CHR_NR; i++)
		j->m->chr[i].mute = mute;
	if (j->m->config.net)
		j->m->config.net->mute = mute;
}

/* --- playing --- */

void journal_power_button(struct machine *m)
{
	struct dev *misc = machine_chip(m, "misc");

	misc->cls->irq_in(misc, SLAVIO_MISC_IN_POWERFAIL, false);
	misc->cls->irq_in(misc, SLAVIO_MISC_IN_POWERFAIL, true);
}

static void differs(struct journal *j, const char *why)
{
	if (j->differs)
		return;
	j->differs = true;
	j->differs_at = machine_insns(j->m);
	j->why = why;
}

static void skip(struct journal *j, u64 ns)
{
	struct clock *clock = &j->m->clock;

	/* What earlier input has set going is due before. */
	clock_run(clock);
	if (ns < clock_now(clock) || (clock->head && ns > clock->head->at))
		differs(j, "its time is another one");
	else
		machine_skip(j->m, ns);
}

static struct cpu *cpu_of(const struct journal *j, u32 a)
{
	return j->m->cpu[(a >> 16) % j->m->config.nr_cpus];
}

static void feed(struct journal *j, const struct journal_event *e, const u8 *data)
{
	struct chr *chr = &j->m->chr[e->a % CHR_NR];

	if (e->len > CHR_QUEUE - chr->in.num)
		differs(j, "there is no room for its input");
	else
		chr_feed(chr, data, e->len);
}

static void do_event(struct journal *j, const struct journal_event *e)
{
	const u8 *data = j->data + e->off;
	struct machine *m = j->m;
	u64 val;

	switch (e->kind) {
	case JOURNAL_CHR:
		feed(j, e, data);
		break;
	case JOURNAL_BREAK:
		chr_feed_break(&m->chr[e->a % CHR_NR]);
		break;
	case JOURNAL_FRAME:
		if (m->config.net && !net_feed(m->config.net, data, e->len))
			differs(j, "there is no room for a frame");
		break;
	case JOURNAL_LINK:
		if (m->config.net)
			net_set_link(m->config.net, e->a);
		break;
	case JOURNAL_SKIP:
		skip(j, e->b);
		break;
	case JOURNAL_RESET:
		machine_reset(m);
		reboot_load(m);
		break;
	case JOURNAL_POWERDOWN:
		journal_power_button(m);
		break;
	case JOURNAL_REG:
		gdb_set_reg(cpu_of(j, e->a), e->a & 0xffff, (u32)e->b);
		break;
	case JOURNAL_MEM:
		gdb_write_mem(m->cpu[m->running], e->a, (u32)e->b, data, e->len);
		break;
	case JOURNAL_LOAD_ASI:
		cpu_load_asi(cpu_of(j, e->a), e->a >> 8 & 0xff, (u32)e->b, e->a & 0xf, &val);
		break;
	case JOURNAL_STORE_ASI:
		if (e->len == 8)
			cpu_store_asi(cpu_of(j, e->a), e->a >> 8 & 0xff, (u32)e->b, e->a & 0xf,
				      be64_get(data));
		break;
	case JOURNAL_READ:
		bus_read(&m->bus, e->b, e->a & 0xf, &val);
		break;
	case JOURNAL_HOLD:
		cpu_hold_irqs(m->cpu[m->running]);
		break;
	case JOURNAL_MARK:
		if (machine_hash(m) != e->b)
			differs(j, "its state is another one");
		break;
	default:
		break;
	}
}

void journal_play(struct journal *j)
{
	struct net_port *net = j->m->config.net;
	bool deaf = j->m->chr[0].deaf;

	while (j->next < j->nr && j->ev[j->next].kind != JOURNAL_END) {
		const struct journal_event *e = &j->ev[j->next];

		if (e->insns > machine_insns(j->m))
			break;
		if (e->insns < machine_insns(j->m))
			differs(j, "it has run past an event");
		j->busy = true;
		for (unsigned i = 0; i < CHR_NR; i++)
			j->m->chr[i].deaf = false;
		if (net)
			net->deaf = false;
		j->next++;
		do_event(j, e);
		for (unsigned i = 0; i < CHR_NR; i++)
			j->m->chr[i].deaf = deaf;
		if (net)
			net->deaf = deaf;
		j->busy = false;
	}
}

u64 journal_left(const struct journal *j)
{
	u64 now = machine_insns(j->m);

	if (j->next == j->nr)
		return UINT64_MAX;
	return j->ev[j->next].insns > now ? j->ev[j->next].insns - now : 0;
}
