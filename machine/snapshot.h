/* SPDX-License-Identifier: MIT */
/*
 * A machine as a snapshot stream and back. What is in a stream says snap/FORMAT; here is which
 * parts a machine has, in which order, and what has to agree.
 *
 * For every stream: either it is refused and nothing has changed, or saving what it
 * was loaded into gives the same stream again.
 */
#ifndef MACHINE_SNAPSHOT_H
#define MACHINE_SNAPSHOT_H

#include "lib/host-save.h"
#include "machine/machine.h"
#include "snap/disk.h"

#define SNAPSHOT_DRIVES SCSI_IDS /* SCSI targets 0..6, then the floppy drive */
#define SNAPSHOT_FLOPPY (SCSI_IDS - 1)
#define SNAPSHOT_REFUSED 1 /* beside -errno: the contents are at fault */

/* What a stream says about a drive and its block does not know. */
struct snapshot_drive {
	const char *path, *overlay; /* NULL: none */
	bool digested; /* the base's digest is known */
	u8 digest[SHA256_SIZE];
};

struct snapshot_options {
	bool raw; /* pages as they are, for mapping */
	struct progress *progress; /* NULL: nobody looks */
	struct snapshot_drive drive[SNAPSHOT_DRIVES];
};

/*
 * The machine, whose start was noted (machine/reboot.h), to a stream. Digests of bases that were not known are in opt afterwards. Returns 0 or
 * -errno; *bytes: the stream's length.
 */
int snapshot_save(struct machine *m, struct snapshot_options *opt,
		  int (*write)(void *arg, const void *buf, size_t n), void *arg, u64 *bytes);

/* A stream that was opened and found in order. */
struct snapshot {
	struct snap_source src;
	struct host_source file;
	struct snap_mem bytes;
	struct snap_image img;
	const char *name; /* for messages */
	struct machine_config config; /* as the stream says, with nothing plugged in */
	struct snap_disk *disk[SNAPSHOT_DRIVES]; /* NULL: no such drive */
	u32 disk_record[SNAPSHOT_DRIVES];
	bool made[SNAPSHOT_DRIVES]; /* its image was not there and was made */
};

/*
 * All of them return 0, SNAPSHOT_REFUSED or -errno, the last two with one line in err that begins
 * with the name.
 */

/*
 * Open a file or "-" and verify all of it; `trusted`: all but the memory's pages. snapshot_close() is due
 * after any result.
 */
int snapshot_open(struct snapshot *s, const char *path, bool trusted, char *err, size_t errlen);
/* The same for n bytes in memory, which stay the caller's. */
int snapshot_open_bytes(struct snapshot *s, const char *name, const void *buf, size_t n, char *err,
			size_t errlen);
void snapshot_close(struct snapshot *s);
/*
 * The whole state into a new machine, built by s->config, whose memories are zero, and which has the
 * drives of the stream plugged in. After a refusal the machine is good for machine_free() only. The disks' contents
 * are not touched, but bases are compared with their digests, unless the stream is trusted.
 */
int snapshot_fill(struct snapshot *s, struct machine *m, char *err, size_t errlen);
/* Then the disks of the machine's configuration. */
int snapshot_fill_disks(struct snapshot *s, const struct machine_config *config, char *err,
			size_t errlen);
/*
 * Make a block what drive n's record holds: an overlay's changes are replaced, a whole image is written where
 * it differs. What was interrupted is put right by doing it again. False: refused, or *err is -errno.
 */
bool snapshot_apply_disk(struct snapshot *s, unsigned n, struct block *block, int *err);
/* A machine takes over the state of another one of the same configuration, which then can only be freed. */
void snapshot_adopt(struct machine *m, struct machine *from);
/* Is it of the same configuration, drives included? */
int snapshot_same(const struct snapshot *s, const struct machine *m, char *err, size_t errlen);

/*
 * A machine with the stream's state to look at, not to run: no disks are needed. The caller
 * frees it after any result.
 */
int snapshot_look(struct snapshot *s, struct machine **m, char *err, size_t errlen);

/* Open a stream of any version: only the header and the disks are there. */
int snapshot_open_disks(struct snapshot *s, const char *path, char *err, size_t errlen);
/* Then all else of it, if it is of this version. */
int snapshot_open_rest(struct snapshot *s, char *err, size_t errlen);

/* The signature of this program's field tables, and of one table. */
u64 snapshot_layout(void);

/* What a machine remembers that belongs to no chip. */
struct machine_state {
	u64 insns, base_ns, base_insns;
	u32 running;
	bool polled;
	u8 pad[3];
};
extern const struct field machine_fields[];
void machine_get_state(const struct machine *m, struct machine_state *s);

/* The memories of a machine, in their order; false: there are no more. */
struct snapshot_memory {
	const char *name;
	u8 *mem;
	u64 size;
};
bool snapshot_memory(struct machine *m, unsigned n, struct snapshot_memory *mem);

#endif
