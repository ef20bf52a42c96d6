/* SPDX-License-Identifier: MIT */
/*
 * Any bytes typed at the console's stream, which the monitor shares: escape keys, breaks, commands that open no
 * files (there is no display, no log, nothing to save). The serial chip takes what is the guest's.
 */
#include <sys/socket.h>
#include <unistd.h>

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

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct fuzz_machine *f;
	char spec[32], err[256];
	u8 trash[65536];
	int fd[2];

	if (!f)
		f = fuzz_machine_new("SS-5", VGA_NONE);
	fuzz_machine_again(f);
	control = (struct control){ .m = f->m, .o = &o };
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd));
	host_init(&host);
	host.focus = focus;
	monitor_init(&mon, &control);
	host_set_monitor(&host, &mon.chr);
	snprintf(spec, sizeof(spec), "mon:fd:%d", fd[0]);
	FUZZ_CHECK(!host_chr_open(&host, spec, &f->m->chr[CHR_SERIAL_A], err, sizeof(err)), "%s",
		   err);
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
		while (read(fd[1], trash, sizeof(trash)) == sizeof(trash))
			;
	}
	host_chr_close(&host, &f->m->chr[CHR_SERIAL_A]);
	host_release(&host);
	close(fd[1]);
	close(fd[0]);
	return 0;
}
