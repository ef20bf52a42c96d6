/* SPDX-License-Identifier: MIT */
/* POSIX extended regular expressions, the host's libc's. */
#ifndef LIB_HOST_MATCH_H
#define LIB_HOST_MATCH_H

#include "lib/types.h"

struct host_match;

/* 0; or -EINVAL or -ENOMEM with one line in err: what is wrong with the pattern. */
int host_match_new(struct host_match **out, const char *pattern, char *err, size_t errlen);
void host_match_free(struct host_match *match);
/* Is there a match anywhere in the text? */
bool host_match_in(const struct host_match *match, const char *text);

#endif
