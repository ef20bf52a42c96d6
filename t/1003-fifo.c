/* SPDX-License-Identifier: MIT */
#include "lib/fifo.h"

#include <string.h>

#include "t/tap.h"

static void test_small(void)
{
	struct fifo f;
	u8 c = 0xee;

	memset(&f, 0x55, sizeof(f));
	fifo_init(&f, 3);
	is(f.size, 3, "the capacity");
	is(fifo_room(&f), 3, "is all free");
	ok(!fifo_pop(&f, &c), "nothing to pop");
	is(c, 0, "gives 0");
	ok(fifo_push(&f, 1), "one");
	ok(fifo_push(&f, 2), "two");
	ok(fifo_push(&f, 3), "three");
	is(fifo_room(&f), 0, "full");
	ok(!fifo_push(&f, 4), "a fourth is refused");
	is(f.num, 3, "and changes nothing");
	ok(fifo_pop(&f, &c) && c == 1, "first in, first out");
	ok(f.data[0] == 2 && f.data[1] == 3 && f.data[2] == 0, "data[0] is the oldest, the rest 0");
	ok(fifo_push(&f, 9), "room again");
	ok(fifo_pop(&f, &c) && c == 2, "second");
	ok(fifo_pop(&f, &c) && c == 3, "third");
	ok(fifo_pop(&f, &c) && c == 9, "the late one");
	ok(!fifo_pop(&f, &c), "empty");
	fifo_push(&f, 7);
	fifo_clear(&f);
	is(f.num, 0, "cleared");
	is(f.data[0], 0, "to zero");
	is(f.size, 3, "the capacity stays");
}

static void test_full(void)
{
	struct fifo f;
	bool good = true;
	u8 c;

	fifo_init(&f, FIFO_MAX);
	for (unsigned i = 0; i < FIFO_MAX; i++)
		good = good && fifo_push(&f, (u8)(i * 7));
	ok(good, "256 bytes fit");
	ok(!fifo_push(&f, 1), "not 257");
	for (unsigned i = 0; i < FIFO_MAX; i++)
		good = good && fifo_pop(&f, &c) && c == (u8)(i * 7);
	ok(good, "and come out again");
	for (unsigned i = 0; i < FIFO_MAX; i++)
		good = good && !f.data[i];
	ok(good, "leaving zeros");
}

int main(void)
{
	test_small();
	test_full();
	return tap_done();
}
