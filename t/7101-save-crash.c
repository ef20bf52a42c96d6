/* SPDX-License-Identifier: MIT */
/*
 * The process that saves, followed call by call with ptrace: killed before and after each of its system
 * calls (fault A2), with the directory, the file system or the disk image gone at each of them (A11); and what
 * the calls leave on a disk that loses its power at any point (A3).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "t/child.h"

static char *first[] = { "-vga",     "none",	     "-m",	 "1",	     "-append",
			 "selftest", "-snap",	     "s/x.snap", "-save-at", "insns=100000",
			 "-limit",   "insns=400000", "-stats",	 NULL };
static char *second[] = { "-vga",     "none",	      "-m",	"1",
			  "-append",  "selftest",     "-snap",	"s/x.snap",
			  "-save-at", "insns=300000", "-limit", "insns=400000",
			  "-stats",   NULL,	      NULL,	NULL };
static struct bytes old, new;
static char good_hash[20];

/* --- a run, followed --- */

enum kind { CREATE, WRITE, SYNC, RENAME, SYNC_DIR, REPORT };
static const char *const kind_name[] = {
	"create", "write", "sync", "rename", "sync_dir", "report"
};

struct op {
	enum kind kind;
	size_t off, n; /* of a write */
};

struct trace {
	unsigned stops; /* entries and exits of calls of the saving process */
	unsigned stop_at; /* 0: never */
	void (*act)(struct trace *t); /* there */
	pid_t main, saver;
	bool record;
	struct op op[1024];
	unsigned nr;
	u8 *data; /* that was written */
	size_t len;
	int file_fd, dir_fd; /* of the process */
	u64 nr_call, arg[6]; /* of the call that it is in */
};

static void peek(pid_t pid, u64 at, void *buf, size_t n)
{
	struct iovec here = { buf, n }, there = { (void *)(uintptr_t)at, n };

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)n)
		memset(buf, 0, n);
}

static void peek_text(pid_t pid, u64 at, char *buf, size_t n)
{
	memset(buf, 0, n);
	for (size_t i = 0; i + 1 < n; i++) {
		peek(pid, at + i, buf + i, 1);
		if (!buf[i])
			break;
	}
}

static void add(struct trace *t, enum kind kind, size_t n)
{
	if (t->nr < ARRAY_SIZE(t->op))
		t->op[t->nr++] = (struct op){ kind, t->len, n };
}

static void note_open(struct trace *t, u64 path, u64 flags, int fd)
{
	char name[64];

	peek_text(t->saver, path, name, sizeof(name));
	if (!strcmp(name, "s/x.snap.new")) {
		t->file_fd = fd;
		add(t, CREATE, 0);
	} else if (flags & O_DIRECTORY) {
		t->dir_fd = fd;
	}
}

/* A call has returned ret. Which of two calls open() and its like make is for the C library to choose. */
static void note(struct trace *t, s64 ret)
{
	if (ret < 0)
		return;
	switch (t->nr_call) {
	case SYS_openat:
		note_open(t, t->arg[1], t->arg[2], (int)ret);
		break;
#ifdef SYS_open
	case SYS_open:
		note_open(t, t->arg[0], t->arg[1], (int)ret);
		break;
#endif
	case SYS_write:
		if ((int)t->arg[0] != t->file_fd) {
			add(t, REPORT, 0);
			break;
		}
		add(t, WRITE, (size_t)ret);
		t->data = realloc(t->data, t->len + (size_t)ret);
		peek(t->saver, t->arg[1], t->data + t->len, (size_t)ret);
		t->len += (size_t)ret;
		break;
	case SYS_fsync:
	case SYS_fdatasync:
		add(t, (int)t->arg[0] == t->file_fd ? SYNC : SYNC_DIR, 0);
		break;
	case SYS_close:
		if ((int)t->arg[0] == t->file_fd)
			t->file_fd = -1;
		break;
#ifdef SYS_rename
	case SYS_rename:
#endif
	case SYS_renameat:
	case SYS_renameat2:
		add(t, RENAME, 0);
	}
}

static void stopped(struct trace *t)
{
	struct __ptrace_syscall_info info;

	t->stops++;
	if (t->record && ptrace(PTRACE_GET_SYSCALL_INFO, t->saver, sizeof(info), &info) > 0) {
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			t->nr_call = info.entry.nr;
			memcpy(t->arg, info.entry.args, sizeof(t->arg));
		} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
			note(t, info.exit.rval);
		}
	}
	if (t->stops == t->stop_at)
		t->act(t);
}

static void wait_for_tracer(void *arg)
{
	(void)arg;
	child_uncounted();
	raise(SIGSTOP);
}

/* false: it cannot be followed here. */
static bool follow(struct child *c, char *const *args, struct trace *t)
{
	int status, end = -1;

	t->stops = t->nr = 0;
	t->file_fd = t->dir_fd = -1;
	t->saver = 0;
	child_start(c, args, wait_for_tracer, NULL);
	t->main = c->pid;
	waitpid(c->pid, &status, WUNTRACED);
	if (ptrace(PTRACE_SEIZE, c->pid, 0,
		   PTRACE_O_TRACEFORK | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, &status, 0);
		return false;
	}
	kill(c->pid, SIGCONT);
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		int sig = 0;

		if (pid < 0)
			break;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (pid == t->main)
				end = status;
			continue;
		}
		if (!t->saver && pid != t->main)
			t->saver = pid;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			stopped(t);
		else if (!(status >> 16) && WSTOPSIG(status) != SIGSTOP)
			sig = WSTOPSIG(status);
		ptrace(pid == t->main ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, sig);
	}
	child_ended(c, end);
	return true;
}

static void put_old(void)
{
	mkdir("s", 0700);
	unlink("s/x.snap.new");
	write_file("s/x.snap", old.p, old.n);
}

static void prepare(void)
{
	struct child c;

	mkdir("s", 0700);
	child_run(&c, first);
	old = read_file("s/x.snap");
	child_run(&c, second);
	new = read_file("s/x.snap");
	hash_of(&c, good_hash);
	ok(old.n && new.n &&*good_hash &&memcmp(old.p, new.p, old.n < new.n ? old.n : new.n),
	   "two snapshots, of %zu and %zu octets", old.n, new.n);
}

/* The guest has gone on as ever. */
static bool guest_lives(const struct child *c)
{
	char hash[20];

	return WIFEXITED(c->status) && WEXITSTATUS(c->status) == 124 &&
	       !strcmp(hash_of(c, hash), good_hash);
}

/* --- A2: killed --- */

static void kill_saver(struct trace *t)
{
	kill(t->saver, SIGKILL);
}

static void kill_both(struct trace *t)
{
	kill(t->main, SIGKILL);
	kill(t->saver, SIGKILL);
}

static void test_kills(unsigned stops)
{
	unsigned step = by_tier(5, 1, 1), bad = 0, silent = 0, dead = 0, late = 0, nr = 0, kept = 0;
	struct child c;

	for (unsigned at = 1; at <= stops; at += step) {
		for (unsigned both = 0; both < 2; both++) {
			struct trace t = { .stop_at = at, .act = both ? kill_both : kill_saver };
			bool is_old, is_new;

			put_old();
			follow(&c, second, &t);
			is_old = holds("s/x.snap", &old);
			is_new = holds("s/x.snap", &new);
			nr++;
			kept += is_old;
			if (!is_old && !is_new) {
				diag("killed at stop %u: neither", at);
				bad++;
			}
			if (both)
				continue;
			dead += !guest_lives(&c);
			/* That it was made may be known already. */
			silent +=
				!said(&c, "not saved: the saving process was killed (signal 9)") &&
				!(is_new && said(&c, "vonk: saved s/x.snap"));
			if (at % 4 == 1) {
				child_run(&c, second);
				late += !holds("s/x.snap", &new) || !access("s/x.snap.new", F_OK);
			}
		}
	}
	is(bad, 0, "A2: %u kills at %u stops: the old file (%u times) or the new one", nr, stops,
	   kept);
	is(dead, 0, "and the guest goes on");
	is(silent, 0, "which says that there was no save");
	is(late, 0, "the next save works");
}

/* --- A11: things go away --- */

static void remove_directory(struct trace *t)
{
	(void)t;
	unlink("s/x.snap");
	unlink("s/x.snap.new");
	rmdir("s");
}

static void test_directory(unsigned stops)
{
	unsigned bad = 0, nr = 0, failed = 0;
	struct child c;

	for (unsigned at = 1; at <= stops; at += by_tier(7, 1, 1)) {
		struct trace t = { .stop_at = at, .act = remove_directory };

		put_old();
		follow(&c, second, &t);
		nr++;
		failed += said(&c, "vonk: not saved: s/x.snap: ") != 0;
		if (!guest_lives(&c) || (!said(&c, "vonk: not saved: s/x.snap: ") &&
					 !said(&c, "vonk: saved s/x.snap"))) {
			bad++;
			diag("removed at stop %u: %s", at, c.err);
		}
	}
	ok(!bad && failed,
	   "A11: the directory removed at %u stops: %u saves fail and say why, the "
	   "guest goes on",
	   nr, failed);
}

static unsigned remounts;

static void remount_ro(struct trace *t)
{
	(void)t;
	remounts += !mount("none", "s", NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

static void test_read_only(unsigned stops)
{
	unsigned bad = 0, failed = 0;
	struct child c;

	unlink("s/x.snap");
	unlink("s/x.snap.new");
	mkdir("s", 0700);
	if (mount("none", "s", "tmpfs", 0, "size=1m")) {
		ok(true, "A11: a file system that becomes read-only # SKIP it cannot be mounted");
		return;
	}
	for (unsigned at = 1; at <= stops; at += by_tier(7, 1, 1)) {
		struct trace t = { .stop_at = at, .act = remount_ro };
		unsigned before = remounts;

		put_old();
		follow(&c, second, &t);
		if (remounts != before && !holds("s/x.snap", &old) && !holds("s/x.snap", &new))
			bad++;
		bad += !guest_lives(&c);
		failed += said(&c, "not saved: s/x.snap: Read-only file system") != 0;
		mount("none", "s", NULL, MS_REMOUNT, NULL);
	}
	umount2("s", MNT_DETACH);
	ok(!bad && failed, "A11: read-only at %u stops: %u saves fail and say so", remounts,
	   failed);
}

static void unlink_image(struct trace *t)
{
	(void)t;
	unlink("disk");
}

static void test_image(unsigned stops)
{
	static u8 image[100000];
	struct bytes want;
	struct child c;
	unsigned bad = 0;

	second[13] = "-hda";
	second[14] = "disk";
	memset(image, 'i', sizeof(image));
	write_file("disk", image, sizeof(image));
	put_old();
	child_run(&c, second);
	want = read_file("s/x.snap");
	for (unsigned at = 1; at <= stops; at += by_tier(9, 2, 1)) {
		struct trace t = { .stop_at = at, .act = unlink_image };

		write_file("disk", image, sizeof(image));
		put_old();
		follow(&c, second, &t);
		bad += !holds("s/x.snap", &want) || !WIFEXITED(c.status);
	}
	second[13] = NULL;
	free(want.p);
	is(bad, 0, "A11: the disk image unlinked during a save: the save is complete");
}

/* --- A3: the power fails --- */

#define SECTOR 512u

/* A disk: what is under the path, and the file that is being made. */
struct power {
	u8 *disk; /* the new file's octets that are there for sure, or by luck */
	size_t synced, len; /* of it, when the power fails */
	bool renamed, rename_synced, reported;
};

static void apply(struct power *p, const struct op *op, unsigned nr)
{
	*p = (struct power){ .disk = p->disk };
	for (unsigned i = 0; i < nr; i++) {
		switch (op[i].kind) {
		case CREATE:
			p->len = p->synced = 0;
			break;
		case WRITE:
			p->len = op[i].off + op[i].n;
			break;
		case SYNC:
			p->synced = p->len;
			break;
		case RENAME:
			p->renamed = true;
			break;
		case SYNC_DIR:
			p->rename_synced = p->renamed;
			break;
		case REPORT:
			p->reported = true;
		}
	}
}

/* What the path holds after a failure; octets that were not synced are there, or old, sector by sector. */
static bool survives(struct power *p, const struct trace *t)
{
	bool have_new = p->rename_synced || (p->renamed && chance() & 1);
	size_t len = p->len;

	if (!have_new)
		return !p->reported;
	if (len > p->synced && chance() & 1)
		len = p->synced + chance() % (len - p->synced + 1);
	if (len != t->len)
		return false;
	for (size_t off = p->synced; off < len; off += SECTOR - off % SECTOR)
		if (chance() & 1)
			return false; /* a sector of noise in a file that looks complete */
	return true;
}

/* How many of the states are neither old nor new, or lose what was said to be saved. */
static unsigned fail_power(const struct trace *t, const struct op *op, unsigned nr, unsigned tries)
{
	struct power p = { .disk = NULL };
	unsigned bad = 0;

	for (unsigned n = 0; n <= nr; n++) {
		apply(&p, op, n);
		for (unsigned i = 0; i < tries; i++)
			bad += !survives(&p, t);
	}
	return bad;
}

/* The same calls without the n-th of a kind. */
static unsigned without(const struct trace *t, enum kind kind, struct op *out)
{
	unsigned nr = 0;
	bool left = false;

	for (unsigned i = 0; i < t->nr; i++) {
		if (t->op[i].kind == kind && !left) {
			left = true;
			continue;
		}
		out[nr++] = t->op[i];
	}
	return left ? nr : 0;
}

static void test_power(const struct trace *t)
{
	unsigned tries = by_tier(20, 100, 10000 / (t->nr ? t->nr : 1) + 1), nr, i;
	static struct op op[1024];
	char order[256] = "";

	for (i = 0; i < t->nr; i++)
		if (!i || t->op[i].kind != t->op[i - 1].kind)
			strcat(strcat(order, " "), kind_name[t->op[i].kind]);
	ok(!strcmp(order, " create write sync rename sync_dir report"), "the calls:%s", order);
	ok(t->len == new.n && !memcmp(t->data, new.p, new.n), "write the new file");
	is(fail_power(t, t->op, t->nr, tries), 0,
	   "A3: after each of %u calls the power fails in %u ways: the old file or the new one",
	   t->nr, tries);
	/* The model notices what it is there for. */
	nr = without(t, SYNC, op);
	ok(nr && fail_power(t, op, nr, 100), "not if the file is not synced");
	nr = without(t, SYNC_DIR, op);
	ok(nr && fail_power(t, op, nr, 100), "nor the directory");
	memcpy(op, t->op, sizeof(op));
	for (i = 0; i + 1 < t->nr; i++) {
		if (op[i].kind == SYNC && op[i + 1].kind == RENAME) {
			op[i].kind = RENAME;
			op[i + 1].kind = SYNC;
		}
	}
	ok(fail_power(t, op, t->nr, 100), "nor if it is renamed before");
}

int main(void)
{
	static struct trace t = { .record = true };
	struct child c;

	/* The leak detector of a sanitized vonk does not work in a process that is traced. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	child_begin();
	prepare();
	put_old();
	if (!follow(&c, second, &t)) {
		ok(true, "a process cannot be followed # SKIP no ptrace");
		child_end();
		return tap_done();
	}
	ok(t.stops > 10 && t.nr && holds("s/x.snap", &new) && guest_lives(&c),
	   "a save, followed over %u stops", t.stops);
	test_power(&t);
	test_kills(t.stops);
	test_directory(t.stops);
	test_image(t.stops);
	test_read_only(t.stops);
	child_end();
	return tier_done("obj/t/7101-save-crash");
}
