/* SPDX-License-Identifier: MIT */
/*
 * Floppy disk controller with one 3.5-inch drive.
 *
 * Intel 82077AA (data sheet 290166), without DMA as on sun4m boards. dev.backend is the disk, a struct block
 * or NULL; output 0 the interrupt; input 0 terminal count (AUX1). Facts that software relies on:
 *  - every data byte goes through the FIFO register; while one may be moved, MSR says RQM and NDMA
 *    and the interrupt is up. It is down between sectors, up in the result phase until the first byte is read;
 *  - terminal count in the execution phase, or shortly after the last byte of the last sector, ends a
 *    command normally; without it the end of track ends it abnormally with EN;
 *  - after a reset one interrupt, then SENSE INTERRUPT gives c0..c3 for the four units; without anything to
 *    report it is an invalid command, which is answered by 80; so is PART ID (82078);
 *  - DIR bit 7 is up from the insertion of a disk to the next seek, and while there is none;
 *  - the disk's format follows from its size (720 KB, 1.2, 1.44 or 2.88 MB; any other size is
 *    treated as 1.44 MB, cut off where it ends), and is found only at its own data rate.
 * Units 1 to 3 have no drive: their RECALIBRATE ends with an equipment check. Without a disk, commands
 * that need one end at once, not ready, with a missing address mark.
 * Not modelled: DMA, FM, deleted data marks (written as normal ones), bad CRCs, motor and head
 * timing, overrun, formats other than the disk's own.
 */
#include <string.h>

#include "dev/device.h"
#include "lib/block.h"

enum { SRA, SRB, DOR, TDR, MSR, FIFO, CCR = 7 };
#define DSR MSR
#define DIR CCR

#define DOR_RUN 0x04
#define DSR_RESET 0x80

#define MSR_RQM 0x80
#define MSR_DIO 0x40
#define MSR_NDMA 0x20
#define MSR_BUSY 0x10

#define ST0_ABNORMAL 0x40
#define ST0_INVALID 0x80
#define ST0_SEEK 0x20
#define ST0_CHECK 0x10
#define ST0_NOT_READY 0x08
#define ST1_END 0x80
#define ST1_DATA 0x20
#define ST1_NO_DATA 0x04
#define ST1_PROTECTED 0x02
#define ST1_NO_MARK 0x01
#define ST2_DELETED 0x40
#define ST2_DATA 0x20
#define ST2_CYLINDER 0x10
#define ST2_EQUAL 0x08
#define ST2_UNEQUAL 0x04

#define CONFIG_EIS 0x40
#define CONFIG_NO_FIFO 0x20
#define CONFIG_NO_POLL 0x10

#define SECTOR 512u
#define UNITS 4

/* Virtual time, in ns. */
#define T_SEEK 500000
#define T_START 50000
#define T_GAP 50000

enum {
	C_READ_TRACK = 0x02,
	C_SPECIFY = 0x03,
	C_SENSE_DRIVE = 0x04,
	C_WRITE = 0x05,
	C_READ = 0x06,
	C_RECALIBRATE = 0x07,
	C_SENSE_INTERRUPT = 0x08,
	C_WRITE_DELETED = 0x09,
	C_READ_ID = 0x0a,
	C_READ_DELETED = 0x0c,
	C_FORMAT = 0x0d,
	C_DUMPREG = 0x0e,
	C_SEEK = 0x0f,
	C_VERSION = 0x10,
	C_SCAN_EQUAL = 0x11,
	C_PERPENDICULAR = 0x12,
	C_CONFIGURE = 0x13,
	C_LOCK = 0x14,
	C_VERIFY = 0x16,
	C_SCAN_LOW = 0x19,
	C_SCAN_HIGH = 0x1d,
};

enum phase {
	P_COMMAND,
	P_WAIT, /* busy, no byte to move: the deadline goes on */
	P_READ, /* bytes to the CPU */
	P_WRITE, /* bytes from the CPU */
	P_RESULT,
	P_LAST = P_RESULT,
};

struct fdc_state {
	u64 exec_due, seek_due; /* ns, CLOCK_NEVER: none */
	u8 dor, tdr, rate;
	u8 phase;
	u8 cmd_num, result_num, result_pos;
	u8 specify[2];
	u8 config, pretrk, perpendicular, eot;
	bool locked;
	bool tc; /* the line */
	bool changed;
	bool result_int, sense_int;
	u8 st0, st1, st2;
	u8 c, h, r; /* of the sector that is being moved */
	u8 left; /* sectors that FORMAT or VERIFY still handles */
	bool ending; /* the last sector is done: EN unless terminal count comes */
	u8 id; /* the sector that passes under the head */
	u8 seeking; /* units, one bit each */
	u8 sense; /* units with something for SENSE INTERRUPT */
	u8 pad;
	u16 pos, len; /* bytes of buf, in P_READ and P_WRITE */
	u8 track[UNITS], seek_to[UNITS], sense_st0[UNITS];
	u8 cmd[9];
	u8 result[10];
	u8 pad2[7];
	u8 buf[SECTOR];
};

struct fdc {
	struct dev dev;
	struct fdc_state s;
	struct timer exec, seek;
};

static const struct field fdc_fields[] = {
	F_UINT(fdc_state, exec_due),
	F_UINT(fdc_state, seek_due),
	F_UINT(fdc_state, dor),
	F_RANGE(fdc_state, tdr, 0, 3),
	F_RANGE(fdc_state, rate, 0, 3),
	F_RANGE(fdc_state, phase, 0, P_LAST),
	F_RANGE(fdc_state, cmd_num, 0, 9),
	F_RANGE(fdc_state, result_num, 0, 10),
	F_RANGE(fdc_state, result_pos, 0, 10),
	F_BYTES(fdc_state, specify),
	F_UINT(fdc_state, config),
	F_UINT(fdc_state, pretrk),
	F_UINT(fdc_state, perpendicular),
	F_UINT(fdc_state, eot),
	F_BOOL(fdc_state, locked),
	F_BOOL(fdc_state, tc),
	F_BOOL(fdc_state, changed),
	F_BOOL(fdc_state, result_int),
	F_BOOL(fdc_state, sense_int),
	F_UINT(fdc_state, st0),
	F_UINT(fdc_state, st1),
	F_UINT(fdc_state, st2),
	F_UINT(fdc_state, c),
	F_UINT(fdc_state, h),
	F_UINT(fdc_state, r),
	F_UINT(fdc_state, left),
	F_BOOL(fdc_state, ending),
	F_UINT(fdc_state, id),
	F_RANGE(fdc_state, seeking, 0, 15),
	F_RANGE(fdc_state, sense, 0, 15),
	F_PAD(fdc_state, pad),
	F_RANGE(fdc_state, pos, 0, SECTOR),
	F_RANGE(fdc_state, len, 0, SECTOR),
	F_BYTES(fdc_state, track),
	F_BYTES(fdc_state, seek_to),
	F_BYTES(fdc_state, sense_st0),
	F_BYTES(fdc_state, cmd),
	F_BYTES(fdc_state, result),
	F_PAD(fdc_state, pad2),
	F_BYTES(fdc_state, buf),
	F_END,
};

/* The disk. */

struct format {
	u32 size;
	u8 tracks, sectors, rate; /* rate as in CCR */
};

static const struct format *disk_format(const struct fdc *f)
{
	static const struct format formats[] = {
		{ 80 * 2 * 18 * SECTOR, 80, 18, 0 },
		{ 80 * 2 * 9 * SECTOR, 80, 9, 2 },
		{ 80 * 2 * 15 * SECTOR, 80, 15, 0 },
		{ 80 * 2 * 36 * SECTOR, 80, 36, 3 },
	};
	const struct block *disk = f->dev.backend;

	for (u32 i = 0; disk && i < ARRAY_SIZE(formats); i++) {
		if (formats[i].size == disk->size)
			return &formats[i];
	}
	return &formats[0];
}

static u8 opcode(const struct fdc *f)
{
	return f->s.cmd[0] & 0x1f;
}

static u8 unit(const struct fdc *f)
{
	return f->s.cmd[1] & 3;
}

static u8 head(const struct fdc *f)
{
	return f->s.cmd[1] >> 2 & 1;
}

static bool has_disk(const struct fdc *f, u8 u)
{
	return u == 0 && f->dev.backend;
}

/* The byte at which sector r under head h of the current track begins. */
static u64 sector_at(const struct fdc *f, u8 h, u8 r)
{
	const struct format *d = disk_format(f);

	return (((u64)f->s.track[0] * 2 + h) * d->sectors + r - 1) * SECTOR;
}

/* Interrupts, deadlines. */

static bool moving(const struct fdc *f)
{
	return f->s.phase == P_READ || f->s.phase == P_WRITE;
}

static void drive(struct fdc *f)
{
	irq_set(&f->dev.irq[0], moving(f) || f->s.result_int || f->s.sense_int);
}

static void set_exec(struct fdc *f, u64 due)
{
	f->s.exec_due = due;
	timer_set(&f->exec, due);
}

static void set_seek(struct fdc *f, u64 due)
{
	f->s.seek_due = due;
	timer_set(&f->seek, due);
}

static void wait(struct fdc *f, u64 ns)
{
	f->s.phase = P_WAIT;
	f->s.pos = f->s.len = 0;
	set_exec(f, clock_now(f->dev.clock) + ns);
	drive(f);
}

/* Results. */

static void idle(struct fdc *f)
{
	f->s.phase = P_COMMAND;
	f->s.cmd_num = f->s.result_num = f->s.result_pos = 0;
	f->s.pos = f->s.len = 0;
	f->s.ending = false;
	f->s.result_int = false;
	set_exec(f, CLOCK_NEVER);
	drive(f);
}

static void reply(struct fdc *f, const u8 *p, u8 n, bool interrupt)
{
	memcpy(f->s.result, p, n);
	f->s.result_num = n;
	f->s.result_pos = 0;
	f->s.phase = P_RESULT;
	f->s.pos = f->s.len = 0;
	f->s.ending = false;
	f->s.result_int = interrupt;
	set_exec(f, CLOCK_NEVER);
	drive(f);
}

static void reply_byte(struct fdc *f, u8 c)
{
	reply(f, &c, 1, false);
}

/* The seven bytes that end a data command. */
static void end(struct fdc *f, u8 st0)
{
	struct fdc_state *s = &f->s;
	const u8 result[7] = {
		(u8)(s->st0 | st0 | (s->cmd[1] & 7)), s->st1, s->st2, s->c, s->h, s->r, 2,
	};

	reply(f, result, 7, true);
}

static void fail(struct fdc *f, u8 st1, u8 st2)
{
	f->s.st1 |= st1;
	f->s.st2 |= st2;
	end(f, ST0_ABNORMAL);
}

/* Moving sectors. */

/* Is the disk there and spinning at a rate that can be read? Fails the command if not. */
static bool found(struct fdc *f)
{
	if (!has_disk(f, unit(f))) {
		f->s.st0 |= ST0_NOT_READY;
		fail(f, ST1_NO_MARK, 0);
	} else if (disk_format(f)->rate != f->s.rate || !(f->s.cmd[0] & 0x40) ||
		   f->s.track[0] >= disk_format(f)->tracks) {
		fail(f, ST1_NO_MARK, 0);
	} else {
		return true;
	}
	return false;
}

/* Does the sector with the ID that the command asks for pass by? */
static bool found_sector(struct fdc *f)
{
	struct fdc_state *s = &f->s;

	if (s->config & CONFIG_EIS)
		s->track[unit(f)] = s->c;
	if (!found(f))
		return false;
	if (s->c != s->track[0])
		fail(f, ST1_NO_DATA, ST2_CYLINDER);
	else if (!s->r || s->r > disk_format(f)->sectors || s->cmd[5] != 2)
		fail(f, ST1_NO_DATA, 0);
	else
		return true;
	return false;
}

static bool writes(const struct fdc *f)
{
	u8 op = opcode(f);

	return op == C_WRITE || op == C_WRITE_DELETED || op == C_FORMAT;
}

static bool scans(const struct fdc *f)
{
	u8 op = opcode(f);

	return op == C_SCAN_EQUAL || op == C_SCAN_LOW || op == C_SCAN_HIGH;
}

static bool load_sector(struct fdc *f, u8 *buf)
{
	if (!block_read(f->dev.backend, sector_at(f, f->s.h, f->s.r), buf, SECTOR))
		return true;
	fail(f, ST1_DATA, ST2_DATA);
	return false;
}

static bool store_sector(struct fdc *f, u8 h, u8 r, const u8 *buf)
{
	int err = block_write(f->dev.backend, sector_at(f, h, r), buf, SECTOR);

	if (!err)
		return true;
	fail(f, err == -EROFS ? ST1_PROTECTED : ST1_DATA, err == -EROFS ? 0 : ST2_DATA);
	return false;
}

static void open_fifo(struct fdc *f, enum phase phase, u16 len)
{
	f->s.pos = 0;
	f->s.len = len;
	f->s.phase = (u8)phase;
	drive(f);
}

/* The IDs of the sector after this one, as the result phase shows them: true at the end of the track. */
static bool next_sector(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	bool multi = s->cmd[0] & 0x80;

	if (s->r != s->cmd[6]) {
		s->r++;
		return false;
	}
	s->r = 1;
	if (multi && !s->h) {
		s->h = 1;
		s->cmd[1] |= 4;
		return false;
	}
	if (multi) {
		s->h = 0;
		s->cmd[1] &= (u8)~4;
	}
	s->c++;
	return true;
}

/* A sector is through: go on to the next one, unless this was the last. */
static void sector_done(struct fdc *f)
{
	f->s.ending = next_sector(f);
	wait(f, T_GAP);
}

/* VERIFY moves nothing: whole tracks at a time. */
static void verify(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	bool counts = s->cmd[1] & 0x80;

	for (u32 n = 0; n < 256; n++) {
		bool last;

		if (!found_sector(f) || !load_sector(f, s->buf))
			return;
		last = next_sector(f);
		if (counts && --s->left == 0) {
			end(f, 0);
			return;
		}
		if (last) {
			if (counts)
				fail(f, ST1_END, 0);
			else
				end(f, 0);
			return;
		}
	}
	end(f, 0);
}

static void start_sector(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	u8 op = opcode(f);
	const struct block *disk = f->dev.backend;

	if (!found_sector(f))
		return;
	if (writes(f)) {
		if (disk->read_only)
			fail(f, ST1_PROTECTED, 0);
		else
			open_fifo(f, P_WRITE, SECTOR);
		return;
	}
	if (op == C_READ_DELETED) { /* all data marks are normal ones */
		if (s->cmd[0] & 0x20) {
			sector_done(f);
			return;
		}
		s->st2 |= ST2_DELETED;
	}
	if (scans(f))
		open_fifo(f, P_WRITE, SECTOR);
	else if (load_sector(f, s->buf))
		open_fifo(f, P_READ, SECTOR);
}

/* Compares what came with the disk; ff matches everything. */
static void scan_sector(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	u8 disk[SECTOR];
	bool equal = true, low = true, high = true;
	bool hit;

	if (!load_sector(f, disk))
		return;
	for (u32 i = 0; i < SECTOR; i++) {
		if (s->buf[i] == 0xff || disk[i] == 0xff || disk[i] == s->buf[i])
			continue;
		equal = false;
		low = low && disk[i] < s->buf[i];
		high = high && disk[i] > s->buf[i];
	}
	hit = equal || (opcode(f) == C_SCAN_LOW && low) || (opcode(f) == C_SCAN_HIGH && high);
	s->st2 &= (u8) ~(ST2_EQUAL | ST2_UNEQUAL);
	if (equal)
		s->st2 |= ST2_EQUAL;
	else if (!hit)
		s->st2 |= ST2_UNEQUAL;
	if (hit)
		end(f, 0);
	else
		sector_done(f);
}

/* FORMAT: four bytes name the sector that is laid down next. */
static void format_sector(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	u8 id[4], data[SECTOR];

	memcpy(id, s->buf, 4);
	memset(data, s->cmd[5], sizeof(data));
	if (id[0] == s->track[0] && id[1] == head(f) && id[2] && id[2] <= disk_format(f)->sectors &&
	    id[3] == 2 && !store_sector(f, head(f), id[2], data))
		return;
	s->c = id[0];
	s->h = id[1];
	s->r = id[2];
	if (--s->left)
		wait(f, T_GAP);
	else
		end(f, 0);
}

static void fifo_done(struct fdc *f)
{
	if (opcode(f) == C_FORMAT)
		format_sector(f);
	else if (scans(f))
		scan_sector(f);
	else if (f->s.phase == P_READ || store_sector(f, f->s.h, f->s.r, f->s.buf))
		sector_done(f);
}

/* The deadline of P_WAIT. */
static void fdc_exec(void *arg)
{
	struct fdc *f = arg;

	f->s.exec_due = CLOCK_NEVER;
	if (f->s.phase != P_WAIT)
		return;
	switch (opcode(f)) {
	case C_READ_ID:
		if (found(f)) {
			f->s.id = f->s.id >= disk_format(f)->sectors ? 1 : (u8)(f->s.id + 1);
			f->s.c = f->s.track[0];
			f->s.h = head(f);
			f->s.r = f->s.id;
			end(f, 0);
		}
		break;
	case C_FORMAT:
		if (found(f)) {
			if (((const struct block *)f->dev.backend)->read_only)
				fail(f, ST1_PROTECTED, 0);
			else
				open_fifo(f, P_WRITE, 4);
		}
		break;
	case C_VERIFY:
		verify(f);
		break;
	default:
		if (f->s.ending)
			fail(f, ST1_END, 0);
		else if (f->s.st2 & ST2_DELETED)
			end(f, 0); /* one sector with the wrong mark is the last */
		else
			start_sector(f);
	}
}

static void terminal_count(struct fdc *f)
{
	struct fdc_state *s = &f->s;

	if (opcode(f) == C_VERIFY || opcode(f) == C_READ_ID)
		return;
	if (moving(f) && s->pos) {
		/* The rest of a sector that is written is zeros, of one that is read lost. */
		if (s->phase == P_WRITE && !scans(f) && opcode(f) != C_FORMAT) {
			memset(s->buf + s->pos, 0, SECTOR - s->pos);
			if (!store_sector(f, s->h, s->r, s->buf))
				return;
		}
		if (opcode(f) != C_FORMAT)
			next_sector(f);
	} else if (!moving(f) && s->phase != P_WAIT) {
		return;
	}
	end(f, 0);
}

/* Seeks and resets. */

static void seek_done(struct fdc *f, u8 u, u8 st0)
{
	f->s.sense |= (u8)(1u << u);
	f->s.sense_st0[u] = (u8)(st0 | u);
	f->s.sense_int = true;
}

static void fdc_seek_end(void *arg)
{
	struct fdc *f = arg;
	struct fdc_state *s = &f->s;

	s->seek_due = CLOCK_NEVER;
	for (u8 u = 0; u < UNITS; u++) {
		bool recalibrated = s->seek_to[u] == 0xff;

		if (!(s->seeking & 1u << u))
			continue;
		s->track[u] = recalibrated ? 0 : s->seek_to[u];
		if (u && recalibrated) /* no drive, no track 0 */
			seek_done(f, u, ST0_ABNORMAL | ST0_SEEK | ST0_CHECK);
		else
			seek_done(f, u, ST0_SEEK);
		if (has_disk(f, u))
			s->changed = false;
	}
	s->seeking = 0;
	drive(f);
}

/* To a track, 0xff: recalibrate. */
static void seek(struct fdc *f, u8 u, u8 track)
{
	f->s.seek_to[u] = track;
	f->s.seeking |= (u8)(1u << u);
	f->s.sense &= (u8) ~(1u << u);
	idle(f);
	/* A head that is there already has no step to make. */
	if (f->s.seeking == 1u << u && f->s.track[u] == (track == 0xff ? 0 : track)) {
		set_seek(f, CLOCK_NEVER);
		fdc_seek_end(f);
	} else {
		set_seek(f, clock_now(f->dev.clock) + T_SEEK);
	}
}

static void relative_seek(struct fdc *f)
{
	u8 u = unit(f), by = f->s.cmd[2];
	u32 to = f->s.cmd[0] & 0x40   ? (u32)f->s.track[u] + by
		 : by > f->s.track[u] ? 0u
				      : (u32)f->s.track[u] - by;

	seek(f, u, to > 254 ? 254 : (u8)to);
}

/* Everything stops; what CONFIGURE has set goes too unless it is locked. */
static void stop(struct fdc *f)
{
	struct fdc_state *s = &f->s;

	idle(f);
	s->seeking = s->sense = 0;
	s->sense_int = false;
	s->st0 = s->st1 = s->st2 = 0;
	if (!s->locked) {
		s->config = CONFIG_NO_FIFO;
		s->pretrk = 0;
	}
	s->config &= (u8) ~(CONFIG_EIS | CONFIG_NO_POLL);
	s->perpendicular &= 0x3c;
	set_seek(f, CLOCK_NEVER);
	drive(f);
}

/* The polling after a reset finds all units ready. */
static void come_up(struct fdc *f)
{
	for (u8 u = 0; u < UNITS; u++)
		seek_done(f, u, 0xc0);
	drive(f);
}

/* Commands. */

static void sense_interrupt(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	u8 result[2];

	s->sense_int = false;
	for (u8 u = 0; u < UNITS; u++) {
		if (!(s->sense & 1u << u))
			continue;
		s->sense &= (u8) ~(1u << u);
		/* What is left after a reset does not interrupt again. */
		s->sense_int = s->sense && !(s->sense_st0[u] & 0x80);
		result[0] = s->sense_st0[u];
		result[1] = s->track[u];
		reply(f, result, 2, false);
		return;
	}
	reply_byte(f, ST0_INVALID);
}

static void sense_drive(struct fdc *f)
{
	u8 u = unit(f);
	const struct block *disk = has_disk(f, u) ? f->dev.backend : NULL;

	reply_byte(f, (u8)(0x28 | (f->s.cmd[1] & 7) | (u == 0 && !f->s.track[u] ? 0x10 : 0) |
			   (disk && disk->read_only ? 0x40 : 0)));
}

static void dump_registers(struct fdc *f)
{
	const struct fdc_state *s = &f->s;
	const u8 result[10] = {
		s->track[0],   s->track[1],
		s->track[2],   s->track[3],
		s->specify[0], s->specify[1],
		s->eot,	       (u8)((s->locked ? 0x80 : 0) | (s->perpendicular & 0x3f)),
		s->config,     s->pretrk,
	};

	reply(f, result, 10, false);
}

static void start_data(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	/* Heads that are still moving come to rest first. */
	u64 now = clock_now(f->dev.clock);
	u64 rest = s->seeking && s->seek_due > now ? s->seek_due - now : 0;

	s->st0 = s->st1 = s->st2 = 0;
	s->c = s->cmd[2];
	s->h = s->cmd[3];
	s->r = s->cmd[4];
	s->ending = false;
	if (opcode(f) == C_FORMAT) {
		s->left = s->cmd[3];
		s->eot = s->cmd[3];
		s->c = s->track[unit(f)];
		s->h = head(f);
		s->r = 1;
	} else if (opcode(f) != C_READ_ID) {
		s->eot = s->cmd[6];
		s->left = s->cmd[8];
		if (opcode(f) == C_READ_TRACK)
			s->r = 1;
		if (s->h != head(f)) { /* no such ID on this side */
			fail(f, ST1_NO_DATA, 0);
			return;
		}
	}
	wait(f, rest + T_START);
}

/* Bytes of a command by its first one; 1 for those that are not known. */
static u8 command_length(u8 first)
{
	switch (first & 0x1f) {
	case C_READ:
	case C_READ_TRACK:
	case C_READ_DELETED:
	case C_WRITE:
	case C_WRITE_DELETED:
	case C_VERIFY:
	case C_SCAN_EQUAL:
	case C_SCAN_LOW:
	case C_SCAN_HIGH:
		return 9;
	case C_FORMAT:
		return 6;
	case C_CONFIGURE:
		return 4;
	case C_SPECIFY:
	case C_SEEK:
		return 3;
	case C_SENSE_DRIVE:
	case C_RECALIBRATE:
	case C_READ_ID:
	case C_PERPENDICULAR:
		return 2;
	default:
		return 1;
	}
}

static void run_command(struct fdc *f)
{
	struct fdc_state *s = &f->s;

	switch (opcode(f)) {
	case C_READ:
	case C_READ_TRACK:
	case C_READ_DELETED:
	case C_WRITE:
	case C_WRITE_DELETED:
	case C_VERIFY:
	case C_SCAN_EQUAL:
	case C_SCAN_LOW:
	case C_SCAN_HIGH:
	case C_FORMAT:
	case C_READ_ID:
		start_data(f);
		break;
	case C_RECALIBRATE:
		seek(f, unit(f), 0xff);
		break;
	case C_SEEK:
		if (s->cmd[0] & 0x80)
			relative_seek(f);
		else
			seek(f, unit(f), s->cmd[2] == 0xff ? 254 : s->cmd[2]);
		break;
	case C_SPECIFY:
		memcpy(s->specify, s->cmd + 1, 2);
		idle(f);
		break;
	case C_CONFIGURE:
		s->config = s->cmd[2] & 0x7f;
		s->pretrk = s->cmd[3];
		idle(f);
		break;
	case C_PERPENDICULAR:
		/* The drive bits change only together with OW. */
		s->perpendicular = s->cmd[1] & 0x80
					   ? s->cmd[1] & 0x3f
					   : (u8)((s->perpendicular & 0x3c) | (s->cmd[1] & 3));
		idle(f);
		break;
	case C_LOCK:
		s->locked = s->cmd[0] & 0x80;
		reply_byte(f, s->locked ? 0x10 : 0);
		break;
	case C_VERSION:
		reply_byte(f, 0x90);
		break;
	case C_DUMPREG:
		dump_registers(f);
		break;
	case C_SENSE_DRIVE:
		sense_drive(f);
		break;
	case C_SENSE_INTERRUPT:
		sense_interrupt(f);
		break;
	default:
		reply_byte(f, ST0_INVALID);
	}
}

/* Registers. */

static bool running(const struct fdc *f)
{
	return f->s.dor & DOR_RUN;
}

static u8 read_msr(const struct fdc *f)
{
	u8 v = f->s.seeking;

	if (!running(f))
		return 0;
	switch (f->s.phase) {
	case P_COMMAND:
		return (u8)(v | MSR_RQM | (f->s.cmd_num ? MSR_BUSY : 0));
	case P_WAIT:
		return (u8)(v | MSR_NDMA | MSR_BUSY);
	case P_READ:
		return (u8)(v | MSR_RQM | MSR_DIO | MSR_NDMA | MSR_BUSY);
	case P_WRITE:
		return (u8)(v | MSR_RQM | MSR_NDMA | MSR_BUSY);
	default:
		return (u8)(v | MSR_RQM | MSR_DIO | MSR_BUSY);
	}
}

static u8 read_fifo(struct fdc *f)
{
	struct fdc_state *s = &f->s;
	u8 c;

	if (s->phase == P_READ && s->pos < s->len) {
		c = s->buf[s->pos++];
		if (s->pos == s->len)
			fifo_done(f);
		return c;
	}
	if (s->phase == P_RESULT && s->result_pos < s->result_num) {
		c = s->result[s->result_pos++];
		s->result_int = false;
		if (s->result_pos == s->result_num)
			idle(f);
		drive(f);
		return c;
	}
	return 0;
}

static void write_fifo(struct fdc *f, u8 c)
{
	struct fdc_state *s = &f->s;

	if (!running(f))
		return;
	if (s->phase == P_WRITE && s->pos < s->len) {
		s->buf[s->pos++] = c;
		if (s->pos == s->len)
			fifo_done(f);
	} else if (s->phase == P_COMMAND && s->cmd_num < sizeof(s->cmd)) {
		if (!s->cmd_num)
			memset(s->cmd, 0, sizeof(s->cmd));
		s->cmd[s->cmd_num++] = c;
		if (s->cmd_num >= command_length(s->cmd[0]))
			run_command(f);
	}
}

static void write_dor(struct fdc *f, u8 v)
{
	u8 was = f->s.dor;

	f->s.dor = v;
	if (was & ~v & DOR_RUN)
		stop(f);
	else if (v & ~was & DOR_RUN)
		come_up(f);
}

static void write_dsr(struct fdc *f, u8 v)
{
	f->s.rate = v & 3;
	if (v & DSR_RESET && running(f)) {
		stop(f);
		come_up(f);
	}
}

/* SRA and SRB as in PS/2 mode: the drive's lines, most of them low-active. */
static u8 read_sra(const struct fdc *f)
{
	const struct block *disk = f->dev.backend;
	bool up = moving(f) || f->s.result_int || f->s.sense_int;

	return (u8)((up ? 0x80 : 0) | 0x44 | (f->s.track[0] ? 0x10 : 0) |
		    (f->s.cmd[1] & 4 ? 0x08 : 0) | (disk && disk->read_only ? 0 : 0x02));
}

static u32 fdc_read(void *chip, u32 off, unsigned size)
{
	struct fdc *f = chip;

	(void)size;
	switch (off) {
	case SRA:
		return read_sra(f);
	case SRB:
		return 0xc0u | (f->s.dor & 1u) << 5 | (f->s.dor >> 4 & 3u);
	case DOR:
		return f->s.dor;
	case TDR:
		return f->s.tdr;
	case MSR:
		return read_msr(f);
	case FIFO:
		return read_fifo(f);
	case DIR:
		return (f->s.dor & 3) == 0 && (f->s.changed || !f->dev.backend) ? 0x80 : 0;
	default:
		return 0;
	}
}

static void fdc_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct fdc *f = chip;

	(void)size;
	switch (off) {
	case DOR:
		write_dor(f, (u8)val);
		break;
	case TDR:
		f->s.tdr = val & 3;
		break;
	case DSR:
		write_dsr(f, (u8)val);
		break;
	case FIFO:
		write_fifo(f, (u8)val);
		break;
	case CCR:
		f->s.rate = val & 3;
		break;
	default:
		break;
	}
}

static void fdc_irq_in(void *chip, unsigned n, bool level)
{
	struct fdc *f = chip;

	if (n || level == f->s.tc)
		return;
	f->s.tc = level;
	if (level)
		terminal_count(f);
}

static int fdc_init(void *chip)
{
	struct fdc *f = chip;

	f->s.exec_due = f->s.seek_due = CLOCK_NEVER;
	timer_init(&f->exec, f->dev.clock, fdc_exec, f);
	timer_init(&f->seek, f->dev.clock, fdc_seek_end, f);
	return 0;
}

static void fdc_reset(void *chip)
{
	struct fdc *f = chip;
	struct fdc_state *s = &f->s;
	bool tc = s->tc;

	memset(s, 0, sizeof(*s));
	s->tc = tc;
	s->config = CONFIG_NO_FIFO;
	s->rate = 2;
	s->changed = f->dev.backend;
	set_seek(f, CLOCK_NEVER);
	idle(f);
}

static void fdc_loaded(void *chip)
{
	struct fdc *f = chip;

	timer_set(&f->exec, CLOCK_NEVER);
	timer_set(&f->seek, CLOCK_NEVER);
	timer_set(&f->exec, f->s.exec_due);
	timer_set(&f->seek, f->s.seek_due);
	drive(f);
}

static bool fdc_check(const void *chip)
{
	const struct fdc *f = chip;
	const struct fdc_state *s = &f->s;
	u8 len = command_length(s->cmd[0]);

	if (s->config & 0x80 || s->perpendicular & ~0x3f)
		return false;
	if ((s->phase == P_WAIT) != (s->exec_due != CLOCK_NEVER))
		return false;
	if (!s->seeking != (s->seek_due == CLOCK_NEVER))
		return false;
	if (s->phase == P_COMMAND ? s->cmd_num && s->cmd_num >= len : s->cmd_num != len)
		return false;
	if (s->phase == P_RESULT ? s->result_pos >= s->result_num : s->result_num || s->result_pos)
		return false;
	if (s->result_int && s->phase != P_RESULT)
		return false;
	if (!moving(f))
		return !s->len && !s->pos && (!s->ending || s->phase == P_WAIT);
	/* Bytes move only for a command that moves them, with a disk, from and to a sector that there is. */
	if (s->pos >= s->len || !has_disk(f, unit(f)) || s->ending)
		return false;
	if (opcode(f) == C_FORMAT)
		return s->len == 4 && s->phase == P_WRITE;
	return len == 9 && s->len == SECTOR && opcode(f) != C_VERIFY && s->h < 2 && s->r &&
	       s->r <= disk_format(f)->sectors && s->track[0] < disk_format(f)->tracks &&
	       (s->phase == P_WRITE) == (writes(f) || scans(f));
}

const struct dev_class fdc_class = {
	.name = "fdc",
	DEV_STATE(fdc, fdc_fields),
	.region = { { "regs", 8, ACC_1, fdc_read, fdc_write } },
	.irq_in = fdc_irq_in,
	.init = fdc_init,
	.reset = fdc_reset,
	.loaded = fdc_loaded,
	.check = fdc_check,
};
