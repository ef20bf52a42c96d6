/* SPDX-License-Identifier: MIT */
/*
 * Who called whom: through the register windows that are in the processor, and on through those on the stack (SPARC V8, appendix D).
 * A function that has made no window of its own yet, or never does, returns by %o7, all others by
 * %i7.
 */
#include "lib/be.h"
#include "machine/peek.h"
#include "machine/profile.h"

enum { FRAME_I6 = 56, ACC_SUPER = 6 };

/* Is code there that no user may run? */
static bool is_kernels(const struct cpu *cpu, u32 va)
{
	struct peek_page page;

	return cpu->mmu[MMU_CTRL] & MMU_CTRL_E && peek_translate(cpu, va, true, &page) &&
	       (page.entry >> 2 & 7) >= ACC_SUPER;
}

static const struct symbol_file *file_of(const struct profile_stack *st, const struct symbols *s,
					 const struct cpu *cpu, u32 pc)
{
	const struct symbol_file *first = st->nr ? st->file[0] : NULL;

	/* A program calls itself. */
	if (first && symbols_in(first, pc))
		return first;
	return !st->nr || st->super ? symbols_file_at(s, cpu, pc) : NULL;
}

static void add(struct profile_stack *st, const struct cpu *cpu, const struct symbols *s, u32 pc)
{
	st->file[st->nr] = file_of(st, s, cpu, pc);
	st->pc[st->nr++] = pc;
}

/* A caller. False: the end of a chain; or a trap's, which came from a user. */
static bool add_caller(struct profile_stack *st, const struct cpu *cpu, const struct symbols *s,
		       u32 ra)
{
	if (!ra || ra & 3 || (st->kernel && !is_kernels(cpu, ra)))
		return false;
	add(st, cpu, s, ra);
	return true;
}

/* Frames as they are saved at sp: %i6 and %i7. */
static bool frame_at(const struct cpu *cpu, u32 sp, u32 *fp, u32 *ra)
{
	u8 buf[8];

	if (!sp || sp & 7 || !peek_read(cpu, sp + FRAME_I6, false, buf, sizeof(buf)))
		return false;
	*fp = be32_get(buf);
	*ra = be32_get(buf + 4);
	return true;
}

/* In the window that it runs in, is the innermost function's frame there? */
static bool has_frame(const struct profile_stack *st)
{
	const struct symbol *symbol = st->file[0] ? symbols_in(st->file[0], st->pc[0]) : NULL;

	return !symbol || symbols_has_frame(symbol, st->pc[0]);
}

void profile_stack(struct profile_stack *st, const struct cpu *cpu, const struct symbols *s)
{
	unsigned w = cpu->cwp;
	u32 fp = 0, ra, sp;
	bool inside = true;

	st->nr = 0;
	st->super = cpu->s;
	st->context = cpu->mmu[MMU_CTRL] & MMU_CTRL_E ? cpu->mmu[MMU_CXR] : 0;
	add(st, cpu, s, cpu->pc);
	st->kernel = cpu->s && is_kernels(cpu, cpu->pc);
	if (!has_frame(st) && !add_caller(st, cpu, s, cpu->r[15]))
		return;
	while (st->nr < PROFILE_DEPTH) {
		sp = fp;
		if (inside) {
			fp = cpu_get_reg(cpu, w, 30);
			ra = cpu_get_reg(cpu, w, 31);
			w = cpu->win_above[w];
			inside = w != cpu->cwp && !(cpu->wim >> w & 1);
		} else if (!frame_at(cpu, sp, &fp, &ra) || fp <= sp) {
			return;
		}
		if (!fp || !add_caller(st, cpu, s, ra))
			return;
	}
}
