/* SPDX-License-Identifier: MIT */
/* Lists, chains, trees and heaps of nodes: walked, searched, changed. */
#include "idiom.h"

/* The link first and last: the offset of the link and of the key differ. */
#define LIST(N, FIELDS)                                                                            \
	struct N {                                                                                 \
		FIELDS                                                                             \
	};                                                                                         \
	int N##_length(const struct N *p)                                                          \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (; p; p = p->next)                                                             \
			n++;                                                                       \
		return n;                                                                          \
	}                                                                                          \
	struct N *N##_last(struct N *p)                                                            \
	{                                                                                          \
		while (p->next)                                                                    \
			p = p->next;                                                               \
		return p;                                                                          \
	}                                                                                          \
	struct N *N##_find(struct N *p, s32 key)                                                   \
	{                                                                                          \
		while (p && p->key != key)                                                         \
			p = p->next;                                                               \
		return p;                                                                          \
	}                                                                                          \
	int N##_has(const struct N *p, s32 key)                                                    \
	{                                                                                          \
		for (; p != NULL; p = p->next)                                                     \
			if (p->key == key)                                                         \
				return 1;                                                          \
		return 0;                                                                          \
	}                                                                                          \
	struct N *N##_at(struct N *p, int n)                                                       \
	{                                                                                          \
		while (n-- > 0 && p)                                                               \
			p = p->next;                                                               \
		return p;                                                                          \
	}                                                                                          \
	struct N *N##_step(struct N *p, int n)                                                     \
	{                                                                                          \
		while (n--)                                                                        \
			p = p->next;                                                               \
		return p;                                                                          \
	}                                                                                          \
	s32 N##_sum(const struct N *p)                                                             \
	{                                                                                          \
		s32 s = 0;                                                                         \
                                                                                                   \
		while (p) {                                                                        \
			s += p->key;                                                               \
			p = p->next;                                                               \
		}                                                                                  \
		return s;                                                                          \
	}                                                                                          \
	s32 N##_largest(const struct N *p)                                                         \
	{                                                                                          \
		s32 m = p->key;                                                                    \
                                                                                                   \
		while ((p = p->next))                                                              \
			if (p->key > m)                                                            \
				m = p->key;                                                        \
		return m;                                                                          \
	}                                                                                          \
	void N##_add_each(struct N *p, s32 v)                                                      \
	{                                                                                          \
		for (; p; p = p->next)                                                             \
			p->key += v;                                                               \
	}                                                                                          \
	struct N *N##_reverse(struct N *p)                                                         \
	{                                                                                          \
		struct N *r = NULL;                                                                \
                                                                                                   \
		while (p) {                                                                        \
			struct N *next = p->next;                                                  \
                                                                                                   \
			p->next = r;                                                               \
			r = p;                                                                     \
			p = next;                                                                  \
		}                                                                                  \
		return r;                                                                          \
	}                                                                                          \
	void N##_insert(struct N **list, struct N *new)                                            \
	{                                                                                          \
		struct N **at = list;                                                              \
                                                                                                   \
		while (*at && (*at)->key < new->key)                                               \
			at = &(*at)->next;                                                         \
		new->next = *at;                                                                   \
		*at = new;                                                                         \
	}                                                                                          \
	void N##_remove(struct N **list, const struct N *old)                                      \
	{                                                                                          \
		for (; *list; list = &(*list)->next) {                                             \
			if (*list == old) {                                                        \
				*list = old->next;                                                 \
				break;                                                             \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void N##_append(struct N **list, struct N *new)                                            \
	{                                                                                          \
		while (*list)                                                                      \
			list = &(*list)->next;                                                     \
		*list = new;                                                                       \
	}                                                                                          \
	struct N *N##_before(struct N *p, const struct N *q)                                       \
	{                                                                                          \
		while (p->next != q)                                                               \
			p = p->next;                                                               \
		return p;                                                                          \
	}                                                                                          \
	struct N *N##_middle(struct N *p)                                                          \
	{                                                                                          \
		struct N *fast = p;                                                                \
                                                                                                   \
		while (fast && fast->next) {                                                       \
			p = p->next;                                                               \
			fast = fast->next->next;                                                   \
		}                                                                                  \
		return p;                                                                          \
	}                                                                                          \
	int N##_ring_length(const struct N *p)                                                     \
	{                                                                                          \
		const struct N *q = p;                                                             \
		int n = 0;                                                                         \
                                                                                                   \
		do {                                                                               \
			n++;                                                                       \
			q = q->next;                                                               \
		} while (q != p);                                                                  \
		return n;                                                                          \
	}                                                                                          \
	struct N *N##_merge(struct N *a, struct N *b)                                              \
	{                                                                                          \
		struct N *head, **end = &head;                                                     \
                                                                                                   \
		while (a && b) {                                                                   \
			if (a->key <= b->key) {                                                    \
				*end = a;                                                          \
				a = a->next;                                                       \
			} else {                                                                   \
				*end = b;                                                          \
				b = b->next;                                                       \
			}                                                                          \
			end = &(*end)->next;                                                       \
		}                                                                                  \
		*end = a ? a : b;                                                                  \
		return head;                                                                       \
	}                                                                                          \
	void N##_chain(struct N *pool, int n)                                                      \
	{                                                                                          \
		for (int i = 0; i < n - 1; i++)                                                    \
			pool[i].next = &pool[i + 1];                                               \
		pool[n - 1].next = NULL;                                                           \
	}                                                                                          \
	struct N *N##_chain_push(struct N *pool, int n)                                            \
	{                                                                                          \
		struct N *free = NULL;                                                             \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			pool->next = free;                                                         \
			free = pool++;                                                             \
		}                                                                                  \
		return free;                                                                       \
	}                                                                                          \
	int N##_same(const struct N *a, const struct N *b)                                         \
	{                                                                                          \
		while (a && b && a->key == b->key) {                                               \
			a = a->next;                                                               \
			b = b->next;                                                               \
		}                                                                                  \
		return a == b;                                                                     \
	}                                                                                          \
	int N##_to_array(s32 *d, const struct N *p)                                                \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (; p; p = p->next)                                                             \
			d[n++] = p->key;                                                           \
		return n;                                                                          \
	}                                                                                          \
	struct N *N##_hashed(struct N **bucket, u32 mask, s32 key)                                 \
	{                                                                                          \
		struct N *p;                                                                       \
                                                                                                   \
		for (p = bucket[key & mask]; p; p = p->next)                                       \
			if (p->key == key)                                                         \
				break;                                                             \
		return p;                                                                          \
	}                                                                                          \
	int N##_bucket_count(struct N *const *bucket, int n)                                       \
	{                                                                                          \
		int c = 0;                                                                         \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			for (const struct N *p = bucket[i]; p; p = p->next)                        \
				c++;                                                               \
		return c;                                                                          \
	}

LIST(first, struct first *next; s32 key;)
LIST(late, s32 key; u16 kind; u8 name[10]; struct late * next;)

/* Rings with two links and a head. */
struct link {
	struct link *next, *prev;
};

struct job {
	struct link link;
	u32 due, priority;
	const char *name;
	u16 state;
	u8 kind;
};

int ring_length(const struct link *head)
{
	int n = 0;

	for (const struct link *p = head->next; p != head; p = p->next)
		n++;
	return n;
}

struct job *ring_due(struct link *head, u32 now)
{
	for (struct link *p = head->next; p != head; p = p->next) {
		struct job *j = (struct job *)p;

		if (j->due <= now)
			return j;
	}
	return NULL;
}

void ring_insert(struct link *head, struct job *j)
{
	struct link *p = head->prev;

	while (p != head && ((struct job *)p)->due > j->due)
		p = p->prev;
	j->link.prev = p;
	j->link.next = p->next;
	p->next->prev = &j->link;
	p->next = &j->link;
}

void ring_age(struct link *head)
{
	for (struct link *p = head->next; p != head; p = p->next)
		if (((struct job *)p)->state == 1)
			((struct job *)p)->priority++;
}

void ring_move(struct link *from, struct link *to)
{
	while (from->next != from) {
		struct link *p = from->next;

		from->next = p->next;
		p->next->prev = from;
		p->prev = to->prev;
		p->next = to;
		to->prev->next = p;
		to->prev = p;
	}
}

struct job *highest(struct link *head)
{
	struct job *best = (struct job *)head->next;

	for (struct link *p = best->link.next; p != head; p = p->next)
		if (((struct job *)p)->priority > best->priority)
			best = (struct job *)p;
	return best;
}

struct job *named(struct link *head, const char *name)
{
	for (struct link *p = head->next; p != head; p = p->next) {
		const char *a = ((struct job *)p)->name, *b = name;

		while (*a && *a == *b) {
			a++;
			b++;
		}
		if (*a == *b)
			return (struct job *)p;
	}
	return NULL;
}

/* Blocks of a heap. */
struct block {
	u32 size;
	struct block *next;
};

struct block *fit_first(struct block *p, u32 size)
{
	while (p && p->size < size)
		p = p->next;
	return p;
}

struct block *fit_best(struct block *p, u32 size)
{
	struct block *best = NULL;

	for (; p; p = p->next)
		if (p->size >= size && (!best || p->size < best->size))
			best = p;
	return best;
}

struct block *fit_place(struct block *p, const struct block *b)
{
	while (p->next && p->next < b)
		p = p->next;
	return p;
}

u32 heap_free(const u32 *p, const u32 *end)
{
	u32 free = 0;

	while (p < end) {
		if (!(*p & 1))
			free += *p & ~3u;
		p += *p >> 2;
	}
	return free;
}

/* Trees. */
struct tree {
	struct tree *left, *right, *up;
	s32 key;
};

struct tree *tree_find(struct tree *t, s32 key)
{
	while (t && t->key != key)
		t = key < t->key ? t->left : t->right;
	return t;
}

struct tree *tree_ceiling(struct tree *t, s32 key)
{
	struct tree *best = NULL;

	while (t) {
		if (t->key >= key) {
			best = t;
			t = t->left;
		} else {
			t = t->right;
		}
	}
	return best;
}

struct tree *tree_leftmost(struct tree *t)
{
	while (t->left)
		t = t->left;
	return t;
}

struct tree *tree_rightmost(struct tree *t)
{
	for (; t->right; t = t->right)
		;
	return t;
}

struct tree *tree_next(struct tree *t)
{
	if (t->right) {
		t = t->right;
		while (t->left)
			t = t->left;
		return t;
	}
	while (t->up && t == t->up->right)
		t = t->up;
	return t->up;
}

int tree_depth(const struct tree *t)
{
	int n = 0;

	while ((t = t->up))
		n++;
	return n;
}

void tree_insert(struct tree **at, struct tree *new)
{
	while (*at)
		at = new->key < (*at)->key ? &(*at)->left : &(*at)->right;
	*at = new;
}

struct tree *tree_common(struct tree *t, s32 a, s32 b)
{
	for (;;) {
		if (a < t->key && b < t->key)
			t = t->left;
		else if (a > t->key && b > t->key)
			t = t->right;
		else
			return t;
	}
}

s32 tree_sum_keys(struct tree *t, struct tree **stack)
{
	int n = 0;
	s32 s = 0;

	while (t || n) {
		while (t) {
			stack[n++] = t;
			t = t->left;
		}
		t = stack[--n];
		s += t->key;
		t = t->right;
	}
	return s;
}

struct radix {
	struct radix *child[2];
	u32 bit;
};

struct radix *radix_find(struct radix *t, u32 key)
{
	u32 bit;

	do {
		bit = t->bit;
		t = t->child[key >> (bit & 31) & 1];
	} while (t->bit > bit);
	return t;
}

/* Vectors of pointers. */
int pointers_count(void *const *p)
{
	int n = 0;

	while (p[n])
		n++;
	return n;
}

int pointers_find(void *const *p, int n, const void *v)
{
	for (int i = 0; i < n; i++)
		if (p[i] == v)
			return i;
	return -1;
}

int pointers_free(void **p, int n)
{
	int i = 0;

	while (i < n && p[i])
		i++;
	return i;
}

s32 pointers_sum(const s32 *const *p, int n)
{
	s32 s = 0;

	while (n-- > 0)
		s += **p++;
	return s;
}

void pointers_call(void (*const *p)(void), void (*const *end)(void))
{
	while (p < end)
		(*p++)();
}

/* Graphs in vectors: edges of a node, a queue of nodes. */
int edges_relax(const s32 *to, const s32 *cost, int n, s32 *dist, s32 from)
{
	int changed = 0;

	for (int i = 0; i < n; i++) {
		s32 d = from + cost[i];

		if (d < dist[to[i]]) {
			dist[to[i]] = d;
			changed = 1;
		}
	}
	return changed;
}

int nearest(const s32 *dist, const u8 *done, int n)
{
	int best = -1;

	for (int i = 0; i < n; i++)
		if (!done[i] && (best < 0 || dist[i] < dist[best]))
			best = i;
	return best;
}

int breadth(const u16 *start, const u16 *to, u16 *queue, u8 *seen, int from)
{
	int head = 0, tail = 0;

	queue[tail++] = from;
	seen[from] = 1;
	while (head < tail) {
		int v = queue[head++];

		for (int e = start[v]; e < start[v + 1]; e++) {
			if (!seen[to[e]]) {
				seen[to[e]] = 1;
				queue[tail++] = to[e];
			}
		}
	}
	return tail;
}
