/* SPDX-License-Identifier: MIT */
/* Devices by physical address (the MMU is passed by), console, exit. */
#include "guest.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	FWCFG_SELECT = 0x510, /* at physical d_00000000 on every machine */
	FWCFG_DATA = 0x512,
	FWCFG_MACHINE = 6,
};

enum { SCC_A_CTRL = 4, SCC_A_DATA = 6, RR0_RX = 1, RR0_TX_EMPTY = 4 };

static const struct board board_ss5 = {
	.serial = 0x71100000,
	.nvram = 0x71200000,
	.timer = 0x71d00000,
	.intctl = 0x71e00000,
	.aux2 = 0x71910000,
	.sysctl = 0x71f00000,
};

static const struct board board_ss10 = {
	.high = 0xf,
	.serial = 0xf1100000,
	.nvram = 0xf1200000,
	.timer = 0xf1300000,
	.intctl = 0xf1400000,
	.aux2 = 0xf1a01000,
	.sysctl = 0xf1f00000,
};

const struct board *board;

/* The ASI is part of the instruction: one accessor for each space. */
#define ACCESSORS(asi)                                                                             \
	static uint8_t r8_##asi(uint32_t pa)                                                       \
	{                                                                                          \
		uint32_t v;                                                                        \
                                                                                                   \
		__asm__ volatile("lduba [%1] 0x" #asi ", %0" : "=r"(v) : "r"(pa) : "memory");      \
		return (uint8_t)v;                                                                 \
	}                                                                                          \
	static void w8_##asi(uint32_t pa, uint32_t v)                                              \
	{                                                                                          \
		__asm__ volatile("stba %1, [%0] 0x" #asi : : "r"(pa), "r"(v) : "memory");          \
	}                                                                                          \
	static uint32_t r32_##asi(uint32_t pa)                                                     \
	{                                                                                          \
		uint32_t v;                                                                        \
                                                                                                   \
		__asm__ volatile("lda [%1] 0x" #asi ", %0" : "=r"(v) : "r"(pa) : "memory");        \
		return v;                                                                          \
	}                                                                                          \
	static void w32_##asi(uint32_t pa, uint32_t v)                                             \
	{                                                                                          \
		__asm__ volatile("sta %1, [%0] 0x" #asi : : "r"(pa), "r"(v) : "memory");           \
	}

ACCESSORS(20)
ACCESSORS(2f)

uint8_t io_read8(uint32_t pa)
{
	return board->high ? r8_2f(pa) : r8_20(pa);
}

void io_write8(uint32_t pa, uint8_t v)
{
	if (board->high)
		w8_2f(pa, v);
	else
		w8_20(pa, v);
}

uint32_t io_read32(uint32_t pa)
{
	return board->high ? r32_2f(pa) : r32_20(pa);
}

void io_write32(uint32_t pa, uint32_t v)
{
	if (board->high)
		w32_2f(pa, v);
	else
		w32_20(pa, v);
}

void fwcfg_read(unsigned key, void *buf, unsigned len)
{
	uint8_t *p = buf;
	uint32_t v;

	__asm__ volatile("stha %0, [%1] 0x2d" : : "r"(key), "r"(FWCFG_SELECT) : "memory");
	while (len--) {
		__asm__ volatile("lduba [%1] 0x2d, %0" : "=r"(v) : "r"(FWCFG_DATA) : "memory");
		*p++ = (uint8_t)v;
	}
}

/* Numbers are kept low octet first. */
unsigned fwcfg_read32(unsigned key)
{
	uint8_t b[4];

	fwcfg_read(key, b, sizeof(b));
	return b[0] | (unsigned)b[1] << 8 | (unsigned)b[2] << 16 | (unsigned)b[3] << 24;
}

/* Transmit and receive on, 8 bits, 9600 baud of the 4.9152 MHz clock. */
void board_init(void)
{
	static const uint8_t setup[][2] = {
		{ 9, 0x80 },  { 4, 0x44 }, { 12, 0x0e }, { 13, 0 },
		{ 14, 0x03 }, { 3, 0xc1 }, { 5, 0xea },
	};
	size_t i;

	board = (fwcfg_read32(FWCFG_MACHINE) & 0xffff) < 64 ? &board_ss5 : &board_ss10;
	for (i = 0; i < sizeof(setup) / sizeof(setup[0]); i++) {
		io_write8(board->serial + SCC_A_CTRL, setup[i][0]);
		io_write8(board->serial + SCC_A_CTRL, setup[i][1]);
	}
}

static void put_raw(int c)
{
	while (!(io_read8(board->serial + SCC_A_CTRL) & RR0_TX_EMPTY))
		;
	io_write8(board->serial + SCC_A_DATA, (uint8_t)c);
}

void console_putc(int c)
{
	if (!board)
		board_init();
	if (c == '\n')
		put_raw('\r');
	put_raw(c);
}

int console_poll(void)
{
	if (!board)
		board_init();
	if (!(io_read8(board->serial + SCC_A_CTRL) & RR0_RX))
		return -1;
	return io_read8(board->serial + SCC_A_DATA);
}

void board_poweroff(void)
{
	if (!board)
		board_init();
	io_write8(board->aux2, 1);
	for (;;)
		;
}

/* Started from a ROM there may be nobody to take the status: success is a power-off. */
void _exit(int status)
{
	if (!status && boot_kind == BOOT_ROM)
		board_poweroff();
	guest_halt(status);
}
