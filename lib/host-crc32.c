/* SPDX-License-Identifier: MIT */
/*
 * CRC-32, 64 bytes at a time: V. Gopal and others, "Fast CRC Computation for Generic Polynomials Using
 * PCLMULQDQ Instruction" (Intel, 2009). The message is a polynomial over GF(2), first bit of the first byte
 * highest, so that in a register its bits are reflected. Folding multiplies what has been read by x^n, where n
 * is how far it moves on, modulo P = x^32 + x^26 + x^23 + x^22 + x^16 + x^12 + x^11 + x^10 + x^8 + x^7 + x^5 +
 * x^4 + x^2 + x + 1; what is left in the end, 16 bytes with the same remainder, is for zlib.
 */
#include "lib/crc32.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* x^n modulo P, reflected and a bit up: the product of two reflected numbers is one bit short. */
#define X544 0x154442bd4
#define X480 0x1c6e41596
#define X160 0x1751997d0
#define X96 0x0ccaa009e

/* The two halves of `v`, as far on as their powers say, added to the next 16 bytes. */
__attribute__((target("pclmul,sse4.1"))) static __m128i fold(__m128i v, __m128i by, __m128i next)
{
	__m128i low = _mm_clmulepi64_si128(v, by, 0x00), high = _mm_clmulepi64_si128(v, by, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* n is a multiple of 64, 128 or more. */
__attribute__((target("pclmul,sse4.1"))) static u32 add_blocks(u32 crc, const u8 *p, size_t n)
{
	/* The low half, which comes first, has 64 bits further to go; a product is 32 bits long. */
	const __m128i far = _mm_set_epi64x(X480, X544), one = _mm_set_epi64x(X96, X160);
	__m128i v[4];
	u8 rest[16];

	for (unsigned i = 0; i < 4; i++)
		v[i] = _mm_loadu_si128((const void *)(p + 16 * i));
	v[0] = _mm_xor_si128(v[0], _mm_cvtsi32_si128((int)~crc));
	for (p += 64, n -= 64; n; p += 64, n -= 64)
		for (unsigned i = 0; i < 4; i++)
			v[i] = fold(v[i], far, _mm_loadu_si128((const void *)(p + 16 * i)));
	for (unsigned i = 1; i < 4; i++)
		v[0] = fold(v[0], one, v[i]);
	_mm_storeu_si128((void *)rest, v[0]);
	/* They hold the first value already; zlib would add its own. */
	return (u32)crc32_z(0xffffffff, rest, sizeof(rest));
}

u32 crc32_add(u32 crc, const void *p, size_t n)
{
	size_t blocks = n & ~(size_t)63;

	if (!n)
		return crc;
	if (n < 256 || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("sse4.1"))
		return (u32)crc32_z(crc, p, n);
	crc = add_blocks(crc, p, blocks);
	return n == blocks ? crc : (u32)crc32_z(crc, (const u8 *)p + blocks, n - blocks);
}
#else
u32 crc32_add(u32 crc, const void *p, size_t n)
{
	return n ? (u32)crc32_z(crc, p, n) : crc;
}
#endif
