/* SPDX-License-Identifier: MIT */
/*
 * Generates the handlers that do several instructions at once.
 *
 *	mkfuse [-few] arch/sparc/exec-ops.h arch/sparc/fusion.list arch/sparc/fusion.first > fusion.h
 *
 * The names of plain instructions come from EXEC_OPS in the first file. Each row of the
 * second is a sequence of them, perhaps with a branch at its end:
 *
 *	ld_ri add_rr/1 cmp_ri be
 *
 * name/1, /2, /d: rs1, rs2 or a store's rd is the result of the element before, and is passed
 * on without going through memory. A branch is be (a nop behind it), be_s followed by its delay
 * instruction, or be_a (annulled if untaken), which may be followed by it; call, call_f and jmpl_ri are
 * followed by theirs. A line with {be,bne,...} in it is a row for each of these words, but for rows that
 * stand before; with -few, for builds that take long and are not to be fast, for the first of them.
 *
 * Branches that skip one instruction end nothing, for there is nothing to jump to:
 *	be_x	over the instruction behind the delay instruction; both follow
 *	be_k	annulled, to the instruction behind the delay instruction, which follows
 *	be_e	annulled, over one instruction: the delay instruction if taken, else that one; both follow
 * What they skip is done in any case and the result chosen, where it can do no more than write a
 * register. Counts are those of the path taken.
 *
 * The third file names rows of the second whose handlers are to stand first.
 */
#include "tools/mkexec.h"

#define MAX_ROWS 8192
#define MAX_NODES 32768
#define HASH_BITS 14 /* about three slots for each step: a table that decoding has at hand */
#define HASH (1u << HASH_BITS)
#define MAX_ELEMENTS 8
#define PARTS 6 /* files that the handlers are compiled in: arch/sparc/exec-fused-N.c */
#define PART_ROWS 800 /* in each but the last: a row that is added changes no more than this one */

struct element {
	int op, forward;
};

struct row {
	struct element e[MAX_ELEMENTS];
	int n, line;
};

static struct row rows[MAX_ROWS];
static int nr_rows;
static bool few;

/*
 * The plain instructions, then the transfers. Their forms are b s a x k e: branch; c: call, call_f, jmpl_ri.
 */
static void read_ops(const char *name)
{
	static const char *const branch[] = { "be",   "ble", "bl",  "bleu", "bcs",
					      "bneg", "bvs", "ba",  "bne",  "bg",
					      "bge",  "bgu", "bcc", "bpos", "bvc" };

	read_exec_ops(name);
	for (size_t i = 0; i < sizeof(branch) / sizeof(branch[0]); i++) {
		add_op(branch[i], "", 'b', 0, 0);
		add_op(branch[i], "_s", 's', 0, 0);
		add_op(branch[i], "_a", 'a', 0, 0);
		add_op(branch[i], "_x", 'x', 0, 0);
		add_op(branch[i], "_k", 'k', 0, 0);
		add_op(branch[i], "_e", 'e', 0, 0);
	}
	add_op("call", "", 'c', 1, 0);
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

/* Will it certainly be done? */
static bool is_certain(const struct op *o)
{
	static const char *const name[] = { "cmp_rr",	"cmp_ri",   "btst_rr",	"btst_ri",
					    "subcc_rr", "subcc_ri", "andcc_ri", "orcc_rr" };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (!strcmp(o->name, name[i]))
			return true;
	return is_pure(o);
}

static char form_at(const struct row *row, int k)
{
	return k >= 0 && k < row->n ? ops[row->e[k].op].form : 0;
}

/* Element k is done only if the branch before it is, or is not, taken. */
static bool is_conditional(const struct row *row, int k)
{
	return form_at(row, k - 2) == 'x' || form_at(row, k - 1) == 'k' ||
	       form_at(row, k - 1) == 'e' || form_at(row, k - 2) == 'e';
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
	if (!last || !is_plain(last) || !last->w || form_at(row, row->n - 2) == 'e' ||
	    (is_conditional(row, row->n - 1) && !is_pure(last)))
		die("%s/%s: there is no result before it", word, slash);
	if ((e.forward == 1 && o->form != 'R' && o->form != 'I') ||
	    (e.forward == 2 && o->form != 'R') || (e.forward == 4 && !o->d))
		die("%s has no operand for /%s", word, slash);
	return e;
}

static void check_skip(const struct row *row, int k, char form)
{
	int after = form == 'k' ? 1 : 2;

	if (k + after >= row->n || !is_plain(&ops[row->e[k + 1].op]) ||
	    !is_plain(&ops[row->e[k + after].op]))
		die("%s: what it skips is missing", ops[row->e[k].op].name);
	if (form == 'x' && !is_certain(&ops[row->e[k + 1].op]))
		die("%s: its delay instruction may trap", ops[row->e[k].op].name);
	if (form == 'e' && (!is_pure(&ops[row->e[k + 1].op]) || !is_pure(&ops[row->e[k + 2].op])))
		die("%s: both must do no more than write a register", ops[row->e[k].op].name);
}

static void check_row(const struct row *row)
{
	for (int k = 0; k < row->n; k++) {
		char form = ops[row->e[k].op].form;
		bool slot = form == 's' || form == 'c' || (form == 'a' && k + 1 < row->n);

		if (form == 'x' || form == 'k' || form == 'e')
			check_skip(row, k, form);
		else if (!is_plain(&ops[row->e[k].op]) && k != row->n - 1 - slot)
			die("%s must be at the end%s", ops[row->e[k].op].name,
			    slot ? ", with its delay instruction" : "");
	}
	if (row->n < 2)
		die("one element is no sequence");
	if (form_at(row, row->n - 1) == 's' || form_at(row, row->n - 1) == 'c')
		die("the delay instruction is missing");
}

static bool same_row(const struct row *a, const struct row *b)
{
	return a->n == b->n && !memcmp(a->e, b->e, sizeof(a->e[0]) * (size_t)a->n);
}

static void add_row(const char *text, bool expanded)
{
	struct row *row = &rows[nr_rows];
	char buf[512];

	if (nr_rows == MAX_ROWS - 1)
		die("too many rows");
	snprintf(buf, sizeof(buf), "%s", text);
	row->n = 0;
	row->line = line;
	for (char *w = strtok(buf, " \t"); w; w = strtok(NULL, " \t")) {
		if (row->n == MAX_ELEMENTS)
			die("too many elements");
		row->e[row->n] = parse_element(w, row);
		row->n++;
	}
	if (!row->n)
		return;
	check_row(row);
	for (int i = 0; expanded && i < nr_rows; i++)
		if (same_row(&rows[i], row))
			return;
	nr_rows++;
}

/* The first {a,b,...} once as a, once as b and so on. */
static void expand_row(const char *text, bool expanded)
{
	const char *open = strchr(text, '{'), *close = open ? strchr(open, '}') : NULL, *word, *end;
	char buf[512];

	if (!open) {
		add_row(text, expanded);
		return;
	}
	if (!close)
		die("{ without }");
	for (word = open + 1; word <= close; word = end + 1) {
		end = word + strcspn(word, ",}");
		if (snprintf(buf, sizeof(buf), "%.*s%.*s%s", (int)(open - text), text,
			     (int)(end - word), word, close + 1) >= (int)sizeof(buf))
			die("too long a line");
		expand_row(buf, true);
		if (few)
			break;
	}
}

static void read_rows(const char *name)
{
	char *p = read_file(name), *next;

	for (line = 1; *p; line++, p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		else
			next = p + strlen(p);
		p[strcspn(p, "#")] = 0;
		expand_row(p, false);
	}
}

/* The rows of this file before all others: what runs together stands together. */
static void read_first(const char *name)
{
	int listed = nr_rows, done = 0;
	char *p = read_file(name), *next;

	for (line = 1; *p; line++, p = next) {
		struct row row;
		int i = done;

		next = p + strcspn(p, "\n");
		if (*next)
			*next++ = 0;
		p[strcspn(p, "#")] = 0;
		add_row(p, false);
		if (nr_rows == listed)
			continue;
		row = rows[--nr_rows];
		while (i < listed && !same_row(&rows[i], &row))
			i++;
		if (i == listed && few)
			continue;
		if (i == listed)
			die("no row of fusion.list, or twice");
		row = rows[i];
		memmove(&rows[done + 1], &rows[done], sizeof(row) * (size_t)(i - done));
		rows[done++] = row;
	}
}

/* Under what condition element k is done; none: in any case. */
static void print_how(const struct row *row, int k, bool pure)
{
	const char *step = pure ? "STEP_PURE_IF" : "STEP_IF";

	if (form_at(row, k - 2) == 'x')
		printf("\t%s(!c%d, ", step, k - 2);
	else if (form_at(row, k - 2) == 'e')
		printf("\t%s(!c%d, ", step, k - 2);
	else if (is_conditional(row, k))
		printf("\t%s(c%d, ", step, k - 1);
	else
		printf("\tSTEP(");
}

/* Behind what was skipped or not: what was not executed counts no more. */
static void print_uncount(const struct row *row, int k)
{
	if (form_at(row, k - 2) == 'x')
		printf("\tx -= (s64)c%d << 4;\n", k - 2);
	else if (form_at(row, k - 1) == 'k')
		printf("\tx -= (s64)!c%d << 4;\n", k - 1);
	else if (form_at(row, k - 2) == 'e')
		printf("\tx -= 16;\n");
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
	print_how(row, k, is_pure(o));
	printf("%s, %d, op + %d, %s, %s, %s, v%d);\n", o->name, o->w, k, a, b, d, k);
	print_uncount(row, k);
}

static void print_slot(const struct row *row, int k)
{
	const struct op *o = &ops[row->e[k].op];

	printf(", %s, %c, %d, %d", o->name, o->form, o->w, o->d);
}

/* Up to the transfer that ends the row, if one does. */
static int print_line(const struct row *row)
{
	int k;

	for (k = 0; k < row->n; k++) {
		char form = form_at(row, k);

		if (form == 'x' || form == 'k' || form == 'e')
			printf("\tconst bool c%d = COND_%.*s;\n", k,
			       (int)strlen(ops[row->e[k].op].name) - 2, ops[row->e[k].op].name);
		else if (is_plain(&ops[row->e[k].op]))
			print_step(row, k);
		else
			break;
	}
	return k;
}

/* Loads or stores at a register and an immediate, of which a row may have several in a structure. */
static bool is_access(const struct op *o, const char *what)
{
	return o->form == 'I' && !strncmp(o->name, what, 2);
}

static bool has_several(const struct row *row)
{
	int loads = 0, stores = 0;

	for (int k = 0; k < row->n; k++) {
		loads += is_access(&ops[row->e[k].op], "ld");
		stores += is_access(&ops[row->e[k].op], "st");
	}
	return loads > 1 || stores > 1;
}

static void print_handler(const struct row *row, int i, const char *suffix, const char *begin)
{
	const struct op *o;
	char stem[32];
	int k;

	printf("exec_fn fused_%d%s;\nvoid fused_%d%s(ARGS)\n{\n\t%s;\n", i, suffix, i, suffix,
	       begin);
	k = print_line(row);
	if (k == row->n) {
		printf("\tJUMP(op[%d].fn, op + %d, ca, cb, x, tp);\n}\n\n", k, k);
		return;
	}
	o = &ops[row->e[k].op];
	snprintf(stem, sizeof(stem), "%s", o->name);
	if (o->form == 's' || o->form == 'a')
		stem[strlen(stem) - 2] = 0;
	if (o->form == 'a' && k + 1 < row->n)
		printf("\tEND_BRANCH_AS(op + %d, COND_%s", k, stem), print_slot(row, k + 1),
			printf(");\n");
	else if (o->form == 'b')
		printf("\tEND_BRANCH(op + %d, COND_%s);\n", k, stem);
	else if (o->form == 'a')
		printf("\tEND_BRANCH_A(op + %d, COND_%s);\n", k, stem);
	else if (o->form == 's')
		printf("\tEND_BRANCH_S(op + %d, COND_%s", k, stem), print_slot(row, k + 1),
			printf(");\n");
	else
		printf("\tEND_%s(op + %d", stem, k), print_slot(row, k + 1), printf(");\n");
	printf("}\n\n");
}

/* A second one where accesses are likely to be to the same page, see fused_same_fn. */
static void print_handlers(const struct row *row, int i)
{
	print_handler(row, i, "", "ROW_APART");
	if (has_several(row))
		print_handler(row, i, "_same", "ROW_SAME");
}

/* --- the tree of rows: a step leads from a node by an element to the next --- */

struct node {
	int row; /* the one that ends here, or -1 */
};
struct step {
	unsigned key; /* 0: free */
	int node;
};

static struct node nodes[MAX_NODES];
static int nr_nodes = 1;
static struct step steps[HASH];

static struct step *find_step(int node, struct element e)
{
	unsigned key = ((unsigned)node << 12 | (unsigned)e.op << 3 | (unsigned)e.forward) + 1;
	unsigned h = key * 2654435761u >> (32 - HASH_BITS);

	while (steps[h].key && steps[h].key != key)
		h = (h + 1) % HASH;
	if (!steps[h].key) {
		if (nr_nodes == MAX_NODES || (unsigned)nr_nodes > HASH / 2)
			die("too many rows: make HASH_BITS more");
		steps[h] = (struct step){ key, nr_nodes };
		nodes[nr_nodes++].row = -1;
	}
	return &steps[h];
}

static void build_tree(void)
{
	nodes[0].row = -1;
	for (int i = 0; i < nr_rows; i++) {
		int node = 0;

		for (int k = 0; k < rows[i].n; k++)
			node = find_step(node, rows[i].e[k])->node;
		line = rows[i].line;
		if (nodes[node].row >= 0)
			die("the same as line %d", rows[nodes[node].row].line);
		nodes[node].row = i;
	}
}

static void print_tree(void)
{
	printf("/* The elements' kinds and how they get their values, from node to node. */\n"
	       "#define FUSED_HASH_BITS %u\nstatic const u32 fused_key[%u] = {\n",
	       HASH_BITS, HASH);
	for (unsigned h = 0; h < HASH; h++)
		if (steps[h].key)
			printf("\t[%u] = %u,\n", h, steps[h].key);
	printf("};\nstatic const u16 fused_next[%u] = {\n", HASH);
	for (unsigned h = 0; h < HASH; h++)
		if (steps[h].key)
			printf("\t[%u] = %d,\n", h, steps[h].node);
	printf("};\n\nstatic const struct {\n\tu16 row; /* + 1 */\n\tu8 n, forwards;\n} "
	       "fused_node[] = {\n");
	for (int i = 0; i < nr_nodes; i++) {
		int n = nodes[i].row < 0 ? 0 : rows[nodes[i].row].n, forwards = 0;

		for (int k = 0; k < n; k++)
			forwards += rows[nodes[i].row].e[k].forward != 0;
		printf("\t{ %d, %d, %d },\n", nodes[i].row + 1, n, forwards);
	}
	printf("};\n");
}

static void print_names(void)
{
	static const char *const how[] = { "", "/1", "/2", "", "/d" };

	printf("static const char *const fused_name[] = {\n");
	for (int i = 0; i < nr_rows; i++) {
		printf("\t\"");
		for (int k = 0; k < rows[i].n; k++)
			printf("%s%s%s", k ? " " : "", ops[rows[i].e[k].op].name,
			       how[rows[i].e[k].forward]);
		printf("\",\n");
	}
	printf("};\nstatic const unsigned char fused_insns[] = {\n");
	for (int i = 0; i < nr_rows; i++) /* a nop goes without saying */
		printf("\t%d,\n", rows[i].n + (form_at(&rows[i], rows[i].n - 1) == 'b'));
	printf("};\n");
}

int main(int argc, char **argv)
{
	few = argc > 1 && !strcmp(argv[1], "-few");
	argv += few;
	if (argc - few != 4) {
		fprintf(stderr, "usage: mkfuse [-few] exec-ops.h fusion.list fusion.first\n");
		return 1;
	}
	read_ops(argv[1]);
	read_rows(argv[2]);
	read_first(argv[3]);
	build_tree();
	printf("/* SPDX-License-Identifier: MIT */\n/* Generated by mkfuse from fusion.list. "
	       "*/\n\n#define FUSED_ROWS %d\n\n#ifdef FUSED_PART\n",
	       nr_rows);
	for (int part = 0; part < PARTS; part++) {
		printf("#if FUSED_PART == %d\n", part);
		for (int i = part * PART_ROWS;
		     i < nr_rows && (i < (part + 1) * PART_ROWS || part == PARTS - 1); i++)
			print_handlers(&rows[i], i);
		printf("#endif\n");
	}
	printf("#endif\n\n#ifdef FUSED_HANDLERS\n");
	for (int i = 0; i < nr_rows; i++)
		printf("exec_fn fused_%d;\n", i);
	printf("static exec_fn *const fused_fn[] = {\n");
	for (int i = 0; i < nr_rows; i++)
		printf("\tfused_%d,\n", i);
	printf("};\n");
	for (int i = 0; i < nr_rows; i++)
		if (has_several(&rows[i]))
			printf("exec_fn fused_%d_same;\n", i);
	printf("/* For accesses by the same register; NULL: there are not two in the row. */\n"
	       "static exec_fn *const fused_same_fn[FUSED_ROWS] = {\n");
	for (int i = 0; i < nr_rows; i++)
		if (has_several(&rows[i]))
			printf("\t[%d] = fused_%d_same,\n", i, i);
	printf("};\n#endif\n\n#ifdef FUSED_TREE\n");
	print_tree();
	printf("#endif\n\n#ifdef FUSED_NAMES\n");
	print_names();
	printf("#endif\n");
	return 0;
}
