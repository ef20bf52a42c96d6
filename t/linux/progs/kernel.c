/* SPDX-License-Identifier: MIT */
/*
 * The kernel's small paths in numbers: system calls, context switches through pipes, sockets, sleep
 * and the clock, which may not go backwards nor lose time.
 */
#include "prog.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

static void syscalls(void)
{
	struct utsname u;
	struct stat st;
	pid_t pid = getpid();

	for (int i = 0; i < 50000; i++)
		if (getppid() <= 0 || getpid() != pid) {
			check(false, "getpid() has changed");
			return;
		}
	for (int i = 0; i < 5000; i++)
		if (stat("/", &st) || !S_ISDIR(st.st_mode)) {
			check(false, "/ is no directory");
			return;
		}
	check(!uname(&u) && !strcmp(u.machine, "sparc"), "uname says %s", u.machine);
	for (int i = 0; i < 1000; i++) {
		errno = 0;
		if (close(-1) != -1 || errno != EBADF || write(1, (void *)1, 1) != -1 ||
		    errno != EFAULT) {
			check(false, "errors are not reported");
			return;
		}
	}
}

static void switches(int type)
{
	enum { ROUNDS = 5000 };
	int to[2], from[2];
	uint32_t v = 0, back;
	pid_t pid;

	if (type == SOCK_STREAM ? socketpair(AF_UNIX, type, 0, to) : pipe(to) || pipe(from)) {
		check(false, "no channel: %s", strerror(errno));
		return;
	}
	if (type == SOCK_STREAM) {
		from[0] = from[1] = -1;
	}
	pid = fork();
	if (!pid) {
		int in = type == SOCK_STREAM ? to[1] : to[0];
		int out = type == SOCK_STREAM ? to[1] : from[1];

		for (int i = 0; i < ROUNDS; i++) {
			if (read(in, &v, sizeof(v)) != sizeof(v))
				_exit(1);
			v = v * 1664525 + 1013904223;
			if (write(out, &v, sizeof(v)) != sizeof(v))
				_exit(2);
		}
		_exit(0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		int out = type == SOCK_STREAM ? to[0] : to[1];
		int in = type == SOCK_STREAM ? to[0] : from[0];
		uint32_t expect = v * 1664525 + 1013904223;

		if (write(out, &v, sizeof(v)) != sizeof(v) ||
		    read(in, &back, sizeof(back)) != sizeof(back) || back != expect) {
			check(false, "round %d came back wrong", i);
			break;
		}
		v = back;
	}
	check(reaped(pid, 0), "the other side failed");
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
	}
}

static int64_t now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void clocks(void)
{
	struct timespec nap = { 0, 50000000 };
	int64_t last = now(CLOCK_MONOTONIC), t, slept;

	for (int i = 0; i < 20000; i++) {
		t = now(CLOCK_MONOTONIC);
		if (t < last) {
			check(false, "the clock went back by %lld ns", (long long)(last - t));
			break;
		}
		last = t;
	}
	for (int i = 0; i < 5; i++) {
		t = now(CLOCK_MONOTONIC);
		nanosleep(&nap, NULL);
		slept = now(CLOCK_MONOTONIC) - t;
		check(slept >= 50000000, "a sleep of 50 ms lasted %lld ns", (long long)slept);
	}
	check(now(CLOCK_REALTIME) > 946684800000000000, "the date is before 2000");
}

int main(void)
{
	syscalls();
	switches(SOCK_STREAM);
	switches(0);
	clocks();
	return finish("kernel");
}
