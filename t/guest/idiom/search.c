/* SPDX-License-Identifier: MIT */
/* Searches: a value, a difference, an order, a place in a sorted table. */
#include "idiom.h"

#define FIND(T)                                                                                    \
	int find_##T(const T *a, int n, T v)                                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			if (a[i] == v)                                                             \
				return i;                                                          \
		return -1;                                                                         \
	}                                                                                          \
	const T *find_count_##T(const T *a, size_t n, T v)                                         \
	{                                                                                          \
		while (n--) {                                                                      \
			if (*a == v)                                                               \
				return a;                                                          \
			a++;                                                                       \
		}                                                                                  \
		return NULL;                                                                       \
	}                                                                                          \
	const T *find_end_##T(const T *a, const T *end, T v)                                       \
	{                                                                                          \
		while (a < end && *a != v)                                                         \
			a++;                                                                       \
		return a;                                                                          \
	}                                                                                          \
	const T *find_do_##T(const T *a, size_t n, T v)                                            \
	{                                                                                          \
		if (n != 0) {                                                                      \
			do {                                                                       \
				if (*a++ == v)                                                     \
					return a - 1;                                              \
			} while (--n != 0);                                                        \
		}                                                                                  \
		return NULL;                                                                       \
	}                                                                                          \
	int find_last_##T(const T *a, int n, T v)                                                  \
	{                                                                                          \
		int i;                                                                             \
                                                                                                   \
		for (i = n - 1; i >= 0; i--)                                                       \
			if (a[i] == v)                                                             \
				break;                                                             \
		return i;                                                                          \
	}                                                                                          \
	int find_sentinel_##T(const T *a, T v)                                                     \
	{                                                                                          \
		int i = 0;                                                                         \
                                                                                                   \
		while (a[i] != v)                                                                  \
			i++;                                                                       \
		return i;                                                                          \
	}                                                                                          \
	int length_##T(const T *a)                                                                 \
	{                                                                                          \
		const T *p = a;                                                                    \
                                                                                                   \
		while (*p)                                                                         \
			p++;                                                                       \
		return p - a;                                                                      \
	}                                                                                          \
	int find_greater_##T(const T *a, int n, T v)                                               \
	{                                                                                          \
		int i = 0;                                                                         \
                                                                                                   \
		while (i < n && a[i] <= v)                                                         \
			i++;                                                                       \
		return i;                                                                          \
	}                                                                                          \
	int skip_value_##T(const T *a, int n, T v)                                                 \
	{                                                                                          \
		int i;                                                                             \
                                                                                                   \
		for (i = 0; i < n; i++)                                                            \
			if (a[i] != v)                                                             \
				break;                                                             \
		return i;                                                                          \
	}                                                                                          \
	int differ_at_##T(const T *a, const T *b, int n)                                           \
	{                                                                                          \
		int i;                                                                             \
                                                                                                   \
		for (i = 0; i < n; i++)                                                            \
			if (a[i] != b[i])                                                          \
				break;                                                             \
		return i;                                                                          \
	}                                                                                          \
	int equal_##T(const T *a, const T *b, int n)                                               \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			if (*a++ != *b++)                                                          \
				return 0;                                                          \
		return 1;                                                                          \
	}                                                                                          \
	int compare_##T(const T *a, const T *b, size_t n)                                          \
	{                                                                                          \
		for (; n; n--, a++, b++)                                                           \
			if (*a != *b)                                                              \
				return *a < *b ? -1 : 1;                                           \
		return 0;                                                                          \
	}                                                                                          \
	int sorted_##T(const T *a, int n)                                                          \
	{                                                                                          \
		for (int i = 1; i < n; i++)                                                        \
			if (a[i - 1] > a[i])                                                       \
				return 0;                                                          \
		return 1;                                                                          \
	}                                                                                          \
	int find_pair_##T(const T *a, int n, T u, T v)                                             \
	{                                                                                          \
		for (int i = 0; i + 1 < n; i++)                                                    \
			if (a[i] == u && a[i + 1] == v)                                            \
				return i;                                                          \
		return -1;                                                                         \
	}                                                                                          \
	int binary_##T(const T *a, int n, T v)                                                     \
	{                                                                                          \
		int lo = 0, hi = n - 1;                                                            \
                                                                                                   \
		while (lo <= hi) {                                                                 \
			int mid = (lo + hi) / 2;                                                   \
                                                                                                   \
			if (a[mid] == v)                                                           \
				return mid;                                                        \
			if (a[mid] < v)                                                            \
				lo = mid + 1;                                                      \
			else                                                                       \
				hi = mid - 1;                                                      \
		}                                                                                  \
		return -1;                                                                         \
	}                                                                                          \
	unsigned lower_bound_##T(const T *a, unsigned n, T v)                                      \
	{                                                                                          \
		unsigned lo = 0;                                                                   \
                                                                                                   \
		while (lo < n) {                                                                   \
			unsigned mid = lo + ((n - lo) >> 1);                                       \
                                                                                                   \
			if (a[mid] < v)                                                            \
				lo = mid + 1;                                                      \
			else                                                                       \
				n = mid;                                                           \
		}                                                                                  \
		return lo;                                                                         \
	}                                                                                          \
	const T *upper_bound_##T(const T *a, size_t n, T v)                                        \
	{                                                                                          \
		while (n > 0) {                                                                    \
			size_t half = n >> 1;                                                      \
                                                                                                   \
			if (a[half] <= v) {                                                        \
				a += half + 1;                                                     \
				n -= half + 1;                                                     \
			} else {                                                                   \
				n = half;                                                          \
			}                                                                          \
		}                                                                                  \
		return a;                                                                          \
	}

FIND(u8)
FIND(s16)
FIND(s32)
FIND(u32)

FIND(s64)

/* Keys in tables of records. */
struct entry {
	u32 key;
	const char *name;
	u32 value;
};

struct range {
	u16 first, last;
	s16 delta;
};

const struct entry *entry_find(const struct entry *e, int n, u32 key)
{
	for (int i = 0; i < n; i++)
		if (e[i].key == key)
			return &e[i];
	return NULL;
}

const struct entry *entry_find_named(const struct entry *e, u32 key)
{
	for (; e->name; e++)
		if (e->key == key)
			return e;
	return NULL;
}

u32 entry_binary(const struct entry *e, int n, u32 key)
{
	int lo = 0, hi = n;

	while (lo < hi) {
		int mid = (lo + hi) >> 1;

		if (e[mid].key < key)
			lo = mid + 1;
		else if (e[mid].key > key)
			hi = mid;
		else
			return e[mid].value;
	}
	return 0;
}

int entry_free(const struct entry *e, int n)
{
	for (int i = 0; i < n; i++)
		if (!e[i].name)
			return i;
	return -1;
}

int range_delta(const struct range *r, int n, u16 c)
{
	for (; n > 0; n--, r++)
		if (c >= r->first && c <= r->last)
			return r->delta;
	return 0;
}

u32 probe_linear(const u32 *table, u32 mask, u32 key)
{
	u32 at = key * 2654435761u & mask;

	while (table[at] && table[at] != key)
		at = (at + 1) & mask;
	return at;
}

u32 probe_double(const u32 *table, u32 size, u32 key)
{
	u32 at = key % size, step = 1 + key % (size - 2);

	while (table[at] != key && table[at] != 0) {
		at += step;
		if (at >= size)
			at -= size;
	}
	return at;
}

const u8 *find_bytes(const u8 *s, const u8 *end, const u8 *key, int n)
{
	for (; s + n <= end; s++) {
		int i;

		for (i = 0; i < n; i++)
			if (s[i] != key[i])
				break;
		if (i == n)
			return s;
	}
	return NULL;
}

int find_horspool(const u8 *s, int n, const u8 *key, int len, const int *skip)
{
	int at = len - 1;

	while (at < n) {
		int k = len - 1, j = at;

		while (k >= 0 && s[j] == key[k]) {
			j--;
			k--;
		}
		if (k < 0)
			return j + 1;
		at += skip[s[at]];
	}
	return -1;
}

int match_length(const u8 *a, const u8 *b, int limit)
{
	int n = 0;

	while (n < limit && a[n] == b[n])
		n++;
	return n;
}

int match_length_three(const u8 *a, const u8 *b, const u8 *end)
{
	const u8 *start = a;

	while (a < end && *a == *b) {
		a++;
		b++;
	}
	return a - start;
}

int match_length_words(const u32 *a, const u32 *b, int limit)
{
	int n;

	for (n = 0; n < limit; n++)
		if (a[n] ^ b[n])
			break;
	return n * 4;
}

int chain_best(const u8 *base, const u16 *prev, int at, int limit, int max)
{
	int best = 0, tries = 32;
	const u8 *here = base + at;

	for (int c = prev[at]; c && tries-- > 0; c = prev[c]) {
		int n = 0;

		while (n < max && base[c + n] == here[n])
			n++;
		if (n > best)
			best = n;
		if (best >= limit)
			break;
	}
	return best;
}

int all_zero(const u8 *p, size_t n)
{
	while (n && *p == 0) {
		p++;
		n--;
	}
	return n == 0;
}

int all_ones_words(const u32 *p, int n)
{
	for (int i = 0; i < n; i++)
		if (p[i] != 0xffffffff)
			return 0;
	return 1;
}

int trailing(const u8 *p, int n, u8 pad)
{
	while (n > 0 && p[n - 1] == pad)
		n--;
	return n;
}

int unequal_constant_time(const u8 *a, const u8 *b, size_t n)
{
	u8 x = 0;

	while (n--)
		x |= *a++ ^ *b++;
	return x != 0;
}
