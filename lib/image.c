/* SPDX-License-Identifier: MIT */
/* Finds out what a program file is, unpacks it, and proves what image.h promises of it. */
#include "lib/image.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MAX_SEGMENTS 65536

int image_fail(const struct image *im, struct image_error *err, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(err->text, err->len, "%s: ", im->name);

	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < err->len)
		vsnprintf(err->text + n, err->len - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int no_memory(const struct image *im, struct image_error *err)
{
	image_fail(im, err, "out of memory");
	return -ENOMEM;
}

int image_add(struct image *im, const struct image_segment *seg, struct image_error *err)
{
	if (!seg->memsz)
		return 0;
	if ((u64)seg->va + seg->memsz > UINT64_C(1) << 32 ||
	    (u64)seg->pa + seg->memsz > UINT64_C(1) << 32)
		return image_fail(im, err, "segment at 0x%x: 0x%x bytes pass the end of memory",
				  seg->va, seg->memsz);
	/* Room grows when nr is a power of two. */
	if (!(im->nr & (im->nr - 1))) {
		size_t room = im->nr ? im->nr * 2 : 1;
		struct image_segment *p = realloc(im->seg, room * sizeof(*p));

		if (!p)
			return no_memory(im, err);
		im->seg = p;
	}
	if (im->nr == MAX_SEGMENTS)
		return image_fail(im, err, "more than %d segments", MAX_SEGMENTS);
	im->seg[im->nr++] = *seg;
	return 0;
}

static bool is_gzip(const u8 *buf, size_t len)
{
	return len >= 3 && buf[0] == 0x1f && buf[1] == 0x8b && buf[2] == Z_DEFLATED;
}

/* Room for the next bytes of an unpacked file: twice as much, but hardly above max. */
static int grow(struct image *im, size_t *room, u64 max)
{
	size_t more = *room ? *room * 2 : 1 << 16;
	u8 *p;

	/* One byte over the limit shows that there is more. */
	if (more > max)
		more = (size_t)max + 1;
	p = realloc(im->own, more);
	if (!p)
		return -ENOMEM;
	im->own = p;
	*room = more;
	return 0;
}

static int inflate_all(struct image *im, z_stream *z, u64 max, struct image_error *err)
{
	size_t room = 0;
	int rc = Z_OK;

	while (rc != Z_STREAM_END) {
		if (im->len == room && grow(im, &room, max))
			return no_memory(im, err);
		z->next_out = im->own + im->len;
		z->avail_out = (uInt)(room - im->len);
		rc = inflate(z, Z_NO_FLUSH);
		if (rc == Z_MEM_ERROR)
			return no_memory(im, err);
		if (rc != Z_OK && rc != Z_STREAM_END)
			return image_fail(im, err, "gzip: %s",
					  rc == Z_BUF_ERROR ? "cut off" : "damaged");
		im->len = (size_t)(z->next_out - im->own);
		if (im->len > max) {
			image_fail(im, err, "gzip: unpacks to more than %" PRIu64 " bytes", max);
			return -EFBIG;
		}
	}
	return 0;
}

static int gunzip(struct image *im, const u8 *buf, size_t len, u64 max, struct image_error *err)
{
	/* zlib does not write there, but before 1.2.5.2 its header did not say so. */
	z_stream z = { .next_in = (Bytef *)(uintptr_t)buf, .avail_in = (uInt)len };
	int rc;

	if (len > UINT32_MAX || max >= UINT32_MAX)
		return image_fail(im, err, "gzip: file too large");
	/* 16 more than the largest window: gzip's header and nothing else. */
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return no_memory(im, err);
	im->len = 0;
	rc = inflate_all(im, &z, max, err);
	inflateEnd(&z);
	im->buf = im->own;
	return rc;
}

static int by_va(const void *a, const void *b)
{
	const struct image_segment *x = a, *y = b;

	return (x->va > y->va) - (x->va < y->va);
}

static int by_pa(const void *a, const void *b)
{
	const struct image_segment *x = a, *y = b;

	return (x->pa > y->pa) - (x->pa < y->pa);
}

static int check_overlap(struct image *im, struct image_error *err)
{
	const struct image_segment *s = im->seg;

	qsort(im->seg, im->nr, sizeof(*im->seg), by_pa);
	for (unsigned i = 1; i < im->nr; i++)
		if ((u64)s[i - 1].pa + s[i - 1].memsz > s[i].pa)
			return image_fail(im, err, "segments at physical 0x%x and 0x%x overlap",
					  s[i - 1].pa, s[i].pa);
	qsort(im->seg, im->nr, sizeof(*im->seg), by_va);
	for (unsigned i = 1; i < im->nr; i++)
		if ((u64)s[i - 1].va + s[i - 1].memsz > s[i].va)
			return image_fail(im, err, "segments at 0x%x and 0x%x overlap", s[i - 1].va,
					  s[i].va);
	return 0;
}

static int check_entry(struct image *im, struct image_error *err)
{
	if (im->entry & 3)
		return image_fail(im, err, "entry 0x%x is not a multiple of 4", im->entry);
	for (unsigned i = 0; i < im->nr; i++) {
		const struct image_segment *s = &im->seg[i];

		/* Code that is not in the file cannot run. */
		if (im->entry >= s->va && (u64)im->entry + 4 <= (u64)s->va + s->filesz)
			return 0;
	}
	return image_fail(im, err, "entry 0x%x lies outside of what the file holds", im->entry);
}

static int parse_raw(struct image *im, struct image_error *err)
{
	struct image_segment seg = { .data = im->buf };

	if (im->len > UINT32_MAX)
		return image_fail(im, err, "%zu bytes are more than the address space", im->len);
	seg.memsz = seg.filesz = (u32)im->len;
	return image_add(im, &seg, err);
}

static int parse(struct image *im, struct image_error *err)
{
	int rc;

	if (!im->len)
		return image_fail(im, err, "the file is empty");
	im->format = elf_is(im)	   ? IMAGE_ELF
		     : aout_is(im) ? IMAGE_AOUT
		     : srec_is(im) ? IMAGE_SREC
				   : IMAGE_RAW;
	rc = im->format == IMAGE_ELF	? elf_parse(im, err)
	     : im->format == IMAGE_AOUT ? aout_parse(im, err)
	     : im->format == IMAGE_SREC ? srec_parse(im, err)
					: parse_raw(im, err);
	if (rc)
		return rc;
	if (!im->nr)
		return image_fail(im, err, "%s with nothing to load",
				  image_format_name(im->format));
	rc = check_overlap(im, err);
	if (!rc && im->format != IMAGE_RAW)
		rc = check_entry(im, err);
	im->lowest = im->seg[0].va;
	im->highest = (u64)im->seg[im->nr - 1].va + im->seg[im->nr - 1].memsz;
	return rc;
}

int image_parse(struct image *im, const char *name, const u8 *buf, size_t len, u64 max, char *err,
		size_t errlen)
{
	struct image_error e = { .text = err, .len = errlen };
	int rc = 0;

	*im = (struct image){ .name = name, .buf = buf, .len = len };
	if (errlen)
		*err = '\0';
	if (is_gzip(buf, len))
		rc = gunzip(im, buf, len, max, &e);
	return rc ? rc : parse(im, &e);
}

void image_release(struct image *im)
{
	free(im->seg);
	free(im->own);
	im->seg = NULL;
	im->own = NULL;
	im->nr = 0;
}

const char *image_format_name(enum image_format format)
{
	static const char *const name[] = {
		[IMAGE_RAW] = "raw binary",
		[IMAGE_ELF] = "ELF",
		[IMAGE_AOUT] = "a.out",
		[IMAGE_SREC] = "S-records",
	};

	return name[format];
}
