/* SPDX-License-Identifier: MIT */
#include "snap/field.h"

#include <string.h>

#include "lib/be.h"
#include "lib/sha256.h"
#include "lib/zero.h"

static const char *uint_check(const struct field *f)
{
	u32 n = f->size;

	if (n != 1 && n != 2 && n != 4 && n != 8)
		return f->name;
	if (f->min > f->max || f->max > UINT64_MAX >> (64 - 8 * n))
		return f->name;
	return NULL;
}

static const char *one_check(const struct field *f)
{
	switch (f->type) {
	case FIELD_UINT:
		return uint_check(f);
	case FIELD_BOOL:
		return f->size == sizeof(bool) ? NULL : f->name;
	case FIELD_BYTES:
	case FIELD_PAD:
		return f->size == 1 ? NULL : f->name;
	case FIELD_FIFO:
		if (f->size != sizeof(struct fifo) || f->max < 1 || f->max > FIFO_MAX)
			return f->name;
		return NULL;
	case FIELD_STRUCT:
		return f->sub ? field_check(f->sub, f->size) : f->name;
	default:
		return f->name;
	}
}

const char *field_check(const struct field *table, size_t size)
{
	const struct field *f;
	u64 end = 0;

	for (f = table; f->type != FIELD_END; f++) {
		const char *bad;

		if (f->off != end || !f->size || !f->count)
			return f->name;
		bad = one_check(f);
		if (bad)
			return bad;
		end += (u64)f->size * f->count;
	}
	return end == size ? NULL : "end";
}

u64 field_stream_size(const struct field *table)
{
	const struct field *f;
	u64 n = 0;

	for (f = table; f->type != FIELD_END; f++) {
		if (f->type == FIELD_STRUCT)
			n += f->count * field_stream_size(f->sub);
		else if (f->type == FIELD_FIFO)
			n += f->count * (2 + f->max);
		else if (f->type != FIELD_PAD)
			n += (u64)f->count * f->size;
	}
	return n;
}

/* A number of the host becomes a big-endian one, and back. */
static void uint_swap(u32 size, const u8 *from, u8 *to)
{
	for (u32 i = 0; i < size; i++)
		to[i] = from[HOST_LE ? size - 1 - i : i];
}

static void fifo_save(u64 max, const u8 *p, u8 *out)
{
	struct fifo f;

	memcpy(&f, p, sizeof(f));
	BUG_ON(f.num > max);
	be16_put(out, f.num);
	memset(out + 2, 0, max);
	memcpy(out + 2, f.data, f.num);
}

static bool fifo_load(u64 max, u8 *p, const u8 *in)
{
	struct fifo f;

	memset(&f, 0, sizeof(f));
	f.size = (u16)max;
	f.num = be16_get(in);
	if (f.num > max || !is_zero(in + 2 + f.num, max - f.num))
		return false;
	memcpy(f.data, in + 2, f.num);
	memcpy(p, &f, sizeof(f));
	return true;
}

/* One element: returns the stream bytes it took. */
static u64 elem_save(const struct field *f, const u8 *p, u8 *out)
{
	switch (f->type) {
	case FIELD_FIFO:
		fifo_save(f->max, p, out);
		return 2 + f->max;
	case FIELD_STRUCT:
		field_save(f->sub, p, out);
		return field_stream_size(f->sub);
	default:
		uint_swap(f->size, p, out);
		return f->size;
	}
}

void field_save(const struct field *table, const void *state, u8 *out)
{
	const struct field *f;
	u32 i;

	for (f = table; f->type != FIELD_END; f++) {
		const u8 *p = (const u8 *)state + f->off;

		if (f->type == FIELD_PAD)
			continue;
		if (f->type == FIELD_BYTES) {
			memcpy(out, p, f->count);
			out += f->count;
			continue;
		}
		for (i = 0; i < f->count; i++)
			out += elem_save(f, p + (size_t)i * f->size, out);
	}
}

/* One element, moving *in on; the name of the field that refuses it, or NULL. */
static const char *elem_load(const struct field *f, u8 *p, const u8 **in)
{
	const char *bad;
	u64 v;

	switch (f->type) {
	case FIELD_FIFO:
		bad = fifo_load(f->max, p, *in) ? NULL : f->name;
		*in += 2 + f->max;
		return bad;
	case FIELD_STRUCT:
		bad = field_load(f->sub, p, *in);
		*in += field_stream_size(f->sub);
		return bad;
	default:
		uint_swap(f->size, *in, p);
		*in += f->size;
		v = field_value(f, p, 0);
		return v < f->min || v > f->max ? f->name : NULL;
	}
}

const char *field_load(const struct field *table, void *state, const u8 *in)
{
	const struct field *f;
	u32 i;

	for (f = table; f->type != FIELD_END; f++) {
		u8 *p = (u8 *)state + f->off;

		if (f->type == FIELD_PAD) {
			memset(p, 0, f->count);
			continue;
		}
		if (f->type == FIELD_BYTES) {
			memcpy(p, in, f->count);
			in += f->count;
			continue;
		}
		for (i = 0; i < f->count; i++) {
			const char *bad = elem_load(f, p + (size_t)i * f->size, &in);

			if (bad)
				return bad;
		}
	}
	return NULL;
}

u64 field_value(const struct field *f, const void *at, u32 i)
{
	const u8 *p = (const u8 *)at + (size_t)i * f->size;
	u8 b[8] = { 0 };
	u16 num;

	if (f->type == FIELD_FIFO) {
		memcpy(&num, p + offsetof(struct fifo, num), sizeof(num));
		return num;
	}
	uint_swap(f->size, p, b + 8 - f->size);
	return be64_get(b);
}

void field_layout(const struct field *table, struct sha256 *sha)
{
	const struct field *f;
	u8 row[28];

	for (f = table; f->type != FIELD_END; f++) {
		sha256_add(sha, f->name, strlen(f->name) + 1);
		be32_put(row, (u32)f->type);
		be32_put(row + 4, f->type == FIELD_STRUCT ? 0 : f->size);
		be32_put(row + 8, f->count);
		be64_put(row + 12, f->min);
		be64_put(row + 20, f->max);
		sha256_add(sha, row, sizeof(row));
		if (f->type == FIELD_STRUCT)
			field_layout(f->sub, sha);
	}
	sha256_add(sha, "", 1);
}
