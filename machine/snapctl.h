/* SPDX-License-Identifier: MIT */
/*
 * When a machine is saved and restored: signals, -save-at, -save-on-exit and -restore, one save at a
 * time, and one line on stderr for each.
 */
#ifndef MACHINE_SNAPCTL_H
#define MACHINE_SNAPCTL_H

#include "lib/host.h"
#include "machine/options.h"
#include "machine/replay.h"
#include "machine/snapshot.h"

struct snapctl {
	const struct options *o;
	struct host *host;
	struct machine *m;
	struct snapshot_options opt;
	struct host_saver saver;
	u64 paused_ns; /* of the save that is going on */
	bool ended; /* it has ended, and nobody was told */
	bool again; /* one more was asked for meanwhile */
	bool torn; /* going back has failed half way through a disk: the machine must not go on */
	bool saved_at; /* -save-at is done */
};

void snapctl_init(struct snapctl *c, const struct options *o, struct host *host, struct machine *m);
/* Save now, or once the save that is going on has ended. */
void snapctl_save(struct snapctl *c);
/* Save and wait until it is done: 0, or -errno with one line in err. */
int snapctl_save_now(struct snapctl *c, char *err, size_t errlen);
/*
 * Go back to the last snapshot. 0; SNAPSHOT_REFUSED or -errno with one line in err, and nothing has
 * changed unless c->torn is set.
 */
int snapctl_go_back(struct snapctl *c, char *err, size_t errlen);
/* At every quantum edge: report what has ended, start what waits, serve -save-at. */
void snapctl_poll(struct snapctl *c);
/* How many instructions to run at most, so that -save-at is met. */
u64 snapctl_quantum(const struct snapctl *c, u64 quantum);
/* Wait until everything that was asked for is saved. */
void snapctl_finish(struct snapctl *c);

/*
 * -restore: a machine from o->restore or, where rec is not NULL, from what a recording begins with, with the stream's drives and those of the options entered into
 * o and opened in config. 0, SNAPSHOT_REFUSED, or -errno, with one line in err. The options point into s: it
 * is to be closed after them, in any case.
 */
int snapctl_new_machine(struct snapshot *s, const struct recording *rec, struct options *o,
			struct machine_config *config, struct machine **m, char *err,
			size_t errlen);

#endif
