/* SPDX-License-Identifier: MIT */
/*
 * Finds the loops of arch/sparc/loops.list in machine code:
 *
 *	loop-profile -text FILE...		big-endian instructions: every loop, and at how many places
 *	loop-profile INSNS OPTIONS... [-- [INSNS[/EVERY]] OPTIONS...]	guests that run: each loop's share of what they execute
 *
 * A line is: the share or the number of places, a tab, the loop as tools/mkloop.c reads it.
 */
#include "arch/sparc/exec-decode.c"
#include "arch/sparc/exec-loop.c"

#include <string.h>

#include "lib/zero.h"
#include "t/sample.h"

#define NAME(name, form, W, D) #name,
static const char *const kind_name[] = { EXEC_OPS(NAME) };
static const char *const cond_name[] = { "bn", "be",  "ble", "bl",  "bleu", "bcs", "bneg", "bvs",
					 "ba", "bne", "bg",  "bge", "bgu",  "bcc", "bpos", "bvc" };

struct found {
	struct key key;
	double weight;
};
static struct found *found;
static size_t nr, cap;

static void add(const struct key *key, double weight)
{
	for (size_t i = 0; i < nr; i++)
		if (found[i].key.len == key->len && !memcmp(found[i].key.b, key->b, key->len)) {
			found[i].weight += weight;
			return;
		}
	if (nr == cap)
		found = realloc(found, (cap = cap ? 2 * cap : 1024) * sizeof(*found));
	found[nr].key = *key;
	found[nr++].weight = weight;
}

/* Does the first branch back of these n lead to the start, or is there none but the last? */
static bool is_innermost(const u8 *mem, unsigned n)
{
	for (unsigned k = 1; k + 2 < n; k++) {
		u32 w = be32_get(mem + 4 * k);

		if (insn_decode(w) == insn_bicc && f_disp22(w) < 0 && f_disp22(w) > -4 * (s32)k)
			return false;
	}
	return true;
}

/* Does what begins at mem come to its word n - 2, the branch back? */
static bool is_reached(const u8 *mem, unsigned n)
{
	bool reached[LOOP_MAX + 2] = { true };

	for (unsigned k = 0; k + 2 < n; k++) {
		u32 w = be32_get(mem + 4 * k);
		s32 to = (s32)k + f_disp22(w) / 4;

		if (!reached[k])
			continue;
		if (insn_decode(w) != insn_bicc) {
			reached[k + 1] = true;
			continue;
		}
		if (to > (s32)k && to < (s32)n)
			reached[to] = true;
		if (f_cond(w) != 8)
			reached[k + 2] = true;
	}
	return reached[n - 2];
}

/* The loops that begin at mem, of `room` words that are there, each word executed count[] times if that is told. */
static void loops_at(const struct cpu *cpu, const u8 *mem, u64 room, const u32 *count, double total)
{
	struct key key;

	if (room > LOOP_MAX)
		room = LOOP_MAX;
	for (unsigned n = 2; n <= room; n++) {
		double weight = 0;

		if (!is_back(mem + 4 * (n - 2), n - 2) || !make_key(cpu, &key, mem, n) ||
		    !is_innermost(mem, n) || !is_reached(mem, n))
			continue;
		for (unsigned k = 0; count && k < n; k++)
			weight += count[k] / total;
		if (!count || weight > 0)
			add(&key, count ? weight : 1);
	}
}

static void run(int argc, char **argv, struct sample_of of)
{
	struct sample s;

	sample_run(&s, argc, argv, of);
	/* A loop may be entered behind its begin, and be left before it comes there. */
	for (u64 page = 0; page < s.words; page += CODE_PAGE_OPS) {
		if (is_zero(s.count + page, CODE_PAGE_OPS * sizeof(*s.count)))
			continue;
		for (u64 i = page; i < page + CODE_PAGE_OPS; i++)
			loops_at(s.m->cpu[0], s.m->ram + 4 * i, page + CODE_PAGE_OPS - i,
				 s.count + i, (double)s.total);
	}
	sample_free(&s);
}

static void scan(const struct cpu *cpu, const char *path)
{
	static u8 text[64 << 20];
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(text, 1, sizeof(text), f) / 4 : 0;

	if (!f || !n) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	fclose(f);
	for (size_t i = 0; i < n; i++)
		loops_at(cpu, text + 4 * i, n - i, NULL, 1);
}

static int by_weight(const void *a, const void *b)
{
	double d = ((const struct found *)b)->weight - ((const struct found *)a)->weight;

	return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static int form_length(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && !strcmp(name + n - 3, "_rr")  ? 3
	       : n > 2 && !strcmp(name + n - 2, "_r") ? 2
						      : 0;
}

static void print(const struct key *key)
{
	for (unsigned i = 0; i < key->len;) {
		unsigned kind = key->b[i++], has;

		printf("%s", i > 1 ? " " : "");
		if (kind & 0x80) {
			printf("%s%s>", cond_name[kind & 15], kind & 16 ? "a" : "");
			if (key->b[i] == LOOP_OUT)
				printf("out");
			else
				printf("%u", key->b[i]);
			i++;
			continue;
		}
		/* Without _rr or _r. */
		has = loop_operands[kind].has;
		printf("%.*s",
		       (int)strlen(kind_name[kind]) -
			       (has & LOOP_OPERAND2 ? form_length(kind_name[kind]) : 0),
		       kind_name[kind]);
		for (has &= LOOP_RS1 | LOOP_OPERAND2 | LOOP_RD | LOOP_ODD; has; has &= has - 1)
			printf(",%c", key->b[i++]);
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	u64 insns = argc > 2 ? strtoull(argv[1], NULL, 0) : 0;
	struct cpu cpu = { .model = cpu_models };

	if (argc < 3) {
		fprintf(stderr, "usage: loop-profile -text FILE... | INSNS OPTIONS... [-- ...]\n");
		return 1;
	}
	if (strcmp(argv[1], "-text"))
		sample_each(argc - 1, argv + 1, insns, run);
	for (int i = 2; !strcmp(argv[1], "-text") && i < argc; i++)
		scan(&cpu, argv[i]);
	qsort(found, nr, sizeof(*found), by_weight);
	for (size_t i = 0; i < nr; i++) {
		printf("%.6f\t", found[i].weight);
		print(&found[i].key);
	}
	return 0;
}
