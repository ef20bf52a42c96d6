/* SPDX-License-Identifier: MIT */
/*
 * The frame of a snapshot: header, records, END. The octets are specified in snap/FORMAT.
 * This is the writing side; snap/image.h reads.
 */
#ifndef SNAP_TLV_H
#define SNAP_TLV_H

#include "lib/progress.h"
#include "lib/sha256.h"
#include "lib/types.h"

#define SNAP_VERSION 1u /* raise it with every change of a field table or of a record */
#define SNAP_HEADER 256u
#define SNAP_FRAME 48u
#define SNAP_RECORDS 160u /* more than any machine has */
#define SNAP_PAGE 4096u

struct snap_header {
	u32 version;
	u32 records; /* END included */
	u64 length; /* bytes of the whole stream */
	u64 layout;
	u64 ram_size;
	char board[32 + 1], producer[24 + 1], producer_version[32 + 1];
	u8 build[20]; /* zero: unknown */
};

/* A record's frame. */
struct snap_frame {
	char type[4 + 1]; /* without the spaces at its end */
	u32 instance;
	char name[24 + 1];
	u64 len; /* bytes of payload */
	u64 off; /* where the payload begins in the stream */
	u32 crc; /* of its payload, as it was verified */
};

/* Bytes that a record of so much payload takes, frame and padding included. */
static inline u64 snap_record_size(u64 len)
{
	return (SNAP_FRAME + len + 4 + 7) & ~(u64)7;
}

#define SNAP_END_SIZE ((SNAP_FRAME + SHA256_SIZE + 4 + 7) & ~7u)

/*
 * A stream being written. After the first error (of `write`) nothing more is written and `err`
 * keeps it.
 */
struct snap_writer {
	int (*write)(void *arg, const void *buf, size_t n); /* all of it: 0 or -errno */
	void *arg;
	struct progress *progress; /* NULL: nobody looks */
	int err;
	u64 off; /* bytes so far */
	u64 all; /* that the header announces */
	u64 left; /* payload that the record still lacks */
	u32 crc;
	struct sha256 sha;
};

void snap_begin(struct snap_writer *w, const struct snap_header *head);
void snap_record(struct snap_writer *w, const char *type, u32 instance, const char *name, u64 len);
/* Payload, exactly as much as snap_record() was told. */
void snap_put(struct snap_writer *w, const void *p, u64 n);
void snap_put32(struct snap_writer *w, u32 v);
void snap_put64(struct snap_writer *w, u64 v);
void snap_put_zeros(struct snap_writer *w, u64 n);
void snap_record_end(struct snap_writer *w);
/* The END record. Returns err. */
int snap_finish(struct snap_writer *w);

/* Between the two sides. */
void snap_header_put(const struct snap_header *head, u8 out[SNAP_HEADER]);

#endif
