/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of the floating-point unit: IEEE 754 single and double as the SPARC
 * Architecture Manual, Version 8, wants it (4.4 "FSR"; B "FPop" pages; appendix N).
 *
 * Every function is pure: operands and rounding direction in, result bits and exceptions
 * out, the same bits on every host. Registers, traps and the FSR are the caller's.
 *
 * Operands `a` and `b` are rs1 and rs2; a one-operand function takes rs2. Numbers are
 * register images: u32 holds a single, u64 a double whose high word is the even register.
 * `rd` is FSR.RD. *exc is assigned, never accumulated.
 *
 * NaNs (appendix N, "NaN Operand and Result Definitions"):
 *  - An operand NaN is the result, made quiet by setting the top fraction bit. A signalling
 *    one goes before a quiet one; of two of a kind rs2 is taken. The sign is the NaN's own:
 *    FSUB does not turn the sign of rs2.
 *  - A signalling NaN raises NV, a quiet one nothing.
 *  - Where the result is wider the fraction is padded with 0s on the right, where it is
 *    narrower the low bits go; FsMULd widens like FsTOd.
 *  - An invalid operation on numbers gives sign 0 and all other bits 1, and NV.
 *
 * Underflow (appendix N, "Trapped/Untrapped Underflow Definition"): tininess is seen before
 * rounding. With UFM = 0 underflow is tiny and inexact, with UFM = 1 tiny is enough. UF is
 * reported by the first rule; TINY stands beside it so that fpu_cexc() can apply the second.
 *
 * Not modelled: FSR.NS, for which the manual lets an implementation ignore the bit; the
 * exponent-wrapped results of IEEE 754's trapped overflow and underflow, since a trapping
 * FPop leaves rd unchanged.
 */
#ifndef ARCH_SPARC_FPU_H
#define ARCH_SPARC_FPU_H

#include "lib/types.h"

/* FSR.RD: to nearest (ties to even), to zero, to plus infinity, to minus infinity. */
enum { FPU_RN, FPU_RZ, FPU_RP, FPU_RM };

/* The bits of FSR.cexc, FSR.aexc and FSR.TEM. */
enum {
	FPU_NX = 0x01,
	FPU_DZ = 0x02,
	FPU_UF = 0x04,
	FPU_OF = 0x08,
	FPU_NV = 0x10,
	FPU_CEXC = 0x1f,
	/* Beside them in *exc: the exact result is not 0 but below every normal number. */
	FPU_TINY = 0x20,
};

/* FSR.fcc. */
enum { FPU_E, FPU_L, FPU_G, FPU_U };

u32 fpu_adds(u32 a, u32 b, unsigned rd, unsigned *exc);
u32 fpu_subs(u32 a, u32 b, unsigned rd, unsigned *exc);
u32 fpu_muls(u32 a, u32 b, unsigned rd, unsigned *exc);
u32 fpu_divs(u32 a, u32 b, unsigned rd, unsigned *exc);
u32 fpu_sqrts(u32 b, unsigned rd, unsigned *exc);

u64 fpu_addd(u64 a, u64 b, unsigned rd, unsigned *exc);
u64 fpu_subd(u64 a, u64 b, unsigned rd, unsigned *exc);
u64 fpu_muld(u64 a, u64 b, unsigned rd, unsigned *exc);
u64 fpu_divd(u64 a, u64 b, unsigned rd, unsigned *exc);
u64 fpu_sqrtd(u64 b, unsigned rd, unsigned *exc);

/* FsMULd: the product of two singles is exact as a double. Raises NV or nothing. */
u64 fpu_smuld(u32 a, u32 b, unsigned *exc);

/* Between the formats; exact functions take no rounding direction. */
u32 fpu_dtos(u64 b, unsigned rd, unsigned *exc);
u64 fpu_stod(u32 b, unsigned *exc);
u32 fpu_itos(u32 b, unsigned rd, unsigned *exc);
u64 fpu_itod(u32 b);

/*
 * To a 32-bit integer, always towards zero. NaN, infinity and whatever is >= 2^31 or
 * <= -2^31 - 1 raise NV alone and give 7fffffff where the operand's sign bit is 0, else
 * 80000000; a NaN's sign bit counts too (appendix N, "Integer Overflow Definition").
 */
u32 fpu_stoi(u32 b, unsigned *exc);
u32 fpu_dtoi(u64 b, unsigned *exc);

/* The fcc of a against b. FCMP raises NV for a signalling NaN, FCMPE for any NaN. */
unsigned fpu_cmps(u32 a, u32 b, unsigned *exc);
unsigned fpu_cmpes(u32 a, u32 b, unsigned *exc);
unsigned fpu_cmpd(u64 a, u64 b, unsigned *exc);
unsigned fpu_cmped(u64 a, u64 b, unsigned *exc);

/*
 * What FSR.cexc becomes after an FPop that raised exc, under FSR.TEM = tem. If *trap is set
 * the FPop traps (IEEE_754_exception): cexc is then the one exception that traps, of two
 * enabled ones the overflow or underflow and not the inexact (4.4, "cexc"), and rd, fcc and
 * aexc must stay as they were. Otherwise the caller writes rd and fcc and ORs cexc into aexc.
 */
static inline unsigned fpu_cexc(unsigned exc, unsigned tem, bool *trap)
{
	unsigned hit;

	if (unlikely(exc & FPU_TINY) && (tem & FPU_UF))
		exc |= FPU_UF;
	exc &= FPU_CEXC;
	hit = exc & tem;
	*trap = hit != 0;
	if (likely(!hit))
		return exc;
	return BIT(31 - (unsigned)__builtin_clz(hit));
}

#endif
