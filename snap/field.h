/* SPDX-License-Identifier: MIT */
/*
 * The field table: one description of what a chip remembers, with many readers
 * (save, load with ranges, print, compare, layout signature, mutation tests).
 *
 * A state struct holds fixed-width integers, bool, byte arrays, struct fifo and
 * nested state structs: no pointers, no implicit padding. Its table must TILE it:
 * ascending offsets, every byte named once, end == sizeof. field_check() proves it.
 */
#ifndef SNAP_FIELD_H
#define SNAP_FIELD_H

#include "lib/fifo.h"
#include "lib/types.h"

enum field_type {
	FIELD_END,
	FIELD_UINT, /* size 1, 2, 4 or 8 bytes, count >= 1, each min..max */
	FIELD_BOOL, /* bool, count >= 1 */
	FIELD_BYTES, /* count raw bytes */
	FIELD_FIFO, /* struct fifo whose capacity is `max` */
	FIELD_STRUCT, /* count nested structs of `size` bytes, described by sub */
	FIELD_PAD, /* explicit padding in the struct: always 0, not in the stream */
};

struct field {
	const char *name;
	u32 off; /* bytes from the start of the state struct */
	u32 size; /* bytes of one element */
	u32 count; /* elements */
	enum field_type type;
	u64 min, max; /* what load accepts */
	const struct field *sub;
};

#define FIELD_SIZE_(S, m) sizeof(((struct S *)0)->m)
#define FIELD_ELEM_(S, m) sizeof(((struct S *)0)->m[0])
#define FIELD_(S, m, elem, ...)                                                                    \
	{                                                                                          \
		.name = #m, .off = offsetof(struct S, m), .size = (elem),                          \
		.count = FIELD_SIZE_(S, m) / (elem), __VA_ARGS__                                   \
	}
#define FIELD_MAX_(n) (UINT64_MAX >> (64 - 8 * (n)))
/* Each takes the struct's tag and the member: F_UINT(escc_state, wr9). */
#define F_RANGE(S, m, lo, hi)                                                                      \
	FIELD_(S, m, FIELD_SIZE_(S, m), .type = FIELD_UINT, .min = (lo), .max = (hi))
#define F_UINT(S, m) F_RANGE(S, m, 0, FIELD_MAX_(FIELD_SIZE_(S, m)))
#define F_ARRAY_RANGE(S, m, lo, hi)                                                                \
	FIELD_(S, m, FIELD_ELEM_(S, m), .type = FIELD_UINT, .min = (lo), .max = (hi))
#define F_ARRAY(S, m) F_ARRAY_RANGE(S, m, 0, FIELD_MAX_(FIELD_ELEM_(S, m)))
#define F_BOOL(S, m) FIELD_(S, m, 1, .type = FIELD_BOOL, .max = 1)
#define F_BOOLS(S, m) F_BOOL(S, m)
#define F_BYTES(S, m) FIELD_(S, m, 1, .type = FIELD_BYTES, .max = 255)
#define F_FIFO(S, m, cap) FIELD_(S, m, sizeof(struct fifo), .type = FIELD_FIFO, .max = (cap))
#define F_STRUCT(S, m, table) FIELD_(S, m, FIELD_SIZE_(S, m), .type = FIELD_STRUCT, .sub = (table))
#define F_STRUCTS(S, m, table) FIELD_(S, m, FIELD_ELEM_(S, m), .type = FIELD_STRUCT, .sub = (table))
#define F_PAD(S, m) FIELD_(S, m, 1, .type = FIELD_PAD)
#define F_END                                                                                      \
	{                                                                                          \
		.type = FIELD_END                                                                  \
	}

/*
 * Does the table tile a struct of `size` bytes? NULL if so, else a static text that
 * names the first field that does not follow its predecessor, or "end".
 */
const char *field_check(const struct field *table, size_t size);

/* Bytes that the table's struct takes in a stream (big-endian, no padding). */
u64 field_stream_size(const struct field *table);
/* state -> stream; out has field_stream_size() bytes. */
void field_save(const struct field *table, const void *state, u8 *out);
/*
 * stream -> state. Returns NULL, or the name of the first field whose value is out of
 * range; `state` is then partly written and must be thrown away.
 */
const char *field_load(const struct field *table, void *state, const u8 *in);

/* One element as a number: UINT, BOOL, BYTES; of a FIFO how many bytes it holds. */
u64 field_value(const struct field *f, const void *at, u32 i);
/* Adds everything that a row says, but for offsets, of every row to a digest. */
struct sha256;
void field_layout(const struct field *table, struct sha256 *sha);

#endif
