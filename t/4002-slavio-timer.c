/* SPDX-License-Identifier: MIT */
#include "t/chip.h"

extern const struct dev_class slavio_timer_class;

enum { SYS = 4, LIMIT = 0, COUNT = 4, LIMIT_NR = 8, RUN = 0xc, CONFIG = 0x10 };
#define FLAG 0x80000000u

static struct bench b;

static void start(u32 cpus)
{
	bench_open(&b, &slavio_timer_class)->param = cpus;
	ok(!bench_start(&b), "starts");
}

static void test_reset(void)
{
	start(4);
	for (unsigned n = 0; n < 5; n++) {
		is(get32(&b, n, LIMIT), 0, "counter %u: no limit", n);
		is(get32(&b, n, COUNT), 0, "it counts from 0");
		ok(!b.line[n], "no interrupt");
	}
	is(get32(&b, SYS, CONFIG), 0, "no user timers");
	bench_time(&b, 499);
	is(get32(&b, SYS, COUNT), 0, "not a tick yet");
	bench_time(&b, 500);
	is(get32(&b, SYS, COUNT), 0x200, "a tick is 500 ns, at bit 9");
	is(get32(&b, 0, COUNT), 0x200, "for all counters");
	bench_time(&b, 500ull * 0x3fffff);
	is(get32(&b, SYS, COUNT), 0x7ffffe00, "22 bits");
	bench_time(&b, 500ull * 0x400000);
	is(get32(&b, SYS, COUNT), 0, "then from 0 again");
	ok(!b.rises[SYS], "running free never interrupts");
	bench_close(&b);
}

static void test_limit(void)
{
	start(4);
	bench_time(&b, 1000000);
	put32(&b, SYS, LIMIT, 10 << 9);
	is(get32(&b, SYS, COUNT), 0x200, "a new limit starts from one tick");
	bench_time(&b, 1000000 + 4499);
	is(get32(&b, SYS, COUNT), 9 << 9, "it counts up to one below the limit");
	ok(!b.line[SYS], "no interrupt yet");
	bench_time(&b, 1000000 + 4500);
	ok(b.line[SYS], "9 ticks after: the interrupt");
	is(get32(&b, SYS, COUNT), FLAG | 0x200, "the flag, and one tick again");
	is(get32(&b, SYS, COUNT), FLAG | 0x200, "reading the count clears nothing");
	ok(b.line[SYS], "nor the interrupt");
	is(get32(&b, SYS, LIMIT), FLAG | 10 << 9, "reading the limit does");
	ok(!b.line[SYS], "the interrupt");
	is(get32(&b, SYS, COUNT), 0x200, "and the flag");
	is(get32(&b, SYS, LIMIT), 10 << 9, "the limit stays");
	bench_time(&b, 1000000 + 8999);
	ok(!b.line[SYS], "the next period");
	bench_time(&b, 1000000 + 9000);
	ok(b.line[SYS], "is as long");
	bench_time(&b, 1000000 + 4500 * 7 + 1300);
	is(b.rises[SYS], 2, "nobody acknowledged: it stays up");
	is(get32(&b, SYS, COUNT), FLAG | 3 << 9, "while the counter goes round");
	get32(&b, SYS, LIMIT);
	bench_time(&b, 1000000 + 4500 * 8 - 1);
	ok(!b.line[SYS], "acknowledged late");
	bench_time(&b, 1000000 + 4500 * 8);
	ok(b.line[SYS], "the period does not move");
	put32(&b, SYS, LIMIT, 0xffffffff);
	ok(!b.line[SYS], "writing the limit acknowledges, too");
	is(get32(&b, SYS, LIMIT), 0x7ffffe00, "its bits are 30:9");
	put32(&b, SYS, LIMIT, 10 << 9);
	bench_time(&b, 1000000 + 4500 * 20);
	ok(b.line[SYS], "once more");
	put32(&b, SYS, LIMIT, 0);
	ok(!b.line[SYS], "a limit of 0 acknowledges");
	bench_time(&b, 10000000000);
	ok(!b.line[SYS], "and never interrupts");
	bench_close(&b);
}

/* What kernels program: HZ=100 as 2000000/100 + 1 ticks. */
static void test_hz(void)
{
	start(1);
	put32(&b, SYS, LIMIT, 0x9c4200);
	for (unsigned i = 1; i <= 100; i++) {
		bench_time(&b, i * 10000000ull);
		get32(&b, SYS, LIMIT);
	}
	is(b.rises[SYS], 100, "100 interrupts in a second");
	bench_time(&b, 1009999999);
	ok(!b.line[SYS], "and not");
	bench_time(&b, 1010000000);
	ok(b.line[SYS], "a nanosecond off");
	bench_close(&b);
}

static void test_off_grid(void)
{
	start(4);
	bench_time(&b, 750);
	put32(&b, 1, LIMIT, 3 << 9);
	bench_time(&b, 999);
	is(get32(&b, 1, COUNT), 1 << 9, "ticks lie on one grid");
	bench_time(&b, 1000);
	is(get32(&b, 1, COUNT), 2 << 9, "wherever a counter was written");
	bench_time(&b, 1499);
	ok(!b.line[1], "not yet");
	bench_time(&b, 1500);
	ok(b.line[1], "level 14 of CPU 1");
	ok(!b.line[0] && !b.line[2] && !b.line[3] && !b.line[4], "and of no other");
	bench_close(&b);
}

static void test_no_reset(void)
{
	start(4);
	put32(&b, 0, LIMIT, 100 << 9);
	bench_time(&b, 500 * 49);
	is(get32(&b, 0, COUNT), 50 << 9, "at 50");
	put32(&b, 0, LIMIT_NR, 60 << 9);
	is(get32(&b, 0, COUNT), 50 << 9, "a limit that does not restart");
	bench_time(&b, 500 * 58);
	is(get32(&b, 0, COUNT), 59 << 9, "goes on");
	ok(!b.line[0], "to 59");
	bench_time(&b, 500 * 59);
	ok(b.line[0], "and is reached");
	is(get32(&b, 0, LIMIT), FLAG | 60 << 9, "the new limit");
	bench_time(&b, 500 * (59 + 58));
	ok(!b.line[0], "its period");
	bench_time(&b, 500 * (59 + 59));
	ok(b.line[0], "is 59 ticks");
	get32(&b, 0, LIMIT);
	bench_time(&b, 500 * (59 + 59 + 30));
	is(get32(&b, 0, COUNT), 31 << 9, "at 31");
	put32(&b, 0, LIMIT_NR, 20 << 9);
	bench_time(&b, 500ull * (59 + 59 + 30 + (0x400000 - 31)));
	is(get32(&b, 0, COUNT), 0, "a limit already passed is met only after a full turn");
	ok(!b.line[0], "not before");
	bench_time(&b, 500ull * (59 + 59 + 30 + (0x400000 - 31) + 20));
	ok(b.line[0], "and then it is");
	bench_close(&b);
}

/* Only the limit's own register takes the flag and the interrupt back. */
static void test_no_reset_pending(void)
{
	start(4);
	put32(&b, 0, LIMIT, 10 << 9);
	bench_time(&b, 4500);
	ok(b.line[0], "the limit is reached");
	put32(&b, 0, LIMIT_NR, 20 << 9);
	ok(b.line[0], "a limit that does not restart leaves the interrupt");
	is(get32(&b, 0, COUNT), FLAG | 1 << 9, "and the flag");
	is(get32(&b, 0, LIMIT_NR), 0, "its own register reads 0");
	is(get32(&b, 0, LIMIT), FLAG | 20 << 9, "the limit's acknowledges");
	ok(!b.line[0], "both");
	bench_close(&b);
}

/* The registers are right even where the deadline has not been served yet. */
static void test_lazy(void)
{
	start(4);
	put32(&b, SYS, LIMIT, 10 << 9);
	b.clock.insns = 4500;
	is(get32(&b, SYS, COUNT), FLAG | 0x200, "a load at the very instant sees the flag");
	ok(b.line[SYS], "and the line is up");
	is(clock_next(&b.clock), CLOCK_NEVER, "no deadline is left behind");
	get32(&b, SYS, LIMIT);
	is(clock_next(&b.clock), 9000, "until it is acknowledged");
	bench_close(&b);
}

static void test_user(void)
{
	start(4);
	put32(&b, 2, LIMIT, 4 << 9);
	bench_time(&b, 5000);
	ok(b.line[2], "CPU 2's counter interrupts");
	put32(&b, SYS, CONFIG, 0xfffffff4);
	is(get32(&b, SYS, CONFIG), 4, "it becomes a user timer");
	ok(!b.line[2], "and is silent");
	is(bench_get(&b, 2, 0, 8), 0, "at 0");
	is(get32(&b, 2, RUN), 0, "it stands");
	bench_time(&b, 10000);
	is(bench_get(&b, 2, 0, 8), 0, "still");
	put32(&b, 2, RUN, 1);
	is(get32(&b, 2, RUN), 1, "it runs");
	bench_time(&b, 10000 + 500 * 3);
	is(bench_get(&b, 2, 0, 8), 3 << 9, "3 ticks");
	bench_put(&b, 2, 0, 8, 0x00000000fffffe00);
	is(bench_get(&b, 2, 0, 8), 0x00000000fffffe00, "set to just below 2^32");
	bench_time(&b, 10000 + 500 * 4);
	is(bench_get(&b, 2, 0, 8), 0x0000000100000000, "it carries into the upper word");
	put32(&b, 2, LIMIT, 0x7fffffff);
	is(get32(&b, 2, LIMIT), 0x7fffffff, "31 bits of it");
	put32(&b, 2, COUNT, 0xffffffff);
	is(get32(&b, 2, COUNT), 0xfffffe00, "23 of the lower");
	bench_time(&b, 10000 + 500 * 5);
	is(bench_get(&b, 2, 0, 8), 0x8000000000000000, "the end sets the flag");
	is(get32(&b, 2, LIMIT), FLAG, "which a load does not clear");
	ok(!b.line[2], "without an interrupt");
	put32(&b, 2, COUNT, 0x400);
	is(bench_get(&b, 2, 0, 8), 0x400, "but a store");
	bench_time(&b, 10000 + 500 * 7);
	put32(&b, 2, RUN, 0);
	bench_time(&b, 10000 + 500 * 70);
	is(bench_get(&b, 2, 0, 8), 4 << 9, "stopped");
	put32(&b, 2, RUN, 3);
	bench_time(&b, 10000 + 500 * 71);
	is(bench_get(&b, 2, 0, 8), 5 << 9, "and on");
	put32(&b, 2, LIMIT_NR, 4 << 9);
	is(get32(&b, 2, LIMIT_NR), 0, "there is no limit");
	put32(&b, SYS, CONFIG, 0);
	is(get32(&b, 2, LIMIT), 0, "back as a counter it runs free");
	is(get32(&b, 2, COUNT), 0, "from 0");
	bench_time(&b, 10000 + 500 * 80);
	is(get32(&b, 2, COUNT), 9 << 9, "like any");
	bench_close(&b);

	start(1);
	put32(&b, SYS, CONFIG, 0xffffffff);
	is(get32(&b, SYS, CONFIG), 1, "one CPU, one bit");
	put32(&b, SYS, RUN, 1);
	is(get32(&b, SYS, RUN), 0, "the system counter has no run bit");
	bench_close(&b);
}

static void test_wide(void)
{
	u64 v;

	start(4);
	bench_put(&b, SYS, LIMIT, 8, (u64)(10 << 9) << 32 | 0xffffffff);
	bench_time(&b, 1000);
	is(bench_get(&b, SYS, LIMIT, 8), (u64)(10 << 9) << 32 | 3 << 9,
	   "a doubleword is both words");
	is(-bus_read(&b.bus, bench_at(SYS) + CONFIG, 8, &v), EFAULT, "not beyond the end");
	is(-bus_read(&b.bus, bench_at(0), 2, &v), EFAULT, "no halfwords");
	bench_close(&b);
}

static void test_restore(void)
{
	start(4);
	put32(&b, SYS, LIMIT, 10 << 9);
	put32(&b, 3, LIMIT, 100 << 9);
	bench_time(&b, 5000);
	ok(bench_reload(&b), "the state comes back");
	ok(b.line[SYS], "an interrupt is up again");
	timer_set(b.clock.head, CLOCK_NEVER);
	ok(bench_reload(&b), "once more");
	is(clock_next(&b.clock), 99 * 500, "and the deadline is armed");
	bench_time(&b, 99 * 500);
	ok(b.line[3], "which fires");
	bench_close(&b);
}

int main(void)
{
	test_reset();
	test_limit();
	test_hz();
	test_off_grid();
	test_no_reset();
	test_no_reset_pending();
	test_lazy();
	test_user();
	test_wide();
	test_restore();
	return tap_done();
}
