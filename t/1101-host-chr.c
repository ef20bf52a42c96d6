/* SPDX-License-Identifier: MIT */
/* Streams against real pipes, sockets, terminals and processes: what goes in comes out, once, in order. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "lib/host-signal.h"
#include "lib/host.h"
#include "t/tap.h"

#define MIB (1u << 20)
#define MS 1000000ll

static char dir[] = "/tmp/t1101.XXXXXX";
static char err[256];

/* The n-th byte of the stream that every test sends. */
static u8 pattern(u32 n)
{
	return (u8)(n * 31 + (n >> 8) * 7 + (n >> 16));
}

static u32 rnd(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static char *in_dir(const char *fmt, const char *name)
{
	static char buf[4][256];
	static unsigned i;
	char path[128];

	i = (i + 1) % 4;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(buf[i], sizeof(buf[i]), fmt, path);
	return buf[i];
}

static double cpu_seconds(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static bool opens(struct host *host, const char *spec, struct chr *chr)
{
	int ret = host_chr_open(host, spec, chr, err, sizeof(err));

	if (ret)
		diag("%s: %s", spec, err);
	return !ret;
}

static void refused(struct host *host, const char *spec, const char *says)
{
	struct chr chr;
	int ret;

	chr_init(&chr);
	err[0] = 0;
	ret = host_chr_open(host, spec, &chr, err, sizeof(err));
	if (!ok(ret < 0 && strstr(err, says) && !strchr(err, '\n'), "%s is refused: %s", spec, err))
		diag("returned %d, wanted '%s'", ret, says);
}

static void t_refused(void)
{
	static struct host host;
	char path[300];

	host_init(&host);
	refused(&host, "", "not one of");
	refused(&host, "telnet:localhost:1,server", "not one of");
	refused(&host, "stdiox", "not one of");
	refused(&host, "tcp:example.org:80", "numeric");
	refused(&host, "tcp:localhost", "tcp:HOST:PORT");
	refused(&host, "tcp:localhost:99999", "tcp:HOST:PORT");
	refused(&host, "unix:", "path");
	refused(&host, "unix:/tmp/x,sever=on", "sever=on");
	refused(&host, "unix:/proc/nonexistent/dir/s", "No such file");
	refused(&host, "file:/proc/nonexistent/dir/f", "No such file");
	refused(&host, "file:/tmp/f,x", "unknown option");
	refused(&host, "pipe:/proc/nonexistent/p", "No such file");
	refused(&host, "fd:x", "not a descriptor");
	refused(&host, "fd:999", "Bad file");
	memset(path, 'a', sizeof(path));
	memcpy(path, "unix:/", 6);
	path[250] = 0;
	refused(&host, path, "at most");
	is(host.stdio_taken, false, "nothing stays taken");
	host_release(&host);
}

static void put(struct chr *chr, u32 from, u32 to)
{
	for (; from < to; from++)
		chr_put(chr, pattern(from));
}

static void t_file(void)
{
	static struct host host;
	static struct chr chr;
	u32 i, bad = 0;
	FILE *f;

	host_init(&host);
	chr_init(&chr);
	ok(opens(&host, in_dir("file:%s", "out"), &chr), "file");
	ok(!host_input_possible(&host), "gives no input");
	put(&chr, 0, 100000);
	ok(host_drain(&host, 1000 * MS), "drains");
	host_release(&host);
	ok(!chr.flush && !chr.host, "the stream is let go");
	chr_init(&chr);
	host_init(&host);
	ok(opens(&host, in_dir("file:%s,append=on", "out"), &chr), "append");
	put(&chr, 100000, 100010);
	host_drain(&host, 1000 * MS);
	host_release(&host);
	f = fopen(in_dir("%s", "out"), "rb");
	for (i = 0; f && i < 100010; i++)
		bad += fgetc(f) != pattern(i);
	ok(f && !bad && fgetc(f) == EOF, "every byte is there, and no other");
	if (f)
		fclose(f);
}

static void t_null(void)
{
	static struct host host;
	static struct chr chr;

	host_init(&host);
	chr_init(&chr);
	ok(opens(&host, "null", &chr), "null");
	put(&chr, 0, 100000);
	ok(host_drain(&host, 0), "takes everything");
	ok(!host_input_possible(&host), "gives nothing");
	is(host_poll(&host, 0), 0, "and polls nothing");
	host_release(&host);
}

/* A guest and a peer in this process, both bounded by what the other takes. */
struct talk {
	struct host *host;
	struct chr *chr;
	int fd; /* the peer's */
	u32 want; /* bytes each way */
	u32 sent, got, guest_sent, guest_got, bad, seed;
};

static void talk_peer(struct talk *t)
{
	u8 buf[8192];
	ssize_t n;
	u32 i, max = 1 + rnd(&t->seed) % sizeof(buf);

	if (t->sent < t->want && rnd(&t->seed) % 3) {
		max = max < t->want - t->sent ? max : t->want - t->sent;
		for (i = 0; i < max; i++)
			buf[i] = pattern(t->sent + i);
		n = write(t->fd, buf, max);
		t->sent += n > 0 ? (u32)n : 0;
	}
	if (rnd(&t->seed) % 3) {
		n = read(t->fd, buf, 1 + rnd(&t->seed) % sizeof(buf));
		for (i = 0; n > 0 && i < (u32)n; i++)
			t->bad += buf[i] != pattern(t->got++);
	}
}

/* The guest puts no more than the queue holds, as nobody reads while it would block. */
static void talk_guest(struct talk *t)
{
	u32 n = rnd(&t->seed) % 3000;
	u8 c;

	for (; n && t->guest_sent < t->want && t->chr->out.num < CHR_QUEUE; n--)
		chr_put(t->chr, pattern(t->guest_sent++));
	for (n = rnd(&t->seed) % 3000; n && chr_get(t->chr, &c); n--)
		t->bad += c != pattern(t->guest_got++);
}

static void talk(struct host *host, struct chr *chr, int fd, u32 want, const char *what)
{
	struct talk t = { .host = host, .chr = chr, .fd = fd, .want = want, .seed = 1 };
	u64 end = host_now_ns() + 20000 * (u64)MS;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	while ((t.got < want || t.guest_got < want) && host_now_ns() < end) {
		talk_guest(&t);
		host_poll(host, rnd(&t.seed) % 4 ? 0 : 100000);
		talk_peer(&t);
	}
	is(t.got, want, "%s: all output came", what);
	is(t.guest_got, want, "%s: all input came", what);
	is(t.bad, 0, "%s: in order", what);
}

static int unix_client(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Poll until nothing happens any more. */
static void settle(struct host *host)
{
	while (host_poll(host, 20 * MS))
		;
}

static unsigned guest_text(struct chr *chr, char *buf, unsigned size)
{
	unsigned n = 0;
	u8 c;

	while (n < size - 1 && chr_get(chr, &c))
		buf[n++] = (char)c;
	buf[n] = 0;
	return n;
}

static void t_quiet(struct host *host, const char *what)
{
	double cpu = cpu_seconds();
	u64 from = host_now_ns();
	unsigned turns = 0;

	while (host_now_ns() - from < 300 * (u64)MS) {
		host_poll(host, 300 * MS);
		turns++;
	}
	ok(turns < 20 && cpu_seconds() - cpu < 0.1, "%s: the loop sleeps (%u turns)", what, turns);
}

static void t_unix(void)
{
	static struct host host;
	static struct chr chr;
	char *path = strdup(in_dir("%s", "sock")), buf[64];
	struct stat st;
	int fd, fd2;

	host_init(&host);
	chr_init(&chr);
	ok(opens(&host, in_dir("unix:%s,server=on,wait=off", "sock"), &chr), "unix server");
	ok(!host_chr_connected(&host, &chr), "nobody yet");
	ok(host_input_possible(&host), "but somebody may come");
	put(&chr, 0, 50000);
	settle(&host);
	is(chr.out.num, 0, "output for nobody is thrown away");
	fd = unix_client(path);
	settle(&host);
	ok(fd >= 0 && host_chr_connected(&host, &chr), "a client");
	talk(&host, &chr, fd, MIB, "unix");
	fd2 = unix_client(path);
	settle(&host);
	ok(write(fd2, "later", 5) == 5, "a second client waits");
	settle(&host);
	is(chr.in.num, 0, "until the first has gone");
	close(fd);
	settle(&host);
	is(guest_text(&chr, buf, sizeof(buf)), 5, "then it is served");
	put(&chr, 0, 10);
	settle(&host);
	is(read(fd2, buf, sizeof(buf)), 10, "both ways");
	close(fd2);
	settle(&host);
	ok(!host_chr_connected(&host, &chr), "gone");
	put(&chr, 0, 50000);
	t_quiet(&host, "peer gone");
	fd = unix_client(path);
	settle(&host);
	talk(&host, &chr, fd, 10000, "reconnected");
	shutdown(fd, SHUT_WR);
	settle(&host);
	t_quiet(&host, "peer half gone");
	put(&chr, 0, 100);
	settle(&host);
	is(read(fd, buf, sizeof(buf)), (int)sizeof(buf), "a peer that only listens still hears");
	close(fd);
	settle(&host);
	ok(!host_chr_connected(&host, &chr), "until it goes");
	host_release(&host);
	ok(stat(path, &st) && errno == ENOENT, "the socket is removed");
	free(path);
}

/* Its peer resets the connection while output is queued. */
static void t_reset(void)
{
	static struct host host;
	static struct chr chr;
	char *path = strdup(in_dir("%s", "rst"));
	int fd;

	host_init(&host);
	chr_init(&chr);
	opens(&host, in_dir("unix:%s,server,nowait", "rst"), &chr);
	fd = unix_client(path);
	settle(&host);
	put(&chr, 0, 3000);
	close(fd);
	put(&chr, 0, 500000);
	settle(&host);
	ok(!host_chr_connected(&host, &chr), "no SIGPIPE, no wait, just gone");
	host_release(&host);
	free(path);
}

static void t_tcp(void)
{
	static struct host server, client;
	static struct chr a, b;
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	char spec[64];
	u32 i, bad = 0, got = 0;
	u64 end;
	u8 c;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	/* A port that is free, most likely. */
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(s, (struct sockaddr *)&sin, sizeof(sin));
	getsockname(s, (struct sockaddr *)&sin, &len);
	close(s);
	host_init(&server);
	host_init(&client);
	chr_init(&a);
	chr_init(&b);
	snprintf(spec, sizeof(spec), "tcp:127.0.0.1:%u,server=on,wait=off", ntohs(sin.sin_port));
	ok(opens(&server, spec, &a), "tcp server");
	snprintf(spec, sizeof(spec), "tcp:localhost:%u", ntohs(sin.sin_port));
	ok(opens(&client, spec, &b), "tcp client");
	settle(&server);
	end = host_now_ns() + 20000 * (u64)MS;
	for (i = 0; got < 100000 && host_now_ns() < end;) {
		for (; i < 100000 && a.out.num < CHR_QUEUE; i++)
			chr_put(&a, pattern(i));
		host_poll(&server, 0);
		host_poll(&client, MS);
		while (chr_get(&b, &c))
			bad += c != pattern(got++);
	}
	ok(got == 100000 && !bad, "100,000 bytes");
	host_release(&server);
	settle(&client);
	put(&b, 0, 100000);
	settle(&client);
	put(&b, 0, 100000);
	settle(&client);
	ok(!host_input_possible(&client), "a client whose server went has no hope");
	host_release(&client);
}

static void t_wait(void)
{
	static struct host host;
	static struct chr chr;
	char *path = strdup(in_dir("%s", "wait")), c = 0;
	pid_t pid = fork();
	int fd, i;

	if (!pid) {
		for (i = 0; i < 500 && (fd = unix_client(path)) < 0; i++)
			usleep(10000);
		_exit(fd >= 0 && write(fd, "w", 1) == 1 && read(fd, &c, 1) == 1 && c == 'r' ? 0
											    : 1);
	}
	host_init(&host);
	chr_init(&chr);
	ok(opens(&host, in_dir("unix:%s,server=on", "wait"), &chr), "wait=on is the default");
	ok(host_chr_connected(&host, &chr), "and waits for the client");
	chr_put(&chr, 'r');
	host_drain(&host, 1000 * MS);
	waitpid(pid, &i, 0);
	is(i, 0, "which is served");
	host_release(&host);

	host_signals_init();
	pid = fork();
	if (!pid) {
		usleep(100000);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	host_init(&host);
	refused(&host, in_dir("unix:%s,server=on", "wait"), "stopped");
	waitpid(pid, NULL, 0);
	host_signals.stop = host_signals.any = 0;
	host_release(&host);
	free(path);
}

static void t_pipe(void)
{
	static struct host host;
	static struct chr chr;
	int in, out, i, bad = 0, got = 0;
	u8 buf[4096];

	mkfifo(in_dir("%s", "p.in"), 0600);
	mkfifo(in_dir("%s", "p.out"), 0600);
	host_init(&host);
	chr_init(&chr);
	ok(opens(&host, in_dir("pipe:%s", "p"), &chr), "pipe");
	put(&chr, 0, 4000);
	settle(&host);
	out = open(in_dir("%s", "p.out"), O_RDONLY | O_NONBLOCK);
	in = open(in_dir("%s", "p.in"), O_WRONLY | O_NONBLOCK);
	is(read(out, buf, sizeof(buf)), 4000, "output waits in the FIFO");
	for (i = 0; i < 4000; i++)
		bad += buf[i] != pattern((u32)i);
	is(bad, 0, "in order");
	for (i = 0; i < 4096; i++)
		buf[i] = pattern((u32)i);
	for (i = 0; i < 10; i++)
		got += (int)write(in, buf, sizeof(buf));
	settle(&host);
	is(chr.in.num, CHR_QUEUE, "input fills the guest's queue");
	t_quiet(&host, "a full queue");
	for (i = 0; i < got; i++) {
		u8 c;

		if (!chr_peek(&chr))
			settle(&host);
		bad += !chr_get(&chr, &c) || c != pattern((u32)i % 4096);
	}
	is(bad, 0, "and all of it comes");
	close(in);
	close(out);
	t_quiet(&host, "a FIFO without a peer");
	host_release(&host);

	mkfifo(in_dir("%s", "single"), 0600);
	host_init(&host);
	chr_init(&chr);
	ok(opens(&host, in_dir("pipe:%s", "single"), &chr), "one FIFO for both");
	host_release(&host);
}

/* A process at the other end that reads n bytes slowly and says by its exit status whether all were right. */
static pid_t slow_reader(int fd, int other, u32 n)
{
	pid_t pid = fork();
	u32 got = 0, seed = 99;
	u8 buf[3000];
	ssize_t r, i;

	if (pid)
		return pid;
	close(other);
	fcntl(fd, F_SETFL, 0);
	while (got < n) {
		if (!(rnd(&seed) % 16))
			usleep(1000);
		r = read(fd, buf, 1 + rnd(&seed) % sizeof(buf));
		if (r <= 0)
			_exit(2);
		for (i = 0; i < r; i++)
			if (buf[i] != pattern(got++))
				_exit(1);
	}
	_exit(0);
}

static void t_slow(bool sock)
{
	static struct host host;
	static struct chr chr;
	char spec[32];
	int fd[2], status = -1;
	pid_t pid;

	if (sock ? socketpair(AF_UNIX, SOCK_STREAM, 0, fd) : pipe(fd))
		exit(1);
	if (sock) {
		int t = fd[0];

		fd[0] = fd[1];
		fd[1] = t;
	}
	host_init(&host);
	chr_init(&chr);
	pid = slow_reader(fd[0], fd[1], MIB);
	close(fd[0]);
	snprintf(spec, sizeof(spec), "fd:%d", fd[1]);
	ok(opens(&host, spec, &chr), "fd");
	put(&chr, 0, MIB);
	ok(host_drain(&host, 10000 * MS), "a slow reader gets it all");
	waitpid(pid, &status, 0);
	is(status, 0, "in order, by a %s", sock ? "socket" : "pipe");
	is(fcntl(fd[1], F_GETFL) & O_NONBLOCK, 0, "the descriptor's flags are untouched");
	host_release(&host);
	close(fd[1]);
}

/* Nobody reads: signals get the machine going. */
static void t_signals(void)
{
	static struct host host;
	static struct chr chr;
	char spec[32];
	u8 buf[8192];
	int fd[2];
	u32 n, got = 0, bad = 0;
	pid_t pid;
	ssize_t r, i;
	u64 from;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		exit(1);
	host_init(&host);
	chr_init(&chr);
	snprintf(spec, sizeof(spec), "fd:%d", fd[0]);
	opens(&host, spec, &chr);
	/* Fill the socket, the loop's buffer and the queue. */
	for (n = 0; n < 4 * MIB && (chr.out.num < CHR_QUEUE); n++) {
		chr_put(&chr, pattern(n));
		if (chr.out.num == CHR_QUEUE)
			host_poll(&host, 0);
	}
	ok(chr.out.num == CHR_QUEUE, "nobody reads, %u bytes are under way", n);
	pid = fork();
	if (!pid) {
		usleep(100000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	from = host_now_ns();
	chr_put(&chr, pattern(n++));
	ok(host_now_ns() - from >= 50 * (u64)MS, "the machine stands still");
	ok(host_signals.save && host_signals.any, "until it is to be saved");
	waitpid(pid, NULL, 0);
	host_signals.save = host_signals.any = 0;
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	while (got < n) {
		r = read(fd[1], buf, sizeof(buf));
		if (r <= 0 && !host_poll(&host, 100 * MS))
			break;
		for (i = 0; i < r; i++)
			bad += buf[i] != pattern(got++);
		host_poll(&host, 0);
	}
	is(got, n, "and nothing is lost for it");
	is(bad, 0, "in order");
	while (chr.out.num < CHR_QUEUE) {
		chr_put(&chr, 'x');
		if (chr.out.num == CHR_QUEUE)
			host_poll(&host, 0);
	}
	pid = fork();
	if (!pid) {
		usleep(100000);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	chr_put(&chr, 'y');
	ok(host_signals.stop == 1, "SIGTERM ends it too");
	waitpid(pid, NULL, 0);
	host_signals.stop = host_signals.any = 0;
	host_release(&host);
	close(fd[0]);
	close(fd[1]);

	host_init(&host);
	raise(SIGUSR2);
	from = host_now_ns();
	host_poll(&host, 5000 * MS);
	ok(host_now_ns() - from < 1000 * (u64)MS && host_signals.restore,
	   "a signal before the wait ends it");
	host_signals.restore = host_signals.any = 0;
	pid = fork();
	if (!pid) {
		usleep(50000);
		kill(getppid(), SIGHUP);
		_exit(0);
	}
	from = host_now_ns();
	host_poll(&host, 5000 * MS);
	ok(host_now_ns() - from < 4000 * (u64)MS && host_signals.stop == 1,
	   "a signal during the wait ends it");
	waitpid(pid, NULL, 0);
	host_signals.stop = host_signals.any = 0;
	from = host_now_ns();
	is(host_poll(&host, 30 * MS), 0, "no signal, nothing to do");
	ok(host_now_ns() - from >= 29 * (u64)MS, "is a sleep");
	raise(SIGPIPE);
	raise(SIGXFSZ);
	ok(true, "SIGPIPE and SIGXFSZ are ignored");
	host_release(&host);
}

static void count_focus(void *arg, bool monitor)
{
	int *n = arg;

	*n += monitor ? 100 : 1;
}

static unsigned wakes;

static void count_wake(void *chip)
{
	(void)chip;
	wakes++;
}

static void type(struct host *host, int fd, const char *text, size_t n)
{
	if (write(fd, text, n) != (ssize_t)n)
		diag("short write");
	settle(host);
}

#define TYPE(text) type(&host, fd[1], text, sizeof(text) - 1)

static void t_mux(void)
{
	static struct host host;
	static struct chr chr, mon;
	char spec[32], buf[8192];
	int fd[2], focus = 0, i;
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		exit(1);
	host_init(&host);
	chr_init(&chr);
	chr_init(&mon);
	host.focus = count_focus;
	host.focus_arg = &focus;
	snprintf(spec, sizeof(spec), "mon:fd:%d", fd[0]);
	ok(opens(&host, spec, &chr), "mon:");
	TYPE("ab\x01"
	     "ccd");
	is(guest_text(&chr, buf, sizeof(buf)), 4, "Ctrl-A c without a monitor");
	n = read(fd[1], buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	ok(strstr(buf, "no monitor"), "says so");
	host_set_monitor(&host, &mon);
	TYPE("\x01\x01z\x03\x1a");
	guest_text(&chr, buf, sizeof(buf));
	ok(!strcmp(buf, "\x01z\x03\x1a"), "Ctrl-A Ctrl-A is Ctrl-A; Ctrl-C and Ctrl-Z pass");
	TYPE("pre\x01");
	TYPE("cinfo\r\x01"
	     "cpost");
	guest_text(&chr, buf, sizeof(buf));
	ok(!strcmp(buf, "prepost"), "Ctrl-A c and back: the console's part");
	guest_text(&mon, buf, sizeof(buf));
	ok(!strcmp(buf, "info\r"), "and the monitor's");
	ok(focus == 101 || focus == 1, "the monitor is told (%d)", focus);
	focus = 0;
	TYPE("\x01"
	     "c");
	is(focus, 100, "in");
	TYPE("\x01"
	     "c");
	is(focus, 101, "and out");
	chr_put(&chr, 'G');
	chr_put(&mon, 'M');
	settle(&host);
	n = read(fd[1], buf, sizeof(buf));
	ok(n == 2 && memchr(buf, 'G', 2) && memchr(buf, 'M', 2), "both write to the same place");
	chr.wake = count_wake;
	TYPE("\x01"
	     "b");
	is(chr.breaks, 1, "Ctrl-A b is a BREAK");
	is(wakes, 1, "and wakes the chip");
	TYPE("\x01"
	     "q\x01?");
	n = read(fd[1], buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	ok(strstr(buf, "Ctrl-A x") && !chr.in.num, "help; other letters do nothing");
	/* A guest that reads nothing, and an impatient user. */
	memset(buf, 'k', sizeof(buf));
	for (i = 0; i < 4; i++)
		type(&host, fd[1], buf, sizeof(buf));
	is(chr.in.num, CHR_QUEUE, "the guest's queue is full");
	ok(!host.quit, "running");
	TYPE("\x01x");
	ok(host.quit, "Ctrl-A x is heard all the same");
	for (i = 0; guest_text(&chr, buf, sizeof(buf)); settle(&host))
		i += (int)strlen(buf);
	is(i, 4 * (int)sizeof(buf), "and nothing that was typed is lost");
	for (i = 0; i < 1000000; i++)
		chr_put(&chr, 'o');
	ok(true, "after it a full queue holds nothing up");
	host_release(&host);
	ok(!mon.flush, "the monitor's stream is let go");
	close(fd[0]);
	close(fd[1]);
}

/* A machine for tests: answers every input byte with its successor until input can no longer come. */
static void echo_machine(const char *spec)
{
	static struct host host;
	static struct chr chr;
	u8 c;

	host_signals_init();
	host_init(&host);
	chr_init(&chr);
	if (host_chr_open(&host, spec, &chr, err, sizeof(err)))
		_exit(10);
	if (host_chr_open(&host, "stdio", &(struct chr){ 0 }, err, sizeof(err)) != -EBUSY)
		_exit(11);
	while (!host.quit && !host_signals.stop) {
		host_signals.any = 0;
		while (chr_get(&chr, &c))
			chr_put(&chr, (u8)(c + 1));
		if (!host_input_possible(&host) && !chr_peek(&chr))
			break;
		host_poll(&host, -1);
	}
	if (!host_drain(&host, 10000 * MS))
		_exit(12);
	host_release(&host);
	_exit(host.quit ? 42 : host_signals.stop ? 43 : 0);
}

/* Only 0, 1 and 2: another end of the same pipe would keep it open. */
static void keep_stdio(void)
{
	int fd;

	for (fd = 3; fd < 256; fd++)
		close(fd);
}

static pid_t start(const char *spec, int in, int out)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	dup2(in, 0);
	dup2(out, 1);
	keep_stdio();
	echo_machine(spec);
	return 0;
}

static int finish(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void t_stdio_pipe(void)
{
	int to[2], from[2];
	u32 sent = 0, got = 0, bad = 0, i;
	u8 buf[5000];
	ssize_t n;
	pid_t pid;

	if (pipe(to) || pipe(from))
		exit(1);
	pid = start("stdio", to[0], from[1]);
	fcntl(to[1], F_SETFL, O_NONBLOCK);
	close(from[1]);
	while (got < MIB) {
		struct pollfd p[2] = { { .fd = from[0], .events = POLLIN },
				       { .fd = sent < MIB ? to[1] : -1, .events = POLLOUT } };

		if (poll(p, 2, 5000) <= 0)
			break;
		for (i = 0; i < sizeof(buf) && sent + i < MIB; i++)
			buf[i] = pattern(sent + i);
		n = p[1].revents ? write(to[1], buf, i) : 0;
		sent += n > 0 ? (u32)n : 0;
		n = p[0].revents ? read(from[0], buf, sizeof(buf)) : 0;
		if (p[0].revents && n <= 0)
			break;
		for (i = 0; i < (u32)n; i++)
			bad += buf[i] != (u8)(pattern(got++) + 1);
	}
	is(got, MIB, "1 MiB pasted into stdio by a pipe comes back");
	is(bad, 0, "in order");
	is(fcntl(to[0], F_GETFL) & O_NONBLOCK, 0, "stdin's flags are untouched");
	close(to[1]);
	is(finish(pid), 0, "end of file ends input, is told, and does not spin");
	close(to[0]);
	close(from[0]);
}

/* What is written before the reader goes is one thing; the machine must survive what comes after. */
static void t_stdout_closed(void)
{
	int to[2], from[2];
	u8 buf[4096];
	pid_t pid;
	int i;

	if (pipe(to) || pipe(from))
		exit(1);
	pid = start("stdio", to[0], from[1]);
	close(to[0]);
	close(from[1]);
	close(from[0]);
	memset(buf, 'a', sizeof(buf));
	for (i = 0; i < 100; i++)
		if (write(to[1], buf, sizeof(buf)) < 0)
			break;
	is(i, 100, "with stdout closed input still goes in");
	close(to[1]);
	is(finish(pid), 0, "and the end is an ordinary one");
}

/* A blocking socket as stdout, with a pipe as stdin: flags of neither may be changed. */
static void t_stdio_mixed(void)
{
	int to[2], sock[2];
	u32 i, got = 0, bad = 0, total = 50000;
	u8 buf[4096];
	ssize_t n;
	pid_t pid, writer;

	if (pipe(to) || socketpair(AF_UNIX, SOCK_STREAM, 0, sock))
		exit(1);
	pid = start("stdio", to[0], sock[1]);
	writer = fork();
	if (!writer) {
		close(sock[0]);
		close(sock[1]);
		for (i = 0; i < total; i++) {
			buf[0] = pattern(i);
			if (write(to[1], buf, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(to[1]);
	close(sock[1]);
	usleep(100000);
	while ((n = read(sock[0], buf, sizeof(buf))) > 0)
		for (i = 0; i < (u32)n; i++)
			bad += buf[i] != (u8)(pattern(got++) + 1);
	is(got, total, "stdin a pipe, stdout a socket");
	is(bad, 0, "in order");
	is(finish(writer), 0, "the writer was served");
	is(finish(pid), 0, "and the end is an ordinary one");
	close(to[0]);
	close(sock[0]);
}

static void t_stdin_file(void)
{
	int from[2], in = open(in_dir("%s", "out"), O_RDONLY);
	u8 buf[4096];
	u32 got = 0, bad = 0;
	ssize_t n, i;
	pid_t pid;

	if (pipe(from))
		exit(1);
	pid = start("stdio", in, from[1]);
	close(from[1]);
	close(in);
	while ((n = read(from[0], buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			bad += buf[i] != (u8)(pattern(got++) + 1);
	is(got, 100010, "a file as stdin");
	is(bad, 0, "in order");
	is(finish(pid), 0, "ends with it");
	close(from[0]);
}

static void t_no_stdio(void)
{
	pid_t pid = fork();

	if (!pid) {
		close(0);
		close(1);
		echo_machine("stdio");
	}
	is(finish(pid), 0, "neither stdin nor stdout");
}

static int open_terminal(int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	return *slave < 0 ? -1 : master;
}

static pid_t start_on_terminal(const char *spec, int slave)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	dup2(slave, 0);
	dup2(slave, 1);
	keep_stdio();
	echo_machine(spec);
	return 0;
}

static bool expect(int fd, const char *want)
{
	char buf[256];
	size_t n = 0;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	buf[0] = 0;
	while (n < strlen(want) && poll(&p, 1, 5000) > 0) {
		ssize_t r = read(fd, buf + n, sizeof(buf) - 1 - n);

		if (r <= 0)
			break;
		n += (size_t)r;
		buf[n] = 0;
	}
	return !strcmp(buf, want);
}

static bool is_raw(int fd)
{
	struct termios t;

	return !tcgetattr(fd, &t) && !(t.c_lflag & (ICANON | ECHO));
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

static bool becomes(int fd, bool raw)
{
	int i;

	for (i = 0; i < 500 && is_raw(fd) != raw; i++)
		usleep(10000);
	return is_raw(fd) == raw;
}

static void t_terminal(void)
{
	/* The kernel fills fewer c_cc than there are. */
	struct termios before = { 0 }, during, after = { 0 };
	int slave = -1, master = open_terminal(&slave), status;
	pid_t pid;

	if (!ok(master >= 0, "a terminal"))
		return;
	tcgetattr(slave, &before);
	pid = start_on_terminal("mon:stdio", slave);
	ok(becomes(slave, true), "raw mode, no echo");
	tcgetattr(slave, &during);
	ok(!(during.c_lflag & ISIG), "mon:stdio: Ctrl-C is the guest's");
	ok(write(master, "ab\x03", 3) == 3 && expect(master, "bc\x04"), "typing goes both ways");
	is(fcntl(slave, F_GETFL) & O_NONBLOCK, 0, "the terminal is not made non-blocking");
	kill(pid, SIGTSTP);
	waitpid(pid, &status, WUNTRACED);
	ok(WIFSTOPPED(status), "SIGTSTP stops it");
	tcgetattr(slave, &after);
	ok(same_modes(&before, &after), "with the terminal as it was");
	kill(pid, SIGCONT);
	ok(becomes(slave, true), "SIGCONT makes it raw again");
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	tcsetattr(slave, TCSANOW, &before); /* as a shell does */
	kill(pid, SIGCONT);
	ok(becomes(slave, true), "also after SIGSTOP");
	ok(write(master, "\x01x", 2) == 2, "Ctrl-A x");
	is(finish(pid), 42, "quits");
	tcgetattr(slave, &after);
	ok(same_modes(&before, &after), "and restores the terminal");

	pid = start_on_terminal("stdio", slave);
	ok(becomes(slave, true), "plain stdio");
	tcgetattr(slave, &during);
	ok(during.c_lflag & ISIG, "keeps the terminal's signals");
	ok(write(master, "\x01x", 2) == 2 && expect(master, "\x02y"), "and knows no escapes");
	ok(write(master, "\x03", 1) == 1, "Ctrl-C");
	is(finish(pid), 43, "stops it");
	tcgetattr(slave, &after);
	ok(same_modes(&before, &after), "with the terminal restored");

	pid = start_on_terminal("mon:stdio", slave);
	becomes(slave, true);
	close(slave);
	close(master);
	status = finish(pid);
	ok(status == 0 || status == 43, "a terminal that goes away ends input (%d)", status);
}

static void t_pty(void)
{
	static struct host host;
	static struct chr chr;
	char name[128] = "", line[160] = "", buf[64];
	int fd, saved = dup(2), tmp = open(in_dir("%s", "err"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	host_init(&host);
	chr_init(&chr);
	dup2(tmp, 2);
	fd = opens(&host, "pty", &chr);
	dup2(saved, 2);
	ok(fd, "pty");
	if (pread(tmp, line, sizeof(line) - 1, 0) > 0)
		sscanf(line, "char device redirected to %127s", name);
	ok(!strncmp(name, "/dev/pts/", 9), "its name is told: %s", name);
	put(&chr, 0, 100000);
	t_quiet(&host, "a pty that nobody has open");
	fd = open(name, O_RDWR | O_NOCTTY);
	ok(fd >= 0 && is_raw(fd), "it opens, raw");
	usleep(60000);
	settle(&host);
	talk(&host, &chr, fd, MIB / 4, "pty");
	close(fd);
	settle(&host);
	put(&chr, 0, 100000);
	t_quiet(&host, "closed again");
	ok(!host_chr_connected(&host, &chr), "and known to be");
	fd = open(name, O_RDWR | O_NOCTTY);
	ok(write(fd, "hello", 5) == 5, "a passing writer");
	close(fd);
	usleep(60000);
	settle(&host);
	settle(&host);
	is(guest_text(&chr, buf, sizeof(buf)), 5, "is heard, too");
	host_release(&host);
	close(saved);
	close(tmp);
}

static unsigned readies;

static void on_ready(void *arg, short revents)
{
	char c;

	if (revents & POLLIN && read(*(int *)arg, &c, 1) == 1)
		readies++;
}

static void t_watch(void)
{
	static struct host host;
	int fd[2];

	if (pipe(fd))
		exit(1);
	host_init(&host);
	ok(!host_input_possible(&host), "no input in an empty loop");
	is(host_watch(&host, fd[0], POLLIN, on_ready, &fd[0]), 0, "watch");
	is(host_watch(&host, fd[0], POLLIN, on_ready, &fd[0]), -EEXIST, "once");
	ok(host_input_possible(&host), "a watch may deliver");
	is(host_poll(&host, 0), 0, "quiet");
	ok(write(fd[1], "x", 1) == 1 && host_poll(&host, 1000 * MS) == 1, "ready");
	is(readies, 1, "called");
	host_unwatch(&host, fd[0]);
	ok(write(fd[1], "x", 1) == 1 && host_poll(&host, 0) == 0 && readies == 1, "unwatched");
	host_release(&host);
	close(fd[0]);
	close(fd[1]);
}

static void clean(void)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	if (system(cmd))
		diag("%s is left", dir);
}

int main(void)
{
	alarm(120);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(dir))
		return 1;
	t_refused();
	t_file();
	t_null();
	t_unix();
	t_reset();
	t_tcp();
	t_wait();
	t_pipe();
	t_slow(false);
	t_slow(true);
	t_signals();
	t_mux();
	t_stdio_pipe();
	t_stdout_closed();
	t_stdio_mixed();
	t_stdin_file();
	t_no_stdio();
	t_terminal();
	t_pty();
	t_watch();
	clean();
	return tap_done();
}
