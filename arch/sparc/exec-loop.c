/* SPDX-License-Identifier: MIT */
/* Which loops have a handler that does all their turns: arch/sparc/loops.list, see tools/mkloop.c. */
#include "arch/sparc/exec.h"
#include "decode.h"
#include "lib/be.h"
#include "lib/hash64.h"
#define LOOP_TABLE
#include "loops.h"

_Static_assert(K_PLAIN <= 0x80, "a key has seven bits for a kind");
_Static_assert(CODE_BACK >= LOOP_MAX, "a word that changes reaches the loop's start");

/*
 * A loop as it stands in loops.list: each instruction's kind, and letters for its registers, or where it branches to.
 * Registers that are written have a letter each, in the order in which they are; others are LOOP_FIXED, as immediate
 * operands are. Operands that may be exchanged stand in that order, too, what is fixed last.
 */
struct key {
	u8 b[LOOP_MAX * 5], letter[R_SINK + 1], nr_letters;
	unsigned len;
};

static void name_written(struct key *key, unsigned reg)
{
	if (!key->letter[reg])
		key->letter[reg] = (u8)('a' + key->nr_letters++);
}

static void add_reg(struct key *key, unsigned reg)
{
	key->b[key->len++] = key->letter[reg] ? key->letter[reg] : LOOP_FIXED;
}

static void add_operands(struct key *key, const struct op *op, unsigned has)
{
	unsigned first = op->rs1, second = op->rs2;
	u8 a = key->letter[first], b = key->letter[second];

	if (has & LOOP_EXCHANGE && b && (!a || b < a)) {
		first = op->rs2;
		second = op->rs1;
	}
	if (has & LOOP_RS1)
		add_reg(key, first);
	if (has & LOOP_OPERAND2)
		add_reg(key, second);
	if (has & LOOP_RD)
		add_reg(key, op->rd);
	if (has & LOOP_ODD)
		add_reg(key, op->aux);
}

/* The n instructions at mem, of which the last but one branches back to the first: is there nothing else in it? */
static bool find_written(const struct cpu *cpu, struct key *key, const u8 *mem, unsigned n)
{
	memset(key, 0, sizeof(*key));
	for (unsigned k = 0; k < n; k++) {
		struct op op;
		unsigned has;

		if (exec_is_cti(mem + 4 * k))
			continue;
		has = loop_operands[exec_operands(cpu, &op, be32_get(mem + 4 * k))].has;
		if (!has)
			return false;
		if (has & LOOP_WRITES)
			name_written(key, op.rd);
		if ((has & (LOOP_WRITES | LOOP_ODD)) == (LOOP_WRITES | LOOP_ODD))
			name_written(key, op.aux);
	}
	return key->nr_letters <= LOOP_LETTERS;
}

static bool make_key(const struct cpu *cpu, struct key *key, const u8 *mem, unsigned n)
{
	bool delay = false;

	if (!find_written(cpu, key, mem, n))
		return false;
	for (unsigned k = 0; k < n; k++, mem += 4) {
		u32 w = be32_get(mem);
		s32 to = (s32)k + f_disp22(w) / 4;

		if (!exec_is_cti(mem)) {
			struct op op;
			enum kind kind = exec_operands(cpu, &op, w);

			key->b[key->len++] = loop_operands[kind].as;
			add_operands(key, &op, loop_operands[kind].has);
			delay = false;
			continue;
		}
		if (delay || insn_decode(w) != insn_bicc || f_cond(w) == 0)
			return false;
		if (to < 0 || to >= (s32)n)
			to = LOOP_OUT;
		else if (to && exec_is_cti(mem + 4 * (to - 1 - (s32)k)))
			return false; /* to a delay instruction */
		key->b[key->len++] = (u8)(0x80 | f_cond(w) | f_a(w) << 4);
		key->b[key->len++] = (u8)to;
		delay = true;
	}
	return true;
}

static const struct exec_loop *find_loop(const struct key *key)
{
	for (u64 h = hash64(0, key->b, key->len);; h++) {
		unsigned i = loop_hash[h % ARRAY_SIZE(loop_hash)];

		if (!i)
			return NULL;
		if (loop_table[i - 1].len == key->len &&
		    !memcmp(loop_key + loop_table[i - 1].key, key->b, key->len))
			return &loop_table[i - 1];
	}
}

/* Is the word i of its page a branch that leaves the page? The handler of a loop that begins with it knows it as one that does not. */
static bool is_far(unsigned i, const u8 *mem)
{
	s64 to = (s64)i * 4 + f_disp22(be32_get(mem));

	return exec_is_cti(mem) && (to < 0 || to >= (s64)CODE_PAGE_OPS * 4);
}

/* A branch by n instructions back. */
static bool is_back(const u8 *mem, unsigned n)
{
	u32 w = be32_get(mem);

	return (w & 0xc1c00000) == 0x00800000 && f_disp22(w) == -4 * (s32)n;
}

const struct exec_loop *exec_loop_at(const struct cpu *cpu, unsigned i, const u8 *mem)
{
	unsigned room = CODE_PAGE_OPS - i;
	struct key key;

	if (is_far(i, mem))
		return NULL;
	if (room > LOOP_MAX)
		room = LOOP_MAX;
	/* The longest: what comes back to the same place from several is one. */
	for (unsigned n = room; n >= 2; n--) {
		const struct exec_loop *loop;

		if (!is_back(mem + 4 * (n - 2), n - 2) || !make_key(cpu, &key, mem, n))
			continue;
		loop = find_loop(&key);
		if (loop)
			return loop;
	}
	return NULL;
}
