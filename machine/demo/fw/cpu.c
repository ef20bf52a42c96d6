/* SPDX-License-Identifier: MIT */
/* Self tests of the integer unit, its traps, the FPU and memory. */
#include "demo.h"

#include <stdio.h>
#include <string.h>

volatile struct caught caught;

static void note(struct trap_regs *regs)
{
	caught.count++;
	caught.tt = regs->g[0];
	caught.pc = regs->pc;
	caught.npc = regs->npc;
	trap_skip(regs);
}

void catch_trap(unsigned tt)
{
	trap_set(tt, note);
}

uint32_t work(uint32_t x, unsigned loops)
{
	while (loops--) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		if (x & 0x80)
			x += 0x9e3779b9;
		x = x * 5 + 1;
	}
	return x;
}

/* Deep enough to turn the windows over many times, going down and coming up. */
static __attribute__((noinline)) unsigned deep(unsigned n, unsigned a, unsigned b)
{
	unsigned keep = a ^ n * 0x10001;

	if (!n)
		return a + b;
	a = deep(n - 1, b + n, keep);
	return a * 31 + keep;
}

/* The same sum without a call: what deep() keeps in its windows, kept in an array. */
static unsigned flat(unsigned n, unsigned a, unsigned b)
{
	unsigned kept[256], i, t;

	for (i = n; i; i--) {
		kept[i] = a ^ i * 0x10001;
		t = b + i;
		b = kept[i];
		a = t;
	}
	for (a += b, i = 1; i <= n; i++)
		a = a * 31 + kept[i];
	return a;
}

static const char *test_windows(char *info)
{
	sprintf(info, "%u windows, 250 deep", windows_less_1 + 1);
	return deep(250, 1, 2) == flat(250, 1, 2) ? NULL : "a register did not survive";
}

/* The product by 32 multiply steps, unsigned: the rule of the V8 manual's appendix. */
unsigned step_multiply(unsigned a, unsigned b, unsigned *high);

static const char *test_arithmetic(char *info)
{
	static const unsigned v[] = { 0, 1, 7, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffff };
	unsigned i, j, bit, hi, lo, y, q;
	uint64_t sum;

	(void)info;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		for (j = 0; j < sizeof(v) / sizeof(v[0]); j++) {
			for (sum = 0, bit = 0; bit < 32; bit++)
				if (v[j] >> bit & 1)
					sum += (uint64_t)v[i] << bit;
			__asm__("umul %2, %3, %0\n\trd %%y, %1"
				: "=&r"(lo), "=r"(y)
				: "r"(v[i]), "r"(v[j]));
			if (lo != (unsigned)sum || y != sum >> 32)
				return "UMUL";
			lo = step_multiply(v[i], v[j], &hi);
			if (lo != (unsigned)sum || hi != sum >> 32)
				return "MULScc";
			if (y >= v[j])
				continue;
			__asm__("wr %1, %%y\n\tnop\n\tnop\n\tnop\n\tudiv %2, %3, %0"
				: "=r"(q)
				: "r"(y), "r"((unsigned)sum), "r"(v[j]));
			if (q != v[i])
				return "UDIV";
		}
	return work(1, 1000) == 0x9dcb951e ? NULL : "shifts and sums";
}

static const char *test_atomic(char *info)
{
	volatile unsigned word = 0x01020304;
	unsigned r = 0x55aa00ff;

	(void)info;
	__asm__ volatile("swap [%1], %0" : "+r"(r) : "r"(&word) : "memory");
	if (r != 0x01020304 || word != 0x55aa00ff)
		return "SWAP";
	__asm__ volatile("ldstub [%1 + 2], %0" : "=r"(r) : "r"(&word) : "memory");
	return !r && word == 0x55aaffff ? NULL : "LDSTUB";
}

/* The instruction's own address, then the instruction. */
#define TRAPPING(insn)                                                                             \
	__asm__ volatile("set 1f, %0\n1:\t" insn : "=&r"(pc) : : "memory", "cc", "g2", "g3")

static const char *check(unsigned count, unsigned tt, unsigned pc)
{
	static char wrong[48];

	if (caught.count == count && caught.tt == tt && caught.pc == pc && caught.npc == pc + 4)
		return NULL;
	sprintf(wrong, "trap %02x: got %u traps, %02x at %+d", tt, caught.count, caught.tt,
		(int)(caught.pc - pc));
	return wrong;
}

static const char *test_traps(char *info)
{
	static const uint8_t tts[] = { TT_DIV_ZERO,	TT_UNALIGNED,	TT_ILLEGAL,
				       TT_TAG_OVERFLOW, TT_FP_DISABLED, TT_CP_DISABLED,
				       TT_SOFT(0x15),	TT_SOFT(0x7f) };
	const char *w = NULL;
	unsigned i, pc;

	for (i = 0; i < sizeof(tts); i++)
		catch_trap(tts[i]);
	caught.count = 0;
	TRAPPING("udiv %%g0, %%g0, %%g2");
	w = check(1, TT_DIV_ZERO, pc);
	if (w)
		return w;
	TRAPPING("ld [%%sp + 2], %%g2");
	w = check(2, TT_UNALIGNED, pc);
	if (w)
		return w;
	TRAPPING("unimp 0");
	w = check(3, TT_ILLEGAL, pc);
	if (w)
		return w;
	TRAPPING("taddcctv %%g0, 1, %%g2");
	w = check(4, TT_TAG_OVERFLOW, pc);
	if (w)
		return w;
	psr_write(psr_read() & ~(unsigned)PSR_EF);
	TRAPPING("fmovs %%f0, %%f0");
	psr_write(psr_read() | PSR_EF);
	w = check(5, TT_FP_DISABLED, pc);
	if (w)
		return w;
	TRAPPING(".word 0x81b00000"); /* cpop1 */
	w = check(6, TT_CP_DISABLED, pc);
	if (w)
		return w;
	TRAPPING("ta 0x15");
	w = check(7, TT_SOFT(0x15), pc);
	if (w)
		return w;
	TRAPPING("ta 0x7f");
	w = check(8, TT_SOFT(0x7f), pc);
	if (!w)
		sprintf(info, "8 kinds");
	return w;
}

static void to_user(struct trap_regs *regs)
{
	regs->psr &= ~(uint32_t)PSR_PS;
	trap_skip(regs);
}

static void to_supervisor(struct trap_regs *regs)
{
	note(regs);
	regs->psr |= PSR_PS;
}

static const char *test_user(char *info)
{
	unsigned pc;
	const char *w;

	(void)info;
	trap_set(TT_SOFT(0x20), to_user);
	trap_set(TT_PRIVILEGED, to_supervisor);
	caught.count = 0;
	__asm__ volatile("set 1f, %0\n\tta 0x20\n1:\trd %%psr, %%g2"
			 : "=&r"(pc)
			 :
			 : "g2", "memory");
	w = check(1, TT_PRIVILEGED, pc);
	return w ? w : psr_read() & PSR_S ? NULL : "S was not restored";
}

static uint64_t bits(double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static const char *test_fpu(char *info)
{
	volatile double one = 1, three = 3, zero = 0;
	volatile float f = 16777217.0f; /* 2^24 + 1 is not a float: it was rounded */
	unsigned fsr = 0;
	double r;

	(void)info;
	__asm__ volatile("ld [%0], %%fsr" : : "r"(&fsr), "m"(fsr));
	if (bits(one / three) != 0x3fd5555555555555)
		return "1 / 3";
	r = 2;
	__asm__("fsqrtd %1, %0" : "=e"(r) : "e"(r));
	if (bits(r) != 0x3ff6a09e667f3bcd)
		return "sqrt(2)";
	if ((int)f != 16777216 || (int)(three * -2.5) != -7)
		return "conversion";
	__asm__ volatile("ld [%0], %%fsr" : : "r"(&fsr), "m"(fsr));
	if (bits(one / zero) != 0x7ff0000000000000)
		return "1 / 0";
	__asm__ volatile("st %%fsr, [%1]" : "=m"(fsr) : "r"(&fsr));
	return (fsr & 0x3ff) == 0x42 ? NULL : "division by zero not flagged";
}

/* Code changed under the processor's eyes: seen after FLUSH. */
static const char *test_flush(char *info)
{
	static uint32_t code[2] __attribute__((aligned(8)));
	unsigned (*fn)(void) = (unsigned (*)(void))(uintptr_t)code;
	unsigned i;

	(void)info;
	code[0] = 0x81c3e008; /* retl */
	for (i = 0; i < 100; i++) {
		*(volatile uint32_t *)&code[1] = 0x90102000 + i; /* mov i, %o0 */
		__asm__ volatile("flush %0\n\tflush %0 + 4\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop"
				 :
				 : "r"(code)
				 : "memory");
		if (fn() != i)
			return "stale instruction";
	}
	return NULL;
}

static const char *pattern(volatile unsigned *p, unsigned n, unsigned flip)
{
	unsigned i;

	for (i = 0; i < n; i++)
		p[i] = (unsigned)(uintptr_t)&p[i] ^ flip;
	for (i = 0; i < n; i++)
		if (p[i] != ((unsigned)(uintptr_t)&p[i] ^ flip))
			return "pattern lost";
	return NULL;
}

/* 2 MiB in full, and a word of every MiB: each address has its own. */
static const char *test_ram(char *info)
{
	enum { START = 0x100000, FULL = 0x200000, STEP = 0x100000 };
	unsigned top = fwcfg_read32(3), a;
	volatile unsigned char *byte = (volatile unsigned char *)START;
	const char *w;

	top = top > 0x80000000u ? 0x80000000u : top;
	w = pattern((volatile unsigned *)START, FULL / 4, 0);
	if (!w)
		w = pattern((volatile unsigned *)START, FULL / 4, ~0u);
	if (w)
		return w;
	*(volatile unsigned *)START = 0;
	byte[1] = 0x12;
	*(volatile uint16_t *)(byte + 2) = 0x3456;
	if (*(volatile unsigned *)START != 0x00123456)
		return "octet lanes";
	/* The last MiB holds the stack. */
	for (a = START; a < top - STEP; a += STEP)
		*(volatile unsigned *)a = a;
	for (a = START; a < top - STEP; a += STEP)
		if (*(volatile unsigned *)a != a)
			return "two addresses share a cell";
	sprintf(info, "%u MiB", top >> 20);
	return NULL;
}

const struct test cpu_tests[] = {
	{ "memory", test_ram, 0 },
	{ "register windows", test_windows, 0 },
	{ "multiply and divide", test_arithmetic, 0 },
	{ "SWAP and LDSTUB", test_atomic, 0 },
	{ "traps", test_traps, 0 },
	{ "user mode", test_user, 0 },
	{ "modified code", test_flush, 0 },
	{ "floating point", test_fpu, 0 },
	{ NULL, NULL, 0 },
};
