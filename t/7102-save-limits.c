/* SPDX-License-Identifier: MIT */
/*
 * Saves that are killed at any time (fault A1), that find too little room (A5), over the file that was restored
 * from (A9), and of two processes with one path (A10).
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "t/child.h"

static char *first[] = { "-vga",     "none",	     "-m",	 "1",	     "-append",
			 "selftest", "-snap",	     "s/x.snap", "-save-at", "insns=100000",
			 "-limit",   "insns=400000", "-stats",	 NULL };
static char *second[] = { "-vga",     "none",	      "-m",	  "1",	      "-append",
			  "selftest", "-snap",	      "s/x.snap", "-save-at", "insns=300000",
			  "-limit",   "insns=400000", "-stats",	  NULL };
static struct bytes old, new;
static char good_hash[20];
static u64 run_ns; /* of a whole run */

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

static void prepare(void)
{
	struct child c;
	u64 start;

	mkdir("s", 0700);
	child_run(&c, first);
	old = read_file("s/x.snap");
	start = now_ns();
	child_run(&c, second);
	run_ns = now_ns() - start;
	new = read_file("s/x.snap");
	hash_of(&c, good_hash);
	ok(old.n && new.n &&*good_hash, "two snapshots, of %zu and %zu octets", old.n, new.n);
}

static bool guest_lives(const struct child *c)
{
	char hash[20];

	return WIFEXITED(c->status) && WEXITSTATUS(c->status) == 124 &&
	       !strcmp(hash_of(c, hash), good_hash);
}

static void put_old(void)
{
	write_file("s/x.snap", old.p, old.n);
}

static void own_group(void *arg)
{
	(void)arg;
	child_uncounted();
	setpgid(0, 0);
}

/* --- A1 --- */

static void test_kill(void)
{
	unsigned kills = by_tier(40, 200, 10000), bad = 0, kept = 0;
	struct child c;

	for (unsigned i = 0; i < kills; i++) {
		bool is_old;

		put_old();
		child_start(&c, second, own_group, NULL);
		usleep((unsigned)(chance() % (run_ns * 6 / 5) / 1000));
		/* The machine, or the one that saves too. */
		if (i & 1)
			kill(c.pid, SIGKILL);
		else if (kill(-c.pid, SIGKILL))
			kill(c.pid, SIGKILL);
		child_wait(&c);
		/* The saver of a killed machine may still be at work. */
		if (i & 2)
			while (wait(NULL) > 0)
				;
		is_old = holds("s/x.snap", &old);
		while (wait(NULL) > 0)
			;
		if (!is_old && !holds("s/x.snap", &new))
			bad++;
		kept += is_old;
	}
	is(bad, 0, "A1: %u kills: the old file (%u times) or the new one", kills, kept);
	child_run(&c, second);
	ok(holds("s/x.snap", &new) && access("s/x.snap.new", F_OK), "nothing is in the way then");
}

/* --- A5 --- */

static rlim_t file_limit;

static void limit_files(void *arg)
{
	struct rlimit r = { file_limit, file_limit };

	(void)arg;
	child_uncounted();
	setrlimit(RLIMIT_FSIZE, &r);
}

/* One failed save: the old file is there, nothing else, and it is told why. */
static bool kept(const struct child *c, const char *why)
{
	char text[128];

	snprintf(text, sizeof(text), "vonk: not saved: s/x.snap: %s", why);
	return guest_lives(c) && said(c, text) && holds("s/x.snap", &old) &&
	       access("s/x.snap.new", F_OK);
}

static void test_file_size(void)
{
	unsigned nr = by_tier(6, 20, (unsigned)(new.n / 512)), bad = 0;
	struct child c;

	for (unsigned i = 0; i < nr; i++) {
		file_limit = new.n *i / nr;
		/* What is said has to have room. */
		if (file_limit < 1024)
			file_limit = 1024;
		put_old();
		child_start(&c, second, limit_files, NULL);
		child_wait(&c);
		if (!kept(&c, "File too large")) {
			diag("a limit of %llu: status %#x: %s", (unsigned long long)file_limit,
			     c.status, c.err);
			bad++;
		}
	}
	is(bad, 0, "A5: %u limits of a file's size: the old file is kept", nr);
	file_limit = new.n;
	child_start(&c, second, limit_files, NULL);
	child_wait(&c);
	ok(guest_lives(&c) && holds("s/x.snap", &new), "one that suffices");
}

/* A small file system, and something that leaves `room` of it. */
static bool leave_room(size_t room)
{
	static u8 zero[4096];
	int fd;

	put_old();
	fd = open("s/fill", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (int i = 0; i < 4096 && write(fd, zero, sizeof(zero)) == sizeof(zero); i++)
		;
	if (ftruncate(fd, lseek(fd, 0, SEEK_END) - (off_t)room)) {
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

static void test_small_disk(void)
{
	size_t pages = (new.n + 4095) / 4096, step = by_tier(2, 1, 1), nr = 0, bad = 0;
	struct child c;

	if (mount("none", "s", "tmpfs", 0, "size=256k")) {
		ok(true, "A5: a file system without room # SKIP it cannot be mounted");
		return;
	}
	for (size_t room = 0; room < pages; room += step, nr++) {
		if (!leave_room(room * 4096)) {
			bad++;
			continue;
		}
		child_run(&c, second);
		if (!kept(&c, "No space left on device")) {
			diag("%zu pages are free: %s", room, c.err);
			bad++;
		}
	}
	is(bad, 0, "A5: %zu sizes of what is free: the old file is kept", nr);
	leave_room(4096 * pages + 4096);
	child_run(&c, second);
	ok(guest_lives(&c) && holds("s/x.snap", &new), "and replaced where there is room");
	umount2("s", MNT_DETACH);
}

/* --- A9 --- */

static void test_same_file(void)
{
	unsigned nr = by_tier(4, 10, 1000), bad = 0;
	char at[40], *args[] = { "-restore", "s/x.snap", "-snap",	 "s/x.snap", "-save-at",
				 at,	     "-limit",	 "insns=400000", "-stats",   NULL };
	char *raw[] = { "-restore", "s/x.snap,verify=header",
			"-snap",    "s/x.snap,compress=none",
			"-save-at", at,
			"-limit",   "insns=400000",
			"-stats",   NULL };
	char *again[] = { "-restore", "s/x.snap", "-limit", "insns=400000", "-stats", NULL };
	struct child c;

	for (unsigned i = 0; i < nr; i++) {
		snprintf(at, sizeof(at), "insns=%u", 100000 + (unsigned)(chance() % 300000));
		put_old();
		child_run(&c, i & 1 ? raw : args);
		bad += !guest_lives(&c) || !said(&c, "vonk: saved s/x.snap");
		/* Over pages that are mapped from the file that goes away. */
		child_run(&c, again);
		bad += !guest_lives(&c);
		if (i & 1) {
			snprintf(at, sizeof(at), "insns=%u", 399999);
			child_run(&c, raw);
			bad += !guest_lives(&c);
		}
	}
	is(bad, 0, "A9: saved over the file that was restored, %u times", nr);
}

/* --- A10 --- */

static void test_two(void)
{
	unsigned nr = by_tier(5, 20, 1000), bad = 0, busy = 0;
	struct child a, b;

	for (unsigned i = 0; i < nr; i++) {
		bool one, other;

		unlink("s/x.snap");
		unlink("s/x.snap.new");
		child_start(&a, first, NULL, NULL);
		usleep((unsigned)(chance() % (run_ns / 2000 + 1)));
		child_start(&b, second, NULL, NULL);
		child_wait(&a);
		child_wait(&b);
		one = holds("s/x.snap", &old);
		other = holds("s/x.snap", &new);
		bad += !one && !other;
		bad += !WIFEXITED(a.status) || !WIFEXITED(b.status) ||
		       WEXITSTATUS(a.status) != 124 || WEXITSTATUS(b.status) != 124;
		busy += said(&b, "another process is saving to it") != 0;
		bad += access("s/x.snap.new", F_OK) == 0;
	}
	is(bad, 0, "A10: two processes save to one path, %u times (%u times one found the other)",
	   nr, busy);
}

int main(void)
{
	child_begin();
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* savers without a parent are waited for here */
	prepare();
	test_kill();
	test_file_size();
	test_same_file();
	test_two();
	test_small_disk();
	child_end();
	return tier_done("obj/t/7102-save-limits");
}
