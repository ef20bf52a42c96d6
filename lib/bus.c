/* SPDX-License-Identifier: MIT */
#include "lib/bus.h"

#include <stdlib.h>
#include <string.h>

#include "lib/be.h"

void bus_init(struct bus *bus)
{
	memset(bus, 0, sizeof(*bus));
}

void bus_release(struct bus *bus)
{
	free(bus->range);
	bus_init(bus);
}

/* The index of the first range that ends above pa. */
static unsigned bus_slot(const struct bus *bus, u64 pa)
{
	unsigned lo = 0, hi = bus->nr;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (bus->range[mid].pa + (bus->range[mid].size - 1) < pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int bus_map(struct bus *bus, const struct bus_range *new)
{
	struct bus_range *range;
	unsigned i;

	BUG_ON(!new->size || new->pa + (new->size - 1) < new->pa);
	i = bus_slot(bus, new->pa);
	if (i < bus->nr && bus->range[i].pa <= new->pa + (new->size - 1))
		return -EEXIST;
	range = realloc(bus->range, (bus->nr + 1) * sizeof(*range));
	if (!range)
		return -ENOMEM;
	memmove(range + i + 1, range + i, (bus->nr - i) * sizeof(*range));
	range[i] = *new;
	bus->range = range;
	bus->nr++;
	bus->last = NULL;
	return 0;
}

int bus_map_mem(struct bus *bus, const char *name, u64 pa, u64 size, u8 *mem, bool rom)
{
	struct bus_range new = { .pa = pa, .size = size, .name = name, .mem = mem, .rom = rom };

	return bus_map(bus, &new);
}

int bus_map_part(struct bus *bus, u64 pa, u32 size, const struct region *io, void *chip)
{
	struct bus_range new = { .pa = pa, .size = size, .name = io->name, .io = io, .chip = chip };

	BUG_ON(size > io->size);
	return bus_map(bus, &new);
}

int bus_map_io(struct bus *bus, u64 pa, const struct region *io, void *chip)
{
	return bus_map_part(bus, pa, io->size, io, chip);
}

static inline bool range_holds(const struct bus_range *range, u64 pa)
{
	return pa - range->pa < range->size;
}

const struct bus_range *bus_find(struct bus *bus, u64 pa)
{
	unsigned i;

	if (likely(bus->last && range_holds(bus->last, pa)))
		return bus->last;
	i = bus_slot(bus, pa);
	if (i == bus->nr || !range_holds(&bus->range[i], pa))
		return NULL;
	bus->last = &bus->range[i];
	return bus->last;
}

/* The range that holds all n > 0 bytes from pa on, or NULL. */
static const struct bus_range *bus_find_span(struct bus *bus, u64 pa, u64 n)
{
	const struct bus_range *range = bus_find(bus, pa);

	if (!range || range->size - (pa - range->pa) < n)
		return NULL;
	return range;
}

/* Does the chip decode an access of this width here? ACC_n is n. */
static bool io_decodes(const struct bus_range *range, u64 pa, unsigned size)
{
	return (range->io->acc & size) && !((pa | (pa - range->pa)) & (size - 1));
}

int bus_read(struct bus *bus, u64 pa, unsigned size, u64 *val)
{
	const struct bus_range *range = bus_find_span(bus, pa, size);
	u32 off;

	*val = 0;
	if (!range)
		return -EFAULT;
	if (range->mem) {
		*val = be_get(range->mem + (pa - range->pa), size);
		return 0;
	}
	if (!io_decodes(range, pa, size))
		return -EFAULT;
	off = (u32)(pa - range->pa);
	if (size == 8) {
		*val = (u64)range->io->read(range->chip, off, 4) << 32;
		*val |= range->io->read(range->chip, off + 4, 4);
	} else {
		*val = range->io->read(range->chip, off, size) & (UINT32_MAX >> (32 - 8 * size));
	}
	return 0;
}

static void bus_tell(struct bus *bus, u64 pa, u64 n)
{
	if (bus->wrote)
		bus->wrote(bus->watcher, pa, n);
}

int bus_write(struct bus *bus, u64 pa, unsigned size, u64 val)
{
	const struct bus_range *range = bus_find_span(bus, pa, size);
	u32 off;

	if (!range)
		return -EFAULT;
	if (range->mem) {
		if (!range->rom) {
			bus_range_touch(range, pa - range->pa, size);
			be_put(range->mem + (pa - range->pa), size, val);
			bus_tell(bus, pa, size);
		}
		return 0;
	}
	if (!io_decodes(range, pa, size))
		return -EFAULT;
	off = (u32)(pa - range->pa);
	if (size == 8) {
		range->io->write(range->chip, off, (u32)(val >> 32), 4);
		range->io->write(range->chip, off + 4, (u32)val, 4);
	} else {
		range->io->write(range->chip, off, (u32)val & (UINT32_MAX >> (32 - 8 * size)),
				 size);
	}
	return 0;
}

void bus_touch(struct bus *bus, u64 pa, u64 n)
{
	const struct bus_range *range = bus_find_span(bus, pa, n);

	if (!range || !range->mem)
		return;
	bus_range_touch(range, pa - range->pa, n);
	bus_tell(bus, pa, n);
}

void bus_set_keep(struct bus *bus, u64 pa, struct keep *keep)
{
	unsigned i = bus_slot(bus, pa);

	if (i < bus->nr && range_holds(&bus->range[i], pa))
		bus->range[i].keep = keep;
}

int bus_copy_from(struct bus *bus, u64 pa, void *dst, u64 n)
{
	const struct bus_range *range;

	if (!n)
		return 0;
	range = bus_find_span(bus, pa, n);
	if (!range || !range->mem)
		return -EFAULT;
	memcpy(dst, range->mem + (pa - range->pa), n);
	return 0;
}

int bus_copy_to(struct bus *bus, u64 pa, const void *src, u64 n)
{
	const struct bus_range *range;

	if (!n)
		return 0;
	range = bus_find_span(bus, pa, n);
	if (!range || !range->mem)
		return -EFAULT;
	if (!range->rom) {
		bus_range_touch(range, pa - range->pa, n);
		memcpy(range->mem + (pa - range->pa), src, n);
		bus_tell(bus, pa, n);
	}
	return 0;
}
