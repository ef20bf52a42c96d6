/* SPDX-License-Identifier: MIT */
#include "lib/host-progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/host.h"

#define AGAIN UINT64_C(200000000) /* ns between two looks of a line that changes */

/* A longer line would leave its upper part behind. */
static size_t columns(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) || w.ws_col < 20 ? 79 : w.ws_col - 1u;
}

static void put(int fd, const char *text, size_t n)
{
	ssize_t ret = write(fd, text, n);

	(void)ret; /* a terminal that takes nothing is told nothing */
}

/* "34 % of 4096 MiB", or how many where nobody knows of how many. */
static void tell(char *text, size_t size, u64 done, u64 all)
{
	u64 most = all ? all : done;
	unsigned shift = most >> 23 ? 20 : 10;

	if (all)
		snprintf(text, size, "%u %% of %" PRIu64 " %ciB",
			 (unsigned)(done >= all ? 100 : done / (all / 100 + 1)), all >> shift,
			 shift == 20 ? 'M' : 'K');
	else
		snprintf(text, size, "%" PRIu64 " %ciB", done >> shift, shift == 20 ? 'M' : 'K');
}

static void say(struct host_progress *hp, const char *part, u64 done, u64 all)
{
	char much[48], text[512], line[600];
	int n;

	tell(much, sizeof(much), done, all);
	snprintf(text, sizeof(text), "vonk: %s: %s%s%s", hp->work, part ? part : "",
		 part ? " " : "", much);
	n = hp->alone ? snprintf(line, sizeof(line), "\r%.*s\033[K", (int)columns(hp->fd), text)
		      : snprintf(line, sizeof(line), "%s\n", text);
	if (n > 0 && (size_t)n < sizeof(line))
		put(hp->fd, line, (size_t)n);
	hp->shown = true;
}

static void at(struct progress *p, const char *part, u64 done, u64 all)
{
	struct host_progress *hp = container_of(p, struct host_progress, p);
	u64 now = host_now_ns();

	if (now < hp->next)
		return;
	say(hp, part, done, all);
	if (!hp->alone)
		hp->wait *= 2;
	hp->next = now + hp->wait;
}

struct progress *host_progress_begin(struct host_progress *hp, int fd, bool alone, u64 after,
				     const char *verb, const char *name)
{
	*hp = (struct host_progress){ .p.at = at, .alone = alone, .fd = fd };
	snprintf(hp->work, sizeof(hp->work), "%s %s", verb, name);
	hp->next = host_now_ns() + after;
	hp->wait = alone ? AGAIN : after;
	return isatty(fd) ? &hp->p : NULL;
}

void host_progress_end(struct host_progress *hp)
{
	static const char gone[] = "\r\033[K";

	if (hp->shown && hp->alone)
		put(hp->fd, gone, sizeof(gone) - 1);
	hp->shown = false;
}
