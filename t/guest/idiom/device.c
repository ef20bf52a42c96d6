/* SPDX-License-Identifier: MIT */
/* Firmware and kernels: registers polled, ports, rings, delays, tables of pages and tasks. */
#include "idiom.h"

#define PORT(T)                                                                                    \
	void wait_set_##T(const volatile T *reg, T mask)                                           \
	{                                                                                          \
		while (!(*reg & mask))                                                             \
			;                                                                          \
	}                                                                                          \
	void wait_clear_##T(const volatile T *reg)                                                 \
	{                                                                                          \
		while (*reg & 4)                                                                   \
			;                                                                          \
	}                                                                                          \
	void wait_value_##T(const volatile T *reg, T v)                                            \
	{                                                                                          \
		while (*reg != v)                                                                  \
			;                                                                          \
	}                                                                                          \
	void wait_change_##T(const volatile T *reg)                                                \
	{                                                                                          \
		T v = *reg;                                                                        \
                                                                                                   \
		while (*reg == v)                                                                  \
			;                                                                          \
	}                                                                                          \
	int wait_limit_##T(const volatile T *reg, T mask, int tries)                               \
	{                                                                                          \
		while (tries-- > 0)                                                                \
			if (*reg & mask)                                                           \
				return 0;                                                          \
		return -1;                                                                         \
	}                                                                                          \
	int wait_limit_for_##T(const volatile T *reg, T mask, T want)                              \
	{                                                                                          \
		for (int i = 0; i < 100000; i++)                                                   \
			if ((*reg & mask) == want)                                                 \
				return i;                                                          \
		return -1;                                                                         \
	}                                                                                          \
	int wait_do_##T(const volatile T *reg, T mask)                                             \
	{                                                                                          \
		u32 left = 1000;                                                                   \
                                                                                                   \
		do {                                                                               \
			if (!(*reg & mask))                                                        \
				break;                                                             \
		} while (--left);                                                                  \
		return left != 0;                                                                  \
	}                                                                                          \
	void send_##T(volatile T *data, const volatile T *status, const T *s, int n)               \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			while (!(*status & 2))                                                     \
				;                                                                  \
			*data = *s++;                                                              \
		}                                                                                  \
	}                                                                                          \
	void receive_##T(const volatile T *data, const volatile T *status, T *d, int n)            \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			while (!(*status & 1))                                                     \
				;                                                                  \
			d[i] = *data;                                                              \
		}                                                                                  \
	}                                                                                          \
	void port_out_##T(volatile T *port, const T *s, int n)                                     \
	{                                                                                          \
		while (n--)                                                                        \
			*port = *s++;                                                              \
	}                                                                                          \
	void port_in_##T(const volatile T *port, T *d, int n)                                      \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = *port;                                                              \
	}                                                                                          \
	void port_drain_##T(const volatile T *data, const volatile T *status)                      \
	{                                                                                          \
		while (*status & 1)                                                                \
			(void)*data;                                                               \
	}                                                                                          \
	void window_out_##T(volatile T *d, const T *s, int n)                                      \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i];                                                               \
	}                                                                                          \
	void window_in_##T(T *d, const volatile T *s, const T *end)                                \
	{                                                                                          \
		while (d < end)                                                                    \
			*d++ = *s++;                                                               \
	}                                                                                          \
	int ring_put_##T(T *ring, volatile unsigned *head, unsigned tail, const T *s, int n)       \
	{                                                                                          \
		int k = 0;                                                                         \
                                                                                                   \
		while (k < n && ((*head + 1) & 255) != tail) {                                     \
			ring[*head] = s[k++];                                                      \
			*head = (*head + 1) & 255;                                                 \
		}                                                                                  \
		return k;                                                                          \
	}                                                                                          \
	int ring_get_##T(const T *ring, unsigned head, unsigned *tail, T *d, int max)              \
	{                                                                                          \
		unsigned t = *tail;                                                                \
		int n = 0;                                                                         \
                                                                                                   \
		while (t != head && n < max) {                                                     \
			d[n++] = ring[t];                                                          \
			t = (t + 1) & 255;                                                         \
		}                                                                                  \
		*tail = t;                                                                         \
		return n;                                                                          \
	}                                                                                          \
	unsigned ring_copy_##T(T *d, const T *ring, unsigned at, unsigned size, int n)             \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d++ = ring[at++];                                                         \
			if (at >= size)                                                            \
				at = 0;                                                            \
		}                                                                                  \
		return at;                                                                         \
	}                                                                                          \
	unsigned ring_fill_##T(T *ring, unsigned at, unsigned mask, const T *s, unsigned n)        \
	{                                                                                          \
		for (unsigned i = 0; i < n; i++)                                                   \
			ring[(at + i) & mask] = s[i];                                              \
		return (at + n) & mask;                                                            \
	}

EACH_UNSIGNED(PORT)

/* Delays. */
void delay_volatile(void)
{
	for (volatile int i = 0; i < 10000; i++)
		;
}

void delay_count(volatile u32 *left)
{
	while (*left)
		--*left;
}

void delay_asm(int n)
{
	while (n-- > 0)
		__asm__ volatile("nop");
}

void delay_barrier(u32 n)
{
	for (u32 i = 0; i < n; i++)
		__asm__ volatile("" ::: "memory");
}

void delay_barrier_down(u32 n)
{
	do
		__asm__ volatile("");
	while (--n);
}

void delay_two(int outer, int inner)
{
	for (int i = 0; i < outer; i++)
		for (int j = 0; j < inner; j++)
			__asm__ volatile("");
}

void delay_ticks(const volatile u32 *ticks, u32 n)
{
	u32 start = *ticks;

	while (*ticks - start < n)
		;
}

void delay_timer(const volatile u32 *count, u32 n)
{
	u32 last = *count, passed = 0;

	while (passed < n) {
		u32 now = *count;

		passed += last - now;
		last = now;
	}
}

u32 wait_edges(const volatile u32 *pin, int edges)
{
	u32 last = *pin & 1, polls = 0;

	while (edges > 0) {
		u32 now = *pin & 1;

		polls++;
		if (now != last)
			edges--;
		last = now;
	}
	return polls;
}

void lock(volatile u8 *l)
{
	u32 old;

	for (;;) {
		__asm__ volatile("ldstub [%1], %0" : "=r"(old) : "r"(l) : "memory");
		if (!old)
			break;
		while (*l)
			;
	}
}

void idle(const volatile int *ready)
{
	while (!*ready)
		__asm__ volatile("" ::: "memory");
}

/* Lines driven bit by bit. */
void serial_out(volatile u32 *pin, u32 v, int bits)
{
	while (bits-- > 0) {
		*pin = v >> bits & 1;
		*pin |= 2;
		*pin &= ~2u;
	}
}

u32 serial_in(volatile u32 *pin, int bits)
{
	u32 v = 0;

	for (int i = 0; i < bits; i++) {
		*pin |= 2;
		v = v << 1 | (*pin >> 7 & 1);
		*pin &= ~2u;
	}
	return v;
}

u8 serial_exchange(volatile u8 *out, const volatile u8 *in, u8 v)
{
	for (int i = 0; i < 8; i++) {
		*out = v & 0x80 ? 1 : 0;
		v = (u8)(v << 1 | (*in & 1));
		*out |= 2;
	}
	return v;
}

void put_text(volatile u8 *data, const volatile u8 *status, const char *s)
{
	for (; *s; s++) {
		while (!(*status & 0x20))
			;
		*data = *s;
	}
}

void put_text_newline(volatile u32 *uart, const char *s)
{
	while (*s) {
		if (*s == '\n') {
			while (!(uart[1] & 4))
				;
			uart[0] = '\r';
		}
		while (!(uart[1] & 4))
			;
		uart[0] = *s++;
	}
}

int get_line(volatile u32 *uart, char *d, int max)
{
	int n = 0;

	while (n < max - 1) {
		int c;

		while (!(uart[1] & 1))
			;
		c = uart[0] & 0x7f;
		if (c == '\r')
			break;
		d[n++] = (char)c;
	}
	d[n] = 0;
	return n;
}

void console_scroll(u16 *screen, int cols, int rows)
{
	int i;

	for (i = 0; i < cols * (rows - 1); i++)
		screen[i] = screen[i + cols];
	for (; i < cols * rows; i++)
		screen[i] = 0x0720;
}

void console_text(volatile u16 *cell, const char *s, int n, u16 attr)
{
	while (n-- > 0)
		*cell++ = attr | (u8)*s++;
}

/* Descriptors of devices. */
struct descriptor {
	u32 control;
	u32 buffer;
	struct descriptor *next;
	u16 len, status;
};

void descriptors_chain(struct descriptor *d, int n, u32 buffer, u32 size)
{
	for (int i = 0; i < n; i++) {
		d[i].control = 0x80000000;
		d[i].buffer = buffer + i * size;
		d[i].len = (u16)size;
		d[i].status = 0;
		d[i].next = &d[(i + 1) % n];
	}
}

int descriptors_done(volatile struct descriptor *d, int at, int n)
{
	int done = 0;

	while (done < n && !(d[at].control >> 31)) {
		at = at + 1 == n ? 0 : at + 1;
		done++;
	}
	return done;
}

u32 descriptors_bytes(const struct descriptor *d)
{
	u32 s = 0;

	for (; d; d = d->next)
		s += d->len;
	return s;
}

struct vector {
	const u8 *base;
	u32 len;
};

u32 gather_vectors(u8 *d, const struct vector *v, int n)
{
	u8 *start = d;

	for (; n > 0; n--, v++) {
		const u8 *s = v->base;

		for (u32 k = v->len; k > 0; k--)
			*d++ = *s++;
	}
	return d - start;
}

u32 sum_vectors(const struct vector *v, int n)
{
	u32 s = 0;

	for (int i = 0; i < n; i++)
		s += v[i].len;
	return s;
}

/* Tables of pages and tasks. */
void pages_map(u32 *table, u32 phys, int n, u32 flags)
{
	for (int i = 0; i < n; i++, phys += 4096)
		table[i] = phys >> 4 | flags;
}

int pages_free_run(const u8 *used, int pages, int want)
{
	int run = 0;

	for (int i = 0; i < pages; i++) {
		run = used[i] ? 0 : run + 1;
		if (run == want)
			return i - want + 1;
	}
	return -1;
}

u32 pages_walk(const u32 *table, u32 at)
{
	u32 entry = 0;

	for (int shift = 24; shift >= 12; shift -= 6) {
		entry = table[at >> shift & 63];
		if ((entry & 3) != 1)
			break;
		table = (const u32 *)(uintptr_t)(entry << 4 & ~63u);
	}
	return entry;
}

void pages_age(u8 *age, u32 *table, int n)
{
	for (int i = 0; i < n; i++) {
		age[i] = age[i] >> 1 | (table[i] & 0x20 ? 0x80 : 0);
		table[i] &= ~0x20u;
	}
}

int page_victim(const u8 *age, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		if (age[i] < age[best])
			best = i;
	return best;
}

u32 clock_hand(u8 *ref, u32 hand, u32 n)
{
	while (ref[hand]) {
		ref[hand] = 0;
		if (++hand == n)
			hand = 0;
	}
	return hand;
}

struct task {
	u32 wake;
	s16 priority;
	u8 state, slice;
	u32 regs[16];
};

int task_choose(const struct task *t, int n)
{
	int best = -1;

	for (int i = 0; i < n; i++)
		if (t[i].state == 1 && (best < 0 || t[i].priority > t[best].priority))
			best = i;
	return best;
}

void task_wake(struct task *t, int n, u32 now)
{
	for (struct task *e = t + n; t < e; t++)
		if (t->state == 2 && (s32)(now - t->wake) >= 0)
			t->state = 1;
}

int task_round(const struct task *t, int n, int from)
{
	int i = from;

	do {
		if (++i >= n)
			i = 0;
	} while (t[i].state != 1 && i != from);
	return i;
}

int timers_expire(u32 *left, int n, u32 passed)
{
	int due = 0;

	for (int i = 0; i < n; i++) {
		if (!left[i])
			continue;
		if (left[i] <= passed) {
			left[i] = 0;
			due++;
		} else {
			left[i] -= passed;
		}
	}
	return due;
}

u32 interrupt_next(u32 pending)
{
	u32 n = 15;

	while (n > 0 && !(pending >> n & 1))
		n--;
	return n;
}

void interrupt_all(u32 pending, void (*const *handler)(int))
{
	for (int i = 0; pending; i++, pending >>= 1)
		if (pending & 1)
			handler[i](i);
}

const void *tag_find(const u32 *p, u32 tag)
{
	while (*p) {
		if (p[1] == tag)
			return p + 2;
		p += *p;
	}
	return NULL;
}

const u8 *option_find(const u8 *p, const u8 *end, u8 code)
{
	while (p < end && *p != 255) {
		if (*p == code)
			return p;
		p += *p ? p[1] + 2 : 1;
	}
	return NULL;
}

u32 flash_blank(const u32 *p, u32 bytes)
{
	u32 at;

	for (at = 0; at < bytes; at += 4)
		if (*p++ != 0xffffffff)
			break;
	return at;
}
