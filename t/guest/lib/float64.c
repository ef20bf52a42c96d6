/* SPDX-License-Identifier: MIT */
/*
 * Conversions between 64-bit integers and floating point, complex products and
 * powers. The conversions build the IEEE 754 bits with integer arithmetic: rounding
 * is to nearest, ties to even, and does not depend on the FPU.
 */
#include "rt.h"

static u64 d_bits(double d)
{
	u64 v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static double d_from(u64 v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

static float f_from(u32 v)
{
	float f;

	memcpy(&f, &v, sizeof(f));
	return f;
}

/*
 * v * 2^0 with `mant` explicit fraction bits and the given bias, sign not included.
 * Rounding may carry into the exponent, which is then right as it stands.
 */
static u64 pack(u64 v, int mant, int bias)
{
	int top = 63 - __builtin_clzll(v), drop = top - mant;
	u64 kept, rest, half;

	if (drop <= 0) {
		kept = v << -drop;
	} else {
		kept = v >> drop;
		rest = v & ((1ull << drop) - 1);
		half = 1ull << (drop - 1);
		if (rest > half || (rest == half && (kept & 1)))
			kept++;
	}
	return kept + ((u64)(bias + top - 1) << mant);
}

double __floatundidf(u64 v)
{
	return v ? d_from(pack(v, 52, 1023)) : 0;
}

double __floatdidf(s64 v)
{
	return v < 0 ? -__floatundidf(-(u64)v) : __floatundidf((u64)v);
}

float __floatundisf(u64 v)
{
	return v ? f_from((u32)pack(v, 23, 127)) : 0;
}

float __floatdisf(s64 v)
{
	return v < 0 ? -__floatundisf(-(u64)v) : __floatundisf((u64)v);
}

/* The integer part of |d|; what does not fit 64 bits is undefined in C. */
static u64 truncate(u64 bits)
{
	int e = (int)(bits >> 52 & 0x7ff) - 1023;
	u64 m = (bits & 0xfffffffffffffull) | 1ull << 52;

	if (e < 0)
		return 0;
	if (e > 63)
		return ~0ull;
	return e <= 52 ? m >> (52 - e) : m << (e - 52);
}

u64 __fixunsdfdi(double d)
{
	u64 bits = d_bits(d);

	return bits >> 63 ? -truncate(bits) : truncate(bits);
}

s64 __fixdfdi(double d)
{
	return (s64)__fixunsdfdi(d);
}

u64 __fixunssfdi(float f)
{
	return __fixunsdfdi(f);
}

s64 __fixsfdi(float f)
{
	return (s64)__fixunsdfdi(f);
}

u32 __fixunsdfsi(double d)
{
	return (u32)__fixunsdfdi(d);
}

u32 __fixunssfsi(float f)
{
	return (u32)__fixunsdfdi(f);
}

double __floatunsidf(u32 v)
{
	return __floatundidf(v);
}

float __floatunsisf(u32 v)
{
	return __floatundisf(v);
}

double __powidf2(double x, int n)
{
	unsigned k = n < 0 ? -(unsigned)n : (unsigned)n;
	double r = k & 1 ? x : 1;

	while (k >>= 1) {
		x *= x;
		if (k & 1)
			r *= x;
	}
	return n < 0 ? 1 / r : r;
}

float __powisf2(float x, int n)
{
	unsigned k = n < 0 ? -(unsigned)n : (unsigned)n;
	float r = k & 1 ? x : 1;

	while (k >>= 1) {
		x *= x;
		if (k & 1)
			r *= x;
	}
	return n < 0 ? 1 / r : r;
}

/*
 * Complex products and quotients of finite numbers; no recovery of infinities. The
 * quotient is Smith's, with Baudin's and Smith's care where the ratio underflows, after
 * scaling by powers of two that keep the sums away from both ends of the range.
 */
#define COMPLEX(name, real, max, min)                                                              \
	_Complex real __mul##name##3(real a, real b, real c, real d)                               \
	{                                                                                          \
		_Complex real z;                                                                   \
                                                                                                   \
		__real__ z = a * c - b * d;                                                        \
		__imag__ z = a * d + b * c;                                                        \
		return z;                                                                          \
	}                                                                                          \
	static real name##_abs(real x)                                                             \
	{                                                                                          \
		return x < 0 ? -x : x;                                                             \
	}                                                                                          \
	_Complex real __div##name##3(real a, real b, real c, real d)                               \
	{                                                                                          \
		const real big = max / 2, tiny = min * 4 / EPS_##name, up = 1 / EPS_##name;        \
		const real high = big * EPS_##name;                                                \
		int turned = name##_abs(c) < name##_abs(d);                                        \
		_Complex real z;                                                                   \
		real r, t, u, v;                                                                   \
                                                                                                   \
		if (turned) {                                                                      \
			r = c, c = d, d = r;                                                       \
			r = a, a = b, b = r;                                                       \
		}                                                                                  \
		if (name##_abs(c) >= big)                                                          \
			a /= 2, b /= 2, c /= 2, d /= 2;                                            \
		if (name##_abs(a) >= big || name##_abs(b) >= big)                                  \
			a /= 2, b /= 2, c /= 2, d /= 2;                                            \
		if (name##_abs(c) < tiny ||                                                        \
		    ((name##_abs(a) < tiny || name##_abs(b) < tiny) && name##_abs(a) < high &&     \
		     name##_abs(b) < high && name##_abs(c) < high))                                \
			a *= up, b *= up, c *= up, d *= up;                                        \
		r = d / c;                                                                         \
		t = c + d * r;                                                                     \
		if (name##_abs(r) >= min) {                                                        \
			u = (a + b * r) / t;                                                       \
			v = (b - a * r) / t;                                                       \
		} else {                                                                           \
			u = (a + d * (b / c)) / t;                                                 \
			v = (b - d * (a / c)) / t;                                                 \
		}                                                                                  \
		__real__ z = u;                                                                    \
		__imag__ z = turned ? -v : v;                                                      \
		return z;                                                                          \
	}

#define EPS_sc __FLT_EPSILON__
#define EPS_dc __DBL_EPSILON__
COMPLEX(sc, float, __FLT_MAX__, __FLT_MIN__)
COMPLEX(dc, double, __DBL_MAX__, __DBL_MIN__)
