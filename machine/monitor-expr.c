/* SPDX-License-Identifier: MIT */
/* Numbers, registers and C's operators on them, in 64 bits. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "machine/monitor.h"

#define DEPTH 32 /* of parentheses and signs */

struct expr {
	struct monitor *mon;
	const struct cpu *cpu;
	const char *p;
	unsigned depth;
	bool bad; /* the reason was printed */
};

static u64 fail(struct expr *e, const char *what)
{
	if (!e->bad)
		mon_printf(e->mon, "%s%s%.32s%s\n", what, *e->p ? " at '" : "", e->p,
			   *e->p ? "'" : "");
	e->bad = true;
	return 0;
}

static void blanks(struct expr *e)
{
	e->p += strspn(e->p, " \t");
}

/* g0..g7, o, l, i; r0..r31; f0..f31. */
static bool bank_register(const struct cpu *cpu, const char *name, u64 *val)
{
	static const char bank[] = "goli";
	const char *at = strchr(bank, name[0]);
	char *end;
	unsigned long n;

	if (!isdigit((unsigned char)name[1]))
		return false;
	n = strtoul(name + 1, &end, 10);
	if (*end)
		return false;
	if (at && n < 8)
		*val = cpu->r[8 * (at - bank) + n];
	else if (name[0] == 'r' && n < 32)
		*val = cpu->r[n];
	else if (name[0] == 'f' && n < 32)
		*val = cpu_get_f(cpu, (unsigned)n);
	else
		return false;
	return true;
}

static bool named_register(const struct cpu *cpu, const char *name, u64 *val)
{
	const struct {
		const char *name;
		u64 val;
	} reg[] = {
		{ "pc", cpu->pc },
		{ "npc", cpu->npc },
		{ "psr", cpu_get_psr(cpu) },
		{ "wim", cpu->wim },
		{ "tbr", cpu->tbr },
		{ "y", cpu->y },
		{ "fsr", cpu->fsr },
		{ "sp", cpu->r[14] },
		{ "fp", cpu->r[30] },
		{ "cwp", cpu->cwp },
		{ "pil", cpu->pil },
		{ "icount", cpu->icount },
		{ "mmu_control", cpu->mmu[MMU_CTRL] },
		{ "ctpr", cpu->mmu[MMU_CTPR] },
		{ "context", cpu->mmu[MMU_CXR] },
		{ "sfsr", cpu->mmu[MMU_SFSR] },
		{ "sfar", cpu->mmu[MMU_SFAR] },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(reg); i++)
		if (!strcmp(name, reg[i].name)) {
			*val = reg[i].val;
			return true;
		}
	return false;
}

static u64 reg(struct expr *e)
{
	char name[16];
	size_t n = 0;
	u64 val = 0;

	while (n < sizeof(name) - 1 &&
	       (isalnum((unsigned char)e->p[1 + n]) || e->p[1 + n] == '_')) {
		name[n] = e->p[1 + n];
		n++;
	}
	name[n] = '\0';
	if (!n || (!bank_register(e->cpu, name, &val) && !named_register(e->cpu, name, &val)))
		return fail(e, "unknown register");
	e->p += 1 + n;
	return val;
}

static u64 number(struct expr *e)
{
	char *end;
	u64 val = strtoull(e->p, &end, 0);

	if (isalnum((unsigned char)*end) || *end == '_')
		return fail(e, "not a number");
	e->p = end;
	return val;
}

static u64 binary(struct expr *e, unsigned level);

static u64 unary(struct expr *e)
{
	u64 val;
	char op;

	blanks(e);
	op = *e->p;
	if (isdigit((unsigned char)op))
		return number(e);
	if (op == '$')
		return reg(e);
	if (!op || !strchr("-+~(", op))
		return fail(e, "a number or a $register is missing");
	if (++e->depth > DEPTH)
		return fail(e, "too deep");
	e->p++;
	val = op == '(' ? binary(e, 0) : unary(e);
	e->depth--;
	if (op == '(') {
		blanks(e);
		if (*e->p != ')')
			return fail(e, "')' is missing");
		e->p++;
	}
	return op == '-' ? 0 - val : op == '~' ? ~val : val;
}

/* Operators from the loosest to the closest, as in C. */
static const char *const operators[] = { "|", "^", "&", "<>", "+-", "*/%" };

static u64 apply(struct expr *e, char op, u64 a, u64 b)
{
	switch (op) {
	case '|':
		return a | b;
	case '^':
		return a ^ b;
	case '&':
		return a & b;
	case '<':
		return b < 64 ? a << b : 0;
	case '>':
		return b < 64 ? a >> b : 0;
	case '+':
		return a + b;
	case '-':
		return a - b;
	case '*':
		return a * b;
	default:
		if (!b)
			return fail(e, "division by zero");
		return op == '/' ? a / b : a % b;
	}
}

static u64 binary(struct expr *e, unsigned level)
{
	u64 a = level == ARRAY_SIZE(operators) ? unary(e) : binary(e, level + 1);

	while (level < ARRAY_SIZE(operators) && !e->bad) {
		char op;

		blanks(e);
		op = *e->p;
		if (!op || !strchr(operators[level], op))
			break;
		if (op == '<' || op == '>') {
			if (e->p[1] != op)
				break;
			e->p++;
		}
		e->p++;
		a = apply(e, op, a, binary(e, level + 1));
	}
	return a;
}

bool mon_expr(struct monitor *mon, const char **p, u64 *val)
{
	struct machine *m = mon->c->m;
	struct expr e = { .mon = mon, .cpu = m->cpu[m->running], .p = *p };

	*val = binary(&e, 0);
	blanks(&e);
	*p = e.p;
	return !e.bad;
}
