/* SPDX-License-Identifier: MIT */
/*
 * Sun optical mouse: the 5-byte Mouse Systems protocol on the mouse channel of a
 * Z85C30 (Mouse Systems M-3 reference).
 *
 * What software relies on:
 * - Byte 0 is 80 | buttons, where 0 means pressed: bit 2 left, 1 middle, 0 right.
 *   Then dx, dy, and dx, dy a second time, signed, up positive. The second pair is always
 *   0 here, as drivers differ in what they make of it.
 * - No movement byte looks like a byte 0 (80..87), so that a driver that lost its place finds it again.
 * - The mouse takes no commands; what is sent to it is thrown away.
 *
 * chr[0] is the stream that the channel has as its own: this chip stands at the far end.
 *
 * Not modelled: wheels, which break the protocol for drivers of the time.
 */
#include "dev/sun-mouse.h"

#include <string.h>

#include "dev/device.h"

#define CHAR_NS 200000
#define RETRY_NS 1000000

#define PACKET 5
#define QUEUE (50 * PACKET)
#define STEP_MAX 100
#define SUM_MAX 4096

struct sun_mouse_state {
	u64 tx_at; /* ns, when the next byte is sent; CLOCK_NEVER: nothing to send */
	u32 dx, dy; /* not yet queued, two's complement, -SUM_MAX..SUM_MAX */
	struct fifo tx;
	u8 buttons; /* as they are */
	u8 told; /* as in the newest packet */
	u8 pad[2];
};

struct sun_mouse {
	struct dev dev;
	struct sun_mouse_state s;
	struct timer timer;
};

static const struct field sun_mouse_fields[] = {
	F_UINT(sun_mouse_state, tx_at),
	F_UINT(sun_mouse_state, dx),
	F_UINT(sun_mouse_state, dy),
	F_FIFO(sun_mouse_state, tx, QUEUE),
	F_RANGE(sun_mouse_state, buttons, 0, 7),
	F_RANGE(sun_mouse_state, told, 0, 7),
	F_PAD(sun_mouse_state, pad),
	F_END,
};

static void set_tx(struct sun_mouse *mouse, u64 at)
{
	mouse->s.tx_at = at;
	timer_set(&mouse->timer, at);
}

static s32 clamp(s64 v, s32 max)
{
	if (v > max)
		return max;
	return v < -max ? -max : (s32)v;
}

/* The next part of a movement, taken off its sum. */
static u8 step(u32 *sum)
{
	s32 d = clamp((s32)*sum, STEP_MAX);

	*sum -= (u32)d;
	return (u8)d;
}

static void packet(struct sun_mouse_state *s)
{
	fifo_push(&s->tx, (u8)(0x80 | (s->buttons ^ 7)));
	fifo_push(&s->tx, step(&s->dx));
	fifo_push(&s->tx, step(&s->dy));
	fifo_push(&s->tx, 0);
	fifo_push(&s->tx, 0);
	s->told = s->buttons;
}

/* Clicks queue up; mere movement waits until what is queued has gone. */
static bool due(const struct sun_mouse_state *s)
{
	if (fifo_room(&s->tx) < PACKET)
		return false;
	return s->buttons != s->told || (!s->tx.num && (s->dx || s->dy));
}

static void pump(struct sun_mouse *mouse)
{
	struct sun_mouse_state *s = &mouse->s;

	if (due(s))
		packet(s);
	if (s->tx.num && s->tx_at == CLOCK_NEVER)
		set_tx(mouse, clock_now(mouse->dev.clock) + CHAR_NS);
}

static void fire(void *arg)
{
	struct sun_mouse *mouse = arg;
	struct chr *chr = mouse->dev.chr[0];
	u8 c;

	mouse->s.tx_at = CLOCK_NEVER;
	if (chr && chr_peek(chr)) {
		set_tx(mouse, clock_now(mouse->dev.clock) + RETRY_NS);
		return;
	}
	if (fifo_pop(&mouse->s.tx, &c) && chr)
		chr_feed(chr, &c, 1);
	pump(mouse);
}

void sun_mouse_move(struct sun_mouse *mouse, s32 dx, s32 dy, unsigned buttons)
{
	struct sun_mouse_state *s = &mouse->s;

	s->dx = (u32)clamp((s64)(s32)s->dx + dx, SUM_MAX);
	s->dy = (u32)clamp((s64)(s32)s->dy + dy, SUM_MAX);
	s->buttons = buttons & 7;
	pump(mouse);
}

static void sent(void *arg)
{
	struct sun_mouse *mouse = arg;
	u8 c;

	while (chr_take(mouse->dev.chr[0], &c, 1))
		;
}

static int sun_mouse_init(void *arg)
{
	struct sun_mouse *mouse = arg;

	fifo_init(&mouse->s.tx, QUEUE);
	mouse->s.tx_at = CLOCK_NEVER;
	timer_init(&mouse->timer, mouse->dev.clock, fire, mouse);
	if (mouse->dev.chr[0]) {
		mouse->dev.chr[0]->sent = sent;
		mouse->dev.chr[0]->host = mouse;
	}
	return 0;
}

static void sun_mouse_reset(void *arg)
{
	struct sun_mouse *mouse = arg;

	memset(&mouse->s, 0, sizeof(mouse->s));
	fifo_init(&mouse->s.tx, QUEUE);
	set_tx(mouse, CLOCK_NEVER);
}

static void sun_mouse_loaded(void *arg)
{
	struct sun_mouse *mouse = arg;

	timer_set(&mouse->timer, mouse->s.tx_at);
}

static bool in_sum(u32 v)
{
	return (s32)v >= -SUM_MAX && (s32)v <= SUM_MAX;
}

static bool sun_mouse_check(const void *arg)
{
	const struct sun_mouse_state *s = &((const struct sun_mouse *)arg)->s;

	if (!in_sum(s->dx) || !in_sum(s->dy))
		return false;
	return !due(s) && (!s->tx.num || s->tx_at != CLOCK_NEVER);
}

const struct dev_class sun_mouse_class = {
	.name = "sun-mouse",
	DEV_STATE(sun_mouse, sun_mouse_fields),
	.init = sun_mouse_init,
	.reset = sun_mouse_reset,
	.loaded = sun_mouse_loaded,
	.check = sun_mouse_check,
};
