/* SPDX-License-Identifier: MIT */
/* Matrices: rows, columns, products, eliminations, stencils. */
#include "idiom.h"

#define MATRIX(T)                                                                                  \
	void row_sums_##T(T *d, const T *m, int rows, int cols)                                    \
	{                                                                                          \
		for (int r = 0; r < rows; r++) {                                                   \
			T s = 0;                                                                   \
                                                                                                   \
			for (int c = 0; c < cols; c++)                                             \
				s += m[r * cols + c];                                              \
			d[r] = s;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void column_sums_##T(T *d, const T *m, int rows, int cols)                                 \
	{                                                                                          \
		for (int c = 0; c < cols; c++) {                                                   \
			T s = 0;                                                                   \
                                                                                                   \
			for (int r = 0; r < rows; r++)                                             \
				s += m[r * cols + c];                                              \
			d[c] = s;                                                                  \
		}                                                                                  \
	}                                                                                          \
	T trace_##T(const T *m, int n)                                                             \
	{                                                                                          \
		T s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += m[i * n + i];                                                         \
		return s;                                                                          \
	}                                                                                          \
	T trace_fixed_##T(const T(*m)[20], int n)                                                  \
	{                                                                                          \
		T s = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			s += m[i][i];                                                              \
		return s;                                                                          \
	}                                                                                          \
	void identity_##T(T *m, int n)                                                             \
	{                                                                                          \
		for (int r = 0; r < n; r++)                                                        \
			for (int c = 0; c < n; c++)                                                \
				m[r * n + c] = r == c;                                             \
	}                                                                                          \
	void transpose_##T(T *restrict d, const T *restrict m, int rows, int cols)                 \
	{                                                                                          \
		for (int r = 0; r < rows; r++)                                                     \
			for (int c = 0; c < cols; c++)                                             \
				d[c * rows + r] = m[r * cols + c];                                 \
	}                                                                                          \
	void transpose_place_##T(T *m, int n)                                                      \
	{                                                                                          \
		for (int r = 1; r < n; r++) {                                                      \
			for (int c = 0; c < r; c++) {                                              \
				T t = m[r * n + c];                                                \
                                                                                                   \
				m[r * n + c] = m[c * n + r];                                       \
				m[c * n + r] = t;                                                  \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void times_vector_##T(T *y, const T *m, const T *x, int rows, int cols)                    \
	{                                                                                          \
		for (int r = 0; r < rows; r++, m += cols) {                                        \
			T s = 0;                                                                   \
                                                                                                   \
			for (int c = 0; c < cols; c++)                                             \
				s += m[c] * x[c];                                                  \
			y[r] = s;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void vector_times_##T(T *y, const T *m, const T *x, int rows, int cols)                    \
	{                                                                                          \
		for (int r = 0; r < rows; r++)                                                     \
			for (int c = 0; c < cols; c++)                                             \
				y[c] += x[r] * *m++;                                               \
	}                                                                                          \
	T product_cell_##T(const T *a, const T *b, int n)                                          \
	{                                                                                          \
		T s = 0;                                                                           \
                                                                                                   \
		for (int k = 0; k < n; k++) {                                                      \
			s += *a++ * *b;                                                            \
			b += n;                                                                    \
		}                                                                                  \
		return s;                                                                          \
	}                                                                                          \
	T product_cell_fixed_##T(const T(*a)[30], const T(*b)[30], int r, int c)                   \
	{                                                                                          \
		T s = 0;                                                                           \
                                                                                                   \
		for (int k = 0; k < 30; k++)                                                       \
			s += a[r][k] * b[k][c];                                                    \
		return s;                                                                          \
	}                                                                                          \
	void product_##T(T *restrict d, const T *restrict a, const T *restrict b, int n)           \
	{                                                                                          \
		for (int r = 0; r < n; r++) {                                                      \
			for (int c = 0; c < n; c++) {                                              \
				T s = 0;                                                           \
                                                                                                   \
				for (int k = 0; k < n; k++)                                        \
					s += a[r * n + k] * b[k * n + c];                          \
				d[r * n + c] = s;                                                  \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void product_rows_##T(T *d, const T *a, const T *b, int n)                                 \
	{                                                                                          \
		for (int r = 0; r < n; r++) {                                                      \
			for (int k = 0; k < n; k++) {                                              \
				T v = a[r * n + k];                                                \
                                                                                                   \
				for (int c = 0; c < n; c++)                                        \
					d[r * n + c] += v * b[k * n + c];                          \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void product_pointers_##T(T **d, T *const *a, T *const *b, int n)                          \
	{                                                                                          \
		for (int r = 0; r < n; r++)                                                        \
			for (int c = 0; c < n; c++)                                                \
				for (int k = 0; k < n; k++)                                        \
					d[r][c] += a[r][k] * b[k][c];                              \
	}                                                                                          \
	void outer_##T(T *m, const T *x, const T *y, int rows, int cols)                           \
	{                                                                                          \
		for (int r = 0; r < rows; r++)                                                     \
			for (int c = 0; c < cols; c++)                                             \
				*m++ += x[r] * y[c];                                               \
	}                                                                                          \
	void swap_rows_##T(T(*m)[20], int a, int b)                                                \
	{                                                                                          \
		for (int c = 0; c < 20; c++) {                                                     \
			T t = m[a][c];                                                             \
                                                                                                   \
			m[a][c] = m[b][c];                                                         \
			m[b][c] = t;                                                               \
		}                                                                                  \
	}                                                                                          \
	void swap_columns_##T(T *m, int n, int a, int b)                                           \
	{                                                                                          \
		for (int r = 0; r < n; r++, m += n) {                                              \
			T t = m[a];                                                                \
                                                                                                   \
			m[a] = m[b];                                                               \
			m[b] = t;                                                                  \
		}                                                                                  \
	}                                                                                          \
	void scale_column_##T(T *m, int rows, int cols, T v)                                       \
	{                                                                                          \
		for (int r = 0; r < rows; r++)                                                     \
			m[r * cols] *= v;                                                          \
	}                                                                                          \
	void eliminate_##T(T *row, const T *pivot, T f, int from, int n)                           \
	{                                                                                          \
		for (int c = from; c < n; c++)                                                     \
			row[c] -= f * pivot[c];                                                    \
	}                                                                                          \
	int pivot_##T(const T *m, int n, int col)                                                  \
	{                                                                                          \
		int best = col;                                                                    \
                                                                                                   \
		for (int r = col + 1; r < n; r++) {                                                \
			T a = m[r * n + col], b = m[best * n + col];                               \
                                                                                                   \
			if ((a < 0 ? -a : a) > (b < 0 ? -b : b))                                   \
				best = r;                                                          \
		}                                                                                  \
		return best;                                                                       \
	}                                                                                          \
	void stencil_five_##T(T *d, const T *s, int w, int h)                                      \
	{                                                                                          \
		for (int y = 1; y < h - 1; y++) {                                                  \
			for (int x = 1; x < w - 1; x++) {                                          \
				int i = y * w + x;                                                 \
                                                                                                   \
				d[i] = (s[i - 1] + s[i + 1] + s[i - w] + s[i + w]) / 4;            \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	void stencil_three_##T(T *d, const T *s, int n)                                            \
	{                                                                                          \
		for (int i = 1; i < n - 1; i++)                                                    \
			d[i] = (s[i - 1] + 2 * s[i] + s[i + 1]) / 4;                               \
	}                                                                                          \
	void stencil_place_##T(T *a, int n)                                                        \
	{                                                                                          \
		for (int i = 1; i < n; i++)                                                        \
			a[i] = (a[i] + a[i - 1]) / 2;                                              \
	}

MATRIX(s16)
MATRIX(s32)
MATRIX(f64)

void solve_upper(f64 *x, const f64 *m, const f64 *b, int n)
{
	for (int r = n - 1; r >= 0; r--) {
		f64 s = b[r];

		for (int c = r + 1; c < n; c++)
			s -= m[r * n + c] * x[c];
		x[r] = s / m[r * n + r];
	}
}

void solve_three(f64 *x, f64 *diag, const f64 *low, const f64 *up, int n)
{
	for (int i = 1; i < n; i++) {
		f64 f = low[i] / diag[i - 1];

		diag[i] -= f * up[i - 1];
		x[i] -= f * x[i - 1];
	}
	x[n - 1] /= diag[n - 1];
	for (int i = n - 2; i >= 0; i--)
		x[i] = (x[i] - up[i] * x[i + 1]) / diag[i];
}

f64 relax_over(f64 *u, const f64 *f, int n, f64 w)
{
	f64 change = 0;

	for (int i = 1; i < n - 1; i++) {
		f64 r = (u[i - 1] + u[i + 1] - f[i]) * 0.5 - u[i];

		u[i] += w * r;
		change += r * r;
	}
	return change;
}

f64 sparse_row(const f64 *v, const s32 *col, int n, const f64 *x)
{
	f64 s = 0;

	for (int i = 0; i < n; i++)
		s += v[i] * x[col[i]];
	return s;
}

void sparse_times(f64 *y, const f64 *v, const s32 *col, const s32 *start, const f64 *x, int n)
{
	for (int r = 0; r < n; r++) {
		f64 s = 0;

		for (int i = start[r]; i < start[r + 1]; i++)
			s += v[i] * x[col[i]];
		y[r] = s;
	}
}

void shortest_row(s32 *row, const s32 *via, s32 first, int n)
{
	for (int i = 0; i < n; i++)
		if (first + via[i] < row[i])
			row[i] = first + via[i];
}

void reach_row(u32 *row, const u32 *via, int words)
{
	for (int i = 0; i < words; i++)
		row[i] |= via[i];
}

int neighbours(const u8 (*g)[64], int x, int y)
{
	int n = 0;

	for (int dy = -1; dy <= 1; dy++)
		for (int dx = -1; dx <= 1; dx++)
			n += g[y + dy][x + dx];
	return n - g[y][x];
}

void life_row(u8 *d, const u8 *up, const u8 *row, const u8 *down, int w)
{
	for (int x = 1; x < w - 1; x++) {
		int n = up[x - 1] + up[x] + up[x + 1] + row[x - 1] + row[x + 1] + down[x - 1] +
			down[x] + down[x + 1];

		d[x] = n == 3 || (n == 2 && row[x]);
	}
}

int attacked(const s8 *queen, int row, int col)
{
	for (int r = 0; r < row; r++)
		if (queen[r] == col || queen[r] - col == row - r || col - queen[r] == row - r)
			return 1;
	return 0;
}

void transform_points(f32 (*p)[3], const f32 *m, int n)
{
	for (int i = 0; i < n; i++) {
		f32 x = p[i][0], y = p[i][1], z = p[i][2];

		p[i][0] = m[0] * x + m[1] * y + m[2] * z + m[3];
		p[i][1] = m[4] * x + m[5] * y + m[6] * z + m[7];
		p[i][2] = m[8] * x + m[9] * y + m[10] * z + m[11];
	}
}

struct body {
	f64 x, y, z, vx, vy, vz, mass;
};

void bodies_move(struct body *b, int n, f64 dt)
{
	for (int i = 0; i < n; i++) {
		b[i].x += dt * b[i].vx;
		b[i].y += dt * b[i].vy;
		b[i].z += dt * b[i].vz;
	}
}

f64 bodies_energy(const struct body *b, const struct body *end)
{
	f64 e = 0;

	for (; b < end; b++)
		e += 0.5 * b->mass * (b->vx * b->vx + b->vy * b->vy + b->vz * b->vz);
	return e;
}
