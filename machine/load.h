/* SPDX-License-Identifier: MIT */
/*
 * Putting program files into the machine's memory before it starts, where the PROM
 * expects them:
 *
 *	000004000	kernel, entered here
 *	0007ff000	its command line, 4095 bytes and a NUL
 *	000800000	initial RAM disk, up to where the PROM's share of RAM begins
 *
 * All functions return 0 or -errno with one line in err that begins with the file's
 * name. After an error memory may be partly written: the machine must not start.
 */
#ifndef MACHINE_LOAD_H
#define MACHINE_LOAD_H

#include "lib/image.h"

#define LOAD_KERNEL 0x4000u
#define LOAD_APPEND 0x7ff000u
#define LOAD_INITRD 0x800000u
#define LOAD_PROM_VA 0xffd00000u /* where PROMs are linked */
#define LOAD_KERNEL_VA 0xf0000000u /* where kernels see physical 0 */
#define LOAD_PROM_RAM (16u << 20) /* the PROM's own share, at the end of RAM */
#define LOAD_FILE_MAX (256u << 20) /* no program file is larger, packed or not */

/* A piece of the machine's memory to load into. */
struct load_mem {
	const char *name; /* for messages: "RAM" */
	u8 *mem;
	u64 pa, size; /* bytes */
	u64 prom; /* bytes at its end that are the PROM's; 0: LOAD_PROM_RAM */
};

struct loaded {
	enum image_format format;
	u64 start, end; /* physical, end just after the last byte (zeroed ones too) */
	u32 entry; /* as the file says; a raw file's is where it was put */
	u64 entry_pa; /* where that is in physical memory */
	bool kernel; /* linked for LOAD_KERNEL_VA, or loaded by load_kernel() */
};

/* Where each segment goes: its va (or pa) plus bias, which must fall into lowest..limit-1. */
struct load_rule {
	s64 bias;
	bool by_pa; /* ELF's p_paddr counts, not p_vaddr */
	bool file_only; /* what is zero in memory is not loaded: ROM */
	u64 lowest, limit;
};
int load_segments(const struct image *im, const struct load_mem *mem, const struct load_rule *rule,
		  struct loaded *out, char *err, size_t errlen);

/* A PROM into `rom`: what is linked at LOAD_PROM_VA, or a raw file, goes to its first byte. */
int load_prom(const char *path, const struct load_mem *rom, struct loaded *out, char *err,
	      size_t errlen);
/* A kernel for the PROM to start: LOAD_KERNEL_VA is physical 0; raw and a.out go to LOAD_KERNEL. */
int load_kernel(const char *path, const struct load_mem *ram, struct loaded *out, char *err,
		size_t errlen);
/* A program that runs without a PROM, at its own physical addresses; raw at raw_at. A kernel as above. */
int load_program(const char *path, const struct load_mem *ram, u64 raw_at, struct loaded *out,
		 char *err, size_t errlen);

struct loaded_initrd {
	u32 pa, size; /* bytes */
	bool told; /* the kernel's "HdrS" header was found and says where */
};
/* After the kernel. */
int load_initrd(const char *path, const struct load_mem *ram, struct loaded_initrd *out, char *err,
		size_t errlen);
int load_append(const char *text, const struct load_mem *ram, char *err, size_t errlen);

#endif
