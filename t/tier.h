/* SPDX-License-Identifier: MIT */
/*
 * How much of a test is run: `make check`, `make test` (VONK_FAULTS=1) or `make soak` (VONK_FULL=1);
 * and the seed of its chances, VONK_SEED, which a failure prints with the command that repeats it.
 */
#ifndef T_TIER_H
#define T_TIER_H

#include <stdlib.h>
#include <time.h>

#include "lib/types.h"
#include "t/tap.h"

__attribute__((unused)) static unsigned tier(void)
{
	const char *faults = getenv("VONK_FAULTS");

	return getenv("VONK_FULL") ? 2 : faults ? (unsigned)atoi(faults) : 0;
}

__attribute__((unused)) static unsigned by_tier(unsigned check, unsigned test, unsigned soak)
{
	return tier() == 0 ? check : tier() == 1 ? test : soak;
}

static u64 tier_seed, tier_first_seed;

/* The next of a sequence that VONK_SEED begins: another one in every run of make soak. */
__attribute__((unused)) static u64 chance(void)
{
	if (!tier_seed) {
		const char *s = getenv("VONK_SEED");

		tier_seed = s ? strtoull(s, NULL, 0) : tier() == 2 ? (u64)time(NULL) : 1;
		tier_seed = tier_seed ? tier_seed : 1;
		tier_first_seed = tier_seed;
		tier_seed *= 0x9e3779b97f4a7c15;
	}
	tier_seed ^= tier_seed << 13;
	tier_seed ^= tier_seed >> 7;
	tier_seed ^= tier_seed << 17;
	return tier_seed * 0x2545f4914f6cdd1dull >> 11;
}

__attribute__((unused)) static int tier_done(const char *name)
{
	if (tap_failed && tier_first_seed)
		diag("again: VONK_SEED=%llu %s%s", (unsigned long long)tier_first_seed,
		     tier() == 2   ? "VONK_FULL=1 "
		     : tier() == 1 ? "VONK_FAULTS=1 "
				   : "",
		     name);
	return tap_done();
}

#endif
