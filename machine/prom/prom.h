/* SPDX-License-Identifier: MIT */
/*
 * The machine's own PROM: what a sun4m kernel expects of its firmware, served in C.
 *
 * ROM holds nothing but stubs: an UNIMP instruction whose const22 names a service, and a
 * return. A supervisor's UNIMP within that ROM comes to prom_service(); the rest of the
 * world never sees it. The first instruction after a reset is such a stub, too: it builds
 * page tables, trap table, device tree and the romvec in the last PROM_SIZE bytes of RAM and enters
 * the kernel at LOAD_KERNEL.
 *
 * Whatever the PROM remembers (open devices, free memory, the tree itself) stands in that
 * part of RAM and nowhere else, so a snapshot of the machine is all there is to be saved. A guest can
 * write there, so whatever is read from there is checked before it is used.
 */
#ifndef MACHINE_PROM_PROM_H
#define MACHINE_PROM_PROM_H

#include "machine/machine.h"

#define PROM_SIZE 0x80000u /* its share of RAM, at the end */
#define PROM_RAM_MIN 0x1000000u /* bytes of RAM without which it does not start */

/*
 * Write the stubs into the machine's ROM: after machine_new() or machine_reset(), before the
 * CPU runs. 0, or -EINVAL with one line in err: too little RAM.
 */
int prom_install(struct machine *m, char *err, size_t errlen);
/*
 * struct cpu's `service`: machine is a struct machine. False: `code` at `pc` is no stub of ours,
 * and traps as any other UNIMP.
 */
bool prom_service(void *machine, struct cpu *cpu, u32 code, u32 pc);

#endif
