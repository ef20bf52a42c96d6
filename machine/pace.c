/* SPDX-License-Identifier: MIT */
/* Sleeping, or jumping ahead, while the guest is idle. */
#include "machine/pace.h"

/* A host that was late is made up for as far as this, and no further. */
#define CATCH_UP_NS 50000000u
/*
 * A guest that idled through so much of its own time is waiting for somebody, not for a
 * delay: from then on it is paced in real time, so that a batch run at a prompt costs nothing.
 */
#define FAST_IDLE_NS 600000000000u

void pace_init(struct pace *pace, struct host *host, bool real)
{
	*pace = (struct pace){ .host = host, .real = real, .host_ns = host_now_ns() };
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

void pace_idle(struct pace *pace, struct machine *m)
{
	u64 now = clock_now(&m->clock), next = machine_next_event(m), host = host_now_ns();
	s64 late, wait;
	u64 slept;

	if (next == CLOCK_NEVER) { /* only input can change anything */
		host_poll(pace->host, -1);
		return;
	}
	if (!pace->real && jump(pace, m, next - now)) {
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
