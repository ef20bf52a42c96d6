/* SPDX-License-Identifier: MIT */
/* The text of --help: its width, its order, and that it offers what can be used and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "machine/options.h"
#include "t/tap.h"

static char *text;

/* Does --help say that there is an option of that name? */
static bool offered(const char *name)
{
	char first[32], later[32], entry[3][40];

	snprintf(first, sizeof(first), "\n  -%s", name);
	snprintf(later, sizeof(later), ", -%s", name);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(entry[i], sizeof(entry[i]), "%s%c", first, " ,\n"[i]);
		if (strstr(text, entry[i]))
			return true;
		snprintf(entry[i], sizeof(entry[i]), "%s%c", later, " ,\n"[i]);
		if (strstr(text, entry[i]))
			return true;
	}
	return false;
}

/* Is it taken, with an argument that suits it? */
static bool usable(const char *name, const char *arg)
{
	char dashed[32], word[32], err[256];
	char *argv[] = { dashed, dashed, word, NULL };
	struct options o;

	snprintf(dashed, sizeof(dashed), "-%s", name);
	snprintf(word, sizeof(word), "%s", arg ? arg : "");
	options_parse(&o, arg ? 3 : 2, argv, err, sizeof(err));
	options_release(&o);
	return !strstr(err, "not available") && !strstr(err, "unknown option");
}

static void test_layout(void)
{
	unsigned longest = 0, titles = 0, tabs = 0, trailing = 0;

	for (const char *p = text; *p;) {
		unsigned n = (unsigned)strcspn(p, "\n");

		longest = n > longest ? n : longest;
		tabs += memchr(p, '\t', n) != NULL;
		trailing += n && p[n - 1] == ' ';
		titles += n && *p != ' ' && p[n - 1] == ':';
		p += n + (p[n] == '\n');
	}
	ok(longest <= 79, "no line is longer than 79 columns (%u)", longest);
	is(tabs + trailing, 0, "no tabs, no blanks at line ends");
	ok(titles >= 5, "options stand in groups (%u)", titles);
	ok(!strncmp(text, "usage: vonk ", 12), "it begins with the usage");
	ok(text[strlen(text) - 1] == '\n', "it ends with a line end");
}

/* Every option of the contract: offered if and only if it can be used. */
static void test_offers(void)
{
	static const struct {
		const char *name, *arg;
	} all[] = {
		{ "M", "SS-5" },
		{ "machine", "SS-5" },
		{ "cpu", "x" },
		{ "device", "help" },
		{ "m", "64" },
		{ "smp", "1" },
		{ "name", "x" },
		{ "uuid", "x" },
		{ "bios", "x" },
		{ "L", "x" },
		{ "kernel", "x" },
		{ "initrd", "x" },
		{ "append", "x" },
		{ "boot", "d" },
		{ "nvram", "x" },
		{ "prom-env", "a=b" },
		{ "drive", "file=x" },
		{ "hda", "x" },
		{ "hdb", "x" },
		{ "hdc", "x" },
		{ "hdd", "x" },
		{ "cdrom", "x" },
		{ "fda", "x" },
		{ "snapshot", NULL },
		{ "serial", "null" },
		{ "monitor", "none" },
		{ "nographic", NULL },
		{ "display", "none" },
		{ "vga", "tcx" },
		{ "g", "1024x768" },
		{ "nic", "none" },
		{ "netdev", "tap,id=a,ifname=a" },
		{ "net", "none" },
		{ "object", "filter-dump" },
		{ "rtc", "base=utc" },
		{ "clock", "virtual" },
		{ "icount", "1" },
		{ "pace", "fast" },
		{ "limit", "insns=1" },
		{ "snap", "x" },
		{ "save-at", "insns=1" },
		{ "restore", "x" },
		{ "save-on-exit", NULL },
		{ "gdb", "tcp::1" },
		{ "s", NULL },
		{ "S", NULL },
		{ "d", "int" },
		{ "D", "x" },
		{ "stats", NULL },
		{ "no-reboot", NULL },
		{ "sandbox", "on" },
		{ "h", NULL },
		{ "help", NULL },
		{ "version", NULL },
	};

	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++)
		ok(offered(all[i].name) == usable(all[i].name, all[i].arg), "-%s: %s", all[i].name,
		   offered(all[i].name) ? "offered and usable" : "neither offered nor usable");
	ok(!offered("xyzzy") && !usable("xyzzy", NULL), "-xyzzy: neither");
}

int main(void)
{
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return 1;
	options_usage(f);
	fclose(f);
	test_layout();
	test_offers();
	free(text);
	return tap_done();
}
