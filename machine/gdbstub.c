/* SPDX-License-Identifier: MIT */
/* gdb's remote protocol: packets, and what they ask for. */
#include "machine/gdbstub-packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "machine/journal.h"
#include "machine/timeline.h"

enum { GDB_SIGINT = 2, GDB_SIGTRAP = 5, GDB_SIGSEGV = 11 };
enum { IN_IDLE, IN_DATA, IN_SUM1, IN_SUM2 };

/* --- the machine --- */

static struct cpu *running_cpu(const struct gdbstub *g)
{
	return g->c->m->cpu[g->c->m->running];
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
	gdb_reply(g, text);
}

static void stop(struct gdbstub *g, unsigned sig)
{
	g->c->stopped = true;
	g->signal = sig;
	g->stepping = false;
	g->thread = g->c->m->running;
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

	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_pass_breakpoint(m->cpu[i]);
	g->waiting = true;
	g->stepping = step;
	g->watched = 0;
	g->step_icount = machine_insns(m);
	g->history = NULL;
	/* What was is not changed by looking at it. */
	if (step && !g->step_irqs && !in_past(g)) {
		journal_add(m->journal, JOURNAL_HOLD, 0, 0, NULL, 0);
		cpu_hold_irqs(running_cpu(g));
	}
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
	g->thread = g->c->m->running;
	g->out_len = 0;
}

/* --- commands: p is what follows the letter --- */

static bool set_reg(struct gdbstub *g, u32 n, u32 val)
{
	if (n < GDB_ALL_REGS && gdb_get_reg(gdb_cpu(g), n) == val)
		return true;
	if (g->c->timeline)
		timeline_changed(g->c->timeline);
	journal_add(g->c->m->journal, JOURNAL_REG, g->thread << 16 | n, val, NULL, 0);
	return gdb_set_reg(gdb_cpu(g), n, val);
}

/* [addr], after an optional signal. */
static void cmd_resume(struct gdbstub *g, const char *p, bool step)
{
	u32 va;

	if (*p) {
		if (!gdb_number(&p, &va) || *p || va & 3) {
			gdb_reply_ok(g, false);
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

	if (!gdb_number(&p, &sig) || (*p && !gdb_expect(&p, ';')))
		gdb_reply_ok(g, false);
	else
		cmd_resume(g, p, step);
}

/* [;ACTION[:THREAD]]...: of each thread the first that is for it; *step: does one step? */
static bool vcont_actions(const struct gdbstub *g, const char *p, bool *step)
{
	bool some = false, done = false;

	for (*step = false; *p; some = true) {
		s32 thread = -1;
		u32 sig;
		char a;

		if (!gdb_expect(&p, ';') || !*p || !strchr("cCsS", *p))
			return false;
		a = *p++;
		if ((a == 'C' || a == 'S') && !gdb_number(&p, &sig))
			return false;
		if (*p == ':') {
			p++;
			if (!gdb_thread_number(g, &p, &thread))
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
		gdb_reply(g, "vCont;c;C;s;S");
	else if (!vcont_actions(g, p, &step))
		gdb_reply_ok(g, false);
	else
		go(g, step);
}

static void cmd_thread(struct gdbstub *g, const char *p)
{
	bool choose = *p == 'g';
	s32 n;

	if ((*p != 'g' && *p != 'c') || (p++, !gdb_thread_number(g, &p, &n)) || *p) {
		gdb_reply_ok(g, false);
		return;
	}
	if (choose)
		g->thread = n > 0 ? (unsigned)n - 1 : g->c->m->running;
	gdb_reply_ok(g, true);
}

static void cmd_is_thread(struct gdbstub *g, const char *p)
{
	s32 n;

	gdb_reply_ok(g, gdb_thread_number(g, &p, &n) && n > 0 && !*p);
}

static void cmd_get_regs(struct gdbstub *g)
{
	gdb_begin(g);
	for (unsigned n = 0; n < GDB_REGS; n++)
		gdb_put_word(g, gdb_get_reg(gdb_cpu(g), n));
	gdb_end(g);
}

/* PSR comes behind the windows, and may choose another: what was meant for the old one stays there. */
static void cmd_set_regs(struct gdbstub *g, const char *p)
{
	u8 buf[GDB_REGS * 4];
	bool ok = gdb_hex_bytes(p, buf, sizeof(buf));

	for (unsigned n = 0; ok && n < GDB_REGS; n++)
		ok = set_reg(g, n, be32_get(buf + 4 * n));
	gdb_reply_ok(g, ok);
}

static void cmd_get_reg(struct gdbstub *g, const char *p)
{
	u32 n;

	if (!gdb_number(&p, &n) || *p || n >= GDB_ALL_REGS) {
		gdb_reply_ok(g, false);
		return;
	}
	gdb_begin(g);
	gdb_put_word(g, gdb_get_reg(gdb_cpu(g), n));
	gdb_end(g);
}

static void cmd_set_reg(struct gdbstub *g, const char *p)
{
	u32 n;
	u8 buf[4];

	gdb_reply_ok(g, gdb_number(&p, &n) && gdb_expect(&p, '=') && gdb_hex_bytes(p, buf, 4) &&
				set_reg(g, n, be32_get(buf)));
}

/* How much of n bytes at va can be read, up to where nothing is. */
static u32 read_some(struct gdbstub *g, u32 va, u8 *buf, u32 n)
{
	while (n && !gdb_read_mem(gdb_cpu(g), g->physical, va, buf, n))
		n = n > 0x1000 - (va & 0xfff) ? 0x1000 - (va & 0xfff) : 0;
	return n;
}

/* m: as digits; x: as binary data. */
static void cmd_read(struct gdbstub *g, const char *p, bool binary)
{
	u8 buf[GDB_PACKET / 2];
	u32 va, n;

	if (!gdb_address_and_length(&p, &va, &n) || *p) {
		gdb_reply_ok(g, false);
		return;
	}
	if (n > sizeof(buf))
		n = sizeof(buf);
	if (n) {
		n = read_some(g, va, buf, n);
		if (!n) {
			gdb_reply_ok(g, false);
			return;
		}
	} else if (!binary) {
		gdb_reply_ok(g, false);
		return;
	}
	gdb_begin(g);
	if (binary)
		gdb_put_char(g, 'b');
	for (u32 i = 0; i < n; i++)
		if (binary)
			gdb_put_binary(g, (char)buf[i]);
		else
			gdb_put_byte(g, buf[i]);
	gdb_end(g);
}

static bool write_mem(struct gdbstub *g, u32 va, const u8 *buf, u32 n)
{
	if (g->c->timeline)
		timeline_changed(g->c->timeline);
	journal_add(g->c->m->journal, JOURNAL_MEM, g->physical, va, buf, n);
	return gdb_write_mem(gdb_cpu(g), g->physical, va, buf, n);
}

static void cmd_write(struct gdbstub *g, const char *p)
{
	u8 buf[GDB_PACKET / 2];
	u32 va, n;

	gdb_reply_ok(g, gdb_address_and_length(&p, &va, &n) && gdb_expect(&p, ':') &&
				n <= sizeof(buf) && gdb_hex_bytes(p, buf, n) &&
				write_mem(g, va, buf, n));
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

	gdb_reply_ok(g, gdb_address_and_length(&p, &va, &n) && gdb_expect(&p, ':') &&
				n <= sizeof(buf) && unescape(p, g->in + g->in_len, buf, n) &&
				write_mem(g, va, buf, n));
}

/* bs: one instruction; bc: to the last stop. */
static void cmd_backwards(struct gdbstub *g, const char *p)
{
	struct timeline *t = g->c->timeline;
	struct timeline_stop at = { .begin = true };
	bool ok = true;

	if (!t || !t->on || (strcmp(p, "s") && strcmp(p, "c"))) {
		gdb_reply(g, "");
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
		gdb_reply_ok(g, false);
}

/* Z0 and Z1: nothing is written to memory, so they are the same. Z2, 3, 4: stores, loads, both. */
static void cmd_breakpoint(struct gdbstub *g, const char *p, bool insert)
{
	static const unsigned kinds[] = { CPU_WATCH_STORE, CPU_WATCH_LOAD,
					  CPU_WATCH_LOAD | CPU_WATCH_STORE };
	u32 type, va, kind;
	struct cpu_watch w;

	if (*p < '0' || *p > '4') {
		gdb_reply(g, "");
		return;
	}
	type = (u32)(*p++ - '0');
	if (!gdb_expect(&p, ',') || !gdb_address_and_length(&p, &va, &kind)) {
		gdb_reply_ok(g, false);
		return;
	}
	if (type < 2) {
		if (!insert)
			gdb_remove_breakpoint(g, va);
		gdb_reply_ok(g, !insert || gdb_insert_breakpoint(g, va));
		return;
	}
	w = (struct cpu_watch){ .first = va, .last = va + (kind - 1), .kinds = kinds[type - 2] };
	if (!insert)
		gdb_remove_watch(g, &w);
	gdb_reply_ok(g, !insert || (kind && gdb_insert_watch(g, &w)));
}

static void cmd_v(struct gdbstub *g, const char *p)
{
	const char *args = gdb_after(p, "vCont");

	if (args) {
		cmd_vcont(g, args);
	} else if (gdb_after(p, "vKill")) {
		gdb_reply(g, "OK");
		g->c->quit = true;
	} else {
		gdb_reply(g, "");
	}
}

static void detach(struct gdbstub *g)
{
	bool no_ack = g->no_ack;

	gdb_reply(g, "OK");
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
		gdb_query(g, g->in);
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
		gdb_reply(g, "");
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
		gdb_reply_ok(g, false);
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
		gdb_transmit(g);
	}
}

static void take(struct gdbstub *g, u8 c)
{
	u8 d = (u8)gdb_digit((char)c) & 15; /* what is no digit makes a wrong sum */

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
	g->c = c;
	g->signal = GDB_SIGTRAP;
	monitor_init(&g->mon, c);
	g->mon.chr.flush = gdb_send_output;
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
	gdb_reply(g, text);
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
