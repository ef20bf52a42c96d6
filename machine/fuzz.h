/* SPDX-License-Identifier: MIT */
/*
 * A machine as a fuzzing target: from one instant on, one input after another, each with the same
 * machine to begin with. tools/doc/fuzzing.md tells what -fuzz takes.
 *
 *	fuzz_parse(&spec, text, image, err, errlen);
 *	fuzz_begin(&f, m, &spec, map, err, errlen);	// runs to the start, captures the machine
 *	fuzz_one(&f, data, n, &out);			// as often as wanted
 *	fuzz_end(&f);
 */
#ifndef MACHINE_FUZZ_H
#define MACHINE_FUZZ_H

#include "arch/sparc/cover.h"
#include "machine/machine.h"

#define FUZZ_POINTS 16
#define FUZZ_FRAMES 8
#define FUZZ_SLOW 20000

enum fuzz_start { FUZZ_AT_ONCE, FUZZ_AT_PC, FUZZ_AT_INSNS, FUZZ_AT_IDLE };

/* Where a pointer or a length goes: memory, or a register of the window at the start. */
struct fuzz_place {
	bool given, is_reg;
	u32 at; /* virtual address, or number of the register */
};

struct fuzz_spec {
	struct fuzz_place mem, len;
	unsigned serial; /* CHR_SERIAL_A.. + 1, 0: none */
	unsigned scsi; /* target + 1, 0: none */
	u64 block; /* of 512 bytes, where an input is put */
	bool net; /* an input is an Ethernet frame */
	u32 max; /* bytes of an input */
	enum fuzz_start start;
	u64 start_at; /* address or count */
	u32 done[FUZZ_POINTS], fail[FUZZ_POINTS];
	unsigned nr_done, nr_fail;
	bool done_return; /* the function entered at the start returns */
	u32 traps[8];
	u64 insns; /* an input's, at most */
	bool exit_fails; /* a status other than 0 is a find */
	unsigned protocol;
	u32 map_size;
	u32 first, last; /* places that count */
	u32 repeat; /* -fuzz-replay runs it so often */
};

/* The text of -fuzz; `image` has the symbols, NULL: none. 0, or -errno with one line in err. */
int fuzz_parse(struct fuzz_spec *spec, const char *text, const char *image, char *err,
	       size_t errlen);

enum fuzz_verdict { FUZZ_PASS, FUZZ_CRASH, FUZZ_HANG };

struct fuzz_outcome {
	enum fuzz_verdict verdict;
	const char *why; /* in words */
	unsigned tt; /* of a trap, 0: none */
	u32 pc;
	u32 frame[FUZZ_FRAMES]; /* the calls that led there, innermost first */
	unsigned nr_frames;
	u64 insns;
	u64 bucket; /* of a find: of pc, trap and calls */
};

struct fuzz {
	struct machine *m;
	struct fuzz_spec spec;
	struct cover cover;
	struct capture *capture;
	u32 stops[2 * FUZZ_POINTS];
	u32 va; /* of the buffer */
	const u8 *data; /* for the serial port: what is left */
	u32 left;
	bool used; /* since the capture */
	struct cpu_log log; /* comparisons */
	void (*compare)(void *arg, u32 pc, u32 a, u32 b);
	void *compare_arg;
	void (*slow)(void *arg); /* is told when an input takes more than FUZZ_SLOW instructions */
	void *slow_arg;
};

/* map: spec->map_size bytes. 0, or -errno with one line in err. */
int fuzz_begin(struct fuzz *f, struct machine *m, const struct fuzz_spec *spec, u8 *map, char *err,
	       size_t errlen);
/* 0, or -errno: the machine is of no more use. */
int fuzz_one(struct fuzz *f, const u8 *data, u32 n, struct fuzz_outcome *out);
void fuzz_end(struct fuzz *f);
/* From now on, tell the operands of every SUBcc, before it is executed; slowly. */
void fuzz_compares(struct fuzz *f, void (*compare)(void *arg, u32 pc, u32 a, u32 b), void *arg);

/*
 * The immediates and constants that the program at `path` compares with, most frequent first: each as its length and
 * its bytes, as fuzzers want a dictionary. Returns how many bytes that takes, up to FUZZ_WORDS_SIZE; 0: there are none.
 */
#define FUZZ_WORDS 256
#define FUZZ_WORDS_SIZE (FUZZ_WORDS * 5)
u32 fuzz_words(const char *path, u8 *out);

#endif
