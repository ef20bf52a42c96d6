/* SPDX-License-Identifier: MIT */
/* CRC-32 by the host's instructions: the check value of the catalogue, and zlib's crc32() for every length. */
#include <string.h>
#include <zlib.h>

#include "lib/crc32.h"
#include "t/tap.h"

static u8 mem[20000];

int main(void)
{
	unsigned seed = 1, bad = 0, runs = 0;
	u32 all;

	is(crc32_add(0, "123456789", 9), 0xcbf43926, "the check value");
	is(crc32_add(0, NULL, 0), 0, "of nothing");
	is(crc32_add(0x1234, mem, 0), 0x1234, "nothing more");
	for (size_t i = 0; i < sizeof(mem); i++)
		mem[i] = (u8)((seed = seed * 1103515245 + 12345) >> 16);
	for (size_t n = 0; n < 3000; n++)
		bad += crc32_add(0, mem + n % 17, n) != crc32(0, mem + n % 17, (uInt)n);
	is(bad, 0, "zlib has the same for each length to 3000");
	bad = 0;
	for (size_t from = 0; from < 5000; from += 37, runs++) {
		size_t n = (seed = seed * 1103515245 + 12345) >> 18;

		n = n < sizeof(mem) - from ? n : sizeof(mem) - from;
		bad += crc32_add(seed, mem + from, n) != crc32(seed, mem + from, (uInt)n);
	}
	is(bad, 0, "and after other bytes, %u times", runs);
	all = crc32_add(crc32_add(0, mem, 7777), mem + 7777, sizeof(mem) - 7777);
	is(all, crc32(0, mem, sizeof(mem)), "in parts");
	memset(mem, 0, sizeof(mem));
	is(crc32_add(0, mem, sizeof(mem)), crc32(0, mem, sizeof(mem)), "of zeros");
	return tap_done();
}
