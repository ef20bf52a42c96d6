#!/bin/sh
# SPDX-License-Identifier: MIT
# Some programs of gcc's execute suite at -O0 and -O2; all of it with VONK_ALL set.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
[ -n "$(ls /usr/src/gcc-12/gcc-12*.tar.xz 2>/dev/null)" ] || skip_all "no gcc-12-source"
guest_make guest-lib
list=t/guest/torture-smoke
[ -n "$VONK_ALL" ] && list=
EMU="$VONK -nographic -limit time=120"
export EMU O

# One plan for both runs.
for level in 0 2; do
	# shellcheck disable=SC2086
	t/guest/torture.sh -j 2 -O $level $list
done | awk '
	/^1\.\./ || /^# [0-9]* passed/ { next }
	/^not ok/ { n++; bad = 1; sub(/^not ok [0-9]+/, "not ok " n) }
	/^ok/ { n++; sub(/^ok [0-9]+/, "ok " n) }
	{ print; fflush() }
	END { print "1.." n + 0; exit bad }'
