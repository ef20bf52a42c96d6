/* SPDX-License-Identifier: MIT */
/*
 * Damaged and hostile snapshots. Whatever octets come: either they are refused with one line, or
 * the machine made from them saves the same octets again, and runs without harm.
 */
#include "t/snap-rig.h"
#include "t/tier.h"

#define STEPS 20000

static char *demo[] = { "vonk", "-m", "1", "-vga", "none", NULL };
static struct stream good;
static struct rig rig;

static struct stream copy_of(const struct stream *s)
{
	struct stream c = { malloc(s->n + 8192), s->n, s->n + 8192 };

	memcpy(c.p, s->p, s->n);
	memset(c.p + c.n, 0, 8192);
	return c;
}

/* Refused, with a line that begins with the name and has no second one. */
static bool refused(const u8 *p, size_t n)
{
	int status;
	struct machine *m = rig_load(p, n, &status);

	machine_free(m);
	return !m && status == SNAPSHOT_REFUSED && !strncmp(rig_err, "x.snap: ", 8) &&
	       !strchr(rig_err, '\n');
}

static bool says(const char *text)
{
	bool found = strstr(rig_err, text);

	if (!found)
		diag("said: %s", rig_err);
	return found;
}

/* The law; *taken counts streams that were accepted. */
static bool lawful(const struct stream *s, unsigned *taken)
{
	int status;
	struct machine *m = rig_load(s->p, s->n, &status);
	struct stream again;
	bool same;

	if (!m)
		return status == SNAPSHOT_REFUSED;
	(*taken)++;
	again = rig_save(m, false);
	same = again.n == s->n && !memcmp(again.p, s->p, s->n);
	free(again.p);
	rig_run(m, STEPS);
	machine_free(m);
	return same;
}

static void test_cut(void)
{
	unsigned bad = 0, nr = 0;
	struct stream s = copy_of(&good);

	for (size_t n = 0; n < good.n; n += rig_all() || n < 2048 ? 1 : 61, nr++)
		bad += !refused(good.p, n);
	is(bad, 0, "%u of the lengths below %zu are refused", nr, good.n);
	bad = 0;
	for (size_t n = 1; n <= 4096; n += rig_all() ? 1 : 17)
		bad += !refused(s.p, good.n + n);
	is(bad, 0, "and so are those above, up to 4096 octets");
	ok(refused(s.p, good.n + 8) && says("more after the stream's end"), "which is said");
	/* The same with a header that agrees. */
	bad = nr = 0;
	for (size_t n = SNAP_HEADER; n < good.n;
	     n += 8 * (1 + rnd() % (rig_all() ? 4 : 40)), nr++) {
		be64_put(s.p + 16, n);
		reseal(s.p, n);
		bad += !refused(s.p, n);
	}
	is(bad, 0, "%u shorter streams whose headers agree", nr);
	free(s.p);
}

/* What stands in the header as text has no control characters, and a refusal that compares tells both numbers. */
static void test_texts(void)
{
	static const unsigned at[] = { 40, 72, 96 };
	static const u8 no_text[] = { 0x01, 0x0a, 0x1b, 0x1f, 0x7f };
	struct stream s = copy_of(&good);
	unsigned bad = 0;
	char want[64];

	for (unsigned i = 0; i < ARRAY_SIZE(at) * ARRAY_SIZE(no_text); i++) {
		u8 *p = s.p + at[i / ARRAY_SIZE(no_text)], was = *p;

		*p = no_text[i % ARRAY_SIZE(no_text)];
		reseal(s.p, s.n);
		bad += !refused(s.p, s.n) || !says("a name that is no text");
		*p = was;
	}
	is(bad, 0, "no control characters in the header's names");
	snprintf(want, sizeof(want), "(%zu expected, %zu found)", good.n, good.n - 1);
	ok(refused(good.p, good.n - 1) && says(want), "what is cut short tells both lengths");
	be32_put(s.p + 12, be32_get(good.p + 12) + 1);
	reseal(s.p, s.n);
	ok(refused(s.p, s.n), "one record less than the header counts");
	free(s.p);
}

static void test_flips(void)
{
	unsigned bad = 0, nr = 0;
	struct stream s = copy_of(&good);
	size_t end, step = tier() ? 8 * good.n / 11000 : 64;

	for (size_t bit = 0; bit < 8 * good.n; bit += rig_all() ? 1 : 1 + rnd() % step, nr++) {
		s.p[bit / 8] ^= (u8)(1 << bit % 8);
		bad += !refused(s.p, s.n);
		s.p[bit / 8] ^= (u8)(1 << bit % 8);
	}
	is(bad, 0, "%u flipped bits are noticed", nr);
	/* Each check by itself: of the header, before anything it says; and the digest, where all else is right. */
	bad = 0;
	for (size_t bit = 64; bit < 8 * SNAP_HEADER; bit++) {
		s.p[bit / 8] ^= (u8)(1 << bit % 8);
		bad += !refused(s.p, s.n) || !strstr(rig_err, "the header is damaged");
		s.p[bit / 8] ^= (u8)(1 << bit % 8);
	}
	is(bad, 0, "those of the header by its own check");
	end = find_record(&s, "END", NULL, NULL);
	s.p[end] ^= 1;
	be32_put(s.p + end + SHA256_SIZE, crc32_add(0, s.p + end, SHA256_SIZE));
	ok(refused(s.p, s.n) && says("digest of the whole"), "another digest");
	free(s.p);
}

/* Some bits, a burst, a block zeroed or another one's contents: nothing is sealed afterwards. */
static void damage(u8 *p, size_t n)
{
	size_t size = rnd() & 1 ? 512 : 4096, bit = rnd() % (8 * n - 32);
	size_t a = rnd() % (n / size) * size, b = rnd() % (n / size) * size;

	switch (rnd() % 4) {
	case 0:
		for (u64 k = 2 + rnd() % 2; k; k--) {
			p[bit / 8] ^= (u8)(1 << bit % 8);
			bit = rnd() % (8 * n);
		}
		break;
	case 1:
		for (size_t k = 0; k < 32; k++)
			p[(bit + k) / 8] ^= (u8)((rnd() & 1) << (bit + k) % 8);
		break;
	case 2:
		memset(p + a, 0, size);
		break;
	default:
		memcpy(p + a, good.p + b, size);
		memcpy(p + b, good.p + a, size);
	}
}

static void test_damage(void)
{
	unsigned bad = 0, nr = 0, want = by_tier(300, 10000, 1000000);
	struct stream s = copy_of(&good);

	while (nr < want) {
		memcpy(s.p, good.p, s.n);
		damage(s.p, s.n);
		if (!memcmp(s.p, good.p, s.n))
			continue;
		bad += !refused(s.p, s.n);
		nr++;
	}
	is(bad, 0, "%u streams with some bits, a burst or blocks changed", nr);
	free(s.p);
}

static void test_header(void)
{
	struct stream s = copy_of(&good);
	unsigned bad = 0;

	for (u32 v = 0; v < 65536; v += rig_all() || tier() || v < 300 ? 1 : 97) {
		if (v == SNAP_VERSION)
			continue;
		be32_put(s.p + 8, v);
		reseal(s.p, SNAP_HEADER);
		bad += !refused(s.p, s.n) ||
		       !strstr(rig_err, "this vonk reads only 1 (written by vonk");
	}
	for (unsigned k = 1; k < 32; k++) {
		be32_put(s.p + 8, 1u << k);
		reseal(s.p, SNAP_HEADER);
		bad += !refused(s.p, s.n);
	}
	is(bad, 0, "every other version is refused, and said to be one");
	/* Before anything else is looked at. */
	memset(s.p + SNAP_HEADER, 0xff, s.n - SNAP_HEADER);
	be32_put(s.p + 8, 2);
	reseal(s.p, SNAP_HEADER);
	ok(refused(s.p, s.n) && says("newer streams are not converted"),
	   "even where the rest is none");
	be32_put(s.p + 8, 0);
	reseal(s.p, SNAP_HEADER);
	ok(refused(s.p, s.n) && says("older streams are not converted") &&
		   says("'vonk snap disk x.snap'"),
	   "with what can be done about it");
	memcpy(s.p, good.p, s.n);
	s.p[24] ^= 1;
	reseal(s.p, s.n);
	ok(refused(s.p, s.n) && says("layout"), "another layout of the same version");
	memcpy(s.p, good.p, s.n);
	memcpy(s.p + 40, "SS-6", 4);
	reseal(s.p, s.n);
	ok(refused(s.p, s.n) && says("no board 'SS-6'"), "an unknown board");
	memcpy(s.p + 40, "SS-4", 4);
	reseal(s.p, s.n);
	ok(refused(s.p, s.n), "another board (%s)", rig_err);
	memcpy(s.p, good.p, s.n);
	be64_put(s.p + 32, 2 << 20);
	reseal(s.p, s.n);
	ok(refused(s.p, s.n) && says("MEM ram"), "more memory than there is");
	be64_put(s.p + 32, 1ull << 62);
	reseal(s.p, s.n);
	ok(refused(s.p, s.n), "more than there could be");
	memcpy(s.p, good.p, s.n);
	s.p[200] = 1;
	reseal(s.p, s.n);
	ok(refused(s.p, s.n) && says("reserved"), "something in the reserved octets");
	memcpy(s.p, good.p, s.n);
	memcpy(s.p, "\x89VNK\n\x1a\n\0", 8);
	ok(refused(s.p, s.n) && says("not a snapshot"), "a magic that went through a text file");
	free(s.p);
}

/* --- records --- */

struct place {
	size_t off, n;
};

static unsigned places(const struct stream *s, struct place *at)
{
	unsigned nr = 0;

	for (size_t off = SNAP_HEADER; off < s->n; nr++) {
		at[nr] = (struct place){ off, snap_record_size(be64_get(s->p + off + 32)) };
		off += at[nr].n;
	}
	return nr;
}

/* A stream of these records of the good one, and its count and length in the header. */
static struct stream assemble(const struct place *at, const unsigned *which, unsigned nr)
{
	struct stream s = { NULL, 0, 0 };

	stream_write(&s, good.p, SNAP_HEADER);
	for (unsigned i = 0; i < nr; i++)
		stream_write(&s, good.p + at[which[i]].off, at[which[i]].n);
	be32_put(s.p + 12, nr);
	be64_put(s.p + 16, s.n);
	reseal(s.p, s.n);
	return s;
}

static bool refused_as(const struct place *at, const unsigned *which, unsigned nr)
{
	struct stream s = assemble(at, which, nr);
	bool bad = refused(s.p, s.n);

	free(s.p);
	return bad;
}

static void test_records(void)
{
	struct place at[SNAP_RECORDS];
	unsigned nr = places(&good, at), which[SNAP_RECORDS + 1] = { 0 }, bad = 0;
	struct stream s;
	int status;
	struct machine *m;

	for (unsigned i = 0; i < nr; i++)
		which[i] = i;
	s = assemble(at, which, nr);
	m = rig_load(s.p, s.n, &status);
	ok(m, "the records as they were, put together again");
	machine_free(m);
	free(s.p);
	for (unsigned i = 0; i < nr; i++) {
		for (unsigned k = 0, n = 0; k < nr; k++)
			if (k != i)
				which[n++] = k;
		bad += !refused_as(at, which, nr - 1);
	}
	is(bad, 0, "each of %u records left out", nr);
	bad = 0;
	for (unsigned i = 0; i < nr; i++) {
		for (unsigned k = 0, n = 0; k < nr; k++) {
			which[n++] = k;
			if (k == i)
				which[n++] = k;
		}
		bad += !refused_as(at, which, nr + 1);
	}
	is(bad, 0, "each of them twice");
	bad = 0;
	for (unsigned i = 0; i < nr; i++) {
		for (unsigned j = i + 1; j < nr; j += rig_all() ? 1 : 1 + (unsigned)rnd() % 4) {
			for (unsigned k = 0; k < nr; k++)
				which[k] = k == i ? j : k == j ? i : k;
			bad += !refused_as(at, which, nr);
		}
	}
	is(bad, 0, "pairs of them swapped");
	s = copy_of(&good);
	bad = 0;
	for (unsigned i = 0; i < nr; i++) {
		static const size_t spot[] = { 0, 4, 7, 8, 31, 40, 43 };

		for (unsigned k = 0; k < ARRAY_SIZE(spot); k++) {
			u8 *p = &s.p[at[i].off + spot[k]], was = *p;

			*p = was == 'Q' ? 'R' : 'Q';
			reseal(s.p, s.n);
			bad += !refused(s.p, s.n);
			*p = was;
		}
	}
	reseal(s.p, s.n);
	is(bad, 0, "another type, instance or name, and zeros that are none");
	bad = 0;
	for (unsigned i = 0; i < nr; i++) {
		size_t end = at[i].off + at[i].n;
		size_t pad = at[i].n - SNAP_FRAME - be64_get(s.p + at[i].off + 32) - 4;

		if (!pad)
			continue;
		s.p[end - 1] = 1;
		reseal(s.p, s.n);
		bad += !refused(s.p, s.n);
		s.p[end - 1] = 0;
	}
	is(bad, 0, "padding that is not zero");
	free(s.p);
}

/* Lengths and counts that say too much. */
static void test_lengths(void)
{
	static const u64 evil[] = { 0,
				    1,
				    2,
				    7,
				    8,
				    0xff,
				    0xffff,
				    0x10000,
				    0x7ffffff,
				    0x7fffffff,
				    0x80000000,
				    0xffffffff,
				    0x100000000,
				    1ull << 40,
				    1ull << 52,
				    1ull << 63,
				    UINT64_MAX,
				    UINT64_MAX - 3,
				    UINT64_MAX - 7,
				    UINT64_MAX - 51 };
	struct place at[SNAP_RECORDS];
	unsigned nr = places(&good, at), bad = 0, taken = 0, tries = 0;
	struct stream s = copy_of(&good);

	for (unsigned i = 0; i < nr; i++) {
		for (unsigned k = 0; k < ARRAY_SIZE(evil) + 4; k++) {
			u64 len = be64_get(good.p + at[i].off + 32);
			u64 v = k < ARRAY_SIZE(evil) ? evil[k] : len + k - ARRAY_SIZE(evil) - 2;

			if (v == len)
				continue;
			memcpy(s.p, good.p, s.n);
			be64_put(s.p + at[i].off + 32, v);
			be32_put(s.p + at[i].off + 44, crc32_add(0, s.p + at[i].off, 44));
			reseal(s.p, s.n);
			bad += !refused(s.p, s.n);
			tries++;
		}
	}
	is(bad, 0, "%u lengths of records", tries);
	bad = tries = 0;
	for (unsigned i = 0; i < nr; i++) {
		u64 len = be64_get(good.p + at[i].off + 32);

		if (strncmp((char *)good.p + at[i].off, "MEM", 3) &&
		    strncmp((char *)good.p + at[i].off, "BOOT", 4) &&
		    strncmp((char *)good.p + at[i].off, "FWCF", 4) &&
		    strncmp((char *)good.p + at[i].off, "CHR", 3) &&
		    strncmp((char *)good.p + at[i].off, "NET", 3))
			continue;
		for (u64 spot = 0; spot + 8 <= len && spot < (rig_all() ? 4096 : 1200); spot += 4) {
			u64 v = evil[rnd() % ARRAY_SIZE(evil)];

			memcpy(s.p, good.p, s.n);
			if (spot & 4 || rnd() & 1)
				be32_put(s.p + at[i].off + SNAP_FRAME + spot, (u32)v);
			else
				be64_put(s.p + at[i].off + SNAP_FRAME + spot, v);
			if (!memcmp(s.p, good.p, s.n))
				continue;
			reseal(s.p, s.n);
			bad += !lawful(&s, &taken);
			tries++;
		}
	}
	is(bad, 0, "%u numbers in lists (%u of them did no harm)", tries, taken);
	free(s.p);
}

/* --- fields --- */

struct mutator {
	struct stream s;
	size_t at; /* of the next field */
	unsigned tries, bad, taken;
};

static void put_uint(u8 *p, u32 size, u64 v)
{
	while (size--) {
		p[size] = (u8)v;
		v >>= 8;
	}
}

static void try_value(struct mutator *t, const struct field *f, size_t at, u32 size, u64 v)
{
	u8 was[8];

	memcpy(was, t->s.p + at, size);
	put_uint(t->s.p + at, size, v);
	if (memcmp(was, t->s.p + at, size)) {
		unsigned before = t->taken;

		reseal(t->s.p, t->s.n);
		t->tries++;
		if (!lawful(&t->s, &t->taken)) {
			t->bad++;
			diag("%s = %#llx: %s", f->name, (unsigned long long)v, rig_err);
		}
		/* Beyond its range it can not have been taken. */
		if (t->taken != before && f->type == FIELD_UINT &&
		    ((v & (UINT64_MAX >> (64 - 8 * size))) > f->max || v < f->min)) {
			t->bad++;
			diag("%s takes %#llx", f->name, (unsigned long long)v);
		}
	}
	memcpy(t->s.p + at, was, size);
}

static void mutate_element(struct mutator *t, const struct field *f, size_t at, u32 size)
{
	const u64 values[] = { f->min - 1, f->min,     f->max,	   f->max + 1, 0,
			       0x7fffffff, 0x80000000, UINT64_MAX, rnd(),      rnd() & 0xff };
	unsigned nr = rig_all() ? ARRAY_SIZE(values) : 5;

	for (unsigned i = 0; i < nr; i++)
		try_value(t, f, at, size, values[rig_all() || i < 4 ? i : 4 + rnd() % 6]);
}

static void mutate_table(struct mutator *t, const struct field *table)
{
	for (const struct field *f = table; f->type != FIELD_END; f++) {
		for (u32 i = 0; i < f->count; i++) {
			u32 size = f->type == FIELD_FIFO ? 2 : f->size;
			/* The first and the last of many, and one between. */
			bool chosen = i == 0 || i == f->count - 1 ||
				      (f->count > 2 && i == f->count / 2 && rig_all());

			if (f->type == FIELD_PAD)
				break;
			if (f->type == FIELD_STRUCT) {
				mutate_table(t, f->sub);
				continue;
			}
			if (chosen)
				mutate_element(t, f, t->at, size);
			t->at += f->type == FIELD_FIFO ? 2 + f->max : f->size;
		}
	}
}

static void mutate_record(struct mutator *t, const char *type, const char *name,
			  const struct field *table)
{
	size_t len;

	t->at = find_record(&t->s, type, name, &len);
	if (!ok(t->at && len == field_stream_size(table), "record %s %s is there", type, name))
		return;
	t->bad = t->tries = t->taken = 0;
	mutate_table(t, table);
	reseal(t->s.p, t->s.n);
	is(t->bad, 0, "%s: %u values of its fields, %u of them possible", name, t->tries, t->taken);
}

static void test_fields(void)
{
	struct mutator t = { .s = copy_of(&good) };

	mutate_record(&t, "BUS", "machine", machine_fields);
	mutate_record(&t, "CPU", "cpu0", cpu_fields);
	for (unsigned i = 0; i < rig.m->nr_devs; i++)
		if (rig.m->dev[i].row->cls->state_size)
			mutate_record(&t, "DEV", rig.m->dev[i].row->name,
				      rig.m->dev[i].row->cls->fields);
	ok(!memcmp(t.s.p, good.p, good.n), "afterwards the stream is what it was");
	free(t.s.p);
}

/* Blocks of the stream zeroed, swapped or replaced, and sealed again. */
static void test_blocks(void)
{
	unsigned bad = 0, taken = 0, nr = rig_all() ? 20000 : by_tier(300, 5000, 20000);
	struct stream s = copy_of(&good);

	for (unsigned i = 0; i < nr; i++) {
		size_t n = 1 + rnd() % 64, a = SNAP_HEADER + rnd() % (good.n - SNAP_HEADER - n);

		memcpy(s.p, good.p, s.n);
		switch (rnd() % 3) {
		case 0:
			memset(s.p + a, 0, n);
			break;
		case 1:
			memmove(s.p + a, s.p + SNAP_HEADER + rnd() % (good.n - SNAP_HEADER - n), n);
			break;
		default:
			for (size_t k = 0; k < n; k++)
				s.p[a + k] = (u8)rnd();
		}
		if (!memcmp(s.p, good.p, s.n))
			continue;
		reseal(s.p, s.n);
		bad += !lawful(&s, &taken);
	}
	is(bad, 0, "%u damaged and sealed streams, %u of them possible", nr, taken);
	free(s.p);
}

int main(void)
{
	diag("seed %#llx", (unsigned long long)rig_seed);
	rig_open(&rig, demo);
	rig_run(rig.m, 150000);
	good = rig_save(rig.m, false);
	diag("%zu octets", good.n);
	test_cut();
	test_texts();
	test_flips();
	test_damage();
	test_header();
	test_records();
	test_lengths();
	test_fields();
	test_blocks();
	free(good.p);
	rig_close(&rig);
	return tap_done();
}
