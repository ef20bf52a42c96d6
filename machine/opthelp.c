/* SPDX-License-Identifier: MIT */
/* The words that options take: for -OPTION help, and to say which one is nearest to a wrong one. */
#include <errno.h>
#include <string.h>

#include "machine/optvalue.h"

static const struct opt_word vga[] = {
	{ "tcx", "Sun TCX: 1024x768, 8 bits deep or, with -g, 24 (default)" },
	{ "cg3", "Sun cgthree: 1024x768 or, with -g, 1152x900, 8 bits deep" },
	{ "none", "no frame buffer" },
	{ NULL },
};

static const struct opt_word display[] = {
	{ "none", "no window; the monitor's screendump takes pictures of the frame buffer" },
	{ NULL },
};

static const struct opt_word backend[] = {
	{ "stream", "a stream socket: addr.type=unix,addr.path=P; or inet,addr.host=H,addr.port=N; "
		    "server=on; reconnect=S" },
	{ "socket", "a TCP socket: listen=H:P, connect=H:P or fd=N" },
	{ "tap", "an interface of the host: ifname=N or fd=N" },
	{ NULL },
};

static const struct opt_word nic[] = {
	{ "stream", "what -netdev stream takes, and mac=, model=" },
	{ "socket", "what -netdev socket takes, and mac=, model=" },
	{ "tap", "what -netdev tap takes, and mac=, model=" },
	{ "none", "the controller is there, its cable is not" },
	{ NULL },
};

static const struct opt_word net[] = {
	{ "nic", "the controller: mac=, model=, netdev=" },
	{ "stream", "what -netdev stream takes" },
	{ "socket", "what -netdev socket takes" },
	{ "tap", "what -netdev tap takes" },
	{ "none", "the controller is there, its cable is not" },
	{ NULL },
};

static const struct opt_word model[] = {
	{ "lance", "Am7990, on the board" },
	{ NULL },
};

static const struct opt_word stream[] = {
	{ "addr.type", "unix, inet or fd" },
	{ "addr.path", "of a unix socket" },
	{ "addr.host", "of inet" },
	{ "addr.port", "of inet" },
	{ "addr.str", "number of a descriptor" },
	{ "server", "on: wait for a peer" },
	{ "reconnect", "after so many seconds" },
	{ "reconnect-ms", "after so many milliseconds" },
	{ "id", "its name" },
	{ NULL },
};

static const struct opt_word object[] = {
	{ "filter-dump", "id=ID,netdev=ID,file=F: record a network's traffic as a pcap file" },
	{ NULL },
};

static const struct opt_word drive[] = {
	{ "file", "the image; it is needed" },
	{ "if", "scsi (default) or floppy" },
	{ "unit", "SCSI target 0 to 6; index= means the same" },
	{ "media", "disk (default) or cdrom" },
	{ "overlay", "file for the guest's writes, made when missing; the image is only read" },
	{ "readonly", "on: nothing is written" },
	{ "snapshot", "on: writes stay in memory" },
	{ "format", "raw, the only one" },
	{ NULL },
};

static const struct opt_word chr[] = {
	{ "stdio", "the terminal, or what stdin and stdout are" },
	{ "mon:stdio", "the same, shared with the monitor: Ctrl-A is the escape key" },
	{ "null", "output is dropped, no input comes" },
	{ "none", "nothing is connected" },
	{ "pty", "a new pseudo-terminal, whose name is told" },
	{ "file:P", "output goes to file P" },
	{ "pipe:P", "FIFOs P.in and P.out, or P" },
	{ "unix:P", "socket P; with ,server=on,wait=off it waits for a peer" },
	{ "tcp:H:P", "port P of host H; with ,server=on,wait=off it waits for a peer" },
	{ "fd:N", "a descriptor that is open" },
	{ NULL },
};

static const struct opt_word gdb[] = {
	{ "tcp::PORT", "wait for gdb at that port" },
	{ "unix:P", "wait for gdb at socket P" },
	{ "stdio", "gdb's `target remote | vonk ...`" },
	{ "pty", "a new pseudo-terminal, whose name is told" },
	{ "none", "no gdb" },
	{ NULL },
};

static const struct opt_word boot[] = {
	{ "a", "floppy" }, { "c", "disk" }, { "d", "CD-ROM" }, { "n", "network" }, { NULL },
};

static const struct opt_word rtc[] = {
	{ "base", "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS, utc or localtime" },
	{ "clock", "vm, the only one; see -clock" },
	{ NULL },
};

static const struct opt_word clocks[] = {
	{ "virtual", "time is the instruction count: runs repeat to the bit (default)" },
	{ "host", "the host's clock: runs do not repeat" },
	{ NULL },
};

static const struct opt_word pace[] = {
	{ "real", "an idle guest sleeps as long as it asked" },
	{ "fast", "time jumps ahead while the guest idles" },
	{ "auto", "real on a terminal, else fast (default)" },
	{ NULL },
};

static const struct opt_word limit[] = {
	{ "insns", "stop after so many instructions" },
	{ "time", "stop after so many seconds of virtual time" },
	{ NULL },
};

static const struct opt_word sandbox[] = {
	{ "on", "it must be had, or the run does not start" },
	{ "off", "the process may do what its user may" },
	{ NULL },
};

static const struct opt_word fuzz[] = {
	{ "mem", "ADDRESS: inputs go to memory there" },
	{ "len", "ADDRESS: their length goes there" },
	{ "serial", "a or b: inputs come by that serial line" },
	{ "scsi", "UNIT:BLOCK: inputs stand on that disk" },
	{ "net", "inputs are Ethernet frames" },
	{ "max", "N: longer inputs are cut" },
	{ "start", "ADDRESS or idle: where to begin" },
	{ "start-insns", "N: begin after so many instructions" },
	{ "done", "ADDRESS or return: the input is over" },
	{ "fail", "ADDRESS: a find" },
	{ "traps", "N+N...: traps that are finds, or none" },
	{ "exit", "fail or pass: a status other than 0" },
	{ "insns", "N: an input that takes more hangs" },
	{ "cover", "FIRST..LAST: transfers there are coverage" },
	{ "map", "N: size of the coverage map" },
	{ "protocol", "1: greet as AFL++ 4.20 does" },
	{ "repeat", "N: of -fuzz-replay" },
	{ NULL },
};

static const struct {
	const char *name;
	const struct opt_word *words;
} lists[] = {
	{ "vga", vga },	    { "display", display }, { "netdev", backend }, { "nic", nic },
	{ "net", net },	    { "model", model },	    { "stream", stream },  { "object", object },
	{ "drive", drive }, { "serial", chr },	    { "monitor", chr },	   { "gdb", gdb },
	{ "boot", boot },   { "rtc", rtc },	    { "clock", clocks },   { "pace", pace },
	{ "limit", limit }, { "sandbox", sandbox }, { "fuzz", fuzz },
};

const struct opt_word *opt_words(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(lists); i++)
		if (!strcmp(lists[i].name, name))
			return lists[i].words;
	return NULL;
}

void opt_near_begin(struct opt_near *n, const char *word)
{
	*n = (struct opt_near){ .word = word, .limit = strcspn(word, ":") > 4 ? 3 : 2 };
}

/* In small letters, and without what follows a colon. */
static void plain(char *out, size_t size, const char *in)
{
	size_t i = 0;

	for (; in[i] && in[i] != ':' && i + 1 < size; i++)
		out[i] = in[i] >= 'A' && in[i] <= 'Z' ? (char)(in[i] | 0x20) : in[i];
	out[i] = '\0';
}

void opt_near_try(struct opt_near *n, const char *candidate)
{
	char a[40], b[40];
	unsigned d;

	plain(a, sizeof(a), n->word);
	plain(b, sizeof(b), candidate);
	d = opt_distance(a, b);
	if (d >= n->limit || d >= strlen(a))
		return;
	n->limit = d;
	n->best = candidate;
}

const char *opt_nearest(const char *word, const char *list)
{
	struct opt_near near;

	opt_near_begin(&near, word);
	for (const struct opt_word *w = opt_words(list); w->name; w++)
		opt_near_try(&near, w->name);
	return near.best;
}

int opt_none_of(struct optctx *c, const char *what, const char *word, const char *list)
{
	const struct opt_word *w = opt_words(list);
	const char *near = opt_nearest(word, list);
	char all[512] = "", guess[64] = "";

	for (unsigned i = 0; w[i].name; i++) {
		size_t n = strlen(all);

		if (n < sizeof(all))
			snprintf(all + n, sizeof(all) - n, "%s%s",
				 !i		 ? ""
				 : w[i + 1].name ? ", "
						 : " and ",
				 w[i].name);
	}
	if (near)
		snprintf(guess, sizeof(guess), "did you mean %s? ", near);
	return opt_fail(c, "%s%s'%s'%s; %sthere %s %s", what ? what : "", what ? " " : "", word,
			what ? "" : " is not supported", guess, w[1].name ? "are" : "is", all);
}

void opt_list(FILE *out, const struct opt_word *w)
{
	for (; w->name; w++)
		fprintf(out, "%-14s %s\n", w->name, w->help);
}
