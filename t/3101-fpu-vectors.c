/* SPDX-License-Identifier: MIT */
/* The FPU's arithmetic on operands whose results were worked out by hand from IEEE 754 and V8. */
#include "arch/sparc/fpu.h"
#include "t/tap.h"

#define NX FPU_NX
#define DZ FPU_DZ
#define OF (FPU_OF | FPU_NX)
#define NV FPU_NV
#define TINY FPU_TINY
#define UF (FPU_TINY | FPU_UF | FPU_NX)

enum op { ADDS, SUBS, MULS, DIVS, SQRTS, ADDD, SUBD, MULD, DIVD, SQRTD, SMULD, DTOS, STOD, ITOS };
enum { ITOD = ITOS + 1, STOI, DTOI, CMPS, CMPES, CMPD, CMPED };

static const char *const names[] = {
	"fadds", "fsubs", "fmuls",  "fdivs",  "fsqrts", "faddd", "fsubd",
	"fmuld", "fdivd", "fsqrtd", "fsmuld", "fdtos",	"fstod", "fitos",
	"fitod", "fstoi", "fdtoi",  "fcmps",  "fcmpes", "fcmpd", "fcmped",
};

static u64 apply(int op, u64 a, u64 b, unsigned rd, unsigned *exc)
{
	u32 x = (u32)a, y = (u32)b;

	switch (op) {
	case ADDS:
		return fpu_adds(x, y, rd, exc);
	case SUBS:
		return fpu_subs(x, y, rd, exc);
	case MULS:
		return fpu_muls(x, y, rd, exc);
	case DIVS:
		return fpu_divs(x, y, rd, exc);
	case SQRTS:
		return fpu_sqrts(y, rd, exc);
	case ADDD:
		return fpu_addd(a, b, rd, exc);
	case SUBD:
		return fpu_subd(a, b, rd, exc);
	case MULD:
		return fpu_muld(a, b, rd, exc);
	case DIVD:
		return fpu_divd(a, b, rd, exc);
	case SQRTD:
		return fpu_sqrtd(b, rd, exc);
	case SMULD:
		return fpu_smuld(x, y, exc);
	case DTOS:
		return fpu_dtos(b, rd, exc);
	case STOD:
		return fpu_stod(y, exc);
	case ITOS:
		return fpu_itos(y, rd, exc);
	case ITOD:
		*exc = 0;
		return fpu_itod(y);
	case STOI:
		return fpu_stoi(y, exc);
	case DTOI:
		return fpu_dtoi(b, exc);
	case CMPS:
		return fpu_cmps(x, y, exc);
	case CMPES:
		return fpu_cmpes(x, y, exc);
	case CMPD:
		return fpu_cmpd(a, b, exc);
	default:
		return fpu_cmped(a, b, exc);
	}
}

static void expect(int op, u64 a, u64 b, unsigned rd, u64 want, unsigned want_exc, const char *why)
{
	static const char *const dir[] = { "RN", "RZ", "RP", "RM" };
	unsigned exc = ~0u;
	u64 got = apply(op, a, b, rd, &exc);

	if (!ok(got == want && exc == want_exc, "%s %" PRIx64 " %" PRIx64 " %s: %s", names[op], a,
		b, dir[rd], why))
		diag("got %" PRIx64 " exc %02x, want %" PRIx64 " exc %02x", got, exc, want,
		     want_exc);
}

/* clang-format off */

/* One line an operation: r[] and exc[] by rounding direction RN, RZ, RP, RM. */
static const struct {
	int op;
	u64 a, b;
	u64 r[4];
	unsigned exc[4];
	const char *why;
} rounded[] = {
#define ALL(x) { x, x, x, x }
	/* Sums: the unit of 1 is 2^-52, below 1 it is 2^-53. */
	{ ADDD, 0x3ff0000000000000, 0x3ff0000000000000, ALL(0x4000000000000000), ALL(0), "1 + 1" },
	{ ADDD, 0x3ff0000000000000, 0x3ca0000000000000,
	  { 0x3ff0000000000000, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000000000000 },
	  ALL(NX), "1 + 2^-53 is half way, the even one is below" },
	{ ADDD, 0x3ff0000000000001, 0x3ca0000000000000,
	  { 0x3ff0000000000002, 0x3ff0000000000001, 0x3ff0000000000002, 0x3ff0000000000001 },
	  ALL(NX), "half way, the even one is above" },
	{ ADDD, 0x3ff0000000000000, 0x3ca0000000000001,
	  { 0x3ff0000000000001, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000000000000 },
	  ALL(NX), "just above half way" },
	{ ADDD, 0x3ff0000000000000, 0x3c9fffffffffffff,
	  { 0x3ff0000000000000, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000000000000 },
	  ALL(NX), "just below half way" },
	{ ADDD, 0x3ff0000000000000, 0xbc90000000000000,
	  { 0x3ff0000000000000, 0x3fefffffffffffff, 0x3ff0000000000000, 0x3fefffffffffffff },
	  ALL(NX), "1 - 2^-54 is half way" },
	{ ADDD, 0x3ff0000000000000, 0xbc8fffffffffffff,
	  { 0x3ff0000000000000, 0x3fefffffffffffff, 0x3ff0000000000000, 0x3fefffffffffffff },
	  ALL(NX), "1 - less than that" },
	{ ADDD, 0x3ff0000000000000, 0xbc90000000000001,
	  { 0x3fefffffffffffff, 0x3fefffffffffffff, 0x3ff0000000000000, 0x3fefffffffffffff },
	  ALL(NX), "1 - more than that" },
	{ ADDD, 0xbff0000000000000, 0x8000000000000001,
	  { 0xbff0000000000000, 0xbff0000000000000, 0xbff0000000000000, 0xbff0000000000001 },
	  ALL(NX), "-1 - 2^-1074: far away, but seen" },
	{ SUBD, 0x3ff0000000000000, 0x0000000000000001,
	  { 0x3ff0000000000000, 0x3fefffffffffffff, 0x3ff0000000000000, 0x3fefffffffffffff },
	  ALL(NX), "1 - 2^-1074 borrows all the way" },
	{ SUBD, 0x4330000000000001, 0x4330000000000000, ALL(0x3ff0000000000000), ALL(0),
	  "all digits but one cancel" },
	{ ADDS, 0x4b800000, 0x3f800000, { 0x4b800000, 0x4b800000, 0x4b800001, 0x4b800000 }, ALL(NX),
	  "2^24 + 1, to the even one" },
	{ ADDS, 0x4b800001, 0x3f800000, { 0x4b800002, 0x4b800001, 0x4b800002, 0x4b800001 }, ALL(NX),
	  "2^24 + 3, to the even one" },
	{ SUBS, 0xcb800000, 0x3f800000, { 0xcb800000, 0xcb800000, 0xcb800000, 0xcb800001 }, ALL(NX),
	  "-2^24 - 1" },
	/* Zeros. */
	{ ADDD, 0x3ff0000000000000, 0xbff0000000000000, { 0, 0, 0, 0x8000000000000000 }, ALL(0),
	  "x - x is +0, towards minus infinity -0" },
	{ SUBS, 0x00000001, 0x00000001, { 0, 0, 0, 0x80000000 }, ALL(0), "subnormal x - x" },
	{ ADDD, 0, 0x8000000000000000, { 0, 0, 0, 0x8000000000000000 }, ALL(0), "0 + -0" },
	{ ADDD, 0x8000000000000000, 0x8000000000000000, ALL(0x8000000000000000), ALL(0),
	  "-0 + -0" },
	{ SUBD, 0x8000000000000000, 0, ALL(0x8000000000000000), ALL(0), "-0 - 0" },
	{ ADDS, 0x80000000, 0x00000001, ALL(1), ALL(TINY), "-0 + least subnormal" },
	/* Overflow: past the greatest number by half of its unit or more. */
	{ ADDD, 0x7fefffffffffffff, 0x7fefffffffffffff,
	  { 0x7ff0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7fefffffffffffff },
	  ALL(OF), "greatest + greatest" },
	{ SUBD, 0xffefffffffffffff, 0x7fefffffffffffff,
	  { 0xfff0000000000000, 0xffefffffffffffff, 0xffefffffffffffff, 0xfff0000000000000 },
	  ALL(OF), "-greatest - greatest" },
	{ ADDD, 0x7fefffffffffffff, 0x7c90000000000000,
	  { 0x7ff0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7fefffffffffffff },
	  { OF, NX, OF, NX }, "greatest + half a unit: no overflow where it is cut" },
	{ ADDD, 0x7fefffffffffffff, 0x7c8fffffffffffff,
	  { 0x7fefffffffffffff, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7fefffffffffffff },
	  { NX, NX, OF, NX }, "greatest + less than half a unit" },
	{ ADDS, 0x7f7fffff, 0x73000000, { 0x7f800000, 0x7f7fffff, 0x7f800000, 0x7f7fffff },
	  { OF, NX, OF, NX }, "the same in single" },
	{ MULS, 0x7f7fffff, 0xc0000000, { 0xff800000, 0xff7fffff, 0xff7fffff, 0xff800000 }, ALL(OF),
	  "greatest * -2" },
	{ MULD, 0x7fe0000000000000, 0x4000000000000000,
	  { 0x7ff0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7fefffffffffffff },
	  ALL(OF), "2^1023 * 2" },
	{ DIVD, 0x7fefffffffffffff, 0x3fe0000000000000,
	  { 0x7ff0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7fefffffffffffff },
	  ALL(OF), "greatest / 0.5" },
	{ DIVS, 0x7f7fffff, 0x00000001, { 0x7f800000, 0x7f7fffff, 0x7f800000, 0x7f7fffff }, ALL(OF),
	  "greatest / least" },
	/* Subnormal numbers: sums of them are exact. */
	{ ADDD, 1, 1, ALL(2), ALL(TINY), "least + least: tiny, exact, no underflow" },
	{ ADDD, 0x000fffffffffffff, 1, ALL(0x0010000000000000), ALL(0), "becomes normal" },
	{ SUBD, 0x0010000000000000, 1, ALL(0x000fffffffffffff), ALL(TINY), "becomes subnormal" },
	{ ADDS, 0x007fffff, 0x007fffff, ALL(0x00fffffe), ALL(0), "two greatest subnormals" },
	{ MULD, 0x0010000000000000, 0x3fe0000000000000, ALL(0x0008000000000000), ALL(TINY),
	  "least normal * 0.5 is exact" },
	{ MULD, 0x0000000000000001, 0x3fe0000000000000, { 0, 0, 1, 0 }, ALL(UF), "least * 0.5" },
	{ MULD, 0x8000000000000001, 0x3fe0000000000000,
	  { 0x8000000000000000, 0x8000000000000000, 0x8000000000000000, 0x8000000000000001 },
	  ALL(UF), "-least * 0.5" },
	{ MULD, 0x0000000000000003, 0x3fe0000000000000, { 2, 1, 2, 1 }, ALL(UF), "1.5 least" },
	{ MULD, 0x0000000000000001, 0x3fe0000000000001, { 1, 0, 1, 0 }, ALL(UF), "over 0.5 least" },
	{ MULD, 0x0000000000000001, 0x0000000000000001, { 0, 0, 1, 0 }, ALL(UF), "least squared" },
	{ MULS, 0x00000001, 0x3f000000, { 0, 0, 1, 0 }, ALL(UF), "least * 0.5 in single" },
	{ MULS, 0x00800000, 0x3f000000, ALL(0x00400000), ALL(TINY), "least normal * 0.5" },
	{ DIVD, 0x0010000000000000, 0x4008000000000000,
	  { 0x0005555555555555, 0x0005555555555555, 0x0005555555555556, 0x0005555555555555 },
	  ALL(UF), "least normal / 3" },
	{ DIVD, 0x0000000000000003, 0x4008000000000000, ALL(1), ALL(TINY), "3 least / 3" },
	{ DIVD, 0x0000000000000001, 0x0000000000000001, ALL(0x3ff0000000000000), ALL(0),
	  "least / least" },
	/* 2^-1022 (1 - 2^-104), 2^-126 (1 - 2^-46): tiny before rounding, normal after it. */
	{ MULD, 0x0170000000000001, 0x3e8ffffffffffffe,
	  { 0x0010000000000000, 0x000fffffffffffff, 0x0010000000000000, 0x000fffffffffffff },
	  ALL(UF), "tininess is seen before rounding" },
	{ MULS, 0x20000001, 0x1ffffffe, { 0x00800000, 0x007fffff, 0x00800000, 0x007fffff }, ALL(UF),
	  "tininess is seen before rounding" },
	{ DTOS, 0, 0x380fffffffffffff, { 0x00800000, 0x007fffff, 0x00800000, 0x007fffff }, ALL(UF),
	  "tininess is seen before rounding" },
	/* Products. */
	{ MULD, 0x4008000000000000, 0xc014000000000000, ALL(0xc02e000000000000), ALL(0), "3 * -5" },
	{ MULD, 0x3ff0000000000001, 0x3ff0000000000001,
	  { 0x3ff0000000000002, 0x3ff0000000000002, 0x3ff0000000000003, 0x3ff0000000000002 },
	  ALL(NX), "(1 + 2^-52)^2 = 1 + 2^-51 + 2^-104" },
	{ MULD, 0x3ff0000000000001, 0x3ff8000000000000,
	  { 0x3ff8000000000002, 0x3ff8000000000001, 0x3ff8000000000002, 0x3ff8000000000001 },
	  ALL(NX), "(1 + 2^-52) * 1.5 is half way" },
	{ MULD, 0x3fefffffffffffff, 0x3fefffffffffffff,
	  { 0x3feffffffffffffe, 0x3feffffffffffffe, 0x3fefffffffffffff, 0x3feffffffffffffe },
	  ALL(NX), "(1 - 2^-53)^2" },
	{ MULS, 0x3f800001, 0x3f800001, { 0x3f800002, 0x3f800002, 0x3f800003, 0x3f800002 }, ALL(NX),
	  "(1 + 2^-23)^2" },
	{ MULS, 0x80000000, 0x40a00000, ALL(0x80000000), ALL(0), "-0 * 5" },
	/* Quotients. */
	{ DIVD, 0x4024000000000000, 0x4000000000000000, ALL(0x4014000000000000), ALL(0), "10 / 2" },
	{ DIVD, 0x3ff0000000000000, 0x4008000000000000,
	  { 0x3fd5555555555555, 0x3fd5555555555555, 0x3fd5555555555556, 0x3fd5555555555555 },
	  ALL(NX), "1 / 3" },
	{ DIVD, 0xbff0000000000000, 0x4008000000000000,
	  { 0xbfd5555555555555, 0xbfd5555555555555, 0xbfd5555555555555, 0xbfd5555555555556 },
	  ALL(NX), "-1 / 3" },
	{ DIVS, 0x3f800000, 0x40400000, { 0x3eaaaaab, 0x3eaaaaaa, 0x3eaaaaab, 0x3eaaaaaa }, ALL(NX),
	  "1 / 3" },
	{ DIVD, 0x3ff0000000000000, 0x3fefffffffffffff,
	  { 0x3ff0000000000001, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000000000000 },
	  ALL(NX), "1 / (1 - 2^-53) = 1 + 2^-53 + 2^-106: just above half way" },
	{ DIVD, 0x3fefffffffffffff, 0x3ff0000000000001,
	  { 0x3feffffffffffffd, 0x3feffffffffffffd, 0x3feffffffffffffe, 0x3feffffffffffffd },
	  ALL(NX), "(1 - 2^-53) / (1 + 2^-52) = 1 - 3 2^-53 + 3 2^-105 - .." },
	{ DIVD, 0x3ff0000000000000, 0, ALL(0x7ff0000000000000), ALL(DZ), "1 / 0" },
	{ DIVS, 0x3f800000, 0x80000000, ALL(0xff800000), ALL(DZ), "1 / -0" },
	{ DIVS, 0x80000001, 0, ALL(0xff800000), ALL(DZ), "-least / 0" },
	{ DIVD, 0xfff0000000000000, 0, ALL(0xfff0000000000000), ALL(0), "-infinity / 0 is exact" },
	{ DIVD, 0x3ff0000000000000, 0xfff0000000000000, ALL(0x8000000000000000), ALL(0),
	  "1 / -infinity" },
	/* Roots. */
	{ SQRTD, 0, 0x4010000000000000, ALL(0x4000000000000000), ALL(0), "of 4" },
	{ SQRTD, 0, 0x4000000000000000,
	  { 0x3ff6a09e667f3bcd, 0x3ff6a09e667f3bcc, 0x3ff6a09e667f3bcd, 0x3ff6a09e667f3bcc },
	  ALL(NX), "of 2 = 1.6a09e667f3bcc908b.. (hex)" },
	{ SQRTS, 0, 0x40000000, { 0x3fb504f3, 0x3fb504f3, 0x3fb504f4, 0x3fb504f3 }, ALL(NX),
	  "of 2 = 1.6a09e667f3bcc908b.. (hex)" },
	{ SQRTD, 0, 0x3fefffffffffffff,
	  { 0x3fefffffffffffff, 0x3fefffffffffffff, 0x3ff0000000000000, 0x3fefffffffffffff },
	  ALL(NX), "of 1 - 2^-53 = 1 - 2^-54 - 2^-109 - ..: just below half way" },
	{ SQRTD, 0, 0x3ff0000000000001,
	  { 0x3ff0000000000000, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000000000000 },
	  ALL(NX), "of 1 + 2^-52 = 1 + 2^-53 - 2^-107 + ..: just below half way" },
	{ SQRTD, 0, 0x0000000000000001, ALL(0x1e60000000000000), ALL(0), "of 2^-1074" },
	{ SQRTS, 0, 0x00000002, ALL(0x1a800000), ALL(0), "of 2^-148" },
	{ SQRTD, 0, 0x8000000000000000, ALL(0x8000000000000000), ALL(0), "of -0" },
	{ SQRTS, 0, 0x7f800000, ALL(0x7f800000), ALL(0), "of infinity" },
	{ SQRTD, 0, 0xbff0000000000000, ALL(0x7fffffffffffffff), ALL(NV), "of -1" },
	{ SQRTS, 0, 0x80000001, ALL(0x7fffffff), ALL(NV), "of -least" },
	{ SQRTD, 0, 0xfff0000000000000, ALL(0x7fffffffffffffff), ALL(NV), "of -infinity" },
	/* Invalid operations and infinity. */
	{ ADDD, 0x7ff0000000000000, 0xfff0000000000000, ALL(0x7fffffffffffffff), ALL(NV),
	  "inf - inf" },
	{ SUBS, 0xff800000, 0xff800000, ALL(0x7fffffff), ALL(NV), "-inf - -inf" },
	{ ADDS, 0xff800000, 0xff800000, ALL(0xff800000), ALL(0), "-inf + -inf" },
	{ SUBD, 0x3ff0000000000000, 0x7ff0000000000000, ALL(0xfff0000000000000), ALL(0),
	  "1 - inf" },
	{ ADDD, 0x7ff0000000000000, 0xffefffffffffffff, ALL(0x7ff0000000000000), ALL(0),
	  "inf - max" },
	{ MULD, 0x8000000000000000, 0x7ff0000000000000, ALL(0x7fffffffffffffff), ALL(NV),
	  "-0 * inf" },
	{ MULS, 0x7f800000, 0x00000000, ALL(0x7fffffff), ALL(NV), "inf * 0" },
	{ MULS, 0x7f800000, 0x80000001, ALL(0xff800000), ALL(0), "inf * -least" },
	{ DIVD, 0, 0x8000000000000000, ALL(0x7fffffffffffffff), ALL(NV), "0 / -0" },
	{ DIVS, 0x7f800000, 0xff800000, ALL(0x7fffffff), ALL(NV), "inf / -inf" },
	/* Double to single. */
	{ DTOS, 0, 0x3fb999999999999a, { 0x3dcccccd, 0x3dcccccc, 0x3dcccccd, 0x3dcccccc }, ALL(NX),
	  "0.1" },
	{ DTOS, 0, 0x47f0000000000000, { 0x7f800000, 0x7f7fffff, 0x7f800000, 0x7f7fffff }, ALL(OF),
	  "2^128" },
	{ DTOS, 0, 0x47effffff0000000, { 0x7f800000, 0x7f7fffff, 0x7f800000, 0x7f7fffff },
	  { OF, NX, OF, NX }, "half a unit past the greatest single" },
	{ DTOS, 0, 0xc7efffffefffffff, { 0xff7fffff, 0xff7fffff, 0xff7fffff, 0xff800000 },
	  { NX, NX, NX, OF }, "less than half a unit past it" },
	{ DTOS, 0, 0x36a0000000000000, ALL(1), ALL(TINY), "2^-149" },
	{ DTOS, 0, 0x3690000000000000, { 0, 0, 1, 0 }, ALL(UF), "2^-150" },
	{ DTOS, 0, 0x3690000000000001, { 1, 0, 1, 0 }, ALL(UF), "a bit more" },
	{ DTOS, 0, 0x8000000000000001, { 0x80000000, 0x80000000, 0x80000000, 0x80000001 }, ALL(UF),
	  "-2^-1074" },
	{ DTOS, 0, 0xfff0000000000000, ALL(0xff800000), ALL(0), "-infinity" },
	{ DTOS, 0, 0x8000000000000000, ALL(0x80000000), ALL(0), "-0" },
	/* Integer to single. */
	{ ITOS, 0, 0, ALL(0), ALL(0), "0 is +0" },
	{ ITOS, 0, 1, ALL(0x3f800000), ALL(0), "1" },
	{ ITOS, 0, 0x01000001, { 0x4b800000, 0x4b800000, 0x4b800001, 0x4b800000 }, ALL(NX),
	  "2^24 + 1" },
	{ ITOS, 0, 0xfeffffff, { 0xcb800000, 0xcb800000, 0xcb800000, 0xcb800001 }, ALL(NX),
	  "-2^24 - 1" },
	{ ITOS, 0, 0x7fffffff, { 0x4f000000, 0x4effffff, 0x4f000000, 0x4effffff }, ALL(NX),
	  "2^31 - 1" },
	{ ITOS, 0, 0x80000000, ALL(0xcf000000), ALL(0), "-2^31" },
};

/* What no rounding direction reaches. */
static const struct {
	int op;
	u64 a, b, r;
	unsigned exc;
	const char *why;
} direct[] = {
	/* (2^24 - 1)^2 * 2^208 = fffffe000001 (hex) * 2^208 */
	{ SMULD, 0x7f7fffff, 0x7f7fffff, 0x4fefffffc0000020, 0, "greatest squared" },
	{ SMULD, 0x00000001, 0x80000001, 0xad50000000000000, 0, "least squared: 2^-298" },
	{ SMULD, 0x007fffff, 0x3f800000, 0x380fffffc0000000, 0, "greatest subnormal * 1" },
	{ SMULD, 0x80000000, 0x42280000, 0x8000000000000000, 0, "-0 * 42" },
	{ SMULD, 0x7f800000, 0x00000001, 0x7ff0000000000000, 0, "inf * least" },
	{ SMULD, 0x00000000, 0xff800000, 0x7fffffffffffffff, NV, "0 * -inf" },
	{ SMULD, 0x7fc00001, 0x3f800000, 0x7ff8000020000000, 0, "quiet, widened" },
	{ SMULD, 0xff800001, 0x7fc00002, 0xfff8000020000000, NV, "signalling rs1 goes first" },
	{ SMULD, 0x7f800001, 0xff800002, 0xfff8000040000000, NV, "of two signalling rs2" },
	{ STOD, 0, 0x3dcccccd, 0x3fb99999a0000000, 0, "0.1 in single" },
	{ STOD, 0, 0x00000001, 0x36a0000000000000, 0, "2^-149" },
	{ STOD, 0, 0x807fffff, 0xb80fffffc0000000, 0, "-greatest subnormal" },
	{ STOD, 0, 0x7f7fffff, 0x47efffffe0000000, 0, "greatest" },
	{ STOD, 0, 0x80000000, 0x8000000000000000, 0, "-0" },
	{ STOD, 0, 0xff800000, 0xfff0000000000000, 0, "-infinity" },
	{ STOD, 0, 0xffc00000, 0xfff8000000000000, 0, "quiet NaN" },
	{ STOD, 0, 0x7fffffff, 0x7fffffffe0000000, 0, "quiet NaN, the right side is 0" },
	{ STOD, 0, 0xff800001, 0xfff8000020000000, NV, "signalling NaN" },
	{ DTOS, 0, 0x7fffffffffffffff, 0x7fffffff, 0, "quiet NaN, the low bits go" },
	{ DTOS, 0, 0xfff8000020000000, 0xffc00001, 0, "quiet NaN" },
	{ DTOS, 0, 0x7ff0000000000001, 0x7fc00000, NV, "signalling NaN, nothing else is left" },
	{ DTOS, 0, 0xfff4000020000000, 0xffe00001, NV, "signalling NaN" },
	{ ITOD, 0, 0, 0, 0, "0 is +0" },
	{ ITOD, 0, 0x7fffffff, 0x41dfffffffc00000, 0, "2^31 - 1" },
	{ ITOD, 0, 0x80000000, 0xc1e0000000000000, 0, "-2^31" },
	{ ITOD, 0, 0xffffffff, 0xbff0000000000000, 0, "-1" },
	/* Towards zero; invalid from 2^31 up and from -2^31 - 1 down. */
	{ DTOI, 0, 0x3ff8000000000000, 1, NX, "1.5" },
	{ DTOI, 0, 0xbff8000000000000, 0xffffffff, NX, "-1.5" },
	{ DTOI, 0, 0x3fefffffffffffff, 0, NX, "nearly 1" },
	{ DTOI, 0, 0x0000000000000001, 0, NX, "least" },
	{ DTOI, 0, 0x8000000000000000, 0, 0, "-0" },
	{ DTOI, 0, 0xc05ec00000000000, 0xffffff85, 0, "-123" },
	{ DTOI, 0, 0x41dfffffffc00000, 0x7fffffff, 0, "2^31 - 1" },
	{ DTOI, 0, 0x41dfffffffffffff, 0x7fffffff, NX, "just below 2^31" },
	{ DTOI, 0, 0x41e0000000000000, 0x7fffffff, NV, "2^31" },
	{ DTOI, 0, 0xc1e0000000000000, 0x80000000, 0, "-2^31" },
	{ DTOI, 0, 0xc1e0000000100000, 0x80000000, NX, "-2^31 - 0.5" },
	{ DTOI, 0, 0xc1e00000001fffff, 0x80000000, NX, "just above -2^31 - 1" },
	{ DTOI, 0, 0xc1e0000000200000, 0x80000000, NV, "-2^31 - 1" },
	{ DTOI, 0, 0x41f0000000000000, 0x7fffffff, NV, "2^32" },
	{ DTOI, 0, 0x41f0000010000000, 0x7fffffff, NV, "2^32 + 1" },
	{ DTOI, 0, 0xc340000000000001, 0x80000000, NV, "-2^53 - 2" },
	{ DTOI, 0, 0x7fefffffffffffff, 0x7fffffff, NV, "greatest" },
	{ DTOI, 0, 0x7ff0000000000000, 0x7fffffff, NV, "infinity" },
	{ DTOI, 0, 0xfff0000000000000, 0x80000000, NV, "-infinity" },
	{ DTOI, 0, 0x7ff8000000000000, 0x7fffffff, NV, "quiet NaN" },
	{ DTOI, 0, 0xfff8000000000000, 0x80000000, NV, "quiet NaN, sign 1" },
	{ DTOI, 0, 0x7ff0000000000001, 0x7fffffff, NV, "signalling NaN" },
	{ STOI, 0, 0x4effffff, 0x7fffff80, 0, "2^31 - 2^7" },
	{ STOI, 0, 0x4f000000, 0x7fffffff, NV, "2^31" },
	{ STOI, 0, 0xcf000000, 0x80000000, 0, "-2^31" },
	{ STOI, 0, 0xcf000001, 0x80000000, NV, "-2^31 - 2^8" },
	{ STOI, 0, 0xc0200000, 0xfffffffe, NX, "-2.5" },
	{ STOI, 0, 0x00000001, 0, NX, "least" },
	{ STOI, 0, 0xffffffff, 0x80000000, NV, "quiet NaN, sign 1" },
	/* fcc: 0 equal, 1 less, 2 greater, 3 unordered. */
	{ CMPD, 0, 0x8000000000000000, 0, 0, "0 = -0" },
	{ CMPD, 0x3ff0000000000000, 0x4000000000000000, 1, 0, "1 < 2" },
	{ CMPD, 0xbff0000000000000, 0xc000000000000000, 2, 0, "-1 > -2" },
	{ CMPD, 0x8000000000000001, 0, 1, 0, "-least < 0" },
	{ CMPD, 0x0010000000000000, 0x000fffffffffffff, 2, 0, "least normal > subnormal" },
	{ CMPD, 0x7ff0000000000000, 0x7fefffffffffffff, 2, 0, "inf > greatest" },
	{ CMPED, 0xfff0000000000000, 0x7ff0000000000000, 1, 0, "-inf < inf" },
	{ CMPED, 0x7ff0000000000000, 0x7ff0000000000000, 0, 0, "inf = inf" },
	{ CMPD, 0x7ff8000000000000, 0x3ff0000000000000, 3, 0, "quiet NaN" },
	{ CMPD, 0x7ff8000000000000, 0x7ff8000000000000, 3, 0, "equals nothing, not even itself" },
	{ CMPD, 0x7ff8000000000000, 0x7ff0000000000001, 3, NV, "signalling NaN" },
	{ CMPED, 0x3ff0000000000000, 0xfff8000000000000, 3, NV, "FCMPE: quiet NaN" },
	{ CMPS, 0x80000000, 0x00000000, 0, 0, "-0 = 0" },
	{ CMPS, 0xbf800000, 0x3f800000, 1, 0, "-1 < 1" },
	{ CMPS, 0xbf800001, 0xbf800000, 1, 0, "more negative" },
	{ CMPES, 0x3f800001, 0x3f800000, 2, 0, "greater" },
	{ CMPS, 0x3f800000, 0x7fc00000, 3, 0, "quiet NaN" },
	{ CMPS, 0xff800001, 0x3f800000, 3, NV, "signalling NaN" },
	{ CMPES, 0x7fc00000, 0x3f800000, 3, NV, "FCMPE: quiet NaN" },
};

/* clang-format on */

/*
 * Appendix N: rows rs1, columns rs2, each a number, a quiet and a signalling NaN; which of
 * the two is the result.
 */
static void nan_matrix(int op, const u64 a[3], const u64 b[3], u64 quiet)
{
	static const int which[3][3] = { { 0, 2, 2 }, { 1, 2, 2 }, { 1, 1, 2 } };
	unsigned rd, exc;
	u64 want;
	int i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 3; j++) {
			if (!which[i][j])
				continue;
			want = (which[i][j] == 1 ? a[i] : b[j]) | quiet;
			exc = i == 2 || j == 2 ? NV : 0;
			for (rd = 0; rd < 4; rd++)
				expect(op, a[i], b[j], rd, want, exc, "NaN operand");
		}
	}
}

/* A number, infinity, zero on the other side change nothing. */
static void nan_all(void)
{
	static const u64 s_num[] = { 0x3f800000, 0x7f800000, 0x80000000, 0x00000001 };
	static const u64 d_num[] = { 0x3ff0000000000000, 0xfff0000000000000, 0, 1 };
	size_t n;
	int op;

	for (n = 0; n < ARRAY_SIZE(s_num); n++) {
		u64 as[3] = { s_num[n], 0xffc00011, 0x7f800022 };
		u64 bs[3] = { s_num[n], 0x7fe00033, 0xffbfffff };
		u64 ad[3] = { d_num[n], 0xfff8000000000011, 0x7ff0000000000022 };
		u64 bd[3] = { d_num[n], 0x7ffc000000000033, 0xfff7ffffffffffff };

		for (op = ADDS; op <= DIVS; op++)
			nan_matrix(op, as, bs, 0x00400000);
		for (op = ADDD; op <= DIVD; op++)
			nan_matrix(op, ad, bd, 0x0008000000000000);
	}
	expect(SQRTS, 0, 0xffc00001, FPU_RN, 0xffc00001, 0, "quiet NaN");
	expect(SQRTS, 0, 0xff800001, FPU_RN, 0xffc00001, NV, "signalling NaN");
	expect(SQRTD, 0, 0x7ff8000000000001, FPU_RN, 0x7ff8000000000001, 0, "quiet NaN");
	expect(SQRTD, 0, 0xfff7ffffffffffff, FPU_RN, 0xffffffffffffffff, NV, "signalling NaN");
}

/* FSR.cexc under trap enables: one bit if it traps, all of them if not. */
static void traps(void)
{
	static const struct {
		unsigned exc, tem, cexc;
		bool trap;
	} t[] = {
		{ 0, 0x1f, 0, false },
		{ 0x01, 0x1e, 0x01, false },
		{ 0x01, 0x01, 0x01, true },
		{ 0x10, 0x0f, 0x10, false },
		{ 0x10, 0x1f, 0x10, true },
		{ 0x02, 0x02, 0x02, true },
		{ 0x09, 0x00, 0x09, false },
		{ 0x09, 0x09, 0x08, true },
		{ 0x09, 0x08, 0x08, true },
		{ 0x09, 0x01, 0x01, true },
		{ 0x25, 0x00, 0x05, false },
		{ 0x25, 0x1f, 0x04, true },
		{ 0x25, 0x01, 0x01, true },
		/* Tiny and exact: an underflow for those who trap it, and nothing for the rest. */
		{ 0x20, 0x1b, 0x00, false },
		{ 0x20, 0x04, 0x04, true },
	};
	unsigned cexc;
	bool trap;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		cexc = fpu_cexc(t[i].exc, t[i].tem, &trap);
		ok(cexc == t[i].cexc && trap == t[i].trap,
		   "exceptions %02x, TEM %02x: cexc %02x, %s", t[i].exc, t[i].tem, t[i].cexc,
		   t[i].trap ? "trap" : "no trap");
	}
}

int main(void)
{
	unsigned rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rounded); i++)
		for (rd = 0; rd < 4; rd++)
			expect(rounded[i].op, rounded[i].a, rounded[i].b, rd, rounded[i].r[rd],
			       rounded[i].exc[rd], rounded[i].why);
	for (i = 0; i < ARRAY_SIZE(direct); i++)
		expect(direct[i].op, direct[i].a, direct[i].b, FPU_RN, direct[i].r, direct[i].exc,
		       direct[i].why);
	nan_all();
	traps();
	return tap_done();
}
