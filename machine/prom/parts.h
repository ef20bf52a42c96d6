/* SPDX-License-Identifier: MIT */
/* Between the files of machine/prom/: where things stand, and who does what. */
#ifndef MACHINE_PROM_PARTS_H
#define MACHINE_PROM_PARTS_H

#include "lib/be.h"
#include "machine/load.h"
#include "machine/prom/prom.h"

#define PROM_VA 0xffd00000u /* the PROM's share of RAM */
#define PROM_IO_VA 0xffe00000u /* registers, as "address" properties name them */
#define PROM_ROM_VA 0xffee0000u /* the ROM's first page */
#define PROM_END_VA 0xfff00000u
#define PROM_CODE 0x150000u /* const22 of service 0 */
#define PROM_LOW_MAP 0x2000000u /* so much of RAM is seen at its own address, but for page 0 */
#define PAGE 0x1000u

/* What stands where in the PROM's share of RAM. */
enum {
	OFF_TRAPS = 0x00000, /* the trap table */
	OFF_VARS = 0x01000, /* romvec and the cells that it points to */
	OFF_CONTEXTS = 0x02000, /* 256 contexts; only number 0 is used */
	OFF_LEVEL1 = 0x02400,
	OFF_TABLES = 0x02800, /* tables of levels 2 and 3, 256 bytes each */
	OFF_TABLES_END = 0x22000,
	OFF_FREE = 0x22000, /* a bit for every page of RAM: free */
	OFF_HANDLES = 0x32000,
	OFF_STACK = 0x33000,
	OFF_STACK_END = 0x3b000,
	OFF_HEAP = 0x3b000, /* nodes, properties, strings */
	OFF_HEAP_END = PROM_SIZE,
};

/* In OFF_VARS. */
enum {
	VAR_ROMVEC = OFF_VARS,
	VAR_NODEOPS = OFF_VARS + 0x120,
	VAR_BOOTPATH = OFF_VARS + 0x140, /* pointers to the strings */
	VAR_BOOTARGS = OFF_VARS + 0x144,
	VAR_STDIN = OFF_VARS + 0x148, /* handles */
	VAR_STDOUT = OFF_VARS + 0x14c,
	VAR_IN_SOURCE = OFF_VARS + 0x150, /* a byte each */
	VAR_OUT_SINK = OFF_VARS + 0x154,
	VAR_TICKS = OFF_VARS + 0x158, /* milliseconds */
	VAR_SYNC_HOOK = OFF_VARS + 0x15c,
	VAR_MEM_TOTAL = OFF_VARS + 0x160, /* pointers to lists of {next, start, size} */
	VAR_MEM_PROM = OFF_VARS + 0x164,
	VAR_MEM_FREE = OFF_VARS + 0x168,
	VAR_V0_ARGS = OFF_VARS + 0x16c, /* pointer to VAR_V0_BLOCK */
	VAR_HEAP = OFF_VARS + 0x170, /* the next free byte there, an offset */
	VAR_TABLES = OFF_VARS + 0x174, /* the same of OFF_TABLES */
	VAR_ROOT = OFF_VARS + 0x178, /* nodes */
	VAR_MEMORY = OFF_VARS + 0x17c,
	VAR_EMPTY = OFF_VARS + 0x180, /* an empty string */
	VAR_LISTS = OFF_VARS + 0x200, /* the lists' elements */
	VAR_V0_BLOCK = OFF_VARS + 0xc00,
};

#define MEM_RANGES 32u /* of each memory list */

/* The services. Stubs stand in ROM in this order. */
enum prom_call {
	CALL_RESET,
	CALL_TRAP,
	CALL_SPILL,
	CALL_FILL,
	CALL_TICK,
	CALL_RETURNED, /* the kernel came back */
	CALL_NOTHING, /* returns 0 */
	CALL_NEXTNODE,
	CALL_CHILD,
	CALL_PROPLEN,
	CALL_GETPROP,
	CALL_SETPROP,
	CALL_NEXTPROP,
	CALL_GETCHAR,
	CALL_PUTCHAR,
	CALL_NBGETCHAR,
	CALL_NBPUTCHAR,
	CALL_PUTSTR,
	CALL_REBOOT,
	CALL_PRINTF,
	CALL_ABORT,
	CALL_FORTH,
	CALL_HALT,
	CALL_INST2PKG,
	CALL_MEM_ALLOC,
	CALL_MEM_FREE,
	CALL_MMAP,
	CALL_MUNMAP,
	CALL_OPEN,
	CALL_CLOSE,
	CALL_READ,
	CALL_WRITE,
	CALL_SEEK,
	CALL_MEM_ALLOC3,
	CALL_CPUSTART,
	CALL_CPUSTOP,
	CALL_NR
};

/* A service while it runs. */
struct prom {
	struct machine *m;
	struct cpu *cpu; /* the caller */
	u64 base; /* physical, of the PROM's share of RAM */
};

/* The board's row of that name, NULL if it has none. */
const struct board_dev *prom_row(const struct prom *p, const char *name);

/* ram.c: the PROM's share of RAM. Outside of it reads give 0 and writes go nowhere. */
u32 prom_get(const struct prom *p, u32 off);
void prom_put(const struct prom *p, u32 off, u32 val);
/* n bytes at off for reading, NULL if they are not all inside. */
const u8 *prom_bytes(const struct prom *p, u32 off, u32 n);
void prom_put_bytes(const struct prom *p, u32 off, const void *src, u32 n);
void prom_fill(const struct prom *p, u32 off, u8 val, u32 n);
/* The string at off, NULL if it does not end within `max` bytes. */
const char *prom_string(const struct prom *p, u32 off, u32 max);
/* n bytes of the heap, aligned to 4, zeroed; an offset, 0: none left. */
u32 prom_alloc(const struct prom *p, u32 n);
u32 prom_alloc_string(const struct prom *p, const char *text);

/* And the guest's memory as its supervisor sees it: false where it is not mapped to RAM or ROM. */
bool guest_read(const struct prom *p, u32 va, void *dst, u32 n);
bool guest_write(const struct prom *p, u32 va, const void *src, u32 n);
/* A string and its NUL into room bytes; false if it does not fit. */
bool guest_string(const struct prom *p, u32 va, char *dst, u32 room);

/* map.c: page tables and free memory. */
void map_init(const struct prom *p);
bool map_page(const struct prom *p, u32 va, u64 pa, bool cached);
bool map_range(const struct prom *p, u32 va, u64 pa, u32 size, bool cached);
void unmap_range(const struct prom *p, u32 va, u32 size);
/* Once the tree has its memory nodes, and after every change. */
void map_publish(const struct prom *p);
u32 mem_alloc(const struct prom *p, u32 va, u32 size, u32 align);
void mem_free(const struct prom *p, u32 va, u32 size);
void mem_unmap(const struct prom *p, u32 va, u32 size);
u32 mem_map(const struct prom *p, u32 va, u32 space, u32 pa, u32 size);

/* tree.c: nodes are virtual addresses, 0 is none. */
u32 tree_new(const struct prom *p, u32 parent, const char *name);
bool tree_set(const struct prom *p, u32 node, const char *name, const void *val, u32 len);
bool tree_set_cells(const struct prom *p, u32 node, const char *name, const u32 *cells, u32 nr);
/* The value's offset, 0 if there is no such property. */
u32 tree_get(const struct prom *p, u32 node, const char *name, u32 *len);
u32 tree_next(const struct prom *p, u32 node); /* of 0: the root */
u32 tree_child(const struct prom *p, u32 node);
/* The virtual address of the name of the property after `name` ("": the first); NULL: of none. */
u32 tree_next_prop(const struct prom *p, u32 node, const char *name);
/* The node that a path or an alias names, 0: none. `args`: what stands after its last colon. */
u32 tree_find(const struct prom *p, const char *path, char *args, u32 room);
#define TREE_NAME 32u /* longest name of a node or property, with its NUL */

/* build.c */
void build_tree(const struct prom *p);

/* device.c: handles are virtual addresses, 0 is none. */
u32 device_open(const struct prom *p, const char *path);
void device_close(const struct prom *p, u32 handle);
u32 device_node(const struct prom *p, u32 handle);
/* Bytes moved, or -1. */
u32 device_read(const struct prom *p, u32 handle, u32 va, u32 n);
u32 device_write(const struct prom *p, u32 handle, u32 va, u32 n);
u32 device_seek(const struct prom *p, u32 handle, u64 pos);

/* console.c */
void console_init(const struct prom *p);
void console_put(const struct prom *p, u8 c);
int console_get(const struct prom *p); /* -1: nothing */
void console_say(const struct prom *p, const char *fmt, ...) __printf(2, 3);
u32 console_printf(const struct prom *p, u32 format, const u32 *arg);

#endif
