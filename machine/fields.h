/* SPDX-License-Identifier: MIT */
/* The fields of a state (snap/field.h) by their names, for those who print and compare them. */
#ifndef MACHINE_FIELDS_H
#define MACHINE_FIELDS_H

#include "snap/field.h"

/*
 * Every field of a state but padding, nested ones too: `path` is the name with those of the structs
 * around it ("channel[1].wr9"), f its row, `at` where its first element is. Names longer than
 * FIELD_PATH are cut.
 */
#define FIELD_PATH 128
void fields_each(const struct field *table, const void *state,
		 void (*visit)(void *arg, const char *path, const struct field *f, const void *at),
		 void *arg);

#endif
