/* SPDX-License-Identifier: MIT */
/*
 * Disks in a snapshot (snap/FORMAT, DISK): whole images, or what the guest changed over a base that
 * is named by size and digest. The layout is frozen: every version reads it.
 */
#ifndef SNAP_DISK_H
#define SNAP_DISK_H

#include "lib/block.h"
#include "snap/ram.h"

#define SNAP_PATH 4096u
#define SNAP_UNIT BLOCK_UNIT
#define SNAP_DISK_MAX (1ull << 44)

enum snap_disk_kind { SNAP_WHOLE, SNAP_CHANGES };
enum snap_disk_media { SNAP_DISK, SNAP_CDROM, SNAP_FLOPPY };

struct snap_disk {
	enum snap_disk_kind kind;
	enum snap_disk_media media;
	u64 size; /* bytes; 0: an empty drive */
	u32 target;
	bool protected;
	char path[SNAP_PATH], overlay[SNAP_PATH]; /* "" where there is none */
	u8 digest[SHA256_SIZE];
	struct runs runs;
	struct block *block; /* where the units come from when it is written */
};

/*
 * Find out which units of disk->block are to be held; all else in *disk but kind, size and runs is the
 * caller's. What can be written and is no overlay is held whole. NULL: an empty drive. 0 or -errno.
 */
int snap_disk_scan(struct snap_disk *disk, struct block *block, struct progress *progress);
void snap_disk_release(struct snap_disk *disk);
u64 snap_disk_size(const struct snap_disk *disk);
/* An error of the block ends the whole stream. */
void snap_disk_put(struct snap_writer *w, const struct snap_disk *disk);

/* What stands before the units. False: refused; snap_disk_release() is due in any case. */
bool snap_disk_get(struct snap_cursor *c, struct snap_disk *disk);
/*
 * The units, after snap_disk_get(). `put` takes each with its offset in the disk, n bytes of it, and
 * returns 0 or -errno, which ends it and goes to *err.
 */
bool snap_disk_units(struct snap_cursor *c, const struct snap_disk *disk,
		     int (*put)(void *arg, u64 off, const u8 *unit, u32 n), void *arg, int *err);

#endif
