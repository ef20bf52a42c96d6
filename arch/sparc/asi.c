/* SPDX-License-Identifier: MIT */
/*
 * Alternate address spaces of the sun4m processors. Caches are not modelled, so that their
 * tags read as 0 and flushes do nothing; what software stores and expects back is kept.
 */
#include "arch/sparc/cpu.h"
#include "lib/bits.h"

/* What the cache and TLB diagnostic spaces have in common: they read as 0 and ignore stores. */
static bool is_inert(unsigned asi)
{
	switch (asi) {
	case ASI_MMU_DIAG_I:
	case ASI_MMU_DIAG_ID:
	case ASI_MMU_DIAG_IO:
	case ASI_ICACHE_TAG:
	case ASI_ICACHE_DATA:
	case ASI_DCACHE_TAG:
	case ASI_DCACHE_DATA:
	case ASI_DCACHE_DIAG:
	case ASI_ICACHE_CLEAR:
	case ASI_STORE_BUFFER:
	case ASI_ICACHE_FLASH:
	case ASI_DCACHE_FLASH:
	case ASI_DCACHE_DIAG2:
		return true;
	default:
		return (asi >= ASI_FLUSH_PAGE && asi <= ASI_FLUSH_USER) ||
		       (asi >= ASI_IFLUSH_PAGE && asi <= ASI_IFLUSH_USER);
	}
}

bool cpu_asi_is_inert(const struct cpu *cpu, unsigned asi)
{
	return !cpu->model->leon && is_inert(asi);
}

/* Storage of 8 bytes at *reg, accessed as 8 bytes or as either word. */
static u64 reg_get(u64 reg, u32 va, unsigned size)
{
	if (size == 8)
		return reg;
	return va & 4 ? (u32)reg : reg >> 32;
}

static void reg_put(u64 *reg, u32 va, unsigned size, u64 val)
{
	if (size == 8)
		*reg = val;
	else if (va & 4)
		*reg = (*reg & ~0xffffffffull) | (u32)val;
	else
		*reg = (u32)*reg | val << 32;
}

static u64 *storage(struct cpu *cpu, unsigned asi, u32 va)
{
	switch (asi) {
	case ASI_MMU_BREAKPOINT:
		return &cpu->breakpoint[bits(va, 9, 8)];
	case ASI_EMU_TEMP1:
	case ASI_EMU_TEMP2:
		return &cpu->emu_temp[asi - ASI_EMU_TEMP1];
	case ASI_COUNTER_VALUE:
	case ASI_COUNTER_CTRL:
	case ASI_COUNTER_STATUS:
	case ASI_ACTION:
		return &cpu->counter[asi - ASI_COUNTER_VALUE];
	default:
		return NULL;
	}
}

/*
 * SuperSPARC's external cache controller. The MBus port, which tells the module number,
 * answers on every model: firmware asks it before it knows what it runs on.
 */
static unsigned mxcc_load(struct cpu *cpu, u32 va, unsigned size, u64 *val)
{
	switch (va & ~7u) {
	case 0x01c00000:
	case 0x01c00008:
	case 0x01c00010:
	case 0x01c00018:
		*val = reg_get(cpu->mxcc_data[bits(va, 4, 3)], va, size);
		return 0;
	case 0x01c00a00:
		*val = reg_get(cpu->mxcc_ctrl, va, size);
		return 0;
	case 0x01c00e00:
		*val = reg_get(cpu->mxcc_error, va, size);
		return 0;
	case 0x01c00f00:
		*val = reg_get((cpu->model->mxcc ? 0x104ull << 32 : 0) | (u64)(cpu->id + 8) << 24,
			       va, size);
		return 0;
	default:
		*val = 0;
		return 0;
	}
}

/* A block of 32 bytes between memory and the stream data registers. */
static unsigned mxcc_stream(struct cpu *cpu, u64 pa, bool store)
{
	unsigned tt = 0;

	pa &= 0xfffffffe0;
	for (unsigned i = 0; i < 4 && !tt; i++) {
		u64 *data = &cpu->mxcc_data[i];

		tt = store ? cpu_store_phys(cpu, pa + i * 8, 8, (u32)pa, AT_STORE_SUPER, *data)
			   : cpu_load_phys(cpu, pa + i * 8, 8, (u32)pa, AT_LOAD_SUPER, data);
	}
	return tt;
}

static unsigned mxcc_store(struct cpu *cpu, u32 va, unsigned size, u64 val)
{
	switch (va & ~7u) {
	case 0x01c00000:
	case 0x01c00008:
	case 0x01c00010:
	case 0x01c00018:
		reg_put(&cpu->mxcc_data[bits(va, 4, 3)], va, size, val);
		return 0;
	case 0x01c00100:
		reg_put(&cpu->mxcc_src, va, size, val);
		return mxcc_stream(cpu, cpu->mxcc_src, false);
	case 0x01c00200:
		reg_put(&cpu->mxcc_dst, va, size, val);
		return mxcc_stream(cpu, cpu->mxcc_dst, true);
	case 0x01c00a00:
		reg_put(&cpu->mxcc_ctrl, va, size, val);
		return 0;
	case 0x01c00e00: /* write 1 to clear */
		cpu->mxcc_error &= ~(size == 8 ? val : va & 4 ? val : val << 32);
		return 0;
	default:
		return 0;
	}
}

/* A space that the chip does not have, as the fault status register tells it: CS. */
static unsigned no_such_space(struct cpu *cpu, u32 va, enum access_type at)
{
	return srmmu_fault(cpu, va, at, SFSR_CS | FT_BUS << SFSR_FT_SHIFT);
}

/* LEON has the MMU's spaces, and the one around it, elsewhere. */
static unsigned of_leon(unsigned asi)
{
	switch (asi) {
	case 0x18:
		return ASI_MMU_FLUSH_PROBE;
	case 0x19:
		return ASI_MMU_REGS;
	case 0x1c:
		return ASI_BYPASS;
	default:
		return asi;
	}
}

/* Permissions and mapping of a fetch, traps of a load. */
static unsigned text_load(struct cpu *cpu, u32 va, unsigned size, enum access_type at, u64 *val)
{
	switch (cpu_load_at(cpu, va, size, at, val)) {
	case 0:
		return 0;
	case TT_INSTRUCTION_ERROR:
		return TT_DATA_ERROR;
	default:
		return TT_DATA_ACCESS;
	}
}

/* nowhere: the access type that a space which the chip does not have is told as. */
static unsigned load_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size,
			 enum access_type nowhere, u64 *val)
{
	u64 *reg = storage(cpu, asi, va);

	*val = 0;
	if (cpu->model->leon)
		asi = of_leon(asi);
	if (asi == ASI_BYPASS)
		cpu_fill_tlb(cpu, TLB_BYPASS, va, false);
	if (asi >= ASI_BYPASS && asi <= ASI_BYPASS_LAST)
		return cpu_load_phys(cpu, (u64)(asi & 15) << 32 | va, size, va, AT_LOAD_SUPER, val);
	if (reg) {
		*val = reg_get(*reg, va, size);
		return 0;
	}
	if (is_inert(asi))
		return 0;
	switch (asi) {
	case ASI_MXCC:
		return mxcc_load(cpu, va, size, val);
	case ASI_MMU_FLUSH_PROBE:
		*val = srmmu_probe(cpu, va);
		return 0;
	case ASI_MMU_REGS:
		*val = srmmu_read_reg(cpu, va);
		return 0;
	case ASI_USER_TEXT:
		return text_load(cpu, va, size, AT_FETCH_USER, val);
	case ASI_SUPER_TEXT:
		return text_load(cpu, va, size, AT_FETCH_SUPER, val);
	case ASI_USER_DATA:
		return cpu_load_at(cpu, va, size, AT_LOAD_USER, val);
	case ASI_SUPER_DATA:
		return cpu_load_at(cpu, va, size, AT_LOAD_SUPER, val);
	default:
		return no_such_space(cpu, va, nowhere);
	}
}

unsigned cpu_load_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size, u64 *val)
{
	return load_asi(cpu, asi, va, size, AT_LOAD_SUPER, val);
}

/* STA data = source, address = destination; both through the MMU. */
static unsigned block_copy(struct cpu *cpu, u32 dst, u32 src)
{
	u64 buf[4];
	unsigned tt = 0;

	for (unsigned i = 0; i < 4 && !tt; i++)
		tt = cpu_load(cpu, (src & ~31u) + i * 8, 8, &buf[i]);
	for (unsigned i = 0; i < 4 && !tt; i++)
		tt = cpu_store(cpu, (dst & ~31u) + i * 8, 8, buf[i]);
	return tt;
}

static unsigned block_fill(struct cpu *cpu, u32 dst, u64 val)
{
	unsigned tt = 0;

	for (unsigned i = 0; i < 4 && !tt; i++)
		tt = cpu_store(cpu, (dst & ~31u) + i * 8, 8, val);
	return tt;
}

unsigned cpu_store_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size, u64 val)
{
	u64 *reg = storage(cpu, asi, va);

	if (cpu->model->leon)
		asi = of_leon(asi);
	if (asi == ASI_BYPASS)
		cpu_fill_tlb(cpu, TLB_BYPASS, va, true);
	if (asi >= ASI_BYPASS && asi <= ASI_BYPASS_LAST)
		return cpu_store_phys(cpu, (u64)(asi & 15) << 32 | va, size, va, AT_STORE_SUPER,
				      val);
	if (reg) {
		reg_put(reg, va, size, val);
		return 0;
	}
	if (is_inert(asi))
		return 0;
	switch (asi) {
	case ASI_MXCC:
		return mxcc_store(cpu, va, size, val);
	case ASI_MMU_FLUSH_PROBE:
		srmmu_flush(cpu, va);
		return 0;
	case ASI_MMU_REGS:
		srmmu_write_reg(cpu, va, (u32)val);
		return 0;
	case ASI_USER_TEXT:
		return cpu_store_at(cpu, va, size, AT_STORE_USER_TEXT, val);
	case ASI_SUPER_TEXT:
		return cpu_store_at(cpu, va, size, AT_STORE_SUPER_TEXT, val);
	case ASI_USER_DATA:
		return cpu_store_at(cpu, va, size, AT_STORE_USER, val);
	case ASI_SUPER_DATA:
		return cpu_store_at(cpu, va, size, AT_STORE_SUPER, val);
	case ASI_BLOCK_COPY:
		return block_copy(cpu, va, (u32)val);
	case ASI_BLOCK_FILL:
		return block_fill(cpu, va, val);
	default:
		return no_such_space(cpu, va, AT_STORE_SUPER);
	}
}

/* LDSTUBA, SWAPA: one access, and a store for protection purposes, wherever the space is memory. */
unsigned cpu_swap_asi(struct cpu *cpu, unsigned asi, u32 va, unsigned size, u32 val, u64 *old)
{
	unsigned tt;

	if (cpu->model->leon)
		asi = of_leon(asi);
	if (asi >= ASI_BYPASS && asi <= ASI_BYPASS_LAST)
		return cpu_swap_phys(cpu, (u64)(asi & 15) << 32 | va, size, va, AT_STORE_SUPER, val,
				     old);
	switch (asi) {
	case ASI_USER_TEXT:
		return cpu_swap_at(cpu, va, size, AT_STORE_USER_TEXT, val, old);
	case ASI_SUPER_TEXT:
		return cpu_swap_at(cpu, va, size, AT_STORE_SUPER_TEXT, val, old);
	case ASI_USER_DATA:
		return cpu_swap_at(cpu, va, size, AT_STORE_USER, val, old);
	case ASI_SUPER_DATA:
		return cpu_swap_at(cpu, va, size, AT_STORE_SUPER, val, old);
	default:
		tt = load_asi(cpu, asi, va, size, AT_STORE_SUPER, old);
		return tt ? tt : cpu_store_asi(cpu, asi, va, size, val);
	}
}
