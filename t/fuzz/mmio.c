/* SPDX-License-Identifier: MIT */
/* Every chip of four boards, which the first octet chooses from. */
#include "t/fuzz/device.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static const struct {
		const char *board;
		enum machine_vga vga;
	} what[] = { { "SS-5", VGA_TCX },
		     { "SS-20", VGA_CG3 },
		     { "SS-600MP", VGA_NONE },
		     { "LX", VGA_CG3 } };
	static struct fuzz_device *d[ARRAY_SIZE(what)];
	unsigned n;

	if (!len)
		return 0;
	n = data[0] % ARRAY_SIZE(what);
	if (!d[n])
		d[n] = fuzz_device_new(what[n].board, what[n].vga, NULL);
	fuzz_device_run(d[n], data + 1, len - 1);
	return 0;
}
