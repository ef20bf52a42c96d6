/* SPDX-License-Identifier: MIT */
/* Between snapshot.c, which writes records, and restore.c, which reads and compares them. */
#ifndef MACHINE_SNAPREC_H
#define MACHINE_SNAPREC_H

#include "lib/octets.h"
#include "machine/snapshot.h"

/* The payload of each record that is no memory and no disk. */
void snapshot_put_config(struct octets *o, const struct machine_config *c);
void snapshot_put_machine(struct octets *o, const struct machine *m);
void snapshot_put_firmware(struct octets *o, struct machine *m);
void snapshot_put_cpu(struct octets *o, const struct cpu *cpu);
void snapshot_put_chip(struct octets *o, struct dev *chip);
void snapshot_put_chr(struct octets *o, const struct chr *chr);
void snapshot_put_net(struct octets *o, const struct net_port *net);

/*
 * The chips have their states, and the clock and the memory are right: now everything that is derived, and
 * what the chips' outputs drive. One state for each processor.
 */
void snapshot_revive(struct machine *m, const struct machine_state *s, const struct cpu_state *cpu);

extern const char *const snapshot_chr_name[CHR_NR], *const snapshot_vga_name[3];
/* A line about what is wrong, which returns `ret`; one that begins with the snapshot's name. */
int snapshot_fail(int ret, char *err, size_t errlen, const char *fmt, ...) __printf(4, 5);
int snapshot_refuse(const struct snapshot *s, char *err, size_t errlen, const char *fmt, ...)
	__printf(4, 5);
/* What s->img.bad says. */
int snapshot_refused(const struct snapshot *s, char *err, size_t errlen);

/* --- snapdisk.c --- */

/* Which drives there are, from the records DISK, which are all checked but for their units. */
int snapshot_read_disks(struct snapshot *s, char *err, size_t errlen);
/* The bases are what they were. */
int snapshot_check_bases(struct snapshot *s, const struct machine_config *c, char *err,
			 size_t errlen);
/* Every unit, before the first one is written anywhere. */
int snapshot_check_units(struct snapshot *s, char *err, size_t errlen);
const char *snapshot_drive_name(unsigned n);
bool snapshot_has_drive(const struct machine_config *c, unsigned n);
struct block *snapshot_medium(const struct machine_config *c, unsigned n);

#endif
