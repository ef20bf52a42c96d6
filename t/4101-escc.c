/* SPDX-License-Identifier: MIT */
/* The Z85C30 against its manual: every expected value here is written by hand from there. */
#include <stdlib.h>
#include <string.h>

#include "dev/device.h"
#include "t/tap.h"

extern const struct dev_class escc_class;

/* Region offsets. */
enum { CTRL_B, DATA_B = 2, CTRL_A = 4, DATA_A = 6 };

struct rig {
	struct clock clock;
	struct chr chr[2];
	void *chip;
	bool irq, idle;
	unsigned idle_calls;
};

static void irq_sink(void *sink, unsigned n, bool level)
{
	struct rig *r = sink;

	if (n == 0)
		r->irq = level;
	if (n != 1)
		return;
	r->idle = level;
	r->idle_calls++;
}

static void rig_up(struct rig *r, u32 param)
{
	struct dev *dev;
	unsigned i;

	memset(r, 0, sizeof(*r));
	clock_init(&r->clock, 0);
	r->chip = calloc(1, escc_class.size);
	dev = r->chip;
	dev->cls = &escc_class;
	dev->clock = &r->clock;
	dev->param = param;
	for (i = 0; i < 2; i++) {
		chr_init(&r->chr[i]);
		dev->chr[i] = &r->chr[i];
		dev->irq[i] = (struct irq){ irq_sink, r, i };
	}
	escc_class.init(r->chip);
	escc_class.reset(r->chip);
}

static void rig_down(struct rig *r)
{
	free(r->chip);
}

/* Run the clock ns further, firing what falls due on its instant. */
static void pass(struct rig *r, u64 ns)
{
	u64 end = clock_now(&r->clock) + ns, next;

	while ((next = clock_next(&r->clock)) <= end) {
		if (next > clock_now(&r->clock))
			r->clock.insns = clock_insns_at(&r->clock, next);
		clock_run(&r->clock);
	}
	r->clock.insns = clock_insns_at(&r->clock, end);
}

static bool sane(struct rig *r)
{
	return escc_class.check(r->chip);
}

static u8 rd(struct rig *r, u32 off)
{
	return (u8)escc_class.region[0].read(r->chip, off, 1);
}

static void wr(struct rig *r, u32 off, u8 val)
{
	escc_class.region[0].write(r->chip, off, val, 1);
}

/* A register by way of the pointer; 8 and up need "point high". */
static void point(struct rig *r, u32 ctrl, unsigned reg)
{
	wr(r, ctrl, (u8)(reg < 8 ? reg : 0x08 | (reg & 7)));
}

static u8 rr(struct rig *r, u32 ctrl, unsigned reg)
{
	if (reg)
		point(r, ctrl, reg);
	return rd(r, ctrl);
}

static void wreg(struct rig *r, u32 ctrl, unsigned reg, u8 val)
{
	point(r, ctrl, reg);
	wr(r, ctrl, val);
}

/* x16, one stop bit, no parity, 8 bits each way, 9600 baud, both directions on. */
static void open_line(struct rig *r, u32 ctrl)
{
	wreg(r, ctrl, 4, 0x44);
	wreg(r, ctrl, 12, 0x0e);
	wreg(r, ctrl, 13, 0);
	wreg(r, ctrl, 14, 0x03);
	wreg(r, ctrl, 3, 0xc1);
	wreg(r, ctrl, 5, 0xea);
}

static void feed(struct rig *r, unsigned chn, const char *text)
{
	chr_feed(&r->chr[chn], (const u8 *)text, (u32)strlen(text));
}

static unsigned out(struct rig *r, unsigned chn, char *buf, u32 size)
{
	u32 n = chr_take(&r->chr[chn], (u8 *)buf, size - 1);

	buf[n] = 0;
	return n;
}

#define CHAR_MAX 1000000 /* longer than any character without true timing */

static void t_reset_values(void)
{
	struct rig r;

	rig_up(&r, 0);
	is(rd(&r, CTRL_A) & 0x47, 0x44, "RR0 of A after reset: x1xxx100");
	is(rd(&r, CTRL_B) & 0x47, 0x44, "RR0 of B after reset");
	is(rd(&r, CTRL_A) & 0x28, 0x28, "DCD and CTS are asserted");
	is(rr(&r, CTRL_A, 1), 0x07, "RR1: residue 011, all sent");
	is(rr(&r, CTRL_A, 3), 0, "RR3");
	is(rr(&r, CTRL_A, 10), 0, "RR10");
	is(rr(&r, CTRL_A, 15), 0xf8, "RR15 = f8");
	is(rr(&r, CTRL_A, 2), 0, "RR2 of A");
	is(rr(&r, CTRL_B, 2), 0x06, "RR2 of B: nothing pending reads as 011");
	ok(!r.irq, "no interrupt");
	wreg(&r, CTRL_A, 15, 0x01);
	is(rr(&r, CTRL_A, 15), 0, "RR15 bit 0 stays 0: no WR7'");
	rig_down(&r);
}

static void t_pointer(void)
{
	struct rig r;

	rig_up(&r, 0);
	wreg(&r, CTRL_A, 12, 0x55);
	is(rd(&r, CTRL_A) & 0x44, 0x44, "after a write by pointer the next read is RR0");
	is(rr(&r, CTRL_A, 12), 0x55, "RR12 reads WR12 back");
	is(rd(&r, CTRL_A) & 0x44, 0x44, "after a read by pointer the next read is RR0");
	wreg(&r, CTRL_A, 13, 0xa3);
	is(rr(&r, CTRL_A, 13), 0xa3, "RR13 reads WR13 back");
	is(rr(&r, CTRL_B, 13), 0, "channel B has a WR13 of its own");
	point(&r, CTRL_B, 12);
	is(rd(&r, CTRL_A), 0x55, "one pointer serves both channels");
	point(&r, CTRL_A, 12);
	rd(&r, DATA_A);
	wr(&r, DATA_A, 0);
	is(rd(&r, CTRL_A), 0x55, "data accesses leave the pointer alone");
	point(&r, CTRL_A, 12);
	wr(&r, CTRL_A, 0x0d);
	is(rr(&r, CTRL_A, 12), 0x0d, "what follows a pointer is data, even if it looks like one");
	wr(&r, CTRL_A, 0x14); /* command 2 with pointer 4 */
	is(rd(&r, CTRL_A) & 0x43, 0x40,
	   "a command and a pointer in one write; RR4 is an image of RR0");
	is(rr(&r, CTRL_A, 5), 0x06, "RR5 is an image of RR1 (and a byte is being held)");
	is(rr(&r, CTRL_A, 9), 0xa3, "RR9 is an image of RR13");
	is(rr(&r, CTRL_A, 11), 0xf8, "RR11 is an image of RR15");
	is(rr(&r, CTRL_A, 14), 0, "RR14 is an image of RR10");
	wreg(&r, CTRL_A, 2, 0x9f);
	is(rr(&r, CTRL_A, 6), 0x9f, "RR6 is an image of RR2");
	is(rr(&r, CTRL_B, 2), 0x97, "WR2 is one register for both channels");
	wreg(&r, CTRL_B, 2, 0x40);
	is(rr(&r, CTRL_A, 2), 0x40, "and may be written from either");
	rig_down(&r);
}

static void t_resets(void)
{
	struct rig r;
	char buf[16];

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	open_line(&r, CTRL_B);
	wreg(&r, CTRL_A, 1, 0x12);
	wreg(&r, CTRL_B, 1, 0x12);
	wreg(&r, CTRL_A, 9, 0x08);
	feed(&r, 0, "x");
	feed(&r, 1, "y");
	is(rr(&r, CTRL_A, 3), 0x24, "both receivers pend");
	wreg(&r, CTRL_B, 9, 0x88);
	is(rr(&r, CTRL_A, 3), 0x04, "channel reset A leaves B pending");
	is(rd(&r, CTRL_A) & 0x01, 0, "and emptied A's FIFO");
	is(rr(&r, CTRL_A, 12), 0x0e, "but kept A's time constant");
	ok(r.irq, "B still interrupts");
	feed(&r, 0, "z");
	pass(&r, CHAR_MAX);
	is(rd(&r, CTRL_A) & 0x01, 0, "A's receiver is off");
	ok(chr_peek(&r.chr[0]), "so the byte waits outside");
	wreg(&r, CTRL_A, 9, 0x48);
	is(rr(&r, CTRL_A, 3), 0, "channel reset B");
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 1, 0x10);
	is(rd(&r, CTRL_A) & 1, 1, "the byte that waited comes in");
	ok(r.irq, "and interrupts");
	wreg(&r, CTRL_A, 9, 0xc0);
	ok(!r.irq, "hardware reset");
	is(rd(&r, CTRL_A) & 0x47, 0x44, "RR0 after it");
	is(rr(&r, CTRL_A, 15), 0xf8, "RR15 after it");
	wreg(&r, CTRL_A, 3, 0xc1);
	wreg(&r, CTRL_A, 5, 0x68);
	out(&r, 0, buf, sizeof(buf));
	wr(&r, DATA_A, 'o');
	feed(&r, 0, "i");
	pass(&r, CHAR_MAX);
	is(rd(&r, DATA_A), 'i', "a program that sets no more than WR3 and WR5 receives");
	is(out(&r, 0, buf, sizeof(buf)), 1, "and sends");
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 1, 0x10);
	feed(&r, 0, "w");
	pass(&r, CHAR_MAX);
	ok(!r.irq && rr(&r, CTRL_A, 3) == 0x20, "MIE is off after it");
	ok(sane(&r), "sane");
	rig_down(&r);
}

static void t_transmit(void)
{
	struct rig r;
	char buf[64];
	unsigned i;

	rig_up(&r, 0);
	wr(&r, DATA_A, 'h');
	pass(&r, CHAR_MAX);
	is(out(&r, 0, buf, sizeof(buf)), 0, "nothing is sent while the transmitter is off");
	is(rd(&r, CTRL_A) & 4, 0, "and the buffer stays full");
	open_line(&r, CTRL_A);
	out(&r, 0, buf, sizeof(buf));
	ok(!strcmp(buf, "h"), "it goes when the transmitter is enabled");
	is(rd(&r, CTRL_A) & 4, 4, "the buffer is empty at once: the shift register has it");
	is(rr(&r, CTRL_A, 1) & 1, 0, "not all is sent");
	wr(&r, DATA_A, 'i');
	is(rd(&r, CTRL_A) & 4, 0, "a second byte fills the buffer");
	pass(&r, CHAR_MAX);
	is(rd(&r, CTRL_A) & 4, 4, "time empties it");
	is(rr(&r, CTRL_A, 1) & 1, 1, "all is sent");
	out(&r, 0, buf, sizeof(buf));
	ok(!strcmp(buf, "i"), "once each");

	for (i = 0; i < 10; i++) {
		while (!(rd(&r, CTRL_A) & 4))
			pass(&r, 10);
		wr(&r, DATA_A, (u8)('0' + i));
	}
	out(&r, 0, buf, sizeof(buf));
	ok(!strcmp(buf, "0123456789"), "ten by polling");

	wreg(&r, CTRL_A, 5, 0xca); /* 6 bits... 40 */
	wr(&r, DATA_A, 0xff);
	pass(&r, CHAR_MAX);
	out(&r, 0, buf, sizeof(buf));
	is((u8)buf[0], 0x3f, "six bits a character");
	wreg(&r, CTRL_A, 5, 0xaa);
	wr(&r, DATA_A, 0xc1);
	pass(&r, CHAR_MAX);
	out(&r, 0, buf, sizeof(buf));
	is((u8)buf[0], 0x41, "seven bits a character");
	wreg(&r, CTRL_A, 5, 0xea);
	point(&r, CTRL_A, 8);
	wr(&r, CTRL_A, '8');
	out(&r, 0, buf, sizeof(buf));
	ok(!strcmp(buf, "8"), "WR8 is the data register");
	ok(sane(&r), "sane");
	rig_down(&r);
}

static void t_transmit_irq(void)
{
	struct rig r;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 9, 0x08);
	wreg(&r, CTRL_A, 1, 0x02);
	ok(!r.irq, "enabling with an empty buffer does not interrupt");
	wr(&r, DATA_A, 'a');
	ok(r.irq, "the buffer ran empty into the shift register");
	is(rr(&r, CTRL_A, 3), 0x10, "RR3: Tx A");
	is(rr(&r, CTRL_B, 3), 0, "RR3 of B reads 0");
	wr(&r, DATA_A, 'b');
	ok(!r.irq, "a write takes the interrupt away");
	pass(&r, CHAR_MAX);
	ok(r.irq, "until the buffer is empty again");
	wr(&r, CTRL_A, 0x28);
	ok(!r.irq && !rr(&r, CTRL_A, 3), "reset Tx interrupt pending");
	pass(&r, CHAR_MAX);
	ok(!r.irq, "for good: an empty shift register is no interrupt");
	wr(&r, DATA_A, 'c');
	ok(r.irq, "until the next character");
	wreg(&r, CTRL_A, 1, 0);
	ok(!r.irq && !rr(&r, CTRL_A, 3), "disabled");
	wr(&r, CTRL_A, 0x28);
	pass(&r, CHAR_MAX);
	wr(&r, DATA_A, 'd');
	wreg(&r, CTRL_A, 1, 0x02);
	ok(!r.irq, "a buffer that ran empty with the interrupt disabled is not told later");
	rig_down(&r);
}

static void t_receive(void)
{
	struct rig r;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	feed(&r, 0, "abcde");
	pass(&r, CHAR_MAX);
	is(r.chr[0].in.num, 2, "three fit, two wait outside");
	is(rd(&r, CTRL_A) & 1, 1, "RR0 shows one");
	is(rr(&r, CTRL_A, 1) & 0x70, 0, "no errors");
	is(rd(&r, DATA_A), 'a', "a");
	pass(&r, CHAR_MAX);
	is(r.chr[0].in.num, 1, "one place, one more");
	is(rr(&r, CTRL_A, 8), 'b', "b through RR8");
	is(rd(&r, DATA_A), 'c', "c");
	pass(&r, CHAR_MAX);
	is(rd(&r, DATA_A), 'd', "d");
	is(rd(&r, DATA_A), 'e', "e");
	is(rd(&r, CTRL_A) & 1, 0, "empty");
	is(rd(&r, DATA_A), 'e', "an empty FIFO shows its last character");
	wreg(&r, CTRL_A, 3, 0x41);
	feed(&r, 0, "\xc1");
	is(rd(&r, DATA_A), 0x41, "seven bits a character");
	pass(&r, CHAR_MAX);
	wreg(&r, CTRL_A, 3, 0xc0);
	feed(&r, 0, "x");
	pass(&r, CHAR_MAX);
	is(r.chr[0].in.num, 1, "a disabled receiver takes nothing");
	ok(sane(&r), "sane");
	rig_down(&r);
}

/* A guest that reads when it likes, 10,000 bytes, in order. */
static void t_receive_many(void)
{
	struct rig r;
	u32 seed = 12345, fed = 0, got = 0, bad = 0, turns = 0;
	u8 c;

	rig_up(&r, 0);
	open_line(&r, CTRL_B);
	while (got < 10000 && turns++ < 2000000) {
		seed = seed * 1664525 + 1013904223;
		while (fed < 10000 && (seed >> 20 & 3) == 0 && chr_in_room(&r.chr[1])) {
			c = (u8)(fed * 7 + fed / 256);
			chr_feed(&r.chr[1], &c, 1);
			fed++;
			seed = seed * 1664525 + 1013904223;
		}
		pass(&r, seed >> 18 & 0x3fff);
		if (!(seed >> 10 & 3) || !(rd(&r, CTRL_B) & 1))
			continue;
		bad += rd(&r, DATA_B) != (u8)(got * 7 + got / 256);
		got++;
	}
	is(got, 10000, "all came");
	is(bad, 0, "in order");
	is(rr(&r, CTRL_B, 1) & 0x20, 0, "and none overran");
	rig_down(&r);
}

static void t_receive_modes(void)
{
	struct rig r;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 9, 0x08);
	wreg(&r, CTRL_A, 1, 0x10);
	feed(&r, 0, "ab");
	pass(&r, CHAR_MAX);
	ok(r.irq && rr(&r, CTRL_A, 3) == 0x20, "all characters: pending");
	rd(&r, DATA_A);
	ok(r.irq, "while there is another");
	rd(&r, DATA_A);
	ok(!r.irq, "and no longer");

	wreg(&r, CTRL_A, 1, 0x08);
	feed(&r, 0, "cd");
	pass(&r, CHAR_MAX);
	ok(r.irq, "first character: pending");
	rd(&r, DATA_A);
	ok(!r.irq, "the second does not interrupt");
	wr(&r, CTRL_A, 0x20);
	ok(r.irq, "enable on next character, with one waiting");
	rd(&r, DATA_A);
	feed(&r, 0, "e");
	pass(&r, CHAR_MAX);
	ok(!r.irq, "it had its one");
	rd(&r, DATA_A);
	wr(&r, CTRL_A, 0x20);
	ok(!r.irq, "enable on next character, with none waiting");
	feed(&r, 0, "f");
	pass(&r, CHAR_MAX);
	ok(r.irq, "until it comes");
	rd(&r, DATA_A);

	wreg(&r, CTRL_A, 1, 0x18);
	feed(&r, 0, "g");
	pass(&r, CHAR_MAX);
	ok(!r.irq, "special only: a plain character is silent");
	is(rd(&r, DATA_A), 'g', "but there");
	chr_feed_break(&r.chr[0]);
	ok(r.irq && rr(&r, CTRL_A, 3) == 0x20, "a framing error is not");
	is(rr(&r, CTRL_A, 1) & 0x40, 0x40, "RR1 shows it");
	pass(&r, 10 * CHAR_MAX);
	feed(&r, 0, "h");
	pass(&r, CHAR_MAX);
	is(rd(&r, DATA_A), 0, "the break's null");
	ok(r.irq && rd(&r, DATA_A) == 0, "the FIFO is locked on it");
	wr(&r, CTRL_A, 0x30);
	ok(!r.irq, "until Error Reset");
	is(rd(&r, DATA_A), 'h', "then the next one shows");
	ok(sane(&r), "sane");

	wreg(&r, CTRL_A, 1, 0);
	feed(&r, 0, "i");
	pass(&r, CHAR_MAX);
	ok(!r.irq && !rr(&r, CTRL_A, 3), "receive interrupts off");
	rig_down(&r);
}

enum { DCD_A, CTS_A, DCD_B, CTS_B };

static void t_status(void)
{
	struct rig r;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 9, 0x08);
	wreg(&r, CTRL_A, 15, 0x08);
	wreg(&r, CTRL_A, 1, 0x01);
	escc_class.irq_in(r.chip, CTS_A, false);
	ok(!r.irq, "a CTS change that WR15 does not name");
	is(rd(&r, CTRL_A) & 0x20, 0, "still shows in RR0");
	escc_class.irq_in(r.chip, DCD_A, false);
	ok(r.irq && rr(&r, CTRL_A, 3) == 0x08, "a DCD change that it names interrupts");
	is(rd(&r, CTRL_A) & 0x08, 0, "DCD is 0");
	escc_class.irq_in(r.chip, DCD_A, true);
	is(rd(&r, CTRL_A) & 0x08, 0, "and is held so while the interrupt pends");
	escc_class.irq_in(r.chip, CTS_A, true);
	is(rd(&r, CTRL_A) & 0x20, 0x20, "CTS, not enabled, is not held");
	wr(&r, CTRL_A, 0x10);
	ok(r.irq, "reset ext/status: the change since then interrupts again");
	is(rd(&r, CTRL_A) & 0x08, 0x08, "with the new value");
	wr(&r, CTRL_A, 0x10);
	ok(!r.irq, "and that was all");
	escc_class.irq_in(r.chip, DCD_A, true);
	ok(!r.irq, "no change, no interrupt");
	wreg(&r, CTRL_A, 1, 0);
	escc_class.irq_in(r.chip, DCD_A, false);
	ok(!r.irq, "WR1.0 is the master enable");
	is(rd(&r, CTRL_A) & 0x08, 0, "without it nothing is held");
	escc_class.irq_in(r.chip, DCD_A, true);
	is(rd(&r, CTRL_A) & 0x08, 0x08, "RR0 follows the pin");
	wreg(&r, CTRL_A, 15, 0x40);
	wreg(&r, CTRL_A, 1, 0x01);
	wr(&r, CTRL_A, 0xc0);
	is(rd(&r, CTRL_A) & 0x40, 0, "reset Tx underrun/EOM latch");
	ok(!r.irq, "its fall does not interrupt");
	wr(&r, CTRL_A, 0x18);
	is(rd(&r, CTRL_A) & 0x40, 0x40, "send abort sets it");
	ok(r.irq, "its rise interrupts");
	ok(sane(&r), "sane");
	rig_down(&r);
}

static void t_break(void)
{
	struct rig r;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 9, 0x08);
	wreg(&r, CTRL_A, 15, 0x80);
	wreg(&r, CTRL_A, 1, 0x11);
	chr_feed_break(&r.chr[0]);
	feed(&r, 0, "k");
	is(rr(&r, CTRL_A, 3), 0x28, "BREAK: ext/status and receive pend");
	is(rd(&r, CTRL_A) & 0x81, 0x81, "RR0: break, character available");
	is(rd(&r, DATA_A), 0, "the null character");
	wr(&r, CTRL_A, 0x30);
	wr(&r, CTRL_A, 0x10);
	ok(!r.irq, "served");
	is(rd(&r, CTRL_A) & 0x81, 0x80, "the line is still in BREAK, nothing comes meanwhile");
	pass(&r, 10000000);
	is(rd(&r, CTRL_A) & 0x80, 0, "it ends");
	is(rr(&r, CTRL_A, 3), 0x28, "which interrupts too, and input goes on");
	is(rd(&r, DATA_A), 'k', "k");
	wr(&r, CTRL_A, 0x10);
	ok(!r.irq, "served");

	wreg(&r, CTRL_A, 3, 0xc0);
	chr_feed_break(&r.chr[0]);
	ok(!r.irq, "a BREAK waits for the receiver");
	wreg(&r, CTRL_A, 3, 0xc1);
	ok(r.irq, "and comes when it is enabled");
	pass(&r, 10000000);
	wr(&r, CTRL_A, 0x10);
	wr(&r, CTRL_A, 0x10);
	rd(&r, DATA_A);
	feed(&r, 0, "123");
	pass(&r, CHAR_MAX);
	chr_feed_break(&r.chr[0]);
	is(rd(&r, CTRL_A) & 0x80, 0x80, "a full FIFO does not hold a BREAK up");
	is(rd(&r, DATA_A), '1', "and loses nothing for it");
	is(rd(&r, DATA_A), '2', "2");
	is(rd(&r, DATA_A), '3', "3");
	ok(sane(&r), "sane");
	rig_down(&r);
}

/* Make all six sources pend. */
static void all_sources(struct rig *r)
{
	static const u32 ctrl[] = { CTRL_A, CTRL_B };
	unsigned i;

	for (i = 0; i < 2; i++) {
		open_line(r, ctrl[i]);
		wreg(r, ctrl[i], 15, 0x20);
		wreg(r, ctrl[i], 1, 0x13);
		wr(r, ctrl[i] + 2, 'x');
		feed(r, i, "r");
		escc_class.irq_in(r->chip, i ? CTS_B : CTS_A, false);
	}
	pass(r, CHAR_MAX);
}

static void t_vectors(void)
{
	/* In order of priority: RR3 bit, the three status bits, and how to serve it. */
	static const struct {
		u8 ip, st;
		u32 ctrl;
		u8 cmd; /* 0: read the data */
	} src[] = { { 0x20, 6, CTRL_A, 0 }, { 0x10, 4, CTRL_A, 0x28 }, { 0x08, 5, CTRL_A, 0x10 },
		    { 0x04, 2, CTRL_B, 0 }, { 0x02, 0, CTRL_B, 0x28 }, { 0x01, 1, CTRL_B, 0x10 } };
	struct rig r;
	unsigned i, left = 0x3f;

	rig_up(&r, 0);
	all_sources(&r);
	wreg(&r, CTRL_A, 2, 0xa1);
	is(rr(&r, CTRL_A, 3), 0x3f, "six sources pend");
	ok(!r.irq, "silently, without MIE");
	wreg(&r, CTRL_A, 9, 0x08);
	ok(r.irq, "MIE lets them through");
	for (i = 0; i < 6; i++) {
		u8 st = src[i].st;
		u8 high = (u8)((st & 4 ? 0x10 : 0) | (st & 2 ? 0x20 : 0) | (st & 1 ? 0x40 : 0));

		is(rr(&r, CTRL_A, 3), left, "RR3 before source %u is served", i);
		is(rr(&r, CTRL_B, 2), (0xa1 & ~0x0e) | st << 1, "its vector, status low");
		wreg(&r, CTRL_A, 9, 0x18);
		is(rr(&r, CTRL_B, 2), (0xa1 & ~0x70) | high, "its vector, status high");
		wreg(&r, CTRL_A, 9, 0x08);
		is(rr(&r, CTRL_A, 2), 0xa1, "channel A reads the plain vector");
		ok(r.irq, "interrupt");
		if (src[i].cmd)
			wr(&r, src[i].ctrl, src[i].cmd);
		else
			rd(&r, src[i].ctrl + 2);
		left &= ~(unsigned)src[i].ip;
	}
	ok(!r.irq, "none is left");
	is(rr(&r, CTRL_B, 2), (0xa1 & ~0x0e) | 3 << 1, "none, low");
	wreg(&r, CTRL_A, 9, 0x18);
	is(rr(&r, CTRL_B, 2), (0xa1 & ~0x70) | 0x60, "none, high");
	wreg(&r, CTRL_A, 9, 0x08);
	pass(&r, CHAR_MAX);
	chr_feed_break(&r.chr[0]);
	is(rr(&r, CTRL_B, 2), (0xa1 & ~0x0e) | 7 << 1, "special condition A");
	rd(&r, DATA_A);
	wr(&r, CTRL_A, 0x30);
	chr_feed_break(&r.chr[1]);
	is(rr(&r, CTRL_B, 2), (0xa1 & ~0x0e) | 3 << 1, "special condition B");
	is(rr(&r, CTRL_A, 3), 0x04, "is told from none by RR3");
	ok(sane(&r), "sane");
	rig_down(&r);
}

static void t_in_service(void)
{
	struct rig r;

	rig_up(&r, 0);
	wr(&r, CTRL_A, 0x38);
	ok(!r.irq, "reset highest IUS with none in service");
	all_sources(&r);
	wreg(&r, CTRL_A, 9, 0x28);
	wreg(&r, CTRL_A, 2, 0);
	rd(&r, DATA_A);
	is(rr(&r, CTRL_B, 2), 4 << 1, "software acknowledge of Tx A");
	ok(!r.irq, "in service, it and all below are held back");
	is(rr(&r, CTRL_A, 3), 0x1f, "though they pend");
	is(rr(&r, CTRL_B, 2), 3 << 1, "a second acknowledge finds nothing");
	feed(&r, 0, "s");
	pass(&r, CHAR_MAX);
	ok(r.irq, "a higher source comes through");
	is(rr(&r, CTRL_B, 2), 6 << 1, "and is acknowledged");
	ok(!r.irq, "two in service");
	rd(&r, DATA_A);
	wr(&r, CTRL_A, 0x38);
	ok(!r.irq, "reset highest IUS: Rx A; Tx A is still in service");
	wr(&r, CTRL_A, 0x38);
	ok(r.irq, "again: Tx A; it pends still");
	is(rr(&r, CTRL_B, 2), 4 << 1, "it was not served");
	wreg(&r, CTRL_A, 9, 0x08);
	wr(&r, CTRL_A, 0x38);
	rr(&r, CTRL_B, 2);
	ok(r.irq, "without WR9.5 reading RR2 acknowledges nothing");
	ok(sane(&r), "sane");
	rig_down(&r);
}

static void t_loopback(void)
{
	struct rig r;
	char buf[16];
	unsigned i;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	wreg(&r, CTRL_A, 14, 0x13);
	feed(&r, 0, "outside");
	wr(&r, DATA_A, 0x5a);
	is(rd(&r, CTRL_A) & 1, 0, "nothing before the character is through");
	pass(&r, CHAR_MAX);
	is(rd(&r, CTRL_A) & 1, 1, "local loopback");
	is(rd(&r, DATA_A), 0x5a, "returns it");
	is(r.chr[0].in.num, 7, "and does not listen outside");
	is(out(&r, 0, buf, sizeof(buf)), 1, "but is heard there");
	for (i = 0; i < 4; i++) {
		wr(&r, DATA_A, (u8)(0x10 + i));
		pass(&r, CHAR_MAX);
	}
	is(rr(&r, CTRL_A, 1) & 0x20, 0, "the overrun shows when its character is the oldest");
	is(rd(&r, DATA_A), 0x10, "first");
	is(rd(&r, DATA_A), 0x11, "second");
	is(rr(&r, CTRL_A, 1) & 0x20, 0x20, "overrun");
	is(rd(&r, DATA_A), 0x13, "the last one replaced the third");
	is(rr(&r, CTRL_A, 1) & 0x20, 0x20, "the bit is held");
	wr(&r, CTRL_A, 0x30);
	is(rr(&r, CTRL_A, 1) & 0x20, 0, "until Error Reset");
	wreg(&r, CTRL_A, 5, 0xfa);
	is(rd(&r, CTRL_A) & 0x80, 0x80, "a BREAK is looped too");
	wreg(&r, CTRL_A, 5, 0xea);
	is(rd(&r, CTRL_A) & 0x80, 0, "and ends");
	rd(&r, DATA_A);
	wreg(&r, CTRL_A, 14, 0x03);
	pass(&r, CHAR_MAX);
	is(rd(&r, DATA_A), 'o', "loop opened: what waited comes in");

	out(&r, 0, buf, sizeof(buf));
	wreg(&r, CTRL_A, 14, 0x0b);
	pass(&r, 10 * CHAR_MAX);
	wr(&r, DATA_A, 'q');
	pass(&r, CHAR_MAX);
	out(&r, 0, buf, sizeof(buf));
	ok(!strcmp(buf, "utsi") || !strncmp("uts", buf, strlen(buf)),
	   "auto echo sends what is received and not what is written (%s)", buf);
	ok(sane(&r), "sane");
	rig_down(&r);
}

static void t_auto_enables(void)
{
	struct rig r;
	char buf[16];

	rig_up(&r, 0);
	open_line(&r, CTRL_B);
	wreg(&r, CTRL_B, 3, 0xe1);
	escc_class.irq_in(r.chip, CTS_B, false);
	wr(&r, DATA_B, 't');
	pass(&r, CHAR_MAX);
	is(out(&r, 1, buf, sizeof(buf)), 0, "auto enables: no CTS, no transmitter");
	is(rd(&r, CTRL_B) & 4, 0, "the buffer stays full");
	escc_class.irq_in(r.chip, CTS_B, true);
	is(out(&r, 1, buf, sizeof(buf)), 1, "CTS lets it go");
	escc_class.irq_in(r.chip, DCD_B, false);
	feed(&r, 1, "u");
	is(rd(&r, CTRL_B) & 1, 0, "no DCD, no receiver");
	escc_class.irq_in(r.chip, DCD_B, true);
	is(rd(&r, CTRL_B) & 1, 1, "DCD lets it come");
	escc_class.irq_in(r.chip, 99, true);
	ok(sane(&r), "sane");
	rig_down(&r);
}

/* How long the shift register holds a character. */
static u64 char_time(struct rig *r, u32 ctrl)
{
	u64 from = clock_now(&r->clock);

	wr(r, ctrl + 2, 'T');
	while (!(rr(r, ctrl, 1) & 1) && clock_now(&r->clock) - from < 100000000)
		pass(r, 1);
	return clock_now(&r->clock) - from;
}

static void t_timing(void)
{
	struct rig r;
	u64 ns;
	unsigned i;
	char buf[4096];

	rig_up(&r, 1);
	open_line(&r, CTRL_A);
	/* 4915200 / 2 / 16 / (14 + 2) = 9600 baud, 10 bits */
	is(char_time(&r, CTRL_A), 1041666, "true timing: 9600 baud, 8N1");
	wreg(&r, CTRL_A, 4, 0x4d); /* parity, two stop bits: 12 bits */
	is(char_time(&r, CTRL_A), 1250000, "8O2 takes 12 bits");
	wreg(&r, CTRL_A, 4, 0x44);
	wreg(&r, CTRL_A, 12, 0x02); /* 4915200 / 2 / 16 / 4 = 38400 baud */
	is(char_time(&r, CTRL_A), 260416, "38400 baud");
	wreg(&r, CTRL_A, 14, 0x02);
	ns = char_time(&r, CTRL_A);
	ok(ns > 0 && ns < 10000, "generator off: the short time (%llu)", (unsigned long long)ns);
	feed(&r, 0, "ab");
	wreg(&r, CTRL_A, 14, 0x03);
	rd(&r, DATA_A);
	pass(&r, CHAR_MAX);
	is(rd(&r, CTRL_A) & 1, 1, "receiving goes on");
	rig_down(&r);

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	ns = clock_now(&r.clock);
	for (i = 0; i < 100000; i++) {
		while (!(rd(&r, CTRL_A) & 4))
			pass(&r, 50);
		wr(&r, DATA_A, 'z');
		if (i % 1000 == 0)
			out(&r, 0, buf, sizeof(buf));
	}
	ns = clock_now(&r.clock) - ns;
	ok(ns < 100000ull * 1000, "bulk output costs less than 1 us a byte (%llu ns for 100,000)",
	   (unsigned long long)ns);
	rig_down(&r);
}

static void polls(struct rig *r, u32 ctrl, unsigned n, u64 gap)
{
	while (n--) {
		rd(r, ctrl);
		pass(r, gap);
	}
}

static void t_idle(void)
{
	struct rig r;
	unsigned calls;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	pass(&r, CHAR_MAX);
	polls(&r, CTRL_A, 63, 100);
	ok(!r.idle, "63 polls");
	rd(&r, CTRL_A);
	ok(r.idle, "64 polls: the guest only waits");
	calls = r.idle_calls;
	clock_skip_to(&r.clock, clock_now(&r.clock) + 10000000);
	polls(&r, CTRL_A, 5, 20000);
	ok(r.idle, "time that an idle machine skips does not matter");
	is(r.idle_calls, calls + 5, "every further poll is told");
	wr(&r, CTRL_A, 0);
	ok(r.idle, "a WR0 write of 0 is part of polling");
	feed(&r, 0, "a");
	ok(!r.idle, "input ends it");
	polls(&r, CTRL_A, 200, 100);
	ok(!r.idle, "no waiting while a character waits");
	rd(&r, DATA_A);
	polls(&r, CTRL_A, 64, 100);
	ok(r.idle, "read, and waiting again");
	wr(&r, DATA_A, 'e');
	ok(!r.idle, "output ends it");
	wr(&r, DATA_A, 'f');
	for (calls = 0; calls < 200; calls++)
		rd(&r, CTRL_A);
	ok(!r.idle, "waiting for the transmitter is something else");
	pass(&r, CHAR_MAX);
	polls(&r, CTRL_A, 64, 26600);
	ok(r.idle, "a slow loop of a Forth system");
	r.clock.insns += 1000000;
	rd(&r, CTRL_A);
	ok(!r.idle, "a million instructions between two polls were work");
	polls(&r, CTRL_A, 40, 10);
	rr(&r, CTRL_A, 1);
	polls(&r, CTRL_A, 40, 10);
	ok(!r.idle, "other registers start the count anew");
	polls(&r, CTRL_B, 40, 10);
	ok(r.idle, "the count is the chip's");
	escc_class.reset(r.chip);
	ok(!r.idle, "reset ends it");
	rig_down(&r);
}

static u8 *save(const struct rig *r, u64 *size)
{
	u8 *p;

	*size = field_stream_size(escc_class.fields);
	p = malloc(*size);
	field_save(escc_class.fields, dev_state(r->chip), p);
	return p;
}

/* Move a chip's state to another one, whose clock stands at the same instant. */
static bool move(struct rig *to, const struct rig *from)
{
	u64 size, again;
	u8 *a = save(from, &size), *b;
	bool same;

	to->clock.insns = from->clock.insns;
	if (field_load(escc_class.fields, dev_state(to->chip), a)) {
		free(a);
		return false;
	}
	escc_class.loaded(to->chip);
	b = save(to, &again);
	same = size == again && !memcmp(a, b, size);
	free(a);
	free(b);
	return same;
}

static void t_state(void)
{
	struct rig a, b;
	const char *bad = field_check(escc_class.fields, escc_class.state_size);

	ok(!bad, "the field table tiles the state (%s)", bad ? bad : "-");
	rig_up(&a, 0);
	rig_up(&b, 0);
	open_line(&a, CTRL_A);
	wreg(&a, CTRL_A, 1, 0x12);
	wreg(&a, CTRL_A, 9, 0x08);
	wr(&a, DATA_A, 'x');
	wr(&a, DATA_A, 'y');
	feed(&a, 0, "in");
	ok(move(&b, &a), "moved in mid-character, and saved again the same");
	ok(b.irq, "its interrupt is raised there");
	is(rd(&b, CTRL_A) & 4, 0, "the buffer is full there");
	pass(&b, CHAR_MAX);
	is(rd(&b, CTRL_A) & 4, 4, "and runs empty there");
	is(rr(&b, CTRL_A, 1) & 1, 1, "all sent");
	is(b.chr[0].out.num, 0, "what was told outside is not told twice");
	is(rd(&b, DATA_A), 'i', "the received character came along");
	feed(&b, 0, "n");
	pass(&b, CHAR_MAX);
	is(rd(&b, DATA_A), 'n', "input goes on");
	chr_feed_break(&a.chr[0]);
	pass(&a, 20000);
	rig_down(&b);
	rig_up(&b, 0);
	feed(&b, 0, "q"); /* input that the other chip never saw */
	move(&b, &a);
	pass(&b, CHAR_MAX * 20);
	is(b.chr[0].in.num, 0, "input that waits is noticed after a load");
	rig_down(&a);
	rig_down(&b);
}

/* Anything a guest can do leaves a state that a load would accept, and two runs agree. */
static void storm(struct rig *r, u32 seed, unsigned n, unsigned *insane)
{
	static const char text[] = "storm";

	while (n--) {
		seed = seed * 1664525 + 1013904223;
		switch (seed >> 29) {
		case 0:
			rd(r, seed >> 16 & 7);
			break;
		case 1:
			pass(r, seed >> 16 & 0xfff);
			break;
		case 2:
			if (!(seed >> 16 & 0xf))
				chr_feed_break(&r->chr[seed >> 20 & 1]);
			else if (chr_in_room(&r->chr[seed >> 20 & 1]) > 5)
				chr_feed(&r->chr[seed >> 20 & 1], (const u8 *)text, 5);
			break;
		case 3:
			escc_class.irq_in(r->chip, seed >> 16 & 3, seed >> 20 & 1);
			break;
		case 4:
			rd(r, (seed >> 16 & 7) | 2);
			break;
		default:
			wr(r, seed >> 16 & 7, (u8)(seed >> 8));
			break;
		}
		*insane += !sane(r);
	}
}

static void t_storm(void)
{
	struct rig a, b;
	unsigned insane = 0, refused = 0, seed;
	u64 size;
	u8 *sa, *sb;

	for (seed = 1; seed <= 20; seed++) {
		rig_up(&a, seed & 1);
		rig_up(&b, seed & 1);
		storm(&a, seed, 10000, &insane);
		storm(&b, seed, 10000, &insane);
		sa = save(&a, &size);
		sb = save(&b, &size);
		if (memcmp(sa, sb, size) || a.irq != b.irq)
			insane++;
		free(sa);
		free(sb);
		refused += !move(&b, &a);
		rig_down(&a);
		rig_down(&b);
	}
	is(insane, 0, "random accesses keep the invariants, and repeat");
	is(refused, 0, "and can be saved and loaded");
}

/* The instance with nothing plugged in. */
static void t_unplugged(void)
{
	struct rig r;
	unsigned insane = 0, i;
	struct dev *dev;

	rig_up(&r, 0);
	dev = r.chip;
	dev->chr[0] = dev->chr[1] = NULL;
	memset(dev->irq, 0, sizeof(dev->irq));
	for (i = 0; i < 10; i++)
		storm(&r, 77 + i, 1000, &insane);
	is(insane, 0, "no streams, no wires");
	rig_down(&r);
}

/* Without the transmit interrupt there is no event for a character, but every look sees what the time has done. */
static void t_unnoticed(void)
{
	struct rig r;

	rig_up(&r, 0);
	open_line(&r, CTRL_A);
	wr(&r, DATA_A, 'a');
	wr(&r, DATA_A, 'b');
	is(clock_next(&r.clock), CLOCK_NEVER, "two characters polled out: no event");
	is(rd(&r, CTRL_A) & 4, 0, "the buffer is full");
	pass(&r, 1);
	is(rd(&r, CTRL_A) & 4, 0, "and is after a nanosecond");
	pass(&r, 99);
	is(rd(&r, CTRL_A) & 4, 4, "it is empty after 100");
	is(rr(&r, CTRL_A, 1) & 1, 1, "as is the shift register: 50 each");
	wr(&r, DATA_A, 'c');
	wr(&r, DATA_A, 'd');
	pass(&r, 60);
	is(rd(&r, CTRL_A) & 4, 4, "after 60 the second one is on its way");
	is(rr(&r, CTRL_A, 1) & 1, 0, "but not sent");
	ok(sane(&r), "which is a state that can be saved");
	pass(&r, 1000000);
	is(rr(&r, CTRL_A, 1) & 1, 1, "long after it is");
	wr(&r, DATA_A, 'e');
	wr(&r, DATA_A, 'f');
	wreg(&r, CTRL_A, 9, 0x08);
	wreg(&r, CTRL_A, 1, 0x02);
	ok(clock_next(&r.clock) != CLOCK_NEVER, "with the interrupt on there is one");
	is(r.irq, false, "which is yet to come");
	pass(&r, 50);
	is(r.irq, true, "and interrupts");
	is(rd(&r, CTRL_A) & 4, 4, "the buffer being empty");
	rig_down(&r);
}

int main(void)
{
	t_reset_values();
	t_pointer();
	t_resets();
	t_transmit();
	t_transmit_irq();
	t_receive();
	t_receive_many();
	t_receive_modes();
	t_status();
	t_break();
	t_vectors();
	t_in_service();
	t_loopback();
	t_auto_enables();
	t_timing();
	t_unnoticed();
	t_idle();
	t_state();
	t_storm();
	t_unplugged();
	return tap_done();
}
