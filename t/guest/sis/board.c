/* SPDX-License-Identifier: MIT */
/* Console and exit on an ERC32, as sis simulates it: channel A of the MEC's UART, and error mode, where sis stops. */
#include "guest.h"

#include <stdlib.h>

#define MEC 0x01f80000
enum { UART_A = 0xe0, UART_STATUS = 0xe8, TSA = 2, THA = 4 }; /* sent; holding register empty */

static volatile uint32_t *mec(unsigned reg)
{
	return (volatile uint32_t *)(MEC + reg);
}

void console_putc(int c)
{
	while (!(*mec(UART_STATUS) & THA))
		;
	*mec(UART_A) = (uint32_t)c;
}

void _exit(int status)
{
	while (!(*mec(UART_STATUS) & TSA))
		;
	guest_halt(status);
}
