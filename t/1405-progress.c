/* SPDX-License-Identifier: MIT */
/* What a terminal is told of work that takes long, and that nobody else is told anything. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/block.h"
#include "lib/host-progress.h"
#include "t/tap.h"

#define MIB (UINT64_C(1) << 20)

static int master, slave; /* a terminal: what is written to slave comes out of master */
static char got[8192];

static bool open_terminal(void)
{
	struct winsize w = { .ws_row = 24, .ws_col = 60 };
	struct termios t;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return false;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &t))
		return false;
	t.c_oflag &= ~(tcflag_t)OPOST;
	ioctl(slave, TIOCSWINSZ, &w);
	return !tcsetattr(slave, TCSANOW, &t) && !fcntl(master, F_SETFL, O_NONBLOCK);
}

/* All that has come since the last call. */
static const char *told(void)
{
	size_t n = 0;
	ssize_t r;

	while (n < sizeof(got) - 1 && (r = read(master, got + n, sizeof(got) - 1 - n)) > 0)
		n += (size_t)r;
	got[n] = '\0';
	return got;
}

static void saw(const char *want, const char *what)
{
	if (!ok(!strcmp(told(), want), "%s", what))
		for (const char *p = got; *p; p++)
			printf("%s%02x%s", p == got ? "# " : " ", (u8)*p, p[1] ? "" : "\n");
}

static void test_alone(void)
{
	struct host_progress hp;
	struct progress *p = host_progress_begin(&hp, slave, true, 0, "reading", "a.snap");

	progress_at(p, NULL, 0, 4096 * MIB);
	saw("\rvonk: reading a.snap: 0 % of 4096 MiB\033[K", "one line, to be written over");
	hp.next = 0;
	progress_at(p, "disk.img", 2048 * MIB, 4096 * MIB);
	saw("\rvonk: reading a.snap: disk.img 49 % of 4096 MiB\033[K", "the part that is at work");
	progress_at(p, NULL, 2049 * MIB, 4096 * MIB);
	saw("", "not each time");
	hp.next = 0;
	progress_at(p, NULL, 13 * MIB, 0);
	saw("\rvonk: reading a.snap: 13 MiB\033[K", "how much, where nobody knows of how many");
	hp.next = 0;
	progress_at(p, "a-name-that-is-longer-than-what-is-left-of-the-line", 7, 7);
	saw("\rvonk: reading a.snap: a-name-that-is-longer-than-what-is-le\033[K",
	    "never longer than the terminal's line");
	hp.next = 0;
	progress_at(p, NULL, 100000, 200000);
	saw("\rvonk: reading a.snap: 49 % of 195 KiB\033[K", "small things in KiB");
	host_progress_end(&hp);
	saw("\r\033[K", "in the end it is gone");
	host_progress_end(&hp);
	saw("", "once");
}

static void test_beside_others(void)
{
	struct host_progress hp;
	struct progress *p = host_progress_begin(&hp, slave, false, 1, "saving", "b.snap");

	hp.next = 0;
	progress_at(p, "memory", 64 * MIB, 64 * MIB);
	saw("vonk: saving b.snap: memory 100 % of 64 MiB\n",
	    "whole lines, where a guest writes too");
	is(hp.wait, 2, "the next one comes after twice the time");
	host_progress_end(&hp);
	saw("", "which stay");
}

static void test_silence(void)
{
	struct host_progress hp = { .fd = 0 };
	struct progress *p;
	int fd[2];

	host_progress_end(&hp);
	p = host_progress_begin(&hp, slave, true, UINT64_C(1) << 62, "reading", "c.snap");
	progress_at(p, NULL, 1, 2);
	host_progress_end(&hp);
	saw("", "short work says nothing");
	ok(!pipe(fd) && !host_progress_begin(&hp, fd[1], true, 0, "reading", "c.snap"),
	   "a pipe is told nothing");
	progress_at(NULL, NULL, 1, 2);
	close(fd[0]);
	close(fd[1]);
}

/* Somebody who keeps what he is told. */
struct keeper {
	struct progress p;
	u64 calls, done, all;
	char part[16];
	bool back;
};

static void keep(struct progress *p, const char *part, u64 done, u64 all)
{
	struct keeper *k = container_of(p, struct keeper, p);

	k->back |= done < k->done;
	k->calls++;
	k->done = done;
	k->all = all;
	snprintf(k->part, sizeof(k->part), "%s", part);
}

static void test_digest(void)
{
	struct keeper k = { .p.at = keep };
	struct block *b = block_mem_new(MIB + 512);
	u8 digest[SHA256_SIZE];

	ok(b && !block_digest(b, digest, &k.p, "disk"), "a digest is worked out");
	ok(k.calls >= 16 && !k.back, "and tells how far it is");
	ok(k.done == MIB + 512 && k.all == MIB + 512 && !strcmp(k.part, "disk"), "up to its end");
	block_close(b);
}

int main(void)
{
	if (open_terminal()) {
		test_alone();
		test_beside_others();
	} else {
		ok(true, "a terminal # SKIP there is no pseudo-terminal");
	}
	test_silence();
	test_digest();
	return tap_done();
}
