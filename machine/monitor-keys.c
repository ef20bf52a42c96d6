/* SPDX-License-Identifier: MIT */
/* sendkey: the names of keys, and the codes of Sun's type-4 and type-5 keyboards. */
#include <string.h>

#include "dev/sun-kbd.h"
#include "machine/monitor.h"
#include "machine/names.h"

#define TOGETHER 8 /* keys */

static const struct {
	const char *names;
	u8 code;
} keys[] = {
	{ "stop", 0x01 },
	{ "again", 0x03 },
	{ "f1", 0x05 },
	{ "f2", 0x06 },
	{ "f10", 0x07 },
	{ "f3", 0x08 },
	{ "f11", 0x09 },
	{ "f4", 0x0a },
	{ "f12", 0x0b },
	{ "f5", 0x0c },
	{ "alt_r|altgr", 0x0d },
	{ "f6", 0x0e },
	{ "f7", 0x10 },
	{ "f8", 0x11 },
	{ "f9", 0x12 },
	{ "alt", 0x13 },
	{ "up", 0x14 },
	{ "pause", 0x15 },
	{ "print|sysrq", 0x16 },
	{ "scroll_lock", 0x17 },
	{ "left", 0x18 },
	{ "props", 0x19 },
	{ "undo", 0x1a },
	{ "down", 0x1b },
	{ "right", 0x1c },
	{ "esc", 0x1d },
	{ "1", 0x1e },
	{ "2", 0x1f },
	{ "3", 0x20 },
	{ "4", 0x21 },
	{ "5", 0x22 },
	{ "6", 0x23 },
	{ "7", 0x24 },
	{ "8", 0x25 },
	{ "9", 0x26 },
	{ "0", 0x27 },
	{ "minus", 0x28 },
	{ "equal", 0x29 },
	{ "grave_accent", 0x2a },
	{ "backspace", 0x2b },
	{ "insert", 0x2c },
	{ "kp_divide", 0x2e },
	{ "kp_multiply", 0x2f },
	{ "front", 0x31 },
	{ "kp_decimal", 0x32 },
	{ "copy", 0x33 },
	{ "home", 0x34 },
	{ "tab", 0x35 },
	{ "q", 0x36 },
	{ "w", 0x37 },
	{ "e", 0x38 },
	{ "r", 0x39 },
	{ "t", 0x3a },
	{ "y", 0x3b },
	{ "u", 0x3c },
	{ "i", 0x3d },
	{ "o", 0x3e },
	{ "p", 0x3f },
	{ "bracket_left", 0x40 },
	{ "bracket_right", 0x41 },
	{ "delete", 0x42 },
	{ "compose|menu", 0x43 },
	{ "kp_7", 0x44 },
	{ "kp_8", 0x45 },
	{ "kp_9", 0x46 },
	{ "kp_subtract", 0x47 },
	{ "open", 0x48 },
	{ "paste", 0x49 },
	{ "end", 0x4a },
	{ "ctrl", 0x4c },
	{ "a", 0x4d },
	{ "s", 0x4e },
	{ "d", 0x4f },
	{ "f", 0x50 },
	{ "g", 0x51 },
	{ "h", 0x52 },
	{ "j", 0x53 },
	{ "k", 0x54 },
	{ "l", 0x55 },
	{ "semicolon", 0x56 },
	{ "apostrophe", 0x57 },
	{ "backslash", 0x58 },
	{ "ret|return", 0x59 },
	{ "kp_enter", 0x5a },
	{ "kp_4", 0x5b },
	{ "kp_5", 0x5c },
	{ "kp_6", 0x5d },
	{ "kp_0", 0x5e },
	{ "find", 0x5f },
	{ "pgup", 0x60 },
	{ "cut", 0x61 },
	{ "num_lock", 0x62 },
	{ "shift", 0x63 },
	{ "z", 0x64 },
	{ "x", 0x65 },
	{ "c", 0x66 },
	{ "v", 0x67 },
	{ "b", 0x68 },
	{ "n", 0x69 },
	{ "m", 0x6a },
	{ "comma", 0x6b },
	{ "dot", 0x6c },
	{ "slash", 0x6d },
	{ "shift_r", 0x6e },
	{ "lf", 0x6f },
	{ "kp_1", 0x70 },
	{ "kp_2", 0x71 },
	{ "kp_3", 0x72 },
	{ "help", 0x76 },
	{ "caps_lock", 0x77 },
	{ "meta_l", 0x78 },
	{ "spc", 0x79 },
	{ "meta_r", 0x7a },
	{ "pgdn", 0x7b },
	{ "kp_add", 0x7d },
};

/* 0: there is no such key. */
static unsigned find_key(const char *name, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		if (names_have(keys[i].names, name, n))
			return keys[i].code;
	return 0;
}

void mon_sendkey(struct monitor *mon, const char *args)
{
	struct sun_kbd *kbd = machine_chip(mon->c->m, "keyboard");
	char text[MONITOR_LINE];
	const char *p = text;
	unsigned code[TOGETHER], nr = 0, down = 0;

	if (!mon_word(&args, text, sizeof(text))) {
		mon_printf(mon, "sendkey: needs keys, like stop-a, ctrl-c or ret\n");
		return;
	}
	while (*p) {
		size_t n = strcspn(p, "-");

		if (nr == TOGETHER) {
			mon_printf(mon, "sendkey: more than %d keys\n", TOGETHER);
			return;
		}
		code[nr] = find_key(p, n);
		if (!code[nr++]) {
			mon_printf(mon, "sendkey: unknown key: '%.*s'\n", (int)n, p);
			return;
		}
		p += n + (p[n] == '-');
	}
	while (down < nr && sun_kbd_key(kbd, code[down], true))
		down++;
	if (down < nr)
		mon_printf(mon, "sendkey: the guest has not read the keys before\n");
	while (down)
		sun_kbd_key(kbd, code[--down], false);
}
