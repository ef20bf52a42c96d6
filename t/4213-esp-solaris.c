/* SPDX-License-Identifier: MIT */
/*
 * The ESP and its DMA channel as Solaris's driver, esp, programs them. It keeps a copy of the channel's CSR, reads the
 * sequence step after the interrupt register, and takes how far a command went from the channel's address.
 */
#include "t/scsi-jobs.h"

static struct {
	u32 csr, last, count;
} sol; /* its copy of the channel's CSR; address and count that it wrote last */

static void sol_flush(void)
{
	sol.csr |= CSR_INV;
	sol.csr &= ~(CSR_EN | CSR_WRITE | 0x2000);
	dw(&r, D_CSR, sol.csr);
	sol.csr &= ~CSR_INV;
}

/* Counter, then CSR with EN, then the address; the command comes after that. */
static void sol_transfer(u32 at, u32 n, bool in, u8 cmd)
{
	set_tc(&r, n);
	sol.csr |= CSR_EN | (in ? CSR_WRITE : 0);
	dw(&r, D_CSR, sol.csr);
	dw(&r, D_ADDR, at);
	sol.last = at;
	sol.count = n;
	w(&r, R_CMD, cmd);
}

static bool sol_pending(void)
{
	return drd(&r, D_CSR) & (CSR_INTR | CSR_ERR);
}

/* An interrupt: status, then the interrupt; whoever wants the step reads it later. */
static bool sol_service(u8 *stat, u8 *intr)
{
	if (!sol_pending() && !rig_wait(&r))
		return false;
	*stat = rd(&r, R_STAT);
	want(!(*stat & STAT_GROSS), "gross error in esp status");
	want(*stat & STAT_INT, "spurious interrupt");
	*intr = rd(&r, R_INTR);
	want(!(*intr & (I_ILLEGAL | 3)), "ILLEGAL bit set");
	return true;
}

static void sol_select(const struct job *j)
{
	bool whole = !j->msg && !j->bytewise;

	w(&r, R_STAT, j->id);
	sol_transfer(CMD_AT, put_command(j, whole), false, whole ? 0xc2 : 0xc3);
}

/* False: nobody is there. */
static bool sol_selected(const struct job *j, u8 intr)
{
	u8 step = rd(&r, R_STEP) & 7;
	bool whole = !j->msg && !j->bytewise;
	int sent;

	want(!(drd(&r, D_CSR) & CSR_ERR), "unrecoverable DMA error during selection");
	sent = (int)(drd(&r, D_ADDR) - sol.last) - (int)in_fifo();
	sol_flush();
	if (intr == I_DIS) {
		want(!step, "negotiation failed: a target that drops BSY");
		return false;
	}
	want(intr == (I_BUS | I_FC), "undetermined selection failure");
	want(step <= 4, "bad sequence step in selection");
	if (whole)
		want(step == 4 && sent == j->len + 1, "the command was not sent");
	else
		want(step == 1, "select and stop: not stopped after IDENTIFY");
	return true;
}

static int sol_data_done(struct job *j, u8 stat, u8 intr)
{
	u32 moved;
	unsigned left;

	want(!(drd(&r, D_CSR) & CSR_ERR), "unrecoverable DMA error");
	want(!(drd(&r, D_CSR) & 0xc), "dma did not drain");
	sol_flush();
	if (intr != I_BUS) {
		want(j->abort && intr == I_DIS, "no bus service after data");
		return -1;
	}
	left = in_fifo();
	moved = stat & STAT_TC ? sol.count : sol.count - counter16();
	if (j->out)
		moved -= left;
	w(&r, R_CMD, 0x01);
	want(moved <= sol.count, "more moved than asked");
	j->moved += moved;
	return 0;
}

/* Status and message: the message is accepted before the FIFO is read. */
static int sol_complete(void)
{
	u8 stat, intr, status;

	w(&r, R_CMD, 0x01);
	w(&r, R_CMD, 0x11);
	if (!sol_service(&stat, &intr))
		return STUCK;
	want(intr == I_FC, "command complete sequence without message");
	w(&r, R_CMD, 0x12);
	status = rd(&r, R_FIFO);
	want(!rd(&r, R_FIFO), "not a command complete message");
	if (!sol_service(&stat, &intr))
		return STUCK;
	want(intr == I_DIS, "target didn't disconnect after sending command complete");
	return status;
}

static u8 sol_message_in(struct job *j)
{
	u8 stat, intr;
	unsigned got = 0;
	bool whole;

	w(&r, R_CMD, 0x01);
	do {
		w(&r, R_CMD, 0x10);
		if (!sol_service(&stat, &intr))
			return NO_PHASE;
		want(!(intr & I_DIS), "premature end of input message");
		want(in_fifo() == 1, "input message botch");
		whole = take_message(j, rd(&r, R_FIFO), &got);
		w(&r, R_CMD, 0x12);
		if (!sol_service(&stat, &intr))
			return NO_PHASE;
		want(intr & I_BUS, "no bus service after message accepted");
	} while (!whole && (stat & 7) == MSG_IN);
	want(whole, "premature end of extended message");
	return stat & 7;
}

/* One byte through the FIFO, more by DMA; what it has no message for is a NOP. */
static u8 sol_message_out(struct job *j)
{
	static const u8 nop[1] = { 0x08 };
	const u8 *msg = j->msg ? j->msg : nop;
	u8 n = j->msg ? j->msg_len : 1, stat, intr;

	w(&r, R_CMD, 0x01);
	if (n == 1) {
		w(&r, R_FIFO, msg[0]);
		w(&r, R_CMD, 0x10);
	} else {
		put_message(msg, n);
		sol_transfer(MSG_AT, n, false, 0x90);
	}
	if (!sol_service(&stat, &intr))
		return NO_PHASE;
	if (n > 1) {
		sol_flush();
		want(drd(&r, D_ADDR) - sol.last == n, "some of the message is left");
	}
	if (intr == I_DIS) {
		want(msg[0] == 0x06 || msg[0] == 0x0c, "the target dropped busy");
		return FREE;
	}
	want(!in_fifo(), "message left in the FIFO");
	w(&r, R_CMD, 0x00);
	want((stat & 7) != MSG_OUT, "MESSAGE OUT phase parity error");
	return stat & 7;
}

/* The CDB by DMA, or a byte at a time. */
static u8 sol_cdb(const struct job *j)
{
	u8 stat = 0, intr = 0;
	u32 i = 0;

	if (!j->bytewise) {
		memcpy(r.ram + CMD_AT, j->cdb, j->len);
		w(&r, R_CMD, 0x01);
		sol_transfer(CMD_AT, j->len, false, 0x90);
		if (!sol_service(&stat, &intr))
			return NO_PHASE;
		w(&r, R_CMD, 0x00);
		want(intr & I_BUS, "cmd transmission error");
		sol_flush();
		want(drd(&r, D_ADDR) - sol.last == j->len && !(drd(&r, D_CSR) & 0x1800),
		     "cmd dma error");
		return stat & 7;
	}
	do {
		w(&r, R_CMD, 0x01);
		set_tc(&r, 1);
		w(&r, R_FIFO, j->cdb[i++]);
		w(&r, R_CMD, 0x10);
		if (!sol_service(&stat, &intr))
			return NO_PHASE;
		w(&r, R_CMD, 0x00);
		want(intr & I_BUS, "cmd transmission error");
	} while ((stat & 7) == COMMAND && i < j->len);
	want(i == j->len, "the CDB was not taken whole");
	return stat & 7;
}

static int run(struct job *j)
{
	u8 stat, intr;
	unsigned phase;
	bool told = false;

	sol_select(j);
	if (!sol_service(&stat, &intr))
		return STUCK;
	if (!sol_selected(j, intr))
		return NO_TARGET;
	phase = stat & 7;
	for (unsigned i = 0; i < 50; i++) {
		switch (phase) {
		case DATA_IN:
		case DATA_OUT:
			want((phase == DATA_OUT) == j->out, "unwanted data phase");
			if (!want(j->moved < j->n, "data transfer overrun"))
				return STUCK;
			/* 16 bits count 64 KiB as 0. */
			sol_transfer(j->at + j->moved,
				     j->n - j->moved < 65536 ? j->n - j->moved : 65536, !j->out,
				     0x90);
			if (!sol_service(&stat, &intr) || sol_data_done(j, stat, intr))
				return STUCK;
			phase = stat & 7;
			break;
		case STATUS:
			return sol_complete();
		case MSG_IN:
			phase = sol_message_in(j);
			break;
		case MSG_OUT:
			want(!told, "asked for a message twice");
			told = true;
			phase = sol_message_out(j);
			break;
		case COMMAND:
			phase = sol_cdb(j);
			break;
		case FREE:
			return ABORTED;
		default:
			return STUCK;
		}
	}
	return STUCK;
}

static void sol_attach(void)
{
	w(&r, R_CFG2, 0);
	w(&r, R_CFG2, 0x0a);
	want((rd(&r, R_CFG2) & 0xf) == 0xa, "an ESP100");
	w(&r, R_CFG3, 0);
	w(&r, R_CFG3, 5);
	want(rd(&r, R_CFG3) == 5, "an ESP100A");
	w(&r, R_CFG2, 8);
	w(&r, R_CFG3, 0);
	sol.csr = 0;
	sol_flush();
	dw(&r, D_CSR, CSR_RESET);
	dw(&r, D_CSR, drd(&r, D_CSR) & ~CSR_RESET);
	is(drd(&r, D_CSR) >> 28, 0xa, "Solaris: DMA revision 3, as it counts");
	dw(&r, D_CSR, drd(&r, D_CSR) & ~0x00400000u);
	dw(&r, D_CSR, drd(&r, D_CSR) | 0x00200000);
	dw(&r, D_CSR, (drd(&r, D_CSR) & ~0x000c0000u) | 0x00040000);
	sol.csr = drd(&r, D_CSR) | CSR_INTEN;
	dw(&r, D_CSR, sol.csr);
	sol_flush();
	w(&r, R_CMD, 0x02);
	w(&r, R_CMD, 0x80);
	w(&r, R_CMD, 0x80);
	w(&r, R_CCF, 0);
	w(&r, R_INTR, 0xa3);
	w(&r, R_STEP, 0);
	w(&r, R_FLAGS, 0);
	is(rd(&r, R_TCH) >> 3, 0, "Solaris: family of the FAS100A, that of all desktops");
	w(&r, R_CFG1, 0x17);
	w(&r, R_CFG3, 1);
	w(&r, R_CFG2, 8);
	rd(&r, R_INTR);
	is(rd(&r, R_CFG1) << 16 | rd(&r, R_CFG2) << 8 | rd(&r, R_CFG3), 0x170801,
	   "Solaris: configuration reads back");
	ok(!sol_pending(), "and nothing interrupts");
}

static void only_solaris(void)
{
	static const u8 reset[1] = { 0x0c }, abort[1] = { 0x06 };
	struct job odd = {
		.id = 3, .cdb = read_12, .len = 12, .at = RIG_BUF, .n = 512, .bytewise = true
	};
	struct job proxy = { .id = 3, .cdb = ready, .len = 6, .msg = abort, .msg_len = 1 };
	struct job j = { .id = 3, .cdb = ready, .len = 6 };

	is(run(&odd), 0, "Solaris: NOP for the message it has not, the CDB a byte at a time");
	is(odd.moved, 512, "a sector");
	is(run(&proxy), ABORTED, "Solaris: ABORT after select and stop");
	is(run(&j), 0, "no harm is done");
	proxy.msg = reset;
	is(run(&proxy), ABORTED, "Solaris: BUS DEVICE RESET");
	is(run(&j), 2, "which is a unit attention");
	is(run(&j), 0, "once");
}

int main(void)
{
	who = "Solaris";
	open_rig();
	sol_attach();
	run_round();
	only_solaris();
	block_close(disk);
	return tap_done();
}
