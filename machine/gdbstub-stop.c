/* SPDX-License-Identifier: MIT */
/* Where gdb wants the machine to stop: breakpoints and watchpoints, the same for every processor. */
#include <stdlib.h>
#include <string.h>

#include "machine/gdbstub.h"

static void tell_cpus(const struct gdbstub *g)
{
	const struct machine *m = g->c->m;

	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_set_breakpoints(m->cpu[i], g->breakpoint, g->nr_breakpoints);
}

static void tell_cpus_watches(const struct gdbstub *g)
{
	const struct machine *m = g->c->m;

	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_set_watches(m->cpu[i], g->watch, g->nr_watches);
}

void gdb_clear_stops(struct gdbstub *g)
{
	bool breaks = g->nr_breakpoints, watches = g->nr_watches;

	g->nr_breakpoints = g->nr_watches = 0;
	if (breaks)
		tell_cpus(g);
	if (watches)
		tell_cpus_watches(g);
	free(g->breakpoint);
	free(g->watch);
	g->breakpoint = NULL;
	g->watch = NULL;
}

/* Where va is, or would be. */
static u32 find_breakpoint(const struct gdbstub *g, u32 va)
{
	u32 i = 0;

	while (i < g->nr_breakpoints && g->breakpoint[i] < va)
		i++;
	return i;
}

bool gdb_insert_breakpoint(struct gdbstub *g, u32 va)
{
	u32 i = find_breakpoint(g, va);
	u32 *more;

	if (i < g->nr_breakpoints && g->breakpoint[i] == va)
		return true;
	if (va & 3 || g->nr_breakpoints == GDB_BREAKPOINTS)
		return false;
	more = realloc(g->breakpoint, (g->nr_breakpoints + 1) * sizeof(*more));
	if (!more)
		return false;
	memmove(more + i + 1, more + i, (g->nr_breakpoints - i) * sizeof(*more));
	more[i] = va;
	g->breakpoint = more;
	g->nr_breakpoints++;
	tell_cpus(g);
	return true;
}

void gdb_remove_breakpoint(struct gdbstub *g, u32 va)
{
	u32 i = find_breakpoint(g, va);

	if (i == g->nr_breakpoints || g->breakpoint[i] != va)
		return;
	g->nr_breakpoints--;
	memmove(g->breakpoint + i, g->breakpoint + i + 1,
		(g->nr_breakpoints - i) * sizeof(*g->breakpoint));
	tell_cpus(g);
}

static u32 find_watch(const struct gdbstub *g, const struct cpu_watch *w)
{
	u32 i = 0;

	while (i < g->nr_watches && (g->watch[i].first != w->first || g->watch[i].last != w->last ||
				     g->watch[i].kinds != w->kinds))
		i++;
	return i;
}

bool gdb_insert_watch(struct gdbstub *g, const struct cpu_watch *w)
{
	struct cpu_watch *more;

	if (find_watch(g, w) < g->nr_watches)
		return true;
	if (w->last < w->first || g->nr_watches == GDB_WATCHES)
		return false;
	more = realloc(g->watch, (g->nr_watches + 1) * sizeof(*more));
	if (!more)
		return false;
	more[g->nr_watches++] = *w;
	g->watch = more;
	tell_cpus_watches(g);
	return true;
}

void gdb_remove_watch(struct gdbstub *g, const struct cpu_watch *w)
{
	u32 i = find_watch(g, w);

	if (i == g->nr_watches)
		return;
	g->nr_watches--;
	memmove(g->watch + i, g->watch + i + 1, (g->nr_watches - i) * sizeof(*g->watch));
	tell_cpus_watches(g);
}
