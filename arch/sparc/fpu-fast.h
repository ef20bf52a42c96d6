/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of fpu.h with the host's floating-point unit for the common case: rounding
 * to nearest, and a result so far inside the range that it can be nothing but exact or
 * inexact. Everything else goes to the integer functions. Same contract, same results and
 * exceptions to the bit.
 *
 * The result alone says whether the shortcut was right: NaN, infinity, overflow, every tiny
 * result and the least normal number (which may be a tiny one, rounded up) have exponent
 * fields 0, 1 or all ones. What is left is to learn whether the result is exact:
 *
 *  - sum: s = a + b is exact if and only if s - a == b and s - b == a. Subtracting the
 *    larger operand leaves no error (Dekker), so that one of the two sees what s lost.
 *  - product, quotient, root of doubles: what rounding did to the result is much less than
 *    2^64 units of the last place of the exact product of significands, so that the low 64
 *    bits of that product tell.
 *  - of singles: the product of two is exact as a double.
 *
 * The host must do IEEE 754 arithmetic in its initial state (to nearest, with subnormal
 * numbers), and the compiler must not rearrange it. Elsewhere FPU_HOST is 0, and the integer
 * functions do everything.
 */
#ifndef ARCH_SPARC_FPU_FAST_H
#define ARCH_SPARC_FPU_FAST_H

#include <string.h>

#include "arch/sparc/fpu.h"

#ifndef FPU_HOST
#if ((defined(__x86_64__) && defined(__SSE2_MATH__)) || defined(__aarch64__)) &&                   \
	!defined(__FAST_MATH__)
#define FPU_HOST 1
#else
#define FPU_HOST 0
#endif
#endif

#if FPU_HOST

/*
 * The empty asm keeps the compiler from contracting or folding an operation together with
 * the next one of the guest's. The root is the host's instruction: sqrt() is in libm.
 */
#ifdef __x86_64__
#define FPU_OPAQUE(v) __asm__("" : "+x"(v))
#define FPU_SQRT_D(r, v) __asm__("sqrtsd %1, %0" : "=x"(r) : "x"(v))
#define FPU_SQRT_S(r, v) __asm__("sqrtss %1, %0" : "=x"(r) : "x"(v))
#else
#define FPU_OPAQUE(v) __asm__("" : "+w"(v))
#define FPU_SQRT_D(r, v) __asm__("fsqrt %d0, %d1" : "=w"(r) : "w"(v))
#define FPU_SQRT_S(r, v) __asm__("fsqrt %s0, %s1" : "=w"(r) : "w"(v))
#endif

static inline double fpu_host_d(u64 v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

static inline float fpu_host_s(u32 v)
{
	float f;

	memcpy(&f, &v, sizeof(f));
	return f;
}

static inline u64 fpu_bits_d(double d)
{
	u64 v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static inline u32 fpu_bits_s(float f)
{
	u32 v;

	memcpy(&v, &f, sizeof(v));
	return v;
}

/* A result that this file may answer for: exponent field 2 to the greatest finite one. */
static inline bool fpu_mid_d(u64 v)
{
	return (v << 1) - (2ull << 53) < (2045ull << 53);
}

static inline bool fpu_mid_s(u32 v)
{
	return (v << 1) - (2u << 24) < (253u << 24);
}

static inline bool fpu_normal_d(u64 v)
{
	return (v << 1) - (1ull << 53) < (2046ull << 53);
}

/* The significand and the exponent field of a normal number: sig * 2^(exp - 1075). */
static inline u64 fpu_sig(u64 v)
{
	return (v & 0xfffffffffffff) | 1ull << 52;
}

static inline unsigned fpu_exp(u64 v)
{
	return (unsigned)(v >> 52) & 2047;
}

/* Is x * y different from z? All are normal, and the two differ by less than 2^64 units. */
static inline unsigned fpu_product_lost(u64 x, u64 y, u64 z)
{
	unsigned scale = fpu_exp(z) - fpu_exp(x) - fpu_exp(y) + 1075; /* 52 or 53 */

	return fpu_sig(x) * fpu_sig(y) != fpu_sig(z) << (scale & 63);
}

static inline u64 fpu_fast_addd(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	double x = fpu_host_d(a), y = fpu_host_d(b), s = x + y;
	u64 r;

	FPU_OPAQUE(s);
	r = fpu_bits_d(s);
	if (unlikely(rd != FPU_RN || !fpu_mid_d(r)))
		return fpu_addd(a, b, rd, exc);
	*exc = (s - x != y) | (s - y != x);
	return r;
}

static inline u64 fpu_fast_subd(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	double x = fpu_host_d(a), y = fpu_host_d(b), s = x - y;
	u64 r;

	FPU_OPAQUE(s);
	r = fpu_bits_d(s);
	if (unlikely(rd != FPU_RN || !fpu_mid_d(r)))
		return fpu_subd(a, b, rd, exc);
	*exc = (x - s != y) | (s + y != x);
	return r;
}

static inline u64 fpu_fast_muld(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	double p = fpu_host_d(a) * fpu_host_d(b);
	u64 r;

	FPU_OPAQUE(p);
	r = fpu_bits_d(p);
	if (unlikely(rd != FPU_RN || !fpu_mid_d(r) || !fpu_normal_d(a) || !fpu_normal_d(b)))
		return fpu_muld(a, b, rd, exc);
	*exc = fpu_product_lost(a, b, r);
	return r;
}

static inline u64 fpu_fast_divd(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	double q = fpu_host_d(a) / fpu_host_d(b);
	u64 r;

	FPU_OPAQUE(q);
	r = fpu_bits_d(q);
	if (unlikely(rd != FPU_RN || !fpu_mid_d(r) || !fpu_normal_d(a) || !fpu_normal_d(b)))
		return fpu_divd(a, b, rd, exc);
	*exc = fpu_product_lost(r, b, a);
	return r;
}

static inline u64 fpu_fast_sqrtd(u64 b, unsigned rd, unsigned *exc)
{
	double y = fpu_host_d(b), q;
	u64 r;

	if (unlikely(rd != FPU_RN || !fpu_normal_d(b) || b >> 63))
		return fpu_sqrtd(b, rd, exc);
	FPU_SQRT_D(q, y);
	r = fpu_bits_d(q);
	*exc = fpu_product_lost(r, r, b);
	return r;
}

static inline u32 fpu_fast_adds(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	float x = fpu_host_s(a), y = fpu_host_s(b), s = x + y;
	u32 r;

	FPU_OPAQUE(s);
	r = fpu_bits_s(s);
	if (unlikely(rd != FPU_RN || !fpu_mid_s(r)))
		return fpu_adds(a, b, rd, exc);
	*exc = (s - x != y) | (s - y != x);
	return r;
}

static inline u32 fpu_fast_subs(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	float x = fpu_host_s(a), y = fpu_host_s(b), s = x - y;
	u32 r;

	FPU_OPAQUE(s);
	r = fpu_bits_s(s);
	if (unlikely(rd != FPU_RN || !fpu_mid_s(r)))
		return fpu_subs(a, b, rd, exc);
	*exc = (x - s != y) | (s + y != x);
	return r;
}

static inline u32 fpu_fast_muls(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	double p = (double)fpu_host_s(a) * (double)fpu_host_s(b);
	float s = (float)p;
	u32 r;

	FPU_OPAQUE(s);
	r = fpu_bits_s(s);
	if (unlikely(rd != FPU_RN || !fpu_mid_s(r)))
		return fpu_muls(a, b, rd, exc);
	*exc = (double)s != p;
	return r;
}

static inline u32 fpu_fast_divs(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	float x = fpu_host_s(a), y = fpu_host_s(b), q = x / y;
	u32 r;

	FPU_OPAQUE(q);
	r = fpu_bits_s(q);
	if (unlikely(rd != FPU_RN || !fpu_mid_s(r)))
		return fpu_divs(a, b, rd, exc);
	*exc = (double)q * (double)y != (double)x;
	return r;
}

static inline u32 fpu_fast_sqrts(u32 b, unsigned rd, unsigned *exc)
{
	float y = fpu_host_s(b), q;
	u32 r;

	if (unlikely(rd != FPU_RN || !fpu_mid_s(b) || b >> 31))
		return fpu_sqrts(b, rd, exc);
	FPU_SQRT_S(q, y);
	r = fpu_bits_s(q);
	*exc = (double)q * (double)q != (double)y;
	return r;
}

static inline u64 fpu_fast_smuld(u32 a, u32 b, unsigned *exc)
{
	double p = (double)fpu_host_s(a) * (double)fpu_host_s(b);

	FPU_OPAQUE(p);
	if (unlikely(p != p))
		return fpu_smuld(a, b, exc);
	*exc = 0;
	return fpu_bits_d(p);
}

static inline u32 fpu_fast_dtos(u64 b, unsigned rd, unsigned *exc)
{
	double y = fpu_host_d(b);
	float s = (float)y;
	u32 r;

	FPU_OPAQUE(s);
	r = fpu_bits_s(s);
	if (unlikely(rd != FPU_RN || !fpu_mid_s(r)))
		return fpu_dtos(b, rd, exc);
	*exc = (double)s != y;
	return r;
}

static inline u64 fpu_fast_stod(u32 b, unsigned *exc)
{
	double d = (double)fpu_host_s(b);

	FPU_OPAQUE(d);
	if (unlikely(d != d))
		return fpu_stod(b, exc);
	*exc = 0;
	return fpu_bits_d(d);
}

static inline u32 fpu_fast_itos(u32 b, unsigned rd, unsigned *exc)
{
	float s = (float)(s32)b;

	FPU_OPAQUE(s);
	if (unlikely(rd != FPU_RN))
		return fpu_itos(b, rd, exc);
	*exc = (double)s != (double)(s32)b;
	return fpu_bits_s(s);
}

static inline u64 fpu_fast_itod(u32 b)
{
	return fpu_bits_d((double)(s32)b);
}

static inline u32 fpu_fast_dtoi(u64 b, unsigned *exc)
{
	double y = fpu_host_d(b);
	s32 v;

	if (unlikely(!(y > -2147483649.0 && y < 2147483648.0)))
		return fpu_dtoi(b, exc);
	v = (s32)y;
	*exc = (double)v != y;
	return (u32)v;
}

static inline u32 fpu_fast_stoi(u32 b, unsigned *exc)
{
	float y = fpu_host_s(b);
	s32 v;

	if (unlikely(!(y >= -2147483648.0f && y < 2147483648.0f)))
		return fpu_stoi(b, exc);
	v = (s32)y;
	*exc = (double)v != (double)y;
	return (u32)v;
}

static inline unsigned fpu_fast_cmpd(u64 a, u64 b, unsigned *exc)
{
	double x = fpu_host_d(a), y = fpu_host_d(b);

	if (unlikely(__builtin_isunordered(x, y)))
		return fpu_cmpd(a, b, exc);
	*exc = 0;
	return x == y ? FPU_E : x < y ? FPU_L : FPU_G;
}

static inline unsigned fpu_fast_cmps(u32 a, u32 b, unsigned *exc)
{
	float x = fpu_host_s(a), y = fpu_host_s(b);

	if (unlikely(__builtin_isunordered(x, y)))
		return fpu_cmps(a, b, exc);
	*exc = 0;
	return x == y ? FPU_E : x < y ? FPU_L : FPU_G;
}

static inline unsigned fpu_fast_cmped(u64 a, u64 b, unsigned *exc)
{
	if (unlikely(__builtin_isunordered(fpu_host_d(a), fpu_host_d(b))))
		return fpu_cmped(a, b, exc);
	return fpu_fast_cmpd(a, b, exc);
}

static inline unsigned fpu_fast_cmpes(u32 a, u32 b, unsigned *exc)
{
	if (unlikely(__builtin_isunordered(fpu_host_s(a), fpu_host_s(b))))
		return fpu_cmpes(a, b, exc);
	return fpu_fast_cmps(a, b, exc);
}

#else

#define fpu_fast_addd fpu_addd
#define fpu_fast_subd fpu_subd
#define fpu_fast_muld fpu_muld
#define fpu_fast_divd fpu_divd
#define fpu_fast_sqrtd fpu_sqrtd
#define fpu_fast_adds fpu_adds
#define fpu_fast_subs fpu_subs
#define fpu_fast_muls fpu_muls
#define fpu_fast_divs fpu_divs
#define fpu_fast_sqrts fpu_sqrts
#define fpu_fast_smuld fpu_smuld
#define fpu_fast_dtos fpu_dtos
#define fpu_fast_stod fpu_stod
#define fpu_fast_itos fpu_itos
#define fpu_fast_itod fpu_itod
#define fpu_fast_dtoi fpu_dtoi
#define fpu_fast_stoi fpu_stoi
#define fpu_fast_cmpd fpu_cmpd
#define fpu_fast_cmps fpu_cmps
#define fpu_fast_cmpes fpu_cmpes
#define fpu_fast_cmped fpu_cmped

#endif
#endif
