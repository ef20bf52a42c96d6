/* SPDX-License-Identifier: MIT */
/* What the guest's test programs share: checks, and one last line "NAME: OK" or "NAME: FAIL". */
#ifndef PROG_H
#define PROG_H

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned failures;

__attribute__((format(printf, 2, 3), unused)) static void check(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return;
	if (failures++ >= 10)
		return;
	printf("not ok: ");
	__builtin_va_start(ap, fmt);
	vprintf(fmt, ap);
	__builtin_va_end(ap);
	printf("\n");
}

__attribute__((unused)) static int finish(const char *name)
{
	if (failures)
		printf("%s: FAIL (%u)\n", name, failures);
	else
		printf("%s: OK\n", name);
	fflush(stdout);
	return failures != 0;
}

/* A sequence that is the same everywhere. */
__attribute__((unused)) static uint32_t next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

/* Reap one child; true if it exited with this status. */
__attribute__((unused)) static bool reaped(pid_t pid, int status)
{
	int st;
	pid_t got;

	do
		got = waitpid(pid, &st, 0);
	while (got < 0 && errno == EINTR);
	return got == pid && WIFEXITED(st) && WEXITSTATUS(st) == status;
}

#endif
