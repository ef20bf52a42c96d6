/* SPDX-License-Identifier: MIT */
/*
 * Audio codec with its DMA controller (APC) on the SBus. Playing takes the time that it takes,
 * the samples go nowhere; recording hears silence.
 *
 * Parts: Crystal CS4231 (data sheet DS111) behind Sun STP2024 (APC), as on the SPARCstation 4 and 5.
 * Output: irq[0]. The codec's own interrupt pin is not connected.
 *
 * What software relies on:
 *  - The codec's four ports are bytes at 0, 4, 8 and c. Index 12 reads 8a or ca, index 25 a0:
 *    that is how it is recognised. Indirect registers 16..31 need mode 2 (bit 6 of index 12).
 *  - Formats (8, 28) and all of index 9 but the enables change only while MCE is set. Clearing MCE
 *    calibrates if index 9 says so: index 11 bit 5 is set meanwhile.
 *  - Index 24 bits 4 and 5: as many samples as the base count + 1 were played or recorded. They
 *    are the interrupt bit of port 8, writing which clears them. Linux serves no interrupt without it.
 *  - APC: a buffer (address and count) in use, and a next one. Writing the next count makes it
 *    valid (PD or CD goes to 0); when the one in use is used up the next takes its place and PD is 1
 *    again, PI tells of the finished buffer. With no next buffer, or PAUSE, the pipe runs empty: PM.
 *  - Interrupt bits are cleared by writing ones: 22 PI, 21 CI, 20 error, 15 PM rose, 9 CM rose.
 *  - RESET (bit 0) resets both parts, bit 5 holds the codec in reset.
 * Not modelled: the codec's timer, programmed I/O, capture of sound.
 */
#include <string.h>

#include "dev/device.h"

/* APC control and status. P: play, C: capture. */
#define CSR_IP 0x00800000u
#define CSR_PI 0x00400000u
#define CSR_CI 0x00200000u
#define CSR_EI 0x00100000u
#define CSR_IE 0x00080000u
#define CSR_PIE 0x00040000u
#define CSR_CIE 0x00020000u
#define CSR_EIE 0x00010000u
#define CSR_PMI 0x00008000u
#define CSR_PM 0x00004000u
#define CSR_PD 0x00002000u
#define CSR_PMIE 0x00001000u
#define CSR_CM 0x00000800u
#define CSR_CD 0x00000400u
#define CSR_CMI 0x00000200u
#define CSR_CMIE 0x00000100u
#define CSR_PPAUSE 0x00000080u
#define CSR_CPAUSE 0x00000040u
#define CSR_CODEC_RESET 0x00000020u
#define CSR_PGO 0x00000008u
#define CSR_CGO 0x00000004u
#define CSR_RESET 0x00000001u
#define CSR_ACK (CSR_PI | CSR_CI | CSR_EI | CSR_PMI | CSR_CMI)
#define CSR_STATUS (CSR_PM | CSR_PD | CSR_CM | CSR_CD)
#define CSR_WRITABLE 0x000f11fdu /* enables, pauses, go, resets */
#define CSR_ALL (CSR_ACK | CSR_STATUS | CSR_WRITABLE)

/* Codec */
#define R0_MCE 0x40u
#define R0_TRD 0x20u
#define R2_IDLE 0xceu
#define R2_INT 0x01u
#define I9_ENABLES 0x03u
#define I9_CALIBRATE 0x18u
#define I11_CALIBRATING 0x20u
#define I12_MODE2 0x40u
#define I24_COUNTED(ch) (0x10u << (ch))
#define I24_FLAGS 0x70u

enum { PLAY, CAPTURE, CHANNELS };

#define CHUNK 4096u /* bytes moved by one timer event at most */
#define LONGEST_NS 2000000000u /* more than the slowest format needs for a chunk */
#define CALIBRATION 168u /* sample periods */

struct cs4231_channel_state {
	u64 base; /* ns: the instant at which the rest holds */
	u64 phase; /* the part of a byte that was due at base: see rate() */
	u64 deadline; /* ns of the next chunk's end; CLOCK_NEVER while nothing moves */
	u32 addr, count; /* the buffer in use, bytes */
	u32 next_addr, next_count;
	u32 left; /* bits to be moved before the base count is through */
	u8 pad[4];
};

static const struct field cs4231_channel_fields[] = {
	F_UINT(cs4231_channel_state, base),
	F_RANGE(cs4231_channel_state, phase, 0, 8ull * 3072 * 1000000000),
	F_UINT(cs4231_channel_state, deadline),
	F_UINT(cs4231_channel_state, addr),
	F_UINT(cs4231_channel_state, count),
	F_UINT(cs4231_channel_state, next_addr),
	F_UINT(cs4231_channel_state, next_count),
	F_RANGE(cs4231_channel_state, left, 0, 0x10000 * 32),
	F_PAD(cs4231_channel_state, pad),
	F_END,
};

struct cs4231_state {
	struct cs4231_channel_state ch[CHANNELS];
	u64 calibrated; /* ns: when calibration ends */
	u32 csr;
	u8 reg[32];
	u8 r0; /* MCE, TRD, index */
	u8 pad[3];
};

static const struct field cs4231_fields[] = {
	F_STRUCTS(cs4231_state, ch, cs4231_channel_fields),
	F_UINT(cs4231_state, calibrated),
	F_UINT(cs4231_state, csr),
	F_BYTES(cs4231_state, reg),
	F_RANGE(cs4231_state, r0, 0, 0x7f),
	F_PAD(cs4231_state, pad),
	F_END,
};

struct cs4231;

struct cs4231_alarm {
	struct timer timer;
	struct cs4231 *chip;
	unsigned ch;
};

struct cs4231 {
	struct dev dev;
	struct cs4231_state s;
	struct cs4231_alarm alarm[CHANNELS];
};

/* What differs between the two directions. */
static const struct {
	u32 go, pause, empty, empty_int, dirty, done;
	u8 enable; /* in index 9 */
	u8 format; /* register */
	u8 upper, lower; /* base count registers */
} side[CHANNELS] = {
	[PLAY] = { CSR_PGO, CSR_PPAUSE, CSR_PM, CSR_PMI, CSR_PD, CSR_PI, 1, 8, 14, 15 },
	[CAPTURE] = { CSR_CGO, CSR_CPAUSE, CSR_CM, CSR_CMI, CSR_CD, CSR_CI, 2, 28, 30, 31 },
};

/* --- rates --- */

/* Bits of one sample in all its channels. */
static u32 frame_bits(const struct cs4231 *c, unsigned ch)
{
	u8 format = c->s.reg[side[ch].format];
	u32 bits = 8;

	if ((format & 0xe0) == 0xa0)
		bits = 4;
	else if ((format & 0x60) == 0x40)
		bits = 16;
	return format & 0x10 ? 2 * bits : bits;
}

static u32 divisor(const struct cs4231 *c)
{
	static const u16 by_cfs[8] = { 3072, 1536, 896, 768, 448, 384, 512, 2560 };

	return by_cfs[c->s.reg[8] >> 1 & 7];
}

static u32 crystal(const struct cs4231 *c)
{
	return c->s.reg[8] & 1 ? 16934400 : 24576000;
}

/* A channel moves rate / unit bytes in a nanosecond. */
static u64 rate(const struct cs4231 *c, unsigned ch)
{
	return (u64)crystal(c) * frame_bits(c, ch);
}

static u64 unit(const struct cs4231 *c)
{
	return 8ull * divisor(c) * 1000000000;
}

/* --- the DMA channels --- */

static void drive(struct cs4231 *c)
{
	u32 csr = c->s.csr, on = 0;

	on |= csr & CSR_PIE ? csr & CSR_PI : 0;
	on |= csr & CSR_CIE ? csr & CSR_CI : 0;
	on |= csr & CSR_EIE ? csr & CSR_EI : 0;
	on |= csr & CSR_PMIE ? csr & CSR_PMI : 0;
	on |= csr & CSR_CMIE ? csr & CSR_CMI : 0;
	irq_set(&c->dev.irq[0], on && csr & CSR_IE);
}

static bool wanted(const struct cs4231 *c, unsigned ch)
{
	return c->s.csr & side[ch].go && c->s.reg[9] & side[ch].enable &&
	       !(c->s.csr & (CSR_CODEC_RESET | CSR_RESET));
}

static bool moving(const struct cs4231 *c, unsigned ch)
{
	return wanted(c, ch) && c->s.ch[ch].count;
}

static u8 silence(const struct cs4231 *c)
{
	switch (c->s.reg[28] & 0xe0) {
	case 0x00:
		return 0x80;
	case 0x20:
		return 0xff;
	case 0x60:
		return 0xd5;
	default:
		return 0;
	}
}

static void transfer(struct cs4231 *c, unsigned ch, u32 n)
{
	struct cs4231_channel_state *s = &c->s.ch[ch];
	const struct dma *dma = &c->dev.dma;
	u8 buf[256];
	int err = 0;

	memset(buf, silence(c), sizeof(buf));
	s->count -= n;
	while (n) {
		u32 part = n < sizeof(buf) ? n : sizeof(buf);

		if (!dma->read)
			err = -EFAULT;
		else if (ch == PLAY)
			err |= dma_read(dma, s->addr, buf, part);
		else
			err |= dma_write(dma, s->addr, buf, part);
		s->addr += part;
		n -= part;
	}
	if (err)
		c->s.csr |= CSR_EI;
}

static u32 period_bits(const struct cs4231 *c, unsigned ch)
{
	u32 base = (u32)c->s.reg[side[ch].upper] << 8 | c->s.reg[side[ch].lower];

	return (base + 1) * frame_bits(c, ch);
}

/* The codec's own counter. */
static void count_bits(struct cs4231 *c, unsigned ch, u32 n)
{
	struct cs4231_channel_state *s = &c->s.ch[ch];
	u32 period = period_bits(c, ch);

	if (n < s->left) {
		s->left -= n;
		return;
	}
	s->left = period - (n - s->left) % period;
	c->s.reg[24] |= (u8)I24_COUNTED(ch);
}

static void take_next(struct cs4231 *c, unsigned ch)
{
	struct cs4231_channel_state *s = &c->s.ch[ch];

	s->addr = s->next_addr;
	s->count = s->next_count;
	c->s.csr |= side[ch].dirty;
	c->s.csr &= ~side[ch].empty;
}

static bool next_ready(const struct cs4231 *c, unsigned ch)
{
	return !(c->s.csr & (side[ch].dirty | side[ch].pause));
}

static void run_empty(struct cs4231 *c, unsigned ch)
{
	if (!(c->s.csr & side[ch].empty))
		c->s.csr |= side[ch].empty | side[ch].empty_int;
}

static void buffer_done(struct cs4231 *c, unsigned ch)
{
	c->s.csr |= side[ch].done;
	if (next_ready(c, ch))
		take_next(c, ch);
	if (!c->s.ch[ch].count)
		run_empty(c, ch);
}

/* How many bytes became due since the base, which becomes now. */
static u32 due(struct cs4231 *c, unsigned ch)
{
	struct cs4231_channel_state *s = &c->s.ch[ch];
	u64 now = clock_now(c->dev.clock), past = now > s->base ? now - s->base : 0, sum;

	s->base = now;
	if (past > LONGEST_NS)
		past = LONGEST_NS;
	sum = past * rate(c, ch) + s->phase;
	s->phase = sum % unit(c);
	sum /= unit(c);
	return sum < 0x10000 ? (u32)sum : 0x10000;
}

/* Up to now. */
static void catch_up(struct cs4231 *c, unsigned ch)
{
	struct cs4231_channel_state *s = &c->s.ch[ch];
	u32 n, part, buffers = 0;

	if (!moving(c, ch))
		return;
	for (n = due(c, ch); n && s->count && buffers < 256; n -= part) {
		part = n < s->count ? n : s->count;
		transfer(c, ch, part);
		count_bits(c, ch, part * 8);
		if (!s->count) {
			buffer_done(c, ch);
			buffers++;
		}
	}
}

/* After any change: fetch what waits, notice what lacks, and set the next instant. */
static void settle(struct cs4231 *c, unsigned ch)
{
	struct cs4231_channel_state *s = &c->s.ch[ch];
	u32 chunk;

	if (c->s.csr & side[ch].go && !s->count && next_ready(c, ch))
		take_next(c, ch);
	if (!s->count && (wanted(c, ch) || c->s.csr & side[ch].pause))
		run_empty(c, ch);
	if (!moving(c, ch)) {
		s->deadline = CLOCK_NEVER;
	} else {
		if (s->deadline == CLOCK_NEVER) {
			s->base = clock_now(c->dev.clock);
			s->phase = 0;
		}
		chunk = s->count < CHUNK ? s->count : CHUNK;
		s->deadline = chunk * unit(c);
		s->deadline -= s->phase < s->deadline ? s->phase : s->deadline;
		s->deadline = (s->deadline + rate(c, ch) - 1) / rate(c, ch);
		s->deadline = s->base < CLOCK_NEVER - 1 - s->deadline ? s->base + s->deadline
								      : CLOCK_NEVER - 1;
	}
	timer_set(&c->alarm[ch].timer, s->deadline);
	drive(c);
}

static void alarm_fire(void *arg)
{
	struct cs4231_alarm *a = arg;

	catch_up(a->chip, a->ch);
	settle(a->chip, a->ch);
}

/* --- the codec's registers --- */

static void codec_reset(struct cs4231 *c)
{
	static const u8 initial[32] = {
		[2] = 0x88, [3] = 0x88,	 [4] = 0x88,  [5] = 0x88,  [6] = 0x80,	[7] = 0x80,
		[9] = 0x08, [12] = 0x8a, [18] = 0x88, [19] = 0x88, [25] = 0xa0, [26] = 0xa0,
	};
	unsigned ch;

	memcpy(c->s.reg, initial, sizeof(initial));
	c->s.r0 = R0_MCE;
	c->s.calibrated = 0;
	for (ch = 0; ch < CHANNELS; ch++)
		c->s.ch[ch].left = period_bits(c, ch);
}

static unsigned codec_index(const struct cs4231 *c)
{
	return c->s.r0 & (c->s.reg[12] & I12_MODE2 ? 0x1f : 0x0f);
}

static u8 indirect_read(const struct cs4231 *c)
{
	unsigned i = codec_index(c);

	if (i == 11)
		return clock_now(c->dev.clock) < c->s.calibrated ? I11_CALIBRATING : 0;
	return c->s.reg[i];
}

static void indirect_write(struct cs4231 *c, u8 val)
{
	bool mce = c->s.r0 & R0_MCE;
	unsigned i = codec_index(c), ch;

	switch (i) {
	case 8:
	case 28:
		if (mce)
			c->s.reg[i] = val;
		break;
	case 9:
		c->s.reg[9] = mce ? val : (u8)((c->s.reg[9] & ~I9_ENABLES) | (val & I9_ENABLES));
		break;
	case 11:
	case 25:
		break;
	case 12:
		c->s.reg[12] = (u8)(0x8a | (val & I12_MODE2));
		break;
	case 24: /* zeros clear flags */
		c->s.reg[24] &= val & I24_FLAGS;
		break;
	default:
		c->s.reg[i] = val;
	}
	for (ch = 0; ch < CHANNELS; ch++)
		if (i == side[ch].upper || c->s.ch[ch].left > period_bits(c, ch))
			c->s.ch[ch].left = period_bits(c, ch);
}

static void index_write(struct cs4231 *c, u8 val)
{
	bool was = c->s.r0 & R0_MCE;

	c->s.r0 = val & 0x7f;
	if (was && !(val & R0_MCE) && c->s.reg[9] & I9_CALIBRATE)
		c->s.calibrated = clock_now(c->dev.clock) +
				  (u64)CALIBRATION * divisor(c) * 1000000000 / crystal(c);
}

static u8 codec_read(const struct cs4231 *c, unsigned port)
{
	switch (port) {
	case 0:
		return c->s.r0;
	case 1:
		return indirect_read(c);
	case 2:
		return (u8)(R2_IDLE | (c->s.reg[24] & I24_FLAGS ? R2_INT : 0));
	default:
		return 0;
	}
}

static void codec_write(struct cs4231 *c, unsigned port, u8 val)
{
	if (c->s.csr & (CSR_CODEC_RESET | CSR_RESET))
		return;
	switch (port) {
	case 0:
		index_write(c, val);
		break;
	case 1:
		indirect_write(c, val);
		break;
	case 2:
		c->s.reg[24] &= (u8)~I24_FLAGS;
		break;
	}
}

/* --- the APC's registers --- */

static void apc_reset(struct cs4231 *c)
{
	unsigned ch;

	c->s.csr = CSR_STATUS;
	for (ch = 0; ch < CHANNELS; ch++) {
		memset(&c->s.ch[ch], 0, sizeof(c->s.ch[ch]));
		c->s.ch[ch].deadline = CLOCK_NEVER;
	}
	codec_reset(c);
}

static void csr_write(struct cs4231 *c, u32 val)
{
	if (val & CSR_RESET)
		apc_reset(c);
	if (val & CSR_CODEC_RESET)
		codec_reset(c);
	c->s.csr &= ~(val & CSR_ACK) & ~CSR_WRITABLE;
	c->s.csr |= val & CSR_WRITABLE;
}

static u32 csr_read(const struct cs4231 *c)
{
	return c->s.csr | (c->s.csr & CSR_ACK ? CSR_IP : 0);
}

static u32 *channel_register(struct cs4231 *c, u32 off)
{
	struct cs4231_channel_state *s = &c->s.ch[off & 0x10 ? PLAY : CAPTURE];

	switch (off & 0xc) {
	case 0x0:
		return &s->addr;
	case 0x4:
		return &s->count;
	case 0x8:
		return &s->next_addr;
	default:
		return &s->next_count;
	}
}

static void channel_write(struct cs4231 *c, u32 off, u32 val)
{
	unsigned ch = off & 0x10 ? PLAY : CAPTURE;

	*channel_register(c, off) = val;
	if ((off & 0xc) == 0xc)
		c->s.csr &= ~side[ch].dirty;
	if ((off & 0xc) == 0x4 && val)
		c->s.csr &= ~side[ch].empty;
}

static u32 cs4231_read(void *chip, u32 off, unsigned size)
{
	struct cs4231 *c = chip;
	u32 val = 0;

	catch_up(c, PLAY);
	catch_up(c, CAPTURE);
	if (off < 0x10)
		val = (u32)codec_read(c, off >> 2) << 24;
	else if (off < 0x14)
		val = csr_read(c);
	else if (off >= 0x20)
		val = *channel_register(c, off);
	settle(c, PLAY);
	settle(c, CAPTURE);
	return val >> 8 * (4 - size - (off & 3)) & (size < 4 ? (1u << 8 * size) - 1 : ~0u);
}

static void cs4231_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct cs4231 *c = chip;

	catch_up(c, PLAY);
	catch_up(c, CAPTURE);
	if (off < 0x10 && !(off & 3))
		codec_write(c, off >> 2, (u8)(val >> 8 * (size - 1)));
	else if (size == 4 && off == 0x10)
		csr_write(c, val);
	else if (size == 4 && off >= 0x20)
		channel_write(c, off, val);
	settle(c, PLAY);
	settle(c, CAPTURE);
}

/* --- the class --- */

static int cs4231_init(void *chip)
{
	struct cs4231 *c = chip;
	unsigned ch;

	for (ch = 0; ch < CHANNELS; ch++) {
		c->alarm[ch].chip = c;
		c->alarm[ch].ch = ch;
		timer_init(&c->alarm[ch].timer, c->dev.clock, alarm_fire, &c->alarm[ch]);
	}
	return 0;
}

static void cs4231_reset(void *chip)
{
	struct cs4231 *c = chip;

	memset(&c->s, 0, sizeof(c->s));
	apc_reset(c);
	settle(c, PLAY);
	settle(c, CAPTURE);
}

static void cs4231_loaded(void *chip)
{
	struct cs4231 *c = chip;
	unsigned ch;

	for (ch = 0; ch < CHANNELS; ch++)
		timer_set(&c->alarm[ch].timer, c->s.ch[ch].deadline);
	drive(c);
}

static bool cs4231_check(const void *chip)
{
	const struct cs4231 *c = chip;
	unsigned ch;

	if (c->s.csr & ~CSR_ALL || (c->s.reg[12] & ~I12_MODE2) != 0x8a || c->s.reg[25] != 0xa0)
		return false;
	if (c->s.reg[11] || c->s.reg[24] & ~I24_FLAGS)
		return false;
	for (ch = 0; ch < CHANNELS; ch++) {
		const struct cs4231_channel_state *s = &c->s.ch[ch];

		if (moving(c, ch) != (s->deadline != CLOCK_NEVER))
			return false;
		if (!s->left || s->left > period_bits(c, ch))
			return false;
	}
	return true;
}

static void cs4231_release(void *chip)
{
	struct cs4231 *c = chip;
	unsigned ch;

	for (ch = 0; ch < CHANNELS; ch++)
		timer_set(&c->alarm[ch].timer, CLOCK_NEVER);
}

const struct dev_class cs4231_class = {
	.name = "cs4231",
	DEV_STATE(cs4231, cs4231_fields),
	.region =
		{
			{"cs4231", 0x40, ACC_1 | ACC_2 | ACC_4, cs4231_read, cs4231_write},
		},
	.init = cs4231_init,
	.reset = cs4231_reset,
	.loaded = cs4231_loaded,
	.check = cs4231_check,
	.release = cs4231_release,
};
