/* SPDX-License-Identifier: MIT */
/* The wires of dev/slavio-misc.c: regions, inputs and outputs by number. */
#ifndef DEV_SLAVIO_MISC_H
#define DEV_SLAVIO_MISC_H

enum {
	SLAVIO_MISC_CONFIG,
	SLAVIO_MISC_AUX1,
	SLAVIO_MISC_AUX2,
	SLAVIO_MISC_DIAG,
	SLAVIO_MISC_MODEM,
	SLAVIO_MISC_LEDS,
	SLAVIO_MISC_SYSCTL,
	SLAVIO_MISC_APC,
	SLAVIO_MISC_SBUS_ID, /* 4 constant bytes: the on-board I/O chip's slot identification */
	SLAVIO_MISC_APC_TOO, /* the idle register once more, on boards where software knows two places */
};

/* Outputs, irq[]. A pulse is high and low again within the one store that asks for it. */
enum {
	SLAVIO_MISC_OUT_POWEROFF, /* pulse: switch the machine off */
	SLAVIO_MISC_OUT_RESET, /* pulse: reset the whole machine */
	SLAVIO_MISC_OUT_IDLE, /* pulse: the CPU has nothing to do until its next interrupt */
	SLAVIO_MISC_OUT_TC, /* pulse: terminal count of the floppy controller */
	SLAVIO_MISC_OUT_POWERFAIL, /* level: interrupt */
};

/* Inputs, irq_in(). */
enum {
	SLAVIO_MISC_IN_POWERFAIL, /* level: the power goes, or somebody pressed the button */
	SLAVIO_MISC_IN_WATCHDOG, /* rising: the CPU stopped in error mode */
};

#endif
