#!/bin/sh
# SPDX-License-Identifier: MIT
# Some programs of gcc's execute suite at -O2, and a few at each other level; with VONK_FAULTS (make test) all of these at -O0 as
# well; with VONK_ALL all of the suite at every level.
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
for level in 0 2 1 3 s; do
	some=$list
	case $level${VONK_FAULTS:+,test} in
	0 | 1* | 3* | s*) some=${list:+20000112-1 20020402-3 920501-6 930513-1 950704-1} ;;
	esac
	# shellcheck disable=SC2086
	t/guest/torture.sh -j 2 -O $level $some
done | awk '
	/^1\.\./ || /^# [0-9]* passed/ { next }
	/^not ok/ { n++; bad = 1; sub(/^not ok [0-9]+/, "not ok " n) }
	/^ok/ { n++; sub(/^ok [0-9]+/, "ok " n) }
	{ print; fflush() }
	END { print "1.." n + 0; exit bad }'
