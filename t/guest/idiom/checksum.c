/* SPDX-License-Identifier: MIT */
/* Checksums and hashes of every common width and direction; shift registers. */
#include "idiom.h"

/* Cyclic codes with a table, the high bit first and the low bit first. */
#define CRC(T, BITS)                                                                               \
	T crc_high_##T(T crc, const T *table, const u8 *s, size_t n)                               \
	{                                                                                          \
		while (n--)                                                                        \
			crc = (T)(crc << 8) ^ table[(crc >> (BITS - 8) ^ *s++) & 255];             \
		return crc;                                                                        \
	}                                                                                          \
	T crc_high_index_##T(T crc, const T *table, const u8 *s, int n)                            \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			crc = (T)(crc << 8) ^ table[(u8)(crc >> (BITS - 8)) ^ s[i]];               \
		return crc;                                                                        \
	}                                                                                          \
	T crc_low_##T(T crc, const T *table, const u8 *s, size_t n)                                \
	{                                                                                          \
		while (n--)                                                                        \
			crc = (crc >> 8) ^ table[(crc ^ *s++) & 255];                              \
		return crc;                                                                        \
	}                                                                                          \
	T crc_low_end_##T(T crc, const T *table, const u8 *s, const u8 *end)                       \
	{                                                                                          \
		for (; s < end; s++)                                                               \
			crc = table[(u8)crc ^ *s] ^ (T)(crc >> 8);                                 \
		return crc;                                                                        \
	}                                                                                          \
	T crc_low_string_##T(const T *table, const char *s)                                        \
	{                                                                                          \
		T crc = (T)~0;                                                                     \
                                                                                                   \
		for (; *s; s++)                                                                    \
			crc = table[(crc ^ *s) & 255] ^ (T)(crc >> 8);                             \
		return (T)~crc;                                                                    \
	}                                                                                          \
	T crc_nibbles_##T(T crc, const T *table, const u8 *s, int n)                               \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			u8 c = *s++;                                                               \
                                                                                                   \
			crc = (crc >> 4) ^ table[(crc ^ c) & 15];                                  \
			crc = (crc >> 4) ^ table[(crc ^ c >> 4) & 15];                             \
		}                                                                                  \
		return crc;                                                                        \
	}                                                                                          \
	T crc_bits_high_##T(T crc, T poly, u8 c)                                                   \
	{                                                                                          \
		crc ^= (T)c << (BITS - 8);                                                         \
		for (int i = 0; i < 8; i++) {                                                      \
			if (crc >> (BITS - 1) & 1)                                                 \
				crc = (T)(crc << 1) ^ poly;                                        \
			else                                                                       \
				crc = (T)(crc << 1);                                               \
		}                                                                                  \
		return crc;                                                                        \
	}                                                                                          \
	T crc_bits_low_##T(T crc, T poly, u8 c)                                                    \
	{                                                                                          \
		crc ^= c;                                                                          \
		for (int k = 8; k; k--)                                                            \
			crc = crc & 1 ? (crc >> 1) ^ poly : crc >> 1;                              \
		return crc;                                                                        \
	}                                                                                          \
	T crc_bits_mask_##T(T crc, T poly, const u8 *s, size_t n)                                  \
	{                                                                                          \
		while (n--) {                                                                      \
			crc ^= *s++;                                                               \
			for (int k = 0; k < 8; k++)                                                \
				crc = (crc >> 1) ^ (poly & (T) - (crc & 1));                       \
		}                                                                                  \
		return crc;                                                                        \
	}                                                                                          \
	T crc_bits_data_##T(T crc, T poly, const u8 *s, int n)                                     \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			u8 c = s[i];                                                               \
                                                                                                   \
			for (int k = 0; k < 8; k++, c <<= 1) {                                     \
				int top = (crc >> (BITS - 1) ^ c >> 7) & 1;                        \
                                                                                                   \
				crc <<= 1;                                                         \
				if (top)                                                           \
					crc ^= poly;                                               \
			}                                                                          \
		}                                                                                  \
		return crc;                                                                        \
	}                                                                                          \
	void crc_table_high_##T(T *table, T poly)                                                  \
	{                                                                                          \
		for (int i = 0; i < 256; i++) {                                                    \
			T v = (T)i << (BITS - 8);                                                  \
                                                                                                   \
			for (int k = 0; k < 8; k++)                                                \
				v = v >> (BITS - 1) ? (T)(v << 1) ^ poly : (T)(v << 1);            \
			table[i] = v;                                                              \
		}                                                                                  \
	}                                                                                          \
	void crc_table_low_##T(T *table, T poly)                                                   \
	{                                                                                          \
		for (int i = 0; i < 256; i++) {                                                    \
			T v = i;                                                                   \
                                                                                                   \
			for (int k = 0; k < 8; k++)                                                \
				v = v & 1 ? v >> 1 ^ poly : v >> 1;                                \
			table[i] = v;                                                              \
		}                                                                                  \
	}                                                                                          \
	T register_low_##T(T v, T taps, int n)                                                     \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			v = (v >> 1) ^ (v & 1 ? taps : 0);                                         \
		return v;                                                                          \
	}                                                                                          \
	T register_high_##T(T v, T taps, int n)                                                    \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			T top = v >> (BITS - 1);                                                   \
                                                                                                   \
			v <<= 1;                                                                   \
			if (top)                                                                   \
				v ^= taps;                                                         \
		}                                                                                  \
		return v;                                                                          \
	}                                                                                          \
	int register_period_##T(T v, T taps)                                                       \
	{                                                                                          \
		T start = v;                                                                       \
		int n = 0;                                                                         \
                                                                                                   \
		do {                                                                               \
			v = (v >> 1) ^ (T)(-(v & 1) & taps);                                       \
			n++;                                                                       \
		} while (v != start);                                                              \
		return n;                                                                          \
	}

CRC(u16, 16)
CRC(u32, 32)

u8 crc_8(u8 crc, const u8 *table, const u8 *s, int n)
{
	while (n-- > 0)
		crc = table[crc ^ *s++];
	return crc;
}

u8 crc_8_bits(u8 crc, const u8 *s, const u8 *end)
{
	for (; s < end; s++) {
		crc ^= *s;
		for (int k = 0; k < 8; k++)
			crc = crc & 0x80 ? (u8)(crc << 1) ^ 7 : (u8)(crc << 1);
	}
	return crc;
}

u16 crc_16_swap(u16 crc, const u8 *s, size_t n)
{
	while (n--) {
		crc = (u16)(crc >> 8 | crc << 8);
		crc ^= *s++;
		crc ^= (crc & 0xff) >> 4;
		crc ^= crc << 12;
		crc ^= (crc & 0xff) << 5;
	}
	return crc;
}

u32 crc_32_words(u32 crc, const u32 (*table)[256], const u32 *s, int n)
{
	while (n-- > 0) {
		crc ^= *s++;
		crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^
		      table[0][crc >> 24];
	}
	return crc;
}

/* Sums. */
u8 sum_8(const u8 *s, int n)
{
	u8 v = 0;

	while (n--)
		v += *s++;
	return (u8)~v;
}

u8 xor_8(const u8 *s, const u8 *end)
{
	u8 v = 0xff;

	while (s < end)
		v ^= *s++;
	return v;
}

u8 xor_text(const char *s)
{
	u8 v = 0;

	while (*s && *s != '*')
		v ^= *s++;
	return v;
}

u32 sum_net(const u16 *s, int bytes)
{
	u32 v = 0;

	while (bytes > 1) {
		v += *s++;
		bytes -= 2;
	}
	if (bytes)
		v += *(const u8 *)s << 8;
	while (v >> 16)
		v = (v & 0xffff) + (v >> 16);
	return ~v & 0xffff;
}

u32 sum_net_bytes(const u8 *s, unsigned n)
{
	u32 v = 0;

	for (unsigned i = 0; i + 1 < n; i += 2)
		v += (u32)s[i] << 8 | s[i + 1];
	return (v & 0xffff) + (v >> 16);
}

u32 sum_carry(const u32 *s, int n)
{
	u32 v = 0;

	while (n-- > 0) {
		v += *s;
		v += v < *s++;
	}
	return v;
}

u64 sum_wide(const u32 *s, int n)
{
	u64 v = 0;

	for (int i = 0; i < n; i++)
		v += s[i];
	return v;
}

u16 sum_rotated(const u8 *s, size_t n)
{
	u16 v = 0;

	while (n--) {
		v = (u16)(v >> 1 | v << 15);
		v += *s++;
	}
	return v;
}

u32 fletcher_16(const u8 *s, int n)
{
	u32 a = 0, b = 0;

	for (int i = 0; i < n; i++) {
		a = (a + s[i]) % 255;
		b = (b + a) % 255;
	}
	return b << 8 | a;
}

u32 fletcher_32(const u16 *s, int n)
{
	u32 a = 0xffff, b = 0xffff;

	while (n > 0) {
		int k = n > 359 ? 359 : n;

		n -= k;
		do {
			a += *s++;
			b += a;
		} while (--k);
		a = (a & 0xffff) + (a >> 16);
		b = (b & 0xffff) + (b >> 16);
	}
	return b << 16 | a;
}

u32 adler(const u8 *s, size_t n)
{
	u32 a = 1, b = 0;

	while (n--) {
		a += *s++;
		if (a >= 65521)
			a -= 65521;
		b += a;
		if (b >= 65521)
			b -= 65521;
	}
	return b << 16 | a;
}

u32 adler_blocks(u32 a, u32 b, const u8 *s, const u8 *end)
{
	while (s < end) {
		const u8 *stop = end - s > 5552 ? s + 5552 : end;

		for (; s < stop; s++) {
			a += *s;
			b += a;
		}
		a %= 65521;
		b %= 65521;
	}
	return b << 16 | a;
}

/* Hashes. */
#define HASH(NAME, INIT, STEP)                                                                     \
	u32 NAME##_text(const char *s)                                                             \
	{                                                                                          \
		u32 h = INIT;                                                                      \
                                                                                                   \
		for (; *s; s++) {                                                                  \
			u32 c = (u8)*s;                                                            \
                                                                                                   \
			STEP;                                                                      \
		}                                                                                  \
		return h;                                                                          \
	}                                                                                          \
	u32 NAME##_bytes(const u8 *s, size_t n)                                                    \
	{                                                                                          \
		u32 h = INIT;                                                                      \
                                                                                                   \
		while (n--) {                                                                      \
			u32 c = *s++;                                                              \
                                                                                                   \
			STEP;                                                                      \
		}                                                                                  \
		return h;                                                                          \
	}                                                                                          \
	u32 NAME##_index(const char *s, int n)                                                     \
	{                                                                                          \
		u32 h = INIT;                                                                      \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			u32 c = s[i];                                                              \
                                                                                                   \
			STEP;                                                                      \
		}                                                                                  \
		return h;                                                                          \
	}

HASH(hash_5381, 5381, h = h * 33 + c)
HASH(hash_33_xor, 5381, h = ((h << 5) + h) ^ c)
HASH(hash_31, 0, h = h * 31 + c)
HASH(hash_131, 0, h = h * 131 + c)
HASH(hash_65599, 0, h = c + (h << 6) + (h << 16) - h)
HASH(hash_fnv, 2166136261u, h *= 16777619; h ^= c)
HASH(hash_fnv_a, 2166136261u, h = (h ^ c) * 16777619)
HASH(hash_elf, 0, h = (h << 4) + c; u32 g = h & 0xf0000000; h ^= g >> 24; h &= ~g)
HASH(hash_one, 0, h += c; h += h << 10; h ^= h >> 6)
HASH(hash_rotate, 0, h = (h << 7 | h >> 25) ^ c)
HASH(hash_prime, 7, h = (h * 256 + c) % 8191)
HASH(hash_js, 1315423911, h ^= (h << 5) + c + (h >> 2))
HASH(hash_lose, 0, h += c)

u32 hash_murmur(const u32 *s, int n, u32 h)
{
	for (int i = 0; i < n; i++) {
		u32 k = s[i] * 0xcc9e2d51;

		k = (k << 15 | k >> 17) * 0x1b873593;
		h ^= k;
		h = (h << 13 | h >> 19) * 5 + 0xe6546b64;
	}
	return h;
}

u64 hash_fnv_64(const u8 *s, size_t n)
{
	u64 h = 14695981039346656037ull;

	while (n--)
		h = (h ^ *s++) * 1099511628211ull;
	return h;
}

u32 hash_table_bytes(const u32 *table, const u8 *s, int n)
{
	u32 h = 0;

	for (; n > 0; n--)
		h = (h << 1 | h >> 31) ^ table[*s++];
	return h;
}

u8 hash_pearson(const u8 *table, const u8 *s, int n)
{
	u8 h = 0;

	for (int i = 0; i < n; i++)
		h = table[h ^ s[i]];
	return h;
}

u32 rolling(const u8 *s, int n, int window)
{
	u32 h = 0, best = 0;

	for (int i = window; i < n; i++) {
		h = h * 257 + s[i] - s[i - window] * 65537u;
		if (h > best)
			best = h;
	}
	return best;
}

/* Generators of numbers. */
void random_congruent(u32 *d, int n, u32 v)
{
	while (n-- > 0) {
		v = v * 1103515245 + 12345;
		*d++ = v >> 16 & 0x7fff;
	}
}

void random_shifts(u32 *d, int n, u32 v)
{
	for (int i = 0; i < n; i++) {
		v ^= v << 13;
		v ^= v >> 17;
		v ^= v << 5;
		d[i] = v;
	}
}

void random_lagged(u32 *ring, int n, int lag)
{
	for (int i = 0, j = lag; i < n; i++) {
		ring[i] += ring[j];
		if (++j == n)
			j = 0;
	}
}

u32 random_modulo(u32 v, int n)
{
	while (n--) {
		u32 hi = v / 127773, lo = v % 127773;

		v = 16807 * lo - 2836 * hi;
		if ((s32)v <= 0)
			v += 0x7fffffff;
	}
	return v;
}

void twister(u32 *mt, int n, int m)
{
	for (int i = 0; i < n - m; i++) {
		u32 y = (mt[i] & 0x80000000) | (mt[i + 1] & 0x7fffffff);

		mt[i] = mt[i + m] ^ y >> 1 ^ (y & 1 ? 0x9908b0df : 0);
	}
}

void twister_seed(u32 *mt, int n, u32 seed)
{
	mt[0] = seed;
	for (int i = 1; i < n; i++)
		mt[i] = 1812433253u * (mt[i - 1] ^ mt[i - 1] >> 30) + i;
}

void whiten(u8 *s, int n)
{
	u32 v = 0x1ff;

	for (int i = 0; i < n; i++) {
		s[i] ^= (u8)v;
		for (int k = 0; k < 8; k++)
			v = v >> 1 | ((v ^ v >> 5) & 1) << 8;
	}
}
