/* SPDX-License-Identifier: MIT */
/*
 * Several processes that save to one path (fault A10): at every instant the file is one of them, complete.
 * First the two orders of events that go wrong where the lock is trusted alone, then many at random.
 */
#include "lib/host-save.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/tier.h"

#define SIZE 200000u

static char dir[] = "/tmp/vonk-race-XXXXXX";
static char path[64], temp[64];

/* SIZE times the same letter. */
static int put(struct host_replace *r, u8 letter, size_t n)
{
	static u8 buf[SIZE];

	memset(buf, letter, n);
	return host_replace_write(r, buf, n);
}

/* The letter of a complete file; 0: none, or not complete. */
static u8 letter_of(const char *name)
{
	static u8 buf[SIZE + 1];
	int fd = open(name, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, sizeof(buf));

	if (fd >= 0)
		close(fd);
	if (n != SIZE)
		return 0;
	for (u32 i = 1; i < SIZE; i++)
		if (buf[i] != buf[0])
			return 0;
	return buf[0];
}

static int save(u8 letter, char *err)
{
	struct host_replace r;
	int ret = host_replace_begin(&r, &host_io, path, err, 256);

	return ret ? ret : host_replace_end(&r, put(&r, letter, SIZE), err, 256);
}

/* Another process that comes between the making of the temporary file and its locking. */
static struct host_replace other;
static int other_ret;
static bool came;

static int create_and_wait(void *arg, const char *name)
{
	int fd = host_io.create(arg, name);
	char err[256];

	if (!came) {
		came = true;
		other_ret = host_replace_begin(&other, &host_io, path, err, sizeof(err));
		if (!other_ret)
			put(&other, 'b', SIZE / 2);
	}
	return fd;
}

static void test_between(void)
{
	struct host_io io = host_io;
	struct host_replace r;
	char err[256];
	int ret;

	io.create = create_and_wait;
	save('o', err);
	ret = host_replace_begin(&r, &io, path, err, sizeof(err));
	is(other_ret, 0, "a file that is not locked yet is taken for a dead one's");
	ok(ret == -EBUSY && strstr(err, "another process"), "whose maker notices");
	if (!ret)
		host_replace_end(&r, put(&r, 'a', SIZE), err, sizeof(err));
	is(letter_of(path), 'o', "the old file is there");
	ret = host_replace_end(&other, put(&other, 'b', SIZE - SIZE / 2), err, sizeof(err));
	ok(!ret && letter_of(path) == 'b', "until the other one is complete");
}

/* Some save, others are killed while they do; nobody ever sees half a file. */
static void one_of_many(u8 letter, unsigned saves)
{
	char err[256];

	for (unsigned i = 0; i < saves; i++) {
		int ret = save(letter, err);

		if (ret && ret != -EBUSY) {
			diag("%c: %d %s", letter, ret, err);
			_exit(1);
		}
	}
	_exit(0);
}

static void test_many(void)
{
	unsigned saves = by_tier(60, 200, 2000), bad = 0, seen = 0, failed = 0, running = 5;
	pid_t pid[5];
	char err[256];

	(void)chance();
	save('o', err);
	for (unsigned i = 0; i < 5; i++) {
		pid[i] = fork();
		if (!pid[i])
			one_of_many((u8)('a' + i), saves);
	}
	while (running) {
		int status;

		bad += !letter_of(path);
		seen++;
		if (chance() % 20 == 0) {
			/* A saver that dies: its file is in nobody's way. */
			pid_t victim = fork();

			if (!victim)
				one_of_many('x', 1000);
			usleep((unsigned)(chance() % 3000));
			kill(victim, SIGKILL);
			waitpid(victim, &status, 0);
		}
		while (running && waitpid(-1, &status, WNOHANG) > 0) {
			running--;
			failed += status != 0;
		}
	}
	is(bad, 0, "5 processes save %u times each: %u times looked at, always complete", saves,
	   seen);
	is(failed, 0, "and each save is made, or told to be another's");
	ok(!save('z', err) && letter_of(path) == 'z' && access(temp, F_OK),
	   "afterwards nothing is in the way");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(temp, sizeof(temp), "%s/file.new", dir);
	test_between();
	test_many();
	unlink(temp);
	unlink(path);
	rmdir(dir);
	return tier_done("obj/t/1403-save-race");
}
