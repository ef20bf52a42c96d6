/* SPDX-License-Identifier: MIT */
/*
 * What a reset loads is what was noted, whichever way it was written since: by stores that a TLB lets pass,
 * by stores into decoded code, by going back to a capture; and if it is noted again while all of that is warm.
 */
#include "machine/capture.h"
#include "t/snap-rig.h"

#define PROGRAM 0x4000u
#define DATA 0x8000u
#define SIZE 0x10000u /* that is compared */

static char *args[] = { "vonk", "-m", "2", "-vga", "none", NULL };
static u8 noted[SIZE];

/* Counts in %g1, and writes that to the data and to its own page, for ever. */
static void start(struct rig *r)
{
	static const u32 program[] = {
		0xc220a000, /* st %g1, [%g2] */
		0xc220e000, /* st %g1, [%g3] */
		0x82006001, /* add %g1, 1, %g1 */
		0x10bffffd, /* ba, to the first */
		0x01000000, /* nop */
	};
	struct cpu *cpu;
	struct cpu_state st;

	rig_open(r, args);
	memset(r->m->ram, 0x11, SIZE);
	for (u32 i = 0; i < ARRAY_SIZE(program); i++)
		be32_put(r->m->ram + PROGRAM + 4 * i, program[i]);
	code_flush(&r->m->code);
	cpu = r->m->cpu[0];
	cpu_get_state(cpu, &st);
	st.mmu[MMU_CTRL] &= ~(cpu->model->mmu_bm | MMU_CTRL_E);
	st.globals[1] = 1;
	st.globals[2] = DATA;
	st.globals[3] = PROGRAM + 0x800;
	st.pc = PROGRAM;
	st.npc = PROGRAM + 4;
	cpu_set_state(cpu, &st);
}

static void note(struct rig *r)
{
	memcpy(noted, r->m->ram, SIZE);
	reboot_note(r->m);
}

static bool counted(const struct rig *r)
{
	return be32_get(r->m->ram + DATA) != be32_get(noted + DATA) &&
	       be32_get(r->m->ram + PROGRAM + 0x800) != be32_get(noted + PROGRAM + 0x800);
}

static void is_noted(struct rig *r, const char *what)
{
	machine_reset(r->m);
	reboot_load(r->m);
	ok(!memcmp(r->m->ram, noted, SIZE), "%s: a reset loads what was noted", what);
}

int main(void)
{
	struct capture *c;
	struct rig r;

	start(&r);
	note(&r);
	rig_run(r.m, 1000);
	ok(counted(&r), "the program writes to both pages");
	is_noted(&r, "stores");
	rig_run(r.m, 1000);
	ok(counted(&r), "and again after the reset");
	is_noted(&r, "the second time");
	rig_run(r.m, 1000);
	note(&r);
	rig_run(r.m, 1000);
	ok(counted(&r), "it is noted while the TLB knows the pages");
	is_noted(&r, "noted anew");
	is(capture_take(r.m, &c), 0, "a capture");
	rig_run(r.m, 1000);
	note(&r);
	is(capture_go_back(r.m, c), 0, "noted, and back to before that");
	ok(counted(&r), "where it was something else");
	is_noted(&r, "after going back");
	capture_drop(r.m, c);
	rig_close(&r);
	return tap_done();
}
