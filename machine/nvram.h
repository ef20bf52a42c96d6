/* SPDX-License-Identifier: MIT */
/*
 * -nvram: the battery-backed memory in a file. The file is the chip's 8192 bytes, of which the last 8, the
 * clock's registers, are 0: the date comes from -rtc, never from the file. A file of 8184 bytes, without
 * them, is read, too.
 *
 * The identification (idprom) of a file is kept, if its checksum is right and -nic mac= does not say
 * otherwise; only the machine's type is always the board's. Variables of -prom-env take the place
 * of those of the same name.
 */
#ifndef MACHINE_NVRAM_H
#define MACHINE_NVRAM_H

#include "dev/m48t08.h"
#include "lib/types.h"

#define NVRAM_FILE 8192
#define NVRAM_VARS 512
#define NVRAM_VAR 1024 /* bytes of one that the guest sets, its name and all */

struct nvram {
	const char *path; /* NULL: not kept */
	bool filled; /* `have` came from a file, or went into it */
	bool there; /* and is exactly what the file holds */
	u8 have[M48T08_NVRAM];
};

/* Read the file, if it is there. `path` may be NULL and must last. 0 or -errno with one line in err. */
int nvram_open(struct nvram *n, const char *path, char *err, size_t errlen);
/* Write the chip's memory if it is not what the file holds. 0 or -errno with one line in err. */
int nvram_save(struct nvram *n, void *chip, char *err, size_t errlen);

/*
 * What a machine has in its NVRAM when it is switched on: the file's contents, the identification, and
 * nr variables "name=value". `mac`: NULL, keep the file's address. 0 or -errno with one line in err.
 */
int nvram_fill(const struct nvram *n, void *chip, u8 machine_type, const u8 *mac,
	       const char *const *vars, unsigned nr, char *err, size_t errlen);
/*
 * The guest has set a variable: into the chip's memory with it, in the place of the one of that name. False, and
 * nothing is changed: no name, too much, or the memory holds no variables of OpenBIOS's kind.
 */
bool nvram_set_var(void *chip, const char *name, const char *value);

#endif
