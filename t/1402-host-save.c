/* SPDX-License-Identifier: MIT */
/*
 * Files that are replaced whole or not at all: every system call of a replacement fails in turn, with
 * every error, once and for ever; and things stand in the way.
 */
#include "lib/host-save.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/tap.h"

#define SIZE 300000u

static char dir[] = "/tmp/vonk-save-XXXXXX";
static char path[64], temp[64];
static u8 old[5000], new[SIZE];

static const int errors[] = { -EIO, -ENOSPC, -EDQUOT, -EFBIG, -EROFS, -EACCES, -EINTR, -ENOMEM };

/* The real calls, of which the n-th fails. */
struct faulty {
	unsigned calls, fail_at; /* counted from 1; 0: none fails */
	int err;
	bool sticky, shorts, interrupts;
	bool renamed;
	unsigned syncs_after_error;
	bool sync_failed;
};

static bool fails(struct faulty *f)
{
	f->calls++;
	return f->fail_at && (f->sticky ? f->calls >= f->fail_at : f->calls == f->fail_at);
}

static int f_create(void *arg, const char *name)
{
	return fails(arg) ? ((struct faulty *)arg)->err : host_io.create(NULL, name);
}

static s64 f_write(void *arg, int fd, const void *buf, size_t n)
{
	struct faulty *f = arg;

	if (fails(f))
		return f->err;
	if (f->interrupts && f->calls % 2)
		return -EINTR;
	return host_io.write(NULL, fd, buf, f->shorts ? (n > 7 ? 1 + n % 7 : 1) : n);
}

static int f_sync(void *arg, int fd)
{
	struct faulty *f = arg;

	f->syncs_after_error += f->sync_failed;
	if (fails(f)) {
		f->sync_failed = f->err != -EINTR;
		return f->err;
	}
	return host_io.sync(NULL, fd);
}

static int f_close(void *arg, int fd)
{
	int bad = fails(arg), ret = host_io.close(NULL, fd);

	return bad ? ((struct faulty *)arg)->err : ret;
}

static int f_rename(void *arg, const char *a, const char *b)
{
	struct faulty *f = arg;

	if (fails(f))
		return f->err;
	f->renamed = true;
	return host_io.rename(NULL, a, b);
}

static int f_sync_dir(void *arg, const char *d)
{
	return fails(arg) ? ((struct faulty *)arg)->err : host_io.sync_dir(NULL, d);
}

static int f_unlink(void *arg, const char *name)
{
	return fails(arg) ? ((struct faulty *)arg)->err : host_io.unlink(NULL, name);
}

static struct host_io faulty_io(struct faulty *f)
{
	return (struct host_io){ f_create, f_write,    f_sync,	 f_close,
				 f_rename, f_sync_dir, f_unlink, f };
}

static void put_file(const char *name, const void *p, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		printf("Bail out! %s\n", name);
	close(fd);
}

static bool holds(const char *name, const void *p, size_t n)
{
	u8 *buf = malloc(n + 1);
	int fd = open(name, O_RDONLY);
	bool same = fd >= 0 && read(fd, buf, n + 1) == (ssize_t)n && !memcmp(buf, p, n);

	if (fd >= 0)
		close(fd);
	free(buf);
	return same;
}

static bool exists(const char *name)
{
	struct stat st;

	return !lstat(name, &st);
}

/* One replacement with the new contents. */
static int replace(const struct host_io *io, const char *name, char *err)
{
	struct host_replace r;
	int ret = host_replace_begin(&r, io, name, err, 256);

	if (ret)
		return ret;
	for (u32 off = 0; !ret && off < SIZE;) {
		u32 n = off % 3 ? 70001 : 17;

		if (n > SIZE - off)
			n = SIZE - off;
		ret = host_replace_write(&r, new + off, n);
		off += n;
	}
	return host_replace_end(&r, ret, err, 256);
}

static void test_plain(void)
{
	struct faulty f = { .shorts = true, .interrupts = true };
	struct host_io io = faulty_io(&f);
	struct stat st;
	char err[256];

	ok(!replace(&host_io, path, err) && holds(path, new, SIZE), "a file that was not there");
	ok(!stat(path, &st) && (st.st_mode & 0777) == 0600, "is its owner's alone");
	put_file(path, old, sizeof(old));
	ok(!replace(&host_io, path, err) && holds(path, new, SIZE), "one that was");
	ok(!exists(temp), "nothing else is left");
	put_file(path, old, sizeof(old));
	ok(!replace(&io, path, err) && holds(path, new, SIZE),
	   "short writes and interrupts make no difference");
}

static void test_faults(void)
{
	struct faulty f = { .fail_at = 0 };
	struct host_io io = faulty_io(&f);
	unsigned sites, bad = 0, tries = 0, left = 0, resynced = 0;
	char err[256];

	put_file(path, old, sizeof(old));
	replace(&io, path, err);
	sites = f.calls;
	for (unsigned site = 1; site <= sites; site++) {
		for (unsigned e = 0; e < 2 * ARRAY_SIZE(errors); e++) {
			bool whole;
			int ret;

			f = (struct faulty){ .fail_at = site,
					     .err = errors[e / 2],
					     .sticky = e & 1 };
			/* Interrupted for ever is a way not to end. */
			if (f.err == -EINTR && f.sticky)
				continue;
			put_file(path, old, sizeof(old));
			*err = '\0';
			ret = replace(&io, path, err);
			whole = f.renamed ? holds(path, new, SIZE) : holds(path, old, sizeof(old));
			/* What is said to be done is done; what is not has a reason. */
			if (!whole || (!ret && !f.renamed) ||
			    (ret && strncmp(err, path, strlen(path)))) {
				diag("call %u, error %d%s: %d '%s'", site, f.err,
				     f.sticky ? " for ever" : "", ret, err);
				bad++;
			}
			left += !f.sticky && exists(temp);
			resynced += f.syncs_after_error;
			unlink(temp);
			tries++;
			put_file(path, old, sizeof(old));
			bad += replace(&host_io, path, err) != 0;
		}
	}
	is(bad, 0, "%u faults at %u calls: the old file or the new one, and the next save works",
	   tries, sites);
	is(left, 0, "and no temporary file");
	is(resynced, 0, "what could not be synced is not synced again");
}

static void test_obstacles(void)
{
	char other[64], err[256];
	int fd;

	snprintf(other, sizeof(other), "%s/other", dir);
	put_file(other, old, sizeof(old));

	unlink(path);
	(void)!symlink(other, path);
	is(replace(&host_io, path, err), -ELOOP, "a symbolic link is not followed");
	ok(strstr(err, "symbolic link") && holds(other, old, sizeof(old)),
	   "nor is what it points at");
	unlink(path);
	(void)!symlink(other, temp);
	ok(replace(&host_io, path, err) && holds(other, old, sizeof(old)) && !exists(path),
	   "a link in the temporary file's place (%s)", err);
	unlink(temp);
	mkdir(path, 0700);
	is(replace(&host_io, path, err), -EISDIR, "a directory");
	rmdir(path);
	mkfifo(path, 0600);
	is(replace(&host_io, path, err), -EINVAL, "a FIFO");
	unlink(path);
	mkfifo(temp, 0600);
	ok(replace(&host_io, path, err) < 0 && exists(temp),
	   "a FIFO in the temporary file's place");
	unlink(temp);
	put_file(temp, old, sizeof(old));
	ok(!replace(&host_io, path, err) && holds(path, new, SIZE),
	   "a dead saver's file is removed");
	put_file(temp, old, sizeof(old));
	fd = open(temp, O_RDONLY);
	flock(fd, LOCK_EX);
	is(replace(&host_io, path, err), -EBUSY, "a living one's is not");
	ok(holds(temp, old, sizeof(old)) && strstr(err, "another process"), "nor is it touched");
	close(fd);
	unlink(temp);
	snprintf(other, sizeof(other), "%s/none/x", dir);
	is(replace(&host_io, other, err), -ENOENT, "a directory that is not there");
	if (geteuid()) {
		chmod(dir, 0500);
		put_file(path, old, sizeof(old));
		is(replace(&host_io, path, err), -EACCES, "a directory that may not be written");
		chmod(dir, 0700);
	} else {
		ok(true, "a directory that may not be written # SKIP root may");
	}
}

/* A process that saves again and again is killed: the file is always whole. */
static void test_kill(void)
{
	unsigned kills = getenv("VONK_ALL") ? 2000 : 60, bad = 0, both[2] = { 0, 0 };
	char err[256];

	for (unsigned i = 0; i < kills; i++) {
		pid_t pid;

		put_file(path, old, sizeof(old));
		pid = fork();
		if (!pid) {
			replace(&host_io, path, err);
			pause();
			_exit(0);
		}
		usleep((unsigned)(i * 7919) % 4000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		if (holds(path, new, SIZE))
			both[1]++;
		else if (holds(path, old, sizeof(old)))
			both[0]++;
		else
			bad++;
	}
	is(bad, 0, "%u kills: %u times the old file, %u times the new one", kills, both[0],
	   both[1]);
	put_file(path, old, sizeof(old));
	ok(!replace(&host_io, path, err), "and nothing is in the way of the next save");
}

static void work(void *arg, struct host_saved *out)
{
	out->bytes = *(u64 *)arg;
	usleep(20000);
	out->err = (int)(out->bytes % 2);
	snprintf(out->text, sizeof(out->text), "text");
}

static void work_and_die(void *arg, struct host_saved *out)
{
	(void)arg;
	(void)out;
	raise(SIGKILL);
}

static void test_child(void)
{
	struct host_saver s = { .pid = 0 };
	u64 n = 6;

	ok(!host_saver_done(&s, true), "no child, nothing to wait for");
	ok(!host_saver_start(&s, NULL, work, &n) && !host_saver_done(&s, false),
	   "a child is at work");
	n = 7;
	ok(host_saver_done(&s, true) && s.got.bytes == 6, "it has seen what was when it began");
	ok(!s.pid && !strcmp(s.got.text, "text"), "and has said all");
	host_saver_start(&s, NULL, work_and_die, NULL);
	ok(host_saver_done(&s, true) && s.got.err == -ECHILD && strstr(s.got.text, "signal 9"),
	   "one that is killed is noticed (%s)", s.got.text);
}

/* No stream is opened here. */
static u64 no_limit(const u8 *head, u64 n)
{
	(void)head;
	(void)n;
	return 0;
}

static void test_source(void)
{
	struct host_source src;
	char err[256], buf[10];
	bool odd;

	put_file(path, old, sizeof(old));
	ok(!host_source_open(&src, path, no_limit, &odd, err, sizeof(err)) &&
		   src.size == sizeof(old),
	   "a file to read");
	is(host_source_read(&src, 4990, buf, 10), 0, "to its end");
	is(host_source_read(&src, 4991, buf, 10), -ENODATA, "not beyond");
	host_source_close(&src);
	ok(host_source_open(&src, dir, no_limit, &odd, err, sizeof(err)) && odd,
	   "a directory is odd");
	ok(host_source_open(&src, "/dev/zero", no_limit, &odd, err, sizeof(err)) && odd,
	   "a device is odd");
	ok(host_source_open(&src, temp, no_limit, &odd, err, sizeof(err)) == -ENOENT && !odd,
	   "what is not there is not");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(temp, sizeof(temp), "%s/file.new", dir);
	memset(old, 'o', sizeof(old));
	for (u32 i = 0; i < SIZE; i++)
		new[i] = (u8)(i * 7 + i / 251);
	test_plain();
	test_faults();
	test_obstacles();
	test_kill();
	test_child();
	test_source();
	unlink(temp);
	unlink(path);
	snprintf(temp, sizeof(temp), "%s/other", dir);
	unlink(temp);
	rmdir(dir);
	return tap_done();
}
