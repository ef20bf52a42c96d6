/* SPDX-License-Identifier: MIT */
#include "machine/snapcmd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host-file.h"
#include "lib/zero.h"
#include "machine/fields.h"
#include "machine/snaprec.h"

enum { ERR = 8192 }; /* a path and a line */
enum { STATUS_GOOD, STATUS_FAILED, STATUS_DIFFER, STATUS_REFUSED };

static int complain(FILE *errors, int ret, const char *err)
{
	fprintf(errors, "vonk: %s\n", err);
	return ret == SNAPSHOT_REFUSED ? STATUS_REFUSED : STATUS_FAILED;
}

static void print_hex(FILE *out, const u8 *p, size_t n)
{
	while (n--)
		fprintf(out, "%02x", *p++);
}

/* --- info --- */

static void print_value(FILE *out, const struct field *f, const void *at)
{
	const u8 *p = at;

	if (f->type == FIELD_BYTES) {
		if (is_zero(p, f->count))
			fprintf(out, " 00 x %" PRIu32, f->count);
		else
			fputc(' ', out), print_hex(out, p, f->count);
		return;
	}
	for (u32 i = 0; i < f->count; i++) {
		u64 v = field_value(f, at, i);

		if (f->type == FIELD_FIFO) {
			fprintf(out, " %" PRIu64 ":", v);
			print_hex(out, p + i * f->size + offsetof(struct fifo, data), v);
		} else if (f->type == FIELD_BOOL) {
			fprintf(out, " %s", v ? "true" : "false");
		} else {
			fprintf(out, " 0x%0*" PRIx64, 2 * (int)f->size, v);
		}
	}
}

struct printer {
	FILE *out;
	const char *name;
};

static void print_field(void *arg, const char *path, const struct field *f, const void *at)
{
	struct printer *p = arg;

	fprintf(p->out, "%s.%s =", p->name, path);
	print_value(p->out, f, at);
	fputc('\n', p->out);
}

static void print_header(FILE *out, const struct snapshot *s)
{
	const struct snap_header *h = &s->img.head;

	fprintf(out, "file = %s\nversion = %" PRIu32 "\nlayout = %016" PRIx64 "\n", s->name,
		h->version, h->layout);
	fprintf(out, "producer = %s %s\nbuild = ", h->producer, h->producer_version);
	print_hex(out, h->build, sizeof(h->build));
	fprintf(out,
		"\nboard = %s\nram = %" PRIu64 "\nlength = %" PRIu64 "\nrecords = %" PRIu32 "\n",
		h->board, h->ram_size, h->length, h->records);
}

static void print_config(FILE *out, const struct machine_config *c)
{
	fprintf(out,
		"config.cpu = %s\nconfig.smp = %u\nconfig.shift = %u\nconfig.vga = %s\n"
		"config.geometry = %ux%ux%u\n",
		c->cpu->name, c->nr_cpus, c->shift, snapshot_vga_name[c->vga], c->width, c->height,
		c->depth);
}

static void print_drives(FILE *out, const struct snapshot *s)
{
	static const char *const media[] = { "disk", "cdrom", "floppy" };

	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		const struct snap_disk *d = s->disk[n];
		const char *name = snapshot_drive_name(n);

		if (!d)
			continue;
		fprintf(out, "%s.media = %s\n%s.size = %" PRIu64 "\n", name, media[d->media], name,
			d->size);
		if (!d->size)
			continue;
		fprintf(out, "%s.holds = %s, %" PRIu64 " units\n%s.protected = %s\n", name,
			d->kind == SNAP_WHOLE ? "whole image" : "changes", d->runs.things, name,
			d->protected ? "true" : "false");
		fprintf(out, "%s.image = %s\n", name, d->path);
		if (*d->overlay)
			fprintf(out, "%s.overlay = %s\n", name, d->overlay);
		if (d->kind == SNAP_CHANGES) {
			fprintf(out, "%s.base_sha256 = ", name);
			print_hex(out, d->digest, sizeof(d->digest));
			fputc('\n', out);
		}
	}
}

static u64 count_pages(const u8 *mem, u64 size)
{
	u64 n = 0;

	for (u64 off = 0; off < size; off += SNAP_PAGE)
		n += !is_zero(mem + off, SNAP_PAGE);
	return n;
}

static void print_machine(FILE *out, struct machine *m)
{
	struct machine_state s;
	struct snapshot_memory mem;
	struct printer p = { .out = out };
	struct cpu_state cpu;
	char name[16];

	machine_get_state(m, &s);
	p.name = "machine";
	fields_each(machine_fields, &s, print_field, &p);
	for (unsigned i = 0; i < m->config.nr_cpus; i++) {
		snprintf(name, sizeof(name), "cpu%u", i);
		p.name = name;
		cpu_get_state(m->cpu[i], &cpu);
		fields_each(cpu_fields, &cpu, print_field, &p);
	}
	for (unsigned i = 0; i < m->nr_devs; i++) {
		p.name = m->dev[i].row->name;
		fields_each(m->dev[i].row->cls->fields, dev_state(m->dev[i].chip), print_field, &p);
	}
	for (unsigned i = 0; i < CHR_NR; i++)
		fprintf(out, "%s.input = %" PRIu32 " bytes, %" PRIu32 " breaks\n",
			snapshot_chr_name[i], m->chr[i].in.num, m->chr[i].breaks);
	for (unsigned n = 0; snapshot_memory(m, n, &mem); n++)
		fprintf(out, "memory.%s = %" PRIu64 " bytes, %" PRIu64 " pages not zero\n",
			mem.name, mem.size, count_pages(mem.mem, mem.size));
}

static int info(int nr, char **args, FILE *out, FILE *errors)
{
	struct machine *m = NULL;
	struct snapshot s;
	char err[ERR];
	int ret = snapshot_open_disks(&s, args[0], err, sizeof(err));

	(void)nr;
	if (!ret) {
		print_header(out, &s);
		print_drives(out, &s);
	}
	if (!ret && s.img.head.version == SNAP_VERSION && s.img.head.layout == snapshot_layout()) {
		ret = snapshot_open_rest(&s, err, sizeof(err));
		if (!ret)
			print_config(out, &s.config);
		if (!ret)
			ret = snapshot_look(&s, &m, err, sizeof(err));
		if (!ret)
			print_machine(out, m);
	} else if (!ret) {
		fprintf(out, "# The rest is of another version.\n");
	}
	machine_free(m);
	snapshot_close(&s);
	return ret ? complain(errors, ret, err) : STATUS_GOOD;
}

/* --- check --- */

static int check_one(const char *path, FILE *out, FILE *errors)
{
	struct machine *m = NULL;
	struct snapshot s;
	char err[ERR];
	int ret = snapshot_open(&s, path, false, err, sizeof(err));

	if (!ret)
		ret = snapshot_look(&s, &m, err, sizeof(err));
	if (!ret)
		fprintf(out, "%s: good\n", s.name);
	machine_free(m);
	snapshot_close(&s);
	return ret ? complain(errors, ret, err) : STATUS_GOOD;
}

static int check(int nr, char **args, FILE *out, FILE *errors)
{
	int worst = STATUS_GOOD;

	for (int i = 0; i < nr; i++) {
		int status = check_one(args[i], out, errors);

		if (status > worst)
			worst = status;
	}
	return worst;
}

/* --- diff --- */

struct differ {
	FILE *out;
	const char *name;
	const u8 *a, *b; /* the two states */
	bool found;
};

static void diff_field(void *arg, const char *path, const struct field *f, const void *at)
{
	struct differ *d = arg;
	const u8 *other = d->b + ((const u8 *)at - d->a);

	if (!memcmp(at, other, (size_t)f->size * f->count))
		return;
	fprintf(d->out, "%s.%s:", d->name, path);
	print_value(d->out, f, at);
	fputs(" ->", d->out);
	print_value(d->out, f, other);
	fputc('\n', d->out);
	d->found = true;
}

static void diff_state(struct differ *d, const char *name, const struct field *fields,
		       const void *a, const void *b)
{
	d->name = name;
	d->a = a;
	d->b = b;
	fields_each(fields, a, diff_field, d);
}

static void diff_memory(struct differ *d, const struct snapshot_memory *a,
			const struct snapshot_memory *b)
{
	for (u64 off = 0; off < a->size; off += SNAP_PAGE) {
		u64 end = off;

		while (end < a->size && memcmp(a->mem + end, b->mem + end, SNAP_PAGE))
			end += SNAP_PAGE;
		if (end == off)
			continue;
		fprintf(d->out, "memory.%s: %" PRIu64 " pages from 0x%" PRIx64 "\n", a->name,
			(end - off) / SNAP_PAGE, off);
		d->found = true;
		off = end;
	}
}

static void diff_machines(struct differ *d, struct machine *a, struct machine *b)
{
	static const char *const cpu_name[CODE_MAX_CPUS] = { "cpu0", "cpu1", "cpu2", "cpu3" };
	struct snapshot_memory ma, mb;
	struct machine_state sa, sb;
	struct cpu_state ca, cb;

	machine_get_state(a, &sa);
	machine_get_state(b, &sb);
	diff_state(d, "machine", machine_fields, &sa, &sb);
	for (unsigned i = 0; i < a->config.nr_cpus; i++) {
		cpu_get_state(a->cpu[i], &ca);
		cpu_get_state(b->cpu[i], &cb);
		diff_state(d, cpu_name[i], cpu_fields, &ca, &cb);
	}
	for (unsigned i = 0; i < a->nr_devs; i++)
		diff_state(d, a->dev[i].row->name, a->dev[i].row->cls->fields,
			   dev_state(a->dev[i].chip), dev_state(b->dev[i].chip));
	for (unsigned n = 0; snapshot_memory(a, n, &ma) && snapshot_memory(b, n, &mb); n++)
		diff_memory(d, &ma, &mb);
}

/* Records that are no state of a chip or memory: their octets. */
static void diff_records(struct differ *d, struct snapshot *a, struct snapshot *b)
{
	for (u32 i = 0; i < a->img.nr && i < b->img.nr; i++) {
		const struct snap_frame *f = &a->img.frame[i], *g = &b->img.frame[i];
		bool same = f->len == g->len;
		struct snap_cursor ca, cb;

		if (strcmp(f->type, "FWCF") && strcmp(f->type, "CHR") && strcmp(f->type, "NET") &&
		    strcmp(f->type, "BOOT") && strcmp(f->type, "DISK"))
			continue;
		snap_cursor_init(&ca, &a->img, i);
		snap_cursor_init(&cb, &b->img, i);
		while (same && snap_left(&ca)) {
			u64 n = snap_left(&ca) < 4096 ? snap_left(&ca) : 4096;
			u8 x[4096], y[4096];

			same = snap_get(&ca, x, n) && snap_get(&cb, y, n) && !memcmp(x, y, n);
		}
		if (same)
			continue;
		fprintf(d->out, "%s %s: the contents differ\n", f->type, f->name);
		d->found = true;
	}
}

static bool same_shape(const struct snapshot *a, const struct snapshot *b)
{
	bool same = a->config.board == b->config.board &&
		    a->config.ram_size == b->config.ram_size && a->config.cpu == b->config.cpu &&
		    a->config.nr_cpus == b->config.nr_cpus && a->config.vga == b->config.vga &&
		    a->img.nr == b->img.nr;

	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++)
		same = same && !a->disk[n] == !b->disk[n];
	return same;
}

static int diff(int nr, char **args, FILE *out, FILE *errors)
{
	struct machine *m[2] = { NULL, NULL };
	struct differ d = { .out = out };
	struct snapshot s[2];
	char err[ERR];
	int ret = 0;

	memset(s, 0, sizeof(s));
	s[0].file.fd = s[1].file.fd = -1;
	for (int i = 0; i < nr && !ret; i++) {
		ret = snapshot_open(&s[i], args[i], false, err, sizeof(err));
		if (!ret)
			ret = snapshot_look(&s[i], &m[i], err, sizeof(err));
	}
	if (!ret && !same_shape(&s[0], &s[1])) {
		fprintf(out, "the machines are built differently\n");
		d.found = true;
	} else if (!ret) {
		diff_machines(&d, m[0], m[1]);
		diff_records(&d, &s[0], &s[1]);
	}
	for (int i = 0; i < 2; i++) {
		machine_free(m[i]);
		snapshot_close(&s[i]);
	}
	if (ret)
		return complain(errors, ret, err);
	return d.found ? STATUS_DIFFER : STATUS_GOOD;
}

/* --- disk --- */

struct extract {
	FILE *out;
	const char *dir;
	bool overlay; /* only the changes */
	const char *base[SNAPSHOT_DRIVES]; /* where a base is now, NULL: where it was */
};

/* One drive's record, or what is under it, into a raw image. */
struct image {
	struct block *base; /* NULL: zeros */
	struct host_replace file;
	u64 size, next; /* what lies before this offset is written */
	int err;
};

static int copy_up_to(struct image *im, u64 end)
{
	u8 buf[SNAP_UNIT] = { 0 };

	while (!im->err && im->next < end) {
		u32 n = end - im->next < SNAP_UNIT ? (u32)(end - im->next) : SNAP_UNIT;

		if (im->base)
			im->err = block_read(im->base, im->next, buf, n);
		if (!im->err)
			im->err = host_replace_write(&im->file, buf, n);
		im->next += n;
	}
	return im->err;
}

static int image_unit(void *arg, u64 off, const u8 *unit, u32 n)
{
	struct image *im = arg;

	if (!copy_up_to(im, off))
		im->err = host_replace_write(&im->file, unit, n);
	im->next = off + n;
	return im->err;
}

static int write_image(struct snapshot *s, unsigned n, struct block *base, const char *path,
		       char *err, size_t errlen)
{
	struct image im = { .base = base, .size = s->disk[n]->size };
	struct snap_disk again;
	struct snap_cursor cur;
	bool good;
	int ret;

	ret = host_replace_begin(&im.file, &host_io, path, err, errlen);
	if (ret)
		return ret;
	snap_cursor_init(&cur, &s->img, s->disk_record[n]);
	good = snap_disk_get(&cur, &again) &&
	       snap_disk_units(&cur, &again, image_unit, &im, &ret) && !copy_up_to(&im, im.size);
	snap_disk_release(&again);
	if (!good && !im.err && !ret)
		im.err = -EBADMSG;
	return host_replace_end(&im.file, im.err, err, errlen);
}

static int write_overlay(struct snapshot *s, unsigned n, const char *path, char *err, size_t errlen)
{
	struct block *base = block_mem_new(s->disk[n]->size), *overlay = NULL;
	int ret, at = 0;

	ret = base ? host_file_make(path, 0, err, errlen) : -ENOMEM;
	if (ret == 1) {
		host_file_remove(path);
		ret = host_overlay_open(&overlay, base, path, err, errlen);
	} else if (!ret) {
		snprintf(err, errlen, "%s: is there already", path);
		ret = -EEXIST;
	}
	if (ret) {
		block_close(base);
		return ret;
	}
	if (!snapshot_apply_disk(s, n, overlay, &at))
		ret = at ? at : -EBADMSG;
	if (!ret)
		ret = block_flush(overlay);
	block_close(overlay);
	if (ret) {
		snprintf(err, errlen, "%s: %s", path, strerror(-ret));
		host_file_remove(path);
	}
	return ret;
}

/* The image that a drive's changes belong to, checked; NULL with 0: none is needed. */
static int open_base(const struct extract *x, const struct snap_disk *d, unsigned n,
		     struct block **base, struct progress *watch, char *err, size_t errlen)
{
	const char *path = x->base[n] ? x->base[n] : d->path;
	u8 digest[SHA256_SIZE];
	int ret;

	*base = NULL;
	if (d->kind == SNAP_WHOLE)
		return 0;
	ret = host_file_open(base, path, false, err, errlen);
	if (ret)
		return ret;
	ret = block_digest(*base, digest, watch, path);
	if (ret)
		snprintf(err, errlen, "%s: %s", path, strerror(-ret));
	else if ((*base)->size != d->size || memcmp(digest, d->digest, sizeof(digest)))
		ret = SNAPSHOT_REFUSED,
		snprintf(err, errlen, "%s: is not the base image of %s: its contents are others",
			 path, snapshot_drive_name(n));
	if (ret) {
		block_close(*base);
		*base = NULL;
	}
	return ret;
}

static int extract_drive(const struct extract *x, struct snapshot *s, unsigned n, char *err,
			 size_t errlen)
{
	const struct snap_disk *d = s->disk[n];
	bool overlay = x->overlay && d->kind == SNAP_CHANGES;
	struct block *base = NULL;
	char path[SNAP_PATH];
	int ret;

	if (x->overlay && !d->runs.things)
		return 0;
	snprintf(path, sizeof(path), "%s/%s.%s", x->dir, snapshot_drive_name(n),
		 overlay ? "overlay" : "img");
	ret = overlay ? 0 : open_base(x, d, n, &base, s->file.watch, err, errlen);
	if (!ret)
		ret = overlay ? write_overlay(s, n, path, err, errlen)
			      : write_image(s, n, base, path, err, errlen);
	block_close(base);
	if (!ret)
		fprintf(x->out, "%s: %" PRIu64 " bytes%s\n", path, d->size,
			overlay ? ", changes only" : "");
	return ret;
}

/* "scsi0=IMAGE" */
static bool read_base(struct extract *x, char *arg)
{
	char *eq = strchr(arg, '=');

	for (unsigned n = 0; eq && n < SNAPSHOT_DRIVES; n++) {
		const char *name = snapshot_drive_name(n);

		if (strlen(name) == (size_t)(eq - arg) && !strncmp(arg, name, strlen(name))) {
			x->base[n] = eq + 1;
			return true;
		}
	}
	return false;
}

static int disk(int nr, char **args, FILE *out, FILE *errors)
{
	struct extract x = { .out = out, .dir = "." };
	struct snapshot s;
	char err[ERR];
	bool any = false;
	int ret = 0;

	for (; nr && !strncmp(*args, "--", 2); nr--, args++) {
		if (!strcmp(*args, "--overlay")) {
			x.overlay = true;
		} else if (!strcmp(*args, "--base") && nr > 1 && read_base(&x, args[1])) {
			nr--;
			args++;
		} else {
			bool base = !strcmp(*args, "--base");

			fprintf(errors, "vonk: snap disk: %s%s%s\n", base ? "" : "what is '",
				base ? "--base needs DRIVE=IMAGE, as in scsi0=disk.img" : *args,
				base ? "" : "'? See vonk snap help");
			return STATUS_FAILED;
		}
	}
	if (nr < 1 || nr > 2)
		return complain(errors, -EINVAL, "snap disk: needs FILE [DIR]");
	if (nr == 2)
		x.dir = args[1];
	ret = snapshot_open_disks(&s, args[0], err, sizeof(err));
	for (unsigned n = 0; !ret && n < SNAPSHOT_DRIVES; n++) {
		if (!s.disk[n] || !s.disk[n]->size || s.disk[n]->media == SNAP_CDROM)
			continue;
		ret = extract_drive(&x, &s, n, err, sizeof(err));
		any = true;
	}
	if (!ret && !any)
		fprintf(errors, "vonk: %s: holds no disk\n", s.name);
	snapshot_close(&s);
	return ret ? complain(errors, ret, err) : STATUS_GOOD;
}

/* --- commit --- */

/* What is in the overlay goes into the image; interrupted, it is to be done again. */
static int merge(struct block *overlay, u64 *units)
{
	struct block *image = block_base(overlay);
	u64 unit = block_next_changed(overlay, 0);
	u8 buf[SNAP_UNIT];
	int ret = 0;

	for (*units = 0; !ret && unit != UINT64_MAX; unit = block_next_changed(overlay, unit + 1)) {
		u64 off = unit * SNAP_UNIT;
		u32 n = overlay->size - off < SNAP_UNIT ? (u32)(overlay->size - off) : SNAP_UNIT;

		ret = block_read(overlay, off, buf, n);
		if (!ret)
			ret = block_write(image, off, buf, n);
		(*units)++;
	}
	if (!ret)
		ret = block_flush(image);
	if (!ret)
		ret = block_revert(overlay);
	return ret ? ret : block_flush(overlay);
}

static int commit(int nr, char **args, FILE *out, FILE *errors)
{
	struct block *image, *overlay;
	char err[ERR];
	u64 units;
	int ret;

	(void)nr;
	if (!strcmp(args[0], args[1]))
		return complain(errors, -EINVAL,
				"snap commit: OVERLAY and IMAGE are the same file");
	ret = host_file_make(args[0], 0, err, sizeof(err));
	if (ret == 1) {
		host_file_remove(args[0]);
		snprintf(err, sizeof(err), "%s: there is no such overlay", args[0]);
	}
	if (ret)
		return complain(errors, -ENOENT, err);
	ret = host_file_open(&image, args[1], true, err, sizeof(err));
	if (ret)
		return complain(errors, ret, err);
	ret = host_overlay_open(&overlay, image, args[0], err, sizeof(err));
	if (ret) {
		block_close(image);
		return complain(errors, ret, err);
	}
	ret = merge(overlay, &units);
	block_close(overlay);
	if (ret) {
		snprintf(err, sizeof(err), "%s: %s", args[1], strerror(-ret));
		return complain(errors, ret, err);
	}
	fprintf(out, "%s: %" PRIu64 " units of %u bytes written, %s is empty now\n", args[1], units,
		SNAP_UNIT, args[0]);
	return STATUS_GOOD;
}

/* --- */

static const struct command {
	const char *name;
	int min, max; /* arguments */
	int (*run)(int nr, char **args, FILE *out, FILE *errors);
	const char *usage, *help;
} commands[] = {
	{ "info", 1, 1, info, "info FILE", "print everything that is in it, field by field" },
	{ "check", 1, 1000, check, "check FILE...", "verify every octet" },
	{ "diff", 2, 2, diff, "diff A B",
	  "print fields and pages that differ; status 2 if any do" },
	{ "disk", 1, 100, disk, "disk [--overlay] [--base DRIVE=IMAGE] FILE [DIR]",
	  "write the disks as raw images, from a snapshot of any version" },
	{ "commit", 2, 2, commit, "commit OVERLAY IMAGE",
	  "write an overlay's changes into its image, and empty it" },
};

static void usage(FILE *out)
{
	fputs("usage:\n", out);
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  vonk snap %s\n      %s\n", commands[i].usage, commands[i].help);
}

int snapcmd(int nr, char **args, FILE *out, FILE *errors)
{
	if (nr && (!strcmp(args[0], "help") || !strcmp(args[0], "--help"))) {
		usage(out);
		return STATUS_GOOD;
	}
	for (unsigned i = 0; nr && i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];

		if (strcmp(args[0], c->name))
			continue;
		if (nr - 1 >= c->min && nr - 1 <= c->max)
			return c->run(nr - 1, args + 1, out, errors);
		fprintf(errors, "vonk: usage: vonk snap %s\n", c->usage);
		return STATUS_FAILED;
	}
	if (nr)
		fprintf(errors, "vonk: snap %s: there is no such command, see vonk snap help\n",
			args[0]);
	else
		usage(errors);
	return STATUS_FAILED;
}
