/* SPDX-License-Identifier: MIT */
/*
 * -fuzz as a fork server, driven by a client that is not AFL++'s: what LibAFL's ForkserverExecutor says
 * and waits for, word by word, in both protocols. Test cases by shared memory and by standard input, maps of
 * several sizes, a dictionary, SIGTERM to end what hangs, and what an orphan does when its fuzzer is gone.
 *
 * The words, of AFL++'s include/types.h (4.04c and 4.20c): a greeting on descriptor 199, an answer on 198; then for
 * each input a word on 198 (1: the last child was killed), the child's process id, and its status as
 * waitpid() tells it; WIFSTOPPED means that the same child takes the next one.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <time.h>

#include "lib/be.h"
#include "lib/host-sandbox.h"
#include "t/child.h"
#include "t/tap.h"

enum { CTL = 198, ST = 199, CASE_MAX = 1 << 20, MAP_MAX = 1 << 20 };

/* A program at 0x4000, its input at 0x8000: "AB" is no instruction, "AH" never ends; else it comes to DONE. */
static const u32 program[] = {
	0x03000020, /* sethi %hi(0x8000), %g1 */
	0xc4084000, /* ldub [%g1], %g2 */
	0x80a0a041, /* cmp %g2, 'A' */
	0x1280000a, /* bne DONE */
	0x01000000, /* nop */
	0xc4086001, /* ldub [%g1 + 1], %g2 */
	0x80a0a042, /* cmp %g2, 'B' */
	0x22800002, /* be,a . + 8 */
	0x00000000, /* unimp */
	0x80a0a048, /* cmp %g2, 'H' */
	0x02800000, /* be . */
	0x01000000, /* nop */
	0x01000000, /* nop */
	0x10800000, /* DONE: ba . */
	0x01000000, /* nop */
	0x01000000, /* nop */
	0x03000020, /* 0x4040: sethi %hi(0x8000), %g1: what "rate" runs */
	0xc4004000, /* ld [%g1], %g2 */
	0xc4206010, /* st %g2, [%g1 + 16] */
	0x84a0a001, /* subcc %g2, 1, %g2 */
	0x01000000, /* nop */
	0x12bffffd, /* bne . - 12 */
	0x01000000, /* nop */
	0x01000000, /* 0x405c: nop */
	0x3115599d, /* sethi %hi(0x55667788), %i0: what code may compare with */
	0xb0162388, /* or %i0, %lo(0x55667788), %i0 */
	0x80a622bc, /* cmp %i0, 700 */
	0x80a62fff, /* cmp %i0, 4095 */
	0x80a63fff, /* cmp %i0, -1 */
	0xb0062058, /* add %i0, 0x58, %i0 */
};
#define DONE "0x4034"

struct client {
	int protocol;
	int to, from;
	pid_t server, child;
	int map_id, case_id;
	u8 *map, *cases;
	u32 map_size;
	int input; /* a file, where cases is NULL */
	int killed; /* the last run timed out */
	bool shared;
	bool denies; /* answers that it wants nothing, as afl-showmap does */
	const char *sandbox; /* "on" or "off" */
	u8 dict[4096];
	u32 dict_size;
};

enum outcome { OUT_OK, OUT_CRASH, OUT_TIMEOUT, OUT_LOST };

static bool put(struct client *c, u32 w)
{
	return write(c->to, &w, 4) == 4;
}

static bool get_within(struct client *c, u32 *w, int ms)
{
	struct pollfd p = { .fd = c->from, .events = POLLIN };

	return poll(&p, 1, ms) == 1 && read(c->from, w, 4) == 4;
}

static bool get(struct client *c, u32 *w)
{
	return get_within(c, w, 60000);
}

static void attach(int *id, u8 **p, size_t size)
{
	*id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	*p = *id < 0 ? NULL : shmat(*id, NULL, 0);
	if (*p == (void *)-1)
		*p = NULL;
}

static void set_id(const char *name, int id)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", id);
	setenv(name, text, 1);
}

static void run_server(struct client *c, int ctl, int st, const char *spec)
{
	setsid();
	if (dup2(ctl, CTL) < 0 || dup2(st, ST) < 0)
		_exit(127);
	for (int fd = 3; fd < CTL; fd++)
		if (fd != c->input)
			close(fd);
	dup2(c->input < 0 ? open("/dev/null", O_RDONLY) : c->input, 0);
	set_id("__AFL_SHM_ID", c->map_id);
	unsetenv("__AFL_SHM_FUZZ_ID");
	if (c->cases)
		set_id("__AFL_SHM_FUZZ_ID", c->case_id);
	setenv("__AFL_PERSISTENT", "1", 1);
	setenv("LD_BIND_NOW", "1", 1);
	execl(child_vonk, child_vonk, "-sandbox", c->sandbox, "-fuzz", spec, "program",
	      (char *)NULL);
	_exit(127);
}

/* more: of -fuzz. */
static bool launch(struct client *c, const char *more)
{
	char spec[256];
	int ctl[2], st[2];

	snprintf(spec, sizeof(spec), "mem=0x8000,max=16,start=0x4000,done=" DONE ",protocol=%d%s",
		 c->protocol, more);
	if (pipe(ctl) || pipe(st))
		return false;
	c->server = fork();
	if (!c->server)
		run_server(c, ctl[0], st[1], spec);
	close(ctl[0]);
	close(st[1]);
	c->to = ctl[1];
	c->from = st[0];
	c->killed = 0;
	return c->server > 0;
}

/* A size, then words of a length each. */
static bool get_dictionary(struct client *c)
{
	u32 n;

	if (!get(c, &n) || n < 2 || n > sizeof(c->dict))
		return false;
	for (c->dict_size = 0; c->dict_size < n;) {
		ssize_t got = read(c->from, c->dict + c->dict_size, n - c->dict_size);

		if (got <= 0)
			return false;
		c->dict_size += (u32)got;
	}
	return true;
}

/* Without memory for test cases a client that wants no dictionary does not answer at all. */
static bool greet_old(struct client *c, u32 hello, bool dict)
{
	u32 answer = 0x80000001;

	c->map_size = ((hello & 0x00fffffe) >> 1) + 1;
	if ((hello & 0x80000001) != 0x80000001 || !(hello & 0x40000000))
		return false;
	if (hello & 0x01000000 && c->cases)
		answer |= 0x01000000;
	if (hello & 0x10000000 && dict)
		answer |= 0x10000000;
	c->shared = answer & 0x01000000;
	if ((answer != 0x80000001 || c->denies) && !put(c, answer))
		return false;
	return !(answer & 0x10000000) || get_dictionary(c);
}

static bool greet_new(struct client *c, u32 hello)
{
	u32 options, again;

	if (hello != 0x41464c01 || !put(c, ~hello) || !get(c, &options))
		return false;
	if (options & 1 && !get(c, &c->map_size))
		return false;
	c->shared = options & 2;
	if (options & 0x800 && !get_dictionary(c))
		return false;
	return get(c, &again) && again == hello;
}

static bool greet(struct client *c, bool dict)
{
	u32 hello;

	c->dict_size = 0;
	c->shared = false;
	if (!get(c, &hello))
		return false;
	return c->protocol ? greet_new(c, hello) : greet_old(c, hello, dict);
}

static void deliver(struct client *c, const char *input, u32 n)
{
	if (c->shared) {
		memcpy(c->cases, &n, 4);
		memcpy(c->cases + 4, input, n);
		return;
	}
	if (ftruncate(c->input, 0) || pwrite(c->input, input, n, 0) != n ||
	    lseek(c->input, 0, SEEK_SET))
		diag("the input's file: %s", strerror(errno));
}

static enum outcome execute(struct client *c, const char *input, u32 n, int ms)
{
	u32 pid, status;

	memset(c->map, 0, c->map_size);
	deliver(c, input, n);
	if (!put(c, (u32)c->killed) || !get(c, &pid) || (s32)pid <= 0)
		return OUT_LOST;
	c->killed = 0;
	c->child = (pid_t)pid;
	if (!get_within(c, &status, ms)) {
		c->killed = 1;
		kill(c->child, SIGTERM);
		return get(c, &status) ? OUT_TIMEOUT : OUT_LOST;
	}
	if (!WIFSTOPPED(status))
		c->child = -1;
	return WIFSIGNALED(status) ? OUT_CRASH : OUT_OK;
}

static enum outcome text(struct client *c, const char *input)
{
	return execute(c, input, (u32)strlen(input), 60000);
}

static unsigned edges(const struct client *c)
{
	unsigned n = 0;

	for (u32 i = 0; i < c->map_size; i++)
		n += c->map[i] != 0;
	return n;
}

/* Its end as LibAFL brings it about; what the server's status is. -1: it does not end. */
static int end(struct client *c, int sig)
{
	int status;

	if (sig && c->child > 0)
		kill(c->child, sig);
	if (sig)
		kill(c->server, sig);
	close(c->to);
	close(c->from);
	for (unsigned i = 0; i < 3000; i++) {
		if (waitpid(c->server, &status, WNOHANG) == c->server)
			return status;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	kill(c->server, SIGKILL);
	waitpid(c->server, &status, 0);
	return -1;
}

static bool is_gone(pid_t pid)
{
	for (unsigned i = 0; i < 3000 && !kill(pid, 0); i++) {
		char path[64], line[256] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "r");
		if (f && fgets(line, sizeof(line), f) && strstr(line, ") Z "))
			pid = -pid;
		if (f)
			fclose(f);
		if (pid < 0)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	return kill(pid, 0) < 0;
}

static void test_session(struct client *c, const char *how)
{
	pid_t first;
	u8 *was = malloc(MAP_MAX);
	unsigned same = 0, crashes = 0;

	ok(launch(c, "") && greet(c, false), "protocol %d, %s: greeted", c->protocol, how);
	is(c->map_size, 65536, "a map of that size");
	ok(c->shared == !!c->cases, "where inputs go");
	is(text(c, "AX"), OUT_OK, "an input");
	ok(edges(c) >= 3, "its edges: %u", edges(c));
	memcpy(was, c->map, c->map_size);
	first = c->child;
	is(text(c, "x"), OUT_OK, "another");
	ok(memcmp(was, c->map, c->map_size) && edges(c) && c->child == first,
	   "has other edges, in the same process");
	for (unsigned i = 0; i < 500; i++)
		same += text(c, "AX") == OUT_OK && !memcmp(was, c->map, c->map_size) &&
			c->child == first;
	is(same, 500, "the same again, 500 times");
	for (unsigned i = 0; i < 20; i++)
		crashes += text(c, "AB") == OUT_CRASH && c->child == -1 &&
			   text(c, "AX") == OUT_OK && !memcmp(was, c->map, c->map_size);
	is(crashes, 20, "what is found is told as a death, and the next input runs: 20 times");
	for (unsigned i = 0; i < 3; i++) {
		is(execute(c, "AH", 2, 200), OUT_TIMEOUT, "a hang ends by SIGTERM");
		is(text(c, "AX"), OUT_OK, "and the next input runs");
	}
	ok(!memcmp(was, c->map, c->map_size), "as it did");
	is(text(c, "AXxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), OUT_OK, "a long one");
	ok(!memcmp(was, c->map, c->map_size), "is cut");
	first = c->child;
	is(end(c, 0), 0, "the fuzzer goes, and the server with it");
	ok(is_gone(first), "and its child");
	free(was);
}

/* A killed child may have answered before it was killed: then its fuzzer counts a timeout nevertheless. */
static void test_races(struct client *c)
{
	unsigned sound = 0, timeouts = 0;

	launch(c, "");
	ok(greet(c, false), "protocol %d: races", c->protocol);
	for (unsigned i = 0; i < 300; i++) {
		enum outcome o = execute(c, "AX", 2, i % 3 ? 0 : 60000);

		timeouts += o == OUT_TIMEOUT;
		sound += o == OUT_OK || o == OUT_TIMEOUT;
	}
	is(sound, 300, "killed at any instant, %u times: no word too many or too few", timeouts);
	is(text(c, "AX"), OUT_OK, "and the next one is sound");
	ok(edges(c) >= 3, "with its edges");
	is(end(c, 0), 0, "the end");
}

static void test_orphans(struct client *c)
{
	pid_t child;
	int status;

	launch(c, "");
	ok(greet(c, false) && text(c, "AX") == OUT_OK, "protocol %d: an executor", c->protocol);
	child = c->child;
	status = end(c, SIGTERM);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "is dropped with SIGTERM");
	ok(is_gone(child), "and no process of it is left");
	launch(c, "");
	ok(greet(c, false) && text(c, "AX") == OUT_OK, "another one");
	child = c->child;
	kill(c->server, SIGKILL);
	end(c, 0);
	ok(is_gone(child), "whose server is killed leaves none, too");
}

static void test_sizes(struct client *c)
{
	static const struct {
		const char *more;
		u32 size;
	} rows[] = { { ",map=1024", 1024 }, { ",map=4096", 4096 }, { ",map=1048576", 1048576 } };

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		launch(c, rows[i].more);
		ok(greet(c, false) && c->map_size == rows[i].size && text(c, "AX") == OUT_OK &&
			   edges(c) >= 3,
		   "protocol %d: a map of %u", c->protocol, rows[i].size);
		end(c, 0);
	}
}

static bool has_word(const struct client *c, u8 n, const void *word)
{
	for (u32 at = 0; at < c->dict_size; at += 1u + c->dict[at])
		if (c->dict[at] == n && at + 1 + n <= c->dict_size &&
		    !memcmp(c->dict + at + 1, word, n))
			return true;
	return false;
}

static bool is_framed(const struct client *c)
{
	u32 at = 0;

	while (at < c->dict_size && c->dict[at])
		at += 1u + c->dict[at];
	return at == c->dict_size;
}

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* "rate": inputs a second through the fork server, of about `loops` * 5 instructions; forks: each in a process of its own. */
static void print_rate(struct client *c, u32 loops, bool forks)
{
	u8 input[4];
	u64 start, runs = 0;

	be32_put(input, loops);
	launch(c, ",done=0x401c");
	if (!greet(c, false))
		return;
	for (start = now(); now() - start < 3000000000; runs++) {
		if (execute(c, (char *)input, 4, 60000) != OUT_OK)
			diag("an input is lost");
		if (forks) {
			kill(c->child, SIGKILL);
			c->killed = 1;
		}
	}
	diag("%s, %u instructions: %.0f inputs a second", forks ? "a fork for each" : "one process",
	     5 * loops + 2, (double)runs * 1e9 / (double)(now() - start));
	end(c, 0);
}

/* "AX" leads to 4014, 4024 and 4030, none of which is where its branches go; "x" to 4034. */
static void test_filter(struct client *c)
{
	static const struct {
		const char *more;
		unsigned ax, x;
	} rows[] = {
		{ "", 3, 1 },
		{ ",cover=0x4014..0x4024", 2, 0 },
		{ ",cover=0x4015..0x402f", 1, 0 },
		{ ",cover=0x4030..0x4034", 1, 1 },
		{ ",cover=0x4034..0x4034", 0, 1 },
		{ ",cover=0x4038..0xffffffff", 0, 0 },
		{ ",cover=0..0x4013", 0, 0 },
		{ ",cover=0..0xffffffff", 3, 1 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned ax, x;

		launch(c, rows[i].more);
		ok(greet(c, false) && text(c, "AX") == OUT_OK, "coverage%s%s",
		   *rows[i].more ? " with " : "", rows[i].more);
		ax = edges(c);
		is(text(c, "x"), OUT_OK, "another way");
		x = edges(c);
		ok(ax == rows[i].ax && x == rows[i].x, "%u and %u edges", ax, x);
		end(c, 0);
	}
}

static void test_words(struct client *c)
{
	bool got;

	launch(c, "");
	got = greet(c, true) && c->dict_size && is_framed(c);
	ok(got, "protocol %d, %s: a dictionary of %u bytes", c->protocol,
	   c->cases ? "shared memory" : "standard input", c->dict_size);
	ok(has_word(c, 1, "A") && has_word(c, 1, "B") && has_word(c, 1, "H"),
	   "has the letters that the program compares with");
	ok(has_word(c, 2, "\x02\xbc") && has_word(c, 2, "\x0f\xff") &&
		   has_word(c, 4, "\x55\x66\x77\x88"),
	   "what takes more bytes, and what takes two instructions");
	ok(!has_word(c, 1, "\x58") && !has_word(c, 1, "\0") && !has_word(c, 4, "\xff\xff\xff\xff"),
	   "and nothing else");
	is(text(c, "AB"), OUT_CRASH, "inputs run");
	end(c, 0);
}

static void test_denial(struct client *c)
{
	c->denies = true;
	launch(c, "");
	ok(greet(c, false) && !c->shared, "protocol %d: all that is offered is denied",
	   c->protocol);
	is(text(c, "AB"), OUT_CRASH, "inputs run");
	is(text(c, "AX"), OUT_OK, "one after another");
	is(end(c, 0), 0, "the end");
	c->denies = false;
}

/* The mode of seccomp that a process is in, 2: a filter. -1: it does not tell. */
static int seccomp_of(pid_t pid)
{
	char path[64], line[256];
	int mode = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Seccomp:", 8))
			mode = atoi(line + 8);
	if (f)
		fclose(f);
	return mode;
}

static void test_sandbox(struct client *c)
{
	launch(c, "");
	ok(greet(c, false) && text(c, "AX") == OUT_OK, "protocol %d: -sandbox %s", c->protocol,
	   c->sandbox);
	is(seccomp_of(c->child), strcmp(c->sandbox, "on") ? 0 : 2, "who runs inputs is in it");
	end(c, 0);
	c->sandbox = strcmp(c->sandbox, "on") ? c->sandbox : "off";
	launch(c, "");
	ok(greet(c, false) && text(c, "AX") == OUT_OK, "protocol %d: off", c->protocol);
	is(seccomp_of(c->child), 0, "and is not, if that is asked for");
	end(c, 0);
}

int main(int argc, char **argv)
{
	u8 image[sizeof(program)];
	struct client c = { .input = -1, .sandbox = "off" };
	int in;

	child_begin();
	for (unsigned i = 0; i < ARRAY_SIZE(program); i++)
		be32_put(image + 4 * i, program[i]);
	in = open("program", O_WRONLY | O_CREAT, 0600);
	if (in < 0 || write(in, image, sizeof(image)) != sizeof(image)) {
		printf("Bail out! no file\n");
		return 1;
	}
	if (argc > 1 && !strcmp(argv[1], "rate")) /* the loop alone */
		if (pwrite(in, image + 64, sizeof(image) - 64, 0) < 0)
			return 1;
	close(in);
	in = open("input", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	signal(SIGPIPE, SIG_IGN);
	attach(&c.map_id, &c.map, MAP_MAX);
	attach(&c.case_id, &c.cases, CASE_MAX + 4);
	if (!c.map || !c.cases) {
		printf("1..0 # SKIP no System V shared memory\n");
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "rate")) {
		for (unsigned i = 0; i < 4; i++)
			print_rate(&c, i & 1 ? 200 : 10, i & 2);
		return 0;
	}
	for (c.protocol = 0; c.protocol < 2; c.protocol++) {
		c.sandbox = host_sandbox_missing() ? "off" : "on";
		u8 *cases = c.cases;

		test_session(&c, "shared memory");
		c.cases = NULL;
		c.input = in;
		test_session(&c, "standard input");
		test_words(&c);
		if (!c.protocol)
			test_denial(&c);
		c.cases = cases;
		c.input = -1;
		test_races(&c);
		test_orphans(&c);
		test_sizes(&c);
		test_words(&c);
		test_sandbox(&c);
	}
	c.protocol = 0;
	test_filter(&c);
	shmctl(c.map_id, IPC_RMID, NULL);
	shmctl(c.case_id, IPC_RMID, NULL);
	child_end();
	return tap_done();
}
