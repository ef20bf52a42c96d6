/* SPDX-License-Identifier: MIT */
/*
 * The firmware a machine runs when it is given nothing else: demo_image_size octets
 * for physical DEMO_IMAGE_LOAD, entered at DEMO_IMAGE_ENTRY with the MMU off, S = 1
 * and %sp at the top of RAM. It takes "selftest" as the command line (firmware
 * configuration items 14 and 15) for a run that ends by itself: power-off when all
 * is well, else the exit convention with status 1.
 */
#ifndef MACHINE_DEMO_DEMO_IMAGE_H
#define MACHINE_DEMO_DEMO_IMAGE_H

enum { DEMO_IMAGE_LOAD = 0x4000, DEMO_IMAGE_ENTRY = 0x4000 };

extern const unsigned char demo_image[];
extern const unsigned demo_image_size;

#endif
