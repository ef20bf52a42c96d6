/* SPDX-License-Identifier: MIT */
#include "t/chip.h"

extern const struct dev_class slavio_intctl_class;

enum {
	SYS = 4,
	PENDING = 0,
	CLEAR = 4,
	SET = 8,
	MASK = 4,
	MASK_CLEAR = 8,
	MASK_SET = 0xc,
	ITR = 0x10
};

/* Levels 15..1 that cpu is told now. */
static u32 levels(const struct bench *b, unsigned cpu)
{
	u32 v = 0;

	for (unsigned l = 1; l < 16; l++)
		v |= (u32)b->line[16 * cpu + l] << l;
	return v;
}

static void in(struct bench *b, unsigned n, bool level)
{
	slavio_intctl_class.irq_in(b->chip, n, level);
}

static void test_reset(struct bench *b)
{
	is(get32(b, SYS, PENDING), 0, "nothing pends after reset");
	is(get32(b, SYS, MASK), 0, "nothing is masked");
	is(get32(b, SYS, ITR), 0, "CPU 0 is the target");
	for (unsigned cpu = 0; cpu < 4; cpu++)
		is(get32(b, cpu, PENDING), 0, "CPU %u has nothing", cpu);
	is(get32(b, SYS, MASK_CLEAR) | get32(b, SYS, MASK_SET), 0, "write-only registers read 0");
	is(get32(b, 0, CLEAR) | get32(b, 0, SET) | get32(b, 0, 0xc), 0, "in the CPU slice, too");
}

static void test_levels(struct bench *b)
{
	/* System bit and CPU level, for the bits that can be enabled. */
	static const u8 wire[][2] = {
		{ 7, 2 },   { 8, 3 },	{ 9, 5 },   { 10, 7 },	{ 11, 9 },  { 12, 11 },
		{ 13, 13 }, { 14, 12 }, { 15, 12 }, { 16, 6 },	{ 18, 4 },  { 19, 10 },
		{ 20, 8 },  { 22, 11 }, { 28, 15 }, { 29, 15 }, { 30, 15 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(wire); i++) {
		u32 bit = 1u << wire[i][0], want = 1u << wire[i][1];

		in(b, wire[i][0], true);
		is(get32(b, SYS, PENDING), bit, "bit %u pends", wire[i][0]);
		is(levels(b, 0), want, "at level %u", wire[i][1]);
		is(get32(b, 0, PENDING), want, "and in the CPU's register");
		in(b, wire[i][0], false);
		is(get32(b, SYS, PENDING) | levels(b, 0), 0, "until the line falls");
	}
	for (unsigned n = 0; n < 7; n++) {
		in(b, n, true);
		is(levels(b, 0), 0, "VME level %u cannot be enabled", n + 1);
		in(b, n, false);
	}
	in(b, 31, true);
	is(get32(b, SYS, PENDING), 0, "bit 31 is no source");
}

static void test_mask(struct bench *b)
{
	put32(b, SYS, MASK_SET, 0xffffffff);
	is(get32(b, SYS, MASK), 0xf05dff80, "the mask's bits");
	put32(b, SYS, MASK_CLEAR, 0x80000000);
	is(get32(b, SYS, MASK), 0x705dff80, "clear clears just what is written");
	in(b, 18, true);
	is(levels(b, 0), 0, "a masked source is not heard");
	is(get32(b, SYS, PENDING), 1 << 18, "though it pends");
	is(get32(b, 0, PENDING), 0, "not at the CPU");
	put32(b, SYS, MASK_CLEAR, 1 << 18);
	is(levels(b, 0), 1 << 4, "unmasked it is heard at once");
	put32(b, SYS, MASK_SET, 0x80000000);
	is(levels(b, 0), 0, "mask-all silences it");
	is(get32(b, SYS, MASK) >> 31, 1, "and reads back");
	put32(b, 0, SET, 1u << 17);
	is(levels(b, 0), 1 << 1, "but no soft interrupt");
	in(b, 32, true);
	is(levels(b, 0), 1 << 1, "it silences the level-14 counter");
	in(b, 30, true);
	is(levels(b, 0), 1 << 1, "and level 15");
	put32(b, SYS, MASK_CLEAR, 0x80000000);
	is(levels(b, 0), 1 << 15 | 1 << 14 | 1 << 4 | 1 << 1, "all come back with it");
	in(b, 32, false);
	in(b, 30, false);
	in(b, 18, false);
	put32(b, 0, CLEAR, 1u << 17);
	is(levels(b, 0), 0, "all gone");
	put32(b, SYS, MASK_CLEAR, 0xffffffff);
	is(get32(b, SYS, MASK), 0, "nothing masked");
}

static void test_soft(struct bench *b)
{
	for (unsigned l = 1; l < 16; l++) {
		put32(b, 2, SET, 1u << (16 + l));
		is(levels(b, 2), 1u << l, "soft level %u", l);
		is(get32(b, 2, PENDING), 1u << (16 + l), "shows in the upper half");
		put32(b, 2, CLEAR, ~(1u << (16 + l)));
		is(levels(b, 2), 1u << l, "other bits clear nothing");
		put32(b, 2, CLEAR, 1u << (16 + l));
		is(levels(b, 2), 0, "its own does");
	}
	put32(b, 1, SET, 0x0001ffff);
	is(get32(b, 1, PENDING), 0, "the lower half sets nothing");
	put32(b, 1, SET, 0xffffffff);
	is(get32(b, 1, PENDING), 0xfffe0000, "the upper half has 15 bits");
	is(levels(b, 1), 0xfffe, "all levels");
	is(levels(b, 0) | levels(b, 2) | levels(b, 3), 0, "for one CPU only");
	put32(b, 1, CLEAR, 0xfffe8000);
	is(levels(b, 1), 0, "cleared as a kernel does");
}

static void test_target(struct bench *b)
{
	in(b, 16, true);
	is(levels(b, 0), 1 << 6, "CPU 0 is the target");
	put32(b, SYS, ITR, 3);
	is(get32(b, SYS, ITR), 3, "now CPU 3");
	is(levels(b, 0), 0, "the old one is released");
	is(levels(b, 3), 1 << 6, "the new one told");
	is(get32(b, 3, PENDING), 1 << 6, "in its register, too");
	put32(b, SYS, ITR, 0xffffffff);
	is(get32(b, SYS, ITR), 15, "four bits");
	is(levels(b, 0) | levels(b, 1) | levels(b, 2) | levels(b, 3), 0, "nobody there");
	put32(b, SYS, ITR, 0);
	in(b, 16, false);
}

static void test_15(struct bench *b)
{
	in(b, 28, true);
	for (unsigned cpu = 0; cpu < 4; cpu++)
		is(levels(b, cpu), 1 << 15, "level 15 reaches CPU %u", cpu);
	put32(b, 1, CLEAR, 0x8000);
	is(levels(b, 1), 0, "a CPU clears its own");
	is(get32(b, 1, PENDING), 0, "and is rid of it");
	is(levels(b, 0) & levels(b, 2) & levels(b, 3), 1 << 15, "the others keep theirs");
	in(b, 28, true);
	is(levels(b, 1), 0, "a line that stays up does not come again");
	in(b, 30, true);
	is(levels(b, 1), 1 << 15, "another that rises does");
	in(b, 28, false);
	is(levels(b, 0), 1 << 15, "one is left");
	in(b, 30, false);
	is(levels(b, 0) | levels(b, 1), 0, "gone with the last");
	put32(b, SYS, MASK_SET, 1u << 30);
	in(b, 30, true);
	is(levels(b, 2), 1 << 15, "its own mask bit does not stop it");
	in(b, 30, false);
	put32(b, SYS, MASK_CLEAR, 1u << 30);
}

static void test_timer(struct bench *b)
{
	for (unsigned cpu = 0; cpu < 4; cpu++) {
		in(b, 32 + cpu, true);
		for (unsigned other = 0; other < 4; other++)
			is(levels(b, other), other == cpu ? 1 << 14 : 0, "counter %u, CPU %u", cpu,
			   other);
		is(get32(b, cpu, PENDING), 1 << 14, "in the pending register");
		in(b, 32 + cpu, false);
		is(levels(b, cpu), 0, "until it is acknowledged");
	}
	in(b, 36, true);
	is(get32(b, SYS, PENDING), 0, "there is no fifth");
}

static void test_restore(struct bench *b)
{
	in(b, 19, true);
	in(b, 34, true);
	in(b, 29, true);
	put32(b, 0, CLEAR, 0x8000);
	put32(b, 1, SET, 1u << 20);
	ok(bench_reload(b), "the state comes back");
	is(levels(b, 0), 1 << 10, "CPU 0's lines");
	is(levels(b, 1), 1 << 15 | 1 << 4, "CPU 1's");
	is(levels(b, 2), 1 << 15 | 1 << 14, "CPU 2's");
	slavio_intctl_class.reset(b->chip);
	is(levels(b, 0) | levels(b, 1) | levels(b, 2) | levels(b, 3), 0, "reset drops all");
}

int main(void)
{
	struct bench b;
	u64 v;

	bench_open(&b, &slavio_intctl_class);
	is(bench_start(&b), 0, "starts");
	test_reset(&b);
	test_levels(&b);
	test_mask(&b);
	test_soft(&b);
	test_target(&b);
	test_15(&b);
	test_timer(&b);
	test_restore(&b);
	is(-bus_read(&b.bus, bench_at(0), 1, &v), EFAULT, "words only");
	is(-bus_read(&b.bus, bench_at(SYS), 8, &v), EFAULT, "no doublewords");
	bench_close(&b);
	return tap_done();
}
