/* SPDX-License-Identifier: MIT */
/* Block devices: bounds, the overlay in memory, raw images and their errors, copy-on-write files. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/be.h"
#include "lib/block.h"
#include "lib/host-file.h"
#include "t/tap.h"

static char dir[] = "/tmp/vonk-block-XXXXXX";
static char base[64], cow[64];

static void make_file(const char *path, u64 size, u8 fill)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	u8 buf[4096];

	memset(buf, fill, sizeof(buf));
	for (u64 done = 0; done < size; done += sizeof(buf)) {
		size_t n = size - done < sizeof(buf) ? size - done : sizeof(buf);

		if (pwrite(fd, buf, n, (off_t)done) != (ssize_t)n)
			perror(path);
	}
	close(fd);
}

static u64 file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (u64)st.st_size;
}

/* Random writes to the device and to a copy in memory, then all is compared. */
static bool same_after_writes(struct block *b, u8 *copy, u32 seed, unsigned n)
{
	u8 buf[20000];
	u8 *all = malloc(b->size);
	bool same;

	while (n--) {
		u64 off;
		u32 len;

		seed = seed * 1664525 + 1013904223;
		off = seed % b->size;
		seed = seed * 1664525 + 1013904223;
		len = seed >> 8 & 7 ? seed % 700 : seed % sizeof(buf);
		if (len > b->size - off)
			len = (u32)(b->size - off);
		if (seed >> 16 & 1) {
			off &= ~(u64)511;
			len &= ~511u;
		}
		memset(buf, (int)(seed >> 24), len);
		if (block_write(b, off, buf, len))
			return false;
		memcpy(copy + off, buf, len);
	}
	same = !block_read(b, 0, all, (u32)b->size) && !memcmp(all, copy, b->size);
	for (u64 off = 0; same && off < b->size; off += 777) {
		u32 len = b->size - off < 1500 ? (u32)(b->size - off) : 1500;

		same = !block_read(b, off, all, len) && !memcmp(all, copy + off, len);
	}
	free(all);
	return same;
}

static void test_bounds(void)
{
	struct block *b = block_mem_new(1024);
	u8 buf[1024];

	is((u32)block_read(b, 0, buf, 1024), 0, "all of it");
	is((u32)block_read(b, 1024, buf, 0), 0, "nothing at the end");
	is((u32)block_read(b, 1, buf, 1024), (u32)-EINVAL, "one byte too many");
	is((u32)block_read(b, UINT64_MAX, buf, 2), (u32)-EINVAL, "an offset that overflows");
	is((u32)block_write(b, 1025, buf, 0), (u32)-EINVAL, "nothing beyond the end");
	b->read_only = true;
	is((u32)block_write(b, 0, buf, 1), (u32)-EROFS, "read-only");
	is((u32)block_revert(b), (u32)-ENOTSUP, "no overlay");
	is(block_next_changed(b, 0), UINT64_MAX, "nothing changed");
	block_close(b);
	ok(!block_mem_new(0) && !block_mem_new(1000), "sizes that are none");
	block_close(NULL);
}

static void test_memory_overlay(void)
{
	u64 size = 5 * 1024 * 1024 + 512;
	struct block *mem = block_mem_new(size), *b;
	u8 *copy = malloc(size), v = 0;

	for (u64 off = 0; off < size; off += 512)
		block_write(mem, off, &off, 8);
	block_read(mem, 0, copy, (u32)size);
	mem->read_only = true;
	b = block_overlay_new(mem);
	is(block_next_changed(b, 0), UINT64_MAX, "nothing changed at first");
	is((u32)block_write(b, size - 1, &v, 1), 0, "the last byte of a device of no whole units");
	copy[size - 1] = 0;
	is(block_next_changed(b, 0), size / BLOCK_UNIT, "its unit has changed");
	is(block_next_changed(b, size / BLOCK_UNIT + 1), UINT64_MAX, "and no more");
	ok(same_after_writes(b, copy, 1, 300), "reads see what was written over the base");
	v = 1;
	block_read(mem, size - 1, &v, 1);
	ok(mem->read_only && !v, "the base is as it was");
	is((u32)block_revert(b), 0, "back");
	is(block_next_changed(b, 0), UINT64_MAX, "nothing changed");
	block_read(mem, 0, copy, (u32)size);
	ok(same_after_writes(b, copy, 2, 0), "the base again");
	block_close(b);
	free(copy);
}

static void test_raw(void)
{
	struct block *b, *c;
	char err[200] = "";
	u8 buf[1024], *copy = malloc(70000);

	make_file(base, 70000, 0x11);
	is((u32)host_file_open(&b, "/proc/nonexistent/x", true, err, sizeof(err)), (u32)-ENOENT,
	   "missing");
	ok(strstr(err, "/proc/nonexistent/x") && !strchr(err, '\n'), "one line: %s", err);
	ok(host_file_open(&b, dir, false, err, sizeof(err)) < 0, "a directory: %s", err);
	is((u32)host_file_open(&b, base, true, err, sizeof(err)), 0, "open");
	is(b->size, 70144, "an odd size ends with a whole sector");
	is((u32)block_read(b, 69632, buf, 512), 0, "which can be read");
	ok(buf[367] == 0x11 && buf[368] == 0 && buf[511] == 0, "zeros beyond the file");
	ok(host_file_open(&c, base, true, err, sizeof(err)) == -EBUSY, "locked: %s", err);
	ok(host_file_open(&c, base, false, err, sizeof(err)) == -EBUSY, "for readers too");
	memset(buf, 0x22, 512);
	is((u32)block_write(b, 69632, buf, 512), 0, "the last sector can be written");
	is(file_size(base), 70144, "the file grows to the whole sector");
	is((u32)block_flush(b), 0, "flush");
	if (truncate(base, 10000))
		perror("truncate");
	is((u32)block_read(b, 9728, buf, 512), (u32)-EIO, "cut short while running: I/O error");
	is((u32)block_read(b, 0, buf, 512), 0, "what is still there can be read");
	block_close(b);
	make_file(base, 0, 0);
	ok(host_file_open(&b, base, true, err, sizeof(err)) == -EINVAL, "empty: %s", err);
	make_file(base, 4096, 0x33);
	is((u32)host_file_open(&b, base, false, err, sizeof(err)), 0, "read-only");
	is((u32)host_file_open(&c, base, false, err, sizeof(err)), 0, "twice");
	is((u32)block_write(b, 0, buf, 1), (u32)-EROFS, "cannot be written");
	block_close(b);
	block_close(c);
	if (getuid()) {
		chmod(base, 0444);
		ok(host_file_open(&b, base, true, err, sizeof(err)) == -EACCES, "%s", err);
		chmod(base, 0644);
	}
	free(copy);
}

static struct block *open_cow(bool must, const char *what)
{
	struct block *raw, *b = NULL;
	char err[200] = "";
	int ret;

	if (host_file_open(&raw, base, false, err, sizeof(err))) {
		ok(false, "base: %s", err);
		return NULL;
	}
	ret = host_overlay_open(&b, raw, cow, err, sizeof(err));
	if (ret)
		block_close(raw);
	ok(must == !ret && (must || (err[0] && !strchr(err, '\n'))), "%s: %s", what,
	   ret ? err : "fine");
	return ret ? NULL : b;
}

static void test_cow(void)
{
	u32 size = 300 * 1024 + 512 * 3;
	u8 *copy = malloc(size), *file = malloc(size);
	struct block *b;
	int fd;

	make_file(base, size, 0x44);
	memset(copy, 0x44, size);
	unlink(cow);
	b = open_cow(true, "made when missing");
	ok(!access(cow, F_OK), "it is there");
	is(file_size(cow), 4096 + 4096 + size, "header, table and data");
	is(block_next_changed(b, 0), UINT64_MAX, "nothing changed");
	ok(same_after_writes(b, copy, 3, 100), "reads see what was written");
	is((u32)block_flush(b), 0, "flush");
	block_close(b);
	fd = open(base, O_RDONLY);
	ok(read(fd, file, size) == (ssize_t)size && file[0] == 0x44 &&
		   !memcmp(file, file + 1, size - 1),
	   "the base is as it was");
	close(fd);
	b = open_cow(true, "opened again");
	ok(same_after_writes(b, copy, 4, 0), "all is still there");
	ok(same_after_writes(b, copy, 5, 100), "and more");
	block_close(b); /* not flushed */
	b = open_cow(true, "opened again");
	ok(same_after_writes(b, copy, 6, 0), "writes survive without a flush");
	is((u32)block_revert(b), 0, "back");
	is(block_next_changed(b, 0), UINT64_MAX, "nothing changed");
	memset(copy, 0x44, size);
	ok(same_after_writes(b, copy, 7, 0), "the base again");
	block_close(b);
	b = open_cow(true, "opened after reverting");
	ok(same_after_writes(b, copy, 8, 20), "the base, and writes");
	block_close(b);

	/* The format, by hand. */
	fd = open(cow, O_RDWR);
	ok(pread(fd, file, 4096, 0) == 4096 &&
		   !memcmp(file, "\x89vonk\r\n\x1a\0\0\0\1\0\0\2\0", 16) &&
		   be64_get(file + 16) == size && be64_get(file + 24) == 8192,
	   "the header is what the format says");
	if (pwrite(fd, "\x00\x01", 2, 4096) != 2 || pwrite(fd, "hello", 5, 8192 + 15 * 512) != 5)
		perror("pwrite");
	close(fd);
	b = open_cow(true, "with a bit of the table set by hand");
	block_read(b, 15 * 512, file, 5);
	ok(!memcmp(file, "hello", 5), "sector 15 is bit 0 of byte 1");
	block_close(b);
	free(copy);
	free(file);
}

static void test_cow_damage(void)
{
	u64 full;
	u32 cuts[] = { 0, 1, 8, 31, 4095, 4096, 5000, 8191, 8192, 9000 };
	u8 *image;
	struct block *b;
	int fd;

	make_file(base, 65536, 0x55);
	unlink(cow);
	block_close(open_cow(true, "a new one"));
	full = file_size(cow);
	image = malloc(full);
	fd = open(cow, O_RDWR);
	if (read(fd, image, full) != (ssize_t)full)
		perror("read");
	for (u32 i = 0; i < ARRAY_SIZE(cuts); i++) {
		if (ftruncate(fd, cuts[i]))
			perror("ftruncate");
		b = open_cow(false, "cut off");
		block_close(b);
		if (ftruncate(fd, 0) || pwrite(fd, image, full, 0) != (ssize_t)full)
			perror("pwrite");
	}
	for (u32 i = 0; i < 32; i++) {
		image[i] ^= 1;
		if (pwrite(fd, image, 32, 0) != 32)
			perror("pwrite");
		b = open_cow(false, "a bit of the header flipped");
		block_close(b);
		image[i] ^= 1;
	}
	if (pwrite(fd, image, 32, 0) != 32)
		perror("pwrite");
	block_close(open_cow(true, "and back"));
	make_file(base, 65536 + 512, 0x55);
	b = open_cow(false, "a base of another size");
	block_close(b);
	make_file(base, 65536, 0x55);
	close(fd);
	make_file(cow, 100, 0x66);
	b = open_cow(false, "some other file");
	is(file_size(cow), 100, "is not touched");
	free(image);
}

/* Killed at any moment, the file opens again and holds all writes that were finished. */
static void test_cow_kill(void)
{
	bool good = true;
	unsigned most = 0;

	make_file(base, 1 << 20, 0x77);
	unlink(cow);
	for (unsigned round = 0; round < 12; round++) {
		int pipefd[2];
		unsigned last = 0, n;
		struct block *b;
		pid_t pid;

		if (pipe(pipefd))
			perror("pipe");
		fflush(stdout);
		pid = fork();
		if (!pid) {
			struct block *raw;
			char err[200];
			u8 buf[512];

			host_file_open(&raw, base, false, err, sizeof(err));
			if (host_overlay_open(&b, raw, cow, err, sizeof(err)))
				_exit(1);
			for (n = 1;; n++) {
				memset(buf, (int)(n & 0xff), sizeof(buf));
				if (block_write(b, n % 2048 * 512ull, buf, 512) ||
				    write(pipefd[1], &n, sizeof(n)) != sizeof(n))
					_exit(1);
			}
		}
		close(pipefd[1]);
		for (unsigned i = 0; i < 20 + round * 7; i++)
			if (read(pipefd[0], &last, sizeof(last)) != sizeof(last))
				break;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(pipefd[0], &n, sizeof(n)) == sizeof(n))
			last = n;
		close(pipefd[0]);
		b = open_cow(true, "after SIGKILL");
		for (n = 1; b && n <= last && last < 2048; n++) {
			u8 buf[512];

			good = good && !block_read(b, n * 512, buf, 512) && buf[0] == (n & 0xff) &&
			       buf[511] == (n & 0xff);
		}
		most = last > most ? last : most;
		block_close(b);
	}
	ok(good && most >= 20, "every finished write is there (up to %u)", most);
}

/* The host's disk full, as a limit on the size of files. */
static void test_full(void)
{
	struct rlimit small = { 65536, RLIM_INFINITY }, old;
	struct block *b;
	u8 buf[4096] = { 1 };
	char err[200];

	make_file(base, 65536 + 4096, 0);
	host_file_open(&b, base, true, err, sizeof(err));
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	is((u32)block_write(b, 65536, buf, 4096), (u32)-EFBIG, "a write that the host refuses");
	is((u32)block_write(b, 0, buf, 4096), 0, "another that it takes");
	setrlimit(RLIMIT_FSIZE, &old);
	is((u32)block_write(b, 65536, buf, 4096), 0, "and the first, once it can");
	block_close(b);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(base, sizeof(base), "%s/base", dir);
	snprintf(cow, sizeof(cow), "%s/cow", dir);
	test_bounds();
	test_memory_overlay();
	test_raw();
	test_cow();
	test_cow_damage();
	test_cow_kill();
	test_full();
	unlink(base);
	unlink(cow);
	rmdir(dir);
	return tap_done();
}
