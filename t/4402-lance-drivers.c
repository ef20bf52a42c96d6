/* SPDX-License-Identifier: MIT */
/*
 * The LANCE behind ledma as three systems use it: NetBSD's driver (am7990 over lsi64854, if_le_ledma), Linux's
 * (sunlance), and SunOS as it is known from outside.
 *
 * The drivers here write the registers, the initialization block and the rings in their model's order and make
 * its checks. They differ in when the interrupt is let through, in what they acknowledge, in how a
 * descriptor is given back, and in how they get over a lost carrier or memory that does not answer.
 */
#include "dev/lance.h"
#include "dev/sparc32-dma.h"
#include "lib/be.h"
#include "lib/net.h"
#include "t/chip.h"

extern const struct dev_class lance_class, sparc32_dma_class;

#define RAM 0x40000u
enum { RDP, RAP = 2 };
enum { D_CSR = 0, D_ADDR = 4, D_BASE = 12 };

/* CSR0 and CSR3. */
enum {
	ERR = 0x8000,
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
#define C3_SUN 7 /* BSWP, ACON, BCON */

/* Descriptors. */
enum { OWN = 0x80, MD_ERR = 0x40, STP = 2, ENP = 1 };
#define T3_BUFF 0x8000
#define T3_UFLO 0x4000
#define T3_LCAR 0x0800

/* ledma's CSR. */
#define E_INT 0x1u
#define E_ERR 0x2u
#define E_DRAINING 0xcu
#define E_INTEN 0x10u
#define E_INVALIDATE 0x20u
#define E_RESET 0x80u
#define E_EN 0x200u
#define E_DSBL_RD_DRN 0x800u
#define E_DSBL_WR_INVAL 0x20000u
#define E_TP_AUI 0x400000u

static const u8 mac[6] = { 0x08, 0x00, 0x20, 0x12, 0x34, 0x56 };
static const u8 other[6] = { 0x08, 0x00, 0x20, 0x65, 0x43, 0x21 };
static const u8 group[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
#define GROUP_BIT 0x36 /* the upper 6 bits of its CRC, which is d9b4c5fe */

static struct rig {
	struct clock clock;
	struct sparc32_dma dma;
	void *chip;
	struct net_port port;
	u32 at; /* where the driver's memory is in the system's DMA space */
	bool gone; /* it is not there */
	bool irq; /* what the interrupt controller sees */
	u8 ram[RAM];
} r;

static const char *who;

static bool want(bool good, const char *what)
{
	return good || ok(false, "%s: %s", who, what);
}

static int ram_read(void *far, u32 va, void *buf, u32 n)
{
	(void)far;
	if (r.gone || va < r.at || va - r.at >= RAM || n > RAM - (va - r.at))
		return -EFAULT;
	memcpy(buf, r.ram + (va - r.at), n);
	return 0;
}

static int ram_write(void *far, u32 va, const void *buf, u32 n)
{
	(void)far;
	if (r.gone || va < r.at || va - r.at >= RAM || n > RAM - (va - r.at))
		return -EFAULT;
	memcpy(r.ram + (va - r.at), buf, n);
	return 0;
}

static void see_irq(void *sink, unsigned n, bool level)
{
	(void)sink, (void)n;
	r.irq = level;
}

static void open_rig(const char *name, u32 at)
{
	struct dev *dev;

	who = name;
	memset(&r, 0, sizeof(r));
	r.at = at;
	clock_init(&r.clock, 0);
	r.chip = dev = calloc(1, lance_class.size);
	r.dma.dev = (struct dev){ .cls = &sparc32_dma_class, .name = "ledma", .clock = &r.clock };
	r.dma.dev.param = DMA2_LANCE;
	r.dma.dev.dma = (struct dma){ .read = ram_read, .write = ram_write };
	r.dma.dev.irq[DMA2_IRQ] = (struct irq){ .set = see_irq };
	r.dma.dev.irq[DMA2_RESET] =
		(struct irq){ .set = lance_class.irq_in, .sink = r.chip, .n = LANCE_IN_RESET };
	*dev = (struct dev){ .cls = &lance_class, .name = "le", .clock = &r.clock };
	dev->irq[0] =
		(struct irq){ .set = sparc32_dma_class.irq_in, .sink = &r.dma, .n = DMA2_IN_IRQ };
	dev->dma = sparc32_dma_port(&r.dma);
	net_init(&r.port);
	r.port.link = true;
	dev->backend = &r.port;
	lance_class.init(r.chip);
	sparc32_dma_class.reset(&r.dma);
	lance_class.reset(r.chip);
}

static void close_rig(void)
{
	lance_class.release(r.chip);
	free(r.chip);
}

static void wait_ms(u64 ms)
{
	u64 until = r.clock.insns + ms * 1000000, next;

	while ((next = clock_next(&r.clock)) <= until) {
		if (next > r.clock.insns)
			r.clock.insns = next;
		clock_run(&r.clock);
	}
	r.clock.insns = until;
}

static void put(u32 reg, u16 val)
{
	lance_class.region[0].write(r.chip, reg, val, 2);
}

static u16 get(u32 reg)
{
	return (u16)lance_class.region[0].read(r.chip, reg, 2);
}

static u32 dget(u32 off)
{
	return sparc32_dma_class.region[0].read(&r.dma, off, 4);
}

static void dput(u32 off, u32 val)
{
	sparc32_dma_class.region[0].write(&r.dma, off, val, 4);
}

static void set16(u32 at, u32 val)
{
	be16_put(r.ram + at, (u16)val);
}

static u32 get16(u32 at)
{
	return be16_get(r.ram + at);
}

/* A driver's memory: the block, then the rings, then buffers. */
static struct layout {
	u32 ib, rmd, tmd, rbuf, tbuf, len; /* offsets in it */
	unsigned rlog, tlog;
	unsigned rx, tx_first, tx_last, tx_num; /* the driver's places in the rings */
} l;

static u32 rmd(unsigned n)
{
	return l.rmd + 8 * n;
}

static u32 tmd(unsigned n)
{
	return l.tmd + 8 * n;
}

static u32 le(u32 off)
{
	return (r.at + off) & 0xffffff;
}

static void set_descriptor(u32 at, u32 buf, u8 bits, u32 len)
{
	set16(at, le(buf));
	r.ram[at + 2] = bits;
	r.ram[at + 3] = (u8)(le(buf) >> 16);
	set16(at + 4, len);
	set16(at + 6, 0);
}

static void set_memory(unsigned rlog, unsigned tlog, u32 len, u16 mode)
{
	u32 nr = 1u << rlog, nt = 1u << tlog;

	l = (struct layout){ .ib = 0, .rmd = 24, .len = len, .rlog = rlog, .tlog = tlog };
	l.tmd = l.rmd + 8 * nr;
	l.rbuf = l.tmd + 8 * nt;
	l.tbuf = l.rbuf + nr * len;
	set16(l.ib, mode);
	for (u32 i = 0; i < 6; i++)
		r.ram[l.ib + 2 + i] = mac[i ^ 1];
	set16(l.ib + 16, le(l.rmd));
	set16(l.ib + 18, rlog << 13 | le(l.rmd) >> 16);
	set16(l.ib + 20, le(l.tmd));
	set16(l.ib + 22, tlog << 13 | le(l.tmd) >> 16);
	for (u32 i = 0; i < nr; i++)
		set_descriptor(rmd(i), l.rbuf + i * len, OWN, 0xf000 | (-len & 0xfff));
	for (u32 i = 0; i < nt; i++)
		set_descriptor(tmd(i), l.tbuf + i * len, 0, 0xf000);
}

/* --- the cable's other end --- */

static void make_frame(u8 *f, const u8 *to, u32 len)
{
	for (u32 i = 0; i < len; i++)
		f[i] = (u8)(i * 5 + len);
	memcpy(f, to, 6);
	memcpy(f + 6, other, 6);
}

static void arrive(const u8 *to, u32 len)
{
	u8 f[NET_FRAME_MAX];

	make_frame(f, to, len);
	net_feed(&r.port, f, len);
}

static u32 left_with(const u8 *f, u32 len)
{
	const struct net_frame *got = net_out(&r.port);
	u32 n = got ? got->len : 0;

	if (got && (n != len || memcmp(got->data, f, len)))
		n = 0xbad;
	net_out_done(&r.port);
	return n;
}

/* What a driver took in. */
static struct {
	unsigned frames, errors, resets, carrier;
	u32 len; /* of the last */
	bool good; /* its bytes */
} in;

static void taken(u32 at, u32 len, const u8 *to)
{
	u8 f[NET_FRAME_MAX];

	make_frame(f, to, len);
	in.frames++;
	in.len = len;
	in.good = !memcmp(r.ram + at, f, len);
}

/* --- NetBSD --- */

static u16 nb_read(unsigned csr)
{
	put(RAP, (u16)csr);
	return get(RDP);
}

/* Each write is read back, to get it through the bus's buffers. */
static void nb_write(unsigned csr, u16 val)
{
	put(RAP, (u16)csr);
	put(RDP, val);
	get(RDP);
}

static void nb_dma_reset(void)
{
	want(!(dget(D_CSR) & 0x400), "R_PEND");
	dput(D_CSR, (dget(D_CSR) & ~(0x100u | E_EN)) | E_INVALIDATE);
	dput(D_CSR, dget(D_CSR) | E_RESET);
	dput(D_CSR, dget(D_CSR) & ~E_RESET);
	dput(D_CSR, (dget(D_CSR) & ~0xc0000u) | E_INTEN | 0x40000);
}

static void nb_hwreset(void)
{
	u32 cable = dget(D_CSR) & E_TP_AUI;

	nb_dma_reset();
	dput(D_BASE, r.at & 0xff000000);
	dput(D_CSR, dget(D_CSR) | E_INTEN);
	dput(D_CSR, dget(D_CSR) | E_DSBL_WR_INVAL | cable);
	wait_ms(20);
}

static void nb_set_media(bool tp)
{
	dput(D_CSR, tp ? dget(D_CSR) | E_TP_AUI : dget(D_CSR) & ~E_TP_AUI);
	wait_ms(20);
}

static void nb_init(u16 mode, u64 filter)
{
	unsigned i;

	nb_write(0, STOP);
	nb_hwreset();
	nb_write(3, C3_SUN);
	set_memory(3, 2, 1536, mode);
	for (i = 0; i < 4; i++)
		set16(l.ib + 8 + 2 * i, (u16)(filter >> 16 * i));
	nb_write(1, (u16)le(l.ib));
	nb_write(2, (u16)(le(l.ib) >> 16));
	nb_write(0, INIT);
	for (i = 0; i < 100000 && !(nb_read(0) & IDON); i++)
		;
	want(nb_read(0) & IDON, "controller failed to initialize");
	nb_write(0, INEA | STRT | IDON);
	nb_set_media(true);
}

static void nb_rint(void)
{
	while (!(r.ram[rmd(l.rx) + 2] & OWN)) {
		u8 bits = r.ram[rmd(l.rx) + 2];

		if (bits & MD_ERR || (bits & (STP | ENP)) != (STP | ENP))
			in.errors++;
		else
			taken(l.rbuf + l.rx * l.len, get16(rmd(l.rx) + 6) - 4, mac);
		set_descriptor(rmd(l.rx), l.rbuf + l.rx * l.len, OWN, 0xf000 | (-l.len & 0xfff));
		l.rx = (l.rx + 1) & ((1u << l.rlog) - 1);
	}
}

static void nb_tint(void)
{
	while (l.tx_num) {
		u32 at = tmd(l.tx_first);
		u8 bits = r.ram[at + 2];

		if (bits & OWN)
			break;
		if (bits & MD_ERR) {
			if (get16(at + 6) & (T3_BUFF | T3_UFLO)) {
				in.resets++;
				nb_init(0, 0);
				return;
			}
			if (get16(at + 6) & T3_LCAR) {
				in.carrier++;
				nb_set_media(!(dget(D_CSR) & E_TP_AUI));
			}
		}
		l.tx_first = (l.tx_first + 1) & ((1u << l.tlog) - 1);
		l.tx_num--;
	}
}

/* The channel's errors come first: it is reset, and with it the chip, which the watchdog starts again. */
static bool nb_dma_error(void)
{
	u32 csr = dget(D_CSR);

	want(csr & (E_INT | E_ERR), "an interrupt that nobody claims");
	if (!(csr & (E_ERR | 0x40)))
		return false;
	dput(D_CSR, (csr & ~E_EN) | E_INVALIDATE | 0x40);
	nb_dma_reset();
	in.resets++;
	nb_init(0, 0);
	return true;
}

/* The interrupt, if there is one. */
static bool nb_interrupt(void)
{
	u16 isr;

	if (!r.irq)
		return false;
	if (nb_dma_error())
		return true;
	isr = nb_read(0);
	if (!want(isr & INTR, "interrupt without INTR"))
		return false;
	nb_write(0, isr & (INEA | BABL | MISS | MERR | RINT | TINT | IDON));
	if (isr & MERR) {
		in.resets++;
		nb_init(0, 0);
		return true;
	}
	if (isr & MISS)
		in.errors++;
	if (!(isr & RXON) || !(isr & TXON)) {
		in.resets++;
		nb_init(0, 0);
		return true;
	}
	if (isr & RINT)
		nb_rint();
	if (isr & TINT)
		nb_tint();
	return true;
}

static void nb_send(const u8 *f, u32 len)
{
	u32 at = tmd(l.tx_last);

	want(!(r.ram[at + 2] & OWN), "missing buffer");
	memcpy(r.ram + l.tbuf + l.tx_last * l.len, f, len);
	if (len < 60)
		memset(r.ram + l.tbuf + l.tx_last * l.len + len, 0, 60 - len);
	set_descriptor(at, l.tbuf + l.tx_last * l.len, OWN | STP | ENP,
		       0xf000 | (-(len < 60 ? 60 : len) & 0xfff));
	nb_write(0, INEA | TDMD);
	l.tx_last = (l.tx_last + 1) & ((1u << l.tlog) - 1);
	l.tx_num++;
}

static void netbsd_traffic(void)
{
	u8 f[NET_FRAME_MAX];
	unsigned good = 0;

	for (u32 len = 60; len <= 1514; len += 97) {
		arrive(mac, len);
		nb_interrupt();
		good += in.good && in.len == len;
	}
	is(good, 15, "NetBSD: frames of all lengths, twice around the ring");
	for (unsigned i = 0; i < 6; i++)
		arrive(mac, 100 + i);
	in.frames = 0;
	nb_interrupt();
	is(in.frames, 6, "six at once are one interrupt");
	ok(!r.irq, "which is acknowledged");
	good = 0;
	for (unsigned i = 0; i < 9; i++) {
		make_frame(f, other, 200 + i);
		nb_send(f, 200 + i);
		nb_interrupt();
		good += left_with(f, 200 + i) == 200 + i && !l.tx_num;
	}
	is(good, 9, "NetBSD: nine packets, each with its own TDMD and interrupt");
	make_frame(f, other, 42);
	memset(f + 42, 0, 18);
	for (unsigned i = 0; i < 3; i++)
		nb_send(f, 42);
	nb_interrupt();
	ok(!l.tx_num && left_with(f, 60) == 60 && left_with(f, 60) == 60 && left_with(f, 60) == 60,
	   "three short ones at once, padded");
	is(in.errors + in.resets + in.carrier, 0, "no error so far");
}

static void netbsd_troubles(void)
{
	u8 f[100];

	make_frame(f, other, 100);
	ok(dget(D_CSR) & E_TP_AUI, "NetBSD: twisted pair");
	nb_set_media(false);
	nb_set_media(true);
	arrive(mac, 80);
	nb_interrupt();
	ok(in.good && in.len == 80, "the choice of a connector does not stop the chip");
	r.port.link = false;
	nb_send(f, 100);
	nb_interrupt();
	ok(in.carrier == 1 && !(dget(D_CSR) & E_TP_AUI), "NetBSD: lost carrier, switching to AUI");
	nb_send(f, 100);
	nb_interrupt();
	ok(in.carrier == 2 && dget(D_CSR) & E_TP_AUI, "and back");
	r.port.link = true;
	nb_send(f, 100);
	nb_interrupt();
	ok(in.carrier == 2 && left_with(f, 100) == 100,
	   "plugged in: it leaves, though CERR was not acknowledged");
	for (unsigned i = 0; i < 12; i++)
		arrive(mac, 100);
	wait_ms(100);
	in.frames = 0;
	while (nb_interrupt())
		;
	ok(in.frames == 8 && in.errors == 1,
	   "NetBSD: of twelve frames for eight buffers some are missed, and counted");
	arrive(mac, 90);
	nb_interrupt();
	ok(in.frames == 9 && in.len == 90 && in.good, "the next is taken");
	r.gone = true;
	nb_send(f, 100);
	r.gone = false;
	ok(r.irq, "NetBSD: memory that is not there interrupts");
	nb_interrupt();
	is(in.resets, 1, "as a memory error");
	arrive(mac, 70);
	nb_interrupt();
	ok(in.len == 70 && in.good && !r.irq, "after the reset all is well");
	nb_init(0, 1ull << GROUP_BIT);
	in.frames = 0;
	arrive(group, 64);
	arrive(other, 64);
	nb_interrupt();
	is(in.frames, 1, "NetBSD: the group that it joined, nobody else's");
	nb_init(0, 0);
	arrive(group, 64);
	ok(!nb_interrupt(), "and no longer when it has left it");
	nb_write(0, STOP);
	is(nb_read(0), STOP, "shut down");
	arrive(mac, 64);
	ok(!r.irq, "and silent");
}

static void netbsd(void)
{
	open_rig("NetBSD", 0xfef00000);
	memset(&in, 0, sizeof(in));
	nb_write(0, STOP);
	nb_hwreset();
	nb_init(0, 0);
	is(nb_read(0), INEA | RXON | TXON | STRT | INIT, "NetBSD: running");
	netbsd_traffic();
	netbsd_troubles();
	close_rig();
}

/* --- Linux --- */

static struct {
	u16 mode;
	u64 filter;
	bool tpe;
} lx;

static void lx_stop(void)
{
	put(RAP, 0);
	put(RDP, STOP);
}

static void lx_init_ring(void)
{
	set_memory(4, 4, 1544, lx.mode);
	for (unsigned i = 0; i < 4; i++)
		set16(l.ib + 8 + 2 * i, (u16)(lx.filter >> 16 * i));
}

static void lx_load_csrs(void)
{
	put(RAP, 1);
	put(RDP, (u16)le(l.ib));
	put(RAP, 2);
	put(RDP, (u16)(le(l.ib) >> 16));
	put(RAP, 3);
	put(RDP, C3_SUN);
	put(RAP, 0);
}

/* INIT is over within 100 looks; only then ledma lets interrupts through. */
static bool lx_restart(void)
{
	u32 csr;
	u16 val = 0;
	unsigned i;

	if (!(dget(D_CSR) & E_ERR))
		want(!(dget(D_CSR) & E_DRAINING), "ledma drains for ever");
	csr = (dget(D_CSR) & ~0xc0000u) | 0x40000 | E_DSBL_RD_DRN | E_DSBL_WR_INVAL | E_INVALIDATE;
	dput(D_CSR, lx.tpe ? csr | E_TP_AUI : csr & ~E_TP_AUI);
	put(RAP, 0);
	put(RDP, INIT);
	for (i = 0; i < 100 && !(val & (ERR | IDON)); i++)
		val = get(RDP);
	if (!(val & IDON) || val & ERR)
		return false;
	put(RDP, IDON);
	put(RDP, INEA | STRT);
	dput(D_CSR, dget(D_CSR) | E_INTEN);
	return true;
}

static bool lx_up(void)
{
	lx_init_ring();
	lx_load_csrs();
	return lx_restart();
}

static bool lx_open(void)
{
	lx_stop();
	dput(D_BASE, r.at & 0xff000000);
	return lx_up();
}

static void lx_rx(void)
{
	while (!(r.ram[rmd(l.rx) + 2] & OWN)) {
		u8 bits = r.ram[rmd(l.rx) + 2];

		if ((bits & (STP | ENP)) != (STP | ENP) || bits & MD_ERR)
			in.errors++;
		else
			taken(l.rbuf + l.rx * l.len, (get16(rmd(l.rx) + 6) & 0xfff) - 4, mac);
		/* The length is cleared, the count of the buffer left alone. */
		set16(rmd(l.rx) + 6, 0);
		r.ram[rmd(l.rx) + 2] = OWN;
		l.rx = (l.rx + 1) & 15;
	}
}

static void lx_tx(void)
{
	while (l.tx_first != l.tx_last) {
		u32 at = tmd(l.tx_first);
		u8 bits = r.ram[at + 2];

		if (bits & OWN)
			return;
		if (bits & MD_ERR) {
			if (get16(at + 6) & T3_LCAR) {
				in.carrier++;
				lx.tpe = !lx.tpe;
			} else if (get16(at + 6) & (T3_BUFF | T3_UFLO)) {
				in.resets++;
			}
			lx_stop();
			want(lx_up(), "LANCE unopened");
			return;
		}
		want((bits & (STP | ENP)) == (STP | ENP),
		     "a packet comes back without STP and ENP");
		r.ram[at + 2] = bits & ~(STP | ENP);
		l.tx_first = (l.tx_first + 1) & 15;
	}
}

/* What arrives between the two writes to CSR0 must not get lost. */
static bool lx_interrupt(u32 meanwhile)
{
	u16 csr0;

	if (!r.irq)
		return false;
	put(RAP, 0);
	csr0 = get(RDP);
	put(RDP, csr0 & (INTR | TINT | RINT));
	if (csr0 & ERR)
		put(RDP, BABL | ERR | MISS | CERR | MERR);
	if (csr0 & RINT)
		lx_rx();
	if (csr0 & TINT)
		lx_tx();
	if (csr0 & MISS)
		in.errors++;
	if (meanwhile)
		arrive(mac, meanwhile);
	if (csr0 & MERR) {
		in.resets++;
		put(RDP, STOP);
		dput(D_CSR, dget(D_CSR) | E_INVALIDATE);
		want(lx_up(), "LANCE unopened");
	}
	put(RDP, INEA);
	return true;
}

/* STP and ENP go last, in one byte; the register is selected already, and read back. */
static void lx_send(const u8 *f, u32 len)
{
	u32 at = tmd(l.tx_last), n = len <= 60 ? 60 : len;

	set16(at + 4, 0xf000 | (-n & 0xfff));
	set16(at + 6, 0);
	memcpy(r.ram + l.tbuf + l.tx_last * l.len, f, len);
	if (n > len)
		memset(r.ram + l.tbuf + l.tx_last * l.len + len, 0, n - len);
	r.ram[at + 2] = OWN | STP | ENP;
	l.tx_last = (l.tx_last + 1) & 15;
	put(RDP, INEA | TDMD);
	get(RDP);
}

static void linux_traffic(void)
{
	u8 f[NET_FRAME_MAX];
	unsigned good = 0;

	for (u32 len = 60; len <= 1514; len += 47) {
		arrive(mac, len);
		lx_interrupt(0);
		good += in.good && in.len == len;
	}
	is(good, 31, "Linux: frames of all lengths, around the ring");
	in.frames = 0;
	arrive(mac, 300);
	lx_interrupt(301);
	ok(r.irq, "one more while the first is served: an interrupt follows");
	lx_interrupt(0);
	ok(in.frames == 2 && in.len == 301 && in.good && !r.irq, "and is the last");
	good = 0;
	for (unsigned i = 0; i < 40; i++) {
		make_frame(f, other, 60 + 31 * i);
		lx_send(f, 60 + 31 * i);
		lx_interrupt(0);
		good += left_with(f, 60 + 31 * i) == 60 + 31 * i && l.tx_first == l.tx_last;
	}
	is(good, 40, "Linux: forty packets");
	is(in.errors + in.resets + in.carrier, 0, "no error so far");
}

static void linux_troubles(void)
{
	u8 f[100];

	make_frame(f, mac, 100);
	r.port.link = false;
	lx_send(f, 100);
	lx_interrupt(0);
	ok(in.carrier == 1 && dget(D_CSR) & E_TP_AUI, "Linux: carrier lost, trying TPE");
	r.port.link = true;
	lx_send(f, 100);
	lx_interrupt(0);
	ok(in.carrier == 1 && left_with(f, 100) == 100, "there it leaves");
	r.gone = true;
	lx_send(f, 100);
	r.gone = false;
	lx_interrupt(0);
	is(in.resets, 1, "Linux: memory error, and a new start");
	arrive(mac, 77);
	lx_interrupt(0);
	ok(in.len == 77 && in.good, "after which frames come");
	/* Its watchdog resets the channel, which loses the base address. */
	lx_stop();
	dput(D_CSR, dget(D_CSR) | E_RESET);
	dput(D_CSR, dget(D_CSR) & ~E_RESET);
	dput(D_BASE, r.at & 0xff000000);
	ok(lx_up(), "Linux: a reset of ledma");
	arrive(mac, 78);
	lx_interrupt(0);
	ok(in.len == 78 && in.good, "after which frames come");
	in.frames = 0;
	lx.filter = 1ull << GROUP_BIT;
	lx_stop();
	ok(lx_up(), "Linux: another filter");
	arrive(group, 64);
	lx_interrupt(0);
	is(in.frames, 1, "the group");
	lx.mode = 0x8000;
	lx_stop();
	ok(lx_up(), "Linux: promiscuous");
	arrive(other, 64);
	lx_interrupt(0);
	is(in.frames, 2, "somebody else's");
	for (unsigned i = 0; i < 30; i++)
		arrive(mac, 64);
	wait_ms(200);
	in.errors = 0;
	while (lx_interrupt(0))
		;
	ok(in.errors >= 1, "Linux: a ring that overflows is an error");
	arrive(mac, 65);
	lx_interrupt(0);
	ok(in.len == 65 && in.good, "and goes on");
	lx_stop();
	is(get(RDP), STOP, "closed");
}

static void linux_driver(void)
{
	u8 f[60] = { 0 };

	open_rig("Linux", 0xfc0a0000);
	memset(&in, 0, sizeof(in));
	lx.mode = 0;
	lx.filter = 0;
	lx.tpe = false;
	ok(lx_open(), "Linux: opened");
	is(get(RDP), INEA | RXON | TXON | STRT | INIT, "running");
	/* It sends a packet to itself, to see whether there is a carrier. */
	memcpy(f, mac, 6);
	memcpy(f + 6, mac, 6);
	lx_send(f, 60);
	lx_interrupt(0);
	ok(!in.carrier && l.tx_first == l.tx_last && left_with(f, 60) == 60, "there is a carrier");
	linux_traffic();
	linux_troubles();
	close_rig();
}

/*
 * --- SunOS ---
 *
 * What other models of the chip found out the hard way: it counts on ledma's base register after reset,
 * touches the register behind ledma's, tests the chip by internal loopback, and drops frames that are too short.
 */
static void sunos(void)
{
	u8 *f = r.ram + 0x8000;

	open_rig("SunOS", 0xff000000);
	memset(&in, 0, sizeof(in));
	dput(D_CSR, E_RESET);
	dput(D_CSR, E_INTEN);
	is(dget(D_BASE), 0xff000000, "SunOS: the base register after a reset");
	sparc32_dma_class.region[1].write(&r.dma, 0, 0, 4);
	is(sparc32_dma_class.region[1].read(&r.dma, 0, 4), 0, "SunOS: a register behind ledma's");
	nb_write(0, STOP);
	nb_write(3, C3_SUN);
	set_memory(2, 2, 1600, 0x44);
	nb_write(1, 0);
	nb_write(2, 0);
	nb_write(0, INIT | STRT);
	is(nb_read(0), IDON | INTR | RXON | TXON | STRT | INIT, "SunOS: INIT and STRT at once");
	make_frame(f, mac, 32);
	memcpy(r.ram + l.tbuf, f, 32);
	set_descriptor(tmd(0), l.tbuf, OWN | STP | ENP, 0xf000 | (-32 & 0xfff));
	nb_write(0, TDMD);
	is(nb_read(0) & (RINT | TINT | ERR), RINT | TINT, "internal loopback of 32 bytes");
	ok(get16(rmd(0) + 6) == 36 && !memcmp(r.ram + l.rbuf, f, 32), "they come back");
	ok(!net_out(&r.port), "and nowhere else");
	nb_write(0, STOP);
	nb_write(3, C3_SUN);
	set_memory(2, 2, 1600, 0);
	nb_write(0, INIT | STRT | INEA);
	ok(r.irq, "SunOS: initialization done interrupts");
	nb_write(0, IDON | INEA);
	ok(!r.irq, "until it is acknowledged");
	arrive(mac, 42);
	is(get16(rmd(0) + 6), 64, "SunOS: a frame of 42 bytes has the 64 of Ethernet's shortest");
	close_rig();
}

int main(void)
{
	netbsd();
	linux_driver();
	sunos();
	return tap_done();
}
