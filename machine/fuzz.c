/* SPDX-License-Identifier: MIT */
#include "machine/fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "lib/be.h"
#include "lib/hash64.h"
#include "machine/capture.h"
#include "machine/peek.h"

/* The way to the start may be long, but not for ever. */
#define START_INSNS 100000000000ull
/* An idle machine whose time passes so often without an instruction is not going to do anything. */
#define SKIPS_MAX 10000

static int say(char *err, size_t errlen, int ret, const char *what)
{
	snprintf(err, errlen, "-fuzz: %s", what);
	return ret;
}

/* Everything the guest sends is thrown away: nobody looks. */
static void mute(struct machine *m)
{
	for (unsigned i = 0; i < CHR_NR; i++)
		m->chr[i].mute = true;
}

/* --- the way to the start --- */

static bool is_there(const struct fuzz *f, enum machine_stop why)
{
	const struct fuzz_spec *s = &f->spec;

	return s->start == FUZZ_AT_ONCE || (s->start == FUZZ_AT_IDLE && why == MACHINE_IDLE) ||
	       (s->start == FUZZ_AT_PC && f->m->cpu[0]->pc == s->start_at) ||
	       (s->start == FUZZ_AT_INSNS && machine_insns(f->m) >= s->start_at);
}

static int run_to_start(struct fuzz *f, char *err, size_t errlen)
{
	struct machine *m = f->m;
	u64 goal = f->spec.start == FUZZ_AT_INSNS ? f->spec.start_at : START_INSNS;
	enum machine_stop why = MACHINE_QUANTUM_END;
	u32 pc = (u32)f->spec.start_at;

	if (f->spec.start == FUZZ_AT_PC)
		cpu_set_breakpoints(m->cpu[0], &pc, 1);
	while (!is_there(f, why) && machine_insns(m) < goal) {
		why = machine_run(m, goal - machine_insns(m));
		if (why == MACHINE_IDLE && !is_there(f, why)) {
			u64 next = machine_next_event(m);

			if (next == CLOCK_NEVER)
				break;
			machine_skip(m, next);
		} else if (why != MACHINE_IDLE && why != MACHINE_QUANTUM_END &&
			   why != MACHINE_BREAKPOINT && why != MACHINE_RESET) {
			break;
		}
	}
	cpu_set_breakpoints(m->cpu[0], NULL, 0);
	return is_there(f, why) ? 0 : say(err, errlen, -EINVAL, "the start is never reached");
}

static int by_value(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static void set_stops(struct fuzz *f)
{
	struct fuzz_spec *s = &f->spec;
	unsigned n = 0;

	if (s->done_return && s->nr_done < FUZZ_POINTS)
		s->done[s->nr_done++] = f->m->cpu[0]->r[15] + 8;
	for (unsigned i = 0; i < s->nr_done; i++)
		f->stops[n++] = s->done[i];
	for (unsigned i = 0; i < s->nr_fail; i++)
		f->stops[n++] = s->fail[i];
	qsort(f->stops, n, sizeof(f->stops[0]), by_value);
	cpu_set_breakpoints(f->m->cpu[0], f->stops, n);
}

/* --- an input --- */

/* False: there was no room. */
static bool feed(struct fuzz *f)
{
	struct chr *chr = &f->m->chr[f->spec.serial - 1];
	u32 n = chr_in_room(chr);

	n = n < f->left ? n : f->left;
	if (n)
		chr_feed(chr, f->data, n);
	f->data += n;
	f->left -= n;
	return n;
}

/* The blocks' other bytes stay as they were. */
static int put_on_disk(struct fuzz *f, const u8 *data, u32 n)
{
	struct block *b = f->m->config.scsi[f->spec.scsi - 1].medium;
	u64 at = f->spec.block * 512, room = b->size - at;

	return n ? block_write(b, at, data, n < room ? n : (u32)room) : 0;
}

/* What is shorter than any frame gets zeros, what is longer than any is cut. */
static int send_frame(struct fuzz *f, const u8 *data, u32 n)
{
	u8 frame[NET_FRAME_MAX] = { 0 };

	n = n < sizeof(frame) ? n : (u32)sizeof(frame);
	if (n)
		memcpy(frame, data, n);
	net_feed(f->m->config.net, frame, n < NET_FRAME_MIN ? NET_FRAME_MIN : n);
	return 0;
}

static int deliver(struct fuzz *f, const u8 *data, u32 n)
{
	const struct fuzz_place *len = &f->spec.len;
	struct cpu *cpu = f->m->cpu[0];
	u8 word[4];

	f->data = data;
	f->left = n;
	if (f->spec.serial) {
		feed(f);
		return 0;
	}
	if (f->spec.scsi)
		return put_on_disk(f, data, n);
	if (f->spec.net)
		return send_frame(f, data, n);
	if (!peek_write(cpu, f->va, data, n))
		return -EFAULT;
	if (!len->given)
		return 0;
	if (len->is_reg) {
		cpu_set_reg(cpu, cpu->cwp, len->at, n);
		return 0;
	}
	be32_put(word, n);
	return peek_write(cpu, len->at, word, sizeof(word)) ? 0 : -EFAULT;
}

/* Is there what inputs are to come in by? A cable is plugged in before the machine starts. */
static int check_ways(struct fuzz *f, char *err, size_t errlen)
{
	const struct machine_config *c = &f->m->config;
	struct block *b = f->spec.scsi ? c->scsi[f->spec.scsi - 1].medium : NULL;

	if (f->spec.net) {
		net_set_link(c->net, true);
		c->net->mute = c->net->peer = true;
	}
	if (!f->spec.scsi)
		return 0;
	if (!b || !block_is_overlay(b) || b->read_only)
		return say(err, errlen, -EINVAL,
			   "scsi=: no such disk, or it writes to its file: -drive file=F,if=scsi,"
			   "unit=N,snapshot=on");
	if (f->spec.block >= b->size / 512)
		return say(err, errlen, -EINVAL, "scsi=: the disk is not that long");
	return 0;
}

/* The longest input fits where inputs go. */
static bool is_writable(const struct fuzz *f, u32 n)
{
	u8 *zeros = calloc(1, n);
	bool fits = zeros && peek_write(f->m->cpu[0], f->va, zeros, n);

	free(zeros);
	return fits;
}

int fuzz_begin(struct fuzz *f, struct machine *m, const struct fuzz_spec *spec, u8 *map, char *err,
	       size_t errlen)
{
	struct fuzz_outcome out;
	struct cpu *cpu = m->cpu[0];
	unsigned bits = (unsigned)__builtin_ctz(spec->map_size);
	int ret;

	*f = (struct fuzz){ .m = m, .spec = *spec };
	mute(m);
	ret = check_ways(f, err, errlen);
	if (!ret)
		ret = run_to_start(f, err, errlen);
	if (ret)
		return ret;
	f->cover = (struct cover){ .map = map,
				   .shift = 32 - bits,
				   .first = spec->first,
				   .size = spec->last - spec->first };
	memcpy(f->cover.stop, spec->traps, sizeof(f->cover.stop));
	f->va = spec->mem.is_reg ? cpu->r[spec->mem.at] : spec->mem.at;
	cpu_set_cover(cpu, &f->cover);
	set_stops(f);
	if (capture_take(m, &f->capture))
		return say(err, errlen, -ENOMEM, "out of memory");
	if (spec->mem.given && !is_writable(f, spec->max)) {
		capture_go_back(m, f->capture);
		fuzz_end(f);
		snprintf(err, errlen,
			 "-fuzz: mem=: there is no memory for inputs of %u bytes at %08x (max= is "
			 "the most)",
			 spec->max, f->va);
		return -EFAULT;
	}
	f->used = true;
	/* Decode what an empty input runs through; and is there memory where inputs go? */
	if (fuzz_one(f, NULL, 0, &out) || capture_go_back(m, f->capture)) {
		ret = say(err, errlen, -EFAULT, "an input cannot be put into the guest's memory");
		fuzz_end(f);
	}
	f->used = false;
	return ret;
}

static void look_for_compare(void *arg, const struct cpu *cpu, u32 pc, u32 w)
{
	const struct fuzz *f = arg;

	if (insn_decode(w) == insn_subcc && pc - f->cover.first <= f->cover.size)
		f->compare(f->compare_arg, pc, cpu->r[f_rs1(w)],
			   f_i(w) ? (u32)f_simm13(w) : cpu->r[f_rs2(w)]);
}

void fuzz_compares(struct fuzz *f, void (*compare)(void *arg, u32 pc, u32 a, u32 b), void *arg)
{
	struct cpu *cpu = f->m->cpu[0];

	f->compare = compare;
	f->compare_arg = arg;
	f->log = (struct cpu_log){ .insn = look_for_compare, .arg = f };
	cpu->log = &f->log;
	cpu->ref = true;
}

void fuzz_end(struct fuzz *f)
{
	if (f->compare) {
		f->m->cpu[0]->log = NULL;
		f->m->cpu[0]->ref = f->m->config.ref;
	}
	if (f->capture)
		capture_drop(f->m, f->capture);
	f->capture = NULL;
	cpu_set_breakpoints(f->m->cpu[0], NULL, 0);
	cpu_set_cover(f->m->cpu[0], NULL);
}

/* --- how it ends --- */

static bool listed(const u32 *list, unsigned nr, u32 va)
{
	for (unsigned i = 0; i < nr; i++)
		if (list[i] == va)
			return true;
	return false;
}

static void add_frame(struct fuzz_outcome *out, u32 va)
{
	if (out->nr_frames < FUZZ_FRAMES)
		out->frame[out->nr_frames++] = va;
}

/* Return addresses: of the windows that are there, then of those that were spilled. */
static void find_frames(const struct cpu *cpu, unsigned w, struct fuzz_outcome *out)
{
	u32 fp = 0;
	u8 buf[8];

	for (unsigned n = 0; n < cpu->model->nwindows; n++) {
		fp = cpu_get_reg(cpu, w, 30);
		add_frame(out, cpu_get_reg(cpu, w, 31));
		w = cpu->win_above[w];
		if (cpu->wim >> w & 1)
			break;
	}
	while (out->nr_frames < FUZZ_FRAMES && fp && !(fp & 7) &&
	       peek_read(cpu, fp + 56, false, buf, sizeof(buf))) {
		u32 up = be32_get(buf);

		if (up <= fp)
			break;
		add_frame(out, be32_get(buf + 4));
		fp = up;
	}
}

static void crash(struct fuzz *f, struct fuzz_outcome *out, const char *why, unsigned tt, u32 pc,
		  bool in_trap)
{
	const struct cpu *cpu = f->m->cpu[0];

	out->verdict = FUZZ_CRASH;
	out->why = why;
	out->tt = tt;
	out->pc = pc;
	find_frames(cpu, in_trap ? cpu->win_above[cpu->cwp] : cpu->cwp, out);
	out->bucket = hash64_word(hash64_word(1, pc), tt);
	for (unsigned i = 0; i < out->nr_frames; i++)
		out->bucket = hash64_word(out->bucket, out->frame[i]);
}

static void end(struct fuzz *f, struct fuzz_outcome *out, enum fuzz_verdict v, const char *why)
{
	out->verdict = v;
	out->why = why;
	out->pc = f->m->cpu[0]->pc;
}

struct waiting {
	u64 insns; /* at which the machine idles */
	unsigned skips; /* how often time has passed meanwhile */
};

/* An idle machine: give it what it waits for. False: there is nothing. */
static bool wait_on(struct fuzz *f, struct waiting *w)
{
	u64 next;

	if (w->insns != machine_insns(f->m))
		*w = (struct waiting){ .insns = machine_insns(f->m) };
	if (f->spec.serial && f->left && feed(f))
		return true;
	if (f->spec.serial && !chr_peek(&f->m->chr[f->spec.serial - 1]))
		return false;
	if (f->spec.net && !net_peek(f->m->config.net))
		return false;
	next = machine_next_event(f->m);
	if (next == CLOCK_NEVER || ++w->skips > SKIPS_MAX)
		return false;
	machine_skip(f->m, next);
	return true;
}

/* True: the run is over, out tells how. */
static bool stopped(struct fuzz *f, enum machine_stop why, struct fuzz_outcome *out,
		    struct waiting *w)
{
	const struct cpu *cpu = f->m->cpu[0];

	switch (why) {
	case MACHINE_TRAP:
		crash(f, out, "trap", f->cover.tt, f->cover.pc, !cpu->error_mode);
		return true;
	case MACHINE_ERROR:
		crash(f, out, "error mode", cpu->tbr >> 4 & 0xff, cpu->pc, false);
		return true;
	case MACHINE_BREAKPOINT:
		if (listed(f->spec.fail, f->spec.nr_fail, cpu->pc))
			crash(f, out, "it came to a fail address", 0, cpu->pc, false);
		else
			end(f, out, FUZZ_PASS, "done");
		return true;
	case MACHINE_EXIT:
		if (f->m->exit_status && f->spec.exit_fails)
			crash(f, out, "exit status", 0, cpu->pc, false);
		else
			end(f, out, FUZZ_PASS, "exit");
		return true;
	case MACHINE_IDLE:
		if (wait_on(f, w))
			return false;
		end(f, out, FUZZ_PASS, "it waits for more");
		return true;
	case MACHINE_POWEROFF:
	case MACHINE_RESET:
		end(f, out, FUZZ_PASS, why == MACHINE_RESET ? "reset" : "power off");
		return true;
	case MACHINE_LIMIT:
		end(f, out, FUZZ_HANG, "-limit");
		return true;
	default:
		return false;
	}
}

int fuzz_one(struct fuzz *f, const u8 *data, u32 n, struct fuzz_outcome *out)
{
	struct machine *m = f->m;
	u64 first = capture_insns(f->capture), last = first + f->spec.insns, now, slow;
	struct waiting w = { 0 };
	int ret = f->used ? capture_go_back(m, f->capture) : 0;

	memset(out, 0, sizeof(*out));
	f->used = true;
	f->cover.prev = 0;
	f->cover.trapped = false;
	if (!ret)
		ret = deliver(f, data, n < f->spec.max ? n : f->spec.max);
	if (ret)
		return ret;
	if (m->cpu[0]->nr_breakpoints)
		cpu_pass_breakpoint(m->cpu[0]);
	slow = f->spec.insns > FUZZ_SLOW ? first + FUZZ_SLOW : last;
	do {
		now = machine_insns(m);
		if (now >= last) {
			end(f, out, FUZZ_HANG, "too many instructions");
			break;
		}
		if (now >= slow) {
			slow = last;
			if (f->slow)
				f->slow(f->slow_arg);
		}
	} while (!stopped(f, machine_run(m, slow - now), out, &w));
	out->insns = machine_insns(m) - first;
	return 0;
}
