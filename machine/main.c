/* SPDX-License-Identifier: MIT */
/* The program: options in, a machine run, an exit status out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/host-signal.h"
#include "lib/host.h"
#include "machine/boot.h"
#include "machine/pace.h"
#include "machine/plug.h"

enum { EXIT_OFF = 0, EXIT_USAGE = 1, EXIT_ERROR_MODE = 4, EXIT_LIMIT = 124 };

struct run {
	struct options o;
	struct machine_config config;
	struct machine *m;
	struct host host;
	struct pace pace;
	bool batch; /* nobody at a terminal */
	u64 start_ns;
};

static int complain(const char *text)
{
	fprintf(stderr, "vonk: %s\n", text);
	return EXIT_USAGE;
}

static int print_version(void)
{
	printf("name: vonk\n"
	       "version: %s\n"
	       "compiler: %s\n"
	       "engine: threaded\n",
	       VONK_VERSION, __VERSION__);
	return EXIT_OFF;
}

static int print_boards(void)
{
	for (const struct board *b = boards; b->name; b++)
		printf("%-14s %s%s\n", b->name, b->desc, b == boards ? " (default)" : "");
	return EXIT_OFF;
}

static int print_cpus(void)
{
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		puts(m->name);
	return EXIT_OFF;
}

static int open_serials(struct run *r, char *err, size_t errlen)
{
	for (unsigned i = 0; i < OPT_SERIALS; i++) {
		const char *spec = r->o.serial[i].spec;
		int ret;

		if (!spec)
			spec = i ? "null" : r->o.nographic || !r->batch ? "mon:stdio" : "stdio";
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

/* Serve signals; true: stop. */
static bool served(struct run *r)
{
	if (host_signals.any) {
		host_signals.any = 0;
		if (host_signals.stop)
			return true;
	}
	return r->host.quit;
}

static int run(struct run *r)
{
	char err[512];

	for (;;) {
		host_poll(&r->host, 0);
		if (served(r))
			return EXIT_OFF;
		switch (machine_run(r->m, MACHINE_QUANTUM)) {
		case MACHINE_QUANTUM_END:
			break;
		case MACHINE_IDLE:
			host_poll(&r->host, 0);
			pace_idle(&r->pace, r->m);
			break;
		case MACHINE_LIMIT:
			return EXIT_LIMIT;
		case MACHINE_POWEROFF:
			return EXIT_OFF;
		case MACHINE_ERROR:
			return error_mode(r->m);
		case MACHINE_EXIT:
			return (int)(r->m->exit_status & 0xff);
		case MACHINE_RESET:
			if (r->o.no_reboot)
				return EXIT_OFF;
			if (boot_load(r->m, &r->o, r->batch, err, sizeof(err)))
				return complain(err);
		}
	}
}

static struct host *tty_host; /* for the handler of a second stop signal */

static void stop_at_once(int sig)
{
	host_tty_restore(tty_host);
	_exit(128 + sig);
}

static int start(struct run *r, char *err, size_t errlen)
{
	int ret;

	ret = boot_config(&r->o, &r->config, err, errlen);
	if (!ret)
		ret = plug_open(&r->o, &r->config, err, errlen);
	if (!ret)
		ret = machine_new(&r->m, &r->config, err, errlen);
	if (ret)
		return ret;
	if (r->o.limit_insns)
		r->m->limit_insns = r->o.limit_insns;
	if (r->o.limit_ns)
		r->m->limit_ns = r->o.limit_ns;
	ret = boot_nvram(r->m, &r->o, err, errlen);
	if (!ret)
		ret = boot_load(r->m, &r->o, r->batch, err, errlen);
	if (!ret)
		ret = open_serials(r, err, errlen);
	if (ret)
		return ret;
	pace_init(&r->pace, &r->host,
		  r->o.pace == OPT_PACE_REAL || (r->o.pace == OPT_PACE_AUTO && !r->batch));
	return 0;
}

/* A whole run; the exit status. */
static int session(struct run *r)
{
	char err[1024];
	int status;

	r->batch = !isatty(STDIN_FILENO);
	host_init(&r->host);
	host_signals_init();
	tty_host = &r->host;
	host_signals.again = stop_at_once;
	if (start(r, err, sizeof(err))) {
		host_release(&r->host);
		status = complain(err);
	} else {
		status = run(r);
		host_drain(&r->host, 2000000000);
		host_release(&r->host);
		if (r->o.stats)
			print_stats(r);
	}
	machine_free(r->m);
	if (!plug_close(&r->config, err, sizeof(err)))
		status = complain(err);
	return status;
}

int main(int argc, char **argv)
{
	static struct run r;
	char err[1024];
	int status;

	r.start_ns = host_now_ns();
	if (options_parse(&r.o, argc, argv, err, sizeof(err)))
		return complain(err);
	if (r.o.help) {
		options_usage(stdout);
		return EXIT_OFF;
	}
	if (r.o.version)
		return print_version();
	if (r.o.board_help)
		return print_boards();
	if (r.o.cpu_help)
		return print_cpus();
	status = session(&r);
	options_release(&r.o);
	return status;
}
