/* SPDX-License-Identifier: MIT */
/* 10 MB of lines of 64 octets to the serial line, each octet polled for as a driver does. */
#include "guest.h"

#ifndef LOOPS
#define LOOPS 160000
#endif

int main(void)
{
	unsigned i, j;

	for (i = 0; i < LOOPS; i++) {
		for (j = 0; j < 62; j++)
			console_putc(' ' + (int)((i + j) % 95));
		console_putc('\n');
	}
	return 0;
}
