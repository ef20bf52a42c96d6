/* SPDX-License-Identifier: MIT */
/*
 * Disks in snapshots: whole images and changes come back as they were, whatever was written
 * meanwhile; other bases are refused; damaged records are refused; held writes are seen, and land.
 */
#include "lib/block-hold.h"
#include "t/snap-rig.h"
#include "t/tier.h"

#define SIZE (3u * 1048576 + 2560) /* ends inside a unit */

static char *args[] = { "vonk", "-m", "1", "-vga", "none", NULL };

static u8 byte_at(u64 off, u32 seed)
{
	return (u8)(off * 2654435761u >> 13 ^ seed * 97);
}

/* Every fourth unit has contents. */
static void fill(struct block *b, u32 seed)
{
	u8 buf[SNAP_UNIT];

	for (u64 off = 0; off < b->size; off += 4 * SNAP_UNIT) {
		u32 n = b->size - off < SNAP_UNIT ? (u32)(b->size - off) : SNAP_UNIT;

		for (u32 i = 0; i < n; i++)
			buf[i] = byte_at(off + i, seed);
		block_write(b, off, buf, n);
	}
}

static u64 digest(struct block *b)
{
	u8 d[SHA256_SIZE];

	block_digest(b, d, NULL, NULL);
	return be64_get(d);
}

static void scribble(struct block *b)
{
	for (unsigned i = 0; i < 200; i++) {
		u8 buf[600];
		u32 n = 1 + (u32)(rnd() % sizeof(buf));

		memset(buf, (int)rnd() & 0xff, n);
		block_write(b, rnd() % (b->size - n), buf, n);
	}
}

/* A machine with one disk or floppy disk. */
struct box {
	struct rig r;
	struct block *medium, *floppy;
};

static void box_open(struct box *box, struct block *medium, struct block *floppy)
{
	char err[256];

	rig_open(&box->r, args);
	machine_free(box->r.m);
	box->r.config.scsi[3].present = true;
	box->r.config.scsi[3].medium = box->medium = medium;
	box->r.config.scsi[5].present = box->r.config.scsi[5].cdrom = true;
	box->r.config.floppy = box->floppy = floppy;
	if (machine_new(&box->r.m, &box->r.config, err, sizeof(err)) || reboot_note(box->r.m))
		printf("Bail out! %s\n", err);
	rig_connect(box->r.m);
}

static struct stream box_save(struct box *box)
{
	struct snapshot_options opt = { .drive = { [3] = { .path = "/some/where", .overlay = NULL },
						   [SNAPSHOT_FLOPPY] = { .path = "a floppy" } } };
	struct stream s = { NULL, 0, 0 };
	u64 bytes;

	if (block_is_overlay(box->medium))
		opt.drive[3].overlay = "/over/lay";
	if (snapshot_save(box->r.m, &opt, stream_write, &s, &bytes))
		printf("Bail out! snapshot_save\n");
	return s;
}

/* The stream onto the box's drives: 0 or what the last step said. */
static int box_load(struct box *box, const struct stream *s)
{
	struct machine *m = NULL;
	struct snapshot snap;
	int ret = snapshot_open_bytes(&snap, "x.snap", s->p, s->n, rig_err, sizeof(rig_err));

	if (!ret)
		ret = snapshot_same(&snap, box->r.m, rig_err, sizeof(rig_err));
	if (!ret)
		ret = machine_new(&m, &box->r.config, rig_err, sizeof(rig_err));
	if (!ret)
		ret = snapshot_fill(&snap, m, rig_err, sizeof(rig_err));
	if (!ret)
		ret = snapshot_fill_disks(&snap, &box->r.config, rig_err, sizeof(rig_err));
	snapshot_close(&snap);
	machine_free(m);
	return ret;
}

static bool box_same(struct box *box, const struct stream *s)
{
	struct stream again = box_save(box);
	bool same = again.n == s->n && !memcmp(again.p, s->p, s->n);

	free(again.p);
	return same;
}

static void test_whole(void)
{
	struct block *disk = block_mem_new(SIZE), *floppy = block_mem_new(1474560);
	struct stream s, empty;
	struct box box;
	u64 was, was2;

	box_open(&box, disk, floppy);
	empty = box_save(&box);
	fill(disk, 1);
	fill(floppy, 2);
	scribble(disk);
	was = digest(disk);
	was2 = digest(floppy);
	s = box_save(&box);
	ok(s.n > SIZE / 4 && s.n < SIZE / 2 + 400000, "an image without its zeros: %zu octets",
	   s.n);
	scribble(disk);
	scribble(floppy);
	ok(digest(disk) != was && digest(floppy) != was2, "the disks have gone on");
	is(box_load(&box, &s), 0, "going back (%s)", rig_err);
	ok(digest(disk) == was && digest(floppy) == was2, "puts every octet back");
	ok(box_same(&box, &s), "and the same snapshot can be made again");
	is(box_load(&box, &empty), 0, "back to empty disks");
	ok(box_same(&box, &empty), "they are empty");
	free(s.p);
	free(empty.p);
	rig_close(&box.r);
}

static void test_changes(void)
{
	struct block *base = block_mem_new(SIZE), *overlay;
	struct stream s, t;
	struct box box;
	unsigned bits = by_tier(20, 100, 1000);
	u64 was, base_was, later;

	fill(base, 3);
	base->read_only = true;
	base_was = digest(base);
	overlay = block_overlay_new(base);
	box_open(&box, overlay, NULL);
	scribble(overlay);
	was = digest(overlay);
	s = box_save(&box);
	scribble(overlay);
	later = digest(overlay);
	t = box_save(&box);
	is(box_load(&box, &s), 0, "going back (%s)", rig_err);
	ok(digest(overlay) == was && box_same(&box, &s), "the changes are those of then");
	is(box_load(&box, &t), 0, "going forward (%s)", rig_err);
	ok(digest(overlay) == later && box_same(&box, &t), "and those of later");
	is(digest(base), base_was, "the base is as it was");
	/* One bit of the base, anywhere. */
	base->read_only = false;
	for (unsigned i = 0; i < bits; i++) {
		u64 at = rnd() % SIZE;
		u8 c;

		block_read(base, at, &c, 1);
		c ^= (u8)(1 << rnd() % 8);
		block_write(base, at, &c, 1);
		if (box_load(&box, &s) != SNAPSHOT_REFUSED || !strstr(rig_err, "other contents"))
			ok(false, "a bit of the base at %llu: %s", (unsigned long long)at, rig_err);
		if (digest(overlay) == was)
			ok(false, "the overlay was touched");
		block_read(base, at, &c, 1);
		block_write(base, at, &(u8){ 0 }, 1);
		fill(base, 3);
		if (digest(base) != base_was) /* it was a zero */
			base_was = digest(base);
	}
	ok(true, "%u changed bits of the base are noticed", bits);
	free(s.p);
	free(t.p);
	rig_close(&box.r);
}

/* Another machine's drives. */
static void test_other(void)
{
	struct block *a = block_mem_new(SIZE), *b = block_mem_new(SIZE + 512),
		     *c = block_overlay_new(block_mem_new(SIZE)), *d = block_mem_new(SIZE);
	struct box from, to;
	struct stream s;

	box_open(&from, a, NULL);
	fill(a, 9);
	s = box_save(&from);
	box_open(&to, b, NULL);
	is(box_load(&to, &s), SNAPSHOT_REFUSED, "a larger disk (%s)", rig_err);
	rig_close(&to.r);
	box_open(&to, c, NULL);
	is(box_load(&to, &s), SNAPSHOT_REFUSED, "an overlay instead of an image (%s)", rig_err);
	rig_close(&to.r);
	box_open(&to, d, block_mem_new(1474560));
	is(box_load(&to, &s), SNAPSHOT_REFUSED, "a floppy disk more (%s)", rig_err);
	rig_close(&to.r);
	free(s.p);
	rig_close(&from.r);
}

/* Each number in the record's head, and in its list of runs. */
static void test_damage(void)
{
	static const u32 evil[] = { 0,	   1,	   2,	       3,	   7,	      0x200,
				    0xfff, 0x1000, 0x7fffffff, 0x80000000, 0xffffffff };
	struct block *disk = block_mem_new(65536 + 512);
	unsigned tries = 0, taken = 0, bad = 0;
	struct stream s, t;
	struct box box;
	size_t at, len = 0;
	u64 was;

	box_open(&box, disk, NULL);
	fill(disk, 4);
	s = box_save(&box);
	t = (struct stream){ malloc(s.n), s.n, s.n };
	at = find_record(&s, "DISK", "scsi3", &len);
	ok(at, "there is a record for the disk");
	for (size_t off = 0; off < 160; off += 4) {
		for (unsigned i = 0; i < ARRAY_SIZE(evil); i++) {
			memcpy(t.p, s.p, s.n);
			be32_put(t.p + at + off, evil[i]);
			if (!memcmp(t.p, s.p, s.n))
				continue;
			reseal(t.p, t.n);
			tries++;
			fill(disk, 4);
			if (box_load(&box, &t))
				continue;
			taken++;
			/* The path is anybody's; units may be elsewhere, and then they are. */
			if ((off < 88 || off >= 104) && !box_same(&box, &t))
				bad++, diag("offset %zu, %#x", off, evil[i]);
		}
	}
	is(bad, 0, "%u damaged numbers are refused, %u make another disk", tries - taken, taken);
	/* The last unit of an image: nothing may have been written when it is met. */
	memcpy(t.p, s.p, s.n);
	memset(t.p + at + len - SNAP_UNIT, 0, SNAP_UNIT);
	reseal(t.p, t.n);
	fill(disk, 6);
	was = digest(disk);
	is(box_load(&box, &t), SNAPSHOT_REFUSED, "a unit that should not be there (%s)", rig_err);
	is(digest(disk), was, "and not one octet was written");
	free(s.p);
	free(t.p);
	rig_close(&box.r);
}

/* --- writes held back --- */

static struct block *held_disk;
static unsigned settled;

static void settle(void *arg)
{
	(void)arg;
	settled++;
	block_hold_end(held_disk);
}

static void test_hold(void)
{
	struct block *under = block_mem_new(SIZE), *twin = block_mem_new(SIZE), *h;
	u64 before;
	u8 a[700], b[700];
	bool same = true;

	fill(under, 5);
	fill(twin, 5);
	h = held_disk = block_hold_new(under);
	before = digest(under);
	block_hold_begin(h, settle, NULL);
	for (unsigned i = 0; i < 500; i++) {
		u32 n = 1 + (u32)(rnd() % sizeof(a));
		u64 at = rnd() % (SIZE - n);

		memset(a, (int)rnd() & 0xff, n);
		block_write(h, at, a, n);
		block_write(twin, at, a, n);
		at = rnd() % (SIZE - n);
		block_read(h, at, a, n);
		block_read(twin, at, b, n);
		same = same && !memcmp(a, b, n);
	}
	ok(same && digest(h) == digest(twin), "held writes are seen by reads");
	is(digest(under), before, "and are nowhere else");
	ok(block_held(h) > 0, "%llu bytes are held", (unsigned long long)block_held(h));
	block_hold_end(h);
	is(digest(under), digest(twin), "then they are written");
	is(block_held(h), 0, "and none is held");
	block_write(h, 5, "x", 1);
	block_write(twin, 5, "x", 1);
	is(digest(under), digest(twin), "later ones go straight there");
	settled = 0;
	block_hold_begin(h, settle, NULL);
	block_write(h, 4, "y", 1);
	is(block_flush(h), 0, "a flush");
	block_read(under, 4, a, 1);
	ok(settled == 1 && a[0] == 'y', "waits for the end, and has its write done");
	settled = 0;
	block_hold_begin(h, settle, NULL);
	for (u64 n = 0; n <= HOLD_MAX && !settled; n += sizeof(a))
		block_write(h, n % (SIZE - sizeof(a)), a, sizeof(a));
	is(settled, 1, "so does more than can be held");
	block_close(h);

	under = block_overlay_new(twin);
	h = held_disk = block_hold_new(under);
	ok(block_is_overlay(h) && block_base(h) == twin, "an overlay remains one");
	block_write(h, 0, "a", 1);
	block_hold_begin(h, settle, NULL);
	block_write(h, 5 * SNAP_UNIT, "b", 1);
	is(block_next_changed(h, 0), 0, "its changes are all reported");
	is(block_next_changed(h, 1), 5, "held ones too");
	is(block_next_changed(under, 1), UINT64_MAX, "those that are under it do not show them");
	is(block_revert(h), 0, "it can be emptied");
	is(block_next_changed(h, 0), UINT64_MAX, "and is empty");
	block_close(h);
}

int main(void)
{
	diag("seed %#llx", (unsigned long long)rig_seed);
	test_whole();
	test_changes();
	test_other();
	test_damage();
	test_hold();
	return tap_done();
}
