/* SPDX-License-Identifier: MIT */
/*
 * What the process gives up once all that was asked for is open, so that a guest who has taken over the
 * emulator has not taken over its user: tools/doc/security.md.
 *
 * seccomp kills the process at any system call that a run does not make; Landlock keeps what can be opened to a few
 * directories; nothing can be executed, privileges cannot grow, no core is dumped.
 */
#ifndef LIB_HOST_SANDBOX_H
#define LIB_HOST_SANDBOX_H

#include "lib/types.h"

#define HOST_SANDBOX_PATHS 24

struct host_sandbox {
	bool terminal; /* its modes are switched */
	bool sockets; /* clients come and go */
	bool connects; /* connections are made, again and again */
	/* In whose directories files are made, replaced and read; NULL entries do not count. */
	const char *path[HOST_SANDBOX_PATHS];
	unsigned nr_paths;
};

/* NULL if this build and kernel can do it, else why not. */
const char *host_sandbox_missing(void);
/* A file whose directory will be needed. */
void host_sandbox_path(struct host_sandbox *s, const char *path);
/* For the rest of the process and its children. 0, or -errno with one line in err. */
int host_sandbox_enter(const struct host_sandbox *s, char *err, size_t errlen);

#endif
