/* SPDX-License-Identifier: MIT */
/*
 * A point is a table in two levels whose leaves are shared between points. An entry is a page's
 * contents at that point. Without data they are live: what the memory holds now, untouched since. So
 * only the base's entries can be live. A missing leaf is missing in all points: no page of it was
 * touched since the first one. A missing entry is a live one that nobody else refers to.
 */
#include "lib/past.h"

#include <stdlib.h>
#include <string.h>

#include "lib/block.h"

#define LEAF 64u

struct page {
	u32 refs; /* leaves that it is in */
	bool plain; /* a disk's unit that had not been changed from the base image */
	const u8 *data; /* NULL: live; may be the page of zeros */
};

struct past_leaf {
	u32 refs; /* points that it is in */
	struct page *page[LEAF];
};

static bool is_dirty(const struct past *p, u64 page)
{
	return p->dirty[page / 64] >> page % 64 & 1;
}

/* Pages that are all zero share it. */
static const u8 zeros[PAST_PAGE];

/* --- what it is about --- */

static u32 unit_size(const struct past *p, u64 page)
{
	u64 left = p->size - page * PAST_PAGE;

	return left < PAST_PAGE ? (u32)left : PAST_PAGE;
}

static int page_save(struct past *p, u64 page, struct page *to)
{
	u8 *data;
	int ret = 0;

	if (p->mem && !memcmp(p->mem + page * PAST_PAGE, zeros, PAST_PAGE)) {
		to->data = zeros;
		return 0;
	}
	data = malloc(PAST_PAGE);

	if (!data)
		return -ENOMEM;
	if (p->mem) {
		memcpy(data, p->mem + page * PAST_PAGE, PAST_PAGE);
	} else {
		ret = block_read(p->block, page * PAST_PAGE, data, unit_size(p, page));
		to->plain = block_is_overlay(p->block) && !block_is_changed(p->block, page);
	}
	if (ret) {
		free(data);
		return ret;
	}
	to->data = data;
	p->bytes += PAST_PAGE;
	return 0;
}

/* --- points --- */

static struct page *page_new(struct past *p)
{
	struct page *page = calloc(1, sizeof(*page));

	if (!page)
		return NULL;
	page->refs = 1;
	p->bytes += sizeof(*page);
	return page;
}

static void page_put(struct past *p, struct page *page)
{
	if (!page || --page->refs)
		return;
	if (page->data && page->data != zeros) {
		p->bytes -= PAST_PAGE;
		free((void *)(uintptr_t)page->data);
	}
	p->bytes -= sizeof(*page);
	free(page);
}

static void leaf_put(struct past *p, struct past_leaf *leaf)
{
	if (!leaf || --leaf->refs)
		return;
	for (u32 j = 0; j < LEAF; j++)
		page_put(p, leaf->page[j]);
	p->bytes -= sizeof(*leaf);
	free(leaf);
}

static struct past_leaf *leaf_new(struct past *p)
{
	struct past_leaf *leaf = calloc(1, sizeof(*leaf));

	if (leaf)
		p->bytes += sizeof(*leaf);
	return leaf;
}

/* A copy that shares the pages, so that each of them must be there. */
static struct past_leaf *leaf_copy(struct past *p, struct past_leaf *from)
{
	struct past_leaf *leaf;

	for (u32 j = 0; j < LEAF; j++) {
		if (!from->page[j])
			from->page[j] = page_new(p);
		if (!from->page[j])
			return NULL;
	}
	leaf = leaf_new(p);
	if (!leaf)
		return NULL;
	leaf->refs = 1;
	for (u32 j = 0; j < LEAF; j++) {
		leaf->page[j] = from->page[j];
		leaf->page[j]->refs++;
	}
	return leaf;
}

static struct past_point *point_new(struct past *p)
{
	struct past_point *point = calloc(1, sizeof(*point));

	if (!point)
		return NULL;
	point->leaf = calloc(p->nr_leaves, sizeof(struct past_leaf *));
	if (!point->leaf) {
		free(point);
		return NULL;
	}
	point->refs = 1;
	point->next = p->points;
	p->points = point;
	p->bytes += p->nr_leaves * sizeof(struct past_leaf *);
	return point;
}

static void point_put(struct past *p, struct past_point *point)
{
	struct past_point **at = &p->points;

	if (!point || --point->refs)
		return;
	while (*at != point)
		at = &(*at)->next;
	*at = point->next;
	for (u64 i = 0; i < p->nr_leaves; i++)
		leaf_put(p, point->leaf[i]);
	p->bytes -= p->nr_leaves * sizeof(struct past_leaf *);
	free(point->leaf);
	free(point);
}

/* --- life --- */

static struct past *past_new(u64 size)
{
	struct past *p = calloc(1, sizeof(*p));
	u64 pages = (size + PAST_PAGE - 1) / PAST_PAGE;

	if (!p)
		return NULL;
	p->size = size;
	p->nr_leaves = (pages + LEAF - 1) / LEAF;
	p->dirty = calloc(pages / 64 + 1, sizeof(u64));
	p->list = calloc(pages, sizeof(u32));
	if (p->dirty && p->list)
		p->base = point_new(p);
	if (p->base)
		return p;
	past_free(p);
	return NULL;
}

struct past *past_new_mem(u8 *mem, u64 size)
{
	struct past *p = past_new(size);

	if (p)
		p->mem = mem;
	return p;
}

struct past *past_new_block(struct block *b)
{
	struct past *p = past_new(b->size);

	if (p)
		p->block = b;
	return p;
}

void past_free(struct past *p)
{
	if (!p)
		return;
	while (p->points) {
		p->points->refs = 1;
		point_put(p, p->points);
	}
	free(p->dirty);
	free(p->list);
	free(p);
}

/* --- writes --- */

/* The leaf of a page, in all points if it was in none. */
static struct past_leaf *find_leaf(struct past *p, u64 i)
{
	struct past_leaf *leaf = p->base->leaf[i];

	if (leaf)
		return leaf;
	leaf = leaf_new(p);
	for (struct past_point *q = p->points; leaf && q; q = q->next) {
		q->leaf[i] = leaf;
		leaf->refs++;
	}
	return leaf;
}

/* What the base has as page must be there as data. */
static int keep(struct past *p, u64 page)
{
	struct past_leaf *leaf = find_leaf(p, page / LEAF);
	struct page **entry;

	if (!leaf)
		return -ENOMEM;
	entry = &leaf->page[page % LEAF];
	if (!*entry)
		*entry = page_new(p);
	if (!*entry)
		return -ENOMEM;
	return (*entry)->data ? 0 : page_save(p, page, *entry);
}

void past_touch_slow(struct past *p, u64 off, u64 n)
{
	for (u64 page = off / PAST_PAGE; page <= (off + n - 1) / PAST_PAGE; page++) {
		int ret;

		if (is_dirty(p, page))
			continue;
		ret = keep(p, page);
		if (ret)
			p->err = ret;
		p->dirty[page / 64] |= 1ull << page % 64;
		p->list[p->nr_dirty++] = (u32)page;
	}
}

static void clean(struct past *p)
{
	for (u32 k = 0; k < p->nr_dirty; k++)
		p->dirty[p->list[k] / 64] = 0;
	p->nr_dirty = 0;
}

/* --- marking --- */

/* The dirty page's entry in a new point: live, and nobody else's. */
static int renew(struct past *p, struct past_point *point, u64 page)
{
	struct past_leaf **leaf = &point->leaf[page / LEAF];
	struct page **entry;

	if ((*leaf)->refs > 1) {
		struct past_leaf *copy = leaf_copy(p, *leaf);

		if (!copy)
			return -ENOMEM;
		leaf_put(p, *leaf);
		*leaf = copy;
	}
	entry = &(*leaf)->page[page % LEAF];
	page_put(p, *entry);
	*entry = NULL;
	return 0;
}

struct past_point *past_mark(struct past *p)
{
	struct past_point *point;
	int ret = p->err;

	if (!p->nr_dirty) {
		p->base->refs++;
		return p->base;
	}
	point = ret ? NULL : point_new(p);
	if (!point)
		return NULL;
	for (u64 i = 0; i < p->nr_leaves; i++) {
		point->leaf[i] = p->base->leaf[i];
		if (point->leaf[i])
			point->leaf[i]->refs++;
	}
	for (u32 k = 0; k < p->nr_dirty && !ret; k++)
		ret = renew(p, point, p->list[k]);
	if (ret) {
		point_put(p, point);
		return NULL;
	}
	clean(p);
	point_put(p, p->base);
	p->base = point;
	point->refs++;
	return point;
}

void past_forget(struct past *p, struct past_point *point)
{
	point_put(p, point);
}

/* --- returning --- */

struct way {
	struct past *p;
	void (*changed)(void *arg, u64 off, const u8 *old, const u8 *new);
	void *arg;
};

static int page_load(const struct way *w, u64 page, const struct page *from)
{
	u64 off = page * PAST_PAGE;

	if (w->p->mem) {
		if (w->changed)
			w->changed(w->arg, off, w->p->mem + off, from->data);
		memcpy(w->p->mem + off, from->data, PAST_PAGE);
		return 0;
	}
	if (from->plain)
		return block_forget(w->p->block, page);
	return block_write(w->p->block, off, from->data, unit_size(w->p, page));
}

/* Pages that differ between base and `to` but were not touched since. */
static int load_leaf(const struct way *w, u64 i, const struct past_leaf *to)
{
	struct past *p = w->p;
	int ret = 0;

	for (u32 j = 0; j < LEAF && !ret; j++) {
		const struct page *have = p->base->leaf[i]->page[j], *want = to->page[j];
		u64 page = i * LEAF + j;

		if ((have && have == want) || page * PAST_PAGE >= p->size || is_dirty(p, page))
			continue;
		ret = keep(p, page);
		if (!ret)
			ret = page_load(w, page, want);
	}
	return ret;
}

int past_return(struct past *p, struct past_point *to,
		void (*changed)(void *arg, u64 off, const u8 *old, const u8 *new), void *arg)
{
	struct way w = { p, changed, arg };
	int ret = p->err;

	for (u32 k = 0; k < p->nr_dirty && !ret; k++) {
		u32 page = p->list[k];

		ret = page_load(&w, page, to->leaf[page / LEAF]->page[page % LEAF]);
	}
	for (u64 i = 0; to != p->base && i < p->nr_leaves && !ret; i++)
		if (to->leaf[i] != p->base->leaf[i])
			ret = load_leaf(&w, i, to->leaf[i]);
	if (ret) {
		p->err = ret;
		return ret;
	}
	clean(p);
	to->refs++;
	point_put(p, p->base);
	p->base = to;
	return 0;
}
