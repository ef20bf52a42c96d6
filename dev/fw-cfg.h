/* SPDX-License-Identifier: MIT */
/*
 * What a board says to its firmware. Items are part of the machine's configuration, not of
 * its state: a restored machine is built with the same ones.
 */
#ifndef DEV_FW_CFG_H
#define DEV_FW_CFG_H

#include "lib/types.h"

#define FW_CFG_ITEMS 48

enum { FW_CFG_CTL, FW_CFG_DATA };

/*
 * Give `key` the bytes as its item, instead of what it had. They are not copied and must
 * outlive the chip. 0, or -ENOSPC after FW_CFG_ITEMS keys.
 */
int fw_cfg_add(void *chip, u16 key, const void *bytes, u32 len);
/* The same for a little-endian integer of len 1..8 bytes, which the chip keeps itself. */
int fw_cfg_add_int(void *chip, u16 key, u64 val, u32 len);

/* Forget all items. */
void fw_cfg_clear(void *chip);

/* The n-th item in the order in which they were added; false: there is none. */
bool fw_cfg_item(const void *chip, u32 n, u16 *key, const u8 **bytes, u32 *len);

#endif
