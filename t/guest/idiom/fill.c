/* SPDX-License-Identifier: MIT */
/* Fills: values, ramps and patterns; and the tests of memories. */
#include "idiom.h"

#define FILL(T)                                                                                    \
	void fill_index_##T(T *d, T v, int n)                                                      \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = v;                                                                  \
	}                                                                                          \
	void fill_count_##T(T *d, T v, size_t n)                                                   \
	{                                                                                          \
		while (n--)                                                                        \
			*d++ = v;                                                                  \
	}                                                                                          \
	void fill_do_##T(T *d, T v, int n)                                                         \
	{                                                                                          \
		do {                                                                               \
			*d++ = v;                                                                  \
		} while (--n > 0);                                                                 \
	}                                                                                          \
	void fill_end_##T(T *d, const T *end, T v)                                                 \
	{                                                                                          \
		while (d < end)                                                                    \
			*d++ = v;                                                                  \
	}                                                                                          \
	void fill_down_##T(T *d, T v, int n)                                                       \
	{                                                                                          \
		for (int i = n - 1; i >= 0; i--)                                                   \
			d[i] = v;                                                                  \
	}                                                                                          \
	void fill_const_##T(T *d, T v)                                                             \
	{                                                                                          \
		for (int i = 0; i < 40; i++)                                                       \
			d[i] = v;                                                                  \
	}                                                                                          \
	void fill_eight_##T(T *d, T v, size_t n)                                                   \
	{                                                                                          \
		for (; n >= 8; n -= 8, d += 8) {                                                   \
			d[0] = v;                                                                  \
			d[1] = v;                                                                  \
			d[2] = v;                                                                  \
			d[3] = v;                                                                  \
			d[4] = v;                                                                  \
			d[5] = v;                                                                  \
			d[6] = v;                                                                  \
			d[7] = v;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void clear_##T(T *d, int n)                                                                \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = 0;                                                                  \
	}                                                                                          \
	void clear_end_##T(T *d, T *end)                                                           \
	{                                                                                          \
		for (; d != end; d++)                                                              \
			*d = 0;                                                                    \
	}                                                                                          \
	void clear_stride_##T(T *d, int n, int stride)                                             \
	{                                                                                          \
		for (int i = 0; i < n; i += stride)                                                \
			d[i] = 0;                                                                  \
	}                                                                                          \
	void fill_every_fourth_##T(T *d, T v, const T *end)                                        \
	{                                                                                          \
		for (; d < end; d += 4)                                                            \
			*d = v;                                                                    \
	}                                                                                          \
	void fill_box_##T(T *d, int pitch, int w, int h, T v)                                      \
	{                                                                                          \
		while (h-- > 0) {                                                                  \
			for (int x = 0; x < w; x++)                                                \
				d[x] = v;                                                          \
			d += pitch;                                                                \
		}                                                                                  \
	}

EACH_WIDTH(FILL)
FILL(f64)

#define RAMP(T)                                                                                    \
	void ramp_##T(T *d, int n)                                                                 \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = (T)i;                                                               \
	}                                                                                          \
	void ramp_from_##T(T *d, int n, T from, T step)                                            \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d++ = from;                                                               \
			from += step;                                                              \
		}                                                                                  \
	}                                                                                          \
	void ramp_down_##T(T *d, int n)                                                            \
	{                                                                                          \
		while (n--)                                                                        \
			*d++ = (T)n;                                                               \
	}                                                                                          \
	void powers_##T(T *d, int n, T base)                                                       \
	{                                                                                          \
		T v = 1;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++, v *= base)                                             \
			d[i] = v;                                                                  \
	}

EACH_UNSIGNED(RAMP)
RAMP(s64)
EACH_FLOAT(RAMP)

/* Memories: write a pattern, read it back; through volatile as they are on a board. */
#define MEMORY(T)                                                                                  \
	void mem_write_##T(volatile T *p, T v, int n)                                              \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			*p++ = v;                                                                  \
	}                                                                                          \
	int mem_check_##T(const volatile T *p, T v, int n)                                         \
	{                                                                                          \
		int bad = 0;                                                                       \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			if (p[i] != v)                                                             \
				bad++;                                                             \
		return bad;                                                                        \
	}                                                                                          \
	const volatile T *mem_first_bad_##T(const volatile T *p, const volatile T *end, T v)       \
	{                                                                                          \
		for (; p < end; p++)                                                               \
			if (*p != v)                                                               \
				return p;                                                          \
		return NULL;                                                                       \
	}                                                                                          \
	int mem_invert_##T(volatile T *p, T v, int n)                                              \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			if (p[i] != v)                                                             \
				return i;                                                          \
			p[i] = (T)~v;                                                              \
		}                                                                                  \
		return -1;                                                                         \
	}                                                                                          \
	int mem_invert_down_##T(volatile T *p, T v, int n)                                         \
	{                                                                                          \
		for (int i = n - 1; i >= 0; i--) {                                                 \
			if (p[i] != v)                                                             \
				return i;                                                          \
			p[i] = (T)~v;                                                              \
		}                                                                                  \
		return -1;                                                                         \
	}                                                                                          \
	int mem_walk_##T(volatile T *p)                                                            \
	{                                                                                          \
		for (T bit = 1; bit; bit <<= 1) {                                                  \
			*p = bit;                                                                  \
			if (*p != bit)                                                             \
				return 1;                                                          \
		}                                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	void mem_checkerboard_##T(volatile T *p, T v, int n)                                       \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			p[i] = v;                                                                  \
			v = (T)~v;                                                                 \
		}                                                                                  \
	}

EACH_UNSIGNED(MEMORY)

void mem_addresses(volatile u32 *p, const volatile u32 *end)
{
	for (; p < end; p++)
		*p = (u32)(uintptr_t)p;
}

u32 mem_addresses_check(const volatile u32 *p, const volatile u32 *end)
{
	u32 bad = 0;

	for (; p < end; p++)
		bad |= *p ^ (u32)(uintptr_t)p;
	return bad;
}

void mem_address_lines(volatile u32 *base, u32 words, u32 v)
{
	for (u32 at = 1; at < words; at <<= 1)
		base[at] = v;
}

u32 mem_size(volatile u32 *base, u32 limit)
{
	u32 at;

	for (at = 0x1000; at < limit; at <<= 1) {
		base[0] = 0;
		base[at] = 0x55aa55aa;
		if (base[at] != 0x55aa55aa || base[0] != 0)
			break;
	}
	return at;
}

u32 mem_random(volatile u32 *p, int n, u32 seed)
{
	while (n-- > 0) {
		seed = seed * 1664525 + 1013904223;
		*p++ = seed;
	}
	return seed;
}

int mem_random_check(const volatile u32 *p, int n, u32 seed)
{
	for (int i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		if (p[i] != seed)
			return i;
	}
	return n;
}

void touch_pages(volatile u8 *p, u32 bytes)
{
	for (u32 at = 0; at < bytes; at += 4096)
		p[at] = p[at];
}

void touch_lines(const volatile u32 *p, const volatile u32 *end)
{
	for (; p < end; p += 8)
		(void)*p;
}

void clear_double_words(u64 *d, int bytes)
{
	for (; bytes >= 32; bytes -= 32, d += 4) {
		d[0] = 0;
		d[1] = 0;
		d[2] = 0;
		d[3] = 0;
	}
}

extern u32 bss_start[], bss_end[], data_start[], data_end[], data_load[];

void start_bss(void)
{
	for (u32 *p = bss_start; p < bss_end; p++)
		*p = 0;
}

void start_data(void)
{
	const u32 *s = data_load;

	for (u32 *p = data_start; p < data_end;)
		*p++ = *s++;
}
