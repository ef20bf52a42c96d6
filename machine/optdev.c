/* SPDX-License-Identifier: MIT */
/* The options that say what is plugged into the machine: drives and networks. */
#include "machine/optvalue.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define UNIT_AUTO -1

static struct opt_drive *add_drive(struct optctx *c)
{
	struct options *o = c->o;
	struct opt_drive *d;

	if (o->nr_drives == OPT_DRIVES) {
		opt_fail(c, "more than %d drives", OPT_DRIVES);
		return NULL;
	}
	d = &o->drive[o->nr_drives++];
	d->option = c->opt;
	d->unit = UNIT_AUTO;
	return d;
}

static int drive_format(struct optctx *c, const char *format)
{
	if (!format || strcmp(format, "raw"))
		return opt_fail(c,
				"format=%s is not supported, only raw; convert it with 'qemu-img "
				"convert -O raw FILE FILE.raw'",
				format ? format : "");
	return 0;
}

static int drive_if(struct optctx *c, struct opt_drive *d, const char *name)
{
	if (name && !strcmp(name, "scsi"))
		d->iface = OPT_IF_SCSI;
	else if (name && !strcmp(name, "floppy"))
		d->iface = OPT_IF_FLOPPY;
	else
		return opt_fail(c, "if=%s is not supported; this machine has if=scsi and if=floppy",
				name ? name : "");
	return 0;
}

static int drive_media(struct optctx *c, struct opt_drive *d, const char *name)
{
	if (name && !strcmp(name, "disk"))
		d->media = OPT_MEDIA_DISK;
	else if (name && !strcmp(name, "cdrom"))
		d->media = OPT_MEDIA_CDROM;
	else
		return opt_fail(c, "media=%s is neither disk nor cdrom", name ? name : "");
	return 0;
}

static int drive_unit(struct optctx *c, struct opt_drive *d, const char *key, const char *val)
{
	u64 v;

	if (opt_number(val, OPT_SCSI_UNITS - 1, &v))
		return opt_fail(c, "%s=%s: SCSI targets are 0 to %d", key, val ? val : "",
				OPT_SCSI_UNITS - 1);
	d->unit = (int)v;
	return 0;
}

static int drive_flag(struct optctx *c, const struct optpart *p, bool *flag)
{
	return opt_bool(p->val, flag) ? opt_fail(c, "%s takes on or off", p->key) : 0;
}

static int drive_key(struct optctx *c, struct opt_drive *d, const struct optpart *p)
{
	/* How the host does it, not what the guest sees: taken, and without effect. */
	static const char *const silent[] = { "id", "cache", "aio", "discard", "detect-zeroes" };
	u64 v;

	if (!strcmp(p->key, "readonly") || !strcmp(p->key, "read-only"))
		return drive_flag(c, p, &d->readonly);
	if (!strcmp(p->key, "snapshot"))
		return drive_flag(c, p, &d->snapshot);
	if (!strcmp(p->key, "format"))
		return drive_format(c, p->val);
	if (!strcmp(p->key, "if"))
		return drive_if(c, d, p->val);
	if (!strcmp(p->key, "media"))
		return drive_media(c, d, p->val);
	if (!strcmp(p->key, "unit") || !strcmp(p->key, "index"))
		return drive_unit(c, d, p->key, p->val);
	if (!p->val || !*p->val)
		return opt_fail(c, "'%s' is not KEY=VALUE", p->key);
	if (!strcmp(p->key, "file"))
		d->file = p->val;
	else if (!strcmp(p->key, "overlay"))
		d->overlay = p->val;
	else if (!strcmp(p->key, "bus"))
		return opt_number(p->val, 0, &v) ? opt_fail(c, "there is one bus, bus=0") : 0;
	else {
		for (unsigned i = 0; i < ARRAY_SIZE(silent); i++)
			if (!strcmp(p->key, silent[i]))
				return 0;
		return opt_none_of(c, "unknown key", p->key, "drive");
	}
	return 0;
}

int opt_drive(struct optctx *c, char *arg)
{
	struct opt_drive *d = add_drive(c);
	struct optpart p;

	if (!d)
		return -EINVAL;
	while (opt_part(&arg, &p))
		if (drive_key(c, d, &p))
			return -EINVAL;
	if (!d->file)
		return opt_fail(c, "needs file=IMAGE");
	if (d->iface == OPT_IF_FLOPPY) {
		if (d->media == OPT_MEDIA_CDROM)
			return opt_fail(c, "media=cdrom does not go with if=floppy");
		if (d->unit > 0)
			return opt_fail(c, "there is one floppy drive, unit=0");
		d->media = OPT_MEDIA_FLOPPY;
	}
	if (d->media == OPT_MEDIA_CDROM && d->overlay)
		return opt_fail(c, "a CD-ROM is never written to and takes no overlay");
	if (d->overlay && (d->readonly || d->snapshot))
		return opt_fail(c, "overlay does not go with %s",
				d->readonly ? "readonly=on" : "snapshot=on");
	return 0;
}

/* For the options that are a drive's name alone. */
static struct opt_drive *add_drive_of(struct optctx *c, const char *file)
{
	struct opt_drive *d;

	if (!*file) {
		opt_fail(c, "needs FILE that is not empty");
		return NULL;
	}
	d = add_drive(c);
	if (d)
		d->file = file;
	return d;
}

int opt_hda(struct optctx *c, char *arg)
{
	struct opt_drive *d = add_drive_of(c, arg);

	if (!d)
		return -EINVAL;
	d->unit = c->opt[strlen(c->opt) - 1] - 'a';
	return 0;
}

/* As in QEMU, -cdrom is -hdc that cannot be written. */
int opt_cdrom(struct optctx *c, char *arg)
{
	struct opt_drive *d = add_drive_of(c, arg);

	if (!d)
		return -EINVAL;
	d->media = OPT_MEDIA_CDROM;
	d->unit = 2;
	return 0;
}

int opt_fda(struct optctx *c, char *arg)
{
	struct opt_drive *d = add_drive_of(c, arg);

	if (!d)
		return -EINVAL;
	d->iface = OPT_IF_FLOPPY;
	d->media = OPT_MEDIA_FLOPPY;
	return 0;
}

/* The drive on a SCSI target or in the floppy drive, other than `self`. */
static const struct opt_drive *drive_at(const struct options *o, enum opt_if iface, int unit,
					const struct opt_drive *self)
{
	for (unsigned i = 0; i < o->nr_drives; i++) {
		const struct opt_drive *d = &o->drive[i];

		if (d != self && d->iface == iface && d->unit == unit)
			return d;
	}
	return NULL;
}

int opt_drives_finish(struct optctx *c)
{
	struct options *o = c->o;

	for (unsigned i = 0; i < o->nr_drives; i++) {
		struct opt_drive *d = &o->drive[i];
		const struct opt_drive *other;

		c->opt = d->option;
		d->readonly |= d->media == OPT_MEDIA_CDROM;
		if (o->snapshot && d->overlay)
			return opt_fail(c, "overlay does not go with -snapshot");
		d->snapshot |= o->snapshot;
		if (d->iface == OPT_IF_FLOPPY)
			d->unit = 0;
		if (d->unit == UNIT_AUTO)
			continue;
		other = drive_at(o, d->iface, d->unit, d);
		if (other && d->iface == OPT_IF_FLOPPY)
			return opt_fail(c, "'%s' and '%s' are both in the one floppy drive",
					other->file, d->file);
		if (other)
			return opt_fail(c, "'%s' and '%s' are both SCSI target %d", other->file,
					d->file, d->unit);
	}
	/* The others take the lowest targets that nobody asked for, in their order. */
	for (unsigned i = 0; i < o->nr_drives; i++) {
		struct opt_drive *d = &o->drive[i];
		int unit = 0;

		if (d->unit != UNIT_AUTO)
			continue;
		while (drive_at(o, OPT_IF_SCSI, unit, d))
			unit++;
		c->opt = d->option;
		if (unit >= OPT_SCSI_UNITS)
			return opt_fail(c, "no SCSI target is left for '%s'", d->file);
		d->unit = unit;
	}
	return 0;
}

/* Networks. */

static struct opt_net *add_net(struct optctx *c)
{
	struct options *o = c->o;
	struct opt_net *n;

	if (o->nr_nets == OPT_NETS) {
		opt_fail(c, "more than %d networks", OPT_NETS);
		return NULL;
	}
	n = &o->net[o->nr_nets++];
	n->fd = -1;
	return n;
}

static int net_addr_type(struct optctx *c, struct opt_net *n, const char *type)
{
	if (!strcmp(type, "unix"))
		n->addr = OPT_ADDR_UNIX;
	else if (!strcmp(type, "inet"))
		n->addr = OPT_ADDR_INET;
	else if (!strcmp(type, "fd"))
		n->addr = OPT_ADDR_FD;
	else
		return opt_fail(c, "addr.type=%s is none of unix, inet, fd", type);
	return 0;
}

static int net_fd(struct optctx *c, struct opt_net *n, const char *val)
{
	u64 v;

	if (opt_number(val, INT_MAX, &v))
		return opt_fail(c, "'%s' is not a file descriptor number", val);
	n->fd = (int)v;
	n->addr = OPT_ADDR_FD;
	return 0;
}

/* reconnect= counts seconds, reconnect-ms= milliseconds. */
static int net_reconnect(struct optctx *c, struct opt_net *n, const struct optpart *p)
{
	unsigned unit = strcmp(p->key, "reconnect") ? 1 : 1000;
	u64 v;

	if (opt_number(p->val, UINT32_MAX / unit, &v))
		return opt_fail(c, "%s=%s is not a number", p->key, p->val);
	n->reconnect_ms = (u32)v * unit;
	return 0;
}

static int net_port(struct optctx *c, struct opt_net *n, const char *val)
{
	u64 v;

	if (opt_number(val, 65535, &v) || !v)
		return opt_fail(c, "'%s' is not a port number", val);
	n->port = (u16)v;
	return 0;
}

static int stream_key(struct optctx *c, struct opt_net *n, const struct optpart *p)
{
	if (!strcmp(p->key, "server"))
		return opt_bool(p->val, &n->server) ? opt_fail(c, "server takes on or off") : 0;
	if (!p->val)
		return opt_fail(c, "'%s' is not KEY=VALUE", p->key);
	if (!strcmp(p->key, "addr.type"))
		return net_addr_type(c, n, p->val);
	if (!strcmp(p->key, "addr.path"))
		n->path = p->val;
	else if (!strcmp(p->key, "addr.host"))
		n->host = p->val;
	else if (!strcmp(p->key, "addr.port"))
		return net_port(c, n, p->val);
	else if (!strcmp(p->key, "addr.str"))
		return net_fd(c, n, p->val);
	else if (!strcmp(p->key, "reconnect") || !strcmp(p->key, "reconnect-ms"))
		return net_reconnect(c, n, p);
	else
		return opt_none_of(c, "stream: unknown key", p->key, "stream");
	return 0;
}

static int socket_key(struct optctx *c, struct opt_net *n, const struct optpart *p)
{
	if (!p->val)
		return opt_fail(c, "'%s' is not KEY=VALUE", p->key);
	if (!strcmp(p->key, "fd"))
		return net_fd(c, n, p->val);
	if (!strcmp(p->key, "mcast") || !strcmp(p->key, "udp") || !strcmp(p->key, "localaddr"))
		return opt_fail(
			c, "socket: %s= is not supported; the nearest are listen= and connect=",
			p->key);
	n->server = !strcmp(p->key, "listen");
	if (!n->server && strcmp(p->key, "connect"))
		return opt_fail(c, "socket: unknown key '%s'; there are listen, connect and fd",
				p->key);
	n->addr = OPT_ADDR_INET;
	if (opt_hostport(p->val, &n->host, &n->port))
		return opt_fail(c, "'%s' is not HOST:PORT", p->val);
	return 0;
}

static int tap_key(struct optctx *c, struct opt_net *n, const struct optpart *p)
{
	if (!p->val)
		return opt_fail(c, "'%s' is not KEY=VALUE", p->key);
	if (!strcmp(p->key, "fd"))
		return net_fd(c, n, p->val);
	if (!strcmp(p->key, "ifname"))
		n->ifname = p->val;
	else if (!strcmp(p->key, "script") || !strcmp(p->key, "downscript"))
		return strcmp(p->val, "no")
			       ? opt_fail(c,
					  "tap: scripts are not run; set the interface up "
					  "beforehand and say %s=no",
					  p->key)
			       : 0;
	else
		return opt_fail(c, "tap: unknown key '%s'; there are ifname and fd", p->key);
	return 0;
}

static int net_kind(struct optctx *c, struct opt_net *n, const char *word, const char *list)
{
	if (!strcmp(word, "stream"))
		n->kind = OPT_NET_STREAM;
	else if (!strcmp(word, "socket"))
		n->kind = OPT_NET_SOCKET;
	else if (!strcmp(word, "tap"))
		n->kind = OPT_NET_TAP;
	else if (!strcmp(word, "user"))
		return opt_fail(c,
				"user: there is no network stack inside; run 'passt -f -s SOCKET' "
				"and use stream,addr.type=unix,addr.path=SOCKET");
	else
		return opt_none_of(c, NULL, word, list);
	return 0;
}

static int net_key(struct optctx *c, struct opt_net *n, const struct optpart *p)
{
	if (!strcmp(p->key, "id") && p->val) {
		n->id = p->val;
		return 0;
	}
	switch (n->kind) {
	case OPT_NET_STREAM:
		return stream_key(c, n, p);
	case OPT_NET_SOCKET:
		return socket_key(c, n, p);
	case OPT_NET_TAP:
		return tap_key(c, n, p);
	case OPT_NET_NONE:
		break;
	}
	return opt_fail(c, "unknown key '%s'", p->key);
}

/* Has every network that needs an address got one? */
static int net_check(struct optctx *c, const struct opt_net *n)
{
	if (n->kind == OPT_NET_TAP)
		return n->fd < 0 && !n->ifname ? opt_fail(c, "tap: needs ifname=NAME or fd=N") : 0;
	if (n->kind == OPT_NET_SOCKET && !n->host && n->fd < 0)
		return opt_fail(c, "socket: needs listen=HOST:PORT, connect=HOST:PORT or fd=N");
	if (n->kind != OPT_NET_STREAM)
		return 0;
	if (n->addr == OPT_ADDR_UNIX && !n->path)
		return opt_fail(c, "stream: needs addr.type=unix,addr.path=SOCKET");
	if (n->addr == OPT_ADDR_INET && (!n->host || !n->port))
		return opt_fail(c, "stream: addr.type=inet needs addr.host=H and addr.port=P");
	if (n->addr == OPT_ADDR_FD && n->fd < 0)
		return opt_fail(c, "stream: addr.type=fd needs addr.str=N");
	return 0;
}

/* Keys of the controller itself; 1: not one of them. */
static int nic_key(struct optctx *c, const struct optpart *p)
{
	struct opt_nic *nic = &c->o->nic;

	if (!p->val)
		return 1;
	if (!strcmp(p->key, "mac") || !strcmp(p->key, "macaddr")) {
		if (opt_mac(p->val, nic->mac))
			return opt_fail(c, "'%s' is not a station's address like 08:00:20:01:02:03",
					p->val);
		nic->has_mac = true;
	} else if (!strcmp(p->key, "model")) {
		if (!strcmp(p->val, "help") || !strcmp(p->val, "?"))
			c->o->list = "model";
		else if (strcmp(p->val, "lance"))
			return opt_fail(c, "model=%s is not supported; the machine has a lance",
					p->val);
	} else if (!strcmp(p->key, "netdev")) {
		nic->netdev = p->val;
	} else {
		return 1;
	}
	return 0;
}

/* The rest of an option whose keys are the controller's alone. */
static int nic_keys(struct optctx *c, char *arg, const char *what)
{
	struct optpart p;

	while (opt_part(&arg, &p)) {
		int rc = nic_key(c, &p);

		if (rc)
			return rc < 0 ? rc : opt_fail(c, "%s: unknown key '%s'", what, p.key);
	}
	return 0;
}

int opt_nic(struct optctx *c, char *arg)
{
	struct opt_net *n;
	struct optpart p;

	if (!opt_part(&arg, &p) || p.val)
		return opt_fail(c, "begins with stream, socket, tap or none");
	c->o->no_net = !strcmp(p.key, "none");
	if (c->o->no_net)
		return nic_keys(c, arg, "none");
	if (c->o->nic.given)
		return opt_fail(c, "the machine has one Ethernet controller");
	c->o->nic.given = true;
	n = add_net(c);
	if (!n || net_kind(c, n, p.key, "nic"))
		return -EINVAL;
	while (opt_part(&arg, &p)) {
		int rc = nic_key(c, &p);

		if (rc < 0 || (rc && net_key(c, n, &p)))
			return -EINVAL;
	}
	return net_check(c, n);
}

int opt_netdev(struct optctx *c, char *arg)
{
	struct opt_net *n = add_net(c);
	struct optpart p;

	if (!n)
		return -EINVAL;
	if (!opt_part(&arg, &p) || p.val)
		return opt_fail(c, "begins with stream, socket or tap");
	if (net_kind(c, n, p.key, "netdev"))
		return -EINVAL;
	while (opt_part(&arg, &p))
		if (net_key(c, n, &p))
			return -EINVAL;
	return n->id ? net_check(c, n) : opt_fail(c, "needs id=NAME");
}

/* The old spelling: -net nic,... and -net BACKEND,... side by side. */
int opt_net(struct optctx *c, char *arg)
{
	struct opt_net *n;
	struct optpart p;

	if (!opt_part(&arg, &p) || p.val)
		return opt_fail(c, "begins with nic, stream, socket, tap or none");
	c->o->no_net = !strcmp(p.key, "none");
	if (c->o->no_net)
		return nic_keys(c, arg, "none");
	if (!strcmp(p.key, "nic")) {
		if (c->o->nic.given)
			return opt_fail(c, "the machine has one Ethernet controller");
		c->o->nic.given = true;
		return nic_keys(c, arg, "nic");
	}
	n = add_net(c);
	if (!n || net_kind(c, n, p.key, "net"))
		return -EINVAL;
	while (opt_part(&arg, &p))
		if (net_key(c, n, &p))
			return -EINVAL;
	return net_check(c, n);
}

int opt_object(struct optctx *c, char *arg)
{
	struct options *o = c->o;
	struct opt_dump *d;
	struct optpart p;
	u64 v = 65536;

	if (!opt_part(&arg, &p) || p.val || strcmp(p.key, "filter-dump"))
		return opt_fail(c, "only filter-dump,id=ID,netdev=ID,file=FILE is supported");
	if (o->nr_dumps == OPT_DUMPS)
		return opt_fail(c, "more than %d dumps", OPT_DUMPS);
	d = &o->dump[o->nr_dumps++];
	while (opt_part(&arg, &p)) {
		if (p.val && !strcmp(p.key, "id"))
			d->id = p.val;
		else if (p.val && !strcmp(p.key, "netdev"))
			d->netdev = p.val;
		else if (p.val && !strcmp(p.key, "file"))
			d->file = p.val;
		else if (strcmp(p.key, "maxlen") || opt_number(p.val, 65536, &v) || !v)
			return opt_fail(c, "filter-dump: '%s' is not understood", p.key);
	}
	d->maxlen = (u32)v;
	if (!d->netdev || !d->file)
		return opt_fail(c, "filter-dump: needs netdev=ID and file=FILE");
	return 0;
}

static bool has_net(const struct options *o, const char *id)
{
	for (unsigned i = 0; i < o->nr_nets; i++)
		if (o->net[i].id && !strcmp(o->net[i].id, id))
			return true;
	return false;
}

int opt_nets_finish(struct optctx *c)
{
	struct options *o = c->o;

	c->opt = "-net";
	if (o->no_net && (o->nr_nets || o->nic.given))
		return opt_fail(c, "'none' does not go with another network option");
	for (unsigned i = 0; i < o->nr_nets; i++)
		for (unsigned j = 0; j < i; j++)
			if (o->net[i].id && o->net[j].id && !strcmp(o->net[i].id, o->net[j].id))
				return opt_fail(c, "two networks are called '%s'", o->net[i].id);
	if (o->nic.netdev && !has_net(o, o->nic.netdev))
		return opt_fail(c, "there is no network '%s'", o->nic.netdev);
	c->opt = "-object";
	for (unsigned i = 0; i < o->nr_dumps; i++)
		if (!has_net(o, o->dump[i].netdev))
			return opt_fail(c, "there is no network '%s'", o->dump[i].netdev);
	return 0;
}
