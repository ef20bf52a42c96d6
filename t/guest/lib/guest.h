/* SPDX-License-Identifier: MIT */
/* What a bare program gets from the runtime, next to the C library subset. */
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>

#include "psr.h"

/* A trapped context: the handler may change all but CWP and %sp (o[6]). */
struct trap_regs {
	uint32_t psr, pc, npc, y;
	uint32_t g[8]; /* g[0] holds tt */
	uint32_t o[8]; /* the outs of the interrupted window */
};

extern const char trap_table[];
extern unsigned boot_kind; /* BOOT_ROM or 0 */
extern unsigned windows_less_1;
extern unsigned stack_top;
extern char _end[];

/*
 * Level 15 cannot be held back by PIL. With nmi_ack set to the physical address of
 * the per-CPU clear register (nmi_high: in space f) it is acknowledged and counted
 * before C sees it; else it comes as trap 1f.
 */
extern uint32_t nmi_ack, nmi_high;
extern volatile uint32_t nmi_count;

/*
 * Handlers run with traps enabled at PIL 15 and may not use the FPU. Without one
 * `ta 3` flushes the windows, and anything else is reported and exits with status 125.
 */
void trap_set(unsigned tt, void (*handler)(struct trap_regs *regs));

/* For a handler: go on after the trapped instruction. */
static inline void trap_skip(struct trap_regs *regs)
{
	regs->pc = regs->npc;
	regs->npc += 4;
}

/* Where the devices are, by machine; addresses within a 4 GiB space of physical memory. */
struct board {
	uint32_t high; /* physical address bits 35:32: 0 or f */
	uint32_t serial, nvram, timer, intctl, aux2, sysctl;
};

extern const struct board *board; /* set on first use of the console */

void board_init(void);
/* One item of the firmware configuration: octets beyond its end read 0. */
void fwcfg_read(unsigned key, void *buf, unsigned len);
unsigned fwcfg_read32(unsigned key);

uint8_t io_read8(uint32_t pa);
void io_write8(uint32_t pa, uint8_t v);
uint32_t io_read32(uint32_t pa);
void io_write32(uint32_t pa, uint32_t v);

void console_putc(int c);
int console_poll(void); /* a character, or -1 when there is none */

void flush_windows(void);
void board_poweroff(void) __attribute__((noreturn));
void guest_halt(int status) __attribute__((noreturn));

static inline uint32_t psr_read(void)
{
	uint32_t v;

	__asm__ volatile("rd %%psr, %0" : "=r"(v));
	return v;
}

static inline void psr_write(uint32_t v)
{
	__asm__ volatile("wr %0, %%psr\n\tnop\n\tnop\n\tnop" : : "r"(v) : "memory", "cc");
}

/* Interrupts above the level get through. */
static inline void pil_set(unsigned level)
{
	psr_write((psr_read() & ~(uint32_t)PSR_PIL) | level << 8);
}

#endif
