/* SPDX-License-Identifier: MIT */
/*
 * IEEE 754 single and double arithmetic in integers, for the SPARC V8 FPU: see fpu.h.
 *
 * Both formats share each algorithm: a function that takes `m` is inlined with m constant,
 * so that what depends on the format folds away. A significand on its way to round_pack()
 * is a u64 with its leading 1 at bit 62 and everything that fell off below ORed into bit 0
 * ("sticky"); that is all that any rounding direction needs to know of the exact value.
 */
#include "arch/sparc/fpu.h"

/* A format goes by the width of its fraction. */
#define SINGLE 23u
#define DOUBLE 52u

#define FPU_INLINE static inline __attribute__((always_inline))

typedef unsigned __int128 u128;

FPU_INLINE unsigned exp_max(unsigned m)
{
	return m == DOUBLE ? 2047 : 255;
}

FPU_INLINE s32 bias(unsigned m)
{
	return m == DOUBLE ? 1023 : 127;
}

FPU_INLINE u64 sign_bit(unsigned m)
{
	return m == DOUBLE ? 1ull << 63 : 1ull << 31;
}

FPU_INLINE u64 hidden(unsigned m)
{
	return 1ull << m;
}

FPU_INLINE u64 inf(unsigned m)
{
	return (u64)exp_max(m) << m;
}

FPU_INLINE u64 mag(unsigned m, u64 v)
{
	return v & (sign_bit(m) - 1);
}

FPU_INLINE u64 sign(unsigned m, u64 v)
{
	return (v & sign_bit(m)) != 0;
}

FPU_INLINE unsigned exp_of(unsigned m, u64 v)
{
	return (unsigned)(v >> m) & exp_max(m);
}

FPU_INLINE bool is_normal(unsigned m, u64 v)
{
	return exp_of(m, v) - 1 < exp_max(m) - 1;
}

FPU_INLINE bool is_nan(unsigned m, u64 v)
{
	return mag(m, v) > inf(m);
}

FPU_INLINE bool is_snan(unsigned m, u64 v)
{
	return is_nan(m, v) && !(v & hidden(m) >> 1);
}

/* v >> n for any n >= 0; what falls off leaves a 1 in bit 0. */
FPU_INLINE u64 shr_sticky(u64 v, u32 n)
{
	return n > 63 ? v != 0 : v >> n | ((v & ((1ull << n) - 1)) != 0);
}

/* At least one operand is a NaN. */
static __cold u64 propagate_nan(unsigned m, u64 a, u64 b, unsigned *exc)
{
	bool sa = is_snan(m, a), sb = is_snan(m, b);

	*exc = sa || sb ? FPU_NV : 0;
	return (sb || (is_nan(m, b) && !sa) ? b : a) | hidden(m) >> 1;
}

static __cold u64 invalid(unsigned m, unsigned *exc)
{
	*exc = FPU_NV;
	return sign_bit(m) - 1;
}

/*
 * What a magnitude must gain before it is cut at `mask`, for the cut to round as rd says:
 * half a unit, nothing, or all but a whole one.
 */
FPU_INLINE u64 increment(u64 sgn, u64 mask, unsigned rd)
{
	if (likely(rd == FPU_RN))
		return (mask >> 1) + 1;
	return rd == FPU_RZ || (rd & 1) != sgn ? 0 : mask;
}

/* The magnitude is sig / 2^62 * 2^(exp - bias), sig normalised as said above. */
FPU_INLINE u64 round_pack(unsigned m, u64 sgn, s32 exp, u64 sig, unsigned rd, unsigned *exc)
{
	const u64 mask = (1ull << (62 - m)) - 1, half = (mask >> 1) + 1;
	const u64 inc = increment(sgn, mask, rd);
	unsigned raised = 0, inexact = FPU_NX;
	u64 q, low;

	sgn *= sign_bit(m);
	if (unlikely((u32)exp - 1 >= exp_max(m) - 2)) {
		if (exp <= 0) {
			/* The hidden bit goes: exponent field 0, or 1 if rounding restores it. */
			sig = shr_sticky(sig, 1 - (u32)exp);
			exp = 1;
			raised = FPU_TINY;
			inexact = FPU_UF | FPU_NX;
		} else if (exp >= (s32)exp_max(m) || (sig + inc) >> 63) {
			*exc = FPU_OF | FPU_NX;
			return sgn | (inf(m) - !inc);
		}
	}
	low = sig & mask;
	q = (sig + inc) >> (62 - m);
	q &= ~(u64)(low == half && rd == FPU_RN);
	*exc = raised | (low ? inexact : 0);
	/* The hidden bit counts one into the exponent, and so does a carry out of the fraction. */
	return sgn | (((u64)((u32)exp - 1) << m) + q);
}

struct num {
	s32 exp; /* biased, below 1 for what was subnormal */
	u64 sig; /* leading 1 at bit m */
};

/* v is finite and not 0. */
FPU_INLINE struct num unpack(unsigned m, u64 v)
{
	struct num n = { .exp = (s32)exp_of(m, v), .sig = v & (hidden(m) - 1) };
	u32 sh;

	if (likely(n.exp)) {
		n.sig |= hidden(m);
		return n;
	}
	sh = (u32)__builtin_clzll(n.sig) - (63 - m);
	n.sig <<= sh;
	n.exp = 1 - (s32)sh;
	return n;
}

/* a + b, or a - b if neg; one of them is infinite or a NaN. */
static __cold u64 add_special(unsigned m, u64 a, u64 b, bool neg, unsigned *exc)
{
	if (is_nan(m, a) || is_nan(m, b))
		return propagate_nan(m, a, b, exc);
	if (neg)
		b ^= sign_bit(m);
	if ((a ^ b) == sign_bit(m))
		return invalid(m, exc);
	*exc = 0;
	return mag(m, a) == inf(m) ? a : b;
}

FPU_INLINE u64 add(unsigned m, u64 a, u64 b, bool neg, unsigned rd, unsigned *exc)
{
	u64 diff = sign(m, a ^ b) ^ neg, sgn = sign(m, a);
	u64 x = mag(m, a), y = mag(m, b), less = x < y, s;
	s32 ex, ey;
	u32 sh;

	/* The larger magnitude first. Without branches: nobody could predict them. */
	s = (x ^ y) & -less;
	x ^= s;
	y ^= s;
	sgn ^= diff & less;
	ex = (s32)(x >> m);
	ey = (s32)(y >> m);
	if (unlikely(ex == (s32)exp_max(m)))
		return add_special(m, a, b, neg, exc);
	/* Leading 1s at bit 61, so that the sum's is at 62 or below. */
	x = ((x & (hidden(m) - 1)) | (u64)(ex != 0) << m) << (61 - m);
	y = ((y & (hidden(m) - 1)) | (u64)(ey != 0) << m) << (61 - m);
	ex += !ex;
	ey += !ey;
	y = shr_sticky(y, (u32)(ex - ey));
	s = x + (y ^ -diff) + diff;
	if (unlikely(!s)) {
		*exc = 0;
		return (diff ? rd == FPU_RM : sgn) * sign_bit(m);
	}
	/* Where this shifts by more than 1 the exponents were at most 1 apart: no sticky bit. */
	sh = (u32)__builtin_clzll(s) - 1;
	return round_pack(m, sgn, ex + 1 - (s32)sh, s << sh, rd, exc);
}

/* True if the product follows from the kinds of a and b alone. */
static __cold bool mul_special(unsigned m, u64 a, u64 b, u64 *r, unsigned *exc)
{
	u64 x = mag(m, a), y = mag(m, b), sgn = (a ^ b) & sign_bit(m);

	*exc = 0;
	if (is_nan(m, a) || is_nan(m, b))
		*r = propagate_nan(m, a, b, exc);
	else if ((x == inf(m) && !y) || (y == inf(m) && !x))
		*r = invalid(m, exc);
	else if (x == inf(m) || y == inf(m))
		*r = sgn | inf(m);
	else if (!x || !y)
		*r = sgn;
	else
		return false;
	return true;
}

FPU_INLINE u64 mul(unsigned m, u64 a, u64 b, unsigned rd, unsigned *exc)
{
	struct num x, y;
	u64 hi, r;
	u128 p;
	u32 carry;

	if (unlikely(!is_normal(m, a) || !is_normal(m, b)) && mul_special(m, a, b, &r, exc))
		return r;
	x = unpack(m, a);
	y = unpack(m, b);
	if (m == DOUBLE) {
		p = (u128)(x.sig << 10) * (y.sig << 11);
		hi = (u64)(p >> 64) | ((u64)p != 0);
	} else {
		hi = (x.sig << 8) * (y.sig << 7);
	}
	carry = (u32)(hi >> 62);
	return round_pack(m, sign(m, a ^ b), x.exp + y.exp - bias(m) + (s32)carry,
			  hi << (carry ^ 1), rd, exc);
}

/* True if the quotient follows from the kinds of a and b alone. */
static __cold bool div_special(unsigned m, u64 a, u64 b, u64 *r, unsigned *exc)
{
	u64 x = mag(m, a), y = mag(m, b), sgn = (a ^ b) & sign_bit(m);

	*exc = 0;
	if (is_nan(m, a) || is_nan(m, b)) {
		*r = propagate_nan(m, a, b, exc);
	} else if (x == y && (!x || x == inf(m))) {
		*r = invalid(m, exc);
	} else if (!x || y == inf(m)) {
		*r = sgn;
	} else if (x == inf(m)) {
		*r = sgn | inf(m);
	} else if (!y) {
		*exc = FPU_DZ;
		*r = sgn | inf(m);
	} else {
		return false;
	}
	return true;
}

/* One 32-bit digit of a long division: *rem << 32 by d; d has bit 63 set, *rem < d. */
FPU_INLINE u64 div_digit(u64 *rem, u64 d)
{
	u64 dh = d >> 32, dl = d & 0xffffffff;
	u64 q = *rem / dh, r = *rem % dh;

	while (q * dl > r << 32) {
		q--;
		r += dh;
		if (r >> 32)
			break;
	}
	*rem = (*rem << 32) - q * d;
	return q;
}

FPU_INLINE u64 divide(unsigned m, u64 a, u64 b, unsigned rd, unsigned *exc)
{
	struct num x, y;
	u64 q, r, d;
	s32 exp, less;

	if (unlikely(!is_normal(m, a) || !is_normal(m, b)) && div_special(m, a, b, &r, exc))
		return r;
	x = unpack(m, a);
	y = unpack(m, b);
	less = x.sig < y.sig;
	x.sig <<= less;
	exp = x.exp - y.exp + bias(m) - less;
	/* 1 <= x / y < 2 */
	if (m == DOUBLE) {
		r = x.sig << 9;
		d = y.sig << 11;
		q = div_digit(&r, d) << 32;
		q |= div_digit(&r, d);
	} else {
		q = (x.sig << 39) / y.sig << 23;
		r = (x.sig << 39) % y.sig;
	}
	return round_pack(m, sign(m, a ^ b), exp, q | (r != 0), rd, exc);
}

/* 256 / sqrt(a) for a = 1 .. 4, in the middle of steps of 1/32. */
static const u8 rsqrt_table[96] = {
	254, 250, 247, 243, 240, 236, 233, 230, 228, 225, 222, 220, 217, 215, 212, 210,
	208, 206, 204, 202, 200, 198, 196, 194, 193, 191, 189, 188, 186, 185, 183, 182,
	180, 179, 178, 176, 175, 174, 172, 171, 170, 169, 168, 167, 166, 164, 163, 162,
	161, 160, 159, 158, 158, 157, 156, 155, 154, 153, 152, 151, 151, 150, 149, 148,
	147, 147, 146, 145, 144, 144, 143, 142, 142, 141, 140, 140, 139, 138, 138, 137,
	137, 136, 135, 135, 134, 134, 133, 132, 132, 131, 131, 130, 130, 129, 129, 128,
};

/* y near 1 / sqrt(a) brought nearer (Newton's step, never above); a is 2.30, y 0.32. */
FPU_INLINE u64 rsqrt_step(u64 a, u64 y)
{
	u64 ayy = a * (y * y >> 32) >> 30;

	return y * (((3ull << 32) - ayy) >> 1) >> 32;
}

/*
 * The square root of a = 1 .. 4, given as 2.52, to 54 places and sticky, leading 1 at bit 62.
 * The estimates lose nothing that matters: the last step corrects against the exact remainder.
 */
static u64 sqrt_sig(u64 a)
{
	u64 hi = a >> 22, y = (u64)rsqrt_table[(a >> 47) - 32] << 24, q;
	s64 rem;

	/* 1 / sqrt(a) to some 7, 13, 25 bits. */
	y = rsqrt_step(hi, y);
	y = rsqrt_step(hi, y);
	/* The root to 24 bits (1.31), then to 49 (1.54), by what is missing: (a - q^2) y / 2. */
	q = hi * y >> 31;
	rem = (s64)((a << 10) - q * q);
	q = (q << 23) + (u64)((rem >> 10) * (s64)y >> 31);
	/* Again, to 54: the remainder has 108 places, and 68 of them are enough. */
	rem = (s64)((a << 16) - (u64)((u128)q * q >> 40));
	q += (u64)(rem * (s64)y >> 47);
	/* Now q is off by a unit or two, and the remainder fits 64 bits. */
	rem = (s64)((a << 56) - q * q);
	while (rem < 0) {
		q--;
		rem += (s64)(2 * q + 1);
	}
	while (rem > (s64)(2 * q)) {
		rem -= (s64)(2 * q + 1);
		q++;
	}
	return q << 8 | (rem != 0);
}

FPU_INLINE u64 root(unsigned m, u64 b, unsigned rd, unsigned *exc)
{
	struct num x;
	s32 exp;

	if (unlikely(!is_normal(m, b) || sign(m, b))) {
		if (is_nan(m, b))
			return propagate_nan(m, 0, b, exc);
		*exc = 0;
		if (!mag(m, b) || b == inf(m))
			return b;
		if (sign(m, b))
			return invalid(m, exc);
	}
	x = unpack(m, b);
	exp = x.exp - bias(m);
	return round_pack(m, 0, (exp >> 1) + bias(m), sqrt_sig(x.sig << (DOUBLE - m + (exp & 1))),
			  rd, exc);
}

u32 fpu_adds(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	return (u32)add(SINGLE, a, b, false, rd, exc);
}

u32 fpu_subs(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	return (u32)add(SINGLE, a, b, true, rd, exc);
}

u32 fpu_muls(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	return (u32)mul(SINGLE, a, b, rd, exc);
}

u32 fpu_divs(u32 a, u32 b, unsigned rd, unsigned *exc)
{
	return (u32)divide(SINGLE, a, b, rd, exc);
}

u32 fpu_sqrts(u32 b, unsigned rd, unsigned *exc)
{
	return (u32)root(SINGLE, b, rd, exc);
}

u64 fpu_addd(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	return add(DOUBLE, a, b, false, rd, exc);
}

u64 fpu_subd(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	return add(DOUBLE, a, b, true, rd, exc);
}

u64 fpu_muld(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	return mul(DOUBLE, a, b, rd, exc);
}

u64 fpu_divd(u64 a, u64 b, unsigned rd, unsigned *exc)
{
	return divide(DOUBLE, a, b, rd, exc);
}

u64 fpu_sqrtd(u64 b, unsigned rd, unsigned *exc)
{
	return root(DOUBLE, b, rd, exc);
}

/* A single of any kind as a double; NaNs keep their signalling bit. */
FPU_INLINE u64 widen(u32 v)
{
	u64 sgn = (u64)(v >> 31) << 63;
	struct num n;

	if (!mag(SINGLE, v))
		return sgn;
	if (unlikely(mag(SINGLE, v) >= inf(SINGLE)))
		return sgn | inf(DOUBLE) | (u64)(v & (hidden(SINGLE) - 1)) << (DOUBLE - SINGLE);
	n = unpack(SINGLE, v);
	/* As in round_pack(): the hidden bit is one of the exponent. */
	return sgn | (((u64)(n.exp + bias(DOUBLE) - bias(SINGLE) - 1) << DOUBLE) +
		      (n.sig << (DOUBLE - SINGLE)));
}

u64 fpu_stod(u32 b, unsigned *exc)
{
	if (unlikely(is_nan(SINGLE, b)))
		return propagate_nan(DOUBLE, 0, widen(b), exc);
	*exc = 0;
	return widen(b);
}

u64 fpu_smuld(u32 a, u32 b, unsigned *exc)
{
	return mul(DOUBLE, widen(a), widen(b), FPU_RN, exc);
}

u32 fpu_dtos(u64 b, unsigned rd, unsigned *exc)
{
	u32 sgn = (u32)(b >> 63);
	struct num n;

	if (unlikely(!is_normal(DOUBLE, b))) {
		u64 frac;

		if (is_nan(DOUBLE, b)) {
			frac = propagate_nan(DOUBLE, 0, b, exc) & (hidden(DOUBLE) - 1);
			return sgn << 31 | (u32)inf(SINGLE) | (u32)(frac >> (DOUBLE - SINGLE));
		}
		*exc = 0;
		if (!mag(DOUBLE, b))
			return sgn << 31;
		if (mag(DOUBLE, b) == inf(DOUBLE))
			return sgn << 31 | (u32)inf(SINGLE);
	}
	n = unpack(DOUBLE, b);
	return (u32)round_pack(SINGLE, sgn, n.exp - bias(DOUBLE) + bias(SINGLE),
			       n.sig << (62 - DOUBLE), rd, exc);
}

FPU_INLINE u64 from_int(unsigned m, u32 b, unsigned rd, unsigned *exc)
{
	u32 sgn = b >> 31, v = sgn ? -b : b, sh;

	*exc = 0;
	if (!v)
		return 0;
	sh = (u32)__builtin_clz(v);
	return round_pack(m, sgn, bias(m) + 31 - (s32)sh, (u64)v << (31 + sh), rd, exc);
}

u32 fpu_itos(u32 b, unsigned rd, unsigned *exc)
{
	return (u32)from_int(SINGLE, b, rd, exc);
}

u64 fpu_itod(u32 b)
{
	unsigned exc;

	return from_int(DOUBLE, b, FPU_RN, &exc);
}

FPU_INLINE u32 to_int(unsigned m, u64 b, unsigned *exc)
{
	s32 exp = (s32)exp_of(m, b) - bias(m);
	u32 sgn = (u32)sign(m, b), v;
	u64 sig;

	if (exp < 0) {
		*exc = mag(m, b) ? FPU_NX : 0;
		return 0;
	}
	if (exp < 32) {
		/* 32.31 and more; |v| < 2^32 */
		sig = ((b & (hidden(m) - 1)) | hidden(m)) << (DOUBLE - m);
		v = (u32)(sig >> (DOUBLE - (u32)exp));
		if (v <= 0x7fffffff + sgn) {
			*exc = sig << (12 + exp) ? FPU_NX : 0;
			return sgn ? -v : v;
		}
	}
	*exc = FPU_NV;
	return 0x7fffffff + sgn;
}

u32 fpu_stoi(u32 b, unsigned *exc)
{
	return to_int(SINGLE, b, exc);
}

u32 fpu_dtoi(u64 b, unsigned *exc)
{
	return to_int(DOUBLE, b, exc);
}

FPU_INLINE unsigned compare(unsigned m, u64 a, u64 b, bool signal_quiet, unsigned *exc)
{
	*exc = 0;
	if (unlikely(is_nan(m, a) || is_nan(m, b))) {
		if (signal_quiet || is_snan(m, a) || is_snan(m, b))
			*exc = FPU_NV;
		return FPU_U;
	}
	if (a == b || !mag(m, a | b))
		return FPU_E;
	if (sign(m, a ^ b))
		return sign(m, a) ? FPU_L : FPU_G;
	/* Of one sign and different: magnitudes are ordered like their bits. */
	return (a < b) != sign(m, a) ? FPU_L : FPU_G;
}

unsigned fpu_cmps(u32 a, u32 b, unsigned *exc)
{
	return compare(SINGLE, a, b, false, exc);
}

unsigned fpu_cmpes(u32 a, u32 b, unsigned *exc)
{
	return compare(SINGLE, a, b, true, exc);
}

unsigned fpu_cmpd(u64 a, u64 b, unsigned *exc)
{
	return compare(DOUBLE, a, b, false, exc);
}

unsigned fpu_cmped(u64 a, u64 b, unsigned *exc)
{
	return compare(DOUBLE, a, b, true, exc);
}
