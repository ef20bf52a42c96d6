/* SPDX-License-Identifier: MIT */
#include "snap/tlv.h"

#include <string.h>

#include "lib/be.h"
#include "lib/crc32.h"

static const u8 magic[8] = { 0x89, 'V', 'N', 'K', 0x0d, 0x0a, 0x1a, 0x0a };

static void put_text(u8 *out, size_t size, const char *text)
{
	size_t n = strlen(text);

	memset(out, 0, size);
	memcpy(out, text, n < size ? n : size);
}

void snap_header_put(const struct snap_header *head, u8 out[SNAP_HEADER])
{
	memset(out, 0, SNAP_HEADER);
	memcpy(out, magic, sizeof(magic));
	be32_put(out + 8, head->version);
	be32_put(out + 12, head->records);
	be64_put(out + 16, head->length);
	be64_put(out + 24, head->layout);
	be64_put(out + 32, head->ram_size);
	put_text(out + 40, 32, head->board);
	put_text(out + 72, 24, head->producer);
	put_text(out + 96, 32, head->producer_version);
	memcpy(out + 128, head->build, sizeof(head->build));
	be32_put(out + 252, crc32_add(0, out, 252));
}

static void put_raw(struct snap_writer *w, const void *p, u64 n)
{
	/* Where things stand counts even after an error: lengths depend on it. */
	w->off += n;
	if (w->err || !n)
		return;
	sha256_add(&w->sha, p, n);
	w->err = w->write(w->arg, p, n);
	progress_at(w->progress, NULL, w->off, w->all);
}

void snap_begin(struct snap_writer *w, const struct snap_header *head)
{
	u8 out[SNAP_HEADER];

	w->err = 0;
	w->off = 0;
	w->all = head->length;
	w->left = 0;
	w->crc = 0;
	sha256_init(&w->sha);
	snap_header_put(head, out);
	put_raw(w, out, sizeof(out));
}

void snap_record(struct snap_writer *w, const char *type, u32 instance, const char *name, u64 len)
{
	u8 out[SNAP_FRAME] = { ' ', ' ', ' ', ' ' };
	size_t n = strlen(type);

	BUG_ON(w->left || n > 4);
	memcpy(out, type, n);
	be32_put(out + 4, instance);
	put_text(out + 8, 24, name);
	be64_put(out + 32, len);
	be32_put(out + 44, crc32_add(0, out, 44));
	put_raw(w, out, sizeof(out));
	w->left = len;
	w->crc = 0;
}

void snap_put(struct snap_writer *w, const void *p, u64 n)
{
	BUG_ON(n > w->left);
	w->left -= n;
	w->crc = crc32_add(w->crc, p, n);
	put_raw(w, p, n);
}

void snap_put32(struct snap_writer *w, u32 v)
{
	u8 b[4];

	be32_put(b, v);
	snap_put(w, b, sizeof(b));
}

void snap_put64(struct snap_writer *w, u64 v)
{
	u8 b[8];

	be64_put(b, v);
	snap_put(w, b, sizeof(b));
}

void snap_put_zeros(struct snap_writer *w, u64 n)
{
	static const u8 zero[64];

	for (; n > sizeof(zero); n -= sizeof(zero))
		snap_put(w, zero, sizeof(zero));
	snap_put(w, zero, n);
}

void snap_record_end(struct snap_writer *w)
{
	u8 out[12] = { 0 };

	BUG_ON(w->left);
	be32_put(out, w->crc);
	put_raw(w, out, 4 + ((0 - (w->off + 4)) & 7));
}

int snap_finish(struct snap_writer *w)
{
	struct sha256 sha = w->sha;
	u8 digest[SHA256_SIZE];

	sha256_end(&sha, digest);
	snap_record(w, "END", 0, "end", sizeof(digest));
	snap_put(w, digest, sizeof(digest));
	snap_record_end(w);
	return w->err;
}
