/* SPDX-License-Identifier: MIT */
/*
 * An input as a program of register accesses, deadlines, things that happen outside, and memory for
 * DMA. One step is an octet that says what, and then what that takes:
 *
 *	.....000 ..010	load: which region, offset	bits 4:3 log2 of the width
 *	.....011 ..101	store: the same, and a value; bits 7:6: of 8, 16, 32 bits, or an address in the IOMMU's window
 *	.....110	time: bits 7:3 how; not beyond the next deadline
 *	.....111	bits 7:3 pick from fuzz_special()
 *
 * After each step the chips must be in a state that their own checks accept, having done a bounded
 * amount of work. A target names the chips that it is about.
 */
#ifndef T_FUZZ_DEVICE_H
#define T_FUZZ_DEVICE_H

#include "dev/esp.h"
#include "dev/sun-kbd.h"
#include "dev/sun-mouse.h"
#include "t/fuzz/machine.h"

#define FUZZ_STEPS 2000
#define FUZZ_RANGES 64

struct fuzz_device {
	struct fuzz_machine *f;
	struct dev *chip[MACHINE_DEVS]; /* that it is about */
	unsigned nr_chips;
	const struct bus_range *range[FUZZ_RANGES];
	unsigned nr_ranges;
	/* The last access, for it to be repeated. */
	u64 pa;
	unsigned size;
	bool store;
	u64 val;
	u8 stream[65536];
};

static inline bool fuzz_about(const struct fuzz_device *d, const void *chip)
{
	for (unsigned i = 0; i < d->nr_chips; i++)
		if (d->chip[i] == chip)
			return true;
	return false;
}

/* about: names of board rows, ended by NULL; NULL: every chip. */
static inline struct fuzz_device *fuzz_device_new(const char *board, enum machine_vga vga,
						  const char *const *about)
{
	struct fuzz_device *d = calloc(1, sizeof(*d));
	struct machine *m;

	FUZZ_CHECK(d);
	d->f = fuzz_machine_new(board, vga);
	m = d->f->m;
	for (unsigned i = 0; i < m->nr_devs; i++) {
		bool mine = !about;

		for (const char *const *name = about; name && *name; name++)
			mine = mine || !strcmp(*name, m->dev[i].row->name);
		if (mine)
			d->chip[d->nr_chips++] = m->dev[i].chip;
	}
	for (unsigned i = 0; i < m->bus.nr && d->nr_ranges < FUZZ_RANGES; i++)
		if (m->bus.range[i].io && fuzz_about(d, m->bus.range[i].chip))
			d->range[d->nr_ranges++] = &m->bus.range[i];
	FUZZ_CHECK(d->nr_ranges);
	return d;
}

static inline void fuzz_sound(struct fuzz_device *d)
{
	fuzz_budget(d->f);
	for (unsigned i = 0; i < d->nr_chips; i++) {
		const struct dev *chip = d->chip[i];

		if (chip->cls->check)
			FUZZ_CHECK(chip->cls->check(chip), "%s", chip->name);
	}
}

/* What is saved of a chip must be what it has again when that was loaded, and what its check accepts. */
static inline void fuzz_reload(struct fuzz_device *d, struct dev *chip)
{
	u64 n = field_stream_size(chip->cls->fields);
	u8 *again = d->stream + n;
	const char *bad;

	FUZZ_CHECK(2 * n <= sizeof(d->stream));
	field_save(chip->cls->fields, dev_state(chip), d->stream);
	bad = field_load(chip->cls->fields, dev_state(chip), d->stream);
	FUZZ_CHECK(!bad, "%s: %s", chip->name, bad);
	if (chip->cls->loaded)
		chip->cls->loaded(chip);
	field_save(chip->cls->fields, dev_state(chip), again);
	FUZZ_CHECK(!memcmp(d->stream, again, n), "%s", chip->name);
}

static inline void fuzz_access(struct fuzz_device *d)
{
	u64 val = d->val;

	if (d->store)
		bus_write(&d->f->m->bus, d->pa, d->size, val);
	else
		bus_read(&d->f->m->bus, d->pa, d->size, &val);
}

static inline u64 fuzz_value(struct fuzz_in *in, unsigned how)
{
	switch (how & 3) {
	case 0:
		return in8(in);
	case 1:
		return in16(in);
	case 2:
		return in32(in);
	default:
		return FUZZ_WINDOW | (u64)in16(in) << 4;
	}
}

static inline void fuzz_register(struct fuzz_device *d, struct fuzz_in *in, u8 op)
{
	const struct bus_range *r = d->range[in8(in) % d->nr_ranges];
	u32 off;

	d->size = 1u << (op >> 3 & 3);
	off = r->size > 256 ? in16(in) : in8(in);
	if (r->size > 65536)
		off *= 64;
	d->pa = r->pa + (off % (r->size ? r->size : 1) & ~(u64)(d->size - 1));
	d->store = (op & 7) >= 3;
	if (d->store)
		d->val = fuzz_value(in, op >> 6);
	fuzz_access(d);
}

/* A machine runs up to the next deadline, never past it. */
static inline void fuzz_time(struct fuzz_device *d, struct fuzz_in *in, u8 how)
{
	struct clock *clock = &d->f->m->clock;
	u64 now = clock_now(clock), next = clock_next(clock), to;

	if (how < 8 && next != CLOCK_NEVER)
		to = next;
	else
		to = now + ((u64)in8(in) << how);
	clock->insns += (to < next ? to : next) - now;
	clock_run(clock);
}

static inline void fuzz_bytes(struct fuzz_in *in, u8 *buf, u32 n)
{
	for (u32 i = 0; i < n; i++)
		buf[i] = in8(in);
}

static inline void fuzz_memory(struct fuzz_device *d, struct fuzz_in *in)
{
	u32 pa = (u32)in16(in) << 4, n = in8(in) & 63;
	u8 buf[64];

	fuzz_bytes(in, buf, n);
	bus_copy_to(&d->f->m->bus, pa, buf, n);
}

static inline void fuzz_serial(struct fuzz_device *d, struct fuzz_in *in)
{
	struct chr *chr = &d->f->m->chr[in8(in) % CHR_NR];
	u8 n = in8(in) & 63, buf[64];

	if (n == 0) {
		chr_feed_break(chr);
		return;
	}
	fuzz_bytes(in, buf, n);
	if (n <= chr_in_room(chr))
		chr_feed(chr, buf, n);
}

static inline void fuzz_frame(struct fuzz_device *d, struct fuzz_in *in)
{
	u8 frame[NET_FRAME_MAX] = { 0 };
	u32 len = in16(in) % (NET_FRAME_MAX + 1);

	fuzz_bytes(in, frame, 16);
	net_feed(&d->f->net, frame, len);
}

static inline void fuzz_take(struct fuzz_device *d)
{
	u8 buf[256];

	for (unsigned i = 0; i < CHR_NR; i++)
		while (chr_take(&d->f->m->chr[i], buf, sizeof(buf)))
			;
	for (const struct net_frame *frame; (frame = net_out(&d->f->net));) {
		FUZZ_CHECK(frame->len >= NET_FRAME_MIN && frame->len <= NET_FRAME_MAX);
		net_out_done(&d->f->net);
	}
}

/* A selection as a driver does it, of a target that is there mostly, with a command block of the input. */
static inline void fuzz_select(struct fuzz_device *d, struct fuzz_in *in)
{
	static const u8 ids[] = { 3, 6, 4, 0 };
	struct machine *m = d->f->m;
	struct dev *esp = machine_chip(m, "esp"), *dma = machine_chip(m, "espdma");
	u8 id = in8(in), msg[17] = { 0x80 };
	const struct region *e, *r;

	fuzz_bytes(in, msg + 1, id >> 4);
	if (!esp || !dma || !fuzz_about(d, esp))
		return;
	e = &esp->cls->region[0];
	r = &dma->cls->region[0];
	bus_copy_to(&m->bus, 0x1000, msg, sizeof(msg));
	e->write(esp, 4 * 3, 1, 1); /* flush the FIFO */
	e->write(esp, 4 * 4, ids[id & 3], 1);
	e->write(esp, 0, 1 + (id >> 4), 1);
	e->write(esp, 4, 0, 1);
	r->write(dma, 4, FUZZ_WINDOW | 0x1000, 4);
	r->write(dma, 0, 0x210, 4);
	e->write(esp, 4 * 3, 0xc2, 1);
}

static inline void fuzz_input(struct fuzz_device *d, struct fuzz_in *in)
{
	void *kbd = machine_chip(d->f->m, "keyboard"), *mouse = machine_chip(d->f->m, "mouse");
	u8 what = in8(in), how = in8(in);

	if (what & 0x80)
		sun_kbd_key(kbd, what & 0x7f, how & 1);
	else
		sun_mouse_move(mouse, (s32)in32(in), (s32)((u32)how << (what & 15)), what >> 4);
}

/* Another medium is put in: the disc, none, or the disk's. */
static inline void fuzz_medium(struct fuzz_device *d, struct fuzz_in *in)
{
	struct fuzz_machine *f = d->f;
	struct block *media[] = { f->disc, NULL, f->disk, f->disc };
	u8 how = in8(in);

	scsi_change_medium(f->m->scsi.target[how & 4 ? 6 : 4], media[how & 3]);
}

static inline void fuzz_special(struct fuzz_device *d, struct fuzz_in *in, u8 which)
{
	struct machine *m = d->f->m;
	u8 n;

	switch (which) {
	case 0 ... 6:
		fuzz_memory(d, in);
		break;
	case 7 ... 9:
		fuzz_serial(d, in);
		break;
	case 10 ... 11:
		fuzz_frame(d, in);
		break;
	case 12:
		fuzz_take(d);
		break;
	case 13 ... 14:
		for (unsigned i = 0; i < d->nr_chips; i++)
			fuzz_reload(d, d->chip[i]);
		break;
	case 15: /* anywhere */
		d->size = 1u << (in8(in) & 3);
		d->store = in8(in) & 1;
		d->pa = in64(in) & 0xfffffffffull & ~(u64)(d->size - 1);
		d->val = in64(in);
		fuzz_access(d);
		break;
	case 16 ... 19:
		n = in8(in);
		while (n-- && d->size) {
			fuzz_access(d);
			fuzz_budget(d->f);
		}
		break;
	case 20:
		net_set_link(&d->f->net, in8(in) & 1);
		break;
	case 21 ... 22:
		fuzz_input(d, in);
		break;
	case 23:
		fuzz_medium(d, in);
		break;
	case 24:
		machine_reset(m);
		break;
	case 25 ... 28:
		fuzz_select(d, in);
		break;
	default:
		clock_run(&m->clock);
	}
}

static inline void fuzz_device_run(struct fuzz_device *d, const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };

	fuzz_machine_again(d->f);
	d->size = 0;
	for (unsigned i = 0; in.n && i < FUZZ_STEPS; i++) {
		u8 op = in8(&in);

		if ((op & 7) < 6)
			fuzz_register(d, &in, op);
		else if ((op & 7) == 6)
			fuzz_time(d, &in, op >> 3);
		else
			fuzz_special(d, &in, op >> 3);
		fuzz_sound(d);
	}
}

/* The whole of a target: its machine is built when the first input comes. */
#define FUZZ_DEVICE(board, vga, ...)                                                               \
	int LLVMFuzzerTestOneInput(const u8 *data, size_t len);                                    \
	int LLVMFuzzerTestOneInput(const u8 *data, size_t len)                                     \
	{                                                                                          \
		static const char *const about[] = { __VA_ARGS__, NULL };                          \
		static struct fuzz_device *d;                                                      \
                                                                                                   \
		if (!d)                                                                            \
			d = fuzz_device_new(board, vga, about);                                    \
		fuzz_device_run(d, data, len);                                                     \
		return 0;                                                                          \
	}

#endif
