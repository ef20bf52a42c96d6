/* SPDX-License-Identifier: MIT */
/*
 * Firmware configuration device: a store of small items that the firmware reads by key.
 *
 * Part: none; the interface that OpenBIOS for virtual machines asks for.
 *
 * What software relies on: a 16-bit write selects the key and rewinds; each byte read gives the
 * item's next byte, then zeros; unknown keys read as zeros; bit 14 of a key (write) does not
 * select another item; integers are little-endian. After reset key 0 (the signature) is selected.
 * Not modelled: writing items, the DMA interface (the id item must say so), the file directory.
 */
#include "dev/fw-cfg.h"

#include <string.h>

#include "dev/device.h"

#define KEY_WRITE 0x4000u

struct fw_cfg_state {
	u16 key;
	u8 pad[2];
	u32 off; /* bytes read of the item */
};

static const struct field fw_cfg_fields[] = {
	F_UINT(fw_cfg_state, key),
	F_PAD(fw_cfg_state, pad),
	F_UINT(fw_cfg_state, off),
	F_END,
};

struct fw_cfg_item {
	const u8 *bytes;
	u32 len;
	u16 key;
	u8 num[8]; /* an integer's bytes */
};

struct fw_cfg {
	struct dev dev;
	struct fw_cfg_state s;
	struct fw_cfg_item item[FW_CFG_ITEMS];
	u32 nr;
};

static struct fw_cfg_item *item_find(struct fw_cfg *c, u16 key)
{
	u32 i;

	for (i = 0; i < c->nr; i++)
		if (c->item[i].key == key)
			return &c->item[i];
	return NULL;
}

static struct fw_cfg_item *item_make(struct fw_cfg *c, u16 key)
{
	struct fw_cfg_item *item = item_find(c, key);

	if (!item && c->nr < FW_CFG_ITEMS) {
		item = &c->item[c->nr++];
		item->key = key;
	}
	return item;
}

void fw_cfg_clear(void *chip)
{
	struct fw_cfg *c = chip;

	c->nr = 0;
}

int fw_cfg_add(void *chip, u16 key, const void *bytes, u32 len)
{
	struct fw_cfg_item *item = item_make(chip, key);

	if (!item)
		return -ENOSPC;
	item->bytes = bytes;
	item->len = len;
	return 0;
}

int fw_cfg_add_int(void *chip, u16 key, u64 val, u32 len)
{
	struct fw_cfg_item *item = item_make(chip, key);
	u32 i;

	BUG_ON(len < 1 || len > sizeof(item->num));
	if (!item)
		return -ENOSPC;
	for (i = 0; i < len; i++)
		item->num[i] = (u8)(val >> 8 * i);
	item->bytes = item->num;
	item->len = len;
	return 0;
}

bool fw_cfg_item(const void *chip, u32 n, u16 *key, const u8 **bytes, u32 *len)
{
	const struct fw_cfg *c = chip;

	if (n >= c->nr)
		return false;
	*key = c->item[n].key;
	*bytes = c->item[n].bytes;
	*len = c->item[n].len;
	return true;
}

static u32 ctl_read(void *chip, u32 off, unsigned size)
{
	(void)chip, (void)off, (void)size;
	return 0;
}

static void ctl_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct fw_cfg *c = chip;

	(void)off, (void)size;
	c->s.key = (u16)(val & ~KEY_WRITE);
	c->s.off = 0;
}

static u32 data_read(void *chip, u32 off, unsigned size)
{
	struct fw_cfg *c = chip;
	const struct fw_cfg_item *item = item_find(c, c->s.key);

	(void)off, (void)size;
	if (!item || c->s.off >= item->len)
		return 0;
	return item->bytes[c->s.off++];
}

static void data_write(void *chip, u32 off, u32 val, unsigned size)
{
	(void)chip, (void)off, (void)val, (void)size;
}

static void fw_cfg_reset(void *chip)
{
	struct fw_cfg *c = chip;

	memset(&c->s, 0, sizeof(c->s));
}

static bool fw_cfg_check(const void *chip)
{
	return !(((const struct fw_cfg *)chip)->s.key & KEY_WRITE);
}

const struct dev_class fw_cfg_class = {
	.name = "fw-cfg",
	DEV_STATE(fw_cfg, fw_cfg_fields),
	.region =
		{
			[FW_CFG_CTL] = {"fw-cfg-ctl", 2, ACC_2, ctl_read, ctl_write},
			[FW_CFG_DATA] = {"fw-cfg-data", 1, ACC_1, data_read, data_write},
		},
	.reset = fw_cfg_reset,
	.check = fw_cfg_check,
};
