/* SPDX-License-Identifier: MIT */
/*
 * The FPU's arithmetic against Berkeley SoftFloat, on the operands of Berkeley TestFloat: results and
 * exceptions in all rounding directions, and to nearest those of the short cuts that the processor takes
 * (fpu-fast.h) as well. t/3106-softfloat.sh builds it with what t/softfloat/build made.
 *
 * What SoftFloat leaves to the processor it does not decide here: which NaN comes out, and what
 * an integer becomes that cannot be represented. There the rules of SPARC V8 appendix N are
 * written out below; the exceptions are SoftFloat's there too. Tininess is told to be detected before
 * rounding, as appendix N wants.
 *
 *   compare			all cases of level 1
 *   compare VECTORS	every n-th case of level 2, so that there are at least as many
 *   compare all		all cases of level 2
 *   compare singles	every single and every integer for each one-operand function
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* genCases.h wants the other one first. */
#include <softfloat.h>

#include <genCases.h>

#include "arch/sparc/fpu-fast.h"
#include "t/tap.h"

/* The kinds of operands that TestFloat makes; two of a kind, or one. */
enum { A_S, A_D, A_I, AB_S, AB_D, NR_KINDS };

/* What the result is, for the rules about NaN. */
enum { TO_S, TO_D, TO_INT, TO_FCC };

static u64 total[NR_KINDS], stride[NR_KINDS];
static unsigned shown;

static float32_t f32(u64 v)
{
	return (float32_t){ (u32)v };
}

static float64_t f64(u64 v)
{
	return (float64_t){ v };
}

static bool nan32(u64 v)
{
	return (v & 0x7fffffff) > 0x7f800000;
}

static bool nan64(u64 v)
{
	return (v & 0x7fffffffffffffff) > 0x7ff0000000000000;
}

static u64 fcc(bool eq, bool lt, bool unordered)
{
	return unordered ? FPU_U : eq ? FPU_E : lt ? FPU_L : FPU_G;
}

/* ---- the operations side by side: a is rs1, b is rs2; one operand is b ---- */

#define OPS                                                                                        \
	OP(adds, AB_S, TO_S, 4, ((u32)a, (u32)b, rd, exc), f32_add(f32(a), f32(b)).v)              \
	OP(subs, AB_S, TO_S, 4, ((u32)a, (u32)b, rd, exc), f32_sub(f32(a), f32(b)).v)              \
	OP(muls, AB_S, TO_S, 4, ((u32)a, (u32)b, rd, exc), f32_mul(f32(a), f32(b)).v)              \
	OP(divs, AB_S, TO_S, 4, ((u32)a, (u32)b, rd, exc), f32_div(f32(a), f32(b)).v)              \
	OP(addd, AB_D, TO_D, 4, (a, b, rd, exc), f64_add(f64(a), f64(b)).v)                        \
	OP(subd, AB_D, TO_D, 4, (a, b, rd, exc), f64_sub(f64(a), f64(b)).v)                        \
	OP(muld, AB_D, TO_D, 4, (a, b, rd, exc), f64_mul(f64(a), f64(b)).v)                        \
	OP(divd, AB_D, TO_D, 4, (a, b, rd, exc), f64_div(f64(a), f64(b)).v)                        \
	OP(sqrts, A_S, TO_S, 4, ((u32)b, rd, exc), f32_sqrt(f32(b)).v)                             \
	OP(sqrtd, A_D, TO_D, 4, (b, rd, exc), f64_sqrt(f64(b)).v)                                  \
	OP(dtos, A_D, TO_S, 4, (b, rd, exc), f64_to_f32(f64(b)).v)                                 \
	OP(stod, A_S, TO_D, 1, ((u32)b, exc), f32_to_f64(f32(b)).v)                                \
	OP(itos, A_I, TO_S, 4, ((u32)b, rd, exc), i32_to_f32((s32)b).v)                            \
	OP(itod, A_I, TO_D, 1, ((*exc = 0, (u32)b)), i32_to_f64((s32)b).v)                         \
	OP(stoi, A_S, TO_INT, 1, ((u32)b, exc), (u32)f32_to_i32_r_minMag(f32(b), true))            \
	OP(dtoi, A_D, TO_INT, 1, (b, exc), (u32)f64_to_i32_r_minMag(f64(b), true))                 \
	OP(smuld, AB_S, TO_D, 1, ((u32)a, (u32)b, exc),                                            \
	   f64_mul(f32_to_f64(f32(a)), f32_to_f64(f32(b))).v)                                      \
	OP(cmps, AB_S, TO_FCC, 1, ((u32)a, (u32)b, exc),                                           \
	   fcc(f32_eq(f32(a), f32(b)), f32_lt_quiet(f32(a), f32(b)), nan32(a) || nan32(b)))        \
	OP(cmpes, AB_S, TO_FCC, 1, ((u32)a, (u32)b, exc),                                          \
	   fcc(f32_eq_signaling(f32(a), f32(b)), f32_lt(f32(a), f32(b)), nan32(a) || nan32(b)))    \
	OP(cmpd, AB_D, TO_FCC, 1, (a, b, exc),                                                     \
	   fcc(f64_eq(f64(a), f64(b)), f64_lt_quiet(f64(a), f64(b)), nan64(a) || nan64(b)))        \
	OP(cmped, AB_D, TO_FCC, 1, (a, b, exc),                                                    \
	   fcc(f64_eq_signaling(f64(a), f64(b)), f64_lt(f64(a), f64(b)), nan64(a) || nan64(b)))

#define OP(name, in, out, modes, args, theirs)                                                     \
	static u64 got_##name(u64 a, u64 b, unsigned rd, unsigned *exc)                            \
	{                                                                                          \
		(void)a, (void)b, (void)rd;                                                        \
		return fpu_##name args;                                                            \
	}                                                                                          \
	static u64 fast_##name(u64 a, u64 b, unsigned rd, unsigned *exc)                           \
	{                                                                                          \
		(void)a, (void)b, (void)rd;                                                        \
		return fpu_fast_##name args;                                                       \
	}                                                                                          \
	static u64 want_##name(u64 a, u64 b)                                                       \
	{                                                                                          \
		(void)a, (void)b;                                                                  \
		return theirs;                                                                     \
	}
OPS
#undef OP

	static struct op {
	const char *name;
	unsigned in, out, modes;
	u64 (*got)(u64 a, u64 b, unsigned rd, unsigned *exc);
	u64 (*fast)(u64 a, u64 b, unsigned rd, unsigned *exc);
	u64 (*want)(u64 a, u64 b);
	u64 vectors, bad;
} ops[] = {
#define OP(name, in, out, modes, args, theirs)                                                     \
	{ "fpu_" #name, in, out, modes, got_##name, fast_##name, want_##name, 0, 0 },
	OPS
#undef OP
};

/* ---- what the processor decides: appendix N ---- */

/* Sign, and the fraction from the top down, of a NaN in either format. */
struct nan {
	bool is, signalling, sign;
	u64 fraction; /* 52 bits */
};

static struct nan nan_of(u64 v, bool single)
{
	struct nan n = { .is = single ? nan32(v) : nan64(v) };

	n.sign = v >> (single ? 31 : 63) & 1;
	n.fraction = single ? (v & 0x7fffff) << 29 : v & 0xfffffffffffff;
	n.signalling = n.is && !(n.fraction >> 51);
	return n;
}

/* The table of appendix N: a signalling NaN before a quiet one, of two alike that of rs2. */
static u64 nan_result(struct nan a, struct nan b, bool single)
{
	struct nan n = !b.is || (a.signalling && !b.signalling) ? a : b;

	n.fraction |= 1ull << 51;
	if (single)
		return (u64)n.sign << 31 | 0x7f800000 | n.fraction >> 29;
	return (u64)n.sign << 63 | 0x7ff0000000000000 | n.fraction;
}

/* SoftFloat's word, or the manual's where SoftFloat has none. */
static u64 expected(const struct op *op, u64 a, u64 b, u64 theirs, unsigned flags)
{
	bool single = op->in == A_S || op->in == AB_S;
	struct nan na = { .is = false }, nb = { .is = false };

	if (op->out == TO_FCC)
		return theirs;
	if (op->in != A_I)
		nb = nan_of(b, single);
	if (op->in == AB_S || op->in == AB_D)
		na = nan_of(a, single);
	if (op->out == TO_INT)
		return !(flags & softfloat_flag_invalid) ? theirs
		       : nb.sign			 ? 0x80000000
							 : 0x7fffffff;
	if (na.is || nb.is)
		return nan_result(na, nb, op->out == TO_S);
	if (flags & softfloat_flag_invalid)
		return op->out == TO_S ? 0x7fffffff : 0x7fffffffffffffff;
	return theirs;
}

static unsigned exceptions(unsigned flags)
{
	return (flags & softfloat_flag_inexact ? FPU_NX : 0) |
	       (flags & softfloat_flag_infinite ? FPU_DZ : 0) |
	       (flags & softfloat_flag_underflow ? FPU_UF : 0) |
	       (flags & softfloat_flag_overflow ? FPU_OF : 0) |
	       (flags & softfloat_flag_invalid ? FPU_NV : 0);
}

/* ---- the run ---- */

static bool right(unsigned exc)
{
	return (exc & FPU_CEXC) == exceptions(softfloat_exceptionFlags) &&
	       (!(exc & FPU_UF) || exc & FPU_TINY);
}

static void run(struct op *op, u64 a, u64 b)
{
	static const u8 mode[4] = { softfloat_round_near_even, softfloat_round_minMag,
				    softfloat_round_max, softfloat_round_min };
	unsigned rd, exc;
	u64 got, want;

	for (rd = 0; rd < op->modes; rd++) {
		softfloat_roundingMode = mode[rd];
		softfloat_exceptionFlags = 0;
		want = op->want(a, b);
		want = expected(op, a, b, want, softfloat_exceptionFlags);
		got = op->got(a, b, rd, &exc);
		op->vectors++;
		if (got == want && right(exc)) {
			if (rd != FPU_RN)
				continue;
			/* What the processor runs. */
			got = op->fast(a, b, rd, &exc);
			if (got == want && right(exc))
				continue;
		}
		op->bad++;
		if (shown++ < 20)
			diag("%s %" PRIx64 " %" PRIx64 " rd %u: got %" PRIx64
			     " exc %02x, want %" PRIx64 " exc %02x",
			     op->name, a, b, rd, got, exc, want,
			     exceptions(softfloat_exceptionFlags));
	}
}

static void run_all(unsigned in, u64 a, u64 b)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].in == in)
			run(&ops[i], a, b);
}

/* All cases of a kind, of which every n-th is run; with run unset they are only counted. */
#define CASES(kind, gen, first, second)                                                            \
	do {                                                                                       \
		genCases_##gen##_init();                                                           \
		total[kind] = genCases_total;                                                      \
		for (u64 n = 0; wanted && !genCases_done; n++) {                                   \
			genCases_##gen##_next();                                                   \
			if (n % stride[kind] == 0)                                                 \
				run_all(kind, first, second);                                      \
		}                                                                                  \
	} while (0)

static void cases(bool wanted)
{
	CASES(A_S, f32_a, 0, genCases_f32_a.v);
	CASES(A_D, f64_a, 0, genCases_f64_a.v);
	CASES(A_I, i32_a, 0, (u32)genCases_i32_a);
	CASES(AB_S, f32_ab, genCases_f32_a.v, genCases_f32_b.v);
	CASES(AB_D, f64_ab, genCases_f64_a.v, genCases_f64_b.v);
}

/* Cases of one operand are few: all. Those of two share what is left. */
static void choose(u64 vectors)
{
	u64 sum = 0;

	cases(false);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		sum += total[ops[i].in] * ops[i].modes;
	for (unsigned k = 0; k < NR_KINDS; k++)
		stride[k] = 1;
	/* Odd, since every second case is a random one. */
	if (vectors && sum > vectors)
		stride[AB_S] = stride[AB_D] = ((sum / vectors) - 1) | 1;
	diag("TestFloat has %" PRIu64 " vectors at this level", sum);
}

static void singles(void)
{
	for (u64 b = 0; b >> 32 == 0; b++)
		run_all(A_S, 0, b);
	for (u64 b = 0; b >> 32 == 0; b++)
		run_all(A_I, 0, b);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "all";
	u64 sum = 0, bad = 0;

	softfloat_detectTininess = softfloat_tininess_beforeRounding;
	genCases_setLevel(argc > 1 ? 2 : 1);
	if (!strcmp(what, "singles")) {
		singles();
	} else {
		choose(strcmp(what, "all") ? strtoull(what, NULL, 0) : 0);
		cases(true);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		sum += ops[i].vectors;
		bad += ops[i].bad;
		if (ops[i].vectors)
			ok(!ops[i].bad, "%s: %" PRIu64 " of %" PRIu64 " differ", ops[i].name,
			   ops[i].bad, ops[i].vectors);
	}
	diag("%" PRIu64 " vectors, %" PRIu64 " differ", sum, bad);
	return tap_done();
}
