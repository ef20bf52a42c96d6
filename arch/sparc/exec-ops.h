/* SPDX-License-Identifier: MIT */
/*
 * What the plain instructions do: those that go on to the next one. Each body gets its
 * operands, so that handlers can pass values on without going through memory, and returns 0
 * or, with nothing changed, why it leaves the instruction to somebody else.
 *
 *	a, b	rs1 and operand 2
 *	d	where to read r[rd], if the instruction does (stores)
 *	*v	the result, which the handler writes to r[rd]
 *
 * EXEC_OPS lists them: name, operand form (N none, R rs1 and rs2, I rs1 and imm),
 * W if the handler writes *v to r[rd], D if it reads r[rd].
 */
#ifndef ARCH_SPARC_EXEC_OPS_H
#define ARCH_SPARC_EXEC_OPS_H

enum exec_exit {
	EXIT_NO,
	EXIT_SLOW,
	EXIT_MISS_LOAD,
	EXIT_MISS_STORE,
	EXIT_OVERFLOW,
	EXIT_UNDERFLOW
};

/* clang-format off */
#define EXEC_OPS(X) \
	X(nop, N, 0, 0) X(mov_i, N, 1, 0) X(mov_r, R, 1, 0) \
	X(add_rr, R, 1, 0) X(add_ri, I, 1, 0) X(sub_rr, R, 1, 0) \
	X(and_rr, R, 1, 0) X(and_ri, I, 1, 0) X(or_rr, R, 1, 0) X(or_ri, I, 1, 0) \
	X(xor_rr, R, 1, 0) X(xor_ri, I, 1, 0) X(andn_rr, R, 1, 0) X(orn_rr, R, 1, 0) X(xnor_rr, R, 1, 0) \
	X(sll_rr, R, 1, 0) X(sll_ri, I, 1, 0) X(srl_rr, R, 1, 0) X(srl_ri, I, 1, 0) \
	X(sra_rr, R, 1, 0) X(sra_ri, I, 1, 0) \
	X(addx_rr, R, 1, 0) X(addx_ri, I, 1, 0) X(subx_rr, R, 1, 0) X(subx_ri, I, 1, 0) \
	X(cmp_rr, R, 0, 0) X(cmp_ri, I, 0, 0) X(btst_rr, R, 0, 0) X(btst_ri, I, 0, 0) \
	X(subcc_rr, R, 1, 0) X(subcc_ri, I, 1, 0) X(addcc_rr, R, 1, 0) X(addcc_ri, I, 1, 0) \
	X(andcc_rr, R, 1, 0) X(andcc_ri, I, 1, 0) X(orcc_rr, R, 1, 0) X(orcc_ri, I, 1, 0) \
	X(xorcc_rr, R, 1, 0) X(xorcc_ri, I, 1, 0) X(andncc_rr, R, 1, 0) X(orncc_rr, R, 1, 0) \
	X(xnorcc_rr, R, 1, 0) X(addxcc_rr, R, 1, 0) X(addxcc_ri, I, 1, 0) \
	X(subxcc_rr, R, 1, 0) X(subxcc_ri, I, 1, 0) X(mulscc_rr, R, 1, 0) X(mulscc_ri, I, 1, 0) \
	X(umul_rr, R, 1, 0) X(umul_ri, I, 1, 0) X(smul_rr, R, 1, 0) X(smul_ri, I, 1, 0) \
	X(umulcc_rr, R, 1, 0) X(umulcc_ri, I, 1, 0) X(smulcc_rr, R, 1, 0) X(smulcc_ri, I, 1, 0) \
	X(udiv_rr, R, 1, 0) X(udiv_ri, I, 1, 0) X(sdiv_rr, R, 1, 0) X(sdiv_ri, I, 1, 0) \
	X(rdy, N, 1, 0) X(wry_rr, R, 0, 0) X(wry_ri, I, 0, 0) \
	X(ld_rr, R, 1, 0) X(ld_ri, I, 1, 0) X(ldub_rr, R, 1, 0) X(ldub_ri, I, 1, 0) \
	X(lduh_rr, R, 1, 0) X(lduh_ri, I, 1, 0) X(ldsb_rr, R, 1, 0) X(ldsb_ri, I, 1, 0) \
	X(ldsh_rr, R, 1, 0) X(ldsh_ri, I, 1, 0) X(ldd_rr, R, 0, 0) X(ldd_ri, I, 0, 0) \
	X(st_rr, R, 0, 1) X(st_ri, I, 0, 1) X(stb_rr, R, 0, 1) X(stb_ri, I, 0, 1) \
	X(sth_rr, R, 0, 1) X(sth_ri, I, 0, 1) X(std_rr, R, 0, 1) X(std_ri, I, 0, 1) \
	X(ldstub_rr, R, 1, 0) X(ldstub_ri, I, 1, 0) X(swap_rr, R, 1, 0) X(swap_ri, I, 1, 0) \
	X(ldf_rr, R, 0, 0) X(ldf_ri, I, 0, 0) X(lddf_rr, R, 0, 0) X(lddf_ri, I, 0, 0) \
	X(stf_rr, R, 0, 0) X(stf_ri, I, 0, 0) X(stdf_rr, R, 0, 0) X(stdf_ri, I, 0, 0) \
	X(lda_bypass, R, 1, 0) X(sta_bypass, R, 0, 1) X(sta_inert, R, 0, 0) \
	X(save_rr, R, 1, 0) X(save_ri, I, 1, 0) X(restore_rr, R, 1, 0) X(restore_ri, I, 1, 0) \
	X(rdpsr, N, 1, 0) X(rdwim, N, 1, 0) X(rdtbr, N, 1, 0) \
	X(wrwim_rr, R, 0, 0) X(wrwim_ri, I, 0, 0) X(wrtbr_rr, R, 0, 0) X(wrtbr_ri, I, 0, 0) \
	X(faddd, N, 0, 0) X(fsubd, N, 0, 0) X(fmuld, N, 0, 0) X(fdivd, N, 0, 0) X(fsqrtd, N, 0, 0) \
	X(fadds, N, 0, 0) X(fsubs, N, 0, 0) X(fmuls, N, 0, 0) X(fdivs, N, 0, 0) \
	X(fmovs, N, 0, 0) X(fcmpd, N, 0, 0) X(fcmped, N, 0, 0) X(fpop, N, 0, 0) X(slow, N, 0, 0)
/* clang-format on */

#endif
