/* SPDX-License-Identifier: MIT */
/* Runs of the program ($VONK) from C, in a directory of their own, and what became of them. */
#ifndef T_CHILD_H
#define T_CHILD_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/tier.h"

struct bytes {
	u8 *p;
	size_t n;
};

struct child {
	pid_t pid;
	int status; /* as waitpid() tells */
	char err[4096]; /* its stderr */
};

static char child_dir[64], child_vonk[4096], child_repo[4096];

/* A new directory, which becomes the current one. */
__attribute__((unused)) static void child_begin(void)
{
	const char *vonk = getenv("VONK");

	if (!realpath(vonk ? vonk : "./vonk", child_vonk)) {
		printf("1..0 # SKIP no vonk (VONK)\n");
		exit(0);
	}
	strcpy(child_dir, "/tmp/vonk-fault-XXXXXX");
	if (!getcwd(child_repo, sizeof(child_repo)) || !mkdtemp(child_dir) || chdir(child_dir)) {
		printf("Bail out! no directory\n");
		exit(1);
	}
}

__attribute__((unused)) static void child_end(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", child_dir);
	(void)!chdir("/");
	(void)!system(cmd);
}

/*
 * For a process that is killed, or has no room: what gcov would keep of it is put where it does no harm, and what it has
 * of the test itself is written before, not at the exec.
 */
#ifdef VONK_GCOV
void __gcov_dump(void);
#else
static inline void __gcov_dump(void)
{
}
#endif

__attribute__((unused)) static void child_uncounted(void)
{
	setenv("GCOV_PREFIX", child_dir, 1);
	setenv("GCOV_ERROR_FILE", "/dev/null", 1);
	__gcov_dump();
}

static struct bytes read_file(const char *name)
{
	struct bytes b = { NULL, 0 };
	struct stat st;
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		return b;
	if (!fstat(fd, &st) && st.st_size) {
		b.p = malloc((size_t)st.st_size);
		b.n = (size_t)st.st_size;
		if (read(fd, b.p, b.n) != (ssize_t)b.n)
			b.n = 0;
	}
	close(fd);
	return b;
}

__attribute__((unused)) static void write_file(const char *name, const void *p, size_t n)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		printf("Bail out! cannot write %s\n", name);
	close(fd);
}

__attribute__((unused)) static bool holds(const char *name, const struct bytes *want)
{
	struct bytes b = read_file(name);
	bool same = b.n == want->n && !memcmp(b.p, want->p, b.n);

	free(b.p);
	return same;
}

/* Starts it with these arguments after the name, ended by NULL; `before` is called in the child. */
static void child_start(struct child *c, char *const *args, void (*before)(void *arg), void *arg)
{
	char *argv[48] = { child_vonk };
	unsigned n = 1;

	while (*args && n < ARRAY_SIZE(argv) - 1)
		argv[n++] = *args++;
	fflush(stdout);
	c->pid = fork();
	if (c->pid)
		return;
	close(0);
	(void)!open("/dev/null", O_RDONLY);
	close(1);
	(void)!open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	close(2);
	(void)!open("err", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (before)
		before(arg);
	execv(child_vonk, argv);
	_exit(127);
}

/* After its end. */
static void child_ended(struct child *c, int status)
{
	struct bytes b = read_file("err");

	c->status = status;
	if (b.n >= sizeof(c->err))
		b.n = sizeof(c->err) - 1;
	if (b.n)
		memcpy(c->err, b.p, b.n);
	c->err[b.n] = '\0';
	free(b.p);
}

static void child_wait(struct child *c)
{
	int status = -1;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	child_ended(c, status);
}

__attribute__((unused)) static void child_run(struct child *c, char *const *args)
{
	child_start(c, args, NULL, NULL);
	child_wait(c);
}

__attribute__((unused)) static bool said(const struct child *c, const char *text)
{
	return strstr(c->err, text);
}

/* What -stats says, up to the end of the line; "" if nothing. */
__attribute__((unused)) static const char *hash_of(const struct child *c, char out[20])
{
	const char *at = strstr(c->err, "\"state_hash\": \"");

	out[0] = '\0';
	if (at)
		snprintf(out, 17, "%s", at + 15);
	return out;
}

#endif
