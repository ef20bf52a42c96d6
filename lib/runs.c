/* SPDX-License-Identifier: MIT */
#include "lib/runs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int runs_add(struct runs *runs, u32 first, u32 nr)
{
	struct span *last = runs->nr ? &runs->run[runs->nr - 1] : NULL;

	BUG_ON(!nr || (last && first < last->first + last->nr));
	runs->things += nr;
	if (last && first == last->first + last->nr) {
		last->nr += nr;
		return 0;
	}
	if (runs->nr == runs->max) {
		u32 max = runs->max ? 2 * runs->max : 64;
		struct span *run = realloc(runs->run, max * sizeof(*run));

		if (!run)
			return -ENOMEM;
		runs->run = run;
		runs->max = max;
	}
	runs->run[runs->nr++] = (struct span){ first, nr };
	return 0;
}

void runs_release(struct runs *runs)
{
	free(runs->run);
	memset(runs, 0, sizeof(*runs));
}
