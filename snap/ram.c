/* SPDX-License-Identifier: MIT */
#include "snap/ram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/be.h"

enum { METHOD_RAW, METHOD_DEFLATED };

#define HEAD 24u
#define GROUP_BYTES (SNAP_GROUP * SNAP_PAGE)
#define LEVEL 1 /* the fastest: a guest waits for nobody, but a disk does for a file */

int snap_runs_add(struct snap_runs *runs, u32 page)
{
	struct snap_run *last = runs->nr ? &runs->run[runs->nr - 1] : NULL;

	BUG_ON(last && page < last->first + last->nr);
	runs->pages++;
	if (last && page == last->first + last->nr) {
		last->nr++;
		return 0;
	}
	if (runs->nr == runs->max) {
		u32 max = runs->max ? 2 * runs->max : 64;
		struct snap_run *run = realloc(runs->run, max * sizeof(*run));

		if (!run)
			return -ENOMEM;
		runs->run = run;
		runs->max = max;
	}
	runs->run[runs->nr++] = (struct snap_run){ page, 1 };
	return 0;
}

void snap_runs_release(struct snap_runs *runs)
{
	free(runs->run);
	memset(runs, 0, sizeof(*runs));
}

bool snap_runs_get(struct snap_cursor *c, struct snap_runs *runs, u32 r, u64 pages)
{
	u64 next = 0; /* the first page that a run may begin with */

	while (r--) {
		u32 first, nr;

		if (!snap_get32(c, &first) || !snap_get32(c, &nr))
			return false;
		if (first < next || !nr || first >= pages || nr > pages - first)
			return snap_refuse(c, "runs", "they do not ascend, or leave the memory");
		for (u32 i = 0; i < nr; i++)
			if (snap_runs_add(runs, first + i))
				return snap_refuse(c, NULL, "there is too little memory");
		/* One that touches the last would be a part of it. */
		next = (u64)first + nr + 1;
	}
	return true;
}

void snap_runs_put(struct snap_writer *w, const struct snap_runs *runs)
{
	for (u32 i = 0; i < runs->nr; i++) {
		snap_put32(w, runs->run[i].first);
		snap_put32(w, runs->run[i].nr);
	}
}

bool snap_page_is_zero(const u8 *page)
{
	u64 v[8];

	for (u32 i = 0; i < SNAP_PAGE; i += sizeof(v)) {
		memcpy(v, page + i, sizeof(v));
		if (v[0] | v[1] | v[2] | v[3] | v[4] | v[5] | v[6] | v[7])
			return false;
	}
	return true;
}

/* Pages one after the other, in groups. */
struct walk {
	const struct snap_runs *runs;
	u32 run, in; /* the next page */
};

static bool walk_next(struct walk *k, u32 *page)
{
	if (k->run == k->runs->nr)
		return false;
	*page = k->runs->run[k->run].first + k->in++;
	if (k->in == k->runs->run[k->run].nr) {
		k->run++;
		k->in = 0;
	}
	return true;
}

static int pack_group(struct snap_pages *p, z_stream *z, struct walk *k, u8 *group, u8 *out)
{
	u32 page, n = 0;

	while (n < SNAP_GROUP && walk_next(k, &page))
		memcpy(group + SNAP_PAGE * n++, p->mem + (u64)SNAP_PAGE * page, SNAP_PAGE);
	if (deflateReset(z) != Z_OK)
		return -ENOMEM;
	z->next_in = group;
	z->avail_in = SNAP_PAGE * n;
	z->next_out = out + 4;
	z->avail_out = GROUP_BYTES + GROUP_BYTES / 8;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return -ENOMEM;
	be32_put(out, (u32)z->total_out);
	p->packed_len += 4 + z->total_out;
	return 0;
}

/* Room in p->packed for one group more. */
static int make_room(struct snap_pages *p, u64 *room)
{
	u64 want = p->packed_len + 4 + GROUP_BYTES + GROUP_BYTES / 8;
	u8 *more;

	if (want <= *room)
		return 0;
	want += *room / 2;
	more = realloc(p->packed, want);
	if (!more)
		return -ENOMEM;
	p->packed = more;
	*room = want;
	return 0;
}

static int pack(struct snap_pages *p)
{
	u32 groups = (u32)((p->runs.pages + SNAP_GROUP - 1) / SNAP_GROUP);
	struct walk k = { .runs = &p->runs };
	u8 *group = malloc(GROUP_BYTES);
	z_stream z = { .zalloc = Z_NULL };
	u64 room = 0;
	int ret = group && deflateInit(&z, LEVEL) == Z_OK ? 0 : -ENOMEM;

	if (!ret)
		ret = make_room(p, &room);
	while (!ret && groups--) {
		ret = make_room(p, &room);
		if (!ret)
			ret = pack_group(p, &z, &k, group, p->packed + p->packed_len);
	}
	deflateEnd(&z);
	free(group);
	return ret;
}

int snap_pages_init(struct snap_pages *p, const u8 *mem, u64 size, bool raw,
		    const struct snap_runs *only)
{
	struct walk k = { .runs = only };
	int ret = 0;
	u32 page;

	memset(p, 0, sizeof(*p));
	p->mem = mem;
	p->size = size;
	if (only)
		while (!ret && walk_next(&k, &page))
			ret = snap_runs_add(&p->runs, page);
	else
		for (u64 n = 0; !ret && n < size / SNAP_PAGE; n++)
			if (!snap_page_is_zero(mem + n * SNAP_PAGE))
				ret = snap_runs_add(&p->runs, (u32)n);
	return ret || raw ? ret : pack(p);
}

void snap_pages_release(struct snap_pages *p)
{
	snap_runs_release(&p->runs);
	free(p->packed);
	p->packed = NULL;
}

/* Zeros before raw pages, whose runs end at `off` of the stream. */
static u64 gap(u64 off)
{
	return (0 - off) & (SNAP_PAGE - 1);
}

u64 snap_pages_size(const struct snap_pages *p, u64 off)
{
	u64 head = HEAD + 8ull * p->runs.nr;

	if (p->packed)
		return head + p->packed_len;
	return head + gap(off + head) + p->runs.pages * SNAP_PAGE;
}

void snap_pages_put(struct snap_writer *w, const struct snap_pages *p)
{
	snap_put32(w, p->packed ? METHOD_DEFLATED : METHOD_RAW);
	snap_put32(w, p->runs.nr);
	snap_put64(w, p->size);
	snap_put64(w, p->runs.pages);
	snap_runs_put(w, &p->runs);
	if (p->packed) {
		snap_put(w, p->packed, p->packed_len);
		return;
	}
	snap_put_zeros(w, gap(w->off));
	for (u32 i = 0; i < p->runs.nr; i++)
		snap_put(w, p->mem + (u64)SNAP_PAGE * p->runs.run[i].first,
			 (u64)SNAP_PAGE * p->runs.run[i].nr);
}

static const char zero_page[] = "a page is all zero and must not be there";

static bool get_raw(struct snap_cursor *c, u8 *mem, const struct snap_runs *runs)
{
	struct snap_source *src = c->img->src;

	if (!snap_get_zeros(c, gap(c->frame->off + c->pos)))
		return false;
	for (u32 i = 0; i < runs->nr; i++) {
		u8 *at = mem + (u64)SNAP_PAGE * runs->run[i].first;
		u64 n = (u64)SNAP_PAGE * runs->run[i].nr;

		if (n > snap_left(c))
			return snap_refuse(c, NULL, "it is too short for what it says");
		if (c->img->trusted && src->map && !src->map(src, c->frame->off + c->pos, at, n)) {
			c->pos += n;
			c->skipped = true;
			continue;
		}
		if (!snap_get(c, at, n))
			return false;
		for (u32 k = 0; k < runs->run[i].nr; k++)
			if (snap_page_is_zero(at + (u64)SNAP_PAGE * k))
				return snap_refuse(c, "pages", zero_page);
	}
	return true;
}

/* One group's octets into `group`, n bytes, exactly. */
static bool inflate_group(struct snap_cursor *c, z_stream *z, u8 *in, u8 *group, u32 n)
{
	u32 len;

	if (!snap_get32(c, &len))
		return false;
	if (len > GROUP_BYTES + GROUP_BYTES / 8)
		return snap_refuse(c, "pages", "a group is longer than it can be");
	if (!snap_get(c, in, len))
		return false;
	if (inflateReset(z) != Z_OK)
		return snap_refuse(c, NULL, "there is too little memory");
	z->next_in = in;
	z->avail_in = len;
	z->next_out = group;
	z->avail_out = n;
	if (inflate(z, Z_FINISH) != Z_STREAM_END || z->avail_in || z->avail_out)
		return snap_refuse(c, "pages", "a group is no deflated stream of its pages");
	return true;
}

static bool get_packed(struct snap_cursor *c, u8 *mem, const struct snap_runs *runs)
{
	struct walk k = { .runs = runs };
	u8 *in = malloc(GROUP_BYTES + GROUP_BYTES / 8), *group = malloc(GROUP_BYTES);
	z_stream z = { .zalloc = Z_NULL };
	bool good = in && group && inflateInit(&z) == Z_OK;
	u64 left = runs->pages;

	if (!good)
		snap_refuse(c, NULL, "there is too little memory");
	while (good && left) {
		u32 n = left < SNAP_GROUP ? (u32)left : SNAP_GROUP, page;

		good = inflate_group(c, &z, in, group, n * SNAP_PAGE);
		for (u32 i = 0; good && i < n && walk_next(&k, &page); i++) {
			const u8 *p = group + SNAP_PAGE * i;

			good = !snap_page_is_zero(p) || snap_refuse(c, "pages", zero_page);
			memcpy(mem + (u64)SNAP_PAGE * page, p, SNAP_PAGE);
		}
		left -= n;
	}
	inflateEnd(&z);
	free(in);
	free(group);
	return good;
}

static bool get_all(struct snap_cursor *c, u8 *mem, u64 size, struct snap_runs *runs)
{
	u64 has, pages;
	u32 method, r;

	if (!snap_get32(c, &method) || !snap_get32(c, &r) || !snap_get64(c, &has) ||
	    !snap_get64(c, &pages))
		return false;
	if (has != size)
		return snap_refuse_numbers(c, "size", "it is of another size", size, has);
	if (method > METHOD_DEFLATED)
		return snap_refuse(c, "method", "it is not known");
	if (!snap_runs_get(c, runs, r, size / SNAP_PAGE))
		return false;
	if (runs->pages != pages)
		return snap_refuse_numbers(c, "pages", "the runs count otherwise", pages,
					   runs->pages);
	return method == METHOD_RAW ? get_raw(c, mem, runs) : get_packed(c, mem, runs);
}

bool snap_pages_get(struct snap_cursor *c, u8 *mem, u64 size, struct snap_runs *runs)
{
	struct snap_runs own = { .nr = 0 };
	bool good = get_all(c, mem, size, runs ? runs : &own);

	snap_runs_release(&own);
	return good;
}
