/* SPDX-License-Identifier: MIT */
#include "dev/fw-cfg.h"

#include "t/chip.h"

extern const struct dev_class fw_cfg_class;

static struct bench b;

static void key(u32 k)
{
	bench_put(&b, FW_CFG_CTL, 0, 2, k);
}

static u32 next(void)
{
	return (u32)bench_get(&b, FW_CFG_DATA, 0, 1);
}

int main(void)
{
	static const char text[] = "console=ttyS0";
	u64 v;

	bench_open(&b, &fw_cfg_class);
	is(bench_start(&b), 0, "starts");
	is(fw_cfg_add(b.chip, 0, "QEMU", 4), 0, "a signature");
	is(fw_cfg_add_int(b.chip, 1, 1, 4), 0, "an integer of 4 bytes");
	is(fw_cfg_add_int(b.chip, 3, 0x0102030405060708, 8), 0, "of 8");
	is(fw_cfg_add_int(b.chip, 6, 32, 2), 0, "of 2");
	is(fw_cfg_add_int(b.chip, 0x8000, 8, 2), 0, "of the architecture's own keys");
	is(fw_cfg_add(b.chip, 0x15, text, sizeof(text)), 0, "a text");

	is(next(), 'Q', "the signature is selected after reset");
	is(next(), 'E', "byte");
	is(next(), 'M', "by");
	is(next(), 'U', "byte");
	is(next(), 0, "then zeros");
	is(next(), 0, "for ever");
	key(0);
	is(next(), 'Q', "selecting rewinds");
	key(3);
	for (u32 i = 8; i >= 1; i--)
		is(next(), i, "little-endian byte %u", 8 - i);
	is(next(), 0, "and no more");
	key(0x8000);
	is(next(), 8, "bit 15 is part of the key");
	key(0x4000 | 6);
	is(next(), 32, "bit 14 is not");
	key(0x8006);
	is(next(), 0, "an unknown key gives zeros");
	key(0x15);
	next();
	next();
	ok(bench_reload(&b), "a restore");
	is(next(), 'n', "goes on in the middle");
	bench_put(&b, FW_CFG_DATA, 0, 1, 'X');
	is(next(), 's', "stores are ignored");
	is(fw_cfg_add_int(b.chip, 6, 0x41, 2), 0, "an item again");
	key(6);
	is(next(), 0x41, "replaces the old one");
	fw_cfg_class.reset(b.chip);
	is(next(), 'Q', "reset selects the signature");
	is(bench_get(&b, FW_CFG_CTL, 0, 2), 0, "the selector reads 0");
	is(-bus_write(&b.bus, bench_at(FW_CFG_CTL), 1, 0), EFAULT, "and takes halfwords only");
	is(-bus_read(&b.bus, bench_at(FW_CFG_DATA), 2, &v), EFAULT, "data comes in bytes");
	for (u16 i = 0; i < FW_CFG_ITEMS - 6; i++)
		fw_cfg_add_int(b.chip, (u16)(0x100 + i), i, 1);
	is(-fw_cfg_add_int(b.chip, 0x200, 1, 1), ENOSPC, "there is an end to it");
	key(0x100 + FW_CFG_ITEMS - 7);
	is(next(), FW_CFG_ITEMS - 7, "the last one is there");
	bench_close(&b);
	return tap_done();
}
