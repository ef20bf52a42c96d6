/* SPDX-License-Identifier: MIT */
/* The program: options in, a machine run, an exit status out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/host-about.h"
#include "lib/host-load.h"
#include "lib/host-mem.h"
#include "lib/host-sandbox.h"
#include "lib/host-save.h"
#include "lib/host-signal.h"
#include "lib/host.h"
#include "machine/boot.h"
#include "machine/reboot.h"
#include "machine/run.h"
#include "machine/snapcmd.h"

static void print_version(void)
{
	u8 id[20];

	host_build_id(id);
	printf("name: vonk\n"
	       "version: %s\n"
	       "build: ",
	       VONK_VERSION);
	for (unsigned i = 0; i < sizeof(id); i++)
		printf("%02x", id[i]);
	printf("\n"
	       "compiler: %s\n"
	       "linker: %s\n"
	       "libc: %s\n"
	       "zlib: %s\n"
	       "engine: threaded\n"
	       "snapshot-version: %u\n",
	       VONK_COMPILER, VONK_LINKER, host_libc(), host_zlib(), SNAP_VERSION);
}

static void print_boards(void)
{
	for (const struct board *b = boards; b->name; b++)
		printf("%-14s %s%s\n", b->name, b->desc, b == boards ? " (default)" : "");
}

static void print_cpus(void)
{
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		puts(m->name);
}

static void print_devices(const struct board *b)
{
	printf("%-14s %-14s %s\n", "device", "kind", "address");
	for (const struct board_dev *d = b->dev; d->name; d++) {
		if (!board_has(b, d))
			continue;
		printf("%-14s %-14s", d->name, d->cls->name);
		if (d->at[0])
			printf(" %09llx", (unsigned long long)d->at[0]);
		putchar('\n');
	}
}

static void print_log_items(void)
{
	for (const struct opt_log_item *i = opt_log_items; i->name; i++)
		printf("%-14s %s\n", i->name, i->help);
}

/* Where images are looked for, in that order. */
static void print_dirs(const struct options *o)
{
	const char *dir;

	for (unsigned i = 0; i < o->nr_libdirs; i++)
		puts(o->libdir[i]);
	for (unsigned i = 0; (dir = host_standard_dir(i)) != NULL; i++)
		puts(dir);
}

/* Was there something to tell instead of a run? */
static bool inform(const struct options *o)
{
	if (o->help)
		options_usage(stdout);
	else if (o->version)
		print_version();
	else if (o->board_help)
		print_boards();
	else if (o->cpu_help)
		print_cpus();
	else if (o->device_help && (!o->board || board_find(o->board)))
		print_devices(o->board ? board_find(o->board) : boards);
	else if (o->device_help)
		print_boards();
	else if (o->log_help)
		print_log_items();
	else if (o->list && !strcmp(o->list, "L"))
		print_dirs(o);
	else if (o->list)
		options_list(stdout, o->list);
	else
		return false;
	return true;
}

/* A full disk shows only now. */
static int printed(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_OFF;
	fprintf(stderr, "vonk: standard output: %s\n", strerror(errno));
	return EXIT_USAGE;
}

static int open_serials(struct run *r, char *err, size_t errlen)
{
	for (unsigned i = 0; i < OPT_SERIALS; i++) {
		const char *spec = r->o.serial[i].spec;
		int ret;

		if (!spec)
			spec = i ? "null" : r->o.nographic || !r->batch ? "mon:stdio" : "stdio";
		if (r->o.no_uart_rx && (!strcmp(spec, "stdio") || !strcmp(spec, "mon:stdio")))
			spec = "stdout";
		ret = host_chr_open(&r->host, spec, &r->m->chr[CHR_SERIAL_A + i], err, errlen);
		if (ret)
			return ret;
	}
	return 0;
}

static void print_stats(struct run *r)
{
	double seconds = (double)(host_now_ns() - r->start_ns) / 1e9;
	u64 insns = machine_insns(r->m);

	fprintf(stderr,
		"{\"insns\": %llu, \"virtual_ns\": %llu, \"host_seconds\": %.6f, \"mips\": %.1f, "
		"\"state_hash\": \"%016llx\"}\n",
		(unsigned long long)insns, (unsigned long long)clock_now(&r->m->clock), seconds,
		seconds > 0 ? (double)insns / seconds / 1e6 : 0.0,
		(unsigned long long)machine_hash(r->m));
}

static int error_mode(const struct machine *m)
{
	const struct cpu *cpu = m->cpu[0];

	fprintf(stderr,
		"vonk: error mode: trap 0x%02x at pc %08x while traps were disabled "
		"(npc %08x, psr %08x, after %llu instructions)\n",
		cpu->tbr >> 4 & 0xff, cpu->pc, cpu->npc, cpu_get_psr(cpu),
		(unsigned long long)cpu->icount);
	return EXIT_ERROR_MODE;
}

/* A recording has one past only; true: there is one, and err says so. */
static bool recorded(const struct run *r, char *err, size_t errlen)
{
	if (r->record_file || r->replaying)
		snprintf(err, errlen, "not while the run is recorded or replayed");
	return r->record_file || r->replaying;
}

/* The machine is another one: it can be gone back to here, and no further. */
static void forget_past(struct run *r)
{
	profile_moved(&r->profile);
	if (!r->timeline.on)
		return;
	timeline_end(&r->timeline);
	timeline_begin(&r->timeline, r->m, &r->journal, r->control.history, false);
}

/* Serve signals; true: stop. */
static bool served(struct run *r)
{
	char err[1024];

	if (host_signals.any) {
		host_signals.any = 0;
		/* A save that was asked for before the end is made. */
		if (host_signals.save || (host_signals.stop && r->o.save_on_exit)) {
			host_signals.save = 0;
			record_mark(&r->record);
			snapctl_save(&r->snap);
		}
		if (host_signals.stop)
			return true;
		if (host_signals.restore) {
			host_signals.restore = 0;
			if (recorded(r, err, sizeof(err)))
				fprintf(stderr, "vonk: not restored: %s\n", err);
			else if (!snapctl_go_back(&r->snap, err, sizeof(err)))
				forget_past(r);
			pace_again(&r->pace, r->m);
		}
	}
	return r->host.quit || r->control.quit || r->snap.torn;
}

static void save_nvram(struct run *r, int *status)
{
	char err[1024];

	if (nvram_save(&r->nvram, machine_chip(r->m, "nvram"), err, sizeof(err)))
		*status = run_complain(err);
}

/* The board has been reset; true: that is the end. */
static bool rebooted(struct run *r)
{
	int status;

	save_nvram(r, &status);
	if (!r->o.no_reboot)
		reboot_load(r->m);
	return r->o.no_reboot;
}

static u64 who_is_at(const struct host *host, const struct chr *chr)
{
	return host_chr_connected(host, chr) ? 1ull + host_chr_clients(host, chr) : 0;
}

/* Has one of the monitors something to do? */
static bool monitors_wait(const struct run *r)
{
	return chr_peek(&r->mux.chr) || chr_peek(&r->monitor.chr) ||
	       r->monitor.who != who_is_at(&r->host, &r->monitor.chr) || chr_peek(&r->gdb.chr) ||
	       r->gdb.who != who_is_at(&r->host, &r->gdb.chr);
}

/* What the monitors have asked for; true: stop. */
static bool obeyed(struct run *r)
{
	bool stood = r->control.stopped;

	monitor_poll(&r->mux);
	monitor_present(&r->monitor, who_is_at(&r->host, &r->monitor.chr));
	monitor_poll(&r->monitor);
	gdbstub_poll(&r->gdb, who_is_at(&r->host, &r->gdb.chr));
	if (stood && !r->control.stopped)
		pace_again(&r->pace, r->m);
	if (!r->control.reset)
		return r->control.quit;
	r->control.reset = false;
	journal_add(r->m->journal, JOURNAL_RESET, 0, 0, NULL, 0);
	machine_reset(r->m);
	return rebooted(r);
}

/* What a recording says for this instant; true: that is its end, or it is another run. */
static bool replayed(struct run *r)
{
	const struct journal *j = &r->journal;

	journal_play(&r->journal);
	return j->differs || !journal_left(j) || j->next == j->nr;
}

/* An idle machine whose time the recording lets pass; false: it did not idle then. */
static bool idles_as_recorded(struct run *r)
{
	u64 now = clock_now(&r->m->clock);
	bool same = r->idle_insns == machine_insns(r->m) && r->idle_ns == now;

	r->idle_insns = machine_insns(r->m);
	r->idle_ns = now;
	if (!journal_left(&r->journal) || !same)
		return true;
	r->journal.differs = true;
	r->journal.differs_at = machine_insns(r->m);
	r->journal.why = "it idles here";
	return false;
}

static u64 quantum(struct run *r)
{
	bool played = r->replaying || r->timeline.past;
	u64 n = played ? journal_left(&r->journal) : pace_quantum(&r->pace, r->m);

	if (n > MACHINE_QUANTUM && played)
		n = MACHINE_QUANTUM;
	n = timeline_quantum(&r->timeline, gdbstub_quantum(&r->gdb, n));
	return record_quantum(&r->record, snapctl_quantum(&r->snap, n));
}

/* Snapshots by their own hour are instants of the recording, too. */
static void poll_snapshots(struct run *r)
{
	if (r->o.save_at && !r->snap.saved_at && machine_insns(r->m) == r->o.save_at)
		record_mark(&r->record);
	snapctl_poll(&r->snap);
}

/* The run is over, and that is why. */
static int over(struct run *r, const char *why, int status)
{
	r->why = why;
	return status;
}

static int run(struct run *r)
{
	poll_snapshots(r);
	for (;;) {
		enum machine_stop why;

		host_poll(&r->host, r->control.stopped ? -1 : 0);
		if (obeyed(r) || served(r))
			return over(r, "it was stopped from outside", EXIT_OFF);
		poll_snapshots(r);
		if (r->control.stopped)
			continue;
		if (r->replaying && !r->timeline.past && replayed(r))
			return over(r, "the recording ended", EXIT_OFF);
		if (timeline_poll(&r->timeline))
			gdbstub_present(&r->gdb);
		if (r->control.stopped)
			continue;
		record_poll(&r->record);
		why = machine_run(r->m, quantum(r));
		poll_snapshots(r);
		if (gdbstub_ran(&r->gdb, why))
			continue;
		switch (why) {
		case MACHINE_QUANTUM_END:
		case MACHINE_BREAKPOINT:
		case MACHINE_WATCHPOINT:
		case MACHINE_TRAP:
			break;
		case MACHINE_IDLE:
			if (r->timeline.past)
				break;
			if (verdict_idles(&r->verdict))
				return over(r, "the output has decided it", EXIT_OFF);
			if (r->replaying) {
				if (!idles_as_recorded(r))
					return over(r, "the recording ended", EXIT_OFF);
				break;
			}
			host_poll(&r->host, 0);
			if (!monitors_wait(r))
				pace_idle(&r->pace, r->m);
			break;
		case MACHINE_LIMIT:
			return over(r, "a limit was reached", EXIT_LIMIT);
		case MACHINE_POWEROFF:
			return over(r, "the guest powered off", EXIT_OFF);
		case MACHINE_ERROR:
			return over(r, "the processor entered error mode", error_mode(r->m));
		case MACHINE_EXIT:
			return over(r, "the guest chose its status",
				    (int)(r->m->exit_status & 0xff));
		case MACHINE_ASKED:
			return over(r, "the output has decided it", EXIT_OFF);
		case MACHINE_RESET:
			if (rebooted(r))
				return over(r, "the guest reset the machine", EXIT_OFF);
		}
	}
}

static struct host *tty_host; /* for the handler of a second stop signal */

static void tidy(void)
{
	host_tty_restore(tty_host);
}

static void stop_at_once(int sig)
{
	tidy();
	_exit(128 + sig);
}

/* Snapshots as the monitor asks for them. A name stays: signals mean that file from then on. */
static void name_snapshot(struct run *r, const char *path)
{
	snapctl_finish(&r->snap);
	if (!path)
		return;
	snprintf(r->snap_path, sizeof(r->snap_path), "%s", path);
	r->o.snap = r->snap_path;
}

static int monitor_save(void *arg, const char *path, char *err, size_t errlen)
{
	struct run *r = arg;

	name_snapshot(r, path);
	record_mark(&r->record);
	return snapctl_save_now(&r->snap, err, errlen);
}

static int monitor_load(void *arg, const char *path, char *err, size_t errlen)
{
	struct run *r = arg;
	int ret;

	if (recorded(r, err, errlen))
		return -EINVAL;
	name_snapshot(r, path);
	ret = snapctl_go_back(&r->snap, err, errlen);
	if (ret)
		return ret < 0 ? ret : -EINVAL;
	forget_past(r);
	pace_again(&r->pace, r->m);
	return 0;
}

/* The old one goes, even where the new one cannot be opened. */
static int monitor_gdbserver(void *arg, const char *spec, char *err, size_t errlen)
{
	struct run *r = arg;
	char full[sizeof(r->o.gdb_spec)];

	if (strcmp(spec, "none") && r->sandboxed) {
		snprintf(err, errlen,
			 "the sandbox opens nothing new: start with -gdb %s, or with "
			 "-sandbox off",
			 spec);
		return -EPERM;
	}
	host_chr_close(&r->host, &r->gdb.chr);
	if (!strcmp(spec, "none"))
		return 0;
	if (options_gdb(spec, full, sizeof(full))) {
		snprintf(err, errlen, "'%s' is too long", spec);
		return -EINVAL;
	}
	return host_chr_open(&r->host, full, &r->gdb.chr, err, errlen);
}

static void monitor_focus(void *arg, bool here)
{
	struct run *r = arg;

	if (here)
		monitor_greet(&r->mux);
	else
		monitor_leave(&r->mux);
}

static int open_monitors(struct run *r, char *err, size_t errlen)
{
	const char *spec = r->o.monitor.spec;

	r->control = (struct control){ .m = r->m,
				       .o = &r->o,
				       .net = &r->net,
				       .log = &r->log,
				       .stopped = r->o.stopped,
				       .save = monitor_save,
				       .load = monitor_load,
				       .gdbserver = monitor_gdbserver,
				       .arg = r };
	monitor_init(&r->mux, &r->control);
	monitor_init(&r->monitor, &r->control);
	r->host.focus = monitor_focus;
	r->host.focus_arg = r;
	host_set_monitor(&r->host, &r->mux.chr);
	if (!spec || r->o.monitor.kind == OPT_CHR_NONE)
		return 0;
	return host_chr_open(&r->host, r->o.monitor.mux ? spec + 4 : spec, &r->monitor.chr, err,
			     errlen);
}

static int open_gdb(struct run *r, char *err, size_t errlen)
{
	const char *spec = r->o.gdb.spec;

	gdbstub_init(&r->gdb, &r->control);
	if (!spec || r->o.gdb.kind == OPT_CHR_NONE)
		return 0;
	return host_chr_open(&r->host, spec, &r->gdb.chr, err, errlen);
}

static int open_journal(struct run *r, char *err, size_t errlen)
{
	int ret;

	journal_init(&r->journal, r->m);
	/* Going back would change what is recorded. */
	if (r->o.gdb.spec || !r->o.record) {
		r->control.timeline = r->o.record ? NULL : &r->timeline;
		r->control.journal = &r->journal;
		r->control.history = r->o.history;
		r->control.recording = r->o.replay;
	}
	if (r->o.record && r->o.replay) {
		snprintf(err, errlen, "-record does not go with -replay");
		return -EINVAL;
	}
	if (!r->o.replay)
		return 0;
	ret = recording_load(&r->recording, r->o.replay, &r->journal, err, errlen);
	if (!ret && r->o.restore && !recording_find(&r->journal)) {
		snprintf(err, errlen, "%s: %s is no instant of it", r->o.replay, r->o.restore);
		ret = SNAPSHOT_REFUSED;
	}
	if (ret)
		return ret;
	r->replaying = true;
	journal_deaf(&r->journal, true);
	return 0;
}

static int begin_record(struct run *r, char *err, size_t errlen)
{
	int ret;

	r->record_file = fopen(r->o.record, "we");
	ret = r->record_file ? record_begin(&r->record, &r->journal, r->record_file, &r->snap.opt)
			     : -errno;
	if (ret) {
		snprintf(err, errlen, "-record: %s: %s", r->o.record, strerror(-ret));
		return ret;
	}
	journal_note(&r->journal, true);
	if (r->config.net)
		journal_add(&r->journal, JOURNAL_LINK, r->config.net->link, 0, NULL, 0);
	return 0;
}

static void end_record(struct run *r, int *status)
{
	int ret;

	if (!r->record_file)
		return;
	ret = record_end(&r->record, *status);
	if (fclose(r->record_file) && !ret)
		ret = -errno;
	if (!ret)
		return;
	fprintf(stderr, "vonk: -record: %s: %s\n", r->o.record, strerror(-ret));
	*status = EXIT_USAGE;
}

/* Was it the run that was recorded? */
static void check_replay(struct run *r, int *status)
{
	struct journal *j = &r->journal;
	const struct journal_event *e = j->next < j->nr ? &j->ev[j->next] : NULL;
	unsigned long long now = machine_insns(r->m);

	if (!r->replaying)
		return;
	if (!j->differs && e && e->kind == JOURNAL_END && e->insns == now &&
	    e->b != machine_hash(r->m)) {
		j->differs = true;
		j->differs_at = now;
		j->why = "its last state is another one";
	}
	if (j->differs) {
		fprintf(stderr, "vonk: %s: the replay differs: %s, after %llu instructions\n",
			r->o.replay, j->why, (unsigned long long)j->differs_at);
		*status = EXIT_DIFFERS;
	} else if (e && e->kind == JOURNAL_END && e->insns == now) {
		fprintf(stderr, "vonk: replayed %s (%llu instructions, the same state)\n",
			r->o.replay, now);
		*status = (int)e->a;
	} else if (!e) {
		fprintf(stderr, "vonk: %s: the recording breaks off after %llu instructions\n",
			r->o.replay, now);
	}
}

static int start(struct run *r, char *err, size_t errlen)
{
	int ret;

	ret = nvram_open(&r->nvram, r->o.nvram, err, errlen);
	if (ret)
		return ret;
	if (r->o.replay)
		ret = recording_open(&r->recording, r->o.replay, err, errlen);
	if (ret)
		return ret;
	if (r->o.restore || r->o.replay)
		ret = snapctl_new_machine(&r->restored, r->o.restore ? NULL : &r->recording, &r->o,
					  &r->config, &r->m, err, errlen);
	else
		ret = run_power_on(r, err, errlen);
	if (!ret && !r->nvram.filled) /* a new file, or a reason why there can be none */
		ret = nvram_save(&r->nvram, machine_chip(r->m, "nvram"), err, errlen);
	if (!ret)
		ret = run_open_log(r, err, errlen);
	if (!ret)
		ret = run_open_traces(r, err, errlen);
	if (!ret)
		ret = network_open(&r->net, &r->host, &r->o, r->config.net, &r->m->clock,
				   r->o.rtc_base, err, errlen);
	if (!ret)
		ret = open_monitors(r, err, errlen);
	if (!ret)
		ret = open_gdb(r, err, errlen);
	if (!ret)
		ret = open_serials(r, err, errlen);
	if (!ret)
		ret = open_journal(r, err, errlen);
	if (!ret)
		ret = run_open_profile(r, err, errlen);
	if (!ret)
		ret = verdict_begin(&r->verdict, r->m, &r->o, r->report, err, errlen);
	if (ret)
		return ret;
	if (r->o.limit_insns)
		r->m->limit_insns = r->o.limit_insns;
	if (r->o.limit_ns)
		r->m->limit_ns = r->o.limit_ns;
	snapctl_init(&r->snap, &r->o, &r->host, r->m);
	pace_init(&r->pace, &r->host,
		  r->o.pace == OPT_PACE_REAL || (r->o.pace == OPT_PACE_AUTO && !r->batch));
	if (r->o.record) {
		ret = begin_record(r, err, errlen);
		if (ret)
			return ret;
	}
	if (r->o.clock == OPT_CLOCK_HOST && !r->replaying)
		pace_host_clock(&r->pace, r->m);
	return 0;
}

/* A command that snapshots go to may do what it likes, and with it the process that starts it. */
static bool runs_commands(const struct options *o)
{
	return o->snap && *o->snap == '|';
}

static const char *unix_path(const struct opt_chr *c)
{
	const char *path = c->spec ? strstr(c->spec, "unix:") : NULL;

	return path ? path + 5 : NULL;
}

/*
 * All is open that was asked for: give up what a run has no need of. Files that the monitor is told to write
 * go below the working directory or where temporary files do.
 */
static int enter_sandbox(struct run *r, char *err, size_t errlen)
{
	const char *missing = host_sandbox_missing(), *tmp = getenv("TMPDIR");
	const struct opt_net *net = network_choose(&r->o);
	struct host_sandbox s = { .terminal = true, .sockets = true };
	char in_tmp[4096];
	int wanted;

	if (!missing && runs_commands(&r->o))
		missing = "it allows no commands, as -snap has one";
	wanted = run_wants_sandbox(r, missing, err, errlen);
	if (wanted <= 0)
		return wanted;
	snprintf(in_tmp, sizeof(in_tmp), "%s/x", tmp && *tmp ? tmp : "/tmp");
	host_sandbox_path(&s, "./x");
	host_sandbox_path(&s, in_tmp);
	host_sandbox_path(&s, r->o.snap);
	host_sandbox_path(&s, r->o.restore);
	host_sandbox_path(&s, r->o.nvram);
	host_sandbox_path(&s, unix_path(&r->o.monitor));
	host_sandbox_path(&s, unix_path(&r->o.gdb));
	for (unsigned i = 0; i < OPT_SERIALS; i++)
		host_sandbox_path(&s, unix_path(&r->o.serial[i]));
	if (net) {
		host_sandbox_path(&s, net->path);
		s.connects = net->reconnect_ms;
	}
	r->sandboxed = true;
	return host_sandbox_enter(&s, err, errlen);
}

/* The machine runs, and what it says may decide how that ends. */
static int run_and_judge(struct run *r)
{
	struct verdict *v = &r->verdict;
	int status = run(r), judged = verdict_status(v, status);

	if (v->failed) {
		r->why = "the output has what -fail names";
		fprintf(stderr, "vonk: -fail: the output has /%s/\n", v->failed->pattern);
	} else if (v->expected && !v->left && judged == EXIT_OFF) {
		r->why = "the output has all that is expected";
	} else if (judged != status) {
		fprintf(stderr, "vonk: -expect: %s, and the output has not all that is expected\n",
			r->why);
	}
	for (unsigned i = 0; i < v->nr && !v->failed; i++)
		if (!v->row[i].fail && !v->row[i].seen)
			fprintf(stderr, "vonk: -expect: not seen: /%s/\n", v->row[i].pattern);
	return judged;
}

static int session(struct run *r)
{
	char err[1024];
	int status, ret;

	r->batch = !isatty(STDIN_FILENO);
	host_mem_begin();
	host_init(&r->host);
	host_signals_init();
	tty_host = &r->host;
	host_signals.again = stop_at_once;
	host_signals.tidy = tidy;
	ret = run_open_report(r, err, sizeof(err));
	if (!ret)
		ret = start(r, err, sizeof(err));
	if (!ret)
		ret = enter_sandbox(r, err, sizeof(err));
	if (ret) {
		host_release(&r->host);
		status = run_complain(err);
		if (ret == SNAPSHOT_REFUSED)
			status = EXIT_REFUSED;
	} else {
		r->started = true;
		status = run_and_judge(r);
		snapctl_finish(&r->snap);
		if (r->snap.torn)
			status = run_complain(
				"a disk was put back in part only: restore the snapshot again");
		end_record(r, &status);
		check_replay(r, &status);
		save_nvram(r, &status);
		host_drain(&r->host, 2000000000);
		host_release(&r->host);
		if (r->o.stats)
			print_stats(r);
	}
	run_close_report(r, err, &status);
	run_close_profile(r, &status);
	run_close_log(r, &status);
	verdict_release(&r->verdict);
	run_close_traces(r, &status);
	gdbstub_release(&r->gdb);
	journal_release(&r->journal);
	recording_release(&r->recording);
	if (!network_close(&r->net, err, sizeof(err)))
		status = run_complain(err);
	machine_free(r->m);
	if (!plug_close(&r->config, err, sizeof(err)))
		status = run_complain(err);
	snapshot_close(&r->restored);
	return status;
}

/* -rtc base=utc, localtime: what the host's clock says, as if it were UTC. */
static void set_start_date(struct options *o)
{
	time_t now = time(NULL);
	struct tm tm;

	if (o->rtc == OPT_RTC_UTC)
		o->rtc_base = now;
	if (o->rtc == OPT_RTC_LOCALTIME && localtime_r(&now, &tm))
		o->rtc_base = timegm(&tm);
}

int main(int argc, char **argv)
{
	static struct run r;
	char err[1024];
	int status;

	host_std_fds();
	r.start_ns = host_now_ns();
	if (argc > 1 && !strcmp(argv[1], "snap")) {
		status = snapcmd(argc - 2, argv + 2, stdout, stderr);
		return printed() ? EXIT_USAGE : status;
	}
	if (options_parse(&r.o, argc, argv, err, sizeof(err)))
		return run_complain(err);
	set_start_date(&r.o);
	if (inform(&r.o))
		status = printed();
	else
		status = r.o.fuzz || r.o.fuzz_replay ? run_fuzz(&r, stdout) : session(&r);
	options_release(&r.o);
	return status;
}
