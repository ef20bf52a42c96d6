/* SPDX-License-Identifier: MIT */
/* Images: blends, conversions of pixels, masks, lines, filters. */
#include "idiom.h"

/* Channels of bytes. */
void blend_bytes(u8 *d, const u8 *s, int alpha, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = (u8)((s[i] * alpha + d[i] * (256 - alpha)) >> 8);
}

void blend_delta(u8 *d, const u8 *s, int alpha, int n)
{
	while (n-- > 0) {
		*d += (*s++ - *d) * alpha >> 8;
		d++;
	}
}

void blend_each(u8 *d, const u8 *s, const u8 *alpha, int n)
{
	for (int i = 0; i < n; i++) {
		int a = alpha[i];

		d[i] = (u8)((s[i] * a + d[i] * (255 - a) + 127) / 255);
	}
}

void average_bytes(u8 *d, const u8 *a, const u8 *b, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = (a[i] + b[i] + 1) >> 1;
}

void average_words(u32 *d, const u32 *a, const u32 *b, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = (a[i] & b[i]) + (((a[i] ^ b[i]) & 0xfefefefe) >> 1);
}

void average_565(u16 *d, const u16 *a, const u16 *b, int n)
{
	while (n-- > 0) {
		*d++ = ((*a & 0xf7de) + (*b & 0xf7de)) >> 1;
		a++;
		b++;
	}
}

void brighten(u8 *d, int by, int n)
{
	for (int i = 0; i < n; i++) {
		int v = d[i] + by;

		d[i] = v > 255 ? 255 : v < 0 ? 0 : v;
	}
}

void contrast(u8 *d, const u8 *s, int gain, int n)
{
	for (int i = 0; i < n; i++) {
		int v = ((s[i] - 128) * gain >> 6) + 128;

		if (v & ~255)
			v = v < 0 ? 0 : 255;
		d[i] = (u8)v;
	}
}

void add_clamped_table(u8 *d, const s16 *s, const u8 *clamp, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = clamp[d[i] + s[i]];
}

void negative(u8 *d, int n)
{
	while (n--) {
		*d = 255 - *d;
		d++;
	}
}

void threshold(u8 *d, const u8 *s, int t, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = s[i] > t ? 255 : 0;
}

void gamma_table(u8 *d, const u8 *end, const u8 *table)
{
	for (; d < end; d++)
		*d = table[*d];
}

/* Pixels of three and four channels. */
void gray_from_rgb(u8 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++, s += 3)
		d[i] = (u8)((77 * s[0] + 150 * s[1] + 29 * s[2]) >> 8);
}

void gray_from_words(u8 *d, const u32 *s, int n)
{
	while (n-- > 0) {
		u32 v = *s++;

		*d++ = (u8)(((v >> 16 & 255) * 5 + (v >> 8 & 255) * 9 + (v & 255) * 2) >> 4);
	}
}

void rgb_from_gray(u8 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++) {
		d[3 * i] = s[i];
		d[3 * i + 1] = s[i];
		d[3 * i + 2] = s[i];
	}
}

void words_from_gray(u32 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = s[i] * 0x010101u | 0xff000000;
}

void swap_red_blue(u8 *p, int n)
{
	for (; n > 0; n--, p += 3) {
		u8 t = p[0];

		p[0] = p[2];
		p[2] = t;
	}
}

void swap_red_blue_words(u32 *p, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (p[i] & 0xff00ff00) | (p[i] >> 16 & 255) | (p[i] & 255) << 16;
}

void pack_565(u16 *d, const u8 *s, int n)
{
	for (int i = 0; i < n; i++, s += 3)
		d[i] = (s[0] & 0xf8) << 8 | (s[1] & 0xfc) << 3 | s[2] >> 3;
}

void pack_565_words(u16 *d, const u32 *s, int n)
{
	while (n-- > 0) {
		u32 v = *s++;

		*d++ = (v >> 8 & 0xf800) | (v >> 5 & 0x07e0) | (v >> 3 & 0x001f);
	}
}

void unpack_565(u8 *d, const u16 *s, int n)
{
	for (int i = 0; i < n; i++) {
		u16 v = s[i];

		*d++ = v >> 8 & 0xf8;
		*d++ = v >> 3 & 0xfc;
		*d++ = (u8)(v << 3);
	}
}

void unpack_565_words(u32 *d, const u16 *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = (s[i] & 0xf800u) << 8 | (s[i] & 0x07e0) << 5 | (s[i] & 0x1f) << 3;
}

void pack_words(u32 *d, const u8 *r, const u8 *g, const u8 *b, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = r[i] << 16 | g[i] << 8 | b[i];
}

void unpack_words(u8 *r, u8 *g, u8 *b, const u32 *s, int n)
{
	while (n--) {
		u32 v = *s++;

		*r++ = (u8)(v >> 16);
		*g++ = (u8)(v >> 8);
		*b++ = (u8)v;
	}
}

void multiply_alpha(u8 *p, int n)
{
	for (int i = 0; i < n; i++, p += 4) {
		int a = p[3];

		for (int c = 0; c < 3; c++) {
			int v = p[c] * a + 128;

			p[c] = (u8)((v + (v >> 8)) >> 8);
		}
	}
}

void blend_words(u32 *d, const u32 *s, int n)
{
	for (int i = 0; i < n; i++) {
		u32 a = s[i] >> 24;
		u32 rb = d[i] & 0xff00ff, g = d[i] & 0xff00;

		rb += ((s[i] & 0xff00ff) - rb) * a >> 8;
		g += ((s[i] & 0xff00) - g) * a >> 8;
		d[i] = (rb & 0xff00ff) | (g & 0xff00);
	}
}

void yuv_to_rgb(u8 *d, const u8 *y, const s8 *u, const s8 *v, int n)
{
	for (int i = 0; i < n; i++) {
		int l = y[i] << 8, r, g, b;

		r = (l + 359 * v[i / 2]) >> 8;
		g = (l - 88 * u[i / 2] - 183 * v[i / 2]) >> 8;
		b = (l + 454 * u[i / 2]) >> 8;
		*d++ = r < 0 ? 0 : r > 255 ? 255 : r;
		*d++ = g < 0 ? 0 : g > 255 ? 255 : g;
		*d++ = b < 0 ? 0 : b > 255 ? 255 : b;
	}
}

/* Over widths of pixels. */
#define PIXELS(T)                                                                                  \
	void palette_##T(T *d, const u8 *s, const T *colour, int n)                                \
	{                                                                                          \
		while (n-- > 0)                                                                    \
			*d++ = colour[*s++];                                                       \
	}                                                                                          \
	void blit_key_##T(T *d, const T *s, T key, int n)                                          \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			if (s[i] != key)                                                           \
				d[i] = s[i];                                                       \
	}                                                                                          \
	void blit_mask_##T(T *d, const T *s, const u8 *mask, int n)                                \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			if (mask[i])                                                               \
				d[i] = s[i];                                                       \
	}                                                                                          \
	void blit_select_##T(T *d, const T *s, const T *mask, int n)                               \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = (d[i] & ~mask[i]) | (s[i] & mask[i]);                               \
	}                                                                                          \
	void glyph_row_##T(T *d, unsigned bits, T fore, T back)                                    \
	{                                                                                          \
		for (int i = 0; i < 8; i++, bits <<= 1)                                            \
			*d++ = bits & 0x80 ? fore : back;                                          \
	}                                                                                          \
	void glyph_##T(T *d, int pitch, const u8 *rows, T fore)                                    \
	{                                                                                          \
		for (int y = 0; y < 8; y++, d += pitch)                                            \
			for (int x = 0; x < 8; x++)                                                \
				if (rows[y] >> (7 - x) & 1)                                        \
					d[x] = fore;                                               \
	}                                                                                          \
	void line_across_##T(T *d, int from, int to, T v)                                          \
	{                                                                                          \
		for (int x = from; x <= to; x++)                                                   \
			d[x] = v;                                                                  \
	}                                                                                          \
	void line_down_##T(T *d, int pitch, int n, T v)                                            \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d = v;                                                                    \
			d += pitch;                                                                \
		}                                                                                  \
	}                                                                                          \
	void line_##T(T *d, int pitch, int dx, int dy, T v)                                        \
	{                                                                                          \
		int e = dx / 2;                                                                    \
                                                                                                   \
		for (int i = 0; i <= dx; i++) {                                                    \
			*d++ = v;                                                                  \
			e -= dy;                                                                   \
			if (e < 0) {                                                               \
				e += dx;                                                           \
				d += pitch;                                                        \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void double_row_##T(T *d, const T *s, int n)                                               \
	{                                                                                          \
		for (int i = 0; i < n; i++) {                                                      \
			*d++ = s[i];                                                               \
			*d++ = s[i];                                                               \
		}                                                                                  \
	}                                                                                          \
	void scale_row_##T(T *d, const T *s, u32 step, int n)                                      \
	{                                                                                          \
		u32 at = 0;                                                                        \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			d[i] = s[at >> 16];                                                        \
			at += step;                                                                \
		}                                                                                  \
	}                                                                                          \
	void mirror_row_##T(T *d, const T *s, int w)                                               \
	{                                                                                          \
		for (int x = 0; x < w; x++)                                                        \
			d[x] = s[w - 1 - x];                                                       \
	}                                                                                          \
	void turn_##T(T *d, const T *s, int w, int h)                                              \
	{                                                                                          \
		for (int y = 0; y < h; y++)                                                        \
			for (int x = 0; x < w; x++)                                                \
				d[x * h + h - 1 - y] = *s++;                                       \
	}                                                                                          \
	int fill_span_##T(T *row, int x, int w, T old, T new)                                      \
	{                                                                                          \
		while (x < w && row[x] == old)                                                     \
			row[x++] = new;                                                            \
		return x;                                                                          \
	}                                                                                          \
	u32 texture_##T(T *d, const T *s, u32 u, u32 v, u32 du, u32 dv, int n)                     \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d++ = s[(v >> 10 & 0xfc0) | (u >> 16 & 63)];                              \
			u += du;                                                                   \
			v += dv;                                                                   \
		}                                                                                  \
		return u;                                                                          \
	}

EACH_UNSIGNED(PIXELS)

void depth_span(u16 *d, u16 *depth, s32 z, s32 dz, u16 colour, int n)
{
	for (int i = 0; i < n; i++, z += dz) {
		if (z >> 16 < depth[i]) {
			depth[i] = (u16)(z >> 16);
			d[i] = colour;
		}
	}
}

void shade_span(u8 *d, s32 c, s32 dc, int n)
{
	while (n-- > 0) {
		*d++ = (u8)(c >> 16);
		c += dc;
	}
}

void half_image(u8 *d, const u8 *s, int w, int h)
{
	for (int y = 0; y < h; y += 2, s += 2 * w)
		for (int x = 0; x < w; x += 2)
			*d++ = (s[x] + s[x + 1] + s[x + w] + s[x + w + 1] + 2) >> 2;
}

void smooth_row(u8 *d, const u8 *s, u32 step, int n)
{
	for (u32 at = 0; n > 0; n--, at += step) {
		int a = s[at >> 16], b = s[(at >> 16) + 1];

		*d++ = (u8)(a + ((b - a) * (int)(at >> 8 & 255) >> 8));
	}
}

void box_blur(u8 *d, const u8 *s, int n, int r)
{
	int sum = 0;

	for (int i = 0; i < 2 * r + 1; i++)
		sum += s[i];
	for (int i = r; i < n - r - 1; i++) {
		d[i] = sum / (2 * r + 1);
		sum += s[i + r + 1] - s[i - r];
	}
}

void kernel_three(u8 *d, const u8 *s, int w, int h, const s8 *k)
{
	for (int y = 1; y < h - 1; y++) {
		for (int x = 1; x < w - 1; x++) {
			int v = 0;

			for (int j = 0; j < 3; j++)
				for (int i = 0; i < 3; i++)
					v += s[(y + j - 1) * w + x + i - 1] * k[3 * j + i];
			d[y * w + x] = (u8)(v >> 4);
		}
	}
}

void edges(u8 *d, const u8 *s, int w, int n)
{
	for (int i = w + 1; i < n - w - 1; i++) {
		int gx = s[i + 1] - s[i - 1], gy = s[i + w] - s[i - w];

		gx = gx < 0 ? -gx : gx;
		gy = gy < 0 ? -gy : gy;
		d[i] = gx + gy > 255 ? 255 : gx + gy;
	}
}

void erode_row(u8 *d, const u8 *s, int n)
{
	for (int i = 1; i < n - 1; i++) {
		u8 v = s[i];

		if (s[i - 1] < v)
			v = s[i - 1];
		if (s[i + 1] < v)
			v = s[i + 1];
		d[i] = v;
	}
}

void integral_row(u32 *d, const u32 *up, const u8 *s, int n)
{
	u32 sum = 0;

	for (int i = 0; i < n; i++) {
		sum += s[i];
		d[i] = up[i] + sum;
	}
}

void dither_row(u8 *d, const u8 *s, s16 *error, int n)
{
	int e = 0;

	for (int i = 0; i < n; i++) {
		int v = s[i] + e + error[i];

		d[i] = v > 127;
		v -= d[i] ? 255 : 0;
		error[i] = (s16)(v / 4);
		e = v / 2;
	}
}

void mono_row(u8 *d, const u8 *s, int n, int t)
{
	for (int i = 0; i < n; i++)
		if (s[i] >= t)
			d[i >> 3] |= 0x80 >> (i & 7);
}

void undo_up(u8 *row, const u8 *up, int n)
{
	for (int i = 0; i < n; i++)
		row[i] += up[i];
}

void undo_sub(u8 *row, int n, int bytes)
{
	for (int i = bytes; i < n; i++)
		row[i] += row[i - bytes];
}

void undo_average(u8 *row, const u8 *up, int n)
{
	for (int i = 1; i < n; i++)
		row[i] += (row[i - 1] + up[i]) >> 1;
}

void undo_paeth(u8 *row, const u8 *up, int n)
{
	for (int i = 1; i < n; i++) {
		int a = row[i - 1], b = up[i], c = up[i - 1];
		int pa = b - c, pb = a - c, pc = pa + pb;

		pa = pa < 0 ? -pa : pa;
		pb = pb < 0 ? -pb : pb;
		pc = pc < 0 ? -pc : pc;
		row[i] += pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
	}
}

int escape_time(f64 x, f64 y, int limit)
{
	f64 u = 0, v = 0;
	int n = 0;

	while (n < limit && u * u + v * v < 4) {
		f64 t = u * u - v * v + x;

		v = 2 * u * v + y;
		u = t;
		n++;
	}
	return n;
}

int escape_time_fixed(s32 x, s32 y, int limit)
{
	s32 u = 0, v = 0;
	int n;

	for (n = 0; n < limit; n++) {
		s32 uu = u * u >> 12, vv = v * v >> 12;

		if (uu + vv > 4 << 12)
			break;
		v = (u * v >> 11) + y;
		u = uu - vv + x;
	}
	return n;
}
