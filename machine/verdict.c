/* SPDX-License-Identifier: MIT */
#include "machine/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_over(const struct verdict *v)
{
	return v->failed || (v->expected && !v->left);
}

/* Look at the line as far as it has come. */
static void look(struct verdict *v)
{
	u32 n = v->len;

	while (n && v->line[n - 1] == '\r')
		n--;
	v->line[n] = '\0';
	v->looked = v->len;
	for (unsigned i = 0; i < v->nr; i++) {
		struct verdict_row *row = &v->row[i];

		if (row->seen || !host_match_in(row->match, v->line))
			continue;
		row->seen = true;
		row->insns = machine_insns(v->m);
		if (!row->fail)
			v->left--;
		else if (!v->failed)
			v->failed = row;
	}
	if (n < v->len)
		v->line[n] = '\r';
}

static void sent(void *arg, u8 c)
{
	struct verdict *v = arg;

	if (v->tail)
		v->tail[v->sent++ % VERDICT_TAIL] = c;
	if (!v->nr || is_over(v))
		return;
	if (c && c != '\n')
		v->line[v->len++] = (char)c;
	if (c != '\n' && v->len < VERDICT_LINE)
		return;
	look(v);
	v->len = v->looked = 0;
	if (!is_over(v))
		return;
	v->m->want_stop = true;
	v->m->cpu[v->m->running]->kick = true;
}

int verdict_begin(struct verdict *v, struct machine *m, const struct options *o, bool keep,
		  char *err, size_t errlen)
{
	char why[512];

	v->m = m;
	for (unsigned i = 0; i < o->nr_patterns; i++) {
		struct verdict_row *row = &v->row[v->nr];
		int ret;

		row->pattern = o->pattern[i].text;
		row->fail = o->pattern[i].fail;
		ret = host_match_new(&row->match, row->pattern, why, sizeof(why));
		if (ret) {
			snprintf(err, errlen, "%s: %s", row->fail ? "-fail" : "-expect", why);
			return ret;
		}
		v->nr++;
		v->expected += !row->fail;
	}
	v->left = v->expected;
	if (keep) {
		v->tail = malloc(VERDICT_TAIL);
		if (!v->tail) {
			snprintf(err, errlen, "out of memory");
			return -ENOMEM;
		}
	}
	if (v->nr || keep) {
		m->chr[CHR_SERIAL_A].told = sent;
		m->chr[CHR_SERIAL_A].told_arg = v;
	}
	return 0;
}

void verdict_release(struct verdict *v)
{
	for (unsigned i = 0; i < v->nr; i++)
		host_match_free(v->row[i].match);
	free(v->tail);
	v->tail = NULL;
	v->nr = 0;
}

bool verdict_idles(struct verdict *v)
{
	if (v->nr && v->looked != v->len && !is_over(v))
		look(v);
	return is_over(v);
}

int verdict_status(struct verdict *v, int status)
{
	verdict_idles(v);
	if (v->failed)
		return VERDICT_FAILED;
	if (v->left && status == VERDICT_PASSED)
		return VERDICT_FAILED;
	return v->expected && !v->left && status == VERDICT_LIMIT ? VERDICT_PASSED : status;
}
