/* SPDX-License-Identifier: MIT */
/* The ESP and its DMA channel as Linux's driver programs them: esp_scsi over sun_esp. */
#include "t/scsi-jobs.h"

static u32 lx_len; /* of the DMA that it started last */

/* The counter, then EN, then the address, then the command. */
static void lx_transfer(u32 at, u32 n, bool in, u8 cmd)
{
	u32 csr;

	set_tc(&r, n);
	csr = drd(&r, D_CSR) | CSR_EN;
	dw(&r, D_CSR, in ? csr | CSR_WRITE : csr & ~CSR_WRITE);
	dw(&r, D_ADDR, at);
	w(&r, R_CMD, cmd);
	lx_len = n;
}

static void lx_invalidate(void)
{
	u32 csr = drd(&r, D_CSR);

	want(!(csr & 0x400), "DMA will not invalidate");
	csr &= ~(CSR_EN | CSR_WRITE | 0x2000);
	dw(&r, D_CSR, csr | CSR_INV);
	dw(&r, D_CSR, csr);
}

static bool lx_interrupt(u8 *stat, u8 *intr)
{
	if (!rig_wait(&r))
		return false;
	*stat = rd(&r, R_STAT);
	rd(&r, R_STEP);
	*intr = rd(&r, R_INTR);
	want(*stat & STAT_INT, "spurious irq");
	want(!(*stat & STAT_GROSS), "gross error");
	want(!(*intr & (I_ILLEGAL | I_RESET | 3)), "unexpected IREG");
	return true;
}

/* After data: how many bytes went. */
static u32 lx_sent(const struct job *j, u8 stat)
{
	u32 n = lx_len;

	if (!(stat & STAT_TC))
		n -= counter16();
	if (j->out)
		n -= in_fifo();
	w(&r, R_CMD, 0x01);
	return n;
}

static int lx_status(void)
{
	u8 stat, intr, status;

	w(&r, R_CMD, 0x01);
	w(&r, R_CMD, 0x11);
	if (!lx_interrupt(&stat, &intr))
		return STUCK;
	want(intr & I_FC, "status without message");
	status = rd(&r, R_FIFO);
	want(!rd(&r, R_FIFO), "unexpected message in status");
	w(&r, R_CMD, 0x12);
	if (!lx_interrupt(&stat, &intr))
		return STUCK;
	want(intr & I_DIS, "no bus free");
	w(&r, R_CMD, 0x44);
	return status;
}

/* Moves on from here; the phase after it, or FREE. */
static unsigned lx_phase(struct job *j, unsigned phase, u8 *stat, u8 *intr, unsigned *got)
{
	u32 n;

	switch (phase) {
	case DATA_IN:
	case DATA_OUT:
		n = j->n - j->moved;
		lx_transfer(j->at + j->moved, n < 65536 ? n : 65536, phase == DATA_IN, 0x90);
		if (!lx_interrupt(stat, intr))
			return NO_PHASE;
		want(!(drd(&r, D_CSR) & CSR_ERR), "data done, DMA error");
		lx_invalidate();
		want(*intr == I_BUS, "data done, not BSERV");
		j->moved += lx_sent(j, *stat);
		break;
	case MSG_OUT:
		w(&r, R_CMD, 0x01);
		if (j->msg_len == 1) {
			w(&r, R_FIFO, j->msg[0]);
			w(&r, R_CMD, 0x10);
		} else {
			put_message(j->msg, j->msg_len);
			lx_transfer(MSG_AT, j->msg_len, false, 0x90);
		}
		if (!lx_interrupt(stat, intr))
			return NO_PHASE;
		if (j->msg_len > 1)
			lx_invalidate();
		if (!(*intr & I_DIS))
			w(&r, R_CMD, 0x00);
		break;
	case MSG_IN:
		w(&r, R_CMD, 0x01);
		w(&r, R_CMD, 0x10);
		if (!lx_interrupt(stat, intr))
			return NO_PHASE;
		want(*intr & I_FC, "message in: neither BSERV nor FDONE");
		if (take_message(j, rd(&r, R_FIFO), got) && j->answer[0] == 0x07)
			w(&r, R_CMD, 0x1b);
		w(&r, R_CMD, 0x12);
		if (!lx_interrupt(stat, intr))
			return NO_PHASE;
		want(*intr & I_BUS, "no phase after a message");
		break;
	case COMMAND:
		memcpy(r.ram + CMD_AT, j->cdb, j->len);
		lx_transfer(CMD_AT, j->len, false, 0x90);
		if (!lx_interrupt(stat, intr))
			return NO_PHASE;
		lx_invalidate();
		want(*intr & I_BUS, "no bus service after the command");
		break;
	default:
		return NO_PHASE;
	}
	return *intr & I_DIS ? FREE : *stat & 7;
}

static int run(struct job *j)
{
	u8 stat, intr;
	unsigned phase, got = 0;

	w(&r, R_STAT, j->id);
	lx_transfer(CMD_AT, put_command(j, !j->msg), false, j->msg ? 0xc3 : 0xc2);
	if (!lx_interrupt(&stat, &intr))
		return STUCK;
	want(!(drd(&r, D_CSR) & CSR_ERR), "DMA error during selection");
	lx_invalidate();
	if (intr == I_DIS) {
		w(&r, R_CMD, 0x44);
		return NO_TARGET;
	}
	want(intr == (I_FC | I_BUS), "unexpected selection completion");
	phase = stat & 7;
	for (unsigned i = 0; i < 50 && phase < FREE; i++) {
		if (phase == STATUS)
			return lx_status();
		if (phase < COMMAND && !want(j->moved < j->n, "DMA length is zero"))
			return STUCK;
		phase = lx_phase(j, phase, &stat, &intr, &got);
	}
	return phase == FREE ? ABORTED : STUCK;
}

static void lx_attach(void)
{
	dw(&r, D_CSR, drd(&r, D_CSR) | CSR_RESET);
	dw(&r, D_CSR, drd(&r, D_CSR) & ~CSR_RESET);
	is(drd(&r, D_CSR) & 0xf0000000, 0xa0000000, "Linux: dvmarev3");
	dw(&r, D_CSR, (drd(&r, D_CSR) & ~0x004c0000u) | 0x00240000);
	dw(&r, D_CSR, drd(&r, D_CSR) | CSR_INTEN);
	w(&r, R_CFG2, 0x0a);
	want((rd(&r, R_CFG2) & ~0xe0) == 0x0a, "an ESP100");
	w(&r, R_CFG2, 0);
	w(&r, R_CFG3, 5);
	want(rd(&r, R_CFG3) == 5, "an ESP100A");
	w(&r, R_CFG3, 0);
	w(&r, R_CMD, 0x02);
	w(&r, R_CMD, 0x80);
	w(&r, R_CFG2, 0x40);
	w(&r, R_CMD, 0x80);
	is(rd(&r, R_TCH) >> 3, 0, "Linux: a FAS100A");
	w(&r, R_CFG1, 0x17);
	w(&r, R_CFG2, 0);
	w(&r, R_CFG3, 1);
	w(&r, R_CCF, 0);
	w(&r, R_STEP, 0);
	w(&r, R_FLAGS, 0);
	w(&r, R_INTR, 0x99);
	rd(&r, R_INTR);
	/* The reset of the bus is not to be told. */
	w(&r, R_CFG1, rd(&r, R_CFG1) | 0x40);
	w(&r, R_CMD, 0x03);
	ok(!rig_wait(&r), "Linux: a bus reset with SRRDISAB does not interrupt");
	w(&r, R_CFG1, 0x17);
	rd(&r, R_INTR);
	ok(!(drd(&r, D_CSR) & CSR_INTR), "nor later");
}

/* A reset on account of an error, which Linux does with the interrupt enabled. */
static void only_linux(void)
{
	struct job j = { .id = 3, .cdb = ready, .len = 6 };

	w(&r, R_STAT, 3);
	lx_transfer(CMD_AT, 7, false, 0xc2);
	rig_wait(&r);
	rd(&r, R_INTR);
	w(&r, R_CMD, 0x03);
	ok(rig_wait(&r), "Linux: a bus reset in the middle of a command interrupts");
	is(rd(&r, R_INTR) & I_RESET, I_RESET, "as such");
	lx_invalidate();
	is(run(&j), 2, "then unit attention");
	is(run(&j), 0, "then all is well");
}

int main(void)
{
	who = "Linux";
	open_rig();
	lx_attach();
	run_round();
	only_linux();
	block_close(disk);
	return tap_done();
}
