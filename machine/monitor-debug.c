/* SPDX-License-Identifier: MIT */
/* The monitor's commands for those who debug: alternate spaces, and where gdb is waited for. */
#include <inttypes.h>
#include <string.h>

#include "lib/be.h"
#include "machine/journal.h"
#include "machine/monitor.h"

static bool number(struct monitor *mon, const char **p, u64 max, const char *what, u64 *val)
{
	char word[MONITOR_LINE];
	const char *text = word;

	if (!mon_word(p, word, sizeof(word))) {
		mon_printf(mon, "asi: %s is missing: asi NUMBER ADDR [b|h|w|d] [VALUE]\n", what);
		return false;
	}
	if (!mon_expr(mon, &text, val))
		return false;
	if (*text || *val > max) {
		mon_printf(mon, "asi: '%s' is no %s\n", word, what);
		return false;
	}
	return true;
}

/*
 * As the supervisor would. What a fault leaves in the MMU's registers is taken back, so that looking changes
 * nothing; what a chip does when it is read it does.
 */
static void access(struct monitor *mon, unsigned asi, u32 va, unsigned size, const u64 *store)
{
	struct cpu *cpu = mon->c->m->cpu[mon->c->m->running];
	u32 sfsr = cpu->mmu[MMU_SFSR], sfar = cpu->mmu[MMU_SFAR];
	u64 val = store ? *store : 0;
	u32 what = mon->c->m->running << 16 | asi << 8 | size;
	u8 b[8];
	unsigned tt;

	be64_put(b, val);
	journal_add(mon->c->m->journal, store ? JOURNAL_STORE_ASI : JOURNAL_LOAD_ASI, what, va, b,
		    store ? 8 : 0);
	tt = store ? cpu_store_asi(cpu, asi, va, size, val)
		   : cpu_load_asi(cpu, asi, va, size, &val);

	if (tt) {
		cpu->mmu[MMU_SFSR] = sfsr;
		cpu->mmu[MMU_SFAR] = sfar;
		mon_printf(mon, "asi: trap 0x%02x\n", tt);
	} else if (!store) {
		mon_printf(mon, "%08x: 0x%0*" PRIx64 "\n", va, (int)(2 * size), val);
	}
}

void mon_asi(struct monitor *mon, const char *args)
{
	static const char sizes[] = "bhwd";
	char word[MONITOR_LINE];
	u64 asi, va, val;
	unsigned size = 4;
	const char *p;
	bool store;

	if (!number(mon, &args, 255, "NUMBER", &asi) ||
	    !number(mon, &args, UINT32_MAX, "ADDR", &va))
		return;
	p = args;
	if (mon_word(&p, word, sizeof(word)) && strlen(word) == 1 && strchr(sizes, *word)) {
		size = 1u << (strchr(sizes, *word) - sizes);
		args = p;
	}
	if (va & (size - 1)) {
		mon_printf(mon, "asi: the address is no multiple of %u\n", size);
		return;
	}
	args += strspn(args, " \t");
	store = *args;
	if (store &&
	    !number(mon, &args, size == 8 ? UINT64_MAX : (1ull << 8 * size) - 1, "VALUE", &val))
		return;
	access(mon, (unsigned)asi, (u32)va, size, store ? &val : NULL);
}

void mon_gdbserver(struct monitor *mon, const char *args)
{
	char spec[MONITOR_LINE], err[512];

	if (!mon->c->gdbserver) {
		mon_printf(mon, "gdbserver: not available\n");
		return;
	}
	if (!mon_word(&args, spec, sizeof(spec)))
		snprintf(spec, sizeof(spec), "tcp::1234");
	if (mon->c->gdbserver(mon->c->arg, spec, err, sizeof(err)))
		mon_printf(mon, "gdbserver: %s\n", err);
	else if (!strcmp(spec, "none"))
		mon_printf(mon, "gdb is not waited for any more\n");
	else
		mon_printf(mon, "waiting for gdb at '%s'\n", spec);
}
