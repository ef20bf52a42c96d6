/* SPDX-License-Identifier: MIT */
/* A scanner of numbers as a state machine: jump tables and short branches. */
#define NAME "state"
#ifndef LOOPS
#define LOOPS 900
#define SUM 0xb22a59d5u
#endif
#include "bench.h"

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXP, EXP_SIGN, EXPONENT, BAD, STATES };

static char text[16384];

static enum state step(enum state s, char c)
{
	int digit = c >= '0' && c <= '9';

	switch (s) {
	case START:
		return digit ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : BAD;
	case SIGN:
		return digit ? INTEGER : c == '.' ? POINT : BAD;
	case INTEGER:
		return digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXP : BAD;
	case POINT:
		return digit ? FRACTION : BAD;
	case FRACTION:
		return digit ? FRACTION : c == 'e' ? EXP : BAD;
	case EXP:
		return digit ? EXPONENT : c == '+' || c == '-' ? EXP_SIGN : BAD;
	case EXP_SIGN:
	case EXPONENT:
		return digit ? EXPONENT : BAD;
	default:
		return BAD;
	}
}

static NOINLINE uint32_t scan(const char *p, uint32_t *count)
{
	uint32_t words = 0;
	enum state s = START;

	for (; *p; p++) {
		if (*p == ' ') {
			count[s]++;
			words++;
			s = START;
		} else {
			s = step(s, *p);
		}
	}
	return words;
}

static uint32_t bench(unsigned loops)
{
	static const char alphabet[] = "0123456789012345678901234567 . e+- .x";
	uint32_t seed = 1, sum = 0, count[STATES] = { 0 };
	unsigned i;

	for (i = 0; i + 1 < sizeof(text); i++)
		text[i] = alphabet[(next_random(&seed) >> 8) % (sizeof(alphabet) - 1)];
	while (loops--) {
		sum = mix(sum, scan(text, count));
		text[loops % (sizeof(text) - 1)] ^= 1;
	}
	for (i = 0; i < STATES; i++)
		sum = mix(sum, count[i]);
	return sum;
}
