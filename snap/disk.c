/* SPDX-License-Identifier: MIT */
#include "snap/disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/zero.h"

#define LAYOUT 1u
#define HEAD 88u
#define PROTECTED 1u

static u32 unit_bytes(u64 size, u32 unit)
{
	u64 off = (u64)unit * SNAP_UNIT;

	return size - off < SNAP_UNIT ? (u32)(size - off) : SNAP_UNIT;
}

static u64 nr_units(u64 size)
{
	return (size + SNAP_UNIT - 1) / SNAP_UNIT;
}

static u64 padded(size_t n)
{
	return (n + 7) & ~(u64)7;
}

/* A unit as it is in a record: padded with zeros. */
static int read_unit(struct block *b, u32 unit, u8 buf[SNAP_UNIT])
{
	u32 n = unit_bytes(b->size, unit);

	memset(buf + n, 0, SNAP_UNIT - n);
	return block_read(b, (u64)unit * SNAP_UNIT, buf, n);
}

static int scan_whole(struct snap_disk *disk, struct progress *progress)
{
	u8 buf[SNAP_UNIT];
	int ret = 0;

	for (u64 unit = 0; !ret && unit < nr_units(disk->size); unit++) {
		ret = read_unit(disk->block, (u32)unit, buf);
		if (!ret && !is_zero(buf, sizeof(buf)))
			ret = runs_add(&disk->runs, (u32)unit, 1);
		progress_at(progress, disk->path, unit * SNAP_UNIT, disk->size);
	}
	return ret;
}

static int scan_changes(struct snap_disk *disk)
{
	u64 unit = block_next_changed(disk->block, 0);
	int ret = 0;

	for (; !ret && unit < nr_units(disk->size);
	     unit = block_next_changed(disk->block, unit + 1))
		ret = runs_add(&disk->runs, (u32)unit, 1);
	return ret;
}

int snap_disk_scan(struct snap_disk *disk, struct block *block, struct progress *progress)
{
	disk->block = block;
	disk->size = block ? block->size : 0;
	disk->kind = SNAP_CHANGES;
	if (disk->size >= SNAP_DISK_MAX)
		return -EFBIG;
	if (!block)
		return 0;
	if (block_is_overlay(block))
		return scan_changes(disk);
	if (block->read_only)
		return 0;
	disk->kind = SNAP_WHOLE;
	return scan_whole(disk, progress);
}

void snap_disk_release(struct snap_disk *disk)
{
	runs_release(&disk->runs);
}

u64 snap_disk_size(const struct snap_disk *disk)
{
	return HEAD + padded(strlen(disk->path)) + padded(strlen(disk->overlay)) +
	       8ull * disk->runs.nr + disk->runs.things * SNAP_UNIT;
}

static void put_path(struct snap_writer *w, const char *path)
{
	size_t n = strlen(path);

	snap_put(w, path, n);
	snap_put_zeros(w, padded(n) - n);
}

void snap_disk_put(struct snap_writer *w, const struct snap_disk *disk)
{
	u8 buf[SNAP_UNIT] = { 0 };

	snap_put32(w, LAYOUT);
	snap_put32(w, (u32)disk->kind);
	snap_put64(w, disk->size);
	snap_put32(w, (u32)disk->media);
	snap_put32(w, disk->target);
	snap_put32(w, disk->protected ? PROTECTED : 0);
	snap_put32(w, 0);
	snap_put32(w, (u32)strlen(disk->path));
	snap_put32(w, (u32)strlen(disk->overlay));
	snap_put(w, disk->digest, sizeof(disk->digest));
	snap_put64(w, disk->runs.things);
	snap_put32(w, disk->runs.nr);
	snap_put32(w, 0);
	put_path(w, disk->path);
	put_path(w, disk->overlay);
	snap_runs_put(w, &disk->runs);
	for (u32 i = 0; i < disk->runs.nr; i++) {
		for (u32 k = 0; k < disk->runs.run[i].nr; k++) {
			if (!w->err)
				w->err = read_unit(disk->block, disk->runs.run[i].first + k, buf);
			snap_put(w, buf, sizeof(buf));
		}
	}
}

static bool get_path(struct snap_cursor *c, char *path, u32 n)
{
	if (n >= SNAP_PATH)
		return snap_refuse(c, "path", "it is too long");
	if (!snap_get(c, path, n) || !snap_get_zeros(c, padded(n) - n))
		return false;
	path[n] = '\0';
	return strlen(path) == n ? true : snap_refuse(c, "path", "it holds a zero");
}

/* The numbers in front; how long what follows is goes to the last four. */
static bool get_head(struct snap_cursor *c, struct snap_disk *disk, u32 *path, u32 *overlay,
		     u64 *units, u32 *runs)
{
	u32 layout, kind, media, flags, zero, zero2;

	if (!snap_get32(c, &layout))
		return false;
	if (layout != LAYOUT)
		return snap_refuse_numbers(c, "layout", "it is not known", LAYOUT, layout);
	if (!snap_get32(c, &kind) || !snap_get64(c, &disk->size) || !snap_get32(c, &media) ||
	    !snap_get32(c, &disk->target) || !snap_get32(c, &flags) || !snap_get32(c, &zero) ||
	    !snap_get32(c, path) || !snap_get32(c, overlay) ||
	    !snap_get(c, disk->digest, sizeof(disk->digest)) || !snap_get64(c, units) ||
	    !snap_get32(c, runs) || !snap_get32(c, &zero2))
		return false;
	if (kind > SNAP_CHANGES || media > SNAP_FLOPPY || flags & ~PROTECTED || zero | zero2)
		return snap_refuse(c, "kind", "it is out of range");
	if (disk->size % 512 || disk->size >= SNAP_DISK_MAX)
		return snap_refuse(c, "size", "it is out of range");
	disk->kind = (enum snap_disk_kind)kind;
	disk->media = (enum snap_disk_media)media;
	disk->protected = flags & PROTECTED;
	return true;
}

/* Do its parts go together? */
static bool check(struct snap_cursor *c, const struct snap_disk *disk, u64 units)
{
	bool digest = !is_zero(disk->digest, sizeof(disk->digest));
	bool fixed = disk->protected || disk->media == SNAP_CDROM || !disk->size;

	if (disk->runs.things != units)
		return snap_refuse_numbers(c, "units", "the runs count otherwise", units,
					   disk->runs.things);
	if (units * SNAP_UNIT != snap_left(c))
		return snap_refuse(c, "units", "there are not as many");
	if (fixed && (units || disk->kind == SNAP_WHOLE || *disk->overlay))
		return snap_refuse(c, "units", "a drive that refuses writes holds changes");
	if (disk->kind == SNAP_WHOLE && (digest || *disk->overlay))
		return snap_refuse(c, "digest", "a whole image has no base");
	if (!disk->size && (digest || *disk->path))
		return snap_refuse(c, "size", "an empty drive has no image");
	return true;
}

bool snap_disk_get(struct snap_cursor *c, struct snap_disk *disk)
{
	u32 path, overlay, runs;
	u64 units;

	memset(disk, 0, sizeof(*disk));
	return get_head(c, disk, &path, &overlay, &units, &runs) && get_path(c, disk->path, path) &&
	       get_path(c, disk->overlay, overlay) &&
	       snap_runs_get(c, &disk->runs, runs, nr_units(disk->size)) && check(c, disk, units);
}

bool snap_disk_units(struct snap_cursor *c, const struct snap_disk *disk,
		     int (*put)(void *arg, u64 off, const u8 *unit, u32 n), void *arg, int *err)
{
	u8 buf[SNAP_UNIT];

	*err = 0;
	for (u32 i = 0; i < disk->runs.nr; i++) {
		for (u32 k = 0; k < disk->runs.run[i].nr; k++) {
			u32 unit = disk->runs.run[i].first + k, n = unit_bytes(disk->size, unit);

			if (!snap_get(c, buf, sizeof(buf)))
				return false;
			if (!is_zero(buf + n, SNAP_UNIT - n))
				return snap_refuse(c, "units", "the disk ends before");
			if (disk->kind == SNAP_WHOLE && is_zero(buf, sizeof(buf)))
				return snap_refuse(c, "units", "one is zero and must not be there");
			*err = put ? put(arg, (u64)unit * SNAP_UNIT, buf, n) : 0;
			if (*err)
				return false;
		}
	}
	return snap_cursor_end(c);
}
