/* SPDX-License-Identifier: MIT */
/*
 * What broke storage controllers elsewhere, replayed; then random programs for the ESP with its DMA and
 * targets, and for the floppy controller. The sanitizers judge; so do the chips' own invariants
 * after every step, and a budget of work per access.
 */
#include "t/scsi-rig.h"

extern const struct dev_class fdc_class;

static struct rig r;
static struct block *disk, *disc;
static const u8 ready[6];

static void open_all(void)
{
	rig_open(&r);
	disk = block_mem_new(600 * 512);
	disc = block_mem_new(100 * 2048);
	disc->read_only = true;
	rig_attach(&r, 3, &scsi_disk_class, disk, 0);
	rig_attach(&r, 6, &scsi_cdrom_class, disc, 0);
	rig_attach(&r, 4, &scsi_cdrom_class, NULL, 512);
}

static void close_all(void)
{
	block_close(disk);
	block_close(disc);
}

static bool sound(void)
{
	return esp_class.check(&r.esp) && sparc32_dma_class.check(&r.dma) &&
	       scsi_disk_class.check(&r.target[3]) && scsi_cdrom_class.check(&r.target[6]) &&
	       scsi_cdrom_class.check(&r.target[4]);
}

/* The rig still works: a reset of everything, then an ordinary command. */
static void works(const char *what)
{
	const u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
	struct result res;

	dw(&r, D_CSR, CSR_RESET);
	dw(&r, D_CSR, 0);
	w(&r, R_CFG1, 0x57);
	w(&r, R_CMD, 0x03);
	rig_wait(&r);
	rd(&r, R_INTR);
	w(&r, R_CMD, 0x02);
	res = command(&r, 3, inquiry, 6, 36);
	ok(sound() && res.status == 0 && res.moved == 36, "%s", what);
}

/* CVE-2016-4439, CVE-2016-6351: command bytes without end, by DMA and through the FIFO. */
static void test_long_commands(void)
{
	open_all();
	memset(r.ram + 0x1000, 0x80, 0x20000);
	for (unsigned cmd = 0xc1; cmd <= 0xc6; cmd++) {
		w(&r, R_STAT, 3);
		set_tc(&r, 0);
		dw(&r, D_ADDR, 0x1000);
		dw(&r, D_CSR, CSR_INTEN | CSR_EN);
		w(&r, R_CMD, (u8)cmd);
		rig_wait(&r);
		rd(&r, R_INTR);
		for (unsigned i = 0; i < 50; i++) {
			set_tc(&r, 0xffff);
			dw(&r, D_ADDR, 0x1000);
			w(&r, R_CMD, 0x90);
			rig_wait(&r);
			rd(&r, R_INTR);
		}
	}
	works("selections of 65536 bytes");
	for (unsigned cmd = 0x41; cmd <= 0x46; cmd++) {
		w(&r, R_CMD, (u8)cmd);
		for (unsigned i = 0; i < 5000; i++) {
			w(&r, R_FIFO, 0xff);
			if (i % 16 == 0)
				rig_wait(&r);
		}
		rd(&r, R_INTR);
	}
	works("command bytes through the FIFO without end");
	close_all();
}

/* CVE-2016-5338: the FIFO's register, read and written more often than it has bytes, before and in every phase of a command. */
static void test_fifo(void)
{
	const u8 inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
	unsigned most = 0;

	open_all();
	for (unsigned when = 0; when < 8; when++) {
		dw(&r, D_CSR, CSR_INTEN | CSR_EN);
		if (when)
			select_dma(&r, 3, inquiry, 6);
		for (unsigned i = 1; i < when; i++) {
			rig_wait(&r);
			rd(&r, R_INTR);
			w(&r, R_CMD, i & 1 ? 0x10 : 0x11); /* a piece by the FIFO, the end */
		}
		for (unsigned i = 0; i < 3000; i++) {
			if (i < 1000 || i & 1)
				w(&r, R_FIFO, (u8)i);
			else
				rd(&r, R_FIFO);
			most = (rd(&r, R_FLAGS) & 31u) > most ? rd(&r, R_FLAGS) & 31u : most;
			if (!sound())
				ok(false, "FIFO, when %u", when);
		}
		for (unsigned i = 0; i < 1000; i++)
			rd(&r, R_FIFO);
		w(&r, R_CMD, 0x02);
	}
	is(most, 16, "the FIFO never has more bytes than it can hold");
	works("the FIFO's register without end");
	close_all();
}

/* CVE-2023-42467: a driver chooses blocks that are smaller than a sector. */
static void test_block_size(void)
{
	static const u32 sizes[] = { 1, 2, 255, 256, 511, 513, 0xffffff };
	u8 cdb[10] = { 0 };
	unsigned taken = 0;

	open_all();
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		u8 *list = r.ram + RIG_BUF;
		u32 head = i & 1 ? 8 : 4;

		memset(list, 0, 16);
		list[head - 1] = 8;
		be32_put(list + head + 4, sizes[i / 2]);
		memset(cdb, 0, sizeof(cdb));
		cdb[0] = i & 1 ? 0x55 : 0x15;
		cdb[1] = 0x10;
		cdb[i & 1 ? 8 : 4] = (u8)(head + 8);
		taken += command(&r, 3, cdb, i & 1 ? 10 : 6, head + 8).status == 0;
		memset(cdb, 0, sizeof(cdb));
		cdb[0] = 0x28;
		cdb[8] = 2;
		if (command(&r, 3, cdb, 10, 1024).moved != 1024 || !sound())
			ok(false, "blocks of %u bytes", sizes[i / 2]);
	}
	is(taken, 0, "blocks of other sizes are refused");
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = 0x25;
	command(&r, 3, cdb, 10, 8);
	is(be32_get(r.ram + RIG_BUF + 4), 512, "and stay what they are");
	works("sizes of blocks");
	close_all();
}

/* CVE-2016-5238, CVE-2020-35504, -35505: transfers and ends of commands without a target, reads of the FIFO. */
static void test_no_target(void)
{
	open_all();
	for (unsigned cmd = 0; cmd < 256; cmd++) {
		if ((cmd & 0x7f) == 0x02 || (cmd & 0x7f) == 0x03)
			continue;
		dw(&r, D_CSR, CSR_INTEN | CSR_EN);
		w(&r, R_STAT, 1);
		w(&r, R_CMD, (u8)cmd);
		rig_wait(&r);
		for (unsigned i = 0; i < 20; i++)
			rd(&r, R_FIFO);
		rd(&r, R_INTR);
		if (!sound())
			ok(false, "command %02x", cmd);
	}
	works("every command while disconnected");
	close_all();
}

/* CVE-2020-35506: the request goes away while its data are moving, in every way there is. */
static void test_cancel(void)
{
	static const u8 read[10] = { 0x28, 0, 0, 0, 0, 0, 0, 1, 0, 0 };
	static const u8 write[10] = { 0x2a, 0, 0, 0, 0, 0, 0, 1, 0, 0 };

	open_all();
	for (unsigned how = 0; how < 7; how++) {
		for (unsigned i = 0; i < 2; i++) {
			command(&r, 3, ready, 6, 0);
			w(&r, R_CMD, 0x01);
			select_dma(&r, 3, i ? write : read, 10);
			see(&r);
			transfer_dma(&r, RIG_BUF, 700, !i);
			see(&r);
			transfer_dma(&r, RIG_BUF, 700, !i);
			switch (how) {
			case 0:
				w(&r, R_CMD, 0x02);
				break;
			case 1:
				w(&r, R_CMD, 0x03);
				break;
			case 2:
				dw(&r, D_CSR, CSR_RESET);
				dw(&r, D_CSR, 0);
				break;
			case 3:
				select_dma(&r, 3, read, 10);
				break;
			case 4:
				scsi_bus_reset(&r.bus);
				break;
			case 5:
				scsi_disk_class.reset(&r.target[3]);
				break;
			case 6:
				dw(&r, D_CSR, 0);
				w(&r, R_CMD, 0x12);
				w(&r, R_CMD, 0x42);
				dw(&r, D_CSR, CSR_EN);
				break;
			}
			rig_wait(&r);
			rd(&r, R_INTR);
			transfer_dma(&r, RIG_BUF, 700, !i);
			rig_wait(&r);
			rd(&r, R_INTR);
			w(&r, R_CMD, 0x11);
			rig_wait(&r);
			if (!sound())
				ok(false, "how %u", how);
			works("cancelled while data move");
		}
	}
	close_all();
}

/* CVE-2016-4441, CVE-2024-24474: what the driver expects is less than what there is, and the reverse. */
static void test_lengths(void)
{
	static const u32 sizes[] = { 1, 2, 15, 16, 17, 511, 512, 513, 4095, 4096, 4097, 0xffff, 0 };
	u8 cdb[10] = { 0x28 };

	open_all();
	command(&r, 3, ready, 6, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (unsigned n = 0; n < 4; n++) {
			cdb[8] = (u8)n;
			cdb[0] = i % 2 ? 0x2a : 0x28;
			w(&r, R_CMD, 0x01);
			select_dma(&r, 3, cdb, 10);
			see(&r);
			for (unsigned k = 0; k < 5; k++) {
				transfer_dma(&r, RIG_BUF, sizes[i], cdb[0] == 0x28);
				rig_wait(&r);
				rd(&r, R_INTR);
			}
			if (!sound())
				ok(false, "%u blocks, %u bytes", n, sizes[i]);
		}
	}
	works("counters that do not fit the data");
	close_all();
}

/*
 * CVE-2013-4344, CVE-2015-5158 and the like: each opcode with each allocation length and garbage in its fields, for
 * both kinds, with and without a medium.
 */
static void test_cdbs(void)
{
	u64 seed = 0x1234567;

	open_all();
	for (unsigned i = 0; i < 6000; i++) {
		static const u8 ids[3] = { 3, 4, 6 };
		u8 cdb[16];

		for (unsigned k = 0; k < 16; k++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			cdb[k] = (u8)(seed >> 33);
			if (seed >> 60 < 8 && k)
				cdb[k] = seed >> 60 & 1 ? 0 : (u8)(seed >> 60 & 4 ? 0xff : 1);
		}
		cdb[0] = (u8)i;
		command_lun(&r, ids[i % 3], i % 11 ? 0 : (u8)(i & 7), cdb, 16, (u32)(seed >> 50));
		if (!sound()) {
			ok(false, "opcode %02x, i %u", cdb[0], i);
			break;
		}
	}
	works("6000 commands of garbage");
	close_all();
}

/* A random program of register accesses. A slice of RAM holds what DMA fetches. */
static void test_random(u64 seed, unsigned steps)
{
	static const u8 ops[] = {
		0x00, 0x03, 0x08, 0x0a, 0x12, 0x15, 0x1a, 0x25, 0x28, 0x2a, 0x2f,
		0x35, 0x41, 0x43, 0x46, 0x4a, 0x55, 0x5a, 0x88, 0x93, 0xa0, 0xbe
	};
	static const u8 cmds[] = { 0x00, 0x01, 0x10, 0x90, 0x11, 0x91, 0x12, 0x18, 0x98, 0x1a,
				   0x1b, 0x41, 0xc1, 0x42, 0xc2, 0x43, 0xc3, 0x46, 0xc6, 0x44,
				   0x45, 0x02, 0x03, 0x90, 0xc2, 0x10, 0x10, 0x90, 0x11, 0x12 };
	bool fine = true;

	open_all();
	for (unsigned i = 0; fine && i < steps; i++) {
		u32 v;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		v = (u32)(seed >> 32);
		switch (v >> 4 & 15) {
		case 0:
			r.ram[0x1000] = v >> 8 & 1 ? 0x80 : (u8)(v >> 16);
			r.ram[0x1001] = ops[(v >> 9) % sizeof(ops)];
			for (u32 k = 2; k < 20; k++)
				r.ram[0x1000 + k] = (u8)(v >> k & 3 ? 0 : v >> k & 0xff);
			break;
		case 1:
			dw(&r, D_ADDR, v >> 8 & 7 ? 0x1000 : v >> 8 & 8 ? RIG_BUF : RIG_RAM - 100);
			break;
		case 2:
			dw(&r, D_CSR, v >> 8 & 7 ? CSR_EN | CSR_INTEN : v >> 8 & 0x7f0);
			break;
		case 3:
			set_tc(&r, v >> 8 & 3 ? v >> 10 & 15 : v >> 10);
			break;
		case 4:
			w(&r, R_STAT, (u8)(v >> 8 & 1 ? 3 : v >> 8 & 2 ? 6 : v >> 9));
			break;
		case 5:
		case 6:
			w(&r, R_FIFO, (u8)(v >> 8 & 1 ? v >> 16 : v >> 8 & 2 ? 0 : 0x80));
			break;
		case 7:
			rd(&r, v >> 8 & 15);
			break;
		case 8:
			w(&r, v >> 8 & 15, (u8)(v >> 16));
			break;
		case 9:
			rd(&r, R_INTR);
			break;
		case 10:
		case 11:
			r.clock.insns += v >> 8 & 0x3fff;
			clock_run(&r.clock);
			break;
		case 12:
			if (v >> 8 & 1)
				rig_wait(&r);
			break;
		default:
			w(&r, R_CMD, cmds[(v >> 8) % sizeof(cmds)]);
		}
		fine = sound();
		if (!fine)
			diag("step %u: %x", i, v);
	}
	ok(fine, "a random program of %u steps keeps the invariants", steps);
	works("and the bus can be used again");
	close_all();
}

/* The floppy controller with a disk in. CVE-2015-3456, -2021-3507, -2021-20196 and what else comes. */

static struct clock fdc_clock;

static void *open_fdc(struct block *floppy)
{
	struct dev *dev = calloc(1, fdc_class.size);

	clock_init(&fdc_clock, 0);
	*dev = (struct dev){
		.cls = &fdc_class, .name = "fdc", .clock = &fdc_clock, .backend = floppy
	};
	fdc_class.init(dev);
	fdc_class.reset(dev);
	return dev;
}

static void fput(void *fdc, u32 reg, u8 v)
{
	fdc_class.region[0].write(fdc, reg, v, 1);
}

static u8 fget(void *fdc, u32 reg)
{
	return (u8)fdc_class.region[0].read(fdc, reg, 1);
}

static void test_floppy(struct block *floppy, u64 seed)
{
	void *fdc = open_fdc(floppy);
	bool fine = true;

	fput(fdc, 2, 0x0c);
	fput(fdc, 7, 0);
	/* Each command followed by more bytes than any takes. */
	for (unsigned cmd = 0; cmd < 256 && fine; cmd++) {
		for (unsigned i = 0; i < 2000; i++)
			fput(fdc, 5, i ? (u8)(cmd * i) : (u8)cmd);
		for (unsigned i = 0; i < 50; i++)
			fget(fdc, 5);
		fdc_clock.insns += 1000000;
		clock_run(&fdc_clock);
		for (unsigned i = 0; i < 2000; i++)
			fput(fdc, 5, 0xff);
		for (unsigned i = 0; i < 2000; i++)
			fget(fdc, 5);
		fine = fdc_class.check(fdc);
		fput(fdc, 2, 0x08);
		fput(fdc, 2, 0x0c);
	}
	ok(fine, "every command and 4000 bytes more");
	for (unsigned i = 0; fine && i < 60000; i++) {
		static const u8 cmds[] = { 0x66, 0x46, 0x45, 0x4d, 0x42, 0x4a, 0x56, 0x51,
					   0x59, 0x5d, 0x4c, 0x49, 0x0f, 0x07, 0x08, 0xe6,
					   0xc5, 0x6c, 0x0e, 0x13, 0x8f, 0xcf };
		u32 v;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		v = (u32)(seed >> 32);
		switch (v & 7) {
		case 0:
			fdc_class.irq_in(fdc, 0, v >> 8 & 1);
			break;
		case 1:
			fdc_clock.insns += v >> 8 & 0xfffff;
			clock_run(&fdc_clock);
			break;
		case 2:
			for (u32 k = 0; k < (v >> 8 & 1023); k++)
				fget(fdc, 5);
			break;
		case 3:
			for (u32 k = 0; k < (v >> 8 & 1023); k++)
				fput(fdc, 5, (u8)(v >> k % 20));
			break;
		case 4:
			if (v >> 8 & 7)
				break;
			fput(fdc, v >> 12 & 7, (u8)(v >> 16));
			fput(fdc, 2, 0x0c);
			fput(fdc, 7, 0);
			break;
		default:
			if (fget(fdc, 4) != 0x80)
				break;
			fput(fdc, 5, cmds[(v >> 3) % sizeof(cmds)]);
			fput(fdc, 5, v >> 8 & 7 ? 0 : (u8)(v >> 8));
			fput(fdc, 5, (u8)(v >> 16 & 1 ? 0 : v >> 8));
			fput(fdc, 5, (u8)(v >> 17 & 3 ? 0 : v >> 8));
			fput(fdc, 5, (u8)(v >> 18 & 3 ? 18 : v >> 8));
			fput(fdc, 5, 2);
			fput(fdc, 5, (u8)(v >> 20 & 1 ? 18 : v >> 8));
		}
		fine = fdc_class.check(fdc);
	}
	ok(fine, "a random program");
	free(fdc);
	block_close(floppy);
}

int main(void)
{
	test_long_commands();
	test_fifo();
	test_block_size();
	test_no_target();
	test_cancel();
	test_lengths();
	test_cdbs();
	for (u64 seed = 1; seed <= 8; seed++)
		test_random(seed * 0x9e3779b97f4a7c15ull, 40000);
	test_floppy(NULL, 1);
	test_floppy(block_mem_new(1440 * 1024), 2);
	test_floppy(block_mem_new(777 * 512), 3);
	return tap_done();
}
