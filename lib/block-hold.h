/* SPDX-License-Identifier: MIT */
/*
 * A block device whose writes can be held back in memory, so that somebody else reads what is under it
 * as it was at one instant: the process that saves a snapshot.
 *
 * Held writes are seen by reads at once. A flush, which promises that writes last, and more than
 * HOLD_MAX bytes held, wait until the hold is over.
 */
#ifndef LIB_BLOCK_HOLD_H
#define LIB_BLOCK_HOLD_H

#include "lib/block.h"

#define HOLD_MAX (64u << 20)

/* Owns `under`, whose other users must be gone. NULL: no memory, and under is still the caller's. */
struct block *block_hold_new(struct block *under);

/*
 * From now on writes are held back. `settle` is called when one cannot be: it waits for whoever
 * reads, and ends the hold. Nothing happens where b is no such device.
 */
void block_hold_begin(struct block *b, void (*settle)(void *arg), void *arg);
/*
 * Held writes go where they belong. What cannot be written stays held, is tried again at the next
 * flush, and the flush then tells the error.
 */
void block_hold_end(struct block *b);
/* Bytes that are held. */
u64 block_held(const struct block *b);

#endif
