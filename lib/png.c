/* SPDX-License-Identifier: MIT */
#include "lib/png.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/be.h"

#define FILTER_UP 2 /* screens repeat their lines */

static const u8 signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

/* Length and type stand before `data`, the CRC goes behind it; returns what follows. */
static u8 *chunk_end(u8 *data, const char *type, size_t len)
{
	be32_put(data - 8, (u32)len);
	memcpy(data - 4, type, 4);
	be32_put(data + len, (u32)crc32_z(0, data - 4, len + 4));
	return data + len + 4;
}

static u8 *header(u8 *p, unsigned width, unsigned height)
{
	static const u8 format[5] = { 8, 2, 0, 0,
				      0 }; /* bits, RGB, deflate, filters, not interlaced */

	memcpy(p, signature, sizeof(signature));
	p += sizeof(signature) + 8;
	be32_put(p, width);
	be32_put(p + 4, height);
	memcpy(p + 8, format, sizeof(format));
	return chunk_end(p, "IHDR", 13);
}

static void filter_line(u8 *line, const u32 *now, const u32 *above, unsigned width)
{
	*line++ = FILTER_UP;
	for (unsigned x = 0; x < width; x++) {
		u32 up = above ? above[x] : 0;

		*line++ = (u8)((now[x] >> 16) - (up >> 16));
		*line++ = (u8)((now[x] >> 8) - (up >> 8));
		*line++ = (u8)(now[x] - up);
	}
}

/* `z->next_out` has room for all. */
static int compress_lines(z_stream *z, const u32 *xrgb, unsigned width, unsigned height,
			  size_t stride)
{
	u8 *line = malloc(1 + 3 * (size_t)width);
	int ret = Z_OK;

	if (!line)
		return -ENOMEM;
	for (unsigned y = 0; y < height && ret == Z_OK; y++) {
		filter_line(line, xrgb + y * stride, y ? xrgb + (y - 1) * stride : NULL, width);
		z->next_in = line;
		z->avail_in = 1 + 3 * width;
		ret = deflate(z, y + 1 < height ? Z_NO_FLUSH : Z_FINISH);
	}
	free(line);
	return ret == Z_STREAM_END ? 0 : -ENOMEM;
}

int png_write(const u32 *xrgb, unsigned width, unsigned height, size_t stride, u8 **out,
	      size_t *len)
{
	z_stream z = { .zalloc = Z_NULL };
	size_t bound;
	u8 *p, *data;
	int ret;

	*out = NULL;
	*len = 0;
	if (!width || !height || width > PNG_MAX || height > PNG_MAX)
		return -EINVAL;
	if (deflateInit(&z, 6) != Z_OK)
		return -ENOMEM;
	bound = deflateBound(&z, (1 + 3 * (size_t)width) * height);
	p = bound < INT32_MAX ? malloc(bound + 128) : NULL;
	ret = -ENOMEM;
	if (p) {
		data = header(p, width, height) + 8;
		z.next_out = data;
		z.avail_out = (uInt)bound;
		ret = compress_lines(&z, xrgb, width, height, stride);
	}
	if (ret) {
		free(p);
	} else {
		*out = p;
		p = chunk_end(data, "IDAT", z.total_out);
		p = chunk_end(p + 8, "IEND", 0);
		*len = (size_t)(p - *out);
	}
	deflateEnd(&z);
	return ret;
}
