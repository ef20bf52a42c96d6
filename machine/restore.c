/* SPDX-License-Identifier: MIT */
/*
 * Restoring. A stream is verified as a whole, then loaded into a machine that nobody runs; what
 * that machine would save is compared with the stream, so that states which the chips would not
 * leave as they are do not pass; and only then somebody uses it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fb.h"
#include "dev/fw-cfg.h"
#include "lib/be.h"
#include "machine/capture.h"
#include "machine/reboot.h"
#include "machine/snaprec.h"

/* No stream from a pipe is longer: the largest memory and a few large disks. */
#define STREAM_MAX (1ull << 36)

int snapshot_fail(int ret, char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return ret;
}

/* The image's refusal as a line. */
int snapshot_refused(const struct snapshot *s, char *err, size_t errlen)
{
	const struct snap_refusal *b = &s->img.bad;
	char numbers[64] = "";

	if (b->err && b->err != -ENODATA)
		return snapshot_fail(b->err, err, errlen, "%s: %s", s->name, strerror(-b->err));
	if (b->numbers)
		snprintf(numbers, sizeof(numbers), " (%" PRIu64 " expected, %" PRIu64 " found)",
			 b->want, b->got);
	return snapshot_fail(SNAPSHOT_REFUSED, err, errlen, "%s: %s%s%s%s%s%s%s", s->name,
			     *b->record ? "record " : "", b->record, b->field ? ", field " : "",
			     b->field ? b->field : "", *b->record ? ": " : "", b->what, numbers);
}

int snapshot_refuse(const struct snapshot *s, char *err, size_t errlen, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return snapshot_fail(SNAPSHOT_REFUSED, err, errlen, "%s: %s", s->name, text);
}

/* --- the source --- */

static int source_read(struct snap_source *src, u64 off, void *buf, size_t n)
{
	return host_source_read(&container_of(src, struct snapshot, src)->file, off, buf, n);
}

static int source_map(struct snap_source *src, u64 off, void *at, size_t n)
{
	return host_source_map(&container_of(src, struct snapshot, src)->file, off, at, n);
}

/* A stream is as long as its header says; what has no header of ours is not read to its end. */
static u64 stream_limit(const u8 *head, u64 n)
{
	u64 len = n < SNAP_HEADER ? SNAP_HEADER : snap_header_length(head);

	return len < STREAM_MAX ? len + 1 : STREAM_MAX;
}

static int open_source(struct snapshot *s, const char *path, char *err, size_t errlen)
{
	bool odd;
	int ret;

	memset(s, 0, sizeof(*s));
	s->file.fd = -1;
	s->name = strcmp(path, "-") ? path : "standard input";
	ret = host_source_open(&s->file, path, stream_limit, &odd, err, errlen);
	if (ret)
		return odd ? SNAPSHOT_REFUSED : ret;
	s->src = (struct snap_source){ source_read, source_map, s->file.size };
	return snap_image_open(&s->img, &s->src) ? 0 : snapshot_refused(s, err, errlen);
}

void snapshot_close(struct snapshot *s)
{
	host_source_close(&s->file);
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		if (s->disk[n])
			snap_disk_release(s->disk[n]);
		free(s->disk[n]);
		s->disk[n] = NULL;
	}
}

/* --- the header --- */

static int check_version(const struct snapshot *s, char *err, size_t errlen)
{
	const struct snap_header *h = &s->img.head;
	char build[41];

	for (unsigned i = 0; i < 20; i++)
		snprintf(build + 2 * i, 3, "%02x", h->build[i]);
	if (h->version != SNAP_VERSION)
		return snapshot_refuse(
			s, err, errlen,
			"stream version %" PRIu32
			", this vonk reads only %u (written by %s %s, build "
			"%s): %s streams are not converted. Restore it with that build and "
			"shut the "
			"guest down, or copy its disks out with 'vonk snap disk %s' and boot "
			"them cold.",
			h->version, SNAP_VERSION, h->producer, h->producer_version, build,
			h->version < SNAP_VERSION ? "older" : "newer", s->name);
	if (h->layout != snapshot_layout())
		return snapshot_refuse(
			s, err, errlen,
			"layout %016" PRIx64 " of stream version %" PRIu32
			", this vonk reads only %016" PRIx64
			" (written by %s %s, build %s): it is not "
			"converted. Restore it with that build, or copy its disks out with "
			"'vonk snap "
			"disk %s' and boot them cold.",
			h->layout, h->version, snapshot_layout(), h->producer, h->producer_version,
			build, s->name);
	return 0;
}

/* --- configuration --- */

/* The value of `key`, which has to be the next entry of text; NULL: it is not. */
static const char *entry(const char **text, const char *end, const char *key)
{
	size_t n = strlen(key);
	const char *t = *text, *stop = memchr(t, 0, (size_t)(end - t));

	if (!stop || strncmp(t, key, n) || t[n] != '=')
		return NULL;
	*text = stop + 1;
	return t + n + 1;
}

static bool number(const char **text, unsigned *val)
{
	const char *t = *text;
	unsigned v = 0;

	for (; *t >= '0' && *t <= '9' && v < 100000; t++)
		v = v * 10 + (unsigned)(*t - '0');
	if (t == *text || (**text == '0' && t != *text + 1))
		return false;
	*text = t;
	*val = v;
	return true;
}

static bool whole_number(const char *text, unsigned *val)
{
	return text && number(&text, val) && !*text;
}

static bool geometry(const char *text, struct machine_config *c)
{
	return text && number(&text, &c->width) && *text++ == 'x' && number(&text, &c->height) &&
	       *text++ == 'x' && number(&text, &c->depth) && !*text;
}

static bool parse_config(struct machine_config *c, const char *text, size_t len)
{
	const char *end = text + len, *cpu = entry(&text, end, "cpu"), *vga;
	bool good = cpu && (c->cpu = cpu_model_find(cpu)) && !strcmp(c->cpu->name, cpu) &&
		    whole_number(entry(&text, end, "smp"), &c->nr_cpus) &&
		    whole_number(entry(&text, end, "shift"), &c->shift);
	unsigned i = 0;

	vga = good ? entry(&text, end, "vga") : NULL;
	while (vga && i < ARRAY_SIZE(snapshot_vga_name) && strcmp(vga, snapshot_vga_name[i]))
		i++;
	if (!vga || i == ARRAY_SIZE(snapshot_vga_name))
		return false;
	c->vga = (enum machine_vga)i;
	return geometry(entry(&text, end, "geometry"), c) && text == end;
}

static int read_config(struct snapshot *s, char *err, size_t errlen)
{
	struct machine_config *c = &s->config;
	const struct snap_frame *f = &s->img.frame[0];
	struct snap_cursor cur;
	char text[512];

	snap_cursor_init(&cur, &s->img, 0);
	if (strcmp(f->type, "CONF") || f->instance || strcmp(f->name, "config") ||
	    f->len >= sizeof(text))
		return snapshot_refuse(s, err, errlen, "the first record is not CONF config");
	if (!snap_get(&cur, text, f->len) || !snap_cursor_end(&cur))
		return snapshot_refused(s, err, errlen);
	text[f->len] = '\0';
	c->board = board_find(s->img.head.board);
	if (!c->board || strcmp(c->board->name, s->img.head.board))
		return snapshot_refuse(s, err, errlen, "there is no board '%s'", s->img.head.board);
	c->ram_size = s->img.head.ram_size;
	if (!parse_config(c, text, f->len))
		return snapshot_refuse(
			s, err, errlen,
			"record CONF config: its entries are not what they have to be");
	if (!c->nr_cpus || c->nr_cpus > c->board->max_cpus || c->shift > 10 ||
	    c->ram_size < c->board->min_ram || c->ram_size > c->board->max_ram ||
	    c->ram_size % SNAP_PAGE)
		return snapshot_refuse(s, err, errlen,
				       "record CONF config: %s is not built like that",
				       c->board->name);
	return 0;
}

static int open_verified(struct snapshot *s, bool trusted, char *err, size_t errlen)
{
	int ret = check_version(s, err, errlen);

	if (!ret && !snap_image_verify(&s->img, trusted))
		ret = snapshot_refused(s, err, errlen);
	if (!ret)
		ret = read_config(s, err, errlen);
	return ret ? ret : snapshot_read_disks(s, err, errlen);
}

int snapshot_open(struct snapshot *s, const char *path, bool trusted, char *err, size_t errlen)
{
	int ret = open_source(s, path, err, errlen);

	return ret ? ret : open_verified(s, trusted, err, errlen);
}

int snapshot_open_bytes(struct snapshot *s, const char *name, const void *buf, size_t n, char *err,
			size_t errlen)
{
	memset(s, 0, sizeof(*s));
	s->file.fd = -1;
	s->name = name;
	snap_mem_init(&s->bytes, buf, n);
	if (!snap_image_open(&s->img, &s->bytes.src))
		return snapshot_refused(s, err, errlen);
	return open_verified(s, false, err, errlen);
}

int snapshot_open_rest(struct snapshot *s, char *err, size_t errlen)
{
	int ret = check_version(s, err, errlen);

	return ret ? ret : read_config(s, err, errlen);
}

int snapshot_open_disks(struct snapshot *s, const char *path, char *err, size_t errlen)
{
	int ret = open_source(s, path, err, errlen);

	if (!ret && !snap_image_verify(&s->img, false))
		ret = snapshot_refused(s, err, errlen);
	return ret ? ret : snapshot_read_disks(s, err, errlen);
}

/* --- loading --- */

/* A machine being filled; `record` is the next one. */
struct load {
	struct snapshot *s;
	struct machine *m;
	u32 record;
	bool look; /* only to look at: chips are asked nothing */
	struct runs ram; /* the pages that RAM has */
	bool mapped; /* the file itself */
	struct snap_cursor cur;
};

static bool next(struct load *l, const char *type, u32 instance, const char *name)
{
	const struct snap_frame *f = &l->s->img.frame[l->record];

	/* The last one is END, so there is always one more. */
	snap_cursor_init(&l->cur, &l->s->img, l->record);
	if (strcmp(f->type, type) || f->instance != instance || strcmp(f->name, name))
		return snap_refuse(&l->cur, NULL, "another record has to stand here");
	l->record++;
	return true;
}

/* All of a record, in memory; NULL: refused. */
static u8 *whole(struct load *l, u64 max)
{
	u64 n = snap_left(&l->cur);
	u8 *p;

	if (n > max) {
		snap_refuse_numbers(&l->cur, NULL, "it is too long", max, n);
		return NULL;
	}
	p = malloc(n + 1);
	if (!p)
		snap_refuse(&l->cur, NULL, "there is too little memory");
	else if (snap_get(&l->cur, p, n) && snap_cursor_end(&l->cur))
		return p;
	free(p);
	return NULL;
}

static bool load_fields(struct load *l, const struct field *fields, void *state)
{
	u64 n = field_stream_size(fields);
	const char *bad;
	u8 *p;

	if (snap_left(&l->cur) != n)
		return snap_refuse_numbers(&l->cur, NULL, "it has another length", n,
					   snap_left(&l->cur));
	p = whole(l, n);
	if (!p)
		return false;
	bad = field_load(fields, state, p);
	free(p);
	return bad ? snap_refuse(&l->cur, bad, "it is out of range") : true;
}

static bool load_machine(struct load *l, struct machine_state *s)
{
	struct clock *clock = &l->m->clock;
	u64 span;

	if (!next(l, "BUS", 0, "machine") || !load_fields(l, machine_fields, s))
		return false;
	span = s->insns - s->base_insns;
	if (s->insns < s->base_insns || span > (1ull << 62) >> clock->shift ||
	    s->base_ns > 1ull << 62)
		return snap_refuse(&l->cur, "insns", "it does not go with the time");
	if (s->running >= l->m->config.nr_cpus)
		return snap_refuse(&l->cur, "running", "there is no such processor");
	clock->insns = s->insns;
	clock->base_ns = s->base_ns;
	clock->base_insns = s->base_insns;
	return true;
}

/* Items point into the record's bytes, which the machine keeps. */
static const u8 *add_item(void *chip, const u8 *p, const u8 *end)
{
	u32 len;

	if (end - p < 8 || be16_get(p + 2))
		return NULL;
	len = be32_get(p + 4);
	if (len > (u64)(end - p) - 8 || fw_cfg_add(chip, be16_get(p), p + 8, len))
		return NULL;
	return p + 8 + len;
}

static bool load_firmware(struct load *l)
{
	void *chip = machine_chip(l->m, "fw-cfg");
	const u8 *p, *end;
	u32 n;

	if (!next(l, "FWCF", 0, "firmware"))
		return false;
	end = (const u8 *)(uintptr_t)snap_left(&l->cur);
	if (chip)
		fw_cfg_clear(chip);
	free(l->m->fw_items);
	l->m->fw_items = whole(l, 1 << 20);
	p = l->m->fw_items;
	if (!p)
		return false;
	end = p + (uintptr_t)end;
	n = end - p >= 4 ? be32_get(p) : UINT32_MAX;
	p = end - p >= 4 ? p + 4 : NULL;
	while (p && n && chip) {
		p = add_item(chip, p, end);
		n--;
	}
	return p == end && !n ? true : snap_refuse(&l->cur, NULL, "its items are out of order");
}

static bool load_cpus(struct load *l, struct cpu_state *s)
{
	static const char *const name[CODE_MAX_CPUS] = { "cpu0", "cpu1", "cpu2", "cpu3" };

	for (unsigned i = 0; i < l->m->config.nr_cpus; i++) {
		if (!next(l, "CPU", i, name[i]) || !load_fields(l, cpu_fields, &s[i]))
			return false;
		if (!cpu_check_state(l->m->cpu[i], &s[i]))
			return snap_refuse(&l->cur, NULL, "no processor can be in this state");
	}
	return true;
}

static bool load_chips(struct load *l)
{
	for (unsigned i = 0; i < l->m->nr_devs; i++) {
		struct dev *chip = l->m->dev[i].chip;

		if (!next(l, "DEV", i, l->m->dev[i].row->name) ||
		    !load_fields(l, chip->cls->fields, dev_state(chip)))
			return false;
		if (!l->look && chip->cls->check && !chip->cls->check(chip))
			return snap_refuse(&l->cur, NULL, "the chip can not be in this state");
	}
	return true;
}

static bool load_chr(struct load *l, struct chr *chr)
{
	chr->in.head = 0;
	if (!snap_get32(&l->cur, &chr->breaks) || !snap_get32(&l->cur, &chr->in.num))
		return false;
	if (chr->in.num > CHR_QUEUE)
		return snap_refuse(&l->cur, "count", "it is out of range");
	return snap_get(&l->cur, chr->in.data, chr->in.num) && snap_cursor_end(&l->cur);
}

static bool load_net(struct load *l, struct net_port *net)
{
	u32 num;

	if (!snap_get32(&l->cur, &num))
		return false;
	if (num > NET_QUEUE)
		return snap_refuse(&l->cur, "frames", "there are too many");
	if (net)
		net->in.head = net->in.num = 0;
	while (num--) {
		struct net_frame f;
		u32 len;

		if (!snap_get32(&l->cur, &len))
			return false;
		if (len < NET_FRAME_MIN || len > NET_FRAME_MAX)
			return snap_refuse(&l->cur, "length", "it is out of range");
		if (!snap_get(&l->cur, f.data, len))
			return false;
		f.len = (u16)len;
		if (net)
			net->in.frame[net->in.num++] = f;
	}
	return snap_cursor_end(&l->cur);
}

static bool load_inputs(struct load *l)
{
	for (unsigned i = 0; i < CHR_NR; i++)
		if (!next(l, "CHR", i, snapshot_chr_name[i]) || !load_chr(l, &l->m->chr[i]))
			return false;
	return next(l, "NET", 0, "net") && load_net(l, l->m->config.net);
}

static bool load_memories(struct load *l)
{
	struct snapshot_memory mem;

	for (unsigned n = 0; snapshot_memory(l->m, n, &mem); n++) {
		/* The others are fresh and zero; clearing them would only touch them. */
		if (n == 2)
			memset(mem.mem, 0, mem.size);
		if (!next(l, "MEM", n, mem.name) ||
		    !snap_pages_get(&l->cur, mem.mem, mem.size, n ? NULL : &l->ram) ||
		    !snap_cursor_end(&l->cur))
			return false;
		if (!n)
			l->mapped = l->cur.skipped;
	}
	code_flush(&l->m->code);
	return true;
}

static bool load_held(struct load *l, struct reboot *r, struct runs *held)
{
	if (!snap_pages_get(&l->cur, r->ram.copy, l->m->config.ram_size, held) ||
	    !snap_cursor_end(&l->cur))
		return false;
	/* Mapped pages are not looked at. */
	for (u32 i = 0; !l->mapped && i < held->nr; i++) {
		for (u32 k = 0; k < held->run[i].nr; k++) {
			u64 off = (u64)SNAP_PAGE * (held->run[i].first + k);

			if (!memcmp(r->ram.copy + off, l->m->ram + off, SNAP_PAGE))
				return snap_refuse(&l->cur, "pages",
						   "RAM has one of them unchanged");
		}
	}
	return true;
}

/* Kept pages are those of RAM; none may be held as well. */
static bool load_kept(struct load *l, struct reboot *r, const struct runs *kept,
		      const struct runs *held)
{
	struct runs_at ram = { .runs = &l->ram }, other = { .runs = held };

	for (u32 i = 0; i < kept->nr; i++) {
		const struct span *run = &kept->run[i];

		for (u32 k = 0; k < run->nr; k++) {
			while (runs_peek(&ram) < run->first + k)
				runs_drop(&ram);
			while (runs_peek(&other) < run->first + k)
				runs_drop(&other);
			if (runs_peek(&ram) != run->first + k ||
			    runs_peek(&other) == run->first + k)
				return snap_refuse(&l->cur, "kept",
						   "a page is not there, or twice");
			keep_note(&r->ram, run->first + k);
		}
	}
	return true;
}

/* All pages that are loaded, in one list. */
static bool note_pages(struct load *l, struct reboot *r, const struct runs *kept,
		       const struct runs *held)
{
	struct runs_at a = { .runs = kept }, b = { .runs = held };

	while (runs_peek(&a) != runs_peek(&b)) {
		struct runs_at *least = runs_peek(&a) < runs_peek(&b) ? &a : &b;

		if (runs_add(&r->runs, runs_peek(least), 1))
			return snap_refuse(&l->cur, NULL, "there is too little memory");
		runs_drop(least);
	}
	return true;
}

static bool load_boot_pages(struct load *l, struct reboot *r)
{
	struct runs kept = { .nr = 0 }, held = { .nr = 0 };
	u32 nr;
	bool good = snap_get32(&l->cur, &nr) &&
		    snap_runs_get(&l->cur, &kept, nr, l->m->config.ram_size / SNAP_PAGE) &&
		    load_held(l, r, &held) && load_kept(l, r, &kept, &held) &&
		    note_pages(l, r, &kept, &held);

	runs_release(&kept);
	runs_release(&held);
	return good;
}

static bool load_boot(struct load *l)
{
	u64 n = field_stream_size(cpu_fields);
	const char *bad;
	struct reboot *r;
	u8 *p;

	if (!next(l, "BOOT", 0, "boot"))
		return false;
	r = reboot_new(l->m);
	if (r)
		reboot_set(l->m, r);
	p = malloc(n);
	if (!r || !p || !snap_get(&l->cur, p, n)) {
		free(p);
		return r && p ? false : snap_refuse(&l->cur, NULL, "there is too little memory");
	}
	bad = field_load(cpu_fields, &r->start, p);
	free(p);
	if (bad || !cpu_check_state(l->m->cpu[0], &r->start) || r->start.icount)
		return snap_refuse(&l->cur, bad ? bad : "start",
				   "no processor can be in this state");
	return load_boot_pages(l, r);
}

void snapshot_revive(struct machine *m, const struct machine_state *s, const struct cpu_state *cpu)
{
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		m->cpu[i]->irq_lines = 0;
	for (unsigned i = 0; i < m->nr_devs; i++)
		if (m->dev[i].chip->cls->loaded)
			m->dev[i].chip->cls->loaded(m->dev[i].chip);
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_set_state(m->cpu[i], &cpu[i]);
	m->running = s->running;
	m->polled = s->polled;
	m->want_poweroff = m->want_reset = false;
}

/* --- is it what would be saved? --- */

static bool compare(struct load *l, struct octets *o)
{
	u8 buf[4096];
	bool same = !o->err && o->len == l->cur.frame->len, there = true;

	for (u64 off = 0; same && there && off < o->len; off += sizeof(buf)) {
		u64 n = o->len - off < sizeof(buf) ? o->len - off : sizeof(buf);

		there = snap_get(&l->cur, buf, n);
		same = !there || !memcmp(buf, o->p + off, n);
	}
	free(o->p);
	*o = (struct octets){ .p = NULL };
	if (!there)
		return false;
	return same ? true : snap_refuse(&l->cur, NULL, "it contradicts other records");
}

static bool compare_all(struct load *l)
{
	struct machine *m = l->m;
	struct octets o = { .p = NULL };

	for (u32 i = 0; i < l->record; i++) {
		const struct snap_frame *f = &l->s->img.frame[i];

		snap_cursor_init(&l->cur, &l->s->img, i);
		if (!strcmp(f->type, "CONF"))
			snapshot_put_config(&o, &m->config);
		else if (!strcmp(f->type, "BUS"))
			snapshot_put_machine(&o, m);
		else if (!strcmp(f->type, "FWCF"))
			snapshot_put_firmware(&o, m);
		else if (!strcmp(f->type, "CPU"))
			snapshot_put_cpu(&o, m->cpu[f->instance]);
		else if (!strcmp(f->type, "DEV"))
			snapshot_put_chip(&o, m->dev[f->instance].chip);
		else if (!strcmp(f->type, "CHR"))
			snapshot_put_chr(&o, &m->chr[f->instance]);
		else
			continue;
		if (!compare(l, &o))
			return false;
	}
	return true;
}

static bool load_all(struct load *l)
{
	struct cpu_state cpu[CODE_MAX_CPUS];
	struct machine_state state;

	l->record = 1;
	if (!load_machine(l, &state) || !load_firmware(l) || !load_cpus(l, cpu) || !load_chips(l) ||
	    !load_inputs(l) || !load_memories(l) || !load_boot(l))
		return false;
	if (l->m->config.nr_cpus == 1 && cpu[0].icount != state.insns)
		return snap_refuse(&l->cur, "icount", "it contradicts record BUS machine");
	if (!l->look)
		snapshot_revive(l->m, &state, cpu);
	for (unsigned i = 0; l->look && i < l->m->config.nr_cpus; i++)
		cpu_set_state(l->m->cpu[i], &cpu[i]);
	return true;
}

int snapshot_look(struct snapshot *s, struct machine **m, char *err, size_t errlen)
{
	struct machine_config config = s->config;
	struct load l = { .s = s, .look = true };
	int ret;

	for (unsigned n = 0; n < SNAPSHOT_FLOPPY; n++) {
		config.scsi[n].present = s->disk[n];
		config.scsi[n].cdrom = s->disk[n] && s->disk[n]->media == SNAP_CDROM;
	}
	ret = machine_new(m, &config, err, errlen);
	l.m = *m;
	if (ret)
		return ret;
	ret = load_all(&l) ? 0 : snapshot_refused(s, err, errlen);
	runs_release(&l.ram);
	return ret;
}

int snapshot_fill(struct snapshot *s, struct machine *m, char *err, size_t errlen)
{
	struct load l = { .s = s, .m = m };
	int ret = snapshot_check_bases(s, &m->config, err, errlen);
	bool good;

	if (!ret)
		ret = snapshot_check_units(s, err, errlen);
	if (ret)
		return ret;
	good = load_all(&l) && compare_all(&l);
	runs_release(&l.ram);
	if (!good)
		return snapshot_refused(s, err, errlen);
	while (!strcmp(s->img.frame[l.record].type, "DISK"))
		l.record++;
	if (l.record != s->img.nr - 1)
		return snapshot_refuse(s, err, errlen, "record %s %s has no place in it",
				       s->img.frame[l.record].type, s->img.frame[l.record].name);
	return 0;
}

/* --- one machine for another --- */

static void swap_ram(struct machine *m, struct machine *from)
{
	u8 *ram = m->ram;

	for (unsigned i = 0; i < m->bus.nr; i++)
		if (m->bus.range[i].mem == ram)
			m->bus.range[i].mem = from->ram;
	for (unsigned i = 0; i < from->bus.nr; i++)
		if (from->bus.range[i].mem == from->ram)
			from->bus.range[i].mem = ram;
	m->ram = from->ram;
	from->ram = ram;
}

static void adopt_firmware(struct machine *m, struct machine *from)
{
	void *chip = machine_chip(m, "fw-cfg"), *other = machine_chip(from, "fw-cfg");
	const u8 *bytes;
	u32 len;
	u16 key;

	/* Those that the snapshot does not have are in memory that is freed here. */
	fw_cfg_clear(chip);
	for (u32 i = 0; fw_cfg_item(other, i, &key, &bytes, &len); i++)
		fw_cfg_add(chip, key, bytes, len);
	free(m->fw_items);
	m->fw_items = from->fw_items;
	from->fw_items = NULL;
}

void snapshot_adopt(struct machine *m, struct machine *from)
{
	struct machine_state s = { .running = from->running, .polled = from->polled };
	struct snapshot_memory mem, other;
	struct cpu_state cpu[CODE_MAX_CPUS];
	struct reboot *reboot = m->reboot;

	captures_touch_memory(m);
	m->clock.insns = from->clock.insns;
	m->clock.base_ns = from->clock.base_ns;
	m->clock.base_insns = from->clock.base_insns;
	swap_ram(m, from);
	captures_ram_moved(m);
	for (unsigned n = 1; snapshot_memory(m, n, &mem) && snapshot_memory(from, n, &other); n++)
		memcpy(mem.mem, other.mem, mem.size);
	code_flush(&m->code);
	m->reboot = from->reboot;
	from->reboot = reboot;
	bus_set_keep(&m->bus, 0, &m->reboot->ram);
	bus_set_keep(&from->bus, 0, reboot ? &reboot->ram : NULL);
	adopt_firmware(m, from);
	for (unsigned i = 0; i < CHR_NR; i++) {
		m->chr[i].in = from->chr[i].in;
		m->chr[i].breaks = from->chr[i].breaks;
	}
	for (unsigned i = 0; i < m->nr_devs; i++)
		memcpy(dev_state(m->dev[i].chip), dev_state(from->dev[i].chip),
		       m->dev[i].row->cls->state_size);
	for (unsigned i = 0; i < m->config.nr_cpus; i++)
		cpu_get_state(from->cpu[i], &cpu[i]);
	snapshot_revive(m, &s, cpu);
}

int snapshot_same(const struct snapshot *s, const struct machine *m, char *err, size_t errlen)
{
	const struct machine_config *a = &s->config, *b = &m->config;

	if (a->board != b->board)
		return snapshot_refuse(s, err, errlen, "a snapshot of %s, this machine is %s",
				       a->board->name, b->board->name);
	if (a->ram_size != b->ram_size)
		return snapshot_refuse(s, err, errlen,
				       "a snapshot with %" PRIu64
				       " KiB of memory, this machine has %" PRIu64 " KiB",
				       a->ram_size >> 10, b->ram_size >> 10);
	if (a->cpu != b->cpu)
		return snapshot_refuse(s, err, errlen, "a snapshot of a %s, this machine has a %s",
				       a->cpu->name, b->cpu->name);
	if (a->nr_cpus != b->nr_cpus)
		return snapshot_refuse(s, err, errlen,
				       "a snapshot of %u processors, this machine has %u",
				       a->nr_cpus, b->nr_cpus);
	if (a->shift != b->shift)
		return snapshot_refuse(s, err, errlen,
				       "a snapshot with -icount %u, this machine has %u", a->shift,
				       b->shift);
	if (a->vga != b->vga || a->width != b->width || a->height != b->height ||
	    a->depth != b->depth)
		return snapshot_refuse(
			s, err, errlen,
			"a snapshot with display %s %ux%ux%u, this machine has %s %ux%ux%u",
			snapshot_vga_name[a->vga], a->width, a->height, a->depth,
			snapshot_vga_name[b->vga], b->width, b->height, b->depth);
	for (unsigned n = 0; n < SNAPSHOT_DRIVES; n++) {
		const struct snap_disk *d = s->disk[n];
		struct block *block = snapshot_has_drive(b, n) ? snapshot_medium(b, n) : NULL;

		if (!d != !snapshot_has_drive(b, n))
			return snapshot_refuse(s, err, errlen,
					       "a snapshot %s drive %s, this machine %s one",
					       d ? "with" : "without", snapshot_drive_name(n),
					       d ? "has not" : "has");
		if (!d)
			continue;
		if (n != SNAPSHOT_FLOPPY && (d->media == SNAP_CDROM) != b->scsi[n].cdrom)
			return snapshot_refuse(
				s, err, errlen, "drive %s is a %s, this machine's is a %s",
				snapshot_drive_name(n), d->media == SNAP_CDROM ? "CD-ROM" : "disk",
				b->scsi[n].cdrom ? "CD-ROM" : "disk");
		if (d->size != (block ? block->size : 0))
			return snapshot_refuse(
				s, err, errlen,
				"drive %s has %" PRIu64 " bytes, this machine's has %" PRIu64,
				snapshot_drive_name(n), d->size, block ? block->size : 0);
		if (block && d->kind != (block_is_overlay(block) || block->read_only ? SNAP_CHANGES
										     : SNAP_WHOLE))
			return snapshot_refuse(
				s, err, errlen, "drive %s is %s, this machine's is not",
				snapshot_drive_name(n),
				d->kind == SNAP_WHOLE ? "written in place"
						      : "only read, with or without an overlay");
	}
	return 0;
}
