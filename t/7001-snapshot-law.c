/* SPDX-License-Identifier: MIT */
/*
 * Saving and loading lose nothing and add nothing: at random instants of the demonstration's self-test,
 * save(load(x)) is x, and a loaded machine goes on as the one that was saved.
 */
#include <errno.h>

#include "dev/fw-cfg.h"
#include "t/snap-rig.h"

static char *demo[] = { "vonk", "-m", "2", "-vga", "none", "-append", "selftest", NULL };
static char *shown[] = { "vonk", "-m", "2", "-M", "LX", "-vga", "tcx", NULL };

/* Saves, loads, saves again; 0 if all is the same. */
static bool same_again(struct machine *m, bool raw, struct machine **copy)
{
	struct stream a = rig_save(m, raw), b = { NULL, 0, 0 };
	int status;
	bool same;

	*copy = rig_load(a.p, a.n, &status);
	if (!*copy) {
		diag("refused: %s", rig_err);
		free(a.p);
		return false;
	}
	b = rig_save(*copy, raw);
	same = a.n == b.n && !memcmp(a.p, b.p, a.n);
	same = same && machine_hash(m) == machine_hash(*copy);
	free(a.p);
	free(b.p);
	return same;
}

/* An idle guest's time: some of what is left until something is due, without an instruction. */
static void idle(struct machine *m)
{
	u64 now = clock_now(&m->clock), next = machine_next_event(m), to = now + rnd() % 1000000;

	machine_skip(m, to < next ? to : next);
}

static void test_instants(char **args, unsigned instants, u64 step)
{
	unsigned same = 0, ran = 0;
	struct rig r;

	rig_open(&r, args);
	for (unsigned i = 0; i < instants; i++) {
		struct machine *copy;
		u64 more = rnd() % step;

		rig_run(r.m, rnd() % step);
		if (i % 3 == 1)
			idle(r.m);
		if (!same_again(r.m, i & 1, &copy))
			continue;
		same++;
		rig_run(r.m, more);
		rig_run(copy, more);
		ran += machine_hash(r.m) == machine_hash(copy) &&
		       machine_insns(r.m) == machine_insns(copy);
		/* Every other time it is the copy that goes on. */
		if (i & 2) {
			struct machine *m = r.m;

			r.m = copy;
			copy = m;
		}
		machine_free(copy);
	}
	is(same, instants, "%s: save, load, save: the same octets at %u instants", args[3],
	   instants);
	is(ran, instants, "and the same run from there");
	rig_close(&r);
}

/* What was saved often is what was never saved. */
static void test_unseen(void)
{
	struct rig a, b;
	unsigned saves = 0;

	rig_open(&a, demo);
	rig_open(&b, demo);
	for (unsigned i = 0; i < 40; i++) {
		struct stream s = rig_save(a.m, false);

		saves += s.n > 0;
		free(s.p);
		rig_run(a.m, 100000);
		rig_run(b.m, 100000);
	}
	is(machine_hash(a.m), machine_hash(b.m), "a guest does not see %u saves", saves);
	rig_close(&a);
	rig_close(&b);
}

/* The FP queue has an entry: a trap waits for the next FPop, or the handler has yet to take it by STDFQ. */
static void test_fp_queue(void)
{
	static char *bare[] = { "vonk", "-m", "2", "-vga", "none", NULL };
	static const struct {
		enum fp_state state;
		u32 insn;
	} row[] = { { FP_PENDING, 0x81a04822 /* fadds %f1, %f2, %f0 */ },
		    { FP_EXCEPTION, 0xc130a000 /* std %fq, [%g2] */ } };

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct machine *copy;
		struct cpu_state st;
		struct rig r;

		rig_open(&r, bare);
		be32_put(r.m->ram + 0x4000, row[i].insn);
		cpu_get_state(r.m->cpu[0], &st);
		st.mmu[MMU_CTRL] &= ~(r.m->cpu[0]->model->mmu_bm | MMU_CTRL_E);
		st.psr |= 0x10a0; /* EF, S, ET */
		st.tbr = 0x8000;
		st.globals[2] = 0x6000;
		st.fp_state = (u8)row[i].state;
		st.fsr |= 1u << 13; /* qne */
		st.fq_pc = 0x12345678;
		st.fq_insn = 0x81a00840;
		st.pc = 0x4000;
		st.npc = 0x4004;
		cpu_set_state(r.m->cpu[0], &st);
		ok(same_again(r.m, false, &copy), "a machine with an entry in the FP queue, %s",
		   i ? "in its handler" : "before it");
		rig_run(r.m, 1);
		rig_run(copy, 1);
		is(machine_hash(copy), machine_hash(r.m), "goes on as its copy does");
		cpu_get_state(copy->cpu[0], &st);
		if (i)
			ok(be32_get(copy->ram + 0x6000) == 0x12345678 &&
				   be32_get(copy->ram + 0x6004) == 0x81a00840 &&
				   st.fp_state == FP_EXECUTE,
			   "whose STDFQ takes the entry");
		else
			is(st.tbr & 0xff0, 0x080, "whose FPop takes the trap fp_exception");
		machine_free(copy);
		rig_close(&r);
	}
}

/* A reset of a loaded machine loads what a reset of the first one did. */
static void test_reset(void)
{
	struct machine *copy;
	struct rig r;

	rig_open(&r, demo);
	rig_run(r.m, 3000000);
	ok(same_again(r.m, false, &copy), "a machine that has run for a while");
	machine_reset(r.m);
	reboot_load(r.m);
	machine_reset(copy);
	reboot_load(copy);
	is(machine_hash(copy), machine_hash(r.m), "is reset as its copy is");
	rig_run(r.m, 1000000);
	rig_run(copy, 1000000);
	is(machine_hash(copy), machine_hash(r.m), "and starts again in the same way");
	machine_free(copy);
	rig_close(&r);
}

/* One machine takes over another's state: what it had itself is gone. */
static void test_adopt(void)
{
	struct stream was, now;
	struct machine *copy;
	struct rig r;
	u64 hash;

	rig_open(&r, demo);
	rig_run(r.m, 2500000);
	hash = machine_hash(r.m);
	ok(same_again(r.m, true, &copy), "a machine and its copy");
	rig_run(r.m, 4000000);
	ok(machine_hash(r.m) != hash, "the machine has gone on");
	/* It has been told more, and in another order. */
	fw_cfg_clear(machine_chip(r.m, "fw-cfg"));
	fw_cfg_add(machine_chip(r.m, "fw-cfg"), 0x77, "more", 4);
	was = rig_save(copy, false);
	snapshot_adopt(r.m, copy);
	now = rig_save(r.m, false);
	ok(now.n == was.n && !memcmp(now.p, was.p, was.n), "what firmware is told goes back, too");
	free(was.p);
	free(now.p);
	machine_free(copy);
	is(machine_hash(r.m), hash, "and is what its copy was");
	ok(same_again(r.m, true, &copy), "in every octet");
	rig_run(r.m, 3000000);
	rig_run(copy, 3000000);
	is(machine_hash(r.m), machine_hash(copy), "and goes on as the copy would have");
	machine_free(copy);
	rig_close(&r);
}

/* Input that no chip has taken yet. */
static void test_input(void)
{
	struct machine *copy;
	struct rig r;
	u8 c = 0, bytes[4096];

	memset(bytes, 'x', sizeof(bytes));
	bytes[0] = 'a';
	rig_open(&r, demo);
	rig_run(r.m, 1000);
	r.m->chr[CHR_SERIAL_A].wake = NULL;
	chr_feed(&r.m->chr[CHR_SERIAL_A], bytes, 4096);
	chr_get(&r.m->chr[CHR_SERIAL_A], &c);
	chr_feed(&r.m->chr[CHR_SERIAL_A], (const u8 *)"z", 1);
	chr_feed_break(&r.m->chr[CHR_SERIAL_A]);
	ok(same_again(r.m, false, &copy), "a full input queue that wraps around");
	is(copy->chr[CHR_SERIAL_A].in.num, 4096, "is as full in the copy");
	is(copy->chr[CHR_SERIAL_A].breaks, 1, "with the BREAK");
	while (chr_get(&copy->chr[CHR_SERIAL_A], bytes))
		c = bytes[0];
	is(c, 'z', "and in order");
	machine_free(copy);
	rig_close(&r);
}

/* A sink that fails at its n-th call. */
struct sink {
	unsigned calls, fail_at;
};

static int sink_write(void *arg, const void *buf, size_t n)
{
	struct sink *s = arg;

	(void)buf;
	(void)n;
	return ++s->calls == s->fail_at ? -ENOSPC : s->calls > s->fail_at && s->fail_at ? -EIO : 0;
}

static void test_sink(void)
{
	unsigned bad = 0, calls = 0;
	struct rig r;
	u64 hash, bytes;

	rig_open(&r, demo);
	rig_run(r.m, 1500000);
	hash = machine_hash(r.m);
	for (int raw = 0; raw < 2; raw++) {
		struct snapshot_options opt = { .raw = raw };
		struct sink s = { 0, 0 };

		snapshot_save(r.m, &opt, sink_write, &s, &bytes);
		calls = s.calls;
		for (unsigned i = 1; i <= calls; i++) {
			s = (struct sink){ 0, i };
			bad += snapshot_save(r.m, &opt, sink_write, &s, &bytes) != -ENOSPC;
			bad += s.calls != i;
		}
	}
	is(bad, 0, "an error of any of %u writes is the first and last", calls);
	is(machine_hash(r.m), hash, "and the machine is as it was");
	rig_close(&r);
}

int main(void)
{
	diag("seed %#llx", (unsigned long long)rig_seed);
	test_instants(demo, rig_all() ? 1000 : 60, rig_all() ? 200000 : 300000);
	test_instants(shown, rig_all() ? 100 : 6, 1000000);
	test_unseen();
	test_reset();
	test_fp_queue();
	test_adopt();
	test_input();
	test_sink();
	return tap_done();
}
