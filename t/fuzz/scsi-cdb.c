/* SPDX-License-Identifier: MIT */
/*
 * Command blocks at the SCSI targets themselves: an octet that says which target and with what message, the block, and
 * then data, until the target lets go of the bus.
 */
#include "dev/scsi.h"
#include "t/fuzz/machine.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static void sound(const struct scsi_target *t)
{
	FUZZ_CHECK(t->dev.cls->check(t));
	FUZZ_CHECK(t->s.pos <= t->s.len && t->s.len <= SCSI_BUF);
}

static void put(struct scsi_target *t, struct fuzz_in *in, u32 n)
{
	u8 buf[SCSI_BUF] = { 0 };

	for (u32 i = 0; i < n; i++)
		buf[i] = in8(in);
	FUZZ_CHECK(scsi_put(t, buf, n) <= n);
}

/* One bus phase, or some of it. */
static void phase(struct scsi_target *t, struct fuzz_in *in)
{
	u8 buf[SCSI_BUF];
	u32 n = scsi_wants(t);

	n = n < SCSI_BUF ? n : SCSI_BUF;
	if (n > 40 && in8(in) & 1)
		n = in8(in);
	switch (t->s.phase) {
	case SCSI_DATA_OUT:
	case SCSI_COMMAND:
	case SCSI_MSG_OUT:
		put(t, in, n);
		break;
	case SCSI_BUS_FREE:
		break;
	default:
		FUZZ_CHECK(scsi_get(t, buf, n) <= n);
		if (t->s.phase == SCSI_MSG_IN)
			scsi_ack(t);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static const u8 ids[4] = { 3, 6, 4, 3 };
	static struct fuzz_machine *f;
	struct fuzz_in in = { data, len };

	if (!f)
		f = fuzz_machine_new("SS-5", VGA_NONE);
	fuzz_machine_again(f);
	for (unsigned i = 0; in.n && i < 32; i++) {
		u8 how = in8(&in);
		struct scsi_target *t = f->m->scsi.target[ids[how & 3]];

		scsi_select(t, how & 4);
		if (how & 8)
			scsi_set_atn(t, how & 16);
		for (unsigned k = 0; k < 200 && t->s.phase != SCSI_BUS_FREE; k++) {
			phase(t, &in);
			sound(t);
			if (how & 32 && k == how >> 6)
				scsi_set_atn(t, true);
		}
		if (t->s.phase != SCSI_BUS_FREE)
			scsi_drop(t);
		sound(t);
	}
	return 0;
}
