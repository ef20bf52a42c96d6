/* SPDX-License-Identifier: MIT */
/* Disassembler: fills in the operands of the syntax that insns.decode gives. */
#include "arch/sparc/disas.h"

#define INSN_WANT_SYNTAX
#include "decode.h"

struct out {
	char *buf;
	size_t len, n;
};

static void put_char(struct out *o, char c)
{
	if (o->n + 1 < o->len)
		o->buf[o->n] = c;
	o->n++;
}

static void put_str(struct out *o, const char *s)
{
	while (*s)
		put_char(o, *s++);
}

static void put_number(struct out *o, u32 v, unsigned base)
{
	char digits[10];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (n)
		put_char(o, digits[--n]);
}

static void put_hex(struct out *o, u32 v)
{
	put_str(o, "0x");
	put_number(o, v, 16);
}

/* Small and negative numbers are decimal, the others more often masks than counts. */
static void put_imm(struct out *o, s32 v)
{
	if (v < 0)
		put_char(o, '-');
	if (v <= 9)
		put_number(o, v < 0 ? -(u32)v : (u32)v, 10);
	else
		put_hex(o, (u32)v);
}

/* A register of the files f, c and asr. */
static void put_numbered(struct out *o, const char *set, u32 n)
{
	put_char(o, '%');
	put_str(o, set);
	put_number(o, n, 10);
}

static void put_reg(struct out *o, u32 r)
{
	if (r == 14 || r == 30) {
		put_str(o, r == 14 ? "%sp" : "%fp");
		return;
	}
	put_char(o, '%');
	put_char(o, "goli"[r >> 3]);
	put_number(o, r & 7, 10);
}

static void put_ri(struct out *o, u32 w)
{
	if (f_i(w))
		put_imm(o, f_simm13(w));
	else
		put_reg(o, f_rs2(w));
}

/* r[rs1] + r[rs2], the latter only if it is not %g0. */
static void put_sum(struct out *o, u32 w)
{
	put_reg(o, f_rs1(w));
	if (f_rs2(w)) {
		put_str(o, " + ");
		put_reg(o, f_rs2(w));
	}
}

/* r[rs1] + r[rs2] or r[rs1] + simm13, without what is 0. */
static void put_addr(struct out *o, u32 w)
{
	s32 imm = f_simm13(w);

	if (!f_i(w)) {
		put_sum(o, w);
		return;
	}
	if (f_rs1(w) || !imm)
		put_reg(o, f_rs1(w));
	if (f_rs1(w) && imm)
		put_str(o, " + ");
	if (imm)
		put_imm(o, imm);
}

static const char *icond_name(u32 cond)
{
	static const char names[16][4] = {
		"n", "e",  "le", "l",  "leu", "cs", "neg", "vs",
		"a", "ne", "g",	 "ge", "gu",  "cc", "pos", "vc",
	};

	return names[cond];
}

static const char *fcond_name(u32 cond)
{
	static const char names[16][4] = {
		"n", "ne", "lg", "ul", "l",   "ug", "g",   "u",
		"a", "e",  "ue", "ge", "uge", "le", "ule", "o",
	};

	return names[cond];
}

/* The conditions of CBccc name the values 0 to 3 of the coprocessor's condition code. */
static const char *ccond_name(u32 cond)
{
	static const char names[16][4] = {
		"n", "123", "12", "13", "1",   "23", "2",   "3",
		"a", "0",   "03", "02", "023", "01", "013", "012",
	};

	return names[cond];
}

static void put_operand(struct out *o, enum insn_operand operand, u32 w, u32 pc)
{
	switch (operand) {
	case operand_rd:
		put_reg(o, f_rd(w));
		break;
	case operand_rs1:
		put_reg(o, f_rs1(w));
		break;
	case operand_rs2:
		put_reg(o, f_rs2(w));
		break;
	case operand_ri:
		put_ri(o, w);
		break;
	case operand_trap:
		if (f_i(w) && !f_rs1(w))
			put_imm(o, f_simm13(w));
		else
			put_addr(o, w);
		break;
	case operand_addr:
		put_addr(o, w);
		break;
	case operand_addra:
		put_sum(o, w);
		break;
	case operand_simm13:
		put_imm(o, f_simm13(w));
		break;
	case operand_asi:
		put_hex(o, f_asi(w));
		break;
	case operand_frd:
		put_numbered(o, "f", f_rd(w));
		break;
	case operand_frs1:
		put_numbered(o, "f", f_rs1(w));
		break;
	case operand_frs2:
		put_numbered(o, "f", f_rs2(w));
		break;
	case operand_crd:
		put_numbered(o, "c", f_rd(w));
		break;
	case operand_crs1:
		put_numbered(o, "c", f_rs1(w));
		break;
	case operand_crs2:
		put_numbered(o, "c", f_rs2(w));
		break;
	case operand_asrd:
		put_numbered(o, "asr", f_rd(w));
		break;
	case operand_asrs:
		put_numbered(o, "asr", f_rs1(w));
		break;
	case operand_opf:
		put_hex(o, f_opf(w));
		break;
	case operand_icond:
		put_str(o, icond_name(f_cond(w)));
		break;
	case operand_fcond:
		put_str(o, fcond_name(f_cond(w)));
		break;
	case operand_ccond:
		put_str(o, ccond_name(f_cond(w)));
		break;
	case operand_a:
		put_str(o, f_a(w) ? ",a" : "");
		break;
	case operand_disp22:
		put_hex(o, pc + (u32)f_disp22(w));
		break;
	case operand_disp30:
		put_hex(o, pc + (u32)f_disp30(w));
		break;
	case operand_hi22:
		put_str(o, "%hi(");
		put_hex(o, f_imm22(w));
		put_char(o, ')');
		break;
	case operand_const22:
		put_hex(o, f_const22(w));
		break;
	}
}

/* The syntax of the word: its first alias that fits, or that of its row. */
static const char *syntax_of(u32 w)
{
	enum insn insn = insn_decode(w);

	for (size_t i = 0; i < ARRAY_SIZE(insn_aliases); i++) {
		const struct insn_alias *a = &insn_aliases[i];

		if (a->insn == insn && (w & a->mask) == a->value && f_rd(w) == (w >> a->eq & 31))
			return a->syntax;
	}
	return insn_syntax[insn];
}

size_t sparc_disas(u32 word, u32 pc, char *buf, size_t len)
{
	struct out o = { .buf = buf, .len = len };

	for (const char *s = syntax_of(word); *s; s++) {
		char c = *s;

		if (c < ' ')
			put_operand(&o, (enum insn_operand)c, word, pc);
		else
			put_char(&o, c);
	}
	if (len)
		buf[o.n < len ? o.n : len - 1] = '\0';
	return o.n;
}
