/* SPDX-License-Identifier: MIT */
#include "dev/slavio-misc.h"

#include "t/chip.h"

extern const struct dev_class slavio_misc_class;

static struct bench b;

static u32 get8(unsigned region)
{
	return (u32)bench_get(&b, region, 0, 1);
}

static void put8(unsigned region, u32 val)
{
	bench_put(&b, region, 0, 1, val);
}

static void test_reset(void)
{
	for (unsigned r = SLAVIO_MISC_CONFIG; r <= SLAVIO_MISC_MODEM; r++)
		is(get8(r), 0, "register %u is 0 after reset", r);
	is(bench_get(&b, SLAVIO_MISC_LEDS, 0, 2), 0, "LEDs");
	is(get32(&b, SLAVIO_MISC_SYSCTL, 0), 0, "no reset was seen at power-on");
	is(get8(SLAVIO_MISC_APC), 0, "the idle register reads 0");
}

static void test_storage(void)
{
	put8(SLAVIO_MISC_CONFIG, 0xa8);
	is(get8(SLAVIO_MISC_CONFIG), 0xa8, "configuration");
	put8(SLAVIO_MISC_CONFIG, 0);
	put8(SLAVIO_MISC_DIAG, 0x5a);
	is(get8(SLAVIO_MISC_DIAG), 0x5a, "diagnostic register");
	put8(SLAVIO_MISC_MODEM, 0x81);
	is(get8(SLAVIO_MISC_MODEM), 0x81, "modem register");
	bench_put(&b, SLAVIO_MISC_LEDS, 0, 2, 0xbeef);
	is(bench_get(&b, SLAVIO_MISC_LEDS, 0, 2), 0xbeef, "16 LEDs");
	is(bench_get(&b, SLAVIO_MISC_SBUS_ID, 0, 4), 0xfe810103, "the I/O chip's identification");
	is(bench_get(&b, SLAVIO_MISC_SBUS_ID, 0, 1), 0xfe, "its bytes");
	is(bench_get(&b, SLAVIO_MISC_SBUS_ID, 1, 1), 0x81, "one");
	is(bench_get(&b, SLAVIO_MISC_SBUS_ID, 2, 2), 0x0103, "by one");
	put32(&b, SLAVIO_MISC_SBUS_ID, 0, 0);
	is(get32(&b, SLAVIO_MISC_SBUS_ID, 0), 0xfe810103, "are constant");
}

static void test_aux1(void)
{
	put8(SLAVIO_MISC_AUX1, 0xc1);
	is(get8(SLAVIO_MISC_AUX1), 0xc1, "the LED is on");
	is(b.rises[SLAVIO_MISC_OUT_TC], 0, "no terminal count");
	put8(SLAVIO_MISC_AUX1, 0xc3);
	is(b.rises[SLAVIO_MISC_OUT_TC], 1, "terminal count");
	ok(!b.line[SLAVIO_MISC_OUT_TC], "is a pulse");
	is(get8(SLAVIO_MISC_AUX1), 0xc1, "and does not read back");
	put8(SLAVIO_MISC_AUX1, 0xc3);
	is(b.rises[SLAVIO_MISC_OUT_TC], 2, "again");
	put8(SLAVIO_MISC_AUX1, 0xc5);
	is(b.rises[SLAVIO_MISC_OUT_TC], 3, "its other bit, when it rises");
	put8(SLAVIO_MISC_AUX1, 0xc5);
	is(b.rises[SLAVIO_MISC_OUT_TC], 3, "not while it stays");
	put8(SLAVIO_MISC_AUX1, 0xc1);
	put8(SLAVIO_MISC_AUX1, 0xc5);
	is(b.rises[SLAVIO_MISC_OUT_TC], 4, "when it rises again");
}

static void test_power(void)
{
	slavio_misc_class.irq_in(b.chip, SLAVIO_MISC_IN_POWERFAIL, true);
	is(get8(SLAVIO_MISC_AUX2), 0x20, "power fails");
	ok(!b.line[SLAVIO_MISC_OUT_POWERFAIL], "no interrupt unless it is wanted");
	put8(SLAVIO_MISC_CONFIG, 0x08);
	ok(b.line[SLAVIO_MISC_OUT_POWERFAIL], "now it is");
	put8(SLAVIO_MISC_AUX2, 0);
	ok(b.line[SLAVIO_MISC_OUT_POWERFAIL], "a store without the clear bit keeps it");
	ok(bench_reload(&b), "a restore");
	ok(b.line[SLAVIO_MISC_OUT_POWERFAIL], "raises it again");
	put8(SLAVIO_MISC_AUX2, 2);
	ok(!b.line[SLAVIO_MISC_OUT_POWERFAIL], "the clear bit drops it");
	is(get8(SLAVIO_MISC_AUX2), 0, "and the flag");
	is(b.rises[SLAVIO_MISC_OUT_POWEROFF], 0, "still on");
	put8(SLAVIO_MISC_AUX2, 1);
	is(b.rises[SLAVIO_MISC_OUT_POWEROFF], 1, "off");
	ok(!b.line[SLAVIO_MISC_OUT_POWEROFF], "by a pulse");
	slavio_misc_class.irq_in(b.chip, SLAVIO_MISC_IN_POWERFAIL, false);
}

static void test_idle(void)
{
	is(b.rises[SLAVIO_MISC_OUT_IDLE], 0, "busy");
	put8(SLAVIO_MISC_APC, 0);
	is(b.rises[SLAVIO_MISC_OUT_IDLE], 1, "any store idles");
	put8(SLAVIO_MISC_APC, 0xff);
	is(b.rises[SLAVIO_MISC_OUT_IDLE], 2, "each one");
	is(get8(SLAVIO_MISC_APC), 0, "nothing to read");
}

static void test_sysctl(void)
{
	put32(&b, SLAVIO_MISC_SYSCTL, 0, 0xfffffffe);
	is(b.rises[SLAVIO_MISC_OUT_RESET], 0, "other bits reset nothing");
	put32(&b, SLAVIO_MISC_SYSCTL, 0, 1);
	is(b.rises[SLAVIO_MISC_OUT_RESET], 1, "bit 0 resets");
	slavio_misc_class.reset(b.chip);
	is(get32(&b, SLAVIO_MISC_SYSCTL, 0), 2, "after which bit 1 says so");
	is(get8(SLAVIO_MISC_DIAG), 0x5a, "the diagnostic register is kept");
	is(get8(SLAVIO_MISC_AUX1), 0, "the others are not");
	put32(&b, SLAVIO_MISC_SYSCTL, 0, 2);
	is(get32(&b, SLAVIO_MISC_SYSCTL, 0), 0, "bit 1 is cleared by 1");
	slavio_misc_class.irq_in(b.chip, SLAVIO_MISC_IN_WATCHDOG, true);
	is(b.rises[SLAVIO_MISC_OUT_RESET], 2, "the watchdog resets");
	slavio_misc_class.irq_in(b.chip, SLAVIO_MISC_IN_WATCHDOG, true);
	is(b.rises[SLAVIO_MISC_OUT_RESET], 2, "once");
	slavio_misc_class.reset(b.chip);
	is(get32(&b, SLAVIO_MISC_SYSCTL, 0), 0x10, "and is told apart");
}

int main(void)
{
	u64 v;

	bench_open(&b, &slavio_misc_class);
	is(bench_start(&b), 0, "starts");
	test_reset();
	test_storage();
	test_aux1();
	test_power();
	test_idle();
	test_sysctl();
	is(-bus_read(&b.bus, bench_at(SLAVIO_MISC_LEDS), 1, &v), EFAULT, "LEDs are a halfword");
	is(-bus_read(&b.bus, bench_at(SLAVIO_MISC_SYSCTL), 1, &v), EFAULT,
	   "system control is a word");
	bench_close(&b);
	return tap_done();
}
