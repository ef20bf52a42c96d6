/* SPDX-License-Identifier: MIT */
#include "machine/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/past.h"
#include "machine/snaprec.h"

/* RAM, what a display has, disks. The PROM and a display's ROM never change. */
#define STORES (4 + SNAPSHOT_DRIVES)

struct store {
	struct past *past;
	struct block *block; /* of a disk */
	struct machine *m; /* of a memory, which is at pa */
	u64 pa;
};

/* What all captures of a machine share. */
struct captures {
	struct store store[STORES];
	unsigned nr;
	u64 bytes;
	struct capture *head;
};

struct capture {
	struct capture *next;
	struct machine_state state;
	struct cpu_state cpu[CODE_MAX_CPUS];
	struct past_point *point[STORES];
	u8 *blob; /* the chips' states, then input queues */
	u64 size;
};

/* --- memories and disks --- */

static struct past *add_store(struct captures *cs, const struct store *new)
{
	BUG_ON(cs->nr == STORES);
	if (new->past)
		cs->store[cs->nr++] = *new;
	return new->past;
}

static struct past *add_memory(struct machine *m, const struct bus_range *r)
{
	const struct store new = {
		.past = past_new_mem(r->mem, r->size),
		.m = m,
		.pa = r->pa,
	};

	return add_store(m->captures, &new);
}

static struct past *add_disk(struct machine *m, struct block *b)
{
	const struct store new = { .past = past_new_block(b), .block = b };

	return add_store(m->captures, &new);
}

static int open_stores(struct machine *m)
{
	const struct machine_config *c = &m->config;

	for (unsigned i = 0; i < m->bus.nr; i++) {
		struct bus_range *r = &m->bus.range[i];

		if (!r->mem || r->rom)
			continue;
		r->past = add_memory(m, r);
		if (!r->past)
			return -ENOMEM;
	}
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		struct block *b = snapshot_has_drive(c, n) ? snapshot_medium(c, n) : NULL;

		if (!b || b->read_only)
			continue;
		b->past = add_disk(m, b);
		if (!b->past)
			return -ENOMEM;
	}
	return 0;
}

static void close_stores(struct machine *m)
{
	struct captures *cs = m->captures;

	for (unsigned i = 0; i < m->bus.nr; i++)
		m->bus.range[i].past = NULL;
	for (unsigned i = 0; i < cs->nr; i++) {
		if (cs->store[i].block)
			cs->store[i].block->past = NULL;
		past_free(cs->store[i].past);
	}
	free(cs);
	m->captures = NULL;
}

static int open_captures(struct machine *m)
{
	int ret;

	m->captures = calloc(1, sizeof(*m->captures));
	if (!m->captures)
		return -ENOMEM;
	ret = open_stores(m);
	if (ret)
		close_stores(m);
	return ret;
}

/* --- chips and queues --- */

/* Walks over the blob: what goes into it, or comes out of it. */
struct tape {
	u8 *at; /* NULL: only counting */
	u64 n;
	bool load;
};

static void pass(struct tape *t, void *p, u64 n)
{
	u8 *at = t->at ? t->at + t->n : NULL;

	t->n += n;
	if (at && t->load)
		memcpy(p, at, n);
	else if (at)
		memcpy(at, p, n);
}

static void pass_chr(struct tape *t, struct chr *chr)
{
	struct chr_queue *q = &chr->in;
	u32 head;

	pass(t, &chr->breaks, sizeof(chr->breaks));
	pass(t, &q->head, sizeof(q->head));
	pass(t, &q->num, sizeof(q->num));
	head = q->num < CHR_QUEUE - q->head ? q->num : CHR_QUEUE - q->head;
	pass(t, q->data + q->head, head);
	pass(t, q->data, q->num - head);
}

static void pass_net(struct tape *t, struct net_port *net)
{
	struct net_queue *q = &net->in;

	pass(t, &q->head, sizeof(q->head));
	pass(t, &q->num, sizeof(q->num));
	for (u32 i = 0; i < q->num; i++)
		pass(t, &q->frame[(q->head + i) % NET_QUEUE], sizeof(q->frame[0]));
}

static u64 pass_all(struct machine *m, u8 *blob, bool load)
{
	struct tape t = { .at = blob, .load = load };

	for (unsigned i = 0; i < m->nr_devs; i++)
		pass(&t, dev_state(m->dev[i].chip), m->dev[i].row->cls->state_size);
	for (unsigned i = 0; i < CHR_NR; i++)
		pass_chr(&t, &m->chr[i]);
	if (m->config.net)
		pass_net(&t, m->config.net);
	return t.n;
}

/* --- captures --- */

static void release(struct captures *cs, struct capture *c)
{
	for (unsigned i = 0; i < cs->nr; i++)
		if (c->point[i])
			past_forget(cs->store[i].past, c->point[i]);
	free(c->blob);
	free(c);
}

static int fill(struct machine *m, struct capture *c)
{
	struct captures *cs = m->captures;

	machine_get_state(m, &c->state);
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_get_state(m->cpu[i], &c->cpu[i]);
	c->size = pass_all(m, NULL, false);
	c->blob = malloc(c->size + 1);
	if (!c->blob)
		return -ENOMEM;
	pass_all(m, c->blob, false);
	for (unsigned i = 0; i < cs->nr; i++) {
		c->point[i] = past_mark(cs->store[i].past);
		if (!c->point[i])
			return -ENOMEM;
	}
	return 0;
}

int capture_take(struct machine *m, struct capture **out)
{
	int ret = m->captures ? 0 : open_captures(m);
	struct capture *c;

	*out = NULL;
	if (ret)
		return ret;
	c = calloc(1, sizeof(*c));
	ret = c ? fill(m, c) : -ENOMEM;
	/* Even if only some points could be made: in front of them pages are clean. */
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_clean_pages(m->cpu[i]);
	if (ret) {
		if (c)
			release(m->captures, c);
		if (!m->captures->head)
			close_stores(m);
		return ret;
	}
	c->next = m->captures->head;
	m->captures->head = c;
	m->captures->bytes += sizeof(*c) + c->size;
	*out = c;
	return 0;
}

static void changed(void *arg, u64 off, const u8 *old, const u8 *new)
{
	const struct store *s = arg;

	keep_touch(bus_find(&s->m->bus, s->pa)->keep, off, PAST_PAGE);
	code_replaced(&s->m->code, s->pa + off, old, new);
}

int capture_go_back(struct machine *m, const struct capture *c)
{
	struct captures *cs = m->captures;

	for (unsigned i = 0; i < cs->nr; i++) {
		int ret = past_return(cs->store[i].past, c->point[i], changed, &cs->store[i]);

		if (ret)
			return ret;
	}
	m->clock.insns = c->state.insns;
	m->clock.base_ns = c->state.base_ns;
	m->clock.base_insns = c->state.base_insns;
	pass_all(m, c->blob, true);
	snapshot_revive(m, &c->state, c->cpu);
	return 0;
}

void capture_drop(struct machine *m, struct capture *c)
{
	struct capture **at = &m->captures->head;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	m->captures->bytes -= sizeof(*c) + c->size;
	release(m->captures, c);
	if (!m->captures->head)
		close_stores(m);
}

u64 capture_insns(const struct capture *c)
{
	return c->state.insns;
}

u64 capture_bytes(const struct machine *m)
{
	const struct captures *cs = m->captures;
	u64 bytes = cs ? cs->bytes : 0;

	for (unsigned i = 0; cs && i < cs->nr; i++)
		bytes += cs->store[i].past->bytes;
	return bytes;
}

/* --- for machine.c and restore.c --- */

void captures_free(struct machine *m)
{
	while (m->captures)
		capture_drop(m, m->captures->head);
}

void captures_touch_memory(struct machine *m)
{
	struct captures *cs = m->captures;

	for (unsigned i = 0; cs && i < cs->nr; i++)
		if (!cs->store[i].block)
			past_touch(cs->store[i].past, 0, cs->store[i].past->size);
}

void captures_ram_moved(struct machine *m)
{
	struct captures *cs = m->captures;

	for (unsigned i = 0; cs && i < cs->nr; i++)
		if (!cs->store[i].block && !cs->store[i].pa)
			cs->store[i].past->mem = m->ram;
}
