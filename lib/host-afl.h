/* SPDX-License-Identifier: MIT */
/*
 * The target's side of AFL++'s fork server: what afl-fuzz, afl-showmap, afl-tmin and LibAFL's
 * fork server executor speak over descriptors 198 and 199, with coverage and test cases in
 * System V shared memory. The target is persistent: a child runs one input after another. It says
 * that it has stopped itself, or died, as such children do, but does neither: it answers the fuzzer itself and takes the next
 * word from it, and the server has nothing to do until the child is killed. So an input costs two
 * switches between processes, and one that finds something no fork.
 *
 *	host_afl_open(&a, ...)
 *	if (host_afl_serve(&a))		// here is a child
 *		do {
 *			n = host_afl_input(&a, buf, max);
 *			...		// counters go to a.map
 *		} while (host_afl_next(&a, found));
 */
#ifndef LIB_HOST_AFL_H
#define LIB_HOST_AFL_H

#include "lib/types.h"

struct host_afl {
	unsigned protocol; /* of the greeting: 0 every version takes, 1 since AFL++ 4.20 */
	u8 *map;
	u32 map_size; /* a power of 2 */
	const u8 *shm; /* of test cases: length, then bytes; NULL: standard input */
	u32 shm_size;
	const u8 *words; /* a dictionary that is offered: each word as its length and its bytes */
	u32 words_size; /* in bytes, 0: none */
	bool begun; /* the first input's word has been read */
	bool alone; /* nobody is at the descriptors: one input, and that is all */
	/* Operands of comparisons (cmplog), where this process is the one that afl-fuzz -c wants them from. */
	u8 *cmp; /* NULL: not wanted */
	bool cmp_narrow; /* its layout, since 4.22: headers of 2 bytes */
	/* In a child: */
	u32 pid;
	volatile u32 *stage; /* what it has told the fuzzer; the server sees it, too */
};

/*
 * Finds the fuzzer's memory by its environment variables. map_size is what is wanted, and what is
 * told to the fuzzer. 0, or -errno with one line in err: nobody started this as a target.
 */
int host_afl_open(struct host_afl *a, unsigned protocol, u32 map_size, char *err, size_t errlen);
/* Serves until the fuzzer goes: false. True, again and again: in a child, which is to run inputs. */
bool host_afl_serve(struct host_afl *a);
/* The next input, cut at max bytes: its length. */
u32 host_afl_input(const struct host_afl *a, u8 *buf, u32 max);
/*
 * The input takes its time: from now on the fuzzer may kill this process. An input that is done before that is told of in
 * one piece. Call it within some milliseconds; again and again does no harm.
 */
void host_afl_slow(struct host_afl *a);
/* The input is done, and has found something or not. True: there is another one; false: the child ends. */
bool host_afl_next(struct host_afl *a, bool found);
/*
 * The operands of a comparison at a place, of which any number will do as a name. Only where a->cmp is not NULL.
 */
void host_afl_compare(const struct host_afl *a, u32 place, u32 v0, u32 v1);
/* An input that does not come to an end: nor does this, until the fuzzer has waited long enough. */
_Noreturn void host_afl_hang(struct host_afl *a);

#endif
