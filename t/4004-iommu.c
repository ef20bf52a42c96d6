/* SPDX-License-Identifier: MIT */
#include "dev/iommu.h"

#include "lib/be.h"
#include "t/chip.h"

extern const struct dev_class iommu_class;

#define RAM_SIZE 0x400000u
#define HIGH_RAM 0x800000000ull

enum {
	CTRL = 0,
	BASE = 4,
	AFSR = 0x1000,
	AFAR = 0x1004,
	AER = 0x1008,
	ARBEN = 0x2000,
	MASK_ID = 0x3018
};

static struct bench b;
static struct bus memory;
static u8 *ram, high[0x2000];
static struct dma dma;

static void start(u32 version)
{
	struct dev *dev = bench_open(&b, &iommu_class);

	dev->backend = &memory;
	dev->param = version;
	ok(!bench_start(&b), "starts");
	dma = iommu_dma(b.chip);
}

static void test_registers(void)
{
	start(0x05000000);
	is(get32(&b, 0, CTRL), 0x05000000, "control is the version after reset");
	is(get32(&b, 0, BASE), 0, "no table");
	is(get32(&b, 0, AFSR), 0x00800000, "no error");
	is(get32(&b, 0, AFAR), 0, "anywhere");
	is(get32(&b, 0, AER), 3, "arbitration");
	is(get32(&b, 0, 0x1010), 0, "slot configuration");
	is(get32(&b, 0, ARBEN), 8, "the CPU is number 8");
	is(get32(&b, 0, MASK_ID), 0x23000000, "the mask revision");
	put32(&b, 0, CTRL, 0xffffffff);
	is(get32(&b, 0, CTRL), 0x0500001d, "control's bits");
	put32(&b, 0, BASE, 0xffffffff);
	is(get32(&b, 0, BASE), 0x07fffc00, "the table's");
	put32(&b, 0, AFSR, 0xffffffff);
	is(get32(&b, 0, AFSR), 0xff8fffff, "fault status");
	put32(&b, 0, AFSR, 0);
	is(get32(&b, 0, AFSR), 0x00800000, "with a bit that is always 1");
	put32(&b, 0, AFAR, 0x12345678);
	is(get32(&b, 0, AFAR), 0x12345678, "fault address");
	put32(&b, 0, AER, 0xffffffff);
	is(get32(&b, 0, AER), 0x801f000f, "arbiter enable");
	put32(&b, 0, AER, 0);
	is(get32(&b, 0, AER), 1, "with one, too");
	for (u32 off = 0x1010; off <= 0x101c; off += 4) {
		put32(&b, 0, off, 0xffffffff);
		is(get32(&b, 0, off), 0x00010003, "slot configuration at %#x", off);
	}
	put32(&b, 0, ARBEN, 0xffffffff);
	is(get32(&b, 0, ARBEN), 0x001f0008, "arbitration of the slots");
	put32(&b, 0, MASK_ID, 0);
	is(get32(&b, 0, MASK_ID), 0x23000000, "the revision is constant");
	put32(&b, 0, 0x14, 1);
	put32(&b, 0, 0x18, 1);
	is(get32(&b, 0, 0x14) | get32(&b, 0, 0x18) | get32(&b, 0, 0x3ffc), 0, "flushes read 0");
	put32(&b, IOMMU_AFX, 0, 0x11223344);
	bench_put(&b, IOMMU_AFX, 1, 1, 0xaa);
	bench_put(&b, IOMMU_AFX, 2, 2, 0xbbcc);
	is(get32(&b, IOMMU_AFX, 0), 0x11aabbcc, "the AFX word is memory");
	is(bench_get(&b, IOMMU_AFX, 3, 1), 0xcc, "of any width");
	bench_close(&b);
	start(0x13000000);
	put32(&b, 0, BASE, 0xffffffff);
	is(get32(&b, 0, BASE), 0xfffffc00, "a MBus machine's table can lie above 2 GiB");
	bench_close(&b);
}

/* Map va's page in a window of the given range, the table at `table`. */
static void map(u32 table, u32 range, u32 va, u32 pte)
{
	u32 window = 0u - (0x1000000u << range);

	be32_put(ram + table + ((va - window) >> 12) * 4, pte);
}

/* The windows as the manual lists them, by hand. */
static void test_ranges(void)
{
	static const u32 window[8] = { 0xff000000, 0xfe000000, 0xfc000000, 0xf8000000,
				       0xf0000000, 0xe0000000, 0xc0000000, 0x80000000 };
	const u32 table = 0x200000;
	u8 buf[4];

	for (u32 r = 0; r < 8; r++) {
		start(0x04000000);
		memset(ram, 0, RAM_SIZE);
		memcpy(ram + 0x5678, "low!", 4);
		memcpy(ram + 0x6ffc, "top!", 4);
		put32(&b, 0, BASE, table >> 4);
		put32(&b, 0, CTRL, r << 2 | 1);
		/* First and last entry of the table: 16 MiB << range is 4096 << range pages. */
		be32_put(ram + table, 0x00000502);
		be32_put(ram + table + (4096 << r) * 4 - 4, 0x00000602);
		is(dma_read(&dma, window[r] + 0x678, buf, 4), 0, "range %u: its first page", r);
		ok(!memcmp(buf, "low!", 4), "is where the table says");
		is(dma_read(&dma, 0xfffffffc, buf, 4), 0, "its last word");
		ok(!memcmp(buf, "top!", 4), "too");
		is(-dma_read(&dma, window[r] - 4, buf, 4), EFAULT, "nothing below the window");
		is(get32(&b, 0, AFAR), window[r] - 0x1000, "which AFAR tells");
		bench_close(&b);
	}
}

static void test_transfer(void)
{
	const u32 table = 0x100000, va = 0xfe010000;
	u8 buf[0x2800];

	for (unsigned i = 0; i < sizeof(buf); i++)
		buf[i] = (u8)(i * 7 + i / 256);
	start(0x05000000);
	memset(ram, 0, RAM_SIZE);
	put32(&b, 0, BASE, table >> 4);
	put32(&b, 0, CTRL, 1 << 2 | 1);
	map(table, 1, va, 0x00003006);
	map(table, 1, va + 0x1000, 0x00001006);
	map(table, 1, va + 0x2000, 0x00002006);
	is(dma_write(&dma, va + 0x800, buf, sizeof(buf)), 0, "pages in no order");
	ok(!memcmp(ram + 0x30800, buf, 0x800), "first");
	ok(!memcmp(ram + 0x10000, buf + 0x800, 0x1000), "second");
	ok(!memcmp(ram + 0x20000, buf + 0x1800, 0x1000), "third");
	ok(!ram[0x21000] && !ram[0x307ff] && !ram[0x31000], "and nothing more");
	memset(buf, 0, sizeof(buf));
	is(dma_read(&dma, va + 0xfff, buf, 2), 0, "back over an edge");
	ok(buf[0] == ram[0x30fff] && buf[1] == ram[0x10000], "both bytes");
	map(table, 1, va + 0x3000, 0x80000006);
	is(dma_write(&dma, va + 0x3004, "36bits", 6), 0, "a page above 4 GiB");
	ok(!memcmp(high + 4, "36bits", 6), "is reached");
	is(dma_read(&dma, va, buf, 0), 0, "nothing is no transfer");
	is(get32(&b, 0, AFSR), 0x00800000, "no error so far");
	ok(!b.line[0], "no interrupt");
	bench_close(&b);
}

static void fault(int err, u32 afsr, u32 afar, const char *what)
{
	is(-err, EFAULT, "%s", what);
	ok(b.line[0], "raises the interrupt");
	is(get32(&b, 0, AFSR), afsr, "with its status");
	ok(!b.line[0], "until that is read");
	is(get32(&b, 0, AFAR), afar, "and its page");
}

static void test_faults(void)
{
	const u32 table = 0x100000, va = 0xfc345000;
	u8 buf[0x1800] = { 0 };

	start(0x05000000);
	memset(ram, 0, RAM_SIZE);
	put32(&b, 0, BASE, table >> 4);
	put32(&b, 0, CTRL, 2 << 2 | 1);
	map(table, 2, va, 0x00003002);
	map(table, 2, va + 0x1000, 0x00003004);
	map(table, 2, va + 0x2000, 0x00777706);
	map(table, 2, va + 0x3000, 0x00004006);
	fault(dma_read(&dma, va + 0x1234, buf, 4), 0xc0860000, va + 0x1000,
	      "an invalid entry, read");
	fault(dma_write(&dma, va + 0x1234, buf, 4), 0xc0820000, va + 0x1000,
	      "an invalid entry, written");
	is(dma_read(&dma, va + 8, buf, 4), 0, "a read-only entry can be read");
	fault(dma_write(&dma, va + 8, buf, 4), 0xc0820000, va, "but not written");
	fault(dma_read(&dma, va + 0x2000, buf, 4), 0xa0860000, va + 0x2000,
	      "a page without memory");
	memset(ram + 0x40000, 0x11, 0x1000);
	memset(buf, 0xee, sizeof(buf));
	fault(dma_write(&dma, va + 0x3800, buf, 0x1800), 0xc0820000, va + 0x4000,
	      "a transfer that runs into a fault");
	is(ram[0x40800], 0xee, "what came before was moved");
	is(ram[0x407ff], 0x11, "from the right place");
	fault(dma_read(&dma, 0xfffff800, buf, 0x1000), 0xc0860000, 0xfffff000,
	      "the top of the space");
	map(table, 2, 0xfffff000, 0x00004006);
	fault(dma_read(&dma, 0xfffff800, buf, 0x1000), 0xc0860000, 0, "does not continue at 0");
	dma_read(&dma, va + 0x1000, buf, 4);
	dma_write(&dma, va + 0x5000, buf, 4);
	ok(bench_reload(&b), "a pending fault is restored");
	fault(dma_write(&dma, va + 0x6000, buf, 4), 0xc08e0000, va + 0x1000,
	      "of several the first is told, and that there were more");
	dma_read(&dma, va + 0x1000, buf, 4);
	get32(&b, 0, AFAR);
	ok(!b.line[0], "reading the address acknowledges, too");
	dma_read(&dma, va + 0x1000, buf, 4);
	put32(&b, 0, AFSR, 0);
	ok(!b.line[0], "and writing the status");
	put32(&b, 0, BASE, 0x07fffc00);
	fault(dma_read(&dma, va, buf, 4), 0xa0860000, va, "a table that is not in memory");
	put32(&b, 0, CTRL, 0);
	is(dma_read(&dma, 0x40800, buf, 4), 0, "without translation addresses pass");
	is(buf[0], 0xee, "as they are");
	bench_close(&b);
}

int main(void)
{
	u64 v;

	ram = calloc(1, RAM_SIZE);
	bus_init(&memory);
	bus_map_mem(&memory, "ram", 0, RAM_SIZE, ram, false);
	bus_map_mem(&memory, "high", HIGH_RAM, sizeof(high), high, false);
	test_registers();
	test_ranges();
	test_transfer();
	test_faults();
	start(0);
	is(-bus_read(&b.bus, bench_at(0), 1, &v), EFAULT, "words only");
	bench_close(&b);
	bus_release(&memory);
	free(ram);
	return tap_done();
}
