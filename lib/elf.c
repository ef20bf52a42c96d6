/* SPDX-License-Identifier: MIT */
/*
 * ELF executables of the 32-bit big-endian SPARC kind (System V ABI, chapters 4 and 5,
 * and its SPARC supplement). Only the program header table is read: sections,
 * symbols and notes do not matter to a machine.
 */
#include <errno.h>
#include <string.h>

#include "lib/be.h"
#include "lib/image.h"

enum {
	EHDR_SIZE = 52,
	PHDR_SIZE = 32,
	E_TYPE = 16,
	E_MACHINE = 18,
	E_VERSION = 20,
	E_ENTRY = 24,
	E_PHOFF = 28,
	E_PHENTSIZE = 42,
	E_PHNUM = 44,
	P_TYPE = 0,
	P_OFFSET = 4,
	P_VADDR = 8,
	P_PADDR = 12,
	P_FILESZ = 16,
	P_MEMSZ = 20,
	CLASS32 = 1,
	CLASS64 = 2,
	DATA2LSB = 1,
	DATA2MSB = 2,
	ET_REL = 1,
	ET_EXEC = 2,
	ET_DYN = 3,
	ET_CORE = 4,
	EM_SPARC = 2,
	EM_SPARC32PLUS = 18,
	EM_SPARCV9 = 43,
	PT_LOAD = 1,
	PN_XNUM = 0xffff,
};

bool elf_is(const struct image *im)
{
	const u8 *p = image_get(im, 0, 4);

	return p && !memcmp(p, "\177ELF", 4);
}

/* The identification is about bytes, so it can be judged whatever kind of ELF this is. */
static int check_ident(struct image *im, struct image_error *err)
{
	const u8 *p = image_get(im, 0, 20);
	unsigned machine;

	if (!p)
		return image_fail(im, err, "ELF header cut off at %zu of %d bytes", im->len,
				  EHDR_SIZE);
	machine = be16_get(p + E_MACHINE);
	if (p[5] == DATA2LSB)
		machine = machine >> 8 | (machine & 0xff) << 8;
	if (p[4] == CLASS64)
		return image_fail(im, err, "64-bit ELF (machine %u%s); this is a 32-bit SPARC V8",
				  machine, machine == EM_SPARCV9 ? ", SPARC V9" : "");
	if (p[4] != CLASS32)
		return image_fail(im, err, "EI_CLASS is %u, neither 32 nor 64 bits", p[4]);
	if (p[5] == DATA2LSB)
		return image_fail(im, err, "little-endian ELF (machine %u); SPARC V8 is big-endian",
				  machine);
	if (p[5] != DATA2MSB)
		return image_fail(im, err, "EI_DATA is %u, no byte order", p[5]);
	if (machine == EM_SPARC32PLUS)
		return image_fail(im, err,
				  "e_machine is SPARC32PLUS: it holds V9 instructions, "
				  "build it with -mcpu=v8");
	if (machine != EM_SPARC)
		return image_fail(im, err, "e_machine is %u, not SPARC (2)", machine);
	return 0;
}

static int check_header(struct image *im, const u8 *eh, struct image_error *err)
{
	static const char *const what[] = {
		[0] = "no type at all",
		[ET_REL] = "a relocatable object, link it",
		[ET_DYN] = "a shared object, link it statically and without -pie",
		[ET_CORE] = "a core dump",
	};
	u16 type = be16_get(eh + E_TYPE);

	if (be32_get(eh + E_VERSION) != 1)
		return image_fail(im, err, "e_version is %u, not 1", be32_get(eh + E_VERSION));
	if (type != ET_EXEC)
		return image_fail(im, err, "e_type is %u (%s), not an executable", type,
				  type < ARRAY_SIZE(what) ? what[type] : "unknown");
	if (!be16_get(eh + E_PHNUM))
		return image_fail(im, err, "e_phnum is 0: no segments to load");
	if (be16_get(eh + E_PHNUM) == PN_XNUM)
		return image_fail(im, err, "e_phnum is 65535: too many segments");
	if (be16_get(eh + E_PHENTSIZE) != PHDR_SIZE)
		return image_fail(im, err, "e_phentsize is %u, not %d", be16_get(eh + E_PHENTSIZE),
				  PHDR_SIZE);
	return 0;
}

static int load_segment(struct image *im, unsigned n, const u8 *ph, struct image_error *err)
{
	struct image_segment seg = {
		.va = be32_get(ph + P_VADDR),
		.pa = be32_get(ph + P_PADDR),
		.filesz = be32_get(ph + P_FILESZ),
		.memsz = be32_get(ph + P_MEMSZ),
	};
	u32 off = be32_get(ph + P_OFFSET);

	if (seg.filesz > seg.memsz)
		return image_fail(im, err, "segment %u: p_filesz 0x%x is more than p_memsz 0x%x", n,
				  seg.filesz, seg.memsz);
	seg.data = image_get(im, off, seg.filesz);
	if (seg.filesz && !seg.data)
		return image_fail(im, err,
				  "segment %u: p_offset 0x%x + p_filesz 0x%x is beyond the file's "
				  "%zu bytes",
				  n, off, seg.filesz, im->len);
	return image_add(im, &seg, err);
}

int elf_parse(struct image *im, struct image_error *err)
{
	const u8 *eh, *ph;
	u32 off;
	int rc = check_ident(im, err);

	if (rc)
		return rc;
	eh = image_get(im, 0, EHDR_SIZE);
	if (!eh)
		return image_fail(im, err, "ELF header cut off at %zu of %d bytes", im->len,
				  EHDR_SIZE);
	rc = check_header(im, eh, err);
	if (rc)
		return rc;
	off = be32_get(eh + E_PHOFF);
	ph = image_get(im, off, (u64)be16_get(eh + E_PHNUM) * PHDR_SIZE);
	if (!ph)
		return image_fail(
			im, err, "e_phoff 0x%x + %u program headers is beyond the file's %zu bytes",
			off, be16_get(eh + E_PHNUM), im->len);
	for (unsigned n = 0; !rc && n < be16_get(eh + E_PHNUM); n++, ph += PHDR_SIZE)
		if (be32_get(ph + P_TYPE) == PT_LOAD)
			rc = load_segment(im, n, ph, err);
	im->entry = be32_get(eh + E_ENTRY);
	return rc;
}
