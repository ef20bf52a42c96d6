/* SPDX-License-Identifier: MIT */
/* Signals: filters, transforms, mixing, coding of samples. */
#include "idiom.h"

/* T the samples, A what they are summed in, SHIFT the scale of the coefficients. */
#define FILTER(T, A, DOWN)                                                                         \
	T fir_##T(const T *x, const T *c, int taps)                                                \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < taps; i++)                                                     \
			s += (A)x[i] * c[i];                                                       \
		return (T)DOWN(s);                                                                 \
	}                                                                                          \
	T fir_back_##T(const T *x, const T *c, int taps)                                           \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		while (taps-- > 0)                                                                 \
			s += (A)*x-- * *c++;                                                       \
		return (T)DOWN(s);                                                                 \
	}                                                                                          \
	T fir_const_##T(const T *x, const T *c)                                                    \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < 32; i++)                                                       \
			s += (A)c[i] * x[-i];                                                      \
		return (T)DOWN(s);                                                                 \
	}                                                                                          \
	T fir_ring_##T(const T *ring, int at, const T *c, int taps)                                \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < taps; i++) {                                                   \
			s += (A)ring[at] * c[i];                                                   \
			if (--at < 0)                                                              \
				at = taps - 1;                                                     \
		}                                                                                  \
		return (T)DOWN(s);                                                                 \
	}                                                                                          \
	T fir_mask_##T(const T *ring, unsigned at, const T *c, int taps)                           \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < taps; i++)                                                     \
			s += (A)ring[(at - i) & 63] * c[i];                                        \
		return (T)DOWN(s);                                                                 \
	}                                                                                          \
	T fir_shift_##T(T *line, const T *c, int taps, T in)                                       \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = taps - 1; i > 0; i--) {                                               \
			line[i] = line[i - 1];                                                     \
			s += (A)line[i] * c[i];                                                    \
		}                                                                                  \
		line[0] = in;                                                                      \
		return (T)DOWN(s + (A)in * c[0]);                                                  \
	}                                                                                          \
	T fir_symmetric_##T(const T *x, const T *c, int taps)                                      \
	{                                                                                          \
		const T *e = x + taps - 1;                                                         \
		A s = 0;                                                                           \
                                                                                                   \
		for (; x < e; x++, e--)                                                            \
			s += (A)(*x + *e) * *c++;                                                  \
		return (T)DOWN(s);                                                                 \
	}                                                                                          \
	void fir_block_##T(T *y, const T *x, const T *c, int n, int taps)                          \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			A s = 0;                                                                   \
                                                                                                   \
			for (int k = 0; k < taps; k++)                                             \
				s += (A)x[i + k] * c[k];                                           \
			y[i] = (T)DOWN(s);                                                         \
		}                                                                                  \
	}                                                                                          \
	void decimate_##T(T *y, const T *x, const T *c, int n, int taps, int by)                   \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			A s = 0;                                                                   \
                                                                                                   \
			for (int k = 0; k < taps; k++)                                             \
				s += (A)x[k] * c[k];                                               \
			*y++ = (T)DOWN(s);                                                         \
			x += by;                                                                   \
		}                                                                                  \
	}                                                                                          \
	void correlate_##T(A *r, const T *x, int n, int lags)                                      \
	{                                                                                          \
		for (int lag = 0; lag < lags; lag++) {                                             \
			A s = 0;                                                                   \
                                                                                                   \
			for (int i = lag; i < n; i++)                                              \
				s += (A)x[i] * x[i - lag];                                         \
			r[lag] = s;                                                                \
		}                                                                                  \
	}                                                                                          \
	void adapt_##T(T *c, const T *x, T error, int taps)                                        \
	{                                                                                          \
		for (int i = 0; i < taps; i++)                                                     \
			c[i] += (T)DOWN((A)error * x[i]);                                          \
	}                                                                                          \
	void one_pole_##T(T *y, const T *x, T k, int n)                                            \
	{                                                                                          \
		A s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			s += DOWN(((A)x[i] - s) * k);                                              \
			y[i] = (T)s;                                                               \
		}                                                                                  \
	}                                                                                          \
	void biquad_##T(T *y, const T *x, const T *c, int n)                                       \
	{                                                                                          \
		A x1 = 0, x2 = 0, y1 = 0, y2 = 0;                                                  \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			A v = DOWN(c[0] * x[i] + c[1] * x1 + c[2] * x2 - c[3] * y1 - c[4] * y2);   \
                                                                                                   \
			x2 = x1;                                                                   \
			x1 = x[i];                                                                 \
			y2 = y1;                                                                   \
			y1 = v;                                                                    \
			y[i] = (T)v;                                                               \
		}                                                                                  \
	}                                                                                          \
	void mix_##T(T *d, const T *s, T gain, int n)                                              \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] += (T)DOWN((A)s[i] * gain);                                           \
	}                                                                                          \
	void fade_##T(T *d, A from, A step, int n)                                                 \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d = (T)DOWN(*d * from);                                                   \
			d++;                                                                       \
			from += step;                                                              \
		}                                                                                  \
	}                                                                                          \
	void to_mono_##T(T *d, const T *s, int n)                                                  \
	{                                                                                          \
		for (int i = 0; i < n; i++, s += 2)                                                \
			*d++ = (T)(((A)s[0] + s[1]) / 2);                                          \
	}                                                                                          \
	void to_stereo_##T(T *d, const T *s, int n)                                                \
	{                                                                                          \
		while (n--) {                                                                      \
			*d++ = *s;                                                                 \
			*d++ = *s++;                                                               \
		}                                                                                  \
	}                                                                                          \
	A energy_##T(const T *s, int n)                                                            \
	{                                                                                          \
		A e = 0;                                                                           \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			e += DOWN((A)*s * *s);                                                     \
			s++;                                                                       \
		}                                                                                  \
		return e;                                                                          \
	}                                                                                          \
	int crossings_##T(const T *s, int n)                                                       \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (int i = 1; i < n; i++)                                                        \
			if ((s[i - 1] < 0) != (s[i] < 0))                                          \
				c++;                                                               \
		return c;                                                                          \
	}                                                                                          \
	int peak_##T(const T *s, int n)                                                            \
	{                                                                                          \
		for (int i = 1; i < n - 1; i++)                                                    \
			if (s[i] > s[i - 1] && s[i] >= s[i + 1])                                   \
				return i;                                                          \
		return -1;                                                                         \
	}                                                                                          \
	T median_##T(const T *s)                                                                   \
	{                                                                                          \
		T v[5];                                                                            \
                                                                                                   \
		for (int i = 0; i < 5; i++) {                                                      \
			int j = i;                                                                 \
                                                                                                   \
			for (; j > 0 && v[j - 1] > s[i]; j--)                                      \
				v[j] = v[j - 1];                                                   \
			v[j] = s[i];                                                               \
		}                                                                                  \
		return v[2];                                                                       \
	}                                                                                          \
	void cosine_row_##T(T *d, const T *s, const T *table, int stride)                          \
	{                                                                                          \
		for (int u = 0; u < 8; u++) {                                                      \
			A v = 0;                                                                   \
                                                                                                   \
			for (int x = 0; x < 8; x++)                                                \
				v += (A)s[x * stride] * table[u * 8 + x];                          \
			d[u * stride] = (T)DOWN(v);                                                \
		}                                                                                  \
	}                                                                                          \
	void window_##T(T *d, const T *s, const T *w, int n)                                       \
	{                                                                                          \
		for (int i = 0; i < n / 2; i++) {                                                  \
			d[i] = (T)DOWN((A)s[i] * w[i]);                                            \
			d[n - 1 - i] = (T)DOWN((A)s[n - 1 - i] * w[i]);                            \
		}                                                                                  \
	}                                                                                          \
	void butterflies_##T(T *re, T *im, const T *c, const T *s, int half, int step)             \
	{                                                                                          \
		for (int i = 0; i < half; i++) {                                                   \
			A wr = c[i * step], wi = s[i * step];                                      \
			A tr = DOWN(wr * re[i + half] - wi * im[i + half]);                        \
			A ti = DOWN(wr * im[i + half] + wi * re[i + half]);                        \
                                                                                                   \
			re[i + half] = (T)(re[i] - tr);                                            \
			im[i + half] = (T)(im[i] - ti);                                            \
			re[i] = (T)(re[i] + tr);                                                   \
			im[i] = (T)(im[i] + ti);                                                   \
		}                                                                                  \
	}                                                                                          \
	void sums_and_differences_##T(T *a, int half)                                              \
	{                                                                                          \
		T *b = a + half;                                                                   \
                                                                                                   \
		while (half-- > 0) {                                                               \
			T t = *a;                                                                  \
                                                                                                   \
			*a++ = t + *b;                                                             \
			*b = t - *b;                                                               \
			b++;                                                                       \
		}                                                                                  \
	}

#define DOWN_15(v) ((v) >> 15)
#define DOWN_16(v) ((v) >> 16)
#define DOWN_NONE(v) (v)

FILTER(s16, s32, DOWN_15)
FILTER(s32, s64, DOWN_16)
FILTER(f64, f64, DOWN_NONE)

void bit_reverse(s32 *re, s32 *im, int n)
{
	for (int i = 1, j = 0; i < n; i++) {
		int bit = n >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			s32 t = re[i];

			re[i] = re[j];
			re[j] = t;
			t = im[i];
			im[i] = im[j];
			im[j] = t;
		}
	}
}

void quantise(s16 *d, const s16 *s, const u16 *q, const u8 *order)
{
	for (int i = 0; i < 64; i++) {
		int v = s[order[i]];

		if (v < 0)
			v = -((-v + (q[i] >> 1)) / q[i]);
		else
			v = (v + (q[i] >> 1)) / q[i];
		d[i] = (s16)v;
	}
}

void scale_block(s16 *d, const s16 *s, const u16 *q)
{
	for (int i = 0; i < 64; i++)
		d[i] = (s16)(s[i] * q[i]);
}

int last_nonzero(const s16 *s)
{
	int i = 63;

	while (i > 0 && s[i] == 0)
		i--;
	return i;
}

int zero_run(const s16 *s, const u8 *order, int at)
{
	int run = 0;

	while (at < 64 && s[order[at]] == 0) {
		run++;
		at++;
	}
	return run;
}

void differential(s16 *d, const u8 *s, const s16 *steps, const s8 *moves, int n)
{
	int value = 0, index = 0;

	for (int i = 0; i < n; i++) {
		int code = s[i] & 15, step = steps[index], diff = step >> 3;

		if (code & 4)
			diff += step;
		if (code & 2)
			diff += step >> 1;
		if (code & 1)
			diff += step >> 2;
		value += code & 8 ? -diff : diff;
		if (value > 32767)
			value = 32767;
		else if (value < -32768)
			value = -32768;
		index += moves[code];
		if (index < 0)
			index = 0;
		else if (index > 88)
			index = 88;
		d[i] = (s16)value;
	}
}

int segment(int v, const s16 *ends)
{
	int i;

	for (i = 0; i < 8; i++)
		if (v <= ends[i])
			break;
	return i;
}

void expand_law(s16 *d, const u8 *s, const s16 *table, int n)
{
	while (n-- > 0)
		*d++ = table[*s++];
}

void oscillate(s16 *d, u32 phase, u32 step, const s16 *sine, int n)
{
	for (int i = 0; i < n; i++) {
		d[i] = sine[phase >> 24];
		phase += step;
	}
}

u32 resample(s16 *d, const s16 *s, u32 at, u32 step, int n)
{
	for (int i = 0; i < n; i++, at += step) {
		const s16 *p = s + (at >> 16);

		d[i] = (s16)(p[0] + ((p[1] - p[0]) * (int)(at >> 4 & 0xfff) >> 12));
	}
	return at;
}

void echo(s16 *d, const s16 *s, s16 *ring, int len, int n)
{
	for (int i = 0, at = 0; i < n; i++) {
		s16 v = (s16)(s[i] + ring[at] / 2);

		ring[at] = v;
		if (++at >= len)
			at = 0;
		d[i] = v;
	}
}

void goertzel(const s16 *s, int n, s32 k, s32 *a, s32 *b)
{
	s32 q1 = 0, q2 = 0;

	for (int i = 0; i < n; i++) {
		s32 q = (k * q1 >> 14) - q2 + s[i];

		q2 = q1;
		q1 = q;
	}
	*a = q1;
	*b = q2;
}

void rotate_vector(s32 *x, s32 *y, s32 z, const s32 *angle)
{
	for (int i = 0; i < 16; i++) {
		s32 dx = *y >> i, dy = *x >> i;

		if (z >= 0) {
			*x -= dx;
			*y += dy;
			z -= angle[i];
		} else {
			*x += dx;
			*y -= dy;
			z += angle[i];
		}
	}
}

f64 integrate(const f64 *y, int n, f64 h)
{
	f64 s = (y[0] + y[n - 1]) / 2;

	for (int i = 1; i < n - 1; i++)
		s += y[i];
	return s * h;
}

f64 series(f64 x, int n)
{
	f64 term = x, sum = x;

	for (int i = 1; i < n; i++) {
		term *= -x * x / ((2 * i) * (2 * i + 1));
		sum += term;
	}
	return sum;
}

f64 root_f64(f64 v)
{
	f64 x = v, y = 0;

	while (x - y > 1e-12 || y - x > 1e-12) {
		y = x;
		x = 0.5 * (x + v / x);
	}
	return x;
}

f64 interpolate(const f64 *xs, const f64 *ys, int n, f64 x)
{
	int i = 1;

	while (i < n - 1 && xs[i] < x)
		i++;
	return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
}

void random_walk(f64 *d, int n, u32 seed)
{
	f64 v = 0;

	for (int i = 0; i < n; i++) {
		seed = seed * 69069 + 1;
		v += (s32)seed * (1.0 / 2147483648.0);
		d[i] = v;
	}
}
