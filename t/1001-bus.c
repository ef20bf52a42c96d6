/* SPDX-License-Identifier: MIT */
#include "lib/bus.h"

#include <string.h>

#include "t/tap.h"

/* A chip that remembers the last access and answers with its offset. */
struct probe {
	unsigned nr;
	u32 off[4], val[4];
	unsigned size[4];
};

static u32 probe_read(void *chip, u32 off, unsigned size)
{
	struct probe *p = chip;
	unsigned i = p->nr++ & 3;

	p->off[i] = off;
	p->size[i] = size;
	return 0xa1b2c300 | off;
}

static void probe_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct probe *p = chip;
	unsigned i = p->nr++ & 3;

	p->off[i] = off;
	p->size[i] = size;
	p->val[i] = val;
}

static const struct region words = { "words", 0x14, ACC_4, probe_read, probe_write };
static const struct region wide = { "wide", 0x20, ACC_ANY, probe_read, probe_write };
static const struct region pair = { "pair", 2, ACC_2 | ACC_1, probe_read, probe_write };

static u64 wrote_pa, wrote_n;
static unsigned wrote_nr;

static void wrote(void *watcher, u64 pa, u64 n)
{
	(void)watcher;
	wrote_nr++;
	wrote_pa = pa;
	wrote_n = n;
}

static void test_map(void)
{
	static u8 ram[0x2000];
	struct probe p = { 0 };
	struct bus bus;

	bus_init(&bus);
	is(bus_map_io(&bus, 0xff1300000, &words, &p), 0, "a region maps above 4 GiB");
	is(bus_map_mem(&bus, "ram", 0x1000, 0x2000, ram, false), 0, "memory maps below it");
	is(bus_map_io(&bus, 0x3000, &words, &p), 0, "a second map of the region, right behind");
	is(bus_map_io(&bus, 0x3014, &words, &p), 0, "and a third");
	is(-bus_map_io(&bus, 0x3013, &words, &p), EEXIST, "an overlap is refused");
	is(-bus_map_io(&bus, 0x2ffc, &words, &p), EEXIST, "an overlap with memory's end, too");
	is(-bus_map_mem(&bus, "ram", 0, 0x1001, ram, false), EEXIST, "and with its beginning");
	is(-bus_map_mem(&bus, "ram", 0, 0x10000, ram, false), EEXIST, "and around it");
	is(bus_map_part(&bus, 0, 4, &words, &p), 0, "a part of a region");
	is(bus.nr, 5, "five ranges");
	for (unsigned i = 1; i < bus.nr; i++)
		ok(bus.range[i - 1].pa + bus.range[i - 1].size <= bus.range[i].pa,
		   "range %u follows range %u", i, i - 1);
	ok(!bus_find(&bus, 4), "nobody behind the part");
	ok(!bus_find(&bus, 0xfff), "nobody before memory");
	ok(bus_find(&bus, 0x1000) == &bus.range[1], "memory's first byte");
	ok(bus_find(&bus, 0x2fff) == &bus.range[1], "memory's last byte, from the cache");
	ok(bus_find(&bus, 0x3000) == &bus.range[2], "the region's first byte");
	ok(bus_find(&bus, 0xff1300013) == &bus.range[4], "the high region's last byte");
	ok(!bus_find(&bus, 0xff1300014), "nobody behind it");
	ok(!bus_find(&bus, UINT64_MAX), "nobody at the top");
	bus_release(&bus);
}

static void test_top(void)
{
	struct probe p = { 0 };
	struct bus bus;
	u64 v;

	bus_init(&bus);
	ok(!bus_find(&bus, 0), "an empty bus answers nowhere");
	is(bus_map_io(&bus, UINT64_MAX - 0x1f, &wide, &p), 0, "a region at the very top");
	is(bus_read(&bus, UINT64_MAX - 7, 8, &v), 0, "its last doubleword");
	is(v, 0xa1b2c318a1b2c31c, "read as two words");
	bus_release(&bus);
}

static void test_mem(void)
{
	static u8 ram[0x1000], rom[0x1000];
	struct bus bus;
	u8 buf[4];
	u64 v;

	memcpy(rom, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	bus_init(&bus);
	bus.wrote = wrote;
	bus_map_mem(&bus, "ram", 0, sizeof(ram), ram, false);
	bus_map_mem(&bus, "rom", 0x1000, sizeof(rom), rom, true);
	bus_read(&bus, 0x1000, 8, &v);
	is(v, 0x0102030405060708, "8 bytes");
	bus_read(&bus, 0x1004, 4, &v);
	is(v, 0x05060708, "4 bytes");
	bus_read(&bus, 0x1002, 2, &v);
	is(v, 0x0304, "2 bytes");
	bus_read(&bus, 0x1007, 1, &v);
	is(v, 0x08, "1 byte");
	is(bus_write(&bus, 0x1000, 8, 0), 0, "a write to ROM is no error");
	is(rom[0], 1, "and changes nothing");
	is(bus_copy_to(&bus, 0x1000, ram, 8), 0, "nor does a copy");
	is(rom[7], 8, "change it");
	is(wrote_nr, 0, "no write is reported for ROM");
	is(bus_write(&bus, 0x10, 8, 0x1122334455667788), 0, "8 bytes to RAM");
	ok(!memcmp(ram + 0x10, "\x11\x22\x33\x44\x55\x66\x77\x88", 8), "big-endian");
	is(wrote_pa, 0x10, "the watcher hears where");
	is(wrote_n, 8, "and how much");
	bus_write(&bus, 0x20, 4, 0xaabbccdd);
	bus_write(&bus, 0x24, 2, 0xeeff);
	bus_write(&bus, 0x26, 1, 0x99);
	ok(!memcmp(ram + 0x20, "\xaa\xbb\xcc\xdd\xee\xff\x99\x00", 8), "4, 2 and 1 bytes");
	is(-bus_read(&bus, 0x2000, 4, &v), EFAULT, "nothing behind the ROM");
	is(v, 0, "the value is 0 after a bus error");
	is(bus_copy_to(&bus, 0xffc, "abcd", 4), 0, "a copy up to the end");
	is(wrote_nr, 5, "is reported once");
	is(-bus_copy_to(&bus, 0xffd, "efgh", 4), EFAULT, "a copy over the end");
	ok(!memcmp(ram + 0xffc, "abcd", 4), "copies nothing");
	is(bus_copy_from(&bus, 0x1004, buf, 4), 0, "a copy from ROM");
	ok(!memcmp(buf, "\x05\x06\x07\x08", 4), "is right");
	is(-bus_copy_from(&bus, 0xffe, buf, 4), EFAULT, "a copy from RAM into ROM");
	is(-bus_copy_from(&bus, 0, buf, UINT64_MAX), EFAULT, "a copy of everything");
	is(bus_copy_from(&bus, 0x123456789, buf, 0), 0, "no bytes are everywhere");
	bus_release(&bus);
}

static void test_io(void)
{
	struct probe p = { 0 };
	struct bus bus;
	u64 v;

	bus_init(&bus);
	bus_map_io(&bus, 0x1000, &words, &p);
	bus_map_io(&bus, 0x2000, &words, &p);
	bus_map_io(&bus, 0x3000, &wide, &p);
	bus_map_io(&bus, 0x4000, &pair, &p);

	is(bus_read(&bus, 0x2010, 4, &v), 0, "the alias answers");
	is(v, 0xa1b2c310, "by its own offset");
	is(-bus_read(&bus, 0x1000, 1, &v), EFAULT, "a byte of a word register");
	is(-bus_read(&bus, 0x1000, 2, &v), EFAULT, "half of one");
	is(-bus_write(&bus, 0x1000, 1, 1), EFAULT, "a byte store");
	is(-bus_read(&bus, 0x1000, 8, &v), EFAULT, "a doubleword without ACC_8");
	is(-bus_write(&bus, 0x1008, 8, 1), EFAULT, "and its store");
	is(p.nr, 1, "the chip saw none of them");

	p.nr = 0;
	is(bus_read(&bus, 0x3008, 8, &v), 0, "a doubleword with ACC_8");
	is(v, 0xa1b2c308a1b2c30c, "is two words");
	is(p.nr, 2, "in two accesses");
	is(p.off[0], 8, "the lower address first");
	is(p.size[1], 4, "each a word");
	p.nr = 0;
	is(bus_write(&bus, 0x3010, 8, 0x1234567890abcdef), 0, "a doubleword store");
	is(p.val[0], 0x12345678, "the upper word");
	is(p.off[0], 0x10, "at the lower address");
	is(p.val[1], 0x90abcdef, "the lower word");
	is(p.off[1], 0x14, "behind it");
	p.nr = 0;
	bus_read(&bus, 0x3001, 1, &v);
	is(v, 0x01, "a byte's value has 8 bits, whatever the chip says");
	bus_read(&bus, 0x3002, 2, &v);
	is(v, 0xc302, "a halfword's 16");
	bus_write(&bus, 0x3003, 1, 0xfff);
	is(p.val[2], 0xff, "and a chip is given no more");
	is(bus_read(&bus, 0x4000, 2, &v), 0, "a 2-byte region, whole");
	is(-bus_read(&bus, 0x4000, 4, &v), EFAULT, "a word over its end");
	is(-bus_read(&bus, 0x4001, 2, &v), EFAULT, "a misaligned halfword");
	is(-bus_copy_from(&bus, 0x3000, &v, 4), EFAULT, "a block copy meets no chip");
	is(-bus_copy_to(&bus, 0x3000, &v, 4), EFAULT, "in either direction");
	bus_release(&bus);
}

int main(void)
{
	test_map();
	test_top();
	test_mem();
	test_io();
	return tap_done();
}
