/* SPDX-License-Identifier: MIT */
/* TAP from C: ok() and its friends count; `return tap_done();` prints the plan. */
#ifndef T_TAP_H
#define T_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool pass, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", pass ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!pass)
		tap_failed++;
	return pass;
}

/* Two numbers, shown in hex where they differ. */
#define is(got, want, ...)                                                                         \
	tap_is((unsigned long long)(got), (unsigned long long)(want), __VA_ARGS__)

__attribute__((format(printf, 3, 4), unused)) static bool
tap_is(unsigned long long got, unsigned long long want, const char *fmt, ...)
{
	char name[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (ok(got == want, "%s", name))
		return true;
	printf("# got 0x%llx, want 0x%llx\n", got, want);
	return false;
}

/* A line for people; prove shows it with -v. */
#define diag(...) (printf("# " __VA_ARGS__), putchar('\n'))

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
