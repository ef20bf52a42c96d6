/* SPDX-License-Identifier: MIT */
/*
 * Sun type-4 and type-5 keyboards: a serial device of 1200 baud behind the
 * keyboard channel of a Z85C30 ("Type-4/5 keyboard specification", SPARC International).
 *
 * What software relies on:
 * - Reset (01) is answered by ff, the type (04 for both), then 7f, or the code of a key that is down.
 * - Layout (0f) is answered by fe and the layout; bit 5 of that tells a type 5.
 * - A key sends its code when pressed, code | 80 when released; the release of the
 *   last key is followed by 7f, "idle". Repeating is the driver's business.
 * - 02/03 bell on and off, 0a/0b click on and off, 0e and a mask set the LEDs.
 *
 * chr[0] is the stream that the channel has as its own: this chip stands at the far end, takes
 * what the channel sent and feeds what it is to receive, one byte each CHAR_NS and only
 * when the byte before was fetched. dev->param: 0 is layout 21 (type 5, US), else
 * the low byte is the layout.
 *
 * Not modelled: the unasked reset reply at power-on, which reaches a receiver that is still
 * off; the click; key repeat.
 */
#include "dev/sun-kbd.h"

#include <string.h>

#include "dev/device.h"

#define CHAR_NS 1000000
#define RETRY_NS 1000000

#define LAYOUT_US5 0x21
#define TYPE 4
#define IDLE 0x7f
#define KEYS_MAX 100
#define QUEUE 256

enum {
	CMD_RESET = 0x01,
	CMD_BELL_ON = 0x02,
	CMD_BELL_OFF = 0x03,
	CMD_LAYOUT_OLD = 0x07,
	CMD_CLICK_ON = 0x0a,
	CMD_CLICK_OFF = 0x0b,
	CMD_LEDS = 0x0e,
	CMD_LAYOUT = 0x0f,
};

struct sun_kbd_state {
	u64 tx_at; /* ns, when the next byte is sent; CLOCK_NEVER: nothing to send */
	struct fifo tx;
	u8 held[16]; /* bit code % 8 of byte code / 8: the key is down */
	u8 nr_held;
	u8 leds;
	bool leds_next; /* the next byte is the LED mask */
	bool bell, click;
	u8 pad[7];
};

struct sun_kbd {
	struct dev dev;
	struct sun_kbd_state s;
	struct timer timer;
};

static const struct field sun_kbd_fields[] = {
	F_UINT(sun_kbd_state, tx_at), F_FIFO(sun_kbd_state, tx, QUEUE),
	F_BYTES(sun_kbd_state, held), F_RANGE(sun_kbd_state, nr_held, 0, KEYS_MAX),
	F_UINT(sun_kbd_state, leds),  F_BOOL(sun_kbd_state, leds_next),
	F_BOOL(sun_kbd_state, bell),  F_BOOL(sun_kbd_state, click),
	F_PAD(sun_kbd_state, pad),    F_END,
};

static void set_tx(struct sun_kbd *kbd, u64 at)
{
	kbd->s.tx_at = at;
	timer_set(&kbd->timer, at);
}

static void pump(struct sun_kbd *kbd)
{
	if (kbd->s.tx.num && kbd->s.tx_at == CLOCK_NEVER)
		set_tx(kbd, clock_now(kbd->dev.clock) + CHAR_NS);
}

static void fire(void *arg)
{
	struct sun_kbd *kbd = arg;
	struct chr *chr = kbd->dev.chr[0];
	u8 c;

	kbd->s.tx_at = CLOCK_NEVER;
	if (!chr) {
		fifo_clear(&kbd->s.tx);
		return;
	}
	if (chr_peek(chr)) {
		set_tx(kbd, clock_now(kbd->dev.clock) + RETRY_NS);
		return;
	}
	if (fifo_pop(&kbd->s.tx, &c))
		chr_feed(chr, &c, 1);
	pump(kbd);
}

/* The room that is kept for the releases of what is down, and the idle code after them. */
static unsigned reserve(const struct sun_kbd *kbd)
{
	return kbd->s.nr_held ? kbd->s.nr_held + 1u : 0;
}

static bool held(const struct sun_kbd *kbd, unsigned code)
{
	return kbd->s.held[code / 8] >> code % 8 & 1;
}

static unsigned first_held(const struct sun_kbd *kbd)
{
	unsigned code;

	for (code = 1; code < IDLE; code++)
		if (held(kbd, code))
			return code;
	return IDLE;
}

static void reset_reply(struct sun_kbd *kbd)
{
	fifo_clear(&kbd->s.tx);
	fifo_push(&kbd->s.tx, 0xff);
	fifo_push(&kbd->s.tx, TYPE);
	fifo_push(&kbd->s.tx, (u8)first_held(kbd));
}

static void layout_reply(struct sun_kbd *kbd)
{
	if (fifo_room(&kbd->s.tx) < reserve(kbd) + 2)
		return;
	fifo_push(&kbd->s.tx, 0xfe);
	fifo_push(&kbd->s.tx, kbd->dev.param ? (u8)kbd->dev.param : LAYOUT_US5);
}

static void command(struct sun_kbd *kbd, u8 c)
{
	struct sun_kbd_state *s = &kbd->s;

	if (s->leds_next) {
		s->leds = c;
		s->leds_next = false;
		return;
	}
	switch (c) {
	case CMD_RESET:
		s->leds = 0;
		s->bell = s->click = false;
		reset_reply(kbd);
		break;
	case CMD_BELL_ON:
	case CMD_BELL_OFF:
		s->bell = c == CMD_BELL_ON;
		break;
	case CMD_CLICK_ON:
	case CMD_CLICK_OFF:
		s->click = c == CMD_CLICK_ON;
		break;
	case CMD_LEDS:
		s->leds_next = true;
		break;
	case CMD_LAYOUT:
	case CMD_LAYOUT_OLD:
		layout_reply(kbd);
		break;
	default:
		break;
	}
	pump(kbd);
}

static void sent(void *arg)
{
	struct sun_kbd *kbd = arg;
	u8 c;

	while (chr_take(kbd->dev.chr[0], &c, 1))
		command(kbd, c);
}

static bool press(struct sun_kbd *kbd, unsigned code)
{
	struct sun_kbd_state *s = &kbd->s;

	/* This code, its release, and what is kept for the others. */
	if (held(kbd, code) || s->nr_held == KEYS_MAX || fifo_room(&s->tx) < s->nr_held + 3u)
		return false;
	s->held[code / 8] |= (u8)(1u << code % 8);
	s->nr_held++;
	return fifo_push(&s->tx, (u8)code);
}

static bool release(struct sun_kbd *kbd, unsigned code)
{
	struct sun_kbd_state *s = &kbd->s;

	if (!held(kbd, code))
		return false;
	s->held[code / 8] &= (u8) ~(1u << code % 8);
	fifo_push(&s->tx, (u8)(code | 0x80));
	if (!--s->nr_held)
		fifo_push(&s->tx, IDLE);
	return true;
}

bool sun_kbd_key(struct sun_kbd *kbd, unsigned code, bool down)
{
	bool done;

	if (!code || code >= IDLE)
		return false;
	done = down ? press(kbd, code) : release(kbd, code);
	pump(kbd);
	return done;
}

unsigned sun_kbd_leds(const struct sun_kbd *kbd)
{
	return kbd->s.leds;
}

bool sun_kbd_bell(const struct sun_kbd *kbd)
{
	return kbd->s.bell;
}

static int sun_kbd_init(void *arg)
{
	struct sun_kbd *kbd = arg;

	fifo_init(&kbd->s.tx, QUEUE);
	kbd->s.tx_at = CLOCK_NEVER;
	timer_init(&kbd->timer, kbd->dev.clock, fire, kbd);
	if (kbd->dev.chr[0]) {
		kbd->dev.chr[0]->sent = sent;
		kbd->dev.chr[0]->host = kbd;
	}
	return 0;
}

/* Power-on: the board's reset line does not reach the keyboard, but nobody holds a key over it. */
static void sun_kbd_reset(void *arg)
{
	struct sun_kbd *kbd = arg;

	memset(&kbd->s, 0, sizeof(kbd->s));
	fifo_init(&kbd->s.tx, QUEUE);
	set_tx(kbd, CLOCK_NEVER);
}

static void sun_kbd_loaded(void *arg)
{
	struct sun_kbd *kbd = arg;

	timer_set(&kbd->timer, kbd->s.tx_at);
}

static bool sun_kbd_check(const void *arg)
{
	const struct sun_kbd *kbd = arg;
	unsigned code, n = 0;

	for (code = 0; code < 128; code++)
		n += held(kbd, code);
	if (held(kbd, 0) || held(kbd, IDLE) || n != kbd->s.nr_held)
		return false;
	if (fifo_room(&kbd->s.tx) < reserve(kbd))
		return false;
	return kbd->s.tx.num == 0 || kbd->s.tx_at != CLOCK_NEVER;
}

const struct dev_class sun_kbd_class = {
	.name = "sun-kbd",
	DEV_STATE(sun_kbd, sun_kbd_fields),
	.init = sun_kbd_init,
	.reset = sun_kbd_reset,
	.loaded = sun_kbd_loaded,
	.check = sun_kbd_check,
};
