/* SPDX-License-Identifier: MIT */
/* Whole files from the host, by open, fstat and read. */
#include "lib/host-load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const standard_dirs[] = {
	"/usr/share/qemu",
	"/usr/share/openbios",
	"/usr/local/share/vonk",
};

/* Which Debian package has a file of that name. */
static const struct {
	const char *name, *package;
} packages[] = {
	{ "openbios-sparc32", "openbios-sparc" },
	{ "QEMU,tcx.bin", "qemu-system-data" },
	{ "QEMU,cgthree.bin", "qemu-system-data" },
};

const char *host_standard_dir(unsigned i)
{
	return i < ARRAY_SIZE(standard_dirs) ? standard_dirs[i] : NULL;
}

static int fail(char *err, size_t errlen, const char *path, const char *why, int rc)
{
	snprintf(err, errlen, "%s: %s", path, why);
	return rc;
}

static int fail_errno(char *err, size_t errlen, const char *path, int why)
{
	return fail(err, errlen, path, strerror(why), -why);
}

/* How large is it, and is it a file at all? */
static int check_file(int fd, const char *path, u64 max, u64 *size, char *err, size_t errlen)
{
	struct stat st;

	if (fstat(fd, &st))
		return fail_errno(err, errlen, path, errno);
	if (S_ISDIR(st.st_mode))
		return fail(err, errlen, path, "is a directory", -EISDIR);
	if (!S_ISREG(st.st_mode))
		return fail(err, errlen, path, "is not a regular file", -EINVAL);
	*size = (u64)st.st_size;
	if (*size <= max)
		return 0;
	snprintf(err, errlen, "%s: %" PRIu64 " bytes are too many, at most %" PRIu64 " fit", path,
		 *size, max);
	return -EFBIG;
}

s64 host_read_at(int fd, u64 off, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, (u8 *)buf + done, n - done, (off_t)(off + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (s64)done;
}

static int read_open(int fd, const char *path, u64 max, u8 **buf, size_t *len, char *err,
		     size_t errlen)
{
	u64 size = 0;
	s64 got;
	int rc = check_file(fd, path, max, &size, err, errlen);

	if (rc)
		return rc;
	*buf = malloc((size_t)size + 1);
	if (!*buf)
		return fail(err, errlen, path, "out of memory", -ENOMEM);
	got = host_read_at(fd, 0, *buf, (size_t)size);
	if (got >= 0) {
		*len = (size_t)got;
		return 0;
	}
	free(*buf);
	*buf = NULL;
	return fail_errno(err, errlen, path, (int)-got);
}

int host_read_file(const char *path, u64 max, u8 **buf, size_t *len, char *err, size_t errlen)
{
	/* O_NONBLOCK: a pipe without a writer is to be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc;

	*buf = NULL;
	*len = 0;
	if (fd < 0)
		return fail_errno(err, errlen, path, errno);
	rc = read_open(fd, path, max, buf, len, err, errlen);
	close(fd);
	return rc;
}

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISDIR(st.st_mode);
}

/* dir/name -> found: 1 it is there, 0 it is not, or -ENAMETOOLONG. */
static int try_dir(const char *dir, const char *name, char *found, size_t foundlen)
{
	int n = snprintf(found, foundlen, "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= foundlen)
		return -ENAMETOOLONG;
	return is_file(found);
}

static void append(char *text, size_t len, const char *before, const char *what)
{
	size_t n = strlen(text);

	if (n < len)
		snprintf(text + n, len - n, "%s%s", before, what);
}

static int not_found(const char *const *dirs, unsigned nr, const char *name, char *err,
		     size_t errlen)
{
	const char *package = NULL;

	snprintf(err, errlen, "%s: not found", name);
	for (unsigned i = 0; i < nr; i++)
		append(err, errlen, i ? ", " : " in ", dirs[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(standard_dirs); i++)
		append(err, errlen, i || nr ? ", " : " in ", standard_dirs[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(packages); i++)
		if (!strcmp(name, packages[i].name))
			package = packages[i].package;
	if (package)
		append(err, errlen, "; Debian: apt-get install ", package);
	else
		append(err, errlen, "", "; -L DIR looks in DIR, too");
	return -ENOENT;
}

int host_find_file(const char *const *dirs, unsigned nr, const char *name, char *found,
		   size_t foundlen, char *err, size_t errlen)
{
	bool searched = !strchr(name, '/');
	struct stat st;
	int n = snprintf(found, foundlen, "%s", name), rc = 0;

	if (n < 0 || (size_t)n >= foundlen)
		return fail(err, errlen, name, "the path is too long", -ENAMETOOLONG);
	if (is_file(name))
		return 0;
	for (unsigned i = 0; searched && !rc && i < nr; i++)
		rc = try_dir(dirs[i], name, found, foundlen);
	for (unsigned i = 0; searched && !rc && i < ARRAY_SIZE(standard_dirs); i++)
		rc = try_dir(standard_dirs[i], name, found, foundlen);
	if (rc < 0)
		return fail(err, errlen, name, "the path is too long", rc);
	if (rc)
		return 0;
	/* A path means that file: what keeps it from being one is told. */
	if (!searched)
		return fail_errno(err, errlen, name, stat(name, &st) ? errno : EISDIR);
	return not_found(dirs, nr, name, err, errlen);
}
