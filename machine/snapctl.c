/* SPDX-License-Identifier: MIT */
#include "machine/snapctl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/block-hold.h"
#include "lib/host-progress.h"
#include "machine/plug.h"
#include "machine/snaprec.h"

/* Where an opt_drive belongs. */
static unsigned drive_number(const struct opt_drive *d)
{
	return d->iface == OPT_IF_FLOPPY ? SNAPSHOT_FLOPPY : (unsigned)d->unit;
}

void snapctl_init(struct snapctl *c, const struct options *o, struct host *host, struct machine *m)
{
	*c = (struct snapctl){ .o = o, .host = host, .m = m };
	c->opt.raw = !o->snap_compress;
	for (unsigned i = 0; i < o->nr_drives; i++) {
		struct snapshot_drive *d = &c->opt.drive[drive_number(&o->drive[i])];

		d->path = o->drive[i].file;
		d->overlay = o->drive[i].overlay;
	}
}

/* --- saving --- */

/* In the child, whose memory is the machine's at the instant of the request. */
static void save_work(void *arg, struct host_saved *out)
{
	struct snapctl *c = arg;
	struct host_progress hp;
	struct host_replace file;
	int ret = host_replace_begin(&file, &host_io, c->o->snap, out->text, sizeof(out->text));

	/* The guest goes on, and may write to that terminal. */
	c->opt.progress = host_progress_begin(&hp, HOST_PROGRESS_FD, false, HOST_PROGRESS_AFTER,
					      "saving", c->o->snap);
	if (!ret) {
		ret = snapshot_save(c->m, &c->opt, host_replace_write, &file, &out->bytes);
		ret = host_replace_end(&file, ret, out->text, sizeof(out->text));
	}
	out->err = ret;
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++)
		if (c->opt.drive[n].digested)
			memcpy(out->note + SHA256_SIZE * n, c->opt.drive[n].digest, SHA256_SIZE);
}

/* Disks are written to again. */
static void release_disks(struct snapctl *c)
{
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++)
		if (snapshot_has_drive(&c->m->config, n) && snapshot_medium(&c->m->config, n))
			block_hold_end(snapshot_medium(&c->m->config, n));
}

/* Called by a disk in the middle of the guest's access: only wait, the rest is for snapctl_poll(). */
static void settle(void *arg)
{
	struct snapctl *c = arg;

	if (c->saver.pid && host_saver_done(&c->saver, true))
		c->ended = true;
	release_disks(c);
}

static void hold_disks(struct snapctl *c)
{
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++)
		if (snapshot_has_drive(&c->m->config, n) && snapshot_medium(&c->m->config, n))
			block_hold_begin(snapshot_medium(&c->m->config, n), settle, c);
}

static int start_save(struct snapctl *c)
{
	u64 start = host_now_ns();
	int ret;

	ret = host_saver_start(&c->saver, c->host, save_work, c);
	if (!ret)
		hold_disks(c);
	c->paused_ns = host_now_ns() - start;
	if (ret)
		fprintf(stderr, "vonk: not saved: %s: %s\n", c->o->snap, strerror(-ret));
	return ret;
}

/* Digests that the child has worked out are good for ever: bases do not change. */
static void keep_digests(struct snapctl *c)
{
	static const u8 none[SHA256_SIZE];

	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		const u8 *digest = c->saver.got.note + SHA256_SIZE * n;

		if (!memcmp(digest, none, SHA256_SIZE))
			continue;
		memcpy(c->opt.drive[n].digest, digest, SHA256_SIZE);
		c->opt.drive[n].digested = true;
	}
}

static bool busy(const struct snapctl *c)
{
	return c->saver.pid || c->ended;
}

/* Report a save that has ended; false: none has. */
static bool reap(struct snapctl *c, bool wait)
{
	if (c->saver.pid && host_saver_done(&c->saver, wait))
		c->ended = true;
	if (!c->ended)
		return false;
	c->ended = false;
	release_disks(c);
	if (c->saver.got.err) {
		fprintf(stderr, "vonk: not saved: %s\n", c->saver.got.text);
	} else {
		keep_digests(c);
		fprintf(stderr, "vonk: saved %s (%" PRIu64 " bytes, paused %" PRIu64 " us)\n",
			c->o->snap, c->saver.got.bytes, (c->paused_ns + 999) / 1000);
	}
	return true;
}

/* The same, and start what has waited for it. */
static void go_on(struct snapctl *c, bool wait)
{
	if (!reap(c, wait) || !c->again)
		return;
	c->again = false;
	start_save(c);
}

void snapctl_save(struct snapctl *c)
{
	if (busy(c))
		c->again = true;
	else
		start_save(c);
}

int snapctl_save_now(struct snapctl *c, char *err, size_t errlen)
{
	int ret;

	/* This instant serves whoever waits, too. */
	c->again = false;
	while (busy(c))
		reap(c, true);
	ret = start_save(c);
	if (ret) {
		snprintf(err, errlen, "%s: %s", c->o->snap, strerror(-ret));
		return ret;
	}
	while (busy(c))
		reap(c, true);
	if (c->saver.got.err)
		snprintf(err, errlen, "%s", c->saver.got.text);
	return c->saver.got.err;
}

void snapctl_poll(struct snapctl *c)
{
	go_on(c, false);
	if (c->o->save_at && !c->saved_at && machine_insns(c->m) >= c->o->save_at) {
		c->saved_at = true;
		if (machine_insns(c->m) > c->o->save_at) {
			fprintf(stderr,
				"vonk: not saved: the machine is past instruction %" PRIu64 "\n",
				c->o->save_at);
			return;
		}
		/* This instant, not one after the save that is going on. */
		while (busy(c))
			reap(c, true);
		start_save(c);
	}
}

u64 snapctl_quantum(const struct snapctl *c, u64 quantum)
{
	u64 now = machine_insns(c->m);

	if (c->saved_at || c->o->save_at <= now || c->o->save_at - now > quantum)
		return quantum;
	return c->o->save_at - now;
}

void snapctl_finish(struct snapctl *c)
{
	while (busy(c))
		go_on(c, true);
}

/* --- restoring --- */

static int go_back(struct snapctl *c, struct snapshot *s, char *err, size_t errlen)
{
	struct machine_config config = c->m->config;
	struct net_port *net = config.net ? calloc(1, sizeof(*net)) : NULL;
	struct machine *fresh = NULL;
	int ret = snapshot_open(s, c->o->snap, false, err, errlen);

	if (!ret)
		ret = snapshot_same(s, c->m, err, errlen);
	config.net = net;
	if (!ret)
		ret = machine_new(&fresh, &config, err, errlen);
	if (!ret)
		ret = snapshot_fill(s, fresh, err, errlen);
	if (!ret) {
		ret = snapshot_fill_disks(s, &c->m->config, err, errlen);
		c->torn = ret;
	}
	if (!ret) {
		if (net)
			c->m->config.net->in = net->in;
		snapshot_adopt(c->m, fresh);
	}
	machine_free(fresh);
	free(net);
	return ret;
}

int snapctl_go_back(struct snapctl *c, char *err, size_t errlen)
{
	u64 start = host_now_ns();
	struct snapshot s;
	int ret;

	/* The last one is the one that was asked for last. */
	snapctl_finish(c);
	if (host_replace_is_stream(c->o->snap)) {
		ret = -EINVAL;
		snprintf(err, errlen, "%s: a stream can not be gone back to", c->o->snap);
	} else {
		ret = go_back(c, &s, err, errlen);
		snapshot_close(&s);
	}
	if (ret)
		fprintf(stderr, "vonk: not restored: %s\n", err);
	else
		fprintf(stderr, "vonk: restored %s (paused %" PRIu64 " us)\n", c->o->snap,
			(host_now_ns() - start + 999) / 1000);
	return ret;
}

/* --- a new machine --- */

static __printf(4, 5) int fail(int ret, char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return ret;
}

/* What the stream says and an option says otherwise. */
static int check_options(const struct options *o, const struct machine_config *c, char *err,
			 size_t errlen)
{
	const struct cpu_model *cpu = o->cpu ? cpu_model_find(o->cpu) : NULL;
	static const char what[] = "of the snapshot";

	if (o->board && board_find(o->board) != c->board)
		return fail(-EINVAL, err, errlen, "-M %s contradicts the %s %s", o->board,
			    c->board->name, what);
	if (o->cpu && cpu != c->cpu)
		return fail(-EINVAL, err, errlen, "-cpu '%s' contradicts the %s %s", o->cpu,
			    c->cpu->name, what);
	if (o->mem != OPT_MEM_DEFAULT && o->mem != c->ram_size)
		return fail(-EINVAL, err, errlen,
			    "-m: %" PRIu64 " KiB contradict the %" PRIu64 " KiB %s", o->mem >> 10,
			    c->ram_size >> 10, what);
	if (o->smp > 1 && o->smp != c->nr_cpus)
		return fail(-EINVAL, err, errlen, "-smp %u contradicts the %u processors %s",
			    o->smp, c->nr_cpus, what);
	if (o->icount_shift && o->icount_shift != c->shift)
		return fail(-EINVAL, err, errlen, "-icount %u contradicts the %u %s",
			    o->icount_shift, c->shift, what);
	return 0;
}

/* What was put into memory when the machine started is there already. */
static int check_boot_options(const struct options *o, char *err, size_t errlen)
{
	const struct {
		bool given;
		const char *name;
	} none[] = {
		{ o->image, "IMAGE" },		 { o->bios, "-bios" },
		{ o->kernel, "-kernel" },	 { o->initrd, "-initrd" },
		{ o->append, "-append" },	 { o->boot, "-boot" },
		{ o->nr_prom_env, "-prom-env" }, { o->has_uuid, "-uuid" },
		{ o->snapshot, "-snapshot" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(none); i++)
		if (none[i].given)
			return fail(
				-EINVAL, err, errlen,
				"%s does not go with -restore: all of the machine comes from the "
				"snapshot",
				none[i].name);
	return 0;
}

static struct opt_drive *find_drive(struct options *o, unsigned n)
{
	for (unsigned i = 0; i < o->nr_drives; i++)
		if (drive_number(&o->drive[i]) == n)
			return &o->drive[i];
	return NULL;
}

/* The stream's drive as an option, except for where its image is now, if that was given. */
static int enter_drive(struct options *o, const struct snap_disk *disk, unsigned n, char *err,
		       size_t errlen)
{
	struct opt_drive *d = find_drive(o, n);
	bool given = d;

	if (!disk)
		return given ? fail(-EINVAL, err, errlen, "%s '%s': the snapshot has no drive %s",
				    d->option, d->file, snapshot_drive_name(n))
			     : 0;
	if (!disk->size && given)
		return fail(-EINVAL, err, errlen, "%s '%s': the drive %s of the snapshot is empty",
			    d->option, d->file, snapshot_drive_name(n));
	if (!disk->size)
		return 0;
	if (!given) {
		if (o->nr_drives == OPT_DRIVES)
			return fail(-EINVAL, err, errlen, "too many drives");
		d = &o->drive[o->nr_drives++];
		*d = (struct opt_drive){ .option = "-restore", .file = disk->path };
		d->iface = n == SNAPSHOT_FLOPPY ? OPT_IF_FLOPPY : OPT_IF_SCSI;
		d->unit = n == SNAPSHOT_FLOPPY ? 0 : (int)n;
	} else if (d->overlay && disk->kind == SNAP_WHOLE) {
		return fail(-EINVAL, err, errlen,
			    "%s overlay=%s: the drive %s of the snapshot is written in place",
			    d->option, d->overlay, snapshot_drive_name(n));
	}
	d->media = disk->media == SNAP_CDROM	? OPT_MEDIA_CDROM
		   : disk->media == SNAP_FLOPPY ? OPT_MEDIA_FLOPPY
						: OPT_MEDIA_DISK;
	d->readonly = disk->protected;
	if (!d->overlay && !given && *disk->overlay)
		d->overlay = disk->overlay;
	d->snapshot = disk->kind == SNAP_CHANGES && !d->readonly && !d->overlay;
	return 0;
}

/* An image that is to be written as a whole need not be there. */
static int make_image(struct snapshot *s, struct options *o, unsigned n, char *err, size_t errlen)
{
	int ret = host_file_make(find_drive(o, n)->file, s->disk[n]->size, err, errlen);

	s->made[n] = ret > 0;
	return ret < 0 ? ret : 0;
}

static void unmake_images(const struct snapshot *s, struct options *o)
{
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++)
		if (s->made[n])
			host_file_remove(find_drive(o, n)->file);
}

static int plug_drives(struct snapshot *s, struct options *o, struct machine_config *config,
		       char *err, size_t errlen)
{
	int ret = 0;

	for (unsigned n = 0; !ret && n < SNAPSHOT_DRIVES; n++) {
		ret = enter_drive(o, s->disk[n], n, err, errlen);
		if (!ret && s->disk[n] && s->disk[n]->kind == SNAP_WHOLE)
			ret = make_image(s, o, n, err, errlen);
		if (!ret && s->disk[n] && !s->disk[n]->size)
			config->scsi[n].present = config->scsi[n].cdrom = true;
	}
	if (ret)
		return ret;
	/* The display and its ROM are in the stream. */
	o->vga = OPT_VGA_NONE;
	o->width = config->width;
	o->height = config->height;
	o->depth = config->depth;
	ret = plug_open(o, config, err, errlen);
	config->vga = s->config.vga;
	return ret;
}

static int new_machine(struct snapshot *s, const struct recording *rec, struct options *o,
		       struct machine_config *config, struct machine **m, char *err, size_t errlen)
{
	int ret = rec ? snapshot_open_bytes(s, o->replay, rec->buf, rec->snapshot, err, errlen)
		      : snapshot_open(s, o->restore, o->verify == OPT_VERIFY_HEADER, err, errlen);

	if (!ret)
		ret = check_options(o, &s->config, err, errlen);
	if (!ret)
		ret = check_boot_options(o, err, errlen);
	if (ret)
		return ret;
	*config = s->config;
	config->ref = o->log.items & OPT_LOG_REF;
	ret = plug_drives(s, o, config, err, errlen);
	if (!ret)
		ret = machine_new(m, config, err, errlen);
	if (!ret)
		ret = snapshot_fill(s, *m, err, errlen);
	return ret ? ret : snapshot_fill_disks(s, config, err, errlen);
}

int snapctl_new_machine(struct snapshot *s, const struct recording *rec, struct options *o,
			struct machine_config *config, struct machine **m, char *err, size_t errlen)
{
	u64 start = host_now_ns();
	int ret = new_machine(s, rec, o, config, m, err, errlen);

	host_source_close(&s->file);
	if (ret)
		unmake_images(s, o);
	else if (!rec)
		fprintf(stderr, "vonk: restored %s (paused %" PRIu64 " us)%s\n", s->name,
			(host_now_ns() - start + 999) / 1000,
			o->verify == OPT_VERIFY_HEADER ? ", memory pages not verified" : "");
	return ret;
}
