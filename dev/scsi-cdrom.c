/* SPDX-License-Identifier: MIT */
/*
 * A SCSI CD-ROM drive with one data track, or empty.
 *
 * SCSI-2 chapter 14, MMC-3. The medium is dev.backend, never written. Facts that software relies on:
 *  - blocks are 2048 bytes, until MODE SELECT asks for 512 or 1024; dev.param is the size at
 *    power-on (0: 2048). SunOS 4 and Sun's boot PROMs want a drive that wakes up with 512;
 *  - addresses in the table of contents count frames of 2048 bytes whatever the block size;
 *  - an empty drive says NOT READY 3a/00, an open one 3a/02; a medium that was put in is UNIT ATTENTION 28/00.
 * Not modelled: audio, several sessions, raw sectors other than user data.
 */
#include "dev/scsi.h"

#include <string.h>

#include "lib/be.h"

#define FRAME 2048u

static u32 nr_frames(const struct scsi_target *t)
{
	u64 n = scsi_nr_blocks(t) * t->s.block_size / FRAME;

	return n < UINT32_MAX ? (u32)n : UINT32_MAX;
}

static u32 cd_mode_page(const struct scsi_target *t, u8 page, u8 pc, u8 *p)
{
	static const u8 length[] = { [0x01] = 8, [0x0d] = 8, [0x0e] = 16, [0x2a] = 20 };

	if (page >= sizeof(length) || !length[page])
		return 0;
	p[0] = page;
	p[1] = (u8)(length[page] - 2);
	if (pc == 1)
		return length[page];
	if (page == 0x0d) {
		be16_put(p + 4, 60); /* seconds a minute */
		be16_put(p + 6, 75); /* frames a second */
	} else if (page == 0x2a) {
		p[2] = 3; /* reads CD-R, CD-RW */
		p[4] = 0x70; /* multi-session, modes 2 form 1 and 2 */
		p[6] = (u8)(0x29 | (t->s.locked ? 2 : 0)); /* tray, eject, lock */
		be16_put(p + 8, 176 * 4); /* kB/s */
		be16_put(p + 12, 256); /* kB of buffer */
		be16_put(p + 14, 176 * 4);
	}
	return length[page];
}

static bool cd_set_page(struct scsi_target *t, const u8 *p)
{
	(void)t;
	(void)p;
	return true;
}

/* A frame's address, as a number or as minute, second and frame, which start at 00:02:00. */
static void put_address(u8 *p, u32 frame, bool msf)
{
	if (!msf) {
		be32_put(p, frame);
		return;
	}
	frame = frame > 450000 ? 449999 : frame + 150; /* 99:59:74 is the end of all */
	p[0] = 0;
	p[1] = (u8)(frame / 75 / 60);
	p[2] = (u8)(frame / 75 % 60);
	p[3] = (u8)(frame % 75);
}

static u8 *put_track(u8 *p, u8 track, u32 frame, bool msf)
{
	p[1] = 0x14; /* Q: position, data track */
	p[2] = track;
	put_address(p + 4, frame, msf);
	return p + 8;
}

/* One entry of the raw table: A0, A1, A2 and the track itself. */
static u8 *put_point(u8 *p, u8 point, u8 min, u32 frame)
{
	p[0] = 1; /* session */
	p[1] = 0x14;
	p[3] = point;
	if (point == 0xa0 || point == 0xa1)
		p[8] = min;
	else
		put_address(p + 7, frame, true);
	return p + 11;
}

static void read_toc(struct scsi_target *t)
{
	const u8 *cdb = t->s.cdb;
	u8 format = cdb[2] & 0xf ? cdb[2] & 0xf : cdb[9] >> 6;
	bool msf = cdb[1] & 2;
	u8 *p = t->s.buf + 4;
	u32 n;

	if (!scsi_ready(t))
		return;
	switch (format) {
	case 0:
		if (cdb[6] > 1 && cdb[6] != 0xaa) {
			scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
			return;
		}
		if (cdb[6] <= 1)
			p = put_track(p, 1, 0, msf);
		p = put_track(p, 0xaa, nr_frames(t), msf);
		break;
	case 1: /* the first track of the last session */
		p = put_track(p, 1, 0, msf);
		break;
	case 2:
		p = put_point(p, 0xa0, 1, 0);
		p = put_point(p, 0xa1, 1, 0);
		p = put_point(p, 0xa2, 0, nr_frames(t));
		p = put_point(p, 1, 0, 0);
		break;
	default:
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	n = (u32)(p - t->s.buf);
	be16_put(t->s.buf, (u16)(n - 2));
	t->s.buf[2] = t->s.buf[3] = 1; /* first and last */
	scsi_reply(t, n, be16_get(cdb + 7));
}

struct feature {
	u16 code;
	u8 flags; /* version, persistent, current */
	u8 len;
	u8 data[8];
};

static u8 *put_feature(u8 *p, const struct feature *f, bool medium)
{
	be16_put(p, f->code);
	p[2] = (u8)(f->flags | (medium ? 1 : 0));
	p[3] = f->len;
	memcpy(p + 4, f->data, f->len);
	return p + 4 + f->len;
}

static void get_configuration(struct scsi_target *t)
{
	static const struct feature features[] = {
		{ 0x0000, 3, 4, { 0x00, 0x08, 0x00, 0x00 } }, /* profiles: CD-ROM */
		{ 0x0001, 3, 8, { 0, 0, 0, 1, 0 } }, /* core: SCSI */
		{ 0x0003, 3, 4, { 0x29 } }, /* removable: tray, eject, lock */
		{ 0x0010, 0, 8, { 0, 0, 8, 0, 0, 1 } }, /* random readable: 2048 */
		{ 0x001e, 0, 4, { 0 } }, /* CD read */
	};
	u16 start = be16_get(t->s.cdb + 2);
	u8 type = t->s.cdb[1] & 3;
	bool medium = scsi_nr_blocks(t);
	u8 *p = t->s.buf + 8;

	if (type == 3) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	be16_put(t->s.buf + 6, medium ? 0x0008 : 0); /* current profile */
	for (u32 i = 0; i < ARRAY_SIZE(features); i++) {
		const struct feature *f = &features[i];

		if (type == 2 ? f->code != start : f->code < start)
			continue;
		if (type == 1 && !(f->flags & 1) && !medium)
			continue;
		p = put_feature(p, f, medium && !(f->flags & 1));
	}
	t->s.buf[8 + 6] |= type != 2 && !start && medium; /* the profile is current */
	be32_put(t->s.buf, (u32)(p - t->s.buf) - 4);
	scsi_reply(t, (u32)(p - t->s.buf), be16_get(t->s.cdb + 7));
}

static void get_event_status(struct scsi_target *t)
{
	u8 *p = t->s.buf;
	bool media = t->s.cdb[4] & 0x10;

	if (!(t->s.cdb[1] & 1)) { /* asynchronous notification */
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
		return;
	}
	be16_put(p, media ? 6 : 2);
	p[2] = media ? 4 : 0x80; /* class: media, or none of those asked for */
	p[3] = 0x10;
	if (media)
		p[5] = (u8)((t->s.ejected ? 1 : 0) | (scsi_nr_blocks(t) ? 2 : 0));
	scsi_reply(t, media ? 8 : 4, be16_get(t->s.cdb + 7));
}

static void read_capacity(struct scsi_target *t)
{
	u64 nr = scsi_nr_blocks(t);

	if (!scsi_ready(t))
		return;
	be32_put(t->s.buf, nr - 1 < UINT32_MAX ? (u32)(nr - 1) : UINT32_MAX);
	be32_put(t->s.buf + 4, t->s.block_size);
	scsi_reply(t, 8, 8);
}

static void read_disc_information(struct scsi_target *t)
{
	u8 *p = t->s.buf;

	if (!scsi_ready(t))
		return;
	be16_put(p, 32);
	p[2] = 0x0e; /* complete session, finished disc */
	p[3] = p[4] = p[5] = p[6] = 1;
	p[7] = 0x20; /* unrestricted use */
	memset(p + 16, 0xff, 8); /* lead-in and last lead-out: not known */
	scsi_reply(t, 34, be16_get(t->s.cdb + 7));
}

static void read_header(struct scsi_target *t)
{
	u32 lba = be32_get(t->s.cdb + 2);

	if (!scsi_ready(t) || !scsi_in_range(t, lba, 1))
		return;
	t->s.buf[0] = 1; /* mode 1 */
	put_address(t->s.buf + 4, lba, t->s.cdb[1] & 2);
	scsi_reply(t, 8, be16_get(t->s.cdb + 7));
}

static void read_subchannel(struct scsi_target *t)
{
	u8 *p = t->s.buf;
	u32 n = 4;

	if (!scsi_ready(t))
		return;
	p[1] = 0x15; /* no audio status */
	if (t->s.cdb[2] & 0x40) {
		if (t->s.cdb[3] != 1) { /* no catalogue number, no ISRC */
			scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
			return;
		}
		n = 16;
		be16_put(p + 2, 12);
		p[4] = 1; /* current position */
		p[5] = 0x14;
		p[6] = p[7] = 1; /* track, index */
		put_address(p + 8, 0, t->s.cdb[1] & 2);
		put_address(p + 12, 0, t->s.cdb[1] & 2);
	}
	scsi_reply(t, n, be16_get(t->s.cdb + 7));
}

/* READ CD: user data of 2048 bytes and nothing else. */
static void read_cd(struct scsi_target *t)
{
	const u8 *cdb = t->s.cdb;
	u64 lba = be32_get(cdb + 2);
	u64 count = be32_get(cdb + 5) & 0xffffff;
	u32 per = FRAME / t->s.block_size;

	if (!scsi_ready(t))
		return;
	if (!count || !(cdb[9] & 0xf8)) {
		if (scsi_in_range(t, lba * per, count * per))
			scsi_good(t);
	} else if ((cdb[9] & 0xf8) != 0x10 || cdb[10] & 7) {
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
	} else if ((cdb[1] & 0x1c) == 4) { /* expected: audio */
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_AUDIO_MODE);
	} else {
		scsi_move(t, SCSI_MEDIUM_IN, lba * per, count * per);
	}
}

static void cd_read(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (scsi_ready(t))
		scsi_move(t, SCSI_MEDIUM_IN, lba, count);
}

static void cd_verify(struct scsi_target *t)
{
	u64 lba, count;

	scsi_extent(t, &lba, &count);
	if (!scsi_ready(t))
		return;
	if (t->s.cdb[1] & 2)
		scsi_fail(t, SK_ILLEGAL_REQUEST, ASC_CDB_FIELD);
	else if (scsi_in_range(t, lba, count))
		scsi_good(t);
}

static bool cd_command(struct scsi_target *t)
{
	switch (t->s.cdb[0]) {
	case 0x08:
	case 0x28:
	case 0xa8:
		cd_read(t);
		return true;
	case 0xbb: /* SET CD SPEED */
		scsi_good(t);
		return true;
	case 0x25:
		read_capacity(t);
		return true;
	case 0x2f:
		cd_verify(t);
		return true;
	case 0x42:
		read_subchannel(t);
		return true;
	case 0x43:
		read_toc(t);
		return true;
	case 0x44:
		read_header(t);
		return true;
	case 0x46:
		get_configuration(t);
		return true;
	case 0x4a:
		get_event_status(t);
		return true;
	case 0x51:
		read_disc_information(t);
		return true;
	case 0xbd: /* MECHANISM STATUS: idle */
		t->s.buf[1] = t->s.ejected ? 0x10 : 0;
		scsi_reply(t, 8, be16_get(t->s.cdb + 8));
		return true;
	case 0xbe:
		read_cd(t);
		return true;
	default:
		return false;
	}
}

static const struct scsi_kind cd_kind = {
	.type = 0x05,
	.product = "CD-ROM",
	.block_size = 2048,
	.removable = true,
	.command = cd_command,
	.parameters = scsi_mode_parameters,
	.mode_page = cd_mode_page,
	.set_page = cd_set_page,
	.pages = { 0x01, 0x0d, 0x0e, 0x2a },
};

static int cd_init(void *chip)
{
	return scsi_init(chip, &cd_kind);
}

const struct dev_class scsi_cdrom_class = {
	.name = "scsi-cdrom",
	DEV_STATE(scsi_target, scsi_target_fields),
	.init = cd_init,
	.reset = scsi_reset,
	.loaded = scsi_loaded,
	.check = scsi_check,
};
