/* SPDX-License-Identifier: MIT */
/*
 * The bodies of the instructions that EXEC_OPS lists, see exec-ops.h. Who includes this says with BODY(name) what functions
 * they become, and with FIND(tlb, side, size, va, p, miss) where the octets of an access are: exec-step.h asks the TLB,
 * exec-loop.h only where it is another page than the time before. In both one compare covers page and alignment.
 */

/* clang-format off */
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
	if (unlikely(exec_icc_pair[icc].odd)) \
		return EXIT_SLOW; \
	CC(exec_icc_pair[icc].a, exec_icc_pair[icc].b)

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

/* --- memory --- */

#define ACCESS(tlb_, side, size, miss) \
	u32 va = a + b; \
	u8 *p; \
	FIND(tlb_, side, size, va, p, miss);
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
#define BYPASS(side) \
	u32 va = a + b; \
	const struct tlb_entry *e = ENTRY(&cpu->bypass, side, va); \
	u8 *p = (u8 *)(e->addend + va); \
	if (unlikely((va & 0xfffff003) != e->tag)) \
		return EXIT_SLOW;
BODYN(lda_bypass, S_CHECK BYPASS(load) *v = be32_get(p);)
BODYN(sta_bypass, S_CHECK BYPASS(store) be32_put(p, *d);)
/* Cache tags and flushes: an operating system writes every line of a cache in a loop. */
BODYN(sta_inert, S_CHECK if (unlikely((a + b) & 3)) return EXIT_SLOW;)

/* --- windows --- */

BODY2(save,
	if (unlikely(cpu->wim >> cpu->win_below[cpu->cwp] & 1))
		return EXIT_OVERFLOW;
	cpu_window_down(cpu);
	*v = a + b;)
BODY2(restore,
	if (unlikely(cpu->wim >> cpu->win_above[cpu->cwp] & 1))
		return EXIT_UNDERFLOW;
	cpu_window_up(cpu);
	*v = a + b;)

/* --- privileged state --- */

BODYN(rdpsr, S_CHECK *v = cpu_psr_with(cpu, icc_of(*ca, *cb));)
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
