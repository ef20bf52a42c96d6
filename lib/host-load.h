/* SPDX-License-Identifier: MIT */
/* Reading from the host: a place in a file, and whole files: images, kernels, ROMs. */
#ifndef LIB_HOST_LOAD_H
#define LIB_HOST_LOAD_H

#include "lib/types.h"

/* Returns how many bytes there were from off on (fewer than n only at the end of the file), or -errno. */
s64 host_read_at(int fd, u64 off, void *buf, size_t n);

/*
 * The whole of a regular file of at most max bytes -> *buf, which the caller frees
 * (it is not NULL even for an empty file). Returns 0, or -errno with one line in err that
 * begins with the path: -EISDIR, -ENOENT, -EACCES, -EFBIG, -EINVAL (a device, a pipe), ...
 */
int host_read_file(const char *path, u64 max, u8 **buf, size_t *len, char *err, size_t errlen);

/*
 * Looks for a PROM or ROM: `name` itself where it is a file or has a '/', then each of the
 * nr directories, then where distributions put such files. The path goes to found.
 * Returns 0, or -ENOENT with one line in err: where it was looked for, and how to get
 * it. -ENAMETOOLONG where found is too small.
 */
int host_find_file(const char *const *dirs, unsigned nr, const char *name, char *found,
		   size_t foundlen, char *err, size_t errlen);
/* Those places of distributions, one by one; NULL: there are no more. */
const char *host_standard_dir(unsigned i);

#endif
