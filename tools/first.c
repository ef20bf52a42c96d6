/* SPDX-License-Identifier: MIT */
/*
 * How long a program takes to its first octet on standard output:
 *
 *	first COMMAND [ARGUMENT...]
 *
 * prints the CPU and the wall seconds from before vfork() to the octet, and the octet's value, and
 * ends the program. Itself small, it starts others quicker than a script does, whose fork copies
 * its page tables: that is the point of it. tools/bench builds and calls it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	double start, wall, cpu;
	clockid_t clock;
	unsigned char octet;
	int fd[2], null;
	ssize_t n;
	pid_t pid;

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (argc < 2 || null < 0 || pipe2(fd, O_CLOEXEC)) {
		fprintf(stderr, "usage: first COMMAND [ARGUMENT...]\n");
		return 1;
	}
	start = seconds(CLOCK_MONOTONIC);
	pid = vfork();
	if (!pid) {
		dup2(null, 0);
		dup2(fd[1], 1);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0)
		return 1;
	close(fd[1]);
	n = read(fd[0], &octet, 1);
	wall = seconds(CLOCK_MONOTONIC) - start;
	/* What has ended keeps its clock until it is waited for. */
	cpu = clock_getcpuclockid(pid, &clock) ? -1 : seconds(clock);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (n != 1 || cpu < 0) {
		fprintf(stderr, "%s: it printed nothing\n", argv[1]);
		return 1;
	}
	printf("%.6f %.6f %u\n", cpu, wall, octet);
	return 0;
}
