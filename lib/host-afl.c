/* SPDX-License-Identifier: MIT */
#include "lib/host-afl.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 198, STATUS = 199 };

/* Protocol 0: one word says it all. */
#define OLD_ENABLED 0x80000001u
#define OLD_MAPSIZE 0x40000000u
#define OLD_SHM_FUZZ 0x01000000u
#define OLD_WORDS 0x10000000u
#define OLD_CMP 0x02000000u /* cmplog as of version 4 */
#define OLD_SIZE_MAX 0x800000u /* the field has 23 bits */
/* Protocol 1: a greeting that names the version, then options and their parameters. */
#define HELLO_1 0x41464c01u
enum { NEW_MAPSIZE = 1, NEW_SHM_FUZZ = 2, NEW_WORDS = 0x800 };

/*
 * cmplog's memory: 65536 headers, then for each of them 32 pairs of operands, the last ones. Its size tells which of the two
 * layouts in use it is. Bits of a header from the lowest: hits 24, id 24, shape 5, type 2, attribute 4, 5 more; or
 * hits 6, shape 5, type 1, attribute 4.
 */
#define CMP_PLACES 65536u
#define CMP_PAIRS 32u
enum {
	WIDE_HEAD = 8,
	WIDE_PAIR = 32,
	WIDE_SECOND = 8,
	NARROW_HEAD = 2,
	NARROW_PAIR = 72,
	NARROW_SECOND = 32,
};
#define CMP_SIZE(head, pair) (CMP_PLACES * ((head) + CMP_PAIRS * (pair)))

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
	char *end;
	void *p;
	long id;

	if (!text || *text < '0' || *text > '9')
		return NULL;
	errno = 0;
	id = strtol(text, &end, 10);
	if (errno || *end || id > INT_MAX || shmctl((int)id, IPC_STAT, &ds))
		return NULL;
	p = shmat((int)id, NULL, 0);
	if (p == (void *)-1)
		return NULL;
	*size = ds.shm_segsz < UINT32_MAX ? (u32)ds.shm_segsz : UINT32_MAX;
	return p;
}

/* afl-fuzz -c starts a second fork server, which it tells by a variable that it is that. */
static void open_cmp(struct host_afl *a)
{
	u32 size = 0;

	if (!getenv("___AFL_EINS_ZWEI_POLIZEI___"))
		return;
	a->cmp = attach("__AFL_CMPLOG_SHM_ID", &size);
	a->cmp_narrow = size == CMP_SIZE(NARROW_HEAD, NARROW_PAIR);
	if (!a->cmp_narrow && size != CMP_SIZE(WIDE_HEAD, WIDE_PAIR))
		a->cmp = NULL;
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
		a->shm = NULL; /* standard input, then */
	open_cmp(a);
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

static bool put_words(const struct host_afl *a)
{
	u32 done = 0;

	if (!put(a->words_size))
		return false;
	while (done < a->words_size) {
		ssize_t n = write(STATUS, a->words + done, a->words_size - done);

		if (n <= 0)
			return false;
		done += (u32)n;
	}
	return true;
}

/*
 * False: nobody is there. Without shared memory LibAFL does not answer where it wants no dictionary, nor does AFL++: what
 * comes then is the first input's word, which has neither bit of an answer.
 */
static bool greet_old(struct host_afl *a)
{
	u32 word = OLD_ENABLED, answer;

	if (a->map_size <= OLD_SIZE_MAX)
		word |= OLD_MAPSIZE | (a->map_size - 1) << 1;
	if (a->shm)
		word |= OLD_SHM_FUZZ;
	if (a->words_size)
		word |= OLD_WORDS;
	if (a->cmp)
		word |= OLD_CMP;
	if (!put(word))
		return false;
	if (!a->shm && !a->words_size)
		return true;
	if (!get(&answer))
		return false;
	a->begun = !a->shm && (answer & OLD_ENABLED) != OLD_ENABLED;
	if ((answer & (OLD_ENABLED | OLD_SHM_FUZZ)) != (OLD_ENABLED | OLD_SHM_FUZZ))
		a->shm = NULL;
	return (answer & (OLD_ENABLED | OLD_WORDS)) != (OLD_ENABLED | OLD_WORDS) ||
	       !(word & OLD_WORDS) || put_words(a);
}

static bool greet_new(struct host_afl *a)
{
	u32 options = NEW_MAPSIZE | (a->shm ? NEW_SHM_FUZZ : 0) | (a->words_size ? NEW_WORDS : 0);
	u32 answer;

	if (!put(HELLO_1) || !get(&answer) || answer != (HELLO_1 ^ 0xffffffff))
		return false;
	return put(options) && put(a->map_size) && (!a->words_size || put_words(a)) && put(HELLO_1);
}

/* Of the child, in memory that it shares with the server: what the fuzzer has been told of the input. */
enum stage {
	STAGE_TAKEN, /* nothing */
	STAGE_TOLD, /* which process runs it */
	STAGE_ANSWERING, /* the same, and the rest is being told: */
	STAGE_ANSWERING_ALL, /* all at once */
	STAGE_WAITING, /* all: the next one is awaited */
};

/* What waitpid() would tell of a child that has stopped itself, and of one that has aborted. */
#define STATUS_STOPPED (SIGSTOP << 8 | 0x7f)
#define STATUS_ABORTED SIGABRT

/* A new child; 0 in it. It does not outlive the server, whoever kills that. */
static pid_t spawn(struct host_afl *a)
{
	pid_t server = getpid(), pid;

	*a->stage = STAGE_TAKEN;
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != server)
		_exit(0);
	a->pid = (u32)getpid();
	return 0;
}

/*
 * A child that was killed when it was about to answer has either done so, or it has not. What was told and not read yet
 * is in the pipe; if it was read, the fuzzer goes on to its next input; else it waits.
 */
static bool has_answered(void)
{
	struct pollfd p = { .fd = CONTROL, .events = POLLIN };
	int n = 0;

	return (!ioctl(STATUS, FIONREAD, &n) && n) || poll(&p, 1, 2000) > 0;
}

/* What the child has not told itself. */
static bool tell_end(const struct host_afl *a, pid_t child, int status)
{
	switch (*a->stage) {
	case STAGE_TAKEN:
		return put((u32)child) && put((u32)status);
	case STAGE_TOLD:
		return put((u32)status);
	case STAGE_ANSWERING:
		return has_answered() || put((u32)status);
	case STAGE_ANSWERING_ALL:
		return has_answered() || (put((u32)child) && put((u32)status));
	default:
		return true;
	}
}

static bool share_stage(struct host_afl *a)
{
	void *p = mmap(NULL, sizeof(*a->stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);

	a->stage = p == MAP_FAILED ? NULL : p;
	return a->stage;
}

bool host_afl_serve(struct host_afl *a)
{
	u32 was_killed;

	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	if (!(a->protocol ? greet_new(a) : greet_old(a))) {
		a->alone = true;
		return true;
	}
	if (!share_stage(a))
		return false;
	while (a->begun || get(&was_killed)) {
		pid_t child = spawn(a);
		int status;

		a->begun = false;
		if (!child)
			return true;
		if (child < 0)
			break;
		while (waitpid(child, &status, 0) < 0)
			if (errno != EINTR)
				return false;
		if (!tell_end(a, child, status))
			break;
	}
	return false;
}

void host_afl_slow(struct host_afl *a)
{
	if (a->alone || *a->stage != STAGE_TAKEN)
		return;
	put(a->pid);
	*a->stage = STAGE_TOLD;
}

/* Who runs it and how it ended, in one piece where the fuzzer knows neither. */
static void answer(struct host_afl *a, u32 status)
{
	u32 words[2] = { a->pid, status };
	bool told = *a->stage == STAGE_TOLD;

	*a->stage = told ? STAGE_ANSWERING : STAGE_ANSWERING_ALL;
	if (write(STATUS, words + told, told ? 4 : 8) < 0) /* nobody is there any more */
		_exit(0);
	*a->stage = STAGE_WAITING;
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

/* A fuzzer kills what runs too long for it, and then writes the next word: that is not for a child which is being killed. */
bool host_afl_next(struct host_afl *a, bool found)
{
	struct pollfd p = { .fd = CONTROL, .events = POLLIN };
	u32 was_killed;

	if (a->alone && found) {
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	if (a->alone)
		return false;
	answer(a, found ? STATUS_ABORTED : STATUS_STOPPED);
	while (poll(&p, 1, -1) < 0)
		;
	if (!get(&was_killed))
		return false;
	*a->stage = STAGE_TAKEN;
	return true;
}

/* Comparisons of bytes and half-words show as what they are, so that the fuzzer looks for no zeros beside them. */
static u64 shape_of(u32 v0, u32 v1)
{
	return (v0 | v1) > 0xffff ? 3 : 1;
}

static void put_pair(u8 *at, u32 second, u64 v0, u64 v1)
{
	memcpy(at, &v0, sizeof(v0));
	memcpy(at + second, &v1, sizeof(v1));
}

/* hits counts up to what it can hold; 1 is the type of an instruction's operands, and of equality. */
static void compare_wide(u8 *cmp, u32 place, u32 v0, u32 v1)
{
	u8 *at = cmp + place * WIDE_HEAD;
	u64 head, hits, shape = shape_of(v0, v1);

	memcpy(&head, at, sizeof(head));
	hits = head & 0xffffff;
	if (hits && (head >> 48 & 31) > shape)
		shape = head >> 48 & 31;
	head = (hits + (hits < 0xffffff)) | shape << 48 | 1ull << 53 | 1ull << 55;
	memcpy(at, &head, sizeof(head));
	put_pair(cmp + CMP_PLACES * WIDE_HEAD +
			 (u64)(place * CMP_PAIRS + hits % CMP_PAIRS) * WIDE_PAIR,
		 WIDE_SECOND, v0, v1);
}

/* The same, where the type of an instruction's operands is 0. */
static void compare_narrow(u8 *cmp, u32 place, u32 v0, u32 v1)
{
	u8 *at = cmp + place * NARROW_HEAD;
	u64 shape = shape_of(v0, v1);
	u16 head;
	u32 hits;

	memcpy(&head, at, sizeof(head));
	hits = head & 63;
	if (hits && (head >> 6 & 31) > shape)
		shape = head >> 6 & 31;
	head = (u16)((hits + (hits < 63)) | shape << 6 | 1u << 12);
	memcpy(at, &head, sizeof(head));
	put_pair(cmp + CMP_PLACES * NARROW_HEAD +
			 (u64)(place * CMP_PAIRS + hits % CMP_PAIRS) * NARROW_PAIR,
		 NARROW_SECOND, v0, v1);
}

void host_afl_compare(const struct host_afl *a, u32 place, u32 v0, u32 v1)
{
	place = place * 0x9e3779b1u >> 16;
	if (v0 == v1)
		return;
	if (a->cmp_narrow)
		compare_narrow(a->cmp, place, v0, v1);
	else
		compare_wide(a->cmp, place, v0, v1);
}

_Noreturn void host_afl_hang(struct host_afl *a)
{
	host_afl_slow(a);
	for (;;)
		poll(NULL, 0, -1);
}
