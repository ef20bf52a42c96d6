/* SPDX-License-Identifier: MIT */
#include "t/chip.h"

extern const struct dev_class empty_class;

int main(void)
{
	const struct region *io = &empty_class.region[0];
	struct bus bus;
	u64 v = 1;
	u8 byte;

	bus_init(&bus);
	is(bus_map_part(&bus, 0x4000000, 0xc000000, io, NULL), 0, "the gap above 64 MiB of RAM");
	is(bus_map_part(&bus, 0x10004000, 0xffeb000, io, NULL), 0, "and another place");
	for (unsigned size = 1; size <= 8; size *= 2) {
		is(bus_write(&bus, 0x4000000, size, UINT64_MAX), 0, "a store of %u", size);
		is(bus_read(&bus, 0x4000000, size, &v), 0, "a load of %u", size);
		is(v, 0, "reads 0");
		is(bus_read(&bus, 0x10000000 - size, size, &v), 0, "up to the end");
		is(-bus_read(&bus, 0x10000000, size, &v), EFAULT, "and not beyond");
		is(bus_read(&bus, 0x1ffef000 - size, size, &v), 0, "in both places");
	}
	is(-bus_copy_from(&bus, 0x4000000, &byte, 1), EFAULT, "it is no memory");
	bus_release(&bus);
	return tap_done();
}
