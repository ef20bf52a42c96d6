/* SPDX-License-Identifier: MIT */
/* Block devices: the checks that all share, plain memory, and the overlay in memory. */
#include <stdlib.h>
#include <string.h>

#include "lib/block.h"

static int check_range(const struct block *b, u64 off, u32 n)
{
	return off <= b->size && n <= b->size - off ? 0 : -EINVAL;
}

int block_read(struct block *b, u64 off, void *buf, u32 n)
{
	if (check_range(b, off, n))
		return -EINVAL;
	return n ? b->ops->read(b, off, buf, n) : 0;
}

/* n bytes that lie within one alignment unit and do not fill it. */
static int write_part(struct block *b, u64 off, const void *buf, u32 n)
{
	u8 unit[BLOCK_UNIT];
	u64 start = off & ~(u64)(b->align - 1);
	u32 len = b->size - start < b->align ? (u32)(b->size - start) : b->align;
	int ret;

	ret = b->ops->read(b, start, unit, len);
	if (ret)
		return ret;
	memcpy(unit + (off - start), buf, n);
	return b->ops->write(b, start, unit, len);
}

int block_write(struct block *b, u64 off, const void *buf, u32 n)
{
	const u8 *p = buf;
	u32 step;
	int ret;

	if (check_range(b, off, n))
		return -EINVAL;
	if (b->read_only)
		return -EROFS;
	if (n)
		past_touch(b->past, off, n);
	while (n) {
		u32 in = (u32)(off & (b->align - 1));

		b->unflushed = true;
		if (in || (n < b->align && off + n != b->size)) {
			step = n < b->align - in ? n : b->align - in;
			ret = write_part(b, off, p, step);
		} else {
			step = off + n == b->size ? n : n & ~(b->align - 1);
			ret = b->ops->write(b, off, p, step);
		}
		if (ret)
			return ret;
		off += step;
		p += step;
		n -= step;
	}
	return 0;
}

int block_flush(struct block *b)
{
	int ret;

	if (b->broken)
		return b->broken;
	if (!b->unflushed)
		return 0;
	ret = b->ops->flush(b);
	if (ret)
		b->broken = ret;
	else
		b->unflushed = false;
	return ret;
}

void block_close(struct block *b)
{
	if (b)
		b->ops->close(b);
}

u64 block_next_changed(struct block *b, u64 unit)
{
	return b->ops->next ? b->ops->next(b, unit) : UINT64_MAX;
}

bool block_is_changed(struct block *b, u64 unit)
{
	return b->ops->changed && b->ops->changed(b, unit);
}

int block_revert(struct block *b)
{
	for (u64 unit = 0; b->past; unit++) {
		unit = block_next_changed(b, unit);
		if (unit == UINT64_MAX)
			break;
		past_touch(b->past, unit * BLOCK_UNIT, 1);
	}
	return b->ops->revert ? b->ops->revert(b) : -ENOTSUP;
}

int block_forget(struct block *b, u64 unit)
{
	if (!b->ops->forget)
		return -ENOTSUP;
	past_touch(b->past, unit * BLOCK_UNIT, 1);
	b->unflushed = true;
	return b->ops->forget(b, unit);
}

struct block *block_base(struct block *b)
{
	return b->ops->base ? b->ops->base(b) : b;
}

int block_digest(struct block *b, u8 digest[SHA256_SIZE], struct progress *p, const char *name)
{
	u8 buf[16 * BLOCK_UNIT];
	struct sha256 sha;
	int ret = 0;

	sha256_init(&sha);
	for (u64 off = 0; !ret && off < b->size; off += sizeof(buf)) {
		u64 left = b->size - off;
		u32 n = left < sizeof(buf) ? (u32)left : (u32)sizeof(buf);

		ret = block_read(b, off, buf, n);
		sha256_add(&sha, buf, ret ? 0 : n);
		progress_at(p, name, off + n, b->size);
	}
	sha256_end(&sha, digest);
	return ret;
}

/* Plain memory. */

struct mem_block {
	struct block b;
	u8 *data;
};

static int mem_read(struct block *b, u64 off, void *buf, u32 n)
{
	memcpy(buf, container_of(b, struct mem_block, b)->data + off, n);
	return 0;
}

static int mem_write(struct block *b, u64 off, const void *buf, u32 n)
{
	memcpy(container_of(b, struct mem_block, b)->data + off, buf, n);
	return 0;
}

static int mem_flush(struct block *b)
{
	(void)b;
	return 0;
}

static void mem_close(struct block *b)
{
	struct mem_block *m = container_of(b, struct mem_block, b);

	free(m->data);
	free(m);
}

static const struct block_ops mem_ops = {
	.read = mem_read,
	.write = mem_write,
	.flush = mem_flush,
	.close = mem_close,
};

struct block *block_mem_new(u64 size)
{
	struct mem_block *m;

	if (!size || size % 512 || size > SIZE_MAX)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->data = calloc(1, size);
	if (!m->data) {
		free(m);
		return NULL;
	}
	m->b = (struct block){ .ops = &mem_ops, .size = size, .align = 1 };
	return &m->b;
}

/*
 * The overlay in memory: units in a two-level table, so that a large and mostly
 * untouched disk costs little.
 */

#define LEAF 1024u

struct leaf {
	u8 *unit[LEAF];
};

struct overlay {
	struct block b;
	struct block *base;
	u64 nr_leaves;
	struct leaf **leaf;
};

static u8 *overlay_unit(const struct overlay *o, u64 unit)
{
	const struct leaf *leaf = o->leaf[unit / LEAF];

	return leaf ? leaf->unit[unit % LEAF] : NULL;
}

static int overlay_read(struct block *b, u64 off, void *buf, u32 n)
{
	struct overlay *o = container_of(b, struct overlay, b);
	u8 *p = buf;

	while (n) {
		u32 in = (u32)(off % BLOCK_UNIT);
		u32 step = n < BLOCK_UNIT - in ? n : BLOCK_UNIT - in;
		const u8 *unit = overlay_unit(o, off / BLOCK_UNIT);

		if (unit) {
			memcpy(p, unit + in, step);
		} else {
			int ret;

			/* As much of the base at once as lies under no changed unit. */
			while (step < n && !overlay_unit(o, (off + step) / BLOCK_UNIT))
				step = n - step < BLOCK_UNIT ? n : step + BLOCK_UNIT;
			ret = block_read(o->base, off, p, step);
			if (ret)
				return ret;
		}
		off += step;
		p += step;
		n -= step;
	}
	return 0;
}

static u8 *overlay_make(struct overlay *o, u64 unit)
{
	struct leaf **leaf = &o->leaf[unit / LEAF];

	if (!*leaf)
		*leaf = calloc(1, sizeof(**leaf));
	if (*leaf && !(*leaf)->unit[unit % LEAF])
		(*leaf)->unit[unit % LEAF] = calloc(1, BLOCK_UNIT);
	return *leaf ? (*leaf)->unit[unit % LEAF] : NULL;
}

static int overlay_write(struct block *b, u64 off, const void *buf, u32 n)
{
	struct overlay *o = container_of(b, struct overlay, b);
	const u8 *p = buf;

	for (; n;) {
		u32 step = n < BLOCK_UNIT ? n : BLOCK_UNIT;
		u8 *unit = overlay_make(o, off / BLOCK_UNIT);

		if (!unit)
			return -ENOMEM;
		memcpy(unit, p, step);
		off += step;
		p += step;
		n -= step;
	}
	return 0;
}

static u64 overlay_next(struct block *b, u64 unit)
{
	struct overlay *o = container_of(b, struct overlay, b);

	while (unit / LEAF < o->nr_leaves) {
		if (!o->leaf[unit / LEAF])
			unit = (unit / LEAF + 1) * LEAF;
		else if (o->leaf[unit / LEAF]->unit[unit % LEAF])
			return unit;
		else
			unit++;
	}
	return UINT64_MAX;
}

static int overlay_revert(struct block *b)
{
	struct overlay *o = container_of(b, struct overlay, b);

	for (u64 i = 0; i < o->nr_leaves; i++) {
		for (u32 j = 0; o->leaf[i] && j < LEAF; j++)
			free(o->leaf[i]->unit[j]);
		free(o->leaf[i]);
		o->leaf[i] = NULL;
	}
	return 0;
}

static bool overlay_changed(struct block *b, u64 unit)
{
	return overlay_unit(container_of(b, struct overlay, b), unit);
}

static int overlay_forget(struct block *b, u64 unit)
{
	struct leaf *leaf = container_of(b, struct overlay, b)->leaf[unit / LEAF];

	if (leaf) {
		free(leaf->unit[unit % LEAF]);
		leaf->unit[unit % LEAF] = NULL;
	}
	return 0;
}

static struct block *overlay_base(struct block *b)
{
	return container_of(b, struct overlay, b)->base;
}

static void overlay_close(struct block *b)
{
	struct overlay *o = container_of(b, struct overlay, b);

	overlay_revert(b);
	block_close(o->base);
	free(o->leaf);
	free(o);
}

static const struct block_ops overlay_ops = {
	.read = overlay_read,
	.write = overlay_write,
	.flush = mem_flush,
	.next = overlay_next,
	.changed = overlay_changed,
	.revert = overlay_revert,
	.forget = overlay_forget,
	.base = overlay_base,
	.close = overlay_close,
};

struct block *block_overlay_new(struct block *base)
{
	struct overlay *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->nr_leaves = base->size / (BLOCK_UNIT * LEAF) + 1;
	o->leaf = calloc(o->nr_leaves, sizeof(struct leaf *));
	if (!o->leaf) {
		free(o);
		return NULL;
	}
	o->base = base;
	o->b = (struct block){ .ops = &overlay_ops, .size = base->size, .align = BLOCK_UNIT };
	return &o->b;
}
