/* SPDX-License-Identifier: MIT */
/* The prompt: a line editor with one line of memory, and a handful of commands. */
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CTRL_C = 3, BS = 8, CTRL_U = 21, CTRL_W = 23, ESC = 27, DEL = 127 };
enum { TICK = 10 * TICKS_PER_MS, APC = 0x6a000000 };
enum { SS_5 = 32, SS_4 = 35, CLASSIC = 36, SPARCBOOK = 37 };

static char last[64];

/* The SS-5 and its kin sleep on a write to APC until something happens: a tick at the latest. */
static bool has_apc;

/* A character that was met while something else went on. */
static int pending = -1;

static int get(void)
{
	int c = pending;

	pending = -1;
	if (c >= 0)
		return c;
	while ((c = console_poll()) < 0)
		if (has_apc)
			io_write8(APC, 1);
	return c;
}

static void rub(unsigned n)
{
	while (n--)
		printf("\b \b");
}

static void read_line(char *buf, unsigned size)
{
	unsigned n = 0;
	int c;

	for (;;) {
		c = get();
		if (c == '\r' || c == '\n') {
			break;
		} else if (c == CTRL_C) {
			n = 0;
			break;
		} else if (c == BS || c == DEL) {
			if (n) {
				rub(1);
				n--;
			}
		} else if (c == CTRL_U) {
			rub(n);
			n = 0;
		} else if (c == CTRL_W) {
			while (n && buf[n - 1] == ' ')
				n--, rub(1);
			while (n && buf[n - 1] != ' ')
				n--, rub(1);
		} else if (c == ESC) {
			/* Cursor up brings the last line back; other keys are swallowed. */
			if (get() == '[' && get() == 'A') {
				rub(n);
				strcpy(buf, last);
				n = strlen(buf);
				printf("%s", buf);
			}
		} else if (c >= ' ' && c < DEL && n + 1 < size) {
			buf[n++] = (char)c;
			putchar(c);
		}
	}
	putchar('\n');
	buf[n] = 0;
	if (n)
		strcpy(last, buf);
}

/* Hexadecimal; the end of the number is where `*s` points after. */
static bool number(const char **s, uint32_t *v)
{
	const char *p = *s;
	unsigned d;

	while (*p == ' ')
		p++;
	if (p[0] == '0' && p[1] == 'x')
		p += 2;
	*v = 0;
	*s = p;
	for (;; p++) {
		d = (unsigned char)*p;
		d = d - '0' < 10 ? d - '0' : (d | 32) - 'a' < 6 ? (d | 32) - 'a' + 10 : 99;
		if (d == 99)
			break;
		*v = *v << 4 | d;
	}
	if (p == *s || (*p && *p != ' '))
		return false;
	*s = p;
	return true;
}

/* What does not answer reads as "--". */
static void mem(uint32_t addr, uint32_t len)
{
	char text[17];
	unsigned i, before, v;

	catch_trap(TT_DATA_ERROR);
	catch_trap(TT_DATA_ACCESS);
	for (; len; addr += 16, len = len > 16 ? len - 16 : 0) {
		printf("%08x ", (unsigned)addr);
		for (i = 0; i < 16; i++) {
			if (!(i & 3))
				putchar(' ');
			text[i] = ' ';
			if (i >= len) {
				printf("   ");
				continue;
			}
			before = caught.count;
			__asm__ volatile("lduba [%1] 0x20, %0" : "=r"(v) : "r"(addr + i));
			if (caught.count != before) {
				printf("-- ");
			} else {
				printf("%02x ", v);
				text[i] = v >= ' ' && v < DEL ? (char)v : '.';
			}
		}
		text[16] = 0;
		printf(" %s\n", text);
		if (pending < 0)
			pending = console_poll();
		if (pending == CTRL_C)
			break;
	}
}

static void cmd_mem(const char *args)
{
	static uint32_t addr = 0x4000, len = 64;

	if (*args && !number(&args, &addr)) {
		puts("mem ADDR [LEN], in hexadecimal");
		return;
	}
	number(&args, &len);
	if (!len)
		len = 64;
	mem(addr, len);
	addr += len;
}

static void cmd_regs(const char *args)
{
	uint32_t wim, tbr, y, fsr;

	(void)args;
	__asm__ volatile("rd %%wim, %0\n\trd %%tbr, %1\n\trd %%y, %2"
			 : "=r"(wim), "=r"(tbr), "=r"(y));
	__asm__ volatile("st %%fsr, [%1]" : "=m"(fsr) : "r"(&fsr));
	printf("psr %08x  wim %02x  tbr %08x  y %08x  fsr %08x\n", (unsigned)psr_read(),
	       (unsigned)wim, (unsigned)tbr, (unsigned)y, (unsigned)fsr);
	printf("mmu control %08x  ctpr %08x  context %x\n", (unsigned)mmu_read(0),
	       (unsigned)mmu_read(0x100), (unsigned)mmu_read(0x200));
}

static void cmd_dump(const char *args)
{
	(void)args;
	printf("interrupts: cpu pending %08x, system pending %08x, mask %08x\n",
	       (unsigned)io_read32(board->intctl), (unsigned)io_read32(board->intctl + SYSTEM_HALF),
	       (unsigned)io_read32(board->intctl + SYSTEM_HALF + 4));
	printf("timers: cpu count %08x, system count %08x\n", (unsigned)io_read32(board->timer + 4),
	       (unsigned)io_read32(board->timer + SYSTEM_HALF + 4));
	printf("up %u.%02u s since the prompt\n", clock_count / 100, clock_count % 100);
}

static void cmd_bench(const char *args)
{
	enum { LOOPS = 100000, LIMIT = 500 * TICKS_PER_MS };
	uint32_t x = 1;
	unsigned loops = 0, start, took;

	(void)args;
	start = ticks();
	do {
		x = work(x, LOOPS);
		loops += LOOPS;
		took = (ticks() - start) & TICK_MASK;
	} while (took < LIMIT && loops < 100000000);
	/* Two divisions, so that nothing overflows: per ms, then per s. */
	printf("%u loops in %u ms, %u000 loops a virtual second, checksum %08x after the first %u: "
	       "%08x\n",
	       loops, took / TICKS_PER_MS,
	       (unsigned)((uint64_t)loops * TICKS_PER_MS / (took ? took : 1)), (unsigned)x, LOOPS,
	       (unsigned)work(1, LOOPS));
}

static void cmd_selftest(const char *args)
{
	(void)args;
	clock_stop();
	selftest();
	clock_start(TICK);
}

static void cmd_poweroff(const char *args)
{
	(void)args;
	board_poweroff();
}

static void cmd_reset(const char *args)
{
	(void)args;
	io_write32(board->sysctl, 1);
}

static void cmd_help(const char *args);

static const struct command {
	const char *name, *help;
	void (*run)(const char *args);
} commands[] = {
	{ "help", "this list", cmd_help },
	{ "mem", "ADDR [LEN] show physical memory", cmd_mem },
	{ "dump", "interrupt controller and timers", cmd_dump },
	{ "regs", "processor and MMU registers", cmd_regs },
	{ "bench", "half a second of integer work", cmd_bench },
	{ "selftest", "once more", cmd_selftest },
	{ "poweroff", "", cmd_poweroff },
	{ "reset", "", cmd_reset },
	{ NULL, NULL, NULL },
};

static void cmd_help(const char *args)
{
	const struct command *c;

	(void)args;
	for (c = commands; c->name; c++)
		printf("  %-10s %s\n", c->name, c->help);
}

static void run(const char *line)
{
	const struct command *c;
	size_t n;

	while (*line == ' ')
		line++;
	n = strcspn(line, " ");
	if (!n)
		return;
	for (c = commands; c->name; c++)
		if (strlen(c->name) == n && !strncmp(line, c->name, n)) {
			line += n;
			c->run(line + strspn(line, " "));
			return;
		}
	printf("%s: what? try help\n", line);
}

void prompt(void)
{
	unsigned machine = fwcfg_read32(6) & 0xffff;
	char line[64];

	has_apc = machine == SS_5 || machine == SS_4 || machine == CLASSIC || machine == SPARCBOOK;
	clock_start(TICK);
	for (;;) {
		printf("vonk> ");
		read_line(line, sizeof(line));
		run(line);
	}
}
