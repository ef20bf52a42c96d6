/* SPDX-License-Identifier: MIT */
/*
 * insn_decode() against a second decoder, written from the opcode tables of the V8 manual (appendix
 * F) and, for CASA, the LEON3 manual.
 *
 * By default every value of the bits that can matter (op, op3 with op2, opf with i, and bit 0 of
 * rd) is tried with many random values of all the others. make test and make soak try all 2^32
 * words (11 s).
 */
#include <stdlib.h>
#include <string.h>

#include "lib/bits.h"
#include "t/tap.h"
#include "t/tier.h"
#define INSN_WANT_NAMES
#include "decode.h"

/* Table F-2: op2. */
static const char *const op2_names[8] = {
	"unimp", NULL, "bicc", NULL, "sethi", NULL, "fbfcc", "cbccc",
};

/* Table F-3: op = 2, op3[3:0] downwards and op3[5:4] across. */
static const char *const op3_arith[16][4] = {
	{ "add", "addcc", "taddcc", "wrasr" },
	{ "and", "andcc", "tsubcc", "wrpsr" },
	{ "or", "orcc", "taddcctv", "wrwim" },
	{ "xor", "xorcc", "tsubcctv", "wrtbr" },
	{ "sub", "subcc", "mulscc", "" /* FPop1 */ },
	{ "andn", "andncc", "sll", "" /* FPop2 */ },
	{ "orn", "orncc", "srl", "cpop1" },
	{ "xnor", "xnorcc", "sra", "cpop2" },
	{ "addx", "addxcc", "rdasr", "jmpl" },
	{ NULL, NULL, "rdpsr", "rett" },
	{ "umul", "umulcc", "rdwim", "ticc" },
	{ "smul", "smulcc", "rdtbr", "flush" },
	{ "subx", "subxcc", NULL, "save" },
	{ NULL, NULL, NULL, "restore" },
	{ "udiv", "udivcc", NULL, NULL },
	{ "sdiv", "sdivcc", NULL, NULL },
};

/* Table F-4: op = 3. */
static const char *const op3_memory[16][4] = {
	{ "ld", "lda", "ldf", "ldc" },	     { "ldub", "lduba", "ldfsr", "ldcsr" },
	{ "lduh", "lduha", NULL, NULL },     { "ldd", "ldda", "lddf", "lddc" },
	{ "st", "sta", "stf", "stc" },	     { "stb", "stba", "stfsr", "stcsr" },
	{ "sth", "stha", "stdfq", "stdcq" }, { "std", "stda", "stdf", "stdc" },
	{ NULL, NULL, NULL, NULL },	     { "ldsb", "ldsba", NULL, NULL },
	{ "ldsh", "ldsha", NULL, NULL },     { NULL, NULL, NULL, NULL },
	{ NULL, NULL, NULL, "casa" },	     { "ldstub", "ldstuba", NULL, NULL },
	{ NULL, NULL, NULL, NULL },	     { "swap", "swapa", NULL, NULL },
};

struct opf {
	unsigned opf;
	const char *name;
};

/* Table F-5: FPop1. */
static const struct opf fpop1_names[] = {
	{ 0x01, "fmovs" },  { 0x05, "fnegs" },	{ 0x09, "fabss" },  { 0x29, "fsqrts" },
	{ 0x2a, "fsqrtd" }, { 0x2b, "fsqrtq" }, { 0x41, "fadds" },  { 0x42, "faddd" },
	{ 0x43, "faddq" },  { 0x45, "fsubs" },	{ 0x46, "fsubd" },  { 0x47, "fsubq" },
	{ 0x49, "fmuls" },  { 0x4a, "fmuld" },	{ 0x4b, "fmulq" },  { 0x4d, "fdivs" },
	{ 0x4e, "fdivd" },  { 0x4f, "fdivq" },	{ 0x69, "fsmuld" }, { 0x6e, "fdmulq" },
	{ 0xc4, "fitos" },  { 0xc6, "fdtos" },	{ 0xc7, "fqtos" },  { 0xc8, "fitod" },
	{ 0xc9, "fstod" },  { 0xcb, "fqtod" },	{ 0xcc, "fitoq" },  { 0xcd, "fstoq" },
	{ 0xce, "fdtoq" },  { 0xd1, "fstoi" },	{ 0xd2, "fdtoi" },  { 0xd3, "fqtoi" },
};

/* Table F-6: FPop2. */
static const struct opf fpop2_names[] = {
	{ 0x51, "fcmps" },  { 0x52, "fcmpd" },	{ 0x53, "fcmpq" },
	{ 0x55, "fcmpes" }, { 0x56, "fcmped" }, { 0x57, "fcmpeq" },
};

/* The tables above with names resolved to enum insn. */
struct reference {
	u8 op2[8], arith[64], memory[64], fpop[2][512];
};

static unsigned lookup(const char *name)
{
	for (unsigned i = 0; i < INSN_COUNT; i++)
		if (!strcmp(insn_name[i], name))
			return i;
	ok(false, "a row '%s'", name);
	return INSN_COUNT;
}

static u8 resolve(const char *name)
{
	return (u8)(name && *name ? lookup(name) : insn_illegal);
}

static void resolve_fpops(u8 *to, const struct opf *from, size_t n)
{
	memset(to, (int)lookup("fpop_unimp"), 512);
	for (size_t i = 0; i < n; i++)
		to[from[i].opf] = resolve(from[i].name);
}

static void reference_init(struct reference *r)
{
	for (unsigned i = 0; i < 8; i++)
		r->op2[i] = resolve(op2_names[i]);
	for (unsigned i = 0; i < 64; i++) {
		r->arith[i] = resolve(op3_arith[i & 15][i >> 4]);
		r->memory[i] = resolve(op3_memory[i & 15][i >> 4]);
	}
	resolve_fpops(r->fpop[0], fpop1_names, ARRAY_SIZE(fpop1_names));
	resolve_fpops(r->fpop[1], fpop2_names, ARRAY_SIZE(fpop2_names));
}

/* Sections B.1, B.4, B.7 and B.8: the operand i must be 0 in alternate space. */
static bool is_alternate(unsigned op3)
{
	return op3 >> 4 == 1 || op3 == 0x3c;
}

static inline unsigned reference_decode(const struct reference *r, u32 w)
{
	unsigned op3 = bits(w, 24, 19);

	switch (w >> 30) {
	case 0:
		return r->op2[bits(w, 24, 22)];
	case 1:
		return insn_call;
	case 2:
		if (op3 == 0x34 || op3 == 0x35)
			return r->fpop[op3 & 1][bits(w, 13, 5)];
		return r->arith[op3];
	}
	if (is_alternate(op3) && w & 1u << 13)
		return insn_illegal;
	if ((op3 == 3 || op3 == 7) && w & 1u << 25)
		return insn_illegal; /* ldd, std of an odd register */
	return r->memory[op3];
}

struct lcg {
	u64 s;
};

static u32 lcg_next(struct lcg *g)
{
	g->s = g->s * 6364136223846793005u + 1442695040888963407u;
	return (u32)(g->s >> 32);
}

/* Returns the number of words that differ and shows the first few. */
static u64 differs(const struct reference *r, u32 w, u64 before)
{
	unsigned want = reference_decode(r, w), got = insn_decode(w);

	if (likely(got == want))
		return 0;
	if (before < 10)
		diag("%08x: got %s, want %s", w, insn_name[got], insn_name[want]);
	return 1;
}

static void test_every_word(const struct reference *r)
{
	u64 bad = 0;

	for (u64 w = 0; w >> 32 == 0; w++)
		bad += differs(r, (u32)w, bad);
	is(bad, 0, "all 2^32 words decode as in the manual's tables");
}

static void test_deciding_bits(const struct reference *r)
{
	const u32 fixed = 0xc0000000 | 1u << 25 | 0x3fu << 19 | 0x1ffu << 5;
	struct lcg g = { 3201 };
	u64 bad = 0;

	for (u32 v = 0; v < 1u << 18; v++) {
		u32 w = v << 30 | (v >> 2 & 1) << 25 | (v >> 3 & 0x3f) << 19 | (v >> 9) << 5;

		bad += differs(r, w, bad);
		bad += differs(r, w | ~fixed, bad);
		for (int i = 0; i < 256; i++)
			bad += differs(r, w | (lcg_next(&g) & ~fixed), bad);
	}
	is(bad, 0, "all values of the deciding bits decode as in the manual's tables");
}

/* No row but those of the manual. */
static void test_no_others(const struct reference *r)
{
	bool seen[256] = { [insn_illegal] = true, [insn_call] = true };

	for (unsigned i = 0; i < 64; i++)
		seen[r->op2[i & 7]] = seen[r->arith[i]] = seen[r->memory[i]] = true;
	for (unsigned i = 0; i < 512; i++)
		seen[r->fpop[0][i]] = seen[r->fpop[1][i]] = true;
	for (unsigned i = 0; i < INSN_COUNT; i++)
		if (!seen[i])
			ok(false, "row '%s' is in the manual", insn_name[i]);
	is(insn_illegal, 0, "illegal is 0");
}

/* Which instructions have a flag, by the manual. */
static const struct {
	unsigned flag;
	const char *name, *who;
} flag_sets[] = {
	{ INSN_CTI, "CTI", "bicc fbfcc cbccc call jmpl rett" },
	{ INSN_BRANCH, "BRANCH", "bicc fbfcc cbccc" },
	{ INSN_PRIV, "PRIV",
	  "rdpsr rdwim rdtbr wrpsr wrwim wrtbr rett stdfq stdcq lda lduba lduha ldda sta stba stha "
	  "stda ldsba "
	  "ldsha ldstuba swapa" },
	{ INSN_FP, "FP",
	  "fbfcc ldf ldfsr lddf stf stfsr stdfq stdf fpop_unimp fmovs fnegs fabss fsqrts fsqrtd "
	  "fsqrtq fadds "
	  "faddd faddq fsubs fsubd fsubq fmuls fmuld fmulq fdivs fdivd fdivq fsmuld fdmulq fitos "
	  "fdtos fqtos "
	  "fitod fstod fqtod fitoq fstoq fdtoq fstoi fdtoi fqtoi fcmps fcmpd fcmpq fcmpes fcmped "
	  "fcmpeq" },
	{ INSN_CP, "CP", "cbccc cpop1 cpop2 ldc ldcsr lddc stc stcsr stdcq stdc" },
	{ INSN_LOAD, "LOAD",
	  "ld ldub lduh ldd ldsb ldsh ldstub swap lda lduba lduha ldda ldsba ldsha ldstuba swapa "
	  "casa ldf ldfsr "
	  "lddf ldc ldcsr lddc" },
	{ INSN_STORE, "STORE",
	  "st stb sth std sta stba stha stda ldstub ldstuba swap swapa casa stf stfsr stdfq stdf "
	  "stc stcsr stdcq "
	  "stdc" },
	{ INSN_ALT, "ALT",
	  "lda lduba lduha ldda sta stba stha stda ldsba ldsha ldstuba swapa casa" },
	{ INSN_CC, "CC",
	  "addcc andcc orcc xorcc subcc andncc orncc xnorcc addxcc subxcc umulcc smulcc udivcc "
	  "sdivcc taddcc "
	  "tsubcc taddcctv tsubcctv mulscc wrpsr" },
	{ INSN_USECC, "USECC", "bicc ticc addx subx addxcc subxcc mulscc rdpsr" },
	{ INSN_D, "D", "ldd std ldda stda lddf stdf lddc stdc" },
	{ INSN_RD, "RD",
	  "sethi call add and or xor sub andn orn xnor addx umul smul subx udiv sdiv addcc andcc "
	  "orcc xorcc subcc "
	  "andncc orncc xnorcc addxcc umulcc smulcc subxcc udivcc sdivcc taddcc tsubcc taddcctv "
	  "tsubcctv mulscc "
	  "sll srl sra rdasr rdpsr rdwim rdtbr jmpl save restore ld ldub lduh ldd ldsb ldsh ldstub "
	  "swap lda lduba "
	  "lduha ldda ldsba ldsha ldstuba swapa casa" },
};

static bool in_list(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = list; (s = strstr(s, name)); s += n)
		if ((s == list || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
			return true;
	return false;
}

static void test_flags(void)
{
	unsigned all = 0;

	for (size_t f = 0; f < ARRAY_SIZE(flag_sets); f++) {
		unsigned wrong = 0;

		for (unsigned i = 0; i < INSN_COUNT; i++) {
			bool got = insn_flags[i] & flag_sets[f].flag;

			if (got == in_list(flag_sets[f].who, insn_name[i]))
				continue;
			diag("%s of %s is %d", flag_sets[f].name, insn_name[i], got);
			wrong++;
		}
		is(wrong, 0, "flag %s", flag_sets[f].name);
		all |= flag_sets[f].flag;
	}
	for (unsigned i = 0; i < INSN_COUNT; i++)
		all |= insn_flags[i];
	is(all, 0xfff, "no flag but these");
}

static void test_fields(void)
{
	is(f_rd(0x3e000000), 31, "rd");
	is(f_rd(~0x3e000000u), 0, "rd alone");
	is(f_rs1(0x0007c000), 31, "rs1");
	is(f_rs1(~0x0007c000u), 0, "rs1 alone");
	is(f_rs2(0x1f), 31, "rs2");
	is(f_rs2(~0x1fu), 0, "rs2 alone");
	is(f_i(0x2000), 1, "i");
	is(f_i(~0x2000u), 0, "i alone");
	is(f_asi(0x1fe0), 0xff, "asi");
	is(f_asi(~0x1fe0u), 0, "asi alone");
	is(f_cond(0x1e000000), 15, "cond");
	is(f_cond(~0x1e000000u), 0, "cond alone");
	is(f_a(0x20000000), 1, "a");
	is(f_a(~0x20000000u), 0, "a alone");
	is(f_op3(0x01f80000), 0x3f, "op3");
	is(f_op3(~0x01f80000u), 0, "op3 alone");
	is(f_opf(0x3fe0), 0x1ff, "opf");
	is(f_opf(~0x3fe0u), 0, "opf alone");
	is(f_trapnum(0xffffff90), 0x10, "trapnum");
	is(f_shcnt(0xffffffe4), 4, "shcnt");
	is(f_const22(0xffd2ab34), 0x12ab34, "const22");
	is(f_imm22(0x033fffff), 0xfffffc00, "imm22 << 10");
	is(f_imm22(0x03000001), 0x400, "imm22 of 1");
	ok(f_simm13(0xffffefff) == 4095, "the greatest simm13");
	ok(f_simm13(0x00001000) == -4096, "the least simm13");
	ok(f_simm13(0x00001fff) == -1, "simm13 of -1");
	ok(f_disp22(0xffdfffff) == 0x7ffffc, "the farthest branch ahead");
	ok(f_disp22(0x00200000) == -0x800000, "the farthest branch back");
	ok(f_disp30(0x5fffffff) == 0x7ffffffc, "the farthest call ahead");
	ok(f_disp30(0x60000000) == INT32_MIN, "the farthest call back");
	ok(f_disp30(0x7fffffff) == -4, "a call to the word before");
}

int main(void)
{
	struct reference r;

	reference_init(&r);
	test_no_others(&r);
	test_deciding_bits(&r);
	if (tier())
		test_every_word(&r);
	test_flags();
	test_fields();
	return tap_done();
}
