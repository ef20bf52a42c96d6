/* SPDX-License-Identifier: MIT */
/*
 * The built-in PROM's services, called with any arguments while a guest writes any octets into what the PROM
 * remembers, which stands in the guest's memory. A step: what to call or write, then arguments or octets.
 */
#include "machine/prom/prom.h"
#include "machine/prom/parts.h"
#include "machine/prom/rom.h"
#include "t/fuzz/machine.h"

#define RAM 0x1000000u
#define LOW 0x10000u /* of memory that the input writes: names, buffers */
#define STEPS 48

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static struct machine *m;
static struct cpu *cpu0;
static u8 *share;

/* Through the reset's stub, as a processor does it. */
static void start(void)
{
	static struct net_port net;
	struct machine_config c = {
		.board = board_find("SS-5"), .nr_cpus = 1, .ram_size = RAM, .net = &net
	};
	char err[256];

	c.cpu = cpu_model_find(c.board->cpu);
	c.scsi[3].present = true;
	c.scsi[3].medium = fuzz_block(600 * 512, true);
	FUZZ_CHECK(!machine_new(&m, &c, err, sizeof(err)), "%s", err);
	FUZZ_CHECK(!prom_install(m, err, sizeof(err)), "%s", err);
	FUZZ_CHECK(prom_service(m, m->cpu[0], PROM_CODE + CALL_RESET, 0));
	cpu0 = malloc(sizeof(*cpu0));
	share = malloc(PROM_SIZE);
	FUZZ_CHECK(cpu0 && share);
	memcpy(cpu0, m->cpu[0], sizeof(*cpu0));
	memcpy(share, m->ram + RAM - PROM_SIZE, PROM_SIZE);
}

static u32 argument(struct fuzz_in *in)
{
	u8 how = in8(in);

	switch (how & 7) {
	case 0:
		return in32(in);
	case 1:
	case 2:
		return 0xf0000000 + in16(in);
	case 3:
		return PROM_VA + ((u32)in16(in) << 3);
	case 4:
		return 0u - in8(in);
	case 5:
		return (u32)in8(in) << 12;
	default:
		return how >> 3;
	}
}

static void call(struct fuzz_in *in, u8 n)
{
	struct cpu *cpu = m->cpu[0];
	u32 code = PROM_CODE + n % CALL_NR;

	for (unsigned i = 8; i < 14; i++)
		cpu->r[i] = argument(in);
	prom_service(m, cpu, code, PROM_ROM_VA + ROM_STUB * (n % CALL_NR));
}

static void write_share(struct fuzz_in *in)
{
	u32 at = (in16(in) << 3 | in8(in) >> 5) % (PROM_SIZE - 64), n = in8(in) & 63;

	for (u32 i = 0; i < n; i++)
		m->ram[RAM - PROM_SIZE + at + i] = in8(in);
}

static void write_low(struct fuzz_in *in)
{
	u32 at = in16(in) % (LOW - 64), n = in8(in) & 63;

	for (u32 i = 0; i < n; i++)
		m->ram[at + i] = in8(in);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	u8 trash[256];

	if (!m)
		start();
	machine_reset(m);
	memcpy(m->cpu[0], cpu0, sizeof(*cpu0));
	memcpy(m->ram + RAM - PROM_SIZE, share, PROM_SIZE);
	memset(m->ram, 0, LOW);
	for (unsigned i = 0; in.n && i < STEPS; i++) {
		u8 what = in8(&in);

		if (what >= 0xc0)
			write_share(&in);
		else if (what >= 0x80)
			write_low(&in);
		else
			call(&in, what);
		while (chr_take(&m->chr[CHR_SERIAL_A], trash, sizeof(trash)))
			;
	}
	return 0;
}
