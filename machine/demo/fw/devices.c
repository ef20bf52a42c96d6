/* SPDX-License-Identifier: MIT */
/* Self tests of the interrupt controller, timers, NVRAM and serial line. */
#include "demo.h"

#include <stdio.h>
#include <string.h>

enum { INT_PENDING = 0, INT_CLEAR = 4, INT_SET = 8 };
enum { SYS_MASK_CLEAR = 8, SYS_MASK_SET = 0xc, SYS_TARGET = 0x10 };
enum { BIT_SERIAL = 1 << 15, BIT_TIMER = 1 << 19 };
#define BIT_ALL 0x80000000u
enum { TIMER_LIMIT = 0, TIMER_COUNT = 4, TIMER_CONFIG = 0x10 };

volatile unsigned clock_count, system_count;

unsigned ticks(void)
{
	return io_read32(board->timer + SYSTEM_HALF + TIMER_COUNT) >> 9 & TICK_MASK;
}

/* Reading the limit takes the request back. */
static void on_clock(struct trap_regs *regs)
{
	(void)regs;
	io_read32(board->timer + TIMER_LIMIT);
	clock_count++;
}

static void on_system(struct trap_regs *regs)
{
	(void)regs;
	io_read32(board->timer + SYSTEM_HALF + TIMER_LIMIT);
	system_count++;
}

static void set_limits(unsigned cpu, unsigned system)
{
	io_write32(board->timer + SYSTEM_HALF + TIMER_CONFIG, 0);
	io_write32(board->timer + TIMER_LIMIT, cpu << 9);
	io_write32(board->timer + SYSTEM_HALF + TIMER_LIMIT, system << 9);
}

/* Level 14 each `limit_ticks`, interrupts on; the system counter runs free for ticks(). */
void clock_start(unsigned limit_ticks)
{
	trap_set(TT_IRQ(14), on_clock);
	trap_set(TT_IRQ(10), on_system);
	set_limits(limit_ticks, 0);
	io_write32(board->intctl + SYSTEM_HALF + SYS_TARGET, 0);
	io_write32(board->intctl + SYSTEM_HALF + SYS_MASK_CLEAR, BIT_ALL | BIT_TIMER | BIT_SERIAL);
	pil_set(0);
}

void clock_stop(void)
{
	pil_set(15);
	set_limits(0, 0);
	io_write32(board->intctl + SYSTEM_HALF + SYS_MASK_SET, ~0u);
}

/*
 * Five periods of one timer's interrupt, timed by the other's counter. Where time
 * is the host's a late wake-up may spoil a try or two.
 */
static const char *interval(volatile unsigned *count, uint32_t counter, char *info)
{
	enum { PERIOD = 10 * TICKS_PER_MS, N = 5, WANT = N * PERIOD, SLACK = WANT / 50 };
	unsigned tries, spins, start, took = 0, first;
	bool cpu = count == &clock_count;

	for (tries = 0; tries < 5; tries++) {
		set_limits(cpu ? PERIOD : 0, cpu ? 0 : PERIOD);
		for (first = *count, spins = 0; *count == first; spins++)
			if (spins > 100000000)
				return "no interrupt";
		start = io_read32(counter) >> 9;
		for (first = *count, spins = 0; *count - first < N; spins++)
			if (spins > 100000000)
				return "interrupts ceased";
		took = ((io_read32(counter) >> 9) - start) & TICK_MASK;
		if (took > WANT - SLACK && took < WANT + SLACK) {
			sprintf(info, "%u x 10 ms", N);
			return NULL;
		}
	}
	sprintf(info, "took %u.%u ms of 50", took / TICKS_PER_MS, took % TICKS_PER_MS / 200);
	return info;
}

static const char *test_timers(char *info)
{
	const char *w;

	clock_start(0);
	w = interval(&clock_count, board->timer + SYSTEM_HALF + TIMER_COUNT, info);
	if (!w)
		w = interval(&system_count, board->timer + TIMER_COUNT, info);
	clock_stop();
	return w;
}

static void on_soft(struct trap_regs *regs)
{
	io_write32(board->intctl + INT_CLEAR, 0x10000u << (regs->g[0] & 15));
	caught.count++;
	caught.tt = regs->g[0];
}

/*
 * A software interrupt of each level: held back by its own PIL, let through by the
 * one below. Nothing holds level 15 back.
 */
static const char *test_levels(char *info)
{
	unsigned level;

	(void)info;
	clock_stop();
	io_write32(board->intctl + INT_CLEAR, 0xfffe8000);
	io_write32(board->intctl + SYSTEM_HALF + SYS_MASK_CLEAR, BIT_ALL);
	for (level = 1; level < 15; level++) {
		trap_set(TT_IRQ(level), on_soft);
		caught.count = 0;
		pil_set(level);
		io_write32(board->intctl + INT_SET, 0x10000u << level);
		if (!(io_read32(board->intctl + INT_PENDING) >> 16 & 1u << level))
			return "not pending";
		if (caught.count)
			return "came through its own level";
		pil_set(level - 1);
		if (caught.count != 1 || caught.tt != TT_IRQ(level))
			return "did not come";
		if (io_read32(board->intctl + INT_PENDING) >> 17)
			return "still pending";
	}
	pil_set(15);
	nmi_high = board->high;
	nmi_ack = board->intctl + INT_CLEAR;
	nmi_count = 0;
	io_write32(board->intctl + INT_SET, 0x80000000);
	io_read32(board->intctl + INT_PENDING);
	return nmi_count == 1 ? NULL : "level 15 held back";
}

static uint8_t nv(unsigned offset)
{
	return io_read8(board->nvram + offset);
}

static bool bcd(uint8_t v, uint8_t min, uint8_t max)
{
	return (v & 15) <= 9 && v >= min && v <= max;
}

static const char *test_nvram(char *info)
{
	enum { SPARE = 0x1f00, IDPROM = 0x1fd8, CONTROL = 0x1ff8, HOLD = 0x40 };
	uint8_t sum = 0, old, i, t[8];

	for (i = 0; i < 16; i++)
		sum ^= nv(IDPROM + i);
	if (sum || nv(IDPROM) != 1)
		return "idprom checksum";
	old = nv(SPARE);
	io_write8(board->nvram + SPARE, (uint8_t)~old);
	sum = nv(SPARE) ^ old;
	io_write8(board->nvram + SPARE, old);
	if (sum != 0xff || nv(SPARE) != old)
		return "octet not kept";
	old = nv(CONTROL);
	io_write8(board->nvram + CONTROL, old | HOLD);
	for (i = 1; i < 8; i++)
		t[i] = nv(CONTROL + i);
	io_write8(board->nvram + CONTROL, old);
	t[1] &= 0x7f;
	if (!bcd(t[1], 0, 0x59) || !bcd(t[2], 0, 0x59) || !bcd(t[3], 0, 0x23) ||
	    !bcd(t[5], 1, 0x31) || !bcd(t[6], 1, 0x12) || !bcd(t[7], 0, 0x99))
		return "not a date";
	sprintf(info, "%u-%02x-%02x %02x:%02x:%02x", 1968 + (t[7] >> 4) * 10 + (t[7] & 15), t[6],
		t[5], t[3], t[2], t[1]);
	return NULL;
}

enum { SCC_CTRL = 4, SCC_DATA = 6, RESET_TX_INT = 0x28, RESET_IUS = 0x38 };

static void scc_write(unsigned reg, unsigned v)
{
	io_write8(board->serial + SCC_CTRL, (uint8_t)reg);
	io_write8(board->serial + SCC_CTRL, (uint8_t)v);
}

static unsigned scc_read(unsigned reg)
{
	io_write8(board->serial + SCC_CTRL, (uint8_t)reg);
	return io_read8(board->serial + SCC_CTRL);
}

static volatile unsigned serial_reason;

static void on_transmit(struct trap_regs *regs)
{
	(void)regs;
	serial_reason = scc_read(3);
	io_write8(board->serial + SCC_CTRL, RESET_TX_INT);
	io_write8(board->serial + SCC_CTRL, RESET_IUS);
	caught.count++;
}

/* Registers read back, and a character (a dot more in the line) that reports by interrupt. */
static const char *test_serial(char *info)
{
	unsigned i;

	(void)info;
	scc_write(12, 0x55);
	scc_write(13, 0xaa);
	i = scc_read(12) | scc_read(13) << 8;
	scc_write(12, 0x0e);
	scc_write(13, 0);
	if (i != 0xaa55)
		return "time constant";
	trap_set(TT_IRQ(12), on_transmit);
	caught.count = 0;
	scc_write(1, 0x02);
	scc_write(9, 0x0a);
	io_write32(board->intctl + SYSTEM_HALF + SYS_MASK_CLEAR, BIT_ALL | BIT_SERIAL);
	pil_set(0);
	console_putc('.');
	for (i = 0; i < 10000000 && !caught.count; i++)
		;
	pil_set(15);
	scc_write(1, 0);
	scc_write(9, 0x02);
	if (caught.count != 1)
		return "no transmit interrupt";
	return serial_reason == 0x10 ? NULL : "wrong reason";
}

const struct test dev_tests[] = {
	{ "interrupt levels", test_levels, 0 },
	{ "timers", test_timers, 0 },
	{ "NVRAM and date", test_nvram, 0 },
	{ "serial line", test_serial, 1 },
	{ NULL, NULL, 0 },
};
