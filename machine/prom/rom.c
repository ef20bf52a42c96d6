/* SPDX-License-Identifier: MIT */
/* What stands in ROM: a stub for every service. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine/prom/parts.h"
#include "machine/prom/rom.h"

static const char signature[] = "vonk PROM";

/* Instructions of the stubs. */
enum {
	NOP = 0x01000000,
	RETL = 0x81c3e008, /* jmpl %o7 + 8, %g0 */
	JMP_L1 = 0x81c44000, /* where a trap goes back to */
	RETT_L2 = 0x81cc8000,
	CMP_O0_M1 = 0x80a23fff, /* subcc %o0, -1, %g0 */
	BE_BACK_2 = 0x02bffffe,
	BA_SELF = 0x10800000,
};

struct stub {
	u32 insn[ROM_STUB / 4]; /* [0] becomes the service's UNIMP */
};

static const struct stub call = { { 0, RETL, NOP } };
static const struct stub trap = { { 0, JMP_L1, RETT_L2 } };
static const struct stub wait = { { 0, CMP_O0_M1, BE_BACK_2, NOP, RETL, NOP } };
static const struct stub end = { { 0, BA_SELF, NOP } };

static const struct stub *stub_of(unsigned n)
{
	switch (n) {
	case CALL_RESET:
	case CALL_TRAP:
	case CALL_RETURNED:
	case CALL_REBOOT:
	case CALL_HALT:
		return &end;
	case CALL_SPILL:
	case CALL_FILL:
	case CALL_TICK:
		return &trap;
	case CALL_GETCHAR:
		return &wait;
	default:
		return &call;
	}
}

int prom_install(struct machine *m, char *err, size_t errlen)
{
	u8 *rom = m->prom;

	if (m->config.ram_size < PROM_RAM_MIN) {
		snprintf(err, errlen, "-m: a kernel without -bios takes %u MiB of memory",
			 PROM_RAM_MIN >> 20);
		return -EINVAL;
	}
	/* Of what is blank nothing is written, so that it takes no memory. */
	for (unsigned n = 0; n < CALL_NR; n++) {
		const struct stub *stub = stub_of(n);

		be32_put(rom + ROM_STUB * n, PROM_CODE + n);
		for (unsigned i = 1; i < ARRAY_SIZE(stub->insn); i++)
			be32_put(rom + ROM_STUB * n + 4 * i, stub->insn[i]);
	}
	memcpy(rom + ROM_SIGNATURE, signature, sizeof(signature));
	code_written(&m->code, m->config.board->prom_pa, MACHINE_PROM_SIZE);
	return 0;
}

bool rom_is_ours(const struct machine *m)
{
	return !memcmp(m->prom + ROM_SIGNATURE, signature, sizeof(signature));
}
