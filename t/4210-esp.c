/* SPDX-License-Identifier: MIT */
/*
 * The ESP's sequences: status, interrupt and step as the Am53CF94 and NCR 53C94 data books give them, and what
 * boot PROMs and drivers read.
 */
#include "t/scsi-rig.h"

static const u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
static const u8 ready[6] = { 0x00 };
static const u8 read_one[10] = { 0x28, 0, 0, 0, 0, 1, 0, 0, 1, 0 };
static const u8 write_one[10] = { 0x2a, 0, 0, 0, 0, 1, 0, 0, 1, 0 };

static struct rig r;
static struct block *disk;

static void open_rig(void)
{
	u8 sector[512];

	rig_open(&r);
	disk = block_mem_new(64 * 512);
	for (u32 i = 0; i < 64; i++) {
		memset(sector, (int)i + 1, sizeof(sector));
		block_write(disk, i * 512, sector, 512);
	}
	rig_attach(&r, 3, &scsi_disk_class, disk, 0);
}

/* The power-on unit attention is behind us. */
static void open_quiet(void)
{
	open_rig();
	command(&r, 3, ready, 6, 0);
	w(&r, R_CMD, 0x80); /* loads the counter, so that terminal count goes */
}

static void test_registers(void)
{
	open_rig();
	is(rd(&r, R_CFG1), 7, "reset: the chip's own ID is 7");
	is(rd(&r, R_STAT), 0, "reset: status");
	is(rd(&r, R_INTR), 0, "reset: no interrupt");
	is(rd(&r, R_FLAGS), 0, "reset: FIFO empty");
	is(rd(&r, R_CFG2), 0, "reset: CFG2");
	is(rd(&r, R_CFG3), 0, "reset: CFG3");
	w(&r, R_CFG2, 0x0a);
	is(rd(&r, R_CFG2), 0x0a, "CFG2 keeps its bits: not an ESP100");
	w(&r, R_CFG3, 0x05);
	is(rd(&r, R_CFG3), 0x05, "CFG3 keeps its bits: not an ESP100A");
	w(&r, R_CFG2, 0x40);
	w(&r, R_CMD, 0x80);
	is(rd(&r, R_TCH), 0x04, "register e after a DMA NOP: FAS100A");
	is(rd(&r, R_INTR), 0, "a NOP does not interrupt");
	w(&r, R_TCH, 0x12);
	w(&r, R_TCM, 0x34);
	w(&r, R_TCL, 0x56);
	is(rd(&r, R_TCH), 0, "the counter is not loaded yet");
	w(&r, R_CMD, 0x80);
	is(rd(&r, R_TCH) << 16 | rd(&r, R_TCM) << 8 | rd(&r, R_TCL), 0x123456,
	   "a DMA NOP loads 24 bits with FE");
	w(&r, R_CFG2, 0);
	w(&r, R_CMD, 0x80);
	is(rd(&r, R_TCH) << 16 | rd(&r, R_TCM) << 8 | rd(&r, R_TCL), 0x3456, "and 16 without");
	w(&r, R_CMD, 0x02);
	w(&r, R_CFG2, 0x40);
	is(rd(&r, R_TCH), 0x04, "the ID is back after a chip reset");
	w(&r, R_CFG1, 0x57);
	w(&r, R_CMD, 0x02);
	is(rd(&r, R_CFG1), 7, "chip reset keeps the ID bits of CFG1 only");
	w(&r, R_STAT, 0xff);
	w(&r, R_CMD, 0xc2);
	is_seen(&r, 0x80, 0x20, 0, "selecting oneself");
	esp_class.region[0].write(&r.esp, R_CFG1 * 4, 0x57000000, 4);
	is(rd(&r, R_CFG1), 0x57, "a word write takes the first byte");
	is(esp_class.region[0].read(&r.esp, R_CFG1 * 4, 4), 0x57000000, "so does a word read");
	block_close(disk);
}

static void test_fifo(void)
{
	open_rig();
	for (u8 i = 0; i < 16; i++)
		w(&r, R_FIFO, i + 1);
	is(rd(&r, R_FLAGS), 16, "16 bytes fit");
	is(rd(&r, R_STAT), 0, "no error yet");
	for (unsigned i = 0; i < 1000; i++)
		w(&r, R_FIFO, 0xff);
	is(rd(&r, R_FLAGS), 16, "no more do");
	is(rd(&r, R_STAT) & 0x40, 0x40, "overrun: gross error");
	for (u8 i = 0; i < 16; i++)
		if (rd(&r, R_FIFO) != i + 1)
			ok(false, "byte %d", i);
	is(rd(&r, R_FLAGS), 0, "all read");
	is(rd(&r, R_FIFO), 0, "an empty FIFO reads 0");
	w(&r, R_FIFO, 1);
	w(&r, R_CMD, 0x01);
	is(rd(&r, R_FLAGS), 0, "flush");
	block_close(disk);
}

static void test_trace(void)
{
	open_rig();
	select_dma(&r, 5, inquiry, 6);
	is_seen(&r, 0x80, 0x20, 0, "no such target");
	is(drd(&r, D_ADDR), 0x1000, "and no byte was fetched");

	select_dma(&r, 3, inquiry, 6);
	ok(!(drd(&r, D_CSR) & CSR_INTR), "a selection takes time");
	is_seen(&r, 0x91, 0x18, 4, "select, data in");
	is(drd(&r, D_ADDR), 0x1007, "seven bytes were fetched");
	is(rd(&r, R_STAT), 0x11, "terminal count stays after the interrupt was read");
	is(rd(&r, R_STEP) & 7, 4, "so does the step");
	transfer_dma(&r, 0x2000, 36, true);
	is_seen(&r, 0x93, 0x10, 0, "transfer, all");
	is(drd(&r, D_ADDR), 0x2024, "36 bytes later");
	is(r.ram[0x2000], 0, "a disk");
	is(r.ram[0x2004], 31, "additional length");
	w(&r, R_CMD, 0x01);
	w(&r, R_CMD, 0x01);
	w(&r, R_CMD, 0x11);
	is_seen(&r, 0x97, 0x08, 0, "command complete sequence");
	is(rd(&r, R_FLAGS), 2, "two bytes in the FIFO");
	is(rd(&r, R_FIFO), 0, "good status");
	is(rd(&r, R_FIFO), 0, "command complete");
	w(&r, R_CMD, 0x12);
	is_seen(&r, 0x97, 0x20, 0, "message accepted");
	w(&r, R_CMD, 0x44);
	is(rd(&r, R_INTR), 0, "enable selection: nothing");
	w(&r, R_CMD, 0x45);
	is_seen(&r, 0x97, 0x08, 0, "disable selection");

	select_dma(&r, 3, ready, 6);
	is_seen(&r, 0x93, 0x18, 4, "select, no data");
	w(&r, R_CMD, 0x01);
	w(&r, R_CMD, 0x11);
	see(&r);
	is(rd(&r, R_FIFO), 2, "check condition: unit attention");
	rd(&r, R_FIFO);
	w(&r, R_CMD, 0x12);
	see(&r);

	select_dma(&r, 3, write_one, 10);
	is_seen(&r, 0x90, 0x18, 4, "select, data out");
	memset(r.ram + 0x3000, 0x77, 512);
	transfer_dma(&r, 0x3000, 256, false);
	is_seen(&r, 0x90, 0x10, 0, "transfer, the target wants more");
	transfer_dma(&r, 0x3100, 256, false);
	is_seen(&r, 0x93, 0x10, 0, "transfer, the rest");

	/* The PROM's way: the next selection with the target still in status phase. */
	select_dma(&r, 3, read_one, 10);
	is_seen(&r, 0x91, 0x18, 4, "select from status phase");
	transfer_dma(&r, 0x4000, 128, true);
	is_seen(&r, 0x91, 0x10, 0, "transfer, the target has more");
	transfer_dma(&r, 0x4080, 1024, true);
	is_seen(&r, 0x83, 0x10, 0, "the target ends before the counter");
	is(rd(&r, R_TCM) << 8 | rd(&r, R_TCL), 1024 - 384, "what is left in the counter");
	ok(!memcmp(r.ram + 0x3000, r.ram + 0x4000, 512), "the sector that was written");
	is(r.ram[0x4200], 0, "and nothing beyond");
	block_close(disk);
}

static void put_fifo(const u8 *p, u32 n)
{
	while (n--)
		w(&r, R_FIFO, *p++);
}

static void end_pio(u8 status)
{
	w(&r, R_CMD, 0x11);
	is_seen(&r, 0x87, 0x08, 0, "command complete");
	is(rd(&r, R_FIFO), status, "status %02x", status);
	is(rd(&r, R_FIFO), 0, "message");
	w(&r, R_CMD, 0x12);
	is_seen(&r, 0x87, 0x20, 0, "disconnected");
}

/* Without DMA. */
static void test_pio(void)
{
	static const u8 short_inquiry[6] = { 0x12, 0, 0, 0, 5, 0 };
	static const u8 select_mode[6] = { 0x15, 0x10, 0, 0, 12, 0 };
	static const u8 list[12] = { 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0 };

	open_quiet();
	w(&r, R_STAT, 3);
	put_fifo(short_inquiry, 6);
	w(&r, R_CMD, 0x41);
	is_seen(&r, 0x81, 0x18, 4, "select without ATN");
	for (u32 i = 0; i < 5; i++) {
		static const u8 want[5] = { 0, 0, 5, 0x12, 31 };
		struct seen s;

		w(&r, R_CMD, 0x10);
		s = see(&r);
		ok(s.intr == 0x10 && s.status == (i < 4 ? 0x81 : 0x83), "byte %u: bus service", i);
		is(rd(&r, R_FLAGS), 1, "one byte at a time");
		is(rd(&r, R_FIFO), want[i], "inquiry byte %u", i);
	}
	end_pio(0);

	w(&r, R_FIFO, 0x80);
	put_fifo(select_mode, 6);
	w(&r, R_CMD, 0x42);
	is_seen(&r, 0x80, 0x18, 4, "select with ATN");
	put_fifo(list, 8);
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x80, 0x10, 0, "eight bytes sent");
	is(rd(&r, R_FLAGS), 0, "FIFO empty");
	w(&r, R_CMD, 0x10);
	ok(!rig_wait(&r), "nothing to send: the chip waits");
	put_fifo(list + 8, 4);
	is_seen(&r, 0x83, 0x10, 0, "and goes on when there is");
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x87, 0x10, 0, "status by transfer information");
	is(rd(&r, R_FIFO), 0, "good");
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x87, 0x08, 0, "message by transfer information: function complete");
	is(rd(&r, R_FIFO), 0, "command complete");
	w(&r, R_CMD, 0x12);
	is_seen(&r, 0x87, 0x20, 0, "disconnected");

	/* The CDB comes late. */
	w(&r, R_FIFO, 0x80);
	w(&r, R_FIFO, 0x00);
	w(&r, R_CMD, 0x42);
	ok(!rig_wait(&r), "a CDB of one byte: the chip waits for the rest");
	put_fifo(ready, 5);
	is_seen(&r, 0x83, 0x18, 4, "and has it");
	end_pio(0);
	block_close(disk);
}

static void test_atn3(void)
{
	static const u8 tagged[3] = { 0x80, 0x20, 0x55 };

	open_quiet();
	w(&r, R_STAT, 3);
	put_fifo(tagged, 3);
	put_fifo(ready, 6);
	w(&r, R_CMD, 0x46);
	is_seen(&r, 0x83, 0x18, 4, "select with ATN3");
	end_pio(0);
	memcpy(r.ram + 0x1000, tagged, 3);
	memcpy(r.ram + 0x1003, ready, 6);
	set_tc(&r, 9);
	dw(&r, D_ADDR, 0x1000);
	dw(&r, D_CSR, CSR_INTEN | CSR_EN);
	w(&r, R_CMD, 0xc6);
	is_seen(&r, 0x93, 0x18, 4, "select with ATN3 by DMA");
	block_close(disk);
}

/* Synchronous negotiation as drivers do it: SELAS, message out, the answer byte by byte, then the CDB. */
static void test_messages(void)
{
	static const u8 sdtr[5] = { 1, 3, 1, 12, 15 };
	static const u8 reply[5] = { 1, 3, 1, 25, 15 };
	static const u8 odd[3] = { 1, 1, 0x7f };

	open_quiet();
	w(&r, R_STAT, 3);
	w(&r, R_FIFO, 0x80);
	w(&r, R_CMD, 0x43);
	is_seen(&r, 0x86, 0x18, 1, "select with ATN and stop");
	put_fifo(sdtr, 5);
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x87, 0x10, 0, "message out, the target answers");
	for (u32 i = 0; i < 5; i++) {
		w(&r, R_CMD, 0x10);
		is_seen(&r, 0x87, 0x08, 0, "a message byte, ACK held");
		is(rd(&r, R_FIFO), reply[i], "its value");
		w(&r, R_CMD, 0x12);
		is_seen(&r, i < 4 ? 0x87 : 0x82, 0x10, 0, "accepted");
	}
	put_fifo(ready, 6);
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x83, 0x10, 0, "the CDB by transfer information");
	end_pio(0);

	/* By DMA this time, and a message that it does not know. */
	w(&r, R_FIFO, 0x80);
	w(&r, R_CMD, 0x43);
	see(&r);
	memcpy(r.ram + 0x1000, odd, 3);
	transfer_dma(&r, 0x1000, 3, false);
	is_seen(&r, 0x97, 0x10, 0, "unknown extended message");
	transfer_dma(&r, 0x2000, 1, true);
	is_seen(&r, 0x97, 0x08, 0, "one byte of answer by DMA");
	is(r.ram[0x2000], 0x07, "message reject");
	w(&r, R_CMD, 0x1a);
	w(&r, R_CMD, 0x12);
	is_seen(&r, 0x96, 0x10, 0, "ATN set before accepting: message out follows");
	w(&r, R_FIFO, 0x06);
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x96, 0x20, 0, "abort: the target lets go");
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x96, 0x40, 0, "transfer while disconnected: illegal");

	/* A message longer than any. */
	w(&r, R_FIFO, 0x80);
	w(&r, R_CMD, 0x43);
	see(&r);
	memset(r.ram + 0x1000, 0xee, 300);
	r.ram[0x1000] = 1;
	r.ram[0x1001] = 0;
	transfer_dma(&r, 0x1000, 300, false);
	is_seen(&r, 0x97, 0x10, 0, "a message longer than any: taken, then rejected");
	w(&r, R_CMD, 0x10);
	is_seen(&r, 0x97, 0x08, 0, "the answer");
	is(rd(&r, R_FIFO), 0x07, "message reject");
	block_close(disk);
}

static void test_illegal(void)
{
	static const u8 initiator[] = { 0x10, 0x90, 0x11, 0x12, 0x18, 0x98, 0x1a, 0x1b };

	open_rig();
	for (u32 i = 0; i < sizeof(initiator); i++) {
		w(&r, R_CMD, initiator[i]);
		is_seen(&r, 0x80, 0x40, 0, "initiator command while disconnected");
	}
	for (unsigned c = 0; c < 0x80; c++) {
		bool known = c < 4 || c == 0x10 || c == 0x11 || c == 0x12 || c == 0x18 ||
			     c == 0x1a || c == 0x1b || (c >= 0x40 && c <= 0x46);

		if (known)
			continue;
		w(&r, R_CMD, (u8)c);
		if (rd(&r, R_INTR) != 0x40)
			ok(false, "command %02x is illegal", c);
	}
	ok(!rd(&r, R_INTR), "unknown commands are illegal");
	w(&r, R_CMD, 0x40);
	is_seen(&r, 0x80, 0x20, 0, "reselection: nobody there");
	block_close(disk);
}

static void test_stack(void)
{
	open_quiet();
	select_dma(&r, 3, ready, 6);
	w(&r, R_CMD, 0x11); /* waits for its turn */
	is(rd(&r, R_STAT) & 0x40, 0, "a second command: no error");
	w(&r, R_CMD, 0x01);
	is(rd(&r, R_STAT) & 0x40, 0x40, "a third one: gross error");
	is_seen(&r, 0xd3, 0x18, 4, "the first is done");
	is_seen(&r, 0x97, 0x08, 0, "then the second, once the interrupt was read");
	is(rd(&r, R_FLAGS), 2, "status and message");
	block_close(disk);
}

static void test_resets(void)
{
	open_quiet();
	w(&r, R_CFG1, 0x17);
	w(&r, R_CMD, 0x03);
	is_seen(&r, 0x87, 0x80, 0, "SCSI bus reset interrupts");
	is(command(&r, 3, ready, 6, 0).status, 2, "unit attention after it");
	is(command(&r, 3, ready, 6, 0).status, 0, "once");
	w(&r, R_CFG1, 0x57);
	w(&r, R_CMD, 0x03);
	ok(!rig_wait(&r), "not if CFG1 says so");
	is(command(&r, 3, ready, 6, 0).status, 2, "but it was one");

	select_dma(&r, 3, inquiry, 6);
	see(&r);
	transfer_dma(&r, 0x2000, 36, true);
	memset(r.ram + 0x2000, 0xaa, 36);
	w(&r, R_CMD, 0x02);
	ok(!rig_wait(&r), "chip reset stops a transfer");
	is(r.ram[0x2000], 0xaa, "nothing was moved");
	is(rd(&r, R_STAT), 0, "status");
	is(command(&r, 3, ready, 6, 0).status, 0, "the target can be selected again");

	select_dma(&r, 3, inquiry, 6);
	rig_wait(&r);
	ok(r.irq, "interrupt pending");
	dw(&r, D_CSR, CSR_RESET);
	ok(!r.irq && !(drd(&r, D_CSR) & CSR_INTR), "the DMA's reset line takes it back");
	w(&r, R_CFG2, 0x0a);
	is(rd(&r, R_CFG2), 0, "while held in reset nothing can be written");
	dw(&r, D_CSR, 0);
	w(&r, R_CFG2, 0x0a);
	is(rd(&r, R_CFG2), 0x0a, "afterwards it can");
	block_close(disk);
}

/* A transfer waits for the DMA's enable, and for memory that answers. */
static void test_dma_wait(void)
{
	open_quiet();
	r.ram[0x1000] = 0x80;
	memcpy(r.ram + 0x1001, read_one, 10);
	w(&r, R_STAT, 3);
	set_tc(&r, 11);
	dw(&r, D_ADDR, 0x1000);
	dw(&r, D_CSR, CSR_INTEN);
	w(&r, R_CMD, 0xc2);
	ok(!rig_wait(&r), "select: waits for EN");
	dw(&r, D_CSR, CSR_INTEN | CSR_EN);
	is_seen(&r, 0x91, 0x18, 4, "and goes on");
	set_tc(&r, 512);
	dw(&r, D_CSR, CSR_INTEN);
	dw(&r, D_ADDR, RIG_RAM);
	w(&r, R_CMD, 0x90);
	ok(!rig_wait(&r), "transfer: waits for EN");
	dw(&r, D_CSR, CSR_INTEN | CSR_EN);
	ok(!rig_wait(&r), "no memory there: no interrupt of the ESP");
	is(drd(&r, D_CSR) & (CSR_ERR | CSR_INTR), CSR_ERR, "but an error of the DMA");
	ok(r.irq, "which interrupts");
	dw(&r, D_CSR, CSR_INTEN | CSR_EN);
	is(drd(&r, D_CSR) & CSR_ERR, CSR_ERR, "it stays");
	dw(&r, D_CSR, CSR_INTEN | CSR_INV);
	is(drd(&r, D_CSR) & CSR_ERR, 0, "until invalidated");
	ok(!r.irq, "no interrupt then");
	w(&r, R_CMD, 0x02);
	is(command(&r, 3, read_one, 10, 512).status, 0, "works again after a reset");
	block_close(disk);
}

static void test_pad(void)
{
	open_quiet();
	select_dma(&r, 3, read_one, 10);
	see(&r);
	set_tc(&r, 12);
	w(&r, R_CMD, 0x98);
	is_seen(&r, 0x91, 0x08, 0, "pad: 12 bytes thrown away");
	set_tc(&r, 1000);
	w(&r, R_CMD, 0x98);
	is_seen(&r, 0x83, 0x10, 0, "pad: until the phase changes");
	is(rd(&r, R_TCM) << 8 | rd(&r, R_TCL), 500, "500 bytes later");
	w(&r, R_CMD, 0x01);
	end_pio(0);
	select_dma(&r, 3, write_one, 10);
	see(&r);
	w(&r, R_CMD, 0x18);
	is_seen(&r, 0x93, 0x10, 0, "pad out without DMA: until the phase changes");
	block_close(disk);
}

/* 64 KiB and more in one transfer. */
static void test_large(void)
{
	static const u8 all[10] = { 0x28, 0, 0, 0, 0, 0, 0, 1, 0, 0 };
	struct block *big;
	bool same = true;

	open_quiet();
	big = block_mem_new(256 * 512);
	for (u32 i = 0; i < 256 * 128; i++) {
		u8 v[4];

		be32_put(v, i * 2654435761u);
		block_write(big, i * 4, v, 4);
	}
	rig_attach(&r, 1, &scsi_disk_class, big, 0);
	command(&r, 1, ready, 6, 0);
	select_dma(&r, 1, all, 10);
	see(&r);
	transfer_dma(&r, 0x20000, 0, true);
	is_seen(&r, 0x91, 0x10, 0, "a start value of 0 is 65536");
	is(drd(&r, D_ADDR), 0x30000, "the address says so");
	w(&r, R_CFG2, 0x40);
	w(&r, R_TCH, 1);
	transfer_dma(&r, 0x30000, 0, true);
	is_seen(&r, 0x93, 0x10, 0, "0x10000 with 24 bits");
	for (u32 i = 0; i < 256 * 128; i++)
		same = same && be32_get(r.ram + 0x20000 + i * 4) == i * 2654435761u;
	ok(same, "every byte at its place");
	block_close(big);
	block_close(disk);
}

static bool reload(void)
{
	struct rig *q = &r;
	u64 n = field_stream_size(esp_class.fields);
	u8 *out = malloc(n);
	const char *bad;

	field_save(esp_class.fields, &q->esp.s, out);
	memset(&q->esp.s, 0x5a, sizeof(q->esp.s));
	bad = field_load(esp_class.fields, &q->esp.s, out);
	free(out);
	esp_class.loaded(&q->esp);
	return !bad && esp_class.check(&q->esp) && scsi_disk_class.check(&q->target[3]);
}

/* Saved and restored at every stage of a command, in the middle of transfers too. */
static void test_restore(void)
{
	open_quiet();
	select_dma(&r, 3, read_one, 10);
	ok(reload(), "restored while selecting");
	is_seen(&r, 0x91, 0x18, 4, "select");
	transfer_dma(&r, 0x2000, 100, true);
	ok(reload(), "restored before a transfer");
	is_seen(&r, 0x91, 0x10, 0, "transfer");
	scsi_disk_class.loaded(&r.target[3]);
	dw(&r, D_CSR, CSR_INTEN);
	set_tc(&r, 412);
	w(&r, R_CMD, 0x90);
	ok(!rig_wait(&r) && reload(), "restored while waiting for DMA");
	dw(&r, D_CSR, CSR_INTEN | CSR_EN);
	is_seen(&r, 0x93, 0x10, 0, "transfer");
	ok(r.ram[0x2000] == 2 && r.ram[0x21ff] == 2 && !r.ram[0x2200], "the sector is whole");
	w(&r, R_CMD, 0x11);
	rig_wait(&r);
	r.irq = false;
	ok(reload(), "restored with an interrupt pending");
	is_seen(&r, 0x97, 0x08, 0, "which is seen then");
	is(rd(&r, R_FLAGS), 2, "FIFO kept");
	block_close(disk);
}

int main(void)
{
	test_registers();
	test_fifo();
	test_trace();
	test_pio();
	test_atn3();
	test_messages();
	test_illegal();
	test_stack();
	test_resets();
	test_dma_wait();
	test_pad();
	test_large();
	test_restore();
	return tap_done();
}
