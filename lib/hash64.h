/* SPDX-License-Identifier: MIT */
/*
 * A quick 64-bit digest for comparing states: not for checking files. Bytes are taken as
 * big-endian words, so that all hosts agree.
 */
#ifndef LIB_HASH64_H
#define LIB_HASH64_H

#include "lib/be.h"

static inline u64 hash64_word(u64 h, u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static inline u64 hash64(u64 h, const void *p, size_t n)
{
	const u8 *b = p;

	h = hash64_word(h, n);
	for (; n >= 8; b += 8, n -= 8)
		h = hash64_word(h, be64_get(b));
	for (; n; b++, n--)
		h = hash64_word(h, *b);
	return h;
}

#endif
