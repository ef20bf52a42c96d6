/* SPDX-License-Identifier: MIT */
#include "lib/host-mem.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/*
 * The host's huge pages: forking a process copies its page tables, and each page that is touched for
 * the first time is a fault, so that both cost a fraction of what small pages cost.
 */
#define HUGE ((size_t)2 << 20)

u8 *host_mem_new(u64 size)
{
	size_t skip, len = (size_t)size + HUGE;
	u8 *p;

	if (size > SIZE_MAX - HUGE)
		return NULL;
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		 0);
	if (p == MAP_FAILED)
		return NULL;
	/* What is left over is given back, so that munmap() of `size` frees all. */
	skip = (0 - (uintptr_t)p) & (HUGE - 1);
	if (skip)
		munmap(p, skip);
	munmap(p + skip + size, HUGE - skip);
	/* Without them it is only slower. */
	madvise(p + skip, (size_t)size, MADV_HUGEPAGE);
	return p + skip;
}

void *host_mem_small(u64 size)
{
	void *p;

	if (WITH_ASAN)
		return calloc(1, (size_t)size);
	p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void host_mem_small_free(void *mem, u64 size)
{
	if (WITH_ASAN)
		free(mem);
	else if (mem)
		munmap(mem, (size_t)size);
}

void host_mem_sparse(u8 *mem, u64 size)
{
	madvise(mem, (size_t)size, MADV_NOHUGEPAGE);
}

void host_mem_begin(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

void host_mem_free(u8 *mem, u64 size)
{
	if (mem)
		munmap(mem, (size_t)size);
}

#define PAGE 4096u

/* An entry of /proc/self/pagemap: bit 63 present, bit 62 swapped out. */
void host_mem_touched(const u8 *mem, u64 size, u8 *touched)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool known = fd >= 0 && sysconf(_SC_PAGESIZE) == PAGE;
	u64 entry[512];

	for (u64 i = 0; i < size / PAGE; i += ARRAY_SIZE(entry)) {
		u64 n = size / PAGE - i;
		size_t want;

		if (n > ARRAY_SIZE(entry))
			n = ARRAY_SIZE(entry);
		want = (size_t)n * sizeof(*entry);
		if (known)
			known = pread(fd, entry, want, (off_t)(((uintptr_t)mem / PAGE + i) * 8)) ==
				(ssize_t)want;
		for (u64 k = 0; k < n; k++)
			touched[i + k] = !known || entry[k] >> 62;
	}
	if (fd >= 0)
		close(fd);
}
