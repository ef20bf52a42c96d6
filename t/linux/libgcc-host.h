/* SPDX-License-Identifier: MIT */
/*
 * What libgcc2.c asks of the compiler's configured headers, for SPARC V8 and newlib-free
 * static programs: it includes tconfig.h, tsystem.h, coretypes.h, tm.h and libgcc_tm.h,
 * which t/linux/build makes from this file.
 */
#ifndef LIBGCC_HOST_H
#define LIBGCC_HOST_H

#include <limits.h>
#include <stddef.h>

#define IN_LIBGCC2
#define BITS_PER_UNIT 8
#define MIN_UNITS_PER_WORD 4
#define UNITS_PER_WORD 4
#define BYTES_BIG_ENDIAN 1
#define WORDS_BIG_ENDIAN 1
#define FLOAT_WORDS_BIG_ENDIAN 1
#define LIBGCC2_HAS_SF_MODE 1
#define LIBGCC2_HAS_DF_MODE 1
#define LIBGCC2_HAS_XF_MODE 0
#define LIBGCC2_HAS_TF_MODE 0
#define DOUBLE_TYPE_SIZE 64
#define HAVE_GAS_HIDDEN 1
#define gcc_unreachable() __builtin_unreachable()
#ifndef ATTRIBUTE_UNUSED
#define ATTRIBUTE_UNUSED __attribute__((unused))
#endif

#endif
