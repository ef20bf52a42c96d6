/* SPDX-License-Identifier: MIT */
/*
 * A SCSI hard disk of 512-byte blocks.
 *
 * SCSI-2 chapter 9, SBC-3. Its medium is dev.backend; one that is read-only is a write-protected disk.
 * Writes are cached by the host; SYNCHRONIZE CACHE, FUA, STOP and a cache that MODE
 * SELECT has switched off make them durable before good status is given.
 * The geometry of mode pages 3 and 4 is 16 heads of 63 sectors (255 heads from 32 GiB on),
 * so that labels have at most 65535 cylinders as long as that is possible.
 * Not modelled: defect lists (all are empty), logs, protection information, UNMAP.
 */
#include "dev/scsi.h"

#include <string.h>

#include "lib/be.h"

#define SECTORS 63u
#define RPM 5400u
#define WRITE_SAME_MAX 2048u /* as VPD page b0 says */

static u32 heads(const struct scsi_target *t)
{
	return scsi_nr_blocks(t) < 65536ull * 16 * SECTORS ? 16 : 255;
}

static u32 cylinders(const struct scsi_target *t)
{
	u64 n = scsi_nr_blocks(t) / (heads(t) * SECTORS);

	return n > 0xffffff ? 0xffffff : n ? (u32)n : 1;
}

/* Pages whose values nobody can change, the same for "current" and "default". */
static void fixed_page(const struct scsi_target *t, u8 page, u8 *p)
{
	switch (page) {
	case 0x01: /* error recovery: automatic reallocation */
		p[2] = 0xc0;
		break;
	case 0x03: /* format */
		be16_put(p + 2, (u16)heads(t)); /* tracks per zone */
		be16_put(p + 10, SECTORS);
		be16_put(p + 12, 512);
		be16_put(p + 14, 1); /* interleave */
		p[20] = 0x40; /* hard sectors */
		break;
	case 0x04: /* geometry */
		be32_put(p + 2, cylinders(t) << 8);
		p[5] = (u8)heads(t);
		be16_put(p + 20, RPM);
		break;
	default:
		break;
	}
}

static u32 disk_mode_page(const struct scsi_target *t, u8 page, u8 pc, u8 *p)
{
	static const u8 length[] = {
		[0x01] = 12, [0x02] = 16, [0x03] = 24, [0x04] = 24, [0x08] = 20, [0x0a] = 12,
	};

	if (page >= sizeof(length) || !length[page])
		return 0;
	p[0] = page;
	p[1] = (u8)(length[page] - 2);
	if (page == 0x08)
		p[2] = pc == 0 && t->s.write_through ? 0 : 4; /* write cache enabled */
	else if (pc != 1)
		fixed_page(t, page, p);
	return length[page];
}

static bool disk_set_page(struct scsi_target *t, const u8 *p)
{
	if ((p[0] & 0x3f) == 0x08)
		t->s.write_through = !(p[2] & 4);
	return true;
}

static void read_capacity(struct scsi_target *t)
{
	u64 nr = scsi_nr_blocks(t), last = nr - 1;
	u8 *p = t->s.buf;

	if (!scsi_ready(t))
		return;
	if (t->s.cdb[0] == 0x25) {
		if (!(t->s.cdb[8] & 1) && be32_get(t->s.cdb + 2)) {
			scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
			return;
		}
		be32_put(p, last < UINT32_MAX ? (u32)last : UINT32_MAX);
		be32_put(p + 4, t->s.block_size);
		scsi_reply(t, 8, 8);
		return;
	}
	if ((t->s.cdb[1] & 0x1f) != 0x10) { /* service action */
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	be64_put(p, last);
	be32_put(p + 8, t->s.block_size);
	scsi_reply(t, 32, be32_get(t->s.cdb + 10));
}

static bool writable(struct scsi_target *t)
{
	if (!scsi_ready(t))
		return false;
	if (!t->medium->read_only)
		return true;
	scsi_fail(t, SK_DATA_PROTECT, ASC_WRITE_PROTECTED);
	return false;
}

static void disk_read(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (scsi_ready(t))
		scsi_move(t, SCSI_MEDIUM_IN, lba, count);
}

static void disk_write(struct scsi_target *t, bool verify)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (!writable(t))
		return;
	/* FUA is bit 3 of every long WRITE; WRITE AND VERIFY has to reach the medium anyway. */
	t->s.fua = verify || (t->s.cdb[0] != 0x0a && t->s.cdb[1] & 8);
	scsi_move(t, SCSI_MEDIUM_OUT, lba, count);
}

static void disk_verify(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (!scsi_ready(t))
		return;
	if (t->s.cdb[1] & 4) /* BYTCHK of 2 or 3: reserved */
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
	else if (t->s.cdb[1] & 2)
		scsi_move(t, SCSI_VERIFY_OUT, lba, count);
	else if (scsi_in_range(t, lba, count))
		scsi_good(t);
}

static void write_same(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (!writable(t) || !scsi_in_range(t, lba, count))
		return;
	/* UNMAP, ANCHOR, LBDATA, PBDATA, NDOB */
	if (t->s.cdb[1] & 0x1f || !count || count > WRITE_SAME_MAX) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	scsi_ask(t, t->s.block_size);
}

static void write_same_data(struct scsi_target *t)
{
	u64 lba, count;
	int err;

	scsi_extent(t, &lba, &count);
	t->cache_len = 0;
	for (u64 i = 0; i < count; i++) {
		err = t->medium ? block_write(t->medium, (lba + i) * t->s.block_size, t->s.buf,
					      t->s.block_size)
				: -EIO;
		if (err) {
			scsi_host_error(t, err, true, lba + i);
			return;
		}
	}
	err = t->s.write_through ? block_flush(t->medium) : 0;
	if (err)
		scsi_host_error(t, err, true, lba);
	else
		scsi_good(t);
}

/* FORMAT UNIT keeps the data, as a disk may; REASSIGN BLOCKS finds every block good. */
static void format_unit(struct scsi_target *t)
{
	if (!writable(t))
		return;
	if (t->s.cdb[1] & 0x10)
		scsi_ask(t, 4);
	else
		scsi_good(t);
}

static void defect_list(struct scsi_target *t)
{
	u32 n = be16_get(t->s.buf + 2);

	if (t->s.len > 4 || !n)
		scsi_good(t);
	else if (n > SCSI_BUF - 4)
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_LIST_LENGTH);
	else
		t->s.len = 4 + n;
}

/* The list of defects, primary or grown, in whatever format: empty. */
static void read_defects(struct scsi_target *t)
{
	bool ten = t->s.cdb[0] == 0x37;

	t->s.buf[1] = ten ? t->s.cdb[2] & 0x1f : t->s.cdb[1] & 0x1f;
	if (ten)
		scsi_reply(t, 4, be16_get(t->s.cdb + 7));
	else
		scsi_reply(t, 8, be32_get(t->s.cdb + 6));
}

static void disk_parameters(struct scsi_target *t)
{
	switch (t->s.cdb[0]) {
	case 0x04:
	case 0x07:
		defect_list(t);
		break;
	case 0x41:
	case 0x93:
		write_same_data(t);
		break;
	case 0x15:
	case 0x55:
		scsi_mode_parameters(t);
		break;
	default: /* SEND DIAGNOSTIC */
		scsi_good(t);
	}
}

static void send_diagnostic(struct scsi_target *t)
{
	u32 n = be16_get(t->s.cdb + 3);

	if (n > SCSI_BUF)
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_LIST_LENGTH);
	else if (n)
		scsi_ask(t, n);
	else
		scsi_good(t);
}

static bool disk_command(struct scsi_target *t)
{
	switch (t->s.cdb[0]) {
	case 0x04:
		format_unit(t);
		return true;
	case 0x07: /* REASSIGN BLOCKS */
		if (writable(t))
			scsi_ask(t, 4);
		return true;
	case 0x08:
	case 0x28:
	case 0x88:
	case 0xa8:
		disk_read(t);
		return true;
	case 0x0a:
	case 0x2a:
	case 0x8a:
	case 0xaa:
		disk_write(t, false);
		return true;
	case 0x2e: /* WRITE AND VERIFY */
	case 0x8e:
	case 0xae:
		disk_write(t, true);
		return true;
	case 0x2f:
	case 0x8f:
	case 0xaf:
		disk_verify(t);
		return true;
	case 0x1d:
		send_diagnostic(t);
		return true;
	case 0x25:
	case 0x9e:
		read_capacity(t);
		return true;
	case 0x91: /* SYNCHRONIZE CACHE (16) */
		scsi_sync(t);
		return true;
	case 0x37:
	case 0xb7:
		read_defects(t);
		return true;
	case 0x41:
	case 0x93:
		write_same(t);
		return true;
	default:
		return false;
	}
}

static const struct scsi_kind disk_kind = {
	.type = 0x00,
	.product = "HARDDISK",
	.block_size = 512,
	.command = disk_command,
	.parameters = disk_parameters,
	.mode_page = disk_mode_page,
	.set_page = disk_set_page,
	.pages = { 0x01, 0x02, 0x03, 0x04, 0x08, 0x0a },
};

static int disk_init(void *chip)
{
	return scsi_init(chip, &disk_kind);
}

const struct dev_class scsi_disk_class = {
	.name = "scsi-disk",
	DEV_STATE(scsi_target, scsi_target_fields),
	.init = disk_init,
	.reset = scsi_reset,
	.loaded = scsi_loaded,
	.check = scsi_check,
};
