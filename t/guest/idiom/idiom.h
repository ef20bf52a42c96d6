/* SPDX-License-Identifier: MIT */
/* The element types over which the idioms are written out. */
#ifndef IDIOM_H
#define IDIOM_H
#include <stddef.h>
#include <stdint.h>

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned u32;
typedef long long s64;
typedef unsigned long long u64;
typedef float f32;
typedef double f64;

/* By width alone: for what only moves elements. */
#define EACH_WIDTH(M) M(u8) M(u16) M(u32) M(u64)
#define EACH_SIGNED(M) M(s8) M(s16) M(s32)
#define EACH_UNSIGNED(M) M(u8) M(u16) M(u32)
#define EACH_FLOAT(M) M(f32) M(f64)

#endif
