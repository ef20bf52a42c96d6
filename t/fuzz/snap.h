/* SPDX-License-Identifier: MIT */
/*
 * What the snapshot targets share: a mutator that knows records and seals what it has changed, and
 * the laws that hold for any octets.
 */
#ifndef T_FUZZ_SNAP_H
#define T_FUZZ_SNAP_H

#include "t/snap-rig.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);
size_t LLVMFuzzerMutate(u8 *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed);

/* Larger memories are only slower. */
__attribute__((unused)) static bool snap_too_large(const u8 *data, size_t len)
{
	return len >= SNAP_HEADER && be64_get(data + 32) > 4 << 20;
}

static struct machine *snap_kept;

/*
 * The same into one machine that is kept, as making one takes longer than all the rest. It is what the
 * last stream made of it: nothing of that may be seen in what comes next.
 */
__attribute__((unused)) static struct machine *snap_refill(const u8 *data, size_t len)
{
	struct snapshot s;
	int status = snapshot_open_bytes(&s, "x.snap", data, len, rig_err, sizeof(rig_err));
	const struct machine_config *c = &s.config, *k = snap_kept ? &snap_kept->config : NULL;

	if (!status &&
	    (!k || c->board != k->board || c->cpu != k->cpu || c->ram_size != k->ram_size ||
	     c->nr_cpus != k->nr_cpus || c->shift != k->shift || c->vga != k->vga ||
	     c->width != k->width || c->height != k->height || c->depth != k->depth)) {
		machine_free(snap_kept);
		status = machine_new(&snap_kept, c, rig_err, sizeof(rig_err));
		if (!status)
			rig_connect(snap_kept);
	} else if (!status) {
		struct snapshot_memory mem;

		for (unsigned n = 0; snapshot_memory(snap_kept, n, &mem); n++)
			memset(mem.mem, 0, mem.size);
	}
	if (!status)
		status = snapshot_fill(&s, snap_kept, rig_err, sizeof(rig_err));
	snapshot_close(&s);
	if (status && (!*rig_err || strchr(rig_err, '\n')))
		__builtin_trap();
	return status ? NULL : snap_kept;
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

/* In one record, in its frame, or anywhere; with the checks made right, mostly. */
__attribute__((unused)) static size_t snap_mutate(u8 *data, size_t len, size_t max, unsigned seed)
{
	unsigned r = seed * 2654435761u, pick, nr = 0;
	size_t off = SNAP_HEADER, at[SNAP_RECORDS];

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
