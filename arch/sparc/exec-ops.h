/* SPDX-License-Identifier: MIT */
/*
 * The handlers of the instructions that fall through to the next one. exec.c includes this
 * twice: for ops reached in line, and for delay instructions of taken transfers. It defines
 * before: OP(name), NEXT(ca, cb), SLOW(), TLB_BASE.
 */

#define RD cpu->r[op->rd]
#define RS1 cpu->r[op->rs1]
#define RS2 cpu->r[op->rs2]
#define IMM ((u32)op->imm)
#define CARRY ((u32)(ca < cb))

/* op in both forms, with b as its second operand. */
#define OP2(name, ...)                                                                             \
	OP(name##_rr)                                                                              \
	{                                                                                          \
		u32 a = RS1, b = RS2;                                                              \
		__VA_ARGS__                                                                        \
	}                                                                                          \
	OP(name##_ri)                                                                              \
	{                                                                                          \
		u32 a = RS1, b = IMM;                                                              \
		__VA_ARGS__                                                                        \
	}
#define OP_RR(name, ...)                                                                           \
	OP(name##_rr)                                                                              \
	{                                                                                          \
		u32 a = RS1, b = RS2;                                                              \
		__VA_ARGS__                                                                        \
	}

OP(nop)
{
	NEXT(ca, cb);
}

OP(mov_i) /* SETHI, or %g0, imm */
{
	RD = IMM;
	NEXT(ca, cb);
}

OP(mov_r)
{
	RD = RS2;
	NEXT(ca, cb);
}

/* clang-format off */
OP2(add, { RD = a + b; NEXT(ca, cb); })
OP_RR(sub, { RD = a - b; NEXT(ca, cb); })
OP2(and, { RD = a & b; NEXT(ca, cb); })
OP2(or, { RD = a | b; NEXT(ca, cb); })
OP2(xor, { RD = a ^ b; NEXT(ca, cb); })
OP_RR(andn, { RD = a & ~b; NEXT(ca, cb); })
OP_RR(orn, { RD = a | ~b; NEXT(ca, cb); })
OP_RR(xnor, { RD = a ^ ~b; NEXT(ca, cb); })
OP2(sll, { RD = a << (b & 31); NEXT(ca, cb); })
OP2(srl, { RD = a >> (b & 31); NEXT(ca, cb); })
OP2(sra, { RD = (u32)((s32)a >> (b & 31)); NEXT(ca, cb); })
OP2(addx, { RD = a + b + CARRY; NEXT(ca, cb); })
OP2(subx, { RD = a - b - CARRY; NEXT(ca, cb); })

OP2(cmp, { NEXT(a, b); })
OP2(subcc, { RD = a - b; NEXT(a, b); })
OP2(andcc, { a &= b; RD = a; NEXT(a, 0); })
OP2(orcc, { a |= b; RD = a; NEXT(a, 0); })
OP2(xorcc, { a ^= b; RD = a; NEXT(a, 0); })
OP_RR(andncc, { a &= ~b; RD = a; NEXT(a, 0); })
OP_RR(orncc, { a |= ~b; RD = a; NEXT(a, 0); })
OP_RR(xnorcc, { a ^= ~b; RD = a; NEXT(a, 0); })
OP2(btst, { NEXT(a & b, 0); })

OP2(addcc, {
	u64 s = (u64)a + b;

	if (unlikely(b == 0x80000000))
		SLOW();
	RD = (u32)s;
	NEXT(a | (u64)(s - 1 < 0xffffffff) << 32, (u64)(0 - b) | s >> 32 << 32);
})

/* These know their icc as four bits. */
#define NEXT_ICC(icc, value)                                                                       \
	do {                                                                                       \
		if (unlikely(icc_pair[icc].odd))                                                   \
			SLOW();                                                                    \
		RD = (value);                                                                      \
		NEXT(icc_pair[icc].a, icc_pair[icc].b);                                            \
	} while (0)

OP2(addxcc, {
	u32 r = a + b + CARRY;
	unsigned icc = alu_add_icc(a, b, r);

	NEXT_ICC(icc, r);
})

OP2(subxcc, {
	u32 r = a - b - CARRY;
	unsigned icc = alu_sub_icc(a, b, r);

	NEXT_ICC(icc, r);
})

OP2(mulscc, {
	u32 y = cpu->y, op1 = (u32)((s32)ca < (s32)cb) << 31 | a >> 1, op2 = y & 1 ? b : 0;
	u32 r = op1 + op2;
	unsigned icc = alu_add_icc(op1, op2, r);

	if (unlikely(icc_pair[icc].odd))
		SLOW();
	cpu->y = a << 31 | y >> 1;
	RD = r;
	NEXT(icc_pair[icc].a, icc_pair[icc].b);
})

OP2(umul, { u64 p = (u64)a * b; cpu->y = (u32)(p >> 32); RD = (u32)p; NEXT(ca, cb); })
OP2(smul, { s64 p = (s64)(s32)a * (s32)b; cpu->y = (u32)((u64)p >> 32); RD = (u32)p; NEXT(ca, cb); })
OP2(umulcc, { u64 p = (u64)a * b; cpu->y = (u32)(p >> 32); RD = (u32)p; NEXT((u32)p, 0); })
OP2(smulcc, {
	s64 p = (s64)(s32)a * (s32)b;

	cpu->y = (u32)((u64)p >> 32);
	RD = (u32)p;
	NEXT((u32)p, 0);
})
OP2(udiv, {
	bool v;

	if (unlikely(!b))
		SLOW();
	RD = alu_udiv((u64)cpu->y << 32 | a, b, &v);
	NEXT(ca, cb);
})
OP2(sdiv, {
	bool v;

	if (unlikely(!b))
		SLOW();
	RD = alu_sdiv((u64)cpu->y << 32 | a, b, &v);
	NEXT(ca, cb);
})
OP2(wry, { cpu->y = a ^ b; NEXT(ca, cb); })
/* clang-format on */

OP(rdy)
{
	RD = cpu->y;
	NEXT(ca, cb);
}

/* --- memory: one compare covers page and alignment --- */

#define PAGE_ALIGN(size) (0xfffff000u | ((size)-1))
#define ENTRY(base, side, va)                                                                      \
	((const struct tlb_entry *)((const char *)((const struct tlb *)(base))->side +             \
				    ((va) >> 8 & (TLB_SIZE - 1) << 4)))

#define LOAD_FROM(form, name, base, miss, size, type, ...)                                               \
	form(name, {                                                                               \
		u32 va = a + b;                                                                    \
		const struct tlb_entry *e = ENTRY(base, load, va);                                       \
		const u8 *p = (const u8 *)(e->addend + va);                                        \
		type v;                                                                            \
		if (unlikely((va & PAGE_ALIGN(size)) != e->tag)) {                                 \
			cpu->miss_va = va;                                                         \
			miss;                                                                      \
		}                                                                    \
		__VA_ARGS__ NEXT(ca, cb);                                                          \
	})
#define LOAD(name, size, type, ...) LOAD_FROM(OP2, name, TLB_BASE, MISS(load), size, type, __VA_ARGS__)
#define STORE_TO(form, name, base, miss, size, ...)                                                      \
	form(name, {                                                                               \
		u32 va = a + b;                                                                    \
		const struct tlb_entry *e = ENTRY(base, store, va);                                       \
		u8 *p = (u8 *)(e->addend + va);                                                    \
		if (unlikely((va & PAGE_ALIGN(size)) != e->tag)) {                                 \
			cpu->miss_va = va;                                                         \
			miss;                                                                       \
		}                                                                    \
		__VA_ARGS__ NEXT(ca, cb);                                                          \
	})
#define STORE(name, size, ...) STORE_TO(OP2, name, TLB_BASE, MISS(store), size, __VA_ARGS__)

/* clang-format off */
LOAD(ld, 4, u32, { v = be32_get(p); RD = v; })
LOAD(ldub, 1, u8, { v = *p; RD = v; })
LOAD(lduh, 2, u16, { v = be16_get(p); RD = v; })
LOAD(ldsb, 1, u8, { v = *p; RD = (u32)(s8)v; })
LOAD(ldsh, 2, u16, { v = be16_get(p); RD = (u32)(s16)v; })
/* rd = 0 discards the first word only. */
LOAD(ldd, 8, u64, { v = be64_get(p); RD = (u32)(v >> 32); cpu->r[op->aux] = (u32)v; })
STORE(st, 4, { be32_put(p, RD); })
STORE(stb, 1, { *p = (u8)RD; })
STORE(sth, 2, { be16_put(p, (u16)RD); })
STORE(std, 8, { be64_put(p, (u64)RD << 32 | cpu->r[op->aux]); })
STORE(ldstub, 1, { u8 v = *p; *p = 0xff; RD = v; })
STORE(swap, 4, { u32 v = be32_get(p), n = cpu->r[op->aux]; be32_put(p, n); RD = v; })

#define FP_CHECK if (unlikely(!cpu->fp_ok)) SLOW();
LOAD(ldf, 4, u32, { FP_CHECK v = be32_get(p); cpu_set_f(cpu, op->rd, v); })
LOAD(lddf, 8, u64, { FP_CHECK v = be64_get(p); cpu->fd[op->rd] = v; })
STORE(stf, 4, { FP_CHECK be32_put(p, cpu_get_f(cpu, op->rd)); })
STORE(stdf, 8, { FP_CHECK be64_put(p, cpu->fd[op->rd]); })

/* ASI 0x20, privileged: firmware clears memory and walks page tables through it. */
#define S_CHECK if (unlikely(!cpu->s)) SLOW();
LOAD_FROM(OP_RR, lda_bypass, &cpu->tlb[TLB_BYPASS], SLOW(), 4, u32, { S_CHECK v = be32_get(p); RD = v; })
STORE_TO(OP_RR, sta_bypass, &cpu->tlb[TLB_BYPASS], SLOW(), 4, { S_CHECK be32_put(p, RD); })

/* --- windows --- */

OP2(save, {
	unsigned w = cpu->cwp, below = cpu->win_below[w];
	u32 sum = a + b;

	if (unlikely(cpu->wim >> below & 1))
		TRAP(TT_WINDOW_OVERFLOW);
	memcpy(cpu->win[w], &cpu->r[16], 64);
	memcpy(&cpu->r[24], &cpu->r[8], 32);
	memcpy(&cpu->r[16], cpu->win[below], 32);
	memcpy(&cpu->r[8], &cpu->win[cpu->win_below[below]][8], 32);
	cpu->cwp = (u8)below;
	RD = sum;
	NEXT(ca, cb);
})

OP2(restore, {
	unsigned w = cpu->cwp, above = cpu->win_above[w];
	u32 sum = a + b;

	if (unlikely(cpu->wim >> above & 1))
		TRAP(TT_WINDOW_UNDERFLOW);
	memcpy(cpu->win[w], &cpu->r[16], 32);
	memcpy(&cpu->win[cpu->win_below[w]][8], &cpu->r[8], 32);
	memcpy(&cpu->r[8], &cpu->r[24], 32);
	memcpy(&cpu->r[16], cpu->win[above], 64);
	cpu->cwp = (u8)above;
	RD = sum;
	NEXT(ca, cb);
})
/* clang-format on */

/* imm is the instruction; a trapping one is done again by cpu_step(), with the same outcome. */
OP(fpop)
{
	FP_CHECK
	if (unlikely(cpu_fpop(cpu, IMM, 0)))
		SLOW();
	NEXT(ca, cb);
}

/* --- privileged state --- */

#define S_ONLY                                                                                     \
	if (unlikely(!cpu->s))                                                                     \
	SLOW()

OP(rdpsr)
{
	S_ONLY;
	cpu->icc = (u8)icc_of(ca, cb);
	RD = cpu_get_psr(cpu);
	NEXT(ca, cb);
}

OP(rdwim)
{
	S_ONLY;
	RD = cpu->wim;
	NEXT(ca, cb);
}

OP(rdtbr)
{
	S_ONLY;
	RD = cpu->tbr;
	NEXT(ca, cb);
}

/* clang-format off */
OP2(wrwim, { S_ONLY; cpu->wim = (a ^ b) & ((1u << cpu->model->nwindows) - 1); NEXT(ca, cb); })
OP2(wrtbr, { S_ONLY; cpu->tbr = ((a ^ b) & ~0xfffu) | (cpu->tbr & 0xff0); NEXT(ca, cb); })
/* clang-format on */

OP(slow)
{
	SLOW();
}

#undef RD
#undef RS1
#undef RS2
#undef IMM
#undef CARRY
#undef OP2
#undef OP_RR
#undef NEXT_ICC
#undef PAGE_ALIGN
#undef ENTRY
#undef LOAD
#undef LOAD_FROM
#undef STORE
#undef STORE_TO
#undef FP_CHECK
#undef S_CHECK
#undef S_ONLY
