/* SPDX-License-Identifier: MIT */
/*
 * The disassembler: words and texts by hand (the words made by the GNU assembler), and comparison
 * with objdump over thousands of generated words. OBJDUMP names another objdump that knows sparc.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/sparc/disas.h"
#include "lib/be.h"
#include "t/tap.h"
#define INSN_WANT_NAMES
#include "decode.h"

#define BASE 0x10000000u
#define PER_INSN 64

static const struct {
	u32 word;
	const char *text;
} by_hand[] = {
	{ 0x01000000, "nop" },
	{ 0x033ffc00, "sethi %hi(0xfff00000), %g1" },
	{ 0x00000000, "unimp 0x0" },
	{ 0x00000008, "unimp 0x8" },
	{ 0x10800000, "ba 0x10000000" },
	{ 0x32bffffe, "bne,a 0xffffff8" },
	{ 0x08840000, "bleu 0x10100000" },
	{ 0x00800000, "bn 0x10000000" },
	{ 0x3e800001, "bvc,a 0x10000004" },
	{ 0x03800004, "fbne 0x10000010" },
	{ 0x39800004, "fbuge,a 0x10000010" },
	{ 0x11800002, "fba 0x10000008" },
	{ 0x1fbfffff, "fbo 0xffffffc" },
	{ 0x03c00002, "cb123 0x10000008" },
	{ 0x31c00002, "cba,a 0x10000008" },
	{ 0x7fffffff, "call 0xffffffc" },
	{ 0x50000000, "call 0x50000000" },
	{ 0x86004002, "add %g1, %g2, %g3" },
	{ 0x9c03bf98, "add %sp, -104, %sp" },
	{ 0xa0042001, "inc %l0" },
	{ 0xba276001, "dec %i5" },
	{ 0x92222010, "sub %o0, 0x10, %o1" },
	{ 0xa2200011, "neg %l1" },
	{ 0x9620000a, "neg %o2, %o3" },
	{ 0xb20e20ff, "and %i0, 0xff, %i1" },
	{ 0x90100000, "clr %o0" },
	{ 0xa0100008, "mov %o0, %l0" },
	{ 0x88103fff, "mov -1, %g4" },
	{ 0x821063ff, "or %g1, 0x3ff, %g1" },
	{ 0x8a394000, "not %g5" },
	{ 0x8c394000, "not %g5, %g6" },
	{ 0xaa2dc016, "andn %l7, %l6, %l5" },
	{ 0x82306001, "orn %g1, 1, %g1" },
	{ 0x8418801e, "xor %g2, %fp, %g2" },
	{ 0x82406000, "addx %g1, 0, %g1" },
	{ 0x80e3000d, "subxcc %o4, %o5, %g0" },
	{ 0x80a22009, "cmp %o0, 9" },
	{ 0x80a20009, "cmp %o0, %o1" },
	{ 0x8094c000, "tst %l3" },
	{ 0x8088e004, "btst 4, %g3" },
	{ 0x96a2e001, "deccc %o3" },
	{ 0x9682e001, "inccc %o3" },
	{ 0x86504002, "umul %g1, %g2, %g3" },
	{ 0x86d86064, "smulcc %g1, 0x64, %g3" },
	{ 0x86f06007, "udivcc %g1, 7, %g3" },
	{ 0x86784002, "sdiv %g1, %g2, %g3" },
	{ 0x87104002, "taddcctv %g1, %g2, %g3" },
	{ 0x87086004, "tsubcc %g1, 4, %g3" },
	{ 0x99230009, "mulscc %o4, %o1, %o4" },
	{ 0x83286002, "sll %g1, 2, %g1" },
	{ 0x83304008, "srl %g1, %o0, %g1" },
	{ 0x8338601f, "sra %g1, 0x1f, %g1" },
	{ 0xa1400000, "rd %y, %l0" },
	{ 0xa1444000, "rd %asr17, %l0" },
	{ 0x8143c000, "stbar" },
	{ 0xa1480000, "rd %psr, %l0" },
	{ 0xa7500000, "rd %wim, %l3" },
	{ 0xa9580000, "rd %tbr, %l4" },
	{ 0x81800000, "mov %g0, %y" },
	{ 0x81800009, "mov %o1, %y" },
	{ 0x81826001, "wr %o1, 1, %y" },
	{ 0x818c2020, "wr %l0, 0x20, %psr" },
	{ 0x81880010, "mov %l0, %psr" },
	{ 0x81902002, "mov 2, %wim" },
	{ 0x81980004, "mov %g4, %tbr" },
	{ 0xa7800000, "mov %g0, %asr19" },
	{ 0x81c7e008, "ret" },
	{ 0x81c3e008, "retl" },
	{ 0x81c44000, "jmp %l1" },
	{ 0x81c06044, "jmp %g1 + 0x44" },
	{ 0xa5c44000, "jmpl %l1, %l2" },
	{ 0x9fc08000, "call %g2" },
	{ 0x81cc8000, "rett %l2" },
	{ 0x81cca004, "rett %l2 + 4" },
	{ 0x91d02003, "ta 3" },
	{ 0x91d02000, "ta 0" },
	{ 0x91d02010, "ta 0x10" },
	{ 0x93d06005, "tne %g1 + 5" },
	{ 0x8fd20009, "tvs %o0 + %o1" },
	{ 0x81d84000, "flush %g1" },
	{ 0x81da2008, "flush %o0 + 8" },
	{ 0x9de3bfa0, "save %sp, -96, %sp" },
	{ 0x81e00000, "save" },
	{ 0x81e80000, "restore" },
	{ 0x91ea2001, "restore %o0, 1, %o0" },
	{ 0xbfa00021, "fmovs %f1, %f31" },
	{ 0x89a00542, "fsqrtd %f2, %f4" },
	{ 0x99a10868, "faddq %f4, %f8, %f12" },
	{ 0x8da04d23, "fsmuld %f1, %f3, %f6" },
	{ 0x8ba01a42, "fdtoi %f2, %f5" },
	{ 0x81a80a5e, "fcmpd %f0, %f30" },
	{ 0x81a9caa8, "fcmpes %f7, %f8" },
	{ 0xc2000000, "ld [ %g0 ], %g1" },
	{ 0xde03a040, "ld [ %sp + 0x40 ], %o7" },
	{ 0xc6084002, "ldub [ %g1 + %g2 ], %g3" },
	{ 0xe057bffc, "ldsh [ %fp + -4 ], %l0" },
	{ 0xe01b8000, "ldd [ %sp ], %l0" },
	{ 0xfc3ba038, "std %fp, [ %sp + 0x38 ]" },
	{ 0xc0220000, "clr [ %o0 ]" },
	{ 0xc02a2001, "clrb [ %o0 + 1 ]" },
	{ 0xc0320009, "clrh [ %o0 + %o1 ]" },
	{ 0xe02c4000, "stb %l0, [ %l1 ]" },
	{ 0xd26a0000, "ldstub [ %o0 ], %o1" },
	{ 0xe27c2008, "swap [ %l0 + 8 ], %l1" },
	{ 0xc4804080, "lda [ %g1 ] 0x4, %g2" },
	{ 0xc6804402, "lda [ %g1 + %g2 ] 0x20, %g3" },
	{ 0xc0a24060, "sta %g0, [ %o1 ] 0x3" },
	{ 0xd4ba03e0, "stda %o2, [ %o0 ] 0x1f" },
	{ 0xd89a0420, "ldda [ %o0 ] 0x21, %o4" },
	{ 0xd8fac160, "swapa [ %o3 ] 0xb, %o4" },
	{ 0xd8eac160, "ldstuba [ %o3 ] 0xb, %o4" },
	{ 0xc7020000, "ld [ %o0 ], %f3" },
	{ 0xfd1a2008, "ldd [ %o0 + 8 ], %f30" },
	{ 0xc10a0000, "ld [ %o0 ], %fsr" },
	{ 0xc7223ffc, "st %f3, [ %o0 + -4 ]" },
	{ 0xc12ba010, "st %fsr, [ %sp + 0x10 ]" },
	{ 0xc1340000, "std %fq, [ %l0 ]" },
	{ 0xc53c0011, "std %f2, [ %l0 + %l1 ]" },
	{ 0xc7804000, "ld [ %g1 ], %c3" },
	{ 0xc9984000, "ldd [ %g1 ], %c4" },
	{ 0xc1884000, "ld [ %g1 ], %csr" },
	{ 0xc7a04000, "st %c3, [ %g1 ]" },
	{ 0xc1b04000, "std %cq, [ %g1 ]" },
	{ 0xc1a84000, "st %csr, [ %g1 ]" },
	/* Not V8, or reserved. */
	{ 0x00400000, "illegal" },
	{ 0xc2806020, "illegal" },
	{ 0xc3180000, "ldd [ %g0 ], %f1" },
	{ 0xc4180000, "ldd [ %g0 ], %g2" },
	{ 0xc2180000, "illegal" },
	{ 0x81a00042, "fpop1 0x2, %f0, %f2, %f0" },
	{ 0x81a80042, "fpop2 0x2, %f0, %f2, %f0" },
	{ 0x81b04022, "cpop1 0x1, %c1, %c2, %c0" },
	{ 0xc5e04144, "casa [ %g1 ] 0xa, %g4, %g2" },
};

static void test_by_hand(void)
{
	char buf[SPARC_DISAS_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(by_hand); i++) {
		size_t n = sparc_disas(by_hand[i].word, BASE, buf, sizeof(buf));

		if (!ok(!strcmp(buf, by_hand[i].text) && n == strlen(buf), "%s", by_hand[i].text))
			diag("%08x gives '%s'", by_hand[i].word, buf);
	}
}

/* A short buffer is never overrun, and the length is that of the whole text. */
static void test_short_buffers(void)
{
	const u32 word = 0x8410a3ff;
	char whole[SPARC_DISAS_MAX], buf[SPARC_DISAS_MAX];
	size_t n = sparc_disas(word, 0, whole, sizeof(whole));
	bool good = sparc_disas(word, 0, NULL, 0) == n;

	for (size_t len = 1; len <= n + 1; len++) {
		memset(buf, '#', sizeof(buf));
		good &= sparc_disas(word, 0, buf, len) == n && strlen(buf) == len - 1 &&
			!memcmp(buf, whole, len - 1) && buf[len] == '#';
	}
	ok(good, "text cut short to any length");
}

struct lcg {
	u64 s;
};

static u32 lcg_next(struct lcg *g)
{
	g->s = g->s * 6364136223846793005u + 1442695040888963407u;
	return (u32)(g->s >> 32);
}

static void test_longest(void)
{
	struct lcg g = { 3203 };
	size_t max = 0;

	for (int i = 0; i < 1000000; i++) {
		size_t n = sparc_disas(lcg_next(&g), 0xf0000000, NULL, 0);

		if (n > max)
			max = n;
	}
	ok(max < SPARC_DISAS_MAX, "%zu characters at most", max);
}

/* ---- words that objdump accepts: its table wants reserved bits to be 0 ---- */

static bool in_list(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = list; (s = strstr(s, name)); s += n)
		if ((s == list || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
			return true;
	return false;
}

/* Make small and equal values likely, so that synthetic instructions come up. */
static u32 bias(u32 w, struct lcg *g)
{
	static const u8 regs[8] = { 0, 0, 15, 31, 14, 30, 1, 2 };
	static const u16 imms[8] = { 0, 1, 8, 9, 10, 0x1fff, 0x1000, 0xfff };
	u32 r = lcg_next(g);

	if (!(r & 3))
		w = (w & ~0x3e000000u) | (u32)regs[r >> 2 & 7] << 25;
	if (!(r >> 5 & 3))
		w = (w & ~0x7c000u) | (u32)regs[r >> 7 & 7] << 14;
	if (!(r >> 10 & 7))
		w = (w & ~0x7c000u) | f_rd(w) << 14;
	if (!(r >> 13 & 3) && f_i(w))
		w = (w & ~0x1fffu) | imms[r >> 15 & 7];
	if (!(r >> 13 & 3) && !f_i(w))
		w = (w & ~0x1fu) | regs[r >> 15 & 7];
	return w;
}

/* objdump numbers double and quad registers as V9 does: those divisible by 4 are the same in both. */
static u32 even_registers(u32 w, const char *name)
{
	const char single[] =
		"ldf stf fmovs fnegs fabss fsqrts fadds fsubs fmuls fdivs fitos fstoi fcmps "
		"fcmpes";

	if (in_list(single, name))
		return w;
	if (in_list("lddf stdf", name))
		return w & ~0x02000000u;
	if (name[0] == 'f' && w >> 30 == 2 && strcmp(name, "flush"))
		return w & ~0x0600c003u;
	return w;
}

static u32 clean(u32 w, struct lcg *g)
{
	const char unary[] =
		"fmovs fnegs fabss fsqrts fsqrtd fsqrtq fitos fdtos fqtos fitod fstod fqtod "
		"fitoq fstoq fdtoq fstoi fdtoi fqtoi";
	enum insn insn = insn_decode(w);
	const char *name = insn_name[insn];
	bool fpop = insn_flags[insn] & (INSN_FP | INSN_CP) && w >> 30 == 2;

	if (insn == insn_unimp)
		return w & 0x1fffff;
	if (w >> 30 < 2)
		return w;
	if (!fpop && !(insn_flags[insn] & INSN_ALT)) {
		w = bias(w, g);
		w &= f_i(w) ? ~0u : ~0x1fe0u;
	}
	if (in_list("sll srl sra", name))
		w &= ~0x1fe0u;
	if (insn == insn_ticc)
		w &= f_i(w) ? ~0x20001f80u : ~0x20000000u;
	if (in_list("rdpsr rdwim rdtbr", name))
		w &= ~0x7ffffu;
	if (insn == insn_rdasr)
		w &= ~0x3fffu;
	if (in_list("rett wrpsr wrwim wrtbr flush ldfsr stfsr stdfq ldcsr stcsr stdcq", name) ||
	    strstr(name, "fcmp"))
		w &= ~0x3e000000u;
	if (in_list(unary, name))
		w &= ~0x7c000u;
	return even_registers(w, name);
}

/* Words that objdump spells in another way, each for a reason. */
static bool spelled_apart(u32 w)
{
	bool zero = f_i(w) ? !f_simm13(w) : !f_rs2(w);

	switch (insn_decode(w)) {
	case insn_illegal:
	case insn_fpop_unimp: /* or a V9 instruction */
	case insn_cpop1: /* printed as an address */
	case insn_cpop2:
		return true;
	case insn_wrasr: /* mov in table A-1 of the manual */
	case insn_wrpsr:
	case insn_wrwim:
	case insn_wrtbr:
		return !f_rs1(w) || zero;
	case insn_xnor: /* not %r, %r */
		return !f_i(w) && zero;
	case insn_or: /* clr */
		return !f_rs1(w) && zero;
	case insn_andcc: /* btst: the manual has the operands the other way */
		return !f_rd(w) && !f_i(w);
	case insn_subcc: /* cmp %g0, 1 and not deccc %g0 */
		return !f_rd(w) && !f_rs1(w);
	case insn_jmpl: /* ret and retl whatever rd is */
		return f_rd(w) && f_i(w) && f_simm13(w) == 8 && (f_rs1(w) == 15 || f_rs1(w) == 31);
	case insn_save: /* save %g0, 0, %g0 for save */
		return !f_rd(w) && !f_rs1(w) && zero;
	default:
		return false;
	}
}

/* ---- objdump's text in our spelling ---- */

static void squeeze(char *s)
{
	char *to = s;

	for (; *s && *s != '\n' && *s != '!'; s++)
		if (*s != ' ' || (to[0] = ' ', s[1] != ' '))
			*to++ = *s;
	*to = '\0';
	while (to > s && to[-1] == ' ')
		*--to = '\0';
}

/* The name or decimal number of an ASI to hexadecimal. */
static void translate_asi(char *s, size_t size, u32 w)
{
	char *p = strchr(s, ']'), rest[64];
	unsigned asi;

	if (!p || p[1] != ' ' || (p[2] != '(' && p[2] != '#'))
		return;
	p += 2;
	if (sscanf(p, "(%u)", &asi) != 1)
		asi = f_asi(w);
	snprintf(rest, sizeof(rest), "%s", p + strcspn(p, ","));
	snprintf(p, size - (size_t)(p - s), "0x%x%s", asi, rest);
}

static void translate(char *s, size_t size, u32 w)
{
	static const char *const always[] = { "b", "fb", "cb" };
	char old[128], *sum;

	squeeze(s);
	snprintf(old, sizeof(old), "%s", s);
	for (size_t i = 0; i < ARRAY_SIZE(always); i++) {
		size_t n = strlen(always[i]);

		if (!strncmp(s, always[i], n) && (s[n] == ' ' || s[n] == ','))
			snprintf(s, size, "%.*sa%s", (int)n, old, old + n);
	}
	translate_asi(s, size, w);
	sum = strstr(s, " + 0");
	if (sum && !sum[4])
		*sum = '\0';
	if (insn_decode(w) == insn_unimp)
		snprintf(s, size, "unimp 0x%x", f_const22(w)); /* it sign-extends, or prints 0 */
}

static size_t generate(u32 *words, size_t max)
{
	unsigned have[INSN_COUNT] = { 0 };
	struct lcg g = { 3202 };
	size_t n = 0;

	for (int i = 0; i < 1 << 25 && n < max; i++) {
		u32 w = lcg_next(&g);

		if (have[insn_decode(w)] == PER_INSN)
			continue;
		w = clean(w, &g);
		if (have[insn_decode(w)]++ < PER_INSN && !spelled_apart(w))
			words[n++] = w;
	}
	return n;
}

static FILE *start_objdump(const char *objdump, const char *path)
{
	char cmd[512];

	snprintf(cmd, sizeof(cmd),
		 "%s -D -z -b binary -m sparc -EB --adjust-vma=0x%x '%s' 2>/dev/null", objdump,
		 BASE, path);
	return popen(cmd, "r");
}

/* Compare a line of objdump, " addr:<tab>bytes<tab>text", with our text of the word. */
static bool compare_line(char *line, size_t size, u32 word, u32 pc)
{
	char *text = strrchr(line, '\t'), ours[SPARC_DISAS_MAX];

	text++;
	translate(text, size - (size_t)(text - line), word);
	sparc_disas(word, pc, ours, sizeof(ours));
	if (!strcmp(ours, text))
		return true;
	diag("%08x: '%s', objdump '%s'", word, ours, text);
	return false;
}

static size_t compare(FILE *f, const u32 *words, size_t n, size_t *bad)
{
	size_t seen = 0;
	char line[256];

	while (seen < n && fgets(line, sizeof(line), f)) {
		unsigned long addr;
		char colon;

		if (sscanf(line, "%lx%c", &addr, &colon) != 2 || colon != ':' ||
		    !strrchr(line, '\t') || addr != BASE + 4 * seen)
			continue;
		*bad += !compare_line(line, sizeof(line), words[seen], (u32)addr);
		seen++;
	}
	return seen;
}

static bool write_words(const char *path, const u32 *words, size_t n)
{
	FILE *f = fopen(path, "wb");
	bool good = f;

	for (size_t i = 0; good && i < n; i++) {
		u8 b[4];

		be32_put(b, words[i]);
		good = fwrite(b, 4, 1, f) == 1;
	}
	return f && !fclose(f) && good;
}

static bool have_objdump(const char *objdump)
{
	char cmd[256];

	snprintf(cmd, sizeof(cmd), "%s -i 2>/dev/null | grep -q elf32-sparc", objdump);
	return !system(cmd);
}

static const char *find_objdump(void)
{
	const char *const names[] = {
		getenv("OBJDUMP"),
		"sparc64-linux-gnu-objdump",
		"sparc-linux-gnu-objdump",
		"sparc-elf-objdump",
		"objdump",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && have_objdump(names[i]))
			return names[i];
	return NULL;
}

static void test_objdump(void)
{
	static u32 words[INSN_COUNT * PER_INSN];
	const char *objdump = find_objdump(), *dir = getenv("TMPDIR");
	size_t n = generate(words, ARRAY_SIZE(words)), seen = 0, bad = 0;
	char path[256];
	FILE *f;
	int fd;

	ok(n > ARRAY_SIZE(words) * 9 / 10, "%zu words generated", n);
	if (!objdump) {
		ok(true, "# skip no objdump for sparc");
		return;
	}
	snprintf(path, sizeof(path), "%s/disas-XXXXXX", dir ? dir : "/tmp");
	fd = mkstemp(path);
	if (fd >= 0)
		close(fd);
	ok(fd >= 0 && write_words(path, words, n), "words written");
	f = start_objdump(objdump, path);
	if (f) {
		seen = compare(f, words, n, &bad);
		pclose(f);
	}
	unlink(path);
	is(seen, n, "objdump printed all words");
	is(bad, 0, "all in the same way");
}

int main(void)
{
	test_by_hand();
	test_short_buffers();
	test_longest();
	test_objdump();
	return tap_done();
}
