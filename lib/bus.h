/* SPDX-License-Identifier: MIT */
/*
 * The physical address space: who answers at an address, and how wide.
 *
 * A region declares the access widths that its chip decodes. The bus refuses
 * every other width and every access that crosses the region's end, so that
 * handlers see only what they declared: an aligned access of a declared size.
 * All values are big-endian words as the CPU sees them on its data bus.
 */
#ifndef LIB_BUS_H
#define LIB_BUS_H

#include <errno.h>

#include "lib/keep.h"
#include "lib/past.h"
#include "lib/types.h"

/* Access widths in bytes; an 8-byte access reaches the chip as two of 4, the lower address first. */
enum { ACC_1 = 1, ACC_2 = 2, ACC_4 = 4, ACC_8 = 8, ACC_ANY = 15 };

/* One block of registers. `off` counts bytes from its start; `size` is 1, 2 or 4. */
struct region {
	const char *name;
	u32 size; /* bytes */
	unsigned acc; /* OR of ACC_* */
	u32 (*read)(void *chip, u32 off, unsigned size);
	void (*write)(void *chip, u32 off, u32 val, unsigned size);
};

/* One line of the map: either memory (mem != NULL) or a chip's region. */
struct bus_range {
	u64 pa, size; /* bytes; pa and size of memory are multiples of 4096 */
	const char *name;
	u8 *mem; /* host memory, owned by whoever mapped it */
	bool rom; /* memory that ignores writes */
	const struct region *io;
	void *chip;
	/* Of memory, and told before every write; NULL: nobody. */
	struct past *past;
	struct keep *keep;
};

/* n > 0 bytes at `off` of a memory are about to be written. */
static inline void bus_range_touch(const struct bus_range *range, u64 off, u64 n)
{
	past_touch(range->past, off, n);
	keep_touch(range->keep, off, n);
}

struct bus {
	struct bus_range *range; /* ascending, never overlapping */
	unsigned nr;
	const struct bus_range *last; /* the one found last: a cache */
	/*
	 * Optional: memory at pa..pa+n-1 was written through the bus (DMA, the monitor, a CPU's slow
	 * path). Whoever keeps something derived from memory (decoded instructions) forgets it here.
	 */
	void (*wrote)(void *watcher, u64 pa, u64 n);
	void *watcher;
};

void bus_init(struct bus *bus);
void bus_release(struct bus *bus);

/* Each returns 0, -EEXIST where the new range overlaps an old one, or -ENOMEM. */
int bus_map_mem(struct bus *bus, const char *name, u64 pa, u64 size, u8 *mem, bool rom);
int bus_map_io(struct bus *bus, u64 pa, const struct region *io, void *chip);
/*
 * Only the first `size` bytes of a region, 1..io->size: for a region whose extent
 * the board decides (dev/empty.c), and for aliases that are shorter than the original.
 * The same region may be mapped at any number of addresses.
 */
int bus_map_part(struct bus *bus, u64 pa, u32 size, const struct region *io, void *chip);

/* The range that holds pa, or NULL. */
const struct bus_range *bus_find(struct bus *bus, u64 pa);

/*
 * One access of `size` 1, 2, 4 or 8 bytes at a multiple of size.
 * Returns 0, or -EFAULT for a bus error: nobody there, or a width that the chip
 * does not decode. *val is 0 after a bus error.
 */
int bus_read(struct bus *bus, u64 pa, unsigned size, u64 *val);
int bus_write(struct bus *bus, u64 pa, unsigned size, u64 val);

/*
 * Somebody is about to write n > 0 bytes at pa by another way than this: memory's own chip, or
 * whoever has the memory at hand. Says what bus_write() would. No more than one range.
 */
void bus_touch(struct bus *bus, u64 pa, u64 n);

/* Whom to tell before the memory at pa is written; NULL: nobody any more. */
void bus_set_keep(struct bus *bus, u64 pa, struct keep *keep);

/* Memory only: n bytes, all in one mapped memory range; 0 or -EFAULT with nothing copied. */
int bus_copy_from(struct bus *bus, u64 pa, void *dst, u64 n);
int bus_copy_to(struct bus *bus, u64 pa, const void *src, u64 n);

#endif
