/* SPDX-License-Identifier: MIT */
/* Records, short strings, calls and tests in the proportions of system programs. */
#define NAME "dhry"
#ifndef LOOPS
#define LOOPS 600000
#define SUM 0xfa308355u
#endif
#include "bench.h"

enum kind { ONE, TWO, THREE, FOUR };

struct record {
	struct record *next;
	enum kind kind, other;
	int number;
	char text[31];
};

static struct record first, second, *head;
static int global_int, array[50], square[50][50];
static char global_char;
static const char *const texts[] = {
	"some text of thirty characters",
	"some text of thirty charactera",
	"some other text, thirty chars.",
};

static NOINLINE enum kind classify(char a, char b)
{
	char c = a;

	if (c != b)
		return ONE;
	global_char = c;
	return TWO;
}

static NOINLINE int after(const char *a, const char *b)
{
	unsigned i = 2;

	while (i <= 2)
		if (classify(a[i], b[i + 1]) == ONE)
			i++;
		else
			return 0;
	if (strcmp(a, b) > 0) {
		global_int = (int)i + 7;
		return 1;
	}
	return 0;
}

static NOINLINE enum kind turn(enum kind k)
{
	switch (k) {
	case ONE:
		return FOUR;
	case TWO:
		return global_int > 100 ? ONE : FOUR;
	case THREE:
		return TWO;
	default:
		return THREE;
	}
}

static NOINLINE void fill(int *row, int (*plane)[50], int i, int v)
{
	int at = i + 5, k;

	row[at] = v;
	row[at + 1] = row[at];
	row[at + 30] = at;
	for (k = at; k <= at + 1; k++)
		plane[at][k] = at;
	plane[at][at - 1]++;
	plane[at + 20][at] = row[at];
	global_int = 5;
}

static NOINLINE void chain(struct record *r)
{
	struct record *n = r->next;

	*n = *head;
	r->number = 5;
	n->number = r->number;
	n->next = r->next;
	if (n->kind == ONE) {
		n->number = 6;
		n->other = turn(r->other);
		n->next = head->next;
		n->number += 10;
	} else {
		*r = *n;
	}
}

static uint32_t bench(unsigned loops)
{
	int i, j = 0, k;
	char c, text[31];
	uint32_t sum = 0;

	head = &first;
	first.next = &second;
	first.kind = ONE;
	first.other = THREE;
	first.number = 40;
	strcpy(first.text, texts[0]);
	while (loops--) {
		strcpy(text, texts[loops % 3]);
		i = 2;
		k = !after(first.text, text);
		while (i < 3) {
			j = 5 * i - 3 + k;
			i++;
		}
		fill(array, square, i, j);
		chain(head);
		for (c = 'A'; c <= 'B' + (char)(loops & 1); c++)
			if (second.other == classify(c, 'C'))
				second.other = turn(ONE);
		j *= i;
		i = j / (7 + (int)(loops & 3));
		j = 7 * (j - i) - k;
		sum = mix(sum, (uint32_t)(i ^ j ^ global_int) + (uint32_t)second.other);
	}
	return mix(sum, (uint32_t)array[8] + (uint32_t)square[8][7]);
}
