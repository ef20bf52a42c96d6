/* SPDX-License-Identifier: MIT */
#ifndef T_FUZZ_CHECK_H
#define T_FUZZ_CHECK_H

#include <stdio.h>

/* A finding: says which, and stops as a crash does. */
#define FUZZ_CHECK(cond, ...)                                                                      \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #cond);                 \
			fprintf(stderr, " " __VA_ARGS__);                                          \
			fputc('\n', stderr);                                                       \
			__builtin_trap();                                                          \
		}                                                                                  \
	} while (0)

#endif
