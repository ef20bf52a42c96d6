/* SPDX-License-Identifier: MIT */
/* Merge sort of a linked list: pointer chasing. */
#define NAME "listsort"
#ifndef LOOPS
#define LOOPS 150
#define SUM 0x4559e3beu
#endif
#include "bench.h"

struct node {
	struct node *next;
	uint32_t key;
};

static struct node nodes[4096];

static struct node *merge(struct node *a, struct node *b)
{
	struct node head, *tail = &head;

	while (a && b) {
		if (a->key <= b->key) {
			tail->next = a;
			a = a->next;
		} else {
			tail->next = b;
			b = b->next;
		}
		tail = tail->next;
	}
	tail->next = a ? a : b;
	return head.next;
}

static NOINLINE struct node *sort(struct node *list)
{
	struct node *slow = list, *fast;

	if (!list || !list->next)
		return list;
	for (fast = list->next; fast && fast->next; fast = fast->next->next)
		slow = slow->next;
	fast = slow->next;
	slow->next = NULL;
	return merge(sort(list), sort(fast));
}

static uint32_t bench(unsigned loops)
{
	const unsigned n = sizeof(nodes) / sizeof(nodes[0]);
	uint32_t seed = 1, sum = 0;
	struct node *p;
	unsigned i;

	while (loops--) {
		for (i = 0; i < n; i++) {
			nodes[i].key = next_random(&seed) >> 8;
			nodes[i].next = i + 1 < n ? &nodes[i + 1] : NULL;
		}
		for (p = sort(nodes), i = 0; p; p = p->next, i++)
			sum = mix(sum, p->key ^ i);
	}
	return sum;
}
