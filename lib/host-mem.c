/* SPDX-License-Identifier: MIT */
#include "lib/host-mem.h"

#include <sys/mman.h>

u8 *host_mem_new(u64 size)
{
	void *p = MAP_FAILED;

	if (size <= SIZE_MAX)
		p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void host_mem_free(u8 *mem, u64 size)
{
	if (mem)
		munmap(mem, (size_t)size);
}
