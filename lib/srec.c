/* SPDX-License-Identifier: MIT */
/*
 * Motorola S-records: lines of "S", a type, and pairs of hex digits for count,
 * address, data and checksum (the complement of the sum of all bytes before it).
 * S1, S2, S3 carry data at 2-, 3- and 4-byte addresses, S7, S8, S9 the entry; S0 is a
 * title, S5 and S6 count the data records.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/image.h"

struct reader {
	struct image *im;
	struct image_error *err;
	u64 off; /* in the text */
	unsigned line;
	u32 used; /* bytes of im's own buffer that are filled */
	struct image_segment seg; /* the one that grows */
	u32 records; /* data records so far */
	bool ended;
};

static int hex(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two hex digits at off, or -1. */
static int byte_at(const struct image *im, u64 off)
{
	const u8 *p = image_get(im, off, 2);
	int hi = p ? hex(p[0]) : -1, lo = p ? hex(p[1]) : -1;

	return hi < 0 || lo < 0 ? -1 : hi << 4 | lo;
}

bool srec_is(const struct image *im)
{
	const u8 *p = image_get(im, 0, 4);

	return p && p[0] == 'S' && p[1] >= '0' && p[1] <= '9' && byte_at(im, 2) >= 3;
}

/* The bytes of one record, after its count: address, data, checksum. */
static int read_bytes(struct reader *r, u8 *byte, unsigned *nr)
{
	int count = byte_at(r->im, r->off);
	unsigned sum = (unsigned)count;

	if (count < 0)
		return image_fail(r->im, r->err, "line %u: not an S-record", r->line);
	r->off += 2;
	for (int i = 0; i < count; i++, r->off += 2) {
		int c = byte_at(r->im, r->off);

		if (c < 0)
			return image_fail(r->im, r->err, "line %u: %d bytes announced, %d there",
					  r->line, count, i);
		byte[i] = (u8)c;
		sum += (unsigned)c;
	}
	if ((sum & 0xff) != 0xff)
		return image_fail(r->im, r->err, "line %u: wrong checksum", r->line);
	*nr = (unsigned)count;
	return 0;
}

static int flush(struct reader *r)
{
	struct image_segment seg = r->seg;

	r->seg.memsz = 0;
	seg.filesz = seg.memsz;
	return image_add(r->im, &seg, r->err);
}

static int data(struct reader *r, u32 addr, const u8 *byte, unsigned n)
{
	int rc = 0;

	r->records++;
	if (!n)
		return 0;
	if (!r->seg.memsz || (u64)r->seg.va + r->seg.memsz != addr) {
		rc = flush(r);
		r->seg.va = r->seg.pa = addr;
		r->seg.data = r->im->own + r->used;
	}
	for (unsigned i = 0; i < n; i++)
		r->im->own[r->used++] = byte[i];
	r->seg.memsz += n;
	return rc;
}

/* Bytes of address for each type; 0: there is no such type. */
static const u8 addr_bytes[10] = { 2, 2, 3, 4, 0, 2, 3, 4, 3, 2 };

static int record(struct reader *r)
{
	const u8 *p = image_get(r->im, r->off, 2);
	u8 byte[255];
	unsigned type, n = 0, width;
	u32 addr = 0;
	int rc;

	if (!p || p[0] != 'S' || p[1] < '0' || p[1] > '9' || !addr_bytes[p[1] - '0'])
		return image_fail(r->im, r->err, "line %u: not an S-record", r->line);
	type = p[1] - (unsigned)'0';
	width = addr_bytes[type];
	r->off += 2;
	rc = read_bytes(r, byte, &n);
	if (rc)
		return rc;
	if (n < width + 1)
		return image_fail(r->im, r->err, "line %u: too short for S%u", r->line, type);
	if (r->ended)
		return image_fail(r->im, r->err, "line %u: a record after the end record", r->line);
	for (unsigned i = 0; i < width; i++)
		addr = addr << 8 | byte[i];
	if (type >= 1 && type <= 3)
		return data(r, addr, byte + width, n - width - 1);
	if ((type == 5 || type == 6) && addr != (r->records & (type == 5 ? 0xffff : 0xffffff)))
		return image_fail(r->im, r->err, "line %u: %u data records announced, %u there",
				  r->line, addr, r->records);
	if (type >= 7) {
		r->ended = true;
		r->im->entry = addr;
	}
	return 0;
}

/* Past the end of the line; false at the end of the file. */
static bool next_line(struct reader *r)
{
	const u8 *p;

	while ((p = image_get(r->im, r->off, 1)) &&
	       (*p == '\r' || *p == '\n' || *p == ' ' || *p == '\t' || *p == 0x1a)) {
		r->line += *p == '\n';
		r->off++;
	}
	return p;
}

/* A file without an end record starts where its data starts. */
static void find_entry(struct image *im)
{
	for (unsigned i = 0; i < im->nr; i++)
		if (!i || im->seg[i].va < im->entry)
			im->entry = im->seg[i].va;
}

int srec_parse(struct image *im, struct image_error *err)
{
	struct reader r = { .im = im, .err = err, .line = 1 };
	u8 *packed = im->own, *text = malloc(im->len / 2 + 1);
	int rc = 0;

	if (!text) {
		image_fail(im, err, "out of memory");
		return -ENOMEM;
	}
	im->own = text;
	while (!rc && next_line(&r))
		rc = record(&r);
	/* Where the text came out of gzip, only the bytes decoded from it are kept. */
	free(packed);
	im->buf = im->own;
	im->len = r.used;
	if (rc)
		return rc;
	rc = flush(&r);
	if (!r.ended)
		find_entry(im);
	return rc;
}
