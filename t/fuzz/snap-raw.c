/* SPDX-License-Identifier: MIT */
/* Any octets as a snapshot, as they are: what stands before the checks. */
#include "t/fuzz/snap.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	if (!snap_too_large(data, len))
		snap_refill(data, len);
	return 0;
}
