/* SPDX-License-Identifier: MIT */
/* A dictionary for fuzzers: what the firmware compares with. */
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "lib/be.h"
#include "lib/host-load.h"
#include "lib/image.h"
#include "machine/fuzz.h"
#include "machine/load.h"

enum {
	SEEN_BITS = 13,
	SEEN_MAX =
		1 << SEEN_BITS, /* room for different ones in the firmware, which is never full */
	NEAR = 3, /* instructions between the halves of a constant */
};

struct word {
	u32 val;
	u32 bytes; /* 1, 2, 4 */
	u32 times;
};

struct words {
	struct word *word;
	u32 nr;
	u32 lowest; /* addresses of the image, which are no constants of a protocol */
	u64 highest;
};

static void see(struct words *w, u32 val)
{
	u32 i = val * 0x9e3779b1u >> (32 - SEEN_BITS);

	if (val < 2)
		return;
	while (w->word[i].times && w->word[i].val != val)
		i = (i + 1) % SEEN_MAX;
	if (!w->word[i].times && w->nr++ >= SEEN_MAX / 2)
		return;
	w->word[i].val = val;
	w->word[i].bytes = val < 0x100 ? 1 : val < 0x10000 ? 2 : 4;
	w->word[i].times++;
}

/* Data that looks like such instructions is rare, and does no harm. */
static void look_at(struct words *w, const u8 *code, u32 n)
{
	for (u32 at = 0; at < n; at += 4) {
		u32 insn = be32_get(code + at), val;

		if (insn_decode(insn) == insn_subcc && f_i(insn) && !f_rd(insn) &&
		    f_simm13(insn) > 0)
			see(w, (u32)f_simm13(insn));
		if (insn_decode(insn) != insn_sethi || !f_rd(insn))
			continue;
		for (u32 k = 1; k <= NEAR && at + 4 * k < n; k++) {
			u32 low = be32_get(code + at + 4 * k);

			if (insn_decode(low) != insn_or || !f_i(low) || f_rs1(low) != f_rd(insn))
				continue;
			val = f_imm22(insn) | (u32)f_simm13(low);
			if (val < w->lowest || val >= w->highest)
				see(w, val);
			break;
		}
	}
}

static int by_times(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->times != y->times)
		return x->times > y->times ? -1 : 1;
	return x->val < y->val ? -1 : x->val > y->val;
}

/* Each as its length and its bytes. */
static u32 write_words(const struct words *w, u8 *out)
{
	u32 n = 0;

	for (u32 i = 0; i < FUZZ_WORDS && w->word[i].times; i++) {
		u8 val[4];

		be32_put(val, w->word[i].val);
		out[n++] = (u8)w->word[i].bytes;
		memcpy(out + n, val + 4 - w->word[i].bytes, w->word[i].bytes);
		n += w->word[i].bytes;
	}
	return n;
}

u32 fuzz_words(const char *path, u8 *out)
{
	struct words w = { .word = calloc(SEEN_MAX, sizeof(*w.word)) };
	struct image im = { .nr = 0 };
	u8 *file = NULL;
	char err[256];
	size_t len;
	u32 n = 0;

	if (w.word && !host_read_file(path, LOAD_FILE_MAX, &file, &len, err, sizeof(err)) &&
	    !image_parse(&im, path, file, len, LOAD_FILE_MAX, err, sizeof(err))) {
		w.lowest = im.lowest;
		w.highest = im.highest;
		for (unsigned i = 0; i < im.nr; i++)
			look_at(&w, im.seg[i].data, im.seg[i].filesz & ~3u);
		qsort(w.word, SEEN_MAX, sizeof(*w.word), by_times);
		n = write_words(&w, out);
	}
	image_release(&im);
	free(file);
	free(w.word);
	return n;
}
