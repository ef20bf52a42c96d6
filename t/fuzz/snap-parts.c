/* SPDX-License-Identifier: MIT */
/*
 * Small sealed streams without a machine: frames, pages, disks and a chip's fields as snap/ reads them. What it
 * takes is written again, and has to be the same. An input that is no stream yet becomes the seed.
 */
#include "lib/zero.h"
#include "t/fuzz/snap.h"

extern const struct dev_class escc_class;

#define MEM (16 * SNAP_PAGE)

static u8 mem[MEM], state[16384];
static struct stream seed_stream;

/* Two memories, a disk and a chip. */
static void make_seed(void)
{
	static struct snap_disk disk = { .kind = SNAP_WHOLE, .size = 5 * 512, .path = "d" };
	struct snap_header head = { .version = SNAP_VERSION, .records = 5 };
	const struct field *fields = escc_class.fields;
	u64 n = field_stream_size(fields);
	struct snap_pages pages[2];

	for (int round = 0; round < 2; round++) {
		struct snap_writer w = { .write = stream_write, .arg = &seed_stream };

		head.length = seed_stream.n;
		seed_stream.n = 0;
		for (u32 i = 0; i < 40; i++)
			mem[3 * SNAP_PAGE + i] = mem[4 * SNAP_PAGE + i] = mem[9 * SNAP_PAGE] =
				(u8)(i + 1);
		snap_begin(&w, &head);
		for (u32 i = 0; i < 2; i++) {
			snap_pages_init(&pages[i], mem, MEM / (1 + 3 * i), i, NULL, NULL);
			snap_record(&w, "MEM", i, i ? "raw" : "packed",
				    snap_pages_size(&pages[i], w.off + SNAP_FRAME));
			snap_pages_put(&w, &pages[i]);
			snap_record_end(&w);
			snap_pages_release(&pages[i]);
		}
		snap_record(&w, "DEV", 0, "escc", n);
		snap_put(&w, state, n);
		snap_record_end(&w);
		snap_record(&w, "DISK", 0, "scsi0", snap_disk_size(&disk));
		snap_disk_put(&w, &disk);
		snap_record_end(&w);
		snap_finish(&w);
	}
}

size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed)
{
	if (!seed_stream.n)
		make_seed();
	if (len < SNAP_HEADER && seed_stream.n <= max) {
		memcpy(data, seed_stream.p, seed_stream.n);
		return seed_stream.n;
	}
	return snap_mutate(data, len, max, seed);
}

static bool read_pages(struct snap_cursor *c)
{
	struct runs runs = { .nr = 0 };
	bool good;

	memset(mem, 0, sizeof(mem));
	good = snap_pages_get(c, mem, c->frame->instance ? MEM / 4 : MEM, &runs) &&
	       snap_cursor_end(c);
	for (u32 i = 0; good && i < MEM / SNAP_PAGE; i++) {
		bool held = false;

		for (u32 k = 0; k < runs.nr; k++)
			held = held ||
			       (i >= runs.run[k].first && i < runs.run[k].first + runs.run[k].nr);
		if (held == is_zero(mem + i * SNAP_PAGE, SNAP_PAGE))
			__builtin_trap();
	}
	runs_release(&runs);
	return good;
}

static bool read_fields(struct snap_cursor *c)
{
	u64 n = field_stream_size(escc_class.fields);
	u8 in[sizeof(state)], again[sizeof(state)];

	if (snap_left(c) != n || n > sizeof(in) || !snap_get(c, in, n) || !snap_cursor_end(c) ||
	    field_load(escc_class.fields, state, in))
		return false;
	field_save(escc_class.fields, state, again);
	if (memcmp(in, again, n))
		__builtin_trap();
	return true;
}

static bool read_disk(struct snap_cursor *c)
{
	struct snap_disk disk;
	int err;
	bool good = snap_disk_get(c, &disk) && snap_disk_units(c, &disk, NULL, NULL, &err);

	if (good && snap_disk_size(&disk) != c->frame->len)
		__builtin_trap();
	snap_disk_release(&disk);
	return good;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct snap_image img;
	struct snap_mem src;

	snap_mem_init(&src, data, len);
	if (!snap_image_open(&img, &src.src) || !snap_image_verify(&img, false))
		return 0;
	for (u32 i = 0; i < img.nr; i++) {
		struct snap_cursor c;
		bool good = true;

		snap_cursor_init(&c, &img, i);
		if (!strcmp(img.frame[i].type, "MEM"))
			good = read_pages(&c);
		else if (!strcmp(img.frame[i].type, "DEV"))
			good = read_fields(&c);
		else if (!strcmp(img.frame[i].type, "DISK"))
			good = read_disk(&c);
		if (!good && !img.bad.what)
			img.bad.what = "a field";
	}
	return 0;
}
