/* SPDX-License-Identifier: MIT */
/*
 * Every chip of dev/all.h, without knowing any: tables tile, no sequence of accesses breaks it,
 * a saved state comes back whole and goes on in the same way, and a damaged one is refused or works.
 */
#include "lib/be.h"
#include "t/chip.h"

#define STEPS 3000
#define FORKS 12
#define FORK_STEPS 300
#define MUTATIONS 150
#define MUTATION_STEPS 20
#define RAM_SIZE 0x10000u

/* The world around the chip, all of which a step can change. */
struct world {
	u64 seed;
	u8 ram[RAM_SIZE];
	struct chr chr[DEV_CHRS];
};

struct trial {
	struct bench b;
	struct bus ram_bus;
	struct world w;
};

static u64 rnd(struct world *w)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed * 0x2545f4914f6cdd1dull >> 11;
}

/* RAM everywhere in the lower half of the chip's address space, faults in the upper. */
static int ram_read(void *far, u32 va, void *buf, u32 n)
{
	struct world *w = far;

	if (va >> 31)
		return -EFAULT;
	for (u32 i = 0; i < n; i++)
		((u8 *)buf)[i] = w->ram[(va + i) % RAM_SIZE];
	return 0;
}

static int ram_write(void *far, u32 va, const void *buf, u32 n)
{
	struct world *w = far;

	if (va >> 31)
		return -EFAULT;
	for (u32 i = 0; i < n; i++)
		w->ram[(va + i) % RAM_SIZE] = ((const u8 *)buf)[i];
	return 0;
}

static void trial_open(struct trial *t, const struct dev_class *cls, u64 seed)
{
	struct dev *dev;

	memset(t, 0, sizeof(*t));
	t->w.seed = seed;
	for (u32 i = 0; i < RAM_SIZE; i++)
		t->w.ram[i] = (u8)rnd(&t->w);
	dev = bench_open(&t->b, cls);
	dev->dma = (struct dma){ .read = ram_read, .write = ram_write, .far = &t->w };
	for (unsigned i = 0; i < DEV_CHRS; i++) {
		chr_init(&t->w.chr[i]);
		dev->chr[i] = &t->w.chr[i];
	}
	bus_init(&t->ram_bus);
	if (!strcmp(cls->name, "iommu")) {
		bus_map_mem(&t->ram_bus, "ram", 0, RAM_SIZE, t->w.ram, false);
		dev->backend = &t->ram_bus;
	}
}

static void trial_close(struct trial *t)
{
	bench_close(&t->b);
	bus_release(&t->ram_bus);
}

static u32 rnd_value(struct world *w)
{
	u32 v = (u32)rnd(w);

	switch (rnd(w) % 4) {
	case 0:
		return v;
	case 1:
		return v & 0xff;
	case 2:
		return 1u << v % 32;
	default:
		return v & (u32)rnd(w) & (u32)rnd(w);
	}
}

static void step_access(struct trial *t)
{
	const struct dev_class *cls = t->b.cls;
	struct world *w = &t->w;
	unsigned nr = 0, size = 1u << rnd(w) % 4, i;
	u64 val, at;

	while (nr < DEV_REGIONS && cls->region[nr].name)
		nr++;
	if (!nr)
		return;
	i = (unsigned)(rnd(w) % nr);
	if (rnd(w) % 4)
		size = cls->region[i].acc & (0u - cls->region[i].acc);
	at = rnd(w) % cls->region[i].size;
	if (rnd(w) % 2)
		at %= 0x40;
	at = bench_at(i) + (at & ~(u64)(size - 1));
	if (rnd(w) % 2)
		bus_read(&t->b.bus, at, size, &val);
	else
		bus_write(&t->b.bus, at, size, (u64)rnd_value(w) << 32 | rnd_value(w));
}

static void step_chr(struct world *w)
{
	struct chr *chr = &w->chr[rnd(w) % DEV_CHRS];
	u8 buf[64];

	for (unsigned i = 0; i < sizeof(buf); i++)
		buf[i] = (u8)rnd(w);
	switch (rnd(w) % 4) {
	case 0:
		if (chr_in_room(chr) >= 8)
			chr_feed(chr, buf, (u32)(rnd(w) % 8));
		break;
	case 1:
		if (chr->breaks < 4)
			chr_feed_break(chr);
		break;
	default:
		chr_take(chr, buf, sizeof(buf));
	}
}

static void step(struct trial *t)
{
	struct world *w = &t->w;
	u64 ns = 0;

	switch (rnd(w) % 16) {
	case 0:
		ns = rnd(w) % 1000;
		break;
	case 1:
		ns = rnd(w) % 100000;
		break;
	case 2:
		ns = rnd(w) % 64 ? 500 : rnd(w) % 20000000;
		break;
	case 3:
		step_chr(w);
		break;
	case 4:
		if (t->b.cls->irq_in)
			t->b.cls->irq_in(t->b.chip, (unsigned)(rnd(w) % 64), rnd(w) % 2);
		break;
	default:
		step_access(t);
	}
	bench_time(&t->b, t->b.clock.insns + ns);
}

static bool steps(struct trial *t, unsigned n)
{
	while (n--) {
		step(t);
		if (t->b.cls->check && !t->b.cls->check(t->b.chip))
			return false;
	}
	return true;
}

static u8 *save(struct trial *t, u64 *n)
{
	u8 *out;

	*n = field_stream_size(t->b.cls->fields);
	out = malloc(*n + 1);
	field_save(t->b.cls->fields, dev_state(t->b.chip), out);
	return out;
}

static bool load(struct trial *t, const u8 *in)
{
	memset(dev_state(t->b.chip), 0xa5, t->b.cls->state_size);
	if (field_load(t->b.cls->fields, dev_state(t->b.chip), in))
		return false;
	return !t->b.cls->check || t->b.cls->check(t->b.chip);
}

static void loaded(struct trial *t)
{
	memset(t->b.line, 0, sizeof(t->b.line));
	if (t->b.cls->loaded)
		t->b.cls->loaded(t->b.chip);
}

static void test_class(const struct dev_class *cls)
{
	const char *bad = field_check(cls->fields, cls->state_size);
	bool good = true;
	unsigned i;

	ok(!bad, "%s: the table tiles the state (%s)", cls->name, bad ? bad : "");
	ok(cls->state_off >= sizeof(struct dev) && cls->state_off + cls->state_size <= cls->size,
	   "%s: the state lies inside the chip", cls->name);
	for (i = 0; i < DEV_REGIONS && cls->region[i].name; i++) {
		const struct region *r = &cls->region[i];

		good = good && r->size && r->acc && !(r->acc & ~(unsigned)ACC_ANY) && r->read &&
		       r->write;
	}
	for (; i < DEV_REGIONS; i++)
		good = good && !cls->region[i].name;
	ok(good, "%s: its regions are complete", cls->name);
	for (i = 0; dev_classes[i] != cls; i++)
		good = good && strcmp(dev_classes[i]->name, cls->name);
	ok(good, "%s: its name is its own", cls->name);
}

static void test_reset(struct trial *t)
{
	u64 n;
	u8 *once, *twice;

	t->b.cls->reset ? t->b.cls->reset(t->b.chip) : (void)0;
	once = save(t, &n);
	t->b.cls->reset ? t->b.cls->reset(t->b.chip) : (void)0;
	twice = save(t, &n);
	ok(!memcmp(once, twice, n), "%s: a second reset changes nothing", t->b.cls->name);
	ok(!t->b.cls->check || t->b.cls->check(t->b.chip), "%s: the reset state passes its check",
	   t->b.cls->name);
	free(once);
	free(twice);
}

static void test_reload(struct trial *t)
{
	bool line[DEV_IRQS];
	u8 *before, *after;
	u64 n;

	before = save(t, &n);
	memcpy(line, t->b.line, sizeof(line));
	ok(load(t, before), "%s: its own state loads", t->b.cls->name);
	loaded(t);
	after = save(t, &n);
	ok(!memcmp(before, after, n), "%s: and saves to the same bytes", t->b.cls->name);
	ok(!memcmp(line, t->b.line, sizeof(line)), "%s: its outputs are driven again",
	   t->b.cls->name);
	free(before);
	free(after);
}

/* What follows a load is what would have followed without it. */
static bool fork_once(struct trial *t)
{
	struct world *w = malloc(sizeof(*w));
	struct clock clock = t->b.clock;
	u8 *start, *end, *again;
	u64 n, trace;
	bool same;

	start = save(t, &n);
	t->b.trace = 0;
	*w = t->w;
	steps(t, FORK_STEPS);
	end = save(t, &n);
	trace = t->b.trace;
	t->b.clock.insns = clock.insns;
	memcpy(t->w.ram, w->ram, sizeof(w->ram));
	t->w.seed = w->seed;
	for (unsigned i = 0; i < DEV_CHRS; i++) {
		t->w.chr[i].in = w->chr[i].in;
		t->w.chr[i].out = w->chr[i].out;
		t->w.chr[i].breaks = w->chr[i].breaks;
	}
	load(t, start);
	loaded(t);
	t->b.trace = 0;
	steps(t, FORK_STEPS);
	again = save(t, &n);
	same = !memcmp(end, again, n) && trace == t->b.trace;
	free(start);
	free(end);
	free(again);
	free(w);
	return same;
}

static void test_fork(struct trial *t)
{
	unsigned same = 0;

	for (unsigned i = 0; i < FORKS; i++)
		same += fork_once(t);
	is(same, FORKS, "%s: a restored chip goes on in the same way, at the same instants",
	   t->b.cls->name);
}

/* Either a stream is refused, or it is what is saved again; and then the chip must live with it. */
static void test_mutations(struct trial *t)
{
	u8 *good, *bad, *back;
	unsigned taken = 0;
	bool law = true, alive = true;
	u64 n;

	good = save(t, &n);
	bad = malloc(n + 1);
	for (unsigned i = 0; n && i < MUTATIONS; i++) {
		memcpy(bad, good, n);
		for (u64 k = rnd(&t->w) % 4 + 1; k; k--) {
			u64 at = rnd(&t->w) % 2 ? n - 1 - rnd(&t->w) % (n < 96 ? n : 96)
						: rnd(&t->w) % n;

			bad[at] =
				(u8)(rnd(&t->w) % 2 ? rnd(&t->w) : bad[at] ^ 1u << rnd(&t->w) % 8);
		}
		if (!load(t, bad))
			continue;
		taken++;
		loaded(t);
		back = save(t, &n);
		law = law && !memcmp(bad, back, n);
		free(back);
		alive = alive && steps(t, MUTATION_STEPS);
	}
	ok(law, "%s: what it accepts it saves unchanged (%u of %u)", t->b.cls->name, taken,
	   MUTATIONS);
	ok(alive, "%s: and keeps its invariants from there", t->b.cls->name);
	load(t, good);
	loaded(t);
	free(good);
	free(bad);
}

int main(void)
{
	static struct trial t;
	unsigned i;

	for (i = 0; dev_classes[i]; i++) {
		const struct dev_class *cls = dev_classes[i];
		u64 seed = 0x9e3779b97f4a7c15ull * (i + 1);

		diag("%s, seed %#llx", cls->name, (unsigned long long)seed);
		test_class(cls);
		trial_open(&t, cls, seed);
		if (!ok(!bench_start(&t.b), "%s: starts with nothing plugged in", cls->name)) {
			trial_close(&t);
			continue;
		}
		test_reset(&t);
		ok(steps(&t, STEPS), "%s: keeps its invariants", cls->name);
		test_reload(&t);
		test_fork(&t);
		test_mutations(&t);
		test_reset(&t);
		trial_close(&t);
	}
	ok(i >= 8, "%u classes", i);
	return tap_done();
}
