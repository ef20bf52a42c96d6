/* SPDX-License-Identifier: MIT */
/* Big-endian loads and stores at any alignment: guest memory, disks, snapshots. */
#ifndef LIB_BE_H
#define LIB_BE_H

#include <string.h>

#include "lib/types.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_LE 1
#define be16_swap(v) __builtin_bswap16(v)
#define be32_swap(v) __builtin_bswap32(v)
#define be64_swap(v) __builtin_bswap64(v)
#else
#define HOST_LE 0
#define be16_swap(v) (v)
#define be32_swap(v) (v)
#define be64_swap(v) (v)
#endif

static inline u16 be16_get(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return be16_swap(v);
}

static inline u32 be32_get(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return be32_swap(v);
}

static inline u64 be64_get(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return be64_swap(v);
}

static inline void be16_put(void *p, u16 v)
{
	v = be16_swap(v);
	memcpy(p, &v, sizeof(v));
}

static inline void be32_put(void *p, u32 v)
{
	v = be32_swap(v);
	memcpy(p, &v, sizeof(v));
}

static inline void be64_put(void *p, u64 v)
{
	v = be64_swap(v);
	memcpy(p, &v, sizeof(v));
}

/* By a width of 1, 2, 4 or 8 bytes. */
static inline u64 be_get(const u8 *p, unsigned size)
{
	switch (size) {
	case 1:
		return *p;
	case 2:
		return be16_get(p);
	case 4:
		return be32_get(p);
	default:
		return be64_get(p);
	}
}

static inline void be_put(u8 *p, unsigned size, u64 val)
{
	switch (size) {
	case 1:
		*p = (u8)val;
		break;
	case 2:
		be16_put(p, (u16)val);
		break;
	case 4:
		be32_put(p, (u32)val);
		break;
	default:
		be64_put(p, val);
	}
}

#endif
