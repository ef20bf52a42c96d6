/* SPDX-License-Identifier: MIT */
/*
 * Generates the handlers that do all turns of a loop.
 *
 *	mkloop [-few] arch/sparc/exec-ops.h arch/sparc/loops.list > loops.h
 *
 * Each line of the second file is a loop, from the instruction that is branched to up to the delay instruction
 * of the last branch back:
 *
 *	ld,a,#,b add,a,#,a cmp,b,# bne>0 add,c,b,c
 *
 * A name is one of EXEC_OPS, which is in the first file, without its _rr or _ri. Its operands are rs1, operand 2 and rd as
 * far as it has them, then the odd register of a pair. Registers that are written have a letter each, in the order in which
 * they first are; # is another register or an immediate operand. Of operands that may be exchanged letters stand first, in
 * their order. bne>5 branches to element 5 of the line, bne>0 to its start, bne>out out of the loop, in any
 * direction; bnea: annulled if untaken.
 *
 * A branch over one instruction that can do no more than write a register is none: it is done and its result chosen.
 * With -few, for builds that take long and are not to be fast, it is every eighth line.
 */
#include <ctype.h>

#include "lib/hash64.h"
#include "tools/mkexec.h"

#define MAX_LOOPS 4000
#define MAX_ELEMENTS 24
#define MAX_LETTERS 20
#define HASH 8192 /* a power of 2, more than twice the loops there may be */
#define OUT 255
#define FIXED '#'
#define PARTS 2 /* files that the handlers are compiled in: arch/sparc/exec-loops-N.c */

struct element {
	int op; /* or, with is_branch, the condition */
	bool is_branch, annul, delay;
	char skip; /* x k e: a branch that is none, see mkfuse.c */
	int to;
	char reg[4]; /* rs1, operand 2, rd, odd register: a letter, FIXED, or 0: none */
};

struct loop {
	struct element e[MAX_ELEMENTS];
	char text[512];
	int n, nr_letters;
	unsigned char key[MAX_ELEMENTS * 5];
	int key_len;
	int line;
};

static struct loop loops[MAX_LOOPS];
static int nr_loops;
static bool few;
static const char *const cond_name[16] = {
	"bn", "be",  "ble", "bl",  "bleu", "bcs", "bneg", "bvs",
	"ba", "bne", "bg",  "bge", "bgu",  "bcc", "bpos", "bvc"
};

static bool is_pair(const struct op *o)
{
	return is_one_of(o, "ldd std");
}

static bool has_rs1(const struct op *o)
{
	return o->form != 'N' && !is_one_of(o, "mov");
}

/* Also MOV of an immediate, which has no form I. */
static bool has_operand2(const struct op *o)
{
	return o->form != 'N' || is_one_of(o, "mov_i");
}

static bool has_rd(const struct op *o)
{
	return o->w || o->d || is_pair(o);
}

static bool writes_rd(const struct op *o)
{
	return o->w || is_one_of(o, "ldd");
}

/* Operands that may be exchanged: addresses, too. */
static bool has_exchange(const struct op *o)
{
	return is_one_of(o, "add and or xor xnor addx addcc andcc orcc xorcc xnorcc addxcc umul "
			    "smul umulcc smulcc btst wry "
			    "ld ldub lduh ldsb ldsh ldd st stb sth std ldstub ldf lddf stf stdf");
}

/* What has more to it than its operands. */
static bool is_taken(const struct op *o)
{
	return !is_one_of(o, "slow fpop save restore rdpsr rdwim rdtbr wrwim wrtbr swap");
}

/* The kind that stands for both forms of operand 2. */
static int kind_of_form(int op)
{
	char name[40];

	snprintf(name, sizeof(name), "%s", ops[op].name);
	if (!strcmp(name, "mov_i"))
		strcpy(name, "mov_r");
	else if (ops[op].form == 'I')
		name[strlen(name) - 1] = 'r';
	for (int i = 0; i < nr_ops; i++)
		if (!strcmp(ops[i].name, name))
			return i;
	return op;
}

/* The one that it stands for besides, if there is one: with an immediate operand, which leaves rs2 at 0. */
static int other_form(int op)
{
	for (int i = 0; i < nr_ops; i++)
		if (i != op && kind_of_form(i) == op)
			return i;
	return op;
}

static void parse_branch(struct element *e, const char *word, const char *target)
{
	char name[8];
	size_t n = (size_t)(target - word) - 1;

	for (int c = 1; c < 16; c++)
		for (int a = 0; a < 2; a++) {
			snprintf(name, sizeof(name), "%s%s", cond_name[c], a ? "a" : "");
			if (strlen(name) == n && !strncmp(name, word, n)) {
				e->op = c;
				e->annul = a;
				e->is_branch = true;
			}
		}
	if (!e->is_branch)
		die("there is no branch '%.*s'", (int)n, word);
	e->to = !strcmp(target, "out") ? OUT : atoi(target);
}

static void parse_plain(struct element *e, char *word)
{
	char *comma = strchr(word, ','), *letter = comma;
	const struct op *o;

	if (comma)
		*comma = 0;
	for (e->op = 0; e->op < nr_ops && !is_one_of(&ops[e->op], word); e->op++)
		;
	if (e->op == nr_ops || !is_taken(&ops[e->op]) || strchr(word, ' '))
		die("there is no '%s'", word);
	e->op = kind_of_form(e->op);
	o = &ops[e->op];
	for (int i = 0; i < 4; i++) {
		bool has = i == 0   ? has_rs1(o)
			   : i == 1 ? has_operand2(o)
			   : i == 2 ? has_rd(o)
				    : is_pair(o);

		if (!has)
			continue;
		if (!letter || (letter[1] != FIXED && !islower((unsigned char)letter[1])))
			die("%s: an operand is missing", word);
		e->reg[i] = letter[1];
		letter = letter[2] ? letter + 2 : NULL;
	}
	if (letter)
		die("%s: that are too many operands", word);
	if (has_exchange(o) && e->reg[1] != FIXED && (e->reg[0] == FIXED || e->reg[1] < e->reg[0]))
		die("%s: the operands stand the other way round", word);
}

/* What exec-loop.c compares: each element's kind and target or letters. */
static void make_key(struct loop *l)
{
	for (int k = 0; k < l->n; k++) {
		const struct element *e = &l->e[k];

		if (e->is_branch) {
			l->key[l->key_len++] = (unsigned char)(0x80 | e->op | e->annul << 4);
			l->key[l->key_len++] = (unsigned char)e->to;
			continue;
		}
		l->key[l->key_len++] = (unsigned char)e->op;
		for (int i = 0; i < 4; i++)
			if (e->reg[i])
				l->key[l->key_len++] = (unsigned char)e->reg[i];
	}
}

static bool is_pure_at(const struct loop *l, int k)
{
	return k < l->n && !l->e[k].is_branch && is_pure(&ops[l->e[k].op]);
}

static bool is_target(const struct loop *l, int k)
{
	for (int i = 0; i < l->n; i++)
		if (l->e[i].is_branch && !l->e[i].skip && l->e[i].to == k)
			return true;
	return false;
}

static void find_skips(struct loop *l)
{
	for (int k = 0; k < l->n; k++) {
		struct element *e = &l->e[k];
		bool one = is_pure_at(l, k + 1),
		     two = one && is_pure_at(l, k + 2) && !is_target(l, k + 2);

		if (!e->is_branch || e->op == 8)
			continue;
		if (!e->annul && e->to == k + 3 && two)
			e->skip = 'x';
		if (e->annul && e->to == k + 2 && one)
			e->skip = 'k';
		if (e->annul && e->to == k + 3 && two)
			e->skip = 'e';
	}
}

static void name_written(struct loop *l, char reg)
{
	if (reg == FIXED || reg - 'a' > l->nr_letters)
		die("'%c' is not the next letter", reg);
	if (reg - 'a' == l->nr_letters)
		l->nr_letters++;
}

static void check_letters(const struct loop *l)
{
	for (int k = 0; k < l->n; k++)
		for (int i = 0; i < 4; i++)
			if (l->e[k].reg[i] && l->e[k].reg[i] != FIXED &&
			    l->e[k].reg[i] - 'a' >= l->nr_letters)
				die("'%c' is nowhere written", l->e[k].reg[i]);
}

static void check_loop(struct loop *l)
{
	bool back = false;

	for (int k = 0; k < l->n; k++) {
		struct element *e = &l->e[k];

		if (k && l->e[k - 1].is_branch) {
			if (e->is_branch)
				die("element %d is a branch behind a branch", k);
			e->delay = true;
		}
		if (e->is_branch && e->to != OUT && e->to >= l->n)
			die("element %d goes where there is none", k);
		if (e->is_branch && e->to == 0)
			back = k == l->n - 2;
		for (int i = 2; i < 4; i++)
			if (e->reg[i] && !e->is_branch && writes_rd(&ops[e->op]))
				name_written(l, e->reg[i]);
	}
	if (!back)
		die("the last but one is no branch to the start");
	if (l->nr_letters > MAX_LETTERS)
		die("too many registers");
	check_letters(l);
	for (int k = 0; k < l->n; k++)
		if (l->e[k].is_branch && l->e[k].to != OUT && l->e[l->e[k].to].delay)
			die("element %d goes to a delay instruction", k);
	find_skips(l);
}

static void read_loops(const char *name)
{
	char *p = read_file(name), *next;

	for (line = 1; *p; line++, p = next) {
		struct loop *l = &loops[nr_loops];

		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		else
			next = p + strlen(p);
		if (*p == '#' || (few && line % 8))
			*p = 0;
		l->line = line;
		snprintf(l->text, sizeof(l->text), "%s", p);
		for (char *w = strtok(p, " \t"); w; w = strtok(NULL, " \t")) {
			char *target = strchr(w, '>');

			if (l->n == MAX_ELEMENTS)
				die("too many elements");
			if (target)
				parse_branch(&l->e[l->n], w, target + 1);
			else
				parse_plain(&l->e[l->n], w);
			l->n++;
		}
		if (!l->n)
			continue;
		check_loop(l);
		make_key(l);
		for (int i = 0; i < nr_loops; i++)
			if (loops[i].key_len == l->key_len &&
			    !memcmp(loops[i].key, l->key, (size_t)l->key_len))
				die("the same as line %d", loops[i].line);
		if (++nr_loops == MAX_LOOPS)
			die("too many loops");
	}
}

/* A letter is a local; what is fixed is one, too: rs1_5, op2_5, rd_5, odd_5. */
static const char *const fixed_name[4] = { "rs1", "op2", "rd", "odd" };

static void name_operand(char *to, size_t max, const struct element *e, int k, int i)
{
	if (e->reg[i] == FIXED)
		snprintf(to, max, "%s_%d", fixed_name[i], k);
	else
		snprintf(to, max, "%c", e->reg[i]);
}

/* Element k, with `out` for what it does not do; its result counts if `given`. */
static void print_plain(const struct loop *l, int k, int out, const char *given)
{
	const struct element *e = &l->e[k];
	const struct op *o = &ops[e->op];
	char a[8] = "0", b[8] = "0", d[8] = "NULL", set[64] = "(void)val";

	if (!strcmp(o->name, "nop"))
		return;
	if (e->reg[0])
		name_operand(a, sizeof(a), e, k, 0);
	if (e->reg[1])
		name_operand(b, sizeof(b), e, k, 1);
	if (is_pair(o)) {
		char hi[8], lo[8];

		name_operand(hi, sizeof(hi), e, k, 2);
		name_operand(lo, sizeof(lo), e, k, 3);
		printf("\tLOOP_PAIR(%d, %d, %d, %s, %s, %s, %s);\n", out, k, is_one_of(o, "std"), a,
		       b, hi, lo);
		return;
	}
	if (o->d) {
		d[0] = '&';
		name_operand(d + 1, sizeof(d) - 1, e, k, 2);
	}
	if (o->w)
		snprintf(set, sizeof(set), "%c = %s ? val : %c", e->reg[2], given, e->reg[2]);
	printf("\tLOOP_STEP(%d, %d, %s, %s, %s, %s, %s);\n", out, k, o->name, a, b, d, set);
}

/* The branch at k goes on, taken or not: what it skips is done and not taken. */
static int print_skip(const struct loop *l, int k)
{
	const struct element *e = &l->e[k];

	printf("\t{\n\tconst bool cond = COND_%s;\n", cond_name[e->op]);
	if (e->skip == 'x') {
		print_plain(l, k + 1, k + 1, "true");
		print_plain(l, k + 2, k + 2, "!cond");
		printf("\tx -= (s64)cond << 4;\n");
	} else {
		print_plain(l, k + 1, k + 1, "cond");
		if (e->skip == 'e')
			print_plain(l, k + 2, k + 2, "!cond");
		printf("\tx -= %s;\n", e->skip == 'e' ? "16" : "(s64)!cond << 4");
	}
	printf("\t}\n");
	return e->skip == 'k' ? 1 : 2;
}

static void print_branch(const struct loop *l, int k)
{
	const struct element *e = &l->e[k];
	int n = e->op == 8 && e->annul ? 1 : 2;

	printf("\tif (COND_%s)%s\n", cond_name[e->op], e->to == OUT ? "" : " {");
	if (e->to == OUT) {
		printf("\t\tOUT(%d);\n", k);
	} else {
		printf("\tLOOP_TAKEN(%d, %d);\n", k, n);
		if (n == 2)
			print_plain(l, k + 1, k, "true");
		printf("\tx += 16 * (%d);\n\tgoto L%d;\n\t}\n", k + n - e->to, e->to);
	}
	if (e->op != 8 && e->annul)
		printf("\tx -= 16;\n");
}

/* What element k does, but for branches that are none; how many more it did. */
static int print_element(const struct loop *l, int k)
{
	const struct element *e = &l->e[k];

	if (is_target(l, k))
		printf("L%d:\n", k);
	if (e->skip)
		return print_skip(l, k);
	if (e->is_branch)
		print_branch(l, k);
	/* Nothing comes by the delay instruction of what is always taken, or annuls it. */
	else if (!e->delay || (l->e[k - 1].op != 8 && !l->e[k - 1].annul))
		print_plain(l, k, k, "true");
	return 0;
}

/* The number of a letter's register: in the element that writes it first. */
static void print_where(const struct loop *l, char letter)
{
	for (int k = 0; k < l->n; k++)
		for (int i = 2; i < 4; i++)
			if (l->e[k].reg[i] == letter && !l->e[k].is_branch &&
			    writes_rd(&ops[l->e[k].op])) {
				printf("op[%d].%s", k, i == 2 ? "rd" : "aux");
				return;
			}
}

/*
 * What is fixed. r[rs2] + imm is operand 2 in either form. Where operands may be exchanged and one is a letter, whose
 * register's number is known, that of the other is what is left of the two.
 */
static void print_fixed(const struct loop *l, int k)
{
	const struct element *e = &l->e[k];

	for (int i = 0; i < 4; i++) {
		if (e->reg[i] != FIXED)
			continue;
		printf("\tu32 %s_%d __maybe_unused = cpu->r[", fixed_name[i], k);
		if (i == 0)
			printf("op[%d].rs1];\n", k);
		else if (i > 1)
			printf("op[%d].%s];\n", k, i == 2 ? "rd" : "aux");
		else if (has_exchange(&ops[e->op]) && e->reg[0] && e->reg[0] != FIXED) {
			printf("op[%d].rs1 ^ op[%d].rs2 ^ ", k, k);
			print_where(l, e->reg[0]);
			printf("] + (u32)op[%d].imm;\n", k);
		} else
			printf("op[%d].rs2] + (u32)op[%d].imm;\n", k, k);
	}
}

static const char *seens(int n)
{
	static char buf[MAX_ELEMENTS * 16];

	buf[0] = 0;
	while (n--)
		strcat(buf, "SEEN_NOTHING, ");
	return buf;
}

static void print_handler(const struct loop *l, int i)
{
	const struct element *first = &l->e[0];

	printf("exec_fn loop_%d;\nvoid loop_%d(ARGS)\n{\n\tconst struct op *to = op;\n\texec_fn "
	       "*fn;\n"
	       "\tstruct turn_seen seen[%d] __maybe_unused = { %s};\n",
	       i, i, l->n, seens(l->n));
	for (char c = 'a'; c < 'a' + l->nr_letters; c++) {
		printf("\tu32 %c __maybe_unused = cpu->r[", c);
		print_where(l, c);
		printf("];\n");
	}
	for (int k = 0; k < l->n; k++)
		if (!l->e[k].is_branch)
			print_fixed(l, k);
	for (int k = 0; k < l->n; k++)
		k += print_element(l, k);
	printf("\tOUT(%d);\nout:\n", l->n);
	for (char c = 'a'; c < 'a' + l->nr_letters; c++) {
		printf("\tcpu->r[");
		print_where(l, c);
		printf("] = %c;\n", c);
	}
	printf("\tif (to == op)\n\t\tfn = exec_part.");
	if (first->is_branch)
		printf("branch[%d][%d];\n", first->op, first->annul ? 2 : 1);
	else
		printf("plain[op->rs2 ? %d : %d][0];\n", first->op, other_form(first->op));
	printf("\telse\n\t\tfn = (exec_fn *)(uintptr_t)to->fn;\n\tJUMP(fn, to, ca, cb, x, "
	       "tp);\n}\n\n");
}

/* By kind what it has, 0: it is in no loop; and the kind it stands as in a key. */
static void print_operands(void)
{
	printf("enum { LOOP_RS1 = 1, LOOP_OPERAND2 = 2, LOOP_RD = 4, LOOP_ODD = 8, LOOP_WRITES = "
	       "16, LOOP_EXCHANGE = 32,\n"
	       "\tLOOP_SOME = 64, LOOP_LETTERS = %d, LOOP_OUT = %d, LOOP_FIXED = '%c' };\n"
	       "static const struct {\n\tu8 has, as;\n} loop_operands[K_OTHER] = {\n",
	       MAX_LETTERS, OUT, FIXED);
	for (int i = 0; i < nr_ops; i++) {
		const struct op *o = &ops[i];

		if (is_taken(o))
			printf("\t[%d] = { %d, %d },\n", i,
			       64 | has_rs1(o) | has_operand2(o) << 1 | has_rd(o) << 2 |
				       is_pair(o) << 3 | writes_rd(o) << 4 | has_exchange(o) << 5,
			       kind_of_form(i));
	}
	printf("};\n");
}

static void print_hash(void)
{
	static int hash[HASH];

	for (int i = 0; i < nr_loops; i++) {
		u64 h = hash64(0, loops[i].key, (size_t)loops[i].key_len);

		while (hash[h % HASH])
			h++;
		hash[h % HASH] = i + 1;
	}
	printf("static const u16 loop_hash[%d] = {\n", HASH);
	for (int h = 0; h < HASH; h++)
		if (hash[h])
			printf("\t[%d] = %d,\n", h, hash[h]);
	printf("};\n");
}

int main(int argc, char **argv)
{
	few = argc > 1 && !strcmp(argv[1], "-few");
	argv += few;
	if (argc - few != 3) {
		fprintf(stderr, "usage: mkloop [-few] exec-ops.h loops.list\n");
		return 1;
	}
	read_exec_ops(argv[1]);
	read_loops(argv[2]);
	printf("/* SPDX-License-Identifier: MIT */\n/* Generated by mkloop from loops.list. "
	       "*/\n\n#define LOOPS %d\n\n"
	       "#ifdef LOOP_PART\n",
	       nr_loops);
	for (int part = 0; part < PARTS; part++) {
		printf("#if LOOP_PART == %d\n", part);
		for (int i = part * nr_loops / PARTS; i < (part + 1) * nr_loops / PARTS; i++)
			print_handler(&loops[i], i);
		printf("#endif\n");
	}
	printf("#endif\n\n#ifdef LOOP_TABLE\n");
	for (int i = 0; i < nr_loops; i++)
		printf("exec_fn loop_%d;\n", i);
	print_operands();
	print_hash();
	printf("static const struct exec_loop loop_table[] = {\n");
	for (int i = 0, at = 0; i < nr_loops; i++) {
		printf("\t{ loop_%d, %d, %d, 1 + %d, %d },\n", i, at, loops[i].key_len, i,
		       loops[i].n);
		at += loops[i].key_len;
	}
	printf("};\nstatic const u8 loop_key[] = {\n");
	for (int i = 0; i < nr_loops; i++) {
		for (int k = 0; k < loops[i].key_len; k++)
			printf("%d,", loops[i].key[k]);
		printf("\n");
	}
	printf("};\n#endif\n\n#ifdef LOOP_NAMES\nstatic const char *const loop_name[] = {\n");
	for (int i = 0; i < nr_loops; i++)
		printf("\t\"%s\",\n", loops[i].text);
	printf("};\n#endif\n");
	return 0;
}
