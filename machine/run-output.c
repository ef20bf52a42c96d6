/* SPDX-License-Identifier: MIT */
/* The files that a run writes beside the guest's own: log, profile, traces, report. */
#include <errno.h>

#include "lib/host-out.h"
#include "machine/run.h"

/* A file that an option asks for. */
static int open_out(FILE **out, const char *option, const char *path, char *err, size_t errlen)
{
	int n = snprintf(err, errlen, "%s: ", option);

	return host_out_open(out, path, err + n, errlen - (size_t)n);
}

int run_open_log(struct run *r, char *err, size_t errlen)
{
	int ret = 0;

	if (r->o.logfile)
		ret = open_out(&r->logfile, "-D", r->o.logfile, err, errlen);
	if (!ret && (r->o.log.items || r->o.nr_symbols || r->o.profile))
		ret = symbols_open(&r->symbols, &r->o, err, errlen);
	if (ret)
		return ret;
	log_init(&r->log, r->m, r->logfile ? r->logfile : stderr);
	r->log.range = r->o.log_range;
	r->log.nr_ranges = r->o.nr_log_ranges;
	r->log.symbols = &r->symbols;
	return log_set(&r->log, &r->o.log, "-d: ", err, errlen);
}

void run_close_log(struct run *r, int *status)
{
	log_release(&r->log);
	if (host_out_close(r->logfile))
		*status = run_complain("-D: the log is not complete");
	symbols_release(&r->symbols);
}

int run_open_profile(struct run *r, char *err, size_t errlen)
{
	char path[4096];
	int ret;

	if (!r->o.profile)
		return 0;
	snprintf(path, sizeof(path), "%s.folded", r->o.profile);
	ret = open_out(&r->flat, "-profile", r->o.profile, err, errlen);
	if (!ret)
		ret = open_out(&r->folded, "-profile", path, err, errlen);
	if (!ret && profile_begin(&r->profile, r->m, &r->symbols, r->o.profile_every)) {
		snprintf(err, errlen, "-profile: out of memory");
		ret = -ENOMEM;
	}
	return ret;
}

void run_close_profile(struct run *r, int *status)
{
	bool ok = !profile_write(&r->profile, r->flat, r->folded);

	ok &= !host_out_close(r->flat);
	ok &= !host_out_close(r->folded);
	if (!ok)
		*status = run_complain("-profile: the profile is not complete");
	profile_release(&r->profile);
}

/* -trace and -cov. */
int run_open_traces(struct run *r, char *err, size_t errlen)
{
	int ret;

	if (r->o.trace) {
		ret = open_out(&r->tracefile, "-trace", r->o.trace, err, errlen);
		if (ret)
			return ret;
		trace_begin(&r->trace, r->m, r->o.log_range, r->o.nr_log_ranges, r->tracefile);
	}
	return r->o.cov ? coverage_begin(&r->coverage, r->m, &r->o, err, errlen) : 0;
}

void run_close_traces(struct run *r, int *status)
{
	char err[1024];

	trace_end(&r->trace);
	if (host_out_close(r->tracefile))
		*status = run_complain("-trace: the file is not complete");
	if (coverage_end(&r->coverage, err, sizeof(err)))
		*status = run_complain(err);
}

int run_open_report(struct run *r, char *err, size_t errlen)
{
	return r->o.report ? open_out(&r->report, "-report", r->o.report, err, errlen) : 0;
}

void run_close_report(struct run *r, const char *err, int *status)
{
	const struct options *o = &r->o;
	struct report report = { .name = o->name      ? o->name
					 : o->image   ? o->image
					 : o->kernel  ? o->kernel
					 : o->bios    ? o->bios
					 : o->restore ? o->restore
					 : o->replay  ? o->replay
						      : "demonstration",
				 .reason = r->started ? r->why : err,
				 .status = *status,
				 .started = r->started,
				 .verdict = &r->verdict };

	if (!r->report)
		return;
	if (r->started) {
		report.insns = machine_insns(r->m);
		report.ns = clock_now(&r->m->clock);
		report.hash = machine_hash(r->m);
	}
	report_write(&report, o->report_junit, r->report);
	if (host_out_close(r->report))
		*status = run_complain("-report: the report is not complete");
}
