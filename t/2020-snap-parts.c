/* SPDX-License-Identifier: MIT */
/*
 * The parts of snap/ without a machine. Records are made here as snap/FORMAT draws them, read, and damaged in each
 * of their numbers; and every read, write and allocation fails in turn, once.
 *
 * The linker gives this file the calls of the whole program: --wrap=malloc and so on, see the Makefile.
 */
#include <errno.h>
#include <zlib.h>

#include "t/snap-rig.h"

/* --- memory that is not there --- */

static unsigned allocs, alloc_fails; /* counted from 1; 0: none fails */

void *__real_malloc(size_t n);
void *__real_calloc(size_t a, size_t b);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t a, size_t b);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++allocs == alloc_fails ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t a, size_t b)
{
	return ++allocs == alloc_fails ? NULL : __real_calloc(a, b);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++allocs == alloc_fails ? NULL : __real_realloc(p, n);
}

/* --- streams --- */

/* Octets that can not be read, from the n-th call on; counted from 1. */
struct source {
	struct snap_source src;
	const u8 *p;
	unsigned reads, fails;
	unsigned maps; /* how many were asked for */
	bool mappable;
};

static int source_read(struct snap_source *src, u64 off, void *buf, size_t n)
{
	struct source *s = container_of(src, struct source, src);

	if (++s->reads == s->fails)
		return -EIO;
	memcpy(buf, s->p + off, n);
	return 0;
}

static int source_map(struct snap_source *src, u64 off, void *at, size_t n)
{
	struct source *s = container_of(src, struct source, src);

	s->maps++;
	if (!s->mappable || off % SNAP_PAGE)
		return -EINVAL;
	memcpy(at, s->p + off, n);
	return 0;
}

static struct source source_of(const struct stream *s)
{
	return (struct source){ .src = { source_read, source_map, s->n }, .p = s->p };
}

struct rec {
	u8 p[400 << 10];
	size_t n;
};

static void put(struct rec *r, const void *p, size_t n)
{
	memcpy(r->p + r->n, p, n);
	r->n += n;
}

static void put32(struct rec *r, u32 v)
{
	be32_put(r->p + r->n, v);
	r->n += 4;
}

static void put64(struct rec *r, u64 v)
{
	be64_put(r->p + r->n, v);
	r->n += 8;
}

/* A stream of so many records, all with the same contents. */
static struct stream stream_of(const char *type, const struct rec *r, u32 records)
{
	struct snap_header head = { .version = 1, .records = records + 1, .board = "a board" };
	struct snap_writer w = { .write = stream_write };
	struct stream s = { NULL, 0, 0 };

	head.length = SNAP_HEADER + records * snap_record_size(r->n) + SNAP_END_SIZE;
	w.arg = &s;
	snap_begin(&w, &head);
	for (u32 i = 0; i < records; i++) {
		snap_record(&w, type, i, "name", r->n);
		snap_put(&w, r->p, r->n);
		snap_record_end(&w);
	}
	snap_finish(&w);
	return s;
}

/* --- a disk --- */

#define DISK_SIZE (2 * 4096 + 512)

/* Its record, number by number, as snap/FORMAT draws it. */
struct drive {
	u32 layout, kind;
	u64 size;
	u32 media, target, flags, zero;
	u32 path_len, overlay_len; /* 0: as they are */
	const char *path, *overlay;
	u8 digest; /* every octet of it */
	u64 units;
	u32 nr_runs, zero2;
	u32 run[4][2];
	u32 held; /* units that stand there */
	u8 fill; /* what is in them, up to the disk's end */
	u8 rest; /* beyond it */
};

static const struct drive whole = {
	.layout = 1,
	.size = DISK_SIZE,
	.target = 3,
	.path = "dir/image",
	.overlay = "",
	.units = 2,
	.nr_runs = 2,
	.run = { { 0, 1 }, { 2, 1 } },
	.held = 2,
	.fill = 0x5a,
};

static const struct drive changes = {
	.layout = 1,
	.kind = 1,
	.size = DISK_SIZE,
	.target = 3,
	.path = "image",
	.overlay = "overlay",
	.digest = 0x77,
	.units = 2,
	.nr_runs = 1,
	.run = { { 1, 2 } },
	.held = 2,
	.fill = 0,
};

static const struct drive empty = { .layout = 1, .kind = 1, .media = 1, .path = "", .overlay = "" };

static void put_padded(struct rec *r, const char *text)
{
	static const u8 zero[8];

	put(r, text, strlen(text));
	put(r, zero, -r->n & 7);
}

static void put_drive(struct rec *r, const struct drive *d)
{
	r->n = 0;
	put32(r, d->layout);
	put32(r, d->kind);
	put64(r, d->size);
	put32(r, d->media);
	put32(r, d->target);
	put32(r, d->flags);
	put32(r, d->zero);
	put32(r, d->path_len ? d->path_len : (u32)strlen(d->path));
	put32(r, d->overlay_len ? d->overlay_len : (u32)strlen(d->overlay));
	memset(r->p + r->n, d->digest, 32);
	r->n += 32;
	put64(r, d->units);
	put32(r, d->nr_runs);
	put32(r, d->zero2);
	put_padded(r, d->path);
	put_padded(r, d->overlay);
	for (u32 i = 0; i < d->nr_runs && i < 4; i++) {
		put32(r, d->run[i][0]);
		put32(r, d->run[i][1]);
	}
	for (u32 i = 0; i < d->held; i++) {
		size_t n = i == d->held - 1 ? 512 : 4096;

		memset(r->p + r->n, d->fill, n);
		memset(r->p + r->n + n, d->rest, 4096 - n);
		r->n += 4096;
	}
}

struct taken {
	u64 off[4];
	u32 n[4], nr, fail_at;
};

static int take(void *arg, u64 off, const u8 *unit, u32 n)
{
	struct taken *t = arg;

	(void)unit;
	if (++t->nr == t->fail_at)
		return -ENOSPC;
	t->off[t->nr - 1] = off;
	t->n[t->nr - 1] = n;
	return 0;
}

/* What is said of the stream's first record as a disk: "" if it is one. */
static const char *read_disk(struct source *src, struct snap_image *img, struct taken *t, int *err)
{
	struct snap_cursor c;
	struct snap_disk disk;
	bool good;

	*err = 0;
	if (!snap_image_open(img, &src->src) || !snap_image_verify(img, false))
		return img->bad.what;
	snap_cursor_init(&c, img, 0);
	good = snap_disk_get(&c, &disk) && snap_disk_units(&c, &disk, t ? take : NULL, t, err);
	snap_disk_release(&disk);
	return good ? "" : *err ? "not taken" : img->bad.what;
}

static void drive_is(const struct drive *d, const char *want, const char *what)
{
	static struct rec r;
	struct snap_image img;
	struct stream s;
	struct source src;
	const char *said;
	int err;

	put_drive(&r, d);
	s = stream_of("DISK", &r, 1);
	src = source_of(&s);
	said = read_disk(&src, &img, NULL, &err);
	ok(!strcmp(said, want), "%s: '%s'", what, said);
	free(s.p);
}

#define DRIVE_IS(from, want, what, ...)                                                            \
	do {                                                                                       \
		struct drive d_ = (from);                                                          \
		__VA_ARGS__;                                                                       \
		drive_is(&d_, want, what);                                                         \
	} while (0)

static void test_drives(void)
{
	static char at_limit[4097], with_zero[] = "a\0b";

	memset(at_limit, 'p', 4096);
	DRIVE_IS(whole, "", "a whole image");
	DRIVE_IS(changes, "", "changes; a unit of them may be zero");
	DRIVE_IS(empty, "", "an empty drive");
	DRIVE_IS(empty, "", "an empty floppy disk drive", d_.media = 2);
	DRIVE_IS(whole, "it is not known", "layout 2", d_.layout = 2);
	DRIVE_IS(whole, "it is out of range", "kind 2", d_.kind = 2);
	DRIVE_IS(whole, "it is out of range", "medium 3", d_.media = 3);
	DRIVE_IS(whole, "it is out of range", "flag 1", d_.flags = 2);
	DRIVE_IS(whole, "it is out of range", "the first zero", d_.zero = 1);
	DRIVE_IS(whole, "it is out of range", "the second zero", d_.zero2 = 1);
	DRIVE_IS(whole, "it is out of range", "half a sector", d_.size += 256);
	DRIVE_IS(whole, "it is out of range", "16 TiB", d_.size = 1ull << 44);
	DRIVE_IS(whole, "", "a sector less", d_.size = (1ull << 44) - 512, d_.rest = 1);
	DRIVE_IS(whole, "it is too long", "a path of 4096", d_.path = at_limit);
	DRIVE_IS(changes, "it is too long", "an overlay's", d_.overlay = at_limit);
	at_limit[4095] = '\0';
	DRIVE_IS(whole, "", "a path of 4095", d_.path = at_limit);
	DRIVE_IS(changes, "", "an overlay's", d_.overlay = at_limit);
	DRIVE_IS(whole, "it holds a zero", "a zero in a path", d_.path = with_zero,
		 d_.path_len = 3);
	DRIVE_IS(whole, "octets that have to be zero are not", "a path that is longer than it says",
		 d_.path_len = 5);
	DRIVE_IS(changes, "octets that have to be zero are not", "an overlay's",
		 d_.overlay_len = 6);
	DRIVE_IS(whole, "they do not ascend, or leave the memory", "a run of nothing",
		 d_.run[0][1] = 0);
	DRIVE_IS(whole, "they do not ascend, or leave the memory", "runs that touch",
		 d_.run[1][0] = 1);
	DRIVE_IS(whole, "they do not ascend, or leave the memory", "a run beyond the end",
		 d_.run[1][0] = 3);
	DRIVE_IS(whole, "they do not ascend, or leave the memory", "a run across the end",
		 d_.run[1][1] = 2);
	DRIVE_IS(whole, "they do not ascend, or leave the memory",
		 "a run across the end of a disk of whole units", d_.size = 3 * 4096,
		 d_.run[1][1] = 2, d_.units = d_.held = 3);
	DRIVE_IS(whole, "the runs count otherwise", "another number of units", d_.units = 3);
	DRIVE_IS(whole, "there are not as many", "a unit more than it says", d_.held = 3);
	DRIVE_IS(whole, "there are not as many", "a unit less", d_.held = 1);
	DRIVE_IS(changes, "a drive that refuses writes holds changes", "write-protected, changed",
		 d_.flags = 1, d_.overlay = "");
	DRIVE_IS(changes, "a drive that refuses writes holds changes", "a CD-ROM, changed",
		 d_.media = 1, d_.overlay = "");
	DRIVE_IS(changes, "a drive that refuses writes holds changes",
		 "write-protected with an overlay", d_.flags = 1,
		 d_.units = d_.nr_runs = d_.held = 0);
	DRIVE_IS(whole, "a drive that refuses writes holds changes",
		 "a write-protected whole image", d_.flags = 1,
		 d_.units = d_.nr_runs = d_.held = 0);
	DRIVE_IS(changes, "", "write-protected", d_.flags = 1, d_.overlay = "",
		 d_.units = d_.nr_runs = d_.held = 0);
	DRIVE_IS(whole, "a whole image has no base", "a whole image's base", d_.digest = 1);
	DRIVE_IS(whole, "a whole image has no base", "a whole image's overlay", d_.overlay = "o");
	DRIVE_IS(empty, "an empty drive has no image", "an empty drive's base", d_.digest = 1);
	DRIVE_IS(empty, "an empty drive has no image", "an empty drive's image", d_.path = "p");
	DRIVE_IS(whole, "the disk ends before", "something after the disk's end", d_.rest = 1);
	DRIVE_IS(whole, "one is zero and must not be there", "a zero unit of a whole image",
		 d_.fill = 0);
}

/* Where the units lie, and that who takes them may say no. */
static void test_units(void)
{
	static struct rec r;
	struct snap_image img;
	struct stream s;
	int err;

	put_drive(&r, &whole);
	s = stream_of("DISK", &r, 1);
	for (u32 fail_at = 0; fail_at < 3; fail_at++) {
		struct taken t = { .fail_at = fail_at };
		struct source src = source_of(&s);
		const char *said = read_disk(&src, &img, &t, &err);

		if (fail_at)
			ok(!strcmp(said, "not taken") && err == -ENOSPC && t.nr == fail_at,
			   "unit %u is not taken: that is the end", fail_at);
		else
			ok(!*said && t.nr == 2 && !t.off[0] && t.n[0] == 4096 && t.off[1] == 8192 &&
				   t.n[1] == 512,
			   "the units, the last one as far as the disk goes");
	}
	free(s.p);
}

/* Each read of it fails; the record ends early, at each octet. */
static void test_short_disk(const struct drive *d, const char *what)
{
	static struct rec r;
	struct snap_image img;
	struct stream s;
	struct source src;
	unsigned reads, bad = 0;
	size_t full;
	int err;

	put_drive(&r, d);
	full = r.n;
	s = stream_of("DISK", &r, 1);
	src = source_of(&s);
	read_disk(&src, &img, NULL, &err);
	reads = src.reads;
	for (unsigned i = 1; i <= reads; i++) {
		src = source_of(&s);
		src.fails = i;
		bad += strcmp(read_disk(&src, &img, NULL, &err), "cannot be read") ||
		       img.bad.err != -EIO || src.reads != i;
	}
	is(bad, 0, "%s: each of %u reads fails: that is told, and nothing more is read", what,
	   reads);
	free(s.p);
	bad = 0;
	for (r.n = 0; r.n < full; r.n += r.n < 200 ? 1 : 97) {
		s = stream_of("DISK", &r, 1);
		src = source_of(&s);
		bad += !*read_disk(&src, &img, NULL, &err);
		free(s.p);
	}
	is(bad, 0, "%s: a record that ends early", what);
}

/* --- a drive is looked through, and written --- */

/* Who looks on. */
struct watcher {
	struct progress p;
	const char *part;
	unsigned calls, bad; /* bad: it went back, past the end, or the end moved */
	u64 done, all;
};

static void watch(struct progress *p, const char *part, u64 done, u64 all)
{
	struct watcher *w = container_of(p, struct watcher, p);

	w->bad += done < w->done || done > all || (w->calls && (all != w->all || part != w->part));
	w->calls++;
	w->part = part;
	w->done = done;
	w->all = all;
}

struct fake {
	struct block b;
	unsigned reads, fails;
	bool overlay;
	u32 changed[200], nr; /* units */
	bool zero;
};

static int fake_read(struct block *b, u64 off, void *buf, u32 n)
{
	struct fake *f = container_of(b, struct fake, b);

	if (++f->reads == f->fails)
		return -EIO;
	memset(buf, f->zero || off / 4096 % 2 ? 0 : 0x5a, n);
	return 0;
}

static u64 fake_next(struct block *b, u64 unit)
{
	struct fake *f = container_of(b, struct fake, b);

	for (u32 i = 0; i < f->nr; i++)
		if (f->changed[i] >= unit)
			return f->changed[i];
	return UINT64_MAX;
}

static struct block *fake_base(struct block *b)
{
	return b;
}

static const struct block_ops image_ops = { .read = fake_read };
static const struct block_ops overlay_ops = { .read = fake_read,
					      .next = fake_next,
					      .base = fake_base };

/* The n-th allocation fails while it is looked through. */
static int scan(struct fake *f, unsigned fails)
{
	struct snap_disk disk = { .path = "" };
	int ret;

	f->reads = 0;
	allocs = 0;
	alloc_fails = fails;
	ret = snap_disk_scan(&disk, &f->b, NULL);
	alloc_fails = 0;
	snap_disk_release(&disk);
	return ret;
}

static void test_scan(void)
{
	struct fake f = { .b = { .ops = &image_ops, .size = 200 * 4096 + 512, .align = 1 } };
	struct snap_disk disk = { .path = "" };
	struct watcher look = { .p.at = watch };
	unsigned bad = 0;

	is(snap_disk_scan(&disk, NULL, NULL), 0, "no medium");
	ok(!disk.size && disk.kind == SNAP_CHANGES && !disk.runs.nr, "is an empty drive");
	is(scan(&f, 0), 0, "an image of 201 units, every other one zero");
	is(f.reads, 201, "is read once");
	for (unsigned i = 1; i <= 201; i++) {
		f.fails = i;
		bad += scan(&f, 0) != -EIO || f.reads != i;
	}
	is(bad, 0, "each read may fail");
	f.fails = 0;
	is(scan(&f, 1), -ENOMEM, "the first allocation fails");
	is(scan(&f, 2), -ENOMEM, "the second one fails");
	f.b.read_only = true;
	is(scan(&f, 1), 0, "what is write-protected is not read");
	is(f.reads, 0, "at all");
	f.b.read_only = false;
	f.b.size = 1ull << 44;
	is(scan(&f, 0), -EFBIG, "a disk of 16 TiB");
	f.b.size = 200 * 4096 + 512;
	f.b.ops = &overlay_ops;
	for (f.nr = 0; f.nr < 70; f.nr++)
		f.changed[f.nr] = 2 * f.nr + 1;
	is(scan(&f, 0), 0, "an overlay is not read either");
	is(f.reads, 0, "but asked what has changed");
	is(scan(&f, 1), -ENOMEM, "an allocation fails");
	is(scan(&f, 2), -ENOMEM, "another one fails");
	f.b.ops = &image_ops;
	snap_disk_scan(&disk, &f.b, &look.p);
	ok(look.calls == 201 && !look.bad && look.part == disk.path && look.all == f.b.size,
	   "who looks on is told of each unit");
	snap_disk_release(&disk);
}

static int write_nothing(void *arg, const void *buf, size_t n)
{
	(void)buf;
	*(u64 *)arg += n;
	return 0;
}

/* The record that is written is the one that is drawn here. */
static void test_put(void)
{
	struct fake f = { .b = { .ops = &image_ops, .size = DISK_SIZE, .align = 1 } };
	struct snap_disk disk = { .path = "dir/image", .target = 3 };
	const struct drive protected = { .layout = 1,
					 .kind = 1,
					 .size = DISK_SIZE,
					 .flags = 1,
					 .path = "",
					 .overlay = "",
					 .digest = 7 };
	struct snap_header head = { .version = 1 };
	static struct rec r;
	struct stream want, got = { NULL, 0, 0 };
	struct snap_writer w = { .write = stream_write, .arg = &got };
	u64 n = 0;

	put_drive(&r, &whole);
	want = stream_of("DISK", &r, 1);
	snap_disk_scan(&disk, &f.b, NULL);
	is(snap_disk_size(&disk), r.n, "the size of a record");
	snap_begin(&w, &head);
	snap_record(&w, "DISK", 0, "name", r.n);
	snap_disk_put(&w, &disk);
	snap_record_end(&w);
	ok(!w.err && got.n < want.n &&
		   !memcmp(got.p + SNAP_HEADER, want.p + SNAP_HEADER, got.n - SNAP_HEADER),
	   "and its octets");
	free(want.p);
	free(got.p);
	put_drive(&r, &protected);
	want = stream_of("DISK", &r, 1);
	got = (struct stream){ NULL, 0, 0 };
	w = (struct snap_writer){ .write = stream_write, .arg = &got };
	snap_begin(&w, &head);
	snap_record(&w, "DISK", 0, "name", r.n);
	snap_disk_put(&w, &(struct snap_disk){ .kind = SNAP_CHANGES,
					       .size = DISK_SIZE,
					       .protected = true,
					       .digest = { 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
							   7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
							   7, 7, 7, 7, 7, 7, 7, 7, 7, 7 } });
	snap_record_end(&w);
	ok(!memcmp(got.p + SNAP_HEADER, want.p + SNAP_HEADER, got.n - SNAP_HEADER),
	   "that of one that is write-protected");
	put_drive(&r, &whole);
	for (unsigned i = 1; i <= 2; i++) {
		f.reads = 0;
		f.fails = i;
		w = (struct snap_writer){ .write = write_nothing, .arg = &n };
		snap_begin(&w, &head);
		snap_record(&w, "DISK", 0, "name", r.n);
		snap_disk_put(&w, &disk);
		snap_record_end(&w);
		is(snap_finish(&w), -EIO, "unit %u can not be read: the stream has failed", i);
	}
	snap_disk_release(&disk);
	free(got.p);
	free(want.p);
}

/* --- a memory --- */

#define MEM_PAGES 140u

static u8 mem[MEM_PAGES * SNAP_PAGE], was[sizeof(mem)];

/* Its record; numbers that are not as they have to be are put there by who calls this. */
struct pages {
	u32 method, nr_runs;
	u64 size, pages;
	u32 run[4][2];
	u32 gap; /* an octet of what stands before raw pages */
	u32 group; /* 0: as it is; else the length that the first group tells */
	int more; /* octets that a group has beyond its stream, or lacks */
	u32 fewer; /* pages that a group's stream lacks */
	u32 extra; /* octets behind all of it */
	bool dictionary;
	bool plain; /* groups as they are */
};

static const struct pages raw = {
	.method = 0,
	.nr_runs = 2,
	.size = sizeof(mem),
	.pages = 3,
	.run = { { 1, 1 }, { 5, 2 } },
};

static const struct pages packed = {
	.method = 1,
	.nr_runs = 2,
	.size = sizeof(mem),
	.pages = 71,
	.run = { { 0, 70 }, { 139, 1 } },
};

static void put_group(struct rec *r, const struct pages *p, const u8 *pages, u32 n)
{
	size_t at = r->n;
	z_stream z = { .zalloc = Z_NULL };

	if (p->plain) {
		put32(r, n * SNAP_PAGE + (u32)p->more);
		put(r, pages, n * SNAP_PAGE);
		return;
	}
	deflateInit(&z, 9);
	if (p->dictionary)
		deflateSetDictionary(&z, (const u8 *)"vonk", 4);
	z.next_in = (u8 *)(uintptr_t)pages;
	z.avail_in = (n - p->fewer) * SNAP_PAGE;
	z.next_out = r->p + at + 4;
	z.avail_out = (u32)(sizeof(r->p) - at - 4);
	deflate(&z, Z_FINISH);
	r->n = at + 4 + z.total_out + (size_t)p->more;
	be32_put(r->p + at, p->group ? p->group : (u32)z.total_out + (u32)p->more);
	deflateEnd(&z);
}

/* The pages of the memory that the runs name; what is more than the record may hold is left out. */
static void put_pages(struct rec *r, const struct pages *p)
{
	static u8 group[64 * SNAP_PAGE];
	u32 n = 0;

	memset(r->p, 0, sizeof(r->p));
	r->n = 0;
	put32(r, p->method);
	put32(r, p->nr_runs);
	put64(r, p->size);
	put64(r, p->pages);
	for (u32 i = 0; i < p->nr_runs && i < 4; i++) {
		put32(r, p->run[i][0]);
		put32(r, p->run[i][1]);
	}
	if (!p->method) {
		r->p[r->n] = (u8)p->gap;
		r->n += -(SNAP_HEADER + SNAP_FRAME + r->n) & (SNAP_PAGE - 1);
	}
	for (u32 i = 0; i < p->nr_runs && i < 4; i++) {
		for (u32 k = p->run[i][0]; k < p->run[i][0] + p->run[i][1] && k < MEM_PAGES; k++) {
			if (!p->method)
				put(r, was + k * SNAP_PAGE, SNAP_PAGE);
			else
				memcpy(group + SNAP_PAGE * n++, was + k * SNAP_PAGE, SNAP_PAGE);
			if (n == 64) {
				put_group(r, p, group, n);
				n = 0;
			}
		}
	}
	if (n)
		put_group(r, p, group, n);
	r->n += p->extra;
}

/* What is said of the stream's first record as a memory: "" if it is one. */
static const char *read_pages(struct source *src, struct snap_image *img, bool trusted,
			      struct runs *runs)
{
	struct snap_cursor c;

	memset(mem, 0, sizeof(mem));
	if (!snap_image_open(img, &src->src) || !snap_image_verify(img, trusted))
		return img->bad.what;
	snap_cursor_init(&c, img, 0);
	return snap_pages_get(&c, mem, sizeof(mem), runs) && snap_cursor_end(&c) ? ""
										 : img->bad.what;
}

static void pages_are(const struct pages *p, const char *want, const char *what)
{
	static struct rec r;
	struct snap_image img;
	struct stream s;
	struct source src;
	const char *said;

	put_pages(&r, p);
	s = stream_of("MEM", &r, 1);
	src = source_of(&s);
	said = read_pages(&src, &img, false, NULL);
	ok(!strcmp(said, want), "%s: '%s'", what, said);
	free(s.p);
}

#define PAGES_ARE(from, want, what, ...)                                                           \
	do {                                                                                       \
		struct pages p_ = (from);                                                          \
		__VA_ARGS__;                                                                       \
		pages_are(&p_, want, what);                                                        \
	} while (0)

static const char no_stream[] = "a group is no deflated stream of its pages";

static void test_pages(void)
{
	for (u32 i = 0; i < MEM_PAGES; i++)
		if (i != 100)
			memset(was + i * SNAP_PAGE, (int)i + 1, 1 + 50 * i % 4096);
	PAGES_ARE(raw, "", "raw pages");
	ok(!memcmp(mem + SNAP_PAGE, was + SNAP_PAGE, SNAP_PAGE) &&
		   !memcmp(mem + 5 * SNAP_PAGE, was + 5 * SNAP_PAGE, 2 * SNAP_PAGE) && !mem[0] &&
		   !mem[2 * SNAP_PAGE] && !mem[7 * SNAP_PAGE],
	   "are where they belong");
	PAGES_ARE(packed, "", "deflated ones");
	ok(!memcmp(mem, was, 70 * SNAP_PAGE) &&
		   !memcmp(mem + 139 * SNAP_PAGE, was + 139 * SNAP_PAGE, SNAP_PAGE) &&
		   !mem[70 * SNAP_PAGE] && !mem[138 * SNAP_PAGE],
	   "are where they belong");
	PAGES_ARE(raw, "", "no pages", p_.pages = 0, p_.nr_runs = 0);
	PAGES_ARE(packed, "", "no deflated pages", p_.pages = 0, p_.nr_runs = 0);
	PAGES_ARE(raw, "it is not known", "method 2", p_.method = 2);
	PAGES_ARE(raw, "it is of another size", "a page less", p_.size -= SNAP_PAGE);
	PAGES_ARE(raw, "the runs count otherwise", "another number of pages", p_.pages = 4);
	PAGES_ARE(raw, "they do not ascend, or leave the memory", "a run beyond its end",
		  p_.run[1][0] = MEM_PAGES);
	PAGES_ARE(raw, "they do not ascend, or leave the memory", "a run across it",
		  p_.run[1][0] = MEM_PAGES - 1);
	PAGES_ARE(raw, "they do not ascend, or leave the memory", "a run of nothing",
		  p_.run[1][1] = 0);
	PAGES_ARE(raw, "they do not ascend, or leave the memory", "runs that touch",
		  p_.run[1][0] = 2);
	PAGES_ARE(raw, "octets that have to be zero are not", "something before the pages",
		  p_.gap = 1);
	PAGES_ARE(raw, "a page is all zero and must not be there", "a page of zeros",
		  p_.run[1][0] = 99);
	PAGES_ARE(raw, "a page is all zero and must not be there", "the first of a run",
		  p_.run[1][0] = 100);
	PAGES_ARE(packed, "a page is all zero and must not be there", "a deflated one",
		  p_.run[1][0] = 100);
	PAGES_ARE(packed, "a group is longer than it can be", "a group that is not halved",
		  p_.group = 64 * SNAP_PAGE / 2 + 1);
	PAGES_ARE(packed, "it is too short for what it says", "one that is",
		  p_.group = 64 * SNAP_PAGE / 2);
	PAGES_ARE(packed, "a group is longer than it can be", "one of more than its pages",
		  p_.group = 64 * SNAP_PAGE + 1);
	PAGES_ARE(packed, "it is too short for what it says", "one of less than its pages",
		  p_.group = 64 * SNAP_PAGE);
	PAGES_ARE(packed, no_stream, "an octet more than its stream", p_.more = 1);
	PAGES_ARE(packed, no_stream, "an octet less", p_.more = -1);
	PAGES_ARE(packed, no_stream, "the stream of a page less", p_.fewer = 1, p_.pages = 64,
		  p_.nr_runs = 1, p_.run[0][1] = 64);
	PAGES_ARE(packed, no_stream, "one that ends where a run does", p_.fewer = 2, p_.pages = 5,
		  p_.run[0][1] = 3, p_.run[1][0] = 5, p_.run[1][1] = 2);
	PAGES_ARE(packed, "it is longer than what it says", "something behind the groups",
		  p_.extra = 1);
	PAGES_ARE(raw, "it is longer than what it says", "something behind the pages",
		  p_.extra = 1);
	PAGES_ARE(packed, no_stream, "a preset dictionary", p_.dictionary = true);
	PAGES_ARE(packed, "", "groups that are not deflated", p_.plain = true);
	ok(!memcmp(mem, was, 70 * SNAP_PAGE) &&
		   !memcmp(mem + 139 * SNAP_PAGE, was + 139 * SNAP_PAGE, SNAP_PAGE),
	   "are where they belong");
	PAGES_ARE(packed, "a page is all zero and must not be there", "one of those is zero",
		  p_.plain = true, p_.run[1][0] = 100);
	PAGES_ARE(packed, "a group is longer than it can be", "an octet less", p_.plain = true,
		  p_.more = -1);
	/* Groups of some 100 KiB, which are read in parts. */
	for (u32 i = 0, r = 1; i < 70 * SNAP_PAGE; i++, r = r * 1103515245 + 12345)
		was[i] = i % SNAP_PAGE < 1600 ? (u8)(r >> 16) : 1;
	PAGES_ARE(packed, "", "pages of noise");
	ok(!memcmp(mem, was, 70 * SNAP_PAGE), "are where they belong");
	PAGES_ARE(packed, no_stream, "an octet more than its stream", p_.more = 1);
	PAGES_ARE(packed, no_stream, "an octet less", p_.more = -1);
}

/* Each read and each allocation fails; the record ends early. */
static void test_short_pages(const struct pages *p, const char *what)
{
	static struct rec r;
	struct snap_image img;
	struct stream s;
	struct source src;
	unsigned reads, nr, bad = 0;
	struct runs runs = { .nr = 0 };
	size_t full;

	put_pages(&r, p);
	full = r.n;
	s = stream_of("MEM", &r, 1);
	src = source_of(&s);
	allocs = 0;
	ok(!*read_pages(&src, &img, false, &runs), "%s: %u runs", what, runs.nr);
	runs_release(&runs);
	reads = src.reads;
	nr = allocs;
	for (unsigned i = 1; i <= reads; i++) {
		src = source_of(&s);
		src.fails = i;
		bad += strcmp(read_pages(&src, &img, false, NULL), "cannot be read") ||
		       img.bad.err != -EIO || src.reads != i;
	}
	is(bad, 0, "%s: each of %u reads fails", what, reads);
	bad = 0;
	for (unsigned i = 1; i <= nr; i++) {
		src = source_of(&s);
		allocs = 0;
		alloc_fails = i;
		bad += strcmp(read_pages(&src, &img, false, NULL), "there is too little memory") !=
		       0;
		alloc_fails = 0;
	}
	is(bad, 0, "%s: each of %u allocations fails", what, nr);
	free(s.p);
	bad = 0;
	for (r.n = 0; r.n < full; r.n += r.n < 100 || full - r.n < 60 ? 1 : 41) {
		s = stream_of("MEM", &r, 1);
		src = source_of(&s);
		bad += !*read_pages(&src, &img, false, NULL);
		free(s.p);
	}
	is(bad, 0, "%s: a record that ends early", what);
}

/* Who trusts a file does not look at its pages, but reads them where they can not be mapped. */
static void test_trusted(void)
{
	static struct rec r;
	struct snap_image img;
	struct stream s;
	struct source src;

	put_pages(&r, &raw);
	s = stream_of("MEM", &r, 1);
	s.p[SNAP_HEADER + SNAP_FRAME + r.n - 1] ^= 1;
	src = source_of(&s);
	ok(!strcmp(read_pages(&src, &img, false, NULL), "its contents are damaged"),
	   "a damaged page is refused");
	src = source_of(&s);
	ok(!strcmp(read_pages(&src, &img, true, NULL), "it changed while it was read") &&
		   src.maps == 2,
	   "by who trusts the file, too, if he has to read it: its check is another");
	be32_put(s.p + SNAP_HEADER + SNAP_FRAME + r.n,
		 crc32_add(0, s.p + SNAP_HEADER + SNAP_FRAME, r.n));
	src = source_of(&s);
	ok(!strcmp(read_pages(&src, &img, false, NULL), "the digest of the whole does not match"),
	   "one that was sealed, by the digest");
	src = source_of(&s);
	ok(!*read_pages(&src, &img, true, NULL), "which is left out for who trusts the file");
	src = source_of(&s);
	src.mappable = true;
	ok(!*read_pages(&src, &img, true, NULL) && src.maps == 2, "pages that are mapped");
	ok(mem[7 * SNAP_PAGE - 1] == (was[7 * SNAP_PAGE - 1] ^ 1), "the damaged one, too");
	src = source_of(&s);
	src.src.map = NULL;
	ok(!*read_pages(&src, &img, true, NULL) && !src.maps, "one that can not be mapped at all");
	src = source_of(&s);
	src.fails = 5;
	ok(!strcmp(read_pages(&src, &img, true, NULL), "cannot be read"), "and not be read");
	free(s.p);
}

/* Making a record: each allocation fails. */
static void test_make_pages(void)
{
	struct runs some = { .nr = 0 };
	unsigned nr[2][2] = { { 0, 0 }, { 0, 0 } }, bad = 0, tries = 0;
	struct snap_pages p;

	for (u32 i = 0; i < 139; i += 2)
		if (i != 100)
			runs_add(&some, i, 1);
	for (unsigned k = 0; k < 4; k++) {
		const struct runs *only = k & 1 ? &some : NULL;

		allocs = 0;
		bad += snap_pages_init(&p, was, sizeof(was), k & 2, only, NULL) != 0;
		nr[k >> 1][k & 1] = allocs;
		bad += p.runs.things != (only ? some.things : MEM_PAGES - 1);
		snap_pages_release(&p);
		for (unsigned i = 1; i <= nr[k >> 1][k & 1]; i++, tries++) {
			allocs = 0;
			alloc_fails = i;
			bad += snap_pages_init(&p, was, sizeof(was), k & 2, only, NULL) != -ENOMEM;
			alloc_fails = 0;
			snap_pages_release(&p);
		}
	}
	runs_release(&some);
	ok(!bad && tries, "a memory to be written: each of %u allocations fails", tries);
}

/* Pages of which deflating leaves less than half, just so, and more. */
static void test_halved(void)
{
	struct runs some = { .nr = 0 };
	static const struct {
		u32 noise;
		bool halved;
	} row[] = { { 1000, true }, { 1900, true }, { 2100, false }, { 4096, false } };

	runs_add(&some, 1, 3);
	for (unsigned n = 0; n < ARRAY_SIZE(row); n++) {
		struct snap_pages p;
		u64 len;

		for (u32 i = 0, r = 1; i < 4 * SNAP_PAGE; i++, r = r * 1103515245 + 12345)
			was[i] = i % SNAP_PAGE < row[n].noise ? (u8)(r >> 16) : 1;
		snap_pages_init(&p, was, sizeof(was), false, &some, NULL);
		len = p.packed.len - 4;
		ok(row[n].halved
			   ? len > 3 * row[n].noise && len <= 3 * SNAP_PAGE / 2
			   : len == 3 * SNAP_PAGE && !memcmp(p.packed.p + 4, was + SNAP_PAGE, len),
		   "three pages with %u octets of noise each become %u", row[n].noise, (u32)len);
		snap_pages_release(&p);
	}
	runs_release(&some);
}

/* The record that is written is the one that is drawn here; a deflated one is read again. */
static void test_put_pages(void)
{
	struct snap_header head = { .version = 1 };
	struct runs some = { .nr = 0 };
	static struct rec r;

	runs_add(&some, 1, 1);
	runs_add(&some, 5, 2);
	put_pages(&r, &raw);
	for (unsigned k = 0; k < 2; k++) {
		struct stream got = { NULL, 0, 0 }, want = stream_of("MEM", &r, 1);
		struct watcher packing = { .p.at = watch }, writing = packing;
		struct snap_writer w = { .write = stream_write,
					 .arg = &got,
					 .progress = &writing.p };
		struct snap_pages p;
		struct source src;
		struct snap_image img;
		u64 n;

		snap_pages_init(&p, was, sizeof(was), !k, &some, &packing.p);
		ok(!packing.bad && !packing.calls == !k && packing.done == packing.all &&
			   packing.all == (k ? 3u * SNAP_PAGE : 0),
		   "who looks on is told of pages that are deflated");
		n = snap_pages_size(&p, SNAP_HEADER + SNAP_FRAME);
		head.records = 2;
		head.length = SNAP_HEADER + snap_record_size(n) + SNAP_END_SIZE;
		snap_begin(&w, &head);
		snap_record(&w, "MEM", 0, "name", n);
		snap_pages_put(&w, &p);
		snap_record_end(&w);
		snap_finish(&w);
		ok(!w.err && got.n == head.length, "%s pages: %zu octets", k ? "deflated" : "raw",
		   got.n);
		ok(writing.calls && !writing.bad && writing.done == got.n && writing.all == got.n,
		   "and of what is written, to the end");
		if (!k)
			ok(n == r.n && !memcmp(got.p + SNAP_HEADER, want.p + SNAP_HEADER,
					       SNAP_FRAME + n),
			   "are the record that was drawn");
		src = source_of(&got);
		ok(!*read_pages(&src, &img, false, NULL) &&
			   !memcmp(mem + SNAP_PAGE, was + SNAP_PAGE, SNAP_PAGE) &&
			   !memcmp(mem + 5 * SNAP_PAGE, was + 5 * SNAP_PAGE, 2 * SNAP_PAGE),
		   "are read again");
		snap_pages_release(&p);
		free(got.p);
		free(want.p);
	}
	runs_release(&some);
}

/* --- frames --- */

static const char *verify(const struct stream *s, struct snap_image *img)
{
	struct source src = source_of(s);

	return snap_image_open(img, &src.src) && snap_image_verify(img, false) ? "" : img->bad.what;
}

static void test_frames(void)
{
	/* Two that are right; no letter, one after a space, other characters, the letters' neighbours. */
	static const char types[][5] = { "Z   ", "AZAZ", "    ", "A B ", "A.  ", "A@  ", "A[  " };
	static struct rec r = { "payload", 7 };
	struct snap_image img;
	struct stream s = stream_of("AB", &r, SNAP_RECORDS - 1);
	u8 *frame = s.p + SNAP_HEADER;

	ok(!*verify(&s, &img) && img.nr == SNAP_RECORDS, "as many records as there may be");
	is(snap_header_length(s.p), s.n, "the header alone tells how long it is");
	s.p[0] ^= 1;
	is(snap_header_length(s.p), 0, "without its magic nothing");
	s.p[0] ^= 1;
	s.p[99] ^= 1;
	is(snap_header_length(s.p), 0, "nor if it is damaged");
	s.p[99] ^= 1;
	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		memcpy(frame, types[i], 4);
		reseal(s.p, s.n);
		ok(!strcmp(verify(&s, &img),
			   i < 2 ? "" : "a record's frame is not as it has to be"),
		   "type '%.4s'", frame);
	}
	free(s.p);
	s = stream_of("AB", &r, SNAP_RECORDS);
	ok(!strcmp(verify(&s, &img), "there are more records than the header counts"), "one more");
	free(s.p);
	r.n = 0;
	s = stream_of("ABCD", &r, 1);
	ok(!*verify(&s, &img), "a record without contents");
	free(s.p);
}

/* Octets of a stream are others; with the checks made right again, or without. */
static void octets_are(const struct stream *good, size_t off, const char *octets, size_t n,
		       bool seal, const char *want)
{
	struct stream s = { malloc(good->n), good->n, good->n };
	struct snap_image img;
	const char *said;

	memcpy(s.p, good->p, s.n);
	memcpy(s.p + off, octets, n);
	if (seal)
		reseal(s.p, s.n);
	said = verify(&s, &img);
	ok(!strcmp(said, want), "octet %zu: '%s'", off, said);
	free(s.p);
}

static void test_header(void)
{
	static struct rec r = { "payload", 7 };
	static const char no_text[] = "the header holds a name that is no text";
	struct stream s = stream_of("AB", &r, 2), cut = s;
	struct snap_image img;

	octets_are(&s, 0, "\x09", 1, true, "not a snapshot");
	octets_are(&s, 7, "\r", 1, true, "not a snapshot");
	octets_are(&s, 200, "\1", 1, false, "the header is damaged");
	octets_are(&s, 252, "nope", 4, false, "the header is damaged");
	octets_are(&s, 40, "\x1f", 1, true, no_text);
	octets_are(&s, 41, "\x7f", 1, true, no_text);
	octets_are(&s, 42, "\0x", 2, true, no_text);
	octets_are(&s, 72, "\n", 1, true, no_text);
	octets_are(&s, 127, "x", 1, true, no_text);
	octets_are(&s, 148, "\1", 1, true, "the header's reserved octets are not zero");
	octets_are(&s, 251, "\1", 1, true, "the header's reserved octets are not zero");
	octets_are(&s, 40, " ~ \x80", 4, true, "");
	octets_are(&s, 22, "\0\0", 2, true, "there is more after the stream's end");
	octets_are(&s, 16, "\1", 1, true, "the stream is cut short");
	cut.n = 255;
	ok(!strcmp(verify(&cut, &img), "not a snapshot: too short to be one"), "255 octets");
	cut.n = 256;
	ok(!strcmp(verify(&cut, &img), "the stream is cut short"), "256 octets");
	ok(img.bad.numbers && img.bad.want == s.n && img.bad.got == 256, "both lengths are told");
	free(s.p);
}

/* Frames: where each octet is another one. The first record's is at 256, the second one's at 320, END's at 384. */
static void test_frame_octets(void)
{
	static struct rec r = { "payload", 7 };
	static const char bad[] = "a record's frame is not as it has to be",
			  end[] = "the END record is not as it has to be";
	static const char long_[] = "a record is longer than the stream";
	struct stream s = stream_of("AB", &r, 2), t;
	u8 *frame = s.p + s.n - SNAP_END_SIZE;

	octets_are(&s, 257, "B", 1, true, "");
	octets_are(&s, 257, "b", 1, true, bad);
	octets_are(&s, 257, "@", 1, true, bad);
	octets_are(&s, 257, "[", 1, true, bad);
	octets_are(&s, 264, "\1", 1, true, bad);
	octets_are(&s, 269, "\0x", 2, true, bad);
	octets_are(&s, 296, "\1", 1, true, bad);
	octets_are(&s, 300, "crc?", 4, false, "a record's frame is damaged");
	octets_are(&s, 304, "P", 1, false, "its contents are damaged");
	octets_are(&s, 315, "\1", 1, true, "what follows it is not zero");
	/* The length: of the rest of the stream, and of more than there is. */
	octets_are(&s, 288, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, true,
		   "a record's frame is damaged");
	t = stream_of("AB", &r, 1);
	be64_put(t.p + SNAP_HEADER + 32, t.n - SNAP_HEADER);
	be32_put(t.p + SNAP_HEADER + 44, crc32_add(0, t.p + SNAP_HEADER, 44));
	octets_are(&t, 0, "", 0, false, long_);
	be64_put(t.p + SNAP_HEADER + 32, t.n - SNAP_HEADER + 1);
	be32_put(t.p + SNAP_HEADER + 44, crc32_add(0, t.p + SNAP_HEADER, 44));
	octets_are(&t, 0, "", 0, false, long_);
	be64_put(t.p + SNAP_HEADER + 32, UINT64_MAX);
	be32_put(t.p + SNAP_HEADER + 44, crc32_add(0, t.p + SNAP_HEADER, 44));
	octets_are(&t, 0, "", 0, false, long_);
	free(t.p);
	/* How many there are, and where END stands. */
	octets_are(&s, 12, "\0\0\0\0", 4, true, "there are more records than the header counts");
	octets_are(&s, 12, "\0\0\0\2", 4, true, "the END record is not the last one");
	octets_are(&s, 12, "\0\0\0\4", 4, true, "the END record is not the last one");
	octets_are(&s, (size_t)(frame - s.p), "NED ", 4, true,
		   "the END record is not the last one");
	octets_are(&s, (size_t)(frame - s.p) + 7, "\1", 1, true, end);
	octets_are(&s, (size_t)(frame - s.p) + 8, "f", 1, true, end);
	free(s.p);
	/* Another record behind END. */
	s = stream_of("AB", &r, 1);
	stream_write(&s, s.p + SNAP_HEADER, snap_record_size(r.n));
	be64_put(s.p + 16, s.n);
	octets_are(&s, 0, "", 0, true, "there are more records than the header counts");
	/* END and what stands before it are not there. */
	s.n = SNAP_HEADER + snap_record_size(r.n);
	be64_put(s.p + 16, s.n);
	octets_are(&s, 0, "", 0, true, "records are missing");
	s.n += 20;
	be64_put(s.p + 16, s.n);
	octets_are(&s, 0, "", 0, true, "the stream ends too early");
	s.n = SNAP_HEADER;
	be64_put(s.p + 16, s.n);
	octets_are(&s, 12, "\0\0\0\0", 4, true, "records are missing");
	free(s.p);
	/* An END that is too short to hold a digest. */
	s = stream_of("AB", &r, 1);
	memcpy(s.p + SNAP_HEADER, "END ", 4);
	memset(s.p + SNAP_HEADER + 8, 0, 24);
	memcpy(s.p + SNAP_HEADER + 8, "end", 3);
	s.n = SNAP_HEADER + snap_record_size(r.n);
	be64_put(s.p + 16, s.n);
	octets_are(&s, 12, "\0\0\0\1", 4, true, end);
	free(s.p);
}

/* Each read of a stream fails. */
static void test_reads(void)
{
	static struct rec r = { "payload", 7 };
	struct stream s = stream_of("AB", &r, 3);
	unsigned reads = 0, bad = 0;

	for (unsigned i = 0; i <= reads; i++) {
		struct source src = source_of(&s);
		struct snap_image img;
		bool good;

		src.fails = i;
		good = snap_image_open(&img, &src.src) && snap_image_verify(&img, false);
		if (!i)
			reads = src.reads;
		bad += i ? good || img.bad.err != -EIO || src.reads != i : !good;
	}
	is(bad, 0, "each of %u reads fails", reads);
	free(s.p);
}

/* As snap/FORMAT draws it. */
static void put_header(struct rec *r, const struct snap_header *h)
{
	memset(r->p, 0, SNAP_HEADER);
	r->n = 0;
	put(r, "\x89VNK\r\n\x1a\n", 8);
	put32(r, h->version);
	put32(r, h->records);
	put64(r, h->length);
	put64(r, h->layout);
	put64(r, h->ram_size);
	put(r, h->board, 32);
	put(r, h->producer, 24);
	put(r, h->producer_version, 32);
	put(r, h->build, 20);
	r->n = 252;
	put32(r, crc32_add(0, r->p, 252));
}

/* Names that are longer than their fields are cut; what fails to be written is told once. */
static void test_writer(void)
{
	static struct rec drawn;
	struct snap_header head = { .version = 1,
				    .records = 1,
				    .length = SNAP_HEADER + SNAP_END_SIZE };
	struct stream s = { NULL, 0, 0 };
	struct snap_writer w = { .write = stream_write, .arg = &s };
	struct snap_image img;
	struct source src;

	memset(head.board, 'b', 32);
	strcpy(head.producer, "the producer");
	strcpy(head.producer_version, "its version");
	head.layout = 0x0102030405060708;
	head.ram_size = 0x1112131415161718;
	memset(head.build, 0xbd, sizeof(head.build));
	put_header(&drawn, &head);
	snap_begin(&w, &head);
	is(snap_finish(&w), 0, "a stream of nothing");
	ok(!memcmp(s.p, drawn.p, SNAP_HEADER), "its header is as it was drawn");
	src = source_of(&s);
	ok(snap_image_open(&img, &src.src) && snap_image_verify(&img, false), "is one");
	ok(strlen(img.head.board) == 32 && !strcmp(img.head.board, head.board),
	   "a name that fills its field");
	ok(!strcmp(img.head.producer, head.producer) &&
		   !strcmp(img.head.producer_version, head.producer_version) &&
		   !memcmp(img.head.build, head.build, sizeof(head.build)) &&
		   img.head.layout == head.layout && img.head.ram_size == head.ram_size,
	   "all of it is read");
	free(s.p);
	s = (struct stream){ NULL, 0, 0 };
	w = (struct snap_writer){ .write = stream_write, .arg = &s };
	snap_begin(&w, &head);
	snap_record(&w, "NAME", 0, "a name of twenty-eight chars", 0);
	ok(!memcmp(s.p + SNAP_HEADER + 8, "a name of twenty-eight c\0\0", 26),
	   "one that is too long is cut");
	free(s.p);
}

int main(void)
{
	test_drives();
	test_units();
	test_short_disk(&whole, "a whole image");
	test_short_disk(&changes, "changes");
	test_short_disk(&empty, "an empty drive");
	test_scan();
	test_put();
	test_pages();
	test_short_pages(&raw, "raw pages");
	test_short_pages(&packed, "deflated pages");
	test_trusted();
	test_make_pages();
	test_put_pages();
	test_halved();
	test_header();
	test_frames();
	test_frame_octets();
	test_reads();
	test_writer();
	return tap_done();
}
