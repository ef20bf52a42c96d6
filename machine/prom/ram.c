/* SPDX-License-Identifier: MIT */
/* The PROM's share of RAM, and the caller's memory: every access checked. */
#include <string.h>

#include "machine/prom/parts.h"

const struct board_dev *prom_row(const struct prom *p, const char *name)
{
	const struct board *board = p->m->config.board;

	for (const struct board_dev *row = board->dev; row->name; row++)
		if (!strcmp(row->name, name) && board_has(board, row))
			return row;
	return NULL;
}

static u8 *at(const struct prom *p, u32 off, u32 n)
{
	return off <= PROM_SIZE && n <= PROM_SIZE - off ? p->m->ram + p->base + off : NULL;
}

const u8 *prom_bytes(const struct prom *p, u32 off, u32 n)
{
	return at(p, off, n);
}

u32 prom_get(const struct prom *p, u32 off)
{
	const u8 *b = at(p, off, 4);

	return b ? be32_get(b) : 0;
}

void prom_put_bytes(const struct prom *p, u32 off, const void *src, u32 n)
{
	u8 *b = at(p, off, n);

	if (!b || !n)
		return;
	bus_touch(&p->m->bus, p->base + off, n);
	memcpy(b, src, n);
}

void prom_put(const struct prom *p, u32 off, u32 val)
{
	u8 b[4];

	be32_put(b, val);
	prom_put_bytes(p, off, b, 4);
}

void prom_fill(const struct prom *p, u32 off, u8 val, u32 n)
{
	u8 *b = at(p, off, n);

	if (!b || !n)
		return;
	bus_touch(&p->m->bus, p->base + off, n);
	memset(b, val, n);
}

const char *prom_string(const struct prom *p, u32 off, u32 max)
{
	u32 left = off < PROM_SIZE ? PROM_SIZE - off : 0;
	const u8 *b = at(p, off, 0);

	if (left > max)
		left = max;
	return b && left && memchr(b, 0, left) ? (const char *)b : NULL;
}

u32 prom_alloc(const struct prom *p, u32 n)
{
	u32 off = prom_get(p, VAR_HEAP);

	if (off < OFF_HEAP || off > OFF_HEAP_END || off & 3 || n > OFF_HEAP_END - off)
		return 0;
	n = (n + 3) & ~3u;
	if (n > OFF_HEAP_END - off)
		return 0;
	prom_put(p, VAR_HEAP, off + n);
	prom_fill(p, off, 0, n);
	return off;
}

u32 prom_alloc_string(const struct prom *p, const char *text)
{
	u32 n = (u32)strlen(text) + 1, off = prom_alloc(p, n);

	if (off)
		prom_put_bytes(p, off, text, n);
	return off;
}

/* --- the caller's memory --- */

/* How much of n bytes at va lies in its page. */
static u32 piece(u32 va, u32 n)
{
	u32 left = PAGE - (va & (PAGE - 1));

	return n < left ? n : left;
}

static bool translate(const struct prom *p, u32 va, bool store, u64 *pa)
{
	struct translation tr;

	if (srmmu_translate(p->cpu, va, store ? AT_STORE_SUPER : AT_LOAD_SUPER, &tr))
		return false;
	*pa = tr.pa;
	return true;
}

bool guest_read(const struct prom *p, u32 va, void *dst, u32 n)
{
	u8 *to = dst;

	while (n) {
		u32 some = piece(va, n);
		u64 pa;

		if (!translate(p, va, false, &pa) || bus_copy_from(&p->m->bus, pa, to, some))
			return false;
		va += some;
		to += some;
		n -= some;
	}
	return true;
}

bool guest_write(const struct prom *p, u32 va, const void *src, u32 n)
{
	const u8 *from = src;

	while (n) {
		u32 some = piece(va, n);
		u64 pa;

		if (!translate(p, va, true, &pa) || bus_copy_to(&p->m->bus, pa, from, some))
			return false;
		va += some;
		from += some;
		n -= some;
	}
	return true;
}

bool guest_string(const struct prom *p, u32 va, char *dst, u32 room)
{
	while (room) {
		u32 some = piece(va, room);

		if (!guest_read(p, va, dst, some))
			return false;
		if (memchr(dst, 0, some))
			return true;
		va += some;
		dst += some;
		room -= some;
	}
	return false;
}
