/* SPDX-License-Identifier: MIT */
#include "machine/fields.h"

#include <string.h>

#include "t/tap.h"

struct inner {
	u16 h;
	u8 b;
	u8 pad;
};

static const struct field inner_fields[] = {
	F_RANGE(inner, h, 1, 0x300),
	F_UINT(inner, b),
	F_PAD(inner, pad),
	F_END,
};

struct outer {
	u64 d;
	u32 w[2];
	struct inner in;
	struct inner ins[2];
	bool yes;
	bool maybe[2];
	u8 raw[3];
	struct fifo fifo;
	u8 pad[2];
	u32 last;
	u32 pad1;
};

static const struct field outer_fields[] = {
	F_UINT(outer, d),
	F_ARRAY(outer, w),
	F_STRUCT(outer, in, inner_fields),
	F_STRUCTS(outer, ins, inner_fields),
	F_BOOL(outer, yes),
	F_BOOLS(outer, maybe),
	F_BYTES(outer, raw),
	F_FIFO(outer, fifo, 4),
	F_PAD(outer, pad),
	F_UINT(outer, last),
	F_PAD(outer, pad1),
	F_END,
};

/* Written by hand: what the struct below is in a stream. */
static const u8 stream[] = {
	0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, /* d */
	0x01, 0x02, 0x03, 0x04, 0xa1, 0xa2, 0xa3, 0xa4, /* w */
	0x01, 0x23, 0x45, /* in */
	0x00, 0x01, 0xff, 0x03, 0x00, 0x00, /* ins */
	0x01, 0x00, 0x01, /* yes, maybe */
	0xde, 0xad, 0xbe, /* raw */
	0x00, 0x02, 0x0a, 0x0b, 0x00, 0x00, /* fifo */
	0xc0, 0xde, 0xca, 0xfe, /* last */
};

static void outer_make(struct outer *o)
{
	memset(o, 0, sizeof(*o));
	o->d = 0x1122334455667788;
	o->w[0] = 0x01020304;
	o->w[1] = 0xa1a2a3a4;
	o->in.h = 0x123;
	o->in.b = 0x45;
	o->ins[0].h = 1;
	o->ins[0].b = 0xff;
	o->ins[1].h = 0x300;
	o->yes = true;
	o->maybe[1] = true;
	memcpy(o->raw, "\xde\xad\xbe", 3);
	fifo_init(&o->fifo, 4);
	fifo_push(&o->fifo, 0x0a);
	fifo_push(&o->fifo, 0x0b);
	o->last = 0xc0decafe;
}

static void test_stream(void)
{
	struct outer o, back;
	u8 out[sizeof(stream)];

	ok(!field_check(outer_fields, sizeof(o)), "the table tiles the struct");
	is(field_stream_size(outer_fields), sizeof(stream), "the stream's size");
	outer_make(&o);
	field_save(outer_fields, &o, out);
	ok(!memcmp(out, stream, sizeof(stream)), "the stream is what was written by hand");
	memset(&back, 0xee, sizeof(back));
	ok(!field_load(outer_fields, &back, stream), "it loads");
	ok(!memcmp(&back, &o, sizeof(o)), "to the same struct, padding and all");
}

static const char *load_with(unsigned at, u8 val)
{
	struct outer o;
	u8 in[sizeof(stream)];
	const char *bad;

	memcpy(in, stream, sizeof(in));
	in[at] = val;
	bad = field_load(outer_fields, &o, in);
	return bad ? bad : "";
}

static void test_ranges(void)
{
	ok(!strcmp(load_with(16, 0x04), "h"), "a value above its range is named");
	ok(!strcmp(load_with(16, 0x02), ""), "one inside it is not");
	ok(!strcmp(load_with(20, 0x00), "h"), "one below it, in an array");
	ok(!strcmp(load_with(23, 0x01), "h"), "one above it, in the last element");
	ok(!strcmp(load_with(24, 0xff), ""), "a full range takes everything");
	ok(!strcmp(load_with(25, 0x02), "yes"), "a bool that is 2");
	ok(!strcmp(load_with(27, 0x80), "maybe"), "a bool in an array");
	ok(!strcmp(load_with(30, 0x01), ""), "raw bytes are free");
	ok(!strcmp(load_with(31, 0x01), "fifo"), "a queue of 258");
	ok(!strcmp(load_with(32, 0x05), "fifo"), "a queue that holds more than it can");
	ok(!strcmp(load_with(34, 0xff), ""), "any byte may be in a queue");
	ok(!strcmp(load_with(35, 0x01), "fifo"), "but none behind its end");
	ok(!strcmp(load_with(32, 0x01), "fifo"), "nor when it was shortened");
	ok(!strcmp(load_with(40, 0x00), ""), "the last byte is the last field's");
}

static void bad(const struct field *table, size_t size, const char *want, const char *what)
{
	const char *got = field_check(table, size);

	ok(got && !strcmp(got, want), "%s (%s)", what, got ? got : "accepted");
}

static void test_check(void)
{
	struct hole {
		u8 a;
		u32 b;
	};
	static const struct field gap[] = { F_UINT(hole, a), F_UINT(hole, b), F_END };
	static const struct field start[] = { F_UINT(hole, b), F_END };
	static const struct field tail[] = { F_UINT(outer, d), F_END };
	static const struct field twice[] = { F_UINT(outer, d), F_UINT(outer, d), F_END };
	static const struct field none[] = { F_END };
	static const struct field range[] = { F_RANGE(outer, d, 2, 1), F_END };
	static const struct field wide[] = { F_RANGE(inner, h, 0, 0x10000), F_END };
	static const struct field deep_sub[] = { F_RANGE(inner, h, 1, 3), F_UINT(inner, b), F_END };
	struct holder {
		struct inner in;
	};
	static const struct field nosub[] = { F_STRUCT(holder, in, NULL), F_END };
	static const struct field deep[] = { F_STRUCT(holder, in, deep_sub), F_END };
	struct queue {
		struct fifo f;
	};
	static const struct field big[] = { F_FIFO(queue, f, 257), F_END };
	static const struct field zero[] = { F_FIFO(queue, f, 0), F_END };
	static const struct field one[] = { F_FIFO(queue, f, 1), F_END };
	static const struct field fits[] = { F_FIFO(queue, f, 256), F_END };

	/* Rows that no macro makes. */
	static const struct field three[] = {
		{ .name = "x", .size = 3, .count = 1, .type = FIELD_UINT, .max = 255 }, F_END
	};
	static const struct field nothing[] = { { .name = "x", .count = 1, .type = FIELD_BYTES },
						F_END };
	static const struct field never[] = { { .name = "x", .size = 1, .type = FIELD_BYTES },
					      F_END };
	static const struct field bools[] = {
		{ .name = "x", .size = 4, .count = 1, .type = FIELD_BOOL }, F_END
	};
	static const struct field wide_bytes[] = {
		{ .name = "x", .size = 2, .count = 2, .type = FIELD_BYTES }, F_END
	};
	static const struct field short_fifo[] = {
		{ .name = "x", .size = 4, .count = 1, .type = FIELD_FIFO, .max = 2 }, F_END
	};
	static const struct field other[] = {
		{ .name = "x", .size = 4, .count = 1, .type = (enum field_type)99 }, F_END
	};

	bad(three, 3, "x", "a number of three octets");
	bad(nothing, 0, "x", "elements of no size");
	bad(never, 0, "x", "no elements");
	bad(bools, 4, "x", "a bool of four octets");
	bad(wide_bytes, 4, "x", "bytes of two");
	bad(short_fifo, 4, "x", "a queue that is none");
	bad(other, 4, "x", "a type that is none");
	bad(gap, sizeof(struct hole), "b", "implicit padding");
	bad(start, sizeof(struct hole), "b", "a first field left out");
	bad(tail, sizeof(struct outer), "end", "last fields left out");
	bad(tail, 4, "end", "a struct that is smaller");
	bad(twice, 16, "d", "a field named twice");
	bad(range, 8, "d", "an empty range");
	bad(wide, 2, "h", "a range beyond the type");
	bad(nosub, sizeof(struct inner), "in", "a struct without a table");
	bad(deep, sizeof(struct holder), "end", "a nested table that does not tile");
	bad(big, sizeof(struct queue), "f", "a queue above FIFO_MAX");
	bad(zero, sizeof(struct queue), "f", "a queue of nothing");
	ok(!field_check(fits, sizeof(struct queue)), "a queue of FIFO_MAX");
	ok(!field_check(one, sizeof(struct queue)), "a queue of one");
	ok(!field_check(none, 0), "no state at all");
}

struct seen {
	unsigned nr;
	char text[512];
};

static void see(void *arg, const char *path, const struct field *f, const void *at)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	s->nr++;
	snprintf(s->text + n, sizeof(s->text) - n, "%s=%llx ", path,
		 (unsigned long long)field_value(f, at, f->count - 1));
}

static void test_each(void)
{
	struct seen s = { 0, "" };
	struct outer o;

	outer_make(&o);
	fields_each(outer_fields, &o, see, &s);
	ok(!strcmp(s.text, "d=1122334455667788 w=a1a2a3a4 in.h=123 in.b=45 ins[0].h=1 ins[0].b=ff "
			   "ins[1].h=300 ins[1].b=0 yes=1 maybe=1 raw=be fifo=2 last=c0decafe "),
	   "every field by its path, padding left out (%s)", s.text);
	is(s.nr, 13, "each once");
}

int main(void)
{
	test_each();
	test_stream();
	test_ranges();
	test_check();
	return tap_done();
}
