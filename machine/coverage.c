/* SPDX-License-Identifier: MIT */
#include "machine/coverage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INSN_WANT_FLAGS
#include "arch/sparc/branch.h"
#include "lib/host-load.h"
#include "lib/host-out.h"
#include "machine/load.h"
#include "machine/trace.h"

static const char *const suffix[COVERAGE_FORMATS] = { "drcov", "info", "cov" };

/* --- counting --- */

static void count(u32 *n)
{
	*n += *n != UINT32_MAX;
}

static struct coverage_page *page_at(struct coverage *c, u32 pc)
{
	struct coverage_page **p = &c->page[pc >> 12];

	if (!*p) {
		*p = calloc(1, sizeof(**p));
		c->lost |= !*p;
	}
	return *p;
}

/* One that traps was not executed, a trap instruction was. */
static void stepped(void *arg, const struct cpu *cpu, u32 pc, u32 word, unsigned tt)
{
	struct coverage *c = arg;
	struct coverage_page *p;
	u32 i = pc >> 2 & (COVERAGE_PAGE - 1);

	if (tt && tt < TT_SOFTWARE)
		return;
	p = page_at(c, pc);
	if (!p)
		return;
	count(&p->count[i]);
	if (!(insn_flags[insn_decode(word)] & INSN_CTI))
		return;
	p->is_cti[i >> 3] |= (u8)(1u << (i & 7));
	if (!branch_is_conditional(word))
		return;
	p->is_branch[i >> 3] |= (u8)(1u << (i & 7));
	if (branch_is_taken(cpu, word))
		count(&p->taken[i]);
}

/* --- programs --- */

static int add_program(struct coverage *c, const char *path, char *err, size_t errlen)
{
	struct coverage_program *p = &c->program[c->nr_programs];
	char why[256];
	int ret = host_read_file(path, LOAD_FILE_MAX, &p->file, &p->len, err, errlen);

	if (ret)
		return ret;
	p->path = strdup(path);
	if (!p->path)
		return -ENOMEM;
	c->nr_programs++;
	p->parsed = !image_parse(&p->im, path, p->file, p->len, LOAD_FILE_MAX, why, sizeof(why));
	return 0;
}

static int add_programs(struct coverage *c, const struct options *o, char *err, size_t errlen)
{
	char path[4096];
	int ret = 0;

	for (unsigned n = 0; n < BOOT_FILES && !ret; n++)
		if (boot_file(o, n, path, sizeof(path)))
			ret = add_program(c, path, err, errlen);
	return ret;
}

static int open_files(struct coverage *c, const char *name, char *err, size_t errlen)
{
	char path[4096], why[512];

	for (unsigned i = 0; i < COVERAGE_FORMATS; i++) {
		int ret;

		snprintf(path, sizeof(path), "%s.%s", name, suffix[i]);
		ret = host_out_open(&c->out[i], path, why, sizeof(why));
		if (ret) {
			snprintf(err, errlen, "-cov: %s", why);
			return ret;
		}
	}
	return 0;
}

static void release(struct coverage *c)
{
	for (unsigned i = 0; i < COVERAGE_FORMATS; i++)
		host_out_close(c->out[i]);
	for (unsigned i = 0; i < BOOT_FILES; i++) {
		image_release(&c->program[i].im);
		free(c->program[i].file);
		free(c->program[i].path);
	}
	for (unsigned i = 0; c->page && i < COVERAGE_PAGES; i++)
		free(c->page[i]);
	free(c->page);
	memset(c, 0, sizeof(*c));
}

int coverage_begin(struct coverage *c, struct machine *m, const struct options *o, char *err,
		   size_t errlen)
{
	int ret;

	snprintf(err, errlen, "-cov: out of memory");
	*c = (struct coverage){ .page = calloc(COVERAGE_PAGES, sizeof(*c->page)) };
	ret = c->page ? open_files(c, o->cov, err, errlen) : -ENOMEM;
	if (!ret)
		ret = add_programs(c, o, err, errlen);
	if (ret) {
		release(c);
		return ret;
	}
	c->m = m;
	for (unsigned i = 0; i < m->config.nr_cpus; i++) {
		c->tracer[i] = (struct cpu_tracer){ .stepped = stepped, .arg = c };
		tracer_add(m->cpu[i], &c->tracer[i]);
	}
	return 0;
}

/* --- the end --- */

int coverage_end(struct coverage *c, char *err, size_t errlen)
{
	static int (*const write[])(const struct coverage *, FILE *) = {
		[COVERAGE_DRCOV] = coverage_write_drcov,
		[COVERAGE_LCOV] = coverage_write_lcov,
		[COVERAGE_TSIM] = coverage_write_tsim,
	};
	int ret = 0;

	if (!c->m)
		return 0;
	for (unsigned i = 0; i < c->m->config.nr_cpus; i++)
		tracer_remove(c->m->cpu[i], &c->tracer[i]);
	if (c->lost)
		ret = -ENOMEM;
	for (unsigned i = 0; i < COVERAGE_FORMATS; i++) {
		int wrote = write[i](c, c->out[i]), closed = host_out_close(c->out[i]);

		c->out[i] = NULL;
		if (!ret)
			ret = wrote ? wrote : closed;
	}
	if (ret)
		snprintf(err, errlen, "-cov: the files are not complete: %s", strerror(-ret));
	release(c);
	return ret;
}
