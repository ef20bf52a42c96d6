/* SPDX-License-Identifier: MIT */
/*
 * Generates the handlers that do several instructions at once.
 *
 *	mkfuse arch/sparc/exec-ops.h arch/sparc/fusion.list > fusion.h
 *
 * The names of plain instructions come from EXEC_OPS in the first file. Each row of the
 * second is a sequence of them, perhaps with a branch at its end:
 *
 *	ld_ri add_rr/1 cmp_ri be
 *
 * name/1, /2, /d: rs1, rs2 or a store's rd is the result of the element before, and is passed
 * on without going through memory. A branch is be (a nop behind it), be_s followed by its delay
 * instruction, or be_a (annulled if untaken); call_f and jmpl_ri are followed by theirs.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPS 256
#define MAX_ROWS 2048
#define MAX_ELEMENTS 8

struct op {
	char name[32];
	char form; /* N R I: plain; b s a: branch; c: call_f, jmpl_ri */
	int w, d;
};

struct element {
	int op, forward;
};

struct row {
	struct element e[MAX_ELEMENTS];
	int n, line;
};

static struct op ops[MAX_OPS];
static int nr_ops;
static struct row rows[MAX_ROWS];
static int nr_rows;
static const char *path;
static int line;

static void die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", path, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static char *read_file(const char *name)
{
	FILE *f = fopen(name, "r");
	size_t cap = 1 << 20, len;
	char *buf = malloc(cap);

	path = name;
	if (!f || !buf)
		die("cannot be read");
	len = fread(buf, 1, cap - 1, f);
	buf[len] = 0;
	fclose(f);
	return buf;
}

static void add_op(const char *name, const char *suffix, char form, int w, int d)
{
	struct op *o = &ops[nr_ops++];

	if (nr_ops > MAX_OPS)
		die("too many instructions");
	snprintf(o->name, sizeof(o->name), "%s%s", name, suffix);
	o->form = form;
	o->w = w;
	o->d = d;
}

/* X(name, form, W, D) after "#define EXEC_OPS(X)", in the order of enum kind; then the transfers. */
static void read_ops(const char *name)
{
	static const char *const branch[] = { "be",   "ble", "bl",  "bleu", "bcs",
					      "bneg", "bvs", "ba",  "bne",  "bg",
					      "bge",  "bgu", "bcc", "bpos", "bvc" };
	const char *p = strstr(read_file(name), "#define EXEC_OPS(X)"), *end;
	char op[32], form;
	int w, d;

	if (!p)
		die("no EXEC_OPS");
	p += strlen("#define EXEC_OPS(X)");
	end = strstr(p, "\n\n");
	while ((p = strstr(p, "X(")) && p < end) {
		if (sscanf(p, "X(%31[a-z0-9_], %c, %d, %d)", op, &form, &w, &d) != 4)
			die("EXEC_OPS: what is '%.20s'?", p);
		add_op(op, "", form, w, d);
		p += 2;
	}
	for (size_t i = 0; i < sizeof(branch) / sizeof(branch[0]); i++) {
		add_op(branch[i], "", 'b', 0, 0);
		add_op(branch[i], "_s", 's', 0, 0);
		add_op(branch[i], "_a", 'a', 0, 0);
	}
	add_op("call_f", "", 'c', 1, 0);
	add_op("jmpl_ri", "", 'c', 1, 0);
}

static int find_op(const char *name)
{
	for (int i = 0; i < nr_ops; i++)
		if (!strcmp(ops[i].name, name))
			return i;
	die("there is no '%s'", name);
	return 0;
}

static bool is_plain(const struct op *o)
{
	return o->form == 'N' || o->form == 'R' || o->form == 'I';
}

static struct element parse_element(char *word, const struct row *row)
{
	char *slash = strchr(word, '/');
	struct element e = { 0, 0 };
	const struct op *o, *last;

	if (slash)
		*slash++ = 0;
	e.op = find_op(word);
	if (!slash)
		return e;
	o = &ops[e.op];
	last = row->n ? &ops[row->e[row->n - 1].op] : NULL;
	e.forward = !strcmp(slash, "1") ? 1 : !strcmp(slash, "2") ? 2 : !strcmp(slash, "d") ? 4 : 0;
	if (!e.forward)
		die("/%s is none of /1 /2 /d", slash);
	if (!last || !is_plain(last) || !last->w)
		die("%s/%s: there is no result before it", word, slash);
	if ((e.forward == 1 && o->form != 'R' && o->form != 'I') ||
	    (e.forward == 2 && o->form != 'R') || (e.forward == 4 && !o->d))
		die("%s has no operand for /%s", word, slash);
	return e;
}

static void check_row(const struct row *row)
{
	for (int k = 0; k < row->n; k++) {
		char form = ops[row->e[k].op].form;
		bool slot = form == 's' || form == 'c';

		if (!is_plain(&ops[row->e[k].op]) && k != row->n - 1 - slot)
			die("%s must be at the end%s", ops[row->e[k].op].name,
			    slot ? ", with its delay instruction" : "");
	}
	if (row->n < 2)
		die("one element is no sequence");
	if (row->n &&
	    (ops[row->e[row->n - 1].op].form == 's' || ops[row->e[row->n - 1].op].form == 'c'))
		die("the delay instruction is missing");
}

static void read_rows(const char *name)
{
	char *p = read_file(name), *next;

	for (line = 1; *p; line++, p = next) {
		struct row *row = &rows[nr_rows];

		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		else
			next = p + strlen(p);
		p[strcspn(p, "#")] = 0;
		row->n = 0;
		row->line = line;
		for (char *w = strtok(p, " \t"); w; w = strtok(NULL, " \t")) {
			if (row->n == MAX_ELEMENTS)
				die("too many elements");
			row->e[row->n] = parse_element(w, row);
			row->n++;
		}
		if (!row->n)
			continue;
		check_row(row);
		if (++nr_rows == MAX_ROWS)
			die("too many rows");
	}
}

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int d = x->e[0].op - y->e[0].op;

	return d ? d : x->line - y->line;
}

static void print_step(const struct row *row, int k)
{
	const struct element *e = &row->e[k];
	const struct op *o = &ops[e->op];
	char a[48], b[48], d[48];

	if (e->forward == 1)
		snprintf(a, sizeof(a), "v%d", k - 1);
	else
		snprintf(a, sizeof(a), "A_%c(op + %d)", o->form, k);
	if (e->forward == 2)
		snprintf(b, sizeof(b), "v%d", k - 1);
	else
		snprintf(b, sizeof(b), "B_%c(op + %d)", o->form, k);
	if (e->forward == 4)
		snprintf(d, sizeof(d), "&v%d", k - 1);
	else
		snprintf(d, sizeof(d), "D_%d(op + %d)", o->d, k);
	printf("\tSTEP(%s, %d, op + %d, %s, %s, %s, v%d);\n", o->name, o->w, k, a, b, d, k);
}

static void print_slot(const struct row *row, int k)
{
	const struct op *o = &ops[row->e[k].op];

	printf(", %s, %c, %d, %d", o->name, o->form, o->w, o->d);
}

static void print_handler(const struct row *row, int i)
{
	int k;

	printf("static void fused_%d(ARGS)\n{\n", i);
	for (k = 0; k < row->n && is_plain(&ops[row->e[k].op]); k++)
		print_step(row, k);
	if (k == row->n) {
		printf("\tJUMP(op[%d].fn, op + %d, ca, cb, x, tp);\n}\n\n", k, k);
		return;
	}
	const struct op *o = &ops[row->e[k].op];
	char stem[32];

	snprintf(stem, sizeof(stem), "%s", o->name);
	if (o->form != 'b')
		stem[strlen(stem) - 2] = 0;
	if (o->form == 'b')
		printf("\tEND_BRANCH(op + %d, COND_%s);\n", k, stem);
	else if (o->form == 'a')
		printf("\tEND_BRANCH_A(op + %d, COND_%s);\n", k, stem);
	else if (o->form == 's')
		printf("\tEND_BRANCH_S(op + %d, COND_%s", k, stem), print_slot(row, k + 1),
			printf(");\n");
	else
		printf("\t%s(op + %d", strcmp(o->name, "call_f") ? "END_JMPL_RI" : "END_CALL_F", k),
			print_slot(row, k + 1), printf(");\n");
	printf("}\n\n");
}

int main(int argc, char **argv)
{
	int i = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: mkfuse exec-ops.h fusion.list\n");
		return 1;
	}
	read_ops(argv[1]);
	read_rows(argv[2]);
	qsort(rows, (size_t)nr_rows, sizeof(rows[0]), compare);
	printf("/* SPDX-License-Identifier: MIT */\n/* Generated by mkfuse from fusion.list. "
	       "*/\n\n");
	for (i = 0; i < nr_rows; i++)
		print_handler(&rows[i], i);
	printf("static const struct fused fused[] = {\n");
	for (i = 0; i < nr_rows; i++) {
		printf("\t{ fused_%d, %d, { ", i, rows[i].n);
		for (int k = 0; k < rows[i].n; k++)
			printf("K_%s, ", ops[rows[i].e[k].op].name);
		printf("}, { ");
		for (int k = 0; k < rows[i].n; k++)
			printf("%d, ", rows[i].e[k].forward);
		printf("} },\n");
	}
	printf("\t{ NULL, 0, { 0 }, { 0 } },\n};\n\n/* By the first element's kind. */\nstatic "
	       "const unsigned short fused_first[] = {");
	i = 0;
	for (int op = 0; op <= nr_ops; op++) {
		while (i < nr_rows && rows[i].e[0].op < op)
			i++;
		printf("%s%d,", op % 12 ? " " : "\n\t", i);
	}
	printf("\n};\n");
	return 0;
}
