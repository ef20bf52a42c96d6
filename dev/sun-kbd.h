/* SPDX-License-Identifier: MIT */
/* The keyboard's keys: what a window, a monitor command or a test presses. */
#ifndef DEV_SUN_KBD_H
#define DEV_SUN_KBD_H

#include "lib/types.h"

struct sun_kbd;

#define SUN_KBD_LED_NUM 0x01u
#define SUN_KBD_LED_COMPOSE 0x02u
#define SUN_KBD_LED_SCROLL 0x04u
#define SUN_KBD_LED_CAPS 0x08u

/*
 * Press or release the key with Sun code 0x01..0x7e. Pressing a key that is down and
 * releasing one that is up do nothing. Returns false where nothing happened: no such key, or a press
 * while the guest has left too many codes unread. A release is never refused.
 */
bool sun_kbd_key(struct sun_kbd *kbd, unsigned code, bool down);
/* SUN_KBD_LED_* bits as the guest last set them. */
unsigned sun_kbd_leds(const struct sun_kbd *kbd);
bool sun_kbd_bell(const struct sun_kbd *kbd);

#endif
