/* SPDX-License-Identifier: MIT */
/* SHA-256 against the examples of FIPS 180-4 and NIST's CAVP short messages. */
#include "lib/sha256.h"

#include <stdlib.h>
#include <string.h>

#include "t/tap.h"

static bool plain;

static const char *digest(const void *p, size_t n, size_t step)
{
	static char text[2 * SHA256_SIZE + 1];
	const u8 *b = p;
	struct sha256 s;
	u8 d[SHA256_SIZE];

	sha256_init(&s);
	s.plain = plain;
	for (size_t i = 0; i < n; i += step)
		sha256_add(&s, b + i, n - i < step ? n - i : step);
	sha256_end(&s, d);
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		sprintf(text + 2 * i, "%02x", d[i]);
	return text;
}

static void check(const void *p, size_t n, const char *want, const char *what)
{
	ok(!strcmp(digest(p, n, n ? n : 1), want), "%s%s", what,
	   plain ? ", without the host's help" : "");
}

static void test_all(void)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const u8 cavp1[] = { 0xd3 };
	char *million = malloc(1000000);
	char one[65];
	bool same = true;

	check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "nothing");
	check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc");
	check(two, 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	      "two blocks");
	check(cavp1, 1, "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1",
	      "one byte");
	memset(million, 'a', 1000000);
	check(million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	      "a million times a");
	for (size_t step = 1; step < 200; step += 7) {
		strcpy(one, digest(million, 1003, 1003));
		same = same && !strcmp(digest(million, 1003, step), one);
	}
	ok(same, "it does not matter in what pieces it comes");
	free(million);
}

int main(void)
{
	test_all();
	plain = true;
	test_all();
	return tap_done();
}
