/* SPDX-License-Identifier: MIT */
/* The sieve of Eratosthenes over octets: strided stores. */
#define NAME "sieve"
#ifndef LOOPS
#define LOOPS 60
#define SUM 0xe4d5156eu
#endif
#include "bench.h"

static uint8_t composite[1 << 20];

static NOINLINE uint32_t sieve(unsigned n)
{
	uint32_t primes = 0;
	unsigned i, j;

	memset(composite, 0, n);
	for (i = 2; i < n; i++) {
		if (composite[i])
			continue;
		primes++;
		if (i < 1024)
			for (j = i * i; j < n; j += i)
				composite[j] = 1;
	}
	return primes;
}

static uint32_t bench(unsigned loops)
{
	uint32_t sum = 0;

	while (loops--)
		sum = mix(sum, sieve(sizeof(composite) - loops * 1000));
	return sum;
}
