/* SPDX-License-Identifier: MIT */
/*
 * Going backwards: at random instants, reached in any order from before and from behind, the processor is as
 * in a machine that ran straight there. 300 of them, 10,000 with VONK_FULL.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/hash64.h"
#include "machine/boot.h"
#include "machine/options.h"
#include "machine/plug.h"
#include "machine/reboot.h"
#include "machine/timeline.h"
#include "t/tap.h"

#define LENGTH 60000000u
#define KEYS 40

struct rig {
	struct options o;
	struct machine_config config;
	struct machine *m;
};

static u64 seed = 1;

static u64 any(u64 below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 20) % below;
}

/* The demonstration, which uses timers, traps and the serial line. */
static bool build(struct rig *r)
{
	char *argv[] = { "vonk", "-m", "16", "-vga", "none" };
	char err[512];

	memset(r, 0, sizeof(*r));
	return !options_parse(&r->o, 5, argv, err, sizeof(err)) &&
	       !boot_config(&r->o, &r->config, err, sizeof(err)) &&
	       !plug_open(&r->o, &r->config, err, sizeof(err)) &&
	       !machine_new(&r->m, &r->config, err, sizeof(err)) &&
	       !boot_load(r->m, &r->o, false, err, sizeof(err)) && !reboot_note(r->m);
}

static void release(struct rig *r)
{
	char err[512];

	machine_free(r->m);
	plug_close(&r->config, err, sizeof(err));
	options_release(&r->o);
}

static u64 hash_cpu(const struct machine *m)
{
	struct cpu_state st;

	cpu_get_state(m->cpu[0], &st);
	return hash64(1, &st, sizeof(st));
}

struct plan {
	u64 key[KEYS]; /* when it is typed */
	unsigned nr_at;
	u64 *at, *hash; /* ascending instants, and what is there */
};

/* One straight line: type, idle, and look. `t`: keep a past meanwhile. */
static void straight(struct machine *m, const struct plan *p, struct timeline *t)
{
	unsigned key = 0, n = 0;
	u8 c;

	while (machine_insns(m) < LENGTH) {
		u64 now = machine_insns(m), next = LENGTH;

		if (key < KEYS && p->key[key] == now && chr_in_room(&m->chr[CHR_SERIAL_A])) {
			c = (u8)(key % 5 ? 'a' + key % 26 : '\r');
			chr_feed(&m->chr[CHR_SERIAL_A], &c, 1);
			key++;
			continue;
		}
		if (!t && n < p->nr_at && p->at[n] == now) {
			p->hash[n++] = hash_cpu(m);
			continue;
		}
		if (key < KEYS)
			next = p->key[key];
		if (!t && n < p->nr_at && p->at[n] < next)
			next = p->at[n];
		if (t)
			timeline_poll(t);
		if (machine_run(m, t ? timeline_quantum(t, next - now) : next - now) ==
			    MACHINE_IDLE &&
		    machine_next_event(m) != CLOCK_NEVER)
			machine_skip(m, machine_next_event(m));
		while (chr_take(&m->chr[CHR_SERIAL_A], &c, 1))
			;
	}
}

static int ascending(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void plan(struct plan *p, unsigned nr)
{
	p->nr_at = nr;
	p->at = calloc(nr, sizeof(u64));
	p->hash = calloc(nr, sizeof(u64));
	for (unsigned i = 0; i < KEYS; i++)
		p->key[i] = 1000000 + any(LENGTH - 2000000);
	for (unsigned i = 0; i < nr; i++)
		p->at[i] = 1 + any(LENGTH - 1);
	qsort(p->key, KEYS, sizeof(u64), ascending);
	qsort(p->at, nr, sizeof(u64), ascending);
}

/* The same instant twice is looked at once. */
static unsigned first_of(const struct plan *p, unsigned i)
{
	while (i && p->at[i - 1] == p->at[i])
		i--;
	return i;
}

static void go_about(struct timeline *t, const struct plan *p, unsigned times)
{
	unsigned wrong = 0, failed = 0;

	for (unsigned n = 0; n < times && !failed; n++) {
		unsigned i = (unsigned)any(p->nr_at);

		i = first_of(p, i);
		failed += !timeline_go(t, p->at[i]);
		if (machine_insns(t->m) != p->at[i] || hash_cpu(t->m) != p->hash[i])
			wrong++;
		/* A step back and one forward come to the same. */
		if (n % 4 == 0 && p->at[i] > 1) {
			failed += !timeline_go(t, p->at[i] - 1);
			failed += !timeline_go(t, p->at[i]);
			if (hash_cpu(t->m) != p->hash[i])
				wrong++;
		}
	}
	ok(!failed, "every one was reached");
	is(wrong, 0, "instants in any order are as in a straight run");
}

int main(void)
{
	unsigned times = getenv("VONK_FULL") ? 10000 : 300;
	struct rig a, b;
	struct timeline t;
	struct journal j;
	struct plan p;
	u64 end;

	plan(&p, times);
	if (!build(&a) || !build(&b))
		BUG_ON(true);
	straight(a.m, &p, NULL);
	journal_init(&j, b.m);
	is(timeline_begin(&t, b.m, &j, 64 << 20, false), 0, "a past is begun");
	straight(b.m, &p, &t);
	is(machine_hash(b.m), machine_hash(a.m), "and does not change the run");
	ok(t.nr > 4, "there are captures");
	ok(capture_bytes(b.m) <= 64 << 20, "in the memory that was given");
	end = machine_hash(b.m);
	timeline_poll(&t);
	go_about(&t, &p, times);
	ok(t.past, "it stands in the past");
	ok(timeline_go(&t, t.live), "back to the present");
	ok(!t.past, "  which it is");
	is(machine_hash(b.m), end, "  as if nothing had been");
	timeline_go(&t, LENGTH / 2);
	timeline_changed(&t);
	ok(!t.past && t.live == LENGTH / 2, "a past that is changed is the present");
	ok(!timeline_quantum(&t, 0), "nothing asked, nothing run");
	timeline_end(&t);
	is(capture_bytes(b.m), 0, "nothing is held in the end");
	journal_release(&j);
	release(&a);
	release(&b);
	free(p.at);
	free(p.hash);
	return tap_done();
}
