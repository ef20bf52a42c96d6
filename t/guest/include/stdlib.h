/* SPDX-License-Identifier: MIT */
#ifndef GUEST_STDLIB_H
#define GUEST_STDLIB_H

#include <stdbool.h>
#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fff

void *malloc(size_t n) __attribute__((malloc));
void *calloc(size_t n, size_t size) __attribute__((malloc));
void *realloc(void *old, size_t n);
void free(void *p);
void exit(int status) __attribute__((noreturn));
void _exit(int status) __attribute__((noreturn));
void abort(void) __attribute__((noreturn));
int abs(int v);
long labs(long v);
long long llabs(long long v);
int atoi(const char *s);
long atol(const char *s);
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
int rand(void);
void srand(unsigned seed);
void qsort(void *array, size_t n, size_t size, int (*cmp)(const void *, const void *));

#endif
