/* SPDX-License-Identifier: MIT */
#include "lib/host-mem.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

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
