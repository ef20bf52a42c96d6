/* SPDX-License-Identifier: MIT */
#include "snap/image.h"

#include <errno.h>
#include <string.h>

#include "lib/be.h"
#include "lib/crc32.h"
#include "lib/zero.h"

/* `f`: the record at fault, NULL: none. */
static bool refuse_record(struct snap_image *img, const struct snap_frame *f, const char *field,
			  const char *what)
{
	img->bad = (struct snap_refusal){ .field = field, .what = what };
	if (f)
		strcat(strcat(strcpy(img->bad.record, f->type), " "), f->name);
	return false;
}

static bool refuse(struct snap_image *img, const char *what)
{
	return refuse_record(img, NULL, NULL, what);
}

static bool add_numbers(struct snap_image *img, u64 want, u64 got)
{
	img->bad.numbers = true;
	img->bad.want = want;
	img->bad.got = got;
	return false;
}

static bool fetch(struct snap_image *img, u64 off, void *buf, size_t n)
{
	int err;

	BUG_ON(off > img->src->size);
	if (n > img->src->size - off)
		return refuse(img, "the stream ends too early");
	err = img->src->read(img->src, off, buf, n);
	if (!err)
		return true;
	refuse(img, "cannot be read");
	img->bad.err = err;
	return false;
}

/* Text in a field of `size` bytes, which is NUL-padded and printable. */
static bool get_text(char *out, const u8 *p, size_t size)
{
	size_t n = strnlen((const char *)p, size);

	memcpy(out, p, n);
	out[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			return false;
	return is_zero(p + n, size - n);
}

u64 snap_header_length(const u8 in[SNAP_HEADER])
{
	u8 good[SNAP_HEADER];

	snap_header_put(&(struct snap_header){ .version = 0 }, good);
	if (memcmp(in, good, 8) || be32_get(in + 252) != crc32_add(0, in, 252))
		return 0;
	return be64_get(in + 16);
}

bool snap_image_open(struct snap_image *img, struct snap_source *src)
{
	struct snap_header *h = &img->head;
	u8 in[SNAP_HEADER], again[SNAP_HEADER];

	memset(img, 0, sizeof(*img));
	img->src = src;
	if (src->size < SNAP_HEADER)
		return refuse(img, "not a snapshot: too short to be one");
	if (!fetch(img, 0, in, sizeof(in)))
		return false;
	h->version = be32_get(in + 8);
	h->records = be32_get(in + 12);
	h->length = be64_get(in + 16);
	h->layout = be64_get(in + 24);
	h->ram_size = be64_get(in + 32);
	snap_header_put(h, again);
	if (memcmp(in, again, 8))
		return refuse(img, "not a snapshot");
	if (be32_get(in + 252) != crc32_add(0, in, 252))
		return refuse(img, "the header is damaged");
	if (!get_text(h->board, in + 40, 32) || !get_text(h->producer, in + 72, 24) ||
	    !get_text(h->producer_version, in + 96, 32))
		return refuse(img, "the header holds a name that is no text");
	memcpy(h->build, in + 128, sizeof(h->build));
	if (!is_zero(in + 148, 104))
		return refuse(img, "the header's reserved octets are not zero");
	if (h->length == src->size)
		return true;
	refuse(img, src->size < h->length ? "the stream is cut short"
					  : "there is more after the stream's end");
	return add_numbers(img, h->length, src->size);
}

/* Four letters, or fewer and spaces. */
static bool get_type(char out[5], const u8 *p)
{
	unsigned n = 4;

	while (n && p[n - 1] == ' ')
		n--;
	memcpy(out, p, n);
	memset(out + n, 0, 5 - n);
	for (unsigned i = 0; i < n; i++)
		if (p[i] < 'A' || p[i] > 'Z')
			return false;
	return n > 0;
}

/* A frame at `off`, which moves on past the record. */
static bool get_frame(struct snap_image *img, struct snap_frame *f, u64 *off)
{
	u8 in[SNAP_FRAME];
	u64 room;

	if (!fetch(img, *off, in, sizeof(in)))
		return false;
	if (be32_get(in + 44) != crc32_add(0, in, 44))
		return refuse(img, "a record's frame is damaged");
	f->instance = be32_get(in + 4);
	f->len = be64_get(in + 32);
	f->off = *off + SNAP_FRAME;
	if (!get_type(f->type, in) || !get_text(f->name, in + 8, 24) || be32_get(in + 40))
		return refuse(img, "a record's frame is not as it has to be");
	room = img->src->size - *off;
	if (f->len > room || snap_record_size(f->len) > room)
		return refuse(img, "a record is longer than the stream");
	*off += snap_record_size(f->len);
	return true;
}

static bool is_type(const struct snap_frame *f, const char *type)
{
	return !strcmp(f->type, type);
}

static bool walk(struct snap_image *img)
{
	struct snap_frame *f;
	u64 off = SNAP_HEADER;

	while (off < img->src->size) {
		f = &img->frame[img->nr];
		if (img->nr == SNAP_RECORDS || img->nr == img->head.records)
			return refuse(img, "there are more records than the header counts");
		if (!get_frame(img, f, &off))
			return false;
		img->nr++;
		if (is_type(f, "END") != (img->nr == img->head.records))
			return refuse(img, "the END record is not the last one");
	}
	if (img->nr != img->head.records || !img->nr) {
		refuse(img, "records are missing");
		return add_numbers(img, img->head.records, img->nr);
	}
	f = &img->frame[img->nr - 1];
	if (f->len != SHA256_SIZE || f->instance || strcmp(f->name, "end"))
		return refuse(img, "the END record is not as it has to be");
	return true;
}

/* One record: its payload's check, the zeros after it, and the digest of the whole. */
static bool verify_record(struct snap_image *img, struct snap_frame *f, struct sha256 *sha)
{
	u8 buf[65536], tail[12];
	u64 off = f->off - SNAP_FRAME, end = f->off + f->len;
	size_t pad = (size_t)(snap_record_size(f->len) - SNAP_FRAME - f->len);
	u32 crc = 0;

	if (!fetch(img, off, buf, SNAP_FRAME) || !fetch(img, end, tail, pad))
		return false;
	if (!img->trusted)
		sha256_add(sha, buf, SNAP_FRAME);
	for (off = f->off; off < end && !(img->trusted && is_type(f, "MEM"));) {
		size_t n = end - off < sizeof(buf) ? (size_t)(end - off) : sizeof(buf);

		if (!fetch(img, off, buf, n))
			return false;
		if (!img->trusted)
			sha256_add(sha, buf, n);
		crc = crc32_add(crc, buf, n);
		off += n;
	}
	if (!img->trusted)
		sha256_add(sha, tail, pad);
	f->crc = be32_get(tail);
	if (off == end && f->crc != crc)
		return refuse_record(img, f, NULL, "its contents are damaged");
	if (!is_zero(tail + 4, pad - 4))
		return refuse_record(img, f, NULL, "what follows it is not zero");
	return true;
}

bool snap_image_verify(struct snap_image *img, bool trusted)
{
	u8 head[SNAP_HEADER], digest[SHA256_SIZE], want[SHA256_SIZE];
	struct sha256 sha;

	img->nr = 0;
	img->trusted = trusted;
	if (!walk(img) || !fetch(img, 0, head, sizeof(head)))
		return false;
	sha256_init(&sha);
	sha256_add(&sha, head, sizeof(head));
	for (u32 i = 0; i < img->nr; i++) {
		if (i == img->nr - 1) {
			struct sha256 all = sha;

			sha256_end(&all, digest);
		}
		if (!verify_record(img, &img->frame[i], &sha))
			return false;
	}
	if (!fetch(img, img->frame[img->nr - 1].off, want, sizeof(want)))
		return false;
	if (!trusted && memcmp(digest, want, sizeof(want)))
		return refuse(img, "the digest of the whole does not match");
	return true;
}

void snap_cursor_init(struct snap_cursor *c, struct snap_image *img, u32 record)
{
	*c = (struct snap_cursor){ .img = img, .frame = &img->frame[record] };
}

bool snap_refuse(struct snap_cursor *c, const char *field, const char *what)
{
	return refuse_record(c->img, c->frame, field, what);
}

bool snap_refuse_numbers(struct snap_cursor *c, const char *field, const char *what, u64 want,
			 u64 got)
{
	snap_refuse(c, field, what);
	return add_numbers(c->img, want, got);
}

bool snap_get(struct snap_cursor *c, void *buf, u64 n)
{
	if (n > snap_left(c))
		return snap_refuse(c, NULL, "it is too short for what it says");
	if (!fetch(c->img, c->frame->off + c->pos, buf, n))
		return false;
	c->crc = crc32_add(c->crc, buf, n);
	c->pos += n;
	return true;
}

bool snap_get32(struct snap_cursor *c, u32 *v)
{
	u8 b[4];

	*v = 0;
	if (!snap_get(c, b, sizeof(b)))
		return false;
	*v = be32_get(b);
	return true;
}

bool snap_get64(struct snap_cursor *c, u64 *v)
{
	u8 b[8];

	*v = 0;
	if (!snap_get(c, b, sizeof(b)))
		return false;
	*v = be64_get(b);
	return true;
}

bool snap_get_zeros(struct snap_cursor *c, u64 n)
{
	u8 buf[256];

	while (n) {
		size_t part = n < sizeof(buf) ? (size_t)n : sizeof(buf);

		if (!snap_get(c, buf, part))
			return false;
		if (!is_zero(buf, part))
			return snap_refuse(c, NULL, "octets that have to be zero are not");
		n -= part;
	}
	return true;
}

bool snap_cursor_end(struct snap_cursor *c)
{
	if (snap_left(c))
		return snap_refuse(c, NULL, "it is longer than what it says");
	/* What the file says by now counts for nothing: it could have become another snapshot. */
	if (c->skipped || c->frame->crc == c->crc)
		return true;
	return snap_refuse(c, NULL, "it changed while it was read");
}

static int mem_read(struct snap_source *src, u64 off, void *buf, size_t n)
{
	memcpy(buf, container_of(src, struct snap_mem, src)->buf + off, n);
	return 0;
}

void snap_mem_init(struct snap_mem *m, const void *buf, size_t n)
{
	*m = (struct snap_mem){ .src = { .read = mem_read, .size = n }, .buf = buf };
}
