/* SPDX-License-Identifier: MIT */
/*
 * An interrupt line is a value that a chip holds: where it ends, the chip does
 * not know. Lines are levels; raising a raised line is harmless. An unwired
 * line (set == NULL) swallows everything.
 */
#ifndef LIB_IRQ_H
#define LIB_IRQ_H

#include "lib/types.h"

struct irq {
	void (*set)(void *sink, unsigned n, bool level);
	void *sink;
	unsigned n; /* the sink's own number for this line */
};

static inline void irq_set(const struct irq *irq, bool level)
{
	if (irq->set)
		irq->set(irq->sink, irq->n, level);
}

#endif
