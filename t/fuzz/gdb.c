/* SPDX-License-Identifier: MIT */
/*
 * Any bytes from gdb to a small machine. A line that does not begin with $ is packed as gdb would, so that
 * what lies behind the checksum is reached.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/gdbstub.h"
#include "t/fuzz/small.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static struct gdbstub g;

static void feed(const u8 *p, size_t len)
{
	u8 out[512];

	while (len) {
		u32 n = chr_in_room(&g.chr);

		n = n < len ? n : (u32)len;
		chr_feed(&g.chr, p, n);
		p += n;
		len -= n;
		gdbstub_poll(&g, 1);
		while (chr_take(&g.chr, out, sizeof(out)))
			;
	}
}

static void feed_line(const u8 *p, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	u8 sum = 0, end[3] = { '#' };

	if (len && *p == '$') {
		feed(p, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		sum = (u8)(sum + p[i]);
	end[1] = (u8)hex[sum >> 4];
	end[2] = (u8)hex[sum & 15];
	feed((const u8 *)"$", 1);
	feed(p, len);
	feed(end, 3);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	small_start();
	machine_reset(control.m);
	memset(&g, 0, sizeof(g));
	gdbstub_init(&g, &control);
	control.quit = control.reset = control.stopped = false;
	gdbstub_poll(&g, 1);
	for (unsigned lines = 0; len && lines < 64 && !control.quit; lines++) {
		const u8 *end = memchr(data, '\n', len);
		size_t n = end ? (size_t)(end - data) : len;

		feed_line(data, n);
		if (!control.stopped)
			gdbstub_ran(&g, machine_run(control.m, gdbstub_quantum(&g, 50)));
		if (g.nr_breakpoints > GDB_BREAKPOINTS || g.in_len > GDB_PACKET)
			__builtin_trap();
		data += n + (end != NULL);
		len -= n + (end != NULL);
	}
	gdbstub_poll(&g, 0);
	gdbstub_release(&g);
	return 0;
}
