/* SPDX-License-Identifier: MIT */
/*
 * The FPU's arithmetic against the silicon of an x86-64 host (SSE2), in all rounding
 * directions, results and exceptions. Where the two architectures differ nothing is compared:
 * which NaN comes out, and the underflow exception of a result that was tiny before rounding
 * and is the least normal number after it. VONK_FPU_VECTORS and VONK_FPU_SEED as in
 * 3102-fpu-model; VONK_FPU_EXHAUSTIVE=1 adds every single for the one-operand functions
 * (half an hour).
 */
#include <string.h>

#include "arch/sparc/fpu.h"
#include "t/fpu-operands.h"
#include "t/tap.h"

#ifdef __x86_64__

/* MXCSR.RC for FSR.RD, with all exceptions masked and none raised. */
static void host_begin(unsigned rd)
{
	static const unsigned rc[4] = { 0, 3, 2, 1 };

	__builtin_ia32_ldmxcsr(0x1f80 | rc[rd] << 13);
}

/* The exceptions raised since, as FSR.cexc; then the C environment again. */
static unsigned host_end(void)
{
	unsigned m = __builtin_ia32_stmxcsr();

	__builtin_ia32_ldmxcsr(0x1f80);
	return (m & 0x01 ? FPU_NV : 0) | (m & 0x04 ? FPU_DZ : 0) | (m & 0x08 ? FPU_OF : 0) |
	       (m & 0x10 ? FPU_UF : 0) | (m & 0x20 ? FPU_NX : 0);
}

#define HOST2(fn, insn, type)                                                                      \
	static u64 host_##fn(u64 av, u64 bv, unsigned rd, unsigned *exc)                           \
	{                                                                                          \
		type a, b;                                                                         \
		u64 r = 0;                                                                         \
                                                                                                   \
		memcpy(&a, &av, sizeof(a));                                                        \
		memcpy(&b, &bv, sizeof(b));                                                        \
		host_begin(rd);                                                                    \
		__asm__ volatile(insn " %1, %0" : "+x"(a) : "x"(b) : "memory");                    \
		*exc = host_end();                                                                 \
		memcpy(&r, &a, sizeof(a));                                                         \
		return r;                                                                          \
	}

#define HOST1(fn, insn, in, out, c_out, c_in)                                                      \
	static u64 host_##fn(u64 av, u64 bv, unsigned rd, unsigned *exc)                           \
	{                                                                                          \
		in b;                                                                              \
		out q;                                                                             \
		u64 r = 0;                                                                         \
                                                                                                   \
		(void)av;                                                                          \
		memcpy(&b, &bv, sizeof(b));                                                        \
		host_begin(rd);                                                                    \
		__asm__ volatile(insn " %1, %0" : c_out(q) : c_in(b) : "memory");                  \
		*exc = host_end();                                                                 \
		memcpy(&r, &q, sizeof(q));                                                         \
		return r;                                                                          \
	}

/* clang-format off */
HOST2(adds, "addss", float)
HOST2(subs, "subss", float)
HOST2(muls, "mulss", float)
HOST2(divs, "divss", float)
HOST2(addd, "addsd", double)
HOST2(subd, "subsd", double)
HOST2(muld, "mulsd", double)
HOST2(divd, "divsd", double)
HOST1(sqrts, "sqrtss", float, float, "=x", "x")
HOST1(sqrtd, "sqrtsd", double, double, "=x", "x")
HOST1(dtos, "cvtsd2ss", double, float, "=x", "x")
HOST1(stod, "cvtss2sd", float, double, "=x", "x")
HOST1(itos, "cvtsi2ssl", u32, float, "=x", "r")
HOST1(itod, "cvtsi2sdl", u32, double, "=x", "r")
HOST1(stoi, "cvttss2si", float, u32, "=r", "x")
HOST1(dtoi, "cvttsd2si", double, u32, "=r", "x")

#define OURS(fn, call)                                                                             \
	static u64 ours_##fn(u64 a, u64 b, unsigned rd, unsigned *exc)                             \
	{                                                                                          \
		(void)a, (void)rd;                                                                 \
		return call;                                                                       \
	}
OURS(adds, fpu_adds((u32)a, (u32)b, rd, exc))
OURS(subs, fpu_subs((u32)a, (u32)b, rd, exc))
OURS(muls, fpu_muls((u32)a, (u32)b, rd, exc))
OURS(divs, fpu_divs((u32)a, (u32)b, rd, exc))
OURS(addd, fpu_addd(a, b, rd, exc))
OURS(subd, fpu_subd(a, b, rd, exc))
OURS(muld, fpu_muld(a, b, rd, exc))
OURS(divd, fpu_divd(a, b, rd, exc))
OURS(sqrts, fpu_sqrts((u32)b, rd, exc))
OURS(sqrtd, fpu_sqrtd(b, rd, exc))
OURS(dtos, fpu_dtos(b, rd, exc))
OURS(stod, fpu_stod((u32)b, exc))
OURS(itos, fpu_itos((u32)b, rd, exc))
OURS(itod, (*exc = 0, fpu_itod((u32)b)))
OURS(stoi, fpu_stoi((u32)b, exc))
OURS(dtoi, fpu_dtoi(b, exc))
/* clang-format on */

enum { OUT_S, OUT_D, OUT_I };

static struct op {
	const char *name;
	int in, out;
	unsigned modes; /* rounding directions: the exact functions have one */
	bool unary;
	u64 (*ours)(u64 a, u64 b, unsigned rd, unsigned *exc);
	u64 (*host)(u64 a, u64 b, unsigned rd, unsigned *exc);
	u64 vectors, bad;
} ops[] = {
/* clang-format off */
#define ROW(fn, in, out, modes, unary)                                                             \
	{ #fn, in, out, modes, unary, ours_##fn, host_##fn, 0, 0 }
	ROW(adds, IN_S, OUT_S, 4, false), ROW(subs, IN_S, OUT_S, 4, false),
	ROW(muls, IN_S, OUT_S, 4, false), ROW(divs, IN_S, OUT_S, 4, false),
	ROW(addd, IN_D, OUT_D, 4, false), ROW(subd, IN_D, OUT_D, 4, false),
	ROW(muld, IN_D, OUT_D, 4, false), ROW(divd, IN_D, OUT_D, 4, false),
	ROW(sqrts, IN_S, OUT_S, 4, true), ROW(sqrtd, IN_D, OUT_D, 4, true),
	ROW(dtos, IN_D, OUT_S, 4, true),  ROW(stod, IN_S, OUT_D, 1, true),
	ROW(itos, IN_I, OUT_S, 4, true),  ROW(itod, IN_I, OUT_D, 1, true),
	ROW(stoi, IN_S, OUT_I, 1, true),  ROW(dtoi, IN_D, OUT_I, 1, true),
};
/* clang-format on */

static u64 shown;

static bool same(const struct op *op, u64 got, unsigned got_exc, u64 want, unsigned want_exc)
{
	const struct format *f = op->out == OUT_S ? S : D;
	u64 inf = (u64)(f->emax * 2 + 1) << (f->p - 1), mag = (1ull << f->sign) - 1;

	got_exc &= FPU_CEXC;
	if (op->out == OUT_I) /* the host's one answer to everything invalid is 80000000 */
		return got_exc == want_exc && (got == want || got_exc == FPU_NV);
	if ((want & mag) > inf)
		return (got & mag) > inf && got_exc == want_exc;
	if ((want & mag) == 1ull << (f->p - 1) && !(want_exc & FPU_UF))
		got_exc &= ~(unsigned)FPU_UF;
	return got == want && got_exc == want_exc;
}

static void run(struct op *op, u64 a, u64 b)
{
	unsigned rd, got_exc, want_exc;
	u64 got, want;

	for (rd = 0; rd < op->modes; rd++) {
		got = op->ours(a, b, rd, &got_exc);
		want = op->host(a, b, rd, &want_exc);
		op->vectors++;
		if (same(op, got, got_exc, want, want_exc))
			continue;
		op->bad++;
		if (shown++ < 20)
			diag("%s %016" PRIx64 " %016" PRIx64 " rd %u: got %" PRIx64
			     " exc %02x, the host %" PRIx64 " exc %02x",
			     op->name, a, b, rd, got, got_exc, want, want_exc);
	}
}

int main(void)
{
	u64 want = env("VONK_FPU_VECTORS", 4000000), total = 0, a, b, seed;
	bool all = env("VONK_FPU_EXHAUSTIVE", 0);
	size_t i;
	int in;

	rng = seed = env("VONK_FPU_SEED", 0x80086);
	diag("seed 0x%" PRIx64 " (VONK_FPU_SEED), %" PRIu64 " vectors (VONK_FPU_VECTORS)", seed,
	     want);
	while (total < want) {
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
	for (i = 0; all && i < ARRAY_SIZE(ops); i++)
		for (b = 0; ops[i].unary && ops[i].in != IN_D && b >> 32 == 0; b++)
			run(&ops[i], 0, b);
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		ok(!ops[i].bad && ops[i].vectors, "fpu_%s: %" PRIu64 " of %" PRIu64 " differ",
		   ops[i].name, ops[i].bad, ops[i].vectors);
	return tap_done();
}

#else

int main(void)
{
	printf("1..0 # SKIP needs an x86-64 host\n");
	return 0;
}

#endif
