/* SPDX-License-Identifier: MIT */
/* The disks of a snapshot: which drives there are, what has to agree with them, and putting them back. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/snaprec.h"

const char *snapshot_drive_name(unsigned n)
{
	static const char *const name[SNAPSHOT_DRIVES] = {
		"scsi0", "scsi1", "scsi2", "scsi3", "scsi4", "scsi5", "scsi6", "floppy0",
	};

	return name[n];
}

bool snapshot_has_drive(const struct machine_config *c, unsigned n)
{
	return n == SNAPSHOT_FLOPPY ? c->floppy != NULL : c->scsi[n].present;
}

struct block *snapshot_medium(const struct machine_config *c, unsigned n)
{
	return n == SNAPSHOT_FLOPPY ? c->floppy : c->scsi[n].medium;
}

/* The drives: DISK records stand just before the END. */
int snapshot_read_disks(struct snapshot *s, char *err, size_t errlen)
{
	u32 first = s->img.nr - 1;
	int last = -1;

	while (first && !strcmp(s->img.frame[first - 1].type, "DISK"))
		first--;
	for (u32 i = first; i < s->img.nr - 1; i++) {
		const struct snap_frame *f = &s->img.frame[i];
		struct snap_cursor cur;
		struct snap_disk *d;
		int n = 0;

		while (n < SNAPSHOT_DRIVES && strcmp(f->name, snapshot_drive_name((unsigned)n)))
			n++;
		if (n == SNAPSHOT_DRIVES || n <= last || f->instance != i - first)
			return snapshot_refuse(s, err, errlen, "record DISK %s is not in its place",
					       f->name);
		last = n;
		d = s->disk[n] = calloc(1, sizeof(*d));
		if (!d)
			return snapshot_fail(-ENOMEM, err, errlen, "%s: out of memory", s->name);
		s->disk_record[n] = i;
		snap_cursor_init(&cur, &s->img, i);
		if (!snap_disk_get(&cur, d))
			return snapshot_refused(s, err, errlen);
		if ((n == SNAPSHOT_FLOPPY) != (d->media == SNAP_FLOPPY) ||
		    d->target != (n == SNAPSHOT_FLOPPY ? 0 : (u32)n) ||
		    (!d->size && d->media != SNAP_CDROM))
			return snapshot_refuse(s, err, errlen,
					       "record DISK %s describes another drive", f->name);
	}
	return 0;
}

/* The bases are what they were. */
int snapshot_check_bases(struct snapshot *s, const struct machine_config *c, char *err,
			 size_t errlen)
{
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		const struct snap_disk *d = s->disk[n];
		struct block *b = snapshot_has_drive(c, n) ? snapshot_medium(c, n) : NULL;
		u8 digest[SHA256_SIZE];
		int ret;

		if (!d || !b)
			continue;
		if (b->size != d->size)
			return snapshot_refuse(s, err, errlen,
					       "%s: its image has %" PRIu64
					       " bytes, %s has %" PRIu64,
					       snapshot_drive_name(n), d->size, d->path, b->size);
		if (d->kind == SNAP_WHOLE || s->img.trusted)
			continue;
		ret = block_digest(block_base(b), digest, s->file.watch, d->path);
		if (ret)
			return snapshot_fail(ret, err, errlen, "%s: %s", d->path, strerror(-ret));
		if (memcmp(digest, d->digest, sizeof(digest)))
			return snapshot_refuse(
				s, err, errlen,
				"%s: %s has other contents than the base image had, SHA-256 "
				"%02x%02x%02x%02x... instead of %02x%02x%02x%02x...",
				snapshot_drive_name(n), d->path, digest[0], digest[1], digest[2],
				digest[3], d->digest[0], d->digest[1], d->digest[2], d->digest[3]);
	}
	return 0;
}

/* Every unit, before the first one is written anywhere. */
int snapshot_check_units(struct snapshot *s, char *err, size_t errlen)
{
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		struct snap_disk again;
		struct snap_cursor cur;
		bool good;
		int ret;

		if (!s->disk[n])
			continue;
		snap_cursor_init(&cur, &s->img, s->disk_record[n]);
		good = snap_disk_get(&cur, &again) &&
		       snap_disk_units(&cur, &again, NULL, NULL, &ret);
		snap_disk_release(&again);
		if (!good)
			return snapshot_refused(s, err, errlen);
	}
	return 0;
}

/* A disk being put back. */
struct apply {
	struct block *block;
	bool whole;
	u64 next; /* what lies before this offset is done */
};

static int write_unit(struct block *b, u64 off, const u8 *unit, u32 n)
{
	u8 old[SNAP_UNIT];
	int ret = block_read(b, off, old, n);

	return ret || !memcmp(old, unit, n) ? ret : block_write(b, off, unit, n);
}

/* The units of a whole image that are not held are zero. */
static int clear_up_to(struct apply *a, u64 end)
{
	static const u8 zero[SNAP_UNIT];
	int ret = 0;

	for (; !ret && a->next < end; a->next += SNAP_UNIT)
		ret = write_unit(a->block, a->next, zero,
				 end - a->next < SNAP_UNIT ? (u32)(end - a->next) : SNAP_UNIT);
	return ret;
}

static int apply_unit(void *arg, u64 off, const u8 *unit, u32 n)
{
	struct apply *a = arg;
	int ret;

	if (!a->whole)
		return block_write(a->block, off, unit, n);
	ret = clear_up_to(a, off);
	a->next = off + n;
	return ret ? ret : write_unit(a->block, off, unit, n);
}

bool snapshot_apply_disk(struct snapshot *s, unsigned n, struct block *block, int *err)
{
	struct apply a = { .block = block };
	struct snap_disk disk;
	struct snap_cursor cur;
	bool good;

	*err = 0;
	snap_cursor_init(&cur, &s->img, s->disk_record[n]);
	good = snap_disk_get(&cur, &disk);
	a.whole = disk.kind == SNAP_WHOLE;
	if (good && block_is_overlay(block))
		*err = block_revert(block);
	good = good && !*err && snap_disk_units(&cur, &disk, apply_unit, &a, err);
	if (good && a.whole)
		*err = clear_up_to(&a, disk.size);
	snap_disk_release(&disk);
	return good && !*err;
}

int snapshot_fill_disks(struct snapshot *s, const struct machine_config *config, char *err,
			size_t errlen)
{
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		struct block *block = s->disk[n] ? snapshot_medium(config, n) : NULL;
		int ret;

		if (!block || block->read_only || snapshot_apply_disk(s, n, block, &ret))
			continue;
		if (!ret)
			return snapshot_refused(s, err, errlen);
		return snapshot_fail(ret, err, errlen, "%s: %s", s->disk[n]->path, strerror(-ret));
	}
	return 0;
}
