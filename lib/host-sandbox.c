/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lib/host-sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH 0xc000003eu
#elif defined(__aarch64__)
#define ARCH 0xc00000b7u
#endif

/* What these do to a program they do by system calls that the list has no room for. */
#if WITH_ASAN || defined(VONK_GCOV)
#undef ARCH
#endif

void host_sandbox_path(struct host_sandbox *s, const char *path)
{
	if (path && s->nr_paths < HOST_SANDBOX_PATHS)
		s->path[s->nr_paths++] = path;
}

#ifdef ARCH

/* --- system calls --- */

/* A run: registers of no chip do more than this. */
static const int calls_run[] = {
	__NR_read,     __NR_readv,	    __NR_write,	       __NR_writev,	   __NR_pread64,
	__NR_pwrite64, __NR_close,	    __NR_fsync,	       __NR_fdatasync,	   __NR_lseek,
	__NR_fstat,    __NR_munmap,	    __NR_mremap,       __NR_madvise,	   __NR_brk,
	__NR_ppoll,    __NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_clock_gettime, __NR_exit_group,
	__NR_sysinfo, /* glibc's qsort() asks how much memory there is */
#ifdef __NR_poll
	__NR_poll,
#endif
};

/* Saving and going back: a process of its own, files where Landlock lets them be. */
static const int calls_files[] = {
	__NR_openat,   __NR_newfstatat, __NR_unlinkat,	__NR_renameat2,
	__NR_renameat, __NR_flock,	__NR_ftruncate, __NR_fcntl,
	__NR_pipe2,    __NR_wait4,	__NR_clone,	__NR_set_robust_list,
	__NR_getpid,   __NR_gettid,
#ifdef __NR_open
	__NR_open,     __NR_stat,	__NR_lstat,	__NR_unlink,
	__NR_rename,   __NR_fork,
#endif
};

/* raise(), for Ctrl-Z and what ends it; is the terminal ours (SIGCONT)? What is asked of it is looked at below. */
static const int calls_terminal[] = { __NR_tgkill, __NR_tkill,	__NR_rt_sigaction,
				      __NR_getpid, __NR_gettid, __NR_getpgid,
#ifdef __NR_getpgrp
				      __NR_getpgrp
#endif
};

static const int calls_sockets[] = { __NR_recvfrom,    __NR_sendto,   __NR_accept4, __NR_setsockopt,
				     __NR_getsockname, __NR_shutdown, __NR_recvmsg, __NR_sendmsg,
#ifdef __NR_accept
				     __NR_accept
#endif
};

static const int calls_connects[] = { __NR_socket, __NR_connect, __NR_getsockopt,
				      __NR_timerfd_settime };

static const u32 ioctls[] = { TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGPGRP, TIOCGWINSZ };

/* seccomp and its little machine by number: not every libc comes with the kernel's headers. */
#define BPF_LOAD 0x20u
#define BPF_IF_EQUAL 0x15u
#define BPF_IF_ANY 0x45u
#define BPF_RETURN 0x06u
#define RET_ALLOW 0x7fff0000u
#define RET_KILL_PROCESS 0x80000000u
#define MODE_FILTER 2
#define DATA_NR 0u
#define DATA_ARCH 4u
#define DATA_ARGS 16u

struct bpf_insn {
	u16 code;
	u8 yes, no; /* instructions to skip */
	u32 k;
};

struct bpf_prog {
	unsigned short len;
	struct bpf_insn *insn;
};

#define MAX_FILTER 160
struct filter {
	struct bpf_insn at[MAX_FILTER];
	unsigned short nr;
};

static void add(struct filter *f, u16 code, u8 yes, u8 no, u32 k)
{
	BUG_ON(f->nr == MAX_FILTER);
	f->at[f->nr++] = (struct bpf_insn){ code, yes, no, k };
}

static void load(struct filter *f, u32 off)
{
	add(f, BPF_LOAD, 0, 0, off);
}

static void allow_if(struct filter *f, u32 val)
{
	add(f, BPF_IF_EQUAL, 0, 1, val);
	add(f, BPF_RETURN, 0, 0, RET_ALLOW);
}

static void kill_it(struct filter *f)
{
	add(f, BPF_RETURN, 0, 0, RET_KILL_PROCESS);
}

static void allow(struct filter *f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		allow_if(f, (u32)calls[i]);
}

/* The arguments' lower halves, on both machines little-endian. */
static u32 arg(unsigned n)
{
	return DATA_ARGS + 8 * n;
}

/* Of mmap and (musl's malloc) mprotect: no memory that can be executed. Of ioctl: the terminal's modes. Else go on behind it. */
static void look_at_arguments(struct filter *f)
{
	add(f, BPF_IF_EQUAL, 1, 0, __NR_mmap);
	add(f, BPF_IF_EQUAL, 0, 4, __NR_mprotect);
	load(f, arg(2));
	add(f, BPF_IF_ANY, 1, 0, PROT_EXEC);
	add(f, BPF_RETURN, 0, 0, RET_ALLOW);
	kill_it(f);
	add(f, BPF_IF_EQUAL, 0, 2 + 2 * ARRAY_SIZE(ioctls), __NR_ioctl);
	load(f, arg(1));
	for (unsigned i = 0; i < ARRAY_SIZE(ioctls); i++)
		allow_if(f, ioctls[i]);
	kill_it(f);
}

static int enter_seccomp(const struct host_sandbox *s)
{
	struct filter f = { .nr = 0 };
	struct bpf_prog prog;

	load(&f, DATA_ARCH);
	add(&f, BPF_IF_EQUAL, 1, 0, ARCH);
	kill_it(&f);
	load(&f, DATA_NR);
	look_at_arguments(&f);
	allow(&f, calls_run, ARRAY_SIZE(calls_run));
	allow(&f, calls_files, ARRAY_SIZE(calls_files));
	if (s->terminal)
		allow(&f, calls_terminal, ARRAY_SIZE(calls_terminal));
	if (s->sockets || s->connects)
		allow(&f, calls_sockets, ARRAY_SIZE(calls_sockets));
	if (s->connects)
		allow(&f, calls_connects, ARRAY_SIZE(calls_connects));
	kill_it(&f);
	prog = (struct bpf_prog){ .len = f.nr, .insn = f.at };
	return prctl(PR_SET_SECCOMP, MODE_FILTER, &prog, 0, 0) ? -errno : 0;
}

/* --- files --- */

/* Landlock by number: headers of older systems do not know it. */
#define LL_CREATE 444
#define LL_ADD 445
#define LL_RESTRICT 446

enum {
	LL_EXECUTE = 1,
	LL_WRITE_FILE = 2,
	LL_READ_FILE = 4,
	LL_READ_DIR = 8,
	LL_REMOVE_FILE = 0x20,
	LL_MAKE_REG = 0x100,
	LL_FS_1 = 0x1fff, /* all that the first version knows */
	LL_REFER = 0x2000,
	LL_TRUNCATE = 0x4000,
	LL_NET = 3, /* bind and connect by TCP */
};

struct ll_ruleset {
	u64 fs, net;
};

struct ll_beneath {
	u64 allowed;
	s32 fd;
} __attribute__((packed));

static void permit(int ruleset, const char *dir, u64 what)
{
	struct ll_beneath rule = { what, open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) };

	/* A directory that is not there has nothing in it. */
	if (rule.fd < 0)
		return;
	syscall(LL_ADD, ruleset, 1, &rule, 0);
	close(rule.fd);
}

static void permit_directory_of(int ruleset, const char *path, u64 what)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];

	if (!slash)
		snprintf(dir, sizeof(dir), ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	permit(ruleset, dir, what);
}

/* Where the kernel has none, system calls are all that is refused. */
static int enter_landlock(const struct host_sandbox *s)
{
	long version = syscall(LL_CREATE, NULL, 0, 1);
	u64 work = LL_WRITE_FILE | LL_READ_FILE | LL_READ_DIR | LL_REMOVE_FILE | LL_MAKE_REG;
	struct ll_ruleset rules = { LL_FS_1, 0 };
	int fd, ret;

	if (version < 1)
		return 0;
	if (version >= 2) {
		rules.fs |= LL_REFER;
		work |= LL_REFER;
	}
	if (version >= 3) {
		rules.fs |= LL_TRUNCATE;
		work |= LL_TRUNCATE;
	}
	if (version >= 4 && !s->connects)
		rules.net = LL_NET;
	fd = (int)syscall(LL_CREATE, &rules, version >= 4 ? sizeof(rules) : sizeof(rules.fs), 0);
	if (fd < 0)
		return -errno;
	for (unsigned i = 0; i < s->nr_paths; i++)
		permit_directory_of(fd, s->path[i], work);
	/* Which pages of memory were never touched. Other processes' secrets stay out of reach as ptrace does. */
	permit(fd, "/proc", LL_READ_FILE);
	ret = syscall(LL_RESTRICT, fd, 0) ? -errno : 0;
	close(fd);
	return ret;
}

/* --- the whole --- */

static void limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) || (r.rlim_max != RLIM_INFINITY && r.rlim_max < most))
		return;
	r.rlim_cur = r.rlim_max = most;
	setrlimit(what, &r);
}

const char *host_sandbox_missing(void)
{
	return prctl(PR_GET_SECCOMP) < 0 ? "the kernel has no seccomp" : NULL;
}

int host_sandbox_enter(const struct host_sandbox *s, char *err, size_t errlen)
{
	const char *what = "no new privileges";
	int ret;

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 128);
	ret = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
	if (!ret) {
		what = "Landlock";
		ret = enter_landlock(s);
	}
	if (!ret) {
		what = "seccomp";
		ret = enter_seccomp(s);
	}
	if (ret)
		snprintf(err, errlen, "-sandbox: %s: %s", what, strerror(-ret));
	return ret;
}

#else

const char *host_sandbox_missing(void)
{
	return "this build is for a host that it is not written for, or watches itself";
}

int host_sandbox_enter(const struct host_sandbox *s, char *err, size_t errlen)
{
	(void)s;
	snprintf(err, errlen, "-sandbox: %s", host_sandbox_missing());
	return -ENOTSUP;
}

#endif
