/* SPDX-License-Identifier: MIT */
#include "dev/m48t08.h"

#include "t/chip.h"

extern const struct dev_class m48t08_class;

#define S 1000000000ull

static struct bench b;

static u8 get(u32 off)
{
	return (u8)bench_get(&b, 0, off, 1);
}

static void put(u32 off, u32 val)
{
	bench_put(&b, 0, off, 1, val);
}

static void start(void)
{
	bench_open(&b, &m48t08_class);
	ok(!bench_start(&b), "starts");
}

/* year month date dow hour minute second, all as the registers have them. */
static void now_is(u32 year, u32 month, u32 date, u32 dow, u32 hms, const char *what)
{
	is((u64)get(0x1fff) << 40 | (u64)get(0x1ffe) << 32 | (u64)get(0x1ffd) << 24 |
		   (u64)get(0x1ffc) << 16,
	   (u64)year << 40 | (u64)month << 32 | (u64)date << 24 | (u64)dow << 16, "%s: the date",
	   what);
	is(get(0x1ffb) << 16 | get(0x1ffa) << 8 | get(0x1ff9), hms, "%s: the time", what);
}

static void test_calendar(void)
{
	start();
	now_is(0x02, 0x01, 0x01, 5, 0x000000, "1970-01-01, a Thursday");
	m48t08_set_time(b.chip, -63158400);
	now_is(0x00, 0x01, 0x01, 2, 0x000000, "1968-01-01, a Monday");
	m48t08_set_time(b.chip, 951868799);
	now_is(0x32, 0x02, 0x29, 3, 0x235959, "2000-02-29, a Tuesday");
	bench_time(&b, S - 1);
	now_is(0x32, 0x02, 0x29, 3, 0x235959, "a second");
	bench_time(&b, S);
	now_is(0x32, 0x03, 0x01, 4, 0x000000, "to the nanosecond");
	m48t08_set_time(b.chip, 946684799);
	now_is(0x31, 0x12, 0x31, 6, 0x235959, "1999-12-31, a Friday");
	bench_time(&b, 2 * S);
	now_is(0x32, 0x01, 0x01, 7, 0x000000, "2000-01-01, a Saturday");
	bench_time(&b, 2 * S + 3661 * S);
	now_is(0x32, 0x01, 0x01, 7, 0x010101, "an hour, a minute and a second later");
	m48t08_set_time(b.chip, 983404799);
	now_is(0x33, 0x02, 0x28, 4, 0x235959, "2001-02-28, a Wednesday");
	bench_time(&b, 3664 * S);
	now_is(0x33, 0x03, 0x01, 5, 0x000000, "no leap year");
	m48t08_set_time(b.chip, 3092601599);
	now_is(0x99, 0x12, 0x31, 7, 0x235959, "2067-12-31, a Saturday");
	bench_time(&b, 3665 * S);
	now_is(0x00, 0x01, 0x01, 1, 0x000000, "and around");
	bench_close(&b);
}

static void test_latch(void)
{
	start();
	m48t08_set_time(b.chip, 951868799);
	put(0x1ff8, 0x40);
	is(get(0x1ff8), 0x40, "the read bit");
	bench_time(&b, 5 * S);
	now_is(0x32, 0x02, 0x29, 3, 0x235959, "freezes");
	put(0x1ff9, 0x11);
	is(get(0x1ff9), 0x59, "and does not open the registers");
	ok(bench_reload(&b), "over a restore");
	now_is(0x32, 0x02, 0x29, 3, 0x235959, "the same");
	put(0x1ff8, 0x00);
	now_is(0x32, 0x03, 0x01, 4, 0x000004, "the clock went on");
	put(0x1ff9, 0x33);
	is(get(0x1ff9), 0x04, "a store without the write bit is lost");

	put(0x1ff8, 0x80 | 0x25);
	is(get(0x1ff8), 0xa5, "the write bit, with calibration");
	put(0x1fff, 0x27);
	put(0x1ffe, 0x08);
	put(0x1ffd, 0x24);
	put(0x1ffc, 0x45);
	put(0x1ffb, 0x12);
	put(0x1ffa, 0x34);
	put(0x1ff9, 0x56);
	bench_time(&b, 9 * S + 700000000);
	now_is(0x27, 0x08, 0x24, 0x45, 0x123456, "reads back what was stored");
	put(0x1ff8, 0x25);
	now_is(0x27, 0x08, 0x24, 0x45, 0x123456, "and is the time");
	bench_time(&b, 10 * S + 699999999);
	is(get(0x1ff9), 0x56, "from the beginning of that second");
	bench_time(&b, 10 * S + 700000000);
	is(get(0x1ff9), 0x57, "on");
	put(0x1ff8, 0x80);
	put(0x1ffa, 0x35);
	m48t08_class.reset(b.chip);
	is(get(0x1ff8), 0, "reset clears read and write");
	is(get(0x1ffa), 0x34, "and sets no clock");
	bench_close(&b);
}

static void test_masks(void)
{
	static const u8 want[7] = { 0xff, 0x7f, 0x3f, 0x47, 0x3f, 0x1f, 0xff };

	start();
	put(0x1ff8, 0x80);
	for (u32 i = 0; i < 7; i++) {
		put(0x1ff9 + i, 0xff);
		is(get(0x1ff9 + i), want[i], "register %#x's bits", 0x1ff9 + i);
	}
	put(0x1ff8, 0);
	is(get(0x1ffe), 0x12, "a month that does not exist becomes December");
	is(get(0x1ffd), 0x31, "a day the last");
	is(get(0x1ffb), 0x23, "an hour, too");
	put(0x1ff8, 0x80);
	for (u32 i = 0; i < 7; i++)
		put(0x1ff9 + i, 0);
	put(0x1ff8, 0);
	now_is(0x00, 0x01, 0x01, 1, 0x000000, "zeros");
	put(0x1ff8, 0x80);
	put(0x1fff, 0x33);
	put(0x1ffe, 0x02);
	put(0x1ffd, 0x30);
	put(0x1ff8, 0);
	is(get(0x1ffd), 0x28, "2001 had no 30th of February");
	bench_close(&b);
}

static void test_stop(void)
{
	start();
	m48t08_set_time(b.chip, 983404799);
	put(0x1ff8, 0x80);
	put(0x1ff9, 0xd9);
	put(0x1ff8, 0x00);
	bench_time(&b, 1000 * S);
	is(get(0x1ff9), 0xd9, "a stopped oscillator");
	now_is(0x33, 0x02, 0x28, 4, 0x2359d9, "stands");
	put(0x1ff8, 0x80);
	put(0x1ff9, 0x59);
	put(0x1ff8, 0x00);
	bench_time(&b, 1001 * S);
	now_is(0x33, 0x03, 0x01, 5, 0x000000, "and goes on when started");
	bench_close(&b);
}

/* The bytes as a machine with this address has them. */
static void test_idprom(void)
{
	static const u8 mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	static const u8 want[32] = { 0x01, 0x80, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56,
				     0x00, 0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x87 };

	start();
	memset(m48t08_nvram(b.chip), 0xff, M48T08_NVRAM);
	m48t08_set_idprom(b.chip, 0x80, mac);
	for (u32 i = 0; i < 32; i++)
		is(get(0x1fd8 + i), want[i], "idprom byte %u", i);
	is(get(0x1fd7), 0xff, "the byte before it is not touched");
	m48t08_set_idprom(b.chip, 0x72, mac);
	is(get(0x1fd9), 0x72, "another machine");
	is(get(0x1fe7), 0x75, "has another checksum");
	bench_close(&b);
}

static void test_vars(void)
{
	static const u8 system[16] = "\x70\x1a\x00\x02system\0\0\0\0\0";
	static const u8 freep[16] = "\x7f\x20\x01\xfb"
				    "free\0\0\0\0\0\0\0";
	static const u8 system3[16] = "\x70\x1b\x00\x03system\0\0\0\0\0";
	static const u8 free3[16] = "\x7f\x1f\x01\xfa"
				    "free\0\0\0\0\0\0\0";
	static const char *const one[] = { "auto-boot?=false" };
	static const char *const two[] = { "a=1", "boot-command=echo a=b" };
	static const char *const bad[] = { "a=1", "novalue" };
	static const char *const noname[] = { "=x" };
	static char big[0x1fd0];
	const char *const huge[] = { big };
	const u8 *nvram;

	start();
	nvram = m48t08_nvram(b.chip);
	memset(m48t08_nvram(b.chip), 0xff, M48T08_NVRAM);
	is(m48t08_set_vars(b.chip, NULL, 0), 0, "no variables");
	ok(!memcmp(nvram, system, 16), "the system partition's header");
	ok(!nvram[0x10] && !nvram[0x1f], "holds nothing");
	ok(!memcmp(nvram + 0x20, freep, 16), "the free partition's header");
	ok(!nvram[0x30] && !nvram[0x1fcf], "is free");
	is(nvram[0x1fd0], 0xff, "up to 1fd0");

	is(m48t08_set_vars(b.chip, one, 1), 0, "one variable");
	ok(!memcmp(nvram, system3, 16), "takes another paragraph");
	ok(!memcmp(nvram + 0x10, "auto-boot?=false\0", 18), "with its text and an empty one");
	ok(!memcmp(nvram + 0x30, free3, 16), "of the free ones");

	is(m48t08_set_vars(b.chip, two, 2), 0, "two");
	ok(!memcmp(nvram + 0x10, "a=1\0boot-command=echo a=b\0", 27), "follow each other");
	is(-m48t08_set_vars(b.chip, bad, 2), EINVAL, "a text without '='");
	is(-m48t08_set_vars(b.chip, noname, 1), EINVAL, "or without a name");
	ok(!memcmp(nvram + 0x10, "a=1\0boot-command=echo a=b\0", 27), "changes nothing");
	memset(big, 'x', sizeof(big) - 1);
	big[1] = '=';
	is(-m48t08_set_vars(b.chip, huge, 1), ENOSPC, "too long a text");
	ok(!memcmp(nvram + 0x10, "a=1\0", 4), "neither");
	/* 16 header + text + its NUL + the last NUL, and 16 for the other header, are 1fd0. */
	big[0x1fd0 - 16 - 16 - 2] = 0;
	is(m48t08_set_vars(b.chip, huge, 1), 0, "as long as can be");
	is(nvram[0x1fc0], 0x7f, "leaves just the header");
	is(nvram[0x1fc3], 1, "of an empty partition");
	bench_close(&b);
}

static void test_memory(void)
{
	u64 v;

	start();
	bench_put(&b, 0, 0x100, 4, 0x11223344);
	is(get(0x100), 0x11, "words go in bytes");
	is(bench_get(&b, 0, 0x102, 2), 0x3344, "big-endian");
	bench_put(&b, 0, 0x1ff4, 4, 0xa1a2a3a4);
	is(get(0x1ff7), 0xa4, "up to the control register");
	put(0x1ff8, 0x1f);
	is(bench_get(&b, 0, 0x1ff8, 4), 0x1f000000, "which a word load shows with the clock");
	m48t08_class.reset(b.chip);
	is(get(0x100), 0x11, "a reset forgets nothing");
	is(get(0x1ff8), 0x1f, "nor the calibration");
	is(-bus_read(&b.bus, bench_at(0), 8, &v), EFAULT, "no doublewords");
	bench_close(&b);
}

int main(void)
{
	test_calendar();
	test_latch();
	test_masks();
	test_stop();
	test_idprom();
	test_vars();
	test_memory();
	return tap_done();
}
