/* SPDX-License-Identifier: MIT */
/* The mouse's movements: what a window, a monitor command or a test does with it. */
#ifndef DEV_SUN_MOUSE_H
#define DEV_SUN_MOUSE_H

#include "lib/types.h"

struct sun_mouse;

#define SUN_MOUSE_LEFT 0x04u
#define SUN_MOUSE_MIDDLE 0x02u
#define SUN_MOUSE_RIGHT 0x01u

/*
 * Move by dx to the right and dy up, with these SUN_MOUSE_* buttons down from now on.
 * While the guest does not listen movements add up, to at most 4096 each way, and
 * of more than 50 changes of the buttons only the last state is kept.
 */
void sun_mouse_move(struct sun_mouse *mouse, s32 dx, s32 dy, unsigned buttons);

#endif
