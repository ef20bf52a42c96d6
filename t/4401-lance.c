/* SPDX-License-Identifier: MIT */
/*
 * dev/lance: the data sheet's rules, driven as the systems' drivers do, and replays of what has broken
 * other models of this chip.
 */
#include "dev/lance.h"
#include "lib/be.h"
#include "lib/net.h"
#include "t/chip.h"

extern const struct dev_class lance_class;

#define MS 1000000ull
#define RAM 0x40000
enum { RDP, RAP = 2 };
enum { IB = 0x100, RXR = 0x1000, TXR = 0x2000, RXB = 0x10000, TXB = 0x20000 };
enum {
	BABL = 0x4000,
	CERR = 0x2000,
	MISS = 0x1000,
	MERR = 0x800,
	RINT = 0x400,
	TINT = 0x200,
	IDON = 0x100,
	INTR = 0x80,
	INEA = 0x40,
	RXON = 0x20,
	TXON = 0x10,
	TDMD = 8,
	STOP = 4,
	STRT = 2,
	INIT = 1
};
enum { OWN = 0x80, ERR = 0x40, CRC = 8, BUFF = 4, STP = 2, ENP = 1 };
enum { PROM = 0x8000, INTL = 0x40, COLL = 0x10, DTCR = 8, LOOP = 4, DTX = 2, DRX = 1 };

static const u8 mac[6] = { 0x08, 0x00, 0x20, 0x12, 0x34, 0x56 };
static const u8 other[6] = { 0x08, 0x00, 0x20, 0x65, 0x43, 0x21 };

struct rig {
	struct bench b;
	struct net_port port;
	u8 ram[RAM];
	u32 reads, hole; /* DMA reads; where memory does not answer, RAM: everywhere above */
};

static struct rig rig;
#define B (&rig.b)

static int ram_read(void *far, u32 va, void *buf, u32 n)
{
	struct rig *r = far;

	r->reads++;
	if (va + n > r->hole)
		return -EFAULT;
	memcpy(buf, r->ram + va, n);
	return 0;
}

static int ram_write(void *far, u32 va, const void *buf, u32 n)
{
	struct rig *r = far;

	if (va + n > r->hole)
		return -EFAULT;
	memcpy(r->ram + va, buf, n);
	return 0;
}

static void open_rig(void)
{
	struct dev *dev;

	memset(&rig, 0, sizeof(rig));
	rig.hole = RAM;
	dev = bench_open(B, &lance_class);
	net_init(&rig.port);
	rig.port.link = true;
	dev->backend = &rig.port;
	dev->dma = (struct dma){ .read = ram_read, .write = ram_write, .far = &rig };
	bench_start(B);
}

static void close_rig(void)
{
	bench_close(B);
}

static u16 csr(unsigned n)
{
	bench_put(B, 0, RAP, 2, n);
	return (u16)bench_get(B, 0, RDP, 2);
}

static void set_csr(unsigned n, u16 val)
{
	bench_put(B, 0, RAP, 2, n);
	bench_put(B, 0, RDP, 2, val);
}

static void set16(u32 at, u16 val)
{
	be16_put(rig.ram + at, val);
}

/* Ring lengths as powers of two. */
static void init_block(u16 mode, unsigned rlen, unsigned tlen, u64 filter)
{
	set16(IB, mode);
	for (int i = 0; i < 6; i++)
		rig.ram[IB + 2 + i] = mac[i ^ 1];
	for (int i = 0; i < 4; i++)
		set16(IB + 8 + 2 * (u32)i, (u16)(filter >> 16 * i));
	set16(IB + 0x10, RXR & 0xffff);
	set16(IB + 0x12, (u16)(rlen << 13 | RXR >> 16));
	set16(IB + 0x14, TXR & 0xffff);
	set16(IB + 0x16, (u16)(tlen << 13 | TXR >> 16));
}

static void descriptor(u32 ring, unsigned n, u32 buf, u8 status, u16 len)
{
	u32 at = ring + 8 * n;

	set16(at, (u16)buf);
	set16(at + 2, (u16)(status << 8 | buf >> 16));
	set16(at + 4, (u16)(0xf000 | (-len & 0xfff)));
	set16(at + 6, 0x5a5a);
}

static u8 status(u32 ring, unsigned n)
{
	return rig.ram[ring + 8 * n + 2];
}

static u16 last_word(u32 ring, unsigned n)
{
	return be16_get(rig.ram + ring + 8 * n + 6);
}

/* Linux's way: STOP, addresses, byte order, INIT, IDON away, STRT. */
static void begin(u16 mode, unsigned rlen, unsigned tlen, u64 filter)
{
	init_block(mode, rlen, tlen, filter);
	set_csr(0, STOP);
	set_csr(1, IB);
	set_csr(2, 0);
	set_csr(3, 7);
	set_csr(0, INIT);
	set_csr(0, IDON);
	set_csr(0, INEA | STRT);
}

static void rx_ring(unsigned n, u16 len)
{
	for (unsigned i = 0; i < n; i++)
		descriptor(RXR, i, RXB + 0x800 * i, OWN, len);
}

static void make_frame(u8 *f, const u8 *to, u32 len)
{
	for (u32 i = 0; i < len; i++)
		f[i] = (u8)(i * 7 + len);
	memcpy(f, to, 6);
	memcpy(f + 6, other, 6);
	f[12] = 8;
	f[13] = 0;
}

static void feed(const u8 *to, u32 len)
{
	u8 f[NET_FRAME_MAX];

	make_frame(f, to, len);
	net_feed(&rig.port, f, len);
}

/* The remainder over data and checksum of any good Ethernet frame, bit by bit from the standard. */
static bool good_fcs(const u8 *p, u32 n)
{
	u32 r = 0xffffffff;

	for (u32 i = 0; i < 8 * n; i++) {
		u32 bit = p[i / 8] >> i % 8 & 1;

		r = r << 1 ^ ((r >> 31 ^ bit) ? 0x04c11db7 : 0);
	}
	return r == 0xc704dd7b;
}

/* The filter bit that a driver sets for a group address, in the other bit order. */
static unsigned group_bit(const u8 *a)
{
	u32 r = 0xffffffff;
	unsigned out = 0;

	for (int i = 0; i < 48; i++) {
		u32 bit = a[i / 8] >> i % 8 & 1;

		r = r << 1 ^ ((r >> 31 ^ bit) ? 0x04c11db7 : 0);
	}
	for (int i = 0; i < 6; i++)
		out |= (r >> i & 1) << (5 - i);
	return out;
}

static void test_registers(void)
{
	u64 val;

	open_rig();
	is(csr(0), STOP, "reset: STOP");
	set_csr(1, 0x1234);
	set_csr(2, 0x56ab);
	set_csr(3, 0xffff);
	is(csr(1), 0x1234, "CSR1");
	is(csr(2), 0xab, "CSR2 has 8 bits");
	is(csr(3), 7, "CSR3 three");
	is(bench_get(B, 0, RAP, 2), 3, "RAP reads back");
	ok(bus_read(&B->bus, bench_at(0), 4, &val) && bus_read(&B->bus, bench_at(0), 1, &val),
	   "half-words only");
	set_csr(0, INEA);
	is(csr(0), STOP, "INEA cannot be set while STOP is");
	set_csr(0, STOP | STRT | INIT);
	is(csr(0), STOP, "STOP wins over STRT and INIT");
	is(csr(3), 0, "and clears CSR3");
	is(csr(1), 0x1234, "not CSR1");
	init_block(0, 0, 0, 0);
	set_csr(1, IB);
	set_csr(2, 0);
	set_csr(3, 7);
	set_csr(0, INIT);
	is(csr(0), IDON | INTR | INIT, "INIT: 0181");
	ok(!B->line[0], "no interrupt without INEA");
	set_csr(0, INEA);
	ok(B->line[0], "with it there is");
	set_csr(0, INEA | IDON);
	is(csr(0), INEA | INIT, "a one clears IDON");
	ok(!B->line[0], "and the line falls");
	set_csr(1, 0x9999);
	is(csr(1), IB, "CSR1 cannot be written while STOP is clear");
	set_csr(0, INEA | STRT);
	is(csr(0), INEA | INIT | STRT | RXON | TXON, "STRT: both sides are on");
	ok(rig.port.listens, "it listens");
	set_csr(0, STOP);
	is(csr(0), STOP, "STOP clears all");
	is(clock_next(&B->clock), CLOCK_NEVER, "and the chip rests");
	begin(DTX, 0, 0, 0);
	is(csr(0) & (RXON | TXON), RXON, "DTX: no transmitter");
	begin(DRX, 0, 0, 0);
	is(csr(0) & (RXON | TXON), TXON, "DRX: no receiver");
	ok(!rig.port.listens, "it does not listen");
	B->cls->irq_in(B->chip, LANCE_IN_RESET, true);
	is(csr(0), STOP, "the RESET pin stops it");
	set_csr(0, STRT);
	is(csr(0), STOP, "and holds it");
	B->cls->irq_in(B->chip, LANCE_IN_RESET, false);
	set_csr(0, STRT);
	is(csr(0), STRT, "STRT without an initialisation turns nothing on");
	close_rig();
}

static void test_transmit(void)
{
	const struct net_frame *f;
	u32 reads;

	open_rig();
	for (u32 i = 0; i < 4; i++)
		make_frame(rig.ram + TXB + 0x800 * i, other, 1514);
	begin(0, 0, 2, 0);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 60);
	set_csr(0, INEA | TDMD);
	is(csr(0), INEA | INIT | STRT | RXON | TXON | TINT | INTR, "TDMD: sent, TINT");
	ok(B->line[0], "with an interrupt");
	is(status(TXR, 0), STP | ENP, "OWN is back");
	is(last_word(TXR, 0), 0x5a5a, "the last word untouched without an error");
	f = net_out(&rig.port);
	ok(f && f->len == 60 && !memcmp(f->data, rig.ram + TXB, 60), "60 bytes on the cable");
	net_out_done(&rig.port);
	set_csr(0, INEA | TINT);
	descriptor(TXR, 1, TXB + 0x800, OWN | STP | ENP, 1514);
	bench_time(B, B->clock.insns + 1500000);
	ok(!net_out(&rig.port), "without TDMD not at once");
	bench_time(B, B->clock.insns + 200000);
	f = net_out(&rig.port);
	ok(f && f->len == 1514, "but within 1.6 ms");
	net_out_done(&rig.port);
	/* Three buffers, over the end of the ring. */
	descriptor(TXR, 2, TXB, OWN | STP, 14);
	descriptor(TXR, 3, TXB + 0x800 + 14, OWN, 1);
	descriptor(TXR, 0, TXB + 0x1000 + 15, OWN | ENP, 85);
	set_csr(0, INEA | TINT | TDMD);
	f = net_out(&rig.port);
	ok(f && f->len == 100 && !memcmp(f->data, rig.ram + TXB, 14) &&
		   f->data[14] == rig.ram[TXB + 0x800 + 14] &&
		   !memcmp(f->data + 15, rig.ram + TXB + 0x1000 + 15, 85),
	   "a chain of three buffers is one packet");
	ok(status(TXR, 2) == STP && status(TXR, 3) == 0 && status(TXR, 0) == ENP,
	   "all three are given back");
	net_out_done(&rig.port);
	/* A buffer that begins no packet is passed over. */
	descriptor(TXR, 1, TXB, OWN | ENP, 60);
	descriptor(TXR, 2, TXB, OWN | STP | ENP, 61);
	set_csr(0, INEA | TDMD);
	f = net_out(&rig.port);
	ok(f && f->len == 61 && !(status(TXR, 1) & OWN), "without STP a buffer is passed over");
	net_out_done(&rig.port);
	/* The next buffer is not the chip's. */
	descriptor(TXR, 3, TXB, OWN | STP, 60);
	set_csr(0, INEA | TINT);
	set_csr(0, INEA | TDMD);
	is(csr(0) & (TXON | RXON | TINT), RXON | TINT, "a broken chain turns the transmitter off");
	is(status(TXR, 3), ERR | STP, "ERR, and OWN is back");
	is(last_word(TXR, 3), 0xc000, "BUFF and UFLO");
	ok(!net_out(&rig.port), "nothing is sent");
	reads = rig.reads;
	set_csr(0, INEA | TDMD | STRT);
	is(rig.reads, reads, "it stays off");
	begin(0, 0, 2, 0);
	is(csr(0) & TXON, TXON, "until it is initialised");
	close_rig();
}

static void test_transmit_errors(void)
{
	open_rig();
	begin(0, 0, 1, 0);
	rig.port.link = false;
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 60);
	set_csr(0, TINT | TDMD);
	is(status(TXR, 0), ERR | STP | ENP, "no cable: ERR");
	is(last_word(TXR, 0), 0x0800, "loss of carrier");
	is(csr(0) & (CERR | TINT | TXON | 0x8000), CERR | TINT | TXON | 0x8000,
	   "CERR, ERR, TINT; it goes on");
	set_csr(0, TINT);
	set_csr(0, INEA);
	ok(!B->line[0] && !(csr(0) & INTR), "CERR alone does not interrupt");
	set_csr(0, INEA | CERR);
	is(csr(0) & 0xff00, 0, "a one clears CERR, and ERR with it");
	rig.port.link = true;
	descriptor(TXR, 1, TXB, OWN | STP | ENP, 1518);
	set_csr(0, INEA | TDMD);
	is(csr(0) & BABL, 0, "1518 bytes are no babble");
	net_out_done(&rig.port);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 1519);
	set_csr(0, INEA | TDMD | TINT);
	is(csr(0) & (BABL | TINT), BABL | TINT, "1519 are");
	ok(!net_out(&rig.port), "and get nowhere");
	ok(B->line[0], "BABL interrupts");
	set_csr(0, INEA | BABL | TINT);
	rig.hole = TXB;
	descriptor(TXR, 1, TXB, OWN | STP | ENP, 60);
	set_csr(0, INEA | TDMD);
	is(csr(0) & (MERR | RXON | TXON), MERR, "memory that does not answer: MERR, all off");
	ok(B->line[0] && status(TXR, 1) & OWN, "interrupt; the buffer is kept");
	set_csr(0, MERR);
	set_csr(0, INEA | STRT);
	is(csr(0) & (RXON | TXON), 0, "only a new start helps");
	rig.hole = IB + 23;
	set_csr(0, STOP);
	set_csr(0, INIT);
	is(csr(0) & (MERR | IDON), MERR, "INIT: MERR instead of IDON");
	close_rig();
}

static void test_receive(void)
{
	u32 i;

	open_rig();
	begin(0, 2, 0, 0);
	rx_ring(4, 1536);
	feed(mac, 100);
	is(csr(0) & (RINT | INTR | MISS), RINT | INTR, "a packet: RINT");
	ok(B->line[0], "and an interrupt");
	is(status(RXR, 0), STP | ENP, "it is in one buffer");
	is(last_word(RXR, 0), 104, "its length has the checksum");
	ok(good_fcs(rig.ram + RXB, 104), "which is right");
	ok(!net_peek(&rig.port), "it is off the cable");
	set_csr(0, INEA | RINT);
	memset(rig.ram + RXB + 0x800, 0xee, 128);
	feed(mac, 42);
	is(last_word(RXR, 1), 64, "a short one is padded to 60 + 4");
	ok(good_fcs(rig.ram + RXB + 0x800, 64), "with a checksum");
	for (i = 42; i < 60 && !rig.ram[RXB + 0x800 + i]; i++)
		;
	is(i, 60, "padded with zeros");
	is(rig.ram[RXB + 0x800 + 64], 0xee, "nothing behind it");
	feed(mac, 1518);
	is(last_word(RXR, 2), 1522, "the longest");
	/* Five frames, four descriptors: the ring goes around. */
	descriptor(RXR, 0, RXB, OWN, 1536);
	feed(mac, 200);
	feed(mac, 201);
	is(last_word(RXR, 3), 204, "the last descriptor");
	is(last_word(RXR, 0), 205, "then the first");
	ok(bench_reload(B), "the state is saved whole");
	/* Half-word order without BSWP. */
	begin(0, 0, 0, 0);
	set_csr(0, STOP);
	set_csr(0, INIT);
	set_csr(0, STRT);
	rx_ring(1, 1536);
	feed(mac, 100);
	ok(rig.ram[RXB] == mac[1] && rig.ram[RXB + 1] == mac[0] && rig.ram[RXB + 5] == mac[4],
	   "without BSWP bytes change places");
	descriptor(RXR, 0, RXB + 1, OWN, 1536);
	feed(mac, 100);
	ok(rig.ram[RXB] == mac[0] && rig.ram[RXB + 3] == mac[1] && rig.ram[RXB + 2] == mac[2],
	   "at odd addresses, too");
	close_rig();
}

static bool arrives(const u8 *to)
{
	rx_ring(4, 1536);
	set_csr(0, INEA | RINT);
	feed(to, 64);
	return csr(0) & RINT;
}

static void test_filter(void)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const u8 groups[5][6] = {
		{ 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 }, { 0x01, 0x00, 0x5e, 0x7f, 0xff, 0xfa },
		{ 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 }, { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e },
		{ 0x09, 0x00, 0x2b, 0x00, 0x00, 0x0f },
	};
	u8 near[6];

	open_rig();
	begin(0, 2, 0, 0);
	ok(arrives(mac), "its own address");
	ok(arrives(all), "broadcasts");
	ok(!arrives(other), "nobody else's");
	memcpy(near, mac, 6);
	near[5] ^= 1;
	ok(!arrives(near), "not even one bit off");
	for (int i = 0; i < 5; i++) {
		unsigned bit = group_bit(groups[i]);

		begin(0, 2, 0, 0);
		ok(!arrives(groups[i]), "group %d: not without its filter bit", i);
		begin(0, 2, 0, 1ull << bit);
		ok(arrives(groups[i]), "with bit %u", bit);
		begin(0, 2, 0, ~(1ull << bit));
		ok(!arrives(groups[i]), "not with the other 63");
		ok(arrives(mac), "the filter is for groups only");
	}
	begin(PROM, 2, 0, 0);
	ok(arrives(other) && arrives(groups[0]), "promiscuous: everything");
	begin(DRX, 2, 0, 0);
	ok(!arrives(mac), "DRX: nothing");
	set_csr(0, STOP);
	feed(mac, 64);
	ok(!net_peek(&rig.port), "a stopped chip lets frames pass");
	close_rig();
}

static void test_chains(void)
{
	u8 f[NET_FRAME_MAX];

	open_rig();
	begin(0, 2, 0, 0);
	rx_ring(4, 64);
	feed(mac, 200);
	make_frame(f, mac, 200);
	ok(status(RXR, 0) == STP && status(RXR, 1) == 0 && status(RXR, 2) == 0 &&
		   status(RXR, 3) == ENP,
	   "204 bytes are spread over four buffers of 64");
	ok(last_word(RXR, 3) == 204 && last_word(RXR, 0) == 0x5a5a, "the last has the length");
	ok(!memcmp(rig.ram + RXB, f, 64) && !memcmp(rig.ram + RXB + 0x800, f + 64, 64) &&
		   !memcmp(rig.ram + RXB + 0x1800, f + 192, 8),
	   "in order");
	set_csr(0, INEA | RINT);
	descriptor(RXR, 0, RXB, OWN, 64);
	descriptor(RXR, 1, RXB, OWN, 64);
	feed(mac, 200);
	ok(status(RXR, 0) == STP && status(RXR, 1) == (ERR | BUFF),
	   "no third buffer: BUFF in the second");
	is(csr(0) & (RINT | MISS), RINT, "RINT all the same");
	descriptor(RXR, 2, RXB, OWN, 1536);
	feed(mac, 64);
	is(status(RXR, 2), STP | ENP, "the next packet is whole");
	/* Exactly full buffers end the packet there. */
	descriptor(RXR, 3, RXB, OWN, 104);
	descriptor(RXR, 0, RXB, OWN, 104);
	feed(mac, 100);
	ok(status(RXR, 3) == (STP | ENP) && status(RXR, 0) & OWN, "an exact fit takes no other");
	/* One descriptor cannot follow itself. */
	begin(0, 0, 0, 0);
	rx_ring(1, 64);
	feed(mac, 200);
	is(status(RXR, 0), STP | ERR | BUFF, "a ring of one: BUFF");
	/* The largest buffer. */
	descriptor(RXR, 0, RXB, OWN, 0);
	feed(mac, 1500);
	is(status(RXR, 0), STP | ENP, "a count of 0 is 4096 bytes");
	close_rig();
}

static void test_miss(void)
{
	open_rig();
	begin(0, 1, 0, 0);
	feed(mac, 64);
	is(csr(0) & MISS, 0, "no buffer: not missed at once");
	ok(net_peek(&rig.port), "the frame waits");
	ok(bench_reload(B), "which is state, too");
	rx_ring(1, 1536);
	bench_time(B, B->clock.insns + 1600000);
	is(csr(0) & (RINT | MISS), RINT, "a new buffer is found by the next look");
	set_csr(0, INEA | RINT);
	feed(mac, 64);
	descriptor(RXR, 1, RXB, OWN, 1536);
	set_csr(0, INEA);
	is(csr(0) & RINT, RINT, "or when the driver comes by");
	set_csr(0, INEA | RINT);
	feed(mac, 64);
	feed(mac, 64);
	bench_time(B, B->clock.insns + 20 * MS);
	is(csr(0) & (RINT | MISS | INTR), MISS | INTR, "in the end it is missed");
	ok(B->line[0], "with an interrupt");
	bench_time(B, B->clock.insns + 20 * MS);
	ok(!net_peek(&rig.port), "and so is the second");
	close_rig();
}

static void test_loopback(void)
{
	u8 *f = rig.ram + TXB;
	u32 crc = 0xffffffff;

	open_rig();
	make_frame(f, mac, 32);
	begin(LOOP | INTL, 2, 2, 0);
	rx_ring(4, 1536);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 32);
	set_csr(0, TDMD);
	is(csr(0) & (RINT | TINT | CERR | MISS), RINT | TINT, "internal loopback comes back");
	ok(last_word(RXR, 0) == 36 && !memcmp(rig.ram + RXB, f, 32), "32 bytes and a checksum");
	ok(good_fcs(rig.ram + RXB, 36), "a good one");
	ok(!net_out(&rig.port), "nothing leaves");
	rig.port.link = false;
	descriptor(TXR, 1, TXB, OWN | STP | ENP, 32);
	set_csr(0, TDMD | RINT | TINT);
	is(csr(0) & (RINT | CERR), RINT, "no cable is needed");
	feed(mac, 64);
	is(status(RXR, 2) & OWN, OWN, "frames from outside do not enter");
	make_frame(f, other, 32);
	descriptor(TXR, 2, TXB, OWN | STP | ENP, 32);
	set_csr(0, TDMD | RINT | TINT);
	is(csr(0) & (RINT | TINT), TINT, "the address counts");

	begin(LOOP | INTL | DTCR, 2, 2, 0);
	make_frame(f, mac, 60);
	for (int i = 0; i < 8 * 60; i++)
		crc = (crc ^ (f[i / 8] >> i % 8 & 1)) & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	crc = ~crc;
	for (int i = 0; i < 4; i++)
		f[60 + i] = (u8)(crc >> 8 * i);
	rx_ring(4, 1536);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 64);
	set_csr(0, TDMD);
	ok(status(RXR, 0) == (STP | ENP) && last_word(RXR, 0) == 64, "DTCR: 64 bytes stay 64");
	f[3] ^= 0x10;
	f[60] ^= 1;
	begin(LOOP | INTL | DTCR | PROM, 2, 2, 0);
	rx_ring(4, 1536);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 64);
	set_csr(0, TDMD);
	is(status(RXR, 0), STP | ENP | ERR | CRC, "and a wrong checksum is noticed");
	begin(LOOP | INTL | COLL, 2, 2, 0);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 64);
	set_csr(0, TDMD);
	ok(status(TXR, 0) == (ERR | STP | ENP) && last_word(TXR, 0) == 0x0400,
	   "a forced collision: RTRY");

	rig.port.link = true;
	make_frame(f, mac, 100);
	begin(LOOP, 2, 2, 0);
	rx_ring(4, 1536);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 100);
	set_csr(0, TDMD);
	ok(csr(0) & RINT && last_word(RXR, 0) == 104, "external loopback comes back");
	ok(net_out(&rig.port) && net_out(&rig.port)->len == 100, "and leaves");
	set_csr(0, STOP);
	net_out_done(&rig.port);
	begin(DTCR, 2, 2, 0);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 104);
	set_csr(0, TDMD);
	ok(!net_out(&rig.port), "DTCR: a bad checksum gets nowhere");
	memcpy(f, rig.ram + RXB, 104);
	descriptor(TXR, 1, TXB, OWN | STP | ENP, 104);
	set_csr(0, TDMD);
	ok(net_out(&rig.port) && net_out(&rig.port)->len == 100, "a good one is the port's own");
	close_rig();
}

/* CVE-2015-3209: many transmit buffers, far more than a frame. */
static void test_giant_chain(void)
{
	open_rig();
	begin(0, 0, 7, 0);
	for (unsigned i = 0; i < 128; i++)
		descriptor(TXR, i, TXB, OWN | (i ? 0 : STP) | (i == 127 ? ENP : 0), 4095);
	set_csr(0, TDMD);
	is(csr(0) & (BABL | TINT | TXON), BABL | TINT | TXON, "128 buffers of 4095: a babble");
	ok(!(status(TXR, 127) & OWN) && !net_out(&rig.port), "taken, not sent");
	for (unsigned i = 0; i < 128; i++)
		descriptor(TXR, i, TXB, OWN | (i ? 0 : STP), 4095);
	set_csr(0, TDMD);
	is(csr(0) & TXON, 0, "a chain around the whole ring ends where it began");
	close_rig();
}

/* CVE-2015-7504: the checksum behind the longest packet in loopback. */
static void test_loopback_end(void)
{
	open_rig();
	begin(LOOP | INTL | PROM, 2, 2, 0);
	rx_ring(4, 2048);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 1518);
	set_csr(0, TDMD);
	is(last_word(RXR, 0), 1522, "the longest packet in loopback");
	descriptor(TXR, 1, TXB, OWN | STP, 1518);
	descriptor(TXR, 2, TXB, OWN | ENP, 4);
	set_csr(0, TDMD);
	ok(csr(0) & BABL && status(RXR, 1) & OWN, "4 bytes more do not come back");
	close_rig();
}

/* CVE-2016-7909: rings of any length, hostile contents: bounded work for one access. */
static void test_hostile_rings(void)
{
	u32 seed = 1, worst = 0;

	open_rig();
	for (unsigned round = 0; round < 400; round++) {
		for (u32 i = 0; i < 0x3000; i++) {
			seed = seed * 1664525 + 1013904223;
			rig.ram[i] = (u8)(seed >> 24);
		}
		/* Rings and buffers on top of each other and of the initialisation block. */
		for (u32 i = 0; i < 0x2000; i += 8)
			set16(i + 2, (u16)(be16_get(rig.ram + i + 2) & 0xff03) |
					     (round % 2 ? OWN << 8 : 0));
		set_csr(0, STOP);
		set_csr(1, (u16)seed & 0x1ffe);
		set_csr(2, 0);
		set_csr(3, (u16)(seed >> 8));
		set_csr(0, INIT);
		set_csr(0, STRT | INEA);
		feed(mac, 60 + round);
		for (int i = 0; i < 8; i++) {
			rig.reads = 0;
			set_csr(0, 0x7f00 | INEA | TDMD);
			if (rig.reads > worst)
				worst = rig.reads;
			bench_time(B, B->clock.insns + 2 * MS);
			if (!B->cls->check(B->chip)) {
				ok(false, "round %u: a state that cannot be", round);
				break;
			}
		}
		while (net_out(&rig.port))
			net_out_done(&rig.port);
	}
	ok(worst < 16 * 1600 + 600, "an access reads memory %u times at most", worst);
	close_rig();
}

/* CVE-2018-17962, CVE-2015-7512: lengths at every edge, from the cable and from the guest. */
static void test_edges(void)
{
	unsigned bad = 0;
	u8 f[NET_FRAME_MAX + 2] = { 0 };

	open_rig();
	memcpy(f, mac, 6);
	ok(!net_feed(&rig.port, f, 13) && !net_feed(&rig.port, f, 1519) &&
		   !net_feed(&rig.port, f, 0) && !net_feed(&rig.port, f, 0xffffffff),
	   "impossible frames are refused");
	for (u32 len = 14; len <= 1518; len++) {
		u16 size = (u16)(len % 97 + 1);
		u32 whole = (len < 60 ? 60 : len) + 4;

		begin(0, 7, 0, 0);
		for (unsigned i = 0; i < 128; i++)
			descriptor(RXR, i, RXB + 100 * i, OWN, size);
		memset(rig.ram + RXB, 0xaa, 100 * 128);
		feed(mac, len);
		for (unsigned i = 0; i < 128; i++) {
			u32 used = i * size >= whole ? 0 : whole - i * size;

			if (used > size)
				used = size;
			if (i * size < whole && status(RXR, i) & OWN)
				bad += whole <= 128u * size;
			if (rig.ram[RXB + 100 * i + (used ? used : 0)] != 0xaa)
				bad++;
		}
	}
	is(bad, 0, "no length writes beyond its buffers");
	/* Buffers that run over the end of the 24-bit space. */
	begin(0, 0, 0, 0);
	descriptor(RXR, 0, 0xfffff8, OWN, 1536);
	feed(mac, 100);
	is(csr(0) & MERR, MERR, "memory at the end that is not there: MERR");
	close_rig();
}

static unsigned flushes;

static void count_flush(void *host)
{
	flushes++;
	if (flushes < 3)
		net_out_done(host);
}

static void test_queue(void)
{
	open_rig();
	begin(0, 0, 7, 0);
	rig.port.flush = count_flush;
	rig.port.host = &rig.port;
	for (unsigned i = 0; i < 67; i++)
		descriptor(TXR, i, TXB, OWN | STP | ENP, (u16)(60 + i));
	set_csr(0, TDMD);
	ok(status(TXR, 20) & OWN, "not all of 67 packets in one access");
	bench_time(B, B->clock.insns + MS);
	ok(!(status(TXR, 66) & OWN), "but soon");
	is(flushes, 3, "a full queue asks its host");
	is(rig.port.lost, 1, "what that does not take is lost");
	is(net_out(&rig.port)->len, 62, "the oldest are still in order");
	close_rig();
}

static u32 seen_sent, seen_taken;

static void spy(void *arg, const u8 *data, u32 len, bool sent)
{
	(void)arg;
	(void)data;
	*(sent ? &seen_sent : &seen_taken) += len;
}

static void test_watch(void)
{
	struct net_watch watch = { .saw = spy };

	open_rig();
	net_watch_add(&rig.port, &watch);
	begin(0, 0, 0, 0);
	rx_ring(1, 1536);
	feed(mac, 77);
	descriptor(TXR, 0, TXB, OWN | STP | ENP, 66);
	set_csr(0, TDMD);
	ok(seen_taken == 77 && seen_sent == 66, "a watch sees both directions");
	net_watch_remove(&rig.port, &watch);
	ok(!rig.port.watches, "and can go");
	close_rig();
}

int main(void)
{
	test_registers();
	test_transmit();
	test_transmit_errors();
	test_receive();
	test_filter();
	test_chains();
	test_miss();
	test_loopback();
	test_giant_chain();
	test_loopback_end();
	test_hostile_rings();
	test_edges();
	test_queue();
	test_watch();
	return tap_done();
}
