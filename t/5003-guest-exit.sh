#!/bin/sh
# SPDX-License-Identifier: MIT
# Bare programs: start from an image and from a ROM in boot mode, and the status they leave with.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
guest_make guest-lib
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

program hello <<'EOT'
#include <stdio.h>
static int zero, data = 42;
int main(void)
{
	printf("hello %d %d %llx\n", zero, data, 0x123456789abcdefull * 3);
	return 0;
}
EOT
guest "$dir/hello"
is "$out" "hello 0 42 369d0369d0369cd" "output of an ELF image"
is "$status" 0 "return 0"
t/guest/mkrom "$O/guest/lib/rom.bin" "$dir/hello" >"$dir/hello.rom"
for m in SS-5 SS-20; do
	guest -M $m -bios "$dir/hello.rom"
	is "$out" "hello 0 42 369d0369d0369cd" "$m: started from a ROM"
	is "$status" 0 "$m: powered off"
done

program seven <<'EOT'
int main(void)
{
	return 7;
}
EOT
guest "$dir/seven"
is "$status" 7 "return 7"

program dead <<'EOT'
#include <stdlib.h>
int main(void)
{
	abort();
}
EOT
guest "$dir/dead"
is "$status" 134 "abort"

program trap <<'EOT'
int main(void)
{
	__asm__ volatile("unimp 0");
	return 0;
}
EOT
guest "$dir/trap"
is "$status" 125 "a trap that nobody handles"
echo "$out" | grep -q '^trap 02 at pc 0000'
ok $? "and its report"

# A trap with traps disabled, not the exit convention: error mode.
program error <<'EOT'
#include "guest.h"
int main(void)
{
	psr_write(psr_read() & ~(unsigned)PSR_ET);
	__asm__ volatile("unimp 0");
	return 0;
}
EOT
guest "$dir/error"
is "$status" 4 "error mode"

program loop <<'EOT'
int main(void)
{
	for (;;)
		__asm__ volatile("");
}
EOT
timeout 100 "$VONK" -nographic -limit insns=1000000 "$dir/loop" </dev/null >/dev/null 2>&1
is $? 124 "the limit"
plan
