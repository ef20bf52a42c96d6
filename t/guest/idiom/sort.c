/* SPDX-License-Identifier: MIT */
/* Sorts and their inner loops: shifts, scans of partitions, sifts, merges. */
#include "idiom.h"

#define SORT(T)                                                                                    \
	void insertion_##T(T *a, int n)                                                            \
	{                                                                                          \
		for (int i = 1; i < n; i++) {                                                      \
			T v = a[i];                                                                \
			int j = i - 1;                                                             \
                                                                                                   \
			while (j >= 0 && a[j] > v) {                                               \
				a[j + 1] = a[j];                                                   \
				j--;                                                               \
			}                                                                          \
			a[j + 1] = v;                                                              \
		}                                                                                  \
	}                                                                                          \
	void insertion_for_##T(T *a, int n)                                                        \
	{                                                                                          \
		for (int i = 1; i < n; i++) {                                                      \
			T v = a[i];                                                                \
			int j;                                                                     \
                                                                                                   \
			for (j = i; j > 0 && v < a[j - 1]; j--)                                    \
				a[j] = a[j - 1];                                                   \
			a[j] = v;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void insertion_pointers_##T(T *a, T *end)                                                  \
	{                                                                                          \
		for (T *p = a + 1; p < end; p++) {                                                 \
			T v = *p, *q = p;                                                          \
                                                                                                   \
			for (; q > a && q[-1] > v; q--)                                            \
				*q = q[-1];                                                        \
			*q = v;                                                                    \
		}                                                                                  \
	}                                                                                          \
	void insertion_guarded_##T(T *p, T v)                                                      \
	{                                                                                          \
		while (p[-1] > v) {                                                                \
			*p = p[-1];                                                                \
			p--;                                                                       \
		}                                                                                  \
		*p = v;                                                                            \
	}                                                                                          \
	void shell_##T(T *a, int n)                                                                \
	{                                                                                          \
		for (int gap = n / 2; gap > 0; gap /= 2) {                                         \
			for (int i = gap; i < n; i++) {                                            \
				T v = a[i];                                                        \
				int j;                                                             \
                                                                                                   \
				for (j = i; j >= gap && a[j - gap] > v; j -= gap)                  \
					a[j] = a[j - gap];                                         \
				a[j] = v;                                                          \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	int bubble_##T(T *a, int n)                                                                \
	{                                                                                          \
		int swaps = 0;                                                                     \
                                                                                                   \
		for (int j = 0; j < n - 1; j++) {                                                  \
			if (a[j] > a[j + 1]) {                                                     \
				T t = a[j];                                                        \
                                                                                                   \
				a[j] = a[j + 1];                                                   \
				a[j + 1] = t;                                                      \
				swaps++;                                                           \
			}                                                                          \
		}                                                                                  \
		return swaps;                                                                      \
	}                                                                                          \
	void bubble_down_##T(T *a, int n)                                                          \
	{                                                                                          \
		for (int i = 0; i < n - 1; i++) {                                                  \
			for (int j = n - 1; j > i; j--) {                                          \
				if (a[j - 1] > a[j]) {                                             \
					T t = a[j];                                                \
                                                                                                   \
					a[j] = a[j - 1];                                           \
					a[j - 1] = t;                                              \
				}                                                                  \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void selection_##T(T *a, int n)                                                            \
	{                                                                                          \
		for (int i = 0; i < n - 1; i++) {                                                  \
			int low = i;                                                               \
                                                                                                   \
			for (int j = i + 1; j < n; j++)                                            \
				if (a[j] < a[low])                                                 \
					low = j;                                                   \
			if (low != i) {                                                            \
				T t = a[i];                                                        \
                                                                                                   \
				a[i] = a[low];                                                     \
				a[low] = t;                                                        \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void exchange_##T(T *a, int n)                                                             \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			for (int j = i + 1; j < n; j++) {                                          \
				if (a[i] > a[j]) {                                                 \
					T t = a[i];                                                \
                                                                                                   \
					a[i] = a[j];                                               \
					a[j] = t;                                                  \
				}                                                                  \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	int partition_hoare_##T(T *a, int lo, int hi)                                              \
	{                                                                                          \
		T pivot = a[(lo + hi) / 2];                                                        \
                                                                                                   \
		for (;;) {                                                                         \
			while (a[lo] < pivot)                                                      \
				lo++;                                                              \
			while (a[hi] > pivot)                                                      \
				hi--;                                                              \
			if (lo >= hi)                                                              \
				return hi;                                                         \
			T t = a[lo];                                                               \
                                                                                                   \
			a[lo++] = a[hi];                                                           \
			a[hi--] = t;                                                               \
		}                                                                                  \
	}                                                                                          \
	int partition_do_##T(T *a, int lo, int hi)                                                 \
	{                                                                                          \
		T pivot = a[lo];                                                                   \
		int i = lo - 1, j = hi + 1;                                                        \
                                                                                                   \
		for (;;) {                                                                         \
			do                                                                         \
				i++;                                                               \
			while (a[i] < pivot);                                                      \
			do                                                                         \
				j--;                                                               \
			while (a[j] > pivot);                                                      \
			if (i >= j)                                                                \
				return j;                                                          \
			T t = a[i];                                                                \
                                                                                                   \
			a[i] = a[j];                                                               \
			a[j] = t;                                                                  \
		}                                                                                  \
	}                                                                                          \
	int partition_end_##T(T *a, int lo, int hi)                                                \
	{                                                                                          \
		T pivot = a[hi];                                                                   \
		int k = lo;                                                                        \
                                                                                                   \
		for (int i = lo; i < hi; i++) {                                                    \
			if (a[i] < pivot) {                                                        \
				T t = a[i];                                                        \
                                                                                                   \
				a[i] = a[k];                                                       \
				a[k++] = t;                                                        \
			}                                                                          \
		}                                                                                  \
		a[hi] = a[k];                                                                      \
		a[k] = pivot;                                                                      \
		return k;                                                                          \
	}                                                                                          \
	T *scan_up_##T(T *p, T pivot)                                                              \
	{                                                                                          \
		while (*++p < pivot)                                                               \
			;                                                                          \
		return p;                                                                          \
	}                                                                                          \
	T *scan_down_##T(T *p, const T *low, T pivot)                                              \
	{                                                                                          \
		do                                                                                 \
			p--;                                                                       \
		while (p > low && *p > pivot);                                                     \
		return p;                                                                          \
	}                                                                                          \
	void sift_down_##T(T *a, int at, int n)                                                    \
	{                                                                                          \
		T v = a[at];                                                                       \
                                                                                                   \
		for (int c; (c = 2 * at + 1) < n; at = c) {                                        \
			if (c + 1 < n && a[c + 1] > a[c])                                          \
				c++;                                                               \
			if (v >= a[c])                                                             \
				break;                                                             \
			a[at] = a[c];                                                              \
		}                                                                                  \
		a[at] = v;                                                                         \
	}                                                                                          \
	void sift_swap_##T(T *a, int at, int n)                                                    \
	{                                                                                          \
		while (2 * at <= n) {                                                              \
			int c = 2 * at;                                                            \
			T t;                                                                       \
                                                                                                   \
			if (c < n && a[c] < a[c + 1])                                              \
				c++;                                                               \
			if (a[at] >= a[c])                                                         \
				break;                                                             \
			t = a[at];                                                                 \
			a[at] = a[c];                                                              \
			a[c] = t;                                                                  \
			at = c;                                                                    \
		}                                                                                  \
	}                                                                                          \
	void sift_up_##T(T *a, int at)                                                             \
	{                                                                                          \
		T v = a[at];                                                                       \
                                                                                                   \
		while (at > 0 && a[(at - 1) / 2] < v) {                                            \
			a[at] = a[(at - 1) / 2];                                                   \
			at = (at - 1) / 2;                                                         \
		}                                                                                  \
		a[at] = v;                                                                         \
	}                                                                                          \
	void merge_##T(T *d, const T *a, int na, const T *b, int nb)                               \
	{                                                                                          \
		int i = 0, j = 0, k = 0;                                                           \
                                                                                                   \
		while (i < na && j < nb)                                                           \
			d[k++] = a[i] <= b[j] ? a[i++] : b[j++];                                   \
		while (i < na)                                                                     \
			d[k++] = a[i++];                                                           \
		while (j < nb)                                                                     \
			d[k++] = b[j++];                                                           \
	}                                                                                          \
	void merge_pointers_##T(T *d, const T *a, const T *aend, const T *b, const T *bend)        \
	{                                                                                          \
		while (a < aend && b < bend) {                                                     \
			if (*b < *a)                                                               \
				*d++ = *b++;                                                       \
			else                                                                       \
				*d++ = *a++;                                                       \
		}                                                                                  \
		while (a < aend)                                                                   \
			*d++ = *a++;                                                               \
	}                                                                                          \
	int common_##T(T *d, const T *a, int na, const T *b, int nb)                               \
	{                                                                                          \
		int i = 0, j = 0, n = 0;                                                           \
                                                                                                   \
		while (i < na && j < nb) {                                                         \
			if (a[i] < b[j]) {                                                         \
				i++;                                                               \
			} else if (a[i] > b[j]) {                                                  \
				j++;                                                               \
			} else {                                                                   \
				d[n++] = a[i++];                                                   \
				j++;                                                               \
			}                                                                          \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	int inversions_##T(const T *a, int n, T v)                                                 \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			if (a[i] > v)                                                              \
				c++;                                                               \
		return c;                                                                          \
	}                                                                                          \
	void insert_ranked_##T(T *top, int n, T v)                                                 \
	{                                                                                          \
		int i = n - 1;                                                                     \
                                                                                                   \
		if (v <= top[i])                                                                   \
			return;                                                                    \
		for (; i > 0 && top[i - 1] < v; i--)                                               \
			top[i] = top[i - 1];                                                       \
		top[i] = v;                                                                        \
	}                                                                                          \
	void sort_index_##T(u16 *index, const T *key, int n)                                       \
	{                                                                                          \
		for (int i = 1; i < n; i++) {                                                      \
			u16 v = index[i];                                                          \
			int j = i;                                                                 \
                                                                                                   \
			while (j > 0 && key[index[j - 1]] > key[v]) {                              \
				index[j] = index[j - 1];                                           \
				j--;                                                               \
			}                                                                          \
			index[j] = v;                                                              \
		}                                                                                  \
	}

SORT(s16)
SORT(s32)
SORT(f64)

void spread_counts(u8 *d, const u32 *count)
{
	for (int v = 0; v < 256; v++)
		for (u32 k = count[v]; k > 0; k--)
			*d++ = (u8)v;
}

void spread_keys(u32 *d, const u32 *s, u32 *start, int shift, int n)
{
	for (int i = 0; i < n; i++)
		d[start[s[i] >> shift & 255]++] = s[i];
}

void spread_down(u16 *d, const u16 *s, u32 *end, int n)
{
	while (--n >= 0)
		d[--end[s[n] & 255]] = s[n];
}

void counts_to_starts(u32 *count, int n)
{
	u32 at = 0;

	for (int i = 0; i < n; i++) {
		u32 c = count[i];

		count[i] = at;
		at += c;
	}
}

struct item {
	s32 key;
	u32 value;
};

void sort_items(struct item *a, int n)
{
	for (int i = 1; i < n; i++) {
		struct item v = a[i];
		int j;

		for (j = i; j > 0 && a[j - 1].key > v.key; j--)
			a[j] = a[j - 1];
		a[j] = v;
	}
}

void sift_items(struct item *a, int at, int n)
{
	struct item v = a[at];

	while (2 * at + 1 < n) {
		int c = 2 * at + 1;

		if (c + 1 < n && a[c].key < a[c + 1].key)
			c++;
		if (a[c].key <= v.key)
			break;
		a[at] = a[c];
		at = c;
	}
	a[at] = v;
}

void sort_pointers(const struct item **a, int n)
{
	for (int i = 1; i < n; i++) {
		const struct item *v = a[i];
		int j = i - 1;

		for (; j >= 0 && a[j]->key > v->key; j--)
			a[j + 1] = a[j];
		a[j + 1] = v;
	}
}

void sort_called(void *base, int n, size_t size, int (*order)(const void *, const void *))
{
	u8 *a = base;

	for (int i = 1; i < n; i++) {
		u8 *p = a + i * size;

		while (p > a && order(p - size, p) > 0) {
			for (size_t k = 0; k < size; k++) {
				u8 t = p[k];

				p[k] = p[k - size];
				p[k - size] = t;
			}
			p -= size;
		}
	}
}

void shuffle(u32 *a, int n, u32 seed)
{
	for (int i = n - 1; i > 0; i--) {
		u32 t = a[i];
		int j;

		seed = seed * 1664525 + 1013904223;
		j = (seed >> 8) % (i + 1);
		a[i] = a[j];
		a[j] = t;
	}
}

int permute_next(u8 *a, int n)
{
	int i = n - 2, j = n - 1;

	while (i >= 0 && a[i] >= a[i + 1])
		i--;
	if (i < 0)
		return 0;
	while (a[j] <= a[i])
		j--;
	u8 t = a[i];

	a[i] = a[j];
	a[j] = t;
	for (i++, j = n - 1; i < j; i++, j--) {
		t = a[i];
		a[i] = a[j];
		a[j] = t;
	}
	return 1;
}
