/* SPDX-License-Identifier: MIT */
/* Sealed snapshots: what is accepted has to be saved as the same octets. */
#include "t/fuzz/snap.h"

size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed)
{
	return snap_mutate(data, len, max, seed);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct machine *m = snap_too_large(data, len) ? NULL : snap_refill(data, len);

	if (m)
		snap_check_law(m, data, len);
	return 0;
}
