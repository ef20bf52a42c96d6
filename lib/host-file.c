/* SPDX-License-Identifier: MIT */
#include "lib/host-file.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/be.h"
#include "lib/host-load.h"

#define SECTOR 512u
#define HEAD 4096u
#define VERSION 1u

static const u8 magic[8] = { 0x89, 'v', 'o', 'n', 'k', 0x0d, 0x0a, 0x1a };

__printf(4, 5) static int fail(char *err, size_t errlen, int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return ret;
}

static int write_at(int fd, u64 off, const void *buf, u32 n)
{
	u32 done = 0;

	while (done < n) {
		ssize_t put = pwrite(fd, (const u8 *)buf + done, n - done, (off_t)(off + done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put < 0 ? -errno : -EIO;
		done += (u32)put;
	}
	return 0;
}

static int sync_file(int fd)
{
	int ret;

	do {
		ret = fdatasync(fd);
	} while (ret && errno == EINTR);
	return ret ? -errno : 0;
}

/* 0, or -EBUSY; a file system without locks is no error. */
static int lock_file(int fd, bool exclusive)
{
	if (flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) && errno == EWOULDBLOCK)
		return -EBUSY;
	return 0;
}

/* An open and locked regular file or block device; its size in *size. */
static int open_file(const char *path, bool writable, u64 *size, char *err, size_t errlen)
{
	int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	off_t end;

	if (fd < 0 && writable && access(path, R_OK) == 0)
		return fail(err, errlen, -errno, "%s: cannot be written: %s", path,
			    strerror(errno));
	if (fd < 0)
		return fail(err, errlen, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))) {
		close(fd);
		return fail(err, errlen, -EINVAL, "%s: not a file or block device", path);
	}
	if (lock_file(fd, writable)) {
		close(fd);
		return fail(err, errlen, -EBUSY, "%s: in use by another process, or another drive",
			    path);
	}
	end = lseek(fd, 0, SEEK_END);
	if (end < 0) {
		int ret = -errno;

		close(fd);
		return fail(err, errlen, ret, "%s: %s", path, strerror(-ret));
	}
	*size = (u64)end;
	return fd;
}

/* Raw images. */

struct file_block {
	struct block b;
	int fd;
	u64 size; /* of the file when opened */
};

static int file_read(struct block *b, u64 off, void *buf, u32 n)
{
	struct file_block *f = container_of(b, struct file_block, b);
	s64 got = host_read_at(f->fd, off, buf, n);

	if (got < 0)
		return (int)got;
	/* Missing bytes are fine only where there never were any. */
	if (got < n && off + (u64)got < f->size)
		return -EIO;
	memset((u8 *)buf + got, 0, n - (size_t)got);
	return 0;
}

static int file_write(struct block *b, u64 off, const void *buf, u32 n)
{
	return write_at(container_of(b, struct file_block, b)->fd, off, buf, n);
}

static int file_flush(struct block *b)
{
	return sync_file(container_of(b, struct file_block, b)->fd);
}

static void file_close(struct block *b)
{
	struct file_block *f = container_of(b, struct file_block, b);

	close(f->fd);
	free(f);
}

static const struct block_ops file_ops = {
	.read = file_read,
	.write = file_write,
	.flush = file_flush,
	.close = file_close,
};

int host_file_open(struct block **out, const char *path, bool writable, char *err, size_t errlen)
{
	struct file_block *f;
	u64 size = 0;
	int fd = open_file(path, writable, &size, err, errlen);

	if (fd < 0)
		return fd;
	f = size ? calloc(1, sizeof(*f)) : NULL;
	if (!f) {
		close(fd);
		return size ? fail(err, errlen, -ENOMEM, "%s: out of memory", path)
			    : fail(err, errlen, -EINVAL, "%s: is empty", path);
	}
	f->fd = fd;
	f->size = size;
	f->b = (struct block){ .ops = &file_ops,
			       .size = (size + SECTOR - 1) / SECTOR * SECTOR,
			       .align = 1,
			       .read_only = !writable };
	*out = &f->b;
	return 0;
}

/* Copy-on-write files. */

struct cow {
	struct block b;
	struct block *base;
	int fd;
	u64 data; /* where the sectors start */
	u8 *table;
	bool unsure; /* a write to the table failed: the file may lack bits that are set here */
};

static u64 table_bytes(u64 size)
{
	return (size / SECTOR + 7) / 8;
}

static u64 data_start(u64 size)
{
	return HEAD + (table_bytes(size) + HEAD - 1) / HEAD * HEAD;
}

static bool held(const struct cow *c, u64 sector)
{
	return c->table[sector / 8] & 0x80 >> sector % 8;
}

/* How many of the sectors from `sector` on, at most max, are all held or all not. */
static u32 run_length(const struct cow *c, u64 sector, u32 max)
{
	u32 n = 1;

	while (n < max && held(c, sector + n) == held(c, sector))
		n++;
	return n;
}

static int cow_read(struct block *b, u64 off, void *buf, u32 n)
{
	struct cow *c = container_of(b, struct cow, b);
	u8 *p = buf;

	while (n) {
		u32 in = (u32)(off % SECTOR);
		u32 run = run_length(c, off / SECTOR, (in + n - 1) / SECTOR + 1);
		u64 len = (u64)run * SECTOR - in;
		u32 step = len < n ? (u32)len : n;
		int ret = 0;

		if (held(c, off / SECTOR)) {
			s64 got = host_read_at(c->fd, c->data + off, p, step);

			if (got != step)
				ret = got < 0 ? (int)got : -EIO;
		} else {
			ret = block_read(c->base, off, p, step);
		}
		if (ret)
			return ret;
		off += step;
		p += step;
		n -= step;
	}
	return 0;
}

/* The bits of n sectors, after their data. */
static int hold(struct cow *c, u64 sector, u32 n)
{
	u64 first = sector / 8, last = (sector + n - 1) / 8;
	bool news = c->unsure;
	int ret;

	for (u64 s = sector; s < sector + n; s++) {
		news = news || !held(c, s);
		c->table[s / 8] |= (u8)(0x80 >> s % 8);
	}
	if (!news)
		return 0;
	ret = write_at(c->fd, HEAD + first, c->table + first, (u32)(last - first + 1));
	c->unsure = c->unsure || ret;
	return ret;
}

static int cow_write(struct block *b, u64 off, const void *buf, u32 n)
{
	struct cow *c = container_of(b, struct cow, b);
	int ret = write_at(c->fd, c->data + off, buf, n);

	return ret ? ret : hold(c, off / SECTOR, n / SECTOR);
}

static int cow_flush(struct block *b)
{
	return sync_file(container_of(b, struct cow, b)->fd);
}

static u64 cow_next(struct block *b, u64 unit)
{
	struct cow *c = container_of(b, struct cow, b);
	u64 nr = table_bytes(b->size);

	/* A unit is a byte of the table. */
	while (unit < nr && !c->table[unit])
		unit++;
	return unit < nr ? unit : UINT64_MAX;
}

static bool cow_changed(struct block *b, u64 unit)
{
	return container_of(b, struct cow, b)->table[unit];
}

static int cow_forget(struct block *b, u64 unit)
{
	struct cow *c = container_of(b, struct cow, b);

	c->table[unit] = 0;
	return write_at(c->fd, HEAD + unit, c->table + unit, 1);
}

static int cow_revert(struct block *b)
{
	struct cow *c = container_of(b, struct cow, b);
	u64 nr = table_bytes(b->size);

	memset(c->table, 0, nr);
	b->unflushed = true;
	for (u64 done = 0; done < nr; done += HEAD) {
		u32 n = nr - done < HEAD ? (u32)(nr - done) : HEAD;
		int ret = write_at(c->fd, HEAD + done, c->table + done, n);

		if (ret)
			return ret;
	}
	return 0;
}

static struct block *cow_base(struct block *b)
{
	return container_of(b, struct cow, b)->base;
}

static void cow_close(struct block *b)
{
	struct cow *c = container_of(b, struct cow, b);

	close(c->fd);
	block_close(c->base);
	free(c->table);
	free(c);
}

static const struct block_ops cow_ops = {
	.read = cow_read,
	.write = cow_write,
	.flush = cow_flush,
	.next = cow_next,
	.changed = cow_changed,
	.revert = cow_revert,
	.forget = cow_forget,
	.base = cow_base,
	.close = cow_close,
};

/* A name is safe once its directory is. Where a directory cannot be synced nothing can. */
static int sync_dir_of(char *path)
{
	char *slash = strrchr(path, '/'), was = 0;
	int fd, ret;

	if (slash) {
		was = slash[1];
		slash[1] = '\0';
	}
	fd = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (slash)
		slash[1] = was;
	if (fd < 0)
		return -errno;
	ret = fsync(fd) && errno != EINVAL ? -errno : 0;
	close(fd);
	return ret;
}

/* The whole file gets its name, unless another process was faster: then its file is as good. */
static int give_name(char *name, const char *path)
{
	int ret = link(name, path) ? -errno : 0;

	if (!ret || ret == -EEXIST) {
		unlink(name);
		ret = 0;
	} else if (rename(name, path)) { /* a file system without links */
		return -errno;
	}
	return sync_dir_of(name);
}

/* An empty one for a base of so many bytes, as path.new.PID and then as path. */
static int make_cow(const char *path, u64 size)
{
	u8 head[HEAD] = { 0 };
	size_t len = strlen(path) + 32;
	char *name = malloc(len);
	int fd, ret;

	if (!name)
		return -ENOMEM;
	snprintf(name, len, "%s.new.%ld", path, (long)getpid());
	unlink(name); /* of a dead process of that number */
	fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0) {
		ret = -errno;
		free(name);
		return ret;
	}
	memcpy(head, magic, sizeof(magic));
	be32_put(head + 8, VERSION);
	be32_put(head + 12, SECTOR);
	be64_put(head + 16, size);
	be64_put(head + 24, data_start(size));
	ret = ftruncate(fd, (off_t)(data_start(size) + size)) ? -errno : 0;
	if (!ret)
		ret = write_at(fd, 0, head, HEAD);
	if (!ret && fsync(fd))
		ret = -errno;
	close(fd);
	if (!ret)
		ret = give_name(name, path);
	if (ret)
		unlink(name);
	free(name);
	return ret;
}

static int check_head(const u8 *head, u64 len, u64 size, const char *path, char *err, size_t errlen)
{
	u64 want = data_start(size) + size;

	if (memcmp(head, magic, sizeof(magic)))
		return fail(err, errlen, -EINVAL, "%s: not an overlay file", path);
	if (be32_get(head + 8) != VERSION)
		return fail(err, errlen, -EINVAL, "%s: overlay version %u, only %u is known", path,
			    be32_get(head + 8), VERSION);
	if (be64_get(head + 16) != size)
		return fail(err, errlen, -EINVAL,
			    "%s: overlay of an image of %llu bytes, this one has %llu", path,
			    (unsigned long long)be64_get(head + 16), (unsigned long long)size);
	if (be32_get(head + 12) != SECTOR || be64_get(head + 24) != data_start(size))
		return fail(err, errlen, -EINVAL, "%s: damaged overlay header", path);
	if (len != want)
		return fail(err, errlen, -EINVAL, "%s: damaged overlay: %llu bytes, want %llu",
			    path, (unsigned long long)len, (unsigned long long)want);
	return 0;
}

/* The table, skipping what is zero, so that a table of holes takes no memory. */
static int read_table(struct cow *c, u64 size)
{
	u64 nr = table_bytes(size);
	u8 part[HEAD];

	for (u64 done = 0; done < nr; done += HEAD) {
		u32 n = nr - done < HEAD ? (u32)(nr - done) : HEAD;
		s64 got = host_read_at(c->fd, HEAD + done, part, n);
		u32 i = 0;

		if (got != n)
			return got < 0 ? (int)got : -EIO;
		while (i < n && !part[i])
			i++;
		if (i < n)
			memcpy(c->table + done, part, n);
	}
	/* Bits beyond the last sector would be no sectors at all. */
	if (size / SECTOR % 8 && c->table[nr - 1] & 0xff >> size / SECTOR % 8)
		return -EINVAL;
	return 0;
}

static int load_cow(struct cow *c, u64 len, const char *path, char *err, size_t errlen)
{
	u8 head[HEAD] = { 0 };
	u64 size = c->base->size;
	s64 got = host_read_at(c->fd, 0, head, HEAD);
	int ret;

	if (got < 0)
		return fail(err, errlen, (int)got, "%s: %s", path, strerror((int)-got));
	ret = check_head(head, len, size, path, err, errlen);
	if (ret)
		return ret;
	c->data = data_start(size);
	c->table = calloc(1, table_bytes(size));
	if (!c->table)
		return fail(err, errlen, -ENOMEM, "%s: out of memory", path);
	ret = read_table(c, size);
	if (ret)
		return fail(err, errlen, ret, "%s: damaged overlay table", path);
	return 0;
}

int host_overlay_open(struct block **out, struct block *base, const char *path, char *err,
		      size_t errlen)
{
	struct cow *c = calloc(1, sizeof(*c));
	u64 len = 0;
	int ret;

	if (!c)
		return fail(err, errlen, -ENOMEM, "%s: out of memory", path);
	if (access(path, F_OK) && errno == ENOENT) {
		ret = make_cow(path, base->size);
		if (ret) {
			free(c);
			return fail(err, errlen, ret, "%s: cannot be made: %s", path,
				    strerror(-ret));
		}
	}
	c->fd = open_file(path, true, &len, err, errlen);
	if (c->fd < 0) {
		ret = c->fd;
		free(c);
		return ret;
	}
	c->base = base;
	ret = load_cow(c, len, path, err, errlen);
	if (ret) {
		close(c->fd);
		free(c->table);
		free(c);
		return ret;
	}
	c->b = (struct block){ .ops = &cow_ops, .size = base->size, .align = SECTOR };
	*out = &c->b;
	return 0;
}
