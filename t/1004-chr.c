/* SPDX-License-Identifier: MIT */
#include "lib/chr.h"

#include <string.h>

#include "t/tap.h"

struct end {
	struct chr *chr;
	unsigned woken, flushed;
	u8 out[3 * CHR_QUEUE];
	u32 n;
};

static void end_wake(void *arg)
{
	struct end *e = arg;

	e->woken++;
}

static void end_flush(void *arg)
{
	struct end *e = arg;

	e->flushed++;
	e->n += chr_take(e->chr, e->out + e->n, (u32)sizeof(e->out) - e->n);
}

static void test_in(struct end *e)
{
	static u8 buf[CHR_QUEUE];
	static struct chr chr;
	bool good = true;
	u8 c;

	chr_init(&chr);
	chr.wake = end_wake;
	chr.chip = e;
	ok(!chr_peek(&chr), "no input");
	ok(!chr_get(&chr, &c), "to get");
	is(chr_in_room(&chr), CHR_QUEUE, "all room");
	chr_feed(&chr, buf, 0);
	is(e->woken, 0, "nothing wakes nobody");
	chr_feed(&chr, (const u8 *)"xyz", 3);
	is(e->woken, 1, "input wakes the chip");
	is(chr_in_room(&chr), CHR_QUEUE - 3, "and takes room");
	ok(chr_peek(&chr), "input is there");
	ok(chr_get(&chr, &c) && c == 'x', "the first byte");
	ok(chr_get(&chr, &c) && c == 'y', "the second");
	for (unsigned i = 0; i < CHR_QUEUE; i++)
		buf[i] = (u8)(i % 251);
	chr_feed(&chr, buf, CHR_QUEUE - 1);
	is(chr_in_room(&chr), 0, "full, around the end of the ring");
	ok(chr_get(&chr, &c) && c == 'z', "the third byte");
	for (unsigned i = 0; i < CHR_QUEUE - 1; i++)
		good = good && chr_get(&chr, &c) && c == i % 251;
	ok(good, "and all the others in order");
	ok(!chr_get(&chr, &c), "then none");

	e->woken = 0;
	ok(!chr_get_break(&chr), "no break");
	chr_feed_break(&chr);
	chr_feed_break(&chr);
	is(e->woken, 2, "each break wakes the chip");
	ok(chr_get_break(&chr) && chr_get_break(&chr), "two to take");
	ok(!chr_get_break(&chr), "and no third");
}

static void test_out(struct end *e)
{
	static struct chr chr;
	bool good = true;
	u8 buf[8];

	chr_init(&chr);
	for (unsigned i = 0; i < CHR_QUEUE + 5; i++)
		chr_put(&chr, (u8)(i % 251));
	is(chr_take(&chr, buf, 8), 8, "without a host the queue keeps what fits");
	is(buf[7], 7, "the oldest");

	chr_init(&chr);
	e->chr = &chr;
	chr.flush = end_flush;
	chr.host = e;
	for (unsigned i = 0; i < 2 * CHR_QUEUE + 100; i++)
		chr_put(&chr, (u8)(i % 251));
	is(e->flushed, 2, "a full queue calls for the host");
	end_flush(e);
	is(e->n, 2 * CHR_QUEUE + 100, "which misses nothing");
	for (unsigned i = 0; i < e->n; i++)
		good = good && e->out[i] == i % 251;
	ok(good, "in order");
	is(chr_take(&chr, buf, 8), 0, "and now it is empty");
	chr_put(&chr, 'q');
	is(chr_take(&chr, buf, 0), 0, "no room, no byte");
	is(chr_take(&chr, buf, 8), 1, "one byte");
	is(buf[0], 'q', "the right one");
}

int main(void)
{
	static struct end e;

	test_in(&e);
	test_out(&e);
	return tap_done();
}
