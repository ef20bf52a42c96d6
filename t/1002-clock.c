/* SPDX-License-Identifier: MIT */
#include "lib/clock.h"

#include "t/tap.h"

static char trace[64];
static unsigned trace_nr;

struct probe {
	struct timer timer;
	char name;
	u64 again; /* re-arm at this instant when fired */
};

static void probe_fire(void *arg)
{
	struct probe *p = arg;

	trace[trace_nr++ % sizeof(trace)] = p->name;
	if (p->again) {
		timer_set(&p->timer, p->again);
		p->again = 0;
	}
}

static void probe_init(struct probe *p, struct clock *clock, char name)
{
	p->name = name;
	p->again = 0;
	timer_init(&p->timer, clock, probe_fire, p);
}

static const char *traced(void)
{
	trace[trace_nr % sizeof(trace)] = 0;
	trace_nr = 0;
	return trace;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	if (*a != *b)
		diag("differs at '%s', want '%s'", a, b);
	return *a == *b;
}

static void test_now(void)
{
	struct clock c;

	clock_init(&c, 3);
	is(clock_now(&c), 0, "time begins at 0");
	c.insns = 100;
	is(clock_now(&c), 800, "an instruction lasts 1 << shift ns");
	is(clock_insns_at(&c, 800), 100, "800 ns is reached at 100");
	is(clock_insns_at(&c, 801), 101, "801 ns at 101");
	is(clock_insns_at(&c, 807), 101, "807 ns, too");
	is(clock_insns_at(&c, 808), 101, "and 808");
	is(clock_insns_at(&c, CLOCK_NEVER), UINT64_MAX, "never is never");
	clock_skip_to(&c, 1000);
	is(clock_now(&c), 1000, "an idle machine jumps");
	is(c.insns, 100, "without an instruction");
	c.insns = 101;
	is(clock_now(&c), 1008, "and goes on from there");
	is(clock_insns_at(&c, 1009), 102, "deadlines count from the jump");
	is(clock_insns_at(&c, 5), 100, "an instant before the jump was reached then");
	clock_init(&c, 0);
	c.insns = UINT64_MAX - 5;
	clock_skip_to(&c, UINT64_MAX - 4);
	is(clock_insns_at(&c, UINT64_MAX - 1), UINT64_MAX - 2, "at the end of time");
	c.base_ns = 0;
	is(clock_insns_at(&c, 100), UINT64_MAX, "saturated");
}

static void test_queue(void)
{
	struct probe a, b, d;
	struct clock c;

	clock_init(&c, 0);
	probe_init(&a, &c, 'a');
	probe_init(&b, &c, 'b');
	probe_init(&d, &c, 'd');
	is(clock_next(&c), CLOCK_NEVER, "no deadline");
	ok(!c.changed, "and no change");
	timer_set(&d.timer, 50);
	ok(c.changed, "a first deadline is a change");
	is(clock_next(&c), 50, "the soonest");
	ok(!c.changed, "looking clears the mark");
	timer_set(&b.timer, 100);
	ok(!c.changed, "a later one does not matter");
	timer_set(&a.timer, 50);
	ok(c.changed, "the same instant, but an earlier timer");
	is(clock_next(&c), 50, "the instant is the same");
	c.insns = 49;
	clock_run(&c);
	is(trace_nr, 0, "nothing fires too early");
	c.insns = 50;
	clock_run(&c);
	ok(same(traced(), "ad"), "on one instant, in the order of their making");
	is(clock_next(&c), 100, "one is left");
	is(a.timer.at, CLOCK_NEVER, "a fired timer is disarmed");
	timer_set(&b.timer, CLOCK_NEVER);
	ok(c.changed, "disarming the head is a change");
	is(clock_next(&c), CLOCK_NEVER, "nothing is left");
	timer_set(&a.timer, 10);
	timer_set(&b.timer, 60);
	timer_set(&d.timer, 55);
	timer_set(&b.timer, 54);
	a.again = 56;
	c.insns = 60;
	clock_run(&c);
	ok(same(traced(), "abda"), "in the order of instants, a re-armed one again");
	is(clock_next(&c), CLOCK_NEVER, "and all is done");
	timer_set(&b.timer, 70);
	timer_set(&a.timer, 70);
	timer_set(&d.timer, 70);
	c.insns = 70;
	clock_run(&c);
	ok(same(traced(), "abd"), "three on one instant, whatever was armed first");
	timer_set(&a.timer, 100);
	timer_set(&b.timer, 200);
	timer_set(&d.timer, 300);
	timer_set(&b.timer, CLOCK_NEVER);
	timer_set(&b.timer, CLOCK_NEVER);
	c.insns = 1000;
	clock_run(&c);
	ok(same(traced(), "ad"), "the middle one was taken out");
}

static void test_past(void)
{
	struct probe a;
	struct clock c;

	clock_init(&c, 2);
	probe_init(&a, &c, 'a');
	c.insns = 100;
	timer_set(&a.timer, 5);
	ok(c.changed, "a deadline in the past asks for a look");
	is(trace_nr, 0, "but does not fire inside the access");
	clock_run(&c);
	ok(same(traced(), "a"), "only when the clock runs");
	timer_set(&a.timer, 400);
	clock_run(&c);
	ok(same(traced(), "a"), "now is due");
}

int main(void)
{
	test_now();
	test_queue();
	test_past();
	return tap_done();
}
