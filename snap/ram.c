/* SPDX-License-Identifier: MIT */
#include "snap/ram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/be.h"
#include "lib/zero.h"

enum { METHOD_RAW, METHOD_DEFLATED };

#define HEAD 24u
#define GROUP_BYTES (SNAP_GROUP * SNAP_PAGE)
#define PACKED(n) ((n) / 2) /* the most that n bytes become, or else they stay as they are */
#define CHUNK 65536u /* of a group that is read at once */
#define LEVEL 1 /* the fastest: a guest waits for nobody, but a disk does for a file */

bool snap_runs_get(struct snap_cursor *c, struct runs *runs, u32 r, u64 pages)
{
	u64 next = 0; /* the first page that a run may begin with */

	while (r--) {
		u32 first, nr;

		if (!snap_get32(c, &first) || !snap_get32(c, &nr))
			return false;
		if (first < next || !nr || first >= pages || nr > pages - first)
			return snap_refuse(c, "runs", "they do not ascend, or leave the memory");
		if (runs_add(runs, first, nr))
			return snap_refuse(c, NULL, "there is too little memory");
		/* One that touches the last would be a part of it. */
		next = (u64)first + nr + 1;
	}
	return true;
}

void snap_runs_put(struct snap_writer *w, const struct runs *runs)
{
	for (u32 i = 0; i < runs->nr; i++) {
		snap_put32(w, runs->run[i].first);
		snap_put32(w, runs->run[i].nr);
	}
}

static bool page_is_zero(const u8 *page)
{
	return is_zero(page, SNAP_PAGE);
}

/* The next group of pages, from where they are in a memory. How many bytes there are. */
static u32 gather(struct runs_at *at, const u8 *mem, u8 *group)
{
	u32 n = 0;

	for (; n < SNAP_GROUP && runs_peek(at) != UINT32_MAX; runs_drop(at))
		memcpy(group + SNAP_PAGE * n++, mem + (u64)SNAP_PAGE * runs_peek(at), SNAP_PAGE);
	return SNAP_PAGE * n;
}

/*
 * What deflating does not halve is not worth the time of inflating it: code of programs, mostly, and what is
 * compressed already.
 */
static int pack_group(struct snap_pages *p, z_stream *z, u8 *group, u32 n)
{
	u8 *out = octets_room(&p->packed, 4 + GROUP_BYTES);
	u32 len = n;

	if (!out)
		return -ENOMEM;
	deflateReset(z);
	z->next_in = group;
	z->avail_in = n;
	z->next_out = out + 4;
	z->avail_out = PACKED(n);
	if (deflate(z, Z_FINISH) == Z_STREAM_END)
		len = (u32)z->total_out;
	else
		memcpy(out + 4, group, n);
	be32_put(out, len);
	p->packed.len += 4 + len;
	return 0;
}

static int pack(struct snap_pages *p, struct progress *progress)
{
	struct runs_at at = { .runs = &p->runs };
	u8 *group = malloc(GROUP_BYTES);
	z_stream z = { .zalloc = Z_NULL };
	int ret = group && deflateInit(&z, LEVEL) == Z_OK ? 0 : -ENOMEM;
	u64 done = 0, all = p->runs.things * SNAP_PAGE;
	u32 n;

	while (!ret && (n = gather(&at, p->mem, group))) {
		ret = pack_group(p, &z, group, n);
		done += n;
		progress_at(progress, "memory", done, all);
	}
	deflateEnd(&z);
	free(group);
	return ret;
}

int snap_pages_init(struct snap_pages *p, const u8 *mem, u64 size, bool raw,
		    const struct runs *only, struct progress *progress)
{
	int ret = 0;

	memset(p, 0, sizeof(*p));
	p->mem = mem;
	p->size = size;
	p->raw = raw;
	for (u32 i = 0; only && !ret && i < only->nr; i++)
		ret = runs_add(&p->runs, only->run[i].first, only->run[i].nr);
	for (u64 n = 0; !only && !ret && n < size / SNAP_PAGE; n++)
		if (!page_is_zero(mem + n * SNAP_PAGE))
			ret = runs_add(&p->runs, (u32)n, 1);
	return ret || raw ? ret : pack(p, progress);
}

void snap_pages_release(struct snap_pages *p)
{
	runs_release(&p->runs);
	free(p->packed.p);
	p->packed = (struct octets){ .p = NULL };
}

/* Zeros before raw pages, whose runs end at `off` of the stream. */
static u64 gap(u64 off)
{
	return (0 - off) & (SNAP_PAGE - 1);
}

u64 snap_pages_size(const struct snap_pages *p, u64 off)
{
	u64 head = HEAD + 8ull * p->runs.nr;

	if (!p->raw)
		return head + p->packed.len;
	return head + gap(off + head) + p->runs.things * SNAP_PAGE;
}

void snap_pages_put(struct snap_writer *w, const struct snap_pages *p)
{
	snap_put32(w, p->raw ? METHOD_RAW : METHOD_DEFLATED);
	snap_put32(w, p->runs.nr);
	snap_put64(w, p->size);
	snap_put64(w, p->runs.things);
	snap_runs_put(w, &p->runs);
	if (!p->raw) {
		snap_put(w, p->packed.p, p->packed.len);
		return;
	}
	snap_put_zeros(w, gap(w->off));
	for (u32 i = 0; i < p->runs.nr; i++)
		snap_put(w, p->mem + (u64)SNAP_PAGE * p->runs.run[i].first,
			 (u64)SNAP_PAGE * p->runs.run[i].nr);
}

/* No page of those that have come is zero. */
static bool check_pages(struct snap_cursor *c, const u8 *pages, u64 n)
{
	for (u64 off = 0; off < n; off += SNAP_PAGE)
		if (page_is_zero(pages + off))
			return snap_refuse(c, "pages", "a page is all zero and must not be there");
	return true;
}

/* n octets of pages as they are. */
static bool get_pages(struct snap_cursor *c, u8 *to, u64 n)
{
	return snap_get(c, to, n) && check_pages(c, to, n);
}

static bool get_raw(struct snap_cursor *c, u8 *mem, const struct runs *runs)
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
		if (!get_pages(c, at, n))
			return false;
	}
	return true;
}

/* The next octets of the group in the stream, of which *left are still to come. */
static bool feed(struct snap_cursor *c, z_stream *z, u8 *in, u32 *left)
{
	u32 n = *left < CHUNK ? *left : CHUNK;

	*left -= n;
	z->next_in = in;
	z->avail_in = n;
	return snap_get(c, in, n);
}

/* n octets, or with n = 0 the stream's end, to where they belong. */
static bool inflate_to(struct snap_cursor *c, z_stream *z, u8 *in, u32 *left, u8 *to, u32 n)
{
	int status = Z_OK;

	z->next_out = to;
	z->avail_out = n;
	while (status == Z_OK && (z->avail_out || !n)) {
		if (!z->avail_in && *left && !feed(c, z, in, left))
			return false;
		status = inflate(z, Z_NO_FLUSH);
	}
	if (status == Z_MEM_ERROR)
		return snap_refuse(c, NULL, "there is too little memory");
	if (z->avail_out || (status != Z_STREAM_END && (status != Z_OK || !n)))
		return snap_refuse(c, "pages", "a group is no deflated stream of its pages");
	return check_pages(c, to, n);
}

/* The next group: its pages one run after the other. */
static bool inflate_group(struct snap_cursor *c, z_stream *z, u8 *in, u8 *mem, struct runs_at *at,
			  u32 pages)
{
	u32 left;
	bool plain;

	if (!snap_get32(c, &left))
		return false;
	plain = left == pages * SNAP_PAGE;
	if (!plain && left > PACKED(pages * SNAP_PAGE))
		return snap_refuse(c, "pages", "a group is longer than it can be");
	inflateReset(z);
	z->avail_in = 0;
	while (pages) {
		u8 *to = mem + (u64)SNAP_PAGE * runs_peek(at);
		u32 n = runs_together(at, pages);

		if (!(plain ? get_pages(c, to, n * SNAP_PAGE)
			    : inflate_to(c, z, in, &left, to, n * SNAP_PAGE)))
			return false;
		pages -= n;
	}
	if (plain)
		return true;
	if (!inflate_to(c, z, in, &left, mem, 0))
		return false;
	if (z->avail_in || left)
		return snap_refuse(c, "pages", "a group is no deflated stream of its pages");
	return true;
}

static bool get_packed(struct snap_cursor *c, u8 *mem, const struct runs *runs)
{
	struct runs_at at = { .runs = runs };
	u8 *in = malloc(CHUNK);
	z_stream z = { .zalloc = Z_NULL };
	bool good = in && inflateInit(&z) == Z_OK;

	if (!good)
		snap_refuse(c, NULL, "there is too little memory");
	for (u64 left = runs->things; good && left;) {
		u32 n = left < SNAP_GROUP ? (u32)left : SNAP_GROUP;

		good = inflate_group(c, &z, in, mem, &at, n);
		left -= n;
	}
	inflateEnd(&z);
	free(in);
	return good;
}

static bool get_all(struct snap_cursor *c, u8 *mem, u64 size, struct runs *runs)
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
	if (runs->things != pages)
		return snap_refuse_numbers(c, "pages", "the runs count otherwise", pages,
					   runs->things);
	if (method == METHOD_RAW)
		return get_raw(c, mem, runs);
	return !pages || get_packed(c, mem, runs);
}

bool snap_pages_get(struct snap_cursor *c, u8 *mem, u64 size, struct runs *runs)
{
	struct runs own = { .nr = 0 };
	bool good = get_all(c, mem, size, runs ? runs : &own);

	runs_release(&own);
	return good;
}
