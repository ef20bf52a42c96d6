/* SPDX-License-Identifier: MIT */
#include "machine/profile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * A key: a symbol is its file's number + 1 and its own, another place its page, the beginning of a stack who
 * runs there.
 */
#define KEY_ROOT (UINT64_C(1) << 63)
#define KEY_SUPER (UINT64_C(1) << 62)
#define FIRST_ROOM 4096u

/* --- the tree --- */

static u32 slot_of(const struct profile *p, u32 parent, u64 key)
{
	u64 h = (key ^ (u64)parent << 40) * UINT64_C(0x9e3779b97f4a7c15);

	return (u32)(h >> 32) & (p->table_size - 1);
}

static void enter(struct profile *p, u32 n)
{
	u32 i = slot_of(p, p->node[n].parent, p->node[n].key);

	while (p->table[i])
		i = (i + 1) & (p->table_size - 1);
	p->table[i] = n;
}

/* Twice the room. False: there is no memory for it. */
static bool grow(struct profile *p)
{
	u32 room = p->room ? 2 * p->room : FIRST_ROOM;
	struct profile_node *node = realloc(p->node, room * sizeof(*node));
	u32 *table = node ? calloc(2 * (size_t)room, sizeof(*table)) : NULL;

	if (node)
		p->node = node;
	if (!table)
		return false;
	free(p->table);
	p->table = table;
	p->table_size = 2 * room;
	p->room = room;
	for (u32 n = 1; n < p->nr; n++)
		enter(p, n);
	return true;
}

/* The parent itself where there is no room for more. */
static u32 child(struct profile *p, u32 parent, u64 key)
{
	u32 i = slot_of(p, parent, key);

	for (; p->table[i]; i = (i + 1) & (p->table_size - 1))
		if (p->node[p->table[i]].parent == parent && p->node[p->table[i]].key == key)
			return p->table[i];
	if (p->nr == p->room && (p->nr == PROFILE_NODES || !grow(p)))
		return parent;
	p->node[p->nr] = (struct profile_node){ .key = key, .parent = parent };
	enter(p, p->nr);
	return p->nr++;
}

/* --- samples --- */

static u64 file_key(const struct profile *p, const struct symbol_file *file)
{
	return (u64)(file - p->symbols->file + 1) << 32;
}

static u64 place_key(const struct profile *p, const struct symbol_file *file, u32 pc)
{
	const struct symbol *symbol = file ? symbols_in(file, pc) : NULL;

	return symbol ? file_key(p, file) | (u32)(symbol - file->symbol) : pc & ~0xfffu;
}

static u64 root_key(const struct profile *p, const struct profile_stack *st)
{
	if (st->super)
		return KEY_ROOT | KEY_SUPER;
	return KEY_ROOT | (st->file[0] ? file_key(p, st->file[0]) : st->context);
}

/* From 1 to twice the mean - 1. */
static void next_look(struct profile *p)
{
	p->random = p->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	p->m->look_at = machine_insns(p->m) + 1 + (p->random >> 24) % (2 * p->every - 1);
}

static void look(void *arg)
{
	struct profile *p = arg;
	struct profile_stack st;
	u32 n;

	profile_stack(&st, p->m->cpu[p->m->running], p->symbols);
	n = child(p, 0, root_key(p, &st));
	while (st.nr--) {
		u64 key = place_key(p, st.file[st.nr], st.pc[st.nr]);

		/* Of code without names, calls within a page tell nothing. */
		if (st.file[st.nr] || p->node[n].key != key)
			n = child(p, n, key);
	}
	p->node[n].self++;
	p->samples++;
	next_look(p);
}

int profile_begin(struct profile *p, struct machine *m, const struct symbols *symbols, u64 every)
{
	*p = (struct profile){ .m = m, .symbols = symbols, .every = every, .random = 1, .nr = 1 };
	if (!grow(p))
		return -ENOMEM;
	p->node[0] = (struct profile_node){ .key = KEY_ROOT };
	p->first = machine_insns(m);
	m->look = look;
	m->look_arg = p;
	next_look(p);
	return 0;
}

void profile_moved(struct profile *p)
{
	if (p->table_size)
		next_look(p);
}

void profile_release(struct profile *p)
{
	if (p->table_size)
		p->m->look_at = UINT64_MAX;
	free(p->node);
	free(p->table);
	p->node = NULL;
	p->table = NULL;
	p->table_size = 0;
}

/* --- names --- */

static const struct symbol_file *key_file(const struct profile *p, u64 key)
{
	u32 n = (u32)(key >> 32) & 0xffff;

	return n ? &p->symbols->file[n - 1] : NULL;
}

enum { NAME = 256 };

static void name_of(const struct profile *p, u64 key, char text[NAME])
{
	const struct symbol_file *file = key_file(p, key);

	if (key & KEY_SUPER)
		snprintf(text, NAME, "[supervisor]");
	else if (key & KEY_ROOT && file)
		snprintf(text, NAME, "[user:%.200s]", file->name);
	else if (key & KEY_ROOT)
		snprintf(text, NAME, "[user:context-%u]", (u32)key);
	else if (file)
		snprintf(text, NAME, "%.200s", file->symbol[(u32)key].name);
	else
		snprintf(text, NAME, "[%08x]", (u32)key);
	symbols_clean(text);
}

/* --- stacks --- */

static void write_stack(const struct profile *p, u32 n, FILE *out)
{
	u32 way[PROFILE_DEPTH + 1], nr = 0;
	char text[NAME];

	for (u32 i = n; i && nr < ARRAY_SIZE(way); i = p->node[i].parent)
		way[nr++] = i;
	while (nr--) {
		name_of(p, p->node[way[nr]].key, text);
		fprintf(out, "%s%c", text, nr ? ';' : ' ');
	}
	fprintf(out, "%u\n", p->node[n].self);
}

/* --- functions --- */

struct row {
	u64 key, root, self, total;
};

static u64 root_of(const struct profile *p, u32 n)
{
	while (p->node[n].parent)
		n = p->node[n].parent;
	return p->node[n].key;
}

static bool is_under_itself(const struct profile *p, u32 n)
{
	u64 key = p->node[n].key;

	while ((n = p->node[n].parent))
		if (p->node[n].key == key)
			return true;
	return false;
}

static int by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->root > y->root) - (x->root < y->root);
}

static int by_weight(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->self != y->self)
		return x->self > y->self ? -1 : 1;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return by_key(a, b);
}

/* A row a function and the kind of stack that it is in; how many. `below`: of each node, samples there and further in. */
static u32 gather(const struct profile *p, u64 *below, struct row *row)
{
	u32 nr = 0, n = 0;

	for (u32 i = p->nr - 1; i; i--) {
		below[i] += p->node[i].self;
		below[p->node[i].parent] += below[i];
	}
	for (u32 i = 1; i < p->nr; i++)
		if (p->node[i].parent)
			row[nr++] = (struct row){ .key = p->node[i].key,
						  .root = root_of(p, i),
						  .self = p->node[i].self,
						  .total = is_under_itself(p, i) ? 0 : below[i] };
	if (!nr)
		return 0;
	qsort(row, nr, sizeof(*row), by_key);
	for (u32 i = 1; i < nr; i++) {
		if (row[i].key == row[n].key && row[i].root == row[n].root) {
			row[n].self += row[i].self;
			row[n].total += row[i].total;
		} else {
			row[++n] = row[i];
		}
	}
	qsort(row, n + 1, sizeof(*row), by_weight);
	return n + 1;
}

static void write_rows(const struct profile *p, const struct row *row, u32 nr, FILE *out)
{
	double all = p->samples ? (double)p->samples : 1;
	char text[NAME], root[NAME];

	fprintf(out,
		"# %" PRIu64 " samples, one after %" PRIu64 " instructions on average, of %" PRIu64
		" instructions\n"
		"# self: samples in it; total: in it and in what it called\n"
		"# self%%      self  total%%     total  function  [mode]\n",
		p->samples, p->every, machine_insns(p->m) - p->first);
	for (u32 i = 0; i < nr; i++) {
		name_of(p, row[i].key, text);
		name_of(p, row[i].root, root);
		fprintf(out, "%7.2f %9" PRIu64 " %7.2f %9" PRIu64 "  %s  %s\n",
			100 * (double)row[i].self / all, row[i].self,
			100 * (double)row[i].total / all, row[i].total, text, root);
	}
}

int profile_write(const struct profile *p, FILE *flat, FILE *folded)
{
	struct row *row;
	u64 *below;
	bool ok;

	if (!p->table_size)
		return 0;
	row = calloc(p->nr, sizeof(*row));
	below = calloc(p->nr, sizeof(*below));
	ok = row && below;
	if (ok)
		write_rows(p, row, gather(p, below, row), flat);
	for (u32 n = 1; n < p->nr; n++)
		if (p->node[n].self)
			write_stack(p, n, folded);
	free(below);
	free(row);
	if (!ok)
		return -ENOMEM;
	return ferror(flat) || ferror(folded) ? -EIO : 0;
}
