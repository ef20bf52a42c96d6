/* SPDX-License-Identifier: MIT */
/* What gdb asks about: the stub, the machine, threads; and the monitor's commands. */
#include <stdio.h>
#include <string.h>

#include "machine/gdbstub-packet.h"
#include "machine/timeline.h"

enum { SSTEP_ENABLE = 1, SSTEP_NOIRQ = 2, SSTEP_NOTIMER = 4 };

/* The one that gdb has chosen. */
struct cpu *gdb_cpu(const struct gdbstub *g)
{
	return g->c->m->cpu[g->thread];
}

/* -1: all, 0: any. */
bool gdb_thread_number(const struct gdbstub *g, const char **p, s32 *n)
{
	u32 val;

	if (!strncmp(*p, "-1", 2)) {
		*p += 2;
		*n = -1;
		return true;
	}
	if (!gdb_number(p, &val) || val > g->c->m->config.nr_cpus)
		return false;
	*n = (s32)val;
	return true;
}

static void list_threads(struct gdbstub *g)
{
	gdb_begin(g);
	for (unsigned i = 0; i < g->c->m->config.nr_cpus; i++) {
		gdb_put_char(g, i ? ',' : 'm');
		gdb_put_char(g, gdb_digits[i + 1]);
	}
	gdb_end(g);
}

static void describe_thread(struct gdbstub *g, const char *p)
{
	char text[64];
	s32 n;

	if (!gdb_thread_number(g, &p, &n) || n <= 0) {
		gdb_reply_ok(g, false);
		return;
	}
	snprintf(text, sizeof(text), "CPU %d [%s]", n - 1,
		 g->c->m->cpu[n - 1]->halted	   ? "halted"
		 : g->c->m->cpu[n - 1]->error_mode ? "error mode"
						   : "running");
	gdb_begin(g);
	for (const char *c = text; *c; c++)
		gdb_put_byte(g, (u8)*c);
	gdb_end(g);
}

/* What a monitor command prints goes out as it comes. */
void gdb_send_output(void *arg)
{
	struct gdbstub *g = arg;
	u8 buf[1024];
	u32 n;

	while ((n = chr_take(&g->mon.chr, buf, sizeof(buf)))) {
		gdb_begin(g);
		gdb_put_char(g, 'O');
		for (u32 i = 0; i < n; i++)
			if (buf[i] != '\r')
				gdb_put_byte(g, buf[i]);
		gdb_end(g);
	}
}

static void cmd_monitor(struct gdbstub *g, const char *p)
{
	char line[MONITOR_LINE];
	size_t n = strlen(p) / 2;

	if (n >= sizeof(line) || !gdb_hex_bytes(p, (u8 *)line, (u32)n)) {
		gdb_reply_ok(g, false);
		return;
	}
	line[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = ' ';
	monitor_command(&g->mon, line);
	gdb_send_output(g);
	gdb_reply(g, "OK");
}

/* OFFSET,LENGTH of a document. */
static void cmd_document(struct gdbstub *g, const char *p, const char *text, u32 len)
{
	u32 off, n;

	if (!gdb_address_and_length(&p, &off, &n) || *p || off > len) {
		gdb_reply_ok(g, false);
		return;
	}
	if (n > GDB_PACKET / 2)
		n = GDB_PACKET / 2;
	gdb_begin(g);
	gdb_put_char(g, off + n < len ? 'm' : 'l');
	for (u32 i = off; i < len && i - off < n; i++)
		gdb_put_binary(g, text[i]);
	gdb_end(g);
}

static void cmd_transfer(struct gdbstub *g, const char *p)
{
	char text[GDB_PACKET];
	const char *args;

	if ((args = gdb_after(p, "features:read:target.xml:")))
		cmd_document(g, args, text, gdb_describe(text, sizeof(text)));
	else if ((args = gdb_after(p, "memory-map:read::")))
		cmd_document(g, args, text, gdb_describe_memory(gdb_cpu(g), text, sizeof(text)));
	else
		gdb_reply_ok(g, false);
}

static void cmd_sstep(struct gdbstub *g, const char *p)
{
	u32 bits;
	bool ok = gdb_number(&p, &bits) && !*p && bits < 8 && bits & SSTEP_ENABLE;

	if (ok)
		g->step_irqs = !(bits & SSTEP_NOIRQ);
	gdb_reply_ok(g, ok);
}

void gdb_query(struct gdbstub *g, const char *p)
{
	const char *args;
	char text[192];

	if (gdb_after(p, "qSupported")) {
		bool back = g->c->timeline && g->c->timeline->on;

		snprintf(text, sizeof(text),
			 "PacketSize=%x;QStartNoAckMode+;vContSupported+;qXfer:features:read+;"
			 "qXfer:memory-map:read+;binary-upload+%s",
			 GDB_PACKET, back ? ";ReverseStep+;ReverseContinue+" : "");
		gdb_reply(g, text);
	} else if ((args = gdb_after(p, "qXfer:"))) {
		cmd_transfer(g, args);
	} else if ((args = gdb_after(p, "qRcmd,"))) {
		cmd_monitor(g, args);
	} else if (!strcmp(p, "QStartNoAckMode")) {
		gdb_reply(g, "OK");
		g->no_ack = true;
	} else if (!strcmp(p, "qHostInfo")) {
		/* LLDB's: the triple is "sparc", in hexadecimal. */
		gdb_reply(g, "triple:7370617263;endian:big;ptrsize:4;"
			     "watchpoint_exceptions_received:after;");
	} else if (!strcmp(p, "qC")) {
		snprintf(text, sizeof(text), "QC%x", g->thread + 1);
		gdb_reply(g, text);
	} else if (!strcmp(p, "qfThreadInfo")) {
		list_threads(g);
	} else if (!strcmp(p, "qsThreadInfo")) {
		gdb_reply(g, "l");
	} else if ((args = gdb_after(p, "qThreadExtraInfo,"))) {
		describe_thread(g, args);
	} else if (gdb_after(p, "qAttached")) {
		gdb_reply(g, "1");
	} else if (!strcmp(p, "qqemu.sstepbits")) {
		gdb_reply(g, "ENABLE=1,NOIRQ=2,NOTIMER=4");
	} else if (!strcmp(p, "qqemu.sstep")) {
		gdb_reply(g, g->step_irqs ? "0x1" : "0x3");
	} else if ((args = gdb_after(p, "Qqemu.sstep="))) {
		cmd_sstep(g, gdb_after(args, "0x") ? args + 2 : args);
	} else if (!strcmp(p, "qqemu.PhyMemMode")) {
		gdb_reply(g, g->physical ? "1" : "0");
	} else if ((args = gdb_after(p, "Qqemu.PhyMemMode:"))) {
		g->physical = *args == '1';
		gdb_reply(g, "OK");
	} else {
		gdb_reply(g, "");
	}
}
