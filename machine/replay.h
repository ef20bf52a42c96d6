/* SPDX-License-Identifier: MIT */
/*
 * -record and -replay: a journal in a file. The file begins with a snapshot of the machine at its start, and
 * goes on with records in the snapshot's frame (snap/FORMAT tells). What a killed
 * process has left is a recording up to its last whole record.
 */
#ifndef MACHINE_REPLAY_H
#define MACHINE_REPLAY_H

#include <stdio.h>

#include "machine/journal.h"
#include "machine/snapshot.h"

/* The state's digest is noted, and compared, every so many instructions. */
#define REPLAY_MARK 1000000000u

struct record {
	struct journal *j;
	FILE *out;
	u32 written; /* events that are in the file */
	u32 serial; /* records written */
	u64 marked; /* when record_poll() did it last */
	int err; /* 0 or -EIO: a write has failed */
	u64 bytes;
};

/* The snapshot first; the file is the caller's. 0 or -errno. */
int record_begin(struct record *r, struct journal *j, FILE *out, struct snapshot_options *opt);
/* At quantum edges: note the digest where it is due, and write what has gathered. */
void record_poll(struct record *r);
/* How many instructions may run until that is to be called. */
u64 record_quantum(const struct record *r, u64 quantum);
/* This instant is one that a snapshot is taken at. */
void record_mark(struct record *r);
/* The run has ended with this status. 0 or -errno. */
int record_end(struct record *r, int status);

/* A recording in memory. */
struct recording {
	u8 *buf;
	u64 size, snapshot; /* bytes: of all, of the snapshot at its start */
};

/*
 * 0; SNAPSHOT_REFUSED where the contents are at fault, or -errno, with one line in err. To be released
 * after any result.
 */
int recording_open(struct recording *rec, const char *path, char *err, size_t errlen);
/* Its events into a journal that is not on. */
int recording_load(const struct recording *rec, const char *path, struct journal *j, char *err,
		   size_t errlen);
void recording_release(struct recording *rec);
/*
 * The machine is somewhere inside: go on to the first event that is yet to come. False: it
 * never was in this state.
 */
bool recording_find(struct journal *j);

#endif
