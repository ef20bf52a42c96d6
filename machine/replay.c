/* SPDX-License-Identifier: MIT */
#include "machine/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/crc32.h"
#include "lib/host-load.h"
#include "lib/host-out.h"

#define EVENT 32u /* bytes of an event in the file, without its data */
#define GATHER 65536u /* bytes, or so many events, until a record is written */
#define GATHER_EVENTS 512u
#define MAX_FILE (4ull << 30)

/* --- writing --- */

static int put(void *arg, const void *buf, size_t n)
{
	struct record *r = arg;
	int ret = host_out_write(r->out, buf, n);

	if (!ret)
		r->bytes += n;
	return ret;
}

static u64 gathered(const struct record *r)
{
	const struct journal *j = r->j;
	u64 from = r->written < j->nr ? j->ev[r->written].off : j->len;

	return (u64)(j->nr - r->written) * EVENT + (j->len - from);
}

static void write_event(struct snap_writer *w, const struct journal *j,
			const struct journal_event *e)
{
	snap_put64(w, e->insns);
	snap_put32(w, e->kind);
	snap_put32(w, e->a);
	snap_put64(w, e->b);
	snap_put32(w, e->len);
	snap_put32(w, 0);
	snap_put(w, j->data + e->off, e->len);
}

/* Nobody needs them any more. */
static void forget(struct record *r)
{
	r->j->nr = r->j->next = r->written = 0;
	r->j->len = 0;
}

static void write_record(struct record *r)
{
	struct snap_writer w = { .write = put, .arg = r, .err = r->err };

	if (r->written == r->j->nr)
		return;
	sha256_init(&w.sha);
	snap_record(&w, "INPT", r->serial++, "input", gathered(r));
	for (u32 i = r->written; i < r->j->nr; i++)
		write_event(&w, r->j, &r->j->ev[i]);
	snap_record_end(&w);
	r->err = w.err;
	forget(r);
	if (!r->err)
		r->err = host_out_flush(r->out);
}

int record_begin(struct record *r, struct journal *j, FILE *out, struct snapshot_options *opt)
{
	u64 bytes;

	*r = (struct record){ .j = j, .out = out };
	r->err = snapshot_save(j->m, opt, put, r, &bytes);
	if (!r->err)
		r->err = host_out_flush(out);
	return r->err;
}

void record_mark(struct record *r)
{
	if (r->out)
		journal_add(r->j, JOURNAL_MARK, 0, machine_hash(r->j->m), NULL, 0);
}

void record_poll(struct record *r)
{
	u64 now;

	if (!r->out)
		return;
	now = machine_insns(r->j->m);
	if (now != r->marked && now % REPLAY_MARK == 0) {
		r->marked = now;
		record_mark(r);
	}
	if (gathered(r) >= GATHER || r->j->nr - r->written >= GATHER_EVENTS)
		write_record(r);
}

u64 record_quantum(const struct record *r, u64 quantum)
{
	u64 left;

	if (!r->out)
		return quantum;
	left = REPLAY_MARK - machine_insns(r->j->m) % REPLAY_MARK;
	return left < quantum ? left : quantum;
}

int record_end(struct record *r, int status)
{
	if (!r->out)
		return 0;
	journal_add(r->j, JOURNAL_END, (u32)status, machine_hash(r->j->m), NULL, 0);
	write_record(r);
	if (r->j->lost && !r->err)
		r->err = -ENOMEM;
	return r->err;
}

/* --- reading --- */

static int refuse(char *err, size_t errlen, const char *path, u64 off, const char *what)
{
	snprintf(err, errlen, "%s: at octet %" PRIu64 ": %s", path, off, what);
	return SNAPSHOT_REFUSED;
}

int recording_open(struct recording *rec, const char *path, char *err, size_t errlen)
{
	size_t n;
	int ret;

	*rec = (struct recording){ 0 };
	ret = host_read_file(path, MAX_FILE, &rec->buf, &n, err, errlen);
	if (ret)
		return ret;
	rec->size = n;
	if (n < SNAP_HEADER)
		return refuse(err, errlen, path, 0, "no recording: too short to be one");
	rec->snapshot = be64_get(rec->buf + 16);
	if (rec->snapshot > n || rec->snapshot < SNAP_HEADER || rec->snapshot % 8)
		return refuse(err, errlen, path, 16, "no recording, or cut short in its snapshot");
	return 0;
}

void recording_release(struct recording *rec)
{
	free(rec->buf);
	*rec = (struct recording){ 0 };
}

static bool size_ok(u32 size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Nothing that could do harm when it is played. */
static bool event_ok(const struct journal *j, const struct journal_event *e)
{
	if (j->nr && e->insns < j->ev[j->nr - 1].insns)
		return false;
	switch (e->kind) {
	case JOURNAL_CHR:
		return e->a < CHR_NR && e->len && e->len <= CHR_QUEUE;
	case JOURNAL_BREAK:
		return e->a < CHR_NR && !e->len;
	case JOURNAL_MEM:
		return e->a < 2 && e->b <= UINT32_MAX && e->len <= 8192;
	case JOURNAL_LOAD_ASI:
		return size_ok(e->a & 0xff) && e->b % (e->a & 0xff) == 0 && !e->len;
	case JOURNAL_STORE_ASI:
		return size_ok(e->a & 0xff) && e->b % (e->a & 0xff) == 0 && e->len == 8;
	case JOURNAL_READ:
		return size_ok(e->a) && e->b % e->a == 0 && !e->len;
	case JOURNAL_FRAME:
		return e->len <= NET_FRAME_MAX;
	default:
		return e->kind < JOURNAL_KINDS && !e->len;
	}
}

static int load_events(const u8 *p, u64 n, u64 off, const char *path, struct journal *j, char *err,
		       size_t errlen)
{
	while (n) {
		struct journal_event e;

		if (n < EVENT)
			return refuse(err, errlen, path, off, "an event is cut short");
		e = (struct journal_event){ .insns = be64_get(p),
					    .kind = be32_get(p + 8),
					    .a = be32_get(p + 12),
					    .b = be64_get(p + 16),
					    .len = be32_get(p + 24) };
		if (be32_get(p + 28) || e.len > n - EVENT || !event_ok(j, &e))
			return refuse(err, errlen, path, off, "an event that cannot be");
		if (!journal_append(j, &e, p + EVENT)) {
			snprintf(err, errlen, "%s: out of memory", path);
			return -ENOMEM;
		}
		p += EVENT + e.len;
		off += EVENT + e.len;
		n -= EVENT + e.len;
	}
	return 0;
}

int recording_load(const struct recording *rec, const char *path, struct journal *j, char *err,
		   size_t errlen)
{
	u64 off = rec->snapshot, len;
	u32 serial = 0;
	int ret = 0;

	while (!ret && off < rec->size) {
		const u8 *p = rec->buf + off;

		if (rec->size - off < SNAP_FRAME)
			break;
		if (be32_get(p + 44) != crc32_add(0, p, 44) || memcmp(p, "INPT", 4) ||
		    be32_get(p + 4) != serial++)
			return refuse(err, errlen, path, off, "a record's frame is damaged");
		len = be64_get(p + 32);
		if (len > rec->size || snap_record_size(len) > rec->size - off)
			break; /* the writer was killed */
		if (be32_get(p + SNAP_FRAME + len) != crc32_add(0, p + SNAP_FRAME, (size_t)len))
			return refuse(err, errlen, path, off, "a record is damaged");
		ret = load_events(p + SNAP_FRAME, len, off + SNAP_FRAME, path, j, err, errlen);
		off += snap_record_size(len);
	}
	return ret;
}

bool recording_find(struct journal *j)
{
	u64 now = machine_insns(j->m), hash = machine_hash(j->m);

	for (u32 i = 0; i < j->nr && j->ev[i].insns <= now; i++)
		if (j->ev[i].insns == now && j->ev[i].b == hash &&
		    (j->ev[i].kind == JOURNAL_MARK || j->ev[i].kind == JOURNAL_END)) {
			j->next = i;
			return true;
		}
	return false;
}
