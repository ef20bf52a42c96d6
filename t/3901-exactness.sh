#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/doc/exactness.md is what the tests say now, each of its rows has something that shows it, and nothing fails.
cd "$(dirname "$0")/.." || exit 1
O=${O:-obj}
echo 1..1
for t in 3001-iu-vectors 3003-sis-programs 3101-fpu-vectors 3102-fpu-model 3301-srmmu 3302-asi 3303-fpu-state 3304-traps 3305-models 3306-translations 4200-sparc32-dma; do
	[ -x "$O/t/$t" ] || make -s O="$O" "$O/t/$t" >&2 || exit 1
done
# SoftFloat once more in the longer runs alone.
[ -n "$VONK_FAULTS$VONK_FULL" ] || quick=--quick
# shellcheck disable=SC2086
if said=$(tools/exactness --check $quick "$O" 2>&1); then
	echo "ok 1 - the table is true and whole"
else
	echo "not ok 1 - the table is true and whole"
	printf '%s\n' "$said" | sed 's/^/# /'
	exit 1
fi
