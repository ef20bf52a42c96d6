/* SPDX-License-Identifier: MIT */
/*
 * What a sun4m's device tree consists of. Names, types and values are those that Sun's firmware
 * gives these parts and that kernels attach their drivers by.
 */
#include <string.h>

#include "dev/fb.h"
#include "dev/iommu.h"
#include "dev/slavio-misc.h"
#include "machine/prom/tables.h"

#define TEXT(n, t)                                                                                 \
	{                                                                                          \
		.name = n, .text = t                                                               \
	}
#define CELL(n, v)                                                                                 \
	{                                                                                          \
		.name = n, .cell = { v }, .nr = 1                                                  \
	}
#define CELL2(n, v, w)                                                                             \
	{                                                                                          \
		.name = n, .cell = { v, w }, .nr = 2                                               \
	}
#define EMPTY(n)                                                                                   \
	{                                                                                          \
		.name = n                                                                          \
	}
/* A bus whose children have two cells of address. */
#define IS_BUS CELL("#address-cells", 2), CELL("#size-cells", 1)
#define HIERARCHICAL TEXT("device_type", "hierarchical"), IS_BUS

/* "intr" values: the processor's level, and which kind of line: on the board, or an SBus slot's. */
enum { INTR_BOARD = 0x20, INTR_SBUS = 0x30 };
#define INTR(kind, level) CELL2("intr", kind | level, 0)

/* One for each processor, then the board's. */
#define SLICES(dev)                                                                                \
	{ dev, 0, 0, 0x10 }, { dev, 1, 0, 0x10 }, { dev, 2, 0, 0x10 }, { dev, 3, 0, 0x10 },        \
	{                                                                                          \
		dev, 4, 0, 0x10                                                                    \
	}

const struct tree_node tree_nodes[] = {
	{ 0, NULL, .more = MORE_ROOT,
	  .prop = { IS_BUS, TEXT("compatible", "sun4m"), CELL("clock-frequency", TREE_HZ) } },
	{ 1, "openprom",
	  .prop = { TEXT("device_type", "BootROM"), TEXT("model", "vonk"), CELL("boot-syntax", 1),
		    EMPTY("relative-addressing"), EMPTY("supports-bootinfo"),
		    EMPTY("aligned-allocator") } },
	{ 1, "aliases" },
	{ 1, "options", .more = MORE_OPTIONS,
	  .prop = { TEXT("input-device", "ttya"), TEXT("output-device", "ttya"),
		    TEXT("ttya-mode", "9600,8,n,1,-"), TEXT("ttyb-mode", "9600,8,n,1,-"),
		    TEXT("ttya-ignore-cd", "true"), TEXT("ttyb-ignore-cd", "true"),
		    TEXT("ttya-rts-dtr-off", "false"), TEXT("ttyb-rts-dtr-off", "false"),
		    TEXT("boot-device", "disk"), TEXT("boot-file", ""), TEXT("auto-boot?", "true"),
		    TEXT("load-base", "4000") } },
	{ 1, "chosen" },
	{ 1, "packages" },
	{ 1, "memory", .more = MORE_MEMORY },
	{ 1, "virtual-memory", .more = MORE_VIRTUAL },
	{ 1,
	  "iommu",
	  "iommu",
	  { { "iommu", IOMMU_REGS, 0, 0x300 } },
	  .address = true,
	  .prop = { IS_BUS, CELL("page-size", PAGE), CELL("cache-coherence?", 0) } },
	{ 2,
	  "sbus",
	  "iommu",
	  { { "iommu", IOMMU_REGS, 0x1000, 0x28 } },
	  .address = true,
	  .bus = BUS_SBUS,
	  .more = MORE_SBUS,
	  .prop = { HIERARCHICAL, CELL("clock-frequency", 21250000), CELL("slot-address-bits", 28),
		    CELL("burst-sizes", 0x3f) } },
	{ 3,
	  "espdma",
	  "espdma",
	  { { "espdma", 0, 0, 0x10 } },
	  .bus = BUS_SBUS,
	  .prop = { CELL("burst-sizes", 0x3f) } },
	{ 4,
	  "esp",
	  "esp",
	  { { "esp", 0, 0, 0x40 } },
	  .more = MORE_DISKS,
	  .prop = { TEXT("device_type", "scsi"), INTR(INTR_BOARD, 4),
		    CELL("clock-frequency", 40000000), CELL("scsi-initiator-id", 7),
		    CELL("scsi-options", 0x58) } },
	{ 3,
	  "ledma",
	  "ledma",
	  { { "ledma", 0, 0, 0x20 } },
	  .bus = BUS_SBUS,
	  .prop = { CELL("burst-sizes", 0x3f) } },
	{ 4,
	  "le",
	  "le",
	  { { "le", 0, 0, 4 } },
	  .prop = { TEXT("device_type", "network"), INTR(INTR_BOARD, 6),
		    CELL("busmaster-regval", 7) } },
	{ 3,
	  "SUNW,tcx",
	  "tcx",
	  { { "tcx", TCX_ROM, 0x800000, 0x100000 },
	    { "tcx", TCX_ROM, 0x2000000, 1 },
	    { "tcx", TCX_STIP, 0, 0x800000 },
	    { "tcx", TCX_BLIT, 0, 0x800000 },
	    { "tcx", TCX_ROM, 0xa000000, 1 },
	    { "tcx", TCX_RSTIP, 0, 1 },
	    { "tcx", TCX_RBLIT, 0, 1 },
	    { "tcx", TCX_TEC, 0x1000, 0x1000 },
	    { "tcx", TCX_DAC, 0, 4 },
	    { "tcx", TCX_THC, 0, 0x81c },
	    { "tcx", TCX_ROM, 0, 0x10000 },
	    { "tcx", TCX_DHC, 0, 4 },
	    { "tcx", TCX_ALT, 0, 1 } },
	  .more = MORE_DISPLAY,
	  .prop = { TEXT("device_type", "display"), INTR(INTR_SBUS, 9), CELL("interrupts", 5),
		    CELL("vbporch", 29), CELL("hbporch", 160), CELL("vsync", 6), CELL("hsync", 136),
		    CELL("vfporch", 3), CELL("hfporch", 24), CELL("pixfreq", 65000000),
		    CELL("vfreq", 60) } },
	{ 3,
	  "cgthree",
	  "cg3",
	  { { "cg3", CG3_ROM, 0, 0x1000000 } },
	  .more = MORE_DISPLAY,
	  .prop = { TEXT("device_type", "display"), TEXT("model", "SUNW,501-1415"),
		    INTR(INTR_SBUS, 9), CELL("interrupts", 5), CELL("monitor-sense", 5),
		    CELL("cursorshift", 12) } },
	{ 3,
	  "SUNW,CS4231",
	  "audio",
	  { { "audio", 0, 0, 0x40 } },
	  .prop = { TEXT("device_type", "serial"), CELL2("intr", 5, 0), CELL("interrupts", 5),
		    TEXT("alias", "audio") } },
	{ 3, "power-management", "misc", { { "misc", SLAVIO_MISC_APC, 0, 0x10 } } },
	{ 1, "obio", .bus = BUS_OBIO, .more = MORE_OBIO, .prop = { HIERARCHICAL } },
	{ 2,
	  "zs",
	  "serial",
	  { { "serial", 0, 0, 8 } },
	  .address = true,
	  .prop = { TEXT("device_type", "serial"), INTR(INTR_BOARD, 12), CELL("slave", 0),
		    EMPTY("port-a-ignore-cd"), EMPTY("port-b-ignore-cd") } },
	{ 2,
	  "zs",
	  "kbdmouse",
	  { { "kbdmouse", 0, 0, 8 } },
	  .address = true,
	  .prop = { TEXT("device_type", "serial"), INTR(INTR_BOARD, 12), CELL("slave", 1),
		    EMPTY("keyboard"), EMPTY("mouse"), EMPTY("port-a-ignore-cd"),
		    EMPTY("port-b-ignore-cd") } },
	{ 2,
	  "eeprom",
	  "nvram",
	  { { "nvram", 0, 0, 0x2000 } },
	  .address = true,
	  .prop = { TEXT("model", "mk48t08") } },
	{ 2,
	  "SUNW,fdtwo",
	  "fdc",
	  { { "fdc", 0, 0, 15 } },
	  .address = true,
	  .prop = { TEXT("device_type", "block"), INTR(INTR_BOARD, 11) } },
	{ 2, "auxio", "misc", { { "misc", SLAVIO_MISC_AUX1, 0, 1 } }, .address = true },
	{ 2,
	  "power",
	  "misc",
	  { { "misc", SLAVIO_MISC_AUX2, 0, 1 } },
	  .address = true,
	  .prop = { INTR(INTR_BOARD, 2) } },
	{ 2, "counter", "timer", { SLICES("timer") }, .address = true },
	{ 2, "interrupt", "intctl", { SLICES("intctl") }, .address = true },
	{ 2, "slavioconfig", "misc", { { "misc", SLAVIO_MISC_CONFIG, 0, 1 } } },
	{ 1,
	  "eccmemctl",
	  "eccmem",
	  { { "eccmem", 0, 0, 0x20 } },
	  .address = true,
	  .prop = { TEXT("mc-type", "SMC"), CELL("width", 0x20) } },
	{ 0, NULL },
};

const struct tree_alias tree_aliases[] = {
	{ "ttya", CONSOLE_PATH },
	{ "ttyb", "/obio/zs@0,100000:b" },
	{ "keyboard", "/obio/zs@0,0" },
	{ "net", "/iommu/sbus/ledma/le" },
	{ "scsi", "/iommu/sbus/espdma/esp" },
	{ "floppy", "/obio/SUNW,fdtwo" },
	{ "screen", "/iommu/sbus/SUNW,tcx" },
	{ "screen", "/iommu/sbus/cgthree" },
	{ "audio", "/iommu/sbus/SUNW,CS4231" },
	{ NULL, NULL },
};

static const struct tree_board tree_boards[] = {
	{ BOARD_SS5, "SUNW,SPARCstation-5", "SUNW,501-3059" },
	{ BOARD_SS4, "SUNW,SPARCstation-4", "SUNW,501-2572" },
	{ BOARD_SS10, "SUNW,SPARCstation-10", "SUNW,S10,501-2365" },
	{ BOARD_SS20, "SUNW,SPARCstation-20", "SUNW,S20,501-2324" },
	{ BOARD_SS600MP, "SUNW,SPARCsystem-600", "SUNW,600,501-1896" },
	{ BOARD_LX, "SUNW,SPARCstation-LX", "SUNW,501-2031" },
	{ BOARD_CLASSIC, "SUNW,SPARCclassic", "SUNW,501-2326" },
	{ BOARD_VOYAGER, "SUNW,SPARCstation-Voyager", "SUNW,501-2581" },
	{ BOARD_SPARCBOOK, "Tadpole_S3GX", "Tadpole_S3GX" },
};

const struct tree_board *tree_board(enum board_id id)
{
	for (unsigned i = 0; i < ARRAY_SIZE(tree_boards); i++)
		if (tree_boards[i].id == id)
			return &tree_boards[i];
	return &tree_boards[0];
}

/* The 1 MiB behind a SuperSPARC's cache controller. */
const struct tree_cache tree_mxcc_cache = { 32, 0x8000, 1 };

#define SUPER_CACHES .d = { 32, 128, 4 }, .i = { 64, 64, 5 }

/* The first whose `model` the processor's name begins with. */
static const struct tree_cpu tree_cpus[] = {
	{ "Fujitsu MB86904", "FMI,MB86904", .d = { 16, 512, 1 }, .i = { 32, 512, 1 },
	  .mask_rev = 0x23 },
	{ "Fujitsu MB86907", "FMI,MB86907", .d = { 32, 512, 1 }, .i = { 32, 512, 1 },
	  .e = { 32, 16384, 1 }, .mask_rev = 0x26 },
	{ "TI MicroSparc II", "FMI,MB86904", .d = { 16, 512, 1 }, .i = { 32, 512, 1 },
	  .mask_rev = 0x23 },
	{ "TI MicroSparc I", "TI,TMS390S10", .d = { 16, 128, 1 }, .i = { 32, 128, 1 },
	  .mask_rev = 0x26 },
	{ "TI SuperSparc II", "TI,TMS390Z55", SUPER_CACHES },
	{ "TI SuperSparc 51", "TI,TMS390Z55", SUPER_CACHES },
	{ "TI SuperSparc 61", "TI,TMS390Z55", SUPER_CACHES },
	{ "TI SuperSparc", "TI,TMS390Z50", SUPER_CACHES },
	{ "", "cpu", .d = { 32, 128, 1 }, .i = { 32, 128, 1 } },
};

const struct tree_cpu *tree_cpu(const struct cpu_model *model)
{
	const struct tree_cpu *t = tree_cpus;

	while (strncmp(t->model, model->name, strlen(t->model)) != 0)
		t++;
	return t;
}
