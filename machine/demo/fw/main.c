/* SPDX-License-Identifier: MIT */
/*
 * What the machine runs when it is given nothing else: a picture, a self test of
 * processor and devices, and a prompt. With "selftest" as the command line of the
 * firmware configuration it stops after the test: power-off, or status 1.
 */
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FWCFG_RAM_SIZE = 3, FWCFG_MACHINE = 6, FWCFG_CMDLINE_SIZE = 0x14, FWCFG_CMDLINE = 0x15 };

static void banner(void)
{
	puts("\n"
	     "           .\n"
	     "      \\    |    /\n"
	     "       `.  |  .'        _   _____   _ __   __\n"
	     "         \\ ' /         | | / / _ \\ / '_ \\ / /__\n"
	     "   ----- ( * ) -----   | |/ / (_) | | | |/  '_/\n"
	     "         / . \\         |___/\\___/ |_| |_/_/\\_\\\n"
	     "       .'  |  `.\n"
	     "      /    |    \\      a SPARC machine in one binary\n"
	     "           '\n");
}

static const char *machine_name(unsigned id)
{
	static const char names[][10] = { "SS-5",      "Voyager", "LX",	   "SS-4",    "Classic",
					  "SPARCbook", "SS-10",	  "SS-20", "SS-600MP" };

	if (id >= 32 && id < 38)
		return names[id - 32];
	return id >= 64 && id < 67 ? names[id - 64 + 6] : "unknown machine";
}

static void identify(void)
{
	unsigned psr = psr_read(), fsr;

	__asm__ volatile("st %%fsr, [%1]" : "=m"(fsr) : "r"(&fsr));
	printf("%s, %u MiB, %u windows, CPU %x/%x, MMU %02x, FPU %u\n\n",
	       machine_name(fwcfg_read32(FWCFG_MACHINE) & 0xffff),
	       fwcfg_read32(FWCFG_RAM_SIZE) >> 20, windows_less_1 + 1, psr >> 28, psr >> 24 & 15,
	       (unsigned)mmu_read(0) >> 24, fsr >> 17 & 7);
}

static void run_tests(const struct test *t, unsigned *passed, unsigned *failed)
{
	char info[32];
	const char *wrong;

	for (; t->name; t++) {
		info[0] = 0;
		printf("  %s %.*s", t->name, (int)(28 - strlen(t->name) - t->dots),
		       "............................");
		wrong = t->run(info);
		if (wrong) {
			++*failed;
			printf(" FAILED: %s\n", wrong);
		} else {
			++*passed;
			printf(" ok%s%s\n", info[0] ? "  " : "", info);
		}
	}
}

unsigned selftest(void)
{
	unsigned passed = 0, failed = 0;

	run_tests(cpu_tests, &passed, &failed);
	run_tests(mmu_tests, &passed, &failed);
	run_tests(dev_tests, &passed, &failed);
	printf("\nselftest: %u passed, %u failed\n", passed, failed);
	return failed;
}

int main(void)
{
	char line[64];
	unsigned n, failed;

	board_init();
	n = fwcfg_read32(FWCFG_CMDLINE_SIZE);
	if (n > sizeof(line))
		n = sizeof(line);
	fwcfg_read(FWCFG_CMDLINE, line, n);
	line[n ? n - 1 : 0] = 0;
	banner();
	identify();
	failed = selftest();
	if (strcmp(line, "selftest"))
		prompt();
	if (failed)
		_exit(1);
	board_poweroff();
}
