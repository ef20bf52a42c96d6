/* SPDX-License-Identifier: MIT */
/* storm KIND N: one kind of work for the kernel or for memory, N times over, for tools/bench. */
#include "prog.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>

static void syscalls(unsigned n)
{
	while (n--)
		syscall(SYS_getppid);
}

/* Fork, and execute this program again, which ends at once. */
static void forks(unsigned n)
{
	while (n--) {
		pid_t pid = fork();

		if (!pid) {
			execl("/proc/self/exe", "storm", "exit", "0", (char *)NULL);
			_exit(1);
		}
		check(reaped(pid, 0), "child failed");
	}
}

/* Two processes hand an octet to and fro: two switches each. */
static void switches(unsigned n)
{
	int to[2], fro[2];
	char c = 0;
	pid_t pid;

	if (pipe(to) || pipe(fro))
		exit(1);
	pid = fork();
	if (!pid) {
		while (read(to[0], &c, 1) == 1 && c)
			if (write(fro[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	c = 1;
	while (n--)
		if (write(to[1], &c, 1) != 1 || read(fro[0], &c, 1) != 1)
			exit(1);
	c = 0;
	check(write(to[1], &c, 1) == 1 && reaped(pid, 0), "the other process failed");
}

/* n MiB of fresh pages, one at a time. */
static void faults(unsigned n)
{
	const size_t size = 1 << 20;

	while (n--) {
		volatile char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			exit(1);
		for (size_t i = 0; i < size; i += 4096)
			p[i] = 1;
		munmap((void *)p, size);
	}
}

/* n KiB to the second serial line: the chip interrupts at every octet. */
static void interrupts(unsigned n)
{
	int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_NONBLOCK);
	struct termios t;
	char buf[1024];

	memset(buf, 'x', sizeof(buf));
	if (fd < 0 || tcgetattr(fd, &t)) {
		check(false, "ttyS1: %s", strerror(errno));
		return;
	}
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL;
	t.c_cflag &= ~(tcflag_t)CRTSCTS;
	cfsetspeed(&t, B38400);
	tcsetattr(fd, TCSANOW, &t);
	fcntl(fd, F_SETFL, 0);
	while (n--)
		for (size_t done = 0; done < sizeof(buf);) {
			ssize_t put = write(fd, buf + done, sizeof(buf) - done);

			if (put <= 0) {
				check(false, "ttyS1: %s", strerror(errno));
				return;
			}
			done += (size_t)put;
		}
	tcdrain(fd);
}

/* n times 16 MiB. */
static void copies(unsigned n)
{
	const size_t size = 16 << 20;
	char *a = malloc(size), *b = malloc(size);

	if (!a || !b)
		exit(1);
	memset(a, 1, size);
	while (n--) {
		memcpy(b, a, size);
		__asm__ volatile("" : : "r"(a), "r"(b) : "memory");
	}
	check(!memcmp(a, b, size), "the copy differs");
}

/* n million steps along a ring through 4 MiB in no order. */
static void chase(unsigned n)
{
	enum { SIZE = 1 << 20 };
	uint32_t *ring = malloc(SIZE * sizeof(*ring)), x = 1, at = 0;

	if (!ring)
		exit(1);
	for (uint32_t i = 0; i < SIZE; i++)
		ring[i] = i;
	/* One cycle (Sattolo). */
	for (uint32_t i = SIZE - 1; i > 0; i--) {
		uint32_t j = next_random(&x) % i, v = ring[i];

		ring[i] = ring[j];
		ring[j] = v;
	}
	for (; n; n--)
		for (unsigned i = 0; i < 1000000; i++)
			at = ring[at];
	printf("chase: %u\n", (unsigned)at);
}

/* n MiB of datagrams to a neighbour that is only in the table, by way of eth0. */
static void network(unsigned n)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	static char buf[1024];
	struct arpreq arp;

	memset(&arp, 0, sizeof(arp));
	inet_aton("10.9.8.1", &to.sin_addr);
	memcpy(&arp.arp_pa, &to, sizeof(to));
	arp.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(arp.arp_ha.sa_data, "\2\0\0\0\0\1", 6);
	arp.arp_flags = ATF_COM | ATF_PERM;
	strcpy(arp.arp_dev, "eth0");
	if (fd < 0 || ioctl(fd, SIOCSARP, &arp) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		check(false, "network: %s", strerror(errno));
		return;
	}
	for (n *= 1024; n; n--)
		if (send(fd, buf, sizeof(buf), 0) != sizeof(buf) && errno != ENOBUFS) {
			check(false, "send: %s", strerror(errno));
			return;
		}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(unsigned n);
	} kind[] = {
		{ "syscall", syscalls }, { "fork", forks },	 { "switch", switches },
		{ "fault", faults },	 { "irq", interrupts },	 { "memcpy", copies },
		{ "chase", chase },	 { "network", network },
	};

	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "exit"))
		return atoi(argv[2]);
	for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++)
		if (!strcmp(argv[1], kind[i].name)) {
			kind[i].run((unsigned)atoi(argv[2]));
			return finish(argv[1]);
		}
	return 2;
}
