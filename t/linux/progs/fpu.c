/* SPDX-License-Identifier: MIT */
/*
 * The FPU under an operating system: IEEE results, rounding modes, exceptions as signals, quad
 * instructions that the kernel has to emulate, and registers that survive context switches.
 * `fpu digest` prints a digest over many operations that any IEEE 754 machine with round to
 * nearest has to agree with; built for the host, this program tells what it should be.
 */
#include "prog.h"

#include <math.h>
#include <setjmp.h>

static uint64_t bits(double d)
{
	uint64_t u;

	memcpy(&u, &d, sizeof(u));
	return u;
}

static uint32_t fbits(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof(u));
	return u;
}

static double from(uint64_t u)
{
	double d;

	memcpy(&d, &u, sizeof(d));
	return d;
}

static void mix(uint64_t *h, uint64_t v)
{
	*h = (*h ^ v) * 0x100000001b3;
	*h ^= *h >> 29;
}

/* NaNs are left out: which one comes out is the machine's own business. */
static void mix_double(uint64_t *h, double d)
{
	mix(h, d != d ? 0x7ff8000000000000 : bits(d));
}

static uint64_t digest(void)
{
	uint64_t h = 0xcbf29ce484222325;
	uint32_t x = 12345;

	for (unsigned i = 0; i < 20000; i++) {
		volatile double a = from((uint64_t)next_random(&x) << 32 | next_random(&x));
		volatile double b = from((uint64_t)next_random(&x) << 32 | next_random(&x));
		volatile float f, g;

		/* Half of the pairs near each other, where sums cancel and round. */
		if (i & 1) {
			a = ldexp((double)(int32_t)next_random(&x), (int)(i % 40) - 20);
			b = ldexp((double)(int32_t)next_random(&x), (int)(i % 37) - 18);
		}
		f = (float)a;
		g = (float)b;
		mix_double(&h, a + b);
		mix_double(&h, a - b);
		mix_double(&h, a * b);
		mix_double(&h, a / b);
		mix_double(&h, sqrt(fabs(a)));
		mix_double(&h, (double)(f + g));
		mix_double(&h, (double)(f * g));
		mix_double(&h, (double)(f / g));
		mix_double(&h, (double)f * (double)g);
		mix(&h, (uint64_t)(a < b) | (uint64_t)(a == b) << 1 | (uint64_t)(a > b) << 2);
		if (fabs(a) < 1e9)
			mix(&h, (uint64_t)(int64_t)(int32_t)a);
		mix_double(&h, (double)(int32_t)next_random(&x));
	}
	return h;
}

/* Results that can be checked by hand against IEEE 754. */
static void known(void)
{
	volatile double one = 1, three = 3, two = 2, tiny = from(1), big = from(0x7fefffffffffffff);
	volatile float fone = 1, fthree = 3;

	check(bits(one / three) == 0x3fd5555555555555, "1/3 = %016llx",
	      (unsigned long long)bits(one / three));
	check(fbits(fone / fthree) == 0x3eaaaaab, "1/3 in single = %08x", fbits(fone / fthree));
	check(bits(sqrt(two)) == 0x3ff6a09e667f3bcd, "sqrt(2) = %016llx",
	      (unsigned long long)bits(sqrt(two)));
	check(bits(tiny / two) == 0, "half of the smallest number is 0 (to even)");
	check(bits(tiny * three / two) == 2, "1.5 times the smallest number is twice it (to even)");
	check(bits(big * two) == 0x7ff0000000000000, "overflow is infinity");
	check(bits(-one / (one - one)) == 0xfff0000000000000, "-1/0 is minus infinity");
	check(bits(from(0x0010000000000000) / two) == 0x0008000000000000, "gradual underflow");
	check((int)(volatile double){ -2.75 } == -2, "conversion to integer truncates");
	check(bits((double)(volatile float){ 0.1f }) == 0x3fb99999a0000000, "single to double");
	check(fbits((float)(volatile double){ 0.1 }) == 0x3dcccccd, "double to single");
}

#ifdef __sparc__
static uint32_t get_fsr(void)
{
	uint32_t fsr;

	__asm__ volatile("st %%fsr, %0" : "=m"(fsr));
	return fsr;
}

static void set_fsr(uint32_t fsr)
{
	__asm__ volatile("ld %0, %%fsr" : : "m"(fsr));
}

static double div_now(double a, double b)
{
	double q;

	__asm__ volatile("fdivd %1, %2, %0" : "=e"(q) : "e"(a), "e"(b));
	return q;
}

/* RD is FSR[31:30]: nearest, zero, up, down. */
static void rounding(void)
{
	static const uint64_t third[4] = { 0x3fd5555555555555, 0x3fd5555555555555,
					   0x3fd5555555555556, 0x3fd5555555555555 };
	static const uint64_t minus[4] = { 0xbfd5555555555555, 0xbfd5555555555555,
					   0xbfd5555555555555, 0xbfd5555555555556 };
	uint32_t old = get_fsr();

	for (uint32_t rd = 0; rd < 4; rd++) {
		double a, b;

		set_fsr((old & 0x3fffffff) | rd << 30);
		a = div_now(1, 3);
		b = div_now(-1, 3);
		set_fsr(old);
		check(bits(a) == third[rd] && bits(b) == minus[rd], "1/3 with rounding mode %u",
		      rd);
	}
	set_fsr(old & ~0x3ffu);
	div_now(1, 3);
	check((get_fsr() & 0x3ff) == 0x021, "1/3 is inexact: FSR %08x", get_fsr());
	set_fsr(old & ~0x3ffu);
	div_now(1, 0);
	check((get_fsr() & 0x3ff) == 0x042, "1/0 is a division by zero: FSR %08x", get_fsr());
	set_fsr(old);
}

static sigjmp_buf back;
static volatile int trapped, trap_code;

static void on_fpe(int sig, siginfo_t *si, void *context)
{
	(void)context;
	trapped = sig;
	trap_code = si->si_code;
	siglongjmp(back, 1);
}

static void expect_trap(uint32_t tem, double a, double b, int code, const char *what)
{
	uint32_t old = get_fsr();

	trapped = 0;
	if (!sigsetjmp(back, 1)) {
		set_fsr((old & ~0x0f8003ffu) | tem << 23);
		div_now(a, b);
		get_fsr(); /* a deferred trap is taken here at the latest */
	}
	set_fsr(old);
	check(trapped == SIGFPE && trap_code == code, "%s: signal %d code %d", what, trapped,
	      trap_code);
}

static void exceptions(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO, .sa_sigaction = on_fpe };

	sigaction(SIGFPE, &sa, NULL);
	expect_trap(0x02, 1, 0, FPE_FLTDIV, "division by zero");
	expect_trap(0x10, 0, 0, FPE_FLTINV, "invalid operation");
	expect_trap(0x01, 1, 3, FPE_FLTRES, "inexact");
	expect_trap(0x08, from(0x7fefffffffffffff), 0.5, FPE_FLTOVF, "overflow");
}

/* No chip has quad arithmetic: unimplemented_FPop, and the kernel does it. */
static void quads(void)
{
	static const uint32_t two[4] __attribute__((aligned(8))) = { 0x40000000 };
	uint32_t sum[4] __attribute__((aligned(8))), root[4] __attribute__((aligned(8)));

	__asm__ volatile("ldd [%0], %%f0\n\tldd [%0 + 8], %%f2\n\t"
			 "faddq %%f0, %%f0, %%f4\n\tstd %%f4, [%1]\n\tstd %%f6, [%1 + 8]\n\t"
			 "fsqrtq %%f0, %%f4\n\tstd %%f4, [%2]\n\tstd %%f6, [%2 + 8]"
			 :
			 : "r"(two), "r"(sum), "r"(root)
			 : "memory", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7");
	check(sum[0] == 0x40010000 && !sum[1] && !sum[2] && !sum[3], "2 + 2 as quad: %08x", sum[0]);
	check(root[0] == 0x3fff6a09 && root[1] == 0xe667f3bc && root[2] == 0xc908b2fb &&
		      root[3] == 0x1366ea95,
	      "sqrt(2) as quad: %08x %08x %08x %08x", root[0], root[1], root[2], root[3]);
}
#else
static void rounding(void)
{
}

static void exceptions(void)
{
}

static void quads(void)
{
}
#endif

/* Four processes compute at once: each has to find its own registers after every switch. */
static void shared_fpu(void)
{
	pid_t pid[4];

	for (int i = 0; i < 4; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			double s = 0;

			for (int k = 1; k < 300000; k++)
				s += (i + 1) / ((double)k * k);
			/* The sum of 1/k^2 to k = 299999 is pi^2/6 - 1/300000 + O(1e-11). */
			_exit(fabs(s / (i + 1) - (1.6449340668482264 - 1 / 299999.5)) < 1e-9 ? 0
											     : 1);
		}
	}
	for (int i = 0; i < 4; i++)
		check(pid[i] > 0 && reaped(pid[i], 0), "process %d lost its FPU registers", i);
}

int main(int argc, char **argv)
{
	uint64_t d = digest();

	printf("fpu digest %016llx\n", (unsigned long long)d);
	fflush(stdout);
	if (argc > 1 && !strcmp(argv[1], "digest"))
		return 0;
	known();
	rounding();
	exceptions();
	quads();
	shared_fpu();
	return finish("fpu");
}
