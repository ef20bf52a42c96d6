/* SPDX-License-Identifier: MIT */
/*
 * Any bytes typed into the monitor of a small machine whose MMU finds its tables in whatever the last bytes
 * are. The files that commands would write are never reached: no display, no snapshots, no log.
 *
 *	clang -fno-pie -no-pie -fsanitize=fuzzer,address,undefined -I. -DVONK_VERSION='"0"' t/fuzz/monitor.c machine/monitor*.c \
 *		machine/peek.c obj/libvonk.a -lz
 */
#include <stdlib.h>
#include <string.h>

#include "t/fuzz/small.h"

#define TABLES 512 /* bytes at 0, as many as there are */

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static struct monitor mon;

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	size_t tables = len < TABLES ? len : TABLES;
	struct cpu *cpu;
	u8 out[512];

	small_start();
	machine_reset(control.m);
	memcpy(control.m->ram, data + len - tables, tables);
	cpu = control.m->cpu[0];
	cpu->mmu[MMU_CTRL] |= len & 1 ? MMU_CTRL_E : 0;
	memset(&mon, 0, sizeof(mon));
	monitor_init(&mon, &control);
	control.quit = control.reset = false;
	while (len && !control.quit) {
		u32 n = chr_in_room(&mon.chr);

		n = n < len ? n : (u32)len;
		chr_feed(&mon.chr, data, n);
		data += n;
		len -= n;
		monitor_poll(&mon);
		/* What nobody takes is dropped when the queue is full: there is no host. */
		while (chr_take(&mon.chr, out, sizeof(out)))
			;
		if (mon.len >= MONITOR_LINE)
			__builtin_trap();
	}
	return 0;
}
