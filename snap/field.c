/* SPDX-License-Identifier: MIT */
#include "snap/field.h"

#include <string.h>

#include "lib/be.h"
#include "lib/sha256.h"

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
	case FIELD_END:
		break;
	}
	return f->name;
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

static void uint_save(u32 size, const u8 *p, u8 *out)
{
	u16 h;
	u32 w;
	u64 d;

	switch (size) {
	case 1:
		*out = *p;
		break;
	case 2:
		memcpy(&h, p, sizeof(h));
		be16_put(out, h);
		break;
	case 4:
		memcpy(&w, p, sizeof(w));
		be32_put(out, w);
		break;
	default:
		memcpy(&d, p, sizeof(d));
		be64_put(out, d);
	}
}

static u64 uint_load(u32 size, u8 *p, const u8 *in)
{
	u16 h;
	u32 w;
	u64 d;

	switch (size) {
	case 1:
		*p = *in;
		return *in;
	case 2:
		h = be16_get(in);
		memcpy(p, &h, sizeof(h));
		return h;
	case 4:
		w = be32_get(in);
		memcpy(p, &w, sizeof(w));
		return w;
	default:
		d = be64_get(in);
		memcpy(p, &d, sizeof(d));
		return d;
	}
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
	u64 i;

	memset(&f, 0, sizeof(f));
	f.size = (u16)max;
	f.num = be16_get(in);
	if (f.num > max)
		return false;
	memcpy(f.data, in + 2, f.num);
	for (i = f.num; i < max; i++)
		if (in[2 + i])
			return false;
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
		uint_save(f->size, p, out);
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
		v = uint_load(f->size, p, *in);
		*in += f->size;
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
	uint_save(f->size, p, b + 8 - f->size);
	return be64_get(b);
}

/* Appends text to the path of length n; its new length. */
static size_t path_add(char *path, size_t n, const char *text)
{
	while (*text && n < FIELD_PATH - 1)
		path[n++] = *text++;
	path[n] = '\0';
	return n;
}

static size_t path_index(char *path, size_t n, u32 i)
{
	char digits[16] = { 0 };
	unsigned at = sizeof(digits) - 2;

	digits[at] = ']';
	do
		digits[--at] = (char)('0' + i % 10);
	while (i /= 10);
	digits[--at] = '[';
	return path_add(path, n, digits + at);
}

struct each {
	void (*visit)(void *arg, const char *path, const struct field *f, const void *at);
	void *arg;
	char path[FIELD_PATH];
};

static void each(struct each *e, size_t n, const struct field *table, const void *state)
{
	const struct field *f;

	for (f = table; f->type != FIELD_END; f++) {
		const u8 *at = (const u8 *)state + f->off;
		size_t len;

		if (f->type == FIELD_PAD)
			continue;
		len = path_add(e->path, n, f->name);
		if (f->type != FIELD_STRUCT) {
			e->visit(e->arg, e->path, f, at);
			continue;
		}
		for (u32 i = 0; i < f->count; i++) {
			size_t in = f->count > 1 ? path_index(e->path, len, i) : len;

			each(e, path_add(e->path, in, "."), f->sub, at + (size_t)i * f->size);
		}
	}
}

void field_each(const struct field *table, const void *state,
		void (*visit)(void *arg, const char *path, const struct field *f, const void *at),
		void *arg)
{
	struct each e = { .visit = visit, .arg = arg };

	each(&e, 0, table, state);
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
