/* SPDX-License-Identifier: MIT */
/* Copies: forward, backward, strided, through an index, reversed and exchanged. */
#include "idiom.h"

#define COPY(T)                                                                                    \
	void copy_index_##T(T *d, const T *s, int n)                                               \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i];                                                               \
	}                                                                                          \
	void copy_index_u_##T(T *restrict d, const T *restrict s, unsigned n)                      \
	{                                                                                          \
		for (unsigned i = 0; i < n; i++)                                                   \
			d[i] = s[i];                                                               \
	}                                                                                          \
	void copy_count_##T(T *d, const T *s, int n)                                               \
	{                                                                                          \
		while (n--)                                                                        \
			*d++ = *s++;                                                               \
	}                                                                                          \
	void copy_count_pre_##T(T *d, const T *s, int n)                                           \
	{                                                                                          \
		while (--n >= 0)                                                                   \
			*d++ = *s++;                                                               \
	}                                                                                          \
	void copy_do_##T(T *d, const T *s, size_t n)                                               \
	{                                                                                          \
		do {                                                                               \
			*d++ = *s++;                                                               \
		} while (--n);                                                                     \
	}                                                                                          \
	void copy_end_##T(T *d, const T *s, const T *end)                                          \
	{                                                                                          \
		while (s < end)                                                                    \
			*d++ = *s++;                                                               \
	}                                                                                          \
	void copy_end_ne_##T(T *d, T *end, const T *s)                                             \
	{                                                                                          \
		for (; d != end; d++, s++)                                                         \
			*d = *s;                                                                   \
	}                                                                                          \
	void copy_down_index_##T(T *d, const T *s, int n)                                          \
	{                                                                                          \
		for (int i = n - 1; i >= 0; i--)                                                   \
			d[i] = s[i];                                                               \
	}                                                                                          \
	void copy_down_count_##T(T *d, const T *s, size_t n)                                       \
	{                                                                                          \
		d += n;                                                                            \
		s += n;                                                                            \
		while (n--)                                                                        \
			*--d = *--s;                                                               \
	}                                                                                          \
	T *copy_const_##T(T *d, const T *s)                                                        \
	{                                                                                          \
		for (int i = 0; i < 24; i++)                                                       \
			d[i] = s[i];                                                               \
		return d;                                                                          \
	}                                                                                          \
	void copy_four_##T(T *d, const T *s, int n)                                                \
	{                                                                                          \
		for (; n >= 4; n -= 4, d += 4, s += 4) {                                           \
			d[0] = s[0];                                                               \
			d[1] = s[1];                                                               \
			d[2] = s[2];                                                               \
			d[3] = s[3];                                                               \
		}                                                                                  \
		while (n-- > 0)                                                                    \
			*d++ = *s++;                                                               \
	}

EACH_WIDTH(COPY)

#define MOVE(T)                                                                                    \
	void move_either_##T(T *d, const T *s, size_t n)                                           \
	{                                                                                          \
		if (d < s) {                                                                       \
			while (n--)                                                                \
				*d++ = *s++;                                                       \
		} else {                                                                           \
			while (n--)                                                                \
				d[n] = s[n];                                                       \
		}                                                                                  \
	}                                                                                          \
	void move_up_one_##T(T *a, int n)                                                          \
	{                                                                                          \
		for (int i = n; i > 0; i--)                                                        \
			a[i] = a[i - 1];                                                           \
	}                                                                                          \
	void move_down_one_##T(T *a, int n)                                                        \
	{                                                                                          \
		for (int i = 0; i < n - 1; i++)                                                    \
			a[i] = a[i + 1];                                                           \
	}                                                                                          \
	void delete_at_##T(T *a, int at, int *n)                                                   \
	{                                                                                          \
		for (--*n; at < *n; at++)                                                          \
			a[at] = a[at + 1];                                                         \
	}                                                                                          \
	void rotate_one_##T(T *a, int n)                                                           \
	{                                                                                          \
		T first = a[0];                                                                    \
		int i;                                                                             \
                                                                                                   \
		for (i = 1; i < n; i++)                                                            \
			a[i - 1] = a[i];                                                           \
		a[i - 1] = first;                                                                  \
	}                                                                                          \
	void reverse_##T(T *a, int n)                                                              \
	{                                                                                          \
		for (int i = 0, j = n - 1; i < j; i++, j--) {                                      \
			T t = a[i];                                                                \
                                                                                                   \
			a[i] = a[j];                                                               \
			a[j] = t;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void reverse_pointers_##T(T *a, T *b)                                                      \
	{                                                                                          \
		while (a < --b) {                                                                  \
			T t = *a;                                                                  \
                                                                                                   \
			*a++ = *b;                                                                 \
			*b = t;                                                                    \
		}                                                                                  \
	}                                                                                          \
	void copy_reversed_##T(T *d, const T *s, int n)                                            \
	{                                                                                          \
		s += n;                                                                            \
		while (n-- > 0)                                                                    \
			*d++ = *--s;                                                               \
	}                                                                                          \
	void swap_blocks_##T(T *a, T *b, int n)                                                    \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			T t = a[i];                                                                \
                                                                                                   \
			a[i] = b[i];                                                               \
			b[i] = t;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void swap_blocks_do_##T(T *a, T *b, int n)                                                 \
	{                                                                                          \
		do {                                                                               \
			T t = *a;                                                                  \
                                                                                                   \
			*a++ = *b;                                                                 \
			*b++ = t;                                                                  \
		} while (--n > 0);                                                                 \
	}

EACH_WIDTH(MOVE)

#define STRIDED(T)                                                                                 \
	void pick_stride_##T(T *d, const T *s, int stride, int n)                                  \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i * stride];                                                      \
	}                                                                                          \
	void pick_every_third_##T(T *d, const T *s, int n)                                         \
	{                                                                                          \
		for (; n > 0; n--, s += 3)                                                         \
			*d++ = *s;                                                                 \
	}                                                                                          \
	void put_stride_##T(T *d, int stride, const T *s, int n)                                   \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d = *s++;                                                                 \
			d += stride;                                                               \
		}                                                                                  \
	}                                                                                          \
	void copy_strides_##T(T *d, int dx, const T *s, int sx, int n)                             \
	{                                                                                          \
		for (int i = 0; i < n; i++, d += dx, s += sx)                                      \
			*d = *s;                                                                   \
	}                                                                                          \
	void interleave_##T(T *restrict d, const T *restrict a, const T *restrict b, int n)        \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			d[2 * i] = a[i];                                                           \
			d[2 * i + 1] = b[i];                                                       \
		}                                                                                  \
	}                                                                                          \
	void deinterleave_##T(T *a, T *b, const T *s, int n)                                       \
	{                                                                                          \
		while (--n >= 0) {                                                                 \
			*a++ = *s++;                                                               \
			*b++ = *s++;                                                               \
		}                                                                                  \
	}                                                                                          \
	void gather_##T(T *d, const T *s, const s32 *index, int n)                                 \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[index[i]];                                                        \
	}                                                                                          \
	void gather_short_##T(T *d, const T *s, const u16 *index, int n)                           \
	{                                                                                          \
		while (n--)                                                                        \
			*d++ = s[*index++];                                                        \
	}                                                                                          \
	void scatter_##T(T *d, const s32 *index, const T *s, int n)                                \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[index[i]] = s[i];                                                        \
	}                                                                                          \
	int keep_nonzero_##T(T *d, const T *s, int n)                                              \
	{                                                                                          \
		int k = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			if (s[i])                                                                  \
				d[k++] = s[i];                                                     \
		return k;                                                                          \
	}                                                                                          \
	int copy_until_##T(T *d, const T *s, T last)                                               \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		while ((d[n] = s[n]) != last)                                                      \
			n++;                                                                       \
		return n;                                                                          \
	}                                                                                          \
	void copy_rows_##T(T *d, int dpitch, const T *s, int spitch, int w, int h)                 \
	{                                                                                          \
		for (int y = 0; y < h; y++) {                                                      \
			for (int x = 0; x < w; x++)                                                \
				d[x] = s[x];                                                       \
			d += dpitch;                                                               \
			s += spitch;                                                               \
		}                                                                                  \
	}

EACH_WIDTH(STRIDED)

/* Of one width to another. */
#define CONVERT(D, S)                                                                              \
	void conv_##S##_##D(D *d, const S *s, int n)                                               \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = (D)s[i];                                                            \
	}

#define CONVERT_FROM(S)                                                                            \
	CONVERT(s8, S)                                                                             \
	CONVERT(s16, S)                                                                            \
	CONVERT(s32, S)                                                                            \
	CONVERT(f64, S)

CONVERT_FROM(u8)
CONVERT_FROM(u16)
CONVERT_FROM(u32)
CONVERT_FROM(s64)
CONVERT_FROM(f32)
CONVERT(u32, s8)
CONVERT(u32, s16)
CONVERT(s64, s32)
CONVERT(f32, s16)
CONVERT(f32, s32)
CONVERT(f32, f64)

/* Words where the pointers let it, the rest in bytes. */
void *copy_aligned(void *to, const void *from, size_t n)
{
	u8 *d = to;
	const u8 *s = from;

	if ((((uintptr_t)d | (uintptr_t)s) & 3) == 0) {
		u32 *dw = to;
		const u32 *sw = from;

		for (; n >= 4; n -= 4)
			*dw++ = *sw++;
		d = (u8 *)dw;
		s = (const u8 *)sw;
	}
	while (n-- > 0)
		*d++ = *s++;
	return to;
}

void *copy_shifted_words(u32 *d, const u32 *s, int n, int shift)
{
	u32 w = *s++;

	while (n-- > 0) {
		u32 next = *s++;

		*d++ = w << shift | next >> (32 - shift);
		w = next;
	}
	return d;
}

struct pair {
	u32 key, value;
};

struct record {
	u32 id;
	s16 x, y;
	u8 kind, flags;
	u16 len;
	u32 link;
};

void copy_pairs(struct pair *d, const struct pair *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = s[i];
}

void copy_records(struct record *d, const struct record *s, int n)
{
	while (n-- > 0)
		*d++ = *s++;
}

void copy_values(u32 *d, const struct pair *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = s[i].value;
}

void insert_pair(struct pair *a, int at, int n, struct pair p)
{
	for (int i = n; i > at; i--)
		a[i] = a[i - 1];
	a[at] = p;
}

int keep_records(struct record *a, int n, u8 mask)
{
	struct record *d = a;

	for (struct record *s = a; s < a + n; s++)
		if (s->flags & mask)
			*d++ = *s;
	return d - a;
}
