/* SPDX-License-Identifier: MIT */
/* A small machine under a monitor's and a debugger's control: no display, no files. */
#ifndef T_FUZZ_SMALL_H
#define T_FUZZ_SMALL_H

#include "machine/boot.h"
#include "machine/monitor.h"
#include "t/fuzz/check.h"

static struct options small_options;
static struct control control;

/* Made once; put back with machine_reset(). */
static inline void small_start(void)
{
	static char *argv[] = { "vonk", "-m", "1", "-vga", "none", NULL };
	static struct machine_config config;
	char err[256];

	if (control.m)
		return;
	FUZZ_CHECK(!options_parse(&small_options, 5, argv, err, sizeof(err)) &&
		   !boot_config(&small_options, &config, err, sizeof(err)) &&
		   !machine_new(&control.m, &config, err, sizeof(err)));
	control.o = &small_options;
}

#endif
