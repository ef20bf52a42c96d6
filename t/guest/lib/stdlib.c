/* SPDX-License-Identifier: MIT */
/* <stdlib.h>: a heap that grows from the end of the program towards the stack, and leaving. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

enum { STACK_ROOM = 4 << 20, ALIGN = 8 };

static uintptr_t heap_end;

/* Each block is preceded by its size. */
static size_t *block_size(void *p)
{
	return (size_t *)p - 1;
}

void *malloc(size_t n)
{
	uintptr_t limit = stack_top > 2u * STACK_ROOM ? stack_top - STACK_ROOM : stack_top / 2;
	uintptr_t p;

	if (!heap_end)
		heap_end = ((uintptr_t)_end + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);
	if (n > limit || limit - n < heap_end + 2 * ALIGN)
		return NULL;
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	p = heap_end + ALIGN;
	heap_end = p + n;
	*block_size((void *)p) = n;
	return (void *)p;
}

/* Only the newest block goes back. */
void free(void *p)
{
	if (p && (uintptr_t)p + *block_size(p) == heap_end)
		heap_end = (uintptr_t)p - ALIGN;
}

void *calloc(size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	p = malloc(total);
	return p ? memset(p, 0, total) : NULL;
}

void *realloc(void *old, size_t n)
{
	size_t had = old ? *block_size(old) : 0;
	void *p;

	if (old && n <= had)
		return old;
	p = malloc(n);
	if (p && old)
		memcpy(p, old, had);
	return p;
}

void exit(int status)
{
	_exit(status);
}

/* 128 + SIGABRT, as a shell would report it. */
void abort(void)
{
	_exit(134);
}

int abs(int v)
{
	return v < 0 ? -v : v;
}

long labs(long v)
{
	return v < 0 ? -v : v;
}

long long llabs(long long v)
{
	return v < 0 ? -v : v;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	unsigned long v = 0;
	bool neg = false;
	unsigned d;

	while (*s == ' ' || *s == '\t')
		s++;
	if (*s == '-' || *s == '+')
		neg = *s++ == '-';
	if ((!base || base == 16) && s[0] == '0' && (s[1] | 32) == 'x') {
		s += 2;
		base = 16;
	}
	if (!base)
		base = *s == '0' ? 8 : 10;
	for (;; s++) {
		d = (unsigned char)*s;
		d = d - '0' < 10 ? d - '0' : (d | 32) - 'a' < 26 ? (d | 32) - 'a' + 10 : 99;
		if (d >= (unsigned)base)
			break;
		v = v * (unsigned)base + d;
	}
	if (end)
		*end = (char *)(uintptr_t)s;
	return neg ? -v : v;
}

long strtol(const char *s, char **end, int base)
{
	return (long)strtoul(s, end, base);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

static uint32_t rand_state = 1;

void srand(unsigned seed)
{
	rand_state = seed;
}

int rand(void)
{
	rand_state = rand_state * 1103515245u + 12345u;
	return (int)(rand_state >> 16 & 0x7fff);
}

static void swap_bytes(char *a, char *b, size_t n)
{
	while (n--) {
		char t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

static void sift(char *base, size_t i, size_t n, size_t size,
		 int (*cmp)(const void *, const void *))
{
	size_t child;

	for (; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && cmp(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(base + i * size, base + child * size) >= 0)
			return;
		swap_bytes(base + i * size, base + child * size, size);
	}
}

/* A heap sort: no recursion, no worst case. */
void qsort(void *array, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	char *base = array;

	for (size_t i = n / 2; i-- > 0;)
		sift(base, i, n, size, cmp);
	for (size_t i = n; i-- > 1;) {
		swap_bytes(base, base + i * size, size);
		sift(base, 0, i, size, cmp);
	}
}
