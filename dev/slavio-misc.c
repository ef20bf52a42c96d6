/* SPDX-License-Identifier: MIT */
/*
 * The single registers around the machine: configuration, auxiliary I/O, power, reset, LEDs.
 *
 * Part: NCR89C105 / STP2001 (SLAVIO), with the idle register of the APC and the SBus
 * identification of the on-board I/O chip, which share its address neighbourhood.
 * Wires are numbered in dev/slavio-misc.h.
 *
 * What software relies on:
 *  - config: bit 3 lets a power failure interrupt.
 *  - AUX1: bit 0 LED; writing 1 to bit 1 pulses the floppy's terminal count and reads back 0;
 *    some systems know terminal count as bit 2, so a rise of that pulses it, too.
 *  - AUX2: bit 0 switches the machine off; bit 5 shows a power failure, writing bit 1 clears it.
 *  - System control: writing bit 0 resets the machine; afterwards bit 1 reads 1 (bit 4 after a
 *    watchdog reset), until it is written with 1 or the power goes: this is how a PROM tells a
 *    reset from power-on. It and the diagnostic register keep their values over a reset.
 *  - APC: a write idles the CPU until its next interrupt.
 * Not modelled: link test, density sense and modem lines (stored only).
 */
#include "dev/slavio-misc.h"

#include "dev/device.h"

#define CONFIG_PWRINTEN 0x08

#define AUX1_TC 0x02
#define AUX1_TC_OTHER 0x04

#define AUX2_OFF 0x01
#define AUX2_CLEAR 0x02
#define AUX2_FAIL 0x20

#define SYSCTL_RESET 0x01
#define SYSCTL_RESET_SEEN 0x02
#define SYSCTL_WATCHDOG_SEEN 0x10

#define SBUS_ID 0xfe810103u

struct slavio_misc_state {
	u8 config, aux1, aux2, diag, modem, sysctl;
	u16 leds;
	bool powerfail, watchdog; /* the inputs */
};

static const struct field slavio_misc_fields[] = {
	F_UINT(slavio_misc_state, config),   F_UINT(slavio_misc_state, aux1),
	F_UINT(slavio_misc_state, aux2),     F_UINT(slavio_misc_state, diag),
	F_UINT(slavio_misc_state, modem),    F_UINT(slavio_misc_state, sysctl),
	F_UINT(slavio_misc_state, leds),     F_BOOL(slavio_misc_state, powerfail),
	F_BOOL(slavio_misc_state, watchdog), F_END,
};

struct slavio_misc {
	struct dev dev;
	struct slavio_misc_state s;
};

static void pulse(struct slavio_misc *c, unsigned n)
{
	irq_set(&c->dev.irq[n], true);
	irq_set(&c->dev.irq[n], false);
}

static void drive(struct slavio_misc *c)
{
	irq_set(&c->dev.irq[SLAVIO_MISC_OUT_POWERFAIL],
		(c->s.aux2 & AUX2_FAIL) && (c->s.config & CONFIG_PWRINTEN));
}

static u32 config_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.config;
}

static void config_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct slavio_misc *c = chip;

	(void)off, (void)size;
	c->s.config = (u8)val;
	drive(c);
}

static u32 aux1_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.aux1;
}

static void aux1_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct slavio_misc *c = chip;
	bool tc = (val & AUX1_TC) || (val & ~(u32)c->s.aux1 & AUX1_TC_OTHER);

	(void)off, (void)size;
	c->s.aux1 = (u8)(val & ~(u32)AUX1_TC);
	if (tc)
		pulse(c, SLAVIO_MISC_OUT_TC);
}

static u32 aux2_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.aux2;
}

static void aux2_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct slavio_misc *c = chip;
	u32 fail = val & AUX2_CLEAR ? 0 : c->s.aux2 & AUX2_FAIL;

	(void)off, (void)size;
	c->s.aux2 = (u8)((val & AUX2_OFF) | fail);
	drive(c);
	if (val & AUX2_OFF)
		pulse(c, SLAVIO_MISC_OUT_POWEROFF);
}

static u32 diag_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.diag;
}

static void diag_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)off, (void)size;
	((struct slavio_misc *)chip)->s.diag = (u8)val;
}

static u32 modem_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.modem;
}

static void modem_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)off, (void)size;
	((struct slavio_misc *)chip)->s.modem = (u8)val;
}

static u32 leds_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.leds;
}

static void leds_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)off, (void)size;
	((struct slavio_misc *)chip)->s.leds = (u16)val;
}

static u32 sysctl_read(void *chip, u32 off, unsigned size)
{
	(void)off, (void)size;
	return ((struct slavio_misc *)chip)->s.sysctl;
}

static void sysctl_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct slavio_misc *c = chip;

	(void)off, (void)size;
	c->s.sysctl &= (u8) ~(val & (SYSCTL_RESET_SEEN | SYSCTL_WATCHDOG_SEEN));
	if (val & SYSCTL_RESET) {
		c->s.sysctl = SYSCTL_RESET_SEEN;
		pulse(c, SLAVIO_MISC_OUT_RESET);
	}
}

static u32 apc_read(void *chip, u32 off, unsigned size)
{
	(void)chip, (void)off, (void)size;
	return 0;
}

static void apc_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)off, (void)val, (void)size;
	pulse(chip, SLAVIO_MISC_OUT_IDLE);
}

static u32 sbus_id_read(void *chip, u32 off, unsigned size)
{
	(void)chip;
	return SBUS_ID >> 8 * (4 - off - size);
}

static void sbus_id_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)chip, (void)off, (void)val, (void)size;
}

static void slavio_misc_irq_in(void *chip, unsigned n, bool level)
{
	struct slavio_misc *c = chip;

	if (n == SLAVIO_MISC_IN_POWERFAIL) {
		if (level && !c->s.powerfail)
			c->s.aux2 |= AUX2_FAIL;
		else if (!level)
			c->s.aux2 &= (u8)~AUX2_FAIL;
		c->s.powerfail = level;
		drive(c);
	} else if (n == SLAVIO_MISC_IN_WATCHDOG) {
		bool rise = level && !c->s.watchdog;

		c->s.watchdog = level;
		if (rise) {
			c->s.sysctl = SYSCTL_WATCHDOG_SEEN;
			pulse(c, SLAVIO_MISC_OUT_RESET);
		}
	}
}

static void slavio_misc_reset(void *chip)
{
	struct slavio_misc *c = chip;

	c->s.config = 0;
	c->s.aux1 = 0;
	c->s.aux2 = 0;
	c->s.modem = 0;
	c->s.leds = 0;
	c->s.powerfail = false;
	c->s.watchdog = false;
	drive(c);
}

static void slavio_misc_loaded(void *chip)
{
	drive(chip);
}

static bool slavio_misc_check(const void *chip)
{
	const struct slavio_misc_state *s = &((const struct slavio_misc *)chip)->s;

	if ((s->aux1 & AUX1_TC) || (s->aux2 & ~(AUX2_OFF | AUX2_FAIL)))
		return false;
	if ((s->aux2 & AUX2_FAIL) && !s->powerfail)
		return false;
	return !(s->sysctl & ~(SYSCTL_RESET_SEEN | SYSCTL_WATCHDOG_SEEN));
}

const struct dev_class slavio_misc_class = {
	.name = "slavio-misc",
	DEV_STATE(slavio_misc, slavio_misc_fields),
	.region =
		{
			[SLAVIO_MISC_CONFIG] = {"config", 1, ACC_1, config_read, config_write},
			[SLAVIO_MISC_AUX1] = {"aux1", 1, ACC_1, aux1_read, aux1_write},
			[SLAVIO_MISC_AUX2] = {"aux2", 1, ACC_1, aux2_read, aux2_write},
			[SLAVIO_MISC_DIAG] = {"diag", 1, ACC_1, diag_read, diag_write},
			[SLAVIO_MISC_MODEM] = {"modem", 1, ACC_1, modem_read, modem_write},
			[SLAVIO_MISC_LEDS] = {"leds", 2, ACC_2, leds_read, leds_write},
			[SLAVIO_MISC_SYSCTL] = {"sysctl", 4, ACC_4, sysctl_read, sysctl_write},
			[SLAVIO_MISC_APC] = {"apc", 1, ACC_1, apc_read, apc_write},
			[SLAVIO_MISC_SBUS_ID] = {"sbus-id", 4, ACC_1 | ACC_2 | ACC_4, sbus_id_read,
						 sbus_id_write},
			[SLAVIO_MISC_APC_TOO] = {"apc-too", 1, ACC_1, apc_read, apc_write},
		},
	.irq_in = slavio_misc_irq_in,
	.reset = slavio_misc_reset,
	.loaded = slavio_misc_loaded,
	.check = slavio_misc_check,
};
