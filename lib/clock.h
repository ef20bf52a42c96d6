/* SPDX-License-Identifier: MIT */
/*
 * Virtual time, and the one queue of deadlines. Time is counted in nanoseconds
 * from power-on and derived from executed instructions:
 *
 *	now = base_ns + (insns - base_insns) << shift
 *
 * where base moves only when an idle machine jumps ahead. Chips know no other time.
 * Deadlines that fall on the same instant fire in the order of their `seq`,
 * which is the order in which the timers were initialised.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include "lib/types.h"

#define CLOCK_NEVER UINT64_MAX

struct clock {
	u64 insns; /* instructions executed, set by whoever runs the CPU before any chip is called */
	u64 base_ns, base_insns;
	unsigned shift; /* one instruction lasts 1 << shift ns, 0..10 */
	struct timer *head; /* armed timers, soonest first */
	u32 nr_timers;
	bool changed; /* the head changed since clock_next(): the runner must look again */
};

struct timer {
	struct clock *clock;
	u64 at; /* ns, CLOCK_NEVER while not armed */
	u32 seq;
	struct timer *next;
	void (*fire)(void *arg);
	void *arg;
};

void clock_init(struct clock *clock, unsigned shift);

static inline u64 clock_now(const struct clock *clock)
{
	return clock->base_ns + ((clock->insns - clock->base_insns) << clock->shift);
}

/* The instant of the soonest deadline in ns, CLOCK_NEVER if there is none; clears `changed`. */
u64 clock_next(struct clock *clock);
/* The instruction count at which instant ns is reached (rounded up), saturated. */
u64 clock_insns_at(const struct clock *clock, u64 ns);
/* Fire every deadline that is due now. */
void clock_run(struct clock *clock);
/* Idle: make it ns now; must not lie before now nor beyond the soonest deadline. */
void clock_skip_to(struct clock *clock, u64 ns);

void timer_init(struct timer *timer, struct clock *clock, void (*fire)(void *), void *arg);
/* (Re-)arm for instant `at` in ns; CLOCK_NEVER disarms. An instant in the past fires at once after this access. */
void timer_set(struct timer *timer, u64 at);

#endif
