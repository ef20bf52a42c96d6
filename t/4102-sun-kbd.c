/* SPDX-License-Identifier: MIT */
/* Keyboard and mouse as the driver at the other end of the line sees them. */
#include "dev/sun-kbd.h"

#include <stdlib.h>
#include <string.h>

#include "dev/device.h"
#include "dev/sun-mouse.h"
#include "t/tap.h"

extern const struct dev_class sun_kbd_class, sun_mouse_class, escc_class;

struct rig {
	struct clock clock;
	struct chr chr;
	const struct dev_class *cls;
	void *chip;
};

static void *make(const struct dev_class *cls, struct clock *clock, struct chr *chr, u32 param)
{
	struct dev *dev = calloc(1, cls->size);

	dev->cls = cls;
	dev->clock = clock;
	dev->chr[0] = chr;
	dev->param = param;
	cls->init(dev);
	cls->reset(dev);
	return dev;
}

static void rig_up(struct rig *r, const struct dev_class *cls, u32 param)
{
	memset(r, 0, sizeof(*r));
	clock_init(&r->clock, 0);
	chr_init(&r->chr);
	r->cls = cls;
	r->chip = make(cls, &r->clock, &r->chr, param);
}

static void pass(struct clock *clock, u64 ns)
{
	u64 end = clock_now(clock) + ns, next;

	while ((next = clock_next(clock)) <= end) {
		if (next > clock_now(clock))
			clock->insns = clock_insns_at(clock, next);
		clock_run(clock);
	}
	clock->insns = clock_insns_at(clock, end);
}

/* What the driver's end has received after a second, as hex. */
static const char *heard(struct rig *r)
{
	static char text[4096];
	unsigned i;
	size_t at = 0;
	u8 c;

	text[0] = 0;
	for (i = 0; i < 1000; i++) {
		pass(&r->clock, 1000000);
		while (chr_get(&r->chr, &c) && at < sizeof(text) - 4)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%02x",
					       at ? " " : "", c);
	}
	return text;
}

static void hears(struct rig *r, const char *want, const char *what)
{
	const char *got = heard(r);

	if (!ok(!strcmp(got, want), "%s", what))
		diag("got '%s', want '%s'", got, want);
}

static void say(struct rig *r, unsigned a)
{
	chr_put(&r->chr, (u8)a);
}

static bool sane(const struct rig *r)
{
	return r->cls->check(r->chip);
}

static void t_commands(void)
{
	struct rig r;

	rig_up(&r, &sun_kbd_class, 0);
	hears(&r, "", "nothing unasked");
	say(&r, 0x01);
	hears(&r, "ff 04 7f", "reset");
	say(&r, 0x0f);
	hears(&r, "fe 21", "layout: type 5, US");
	say(&r, 0x0e);
	is(sun_kbd_leds(r.chip), 0, "LEDs wait for the mask");
	say(&r, 0x0f);
	is(sun_kbd_leds(r.chip), 0x0f, "and take it whatever it looks like");
	hears(&r, "", "without a reply");
	say(&r, 0x02);
	ok(sun_kbd_bell(r.chip), "bell on");
	say(&r, 0x03);
	ok(!sun_kbd_bell(r.chip), "bell off");
	say(&r, 0x0a);
	say(&r, 0x0b);
	say(&r, 0x55);
	say(&r, 0xff);
	hears(&r, "", "click and unknown commands are silent");
	say(&r, 0x02);
	say(&r, 0x01);
	ok(!sun_kbd_leds(r.chip) && !sun_kbd_bell(r.chip), "reset clears LEDs and bell");
	hears(&r, "ff 04 7f", "and replies");
	ok(sane(&r), "sane");
	free(r.chip);
	rig_up(&r, &sun_kbd_class, 0x100);
	say(&r, 0x0f);
	hears(&r, "fe 00", "layout 0: type 4, US");
	free(r.chip);
}

static void t_keys(void)
{
	struct rig r;

	rig_up(&r, &sun_kbd_class, 0);
	ok(sun_kbd_key(r.chip, 0x4d, true), "press A");
	hears(&r, "4d", "make");
	ok(!sun_kbd_key(r.chip, 0x4d, true), "it is down already");
	ok(sun_kbd_key(r.chip, 0x4d, false), "release it");
	hears(&r, "cd 7f", "break, and idle as it was the last");
	ok(!sun_kbd_key(r.chip, 0x4d, false), "it is up already");
	hears(&r, "", "so nothing is said");
	sun_kbd_key(r.chip, 0x01, true);
	sun_kbd_key(r.chip, 0x4d, true);
	sun_kbd_key(r.chip, 0x4d, false);
	sun_kbd_key(r.chip, 0x01, false);
	hears(&r, "01 4d cd 81 7f", "Stop-A");
	ok(!sun_kbd_key(r.chip, 0, true) && !sun_kbd_key(r.chip, 0x7f, true) &&
		   !sun_kbd_key(r.chip, 0x80, true) && !sun_kbd_key(r.chip, ~0u, true),
	   "no such keys");
	sun_kbd_key(r.chip, 0x63, true);
	hears(&r, "63", "shift is down");
	say(&r, 0x01);
	hears(&r, "ff 04 63", "reset tells the key that is down");
	sun_kbd_key(r.chip, 0x63, false);
	hears(&r, "e3 7f", "up");
	ok(sane(&r), "sane");
	free(r.chip);
}

/* A guest that reads nothing: presses are refused in the end, releases never. */
static void t_full(void)
{
	struct rig r;
	unsigned i, pressed = 0, released = 0, down = 0, layouts = 0;
	const char *got;

	rig_up(&r, &sun_kbd_class, 0);
	for (i = 0; i < 1000; i++) {
		unsigned code = 1 + i % 90;

		if (i % 180 < 90)
			pressed += sun_kbd_key(r.chip, code, true);
		else
			released += sun_kbd_key(r.chip, code, false);
		say(&r, 0x0f);
		if (!sane(&r))
			break;
	}
	is(i, 1000, "sane all the time");
	for (i = 1; i < 0x7f; i++)
		released += sun_kbd_key(r.chip, i, false);
	is(released, pressed, "each key that went down could go up");
	ok(pressed < 500, "though not all could go down (%u)", pressed);
	got = heard(&r);
	for (i = 0; got[i]; i += got[i + 2] ? 3 : 2) {
		unsigned c = (unsigned)strtoul(got + i, NULL, 16);

		if (c == 0xfe) {
			i += 3; /* and the layout after it */
			layouts++;
		} else if (c < 0x7f) {
			down++;
		} else if (c > 0x80) {
			down--;
		}
	}
	is(down, 0, "as many up as down");
	ok(layouts > 0, "layouts in between, where there was room");
	ok(strlen(got) > 6 && !strcmp(got + strlen(got) - 2, "7f"), "the last word is idle");
	free(r.chip);
}

static void t_mouse(void)
{
	struct rig r;
	unsigned i;

	rig_up(&r, &sun_mouse_class, 0);
	sun_mouse_move(r.chip, 0, 0, 0);
	hears(&r, "", "no news");
	sun_mouse_move(r.chip, 3, -2, 0);
	hears(&r, "87 03 fe 00 00", "right and down, no button");
	sun_mouse_move(r.chip, 0, 0, SUN_MOUSE_LEFT);
	hears(&r, "83 00 00 00 00", "left");
	sun_mouse_move(r.chip, 0, 0, SUN_MOUSE_MIDDLE);
	hears(&r, "85 00 00 00 00", "middle");
	sun_mouse_move(r.chip, 0, 0, SUN_MOUSE_RIGHT);
	hears(&r, "86 00 00 00 00", "right");
	sun_mouse_move(r.chip, 0, 0, 0);
	hears(&r, "87 00 00 00 00", "none");
	for (i = 0; i < 3; i++) {
		sun_mouse_move(r.chip, 1, 0, SUN_MOUSE_LEFT);
		sun_mouse_move(r.chip, 1, 0, 0);
	}
	hears(&r,
	      "83 01 00 00 00 87 01 00 00 00 83 01 00 00 00 87 01 00 00 00 83 01 00 00 00 "
	      "87 01 00 00 00",
	      "three quick clicks are three");
	sun_mouse_move(r.chip, 250, -130, 0);
	hears(&r, "87 64 9c 00 00 87 64 e2 00 00 87 32 00 00 00", "a long way takes three packets");
	say(&r, 0x01);
	say(&r, 0x0f);
	hears(&r, "", "it takes no commands");
	is(r.chr.out.num, 0, "but swallows them");
	for (i = 0; i < 100000; i++) {
		sun_mouse_move(r.chip, INT32_MAX, INT32_MIN, i & 7);
		if (!sane(&r))
			break;
	}
	is(i, 100000, "sane when nobody listens");
	sun_mouse_move(r.chip, 0, 0, 0);
	heard(&r);
	sun_mouse_move(r.chip, 0, 0, SUN_MOUSE_LEFT);
	hears(&r, "83 00 00 00 00", "and no button sticks");
	free(r.chip);
}

/* Through the chip that the guest sees. */
static void t_wired(void)
{
	static const u8 init[] = { 4, 0x44, 3, 0xc1, 5, 0xea };
	struct clock clock;
	struct chr kc, mc;
	void *kbd, *mouse;
	struct dev *escc = calloc(1, escc_class.size);
	const struct region *reg = &escc_class.region[0];
	unsigned i, n = 0;
	u8 got[8] = { 0 };

	clock_init(&clock, 0);
	chr_init(&kc);
	chr_init(&mc);
	escc->cls = &escc_class;
	escc->clock = &clock;
	escc->chr[0] = &kc;
	escc->chr[1] = &mc;
	escc_class.init(escc);
	escc_class.reset(escc);
	kbd = make(&sun_kbd_class, &clock, &kc, 0);
	mouse = make(&sun_mouse_class, &clock, &mc, 0);
	for (i = 0; i < 2 * sizeof(init); i += 2) {
		u32 ctrl = i < sizeof(init) ? 4 : 0;

		reg->write(escc, ctrl, init[i % sizeof(init)], 1);
		reg->write(escc, ctrl, init[(i + 1) % sizeof(init)], 1);
	}
	reg->write(escc, 6, 0x01, 1);
	sun_mouse_move(mouse, 1, 1, SUN_MOUSE_LEFT);
	for (i = 0; i < 100; i++) {
		pass(&clock, 1000000);
		if ((reg->read(escc, 4, 1) & 1) && n < sizeof(got))
			got[n++] = (u8)reg->read(escc, 6, 1);
	}
	ok(n == 3 && got[0] == 0xff && got[1] == 4 && got[2] == 0x7f,
	   "the keyboard's reset reply arrives at channel A");
	for (i = 0, n = 0; i < 100; i++) {
		pass(&clock, 1000000);
		if ((reg->read(escc, 0, 1) & 1) && n < sizeof(got))
			got[n++] = (u8)reg->read(escc, 2, 1);
	}
	ok(n == 5 && got[0] == 0x83 && got[1] == 1 && got[2] == 1,
	   "the mouse's packet at channel B");
	free(kbd);
	free(mouse);
	free(escc);
}

static void t_state(const struct dev_class *cls)
{
	const char *bad = field_check(cls->fields, cls->state_size);
	u64 size = field_stream_size(cls->fields);
	u8 *s1 = malloc(size), *s2 = malloc(size);
	struct rig a, b;
	const char *x;
	char first[4096];

	ok(!bad, "%s: the field table tiles the state (%s)", cls->name, bad ? bad : "-");
	rig_up(&a, cls, 0);
	rig_up(&b, cls, 0);
	if (cls == &sun_kbd_class) {
		sun_kbd_key(a.chip, 5, true);
		say(&a, 0x0f);
		say(&a, 0x0e);
	} else {
		sun_mouse_move(a.chip, 300, 7, SUN_MOUSE_RIGHT);
	}
	pass(&a.clock, 100000);
	field_save(cls->fields, dev_state(a.chip), s1);
	b.clock = (struct clock){ 0 };
	clock_init(&b.clock, 0);
	free(b.chip);
	chr_init(&b.chr);
	b.clock.insns = a.clock.insns;
	b.chip = make(cls, &b.clock, &b.chr, 0);
	x = field_load(cls->fields, dev_state(b.chip), s1);
	ok(!x && cls->check(b.chip), "%s: loads", cls->name);
	cls->loaded(b.chip);
	field_save(cls->fields, dev_state(b.chip), s2);
	ok(!memcmp(s1, s2, size), "%s: and saves the same", cls->name);
	snprintf(first, sizeof(first), "%s", heard(&a));
	hears(&b, first, "what was on its way arrives");
	ok(strlen(first) >= 8, "which was something (%s)", first);
	free(a.chip);
	free(b.chip);
	free(s1);
	free(s2);
}

int main(void)
{
	t_commands();
	t_keys();
	t_full();
	t_mouse();
	t_wired();
	t_state(&sun_kbd_class);
	t_state(&sun_mouse_class);
	return tap_done();
}
