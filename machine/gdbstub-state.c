/* SPDX-License-Identifier: MIT */
/* Registers in gdb's order, and memory with the register windows that belong on the stack. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/be.h"
#include "machine/gdbstub.h"
#include "machine/peek.h"

enum { REG_F0 = 32, REG_Y = 64, REG_PSR, REG_WIM, REG_TBR, REG_PC, REG_NPC, REG_FSR, REG_CSR };

static const char *const reg_names[] = {
	"g0", "g1", "g2", "g3", "g4", "g5",  "g6",  "g7",  "o0", "o1",	"o2",  "o3",  "o4", "o5",
	"sp", "o7", "l0", "l1", "l2", "l3",  "l4",  "l5",  "l6", "l7",	"i0",  "i1",  "i2", "i3",
	"i4", "i5", "fp", "i7", "y",  "psr", "wim", "tbr", "pc", "npc", "fsr", "csr",
};

enum { MORE_MMU = 5 }; /* how many of them are ancillary state */
static const struct {
	const char *name;
	unsigned n; /* of the MMU's */
} more_regs[GDB_ALL_REGS - GDB_REGS] = {
	{ "asr17", 0 },		  { "asr19", 0 },	  { "fq_pc", 0 },
	{ "fq_insn", 0 },	  { "fp_state", 0 },	  { "mmu_ctrl", MMU_CTRL },
	{ "mmu_ctpr", MMU_CTPR }, { "mmu_cxr", MMU_CXR }, { "mmu_sfsr", MMU_SFSR },
	{ "mmu_sfar", MMU_SFAR },
};

/* Read-only, but for the MMU's control, context table pointer and context. */
static u32 more_reg(const struct cpu *cpu, unsigned n)
{
	switch (n) {
	case 0: /* LEON's configuration */
		return cpu->model->leon ? cpu->id << 28 | 1u << 8 | (cpu->model->nwindows - 1u) : 0;
	case 1:
		return cpu->asr19;
	case 2:
		return cpu->fq_pc;
	case 3:
		return cpu->fq_insn;
	case 4:
		return cpu->fp_state;
	default:
		return cpu->mmu[more_regs[n].n];
	}
}

static bool set_more_reg(struct cpu *cpu, unsigned n, u32 val)
{
	unsigned reg = more_regs[n].n;

	if (n < MORE_MMU || reg == MMU_SFSR || reg == MMU_SFAR)
		return false;
	srmmu_write_reg(cpu, reg << 8, val);
	return true;
}

u32 gdb_get_reg(const struct cpu *cpu, unsigned n)
{
	if (n < REG_F0)
		return cpu_get_reg(cpu, cpu->cwp, n);
	if (n < REG_Y)
		return cpu_get_f(cpu, n - REG_F0);
	if (n >= GDB_REGS)
		return more_reg(cpu, n - GDB_REGS);
	switch (n) {
	case REG_Y:
		return cpu->y;
	case REG_PSR:
		return cpu_get_psr(cpu);
	case REG_WIM:
		return cpu->wim;
	case REG_TBR:
		return cpu->tbr;
	case REG_PC:
		return cpu->pc;
	case REG_NPC:
		return cpu->npc;
	case REG_FSR:
		return cpu->fsr;
	default: /* there is no coprocessor */
		return 0;
	}
}

static bool set_control(struct cpu *cpu, unsigned n, u32 val)
{
	switch (n) {
	case REG_Y:
		cpu->y = val;
		return true;
	case REG_PSR:
		if ((val & 31) >= cpu->model->nwindows)
			return false;
		cpu_set_psr(cpu, val);
		return true;
	case REG_WIM:
		cpu->wim = val & ((1u << cpu->model->nwindows) - 1);
		return true;
	case REG_TBR:
		cpu->tbr = val & ~15u;
		return true;
	case REG_PC:
	case REG_NPC:
		if (val & 3)
			return false;
		*(n == REG_PC ? &cpu->pc : &cpu->npc) = val;
		return true;
	case REG_FSR:
		cpu_set_fsr(cpu, val);
		return true;
	default:
		return n == REG_CSR;
	}
}

bool gdb_set_reg(struct cpu *cpu, unsigned n, u32 val)
{
	if (n < REG_F0)
		cpu_set_reg(cpu, cpu->cwp, n, val);
	else if (n < REG_Y)
		cpu_set_f(cpu, n - REG_F0, val);
	else if (n >= GDB_REGS && n < GDB_ALL_REGS)
		return set_more_reg(cpu, n - GDB_REGS, val);
	else
		return set_control(cpu, n, val);
	return true;
}

/* --- the description --- */

struct text {
	char *buf;
	u32 len, size;
};

static __printf(2, 3) void add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (u32)n < t->size - t->len ? (u32)n : t->size - t->len - 1;
}

/* LLDB knows a processor's registers by what they are for; gdb passes over that. */
static const char *purpose_of(unsigned n)
{
	switch (n) {
	case 14:
		return "sp";
	case 30:
		return "fp";
	case REG_PSR:
		return "flags";
	case REG_PC:
		return "pc";
	default:
		return NULL;
	}
}

static void add_reg(struct text *t, unsigned n, const char *name, const char *type)
{
	const char *purpose = purpose_of(n);

	add(t, "<reg name=\"%s\" bitsize=\"32\" type=\"%s\" regnum=\"%u\"", name, type, n);
	if (n < REG_Y)
		add(t, " dwarf_regnum=\"%u\"", n);
	if (purpose)
		add(t, " generic=\"%s\"", purpose);
	add(t, "/>\n");
}

static const char *type_of(unsigned n)
{
	if (n == REG_PC || n == REG_NPC)
		return "code_ptr";
	if (n == REG_PSR)
		return "psr_bits";
	return n == 14 || n == 30 ? "data_ptr" : "uint32";
}

static const struct {
	const char *name;
	unsigned first, last;
} psr_bits[] = {
	{ "CWP", 0, 4 },  { "ET", 5, 5 },    { "PS", 6, 6 },	 { "S", 7, 7 },	  { "PIL", 8, 11 },
	{ "EF", 12, 12 }, { "EC", 13, 13 },  { "C", 20, 20 },	 { "V", 21, 21 }, { "Z", 22, 22 },
	{ "N", 23, 23 },  { "ver", 24, 27 }, { "impl", 28, 31 },
};

static void add_psr_type(struct text *t)
{
	add(t, "<flags id=\"psr_bits\" size=\"4\">\n");
	for (unsigned i = 0; i < ARRAY_SIZE(psr_bits); i++)
		add(t, "<field name=\"%s\" start=\"%u\" end=\"%u\"/>\n", psr_bits[i].name,
		    psr_bits[i].first, psr_bits[i].last);
	add(t, "</flags>\n");
}

u32 gdb_describe(char *buf, u32 size)
{
	struct text t = { .buf = buf, .size = size };

	add(&t, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		"<target>\n<architecture>sparc</architecture>\n"
		"<feature name=\"org.gnu.gdb.sparc.cpu\">\n");
	for (unsigned n = 0; n < REG_F0; n++)
		add_reg(&t, n, reg_names[n], type_of(n));
	add(&t, "</feature>\n<feature name=\"org.gnu.gdb.sparc.fpu\">\n");
	for (unsigned n = 0; n < 32; n++) {
		char name[8];

		snprintf(name, sizeof(name), "f%u", n);
		add_reg(&t, REG_F0 + n, name, "ieee_single");
	}
	add(&t, "</feature>\n<feature name=\"org.gnu.gdb.sparc.cp0\">\n");
	add_psr_type(&t);
	for (unsigned n = REG_Y; n < GDB_REGS; n++)
		add_reg(&t, n, reg_names[n - 32], type_of(n));
	add(&t, "</feature>\n<feature name=\"org.vonk.sparc.asr\">\n");
	for (unsigned n = 0; n < MORE_MMU; n++)
		add_reg(&t, GDB_REGS + n, more_regs[n].name, "uint32");
	add(&t, "</feature>\n<feature name=\"org.vonk.sparc.mmu\">\n");
	for (unsigned n = MORE_MMU; n < ARRAY_SIZE(more_regs); n++)
		add_reg(&t, GDB_REGS + n, more_regs[n].name, "uint32");
	add(&t, "</feature>\n</target>\n");
	return t.len;
}

static void add_memory(struct text *t, const char *type, u64 first, u64 end)
{
	if (first < end)
		add(t, "<memory type=\"%s\" start=\"0x%llx\" length=\"0x%llx\"/>\n", type,
		    (unsigned long long)first, (unsigned long long)(end - first));
}

u32 gdb_describe_memory(const struct cpu *cpu, char *buf, u32 size)
{
	struct text t = { .buf = buf, .size = size };
	u64 at = 0;

	add(&t, "<?xml version=\"1.0\"?>\n<!DOCTYPE memory-map SYSTEM \"memory-map.dtd\">\n"
		"<memory-map>\n");
	for (unsigned i = 0; i < cpu->bus->nr; i++) {
		const struct bus_range *r = &cpu->bus->range[i];

		if (!r->mem || !r->rom || r->pa + r->size > 1ull << 32 ||
		    cpu->mmu[MMU_CTRL] & MMU_CTRL_E)
			continue;
		add_memory(&t, "ram", at, r->pa);
		add_memory(&t, "rom", r->pa, r->pa + r->size);
		at = r->pa + r->size;
	}
	add_memory(&t, "ram", at, 1ull << 32);
	add(&t, "</memory-map>\n");
	return t.len;
}

/* --- memory --- */

/*
 * Windows that a frame on the stack has room for but that are still in the processor: from the
 * current one up to the one that WIM marks. Calls `at` for each byte of them in va..va + n - 1.
 */
struct overlay {
	struct cpu *cpu; /* to be written, else NULL */
	u8 *to;
	const u8 *from;
};

static void overlay_window(const struct overlay *o, const struct cpu *cpu, unsigned w, u32 va,
			   u32 n)
{
	u32 sp = cpu_get_reg(cpu, w, 14);

	if (!sp || sp & 7)
		return;
	for (u32 i = 0; i < 64; i++) {
		u32 off = sp + i - va, reg = 16 + i / 4, shift = 24 - 8 * (i & 3);
		u32 val = cpu_get_reg(cpu, w, reg);

		if (off >= n)
			continue;
		if (o->cpu)
			cpu_set_reg(o->cpu, w, reg,
				    (val & ~(0xffu << shift)) | (u32)o->from[off] << shift);
		else
			o->to[off] = (u8)(val >> shift);
	}
}

static void overlay(const struct overlay *o, const struct cpu *cpu, u32 va, u32 n)
{
	unsigned w = cpu->cwp;

	do {
		overlay_window(o, cpu, w, va, n);
		w = cpu->win_above[w];
	} while (w != cpu->cwp && !(cpu->wim >> w & 1));
}

static bool read_plain(const struct cpu *cpu, bool physical, u32 va, u8 *buf, u32 n)
{
	if (physical)
		return !bus_copy_from(cpu->bus, va, buf, n);
	return peek_read(cpu, va, false, buf, n);
}

bool gdb_read_mem(const struct cpu *cpu, bool physical, u32 va, u8 *buf, u32 n)
{
	if (!read_plain(cpu, physical, va, buf, n))
		return false;
	if (!physical)
		overlay(&(struct overlay){ .to = buf }, cpu, va, n);
	return true;
}

/* Within a page. */
static bool write_page(struct cpu *cpu, bool physical, u32 va, const u8 *buf, u32 n)
{
	struct peek_page page = { .pa = va };
	u8 now[64];

	if ((!physical && !peek_translate(cpu, va, false, &page)) ||
	    bus_copy_to(cpu->bus, page.pa, buf, n))
		return false;
	/* A ROM swallows what is written. */
	for (u32 off = 0; off < n; off += sizeof(now)) {
		u32 len = n - off < sizeof(now) ? n - off : (u32)sizeof(now);

		if (bus_copy_from(cpu->bus, page.pa + off, now, len) || memcmp(now, buf + off, len))
			return false;
	}
	return true;
}

bool gdb_write_mem(struct cpu *cpu, bool physical, u32 va, const u8 *buf, u32 n)
{
	for (u32 off = 0, len; off < n; off += len) {
		len = 0x1000 - ((va + off) & 0xfff);
		if (len > n - off)
			len = n - off;
		if (!write_page(cpu, physical, va + off, buf + off, len))
			return false;
	}
	if (!physical)
		overlay(&(struct overlay){ .cpu = cpu, .from = buf }, cpu, va, n);
	return true;
}
