/* SPDX-License-Identifier: MIT */
/* Maps of vectors, element by element. */
#include "idiom.h"

#define ARITH(T)                                                                                   \
	void add_##T(T *d, const T *a, const T *b, int n)                                          \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = a[i] + b[i];                                                        \
	}                                                                                          \
	void add_restrict_##T(T *restrict d, const T *restrict a, const T *restrict b, unsigned n) \
	{                                                                                          \
		for (unsigned i = 0; i < n; i++)                                                   \
			d[i] = a[i] + b[i];                                                        \
	}                                                                                          \
	void accumulate_##T(T *d, const T *s, int n)                                               \
	{                                                                                          \
		while (n--)                                                                        \
			*d++ += *s++;                                                              \
	}                                                                                          \
	void subtract_##T(T *d, const T *s, const T *end)                                          \
	{                                                                                          \
		for (; s < end; s++, d++)                                                          \
			*d -= *s;                                                                  \
	}                                                                                          \
	void multiply_##T(T *d, const T *a, const T *b, int n)                                     \
	{                                                                                          \
		do                                                                                 \
			*d++ = *a++ * *b++;                                                        \
		while (--n);                                                                       \
	}                                                                                          \
	void add_value_##T(T *d, T v, int n)                                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] += v;                                                                 \
	}                                                                                          \
	void add_one_##T(T *d, int n)                                                              \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			(*d++)++;                                                                  \
	}                                                                                          \
	void scale_##T(T *d, const T *s, T v, int n)                                               \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] * v;                                                           \
	}                                                                                          \
	void saxpy_##T(T *y, const T *x, T a, int n)                                               \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			y[i] += a * x[i];                                                          \
	}                                                                                          \
	void saxpy_strides_##T(T *y, int iy, const T *x, int ix, T a, int n)                       \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*y += a * *x;                                                              \
			x += ix;                                                                   \
			y += iy;                                                                   \
		}                                                                                  \
	}                                                                                          \
	void negate_##T(T *d, int n)                                                               \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = -d[i];                                                              \
	}                                                                                          \
	void clamp_##T(T *d, int n, T lo, T hi)                                                    \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			if (d[i] < lo)                                                             \
				d[i] = lo;                                                         \
			else if (d[i] > hi)                                                        \
				d[i] = hi;                                                         \
		}                                                                                  \
	}                                                                                          \
	void larger_##T(T *d, const T *a, const T *b, int n)                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = a[i] > b[i] ? a[i] : b[i];                                          \
	}                                                                                          \
	void threshold_##T(T *d, const T *s, T t, int n)                                           \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] >= t ? s[i] : 0;                                               \
	}                                                                                          \
	void differences_##T(T *d, const T *s, int n)                                              \
	{                                                                                          \
		for (int i = 0; i < n - 1; i++)                                                    \
			d[i] = s[i + 1] - s[i];                                                    \
	}                                                                                          \
	void mean_of_two_##T(T *d, const T *a, const T *b, int n)                                  \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = (a[i] + b[i]) / 2;                                                  \
	}

ARITH(u8)
ARITH(s16)
ARITH(s32)
ARITH(f64)

#define LOGIC(T)                                                                                   \
	void xor_##T(T *d, const T *s, int n)                                                      \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			*d++ ^= *s++;                                                              \
	}                                                                                          \
	void xor_three_##T(T *d, const T *a, const T *b, int n)                                    \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = a[i] ^ b[i];                                                        \
	}                                                                                          \
	void xor_value_##T(T *d, T v, int n)                                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] ^= v;                                                                 \
	}                                                                                          \
	void and_value_##T(T *d, const T *s, T v, int n)                                           \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] & v;                                                           \
	}                                                                                          \
	void or_##T(T *d, const T *s, int n)                                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] |= s[i];                                                              \
	}                                                                                          \
	void and_not_##T(T *d, const T *s, T *end)                                                 \
	{                                                                                          \
		while (d != end)                                                                   \
			*d++ &= ~*s++;                                                             \
	}                                                                                          \
	void invert_##T(T *d, int n)                                                               \
	{                                                                                          \
		while (--n >= 0)                                                                   \
			d[n] = (T)~d[n];                                                           \
	}                                                                                          \
	void shift_left_##T(T *d, const T *s, int by, int n)                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] << by;                                                         \
	}                                                                                          \
	void shift_right_##T(T *d, int by, int n)                                                  \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] >>= by;                                                               \
	}                                                                                          \
	void shift_three_##T(T *d, const T *s, int n)                                              \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] >> 3;                                                          \
	}                                                                                          \
	void select_##T(T *d, const T *m, const T *a, const T *b, int n)                           \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = (a[i] & m[i]) | (b[i] & ~m[i]);                                     \
	}

LOGIC(u8)
LOGIC(s16)
LOGIC(u32)
LOGIC(s64)

/* Sums that stop at the ends of their range. */
#define SATURATE(T, LO, HI)                                                                        \
	void add_saturated_##T(T *d, const T *a, const T *b, int n)                                \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			s32 v = a[i] + b[i];                                                       \
                                                                                                   \
			if (v > HI)                                                                \
				v = HI;                                                            \
			if (v < LO)                                                                \
				v = LO;                                                            \
			d[i] = (T)v;                                                               \
		}                                                                                  \
	}                                                                                          \
	void narrow_saturated_##T(T *d, const s32 *s, int n)                                       \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			s32 v = *s++;                                                              \
                                                                                                   \
			*d++ = v < LO ? LO : v > HI ? HI : v;                                      \
		}                                                                                  \
	}                                                                                          \
	void scale_saturated_##T(T *d, int gain, int n)                                            \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			s32 v = d[i] * gain >> 8;                                                  \
                                                                                                   \
			if (v < LO)                                                                \
				d[i] = LO;                                                         \
			else if (v > HI)                                                           \
				d[i] = HI;                                                         \
			else                                                                       \
				d[i] = (T)v;                                                       \
		}                                                                                  \
	}                                                                                          \
	void offset_saturated_##T(T *d, const T *s, int by, int n)                                 \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			s32 v = s[i] + by;                                                         \
                                                                                                   \
			d[i] = v > HI ? HI : v < LO ? LO : v;                                      \
		}                                                                                  \
	}

SATURATE(u8, 0, 255)
SATURATE(s16, -32768, 32767)

#define ABSOLUTE(T)                                                                                \
	void absolute_##T(T *d, const T *s, int n)                                                 \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] < 0 ? -s[i] : s[i];                                            \
	}                                                                                          \
	void positive_##T(T *d, int n)                                                             \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			if (d[i] < 0)                                                              \
				d[i] = 0;                                                          \
	}                                                                                          \
	void signs_##T(s8 *d, const T *s, int n)                                                   \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = (s[i] > 0) - (s[i] < 0);                                            \
	}

EACH_SIGNED(ABSOLUTE)
ABSOLUTE(s64)
EACH_FLOAT(ABSOLUTE)

/* The order of bytes. */
void swap_bytes_16(u16 *p, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (u16)(p[i] << 8 | p[i] >> 8);
}

void swap_bytes_32(u32 *d, const u32 *s, int n)
{
	while (n-- > 0) {
		u32 v = *s++;

		*d++ = v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
	}
}

void swap_byte_pairs(u8 *p, const u8 *end)
{
	for (; p < end; p += 2) {
		u8 t = p[0];

		p[0] = p[1];
		p[1] = t;
	}
}

void load_little_32(u32 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++, s += 4)
		d[i] = s[0] | s[1] << 8 | s[2] << 16 | (u32)s[3] << 24;
}

void load_little_16(u16 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = (u16)(s[2 * i] | s[2 * i + 1] << 8);
}

void load_big_32(u32 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++, s += 4)
		d[i] = (u32)s[0] << 24 | s[1] << 16 | s[2] << 8 | s[3];
}

void store_little_32(u8 *d, const u32 *s, int n)
{
	for (; n > 0; n--, d += 4) {
		u32 v = *s++;

		d[0] = (u8)v;
		d[1] = (u8)(v >> 8);
		d[2] = (u8)(v >> 16);
		d[3] = (u8)(v >> 24);
	}
}

void store_number(u8 *d, u64 v, int n)
{
	while (--n >= 0) {
		d[n] = (u8)v;
		v >>= 8;
	}
}

u64 load_number(const u8 *s, int n)
{
	u64 v = 0;

	for (int i = 0; i < n; i++)
		v = v << 8 | s[i];
	return v;
}

u32 load_number_low_first(const u8 *s, int n)
{
	u32 v = 0;

	while (n-- > 0)
		v = v << 8 | s[n];
	return v;
}

void divide_f64(f64 *d, f64 by, int n)
{
	for (int i = 0; i < n; i++)
		d[i] /= by;
}

void reciprocals_f32(f32 *d, const f32 *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = 1.0f / s[i];
}

void between_f64(f64 *d, const f64 *a, const f64 *b, f64 t, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = a[i] + (b[i] - a[i]) * t;
}

void rotate_plane(f64 *x, f64 *y, f64 c, f64 s, int n)
{
	for (int i = 0; i < n; i++) {
		f64 t = c * x[i] + s * y[i];

		y[i] = c * y[i] - s * x[i];
		x[i] = t;
	}
}

void multiply_complex(f32 *d, const f32 *a, const f32 *b, int n)
{
	for (int i = 0; i < 2 * n; i += 2) {
		f32 re = a[i] * b[i] - a[i + 1] * b[i + 1];

		d[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
		d[i] = re;
	}
}
