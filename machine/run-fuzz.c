/* SPDX-License-Identifier: MIT */
/* -fuzz: no host but the fuzzer's memory and descriptors. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host-afl.h"
#include "lib/host-load.h"
#include "lib/host-sandbox.h"
#include "machine/fuzz.h"
#include "machine/run.h"

/* What makes one run of many inputs no sense, or would be left undone. NULL: nothing. */
static const char *not_with(const struct options *o)
{
	return o->clock == OPT_CLOCK_HOST      ? "-clock host"
	       : o->gdb.spec		       ? "-gdb"
	       : o->profile		       ? "-profile"
	       : o->record		       ? "-record"
	       : o->replay		       ? "-replay"
	       : o->pattern[0].text	       ? "-expect and -fail"
	       : o->report		       ? "-report"
	       : o->save_at || o->save_on_exit ? "-save-at and -save-on-exit"
	       : o->stats		       ? "-stats"
					       : NULL;
}

static int fuzz_machine(struct run *r, char *err, size_t errlen)
{
	int ret;

	r->batch = true;
	if (not_with(&r->o)) {
		snprintf(err, errlen, "-fuzz does not go with %s", not_with(&r->o));
		return -EINVAL;
	}
	ret = nvram_open(&r->nvram, r->o.nvram, err, errlen);
	if (ret)
		return ret;
	if (r->o.restore)
		return snapctl_new_machine(&r->restored, NULL, &r->o, &r->config, &r->m, err,
					   errlen);
	return run_power_on(r, err, errlen);
}

static void limit_fuzz(struct run *r)
{
	if (r->o.limit_insns)
		r->m->limit_insns = r->o.limit_insns;
	if (r->o.limit_ns)
		r->m->limit_ns = r->o.limit_ns;
}

/* All is open by now. `check`: only tell whether it can be had. */
static int enter_sandbox(const struct run *r, bool check, char *err, size_t errlen)
{
	const struct host_sandbox s = { .terminal = true };
	int wanted = run_wants_sandbox(r, host_sandbox_missing(), err, errlen);

	if (wanted <= 0 || check)
		return wanted < 0 ? wanted : 0;
	return host_sandbox_enter(&s, err, errlen);
}

/* Inputs as the fuzzer sends them; only children get here. */
static int fuzz_inputs(const struct run *r, struct fuzz *f, struct host_afl *a)
{
	struct fuzz_outcome out;
	u8 *buf = malloc(f->spec.max);
	char err[256];

	if (enter_sandbox(r, false, err, sizeof(err))) {
		free(buf);
		return run_complain(err);
	}
	if (!buf)
		return run_complain("-fuzz: out of memory");
	do {
		if (fuzz_one(f, buf, host_afl_input(a, buf, f->spec.max), &out)) {
			free(buf);
			return run_complain("-fuzz: the machine cannot be put back");
		}
		if (out.verdict == FUZZ_HANG)
			host_afl_hang(a);
	} while (host_afl_next(a, out.verdict == FUZZ_CRASH));
	free(buf);
	return EXIT_OFF;
}

static void on_slow(void *arg)
{
	host_afl_slow(arg);
}

static void on_compare(void *arg, u32 pc, u32 a, u32 b)
{
	host_afl_compare(arg, pc >> 2, a, b);
}

static int fuzz_target(struct run *r, struct fuzz_spec *spec, char *err, size_t errlen)
{
	u8 words[FUZZ_WORDS_SIZE];
	struct host_afl a;
	struct fuzz f;
	int status = EXIT_OFF;

	if (enter_sandbox(r, true, err, errlen) ||
	    host_afl_open(&a, spec->protocol, spec->map_size, err, errlen) ||
	    fuzz_begin(&f, r->m, spec, a.map, err, errlen))
		return run_complain(err);
	memset(a.map, 0, spec->map_size);
	if (a.cmp)
		fuzz_compares(&f, on_compare, &a);
	else if (r->o.image)
		a.words_size = fuzz_words(r->o.image, words);
	a.words = words;
	f.slow = on_slow;
	f.slow_arg = &a;
	if (host_afl_serve(&a))
		status = fuzz_inputs(r, &f, &a);
	fuzz_end(&f);
	return status;
}

static unsigned count_edges(const u8 *map, u32 size)
{
	unsigned n = 0;

	for (u32 i = 0; i < size; i++)
		n += map[i] != 0;
	return n;
}

static int tell_outcome(FILE *out, const struct fuzz_outcome *end, unsigned edges)
{
	static const char *const verdict[] = { "pass", "crash", "hang" };

	fprintf(out, "outcome: %s (%s", verdict[end->verdict], end->why);
	if (end->tt)
		fprintf(out, " 0x%02x", end->tt);
	fprintf(out, ")\npc: %08x\ninsns: %llu\nedges: %u\n", end->pc,
		(unsigned long long)end->insns, edges);
	if (end->verdict == FUZZ_CRASH) {
		fprintf(out, "calls:");
		for (unsigned i = 0; i < end->nr_frames; i++)
			fprintf(out, " %08x", end->frame[i]);
		fprintf(out, "\nbucket: %016llx\n", (unsigned long long)end->bucket);
	}
	return end->verdict == FUZZ_CRASH  ? EXIT_CRASH
	       : end->verdict == FUZZ_HANG ? EXIT_LIMIT
					   : EXIT_OFF;
}

/* The input again and again: the same each time, and how often a second. */
static int fuzz_again(struct fuzz *f, const u8 *data, u32 n, const struct fuzz_outcome *first,
		      FILE *out)
{
	u32 size = f->spec.map_size, times = f->spec.repeat - 1;
	u8 *map = malloc(size);
	u64 from = host_now_ns();
	bool same = map != NULL;
	double seconds;

	for (u32 i = 0; i < times && same; i++) {
		struct fuzz_outcome end;

		if (!i)
			memcpy(map, f->cover.map, size);
		memset(f->cover.map, 0, i == times - 1 ? size : 0);
		same = !fuzz_one(f, data, n, &end) && !memcmp(&end, first, sizeof(end));
	}
	seconds = (double)(host_now_ns() - from) / 1e9;
	same = same && !memcmp(map, f->cover.map, size);
	free(map);
	fprintf(out, "repeated: %u times, %s, %.0f a second\n", times,
		same ? "the same" : "DIFFERENT", seconds > 0 ? times / seconds : 0);
	return same ? EXIT_OFF : EXIT_DIFFERS;
}

static int fuzz_replay(struct run *r, struct fuzz_spec *spec, FILE *out, char *err, size_t errlen)
{
	struct fuzz_outcome end;
	struct fuzz f = { .m = NULL };
	u8 *map = calloc(1, spec->map_size), *data = NULL;
	size_t n = 0;
	int status, again = EXIT_OFF, ret;

	ret = map ? host_read_file(r->o.fuzz_replay, UINT32_MAX, &data, &n, err, errlen) : -ENOMEM;
	if (!ret)
		ret = fuzz_begin(&f, r->m, spec, map, err, errlen);
	if (!ret)
		ret = run_open_log(r, err, errlen);
	if (!ret)
		ret = run_open_traces(r, err, errlen);
	if (!ret)
		ret = enter_sandbox(r, false, err, errlen);
	if (ret) {
		status = run_complain(err);
	} else {
		memset(map, 0, spec->map_size);
		ret = fuzz_one(&f, data, (u32)n, &end);
		status = ret ? run_complain("-fuzz: the machine cannot be put back")
			     : tell_outcome(out, &end, count_edges(map, spec->map_size));
		if (!ret && spec->repeat > 1)
			again = fuzz_again(&f, data, (u32)n, &end, out);
		run_close_log(r, &status);
		run_close_traces(r, &status);
		fuzz_end(&f);
	}
	free(data);
	free(map);
	return again ? again : status;
}

int run_fuzz(struct run *r, FILE *out)
{
	char err[1024];
	struct fuzz_spec spec;
	int status;

	if (!r->o.fuzz)
		return run_complain("-fuzz-replay goes with -fuzz");
	if (fuzz_parse(&spec, r->o.fuzz, r->o.image, err, sizeof(err)))
		return run_complain(err);
	status = fuzz_machine(r, err, sizeof(err));
	if (!status)
		limit_fuzz(r);
	if (status)
		status =
			run_complain(err) && status == SNAPSHOT_REFUSED ? EXIT_REFUSED : EXIT_USAGE;
	else if (r->o.fuzz_replay)
		status = fuzz_replay(r, &spec, out, err, sizeof(err));
	else
		status = fuzz_target(r, &spec, err, sizeof(err));
	machine_free(r->m);
	if (!plug_close(&r->config, err, sizeof(err)))
		status = run_complain(err);
	snapshot_close(&r->restored);
	return status;
}
