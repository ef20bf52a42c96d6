/* SPDX-License-Identifier: MIT */
/* Pictures as PNG files: 8-bit RGB, no metadata, the same bytes for the same picture. */
#ifndef LIB_PNG_H
#define LIB_PNG_H

#include "lib/types.h"

#define PNG_MAX 16384 /* pixels in width and height */

/*
 * width x height pixels 0x00RRGGBB, lines `stride` pixels apart, to a whole file in *out, which
 * the caller frees. 0, -EINVAL for a size of 0 or beyond PNG_MAX, or -ENOMEM.
 */
int png_write(const u32 *xrgb, unsigned width, unsigned height, size_t stride, u8 **out,
	      size_t *len);

#endif
