/* SPDX-License-Identifier: MIT */
#include "machine/fields.h"

#include <stdio.h>

struct each {
	void (*visit)(void *arg, const char *path, const struct field *f, const void *at);
	void *arg;
	char path[FIELD_PATH];
};

/* The path's first n bytes are there already. */
static void each(struct each *e, size_t n, const struct field *table, const void *state)
{
	size_t room = FIELD_PATH - n;

	for (const struct field *f = table; f->type != FIELD_END; f++) {
		const u8 *at = (const u8 *)state + f->off;

		if (f->type == FIELD_PAD)
			continue;
		if (f->type != FIELD_STRUCT) {
			snprintf(e->path + n, room, "%s", f->name);
			e->visit(e->arg, e->path, f, at);
			continue;
		}
		for (u32 i = 0; i < f->count; i++) {
			int len = f->count > 1 ? snprintf(e->path + n, room, "%s[%u].", f->name, i)
					       : snprintf(e->path + n, room, "%s.", f->name);

			each(e, n + ((size_t)len < room ? (size_t)len : room - 1), f->sub,
			     at + (size_t)i * f->size);
		}
	}
}

void fields_each(const struct field *table, const void *state,
		 void (*visit)(void *arg, const char *path, const struct field *f, const void *at),
		 void *arg)
{
	struct each e = { .visit = visit, .arg = arg };

	each(&e, 0, table, state);
}
