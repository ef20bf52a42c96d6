/* SPDX-License-Identifier: MIT */
/*
 * One chip on a bench: a clock, a bus with its regions, and a note of every output line.
 * Region i of the chip is mapped at bench_at(i).
 */
#ifndef T_CHIP_H
#define T_CHIP_H

#include <stdlib.h>
#include <string.h>

#include "dev/device.h"
#include "t/tap.h"

struct bench {
	struct clock clock;
	struct bus bus;
	void *chip;
	const struct dev_class *cls;
	bool line[DEV_IRQS]; /* the level of each output now */
	unsigned rises[DEV_IRQS]; /* and how often it rose */
	u64 trace; /* a hash over all changes and their instants */
};

/* Space for a region of nearly 4 GiB each. */
__attribute__((unused)) static u64 bench_at(unsigned i)
{
	return (u64)(i + 1) << 32;
}

static void bench_line(void *sink, unsigned n, bool level)
{
	struct bench *b = sink;

	if (level != b->line[n])
		b->trace = (b->trace ^ (clock_now(&b->clock) << 7 | n << 1 | level)) *
			   0x9e3779b97f4a7c15ull;
	if (level && !b->line[n])
		b->rises[n]++;
	b->line[n] = level;
}

/* Time is 1 ns an instruction; the chip is wired, but not yet initialised. */
__attribute__((unused)) static struct dev *bench_open(struct bench *b, const struct dev_class *cls)
{
	struct dev *dev;
	unsigned i;

	memset(b, 0, sizeof(*b));
	clock_init(&b->clock, 0);
	bus_init(&b->bus);
	b->cls = cls;
	b->chip = calloc(1, cls->size);
	dev = b->chip;
	dev->cls = cls;
	dev->name = cls->name;
	dev->clock = &b->clock;
	for (i = 0; i < DEV_IRQS; i++)
		dev->irq[i] = (struct irq){ .set = bench_line, .sink = b, .n = i };
	for (i = 0; i < DEV_REGIONS && cls->region[i].name; i++)
		bus_map_io(&b->bus, bench_at(i), &cls->region[i], b->chip);
	return dev;
}

__attribute__((unused)) static int bench_start(struct bench *b)
{
	int err = b->cls->init ? b->cls->init(b->chip) : 0;

	if (!err && b->cls->reset)
		b->cls->reset(b->chip);
	return err;
}

__attribute__((unused)) static void bench_close(struct bench *b)
{
	if (b->cls->release)
		b->cls->release(b->chip);
	free(b->chip);
	bus_release(&b->bus);
}

/* Go to instant ns, firing what is due on the way, each at its own instant. */
__attribute__((unused)) static void bench_time(struct bench *b, u64 ns)
{
	u64 next;

	while ((next = clock_next(&b->clock)) <= ns) {
		if (next > b->clock.insns)
			b->clock.insns = next;
		clock_run(&b->clock);
	}
	b->clock.insns = ns;
}

__attribute__((unused)) static u64 bench_get(struct bench *b, unsigned region, u32 off,
					     unsigned size)
{
	u64 val;

	if (bus_read(&b->bus, bench_at(region) + off, size, &val))
		ok(false, "bus error at a load of %u from %u:%#x", size, region, (unsigned)off);
	return val;
}

__attribute__((unused)) static void bench_put(struct bench *b, unsigned region, u32 off,
					      unsigned size, u64 val)
{
	if (bus_write(&b->bus, bench_at(region) + off, size, val))
		ok(false, "bus error at a store of %u to %u:%#x", size, region, (unsigned)off);
}

__attribute__((unused)) static u32 get32(struct bench *b, unsigned region, u32 off)
{
	return (u32)bench_get(b, region, off, 4);
}

__attribute__((unused)) static void put32(struct bench *b, unsigned region, u32 off, u32 val)
{
	bench_put(b, region, off, 4, val);
}

/* Replace the chip's state by its own saved one, as a restore does: true if nothing changed. */
__attribute__((unused)) static bool bench_reload(struct bench *b)
{
	u64 n = field_stream_size(b->cls->fields);
	u8 *before = malloc(n + 1), *after = malloc(n + 1);
	bool same;

	field_save(b->cls->fields, dev_state(b->chip), before);
	memset(dev_state(b->chip), 0xa5, b->cls->state_size);
	memset(b->line, 0, sizeof(b->line));
	same = !field_load(b->cls->fields, dev_state(b->chip), before);
	if (b->cls->loaded)
		b->cls->loaded(b->chip);
	field_save(b->cls->fields, dev_state(b->chip), after);
	same = same && !memcmp(before, after, n) && (!b->cls->check || b->cls->check(b->chip));
	free(before);
	free(after);
	return same;
}

#endif
