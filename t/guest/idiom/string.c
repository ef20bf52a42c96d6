/* SPDX-License-Identifier: MIT */
/* Strings: to their end, to a character, copied, compared, in lower case. */
#include "idiom.h"

/* C is what the characters are read as: the sign decides the loads and the tests. */
#define STRING(N, C)                                                                               \
	size_t length_##N(const C *s)                                                              \
	{                                                                                          \
		const C *p = s;                                                                    \
                                                                                                   \
		while (*p)                                                                         \
			p++;                                                                       \
		return p - s;                                                                      \
	}                                                                                          \
	size_t length_for_##N(const C *s)                                                          \
	{                                                                                          \
		size_t n;                                                                          \
                                                                                                   \
		for (n = 0; s[n] != 0; n++)                                                        \
			;                                                                          \
		return n;                                                                          \
	}                                                                                          \
	int length_post_##N(const C *s)                                                            \
	{                                                                                          \
		const C *p = s;                                                                    \
                                                                                                   \
		while (*p++)                                                                       \
			;                                                                          \
		return p - s - 1;                                                                  \
	}                                                                                          \
	size_t length_limit_##N(const C *s, size_t max)                                            \
	{                                                                                          \
		size_t n = 0;                                                                      \
                                                                                                   \
		while (n < max && s[n])                                                            \
			n++;                                                                       \
		return n;                                                                          \
	}                                                                                          \
	size_t length_limit_down_##N(const C *s, size_t max)                                       \
	{                                                                                          \
		const C *p;                                                                        \
                                                                                                   \
		for (p = s; max-- && *p; p++)                                                      \
			;                                                                          \
		return p - s;                                                                      \
	}                                                                                          \
	C *copy_##N(C *d, const C *s)                                                              \
	{                                                                                          \
		C *p = d;                                                                          \
                                                                                                   \
		while ((*p++ = *s++))                                                              \
			;                                                                          \
		return d;                                                                          \
	}                                                                                          \
	C *copy_index_##N(C *d, const C *s)                                                        \
	{                                                                                          \
		int i;                                                                             \
                                                                                                   \
		for (i = 0; s[i]; i++)                                                             \
			d[i] = s[i];                                                               \
		d[i] = 0;                                                                          \
		return d + i;                                                                      \
	}                                                                                          \
	C *copy_to_end_##N(C *d, const C *s)                                                       \
	{                                                                                          \
		for (; (*d = *s) != 0; d++, s++)                                                   \
			;                                                                          \
		return d;                                                                          \
	}                                                                                          \
	C *copy_limit_##N(C *d, const C *s, size_t n)                                              \
	{                                                                                          \
		C *p = d;                                                                          \
                                                                                                   \
		while (n && (*p = *s)) {                                                           \
			p++;                                                                       \
			s++;                                                                       \
			n--;                                                                       \
		}                                                                                  \
		while (n--)                                                                        \
			*p++ = 0;                                                                  \
		return d;                                                                          \
	}                                                                                          \
	C *copy_limit_index_##N(C *d, const C *s, size_t n)                                        \
	{                                                                                          \
		size_t i;                                                                          \
                                                                                                   \
		for (i = 0; i < n && s[i]; i++)                                                    \
			d[i] = s[i];                                                               \
		for (; i < n; i++)                                                                 \
			d[i] = 0;                                                                  \
		return d;                                                                          \
	}                                                                                          \
	size_t copy_bounded_##N(C *d, const C *s, size_t size)                                     \
	{                                                                                          \
		const C *from = s;                                                                 \
                                                                                                   \
		if (size) {                                                                        \
			while (--size && *s)                                                       \
				*d++ = *s++;                                                       \
			*d = 0;                                                                    \
		}                                                                                  \
		while (*s)                                                                         \
			s++;                                                                       \
		return s - from;                                                                   \
	}                                                                                          \
	C *append_##N(C *d, const C *s)                                                            \
	{                                                                                          \
		C *p = d;                                                                          \
                                                                                                   \
		while (*p)                                                                         \
			p++;                                                                       \
		while ((*p++ = *s++) != 0)                                                         \
			;                                                                          \
		return d;                                                                          \
	}                                                                                          \
	int compare_##N(const C *a, const C *b)                                                    \
	{                                                                                          \
		while (*a && *a == *b) {                                                           \
			a++;                                                                       \
			b++;                                                                       \
		}                                                                                  \
		return *a - *b;                                                                    \
	}                                                                                          \
	int compare_for_##N(const C *a, const C *b)                                                \
	{                                                                                          \
		for (; *a == *b; a++, b++)                                                         \
			if (*a == 0)                                                               \
				return 0;                                                          \
		return *a < *b ? -1 : 1;                                                           \
	}                                                                                          \
	int compare_limit_##N(const C *a, const C *b, size_t n)                                    \
	{                                                                                          \
		while (n && *a && *a == *b) {                                                      \
			a++;                                                                       \
			b++;                                                                       \
			n--;                                                                       \
		}                                                                                  \
		return n ? *a - *b : 0;                                                            \
	}                                                                                          \
	int compare_limit_post_##N(const C *a, const C *b, int n)                                  \
	{                                                                                          \
		while (n-- > 0) {                                                                  \
			C x = *a++, y = *b++;                                                      \
                                                                                                   \
			if (x != y)                                                                \
				return x - y;                                                      \
			if (!x)                                                                    \
				break;                                                             \
		}                                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	int starts_with_##N(const C *s, const C *start)                                            \
	{                                                                                          \
		while (*start)                                                                     \
			if (*s++ != *start++)                                                      \
				return 0;                                                          \
		return 1;                                                                          \
	}                                                                                          \
	const C *find_char_##N(const C *s, int c)                                                  \
	{                                                                                          \
		while (*s != (C)c)                                                                 \
			if (*s++ == 0)                                                             \
				return NULL;                                                       \
		return s;                                                                          \
	}                                                                                          \
	const C *find_char_for_##N(const C *s, C c)                                                \
	{                                                                                          \
		for (; *s; s++)                                                                    \
			if (*s == c)                                                               \
				return s;                                                          \
		return NULL;                                                                       \
	}                                                                                          \
	const C *find_last_char_##N(const C *s, C c)                                               \
	{                                                                                          \
		const C *last = NULL;                                                              \
                                                                                                   \
		do {                                                                               \
			if (*s == c)                                                               \
				last = s;                                                          \
		} while (*s++);                                                                    \
		return last;                                                                       \
	}                                                                                          \
	const C *find_end_or_##N(const C *s, C c)                                                  \
	{                                                                                          \
		while (*s && *s != c)                                                              \
			s++;                                                                       \
		return s;                                                                          \
	}                                                                                          \
	const C *find_any_##N(const C *s, const C *set)                                            \
	{                                                                                          \
		for (; *s; s++)                                                                    \
			for (const C *p = set; *p; p++)                                            \
				if (*p == *s)                                                      \
					return s;                                                  \
		return NULL;                                                                       \
	}                                                                                          \
	size_t span_##N(const C *s, const C *set)                                                  \
	{                                                                                          \
		size_t n = 0;                                                                      \
                                                                                                   \
		for (; s[n]; n++) {                                                                \
			const C *p = set;                                                          \
                                                                                                   \
			while (*p && *p != s[n])                                                   \
				p++;                                                               \
			if (!*p)                                                                   \
				break;                                                             \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	const C *find_string_##N(const C *s, const C *key)                                         \
	{                                                                                          \
		for (; *s; s++) {                                                                  \
			const C *a = s, *b = key;                                                  \
                                                                                                   \
			while (*b && *a == *b) {                                                   \
				a++;                                                               \
				b++;                                                               \
			}                                                                          \
			if (!*b)                                                                   \
				return s;                                                          \
		}                                                                                  \
		return NULL;                                                                       \
	}                                                                                          \
	int count_char_##N(const C *s, C c)                                                        \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		while (*s)                                                                         \
			n += *s++ == c;                                                            \
		return n;                                                                          \
	}                                                                                          \
	void lower_##N(C *s)                                                                       \
	{                                                                                          \
		for (; *s; s++)                                                                    \
			if (*s >= 'A' && *s <= 'Z')                                                \
				*s += 'a' - 'A';                                                   \
	}                                                                                          \
	void upper_limit_##N(C *d, const C *s, int n)                                              \
	{                                                                                          \
		for (int i = 0; i < n; i++)                                                        \
			d[i] = s[i] >= 'a' && s[i] <= 'z' ? s[i] - 32 : s[i];                      \
	}                                                                                          \
	void lower_bit_##N(C *s, size_t n)                                                         \
	{                                                                                          \
		while (n--) {                                                                      \
			C c = *s;                                                                  \
                                                                                                   \
			if ((unsigned)c - 'A' < 26)                                                \
				c |= 0x20;                                                         \
			*s++ = c;                                                                  \
		}                                                                                  \
	}                                                                                          \
	int compare_no_case_##N(const C *a, const C *b)                                            \
	{                                                                                          \
		int x, y;                                                                          \
                                                                                                   \
		do {                                                                               \
			x = *a++;                                                                  \
			y = *b++;                                                                  \
			if (x >= 'A' && x <= 'Z')                                                  \
				x += 32;                                                           \
			if (y >= 'A' && y <= 'Z')                                                  \
				y += 32;                                                           \
		} while (x && x == y);                                                             \
		return x - y;                                                                      \
	}                                                                                          \
	const C *skip_blanks_##N(const C *s)                                                       \
	{                                                                                          \
		while (*s == ' ' || *s == '\t' || *s == '\n')                                      \
			s++;                                                                       \
		return s;                                                                          \
	}                                                                                          \
	const C *skip_spaces_##N(const C *s)                                                       \
	{                                                                                          \
		while (*s == ' ')                                                                  \
			s++;                                                                       \
		return s;                                                                          \
	}                                                                                          \
	const C *skip_control_##N(const C *s, const C *end)                                        \
	{                                                                                          \
		while (s < end && *s <= ' ')                                                       \
			s++;                                                                       \
		return s;                                                                          \
	}                                                                                          \
	const C *skip_line_##N(const C *s, const C *end)                                           \
	{                                                                                          \
		while (s < end && *s++ != '\n')                                                    \
			;                                                                          \
		return s;                                                                          \
	}                                                                                          \
	void trim_end_##N(C *s, int n)                                                             \
	{                                                                                          \
		while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\r' || s[n - 1] == '\n'))         \
			n--;                                                                       \
		s[n] = 0;                                                                          \
	}                                                                                          \
	void replace_##N(C *s, C from, C to)                                                       \
	{                                                                                          \
		for (; *s; s++)                                                                    \
			if (*s == from)                                                            \
				*s = to;                                                           \
	}                                                                                          \
	int remove_##N(C *s, C c)                                                                  \
	{                                                                                          \
		C *d = s, *start = s;                                                              \
                                                                                                   \
		for (; *s; s++)                                                                    \
			if (*s != c)                                                               \
				*d++ = *s;                                                         \
		*d = 0;                                                                            \
		return d - start;                                                                  \
	}                                                                                          \
	void reverse_##N(C *s, int n)                                                              \
	{                                                                                          \
		C *e = s + n - 1;                                                                  \
                                                                                                   \
		while (s < e) {                                                                    \
			C t = *s;                                                                  \
                                                                                                   \
			*s++ = *e;                                                                 \
			*e-- = t;                                                                  \
		}                                                                                  \
	}                                                                                          \
	int count_lines_##N(const C *s, const C *end)                                              \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		for (; s != end; s++)                                                              \
			if (*s == '\n')                                                            \
				n++;                                                               \
		return n;                                                                          \
	}                                                                                          \
	int count_words_##N(const C *s)                                                            \
	{                                                                                          \
		int n = 0, in = 0;                                                                 \
                                                                                                   \
		for (; *s; s++) {                                                                  \
			if (*s == ' ' || *s == '\n' || *s == '\t') {                               \
				in = 0;                                                            \
			} else if (!in) {                                                          \
				in = 1;                                                            \
				n++;                                                               \
			}                                                                          \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	int palindrome_##N(const C *s, int n)                                                      \
	{                                                                                          \
		for (int i = 0, j = n - 1; i < j; i++, j--)                                        \
			if (s[i] != s[j])                                                          \
				return 0;                                                          \
		return 1;                                                                          \
	}

STRING(char, char)
STRING(uchar, unsigned char)

/* With a table of classes. */
extern const u8 class_of[256], lower_of[256];

#define CLASSES(N, C)                                                                              \
	const C *skip_class_##N(const C *s, int mask)                                              \
	{                                                                                          \
		while (class_of[(u8)*s] & mask)                                                    \
			s++;                                                                       \
		return s;                                                                          \
	}                                                                                          \
	int word_length_##N(const C *s, int n)                                                     \
	{                                                                                          \
		int i;                                                                             \
                                                                                                   \
		for (i = 0; i < n; i++)                                                            \
			if (!(class_of[(u8)s[i]] & 3))                                             \
				break;                                                             \
		return i;                                                                          \
	}                                                                                          \
	const C *find_class_##N(const C *s, const C *end)                                          \
	{                                                                                          \
		for (; s < end; s++)                                                               \
			if (class_of[(u8)*s] == 4)                                                 \
				return s;                                                          \
		return end;                                                                        \
	}                                                                                          \
	void lower_table_##N(C *s)                                                                 \
	{                                                                                          \
		while (*s) {                                                                       \
			*s = lower_of[(u8)*s];                                                     \
			s++;                                                                       \
		}                                                                                  \
	}                                                                                          \
	int compare_table_##N(const C *a, const C *b, size_t n)                                    \
	{                                                                                          \
		for (; n > 0; n--, a++, b++) {                                                     \
			int d = lower_of[(u8)*a] - lower_of[(u8)*b];                               \
                                                                                                   \
			if (d)                                                                     \
				return d;                                                          \
		}                                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	int copy_word_##N(C *d, const C *s, int size)                                              \
	{                                                                                          \
		int n = 0;                                                                         \
                                                                                                   \
		while (n < size - 1 && class_of[(u8)*s] & 1)                                       \
			d[n++] = *s++;                                                             \
		d[n] = 0;                                                                          \
		return n;                                                                          \
	}

CLASSES(char, char)
CLASSES(uchar, unsigned char)

/* A word at a time. */
size_t length_words(const u32 *s)
{
	const u32 *p = s;

	while (!((*p - 0x01010101) & ~*p & 0x80808080))
		p++;
	return (const u8 *)p - (const u8 *)s;
}

const u32 *find_char_words(const u32 *s, int n, u32 four)
{
	while (n-- > 0) {
		u32 v = *s ^ four;

		if ((v - 0x01010101) & ~v & 0x80808080)
			break;
		s++;
	}
	return s;
}

void copy_string_words(u32 *d, const u32 *s)
{
	u32 v = *s;

	while (!((v - 0x01010101) & ~v & 0x80808080)) {
		*d++ = v;
		v = *++s;
	}
}

const u32 *differ_words(const u32 *a, const u32 *b)
{
	while (*a == *b && !((*a + 0xfefefeff) & ~(*a | 0x7f7f7f7f))) {
		a++;
		b++;
	}
	return a;
}

int match_names(const char *const *names, int n, const char *s)
{
	for (int i = 0; i < n; i++) {
		const char *a = names[i], *b = s;

		while (*a == *b && *a) {
			a++;
			b++;
		}
		if (*a == *b)
			return i;
	}
	return -1;
}

int wildcard(const char *p, const char *s)
{
	const char *star = NULL, *from = s;

	while (*s) {
		if (*p == '?' || *p == *s) {
			p++;
			s++;
		} else if (*p == '*') {
			star = p++;
			from = s;
		} else if (star) {
			p = star + 1;
			s = ++from;
		} else {
			return 0;
		}
	}
	while (*p == '*')
		p++;
	return !*p;
}

int split(char *s, char by, char **field, int max)
{
	int n = 0;

	if (max > 0)
		field[n++] = s;
	for (; *s; s++) {
		if (*s != by)
			continue;
		*s = 0;
		if (n >= max)
			break;
		field[n++] = s + 1;
	}
	return n;
}

u8 *unescape(u8 *d, const u8 *s)
{
	while (*s) {
		if (*s == '\\' && s[1])
			s++;
		*d++ = *s++;
	}
	*d = 0;
	return d;
}

void expand_tabs(char *d, const char *s)
{
	int col = 0;

	for (; *s; s++) {
		if (*s == '\t') {
			do
				*d++ = ' ';
			while (++col & 7);
		} else {
			*d++ = *s;
			col = *s == '\n' ? 0 : col + 1;
		}
	}
	*d = 0;
}

int to_unix(u8 *s, int n)
{
	int k = 0;

	for (int i = 0; i < n; i++)
		if (s[i] != '\r')
			s[k++] = s[i];
	return k;
}

int utf8_count(const u8 *s)
{
	int n = 0;

	while (*s)
		n += (*s++ & 0xc0) != 0x80;
	return n;
}

int utf8_ascii(const u8 *s, const u8 *end)
{
	while (s < end && *s < 0x80)
		s++;
	return s == end;
}

void widen(u16 *d, const u8 *s)
{
	while ((*d++ = *s++))
		;
}

void narrow(u8 *d, const u16 *s, int n)
{
	for (int i = 0; i < n; i++)
		d[i] = s[i] < 256 ? (u8)s[i] : '?';
}
