/* SPDX-License-Identifier: MIT */
/*
 * The sun4m boards. Two families: those around a microSPARC, whose 32-bit physical
 * space is all the chip can reach, and the MBus ones with an ECC memory controller.
 *
 *	microSPARC boards			MBus boards
 *	0'00000000  RAM, at most 256 MiB	0'00000000  RAM
 *	0'10000000  IOMMU			e'00000000  SBus slots, 256 MiB each
 *	0'20000000  SBus slots, 256 MiB each	e'f0000000  on-board slot: DMA, SCSI, Ethernet
 *	0'70000000  PROM			f'00000000  ECC memory controller
 *	0'71000000  slave I/O chip		f'e0000000  IOMMU
 *	0'78000000  DMA, SCSI, Ethernet		f'f0000000  PROM
 *	d'00000510  firmware configuration	f'f1000000  slave I/O chip
 */
#include "dev/esp.h"
#include "dev/fb.h"
#include "dev/fw-cfg.h"
#include "dev/iommu.h"
#include "dev/lance.h"
#include "dev/slavio-misc.h"
#include "dev/sparc32-dma.h"
#include "machine/board.h"

#define D(name) extern const struct dev_class name##_class;
#include "dev/all.h"
#undef D

#define ONLY(id) BIT(BOARD_##id)
#define TO_INTCTL(out, bit)                                                                        \
	{                                                                                          \
		"intctl", out, bit                                                                 \
	}
/* Bits of the system interrupt pending register. */
enum {
	INT_SBUS5 = 11,
	INT_KBD = 14,
	INT_SERIAL = 15,
	INT_ETHER = 16,
	INT_SCSI = 18,
	INT_TIMER = 19,
	INT_FLOPPY = 22,
	INT_ECC = 28,
	INT_IOMMU = 30
};
#define IN_L14(cpu) (32 + (cpu))

#define FW_CFG                                                                                     \
	{                                                                                          \
		"fw-cfg", &fw_cfg_class,                                                           \
		{                                                                                  \
			[FW_CFG_CTL] = 0xd00000510, [FW_CFG_DATA] = 0xd00000512                    \
		}                                                                                  \
	}
#define KBD_AND_MOUSE                                                                              \
	{ "keyboard", &sun_kbd_class, .chrs = 3 },                                                 \
	{                                                                                          \
		"mouse", &sun_mouse_class, .chrs = 4                                               \
	}

/* The macro I/O chip: two DMA channels, SCSI, Ethernet. */
#define SCSI(on, dma_pa, esp_pa)                                                                   \
	{ "espdma",                                                                                \
	  &sparc32_dma_class,                                                                      \
	  { dma_pa },                                                                              \
	  .param = DMA2_ESP,                                                                       \
	  .boards = on,                                                                            \
	  .dma = "iommu",                                                                          \
	  .wire = { TO_INTCTL(DMA2_IRQ, INT_SCSI),                                                 \
		    { "esp", DMA2_RESET, ESP_IN_RESET },                                           \
		    { "esp", DMA2_ENABLED, ESP_IN_DMA } } },                                       \
	{                                                                                          \
		"esp", &esp_class, { esp_pa }, .boards = on, .dma = "espdma", .wire = {            \
			{ "espdma", ESP_IRQ, DMA2_IN_IRQ }                                         \
		}                                                                                  \
	}
#define ETHER(on, dma_pa, le_pa)                                                                   \
	{ "ledma",                                                                                 \
	  &sparc32_dma_class,                                                                      \
	  { dma_pa, (dma_pa) + 0x10 },                                                             \
	  .param = DMA2_LANCE,                                                                     \
	  .boards = on,                                                                            \
	  .dma = "iommu",                                                                          \
	  .wire = { TO_INTCTL(DMA2_IRQ, INT_ETHER), { "le", DMA2_RESET, LANCE_IN_RESET } } },      \
	{                                                                                          \
		"le", &lance_class, { le_pa }, .boards = on, .dma = "ledma", .wire = {             \
			{ "ledma", 0, DMA2_IN_IRQ }                                                \
		}                                                                                  \
	}
#define FLOPPY(on, pa)                                                                             \
	{                                                                                          \
		"fdc", &fdc_class, { pa }, .boards = on, .wire = { TO_INTCTL(0, INT_FLOPPY) }      \
	}
/* Both pictures stand in the same slot; the machine has one of them or none. */
#define DISPLAY(slot)                                                                              \
	{ "tcx",                                                                                   \
	  &tcx_class,                                                                              \
	  { [TCX_ROM] = slot,                                                                      \
	    [TCX_DAC] = (slot) + 0x200000,                                                         \
	    [TCX_DHC] = (slot) + 0x240000,                                                         \
	    [TCX_ALT] = (slot) + 0x280000,                                                         \
	    [TCX_THC] = (slot) + 0x300000,                                                         \
	    [TCX_TEC] = (slot) + 0x700000,                                                         \
	    [TCX_STIP] = (slot) + 0x4000000,                                                       \
	    [TCX_BLIT] = (slot) + 0x6000000,                                                       \
	    [TCX_RSTIP] = (slot) + 0xc000000,                                                      \
	    [TCX_RBLIT] = (slot) + 0xe000000 } },                                                  \
	{                                                                                          \
		"cg3", &cg3_class, { [CG3_ROM] = slot, [CG3_REGS] = (slot) + 0x400000 }, .wire = { \
			TO_INTCTL(0, INT_SBUS5)                                                    \
		}                                                                                  \
	}

static const struct board_dev micro_devs[] = {
	{ "intctl",
	  &slavio_intctl_class,
	  { 0x71e00000, 0, 0, 0, 0x71e10000 },
	  .per_cpu = 4,
	  .wire = { { SINK_CPUS } } },
	{ "timer",
	  &slavio_timer_class,
	  { 0x71d00000, 0, 0, 0, 0x71d10000 },
	  .param = 1,
	  .per_cpu = 4,
	  .wire = { TO_INTCTL(0, IN_L14(0)), TO_INTCTL(4, INT_TIMER) } },
#define MISC(apc, apc_too)                                                                         \
	"misc", &slavio_misc_class,                                                                \
	{                                                                                          \
		[SLAVIO_MISC_CONFIG] = 0x71800000, [SLAVIO_MISC_AUX1] = 0x71900000,                \
		[SLAVIO_MISC_AUX2] = 0x71910000, [SLAVIO_MISC_DIAG] = 0x71a00000,                  \
		[SLAVIO_MISC_MODEM] = 0x71b00000, [SLAVIO_MISC_LEDS] = 0x71600000,                 \
		[SLAVIO_MISC_SYSCTL] = 0x71f00000, [SLAVIO_MISC_APC] = apc,                        \
		[SLAVIO_MISC_SBUS_ID] = 0x78000000, [SLAVIO_MISC_APC_TOO] = apc_too                \
	}
#define MISC_WIRES                                                                                 \
	{                                                                                          \
		{ SINK_MACHINE, SLAVIO_MISC_OUT_POWEROFF, MACHINE_IN_POWEROFF },                   \
			{ SINK_MACHINE, SLAVIO_MISC_OUT_RESET, MACHINE_IN_RESET },                 \
			{ SINK_MACHINE, SLAVIO_MISC_OUT_IDLE, MACHINE_IN_IDLE },                   \
			{ "fdc", SLAVIO_MISC_OUT_TC, 0 },                                          \
			TO_INTCTL(SLAVIO_MISC_OUT_POWERFAIL, INT_IOMMU)                            \
	}
	/*
	 * An LX has no such port, and a Voyager elsewhere, but OpenBIOS's tree says that every one of these boards
	 * has it here, and Linux writes to it when it idles: without it, its kernel dies of the bus error, and
	 * nobody sees it idle. So it is with "audio".
	 */
	{ MISC(0x6a000000, 0), .wire = MISC_WIRES,
	  .boards = ONLY(SS5) | ONLY(SS4) | ONLY(LX) | ONLY(CLASSIC) | ONLY(SPARCBOOK) },
	{ MISC(0x71300000, 0x6a000000), .wire = MISC_WIRES, .boards = ONLY(VOYAGER) },
#undef MISC
	{ "iommu",
	  &iommu_class,
	  { [IOMMU_REGS] = 0x10000000, [IOMMU_AFX] = 0x6e000000 },
	  .param = 0x05000000,
	  .wire = { TO_INTCTL(0, INT_IOMMU) },
	  .boards = ONLY(SS5) },
	{ "iommu",
	  &iommu_class,
	  { [IOMMU_REGS] = 0x10000000 },
	  .param = 0x04000000,
	  .wire = { TO_INTCTL(0, INT_IOMMU) },
	  .boards = ONLY(LX) },
	{ "iommu",
	  &iommu_class,
	  { [IOMMU_REGS] = 0x10000000 },
	  .param = 0x05000000,
	  .wire = { TO_INTCTL(0, INT_IOMMU) },
	  .boards = ONLY(SS4) | ONLY(CLASSIC) | ONLY(VOYAGER) | ONLY(SPARCBOOK) },
	/* The chip repeats its control space up to the first SBus slot. */
	{ "iommu-pad",
	  &empty_class,
	  { 0x10004000 },
	  .part = 0xfffb000,
	  .boards = ONLY(SS5) | ONLY(LX) },
	{ "kbdmouse",
	  &escc_class,
	  { 0x71000000 },
	  .param = 2,
	  .chrs = 3,
	  .wire = { TO_INTCTL(0, INT_KBD) } },
	{ "serial",
	  &escc_class,
	  { 0x71100000 },
	  .chrs = 1,
	  .wire = { TO_INTCTL(0, INT_SERIAL), { SINK_MACHINE, 1, MACHINE_IN_POLL } } },
	KBD_AND_MOUSE,
	{ "nvram", &m48t08_class, { 0x71200000 } },
	SCSI(0, 0x78400000, 0x78800000),
	ETHER(0, 0x78400010, 0x78c00000),
	FLOPPY(0, 0x71400000),
	DISPLAY(0x50000000),
	/*
	 * The SS-5's and the SS-4's. OpenBIOS's tree says that the others have one, too, and a Linux that does not find
	 * it there is lost: of a bus error, or, where there are registers but no such chip, because giving back an
	 * interrupt of level 5 is how its sun4m code asks for one, again and again.
	 */
	{ "audio", &cs4231_class, { 0x6c000000 }, .wire = { TO_INTCTL(0, INT_SBUS5) } },
	/* Where the other family has its serial lines: OpenBIOS reports a crash at both places. */
	{ "serial-mbus", &empty_class, { 0xff1100000 }, .part = 8 },
	FW_CFG,
	{ NULL },
};

static const struct board_dev mbus_devs[] = {
	{ "intctl",
	  &slavio_intctl_class,
	  { 0xff1400000, 0, 0, 0, 0xff1410000 },
	  .per_cpu = 4,
	  .wire = { { SINK_CPUS } } },
	{ "timer",
	  &slavio_timer_class,
	  { 0xff1300000, 0, 0, 0, 0xff1310000 },
	  .per_cpu = 4,
	  .wire = { TO_INTCTL(0, IN_L14(0)), TO_INTCTL(1, IN_L14(1)), TO_INTCTL(2, IN_L14(2)),
		    TO_INTCTL(3, IN_L14(3)), TO_INTCTL(4, INT_TIMER) } },
	{ "misc",
	  &slavio_misc_class,
	  { [SLAVIO_MISC_AUX1] = 0xff1800000,
	    [SLAVIO_MISC_AUX2] = 0xff1a01000,
	    [SLAVIO_MISC_DIAG] = 0xff1a00000,
	    [SLAVIO_MISC_MODEM] = 0xff1b00000,
	    [SLAVIO_MISC_LEDS] = 0xff1600000,
	    [SLAVIO_MISC_SYSCTL] = 0xff1f00000,
	    [SLAVIO_MISC_APC] = 0xefa000000,
	    [SLAVIO_MISC_SBUS_ID] = 0xef0000000 },
	  .wire = MISC_WIRES,
	  .boards = ONLY(SS10) | ONLY(SS20) },
	{ "misc",
	  &slavio_misc_class,
	  { [SLAVIO_MISC_AUX1] = 0xff1800000,
	    [SLAVIO_MISC_AUX2] = 0xff1a01000,
	    [SLAVIO_MISC_DIAG] = 0xff1a00000,
	    [SLAVIO_MISC_MODEM] = 0xff1b00000,
	    [SLAVIO_MISC_LEDS] = 0xff1600000,
	    [SLAVIO_MISC_SYSCTL] = 0xff1f00000,
	    [SLAVIO_MISC_APC] = 0xefa000000 },
	  .wire = MISC_WIRES,
	  .boards = ONLY(SS600MP) },
	{ "iommu",
	  &iommu_class,
	  { [IOMMU_REGS] = 0xfe0000000 },
	  .param = 0x03000000,
	  .wire = { TO_INTCTL(0, INT_IOMMU) },
	  .boards = ONLY(SS10) },
	{ "iommu",
	  &iommu_class,
	  { [IOMMU_REGS] = 0xfe0000000 },
	  .param = 0x13000000,
	  .wire = { TO_INTCTL(0, INT_IOMMU) },
	  .boards = ONLY(SS20) },
	{ "iommu",
	  &iommu_class,
	  { [IOMMU_REGS] = 0xfe0000000 },
	  .param = 0x01000000,
	  .wire = { TO_INTCTL(0, INT_IOMMU) },
	  .boards = ONLY(SS600MP) },
	{ "eccmem",
	  &eccmem_class,
	  { 0xf00000000 },
	  .param = 0x10000000,
	  .wire = { TO_INTCTL(0, INT_ECC) },
	  .boards = ONLY(SS10) },
	{ "eccmem",
	  &eccmem_class,
	  { 0xf00000000 },
	  .param = 0x20000000,
	  .wire = { TO_INTCTL(0, INT_ECC) },
	  .boards = ONLY(SS20) },
	{ "eccmem",
	  &eccmem_class,
	  { 0xf00000000, 0xf00001000 },
	  .param = 0x00000000,
	  .wire = { TO_INTCTL(0, INT_ECC) },
	  .boards = ONLY(SS600MP) },
	{ "kbdmouse",
	  &escc_class,
	  { 0xff1000000 },
	  .param = 2,
	  .chrs = 3,
	  .wire = { TO_INTCTL(0, INT_KBD) } },
	{ "serial",
	  &escc_class,
	  { 0xff1100000 },
	  .chrs = 1,
	  .wire = { TO_INTCTL(0, INT_SERIAL), { SINK_MACHINE, 1, MACHINE_IN_POLL } } },
	KBD_AND_MOUSE,
	{ "nvram", &m48t08_class, { 0xff1200000 } },
	SCSI(ONLY(SS10) | ONLY(SS20), 0xef0400000, 0xef0800000),
	ETHER(ONLY(SS10) | ONLY(SS20), 0xef0400010, 0xef0c00000),
	SCSI(ONLY(SS600MP), 0xef0081000, 0xef0080000),
	ETHER(ONLY(SS600MP), 0xef0081010, 0xef0060000),
	FLOPPY(ONLY(SS10) | ONLY(SS20), 0xff1700000),
	DISPLAY(0xe20000000),
	/* Not modelled: video memory controllers, the sx chip, ISDN audio, parallel port. */
	{ "vsimm0", &empty_class, { 0x9c000000 }, .part = 0x2000, .boards = ONLY(SS20) },
	{ "vsimm1", &empty_class, { 0x90000000 }, .part = 0x2000, .boards = ONLY(SS20) },
	{ "vsimm2", &empty_class, { 0x94000000 }, .part = 0x2000, .boards = ONLY(SS20) },
	{ "vsimm3", &empty_class, { 0x98000000 }, .part = 0x2000, .boards = ONLY(SS20) },
	{ "sx", &empty_class, { 0xf80000000 }, .part = 0x2000, .boards = ONLY(SS20) },
	{ "dbri-prom", &empty_class, { 0xee0001000 }, .part = 0x1000, .boards = ONLY(SS20) },
	{ "dbri", &empty_class, { 0xee0010000 }, .part = 0x100, .boards = ONLY(SS20) },
	{ "bpp", &empty_class, { 0xef4800000 }, .part = 0x20, .boards = ONLY(SS20) },
	{ "serial-micro", &empty_class, { 0x71100000 }, .part = 8 }, /* as "serial-mbus" above */
	FW_CFG,
	{ NULL },
};

#define MIB (1ull << 20)
#define MICRO                                                                                      \
	.idprom_type = 0x80, .max_cpus = 1, .min_ram = 1 * MIB, .max_ram = 256 * MIB,              \
	.default_ram = 128 * MIB, .prom_pa = 0x70000000, .empty_ram = true, .dev = micro_devs
#define MBUS                                                                                       \
	.max_cpus = 4, .min_ram = 1 * MIB, .max_ram = 2048 * MIB, .default_ram = 128 * MIB,        \
	.prom_pa = 0xff0000000, .dev = mbus_devs

const struct board boards[] = {
	{ BOARD_SS5, "SS-5", "SPARCstation 5", "Fujitsu MB86904", .machine_id = 32, MICRO },
	{ BOARD_SS4, "SS-4", "SPARCstation 4", "Fujitsu MB86904", .machine_id = 35, MICRO },
	{ BOARD_SS10, "SS-10", "SPARCstation 10", "TI SuperSparc II", .machine_id = 64,
	  .idprom_type = 0x72, MBUS },
	{ BOARD_SS20, "SS-20", "SPARCstation 20", "TI SuperSparc II", .machine_id = 65,
	  .idprom_type = 0x72, MBUS },
	{ BOARD_SS600MP, "SS-600MP", "SPARCserver 600MP", "TI SuperSparc II", .machine_id = 66,
	  .idprom_type = 0x71, MBUS },
	{ BOARD_LX, "LX", "SPARCstation LX", "TI MicroSparc I", .machine_id = 34, MICRO },
	{ BOARD_CLASSIC, "SPARCClassic", "SPARCclassic", "TI MicroSparc I", .machine_id = 36,
	  MICRO },
	{ BOARD_VOYAGER, "Voyager", "SPARCstation Voyager", "Fujitsu MB86904", .machine_id = 33,
	  MICRO },
	{ BOARD_SPARCBOOK, "SPARCbook", "SPARCbook", "TI MicroSparc I", .machine_id = 37, MICRO },
	{ .name = NULL },
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool same(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b))
		a++, b++;
	return !*a && !*b;
}

const struct board *board_find(const char *name)
{
	for (const struct board *b = boards; b->name; b++)
		if (same(b->name, name))
			return b;
	return NULL;
}
