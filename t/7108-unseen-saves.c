/* SPDX-License-Identifier: MIT */
/*
 * A guest does not see that it is saved every 100,000 instructions: OpenBIOS boots Linux, which works with its
 * disk, beside a machine that is never saved. They agree in state and in every octet of the console.
 * By make test a number of saves at random times of the boot (VONK_FAULTS=1), by make soak all along (VONK_FULL=1).
 */
#include "t/snap-rig.h"
#include "t/tier.h"

#define LINES 2 /* serial A and B; the keyboard's is its chip's */
#define EVERY 100000
#define BOOT 1200000000ull /* about what it takes to do all of it and power off */

/* What left by a line: how much, and a digest of it. */
struct line {
	struct chr *chr;
	u64 bytes, hash;
};

struct side {
	struct rig r;
	struct line line[LINES];
	bool off;
};

static void line_flush(void *host)
{
	struct line *l = host;
	u8 buf[256];
	u32 n;

	while ((n = chr_take(l->chr, buf, sizeof(buf)))) {
		l->bytes += n;
		for (u32 i = 0; i < n; i++)
			l->hash = (l->hash ^ buf[i]) * 0x100000001b3;
	}
}

static void side_open(struct side *s, char **args)
{
	rig_open(&s->r, args);
	s->off = false;
	for (unsigned i = 0; i < LINES; i++) {
		struct chr *chr = &s->r.m->chr[CHR_SERIAL_A + i];

		s->line[i] = (struct line){ chr, 0, 0 };
		chr->flush = line_flush;
		chr->host = &s->line[i];
	}
}

static void side_run(struct side *s, u64 insns)
{
	if (!s->off)
		s->off = !rig_run(s->r.m, insns);
}

static bool same(struct side *a, struct side *b)
{
	bool same = machine_hash(a->r.m) == machine_hash(b->r.m) &&
		    machine_insns(a->r.m) == machine_insns(b->r.m) && a->off == b->off;

	for (unsigned i = 0; i < LINES; i++)
		same = same && a->line[i].bytes == b->line[i].bytes &&
		       a->line[i].hash == b->line[i].hash;
	return same;
}

static int discard(void *arg, const void *buf, size_t n)
{
	(void)arg;
	(void)buf;
	(void)n;
	return 0;
}

/* One save, seldom compressed: that takes long. */
static unsigned save(struct side *s, unsigned nr)
{
	struct snapshot_options opt = { .raw = nr % 16 != 0 };
	u64 bytes = 0;

	return !snapshot_save(s->r.m, &opt, discard, NULL, &bytes) && bytes;
}

static void test_boot(char **args, unsigned windows, unsigned saves)
{
	unsigned bad = 0, done = 0, tried = 0;
	struct side a, b;

	side_open(&a, args);
	side_open(&b, args);
	for (unsigned w = 0; w < windows; w++) {
		/* Without windows all along, with them the boot is cut in as many parts. */
		u64 at = windows == 1 ? 0 : chance() % (BOOT / windows - (u64)saves * EVERY);
		u64 left = BOOT / windows - at;

		side_run(&a, at);
		side_run(&b, at);
		for (unsigned i = 0; i < saves && !a.off; i++) {
			tried++;
			done += save(&a, i);
			side_run(&a, EVERY);
			left -= EVERY;
		}
		side_run(&b, (u64)saves * EVERY);
		bad += !same(&a, &b);
		side_run(&a, left);
		side_run(&b, left);
	}
	ok(done && done == tried, "%u saves", done);
	is(bad, 0, "after each of %u runs of saves state and console are as if there were none",
	   windows);
	ok(same(&a, &b), "and at the end");
	ok(a.line[0].bytes > 2000, "which is far: %llu octets of console",
	   (unsigned long long)a.line[0].bytes);
	rig_close(&a.r);
	rig_close(&b.r);
}

static int skip(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

int main(void)
{
	static char guest[512], image[600], initrd[600], drive[600];
	char *args[] = { "vonk",    "-m",
			 "32",	    "-vga",
			 "none",    "-nographic",
			 "-bios",   "openbios-sparc32",
			 "-kernel", image,
			 "-initrd", initrd,
			 "-append", "console=ttyS0 panic=1 vonk.run=disk vonk.mib=1",
			 "-drive",  drive,
			 NULL };
	FILE *where;

	if (!tier())
		return skip("takes a while: VONK_FAULTS=1");
	where = popen("t/linux/build --where 2>/dev/null", "r");
	if (!where || !fgets(guest, sizeof(guest), where))
		guest[0] = '\0';
	if (where)
		pclose(where);
	guest[strcspn(guest, "\n")] = '\0';
	if (!*guest)
		return skip("the Linux guests are not built: make guests");
	snprintf(image, sizeof(image), "%s/image", guest);
	snprintf(initrd, sizeof(initrd), "%s/initrd.gz", guest);
	snprintf(drive, sizeof(drive), "file=%s/disk.img,snapshot=on", guest);
	test_boot(args, by_tier(0, 12, 1), by_tier(0, 10, BOOT / EVERY));
	return tier_done("obj/t/7108-unseen-saves");
}
