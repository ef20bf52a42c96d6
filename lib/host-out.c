/* SPDX-License-Identifier: MIT */
#include "lib/host-out.h"

#include <errno.h>
#include <string.h>

int host_out_open(FILE **out, const char *path, char *err, size_t errlen)
{
	int ret;

	*out = fopen(path, "we");
	if (*out)
		return 0;
	ret = -errno;
	snprintf(err, errlen, "%s: %s", path, strerror(errno));
	return ret;
}

int host_out_write(FILE *out, const void *buf, size_t n)
{
	errno = 0;
	if (fwrite(buf, 1, n, out) != n)
		return errno ? -errno : -EIO;
	return 0;
}

int host_out_flush(FILE *out)
{
	errno = 0;
	if (fflush(out))
		return errno ? -errno : -EIO;
	return 0;
}

int host_out_close(FILE *out)
{
	bool bad;

	if (!out)
		return 0;
	bad = ferror(out);
	errno = 0;
	if (fclose(out) || bad)
		return errno ? -errno : -EIO;
	return 0;
}
