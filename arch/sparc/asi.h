/* SPDX-License-Identifier: MIT */
/* Address space identifiers and reference MMU registers of the sun4m processors (SPARC V8, appendices H and I). */
#ifndef ARCH_SPARC_ASI_H
#define ARCH_SPARC_ASI_H

enum asi {
	ASI_MXCC = 0x02, /* SuperSPARC's cache controller; its MBus port answers everywhere */
	ASI_MMU_FLUSH_PROBE = 0x03,
	ASI_MMU_REGS = 0x04,
	ASI_MMU_DIAG_I = 0x05,
	ASI_MMU_DIAG_ID = 0x06,
	ASI_MMU_DIAG_IO = 0x07,
	ASI_USER_TEXT = 0x08,
	ASI_SUPER_TEXT = 0x09,
	ASI_USER_DATA = 0x0a,
	ASI_SUPER_DATA = 0x0b,
	ASI_ICACHE_TAG = 0x0c,
	ASI_ICACHE_DATA = 0x0d,
	ASI_DCACHE_TAG = 0x0e,
	ASI_DCACHE_DATA = 0x0f,
	ASI_FLUSH_PAGE = 0x10,
	ASI_FLUSH_USER = 0x14,
	ASI_BLOCK_COPY = 0x17,
	ASI_IFLUSH_PAGE = 0x18,
	ASI_IFLUSH_USER = 0x1c,
	ASI_BLOCK_FILL = 0x1f,
	ASI_BYPASS = 0x20, /* 0x20..0x2f: physical[35:32] = low four bits */
	ASI_BYPASS_LAST = 0x2f,
	ASI_DCACHE_DIAG = 0x30,
	ASI_ICACHE_CLEAR = 0x31,
	ASI_STORE_BUFFER = 0x32,
	ASI_ICACHE_FLASH = 0x36,
	ASI_DCACHE_FLASH = 0x37,
	ASI_MMU_BREAKPOINT = 0x38,
	ASI_DCACHE_DIAG2 = 0x39,
	ASI_EMU_TEMP1 = 0x40, /* SuperSPARC emulation temporaries */
	ASI_EMU_TEMP2 = 0x41,
	ASI_COUNTER_VALUE = 0x49,
	ASI_COUNTER_CTRL = 0x4a,
	ASI_COUNTER_STATUS = 0x4b,
	ASI_ACTION = 0x4c,
};

/* Reference MMU registers: bits 12:8 of the address in ASI_MMU_REGS. */
enum mmu_reg {
	MMU_CTRL = 0x00,
	MMU_CTPR = 0x01,
	MMU_CXR = 0x02,
	MMU_SFSR = 0x03,
	MMU_SFAR = 0x04,
	MMU_TRCR = 0x10,
	MMU_SFSR_RW = 0x13,
	MMU_SFAR_RW = 0x14,
	MMU_NR = 32,
};

#define MMU_CTRL_E 1u
#define MMU_CTRL_NF 2u

/* Synchronous fault status register. */
#define SFSR_OW 1u
#define SFSR_FAV 2u
#define SFSR_FT_SHIFT 2
#define SFSR_AT_SHIFT 5
#define SFSR_L_SHIFT 8
#define SFSR_CS (1u << 16)
#define SFSR_EM (1u << 17)

enum fault_type {
	FT_NONE,
	FT_INVALID,
	FT_PROTECTION,
	FT_PRIVILEGE,
	FT_TRANSLATION,
	FT_BUS,
	FT_INTERNAL
};

/* Access types as the fault status register encodes them: bit 0 supervisor, 2:1 load, fetch, store data, store text. */
enum access_type {
	AT_LOAD_USER,
	AT_LOAD_SUPER,
	AT_FETCH_USER,
	AT_FETCH_SUPER,
	AT_STORE_USER,
	AT_STORE_SUPER,
	AT_STORE_USER_TEXT,
	AT_STORE_SUPER_TEXT,
};

#define AT_SUPER 1u
#define AT_STORE 4u

#endif
