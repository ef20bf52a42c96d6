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

#define BODY(name)                                                                                 \
	static inline __attribute__((always_inline)) enum exec_exit do_##name(                     \
		struct cpu *cpu __maybe_unused, const struct op *o __maybe_unused,                 \
		u32 a __maybe_unused, u32 b __maybe_unused, const u32 *d __maybe_unused,           \
		u64 *ca __maybe_unused, u64 *cb __maybe_unused,                                    \
		const struct tlb *tlb __maybe_unused, u32 *v __maybe_unused)

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

/* One body for both operand forms. */
#define BODY2(name, ...) \
	BODY(name##_rr) { __VA_ARGS__ return EXIT_NO; } \
	BODY(name##_ri) { __VA_ARGS__ return EXIT_NO; }
#define BODYR(name, ...) BODY(name##_rr) { __VA_ARGS__ return EXIT_NO; }
#define BODYN(name, ...) BODY(name) { __VA_ARGS__ return EXIT_NO; }

#define CARRY ((u32)(*ca < *cb))
#define CC(x, y) (*ca = (x), *cb = (y))

BODYN(nop, )
BODYN(mov_i, *v = (u32)o->imm;) /* SETHI, or %g0, imm */
BODYN(mov_r, *v = b;)
BODY2(add, *v = a + b;)
BODYR(sub, *v = a - b;)
BODY2(and, *v = a & b;)
BODY2(or, *v = a | b;)
BODY2(xor, *v = a ^ b;)
BODYR(andn, *v = a & ~b;)
BODYR(orn, *v = a | ~b;)
BODYR(xnor, *v = a ^ ~b;)
BODY2(sll, *v = a << (b & 31);)
BODY2(srl, *v = a >> (b & 31);)
BODY2(sra, *v = (u32)((s32)a >> (b & 31));)
BODY2(addx, *v = a + b + CARRY;)
BODY2(subx, *v = a - b - CARRY;)

BODY2(cmp, CC(a, b);)
BODY2(btst, CC(a & b, 0);)
BODY2(subcc, *v = a - b; CC(a, b);)
BODY2(andcc, *v = a & b; CC(*v, 0);)
BODY2(orcc, *v = a | b; CC(*v, 0);)
BODY2(xorcc, *v = a ^ b; CC(*v, 0);)
BODYR(andncc, *v = a & ~b; CC(*v, 0);)
BODYR(orncc, *v = a | ~b; CC(*v, 0);)
BODYR(xnorcc, *v = a ^ ~b; CC(*v, 0);)

BODY2(addcc,
	u64 s = (u64)a + b;
	if (unlikely(b == 0x80000000))
		return EXIT_SLOW;
	*v = (u32)s;
	CC(a | (u64)(s - 1 < 0xffffffff) << 32, (u64)(0 - b) | s >> 32 << 32);)

/* These know their icc as four bits. */
#define CC_BITS(icc) \
	if (unlikely(icc_pair[icc].odd)) \
		return EXIT_SLOW; \
	CC(icc_pair[icc].a, icc_pair[icc].b)

BODY2(addxcc,
	u32 r = a + b + CARRY;
	CC_BITS(alu_add_icc(a, b, r));
	*v = r;)
BODY2(subxcc,
	u32 r = a - b - CARRY;
	CC_BITS(alu_sub_icc(a, b, r));
	*v = r;)
BODY2(mulscc,
	u32 y = cpu->y;
	u32 op1 = (u32)((s32)*ca < (s32)*cb) << 31 | a >> 1;
	u32 op2 = y & 1 ? b : 0;
	CC_BITS(alu_add_icc(op1, op2, op1 + op2));
	cpu->y = a << 31 | y >> 1;
	*v = op1 + op2;)

BODY2(umul, u64 p = (u64)a * b; cpu->y = (u32)(p >> 32); *v = (u32)p;)
BODY2(smul, u64 p = (u64)((s64)(s32)a * (s32)b); cpu->y = (u32)(p >> 32); *v = (u32)p;)
BODY2(umulcc, u64 p = (u64)a * b; cpu->y = (u32)(p >> 32); *v = (u32)p; CC(*v, 0);)
BODY2(smulcc, u64 p = (u64)((s64)(s32)a * (s32)b); cpu->y = (u32)(p >> 32); *v = (u32)p; CC(*v, 0);)
BODY2(udiv,
	bool overflow;
	if (unlikely(!b))
		return EXIT_SLOW;
	*v = alu_udiv((u64)cpu->y << 32 | a, b, &overflow);)
BODY2(sdiv,
	bool overflow;
	if (unlikely(!b))
		return EXIT_SLOW;
	*v = alu_sdiv((u64)cpu->y << 32 | a, b, &overflow);)
BODYN(rdy, *v = cpu->y;)
BODY2(wry, cpu->y = a ^ b;)

/* --- memory: one compare covers page and alignment --- */

#define ENTRY(tlb_, side, va) \
	((const struct tlb_entry *)((const char *)(tlb_)->side + ((va) >> 8 & (TLB_SIZE - 1) << 4)))
#define ACCESS(tlb_, side, size, miss) \
	u32 va = a + b; \
	const struct tlb_entry *e = ENTRY(tlb_, side, va); \
	u8 *p; \
	if (unlikely((va & (0xfffff000u | ((size) - 1))) != e->tag)) \
		return miss; \
	p = (u8 *)(e->addend + va);
#define LOAD(size) ACCESS(tlb, load, size, EXIT_MISS_LOAD)
#define STORE(size) ACCESS(tlb, store, size, EXIT_MISS_STORE)
#define FP_CHECK \
	if (unlikely(!cpu->fp_ok)) \
		return EXIT_SLOW;
#define S_CHECK \
	if (unlikely(!cpu->s)) \
		return EXIT_SLOW;

BODY2(ld, LOAD(4) *v = be32_get(p);)
BODY2(ldub, LOAD(1) *v = *p;)
BODY2(lduh, LOAD(2) *v = be16_get(p);)
BODY2(ldsb, LOAD(1) *v = (u32)(s8)*p;)
BODY2(ldsh, LOAD(2) *v = (u32)(s16)be16_get(p);)
/* rd = 0 discards the first word only. */
BODY2(ldd, LOAD(8) u64 w = be64_get(p); cpu->r[o->rd] = (u32)(w >> 32); cpu->r[o->aux] = (u32)w;)
BODY2(st, STORE(4) be32_put(p, *d);)
BODY2(stb, STORE(1) *p = (u8)*d;)
BODY2(sth, STORE(2) be16_put(p, (u16)*d);)
BODY2(std, STORE(8) be64_put(p, (u64)*d << 32 | cpu->r[o->aux]);)
BODY2(ldstub, STORE(1) *v = *p; *p = 0xff;)
BODY2(swap, STORE(4) u32 w = cpu->r[o->aux]; *v = be32_get(p); be32_put(p, w);)
BODY2(ldf, FP_CHECK LOAD(4) cpu_set_f(cpu, o->rd, be32_get(p));)
BODY2(lddf, FP_CHECK LOAD(8) cpu->fd[o->rd] = be64_get(p);)
BODY2(stf, FP_CHECK STORE(4) be32_put(p, cpu_get_f(cpu, o->rd));)
BODY2(stdf, FP_CHECK STORE(8) be64_put(p, cpu->fd[o->rd]);)
/* ASI 0x20, privileged: firmware clears memory and walks page tables through it. */
BODYN(lda_bypass, S_CHECK ACCESS(&cpu->tlb[TLB_BYPASS], load, 4, EXIT_SLOW) *v = be32_get(p);)
BODYN(sta_bypass, S_CHECK ACCESS(&cpu->tlb[TLB_BYPASS], store, 4, EXIT_SLOW) be32_put(p, *d);)
/* Cache tags and flushes: an operating system writes every line of a cache in a loop. */
BODYN(sta_inert, S_CHECK if (unlikely((a + b) & 3)) return EXIT_SLOW;)

/* --- windows --- */

BODY2(save,
	unsigned w = cpu->cwp;
	unsigned below = cpu->win_below[w];
	if (unlikely(cpu->wim >> below & 1))
		return EXIT_OVERFLOW;
	memcpy(cpu->win[w], &cpu->r[16], 64);
	memcpy(&cpu->r[24], &cpu->r[8], 32);
	memcpy(&cpu->r[16], cpu->win[below], 32);
	memcpy(&cpu->r[8], &cpu->win[cpu->win_below[below]][8], 32);
	cpu->cwp = (u8)below;
	*v = a + b;)
BODY2(restore,
	unsigned w = cpu->cwp;
	unsigned above = cpu->win_above[w];
	if (unlikely(cpu->wim >> above & 1))
		return EXIT_UNDERFLOW;
	memcpy(cpu->win[w], &cpu->r[16], 32);
	memcpy(&cpu->win[cpu->win_below[w]][8], &cpu->r[8], 32);
	memcpy(&cpu->r[8], &cpu->r[24], 32);
	memcpy(&cpu->r[16], cpu->win[above], 64);
	cpu->cwp = (u8)above;
	*v = a + b;)

/* --- privileged state --- */

BODYN(rdpsr, S_CHECK cpu->icc = (u8)icc_of(*ca, *cb); *v = cpu_get_psr(cpu);)
BODYN(rdwim, S_CHECK *v = cpu->wim;)
BODYN(rdtbr, S_CHECK *v = cpu->tbr;)
BODY2(wrwim, S_CHECK cpu->wim = (a ^ b) & ((1u << cpu->model->nwindows) - 1);)
BODY2(wrtbr, S_CHECK cpu->tbr = ((a ^ b) & ~0xfffu) | (cpu->tbr & 0xff0);)

/*
 * --- floating point: no trap enabled; everything else is the general one's ---
 * The registers' numbers stand in rd, rs1, rs2: halved for doubles.
 */
#define FP_FAST \
	unsigned exc; \
	unsigned rnd = cpu->fsr >> FSR_RD_SHIFT; \
	if (unlikely(!cpu->fp_ok || (cpu->fsr & 31u << FSR_TEM_SHIFT))) \
		return EXIT_SLOW;
#define FP_DONE \
	exc &= FPU_CEXC; \
	cpu->fsr = (cpu->fsr & ~(7u << FSR_FTT_SHIFT | 31u)) | exc | exc << FSR_AEXC_SHIFT;
#define FP_D(name, fn) \
	BODYN(name, FP_FAST \
		cpu->fd[o->rd] = fn(cpu->fd[o->rs1], cpu->fd[o->rs2], rnd, &exc); \
		FP_DONE)
#define FP_S(name, fn) \
	BODYN(name, FP_FAST \
		u32 r = fn(cpu_get_f(cpu, o->rs1), cpu_get_f(cpu, o->rs2), rnd, &exc); \
		cpu_set_f(cpu, o->rd, r); \
		FP_DONE)
FP_D(faddd, fpu_fast_addd)
FP_D(fsubd, fpu_fast_subd)
FP_D(fmuld, fpu_fast_muld)
FP_D(fdivd, fpu_fast_divd)
FP_S(fadds, fpu_fast_adds)
FP_S(fsubs, fpu_fast_subs)
FP_S(fmuls, fpu_fast_muls)
FP_S(fdivs, fpu_fast_divs)
BODYN(fsqrtd, FP_FAST cpu->fd[o->rd] = fpu_fast_sqrtd(cpu->fd[o->rs2], rnd, &exc); FP_DONE)
BODYN(fmovs, FP_CHECK
	cpu_set_f(cpu, o->rd, cpu_get_f(cpu, o->rs2));
	cpu->fsr &= ~(7u << FSR_FTT_SHIFT | 31u);)
#define FP_CMP(name, fn) \
	BODYN(name, FP_FAST (void)rnd; \
		unsigned fcc = fn(cpu->fd[o->rs1], cpu->fd[o->rs2], &exc); \
		FP_DONE \
		cpu->fsr = (cpu->fsr & ~(3u << FSR_FCC_SHIFT)) | fcc << FSR_FCC_SHIFT;)
FP_CMP(fcmpd, fpu_fast_cmpd)
FP_CMP(fcmped, fpu_fast_cmped)
/* imm is the instruction; a trapping one is done again by cpu_step(), with the same outcome. */
BODYN(fpop, FP_CHECK
	if (unlikely(cpu_fpop(cpu, (u32)o->imm, 0)))
		return EXIT_SLOW;)

BODY(slow) { return EXIT_SLOW; }
/* clang-format on */

#endif
