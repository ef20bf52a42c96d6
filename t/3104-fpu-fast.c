/* SPDX-License-Identifier: MIT */
/*
 * The FPU's short cuts through the host's floating point against the integer functions that
 * they stand for: results and exceptions to the bit. VONK_FPU_VECTORS and VONK_FPU_SEED as in
 * 3102-fpu-model, which is what holds the integer functions to the standard.
 */
#include "arch/sparc/fpu-fast.h"
#include "t/fpu-operands.h"
#include "t/tap.h"

struct tally {
	const char *name;
	u64 vectors, bad;
	u64 host; /* exact or inexact and no more: where a short cut can be taken */
};

static u64 shown;

static void check(struct tally *t, u64 a, u64 b, unsigned rd, u64 got, unsigned got_exc, u64 want,
		  unsigned want_exc)
{
	t->vectors++;
	t->host += !(want_exc & ~(unsigned)FPU_NX);
	if (got == want && got_exc == want_exc)
		return;
	t->bad++;
	if (shown++ < 20)
		diag("%s %016" PRIx64 " %016" PRIx64 " rd %u: got %" PRIx64
		     " exc %02x, want %" PRIx64 " exc %02x",
		     t->name, a, b, rd, got, got_exc, want, want_exc);
}

static struct tally *ops[32];
static unsigned nr_ops;

/* The fast function with its arguments, and its integer twin with the same. */
#define CMP(fn, ...)                                                                               \
	do {                                                                                       \
		static struct tally t = { .name = #fn };                                           \
		unsigned e0 = ~0u, e1 = ~0u, *exc = &e0;                                           \
		u64 got = fpu_fast_##fn(__VA_ARGS__), want;                                        \
                                                                                                   \
		exc = &e1;                                                                         \
		want = fpu_##fn(__VA_ARGS__);                                                      \
		if (!t.vectors)                                                                    \
			ops[nr_ops++] = &t;                                                        \
		check(&t, a, b, rd, got, e0, want, e1);                                            \
	} while (0)

static void doubles(u64 a, u64 b, unsigned rd)
{
	CMP(addd, a, b, rd, exc);
	CMP(subd, a, b, rd, exc);
	CMP(muld, a, b, rd, exc);
	CMP(divd, a, b, rd, exc);
	CMP(sqrtd, b, rd, exc);
	CMP(dtos, b, rd, exc);
	CMP(dtoi, b, exc);
	CMP(cmpd, a, b, exc);
	CMP(cmped, a, b, exc);
}

static void singles(u32 a, u32 b, unsigned rd)
{
	CMP(adds, a, b, rd, exc);
	CMP(subs, a, b, rd, exc);
	CMP(muls, a, b, rd, exc);
	CMP(divs, a, b, rd, exc);
	CMP(sqrts, b, rd, exc);
	CMP(smuld, a, b, exc);
	CMP(stod, b, exc);
	CMP(stoi, b, exc);
	CMP(cmps, a, b, exc);
	CMP(cmpes, a, b, exc);
}

static void integers(u32 b, unsigned rd)
{
	u64 a = 0;

	CMP(itos, b, rd, exc);
	CMP(itod, (*exc = 0, b));
}

int main(void)
{
	u64 pairs = env("VONK_FPU_VECTORS", 4000000) / 3, seed = env("VONK_FPU_SEED", 0xfa57);
	u64 i, a, b;
	unsigned rd;

	rng = seed;
	diag("seed 0x%" PRIx64 " (VONK_FPU_SEED), %" PRIu64 " pairs; host arithmetic %s", seed,
	     pairs, FPU_HOST ? "used" : "not used");
	for (i = 0; i < pairs; i++) {
		/* Nearest is the direction that has short cuts; the others must not take them. */
		rd = i % 16 ? FPU_RN : (unsigned)(i / 16 % 4);
		pick_pair(IN_D, &a, &b);
		doubles(a, b, rd);
		pick_pair(IN_S, &a, &b);
		singles((u32)a, (u32)b, rd);
		pick_pair(IN_I, &a, &b);
		integers((u32)b, rd);
	}
	is(nr_ops, 21, "all operations ran");
	for (i = 0; i < nr_ops; i++)
		ok(!ops[i]->bad,
		   "%s: %" PRIu64 " of %" PRIu64 " differ (%" PRIu64 " were NX or nothing)",
		   ops[i]->name, ops[i]->bad, ops[i]->vectors, ops[i]->host);
	return tap_done();
}
