/* SPDX-License-Identifier: MIT */
/*
 * Every integer operation with and without condition codes, on corner cases and random
 * operands, against its definition in the V8 manual written out in C: sums by 64-bit
 * arithmetic, products and quotients by shifts, flags by comparison.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 8, Z = 4, V = 2, C = 1 };

struct state {
	uint32_t rd, y, icc;
};

struct op {
	const char *name;
	void (*run)(uint32_t a, uint32_t b, struct state *s);
	void (*want)(uint32_t a, uint32_t b, struct state *s);
};

/* The instruction with Y and the condition codes of *s before and after. */
#define RUN(name, insn)                                                                            \
	static void run_##name(uint32_t a, uint32_t b, struct state *s)                            \
	{                                                                                          \
		uint32_t psr, rd = s->rd, y = s->y;                                                \
                                                                                                   \
		__asm__ volatile("rd %%psr, %0\n\t"                                                \
				 "andn %0, %6, %0\n\t"                                             \
				 "wr %0, %5, %%psr\n\tnop\n\tnop\n\tnop\n\t"                       \
				 "wr %2, %%y\n\tnop\n\tnop\n\tnop\n\t" insn " %3, %4, %1\n\t"      \
				 "rd %%psr, %0\n\trd %%y, %2"                                      \
				 : "=&r"(psr), "+&r"(rd), "+&r"(y)                                 \
				 : "r"(a), "r"(b), "r"(s->icc << 20), "r"(0xf00000)                \
				 : "cc");                                                          \
		s->rd = rd;                                                                        \
		s->y = y;                                                                          \
		s->icc = psr >> 20 & 15;                                                           \
	}

#define WANT(name) static void want_##name(uint32_t a, uint32_t b, struct state *s)

static uint32_t nz(uint32_t r)
{
	return (r >> 31 ? N : 0) | (r ? 0 : Z);
}

static int64_t sx(uint32_t v)
{
	return (int32_t)v;
}

/* a + b + carry: overflow and carry where the exact sum does not fit. */
static uint32_t add_icc(uint32_t a, uint32_t b, unsigned carry)
{
	uint32_t r = a + b + carry;
	int64_t exact = sx(a) + sx(b) + carry;

	return nz(r) | (exact != sx(r) ? V : 0) | ((uint64_t)a + b + carry > UINT32_MAX ? C : 0);
}

static uint32_t sub_icc(uint32_t a, uint32_t b, unsigned borrow)
{
	uint32_t r = a - b - borrow;
	int64_t exact = sx(a) - sx(b) - borrow;

	return nz(r) | (exact != sx(r) ? V : 0) | ((uint64_t)b + borrow > a ? C : 0);
}

#define LOGIC(name, insn, expr)                                                                    \
	RUN(name, insn)                                                                            \
	RUN(name##cc, insn "cc")                                                                   \
	WANT(name)                                                                                 \
	{                                                                                          \
		s->rd = (expr);                                                                    \
	}                                                                                          \
	WANT(name##cc)                                                                             \
	{                                                                                          \
		s->rd = (expr);                                                                    \
		s->icc = nz(s->rd);                                                                \
	}

LOGIC(and, "and", a &b)
LOGIC(or, "or", a | b)
LOGIC(xor, "xor", a ^ b)
LOGIC(andn, "andn", a & ~b)
LOGIC(orn, "orn", a | ~b)
LOGIC(xnor, "xnor", ~(a ^ b))

#define SUM(name, insn, expr, flags)                                                               \
	RUN(name, insn)                                                                            \
	RUN(name##cc, insn "cc")                                                                   \
	WANT(name)                                                                                 \
	{                                                                                          \
		s->rd = (expr);                                                                    \
	}                                                                                          \
	WANT(name##cc)                                                                             \
	{                                                                                          \
		s->rd = (expr);                                                                    \
		s->icc = (flags);                                                                  \
	}

SUM(add, "add", a + b, add_icc(a, b, 0))
SUM(sub, "sub", a - b, sub_icc(a, b, 0))
SUM(addx, "addx", a + b + (s->icc & C), add_icc(a, b, s->icc &C))
SUM(subx, "subx", a - b - (s->icc & C), sub_icc(a, b, s->icc &C))

RUN(sll, "sll")
WANT(sll)
{
	s->rd = a << (b & 31);
}

RUN(srl, "srl")
WANT(srl)
{
	s->rd = a >> (b & 31);
}

RUN(sra, "sra")
WANT(sra)
{
	unsigned n = b & 31;

	s->rd = a >> n;
	if (a >> 31 && n)
		s->rd |= ~0u << (32 - n);
}

/* The 64-bit product, a bit at a time; signed: the sign bits weigh less than nothing. */
static uint64_t product(uint32_t a, uint32_t b, int is_signed)
{
	uint64_t p = 0;
	unsigned i;

	for (i = 0; i < 32; i++)
		if (b >> i & 1)
			p += (uint64_t)a << i;
	if (is_signed && a >> 31)
		p -= (uint64_t)b << 32;
	if (is_signed && b >> 31)
		p -= (uint64_t)a << 32;
	return p;
}

#define MULTIPLY(name, is_signed)                                                                  \
	RUN(name, #name)                                                                           \
	RUN(name##cc, #name "cc")                                                                  \
	WANT(name)                                                                                 \
	{                                                                                          \
		uint64_t p = product(a, b, is_signed);                                             \
                                                                                                   \
		s->rd = (uint32_t)p;                                                               \
		s->y = (uint32_t)(p >> 32);                                                        \
	}                                                                                          \
	WANT(name##cc)                                                                             \
	{                                                                                          \
		want_##name(a, b, s);                                                              \
		s->icc = nz(s->rd);                                                                \
	}

MULTIPLY(umul, 0)
MULTIPLY(smul, 1)

/* n / d by subtraction of shifted divisors. */
static uint64_t quotient(uint64_t n, uint32_t d)
{
	uint64_t q = 0, rest = 0;
	unsigned i;

	for (i = 64; i-- > 0;) {
		rest = rest << 1 | (n >> i & 1);
		q <<= 1;
		if (rest >= d) {
			rest -= d;
			q |= 1;
		}
	}
	return q;
}

/* Y is not defined by the manual after a division: it is not looked at. */
RUN(udiv, "udiv")
RUN(udivcc, "udivcc")
WANT(udivcc)
{
	uint64_t q = quotient((uint64_t)s->y << 32 | a, b);

	s->rd = q > UINT32_MAX ? UINT32_MAX : (uint32_t)q;
	s->icc = nz(s->rd) | (q > UINT32_MAX ? V : 0);
}
WANT(udiv)
{
	struct state t = *s;

	want_udivcc(a, b, &t);
	s->rd = t.rd;
}

RUN(sdiv, "sdiv")
RUN(sdivcc, "sdivcc")
WANT(sdivcc)
{
	uint64_t n = (uint64_t)s->y << 32 | a, q;
	int neg = (s->y >> 31) != (b >> 31), over;

	q = quotient(s->y >> 31 ? -n : n, b >> 31 ? -b : b);
	over = neg ? q > 0x80000000u : q > 0x7fffffffu;
	s->rd = over ? neg ? 0x80000000u : 0x7fffffffu : neg ? -(uint32_t)q : (uint32_t)q;
	s->icc = nz(s->rd) | (over ? V : 0);
}
WANT(sdiv)
{
	struct state t = *s;

	want_sdivcc(a, b, &t);
	s->rd = t.rd;
}

RUN(mulscc, "mulscc")
WANT(mulscc)
{
	uint32_t nv = (s->icc & N ? 1 : 0) ^ (s->icc & V ? 1 : 0);
	uint32_t x = nv << 31 | a >> 1, m = s->y & 1 ? b : 0;

	s->icc = add_icc(x, m, 0);
	s->rd = x + m;
	s->y = (a & 1) << 31 | s->y >> 1;
}

RUN(taddcc, "taddcc")
WANT(taddcc)
{
	s->rd = a + b;
	s->icc = add_icc(a, b, 0) | ((a | b) & 3 ? V : 0);
}

RUN(tsubcc, "tsubcc")
WANT(tsubcc)
{
	s->rd = a - b;
	s->icc = sub_icc(a, b, 0) | ((a | b) & 3 ? V : 0);
}

#define OP(name)                                                                                   \
	{                                                                                          \
#name, run_##name, want_##name                                                     \
	}

static const struct op ops[] = {
	OP(and),    OP(andcc), OP(or),	   OP(orcc),   OP(xor),	   OP(xorcc),  OP(andn),
	OP(andncc), OP(orn),   OP(orncc),  OP(xnor),   OP(xnorcc), OP(add),    OP(addcc),
	OP(sub),    OP(subcc), OP(addx),   OP(addxcc), OP(subx),   OP(subxcc), OP(sll),
	OP(srl),    OP(sra),   OP(umul),   OP(umulcc), OP(smul),   OP(smulcc), OP(udiv),
	OP(udivcc), OP(sdiv),  OP(sdivcc), OP(mulscc), OP(taddcc), OP(tsubcc),
};

static uint32_t seed = 1;

static uint32_t operand(void)
{
	static const uint32_t corner[] = { 0,	       1,	   2,	       3,
					   4,	       0x7ffffffe, 0x7fffffff, 0x80000000,
					   0x80000001, 0xfffffffe, 0xffffffff, 0x0000ffff,
					   0xffff0000, 0x55555555, 31,	       32 };
	uint32_t kind;

	seed = seed * 1664525 + 1013904223;
	kind = seed >> 29;
	if (kind < 4)
		return corner[seed >> 8 & 15];
	if (kind < 6)
		return corner[seed >> 8 & 15] + (seed >> 12 & 7) - 4;
	return seed ^ seed << 13;
}

static void try(const struct op *op)
{
	struct state s, got, want;
	uint32_t a = operand(), b = operand();
	int is_div = op->run == run_udiv || op->run == run_udivcc || op->run == run_sdiv ||
		     op->run == run_sdivcc;

	s.rd = 0;
	s.y = operand();
	s.icc = operand() & 15;
	if (is_div && !b)
		b = 7;
	got = want = s;
	op->run(a, b, &got);
	op->want(a, b, &want);
	if (is_div)
		want.y = got.y;
	if (got.rd == want.rd && got.y == want.y && got.icc == want.icc)
		return;
	printf("%s %08x, %08x with y %08x icc %x: got %08x y %08x icc %x, want %08x y %08x icc "
	       "%x\n",
	       op->name, (unsigned)a, (unsigned)b, (unsigned)s.y, (unsigned)s.icc, (unsigned)got.rd,
	       (unsigned)got.y, (unsigned)got.icc, (unsigned)want.rd, (unsigned)want.y,
	       (unsigned)want.icc);
	exit(1);
}

int main(void)
{
	enum { ROUNDS = 2000 };
	unsigned i, n, count = 0;

	for (i = 0; i < ROUNDS; i++)
		for (n = 0; n < sizeof(ops) / sizeof(ops[0]); n++, count++)
			try(&ops[n]);
	printf("alu: %u checks passed\n", count);
	return 0;
}
