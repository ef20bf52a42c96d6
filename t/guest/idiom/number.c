/* SPDX-License-Identifier: MIT */
/* Numbers as text: digits read and written; and tokens. */
#include "idiom.h"

#define PARSE(N, C, T)                                                                             \
	T decimal_##N(const C *s)                                                                  \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		while (*s >= '0' && *s <= '9')                                                     \
			v = v * 10 + (*s++ - '0');                                                 \
		return v;                                                                          \
	}                                                                                          \
	T decimal_unsigned_##N(const C **p)                                                        \
	{                                                                                          \
		const C *s = *p;                                                                   \
		T v = 0;                                                                           \
                                                                                                   \
		for (; (unsigned)(*s - '0') < 10; s++)                                             \
			v = v * 10 + (T)(*s - '0');                                                \
		*p = s;                                                                            \
		return v;                                                                          \
	}                                                                                          \
	T decimal_limit_##N(const C *s, int n)                                                     \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (int i = 0; i < n; i++)                                                        \
			v = 10 * v + s[i] - '0';                                                   \
		return v;                                                                          \
	}                                                                                          \
	T decimal_end_##N(const C *s, const C *end)                                                \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		while (s < end) {                                                                  \
			unsigned d = *s++ - '0';                                                   \
                                                                                                   \
			if (d > 9)                                                                 \
				break;                                                             \
			v = v * 10 + d;                                                            \
		}                                                                                  \
		return v;                                                                          \
	}                                                                                          \
	T hex_##N(const C *s)                                                                      \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (;; s++) {                                                                     \
			int c = *s;                                                                \
                                                                                                   \
			if (c >= '0' && c <= '9')                                                  \
				c -= '0';                                                          \
			else if (c >= 'a' && c <= 'f')                                             \
				c -= 'a' - 10;                                                     \
			else if (c >= 'A' && c <= 'F')                                             \
				c -= 'A' - 10;                                                     \
			else                                                                       \
				return v;                                                          \
			v = v << 4 | c;                                                            \
		}                                                                                  \
	}                                                                                          \
	T octal_##N(const C *s)                                                                    \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		while (*s >= '0' && *s <= '7')                                                     \
			v = v * 8 + *s++ - '0';                                                    \
		return v;                                                                          \
	}                                                                                          \
	T binary_##N(const C *s)                                                                   \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (; *s == '0' || *s == '1'; s++)                                                \
			v = v << 1 | (*s & 1);                                                     \
		return v;                                                                          \
	}                                                                                          \
	T number_base_##N(const C *s, unsigned base)                                               \
	{                                                                                          \
		T v = 0;                                                                           \
                                                                                                   \
		for (; *s; s++) {                                                                  \
			unsigned d = *s;                                                           \
                                                                                                   \
			d = d >= 'a' ? d - 'a' + 10 : d >= 'A' ? d - 'A' + 10 : d - '0';           \
			if (d >= base)                                                             \
				break;                                                             \
			v = v * base + d;                                                          \
		}                                                                                  \
		return v;                                                                          \
	}                                                                                          \
	int skip_digits_##N(const C *s)                                                            \
	{                                                                                          \
		const C *p = s;                                                                    \
                                                                                                   \
		while (*p >= '0' && *p <= '9')                                                     \
			p++;                                                                       \
		return p - s;                                                                      \
	}

PARSE(char_int, char, s32)
PARSE(uchar_unsigned, unsigned char, u32)
PARSE(char_long_long, char, u64)

#define PRINT(T)                                                                                   \
	char *print_back_##T(char *p, T v)                                                         \
	{                                                                                          \
		*--p = 0;                                                                          \
		do {                                                                               \
			*--p = (char)('0' + v % 10);                                               \
			v /= 10;                                                                   \
		} while (v);                                                                       \
		return p;                                                                          \
	}                                                                                          \
	int print_reversed_##T(char *s, T v)                                                       \
	{                                                                                          \
		int n = 0, i, j;                                                                   \
                                                                                                   \
		do                                                                                 \
			s[n++] = (char)(v % 10 + '0');                                             \
		while ((v /= 10) > 0);                                                             \
		for (i = 0, j = n - 1; i < j; i++, j--) {                                          \
			char t = s[i];                                                             \
                                                                                                   \
			s[i] = s[j];                                                               \
			s[j] = t;                                                                  \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	int digits_##T(T v)                                                                        \
	{                                                                                          \
		int n = 1;                                                                         \
                                                                                                   \
		while (v >= 10) {                                                                  \
			v /= 10;                                                                   \
			n++;                                                                       \
		}                                                                                  \
		return n;                                                                          \
	}                                                                                          \
	int digit_sum_##T(T v)                                                                     \
	{                                                                                          \
		int s = 0;                                                                         \
                                                                                                   \
		for (; v; v /= 10)                                                                 \
			s += v % 10;                                                               \
		return s;                                                                          \
	}                                                                                          \
	void print_hex_##T(char *s, T v)                                                           \
	{                                                                                          \
		for (int i = sizeof(v) * 8 - 4; i >= 0; i -= 4)                                    \
			*s++ = "0123456789abcdef"[v >> i & 15];                                    \
	}                                                                                          \
	void print_hex_back_##T(char *s, T v, int n)                                               \
	{                                                                                          \
		while (--n >= 0) {                                                                 \
			int d = v & 15;                                                            \
                                                                                                   \
			s[n] = (char)(d < 10 ? d + '0' : d + 'a' - 10);                            \
			v >>= 4;                                                                   \
		}                                                                                  \
	}                                                                                          \
	void print_binary_##T(char *s, T v)                                                        \
	{                                                                                          \
		for (T bit = (T)1 << (sizeof(v) * 8 - 1); bit; bit >>= 1)                          \
			*s++ = v & bit ? '1' : '0';                                                \
	}                                                                                          \
	char *print_base_##T(char *p, T v, unsigned base)                                          \
	{                                                                                          \
		do {                                                                               \
			unsigned d = v % base;                                                     \
                                                                                                   \
			*--p = (char)(d > 9 ? d + 'a' - 10 : d + '0');                             \
			v /= base;                                                                 \
		} while (v != 0);                                                                  \
		return p;                                                                          \
	}                                                                                          \
	void print_padded_##T(char *s, int width, T v)                                             \
	{                                                                                          \
		while (width-- > 0) {                                                              \
			s[width] = (char)('0' + v % 10);                                           \
			v /= 10;                                                                   \
		}                                                                                  \
	}

PRINT(u16)
PRINT(u32)
PRINT(u64)

void print_by_powers(char *s, u32 v)
{
	for (u32 p = 1000000000; p; p /= 10) {
		char c = '0';

		while (v >= p) {
			v -= p;
			c++;
		}
		*s++ = c;
	}
}

void hex_dump(char *d, const u8 *s, int n)
{
	static const char digit[] = "0123456789ABCDEF";

	while (n--) {
		*d++ = digit[*s >> 4];
		*d++ = digit[*s++ & 15];
	}
	*d = 0;
}

int hex_load(u8 *d, const char *s)
{
	int n = 0;

	for (; s[0] && s[1]; s += 2) {
		int hi = s[0] <= '9' ? s[0] - '0' : (s[0] & 7) + 9;
		int lo = s[1] <= '9' ? s[1] - '0' : (s[1] & 7) + 9;

		d[n++] = (u8)(hi << 4 | lo);
	}
	return n;
}

u8 record_sum(const u8 *s, int n)
{
	u8 sum = 0;

	for (int i = 0; i < n; i++, s += 2)
		sum += (s[0] - '0') << 4 | (s[1] - '0');
	return -sum;
}

u32 from_bcd(u32 v)
{
	u32 r = 0;

	for (int i = 28; i >= 0; i -= 4)
		r = r * 10 + (v >> i & 15);
	return r;
}

u32 to_bcd(u32 v)
{
	u32 r = 0;

	for (int shift = 0; v; shift += 4, v /= 10)
		r |= v % 10 << shift;
	return r;
}

void bcd_add(u8 *a, const u8 *b, int n)
{
	int carry = 0;

	while (n-- > 0) {
		int v = a[n] + b[n] + carry;

		carry = v > 9;
		a[n] = (u8)(carry ? v - 10 : v);
	}
}

f64 fraction(const char *s)
{
	f64 v = 0, scale = 1;

	while (*s >= '0' && *s <= '9') {
		v = v * 10 + (*s++ - '0');
		scale *= 10;
	}
	return v / scale;
}

f64 power_of_ten(int n)
{
	f64 v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

f64 power(f64 x, unsigned n)
{
	f64 v = 1;

	for (; n; n >>= 1) {
		if (n & 1)
			v *= x;
		x *= x;
	}
	return v;
}

u32 parse_address(const char *s)
{
	u32 v = 0, part = 0;

	for (; *s; s++) {
		if (*s == '.') {
			v = v << 8 | part;
			part = 0;
		} else {
			part = part * 10 + (*s - '0');
		}
	}
	return v << 8 | part;
}

int parse_list(s32 *d, const char *s, int max)
{
	int n = 0;

	while (*s && n < max) {
		s32 v = 0, minus = 0;

		while (*s == ' ' || *s == ',')
			s++;
		if (*s == '-') {
			minus = 1;
			s++;
		}
		while (*s >= '0' && *s <= '9')
			v = v * 10 + *s++ - '0';
		d[n++] = minus ? -v : v;
	}
	return n;
}

int identifier(char *d, const char *s)
{
	int n = 0;

	while ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || *s == '_' ||
	       (n > 0 && *s >= '0' && *s <= '9'))
		d[n++] = *s++;
	d[n] = 0;
	return n;
}

int digit_check(const char *s, int n)
{
	int sum = 0, twice = 0;

	while (--n >= 0) {
		int d = s[n] - '0';

		if (twice) {
			d *= 2;
			if (d > 9)
				d -= 9;
		}
		sum += d;
		twice = !twice;
	}
	return sum % 10;
}

int base64_encode(char *d, const u8 *s, int n, const char *digit)
{
	char *start = d;

	for (; n >= 3; n -= 3, s += 3) {
		u32 v = s[0] << 16 | s[1] << 8 | s[2];

		*d++ = digit[v >> 18];
		*d++ = digit[v >> 12 & 63];
		*d++ = digit[v >> 6 & 63];
		*d++ = digit[v & 63];
	}
	return d - start;
}

int base64_decode(u8 *d, const u8 *s, const s8 *value)
{
	u32 v = 0;
	int bits = 0, n = 0;

	for (; value[*s] >= 0; s++) {
		v = v << 6 | value[*s];
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			d[n++] = (u8)(v >> bits);
		}
	}
	return n;
}

u32 varint(const u8 **p)
{
	const u8 *s = *p;
	u32 v = 0, shift = 0;

	do {
		v |= (u32)(*s & 127) << shift;
		shift += 7;
	} while (*s++ & 128);
	*p = s;
	return v;
}

u8 *put_varint(u8 *d, u32 v)
{
	while (v >= 128) {
		*d++ = (u8)(v | 128);
		v >>= 7;
	}
	*d++ = (u8)v;
	return d;
}
