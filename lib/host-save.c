/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lib/host-save.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/host-load.h"
#include "lib/host-signal.h"
#include "lib/host.h"

#define BUF 65536u

/* The system's calls. */

static int io_create(void *arg, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	(void)arg;
	return fd < 0 ? -errno : fd;
}

static s64 io_write(void *arg, int fd, const void *buf, size_t n)
{
	ssize_t put = write(fd, buf, n);

	(void)arg;
	return put < 0 ? -errno : put;
}

static int io_sync(void *arg, int fd)
{
	(void)arg;
	return fsync(fd) ? -errno : 0;
}

static int io_close(void *arg, int fd)
{
	(void)arg;
	return close(fd) ? -errno : 0;
}

static int io_rename(void *arg, const char *from, const char *to)
{
	(void)arg;
	return rename(from, to) ? -errno : 0;
}

static int io_sync_dir(void *arg, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret;

	(void)arg;
	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

static int io_unlink(void *arg, const char *path)
{
	(void)arg;
	return unlink(path) ? -errno : 0;
}

const struct host_io host_io = {
	.create = io_create,
	.write = io_write,
	.sync = io_sync,
	.close = io_close,
	.rename = io_rename,
	.sync_dir = io_sync_dir,
	.unlink = io_unlink,
};

/* Replacing a file. */

static char *join(const char *a, size_t n, const char *b)
{
	size_t m = strlen(b);
	char *s = malloc(n + m + 1);

	if (s) {
		memcpy(s, a, n);
		memcpy(s + n, b, m + 1);
	}
	return s;
}

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return join(".", 1, "");
	return slash == path ? join("/", 1, "") : join(path, (size_t)(slash - path), "");
}

static void forget(struct host_replace *r)
{
	free(r->path);
	free(r->temp);
	free(r->dir);
	free(r->buf);
	*r = (struct host_replace){ .fd = -1 };
}

static int check_target(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISREG(st.st_mode))
		return 0;
	return S_ISDIR(st.st_mode) ? -EISDIR : S_ISLNK(st.st_mode) ? -ELOOP : -EINVAL;
}

/* Is this what stands under that name? */
static bool is_named(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !lstat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Somebody's temporary file is in the way: 0 if he is dead and it is gone. */
static int remove_stale(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), ret = 0;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		ret = -EEXIST;
	else if (flock(fd, LOCK_EX | LOCK_NB))
		ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
	/* Who was faster has removed it already, and the name may be his by now. */
	else if (is_named(fd, path) && unlink(path) && errno != ENOENT)
		ret = -errno;
	close(fd);
	return ret;
}

/*
 * The lock says that somebody is at work. Between the making and the locking another process may
 * have taken the file for a dead one's and removed it: then this one is not it.
 */
static int create_temp(struct host_replace *r)
{
	for (unsigned tries = 0; tries < 100; tries++) {
		int fd = r->io->create(r->io->arg, r->temp), ret;

		if (fd == -EINTR)
			continue;
		if (fd == -EEXIST) {
			ret = remove_stale(r->temp);
			if (ret)
				return ret;
			continue;
		}
		if (fd < 0)
			return fd;
		if ((!flock(fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK) &&
		    is_named(fd, r->temp)) {
			r->fd = fd;
			return 0;
		}
		r->io->close(r->io->arg, fd);
	}
	return -EBUSY;
}

/* A child of ours that reads the stream. */
static int run_command(struct host_replace *r, const char *command)
{
	int fd[2], ret;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		signal(SIGPIPE, SIG_DFL);
		signal(SIGXFSZ, SIG_DFL);
		dup2(fd[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	ret = pid < 0 ? -errno : 0;
	close(fd[0]);
	if (ret)
		close(fd[1]);
	else
		r->fd = fd[1];
	r->pid = pid > 0 ? (int)pid : 0;
	return ret;
}

bool host_replace_is_stream(const char *path)
{
	return !strcmp(path, "-") || *path == '|';
}

static int open_stream(struct host_replace *r, const char *path)
{
	r->stream = true;
	if (*path == '|')
		return run_command(r, path + 1);
	r->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return r->fd < 0 ? -errno : 0;
}

static int end_stream(struct host_replace *r)
{
	int status = 0;

	if (r->fd >= 0)
		close(r->fd);
	while (r->pid && waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status ? -EPIPE : 0;
}

static const char *reason(int err)
{
	switch (err) {
	case -EBUSY:
		return "another process is saving to it";
	case -ESTALE:
		return "its temporary file was removed";
	case -ELOOP:
		return "is a symbolic link; name the file itself";
	case -EINVAL:
		return "is not a regular file";
	default:
		return strerror(-err);
	}
}

int host_replace_begin(struct host_replace *r, const struct host_io *io, const char *path,
		       char *err, size_t errlen)
{
	int ret;

	*r = (struct host_replace){ .io = io, .fd = -1 };
	r->path = join(path, strlen(path), "");
	r->temp = join(path, strlen(path), ".new");
	r->dir = dir_of(path);
	r->buf = malloc(BUF);
	ret = r->path && r->temp && r->dir && r->buf ? 0 : -ENOMEM;
	if (!ret && host_replace_is_stream(path)) {
		ret = open_stream(r, path);
	} else if (!ret) {
		ret = check_target(path);
		if (!ret)
			ret = create_temp(r);
	}
	if (!ret)
		return 0;
	snprintf(err, errlen, "%s: %s", path, reason(ret));
	if (r->fd >= 0)
		io->close(io->arg, r->fd);
	forget(r);
	return ret;
}

static int write_all(struct host_replace *r, const u8 *p, size_t n)
{
	while (n) {
		s64 put = r->io->write(r->io->arg, r->fd, p, n);

		if (put == -EINTR)
			continue;
		if (put <= 0)
			return put ? (int)put : -EIO;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int host_replace_write(void *replace, const void *buf, size_t n)
{
	struct host_replace *r = replace;
	int ret = 0;

	r->bytes += n;
	if (n >= BUF - r->num) {
		ret = write_all(r, r->buf, r->num);
		r->num = 0;
		if (!ret && n >= BUF)
			return write_all(r, buf, n);
	}
	if (!ret) {
		memcpy(r->buf + r->num, buf, n);
		r->num += (u32)n;
	}
	return ret;
}

static int commit(struct host_replace *r)
{
	int ret = write_all(r, r->buf, r->num);

	if (!ret) {
		do
			ret = r->io->sync(r->io->arg, r->fd);
		while (ret == -EINTR);
	}
	if (!ret)
		ret = check_target(r->path);
	/* Somebody may have cleaned up. */
	if (!ret && !is_named(r->fd, r->temp))
		ret = -ESTALE;
	if (!ret)
		ret = r->io->rename(r->io->arg, r->temp, r->path);
	return ret;
}

int host_replace_end(struct host_replace *r, int ret, char *err, size_t errlen)
{
	if (r->stream) {
		int status;

		if (!ret)
			ret = write_all(r, r->buf, r->num);
		status = end_stream(r);
		ret = ret ? ret : status;
		if (ret)
			snprintf(err, errlen, "%s: %s", r->path, strerror(-ret));
		forget(r);
		return ret;
	}
	if (!ret)
		ret = commit(r);
	if (ret) {
		snprintf(err, errlen, "%s: %s", r->path, reason(ret));
		if (ret != -ESTALE)
			r->io->unlink(r->io->arg, r->temp);
	}
	/*
	 * The descriptor holds the lock that says whose PATH.new is: it goes after the name. What
	 * closing could report, syncing has reported.
	 */
	r->io->close(r->io->arg, r->fd);
	if (!ret) {
		ret = r->io->sync_dir(r->io->arg, r->dir);
		if (ret)
			snprintf(err, errlen, "%s: is complete, but its directory: %s", r->path,
				 strerror(-ret));
	}
	forget(r);
	return ret;
}

/* The saving process. */

static void child(int fd, void (*work)(void *arg, struct host_saved *out), void *arg)
{
	struct host_saved out;
	const u8 *p = (const u8 *)&out;
	size_t left = sizeof(out);

	/* What stops the machine does not stop its last save. */
	host_signals.again = NULL;
	host_signals.tidy = NULL;
	memset(&out, 0, sizeof(out));
	work(arg, &out);
	while (left) {
		ssize_t put = write(fd, p, left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			_exit(1);
		p += put;
		left -= (size_t)put;
	}
	_exit(0);
}

/* That the loop wakes up is all that is needed. */
static void woken(void *arg, short revents)
{
	(void)arg;
	(void)revents;
}

int host_saver_start(struct host_saver *s, struct host *host,
		     void (*work)(void *arg, struct host_saved *out), void *arg)
{
	int fd[2], ret;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pid = fork();
	if (pid < 0) {
		ret = -errno;
		close(fd[0]);
		close(fd[1]);
		return ret;
	}
	if (!pid) {
		close(fd[0]);
		fcntl(fd[1], F_SETFL, 0);
		child(fd[1], work, arg);
	}
	close(fd[1]);
	*s = (struct host_saver){ .host = host, .pid = (int)pid, .fd = fd[0] };
	if (host)
		host_watch(host, s->fd, POLLIN, woken, s);
	return 0;
}

/* All that the child has to say; true: it said it, or will never. */
static bool listen(struct host_saver *s)
{
	while (s->num < sizeof(s->got)) {
		ssize_t n = read(s->fd, (u8 *)&s->got + s->num, sizeof(s->got) - s->num);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return false;
		if (n <= 0)
			return true;
		s->num += (size_t)n;
	}
	return true;
}

bool host_saver_done(struct host_saver *s, bool wait)
{
	int status = 0;

	if (!s->pid)
		return false;
	if (wait)
		fcntl(s->fd, F_SETFL, 0);
	if (!listen(s))
		return false;
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (s->num < sizeof(s->got)) {
		s->got = (struct host_saved){ .err = -ECHILD };
		snprintf(s->got.text, sizeof(s->got.text), "the saving process was killed (%s %d)",
			 WIFSIGNALED(status) ? "signal" : "status",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	if (s->host)
		host_unwatch(s->host, s->fd);
	close(s->fd);
	s->pid = 0;
	return true;
}

/* Reading. */

static int read_stream(struct host_source *src, int fd, host_source_limit *limit)
{
	u64 room = 0;

	while (src->size < limit(src->mem, src->size)) {
		ssize_t n;

		if (src->size == room) {
			u8 *more = realloc(src->mem, room ? 2 * room : 1 << 20);

			if (!more)
				return -ENOMEM;
			src->mem = more;
			room = room ? 2 * room : 1 << 20;
		}
		n = read(fd, src->mem + src->size, room - src->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0;
		src->size += (u64)n;
		progress_at(src->watch, NULL, src->size, 0);
	}
	return 0;
}

static int open_source(struct host_source *src, const char *path, host_source_limit *limit,
		       const char **what)
{
	struct stat st;
	int ret = 0;

	if (!strcmp(path, "-"))
		return read_stream(src, STDIN_FILENO, limit);
	src->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (src->fd < 0 || fstat(src->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		*what = S_ISDIR(st.st_mode) ? "is a directory" : "is not a regular file";
		ret = -EINVAL;
	}
	src->size = (u64)st.st_size;
	return ret;
}

int host_source_open(struct host_source *src, const char *path, host_source_limit *limit, bool *odd,
		     char *err, size_t errlen)
{
	const char *what = NULL;
	int ret;

	*src = (struct host_source){ .fd = -1 };
	src->watch =
		host_progress_begin(&src->progress, HOST_PROGRESS_FD, true, HOST_PROGRESS_AFTER,
				    "reading", strcmp(path, "-") ? path : "standard input");
	ret = open_source(src, path, limit, &what);
	*odd = what;
	if (!ret)
		return 0;
	snprintf(err, errlen, "%s: %s", path, what ? what : strerror(-ret));
	host_source_close(src);
	return ret;
}

void host_source_close(struct host_source *src)
{
	host_progress_end(&src->progress);
	if (src->fd >= 0)
		close(src->fd);
	free(src->mem);
	*src = (struct host_source){ .fd = -1 };
}

int host_source_read(struct host_source *src, u64 off, void *buf, size_t n)
{
	s64 got;

	progress_at(src->watch, NULL, off, src->size);
	if (src->fd < 0) {
		memcpy(buf, src->mem + off, n);
		return 0;
	}
	if (n > sizeof(src->near) / 4) {
		got = host_read_at(src->fd, off, buf, n);
		return got < 0 ? (int)got : (size_t)got < n ? -ENODATA : 0;
	}
	if (off < src->near_off || off + n > src->near_off + src->near_len) {
		got = host_read_at(src->fd, off, src->near, sizeof(src->near));
		src->near_off = off;
		src->near_len = got < 0 ? 0 : (u32)got;
		if (got < (s64)n)
			return got < 0 ? (int)got : -ENODATA;
	}
	memcpy(buf, src->near + (off - src->near_off), n);
	return 0;
}

int host_source_map(const struct host_source *src, u64 off, void *at, size_t n)
{
	if (src->fd < 0 || (off | (uintptr_t)at | n) & 4095)
		return -EINVAL;
	if (mmap(at, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, src->fd, (off_t)off) ==
	    MAP_FAILED)
		return -errno;
	return 0;
}

int host_file_make(const char *path, u64 size, char *err, size_t errlen)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), ret = 1;

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || ftruncate(fd, (off_t)size)) {
		ret = -errno;
		snprintf(err, errlen, "%s: cannot be made: %s", path, strerror(-ret));
		if (fd >= 0)
			unlink(path);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

void host_file_remove(const char *path)
{
	unlink(path);
}

/* The build id is a note in a segment of its own. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((weak, visibility("hidden")));

static bool find_id(const u8 *p, size_t n, u8 id[20])
{
	while (n >= sizeof(ElfW(Nhdr))) {
		ElfW(Nhdr) note;
		size_t name, desc;

		memcpy(&note, p, sizeof(note));
		name = (note.n_namesz + 3u) & ~3u;
		desc = (note.n_descsz + 3u) & ~3u;
		if (n - sizeof(note) < name + desc)
			return false;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_descsz == 20) {
			memcpy(id, p + sizeof(note) + name, 20);
			return true;
		}
		p += sizeof(note) + name + desc;
		n -= sizeof(note) + name + desc;
	}
	return false;
}

void host_build_id(u8 id[20])
{
	const u8 *base = (const u8 *)&__ehdr_start;
	ElfW(Ehdr) head;

	memset(id, 0, 20);
	/* The program reads itself: more than the one header that has a name. */
	__asm__("" : "+r"(base));
	if (!base)
		return;
	memcpy(&head, base, sizeof(head));
	for (unsigned i = 0; i < head.e_phnum; i++) {
		ElfW(Phdr) ph;

		memcpy(&ph, base + head.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_NOTE && find_id(base + ph.p_offset, ph.p_filesz, id))
			return;
	}
}
