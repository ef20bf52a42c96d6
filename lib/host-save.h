/* SPDX-License-Identifier: MIT */
/*
 * Files that are there whole or not at all, and the process that writes one while this one goes on.
 */
#ifndef LIB_HOST_SAVE_H
#define LIB_HOST_SAVE_H

#include "lib/host-progress.h"

/*
 * The system calls of a replacement, for tests that let each of them fail. All are as the calls
 * of that name, but return -errno.
 */
struct host_io {
	int (*create)(void *arg, const char *path); /* exclusively, mode 0600 */
	s64 (*write)(void *arg, int fd, const void *buf, size_t n);
	int (*sync)(void *arg, int fd);
	int (*close)(void *arg, int fd);
	int (*rename)(void *arg, const char *from, const char *to);
	int (*sync_dir)(void *arg, const char *dir);
	int (*unlink)(void *arg, const char *path);
	void *arg;
};

extern const struct host_io host_io;

/*
 * A file that takes the place of another (or of none) once it is complete and on the disk: PATH.new is
 * written and renamed. A PATH.new that a killed process left is removed; one that a living process
 * writes is respected.
 */
struct host_replace {
	const struct host_io *io;
	char *path, *temp, *dir;
	int fd; /* -1: none */
	bool stream; /* not a file */
	int pid; /* of the command that the stream goes to, 0: none */
	u64 bytes; /* written so far */
	u8 *buf;
	u32 num; /* in buf */
};

/*
 * begin and end return 0, or -errno with one line in err that begins with the path; then the old file is
 * as it was, nothing of the new one is left, and nothing else is to be done. (Only where the
 * directory cannot be synced is the new file there, whole; the message says so.) `path` names a regular
 * file or nothing: -ELOOP for a symbolic link, -EISDIR, -EINVAL for what else there is.
 *
 * Two more paths are streams, which are just written: "-" is standard output, "|COMMAND" a command's
 * standard input, and it is an error if the command fails.
 */
int host_replace_begin(struct host_replace *r, const struct host_io *io, const char *path,
		       char *err, size_t errlen);
bool host_replace_is_stream(const char *path);
/* 0 or -errno; host_replace_end() is due after any result. */
int host_replace_write(void *replace, const void *buf, size_t n);
/* ret: what went wrong so far, 0: commit. */
int host_replace_end(struct host_replace *r, int ret, char *err, size_t errlen);

/* What a saving process tells its parent. */
struct host_saved {
	int err; /* 0 or -errno */
	u64 bytes;
	u8 note[256]; /* whatever else the two have agreed on */
	char text[512]; /* of an error: one line */
};

/*
 * A copy of this process (memory is shared until one of them writes to it) that calls `work` and ends. At
 * most one at a time.
 */
struct host;
struct host_saver {
	struct host *host; /* whose loop wakes up when the child has ended; NULL: nobody's */
	int pid; /* 0: none */
	int fd; /* readable when the child has come to its end */
	struct host_saved got;
	size_t num; /* bytes of it */
};

/* 0 or -errno. `work` runs in the child and fills in `out`, which is zeroed. */
int host_saver_start(struct host_saver *s, struct host *host,
		     void (*work)(void *arg, struct host_saved *out), void *arg);
/* Has it ended? Then s->got tells how. `wait`: until it has. */
bool host_saver_done(struct host_saver *s, bool wait);

/* The bytes of a file or of a stream that was read to its end. */
struct host_source {
	int fd; /* -1: all is in mem */
	u8 *mem;
	u64 size;
	struct host_progress progress;
	struct progress *watch; /* to be told of work on what is read; NULL: nobody looks */
	/* What was read last, and a little more: small things lie side by side. */
	u8 near[16384];
	u64 near_off;
	u32 near_len;
};

/* How many bytes of a stream are to be read that begins with these n. */
typedef u64 host_source_limit(const u8 *head, u64 n);
/*
 * A regular file, or "-" for standard input, of which no more is taken than `limit` says, give or take a
 * buffer. 0, or -errno with one line in err; *odd: it is there, but is no file.
 */
int host_source_open(struct host_source *src, const char *path, host_source_limit *limit, bool *odd,
		     char *err, size_t errlen);
void host_source_close(struct host_source *src);
/* n bytes at off: 0 or -errno, -ENODATA where the file has become shorter. */
int host_source_read(struct host_source *src, u64 off, void *buf, size_t n);
/*
 * Map them over `at`, private and writable; all multiples of 4096. -errno where that cannot
 * be: then nothing has changed.
 */
int host_source_map(const struct host_source *src, u64 off, void *at, size_t n);

/*
 * A file of zeros, where there is none: 1 if it was made, 0 if something is there already, or -errno
 * with one line in err.
 */
int host_file_make(const char *path, u64 size, char *err, size_t errlen);
void host_file_remove(const char *path);

/* This program's build id, zero if the linker made none. */
void host_build_id(u8 id[20]);

#endif
