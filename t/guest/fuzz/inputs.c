/* SPDX-License-Identifier: MIT */
/*
 * Three ways for an input to come in, each by the chip that it comes by on a real machine (an SS-5): a block of the disk at
 * SCSI target 0, an Ethernet frame, serial line A. A planted bug for each.
 */
#include "guest.h"

#define NOINLINE __attribute__((noinline))

enum {
	ESP = 0x78800000,
	ESPDMA = 0x78400000,
	LEDMA = 0x78400010,
	LANCE = 0x78c00000,
	INTCTL = 0x71e10000,
	APC = 0x6a000000,
	BLOCK = 8
};
enum { DMA_INTEN = 0x10, DMA_EN = 0x200 };
enum { C0_IDON = 0x100, C0_RINT = 0x400, C0_INEA = 0x40, C0_STRT = 2, C0_INIT = 1, C0_STOP = 4 };

static unsigned char block[512] __attribute__((aligned(64)));
static unsigned char frame[1536] __attribute__((aligned(64)));
static volatile unsigned short ring[4] __attribute__((aligned(64)));
static volatile unsigned short init[12] __attribute__((aligned(64)));
volatile unsigned sink;

static void put16(unsigned pa, unsigned v)
{
	*(volatile unsigned short *)pa = (unsigned short)v;
}

static unsigned get16(unsigned pa)
{
	return *(volatile unsigned short *)pa;
}

/* Three letters and one that depends on where they came from. */
static NOINLINE void parse(const unsigned char *p, unsigned n, char last)
{
	if (n > 3 && p[0] == 'b' && p[1] == 'o' && p[2] == 'o' && p[3] == last)
		__asm__ volatile("unimp 0");
	for (unsigned i = 0; i < n; i++)
		sink += p[i];
}

NOINLINE void disk_ready(void)
{
	__asm__ volatile("");
}

NOINLINE void disk_done(void)
{
	__asm__ volatile("");
}

/* The phase that the bus is in once the chip asks for attention; 8: nobody is there. */
static unsigned esp_wait(void)
{
	for (unsigned i = 0; i < 1000000; i++) {
		unsigned status = io_read8(ESP + 4 * 4);

		if (status & 0x80)
			return io_read8(ESP + 4 * 5) & 0x20 ? 8 : status & 7;
	}
	return 8;
}

static unsigned esp_select(const unsigned char *cdb, unsigned n)
{
	io_write8(ESP + 4 * 3, 1);
	io_write8(ESP + 4 * 4, 0);
	for (unsigned i = 0; i < n; i++)
		io_write8(ESP + 4 * 2, cdb[i]);
	io_write8(ESP + 4 * 3, 0x41);
	return esp_wait();
}

/* The first command after a reset is told of that, and nothing else. */
static int read_block(void)
{
	static const unsigned char cdb[10] = { 0x28, 0, 0, 0, 0, BLOCK, 0, 0, 1, 0 };
	unsigned phase;

	io_write8(ESP + 4 * 3, 2); /* chip reset */
	io_write8(ESP + 4 * 3, 0);
	phase = esp_select(cdb, sizeof(cdb));
	if (phase == 3)
		phase = esp_select(cdb, sizeof(cdb));
	if (phase != 1)
		return 0;
	io_write32(ESPDMA + 4, (unsigned)block);
	io_write32(ESPDMA, DMA_EN | 0x100);
	io_write8(ESP, 0);
	io_write8(ESP + 4, 2);
	io_write8(ESP + 4 * 3, 0x90);
	return esp_wait() == 3;
}

static void lance_start(void)
{
	io_write32(LEDMA, DMA_EN | DMA_INTEN);
	io_write32(LEDMA + 12, 0);
	ring[0] = (unsigned short)(unsigned)frame;
	ring[1] = (unsigned short)(0x8000 | (unsigned)frame >> 16);
	ring[2] = (unsigned short)-1536;
	init[0] = 0x8002; /* everything, and nothing is sent */
	init[8] = (unsigned short)(unsigned)ring;
	init[9] = (unsigned short)((unsigned)ring >> 16);
	put16(LANCE + 2, 0);
	put16(LANCE, C0_STOP);
	put16(LANCE + 2, 3);
	put16(LANCE, 4); /* big-endian */
	put16(LANCE + 2, 1);
	put16(LANCE, (unsigned short)(unsigned)init);
	put16(LANCE + 2, 2);
	put16(LANCE, (unsigned)init >> 16);
	put16(LANCE + 2, 0);
	put16(LANCE, C0_INIT);
	while (!(get16(LANCE) & C0_IDON))
		;
	put16(LANCE, C0_IDON | C0_STRT | C0_INEA);
}

static void look_for_frame(void)
{
	if (!(get16(LANCE) & C0_RINT))
		return;
	put16(LANCE, C0_RINT | C0_INEA);
	parse(frame + 14, (ring[3] & 0xfffu) - 18, 'f');
	ring[2] = (unsigned short)-1536;
	ring[1] |= 0x8000;
}

static void look_for_line(void)
{
	static unsigned char line[16];
	static unsigned n;
	int c;

	while ((c = console_poll()) >= 0) {
		if (c != '\n' && n < sizeof(line)) {
			line[n++] = (unsigned char)c;
			continue;
		}
		parse(line, n, 's');
		n = 0;
	}
}

int main(void)
{
	board_init();
	disk_ready();
	if (read_block())
		parse(block, sizeof(block), 'd');
	disk_done();
	lance_start();
	io_write8(0x71100004, 1); /* serial A: interrupts for what is received */
	io_write8(0x71100004, 0x10);
	io_write8(0x71100004, 9);
	io_write8(0x71100004, 8);
	io_write32(
		INTCTL + 8,
		0x7fffffff); /* none is masked; PIL holds them all, but they wake the processor */
	for (;;) {
		look_for_frame();
		look_for_line();
		io_write8(APC, 0);
	}
}
