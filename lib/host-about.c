/* SPDX-License-Identifier: MIT */
/* The libraries' own words; musl has none to say. */
#include "lib/host-about.h"

#include <features.h>
#include <zlib.h>

#ifdef __GLIBC__
#define STR(x_) #x_
#define VERSION(major_, minor_) "glibc " STR(major_) "." STR(minor_)
#endif

const char *host_libc(void)
{
#ifdef __GLIBC__
	return VERSION(__GLIBC__, __GLIBC_MINOR__);
#else
	return "musl";
#endif
}

const char *host_zlib(void)
{
	return zlibVersion();
}
