/* SPDX-License-Identifier: MIT */
#include "machine/reboot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host-mem.h"
#include "lib/zero.h"

struct reboot *reboot_new(u64 ram_size)
{
	struct reboot *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->size = ram_size;
	r->ram = host_mem_new(ram_size);
	if (!r->ram) {
		free(r);
		return NULL;
	}
	host_mem_sparse(r->ram, ram_size);
	return r;
}

void reboot_free(struct reboot *r)
{
	if (!r)
		return;
	runs_release(&r->runs);
	host_mem_free(r->ram, r->size);
	free(r);
}

int reboot_note(struct machine *m)
{
	u64 pages = m->config.ram_size / SNAP_PAGE;
	struct reboot *r = reboot_new(m->config.ram_size);
	u8 *touched = malloc((size_t)pages);
	int ret = r && touched ? 0 : -ENOMEM;

	if (!ret)
		host_mem_touched(m->ram, m->config.ram_size, touched);
	for (u64 i = 0; !ret && i < pages; i++) {
		u64 off = i * SNAP_PAGE;

		if (!touched[i] || is_zero(m->ram + off, SNAP_PAGE))
			continue;
		memcpy(r->ram + off, m->ram + off, SNAP_PAGE);
		ret = runs_add(&r->runs, (u32)i, 1);
	}
	free(touched);
	if (ret) {
		reboot_free(r);
		return ret;
	}
	cpu_get_state(m->cpu[0], &r->start);
	r->start.icount = 0;
	reboot_free(m->reboot);
	m->reboot = r;
	return 0;
}

void reboot_load(struct machine *m)
{
	const struct reboot *r = m->reboot;
	struct cpu_state start = r->start;

	for (u32 i = 0; i < r->runs.nr; i++) {
		u64 off = (u64)SNAP_PAGE * r->runs.run[i].first;

		bus_touch(&m->bus, off, (u64)SNAP_PAGE * r->runs.run[i].nr);
		memcpy(m->ram + off, r->ram + off, (size_t)SNAP_PAGE * r->runs.run[i].nr);
	}
	start.icount = m->cpu[0]->icount;
	cpu_set_state(m->cpu[0], &start);
}
