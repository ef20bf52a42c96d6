/* SPDX-License-Identifier: MIT */
/* The commands that targets of every kind answer: SCSI-2's primary ones and SPC's, mode pages included. */
#include "dev/scsi.h"

#include <string.h>

#include "lib/be.h"

static void put_text(u8 *p, const char *text, u32 n)
{
	u32 i = 0;

	for (; i < n && text && text[i]; i++)
		p[i] = (u8)text[i];
	memset(p + i, ' ', n - i);
}

/* Page 83: one T10 vendor designator, made of what page 80 says too. */
static u32 put_designator(const struct scsi_target *t, u8 *p)
{
	p[0] = 2; /* ASCII */
	p[1] = 1; /* T10 vendor identification */
	p[3] = 8 + 16;
	put_text(p + 4, "VONK", 8);
	put_text(p + 12, t->dev.name, 16);
	return 4 + 8 + 16;
}

static u32 vpd_page(struct scsi_target *t, u8 page, u8 *p)
{
	bool disk = t->kind->type == 0;
	u32 n;

	switch (page) {
	case 0x00: {
		static const u8 pages[] = { 0x00, 0x80, 0x83, 0xb0, 0xb1 };

		n = disk ? 5 : 3;
		memcpy(p + 4, pages, n);
		break;
	}
	case 0x80:
		n = 16;
		put_text(p + 4, t->dev.name, n);
		break;
	case 0x83:
		n = put_designator(t, p + 4);
		break;
	case 0xb0: /* block limits */
		if (!disk)
			return 0;
		n = 0x3c;
		p[4] = 1; /* WRITE SAME of 0 blocks is refused */
		be64_put(p + 36, 2048); /* the most that it takes */
		break;
	case 0xb1: /* characteristics: nothing reported */
		if (!disk)
			return 0;
		n = 0x3c;
		break;
	default:
		return 0;
	}
	p[0] = t->kind->type;
	p[1] = page;
	be16_put(p + 2, (u16)n);
	return 4 + n;
}

static void inquiry(struct scsi_target *t, bool absent)
{
	const u8 *cdb = t->s.cdb;
	u8 *p = t->s.buf;
	u32 n = 36;

	if (cdb[1] & 2 || (!(cdb[1] & 1) && cdb[2])) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	if (cdb[1] & 1 && !absent) {
		n = vpd_page(t, cdb[2], p);
		if (!n) {
			scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
			return;
		}
	} else {
		p[0] = absent ? 0x7f : t->kind->type;
		p[1] = t->kind->removable && !absent ? 0x80 : 0;
		p[2] = 5; /* SPC-3 */
		p[3] = 0x12; /* hierarchical LUNs, SPC format */
		p[4] = (u8)(n - 5);
		p[7] = 0x10; /* synchronous transfers */
		put_text(p + 8, "VONK", 8);
		put_text(p + 16, t->kind->product, 16);
		put_text(p + 32, "1.0", 4);
	}
	scsi_reply(t, n, be16_get(cdb + 3));
}

/* The oldest unit attention becomes the sense data. */
static bool take_attention(struct scsi_target *t)
{
	u8 *attention = &t->s.attention;

	if (*attention & SCSI_UA_RESET) {
		*attention &= (u8)~SCSI_UA_RESET;
		scsi_set_sense(t, SK_UNIT_ATTENTION, ASC_RESET);
	} else if (*attention & SCSI_UA_MEDIUM) {
		*attention &= (u8)~SCSI_UA_MEDIUM;
		scsi_set_sense(t, SK_UNIT_ATTENTION, ASC_MEDIUM_CHANGED);
	} else {
		return false;
	}
	return true;
}

static void request_sense(struct scsi_target *t, bool absent)
{
	struct scsi_target_state *s = &t->s;
	u8 *p = s->buf;
	u32 n = 18;

	if (absent)
		scsi_set_sense(t, SK_ILLEGAL_REQUEST, ASC_LUN);
	else if (!s->sense_key && !take_attention(t) && !scsi_nr_blocks(t))
		scsi_set_sense(t, SK_NOT_READY, s->ejected ? ASC_TRAY_OPEN : ASC_NO_MEDIUM);
	if (s->cdb[1] & 1) { /* descriptor format */
		n = 8;
		p[0] = 0x72;
		p[1] = s->sense_key;
		p[2] = s->asc;
		p[3] = s->ascq;
	} else {
		p[0] = s->sense_valid ? 0xf0 : 0x70;
		p[2] = s->sense_key;
		be32_put(p + 3, s->sense_valid ? (u32)s->sense_info : 0);
		p[7] = (u8)(n - 8);
		p[12] = s->asc;
		p[13] = s->ascq;
	}
	scsi_set_sense(t, SK_NONE, 0);
	scsi_reply(t, n, s->cdb[4]);
}

static void report_luns(struct scsi_target *t)
{
	u32 alloc = be32_get(t->s.cdb + 6);

	if (t->s.cdb[2] > 2 || alloc < 16) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	/* LUN 0, but for those who ask for well-known ones. */
	be32_put(t->s.buf, t->s.cdb[2] == 1 ? 0 : 8);
	scsi_reply(t, t->s.cdb[2] == 1 ? 8 : 16, alloc);
}

static void seek(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (scsi_ready(t) && scsi_in_range(t, lba, 1))
		scsi_good(t);
}

void scsi_sync(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (scsi_ready(t) && scsi_in_range(t, lba, count) && scsi_flush(t))
		scsi_good(t);
}

static void start_stop(struct scsi_target *t)
{
	bool start = t->s.cdb[4] & 1;

	if (t->s.cdb[4] & 0xf0) { /* power conditions: there is but one */
		scsi_good(t);
		return;
	}
	if (t->s.cdb[4] & 2 && t->kind->removable) {
		if (!start && t->s.locked) {
			scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_REMOVAL_PREVENTED);
			return;
		}
		if (t->s.ejected && start)
			t->s.attention |= SCSI_UA_MEDIUM;
		t->s.ejected = !start;
		t->cache_len = 0;
	}
	t->s.stopped = !start && !t->s.ejected;
	if (!start && !scsi_flush(t))
		return;
	scsi_good(t);
}

static void prevent(struct scsi_target *t)
{
	t->s.locked = t->s.cdb[4] & 1;
	scsi_good(t);
}

/* Mode pages. */

/* Appends one page; returns the new length, or the old one if there is no such page. */
static u32 add_page(const struct scsi_target *t, u8 page, u8 pc, u8 *p, u32 n)
{
	memset(p + n, 0, 64);
	return n + t->kind->mode_page(t, page, pc, p + n);
}

/* Block descriptor; a medium that does not fit its 24 bits says ffffff. */
static void put_block_descriptor(const struct scsi_target *t, u8 *p)
{
	u64 n = scsi_nr_blocks(t);

	be32_put(p, n < 0xffffff ? (u32)n : 0xffffff);
	be32_put(p + 4, t->s.block_size);
}

static void mode_sense(struct scsi_target *t)
{
	const u8 *cdb = t->s.cdb;
	bool ten = cdb[0] == 0x5a;
	u8 page = cdb[2] & 0x3f, pc = cdb[2] >> 6;
	u32 head = ten ? 8 : 4, n = head, start;
	u8 *p = t->s.buf;

	if (pc == 3) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_SAVING);
		return;
	}
	if (!(cdb[1] & 8)) { /* DBD */
		put_block_descriptor(t, p + n);
		n += 8;
	}
	start = n;
	if (page == 0x3f) {
		for (u32 i = 0; t->kind->pages[i]; i++)
			n = add_page(t, t->kind->pages[i], pc, p, n);
	} else if (page) {
		n = add_page(t, page, pc, p, n);
	}
	if ((page && n == start) || (cdb[3] && !(page == 0x3f && cdb[3] == 0xff))) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	if (ten) {
		be16_put(p, (u16)(n - 2));
		be16_put(p + 6, (u16)(start - head));
	} else {
		p[0] = (u8)(n - 1);
		p[3] = (u8)(start - head);
	}
	/* Device-specific parameter of direct-access devices: write protected, DPO and FUA taken. */
	if (t->kind->type == 0)
		p[ten ? 3 : 2] = t->medium && t->medium->read_only ? 0x90 : 0x10;
	scsi_reply(t, n, ten ? be16_get(cdb + 7) : cdb[4]);
}

static void mode_select(struct scsi_target *t)
{
	const u8 *cdb = t->s.cdb;
	u32 n = cdb[0] == 0x55 ? be16_get(cdb + 7) : cdb[4];

	if (cdb[1] & 1) { /* nothing can be saved */
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	if (!n)
		scsi_good(t);
	else if (n < (cdb[0] == 0x55 ? 8 : 4) || n > SCSI_BUF)
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_LIST_LENGTH);
	else
		scsi_ask(t, n);
}

static bool set_block_size(struct scsi_target *t, u32 size)
{
	if (!size || size == t->s.block_size)
		return true;
	if (!t->kind->removable || (size != 512 && size != 1024 && size != 2048))
		return false;
	t->s.block_size = size;
	return true;
}

/* All pages are looked at before the first one counts. */
static bool walk_pages(struct scsi_target *t, u32 off, bool apply)
{
	u8 *p = t->s.buf;
	u8 page[64];

	while (off < t->s.len) {
		u32 n;

		memset(page, 0, sizeof(page));
		n = t->kind->mode_page(t, p[off] & 0x3f, 0, page);
		if (!n || p[off] & 0x40 || t->s.len - off < n || p[off + 1] != n - 2)
			return false;
		if (apply && !t->kind->set_page(t, p + off))
			return false;
		off += n;
	}
	return true;
}

void scsi_mode_parameters(struct scsi_target *t)
{
	bool ten = t->s.cdb[0] == 0x55;
	u32 head = ten ? 8 : 4;
	u32 desc = ten ? be16_get(t->s.buf + 6) : t->s.buf[3];
	u32 size;

	if (t->s.len < head + desc || (desc && desc != 8)) {
		scsi_fail(t, SK_ILLEGAL_REQUEST,
			  desc && desc != 8 ? ASC_LIST_FIELD : ASC_LIST_LENGTH);
		return;
	}
	size = desc ? be32_get(t->s.buf + head + 4) & 0xffffff : 0;
	if (!walk_pages(t, head + desc, false) || !set_block_size(t, size) ||
	    !walk_pages(t, head + desc, true)) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_LIST_FIELD);
		return;
	}
	scsi_good(t);
}

/* What targets of every kind do alike; false: not one of these. */
static bool common_command(struct scsi_target *t)
{
	switch (t->s.cdb[0]) {
	case 0x00: /* TEST UNIT READY */
	case 0x01: /* REZERO UNIT */
		if (scsi_ready(t))
			scsi_good(t);
		return true;
	case 0x0b:
	case 0x2b:
		seek(t);
		return true;
	case 0x15:
	case 0x55:
		mode_select(t);
		return true;
	case 0x1a:
	case 0x5a:
		mode_sense(t);
		return true;
	case 0x16: /* RESERVE, RELEASE: there is one initiator */
	case 0x17:
	case 0x56:
	case 0x57:
		scsi_good(t);
		return true;
	case 0x1b:
		start_stop(t);
		return true;
	case 0x1e:
		prevent(t);
		return true;
	case 0x34: /* PRE-FETCH */
	case 0x35: /* SYNCHRONIZE CACHE */
		scsi_sync(t);
		return true;
	default:
		return false;
	}
}

void scsi_run_command(struct scsi_target *t)
{
	struct scsi_target_state *s = &t->s;
	u8 lun = s->lun == SCSI_LUN_UNTOLD ? (u8)(s->cdb[1] >> 5) : s->lun;
	u8 op = s->cdb[0], len = scsi_cdb_length(op);

	memset(s->buf, 0, sizeof(s->buf));
	s->fua = false;
	if (op == 0x03) {
		request_sense(t, lun != 0);
		return;
	}
	scsi_set_sense(t, SK_NONE, 0);
	if (!len) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_OPCODE);
	} else if (s->cdb[len - 1] & 5) { /* NACA, LINK */
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
	} else if (op == 0x12) {
		inquiry(t, lun != 0);
	} else if (op == 0xa0 && !lun) {
		report_luns(t);
	} else if (lun) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_LUN);
	} else if (take_attention(t)) {
		scsi_check_condition(t);
	} else if (!common_command(t) && !t->kind->command(t)) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_OPCODE);
	}
}
