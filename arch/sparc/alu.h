/* SPDX-License-Identifier: MIT */
/* Results and condition codes of the integer instructions (V8 appendix B), as pure functions. */
#ifndef ARCH_SPARC_ALU_H
#define ARCH_SPARC_ALU_H

#include "lib/types.h"

enum { ALU_C = 1, ALU_V = 2, ALU_Z = 4, ALU_N = 8 };

static inline unsigned alu_nz(u32 r)
{
	return (r >> 31 ? ALU_N : 0) | (r ? 0 : ALU_Z);
}

static inline unsigned alu_add_icc(u32 a, u32 b, u32 r)
{
	u32 carry = (a & b) | ((a | b) & ~r), overflow = (a ^ r) & (b ^ r);

	return alu_nz(r) | (overflow >> 31 ? ALU_V : 0) | (carry >> 31 ? ALU_C : 0);
}

static inline unsigned alu_sub_icc(u32 a, u32 b, u32 r)
{
	u32 borrow = (~a & b) | ((~a | b) & r), overflow = (a ^ b) & (a ^ r);

	return alu_nz(r) | (overflow >> 31 ? ALU_V : 0) | (borrow >> 31 ? ALU_C : 0);
}

/* TADDcc, TSUBcc: a tag (bits 1:0) that is not 0 is an overflow too. */
static inline unsigned alu_tag(u32 a, u32 b)
{
	return (a | b) & 3 ? ALU_V : 0;
}

/* Condition 0..15 of Bicc and Ticc (V8 B.21, B.27) under icc. */
static inline bool alu_cond(unsigned cond, unsigned icc)
{
	bool n = icc & ALU_N, z = icc & ALU_Z, v = icc & ALU_V, c = icc & ALU_C, r;

	switch (cond & 7) {
	case 0:
		r = false;
		break;
	case 1:
		r = z;
		break;
	case 2:
		r = z || n != v;
		break;
	case 3:
		r = n != v;
		break;
	case 4:
		r = c || z;
		break;
	case 5:
		r = c;
		break;
	case 6:
		r = n;
		break;
	default:
		r = v;
	}
	return cond & 8 ? !r : r;
}

/*
 * Condition 0..15 of FBfcc (V8 B.22) under fcc: bit fcc of each row. The upper eight
 * are the lower ones' complements.
 */
static inline bool alu_fcond(unsigned cond, unsigned fcc)
{
	/* never, NE, LG, UL, L, UG, G, U; fcc: 0 E, 1 L, 2 G, 3 U */
	static const u8 row[8] = { 0, 0xe, 0x6, 0xa, 0x2, 0xc, 0x4, 0x8 };
	bool r = row[cond & 7] >> fcc & 1;

	return cond & 8 ? !r : r;
}

/* Quotients saturate and then set V; b is not 0. */
static inline u32 alu_udiv(u64 a, u32 b, bool *overflow)
{
	u64 q = a / b;

	*overflow = q > UINT32_MAX;
	return *overflow ? UINT32_MAX : (u32)q;
}

static inline u32 alu_sdiv(u64 a, u32 b, bool *overflow)
{
	bool neg = (a >> 63) != (b >> 31);
	u64 n = a >> 63 ? -a : a;
	u64 q = n / (b >> 31 ? 0 - (u64)(s64)(s32)b : b);
	u64 max = neg ? 0x80000000u : 0x7fffffffu;

	*overflow = q > max;
	if (*overflow)
		q = max;
	return neg ? 0 - (u32)q : (u32)q;
}

/* One step of MULScc (V8 B.17); *y is replaced. */
static inline u32 alu_mulscc(u32 rs1, u32 op2, unsigned icc, u32 *y, unsigned *new_icc)
{
	u32 a = (!(icc & ALU_N) != !(icc & ALU_V) ? 0x80000000u : 0) | rs1 >> 1;
	u32 b = *y & 1 ? op2 : 0, r = a + b;

	*y = rs1 << 31 | *y >> 1;
	*new_icc = alu_add_icc(a, b, r);
	return r;
}

#endif
