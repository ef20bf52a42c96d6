/* SPDX-License-Identifier: MIT */
/* Large memories: page-aligned, zero, and taken from the host only where they are touched. */
#ifndef LIB_HOST_MEM_H
#define LIB_HOST_MEM_H

#include "lib/types.h"

/* NULL: there is none. size is above 0. */
u8 *host_mem_new(u64 size);
/* Most of it will stay untouched: what is touched shall cost no more than itself. */
void host_mem_sparse(u8 *mem, u64 size);
/* With the same size; NULL is allowed. */
void host_mem_free(u8 *mem, u64 size);
/* The same of some pages, which AddressSanitizer watches. */
void *host_mem_small(u64 size);
void host_mem_small_free(void *mem, u64 size);
/*
 * Of memory from host_mem_new(): touched[i] tells whether anybody has touched page i (4096
 * bytes). The others are zero, and asking is much cheaper than reading them. Where the host
 * does not tell, all are.
 */
void host_mem_touched(const u8 *mem, u64 size, u8 *touched);

/*
 * Once, before anything large is allocated: what is large is taken from the host by itself, however much of that
 * size was freed before, so that it comes zero, is touched where it is used, and goes back at once.
 */
void host_mem_begin(void);

#endif
