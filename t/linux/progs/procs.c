/* SPDX-License-Identifier: MIT */
/*
 * Processes: fork and exec in numbers, data through pipes, signals between parent and children,
 * interval timers, a deep call chain that spills windows to a growing stack.
 */
#include "prog.h"

#include <sys/time.h>

#define FORKS 200
#define EXECS 50

static void forks(void)
{
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(i & 0x7f);
		if (!reaped(pid, i & 0x7f)) {
			check(false, "fork %d: wrong status", i);
			return;
		}
	}
}

static void execs(void)
{
	for (int i = 0; i < EXECS; i++) {
		pid_t pid = fork();
		char arg[16];

		if (!pid) {
			snprintf(arg, sizeof(arg), "%d", i);
			execl("/proc/self/exe", "procs", "exit", arg, (char *)NULL);
			_exit(127);
		}
		check(reaped(pid, i), "exec %d: wrong status", i);
	}
}

static bool read_all(int fd, void *buf, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = read(fd, (char *)buf + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* A chain of processes: each adds one to every number and hands it on. */
static void pipes(void)
{
	enum { LINKS = 8, NUMBERS = 20000 };
	uint32_t x = 99, y = 99, got;
	int in = -1;
	pid_t pid[LINKS + 1];

	for (int i = 0; i <= LINKS; i++) {
		int fd[2];

		if (pipe(fd)) {
			check(false, "pipe: %s", strerror(errno));
			return;
		}
		pid[i] = fork();
		if (!pid[i]) {
			close(fd[0]);
			for (int k = 0; k < NUMBERS; k++) {
				uint32_t v = next_random(&x);

				if (i && !read_all(in, &v, sizeof(v)))
					_exit(1);
				v += i ? 1 : 0;
				if (write(fd[1], &v, sizeof(v)) != sizeof(v))
					_exit(2);
			}
			_exit(0);
		}
		close(fd[1]);
		if (in >= 0)
			close(in);
		in = fd[0];
	}
	for (int k = 0; k < NUMBERS; k++)
		if (!read_all(in, &got, sizeof(got)) || got != next_random(&y) + LINKS) {
			check(false, "number %d came out wrong", k);
			break;
		}
	close(in);
	for (int i = 0; i <= LINKS; i++)
		check(reaped(pid[i], 0), "link %d failed", i);
}

static volatile sig_atomic_t got_usr1, got_usr2, got_alarm;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		got_usr1++;
	else if (sig == SIGUSR2)
		got_usr2++;
	else
		got_alarm++;
}

/* Ping and pong by signals, each waited for with the signal blocked elsewhere. */
static void signals(void)
{
	enum { ROUNDS = 500 };
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t block, wait;
	pid_t parent = getpid(), pid;

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigaddset(&block, SIGUSR2);
	sigprocmask(SIG_BLOCK, &block, &wait);
	sigdelset(&wait, SIGUSR1);
	sigdelset(&wait, SIGUSR2);
	pid = fork();
	if (!pid) {
		for (int i = 1; i <= ROUNDS; i++) {
			while (got_usr1 < i)
				sigsuspend(&wait);
			kill(parent, SIGUSR2);
		}
		_exit(0);
	}
	for (int i = 1; i <= ROUNDS; i++) {
		kill(pid, SIGUSR1);
		while (got_usr2 < i)
			sigsuspend(&wait);
	}
	check(reaped(pid, 0), "the other side failed");
	check(got_usr2 == ROUNDS, "%d signals of %d", (int)got_usr2, ROUNDS);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
}

/* Fills registers of many windows with its arguments, and finds them again on the way back. */
static __attribute__((noinline)) uint32_t deep(uint32_t n, uint32_t a)
{
	volatile uint32_t pad[64];
	uint32_t r;

	pad[n % 64] = a;
	if (!n)
		return a;
	r = deep(n - 1, a * 1664525 + 1013904223);
	return pad[n % 64] == a ? r + n : 0;
}

/* The alarm interrupts wherever it likes, windows half spilled included. */
static void timers(void)
{
	struct itimerval often = { { 0, 10000 }, { 0, 10000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	uint32_t expect = deep(2000, 1);

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 100000 && got_alarm < 20; i++)
		if (deep(2000, 1) != expect) {
			check(false, "a call chain lost its registers");
			break;
		}
	setitimer(ITIMER_REAL, &never, NULL);
	check(got_alarm >= 20, "only %d alarms", (int)got_alarm);
}

int main(int argc, char **argv)
{
	uint32_t a = 1, sum = 0;

	if (argc > 2 && !strcmp(argv[1], "exit"))
		return atoi(argv[2]);
	for (uint32_t n = 1; n <= 100; n++)
		sum += n;
	for (int i = 0; i < 100; i++)
		a = a * 1664525 + 1013904223;
	check(deep(100, 1) == a + sum, "a call chain of 100");
	forks();
	execs();
	pipes();
	signals();
	timers();
	return finish("procs");
}
