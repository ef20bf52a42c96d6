/* SPDX-License-Identifier: MIT */
/*
 * LANCE, the Ethernet controller.
 *
 * Part: AMD Am7990 (data sheet 05698), in the NCR89C100 / STP2000 with bus and byte lanes turned
 * so that its 16-bit words are big-endian in memory. Its way to memory is ledma's.
 *
 * What software relies on:
 *  - RDP (0) is the register that RAP (2) selects, CSR0..CSR3; half-words. CSR1..3 can be written
 *    while STOP is set only; STOP clears everything in CSR0 and CSR3 and stops at once.
 *  - CSR0: bits 14..8 are cleared by ones; ERR (15) and INTR (7) follow from them. TDMD, STOP, STRT
 *    and INIT act when one is written, STOP before all others, INIT before STRT. INEA cannot be set
 *    while STOP is. CERR asks for no interrupt.
 *  - INIT reads 24 bytes at CSR2:CSR1 and sets IDON at once: Linux looks 100 times without a pause.
 *    STRT lets receiver and transmitter work unless the mode disables them.
 *  - The chip looks at its transmit ring on TDMD, and every 1.6 ms.
 *  - A packet of several descriptors whose next is not the chip's: BUFF, and transmission stops
 *    for good (with UFLO); in reception the rest is lost.
 *  - TINT and RINT mean a packet, not a descriptor. More than 1518 bytes: BABL.
 *  - Without a cable every packet ends with LCAR, and CERR: Linux then tries its other connector.
 *  - Received packets have at least 60 bytes and a checksum behind them: Solaris drops shorter ones.
 *  - Loopback: without DTCR the packet comes back with its checksum, unchecked; with DTCR the
 *    last 4 bytes are checked as one. Packets of any length come back.
 *  - MERR (memory did not answer) turns both sides off until STOP and INIT.
 * A packet that finds no buffer waits a little for one before it is missed: at 10 Mbit/s it would
 * not have come sooner, but frames reach us in bursts.
 * Not modelled: collisions, late ones and deferral (but COLL), framing errors, TDR, wire speed.
 */
#include "dev/lance.h"

#include <string.h>

#include "dev/device.h"
#include "lib/be.h"
#include "lib/net.h"

enum { RDP, RAP = 2 };

#define C0_ERR 0x8000u
#define C0_BABL 0x4000u
#define C0_CERR 0x2000u
#define C0_MISS 0x1000u
#define C0_MERR 0x0800u
#define C0_RINT 0x0400u
#define C0_TINT 0x0200u
#define C0_IDON 0x0100u
#define C0_INTR 0x0080u
#define C0_INEA 0x0040u
#define C0_RXON 0x0020u
#define C0_TXON 0x0010u
#define C0_TDMD 0x0008u
#define C0_STOP 0x0004u
#define C0_STRT 0x0002u
#define C0_INIT 0x0001u
#define C0_ACK 0x7f00u
#define C0_ERRORS (C0_BABL | C0_CERR | C0_MISS | C0_MERR)
#define C0_REASONS (C0_BABL | C0_MISS | C0_MERR | C0_RINT | C0_TINT | C0_IDON)
#define C0_KEPT (C0_ACK | C0_INEA | C0_RXON | C0_TXON | C0_STOP | C0_STRT | C0_INIT)

#define C3_BSWP 0x0004u
#define C3_MASK 0x0007u

#define MODE_PROM 0x8000u
#define MODE_INTL 0x0040u
#define MODE_COLL 0x0010u
#define MODE_DTCR 0x0008u
#define MODE_LOOP 0x0004u
#define MODE_DTX 0x0002u
#define MODE_DRX 0x0001u

/* Status, the high byte of a descriptor's second word. */
#define MD_OWN 0x80u
#define MD_ERR 0x40u
#define MD_STP 0x02u
#define MD_ENP 0x01u
#define RMD_CRC 0x08u
#define RMD_BUFF 0x04u

/* The last word of a transmit descriptor. */
#define TMD_BUFF 0x8000u
#define TMD_UFLO 0x4000u
#define TMD_LCAR 0x0800u
#define TMD_RTRY 0x0400u

#define ADDR_MASK 0xffffffu
#define POLL_NS 1600000u
#define SOON_NS 10000u /* when there is more to send than one look takes */
#define HOLD_NS (10 * POLL_NS) /* a packet without a buffer is missed then */
#define FRAMES_A_LOOK 16u
#define CRC_LEN 4u
#define SHORTEST 60u

struct lance_state {
	u64 poll_at; /* ns; CLOCK_NEVER while the chip does not look */
	u64 hold_until; /* ns: when the first waiting packet is missed; CLOCK_NEVER: none waits */
	u64 filter; /* logical addresses */
	u32 rx_ring, tx_ring; /* addresses */
	u16 csr0, csr1, csr2, csr3;
	u16 mode;
	u8 addr[6];
	u8 rap;
	u8 rx_log2, tx_log2; /* ring lengths */
	u8 rx, tx; /* the next descriptors */
	bool ready; /* initialised since it was reset */
	bool held; /* in reset */
	u8 pad;
};

static const struct field lance_fields[] = {
	F_UINT(lance_state, poll_at),
	F_UINT(lance_state, hold_until),
	F_UINT(lance_state, filter),
	F_RANGE(lance_state, rx_ring, 0, ADDR_MASK),
	F_RANGE(lance_state, tx_ring, 0, ADDR_MASK),
	F_UINT(lance_state, csr0),
	F_UINT(lance_state, csr1),
	F_RANGE(lance_state, csr2, 0, 0xff),
	F_RANGE(lance_state, csr3, 0, C3_MASK),
	F_UINT(lance_state, mode),
	F_BYTES(lance_state, addr),
	F_RANGE(lance_state, rap, 0, 3),
	F_RANGE(lance_state, rx_log2, 0, 7),
	F_RANGE(lance_state, tx_log2, 0, 7),
	F_RANGE(lance_state, rx, 0, 127),
	F_RANGE(lance_state, tx, 0, 127),
	F_BOOL(lance_state, ready),
	F_BOOL(lance_state, held),
	F_PAD(lance_state, pad),
	F_END,
};

struct lance {
	struct dev dev;
	struct lance_state s;
	struct timer poll;
};

/* A descriptor, taken out of memory once. */
struct descriptor {
	u32 at; /* where it is */
	u32 buf;
	u32 len; /* of the buffer, 1..4096 */
	u8 status;
};

static struct net_port *port(const struct lance *c)
{
	return c->dev.backend;
}

static void drive(struct lance *c)
{
	if (port(c))
		port(c)->listens = c->s.csr0 & C0_RXON;
	irq_set(&c->dev.irq[0], c->s.csr0 & C0_INEA && c->s.csr0 & C0_REASONS);
}

/* --- memory --- */

static bool memory_error(struct lance *c)
{
	c->s.csr0 |= C0_MERR;
	c->s.csr0 &= (u16) ~(C0_RXON | C0_TXON);
	return false;
}

/* One of to and from. The chip counts in 24 bits. */
static bool move_words(struct lance *c, u32 at, u8 *to, const u8 *from, u32 n)
{
	const struct dma *dma = &c->dev.dma;

	while (n) {
		u32 part, left = ADDR_MASK + 1 - (at &= ADDR_MASK);

		part = n < left ? n : left;
		if (!dma->read ||
		    (to ? dma_read(dma, at, to, part) : dma_write(dma, at, from, part)))
			return memory_error(c);
		if (to)
			to += part;
		else
			from += part;
		at += part;
		n -= part;
	}
	return true;
}

/* Packet data: without BSWP the two bytes of each word change places. */
static bool move_data(struct lance *c, u32 at, u8 *to, const u8 *from, u32 n)
{
	u32 i;

	if (c->s.csr3 & C3_BSWP)
		return move_words(c, at, to, from, n);
	for (i = 0; i < n; i++)
		if (!move_words(c, (at + i) ^ 1, to ? to + i : NULL, from ? from + i : NULL, 1))
			return false;
	return true;
}

static bool get_descriptor(struct lance *c, u32 ring, u32 n, struct descriptor *d)
{
	u8 md[8];

	d->at = ring + 8 * n;
	if (!move_words(c, d->at, md, NULL, 8))
		return false;
	d->buf = (u32)md[3] << 16 | be16_get(md);
	d->len = 4096 - (be16_get(md + 4) & 0xfffu);
	d->status = md[2];
	return true;
}

static bool put_status(struct lance *c, const struct descriptor *d, u8 status)
{
	return move_words(c, d->at + 2, NULL, &status, 1);
}

static bool put_last_word(struct lance *c, const struct descriptor *d, u16 val)
{
	u8 word[2];

	be16_put(word, val);
	return move_words(c, d->at + 6, NULL, word, 2);
}

/* --- reception --- */

static u32 crc_of(const u8 *p, u32 n)
{
	/* The polynomial edb88320 for each half of a byte. */
	static const u32 half[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	u32 crc = ~0u;

	while (n--) {
		crc ^= *p++;
		crc = crc >> 4 ^ half[crc & 15];
		crc = crc >> 4 ^ half[crc & 15];
	}
	return crc;
}

static void put_crc(u8 *at, const u8 *p, u32 n)
{
	u32 i, crc = ~crc_of(p, n);

	for (i = 0; i < CRC_LEN; i++)
		at[i] = (u8)(crc >> 8 * i);
}

static bool accepts(const struct lance *c, const u8 *to)
{
	static const u8 broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (c->s.mode & MODE_PROM || !memcmp(to, broadcast, 6))
		return true;
	if (to[0] & 1)
		return c->s.filter >> (crc_of(to, 6) >> 26) & 1;
	return !memcmp(to, c->s.addr, 6);
}

static u32 rx_next(const struct lance *c)
{
	return (c->s.rx + 1u) & ((1u << c->s.rx_log2) - 1);
}

/* Give a descriptor back and step on. */
static bool rx_release(struct lance *c, const struct descriptor *d, u8 status)
{
	c->s.rx = (u8)rx_next(c);
	return put_status(c, d, status);
}

/* Whether there is a buffer for the next packet; then in *d. */
static bool rx_buffer(struct lance *c, struct descriptor *d)
{
	return get_descriptor(c, c->s.rx_ring, c->s.rx, d) && d->status & MD_OWN;
}

/* n bytes, checksum included, from *d on over as many buffers as they need. */
static void rx_fill(struct lance *c, struct descriptor *d, const u8 *p, u32 n, u8 flags)
{
	u8 status = MD_STP;
	u32 left = n, part;
	struct descriptor next;

	for (;;) {
		part = left < d->len ? left : d->len;
		if (!move_data(c, d->buf, NULL, p, part))
			return;
		p += part;
		left -= part;
		if (!left)
			break;
		if (!get_descriptor(c, c->s.rx_ring, rx_next(c), &next))
			return;
		if (next.at == d->at || !(next.status & MD_OWN)) {
			flags = MD_ERR | RMD_BUFF;
			break;
		}
		if (!rx_release(c, d, status))
			return;
		status = 0;
		*d = next;
	}
	if (!left) {
		status |= MD_ENP;
		if (!put_last_word(c, d, (u16)n))
			return;
	}
	if (rx_release(c, d, status | flags))
		c->s.csr0 |= C0_RINT;
}

static void rx_frame(struct lance *c, struct descriptor *d, const struct net_frame *f)
{
	u8 buf[NET_FRAME_MAX + CRC_LEN] = { 0 };
	u32 n = f->len <= NET_FRAME_MAX ? f->len : NET_FRAME_MAX;

	memcpy(buf, f->data, n);
	if (n < SHORTEST)
		n = SHORTEST;
	put_crc(buf + n, buf, n);
	rx_fill(c, d, buf, n + CRC_LEN, 0);
}

/* No buffer for what came: true while there is hope for one. */
static bool hold(struct lance *c)
{
	u64 now = clock_now(c->dev.clock);

	if (c->s.hold_until == CLOCK_NEVER)
		c->s.hold_until = now < CLOCK_NEVER - 1 - HOLD_NS ? now + HOLD_NS : CLOCK_NEVER - 1;
	if (now < c->s.hold_until)
		return true;
	c->s.csr0 |= C0_MISS;
	return false;
}

/* What waits on the cable, as far as there are buffers. */
static void receive(struct lance *c)
{
	const struct net_frame *f;
	struct descriptor d;

	while (port(c) && (f = net_peek(port(c)))) {
		if (c->s.csr0 & C0_RXON && !(c->s.mode & MODE_LOOP) && accepts(c, f->data)) {
			if (rx_buffer(c, &d))
				rx_frame(c, &d, f);
			else if (c->s.csr0 & C0_RXON && hold(c))
				return;
		}
		c->s.hold_until = CLOCK_NEVER;
		net_taken(port(c));
	}
	c->s.hold_until = CLOCK_NEVER;
}

/* --- transmission --- */

static u32 tx_next(const struct lance *c)
{
	return (c->s.tx + 1u) & ((1u << c->s.tx_log2) - 1);
}

static bool tx_release(struct lance *c, const struct descriptor *d, u8 status)
{
	c->s.tx = (u8)tx_next(c);
	return put_status(c, d, status & (u8)~MD_OWN);
}

/* The end of a packet, with what went wrong in the last word's bits. */
static void tx_done(struct lance *c, const struct descriptor *d, u16 errors)
{
	u8 status = d->status & (MD_STP | MD_ENP);

	if (errors && !put_last_word(c, d, errors))
		return;
	if (tx_release(c, d, errors ? status | MD_ERR : status))
		c->s.csr0 |= C0_TINT;
}

struct packet {
	u32 len; /* what the guest wants to send */
	u8 data[NET_FRAME_MAX + CRC_LEN]; /* the first NET_FRAME_MAX bytes of it, and room */
};

static bool tx_append(struct lance *c, const struct descriptor *d, struct packet *p)
{
	u32 n = d->len, room = p->len < NET_FRAME_MAX ? NET_FRAME_MAX - p->len : 0;

	if (n > room)
		n = room;
	if (n && !move_data(c, d->buf, p->data + p->len, NULL, n))
		return false;
	p->len += d->len;
	return true;
}

/* All buffers of a packet that begins at *d, which becomes its last; false: it ended early. */
static bool tx_gather(struct lance *c, struct descriptor *d, struct packet *p)
{
	struct descriptor next;

	p->len = 0;
	for (;;) {
		if (!tx_append(c, d, p))
			return false;
		if (d->status & MD_ENP)
			return true;
		if (!get_descriptor(c, c->s.tx_ring, tx_next(c), &next))
			return false;
		if (next.at == d->at || !(next.status & MD_OWN)) {
			c->s.csr0 &= (u16)~C0_TXON;
			tx_done(c, d, TMD_BUFF | TMD_UFLO);
			return false;
		}
		if (!tx_release(c, d, d->status))
			return false;
		*d = next;
	}
}

static bool crc_good(const u8 *p, u32 n)
{
	u8 crc[CRC_LEN];

	if (n < CRC_LEN)
		return false;
	put_crc(crc, p, n - CRC_LEN);
	return !memcmp(crc, p + n - CRC_LEN, CRC_LEN);
}

/* Its own packet comes back. The checksum unit is busy with one direction only. */
static void loop_back(struct lance *c, struct packet *p)
{
	struct descriptor d;
	u32 n = p->len;
	u8 flags = 0;

	if (!(c->s.csr0 & C0_RXON) || n < 6 || !accepts(c, p->data))
		return;
	if (c->s.mode & MODE_DTCR) {
		if (!crc_good(p->data, n))
			flags = MD_ERR | RMD_CRC;
	} else {
		put_crc(p->data + n, p->data, n);
		n += CRC_LEN;
	}
	if (rx_buffer(c, &d))
		rx_fill(c, &d, p->data, n, flags);
	else if (c->s.csr0 & C0_RXON)
		c->s.csr0 |= C0_MISS;
}

/* Ports carry no checksums: one that the guest made is checked as the receivers would. */
static void to_cable(struct lance *c, const struct packet *p)
{
	if (!(c->s.mode & MODE_DTCR))
		net_send(port(c), p->data, p->len);
	else if (crc_good(p->data, p->len))
		net_send(port(c), p->data, p->len - CRC_LEN);
}

/* On the wire; returns the errors. */
static u16 tx_packet(struct lance *c, struct packet *p)
{
	bool loop = c->s.mode & MODE_LOOP, inside = loop && c->s.mode & MODE_INTL;

	if (inside && c->s.mode & MODE_COLL)
		return TMD_RTRY;
	if (!inside && (!port(c) || !port(c)->link)) {
		c->s.csr0 |= C0_CERR;
		return TMD_LCAR;
	}
	if (p->len > NET_FRAME_MAX) {
		c->s.csr0 |= C0_BABL;
		return 0;
	}
	if (!inside)
		to_cable(c, p);
	if (loop)
		loop_back(c, p);
	return 0;
}

/* One packet, or one descriptor that begins none; false: nothing to send. */
static bool transmit_one(struct lance *c)
{
	struct descriptor d;
	struct packet p;

	if (!get_descriptor(c, c->s.tx_ring, c->s.tx, &d) || !(d.status & MD_OWN))
		return false;
	if (!(d.status & MD_STP)) {
		tx_release(c, &d, d.status);
		return true;
	}
	if (tx_gather(c, &d, &p))
		tx_done(c, &d, tx_packet(c, &p));
	return true;
}

static void transmit(struct lance *c)
{
	u32 frames = 0;
	u64 now = clock_now(c->dev.clock), wait = POLL_NS;

	while (c->s.csr0 & C0_TXON && transmit_one(c)) {
		if (++frames == FRAMES_A_LOOK) {
			wait = SOON_NS;
			break;
		}
	}
	c->s.poll_at = now < CLOCK_NEVER - 1 - wait ? now + wait : CLOCK_NEVER - 1;
}

/* --- registers --- */

static bool working(const struct lance *c)
{
	return c->s.csr0 & (C0_RXON | C0_TXON);
}

static void settle(struct lance *c)
{
	if (!working(c))
		c->s.poll_at = CLOCK_NEVER;
	timer_set(&c->poll, c->s.poll_at);
	drive(c);
}

static void stop(struct lance *c)
{
	c->s.csr0 = C0_STOP;
	c->s.csr3 = 0;
	c->s.hold_until = CLOCK_NEVER;
}

static void initialise(struct lance *c)
{
	u8 block[24];
	u32 i;

	c->s.csr0 |= C0_INIT;
	if (!move_words(c, (u32)c->s.csr2 << 16 | (c->s.csr1 & 0xfffeu), block, NULL, 24))
		return;
	c->s.mode = be16_get(block);
	c->s.filter = 0;
	for (i = 0; i < 6; i++)
		c->s.addr[i] = block[2 + (i ^ 1)];
	for (i = 0; i < 4; i++)
		c->s.filter |= (u64)be16_get(block + 8 + 2 * i) << 16 * i;
	c->s.rx_ring = (u32)block[0x13] << 16 | (be16_get(block + 0x10) & 0xfff8u);
	c->s.rx_log2 = block[0x12] >> 5;
	c->s.tx_ring = (u32)block[0x17] << 16 | (be16_get(block + 0x14) & 0xfff8u);
	c->s.tx_log2 = block[0x16] >> 5;
	c->s.rx = c->s.tx = 0;
	c->s.ready = true;
	c->s.csr0 |= C0_IDON;
}

static void start(struct lance *c)
{
	c->s.csr0 |= C0_STRT;
	if (!c->s.ready || c->s.csr0 & C0_MERR)
		return;
	if (!(c->s.mode & MODE_DRX))
		c->s.csr0 |= C0_RXON;
	if (!(c->s.mode & MODE_DTX))
		c->s.csr0 |= C0_TXON;
	c->s.poll_at = 0;
}

static void csr0_write(struct lance *c, u16 val)
{
	bool look = val & C0_TDMD;

	if (val & C0_STOP) {
		stop(c);
		return;
	}
	c->s.csr0 &= (u16) ~(val & C0_ACK);
	if (val & (C0_INIT | C0_STRT))
		c->s.csr0 &= (u16)~C0_STOP;
	if (val & C0_INIT && !(c->s.csr0 & C0_INIT))
		initialise(c);
	if (val & C0_STRT && !(c->s.csr0 & C0_STRT)) {
		start(c);
		look = true;
	}
	c->s.csr0 &= (u16)~C0_INEA;
	if (!(c->s.csr0 & C0_STOP))
		c->s.csr0 |= val & C0_INEA;
	if (look && working(c))
		transmit(c);
	receive(c);
}

static u16 csr0_read(const struct lance *c)
{
	u16 val = c->s.csr0;

	if (val & C0_ERRORS)
		val |= C0_ERR;
	if (val & C0_REASONS)
		val |= C0_INTR;
	return val;
}

static u32 lance_read(void *chip, u32 off, unsigned size)
{
	const struct lance *c = chip;

	(void)size;
	if (off == RAP)
		return c->s.rap;
	switch (c->s.rap) {
	case 0:
		return csr0_read(c);
	case 1:
		return c->s.csr1;
	case 2:
		return c->s.csr2;
	default:
		return c->s.csr3;
	}
}

static void rdp_write(struct lance *c, u16 val)
{
	if (!c->s.rap)
		csr0_write(c, val);
	else if (!(c->s.csr0 & C0_STOP))
		return;
	else if (c->s.rap == 1)
		c->s.csr1 = val;
	else if (c->s.rap == 2)
		c->s.csr2 = val & 0xff;
	else
		c->s.csr3 = val & C3_MASK;
}

static void lance_write(void *chip, u32 off, u32 val, unsigned size)
{
	struct lance *c = chip;

	(void)size;
	if (c->s.held)
		return;
	if (off == RAP)
		c->s.rap = val & 3;
	else
		rdp_write(c, (u16)val);
	settle(c);
}

/* --- the class --- */

static void look(void *arg)
{
	struct lance *c = arg;

	transmit(c);
	receive(c);
	settle(c);
}

static void wake(void *chip)
{
	receive(chip);
	settle(chip);
}

static int lance_init(void *chip)
{
	struct lance *c = chip;

	timer_init(&c->poll, c->dev.clock, look, c);
	if (port(c)) {
		port(c)->wake = wake;
		port(c)->chip = c;
	}
	return 0;
}

/* The RESET pin leaves the addresses alone. */
static void hard_reset(struct lance *c)
{
	stop(c);
	c->s.rap = 0;
	c->s.ready = false;
	settle(c);
}

static void lance_irq_in(void *chip, unsigned n, bool level)
{
	struct lance *c = chip;

	if (n != LANCE_IN_RESET || c->s.held == level)
		return;
	c->s.held = level;
	if (level)
		hard_reset(c);
}

static void lance_reset(void *chip)
{
	struct lance *c = chip;

	memset(&c->s, 0, sizeof(c->s));
	hard_reset(c);
}

static void lance_loaded(void *chip)
{
	struct lance *c = chip;

	timer_set(&c->poll, c->s.poll_at);
	drive(c);
}

static bool lance_check(const void *chip)
{
	const struct lance *c = chip;
	u16 csr0 = c->s.csr0;

	if (csr0 & ~C0_KEPT || (csr0 & C0_STOP && csr0 != C0_STOP))
		return false;
	if (working(c) && (!(csr0 & C0_STRT) || !c->s.ready || csr0 & C0_MERR))
		return false;
	if (c->s.rx_ring & 7 || c->s.tx_ring & 7 || c->s.rx >> c->s.rx_log2 ||
	    c->s.tx >> c->s.tx_log2)
		return false;
	if (c->s.hold_until != CLOCK_NEVER && !(csr0 & C0_RXON))
		return false;
	if (c->s.held && (csr0 != C0_STOP || c->s.rap || c->s.ready))
		return false;
	return working(c) == (c->s.poll_at != CLOCK_NEVER);
}

static void lance_release(void *chip)
{
	struct lance *c = chip;

	timer_set(&c->poll, CLOCK_NEVER);
}

const struct dev_class lance_class = {
	.name = "lance",
	DEV_STATE(lance, lance_fields),
	.region =
		{
			{"lance", 4, ACC_2, lance_read, lance_write},
		},
	.irq_in = lance_irq_in,
	.init = lance_init,
	.reset = lance_reset,
	.loaded = lance_loaded,
	.check = lance_check,
	.release = lance_release,
};
