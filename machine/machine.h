/* SPDX-License-Identifier: MIT */
/*
 * A machine: the chips of one board, wired, with memory, clock and CPUs. It makes no system
 * calls and holds no globals, so a process can have several.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "arch/sparc/cpu.h"
#include "dev/scsi.h"
#include "lib/chr.h"
#include "lib/net.h"
#include "machine/board.h"

#define MACHINE_DEVS 64
#define MACHINE_PROM_SIZE (1u << 20)
#define MACHINE_CODE_PAGES 224 /* 16 KiB each: 3.5 MiB of decoded instructions at most */
/* Instructions after which the host's input is looked at, at the latest. */
#define MACHINE_QUANTUM 1000000

enum machine_stop {
	MACHINE_QUANTUM_END, /* nothing special: call again */
	MACHINE_LIMIT, /* the instruction or time limit is reached */
	MACHINE_IDLE, /* the guest waits for an interrupt or polls for input */
	MACHINE_POWEROFF,
	MACHINE_RESET, /* the guest reset the board; it stands at its reset state */
	MACHINE_ERROR, /* error mode */
	MACHINE_WATCHPOINT, /* behind an access to one: cpu->watched tells */
	MACHINE_BREAKPOINT, /* in front of one */
	MACHINE_TRAP, /* behind one that cpu->cover waits for */
	MACHINE_EXIT, /* firmware's own exit; see exit_status */
	MACHINE_ASKED, /* somebody set want_stop, and kicked the CPU */
};

enum machine_vga { VGA_NONE, VGA_TCX, VGA_CG3 };

/* What is plugged in: the caller's, and outlives the machine. */
struct machine_config {
	const struct board *board;
	const struct cpu_model *cpu;
	unsigned nr_cpus; /* 1..board->max_cpus */
	u64 ram_size; /* bytes, a multiple of 4096 */
	unsigned shift; /* an instruction lasts 1 << shift ns */
	bool ref; /* use the reference interpreter only */
	struct {
		bool present, cdrom;
		struct block *medium; /* NULL: an empty CD-ROM drive */
	} scsi[SCSI_IDS - 1];
	struct block *floppy; /* NULL: no disk in the drive */
	struct net_port *net; /* NULL: no cable */
	enum machine_vga vga;
	unsigned width, height, depth; /* pixels, bits */
	const u8 *fb_rom; /* the display's FCode, NULL: none */
	size_t fb_rom_size;
};

enum machine_chr { CHR_SERIAL_A, CHR_SERIAL_B, CHR_KEYBOARD, CHR_MOUSE, CHR_NR };

struct machine {
	struct machine_config config;
	struct bus bus;
	struct clock clock;
	struct code_cache code;
	struct cpu *cpu[CODE_MAX_CPUS];
	unsigned running; /* the CPU whose turn it is */
	u8 *ram, *prom;
	struct {
		const struct board_dev *row;
		struct dev *chip;
	} dev[MACHINE_DEVS];
	unsigned nr_devs, nr_started; /* the first of them are initialized */
	struct scsi_bus scsi;
	struct dev *fb; /* the display, NULL: none */
	u64 fb_pa; /* its slot */
	struct chr chr[CHR_NR]; /* the owner connects them to the host or to a test */
	u64 limit_insns, limit_ns; /* stop there; UINT64_MAX: never */
	/* At this instruction count somebody looks, who sets the next; UINT64_MAX: nobody. */
	u64 look_at;
	void (*look)(void *arg);
	void *look_arg;
	u32 exit_status;
	bool want_poweroff, want_reset, polled;
	bool want_stop; /* no state of the machine */
	struct reboot *reboot; /* what a reset loads again, NULL: nothing */
	struct captures *captures; /* machine/capture.h; NULL: nobody holds one */
	struct journal *journal; /* who notes what comes from outside, NULL: nobody */
	u8 *fw_items; /* of a restored machine: its firmware items' bytes */
};

/*
 * Build one, at its power-on state, PROM blank. Returns 0, or -errno with one line in err;
 * machine_free() takes what machine_new() made.
 */
int machine_new(struct machine **out, const struct machine_config *config, char *err,
		size_t errlen);
void machine_free(struct machine *m);
/* All chips and CPUs to their reset state; memory and time stay. */
void machine_reset(struct machine *m);

/*
 * Run for at most `insns` instructions, or until something stops it. After MACHINE_IDLE the
 * caller lets time pass with machine_skip().
 */
enum machine_stop machine_run(struct machine *m, u64 insns);

/* The instant at which an idle machine has something to do again, in ns; CLOCK_NEVER: none. */
u64 machine_next_event(struct machine *m);
/* Nothing happens until ns: make it so. Not beyond machine_next_event(). */
void machine_skip(struct machine *m, u64 ns);
u64 machine_insns(const struct machine *m);

/* The chip of a row, NULL if this board has none. */
void *machine_chip(struct machine *m, const char *name);

/* A digest of the whole state: memory, CPUs, chips, time. */
u64 machine_hash(struct machine *m);

#endif
