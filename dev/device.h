/* SPDX-License-Identifier: MIT */
/*
 * What a chip is: a class (const data) and an instance whose struct begins with
 * struct dev (its wires), followed by struct X_state s (what it remembers) and
 * whatever can be derived from that.
 *
 *	struct m48t08 {
 *		struct dev dev;
 *		struct m48t08_state s;
 *	};
 *	const struct dev_class m48t08_class = {
 *		.name = "m48t08",
 *		DEV_STATE(m48t08, m48t08_fields),
 *		.region = { { "nvram", 0x2000, ACC_1 | ACC_2 | ACC_4, m48t08_read, m48t08_write } },
 *		.reset = m48t08_reset,
 *	};
 *
 * dev/all.h names every class once; boards, tests and fuzzers iterate it.
 */
#ifndef DEV_DEVICE_H
#define DEV_DEVICE_H

#include "lib/bus.h"
#include "lib/chr.h"
#include "lib/clock.h"
#include "lib/dma.h"
#include "lib/irq.h"
#include "snap/field.h"

#define DEV_REGIONS 12
#define DEV_IRQS 64
#define DEV_CHRS 2

struct dev_class;

/* The wires, set by the board before init(); a chip only reads them. */
struct dev {
	const struct dev_class *cls;
	const char *name; /* the instance: "serial", "kbd" */
	struct clock *clock;
	struct irq irq[DEV_IRQS]; /* outputs, in the class's own numbering */
	struct dma dma; /* the way to RAM, for chips that have one */
	struct chr *chr[DEV_CHRS]; /* byte streams, NULL where nothing is plugged in */
	void *backend; /* what else is plugged in (disk, picture): the class says what type */
	u32 param; /* the board row's parameter: chip version, variant */
};

struct dev_class {
	const char *name; /* the part's name = snapshot record = monitor name */
	size_t size; /* of the instance struct */
	size_t state_off, state_size;
	const struct field *fields; /* tiles the state struct */
	struct region region[DEV_REGIONS]; /* ends at the first without a name */
	/* Inputs of this chip's own, for the board to wire others' outputs to. */
	void (*irq_in)(void *chip, unsigned n, bool level);
	int (*init)(void *chip); /* once, zeroed and wired: 0 or -errno. Timers are made here */
	void (*reset)(void *chip); /* power-on and system reset; init() has run */
	void (*loaded)(
		void *chip); /* state was replaced: rebuild what is derived, arm timers, drive outputs */
	bool (*check)(
		const void *
			chip); /* invariants over several fields: is this a state that the chip can reach? */
	void (*release)(void *chip);
};

#define DEV_STATE(X, table)                                                                        \
	.size = sizeof(struct X), .state_off = offsetof(struct X, s),                              \
	.state_size = sizeof(((struct X *)0)->s), .fields = (table)

/* Every class, NULL-terminated, in dev/all.h's order. */
extern const struct dev_class *const dev_classes[];

static inline void *dev_state(void *chip)
{
	return (char *)chip + ((struct dev *)chip)->cls->state_off;
}

#endif
