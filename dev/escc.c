/* SPDX-License-Identifier: MIT */
/*
 * Zilog Z85C30 SCC: two serial channels in one chip ("Z8530 SCC User's Manual").
 * sun4m has two of them, one for ttya and ttyb, one for the keyboard and the mouse.
 *
 * What software relies on:
 * - The chip has one register pointer. A control write while it is 0 goes to WR0,
 *   which sets it; the next control access of either channel uses it and clears it.
 * - Interrupts need WR9.MIE. Sources, highest first: receive, transmit, ext/status of
 *   channel A, then of B; RR3 (channel A) shows them in this order as bits 5..0.
 *   Sun boards never acknowledge in hardware, so IUS bits are set only by reading RR2
 *   with WR9.5, the 85C30's software acknowledge.
 * - The receive FIFO holds 3 characters. A byte is fetched from the stream only when the
 *   receiver is enabled and the FIFO has room, so none is lost; only local
 *   loopback can overrun.
 * - RR15 bit 0 reads 0: this is no ESCC and has no WR7'.
 * - Hardware reset leaves local loopback off. The manual's reset value of WR14 has it on, which
 *   would cut off the many small programs that never write WR14.
 *
 * Time. A character takes TX_NS to send and RX_NS to receive, whatever the guest
 * programmed. Real 9600 baud is a million instructions a character, and a console
 * nobody can wait for; TX_NS is just long enough that a transmitter is seen busy: a driver's
 * loop that polls RR0 has seven instructions or so, of a nanosecond each.
 * RX_NS leaves an interrupt driven guest the time to empty its own buffers between
 * two characters of a large paste. dev->param bit 0 asks for the true line rate
 * instead, from the baud rate generator; while that is off, or in the synchronous
 * modes, the short times hold. WR11 is not looked at, because firmware leaves it unset.
 * With dev->param bit 1 the receivers are on from power-on, as a Sun PROM leaves those of the
 * keyboard and the mouse: OpenBIOS reads the keyboard without ever programming its channel.
 * A byte is handed outside when it is written, or when the transmitter is enabled if that is
 * later: what is printed just before a power-off is not lost, only the status follows the time.
 *
 * Idle hint, irq[1]. SPARC V8 has no halt: a guest at a prompt reads RR0 for ever. The chip
 * counts reads of RR0 that find nothing received and the transmit buffer empty. Any
 * other access to the chip but a WR0 write of 0, any character or status change, and any
 * read more than IDLE_GAP instructions after the one before start the count anew.
 * From the 64th on, each such read drives irq[1] high (again), so a sink learns both that
 * the guest waits and the moment of its poll; what starts the count anew drives it low.
 * Timer interrupts in between do not matter. It depends on the guest's doings alone.
 *
 * irq[0] is the interrupt output. irq_in 0..3 are DCD A, CTS A, DCD B, CTS B,
 * asserted from power-on. chr[0] is channel A, chr[1] channel B. The region's byte 4
 * selects channel A and 2 the data register; bit 0 of the address is not decoded.
 *
 * Not modelled: the synchronous modes and what serves only them (CRC, SYNC, hunt, DPLL,
 * SDLC status FIFO); the baud rate generator's zero count; wait and DMA request pins; a
 * BREAK sent outside; parity, which the stream does not carry; characters of five bits
 * or fewer (all eight pass).
 */
#include "dev/device.h"

#include <string.h>

#define TX_NS 50
#define RX_NS 10000
#define BREAK_NS 1000000
#define PCLK 4915200

#define PARAM_BAUD 1u
#define PARAM_LISTENS 2u

#define IDLE_POLLS 64
#define IDLE_GAP 65536

enum { CH_A, CH_B };
enum { IRQ_OUT, IRQ_IDLE };

/* WR0 */
#define CMD(val) ((val) >> 3 & 7)
enum { CMD_NULL, CMD_HIGH, CMD_EXT, CMD_ABORT, CMD_RX_NEXT, CMD_TX, CMD_ERROR, CMD_IUS };

#define WR1_EXT 0x01
#define WR1_TX 0x02
#define WR1_PARITY 0x04
#define WR1_RX_MODE(val) ((val) >> 3 & 3)
enum { RX_OFF, RX_FIRST, RX_ALL, RX_SPECIAL };
#define WR3_RX 0x01
#define WR3_AUTO 0x20
#define WR3_8_BITS 0xc0
#define WR5_TX 0x08
#define WR5_BREAK 0x10
#define WR9_INTACK 0x20
#define WR9_HIGH 0x10
#define WR9_MIE 0x08
#define WR14_BRG 0x01
#define WR14_ECHO 0x08
#define WR14_LOOP 0x10

#define RR0_RX 0x01
#define RR0_TX 0x04
#define RR0_DCD 0x08
#define RR0_CTS 0x20
#define RR0_UNDERRUN 0x40
#define RR0_BREAK 0x80
#define RR0_STATUS (RR0_BREAK | RR0_UNDERRUN | RR0_CTS | RR0_DCD)

#define RR1_SENT 0x01
#define RR1_RESIDUE 0x06
#define RR1_PARITY 0x10
#define RR1_OVERRUN 0x20
#define RR1_FRAMING 0x40

/* Interrupt sources as they stand in RR3 for channel B; A's are 3 bits higher. */
enum { IP_EXT = 1, IP_TX = 2, IP_RX = 4 };

#define RX_DEPTH 3

struct escc_chn_state {
	u64 tx_at; /* ns, when the shift register runs, or ran, empty; CLOCK_NEVER: it is */
	u64 rx_at; /* ns, when the line is free for the next character or the break ends */
	u8 wr[16]; /* 0, 2, 8 and 9 are unused: commands, the chip's own, data */
	u8 rx_data[RX_DEPTH]; /* [0] is the oldest */
	u8 rx_err[RX_DEPTH]; /* RR1 bits of each */
	u8 rx_num;
	u8 tx_buf, tx_shift;
	u8 err; /* parity and overrun, held until Error Reset */
	u8 pins; /* RR0_DCD, RR0_CTS */
	u8 seen; /* RR0_STATUS bits when last looked at */
	u8 latch; /* and as they were when ext_ip came */
	bool tx_full;
	bool tx_told; /* tx_buf has been handed outside */
	bool tx_ip;
	bool ext_ip;
	bool rx_armed; /* RX_FIRST: the next character interrupts */
	bool rx_first; /* and has */
	bool rx_taken; /* the FIFO is locked on its oldest character, which has been read */
	bool brk; /* the line is in BREAK until rx_at */
	bool underrun;
	u8 pad[2];
};

struct escc_state {
	struct escc_chn_state chn[2];
	u64 poll_insns; /* instruction count at the last idle poll */
	u8 ptr, wr2, wr9;
	u8 ius; /* like RR3 */
	u8 polls;
	u8 pad[3];
};

/* What belongs to a channel but is not remembered. */
struct escc_line {
	struct escc *chip;
	unsigned n;
	struct timer tx, rx;
};

struct escc {
	struct dev dev;
	struct escc_state s;
	struct escc_line line[2];
};

static const struct field escc_chn_fields[] = {
	F_UINT(escc_chn_state, tx_at),
	F_UINT(escc_chn_state, rx_at),
	F_ARRAY(escc_chn_state, wr),
	F_BYTES(escc_chn_state, rx_data),
	F_ARRAY_RANGE(escc_chn_state, rx_err, 0, RR1_PARITY | RR1_OVERRUN | RR1_FRAMING),
	F_RANGE(escc_chn_state, rx_num, 0, RX_DEPTH),
	F_UINT(escc_chn_state, tx_buf),
	F_UINT(escc_chn_state, tx_shift),
	F_RANGE(escc_chn_state, err, 0, RR1_PARITY | RR1_OVERRUN),
	F_RANGE(escc_chn_state, pins, 0, RR0_DCD | RR0_CTS),
	F_RANGE(escc_chn_state, seen, 0, RR0_STATUS),
	F_RANGE(escc_chn_state, latch, 0, RR0_STATUS),
	F_BOOL(escc_chn_state, tx_full),
	F_BOOL(escc_chn_state, tx_told),
	F_BOOL(escc_chn_state, tx_ip),
	F_BOOL(escc_chn_state, ext_ip),
	F_BOOL(escc_chn_state, rx_armed),
	F_BOOL(escc_chn_state, rx_first),
	F_BOOL(escc_chn_state, rx_taken),
	F_BOOL(escc_chn_state, brk),
	F_BOOL(escc_chn_state, underrun),
	F_PAD(escc_chn_state, pad),
	F_END,
};

static const struct field escc_fields[] = {
	F_STRUCTS(escc_state, chn, escc_chn_fields),
	F_UINT(escc_state, poll_insns),
	F_RANGE(escc_state, ptr, 0, 15),
	F_UINT(escc_state, wr2),
	F_RANGE(escc_state, wr9, 0, 0x3f),
	F_RANGE(escc_state, ius, 0, 0x3f),
	F_RANGE(escc_state, polls, 0, IDLE_POLLS),
	F_PAD(escc_state, pad),
	F_END,
};

static struct escc_chn_state *chn_of(const struct escc_line *line)
{
	return &line->chip->s.chn[line->n];
}

static struct chr *chr_of(const struct escc_line *line)
{
	return line->chip->dev.chr[line->n];
}

static u64 now(const struct escc *chip)
{
	return clock_now(chip->dev.clock);
}

/* --- the idle hint --- */

static void idle_reset(struct escc *chip)
{
	if (chip->s.polls == IDLE_POLLS)
		irq_set(&chip->dev.irq[IRQ_IDLE], false);
	chip->s.polls = 0;
}

static void idle_poll(struct escc *chip)
{
	struct escc_state *s = &chip->s;
	u64 insns = chip->dev.clock->insns;

	if (s->polls && insns - s->poll_insns > IDLE_GAP)
		idle_reset(chip);
	s->poll_insns = insns;
	if (s->polls < IDLE_POLLS)
		s->polls++;
	if (s->polls == IDLE_POLLS)
		irq_set(&chip->dev.irq[IRQ_IDLE], true);
}

/* --- interrupts --- */

/* Only these stop the receiver in RX_FIRST and RX_SPECIAL, and turn the vector into "special". */
static bool rx_special(const struct escc_chn_state *c)
{
	unsigned mask = RR1_OVERRUN | RR1_FRAMING;

	if (c->wr[1] & WR1_PARITY)
		mask |= RR1_PARITY;
	return c->rx_num && ((c->rx_err[0] | c->err) & mask);
}

static bool rx_pending(const struct escc_chn_state *c)
{
	switch (WR1_RX_MODE(c->wr[1])) {
	case RX_FIRST:
		return c->rx_first || rx_special(c);
	case RX_ALL:
		return c->rx_num != 0;
	case RX_SPECIAL:
		return rx_special(c);
	default:
		return false;
	}
}

static unsigned chn_pending(const struct escc_chn_state *c)
{
	unsigned ip = 0;

	if (c->ext_ip && (c->wr[1] & WR1_EXT))
		ip |= IP_EXT;
	if (c->tx_ip && (c->wr[1] & WR1_TX))
		ip |= IP_TX;
	if (rx_pending(c))
		ip |= IP_RX;
	return ip;
}

static unsigned pending(const struct escc_state *s)
{
	return chn_pending(&s->chn[CH_A]) << 3 | chn_pending(&s->chn[CH_B]);
}

static unsigned top_bit(unsigned v)
{
	return v ? BIT(31 - (unsigned)__builtin_clz(v)) : 0;
}

/* The highest source that asks and is not held back by one in service, or 0. */
static unsigned asking(const struct escc_state *s)
{
	unsigned ip = top_bit(pending(s));

	return ip > top_bit(s->ius) ? ip : 0;
}

static void update_irq(struct escc *chip)
{
	struct escc_state *s = &chip->s;

	irq_set(&chip->dev.irq[IRQ_OUT], (s->wr9 & WR9_MIE) && asking(s));
}

/* The three status bits of the vector; 3 (channel B, special) stands for nothing. */
static unsigned vector_status(const struct escc_state *s)
{
	switch (asking(s)) {
	case IP_RX << 3:
		return rx_special(&s->chn[CH_A]) ? 7 : 6;
	case IP_TX << 3:
		return 4;
	case IP_EXT << 3:
		return 5;
	case IP_RX:
		return rx_special(&s->chn[CH_B]) ? 3 : 2;
	case IP_TX:
		return 0;
	case IP_EXT:
		return 1;
	default:
		return 3;
	}
}

static u8 vector(const struct escc_state *s)
{
	unsigned st = vector_status(s);

	if (s->wr9 & WR9_HIGH)
		return (u8)((s->wr2 & ~0x70u) | (st & 1) << 6 | (st & 2) << 4 | (st & 4) << 2);
	return (u8)((s->wr2 & ~0x0eu) | st << 1);
}

static u8 vector_read(struct escc *chip, unsigned n)
{
	struct escc_state *s = &chip->s;
	u8 val = n == CH_B ? vector(s) : s->wr2;

	if ((s->wr9 & (WR9_INTACK | WR9_MIE)) == (WR9_INTACK | WR9_MIE))
		s->ius |= (u8)asking(s);
	return val;
}

/* --- external and status --- */

static bool loop_break(const struct escc_chn_state *c)
{
	return (c->wr[14] & WR14_LOOP) && (c->wr[5] & WR5_BREAK) && (c->wr[3] & WR3_RX);
}

static u8 status_now(const struct escc_chn_state *c)
{
	unsigned v = c->pins;

	if (c->brk || loop_break(c))
		v |= RR0_BREAK;
	if (c->underrun)
		v |= RR0_UNDERRUN;
	return (u8)v;
}

/* Which of the changed bits interrupt: the underrun latch does so only when it rises. */
static unsigned status_events(const struct escc_chn_state *c, unsigned from, unsigned to)
{
	unsigned diff = (from ^ to) & c->wr[15];

	return to & RR0_UNDERRUN ? diff : diff & ~(unsigned)RR0_UNDERRUN;
}

static void status_latch(struct escc_chn_state *c, unsigned from)
{
	u8 cur = status_now(c);

	if (!c->ext_ip && (c->wr[1] & WR1_EXT) && status_events(c, from, cur)) {
		c->ext_ip = true;
		c->latch = cur;
	}
	c->seen = cur;
}

static void status_changed(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);

	if (status_now(c) == c->seen)
		return;
	idle_reset(line->chip);
	status_latch(c, c->seen);
}

/* A change that came while the latch was closed interrupts again. */
static void status_reset(struct escc_chn_state *c)
{
	u8 latch = c->latch;

	if (!c->ext_ip)
		return;
	c->ext_ip = false;
	status_latch(c, latch);
}

/* --- time --- */

/* A character of `bits` data bits at the programmed rate, or 0: no rate is programmed. */
static u64 baud_ns(const struct escc *chip, const struct escc_chn_state *c, unsigned bits)
{
	static const u8 factor[] = { 1, 16, 32, 64 };
	unsigned stop = c->wr[4] >> 2 & 3;
	u64 half, count;

	if (!(chip->dev.param & PARAM_BAUD) || !stop || !(c->wr[14] & WR14_BRG))
		return 0;
	half = 2 + 2ull * bits + 2ull * (c->wr[4] & 1) + 1 + stop;
	count = 2ull + c->wr[12] + ((u64)c->wr[13] << 8);
	return half * count * factor[c->wr[4] >> 6] * 1000000000 / PCLK;
}

/* WR3 and WR5 code the character's length alike, WR3 one bit higher. */
static unsigned char_bits(unsigned code)
{
	static const u8 bits[] = { 8, 7, 6, 8 };

	return bits[code & 3];
}

static unsigned tx_bits(const struct escc_chn_state *c)
{
	return char_bits(c->wr[5] >> 5);
}

static unsigned rx_bits(const struct escc_chn_state *c)
{
	return char_bits(c->wr[3] >> 6);
}

/*
 * Is the end of a character noticed when it comes, by an interrupt or by the receiver? If not, it is enough to
 * see to it when the guest looks: a driver that polls, an octet every few instructions, has no event for each.
 */
static bool tx_is_noticed(const struct escc_chn_state *c)
{
	return c->wr[1] & WR1_TX || c->wr[14] & WR14_LOOP;
}

static void arm_tx(struct escc_line *line)
{
	const struct escc_chn_state *c = chn_of(line);

	timer_set(&line->tx, tx_is_noticed(c) ? c->tx_at : CLOCK_NEVER);
}

static void set_tx(struct escc_line *line, u64 at)
{
	chn_of(line)->tx_at = at;
	arm_tx(line);
}

static void set_rx(struct escc_line *line, u64 at)
{
	chn_of(line)->rx_at = at;
	timer_set(&line->rx, at);
}

/* --- receiver --- */

static bool rx_enabled(const struct escc_chn_state *c)
{
	if (!(c->wr[3] & WR3_RX))
		return false;
	return !(c->wr[3] & WR3_AUTO) || (c->pins & RR0_DCD) || (c->wr[14] & WR14_LOOP);
}

/* Errors of the oldest character are held in RR1 once it is the oldest. */
static void rx_top(struct escc_chn_state *c)
{
	if (c->rx_num)
		c->err |= c->rx_err[0] & (RR1_PARITY | RR1_OVERRUN);
}

static void rx_push(struct escc_line *line, u8 data, unsigned err)
{
	struct escc_chn_state *c = chn_of(line);

	if (c->rx_num == RX_DEPTH)
		err |= RR1_OVERRUN;
	else
		c->rx_num++;
	c->rx_data[c->rx_num - 1] = (u8)(data & (BIT(rx_bits(c)) - 1));
	c->rx_err[c->rx_num - 1] = (u8)err;
	rx_top(c);
	if (c->rx_armed) {
		c->rx_armed = false;
		c->rx_first = true;
	}
	idle_reset(line->chip);
}

static void rx_pop(struct escc_chn_state *c)
{
	unsigned i;

	if (!c->rx_num)
		return;
	c->rx_num--;
	/* An empty FIFO goes on showing the last character. */
	for (i = 0; i < c->rx_num; i++) {
		c->rx_data[i] = c->rx_data[i + 1];
		c->rx_err[i] = c->rx_err[i + 1];
	}
	rx_top(c);
}

static void rx_break(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);

	c->brk = true;
	if (c->rx_num < RX_DEPTH)
		rx_push(line, 0, RR1_FRAMING);
	status_changed(line);
	set_rx(line, now(line->chip) + BREAK_NS);
}

/* Could the line deliver now, if the stream had something? A break needs no room. */
static bool rx_open(const struct escc_line *line)
{
	const struct escc_chn_state *c = chn_of(line);

	return chr_of(line) && c->rx_at == CLOCK_NEVER && rx_enabled(c) && !(c->wr[14] & WR14_LOOP);
}

/* Take one character from the stream; the next may come when the line is free again. */
static void rx_pump(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);
	struct chr *chr = chr_of(line);
	u64 ns;
	u8 data;

	if (!rx_open(line))
		return;
	if (chr_get_break(chr)) {
		rx_break(line);
		return;
	}
	if (c->rx_num == RX_DEPTH || !chr_get(chr, &data))
		return;
	rx_push(line, data, 0);
	if (c->wr[14] & WR14_ECHO)
		chr_put(chr, data);
	ns = baud_ns(line->chip, c, rx_bits(c));
	set_rx(line, now(line->chip) + (ns ? ns : RX_NS));
}

static void rx_fire(void *arg)
{
	struct escc_line *line = arg;
	struct escc_chn_state *c = chn_of(line);

	c->rx_at = CLOCK_NEVER;
	c->brk = false;
	status_changed(line);
	rx_pump(line);
	update_irq(line->chip);
}

static void rx_wake(void *arg)
{
	struct escc_line *line = arg;

	rx_pump(line);
	update_irq(line->chip);
}

/* Does reading the oldest character leave it there, until Error Reset? */
static bool rx_locks(const struct escc_chn_state *c)
{
	unsigned mode = WR1_RX_MODE(c->wr[1]);

	return (mode == RX_FIRST || mode == RX_SPECIAL) && rx_special(c);
}

static void rx_unlock(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);

	if (!c->rx_taken)
		return;
	c->rx_taken = false;
	rx_pop(c);
	rx_pump(line);
}

static u8 data_read(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);
	u8 val = c->rx_data[0];

	c->rx_first = false;
	if (rx_locks(c))
		c->rx_taken = true;
	else
		rx_pop(c);
	rx_pump(line);
	return val;
}

static void error_reset(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);

	c->err = 0;
	if (c->rx_num)
		c->rx_err[0] = 0;
	rx_unlock(line);
}

/* --- transmitter --- */

static bool tx_enabled(const struct escc_chn_state *c)
{
	if (!(c->wr[5] & WR5_TX))
		return false;
	return !(c->wr[3] & WR3_AUTO) || (c->pins & RR0_CTS) || (c->wr[14] & WR14_LOOP);
}

static void tx_tell(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);
	struct chr *chr = chr_of(line);

	if (c->tx_told)
		return;
	c->tx_told = true;
	if (chr && !(c->wr[14] & WR14_ECHO))
		chr_put(chr, (u8)(c->tx_buf & (BIT(tx_bits(c)) - 1)));
}

/* The shift register takes what there is, if it is empty, at this time. */
static void tx_pump_at(struct escc_line *line, u64 at)
{
	struct escc_chn_state *c = chn_of(line);
	u64 ns;

	if (!c->tx_full || !tx_enabled(c))
		return;
	tx_tell(line);
	if (c->tx_at != CLOCK_NEVER)
		return;
	c->tx_shift = c->tx_buf;
	c->tx_full = false;
	c->tx_told = false;
	if (c->wr[1] & WR1_TX)
		c->tx_ip = true;
	ns = baud_ns(line->chip, c, tx_bits(c));
	set_tx(line, at + (ns ? ns : TX_NS));
}

static void tx_pump(struct escc_line *line)
{
	tx_pump_at(line, now(line->chip));
}

/* The shift register runs empty. */
static void tx_end(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);
	u64 at = c->tx_at;

	c->tx_at = CLOCK_NEVER;
	if ((c->wr[14] & WR14_LOOP) && rx_enabled(c))
		rx_push(line, (u8)(c->tx_shift & (BIT(tx_bits(c)) - 1)), 0);
	tx_pump_at(line, at);
}

static void tx_fire(void *arg)
{
	struct escc_line *line = arg;

	tx_end(line);
	update_irq(line->chip);
}

/* What has ended that nobody noticed. */
static void tx_catch_up(struct escc_line *line)
{
	u64 until = now(line->chip);

	while (chn_of(line)->tx_at <= until)
		tx_end(line);
}

static void data_write(struct escc_line *line, u8 val)
{
	struct escc_chn_state *c = chn_of(line);

	c->tx_ip = false;
	c->tx_buf = val;
	c->tx_full = true;
	c->tx_told = false;
	tx_pump(line);
}

/* --- reset --- */

static void chn_reset(struct escc_line *line)
{
	struct escc_chn_state *c = chn_of(line);

	c->wr[1] &= 0x24;
	c->wr[3] &= 0xfe;
	c->wr[4] |= 0x04;
	c->wr[5] &= 0x61;
	c->wr[10] &= 0x60;
	c->wr[14] = (c->wr[14] & 0xc3) | 0x20;
	c->wr[15] = 0xf8;
	c->rx_num = 0;
	c->err = 0;
	c->tx_full = c->tx_told = c->tx_ip = false;
	c->rx_armed = c->rx_first = c->rx_taken = false;
	c->ext_ip = false;
	c->underrun = true;
	c->seen = status_now(c);
	set_tx(line, CLOCK_NEVER);
	line->chip->s.ptr = 0;
	line->chip->s.ius &= line->n == CH_A ? 0x07 : 0x38;
}

static void hard_reset(struct escc *chip)
{
	unsigned i;

	for (i = 0; i < 2; i++) {
		struct escc_chn_state *c = &chip->s.chn[i];

		chn_reset(&chip->line[i]);
		c->wr[10] = 0;
		c->wr[11] = 0x08;
		c->wr[14] = (c->wr[14] & 0xc0) | 0x20;
		c->seen = status_now(c);
	}
	chip->s.wr9 &= 0x03;
}

static void wr9_write(struct escc *chip, u8 val)
{
	chip->s.wr9 = val & 0x3f;
	switch (val >> 6) {
	case 1:
	case 2:
		chn_reset(&chip->line[val & 0x80 ? CH_A : CH_B]);
		chip->s.wr9 &= (u8)~WR9_INTACK;
		break;
	case 3:
		hard_reset(chip);
		break;
	default:
		break;
	}
}

/* --- registers --- */

static void command(struct escc_line *line, unsigned cmd)
{
	struct escc_chn_state *c = chn_of(line);

	switch (cmd) {
	case CMD_EXT:
		status_reset(c);
		break;
	case CMD_ABORT:
		c->underrun = true;
		status_changed(line);
		break;
	case CMD_RX_NEXT:
		/* What waits already counts as the next character. */
		c->rx_armed = !c->rx_num;
		c->rx_first = c->rx_num != 0;
		break;
	case CMD_TX:
		c->tx_ip = false;
		break;
	case CMD_ERROR:
		error_reset(line);
		break;
	case CMD_IUS:
		line->chip->s.ius &= (u8)~top_bit(line->chip->s.ius);
		break;
	default:
		break;
	}
}

static void wr0_write(struct escc_line *line, u8 val)
{
	struct escc_chn_state *c = chn_of(line);

	line->chip->s.ptr = (val & 7) | (CMD(val) == CMD_HIGH ? 8 : 0);
	command(line, CMD(val));
	if (val >> 6 == 3) {
		c->underrun = false;
		c->seen = status_now(c);
	}
}

static void wr1_write(struct escc_line *line, u8 val)
{
	struct escc_chn_state *c = chn_of(line);
	unsigned mode = WR1_RX_MODE(val);

	if (mode != WR1_RX_MODE(c->wr[1])) {
		c->rx_armed = mode == RX_FIRST;
		c->rx_first = false;
	}
	c->wr[1] = val;
	if (!rx_locks(c))
		rx_unlock(line);
}

/* A register that may open the receiver or the transmitter, or close the loop. */
static void wr_mode_write(struct escc_line *line, unsigned reg, u8 val)
{
	struct escc_chn_state *c = chn_of(line);
	bool was = loop_break(c);

	c->wr[reg] = val;
	if (!was && loop_break(c) && c->rx_num < RX_DEPTH)
		rx_push(line, 0, RR1_FRAMING);
	status_changed(line);
	tx_pump(line);
	rx_pump(line);
}

static void ctrl_write(struct escc_line *line, u8 val)
{
	struct escc *chip = line->chip;
	struct escc_chn_state *c = chn_of(line);
	unsigned reg = chip->s.ptr;

	chip->s.ptr = 0;
	switch (reg) {
	case 0:
		wr0_write(line, val);
		break;
	case 1:
		wr1_write(line, val);
		break;
	case 2:
		chip->s.wr2 = val;
		break;
	case 3:
	case 5:
	case 14:
		wr_mode_write(line, reg, val);
		break;
	case 8:
		data_write(line, val);
		break;
	case 9:
		wr9_write(chip, val);
		break;
	case 15:
		c->wr[15] = val & 0xfa;
		break;
	default:
		c->wr[reg] = val;
		break;
	}
}

static u8 rr0_read(struct escc_line *line)
{
	const struct escc_chn_state *c = chn_of(line);
	unsigned val = status_now(c);

	if (c->ext_ip)
		val = (val & ~(unsigned)c->wr[15]) | (c->latch & c->wr[15]);
	if (c->rx_num)
		val |= RR0_RX;
	if (!c->tx_full)
		val |= RR0_TX;
	if ((val & (RR0_RX | RR0_TX)) == RR0_TX)
		idle_poll(line->chip);
	else
		idle_reset(line->chip);
	return (u8)val;
}

static u8 rr1_read(const struct escc_chn_state *c)
{
	unsigned val = RR1_RESIDUE | c->err;
	bool async = c->wr[4] & 0x0c;

	if (!async || (!c->tx_full && c->tx_at == CLOCK_NEVER))
		val |= RR1_SENT;
	if (c->rx_num)
		val |= c->rx_err[0];
	return (u8)val;
}

/* RR4..7, 9, 11 and 14 are images: the chip decodes these addresses incompletely. */
static u8 ctrl_read(struct escc_line *line)
{
	static const u8 image[16] = { 0, 1, 2, 3, 0, 1, 2, 3, 8, 13, 10, 15, 12, 13, 10, 15 };
	struct escc *chip = line->chip;
	struct escc_chn_state *c = chn_of(line);
	unsigned reg = image[chip->s.ptr];

	chip->s.ptr = 0;
	if (reg)
		idle_reset(chip);
	switch (reg) {
	case 0:
		return rr0_read(line);
	case 1:
		return rr1_read(c);
	case 2:
		return vector_read(chip, line->n);
	case 3:
		return line->n == CH_A ? (u8)pending(&chip->s) : 0;
	case 8:
		return data_read(line);
	case 12:
	case 13:
	case 15:
		return c->wr[reg];
	default:
		return 0;
	}
}

static struct escc_line *decode(struct escc *chip, u32 off)
{
	return &chip->line[off & 4 ? CH_A : CH_B];
}

static u32 escc_read(void *arg, u32 off, unsigned size __maybe_unused)
{
	struct escc *chip = arg;
	struct escc_line *line = decode(chip, off);
	u8 val;

	tx_catch_up(line);
	if (off & 2) {
		idle_reset(chip);
		val = data_read(line);
	} else {
		val = ctrl_read(line);
	}
	update_irq(chip);
	return val;
}

static void escc_write(void *arg, u32 off, u32 val, unsigned size __maybe_unused)
{
	struct escc *chip = arg;
	struct escc_line *line = decode(chip, off);

	tx_catch_up(line);
	if (off & 2 || chip->s.ptr || (u8)val)
		idle_reset(chip);
	if (off & 2)
		data_write(line, (u8)val);
	else
		ctrl_write(line, (u8)val);
	arm_tx(line);
	update_irq(chip);
}

/* --- the chip as a whole --- */

static void escc_irq_in(void *arg, unsigned n, bool level)
{
	struct escc *chip = arg;
	struct escc_line *line;
	struct escc_chn_state *c;
	u8 pin = n & 1 ? RR0_CTS : RR0_DCD;

	if (n > 3)
		return;
	line = &chip->line[n >> 1];
	c = chn_of(line);
	tx_catch_up(line);
	c->pins = level ? c->pins | pin : c->pins & (u8)~pin;
	status_changed(line);
	tx_pump(line);
	rx_pump(line);
	update_irq(chip);
}

static int escc_init(void *arg)
{
	struct escc *chip = arg;
	unsigned i;

	for (i = 0; i < 2; i++) {
		struct escc_line *line = &chip->line[i];
		struct escc_chn_state *c = &chip->s.chn[i];

		line->chip = chip;
		line->n = i;
		timer_init(&line->tx, chip->dev.clock, tx_fire, line);
		timer_init(&line->rx, chip->dev.clock, rx_fire, line);
		c->tx_at = c->rx_at = CLOCK_NEVER;
		c->pins = RR0_DCD | RR0_CTS;
		if (chip->dev.chr[i]) {
			chip->dev.chr[i]->wake = rx_wake;
			chip->dev.chr[i]->chip = line;
		}
	}
	return 0;
}

static void escc_reset(void *arg)
{
	struct escc *chip = arg;
	unsigned i;

	idle_reset(chip);
	for (i = 0; i < 2; i++) {
		struct escc_chn_state *c = &chip->s.chn[i];
		u8 pins = c->pins;

		memset(c, 0, sizeof(*c));
		c->pins = pins;
		set_rx(&chip->line[i], CLOCK_NEVER);
	}
	chip->s.wr2 = chip->s.wr9 = 0;
	chip->s.poll_insns = 0;
	hard_reset(chip);
	for (i = 0; i < 2 && chip->dev.param & PARAM_LISTENS; i++)
		chip->s.chn[i].wr[3] = WR3_8_BITS | WR3_RX;
	update_irq(chip);
}

static void escc_loaded(void *arg)
{
	struct escc *chip = arg;
	unsigned i;

	for (i = 0; i < 2; i++) {
		struct escc_line *line = &chip->line[i];
		u64 at = chn_of(line)->rx_at;

		/* The stream may hold what the saved machine's did not. */
		if (rx_open(line) && (chr_peek(chr_of(line)) || chr_of(line)->breaks))
			at = now(chip);
		timer_set(&line->rx, at);
		arm_tx(line);
	}
	irq_set(&chip->dev.irq[IRQ_IDLE], chip->s.polls == IDLE_POLLS);
	update_irq(chip);
}

static bool chn_check(const struct escc_chn_state *c)
{
	if (c->wr[0] || c->wr[2] || c->wr[8] || c->wr[9] || c->wr[15] & 5)
		return false;
	if (c->tx_told && !c->tx_full)
		return false;
	if (c->tx_full && tx_enabled(c) && (c->tx_at == CLOCK_NEVER || !c->tx_told))
		return false;
	if (c->rx_taken && !rx_locks(c))
		return false;
	if (c->brk && c->rx_at == CLOCK_NEVER)
		return false;
	return !((c->seen | c->latch) & ~RR0_STATUS) && !(c->pins & ~(RR0_DCD | RR0_CTS)) &&
	       c->seen == status_now(c) && !(c->err & ~(RR1_PARITY | RR1_OVERRUN)) &&
	       !((c->rx_err[0] | c->rx_err[1] | c->rx_err[2]) &
		 ~(RR1_PARITY | RR1_OVERRUN | RR1_FRAMING));
}

static bool escc_check(const void *arg)
{
	const struct escc *chip = arg;

	return chn_check(&chip->s.chn[CH_A]) && chn_check(&chip->s.chn[CH_B]);
}

const struct dev_class escc_class = {
	.name = "escc",
	DEV_STATE(escc, escc_fields),
	.region = { { "escc", 8, ACC_1, escc_read, escc_write } },
	.irq_in = escc_irq_in,
	.init = escc_init,
	.reset = escc_reset,
	.loaded = escc_loaded,
	.check = escc_check,
};
