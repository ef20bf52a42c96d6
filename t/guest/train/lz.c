/* SPDX-License-Identifier: MIT */
/* A small dictionary packer and its inverse. */
#include "train.h"

#define N 4096
static unsigned char in[N], packed[2 * N], out[N];
static short head[1024], prev[N];

static unsigned hash(const unsigned char *p)
{
	return (p[0] * 33 + p[1] * 7 + p[2]) & 1023;
}

static NOINLINE int pack(int n)
{
	unsigned char *o = packed;
	int i = 0;

	memset(head, -1, sizeof(head));
	while (i < n) {
		int best = 0, at = 0, tries = 16;

		if (i + 3 < n) {
			unsigned h = hash(in + i);

			for (int j = head[h]; j >= 0 && tries; j = prev[j], tries--) {
				int len = 0;

				while (i + len < n && len < 127 && in[j + len] == in[i + len])
					len++;
				if (len > best)
					best = len, at = j;
			}
			prev[i] = head[h];
			head[h] = (short)i;
		}
		if (best >= 4) {
			*o++ = (unsigned char)(128 | best);
			*o++ = (unsigned char)((i - at) >> 8);
			*o++ = (unsigned char)(i - at);
			i += best;
		} else {
			*o++ = in[i++] & 127;
		}
	}
	return (int)(o - packed);
}

static NOINLINE int unpack(int n)
{
	const unsigned char *p = packed, *end = packed + n;
	unsigned char *o = out;

	while (p < end) {
		unsigned c = *p++;

		if (c & 128) {
			const unsigned char *from = o - (p[0] << 8 | p[1]);

			p += 2;
			for (c &= 127; c; c--)
				*o++ = *from++;
		} else {
			*o++ = (unsigned char)c;
		}
	}
	return (int)(o - out);
}

static uint32_t work(unsigned round)
{
	uint32_t s = round & 15;
	int n;

	for (int i = 0; i < N; i++)
		in[i] = (unsigned char)(roll(&s) % 3 ? "abcde fgh"[s % 9] : in[i / 2]);
	n = pack(N);
	return (uint32_t)(n + unpack(n)) + out[99];
}
