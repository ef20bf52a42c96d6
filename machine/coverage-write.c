/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sparc/branch.h"
#include "lib/be.h"
#include "lib/dwarf-line.h"
#include "lib/hash64.h"
#include "machine/coverage.h"

/* Instructions that line tables may name, all lines together: hostile ones name each again and again. */
#define LINE_WORK (64u << 20)

/* --- TSIM: 32 words a line, in hexadecimal; of lines in which anything was executed --- */

enum { TSIM_EXECUTED = 1, TSIM_TAKEN = 8, TSIM_UNTAKEN = 16, TSIM_WORDS = 32 };

static unsigned tsim_word(const struct coverage_page *p, u32 i)
{
	unsigned w = p->count[i] ? TSIM_EXECUTED : 0;

	if (!coverage_bit(p->is_branch, i))
		return w;
	return w | (p->taken[i] ? TSIM_TAKEN : 0) | (p->taken[i] < p->count[i] ? TSIM_UNTAKEN : 0);
}

int coverage_write_tsim(const struct coverage *c, FILE *out)
{
	for (u32 n = 0; n < COVERAGE_PAGES; n++) {
		const struct coverage_page *p = c->page[n];

		for (u32 i = 0; p && i < COVERAGE_PAGE; i += TSIM_WORDS) {
			unsigned w[TSIM_WORDS], any = 0;

			for (u32 k = 0; k < TSIM_WORDS; k++)
				any |= w[k] = tsim_word(p, i + k);
			if (!any)
				continue;
			fprintf(out, "%08x :", n << 12 | i << 2);
			for (u32 k = 0; k < TSIM_WORDS; k++)
				fprintf(out, " %x", w[k]);
			fputc('\n', out);
		}
	}
	return 0;
}

/* --- drcov: blocks of instructions, by program --- */

/* A block ends behind a transfer's delay instruction, or where nothing was executed. */
#define BLOCK_MAX 0xfffcu

struct blocks {
	const struct coverage *c;
	FILE *out; /* NULL: only counting */
	u32 nr;
	u32 first, size;
};

static bool is_in(const struct coverage_program *p, u32 va)
{
	return p->parsed && va >= p->im.lowest && va < p->im.highest;
}

/* The program that holds va, or all else, whose number is behind the last one's. */
static unsigned module_of(const struct coverage *c, u32 va)
{
	unsigned i = 0;

	while (i < c->nr_programs && !is_in(&c->program[i], va))
		i++;
	return i;
}

static void end_block(struct blocks *b)
{
	unsigned n = module_of(b->c, b->first);
	u32 at = b->first - (n < b->c->nr_programs ? b->c->program[n].im.lowest : 0);
	const u8 raw[8] = { (u8)at,	 (u8)(at >> 8),	     (u8)(at >> 16), (u8)(at >> 24),
			    (u8)b->size, (u8)(b->size >> 8), (u8)n,	     0 };

	if (b->size && b->out)
		fwrite(raw, 1, sizeof(raw), b->out);
	b->nr += b->size != 0;
	b->size = 0;
}

static void each_block(struct blocks *b)
{
	bool was_cti = false, in_slot = false;

	for (u32 n = 0; n < COVERAGE_PAGES; n++) {
		const struct coverage_page *p = b->c->page[n];

		for (u32 i = 0; p && i < COVERAGE_PAGE; i++) {
			u32 va = n << 12 | i << 2;

			in_slot = was_cti;
			was_cti = p->count[i] && coverage_bit(p->is_cti, i);
			if (b->size && (va != b->first + b->size || b->size == BLOCK_MAX))
				end_block(b);
			if (!p->count[i]) {
				end_block(b);
				continue;
			}
			if (!b->size)
				b->first = va;
			b->size += 4;
			if (in_slot)
				end_block(b);
		}
	}
	end_block(b);
}

int coverage_write_drcov(const struct coverage *c, FILE *out)
{
	struct blocks b = { .c = c };

	fprintf(out,
		"DRCOV VERSION: 2\n"
		"DRCOV FLAVOR: drcov\n"
		"Module Table: version 2, count %u\n"
		"Columns: id, base, end, entry, checksum, timestamp, path\n",
		c->nr_programs + 1);
	for (unsigned i = 0; i < c->nr_programs; i++) {
		const struct coverage_program *p = &c->program[i];

		fprintf(out, "%3u, 0x%08x, 0x%08" PRIx64 ", 0x%08x, 0x00000000, 0x00000000, %s\n",
			i, p->parsed ? p->im.lowest : 0, p->parsed ? p->im.highest : 0,
			p->parsed ? p->im.entry : 0, p->path);
	}
	fprintf(out, "%3u, 0x00000000, 0x100000000, 0x00000000, 0x00000000, 0x00000000, (memory)\n",
		c->nr_programs);
	each_block(&b);
	fprintf(out, "BB Table: %u bbs\n", b.nr);
	b.out = out;
	each_block(&b);
	return 0;
}

/* --- lcov: source lines --- */

/* An instruction that a line is made of. */
struct hit {
	u32 file, line, va, count, taken;
	bool branch;
};

struct lines {
	const struct coverage *c;
	const struct coverage_program *p;
	char **file;
	u32 nr_files, room_files;
	u32 *slot; /* a hash table of file numbers + 1 */
	u32 nr_slots; /* a power of 2 */
	struct hit *hit;
	size_t nr, room;
	u32 work;
	bool lost;
};

static char *join(const char *base, const char *dir, const char *name)
{
	size_t n = strlen(base) + strlen(dir) + strlen(name) + 3;
	char *path = malloc(n);

	if (*name == '/')
		base = dir = "";
	if (*dir == '/')
		base = "";
	if (path)
		snprintf(path, n, "%s%s%s%s%s", base, *base ? "/" : "", dir, *dir ? "/" : "", name);
	return path;
}

static u64 hash_text(const char *s)
{
	u64 h = 1;

	while (*s)
		h = hash64_word(h, (u8)*s++);
	return h;
}

/* Rebuilds the table with twice the room. */
static bool grow_files(struct lines *l)
{
	u32 room = l->room_files ? 2 * l->room_files : 256, slots = 4 * room;
	char **file = realloc(l->file, room * sizeof(*file));
	u32 *slot = calloc(slots, sizeof(*slot));

	if (file)
		l->file = file;
	if (!file || !slot) {
		free(slot);
		return false;
	}
	free(l->slot);
	l->slot = slot;
	l->nr_slots = slots;
	l->room_files = room;
	for (u32 i = 0; i < l->nr_files; i++) {
		u32 at = (u32)hash_text(l->file[i]) & (slots - 1);

		while (slot[at])
			at = (at + 1) & (slots - 1);
		slot[at] = i + 1;
	}
	return true;
}

static u32 on_file(void *arg, const char *base, const char *dir, const char *name)
{
	struct lines *l = arg;
	char *path = join(base, dir, name);
	u32 at;

	if (!path || (l->nr_files == l->room_files && !grow_files(l))) {
		free(path);
		l->lost = true;
		return UINT32_MAX;
	}
	for (char *p = path; *p; p++) /* one line each */
		if ((u8)*p < ' ')
			*p = '?';
	at = (u32)hash_text(path) & (l->nr_slots - 1);
	while (l->slot[at] && strcmp(l->file[l->slot[at] - 1], path))
		at = (at + 1) & (l->nr_slots - 1);
	if (l->slot[at]) {
		free(path);
		return l->slot[at] - 1;
	}
	l->file[l->nr_files++] = path;
	l->slot[at] = l->nr_files;
	return l->nr_files - 1;
}

/* The instruction at va as the program's file has it; false: it has none there. */
static bool word_at(struct lines *l, u32 va, u32 *word)
{
	for (unsigned i = 0; i < l->p->im.nr && l->work <= LINE_WORK; i++, l->work++) {
		const struct image_segment *s = &l->p->im.seg[i];

		if (va >= s->va && s->filesz >= 4 && va - s->va <= s->filesz - 4) {
			*word = be32_get(s->data + (va - s->va));
			return true;
		}
	}
	return false;
}

static bool add_hit(struct lines *l, const struct hit *h)
{
	if (l->nr == l->room) {
		size_t room = l->room ? 2 * l->room : 4096;
		struct hit *hit = realloc(l->hit, room * sizeof(*hit));

		if (!hit)
			return false;
		l->hit = hit;
		l->room = room;
	}
	l->hit[l->nr++] = *h;
	return true;
}

/* A line's instructions: one entry that has the largest count, and one for each branch. */
static void on_line(void *arg, u32 file, u32 line, u32 first, u32 end)
{
	struct lines *l = arg;
	struct hit all = { .file = file, .line = line };
	bool some = false;
	u32 word;

	for (u32 va = (first + 3) & ~3u; va >= first && va < end && file != UINT32_MAX; va += 4) {
		const struct coverage_page *p = l->c->page[va >> 12];
		u32 i = va >> 2 & (COVERAGE_PAGE - 1);

		if (++l->work > LINE_WORK || !word_at(l, va, &word))
			break;
		some = true;
		if (p && p->count[i] > all.count)
			all.count = p->count[i];
		if (branch_is_conditional(word)) {
			const struct hit h = {
				file, line, va, p ? p->count[i] : 0, p ? p->taken[i] : 0, true
			};

			l->lost |= !add_hit(l, &h);
		}
	}
	if (some)
		l->lost |= !add_hit(l, &all);
}

static int by_line(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->branch != y->branch)
		return x->branch ? 1 : -1;
	return x->va < y->va ? -1 : x->va > y->va;
}

/* What a file's records add up to. */
struct sums {
	u32 found, hit, branches, branches_hit;
};

static void print_branch(FILE *out, const struct hit *h, u32 n, struct sums *s)
{
	const u32 times[2] = { h->taken, h->count - h->taken };

	for (unsigned i = 0; i < 2; i++) {
		if (h->count)
			fprintf(out, "BRDA:%u,%u,%u,%u\n", h->line, n, i, times[i]);
		else
			fprintf(out, "BRDA:%u,%u,%u,-\n", h->line, n, i);
		s->branches++;
		s->branches_hit += times[i] != 0;
	}
}

/* All entries of one line; how many there were. */
static size_t print_line(FILE *out, const struct hit *h, size_t nr, struct sums *s)
{
	size_t n = 0, k;
	u32 count = 0, branch = 0, last = 0;

	for (; n < nr && h[n].file == h->file && h[n].line == h->line && !h[n].branch; n++)
		count = h[n].count > count ? h[n].count : count;
	for (k = n; k < nr && h[k].file == h->file && h[k].line == h->line; k++) {
		if (k > n && h[k].va == last) /* two tables know it */
			continue;
		last = h[k].va;
		print_branch(out, &h[k], branch++, s);
	}
	fprintf(out, "DA:%u,%u\n", h->line, count);
	s->found++;
	s->hit += count != 0;
	return k;
}

static void print_lines(struct lines *l, FILE *out)
{
	size_t i = 0;

	if (l->nr)
		qsort(l->hit, l->nr, sizeof(*l->hit), by_line);
	while (i < l->nr) {
		u32 file = l->hit[i].file;
		struct sums s = { 0 };

		fprintf(out, "TN:\nSF:%s\n", l->file[file]);
		while (i < l->nr && l->hit[i].file == file)
			i += print_line(out, &l->hit[i], l->nr - i, &s);
		fprintf(out, "BRF:%u\nBRH:%u\nLF:%u\nLH:%u\nend_of_record\n", s.branches,
			s.branches_hit, s.found, s.hit);
	}
}

int coverage_write_lcov(const struct coverage *c, FILE *out)
{
	struct lines l = { .c = c };
	const struct dwarf_line_sink sink = { on_file, on_line, &l };

	for (unsigned i = 0; i < c->nr_programs; i++) {
		l.p = &c->program[i];
		/* Damaged tables: the lines before the damage. */
		if (l.p->parsed)
			l.lost |= dwarf_lines(l.p->im.buf, l.p->im.len, &sink) == -ENOMEM;
	}
	print_lines(&l, out);
	for (u32 i = 0; i < l.nr_files; i++)
		free(l.file[i]);
	free(l.file);
	free(l.slot);
	free(l.hit);
	return l.lost ? -ENOMEM : 0;
}
