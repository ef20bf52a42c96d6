/* SPDX-License-Identifier: MIT */
/*
 * Interrupt controller: collects every device's line, masks it, and tells each CPU its levels.
 *
 * Part: the interrupt section of the NCR89C105 / STP2001 (SLAVIO); Sun-4M System
 * Architecture (950-1373-01), "Interrupt Related Registers" and "Interrupts".
 *
 * Inputs: irq_in n = 0..30 is bit n of the system pending register, n = 32 + cpu is that
 * CPU's level-14 counter. Outputs: irq[16 * cpu + level], level 1..15, one line each.
 * Regions 0..3 are the slices of CPU 0..3 (a board maps those of the CPUs that it has,
 * every 0x1000), region 4 is the system slice.
 *
 * What software relies on:
 *  - CPU slice: 0 pending (31:17 soft, 15:1 hard levels), 4 clear, 8 set soft interrupts.
 *  - System slice: 0 pending, 4 mask (1 = disabled), 8 mask clear, c mask set, 10 target CPU.
 *  - Sources below level 15 go to the target CPU only, while neither their own mask bit nor
 *    mask-all (bit 31) is set. The pending register of a CPU shows what reaches it.
 *  - A level-15 source is broadcast when it rises: each CPU holds a latch of its own and clears
 *    it by writing 8000 to its clear register; it falls with the last source, too. Mask-all
 *    holds it and the level-14 counter back; the single mask bits do not.
 *  - Soft interrupts cannot be masked here.
 *  - After reset nothing is masked but the bits that are not there: firmware clears 30:0 of the
 *    mask and never touches mask-all.
 * Not modelled: the VME levels' own masks (the bits always read 0 and are always disabled).
 */
#include <string.h>

#include "dev/device.h"

#define NR_CPUS 4

#define SOFT_BITS 0xfffe0000u
#define L15_BIT 0x8000u
#define MASK_ALL 0x80000000u
#define MASK_BITS 0xf05dff80u
#define L15_SOURCES 0x78000000u
#define IN_TIMER 32

struct slavio_intctl_state {
	u32 input; /* the lines, bits 30:0 */
	u32 disabled; /* the mask; bits that are not there are always set */
	u32 soft[NR_CPUS]; /* 31:17 */
	u8 target; /* 0..15 */
	u8 latch15; /* bit per CPU */
	u8 timer; /* level-14 lines, bit per CPU */
	u8 pad;
};

static const struct field slavio_intctl_fields[] = {
	F_RANGE(slavio_intctl_state, input, 0, 0x7fffffff),
	F_UINT(slavio_intctl_state, disabled),
	F_ARRAY(slavio_intctl_state, soft),
	F_RANGE(slavio_intctl_state, target, 0, 15),
	F_RANGE(slavio_intctl_state, latch15, 0, BIT(NR_CPUS) - 1),
	F_RANGE(slavio_intctl_state, timer, 0, BIT(NR_CPUS) - 1),
	F_PAD(slavio_intctl_state, pad),
	F_END,
};

struct slavio_intctl {
	struct dev dev;
	struct slavio_intctl_state s;
	u16 out[NR_CPUS]; /* the levels as they are driven now */
};

/* The CPU level of each source. */
static const u8 source_level[32] = {
	2, 3,  5, 7,  9, 11, 13, 2, 3, 5, 7, 9,	 11, 13, 12, 12,
	6, 13, 4, 10, 8, 9,  11, 0, 0, 0, 0, 15, 15, 15, 15, 0,
};

/* Levels 13..1 of the sources that are not masked. */
static u32 source_levels(const struct slavio_intctl_state *s)
{
	u32 active = s->input & ~s->disabled & ~L15_SOURCES;
	u32 levels = 0;

	if (s->disabled & MASK_ALL)
		return 0;
	for (; active; active &= active - 1)
		levels |= BIT(source_level[__builtin_ctz(active)]);
	return levels & ~1u;
}

static u32 hard_levels(const struct slavio_intctl_state *s, unsigned cpu)
{
	u32 levels = 0;

	if (s->disabled & MASK_ALL)
		return 0;
	if (cpu == s->target)
		levels = source_levels(s);
	levels |= (s->timer >> cpu & 1u) << 14;
	levels |= (s->latch15 >> cpu & 1u) << 15;
	return levels;
}

static void drive(struct slavio_intctl *c, unsigned cpu, u32 levels, u32 changed)
{
	unsigned level;

	for (level = 1; level < 16; level++)
		if (changed >> level & 1)
			irq_set(&c->dev.irq[16 * cpu + level], levels >> level & 1);
	c->out[cpu] = (u16)levels;
}

static void slavio_intctl_update(struct slavio_intctl *c)
{
	unsigned cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		u32 levels = hard_levels(&c->s, cpu) | c->s.soft[cpu] >> 16;

		if (levels != c->out[cpu])
			drive(c, cpu, levels, levels ^ c->out[cpu]);
	}
}

static void slavio_intctl_irq_in(void *chip, unsigned n, bool level)
{
	struct slavio_intctl *c = chip;
	struct slavio_intctl_state *s = &c->s;
	u32 bit;

	if (n >= IN_TIMER) {
		if (n >= IN_TIMER + NR_CPUS)
			return;
		bit = BIT(n - IN_TIMER);
		if (level == !!(s->timer & bit))
			return;
		s->timer = (u8)(level ? s->timer | bit : s->timer & ~bit);
	} else {
		bit = BIT(n) & ~MASK_ALL;
		if (level == !!(s->input & bit))
			return;
		if (level && (bit & L15_SOURCES & ~s->input))
			s->latch15 = BIT(NR_CPUS) - 1;
		s->input = level ? s->input | bit : s->input & ~bit;
		if (!(s->input & L15_SOURCES))
			s->latch15 = 0;
	}
	slavio_intctl_update(c);
}

static u32 cpu_read(struct slavio_intctl *c, unsigned cpu, u32 off)
{
	return off == 0 ? c->s.soft[cpu] | hard_levels(&c->s, cpu) : 0;
}

static void cpu_write(struct slavio_intctl *c, unsigned cpu, u32 off, u32 val)
{
	if (off == 4) {
		c->s.soft[cpu] &= ~val;
		if (val & L15_BIT)
			c->s.latch15 &= (u8)~BIT(cpu);
	} else if (off == 8) {
		c->s.soft[cpu] |= val & SOFT_BITS;
	}
	slavio_intctl_update(c);
}

#define CPU_SLICE(n)                                                                               \
	static u32 cpu##n##_read(void *chip, u32 off, unsigned size)                               \
	{                                                                                          \
		(void)size;                                                                        \
		return cpu_read(chip, n, off);                                                     \
	}                                                                                          \
	static void cpu##n##_write(void *chip, u32 off, u32 val, unsigned size)                    \
	{                                                                                          \
		(void)size;                                                                        \
		cpu_write(chip, n, off, val);                                                      \
	}
CPU_SLICE(0)
CPU_SLICE(1)
CPU_SLICE(2)
CPU_SLICE(3)

static u32 system_read(void *chip, u32 off, unsigned size)
{
	const struct slavio_intctl *c = chip;

	(void)size;
	switch (off) {
	case 0x0:
		return c->s.input;
	case 0x4:
		return c->s.disabled & MASK_BITS;
	case 0x10:
		return c->s.target;
	default:
		return 0;
	}
}

static void system_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct slavio_intctl *c = chip;

	(void)size;
	switch (off) {
	case 0x8:
		c->s.disabled &= ~(val & MASK_BITS);
		break;
	case 0xc:
		c->s.disabled |= val & MASK_BITS;
		break;
	case 0x10:
		c->s.target = val & 15;
		break;
	}
	slavio_intctl_update(c);
}

static void slavio_intctl_reset(void *chip)
{
	struct slavio_intctl *c = chip;
	struct slavio_intctl_state *s = &c->s;

	memset(s, 0, sizeof(*s));
	s->disabled = ~MASK_BITS;
	slavio_intctl_update(c);
}

static void slavio_intctl_loaded(void *chip)
{
	struct slavio_intctl *c = chip;
	unsigned cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		drive(c, cpu, hard_levels(&c->s, cpu) | c->s.soft[cpu] >> 16, 0xfffe);
}

static bool slavio_intctl_check(const void *chip)
{
	const struct slavio_intctl_state *s = &((const struct slavio_intctl *)chip)->s;
	unsigned cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		if (s->soft[cpu] & ~SOFT_BITS)
			return false;
	if (s->latch15 && !(s->input & L15_SOURCES))
		return false;
	return (s->disabled | MASK_BITS) == UINT32_MAX;
}

const struct dev_class slavio_intctl_class = {
	.name = "slavio-intctl",
	DEV_STATE(slavio_intctl, slavio_intctl_fields),
	.region =
		{
			{"intctl-cpu0", 0x10, ACC_4, cpu0_read, cpu0_write},
			{"intctl-cpu1", 0x10, ACC_4, cpu1_read, cpu1_write},
			{"intctl-cpu2", 0x10, ACC_4, cpu2_read, cpu2_write},
			{"intctl-cpu3", 0x10, ACC_4, cpu3_read, cpu3_write},
			{"intctl-system", 0x14, ACC_4, system_read, system_write},
		},
	.irq_in = slavio_intctl_irq_in,
	.reset = slavio_intctl_reset,
	.loaded = slavio_intctl_loaded,
	.check = slavio_intctl_check,
};
