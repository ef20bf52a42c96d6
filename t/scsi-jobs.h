/* SPDX-License-Identifier: MIT */
/*
 * What the tests share that program the ESP as one system's driver does: commands as such a driver gets them from above,
 * and the same round of them for each.
 *
 * Each driver touches the registers in its model's order and makes its model's checks: what the model would
 * print a complaint about, reset the bus for, or count wrong, is a failure. They differ in what they
 * read when, in who loads the counter, in when the DMA channel is enabled and gets its address, and in
 * how messages are taken.
 */
#ifndef T_SCSI_JOBS_H
#define T_SCSI_JOBS_H

#include "t/scsi-rig.h"

#define CMD_AT 0x1000u /* CDB with its IDENTIFY in memory */
#define MSG_AT 0x1100u

#define STAT_INT 0x80
#define STAT_GROSS 0x40
#define STAT_TC 0x10
#define I_RESET 0x80
#define I_ILLEGAL 0x40
#define I_DIS 0x20
#define I_BUS 0x10
#define I_FC 0x08

enum phase { DATA_OUT, DATA_IN, COMMAND, STATUS, MSG_OUT = 6, MSG_IN = 7, FREE = 8, NO_PHASE = 9 };

/* What became of a command, besides the target's status. */
enum { NO_TARGET = -1, ABORTED = -2, STUCK = -3 };

static struct rig r;
static struct block *disk;
static const char *who;

struct job;

/* The driver: a command from selection to bus free; the target's status, or one of the above. */
static int run(struct job *j);

static const u8 ready[6] = { 0x00 };
static const u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
static const u8 request_sense[6] = { 0x03, 0, 0, 0, 18, 0 };
static const u8 read_one[10] = { 0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0 };
static const u8 write_one[10] = { 0x2a, 0, 0, 0, 0, 7, 0, 0, 1, 0 };
static const u8 reread[10] = { 0x28, 0, 0, 0, 0, 7, 0, 0, 1, 0 };
static const u8 read_12[12] = { 0xa8, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0 };
static const u8 read_many[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 192, 0 };

/* One command as the drivers get it from above. */
struct job {
	u8 id;
	const u8 *cdb;
	u8 len;
	u32 at, n; /* its data in memory */
	bool out; /* sends them */
	const u8 *msg; /* sent after IDENTIFY, before the CDB */
	u8 msg_len;
	bool pio; /* the selection is made through the FIFO */
	bool bytewise; /* a CDB of a length that the chip does not know */
	bool abort; /* changes its mind in the data phase */
	/* What came of it. */
	u32 moved;
	u8 answer[8]; /* messages in but the last */
	u8 answer_len;
};

/* Where the model complains. */
static bool want(bool good, const char *what)
{
	return good || ok(false, "%s: %s", who, what);
}

static unsigned in_fifo(void)
{
	return rd(&r, R_FLAGS) & 0x1f;
}

static u32 counter16(void)
{
	return rd(&r, R_TCL) | (u32)rd(&r, R_TCM) << 8;
}

static void put_message(const u8 *msg, u8 n)
{
	memcpy(r.ram + MSG_AT, msg, n);
}

/* IDENTIFY alone, or with the CDB; how many bytes. */
static u32 put_command(const struct job *j, bool with_cdb)
{
	r.ram[CMD_AT] = 0xc0;
	memcpy(r.ram + CMD_AT + 1, j->cdb, j->len);
	return 1 + (with_cdb ? j->len : 0);
}

/* An incoming message, byte by byte: true when it is whole. */
static bool take_message(struct job *j, u8 byte, unsigned *n)
{
	if (j->answer_len < sizeof(j->answer))
		j->answer[j->answer_len++] = byte;
	++*n;
	if (j->answer[0] == 1 ? *n < 2 || *n < j->answer[1] + 2u : *n < 1)
		return false;
	*n = 0;
	return true;
}

static void open_rig(void)
{
	u8 sector[512];

	rig_open(&r);
	disk = block_mem_new(256 * 512);
	for (u32 i = 0; i < 256; i++) {
		memset(sector, (int)i + 1, sizeof(sector));
		block_write(disk, i * 512, sector, 512);
	}
	rig_attach(&r, 3, &scsi_disk_class, disk, 0);
}

/* The unit attention of the reset, and its sense data. */
static void attention(void)
{
	struct job j = { .id = 3, .cdb = ready, .len = 6 };
	struct job s = { .id = 3, .cdb = request_sense, .len = 6, .at = RIG_BUF, .n = 18 };

	is(run(&j), 2, "%s: check condition after the reset", who);
	is(run(&s), 0, "%s: it asks why", who);
	ok(s.moved == 18 && r.ram[RIG_BUF + 2] == 6 && r.ram[RIG_BUF + 12] == 0x29,
	   "unit attention, 29");
	is(run(&j), 0, "and then all is well");
}

static void transfers(void)
{
	struct job none = { .id = 5, .cdb = inquiry, .len = 6, .at = RIG_BUF, .n = 36 };
	struct job ask = { .id = 3, .cdb = inquiry, .len = 6, .at = RIG_BUF, .n = 36 };
	struct job rd1 = { .id = 3, .cdb = read_one, .len = 10, .at = RIG_BUF + 3, .n = 512 };
	struct job wr1 = {
		.id = 3, .cdb = write_one, .len = 10, .at = RIG_BUF, .n = 512, .out = true
	};
	struct job back = { .id = 3, .cdb = reread, .len = 10, .at = RIG_BUF + 0x1000, .n = 512 };
	struct job less = { .id = 3, .cdb = read_one, .len = 10, .at = RIG_BUF, .n = 2048 };

	is(run(&none), NO_TARGET, "%s: nobody at 5", who);
	is(run(&ask), 0, "%s: INQUIRY", who);
	ok(ask.moved == 36 && r.ram[RIG_BUF] == 0 && r.ram[RIG_BUF + 4] == 31,
	   "36 bytes of a disk");
	memset(r.ram + RIG_BUF, 0, 1024);
	is(run(&rd1), 0, "%s: READ to an odd address", who);
	ok(rd1.moved == 512 && !r.ram[RIG_BUF + 2] && r.ram[RIG_BUF + 3] == 6 &&
		   r.ram[RIG_BUF + 514] == 6 && !r.ram[RIG_BUF + 515],
	   "a sector, and not a byte more");
	for (u32 i = 0; i < 512; i++)
		r.ram[RIG_BUF + i] = (u8)(i * 7);
	is(run(&wr1), 0, "%s: WRITE", who);
	is(wr1.moved, 512, "all of it went");
	is(run(&back), 0, "%s: READ again", who);
	ok(back.moved == 512 && !memcmp(r.ram + RIG_BUF, r.ram + RIG_BUF + 0x1000, 512),
	   "what was written");
	is(run(&less), 0, "%s: READ with a buffer that is too long", who);
	is(less.moved, 512, "the counter tells how much came");
}

static void negotiation(void)
{
	static const u8 sdtr[5] = { 1, 3, 1, 25, 15 }, wdtr[4] = { 1, 2, 3, 1 };
	struct job sync = { .id = 3,
			    .cdb = read_one,
			    .len = 10,
			    .at = RIG_BUF,
			    .n = 512,
			    .msg = sdtr,
			    .msg_len = 5 };
	struct job wide = { .id = 3,
			    .cdb = read_one,
			    .len = 10,
			    .at = RIG_BUF,
			    .n = 512,
			    .msg = wdtr,
			    .msg_len = 4 };

	is(run(&sync), 0, "%s: READ after negotiation", who);
	ok(sync.moved == 512 && sync.answer_len == 5 && !memcmp(sync.answer, sdtr, 3),
	   "the target answers SDTR");
	ok(sync.answer[3] >= 25 && sync.answer[4] <= 15, "not faster, not farther than asked");
	is(run(&wide), 0, "%s: READ after wide negotiation", who);
	ok(wide.moved == 512 && wide.answer_len >= 1, "which has its answer, too");
}

/* 96 KiB: with 24 bits at once, with 16 in pieces of 64 KiB at most. */
static void large(void)
{
	struct job j = { .id = 3, .cdb = read_many, .len = 10, .at = RIG_BUF, .n = 192 * 512 };
	bool same = true;

	is(run(&j), 0, "%s: READ of 96 KiB", who);
	is(j.moved, 192 * 512, "all of it");
	for (u32 i = 0; i < 192; i++)
		same = same && (i == 7 || r.ram[RIG_BUF + 512 * i + 511] == (u8)(i + 1));
	ok(same, "in its place");
}

/* All of it; the bus was reset before. */
static void run_round(void)
{
	attention();
	transfers();
	negotiation();
	large();
}

#endif
