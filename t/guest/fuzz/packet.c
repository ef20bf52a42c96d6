/* SPDX-License-Identifier: MIT */
/*
 * A small receiver of packets with five planted bugs, each deeper than the one before: what
 * tools/doc/fuzzing.md lets AFL++ find. The wire format:
 *
 *	'V' 'P'		magic
 *	u8 version	1 or 2
 *	u8 type		0 echo, 1 table, 2 text, 3 sum, 4 stack
 *	u8 n		bytes of payload
 *	payload
 *	u8 check	XOR of the five bytes of the header, version 2 only
 */
#include "guest.h"

#define NOINLINE __attribute__((noinline))

unsigned char input[1024];
volatile unsigned input_len;
volatile unsigned sink;

static volatile unsigned table[16];

/* What the firmware calls when its heap or stack is not what it was. */
NOINLINE void panic(void)
{
	__asm__ volatile("");
	for (;;)
		sink++;
}

/* Bug 1: the first version's echo divides by a byte of the packet. */
static NOINLINE unsigned echo(const unsigned char *p, unsigned n, unsigned version)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += p[i];
	if (version == 1 && n > 2)
		sum /= p[2];
	return sum;
}

/* Bug 2: an index that is checked on one side only leads far out of memory. */
static NOINLINE void enter(const unsigned char *p, unsigned n)
{
	for (unsigned i = 0; i + 5 <= n; i += 5) {
		int at = (int)((unsigned)p[i] << 24 | (unsigned)p[i + 1] << 16 |
			       (unsigned)p[i + 2] << 8 | p[i + 3]);

		if (at < 16)
			table[at] = p[i + 4];
	}
}

/* Bug 3: a command whose last letter jumps to nowhere. */
static NOINLINE void text(const unsigned char *p, unsigned n)
{
	if (n < 4)
		return;
	if (p[0] == 'b')
		if (p[1] == 'o')
			if (p[2] == 'o')
				if (p[3] == 'm')
					__asm__ volatile("unimp 0");
}

/* Bug 4: behind a checksum and a nesting: words are read where they are not aligned. */
static NOINLINE void sum(const unsigned char *p, unsigned n, unsigned depth)
{
	if (depth == 3) {
		if (n > 4 && p[0] > 0xf0)
			sink += *(const volatile unsigned *)(p + (p[1] & 1) +
							     (4 - ((unsigned)p & 3)));
		return;
	}
	if (n > 2 && p[0] == '(' && p[1] < n)
		sum(p + 2, n - 2, depth + 1);
}

/* Bug 5: a machine of a few states that runs off its end. */
static NOINLINE void stack(const unsigned char *p, unsigned n)
{
	unsigned sp = 0, state = 0, slot[4];

	for (unsigned i = 0; i < n; i++) {
		switch (p[i] & 7) {
		case 1:
			if (sp < 4)
				slot[sp++] = i;
			break;
		case 2:
			if (sp)
				sink += slot[--sp];
			break;
		case 3:
			state = sp == 3 ? 1 : 0;
			break;
		case 4:
			if (state == 1 && sp == 2)
				state = 2;
			break;
		case 5:
			if (state == 2 && !sp)
				panic();
			break;
		}
	}
}

static int is_sound(const unsigned char *p, unsigned n)
{
	return p[2] == 1 || (n > 5u + p[4] && p[5 + p[4]] == (p[0] ^ p[1] ^ p[2] ^ p[3] ^ p[4]));
}

NOINLINE void receive(const unsigned char *p, unsigned n)
{
	if (n < 5 || p[0] != 'V' || p[1] != 'P' || !p[2] || p[2] > 2 || p[4] > n - 5)
		return;
	if (!is_sound(p, n))
		return;
	switch (p[3]) {
	case 0:
		sink += echo(p + 5, p[4], p[2]);
		break;
	case 1:
		enter(p + 5, p[4]);
		break;
	case 2:
		text(p + 5, p[4]);
		break;
	case 3:
		if (p[2] == 2)
			sum(p + 5, p[4], 0);
		break;
	case 4:
		if (p[2] == 2)
			stack(p + 5, p[4]);
		break;
	}
}

/* Where a packet has arrived: the fuzzer starts here, and here it ends. */
NOINLINE void ready(void)
{
	__asm__ volatile("");
}

NOINLINE void finished(void)
{
	__asm__ volatile("");
}

int main(void)
{
	for (;;) {
		ready();
		if (input_len <= sizeof(input))
			receive(input, input_len);
		finished();
		input_len = 0;
	}
}
