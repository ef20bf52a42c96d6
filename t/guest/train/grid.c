/* SPDX-License-Identifier: MIT */
/* Cells that live and die, the shortest way through a maze, and queens on a board. */
#include "train.h"

#define W 34
static unsigned char now[W * W], then[W * W];
static short dist[W * W], queue[W * W];

static NOINLINE void generation(void)
{
	for (int y = 1; y < W - 1; y++)
		for (int x = 1; x < W - 1; x++) {
			const unsigned char *c = &now[y * W + x];
			int n = c[-1] + c[1] + c[-W - 1] + c[-W] + c[-W + 1] + c[W - 1] + c[W] +
				c[W + 1];

			then[y * W + x] = n == 3 || (n == 2 && *c);
		}
	memcpy(now, then, sizeof(now));
}

static NOINLINE int flood(int from, int to)
{
	static const short step[4] = { 1, -1, W, -W };
	int head = 0, tail = 0;

	memset(dist, -1, sizeof(dist));
	dist[from] = 0;
	queue[tail++] = (short)from;
	while (head < tail) {
		int at = queue[head++];

		if (at == to)
			return dist[at];
		for (int i = 0; i < 4; i++) {
			int n = at + step[i], x = n % W;

			if (n < W || n >= W * (W - 1) || x == 0 || x == W - 1 || now[n] ||
			    dist[n] >= 0)
				continue;
			dist[n] = (short)(dist[at] + 1);
			queue[tail++] = (short)n;
		}
	}
	return -1;
}

static int queens(unsigned all, unsigned cols, unsigned left, unsigned right)
{
	unsigned free = all & ~(cols | left | right);
	int n = 0;

	if (cols == all)
		return 1;
	while (free) {
		unsigned bit = free & -free;

		free ^= bit;
		n += queens(all, cols | bit, (left | bit) << 1, (right | bit) >> 1);
	}
	return n;
}

static uint32_t work(unsigned round)
{
	uint32_t s = round;

	for (int i = 0; i < W * W; i++)
		now[i] = roll(&s) % 3 == 0;
	for (int i = 0; i < 3; i++)
		generation();
	return (uint32_t)flood(W + 1, W * W - W - 2) + (uint32_t)queens(0x3f, 0, 0, 0);
}
