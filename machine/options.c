/* SPDX-License-Identifier: MIT */
/*
 * The table of options, the loop over argv, and --help: name, argument, help text
 * and handler of an option stand in one row, and there is no second list.
 */
#include "machine/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/names.h"
#include "machine/optvalue.h"

enum {
	OPT_NOT_YET = 1, /* the machine does not act on it in this version: refused */
	OPT_TELLS = 2, /* "help" asks what it takes: where that is no list of words */
};

enum opt_group {
	GRP_MACHINE,
	GRP_BOOT,
	GRP_DRIVES,
	GRP_CONSOLE,
	GRP_NET,
	GRP_TIME,
	GRP_TEST,
	GRP_SNAP,
	GRP_DEBUG,
	GRP_GENERAL,
	GRP_NR
};

static const char *const group_title[GRP_NR] = {
	[GRP_MACHINE] = "Machine", [GRP_BOOT] = "Firmware and kernel",
	[GRP_DRIVES] = "Drives",   [GRP_CONSOLE] = "Serial lines and display",
	[GRP_NET] = "Network",	   [GRP_TIME] = "Time and limits",
	[GRP_TEST] = "Tests",	   [GRP_SNAP] = "Snapshots",
	[GRP_DEBUG] = "Debugging", [GRP_GENERAL] = "General",
};

struct opt_row {
	const char *names; /* "M|machine": any of them, without a dash */
	const char *arg; /* what follows, for people; NULL: nothing follows */
	enum opt_group group;
	unsigned flags;
	/* One of the three: */
	int (*read)(struct optctx *c, char *arg);
	size_t flag_off; /* a bool of struct options that becomes true */
	size_t text_off; /* a const char * of struct options that becomes the argument */
	const char *always; /* the one argument that OPT_NOT_YET does not refuse */
	const char *help;
};

static int read_board(struct optctx *c, char *arg)
{
	struct optpart p;

	while (opt_part(&arg, &p)) {
		if (!p.val)
			p.val = p.key;
		else if (strcmp(p.key, "type"))
			return opt_fail(c, "%s= is not supported; only the board's name is", p.key);
		c->o->board = p.val;
	}
	c->o->board_help = !strcmp(c->o->board, "help") || !strcmp(c->o->board, "?");
	return 0;
}

static int read_cpu(struct optctx *c, char *arg)
{
	c->o->cpu = arg;
	c->o->cpu_help = !strcmp(arg, "help") || !strcmp(arg, "?");
	return 0;
}

static int read_device(struct optctx *c, char *arg)
{
	c->o->device_help = !strcmp(arg, "help") || !strcmp(arg, "?");
	return c->o->device_help
		       ? 0
		       : opt_fail(c, "a board's devices are fixed, 'help' lists them; drives "
				     "are plugged in by -drive, networks by -nic");
}

static int read_mem(struct optctx *c, char *arg)
{
	struct optpart p;

	while (opt_part(&arg, &p)) {
		if (!p.val)
			p.val = p.key;
		else if (strcmp(p.key, "size"))
			return opt_fail(c, "%s= is not supported, only the size", p.key);
		if (options_size(p.val, UINT64_C(1) << 20, &c->o->mem) || !c->o->mem)
			return opt_fail(c, "'%s' is not a size like 64 (MiB), 64M, 65536K or 1G",
					p.val);
	}
	return 0;
}

static int read_smp(struct optctx *c, char *arg)
{
	struct optpart p;
	u64 v;

	while (opt_part(&arg, &p)) {
		if (!p.val)
			p.val = p.key;
		else if (strcmp(p.key, "cpus"))
			return opt_fail(c, "%s= is not supported, only the number of CPUs", p.key);
		if (opt_number(p.val, OPT_MAX_CPUS, &v) || !v)
			return opt_fail(c, "'%s' is not a number of CPUs from 1 to %d", p.val,
					OPT_MAX_CPUS);
		c->o->smp = (unsigned)v;
	}
	return 0;
}

static int read_libdir(struct optctx *c, char *arg)
{
	if (c->o->nr_libdirs == OPT_LIBDIRS)
		return opt_fail(c, "more than %d directories", OPT_LIBDIRS);
	c->o->libdir[c->o->nr_libdirs++] = arg;
	return 0;
}

static int read_boot(struct optctx *c, char *arg)
{
	struct optpart p;

	while (opt_part(&arg, &p)) {
		if (!p.val)
			p.val = p.key;
		else if (strcmp(p.key, "order"))
			return opt_fail(c, "%s= is not supported, only order=", p.key);
		if (!*p.val || strspn(p.val, "acdn") != strlen(p.val))
			return opt_fail(c,
					"'%s' is not made of a (floppy), c (disk), d (CD-ROM), "
					"n (network)",
					p.val);
		c->o->boot = p.val[0];
	}
	return 0;
}

static int read_prom_env(struct optctx *c, char *arg)
{
	if (arg[0] == '=' || !strchr(arg, '='))
		return opt_fail(c, "'%s' is not NAME=VALUE", arg);
	if (c->o->nr_prom_env == OPT_PROM_ENV)
		return opt_fail(c, "more than %d variables", OPT_PROM_ENV);
	c->o->prom_env[c->o->nr_prom_env++] = arg;
	return 0;
}

static int read_serial(struct optctx *c, char *arg)
{
	unsigned n = 0;

	while (n < OPT_SERIALS && c->o->serial[n].kind != OPT_CHR_DEFAULT)
		n++;
	if (n == OPT_SERIALS)
		return opt_fail(c, "the machine has %d serial lines", OPT_SERIALS);
	return opt_chr(c, &c->o->serial[n], arg);
}

static int read_monitor(struct optctx *c, char *arg)
{
	return opt_chr(c, &c->o->monitor, arg);
}

static int read_display(struct optctx *c, char *arg)
{
	c->o->display = OPT_DISPLAY_NONE;
	c->o->vnc = NULL;
	if (!strcmp(arg, "none"))
		return 0;
	if (strncmp(arg, "vnc=", 4) || !arg[4])
		return opt_none_of(c, NULL, arg, "display");
	c->o->display = OPT_DISPLAY_VNC;
	c->o->vnc = arg + 4;
	return 0;
}

static int read_vga(struct optctx *c, char *arg)
{
	if (!strcmp(arg, "tcx"))
		c->o->vga = OPT_VGA_TCX;
	else if (!strcmp(arg, "cg3"))
		c->o->vga = OPT_VGA_CG3;
	else if (!strcmp(arg, "none"))
		c->o->vga = OPT_VGA_NONE;
	else
		return opt_none_of(c, NULL, arg, "vga");
	return 0;
}

static int read_geometry(struct optctx *c, char *arg)
{
	unsigned *const out[] = { &c->o->width, &c->o->height, &c->o->depth };
	char *p = arg;
	unsigned n = 0;

	c->o->depth = 8;
	while (p && n < ARRAY_SIZE(out)) {
		char *next = strchr(p, 'x');
		u64 v;

		if (next)
			*next++ = '\0';
		if (opt_number(p, 65535, &v) || !v)
			break;
		*out[n++] = (unsigned)v;
		p = next;
	}
	return p || n < 2 ? opt_fail(c, "is not WIDTHxHEIGHT or WIDTHxHEIGHTxDEPTH") : 0;
}

#define RTC_FIRST (-63158400) /* 1968-01-01 */
#define RTC_LAST 3092601599 /* 2067-12-31T23:59:59 */

static int read_rtc(struct optctx *c, char *arg)
{
	struct options *o = c->o;
	struct optpart p;

	while (opt_part(&arg, &p)) {
		if (!p.val)
			return opt_fail(c, "'%s' is not base=DATE", p.key);
		if (!strcmp(p.key, "clock")) {
			if (strcmp(p.val, "vm"))
				return opt_fail(c,
						"clock=%s is not supported; the nearest is "
						"-clock host",
						p.val);
		} else if (strcmp(p.key, "base")) {
			return opt_none_of(c, "unknown key", p.key, "rtc");
		} else if (!strcmp(p.val, "utc") || !strcmp(p.val, "localtime")) {
			o->rtc = *p.val == 'u' ? OPT_RTC_UTC : OPT_RTC_LOCALTIME;
		} else if (opt_date(p.val, &o->rtc_base)) {
			return opt_fail(c,
					"base=%s is neither utc, localtime nor a date like "
					"2000-01-01 or 2000-01-01T12:00:00",
					p.val);
		} else if (o->rtc_base < RTC_FIRST || o->rtc_base > RTC_LAST) {
			return opt_fail(c, "base=%s: the clock chip counts the years 1968 to 2067",
					p.val);
		} else {
			o->rtc = OPT_RTC_DATE;
		}
	}
	return 0;
}

static int read_clock(struct optctx *c, char *arg)
{
	if (!strcmp(arg, "virtual"))
		c->o->clock = OPT_CLOCK_VIRTUAL;
	else if (!strcmp(arg, "host"))
		c->o->clock = OPT_CLOCK_HOST;
	else
		return opt_none_of(c, NULL, arg, "clock");
	return 0;
}

static int read_icount(struct optctx *c, char *arg)
{
	struct optpart p;
	u64 v;

	while (opt_part(&arg, &p)) {
		if (!p.val)
			p.val = p.key;
		else if (strcmp(p.key, "shift"))
			return opt_fail(c, "%s= is not supported, only shift=; see also -pace",
					p.key);
		if (opt_number(p.val, 10, &v))
			return opt_fail(c, "shift=%s is not a number from 0 to 10", p.val);
		c->o->icount_shift = (unsigned)v;
	}
	return 0;
}

static int read_pace(struct optctx *c, char *arg)
{
	if (!strcmp(arg, "real"))
		c->o->pace = OPT_PACE_REAL;
	else if (!strcmp(arg, "fast"))
		c->o->pace = OPT_PACE_FAST;
	else if (!strcmp(arg, "auto"))
		c->o->pace = OPT_PACE_AUTO;
	else
		return opt_none_of(c, NULL, arg, "pace");
	return 0;
}

static int read_limit(struct optctx *c, char *arg)
{
	struct optpart p;

	while (opt_part(&arg, &p)) {
		if (p.val && !strcmp(p.key, "insns")) {
			if (opt_number(p.val, UINT64_MAX, &c->o->limit_insns) || !c->o->limit_insns)
				return opt_fail(c, "insns=%s is not a number above 0", p.val);
		} else if (p.val && !strcmp(p.key, "time")) {
			if (opt_seconds(p.val, &c->o->limit_ns))
				return opt_fail(c, "time=%s is not a number of seconds above 0",
						p.val);
		} else {
			return p.val ? opt_none_of(c, "unknown key", p.key, "limit")
				     : opt_fail(c, "'%s' is neither insns=N nor time=SECONDS",
						p.key);
		}
	}
	return 0;
}

static int read_snap(struct optctx *c, char *arg)
{
	struct optpart p;

	c->o->snap = opt_first_word(&arg);
	while (opt_part(&arg, &p))
		if (!strcmp(p.key, "compress") && p.val && !strcmp(p.val, "none"))
			c->o->snap_compress = false;
		else if (strcmp(p.key, "compress") || opt_bool(p.val, &c->o->snap_compress))
			return opt_fail(c, "'%s' is not compress=on or compress=none", p.key);
	return *c->o->snap ? 0 : opt_fail(c, "needs a file");
}

static int read_save_at(struct optctx *c, char *arg)
{
	if (strncmp(arg, "insns=", 6) || opt_number(arg + 6, UINT64_MAX, &c->o->save_at) ||
	    !c->o->save_at)
		return opt_fail(c, "'%s' is not insns=N", arg);
	return 0;
}

static int read_restore(struct optctx *c, char *arg)
{
	struct optpart p;

	c->o->restore = opt_first_word(&arg);
	while (opt_part(&arg, &p)) {
		if (p.val && !strcmp(p.key, "verify") && !strcmp(p.val, "header"))
			c->o->verify = OPT_VERIFY_HEADER;
		else if (p.val && !strcmp(p.key, "verify") && !strcmp(p.val, "full"))
			c->o->verify = OPT_VERIFY_FULL;
		else
			return opt_fail(c, "'%s' is not verify=full or verify=header", p.key);
	}
	return *c->o->restore ? 0 : opt_fail(c, "needs a file");
}

static int read_history(struct optctx *c, char *arg)
{
	return options_size(arg, UINT64_C(1) << 20, &c->o->history)
		       ? opt_fail(c, "'%s' is not a size like 256 (MiB), 64M or 0", arg)
		       : 0;
}

static int read_sandbox(struct optctx *c, char *arg)
{
	bool on;

	if (opt_bool(arg, &on))
		return opt_fail(c, "takes on or off");
	c->o->sandbox = on ? OPT_SANDBOX_ON : OPT_SANDBOX_OFF;
	return 0;
}

static int read_uuid(struct optctx *c, char *arg)
{
	c->o->has_uuid = true;
	return opt_uuid(arg, c->o->uuid)
		       ? opt_fail(c, "'%s' is not like 01234567-89ab-cdef-0123-456789abcdef", arg)
		       : 0;
}

#define FLAG(m) .flag_off = offsetof(struct options, m)
#define TEXT(m) .text_off = offsetof(struct options, m)

/* The order within a group is that of --help. */
static const struct opt_row rows[] = {
	{ "M|machine", "NAME", GRP_MACHINE, 0, read_board,
	  .help = "the board, SS-5 if not given; 'help' lists them" },
	{ "cpu", "NAME", GRP_MACHINE, 0, read_cpu,
	  .help = "the processor, if not the board's own; 'help' lists them" },
	{ "device", "help", GRP_MACHINE, 0, read_device,
	  .help = "list the board's devices, which are fixed" },
	{ "m", "SIZE", GRP_MACHINE, OPT_TELLS, read_mem,
	  .help = "memory: 64 is 64 MiB; also 65536K, 64M, 1G" },
	{ "smp", "N", GRP_MACHINE, OPT_TELLS, read_smp,
	  .help = "number of processors: 1 in this version" },
	{ "name", "TEXT", GRP_MACHINE, 0, TEXT(name), .help = "a name for messages" },
	{ "uuid", "UUID", GRP_MACHINE, OPT_TELLS, read_uuid,
	  .help = "the machine's UUID, zeros if not given" },

	{ "bios", "FILE", GRP_BOOT, 0, TEXT(bios), .help = "PROM image, ELF or raw" },
	{ "L", "DIR", GRP_BOOT, OPT_TELLS, read_libdir,
	  .help = "look for PROM and ROM images here first; may be repeated; 'help' lists where "
		  "they are looked for" },
	{ "kernel", "FILE", GRP_BOOT, 0, TEXT(kernel),
	  .help = "kernel that the PROM starts: ELF, a.out or raw" },
	{ "initrd", "FILE", GRP_BOOT, 0, TEXT(initrd), .help = "initial RAM disk of that kernel" },
	{ "append", "TEXT", GRP_BOOT, 0, TEXT(append),
	  .help = "command line of that kernel, or of the built-in demonstration" },
	{ "boot", "[order=]LETTERS", GRP_BOOT, 0, read_boot,
	  .help = "boot from a (floppy), c (disk), d (CD-ROM) or n (network)" },
	{ "nvram", "FILE", GRP_BOOT, 0, TEXT(nvram),
	  .help = "keep the NVRAM in FILE, which is made when missing" },
	{ "prom-env", "NAME=VALUE", GRP_BOOT, 0, read_prom_env,
	  .help = "set a PROM variable; may be repeated" },

	{ "drive", "KEY=VALUE,...", GRP_DRIVES, 0, opt_drive,
	  .help = "file=F; if=scsi|floppy; unit=0..6 (SCSI target); media=disk|cdrom; "
		  "overlay=F (writes go there); readonly=on; snapshot=on; format=raw" },
	{ "hda|hdb|hdc|hdd", "FILE", GRP_DRIVES, 0, opt_hda,
	  .help = "disk as SCSI target 0, 1, 2, 3" },
	{ "cdrom", "FILE", GRP_DRIVES, 0, opt_cdrom, .help = "CD-ROM as SCSI target 2" },
	{ "fda", "FILE", GRP_DRIVES, 0, opt_fda, .help = "floppy disk" },
	{ "snapshot", NULL, GRP_DRIVES, 0, FLAG(snapshot),
	  .help = "writes to any drive stay in memory; the images stay as they were" },

	{ "serial", "DEV", GRP_CONSOLE, 0, read_serial,
	  .help = "first time: serial line A, second time: B. DEV is stdio, mon:stdio, null, "
		  "none, file:P, pipe:P, pty, unix:P or tcp:HOST:PORT, the last two with "
		  ",server=on,wait=off" },
	{ "monitor", "DEV", GRP_CONSOLE, 0, read_monitor,
	  .help = "a monitor there, beside the one of mon:stdio; DEV as for -serial" },
	{ "nographic", NULL, GRP_CONSOLE, 0, FLAG(nographic),
	  .help = "serial console: line A is on the terminal, the PROM uses it" },
	{ "display", "KIND", GRP_CONSOLE, OPT_NOT_YET, read_display, .always = "none",
	  .help = "none: no window, the PROM's console is on the frame buffer (without "
		  "-nographic); "
		  "vnc=ADDRESS" },
	{ "vga", "KIND", GRP_CONSOLE, 0, read_vga, .help = "frame buffer: tcx, cg3 or none" },
	{ "g", "WxH[xDEPTH]", GRP_CONSOLE, OPT_TELLS, read_geometry,
	  .help = "1024x768 or, with cg3, 1152x900; DEPTH 8 or, with tcx, 24" },

	{ "nic", "KIND,...", GRP_NET, 0, opt_nic,
	  .help = "network: stream, socket, tap or none, with mac=, model=lance and what "
		  "-netdev takes" },
	{ "netdev", "KIND,id=ID,...", GRP_NET, 0, opt_netdev,
	  .help = "stream,addr.type=unix,addr.path=P; socket,listen=H:P; socket,connect=H:P; "
		  "tap,ifname=N" },
	{ "net", "nic|KIND,...", GRP_NET, 0, opt_net, .help = "the old spelling of the two" },
	{ "object", "filter-dump,...", GRP_NET, 0, opt_object,
	  .help = "id=ID,netdev=ID,file=F: record a network's traffic as a pcap file" },

	{ "rtc", "base=DATE", GRP_TIME, 0, read_rtc,
	  .help = "start date, 2000-01-01 if not given: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS, utc or "
		  "localtime" },
	{ "clock", "virtual|host", GRP_TIME, 0, read_clock,
	  .help = "virtual: time is the instruction count, runs repeat to the bit (default). "
		  "host: the host's clock, so runs do not repeat and -pace is not asked" },
	{ "icount", "[shift=]N", GRP_TIME, OPT_TELLS, read_icount,
	  .help = "an instruction lasts 2^N ns of virtual time; 0 to 10, 0 if not given" },
	{ "pace", "real|fast|auto", GRP_TIME, 0, read_pace,
	  .help = "an idle guest: sleep as long as it asked, or jump ahead; auto is real on a "
		  "terminal, else fast" },
	{ "limit", "insns=N,time=S", GRP_TIME, 0, read_limit,
	  .help = "stop after N instructions or S seconds of virtual time, status 124" },

	{ "tlim", "N UNIT", GRP_TIME, OPT_TELLS, opt_tlim,
	  .help = "as sis has it: -limit time=, the unit being us, ms or s" },

	{ "expect", "REGEX", GRP_TEST, 0, opt_expect,
	  .help = "stop with status 0 once serial line A has said this, and all others that are "
		  "expected" },
	{ "fail", "REGEX", GRP_TEST, 0, opt_fail_on,
	  .help = "stop with status 2 when serial line A says this" },
	{ "report", "FILE[,format=junit]", GRP_TEST, 0, opt_report,
	  .help = "write what became of the run: TAP, or JUnit's XML if it is called *.xml" },
	{ "r", NULL, GRP_TEST, 0, FLAG(run), .help = "as sis has it: run at once, as vonk does" },
	{ "nouartrx", NULL, GRP_TEST, 0, FLAG(no_uart_rx),
	  .help = "as sis has it: nothing is read from standard input" },

	{ "snap", "FILE[,compress=none]", GRP_SNAP, 0, read_snap,
	  .help = "where SIGUSR1 saves and SIGUSR2 goes back to; vonk.snap if not given" },
	{ "save-at", "insns=N", GRP_SNAP, OPT_TELLS, read_save_at,
	  .help = "save at exactly that instruction count and go on" },
	{ "restore", "FILE[,verify=header]", GRP_SNAP, 0, read_restore,
	  .help = "start from a snapshot; - is standard input" },
	{ "save-on-exit", NULL, GRP_SNAP, 0, FLAG(save_on_exit),
	  .help = "save when SIGTERM or SIGHUP stops the machine" },

	{ "gdb", "DEV", GRP_DEBUG, 0, opt_gdb,
	  .help = "wait for gdb there: tcp::PORT, unix:P, stdio, pty" },
	{ "s", NULL, GRP_DEBUG, 0, opt_s, .help = "the same as -gdb tcp::1234" },
	{ "S", NULL, GRP_DEBUG, 0, FLAG(stopped), .help = "do not start the processor" },
	{ "history", "SIZE", GRP_DEBUG, OPT_TELLS, read_history,
	  .help = "memory for gdb's running backwards, 256M if not given; 0: none" },
	{ "record", "FILE", GRP_DEBUG, 0, TEXT(record),
	  .help = "record all input, with the machine as it starts, for -replay" },
	{ "replay", "FILE", GRP_DEBUG, 0, TEXT(replay),
	  .help = "the run that was recorded, once more; with -restore from a snapshot taken in it "
		  "on" },
	{ "d", "ITEM,...", GRP_DEBUG, 0, opt_log,
	  .help = "log int, mmu, guest_errors, unimp, dev, fusion, or, slowly, in_asm, exec, "
		  "cpu; 'help' tells more" },
	{ "D", "FILE", GRP_DEBUG, 0, TEXT(logfile), .help = "log to FILE instead of stderr" },
	{ "dfilter", "RANGE,...", GRP_DEBUG, OPT_TELLS, opt_dfilter,
	  .help = "of in_asm, exec, cpu and -trace, log only these addresses: FIRST..LAST, "
		  "START+SIZE, "
		  "END-SIZE" },
	{ "profile", "FILE[,every=N]", GRP_DEBUG, 0, opt_profile,
	  .help = "write where the guest spends its instructions: by functions; and the stacks, "
		  "for "
		  "flame graphs, to FILE.folded. A sample is taken after N instructions, on "
		  "average; "
		  "10000 if not given" },
	{ "symbols", "FILE[,base=A]", GRP_DEBUG, 0, opt_symbols,
	  .help = "names for -d and -profile from this ELF file, too; A is added to its "
		  "addresses" },
	{ "fuzz", "KEY=VALUE,...", GRP_DEBUG, 0, TEXT(fuzz),
	  .help = "be a target of AFL++: mem=ADDR, serial, scsi= or net takes inputs; start=, "
		  "len=, max=, "
		  "done=, "
		  "fail=, traps=, insns= and more, see tools/doc/fuzzing.md" },
	{ "fuzz-replay", "FILE", GRP_DEBUG, 0, TEXT(fuzz_replay),
	  .help = "run that one input as -fuzz would, and tell how it ends" },
	{ "cov", "NAME", GRP_DEBUG, 0, TEXT(cov),
	  .help = "at exit, write which instructions and branches were executed to NAME.drcov, "
		  "NAME.info (lcov) and NAME.cov (TSIM); slowly" },
	{ "trace", "FILE", GRP_DEBUG, 0, TEXT(trace),
	  .help = "write every instruction to FILE, with the registers that it changed; -dfilter "
		  "chooses addresses" },
	{ "stats", NULL, GRP_DEBUG, 0, FLAG(stats),
	  .help = "at exit, one JSON object on the last line of stderr" },

	{ "no-reboot", NULL, GRP_GENERAL, 0, FLAG(no_reboot),
	  .help = "exit when the guest resets the machine" },
	{ "sandbox", "on|off", GRP_GENERAL, 0, read_sandbox,
	  .help = "allow only the system calls and directories that a running machine needs" },
	{ "h|help", NULL, GRP_GENERAL, 0, FLAG(help), .help = "print this text" },
	{ "version", NULL, GRP_GENERAL, 0, FLAG(version),
	  .help = "print version and features, one 'key: value' a line" },
};

/* What QEMU, sis or TSIM has and vonk has not, and what comes nearest. */
static const struct {
	const char *names, *hint;
} foreign[] = {
	{ "leon2|leon3|leon4|gr740|erc32|sparclite|riscv",
	  "this is a sun4m board, no other system on a chip; -M help lists the boards" },
	{ "freq", "time is counted in instructions; the nearest is -icount N, 2^N ns each" },
	{ "uart1|uart2", "the nearest is -serial DEV: once for line A, twice for line B" },
	{ "rt", "the nearest is -pace real" },
	{ "c", "there are no batch files; the nearest is -monitor DEV" },
	{ "port", "the nearest is -gdb tcp::PORT" },
	{ "dumbio", "the nearest is -nouartrx" },
	{ "nfp", "every board has its FPU; leave it out" },
	{ "accel|enable-kvm|enable-hax|tb-size", "there is one engine; leave it out" },
	{ "incoming|loadvm", "the nearest is -restore FILE" },
	{ "vnc|spice|sdl|curses|full-screen|gtk", "the nearest is -nographic" },
	{ "usb|usbdevice", "a sun4m machine has no USB; leave it out" },
	{ "soundhw|audio|audiodev|audio-help", "there is no sound" },
	{ "qmp|qmp-pretty|mon", "the nearest is -monitor DEV" },
	{ "chardev", "name the device in -serial itself: -serial unix:P,server=on,wait=off" },
	{ "daemonize|pidfile|runas|chroot", "start it from a service manager, or with '&'" },
	{ "global|set|readconfig|writeconfig",
	  "a board's devices are fixed; drives are plugged in by -drive, networks by -nic" },
	{ "blockdev|sd|pflash|mtdblock", "the nearest is -drive file=F,if=scsi" },
	{ "fdb", "there is one floppy drive, -fda" },
	{ "startdate", "the nearest is -rtc base=DATE" },
	{ "nodefaults|no-user-config|nodefconfig|no-fd-bootchk|no-acpi|no-hpet",
	  "it would change nothing; leave it out" },
	{ "no-shutdown|action", "the nearest is -no-reboot" },
	{ "singlestep|plugin|msg", "the nearest is -d ITEM,..." },
	{ "semihosting|semihosting-config",
	  "the guest exits by 'ta 0' with traps disabled, %g1 = 1, the status in %o0" },
	{ "fw_cfg|smbios|acpitable|dtb|option-rom", "the nearest is -prom-env NAME=VALUE" },
	{ "numa|mem-path|mem-prealloc|overcommit", "the nearest is -m SIZE" },
	{ "k|keyboard|echr|portrait|rotate", "there is nothing like it; leave it out" },
	{ "parallel|debugcon|watchdog|virtioconsole", "the nearest is -serial DEV" },
	{ "virtfs|fsdev|tpmdev", "the nearest is -drive file=F,if=scsi" },
	{ "add-fd|seed|compat|only-migratable|xen-domid|win2k-hack", "leave it out" },
};

#define NAME_MAX_LEN 24

/* The next word of "a|b|c" at *names; false after the last. */
static bool next_name(const char **names, char word[NAME_MAX_LEN])
{
	size_t n = strcspn(*names, "|");

	if (!n)
		return false;
	snprintf(word, NAME_MAX_LEN, "%.*s", (int)n, *names);
	*names += n + ((*names)[n] == '|');
	return true;
}

static const struct opt_row *find_row(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		if (names_have(rows[i].names, name, strlen(name)))
			return &rows[i];
	return NULL;
}

/* The available option that is spelled most like name, in best; false: none comes near. */
static bool nearest(const char *name, char best[NAME_MAX_LEN])
{
	unsigned limit = strlen(name) > 4 ? 3 : 2;
	char word[NAME_MAX_LEN];

	*best = '\0';
	for (unsigned i = 0; i < ARRAY_SIZE(rows) && strlen(name) > 2; i++) {
		const char *names = rows[i].names;

		while (!(rows[i].flags & OPT_NOT_YET) && next_name(&names, word)) {
			unsigned d = opt_distance(name, word);

			if (d >= limit)
				continue;
			limit = d;
			strcpy(best, word);
		}
	}
	return *best;
}

static int unknown(struct optctx *c, const char *name)
{
	char word[NAME_MAX_LEN];
	size_t eq = strcspn(name, "=");

	for (unsigned i = 0; i < ARRAY_SIZE(foreign); i++)
		if (names_have(foreign[i].names, name, strlen(name)))
			return opt_fail(c, "not supported; %s", foreign[i].hint);
	snprintf(word, sizeof(word), "%.*s", eq < sizeof(word) ? (int)eq : 0, name);
	if (name[eq] && find_row(word))
		return opt_fail(c, "unknown option; write it '-%s %s'", word, name + eq + 1);
	if (nearest(name, word))
		return opt_fail(c, "unknown option; did you mean -%s?", word);
	return opt_fail(c, "unknown option; --help lists them");
}

static int read_row(struct optctx *c, const struct opt_row *row, char *arg)
{
	char *base = (char *)c->o;

	if (row->read)
		return row->read(c, arg);
	if (!row->arg) {
		*(bool *)(void *)(base + row->flag_off) = true;
		return 0;
	}
	if (!*arg && row->text_off != offsetof(struct options, append))
		return opt_fail(c, "needs %s that is not empty", row->arg);
	*(const char **)(void *)(base + row->text_off) = arg;
	return 0;
}

static bool asks_for_help(const struct opt_row *row, const char *arg)
{
	return (row->flags & OPT_TELLS || opt_words(row->names)) &&
	       (!strcmp(arg, "help") || !strcmp(arg, "?"));
}

/* One option at argv[*i], which moves on past its argument. */
static int read_option(struct optctx *c, bool all, int argc, char **argv, int *i)
{
	const struct opt_row *row;
	char *arg = NULL;

	c->opt = argv[*i];
	if (c->opt[1] == '-')
		c->opt++;
	row = find_row(c->opt + 1);
	if (!row)
		return unknown(c, c->opt + 1);
	if (row->arg) {
		if (*i + 1 >= argc)
			return opt_fail(c, "needs an argument: %s %s", c->opt, row->arg);
		arg = argv[++*i];
	}
	if (arg && asks_for_help(row, arg)) {
		c->o->list = row->names;
		return 0;
	}
	c->rest = argv + *i + 1;
	c->took = 0;
	if (!all && row->flags & OPT_NOT_YET && (!row->always || strcmp(arg, row->always)))
		return opt_fail(c, "not available in this version");
	if (read_row(c, row, arg))
		return -EINVAL;
	*i += (int)c->took;
	return 0;
}

static int read_all(struct optctx *c, bool all, int argc, char **argv)
{
	bool words = false; /* "--" was seen */

	for (int i = 1; i < argc; i++) {
		int rc;

		if (!words && !strcmp(argv[i], "--")) {
			words = true;
		} else if (!words && argv[i][0] == '-' && argv[i][1]) {
			rc = read_option(c, all, argc, argv, &i);
			if (rc)
				return rc;
		} else {
			c->opt = *argv[i] ? argv[i] : "IMAGE";
			if (!*argv[i])
				return opt_fail(c, "its name is empty");
			if (c->o->image)
				return opt_fail(c, "one IMAGE is enough, there is '%s' already",
						c->o->image);
			c->o->image = argv[i];
		}
	}
	return 0;
}

/* The terminal can serve one of them only. */
static int check_stdio(struct optctx *c)
{
	const struct options *o = c->o;
	unsigned users = o->monitor.kind == OPT_CHR_STDIO;

	users += o->gdb.kind == OPT_CHR_STDIO;
	/* Line A is there if nothing else was said of it. */
	users += o->serial[0].kind == OPT_CHR_DEFAULT;
	for (unsigned i = 0; i < OPT_SERIALS; i++)
		users += o->serial[i].kind == OPT_CHR_STDIO;
	c->opt = "-serial";
	return users > 1 ? opt_fail(c, "stdio can serve only one of serial lines, monitor and gdb")
			 : 0;
}

static int check_display(struct optctx *c)
{
	const struct options *o = c->o;
	bool big = o->width == 1152 && o->height == 900;

	c->opt = "-g";
	if (o->vga == OPT_VGA_NONE)
		return 0;
	if (!(o->width == 1024 && o->height == 768) && !(big && o->vga == OPT_VGA_CG3))
		return opt_fail(
			c,
			"%ux%u is not supported; there are 1024x768 and, with -vga cg3, 1152x900",
			o->width, o->height);
	if (o->depth != 8 && !(o->depth == 24 && o->vga == OPT_VGA_TCX))
		return opt_fail(c, "depth %u is not supported; there are 8 and, with -vga tcx, 24",
				o->depth);
	return 0;
}

static int check_boot(struct optctx *c)
{
	const struct options *o = c->o;

	c->opt = o->image;
	if (o->kernel && o->image)
		return opt_fail(c, "IMAGE does not go with -kernel '%s'", o->kernel);
	c->opt = "-append";
	/* Without any firmware the built-in demonstration takes it. */
	if (o->append && o->bios && !o->kernel && !o->image)
		return opt_fail(c, "needs a -kernel to hand it to");
	c->opt = "-initrd";
	if (o->initrd && !o->kernel && !o->image)
		return opt_fail(c, "needs a -kernel to hand it to");
	return 0;
}

static int finish(struct optctx *c)
{
	if (check_boot(c) || check_display(c) || check_stdio(c) || opt_drives_finish(c))
		return -EINVAL;
	return opt_nets_finish(c);
}

static void set_defaults(struct options *o)
{
	memset(o, 0, sizeof(*o));
	o->mem = OPT_MEM_DEFAULT;
	o->smp = 1;
	o->width = 1024;
	o->height = 768;
	o->depth = 8;
	o->vga = OPT_VGA_TCX;
	o->rtc = OPT_RTC_DATE;
	o->rtc_base = OPT_RTC_DEFAULT;
	o->snap = "vonk.snap";
	o->history = UINT64_C(256) << 20;
	o->snap_compress = true;
}

/* A copy of argv that the handlers may cut up, pointers first. */
static char **copy_args(int argc, char **argv)
{
	size_t head = ((size_t)argc + 1) * sizeof(char *), size = head;
	char **copy, *p;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	copy = malloc(size);
	if (!copy)
		return NULL;
	p = (char *)copy + head;
	for (int i = 0; i < argc; i++) {
		size_t n = strlen(argv[i]) + 1;

		copy[i] = memcpy(p, argv[i], n);
		p += n;
	}
	copy[argc] = NULL;
	return copy;
}

static int parse(struct options *o, bool all, int argc, char **argv, char *err, size_t errlen)
{
	struct optctx c = { .o = o, .err = err, .errlen = errlen };
	char **args = copy_args(argc, argv);
	int rc;

	set_defaults(o);
	if (errlen)
		*err = '\0';
	if (!args) {
		snprintf(err, errlen, "out of memory");
		return -ENOMEM;
	}
	o->arena = (char *)args;
	rc = read_all(&c, all, argc, args);
	if (rc || o->help || o->version || o->board_help || o->cpu_help || o->device_help ||
	    o->log_help || o->list)
		return rc;
	return finish(&c);
}

int options_parse(struct options *o, int argc, char **argv, char *err, size_t errlen)
{
	return parse(o, false, argc, argv, err, errlen);
}

int options_parse_all(struct options *o, int argc, char **argv, char *err, size_t errlen)
{
	return parse(o, true, argc, argv, err, errlen);
}

void options_release(struct options *o)
{
	free(o->arena);
	o->arena = NULL;
}

enum { HELP_COLUMN = 28, HELP_WIDTH = 79 };

/* An option that is not available yet, but takes "none", is offered as that. */
static bool is_offered(const struct opt_row *row)
{
	return !(row->flags & OPT_NOT_YET) || row->always;
}

static const char *offered_arg(const struct opt_row *row)
{
	return row->flags & OPT_NOT_YET ? row->always : row->arg;
}

/* "  -hda, -hdb FILE": returns the column after it. */
static int print_names(FILE *out, const struct opt_row *row)
{
	const char *names = row->names, *before = "  ";
	char word[NAME_MAX_LEN];
	int col = 0;

	for (; next_name(&names, word); before = ", ")
		col += fprintf(out, "%s-%s", before, word);
	return row->arg ? col + fprintf(out, " %s", offered_arg(row)) : col;
}

static void print_row(FILE *out, const struct opt_row *row)
{
	const char *p =
		row->flags & OPT_NOT_YET ? "all that is available in this version" : row->help;
	int col = print_names(out, row);

	if (col > HELP_COLUMN - 2) {
		fputc('\n', out);
		col = 0;
	}
	col += fprintf(out, "%*s", HELP_COLUMN - col, "");
	while (*p) {
		int n = (int)strcspn(p, " ");

		if (col > HELP_COLUMN && col + 1 + n > HELP_WIDTH)
			col = fprintf(out, "\n%*s", HELP_COLUMN, "") - 1;
		col += fprintf(out, "%s%.*s", col > HELP_COLUMN ? " " : "", n, p);
		p += n;
		p += strspn(p, " ");
	}
	fputc('\n', out);
}

void options_list(FILE *out, const char *name)
{
	const struct opt_word *words = opt_words(name);

	if (words)
		opt_list(out, words);
	else
		print_row(out, find_row(name));
}

void options_usage(FILE *out)
{
	fprintf(out,
		"usage: vonk [options] [IMAGE]\n"
		"\n"
		"A SPARC sun4m machine. IMAGE is a program or a kernel: ELF, a.out, S-records or\n"
		"raw binary. Without IMAGE, -kernel and -bios a built-in demonstration runs.\n"
		"An option may be written with one dash or two.\n");
	for (unsigned g = 0; g < GRP_NR; g++) {
		bool titled = false;

		for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
			if (rows[i].group != g || !is_offered(&rows[i]))
				continue;
			if (!titled)
				fprintf(out, "\n%s:\n", group_title[g]);
			titled = true;
			print_row(out, &rows[i]);
		}
	}
	fprintf(out,
		"\n"
		"On the terminal: Ctrl-A x quits, Ctrl-A c is the monitor, Ctrl-A b sends BREAK,\n"
		"Ctrl-A h helps.\n"
		"\n"
		"Exit status: 0 the guest powered off; 1 usage or a host failure; 3 a snapshot\n"
		"was refused; 4 the processor entered error mode; 124 a limit was reached; 2\n"
		"-fail was seen, or -expect was not.\n"
		"Firmware may choose its own.\n");
}
