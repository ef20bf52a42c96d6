/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4). */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include "lib/types.h"

#define SHA256_SIZE 32u

struct sha256 {
	u32 h[8];
	u64 len; /* bytes so far */
	u8 block[64];
	bool plain; /* do without the host's instructions; may be set after sha256_init() */
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
/* s is used up. */
void sha256_end(struct sha256 *s, u8 digest[SHA256_SIZE]);

/* Between the two files: has the host instructions for it? Then: nr blocks of 64 bytes. */
bool sha256_host_has(void);
void sha256_host(u32 h[8], const u8 *p, size_t nr);
extern const u32 sha256_k[64];

#endif
