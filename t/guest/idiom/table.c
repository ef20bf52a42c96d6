/* SPDX-License-Identifier: MIT */
/* Tables: translation, histograms, prefix sums, states, runs, code words. */
#include "idiom.h"

#define TRANSLATE(D, S)                                                                            \
	void translate_##D##_##S(D *d, const S *s, const D *table, int n)                          \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = table[s[i]];                                                        \
	}                                                                                          \
	void translate_count_##D##_##S(D *d, const S *s, const D *table, size_t n)                 \
	{                                                                                          \
		while (n--)                                                                        \
			*d++ = table[*s++];                                                        \
	}                                                                                          \
	u32 translate_sum_##D##_##S(const S *s, const D *table, const S *end)                      \
	{                                                                                          \
		u32 v = 0;                                                                         \
                                                                                                   \
		for (; s != end; s++)                                                              \
			v += table[*s];                                                            \
		return v;                                                                          \
	}                                                                                          \
	void translate_pair_##D##_##S(D *d, const S *s, const D *low, const D *high, int n)        \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			*d++ = low[*s & 15] ^ high[*s >> 4];                                       \
			s++;                                                                       \
		}                                                                                  \
	}

TRANSLATE(u8, u8)
TRANSLATE(u16, u8)
TRANSLATE(u32, u8)
TRANSLATE(s16, u16)
TRANSLATE(u32, u16)

void translate_place(u8 *s, int n, const u8 *table)
{
	for (int i = 0; i < n; i++)
		s[i] = table[s[i]];
}

void translate_text(char *s, const char *table)
{
	for (; *s; s++)
		*s = table[(u8)*s];
}

void invert_table(u8 *d, const u8 *s)
{
	for (int i = 0; i < 256; i++)
		d[s[i]] = (u8)i;
}

int follow(const s32 *next, int at, int limit)
{
	int n = 0;

	while (at >= 0 && n < limit) {
		at = next[at];
		n++;
	}
	return n;
}

int root(s32 *up, int at)
{
	while (up[at] != at) {
		up[at] = up[up[at]];
		at = up[at];
	}
	return at;
}

#define COUNTS(C, S)                                                                               \
	void histogram_##C##_##S(C *count, const S *s, int n)                                      \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			count[s[i]]++;                                                             \
	}                                                                                          \
	void histogram_count_##C##_##S(C *count, const S *s, size_t n)                             \
	{                                                                                          \
		while (n--)                                                                        \
			count[*s++]++;                                                             \
	}                                                                                          \
	void histogram_shift_##C##_##S(C *count, const S *s, const S *end, int shift)              \
	{                                                                                          \
		while (s < end)                                                                    \
			count[*s++ >> shift & 15] += 1;                                            \
	}                                                                                          \
	void weigh_##C##_##S(C *total, const S *s, const C *w, int n)                              \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			total[s[i]] += w[i];                                                       \
	}

COUNTS(u32, u8)
COUNTS(u16, u8)
COUNTS(s32, u16)

#define PREFIX(T)                                                                                  \
	void prefix_##T(T *a, int n)                                                               \
	{                                                                                          \
		for (int i = 1; i < n; i++)                                                        \
			a[i] += a[i - 1];                                                          \
	}                                                                                          \
	void prefix_to_##T(T *d, const T *s, int n)                                                \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			v += s[i];                                                                 \
			d[i] = v;                                                                  \
		}                                                                                  \
	}                                                                                          \
	T prefix_before_##T(T *a, int n)                                                           \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		while (n-- > 0) {                                                                  \
			T t = *a;                                                                  \
                                                                                                   \
			*a++ = v;                                                                  \
			v += t;                                                                    \
		}                                                                                  \
		return v;                                                                          \
	}                                                                                          \
	void delta_decode_##T(T *a, const T *end)                                                  \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		while (a < end)                                                                    \
			v = *a++ += v;                                                             \
	}                                                                                          \
	void delta_encode_##T(T *a, int n)                                                         \
	{                                                                                          \
		for (int i = n - 1; i > 0; i--)                                                    \
			a[i] -= a[i - 1];                                                          \
	}                                                                                          \
	int total_reach_##T(const T *a, int n, T target)                                           \
	{                                                                                          \
		T v = 0;                                                                           \
		int i;                                                                             \
                                                                                                   \
		for (i = 0; i < n; i++) {                                                          \
			v += a[i];                                                                 \
			if (v >= target)                                                           \
				break;                                                             \
		}                                                                                  \
		return i;                                                                          \
	}                                                                                          \
	void moving_largest_##T(T *a, int n)                                                       \
	{                                                                                          \
		for (int i = 1; i < n; i++)                                                        \
			if (a[i] < a[i - 1])                                                       \
				a[i] = a[i - 1];                                                   \
	}                                                                                          \
	void average_running_##T(T *d, const T *s, int n, int w)                                   \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++) {                                                      \
			v += s[i];                                                                 \
			if (i >= w)                                                                \
				v -= s[i - w];                                                     \
			d[i] = v / w;                                                              \
		}                                                                                  \
	}

PREFIX(s16)
PREFIX(s32)
PREFIX(u32)
PREFIX(f64)

/* Sums kept in a tree in a vector: the step is the lowest bit. */
u32 tree_sum(const u32 *tree, int at)
{
	u32 s = 0;

	for (; at > 0; at -= at & -at)
		s += tree[at];
	return s;
}

void tree_add(u32 *tree, int n, int at, u32 v)
{
	for (; at <= n; at += at & -at)
		tree[at] += v;
}

/* Machines of states. */
int machine(const u8 *table, const u8 *s, int n, int state)
{
	for (int i = 0; i < n; i++)
		state = table[state * 256 + s[i]];
	return state;
}

int machine_rows(const u8 (*table)[32], const u8 *class, const u8 *s)
{
	int state = 0;

	while (*s && state != 255)
		state = table[state][class[*s++]];
	return state;
}

const u8 *machine_accept(const s16 *const *table, const u8 *s, const u8 *end, const u8 *accept)
{
	const u8 *last = NULL;
	int state = 0;

	while (s < end && (state = table[state][*s++]) >= 0)
		if (accept[state])
			last = s;
	return last;
}

int brackets(const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '(')
			depth++;
		else if (*s == ')' && --depth < 0)
			break;
	}
	return depth;
}

int comment_end(const char *s)
{
	int i = 0;

	while (s[i] && !(s[i] == '*' && s[i + 1] == '/'))
		i++;
	return i;
}

void kinds(const u8 *s, int n, int *letters, int *digits, int *others)
{
	int l = 0, d = 0, o = 0;

	for (int i = 0; i < n; i++) {
		switch (s[i] >> 4) {
		case 3:
			d++;
			break;
		case 4:
		case 5:
		case 6:
		case 7:
			l++;
			break;
		default:
			o++;
		}
	}
	*letters = l;
	*digits = d;
	*others = o;
}

/* Runs. */
#define RUNS(T)                                                                                    \
	int run_##T(const T *s, int n)                                                             \
	{                                                                                          \
		int k = 1;                                                                         \
                                                                                                   \
		while (k < n && s[k] == s[0])                                                      \
			k++;                                                                       \
		return k;                                                                          \
	}                                                                                          \
	int pack_##T(T *d, const T *s, int n)                                                      \
	{                                                                                          \
		T *start = d;                                                                      \
                                                                                                   \
		while (n > 0) {                                                                    \
			T v = *s++;                                                                \
			int k = 1;                                                                 \
                                                                                                   \
			n--;                                                                       \
			while (n > 0 && k < 127 && *s == v) {                                      \
				s++;                                                               \
				n--;                                                               \
				k++;                                                               \
			}                                                                          \
			*d++ = (T)k;                                                               \
			*d++ = v;                                                                  \
		}                                                                                  \
		return d - start;                                                                  \
	}                                                                                          \
	T *unpack_##T(T *d, const T *s, const T *end)                                              \
	{                                                                                          \
		while (s < end) {                                                                  \
			int k = *s++;                                                              \
			T v = *s++;                                                                \
                                                                                                   \
			while (k-- > 0)                                                            \
				*d++ = v;                                                          \
		}                                                                                  \
		return d;                                                                          \
	}                                                                                          \
	int changes_##T(const T *s, int n)                                                         \
	{                                                                                          \
		int k = 0;                                                                         \
                                                                                                   \
		for (int i = 1; i < n; i++)                                                        \
			k += s[i] != s[i - 1];                                                     \
		return k;                                                                          \
	}                                                                                          \
	int unique_##T(T *s, int n)                                                                \
	{                                                                                          \
		int k = 0;                                                                         \
                                                                                                   \
		for (int i = 1; i < n; i++)                                                        \
			if (s[i] != s[k])                                                          \
				s[++k] = s[i];                                                     \
		return k + 1;                                                                      \
	}

EACH_UNSIGNED(RUNS)

u8 *unpack_bits(u8 *d, const s8 *s, const u8 *end)
{
	while (d < end) {
		int k = *s++;

		if (k >= 0) {
			do
				*d++ = *s++;
			while (--k >= 0);
		} else if (k != -128) {
			u8 v = *s++;

			for (k = 1 - k; k > 0; k--)
				*d++ = v;
		}
	}
	return d;
}

u8 *match_copy(u8 *d, int back, int n)
{
	const u8 *s = d - back;

	do
		*d++ = *s++;
	while (--n);
	return d;
}

u8 *match_copy_three(u8 *d, const u8 *s, int n)
{
	for (; n > 2; n -= 3) {
		*d++ = *s++;
		*d++ = *s++;
		*d++ = *s++;
	}
	return d;
}

void match_window(u8 *window, u32 mask, u32 at, u32 back, u32 n)
{
	while (n--) {
		window[at & mask] = window[(at - back) & mask];
		at++;
	}
}

int code_word(const u16 *count, const u8 **p, int bit)
{
	int code = 0, first = 0, index = 0;

	for (int len = 1; len <= 15; len++) {
		code |= **p >> bit & 1;
		if (++bit == 8) {
			bit = 0;
			++*p;
		}
		if (code - count[len] < first)
			return index + (code - first);
		index += count[len];
		first = (first + count[len]) << 1;
		code <<= 1;
	}
	return -1;
}

int code_tree(const s16 (*node)[2], u32 bits)
{
	int at = 0;

	do {
		at = node[at][bits >> 31];
		bits <<= 1;
	} while (at > 0);
	return -at;
}

void move_to_front(u8 *d, const u8 *s, int n, u8 *order)
{
	for (int i = 0; i < n; i++) {
		u8 c = s[i];
		int k = 0;

		while (order[k] != c)
			k++;
		d[i] = (u8)k;
		for (; k > 0; k--)
			order[k] = order[k - 1];
		order[0] = c;
	}
}

void key_schedule(u8 *box, const u8 *key, int n)
{
	int j = 0;

	for (int i = 0, k = 0; i < 256; i++) {
		u8 t = box[i];

		j = (j + t + key[k]) & 255;
		box[i] = box[j];
		box[j] = t;
		if (++k >= n)
			k = 0;
	}
}

void sieve(u8 *flag, int n)
{
	for (int i = 2; i * i <= n; i++)
		if (!flag[i])
			for (int k = i * i; k <= n; k += i)
				flag[k] = 1;
}

int knapsack(s32 *best, int room, int size, int value)
{
	for (int i = room; i >= size; i--)
		if (best[i - size] + value > best[i])
			best[i] = best[i - size] + value;
	return best[room];
}

void common_row(u16 *row, const u16 *up, const char *s, char c, int n)
{
	for (int i = 1; i <= n; i++) {
		if (s[i - 1] == c)
			row[i] = up[i - 1] + 1;
		else
			row[i] = row[i - 1] > up[i] ? row[i - 1] : up[i];
	}
}

void edit_row(s32 *row, const char *s, char c, int n)
{
	s32 corner = row[0]++;

	for (int i = 1; i <= n; i++) {
		s32 v = corner + (s[i - 1] != c);

		corner = row[i];
		if (row[i] + 1 < v)
			v = row[i] + 1;
		if (row[i - 1] + 1 < v)
			v = row[i - 1] + 1;
		row[i] = v;
	}
}
