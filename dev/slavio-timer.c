/* SPDX-License-Identifier: MIT */
/*
 * Counter/timers: one 22-bit counter for the system and one for each CPU, which can
 * instead be a 54-bit user timer.
 *
 * Part: the counter section of the NCR89C105 / STP2001 (SLAVIO); Sun-4M System
 * Architecture (950-1373-01), "Counter-Timer Registers".
 *
 * Regions 0..3 are the slices of CPU 0..3 (mapped every 0x1000), region 4 is the system slice.
 * Outputs: irq[0..3] level 14 of CPU 0..3, irq[4] the system counter (level 10).
 * dev.param: CPUs that the configuration register has bits for, 1..4; 0 means 4.
 *
 * What software relies on:
 *  - All counters step every 500 ns, on one common grid; a register shows ticks << 9, and the
 *    limit-reached flag in bit 31.
 *  - Writing the limit (0) sets the count to one tick and clears flag and interrupt. When the
 *    count would become the limit it goes back to one tick instead and raises both: the period
 *    is (limit >> 9) - 1 ticks, which is why drivers write one tick more than they want.
 *  - Reading the limit clears flag and interrupt; reading the count (4) does not.
 *  - Writing 8 changes the limit and lets the count run on.
 *  - A limit of 0 lets the count run free through all 22 bits: no flag, no interrupt.
 *  - Configuration (system slice, 10): bit n makes CPU n's counter a user timer, whose bits 62:32
 *    are at 0 (with the flag, set when it wraps), and 31:0 at 4; bit 0 of c lets it run. It never
 *    interrupts, and only writing it clears the flag. It starts at 0 when the mode changes.
 *  - Doubleword loads see both halves of one instant.
 * Not modelled: nothing.
 */
#include <string.h>

#include "dev/device.h"

#define NR_CPUS 4
#define SYSTEM NR_CPUS
#define NR_COUNTERS (NR_CPUS + 1)

#define TICK_NS 500u
#define COUNT_BITS 0x3fffffu /* 22 */
#define USER_BITS 0x3fffffffffffffull /* 54 */
#define FLAG 0x80000000u
/* No instant of interest lies beyond: leaves room for one full turn of a counter. */
#define MAX_TICK (UINT64_MAX / TICK_NS - 2 * (COUNT_BITS + 1ull))

struct slavio_counter_state {
	u64 base; /* the tick at which the count was `count` */
	u64 count; /* ticks: 22 bits, as a user timer 54 */
	u64 deadline; /* ns, the next time that the limit is reached; CLOCK_NEVER if no matter */
	u32 limit; /* ticks */
	bool reached;
	bool run; /* of the user timer */
	u8 pad[2];
};

static const struct field slavio_counter_fields[] = {
	F_RANGE(slavio_counter_state, base, 0, MAX_TICK),
	F_RANGE(slavio_counter_state, count, 0, USER_BITS),
	F_UINT(slavio_counter_state, deadline),
	F_RANGE(slavio_counter_state, limit, 0, COUNT_BITS),
	F_BOOL(slavio_counter_state, reached),
	F_BOOL(slavio_counter_state, run),
	F_PAD(slavio_counter_state, pad),
	F_END,
};

struct slavio_timer_state {
	struct slavio_counter_state counter[NR_COUNTERS];
	u32 user; /* the configuration register */
	u8 pad[4];
};

static const struct field slavio_timer_fields[] = {
	F_STRUCTS(slavio_timer_state, counter, slavio_counter_fields),
	F_RANGE(slavio_timer_state, user, 0, BIT(NR_CPUS) - 1),
	F_PAD(slavio_timer_state, pad),
	F_END,
};

struct slavio_timer;

struct slavio_alarm {
	struct timer timer;
	struct slavio_timer *chip;
	unsigned n;
};

struct slavio_timer {
	struct dev dev;
	struct slavio_timer_state s;
	struct slavio_alarm alarm[NR_COUNTERS];
};

static u64 now_tick(const struct slavio_timer *c)
{
	u64 tick = clock_now(c->dev.clock) / TICK_NS;

	return tick < MAX_TICK ? tick : MAX_TICK;
}

static bool is_user(const struct slavio_timer *c, unsigned n)
{
	return n < NR_CPUS && (c->s.user >> n & 1);
}

static u32 user_mask(const struct slavio_timer *c)
{
	u32 n = c->dev.param;

	return BIT(n >= 1 && n <= NR_CPUS ? n : NR_CPUS) - 1;
}

/* Ticks until a count reaches the limit, 1..2^22: one that is past it goes all the way around. */
static u64 ticks_to_limit(u64 count, u32 limit)
{
	return ((limit - count - 1) & COUNT_BITS) + 1;
}

static u64 elapsed(const struct slavio_timer *c, const struct slavio_counter_state *t)
{
	u64 now = now_tick(c);

	return now > t->base ? now - t->base : 0;
}

/* The count now, in ticks. */
static u64 count_now(const struct slavio_timer *c, unsigned n)
{
	const struct slavio_counter_state *t = &c->s.counter[n];
	u64 first, past = elapsed(c, t);

	if (is_user(c, n))
		return t->run ? (t->count + past) & USER_BITS : t->count;
	if (!t->limit)
		return (t->count + past) & COUNT_BITS;
	first = ticks_to_limit(t->count, t->limit);
	if (past < first)
		return (t->count + past) & COUNT_BITS;
	return (1 + (past - first) % ticks_to_limit(1, t->limit)) & COUNT_BITS;
}

static void drive(struct slavio_timer *c, unsigned n)
{
	irq_set(&c->dev.irq[n], c->s.counter[n].reached && !is_user(c, n));
}

/* Notice a limit (or the end of a user timer) that was passed since the last look. */
static void catch_up(struct slavio_timer *c, unsigned n)
{
	struct slavio_counter_state *t = &c->s.counter[n];

	if (is_user(c, n)) {
		if (t->run && t->count + elapsed(c, t) > USER_BITS)
			t->reached = true;
		return;
	}
	if (t->deadline == CLOCK_NEVER || clock_now(c->dev.clock) < t->deadline)
		return;
	t->reached = true;
	t->deadline = CLOCK_NEVER;
	timer_set(&c->alarm[n].timer, CLOCK_NEVER);
	drive(c, n);
}

/* Go on from `count` now: everything that follows from it is computed anew. */
static void restart(struct slavio_timer *c, unsigned n, u64 count)
{
	struct slavio_counter_state *t = &c->s.counter[n];

	t->base = now_tick(c);
	t->count = count;
	t->deadline = CLOCK_NEVER;
	if (t->limit && !t->reached && !is_user(c, n))
		t->deadline = (t->base + ticks_to_limit(count, t->limit)) * TICK_NS;
	timer_set(&c->alarm[n].timer, t->deadline);
	drive(c, n);
}

static void alarm_fire(void *arg)
{
	struct slavio_alarm *a = arg;

	catch_up(a->chip, a->n);
}

static u32 user_read(struct slavio_timer *c, unsigned n, u32 off)
{
	const struct slavio_counter_state *t = &c->s.counter[n];
	u64 count = count_now(c, n);

	switch (off) {
	case 0x0:
		return (u32)(count >> 23) | (t->reached ? FLAG : 0);
	case 0x4:
		return (u32)(count << 9);
	case 0xc:
		return t->run;
	default:
		return 0;
	}
}

static u32 counter_read(struct slavio_timer *c, unsigned n, u32 off)
{
	struct slavio_counter_state *t = &c->s.counter[n];
	u32 flag;

	catch_up(c, n);
	if (is_user(c, n))
		return user_read(c, n, off);
	flag = t->reached ? FLAG : 0;
	switch (off) {
	case 0x0:
		if (t->reached) {
			t->reached = false;
			restart(c, n, count_now(c, n));
		}
		return t->limit << 9 | flag;
	case 0x4:
		return (u32)count_now(c, n) << 9 | flag;
	case 0xc:
		return t->run;
	default:
		return 0;
	}
}

static void user_write(struct slavio_timer *c, unsigned n, u32 off, u32 val)
{
	struct slavio_counter_state *t = &c->s.counter[n];
	u64 count = count_now(c, n);

	switch (off) {
	case 0x0:
		t->reached = false;
		restart(c, n, (u64)(val & ~FLAG) << 23 | (count & 0x7fffff));
		break;
	case 0x4:
		t->reached = false;
		restart(c, n, (count & ~0x7fffffull) | val >> 9);
		break;
	case 0xc:
		restart(c, n, count);
		t->run = val & 1;
		break;
	}
}

static void counter_write(struct slavio_timer *c, unsigned n, u32 off, u32 val)
{
	struct slavio_counter_state *t = &c->s.counter[n];
	u64 count;

	catch_up(c, n);
	if (is_user(c, n)) {
		user_write(c, n, off, val);
		return;
	}
	switch (off) {
	case 0x0:
		t->limit = val >> 9 & COUNT_BITS;
		t->reached = false;
		restart(c, n, 1);
		break;
	case 0x8:
		count = count_now(c, n);
		t->limit = val >> 9 & COUNT_BITS;
		restart(c, n, count);
		break;
	case 0xc:
		t->run = val & 1;
		break;
	}
}

static void set_user(struct slavio_timer *c, u32 user)
{
	u32 changed = (user ^ c->s.user) & user_mask(c);
	unsigned n;

	c->s.user ^= changed;
	for (n = 0; n < NR_CPUS; n++) {
		if (changed >> n & 1) {
			c->s.counter[n].limit = 0;
			c->s.counter[n].reached = false;
			restart(c, n, 0);
		}
	}
}

#define CPU_SLICE(n)                                                                               \
	static u32 cpu##n##_read(void *chip, u32 off, unsigned size)                               \
	{                                                                                          \
		(void)size;                                                                        \
		return counter_read(chip, n, off);                                                 \
	}                                                                                          \
	static void cpu##n##_write(void *chip, u32 off, u32 val, unsigned size)                    \
	{                                                                                          \
		(void)size;                                                                        \
		counter_write(chip, n, off, val);                                                  \
	}
CPU_SLICE(0)
CPU_SLICE(1)
CPU_SLICE(2)
CPU_SLICE(3)

static u32 system_read(void *chip, u32 off, unsigned size)
{
	struct slavio_timer *c = chip;

	(void)size;
	if (off == 0x10)
		return c->s.user;
	return off == 0xc ? 0 : counter_read(c, SYSTEM, off);
}

static void system_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct slavio_timer *c = chip;

	(void)size;
	if (off == 0x10)
		set_user(c, val);
	else if (off != 0xc)
		counter_write(c, SYSTEM, off, val);
}

static int slavio_timer_init(void *chip)
{
	struct slavio_timer *c = chip;
	unsigned n;

	for (n = 0; n < NR_COUNTERS; n++) {
		c->alarm[n].chip = c;
		c->alarm[n].n = n;
		timer_init(&c->alarm[n].timer, c->dev.clock, alarm_fire, &c->alarm[n]);
	}
	return 0;
}

static void slavio_timer_reset(void *chip)
{
	struct slavio_timer *c = chip;
	unsigned n;

	memset(&c->s, 0, sizeof(c->s));
	for (n = 0; n < NR_COUNTERS; n++)
		restart(c, n, 0);
}

static void slavio_timer_loaded(void *chip)
{
	struct slavio_timer *c = chip;
	unsigned n;

	for (n = 0; n < NR_COUNTERS; n++) {
		timer_set(&c->alarm[n].timer, c->s.counter[n].deadline);
		drive(c, n);
	}
}

static bool counter_check(const struct slavio_timer *c, unsigned n)
{
	const struct slavio_counter_state *t = &c->s.counter[n];
	u64 deadline = CLOCK_NEVER;

	if (n == SYSTEM && t->run)
		return false;
	if (is_user(c, n))
		return !t->limit && t->deadline == CLOCK_NEVER;
	if (t->count > COUNT_BITS)
		return false;
	if (t->limit && !t->reached)
		deadline = (t->base + ticks_to_limit(t->count, t->limit)) * TICK_NS;
	return t->deadline == deadline;
}

static bool slavio_timer_check(const void *chip)
{
	const struct slavio_timer *c = chip;
	unsigned n;

	for (n = 0; n < NR_COUNTERS; n++)
		if (!counter_check(c, n))
			return false;
	return !(c->s.user & ~user_mask(c));
}

static void slavio_timer_release(void *chip)
{
	struct slavio_timer *c = chip;
	unsigned n;

	for (n = 0; n < NR_COUNTERS; n++)
		timer_set(&c->alarm[n].timer, CLOCK_NEVER);
}

const struct dev_class slavio_timer_class = {
	.name = "slavio-timer",
	DEV_STATE(slavio_timer, slavio_timer_fields),
	.region =
		{
			{"timer-cpu0", 0x10, ACC_4 | ACC_8, cpu0_read, cpu0_write},
			{"timer-cpu1", 0x10, ACC_4 | ACC_8, cpu1_read, cpu1_write},
			{"timer-cpu2", 0x10, ACC_4 | ACC_8, cpu2_read, cpu2_write},
			{"timer-cpu3", 0x10, ACC_4 | ACC_8, cpu3_read, cpu3_write},
			{"timer-system", 0x14, ACC_4 | ACC_8, system_read, system_write},
		},
	.init = slavio_timer_init,
	.reset = slavio_timer_reset,
	.loaded = slavio_timer_loaded,
	.check = slavio_timer_check,
	.release = slavio_timer_release,
};
