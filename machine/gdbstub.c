/* SPDX-License-Identifier: MIT */
/* gdb's remote protocol: packets, and what they ask for. */
#include "machine/gdbstub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "machine/journal.h"
#include "machine/timeline.h"

enum { GDB_SIGINT = 2, GDB_SIGTRAP = 5, GDB_SIGSEGV = 11 };
enum { IN_IDLE, IN_DATA, IN_SUM1, IN_SUM2 };
enum { SSTEP_ENABLE = 1, SSTEP_NOIRQ = 2, SSTEP_NOTIMER = 4 };

static const char digits[] = "0123456789abcdef";

/* --- answers --- */

static void begin(struct gdbstub *g)
{
	g->out[0] = '$';
	g->out_len = 1;
}

/* What does not fit is cut: no answer is longer than a packet. */
static void put_char(struct gdbstub *g, char c)
{
	if (g->out_len < sizeof(g->out) - 4)
		g->out[g->out_len++] = c;
}

static void put_text(struct gdbstub *g, const char *text)
{
	while (*text)
		put_char(g, *text++);
}

static void put_byte(struct gdbstub *g, u8 b)
{
	put_char(g, digits[b >> 4]);
	put_char(g, digits[b & 15]);
}

static void put_word(struct gdbstub *g, u32 val)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		put_byte(g, (u8)(val >> shift));
}

/* As binary data: what the framing uses is escaped. */
static void put_binary(struct gdbstub *g, char c)
{
	if (strchr("#$}*", c) && c) {
		put_char(g, '}');
		c ^= 0x20;
	}
	put_char(g, c);
}

static void transmit(struct gdbstub *g)
{
	for (u32 i = 0; i < g->out_len; i++)
		chr_put(&g->chr, (u8)g->out[i]);
}

static void end(struct gdbstub *g)
{
	u8 sum = 0;

	for (u32 i = 1; i < g->out_len; i++)
		sum = (u8)(sum + (u8)g->out[i]);
	g->out[g->out_len++] = '#';
	g->out[g->out_len++] = digits[sum >> 4];
	g->out[g->out_len++] = digits[sum & 15];
	transmit(g);
}

static void reply(struct gdbstub *g, const char *text)
{
	begin(g);
	put_text(g, text);
	end(g);
}

static void reply_ok(struct gdbstub *g, bool ok)
{
	reply(g, ok ? "OK" : "E16");
}

/* --- reading packets --- */

static int digit(char c)
{
	const char *p = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* A number of at most 8 hexadecimal digits; false: there is none, or it is too long. */
static bool number(const char **p, u32 *val)
{
	unsigned n = 0;

	for (*val = 0; digit(**p) >= 0; (*p)++, n++)
		*val = *val << 4 | (u32)digit(**p);
	return n && n <= 8;
}

static bool expect(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Exactly n bytes as digits, and nothing after them. */
static bool hex_bytes(const char *p, u8 *buf, u32 n)
{
	for (u32 i = 0; i < n; i++, p += 2) {
		if (digit(p[0]) < 0 || digit(p[1]) < 0)
			return false;
		buf[i] = (u8)(digit(p[0]) << 4 | digit(p[1]));
	}
	return !*p;
}

static bool address_and_length(const char **p, u32 *va, u32 *n)
{
	return number(p, va) && expect(p, ',') && number(p, n);
}

static const char *after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) ? NULL : text + n;
}

/* --- the machine --- */

/* The one that gdb has chosen. */
static struct cpu *the_cpu(const struct gdbstub *g)
{
	return g->c->m->cpu[g->thread];
}

static struct cpu *running_cpu(const struct gdbstub *g)
{
	return g->c->m->cpu[g->c->m->running];
}

static void hold_irqs(struct gdbstub *g, bool hold)
{
	for (unsigned i = 0; i < g->c->m->config.nr_cpus; i++)
		g->c->m->cpu[i]->hold_irqs = hold;
}

/* An address of the watch that the access touched. */
static void note_watch(struct gdbstub *g, const struct cpu_watched *w)
{
	const struct cpu_watch *watch = &g->watch[w->n];

	g->watched = watch->kinds;
	g->watched_va = w->va > watch->first ? w->va : watch->first;
}

static void reply_stop(struct gdbstub *g)
{
	static const char *const watch[] = { [CPU_WATCH_STORE] = "watch",
					     [CPU_WATCH_LOAD] = "rwatch",
					     [CPU_WATCH_LOAD | CPU_WATCH_STORE] = "awatch" };
	char text[64];
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "T%02xthread:%x;", g->signal,
			     g->c->m->running + 1);
	if (g->watched)
		snprintf(text + n, sizeof(text) - n, "%s:%x;", watch[g->watched], g->watched_va);
	else if (g->history)
		snprintf(text + n, sizeof(text) - n, "replaylog:%s;", g->history);
	reply(g, text);
}

static void stop(struct gdbstub *g, unsigned sig)
{
	g->c->stopped = true;
	g->signal = sig;
	g->stepping = false;
	g->thread = g->c->m->running;
	hold_irqs(g, false);
	if (g->waiting)
		reply_stop(g);
	g->waiting = false;
}

static bool in_past(const struct gdbstub *g)
{
	return g->c->timeline && g->c->timeline->past;
}

static void go(struct gdbstub *g, bool step)
{
	struct machine *m = g->c->m;
	/* What was is not changed by looking at it. */
	bool hold = step && !g->step_irqs && !in_past(g);

	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_pass_breakpoint(m->cpu[i]);
	g->waiting = true;
	g->stepping = step;
	g->watched = 0;
	g->step_icount = machine_insns(m);
	g->history = NULL;
	if (hold)
		journal_add(m->journal, JOURNAL_HOLD, 0, 0, NULL, 0);
	hold_irqs(g, hold);
	g->c->stopped = false;
}

static void begin_history(struct gdbstub *g)
{
	struct control *c = g->c;

	if (c->timeline && c->history && !c->timeline->on)
		timeline_begin(c->timeline, c->m, c->journal, c->history, c->recording);
}

static void end_history(struct gdbstub *g)
{
	if (g->c->timeline)
		timeline_end(g->c->timeline);
}

/* Back to how gdb finds it; the machine is left as it stands. */
static void forget_client(struct gdbstub *g)
{
	gdb_clear_stops(g);
	end_history(g);
	g->history = NULL;
	if (g->stepping)
		stop(g, GDB_SIGTRAP);
	g->state = IN_IDLE;
	g->waiting = g->no_ack = g->step_irqs = g->physical = false;
	g->watched = 0;
	g->watched = 0;
	g->thread = g->c->m->running;
	g->out_len = 0;
}

/* --- commands: p is what follows the letter --- */

static bool set_reg(struct gdbstub *g, u32 n, u32 val)
{
	if (n < GDB_ALL_REGS && gdb_get_reg(the_cpu(g), n) == val)
		return true;
	if (g->c->timeline)
		timeline_changed(g->c->timeline);
	journal_add(g->c->m->journal, JOURNAL_REG, g->thread << 16 | n, val, NULL, 0);
	return gdb_set_reg(the_cpu(g), n, val);
}

/* [addr], after an optional signal. */
static void cmd_resume(struct gdbstub *g, const char *p, bool step)
{
	u32 va;

	if (*p) {
		if (!number(&p, &va) || *p || va & 3) {
			reply_ok(g, false);
			return;
		}
		set_reg(g, GDB_REG_PC, va);
		set_reg(g, GDB_REG_NPC, va + 4);
	}
	go(g, step);
}

static void cmd_resume_signal(struct gdbstub *g, const char *p, bool step)
{
	u32 sig;

	if (!number(&p, &sig) || (*p && !expect(&p, ';')))
		reply_ok(g, false);
	else
		cmd_resume(g, p, step);
}

/* -1: all, 0: any. */
static bool thread_number(const struct gdbstub *g, const char **p, s32 *n)
{
	u32 val;

	if (!strncmp(*p, "-1", 2)) {
		*p += 2;
		*n = -1;
		return true;
	}
	if (!number(p, &val) || val > g->c->m->config.nr_cpus)
		return false;
	*n = (s32)val;
	return true;
}

/* [;ACTION[:THREAD]]...: of each thread the first that is for it; *step: does one step? */
static bool vcont_actions(const struct gdbstub *g, const char *p, bool *step)
{
	bool some = false, done = false;

	for (*step = false; *p; some = true) {
		s32 thread = -1;
		u32 sig;
		char a;

		if (!expect(&p, ';') || !*p || !strchr("cCsS", *p))
			return false;
		a = *p++;
		if ((a == 'C' || a == 'S') && !number(&p, &sig))
			return false;
		if (*p == ':') {
			p++;
			if (!thread_number(g, &p, &thread))
				return false;
		}
		if (done || (thread > 0 && (u32)thread != g->c->m->running + 1))
			continue;
		*step = a == 's' || a == 'S';
		done = true;
	}
	return some;
}

/* All processors run or all stand: a step is one instruction of the one whose turn it is. */
static void cmd_vcont(struct gdbstub *g, const char *p)
{
	bool step;

	if (!strcmp(p, "?"))
		reply(g, "vCont;c;C;s;S");
	else if (!vcont_actions(g, p, &step))
		reply_ok(g, false);
	else
		go(g, step);
}

static void cmd_thread(struct gdbstub *g, const char *p)
{
	bool choose = *p == 'g';
	s32 n;

	if ((*p != 'g' && *p != 'c') || (p++, !thread_number(g, &p, &n)) || *p) {
		reply_ok(g, false);
		return;
	}
	if (choose)
		g->thread = n > 0 ? (unsigned)n - 1 : g->c->m->running;
	reply_ok(g, true);
}

static void cmd_is_thread(struct gdbstub *g, const char *p)
{
	s32 n;

	reply_ok(g, thread_number(g, &p, &n) && n > 0 && !*p);
}

static void list_threads(struct gdbstub *g)
{
	begin(g);
	for (unsigned i = 0; i < g->c->m->config.nr_cpus; i++) {
		put_char(g, i ? ',' : 'm');
		put_char(g, digits[i + 1]);
	}
	end(g);
}

static void describe_thread(struct gdbstub *g, const char *p)
{
	char text[64];
	s32 n;

	if (!thread_number(g, &p, &n) || n <= 0) {
		reply_ok(g, false);
		return;
	}
	snprintf(text, sizeof(text), "CPU %d [%s]", n - 1,
		 g->c->m->cpu[n - 1]->halted	   ? "halted"
		 : g->c->m->cpu[n - 1]->error_mode ? "error mode"
						   : "running");
	begin(g);
	for (const char *c = text; *c; c++)
		put_byte(g, (u8)*c);
	end(g);
}

static void cmd_get_regs(struct gdbstub *g)
{
	begin(g);
	for (unsigned n = 0; n < GDB_REGS; n++)
		put_word(g, gdb_get_reg(the_cpu(g), n));
	end(g);
}

/* PSR comes behind the windows, and may choose another: what was meant for the old one stays there. */
static void cmd_set_regs(struct gdbstub *g, const char *p)
{
	u8 buf[GDB_REGS * 4];
	bool ok = hex_bytes(p, buf, sizeof(buf));

	for (unsigned n = 0; ok && n < GDB_REGS; n++)
		ok = set_reg(g, n, be32_get(buf + 4 * n));
	reply_ok(g, ok);
}

static void cmd_get_reg(struct gdbstub *g, const char *p)
{
	u32 n;

	if (!number(&p, &n) || *p || n >= GDB_ALL_REGS) {
		reply_ok(g, false);
		return;
	}
	begin(g);
	put_word(g, gdb_get_reg(the_cpu(g), n));
	end(g);
}

static void cmd_set_reg(struct gdbstub *g, const char *p)
{
	u32 n;
	u8 buf[4];

	reply_ok(g, number(&p, &n) && expect(&p, '=') && hex_bytes(p, buf, 4) &&
			    set_reg(g, n, be32_get(buf)));
}

/* How much of n bytes at va can be read, up to where nothing is. */
static u32 read_some(struct gdbstub *g, u32 va, u8 *buf, u32 n)
{
	while (n && !gdb_read_mem(the_cpu(g), g->physical, va, buf, n))
		n = n > 0x1000 - (va & 0xfff) ? 0x1000 - (va & 0xfff) : 0;
	return n;
}

/* m: as digits; x: as binary data. */
static void cmd_read(struct gdbstub *g, const char *p, bool binary)
{
	u8 buf[GDB_PACKET / 2];
	u32 va, n;

	if (!address_and_length(&p, &va, &n) || *p) {
		reply_ok(g, false);
		return;
	}
	if (n > sizeof(buf))
		n = sizeof(buf);
	if (n) {
		n = read_some(g, va, buf, n);
		if (!n) {
			reply_ok(g, false);
			return;
		}
	} else if (!binary) {
		reply_ok(g, false);
		return;
	}
	begin(g);
	if (binary)
		put_char(g, 'b');
	for (u32 i = 0; i < n; i++)
		if (binary)
			put_binary(g, (char)buf[i]);
		else
			put_byte(g, buf[i]);
	end(g);
}

static bool write_mem(struct gdbstub *g, u32 va, const u8 *buf, u32 n)
{
	if (g->c->timeline)
		timeline_changed(g->c->timeline);
	journal_add(g->c->m->journal, JOURNAL_MEM, g->physical, va, buf, n);
	return gdb_write_mem(the_cpu(g), g->physical, va, buf, n);
}

static void cmd_write(struct gdbstub *g, const char *p)
{
	u8 buf[GDB_PACKET / 2];
	u32 va, n;

	reply_ok(g, address_and_length(&p, &va, &n) && expect(&p, ':') && n <= sizeof(buf) &&
			    hex_bytes(p, buf, n) && write_mem(g, va, buf, n));
}

/* } and a byte with bit 5 turned is that byte; false: they are not exactly n. */
static bool unescape(const char *p, const char *stop_at, u8 *buf, u32 n)
{
	u32 i = 0;

	for (; p < stop_at && i < n; p++) {
		bool escaped = *p == '}';

		if (escaped && ++p == stop_at)
			return false;
		buf[i++] = (u8)(escaped ? *p ^ 0x20 : *p);
	}
	return i == n && p == stop_at;
}

static void cmd_write_binary(struct gdbstub *g, const char *p)
{
	u8 buf[GDB_PACKET];
	u32 va, n;

	reply_ok(g, address_and_length(&p, &va, &n) && expect(&p, ':') && n <= sizeof(buf) &&
			    unescape(p, g->in + g->in_len, buf, n) && write_mem(g, va, buf, n));
}

/* bs: one instruction; bc: to the last stop. */
static void cmd_backwards(struct gdbstub *g, const char *p)
{
	struct timeline *t = g->c->timeline;
	struct timeline_stop at = { .begin = true };
	bool ok = true;

	if (!t || !t->on || (strcmp(p, "s") && strcmp(p, "c"))) {
		reply(g, "");
		return;
	}
	if (*p == 'c')
		ok = timeline_reverse(t, &at);
	else if (machine_insns(t->m) > t->point[0].insns) {
		ok = timeline_go(t, machine_insns(t->m) - 1);
		at.begin = false;
	}
	g->signal = GDB_SIGTRAP;
	g->thread = t->m->running;
	g->watched = 0;
	g->history = at.begin ? "begin" : NULL;
	if (at.watched.hit)
		note_watch(g, &at.watched);
	if (ok)
		reply_stop(g);
	else
		reply_ok(g, false);
}

/* Z0 and Z1: nothing is written to memory, so they are the same. Z2, 3, 4: stores, loads, both. */
static void cmd_breakpoint(struct gdbstub *g, const char *p, bool insert)
{
	static const unsigned kinds[] = { CPU_WATCH_STORE, CPU_WATCH_LOAD,
					  CPU_WATCH_LOAD | CPU_WATCH_STORE };
	u32 type, va, kind;
	struct cpu_watch w;

	if (*p < '0' || *p > '4') {
		reply(g, "");
		return;
	}
	type = (u32)(*p++ - '0');
	if (!expect(&p, ',') || !address_and_length(&p, &va, &kind)) {
		reply_ok(g, false);
		return;
	}
	if (type < 2) {
		if (!insert)
			gdb_remove_breakpoint(g, va);
		reply_ok(g, !insert || gdb_insert_breakpoint(g, va));
		return;
	}
	w = (struct cpu_watch){ .first = va, .last = va + (kind - 1), .kinds = kinds[type - 2] };
	if (!insert)
		gdb_remove_watch(g, &w);
	reply_ok(g, !insert || (kind && gdb_insert_watch(g, &w)));
}

/* What a monitor command prints goes out as it comes. */
static void send_output(void *arg)
{
	struct gdbstub *g = arg;
	u8 buf[1024];
	u32 n;

	while ((n = chr_take(&g->mon.chr, buf, sizeof(buf)))) {
		begin(g);
		put_char(g, 'O');
		for (u32 i = 0; i < n; i++)
			if (buf[i] != '\r')
				put_byte(g, buf[i]);
		end(g);
	}
}

static void cmd_monitor(struct gdbstub *g, const char *p)
{
	char line[MONITOR_LINE];
	size_t n = strlen(p) / 2;

	if (n >= sizeof(line) || !hex_bytes(p, (u8 *)line, (u32)n)) {
		reply_ok(g, false);
		return;
	}
	line[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = ' ';
	monitor_command(&g->mon, line);
	send_output(g);
	reply(g, "OK");
}

/* OFFSET,LENGTH of a document. */
static void cmd_document(struct gdbstub *g, const char *p, const char *text, u32 len)
{
	u32 off, n;

	if (!address_and_length(&p, &off, &n) || *p || off > len) {
		reply_ok(g, false);
		return;
	}
	if (n > GDB_PACKET / 2)
		n = GDB_PACKET / 2;
	begin(g);
	put_char(g, off + n < len ? 'm' : 'l');
	for (u32 i = off; i < len && i - off < n; i++)
		put_binary(g, text[i]);
	end(g);
}

static void cmd_transfer(struct gdbstub *g, const char *p)
{
	char text[GDB_PACKET];
	const char *args;

	if ((args = after(p, "features:read:target.xml:")))
		cmd_document(g, args, text, gdb_describe(text, sizeof(text)));
	else if ((args = after(p, "memory-map:read::")))
		cmd_document(g, args, text, gdb_describe_memory(the_cpu(g), text, sizeof(text)));
	else
		reply_ok(g, false);
}

static void cmd_sstep(struct gdbstub *g, const char *p)
{
	u32 bits;
	bool ok = number(&p, &bits) && !*p && bits < 8 && bits & SSTEP_ENABLE;

	if (ok)
		g->step_irqs = !(bits & SSTEP_NOIRQ);
	reply_ok(g, ok);
}

static void cmd_query(struct gdbstub *g, const char *p)
{
	const char *args;
	char text[192];

	if (after(p, "qSupported")) {
		bool back = g->c->timeline && g->c->timeline->on;

		snprintf(text, sizeof(text),
			 "PacketSize=%x;QStartNoAckMode+;vContSupported+;qXfer:features:read+;"
			 "qXfer:memory-map:read+;binary-upload+%s",
			 GDB_PACKET, back ? ";ReverseStep+;ReverseContinue+" : "");
		reply(g, text);
	} else if ((args = after(p, "qXfer:"))) {
		cmd_transfer(g, args);
	} else if ((args = after(p, "qRcmd,"))) {
		cmd_monitor(g, args);
	} else if (!strcmp(p, "QStartNoAckMode")) {
		reply(g, "OK");
		g->no_ack = true;
	} else if (!strcmp(p, "qC")) {
		snprintf(text, sizeof(text), "QC%x", g->thread + 1);
		reply(g, text);
	} else if (!strcmp(p, "qfThreadInfo")) {
		list_threads(g);
	} else if (!strcmp(p, "qsThreadInfo")) {
		reply(g, "l");
	} else if ((args = after(p, "qThreadExtraInfo,"))) {
		describe_thread(g, args);
	} else if (after(p, "qAttached")) {
		reply(g, "1");
	} else if (!strcmp(p, "qqemu.sstepbits")) {
		reply(g, "ENABLE=1,NOIRQ=2,NOTIMER=4");
	} else if (!strcmp(p, "qqemu.sstep")) {
		reply(g, g->step_irqs ? "0x1" : "0x3");
	} else if ((args = after(p, "Qqemu.sstep="))) {
		cmd_sstep(g, after(args, "0x") ? args + 2 : args);
	} else if (!strcmp(p, "qqemu.PhyMemMode")) {
		reply(g, g->physical ? "1" : "0");
	} else if ((args = after(p, "Qqemu.PhyMemMode:"))) {
		g->physical = *args == '1';
		reply(g, "OK");
	} else {
		reply(g, "");
	}
}

static void cmd_v(struct gdbstub *g, const char *p)
{
	const char *args = after(p, "vCont");

	if (args) {
		cmd_vcont(g, args);
	} else if (after(p, "vKill")) {
		reply(g, "OK");
		g->c->quit = true;
	} else {
		reply(g, "");
	}
}

static void detach(struct gdbstub *g)
{
	bool no_ack = g->no_ack;

	reply(g, "OK");
	forget_client(g);
	g->no_ack = no_ack;
	for (unsigned i = 0; i < g->c->m->config.nr_cpus; i++)
		cpu_pass_breakpoint(g->c->m->cpu[i]);
	g->c->stopped = false;
}

static void command(struct gdbstub *g)
{
	const char *p = g->in + 1;

	switch (g->in[0]) {
	case '?':
		reply_stop(g);
		break;
	case 'b':
		cmd_backwards(g, p);
		break;
	case 'c':
	case 's':
		cmd_resume(g, p, g->in[0] == 's');
		break;
	case 'C':
	case 'S':
		cmd_resume_signal(g, p, g->in[0] == 'S');
		break;
	case 'D':
		detach(g);
		break;
	case 'g':
		cmd_get_regs(g);
		break;
	case 'G':
		cmd_set_regs(g, p);
		break;
	case 'H':
		cmd_thread(g, p);
		break;
	case 'T':
		cmd_is_thread(g, p);
		break;
	case 'k':
		g->c->quit = true;
		break;
	case 'm':
	case 'x':
		cmd_read(g, p, g->in[0] == 'x');
		break;
	case 'M':
		cmd_write(g, p);
		break;
	case 'p':
		cmd_get_reg(g, p);
		break;
	case 'P':
		cmd_set_reg(g, p);
		break;
	case 'q':
	case 'Q':
		cmd_query(g, g->in);
		break;
	case 'v':
		cmd_v(g, g->in);
		break;
	case 'X':
		cmd_write_binary(g, p);
		break;
	case 'Z':
	case 'z':
		cmd_breakpoint(g, p, g->in[0] == 'Z');
		break;
	default:
		reply(g, "");
	}
}

/* --- framing --- */

static void packet(struct gdbstub *g)
{
	bool good = g->no_ack || g->in_sum == g->want_sum;

	if (!g->no_ack)
		chr_put(&g->chr, good ? '+' : '-');
	if (!good)
		return;
	g->in[g->in_len] = '\0';
	if (g->too_long)
		reply_ok(g, false);
	else
		command(g);
}

static void between(struct gdbstub *g, u8 c)
{
	if (c == '$') {
		g->state = IN_DATA;
		g->in_len = 0;
		g->in_sum = 0;
		g->too_long = false;
	} else if (c == 3) {
		stop(g, GDB_SIGINT);
	} else if (c == '-' && !g->no_ack) {
		transmit(g);
	}
}

static void take(struct gdbstub *g, u8 c)
{
	u8 d = (u8)digit((char)c) & 15; /* what is no digit makes a wrong sum */

	switch (g->state) {
	case IN_IDLE:
		between(g, c);
		break;
	case IN_DATA:
		if (c == '#') {
			g->state = IN_SUM1;
			break;
		}
		g->in_sum = (u8)(g->in_sum + c);
		if (g->in_len < GDB_PACKET)
			g->in[g->in_len++] = (char)c;
		else
			g->too_long = true;
		break;
	case IN_SUM1:
		g->want_sum = (u8)(d << 4);
		g->state = IN_SUM2;
		break;
	default:
		g->want_sum |= d;
		g->state = IN_IDLE;
		packet(g);
	}
}

void gdbstub_init(struct gdbstub *g, struct control *c)
{
	memset(g, 0, sizeof(*g));
	g->c = c;
	g->signal = GDB_SIGTRAP;
	chr_init(&g->chr);
	monitor_init(&g->mon, c);
	g->mon.chr.flush = send_output;
	g->mon.chr.host = g;
}

void gdbstub_present(struct gdbstub *g)
{
	if (!g->waiting)
		return;
	/* A breakpoint there is the better reason. */
	if (!cpu_has_breakpoint(running_cpu(g), running_cpu(g)->pc, running_cpu(g)->pc))
		g->history = "end";
	stop(g, GDB_SIGTRAP);
}

void gdbstub_release(struct gdbstub *g)
{
	if (!g->c)
		return;
	gdb_clear_stops(g);
	end_history(g);
}

void gdbstub_poll(struct gdbstub *g, u64 who)
{
	u8 c;

	if (who != g->who) {
		g->who = who;
		forget_client(g);
		if (who) {
			stop(g, GDB_SIGTRAP);
			begin_history(g);
		}
	}
	/* The monitor's `stop`. */
	if (g->waiting && g->c->stopped)
		stop(g, GDB_SIGINT);
	while (!g->c->quit && chr_get(&g->chr, &c))
		take(g, c);
}

u64 gdbstub_quantum(const struct gdbstub *g, u64 insns)
{
	return g->stepping ? 1 : insns;
}

static void tell_exit(struct gdbstub *g, u32 status)
{
	char text[8];

	if (!g->waiting)
		return;
	snprintf(text, sizeof(text), "W%02x", status & 0xff);
	reply(g, text);
	g->waiting = false;
}

bool gdbstub_ran(struct gdbstub *g, enum machine_stop why)
{
	if (why == MACHINE_WATCHPOINT) {
		note_watch(g, &running_cpu(g)->watched);
		stop(g, GDB_SIGTRAP);
		return true;
	}
	if (why == MACHINE_BREAKPOINT || (why == MACHINE_ERROR && g->who)) {
		stop(g, why == MACHINE_ERROR ? GDB_SIGSEGV : GDB_SIGTRAP);
		return true;
	}
	if (why == MACHINE_EXIT || why == MACHINE_POWEROFF || why == MACHINE_ASKED)
		tell_exit(g, why == MACHINE_EXIT ? g->c->m->exit_status : 0);
	else if (g->stepping && machine_insns(g->c->m) != g->step_icount)
		stop(g, GDB_SIGTRAP);
	return false;
}
