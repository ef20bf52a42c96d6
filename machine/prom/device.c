/* SPDX-License-Identifier: MIT */
/*
 * Open devices: the serial lines, SCSI disks with their partitions, the floppy. A handle is the
 * address of its record in the PROM's share of RAM:
 *
 *	+0 "OPEN"  +4 node  +8 kind  +c unit  +10 first byte  +18 bytes  +20 position (64 bits each)
 */
#include <string.h>

#include "machine/prom/parts.h"

enum { HANDLE_MAGIC = 0x4f50454e, HANDLE_SIZE = 64, HANDLES = 64 };
enum {
	H_NODE = 4,
	H_KIND = 8,
	H_UNIT = 12,
	H_FIRST = 16,
	H_BYTES = 24,
	H_POS = 32,
};
enum kind { KIND_NONE, KIND_SERIAL, KIND_SCSI, KIND_FLOPPY };

#define FAILED UINT32_MAX
#define NOTHING_YET ((u32)-2) /* what a serial line says that has no input */
#define MOVE_MAX (16u << 20) /* bytes at a time */
#define SERIAL_MAX 0x10000u

/* Sun's disk label, in the first sector. */
enum {
	LABEL_HEADS = 0x1b4,
	LABEL_SECTORS = 0x1b6,
	LABEL_PARTS = 0x1bc, /* 8 of {first cylinder, sectors} */
	LABEL_MAGIC_AT = 0x1fc,
	LABEL_MAGIC = 0xdabe,
	SECTOR = 512,
};

static u32 handle_at(const struct prom *p, u32 handle)
{
	u32 off = handle - PROM_VA;

	if (off < OFF_HANDLES || off >= OFF_HANDLES + HANDLES * HANDLE_SIZE || off % HANDLE_SIZE)
		return 0;
	return prom_get(p, off) == HANDLE_MAGIC ? off : 0;
}

static u64 get64(const struct prom *p, u32 off)
{
	return (u64)prom_get(p, off) << 32 | prom_get(p, off + 4);
}

static void put64(const struct prom *p, u32 off, u64 val)
{
	prom_put(p, off, (u32)(val >> 32));
	prom_put(p, off + 4, (u32)val);
}

static bool is_named(const struct prom *p, u32 node, const char *name)
{
	u32 len, at = tree_get(p, node, "name", &len);
	const char *text = at ? prom_string(p, at, len) : NULL;

	return text && !strcmp(text, name);
}

static enum kind kind_of(const struct prom *p, u32 node)
{
	u32 len;

	if (is_named(p, node, "zs"))
		return tree_get(p, node, "keyboard", &len) ? KIND_NONE : KIND_SERIAL;
	if (is_named(p, node, "sd"))
		return KIND_SCSI;
	if (is_named(p, node, "SUNW,fdtwo"))
		return KIND_FLOPPY;
	return KIND_NONE;
}

static u32 unit_of(const struct prom *p, u32 node, enum kind kind, const char *args)
{
	u32 len, at;

	if (kind == KIND_SERIAL)
		return *args == 'b';
	if (kind == KIND_FLOPPY)
		return 0;
	at = tree_get(p, node, "reg", &len);
	return len >= 4 ? prom_get(p, at) : SCSI_IDS;
}

/* What the drive holds now. */
static struct block *medium(const struct prom *p, u32 kind, u32 unit)
{
	if (kind == KIND_FLOPPY)
		return p->m->config.floppy;
	if (kind != KIND_SCSI || unit >= SCSI_IDS || !p->m->scsi.target[unit])
		return NULL;
	return p->m->scsi.target[unit]->medium;
}

static bool label_ok(const u8 *label)
{
	u16 sum = 0;

	for (unsigned i = 0; i < SECTOR; i += 2)
		sum ^= be16_get(label + i);
	return be16_get(label + LABEL_MAGIC_AT) == LABEL_MAGIC && !sum;
}

/* The bytes of partition `part`, 'a'..'h'; all of a medium without a label, or with no such part. */
static void partition(struct block *b, char part, u64 *first, u64 *bytes)
{
	u8 label[SECTOR];
	const u8 *entry;
	u64 start, n;

	*first = 0;
	*bytes = b->size;
	if (part < 'a' || part > 'h' || block_read(b, 0, label, sizeof(label)) || !label_ok(label))
		return;
	entry = label + LABEL_PARTS + 8 * (part - 'a');
	start = (u64)be32_get(entry) * be16_get(label + LABEL_HEADS) *
		be16_get(label + LABEL_SECTORS) * SECTOR;
	n = (u64)be32_get(entry + 4) * SECTOR;
	if (start >= b->size || !n)
		return;
	*first = start;
	*bytes = n < b->size - start ? n : b->size - start;
}

/* "a" of "a", of "0,a" and of "" */
static char part_of(const char *args)
{
	const char *comma = strrchr(args, ',');

	if (comma)
		args = comma + 1;
	return *args ? *args : 'a';
}

u32 device_open(const struct prom *p, const char *path)
{
	char args[64];
	u32 node = tree_find(p, path, args, sizeof(args)), off = OFF_HANDLES, unit;
	enum kind kind = node ? kind_of(p, node) : KIND_NONE;
	struct block *b;
	u64 first = 0, bytes = 0;

	if (kind == KIND_NONE)
		return 0;
	while (prom_get(p, off) == HANDLE_MAGIC)
		off += HANDLE_SIZE;
	if (off >= OFF_HANDLES + HANDLES * HANDLE_SIZE)
		return 0;
	unit = unit_of(p, node, kind, args);
	if (kind != KIND_SERIAL) {
		b = medium(p, kind, unit);
		if (!b)
			return 0;
		partition(b, part_of(args), &first, &bytes);
	}
	prom_fill(p, off, 0, HANDLE_SIZE);
	prom_put(p, off, HANDLE_MAGIC);
	prom_put(p, off + H_NODE, node);
	prom_put(p, off + H_KIND, kind);
	prom_put(p, off + H_UNIT, unit);
	put64(p, off + H_FIRST, first);
	put64(p, off + H_BYTES, bytes);
	return PROM_VA + off;
}

void device_close(const struct prom *p, u32 handle)
{
	u32 off = handle_at(p, handle);

	if (off)
		prom_fill(p, off, 0, HANDLE_SIZE);
}

u32 device_node(const struct prom *p, u32 handle)
{
	u32 off = handle_at(p, handle);

	return off ? prom_get(p, off + H_NODE) : 0;
}

static u32 serial_read(const struct prom *p, u32 va, u32 n)
{
	u32 done = 0;

	for (; done < n && done < SERIAL_MAX; done++) {
		int c = console_get(p);
		u8 byte = (u8)c;

		if (c < 0 || !guest_write(p, va + done, &byte, 1))
			break;
	}
	return done || !n ? done : NOTHING_YET;
}

static u32 serial_write(const struct prom *p, u32 va, u32 n)
{
	u32 done = 0;
	u8 c;

	for (; done < n && done < SERIAL_MAX && guest_read(p, va + done, &c, 1); done++)
		console_put(p, c);
	return done;
}

/* One piece of a transfer; false: it failed. */
static bool move(const struct prom *p, struct block *b, u64 at, u32 va, u8 *buf, u32 n, bool write)
{
	if (write)
		return guest_read(p, va, buf, n) && !block_write(b, at, buf, n);
	return !block_read(b, at, buf, n) && guest_write(p, va, buf, n);
}

/* The drive must not answer with what was on its medium before. */
static void forget_cache(const struct prom *p, u32 kind, u32 unit)
{
	if (kind == KIND_SCSI && unit < SCSI_IDS && p->m->scsi.target[unit])
		p->m->scsi.target[unit]->cache_len = 0;
}

/* Between a medium and the guest, at the handle's position, which moves on. */
static u32 transfer(const struct prom *p, u32 off, u32 va, u32 n, bool write)
{
	struct block *b = medium(p, prom_get(p, off + H_KIND), prom_get(p, off + H_UNIT));
	u64 first = get64(p, off + H_FIRST), bytes = get64(p, off + H_BYTES);
	u64 pos = get64(p, off + H_POS);
	u8 buf[PAGE];
	u32 done = 0;

	if (!b || first > b->size || bytes > b->size - first || pos > bytes)
		return FAILED;
	if (n > bytes - pos)
		n = (u32)(bytes - pos);
	if (n > MOVE_MAX)
		n = MOVE_MAX;
	while (done < n) {
		u32 some = n - done < sizeof(buf) ? n - done : (u32)sizeof(buf);

		if (!move(p, b, first + pos + done, va + done, buf, some, write))
			break;
		done += some;
	}
	if (write) {
		forget_cache(p, prom_get(p, off + H_KIND), prom_get(p, off + H_UNIT));
		if (block_flush(b))
			return FAILED;
	}
	put64(p, off + H_POS, pos + done);
	return done || !n ? done : FAILED;
}

u32 device_read(const struct prom *p, u32 handle, u32 va, u32 n)
{
	u32 off = handle_at(p, handle);

	if (!off)
		return FAILED;
	if (prom_get(p, off + H_KIND) == KIND_SERIAL)
		return prom_get(p, off + H_UNIT) ? NOTHING_YET : serial_read(p, va, n);
	return transfer(p, off, va, n, false);
}

u32 device_write(const struct prom *p, u32 handle, u32 va, u32 n)
{
	u32 off = handle_at(p, handle);

	if (!off)
		return FAILED;
	if (prom_get(p, off + H_KIND) == KIND_SERIAL)
		return prom_get(p, off + H_UNIT) ? n : serial_write(p, va, n);
	return transfer(p, off, va, n, true);
}

u32 device_seek(const struct prom *p, u32 handle, u64 pos)
{
	u32 off = handle_at(p, handle);

	if (!off || pos > get64(p, off + H_BYTES))
		return FAILED;
	put64(p, off + H_POS, pos);
	return 0;
}
