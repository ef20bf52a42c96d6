/* SPDX-License-Identifier: MIT */
/* Opening and closing of disks, ROM files and the network's cable. */
#include "machine/plug.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fb.h"
#include "lib/block-hold.h"
#include "lib/host-file.h"
#include "lib/host-load.h"
#include "machine/network.h"

/* What goes to a file while the machine runs can be held back while a snapshot is written. */
static int hold(const struct opt_drive *d, struct block **b, char *err, size_t errlen)
{
	struct block *held = block_hold_new(*b);

	if (held) {
		*b = held;
		return 0;
	}
	block_close(*b);
	*b = NULL;
	snprintf(err, errlen, "%s: out of memory", d->file);
	return -ENOMEM;
}

static int open_drive(const struct opt_drive *d, struct block **out, char *err, size_t errlen)
{
	bool direct = !d->readonly && !d->snapshot && !d->overlay;
	struct block *base;
	int ret = host_file_open(&base, d->file, direct, err, errlen);

	*out = NULL;
	if (ret)
		return ret;
	if (d->overlay) {
		ret = host_overlay_open(out, base, d->overlay, err, errlen);
	} else if (d->snapshot && !d->readonly) {
		*out = block_overlay_new(base);
		if (!*out) {
			snprintf(err, errlen, "%s: out of memory", d->file);
			ret = -ENOMEM;
		}
	} else {
		*out = base;
	}
	if (ret) {
		block_close(base);
		return ret;
	}
	return d->readonly || d->snapshot ? 0 : hold(d, out, err, errlen);
}

static int open_drives(const struct options *o, struct machine_config *c, char *err, size_t errlen)
{
	for (unsigned i = 0; i < o->nr_drives; i++) {
		const struct opt_drive *d = &o->drive[i];
		struct block **at =
			d->iface == OPT_IF_FLOPPY ? &c->floppy : &c->scsi[d->unit].medium;
		int ret = open_drive(d, at, err, errlen);

		if (ret)
			return ret;
		if (d->iface == OPT_IF_SCSI) {
			c->scsi[d->unit].present = true;
			c->scsi[d->unit].cdrom = d->media == OPT_MEDIA_CDROM;
		}
	}
	return 0;
}

/* A display without its ROM is one that no firmware finds: that is an error only if it was asked for. */
static int open_display(const struct options *o, struct machine_config *c, char *err, size_t errlen)
{
	const char *name = o->vga == OPT_VGA_CG3 ? "QEMU,cgthree.bin" : "QEMU,tcx.bin";
	char path[4096];
	u8 *rom;
	int ret;

	c->width = o->width;
	c->height = o->height;
	c->depth = o->depth;
	if (o->vga == OPT_VGA_NONE)
		return 0;
	c->vga = o->vga == OPT_VGA_CG3 ? VGA_CG3 : VGA_TCX;
	if (host_find_file(o->libdir, o->nr_libdirs, name, path, sizeof(path), err, errlen))
		return o->vga == OPT_VGA_CG3 ? -ENOENT : 0;
	ret = host_read_file(path, FB_ROM_SIZE, &rom, &c->fb_rom_size, err, errlen);
	c->fb_rom = ret ? NULL : rom;
	return ret;
}

/* The chip's end of the cable: what it is plugged into is network_open()'s. */
static int open_port(const struct options *o, struct machine_config *c, char *err, size_t errlen)
{
	if (!network_choose(o) && !o->replay && !o->fuzz)
		return 0;
	c->net = malloc(sizeof(*c->net));
	if (!c->net) {
		snprintf(err, errlen, "out of memory");
		return -ENOMEM;
	}
	net_init(c->net);
	return 0;
}

int plug_open(const struct options *o, struct machine_config *config, char *err, size_t errlen)
{
	int ret = open_drives(o, config, err, errlen);

	if (!ret)
		ret = open_display(o, config, err, errlen);
	return ret ? ret : open_port(o, config, err, errlen);
}

static bool close_block(struct block *b)
{
	bool good = !b || !b->unflushed || !block_flush(b);

	block_close(b);
	return good;
}

bool plug_close(struct machine_config *config, char *err, size_t errlen)
{
	bool good = close_block(config->floppy);

	for (unsigned id = 0; id < SCSI_IDS - 1; id++)
		good = close_block(config->scsi[id].medium) && good;
	free((void *)(uintptr_t)config->fb_rom);
	free(config->net);
	if (!good)
		snprintf(err, errlen, "a disk's last writes may not be on the host's disk");
	return good;
}
