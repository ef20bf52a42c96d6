/* SPDX-License-Identifier: MIT */
#include "lib/clock.h"

#include <string.h>

void clock_init(struct clock *clock, unsigned shift)
{
	BUG_ON(shift > 10);
	memset(clock, 0, sizeof(*clock));
	clock->shift = shift;
}

u64 clock_next(struct clock *clock)
{
	clock->changed = false;
	return clock->head ? clock->head->at : CLOCK_NEVER;
}

u64 clock_insns_at(const struct clock *clock, u64 ns)
{
	u64 d, n;

	if (ns == CLOCK_NEVER)
		return UINT64_MAX;
	if (ns <= clock->base_ns)
		return clock->base_insns;
	d = ns - clock->base_ns;
	n = (d >> clock->shift) + ((d & ((1ull << clock->shift) - 1)) != 0);
	return clock->base_insns > UINT64_MAX - n ? UINT64_MAX : clock->base_insns + n;
}

void clock_run(struct clock *clock)
{
	u64 now = clock_now(clock);

	while (clock->head && clock->head->at <= now) {
		struct timer *timer = clock->head;

		clock->head = timer->next;
		clock->changed = true;
		timer->next = NULL;
		timer->at = CLOCK_NEVER;
		timer->fire(timer->arg);
	}
}

void clock_skip_to(struct clock *clock, u64 ns)
{
	u64 now = clock_now(clock);

	BUG_ON(ns < now);
	BUG_ON(ns > now && clock->head && ns > clock->head->at);
	clock->base_ns = ns;
	clock->base_insns = clock->insns;
}

void timer_init(struct timer *timer, struct clock *clock, void (*fire)(void *), void *arg)
{
	memset(timer, 0, sizeof(*timer));
	timer->clock = clock;
	timer->at = CLOCK_NEVER;
	timer->seq = clock->nr_timers++;
	timer->fire = fire;
	timer->arg = arg;
}

static bool timer_before(const struct timer *a, const struct timer *b)
{
	return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

static void timer_unlink(struct timer *timer)
{
	struct timer **p;

	for (p = &timer->clock->head; *p; p = &(*p)->next) {
		if (*p == timer) {
			*p = timer->next;
			timer->next = NULL;
			return;
		}
	}
}

void timer_set(struct timer *timer, u64 at)
{
	struct clock *clock = timer->clock;
	struct timer **p;

	if (timer->at == at)
		return;
	if (clock->head == timer)
		clock->changed = true;
	if (timer->at != CLOCK_NEVER)
		timer_unlink(timer);
	timer->at = at;
	if (at == CLOCK_NEVER)
		return;
	p = &clock->head;
	while (*p && timer_before(*p, timer))
		p = &(*p)->next;
	timer->next = *p;
	*p = timer;
	if (clock->head == timer)
		clock->changed = true;
}
