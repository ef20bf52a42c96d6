/* SPDX-License-Identifier: MIT */
/* Reductions: sums, extremes, counts and products of vectors. */
#include "idiom.h"

#define SUM(T, A)                                                                                  \
	A sum_##T##_##A(const T *a, int n)                                                         \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += a[i];                                                                 \
		return s;                                                                          \
	}                                                                                          \
	A sum_count_##T##_##A(const T *a, int n)                                                   \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		while (n--)                                                                        \
			s += *a++;                                                                 \
		return s;                                                                          \
	}                                                                                          \
	A sum_end_##T##_##A(const T *a, const T *end)                                              \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (; a < end; a++)                                                               \
			s += *a;                                                                   \
		return s;                                                                          \
	}                                                                                          \
	A sum_down_##T##_##A(const T *a, int n)                                                    \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = n - 1; i >= 0; i--)                                                   \
			s += a[i];                                                                 \
		return s;                                                                          \
	}                                                                                          \
	A sum_stride_##T##_##A(const T *a, int n, int stride)                                      \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++, a += stride)                                           \
			s += *a;                                                                   \
		return s;                                                                          \
	}                                                                                          \
	A squares_##T##_##A(const T *a, int n)                                                     \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += (A)a[i] * a[i];                                                       \
		return s;                                                                          \
	}                                                                                          \
	A dot_##T##_##A(const T *a, const T *b, int n)                                             \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += (A)a[i] * b[i];                                                       \
		return s;                                                                          \
	}                                                                                          \
	A dot_pointers_##T##_##A(const T *a, const T *b, int n)                                    \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		do                                                                                 \
			s += (A)*a++ * *b++;                                                       \
		while (--n > 0);                                                                   \
		return s;                                                                          \
	}                                                                                          \
	A dot_strides_##T##_##A(const T *a, int ax, const T *b, int bx, int n)                     \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (; n > 0; n--, a += ax, b += bx)                                               \
			s += (A)*a * *b;                                                           \
		return s;                                                                          \
	}                                                                                          \
	A dot_reversed_##T##_##A(const T *a, const T *b, int n)                                    \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += (A)a[i] * b[n - 1 - i];                                               \
		return s;                                                                          \
	}

SUM(u8, u32)
SUM(s16, s32)
SUM(s32, s32)
SUM(s32, s64)
SUM(f64, f64)

#define EXTREME(T)                                                                                 \
	T max_##T(const T *a, int n)                                                               \
	{                                                                                          \
		T m = a[0];                                                                        \
                                                                                                   \
		for (int i = 1; i < n; i++)                                                        \
			if (a[i] > m)                                                              \
				m = a[i];                                                          \
		return m;                                                                          \
	}                                                                                          \
	T min_##T(const T *a, const T *end)                                                        \
	{                                                                                          \
		T m = *a++;                                                                        \
                                                                                                   \
		while (a < end) {                                                                  \
			if (*a < m)                                                                \
				m = *a;                                                            \
			a++;                                                                       \
		}                                                                                  \
		return m;                                                                          \
	}                                                                                          \
	int max_at_##T(const T *a, int n)                                                          \
	{                                                                                          \
		int at = 0;                                                                        \
                                                                                                   \
		for (int i = 1; i < n; i++)                                                        \
			if (a[i] > a[at])                                                          \
				at = i;                                                            \
		return at;                                                                         \
	}                                                                                          \
	T max_select_##T(const T *a, int n)                                                        \
	{                                                                                          \
		T m = 0;                                                                           \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			m = *a > m ? *a : m;                                                       \
			a++;                                                                       \
		}                                                                                  \
		return m;                                                                          \
	}                                                                                          \
	void min_max_##T(const T *a, int n, T *lo, T *hi)                                          \
	{                                                                                          \
		T x = a[0], y = a[0];                                                              \
                                                                                                   \
		for (int i = 1; i < n; i++) {                                                      \
			if (a[i] < x)                                                              \
				x = a[i];                                                          \
			else if (a[i] > y)                                                         \
				y = a[i];                                                          \
		}                                                                                  \
		*lo = x;                                                                           \
		*hi = y;                                                                           \
	}                                                                                          \
	int count_equal_##T(const T *a, int n, T v)                                                \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			if (a[i] == v)                                                             \
				c++;                                                               \
		return c;                                                                          \
	}                                                                                          \
	int count_above_##T(const T *a, int n, T v)                                                \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		while (n--)                                                                        \
			c += *a++ > v;                                                             \
		return c;                                                                          \
	}                                                                                          \
	int count_between_##T(const T *a, const T *end, T lo, T hi)                                \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (; a != end; a++)                                                              \
			if (*a >= lo && *a < hi)                                                   \
				c++;                                                               \
		return c;                                                                          \
	}                                                                                          \
	int count_same_##T(const T *a, const T *b, int n)                                          \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			c += a[i] == b[i];                                                         \
		return c;                                                                          \
	}

EXTREME(u8)
EXTREME(s16)
EXTREME(s32)
EXTREME(u32)
EXTREME(f64)

#define LOGIC(T)                                                                                   \
	T xor_all_##T(const T *a, int n)                                                           \
	{                                                                                          \
		T x = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			x ^= a[i];                                                                 \
		return x;                                                                          \
	}                                                                                          \
	T or_all_##T(const T *a, int n)                                                            \
	{                                                                                          \
		T x = 0;                                                                           \
                                                                                                   \
		while (n-- > 0)                                                                    \
			x |= *a++;                                                                 \
		return x;                                                                          \
	}                                                                                          \
	T and_all_##T(const T *a, const T *end)                                                    \
	{                                                                                          \
		T x = (T)~0;                                                                       \
                                                                                                   \
		while (a != end)                                                                   \
			x &= *a++;                                                                 \
		return x;                                                                          \
	}                                                                                          \
	u32 differ_all_##T(const T *a, const T *b, int n)                                          \
	{                                                                                          \
		u32 x = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			x |= a[i] ^ b[i];                                                          \
		return x;                                                                          \
	}                                                                                          \
	int count_mask_##T(const T *a, int n, T mask)                                              \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			if (a[i] & mask)                                                           \
				c++;                                                               \
		return c;                                                                          \
	}                                                                                          \
	int count_bit_##T(const T *a, int n)                                                       \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		do                                                                                 \
			c += *a++ & 1;                                                             \
		while (--n);                                                                       \
		return c;                                                                          \
	}

EACH_UNSIGNED(LOGIC)

#define DISTANCE(T)                                                                                \
	u32 abs_diff_##T(const T *a, const T *b, int n)                                            \
	{                                                                                          \
		u32 s = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			int d = a[i] - b[i];                                                       \
                                                                                                   \
			s += d < 0 ? -d : d;                                                       \
		}                                                                                  \
		return s;                                                                          \
	}                                                                                          \
	u32 abs_diff_branch_##T(const T *a, const T *b, int n)                                     \
	{                                                                                          \
		u32 s = 0;                                                                         \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			if (*a > *b)                                                               \
				s += *a - *b;                                                      \
			else                                                                       \
				s += *b - *a;                                                      \
			a++;                                                                       \
			b++;                                                                       \
		}                                                                                  \
		return s;                                                                          \
	}                                                                                          \
	u32 square_diff_##T(const T *a, const T *b, int n)                                         \
	{                                                                                          \
		u32 s = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			int d = a[i] - b[i];                                                       \
                                                                                                   \
			s += d * d;                                                                \
		}                                                                                  \
		return s;                                                                          \
	}                                                                                          \
	s32 max_diff_##T(const T *a, const T *b, int n)                                            \
	{                                                                                          \
		s32 m = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			s32 d = a[i] - b[i];                                                       \
                                                                                                   \
			if (d < 0)                                                                 \
				d = -d;                                                            \
			if (d > m)                                                                 \
				m = d;                                                             \
		}                                                                                  \
		return m;                                                                          \
	}                                                                                          \
	s32 mean_##T(const T *a, int n)                                                            \
	{                                                                                          \
		s32 s = n / 2;                                                                     \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += a[i];                                                                 \
		return s / n;                                                                      \
	}                                                                                          \
	s32 sum_neighbours_##T(const T *a, int n)                                                  \
	{                                                                                          \
		s32 s = 0;                                                                         \
                                                                                                   \
		for (int i = 1; i < n; i++)                                                        \
			s += (a[i] - a[i - 1]) >> 1;                                               \
		return s;                                                                          \
	}

DISTANCE(u8)
DISTANCE(s16)

s32 sum_abs_s16(const s16 *a, int n)
{
	s32 s = 0;

	for (int i = 0; i < n; i++)
		s += a[i] < 0 ? -a[i] : a[i];
	return s;
}

u32 sum_scaled_u16(const u16 *a, int n, int shift)
{
	u32 s = 0;

	for (int i = 0; i < n; i++)
		s += a[i] >> shift;
	return s;
}

s32 sum_positive(const s32 *a, int n)
{
	s32 s = 0;

	while (--n >= 0)
		if (a[n] > 0)
			s += a[n];
	return s;
}

s32 best_run(const s32 *a, int n)
{
	s32 best = 0, run = 0;

	for (int i = 0; i < n; i++) {
		run += a[i];
		if (run < 0)
			run = 0;
		else if (run > best)
			best = run;
	}
	return best;
}

f64 variance(const f64 *a, int n, f64 mean)
{
	f64 s = 0;

	for (int i = 0; i < n; i++)
		s += (a[i] - mean) * (a[i] - mean);
	return s / n;
}

f64 product(const f64 *a, int n)
{
	f64 p = 1;

	for (int i = 0; i < n; i++)
		p *= a[i];
	return p;
}

f64 polynomial(const f64 *c, int n, f64 x)
{
	f64 y = 0;

	while (--n >= 0)
		y = y * x + c[n];
	return y;
}

u32 polynomial_mod(const u32 *c, int n, u32 x, u32 mod)
{
	u32 y = 0;

	for (int i = 0; i < n; i++)
		y = (y * x + c[i]) % mod;
	return y;
}

f64 harmonic(int n)
{
	f64 s = 0;

	for (int i = 1; i <= n; i++)
		s += 1.0 / i;
	return s;
}

f32 norm_max(const f32 *a, int n)
{
	f32 m = 0;

	for (int i = 0; i < n; i++) {
		f32 v = a[i] < 0 ? -a[i] : a[i];

		if (v > m)
			m = v;
	}
	return m;
}
