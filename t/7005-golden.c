/* SPDX-License-Identifier: MIT */
/*
 * A snapshot of every stream version that was ever released: t/snap/vN.snap. That of this version loads, is
 * saved as the same octets again (but for who wrote it) and goes on as it did when it was made; all others are
 * refused by their version, and give their disks. A new version's file is made by `obj/t/7005-golden --write`,
 * and then never changes again.
 */
#include <fcntl.h>
#include <unistd.h>

#include "t/snap-rig.h"

/* Counts in memory for ever, once in five instructions. */
static const u32 program[] = {
	0x05000014, /* sethi %hi(0x5000), %g2 */
	0xc200a000, /* ld [%g2], %g1 */
	0x82006001, /* inc %g1 */
	0x10bffffd, /* ba to the sethi */
	0xc220a000, /* st %g1, [%g2] */
};

static char *args[] = { "vonk", "-m", "1", "-vga", "none", "-append", "golden", NULL };

#define RUN_BEFORE 1001
#define RUN_AFTER 4000
#define COUNTER 0x5000

static void make(struct rig *r)
{
	rig_open(r, args);
	memset(r->m->ram, 0, r->config.ram_size);
	for (unsigned i = 0; i < ARRAY_SIZE(program); i++)
		be32_put(r->m->ram + 0x4000 + 4 * i, program[i]);
	code_flush(&r->m->code);
	r->m->cpu[0]->pc = 0x4000;
	r->m->cpu[0]->npc = 0x4004;
	reboot_note(r->m);
	rig_run(r->m, RUN_BEFORE);
}

static struct stream read_file(const char *name)
{
	struct stream s = { malloc(1 << 20), 0, 1 << 20 };
	int fd = open(name, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, s.p, s.room);

	s.n = n > 0 ? (size_t)n : 0;
	if (fd >= 0)
		close(fd);
	return s;
}

static void write_golden(const char *name)
{
	struct stream s;
	struct rig r;
	int fd;

	make(&r);
	s = rig_save(r.m, false);
	memset(s.p + 128, 0, 20); /* the build id */
	reseal(s.p, s.n);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, s.p, s.n) != (ssize_t)s.n)
		exit(1);
	close(fd);
	free(s.p);
	rig_close(&r);
}

static void test_current(const char *name)
{
	struct stream s = read_file(name), again;
	struct machine *m;
	int status;

	ok(s.n > 0 && s.n < 24576, "%s: %zu octets", name, s.n);
	m = rig_load(s.p, s.n, &status);
	if (!ok(m, "it loads (%s)", rig_err)) {
		free(s.p);
		return;
	}
	again = rig_save(m, false);
	/* Who wrote it. */
	memcpy(again.p + 72, s.p + 72, 76);
	reseal(again.p, again.n);
	ok(again.n == s.n && !memcmp(again.p, s.p, s.n), "and is saved as the same octets");
	is(machine_insns(m), RUN_BEFORE, "after %u instructions", RUN_BEFORE);
	is(be32_get(m->ram + COUNTER), RUN_BEFORE / 5, "the program has counted");
	rig_run(m, RUN_AFTER);
	is(be32_get(m->ram + COUNTER), (RUN_BEFORE + RUN_AFTER) / 5, "and goes on counting");
	machine_reset(m);
	reboot_load(m);
	rig_run(m, 32);
	is(be32_get(m->ram + COUNTER), (RUN_BEFORE + RUN_AFTER) / 5 + 6, "a reset starts it again");
	machine_free(m);
	free(s.p);
	free(again.p);
}

static void test_other(const char *name, unsigned version)
{
	struct stream s = read_file(name);
	struct snapshot snap;
	char err[512], want[64];
	int status;

	snprintf(want, sizeof(want), "stream version %u, ", version);
	ok(!rig_load(s.p, s.n, &status) && status == SNAPSHOT_REFUSED && strstr(rig_err, want),
	   "%s is refused", name);
	is(snapshot_open_disks(&snap, name, err, sizeof(err)), 0, "its disks are readable");
	snapshot_close(&snap);
	free(s.p);
}

int main(int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "t/snap/v%u.snap", SNAP_VERSION);
	if (argc > 1 && !strcmp(argv[1], "--write")) {
		write_golden(name);
		return 0;
	}
	test_current(name);
	for (unsigned v = 1; v < SNAP_VERSION; v++) {
		snprintf(name, sizeof(name), "t/snap/v%u.snap", v);
		test_other(name, v);
	}
	return tap_done();
}
