/* SPDX-License-Identifier: MIT */
/* From the trap save path to C. */
#include "guest.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void (*handlers[256])(struct trap_regs *regs);

void trap_set(unsigned tt, void (*handler)(struct trap_regs *regs))
{
	handlers[tt & 0xff] = handler;
}

void trap_dispatch(struct trap_regs *regs);

void trap_dispatch(struct trap_regs *regs)
{
	unsigned tt = regs->g[0] & 0xff;

	if (handlers[tt]) {
		handlers[tt](regs);
		return;
	}
	if (tt == TT_SOFT(3)) {
		flush_windows();
		trap_skip(regs);
		return;
	}
	printf("\ntrap %02x at pc %08x npc %08x psr %08x sp %08x\n", tt, (unsigned)regs->pc,
	       (unsigned)regs->npc, (unsigned)regs->psr, (unsigned)regs->o[6]);
	_exit(125);
}
