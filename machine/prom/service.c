/* SPDX-License-Identifier: MIT */
/* What happens when a stub is executed: arguments in %o0 to %o5, the result in %o0. */
#include <stdio.h>
#include <string.h>

#include "machine/nvram.h"
#include "machine/prom/parts.h"
#include "machine/prom/rom.h"

enum { G0 = 0, O0 = 8, SP = 14, O7 = 15, L1 = 17, L2 = 18, I6 = 30 };
enum { PSR_EF = 0x1000, PSR_S = 0x80, PSR_PS = 0x40, PSR_ET = 0x20, PSR_PIL_SHIFT = 8 };

#define TICK_MS 10
#define TICK_LIMIT 0x9c4000u /* 10 ms in the processor's timer */
#define COPY 1024u

static u32 stub_va(enum prom_call n)
{
	return PROM_ROM_VA + ROM_STUB * n;
}

/* --- the romvec --- */

/* Which service each entry calls; what is not listed does nothing and says 0. */
static const struct {
	u16 off;
	u8 call;
} entries[] = {
	{ 0x24, CALL_NOTHING },	  { 0x28, CALL_NOTHING },   { 0x2c, CALL_NOTHING },
	{ 0x30, CALL_NOTHING },	  { 0x34, CALL_NOTHING },   { 0x38, CALL_NOTHING },
	{ 0x3c, CALL_NOTHING },	  { 0x40, CALL_NOTHING },   { 0x44, CALL_NOTHING },
	{ 0x50, CALL_GETCHAR },	  { 0x54, CALL_PUTCHAR },   { 0x58, CALL_NBGETCHAR },
	{ 0x5c, CALL_NBPUTCHAR }, { 0x60, CALL_PUTSTR },    { 0x64, CALL_REBOOT },
	{ 0x68, CALL_PRINTF },	  { 0x6c, CALL_ABORT },	    { 0x74, CALL_HALT },
	{ 0x7c, CALL_FORTH },	  { 0x84, CALL_NOTHING },   { 0x98, CALL_INST2PKG },
	{ 0x9c, CALL_MEM_ALLOC }, { 0xa0, CALL_MEM_FREE },  { 0xa4, CALL_MMAP },
	{ 0xa8, CALL_MUNMAP },	  { 0xac, CALL_OPEN },	    { 0xb0, CALL_CLOSE },
	{ 0xb4, CALL_READ },	  { 0xb8, CALL_WRITE },	    { 0xbc, CALL_SEEK },
	{ 0xc0, CALL_NOTHING },	  { 0xc4, CALL_NOTHING },   { 0xc8, CALL_MEM_ALLOC3 },
	{ 0x104, CALL_NOTHING },  { 0x108, CALL_CPUSTART }, { 0x10c, CALL_CPUSTOP },
	{ 0x110, CALL_CPUSTOP },  { 0x114, CALL_CPUSTART },
};

/* Words, and pointers to the PROM's cells. */
static const struct {
	u16 off;
	u32 val;
} words[] = {
	{ 0x00, 0x10010407 }, /* magic */
	{ 0x04, 3 }, /* version of the interface */
	{ 0x08, 2 }, /* of the one for plug-ins */
	{ 0x0c, 0x20019 }, /* of the PROM: 2.25 */
	{ 0x10, PROM_VA + VAR_MEM_TOTAL },
	{ 0x14, PROM_VA + VAR_MEM_PROM },
	{ 0x18, PROM_VA + VAR_MEM_FREE },
	{ 0x1c, PROM_VA + VAR_NODEOPS },
	{ 0x20, PROM_VA + VAR_BOOTARGS },
	{ 0x48, PROM_VA + VAR_IN_SOURCE },
	{ 0x4c, PROM_VA + VAR_OUT_SINK },
	{ 0x70, PROM_VA + VAR_TICKS },
	{ 0x78, PROM_VA + VAR_SYNC_HOOK },
	{ 0x80, PROM_VA + VAR_V0_ARGS },
	{ 0x88, PROM_VA + VAR_BOOTPATH },
	{ 0x8c, PROM_VA + VAR_BOOTARGS },
	{ 0x90, PROM_VA + VAR_STDIN },
	{ 0x94, PROM_VA + VAR_STDOUT },
};

static void set_romvec(const struct prom *p)
{
	static const u8 byte = 1; /* ttya */

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		prom_put(p, VAR_ROMVEC + words[i].off, words[i].val);
	for (u32 i = 0; i < ARRAY_SIZE(entries); i++)
		prom_put(p, VAR_ROMVEC + entries[i].off, stub_va(entries[i].call));
	for (u32 i = 0; i < 6; i++)
		prom_put(p, VAR_NODEOPS + 4 * i, stub_va(CALL_NEXTNODE + i));
	prom_put_bytes(p, VAR_IN_SOURCE, &byte, 1);
	prom_put_bytes(p, VAR_OUT_SINK, &byte, 1);
}

/* sethi %hi(stub), %l3; jmpl %l3 + %lo(stub), %g0; nop; nop: a kernel may copy it elsewhere. */
static void set_vector(const struct prom *p, u32 tt, enum prom_call n)
{
	u32 off = OFF_TRAPS + 16 * tt, to = stub_va(n);

	prom_put(p, off, 0x27000000 | to >> 10);
	prom_put(p, off + 4, 0x81c4e000 | (to & 0x3ff));
	prom_put(p, off + 8, 0x01000000);
	prom_put(p, off + 12, 0x01000000);
}

static void set_traps(const struct prom *p)
{
	for (u32 tt = 0; tt < 256; tt++)
		set_vector(p, tt, CALL_TRAP);
	set_vector(p, TT_WINDOW_OVERFLOW, CALL_SPILL);
	set_vector(p, TT_WINDOW_UNDERFLOW, CALL_FILL);
	set_vector(p, TT_INTERRUPT + 14, CALL_TICK);
}

/* --- from reset to the kernel --- */

/* What the kernel was loaded from, as far as it can know: the first disk, else the network. */
static u32 bootpath(const struct prom *p)
{
	u32 len, at = tree_get(p, tree_find(p, "/aliases", (char[8]){ 0 }, 8), "disk", &len);
	const char *disk = at ? prom_string(p, at, len) : NULL;
	char path[80] = "/iommu/sbus/ledma/le";

	if (disk)
		snprintf(path, sizeof(path), "%s:a", disk);
	return prom_alloc_string(p, path);
}

static void set_arguments(const struct prom *p)
{
	char line[4096] = "";
	u32 chosen, args, path, console;
	char unused[8];

	bus_copy_from(&p->m->bus, LOAD_APPEND, line, sizeof(line) - 1);
	args = prom_alloc_string(p, line);
	path = bootpath(p);
	prom_put(p, VAR_BOOTARGS, PROM_VA + args);
	prom_put(p, VAR_BOOTPATH, PROM_VA + path);
	prom_put(p, VAR_V0_ARGS, PROM_VA + VAR_V0_BLOCK);
	prom_put(p, VAR_V0_BLOCK, PROM_VA + path); /* argv[0], argv[1] */
	prom_put(p, VAR_V0_BLOCK + 4, PROM_VA + args);
	console = device_open(p, "ttya");
	prom_put(p, VAR_STDIN, console);
	prom_put(p, VAR_STDOUT, console);
	chosen = tree_find(p, "/chosen", unused, sizeof(unused));
	tree_set(p, chosen, "bootargs", line, (u32)strlen(line) + 1);
	tree_set(p, chosen, "bootpath", prom_bytes(p, path, 1),
		 (u32)strlen((const char *)prom_bytes(p, path, 1)) + 1);
	tree_set_cells(p, chosen, "stdin", &console, 1);
	tree_set_cells(p, chosen, "stdout", &console, 1);
}

/* The timer that counts VAR_TICKS: CPU 0's. */
static u64 timer(const struct prom *p)
{
	return prom_row(p, "timer")->at[0];
}

static void start_kernel(const struct prom *p)
{
	struct cpu *cpu = p->cpu;
	struct cpu_state st;

	cpu_get_state(cpu, &st);
	st.psr = (st.psr & 0xff000000) | PSR_EF | 13 << PSR_PIL_SHIFT | PSR_S | PSR_PS | PSR_ET;
	st.wim = 2;
	st.tbr = PROM_VA + OFF_TRAPS;
	st.mmu[MMU_CTPR] = (u32)((p->base + OFF_CONTEXTS) >> 4);
	st.mmu[MMU_CXR] = 0;
	st.mmu[MMU_CTRL] = (st.mmu[MMU_CTRL] & ~cpu->model->mmu_bm) | MMU_CTRL_E;
	st.pc = LOAD_KERNEL;
	st.npc = LOAD_KERNEL + 4;
	cpu_set_state(cpu, &st);
	cpu->r[O0] = PROM_VA + VAR_ROMVEC;
	cpu->r[O7] = stub_va(CALL_RETURNED) - 8;
	cpu->r[SP] = cpu->r[I6] = PROM_VA + OFF_STACK_END - 0x100;
}

static void reset(const struct prom *p)
{
	prom_fill(p, 0, 0, PROM_SIZE);
	prom_put(p, VAR_HEAP, OFF_HEAP + 4); /* no property's value is offset 0 */
	set_romvec(p);
	set_traps(p);
	map_init(p);
	console_init(p);
	build_tree(p);
	map_publish(p);
	set_arguments(p);
	bus_write(&p->m->bus, timer(p), 4, TICK_LIMIT);
	start_kernel(p);
}

/* --- traps while the PROM's table is in use --- */

/* The end: as error mode, but for a line that tells why. */
static void give_up(const struct prom *p, const char *what)
{
	struct cpu *cpu = p->cpu;

	console_say(p, "\nPROM: %s: trap %02x, pc %08x, npc %08x, sp %08x\n", what,
		    cpu->tbr >> 4 & 0xff, cpu->r[L1], cpu->r[L2], cpu->r[I6]);
	cpu->pc = cpu->r[L1];
	cpu->npc = cpu->r[L2];
	cpu->error_mode = true;
}

/* Locals and ins of a window, to or from its stack; false: it has none that can be used. */
static bool move_window(const struct prom *p, unsigned w, bool save)
{
	u32 sp = cpu_get_reg(p->cpu, w, SP);
	u8 frame[64];

	if (sp & 7)
		return false;
	for (unsigned i = 0; save && i < 16; i++)
		be32_put(frame + 4 * i, cpu_get_reg(p->cpu, w, 16 + i));
	if (save)
		return guest_write(p, sp, frame, sizeof(frame));
	if (!guest_read(p, sp, frame, sizeof(frame)))
		return false;
	for (unsigned i = 0; i < 16; i++)
		cpu_set_reg(p->cpu, w, 16 + i, be32_get(frame + 4 * i));
	return true;
}

/* The window below the one that the trap was taken in goes to memory, and is the invalid one then. */
static void spill(const struct prom *p)
{
	struct cpu *cpu = p->cpu;
	unsigned w = cpu->win_below[cpu->cwp];

	if (move_window(p, w, true))
		cpu->wim = BIT(w);
	else
		give_up(p, "no stack to save a window to");
}

/* The trap was taken two below the window to get. */
static void fill(const struct prom *p)
{
	struct cpu *cpu = p->cpu;
	unsigned w = cpu->win_above[cpu->win_above[cpu->cwp]];

	if (move_window(p, w, false))
		cpu->wim = BIT(cpu->win_above[w]);
	else
		give_up(p, "no stack to get a window from");
}

static void tick(const struct prom *p)
{
	u64 val;

	bus_read(&p->m->bus, timer(p), 4, &val); /* takes the interrupt back */
	prom_put(p, VAR_TICKS, prom_get(p, VAR_TICKS) + TICK_MS);
}

/* --- power --- */

static void power_off(const struct prom *p)
{
	p->m->want_poweroff = true;
	p->cpu->kick = true;
}

static void reboot(const struct prom *p)
{
	p->m->want_reset = true;
	p->cpu->kick = true;
}

/*
 * There is no Forth. But this is how kernels ask for what has no entry of its own, so the words that
 * they use for that are known.
 */
static u32 call_forth(const struct prom *p, u32 va)
{
	static const struct {
		const char *word;
		void (*act)(const struct prom *p);
	} known[] = {
		{ "reset", reboot },	    { "reset-all", reboot },   { "boot", reboot },
		{ "power-off", power_off }, { "poweroff", power_off },
	};
	char text[256];
	size_t n;

	if (!guest_string(p, va, text, sizeof(text)))
		return UINT32_MAX;
	n = strcspn(text, " ");
	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].word) == n && !strncmp(known[i].word, text, n))
			known[i].act(p);
	return 0;
}

/* --- node operations --- */

static u32 call_proplen(const struct prom *p, u32 node, u32 name_va)
{
	char name[TREE_NAME];
	u32 len;

	if (!guest_string(p, name_va, name, sizeof(name)) || !tree_get(p, node, name, &len))
		return UINT32_MAX;
	return len;
}

static u32 call_getprop(const struct prom *p, u32 node, u32 name_va, u32 va)
{
	char name[TREE_NAME];
	u8 buf[COPY];
	u32 len, at;

	if (!guest_string(p, name_va, name, sizeof(name)))
		return UINT32_MAX;
	at = tree_get(p, node, name, &len);
	if (!at)
		return UINT32_MAX;
	for (u32 done = 0; done < len;) {
		u32 some = len - done < COPY ? len - done : COPY;

		memcpy(buf, prom_bytes(p, at + done, some), some);
		if (!guest_write(p, va + done, buf, some))
			return UINT32_MAX;
		done += some;
	}
	return len;
}

static u32 options_node(const struct prom *p)
{
	u32 node = tree_child(p, tree_next(p, 0)), len;

	for (unsigned i = 0; node && i < 64; i++, node = tree_next(p, node)) {
		u32 at = tree_get(p, node, "name", &len);

		if (at && len == sizeof("options") &&
		    !memcmp(prom_bytes(p, at, len), "options", len))
			return node;
	}
	return 0;
}

/* A text among the options is a variable, and stays. */
static void keep_option(const struct prom *p, const char *name, const u8 *val, u32 len)
{
	char text[NVRAM_VAR];
	u32 n = 0;

	while (n < len && val[n])
		n++;
	if (n >= sizeof(text) || !strcmp(name, "name"))
		return;
	memcpy(text, val, n);
	text[n] = 0;
	nvram_set_var(machine_chip(p->m, "nvram"), name, text);
}

static u32 call_setprop(const struct prom *p, u32 node, u32 name_va, u32 va, u32 len)
{
	char name[TREE_NAME];
	u8 val[4096];

	if (len > sizeof(val) || !guest_string(p, name_va, name, sizeof(name)) ||
	    !guest_read(p, va, val, len) || !tree_set(p, node, name, val, len))
		return UINT32_MAX;
	if (node == options_node(p))
		keep_option(p, name, val, len);
	return len;
}

static u32 call_nextprop(const struct prom *p, u32 node, u32 name_va)
{
	char name[TREE_NAME] = "";
	u32 next;

	if (name_va && !guest_string(p, name_va, name, sizeof(name)))
		return PROM_VA + VAR_EMPTY;
	next = tree_next_prop(p, node, name);
	return next ? next : PROM_VA + VAR_EMPTY;
}

static u32 call_open(const struct prom *p, u32 va)
{
	char path[256];

	return guest_string(p, va, path, sizeof(path)) ? device_open(p, path) : 0;
}

static u32 call_putstr(const struct prom *p, u32 va, u32 n)
{
	u8 c;

	for (u32 i = 0; i < n && i < 0x10000 && guest_read(p, va + i, &c, 1); i++)
		console_put(p, c);
	return 0;
}

/* --- more processors --- */

static struct cpu *cpu_of(const struct prom *p, u32 node)
{
	u32 len, at = tree_get(p, node, "mid", &len);
	u32 n = len >= 4 ? prom_get(p, at) : 0;

	return n >= 8 && n - 8 < p->m->config.nr_cpus ? p->m->cpu[n - 8] : NULL;
}

/* A processor that waits begins at pc, with the context table that {space, address, size} tells. */
static u32 call_cpustart(const struct prom *p, u32 node, u32 table_va, u32 context, u32 pc)
{
	struct cpu *cpu = cpu_of(p, node);
	struct cpu_state st;
	u8 reg[12];

	if (!cpu || cpu == p->cpu || !cpu->halted || pc & 3 || !guest_read(p, table_va, reg, 12))
		return UINT32_MAX;
	cpu_reset(cpu);
	cpu_get_state(cpu, &st);
	st.psr = (st.psr & 0xff000000) | PSR_EF | 15 << PSR_PIL_SHIFT | PSR_S | PSR_PS | PSR_ET;
	st.wim = 2;
	st.tbr = PROM_VA + OFF_TRAPS;
	st.mmu[MMU_CTPR] = (be32_get(reg) << 28 | be32_get(reg + 4) >> 4) & cpu->model->ctpr_mask;
	st.mmu[MMU_CXR] = context & cpu->model->cxr_mask;
	st.mmu[MMU_CTRL] = (st.mmu[MMU_CTRL] & ~cpu->model->mmu_bm) | MMU_CTRL_E;
	st.pc = pc;
	st.npc = pc + 4;
	st.halted = false;
	cpu_set_state(cpu, &st);
	return 0;
}

/* --- which is which --- */

static u32 serve(const struct prom *p, enum prom_call n, const u32 *o)
{
	switch (n) {
	case CALL_NEXTNODE:
		return tree_next(p, o[0]);
	case CALL_CHILD:
		return tree_child(p, o[0]);
	case CALL_PROPLEN:
		return call_proplen(p, o[0], o[1]);
	case CALL_GETPROP:
		return call_getprop(p, o[0], o[1], o[2]);
	case CALL_SETPROP:
		return call_setprop(p, o[0], o[1], o[2], o[3]);
	case CALL_NEXTPROP:
		return call_nextprop(p, o[0], o[1]);
	case CALL_GETCHAR:
	case CALL_NBGETCHAR:
		return (u32)console_get(p);
	case CALL_PUTCHAR:
	case CALL_NBPUTCHAR:
		console_put(p, (u8)o[0]);
		return 0;
	case CALL_PUTSTR:
		return call_putstr(p, o[0], o[1]);
	case CALL_PRINTF:
		return console_printf(p, o[0], o + 1);
	case CALL_ABORT:
		console_say(p, "\nPROM: there is no monitor to enter; going on\n");
		return 0;
	case CALL_FORTH:
		return call_forth(p, o[0]);
	case CALL_INST2PKG:
		return device_node(p, o[0]);
	case CALL_MEM_ALLOC:
		return mem_alloc(p, o[0], o[1], PAGE);
	case CALL_MEM_ALLOC3:
		return mem_alloc(p, o[0], o[1], o[2]);
	case CALL_MEM_FREE:
		mem_free(p, o[0], o[1]);
		return 0;
	case CALL_MMAP:
		return mem_map(p, o[0], o[1], o[2], o[3]);
	case CALL_MUNMAP:
		mem_unmap(p, o[0], o[1]);
		return 0;
	case CALL_OPEN:
		return call_open(p, o[0]);
	case CALL_CLOSE:
		device_close(p, o[0]);
		return 0;
	case CALL_READ:
		return device_read(p, o[0], o[1], o[2]);
	case CALL_WRITE:
		return device_write(p, o[0], o[1], o[2]);
	case CALL_SEEK:
		return device_seek(p, o[0], (u64)o[1] << 32 | o[2]);
	case CALL_CPUSTART:
		return call_cpustart(p, o[0], o[1], o[2], o[3]);
	case CALL_CPUSTOP:
		return UINT32_MAX;
	default:
		return 0;
	}
}

/* Those that are not called but entered; false: not one of them. */
static bool enter(const struct prom *p, enum prom_call n)
{
	switch (n) {
	case CALL_RESET:
		reset(p);
		return true;
	case CALL_TRAP:
		give_up(p, "nobody handles this");
		return true;
	case CALL_SPILL:
		spill(p);
		return true;
	case CALL_FILL:
		fill(p);
		return true;
	case CALL_TICK:
		tick(p);
		return true;
	case CALL_RETURNED:
		console_say(p, "\nPROM: the kernel has returned\n");
		power_off(p);
		return true;
	case CALL_HALT:
		power_off(p);
		return true;
	case CALL_REBOOT:
		reboot(p);
		return true;
	default:
		return false;
	}
}

/* Is the instruction at pc one of the stubs in ROM, and that of `code`? */
static bool is_stub(struct machine *m, struct cpu *cpu, u32 code, u32 pc)
{
	u64 at = m->config.board->prom_pa + ROM_STUB * (u64)(code - PROM_CODE);
	struct translation tr;

	return code >= PROM_CODE && code < PROM_CODE + CALL_NR &&
	       m->config.ram_size >= PROM_RAM_MIN && rom_is_ours(m) &&
	       !srmmu_translate(cpu, pc, AT_FETCH_SUPER, &tr) && tr.pa == at;
}

bool prom_service(void *machine, struct cpu *cpu, u32 code, u32 pc)
{
	struct machine *m = machine;
	struct prom p = { .m = m, .cpu = cpu, .base = m->config.ram_size - PROM_SIZE };
	enum prom_call n = (enum prom_call)(code - PROM_CODE);
	u32 args[6];

	if (!is_stub(m, cpu, code, pc))
		return false;
	m->clock.insns = cpu->icount + cpu->clock_bias;
	if (enter(&p, n))
		return true;
	memcpy(args, cpu->r + O0, sizeof(args));
	cpu->r[O0] = serve(&p, n, args);
	return true;
}
