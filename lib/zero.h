/* SPDX-License-Identifier: MIT */
/* Is memory all zero? */
#ifndef LIB_ZERO_H
#define LIB_ZERO_H

#include <string.h>

#include "lib/types.h"

static inline bool is_zero(const void *mem, size_t n)
{
	const u8 *p = mem;
	u64 v[8];

	for (; n >= sizeof(v); n -= sizeof(v), p += sizeof(v)) {
		memcpy(v, p, sizeof(v));
		if (v[0] | v[1] | v[2] | v[3] | v[4] | v[5] | v[6] | v[7])
			return false;
	}
	while (n--)
		if (*p++)
			return false;
	return true;
}

#endif
