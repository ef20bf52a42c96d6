/* SPDX-License-Identifier: MIT */
/*
 * The register map of every board, as drivers and firmware rely on it: at which physical address
 * each register answers, to which widths, what it reads after reset, and which of its bits can be
 * set and cleared. Where something stands on another board only, or nowhere, there is a bus error.
 * The numbers are those of the chips' documents, or of the drivers that lean on them; what
 * the registers do is the business of each chip's own test.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "t/tap.h"

enum {
	SS4 = BIT(BOARD_SS4),
	SS5 = BIT(BOARD_SS5),
	LX = BIT(BOARD_LX),
	CLASSIC = BIT(BOARD_CLASSIC),
	VOYAGER = BIT(BOARD_VOYAGER),
	BOOK = BIT(BOARD_SPARCBOOK),
	SS10 = BIT(BOARD_SS10),
	SS20 = BIT(BOARD_SS20),
	SS600 = BIT(BOARD_SS600MP),
	MICRO = SS4 | SS5 | LX | CLASSIC | VOYAGER | BOOK,
	DESK = SS10 | SS20,
	MBUS = DESK | SS600,
	ANY = MICRO | MBUS,
};

/* What a store of ones, then of zeros, is read back as; KEEP: no store, for it would do something. */
#define KEEP 0, 0, true
#define BITS(ones, zeros) ones, zeros, false
#define RO(val) val, val, false

struct reg {
	const char *name;
	u32 boards;
	u64 pa;
	unsigned size; /* of the access */
	unsigned also, never; /* other widths that it takes, and that it refuses */
	u32 reset;
	u32 ones, zeros;
	bool keep;
};

#define BYTES 1, 0, ACC_8
#define BYTE_ALONE 1, 0, ACC_2 | ACC_4 | ACC_8
#define HALF 2, 0, ACC_1 | ACC_4 | ACC_8
#define WORD 4, 0, ACC_1 | ACC_2
#define ESP_WIDTH 1, ACC_4, 0

/* The chips that stand at the same offsets of another base. */
#define IOMMU(boards, base, ctrl, base_bits)                                                       \
	{ "IOMMU control", boards, base, WORD, ctrl, BITS((ctrl) | 0x1d, ctrl) },                  \
		{ "IOMMU base", boards, (base) + 4, WORD, 0, BITS(base_bits, 0) },                 \
		{ "IOMMU flush all", boards, (base) + 0x14, WORD, 0, RO(0) },                      \
		{ "IOMMU flush a page", boards, (base) + 0x18, WORD, 0, RO(0) },                   \
		{ "IOMMU AFSR", boards,	    (base) + 0x1000,                                       \
		  WORD,		0x00800000, BITS(0xff8fffff, 0x00800000) },                        \
		{ "IOMMU AFAR", boards, (base) + 0x1004, WORD, 0, BITS(0xffffffff, 0) },           \
		{ "IOMMU arbiter", boards, (base) + 0x1008, WORD, 3, BITS(0x801f000f, 1) },        \
		{ "IOMMU SBus slot 0", boards, (base) + 0x1010, WORD, 0, BITS(0x00010003, 0) },    \
		{ "IOMMU SBus slot 1", boards, (base) + 0x1014, WORD, 0, BITS(0x00010003, 0) },    \
		{ "IOMMU SBus slot 2", boards, (base) + 0x1018, WORD, 0, BITS(0x00010003, 0) },    \
		{ "IOMMU SBus slot 3", boards, (base) + 0x101c, WORD, 0, BITS(0x00010003, 0) },    \
		{ "IOMMU arbitration", boards, (base) + 0x2000, WORD, 8, BITS(0x001f0008, 8) },    \
	{                                                                                          \
		"IOMMU mask revision", boards, (base) + 0x3018, WORD, 0x23000000, RO(0x23000000)   \
	}
#define INTCTL(boards, base)                                                                       \
	{ "interrupts of the CPU", boards, base, WORD, 0, RO(0) },                                 \
		{ "their clear register", boards, (base) + 4, WORD, 0, RO(0) },                    \
		{ "their set register", boards, (base) + 8, WORD, 0, KEEP },                       \
		{ "interrupts pending", boards, (base) + 0x10000, WORD, 0, RO(0) },                \
		{ "interrupt mask", boards, (base) + 0x10004, WORD, 0, KEEP },                     \
	{                                                                                          \
		"interrupt target", boards, (base) + 0x10010, WORD, 0, BITS(0xf, 0)                \
	}
#define TIMER(boards, base, cpus)                                                                    \
	{ "CPU's counter: limit", boards, base, WORD, 0, BITS(0x7ffffe00, 0) },                      \
		{ "CPU's counter", boards, (base) + 4, WORD, 0, KEEP },                              \
		{ "CPU's limit without reset", boards, (base) + 8, WORD, 0, KEEP },                  \
		{ "system counter: limit", boards, (base) + 0x10000, WORD, 0, BITS(0x7ffffe00, 0) }, \
		{ "system counter", boards, (base) + 0x10004, WORD, 0, KEEP },                       \
	{                                                                                            \
		"counter configuration", boards, (base) + 0x10010, WORD, 0, BITS(cpus, 0)            \
	}
#define DMA2(boards, base)                                                                         \
	{ "espdma CSR", boards, base, WORD, 0xa0000000, KEEP },                                    \
		{ "espdma address", boards, (base) + 4, WORD, 0, BITS(0xffffffff, 0) },            \
		{ "espdma count", boards, (base) + 8, WORD, 0, BITS(0x00ffffff, 0) },              \
		{ "ledma CSR", boards, (base) + 0x10, WORD, 0xa0000000, KEEP },                    \
		{ "ledma address", boards, (base) + 0x14, WORD, 0, BITS(0xffffffff, 0) },          \
	{                                                                                          \
		"ledma base", boards, (base) + 0x1c, WORD, 0xff000000, BITS(0xff000000, 0)         \
	}
#define ESP(boards, base)                                                                          \
	{ "ESP count, low", boards, base, ESP_WIDTH, 0, KEEP },                                    \
		{ "ESP count, middle", boards, (base) + 4, ESP_WIDTH, 0, KEEP },                   \
		{ "ESP FIFO", boards, (base) + 8, ESP_WIDTH, 0, KEEP },                            \
		{ "ESP command", boards, (base) + 0xc, ESP_WIDTH, 0, KEEP },                       \
		{ "ESP status", boards, (base) + 0x10, ESP_WIDTH, 0, RO(0) },                      \
		{ "ESP interrupt", boards, (base) + 0x14, ESP_WIDTH, 0, RO(0) },                   \
		{ "ESP step", boards, (base) + 0x18, ESP_WIDTH, 0, KEEP },                         \
		{ "ESP FIFO flags", boards, (base) + 0x1c, ESP_WIDTH, 0, KEEP },                   \
		{ "ESP configuration 1", boards, (base) + 0x20, ESP_WIDTH, 7, BITS(0xff, 0) },     \
		{ "ESP configuration 2", boards, (base) + 0x2c, ESP_WIDTH, 0, BITS(0xff, 0) },     \
	{                                                                                          \
		"ESP configuration 3", boards, (base) + 0x30, ESP_WIDTH, 0, BITS(0xff, 0)          \
	}
#define LANCE(boards, base)                                                                        \
	{ "LANCE CSR0", boards, base, HALF, 4, KEEP },                                             \
	{                                                                                          \
		"LANCE RAP", boards, (base) + 2, HALF, 0, BITS(3, 0)                               \
	}
#define MISC(boards, leds, diag, modem, control)                                                   \
	{ "LEDs", boards, leds, 2, 0, 0, 0, BITS(0xffff, 0) },                                     \
		{ "diagnostic register", boards, diag, BYTE_ALONE, 0, BITS(0xff, 0) },             \
		{ "modem register", boards, modem, BYTE_ALONE, 0, BITS(0xff, 0) },                 \
	{                                                                                          \
		"system control", boards, control, WORD, 0, KEEP                                   \
	}
#define ECC(boards, ver, mask)                                                                     \
	{ "ECC enable", boards, 0xf00000000, WORD, ver, BITS((ver) | (mask), ver) },               \
		{ "ECC delays", boards, 0xf00000004, WORD, 0x20, BITS(0x7fffffff, 0) },            \
		{ "ECC fault status", boards, 0xf00000008, WORD, 0, BITS(0xffffffff, 0) },         \
		{ "ECC video", boards, 0xf0000000c, WORD, 0, BITS(0xffffffff, 0) },                \
		{ "ECC fault address 0", boards, 0xf00000010, WORD, 0x07c00000, RO(0x07c00000) },  \
		{ "ECC fault address 1", boards, 0xf00000014, WORD, 0, RO(0) },                    \
		{ "ECC diagnostics", boards, 0xf00000018, WORD, 0, BITS(0xffffffff, 0) },          \
		{ "ECC events 0", boards, 0xf0000001c, WORD, 0, BITS(0xffffffff, 0) },             \
	{                                                                                          \
		"ECC events 1", boards, 0xf00000020, WORD, 0, BITS(0xffffffff, 0)                  \
	}

static const struct reg regs[] = {
	IOMMU(SS4 | SS5 | CLASSIC | VOYAGER | BOOK, 0x10000000, 0x05000000, 0x07fffc00),
	IOMMU(LX, 0x10000000, 0x04000000, 0x07fffc00),
	IOMMU(SS10, 0xfe0000000, 0x03000000, 0xfffffc00),
	IOMMU(SS20, 0xfe0000000, 0x13000000, 0xfffffc00),
	IOMMU(SS600, 0xfe0000000, 0x01000000, 0xfffffc00),
	INTCTL(MICRO, 0x71e00000),
	INTCTL(MBUS, 0xff1400000),
	TIMER(MICRO, 0x71d00000, 1),
	TIMER(MBUS, 0xff1300000, 15),
	MISC(MICRO, 0x71600000, 0x71a00000, 0x71b00000, 0x71f00000),
	MISC(MBUS, 0xff1600000, 0xff1a00000, 0xff1b00000, 0xff1f00000),
	{ "slavio configuration", MICRO, 0x71800000, BYTE_ALONE, 0, BITS(0xff, 0) },
	{ "AUX2", MICRO, 0x71910000, BYTE_ALONE, 0, KEEP },
	{ "AUX2", MBUS, 0xff1a01000, BYTE_ALONE, 0, KEEP },
	{ "AUX1", MICRO, 0x71900000, BYTE_ALONE, 0, KEEP },
	{ "AUX1", MBUS, 0xff1800000, BYTE_ALONE, 0, KEEP },
	{ "idle register", SS5 | SS4 | CLASSIC | BOOK, 0x6a000000, BYTE_ALONE, 0, KEEP },
	{ "idle register", VOYAGER, 0x71300000, BYTE_ALONE, 0, KEEP },
	{ "idle register by OpenBIOS's tree", LX | VOYAGER, 0x6a000000, BYTE_ALONE, 0, KEEP },
	{ "idle register", MBUS, 0xefa000000, BYTE_ALONE, 0, KEEP },
	{ "AFX word", SS5, 0x6e000000, 4, ACC_1 | ACC_2, 0, 0, BITS(0xffffffff, 0) },
	{ "SBus slot 5's ID", MICRO, 0x78000000, 4, ACC_1, 0, 0xfe810103, RO(0xfe810103) },
	{ "SBus slot f's ID", DESK, 0xef0000000, 4, ACC_1, 0, 0xfe810103, RO(0xfe810103) },
	DMA2(MICRO, 0x78400000),
	DMA2(DESK, 0xef0400000),
	DMA2(SS600, 0xef0081000),
	{ "ledma address's image", MICRO, 0x78400020, WORD, 0, BITS(0xffffffff, 0) },
	ESP(MICRO, 0x78800000),
	ESP(DESK, 0xef0800000),
	ESP(SS600, 0xef0080000),
	LANCE(MICRO, 0x78c00000),
	LANCE(DESK, 0xef0c00000),
	LANCE(SS600, 0xef0060000),
	/* DCD and CTS are asserted, nothing was sent. */
	{ "line B, RR0", MICRO, 0x71100000, BYTE_ALONE, 0x2c | 0x40, KEEP },
	{ "line A, RR0", MICRO, 0x71100004, BYTE_ALONE, 0x2c | 0x40, KEEP },
	{ "line B, RR0", MBUS, 0xff1100000, BYTE_ALONE, 0x2c | 0x40, KEEP },
	{ "line A, RR0", MBUS, 0xff1100004, BYTE_ALONE, 0x2c | 0x40, KEEP },
	{ "mouse, RR0", MICRO, 0x71000000, BYTE_ALONE, 0x2c | 0x40, KEEP },
	{ "keyboard, RR0", MBUS, 0xff1000004, BYTE_ALONE, 0x2c | 0x40, KEEP },
	{ "NVRAM", MICRO, 0x71200000, BYTES, 0, BITS(0xff, 0) },
	{ "NVRAM's last", MICRO, 0x71201ff7, BYTES, 0, BITS(0xff, 0) },
	{ "NVRAM", MBUS, 0xff1200000, BYTES, 0, BITS(0xff, 0) },
	{ "floppy DOR", MICRO, 0x71400002, BYTE_ALONE, 0, KEEP },
	{ "floppy DOR", DESK, 0xff1700002, BYTE_ALONE, 0, KEEP },
	{ "audio index", MICRO, 0x6c000000, 4, ACC_1, 0, 0x40000000, KEEP },
	{ "audio DMA", MICRO, 0x6c000010, 4, 0, 0, 0x6c00, KEEP },
	{ "TCX DHC", MICRO, 0x50240000, 4, 0, 0, 0, RO(0) },
	{ "TCX ALT", MICRO, 0x50280000, 4, 0, 0, 0, RO(0) },
	{ "TCX THC misc", MICRO, 0x50300818, WORD, 0x02000400, BITS(0xffffffff, 0x02000000) },
	{ "TCX TEC", MICRO, 0x50700000, 4, 0, 0, 0, RO(0) },
	{ "TCX THC misc", MBUS, 0xe20300818, WORD, 0x02000400, BITS(0xffffffff, 0x02000000) },
	ECC(SS10, 0x10000000, 0xbff),
	ECC(SS20, 0x20000000, 0xbff),
	ECC(SS600, 0, 0x103),
	{ "ECC diagnostic bytes", SS600, 0xf00001000, 1, 0, 0, 0, BITS(0xff, 0) },
};

/* And where nothing is. */
static const struct {
	const char *name;
	u32 boards;
	u64 pa;
} nowhere[] = {
	{ "SBus slot 0", MICRO, 0x20000000 },	    { "SBus slot 1", MICRO, 0x30000000 },
	{ "SBus slot 2", MICRO, 0x40000000 },	    { "SBus slot 4", MICRO, 0x60000000 },
	{ "SBus slot 0", MBUS, 0xe00000000 },	    { "SBus slot 1", MBUS, 0xe10000000 },
	{ "SBus slot 3", MBUS, 0xe30000000 },	    { "a floppy drive", SS600, 0xff1700002 },
	{ "an SBus ID", SS600, 0xef0000000 },	    { "an ECC controller", MICRO, 0xf00000000 },
	{ "more of a codec", VOYAGER, 0x6c000040 }, { "more of a codec", BOOK, 0x6c000040 },
	{ "an AFX word", SS4, 0x6e000000 },	    { "an AFX word", CLASSIC, 0x6e000000 },
	{ "an idle register", LX, 0x71300000 },	    { "a second CPU's timer", MICRO, 0x71d01000 },
	{ "the end of the map", ANY, 0xfffffff00 },
};

static struct machine *open_board(const struct board *board)
{
	struct machine_config c = { .board = board, .nr_cpus = 1, .ram_size = 32 << 20 };
	struct machine *m = NULL;
	char err[256] = "";

	c.cpu = cpu_model_find(board->cpu);
	c.vga = VGA_TCX;
	c.width = 1024;
	c.height = 768;
	c.depth = 8;
	if (!ok(!machine_new(&m, &c, err, sizeof(err)), "%s", board->name))
		diag("%s", err);
	return m;
}

static u32 all_ones(unsigned size)
{
	return size == 4 ? 0xffffffff : (1u << 8 * size) - 1;
}

static void one_register(struct machine *m, const struct reg *r)
{
	u64 val = 0, before = 0;

	if (!ok(!bus_read(&m->bus, r->pa, r->size, &val), "%s, %s answers", m->config.board->name,
		r->name))
		return;
	is(val, r->reset, "  reset value");
	for (unsigned size = 1; size <= 8; size *= 2) {
		u64 pa = r->pa & ~(u64)(size - 1);

		if (size & r->also)
			ok(!bus_read(&m->bus, pa, size, &val), "  a load of %u", size);
		if (size & r->never)
			ok(bus_read(&m->bus, pa, size, &val) &&
				   (r->keep || bus_write(&m->bus, pa, size, 0)),
			   "  no access of %u", size);
	}
	if (r->keep)
		return;
	bus_read(&m->bus, r->pa, r->size, &before);
	ok(!bus_write(&m->bus, r->pa, r->size, all_ones(r->size)), "  takes a store");
	bus_read(&m->bus, r->pa, r->size, &val);
	is(val, r->ones, "  the bits that can be set");
	bus_write(&m->bus, r->pa, r->size, 0);
	bus_read(&m->bus, r->pa, r->size, &val);
	is(val, r->zeros, "  and cleared");
	/* A reset of the board makes it what it was, but for the battery's and what tells of the reset. */
	bus_write(&m->bus, r->pa, r->size, all_ones(r->size));
	machine_reset(m);
	bus_read(&m->bus, r->pa, r->size, &val);
	if (!strstr(r->name, "NVRAM") && strcmp(r->name, "diagnostic register") != 0)
		is(val, r->reset, "  after a reset of the board");
}

int main(void)
{
	for (const struct board *b = boards; b->name; b++) {
		struct machine *m = open_board(b);

		if (!m)
			continue;
		for (unsigned i = 0; i < ARRAY_SIZE(regs); i++)
			if (regs[i].boards & BIT(b->id))
				one_register(m, &regs[i]);
		for (unsigned i = 0; i < ARRAY_SIZE(nowhere); i++) {
			u64 val;

			if (nowhere[i].boards & BIT(b->id))
				ok(bus_read(&m->bus, nowhere[i].pa, 1, &val) &&
					   bus_read(&m->bus, nowhere[i].pa & ~3ull, 4, &val),
				   "%s has not: %s", b->name, nowhere[i].name);
		}
		machine_free(m);
	}
	return tap_done();
}
