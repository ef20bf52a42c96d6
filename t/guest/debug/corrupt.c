/* SPDX-License-Identifier: MIT */
/*
 * A valve controller with a fault: after many rounds it finds that the limit it was configured with has
 * changed. tools/doc/debugging.md finds out who did it.
 */
#include <stdio.h>
#include <string.h>

#define ROUNDS 20000

struct channel {
	char label[12];
	int limit;
	int level;
};

static struct channel valve[4] = {
	{ "inlet", 900, 0 },
	{ "outlet", 700, 0 },
	{ "bypass", 400, 0 },
	{ "drain", 250, 0 },
};

static unsigned seed = 1;

static unsigned random(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 16 & 0x7fff;
}

__attribute__((noinline)) static void rename(struct channel *c, const char *text)
{
	char *to = c->label;

	while ((*to++ = *text++))
		;
}

__attribute__((noinline)) static void adjust(struct channel *c)
{
	c->level = (int)(random() % (unsigned)c->limit);
}

__attribute__((noinline)) static void maintain(unsigned round)
{
	char text[16];

	snprintf(text, sizeof(text), "valve-%u", round);
	rename(&valve[round % 4], text);
}

__attribute__((noinline)) static void fail(const struct channel *c)
{
	printf("FAIL: limit of %s is %d\n", c->label, c->limit);
}

__attribute__((noinline)) static int check(void)
{
	static const int limit[4] = { 900, 700, 400, 250 };

	for (int i = 0; i < 4; i++)
		if (valve[i].limit != limit[i]) {
			fail(&valve[i]);
			return 1;
		}
	return 0;
}

int main(void)
{
	unsigned round;

	for (round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < 4; i++)
			adjust(&valve[i]);
		if (round % 64 == 0)
			maintain(round * 1567);
	}
	if (check())
		return 1;
	printf("PASS\n");
	return 0;
}
