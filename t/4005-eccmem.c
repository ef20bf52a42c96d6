/* SPDX-License-Identifier: MIT */
#include "t/chip.h"

extern const struct dev_class eccmem_class;

static struct bench b;

static void start(u32 version)
{
	bench_open(&b, &eccmem_class)->param = version;
	ok(!bench_start(&b), "starts");
}

int main(void)
{
	static const u32 version[3] = { 0, 0x10000000, 0x20000000 };
	u64 v;

	for (unsigned i = 0; i < 3; i++) {
		u32 mask = i ? 0xbff : 0x103;

		start(version[i]);
		is(get32(&b, 0, 0x00), version[i], "version %#x", version[i]);
		is(get32(&b, 0, 0x04), 0x20, "delays after reset");
		is(get32(&b, 0, 0x08), 0, "no fault");
		is(get32(&b, 0, 0x10), 0x07c00000, "fault address 0");
		is(get32(&b, 0, 0x14), 0, "fault address 1");
		put32(&b, 0, 0x00, 0xffffffff);
		is(get32(&b, 0, 0x00), version[i] | mask, "enable");
		put32(&b, 0, 0x00, 0);
		is(get32(&b, 0, 0x00), version[i], "the version is constant");
		put32(&b, 0, 0x04, 0xffffffff);
		is(get32(&b, 0, 0x04), 0x7fffffff, "delays");
		put32(&b, 0, 0x10, 0);
		is(get32(&b, 0, 0x10), 0x07c00000, "a fault address is read-only");
		for (u32 off = 0x08; off <= 0x20; off += 4) {
			if (off == 0x10 || off == 0x14)
				continue;
			put32(&b, 0, off, 0xabcd0000 | off);
		}
		is(get32(&b, 0, 0x08), 0xabcd0008, "fault status is stored");
		is(get32(&b, 0, 0x0c), 0xabcd000c, "video configuration");
		is(get32(&b, 0, 0x18), 0xabcd0018, "diagnostics");
		is(get32(&b, 0, 0x1c), 0xabcd001c, "one event counter");
		is(get32(&b, 0, 0x20), 0xabcd0020, "the other");
		bench_put(&b, 1, 3, 1, 0x77);
		is(bench_get(&b, 1, 3, 1), 0x77, "diagnostic bytes");
		is(bench_get(&b, 1, 2, 1), 0, "each its own");
		ok(bench_reload(&b), "the state comes back");
		eccmem_class.reset(b.chip);
		is(get32(&b, 0, 0x08), 0, "reset clears");
		is(-bus_read(&b.bus, bench_at(0), 2, &v), EFAULT, "words only");
		is(-bus_read(&b.bus, bench_at(0) + 0x24, 4, &v), EFAULT, "nine of them");
		bench_close(&b);
	}
	return tap_done();
}
