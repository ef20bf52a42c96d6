/* SPDX-License-Identifier: MIT */
/*
 * Fault B10, each machine with each other: a snapshot of one does not go into another, both values are told,
 * and nothing has changed. (Options that contradict a snapshot of -restore: t/7004.)
 */
#include <unistd.h>

#include "t/snap-rig.h"

/* What a machine is made of, and the word by which a refusal calls it. */
struct kind {
	char *args[12];
	const char *word[7]; /* board, memory, processor, number, shift, display, drives */
};

#define SS5 "SS-5", "4096 KiB", "MB86904", "1", "0", "none"

static char disk_a[200], disk_b[200];

static struct kind kinds[] = {
	{ { "vonk", "-vga", "none", "-m", "4" }, { SS5, "no drive" } },
	{ { "vonk", "-vga", "none", "-M", "LX", "-m", "4" },
	  { "LX", "4096 KiB", "MicroSparc I", "1", "0", "none", "no drive" } },
	{ { "vonk", "-vga", "none", "-m", "8" },
	  { "SS-5", "8192 KiB", "MB86904", "1", "0", "none", "no drive" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-cpu", "LEON3" },
	  { "SS-5", "4096 KiB", "LEON3", "1", "0", "none", "no drive" } },
	{ { "vonk", "-vga", "none", "-M", "SS-10", "-m", "4" },
	  { "SS-10", "4096 KiB", "SuperSparc", "1", "0", "none", "no drive" } },
	{ { "vonk", "-vga", "none", "-M", "SS-10", "-m", "4" },
	  { "SS-10", "4096 KiB", "SuperSparc", "2", "0", "none", "no drive" } },
	{ { "vonk", "-vga", "none", "-M", "SS-10", "-m", "4" },
	  { "SS-10", "4096 KiB", "SuperSparc", "4", "0", "none", "no drive" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-icount", "3" },
	  { "SS-5", "4096 KiB", "MB86904", "1", "3", "none", "no drive" } },
	{ { "vonk", "-m", "4", "-vga", "tcx" },
	  { "SS-5", "4096 KiB", "MB86904", "1", "0", "tcx 1024", "no drive" } },
	{ { "vonk", "-m", "4", "-vga", "cg3" },
	  { "SS-5", "4096 KiB", "MB86904", "1", "0", "cg3 1024", "no drive" } },
	{ { "vonk", "-m", "4", "-vga", "cg3", "-g", "1152x900" },
	  { "SS-5", "4096 KiB", "MB86904", "1", "0", "cg3 1152", "no drive" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-hda", disk_a }, { SS5, "scsi0 whole 1" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-hda", disk_b }, { SS5, "scsi0 whole 2" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-hdb", disk_a }, { SS5, "scsi1" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-hda", disk_a, "-hdb", disk_b }, { SS5, "both" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-hda", disk_a, "-snapshot" },
	  { SS5, "scsi0 read 1" } },
	{ { "vonk", "-vga", "none", "-m", "4" }, { SS5, "empty CD-ROM" } },
	{ { "vonk", "-vga", "none", "-m", "4", "-fda", disk_a }, { SS5, "floppy" } },
};

/* Does the line name both values of something in which they differ? */
static bool tells(const struct kind *a, const struct kind *b)
{
	for (unsigned i = 0; i < 6; i++)
		if (strcmp(a->word[i], b->word[i]) && strstr(rig_err, a->word[i]) &&
		    strstr(rig_err, b->word[i]))
			return true;
	return strcmp(a->word[6], b->word[6]) && strstr(rig_err, "drive ") &&
	       (strstr(rig_err, "scsi") || strstr(rig_err, "floppy0")) &&
	       strstr(rig_err, "this machine");
}

/* Without a program: what it is built of counts. */
static void open_kind(struct rig *r, struct kind *k)
{
	int nr = 0;

	memset(r, 0, sizeof(*r));
	while (k->args[nr])
		nr++;
	*rig_err = '\0';
	if (options_parse(&r->o, nr, k->args, rig_err, sizeof(rig_err)) ||
	    boot_config(&r->o, &r->config, rig_err, sizeof(rig_err)) ||
	    plug_open(&r->o, &r->config, rig_err, sizeof(rig_err))) {
		printf("Bail out! %s\n", rig_err);
		exit(1);
	}
	r->config.nr_cpus = (unsigned)*k->word[3] - '0';
	if (!strcmp(k->word[6], "empty CD-ROM"))
		r->config.scsi[0].present = r->config.scsi[0].cdrom = true;
	if (machine_new(&r->m, &r->config, rig_err, sizeof(rig_err)) || reboot_note(r->m)) {
		printf("Bail out! %s\n", rig_err);
		exit(1);
	}
}

static void make(char *path, const char *name, u64 size)
{
	const char *dir = getenv("TMPDIR");
	char err[256];

	snprintf(path, 200, "%s/vonk-7008-%ld-%s", dir ? dir : "/tmp", (long)getpid(), name);
	if (host_file_make(path, size, err, sizeof(err)) != 1) {
		printf("Bail out! %s\n", err);
		exit(1);
	}
}

static void test_pairs(void)
{
	static struct stream saved[ARRAY_SIZE(kinds)];
	static u64 hash[ARRAY_SIZE(kinds)];
	unsigned pairs = 0, bad = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct rig r;

		open_kind(&r, &kinds[i]);
		hash[i] = machine_hash(r.m);
		saved[i] = rig_save(r.m, i & 1);
		rig_close(&r);
	}
	for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct rig r;

		open_kind(&r, &kinds[k]);
		for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++, pairs++) {
			struct snapshot s;
			int ret;

			*rig_err = '\0';
			ret = snapshot_open_bytes(&s, "x.snap", saved[i].p, saved[i].n, rig_err,
						  sizeof(rig_err));
			if (!ret)
				ret = snapshot_same(&s, r.m, rig_err, sizeof(rig_err));
			if (i == k ? ret != 0
				   : ret != SNAPSHOT_REFUSED || strncmp(rig_err, "x.snap: ", 8) ||
					     strchr(rig_err, '\n') ||
					     !tells(&kinds[i], &kinds[k])) {
				diag("%u into %u: %d '%s'", i, k, ret, rig_err);
				bad++;
			}
			snapshot_close(&s);
		}
		if (machine_hash(r.m) != hash[k]) {
			diag("%u has changed", k);
			bad++;
		}
		rig_close(&r);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		free(saved[i].p);
	is(bad, 0, "%u pairs of machines: only its own snapshot, both values told", pairs);
}

int main(void)
{
	make(disk_a, "a", 1474560);
	make(disk_b, "b", 2 << 20);
	test_pairs();
	host_file_remove(disk_a);
	host_file_remove(disk_b);
	return tap_done();
}
