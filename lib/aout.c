/* SPDX-License-Identifier: MIT */
/*
 * a.out executables as SunOS 4 and NetBSD/sparc made them: eight big-endian words
 * (magic, text, data, bss, symbols, entry, two relocation sizes), then the text.
 *
 *	magic	text begins at	data follows
 *	0407	byte 32		the text at once
 *	0410	byte 32		at the next 8 KiB of memory, at once in the file
 *	0413	byte 0		at the next 8 KiB of memory; the header is part of the text
 *
 * The header does not say where the text belongs. Kernels and boot programs are
 * linked at a page boundary and begin with their entry, so the entry's page is it.
 * The machine stands in the upper half of the magic: Sun's is 3 for SPARC behind a
 * tool version of 1 (01030107), NetBSD's is 138 (008a0107).
 */
#include <errno.h>

#include "lib/be.h"
#include "lib/bits.h"
#include "lib/image.h"

enum {
	HDR_SIZE = 32,
	A_TEXT = 4,
	A_DATA = 8,
	A_BSS = 12,
	A_ENTRY = 20,
	OMAGIC = 0407,
	NMAGIC = 0410,
	ZMAGIC = 0413,
	SUN_68010 = 1,
	SUN_68020 = 2,
	SUN_SPARC = 3,
	MID_SPARC = 138,
	SEGMENT = 0x2000,
	PAGE = 0x1000,
};

static bool is_sun(u32 magic)
{
	/* Bit 31 says "dynamically linked". */
	return bits(magic, 30, 24) == 1 && bits(magic, 23, 16) >= SUN_68010 &&
	       bits(magic, 23, 16) <= SUN_SPARC;
}

static bool is_bsd(u32 magic)
{
	return bits(magic, 25, 16) == MID_SPARC;
}

bool aout_is(const struct image *im)
{
	const u8 *p = image_get(im, 0, 4);
	u32 magic = p ? be32_get(p) : 0, kind = magic & 0xffff;

	return (kind == OMAGIC || kind == NMAGIC || kind == ZMAGIC) &&
	       (is_sun(magic) || is_bsd(magic));
}

int aout_parse(struct image *im, struct image_error *err)
{
	const u8 *h = image_get(im, 0, HDR_SIZE);
	struct image_segment text = { 0 }, data = { 0 };
	u32 magic, kind, bss, start;
	u64 at;
	int rc;

	if (!h)
		return image_fail(im, err, "a.out header cut off at %zu of %d bytes", im->len,
				  HDR_SIZE);
	magic = be32_get(h);
	kind = magic & 0xffff;
	if (!is_bsd(magic) && bits(magic, 23, 16) != SUN_SPARC)
		return image_fail(im, err, "a.out for a 680%u0 (Sun-%u), not SPARC",
				  bits(magic, 23, 16), bits(magic, 23, 16) + 1);
	if (magic >> 31)
		return image_fail(im, err, "a.out is dynamically linked; link it statically");
	start = kind == ZMAGIC ? 0 : HDR_SIZE;
	im->header = HDR_SIZE - start;
	im->entry = be32_get(h + A_ENTRY);
	bss = be32_get(h + A_BSS);

	text.va = text.pa = im->entry & ~(u32)(PAGE - 1);
	text.filesz = text.memsz = be32_get(h + A_TEXT);
	text.data = image_get(im, start, text.filesz);
	if (!text.data)
		return image_fail(im, err, "a_text 0x%x is beyond the file's %zu bytes",
				  text.filesz, im->len);
	if (text.filesz < im->header + 4)
		return image_fail(im, err, "a_text is 0x%x: no code", text.filesz);

	at = (u64)text.va + text.memsz;
	if (kind != OMAGIC)
		at = (at + SEGMENT - 1) & ~(u64)(SEGMENT - 1);
	data.filesz = be32_get(h + A_DATA);
	data.data = image_get(im, (u64)start + text.filesz, data.filesz);
	if (!data.data)
		return image_fail(im, err, "a_data 0x%x is beyond the file's %zu bytes",
				  data.filesz, im->len);
	if (at + data.filesz + bss > UINT64_C(1) << 32)
		return image_fail(im, err, "a_bss 0x%x: it would pass the end of memory", bss);
	data.va = data.pa = (u32)at;
	data.memsz = data.filesz + bss;
	rc = image_add(im, &text, err);
	return rc ? rc : image_add(im, &data, err);
}
