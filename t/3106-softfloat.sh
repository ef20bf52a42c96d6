#!/bin/sh
# SPDX-License-Identifier: MIT
# The FPU beside Berkeley SoftFloat on TestFloat's operands: level 1 (1.7 million vectors); with VONK_FPU_VECTORS
# so many of level 2, spread over it; with VONK_FULL level 2 whole (868 million); with VONK_FPU_EXHAUSTIVE
# every single and every integer as well. t/softfloat/build makes the library; SKIP where it has not.
cd "$(dirname "$0")/.." || exit 1
O=${O:-obj}
lib=$(t/softfloat/build --where) || {
	echo "1..0 # SKIP no SoftFloat: t/softfloat/build makes it"
	exit 0
}
[ -e "$O/libvonk.a" ] || make -s O="$O" "$O/libvonk.a" >&2 || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# shellcheck disable=SC2086
${CC:-gcc} -std=gnu11 -O2 -static -fno-pie -no-pie -Wall -Wextra -I. -isystem "$lib" ${ZLIB:+"-L$ZLIB/lib"} -DSOFTFLOAT_FAST_INT64 -DFLOAT64 \
	t/softfloat/compare.c "$O/libvonk.a" "$lib/oracle.a" -lz -o "$dir/compare" || exit 1
what=$VONK_FPU_VECTORS
[ "$VONK_FULL" = 1 ] && what=all
# shellcheck disable=SC2086
"$dir/compare" $what >"$dir/1" 2>&1
# shellcheck disable=SC2086
[ -z "$VONK_FPU_EXHAUSTIVE" ] || "$dir/compare" singles >"$dir/2" 2>&1
# One plan for both runs.
cat "$dir"/[12] | awk '
	/^1\.\.[0-9]/ { plans++; next }
	/^(not )?ok/ { n++; bad += /^not/; sub(/ok [0-9]+/, "ok " n) }
	{ print }
	END { if (n < 20 || !plans) { print "not ok " ++n " - it came to an end"; bad++ } print "1.." n; exit bad > 0 }'
