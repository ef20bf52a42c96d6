/* SPDX-License-Identifier: MIT */
/*
 * Any bytes typed at the console's stream, which the monitor shares: escape keys, breaks, commands that open no
 * files (there is no display, no log, nothing to save). The serial chip takes what is the guest's.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "lib/host-chr.h"
#include "lib/host.h"
#include "machine/boot.h"
#include "machine/monitor.h"
#include "t/fuzz/machine.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static struct host host;
static struct control control;
static struct monitor mon;
static struct options o;

static void focus(void *arg, bool here)
{
	(void)arg;
	if (here)
		monitor_greet(&mon);
	else
		monitor_leave(&mon);
}

/* The stream, as it was when it was opened; its buffers are empty then. */
static struct fuzz_machine *f;
static struct host_chr *hc, hc_new;
static int fd[2];
static u8 trash[65536];

static void start(void)
{
	char spec[32], err[256];

	f = fuzz_machine_new("SS-5", VGA_NONE);
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd));
	host_init(&host);
	host.focus = focus;
	snprintf(spec, sizeof(spec), "mon:fd:%d", fd[0]);
	FUZZ_CHECK(!host_chr_open(&host, spec, &f->m->chr[CHR_SERIAL_A], err, sizeof(err)), "%s",
		   err);
	hc = host.chr[0];
	memcpy(&hc_new, hc, offsetof(struct host_chr, input));
}

static void empty(int from)
{
	while (read(from, trash, sizeof(trash)) == sizeof(trash))
		;
}

/* A new stream for each input would cost more than what it does. */
static void again(void)
{
	fuzz_machine_again(f);
	FUZZ_CHECK(hc->in == fd[0] && hc->out == fd[0]);
	memcpy(hc, &hc_new, offsetof(struct host_chr, input));
	hc->input[0].head = hc->input[0].num = hc->input[1].head = hc->input[1].num = 0;
	hc->output.head = hc->output.num = 0;
	host.quit = false;
	empty(fd[0]);
	empty(fd[1]);
	control = (struct control){ .m = f->m, .o = &o };
	memset(&mon, 0, sizeof(mon));
	monitor_init(&mon, &control);
	host_set_monitor(&host, &mon.chr);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	if (!f)
		start();
	again();
	while (len && !host.quit && !control.quit) {
		size_t n = 1 + *data % 64;

		n = n < len ? n : len;
		if (write(fd[1], data, n) != (ssize_t)n)
			break;
		data += n;
		len -= n;
		host_poll(&host, 0);
		monitor_poll(&mon);
		f->m->clock.insns += 5000;
		clock_run(&f->m->clock);
		FUZZ_CHECK(mon.len < MONITOR_LINE);
		empty(fd[1]);
	}
	return 0;
}
