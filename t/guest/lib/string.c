/* SPDX-License-Identifier: MIT */
/* <string.h> and <ctype.h>. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Word at a time where both ends allow it. */
void *memcpy(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (((uintptr_t)d & 7) == ((uintptr_t)s & 7)) {
		for (; n && ((uintptr_t)d & 7); n--)
			*d++ = *s++;
		for (; n >= 32; n -= 32, d += 32, s += 32)
			__asm__ volatile("ldd [%1], %%g2\n\tldd [%1 + 8], %%o4\n\t"
					 "std %%g2, [%0]\n\tstd %%o4, [%0 + 8]\n\t"
					 "ldd [%1 + 16], %%g2\n\tldd [%1 + 24], %%o4\n\t"
					 "std %%g2, [%0 + 16]\n\tstd %%o4, [%0 + 24]"
					 :
					 : "r"(d), "r"(s)
					 : "g2", "g3", "o4", "o5", "memory");
	}
	if (!(((uintptr_t)d | (uintptr_t)s) & 3))
		for (; n >= 4; n -= 4, d += 4, s += 4)
			__asm__ volatile("ld [%1], %%g2\n\tst %%g2, [%0]"
					 :
					 : "r"(d), "r"(s)
					 : "g2", "memory");
	while (n--)
		*d++ = *s++;
	return dst;
}

void *mempcpy(void *dst, const void *src, size_t n)
{
	return (char *)memcpy(dst, src, n) + n;
}

void *memmove(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (d <= s || d >= s + n)
		return memcpy(dst, src, n);
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	unsigned char *d = dst;
	uint32_t w = (unsigned char)c * 0x01010101u;

	for (; n && ((uintptr_t)d & 3); n--)
		*d++ = (unsigned char)c;
	for (; n >= 4; n -= 4, d += 4)
		__asm__ volatile("st %1, [%0]" : : "r"(d), "r"(w) : "memory");
	while (n--)
		*d++ = (unsigned char)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n--; p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *a, int c, size_t n)
{
	const unsigned char *p = a;

	for (; n--; p++)
		if (*p == (unsigned char)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t n)
{
	const char *p = memchr(s, 0, n);

	return p ? (size_t)(p - s) : n;
}

char *stpcpy(char *d, const char *s)
{
	while ((*d = *s++))
		d++;
	return d;
}

char *stpncpy(char *d, const char *s, size_t n)
{
	char *end;

	while (n && *s)
		*d++ = *s++, n--;
	end = d;
	while (n--)
		*d++ = 0;
	return end;
}

char *strcpy(char *d, const char *s)
{
	stpcpy(d, s);
	return d;
}

char *strncpy(char *d, const char *s, size_t n)
{
	stpncpy(d, s, n);
	return d;
}

char *strcat(char *d, const char *s)
{
	stpcpy(d + strlen(d), s);
	return d;
}

char *strncat(char *d, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *e = d + strlen(d);

	memcpy(e, s, len);
	e[len] = 0;
	return d;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n--; a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *p = s + strlen(s);

	for (;; p--) {
		if (*p == (char)c)
			return (char *)(uintptr_t)p;
		if (p == s)
			return NULL;
	}
}

char *index(const char *s, int c)
{
	return strchr(s, c);
}

char *rindex(const char *s, int c)
{
	return strrchr(s, c);
}

size_t strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && strchr(set, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && !strchr(set, s[n]))
		n++;
	return n;
}

char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s ? (char *)(uintptr_t)s : NULL;
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (;; s++) {
		if (!strncmp(s, what, n))
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = malloc(n);

	return p ? memcpy(p, s, n) : NULL;
}

void bzero(void *p, size_t n)
{
	memset(p, 0, n);
}

void bcopy(const void *s, void *d, size_t n)
{
	memmove(d, s, n);
}

int bcmp(const void *a, const void *b, size_t n)
{
	return memcmp(a, b, n);
}

int isdigit(int c)
{
	return (unsigned)c - '0' < 10;
}

int isupper(int c)
{
	return (unsigned)c - 'A' < 26;
}

int islower(int c)
{
	return (unsigned)c - 'a' < 26;
}

int isalpha(int c)
{
	return isupper(c) || islower(c);
}

int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

int isspace(int c)
{
	return c == ' ' || (unsigned)c - '\t' < 5;
}

int isprint(int c)
{
	return (unsigned)c - ' ' < 95;
}

int isgraph(int c)
{
	return (unsigned)c - '!' < 94;
}

int ispunct(int c)
{
	return isgraph(c) && !isalnum(c);
}

int iscntrl(int c)
{
	return (unsigned)c < ' ' || c == 127;
}

int isxdigit(int c)
{
	return isdigit(c) || ((unsigned)c | 32) - 'a' < 6;
}

int toupper(int c)
{
	return islower(c) ? c - 32 : c;
}

int tolower(int c)
{
	return isupper(c) ? c + 32 : c;
}
