/* SPDX-License-Identifier: MIT */
/*
 * Operands for the FPU tests: a reproducible sequence that dwells on the corners, which are
 * exponents at the ends of the range and near each other, fractions of long runs of 0s or 1s,
 * and results next to a number or half way between two.
 */
#ifndef T_FPU_OPERANDS_H
#define T_FPU_OPERANDS_H

#include <stdlib.h>

#include "lib/types.h"

typedef unsigned __int128 u128;

struct format {
	int p; /* digits of the significand */
	int emin, emax; /* exponents of the least and the greatest normal number */
	int sign; /* bit number */
};

static const struct format fmt_s = { .p = 24, .emin = -126, .emax = 127, .sign = 31 };
static const struct format fmt_d = { .p = 53, .emin = -1022, .emax = 1023, .sign = 63 };

#define S (&fmt_s)
#define D (&fmt_d)

/* What an operation takes: singles, doubles, or one 32-bit integer as rs2. */
enum { IN_S, IN_D, IN_I };

static u64 rng;

static u64 rnd(void)
{
	u64 z = rng += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static u64 pick_frac(int w)
{
	u64 all = (1ull << w) - 1, r = rnd();
	int sh = (int)(r >> 8 & 0xffff) % w;

	switch (r % 12) {
	case 0:
		return 0;
	case 1:
		return all;
	case 2:
		return 1ull << sh;
	case 3:
		return all >> sh;
	case 4:
		return all & all << sh;
	case 5:
		return ((1ull << sh) + (r & 64 ? 1 : (u64)-1)) & all;
	case 6:
		return (rnd() << sh) & all;
	case 7:
		return (all ^ 1ull << sh) & all;
	case 8:
		return rnd() & all >> sh;
	default:
		return rnd() & all;
	}
}

/* The exponent field for which a product or quotient is about to leave the range. */
static int edge(const struct format *f, int near, unsigned which)
{
	switch (which) {
	case 0:
		return f->emax - near;
	case 1:
		return 3 * f->emax + 1 - near;
	case 2:
		return near - f->emax;
	default:
		return near + f->emax;
	}
}

/* `near` is the exponent field of the other operand, or -1. */
static u64 pick(const struct format *f, int near)
{
	int top = f->emax * 2 + 1, field;
	u64 r = rnd();

	switch (r % 16) {
	case 0:
		field = 0;
		break;
	case 1:
		field = 1 + (int)(r >> 8 & 0xffff) % 3;
		break;
	case 2:
		field = top - 1 - (int)(r >> 8 & 0xffff) % 3;
		break;
	case 3:
		field = r >> 8 & 1 ? top : 0;
		break;
	case 4:
	case 5:
		field = f->emax - 34 + (int)(r >> 8 & 0xffff) % 68;
		break;
	case 6:
		field = f->emax / 2 - f->p + (int)(r >> 8 & 0xffff) % (2 * f->p);
		break;
	case 7:
	case 8:
	case 9:
	case 10:
	case 11:
		if (near >= 0) {
			field = near - f->p - 3 + (int)(r >> 8 & 0xffff) % (2 * f->p + 6);
			if (r >> 33 & 1)
				field = edge(f, near, r >> 34 & 3) + (int)(r >> 40) % 5 - 2;
			else if (r >> 34 & 1)
				field = near - 2 + (int)(r >> 40) % 5;
			break;
		}
		/* fall through */
	default:
		field = (int)(r >> 8 & 0xffff) % (top + 1);
	}
	field = field < 0 ? 0 : field > top ? top : field;
	return (r >> 63) << f->sign | (u64)field << (f->p - 1) | pick_frac(f->p - 1);
}

/*
 * Operands whose quotient, product or root lies next to a number or half way between two:
 * *a = q * *b for a q of p + 1 digits, cut to p digits and then moved by -1, 0 or 1 unit.
 */
static void near_half(const struct format *f, bool square, u64 *a, u64 *b)
{
	u64 one = 1ull << (f->p - 1), q, y;
	u128 prod;
	int len;

	q = (one | pick_frac(f->p - 1)) * 2 + (rnd() & 1);
	y = square ? q : one | pick_frac(f->p - 1);
	prod = (u128)q * y;
	for (len = 0; prod >> len > 1; len++)
		;
	prod >>= len - (f->p - 1);
	*a = ((u64)prod - one + rnd() % 3 - 1) & (one - 1);
	*a |= (rnd() & 1) << f->sign | (u64)(f->emax - 1 + (int)(rnd() % 4)) << (f->p - 1);
	*b = (y & (one - 1)) | (u64)(f->emax + (int)(rnd() % 3)) << (f->p - 1);
}

static u64 pick_int(void)
{
	u64 r = rnd();

	switch (r % 4) {
	case 0:
		return (u32)(1u << (r >> 8 & 31)) + (u32)(r >> 16 & 3) - 1;
	case 1:
		return (u32)((1u << (r >> 8 & 31)) | (1u << (r >> 16 & 31)) |
			     (1u << (r >> 24 & 31)));
	case 2:
		return (u32)rnd() >> (r >> 8 & 31);
	default:
		return (u32)rnd();
	}
}

static void pick_pair(int in, u64 *a, u64 *b)
{
	const struct format *f = in == IN_S ? S : D;
	u64 t, how = rnd();

	if (in == IN_I) {
		*a = 0;
		*b = pick_int();
		return;
	}
	if (how % 4 == 0) {
		near_half(f, how & 16, a, b);
	} else {
		*a = pick(f, -1);
		*b = pick(f, (int)(*a >> (f->p - 1)) & (f->emax * 2 + 1));
		if (how % 64 == 1)
			*b = *a ^ (how >> 8 & 1) << f->sign;
	}
	/* Half of the time the other way round, which is what unary operations see. */
	if (how & 32) {
		t = *a;
		*a = *b;
		*b = t;
	}
}

static u64 env(const char *name, u64 otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtoull(s, NULL, 0) : otherwise;
}

#endif
