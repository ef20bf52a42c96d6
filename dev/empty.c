/* SPDX-License-Identifier: MIT */
/*
 * Hardware that is not modelled: every register reads 0 and ignores writes, at any width.
 *
 * The region is as large as a region can be; a board maps as much of it as the absent
 * hardware covers, with bus_map_part().
 */
#include "dev/device.h"

struct empty_state {
};

static const struct field empty_fields[] = { F_END };

struct empty {
	struct dev dev;
	struct empty_state s;
};

static u32 empty_read(void *chip, u32 off, unsigned size)
{
	(void)chip, (void)off, (void)size;
	return 0;
}

static void empty_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)chip, (void)off, (void)val, (void)size;
}

const struct dev_class empty_class = {
	.name = "empty",
	DEV_STATE(empty, empty_fields),
	.region = { { "empty", UINT32_MAX, ACC_ANY, empty_read, empty_write } },
};
