/* SPDX-License-Identifier: MIT */
/* What this program is made of: the libraries that a static binary has within it. */
#ifndef LIB_HOST_ABOUT_H
#define LIB_HOST_ABOUT_H

/* The C library's name and, where it tells one, version: "glibc 2.36". A static string. */
const char *host_libc(void);

/* zlib's version. A static string. */
const char *host_zlib(void);

#endif
