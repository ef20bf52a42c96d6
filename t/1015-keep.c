/* SPDX-License-Identifier: MIT */
/* lib/keep.c: pages as they were, beside a plain copy of the memory, through random writes by way of the bus. */
#include "lib/keep.h"

#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/bus.h"
#include "t/tap.h"

#define PAGES 200u
#define SIZE (PAGES * KEEP_PAGE)
#define PA 0x40000000u

static u8 mem[SIZE], before[SIZE];
static struct bus bus;
static struct keep keep;
static u32 seed = 1;

static u32 rnd(u32 n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Pages that were noted are what they were then; live only if nobody wrote. */
static bool right(const u8 *noted, const u8 *written)
{
	bool good = true;

	for (u32 i = 0; i < PAGES; i++) {
		if (keep_is_live(&keep, i) != (noted[i] && !written[i]))
			good = false;
		if (noted[i] && memcmp(keep_page(&keep, i), before + i * KEEP_PAGE, KEEP_PAGE))
			good = false;
	}
	return good;
}

static void mark(u8 *written, u64 off, u64 n)
{
	for (u64 i = off / KEEP_PAGE; i <= (off + n - 1) / KEEP_PAGE; i++)
		written[i] = 1;
}

static void write_somewhere(u8 *written)
{
	static const u8 bytes[3 * KEEP_PAGE] = { 1, 2, 3 };
	u32 n = 1 + rnd(sizeof(bytes)), off = rnd(SIZE - n + 1);

	switch (rnd(3)) {
	case 0:
		n = 8;
		off &= ~7u;
		off = off > SIZE - 8 ? SIZE - 8 : off;
		bus_write(&bus, PA + off, 8, rnd(UINT32_MAX));
		break;
	case 1:
		bus_copy_to(&bus, PA + off, bytes, n);
		break;
	default:
		bus_touch(&bus, PA + off, n);
		memset(mem + off, (int)rnd(256), n);
	}
	mark(written, off, n);
}

static bool run(void)
{
	u8 noted[PAGES] = { 0 }, written[PAGES] = { 0 };
	bool good = keep_init(&keep, mem, SIZE);

	for (u32 i = 0; i < SIZE; i += 4)
		be32_put(mem + i, rnd(UINT32_MAX));
	memcpy(before, mem, SIZE);
	for (u32 i = 0; good && i < PAGES; i++) {
		noted[i] = rnd(3) != 0;
		if (noted[i])
			keep_note(&keep, i);
	}
	bus_set_keep(&bus, PA, &keep);
	good = good && right(noted, written);
	for (unsigned i = 0; i < 60 && good; i++) {
		write_somewhere(written);
		good = right(noted, written);
	}
	bus_set_keep(&bus, PA, NULL);
	keep_release(&keep);
	return good;
}

int main(void)
{
	bool good = true;

	bus_init(&bus);
	good = !bus_map_mem(&bus, "ram", PA, SIZE, mem, false);
	for (unsigned i = 0; i < 50 && good; i++)
		good = run();
	ok(good, "pages that were noted stay what they were, whoever writes to the memory");
	bus_set_keep(&bus, PA - 1, &keep);
	bus_set_keep(&bus, PA + SIZE, &keep);
	ok(!bus.range[0].keep, "where no memory is nobody is told");
	bus_release(&bus);
	return tap_done();
}
