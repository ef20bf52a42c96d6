/* SPDX-License-Identifier: MIT */
/*
 * Program files as a list of memory segments: ELF32, a.out, S-records, raw bytes,
 * each of them possibly inside gzip. What a file is, its content tells.
 *
 * Files are hostile: every read goes through image_get(), and whatever a header
 * claims is checked before it is used. A parsed image keeps its promises:
 * segments ascend by va, overlap neither in va nor in pa, none is empty, data
 * lies inside the file, va + memsz and pa + memsz do not pass 2^32, and entry is a
 * word inside a segment (of a raw image: 0).
 */
#ifndef LIB_IMAGE_H
#define LIB_IMAGE_H

#include "lib/types.h"

enum image_format { IMAGE_RAW, IMAGE_ELF, IMAGE_AOUT, IMAGE_SREC };

struct image_segment {
	u32 va; /* where it was linked to run */
	u32 pa; /* where it was linked to be loaded; only ELF tells the two apart */
	u32 memsz; /* bytes in memory, above 0; those from filesz on are 0 */
	u32 filesz; /* bytes at data, 0..memsz */
	const u8 *data; /* in the caller's buffer or the image's own */
};

struct image {
	enum image_format format;
	const char *name; /* the file's, for messages; not the image's own */
	struct image_segment *seg;
	unsigned nr;
	u32 entry; /* virtual */
	u32 header; /* a.out: bytes of header in front of the code in the first segment, 0 or 32 */
	u32 lowest; /* va of the first segment */
	u64 highest; /* va just after the last one */
	u8 *own; /* unpacked bytes */
	const u8 *buf; /* the file, unpacked and decoded */
	size_t len;
};

/*
 * Takes the file's bytes, which must stay while the image is used. `max` bounds the bytes
 * that a gzip file may unpack to, and is below 4 GiB. Returns 0, or -EINVAL (not such a file, damaged, or not
 * for this CPU), -EFBIG or -ENOMEM with one line in err: the name, the field, what is wrong.
 * After any result image_release() is due and harmless.
 */
int image_parse(struct image *im, const char *name, const u8 *buf, size_t len, u64 max, char *err,
		size_t errlen);
void image_release(struct image *im);

const char *image_format_name(enum image_format format);

/*
 * For the formats' own files.
 */

/* The one way to read: n bytes at off of the file, or NULL where the file has not got them. */
static inline const u8 *image_get(const struct image *im, u64 off, u64 n)
{
	return off <= im->len && n <= im->len - off ? im->buf + off : NULL;
}

struct image_error {
	char *text;
	size_t len;
};
/* Writes "NAME: text" and returns -EINVAL. */
int image_fail(const struct image *im, struct image_error *err, const char *fmt, ...)
	__printf(3, 4);
/* Appends a segment; nothing happens where memsz is 0. 0 or -errno. */
int image_add(struct image *im, const struct image_segment *seg, struct image_error *err);

/* Each: is it one? and: take it apart; im->buf and im->len are set. */
bool elf_is(const struct image *im);
int elf_parse(struct image *im, struct image_error *err);
bool aout_is(const struct image *im);
int aout_parse(struct image *im, struct image_error *err);
bool srec_is(const struct image *im);
int srec_parse(struct image *im, struct image_error *err);

#endif
