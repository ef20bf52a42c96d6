/* SPDX-License-Identifier: MIT */
/* The command line: what each option asks for, and what is said about a wrong one. */
#include <errno.h>
#include <string.h>

#include "machine/options.h"
#include "machine/optvalue.h"
#include "t/tap.h"

#define MAX_ARGS 48

static char err[512];

/* "-m 64 -smp 2" -> o; words are parted by single spaces, '~' stands for a space in a word. */
static int parse_line(struct options *o, bool all, const char *line)
{
	static char text[2048];
	char *argv[MAX_ARGS + 1] = { (char[]){ "vonk" } }, *p = text;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	while (p && *line && argc < MAX_ARGS) {
		argv[argc++] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = '\0';
	}
	for (int i = 1; i < argc; i++)
		for (p = argv[i]; (p = strchr(p, '~')) != NULL;)
			*p = ' ';
	memset(o, 0xa5, sizeof(*o));
	err[0] = '\0';
	return all ? options_parse_all(o, argc, argv, err, sizeof(err))
		   : options_parse(o, argc, argv, err, sizeof(err));
}

static bool same(const char *got, const char *want)
{
	return got && want ? !strcmp(got, want) : got == want;
}

/* Parses and says so; the caller looks at o and releases it. */
static bool good(struct options *o, const char *line)
{
	int rc = parse_line(o, true, line);

	if (rc)
		diag("%s", err);
	return ok(!rc, "taken: %s", line);
}

/* The line is refused, with `part` in the reason, which is one line. */
static void bad(const char *line, const char *part)
{
	struct options o;
	int rc = parse_line(&o, true, line);
	bool told = strstr(err, part) && !strchr(err, '\n');

	if (!ok(rc == -EINVAL && told, "refused: %s: %s", line, part))
		diag("rc %d: %s", rc, err);
	options_release(&o);
}

static void test_defaults(void)
{
	struct options o;

	good(&o, "");
	ok(!o.board && !o.cpu && !o.bios && !o.kernel && !o.image && !o.nvram, "nothing asked for");
	is(o.mem, OPT_MEM_DEFAULT, "the board's memory");
	is(o.smp, 1, "one CPU");
	ok(o.serial[0].kind == OPT_CHR_DEFAULT && !o.serial[0].spec,
	   "line A is the caller's choice");
	ok(o.serial[1].kind == OPT_CHR_DEFAULT && !o.serial[1].spec, "and so is line B");
	ok(o.monitor.kind == OPT_CHR_DEFAULT && o.gdb.kind == OPT_CHR_DEFAULT &&
		   o.display == OPT_DISPLAY_UNSET,
	   "no monitor, no display");
	ok(o.width == 1024 && o.height == 768 && o.depth == 8 && o.vga == OPT_VGA_TCX,
	   "tcx 1024x768x8");
	ok(o.rtc == OPT_RTC_DATE && o.rtc_base == 946684800, "2000-01-01T00:00:00Z");
	ok(o.clock == OPT_CLOCK_VIRTUAL && o.pace == OPT_PACE_AUTO && !o.icount_shift,
	   "virtual time");
	ok(same(o.snap, "vonk.snap") && !o.restore && o.verify == OPT_VERIFY_FULL, "vonk.snap");
	ok(!o.nr_drives && !o.nr_nets && !o.nr_prom_env && !o.nr_libdirs, "empty lists");
	options_release(&o);
}

static void test_machine(void)
{
	struct options o;

	good(&o, "-M SS-20 -cpu TI~SuperSparc~II -m 64 -smp 4 -name box -no-reboot");
	ok(same(o.board, "SS-20") && same(o.cpu, "TI SuperSparc II"), "board and CPU");
	is(o.mem, 64 << 20, "64 is 64 MiB");
	is(o.smp, 4, "4 CPUs");
	ok(same(o.name, "box") && o.no_reboot, "name and no-reboot");
	options_release(&o);

	good(&o, "--machine type=SS-5 --m size=1G --smp cpus=1");
	ok(same(o.board, "SS-5") && o.mem == 1 << 30, "two dashes and the long forms");
	options_release(&o);

	good(&o, "-m 32 -m 128 -M SS-5 -M SS-4");
	ok(o.mem == 128 << 20 && same(o.board, "SS-4"), "the last one counts");
	options_release(&o);

	good(&o, "-M help");
	ok(o.board_help && !o.cpu_help, "-M help");
	options_release(&o);
	good(&o, "-cpu help -append x");
	ok(o.cpu_help && !o.board_help, "-cpu help, and then nothing else matters");
	options_release(&o);
	good(&o, "-h --version");
	ok(o.help && o.version, "-h and --version");
	options_release(&o);

	good(&o, "-uuid 01234567-89ab-cdef-0123-456789abcdef");
	ok(o.has_uuid && o.uuid[0] == 1 && o.uuid[7] == 0xef && o.uuid[15] == 0xef, "UUID");
	options_release(&o);

	bad("-m 0", "-m: '0'");
	bad("-m 12Q", "'12Q' is not a size");
	bad("-m 64MB", "is not a size");
	bad("-m -64", "is not a size");
	bad("-m 99999999999999999999", "is not a size");
	bad("-m 17592186044416", "is not a size"); /* 2^44 MiB = 2^64 bytes */
	bad("-m 64,slots=2", "slots=");
	bad("-smp 0", "1 to 4");
	bad("-smp 5", "1 to 4");
	bad("-smp 2,sockets=2", "sockets=");
	bad("-M SS-5,accel=kvm", "accel=");
	bad("-uuid 0123", "-uuid:");
}

static void test_sizes(void)
{
	static const struct {
		const char *text;
		u64 unit, bytes;
	} good_size[] = {
		{ "64", 1 << 20, 64 << 20 },
		{ "64M", 1, 64 << 20 },
		{ "1G", 1 << 20, 1 << 30 },
		{ "65536K", 1 << 20, 64 << 20 },
		{ "65536k", 1 << 20, 64 << 20 },
		{ "0x10", 1, 16 },
		{ "0x10M", 1, 16 << 20 },
		{ "512b", 1 << 20, 512 },
		{ "1T", 1, UINT64_C(1) << 40 },
		{ "18446744073709551615", 1, UINT64_MAX },
		{ "16777215T", 1, UINT64_C(16777215) << 40 },
	};
	static const char *const bad_size[] = {
		"",
		"M",
		"0x",
		"1.5G",
		"64 M",
		"+1",
		"1e3",
		"16777216T",
		"18446744073709551616",
		"0x10000000000000000",
		"1MM",
	};
	u64 v;

	for (unsigned i = 0; i < ARRAY_SIZE(good_size); i++) {
		int rc = options_size(good_size[i].text, good_size[i].unit, &v);

		ok(!rc && v == good_size[i].bytes, "size %s", good_size[i].text);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(bad_size); i++)
		ok(options_size(bad_size[i], 1, &v) == -EINVAL, "no size: '%s'", bad_size[i]);
}

static void test_boot(void)
{
	struct options o;

	good(&o,
	     "-bios ob -L /a -L /b -kernel vmlinux -initrd rd -append root=/dev/ram,,x~ro -boot d");
	ok(same(o.bios, "ob") && o.nr_libdirs == 2 && same(o.libdir[1], "/b"), "PROM");
	ok(same(o.kernel, "vmlinux") && same(o.initrd, "rd"), "kernel and RAM disk");
	ok(same(o.append, "root=/dev/ram,,x ro"), "the command line as it is");
	is(o.boot, 'd', "boot from the CD-ROM");
	options_release(&o);

	good(&o, "-prom-env auto-boot?=false -prom-env boot-args=-v~a=b -nvram nv -boot order=cdn "
		 "hello.elf");
	ok(o.nr_prom_env == 2 && same(o.prom_env[1], "boot-args=-v a=b"), "PROM variables");
	ok(same(o.nvram, "nv") && o.boot == 'c' && same(o.image, "hello.elf"),
	   "NVRAM, order, IMAGE");
	options_release(&o);

	good(&o, "-kernel k -append  -initrd -x");
	ok(same(o.append, "") && same(o.initrd, "-x"),
	   "an argument may be empty or begin with a dash");
	options_release(&o);
	good(&o, "-- -odd-name");
	ok(same(o.image, "-odd-name"), "after -- all are words");
	options_release(&o);

	good(&o, "-append selftest");
	ok(same(o.append, "selftest"), "without any firmware the demonstration gets it");
	options_release(&o);
	bad("-bios b -append x", "-append: needs a -kernel");
	bad("-initrd x", "-initrd: needs a -kernel");
	bad("-m 64 ", "IMAGE: ");
	bad("a b", "one IMAGE is enough");
	bad("-kernel k image", "does not go with -kernel");
	bad("-prom-env x", "NAME=VALUE");
	bad("-prom-env =x", "NAME=VALUE");
	bad("-boot e", "-boot:");
	bad("-boot once=d", "once=");
	bad("-kernel", "needs an argument: -kernel FILE");
	bad("-bios ", "not empty");
}

static void test_drives(void)
{
	struct options o;

	good(&o, "-drive file=a,,b.img,if=scsi,bus=0,unit=3,media=disk,format=raw,cache=none");
	ok(o.nr_drives == 1 && same(o.drive[0].file, "a,b.img"), "a comma in a name");
	ok(o.drive[0].unit == 3 && o.drive[0].media == OPT_MEDIA_DISK && !o.drive[0].readonly,
	   "a disk on target 3");
	options_release(&o);

	good(&o, "-hda a -hdb b -hdd d -cdrom c -fda f");
	is(o.nr_drives, 5, "five drives");
	ok(o.drive[0].unit == 0 && o.drive[1].unit == 1 && o.drive[2].unit == 3, "-hda -hdb -hdd");
	ok(o.drive[3].unit == 2 && o.drive[3].media == OPT_MEDIA_CDROM && o.drive[3].readonly,
	   "-cdrom is target 2 and read-only");
	ok(o.drive[4].iface == OPT_IF_FLOPPY && o.drive[4].media == OPT_MEDIA_FLOPPY &&
		   o.drive[4].unit == 0,
	   "-fda");
	options_release(&o);

	good(&o, "-drive file=x -drive file=y -hda z -drive file=w,unit=2");
	ok(o.drive[0].unit == 1 && o.drive[1].unit == 3 && o.drive[2].unit == 0,
	   "drives without a target take the free ones in order");
	options_release(&o);

	good(&o, "-drive file=x,overlay=o -drive file=y,snapshot=on,readonly=off -drive "
		 "file=z,readonly=on");
	ok(same(o.drive[0].overlay, "o") && !o.drive[0].snapshot, "overlay");
	ok(o.drive[1].snapshot && !o.drive[1].readonly && o.drive[2].readonly,
	   "snapshot, readonly");
	options_release(&o);

	good(&o, "-hda x -snapshot -hdb y -drive file=f,if=floppy,index=0");
	ok(o.drive[0].snapshot && o.drive[1].snapshot && o.drive[2].snapshot,
	   "-snapshot means all");
	options_release(&o);

	bad("-drive if=scsi", "needs file=");
	bad("-drive file=", "not KEY=VALUE");
	bad("-drive file=x,unit=7", "0 to 6");
	bad("-drive file=x,bus=1", "bus=0");
	bad("-drive file=x,if=ide", "if=scsi");
	bad("-drive file=x,format=qcow2", "qemu-img convert");
	bad("-drive file=x,media=tape", "neither disk nor cdrom");
	bad("-drive file=x,readonly=maybe", "on or off");
	bad("-drive file=x,colour=red", "unknown key 'colour'; there are file,");
	bad("-drive file=x,meida=disk", "did you mean media?");
	bad("-drive file=x,overlay=o,snapshot=on", "overlay does not go");
	bad("-drive file=x,overlay=o -snapshot", "overlay does not go with -snapshot");
	bad("-drive file=x,media=cdrom,overlay=o", "CD-ROM");
	bad("-drive file=x,if=floppy,unit=1", "one floppy");
	bad("-hda a -drive file=b,unit=0", "both SCSI target 0");
	bad("-cdrom a -hdc b", "both SCSI target 2");
	bad("-fda a -fda b", "floppy");
	bad("-drive file=1 -drive file=2 -drive file=3 -drive file=4 -drive file=5 -drive file=6 "
	    "-drive file=7 -drive file=8",
	    "no SCSI target is left for '8'");
}

static void test_console(void)
{
	struct options o;

	good(&o, "-nographic -serial mon:stdio -serial file:log -monitor none -display none");
	ok(o.nographic && o.serial[0].mux && o.serial[0].kind == OPT_CHR_STDIO, "mon:stdio");
	ok(o.serial[1].kind == OPT_CHR_OTHER && same(o.serial[1].spec, "file:log"), "file:log");
	is(o.monitor.kind, OPT_CHR_NONE, "no monitor of its own");
	options_release(&o);

	good(&o, "-serial unix:/tmp/s,server=on,wait=off -serial mon:tcp::4444,server,nowait");
	ok(o.serial[0].kind == OPT_CHR_OTHER && !o.serial[0].mux &&
		   same(o.serial[0].spec, "unix:/tmp/s,server=on,wait=off"),
	   "a socket, as it was given");
	ok(o.serial[1].mux && same(o.serial[1].spec, "mon:tcp::4444,server,nowait"), "mon:tcp");
	options_release(&o);
	good(&o, "-serial none -serial pty -monitor stdio");
	ok(o.serial[0].kind == OPT_CHR_NONE && o.serial[1].kind == OPT_CHR_OTHER &&
		   o.monitor.kind == OPT_CHR_STDIO,
	   "none, pty, and the monitor on the terminal");
	options_release(&o);

	good(&o, "-vga cg3 -g 1152x900");
	ok(o.vga == OPT_VGA_CG3 && o.width == 1152 && o.height == 900 && o.depth == 8, "cg3");
	options_release(&o);
	good(&o, "-g 1024x768x24 -vga tcx -display vnc=:1");
	ok(o.depth == 24 && o.display == OPT_DISPLAY_VNC && same(o.vnc, ":1"), "tcx, 24 bits, vnc");
	options_release(&o);

	bad("-serial null -serial null -serial null", "2 serial lines");
	bad("-serial stdio -serial stdio", "only one");
	bad("-monitor stdio", "only one"); /* line A has it */
	bad("-serial vc", "nearest is pty");
	bad("-serial telnet::23,server", "tcp:HOST:PORT");
	bad("-serial stdout", "none of stdio");
	bad("-serial file:", "none of stdio");
	bad("-serial unix:", "none of stdio");
	bad("-serial /dev/ttyS0", "nearest is pty");
	bad("-vga std", "tcx, cg3 and none");
	bad("-g 1152x900", "-vga cg3"); /* tcx */
	bad("-g 800x600", "1024x768");
	bad("-g 1024x768x16", "depth 16");
	bad("-vga cg3 -g 1024x768x24", "depth 24");
	bad("-g 1024", "WIDTHxHEIGHT");
	bad("-g 1024x768x8x1", "WIDTHxHEIGHT");
	bad("-display sdl", "there is none");
	bad("-display nonne", "did you mean none?");
	bad("-vga txc", "did you mean tcx? there are tcx, cg3 and none");
	bad("-serial stdoi", "did you mean stdio?");
	bad("-monitor unx:/s", "did you mean unix:P?");
}

static void test_net(void)
{
	struct options o;

	good(&o, "-nic "
		 "stream,addr.type=unix,addr.path=/tmp/"
		 "passt,server=off,mac=08:00:20:01:02:03,model=lance");
	ok(o.nr_nets == 1 && o.net[0].kind == OPT_NET_STREAM && o.net[0].addr == OPT_ADDR_UNIX &&
		   same(o.net[0].path, "/tmp/passt") && !o.net[0].server,
	   "stream over unix");
	ok(o.nic.given && o.nic.has_mac && o.nic.mac[0] == 8 && o.nic.mac[5] == 3, "MAC");
	options_release(&o);

	good(&o, "-netdev socket,id=n0,connect=10.0.0.1:1234 -net "
		 "nic,netdev=n0,macaddr=52-54-00-12-34-56 "
		 "-object filter-dump,id=d,netdev=n0,file=a.pcap");
	ok(same(o.net[0].id, "n0") && same(o.net[0].host, "10.0.0.1") && o.net[0].port == 1234 &&
		   !o.net[0].server,
	   "socket, connect");
	ok(same(o.nic.netdev, "n0") && o.nic.mac[1] == 0x54, "-net nic");
	ok(o.nr_dumps == 1 && same(o.dump[0].file, "a.pcap") && o.dump[0].maxlen == 65536, "dump");
	options_release(&o);

	good(&o, "-net nic -net tap,ifname=tap3,script=no,downscript=no");
	ok(o.net[0].kind == OPT_NET_TAP && same(o.net[0].ifname, "tap3") && o.net[0].fd == -1,
	   "tap");
	options_release(&o);
	good(&o, "-nic socket,fd=3");
	ok(o.net[0].addr == OPT_ADDR_FD && o.net[0].fd == 3, "fd");
	options_release(&o);
	good(&o, "-nic none");
	ok(o.no_net && !o.nic.given && !o.nr_nets, "none");
	options_release(&o);
	good(&o,
	     "-netdev stream,id=a,addr.type=inet,addr.host=h,addr.port=5,server=on,reconnect=2");
	ok(o.net[0].addr == OPT_ADDR_INET && o.net[0].port == 5 && o.net[0].server &&
		   o.net[0].reconnect_ms == 2000,
	   "stream over tcp");
	options_release(&o);

	bad("-nic user,hostfwd=tcp::22-:22", "passt");
	bad("-netdev user,id=x", "passt");
	bad("-nic bridge", "stream, socket, tap and none");
	bad("-nic stream", "addr.path");
	bad("-nic tap", "ifname");
	bad("-nic socket", "listen=");
	bad("-nic socket,mcast=230.0.0.1:1", "listen= and connect=");
	bad("-nic tap,ifname=a,script=/etc/x", "scripts are not run");
	bad("-nic tap,ifname=a,mac=01:00:5e:00:00:01", "station");
	bad("-nic tap,ifname=a,mac=08:00:20", "station");
	bad("-nic tap,ifname=a,model=e1000", "lance");
	bad("-nic tap,ifname=a -nic tap,ifname=b", "one Ethernet controller");
	bad("-nic none -netdev tap,id=a,ifname=b", "does not go with");
	bad("-nic none,mac=08:00:20:00:00", "not a station's address");
	bad("-nic none,ifname=a", "none: unknown key 'ifname'");
	bad("-net none,vlan=1", "none: unknown key 'vlan'");
	bad("-net nic,mac=00:00:00:00:00:00", "not a station's address");
	bad("-netdev tap,ifname=a", "needs id=");
	bad("-netdev tap,id=a,ifname=x -netdev tap,id=a,ifname=y", "two networks");
	bad("-net nic,netdev=zz", "no network 'zz'");
	bad("-object filter-dump,netdev=zz,file=f", "no network 'zz'");
	bad("-object rng-random,id=a", "filter-dump");
	bad("-nic stream,addr.type=unix,addr.path=a,hat=b", "unknown key 'hat'");
	bad("-nic stream,adr.type=unix", "did you mean addr.type?");
	bad("-nic steam", "did you mean stream?");
	bad("-netdev soket,id=a", "did you mean socket?");
}

static void test_time(void)
{
	struct options o;
	s64 t;

	good(&o, "-rtc base=2026-03-01T12:34:56,clock=vm -clock host -pace real -icount shift=3");
	is(o.rtc_base, 1772368496, "date -ud 2026-03-01T12:34:56 +%%s");
	ok(o.clock == OPT_CLOCK_HOST && o.pace == OPT_PACE_REAL && o.icount_shift == 3,
	   "clock, pace");
	options_release(&o);
	good(&o, "-rtc base=utc -icount 10 -pace fast -clock virtual");
	ok(o.rtc == OPT_RTC_UTC && o.icount_shift == 10 && o.pace == OPT_PACE_FAST,
	   "utc, icount 10");
	options_release(&o);
	good(&o, "-limit insns=0x100,time=1.5");
	ok(o.limit_insns == 256 && o.limit_ns == 1500000000, "both limits");
	options_release(&o);
	good(&o, "-limit time=.000000001 -limit insns=7");
	ok(o.limit_insns == 7 && o.limit_ns == 1, "one nanosecond, and the limits add up");
	options_release(&o);

	ok(!opt_date("1970-01-01", &t) && t == 0, "1970");
	ok(!opt_date("2000-02-29T23:59:59", &t) && t == 951868799, "2000 is a leap year");
	ok(!opt_date("2100-03-01", &t) && t == 4107542400, "2100 is not");
	ok(!opt_date("1999-12-31T00:00", &t) && t == 946598400, "no seconds");
	ok(!opt_date("1968-01-01", &t) && t == -63158400, "before 1970");
	ok(opt_date("2100-02-29", &t) && opt_date("2001-00-01", &t) && opt_date("2001-13-01", &t) &&
		   opt_date("2001-04-31", &t) && opt_date("2001-1-1", &t) &&
		   opt_date("2001-01-01T24:00:00", &t) && opt_date("2001-01-01 00:00:00", &t) &&
		   opt_date("2001-01-01T00:00:00Z", &t),
	   "days and hours that do not exist");

	bad("-rtc base=tomorrow", "base=tomorrow");
	bad("-rtc base=1967-12-31T23:59:59", "1968 to 2067");
	bad("-rtc base=2068-01-01", "1968 to 2067");
	good(&o, "-rtc base=2067-12-31T23:59:59");
	is(o.rtc_base, 3092601599, "date -ud 2067-12-31T23:59:59 +%%s");
	options_release(&o);
	good(&o, "-rtc base=1968-01-01");
	is(o.rtc_base, -63158400, "date -ud 1968-01-01 +%%s");
	options_release(&o);
	bad("-rtc utc", "base=DATE");
	bad("-rtc base=utc,clock=host", "-clock host");
	bad("-clock fast", "there are virtual and host");
	bad("-clock virtaul", "did you mean virtual?");
	bad("-pace rael", "did you mean real?");
	bad("-limit isns=4", "did you mean insns?");
	bad("-d unipm", "did you mean unimp?");
	bad("-icount 11", "0 to 10");
	bad("-icount auto", "0 to 10");
	bad("-icount 1,sleep=on", "sleep=");
	bad("-pace quick", "real, fast and auto");
	bad("-limit 5", "insns=N");
	bad("-limit insns=0", "above 0");
	bad("-limit time=0", "above 0");
	bad("-limit time=-1", "above 0");
	bad("-limit time=1s", "above 0");
	bad("-limit time=18446744074", "above 0"); /* 2^64 ns and a little */
	bad("-limit time=0x10", "above 0");
}

static void test_snap(void)
{
	struct options o;

	good(&o, "-snap a,,b=c.snap,compress=on -save-at insns=1000 -save-on-exit -stats");
	ok(same(o.snap, "a,b=c.snap") && o.snap_compress, "file name and compression");
	ok(o.save_at == 1000 && o.save_on_exit && o.stats, "save-at, save-on-exit, stats");
	options_release(&o);
	good(&o, "-restore -");
	ok(same(o.restore, "-") && o.verify == OPT_VERIFY_FULL, "standard input");
	options_release(&o);
	good(&o, "-restore x.snap,verify=header");
	ok(same(o.restore, "x.snap") && o.verify == OPT_VERIFY_HEADER, "verify=header");
	options_release(&o);

	bad("-snap a,compress=zstd", "compress=on");
	bad("-snap ,compress=on", "needs a file");
	bad("-restore a,verify=none", "verify=full");
	bad("-save-at 1000", "insns=N");
	bad("-save-at insns=0", "insns=N");
}

static void test_debug(void)
{
	struct options o;

	good(&o, "-s -S -d int,guest_errors -D log -sandbox off");
	ok(same(o.gdb.spec, "tcp::1234,server=on,wait=off") && o.stopped, "-s -S");
	ok(o.log.items == (OPT_LOG_INT | OPT_LOG_GUEST_ERRORS) && same(o.logfile, "log"), "-d, -D");
	options_release(&o);
	good(&o, "-gdb tcp::4000 -d help");
	ok(same(o.gdb.spec, "tcp::4000,server=on,wait=off") && o.log_help, "-gdb, -d help");
	options_release(&o);
	good(&o, "-gdb unix:/tmp/g -gdb none");
	ok(o.gdb.kind == OPT_CHR_NONE, "-gdb none takes it back");
	options_release(&o);
	good(&o, "-serial null -gdb stdio");
	ok(o.gdb.kind == OPT_CHR_STDIO && same(o.gdb.spec, "stdio"), "gdb on the terminal");
	options_release(&o);

	bad("-d int,everything", "'everything'");
	bad("-gdb stdio", "only one"); /* line A has it */
	bad("-sandbox perhaps", "on or off");
}

static void test_unknown(void)
{
	bad("-kernle x", "did you mean -kernel?");
	bad("-nographics", "did you mean -nographic?");
	bad("--bois x", "-bois: unknown option; did you mean -bios?");
	bad("-stat", "did you mean -stats?");
	bad("-xyzzy", "--help lists them");
	bad("-x", "--help lists them");
	bad("-smp=2", "write it '-smp 2'");
	bad("-vnc :1", "-vnc: not supported");
	bad("-loadvm tag", "-restore");
	bad("-incoming tcp:0:4444", "-restore");
	bad("-accel kvm", "one engine");
	bad("-usb", "no USB");
	bad("-soundhw cs4231a", "no sound");
	bad("-qmp unix:x,server", "-monitor");
	bad("-daemonize", "service manager");
	bad("-startdate now", "-rtc base=");
	bad("-device lance", "fixed");
}

/* What the machine does not act on is refused, never passed over in silence. */
static void test_not_yet(void)
{
	struct options o;
	int rc = parse_line(&o, false,
			    "-M SS-5 -nic none -net none -monitor none -display none "
			    "-hda x -m 64 -nographic -serial stdio");

	if (!ok(!rc, "'none' needs nothing"))
		diag("%s", err);
	options_release(&o);
}

static void test_limits(void)
{
	static char name[] = "-prom-env", arg[] = "a=b";
	char *argv[141] = { (char[]){ "vonk" } };
	struct options o;
	char tiny[8];

	for (int i = 0; i < 70; i++) {
		argv[1 + 2 * i] = name;
		argv[2 + 2 * i] = arg;
	}
	is(options_parse(&o, 1 + 2 * OPT_PROM_ENV, argv, err, sizeof(err)), 0, "64 variables");
	options_release(&o);
	ok(options_parse(&o, 141, argv, err, sizeof(err)) == -EINVAL && strstr(err, "more than 64"),
	   "70 are too many");
	options_release(&o);
	memset(tiny, 'x', sizeof(tiny));
	ok(options_parse(&o, 141, argv, tiny, 4) == -EINVAL && !tiny[3] && tiny[4] == 'x',
	   "a short err is not overrun");
	options_release(&o);
	options_release(&o);
	ok(true, "releasing twice is harmless");
}

static void test_distance(void)
{
	is(opt_distance("kernel", "kernel"), 0, "same");
	is(opt_distance("", "abc"), 3, "insertions");
	is(opt_distance("kernle", "kernel"), 1, "neighbours swapped");
	is(opt_distance("kitten", "sitting"), 3, "kitten, sitting");
	is(opt_distance("cdrom", "cdrm"), 1, "one missing");
}

int main(void)
{
	test_defaults();
	test_machine();
	test_sizes();
	test_boot();
	test_drives();
	test_console();
	test_net();
	test_time();
	test_snap();
	test_debug();
	test_unknown();
	test_not_yet();
	test_limits();
	test_distance();
	return tap_done();
}
