#!/bin/sh
# SPDX-License-Identifier: MIT
# The committed demonstration firmware is what its sources give, octet for octet.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
want=$(sed -n 's/^ \* Tools: //p' machine/demo/demo-image.c)
have="$("${cross}gcc" --version | head -n 1); $("${cross}as" --version | head -n 1)"
[ "$want" = "$have" ] || skip_all "other tools than the image's: $have"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Elsewhere: the name of the output directory may not show.
make -s -f t/guest/guest.mk O="$dir" "$dir/guest/demo/demo.elf" >"$dir/log" 2>&1 &&
	perl machine/demo/mkimage.pl "$dir/guest/demo/demo.elf" "$have" >"$dir/demo-image.c"
ok $? "the firmware builds"
grep -v '^  G' "$dir/log" | sed 's/^/# /'
cmp -s "$dir/demo-image.c" machine/demo/demo-image.c
ok $? "machine/demo/demo-image.c is up to date (make -f t/guest/guest.mk demo-image)"
size=$(grep -o '0x[0-9a-f][0-9a-f],' machine/demo/demo-image.c | wc -l)
[ "$size" -gt 4096 ] && [ "$size" -lt 24576 ]
ok $? "it is below 24 KiB ($size octets)"
! grep -q "$(pwd)\|$dir" "$dir/guest/demo/demo.elf"
ok $? "no path of the build in it"
plan
