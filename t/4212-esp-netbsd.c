/* SPDX-License-Identifier: MIT */
/* The ESP and its DMA channel as NetBSD's driver programs them: ncr53c9x over lsi64854 (esp at sbus). */
#include "t/scsi-jobs.h"

static struct {
	u32 size;
	bool active, fe;
} nb;

static void nb_flush(void)
{
	want(!(drd(&r, D_CSR) & 0x400), "a DMA request is pending");
	dw(&r, D_CSR, (drd(&r, D_CSR) & ~(CSR_WRITE | CSR_EN)) | CSR_INV);
}

/* The channel is set up, then the counter written and loaded by a NOP, then the command, then the channel goes. */
static void nb_transfer(u32 at, u32 n, bool in, u8 cmd)
{
	u32 csr;

	nb_flush();
	if (n)
		dw(&r, D_ADDR, at);
	csr = drd(&r, D_CSR);
	dw(&r, D_CSR, (in ? csr | CSR_WRITE : csr & ~CSR_WRITE) | CSR_INTEN);
	set_tc(&r, n);
	if (nb.fe)
		w(&r, R_TCH, (u8)(n >> 16));
	w(&r, R_CMD, 0x80);
	w(&r, R_CMD, cmd);
	dw(&r, D_CSR, drd(&r, D_CSR) | CSR_EN);
	nb.size = n;
	nb.active = true;
}

/* The channel's part of an interrupt: how many bytes went through. */
static u32 nb_transferred(u8 stat)
{
	u32 csr = drd(&r, D_CSR), left = 0;

	want(!(csr & CSR_ERR), "DMA error");
	dw(&r, D_CSR, csr | CSR_INV);
	want(!(drd(&r, D_CSR) & 0xc), "the channel drains for ever");
	dw(&r, D_CSR, csr & ~CSR_EN);
	nb.active = false;
	if (!nb.size)
		return 0;
	if (!(csr & CSR_WRITE))
		left = in_fifo();
	if (!(stat & STAT_TC)) {
		left += counter16() | (nb.fe ? (u32)rd(&r, R_TCH) << 16 : 0);
		if (!left && nb.size == 65536 && !nb.fe)
			left = 65536;
	}
	want(left <= nb.size, "more left than there was");
	return left <= nb.size ? nb.size - left : 0;
}

static void nb_select(const struct job *j)
{
	w(&r, R_STAT, j->id);
	w(&r, R_FLAGS, 0);
	w(&r, R_STEP, 0);
	if (!j->msg && !j->pio) {
		nb_transfer(CMD_AT, put_command(j, true), false, 0xc2);
		return;
	}
	w(&r, R_FIFO, 0x80);
	for (u32 i = 0; !j->msg && i < j->len; i++)
		w(&r, R_FIFO, j->cdb[i]);
	w(&r, R_CMD, j->msg ? 0x43 : 0x42);
}

static void nb_selected(const struct job *j, u8 intr, u8 step, unsigned phase, u32 moved)
{
	want((intr & (I_FC | I_BUS)) == (I_FC | I_BUS), "unexpected status after select");
	if (j->msg)
		want(step == 1 && phase == MSG_OUT,
		     "no message out after select with ATN and stop");
	else if (j->pio)
		want(step == 4 || (step == 3 && !in_fifo()), "selection failed");
	else
		want(step == 4 && moved == j->len + 1u, "some is left in the DMA buffer");
}

/* The next step in this phase. */
static void nb_phase(struct job *j, unsigned phase, u8 intr, bool *waiting, unsigned *got)
{
	u32 n = j->n - j->moved;

	switch (phase) {
	case MSG_OUT:
		w(&r, R_CMD, 0x01);
		put_message(j->abort ? (const u8[]){ 0x06 } : j->msg, j->abort ? 1 : j->msg_len);
		nb_transfer(MSG_AT, j->abort ? 1 : j->msg_len, false, 0x90);
		break;
	case MSG_IN:
		if (intr & I_BUS) {
			w(&r, R_CMD, 0x01);
			*waiting = true;
			w(&r, R_CMD, 0x10);
		} else {
			want(intr & I_FC && *waiting, "message in: weird bits");
			want(in_fifo(), "no message byte available");
			*waiting = false;
			take_message(j, rd(&r, R_FIFO), got);
			w(&r, R_CMD, 0x12);
		}
		break;
	case COMMAND:
		want(!in_fifo(), "the FIFO is not empty in command phase");
		memcpy(r.ram + CMD_AT, j->cdb, j->len);
		nb_transfer(CMD_AT, j->len, false, 0x90);
		break;
	case DATA_OUT:
		w(&r, R_CMD, 0x01);
		/* fallthrough */
	case DATA_IN:
		if (j->abort)
			w(&r, R_CMD, 0x1a);
		nb_transfer(j->at + j->moved, n, phase == DATA_IN, n ? 0x90 : 0x98);
		break;
	case STATUS:
		w(&r, R_CMD, 0x11);
		break;
	default:
		want(false, "unexpected bus phase");
	}
}

static int run(struct job *j)
{
	enum { SELECTING, CONNECTED, COMPLETE } state = SELECTING;
	unsigned phase, before = NO_PHASE, got = 0;
	bool waiting = false;
	int status = STUCK;

	nb_select(j);
	for (unsigned i = 0; i < 50; i++) {
		u8 stat, step, intr;
		u32 moved = 0;

		if (!rig_wait(&r))
			return STUCK;
		stat = rd(&r, R_STAT);
		step = rd(&r, R_STEP) & 7;
		intr = rd(&r, R_INTR);
		phase = intr & I_DIS ? FREE : stat & 7;
		want(!(intr & (I_RESET | I_ILLEGAL)) && !(stat & STAT_GROSS),
		     "reset, illegal command or gross error");
		if (nb.active) {
			moved = nb_transferred(stat);
			if (before == DATA_IN || before == DATA_OUT)
				j->moved += moved;
			if (!(stat & STAT_TC) && before == MSG_OUT)
				want(phase == MSG_IN, "no terminal count on message out");
			else if (!(stat & STAT_TC) && (before == DATA_IN || before == DATA_OUT))
				want(j->moved < j->n || !nb.size,
				     "no terminal count on data transfer");
		}
		if (intr & I_DIS) {
			if (in_fifo())
				w(&r, R_CMD, 0x01);
			w(&r, R_CMD, 0x44);
			want(state != CONNECTED || j->abort, "unexpected disconnect");
			want(state != SELECTING || !moved, "nobody, but bytes went");
			return state == SELECTING  ? NO_TARGET
			       : state == COMPLETE ? status
						   : ABORTED;
		}
		if (state == SELECTING) {
			nb_selected(j, intr, step, phase, moved);
			state = CONNECTED;
		} else if (before == STATUS) {
			want(intr & (I_FC | I_BUS), "command complete sequence");
			want(in_fifo() == 2, "status and message are not in the FIFO");
			status = rd(&r, R_FIFO);
			want(!rd(&r, R_FIFO), "message after status");
			w(&r, R_CMD, 0x12);
			state = COMPLETE;
			before = NO_PHASE;
			continue;
		}
		want(state != COMPLETE, "something after command complete");
		nb_phase(j, phase, intr, &waiting, &got);
		before = phase;
	}
	return STUCK;
}

static void nb_attach(void)
{
	is(drd(&r, D_CSR) & 0xf0000000, 0xa0000000, "NetBSD: DMA revision 2");
	w(&r, R_CFG2, 0x0a);
	want((rd(&r, R_CFG2) & ~0xa0) == 0x0a, "an ESP100");
	w(&r, R_CFG2, 0x08);
	w(&r, R_CFG3, 0);
	w(&r, R_CFG3, 0x05);
	want(rd(&r, R_CFG3) == 0x05, "an ESP100A");
	w(&r, R_CFG3, 0);
	want(rd(&r, R_TCH) >> 3 != 0x0a, "a FAS366");
	/* Reset of the channel, which resets the chip; then the chip itself. */
	nb_flush();
	dw(&r, D_CSR, drd(&r, D_CSR) | CSR_RESET);
	dw(&r, D_CSR, drd(&r, D_CSR) & ~CSR_RESET);
	dw(&r, D_CSR, drd(&r, D_CSR) | CSR_INTEN | 0x00400000);
	dw(&r, D_CSR, (drd(&r, D_CSR) & ~0x000c0000u) | 0x00040000);
	is(drd(&r, D_CSR) & 0x004c0010, 0x00440010, "NetBSD: interrupts, faster, bursts of 32");
	w(&r, R_CMD, 0x02);
	w(&r, R_CMD, 0x00);
	nb.fe = true;
	w(&r, R_CFG3, 0);
	w(&r, R_CFG2, 0x48);
	w(&r, R_CFG1, 0x17);
	w(&r, R_CCF, 0);
	w(&r, R_FLAGS, 0);
	w(&r, R_INTR, 0x99);
	/* The bus is reset, and the interrupt of that awaited. */
	w(&r, R_CMD, 0x03);
	ok(rig_wait(&r), "NetBSD: the bus reset interrupts");
	rd(&r, R_STAT);
	rd(&r, R_STEP);
	is(rd(&r, R_INTR), I_RESET, "and says so");
	is(in_fifo(), 0, "with an empty FIFO");
}

static void only_netbsd(void)
{
	struct job pio = {
		.id = 3, .cdb = read_one, .len = 10, .at = RIG_BUF, .n = 512, .pio = true
	};
	struct job cut = { .id = 3, .cdb = read_one, .len = 10, .at = RIG_BUF, .n = 100 };
	struct job stop = {
		.id = 3, .cdb = read_one, .len = 10, .at = RIG_BUF, .n = 100, .abort = true
	};
	struct job j = { .id = 3, .cdb = ready, .len = 6 };

	is(run(&pio), 0, "NetBSD: selection through the FIFO");
	is(pio.moved, 512, "a sector");
	is(run(&cut), 0, "NetBSD: what there is no room for is padded away");
	is(cut.moved, 100, "100 bytes are there");
	is(run(&stop), ABORTED, "NetBSD: ATN in the data phase, ABORT, bus free");
	is(run(&j), 0, "the target is ready for the next");
}

int main(void)
{
	who = "NetBSD";
	open_rig();
	nb_attach();
	run_round();
	only_netbsd();
	block_close(disk);
	return tap_done();
}
