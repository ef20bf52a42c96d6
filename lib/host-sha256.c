/* SPDX-License-Identifier: MIT */
/* The host's own instructions for SHA-256, where it has them. */
#include "lib/sha256.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

bool sha256_host_has(void)
{
	unsigned a, b, c, d;

	/* A question to the processor takes long in a virtual machine: those that start-up has asked come first. */
	if (!__builtin_cpu_supports("ssse3") || !__builtin_cpu_supports("sse4.2"))
		return false;
	__cpuid_count(7, 0, a, b, c, d); /* who has SSE4.2 has this leaf */
	return b & 1u << 29;
}

/* The state as the instructions want it: two halves, ABEF and CDGH. */
__attribute__((target("sha,sse4.1"))) static void blocks_ni(u32 h[8], const u8 *p, size_t nr)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i t = _mm_shuffle_epi32(_mm_loadu_si128((const void *)&h[0]), 0xb1);
	__m128i cdgh = _mm_shuffle_epi32(_mm_loadu_si128((const void *)&h[4]), 0x1b);
	__m128i abef = _mm_alignr_epi8(t, cdgh, 8);

	cdgh = _mm_blend_epi16(cdgh, t, 0xf0);
	for (; nr--; p += 64) {
		__m128i abef0 = abef, cdgh0 = cdgh, w[4];

		for (unsigned i = 0; i < 16; i++) {
			__m128i m;

			if (i < 4) {
				w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 16 * i)),
							swap);
			} else {
				m = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
				m = _mm_add_epi32(
					m, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
				w[i & 3] = _mm_sha256msg2_epu32(m, w[(i + 3) & 3]);
			}
			m = _mm_add_epi32(w[i & 3],
					  _mm_loadu_si128((const void *)&sha256_k[4 * i]));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, m);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(m, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef0);
		cdgh = _mm_add_epi32(cdgh, cdgh0);
	}
	t = _mm_shuffle_epi32(abef, 0x1b);
	cdgh = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((void *)&h[0], _mm_blend_epi16(t, cdgh, 0xf0));
	_mm_storeu_si128((void *)&h[4], _mm_alignr_epi8(cdgh, t, 8));
}

void sha256_host(u32 h[8], const u8 *p, size_t nr)
{
	blocks_ni(h, p, nr);
}
#else
bool sha256_host_has(void)
{
	return false;
}

void sha256_host(__maybe_unused u32 h[8], __maybe_unused const u8 *p, __maybe_unused size_t nr)
{
}
#endif
