/* SPDX-License-Identifier: MIT */
/*
 * clock [SECONDS] (vonk.seconds=, 8): does the kernel's clock go as the clock chip does, whatever the machine is busy with? A quarter
 * of the time reads the clock without a pause, a quarter sleeps for little whiles, a quarter forks, a
 * quarter sleeps. The last line but one tells what both clocks came to between two ticks of the chip, and the
 * longest time between two readings in a row.
 */
#include "prog.h"

#include <fcntl.h>
#include <linux/rtc.h>
#include <sys/ioctl.h>
#include <time.h>

#define MS 1000000ll

static int64_t now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static int64_t chip(int fd)
{
	struct rtc_time t;
	struct tm tm = { 0 };

	if (ioctl(fd, RTC_RD_TIME, &t)) {
		check(false, "the chip cannot be read: %s", strerror(errno));
		return 0;
	}
	tm.tm_sec = t.tm_sec;
	tm.tm_min = t.tm_min;
	tm.tm_hour = t.tm_hour;
	tm.tm_mday = t.tm_mday;
	tm.tm_mon = t.tm_mon;
	tm.tm_year = t.tm_year;
	return mktime(&tm);
}

/* The chip's second that begins, and the kernel's time when it does. */
static int64_t tick(int fd, int64_t *ns)
{
	int64_t was = chip(fd), is = was;

	while (is == was && !failures) {
		is = chip(fd);
		*ns = now(CLOCK_MONOTONIC);
	}
	return is;
}

static int64_t longest;

static void read_until(int64_t end)
{
	int64_t last = now(CLOCK_MONOTONIC), t = last, off = now(CLOCK_REALTIME) - t, real;

	for (; t < end; last = t) {
		real = now(CLOCK_REALTIME);
		t = now(CLOCK_MONOTONIC);
		if (t < last) {
			check(false, "the clock went back by %lld ns", (long long)(last - t));
			return;
		}
		if (t - last > longest)
			longest = t - last;
		if (real - off < last || real - off > t) {
			check(false, "the date jumped by %lld ns", (long long)(real - off - t));
			return;
		}
	}
}

static void nap_until(int64_t end)
{
	for (long ms = 1; now(CLOCK_MONOTONIC) < end; ms = ms % 50 + 7) {
		struct timespec nap = { 0, ms * MS };
		int64_t t = now(CLOCK_MONOTONIC);

		nanosleep(&nap, NULL);
		t = now(CLOCK_MONOTONIC) - t;
		check(t >= ms * MS, "a sleep of %ld ms lasted %lld ns", ms, (long long)t);
	}
}

static void fork_until(int64_t end)
{
	while (now(CLOCK_MONOTONIC) < end) {
		pid_t pid = fork();

		if (!pid)
			_exit(7);
		check(reaped(pid, 7), "child failed");
	}
}

int main(int argc, char **argv)
{
	const char *secs = argc > 1 ? argv[1] : getenv("seconds");
	int64_t quarter = (secs ? atoll(secs) : 8) * 250 * MS, a, b, from, to;
	struct timespec rest = { quarter / (1000 * MS), quarter % (1000 * MS) };
	int fd = open("/dev/rtc0", O_RDONLY);

	from = tick(fd, &a);
	read_until(a + quarter);
	nap_until(a + 2 * quarter);
	fork_until(a + 3 * quarter);
	nanosleep(&rest, NULL);
	to = tick(fd, &b);
	printf("clock: kernel %lld us, chip %lld s, longest step %lld us\n",
	       (long long)(b - a) / 1000, (long long)(to - from), (long long)longest / 1000);
	return finish("clock");
}
