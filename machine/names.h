/* SPDX-License-Identifier: MIT */
/* Tables whose rows have several names, written "first|second|third". */
#ifndef MACHINE_NAMES_H
#define MACHINE_NAMES_H

#include <string.h>

#include "lib/types.h"

/* Are the n characters of `name` one of the names? */
static inline bool names_have(const char *names, const char *name, size_t n)
{
	while (*names) {
		size_t len = strcspn(names, "|");

		if (len == n && !memcmp(names, name, n))
			return true;
		names += len + (names[len] == '|');
	}
	return false;
}

#endif
