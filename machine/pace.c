/* SPDX-License-Identifier: MIT */
/* Sleeping, or jumping ahead. */
#include "machine/pace.h"

/* A host that was late is made up for as far as this, and no further. */
#define CATCH_UP_NS 50000000u
/* With -clock host: how far the guest's time may run away from the host's between two looks. */
#define STEP_NS 250000u
/* And how many instructions it gets for each deadline that it comes to. */
#define CATCH_UP_INSNS 20000u
/*
 * While an interrupt waits its time does not jump, as the next would be raised unseen: a timer whose flag is set comes
 * to no deadline. What masks interrupts for as long as this, by the guest's instructions, loses them on any machine.
 * Drivers that delay by a loop do mask them for milliseconds.
 */
#define SERVE_NS 20000000u
/*
 * A guest that idled through so much of its own time is waiting for somebody, not for a
 * delay: from then on it is paced in real time, so that a batch run at a prompt costs nothing.
 */
#define FAST_IDLE_NS 600000000000u

void pace_init(struct pace *pace, struct host *host, bool real)
{
	*pace = (struct pace){ .host = host, .real = real, .host_ns = host_now_ns() };
}

void pace_again(struct pace *pace, const struct machine *m)
{
	pace->host_ns = host_now_ns();
	pace->guest_ns = clock_now(&m->clock);
}

void pace_host_clock(struct pace *pace, const struct machine *m)
{
	pace->host_clock = true;
	pace_again(pace, m);
}

/* What the guest's time should be. */
static u64 host_time(const struct pace *pace)
{
	return pace->guest_ns + (host_now_ns() - pace->host_ns);
}

/* Jump to where the host's clock was, or to the next deadline before that; false: not there yet. */
static bool follow(struct pace *pace, struct machine *m, u64 want)
{
	u64 now = clock_now(&m->clock), next = machine_next_event(m);

	if (next < now)
		next = now;
	if (want > now)
		machine_skip(m, next < want ? next : want);
	if (next <= want)
		pace->came = machine_insns(m);
	return next >= want;
}

/* Nothing waits to be served, or something has from some instant on. */
static void note_served(struct pace *pace, const struct machine *m)
{
	if (!m->cpu[0]->irq_lines)
		pace->quiet = machine_insns(m);
}

/* How many instructions the guest is to have before its time jumps again. */
static u64 due(struct pace *pace, const struct machine *m)
{
	u64 insns = machine_insns(m);

	if (insns - pace->came < CATCH_UP_INSNS)
		return CATCH_UP_INSNS - (insns - pace->came);
	if (m->cpu[0]->irq_lines) {
		pace->waited = insns;
		return insns - pace->quiet < SERVE_NS >> m->clock.shift ? CATCH_UP_INSNS : 0;
	}
	if (insns - pace->waited < CATCH_UP_INSNS)
		return CATCH_UP_INSNS - (insns - pace->waited);
	return 0;
}

/*
 * An interrupt that is masked at its controller while its handler is on the way to the chip is not seen to wait: before
 * a jump that a tick could get lost in it has to be so twice, some instructions apart.
 */
static bool look_twice(struct pace *pace, const struct machine *m, u64 jump)
{
	u64 insns = machine_insns(m);
	bool again = jump > STEP_NS && insns - pace->looked > CATCH_UP_INSNS;

	pace->looked = insns;
	return again;
}

u64 pace_quantum(struct pace *pace, struct machine *m)
{
	u64 now = clock_now(&m->clock), step = STEP_NS >> m->clock.shift, want, n;

	if (!pace->host_clock)
		return MACHINE_QUANTUM;
	note_served(pace, m);
	n = due(pace, m);
	if (n)
		return n < step ? n : step;
	want = host_time(pace);
	if (look_twice(pace, m, want > now ? want - now : 0))
		return CATCH_UP_INSNS;
	if (now >= want + STEP_NS)
		host_poll(pace->host, (s64)(now - want));
	return !follow(pace, m, want) && CATCH_UP_INSNS < step ? CATCH_UP_INSNS : step;
}

/* The time is the host's: wait, and let it pass. */
static void wait_for_host(struct pace *pace, struct machine *m)
{
	u64 next = machine_next_event(m), now = host_time(pace);

	note_served(pace, m);
	if (next <= now && m->cpu[0]->irq_lines && due(pace, m))
		return; /* it polls, and serves its interrupts later */
	if (next > now)
		host_poll(pace->host, next == CLOCK_NEVER ? -1 : (s64)(next - now));
	follow(pace, m, host_time(pace));
}

/* What came in and went out so far. */
static u64 traffic(const struct machine *m)
{
	u64 n = 0;

	for (unsigned i = 0; i < CHR_NR; i++)
		n += m->chr[i].moved;
	return n;
}

static bool jump(struct pace *pace, const struct machine *m, u64 ns)
{
	if (pace->io != traffic(m)) {
		pace->io = traffic(m);
		pace->idle_ns = 0;
	}
	pace->idle_ns += ns;
	return pace->idle_ns < FAST_IDLE_NS;
}

/* Somebody may answer the guest, and does so in the host's time: the guest's must not run away. */
static bool others_wait(const struct machine *m)
{
	return m->config.net && m->config.net->peer && m->config.net->listens;
}

void pace_idle(struct pace *pace, struct machine *m)
{
	u64 now = clock_now(&m->clock), next = machine_next_event(m), host = host_now_ns();
	s64 late, wait;
	u64 slept;

	if (pace->host_clock) {
		wait_for_host(pace, m);
		return;
	}
	if (next == CLOCK_NEVER) { /* only input can change anything */
		host_poll(pace->host, -1);
		return;
	}
	if (!pace->real && !others_wait(m) && jump(pace, m, next - now)) {
		machine_skip(m, next);
		return;
	}
	late = (s64)((host - pace->host_ns) - (now - pace->guest_ns));
	if (late < 0 || late > CATCH_UP_NS) {
		pace->host_ns = host;
		pace->guest_ns = now;
		late = 0;
	}
	wait = (s64)(next - now) - late;
	if (wait > 0)
		host_poll(pace->host, wait);
	slept = host_now_ns() - host;
	if (wait > 0 && slept < (u64)wait)
		next = now + slept;
	if (machine_next_event(m) < next) /* input has set something going */
		next = machine_next_event(m);
	machine_skip(m, next);
}
