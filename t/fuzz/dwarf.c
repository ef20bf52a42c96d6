/* SPDX-License-Identifier: MIT */
/*
 * Line tables of DWARF: any bytes as a section .debug_line, and as the strings that it refers to. What begins like
 * an ELF file is taken as one. They are read, and -cov's files are written by them.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/dwarf-line.h"
#include "machine/coverage.h"
#include "t/fuzz/check.h"

enum { EHDR = 52, SHDR = 40, SECTIONS = 5, CODE = 0x10000 };

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static const char names[] = "\0.shstrtab\0.debug_line\0.debug_str\0.debug_line_str";

static void put_section(u8 *head, const char *name, u32 off, u32 size)
{
	for (u32 at = 0; at < sizeof(names); at++)
		if (!strcmp(names + at, name)) {
			be32_put(head, at);
			break;
		}
	be32_put(head + 4, 1);
	be32_put(head + 16, off);
	be32_put(head + 20, size);
}

static u8 *wrap(const u8 *data, size_t len, size_t *total)
{
	u32 body = EHDR + SECTIONS * SHDR, n = (u32)len;
	u8 *elf;

	*total = body + sizeof(names) + len;
	elf = calloc(1, *total);
	FUZZ_CHECK(elf);
	memcpy(elf, "\177ELF\1\2", 6);
	be32_put(elf + 32, EHDR);
	be16_put(elf + 46, SHDR);
	be16_put(elf + 48, SECTIONS);
	be16_put(elf + 50, 1);
	put_section(elf + EHDR + SHDR, ".shstrtab", body, sizeof(names));
	put_section(elf + EHDR + 2 * SHDR, ".debug_line", body + sizeof(names), n);
	put_section(elf + EHDR + 3 * SHDR, ".debug_str", body + sizeof(names), n);
	put_section(elf + EHDR + 4 * SHDR, ".debug_line_str", body + sizeof(names), n);
	memcpy(elf + body, names, sizeof(names));
	memcpy(elf + body + sizeof(names), data, len);
	return elf;
}

static u32 on_file(void *arg, const char *base, const char *dir, const char *name)
{
	u32 *files = arg;

	FUZZ_CHECK(strlen(base) < 4096 && strlen(dir) < 4096 && strlen(name) < 4096 && *name);
	return ++*files;
}

static void on_line(void *arg, u32 file, u32 line, u32 first, u32 end)
{
	u32 *files = arg;

	FUZZ_CHECK(file && file <= *files && line && end > first);
}

/* A program of one segment at CODE, branches and all, of which some was executed. */
static void write_coverage(const u8 *elf, size_t len)
{
	static u32 word[COVERAGE_PAGE];
	static struct coverage_page page;
	static struct coverage_page *pages[COVERAGE_PAGES];
	static FILE *out;
	struct image_segment seg = {
		.va = CODE, .memsz = sizeof(word), .filesz = sizeof(word), .data = (const u8 *)word
	};
	struct coverage c = { .page = pages, .nr_programs = 1 };

	if (!out) {
		out = fopen("/dev/null", "w");
		FUZZ_CHECK(out);
		for (u32 i = 0; i < COVERAGE_PAGE; i++)
			be32_put((u8 *)&word[i], i % 3 ? 0x01000000 : 0x02800002); /* nop, be */
		for (u32 i = 0; i < COVERAGE_PAGE / 2; i++)
			page.count[i] = i;
		pages[CODE >> 12] = &page;
	}
	c.program[0] =
		(struct coverage_program){ .parsed = true,
					   .im = { .seg = &seg, .nr = 1, .buf = elf, .len = len } };
	FUZZ_CHECK(!coverage_write_lcov(&c, out));
}

static void take(const u8 *elf, size_t len)
{
	u32 files = 0;
	const struct dwarf_line_sink sink = { on_file, on_line, &files };

	dwarf_lines(elf, len, &sink);
	write_coverage(elf, len);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	size_t total;
	u8 *elf;

	if (len >= 4 && !memcmp(data, "\177ELF", 4)) {
		take(data, len);
		return 0;
	}
	elf = wrap(data, len, &total);
	take(elf, total);
	free(elf);
	return 0;
}
