/* SPDX-License-Identifier: MIT */
/* The Ethernet controller's wires. */
#ifndef DEV_LANCE_H
#define DEV_LANCE_H

/*
 * dev.backend is a struct net_port of lib/net.h, or NULL: no cable.
 * dev.dma is called with addresses of 24 bits. Output irq[0]; one input: held in reset.
 */
enum { LANCE_IN_RESET };

#endif
