/* SPDX-License-Identifier: MIT */
/* Snapshots whose lengths, checks and digest were made right after a change: what lies behind the checks. */
#include "t/fuzz/snap.h"

size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed)
{
	return snap_mutate(data, len, max, seed);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	if (!snap_too_large(data, len))
		snap_refill(data, len);
	return 0;
}
