/* SPDX-License-Identifier: MIT */
#include "lib/host-afl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 198, STATUS = 199 };

/* Protocol 0: one word says it all. */
#define OLD_ENABLED 0x80000001u
#define OLD_MAPSIZE 0x40000000u
#define OLD_SHM_FUZZ 0x01000000u
#define OLD_SIZE_MAX 0x800000u /* the field has 23 bits */
/* Protocol 1: a greeting that names the version, then options and their parameters. */
#define HELLO_1 0x41464c01u
enum { NEW_MAPSIZE = 1, NEW_SHM_FUZZ = 2 };

/* afl-fuzz looks for this in the file, to know that inputs are run one after another. */
static const char signature[] __attribute__((used)) = "##SIG_AFL_PERSISTENT##";

static int say(char *err, size_t errlen, int ret, const char *what)
{
	snprintf(err, errlen, "%s", what);
	return ret;
}

static u8 *attach(const char *name, u32 *size)
{
	const char *text = getenv(name);
	struct shmid_ds ds;
	void *p;
	int id;

	if (!text)
		return NULL;
	id = atoi(text);
	if (shmctl(id, IPC_STAT, &ds))
		return NULL;
	p = shmat(id, NULL, 0);
	if (p == (void *)-1)
		return NULL;
	*size = ds.shm_segsz < UINT32_MAX ? (u32)ds.shm_segsz : UINT32_MAX;
	return p;
}

int host_afl_open(struct host_afl *a, unsigned protocol, u32 map_size, char *err, size_t errlen)
{
	const struct rlimit no_core = { 0, 0 };
	u32 size = 0;

	*a = (struct host_afl){ .protocol = protocol, .map_size = map_size };
	if (!getenv("__AFL_SHM_ID"))
		return say(
			err, errlen, -ENOENT,
			"-fuzz: no fuzzer started this (afl-fuzz -i IN -o OUT -- vonk -fuzz ...); "
			"-fuzz-replay FILE runs one input");
	a->map = attach("__AFL_SHM_ID", &size);
	if (!a->map)
		return say(err, errlen, -EINVAL, "-fuzz: the fuzzer's map cannot be attached");
	if (size < map_size)
		return say(err, errlen, -EINVAL,
			   "-fuzz: the fuzzer's map is too small: set AFL_MAP_SIZE, or map=");
	a->shm = attach("__AFL_SHM_FUZZ_ID", &a->shm_size);
	if (a->shm && a->shm_size < 4)
		a->shm = NULL;
	setrlimit(RLIMIT_CORE, &no_core);
	return 0;
}

static bool put(u32 word)
{
	return write(STATUS, &word, sizeof(word)) == sizeof(word);
}

static bool get(u32 *word)
{
	ssize_t n;

	do
		n = read(CONTROL, word, sizeof(*word));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*word);
}

/* False: nobody is there. */
static bool greet_old(struct host_afl *a)
{
	u32 word = OLD_ENABLED, answer;

	if (a->map_size <= OLD_SIZE_MAX)
		word |= OLD_MAPSIZE | (a->map_size - 1) << 1;
	if (a->shm)
		word |= OLD_SHM_FUZZ;
	if (!put(word))
		return false;
	if (!a->shm)
		return true;
	if (!get(&answer))
		return false;
	if ((answer & (OLD_ENABLED | OLD_SHM_FUZZ)) != (OLD_ENABLED | OLD_SHM_FUZZ))
		a->shm = NULL;
	return true;
}

static bool greet_new(struct host_afl *a)
{
	u32 answer;

	if (!put(HELLO_1) || !get(&answer) || answer != (HELLO_1 ^ 0xffffffff))
		return false;
	return put(NEW_MAPSIZE | (a->shm ? NEW_SHM_FUZZ : 0)) && put(a->map_size) && put(HELLO_1);
}

/* A new child; 0 in it. */
static pid_t spawn(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	close(CONTROL);
	close(STATUS);
	return 0;
}

bool host_afl_serve(struct host_afl *a)
{
	pid_t child = -1;
	bool stopped = false;
	u32 was_killed;

	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	if (!(a->protocol ? greet_new(a) : greet_old(a))) {
		a->alone = true;
		return true;
	}
	while (get(&was_killed)) {
		int status;

		if (stopped && was_killed) {
			waitpid(child, &status, 0);
			stopped = false;
		}
		if (stopped)
			kill(child, SIGCONT);
		else
			child = spawn();
		if (!child)
			return true;
		if (child < 0 || !put((u32)child))
			break;
		if (waitpid(child, &status, WUNTRACED) < 0)
			break;
		stopped = WIFSTOPPED(status);
		if (!put((u32)status))
			break;
	}
	if (stopped)
		kill(child, SIGKILL);
	return false;
}

u32 host_afl_input(const struct host_afl *a, u8 *buf, u32 max)
{
	u32 n = 0;

	if (a->shm) {
		memcpy(&n, a->shm, sizeof(n));
		n = n > a->shm_size - 4 ? a->shm_size - 4 : n;
		n = n > max ? max : n;
		memcpy(buf, a->shm + 4, n);
	}
	if (n)
		return n;
	/* afl-showmap of a single input leaves the shared memory empty. */
	while (n < max) {
		ssize_t got = read(STDIN_FILENO, buf + n, max - n);

		if (got <= 0)
			break;
		n += (u32)got;
	}
	return n;
}

bool host_afl_next(const struct host_afl *a)
{
	if (a->alone)
		return false;
	raise(SIGSTOP);
	return true;
}

_Noreturn void host_afl_crash(void)
{
	signal(SIGABRT, SIG_DFL);
	abort();
}

_Noreturn void host_afl_hang(void)
{
	for (;;)
		pause();
}
