#!/bin/sh
# SPDX-License-Identifier: MIT
# The committed demonstration firmware is what its sources give, octet for octet.
cd "$(dirname "$0")/.." || exit 1
cc=${GUEST_CROSS:-sparc64-linux-gnu-}gcc
if ! command -v "$cc" >/dev/null 2>&1; then
	echo "1..0 # SKIP no SPARC cross compiler ($cc)"
	exit 0
fi
want=$(sed -n 's/^ \* Tools: //p' machine/demo/demo-image.c)
have="$("$cc" --version | head -n 1); $("${cc%gcc}as" --version | head -n 1)"
if [ "$want" != "$have" ]; then
	echo "1..0 # SKIP other tools than the image's: $have"
	exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Elsewhere and under another name of the output directory: neither may show.
build() {
	make -s -f t/guest/guest.mk O="$dir/$1" "$dir/$1/guest/demo/demo.elf" >"$dir/log" 2>&1 &&
		perl machine/demo/mkimage.pl "$dir/$1/guest/demo/demo.elf" "$have" >"$dir/$1.c"
}

n=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		fail=1
	fi
}

fail=0
build one
ok $? "the firmware builds"
[ -s "$dir/log" ] && sed 's/^/# /' "$dir/log"
cmp -s "$dir/one.c" machine/demo/demo-image.c
ok $? "machine/demo/demo-image.c is up to date (make demo-image)"
size=$(grep -o '0x[0-9a-f][0-9a-f],' machine/demo/demo-image.c | wc -l)
[ "$size" -gt 4096 ] && [ "$size" -lt 24576 ]
ok $? "it is below 24 KiB ($size octets)"
! grep -qi "$(pwd)" "$dir/one/guest/demo/demo.elf"
ok $? "no path of the build in it"
echo "1..$n"
exit $fail
