/* SPDX-License-Identifier: MIT */
/* The monitor's line editor, and the commands that act. */
#include "machine/monitor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fb.h"
#include "lib/host-save.h"
#include "lib/png.h"
#include "machine/journal.h"
#include "machine/names.h"

#define PROMPT "(vonk) "

static void put(struct monitor *mon, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			chr_put(&mon->chr, '\r');
		chr_put(&mon->chr, (u8)*text);
	}
}

void mon_printf(struct monitor *mon, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	put(mon, buf);
}

bool mon_word(const char **p, char *word, size_t size)
{
	size_t n = strspn(*p, " \t");

	*p += n;
	n = strcspn(*p, " \t");
	snprintf(word, size, "%.*s", (int)n, *p);
	*p += n;
	return n;
}

/* --- commands --- */

static void cmd_help(struct monitor *mon, const char *args);

static void cmd_stop(struct monitor *mon, __maybe_unused const char *args)
{
	mon->c->stopped = true;
}

static void cmd_cont(struct monitor *mon, __maybe_unused const char *args)
{
	mon->c->stopped = false;
}

static void cmd_quit(struct monitor *mon, __maybe_unused const char *args)
{
	mon->c->quit = true;
}

static void cmd_reset(struct monitor *mon, __maybe_unused const char *args)
{
	mon->c->reset = true;
}

/* The button is let go and pressed: what the guest sees is that it was pressed. */
static void cmd_powerdown(struct monitor *mon, __maybe_unused const char *args)
{
	journal_add(mon->c->m->journal, JOURNAL_POWERDOWN, 0, 0, NULL, 0);
	journal_power_button(mon->c->m);
}

/* A file name is all that follows, blanks inside it included; NULL: nothing does. */
static const char *file_name(const char *args, char *buf, size_t size)
{
	size_t n;

	args += strspn(args, " \t");
	n = strlen(args);
	while (n && (args[n - 1] == ' ' || args[n - 1] == '\t'))
		n--;
	snprintf(buf, size, "%.*s", (int)n, args);
	return n ? buf : NULL;
}

static int write_file(const char *path, const u8 *buf, size_t n, char *err, size_t errlen)
{
	struct host_replace file;
	int ret = host_replace_begin(&file, &host_io, path, err, errlen);

	if (ret)
		return ret;
	ret = host_replace_write(&file, buf, n);
	return host_replace_end(&file, ret, err, errlen);
}

static int dump_picture(struct dev *fb, const char *path, char *err, size_t errlen)
{
	unsigned width, height;
	u8 *png = NULL;
	u32 *pixels;
	size_t len;
	int ret;

	fb_size(fb, &width, &height);
	pixels = calloc((size_t)width * height, sizeof(*pixels));
	if (!pixels) {
		snprintf(err, errlen, "out of memory");
		return -ENOMEM;
	}
	fb_render(fb, pixels, width);
	ret = png_write(pixels, width, height, width, &png, &len);
	if (ret)
		snprintf(err, errlen, "out of memory");
	else
		ret = write_file(path, png, len, err, errlen);
	free(png);
	free(pixels);
	return ret;
}

static void cmd_screendump(struct monitor *mon, const char *args)
{
	char buf[MONITOR_LINE], err[512];
	const char *path = file_name(args, buf, sizeof(buf));

	if (!path)
		mon_printf(mon, "screendump: needs a FILE, which becomes a PNG picture\n");
	else if (!mon->c->m->fb)
		mon_printf(mon, "screendump: the machine has no display\n");
	else if (dump_picture(mon->c->m->fb, path, err, sizeof(err)))
		mon_printf(mon, "screendump: %s\n", err);
}

static void snapshot(struct monitor *mon, const char *args, const char *name,
		     int (*act)(void *arg, const char *path, char *err, size_t errlen))
{
	char buf[MONITOR_LINE], err[1024];

	if (!act)
		mon_printf(mon, "%s: not available\n", name);
	else if (act(mon->c->arg, file_name(args, buf, sizeof(buf)), err, sizeof(err)))
		mon_printf(mon, "%s: %s\n", name, err);
}

static void cmd_savevm(struct monitor *mon, const char *args)
{
	snapshot(mon, args, "savevm", mon->c->save);
}

static void cmd_loadvm(struct monitor *mon, const char *args)
{
	snapshot(mon, args, "loadvm", mon->c->load);
}

static void print_items(struct monitor *mon)
{
	for (const struct opt_log_item *i = opt_log_items; i->name; i++)
		mon_printf(mon, "%-14s %s\n", i->name, i->help);
}

static void cmd_log(struct monitor *mon, const char *args)
{
	char text[MONITOR_LINE], err[MONITOR_LINE];
	struct log *log = mon->c->log;
	struct opt_logged set = { .items = 0 };
	bool help = false;

	if (!log) {
		mon_printf(mon, "log: not available\n");
	} else if (!mon_word(&args, text, sizeof(text)) || !strcmp(text, "help")) {
		print_items(mon);
		mon_printf(mon, "%-14s nothing\n", "none");
	} else if (!strcmp(text, "none")) {
		log_set(log, &set, "log: ", err, sizeof(err));
	} else if (options_log(text, &set, &help, err, sizeof(err))) {
		mon_printf(mon, "log: %s\n", err);
	} else if (set.items & OPT_LOG_REF) {
		mon_printf(mon, "log: 'ref' is for the start: -d ref\n");
	} else if (log_set(log, &set, "log: ", err, sizeof(err))) {
		mon_printf(mon, "%s\n", err);
	}
}

struct command {
	const char *names; /* "quit|q" */
	const char *args, *help;
	void (*run)(struct monitor *mon, const char *args);
};

static const struct command commands[] = {
	{ "help|?", "[COMMAND]", "this list, or one line of it", cmd_help },
	{ "info", "[WHAT]", "show the state of something; without WHAT, the list", mon_info },
	{ "x", "/FMT ADDR", "memory at a virtual address; FMT is count, x d u o c i, b h w g",
	  mon_x },
	{ "xp", "/FMT ADDR", "the same at a physical address; reads chips' registers, too",
	  mon_xp },
	{ "print|p", "[/FMT] EXPR", "the value of an expression like $pc + 4 * 2", mon_print },
	{ "stop|s", "", "the machine stands still, its time as well", cmd_stop },
	{ "cont|c", "", "it goes on", cmd_cont },
	{ "system_reset", "", "reset the machine", cmd_reset },
	{ "system_powerdown", "", "press the power button", cmd_powerdown },
	{ "quit|q", "", "end the run, as SIGTERM does", cmd_quit },
	{ "screendump", "FILE", "write a picture of the display, PNG", cmd_screendump },
	{ "savevm", "[FILE]", "save a snapshot, to -snap's file if none is given", cmd_savevm },
	{ "loadvm", "[FILE]", "go back to a snapshot", cmd_loadvm },
	{ "sendkey", "KEY[-KEY...]", "press keys together and let go: stop-a, ctrl-c, ret",
	  mon_sendkey },
	{ "asi", "N ADDR [b|h|w|d] [VALUE]", "load or store in an alternate space, as a supervisor",
	  mon_asi },
	{ "gdbserver", "[DEV]", "wait for gdb there, tcp::1234 if not given; 'none' ends that",
	  mon_gdbserver },
	{ "log", "ITEM,...", "log these, as -d does; 'none' ends it, 'help' lists them", cmd_log },
};

static const struct command *find_command(const char *name, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (names_have(commands[i].names, name, n))
			return &commands[i];
	return NULL;
}

static void print_help(struct monitor *mon, const struct command *c)
{
	char head[64];

	snprintf(head, sizeof(head), "%s %s", c->names, c->args);
	mon_printf(mon, "%-24s %s\n", head, c->help);
}

static void cmd_help(struct monitor *mon, const char *args)
{
	char name[MONITOR_LINE];

	if (mon_word(&args, name, sizeof(name))) {
		const struct command *c = find_command(name, strlen(name));

		if (c)
			print_help(mon, c);
		else
			mon_printf(mon, "unknown command: '%s'\n", name);
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		print_help(mon, &commands[i]);
}

static void run_line(struct monitor *mon, const char *line)
{
	const struct command *c;
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t/");
	if (!*line)
		return;
	c = find_command(line, n);
	if (c)
		c->run(mon, line + n);
	else
		mon_printf(mon, "unknown command: '%.*s'; 'help' lists them\n", (int)n, line);
}

/* --- the line --- */

static void prompt(struct monitor *mon)
{
	put(mon, PROMPT);
	for (unsigned i = 0; i < mon->len; i++)
		chr_put(&mon->chr, (u8)mon->line[i]);
}

static void erase(struct monitor *mon, unsigned n)
{
	for (; n && mon->len; n--, mon->len--)
		put(mon, "\b \b");
}

static void type(struct monitor *mon, char c)
{
	if (mon->len + 1 >= MONITOR_LINE) {
		chr_put(&mon->chr, '\a');
		return;
	}
	mon->line[mon->len++] = c;
	chr_put(&mon->chr, (u8)c);
}

static void erase_word(struct monitor *mon)
{
	while (mon->len && mon->line[mon->len - 1] == ' ')
		erase(mon, 1);
	while (mon->len && mon->line[mon->len - 1] != ' ')
		erase(mon, 1);
}

/* Show the n-th line ever typed; one behind the last is empty. */
static void recall(struct monitor *mon, unsigned n)
{
	const char *p;

	if (n > mon->nr_history || n + MONITOR_HISTORY < mon->nr_history + (n == mon->nr_history))
		return;
	mon->at_history = n;
	erase(mon, mon->len);
	if (n == mon->nr_history)
		return;
	for (p = mon->history[n % MONITOR_HISTORY]; *p; p++)
		type(mon, *p);
}

static void remember(struct monitor *mon)
{
	if (mon->len)
		memcpy(mon->history[mon->nr_history++ % MONITOR_HISTORY], mon->line, mon->len + 1);
	mon->at_history = mon->nr_history;
}

static void enter(struct monitor *mon)
{
	char line[MONITOR_LINE];

	put(mon, "\n");
	mon->line[mon->len] = '\0';
	memcpy(line, mon->line, mon->len + 1);
	remember(mon);
	mon->len = 0;
	run_line(mon, line);
	if (!mon->c->quit)
		prompt(mon);
}

/* ESC [ ... letter, ESC O letter: arrows move through the history, the rest is nothing. */
static void escape_key(struct monitor *mon, u8 c)
{
	if (mon->escape == 1) {
		mon->escape = c == '[' || c == 'O' ? 2 : 0;
		return;
	}
	if (c < 0x40 && mon->escape < 16) { /* parameters */
		mon->escape++;
		return;
	}
	mon->escape = 0;
	if (c == 'A' && mon->at_history)
		recall(mon, mon->at_history - 1);
	else if (c == 'B' && mon->at_history < mon->nr_history)
		recall(mon, mon->at_history + 1);
}

static void key(struct monitor *mon, u8 c)
{
	bool lf = c == '\n' && mon->skip_lf;

	mon->skip_lf = c == '\r';
	if (lf)
		return;
	if (mon->escape) {
		escape_key(mon, c);
		return;
	}
	switch (c) {
	case '\r':
	case '\n':
		enter(mon);
		break;
	case '\b':
	case 0x7f:
		erase(mon, 1);
		break;
	case 'U' - 64:
	case 'C' - 64:
		erase(mon, mon->len);
		break;
	case 'W' - 64:
		erase_word(mon);
		break;
	case 'P' - 64:
		if (mon->at_history)
			recall(mon, mon->at_history - 1);
		break;
	case 'N' - 64:
		if (mon->at_history < mon->nr_history)
			recall(mon, mon->at_history + 1);
		break;
	case 'L' - 64:
		put(mon, "\n");
		prompt(mon);
		break;
	case 0x1b:
		mon->escape = 1;
		break;
	default:
		if (c == '\t')
			c = ' ';
		if (c >= ' ' && c < 0x7f)
			type(mon, (char)c);
	}
}

void monitor_init(struct monitor *mon, struct control *c)
{
	mon->c = c;
}

void monitor_greet(struct monitor *mon)
{
	if (!mon->greeted)
		mon_printf(mon, "\nvonk %s monitor, 'help' lists its commands\n", VONK_VERSION);
	else
		put(mon, "\n");
	mon->greeted = true;
	prompt(mon);
}

void monitor_present(struct monitor *mon, u64 who)
{
	if (who == mon->who)
		return;
	mon->who = who;
	mon->greeted = mon->skip_lf = false;
	mon->len = mon->escape = 0;
	if (who)
		monitor_greet(mon);
}

void monitor_leave(struct monitor *mon)
{
	put(mon, "\n");
}

void monitor_command(struct monitor *mon, const char *line)
{
	run_line(mon, line);
}

void monitor_poll(struct monitor *mon)
{
	u8 c;

	/* What was typed after `quit` goes nowhere. */
	while (!mon->c->quit && chr_get(&mon->chr, &c))
		key(mon, c);
}
