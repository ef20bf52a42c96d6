/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a program file, loaded into a small memory as each kind of thing that the machine loads.
 *
 *	clang -fsanitize=fuzzer,address,undefined -I. t/fuzz/image.c machine/load.c lib/image.c lib/elf.c \
 *		lib/aout.c lib/srec.c lib/host-load.c -lz
 */
#include <stdlib.h>

#include "machine/load.h"

enum { MEM_SIZE = 1 << 20, UNPACKED_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static void load(const struct image *im, u8 *bytes, const struct load_rule *rule)
{
	const struct load_mem mem = { "memory", bytes, (u64)rule->lowest, MEM_SIZE };
	struct loaded out;
	char err[256];

	if (load_segments(im, &mem, rule, &out, err, sizeof(err)))
		return;
	/* What was loaded lies in memory, and its entry in what was loaded. */
	if (out.start < mem.pa || out.end > mem.pa + mem.size || out.start >= out.end ||
	    out.entry_pa < out.start || out.entry_pa >= out.end)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static const struct load_rule rules[] = {
		{ .by_pa = true, .limit = MEM_SIZE },
		{ .bias = -(s64)LOAD_KERNEL_VA, .limit = LOAD_APPEND },
		{ .bias = 0x70000000 - (s64)LOAD_PROM_VA,
		  .file_only = true,
		  .lowest = 0x70000000,
		  .limit = 0x70000000 + MEM_SIZE },
	};
	static u8 *bytes;
	struct image im;
	char err[256];

	if (!bytes)
		bytes = malloc(MEM_SIZE);
	if (!bytes)
		return 0;
	if (!image_parse(&im, "input", data, len, UNPACKED_MAX, err, sizeof(err))) {
		if (!im.nr || im.lowest >= im.highest)
			__builtin_trap();
		for (unsigned i = 0; i < ARRAY_SIZE(rules); i++)
			load(&im, bytes, &rules[i]);
	} else if (!*err) {
		__builtin_trap();
	}
	image_release(&im);
	return 0;
}
