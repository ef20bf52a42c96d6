/* SPDX-License-Identifier: MIT */
#include "lib/host-match.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

struct host_match {
	regex_t re;
};

int host_match_new(struct host_match **out, const char *pattern, char *err, size_t errlen)
{
	struct host_match *m = calloc(1, sizeof(*m));
	char why[128];
	int ret;

	*out = NULL;
	if (!m) {
		snprintf(err, errlen, "out of memory");
		return -ENOMEM;
	}
	ret = regcomp(&m->re, pattern, REG_EXTENDED | REG_NOSUB);
	if (ret) {
		regerror(ret, &m->re, why, sizeof(why));
		snprintf(err, errlen, "'%s': %s", pattern, why);
		free(m);
		return ret == REG_ESPACE ? -ENOMEM : -EINVAL;
	}
	*out = m;
	return 0;
}

void host_match_free(struct host_match *match)
{
	if (!match)
		return;
	regfree(&match->re);
	free(match);
}

bool host_match_in(const struct host_match *match, const char *text)
{
	return !regexec(&match->re, text, 0, NULL, 0);
}
