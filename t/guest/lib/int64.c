/* SPDX-License-Identifier: MIT */
/*
 * The routines that a compiler for V8 calls for 64-bit integers: shifts, division,
 * bit counts, overflow checks. Numbers are two words, the high one first.
 */
#include "rt.h"

union pair {
	u64 all;
	struct {
		u32 hi, lo;
	};
};

u64 __ashldi3(u64 v, int n)
{
	union pair p = { v }, r;

	if (n >= 32) {
		r.hi = p.lo << (n - 32);
		r.lo = 0;
	} else if (n) {
		r.hi = p.hi << n | p.lo >> (32 - n);
		r.lo = p.lo << n;
	} else {
		r = p;
	}
	return r.all;
}

u64 __lshrdi3(u64 v, int n)
{
	union pair p = { v }, r;

	if (n >= 32) {
		r.lo = p.hi >> (n - 32);
		r.hi = 0;
	} else if (n) {
		r.lo = p.lo >> n | p.hi << (32 - n);
		r.hi = p.hi >> n;
	} else {
		r = p;
	}
	return r.all;
}

s64 __ashrdi3(s64 v, int n)
{
	union pair p = { (u64)v }, r;
	s32 hi = (s32)p.hi;

	if (n >= 32) {
		r.lo = (u32)(hi >> (n - 32));
		r.hi = (u32)(hi >> 31);
	} else if (n) {
		r.lo = p.lo >> n | p.hi << (32 - n);
		r.hi = (u32)(hi >> n);
	} else {
		r = p;
	}
	return (s64)r.all;
}

/* 32 x 32 -> 64, the high half in Y. */
static u64 mul32(u32 a, u32 b)
{
	union pair r;

	__asm__("umul %2, %3, %1\n\trd %%y, %0" : "=r"(r.hi), "=&r"(r.lo) : "r"(a), "r"(b) : "cc");
	return r.all;
}

s64 __muldi3(s64 x, s64 y)
{
	union pair a = { (u64)x }, b = { (u64)y }, r;

	r.all = mul32(a.lo, b.lo);
	r.hi += a.hi * b.lo + a.lo * b.hi;
	return (s64)r.all;
}

/* (hi:lo) / d, where hi < d. */
static u32 div64by32(u32 hi, u32 lo, u32 d, u32 *rem)
{
	u32 q;

	__asm__("wr %1, %%y\n\tnop\n\tnop\n\tnop\n\tudiv %2, %3, %0"
		: "=r"(q)
		: "r"(hi), "r"(lo), "r"(d)
		: "cc");
	*rem = lo - q * d;
	return q;
}

static int clz32(u32 v)
{
	int n = 0;

	if (!(v >> 16)) {
		n += 16;
		v <<= 16;
	}
	if (!(v >> 24)) {
		n += 8;
		v <<= 8;
	}
	if (!(v >> 28)) {
		n += 4;
		v <<= 4;
	}
	if (!(v >> 30)) {
		n += 2;
		v <<= 2;
	}
	return n + !(v >> 31);
}

/* A divisor of two words: shift its top bit up, guess one quotient digit, correct it. */
static u64 div_long(union pair n, union pair d, u64 *rem)
{
	int s = clz32(d.hi);
	union pair dn, nn, m;
	u32 top, q, r;

	dn.all = __ashldi3(d.all, s);
	nn.all = __ashldi3(n.all, s);
	top = s ? n.hi >> (32 - s) : 0;
	q = div64by32(top, nn.hi, dn.hi, &r);
	m.all = mul32(q, dn.lo);
	if (m.hi > r || (m.hi == r && m.lo > nn.lo)) {
		q--;
		m.all -= dn.all;
	}
	nn.hi = r;
	*rem = __lshrdi3(nn.all - m.all, s);
	return q;
}

u64 __udivmoddi4(u64 num, u64 den, u64 *rem)
{
	union pair n = { num }, d = { den }, q;
	u64 long_rem;
	u32 r = 0;

	if (d.hi) {
		q.all = div_long(n, d, &long_rem);
	} else {
		q.hi = n.hi ? div64by32(0, n.hi, d.lo, &r) : 0;
		q.lo = div64by32(r, n.lo, d.lo, &r);
		long_rem = r;
	}
	if (rem)
		*rem = long_rem;
	return q.all;
}

u64 __udivdi3(u64 n, u64 d)
{
	return __udivmoddi4(n, d, NULL);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 r;

	__udivmoddi4(n, d, &r);
	return r;
}

static u64 magnitude(s64 v)
{
	return v < 0 ? -(u64)v : (u64)v;
}

s64 __divdi3(s64 n, s64 d)
{
	u64 q = __udivmoddi4(magnitude(n), magnitude(d), NULL);

	return (s64)((n < 0) != (d < 0) ? -q : q);
}

s64 __moddi3(s64 n, s64 d)
{
	u64 r;

	__udivmoddi4(magnitude(n), magnitude(d), &r);
	return (s64)(n < 0 ? -r : r);
}

s64 __divmoddi4(s64 n, s64 d, s64 *rem)
{
	s64 q = __divdi3(n, d);

	*rem = n - __muldi3(q, d);
	return q;
}

s64 __negdi2(s64 v)
{
	return (s64) - (u64)v;
}

int __cmpdi2(s64 a, s64 b)
{
	return a < b ? 0 : a > b ? 2 : 1;
}

int __ucmpdi2(u64 a, u64 b)
{
	return a < b ? 0 : a > b ? 2 : 1;
}

int __clzsi2(u32 v)
{
	return clz32(v);
}

int __clzdi2(u64 v)
{
	union pair p = { v };

	return p.hi ? clz32(p.hi) : 32 + clz32(p.lo);
}

int __ctzsi2(u32 v)
{
	return 31 - clz32(v & -v);
}

int __ctzdi2(u64 v)
{
	union pair p = { v };

	return p.lo ? __ctzsi2(p.lo) : 32 + __ctzsi2(p.hi);
}

int __ffssi2(u32 v)
{
	return v ? __ctzsi2(v) + 1 : 0;
}

int __ffsdi2(u64 v)
{
	return v ? __ctzdi2(v) + 1 : 0;
}

int __clrsbsi2(s32 v)
{
	u32 u = (u32)(v ^ v >> 31);

	return u ? clz32(u) - 1 : 31;
}

int __clrsbdi2(s64 v)
{
	u64 u = (u64)(v < 0 ? ~v : v);

	return u ? __clzdi2(u) - 1 : 63;
}

int __popcountsi2(u32 v)
{
	v -= v >> 1 & 0x55555555;
	v = (v & 0x33333333) + (v >> 2 & 0x33333333);
	return (int)(((v + (v >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24);
}

int __popcountdi2(u64 v)
{
	union pair p = { v };

	return __popcountsi2(p.hi) + __popcountsi2(p.lo);
}

int __paritysi2(u32 v)
{
	return __popcountsi2(v) & 1;
}

int __paritydi2(u64 v)
{
	return __popcountdi2(v) & 1;
}

u32 __bswapsi2(u32 v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

u64 __bswapdi2(u64 v)
{
	union pair p = { v }, r;

	r.hi = __bswapsi2(p.lo);
	r.lo = __bswapsi2(p.hi);
	return r.all;
}

int ffs(int v)
{
	return __ffssi2((u32)v);
}

int ffsl(long v)
{
	return __ffssi2((u32)v);
}

int ffsll(long long v)
{
	return __ffsdi2((u64)v);
}

/* -ftrapv: an overflow aborts. */
s32 __addvsi3(s32 a, s32 b)
{
	s32 r = (s32)((u32)a + (u32)b);

	if (((a ^ r) & (b ^ r)) < 0)
		abort();
	return r;
}

s32 __subvsi3(s32 a, s32 b)
{
	s32 r = (s32)((u32)a - (u32)b);

	if (((a ^ b) & (a ^ r)) < 0)
		abort();
	return r;
}

s32 __mulvsi3(s32 a, s32 b)
{
	s64 r = (s64)a * b;

	if (r != (s32)r)
		abort();
	return (s32)r;
}

s32 __negvsi2(s32 v)
{
	return __subvsi3(0, v);
}

s32 __absvsi2(s32 v)
{
	return v < 0 ? __negvsi2(v) : v;
}

s64 __addvdi3(s64 a, s64 b)
{
	s64 r = (s64)((u64)a + (u64)b);

	if (((a ^ r) & (b ^ r)) < 0)
		abort();
	return r;
}

s64 __subvdi3(s64 a, s64 b)
{
	s64 r = (s64)((u64)a - (u64)b);

	if (((a ^ b) & (a ^ r)) < 0)
		abort();
	return r;
}

s64 __mulvdi3(s64 a, s64 b)
{
	s64 r = __muldi3(a, b);

	if ((a == -1 && b == INT64_MIN) || (b == -1 && a == INT64_MIN) ||
	    (a != 0 && a != -1 && __divdi3(r, a) != b))
		abort();
	return r;
}

s64 __negvdi2(s64 v)
{
	return __subvdi3(0, v);
}

s64 __absvdi2(s64 v)
{
	return v < 0 ? __negvdi2(v) : v;
}
