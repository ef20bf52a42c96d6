/* SPDX-License-Identifier: MIT */
/*
 * The engine against the reference interpreter: a processor's state and a program from the input, run in both;
 * registers and memory must end alike. Words may be any, or such that their opcode is what the octets say and the
 * registers are near.
 */
#include "t/cpu-rig.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static u32 word(const u8 *p, size_t len, size_t at)
{
	u8 b[4] = { 0 };

	for (size_t i = 0; i < 4 && at + i < len; i++)
		b[i] = p[at + i];
	return be32_get(b);
}

static void state(struct rig *r, const u8 *p, size_t len)
{
	struct cpu_state *s = &r->start;
	u32 flags = word(p, len, 0);

	rig_clear(r);
	s->psr = (s->psr & ~0xf000a0u) | (flags & 0xf00000) | (flags & 0x20) |
		 (flags & 0x1f) % r->nwin;
	s->psr |= flags & 1 ? 0x80 : 0;
	s->psr &= flags & 0x40 ? ~0x1000u : ~0u;
	s->wim = flags >> 8 & ((1u << r->nwin) - 1);
	s->fsr = flags & 0xcf800000;
	s->y = word(p, len, 4);
	for (unsigned i = 1; i < 8; i++)
		s->globals[i] = DATA + (word(p, len, 4 * i) & (i & 1 ? 0xffff : ~0u));
	for (unsigned i = 0; i < 16; i++)
		s->win[s->psr & 31][i] = word(p, len, 4 * i) ^ (i & 1 ? DATA : 0);
	for (unsigned i = 0; i < 32; i++)
		s->f[i] = word(p, len, 4 * (i ^ 5));
	for (u32 i = 0; i < 0x1000; i += 4)
		rig_put(r, VECTORS + i, i & 12 ? NOP : a_imm(ADD, L3, L3, 1));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static const char *const models[] = { "Fujitsu MB86904", "TI SuperSparc II", "LEON3" };
	static struct rig *rigs[ARRAY_SIZE(models)];
	struct rig *r;
	unsigned n;

	if (len < 24)
		return 0;
	n = data[0] % ARRAY_SIZE(models);
	if (!rigs[n])
		rigs[n] = rig_new_pages(models[n], 16);
	r = rigs[n];
	state(r, data + 1, len - 1);
	for (size_t at = 16; at + 4 <= len && at < 16 + 4 * 128; at += 4) {
		u32 w = word(data, len, at);

		/* Alternate spaces reach the MMU and the caches: the loads and stores of some. */
		emit(r, w);
	}
	emit_end(r);
	if (!rig_same(r, 200 + data[0] % 64))
		__builtin_trap();
	return 0;
}
