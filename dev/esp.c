/* SPDX-License-Identifier: MIT */
/*
 * ESP, the SCSI controller: initiator side of the NCR 53C9x family.
 *
 * FAS100A core of STP2000 (NCR89C100). Registers, sequence steps and interrupts
 * follow the Am53CF94 and NCR 53C90A/B, 53C94 data books. Facts that software relies on:
 *  - reading the interrupt register clears it and the error bits of the status register, but not
 *    terminal count, which the next load of the counter clears. The data books of the family say that
 *    the sequence step goes, too; in this part it stays until the next sequence: Solaris reads it after the
 *    interrupt, and knows what it finds there on such boards;
 *  - a selection ends with interrupt 20, step 0 when nobody answers, else with 18
 *    and step 0 (no message phase), 1 (SELAS: message sent), 2 (no command phase), 3 (CDB cut short), 4 (all sent),
 *    after the target has said which phase comes next;
 *  - transfer information ends with 10 when the phase changes or the counter reaches 0, and with 08 at
 *    the last byte of a message in, whose ACK is then held until "message accepted";
 *    without DMA one byte is received, or the FIFO is sent until it is empty;
 *  - register e is the chip's id (04: FAS100A) until it is written after a reset;
 *  - the counter has 16 bits, 24 with CFG2.FE; a start value of 0 means 2^16 resp. 2^24;
 *  - OpenBIOS starts its next selection with the target still in status phase, and never
 *    fetches the status: selecting while connected lets go of the bus first.
 * Every command takes some microseconds of virtual time.
 * Not modelled: target mode, reselection, parity, the selection time-out's length, the speed of
 * the bus, FIFO bytes left over in front of a DMA transfer.
 */
#include "dev/esp.h"

#include <string.h>

enum { TCLOW, TCMID, FIFO, CMD, STATUS, INTR, SEQ, FLAGS, CFG1, CCF, TEST, CFG2, CFG3, CFG4, TCHI };
#define BUSID STATUS
#define TIMEOUT INTR
#define PERIOD SEQ
#define OFFSET FLAGS

#define STATUS_INT 0x80
#define STATUS_GROSS 0x40
#define STATUS_TC 0x10

#define INTR_RESET 0x80
#define INTR_ILLEGAL 0x40
#define INTR_DISCONNECT 0x20
#define INTR_SERVICE 0x10
#define INTR_DONE 0x08

#define CFG1_NO_RESET_INTR 0x40
#define CFG2_FE 0x40

#define CHIP_ID 0x04

#define CMD_DMA 0x80
enum {
	CMD_NOP = 0x00,
	CMD_FLUSH = 0x01,
	CMD_RESET = 0x02,
	CMD_BUS_RESET = 0x03,
	CMD_TRANSFER = 0x10,
	CMD_COMPLETE = 0x11,
	CMD_ACCEPT = 0x12,
	CMD_PAD = 0x18,
	CMD_SET_ATN = 0x1a,
	CMD_RESET_ATN = 0x1b,
	CMD_RESELECT = 0x40,
	CMD_SELECT = 0x41,
	CMD_SELECT_ATN = 0x42,
	CMD_SELECT_ATN_STOP = 0x43,
	CMD_ENABLE = 0x44,
	CMD_DISABLE = 0x45,
	CMD_SELECT_ATN3 = 0x46,
};

enum run {
	RUN_NONE,
	RUN_ARBITRATE,
	RUN_SELECT, /* messages and CDB go out */
	RUN_TRANSFER,
	RUN_COMPLETE,
	RUN_ACCEPT,
	RUN_PAD,
	RUN_BUS_RESET,
	RUN_LAST = RUN_BUS_RESET,
};

/* Virtual time that things take, in ns. */
#define T_SELECT 5000
#define T_TRANSFER 5000
#define T_SHORT 2000

/* Bytes moved in one go; the rest after a pause as long as a bus of 40 MB/s takes for them. */
#define BUDGET 65536u
#define T_MORE (BUDGET * 25)

static const struct field esp_fields[] = {
	F_UINT(esp_state, due),
	F_RANGE(esp_state, tc, 0, 1u << 24),
	F_RANGE(esp_state, start, 0, (1u << 24) - 1),
	F_UINT(esp_state, cmd),
	F_UINT(esp_state, next),
	F_BOOL(esp_state, has_next),
	F_RANGE(esp_state, run, 0, RUN_LAST),
	F_RANGE(esp_state, status, 0, 0x7f),
	F_UINT(esp_state, intr),
	F_RANGE(esp_state, seq, 0, 7),
	F_RANGE(esp_state, phase, 0, 7),
	F_RANGE(esp_state, target, 0, ESP_NO_TARGET),
	F_RANGE(esp_state, xfer_phase, 0, 7),
	F_RANGE(esp_state, sent, 0, 3),
	F_BOOL(esp_state, ack_held),
	F_BOOL(esp_state, in_reset),
	F_BOOL(esp_state, dma_enabled),
	F_BOOL(esp_state, tchi_written),
	F_RANGE(esp_state, busid, 0, 7),
	F_UINT(esp_state, timeout),
	F_UINT(esp_state, period),
	F_UINT(esp_state, offset),
	F_UINT(esp_state, ccf),
	F_UINT(esp_state, test),
	F_UINT(esp_state, cfg1),
	F_UINT(esp_state, cfg2),
	F_UINT(esp_state, cfg3),
	F_UINT(esp_state, cfg4),
	F_PAD(esp_state, pad),
	F_FIFO(esp_state, fifo, ESP_FIFO),
	F_PAD(esp_state, pad2),
	F_END,
};

static u32 min32(u32 a, u32 b)
{
	return a < b ? a : b;
}

static void drive(struct esp *esp)
{
	irq_set(&esp->dev.irq[ESP_IRQ], esp->s.intr);
}

static void raise(struct esp *esp, u8 intr)
{
	esp->s.intr |= intr;
	drive(esp);
}

static void set_due(struct esp *esp, u64 due)
{
	esp->s.due = due;
	timer_set(&esp->timer, due);
}

static void go_on(struct esp *esp, u64 ns)
{
	set_due(esp, clock_now(esp->dev.clock) + ns);
}

/* What the running sequence waits for may have come. */
static void wake(struct esp *esp)
{
	if (esp->s.run != RUN_NONE && esp->s.due == CLOCK_NEVER)
		go_on(esp, T_SHORT);
}

static void stop(struct esp *esp)
{
	esp->s.run = RUN_NONE;
	set_due(esp, CLOCK_NEVER);
}

static void finish(struct esp *esp, u8 intr)
{
	stop(esp);
	raise(esp, intr);
}

/*
 * The target that the chip is connected to, NULL if there is none (any more); the phase is
 * noted on the way. Nothing else may be remembered of a target from one step to the next.
 */
static struct scsi_target *connected(struct esp *esp)
{
	struct scsi_bus *bus = esp->dev.backend;
	struct scsi_target *t = NULL;

	if (bus && esp->s.target < SCSI_IDS)
		t = bus->target[esp->s.target];
	if (!t || t->s.phase == SCSI_BUS_FREE) {
		esp->s.target = ESP_NO_TARGET;
		esp->s.ack_held = false;
		return NULL;
	}
	esp->s.phase = t->s.phase;
	return t;
}

static void let_go(struct esp *esp)
{
	struct scsi_target *t = connected(esp);

	if (t)
		scsi_drop(t);
	esp->s.target = ESP_NO_TARGET;
	esp->s.ack_held = false;
}

static void accept_message(struct esp *esp, struct scsi_target *t)
{
	esp->s.ack_held = false;
	scsi_ack(t);
}

/* The counter. */

static void load_counter(struct esp *esp)
{
	u32 mask = esp->s.cfg2 & CFG2_FE ? 0xffffff : 0xffff;

	esp->s.tc = esp->s.start & mask ? esp->s.start & mask : mask + 1;
	esp->s.status &= (u8)~STATUS_TC;
}

static void count(struct esp *esp, u32 n)
{
	esp->s.tc -= min32(n, esp->s.tc);
	if (!esp->s.tc)
		esp->s.status |= STATUS_TC;
}

static bool by_dma(const struct esp *esp)
{
	return esp->s.cmd & CMD_DMA;
}

/* n bytes from memory to buf, n <= counter; false: memory has to wait. */
static bool fetch(struct esp *esp, u32 n)
{
	if (!esp->s.dma_enabled || dma_read(&esp->dev.dma, 0, esp->buf, n))
		return false;
	count(esp, n);
	return true;
}

/* Selection. */

/* Message bytes at the start of a selection. */
static u8 select_messages(u8 cmd)
{
	switch (cmd & 0x7f) {
	case CMD_SELECT_ATN:
	case CMD_SELECT_ATN_STOP:
		return 1;
	case CMD_SELECT_ATN3:
		return 3;
	default:
		return 0;
	}
}

static bool fill_fifo(struct esp *esp)
{
	u32 n = min32(esp->s.tc, fifo_room(&esp->s.fifo));

	if (!by_dma(esp) || !n || !fetch(esp, n))
		return false;
	for (u32 i = 0; i < n; i++)
		fifo_push(&esp->s.fifo, esp->buf[i]);
	return true;
}

static void selected(struct esp *esp, u8 seq)
{
	esp->s.seq = seq;
	finish(esp, INTR_SERVICE | INTR_DONE);
}

/* Has the sequence come to its end in this phase? */
static bool select_ends(struct esp *esp, const struct scsi_target *t)
{
	u8 messages = select_messages(esp->s.cmd);

	if (esp->s.sent < messages) {
		if (t->s.phase == SCSI_MSG_OUT)
			return false;
		selected(esp, esp->s.sent ? 2 : 0);
	} else if ((esp->s.cmd & 0x7f) == CMD_SELECT_ATN_STOP) {
		selected(esp, 1);
	} else {
		if (t->s.phase == SCSI_COMMAND)
			return false;
		selected(esp, t->s.cdb_num == 0 ? 2 : scsi_has_command(t) ? 4 : 3);
	}
	return true;
}

static void run_select(struct esp *esp)
{
	u8 messages = select_messages(esp->s.cmd);
	bool stops = (esp->s.cmd & 0x7f) == CMD_SELECT_ATN_STOP;

	for (;;) {
		struct scsi_target *t = connected(esp);
		u8 c;

		if (!t) {
			finish(esp, INTR_DISCONNECT);
			return;
		}
		if (select_ends(esp, t))
			return;
		if (!esp->s.fifo.num && !fill_fifo(esp))
			return;
		fifo_pop(&esp->s.fifo, &c);
		if (esp->s.sent < messages) {
			esp->s.sent++;
			/* ATN goes away before the last message byte. */
			if (esp->s.sent == messages && !stops)
				scsi_set_atn(t, false);
		}
		scsi_put(t, &c, 1);
	}
}

static void run_arbitrate(struct esp *esp)
{
	struct scsi_bus *bus = esp->dev.backend;
	u8 cmd = esp->s.cmd & 0x7f;
	u8 id = esp->s.busid;

	if (!bus || !bus->target[id] || id == (esp->s.cfg1 & 7) || cmd == CMD_RESELECT) {
		esp->s.phase = 0;
		finish(esp, INTR_DISCONNECT);
		return;
	}
	scsi_select(bus->target[id], cmd != CMD_SELECT);
	esp->s.target = id;
	esp->s.sent = 0;
	esp->s.run = RUN_SELECT;
	run_select(esp);
}

/* Information transfer. */

static bool incoming(u8 phase)
{
	return phase & 1;
}

/* The transfer stands where the target does not go on: has it ended? */
static bool transfer_ends(struct esp *esp, const struct scsi_target *t)
{
	if (!t)
		finish(esp, INTR_DISCONNECT);
	else if (t->s.phase != esp->s.xfer_phase || (by_dma(esp) && !esp->s.tc))
		finish(esp, INTR_SERVICE);
	else
		return false;
	return true;
}

/* Up to n bytes from target to memory; how many in *moved. False: memory has to wait. */
static bool dma_in(struct esp *esp, struct scsi_target *t, u32 n, u32 *moved)
{
	if (!esp->s.dma_enabled)
		return false;
	/* None, if the target changes the phase instead. */
	*moved = scsi_get(t, esp->buf, n);
	if (*moved && dma_write(&esp->dev.dma, 0, esp->buf, *moved))
		return false;
	count(esp, *moved);
	return true;
}

static bool dma_out(struct esp *esp, struct scsi_target *t, u32 n, u32 *moved)
{
	if (esp->s.xfer_phase == SCSI_MSG_OUT)
		n = 1;
	if (!fetch(esp, n))
		return false;
	if (esp->s.xfer_phase == SCSI_MSG_OUT && !esp->s.tc)
		scsi_set_atn(t, false);
	scsi_put(t, esp->buf, n);
	*moved = n;
	return true;
}

static void transfer_dma(struct esp *esp)
{
	u32 left = BUDGET;

	while (left) {
		struct scsi_target *t = connected(esp);
		u32 n;

		if (transfer_ends(esp, t))
			return;
		n = min32(min32(esp->s.tc, scsi_wants(t)), min32(left, sizeof(esp->buf)));
		if (!n) { /* a message byte has to be accepted first */
			accept_message(esp, t);
			continue;
		}
		if (incoming(esp->s.xfer_phase) ? !dma_in(esp, t, n, &n) : !dma_out(esp, t, n, &n))
			return;
		left -= n;
		if (esp->s.xfer_phase == SCSI_MSG_IN && !esp->s.tc) {
			esp->s.ack_held = true;
			finish(esp, INTR_DONE);
			return;
		}
	}
	go_on(esp, T_MORE);
}

/* One byte from the target to the FIFO; false: no room. */
static bool receive(struct esp *esp, struct scsi_target *t)
{
	u8 c = 0;

	if (!fifo_room(&esp->s.fifo))
		return false;
	if (scsi_get(t, &c, 1))
		fifo_push(&esp->s.fifo, c);
	return true;
}

static void transfer_pio_in(struct esp *esp, struct scsi_target *t)
{
	if (!receive(esp, t))
		return;
	esp->s.ack_held = esp->s.xfer_phase == SCSI_MSG_IN;
	connected(esp);
	finish(esp, esp->s.ack_held ? INTR_DONE : INTR_SERVICE);
}

static void transfer_pio_out(struct esp *esp)
{
	struct scsi_target *t;
	u8 c;

	if (!esp->s.fifo.num)
		return;
	while (esp->s.fifo.num) {
		t = connected(esp);
		if (transfer_ends(esp, t))
			return;
		fifo_pop(&esp->s.fifo, &c);
		if (esp->s.xfer_phase == SCSI_MSG_OUT && !esp->s.fifo.num)
			scsi_set_atn(t, false);
		scsi_put(t, &c, 1);
	}
	finish(esp, connected(esp) ? INTR_SERVICE : INTR_DISCONNECT);
}

static void run_transfer(struct esp *esp)
{
	struct scsi_target *t = connected(esp);

	/* Nothing can follow a message that was not accepted: taken as accepted. */
	if (t && esp->s.ack_held) {
		accept_message(esp, t);
		t = connected(esp);
	}
	if (by_dma(esp)) {
		transfer_dma(esp);
		return;
	}
	if (transfer_ends(esp, t))
		return;
	if (incoming(esp->s.xfer_phase))
		transfer_pio_in(esp, t);
	else
		transfer_pio_out(esp);
}

/* Status, then one message byte, to the FIFO or by DMA. */
static void run_complete(struct esp *esp)
{
	struct scsi_target *t = connected(esp);

	while (t && (t->s.phase == SCSI_STATUS || t->s.phase == SCSI_MSG_IN)) {
		bool message = t->s.phase == SCSI_MSG_IN;

		if (message && !scsi_wants(t)) {
			accept_message(esp, t);
		} else {
			u32 n;

			if (by_dma(esp) ? !esp->s.tc || !dma_in(esp, t, 1, &n) : !receive(esp, t))
				return;
			if (message) {
				esp->s.ack_held = true;
				finish(esp, INTR_DONE);
				return;
			}
		}
		t = connected(esp);
	}
	finish(esp, t ? INTR_SERVICE : INTR_DISCONNECT);
}

static void run_accept(struct esp *esp)
{
	struct scsi_target *t = connected(esp);

	if (t)
		accept_message(esp, t);
	finish(esp, connected(esp) ? INTR_SERVICE : INTR_DISCONNECT);
}

/* Bytes are thrown away, or zeros sent, until the counter (with DMA) or the phase ends it. */
static void run_pad(struct esp *esp)
{
	u32 left = BUDGET;

	while (left) {
		struct scsi_target *t = connected(esp);
		u32 n;

		if (t && t->s.phase == esp->s.xfer_phase && by_dma(esp) && !esp->s.tc) {
			finish(esp, INTR_DONE);
			return;
		}
		if (transfer_ends(esp, t))
			return;
		n = min32(min32(left, scsi_wants(t)), sizeof(esp->buf));
		if (by_dma(esp))
			n = min32(n, esp->s.tc);
		if (!n) {
			accept_message(esp, t);
			continue;
		}
		memset(esp->buf, 0, n);
		if (by_dma(esp))
			count(esp, n);
		/* Without a counter every message byte is the last. */
		if (esp->s.xfer_phase == SCSI_MSG_OUT && (!by_dma(esp) || !esp->s.tc))
			scsi_set_atn(t, false);
		if (incoming(esp->s.xfer_phase))
			scsi_get(t, esp->buf, n);
		else
			scsi_put(t, esp->buf, n);
		left -= n;
	}
	go_on(esp, T_MORE);
}

static void start(struct esp *esp, u8 cmd);

static void start_next(struct esp *esp)
{
	if (!esp->s.has_next || esp->s.run != RUN_NONE)
		return;
	esp->s.has_next = false;
	start(esp, esp->s.next);
}

static void run_bus_reset(struct esp *esp)
{
	stop(esp);
	if (!(esp->s.cfg1 & CFG1_NO_RESET_INTR))
		raise(esp, INTR_RESET);
	else
		start_next(esp);
}

static void esp_fire(void *arg)
{
	struct esp *esp = arg;

	esp->s.due = CLOCK_NEVER;
	switch (esp->s.run) {
	case RUN_ARBITRATE:
		run_arbitrate(esp);
		break;
	case RUN_SELECT:
		run_select(esp);
		break;
	case RUN_TRANSFER:
		run_transfer(esp);
		break;
	case RUN_COMPLETE:
		run_complete(esp);
		break;
	case RUN_ACCEPT:
		run_accept(esp);
		break;
	case RUN_PAD:
		run_pad(esp);
		break;
	case RUN_BUS_RESET:
		run_bus_reset(esp);
		break;
	default:
		break;
	}
}

/* Commands. */

static void chip_reset(struct esp *esp)
{
	struct esp_state *s = &esp->s;

	let_go(esp);
	stop(esp);
	fifo_clear(&s->fifo);
	s->tc = 0;
	s->cmd = s->next = 0;
	s->has_next = false;
	s->status = s->intr = s->seq = s->phase = s->xfer_phase = s->sent = 0;
	s->tchi_written = false;
	s->offset = s->test = 0;
	s->period = 5;
	s->ccf = 2;
	s->cfg1 &= 7;
	s->cfg2 = s->cfg3 = s->cfg4 = 0;
	drive(esp);
}

static void begin(struct esp *esp, enum run run, u64 ns)
{
	esp->s.run = (u8)run;
	esp->s.seq = 0;
	go_on(esp, ns);
}

static void bus_reset(struct esp *esp)
{
	struct scsi_bus *bus = esp->dev.backend;

	esp->s.target = ESP_NO_TARGET;
	esp->s.ack_held = false;
	esp->s.has_next = false;
	if (bus)
		scsi_bus_reset(bus);
	begin(esp, RUN_BUS_RESET, T_SHORT);
}

/* For those who are connected. */
static void start_initiator(struct esp *esp, struct scsi_target *t)
{
	esp->s.xfer_phase = t->s.phase;
	switch (esp->s.cmd & 0x7f) {
	case CMD_TRANSFER:
		if (esp->s.ack_held) { /* the phase after the message counts */
			accept_message(esp, t);
			t = connected(esp);
			esp->s.xfer_phase = t ? t->s.phase : 0;
		}
		begin(esp, RUN_TRANSFER, T_TRANSFER);
		break;
	case CMD_COMPLETE:
		begin(esp, RUN_COMPLETE, T_SHORT);
		break;
	case CMD_ACCEPT:
		begin(esp, RUN_ACCEPT, T_SHORT);
		break;
	case CMD_PAD:
		begin(esp, RUN_PAD, T_TRANSFER);
		break;
	default:
		scsi_set_atn(t, (esp->s.cmd & 0x7f) == CMD_SET_ATN);
	}
}

static void start(struct esp *esp, u8 cmd)
{
	struct scsi_target *t = connected(esp);

	esp->s.cmd = cmd;
	if (cmd & CMD_DMA)
		load_counter(esp);
	switch (cmd & 0x7f) {
	case CMD_NOP:
	case CMD_ENABLE:
		break;
	case CMD_FLUSH:
		fifo_clear(&esp->s.fifo);
		break;
	case CMD_TRANSFER:
	case CMD_COMPLETE:
	case CMD_ACCEPT:
	case CMD_PAD:
	case CMD_SET_ATN:
	case CMD_RESET_ATN:
		if (t)
			start_initiator(esp, t);
		else
			raise(esp, INTR_ILLEGAL);
		break;
	case CMD_RESELECT:
	case CMD_SELECT:
	case CMD_SELECT_ATN:
	case CMD_SELECT_ATN_STOP:
	case CMD_SELECT_ATN3:
		let_go(esp);
		begin(esp, RUN_ARBITRATE, T_SELECT);
		break;
	case CMD_DISABLE:
		raise(esp, INTR_DONE);
		break;
	default:
		raise(esp, INTR_ILLEGAL);
	}
}

static void write_command(struct esp *esp, u8 cmd)
{
	switch (cmd & 0x7f) {
	case CMD_RESET: /* these two do not wait for their turn */
		chip_reset(esp);
		return;
	case CMD_BUS_RESET:
		esp->s.cmd = cmd;
		bus_reset(esp);
		return;
	default:
		break;
	}
	if (esp->s.run == RUN_NONE) {
		start(esp, cmd);
	} else if (!esp->s.has_next) {
		esp->s.next = cmd;
		esp->s.has_next = true;
	} else {
		esp->s.status |= STATUS_GROSS;
	}
}

/* Registers. */

static u8 read_fifo(struct esp *esp)
{
	u8 c;

	fifo_pop(&esp->s.fifo, &c);
	wake(esp);
	return c;
}

static u8 read_status(struct esp *esp)
{
	connected(esp);
	return (u8)((esp->s.intr ? STATUS_INT : 0) | esp->s.status | esp->s.phase);
}

static u8 read_intr(struct esp *esp)
{
	u8 intr = esp->s.intr;

	if (!intr)
		return 0;
	esp->s.intr = 0;
	esp->s.status &= STATUS_TC;
	drive(esp);
	start_next(esp);
	return intr;
}

static u8 read_reg(struct esp *esp, u32 reg)
{
	switch (reg) {
	case TCLOW:
		return (u8)esp->s.tc;
	case TCMID:
		return (u8)(esp->s.tc >> 8);
	case FIFO:
		return read_fifo(esp);
	case CMD:
		return esp->s.cmd;
	case STATUS:
		return read_status(esp);
	case INTR:
		return read_intr(esp);
	case SEQ:
		return esp->s.seq;
	case FLAGS:
		return (u8)(esp->s.seq << 5 | (esp->s.fifo.num & 0x1f));
	case CFG1:
		return esp->s.cfg1;
	case CFG2:
		return esp->s.cfg2;
	case CFG3:
		return esp->s.cfg3;
	case CFG4:
		return esp->s.cfg4;
	case TCHI:
		return esp->s.tchi_written ? (u8)(esp->s.tc >> 16) : CHIP_ID;
	default:
		return 0;
	}
}

static u32 esp_read(void *chip, u32 off, unsigned size)
{
	u32 v = read_reg(chip, off >> 2);

	return size == 4 ? v << 24 : v;
}

static void set_start(struct esp *esp, unsigned shift, u8 v)
{
	esp->s.start = (esp->s.start & ~(0xffu << shift)) | (u32)v << shift;
}

static void write_fifo(struct esp *esp, u8 v)
{
	if (!fifo_push(&esp->s.fifo, v))
		esp->s.status |= STATUS_GROSS;
	wake(esp);
}

static void write_reg(struct esp *esp, u32 reg, u8 v)
{
	switch (reg) {
	case TCLOW:
		set_start(esp, 0, v);
		break;
	case TCMID:
		set_start(esp, 8, v);
		break;
	case TCHI:
		esp->s.tchi_written = true;
		set_start(esp, 16, v);
		break;
	case FIFO:
		write_fifo(esp, v);
		break;
	case CMD:
		write_command(esp, v);
		break;
	case BUSID:
		esp->s.busid = v & 7;
		break;
	case TIMEOUT:
		esp->s.timeout = v;
		break;
	case PERIOD:
		esp->s.period = v;
		break;
	case OFFSET:
		esp->s.offset = v;
		break;
	case CFG1:
		esp->s.cfg1 = v;
		break;
	case CCF:
		esp->s.ccf = v;
		break;
	case TEST:
		esp->s.test = v;
		break;
	case CFG2:
		esp->s.cfg2 = v;
		break;
	case CFG3:
		esp->s.cfg3 = v;
		break;
	case CFG4:
		esp->s.cfg4 = v;
		break;
	default:
		break;
	}
}

static void esp_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct esp *esp = chip;

	/* The chip's eight wires are the first byte of a word. */
	if (!esp->s.in_reset)
		write_reg(esp, off >> 2, (u8)(size == 4 ? val >> 24 : val));
}

static void esp_irq_in(void *chip, unsigned n, bool level)
{
	struct esp *esp = chip;

	if (n == ESP_IN_RESET && level != esp->s.in_reset) {
		esp->s.in_reset = level;
		if (level)
			chip_reset(esp);
	} else if (n == ESP_IN_DMA && level != esp->s.dma_enabled) {
		esp->s.dma_enabled = level;
		/* Never from here: this may come out of a transfer of ours. */
		if (level)
			wake(esp);
	}
}

static int esp_init(void *chip)
{
	struct esp *esp = chip;

	fifo_init(&esp->s.fifo, ESP_FIFO);
	esp->s.target = ESP_NO_TARGET;
	esp->s.due = CLOCK_NEVER;
	timer_init(&esp->timer, esp->dev.clock, esp_fire, esp);
	return 0;
}

static void esp_reset(void *chip)
{
	struct esp *esp = chip;

	chip_reset(esp);
	esp->s.start = 0;
	esp->s.busid = esp->s.timeout = 0;
	esp->s.cfg1 = 7;
}

static void esp_loaded(void *chip)
{
	struct esp *esp = chip;

	timer_set(&esp->timer, CLOCK_NEVER);
	timer_set(&esp->timer, esp->s.due);
	drive(esp);
}

static bool esp_check(const void *chip)
{
	const struct esp_state *s = &((const struct esp *)chip)->s;

	if (s->run == RUN_NONE)
		return s->due == CLOCK_NEVER && !(s->has_next && !s->intr);
	if (s->in_reset)
		return false;
	if (s->run == RUN_BUS_RESET)
		return s->target == ESP_NO_TARGET && s->due != CLOCK_NEVER;
	if (s->run == RUN_ARBITRATE)
		return s->target == ESP_NO_TARGET && s->due != CLOCK_NEVER;
	return true;
}

const struct dev_class esp_class = {
	.name = "esp",
	DEV_STATE(esp, esp_fields),
	.region = { { "regs", 0x40, ACC_1 | ACC_4, esp_read, esp_write } },
	.irq_in = esp_irq_in,
	.init = esp_init,
	.reset = esp_reset,
	.loaded = esp_loaded,
	.check = esp_check,
};
