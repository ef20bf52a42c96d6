/* SPDX-License-Identifier: MIT */
/* What a board puts into the NVRAM and clock chip before the machine starts. */
#ifndef DEV_M48T08_H
#define DEV_M48T08_H

#include "lib/types.h"

#define M48T08_NVRAM 0x1ff8 /* bytes of memory; the clock's registers follow */
#define M48T08_IDPROM 0x1fd8

/* The battery's memory, M48T08_NVRAM bytes, to fill from a file or to write into one. */
u8 *m48t08_nvram(void *chip);
/* Make it `seconds` after 1970-01-01 00:00:00 now; the clock runs, with the right day of week. */
void m48t08_set_time(void *chip, s64 seconds);
/* Write the identification: Sun's machine type, Ethernet address, a host id from its last 3 bytes. */
void m48t08_set_idprom(void *chip, u8 machine_type, const u8 mac[6]);
/*
 * Write OpenBIOS's partitions with n variables, each a text "name=value".
 * 0; -ENOSPC if they do not fit, -EINVAL for a text without a name or '=': then nothing is written.
 */
int m48t08_set_vars(void *chip, const char *const *vars, u32 n);

#endif
