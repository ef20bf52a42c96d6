/* SPDX-License-Identifier: MIT */
/* The wires of the ESP; dev.backend is its struct scsi_bus, dev.dma the espdma channel's port. */
#ifndef DEV_ESP_H
#define DEV_ESP_H

#include "dev/device.h"
#include "dev/scsi.h"

enum { ESP_IRQ }; /* output: to espdma */
enum { ESP_IN_RESET, ESP_IN_DMA }; /* inputs, from espdma: held in reset; DMA is enabled */

#define ESP_FIFO 16

struct esp_state {
	u64 due; /* ns: when `run` goes on, CLOCK_NEVER while it waits for DMA, the FIFO or nothing */
	u32 tc; /* the counter, 0..2^24 */
	u32 start; /* what a DMA command loads into it, 0..2^24-1 */
	u8 cmd; /* the last one started */
	u8 next; /* the second place of the command register */
	bool has_next;
	u8 run; /* which sequence is being executed */
	u8 status; /* bits 6..3 */
	u8 intr, seq;
	u8 phase; /* as seen last */
	u8 target; /* connected to, ESP_NO_TARGET: disconnected */
	u8 xfer_phase; /* that this transfer is for */
	u8 sent; /* message bytes of a selection */
	bool ack_held; /* a message byte was received and not yet accepted */
	bool in_reset, dma_enabled;
	bool tchi_written; /* register e is a counter, not the chip's id */
	u8 busid, timeout, period, offset, ccf, test;
	u8 cfg1, cfg2, cfg3, cfg4;
	u8 pad[7];
	struct fifo fifo;
	u8 pad2[4];
};

#define ESP_NO_TARGET 8

struct esp {
	struct dev dev;
	struct esp_state s;
	struct timer timer;
	u8 buf[4096]; /* on the way between target and memory; never kept */
};

#endif
