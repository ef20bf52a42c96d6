/* SPDX-License-Identifier: MIT */
#include "lib/keep.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host-mem.h"

bool keep_init(struct keep *k, u8 *mem, u64 size)
{
	k->mem = mem;
	k->size = size;
	k->copy = host_mem_new(size);
	k->live = calloc(size / KEEP_PAGE / 64 + 1, sizeof(u64));
	if (!k->copy || !k->live)
		return false;
	host_mem_sparse(k->copy, size);
	return true;
}

void keep_release(struct keep *k)
{
	host_mem_free(k->copy, k->size);
	free(k->live);
	memset(k, 0, sizeof(*k));
}

void keep_note(struct keep *k, u64 page)
{
	k->live[page / 64] |= 1ull << page % 64;
}

void keep_touch_slow(struct keep *k, u64 first, u64 last)
{
	for (u64 page = first; page <= last; page++) {
		if (!keep_is_live(k, page))
			continue;
		memcpy(k->copy + page * KEEP_PAGE, k->mem + page * KEEP_PAGE, KEEP_PAGE);
		k->live[page / 64] &= ~(1ull << page % 64);
	}
}
