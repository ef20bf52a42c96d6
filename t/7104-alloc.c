/* SPDX-License-Identifier: MIT */
/*
 * Memory that is not there: every allocation of a save (fault A13) and of a load (B15) fails in turn, once and
 * for ever. And a file that changes while it is loaded (B12), or cannot be read (B13), at every one of its reads.
 *
 * The linker gives this file the calls of the whole program: --wrap=malloc and so on, see the Makefile.
 */
#include <errno.h>

#include "t/snap-rig.h"
#include "t/tier.h"

static unsigned calls, fail_at; /* counted from 1; 0: none fails */
static bool for_ever;

void *__real_malloc(size_t n);
void *__real_calloc(size_t a, size_t b);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t a, size_t b);
void *__wrap_realloc(void *p, size_t n);
u8 *__real_host_mem_new(u64 size);
u8 *__wrap_host_mem_new(u64 size);
void *__real_host_mem_small(u64 size);
void *__wrap_host_mem_small(u64 size);

static bool fails(void)
{
	calls++;
	return fail_at && (for_ever ? calls >= fail_at : calls == fail_at);
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t a, size_t b)
{
	return fails() ? NULL : __real_calloc(a, b);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

u8 *__wrap_host_mem_new(u64 size)
{
	return fails() ? NULL : __real_host_mem_new(size);
}

void *__wrap_host_mem_small(u64 size)
{
	return fails() ? NULL : __real_host_mem_small(size);
}

static char *demo[] = { "vonk", "-m", "1", "-vga", "tcx", NULL };
static struct rig rig;
static struct stream good, other;

/* A sink that needs no memory. */
static int count_write(void *arg, const void *buf, size_t n)
{
	(void)buf;
	*(u64 *)arg += n;
	return 0;
}

static void test_save(void)
{
	struct snapshot_options opt = { .raw = false };
	u64 hash = machine_hash(rig.m), bytes, n;
	unsigned sites, bad = 0;

	calls = fail_at = 0;
	snapshot_save(rig.m, &opt, count_write, &n, &bytes);
	sites = calls;
	for (unsigned i = 1; i <= sites; i++) {
		for (unsigned k = 0; k < 2; k++) {
			int ret;

			n = 0;
			calls = 0;
			fail_at = i;
			for_ever = k;
			ret = snapshot_save(rig.m, &opt, count_write, &n, &bytes);
			fail_at = 0;
			if (ret != -ENOMEM || n) {
				diag("allocation %u: %d, %llu octets written", i, ret,
				     (unsigned long long)n);
				bad++;
			}
		}
	}
	is(bad, 0, "A13: each of %u allocations of a save: -ENOMEM, and nothing is written", sites);
	is(machine_hash(rig.m), hash, "the machine is as it was");
	n = 0;
	ok(!snapshot_save(rig.m, &opt, count_write, &n, &bytes) && n == good.n,
	   "the next save works");
}

static void test_load(void)
{
	unsigned sites, bad = 0;
	struct machine *m;
	int status;

	calls = fail_at = 0;
	m = rig_load(good.p, good.n, &status);
	machine_free(m);
	sites = calls;
	for (unsigned i = 1; i <= sites; i++) {
		for (unsigned k = 0; k < 2; k++) {
			calls = 0;
			fail_at = i;
			for_ever = k;
			m = rig_load(good.p, good.n, &status);
			fail_at = 0;
			if (m || !*rig_err || strchr(rig_err, '\n')) {
				diag("allocation %u: %d '%s'", i, status, rig_err);
				bad++;
			}
			machine_free(m);
		}
	}
	is(bad, 0, "B15: each of %u allocations of a load: one line, and no machine", sites);
	m = rig_load(good.p, good.n, &status);
	ok(m && machine_hash(m) == machine_hash(rig.m), "the next load works");
	machine_free(m);
}

/* --- a file that is not what it was --- */

struct moody {
	struct snap_source src; /* first: it takes the place of the image's own */
	unsigned reads, turn_at;
	enum { BITS, WHOLE, ERROR, SHORTER } how;
	u8 *buf;
	u64 bit;
};

static int moody_read(struct snap_source *src, u64 off, void *buf, size_t n)
{
	struct moody *m = container_of(src, struct moody, src);

	m->reads++;
	if (m->turn_at && m->reads == m->turn_at && m->how == BITS)
		m->buf[m->bit / 8 % good.n] ^= (u8)(1 << m->bit % 8);
	if (m->turn_at && m->reads == m->turn_at && m->how == WHOLE)
		memcpy(m->buf, other.p, good.n);
	if (m->turn_at && m->reads >= m->turn_at && m->how == ERROR)
		return -EIO;
	if (m->turn_at && m->reads >= m->turn_at && m->how == SHORTER)
		return -ENODATA;
	memcpy(buf, m->buf + off, n);
	return 0;
}

/* Opened as the good one, and filled from a source with moods. */
static struct machine *load_moody(struct moody *moody, int *status)
{
	struct machine *m = NULL;
	struct snapshot s;

	memcpy(moody->buf, good.p, good.n);
	*status = snapshot_open_bytes(&s, "x.snap", moody->buf, good.n, rig_err, sizeof(rig_err));
	moody->src = (struct snap_source){ .read = moody_read, .size = good.n };
	moody->reads = 0;
	s.img.src = &moody->src;
	if (!*status && snap_image_verify(&s.img, false))
		*status = machine_new(&m, &s.config, rig_err, sizeof(rig_err));
	else
		*status = 1;
	if (!*status)
		*status = snapshot_fill(&s, m, rig_err, sizeof(rig_err));
	snapshot_close(&s);
	if (*status) {
		machine_free(m);
		m = NULL;
	}
	return m;
}

/* It is the one or the other, or there is none. */
static bool whole_or_none(struct machine *m)
{
	struct stream s;
	bool same;

	if (!m)
		return true;
	s = rig_save(m, false);
	same = s.n == good.n && (!memcmp(s.p, good.p, s.n) || !memcmp(s.p, other.p, s.n));
	free(s.p);
	return same;
}

static void test_moods(void)
{
	static const char *const what[] = { "a bit changes", "another snapshot is written over it",
					    "a read fails", "it becomes shorter" };
	struct moody moody = { .buf = malloc(good.n) };
	unsigned reads;
	int status;

	machine_free(load_moody(&moody, &status));
	reads = moody.reads;
	for (unsigned how = BITS; how <= SHORTER; how++) {
		unsigned bad = 0, loaded = 0, nr = 0, tries = how == BITS ? by_tier(1, 3, 40) : 1;

		moody.how = how;
		for (unsigned at = 1; at <= reads; at += by_tier(3, 1, 1)) {
			for (unsigned i = 0; i < tries; i++) {
				struct machine *m;

				moody.turn_at = at;
				moody.bit = chance();
				m = load_moody(&moody, &status);
				bad += !whole_or_none(m);
				bad += m && how >= ERROR;
				loaded += m != NULL;
				nr++;
				machine_free(m);
			}
		}
		moody.turn_at = 0;
		is(bad, 0, "%s: %s at each of %u reads: refused, or one of them whole (%u times)",
		   how < ERROR ? "B12" : "B13", what[how], nr, loaded);
	}
	free(moody.buf);
}

int main(void)
{
	rig_open(&rig, demo);
	rig_run(rig.m, 100000);
	other = rig_save(rig.m, false);
	/* A file of the same length, with other contents. */
	for (unsigned i = 0; i < 2000; i++) {
		rig_run(rig.m, 1);
		good = rig_save(rig.m, false);
		if (good.n == other.n)
			break;
		free(good.p);
	}
	ok(good.n == other.n && memcmp(good.p, other.p, good.n), "two snapshots of %zu octets",
	   good.n);
	test_save();
	test_load();
	test_moods();
	free(good.p);
	free(other.p);
	rig_close(&rig);
	return tier_done("obj/t/7104-alloc");
}
