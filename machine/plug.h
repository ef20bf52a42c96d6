/* SPDX-License-Identifier: MIT */
/* What is plugged into a machine from outside: disks, the display's ROM, a network cable. */
#ifndef MACHINE_PLUG_H
#define MACHINE_PLUG_H

#include "machine/machine.h"
#include "machine/options.h"

/*
 * Open what the options name and enter it into the configuration. 0 or -errno with one line
 * in err; plug_close() is due after any result, when the machine is gone.
 */
int plug_open(const struct options *o, struct machine_config *config, char *err, size_t errlen);
/* Writes that were not flushed are flushed; false where that failed, with one line in err. */
bool plug_close(struct machine_config *config, char *err, size_t errlen);

#endif
