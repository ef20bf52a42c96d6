/* SPDX-License-Identifier: MIT */
/*
 * The FPU's arithmetic against a model that knows nothing of it: operands are decoded into
 * exact big integers, the exact result is computed bit by bit and rounded by the definition
 * in IEEE 754 section 4; NaNs follow the table of SPARC V8 appendix N.
 *
 *   VONK_FPU_VECTORS  operand pairs, shared by all operations (each in all rounding modes)
 *   VONK_FPU_SEED     another sequence
 */
#include <string.h>

#include "arch/sparc/fpu.h"
#include "t/fpu-operands.h"
#include "t/tap.h"

/* ---- natural numbers, large enough for the sum of any two doubles ---- */

#define LIMBS 36

struct big {
	int n; /* limbs in use: w[n - 1] != 0 */
	u64 w[LIMBS];
};

static void big_set(struct big *x, u128 v)
{
	x->w[0] = (u64)v;
	x->w[1] = (u64)(v >> 64);
	x->n = x->w[1] ? 2 : x->w[0] ? 1 : 0;
}

static int big_len(const struct big *x)
{
	return x->n ? x->n * 64 - __builtin_clzll(x->w[x->n - 1]) : 0;
}

static void big_shl(struct big *x, int sh)
{
	int limbs = sh / 64, rest = sh % 64, i;

	if (!x->n)
		return;
	for (i = x->n - 1; i >= 0; i--)
		x->w[i + limbs] = x->w[i];
	memset(x->w, 0, sizeof(u64) * (size_t)limbs);
	x->n += limbs;
	if (!rest)
		return;
	x->w[x->n] = 0;
	for (i = x->n; i > limbs; i--)
		x->w[i] = x->w[i] << rest | x->w[i - 1] >> (64 - rest);
	x->w[limbs] <<= rest;
	if (x->w[x->n])
		x->n++;
}

static int big_cmp(const struct big *x, const struct big *y)
{
	int i;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	for (i = x->n - 1; i >= 0; i--)
		if (x->w[i] != y->w[i])
			return x->w[i] < y->w[i] ? -1 : 1;
	return 0;
}

static void big_add(struct big *x, const struct big *y)
{
	u128 c = 0;
	int i;

	for (i = 0; i < x->n || i < y->n || c; i++) {
		c += i < x->n ? x->w[i] : 0;
		c += i < y->n ? y->w[i] : 0;
		x->w[i] = (u64)c;
		c >>= 64;
	}
	x->n = i;
}

/* x >= y */
static void big_sub(struct big *x, const struct big *y)
{
	u64 borrow = 0, b;
	int i;

	for (i = 0; i < x->n; i++) {
		b = i < y->n ? y->w[i] : 0;
		u128 d = (u128)x->w[i] - b - borrow;
		x->w[i] = (u64)d;
		borrow = (u64)(d >> 64) & 1;
	}
	while (x->n && !x->w[x->n - 1])
		x->n--;
}

static bool big_bit(const struct big *x, int i)
{
	return i / 64 < x->n && (x->w[i / 64] >> i % 64 & 1);
}

/* ---- values ---- */

enum kind { NUMBER, QNAN, SNAN, INFINITE };

/* (-1)^neg * n * 2^e for a number. */
struct val {
	enum kind kind;
	bool neg;
	u64 n;
	int e;
	u64 frac;
};

static struct val decode(const struct format *f, u64 v)
{
	u64 frac = v & ((1ull << (f->p - 1)) - 1);
	int field = (int)(v >> (f->p - 1)) & (f->emax * 2 + 1);
	struct val r = { .neg = v >> f->sign & 1, .frac = frac };

	if (field == f->emax * 2 + 1) {
		r.kind = !frac ? INFINITE : frac >> (f->p - 2) ? QNAN : SNAN;
	} else if (field == 0) {
		r.n = frac;
		r.e = f->emin - f->p + 1;
	} else {
		r.n = frac + (1ull << (f->p - 1));
		r.e = field - f->emax - f->p + 1;
	}
	return r;
}

static u64 encode_inf(const struct format *f, bool neg)
{
	return (u64)neg << f->sign | (u64)(f->emax * 2 + 1) << (f->p - 1);
}

static u64 encode_max(const struct format *f, bool neg)
{
	return encode_inf(f, neg) - 1;
}

static u64 default_nan(const struct format *f)
{
	return (1ull << f->sign) - 1;
}

/* ---- rounding ---- */

/* The exact result: n * 2^e, or strictly between that and (n + 1) * 2^e if more. */
struct exact {
	struct big n;
	int e;
	bool more, neg;
};

static u64 round_exact(const struct format *f, const struct exact *x, unsigned rd, unsigned *exc)
{
	int len = big_len(&x->n), ulp, drop, i;
	bool half = false, below = x->more, up;
	u64 q = 0;

	*exc = 0;
	if (!len)
		return (u64)x->neg << f->sign;
	/* The unit in the last place of the numbers around x. */
	ulp = x->e + len - f->p;
	if (ulp < f->emin - f->p + 1) {
		ulp = f->emin - f->p + 1;
		if (x->e + len <= f->emin)
			*exc |= FPU_TINY;
	}
	drop = ulp - x->e;
	for (i = drop > 0 ? drop : 0; i < len; i++)
		q |= (u64)big_bit(&x->n, i) << (i - drop);
	for (i = 0; i < drop - 1; i++) {
		below |= big_bit(&x->n, i);
		if (!(i % 64) && i + 64 < drop - 1 && !x->n.w[i / 64])
			i += 63;
	}
	if (drop > 0)
		half = big_bit(&x->n, drop - 1);
	if (half || below)
		*exc |= FPU_NX;
	switch (rd) {
	case FPU_RN:
		up = half && (below || q % 2);
		break;
	case FPU_RP:
		up = (half || below) && !x->neg;
		break;
	case FPU_RM:
		up = (half || below) && x->neg;
		break;
	default:
		up = false;
	}
	q += up;
	if (q == 1ull << f->p) {
		q /= 2;
		ulp++;
	}
	if ((*exc & FPU_TINY) && (*exc & FPU_NX))
		*exc |= FPU_UF;
	if (ulp + f->p - 1 > f->emax) {
		*exc |= FPU_OF | FPU_NX;
		if (rd == FPU_RN || (rd == FPU_RP && !x->neg) || (rd == FPU_RM && x->neg))
			return encode_inf(f, x->neg);
		return encode_max(f, x->neg);
	}
	if (q < 1ull << (f->p - 1))
		return (u64)x->neg << f->sign | q;
	return (u64)x->neg << f->sign | (u64)(ulp + f->p - 1 + f->emax) << (f->p - 1) |
	       (q - (1ull << (f->p - 1)));
}

/* ---- operations ---- */

/* Appendix N: whose NaN is the result; rows rs1, columns rs2, both number, quiet, signalling. */
static const int nan_of[3][3] = { { 0, 2, 2 }, { 1, 2, 2 }, { 1, 1, 2 } };

/* A NaN operand in another format; `out` may equal `in`. */
static u64 nan_result(const struct format *in, const struct format *out, const struct val *v)
{
	u64 frac = v->frac;

	frac = out->p > in->p ? frac << (out->p - in->p) : frac >> (in->p - out->p);
	return encode_inf(out, v->neg) | frac | 1ull << (out->p - 2);
}

static bool model_nan(const struct format *in, const struct format *out, const struct val *a,
		      const struct val *b, u64 *r, unsigned *exc)
{
	int ka = a->kind == INFINITE ? NUMBER : (int)a->kind;
	int kb = b->kind == INFINITE ? NUMBER : (int)b->kind;

	if (!nan_of[ka][kb])
		return false;
	*exc = a->kind == SNAN || b->kind == SNAN ? FPU_NV : 0;
	*r = nan_result(in, out, nan_of[ka][kb] == 1 ? a : b);
	return true;
}

static u64 model_invalid(const struct format *f, unsigned *exc)
{
	*exc = FPU_NV;
	return default_nan(f);
}

static u64 model_add(const struct format *f, u64 av, u64 bv, bool minus, unsigned rd, unsigned *exc)
{
	struct val a = decode(f, av), b = decode(f, bv);
	struct exact x = { .more = false };
	struct big y;
	u64 r;
	int c;

	if (model_nan(f, f, &a, &b, &r, exc))
		return r;
	b.neg ^= minus;
	*exc = 0;
	if (a.kind == INFINITE && b.kind == INFINITE && a.neg != b.neg)
		return model_invalid(f, exc);
	if (a.kind == INFINITE)
		return encode_inf(f, a.neg);
	if (b.kind == INFINITE)
		return encode_inf(f, b.neg);
	x.e = a.e < b.e ? a.e : b.e;
	big_set(&x.n, a.n);
	big_shl(&x.n, a.e - x.e);
	big_set(&y, b.n);
	big_shl(&y, b.e - x.e);
	x.neg = a.neg;
	if (a.neg == b.neg) {
		big_add(&x.n, &y);
	} else {
		c = big_cmp(&x.n, &y);
		if (c >= 0) {
			big_sub(&x.n, &y);
		} else {
			big_sub(&y, &x.n);
			x.n = y;
			x.neg = b.neg;
		}
		/* IEEE 754 6.3: x - x is +0 in all modes but towards minus infinity. */
		if (!c)
			x.neg = rd == FPU_RM;
	}
	return round_exact(f, &x, rd, exc);
}

static u64 model_mul(const struct format *in, const struct format *f, u64 av, u64 bv, unsigned rd,
		     unsigned *exc)
{
	struct val a = decode(in, av), b = decode(in, bv);
	struct exact x = { .neg = a.neg != b.neg };
	u64 r;

	if (model_nan(in, f, &a, &b, &r, exc))
		return r;
	*exc = 0;
	if (a.kind == INFINITE || b.kind == INFINITE) {
		if ((a.kind == NUMBER && !a.n) || (b.kind == NUMBER && !b.n))
			return model_invalid(f, exc);
		return encode_inf(f, x.neg);
	}
	big_set(&x.n, (u128)a.n * b.n);
	x.e = a.e + b.e;
	return round_exact(f, &x, rd, exc);
}

static u64 model_div(const struct format *f, u64 av, u64 bv, unsigned rd, unsigned *exc)
{
	struct val a = decode(f, av), b = decode(f, bv);
	struct exact x = { .neg = a.neg != b.neg };
	u128 q, rem;
	u64 r;

	if (model_nan(f, f, &a, &b, &r, exc))
		return r;
	*exc = 0;
	if (a.kind == INFINITE)
		return b.kind == INFINITE ? model_invalid(f, exc) : encode_inf(f, x.neg);
	if (b.kind == INFINITE)
		return (u64)x.neg << f->sign;
	if (!b.n) {
		if (!a.n)
			return model_invalid(f, exc);
		*exc = FPU_DZ;
		return encode_inf(f, x.neg);
	}
	/* Long division in binary, to 64 digits and more than any format has. */
	q = a.n / b.n;
	rem = a.n % b.n;
	x.e = a.e - b.e;
	while (rem && !(q >> 64)) {
		rem *= 2;
		q *= 2;
		if (rem >= b.n) {
			rem -= b.n;
			q++;
		}
		x.e--;
	}
	big_set(&x.n, q);
	x.more = rem != 0;
	return round_exact(f, &x, rd, exc);
}

static u64 model_sqrt(const struct format *f, u64 bv, unsigned rd, unsigned *exc)
{
	struct val none = { .kind = NUMBER }, b = decode(f, bv);
	struct exact x = { .neg = b.neg };
	u128 n, q = 0, bit;
	u64 r;

	if (model_nan(f, f, &none, &b, &r, exc))
		return r;
	*exc = 0;
	if (b.kind == NUMBER && !b.n)
		return (u64)b.neg << f->sign;
	if (b.neg)
		return model_invalid(f, exc);
	if (b.kind == INFINITE)
		return encode_inf(f, false);
	/* n with an even exponent and some 120 bits; then the digits of the root, each tried. */
	n = b.n;
	while (n >> 120 == 0 || b.e % 2) {
		n *= 2;
		b.e--;
	}
	for (bit = (u128)1 << 61; bit; bit /= 2)
		if ((q + bit) * (q + bit) <= n)
			q += bit;
	big_set(&x.n, q);
	x.e = b.e / 2;
	x.more = q * q != n;
	return round_exact(f, &x, rd, exc);
}

static u64 model_convert(const struct format *in, const struct format *f, u64 bv, unsigned rd,
			 unsigned *exc)
{
	struct val none = { .kind = NUMBER }, b = decode(in, bv);
	struct exact x = { .neg = b.neg, .e = b.e };
	u64 r;

	if (model_nan(in, f, &none, &b, &r, exc))
		return r;
	*exc = 0;
	if (b.kind == INFINITE)
		return encode_inf(f, b.neg);
	big_set(&x.n, b.n);
	return round_exact(f, &x, rd, exc);
}

static u64 model_from_int(const struct format *f, u32 b, unsigned rd, unsigned *exc)
{
	s64 v = (s32)b;
	struct exact x = { .neg = v < 0 };

	big_set(&x.n, (u128)(v < 0 ? -v : v));
	return round_exact(f, &x, rd, exc);
}

static u32 model_to_int(const struct format *f, u64 bv, unsigned *exc)
{
	struct val b = decode(f, bv);
	s64 v, limit = b.neg ? 0x80000000ll : 0x7fffffffll;
	int e = b.e;
	u64 n = b.n;
	bool lost = false;

	*exc = FPU_NV;
	if (b.kind != NUMBER || (n && e > 32))
		return (u32)limit;
	for (; e < 0 && n; e++) {
		lost |= n & 1;
		n /= 2;
	}
	for (; e > 0 && n <= 0x80000000; e--)
		n *= 2;
	if (n > (u64)limit)
		return (u32)limit;
	*exc = lost ? FPU_NX : 0;
	v = b.neg ? -(s64)n : (s64)n;
	return (u32)v;
}

/* -1, 0, 1 by exact value; infinities are larger than every number. */
static int model_order(const struct val *a, const struct val *b)
{
	struct big x, y;
	int e = a->e < b->e ? a->e : b->e, c;

	if (a->kind == NUMBER && b->kind == NUMBER && !a->n && !b->n)
		return 0;
	if (a->neg != b->neg)
		return a->neg ? -1 : 1;
	if (a->kind == INFINITE || b->kind == INFINITE) {
		c = (a->kind == INFINITE) - (b->kind == INFINITE);
	} else {
		big_set(&x, a->n);
		big_shl(&x, a->e - e);
		big_set(&y, b->n);
		big_shl(&y, b->e - e);
		c = big_cmp(&x, &y);
	}
	return a->neg ? -c : c;
}

static unsigned model_cmp(const struct format *f, u64 av, u64 bv, bool e, unsigned *exc)
{
	struct val a = decode(f, av), b = decode(f, bv);
	bool nan = a.kind == QNAN || a.kind == SNAN || b.kind == QNAN || b.kind == SNAN;
	static const unsigned fcc[3] = { FPU_L, FPU_E, FPU_G };

	*exc = 0;
	if (nan) {
		*exc = e || a.kind == SNAN || b.kind == SNAN ? FPU_NV : 0;
		return 3;
	}
	return fcc[model_order(&a, &b) + 1];
}

/* ---- the operations, side by side ---- */

#define OP(name, in, modes, reach, ours, model)                                                    \
	static u64 got_##name(u64 a, u64 b, unsigned rd, unsigned *exc)                            \
	{                                                                                          \
		(void)a, (void)b, (void)rd;                                                        \
		return ours;                                                                       \
	}                                                                                          \
	static u64 want_##name(u64 a, u64 b, unsigned rd, unsigned *exc)                           \
	{                                                                                          \
		(void)a, (void)b, (void)rd;                                                        \
		return model;                                                                      \
	}
/* clang-format off */
#define OPS                                                                                        \
	OP(adds, IN_S, 4, 0x39, fpu_adds((u32)a, (u32)b, rd, exc), model_add(S, a, b, 0, rd, exc)) \
	OP(subs, IN_S, 4, 0x39, fpu_subs((u32)a, (u32)b, rd, exc), model_add(S, a, b, 1, rd, exc)) \
	OP(muls, IN_S, 4, 0x3d, fpu_muls((u32)a, (u32)b, rd, exc), model_mul(S, S, a, b, rd, exc)) \
	OP(divs, IN_S, 4, 0x3f, fpu_divs((u32)a, (u32)b, rd, exc), model_div(S, a, b, rd, exc))    \
	OP(sqrts, IN_S, 4, 0x11, fpu_sqrts((u32)b, rd, exc), model_sqrt(S, b, rd, exc))            \
	OP(addd, IN_D, 4, 0x39, fpu_addd(a, b, rd, exc), model_add(D, a, b, 0, rd, exc))           \
	OP(subd, IN_D, 4, 0x39, fpu_subd(a, b, rd, exc), model_add(D, a, b, 1, rd, exc))           \
	OP(muld, IN_D, 4, 0x3d, fpu_muld(a, b, rd, exc), model_mul(D, D, a, b, rd, exc))           \
	OP(divd, IN_D, 4, 0x3f, fpu_divd(a, b, rd, exc), model_div(D, a, b, rd, exc))              \
	OP(sqrtd, IN_D, 4, 0x11, fpu_sqrtd(b, rd, exc), model_sqrt(D, b, rd, exc))                 \
	OP(smuld, IN_S, 1, 0x10, fpu_smuld((u32)a, (u32)b, exc), model_mul(S, D, a, b, rd, exc))   \
	OP(dtos, IN_D, 4, 0x3d, fpu_dtos(b, rd, exc), model_convert(D, S, b, rd, exc))             \
	OP(stod, IN_S, 1, 0x10, fpu_stod((u32)b, exc), model_convert(S, D, b, rd, exc))            \
	OP(itos, IN_I, 4, 0x01, fpu_itos((u32)b, rd, exc), model_from_int(S, (u32)b, rd, exc))     \
	OP(itod, IN_I, 1, 0x00, (*exc = 0, fpu_itod((u32)b)), model_from_int(D, (u32)b, rd, exc))  \
	OP(stoi, IN_S, 1, 0x11, fpu_stoi((u32)b, exc), model_to_int(S, b, exc))                    \
	OP(dtoi, IN_D, 1, 0x11, fpu_dtoi(b, exc), model_to_int(D, b, exc))                         \
	OP(cmps, IN_S, 1, 0x10, fpu_cmps((u32)a, (u32)b, exc), model_cmp(S, a, b, 0, exc))         \
	OP(cmpes, IN_S, 1, 0x10, fpu_cmpes((u32)a, (u32)b, exc), model_cmp(S, a, b, 1, exc))       \
	OP(cmpd, IN_D, 1, 0x10, fpu_cmpd(a, b, exc), model_cmp(D, a, b, 0, exc))                   \
	OP(cmped, IN_D, 1, 0x10, fpu_cmped(a, b, exc), model_cmp(D, a, b, 1, exc))

OPS
#undef OP

static struct op {
	const char *name;
	int in;
	unsigned modes, reach; /* rounding directions; every exception that it can raise */
	u64 (*got)(u64 a, u64 b, unsigned rd, unsigned *exc);
	u64 (*want)(u64 a, u64 b, unsigned rd, unsigned *exc);
	u64 bad, vectors;
	unsigned seen; /* OR of all expected exceptions */
} ops[] = {
#define OP(name, in, modes, reach, ours, model)                                                    \
	{"fpu_" #name, in, modes, reach, got_##name, want_##name, 0, 0, 0},
	OPS
#undef OP
};
/* clang-format on */

/* ---- the run ---- */

static unsigned shown;

static void run(struct op *op, u64 a, u64 b)
{
	unsigned rd, got_exc, want_exc;
	u64 got, want;

	for (rd = 0; rd < op->modes; rd++) {
		got_exc = want_exc = ~0u;
		got = op->got(a, b, rd, &got_exc);
		want = op->want(a, b, rd, &want_exc);
		op->vectors++;
		op->seen |= want_exc;
		if (got == want && got_exc == want_exc)
			continue;
		op->bad++;
		if (shown++ < 20)
			diag("%s %0*" PRIx64 " %0*" PRIx64 " rd %u: got %" PRIx64
			     " exc %02x, want %" PRIx64 " exc %02x",
			     op->name, op->in == IN_D ? 16 : 8, a, op->in == IN_D ? 16 : 8, b, rd,
			     got, got_exc, want, want_exc);
	}
}

int main(void)
{
	u64 want_vectors = env("VONK_FPU_VECTORS", 4000000), total = 0, a, b;
	u64 seed = env("VONK_FPU_SEED", 0x5ac8);
	size_t i;
	int in;

	rng = seed;
	diag("seed 0x%" PRIx64 " (VONK_FPU_SEED), %" PRIu64 " vectors (VONK_FPU_VECTORS)", seed,
	     want_vectors);
	while (total < want_vectors) {
		for (in = IN_S; in <= IN_I; in++) {
			pick_pair(in, &a, &b);
			for (i = 0; i < ARRAY_SIZE(ops); i++) {
				if (ops[i].in != in)
					continue;
				run(&ops[i], a, b);
				total += ops[i].modes;
			}
		}
	}
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		ok(!ops[i].bad && ops[i].vectors, "%s: %" PRIu64 " of %" PRIu64 " differ",
		   ops[i].name, ops[i].bad, ops[i].vectors);
	for (i = 0; want_vectors >= 1000000 && i < ARRAY_SIZE(ops); i++)
		is(ops[i].seen, ops[i].reach, "%s: the vectors raise all that it can raise",
		   ops[i].name);
	return tap_done();
}
