/* SPDX-License-Identifier: MIT */
/* Bicc and FBfcc, seen from outside: which words are branches, and where a processor would go. */
#ifndef ARCH_SPARC_BRANCH_H
#define ARCH_SPARC_BRANCH_H

#include "arch/sparc/alu.h"
#include "arch/sparc/cpu.h"
#include "decode.h"

static inline bool branch_is(u32 word)
{
	enum insn insn = insn_decode(word);

	return insn == insn_bicc || insn == insn_fbfcc;
}

/* It may go either way: neither "always" nor "never". */
static inline bool branch_is_conditional(u32 word)
{
	return branch_is(word) && f_cond(word) & 7;
}

/* Of a branch, with the condition codes as they are; it leaves them as it found them. */
static inline bool branch_is_taken(const struct cpu *cpu, u32 word)
{
	return insn_decode(word) == insn_bicc
		       ? alu_cond(f_cond(word), cpu->icc)
		       : alu_fcond(f_cond(word), cpu->fsr >> FSR_FCC_SHIFT & 3);
}

#endif
