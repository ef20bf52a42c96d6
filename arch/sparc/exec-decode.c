/* SPDX-License-Identifier: MIT */
/* Decoding: which handler an op gets, and its operands. */
#include "arch/sparc/exec-step.h"
#define INSN_WANT_FLAGS
#include "decode.h"

/* The code lies below 4 GiB. */
#define ADDR(fn) ((u32)(uintptr_t)(fn))

/* Instructions with a register and an immediate form; K_slow: it has none. */
#define FORMS(name)                                                                                \
	{                                                                                          \
		K_##name##_rr, K_##name##_ri                                                       \
	}
static const struct {
	u8 rr, ri;
} plain[INSN_COUNT] = {
	[insn_add] = FORMS(add),
	[insn_and] = FORMS(and),
	[insn_or] = FORMS(or),
	[insn_xor] = FORMS(xor),
	[insn_sll] = FORMS(sll),
	[insn_srl] = FORMS(srl),
	[insn_sra] = FORMS(sra),
	[insn_addx] = FORMS(addx),
	[insn_subx] = FORMS(subx),
	[insn_subcc] = FORMS(subcc),
	[insn_andcc] = FORMS(andcc),
	[insn_orcc] = FORMS(orcc),
	[insn_xorcc] = FORMS(xorcc),
	[insn_addcc] = FORMS(addcc),
	[insn_addxcc] = FORMS(addxcc),
	[insn_subxcc] = FORMS(subxcc),
	[insn_mulscc] = FORMS(mulscc),
	[insn_umul] = FORMS(umul),
	[insn_smul] = FORMS(smul),
	[insn_umulcc] = FORMS(umulcc),
	[insn_smulcc] = FORMS(smulcc),
	[insn_udiv] = FORMS(udiv),
	[insn_sdiv] = FORMS(sdiv),
	[insn_ld] = FORMS(ld),
	[insn_ldub] = FORMS(ldub),
	[insn_lduh] = FORMS(lduh),
	[insn_ldsb] = FORMS(ldsb),
	[insn_ldsh] = FORMS(ldsh),
	[insn_ldd] = FORMS(ldd),
	[insn_st] = FORMS(st),
	[insn_stb] = FORMS(stb),
	[insn_sth] = FORMS(sth),
	[insn_std] = FORMS(std),
	[insn_ldstub] = FORMS(ldstub),
	[insn_swap] = FORMS(swap),
	[insn_ldf] = FORMS(ldf),
	[insn_lddf] = FORMS(lddf),
	[insn_stf] = FORMS(stf),
	[insn_stdf] = FORMS(stdf),
	[insn_save] = FORMS(save),
	[insn_restore] = FORMS(restore),
	[insn_wrwim] = FORMS(wrwim),
	[insn_wrtbr] = FORMS(wrtbr),
	/* These turn their immediate over and are the other instruction. */
	[insn_sub] = { K_sub_rr, K_add_ri },
	[insn_andn] = { K_andn_rr, K_and_ri },
	[insn_orn] = { K_orn_rr, K_or_ri },
	[insn_xnor] = { K_xnor_rr, K_xor_ri },
	[insn_andncc] = { K_andncc_rr, K_andcc_ri },
	[insn_orncc] = { K_orncc_rr, K_orcc_ri },
	[insn_xnorcc] = { K_xnorcc_rr, K_xorcc_ri },
};

static void set_plain(struct op *op, enum kind kind)
{
	op->fn = ADDR(exec_part.plain[kind][0]);
	op->slot_fn = ADDR(exec_part.plain[kind][1]);
}

/* FPops with a handler of their own: their registers by number, doubles by pair. */
static enum kind decode_fpop(struct op *op, enum insn insn, u32 w)
{
	bool dbl = true;
	enum kind kind;

	switch (insn) {
	case insn_faddd:
		kind = K_faddd;
		break;
	case insn_fsubd:
		kind = K_fsubd;
		break;
	case insn_fmuld:
		kind = K_fmuld;
		break;
	case insn_fdivd:
		kind = K_fdivd;
		break;
	case insn_fsqrtd:
		kind = K_fsqrtd;
		break;
	case insn_fcmpd:
		kind = K_fcmpd;
		break;
	case insn_fcmped:
		kind = K_fcmped;
		break;
	default:
		dbl = false;
		kind = insn == insn_fadds   ? K_fadds
		       : insn == insn_fsubs ? K_fsubs
		       : insn == insn_fmuls ? K_fmuls
		       : insn == insn_fdivs ? K_fdivs
		       : insn == insn_fmovs ? K_fmovs
					    : K_fpop;
	}
	op->imm = (s32)w;
	op->rd = (u8)(f_rd(w) >> dbl);
	op->rs1 = (u8)(f_rs1(w) >> dbl);
	op->rs2 = (u8)(f_rs2(w) >> dbl);
	return kind;
}

/* Operand 2 is known now: what assemblers write as %g0 is the immediate 0, so that both are the same rows. */
static bool has_imm(u32 w)
{
	return f_i(w) || f_rs2(w) == 0;
}

static s32 imm_of(u32 w)
{
	return f_i(w) ? f_simm13(w) : 0;
}

/* The register that is moved by an addition or OR of two of which one is %g0. */
static enum kind decode_mov(struct op *op, u32 w)
{
	op->rs2 = (u8)(f_rs1(w) ? f_rs1(w) : f_rs2(w));
	return K_mov_r;
}

/* Operands of everything that is no control transfer; what has no handler of its own is K_slow. */
EXEC_SHARED enum kind exec_operands(const struct cpu *cpu, struct op *op, u32 w)
{
	enum insn insn = insn_decode(w);
	bool imm = has_imm(w);

	op->rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
	op->rs1 = (u8)f_rs1(w);
	/* r[rs2] + imm is operand 2 in either form, which handlers of loops make use of. */
	op->rs2 = (u8)(imm ? 0 : f_rs2(w));
	op->aux = 0;
	op->imm = imm_of(w);

	switch (insn) {
	case insn_sethi:
		op->rs2 = 0;
		op->imm = (s32)f_imm22(w);
		return f_rd(w) ? K_mov_i : K_nop;
	case insn_add:
	case insn_or:
		if (f_rs1(w) == 0 && imm)
			return K_mov_i;
		if (!f_i(w) && (f_rs1(w) == 0 || f_rs2(w) == 0))
			return decode_mov(op, w);
		break;
	case insn_orcc: /* TST: as if compared with 0 */
		if (f_rd(w) == 0 && !f_i(w) && (f_rs1(w) == 0 || f_rs2(w) == 0)) {
			op->rs1 = (u8)(f_rs1(w) | f_rs2(w));
			op->rs2 = 0;
			op->imm = 0;
			return K_cmp_ri;
		}
		break;
	case insn_subcc:
		if (f_rd(w) == 0)
			return imm ? K_cmp_ri : K_cmp_rr;
		break;
	case insn_andcc:
		if (f_rd(w) == 0)
			return imm ? K_btst_ri : K_btst_rr;
		break;
	case insn_sub:
		if (imm)
			op->imm = (s32)(0 - (u32)op->imm);
		break;
	case insn_andn:
	case insn_orn:
	case insn_xnor:
	case insn_andncc:
	case insn_orncc:
	case insn_xnorcc:
		if (imm)
			op->imm = ~op->imm;
		break;
	case insn_flush:
		return K_nop;
	case insn_rdasr:
		return f_rs1(w) == 0 ? K_rdy : K_slow;
	case insn_wrasr:
		return f_rd(w) ? K_slow : imm ? K_wry_ri : K_wry_rr;
	case insn_rdpsr:
		return K_rdpsr;
	case insn_rdwim:
		return K_rdwim;
	case insn_rdtbr:
		return K_rdtbr;
	case insn_lda:
		return f_asi(w) == ASI_BYPASS ? K_lda_bypass : K_slow;
	case insn_sta:
		op->rd = (u8)f_rd(w);
		if (cpu_asi_is_inert(cpu, f_asi(w)))
			return K_sta_inert;
		return f_asi(w) == ASI_BYPASS ? K_sta_bypass : K_slow;
	case insn_ldd:
	case insn_std:
		if (f_rd(w) & 1)
			return K_slow;
		op->aux = (u8)(f_rd(w) + 1);
		if (insn == insn_std)
			op->rd = (u8)f_rd(w);
		break;
	case insn_st:
	case insn_stb:
	case insn_sth:
	case insn_ldf:
	case insn_stf:
		op->rd = (u8)f_rd(w);
		break;
	case insn_lddf:
	case insn_stdf:
		op->rd = (u8)(f_rd(w) >> 1);
		break;
	case insn_swap:
		op->aux = (u8)f_rd(w);
		break;
	case insn_fsmuld:
		if (!cpu->model->fsmuld)
			return K_slow;
		/* fall through */
	case insn_fmovs ... insn_fabss:
	case insn_fsqrts:
	case insn_fsqrtd:
	case insn_fadds:
	case insn_faddd:
	case insn_fsubs:
	case insn_fsubd:
	case insn_fmuls:
	case insn_fmuld:
	case insn_fdivs:
	case insn_fdivd:
	case insn_fitos:
	case insn_fdtos:
	case insn_fitod:
	case insn_fstod:
	case insn_fstoi:
	case insn_fdtoi:
	case insn_fcmps:
	case insn_fcmpd:
	case insn_fcmpes:
	case insn_fcmped:
		return decode_fpop(op, insn, w);
	default:
		break;
	}
	if (!plain[insn].rr)
		return K_slow;
	return imm ? plain[insn].ri : plain[insn].rr;
}

static enum kind decode_plain(struct cpu *cpu, struct op *op, u32 w)
{
	enum kind kind = exec_operands(cpu, op, w);

	set_plain(op, kind);
	if (insn_decode(w) == insn_wrpsr) {
		op->aux = 0;
		op->fn = f_i(w) ? ADDR(exec_wrpsr_ri) : ADDR(exec_wrpsr_rr);
	} else if (insn_decode(w) == insn_ticc && f_cond(w) == 8) {
		op->imm = (s32)w;
		op->fn = ADDR(exec_ta);
	}
	return kind;
}

/* The transfer at index i of its page, displacement in bytes of code: sets imm, tells whether it stays in the page. */
static bool decode_target(struct op *op, unsigned i, s32 disp)
{
	s64 to = (s64)i * 4 + disp;

	if (to < 0 || to >= (s64)CODE_PAGE_OPS * 4) {
		op->imm = disp;
		return false;
	}
	op->imm = disp * (s32)(sizeof(*op) / 4);
	return true;
}

static void decode_cti(struct op *op, unsigned i, u32 w, bool nop)
{
	unsigned form;
	bool near;

	switch (insn_decode(w)) {
	case insn_bicc:
	case insn_fbfcc:
		near = decode_target(op, i, f_disp22(w));
		if (near)
			form = f_a(w) ? 2 : nop ? 0 : 1;
		else
			form = f_a(w) ? 4 : 3;
		op->aux = (u8)f_cond(w);
		if (insn_decode(w) == insn_bicc)
			op->fn = ADDR(exec_part.branch[f_cond(w)][form]);
		else if (f_cond(w) & 7) /* FBA and FBN: rare enough */
			op->fn = ADDR(exec_part.fbranch[form]);
		break;
	case insn_call:
		near = decode_target(op, i, f_disp30(w));
		op->fn = ADDR(near ? exec_part.call : exec_part.call_f);
		break;
	case insn_jmpl:
		op->rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
		op->rs1 = (u8)f_rs1(w);
		op->rs2 = (u8)f_rs2(w);
		op->imm = imm_of(w);
		op->fn = ADDR(has_imm(w) ? exec_part.jmpl_ri : exec_part.jmpl_rr);
		break;
	default: /* RETT, CBccc */
		break;
	}
}

/* The branch kinds stand in the order of CTI_KINDS, which is that of cond but for 0. */
static enum kind branch_kind(u32 w, unsigned form)
{
	return K_be + CTI_FORMS * (f_cond(w) - 1) + form;
}

/* The kind of the transfer w at index i with `slot` behind it, its operands set in op. */
static enum kind decode_cti_kind(struct cpu *cpu, struct op *op, unsigned i, u32 w, u32 slot)
{
	struct op delay;
	bool nop = exec_operands(cpu, &delay, slot) == K_nop, near;

	op->rd = R_SINK;
	op->rs1 = (u8)f_rs1(w);
	op->aux = 0;
	switch (insn_decode(w)) {
	case insn_bicc:
		near = decode_target(op, i, f_disp22(w));
		/* BA,a: nothing behind it is executed. */
		if (!near || f_cond(w) == 0 || (f_cond(w) == 8 && f_a(w)))
			return K_OTHER;
		return branch_kind(w, f_a(w) ? 2u : nop ? 0u : 1u);
	case insn_call:
		op->rd = 15;
		return decode_target(op, i, f_disp30(w)) ? K_call : K_call_f;
	case insn_jmpl:
		op->rd = (u8)(f_rd(w) ? f_rd(w) : R_SINK);
		op->imm = imm_of(w);
		return has_imm(w) ? K_jmpl_ri : K_OTHER;
	default:
		return K_OTHER;
	}
}

/* Three nops stand behind WRPSR as a rule: how many, in the page, of three at most. */
static unsigned nops_behind(unsigned i, const u8 *mem)
{
	unsigned n = 0;

	while (n < 3 && i + n + 1 < CODE_PAGE_OPS && be32_get(mem + 4 * (n + 1)) == 0x01000000)
		n++;
	return n;
}

/* Is r[rd] one that w adds? */
static bool is_operand(unsigned rd, u32 w)
{
	return rd && (rd == f_rs1(w) || (!f_i(w) && rd == f_rs2(w)));
}

/* One op alone. */
static void decode_single(struct cpu *cpu, struct op *op, unsigned i, const u8 *mem)
{
	u32 w = be32_get(mem), slot;
	bool nop;

	if (!(insn_flags[insn_decode(w)] & INSN_CTI)) {
		decode_plain(cpu, op, w);
		/* Counted one by one, and where every op may have a breakpoint, none does another's work. */
		if (insn_decode(w) == insn_wrpsr && !cpu->code->counts && !COVERING)
			op->aux = (u8)nops_behind(i, mem);
		return;
	}
	set_plain(op, K_slow);
	if (i == CODE_PAGE_OPS - 1)
		return; /* the delay instruction is in another page */
	slot = be32_get(mem + 4);
	if (insn_decode(w) == insn_jmpl && insn_decode(slot) == insn_rett &&
	    !is_operand(f_rd(w), slot)) {
		decode_cti(op, i, w, false);
		op->aux = f_i(w);
		op->fn = ADDR(exec_jmpl_rett);
		op[1].imm = (s32)slot;
		set_plain(op + 1, K_slow);
		return;
	}
	if (insn_flags[insn_decode(slot)] & INSN_CTI)
		return; /* a couple of transfers */
	nop = decode_plain(cpu, op + 1, slot) == K_nop;
	decode_cti(op, i, w, nop);
}

static bool is_spin(u32 w, u32 slot)
{
	return w == 0x12800000 && insn_decode(slot) == insn_subcc && f_i(slot) &&
	       f_simm13(slot) == 1 && f_rd(slot) && f_rd(slot) == f_rs1(slot);
}

/* What stands at an op and behind it, as far as one handler may reach. */
struct ahead {
	unsigned n;
	u16 kind[EXEC_FUSE_MAX];
	u16 skip[EXEC_FUSE_MAX]; /* what a branch is, too, where it skips one instruction; else K_OTHER */
	struct op op[EXEC_FUSE_MAX]; /* with operands */
};

EXEC_SHARED bool exec_is_cti(const u8 *mem)
{
	return insn_flags[insn_decode(be32_get(mem))] & INSN_CTI;
}

/* The kind of the branch at mem as one that skips an instruction; `room`: words that may be looked at. */
static enum kind skip_kind(const u8 *mem, unsigned room)
{
	u32 w = be32_get(mem);
	s32 words = f_disp22(w) / 4;
	unsigned form = !f_a(w) && words == 3 ? 3u : f_a(w) && words == 2 ? 4u : 5u;

	if (insn_decode(w) != insn_bicc || f_cond(w) % 8 == 0 ||
	    (form == 5 && !(f_a(w) && words == 3)))
		return K_OTHER;
	if (room < (form == 4 ? 2 : 3) || exec_is_cti(mem + 4) ||
	    (form != 4 && exec_is_cti(mem + 8)))
		return K_OTHER;
	return branch_kind(w, form);
}

static void look_ahead(struct cpu *cpu, unsigned i, const u8 *mem, struct ahead *a)
{
	unsigned room = CODE_PAGE_OPS - i;
	bool ends = false;

	if (room > EXEC_FUSE_MAX)
		room = EXEC_FUSE_MAX;
	for (a->n = 0; a->n < room; a->n++, mem += 4) {
		unsigned n = a->n;

		a->skip[n] = K_OTHER;
		if (!exec_is_cti(mem)) {
			a->kind[n] = (u16)exec_operands(cpu, &a->op[n], be32_get(mem));
			if (ends) { /* the delay instruction */
				a->n++;
				return;
			}
			continue;
		}
		if (n + 1 >= room || exec_is_cti(mem + 4))
			return;
		a->kind[n] = (u16)decode_cti_kind(cpu, &a->op[n], i + n, be32_get(mem),
						  be32_get(mem + 4));
		a->skip[n] = (u16)skip_kind(mem, room - n);
		if (a->kind[n] == K_OTHER)
			return;
		ends = a->skip[n] == K_OTHER;
	}
}

/* --- the longest row that fits --- */

#ifdef VONK_COVER
static unsigned best_row(const struct ahead *a __maybe_unused, unsigned *n)
{
	*n = 0;
	return 0;
}
#else
#define FUSED_TREE
#include "fusion.h"

/* What a branch that is none is worth, in instructions: there is nothing to predict. */
#define SKIP_WORTH 2

struct best {
	unsigned row, worth, forwards;
};

/* The best row of each length that fits from element `start` on; of equals the one that passes most values on. */
struct fits {
	unsigned start, skips;
	struct best by_n[EXEC_FUSE_MAX + 1];
};

/* To the node that an element leads to from `node`, 0 if there is none. */
static unsigned step_from(unsigned node, unsigned kind, unsigned forward)
{
	u32 key = (node << 12 | kind << 3 | forward) + 1;
	u32 h = key * 2654435761u >> (32 - FUSED_HASH_BITS);

	while (fused_key[h] && fused_key[h] != key)
		h = (h + 1) % ARRAY_SIZE(fused_key);
	return fused_next[h];
}

static void walk(const struct ahead *a, unsigned node, unsigned k, struct fits *fits);

/* All ways to go on with element k as one of this kind: how may it get its values? */
static void walk_kind(const struct ahead *a, unsigned node, unsigned k, unsigned kind,
		      struct fits *fits)
{
	const struct op *op = &a->op[k];
	unsigned last = k > fits->start ? a->op[k - 1].rd : 0, next;

	next = step_from(node, kind, 0);
	if (next)
		walk(a, next, k + 1, fits);
	if (k == fits->start || kind >= K_PLAIN)
		return;
	next = op->rs1 == last ? step_from(node, kind, 1) : 0;
	if (next)
		walk(a, next, k + 1, fits);
	next = op->rs2 == last ? step_from(node, kind, 2) : 0;
	if (next)
		walk(a, next, k + 1, fits);
	next = op->rd == last ? step_from(node, kind, 4) : 0;
	if (next)
		walk(a, next, k + 1, fits);
}

static void walk(const struct ahead *a, unsigned node, unsigned k, struct fits *fits)
{
	unsigned n = fused_node[node].n, forwards = fused_node[node].forwards;
	unsigned worth = n + SKIP_WORTH * fits->skips;
	struct best *best = &fits->by_n[n];

	if (n && (worth > best->worth || (worth == best->worth && forwards > best->forwards)))
		*best = (struct best){ fused_node[node].row, worth, forwards };
	if (k == a->n)
		return;
	walk_kind(a, node, k, a->kind[k], fits);
	if (a->skip[k] == K_OTHER)
		return;
	fits->skips++;
	walk_kind(a, node, k, a->skip[k], fits);
	fits->skips--;
}

static void find_fits(const struct ahead *a, unsigned start, struct fits *fits)
{
	memset(fits, 0, sizeof(*fits));
	fits->start = start;
	fits->by_n[1].worth = start < a->n;
	walk(a, 0, start, fits);
}

static unsigned worth_from(const struct ahead *a, unsigned start)
{
	struct fits fits;
	unsigned most = 0;

	find_fits(a, start, &fits);
	for (unsigned k = 1; k <= EXEC_FUSE_MAX; k++)
		if (fits.by_n[k].worth > most)
			most = fits.by_n[k].worth;
	return most;
}

/*
 * The row that begins here, 1 + its number; *n: its length, 0: none. It is the one that together with
 * the row behind it is worth most, of equals the longest: a longer one may end where nothing begins.
 */
static unsigned best_row(const struct ahead *a, unsigned *n)
{
	struct fits fits;
	unsigned most = 0, best = 1;

	find_fits(a, 0, &fits);
	for (unsigned k = EXEC_FUSE_MAX; k >= 1; k--) {
		unsigned both = fits.by_n[k].worth;

		if (!both)
			continue;
		both += worth_from(a, k);
		if (both > most) {
			most = both;
			best = k;
		}
	}
	*n = best > 1 ? best : 0;
	return *n ? fits.by_n[best].row : 0;
}

/* 0: a load at a register and an immediate, 1: a store, 2: neither. */
static unsigned access_of(unsigned kind)
{
	switch (kind) {
	case K_ld_ri:
	case K_ldub_ri:
	case K_lduh_ri:
	case K_ldsb_ri:
	case K_ldsh_ri:
	case K_ldd_ri:
	case K_ldf_ri:
	case K_lddf_ri:
		return 0;
	case K_st_ri:
	case K_stb_ri:
	case K_sth_ri:
	case K_std_ri:
	case K_stf_ri:
	case K_stdf_ri:
		return 1;
	default:
		return 2;
	}
}

/* Do all loads of the row use the same register, and all stores, so that they are likely to be in one page? */
static bool same_registers(const struct ahead *a, unsigned n)
{
	unsigned base[2] = { 0, 0 }; /* + 1; 0: none yet */
	bool several = false;

	for (unsigned k = 0; k < n; k++) {
		const struct op *op = &a->op[k];
		unsigned access = access_of(a->kind[k]);

		if (access < 2 && base[access] && base[access] != op->rs1 + 1u)
			return false;
		if (access < 2) {
			several |= base[access] != 0;
			base[access] = op->rs1 + 1u;
		}
		for (unsigned i = 0; i < 2; i++)
			if (access != 1 &&
			    (base[i] == op->rd + 1u || (base[i] == op->aux + 1u && op->aux)))
				base[i] = R_SINK + 2; /* no register's */
	}
	return several;
}
#endif

/* May there be a breakpoint? The page may have other virtual addresses, too. */
static bool is_stop(const struct cpu *cpu, u32 pc)
{
	for (u32 i = 0; i < cpu->nr_breakpoints; i++)
		if (!((cpu->breakpoints[i] ^ pc) & 0xfff))
			return true;
	return false;
}

/* fn, which does n ops, becomes op's handler. Those of the ops behind it stay as they were, but these have operands then. */
static void set_handler(struct cpu *cpu, struct op *op, unsigned i, const u8 *mem, unsigned n,
			exec_fn *fn)
{
	u32 were[LOOP_MAX];

	for (unsigned k = 1; k < n; k++)
		were[k] = op[k].fn;
	for (unsigned k = 1; k < n; k++)
		decode_single(cpu, &op[k], i + k, mem + 4 * k);
	for (unsigned k = 1; k < n; k++)
		op[k].fn = were[k];
	op->fn = ADDR(fn);
}

/* How many ops the handler of op does; *row: 1 + its row in fusion.list, 0 for one op alone. */
static unsigned fuse(struct cpu *cpu, struct op *op, unsigned i, const u8 *mem, unsigned *row)
{
	struct ahead a;
	unsigned n;
	exec_fn *fn;
#ifndef VONK_COVER
	const struct exec_loop *loop = exec_loop_at(cpu, i, mem);

	if (loop) {
		set_handler(cpu, op, i, mem, loop->n, loop->fn);
		*row = FUSED_ROWS + loop->row;
		return loop->n;
	}
#endif
	look_ahead(cpu, i, mem, &a);
	*row = best_row(&a, &n);
	if (!n)
		return 1;
	fn = exec_part.fused[*row - 1];
#ifndef VONK_COVER
	if (exec_part.fused_same[*row - 1] && same_registers(&a, n))
		fn = exec_part.fused_same[*row - 1];
#endif
	set_handler(cpu, op, i, mem, n, fn);
	return n;
}

EXEC_SHARED __cold void exec_decode(struct cpu *cpu, struct op *op)
{
	u32 pc = pc_of(cpu, op);
	unsigned i = pc >> 2 & (CODE_PAGE_OPS - 1), row = 0, n = 1;
	const u8 *mem = code_page_of(op, pc)->mem + i * 4;

	if (COVERING && (is_stop(cpu, pc) || is_stop(cpu, pc + 4))) {
		set_plain(op, K_slow);
		return;
	}
	decode_single(cpu, op, i, mem);
	if (COVERING)
		return;
	if (i + 1 < CODE_PAGE_OPS && is_spin(be32_get(mem), be32_get(mem + 4)))
		op->fn = ADDR(exec_part.spin);
	else
		n = fuse(cpu, op, i, mem, &row);
	if (likely(!cpu->code->counts))
		return;
	exec_count_op(cpu, op, row);
	/* Delay instructions have been decoded, too. */
	for (unsigned k = 1; k <= n && i + k < CODE_PAGE_OPS; k++)
		exec_count_op(cpu, op + k, 0);
}

EXEC_SHARED void exec_undecoded(ARGS)
{
	exec_decode(cpu, (struct op *)(uintptr_t)op);
	JUMP(op->fn, op, ca, cb, x, tp);
}
