/* SPDX-License-Identifier: MIT */
/* From power-on to the first instruction: PROM, programs, what firmware is told. */
#ifndef MACHINE_BOOT_H
#define MACHINE_BOOT_H

#include "machine/machine.h"
#include "machine/nvram.h"
#include "machine/options.h"

/*
 * Turn the options into a machine's configuration. 0, or -EINVAL with one line in err:
 * an unknown board or CPU, memory or a number of CPUs that the board does not take.
 */
int boot_config(const struct options *o, struct machine_config *config, char *err, size_t errlen);
/* Fill NVRAM and clock, once after machine_new(). 0 or -errno with one line in err. */
int boot_nvram(struct machine *m, const struct options *o, char *err, size_t errlen);
/* The same with the contents of -nvram's file. */
int boot_nvram_file(struct machine *m, const struct options *o, const struct nvram *n, char *err,
		    size_t errlen);
/*
 * Load what the options name, tell the firmware about it, and set the CPU on its way: after
 * machine_new() and after every reset. `batch`: nobody is there to talk to. 0 or -errno with
 * one line in err.
 */
int boot_load(struct machine *m, const struct options *o, bool batch, char *err, size_t errlen);

/*
 * The program files that the options name: number 0 IMAGE, 1 -kernel, 2 -bios, which is looked for. Returns the name
 * as it was given, with the file's path in `path`; NULL: not given, or there is no such PROM.
 */
#define BOOT_FILES 3
const char *boot_file(const struct options *o, unsigned n, char *path, size_t len);

#endif
