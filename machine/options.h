/* SPDX-License-Identifier: MIT */
/*
 * The command line as data. Parsing has no side effects: nothing is opened,
 * printed or exited from; what was asked for stands in struct options and the
 * caller acts on it. The words and their meanings are QEMU's wherever QEMU has them.
 *
 * An option that may be given once takes its last value when it is repeated;
 * -drive, -serial, -prom-env, -L, -nic, -netdev, -net and -object add up.
 * Strings live in options.arena and are the options' own.
 */
#ifndef MACHINE_OPTIONS_H
#define MACHINE_OPTIONS_H

#include <stdio.h>

#include "lib/types.h"

#define OPT_LIBDIRS 16
#define OPT_DRIVES 16
#define OPT_SERIALS 2
#define OPT_NETS 4
#define OPT_DUMPS 4
#define OPT_PROM_ENV 64
#define OPT_SCSI_UNITS 7 /* targets 0..6; 7 is the host adapter */
#define OPT_MAX_CPUS 4
#define OPT_LOG_RANGES 32
#define OPT_PATTERNS 64
#define OPT_SYMBOLS 16
#define OPT_LOG_CHIPS 16
#define OPT_MEM_DEFAULT 0 /* mem: none given, the board's own default */

/* 2000-01-01T00:00:00Z: the date on which every machine starts unless told otherwise. */
#define OPT_RTC_DEFAULT INT64_C(946684800)

enum opt_if { OPT_IF_SCSI, OPT_IF_FLOPPY };
enum opt_media { OPT_MEDIA_DISK, OPT_MEDIA_CDROM, OPT_MEDIA_FLOPPY };
enum opt_vga { OPT_VGA_TCX, OPT_VGA_CG3, OPT_VGA_NONE };
/* AUTO: on where the host can. */
enum opt_sandbox { OPT_SANDBOX_AUTO, OPT_SANDBOX_ON, OPT_SANDBOX_OFF };
enum opt_pace { OPT_PACE_AUTO, OPT_PACE_REAL, OPT_PACE_FAST };
enum opt_clock { OPT_CLOCK_VIRTUAL, OPT_CLOCK_HOST };
enum opt_rtc { OPT_RTC_DATE, OPT_RTC_UTC, OPT_RTC_LOCALTIME };
enum opt_verify { OPT_VERIFY_FULL, OPT_VERIFY_HEADER };
enum opt_display { OPT_DISPLAY_UNSET, OPT_DISPLAY_NONE, OPT_DISPLAY_VNC };

/* -d items, OR-ed. */
enum opt_log {
	OPT_LOG_IN_ASM = 1,
	OPT_LOG_EXEC = 2,
	OPT_LOG_CPU = 4,
	OPT_LOG_INT = 8,
	OPT_LOG_MMU = 16,
	OPT_LOG_GUEST_ERRORS = 32,
	OPT_LOG_UNIMP = 64,
	OPT_LOG_DEV = 256,
	OPT_LOG_REF = 128, /* not a log: run the reference interpreter only */
	OPT_LOG_FUSION = 512, /* at its end: what the engine's handlers did */
};

/* What is to be logged. */
struct opt_logged {
	unsigned items; /* OPT_LOG_* */
	unsigned nr_chips; /* OPT_LOG_DEV: of these only; 0: of all */
	char chip[OPT_LOG_CHIPS][16];
};

/* Addresses, both included. */
struct opt_range {
	u32 first, last;
};

/* Is the address in one of them? Where there are none, all are. */
static inline bool opt_in_ranges(const struct opt_range *range, unsigned nr, u32 addr)
{
	for (unsigned i = 0; i < nr; i++)
		if (addr >= range[i].first && addr <= range[i].last)
			return true;
	return !nr;
}

/* The items of -d, ending with a NULL name. */
struct opt_log_item {
	const char *name;
	unsigned bit;
	const char *help;
};
extern const struct opt_log_item opt_log_items[];

/* -symbols */
struct opt_symbols {
	const char *file;
	u32 base; /* added to its addresses */
};

/* -expect and -fail: an extended regular expression, as it was given. */
struct opt_pattern {
	const char *text;
	bool fail;
};

struct opt_drive {
	const char *option; /* as the user spelled it, for messages: "-hda" */
	const char *file;
	const char *overlay; /* where the guest's writes go, NULL: into file */
	enum opt_if iface;
	enum opt_media media;
	int unit; /* SCSI target 0..6, or floppy 0 */
	bool readonly; /* always set for a CD-ROM */
	bool snapshot; /* of its own or by -snapshot: writes stay in memory */
};

enum opt_chr_kind {
	OPT_CHR_DEFAULT, /* nothing was said */
	OPT_CHR_NONE,
	OPT_CHR_STDIO,
	OPT_CHR_OTHER,
};

/*
 * Where the bytes of a serial line, the monitor or gdb go. Only the kind is looked at here: what
 * follows it is read, and complained about, by host_chr_open().
 */
struct opt_chr {
	enum opt_chr_kind kind;
	const char *spec; /* as host_chr_open() takes it; NULL for OPT_CHR_DEFAULT */
	bool mux; /* mon: shared with the monitor, Ctrl-A is the escape */
};

enum opt_net_kind { OPT_NET_NONE, OPT_NET_STREAM, OPT_NET_SOCKET, OPT_NET_TAP };
enum opt_addr { OPT_ADDR_UNIX, OPT_ADDR_INET, OPT_ADDR_FD };

/* One network: what the other end of the cable is plugged into. */
struct opt_net {
	enum opt_net_kind kind;
	const char *id; /* NULL: unnamed */
	/* stream, socket */
	enum opt_addr addr;
	bool server;
	const char *path; /* OPT_ADDR_UNIX */
	const char *host; /* OPT_ADDR_INET, "" for every address */
	u16 port;
	int fd; /* OPT_ADDR_FD, and tap's fd=; -1: none */
	u32 reconnect_ms; /* stream client: 0 never */
	/* tap */
	const char *ifname;
};

/* The machine's own Ethernet controller. */
struct opt_nic {
	bool given;
	const char *
		netdev; /* id of the network it is plugged into; NULL: networks[0], if there is one */
	bool has_mac;
	u8 mac[6];
};

/* -object filter-dump: a copy of a network's traffic as a pcap file. */
struct opt_dump {
	const char *id, *netdev, *file;
	u32 maxlen; /* bytes kept of each frame */
};

struct options {
	/* Asked to print something and stop. */
	bool help, version, board_help, cpu_help, device_help, log_help;
	const char *list; /* what options_list() takes, NULL: no list was asked for */

	const char *board; /* NULL: the default one */
	const char *cpu; /* NULL: the board's own */
	u64 mem; /* bytes, or OPT_MEM_DEFAULT */
	unsigned smp; /* 1..OPT_MAX_CPUS */
	const char *bios; /* NULL: the board's own choice */
	const char *libdir[OPT_LIBDIRS];
	unsigned nr_libdirs;
	const char *kernel, *initrd, *append; /* NULL: none */
	const char *image; /* the argument without an option, NULL: none */
	char boot; /* 'a', 'c', 'd', 'n', or 0: the PROM's own default */

	struct opt_drive drive[OPT_DRIVES];
	unsigned nr_drives;
	bool snapshot; /* already folded into every drive */

	struct opt_chr serial[OPT_SERIALS]; /* by default A is on stdio, B is null */
	struct opt_chr monitor; /* by default only where a mon: line shares it */
	bool nographic;
	enum opt_display display;
	const char *vnc; /* the address after vnc= */
	enum opt_vga vga;
	unsigned width, height, depth;

	struct opt_net net[OPT_NETS];
	unsigned nr_nets;
	struct opt_nic nic;
	bool no_net; /* `none` was asked for */
	struct opt_dump dump[OPT_DUMPS];
	unsigned nr_dumps;

	const char *nvram; /* file, NULL: not kept */
	const char *prom_env[OPT_PROM_ENV]; /* NAME=VALUE */
	unsigned nr_prom_env;
	enum opt_rtc rtc;
	s64 rtc_base; /* OPT_RTC_DATE: seconds since 1970-01-01T00:00:00Z */

	enum opt_clock clock;
	unsigned icount_shift; /* an instruction lasts 1 << shift ns: 0..10 */
	enum opt_pace pace;
	u64 limit_insns; /* 0: none */
	u64 limit_ns; /* virtual time, 0: none */

	const char *snap; /* never NULL */
	bool snap_compress;
	u64 save_at; /* instruction count, 0: never */
	const char *restore; /* "-": standard input; NULL: cold start */
	enum opt_verify verify;
	bool save_on_exit;

	struct opt_pattern pattern[OPT_PATTERNS];
	unsigned nr_patterns;
	const char *report; /* file, NULL: none */
	bool report_junit; /* JUnit's XML, not TAP */
	bool run; /* -r, which changes nothing */
	bool no_uart_rx; /* lines on stdio hear nothing */

	const char *record, *replay; /* files, NULL: none */
	const char *fuzz; /* what fuzz_parse() takes, NULL: no fuzzing */
	const char *fuzz_replay; /* file, NULL: none */
	const char *cov; /* files' name without suffix, NULL: none */
	const char *trace; /* file, NULL: none */
	u64 history; /* bytes of memory for gdb to go back, 0: it cannot */
	bool stats;
	struct opt_chr
		gdb; /* OPT_CHR_DEFAULT, OPT_CHR_NONE: no gdb; sockets get server=on,wait=off */
	char gdb_spec[256]; /* gdb.spec points here: struct options is not to be copied */
	bool stopped; /* -S */
	struct opt_logged log;
	const char *logfile; /* NULL: stderr */
	struct opt_symbols symbols[OPT_SYMBOLS];
	unsigned nr_symbols;
	const char *profile; /* file, NULL: none */
	u64 profile_every; /* instructions between samples, on average */
	struct opt_range log_range[OPT_LOG_RANGES]; /* -dfilter: only instructions there */
	unsigned nr_log_ranges; /* 0: everywhere */
	enum opt_sandbox sandbox;
	bool no_reboot;
	const char *name; /* NULL: none */
	bool has_uuid;
	u8 uuid[16];

	char *arena; /* owns all the strings */
};

/*
 * argv[1..argc-1] -> o, which need not be initialised. Returns 0, -EINVAL with one
 * line in err that names the option (no newline, no program name), or -ENOMEM.
 * After any result options_release() is due and harmless.
 */
int options_parse(struct options *o, int argc, char **argv, char *err, size_t errlen);
/* The same, but takes what this version of the machine does not act on yet as well: for tests. */
int options_parse_all(struct options *o, int argc, char **argv, char *err, size_t errlen);
void options_release(struct options *o);

/*
 * A comma-separated list of -d's items, cut in place, and whether "help" is one of them.
 * 0, or -EINVAL with one line in err.
 */
int options_log(char *text, struct opt_logged *log, bool *help, char *err, size_t errlen);

/*
 * Where gdb is waited for, as host_chr_open() takes it: gdb is the one who calls, and the guest does not wait
 * for it, that is what -S is for. -EINVAL: it does not fit.
 */
int options_gdb(const char *arg, char *spec, size_t size);

/* What -OPTION help tells: the words it takes, or what --help says about it. */
void options_list(FILE *out, const char *name);
/* The text of --help, 79 columns at most. */
void options_usage(FILE *out);

/*
 * A number of bytes: decimal or 0x..., and one of the suffixes b k M G T (either case);
 * a number without one counts `unit` bytes. 0, or -EINVAL also where it does not fit.
 */
int options_size(const char *text, u64 unit, u64 *bytes);

#endif
