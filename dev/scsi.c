/* SPDX-License-Identifier: MIT */
/*
 * What all SCSI targets have in common: phases, messages, sense, the medium.
 *
 * SCSI-2 (ANSI X3.131) for the bus and its messages, SPC and SBC for what newer
 * drivers ask. Facts that software relies on:
 *  - after power-on or a bus reset the first command other than INQUIRY, REQUEST
 *    SENSE and REPORT LUNS ends with UNIT ATTENTION 29/00;
 *  - LUNs other than 0 answer INQUIRY with peripheral qualifier 3 (7f) and
 *    everything else with ILLEGAL REQUEST 25/00;
 *  - a command of a reserved or vendor group has no known length: it is refused after its
 *    first byte;
 *  - sense data last until the next command, which may be one to another LUN.
 * Not modelled: disconnection, tagged queues (tags are taken and ignored), linked
 * commands, wide transfers, parity.
 */
#include "dev/scsi.h"

#include <string.h>

#include "lib/be.h"

#define GOOD 0x00
#define CHECK_CONDITION 0x02

enum {
	MSG_COMPLETE = 0x00,
	MSG_EXTENDED = 0x01,
	MSG_INITIATOR_ERROR = 0x05,
	MSG_ABORT = 0x06,
	MSG_REJECT = 0x07,
	MSG_NOP = 0x08,
	MSG_PARITY = 0x09,
	MSG_DEVICE_RESET = 0x0c,
	MSG_ABORT_TAG = 0x0d,
	MSG_CLEAR_QUEUE = 0x0e,
	MSG_SIMPLE_TAG = 0x20,
	MSG_ORDERED_TAG = 0x22,
	MSG_IDENTIFY = 0x80,
};
enum { EXT_SDTR = 1, EXT_WDTR = 3 };

#define SYNC_PERIOD 25 /* in 4 ns: 10 MB/s */
#define SYNC_OFFSET 15

const struct field scsi_target_fields[] = {
	F_RANGE(scsi_target_state, lba, 0, 1ull << 52),
	F_RANGE(scsi_target_state, blocks, 0, 1ull << 52),
	F_UINT(scsi_target_state, sense_info),
	F_RANGE(scsi_target_state, len, 0, SCSI_BUF),
	F_RANGE(scsi_target_state, pos, 0, SCSI_BUF),
	F_RANGE(scsi_target_state, block_size, 512, 2048),
	F_RANGE(scsi_target_state, phase, 0, SCSI_BUS_FREE),
	F_RANGE(scsi_target_state, back, 0, SCSI_BUS_FREE),
	F_RANGE(scsi_target_state, data, 0, SCSI_DATA_KINDS - 1),
	F_RANGE(scsi_target_state, lun, 0, SCSI_LUN_UNTOLD),
	F_BOOL(scsi_target_state, atn),
	F_UINT(scsi_target_state, status),
	F_RANGE(scsi_target_state, cdb_num, 0, 16),
	F_RANGE(scsi_target_state, out_num, 0, 15),
	F_RANGE(scsi_target_state, in_num, 0, 8),
	F_RANGE(scsi_target_state, in_pos, 0, 8),
	F_RANGE(scsi_target_state, sense_key, 0, 15),
	F_UINT(scsi_target_state, asc),
	F_UINT(scsi_target_state, ascq),
	F_BYTES(scsi_target_state, cdb),
	F_BYTES(scsi_target_state, msg_out),
	F_BYTES(scsi_target_state, msg_in),
	F_BOOL(scsi_target_state, sense_valid),
	F_RANGE(scsi_target_state, attention, 0, SCSI_UA_RESET | SCSI_UA_MEDIUM),
	F_BOOL(scsi_target_state, stopped),
	F_BOOL(scsi_target_state, ejected),
	F_BOOL(scsi_target_state, locked),
	F_BOOL(scsi_target_state, write_through),
	F_BOOL(scsi_target_state, fua),
	F_PAD(scsi_target_state, pad),
	F_BYTES(scsi_target_state, buf),
	F_END,
};

static u32 min32(u64 a, u32 b)
{
	return a < b ? (u32)a : b;
}

u8 scsi_cdb_length(u8 op)
{
	static const u8 length[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return length[op >> 5];
}

/* Phases that move a parameter list or blocks; elsewhere `data` is SCSI_NO_DATA. */

static void go(struct scsi_target *t, enum scsi_phase phase)
{
	struct scsi_target_state *s = &t->s;

	s->back = (u8)phase;
	s->phase = (u8)(s->atn && phase != SCSI_BUS_FREE ? SCSI_MSG_OUT : phase);
	s->out_num = 0;
}

static void end_command(struct scsi_target *t, u8 status)
{
	t->s.data = SCSI_NO_DATA;
	t->s.len = t->s.pos = 0;
	t->s.blocks = 0;
	t->s.status = status;
	go(t, SCSI_STATUS);
}

void scsi_good(struct scsi_target *t)
{
	end_command(t, GOOD);
}

void scsi_set_sense(struct scsi_target *t, u8 key, u16 asc)
{
	t->s.sense_key = key;
	t->s.asc = (u8)(asc >> 8);
	t->s.ascq = (u8)asc;
	t->s.sense_valid = false;
	t->s.sense_info = 0;
}

void scsi_check_condition(struct scsi_target *t)
{
	end_command(t, CHECK_CONDITION);
}

void scsi_fail(struct scsi_target *t, u8 key, u16 asc)
{
	scsi_set_sense(t, key, asc);
	scsi_check_condition(t);
}

void scsi_reply(struct scsi_target *t, u32 n, u32 alloc)
{
	t->s.len = min32(n < alloc ? n : alloc, SCSI_BUF);
	t->s.pos = 0;
	if (!t->s.len) {
		scsi_good(t);
		return;
	}
	t->s.data = SCSI_BUF_IN;
	go(t, SCSI_DATA_IN);
}

void scsi_ask(struct scsi_target *t, u32 n)
{
	t->s.len = n;
	t->s.pos = 0;
	t->s.data = SCSI_BUF_OUT;
	go(t, SCSI_DATA_OUT);
}

/* The medium. */

u64 scsi_nr_blocks(const struct scsi_target *t)
{
	return t->medium && !t->s.ejected ? t->medium->size / t->s.block_size : 0;
}

bool scsi_ready(struct scsi_target *t)
{
	if (!scsi_nr_blocks(t)) {
		scsi_fail(t, SK_NOT_READY, t->s.ejected ? ASC_TRAY_OPEN : ASC_NO_MEDIUM);
		return false;
	}
	if (t->s.stopped) {
		scsi_fail(t, SK_NOT_READY, ASC_NOT_READY_START);
		return false;
	}
	return true;
}

void scsi_extent(const struct scsi_target *t, u64 *lba, u64 *count)
{
	const u8 *cdb = t->s.cdb;

	switch (scsi_cdb_length(cdb[0])) {
	case 6:
		*lba = be32_get(cdb) & 0x1fffff;
		*count = cdb[4] ? cdb[4] : 256;
		break;
	case 10:
		*lba = be32_get(cdb + 2);
		*count = be16_get(cdb + 7);
		break;
	case 12:
		*lba = be32_get(cdb + 2);
		*count = be32_get(cdb + 6);
		break;
	default:
		*lba = be64_get(cdb + 2);
		*count = be32_get(cdb + 10);
	}
}

bool scsi_in_range(struct scsi_target *t, u64 lba, u64 count)
{
	u64 nr = scsi_nr_blocks(t);

	if (lba <= nr && count <= nr - lba)
		return true;
	scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_LBA);
	return false;
}

void scsi_move(struct scsi_target *t, enum scsi_data data, u64 lba, u64 count)
{
	if (!scsi_in_range(t, lba, count))
		return;
	if (!count) {
		scsi_good(t);
		return;
	}
	t->s.data = (u8)data;
	t->s.lba = lba;
	t->s.blocks = count;
	t->s.len = t->s.block_size;
	t->s.pos = 0;
	go(t, data == SCSI_MEDIUM_IN ? SCSI_DATA_IN : SCSI_DATA_OUT);
}

void scsi_host_error(struct scsi_target *t, int err, bool write, u64 lba)
{
	if (write && err == -ENOSPC)
		scsi_fail(t, SK_DATA_PROTECT, ASC_NO_SPACE);
	else if (write && err == -EROFS)
		scsi_fail(t, SK_DATA_PROTECT, ASC_WRITE_PROTECTED);
	else
		scsi_fail(t, SK_MEDIUM_ERROR, write ? ASC_WRITE_ERROR : ASC_READ_ERROR);
	t->s.sense_valid = lba <= UINT32_MAX;
	t->s.sense_info = lba;
}

/* The byte offset at which the transfer stands, and the bytes left of it. */
static u64 medium_pos(const struct scsi_target *t)
{
	return t->s.lba * t->s.block_size + t->s.pos;
}

static u64 medium_left(const struct scsi_target *t)
{
	return t->s.blocks * t->s.block_size - t->s.pos;
}

static bool cached(const struct scsi_target *t, u64 off)
{
	return t->cache_len && off >= t->cache_off && off - t->cache_off < t->cache_len;
}

/* Have the block at the current position in the cache, and what follows if that is readable too. */
static int fill_cache(struct scsi_target *t)
{
	u64 off = t->s.lba * t->s.block_size;
	u32 n = min32(t->s.blocks * t->s.block_size, SCSI_CACHE);
	int err;

	if (!t->medium)
		return -EIO;
	t->cache_len = 0;
	err = block_read(t->medium, off, t->cache, n);
	if (err && n > t->s.block_size) {
		n = t->s.block_size;
		err = block_read(t->medium, off, t->cache, n);
	}
	if (err)
		return err;
	t->cache_off = off;
	t->cache_len = n;
	return 0;
}

static void advance(struct scsi_target *t, u32 n)
{
	u32 pos = t->s.pos + n;

	t->s.lba += pos / t->s.len;
	t->s.blocks -= pos / t->s.len;
	t->s.pos = pos % t->s.len;
}

static u32 read_medium(struct scsi_target *t, u8 *p, u32 n)
{
	u32 done = 0;

	while (done < n) {
		u64 off = medium_pos(t);
		u32 step;
		int err;

		if (!cached(t, off)) {
			err = fill_cache(t);
			if (err) {
				scsi_host_error(t, err, false, t->s.lba);
				return done;
			}
		}
		step = min32(t->cache_len - (off - t->cache_off), n - done);
		step = min32(medium_left(t), step);
		memcpy(p + done, t->cache + (off - t->cache_off), step);
		done += step;
		advance(t, step);
		if (!t->s.blocks) {
			scsi_good(t);
			return done;
		}
	}
	return done;
}

bool scsi_flush(struct scsi_target *t)
{
	int err = t->medium ? block_flush(t->medium) : 0;

	if (err)
		scsi_host_error(t, err, true, UINT64_MAX);
	return !err;
}

static void write_done(struct scsi_target *t)
{
	if ((t->s.fua || t->s.write_through) && !scsi_flush(t))
		return;
	scsi_good(t);
}

/* n whole blocks, n > 0, at the current position; false: the command has failed. */
static bool take_blocks(struct scsi_target *t, const u8 *p, u32 n)
{
	u8 was[2048];
	u32 size = t->s.block_size;
	u64 off = t->s.lba * size;
	int err;

	if (!t->medium) {
		scsi_host_error(t, -EIO, true, t->s.lba);
		return false;
	}
	t->cache_len = 0;
	if (t->s.data == SCSI_MEDIUM_OUT) {
		err = block_write(t->medium, off, p, n * size);
		if (!err)
			return true;
		/* Which of them? */
		for (u32 i = 0; i < n; i++, off += size) {
			err = block_write(t->medium, off, p + i * size, size);
			if (err) {
				scsi_host_error(t, err, true, t->s.lba + i);
				return false;
			}
		}
		return true;
	}
	for (u32 i = 0; i < n; i++, off += size) {
		err = block_read(t->medium, off, was, size);
		if (err) {
			scsi_host_error(t, err, false, t->s.lba + i);
			return false;
		}
		if (memcmp(was, p + i * size, size)) {
			scsi_fail(t, SK_MISCOMPARE, ASC_MISCOMPARE);
			t->s.sense_valid = true;
			t->s.sense_info = off / size;
			return false;
		}
	}
	return true;
}

static u32 write_medium(struct scsi_target *t, const u8 *p, u32 n)
{
	struct scsi_target_state *s = &t->s;
	u32 size = s->block_size;
	u32 done = 0;

	while (done < n) {
		u32 step;

		if (!s->pos && n - done >= size) {
			u32 k = min32(s->blocks, (n - done) / size);

			step = k * size;
			if (!take_blocks(t, p + done, k))
				return done + step;
		} else {
			step = min32(size - s->pos, n - done);
			memcpy(s->buf + s->pos, p + done, step);
			if (s->pos + step == size && !take_blocks(t, s->buf, 1))
				return done + step;
		}
		done += step;
		advance(t, step);
		if (!s->blocks) {
			write_done(t);
			return done;
		}
	}
	return done;
}

/* The connection. */

static void forget_command(struct scsi_target *t)
{
	struct scsi_target_state *s = &t->s;

	s->phase = s->back = SCSI_BUS_FREE;
	s->data = SCSI_NO_DATA;
	s->lba = s->blocks = 0;
	s->len = s->pos = 0;
	s->lun = SCSI_LUN_UNTOLD;
	s->atn = false;
	s->cdb_num = s->out_num = s->in_num = s->in_pos = 0;
	s->fua = false;
}

static void device_reset(struct scsi_target *t)
{
	forget_command(t);
	scsi_set_sense(t, SK_NONE, 0);
	t->s.attention |= SCSI_UA_RESET;
	t->s.locked = t->s.stopped = t->s.write_through = false;
	t->s.block_size = t->dev.param ? t->dev.param : t->kind->block_size;
}

static void say(struct scsi_target *t, const u8 *msg, u8 n)
{
	memcpy(t->s.msg_in, msg, n);
	t->s.in_num = n;
	t->s.in_pos = 0;
}

static void extended_message(struct scsi_target *t)
{
	const u8 *msg = t->s.msg_out;

	if (msg[1] == 3 && msg[2] == EXT_SDTR) {
		const u8 sdtr[5] = { MSG_EXTENDED, 3, EXT_SDTR,
				     msg[3] > SYNC_PERIOD ? msg[3] : SYNC_PERIOD,
				     msg[4] < SYNC_OFFSET ? msg[4] : SYNC_OFFSET };

		say(t, sdtr, 5);
	} else if (msg[1] == 2 && msg[2] == EXT_WDTR) {
		say(t, (const u8[4]){ MSG_EXTENDED, 2, EXT_WDTR, 0 }, 4);
	} else {
		say(t, (const u8[1]){ MSG_REJECT }, 1);
	}
}

/* How many bytes the message in msg_out has, as far as is known. */
static u32 message_length(const struct scsi_target_state *s)
{
	u8 first = s->msg_out[0];

	if (!s->out_num)
		return 1;
	if (first == MSG_EXTENDED)
		return s->out_num < 2 ? 2 : 2 + (s->msg_out[1] ? s->msg_out[1] : 256u);
	return first >= 0x20 && first <= 0x2f ? 2 : 1;
}

static void take_message(struct scsi_target *t)
{
	struct scsi_target_state *s = &t->s;
	u8 first = s->msg_out[0];

	if (first >= MSG_IDENTIFY) {
		s->lun = first & 7;
		return;
	}
	if (first >= MSG_SIMPLE_TAG && first <= MSG_ORDERED_TAG)
		return;
	switch (first) {
	case MSG_EXTENDED:
		extended_message(t);
		break;
	case MSG_NOP:
		break;
	case MSG_REJECT:
		s->in_num = s->in_pos = 0;
		break;
	case MSG_PARITY: /* say it again */
		s->in_pos = 0;
		break;
	case MSG_INITIATOR_ERROR:
		scsi_fail(t, SK_ABORTED, ASC_INITIATOR_ERROR);
		break;
	case MSG_ABORT:
	case MSG_ABORT_TAG:
	case MSG_CLEAR_QUEUE:
		forget_command(t);
		break;
	case MSG_DEVICE_RESET:
		device_reset(t);
		break;
	default:
		say(t, (const u8[1]){ MSG_REJECT }, 1);
	}
}

/* Both sides have said all. */
static void leave_messages(struct scsi_target *t)
{
	struct scsi_target_state *s = &t->s;

	s->in_num = s->in_pos = 0;
	s->phase = s->back;
	if (s->back == SCSI_BUS_FREE)
		forget_command(t);
}

static void put_message_byte(struct scsi_target *t, u8 c)
{
	struct scsi_target_state *s = &t->s;

	s->msg_out[s->out_num++] = c;
	if (s->out_num < message_length(s) && s->out_num < sizeof(s->msg_out))
		return;
	if (s->out_num < message_length(s))
		say(t, (const u8[1]){ MSG_REJECT }, 1); /* longer than any we know */
	else
		take_message(t);
	s->out_num = 0;
	if (s->phase == SCSI_BUS_FREE || s->atn)
		return;
	if (s->in_pos < s->in_num)
		s->phase = SCSI_MSG_IN;
	else
		leave_messages(t);
}

static void put_command_byte(struct scsi_target *t, u8 c)
{
	struct scsi_target_state *s = &t->s;

	s->cdb[s->cdb_num++] = c;
	if (s->cdb_num >= scsi_cdb_length(s->cdb[0]))
		scsi_run_command(t);
}

void scsi_select(struct scsi_target *t, bool atn)
{
	forget_command(t);
	memset(t->s.cdb, 0, sizeof(t->s.cdb));
	t->s.atn = atn;
	go(t, SCSI_COMMAND);
}

void scsi_set_atn(struct scsi_target *t, bool atn)
{
	struct scsi_target_state *s = &t->s;

	s->atn = atn && s->phase != SCSI_BUS_FREE;
	/* A message in is finished first; a message out goes on until it is complete. */
	if (s->atn && s->phase != SCSI_MSG_IN)
		s->phase = SCSI_MSG_OUT;
}

u32 scsi_wants(const struct scsi_target *t)
{
	const struct scsi_target_state *s = &t->s;

	switch (s->phase) {
	case SCSI_MSG_OUT:
		return min32(message_length(s) - s->out_num, (u32)sizeof(s->msg_out) - s->out_num);
	case SCSI_COMMAND:
		return s->cdb_num ? (u32)scsi_cdb_length(s->cdb[0]) - s->cdb_num : 1;
	case SCSI_MSG_IN:
		return (u32)s->in_num - s->in_pos;
	case SCSI_STATUS:
		return 1;
	case SCSI_DATA_IN:
	case SCSI_DATA_OUT:
		if (s->data == SCSI_BUF_IN || s->data == SCSI_BUF_OUT)
			return s->len - s->pos;
		return min32(medium_left(t), UINT32_MAX);
	default:
		return 0;
	}
}

static u32 put_data(struct scsi_target *t, const u8 *p, u32 n)
{
	struct scsi_target_state *s = &t->s;

	if (s->data != SCSI_BUF_OUT)
		return write_medium(t, p, n);
	n = min32(n, s->len - s->pos);
	memcpy(s->buf + s->pos, p, n);
	s->pos += n;
	if (s->pos == s->len)
		t->kind->parameters(t);
	return n;
}

u32 scsi_put(struct scsi_target *t, const u8 *p, u32 n)
{
	u8 phase = t->s.phase;
	u32 done = 0;

	while (done < n && t->s.phase == phase) {
		if (phase == SCSI_MSG_OUT)
			put_message_byte(t, p[done++]);
		else if (phase == SCSI_COMMAND)
			put_command_byte(t, p[done++]);
		else if (phase == SCSI_DATA_OUT)
			done += put_data(t, p + done, n - done);
		else
			break;
	}
	return done;
}

static u32 get_data(struct scsi_target *t, u8 *p, u32 n)
{
	struct scsi_target_state *s = &t->s;

	if (s->data != SCSI_BUF_IN)
		return read_medium(t, p, n);
	n = min32(n, s->len - s->pos);
	memcpy(p, s->buf + s->pos, n);
	s->pos += n;
	if (s->pos == s->len)
		scsi_good(t);
	return n;
}

u32 scsi_get(struct scsi_target *t, u8 *p, u32 n)
{
	struct scsi_target_state *s = &t->s;

	if (!n)
		return 0;
	switch (s->phase) {
	case SCSI_DATA_IN:
		return get_data(t, p, n);
	case SCSI_STATUS:
		*p = s->status;
		say(t, (const u8[1]){ MSG_COMPLETE }, 1);
		s->back = SCSI_BUS_FREE;
		s->phase = SCSI_MSG_IN;
		return 1;
	case SCSI_MSG_IN:
		n = min32(n, (u32)s->in_num - s->in_pos);
		memcpy(p, s->msg_in + s->in_pos, n);
		s->in_pos = (u8)(s->in_pos + n);
		return n;
	default:
		return 0;
	}
}

void scsi_ack(struct scsi_target *t)
{
	struct scsi_target_state *s = &t->s;

	if (s->phase != SCSI_MSG_IN || s->in_pos < s->in_num)
		return;
	/* With ATN the initiator may want to hear it again: it is kept. */
	if (s->atn)
		s->phase = SCSI_MSG_OUT;
	else
		leave_messages(t);
}

bool scsi_has_command(const struct scsi_target *t)
{
	u8 len = scsi_cdb_length(t->s.cdb[0]);

	return len && t->s.cdb_num >= len;
}

void scsi_drop(struct scsi_target *t)
{
	forget_command(t);
}

void scsi_bus_reset(struct scsi_bus *bus)
{
	for (u32 i = 0; i < SCSI_IDS; i++) {
		if (bus->target[i])
			device_reset(bus->target[i]);
	}
}

void scsi_change_medium(struct scsi_target *t, struct block *medium)
{
	t->medium = medium;
	t->cache_len = 0;
	t->s.ejected = false;
	t->s.stopped = false;
	if (medium)
		t->s.attention |= SCSI_UA_MEDIUM;
}

/* The chip. */

static bool good_block_size(u32 size)
{
	return size == 512 || size == 1024 || size == 2048;
}

int scsi_init(struct scsi_target *t, const struct scsi_kind *kind)
{
	t->kind = kind;
	t->medium = t->dev.backend;
	if (t->dev.param && !good_block_size(t->dev.param))
		return -EINVAL;
	t->s.block_size = t->dev.param ? t->dev.param : kind->block_size;
	return 0;
}

void scsi_reset(void *chip)
{
	struct scsi_target *t = chip;

	device_reset(t);
	t->s.attention = SCSI_UA_RESET;
	t->cache_len = 0;
}

void scsi_loaded(void *chip)
{
	struct scsi_target *t = chip;

	t->cache_len = 0;
}

static bool check_data(const struct scsi_target_state *s, u8 phase)
{
	if (phase != SCSI_DATA_IN && phase != SCSI_DATA_OUT)
		return s->data == SCSI_NO_DATA;
	if (phase == SCSI_DATA_IN && s->data != SCSI_BUF_IN && s->data != SCSI_MEDIUM_IN)
		return false;
	if (phase == SCSI_DATA_OUT && s->data != SCSI_BUF_OUT && s->data != SCSI_MEDIUM_OUT &&
	    s->data != SCSI_VERIFY_OUT)
		return false;
	if (s->pos >= s->len)
		return false;
	if (s->data == SCSI_BUF_IN || s->data == SCSI_BUF_OUT)
		return true;
	return s->len == s->block_size && s->blocks;
}

bool scsi_check(const void *chip)
{
	const struct scsi_target *t = chip;
	const struct scsi_target_state *s = &t->s;
	bool message = s->phase == SCSI_MSG_OUT || s->phase == SCSI_MSG_IN;

	if (!good_block_size(s->block_size) || (!t->kind->removable && s->block_size != 512))
		return false;
	if (s->phase == 4 || s->phase == 5 || (s->back >= 4 && s->back < SCSI_BUS_FREE))
		return false;
	if (!message && s->phase != s->back)
		return false;
	if (s->in_pos > s->in_num || (s->phase == SCSI_MSG_IN && !s->in_num))
		return false;
	if (s->out_num && (s->phase != SCSI_MSG_OUT || s->out_num >= message_length(s)))
		return false;
	if (s->back == SCSI_COMMAND && s->cdb_num && s->cdb_num >= scsi_cdb_length(s->cdb[0]))
		return false;
	return check_data(s, s->back);
}
