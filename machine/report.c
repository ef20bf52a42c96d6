/* SPDX-License-Identifier: MIT */
#include "machine/report.h"

#include <inttypes.h>
#include <string.h>

/* Bytes of a well-formed UTF-8 character that XML may hold at p, of n; 0: none is there. */
static unsigned utf8(const u8 *p, u64 n)
{
	u32 c = *p;
	unsigned len = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;

	if (!len || len > n)
		return 0;
	c &= len == 1 ? 0x7fu : 0x7fu >> len;
	for (unsigned i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((len == 2 && c < 0x80) || (len == 3 && c < 0x800) || (len == 4 && c < 0x10000))
		return 0;
	if (c >= 0x7f && c < 0xa0)
		return 0;
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || c == 0xfffe || c == 0xffff)
		return 0;
	return c >= 0x20 || c == '\t' || c == '\n' ? len : 0;
}

/* --- XML --- */

/* One character of XML, or a byte that can be none. */
static unsigned xml_char(FILE *out, const u8 *p, u64 n)
{
	unsigned len = utf8(p, n);

	if (!len)
		fprintf(out, "\\x%02x", *p);
	else if (*p == '<')
		fputs("&lt;", out);
	else if (*p == '>')
		fputs("&gt;", out);
	else if (*p == '&')
		fputs("&amp;", out);
	else if (*p == '"')
		fputs("&quot;", out);
	else
		fwrite(p, 1, len, out);
	return len ? len : 1;
}

static void xml_text(FILE *out, const char *text)
{
	u64 n = strlen(text), step;

	for (const u8 *p = (const u8 *)text; n; p += step, n -= step) {
		if (*p == '\n' || *p == '\t') { /* attributes do not keep them */
			fprintf(out, "&#%d;", *p);
			step = 1;
			continue;
		}
		step = xml_char(out, p, n);
	}
}

static void xml_attr(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	xml_text(out, text);
	fputc('"', out);
}

static unsigned window(const struct verdict *v, u64 at, u8 buf[4])
{
	u64 n = verdict_kept(v) - at;

	if (n > 4)
		n = 4;
	for (unsigned i = 0; i < n; i++)
		buf[i] = verdict_byte(v, at + i);
	return (unsigned)n;
}

/* A carriage return in front of a line's end is that of every console. */
static bool is_crlf(const u8 *p, unsigned n)
{
	return n > 1 && p[0] == '\r' && p[1] == '\n';
}

static void xml_output(FILE *out, const struct verdict *v)
{
	u8 buf[4];

	for (u64 at = 0; at < verdict_kept(v);) {
		unsigned n = window(v, at, buf);

		at += is_crlf(buf, n) ? 1 : xml_char(out, buf, n);
	}
}

static void test_name(char *buf, size_t size, const struct verdict_row *row)
{
	snprintf(buf, size, "output has %s/%s/", row->fail ? "no " : "", row->pattern);
}

static bool row_ok(const struct verdict_row *row)
{
	return row->seen != row->fail;
}

static unsigned failures(const struct report *r)
{
	unsigned n = r->status != 0;

	for (unsigned i = 0; i < r->verdict->nr; i++)
		n += !row_ok(&r->verdict->row[i]);
	return n;
}

static void junit_property(FILE *out, const char *name, const char *value)
{
	fputs("<property", out);
	xml_attr(out, "name", name);
	xml_attr(out, "value", value);
	fputs("/>\n", out);
}

static void junit_properties(FILE *out, const struct report *r)
{
	char text[32];

	fputs("<properties>\n", out);
	snprintf(text, sizeof(text), "%d", r->status);
	junit_property(out, "status", text);
	junit_property(out, "reason", r->reason);
	if (r->started) {
		snprintf(text, sizeof(text), "%" PRIu64, r->insns);
		junit_property(out, "insns", text);
		snprintf(text, sizeof(text), "%" PRIu64, r->ns);
		junit_property(out, "virtual_ns", text);
		snprintf(text, sizeof(text), "%016" PRIx64, r->hash);
		junit_property(out, "state_hash", text);
	}
	fputs("</properties>\n", out);
}

static void junit_case(FILE *out, const struct report *r, const char *name, const char *trouble)
{
	fputs("<testcase", out);
	xml_attr(out, "classname", r->name);
	xml_attr(out, "name", name);
	fprintf(out, " time=\"%.6f\"", (double)r->ns / 1e9);
	if (!trouble) {
		fputs("/>\n", out);
		return;
	}
	fprintf(out, ">\n<%s", r->started ? "failure" : "error");
	xml_attr(out, "message", trouble);
	fputs("/>\n</testcase>\n", out);
}

static const char *row_trouble(const struct verdict_row *row, char text[64])
{
	if (row_ok(row))
		return NULL;
	if (!row->fail)
		return "not seen";
	snprintf(text, 64, "seen after %" PRIu64 " instructions", row->insns);
	return text;
}

static void junit(const struct report *r, FILE *out)
{
	const struct verdict *v = r->verdict;
	unsigned bad = failures(r);
	char text[1024], why[64];

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite", out);
	xml_attr(out, "name", r->name);
	fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.6f\">\n", 1 + v->nr,
		r->started ? bad : 0, r->started ? 0 : bad, (double)r->ns / 1e9);
	junit_properties(out, r);
	junit_case(out, r, "run", r->status ? r->reason : NULL);
	for (unsigned i = 0; i < v->nr; i++) {
		test_name(text, sizeof(text), &v->row[i]);
		junit_case(out, r, text, row_trouble(&v->row[i], why));
	}
	fputs("<system-out>", out);
	if (v->tail)
		xml_output(out, v);
	fputs("</system-out>\n</testsuite>\n</testsuites>\n", out);
}

/* --- TAP --- */

/* In a line of its own: what is no printable text is shown as \xNN. */
static unsigned tap_char(FILE *out, const u8 *p, u64 n)
{
	unsigned len = *p == '\n' ? 0 : utf8(p, n);

	if (len)
		fwrite(p, 1, len, out);
	else
		fprintf(out, "\\x%02x", *p);
	return len ? len : 1;
}

/* # begins a directive, and \ escapes it. */
static void tap_text(FILE *out, const char *text)
{
	u64 n = strlen(text), step;

	for (const u8 *p = (const u8 *)text; n; p += step, n -= step) {
		if (*p == '#' || *p == '\\')
			fputc('\\', out);
		step = tap_char(out, p, n);
	}
}

/* A string of YAML. */
static void yaml_text(FILE *out, const char *text)
{
	u64 n = strlen(text), step;

	fputc('"', out);
	for (const u8 *p = (const u8 *)text; n; p += step, n -= step) {
		if (*p == '"' || *p == '\\')
			fputc('\\', out);
		step = tap_char(out, p, n);
	}
	fputs("\"\n", out);
}

static void tap_output(FILE *out, const struct verdict *v)
{
	bool fresh = true;
	u8 buf[4];

	for (u64 at = 0; at < verdict_kept(v);) {
		unsigned n = window(v, at, buf);

		if (fresh)
			fputs("# ", out);
		fresh = *buf == '\n';
		if (fresh)
			fputc('\n', out);
		at += fresh || is_crlf(buf, n) ? 1 : tap_char(out, buf, n);
	}
	if (!fresh)
		fputc('\n', out);
}

static void tap(const struct report *r, FILE *out)
{
	const struct verdict *v = r->verdict;
	char text[1024], why[64];

	fprintf(out, "TAP version 13\n1..%u\n%sok 1 - ", 1 + v->nr, r->status ? "not " : "");
	tap_text(out, r->name);
	fprintf(out, "\n  ---\n  status: %d\n  reason: ", r->status);
	yaml_text(out, r->reason);
	if (r->started)
		fprintf(out,
			"  insns: %" PRIu64 "\n  virtual_ns: %" PRIu64
			"\n  state_hash: \"%016" PRIx64 "\"\n",
			r->insns, r->ns, r->hash);
	fputs("  ...\n", out);
	for (unsigned i = 0; i < v->nr; i++) {
		const struct verdict_row *row = &v->row[i];
		const char *trouble = row_trouble(row, why);

		test_name(text, sizeof(text), row);
		fprintf(out, "%sok %u - ", trouble ? "not " : "", i + 2);
		tap_text(out, text);
		fputc('\n', out);
		if (trouble)
			fprintf(out, "# %s\n", trouble);
	}
	if (v->tail)
		tap_output(out, v);
}

void report_write(const struct report *r, bool as_junit, FILE *out)
{
	if (as_junit)
		junit(r, out);
	else
		tap(r, out);
}
