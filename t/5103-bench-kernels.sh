#!/bin/sh
# SPDX-License-Identifier: MIT
# The benchmark kernels compute what a host's compiler computes: short runs of each at
# -O2, by make test (VONK_FAULTS=1) at -O0 as well, beside the same source run natively; in full (VONK_ALL) their own checksums.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
guest_make guest-lib
[ -n "$VONK_ALL" ] && guest_make guest-bench
hostcc=${CC:-gcc}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
flags="$(make -s -f t/guest/guest.mk print-GUEST_CFLAGS) $(make -s -f t/guest/guest.mk print-GUEST_LDFLAGS)"

zero=
[ -z "${VONK_FAULTS:-}${VONK_ALL:-}" ] || zero=0
for f in t/guest/bench/*.c; do
	name=$(basename "$f" .c)
	loops=$(sed -n 's/^#define LOOPS //p' "$f")
	short=$((loops / 100 + 1))
	"$hostcc" -O1 -ffp-contract=off -DLOOPS=$short -o "$dir/host" "$f" -lm
	want=$("$dir/host")
	for level in 2 $zero; do
		# shellcheck disable=SC2086
		"${cross}gcc" $flags -O$level -DLOOPS=$short -o "$dir/guest" "$O/guest/lib/crt0.o" "$f" \
			"$O/guest/lib/libguest.a"
		guest "$dir/guest"
		is "$out" "$want" "$name -O$level, $short loops"
	done
	if [ -n "$VONK_ALL" ]; then
		guest "$O/guest/bench/$name.elf"
		is "$status" 0 "$name in full: $out"
	fi
done
plan
