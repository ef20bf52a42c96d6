/* SPDX-License-Identifier: MIT */
/* A hash table with chains, a balanced-ish search tree, and a ring of the least recently used. */
#include "train.h"

struct node {
	struct node *next, *left, *right;
	struct node *newer, *older;
	uint32_t key, val;
};

static struct node pool[1024], *bucket[256], *root, lru;
static unsigned nr;

static struct node *find(uint32_t key)
{
	struct node *n = bucket[(key ^ key >> 11) & 255];

	while (n && n->key != key)
		n = n->next;
	return n;
}

static void touch(struct node *n)
{
	n->newer->older = n->older;
	n->older->newer = n->newer;
	n->older = lru.older;
	n->newer = &lru;
	lru.older->newer = n;
	lru.older = n;
}

static struct node *tree_add(struct node *t, struct node *n)
{
	if (!t)
		return n;
	if (n->key < t->key)
		t->left = tree_add(t->left, n);
	else
		t->right = tree_add(t->right, n);
	return t;
}

static uint32_t tree_sum(const struct node *t, uint32_t lo, uint32_t hi)
{
	if (!t)
		return 0;
	if (t->key < lo)
		return tree_sum(t->right, lo, hi);
	if (t->key > hi)
		return tree_sum(t->left, lo, hi);
	return t->val + tree_sum(t->left, lo, hi) + tree_sum(t->right, lo, hi);
}

static uint32_t work(unsigned round)
{
	uint32_t s = round, sum = 0;

	nr = 0;
	root = NULL;
	memset(bucket, 0, sizeof(bucket));
	lru.newer = lru.older = &lru;
	for (int i = 0; i < 3000; i++) {
		uint32_t key = roll(&s) % 1500;
		struct node *n = find(key), **b = &bucket[(key ^ key >> 11) & 255];

		if (n) {
			n->val++;
			touch(n);
		} else if (nr < 1024) {
			n = &pool[nr++];
			*n = (struct node){
				.key = key, .val = 1, .next = *b, .newer = n, .older = n
			};
			*b = n;
			touch(n);
			root = tree_add(root, n);
		} else {
			sum += lru.newer->key;
			touch(lru.newer);
		}
	}
	return sum + tree_sum(root, 100, 900);
}
