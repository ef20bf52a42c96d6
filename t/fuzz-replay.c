/* SPDX-License-Identifier: MIT */
/*
 * The main of a fuzzing target where there is no libFuzzer: replays inputs, and keeps corpora.
 *
 *	TARGET FILE...			replay: a file is one input, or a corpus that was packed
 *	TARGET -pack FILE DIR		all files of a directory into one, ordered by their contents
 *	TARGET -unpack FILE DIR		and back, named by number
 *	TARGET -blind N SEED FILE...	N inputs made from those by changing some octets, without feedback
 *
 * A packed corpus: "vonkfuzz", then each input as its length in 4 octets, big-endian, and its octets.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"

#define MAGIC "vonkfuzz"
#define INPUT_MAX (16u << 20)

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);
size_t LLVMFuzzerMutate(u8 *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t len, size_t max, unsigned seed)
	__attribute__((weak));

struct input {
	u8 *p;
	size_t n;
};

struct inputs {
	struct input *in;
	size_t nr;
};

static u64 random_state;

static u32 rnd(void)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(random_state >> 33);
}

static void die(const char *what, const char *path)
{
	fprintf(stderr, "%s: ", path);
	perror(what);
	exit(1);
}

static void add(struct inputs *to, const u8 *p, size_t n)
{
	u8 *copy = malloc(n ? n : 1); /* of its exact size: reads beyond it are seen */

	to->in = realloc(to->in, (to->nr + 1) * sizeof(*to->in));
	if (!copy || !to->in)
		die("memory", "replay");
	memcpy(copy, p, n);
	to->in[to->nr++] = (struct input){ copy, n };
}

static void release(struct inputs *all)
{
	for (size_t i = 0; i < all->nr; i++)
		free(all->in[i].p);
	free(all->in);
}

static void add_file(struct inputs *to, const char *path)
{
	FILE *f = fopen(path, "rb");
	u8 *buf = malloc(INPUT_MAX);
	size_t n, at = 8;

	if (!f || !buf)
		die("cannot be read", path);
	n = fread(buf, 1, INPUT_MAX, f);
	fclose(f);
	if (n < 8 || memcmp(buf, MAGIC, 8)) {
		add(to, buf, n);
		at = n;
	}
	while (n - at >= 4) {
		u32 len = be32_get(buf + at);

		if (len > n - at - 4)
			break;
		add(to, buf + at + 4, len);
		at += 4 + (size_t)len;
	}
	free(buf);
	if (at != n) {
		fprintf(stderr, "%s: a damaged corpus\n", path);
		exit(1);
	}
}

static int by_contents(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	int order = x->n != y->n ? (x->n > y->n ? 1 : -1) : memcmp(x->p, y->p, x->n);

	return order;
}

static int pack(const char *file, const char *dirname)
{
	DIR *dir = opendir(dirname);
	struct inputs all = { NULL, 0 };
	FILE *out;

	if (!dir)
		die("cannot be read", dirname);
	for (struct dirent *e; (e = readdir(dir));) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dirname, e->d_name);
		if (e->d_name[0] != '.')
			add_file(&all, path);
	}
	closedir(dir);
	if (all.nr)
		qsort(all.in, all.nr, sizeof(*all.in), by_contents);
	out = fopen(file, "wb");
	if (!out)
		die("cannot be written", file);
	fwrite(MAGIC, 1, 8, out);
	for (size_t i = 0; i < all.nr; i++) {
		u8 len[4];

		be32_put(len, (u32)all.in[i].n);
		fwrite(len, 1, 4, out);
		fwrite(all.in[i].p, 1, all.in[i].n, out);
	}
	if (fclose(out))
		die("cannot be written", file);
	release(&all);
	return 0;
}

static int unpack(const char *file, const char *dirname)
{
	struct inputs all = { NULL, 0 };

	add_file(&all, file);
	for (size_t i = 0; i < all.nr; i++) {
		char path[4096];
		FILE *out;

		snprintf(path, sizeof(path), "%s/%06zu", dirname, i);
		out = fopen(path, "wb");
		if (!out || (all.in[i].n && !fwrite(all.in[i].p, all.in[i].n, 1, out)) ||
		    fclose(out))
			die("cannot be written", path);
	}
	release(&all);
	return 0;
}

/* A few octets, and now and then the length. */
size_t LLVMFuzzerMutate(u8 *data, size_t len, size_t max)
{
	unsigned changes = 1 + rnd() % 4;

	if (rnd() % 4 == 0 && len < max)
		data[len++] = (u8)rnd();
	if (rnd() % 8 == 0 && len > 1)
		len -= rnd() % len;
	while (changes-- && len)
		data[rnd() % len] = (u8)(rnd() % 3 ? rnd() : rnd() % 2 ? 0xff : 0);
	return len;
}

static void blind(const struct inputs *all, unsigned long runs)
{
	for (unsigned long i = 0; i < runs; i++) {
		const struct input *from = &all->in[rnd() % all->nr];
		size_t max = from->n + 64, n = from->n;
		u8 *buf = malloc(max);
		struct inputs one = { NULL, 0 };

		if (!buf)
			die("memory", "replay");
		memcpy(buf, from->p, n);
		n = LLVMFuzzerCustomMutator ? LLVMFuzzerCustomMutator(buf, n, max, rnd())
					    : LLVMFuzzerMutate(buf, n, max);
		add(&one, buf, n);
		LLVMFuzzerTestOneInput(one.in[0].p, n);
		free(one.in[0].p);
		free(one.in);
		free(buf);
	}
}

int main(int argc, char **argv)
{
	struct inputs all = { NULL, 0 };
	unsigned long runs = 0;
	int first = 1;

	if (argc == 4 && !strcmp(argv[1], "-pack"))
		return pack(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "-unpack"))
		return unpack(argv[2], argv[3]);
	if (argc > 3 && !strcmp(argv[1], "-blind")) {
		runs = strtoul(argv[2], NULL, 0);
		random_state = strtoull(argv[3], NULL, 0);
		first = 4;
	}
	for (int i = first; i < argc; i++)
		add_file(&all, argv[i]);
	if (!all.nr)
		add(&all, (const u8 *)"", 0);
	if (runs)
		blind(&all, runs);
	for (size_t i = 0; i < all.nr && !runs; i++)
		LLVMFuzzerTestOneInput(all.in[i].p, all.in[i].n);
	printf("%zu inputs\n", all.nr);
	release(&all);
	return 0;
}
