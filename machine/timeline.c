/* SPDX-License-Identifier: MIT */
#include "machine/timeline.h"

#include <errno.h>
#include <string.h>

#include "machine/reboot.h"

/* --- captures --- */

static void drop(struct timeline *t, unsigned i)
{
	capture_drop(t->m, t->point[i].c);
	t->nr--;
	memmove(t->point + i, t->point + i + 1, (t->nr - i) * sizeof(t->point[0]));
}

/*
 * The one that is missed least: whose neighbours are the closest together, seen from now. The oldest and
 * the latest stay.
 */
static unsigned least(const struct timeline *t)
{
	u64 now = t->point[t->nr - 1].insns;
	unsigned best = 1;
	double best_ratio = 0;

	for (unsigned i = 1; i + 1 < t->nr; i++) {
		double gap = (double)(t->point[i + 1].insns - t->point[i - 1].insns);
		double ratio = gap / (double)(now - t->point[i].insns + TIMELINE_STEP);

		if (i == 1 || ratio < best_ratio) {
			best = i;
			best_ratio = ratio;
		}
	}
	return best;
}

/* Where thinning out does not help, the past becomes shorter. */
static void make_room(struct timeline *t)
{
	while (t->nr > 2 && (t->nr == TIMELINE_POINTS || capture_bytes(t->m) > t->max_bytes))
		drop(t, least(t));
	while (t->nr > 1 && capture_bytes(t->m) > t->max_bytes)
		drop(t, 0);
}

static int take(struct timeline *t)
{
	int ret;

	make_room(t);
	ret = capture_take(t->m, &t->point[t->nr].c);
	if (ret)
		return ret;
	t->point[t->nr].insns = machine_insns(t->m);
	t->point[t->nr].next = t->j->next;
	t->nr++;
	return 0;
}

int timeline_begin(struct timeline *t, struct machine *m, struct journal *j, u64 max_bytes,
		   bool recording)
{
	int ret;

	*t = (struct timeline){ .m = m, .j = j, .max_bytes = max_bytes, .deaf = recording };
	ret = take(t);
	if (ret)
		return ret;
	t->on = true;
	t->live = machine_insns(m);
	journal_note(j, true);
	return 0;
}

/* The machine stays where it is. */
void timeline_end(struct timeline *t)
{
	if (!t->on)
		return;
	timeline_changed(t);
	t->on = false;
	journal_note(t->j, false);
	while (t->nr)
		drop(t, t->nr - 1);
}

/* The present again. */
static void arrive(struct timeline *t)
{
	t->past = false;
	journal_mute(t->j, false);
	journal_deaf(t->j, t->deaf);
}

static bool at_present(const struct timeline *t)
{
	return machine_insns(t->m) >= t->live && (t->deaf || t->j->next == t->j->nr);
}

bool timeline_poll(struct timeline *t)
{
	u64 now;

	if (!t->on)
		return false;
	now = machine_insns(t->m);
	if (t->past) {
		journal_play(t->j);
		if (!at_present(t))
			return false;
		arrive(t);
		return true;
	}
	t->live = now;
	if (now - t->point[t->nr - 1].insns >= TIMELINE_STEP)
		take(t);
	return false;
}

u64 timeline_quantum(const struct timeline *t, u64 quantum)
{
	u64 now, left;

	if (!t->on)
		return quantum;
	now = machine_insns(t->m);
	left = t->past ? t->live - now : t->point[t->nr - 1].insns + TIMELINE_STEP - now;
	if (t->past && journal_left(t->j) < left)
		left = journal_left(t->j);
	return left && left < quantum ? left : quantum;
}

void timeline_changed(struct timeline *t)
{
	u64 now;

	if (!t->on || !t->past)
		return;
	now = machine_insns(t->m);
	journal_cut(t->j);
	while (t->nr > 1 && t->point[t->nr - 1].insns > now)
		drop(t, t->nr - 1);
	t->live = now;
	t->deaf = false;
	arrive(t);
}

/* --- going --- */

/* What the debugger has set up, while the machine runs for us alone. */
struct quiet {
	const u32 *breakpoints;
	const struct cpu_watch *watches;
	u32 nr_breakpoints, nr_watches;
	const struct cpu_log *log;
};

static void be_quiet(struct timeline *t, struct quiet *q)
{
	if (!t->past)
		t->live = machine_insns(t->m);
	for (unsigned i = 0; i < t->m->config.nr_cpus; i++) {
		struct cpu *cpu = t->m->cpu[i];

		q[i] = (struct quiet){ cpu->breakpoints, cpu->watches, cpu->nr_breakpoints,
				       cpu->nr_watches, cpu->log };
		cpu->log = NULL;
	}
	journal_mute(t->j, true);
	journal_deaf(t->j, true);
}

static void stops(struct timeline *t, const struct quiet *q, bool on)
{
	for (unsigned i = 0; i < t->m->config.nr_cpus; i++) {
		struct cpu *cpu = t->m->cpu[i];

		if (cpu->nr_breakpoints != (on ? q[i].nr_breakpoints : 0))
			cpu_set_breakpoints(cpu, on ? q[i].breakpoints : NULL,
					    on ? q[i].nr_breakpoints : 0);
		if (cpu->nr_watches != (on ? q[i].nr_watches : 0))
			cpu_set_watches(cpu, on ? q[i].watches : NULL, on ? q[i].nr_watches : 0);
	}
}

static void loud_again(struct timeline *t, const struct quiet *q)
{
	stops(t, q, true);
	for (unsigned i = 0; i < t->m->config.nr_cpus; i++) {
		t->m->cpu[i]->log = q[i].log;
	}
	t->past = true;
	if (at_present(t))
		arrive(t);
}

/* The capture before an instant, or at it. */
static unsigned point_before(const struct timeline *t, u64 insns)
{
	unsigned i = t->nr - 1;

	while (i && t->point[i].insns > insns)
		i--;
	return i;
}

static bool go_back(struct timeline *t, unsigned i)
{
	if (capture_go_back(t->m, t->point[i].c))
		return false;
	t->j->next = t->point[i].next;
	t->j->differs = false;
	/* Breakpoints that were gone on from are breakpoints again. */
	for (unsigned n = 0; n < t->m->config.nr_cpus; n++)
		t->m->cpu[n]->pass_icount = t->m->cpu[n]->hold_icount = UINT64_MAX;
	return true;
}

static void pass(struct timeline *t)
{
	for (unsigned i = 0; i < t->m->config.nr_cpus; i++)
		cpu_pass_breakpoint(t->m->cpu[i]);
}

/*
 * Run to `end`, or up to what stops before. MACHINE_QUANTUM_END: there. Events that are due at `end` are still to come,
 * unless it is the present. MACHINE_LIMIT: that was another run.
 */
static enum machine_stop run_to(struct timeline *t, u64 end)
{
	u64 idle_insns = UINT64_MAX, idle_ns = 0;

	for (;;) {
		u64 now = machine_insns(t->m), left;
		enum machine_stop why;

		if (now >= end)
			break;
		journal_play(t->j);
		if (t->j->differs)
			return MACHINE_LIMIT;
		left = journal_left(t->j);
		if (!left || left > end - now)
			left = end - now;
		why = machine_run(t->m, left);
		if (why == MACHINE_RESET)
			reboot_load(t->m);
		else if (why == MACHINE_IDLE && machine_insns(t->m) == idle_insns &&
			 clock_now(&t->m->clock) == idle_ns)
			return MACHINE_LIMIT;
		else if (why != MACHINE_QUANTUM_END && why != MACHINE_IDLE)
			return why;
		if (why == MACHINE_IDLE) {
			idle_insns = machine_insns(t->m);
			idle_ns = clock_now(&t->m->clock);
		}
	}
	if (end == t->live && !t->deaf)
		journal_play(t->j);
	return MACHINE_QUANTUM_END;
}

/* It may be the machine's end that is at the present. */
static bool reached(const struct timeline *t, enum machine_stop why, u64 insns)
{
	return why == MACHINE_QUANTUM_END || (machine_insns(t->m) == insns && why != MACHINE_LIMIT);
}

static bool go_quietly(struct timeline *t, u64 insns)
{
	return go_back(t, point_before(t, insns)) && reached(t, run_to(t, insns), insns);
}

bool timeline_go(struct timeline *t, u64 insns)
{
	struct quiet q[CODE_MAX_CPUS];
	bool ok;

	be_quiet(t, q);
	stops(t, q, false);
	ok = go_quietly(t, insns);
	loud_again(t, q);
	return ok;
}

struct found {
	bool some;
	u64 insns; /* where to stand */
	struct cpu_watched watched;
};

/* The last stop in front of `end`, from point i on. False: it was another run. */
static bool search(struct timeline *t, unsigned i, u64 end, struct found *f)
{
	if (!go_back(t, i))
		return false;
	for (;;) {
		enum machine_stop why = run_to(t, end);
		const struct cpu *cpu = t->m->cpu[t->m->running];

		if (why == MACHINE_BREAKPOINT && machine_insns(t->m) < end) {
			*f = (struct found){ .some = true, .insns = machine_insns(t->m) };
			pass(t);
		} else if (why == MACHINE_WATCHPOINT) {
			*f = (struct found){ .some = true,
					     .insns = machine_insns(t->m) - 1,
					     .watched = cpu->watched };
		} else {
			return reached(t, why, end);
		}
		/* A watched access at the very end leaves nothing to run. */
		if (machine_insns(t->m) >= end)
			return true;
	}
}

/* In front of the breakpoint at this instant: an interrupt that is taken there comes before. */
static bool stand_at(struct timeline *t, const struct quiet *q, const struct found *f)
{
	stops(t, q, false);
	if (!go_quietly(t, f->insns))
		return false;
	if (f->watched.hit)
		return true;
	stops(t, q, true);
	return run_to(t, f->insns + 1) == MACHINE_BREAKPOINT || machine_insns(t->m) == f->insns;
}

bool timeline_reverse(struct timeline *t, struct timeline_stop *stop)
{
	struct found f = { .some = false };
	struct quiet q[CODE_MAX_CPUS];
	u64 end = machine_insns(t->m);
	unsigned i;
	bool ok = true;

	*stop = (struct timeline_stop){ .begin = true };
	be_quiet(t, q);
	i = end ? point_before(t, end - 1) : 0;
	stops(t, q, true);
	while (ok && end > t->point[0].insns) {
		ok = search(t, i, end, &f);
		if (f.some || !i)
			break;
		end = t->point[i--].insns;
	}
	if (ok && f.some) {
		ok = stand_at(t, q, &f);
		*stop = (struct timeline_stop){ .watched = f.watched };
	} else if (ok) {
		stops(t, q, false);
		ok = go_quietly(t, t->point[0].insns);
	}
	loud_again(t, q);
	return ok;
}
