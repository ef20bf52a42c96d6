/* SPDX-License-Identifier: MIT */
#include "machine/reboot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host-mem.h"
#include "lib/zero.h"

struct reboot *reboot_new(struct machine *m)
{
	struct reboot *r = calloc(1, sizeof(*r));

	if (r && keep_init(&r->ram, m->ram, m->config.ram_size))
		return r;
	reboot_free(r);
	return NULL;
}

void reboot_free(struct reboot *r)
{
	if (!r)
		return;
	runs_release(&r->runs);
	keep_release(&r->ram);
	free(r);
}

void reboot_set(struct machine *m, struct reboot *r)
{
	reboot_free(m->reboot);
	m->reboot = r;
	bus_set_keep(&m->bus, 0, &r->ram);
	/* What they let pass comes by bus_range_touch() once more. */
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_flush_tlb(m->cpu[i]);
}

/* Pages that are not all zero. */
static int note_pages(struct machine *m, struct reboot *r)
{
	u64 pages = m->config.ram_size / SNAP_PAGE;
	u8 *touched = malloc((size_t)pages);
	int ret = touched ? 0 : -ENOMEM;

	if (!ret)
		host_mem_touched(m->ram, m->config.ram_size, touched);
	for (u64 i = 0; !ret && i < pages; i++) {
		if (!touched[i] || is_zero(m->ram + i * SNAP_PAGE, SNAP_PAGE))
			continue;
		keep_note(&r->ram, i);
		ret = runs_add(&r->runs, (u32)i, 1);
	}
	free(touched);
	return ret;
}

static int note(struct machine *m, bool blank)
{
	struct reboot *r = reboot_new(m);
	int ret = r ? 0 : -ENOMEM;

	if (r && !blank)
		ret = note_pages(m, r);
	if (ret) {
		reboot_free(r);
		return ret;
	}
	cpu_get_state(m->cpu[0], &r->start);
	r->start.icount = 0;
	reboot_set(m, r);
	return 0;
}

int reboot_note(struct machine *m)
{
	return note(m, false);
}

int reboot_note_blank(struct machine *m)
{
	return note(m, true);
}

/* Pages that nobody has written are as they were. */
static void load_run(struct machine *m, const struct keep *k, const struct span *run)
{
	for (u32 i = 0; i < run->nr; i++) {
		u64 page = run->first + i, off = SNAP_PAGE * page;

		if (keep_is_live(k, page))
			continue;
		bus_touch(&m->bus, off, SNAP_PAGE);
		memcpy(m->ram + off, keep_page(k, page), SNAP_PAGE);
	}
}

void reboot_load(struct machine *m)
{
	const struct reboot *r = m->reboot;
	struct cpu_state start = r->start;

	for (u32 i = 0; i < r->runs.nr; i++)
		load_run(m, &r->ram, &r->runs.run[i]);
	start.icount = m->cpu[0]->icount;
	cpu_set_state(m->cpu[0], &start);
}
