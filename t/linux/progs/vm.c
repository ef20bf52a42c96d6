/* SPDX-License-Identifier: MIT */
/*
 * Virtual memory: demand-zero pages, copy on write after fork, file mappings, protection faults
 * as signals with the right address, mapping and unmapping in a storm.
 */
#include "prog.h"

#include <fcntl.h>
#include <setjmp.h>

#define PAGE 4096u
#define PAGES 512u

static char *map_anon(size_t bytes, int flags)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED) {
		check(false, "mmap: %s", strerror(errno));
		exit(finish("vm"));
	}
	return p;
}

static void fill(char *p, uint32_t seed)
{
	for (unsigned i = 0; i < PAGES; i++) {
		uint32_t *w = (uint32_t *)(p + i * PAGE);

		w[0] = seed + i;
		w[PAGE / 4 - 1] = ~(seed + i);
	}
}

static bool filled(const char *p, uint32_t seed)
{
	for (unsigned i = 0; i < PAGES; i++) {
		const uint32_t *w = (const uint32_t *)(p + i * PAGE);

		if (w[0] != seed + i || w[PAGE / 4 - 1] != ~(seed + i))
			return false;
	}
	return true;
}

static void zeros(void)
{
	char *p = map_anon(PAGES * PAGE, MAP_PRIVATE);

	for (unsigned i = 0; i < PAGES * PAGE; i += 64)
		if (p[i]) {
			check(false, "a new page is not zero at %u", i);
			break;
		}
	munmap(p, PAGES * PAGE);
}

static void copy_on_write(void)
{
	char *p = map_anon(PAGES * PAGE, MAP_PRIVATE), *shared = map_anon(PAGE, MAP_SHARED);

	fill(p, 1000);
	for (int round = 0; round < 8; round++) {
		pid_t pid = fork();

		if (!pid) {
			if (!filled(p, 1000))
				_exit(1);
			fill(p, 2000 + (uint32_t)round);
			shared[round] = 1;
			_exit(filled(p, 2000 + (uint32_t)round) ? 0 : 2);
		}
		check(reaped(pid, 0), "the child of round %d saw other pages", round);
		check(filled(p, 1000), "round %d wrote into its parent's pages", round);
		check(shared[round] == 1, "round %d did not write the shared page", round);
	}
	munmap(p, PAGES * PAGE);
	munmap(shared, PAGE);
}

static sigjmp_buf back;
static void *volatile fault_at;
static volatile int fault_code;

static void on_fault(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	fault_at = si->si_addr;
	fault_code = si->si_code;
	siglongjmp(back, 1);
}

enum how { LOAD, STORE, EXECUTE, LOAD_DOUBLE };

static void touch(char *p, enum how how)
{
	switch (how) {
	case LOAD:
		(void)*(volatile uint32_t *)p;
		break;
	case STORE:
		*(volatile uint32_t *)p = 1;
		break;
	case LOAD_DOUBLE:
		(void)*(volatile double *)p;
		break;
	case EXECUTE:
		((void (*)(void))(uintptr_t)p)();
	}
}

static void expect_fault(char *p, enum how how, int code, const char *what)
{
	fault_at = NULL;
	fault_code = 0;
	if (!sigsetjmp(back, 1))
		touch(p, how);
	check(fault_at == p && fault_code == code, "%s: address %p for %p, code %d", what, fault_at,
	      (void *)p, fault_code);
}

static void protection(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO, .sa_sigaction = on_fault };
	char *p = map_anon(4 * PAGE, MAP_PRIVATE);

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	p[PAGE] = 7;
	mprotect(p + PAGE, PAGE, PROT_READ);
	mprotect(p + 2 * PAGE, PAGE, PROT_NONE);
	for (int i = 0; i < 100; i++) {
		expect_fault(p + PAGE + 4 * i, STORE, SEGV_ACCERR, "store to a read-only page");
		expect_fault(p + 2 * PAGE + 8 * i, LOAD, SEGV_ACCERR, "load without permission");
	}
	check(p[PAGE] == 7, "the read-only page has changed");
	mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE);
	p[PAGE] = 8;
	munmap(p + 3 * PAGE, PAGE);
	expect_fault(p + 3 * PAGE + 12, LOAD, SEGV_MAPERR, "load from an unmapped page");
	expect_fault(p + 3 * PAGE + 16, LOAD_DOUBLE, SEGV_MAPERR, "double load, unmapped");
	expect_fault((char *)8, LOAD, SEGV_MAPERR, "load from page 0");
	munmap(p, 3 * PAGE);
	expect_fault(p, EXECUTE, SEGV_MAPERR, "jump to an unmapped page");
}

static void files(void)
{
	char path[] = "/tmp/vmXXXXXX";
	int fd = mkstemp(path);
	char *a, *b;
	uint32_t w;

	if (fd < 0 || ftruncate(fd, PAGES * PAGE)) {
		check(false, "no temporary file: %s", strerror(errno));
		return;
	}
	unlink(path);
	a = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (a == MAP_FAILED || b == MAP_FAILED) {
		check(false, "mmap of a file: %s", strerror(errno));
		return;
	}
	fill(a, 5000);
	check(filled(b, 5000), "a private mapping does not show the file");
	check(pread(fd, &w, sizeof(w), 17 * PAGE) == sizeof(w) && w == 5017,
	      "read() does not show what the mapping wrote");
	fill(b, 6000);
	check(filled(a, 5000) && filled(b, 6000), "a private write reached the file");
	w = 0x12345678;
	check(pwrite(fd, &w, sizeof(w), 3 * PAGE + 8) == sizeof(w) &&
		      *(uint32_t *)(a + 3 * PAGE + 8) == w,
	      "the mapping does not show what write() wrote");
	munmap(a, PAGES * PAGE);
	munmap(b, PAGES * PAGE);
	close(fd);
}

/* Maps, touches and unmaps pages in an order that only the seed knows. */
static void storm(void)
{
	enum { SLOTS = 32 };
	char *slot[SLOTS] = { NULL };
	uint32_t seed[SLOTS], x = 4711;

	for (int i = 0; i < 5000; i++) {
		unsigned s = next_random(&x) % SLOTS, n = 1 + s % 7;

		if (!slot[s]) {
			slot[s] = map_anon(n * PAGE, MAP_PRIVATE);
			seed[s] = next_random(&x);
			for (unsigned k = 0; k < n; k++)
				*(uint32_t *)(slot[s] + k * PAGE + 4 * s) = seed[s] + k;
			continue;
		}
		for (unsigned k = 0; k < n; k++)
			if (*(uint32_t *)(slot[s] + k * PAGE + 4 * s) != seed[s] + k) {
				check(false, "step %d: page %u of slot %u is another", i, k, s);
				return;
			}
		munmap(slot[s], n * PAGE);
		slot[s] = NULL;
	}
}

int main(void)
{
	zeros();
	copy_on_write();
	protection();
	files();
	storm();
	return finish("vm");
}
