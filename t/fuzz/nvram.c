/* SPDX-License-Identifier: MIT */
/* Any octets as an NVRAM file, and as variables that are put into it; what comes out is an NVRAM again. */
#include "machine/nvram.h"
#include "t/fuzz/machine.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct fuzz_machine *f;
	struct nvram n = { .path = "nvram", .filled = true };
	struct fuzz_in in = { data, len };
	char text[512], err[256] = "";
	const char *vars[4];
	unsigned nr, at;
	void *chip;

	if (!f)
		f = fuzz_machine_new("SS-5", VGA_NONE);
	fuzz_machine_again(f);
	chip = machine_chip(f->m, "nvram");
	nr = in8(&in) & 3;
	at = in8(&in);
	for (unsigned i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)(at ? (at--, in8(&in)) : 0);
	text[sizeof(text) - 1] = '\0';
	for (unsigned i = 0, off = 0; i < nr; i++) {
		vars[i] = text + off;
		off += (unsigned)strlen(text + off);
		off += off < sizeof(text) - 1;
	}
	memcpy(n.have, in.p, in.n < sizeof(n.have) ? in.n : sizeof(n.have));
	/* Half of them with checksums that are right: of the partition, of the identification. */
	if (len & 1) {
		u8 *id = n.have + M48T08_IDPROM;
		u32 sum = n.have[0];

		for (unsigned i = 2; i < 16; i++) {
			sum += n.have[i];
			sum -= sum > 255 ? 255 : 0;
		}
		n.have[1] = (u8)sum;
		id[15] = 0;
		for (unsigned i = 0; i < 15; i++)
			id[15] ^= id[i];
	}
	FUZZ_CHECK(!nvram_fill(&n, chip, 0x80, NULL, vars, nr, err, sizeof(err)) || *err);
	return 0;
}
