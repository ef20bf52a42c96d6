/* SPDX-License-Identifier: MIT */
/*
 * Block devices in files of the host: raw images, and the copy-on-write files of overlay=FILE.
 *
 * A raw image is taken as it is. If its size is no multiple of 512, the device ends with the
 * sector in which the image ends; what the file lacks there reads as zeros, and a
 * write to it makes the file longer. A file that is shorter than it was when opened gives -EIO for
 * what is missing. A writable file is locked against other writers and readers,
 * one that is only read against writers (flock, where the file system has it).
 *
 * A copy-on-write file, all numbers big-endian:
 *
 *	0	8	magic: 89 "vonk" 0d 0a 1a
 *	8	4	version: 1
 *	12	4	bytes of a sector: 512
 *	16	8	bytes of the base image as a device, a multiple of 512
 *	24	8	where the data start: 4096 + the table, rounded up to a multiple of 4096
 *	32	4064	zero
 *	4096		the table: bit 7 - n % 8 of byte n / 8 is set if sector n is held here
 *	data + 512 n	sector n, if it is
 *
 * The file always has its full length (mostly holes). It is made under the name FILE.new.PID and then
 * linked, so that FILE is whole or not there, and the work of one process only; one of another length was damaged and is refused.
 * A sector is written before its bit: whoever kills the process loses nothing that
 * the guest has written. After a crash of the host the sectors that were written since the last flush
 * are unspecified; no others are, as bits and data are of the size that the guest writes.
 */
#ifndef LIB_HOST_FILE_H
#define LIB_HOST_FILE_H

#include "lib/block.h"

/* Returns 0, or -errno and one line without newline in err. */
int host_file_open(struct block **out, const char *path, bool writable, char *err, size_t errlen);

/*
 * The copy-on-write file `path` over base, made when missing. Owns base once it returned 0.
 * Returns 0, or -errno and one line in err; -EINVAL for a file that does not belong to base.
 */
int host_overlay_open(struct block **out, struct block *base, const char *path, char *err,
		      size_t errlen);

#endif
