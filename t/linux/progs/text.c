/* SPDX-License-Identifier: MIT */
/* text MIB: so many MiB that are the same everywhere, the numbers from 1, a line each. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char buf[1 << 16];

static int put(size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t put = write(1, buf + done, n - done);

		if (put <= 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}

/* Without printf(), which would take longer than all the rest. */
static size_t format(char *line, unsigned number)
{
	char digits[12];
	size_t n = 0, len = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n)
		line[len++] = digits[--n];
	line[len++] = '\n';
	return len;
}

int main(int argc, char **argv)
{
	size_t left = (size_t)(argc > 1 ? atoi(argv[1]) : 1) << 20, n = 0;
	char line[16];

	for (unsigned number = 1; left; number++) {
		size_t len = format(line, number);

		if (len > left)
			len = left;
		if (n + len > sizeof(buf)) {
			if (put(n))
				return 1;
			n = 0;
		}
		memcpy(buf + n, line, len);
		n += len;
		left -= len;
	}
	return put(n) ? 1 : 0;
}
