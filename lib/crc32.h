/* SPDX-License-Identifier: MIT */
/* The CRC-32 of zlib, PNG and IEEE 802.3, by the host's own instructions where it has them. */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include "lib/types.h"

/* That of what came before (0 at first) and n bytes more. */
u32 crc32_add(u32 crc, const void *p, size_t n);

#endif
