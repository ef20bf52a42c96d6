/* SPDX-License-Identifier: MIT */
/*
 * Any octets as a snapshot. The mutator seals what it has changed, so that what lies behind the checks is
 * reached: what is accepted has to be saved as the same octets, and to run without harm. MEM and
 * BOOT records are compared by what they unpack to, as there is more than one way to deflate.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -I. -Iobj/gen -DVONK_VERSION='"0"' t/fuzz/snapshot.c \
 *		$(ls lib/[a-z]*.c snap/[a-z]*.c arch/sparc/[a-z]*.c dev/[a-z]*.c machine/[a-z]*.c \
 *		machine/prom/[a-z]*.c machine/demo/demo-image.c | grep -v machine/main.c) -lz
 *
 * Seeds: t/snap/v1.snap, and what `vonk -vga none -m 1 -snap X -save-at insns=N` writes.
 */
#include "t/snap-rig.h"

#define STEPS 20000

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);
size_t LLVMFuzzerMutate(u8 *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed);

/* Inside of one record, or anywhere. */
size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed)
{
	size_t off = SNAP_HEADER, pick = seed % 40;

	if (seed % 8 == 0)
		len = LLVMFuzzerMutate(data, len, max);
	while (seed % 8 && off + SNAP_FRAME < len) {
		u64 n = be64_get(data + off + 32);

		if (n > len || off + snap_record_size(n) > len)
			break;
		if (!pick-- && n) {
			LLVMFuzzerMutate(data + off + SNAP_FRAME, n, n);
			break;
		}
		off += snap_record_size(n);
	}
	if (len >= SNAP_HEADER && seed % 16)
		reseal(data, len);
	return len;
}

/* The record's frame at off. */
static bool same_records(const u8 *a, size_t an, const u8 *b, size_t bn)
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

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct machine *m, *copy;
	struct stream s;
	int status;

	/* Larger memories are only slower. */
	if (len >= SNAP_HEADER && be64_get(data + 32) > 16 << 20)
		return 0;
	m = rig_load(data, len, &status);
	if (!m) {
		if (!*rig_err || strchr(rig_err, '\n') || status == 0)
			__builtin_trap();
		return 0;
	}
	s = rig_save(m, false);
	if (!same_records(data, len, s.p, s.n))
		__builtin_trap();
	copy = rig_load(s.p, s.n, &status);
	if (!copy || machine_hash(copy) != machine_hash(m))
		__builtin_trap();
	rig_run(m, STEPS);
	machine_free(m);
	machine_free(copy);
	free(s.p);
	return 0;
}
