/* SPDX-License-Identifier: MIT */
/*
 * Reading a snapshot that may be damaged or hostile. The order is: header, frames and
 * checks of everything, and only then the contents. Nothing is allocated by what the stream says,
 * and every payload is checked once more while it is used, so that a file which changes
 * meanwhile is noticed.
 */
#ifndef SNAP_IMAGE_H
#define SNAP_IMAGE_H

#include "snap/tlv.h"

/* The bytes of a stream, anywhere in it. */
struct snap_source {
	int (*read)(struct snap_source *src, u64 off, void *buf,
		    size_t n); /* all of it: 0 or -errno */
	/*
	 * Optional: map n bytes at off over `at`, private, both multiples of 4096; 0 or -errno. For
	 * those who do not verify pages.
	 */
	int (*map)(struct snap_source *src, u64 off, void *at, size_t n);
	u64 size;
};

/* Why a stream was refused; texts are static. */
struct snap_refusal {
	int err; /* what the host said when reading; 0: the contents are at fault */
	char record[32]; /* "DEV esp"; "": the header or the stream as a whole */
	const char *field; /* NULL: none */
	const char *what;
	bool numbers; /* want and got tell more */
	u64 want, got;
};

struct snap_image {
	struct snap_source *src;
	struct snap_header head;
	struct snap_frame frame[SNAP_RECORDS];
	u32 nr; /* frames, END included */
	bool trusted; /* memory pages are not verified */
	struct snap_refusal bad;
};

/* Each false: refused, img->bad says why. */

/* How long a stream is that begins so; 0: it is no header. */
u64 snap_header_length(const u8 in[SNAP_HEADER]);
/* The header: magic, check, and that the stream has the length it gives. Any version. */
bool snap_image_open(struct snap_image *img, struct snap_source *src);
/*
 * Every frame, zero and check in the stream. `trusted`: MEM records' payloads, and with them
 * the digest of the whole, are left unread.
 */
bool snap_image_verify(struct snap_image *img, bool trusted);

/* A record being read, front to back. */
struct snap_cursor {
	struct snap_image *img;
	const struct snap_frame *frame;
	u64 pos; /* payload bytes taken */
	u32 crc;
	bool skipped; /* some of it was not looked at */
};

void snap_cursor_init(struct snap_cursor *c, struct snap_image *img, u32 record);
static inline u64 snap_left(const struct snap_cursor *c)
{
	return c->frame->len - c->pos;
}
bool snap_get(struct snap_cursor *c, void *buf, u64 n);
bool snap_get32(struct snap_cursor *c, u32 *v);
bool snap_get64(struct snap_cursor *c, u64 *v);
/* n bytes of zeros. */
bool snap_get_zeros(struct snap_cursor *c, u64 n);
/* Nothing is left, and what was read is what was verified. */
bool snap_cursor_end(struct snap_cursor *c);
/* Refuse the record; always false. */
bool snap_refuse(struct snap_cursor *c, const char *field, const char *what);
bool snap_refuse_numbers(struct snap_cursor *c, const char *field, const char *what, u64 want,
			 u64 got);

/* A source of bytes in memory. */
struct snap_mem {
	struct snap_source src;
	const u8 *buf;
};
void snap_mem_init(struct snap_mem *m, const void *buf, size_t n);

#endif
