/* SPDX-License-Identifier: MIT */
/*
 * A block device as chips see it: so many bytes, read and written anywhere.
 * Behind it: a raw file or a copy-on-write file (lib/host-file.c), a private overlay
 * in memory, or plain memory.
 *
 * Every call returns 0 or a negative errno: -EINVAL beyond the end, -EROFS,
 * -ENOSPC, -EIO and whatever else the host says. After an error the bytes of the
 * range are unspecified, each either as before or as asked for.
 * Written data survive the end of this process at once, and a crash of the host
 * once a later flush has returned 0.
 */
#ifndef LIB_BLOCK_H
#define LIB_BLOCK_H

#include <errno.h>

#include "lib/past.h"
#include "lib/progress.h"
#include "lib/sha256.h"

/* The unit in which overlays report what the guest changed. */
#define BLOCK_UNIT 4096u

struct block;

struct block_ops {
	int (*read)(struct block *b, u64 off, void *buf, u32 n);
	/* off and n are multiples of b->align, but for the end of the device. */
	int (*write)(struct block *b, u64 off, const void *buf, u32 n);
	int (*flush)(struct block *b);
	/* Overlays only: the first changed unit >= unit, UINT64_MAX if there is none. */
	u64 (*next)(struct block *b, u64 unit);
	/* Overlays only: is the unit changed? */
	bool (*changed)(struct block *b, u64 unit);
	/* Overlays only: forget all changes; those of one unit. */
	int (*revert)(struct block *b);
	int (*forget)(struct block *b, u64 unit);
	/* Overlays only: what lies under the changes; still the overlay's own. */
	struct block *(*base)(struct block *b);
	void (*close)(struct block *b); /* frees b too */
};

struct block {
	const struct block_ops *ops;
	u64 size; /* bytes, a multiple of 512, never 0; fixed while open */
	u32 align; /* 1..BLOCK_UNIT, a power of two */
	bool read_only;
	bool unflushed; /* written since the last good flush */
	int broken; /* the first flush error: no later flush can be believed */
	struct past *past; /* is told before a write; NULL: nobody */
};

int block_read(struct block *b, u64 off, void *buf, u32 n);
int block_write(struct block *b, u64 off, const void *buf, u32 n);
int block_flush(struct block *b);
/* NULL is allowed. Does not flush: ask for that, and look at what it says. */
void block_close(struct block *b);

static inline bool block_is_overlay(const struct block *b)
{
	return b->ops->next;
}

/* The first unit >= unit that differs from the base by the guest's doing; UINT64_MAX: none. */
u64 block_next_changed(struct block *b, u64 unit);
/* The same of one unit. */
bool block_is_changed(struct block *b, u64 unit);
/* Back to the base's contents; -ENOTSUP if b is not an overlay. */
int block_revert(struct block *b);
int block_forget(struct block *b, u64 unit);
/* The base of an overlay, or the block itself. */
struct block *block_base(struct block *b);
/* The SHA-256 of all its bytes. */
int block_digest(struct block *b, u8 digest[SHA256_SIZE], struct progress *p, const char *name);

/* Memory, all zero at first; NULL if there is none, or size is 0 or no multiple of 512. */
struct block *block_mem_new(u64 size);
/* Writes go to memory, the base is only read. Owns base from then on. NULL: no memory. */
struct block *block_overlay_new(struct block *base);

#endif
