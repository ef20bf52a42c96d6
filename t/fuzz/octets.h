/* SPDX-License-Identifier: MIT */
/* The octets of an input, taken one after the other; what is missing is zero. */
#ifndef T_FUZZ_OCTETS_H
#define T_FUZZ_OCTETS_H

#include <stddef.h>

#include "lib/types.h"

struct fuzz_in {
	const u8 *p;
	size_t n;
};

static inline u8 in8(struct fuzz_in *in)
{
	if (!in->n)
		return 0;
	in->n--;
	return *in->p++;
}

static inline u16 in16(struct fuzz_in *in)
{
	u16 hi = in8(in);

	return (u16)(hi << 8 | in8(in));
}

static inline u32 in32(struct fuzz_in *in)
{
	u32 hi = in16(in);

	return hi << 16 | in16(in);
}

static inline u64 in64(struct fuzz_in *in)
{
	u64 hi = in32(in);

	return hi << 32 | in32(in);
}

#endif
