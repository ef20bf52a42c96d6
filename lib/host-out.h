/* SPDX-License-Identifier: MIT */
/* Files that are written from beginning to end: traces, coverage. */
#ifndef LIB_HOST_OUT_H
#define LIB_HOST_OUT_H

#include <stdio.h>

#include "lib/types.h"

/* 0, or -errno with one line in err: the path and what is wrong. */
int host_out_open(FILE **out, const char *path, char *err, size_t errlen);
/* 0, or -errno: not all of it was taken. */
int host_out_write(FILE *out, const void *buf, size_t n);
int host_out_flush(FILE *out);
/* 0, or -errno: not all of it is there. NULL is none. */
int host_out_close(FILE *out);

#endif
