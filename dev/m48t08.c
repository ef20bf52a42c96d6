/* SPDX-License-Identifier: MIT */
/*
 * Battery-backed memory with a clock: 8 KiB whose last 8 bytes tell the time.
 *
 * Part: SGS-Thomson M48T08 (Mostek MK48T08), data sheet "Timekeeper SRAM".
 *
 * What software relies on:
 *  - 1ff8 control: 80 write, 40 read, 20 sign and 1f calibration (stored only).
 *    1ff9.. BCD: seconds (80 stops the oscillator), minutes, hours, day of week 1-7 (40 frequency
 *    test, stored only), day of month, month, year.
 *  - Setting read or write freezes the seven registers, while the clock goes on. With write set
 *    they can be stored to, and clearing it sets the clock to them, at the beginning of that second.
 *    Without it stores to them are lost.
 *  - Years count from 1968 (Sun's convention) and every fourth is a leap year; Sunday is day 1. The
 *    day of week is a counter of its own and keeps whatever it was set to.
 *  - Nothing of this is touched by a reset but read and write, which it clears.
 *  - 1fd8-1ff7: identification (m48t08_set_idprom); OpenBIOS keeps its variables in the
 *    partitions before it (m48t08_set_vars).
 * A date that does not exist is brought into range when the clock is set to it.
 * Not modelled: the battery's end, the 512 Hz test output, calibration's effect.
 */
#include "dev/m48t08.h"

#include <string.h>

#include "dev/device.h"
#include "lib/be.h"

#define CTL_WRITE 0x80
#define CTL_READ 0x40
#define SEC_STOP 0x80
#define DOW_TEST 0x40

enum { SEC, MIN, HOUR, DOW, DATE, MONTH, YEAR, NR_TIME };

#define NS 1000000000ull
#define DAY_S 86400ull
/* A hundred years of which every fourth is a leap year. */
#define CENTURY_DAYS 36525ull
#define CENTURY_NS (CENTURY_DAYS * DAY_S * NS)
/* 1968-01-01 to 1970-01-01. */
#define EPOCH_DAYS 731

struct m48t08_state {
	u8 nvram[M48T08_NVRAM];
	u64 time; /* ns since 1968 modulo a century: now while stopped, else at virtual time 0 */
	u8 control;
	u8 frozen[NR_TIME]; /* while control has read or write, else 0 */
	u8 dow; /* what the day's number needs to be the day of week, 0..6 */
	bool stopped;
	bool test;
	u8 pad[5];
};

static const struct field m48t08_fields[] = {
	F_BYTES(m48t08_state, nvram),
	F_RANGE(m48t08_state, time, 0, CENTURY_NS - 1),
	F_UINT(m48t08_state, control),
	F_BYTES(m48t08_state, frozen),
	F_RANGE(m48t08_state, dow, 0, 6),
	F_BOOL(m48t08_state, stopped),
	F_BOOL(m48t08_state, test),
	F_PAD(m48t08_state, pad),
	F_END,
};

struct m48t08 {
	struct dev dev;
	struct m48t08_state s;
};

/* The bits that the registers have. */
static const u8 time_mask[NR_TIME] = { 0xff, 0x7f, 0x3f, 0x47, 0x3f, 0x1f, 0xff };

static u8 to_bcd(u64 v)
{
	return (u8)(v / 10 % 10 << 4 | v % 10);
}

static u32 from_bcd(u8 v)
{
	return (v >> 4) * 10u + (v & 15);
}

static u32 month_days(u32 year, u32 month)
{
	static const u8 days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 1 && year % 4 == 0 ? 29 : days[month];
}

static u64 virtual_ns(const struct m48t08 *c)
{
	return clock_now(c->dev.clock) % CENTURY_NS;
}

static u64 time_now(const struct m48t08 *c)
{
	return c->s.stopped ? c->s.time : (c->s.time + virtual_ns(c)) % CENTURY_NS;
}

static void set_time_now(struct m48t08 *c, u64 ns)
{
	c->s.time = c->s.stopped ? ns : (ns + CENTURY_NS - virtual_ns(c)) % CENTURY_NS;
}

/* Counts on where the calendar begins anew after a century: the day of week knows nothing of that. */
static u64 day_now(const struct m48t08 *c)
{
	return (c->s.stopped ? c->s.time : c->s.time + clock_now(c->dev.clock)) / (DAY_S * NS);
}

/* Make it day 0..6 of the week now. */
static void set_dow_now(struct m48t08 *c, u32 dow)
{
	c->s.dow = (u8)((dow + 7 - day_now(c) % 7) % 7);
}

/* The seven registers as they are now. */
static void time_get(const struct m48t08 *c, u8 out[NR_TIME])
{
	u64 s = time_now(c) / NS;
	u32 day = (u32)(s / DAY_S), year = 0, month = 0;

	out[SEC] = (u8)(to_bcd(s % 60) | (c->s.stopped ? SEC_STOP : 0));
	out[MIN] = to_bcd(s / 60 % 60);
	out[HOUR] = to_bcd(s / 3600 % 24);
	out[DOW] = (u8)(((day_now(c) + c->s.dow) % 7 + 1) | (c->s.test ? DOW_TEST : 0));
	while (day >= 365u + (year % 4 == 0)) {
		day -= 365u + (year % 4 == 0);
		year++;
	}
	while (day >= month_days(year, month))
		day -= month_days(year, month++);
	out[DATE] = to_bcd(day + 1);
	out[MONTH] = to_bcd(month + 1);
	out[YEAR] = to_bcd(year);
}

static u32 in_range(u32 v, u32 lo, u32 hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

/* Set the clock to what the seven registers say. */
static void time_put(struct m48t08 *c, const u8 in[NR_TIME])
{
	u32 year = in_range(from_bcd(in[YEAR]), 0, 99);
	u32 month = in_range(from_bcd(in[MONTH]), 1, 12) - 1;
	u32 date = in_range(from_bcd(in[DATE]), 1, month_days(year, month));
	u32 dow = in_range(in[DOW] & 7, 1, 7) - 1;
	u32 day = year * 365 + (year + 3) / 4 + date - 1;
	u64 s;

	while (month)
		day += month_days(year, --month);
	s = day * DAY_S + in_range(from_bcd(in[HOUR]), 0, 23) * 3600ull +
	    in_range(from_bcd(in[MIN]), 0, 59) * 60ull +
	    in_range(from_bcd(in[SEC] & (u8)~SEC_STOP), 0, 59);
	c->s.stopped = in[SEC] & SEC_STOP;
	c->s.test = in[DOW] & DOW_TEST;
	set_time_now(c, s * NS);
	set_dow_now(c, dow);
}

static void control_write(struct m48t08 *c, u8 val)
{
	u8 old = c->s.control;

	if (!(old & (CTL_WRITE | CTL_READ)) && (val & (CTL_WRITE | CTL_READ)))
		time_get(c, c->s.frozen);
	if ((old & CTL_WRITE) && !(val & CTL_WRITE))
		time_put(c, c->s.frozen);
	if (!(val & (CTL_WRITE | CTL_READ)))
		memset(c->s.frozen, 0, sizeof(c->s.frozen));
	c->s.control = val;
}

static u8 byte_read(const struct m48t08 *c, u32 off)
{
	u8 now[NR_TIME];

	if (off < M48T08_NVRAM)
		return c->s.nvram[off];
	if (off == M48T08_NVRAM)
		return c->s.control;
	if (c->s.control & (CTL_WRITE | CTL_READ))
		return c->s.frozen[off - M48T08_NVRAM - 1];
	time_get(c, now);
	return now[off - M48T08_NVRAM - 1];
}

static void byte_write(struct m48t08 *c, u32 off, u8 val)
{
	u32 n = off - M48T08_NVRAM - 1;

	if (off < M48T08_NVRAM)
		c->s.nvram[off] = val;
	else if (off == M48T08_NVRAM)
		control_write(c, val);
	else if (c->s.control & CTL_WRITE)
		c->s.frozen[n] = val & time_mask[n];
}

static u32 m48t08_read(void *chip, u32 off, unsigned size)
{
	u32 val = 0;

	while (size--)
		val = val << 8 | byte_read(chip, off++);
	return val;
}

static void m48t08_write(void *chip, u32 off, u32 val, unsigned size)
{
	while (size--)
		byte_write(chip, off++, (u8)(val >> 8 * size));
}

u8 *m48t08_nvram(void *chip)
{
	return ((struct m48t08 *)chip)->s.nvram;
}

void m48t08_set_time(void *chip, s64 seconds)
{
	struct m48t08 *c = chip;
	s64 century = (s64)(CENTURY_DAYS * DAY_S);
	s64 s = (seconds % century + EPOCH_DAYS * (s64)DAY_S + century) % century;
	s64 week = 7 * (s64)DAY_S;

	c->s.stopped = false;
	set_time_now(c, (u64)s * NS);
	/* 1970 began on a Thursday. */
	set_dow_now(c, (u32)((seconds % week + week + 4 * (s64)DAY_S) / (s64)DAY_S % 7));
}

void m48t08_set_idprom(void *chip, u8 machine_type, const u8 mac[6])
{
	u8 *id = m48t08_nvram(chip) + M48T08_IDPROM;
	unsigned i;

	memset(id, 0, M48T08_NVRAM - M48T08_IDPROM);
	id[0x0] = 1;
	id[0x1] = machine_type;
	memcpy(id + 0x2, mac, 6);
	memcpy(id + 0xc, mac + 3, 3);
	for (i = 0; i < 0xf; i++)
		id[0xf] ^= id[i];
}

/* A partition's header: signature, checksum, length / 16, name; its end is at p + len. */
static void partition_put(u8 *p, u8 sig, u32 len, const char *name)
{
	u32 sum = sig;
	unsigned i;

	p[0] = sig;
	be16_put(p + 2, (u16)(len / 16));
	memset(p + 4, 0, 12);
	memcpy(p + 4, name, strlen(name));
	for (i = 2; i < 16; i++) {
		sum += p[i];
		if (sum > 255)
			sum -= 255;
	}
	p[1] = (u8)sum;
}

int m48t08_set_vars(void *chip, const char *const *vars, u32 n)
{
	/* Room for the free partition's header, too. */
	const u32 end = M48T08_IDPROM & ~15u;
	u8 *nvram = m48t08_nvram(chip);
	u64 len = 16 + 1;
	u32 i, at = 16;

	for (i = 0; i < n; i++) {
		const char *eq = strchr(vars[i], '=');

		if (!eq || eq == vars[i])
			return -EINVAL;
		len += strlen(vars[i]) + 1;
	}
	len = (len + 15) & ~15ull;
	if (len > end - 16)
		return -ENOSPC;
	memset(nvram, 0, end);
	for (i = 0; i < n; i++) {
		size_t size = strlen(vars[i]) + 1;

		memcpy(nvram + at, vars[i], size);
		at += (u32)size;
	}
	partition_put(nvram, 0x70, (u32)len, "system");
	partition_put(nvram + len, 0x7f, end - (u32)len, "free");
	return 0;
}

static int m48t08_init(void *chip)
{
	m48t08_set_time(chip, 0);
	return 0;
}

static void m48t08_reset(void *chip)
{
	struct m48t08 *c = chip;

	c->s.control &= (u8) ~(CTL_WRITE | CTL_READ);
	memset(c->s.frozen, 0, sizeof(c->s.frozen));
}

static bool m48t08_check(const void *chip)
{
	const struct m48t08_state *s = &((const struct m48t08 *)chip)->s;
	bool frozen = s->control & (CTL_WRITE | CTL_READ);
	unsigned i;

	for (i = 0; i < NR_TIME; i++)
		if (s->frozen[i] & (frozen ? (u8)~time_mask[i] : 0xff))
			return false;
	return true;
}

const struct dev_class m48t08_class = {
	.name = "m48t08",
	DEV_STATE(m48t08, m48t08_fields),
	.region = { { "nvram", 0x2000, ACC_1 | ACC_2 | ACC_4, m48t08_read, m48t08_write } },
	.init = m48t08_init,
	.reset = m48t08_reset,
	.check = m48t08_check,
};
