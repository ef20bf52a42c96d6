/* SPDX-License-Identifier: MIT */
/* The SCSI disk: every command, the edges of its addresses, its sense data; by way of the ESP. */
#include "t/scsi-rig.h"

#define BLOCKS 5000u
#define BUF (r.ram + RIG_BUF)

static struct rig r;
static struct block *disk;

/* Block n holds its own number in every word. */
static void fill(struct block *b, u64 n)
{
	u8 sector[512];

	for (u64 i = 0; i < n; i++) {
		for (u32 k = 0; k < 512; k += 4)
			be32_put(sector + k, (u32)i);
		block_write(b, i * 512, sector, 512);
	}
}

static bool holds(const u8 *p, u64 lba)
{
	for (u32 k = 0; k < 512; k += 4) {
		if (be32_get(p + k) != lba)
			return false;
	}
	return true;
}

static u32 disk_word(u64 lba)
{
	u8 v[4];

	block_read(disk, lba * 512 + 508, v, 4);
	return be32_get(v);
}

static const u8 ready[6];

static void open_disk(void)
{
	rig_open(&r);
	disk = block_mem_new(BLOCKS * 512);
	fill(disk, BLOCKS);
	rig_attach(&r, 3, &scsi_disk_class, disk, 0);
	command(&r, 3, ready, 6, 0);
}

/* A command that must end with this sense. */
static void fails(const u8 *cdb, u8 len, u32 n, u32 want, const char *what)
{
	struct result res = command(&r, 3, cdb, len, n);
	u32 got = sense(&r, 3);

	if (!ok(res.status == 2 && got == want, "%s: %06x", what, want))
		diag("status %d, sense %06x", res.status, got);
}

static void good(const u8 *cdb, u8 len, u32 n, u32 moved, const char *what)
{
	struct result res = command(&r, 3, cdb, len, n);

	if (!ok(res.status == 0 && res.moved == moved, "%s", what))
		diag("status %d, %u bytes, sense %06x", res.status, res.moved, sense(&r, 3));
}

static void cdb10(u8 *cdb, u8 op, u32 lba, u16 n)
{
	memset(cdb, 0, 10);
	cdb[0] = op;
	be32_put(cdb + 2, lba);
	be16_put(cdb + 7, n);
}

static void cdb12(u8 *cdb, u8 op, u32 lba, u32 n)
{
	memset(cdb, 0, 12);
	cdb[0] = op;
	be32_put(cdb + 2, lba);
	be32_put(cdb + 6, n);
}

static void cdb16(u8 *cdb, u8 op, u64 lba, u32 n)
{
	memset(cdb, 0, 16);
	cdb[0] = op;
	be64_put(cdb + 2, lba);
	be32_put(cdb + 10, n);
}

static void test_attention(void)
{
	static const u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
	static const u8 luns[12] = { 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0 };

	rig_open(&r);
	disk = block_mem_new(BLOCKS * 512);
	rig_attach(&r, 3, &scsi_disk_class, disk, 0);
	good(inquiry, 6, 36, 36, "INQUIRY before all");
	good(luns, 12, 16, 16, "REPORT LUNS too");
	fails(ready, 6, 0, 0x062900, "then the unit attention");
	good(ready, 6, 0, 0, "once");
	is(sense(&r, 3), 0, "no sense afterwards");
	w(&r, R_CFG1, 0x57);
	w(&r, R_CMD, 0x03);
	rig_wait(&r);
	is(sense(&r, 3), 0x062900, "after a bus reset REQUEST SENSE itself tells it");
	good(ready, 6, 0, 0, "and clears it");
	block_close(disk);
}

static void test_inquiry(void)
{
	u8 cdb[6] = { 0x12, 0, 0, 0, 255, 0 };

	open_disk();
	good(cdb, 6, 255, 36, "INQUIRY");
	ok(BUF[0] == 0 && BUF[1] == 0 && BUF[2] == 5 && BUF[3] == 0x12 && BUF[4] == 31,
	   "a disk, not removable, SPC-3");
	ok(!memcmp(BUF + 8, "VONK    HARDDISK        ", 24), "vendor and product");
	cdb[4] = 5;
	good(cdb, 6, 36, 5, "allocation length 5");
	cdb[4] = 0;
	good(cdb, 6, 36, 0, "allocation length 0");
	cdb[4] = 255;
	cdb[1] = 1;
	good(cdb, 6, 255, 9, "VPD 00");
	ok(BUF[3] == 5 && !memcmp(BUF + 4, "\x00\x80\x83\xb0\xb1", 5), "the pages");
	for (u32 i = 0; i < 5; i++) {
		static const u8 page[] = { 0x00, 0x80, 0x83, 0xb0, 0xb1 };
		struct result res;

		cdb[2] = page[i];
		res = command(&r, 3, cdb, 6, 255);
		ok(res.status == 0 && BUF[1] == page[i] && res.moved == 4u + be16_get(BUF + 2),
		   "VPD %02x", page[i]);
	}
	cdb[2] = 0x80;
	command(&r, 3, cdb, 6, 255);
	ok(!memcmp(BUF + 4, "disk0", 5), "the serial number is the drive's name");
	cdb[2] = 0x42;
	fails(cdb, 6, 255, 0x052400, "VPD 42");
	cdb[1] = 0;
	fails(cdb, 6, 255, 0x052400, "a page without EVPD");
	block_close(disk);
}

static void test_luns(void)
{
	static const u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
	static const u8 ask[6] = { 0x03, 0, 0, 0, 18, 0 };
	u8 luns[12] = { 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0 };
	u8 old[6] = { 0x12, 0xe0, 0, 0, 36, 0 };

	open_disk();
	for (u8 lun = 1; lun < 8; lun++) {
		struct result res = command_lun(&r, 3, lun, inquiry, 6, 36);

		ok(res.status == 0 && BUF[0] == 0x7f, "INQUIRY of LUN %d: 7f", lun);
	}
	is((u32)command_lun(&r, 3, 1, ready, 6, 0).status, 2, "TEST UNIT READY of LUN 1");
	command_lun(&r, 3, 1, ask, 6, 18);
	ok((BUF[2] & 15) == 5 && BUF[12] == 0x25, "logical unit not supported");
	is(sense(&r, 3), 0, "that was not LUN 0's");
	fails(luns, 12, 64, 0x052400, "REPORT LUNS with less than 16 bytes");
	luns[9] = 64;
	good(luns, 12, 64, 16, "REPORT LUNS");
	ok(be32_get(BUF) == 8 && be64_get(BUF + 8) == 0, "LUN 0 alone");
	be32_put(luns + 6, 0xffffffff);
	good(luns, 12, 64, 16, "however much is allocated");

	/* Without IDENTIFY the CDB has the LUN. */
	w(&r, R_STAT, 3);
	w(&r, R_CMD, 0x01);
	for (u32 i = 0; i < 6; i++)
		w(&r, R_FIFO, old[i]);
	w(&r, R_CMD, 0x41);
	see(&r);
	transfer_dma(&r, RIG_BUF, 36, true);
	see(&r);
	is(BUF[0], 0x7f, "SCSI-1: LUN 7 of the CDB");
	block_close(disk);
}

static void test_capacity(void)
{
	u8 cdb[16] = { 0x25 };
	struct block *huge;

	open_disk();
	good(cdb, 10, 8, 8, "READ CAPACITY(10)");
	ok(be32_get(BUF) == BLOCKS - 1 && be32_get(BUF + 4) == 512, "last block and size");
	cdb[5] = 1;
	fails(cdb, 10, 8, 0x052400, "an address without PMI");
	memset(cdb, 0, 16);
	cdb[0] = 0x9e;
	cdb[1] = 0x10;
	cdb[13] = 32;
	good(cdb, 16, 32, 32, "READ CAPACITY(16)");
	ok(be64_get(BUF) == BLOCKS - 1 && be32_get(BUF + 8) == 512, "last block and size");
	cdb[1] = 0x11;
	fails(cdb, 16, 32, 0x052400, "another service action");
	block_close(disk);

	/* Beyond 2^32 blocks: an overlay over something that has no bytes at all. */
	rig_open(&r);
	huge = block_mem_new(512);
	huge->size = (1ull << 33) * 512;
	rig_attach(&r, 3, &scsi_disk_class, huge, 0);
	command(&r, 3, ready, 6, 0);
	memset(cdb, 0, 16);
	cdb[0] = 0x25;
	good(cdb, 10, 8, 8, "READ CAPACITY(10) of 2^33 blocks");
	is(be32_get(BUF), 0xffffffff, "all ones");
	huge->size = 512;
	block_close(huge);
}

static void test_edges(void)
{
	static const u8 reads[] = { 0x28, 0xa8, 0x88 };
	u8 cdb[16];

	open_disk();
	for (u32 i = 0; i < 3; i++) {
		u8 len = i == 0 ? 10 : i == 1 ? 12 : 16;
		static const struct {
			u64 lba;
			u32 n;
			bool fine;
		} edge[] = {
			{ 0, 1, true },		  { BLOCKS - 1, 1, true },
			{ BLOCKS - 1, 2, false }, { BLOCKS, 0, true },
			{ BLOCKS, 1, false },	  { BLOCKS + 1, 0, false },
			{ 0, 0, true },		  { 0, 65535, false },
			{ 0xffffffff, 1, false }, { 0xffffffff, 65535, false },
		};

		for (u32 k = 0; k < ARRAY_SIZE(edge); k++) {
			if (len == 10)
				cdb10(cdb, reads[i], (u32)edge[k].lba, (u16)edge[k].n);
			else if (len == 12)
				cdb12(cdb, reads[i], (u32)edge[k].lba, edge[k].n);
			else
				cdb16(cdb, reads[i], edge[k].lba, edge[k].n);
			if (edge[k].fine) {
				good(cdb, len, edge[k].n * 512, edge[k].n * 512, "READ inside");
				ok(!edge[k].n || holds(BUF, edge[k].lba), "block %llu",
				   (unsigned long long)edge[k].lba);
			} else {
				fails(cdb, len, 0, 0x052100, "READ outside");
			}
		}
	}
	cdb12(cdb, 0xa8, 1, 0xffffffff);
	fails(cdb, 12, 0, 0x052100, "READ(12) of 2^32 - 1 blocks");
	cdb16(cdb, 0x88, UINT64_MAX, 1);
	fails(cdb, 16, 0, 0x052100, "READ(16) at 2^64 - 1");
	cdb16(cdb, 0x88, UINT64_MAX, UINT32_MAX);
	fails(cdb, 16, 0, 0x052100, "READ(16): the sum overflows");
	cdb16(cdb, 0x8a, 1ull << 55, 1);
	fails(cdb, 16, 0, 0x052100, "WRITE(16): the byte offset overflows");
	cdb16(cdb, 0x93, UINT64_MAX - 3, 4);
	fails(cdb, 16, 512, 0x052100, "WRITE SAME(16) at the end of the world");
	cdb10(cdb, 0x2a, BLOCKS, 1);
	fails(cdb, 10, 512, 0x052100, "WRITE(10) beyond the end");
	cdb10(cdb, 0x2f, BLOCKS - 1, 2);
	fails(cdb, 10, 0, 0x052100, "VERIFY beyond the end");
	cdb10(cdb, 0x35, BLOCKS, 1);
	fails(cdb, 10, 0, 0x052100, "SYNCHRONIZE CACHE beyond the end");
	cdb10(cdb, 0x2b, BLOCKS, 0);
	fails(cdb, 10, 0, 0x052100, "SEEK beyond the end");
	block_close(disk);
}

static void test_move(void)
{
	u8 cdb[16] = { 0x08, 0x00, 0x01, 0x00, 0, 0 };
	bool same = true;

	open_disk();
	good(cdb, 6, 256 * 512, 256 * 512, "READ(6): 0 means 256");
	for (u32 i = 0; i < 256; i++)
		same = same && holds(BUF + i * 512, 256 + i);
	ok(same, "256 blocks from 256");
	cdb[0] = 0x0a;
	cdb[2] = cdb[3] = 0;
	cdb[4] = 3;
	memset(BUF, 0x11, 3 * 512);
	good(cdb, 6, 3 * 512, 3 * 512, "WRITE(6)");
	ok(disk_word(0) == 0x11111111 && disk_word(2) == 0x11111111 && disk_word(3) == 3,
	   "3 blocks");
	cdb10(cdb, 0x2a, 10, 2);
	memset(BUF, 0x22, 1024);
	good(cdb, 10, 1024, 1024, "WRITE(10)");
	cdb12(cdb, 0xaa, 12, 1);
	good(cdb, 12, 512, 512, "WRITE(12)");
	cdb16(cdb, 0x8a, 13, 1);
	good(cdb, 16, 512, 512, "WRITE(16)");
	cdb10(cdb, 0x2e, 14, 1);
	good(cdb, 10, 512, 512, "WRITE AND VERIFY");
	ok(disk_word(9) == 9 && disk_word(10) == 0x22222222 && disk_word(14) == 0x22222222 &&
		   disk_word(15) == 15,
	   "five blocks");
	cdb10(cdb, 0x2a, 20, 4);
	memset(BUF, 0x33, 2048);
	command(&r, 3, cdb, 10, 1300);
	ok(disk_word(21) == 0x33333333 && disk_word(23) == 0,
	   "data that end early: padded with zeros");
	cdb10(cdb, 0x28, 100, 8);
	good(cdb, 10, 1000, 1000, "a READ that is cut short");
	ok(holds(BUF, 100), "what came is right");

	cdb10(cdb, 0x2f, 30, 2);
	good(cdb, 10, 0, 0, "VERIFY");
	cdb[1] = 2;
	for (u32 i = 0; i < 2; i++)
		for (u32 k = 0; k < 512; k += 4)
			be32_put(BUF + i * 512 + k, 30 + i);
	good(cdb, 10, 1024, 1024, "VERIFY of equal bytes");
	BUF[600] ^= 1;
	fails(cdb, 10, 1024, 0x0e1d00, "VERIFY of others: miscompare");
	cdb10(cdb, 0x41, 40, 3);
	memset(BUF, 0x44, 512);
	good(cdb, 10, 512, 512, "WRITE SAME(10)");
	ok(disk_word(39) == 39 && disk_word(40) == 0x44444444 && disk_word(42) == 0x44444444 &&
		   disk_word(43) == 43,
	   "three blocks");
	cdb16(cdb, 0x93, 50, 2048);
	good(cdb, 16, 512, 512, "WRITE SAME(16), the most");
	is(disk_word(50 + 2047), 0x44444444, "the last of them");
	cdb16(cdb, 0x93, 50, 2049);
	fails(cdb, 16, 512, 0x052400, "one more");
	cdb16(cdb, 0x93, 50, 0);
	fails(cdb, 16, 512, 0x052400, "WRITE SAME of 0 blocks");
	cdb[1] = 8;
	fails(cdb, 16, 512, 0x052400, "UNMAP");
	block_close(disk);
}

static void test_modes(void)
{
	u8 cdb[10] = { 0x1a, 0, 0x3f, 0, 255, 0 };
	struct result res;
	u32 n, pages = 0;

	open_disk();
	res = command(&r, 3, cdb, 6, 255);
	ok(res.status == 0 && BUF[0] == res.moved - 1, "MODE SENSE(6), all pages");
	is(BUF[2], 0x10, "not write protected, DPO and FUA");
	ok(BUF[3] == 8 && be32_get(BUF + 4) == BLOCKS && be32_get(BUF + 8) == 512,
	   "block descriptor");
	for (n = 12; n < res.moved; n += BUF[n + 1] + 2u)
		pages |= 1u << (BUF[n] & 0x1f);
	is(n, res.moved, "the pages fit together");
	is(pages, 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 8 | 1u << 10, "which there are");
	cdb[2] = 4;
	cdb[1] = 8;
	command(&r, 3, cdb, 6, 255);
	ok(BUF[0] == 27 && BUF[3] == 0 && BUF[4] == 4, "page 4 without block descriptor");
	is(be32_get(BUF + 6) >> 8, BLOCKS / (16 * 63), "cylinders");
	is(BUF[9], 16, "heads");
	cdb[2] = 3;
	command(&r, 3, cdb, 6, 255);
	ok(be16_get(BUF + 4 + 10) == 63 && be16_get(BUF + 4 + 12) == 512,
	   "page 3: 63 sectors of 512");
	cdb[2] = 0x44;
	command(&r, 3, cdb, 6, 255);
	ok(BUF[4] == 4 && !BUF[9], "page 4, changeable: nothing");
	cdb[2] = 0xc4;
	fails(cdb, 6, 255, 0x053900, "saved values");
	cdb[2] = 0x1f;
	fails(cdb, 6, 255, 0x052400, "no such page");
	memset(cdb, 0, 10);
	cdb[0] = 0x5a;
	cdb[2] = 8;
	cdb[8] = 255;
	command(&r, 3, cdb, 10, 255);
	ok(be16_get(BUF) == 8 + 8 + 20 - 2 && be16_get(BUF + 6) == 8 && BUF[16] == 8 &&
		   BUF[18] == 4,
	   "MODE SENSE(10), page 8: write cache on");

	memset(cdb, 0, 10);
	cdb[0] = 0x15;
	cdb[1] = 0x10;
	cdb[4] = 4 + 20;
	memset(BUF, 0, 64);
	BUF[4] = 8;
	BUF[5] = 18;
	good(cdb, 6, 24, 24, "MODE SELECT(6), page 8: write cache off");
	cdb[0] = 0x1a;
	cdb[1] = 8;
	cdb[2] = 8;
	cdb[4] = 255;
	command(&r, 3, cdb, 6, 255);
	is(BUF[6], 0, "it is off");
	memset(cdb, 0, 10);
	cdb[0] = 0x15;
	cdb[4] = 4 + 20;
	memset(BUF, 0, 64);
	BUF[4] = 8;
	BUF[5] = 17;
	fails(cdb, 6, 24, 0x052600, "a page of the wrong length");
	cdb[4] = 10;
	BUF[3] = 8;
	fails(cdb, 6, 10, 0x051a00, "a list shorter than its descriptor");
	cdb[4] = 2;
	fails(cdb, 6, 2, 0x051a00, "a list shorter than its header");
	cdb[4] = 12;
	memset(BUF, 0, 12);
	BUF[3] = 8;
	be32_put(BUF + 8, 1024);
	fails(cdb, 6, 12, 0x052600, "another block size");
	memset(BUF, 0, 12);
	BUF[3] = 8;
	good(cdb, 6, 12, 12, "block size 0: as it is");
	cdb[1] = 1;
	fails(cdb, 6, 12, 0x052400, "saving");
	cdb[1] = cdb[4] = 0;
	good(cdb, 6, 0, 0, "an empty list");
	memset(cdb, 0, 10);
	cdb[0] = 0x55;
	cdb[7] = 0xff;
	fails(cdb, 10, 0, 0x051a00, "MODE SELECT(10) of 65280 bytes");
	cdb[7] = 0x10;
	memset(BUF, 0xff, 4096);
	fails(cdb, 10, 4096, 0x052600, "of 4096 bytes of nonsense");
	memset(BUF, 0, 4096);
	memset(BUF + 8 + 4087, 0x0a, 1);
	command(&r, 3, cdb, 10, 4096);
	is(sense(&r, 3), 0x052600, "of 4096 bytes with a page code at the very end");
	block_close(disk);
}

static void test_others(void)
{
	u8 cdb[16] = { 0 };

	open_disk();
	cdb[0] = 0x1b;
	good(cdb, 6, 0, 0, "STOP");
	fails(ready, 6, 0, 0x020402, "not ready then");
	cdb[4] = 1;
	good(cdb, 6, 0, 0, "START");
	good(ready, 6, 0, 0, "ready again");
	memset(cdb, 0, 16);
	for (u32 i = 0; i < 8; i++) {
		static const u8 simple[8] = { 0x01, 0x0b, 0x16, 0x17, 0x1d, 0x1e, 0x34, 0x35 };

		memset(cdb, 0, 16);
		cdb[0] = simple[i];
		good(cdb, simple[i] < 0x20 ? 6 : 10, 0, 0, "REZERO, SEEK(6), RESERVE, ...");
	}
	memset(cdb, 0, 16);
	cdb[0] = 0x37;
	cdb[2] = 0x1d;
	cdb[8] = 100;
	good(cdb, 10, 100, 4, "READ DEFECT DATA(10)");
	ok(BUF[1] == 0x1d && be16_get(BUF + 2) == 0, "no defects");
	memset(cdb, 0, 16);
	cdb[0] = 0x04;
	good(cdb, 6, 0, 0, "FORMAT UNIT");
	is(disk_word(7), 7, "keeps the data");
	cdb[1] = 0x10;
	memset(BUF, 0, 64);
	good(cdb, 6, 4, 4, "with an empty list");
	BUF[3] = 8;
	good(cdb, 6, 12, 12, "with a list of one");
	be16_put(BUF + 2, 0xffff);
	fails(cdb, 6, 4, 0x051a00, "with a list of 65535 bytes");
	cdb[0] = 0x07;
	cdb[1] = 0;
	memset(BUF, 0, 64);
	BUF[3] = 4;
	good(cdb, 6, 8, 8, "REASSIGN BLOCKS");
	for (unsigned op = 0; op < 256; op++) {
		static const u8 length[8] = { 6, 10, 10, 6, 16, 12, 6, 6 };
		u32 s;

		memset(cdb, 0, 16);
		cdb[0] = (u8)op;
		cdb[1] = op == 0x9e ? 0x10 : 0;
		cdb[4] = op == 0x1b; /* START */
		if (command(&r, 3, cdb, length[op >> 5], 0).status == 0)
			continue;
		s = sense(&r, 3);
		if (s != 0x052000 && s != 0x052400)
			ok(false, "opcode %02x: sense %06x", op, s);
	}
	ok(true, "all 256 opcodes were answered");
	memset(cdb, 0, 16);
	cdb[0] = 0xa3;
	fails(cdb, 12, 0, 0x052000, "MAINTENANCE IN");
	cdb[0] = 0xe0;
	fails(cdb, 6, 0, 0x052000, "a vendor's own");
	cdb[0] = 0x00;
	cdb[5] = 1;
	fails(cdb, 6, 0, 0x052400, "a linked command");
	cdb[0] = 0x03;
	cdb[1] = 1;
	cdb[4] = 18;
	cdb[5] = 0;
	good(cdb, 6, 18, 8, "REQUEST SENSE, descriptor format");
	is(BUF[0], 0x72, "which says so");
	block_close(disk);
}

/* A medium that fails. */

static struct {
	struct block b;
	u64 bad; /* the sector that cannot be read */
	int write_err, flush_err;
	unsigned flushes;
} broken;

static int broken_read(struct block *b, u64 off, void *buf, u32 n)
{
	(void)b;
	if (off <= broken.bad * 512 && off + n > broken.bad * 512)
		return -EIO;
	memset(buf, 0x5a, n);
	return 0;
}

static int broken_write(struct block *b, u64 off, const void *buf, u32 n)
{
	(void)b;
	(void)buf;
	return off <= broken.bad * 512 && off + n > broken.bad * 512 ? broken.write_err : 0;
}

static int broken_flush(struct block *b)
{
	(void)b;
	broken.flushes++;
	return broken.flush_err;
}

static const struct block_ops broken_ops = {
	.read = broken_read,
	.write = broken_write,
	.flush = broken_flush,
};

static void test_errors(void)
{
	u8 cdb[10], sync[10] = { 0x35 };
	u8 ask[6] = { 0x03, 0, 0, 0, 18, 0 };

	rig_open(&r);
	broken.b = (struct block){ .ops = &broken_ops, .size = 1000 * 512, .align = 1 };
	broken.bad = 77;
	rig_attach(&r, 3, &scsi_disk_class, &broken.b, 0);
	command(&r, 3, ready, 6, 0);
	cdb10(cdb, 0x28, 70, 20);
	is((u32)command(&r, 3, cdb, 10, 20 * 512).status, 2, "an unreadable sector");
	ok(BUF[6 * 512] == 0x5a, "what is before it has come");
	command(&r, 3, ask, 6, 18);
	ok(BUF[0] == 0xf0 && BUF[2] == 3 && be32_get(BUF + 3) == 77 && BUF[12] == 0x11,
	   "medium error 11/00 at block 77");
	cdb10(cdb, 0x28, 77, 1);
	fails(cdb, 10, 512, 0x031100, "the first sector of a READ");
	w(&r, R_CMD, 0x01);
	select_dma(&r, 3, cdb, 10);
	see(&r);
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x93, 0x10, 0, "without DMA: the phase changes");
	is(rd(&r, R_FLAGS), 0, "no byte");
	select_dma(&r, 3, cdb, 10);
	see(&r);
	w(&r, R_CMD, 0x18);
	is_seen(&r, 0x93, 0x10, 0, "padded: the phase changes");
	cdb10(cdb, 0x2a, 70, 20);
	broken.write_err = -EIO;
	is((u32)command(&r, 3, cdb, 10, 20 * 512).status, 2, "an unwritable sector");
	command(&r, 3, ask, 6, 18);
	ok(BUF[0] == 0xf0 && BUF[2] == 3 && be32_get(BUF + 3) == 77 && BUF[12] == 0x0c,
	   "medium error 0c/00 at block 77");
	broken.write_err = -ENOSPC;
	fails(cdb, 10, 20 * 512, 0x072707, "the host's disk is full");
	broken.write_err = -EROFS;
	fails(cdb, 10, 20 * 512, 0x072700, "the host's disk is read-only");
	broken.write_err = 0;
	good(cdb, 10, 20 * 512, 20 * 512, "written");
	is(broken.flushes, 0, "not flushed");
	good(sync, 10, 0, 0, "SYNCHRONIZE CACHE");
	is(broken.flushes, 1, "flushed");
	good(sync, 10, 0, 0, "again");
	is(broken.flushes, 1, "nothing to flush");
	cdb[1] = 8;
	good(cdb, 10, 20 * 512, 20 * 512, "WRITE with FUA");
	is(broken.flushes, 2, "flushed");
	cdb[1] = 0;
	good(cdb, 10, 20 * 512, 20 * 512, "WRITE without");
	broken.flush_err = -EIO;
	fails(sync, 10, 0, 0x030c00, "a flush that fails");
	broken.flush_err = 0;
	fails(sync, 10, 0, 0x030c00, "is not believed later");
	broken.b.broken = 0;
	broken.b.read_only = true;
	fails(cdb, 10, 20 * 512, 0x072700, "a write-protected disk");
	memset(cdb, 0, 10);
	cdb[0] = 0x1a;
	cdb[2] = 8;
	cdb[4] = 4;
	command(&r, 3, cdb, 6, 4);
	is(BUF[2], 0x90, "MODE SENSE says it");
}

int main(void)
{
	test_attention();
	test_inquiry();
	test_luns();
	test_capacity();
	test_edges();
	test_move();
	test_modes();
	test_others();
	test_errors();
	return tap_done();
}
