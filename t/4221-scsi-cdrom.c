/* SPDX-License-Identifier: MIT */
/* The SCSI CD-ROM: block sizes, table of contents, events, ejecting and changing the medium. */
#include "t/scsi-rig.h"

#define FRAMES 1000u
#define BUF (r.ram + RIG_BUF)

static struct rig r;
static struct block *disc;
static struct scsi_target *cd;
static const u8 ready[6];

/* Every 512 bytes hold their own number. */
static struct block *make_disc(u32 frames)
{
	struct block *b = block_mem_new(frames * 2048ull);

	for (u32 i = 0; i < frames * 4; i++) {
		u8 v[4];

		be32_put(v, i);
		block_write(b, i * 512ull, v, 4);
	}
	b->read_only = true;
	return b;
}

static void open_cd(bool loaded, u32 param)
{
	rig_open(&r);
	disc = loaded ? make_disc(FRAMES) : NULL;
	cd = rig_attach(&r, 6, &scsi_cdrom_class, disc, param);
	command(&r, 6, ready, 6, 0);
}

static void fails(const u8 *cdb, u8 len, u32 n, u32 want, const char *what)
{
	struct result res = command(&r, 6, cdb, len, n);
	u32 got = sense(&r, 6);

	if (!ok(res.status == 2 && got == want, "%s: %06x", what, want))
		diag("status %d, sense %06x", res.status, got);
}

static void good(const u8 *cdb, u8 len, u32 n, u32 moved, const char *what)
{
	struct result res = command(&r, 6, cdb, len, n);

	if (!ok(res.status == 0 && res.moved == moved, "%s", what))
		diag("status %d, %u bytes, sense %06x", res.status, res.moved, sense(&r, 6));
}

static void test_blocks(void)
{
	u8 capacity[10] = { 0x25 };
	u8 cdb[12] = { 0x28, 0, 0, 0, 0, 10, 0, 0, 2, 0 };
	u8 select[6] = { 0x15, 0x10, 0, 0, 12, 0 };
	u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };

	open_cd(true, 0);
	good(inquiry, 6, 36, 36, "INQUIRY");
	ok(BUF[0] == 5 && BUF[1] == 0x80 && !memcmp(BUF + 16, "CD-ROM", 6), "a removable CD-ROM");
	good(capacity, 10, 8, 8, "READ CAPACITY");
	ok(be32_get(BUF) == FRAMES - 1 && be32_get(BUF + 4) == 2048, "1000 blocks of 2048");
	good(cdb, 10, 4096, 4096, "READ(10)");
	ok(be32_get(BUF) == 40 && be32_get(BUF + 2048) == 44, "blocks 10 and 11");
	cdb[5] = 0xe7;
	cdb[4] = 3;
	fails(cdb, 10, 4096, 0x052100, "READ across the end");

	memset(BUF, 0, 12);
	BUF[3] = 8;
	be32_put(BUF + 8, 512);
	good(select, 6, 12, 12, "MODE SELECT: blocks of 512");
	good(capacity, 10, 8, 8, "READ CAPACITY");
	ok(be32_get(BUF) == FRAMES * 4 - 1 && be32_get(BUF + 4) == 512, "4000 blocks of 512");
	cdb[4] = 0;
	cdb[5] = 10;
	good(cdb, 10, 1024, 1024, "READ(10)");
	ok(be32_get(BUF) == 10 && be32_get(BUF + 512) == 11, "blocks 10 and 11 of 512");
	memset(BUF, 0, 12);
	BUF[3] = 8;
	be32_put(BUF + 8, 2352);
	fails(select, 6, 12, 0x052600, "blocks of 2352");
	memset(BUF, 0, 12);
	BUF[3] = 8;
	be32_put(BUF + 8, 0xff000200);
	good(select, 6, 12, 12, "the byte above the block size is reserved");
	w(&r, R_CFG1, 0x57);
	w(&r, R_CMD, 0x03);
	rig_wait(&r);
	command(&r, 6, ready, 6, 0);
	good(capacity, 10, 8, 8, "READ CAPACITY");
	is(be32_get(BUF + 4), 2048, "2048 again after a reset");
	memset(cdb, 0, 12);
	cdb[0] = 0xa8;
	cdb[5] = 3;
	cdb[9] = 1;
	good(cdb, 12, 2048, 2048, "READ(12)");
	is(be32_get(BUF), 12, "block 3");
	memset(cdb, 0, 12);
	cdb[0] = 0xbe;
	cdb[5] = 7;
	cdb[8] = 1;
	cdb[9] = 0x10;
	good(cdb, 12, 2048, 2048, "READ CD");
	is(be32_get(BUF), 28, "block 7");
	cdb[9] = 0xf8;
	fails(cdb, 12, 2352, 0x052400, "READ CD, raw");
	cdb[9] = 0x10;
	cdb[6] = cdb[7] = cdb[8] = 0xff;
	fails(cdb, 12, 2048, 0x052100, "READ CD of 2^24 - 1 blocks");
	cdb[0] = 0x2a;
	fails(cdb, 10, 0, 0x052000, "WRITE(10)");
	block_close(disc);

	open_cd(true, 512);
	good(capacity, 10, 8, 8, "a drive that wakes up with 512");
	is(be32_get(BUF + 4), 512, "bytes a block");
	block_close(disc);
	rig_open(&r);
	ok(!rig_attach(&r, 6, &scsi_cdrom_class, NULL, 100), "100 is no block size");
}

static void test_toc(void)
{
	u8 toc[10] = { 0x43, 0, 0, 0, 0, 0, 0, 0, 255, 0 };

	open_cd(true, 0);
	good(toc, 10, 255, 20, "READ TOC");
	ok(be16_get(BUF) == 18 && BUF[2] == 1 && BUF[3] == 1, "one track");
	ok(BUF[5] == 0x14 && BUF[6] == 1 && be32_get(BUF + 8) == 0, "data, from 0");
	ok(BUF[14] == 0xaa && be32_get(BUF + 16) == FRAMES, "lead-out");
	toc[1] = 2;
	good(toc, 10, 255, 20, "in minutes, seconds and frames");
	ok(BUF[9] == 0 && BUF[10] == 2 && BUF[11] == 0, "00:02:00");
	is(be32_get(BUF + 16), (1150 / 75u) << 8 | 1150 % 75u, "the end");
	toc[6] = 0xaa;
	good(toc, 10, 255, 12, "the lead-out alone");
	toc[6] = 2;
	fails(toc, 10, 255, 0x052400, "track 2");
	toc[6] = 0;
	toc[9] = 0x40;
	good(toc, 10, 255, 12, "session information, the old way");
	toc[9] = 0;
	toc[2] = 2;
	good(toc, 10, 255, 48, "raw");
	toc[2] = 5;
	fails(toc, 10, 255, 0x052400, "CD-TEXT");
	toc[2] = 0;
	toc[8] = 4;
	good(toc, 10, 255, 4, "4 bytes of it");
	block_close(disc);
}

static void test_events(void)
{
	u8 event[10] = { 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0 };
	u8 config[10] = { 0x46, 0, 0, 0, 0, 0, 0, 0, 255, 0 };
	struct result res;

	open_cd(true, 0);
	good(event, 10, 8, 8, "GET EVENT STATUS");
	ok(BUF[2] == 4 && BUF[3] == 0x10 && BUF[5] == 2, "medium present");
	event[4] = 2;
	good(event, 10, 8, 4, "a class there is none of");
	ok(BUF[2] == 0x80, "says so");
	event[1] = 0;
	fails(event, 10, 8, 0x052400, "asynchronous");
	res = command(&r, 6, config, 10, 255);
	ok(res.status == 0 && be32_get(BUF) == res.moved - 4 && be16_get(BUF + 6) == 8,
	   "GET CONFIGURATION: CD-ROM");
	ok(be16_get(BUF + 8) == 0 && BUF[11] == 4 && be16_get(BUF + 12) == 8 && BUF[14] == 1,
	   "the profile, current");
	config[1] = 2;
	config[3] = 3;
	good(config, 10, 255, 16, "one feature");
	is(be16_get(BUF + 8), 3, "removable");
	config[1] = 3;
	fails(config, 10, 255, 0x052400, "a reserved way to ask");
	block_close(disc);

	open_cd(false, 0);
	config[1] = config[3] = 0;
	good(config, 10, 4, 4, "GET CONFIGURATION of an empty drive");
	event[1] = 1;
	event[4] = 0x10;
	good(event, 10, 8, 8, "GET EVENT STATUS");
	is(BUF[5], 0, "no medium, closed");
}

static void test_eject(void)
{
	u8 start[6] = { 0x1b, 0, 0, 0, 2, 0 };
	u8 lock[6] = { 0x1e, 0, 0, 0, 1, 0 };
	u8 read[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0 };
	struct block *other = make_disc(10);

	open_cd(true, 0);
	good(lock, 6, 0, 0, "PREVENT");
	fails(start, 6, 0, 0x055302, "no eject then");
	lock[4] = 0;
	good(lock, 6, 0, 0, "ALLOW");
	good(start, 6, 0, 0, "eject");
	fails(ready, 6, 0, 0x023a02, "tray open");
	fails(read, 10, 2048, 0x023a02, "nothing to read");
	start[4] = 3;
	good(start, 6, 0, 0, "load");
	fails(ready, 6, 0, 0x062800, "medium may have changed");
	good(ready, 6, 0, 0, "ready");
	good(read, 10, 2048, 2048, "READ");
	scsi_change_medium(cd, other);
	fails(read, 10, 2048, 0x062800, "another medium");
	read[5] = 10;
	fails(read, 10, 2048, 0x052100, "a smaller one");
	scsi_change_medium(cd, NULL);
	fails(ready, 6, 0, 0x023a00, "none");
	read[5] = 0;
	fails(read, 10, 2048, 0x023a00, "nothing to read");

	/* In the middle of a transfer. */
	scsi_change_medium(cd, other);
	command(&r, 6, ready, 6, 0);
	read[8] = 10;
	select_dma(&r, 6, read, 10);
	see(&r);
	transfer_dma(&r, RIG_BUF, 100, true);
	see(&r);
	scsi_change_medium(cd, NULL);
	transfer_dma(&r, RIG_BUF, 0x5000, true);
	is_seen(&r, 0x83, 0x10, 0, "taken away while it is read: the target ends");
	block_close(other);
	block_close(disc);
}

int main(void)
{
	test_blocks();
	test_toc();
	test_events();
	test_eject();
	return tap_done();
}
