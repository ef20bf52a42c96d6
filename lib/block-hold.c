/* SPDX-License-Identifier: MIT */
#include "lib/block-hold.h"

#include <stdlib.h>
#include <string.h>

/*
 * Held units are an overlay in memory over what is under: the one that -snapshot uses. It exists
 * while something is held; when all is written it is thrown away.
 */
struct hold {
	struct block b;
	struct block *under;
	struct block *held; /* NULL: nothing */
	u64 bytes;
	bool on;
	void (*settle)(void *arg);
	void *arg;
};

static const struct block_ops plain_ops, overlay_ops;

static struct hold *hold_of(const struct block *b)
{
	if (b->ops != &plain_ops && b->ops != &overlay_ops)
		return NULL;
	return container_of((struct block *)(uintptr_t)b, struct hold, b);
}

/* What is under, for an overlay that must not own it. */
struct view {
	struct block b;
	struct block *of;
};

static int view_read(struct block *b, u64 off, void *buf, u32 n)
{
	return block_read(container_of(b, struct view, b)->of, off, buf, n);
}

static void view_close(struct block *b)
{
	free(container_of(b, struct view, b));
}

static const struct block_ops view_ops = { .read = view_read, .close = view_close };

static int make_held(struct hold *h)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v->b = (struct block){ .ops = &view_ops, .size = h->b.size, .align = 1, .read_only = true };
	v->of = h->under;
	h->held = block_overlay_new(&v->b);
	if (!h->held)
		free(v);
	return h->held ? 0 : -ENOMEM;
}

/* Everything that is held to where it belongs. */
static int drain(struct hold *h)
{
	u8 buf[BLOCK_UNIT];
	u64 unit;
	int ret = 0;

	if (!h->held)
		return 0;
	for (unit = block_next_changed(h->held, 0); !ret && unit != UINT64_MAX;
	     unit = block_next_changed(h->held, unit + 1)) {
		u64 off = unit * BLOCK_UNIT;
		u32 n = h->b.size - off < BLOCK_UNIT ? (u32)(h->b.size - off) : BLOCK_UNIT;

		ret = block_read(h->held, off, buf, n);
		if (!ret)
			ret = block_write(h->under, off, buf, n);
	}
	if (ret)
		return ret;
	block_close(h->held);
	h->held = NULL;
	h->bytes = 0;
	return 0;
}

static void settle(struct hold *h)
{
	if (h->on && h->settle)
		h->settle(h->arg);
}

static int hold_read(struct block *b, u64 off, void *buf, u32 n)
{
	struct hold *h = hold_of(b);

	return block_read(h->held ? h->held : h->under, off, buf, n);
}

static int hold_write(struct block *b, u64 off, const void *buf, u32 n)
{
	struct hold *h = hold_of(b);
	int ret = 0;

	if (h->bytes + n > HOLD_MAX)
		settle(h);
	if (!h->on && !h->held)
		return block_write(h->under, off, buf, n);
	if (!h->held)
		ret = make_held(h);
	if (!ret)
		ret = block_write(h->held, off, buf, n);
	h->bytes += n;
	return ret;
}

static int hold_flush(struct block *b)
{
	struct hold *h = hold_of(b);
	int ret;

	settle(h);
	ret = drain(h);
	return ret ? ret : block_flush(h->under);
}

static u64 hold_next(struct block *b, u64 unit)
{
	struct hold *h = hold_of(b);
	u64 a, c;

	a = block_next_changed(h->under, unit);
	c = h->held ? block_next_changed(h->held, unit) : UINT64_MAX;
	return a < c ? a : c;
}

static int hold_revert(struct block *b)
{
	struct hold *h = hold_of(b);

	settle(h);
	if (h->held)
		block_close(h->held);
	h->held = NULL;
	h->bytes = 0;
	return block_revert(h->under);
}

static bool hold_changed(struct block *b, u64 unit)
{
	struct hold *h = hold_of(b);

	return block_is_changed(h->under, unit) || (h->held && block_is_changed(h->held, unit));
}

static int hold_forget(struct block *b, u64 unit)
{
	struct hold *h = hold_of(b);
	int ret;

	settle(h);
	ret = drain(h);
	return ret ? ret : block_forget(h->under, unit);
}

static struct block *hold_base(struct block *b)
{
	return hold_of(b)->under->ops->base(hold_of(b)->under);
}

static void hold_close(struct block *b)
{
	struct hold *h = hold_of(b);

	if (h->held)
		block_close(h->held);
	block_close(h->under);
	free(h);
}

static const struct block_ops plain_ops = {
	.read = hold_read,
	.write = hold_write,
	.flush = hold_flush,
	.close = hold_close,
};

static const struct block_ops overlay_ops = {
	.read = hold_read,
	.write = hold_write,
	.flush = hold_flush,
	.next = hold_next,
	.changed = hold_changed,
	.revert = hold_revert,
	.forget = hold_forget,
	.base = hold_base,
	.close = hold_close,
};

struct block *block_hold_new(struct block *under)
{
	struct hold *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->under = under;
	h->b = (struct block){
		.ops = block_is_overlay(under) ? &overlay_ops : &plain_ops,
		.size = under->size,
		.align = under->align,
		.read_only = under->read_only,
	};
	return &h->b;
}

void block_hold_begin(struct block *b, void (*settle_fn)(void *arg), void *arg)
{
	struct hold *h = hold_of(b);

	if (!h)
		return;
	h->on = true;
	h->settle = settle_fn;
	h->arg = arg;
}

void block_hold_end(struct block *b)
{
	struct hold *h = hold_of(b);

	if (!h || !h->on)
		return;
	h->on = false;
	if (drain(h))
		b->unflushed = true;
}

u64 block_held(const struct block *b)
{
	const struct hold *h = hold_of(b);

	return h ? h->bytes : 0;
}
