/* SPDX-License-Identifier: MIT */
/*
 * Code that is written, then run: after FLUSH the new instructions are executed, on pages that ran
 * before, on pages mapped twice, and in a child that inherited them.
 */
#include "prog.h"

#define PAGE 4096u

typedef uint32_t (*code_fn)(uint32_t);

/* retl; add %o0, n, %o0 */
static void emit_add(uint32_t *at, uint32_t n)
{
	at[0] = 0x81c3e008;
	at[1] = 0x90022000 | n;
	for (int i = 0; i < 2; i++)
		__asm__ volatile("flush %0" : : "r"(at + i) : "memory");
}

static code_fn as_code(const void *p)
{
	return (code_fn)(uintptr_t)p;
}

static char *map_code(size_t n)
{
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	if (p == MAP_FAILED) {
		check(false, "mmap: %s", strerror(errno));
		exit(finish("smc"));
	}
	return p;
}

static void one_place(char *page)
{
	uint32_t *at = (uint32_t *)(page + 64);

	for (uint32_t n = 0; n < 3000; n++) {
		emit_add(at, n & 0xfff);
		if (as_code(at)(n) != n + (n & 0xfff)) {
			check(false, "version %u of the code did not run", n);
			return;
		}
	}
}

/* Many small functions on one page, in a changing order. */
static void crowd(char *page)
{
	uint32_t x = 1, n[PAGE / 8];

	for (uint32_t i = 0; i < PAGE / 8; i++) {
		n[i] = i;
		emit_add((uint32_t *)(page + 8 * i), i);
	}
	for (int round = 0; round < 20000; round++) {
		uint32_t i = next_random(&x) % (PAGE / 8);

		if (as_code(page + 8 * i)(5) != 5 + n[i]) {
			check(false, "round %d: function %u is an old one", round, i);
			return;
		}
		if (!(round % 3)) {
			i = next_random(&x) % (PAGE / 8);
			n[i] = next_random(&x) & 0xfff;
			emit_add((uint32_t *)(page + 8 * i), n[i]);
		}
	}
}

/* The same page under two addresses: written by one, executed at the other. */
static void alias(void)
{
	char path[] = "/tmp/smcXXXXXX";
	int fd = mkstemp(path);
	char *w, *x;

	if (fd < 0 || ftruncate(fd, PAGE)) {
		check(false, "no temporary file: %s", strerror(errno));
		return;
	}
	unlink(path);
	w = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	x = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (w == MAP_FAILED || x == MAP_FAILED) {
		check(false, "mmap of a file: %s", strerror(errno));
		return;
	}
	for (uint32_t n = 0; n < 1000; n++) {
		emit_add((uint32_t *)w, n);
		__asm__ volatile("flush %0\n\tflush %0 + 4" : : "r"(x) : "memory");
		if (as_code(x)(1) != n + 1) {
			check(false, "version %u is not seen at the other address", n);
			break;
		}
	}
	/* And as a file: what write() puts there runs next. */
	for (uint32_t n = 0; n < 200; n++) {
		uint32_t insn[2] = { 0x81c3e008, 0x90022000 | n };

		if (pwrite(fd, insn, sizeof(insn), 0) != sizeof(insn))
			check(false, "pwrite: %s", strerror(errno));
		__asm__ volatile("flush %0\n\tflush %0 + 4" : : "r"(x) : "memory");
		if (as_code(x)(1) != n + 1) {
			check(false, "version %u of the file does not run", n);
			break;
		}
	}
	munmap(w, PAGE);
	munmap(x, PAGE);
	close(fd);
}

/* Each process changes its own copy of the same code. */
static void inherited(char *page)
{
	uint32_t *at = (uint32_t *)page;

	emit_add(at, 1);
	check(as_code(at)(1) == 2, "before fork");
	for (uint32_t k = 0; k < 20; k++) {
		pid_t pid = fork();

		if (!pid) {
			if (as_code(at)(1) != 2)
				_exit(1);
			emit_add(at, 100 + k);
			_exit(as_code(at)(1) == 101 + k ? 0 : 2);
		}
		check(reaped(pid, 0), "child %u ran other code", k);
		check(as_code(at)(1) == 2, "child %u changed its parent's code", k);
	}
}

/* New code at an address where other code was mapped before. */
static void remapped(void)
{
	for (uint32_t n = 0; n < 500; n++) {
		char *p = map_code(PAGE);

		emit_add((uint32_t *)p, n);
		if (as_code(p)(0) != n) {
			check(false, "mapping %u runs the code of an earlier one", n);
			return;
		}
		munmap(p, PAGE);
	}
}

int main(void)
{
	char *page = map_code(PAGE);

	one_place(page);
	crowd(page);
	inherited(page);
	alias();
	remapped();
	return finish("smc");
}
