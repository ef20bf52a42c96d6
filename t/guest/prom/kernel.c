/* SPDX-License-Identifier: MIT */
/*
 * A kernel that knows nothing but its romvec. Its first boot argument says what it does:
 *
 *	tree	prints every node and property, "/path" and "  name=hex..." lines
 *	calls	uses every service and checks what it gives: TAP
 *	abuse	calls the services with whatever is wrong
 *	reboot	boots again, once: the second time the PROM's ticks are what tells
 *	forth	boots again by a word instead of the entry
 *	return	comes back from main
 *	trap	takes a trap that nobody handles
 */
typedef unsigned int u32;
typedef unsigned char u8;

/* Offsets in the romvec (its version 3), in words. */
enum {
	MAGIC = 0x00 / 4,
	VERSION = 0x04 / 4,
	MEM_TOTAL = 0x10 / 4,
	MEM_FREE = 0x18 / 4,
	NODEOPS = 0x1c / 4,
	STDIN_SOURCE = 0x48 / 4,
	PUTCHAR = 0x54 / 4,
	NBGETCHAR = 0x58 / 4,
	PUTSTR = 0x60 / 4,
	REBOOT = 0x64 / 4,
	PRINTF = 0x68 / 4,
	TICKS = 0x70 / 4,
	HALT = 0x74 / 4,
	FORTH = 0x7c / 4,
	BOOTPATH = 0x88 / 4,
	BOOTARGS = 0x8c / 4,
	STDIN = 0x90 / 4,
	STDOUT = 0x94 / 4,
	INST2PKG = 0x98 / 4,
	MEM_ALLOC = 0x9c / 4,
	MEM_DONE = 0xa0 / 4,
	MMAP = 0xa4 / 4,
	MUNMAP = 0xa8 / 4,
	OPEN = 0xac / 4,
	CLOSE = 0xb0 / 4,
	READ = 0xb4 / 4,
	WRITE = 0xb8 / 4,
	SEEK = 0xbc / 4,
	MEM_ALLOC3 = 0xc8 / 4,
	CPUSTART = 0x108 / 4,
	LAST = 0x114 / 4,
};
enum { NEXT, CHILD, PROPLEN, GETPROP, SETPROP, NEXTPROP };

u32 read_tbr(void), read_psr(void);

static u32 *rom;
static u8 buf[8192];
static unsigned count, failed;

typedef u32 (*fn)(u32, u32, u32, u32);

static u32 call(unsigned entry, u32 a, u32 b, u32 c, u32 d)
{
	return ((fn)rom[entry])(a, b, c, d);
}

static u32 node_op(unsigned entry, u32 a, const void *b, void *c, u32 d)
{
	return ((fn)((u32 *)rom[NODEOPS])[entry])(a, (u32)b, (u32)c, d);
}

static unsigned length(const char *s)
{
	unsigned n = 0;

	while (s[n])
		n++;
	return n;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void say(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			call(PUTCHAR, '\r', 0, 0, 0);
		call(PUTCHAR, (u8)*s, 0, 0, 0);
	}
}

static void hex(u32 v, unsigned digits)
{
	while (digits--)
		call(PUTCHAR, (u8) "0123456789abcdef"[v >> 4 * digits & 15], 0, 0, 0);
}

static void ok(int pass, const char *what)
{
	count++;
	say(pass ? "ok " : "not ok ");
	if (count >= 10)
		hex(count / 10, 1);
	hex(count % 10, 1);
	say(" - ");
	say(what);
	say("\n");
	failed += !pass;
}

/* --- tree --- */

static void props(u32 node)
{
	const char *name = "";

	for (;;) {
		u32 len;

		name = (const char *)node_op(NEXTPROP, node, name, 0, 0);
		if (!*name)
			return;
		len = node_op(PROPLEN, node, name, 0, 0);
		say("  ");
		say(name);
		say("=");
		if (len > sizeof(buf) || node_op(GETPROP, node, name, buf, 0) != len)
			say("?");
		else
			for (u32 i = 0; i < len; i++)
				hex(buf[i], 2);
		say("\n");
	}
}

/* As deep as the tree: windows go to the stack and come back through the PROM's trap table. */
static void tree(u32 node, const char *above)
{
	char path[256];
	unsigned n = length(above);

	for (unsigned i = 0; i < n; i++)
		path[i] = above[i];
	path[n] = '/';
	for (; node; node = node_op(NEXT, node, 0, 0, 0)) {
		node_op(GETPROP, node, "name", path + n + 1, 0);
		say(path);
		say("\n");
		props(node);
		tree(node_op(CHILD, node, 0, 0, 0), path);
	}
}

static u32 find(u32 parent, const char *name)
{
	for (u32 node = node_op(CHILD, parent, 0, 0, 0); node;
	     node = node_op(NEXT, node, 0, 0, 0)) {
		node_op(GETPROP, node, "name", buf, 0);
		if (same((char *)buf, name))
			return node;
	}
	return 0;
}

/* --- calls --- */

static u32 sum(u32 n)
{
	volatile u32 here = n;

	return n ? here + sum(n - 1) : 0;
}

static void check_memory(u32 root)
{
	u32 memory = find(root, "memory"), before[3], va, *p, len;

	len = node_op(GETPROP, memory, "available", buf, 0);
	for (int i = 0; i < 3; i++)
		before[i] = ((u32 *)buf)[i];
	ok(len == 12 && before[0] == 0 && before[1] == 0, "memory is free from 0 on, in one piece");
	ok(((u32 *)*(u32 *)rom[MEM_FREE])[2] == before[2], "the list of the old interface agrees");
	ok(((u32 *)*(u32 *)rom[MEM_TOTAL])[2] == before[2] + 0x80000, "the PROM has the rest");
	va = call(MEM_ALLOC, 0xfe800000, 0x3000, 0, 0);
	ok(va == 0xfe800000, "mem_alloc at an address");
	p = (u32 *)va;
	for (u32 i = 0; i < 0x3000 / 4; i++)
		p[i] = i ^ 0x5a5a0000;
	len = 0;
	for (u32 i = 0; i < 0x3000 / 4; i++)
		len += p[i] == (i ^ 0x5a5a0000);
	ok(len == 0x3000 / 4, "it is memory");
	node_op(GETPROP, memory, "available", buf, 0);
	ok(((u32 *)buf)[2] == before[2] - 0x3000, "and free no more");
	call(MEM_DONE, va, 0x3000, 0, 0);
	node_op(GETPROP, memory, "available", buf, 0);
	ok(((u32 *)buf)[2] == before[2], "but after mem_free");
	va = call(MEM_ALLOC3, 0, 0x10000, 0x10000, 0);
	ok(va && !(va & 0xffff), "mem_alloc where there is room, aligned");
	*(volatile u32 *)(va + 0xfffc) = 7;
	ok(call(MEM_ALLOC, 0xfe000000, 0x7f000000, 0, 0) == 0, "no more than there is");
	call(MEM_DONE, va, 0x10000, 0, 0);
	va = call(MMAP, 0xfe810000, 0, 0x4000, 0x1000);
	ok(va == 0xfe810000 && *(u32 *)va == *(u32 *)0xf0004000, "map a page of memory");
	call(MUNMAP, va, 0x1000, 0, 0);
}

/* The eeprom's registers, where its node says that they are mapped, hold what the root tells. */
static void check_address(u32 root)
{
	u32 eeprom = find(find(root, "obio"), "eeprom"), same_bytes = 0;
	const u8 *va;

	node_op(GETPROP, eeprom, "address", buf, 0);
	va = *(u8 **)buf + 0x1fd8;
	ok(node_op(GETPROP, root, "idprom", buf, 0) == 32, "idprom");
	for (u32 i = 0; i < 32; i++)
		same_bytes += buf[i] == va[i];
	ok(same_bytes == 32, "the same through the eeprom's address");
}

static void check_disk(void)
{
	u32 h = call(OPEN, (u32) "/iommu/sbus/espdma/esp/sd@0,0", 0, 0, 0);
	u32 good = 1;

	ok(h != 0, "open a disk");
	ok(call(SEEK, h, 0, 1000, 0) == 0, "seek");
	ok(call(READ, h, (u32)buf, 5000, 0) == 5000, "read");
	for (u32 i = 0; i < 5000; i++)
		good &= buf[i] == (u8)((1000 + i) * 7 + (1000 + i) / 512);
	ok(good, "what the disk has");
	ok(call(SEEK, h, 0, 65536 - 10, 0) == 0 && call(READ, h, (u32)buf, 100, 0) == 10,
	   "not beyond its end");
	ok(call(SEEK, h, 1, 0, 0) == ~0u, "no seek beyond it");
	for (u32 i = 0; i < 600; i++)
		buf[i] = (u8)(i ^ 0x55);
	call(SEEK, h, 0, 4000, 0);
	ok(call(WRITE, h, (u32)buf, 600, 0) == 600, "write");
	for (u32 i = 0; i < 600; i++)
		buf[i] = 0;
	call(SEEK, h, 0, 4000, 0);
	ok(call(READ, h, (u32)buf, 600, 0) == 600 && buf[0] == 0x55 && buf[599] == (u8)(599 ^ 0x55),
	   "and back");
	call(CLOSE, h, 0, 0, 0);
	ok(call(READ, h, (u32)buf, 1, 0) == ~0u, "closed is closed");
	h = call(OPEN, (u32) "disk:b", 0, 0, 0);
	ok(h && call(READ, h, (u32)buf, 4, 0) == 4 && buf[0] == (u8)(16384 * 7 + 16384 / 512),
	   "a partition of the label, by alias");
	call(CLOSE, h, 0, 0, 0);
}

static void calls(u32 root)
{
	u32 out = *(u32 *)rom[STDOUT], node, *l14 = (u32 *)((read_tbr() & ~0xfff) + 0x1e0);
	const char **sync = (const char **)rom[0x78 / 4];

	ok(rom[MAGIC] == 0x10010407, "magic");
	ok(rom[VERSION] == 3, "version 3");
	ok((read_psr() & 0xf80) == 0xd80, "supervisor, level 13");
	ok(l14[0] >> 22 == (0x27000000 >> 22), "the vector of level 14 can be read");
	ok(sum(100) == 5050, "windows spill and fill");
	ok(call(WRITE, out, (u32) "hello, console\r\n", 16, 0) == 16, "write to stdout");
	ok(call(PRINTF, (u32) "printf %d %x %s\n", (u32)-5, 0xbeef, (u32) "text") > 0, "printf");
	call(PUTSTR, (u32) "putstr\r\n", 8, 0, 0);
	node = call(INST2PKG, out, 0, 0, 0);
	node_op(GETPROP, node, "device_type", buf, 0);
	ok(same((char *)buf, "serial"), "stdout is a serial line");
	ok(*(u8 *)rom[STDIN_SOURCE] == 1, "stdin is ttya");
	ok(same(*(char **)rom[BOOTARGS], "calls and more"), "boot arguments");
	ok(node_op(PROPLEN, root, "no-such", 0, 0) == ~0u, "no such property: -1");
	ok(node_op(SETPROP, root, "mine", "abc", 4) == 4, "set a property");
	ok(node_op(GETPROP, root, "mine", buf, 0) == 4 && same((char *)buf, "abc"), "and get it");
	ok(node_op(SETPROP, root, "mine", "longer than before", 19) == 19, "a longer one");
	ok(node_op(GETPROP, root, "mine", buf, 0) == 19 && same((char *)buf, "longer than before"),
	   "and get that");
	*sync = (const char *)0x12345678;
	ok(*sync == (const char *)0x12345678, "the sync hook can be set");
	check_memory(root);
	check_address(root);
	check_disk();
	say("1..");
	hex(count / 10, 1);
	hex(count % 10, 1);
	say("\n");
}

/* --- abuse --- */

static const u32 bad[] = { 0,	       1,	   0xffffffff, 0x80000000, 0xffd00000, 0xffd3b000,
			   0xffd3b001, 0xffd7fffc, 0xffdffffe, 0xffee0000, 0x00001000, 0xfffffffc,
			   0x70000000, 0x7fffffff, 0xffd32000, 0xffe00000 };
#define BADS (sizeof(bad) / sizeof(bad[0]))

static int ends_the_run(unsigned entry)
{
	return entry == REBOOT || entry == HALT || entry == 0x50 / 4 || entry == 0x108 / 4;
}

static int is_call(unsigned entry)
{
	return rom[entry] >= 0xffee0000 && rom[entry] < 0xffef0000;
}

/* Does a range hold this program, by either address? Then mapping it anew is no abuse but suicide. */
static int is_here(u32 va, u32 size)
{
	return (va <= 0xf0ffffff && size > 0xf0000000 - va) || (va <= 0xffffff && size);
}

static int remaps(unsigned entry)
{
	return entry == MEM_ALLOC || entry == MEM_ALLOC3 || entry == MEM_DONE || entry == MMAP ||
	       entry == MUNMAP;
}

static void call_badly(unsigned entry, fn f, u32 node)
{
	for (unsigned a = 0; a < BADS; a++)
		for (unsigned b = 0; b < BADS; b++) {
			u32 o[4] = { bad[a], bad[b], bad[(a + b) % BADS], bad[(a * 3 + b) % BADS] };

			if (remaps(entry) && (is_here(o[0], o[1]) || is_here(o[0], o[3])))
				continue;
			f(o[0], o[1], o[2], o[3]);
			if (!remaps(entry))
				f(node, o[0], o[1], 0xffffffff);
		}
}

/* What the PROM remembers turns to noise, a word at a time, with calls in between. */
static void spoil(u32 *p, u32 *end, u32 node)
{
	u32 x = 1;

	for (; p < end; p++) {
		x = x * 1664525 + 1013904223;
		if (x >> 28)
			continue;
		*p = x & 0x1000000 ? x : bad[x >> 8 & 15];
		node_op(CHILD, node, 0, 0, 0);
		node_op(GETPROP, node, "name", buf, 0);
		node_op(SETPROP, node, "more", buf, 64);
		node_op(NEXTPROP, node, "name", 0, 0);
		call(READ, 0xffd32000, (u32)buf, 100, 0);
		call(OPEN, (u32) "/obio/zs@0,100000:a", 0, 0, 0);
		call(MEM_ALLOC, 0, 0x1000, 0, 0);
	}
}

static void abuse(void)
{
	u32 *nodeops = (u32 *)rom[NODEOPS], node = node_op(NEXT, 0, 0, 0, 0);

	for (unsigned i = 0; i <= LAST; i++)
		if (is_call(i) && !ends_the_run(i))
			call_badly(i, (fn)rom[i], node);
	for (unsigned i = 0; i < 6; i++)
		call_badly(LAST + 1, (fn)nodeops[i], node);
	spoil((u32 *)0xffd32000, (u32 *)0xffd33000, node);
	spoil((u32 *)0xffd3b000, (u32 *)0xffd42000, node);
}

void main(u32 *romvec)
{
	const char *args;
	u32 root;

	rom = romvec;
	args = *(const char **)rom[BOOTARGS];
	root = node_op(NEXT, 0, 0, 0, 0);
	if (args[0] == 't' && args[2] == 'e') {
		say("/\n");
		props(root);
		tree(node_op(CHILD, root, 0, 0, 0), "");
	} else if (args[0] == 'c') {
		calls(root);
	} else if (args[0] == 'a') {
		say("abuse\n");
		abuse();
		__asm__ volatile("ta 0x7f"); /* the console itself may be gone */
	} else if (args[0] == 'r' && args[2] == 'b') {
		say("reboot\n");
		call(REBOOT, (u32) "", 0, 0, 0);
	} else if (args[0] == 'f') {
		say("reset\n");
		call(FORTH, (u32) "no-such-word", 0, 0, 0);
		call(FORTH, (u32) "reset", 0, 0, 0);
	} else if (args[0] == 't') {
		*(volatile u32 *)0x30000000 = 1;
	} else if (args[0] == 'r') {
		return;
	}
	call(HALT, 0, 0, 0, 0);
}
