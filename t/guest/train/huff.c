/* SPDX-License-Identifier: MIT */
/* Code lengths by a heap, codes, and bits in and out. */
#include "train.h"

static unsigned weight[512], parent[512], length[256], code[256];
static int heap[512], nr;
static unsigned char text[2048], bits[8192];

static void sift(int i)
{
	int v = heap[i];

	for (;;) {
		int c = 2 * i + 1;

		if (c >= nr)
			break;
		if (c + 1 < nr && weight[heap[c + 1]] < weight[heap[c]])
			c++;
		if (weight[heap[c]] >= weight[v])
			break;
		heap[i] = heap[c];
		i = c;
	}
	heap[i] = v;
}

static int pop(void)
{
	int v = heap[0];

	heap[0] = heap[--nr];
	sift(0);
	return v;
}

static void lengths(void)
{
	int next = 256;

	nr = 0;
	for (int i = 0; i < 256; i++)
		if (weight[i])
			heap[nr++] = i;
	for (int i = nr / 2; i >= 0; i--)
		sift(i);
	while (nr > 1) {
		int a = pop(), b = heap[0];

		weight[next] = weight[a] + weight[b];
		parent[a] = parent[b] = (unsigned)next;
		heap[0] = next++;
		sift(0);
	}
	for (int i = 0; i < 256; i++) {
		length[i] = 0;
		if (weight[i])
			for (unsigned j = (unsigned)i; (int)j != next - 1; j = parent[j])
				length[i]++;
	}
}

static unsigned put(unsigned at, unsigned v, unsigned n)
{
	while (n--) {
		if (v >> n & 1)
			bits[at >> 3] |= (unsigned char)(0x80 >> (at & 7));
		else
			bits[at >> 3] &= (unsigned char)~(0x80 >> (at & 7));
		at++;
	}
	return at;
}

static uint32_t work(unsigned round)
{
	uint32_t s = round;
	unsigned next = 0, at = 0;

	memset(weight, 0, sizeof(weight));
	for (unsigned i = 0; i < sizeof(text); i++) {
		unsigned r = roll(&s);

		text[i] = (unsigned char)(r & (r >> 8) & 63);
		weight[text[i]]++;
	}
	lengths();
	for (unsigned len = 1; len < 20; len++, next <<= 1)
		for (int i = 0; i < 256; i++)
			if (length[i] == len)
				code[i] = next++;
	for (unsigned i = 0; i < sizeof(text); i++)
		at = put(at, code[text[i]], length[text[i]]);
	return at + bits[at / 16];
}
