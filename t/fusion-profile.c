/* SPDX-License-Identifier: MIT */
/*
 * Chooses the rows of arch/sparc/fusion.list from what guests execute:
 *
 *	make obj/t/fusion-profile
 *	obj/t/fusion-profile ROWS INSNS OPTIONS... [-- [INSNS] OPTIONS...] > arch/sparc/fusion.list
 *
 * Every run after a -- is a workload of its own and weighs the same. A position is worth the root of its
 * executions: what many programs do somewhere shall count, and not only the hottest loops of these. Rows
 * are taken greedily by the dispatches that they save, and what a row covers counts no more for the next.
 */
#include "arch/sparc/exec-decode.c"

#include "t/sample.h"

#define NAME(name, form, W, D) #name,
#define CTI_NAME(name) #name, #name "_s", #name "_a", #name "_x", #name "_k", #name "_e",
static const char *const kind_name[] = { EXEC_OPS(NAME) CTI_KINDS(CTI_NAME) "call", "call_f",
					 "jmpl_ri" };
#define PROP(name, form, W, D) { W, D, #form[0] },
static const struct {
	u8 w, d;
	char form;
} prop[] = { EXEC_OPS(PROP) };

struct place {
	u64 addr;
	double weight;
	u8 n, forward[EXEC_FUSE_MAX];
	u16 kind[EXEC_FUSE_MAX];
	bool used;
};

static struct place *place;
static size_t nr, cap;

/* What a branch is in mkfuse.c's words: 0 for what is none. */
static char form_of(unsigned kind)
{
	return kind < K_PLAIN || kind >= K_call ? 0 : "bsaxke"[(kind - K_PLAIN) % CTI_FORMS];
}

/* See mkfuse.c: can it only write a register; will it certainly be done? */
static bool is_pure(unsigned kind)
{
	return kind <= K_subx_ri;
}

static bool is_certain(unsigned kind)
{
	return is_pure(kind) || (kind >= K_cmp_rr && kind <= K_subcc_ri) || kind == K_andcc_ri ||
	       kind == K_orcc_rr;
}

/* May the instructions behind the branch at k, of this form, be skipped as mkfuse.c has it? */
static bool can_skip(const struct ahead *a, unsigned k, char form)
{
	unsigned first = k + 1 < a->n ? a->kind[k + 1] : K_OTHER;
	unsigned second = k + 2 < a->n ? a->kind[k + 2] : K_OTHER;

	if (form == 'k')
		return first < K_PLAIN;
	if (form == 'x')
		return is_certain(first) && second < K_PLAIN;
	return form == 'e' && is_pure(first) && is_pure(second);
}

static bool is_conditional(const struct place *p, unsigned k)
{
	char before = k ? form_of(p->kind[k - 1]) : 0, first = k > 1 ? form_of(p->kind[k - 2]) : 0;

	return before == 'k' || before == 'e' || first == 'x' || first == 'e';
}

/* Which values pass from each element to the next. */
static void find_forwards(struct place *p, const struct op *ahead)
{
	for (unsigned k = 1; k < p->n; k++) {
		unsigned last = p->kind[k - 1], kind = p->kind[k];

		p->forward[k] = 0;
		if (last >= K_PLAIN || kind >= K_PLAIN || !prop[last].w ||
		    ahead[k - 1].rd == R_SINK || (k > 1 && form_of(p->kind[k - 2]) == 'e') ||
		    (is_conditional(p, k - 1) && !is_pure(last)))
			continue;
		if (prop[kind].form != 'N' && kind != K_mov_r && ahead[k].rs1 == ahead[k - 1].rd)
			p->forward[k] = 1;
		else if (prop[kind].form == 'R' && ahead[k].rs2 == ahead[k - 1].rd)
			p->forward[k] = 2;
		else if (prop[kind].d && ahead[k].rd == ahead[k - 1].rd)
			p->forward[k] = 4;
	}
}

static void add_place(struct machine *m, u64 addr, const u8 *mem, double weight)
{
	struct ahead a;
	struct place *p;

	if (nr == cap)
		place = realloc(place, (cap = cap ? 2 * cap : 4096) * sizeof(*place));
	p = &place[nr++];
	memset(p, 0, sizeof(*p));
	p->addr = addr;
	p->weight = weight;
	look_ahead(m->cpu[0], addr >> 2 & (CODE_PAGE_OPS - 1), mem, &a);
	p->n = (u8)a.n;
	for (unsigned k = 0; k < a.n; k++) {
		bool skip = a.skip[k] != K_OTHER && can_skip(&a, k, form_of(a.skip[k]));

		p->kind[k] = skip ? a.skip[k] : a.kind[k];
	}
	find_forwards(p, a.op);
}

static double root(u32 n)
{
	double r = n < 2 ? n : n / 2.0;

	for (unsigned i = 0; n > 1 && i < 40; i++)
		r = (r + n / r) / 2;
	return r;
}

static void run(int argc, char **argv, struct sample_of of)
{
	static unsigned workload;
	struct sample s;
	double roots = 0;

	sample_run(&s, argc, argv, of);
	for (u64 i = 0; i < s.words; i++)
		roots += root(s.count[i]);
	for (u64 i = 0; i < s.words; i++)
		if (s.count[i])
			add_place(s.m, (u64)workload << 40 | i * 4, s.m->ram + i * 4,
				  root(s.count[i]) / roots);
	fprintf(stderr, "workload %u: %llu samples, %zu places\n", workload,
		(unsigned long long)s.total, nr);
	workload++;
	sample_free(&s);
}

/* Candidate rows, by their bytes. */
struct row {
	u8 n, forward[EXEC_FUSE_MAX];
	u16 kind[EXEC_FUSE_MAX];
	double gain;
};

#define TABLE (1u << 18)
static struct row table[TABLE];

static unsigned slot_of(const struct place *p, unsigned n)
{
	u32 h = n * 2654435761u;

	for (unsigned k = 0; k < n; k++)
		h = (h ^ p->kind[k] ^ (u32)p->forward[k] << 9) * 16777619u;
	h ^= h >> 15;
	for (;; h++) {
		struct row *r = &table[h % TABLE];

		if (!r->n)
			return h % TABLE;
		if (r->n == n && !memcmp(r->kind, p->kind, 2 * n) &&
		    !memcmp(r->forward, p->forward, n))
			return h % TABLE;
	}
}

/* Is the first n elements of p a sequence that mkfuse takes? */
static bool is_row(const struct place *p, unsigned n)
{
	for (unsigned k = 0; k < n; k++) {
		unsigned kind = p->kind[k];
		char form = form_of(kind);
		bool slot = form == 's' || (form == 'a' && k + 2 == n) ||
			    (kind >= K_call && kind < K_OTHER);

		if (kind == K_slow || kind == K_fpop || kind == K_OTHER)
			return false;
		if (kind < K_PLAIN)
			continue;
		if (form == 'x' || form == 'e' || form == 'k') {
			if (k + (form == 'k' ? 2 : 3) > n)
				return false;
			continue;
		}
		return k + slot == n - 1 &&
		       (!slot || (p->kind[k + 1] != K_slow && p->kind[k + 1] != K_fpop));
	}
	return n > 1;
}

static bool covered(const struct place *p, unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		if (p + k >= place + nr || p[k].addr != p->addr + 4 * k || p[k].used)
			return true;
	return false;
}

static int by_gain(const void *a, const void *b)
{
	double d = ((const struct row *)b)->gain - ((const struct row *)a)->gain;

	return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static void print_row(const struct row *r)
{
	for (unsigned k = 0; k < r->n; k++) {
		unsigned kind = r->kind[k];

		printf("%s%s%s", k ? " " : "", kind_name[kind],
		       r->forward[k] == 1   ? "/1"
		       : r->forward[k] == 2 ? "/2"
		       : r->forward[k] == 4 ? "/d"
					    : "");
	}
	printf("\n");
}

/* Take the best few, mark what they cover. */
static unsigned round_of_rows(unsigned want)
{
	static struct row best[TABLE];
	unsigned n = 0;

	memset(table, 0, sizeof(table));
	for (size_t i = 0; i < nr; i++)
		for (unsigned len = 2; len <= place[i].n && len <= EXEC_FUSE_MAX; len++) {
			struct row *r;

			if (!is_row(&place[i], len) || covered(&place[i], len))
				continue;
			r = &table[slot_of(&place[i], len)];
			r->n = (u8)len;
			memcpy(r->kind, place[i].kind, 2 * len);
			memcpy(r->forward, place[i].forward, len);
			r->gain += place[i].weight * (len - 1);
		}
	for (unsigned i = 0; i < TABLE; i++)
		if (table[i].n && table[i].gain > 0)
			best[n++] = table[i];
	qsort(best, n, sizeof(*best), by_gain);
	if (n > want)
		n = want;
	for (unsigned b = 0; b < n; b++) {
		print_row(&best[b]);
		for (size_t i = 0; i < nr; i++)
			if (place[i].n >= best[b].n &&
			    !memcmp(place[i].kind, best[b].kind, 2 * best[b].n) &&
			    !memcmp(place[i].forward, best[b].forward, best[b].n) &&
			    !covered(&place[i], best[b].n))
				for (unsigned k = 0; k < best[b].n; k++)
					place[i + k].used = true;
	}
	return n;
}

int main(int argc, char **argv)
{
	unsigned rows = argc > 3 ? (unsigned)atoi(argv[1]) : 0, got;
	u64 insns = argc > 3 ? strtoull(argv[2], NULL, 0) : 0;

	if (!rows) {
		fprintf(stderr, "usage: fusion-profile ROWS INSNS OPTIONS... [-- OPTIONS...]\n");
		return 1;
	}
	sample_each(argc - 2, argv + 2, insns, run);
	printf("# Sequences that one handler does: see tools/mkfuse.c for the form.\n"
	       "# Chosen by t/fusion-train from what firmware, an operating system, its text tools "
	       "and "
	       "t/guest/train\n"
	       "# execute, never from the benchmark kernels that are reported.\n");
	/* The first ones with care. */
	for (unsigned done = 0;
	     rows && (got = round_of_rows(rows < 6 + done / 16 ? rows : 6 + done / 16));
	     done += got)
		rows -= got;
	return 0;
}
