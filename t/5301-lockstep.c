/* SPDX-License-Identifier: MIT */
/*
 * The engine against the reference interpreter: two machines run the same firmware, in pieces of random
 * length, and must agree on every register after each and on all memory and chips at
 * the end. VONK_LOCKSTEP is the number of instructions for each firmware (default 10^7;
 * the full test suite sets 10^8). With arguments: these PROM images instead (t/5302-lockstep-bench.sh).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host-load.h"
#include "machine/boot.h"
#include "t/tap.h"

static u64 rnd_state = 0x2545f4914f6cdd1d;

static u64 rnd(u64 n)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return rnd_state % n;
}

static struct machine *build(struct options *o, int argc, char **argv, bool ref)
{
	struct machine_config config;
	struct machine *m;
	char err[512];

	if (options_parse(o, argc, argv, err, sizeof(err)) ||
	    boot_config(o, &config, err, sizeof(err))) {
		diag("%s", err);
		return NULL;
	}
	config.ref = ref;
	if (machine_new(&m, &config, err, sizeof(err)) || boot_nvram(m, o, err, sizeof(err)) ||
	    boot_load(m, o, true, err, sizeof(err))) {
		diag("%s", err);
		return NULL;
	}
	return m;
}

static bool same_state(const struct machine *a, const struct machine *b)
{
	struct cpu_state sa, sb;

	cpu_get_state(a->cpu[0], &sa);
	cpu_get_state(b->cpu[0], &sb);
	if (!memcmp(&sa, &sb, sizeof(sa)))
		return true;
	diag("after %llu: pc %08x %08x, npc %08x %08x, psr %08x %08x, insns %llu %llu",
	     (unsigned long long)sa.icount, sa.pc, sb.pc, sa.npc, sb.npc, sa.psr, sb.psr,
	     (unsigned long long)sa.icount, (unsigned long long)sb.icount);
	for (unsigned n = 0; n < 32; n++)
		if (a->cpu[0]->r[n] != b->cpu[0]->r[n])
			diag("r%u: %08x %08x", n, a->cpu[0]->r[n], b->cpu[0]->r[n]);
	return false;
}

/* One step of both; the machines' input at the same instant. */
static enum machine_stop step(struct machine *m, u64 n, const char *type)
{
	enum machine_stop why = machine_run(m, n);

	if (why == MACHINE_IDLE) {
		u64 next = machine_next_event(m);

		if (next != CLOCK_NEVER)
			machine_skip(m, next);
		if (*type && chr_in_room(&m->chr[CHR_SERIAL_A]) > 4000)
			chr_feed(&m->chr[CHR_SERIAL_A], (const u8 *)type, 1);
	}
	return why;
}

static void lockstep(const char *name, int argc, char **argv, const char *type, u64 count)
{
	struct options oa, ob;
	struct machine *a = build(&oa, argc, argv, false), *b = build(&ob, argc, argv, true);
	enum machine_stop why = MACHINE_QUANTUM_END;
	u64 pieces = 0, idle = 0;
	bool same = true;

	if (!ok(a && b, "%s: built", name))
		return;
	while (same && machine_insns(a) < count && why < MACHINE_POWEROFF && idle < 100000) {
		u64 n = 1 + rnd(pieces % 8 ? 20000 : 30);
		u32 room = chr_in_room(&a->chr[CHR_SERIAL_A]);
		enum machine_stop wb;

		why = step(a, n, type);
		wb = step(b, n, type);
		if (*type && chr_in_room(&a->chr[CHR_SERIAL_A]) < room)
			type++;
		same = why == wb && same_state(a, b);
		if (why != wb)
			diag("stopped for %d and %d", why, wb);
		idle += why == MACHINE_IDLE;
		pieces++;
	}
	ok(same, "%s: %llu pieces of %llu instructions agree", name, (unsigned long long)pieces,
	   (unsigned long long)machine_insns(a));
	is(machine_hash(a), machine_hash(b), "%s: and so do memory and chips", name);
	machine_free(a);
	machine_free(b);
	options_release(&oa);
	options_release(&ob);
}

int main(int argc, char **argv)
{
	const char *env = getenv("VONK_LOCKSTEP");
	u64 count = env ? strtoull(env, NULL, 0) : 10000000;
	char *demo[] = { "vonk", "-m", "32" };
	char *openbios[] = { "vonk", "-m", "32", "-bios", "openbios-sparc32" };
	char path[4096], err[256];

	for (int i = 1; i < argc; i++) {
		char *rom[] = { "vonk", "-m", "32", "-serial", "null", "-bios", argv[i] };

		lockstep(argv[i], 7, rom, "", count);
	}
	if (argc > 1)
		return tap_done();
	lockstep("demo", 3, demo, "", count);
	if (host_find_file(NULL, 0, "openbios-sparc32", path, sizeof(path), err, sizeof(err))) {
		printf("ok %d # SKIP no openbios-sparc32 here\n", ++tap_count);
		return tap_done();
	}
	lockstep("openbios", 5, openbios, "1 2 + . show-devs words 3 4 * . \r.properties\r", count);
	return tap_done();
}
