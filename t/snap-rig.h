/* SPDX-License-Identifier: MIT */
/* A small machine with the demonstration in it, its snapshots in memory, and hands to damage them. */
#ifndef T_SNAP_RIG_H
#define T_SNAP_RIG_H

#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/crc32.h"
#include "machine/boot.h"
#include "machine/plug.h"
#include "machine/reboot.h"
#include "machine/snapshot.h"
#include "snap/image.h"
#include "t/tap.h"

struct rig {
	struct options o;
	struct machine_config config;
	struct machine *m;
};

struct stream {
	u8 *p;
	size_t n, room;
};

static u64 rig_seed = 0x9e3779b97f4a7c15;

__attribute__((unused)) static u64 rnd(void)
{
	rig_seed ^= rig_seed << 13;
	rig_seed ^= rig_seed >> 7;
	rig_seed ^= rig_seed << 17;
	return rig_seed * 0x2545f4914f6cdd1dull >> 11;
}

__attribute__((unused)) static bool rig_all(void)
{
	return getenv("VONK_ALL") != NULL;
}

/* Bytes that leave by the serial line go nowhere. */
static void rig_flush(void *host)
{
	struct chr *chr = host;
	u8 buf[256];

	while (chr_take(chr, buf, sizeof(buf)))
		;
}

__attribute__((unused)) static void rig_connect(struct machine *m)
{
	for (unsigned i = 0; i <= CHR_SERIAL_B; i++) {
		m->chr[i].flush = rig_flush;
		m->chr[i].host = &m->chr[i];
	}
}

/* Powered on; args are the command line, ended by NULL. */
__attribute__((unused)) static void rig_open(struct rig *r, char **args)
{
	char err[512];
	int nr = 0;

	memset(r, 0, sizeof(*r));
	while (args[nr])
		nr++;
	if (options_parse(&r->o, nr, args, err, sizeof(err)) ||
	    boot_config(&r->o, &r->config, err, sizeof(err)) ||
	    plug_open(&r->o, &r->config, err, sizeof(err)) ||
	    machine_new(&r->m, &r->config, err, sizeof(err)) ||
	    boot_nvram(r->m, &r->o, err, sizeof(err)) ||
	    boot_load(r->m, &r->o, true, err, sizeof(err)) || reboot_note(r->m)) {
		printf("Bail out! %s\n", err);
		exit(1);
	}
	rig_connect(r->m);
}

__attribute__((unused)) static void rig_close(struct rig *r)
{
	char err[512];

	machine_free(r->m);
	plug_close(&r->config, err, sizeof(err));
	options_release(&r->o);
}

/* So many instructions, idle time skipped; false: it stopped before. */
__attribute__((unused)) static bool rig_run(struct machine *m, u64 insns)
{
	u64 end = machine_insns(m) + insns;

	while (machine_insns(m) < end) {
		switch (machine_run(m, end - machine_insns(m))) {
		case MACHINE_QUANTUM_END:
			break;
		case MACHINE_IDLE:
			if (machine_next_event(m) == CLOCK_NEVER)
				return false;
			machine_skip(m, machine_next_event(m));
			break;
		case MACHINE_RESET:
			reboot_load(m);
			break;
		default:
			return false;
		}
	}
	return true;
}

static int stream_write(void *arg, const void *buf, size_t n)
{
	struct stream *s = arg;

	if (n > s->room - s->n) {
		s->room = 2 * s->room + n;
		s->p = realloc(s->p, s->room);
	}
	memcpy(s->p + s->n, buf, n);
	s->n += n;
	return 0;
}

__attribute__((unused)) static struct stream rig_save(struct machine *m, bool raw)
{
	struct snapshot_options opt = { .raw = raw };
	struct stream s = { NULL, 0, 0 };
	u64 bytes;
	int ret = snapshot_save(m, &opt, stream_write, &s, &bytes);

	if (ret || bytes != s.n) {
		printf("Bail out! snapshot_save: %d\n", ret);
		exit(1);
	}
	return s;
}

static char rig_err[2048];

/* A new machine, or NULL with the reason in rig_err; *status as snapshot_open() gives it. */
__attribute__((unused)) static struct machine *rig_load(const u8 *p, size_t n, int *status)
{
	struct machine *m = NULL;
	struct snapshot s;

	*rig_err = '\0';
	*status = snapshot_open_bytes(&s, "x.snap", p, n, rig_err, sizeof(rig_err));
	if (!*status)
		*status = machine_new(&m, &s.config, rig_err, sizeof(rig_err));
	if (!*status)
		*status = snapshot_fill(&s, m, rig_err, sizeof(rig_err));
	snapshot_close(&s);
	if (*status) {
		machine_free(m);
		return NULL;
	}
	rig_connect(m);
	return m;
}

/* Make all checks right again, so that what was changed is looked at. */
__attribute__((unused)) static void reseal(u8 *p, size_t n)
{
	u8 digest[SHA256_SIZE];
	struct sha256 sha;
	size_t off = SNAP_HEADER;

	be32_put(p + 252, crc32_add(0, p, 252));
	while (off + SNAP_FRAME <= n) {
		u64 len = be64_get(p + off + 32);

		if (len > n || off + snap_record_size(len) > n)
			return;
		if (!memcmp(p + off, "END ", 4) && len == sizeof(digest)) {
			sha256_init(&sha);
			sha256_add(&sha, p, off);
			sha256_end(&sha, digest);
			memcpy(p + off + SNAP_FRAME, digest, sizeof(digest));
		}
		be32_put(p + off + 44, crc32_add(0, p + off, 44));
		be32_put(p + off + SNAP_FRAME + len, crc32_add(0, p + off + SNAP_FRAME, len));
		off += snap_record_size(len);
	}
}

/* Where the payload of the record begins; 0: there is none. */
__attribute__((unused)) static size_t find_record(const struct stream *s, const char *type,
						  const char *name, size_t *len)
{
	size_t off = SNAP_HEADER;

	while (off + SNAP_FRAME <= s->n) {
		u64 n = be64_get(s->p + off + 32);

		if (!strncmp((const char *)s->p + off, type, strlen(type)) &&
		    (!name || !strncmp((const char *)s->p + off + 8, name, 24))) {
			if (len)
				*len = n;
			return off + SNAP_FRAME;
		}
		off += snap_record_size(n);
	}
	return 0;
}

#endif
