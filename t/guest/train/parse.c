/* SPDX-License-Identifier: MIT */
/* Expressions: text to tokens to a tree to a value; and records with callbacks. */
#include "train.h"

enum { NUM, ADD, SUB, MUL, NEG, NAME };

struct expr {
	int op, val;
	struct expr *a, *b;
};

static struct expr pool[256];
static int used;
static const char *at;

static struct expr *make(int op, int val, struct expr *a, struct expr *b)
{
	struct expr *e = &pool[used++ & 255];

	e->op = op;
	e->val = val;
	e->a = a;
	e->b = b;
	return e;
}

static struct expr *sum(void);

static struct expr *factor(void)
{
	while (*at == ' ')
		at++;
	if (*at == '(') {
		struct expr *e;

		at++;
		e = sum();
		if (*at == ')')
			at++;
		return e;
	}
	if (*at == '-') {
		at++;
		return make(NEG, 0, factor(), NULL);
	}
	if (*at >= '0' && *at <= '9') {
		int v = 0;

		while (*at >= '0' && *at <= '9')
			v = v * 10 + *at++ - '0';
		return make(NUM, v, NULL, NULL);
	}
	return make(NAME, *at ? *at++ : 0, NULL, NULL);
}

static struct expr *product(void)
{
	struct expr *e = factor();

	while (*at == '*') {
		at++;
		e = make(MUL, 0, e, factor());
	}
	return e;
}

static struct expr *sum(void)
{
	struct expr *e = product();

	while (*at == '+' || *at == '-') {
		int op = *at++ == '+' ? ADD : SUB;

		e = make(op, 0, e, product());
	}
	return e;
}

static int value(const struct expr *e, const int *names)
{
	switch (e->op) {
	case NUM:
		return e->val;
	case ADD:
		return value(e->a, names) + value(e->b, names);
	case SUB:
		return value(e->a, names) - value(e->b, names);
	case MUL:
		return value(e->a, names) * value(e->b, names);
	case NEG:
		return -value(e->a, names);
	default:
		return names[e->val & 31];
	}
}

struct record {
	unsigned char kind, flags;
	short count;
	int (*fn)(struct record *, int);
	int total[4];
};

static int grow(struct record *r, int n)
{
	r->count = (short)(r->count + n);
	return r->total[r->count & 3] += n;
}

static int shrink(struct record *r, int n)
{
	if (r->flags & 1)
		r->count = (short)(r->count - n);
	r->flags ^= 5;
	return r->count;
}

static uint32_t work(unsigned round)
{
	static const char *const text[] = { "a+b*(c-3)*-d+12", "((a))*(b+(c+(d-(e))))-77*a",
					    "1+2+3+4*5*6-x*y", "-(-(-(q+1)))" };
	static struct record r[16];
	int names[32], sum_of = 0;

	for (int i = 0; i < 32; i++)
		names[i] = i * (int)(round & 7);
	for (int i = 0; i < 4; i++) {
		at = text[i];
		used = 0;
		sum_of += value(sum(), names);
	}
	for (int i = 0; i < 64; i++) {
		struct record *x = &r[i & 15];

		x->fn = (i ^ (int)round) & 4 ? grow : shrink;
		sum_of += x->fn(x, i);
	}
	return (uint32_t)sum_of;
}
