/* SPDX-License-Identifier: MIT */
/* An interpreter of a small stack machine: an indirect jump for each operation. */
#define NAME "interp"
#ifndef LOOPS
#define LOOPS 40
#define SUM 0x2f10f120u
#endif
#include "bench.h"

enum op { PUSH, LOAD, STORE, ADD, SUB, MUL, XOR, SHR, LESS, JZ, JMP, HALT };

struct insn {
	uint8_t op;
	int32_t arg;
};

/* for (i = 0; i < n; i++) x = (x * 1103515245 + 12345) ^ x >> 16, with variables 0 n, 1 i, 2 x. */
static const struct insn program[] = {
	{ PUSH, 0 },  { STORE, 1 },	    { LOAD, 1 }, { LOAD, 0 },	  { LESS, 0 }, { JZ, 22 },
	{ LOAD, 2 },  { PUSH, 1103515245 }, { MUL, 0 },	 { PUSH, 12345 }, { ADD, 0 },  { LOAD, 2 },
	{ PUSH, 16 }, { SHR, 0 },	    { XOR, 0 },	 { STORE, 2 },	  { LOAD, 1 }, { PUSH, 1 },
	{ ADD, 0 },   { STORE, 1 },	    { JMP, 2 },	 { HALT, 0 },	  { HALT, 0 },
};

static NOINLINE void run(const struct insn *code, uint32_t *var)
{
	uint32_t stack[16], *sp = stack;
	const struct insn *pc = code;

	for (;; pc++) {
		switch ((enum op)pc->op) {
		case PUSH:
			*sp++ = (uint32_t)pc->arg;
			break;
		case LOAD:
			*sp++ = var[pc->arg];
			break;
		case STORE:
			var[pc->arg] = *--sp;
			break;
		case ADD:
			sp--;
			sp[-1] += sp[0];
			break;
		case SUB:
			sp--;
			sp[-1] -= sp[0];
			break;
		case MUL:
			sp--;
			sp[-1] *= sp[0];
			break;
		case XOR:
			sp--;
			sp[-1] ^= sp[0];
			break;
		case SHR:
			sp--;
			sp[-1] >>= sp[0] & 31;
			break;
		case LESS:
			sp--;
			sp[-1] = sp[-1] < sp[0];
			break;
		case JZ:
			if (!*--sp)
				pc = code + pc->arg - 1;
			break;
		case JMP:
			pc = code + pc->arg - 1;
			break;
		case HALT:
			return;
		}
	}
}

static uint32_t bench(unsigned loops)
{
	uint32_t var[3] = { 0, 0, 1 };

	while (loops--) {
		var[0] = 20000;
		run(program, var);
	}
	return var[2];
}
