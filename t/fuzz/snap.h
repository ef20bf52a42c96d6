/* SPDX-License-Identifier: MIT */
/*
 * What the snapshot targets share: a mutator that knows records and seals what it has changed, and
 * the laws that hold for any octets.
 */
#ifndef T_FUZZ_SNAP_H
#define T_FUZZ_SNAP_H

#include "dev/fw-cfg.h"
#include "t/snap-rig.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);
size_t LLVMFuzzerMutate(u8 *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed);

/* Larger memories are only slower. */
__attribute__((unused)) static bool snap_too_large(const u8 *data, size_t len)
{
	return len >= SNAP_HEADER && be64_get(data + 32) > 4 << 20;
}

/*
 * The machines that were filled last, as making one takes longer than all the rest. Such a one is what the
 * last stream made of it: nothing of that may be seen in what comes next.
 */
#define SNAP_KEPT 8
#define SNAP_MEMORIES 8

static struct snap_kept {
	struct machine *m;
	struct runs pages[SNAP_MEMORIES]; /* that streams have put into its memories */
} snap_kept[SNAP_KEPT];

static bool snap_alike(const struct machine_config *a, const struct machine_config *b)
{
	return a->board == b->board && a->cpu == b->cpu && a->ram_size == b->ram_size &&
	       a->nr_cpus == b->nr_cpus && a->shift == b->shift && a->vga == b->vga &&
	       a->width == b->width && a->height == b->height && a->depth == b->depth;
}

/* All its memories are zero again. */
static void snap_clean(struct snap_kept *k)
{
	struct snapshot_memory mem;

	for (unsigned n = 0; snapshot_memory(k->m, n, &mem); n++) {
		for (u32 i = 0; i < k->pages[n].nr; i++)
			memset(mem.mem + (u64)SNAP_PAGE * k->pages[n].run[i].first, 0,
			       (u64)SNAP_PAGE * k->pages[n].run[i].nr);
		runs_release(&k->pages[n]);
	}
}

static struct snap_kept *snap_machine(const struct machine_config *c)
{
	static unsigned oldest;
	struct snap_kept *k;

	for (k = snap_kept; k < snap_kept + SNAP_KEPT; k++)
		if (k->m && snap_alike(&k->m->config, c)) {
			snap_clean(k);
			return k;
		}
	k = &snap_kept[oldest++ % SNAP_KEPT];
	if (k->m)
		snap_clean(k);
	machine_free(k->m);
	if (machine_new(&k->m, c, rig_err, sizeof(rig_err))) {
		machine_free(k->m);
		k->m = NULL;
		return NULL;
	}
	rig_connect(k->m);
	return k;
}

/* Which pages the stream has for the machine's memories: those have been written, or some of them. */
static void snap_note_pages(struct snapshot *s, struct snap_kept *k)
{
	for (u32 i = 0; i < s->img.nr; i++) {
		const struct snap_frame *f = &s->img.frame[i];
		struct snapshot_memory mem;
		struct snap_cursor c;
		u32 method, nr;
		u64 size, pages;

		if (strcmp(f->type, "MEM") || f->instance >= SNAP_MEMORIES ||
		    k->pages[f->instance].nr || !snapshot_memory(k->m, f->instance, &mem))
			continue;
		snap_cursor_init(&c, &s->img, i);
		if (snap_get32(&c, &method) && snap_get32(&c, &nr) && snap_get64(&c, &size) &&
		    snap_get64(&c, &pages))
			snap_runs_get(&c, &k->pages[f->instance], nr, mem.size / SNAP_PAGE);
	}
}

/* The stream into one of the machines that are kept, or NULL after a refusal. */
__attribute__((unused)) static struct machine *snap_refill(const u8 *data, size_t len)
{
	struct snapshot s;
	int status = snapshot_open_bytes(&s, "x.snap", data, len, rig_err, sizeof(rig_err));
	struct snap_kept *k = status ? NULL : snap_machine(&s.config);

	if (k) {
		status = snapshot_fill(&s, k->m, rig_err, sizeof(rig_err));
		snap_note_pages(&s, k);
	}
	snapshot_close(&s);
	if ((!k || status) && (!*rig_err || strchr(rig_err, '\n')))
		__builtin_trap();
	return k && !status ? k->m : NULL;
}

/* The machine, or NULL after a refusal, which has one line of text. */
__attribute__((unused)) static struct machine *snap_load(const u8 *data, size_t len)
{
	int status;
	struct machine *m = rig_load(data, len, &status);

	if (!m && (!*rig_err || strchr(rig_err, '\n') || status == 0))
		__builtin_trap();
	return m;
}

/* MEM, BOOT and with them END may be deflated in more than one way; all else is the same. */
static bool snap_same_records(const u8 *a, size_t an, const u8 *b, size_t bn)
{
	size_t i = SNAP_HEADER, j = SNAP_HEADER;

	while (i < an && j < bn) {
		u64 n = be64_get(a + i + 32), k = be64_get(b + j + 32);
		bool packed = !memcmp(a + i, "MEM ", 4) || !memcmp(a + i, "BOOT", 4) ||
			      !memcmp(a + i, "END ", 4);

		if (memcmp(a + i, b + j, 32) ||
		    (!packed && (n != k || memcmp(a + i, b + j, 48 + n))))
			return false;
		i += snap_record_size(n);
		j += snap_record_size(k);
	}
	return i == an && j == bn;
}

/* What was loaded is saved as it was, and loads again as the same machine. */
__attribute__((unused)) static void snap_check_law(struct machine *m, const u8 *data, size_t len)
{
	struct stream s = rig_save(m, false);
	struct machine *copy = snap_load(s.p, s.n);

	if (!snap_same_records(data, len, s.p, s.n))
		__builtin_trap();
	if (!copy || machine_hash(copy) != machine_hash(m))
		__builtin_trap();
	machine_free(copy);
	free(s.p);
}

static const u64 snap_evil[] = {
	0,	    1,		0x7f,	    0xff,	0xffff,		 0x7fffffff,
	0x80000000, 0xffffffff, 1ull << 32, 1ull << 63, UINT64_MAX - 51, UINT64_MAX
};

/* Something inside of n octets. */
static void snap_change(u8 *p, u64 n, unsigned r)
{
	u64 v = snap_evil[r % ARRAY_SIZE(snap_evil)], at = (r >> 8) % n;

	switch (r >> 4 & 7) {
	case 0: /* a number that is too large, or at an edge */
		for (unsigned i = 8; i-- && at < n; at++)
			p[at] = (u8)(v >> 8 * i);
		break;
	case 1:
		p[at] = (u8)(p[at] + ((r & 1) ? 1 : 255));
		break;
	case 2:
		p[at] ^= (u8)(1 << r % 8);
		break;
	default:
		LLVMFuzzerMutate(p, n, n);
	}
}

/* What a snapshot is made of that an input becomes which is none yet: as little as there can be. */
static const struct snap_kind {
	const char *board, *cpu;
	enum machine_vga vga;
	unsigned width, depth, cpus, shift;
} snap_kinds[] = {
	{ "SS-5", NULL, VGA_NONE, 1024, 8, 1, 0 },     { "SS-5", NULL, VGA_CG3, 1024, 8, 1, 0 },
	{ "SS-5", NULL, VGA_TCX, 1024, 24, 1, 2 },     { "SS-20", NULL, VGA_NONE, 1024, 8, 2, 0 },
	{ "SS-5", "LEON3", VGA_NONE, 1024, 8, 1, 10 }, { "LX", NULL, VGA_NONE, 1024, 8, 1, 0 },
};
#define SNAP_SEEDS (3 * ARRAY_SIZE(snap_kinds))

/* Drives, characters and a frame that wait, items of firmware. */
static void snap_seed_more(struct machine_config *c, struct machine *m)
{
	static u8 item[5] = "item";

	if (!m) {
		c->scsi[1].present = c->scsi[3].present = c->scsi[6].present = true;
		c->scsi[6].cdrom = true;
		c->scsi[1].medium = block_mem_new(3 * 4096 + 512);
		c->scsi[3].medium = block_overlay_new(block_mem_new(1 << 20));
		c->floppy = block_mem_new(1474560);
		if (!c->scsi[1].medium || !c->scsi[3].medium || !c->floppy)
			__builtin_trap();
		block_write(c->scsi[1].medium, 512, "disk", 4);
		block_write(c->scsi[3].medium, 70000, "overlay", 7);
		block_write(c->floppy, 99 * 512, "floppy", 6);
		return;
	}
	chr_feed(&m->chr[CHR_SERIAL_B], (const u8 *)"typed", 5);
	chr_feed_break(&m->chr[CHR_SERIAL_B]);
	if (machine_chip(m, "fw-cfg"))
		fw_cfg_add(machine_chip(m, "fw-cfg"), 0x77, item, sizeof(item));
}

static void snap_seed_close(struct machine_config *c)
{
	for (unsigned i = 0; i < ARRAY_SIZE(c->scsi); i++)
		block_close(c->scsi[i].medium);
	block_close(c->floppy);
}

static struct stream snap_seed(unsigned which)
{
	const struct snap_kind *k = &snap_kinds[which / 3 % ARRAY_SIZE(snap_kinds)];
	const struct board *b = board_find(k->board);
	struct machine_config c = { .board = b,
				    .cpu = cpu_model_find(k->cpu ? k->cpu : b->cpu),
				    .ram_size = b->min_ram,
				    .nr_cpus = k->cpus,
				    .shift = k->shift,
				    .vga = k->vga,
				    .width = k->width,
				    .height = 768,
				    .depth = k->depth };
	struct machine *m = NULL;
	struct stream s;
	char err[256];

	if (which % 3 == 2)
		snap_seed_more(&c, NULL);
	if (machine_new(&m, &c, err, sizeof(err)) || reboot_note(m))
		__builtin_trap();
	rig_connect(m);
	if (which % 3)
		for (u32 page = 1; page < 250; page += page < 5 ? 1 : 80)
			memset(m->ram + page * SNAP_PAGE, (int)page, 12);
	/* A word that a reset loads, and that is still there; one that has changed. */
	reboot_note(m);
	memset(m->ram + 3 * SNAP_PAGE, 9, 3);
	if (which % 3 == 2)
		snap_seed_more(&c, m);
	rig_run(m, 100);
	s = rig_save(m, which % 3 == 1);
	machine_free(m);
	snap_seed_close(&c);
	return s;
}

/* In one record, in its frame, or anywhere; with the checks made right, mostly. */
__attribute__((unused)) static size_t snap_mutate(u8 *data, size_t len, size_t max, unsigned seed)
{
	unsigned r = seed * 2654435761u, pick, nr = 0;
	size_t off = SNAP_HEADER, at[SNAP_RECORDS];

	if (len < SNAP_HEADER) {
		struct stream s = snap_seed(seed % SNAP_SEEDS);
		size_t n = s.n <= max ? s.n : 0;

		memcpy(data, s.p, n);
		free(s.p);
		return n ? n : LLVMFuzzerMutate(data, len, max);
	}
	while (off + SNAP_FRAME < len && nr < SNAP_RECORDS) {
		u64 n = be64_get(data + off + 32);

		at[nr++] = off;
		if (n > len || off + snap_record_size(n) > len)
			break;
		off += snap_record_size(n);
	}
	pick = nr ? (r >> 7) % nr : 0;
	if (!nr || off > len || seed % 16 == 0) {
		len = LLVMFuzzerMutate(data, len, max);
	} else if (seed % 16 == 1) {
		snap_change(data, SNAP_HEADER, r);
	} else if (seed % 16 == 2) {
		snap_change(data + at[pick], SNAP_FRAME, r);
	} else if (at[pick] + SNAP_FRAME < len) {
		u64 n = be64_get(data + at[pick] + 32);

		if (n && n <= len - at[pick] - SNAP_FRAME)
			snap_change(data + at[pick] + SNAP_FRAME, n, r);
	}
	if (len >= SNAP_HEADER && (r >> 3) % 16) {
		if (seed % 16 == 0)
			be64_put(data + 16, len);
		reseal(data, len);
	}
	return len;
}

#endif
