/* SPDX-License-Identifier: MIT */
/* The ROM's layout. */
#ifndef MACHINE_PROM_ROM_H
#define MACHINE_PROM_ROM_H

#include "machine/machine.h"

#define ROM_STUB                                                                                   \
	32u /* bytes of a stub; the stub of service n is the n-th, that of a reset the first */
#define ROM_SIGNATURE 0xff0u /* tells this PROM from images that were loaded */

bool rom_is_ours(const struct machine *m);

#endif
