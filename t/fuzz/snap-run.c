/* SPDX-License-Identifier: MIT */
/* Sealed snapshots: what is accepted runs without harm, and is then as good a machine as any. */
#include "t/fuzz/snap.h"

#define STEPS 5000

size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed)
{
	return snap_mutate(data, len, max, seed);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct machine *m = snap_too_large(data, len) ? NULL : snap_load(data, len);

	if (m) {
		struct stream s;

		rig_run(m, STEPS);
		s = rig_save(m, false);
		snap_check_law(m, s.p, s.n);
		free(s.p);
	}
	machine_free(m);
	return 0;
}
