/* SPDX-License-Identifier: MIT */
/*
 * -cov NAME: how often each instruction of a run was executed and each branch was taken, for people to look at.
 * Three files tell the same: NAME.drcov (drcov version 2: Lighthouse, bncov, Cartographer), NAME.info (lcov's tracefile,
 * by the programs' DWARF line tables) and NAME.cov (TSIM's text, as RTEMS' covoar reads it).
 * Addresses are virtual.
 */
#ifndef MACHINE_COVERAGE_H
#define MACHINE_COVERAGE_H

#include <stdio.h>

#include "lib/image.h"
#include "machine/boot.h"
#include "machine/machine.h"
#include "machine/options.h"

#define COVERAGE_PAGE 1024u /* instructions */
#define COVERAGE_PAGES (1u << 20) /* of the whole address space */

struct coverage_page {
	u32 count[COVERAGE_PAGE]; /* how often, it stays at its largest */
	u32 taken[COVERAGE_PAGE]; /* a conditional branch, of those times */
	u8 is_branch[COVERAGE_PAGE / 8], is_cti[COVERAGE_PAGE / 8]; /* bits */
};

struct coverage_program {
	char *path;
	u8 *file;
	size_t len;
	struct image im;
	bool parsed;
};

enum coverage_format { COVERAGE_DRCOV, COVERAGE_LCOV, COVERAGE_TSIM, COVERAGE_FORMATS };

struct coverage {
	struct machine *m;
	struct coverage_page **page; /* by virtual address >> 12; NULL: nothing there */
	struct coverage_program program[BOOT_FILES];
	unsigned nr_programs;
	FILE *out[COVERAGE_FORMATS];
	bool lost; /* there was no memory for some of it */
	struct cpu_tracer tracer[OPT_MAX_CPUS];
};

/* Opens the three files, reads the programs that o names, and counts from now on. 0, or -errno with one line in err. */
int coverage_begin(struct coverage *c, struct machine *m, const struct options *o, char *err,
		   size_t errlen);
/* Writes and closes the files, if it was begun. 0, or -errno with one line in err. */
int coverage_end(struct coverage *c, char *err, size_t errlen);

/* --- between the two files --- */

static inline bool coverage_bit(const u8 *bits, u32 i)
{
	return bits[i >> 3] >> (i & 7) & 1;
}

/* coverage-write.c: each 0 or -ENOMEM; what the stream says is looked at later. */
int coverage_write_drcov(const struct coverage *c, FILE *out);
int coverage_write_lcov(const struct coverage *c, FILE *out);
int coverage_write_tsim(const struct coverage *c, FILE *out);

#endif
