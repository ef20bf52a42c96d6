/* SPDX-License-Identifier: MIT */
#ifndef GUEST_STDIO_H
#define GUEST_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)
#define BUFSIZ 1024

struct guest_file {
	int unused;
};
typedef struct guest_file FILE;

extern FILE *stdin, *stdout, *stderr;

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *fmt, va_list ap);
int vfprintf(FILE *f, const char *fmt, va_list ap);
int vsprintf(char *buf, const char *fmt, va_list ap);
int vsnprintf(char *buf, size_t n, const char *fmt, va_list ap);
int putchar(int c);
int putc(int c, FILE *f);
int fputc(int c, FILE *f);
int puts(const char *s);
int fputs(const char *s, FILE *f);
size_t fwrite(const void *p, size_t size, size_t n, FILE *f);
int fflush(FILE *f);
int printf_unlocked(const char *fmt, ...);
int fprintf_unlocked(FILE *f, const char *fmt, ...);
int putchar_unlocked(int c);
int puts_unlocked(const char *s);
int fputc_unlocked(int c, FILE *f);
int fputs_unlocked(const char *s, FILE *f);
size_t fwrite_unlocked(const void *p, size_t size, size_t n, FILE *f);

#endif
