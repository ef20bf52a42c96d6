/* SPDX-License-Identifier: MIT */
/*
 * The SCSI bus between a host adapter and its targets.
 *
 * As on the cable it is the target that says which phase the bus is in; the initiator moves
 * bytes and watches the phase change. What a target remembers is all in its own
 * state: nobody holds a request of somebody else's. The targets never disconnect
 * in the middle of a command, and every target answers as LUN 0 only.
 *
 * struct scsi_target is the instance struct of every target class (scsi-disk,
 * scsi-cdrom); struct dev's backend is its medium, a struct block or NULL.
 */
#ifndef DEV_SCSI_H
#define DEV_SCSI_H

#include "dev/device.h"
#include "lib/block.h"

#define SCSI_IDS 8

/* MSG, C/D, I/O as bits 2..0. */
enum scsi_phase {
	SCSI_DATA_OUT = 0,
	SCSI_DATA_IN = 1,
	SCSI_COMMAND = 2,
	SCSI_STATUS = 3,
	SCSI_MSG_OUT = 6,
	SCSI_MSG_IN = 7,
	SCSI_BUS_FREE = 8,
};

#define SCSI_BUF 4096u /* parameters in and out, and one block on its way to the medium */
#define SCSI_CACHE 16384u

/* Where the bytes of a data phase come from or go to. */
enum scsi_data {
	SCSI_NO_DATA,
	SCSI_BUF_IN, /* buf[0..len) */
	SCSI_BUF_OUT, /* parameter list to buf[0..len) */
	SCSI_MEDIUM_IN,
	SCSI_MEDIUM_OUT,
	SCSI_VERIFY_OUT, /* compare with the medium */
	SCSI_DATA_KINDS,
};

/* Unit attention conditions, reported in this order. */
enum {
	SCSI_UA_RESET = 1,
	SCSI_UA_MEDIUM = 2,
};

#define SCSI_LUN_UNTOLD 8 /* no IDENTIFY message: the CDB says which */

struct scsi_target_state {
	u64 lba; /* next block of the medium */
	u64 blocks; /* still to move, the one in buf included */
	u64 sense_info; /* the block that failed */
	u32 len; /* bytes of a parameter transfer; of a block when data is MEDIUM or VERIFY */
	u32 pos; /* 0..len, bytes moved of these */
	u32 block_size; /* 512, 1024 or 2048 */
	u8 phase; /* enum scsi_phase */
	u8 back; /* the phase to go back to after MSG_OUT or MSG_IN */
	u8 data; /* enum scsi_data */
	u8 lun; /* of this connection, 0..7 or SCSI_LUN_UNTOLD */
	bool atn;
	u8 status; /* to be sent in STATUS phase */
	u8 cdb_num;
	u8 out_num, in_num, in_pos; /* bytes in msg_out and msg_in */
	u8 sense_key, asc, ascq;
	u8 cdb[16];
	u8 msg_out[16];
	u8 msg_in[8];
	bool sense_valid; /* sense_info holds a block number */
	u8 attention; /* OR of SCSI_UA_* */
	bool stopped, ejected, locked, write_through;
	bool fua; /* this write ends with a flush */
	u8 pad[8];
	u8 buf[SCSI_BUF];
};

struct scsi_target {
	struct dev dev;
	struct scsi_target_state s;
	const struct scsi_kind *kind;
	struct block *medium; /* NULL: none */
	/* A piece of the medium, for initiators that take a few bytes at a time. */
	u64 cache_off;
	u32 cache_len; /* 0: nothing cached */
	u8 cache[SCSI_CACHE];
};

/* The cable: which target answers to which ID; NULL where there is none. Wires, set by the board. */
struct scsi_bus {
	struct scsi_target *target[SCSI_IDS];
};

/* The initiator's side. t is a target that was selected and has not gone bus free. */

/* Select: with ATN the target asks for messages first, without it for the command. */
void scsi_select(struct scsi_target *t, bool atn);
void scsi_set_atn(struct scsi_target *t, bool atn);
/*
 * Bytes that the target will surely take or give before it can change phase: 0 only
 * in BUS FREE and after the last byte of a message in that waits for scsi_ack().
 */
u32 scsi_wants(const struct scsi_target *t);
/*
 * Move up to n bytes, in an outgoing resp. incoming phase; returns how many were moved, fewer than n
 * only where the phase changed.
 */
u32 scsi_put(struct scsi_target *t, const u8 *p, u32 n);
u32 scsi_get(struct scsi_target *t, u8 *p, u32 n);
/* A message byte was accepted: goes on to the next one, or leaves MSG IN. */
void scsi_ack(struct scsi_target *t);
/* Was the whole CDB taken (not refused after its first byte)? */
bool scsi_has_command(const struct scsi_target *t);
/* The initiator let go of the bus: forget the command. */
void scsi_drop(struct scsi_target *t);
/* RST: every target. */
void scsi_bus_reset(struct scsi_bus *bus);

/* Another medium, or none, was put in; takes effect at once and sets the unit attention. */
void scsi_change_medium(struct scsi_target *t, struct block *medium);

/* For the target classes. */

struct scsi_kind {
	u8 type; /* peripheral device type */
	const char *product; /* 16 characters */
	u32 block_size; /* at power-on, unless dev.param says otherwise */
	bool removable;
	/* Executes the command in s.cdb, ending it by one of the four below. False: no such command. */
	bool (*command)(struct scsi_target *t);
	/* The parameter list of s.len bytes is in s.buf: same ends. */
	void (*parameters)(struct scsi_target *t);
	/*
	 * Mode page `page` to p, which is zeroed and has room for 64 bytes: the values of kind pc
	 * (0 current, 1 changeable, 2 default). Returns its length, 0 if there is no such page.
	 */
	u32 (*mode_page)(const struct scsi_target *t, u8 page, u8 pc, u8 *p);
	/* A page (p[0] its code, p[1] its length) that the initiator sets; false: refuse it. */
	bool (*set_page)(struct scsi_target *t, const u8 *p);
	u8 pages[10]; /* the mode pages that there are, ascending, ends with 0 */
};

extern const struct field scsi_target_fields[];

int scsi_init(struct scsi_target *t, const struct scsi_kind *kind);
void scsi_reset(void *chip);
void scsi_loaded(void *chip);
bool scsi_check(const void *chip);

/* Sense keys, and additional sense codes as ASC << 8 | ASCQ. */
enum {
	SK_NONE = 0,
	SK_NOT_READY = 2,
	SK_MEDIUM_ERROR = 3,
	SK_ILLEGAL_REQUEST = 5,
	SK_UNIT_ATTENTION = 6,
	SK_DATA_PROTECT = 7,
	SK_ABORTED = 0xb,
	SK_MISCOMPARE = 0xe,
};

enum {
	ASC_NOT_READY_START = 0x0402, /* initializing command required */
	ASC_WRITE_ERROR = 0x0c00,
	ASC_READ_ERROR = 0x1100,
	ASC_LIST_LENGTH = 0x1a00,
	ASC_MISCOMPARE = 0x1d00,
	ASC_OPCODE = 0x2000,
	ASC_LBA = 0x2100,
	ASC_CDB_FIELD = 0x2400,
	ASC_LUN = 0x2500,
	ASC_LIST_FIELD = 0x2600,
	ASC_WRITE_PROTECTED = 0x2700,
	ASC_NO_SPACE = 0x2707,
	ASC_MEDIUM_CHANGED = 0x2800,
	ASC_RESET = 0x2900,
	ASC_SAVING = 0x3900,
	ASC_NO_MEDIUM = 0x3a00,
	ASC_TRAY_OPEN = 0x3a02,
	ASC_INITIATOR_ERROR = 0x4800,
	ASC_REMOVAL_PREVENTED = 0x5302,
	ASC_AUDIO_MODE = 0x6400, /* illegal mode for this track */
};

/* The ends of a command. */
void scsi_good(struct scsi_target *t);
void scsi_check_condition(struct scsi_target *t);
/* scsi_set_sense() and scsi_check_condition(). */
void scsi_fail(struct scsi_target *t, u8 key, u16 asc);
/* n bytes of buf, but no more than the initiator allocated. */
void scsi_reply(struct scsi_target *t, u32 n, u32 alloc);
/* Ask for a parameter list of n bytes; `parameters` is called once it is there. */
void scsi_ask(struct scsi_target *t, u32 n);

/* Shared by the kinds. Those that return bool: false means that scsi_fail() was called. */
void scsi_set_sense(struct scsi_target *t, u8 key, u16 asc);
u64 scsi_nr_blocks(const struct scsi_target *t);
bool scsi_ready(struct scsi_target *t);
/* LBA and count of a READ, WRITE, VERIFY, ... of any CDB length. */
void scsi_extent(const struct scsi_target *t, u64 *lba, u64 *count);
bool scsi_in_range(struct scsi_target *t, u64 lba, u64 count);
void scsi_move(struct scsi_target *t, enum scsi_data data, u64 lba, u64 count);
void scsi_host_error(struct scsi_target *t, int err, bool write, u64 lba);
/* Have what was written on the host's disk. */
bool scsi_flush(struct scsi_target *t);
void scsi_sync(struct scsi_target *t);
void scsi_mode_parameters(struct scsi_target *t);
/* Bytes of a CDB by its group; 0: nobody knows. */
u8 scsi_cdb_length(u8 op);
/* The command in the CDB, the primary ones and then those of the kind. */
void scsi_run_command(struct scsi_target *t);

#endif
