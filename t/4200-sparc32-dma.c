/* SPDX-License-Identifier: MIT */
/* DMA2's registers: reset values, what can be written, interrupts and their gates, addresses. */
#include "dev/sparc32-dma.h"
#include "t/chip.h"

extern const struct dev_class sparc32_dma_class;

#define RAM 0x10000u
#define LAST 0xfffffff0u /* stores from here on go nowhere, and are well */

struct memory {
	u8 ram[RAM];
	u32 last; /* the address of the last access */
};

static int mem_read(void *far, u32 va, void *buf, u32 n)
{
	struct memory *m = far;

	m->last = va;
	if ((va & 0xffffff) + n > RAM)
		return -EFAULT;
	memcpy(buf, m->ram + (va & 0xffffff), n);
	return 0;
}

static int mem_write(void *far, u32 va, const void *buf, u32 n)
{
	struct memory *m = far;

	m->last = va;
	if (va >= LAST)
		return 0;
	if ((va & 0xffffff) + n > RAM)
		return -EFAULT;
	memcpy(m->ram + (va & 0xffffff), buf, n);
	return 0;
}

static struct bench b;
static struct memory m;

static struct dma open_channel(u32 variant)
{
	struct dev *dev = bench_open(&b, &sparc32_dma_class);

	dev->param = variant;
	dev->dma = (struct dma){ .read = mem_read, .write = mem_write, .far = &m };
	bench_start(&b);
	return sparc32_dma_port(b.chip);
}

static void test_registers(void)
{
	open_channel(DMA2_ESP);
	is(get32(&b, 0, 0), 0xa0000000, "CSR after reset: revision 2");
	is(get32(&b, 0, 4), 0, "address");
	is(get32(&b, 0, 8), 0, "count");
	is(get32(&b, 0, 12), 0, "espdma: test register");
	put32(&b, 0, 0, 0xffffff5f);
	is(get32(&b, 0, 0) & 0xf0000000, 0xa0000000, "the device id stays");
	is(get32(&b, 0, 0) & 0x03, 0, "INTR and ERR are read-only");
	is(get32(&b, 0, 0) & 0x0c, 0, "never draining");
	is(get32(&b, 0, 0) & 0x01ff0000, 0x01ff0000, "bursts, cycles and the rest are stored");
	put32(&b, 0, 0, 0);
	is(get32(&b, 0, 0), 0xa0000000, "and cleared");
	put32(&b, 0, 0, 0x40);
	is(get32(&b, 0, 0), 0xa0000000, "DRAIN is done at once");
	put32(&b, 0, 4, 0xfe001234);
	is(get32(&b, 0, 4), 0xfe001234, "address");
	is(get32(&b, 0, 0), 0xa4000000, "writing it sets LOADED");
	put32(&b, 0, 0, 0x20);
	is(get32(&b, 0, 0), 0xa0000000, "INVALIDATE is a pulse and clears LOADED");
	put32(&b, 0, 8, 0xffffffff);
	is(get32(&b, 0, 8), 0x00ffffff, "the count has 24 bits");
	is(get32(&b, 1, 0), 0xfe001234, "the alias is the address register");
	put32(&b, 1, 0, 0x11223344);
	is(get32(&b, 0, 4), 0x11223344, "written there too");
	bench_close(&b);
	open_channel(DMA2_LANCE);
	is(get32(&b, 0, 12), 0xff000000, "ledma: base register after reset");
	put32(&b, 0, 12, 0xf0123456);
	is(get32(&b, 0, 12), 0xf0000000, "it has eight bits");
	put32(&b, 0, 0, 0x400000);
	is(get32(&b, 0, 0), 0xa0400000, "the AUI bit is stored");
	bench_close(&b);
}

static void test_interrupt(void)
{
	struct dma port = open_channel(DMA2_ESP);
	u8 c;

	b.cls->irq_in(b.chip, DMA2_IN_IRQ, true);
	is(get32(&b, 0, 0), 0xa0000001, "INTR shows the device's line");
	ok(!b.line[DMA2_IRQ], "gated by INTEN");
	put32(&b, 0, 0, 0x10);
	ok(b.line[DMA2_IRQ], "setting INTEN raises it at once");
	put32(&b, 0, 0, 0);
	ok(!b.line[DMA2_IRQ], "clearing it lowers it");
	put32(&b, 0, 0, 0x10);
	b.cls->irq_in(b.chip, DMA2_IN_IRQ, false);
	ok(!b.line[DMA2_IRQ], "the device takes it back");
	is(get32(&b, 0, 0), 0xa0000010, "INTR too");

	put32(&b, 0, 4, RAM);
	put32(&b, 0, 0, 0x210);
	ok(b.line[DMA2_ENABLED], "EN reaches the device");
	is((u32)dma_read(&port, 0, &c, 1), (u32)-EFAULT, "nobody at that address");
	is(get32(&b, 0, 0) & 3, 2, "ERR");
	ok(b.line[DMA2_IRQ], "which interrupts");
	ok(!b.line[DMA2_ENABLED], "and stops the channel");
	is(get32(&b, 0, 4), RAM, "the address stays");
	put32(&b, 0, 0, 0x210);
	is(get32(&b, 0, 0) & 2, 2, "writing CSR does not clear it");
	put32(&b, 0, 0, 0x30);
	is(get32(&b, 0, 0) & 2, 0, "INVALIDATE does");
	ok(!b.line[DMA2_IRQ], "no interrupt then");
	is((u32)dma_read(&port, 0, &c, 1), (u32)-EFAULT, "no EN: nothing moves");
	is(get32(&b, 0, 0) & 2, 0, "which is no error");

	put32(&b, 0, 4, RAM);
	put32(&b, 0, 0, 0x210);
	is((u32)dma_read(&port, 0, &c, 1), (u32)-EFAULT, "an error again");
	is(get32(&b, 0, 0) & 0x04000002, 0x04000002, "ERR and LOADED");
	put32(&b, 0, 0, 0x90);
	is(get32(&b, 0, 0), 0xa0000090, "RESET clears them, too");
	ok(!b.line[DMA2_IRQ], "and takes the interrupt back");
	ok(b.line[DMA2_RESET], "RESET is a level");
	ok(!b.line[DMA2_ENABLED], "no transfers while it is on");
	put32(&b, 0, 0, 0x290);
	ok(!b.line[DMA2_ENABLED], "even with EN");
	put32(&b, 0, 0, 0x210);
	ok(!b.line[DMA2_RESET] && b.line[DMA2_ENABLED], "off");
	ok(bench_reload(&b), "restored");
	ok(b.line[DMA2_ENABLED], "and driven again");
	bench_close(&b);
}

static void test_addresses(void)
{
	struct dma port = open_channel(DMA2_ESP);
	u8 buf[64];

	memset(&m, 0, sizeof(m));
	put32(&b, 0, 4, 0xfe000100);
	put32(&b, 0, 0, 0x300);
	memset(buf, 0xee, sizeof(buf));
	is((u32)dma_write(&port, 0x999, buf, 10), 0, "espdma writes");
	is(m.last, 0xfe000100, "at its own address");
	is(get32(&b, 0, 4), 0xfe00010a, "which advances");
	is((u32)dma_read(&port, 0x999, buf, 4), 0, "and reads");
	is(m.last, 0xfe00010a, "from where it stands");
	put32(&b, 0, 4, 0xfffffff8);
	dma_write(&port, 0, buf, 10);
	is(m.last, 0xfffffff8, "near the end of the address space");
	is(get32(&b, 0, 4), 2, "it goes on at the beginning");
	put32(&b, 0, 8, 20);
	put32(&b, 0, 0, 0x2310);
	dma_read(&port, 0, buf, 12);
	is(get32(&b, 0, 8), 8, "the byte counter counts if enabled");
	is(get32(&b, 0, 0) & 0x4000, 0, "no terminal count yet");
	dma_read(&port, 0, buf, 8);
	is(get32(&b, 0, 0) & 0x4000, 0x4000, "terminal count");
	ok(b.line[DMA2_IRQ], "which interrupts");
	put32(&b, 0, 0, 0x802310);
	ok(!b.line[DMA2_IRQ], "unless told not to");
	bench_close(&b);

	port = open_channel(DMA2_LANCE);
	dma_write(&port, 0x000200, buf, 2);
	is(m.last, 0xff000200, "ledma: base ORed with the device's address");
	put32(&b, 0, 12, 0xf0000000);
	dma_read(&port, 0xab000200, buf, 2);
	is(m.last, 0xf0000200, "of which 24 bits count");
	is(get32(&b, 0, 4), 0, "the address register plays no part");
	is((u32)dma_read(&port, RAM, buf, 2), (u32)-EFAULT, "no memory");
	is(get32(&b, 0, 0) & 2, 2, "ERR");
	bench_close(&b);
}

int main(void)
{
	test_registers();
	test_interrupt();
	test_addresses();
	return tap_done();
}
