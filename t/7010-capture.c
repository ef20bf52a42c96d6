/* SPDX-License-Identifier: MIT */
/*
 * Captures: going back gives the machine that was captured, in every octet that a snapshot has, and the
 * same run from there, whatever was run, written or captured in between. Then, for information, what
 * going back costs.
 */
#include <time.h>

#include "lib/past.h"
#include "machine/capture.h"
#include "t/snap-rig.h"

#define DISK (3u * 1048576 + 2560) /* ends inside a unit */

static char *demo[] = { "vonk", "-m", "2", "-vga", "none", "-append", "selftest", NULL };
static char *shown[] = { "vonk", "-m", "2", "-M", "LX", "-vga", "tcx", NULL };
static char *small[] = { "vonk", "-m", "8", "-vga", "none", NULL };

/* --- the pages alone --- */

enum { PAGES = 200, POINTS = 6 };

/* A walk over random points against plain copies of the whole. */
static void test_past(void)
{
	static u8 mem[PAGES * PAST_PAGE], copy[POINTS][sizeof(mem)];
	struct past_point *point[POINTS] = { NULL };
	struct past *p = past_new_mem(mem, sizeof(mem));
	unsigned good = 0, returns = 0;

	for (unsigned i = 0; i < 3000; i++) {
		unsigned k = (unsigned)(rnd() % POINTS);
		u64 off = rnd() % (sizeof(mem) - 9000), n = 1 + rnd() % 9000;

		switch (rnd() % 4) {
		case 0:
			if (point[k])
				past_forget(p, point[k]);
			point[k] = past_mark(p);
			memcpy(copy[k], mem, sizeof(mem));
			break;
		case 1:
			if (!point[k])
				break;
			returns++;
			good += !past_return(p, point[k], NULL, NULL) &&
				!memcmp(mem, copy[k], sizeof(mem));
			break;
		default:
			past_touch(p, off, n);
			memset(mem + off, (int)rnd() & 0xff, n);
		}
	}
	ok(returns > 300, "%u returns to random points", returns);
	is(good, returns, "each gives the contents of its time");
	ok(p->bytes < (POINTS + 1) * (sizeof(mem) + 65536), "within what the points may hold");
	for (unsigned k = 0; k < POINTS; k++)
		if (point[k])
			past_forget(p, point[k]);
	ok(p->bytes < sizeof(mem) + 65536, "and forgotten points hold nothing");
	past_free(p);
}

/* A page that was touched is kept once, whatever number of points has it. */
static void test_sharing(void)
{
	static u8 mem[PAGES * PAST_PAGE];
	struct past_point *point[50];
	struct past *p = past_new_mem(mem, sizeof(mem));
	u64 before;

	memset(mem, 1, sizeof(mem));
	point[0] = past_mark(p);
	past_touch(p, 0, sizeof(mem));
	memset(mem, 2, sizeof(mem));
	before = p->bytes;
	ok(before > sizeof(mem), "all of the memory is kept");
	for (unsigned i = 1; i < 50; i++) {
		point[i] = past_mark(p);
		past_touch(p, 5000, 1);
		mem[5000] = (u8)i;
	}
	ok(p->bytes < before + 50 * (PAST_PAGE + 8192), "49 more points cost a page each: %llu",
	   (unsigned long long)(p->bytes - before));
	is(past_return(p, point[20], NULL, NULL) || mem[5000] != 19 || mem[4999] != 2, 0,
	   "back to the 20th");
	is(past_return(p, point[30], NULL, NULL) || mem[5000] != 29, 0, "forward to the 30th");
	is(past_return(p, point[0], NULL, NULL) || mem[5000] != 1 || mem[0] != 1, 0,
	   "back to the first");
	past_free(p);
}

/* --- machines --- */

struct held {
	struct capture *c;
	struct stream s; /* the snapshot of then */
	u64 hash, insns;
	u64 more, later; /* so many instructions on it is this hash */
};

static bool same_stream(struct machine *m, const struct stream *s)
{
	struct stream now = rig_save(m, true);
	bool same = now.n == s->n && !memcmp(now.p, s->p, s->n);

	free(now.p);
	return same;
}

static void drop(struct machine *m, struct held *h)
{
	if (h->c)
		capture_drop(m, h->c);
	free(h->s.p);
	*h = (struct held){ .c = NULL };
}

static void take(struct machine *m, struct held *h, u64 step)
{
	drop(m, h);
	h->s = rig_save(m, true);
	h->hash = machine_hash(m);
	h->insns = machine_insns(m);
	if (capture_take(m, &h->c))
		printf("Bail out! capture_take\n");
	h->more = 1 + rnd() % step;
	rig_run(m, h->more);
	h->later = machine_hash(m);
}

/* What a device could have done: DMA, over code and data; and the guest's disk. */
static void disturb(struct machine *m)
{
	u8 bytes[9000];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)rnd();
	bus_copy_to(&m->bus, rnd() % (m->config.ram_size - sizeof(bytes)), bytes,
		    1 + rnd() % sizeof(bytes));
	if (m->config.scsi[3].medium)
		block_write(m->config.scsi[3].medium, rnd() % (DISK - 9000), bytes,
			    (u32)(1 + rnd() % sizeof(bytes)));
}

static void walk(struct rig *r, const char *name, unsigned steps, u64 step)
{
	struct held held[5] = { { .c = NULL } };
	unsigned back = 0, same = 0, whole = 0, again = 0;

	for (unsigned i = 0; i < steps; i++) {
		struct held *h = &held[rnd() % ARRAY_SIZE(held)];

		if (!h->c || rnd() % 4 == 0) {
			take(r->m, h, step);
			continue;
		}
		rig_run(r->m, rnd() % step);
		if (rnd() % 2)
			disturb(r->m);
		if (rnd() % 2)
			rig_run(r->m, rnd() % 1000);
		back++;
		if (capture_go_back(r->m, h->c))
			continue;
		same += machine_hash(r->m) == h->hash && machine_insns(r->m) == h->insns &&
			capture_insns(h->c) == h->insns;
		whole += same_stream(r->m, &h->s);
		rig_run(r->m, h->more);
		again += machine_hash(r->m) == h->later;
	}
	ok(back > steps / 3, "%s: %u times back to random captures", name, back);
	is(same, back, "each to the same state");
	is(whole, back, "and the same snapshot in every octet");
	is(again, back, "and the same run from there");
	for (unsigned i = 0; i < ARRAY_SIZE(held); i++)
		drop(r->m, &held[i]);
	is(capture_bytes(r->m), 0, "no capture, nothing held");
}

static void test_demo(void)
{
	struct rig r;

	rig_open(&r, demo);
	walk(&r, "self-test", rig_all() ? 3000 : 150, 200000);
	rig_close(&r);
	rig_open(&r, shown);
	walk(&r, "frame buffer", rig_all() ? 300 : 20, 500000);
	rig_close(&r);
}

/* The same with a disk, written in place and through an overlay. */
static void test_disk(bool overlay)
{
	struct block *disk = block_mem_new(DISK);
	char err[256];
	struct rig r;

	for (u64 off = 0; off < DISK; off += 512)
		block_write(disk, off, &off, sizeof(off));
	rig_open(&r, demo);
	machine_free(r.m);
	r.config.scsi[3].present = true;
	r.config.scsi[3].medium = overlay ? block_overlay_new(disk) : disk;
	if (machine_new(&r.m, &r.config, err, sizeof(err)) ||
	    boot_load(r.m, &r.o, true, err, sizeof(err)) || reboot_note(r.m))
		printf("Bail out! %s\n", err);
	rig_connect(r.m);
	walk(&r, overlay ? "a disk's overlay" : "a disk", 100, 50000);
	rig_close(&r);
}

/* A run with captures is the run without. */
static void test_unseen(void)
{
	struct capture *c[40];
	struct rig a, b;

	rig_open(&a, demo);
	rig_open(&b, demo);
	for (unsigned i = 0; i < ARRAY_SIZE(c); i++) {
		capture_take(a.m, &c[i]);
		rig_run(a.m, 100000);
		rig_run(b.m, 100000);
	}
	is(machine_hash(a.m), machine_hash(b.m), "a guest does not see %zu captures",
	   ARRAY_SIZE(c));
	rig_close(&a); /* with captures that nobody has dropped */
	rig_close(&b);
}

/* Captures stay what they are when the machine takes over another state. */
static void test_adopt(void)
{
	struct machine *other;
	struct capture *c;
	struct stream s, then;
	struct rig r;
	int status;

	rig_open(&r, demo);
	rig_run(r.m, 1000000);
	s = rig_save(r.m, false);
	rig_run(r.m, 1000000);
	then = rig_save(r.m, true);
	capture_take(r.m, &c);
	rig_run(r.m, 1000000);
	other = rig_load(s.p, s.n, &status);
	snapshot_adopt(r.m, other);
	machine_free(other);
	rig_run(r.m, 10000);
	is(capture_go_back(r.m, c), 0, "back over a restored snapshot");
	ok(same_stream(r.m, &then), "to what was captured before");
	free(s.p);
	free(then.p);
	rig_close(&r);
}

/* --- code --- */

/* A loop of 1,022 times %g1 + 1, of which some are changed to + 0 after the capture. */
static void test_smc(void)
{
	struct capture *c;
	unsigned good = 0;
	struct rig r;

	rig_open(&r, small);
	rig_run(r.m, 50000);
	r.m->cpu[0]->et = false;
	for (u32 pa = 0x100000; pa < 0x101000; pa += 4)
		bus_write(&r.m->bus, pa, 4, 0x82006001); /* add %g1, 1, %g1 */
	bus_write(&r.m->bus, 0x100ff8, 4, 0x10bffc02); /* ba 100000 */
	bus_write(&r.m->bus, 0x100ffc, 4, 0x01000000); /* nop */
	r.m->cpu[0]->mmu[MMU_CTRL] = 0;
	cpu_flush_tlb(r.m->cpu[0]);
	r.m->cpu[0]->pc = 0x100000;
	r.m->cpu[0]->npc = 0x100004;
	r.m->cpu[0]->r[1] = 0;
	capture_take(r.m, &c);
	for (unsigned i = 0; i < 20; i++) {
		u32 one, two;

		rig_run(r.m, 2000);
		one = r.m->cpu[0]->r[1];
		capture_go_back(r.m, c);
		for (u32 k = 0; k < 10; k++)
			bus_write(&r.m->bus, 0x100000 + 4 * (rnd() % 1000), 4,
				  0x82006000); /* add %g1, 0, %g1 */
		rig_run(r.m, 2000);
		two = r.m->cpu[0]->r[1];
		capture_go_back(r.m, c);
		good += one == 2000 - 2 && two < one && !r.m->cpu[0]->r[1];
	}
	is(good, 20, "decoded instructions are those of the bytes that are there");
	rig_close(&r);
}

/* --- what it costs, in time of the processor --- */

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void measure(void)
{
	static const unsigned pages[] = { 0, 10, 100, 1000 };
	double start, spent;
	struct capture *c;
	struct rig r;

	rig_open(&r, small);
	rig_run(r.m, 3000000);
	start = now_us();
	capture_take(r.m, &c);
	diag("a first capture: %.1f us", now_us() - start);
	for (unsigned i = 0; i < ARRAY_SIZE(pages); i++) {
		unsigned rounds = pages[i] > 100 ? 100 : 1000;

		spent = 0;
		for (unsigned k = 0; k < rounds; k++) {
			for (unsigned n = 0; n < pages[i]; n++)
				bus_write(&r.m->bus, 0x100000 + 4096 * n, 4, k);
			start = now_us();
			capture_go_back(r.m, c);
			spent += now_us() - start;
		}
		diag("back after %u pages: %.2f us", pages[i], spent / rounds);
	}
	start = now_us();
	for (unsigned k = 0; k < 10000; k++) {
		machine_run(r.m, 1000);
		capture_go_back(r.m, c);
	}
	spent = (now_us() - start) / 10000;
	diag("1,000 instructions and back: %.2f us, %.0f a second", spent, 1e6 / spent);
	ok(true, "measured");
	rig_close(&r);
}

int main(void)
{
	diag("seed %#llx", (unsigned long long)rig_seed);
	test_past();
	test_sharing();
	test_demo();
	test_disk(false);
	test_disk(true);
	test_unseen();
	test_adopt();
	test_smc();
	measure();
	return tap_done();
}
