/* SPDX-License-Identifier: MIT */
/* Bit fields and sign extension. */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include "lib/types.h"

/* Bits hi..lo of v, right-justified; hi - lo must be below 31. */
static inline u32 bits(u32 v, unsigned hi, unsigned lo)
{
	return v >> lo & ((2u << (hi - lo)) - 1);
}

/* The low n bits (1..32) of v as a signed number. */
static inline s32 sext(u32 v, unsigned n)
{
	return (s32)(v << (32 - n)) >> (32 - n);
}

#endif
