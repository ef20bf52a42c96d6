/* SPDX-License-Identifier: MIT */
/* Loops over the bits of words, and arithmetic by shifts. */
#include "idiom.h"

#define BITS(T)                                                                                    \
	int ones_##T(T v)                                                                          \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		while (v) {                                                                        \
			n += v & 1;                                                                \
			v >>= 1;                                                                   \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	int ones_clear_##T(T v)                                                                    \
	{                                                                                          \
		int n;                                                                             \
                                                                                                   \
		for (n = 0; v; n++)                                                                \
			v &= v - 1;                                                                \
		return n;                                                                          \
	}                                                                                          \
	int ones_test_##T(T v)                                                                     \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (unsigned i = 0; i < sizeof(v) * 8; i++)                                       \
			if (v >> i & 1)                                                            \
				n++;                                                               \
		return n;                                                                          \
	}                                                                                          \
	int parity_##T(T v)                                                                        \
	{                                                                                          \
		int p = 0;                                                                         \
                                                                                                   \
		for (; v; v >>= 1)                                                                 \
			p ^= v & 1;                                                                \
		return p;                                                                          \
	}                                                                                          \
	int first_one_##T(T v)                                                                     \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		while (!(v & 1)) {                                                                 \
			v >>= 1;                                                                   \
			n++;                                                                       \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	int first_one_mask_##T(T v)                                                                \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (T bit = 1; bit && !(v & bit); bit <<= 1)                                      \
			n++;                                                                       \
		return n;                                                                          \
	}                                                                                          \
	int leading_##T(T v)                                                                       \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (T top = (T)((T)1 << (sizeof(v) * 8 - 1)); top && !(v & top); top >>= 1)       \
			n++;                                                                       \
		return n;                                                                          \
	}                                                                                          \
	int log_two_##T(T v)                                                                       \
	{                                                                                          \
		int n = -1;                                                                        \
                                                                                                   \
		while (v) {                                                                        \
			v >>= 1;                                                                   \
			n++;                                                                       \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	T power_above_##T(T v)                                                                     \
	{                                                                                          \
		T p = 1;                                                                           \
                                                                                                   \
		while (p < v)                                                                      \
			p <<= 1;                                                                   \
		return p;                                                                          \
	}                                                                                          \
	T reversed_##T(T v)                                                                        \
	{                                                                                          \
		T r = 0;                                                                           \
                                                                                                   \
		for (int i = sizeof(v) * 8; i > 0; i--) {                                          \
			r = (T)(r << 1) | (v & 1);                                                 \
			v >>= 1;                                                                   \
		}                                                                                  \
		return r;                                                                          \
	}                                                                                          \
	T gray_back_##T(T v)                                                                       \
	{                                                                                          \
		for (T m = v >> 1; m; m >>= 1)                                                     \
			v ^= m;                                                                    \
		return v;                                                                          \
	}                                                                                          \
	int bits_list_##T(u8 *d, T v)                                                              \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (int i = 0; v; i++, v >>= 1)                                                   \
			if (v & 1)                                                                 \
				d[n++] = (u8)i;                                                    \
		return n;                                                                          \
	}                                                                                          \
	T shifted_in_##T(const u8 *s, int n)                                                       \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			v = (T)(v << 1) | (s[i] & 1);                                              \
		return v;                                                                          \
	}                                                                                          \
	void shifted_out_##T(u8 *d, T v)                                                           \
	{                                                                                          \
		for (int i = sizeof(v) * 8 - 1; i >= 0; i--)                                       \
			*d++ = v >> i & 1;                                                         \
	}                                                                                          \
	T multiply_##T(T a, T b)                                                                   \
	{                                                                                          \
		T r = 0;                                                                           \
                                                                                                   \
		while (b) {                                                                        \
			if (b & 1)                                                                 \
				r += a;                                                            \
			a <<= 1;                                                                   \
			b >>= 1;                                                                   \
		}                                                                                  \
		return r;                                                                          \
	}                                                                                          \
	T multiply_carryless_##T(T a, T b, T poly)                                                 \
	{                                                                                          \
		T r = 0;                                                                           \
                                                                                                   \
		for (; b; b >>= 1) {                                                               \
			if (b & 1)                                                                 \
				r ^= a;                                                            \
			a = a >> (sizeof(a) * 8 - 1) ? (T)(a << 1) ^ poly : (T)(a << 1);           \
		}                                                                                  \
		return r;                                                                          \
	}                                                                                          \
	T divide_##T(T a, T b, T *rest)                                                            \
	{                                                                                          \
		T q = 0, r = 0;                                                                    \
                                                                                                   \
		for (int i = sizeof(a) * 8 - 1; i >= 0; i--) {                                     \
			r = (T)(r << 1) | (a >> i & 1);                                            \
			if (r >= b) {                                                              \
				r -= b;                                                            \
				q |= (T)1 << i;                                                    \
			}                                                                          \
		}                                                                                  \
		*rest = r;                                                                         \
		return q;                                                                          \
	}                                                                                          \
	T divide_restoring_##T(T a, T b)                                                           \
	{                                                                                          \
		T q = 0, bit = 1;                                                                  \
                                                                                                   \
		while (b < a && !(b >> (sizeof(b) * 8 - 1))) {                                     \
			b <<= 1;                                                                   \
			bit <<= 1;                                                                 \
		}                                                                                  \
		for (; bit; bit >>= 1, b >>= 1) {                                                  \
			if (a >= b) {                                                              \
				a -= b;                                                            \
				q |= bit;                                                          \
			}                                                                          \
		}                                                                                  \
		return q;                                                                          \
	}                                                                                          \
	T remainder_slow_##T(T a, T b)                                                             \
	{                                                                                          \
		while (a >= b)                                                                     \
			a -= b;                                                                    \
		return a;                                                                          \
	}                                                                                          \
	T root_##T(T v)                                                                            \
	{                                                                                          \
		T r = 0, bit = (T)((T)1 << (sizeof(v) * 8 - 2));                                   \
                                                                                                   \
		while (bit > v)                                                                    \
			bit >>= 2;                                                                 \
		while (bit) {                                                                      \
			if (v >= (T)(r + bit)) {                                                   \
				v -= r + bit;                                                      \
				r = (r >> 1) + bit;                                                \
			} else {                                                                   \
				r >>= 1;                                                           \
			}                                                                          \
			bit >>= 2;                                                                 \
		}                                                                                  \
		return r;                                                                          \
	}                                                                                          \
	T root_newton_##T(T v)                                                                     \
	{                                                                                          \
		T x = v, y = v / 2 + 1;                                                            \
                                                                                                   \
		while (y < x) {                                                                    \
			x = y;                                                                     \
			y = (x + v / x) / 2;                                                       \
		}                                                                                  \
		return x;                                                                          \
	}                                                                                          \
	T root_odd_##T(T v)                                                                        \
	{                                                                                          \
		T n = 0;                                                                           \
                                                                                                   \
		for (T odd = 1; v >= odd; odd += 2, n++)                                           \
			v -= odd;                                                                  \
		return n;                                                                          \
	}                                                                                          \
	T divisor_##T(T a, T b)                                                                    \
	{                                                                                          \
		while (b) {                                                                        \
			T t = a % b;                                                               \
                                                                                                   \
			a = b;                                                                     \
			b = t;                                                                     \
		}                                                                                  \
		return a;                                                                          \
	}                                                                                          \
	T divisor_subtract_##T(T a, T b)                                                           \
	{                                                                                          \
		while (a != b) {                                                                   \
			if (a > b)                                                                 \
				a -= b;                                                            \
			else                                                                       \
				b -= a;                                                            \
		}                                                                                  \
		return a;                                                                          \
	}                                                                                          \
	T divisor_binary_##T(T a, T b)                                                             \
	{                                                                                          \
		while (!(a & 1))                                                                   \
			a >>= 1;                                                                   \
		while (b) {                                                                        \
			while (!(b & 1))                                                           \
				b >>= 1;                                                           \
			if (a > b) {                                                               \
				T t = a;                                                           \
                                                                                                   \
				a = b;                                                             \
				b = t;                                                             \
			}                                                                          \
			b -= a;                                                                    \
		}                                                                                  \
		return a;                                                                          \
	}                                                                                          \
	T power_mod_##T(T x, T n, T mod)                                                           \
	{                                                                                          \
		T r = 1;                                                                           \
                                                                                                   \
		while (n) {                                                                        \
			if (n & 1)                                                                 \
				r = r * x % mod;                                                   \
			x = x * x % mod;                                                           \
			n >>= 1;                                                                   \
		}                                                                                  \
		return r;                                                                          \
	}                                                                                          \
	int prime_##T(T v)                                                                         \
	{                                                                                          \
		for (T i = 3; i * i <= v; i += 2)                                                  \
			if (v % i == 0)                                                            \
				return 0;                                                          \
		return 1;                                                                          \
	}                                                                                          \
	int collatz_##T(T v)                                                                       \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		while (v != 1) {                                                                   \
			v = v & 1 ? 3 * v + 1 : v / 2;                                             \
			n++;                                                                       \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	T fibonacci_##T(int n)                                                                     \
	{                                                                                          \
		T a = 0, b = 1;                                                                    \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			T t = a + b;                                                               \
                                                                                                   \
			a = b;                                                                     \
			b = t;                                                                     \
		}                                                                                  \
		return a;                                                                          \
	}

BITS(u16)
BITS(u32)
BITS(u64)

/* Maps of bits in words. */
#define BITMAP(T)                                                                                  \
	int map_count_##T(const T *map, int bits)                                                  \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < bits; i++)                                                     \
			if (map[i / (sizeof(T) * 8)] >> i % (sizeof(T) * 8) & 1)                   \
				n++;                                                               \
		return n;                                                                          \
	}                                                                                          \
	int map_find_zero_##T(const T *map, int bits)                                              \
	{                                                                                          \
		for (int i = 0; i < bits; i++)                                                     \
			if (!(map[i / (sizeof(T) * 8)] & (T)1 << i % (sizeof(T) * 8)))             \
				return i;                                                          \
		return -1;                                                                         \
	}                                                                                          \
	int map_find_word_##T(const T *map, int n)                                                 \
	{                                                                                          \
		int i = 0;                                                                         \
                                                                                                   \
		while (i < n && map[i] == (T)~0)                                                   \
			i++;                                                                       \
		return i;                                                                          \
	}                                                                                          \
	void map_set_##T(T *map, int from, int to)                                                 \
	{                                                                                          \
		for (int i = from; i < to; i++)                                                    \
			map[i / (sizeof(T) * 8)] |= (T)1 << i % (sizeof(T) * 8);                   \
	}                                                                                          \
	void map_clear_high_##T(T *map, unsigned from, unsigned n)                                 \
	{                                                                                          \
		while (n--) {                                                                      \
			map[from / (sizeof(T) * 8)] &=                                             \
				~((T)1 << (sizeof(T) * 8 - 1) >> from % (sizeof(T) * 8));          \
			from++;                                                                    \
		}                                                                                  \
	}                                                                                          \
	void map_shift_left_##T(T *map, int n)                                                     \
	{                                                                                          \
		T carry = 0;                                                                       \
                                                                                                   \
		while (--n >= 0) {                                                                 \
			T next = map[n] >> (sizeof(T) * 8 - 1);                                    \
                                                                                                   \
			map[n] = (T)(map[n] << 1) | carry;                                         \
			carry = next;                                                              \
		}                                                                                  \
	}                                                                                          \
	void map_shift_right_##T(T *map, int n)                                                    \
	{                                                                                          \
		T carry = 0;                                                                       \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			T next = (T)(map[i] << (sizeof(T) * 8 - 1));                               \
                                                                                                   \
			map[i] = map[i] >> 1 | carry;                                              \
			carry = next;                                                              \
		}                                                                                  \
	}                                                                                          \
	int map_meet_##T(const T *a, const T *b, int n)                                            \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			if (a[i] & b[i])                                                           \
				return 1;                                                          \
		return 0;                                                                          \
	}                                                                                          \
	int map_within_##T(const T *a, const T *b, int n)                                          \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			if (*a++ & ~*b++)                                                          \
				return 0;                                                          \
		return 1;                                                                          \
	}

BITMAP(u8)
BITMAP(u32)

int ones_in_bytes(const u8 *s, int n, const u8 *count)
{
	int c = 0;

	for (int i = 0; i < n; i++)
		c += count[s[i]];
	return c;
}

int ones_in_words(const u32 *s, int n)
{
	int c = 0;

	while (n-- > 0) {
		u32 v = *s++;

		v -= v >> 1 & 0x55555555;
		v = (v & 0x33333333) + (v >> 2 & 0x33333333);
		v = (v + (v >> 4)) & 0x0f0f0f0f;
		c += v * 0x01010101 >> 24;
	}
	return c;
}

/* Numbers of many words. */
#define LARGE(T, W)                                                                                \
	T large_add_##T(T *d, const T *a, const T *b, int n)                                       \
	{                                                                                          \
		W carry = 0;                                                                       \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			carry += (W)a[i] + b[i];                                                   \
			d[i] = (T)carry;                                                           \
			carry >>= sizeof(T) * 8;                                                   \
		}                                                                                  \
		return (T)carry;                                                                   \
	}                                                                                          \
	T large_subtract_##T(T *d, const T *a, const T *b, int n)                                  \
	{                                                                                          \
		T borrow = 0;                                                                      \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			W v = (W)a[i] - b[i] - borrow;                                             \
                                                                                                   \
			d[i] = (T)v;                                                               \
			borrow = v >> sizeof(T) * 8 & 1;                                           \
		}                                                                                  \
		return borrow;                                                                     \
	}                                                                                          \
	T large_scale_##T(T *d, const T *a, T by, int n)                                           \
	{                                                                                          \
		W carry = 0;                                                                       \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			carry += (W)*a++ * by;                                                     \
			*d++ = (T)carry;                                                           \
			carry >>= sizeof(T) * 8;                                                   \
		}                                                                                  \
		return (T)carry;                                                                   \
	}                                                                                          \
	T large_multiply_add_##T(T *d, const T *a, T by, int n)                                    \
	{                                                                                          \
		T carry = 0;                                                                       \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			W v = (W)a[i] * by + d[i] + carry;                                         \
                                                                                                   \
			d[i] = (T)v;                                                               \
			carry = v >> sizeof(T) * 8;                                                \
		}                                                                                  \
		return carry;                                                                      \
	}                                                                                          \
	T large_divide_##T(T *d, T by, int n)                                                      \
	{                                                                                          \
		W rest = 0;                                                                        \
                                                                                                   \
		while (--n >= 0) {                                                                 \
			rest = rest << sizeof(T) * 8 | d[n];                                       \
			d[n] = rest / by;                                                          \
			rest %= by;                                                                \
		}                                                                                  \
		return (T)rest;                                                                    \
	}                                                                                          \
	int large_compare_##T(const T *a, const T *b, int n)                                       \
	{                                                                                          \
		while (--n >= 0)                                                                   \
			if (a[n] != b[n])                                                          \
				return a[n] > b[n] ? 1 : -1;                                       \
		return 0;                                                                          \
	}                                                                                          \
	int large_increment_##T(T *d, int n)                                                       \
	{                                                                                          \
		int i;                                                                             \
                                                                                                   \
		for (i = 0; i < n; i++)                                                            \
			if (++d[i])                                                                \
				break;                                                             \
		return i == n;                                                                     \
	}                                                                                          \
	T large_shift_##T(T *d, int by, int n)                                                     \
	{                                                                                          \
		T carry = 0;                                                                       \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			T v = d[i];                                                                \
                                                                                                   \
			d[i] = (T)(v << by) | carry;                                               \
			carry = v >> (sizeof(T) * 8 - by);                                         \
		}                                                                                  \
		return carry;                                                                      \
	}                                                                                          \
	int large_words_##T(const T *d, int n)                                                     \
	{                                                                                          \
		while (n > 0 && d[n - 1] == 0)                                                     \
			n--;                                                                       \
		return n;                                                                          \
	}

LARGE(u8, u16)
LARGE(u16, u32)
LARGE(u32, u64)
